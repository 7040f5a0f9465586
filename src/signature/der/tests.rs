use proptest::prelude::*;

use super::*;

fn first(bytes: &[u8]) -> Result<Element<'_>, Error> {
    read(bytes).map(|(element, _)| element)
}

/// Reads everything below `element`, as far as it goes.
fn walk(element: &Element<'_>) -> usize {
    1 + element.children().map_while(Result::ok).map(|child| walk(&child)).sum::<usize>()
}

#[test]
fn keeps_raw_and_content_apart() {
    let bytes = [0x30, 0x81, 0x03, 0x02, 0x01, 0x05, 0xaa];
    let (sequence, rest) = read(&bytes).unwrap();
    assert_eq!((sequence.raw, sequence.content, rest), (&bytes[..6], &bytes[3..6], &bytes[6..]));
    let mut children = sequence.children();
    assert_eq!(children.expect(tag::INTEGER).unwrap().magnitude(), Ok(&[5][..]));
    assert_eq!(children.next_element(), Ok(None));
    assert_eq!(children.expect(tag::SET), Err(Error::Unexpected { expected: tag::SET, found: None }));
}

#[test]
fn indefinite_lengths_nest() {
    let bytes = [0x30, 0x80, 0x31, 0x80, 0x02, 0x01, 0x00, 0, 0, 0x04, 0x02, 0, 0, 0, 0, 0xff];
    let (outer, rest) = read(&bytes).unwrap();
    assert_eq!(rest, [0xff]);
    assert_eq!(outer.raw, &bytes[..15]);
    let kinds: Vec<u8> = outer.children().map(|child| child.unwrap().tag).collect();
    assert_eq!(kinds, [tag::SET, tag::OCTET_STRING], "zeros inside a string are no end mark");
}

#[test]
fn pieces_of_octet_strings_are_joined() {
    let pieces = [0x24, 0x80, 0x04, 0x01, b'a', 0x24, 0x03, 0x04, 0x01, b'b', 0x04, 0x01, b'c', 0, 0];
    assert_eq!(first(&pieces).unwrap().octets().unwrap().as_ref(), b"abc");
    assert_eq!(first(b"\x04\x02ok").unwrap().octets().unwrap(), Cow::Borrowed(b"ok"));
    assert!(first(&[0x24, 0x03, 0x02, 0x01, 0x05]).unwrap().octets().is_err());
}

#[test]
fn refuses_what_is_not_ber() {
    let cases: [(&[u8], Error); 8] = [
        (&[], Error::Truncated),
        (&[0x30], Error::Truncated),
        (&[0x30, 0x05, 0x02], Error::Truncated),
        (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], Error::Truncated),
        (&[0x30, 0x89, 1, 2, 3, 4, 5, 6, 7, 8, 9], Error::Length),
        (&[0x04, 0x80, 0, 0], Error::Length),
        (&[0x1f, 0x81, 0x00, 0x00], Error::HighTag),
        (&[0x30, 0x80, 0x02, 0x01, 0x05], Error::Truncated),
    ];
    for (bytes, expected) in cases {
        assert_eq!(first(bytes), Err(expected), "{bytes:02x?}");
    }
}

#[test]
fn depth_is_limited_in_both_forms() {
    assert_eq!(first(&[0x30, 0x80].repeat(100)), Err(Error::TooDeep));
    let mut nested = vec![0x05, 0x00];
    for _ in 0..100 {
        nested = with_header(tag::SEQUENCE, &nested);
    }
    let mut element = first(&nested).unwrap();
    let mut depth = 0;
    let error = loop {
        match element.children().next_element() {
            Ok(Some(child)) => (element, depth) = (child, depth + 1),
            Ok(None) => panic!("ended at {depth}"),
            Err(error) => break error,
        }
    };
    assert_eq!((error, depth), (Error::TooDeep, usize::from(DEPTH_MAX)));
}

#[test]
fn one_list_is_limited() {
    let many = with_header(tag::SEQUENCE, &[0x05, 0x00].repeat(ELEMENTS_MAX as usize + 1));
    let list = first(&many).unwrap();
    assert_eq!(list.children().filter(Result::is_ok).count(), ELEMENTS_MAX as usize);
    assert_eq!(list.children().last(), Some(Err(Error::TooMany)));
    let endless = [&[0x30, 0x80][..], &[0x05, 0x00].repeat(ELEMENTS_MAX as usize + 1), &[0, 0]].concat();
    assert_eq!(first(&endless), Err(Error::TooMany));
}

#[test]
fn lengths_are_written_in_their_shortest_form() {
    for (length, header) in [(0x7f, vec![0x31, 0x7f]), (0x80, vec![0x31, 0x81, 0x80]), (0x100, vec![0x31, 0x82, 1, 0])]
    {
        let encoded = with_header(tag::SET, &vec![7; length]);
        assert!(encoded.starts_with(&header), "{length}");
        assert_eq!(first(&encoded).unwrap().content.len(), length);
    }
}

#[test]
fn object_identifiers_are_shown_dotted() {
    assert_eq!(oid_text(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2]), "1.2.840.113549.1.7.2");
    assert_eq!(oid_text(&[0x88, 0x37, 3]), "2.999.3");
    assert_eq!(oid_text(&[0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), "1.2.?");
    assert_eq!(oid_text(&[]), "");
}

#[test]
fn strings_of_every_type_become_text() {
    let cases: [(u8, &[u8], &str); 7] = [
        (tag::UTF8_STRING, "Nguyễn".as_bytes(), "Nguyễn"),
        (tag::PRINTABLE_STRING, b"VN", "VN"),
        (tag::T61_STRING, b"\xe9t\xe9", "été"),
        (tag::IA5_STRING, b"a@b.vn", "a@b.vn"),
        (tag::BMP_STRING, &[0x1e, 0xc5, 0, b'n'], "ễn"),
        (tag::UNIVERSAL_STRING, &[0, 0, 0, b'x'], "x"),
        (tag::UTF8_STRING, b"a\nb\xff", "a\u{fffd}b\u{fffd}"),
    ];
    for (kind, bytes, text) in cases {
        assert_eq!(first(&with_header(kind, bytes)).unwrap().text().unwrap(), text);
    }
    assert!(first(&[0x02, 0x01, 0x05]).unwrap().text().is_err());
}

#[test]
fn times_of_both_types() {
    let time = |kind, text: &[u8]| first(&with_header(kind, text)).unwrap().time().map(|at| at.to_rfc3339());
    assert_eq!(time(tag::UTC_TIME, b"261121235910Z").unwrap(), "2026-11-21T23:59:10+00:00");
    assert_eq!(time(tag::UTC_TIME, b"5001010000Z").unwrap(), "1950-01-01T00:00:00+00:00");
    assert_eq!(time(tag::GENERALIZED_TIME, b"20500101000000.25Z").unwrap(), "2050-01-01T00:00:00+00:00");
    let bad: [&[u8]; 6] =
        [b"", b"Z", b"261321235910Z", b"261121235910+0700", b"26112123591\xffZ", b"2611212359101234567890Z"];
    for text in bad {
        assert!(time(tag::UTC_TIME, text).is_err(), "{text:?}");
    }
}

proptest! {
    #[test]
    fn never_panics_on_arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok((element, rest)) = read(&bytes) {
            prop_assert_eq!(element.raw.len() + rest.len(), bytes.len());
            prop_assert!(walk(&element) <= bytes.len());
            let _ = (element.octets(), element.bits(), element.magnitude(), element.text(), element.time());
            let _ = (element.oid_text(), element.retagged(tag::SET));
        }
    }

    /// Bytes that are likely to be headers.
    #[test]
    fn never_panics_on_likely_bytes(bytes in proptest::collection::vec(
        prop_oneof![Just(0x30u8), Just(0x80), Just(0x24), Just(0x04), Just(0), Just(0x17), Just(0x82), 0u8..12], 0..200,
    )) {
        if let Ok((element, _)) = read(&bytes) {
            walk(&element);
            let _ = (element.octets(), element.time());
        }
    }
}
