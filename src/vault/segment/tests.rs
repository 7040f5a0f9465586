use super::*;
use proptest::prelude::*;

#[test]
fn headers_round_trip_and_notice_damage() {
    let header = SegmentHeader { archive: Uuid::from_u128(1), seq: 2, first_frame: 3, previous: Blake3([4; 32]) };
    let bytes = header.encode();
    assert_eq!(SegmentHeader::parse(&bytes), Some(header));
    for at in 0..SEGMENT_HEADER_BYTES {
        let mut damaged = bytes;
        damaged[at] ^= 1;
        assert_eq!(SegmentHeader::parse(&damaged), None, "byte {at}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(noise in prop::collection::vec(any::<u8>(), SEGMENT_HEADER_BYTES)) {
        let bytes: [u8; SEGMENT_HEADER_BYTES] = noise.try_into().unwrap();
        prop_assert_eq!(SegmentHeader::parse(&bytes), None);
    }
}
