//! A field is empty when the leader signs, and filled in before the agency does.

use super::super::super::change::{ChangeLevel, ChangesAfter, What};
use super::super::super::sample::{EMPTY, PAGE, Pdf, TEXT, signature, stream};
use super::super::tests::after;
use What::{FilledOver, FilledUnlike};

/// Where the page says an amount, where a picture of another is, and where nothing is.
const AMOUNT: &str = "20 48 60 60";
const PICTURE: &str = "20 20 40 30";
const FREE: &str = "60 70 90 80";

fn form(body: &str) -> String {
    stream("/Type/XObject/Subtype/Form/BBox[0 0 40 12]/Resources<</Font<</F 5 0 R>>>>", body)
}

/// What followed the leader's signature, where the field was `before` and is `now`; 30 and 31 are appearances.
fn filled(before: &str, now: &str, looks: [&str; 2]) -> ChangesAfter {
    let mut objects = Pdf::objects("", "");
    let xobject = "/XObject<</I 33 0 R>>/Font";
    objects[2].1 = PAGE.replace("/Font", xobject);
    objects[3].1 = stream("", "BT /F 10 Tf 20 50 Td (2.450) Tj 0 20 Td (........) Tj ET q 20 0 0 10 20 20 cm /I Do Q");
    objects[5].1 = format!("<<{before}>>");
    objects.extend([(30, form(looks[0])), (33, stream("/Type/XObject/Subtype/Image", "x"))]);
    let mut pdf = Pdf::signed_of(&objects, "");
    let agency = [(7, format!("<<{EMPTY}/V 39 0 R>>")), (39, signature("ETSI.CAdES.detached", "Sig", ""))];
    let mut later = vec![(6, format!("<<{now}>>")), (31, form(looks[1]))];
    later.extend(agency);
    pdf.update(&later).sign();
    after(&pdf)
}

fn field(rectangle: &str, keys: &str) -> String {
    TEXT.replace("0 0 5 5", rectangle) + keys
}

/// What is told of a field that was empty.
#[track_caller]
fn check(before: &str, now: &str, looks: [&str; 2], expect: &[What]) {
    let found = filled(before, now, looks);
    let told: Vec<What> = found.changes.iter().map(|change| change.what).filter(|what| what.is_told()).collect();
    assert_eq!(told, expect, "{before} {now} {looks:?} {found:#?}");
    assert_eq!(found.level, ChangeLevel::FormFillAndSign, "{found:#?}");
    let named = found.changes.iter().filter(|change| change.what.is_told());
    assert!(named.into_iter().all(|change| change.field.as_deref() == Some("number")), "{found:#?}");
}

const TYPED: &str = "BT /F 10 Tf 1 3 Td (178) Tj ET";
const BOXED: &str = "1 1 1 rg 0 0 40 12 re f BT /F 10 Tf 1 3 Td (178) Tj ET";

#[test]
fn a_field_that_is_filled_in_lies_over_nothing_that_was_signed() {
    let typed = "/V(178)/AP<</N 31 0 R>>";
    check(&field(FREE, ""), &field(FREE, typed), ["", TYPED], &[]);
    check(&field(FREE, ""), &field(FREE, typed), ["", BOXED], &[]);
    // On the dots that leave room for it.
    check(&field("20 68 60 80", ""), &field("20 68 60 80", typed), ["", TYPED], &[]);
    check(&field(AMOUNT, ""), &field(AMOUNT, typed), ["", TYPED], &[FilledOver]);
    check(&field(AMOUNT, ""), &field(AMOUNT, typed), ["", BOXED], &[FilledOver]);
    // A paper that was scanned is a picture: a number may be written on it, and nothing hidden.
    check(&field(PICTURE, ""), &field(PICTURE, typed), ["", TYPED], &[]);
    check(&field(PICTURE, ""), &field(PICTURE, typed), ["", BOXED], &[FilledOver]);
    check(&field(PICTURE, ""), &field(PICTURE, typed), ["", "/X Do"], &[FilledUnlike]);
    check(&field(PICTURE, ""), &field(PICTURE, typed), ["", "(open"], &[FilledOver]);
}

/// A field may hide what it lies over, and hold nothing.
#[test]
fn a_field_that_looks_otherwise_lies_over_nothing_that_was_signed() {
    let (white, mk) = ("1 1 1 rg 0 0 40 12 re f", "/MK<</BG[1 1 1]>>");
    check(&field(AMOUNT, ""), &field(AMOUNT, "/AP<</N 31 0 R>>"), ["", white], &[FilledOver]);
    check(&field(AMOUNT, ""), &field(AMOUNT, "/AP<</N 31 0 R>>"), ["", ""], &[]);
    check(&field(FREE, ""), &field(FREE, "/AP<</N 31 0 R>>"), ["", white], &[]);
    check(&field(AMOUNT, &format!("/F 2{mk}")), &field(AMOUNT, &format!("/F 4{mk}")), ["", ""], &[FilledOver]);
    check(&field(AMOUNT, &format!("/F 4{mk}")), &field(AMOUNT, &format!("/F 4{mk}/M(D:2026)")), ["", ""], &[]);
    let button = |state: &str| {
        field(AMOUNT, "").replace("/FT/Tx", "/FT/Btn") + &format!("/V/{state}/AS/{state}/AP<</N<</Yes 30 0 R>>>>")
    };
    check(&button("Off"), &button("Yes"), [BOXED, ""], &[FilledOver]);
    let nowhere = button("Yes").replace("30 0 R", "77 0 R");
    check(&nowhere.replace("/V/Yes/AS/Yes", "/V/Off/AS/Off"), &nowhere, ["", ""], &[FilledOver]);
}

#[test]
fn a_field_shows_what_it_holds() {
    let text =
        |keys: &str, look: &str, expect: &[What]| check(&field(FREE, ""), &field(FREE, keys), ["", look], expect);
    let typed = "/V(178/Q)/AP<</N 31 0 R>>";
    text(typed, "BT /F 9 Tf (178/Q) Tj ET", &[]);
    text(typed, "/Tx BMC BT /F 9 Tf (1) Tj 9 0 Td (7) Tj [(8) 20 (/) (Q)] TJ ET EMC", &[]);
    text(typed, "BT /F 9 Tf (999) Tj ET", &[FilledUnlike]);
    text(typed, "", &[FilledUnlike]);
    text("/V(178)", "", &[FilledUnlike]);
    text("/AP<</N 31 0 R>>", TYPED, &[FilledUnlike]);
    text("/V<FEFF003100370038>/AP<</N 31 0 R>>", TYPED, &[]);
    text("/V(1780)/AP<</N 31 0 R>>", "BT /F 9 Tf (1.780 VND) Tj ET", &[]);
    text("/V(178)/RV(<p>178</p>)/AP<</N 31 0 R>>", TYPED, &[]);
    text("/V(178)/RV(<p>999</p>)/AP<</N 31 0 R>>", TYPED, &[FilledUnlike]);
    text("/F 2/V(178)/AP<</N 31 0 R>>", TYPED, &[FilledUnlike]);
    let beside = "900 70 990 80";
    check(&field(beside, ""), &field(beside, "/V(178)/AP<</N 31 0 R>>"), ["", TYPED], &[FilledUnlike]);
    // Nobody is to read it, and of what a font draws nothing is known.
    let secret = field(FREE, "/Ff 8192");
    check(&secret, &(secret.clone() + typed), ["", "BT /F 9 Tf (****) Tj ET"], &[]);
    text(typed, "BT /F 9 Tf (\u{80}) Tj ET", &[]);
    let lines = field(FREE, "/Ff 4096");
    check(&lines, &(lines.clone() + typed), ["", "BT /F 9 Tf (178) Tj ET"], &[]);
}

#[test]
fn a_choice_is_the_one_that_is_shown() {
    let choice = |keys: &str| field(FREE, &format!("/Ff 131072/Opt[[(1)(one)][(2)(two)]]{keys}")).replace("/Tx", "/Ch");
    let chosen = |keys: &str, look: &str, expect: &[What]| check(&choice(""), &choice(keys), ["", look], expect);
    let (one, look) = ("BT /F 9 Tf (one) Tj ET", "/AP<</N 31 0 R>>");
    chosen(&format!("/V(1){look}"), one, &[]);
    chosen(&format!("/V(1)/I[0]{look}"), one, &[]);
    chosen(&format!("/V(1)/I[1]{look}"), one, &[FilledUnlike]);
    chosen(&format!("/V(2){look}"), one, &[FilledUnlike]);
    let button = |value: &str, state: &str| {
        field(FREE, &format!("/V/{value}/AS/{state}/AP<</N<</Yes 30 0 R/No 30 0 R>>>>")).replace("/Tx", "/Btn")
    };
    check(&button("Off", "Off"), &button("Yes", "Yes"), ["(x) Tj", ""], &[]);
    check(&button("Off", "Off"), &button("Yes", "No"), ["(x) Tj", ""], &[FilledUnlike]);
    check(&button("Off", "Off"), &button("Yes", "Off"), ["(x) Tj", ""], &[FilledUnlike]);
}

/// Seventy fields that are filled in as they should do not crowd it out.
#[test]
fn what_is_told_is_not_crowded_out() {
    let mut objects = Pdf::objects("", "");
    let numbers: Vec<u32> = (100..170).collect();
    let listed: String = numbers.iter().map(|number| format!("{number} 0 R ")).collect();
    objects[0].1 = objects[0].1.replace("[6 0 R", &format!("[{listed}6 0 R"));
    objects[2].1 = PAGE.replace("[6 0 R", &format!("[{listed}6 0 R"));
    let many = |value: &str| -> Vec<(u32, String)> {
        let name = |number: &u32| TEXT.replace("number", &number.to_string()).replace("0 0 5 5", "9 9 10 10");
        numbers.iter().map(|number| (*number, format!("<<{}{value}>>", name(number)))).collect()
    };
    objects.extend(many(""));
    objects.push((31, form(TYPED)));
    let mut pdf = Pdf::signed_of(&objects, "");
    let mut later = many("/V(178)/AP<</N 31 0 R>>");
    later.push((6, format!("<<{}>>", field(FREE, "/V(178)"))));
    let found = after(pdf.update(&later));
    assert!(found.count > 70, "{found:#?}");
    let told = found.changes.iter().find(|change| change.what == FilledUnlike).and_then(|change| change.field.clone());
    assert_eq!(told.as_deref(), Some("number"), "{found:#?}");
}
