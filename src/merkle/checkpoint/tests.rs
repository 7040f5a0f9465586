use super::super::note::Signature;
use super::*;
use proptest::prelude::*;

const ORIGIN: &str = "archive.example/so-noi-vu";
const TIME: u64 = 1_753_142_400;

fn signers() -> Signers {
    Signers::from_seeds(ORIGIN, &[1; 32], &[2; 32]).unwrap()
}

fn keys() -> Vec<VerifierKey> {
    signers().verifier_keys().into_iter().cloned().collect()
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: ORIGIN.into(), size: 20_852_163, root: Sha256([0xca; 32]) }
}

fn witness(algorithm: Algorithm) -> Signer {
    Signer::from_seed(algorithm, "witness.example/w1", &[3; 32]).unwrap()
}

/// `note` with more lines.
fn cosigned(note: &str, lines: impl IntoIterator<Item = Signature>) -> String {
    let note = Note::parse(note).unwrap();
    let lines = note.signatures().iter().cloned().chain(lines).collect();
    Note::new(note.text().into(), lines).unwrap().encode()
}

#[test]
fn body() {
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let checkpoint = Checkpoint::parse(text).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.body(), text);
    let check = |text: &str, expect| assert_eq!(Checkpoint::parse(text), Err(expect), "{text:?}");
    for lines in ["", "o\n", "o\n1\n", "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="] {
        check(lines, BadBody::Lines);
    }
    check(&format!("{text}extension\n"), BadBody::Lines);
    check(&format!("{text}\n"), BadBody::Lines);
    check(&text.replace("example.com/behind-the-sofa", ""), BadBody::Origin);
    check(&text.replace("sofa", "so\rfa"), BadBody::Origin);
    check(&text.replace("20852163", "020852163"), BadBody::Size);
    check(&text.replace("20852163", "18446744073709551616"), BadBody::Size);
    check(&text.replace("20852163", "0"), BadBody::Root);
    check(&text.replace("Cs", "C"), BadBody::Root);
    check(&text.replace("q2I=", "q2J="), BadBody::Root);
    assert!(Checkpoint::parse("o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n").is_ok());
}

#[test]
fn signed_and_opened() {
    let note = sign(&checkpoint(), &signers(), TIME).unwrap();
    let verified = open(&note, &keys()).unwrap();
    assert_eq!(verified.checkpoint, checkpoint());
    let by: Vec<_> = verified.by.iter().map(|signed| (signed.key.algorithm(), signed.unix_seconds)).collect();
    assert_eq!(by, [(Algorithm::Ed25519, None), (Algorithm::MlDsa44Cosignature, Some(TIME))]);
    let one = open(&note, &keys()[..1]).unwrap();
    assert_eq!((one.checkpoint, one.by.len()), (checkpoint(), 1));
    assert_eq!(open(&note, &[]), Err(Refused::UnknownOrigin(ORIGIN.into())));
    assert_eq!(open(&note, &keys()[1..]), Err(Refused::UnknownOrigin(ORIGIN.into())));
    assert_eq!(open("text\n\n— a AQIDBAU=\n", &keys()), Err(Refused::Body(BadBody::Lines)));
    assert_eq!(open("text\n", &keys()), Err(Refused::Note(BadNote::Text)));
}

#[test]
fn others_do_not_sign_for_the_origin() {
    let foreign = Signers::from_seeds("other.example/log", &[1; 32], &[2; 32]).unwrap();
    let refused = sign(&checkpoint(), &foreign, TIME).unwrap_err();
    assert_eq!(refused, Unsignable::Origin("other.example/log".into(), ORIGIN.into()));
    assert_eq!(sign(&checkpoint(), &signers(), u64::MAX), Err(Unsignable::Key(NotSigned)));

    // Known keys of another name, and the origin's ML-DSA-44 key alone, are not enough.
    let other = Signer::from_seed(Algorithm::Ed25519, "other.example/log", &[1; 32]).unwrap();
    let body = checkpoint().body();
    let ml_dsa = Signer::from_seed(Algorithm::MlDsa44Cosignature, ORIGIN, &[2; 32]).unwrap();
    let lines = vec![other.sign(&body, TIME).unwrap(), ml_dsa.sign(&body, TIME).unwrap()];
    let note = Note::new(body, lines).unwrap().encode();
    let with_other = [keys(), vec![other.verifier_key().clone()]].concat();
    assert_eq!(open(&note, &with_other), Err(Refused::Unsigned(ORIGIN.into())));
    // An impostor's key under the same name is another key: its line is unknown and ignored.
    let impostor = Signers::from_seeds(ORIGIN, &[9; 32], &[9; 32]).unwrap();
    assert_eq!(open(&sign(&checkpoint(), &impostor, TIME).unwrap(), &keys()), Err(Refused::Unsigned(ORIGIN.into())));
}

#[test]
fn cosignatures() {
    let plain = sign(&checkpoint(), &signers(), TIME).unwrap();
    for algorithm in [Algorithm::Ed25519Cosignature, Algorithm::MlDsa44Cosignature] {
        let witness = witness(algorithm);
        let known = [keys(), vec![witness.verifier_key().clone()]].concat();
        let line = witness.sign(&checkpoint().body(), TIME + 1).unwrap();
        let note = cosigned(&plain, [line.clone(), line.clone()]);
        let verified = open(&note, &known).unwrap();
        assert_eq!(verified.by.len(), 3, "a key counts once, however often it signs");
        assert_eq!(verified.by[2].unix_seconds, Some(TIME + 1));
        assert_eq!(open(&note, &keys()).unwrap().by.len(), 2);
        assert_eq!(open(&plain, &known).unwrap().by.len(), 2);
        let mut false_line = line.clone();
        false_line.bytes[7] ^= 1; // the time
        let note = cosigned(&plain, [line, false_line]);
        assert_eq!(open(&note, &known), Err(Refused::Forged("witness.example/w1".into())));
        assert!(open(&note, &keys()).is_ok(), "lines of unknown keys are ignored");
    }
}

/// Either refused, or the same checkpoint by fewer keys: a line whose name or ID changed is an unknown key's.
fn check_altered(note: &str, at: usize, bit: u8) {
    let mut bytes = note.as_bytes().to_vec();
    bytes[at] ^= 1 << bit;
    let Ok(altered) = std::str::from_utf8(&bytes) else { return };
    if let Ok(verified) = open(altered, &keys()) {
        assert_eq!(verified.checkpoint, checkpoint(), "byte {at} bit {bit}");
        assert!(verified.by.len() == 1 && altered.lines().nth(4) == note.lines().nth(4), "byte {at} bit {bit}");
    }
    let ed25519_ends = note.match_indices('\n').nth(4).unwrap().0;
    if at <= ed25519_ends {
        assert!(open(altered, &keys()).is_err(), "byte {at} bit {bit}");
    }
}

#[test]
fn one_bit_flips() {
    let note = sign(&checkpoint(), &signers(), TIME).unwrap();
    let head = note.match_indices('\n').nth(4).unwrap().0 + 80;
    for at in (0..head).chain((head..note.len()).step_by(97)).chain([note.len() - 2, note.len() - 1]) {
        for bit in 0..8 {
            check_altered(&note, at, bit);
        }
    }
}

proptest! {
    #[test]
    fn bodies_round_trip(origin in "[^\\x00-\\x1f]{1,30}", size in 1u64.., root: [u8; 32]) {
        let checkpoint = Checkpoint { origin, size, root: Sha256(root) };
        prop_assert_eq!(Checkpoint::parse(&checkpoint.body()), Ok(checkpoint));
    }

    #[test]
    fn mutated_notes(cut: usize, insert in "[\\PC\\n]{0,6}", drop in 0usize..6) {
        let note = sign(&checkpoint(), &signers(), TIME).unwrap();
        let mut chars: Vec<char> = note.chars().collect();
        let at = cut % chars.len();
        chars.splice(at..(at + drop).min(chars.len()), insert.chars());
        if let Ok(verified) = open(&chars.into_iter().collect::<String>(), &keys()) {
            prop_assert_eq!(verified.checkpoint, checkpoint());
        }
    }

    #[test]
    fn arbitrary_text_never_panics(text: String) {
        let _ = (Checkpoint::parse(&text), open(&text, &keys()));
    }
}
