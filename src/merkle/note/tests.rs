use super::*;
use proptest::prelude::*;

const POEM: &str = "Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
";

fn line(name: &str) -> Signature {
    Signature { name: name.into(), id: 0x0102_0304, bytes: vec![5] }
}

#[test]
fn the_specification_s_note() {
    let note = Note::parse(POEM).unwrap();
    assert!(note.text().ends_with("sole:\n\ned è subito sera.\n"));
    assert_eq!(note.signatures().len(), 1);
    assert_eq!(note.signatures()[0].name, "quasimodo.example/salvatore");
    assert_eq!((note.signatures()[0].id, note.signatures()[0].bytes.len()), (0x367b_a04b, 64));
    assert_eq!(note.encode(), POEM);
}

#[test]
fn malformed() {
    let check = |note: &str, expect| assert_eq!(Note::parse(note), Err(expect), "{note:?}");
    check("", BadNote::Text);
    check("text\n", BadNote::Text);
    check("text\n— a AQIDBAU=\n", BadNote::Text);
    check("text\n\n", BadNote::Unsigned);
    check("text\n\n— a AQIDBAU=", BadNote::Unsigned);
    check("te\txt\n\n— a AQIDBAU=\n", BadNote::Control);
    check("text\r\n\n— a AQIDBAU=\n", BadNote::Control);
    check("text\n\n— a AQIDBAU=\n— a AQIDBAU=", BadNote::Line(2));
    for line in [
        "- a AQIDBAU=",
        "—a AQIDBAU=",
        "— a  AQIDBAU=",
        "—  AQIDBAU=",
        "— a AQIDBAU= ",
        "— a",
        "— a+b AQIDBAU=",
        "— a\u{a0}b AQIDBAU=",
        "— a\u{2003} AQIDBAU=",
        "— a AQIDBA==",
        "— a AQIDBAU",
        "— a AQIDBAV=",
        "— a AQID-AU=",
        "x",
    ] {
        check(&format!("text\n\n{line}\n"), BadNote::Line(1));
    }
    check(&"a".repeat(NOTE_BYTES_MAX + 1), BadNote::TooLong);
    check(&format!("text\n\n{}", "— a AQIDBAU=\n".repeat(SIGNATURES_MAX + 1)), BadNote::TooMany);
    assert!(Note::parse(&format!("text\n\n{}", "— a AQIDBAU=\n".repeat(SIGNATURES_MAX))).is_ok());
}

#[test]
fn what_cannot_be_a_note_is_not_made() {
    let make = |text: &str, lines| Note::new(text.into(), lines).map(|_| ());
    assert_eq!(make("a\n", vec![line("k")]), Ok(()));
    assert_eq!(make("a", vec![line("k")]), Err(BadNote::Text));
    assert_eq!(make("a\n", vec![]), Err(BadNote::Unsigned));
    assert_eq!(make("a\u{1}\n", vec![line("k")]), Err(BadNote::Control));
    assert_eq!(make("a\n", vec![line("k"), line("k k")]), Err(BadNote::Line(2)));
    assert_eq!(make("a\n", vec![Signature { bytes: vec![], ..line("k") }]), Err(BadNote::Line(1)));
    assert_eq!(make("a\n", vec![line("k"); SIGNATURES_MAX + 1]), Err(BadNote::TooMany));
    assert_eq!(make(&format!("{}\n", "a".repeat(NOTE_BYTES_MAX)), vec![line("k")]), Err(BadNote::TooLong));
}

proptest! {
    #[test]
    fn round_trip(text in "[^\\x00-\\x09\\x0b-\\x1f]{0,60}", names in proptest::collection::vec("[a-z./]{1,9}", 1..17), id: u32, bytes in proptest::collection::vec(any::<u8>(), 1..99)) {
        let lines = names.into_iter().map(|name| Signature { name, id, bytes: bytes.clone() }).collect();
        let note = Note::new(format!("{text}\n"), lines).unwrap();
        prop_assert_eq!(Note::parse(&note.encode()).unwrap(), note);
    }

    #[test]
    fn whatever_parses_is_canonical(note in "[a\\n —+é]{0,20}\\n\\n(— [a+ ]{1,2} [AQIDBU=]{0,9}\\n){0,3}", cut: usize, with: u8) {
        let mut bytes = note.into_bytes();
        let at = cut % bytes.len();
        bytes[at] = with;
        for text in [String::from_utf8_lossy(&bytes).into_owned(), POEM.chars().take(cut % 300).collect()] {
            if let Ok(note) = Note::parse(&text) {
                prop_assert_eq!(note.encode(), text);
            }
        }
    }

    #[test]
    fn arbitrary_text_never_panics(text: String) {
        let _ = Note::parse(&text);
    }
}
