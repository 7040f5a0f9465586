use super::super::document::Document;
use super::super::sample::{Pdf, stream};
use super::*;

const IMAGE: &str = "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray";

fn check(content: &str, expect: bool) {
    let mut pdf = Pdf::plain();
    pdf.update(&[
        (
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>".into(),
        ),
        (4, stream("", content)),
        (5, stream(IMAGE, "x")),
    ]);
    let document = Document::read(&pdf.bytes);
    assert_eq!(document.last_view().is_some_and(are_pictures), expect, "{content}");
}

#[test]
fn pages_of_a_scanner_are_pictures() {
    check("q 595 0 0 842 0 0 cm /I Do Q", true);
    check("q 0 842 -595 0 595 0 cm /I Do Q", true);
    check("% scanned\nq 580 0 0 830 8 6 cm /I Do Q BT 3 Tr /F 12 Tf (hidden) Tj [(more) -20 (text)] TJ ET", true);
    check("q .24 0 0 .24 0 0 cm 2480 0 0 3509 0 0 cm /I Do Q", true);
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
