use super::*;

#[test]
fn an_object_begins_behind_two_numbers() {
    for before in ["3 0 ", "3 0\r\n", "3 0", "7 00000", "3 0%a comment\n", "3 %\n0 %\n"] {
        assert!(begins_object(before.as_bytes()), "{before:?}");
    }
    for before in ["", "end", "3 0 end", "the ", "QkJ0", "a0", " "] {
        assert!(!begins_object(before.as_bytes()), "{before:?}");
    }
}

#[test]
fn what_a_pdf_file_is_rebuilt_from_may_stand_in_the_signed_content_alone() {
    let signed = b"%PDF-1.4 1 0 obj endobj trailer startxref 0";
    let shows = |behind: &[u8]| {
        let file = [b"head", &signed[..], behind].concat();
        shows_as_pdf(&file, std::slice::from_ref(&(4..4 + signed.len())))
    };
    assert!(!shows(b" certificates, an endobj and objects"));
    for evil in ["3 0 obj<</Length 9>>", "trailer<</Root 3 0 R>>", "startxref", "%PDF-1.7"] {
        assert!(shows(evil.as_bytes()), "{evil}");
    }
    assert!(!shows_as_pdf(b"no header 3 0 obj", &[]));
}

#[test]
fn the_pieces_of_a_string_of_strings_are_told_apart() {
    let header = [&[0x30, 0x80, 0x06, 0x01, 0x2a, 0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0x31, 0x00][..]].concat();
    let content = [0x30, 0x80, 0x06, 0x01, 0x2a, 0xa0, 0x80, 0x24, 0x80, 0x04, 0x02, b'a', b'b', 0x04, 0x01, b'c'];
    let structure = [&header[..], &content, &[0; 12]].concat();
    let found: Vec<&[u8]> = places_of_content(&structure).into_iter().map(|place| &structure[place]).collect();
    assert_eq!(found, [&b"ab"[..], b"c"]);
    assert!(places_of_content(b"\x30\x00").is_empty());
}

#[test]
fn an_end_of_a_packed_file_counts_outside_the_signed_content() {
    let file = [b"ab", ZIP_END, &[0; 18], b"cd"].concat();
    assert!(ends_as_archive(&file) && shows_as_archive(&file, std::slice::from_ref(&(3..9))));
    assert!(!shows_as_archive(&file, std::slice::from_ref(&(2..6))) && !ends_as_archive(b"PK\x03\x04"));
}
