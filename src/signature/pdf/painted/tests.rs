use super::super::document::Document;
use super::super::sample::{Pdf, stream};
use super::*;

/// What a page with this content paints, in words; `None` where that can't be told.
fn marks(content: &str, others: &[(u32, String)]) -> Option<Vec<String>> {
    let resources = "/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R/I 7 0 R>>>>";
    let mut pdf = Pdf::plain();
    let mut objects = vec![
        (3, format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R{resources}>>")),
        (4, stream("", content)),
        (5, "<</Subtype/Type1/FirstChar 49/Widths[500 500]>>".to_owned()),
        (7, stream("/Subtype/Image", "x")),
    ];
    objects.extend_from_slice(others);
    pdf.update(&objects);
    let document = Document::read(&pdf.bytes);
    let view = document.last_view().expect("a revision");
    let object = view.get(3).unwrap();
    let dict = object.dict().unwrap();
    let mut found = Vec::new();
    let area = |[a, b, c, d]: Area| format!("{a:.1} {b:.1} {c:.1} {d:.1}");
    let mut left = CONTENT_IN_ALL_BYTES_MAX;
    page(view, dict, dict.get(b"Resources"), &mut left, &mut |mark| {
        found.push(match mark {
            Mark::Glyph(at, text) => format!("{} {}", text.unwrap_or("?"), area(at)),
            Mark::Picture(at) => format!("picture {}", area(at)),
            Mark::Rectangle(at) => format!("rectangle {}", area(at)),
            Mark::Shape(at) => format!("shape {}", area(at)),
        });
    })?;
    Some(found)
}

#[track_caller]
fn check(content: &str, expect: &[&str]) {
    let expect = expect.iter().map(|&text| text.to_owned()).collect();
    assert_eq!(marks(content, &[]), Some(expect), "{content}");
}

#[test]
fn text_stands_where_it_is_set() {
    check("BT /F 10 Tf 100 50 Td (12) Tj ET", &["1 100.0 49.5 105.0 57.0", "2 105.0 49.5 110.0 57.0"]);
    check(
        "BT /F 10 Tf 1 0 0 1 100 50 Tm [(1) -1000 (2)] TJ ET",
        &["1 100.0 49.5 105.0 57.0", "2 115.0 49.5 120.0 57.0"],
    );
    check("BT /F 10 Tf 20 TL 100 50 Td T* (1) Tj (2) ' ET", &["1 100.0 29.5 105.0 37.0", "2 100.0 9.5 105.0 17.0"]);
    check(
        "q 2 0 0 2 0 0 cm BT /F 10 Tf (1) Tj ET Q BT /F 10 Tf (1) Tj ET",
        &["1 0.0 -1.0 10.0 14.0", "1 0.0 -0.5 5.0 7.0"],
    );
    check("BT /F 10 Tf 1 Tc 200 Tz 5 Ts (12) Tj ET", &["1 0.0 4.5 10.0 12.0", "2 12.0 4.5 22.0 12.0"]);
    check("BT /F 10 Tf 2 3 (1) \" 3 Tr (2) Tj ET", &["1 0.0 -0.5 5.0 7.0"]);
    check("BT /F 10 Tf 0 -9 TD (1) Tj T* (2) Tj ET", &["1 0.0 -9.5 5.0 -2.0", "2 0.0 -18.5 5.0 -11.0"]);
}

#[test]
fn shapes_and_pictures() {
    check("10 10 5 5 re f", &["rectangle 10.0 10.0 15.0 15.0"]);
    check("10 10 m 20 10 l 15 30 l f* 0 0 1 1 re S 0 0 1 1 re W n", &["shape 10.0 10.0 20.0 30.0"]);
    check("q 9 0 0 8 1 2 cm /I Do Q", &["picture 1.0 2.0 10.0 10.0"]);
    check("q 9 0 0 8 1 2 cm BI /W 1 ID x EI Q", &["picture 1.0 2.0 10.0 10.0"]);
}

#[test]
fn forms_are_followed_and_bounded() {
    let form = |body: &str| [(6, stream("/Subtype/Form/Matrix[1 0 0 1 7 0]", body))];
    assert_eq!(
        marks("q 1 0 0 1 0 3 cm /X Do Q", &form("0 0 1 1 re f")).as_deref(),
        Some(&["rectangle 7.0 3.0 8.0 4.0".to_owned()][..])
    );
    assert_eq!(marks("/X Do", &form("/X Do")), None, "it paints itself");
    assert_eq!(marks("/X Do /X Do", &form(&format!("% {}", "x".repeat(CONTENT_BYTES_MAX / 2)))), None);
    assert_eq!(marks("/X Do", &[(6, stream("/Subtype/Form/Filter/Unknown", "x"))]), None);
    assert_eq!(marks(&"q ".repeat(STATES_MAX + 1), &[]), None);
    assert_eq!(marks("(open", &[]), None);
}

/// What one page takes the next one lacks.
#[test]
fn all_content_of_a_file_has_one_bound() {
    let mut pdf = Pdf::plain();
    pdf.update(&[(3, "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>".into()), (4, stream("", "0 0 1 1 re f"))]);
    let document = Document::read(&pdf.bytes);
    let view = document.last_view().expect("a revision");
    let object = view.get(3).unwrap();
    let mut left = 20;
    let mut paint = || page(view, object.dict().unwrap(), None, &mut left, &mut |_| ());
    assert_eq!((paint(), paint()), (Some(()), None));
    assert_eq!(left, 7);
}

#[test]
fn parts_that_are_covered() {
    let square = [0.0, 0.0, 10.0, 10.0];
    assert_eq!(part_covered(square, [0.0, 0.0, 5.0, 5.0]), 0.25);
    assert_eq!(part_covered(square, [-9.0, -9.0, 99.0, 99.0]), 1.0);
    assert_eq!(part_covered(square, [20.0, 0.0, 30.0, 10.0]), 0.0);
    assert_eq!(part_covered([0.0, 5.0, 10.0, 5.0], [0.0, 0.0, 5.0, 9.0]), 0.5);
}
