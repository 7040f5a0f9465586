use super::*;
use proptest::prelude::*;

fn key(seed: u8) -> ObjectKey {
    ObjectKey::derive(&Secret::from_bytes([seed; 32]), Uuid::from_u128(1), Uuid::from_u128(2))
}

#[test]
fn parts_round_trip_at_every_boundary() {
    for len in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5] {
        let plain: Vec<u8> = (0..len).map(|i| (i % 253) as u8).collect();
        let sealed = key(1).seal_part(4, &plain);
        assert_eq!((sealed.len(), plain_len(sealed.len())), (sealed_len(len), Some(len)));
        assert_eq!(key(1).open_part(4, &sealed).as_deref(), Ok(&plain[..]));
        assert_eq!(key(1).open_part(5, &sealed), Err(NotOpened::Altered));
        assert_eq!(key(2).open_part(4, &sealed), Err(NotOpened::OtherKey));
    }
}

#[test]
fn one_chunk_opens_alone_and_only_in_its_place() {
    let plain = vec![7; 2 * CHUNK_BYTES + 100];
    let sealed = key(1).seal_part(0, &plain);
    let second = &sealed[COMMITMENT_BYTES + CHUNK_BYTES + TAG_BYTES..][..CHUNK_BYTES + TAG_BYTES];
    assert_eq!(key(1).open_one_chunk(0, 1, sealed.len(), second).map(|bytes| bytes.len()), Ok(CHUNK_BYTES));
    assert_eq!(key(1).open_one_chunk(0, 0, sealed.len(), second), Err(NotOpened::Altered));
}

#[test]
fn cutting_whole_chunks_off_is_noticed() {
    let sealed = key(1).seal_part(0, &vec![7; 2 * CHUNK_BYTES]);
    let cut = &sealed[..COMMITMENT_BYTES + CHUNK_BYTES + TAG_BYTES];
    assert_eq!(key(1).open_part(0, cut), Err(NotOpened::Altered));
}

#[test]
fn wraps_open_only_in_their_context() {
    let kek = Secret::random();
    let wrapped = wrap(&kek, &[b"scope", b"object"], b"secret");
    assert_eq!(wrapped.len(), 6 + WRAP_BYTES);
    assert_eq!(unwrap(&kek, &[b"scope", b"object"], &wrapped).as_deref(), Ok(&b"secret"[..]));
    assert_eq!(unwrap(&kek, &[b"scope", b"other"], &wrapped), Err(NotOpened::Altered));
    assert_eq!(unwrap(&Secret::random(), &[b"scope", b"object"], &wrapped), Err(NotOpened::Altered));
}

proptest! {
    #[test]
    fn any_flipped_bit_is_noticed(len in 0usize..70_000, at: prop::sample::Index, bit in 0u8..8) {
        let mut sealed = key(1).seal_part(0, &vec![1; len]);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(key(1).open_part(0, &sealed).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_panic(noise: Vec<u8>) {
        prop_assert!(key(1).open_part(0, &noise).is_err());
        prop_assert!(unwrap(&Secret::random(), &[], &noise).is_err());
    }
}
