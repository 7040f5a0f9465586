use super::*;
use proptest::prelude::*;

fn header() -> FrameHeader {
    FrameHeader {
        kind: FrameKind::Blob,
        codec: Codec::Zstd,
        length: 12_345,
        number: 77,
        object: Uuid::from_u128(5),
        part: 3,
        body: Blake3([9; 32]),
    }
}

#[test]
fn headers_round_trip() {
    assert_eq!(FrameHeader::parse(&header().encode()), Ok(header()));
    assert_eq!(header().frame_bytes(), 12_432);
}

#[test]
fn lengths_are_limited_by_kind() {
    let long = FrameHeader { kind: FrameKind::Entry, length: 65_536, ..header() };
    assert_eq!(FrameHeader::parse(&long.encode()), Err(BadFrame::Length));
}

#[test]
fn commits_round_trip() {
    let commit =
        Commit::new(9, crate::digest::Sha256([1; 32]), 4, 5, Blake3([2; 32]), Blake3([3; 32]), crate::time::Micros(6));
    assert_eq!(Commit::parse(&commit.encode()), Ok(commit));
    assert_eq!(Commit::parse(&commit.encode()[1..]), Err(BadFrame::Length));
}

proptest! {
    #[test]
    fn any_flipped_bit_of_a_header_is_noticed(at in 0usize..HEADER_BYTES, bit in 0u8..8) {
        let mut bytes = header().encode();
        bytes[at] ^= 1 << bit;
        prop_assert!(FrameHeader::parse(&bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes: [u8; 32], more: Vec<u8>) {
        let mut padded = [0; HEADER_BYTES];
        padded[..32].copy_from_slice(&bytes);
        padded[..4].copy_from_slice(&MAGIC);
        let _ = FrameHeader::parse(&padded);
        let _ = Commit::parse(&more);
    }
}
