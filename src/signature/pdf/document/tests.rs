use memchr::memmem;

use super::super::sample::{Pdf, stream};
use super::*;

/// A file whose only revision has a cross-reference stream and an object stream; `{at}` is where the section begins.
fn with_streams(members: &str, first: usize, more: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let container = bytes.len();
    let keys = format!("/Type/ObjStm/N 2/First {first}");
    bytes.extend_from_slice(format!("5 0 obj\n{}\nendobj\n", stream(&keys, members)).as_bytes());
    let at = bytes.len();
    let rows = [[0, 0, 0, 0], [2, 0, 5, 0], [2, 0, 5, 1], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, container as u8, 0]];
    let own = [[1, (at >> 8) as u8, at as u8, 0]];
    let table: Vec<u8> = rows.iter().chain(&own).flatten().copied().collect();
    bytes.extend_from_slice(
        format!("6 0 obj\n<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R{more}/Length {}>>stream\n", table.len()).as_bytes(),
    );
    bytes.extend_from_slice(&table);
    bytes.extend_from_slice(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").as_bytes());
    bytes
}

#[test]
fn a_classic_table() {
    let mut pdf = Pdf::plain();
    pdf.update(&[(3, "<</Type/Page/Rotate 90>>".into())]);
    let document = Document::read(&pdf.bytes);
    assert_eq!((document.damage.as_slice(), document.revisions.len()), (&[][..], 2));
    assert_eq!(document.revisions[1].ending.end + 1, pdf.bytes.len());
    let rotate = |revision| document.view(revision).get(3).unwrap().dict().unwrap().integer(b"Rotate");
    assert_eq!((rotate(0), rotate(1)), (None, Some(90)));
    assert_eq!(document.view(1).get(1), document.view(0).get(1));
    assert!(document.view(1).get(77).is_none());
}

#[test]
fn streams_of_tables_and_objects() {
    let file = with_streams("1 0 2 21 <</Type/Catalog/A 2>> [7]", 9, "");
    let document = Document::read(&file);
    assert_eq!((document.damage.as_slice(), document.revisions.len()), (&[][..], 1), "{document:#?}");
    let view = document.view(0);
    assert_eq!(view.catalog().unwrap().dict().unwrap().integer(b"A"), Some(2));
    assert_eq!(*view.get(2).unwrap(), Object::Array(vec![Object::Integer(7)]));
}

#[test]
fn an_object_stream_that_lies_gives_nothing() {
    for (members, first) in [("9 0 2 21 <</Type/Catalog>> [7]", 9), ("1 0", 9), ("1 0 2 999999 <<>>", 9)] {
        let file = with_streams(members, first, "");
        let document = Document::read(&file);
        assert!(document.view(0).get(2).is_none() || document.view(0).get(1).is_none());
    }
}

#[test]
fn a_hybrid_section_adds_what_its_table_hides() {
    let mut pdf = Pdf::plain();
    let object = pdf.object(30, "(hidden)");
    let table = [1, (object >> 8) as u8, object as u8, 0];
    let at = pdf.bytes.len();
    pdf.raw("31 0 obj\n<</Type/XRef/Size 31/Index[30 1]/W[1 2 1]/Length 4>>stream\n");
    pdf.bytes.extend_from_slice(&table);
    pdf.raw("\nendstream\nendobj\n").table(&[(30, 0)], &format!("/Root 1 0 R/XRefStm {at}"));
    let document = Document::read(&pdf.bytes);
    assert_eq!((document.damage.as_slice(), document.revisions.len()), (&[][..], 2));
    assert_eq!(document.view(1).get(30).unwrap().string().unwrap(), b"hidden");
}

#[test]
fn bytes_before_the_header_shift_every_offset() {
    let mut file = b"mail header\r\n\r\n".to_vec();
    file.extend_from_slice(&Pdf::plain().bytes);
    let document = Document::read(&file);
    assert_eq!(document.damage, []);
    assert!(document.view(0).catalog().is_some());
}

#[test]
fn damage_is_named() {
    let plain = Pdf::plain();
    assert_eq!(Document::read(b"").damage, [Damage::NoSection]);
    assert_eq!(Document::read(b"startxref\n0\n%%EOF").damage, [Damage::NoSection]);
    let document = Pdf::plain().raw("startxref\n7\n%%EOF").bytes.clone();
    assert_eq!(Document::read(&document).damage, [Damage::LastStart]);
    let at = memmem::find(&plain.bytes, b"xref").unwrap();
    let mut looping = Pdf::plain();
    looping.table(&[], "/Root 1 0 R");
    let own = memmem::rfind(&looping.bytes, b"xref\ntrailer").unwrap();
    let text = String::from_utf8(looping.bytes).unwrap();
    assert_eq!(
        Document::read(text.replace(&format!("/Prev {at}"), &format!("/Prev {own}")).as_bytes()).damage,
        [Damage::Loop]
    );
    assert!(matches!(
        Document::read(text.replace(&format!("/Prev {at}"), "/Prev 7").as_bytes()).damage[..],
        [Damage::Chain(_), ..]
    ));
}

#[test]
fn chains_are_limited() {
    let mut pdf = Pdf::plain();
    for _ in 0..SECTIONS_MAX + 5 {
        pdf.table(&[], "/Root 1 0 R");
    }
    let document = Document::read(&pdf.bytes);
    assert!(document.damage.contains(&Damage::TooMany));
    assert_eq!(document.sections.len(), SECTIONS_MAX);
}

#[test]
fn offsets_count_from_the_header() {
    let plain = Pdf::plain().bytes;
    let behind = [&b"\r\n"[..], &plain].concat();
    assert_eq!(Document::read(&behind).damage, []);
    // Of the same length, and the header a byte later.
    let shifted = [&b"\n%PDF-1.\n"[..], &plain[b"%PDF-1.7\n".len()..]].concat();
    let document = Document::read(&shifted);
    assert_eq!((document.damage.as_slice(), document.revisions.len()), (&[Damage::Offsets][..], 1));
}

#[test]
fn the_head_of_the_free_list_is_no_object() {
    let is_loose = |bytes: &[u8]| Document::read(bytes).sections[0].is_loose;
    let table = |places: &[(u32, usize)]| is_loose(&Pdf::plain().table(places, "/Root 1 0 R").bytes);
    assert!(!table(&[(0, 0), (2, 0)]));
    assert!(table(&[(0, 9)]));
    assert!(table(&[(1, 0)]), "some readers count from 0");
    let mut file = with_streams("1 0 2 21 <</Type/Catalog/A 2>> [7]", 9, "");
    assert!(!is_loose(&file));
    let rows = memmem::rfind(&file, b">>stream\n").unwrap() + b">>stream\n".len();
    file[rows..rows + 3].copy_from_slice(&[1, 0, 9]);
    assert!(is_loose(&file));
}
