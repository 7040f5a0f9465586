use super::*;

#[test]
fn known_answers() {
    let abc = ContentDigests::of(b"abc");
    assert_eq!(abc.sha256.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(abc.blake3.to_string(), "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
    assert_eq!(abc.size, 3);
}

#[test]
fn one_pass_equals_whole() {
    let bytes: Vec<u8> = (0..100_000u32).map(|i| (i % 251) as u8).collect();
    let mut hasher = ContentHasher::new();
    for piece in bytes.chunks(7_001) {
        hasher.update(piece);
    }
    assert_eq!(hasher.finish(), ContentDigests::of(&bytes));
    assert_eq!(ContentDigests::of(&bytes).sha256, Sha256::of_parts(&[&bytes[..10], &bytes[10..]]));
}

#[test]
fn text_form_round_trips_and_refuses_the_rest() {
    let digest = Blake3::of(b"x");
    assert_eq!(digest.to_string().parse::<Blake3>(), Ok(digest));
    for bad in ["", "00", &"A".repeat(64), &"g".repeat(64), &"0".repeat(63), &"0".repeat(66)] {
        assert_eq!(bad.parse::<Sha256>(), Err(NotADigest), "{bad}");
    }
}
