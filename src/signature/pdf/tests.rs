use proptest::prelude::*;

use super::*;
use crate::time::effort;

/// A file with one signature dictionary; `{gap}` and `{end}` in `range` become the right numbers.
fn signed(range: &str, contents: &str, more: &str) -> Vec<u8> {
    let head = format!("%PDF-1.7\n1 0 obj\n<< /Type /Sig /SubFilter /ETSI.CAdES.detached {more} /Contents ");
    let tail_start = head.len() + contents.len();
    // Numbers have six digits, so that the length does not depend on them.
    let tail = |end: usize| {
        let range = range
            .replace("{first}", &format!("{:06}", head.len()))
            .replace("{second}", &format!("{tail_start:06}"))
            .replace("{length}", &format!("{:06}", end.saturating_sub(tail_start)));
        format!(" {range} >>\nendobj\n%%EOF\n")
    };
    let end = tail_start + tail(0).len();
    format!("{head}{contents}{}", tail(end)).into_bytes()
}

const GOOD: &str = "/ByteRange [0 {first} {second} {length}]";

fn only(file: &[u8]) -> PdfSignature {
    let mut found = signatures(file);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

#[test]
fn a_sound_signature() {
    let file = signed(GOOD, "<3003 0201\n05>", "/M (D:20261121235910+07'00') /Name (A\\)\\101) /Reason <FEFF1EC5>");
    let found = only(&file);
    let range = found.byte_range.clone().unwrap();
    assert_eq!(range.end, file.len());
    assert_eq!(&file[range.gap.clone()], b"<3003 0201\n05>");
    assert_eq!(range.slices(&file).concat().len(), file.len() - range.gap.len());
    assert_eq!(found.contents, Ok(vec![0x30, 3, 2, 1, 5]));
    assert_eq!(found.sub_filter.as_deref(), Some("ETSI.CAdES.detached"));
    assert_eq!(found.claimed_time.unwrap().to_rfc3339(), "2026-11-21T16:59:10+00:00");
    assert_eq!((found.claimed_name.as_deref(), found.reason.as_deref()), (Some("A)A"), Some("ễ")));
}

#[test]
fn a_message_authentication_code_is_no_signature() {
    let code = "/AuthCode << /MACLocation /Standalone /ByteRange [0 100 300 200] /MAC <3082> >>";
    let mut file = signed(GOOD, "<3003020105>", "");
    file.extend_from_slice(format!("trailer << /Size 3 {code} >>\n").as_bytes());
    assert!(only(&file).byte_range.is_ok());
    let stream = format!("%PDF-2.0\n3 0 obj << /Type /XRef {code} /Length 0 >> stream\nendstream endobj\n");
    assert_eq!(signatures(stream.as_bytes()), []);
    // One that says so of itself and is a signature still is one, and so is one beside the key.
    let named = signed(GOOD, "<3003020105>", "/MACLocation /Standalone");
    assert!(only(&named).byte_range.is_ok());
    let beside = signed("/ByteRange [0 1 2 3] /X << /MACLocation /Standalone >>", "<30>", "");
    assert_eq!(only(&beside).byte_range, Err(Defect::GapNotContents));
}

/// A file without pages that holds `inner` as it is, written as object 3.
fn around(inner: &[u8]) -> Vec<u8> {
    let head =
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n";
    let open = format!("3 0 obj\n<</Type/EmbeddedFile/Length {}>>\nstream\n", inner.len());
    let mut file = [head.as_bytes(), open.as_bytes(), inner, b"\nendstream\nendobj\n"].concat();
    let at = |what: &str| memmem::find(head.as_bytes(), what.as_bytes()).unwrap();
    let entries = [at("1 0 obj"), at("2 0 obj"), head.len()].map(|at| format!("{at:010} 00000 n \n")).concat();
    let table = file.len();
    let tail = format!("trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
    file.extend_from_slice(format!("xref\n0 4\n0000000000 65535 f \n{entries}{tail}").as_bytes());
    file
}

#[test]
fn a_signature_of_a_file_inside_is_not_one_of_the_file() {
    let inner = signed(GOOD, "<3003020105>", "");
    assert_eq!(signatures(&around(&inner)).len(), 1);
    assert_eq!(Reading::of(&around(&inner)).signatures, []);
    assert_eq!(Reading::of(&around(b"nothing")).presence, Presence::None);
    // Not in a stream, it stays and is broken, as what attackers append is.
    let beside = [around(b"nothing"), inner].concat();
    assert_eq!(Reading::of(&beside).presence, Presence::Broken);
}

#[test]
fn a_comment_may_stand_before_the_dictionary() {
    let file = String::from_utf8(signed(GOOD, "<3003020105>", "")).unwrap();
    let commented = file.replace("obj\n<< /Type /Sig ", "obj % <<\r<< ");
    let [found] = &signatures(commented.as_bytes())[..] else { panic!("one signature") };
    assert_ne!(found.byte_range, Err(Defect::OutsideDictionary));
}

#[test]
fn white_space_and_line_ends_in_the_range_are_tolerated() {
    assert!(only(&signed("/ByteRange[\r\n0\n{first}\t{second}   {length}\n ]", "<30>", "")).byte_range.is_ok());
}

#[test]
fn every_defect_of_the_range_is_named() {
    use Defect::*;
    let cases = [
        ("", ByteRangeMissing),
        ("/ByteRange null", ByteRangeMalformed),
        ("/ByteRange [0 1 2]", ByteRangeMalformed),
        ("/ByteRange [0 {first} {second} {length} 5]", ByteRangeMalformed),
        ("/ByteRange [0 -5 {second} {length}]", ByteRangeMalformed),
        ("/ByteRange [0 0x10 {second} {length}]", ByteRangeMalformed),
        ("/ByteRange [0 <10> {second} {length}]", ByteRangeMalformed),
        ("/ByteRange [0 +5 {second} {length}]", ByteRangeMalformed),
        ("/ByteRange [0 /********** /********** /**********]", ByteRangeMalformed),
        ("/ByteRange [0 99999999999999999999 1 1]", ByteRangeMalformed),
        ("/ByteRange 7 0 R", ByteRangeMalformed),
        ("/ByteRange [1 {first} {second} {length}]", NotFromStart),
        ("/ByteRange [0 {second} {first} {length}]", Overlap),
        ("/ByteRange [0 {first} {second} 18446744073709551615]", BeyondEnd),
        ("/ByteRange [0 {first} {second} 900000]", BeyondEnd),
        ("/ByteRange [0 0 {second} {length}]", Hole),
        ("/ByteRange [0 000010 000020 {length}]", GapNotContents),
        ("/ByteRange [0 0 0 0]", GapNotContents),
        ("/ByteRange [0 {first} {second} 0]", DictionaryNotCovered),
        ("/ByteRange [0 {first} {second} {length}] /ByteRange [0 1 1 1]", KeyTwice("/ByteRange")),
    ];
    for (range, defect) in cases {
        assert_eq!(only(&signed(range, "<30>", "")).byte_range, Err(defect), "{range}");
    }
}

#[test]
fn every_defect_of_the_contents_is_named() {
    use Defect::*;
    let long = format!("<{}>", "30".repeat(CONTENTS_BYTES_MAX + 1));
    let cases = [
        ("<>", "", ContentsEmpty),
        ("null", "", ContentsNotHex),
        ("(0)", "", ContentsNotHex),
        ("<3x>", "", ContentsNotHex),
        ("9 0 R", "", ContentsNotHex),
        ("<30>", "/Contents <31>", KeyTwice("/Contents")),
        (&long, "", ContentsTooLong),
    ];
    for (contents, more, defect) in cases {
        assert_eq!(only(&signed(GOOD, contents, more)).contents, Err(defect), "{:.20}", contents);
    }
    let without = String::from_utf8(signed(GOOD, "<30>", "")).unwrap().replace("/Contents", "/Kontents");
    assert_eq!(only(without.as_bytes()).byte_range, Err(ContentsMissing));
}

#[test]
fn one_escaped_key_does_not_hide_a_signature() {
    let file = signed("/Byte#52ange [0 {first} {second} {length}]", "<30>", "");
    assert!(only(&file).byte_range.is_ok());
}

#[test]
fn mentions_that_are_no_signature_are_passed_over() {
    for text in [
        &b"%PDF-1.7\nstream\nthe key /ByteRange says, and /SubFilter too\nendstream"[..],
        b"1 0 obj << /SV << /Type /SV /SubFilter [/ETSI.CAdES.detached] >> >> endobj",
        b"1 0 obj << /Title (about /ByteRange and obj) >> endobj",
        b"/ByteRange",
        b"",
    ] {
        assert_eq!(signatures(text), [], "{}", String::from_utf8_lossy(text));
    }
    assert_eq!(only(b"/ByteRange [0 1 2 3]").byte_range, Err(Defect::OutsideDictionary));
    assert_eq!(only(b"1 0 obj << /SubFilter /adbe.pkcs7.detached ").contents, Err(Defect::OutsideDictionary));
}

#[test]
fn a_mention_in_a_string_does_not_mask_the_key() {
    assert!(only(&signed(GOOD, "<30>", "/Reason (/ByteRange [0 1 2 3] 1 0 obj <<)")).byte_range.is_ok());
}

#[test]
fn a_signature_written_inside_another_dictionary_is_found() {
    let file =
        String::from_utf8(signed(GOOD, "<30>", "")).unwrap().replace("%PDF-1.7\n1 0 obj\n", "\n1 0 obj<</V [[1 ");
    assert_eq!(signatures(file.as_bytes()).len(), 1);
}

#[test]
fn hostile_files_stay_cheap_and_never_look_unsigned() {
    let megabytes = 4 << 20;
    for unit in [
        "/ByteRange",
        "/ByteRange [0 ",
        "1 0 obj<</ByteRange",
        "1 0 obj<</ByteRange[0 1 2 3]/A(",
        "1 0 obj<</ByteRange[0 1 2 3]/Contents<",
        "1 0 obj<</SubFilter/ETSI.x %",
        " obj<<<<<<<<[[[[/SubFilter/adbe.",
        "1 0 obj<</ByteRange[0 1 2 3]>>",
        "jjjjjjjjj obj<<obj obj<<",
        "1 0 obj<</SubFilter/adbe.x\0\0\0\0",
    ] {
        let file = unit.repeat(megabytes / unit.len());
        let found = effort::bounded(unit, || signatures(file.as_bytes()));
        assert!(found.len() <= SIGNATURES_MAX + 1);
        assert_eq!(found.is_empty(), unit.starts_with('j'), "{unit}");
    }
}

#[test]
fn more_signatures_than_the_limit_are_not_passed_over_in_silence() {
    let one = "1 0 obj<</ByteRange[0 1 2 3]/Contents<30>>>endobj ";
    assert_eq!(signatures(one.repeat(SIGNATURES_MAX).as_bytes()).len(), SIGNATURES_MAX);
    let found = signatures(one.repeat(SIGNATURES_MAX + 9).as_bytes());
    assert_eq!(found.len(), SIGNATURES_MAX + 1);
    assert_eq!(found.last().unwrap().contents, Err(Defect::TooMany));
    let mentions = "/ByteRange ".repeat(MARKS_MAX + 1);
    assert_eq!(only(mentions.as_bytes()).contents, Err(Defect::TooMany));
}

#[test]
fn a_dictionary_of_too_many_keys_is_a_defect() {
    let file = format!("1 0 obj<<{}/ByteRange[0 1 2 3]>>", "/A 1".repeat(100_000));
    assert_eq!(only(file.as_bytes()).byte_range, Err(Defect::OutsideDictionary));
}

proptest! {
    #[test]
    fn never_panics_on_arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        signatures(&bytes);
    }

    /// Pieces of PDF in any order.
    #[test]
    fn never_panics_on_pieces(pieces in proptest::collection::vec(prop_oneof![
        Just("/ByteRange"), Just("/SubFilter"), Just("/Contents"), Just(" 1 0 obj"), Just("<<"), Just(">>"), Just("<"),
        Just(">"), Just("["), Just("]"), Just("("), Just(")"), Just("\\"), Just("%"), Just("\n"), Just(" 0 "), Just("30"),
        Just("/ETSI.RFC3161"), Just("/M(D:2026"), Just("#4"), Just("/Name"), Just("endobj"),
    ], 0..60)) {
        for found in signatures(pieces.concat().as_bytes()) {
            if let Ok(range) = found.byte_range {
                range.slices(pieces.concat().as_bytes());
            }
        }
    }

    #[test]
    fn dates_never_panic(text in "[D:0-9+'Z-]{0,24}|\\PC{0,12}") {
        signatures(format!("1 0 obj<</SubFilter/x/M({text})>>").as_bytes());
    }
}

#[test]
fn words_on_the_edge_of_a_window_are_found_once() {
    let edge = 128 << 10;
    for shift in 0..BYTE_RANGE.len() + 1 {
        let mut file = vec![b' '; edge - shift];
        file.extend_from_slice(BYTE_RANGE);
        file.extend_from_slice(SUB_FILTER);
        file.resize(2 * edge - shift, b' ');
        file.extend_from_slice(SUB_FILTER);
        assert_eq!(marks(&file), [edge - shift, edge - shift + BYTE_RANGE.len(), 2 * edge - shift]);
    }
    assert_eq!(marks(&SUB_FILTER.repeat(MARKS_MAX + 2)).len(), MARKS_MAX + 1);
}
