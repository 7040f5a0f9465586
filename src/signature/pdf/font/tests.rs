use super::super::document::Document;
use super::super::sample::{Pdf, stream};
use super::*;

/// What a string says and how wide it is, by the font that is object 20.
fn said(font: &str, others: &[(u32, String)], string: &[u8]) -> (Option<String>, f64) {
    let mut pdf = Pdf::plain();
    let mut objects = vec![(20, font.to_owned())];
    objects.extend_from_slice(others);
    pdf.update(&objects);
    let document = Document::read(&pdf.bytes);
    let view = document.last_view().expect("a revision");
    let font = Font::of(view, &view.get(20).unwrap());
    let text = font.glyphs(string).map(|(_, text)| text).collect::<Option<Vec<_>>>().map(|texts| texts.concat());
    (text, font.glyphs(string).map(|(width, _)| width).sum())
}

#[test]
fn simple_fonts() {
    let plain = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    assert_eq!(said(plain, &[], b"178/Q"), (Some("178/Q".into()), 5.0 * WIDTH));
    assert_eq!(said(plain, &[], b"\x80"), (None, WIDTH));
    let encoded =
        "<</Subtype/Type1/FirstChar 49/Widths[500 250]/Encoding<</Differences[49/nine/uni1EA1/alpha 70/a]>>>>";
    assert_eq!(said(encoded, &[], b"12F"), (Some("9ạa".into()), 0.75 + WIDTH));
    assert_eq!(said(encoded, &[], b"3").0, None);
    assert_eq!(said("7", &[], b"x"), (Some("x".into()), WIDTH));
}

#[test]
fn composite_fonts() {
    let font = "<</Subtype/Type0/DescendantFonts[21 0 R]/ToUnicode 22 0 R>>";
    let inner = "<</Subtype/CIDFontType2/DW 900/W[1[100 200]5 6 300]>>";
    let map = "begincmap 1 beginbfchar<0001><00510110>endbfchar 2 beginbfrange<0002><0003><0031><0005><0006>[<0041><1EA1>]endbfrange";
    let others = [(21, inner.to_owned()), (22, stream("", map))];
    let (text, width) = said(font, &others, &[0, 1, 0, 2, 0, 3, 0, 5, 0, 6]);
    assert_eq!(text.as_deref(), Some("QĐ12Aạ"));
    assert!((width - 1.8).abs() < 1e-9, "{width}");
    assert_eq!(said(font, &others, &[0, 9]), (None, 0.9));
}

#[test]
fn maps_and_widths_are_bounded() {
    let font = "<</Subtype/Type0/DescendantFonts[<</W[0 4294967295 1]>>]/ToUnicode 22 0 R>>";
    let map = stream("", "begincmap <0000> <FFFFFFFF> <0041> endbfrange <01> <> endbfchar <01> endbfrange");
    assert_eq!(said(font, &[(22, map)], &[0, 2]).0.as_deref(), Some("C"));
}
