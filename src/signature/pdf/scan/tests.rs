use super::super::document::Document;
use super::super::sample::{Pdf, stream};
use super::*;

const IMAGE: &str = "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray";

fn check(content: &str, expect: bool) {
    assert_eq!(are_pictures_of(&pdf(stream("", content)).bytes), expect, "{content}");
    // Deflated, its beginning is looked at before the rest.
    let deflated = miniz_oxide::deflate::compress_to_vec_zlib(content.as_bytes(), 6);
    let room = "x".repeat(deflated.len());
    let mut pdf = pdf(stream("/Filter/FlateDecode", &room));
    let at = memchr::memmem::find(&pdf.bytes, room.as_bytes()).expect("it was put there");
    pdf.bytes[at..at + deflated.len()].copy_from_slice(&deflated);
    assert_eq!(are_pictures_of(&pdf.bytes), expect, "deflated: {content}");
}

fn pdf(content: String) -> Pdf {
    let mut pdf = Pdf::plain();
    pdf.update(&[
        (
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>".into(),
        ),
        (4, content),
        (5, stream(IMAGE, "x")),
    ]);
    pdf
}

fn are_pictures_of(file: &[u8]) -> bool {
    Document::read(file).last_view().is_some_and(are_pictures)
}

#[test]
fn pages_of_a_scanner_are_pictures() {
    check("q 595 0 0 842 0 0 cm /I Do Q", true);
    check("q 0 842 -595 0 595 0 cm /I Do Q", true);
    check("% scanned\nq 580 0 0 830 8 6 cm /I Do Q BT 3 Tr /F 12 Tf (hidden) Tj [(more) -20 (text)] TJ ET", true);
    check("q .24 0 0 .24 0 0 cm 2480 0 0 3509 0 0 cm /I Do Q", true);
}

#[test]
fn what_follows_the_beginning_counts() {
    for length in BEGINNING_BYTES - 60..BEGINNING_BYTES + 10 {
        let hidden = format!("{:1$}", "(some) Tj ".repeat((length - 50) / 10), length - 40);
        let begins = format!("q 595 0 0 842 0 0 cm /I Do Q BT 3 Tr {hidden}");
        check(&format!("{begins} (a string that is cut \\( where the beginning ends) Tj ET"), true);
        check(&format!("{begins} BX EX BMC BDC 0 Tr (shown) Tj ET"), false);
    }
}

#[test]
fn pages_that_write_draw_or_show_less_are_not() {
    check("q 595 0 0 842 0 0 cm /I Do Q BT /F 12 Tf (shown) Tj ET", false);
    check("q 3 Tr Q q 595 0 0 842 0 0 cm /I Do Q BT (shown) Tj ET", false);
    check("q 595 0 0 842 0 0 cm /I Do Q 0 0 10 10 re f", false);
    check("q 300 0 0 300 0 0 cm /I Do Q", false);
    check("q 595 0 0 842 0 0 cm /Other Do Q", false);
    check("", false);
    check("[[[[(", false);
    let document = Pdf::plain();
    let document = Document::read(&document.bytes);
    assert!(!document.last_view().is_some_and(are_pictures), "a page without content");
}
