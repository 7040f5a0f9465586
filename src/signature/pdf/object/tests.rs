use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Result<Object, Fault> {
    Reader::new(text.as_bytes(), 0, &mut Work::for_file(text.as_bytes())).value()
}

#[test]
fn every_kind_of_value() {
    let text = "<</A#42 [1 -2 +3 .5 12 0 R 7 8] /S(a\\)(b))/H<4 1>/N/x#20y/T true/F false/U null % end\n>>";
    let Ok(Object::Dict(dict)) = read(text) else { panic!() };
    let reference = Object::Reference(Reference { number: 12, generation: 0 });
    let numbers = [1, -2, 3].map(Object::Integer);
    let rest = [Object::Real((*b".5").into()), reference, Object::Integer(7), Object::Integer(8)];
    assert_eq!(dict.get(b"AB").and_then(Object::array).unwrap(), [&numbers[..], &rest].concat());
    assert_eq!(dict.get(b"S").and_then(Object::string).unwrap(), b"a)(b)");
    assert_eq!(dict.get(b"H").and_then(Object::string).unwrap(), b"A");
    assert_eq!(dict.name(b"N"), Some(&b"x y"[..]));
    assert_eq!(dict.get(b"T"), Some(&Object::Boolean(true)));
    assert!(!dict.repeats());
    assert!(read("[<</A 1/#41 2>>]").unwrap().repeats());
}

#[test]
fn no_value_is_malformed() {
    for text in ["", "<<", "[", "(", "<12", "]", "<</A>>", "<<1 2>>", "endobj", "[1>>", "<</A 1]"] {
        assert_eq!(read(text), Err(Fault::Malformed), "{text}");
    }
}

#[test]
fn limits_hold() {
    assert!(read(&format!("{}{}", "[".repeat(DEPTH_MAX), "]".repeat(DEPTH_MAX))).is_ok());
    assert_eq!(read(&"[".repeat(DEPTH_MAX + 1)), Err(Fault::Spent));
    let mut work = Work { bytes: 1 << 20, values: 5 };
    assert_eq!(Reader::new(b"[1 2 3 4 5 6]", 0, &mut work).value(), Err(Fault::Spent));
    let mut work = Work { bytes: 4, values: 5 };
    assert!(Reader::new(b"(a long string)", 0, &mut work).value().is_err());
}

proptest! {
    #[test]
    fn never_panics(text in "[\\[\\]<>()/#%0-9A-F R.+obj\\n-]{0,80}") {
        let _ = read(&text);
    }
}
