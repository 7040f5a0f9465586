use super::super::note::Note;
use super::*;
use proptest::prelude::*;

const SPEC_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SPEC_NOTE: &str = "This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
";
/// Made by another implementation (pyca/cryptography 49 on OpenSSL) from seeds of 32 bytes 1, 2 and 3: an origin's
/// Ed25519 and ML-DSA-44 keys and lines, and a witness's 0x04 key and line.
const FOREIGN_KEYS: &str = include_str!("foreign.vkeys");
const FOREIGN_NOTE: &str = include_str!("foreign.note");

const EVERY: [Algorithm; 3] = [Algorithm::Ed25519, Algorithm::Ed25519Cosignature, Algorithm::MlDsa44Cosignature];
const BODY: &str = "a.example/log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

#[test]
fn the_specification_s_example() {
    let (key, note) = (VerifierKey::parse(SPEC_KEY).unwrap(), Note::parse(SPEC_NOTE).unwrap());
    assert_eq!((key.name(), key.id(), key.algorithm()), ("example.com/foo", 0x530d_903a, Algorithm::Ed25519));
    assert_eq!(key.to_string(), SPEC_KEY);
    assert_eq!(key.verify(note.text(), &note.signatures()[0]), Ok(None));
    assert_eq!(key.verify("This is another message.\n", &note.signatures()[0]), Err(NotVerified));
}

#[test]
fn another_implementation_s_keys_and_lines() {
    let note = Note::parse(FOREIGN_NOTE).unwrap();
    let keys: Vec<VerifierKey> = FOREIGN_KEYS.lines().map(|key| VerifierKey::parse(key).unwrap()).collect();
    let times = [None, Some(1_753_142_400), Some(1_753_142_401)];
    let algorithms = [Algorithm::Ed25519, Algorithm::MlDsa44Cosignature, Algorithm::Ed25519Cosignature];
    for (number, key) in keys.iter().enumerate() {
        let signer = Signer::from_seed(algorithms[number], key.name(), &[number as u8 + 1; 32]).unwrap();
        assert_eq!(signer.verifier_key(), key);
        assert_eq!(key.verify(note.text(), &note.signatures()[number]), Ok(times[number]));
        assert_eq!(key.verify(note.text(), &note.signatures()[(number + 1) % 3]), Err(NotVerified));
    }
}

#[test]
fn what_each_algorithm_signs() {
    let message = |algorithm: Algorithm| algorithm.message("w", BODY, 258).unwrap();
    assert_eq!(message(Algorithm::Ed25519), BODY.as_bytes());
    assert_eq!(message(Algorithm::Ed25519Cosignature), format!("cosignature/v1\ntime 258\n{BODY}").as_bytes());
    let parts: [&[u8]; 6] =
        [b"subtree/v1\n\0\x01w\0\0\0\0\0\0\x01\x02\x0d", b"a.example/log", &[0; 8], &[0; 7], b"\x01", &[0; 32]];
    assert_eq!(message(Algorithm::MlDsa44Cosignature), parts.concat());
    assert_eq!(Algorithm::Ed25519Cosignature.message("w", "text\n", 0), None);
    assert_eq!(Algorithm::MlDsa44Cosignature.message("w", "text\n", 0), None);
    let long = BODY.replace("a.example/log", &"o".repeat(256));
    assert_eq!(Algorithm::MlDsa44Cosignature.message("w", &long, 0), None);
    assert_eq!(Algorithm::MlDsa44Cosignature.message("", BODY, 0), None);
}

#[test]
fn signs_and_verifies() {
    for algorithm in EVERY {
        let signer = Signer::from_seed(algorithm, "a.example/log", &[7; 32]).unwrap();
        let key = signer.verifier_key();
        let line = signer.sign(BODY, 1_000).unwrap();
        let time = (algorithm != Algorithm::Ed25519).then_some(1_000);
        assert_eq!(key.verify(BODY, &line), Ok(time));
        assert_eq!(key.verify(&BODY.replace("\n1\n", "\n2\n"), &line), Err(NotVerified));
        assert_eq!(key.verify("", &line), Err(NotVerified));
        for at in (0..line.bytes.len()).step_by(if line.bytes.len() > 100 { 37 } else { 1 }) {
            let mut changed = line.clone();
            changed.bytes[at] ^= 1;
            assert_eq!(key.verify(BODY, &changed), Err(NotVerified), "byte {at}");
        }
        for bytes in [vec![], vec![0; 7], vec![0; 8], [line.bytes.as_slice(), &[0]].concat(), line.bytes[1..].to_vec()]
        {
            assert_eq!(key.verify(BODY, &Signature { bytes, ..line.clone() }), Err(NotVerified));
        }
        assert_eq!(key.verify(BODY, &Signature { name: "b".into(), ..line.clone() }), Err(NotVerified));
        assert_eq!(key.verify(BODY, &Signature { id: 1, ..line.clone() }), Err(NotVerified));
        assert_eq!(signer.sign(BODY, 1 << 63), Err(NotSigned));
        assert!(signer.sign(BODY, (1 << 63) - 1).is_ok());
        assert_eq!(key.verify(BODY, &signer.sign(BODY, 0).unwrap()), Ok(None));
        assert!(!format!("{signer:?}").contains("07"));
    }
}

#[test]
fn malformed_keys() {
    let check = |key: &str, expect| assert_eq!(VerifierKey::parse(key), Err(expect), "{key}");
    check("", BadKey::Format);
    check("example.com/foo+530d903a", BadKey::Format);
    check(&SPEC_KEY.replace("530d903a", "530D903A"), BadKey::Format);
    check(&SPEC_KEY.replace("530d903a", "530d903"), BadKey::Format);
    check(&SPEC_KEY.replace("530d903a", "530d903b"), BadKey::Id);
    check(&SPEC_KEY.replace("foo", "bar"), BadKey::Id);
    check(&SPEC_KEY.replace("Aeky", "Aekz"), BadKey::Id);
    check(&SPEC_KEY.replace("+Aeky", "+Aaky"), BadKey::Id);
    check(&SPEC_KEY.replace("+Aeky", "+Auky"), BadKey::Type);
    check(&SPEC_KEY.replace("+Aeky", "+Buky"), BadKey::Type);
    check(&SPEC_KEY.replace("example.com/foo", ""), BadKey::Name);
    check(&SPEC_KEY.replace("example.com/foo", "a b"), BadKey::Name);
    check(&SPEC_KEY.replace("example.com/foo", &"a".repeat(256)), BadKey::Name);
    check(&format!("{SPEC_KEY}="), BadKey::Format);
    check(&format!("{SPEC_KEY}\n"), BadKey::Format);
    check("a+00000000+AQ==", BadKey::Type);
    check("a+00000000+", BadKey::Format);
    assert_eq!(Signer::from_seed(Algorithm::Ed25519, "a+b", &[0; 32]).unwrap_err(), BadKey::Name);
}

proptest! {
    #[test]
    fn only_the_right_text_is_a_key(at in 0usize..SPEC_KEY.len(), with in " -~") {
        let changed = format!("{}{with}{}", &SPEC_KEY[..at], &SPEC_KEY[at + 1..]);
        prop_assert!(changed == SPEC_KEY || VerifierKey::parse(&changed).is_err(), "{}", changed);
    }

    #[test]
    fn arbitrary_text_never_panics(text: String, tail in "[a-z]{0,3}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{0,50}", bytes: Vec<u8>) {
        let _ = VerifierKey::parse(&text);
        if let Ok(key) = VerifierKey::parse(&tail) {
            prop_assert_eq!(key.to_string(), tail);
        }
        for line in FOREIGN_KEYS.lines() {
            let key = VerifierKey::parse(line).unwrap();
            let line = Signature { name: key.name().into(), id: key.id(), bytes: bytes.clone() };
            prop_assert_eq!(key.verify(&text, &line), Err(NotVerified));
            prop_assert_eq!(key.verify(BODY, &line), Err(NotVerified));
        }
    }
}
