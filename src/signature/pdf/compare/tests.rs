//! Each whitelist and each attack, on small files written revision by revision.

use super::super::change::{ChangeLevel, ChangesAfter, Permission, What};
use super::super::sample::{CATALOG, EMPTY, NOTE, PAGE, Pdf, SIGNED, TEXT, signature, stream};
use super::super::{Reach, Reading};
use crate::time::effort;
use ChangeLevel::{Annotations, FormFillAndSign, LongTermOnly, Undefined, Unparsable};

/// What followed the first signature.
pub(super) fn after(pdf: &Pdf) -> ChangesAfter {
    Reading::of(&pdf.bytes).signatures.remove(0).changes_after
}

fn check(objects: &[(u32, &str)], level: ChangeLevel, what: What) {
    let objects: Vec<(u32, String)> = objects.iter().map(|&(number, text)| (number, text.to_owned())).collect();
    let found = after(Pdf::signed().update(&objects));
    assert_eq!(found.level, level, "{objects:#?} {found:#?}");
    assert!(found.changes.iter().any(|change| change.what == what && change.level == level), "{objects:#?} {found:#?}");
}

/// The catalog with more keys, the page with other annotations.
fn catalog(more: &str) -> String {
    CATALOG.replace("/Pages", &format!("{more}/Pages"))
}

fn with_field(number: u32) -> String {
    CATALOG.replace("8 0 R]", &format!("8 0 R {number} 0 R]"))
}

fn with_annotation(number: u32) -> String {
    PAGE.replace("13 0 R]", &format!("13 0 R {number} 0 R]"))
}

#[test]
fn nothing_follows() {
    let found = after(&Pdf::signed());
    assert_eq!((found.level, found.count, found.permission), (ChangeLevel::None, 0, Permission::NoRule));
    assert_eq!(after(Pdf::signed().raw("\r\n \n\0")).level, ChangeLevel::None);
}

#[test]
fn evidence_and_metadata_are_long_term_only() {
    let evidence = stream("", "certificate");
    let store = "<</Type/DSS/Certs[30 0 R]/VRI<</AB<</Cert[30 0 R]/TU(D:2026)>>>>>>";
    check(&[(1, &catalog("/DSS 31 0 R")), (31, store), (30, &evidence)], LongTermOnly, What::Added);
    check(&[(1, &catalog("/Metadata 30 0 R")), (30, &evidence)], LongTermOnly, What::Added);
    check(&[(1, &catalog("/Version/2.0/Extensions<</ADBE<<>>>>"))], LongTermOnly, What::Added);
    check(&[(40, "<<>>")], LongTermOnly, What::Unused);
    check(&[(4, &stream("", "BT (signed) Tj ET")), (40, "1")], LongTermOnly, What::Unused);
}

#[test]
fn another_title_is_told() {
    let xmp = |said: &str| {
        let frame = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
            <rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:xmp='http://ns.adobe.com/xap/1.0/' rdf:about=''";
        stream("", &format!("{frame}{said}</rdf:Description></rdf:RDF></x:xmpmeta>"))
    };
    let base = |info: &str, said: &str| {
        let mut objects = Pdf::objects("", "");
        objects[0].1 = catalog("/Metadata 30 0 R");
        objects.extend([(20, info.to_owned()), (30, xmp(said))]);
        let mut pdf = Pdf::plain();
        pdf.update_with(&objects, "/Root 1 0 R/Info 20 0 R").sign();
        pdf
    };
    let told = |(info, said): (&str, &str), (info_now, said_now): (&str, &str)| {
        let mut pdf = base(info, said);
        pdf.update_with(&[(20, info_now.into()), (30, xmp(said_now))], "/Root 1 0 R/Info 20 0 R");
        let found = after(&pdf);
        assert_eq!(found.level, LongTermOnly, "{found:#?}");
        let mut paths: Vec<_> = found.changes.into_iter().filter(|change| change.what == What::Described).collect();
        paths.sort_by(|a, b| a.path.cmp(&b.path));
        paths.into_iter().map(|change| change.path).collect::<Vec<_>>()
    };
    let title = "><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Decision 500</rdf:li></rdf:Alt></dc:title>";
    let as_attribute = " dc:title='Decision 500'>";
    let saved = " xmp:ModifyDate='2026-01-01'><dc:title><rdf:Alt><rdf:li>Decision 500</rdf:li></rdf:Alt></dc:title>";
    let other = "><dc:title><rdf:Alt><rdf:li>Withdrawn</rdf:li></rdf:Alt></dc:title>";
    let info = "<</Title(Decision 500)/ModDate(D:2024)>>";
    assert_eq!(
        told(
            (info, title),
            ("<</ModDate(D:2026)/Title<FEFF004400650063006900730069006F006E0020003500300030>/Producer(x)>>", saved)
        ),
        [""; 0]
    );
    assert_eq!(told((info, title), (info, as_attribute)), [""; 0]);
    assert_eq!(told((info, title), ("<</Title(Withdrawn)>>", title)), ["/Info/Title"]);
    assert_eq!(told((info, title), ("<</Author(x)>>", other)), ["/Info/Author", "/Info/Title", "/Root/Metadata"]);
    assert_eq!(told((info, title), (info, "><dc:title>no XML")), ["/Root/Metadata"]);
    assert_eq!(told((info, title), (info, ">")), ["/Root/Metadata"]);
}

#[test]
fn a_store_holds_nothing_but_evidence() {
    check(&[(1, &catalog("/DSS 31 0 R")), (31, "<</Certs[32 0 R]>>"), (32, "<<>>")], Undefined, What::Changed);
    check(&[(1, &catalog("/DSS<</JavaScript(x)>>"))], Undefined, What::Changed);
}

#[test]
fn a_document_time_stamp_nobody_sees_is_long_term_only() {
    let stamp = signature("ETSI.RFC3161", "DocTimeStamp", "");
    let field = "<</Type/Annot/Subtype/Widget/FT/Sig/T(stamp)/Rect[0 0 0 0]/F 132/P 3 0 R/V 31 0 R>>";
    let all = [(1, with_field(30)), (3, with_annotation(30)), (30, field.to_owned()), (31, stamp)];
    let mut pdf = Pdf::signed();
    pdf.update(&all).sign();
    assert_eq!(after(&pdf).level, LongTermOnly, "{:#?}", after(&pdf));
    let seen = field.replace("0 0 0 0", "0 0 3 3");
    let mut pdf = Pdf::signed();
    pdf.update(&[all[0].clone(), all[1].clone(), (30, seen), all[3].clone()]).sign();
    assert_eq!(after(&pdf).level, FormFillAndSign);
}

/// The Vietnamese case: number and date into fields, then the agency signs.
#[test]
fn number_and_second_signature_are_form_filling() {
    let appearance = stream("/Type/XObject/Subtype/Form/BBox[0 0 5 5]/Resources<</Font<</F 5 0 R>>>>", "(178) Tj");
    let mut pdf = Pdf::signed();
    pdf.update(&[
        (6, format!("<<{TEXT}/V(178/QĐ-UBND)/AP<</N 30 0 R>>>>")),
        (30, appearance.clone()),
        (7, format!("<<{EMPTY}/V 31 0 R/AP<</N 32 0 R>>>>")),
        (31, signature("ETSI.CAdES.detached", "Sig", "")),
        (32, appearance),
    ]);
    pdf.sign();
    let reading = Reading::of(&pdf.bytes);
    let [leader, agency] = &reading.signatures[..] else { panic!("{reading:#?}") };
    assert_eq!(leader.changes_after.level, FormFillAndSign, "{:#?}", leader.changes_after);
    let filled = leader.changes_after.changes.iter().find(|change| change.field.as_deref() == Some("number")).unwrap();
    assert_eq!((filled.what, filled.object), (What::FieldFilled, Some(6)));
    assert_eq!(agency.changes_after.level, ChangeLevel::None);
    assert_eq!((leader.revision, agency.revision, agency.reach), (Some(0), Some(1), Reach::Throughout));
}

#[test]
fn a_new_signature_field_is_form_filling_and_any_other_field_is_not() {
    let field = format!("<<{}/V 31 0 R>>", EMPTY.replace("agency", "second").replace("5 5", "3 3"));
    let all = |field: &str| vec![(1, with_field(30)), (3, with_annotation(30)), (30, field.to_owned())];
    let mut pdf = Pdf::signed();
    let mut objects = all(&field);
    objects.push((31, signature("ETSI.CAdES.detached", "Sig", "")));
    pdf.update(&objects).sign();
    assert_eq!(after(&pdf).level, FormFillAndSign, "{:#?}", after(&pdf));
    // What a third signer shows may hide what the others signed.
    let mut sneaky = Pdf::signed();
    let mut wide = all(&field.replace("3 3", "99 20"));
    wide.push((31, signature("ETSI.CAdES.detached", "Sig", "")));
    sneaky.update(&wide).sign();
    let covered = after(&sneaky);
    assert!(covered.changes.iter().any(|change| change.what == What::PageCovered), "{covered:#?}");
    assert_eq!(covered.level, Undefined);
    // Kinds of annotations that are drawn by other keys than a rectangle, and rectangles that readers take differently.
    let stamp = signature("ETSI.RFC3161", "DocTimeStamp", "");
    for (from, to) in [
        ("/Subtype/Widget", "/Subtype/Polygon/Vertices[0 0 99 0 99 99 0 99]/IC[1 1 1]"),
        ("/Subtype/Widget", "/Subtype/Widget/Vertices[0 0 99 0]"),
        ("3 3]", "3. 3.-]"),
        ("3 3]", "3 3 3]"),
    ] {
        let mut hidden = all(&field.replace(from, to));
        hidden.push((31, stamp.clone()));
        let mut pdf = Pdf::signed();
        pdf.update(&hidden).sign();
        assert_eq!(after(&pdf).level, Undefined, "{to}");
    }
    let text = after(Pdf::signed().update(&all(&format!("<<{}>>", TEXT.replace("number", "other")))));
    assert_eq!(text.level, Undefined);
    assert!(text.changes.iter().any(|change| change.what == What::FieldAdded), "{text:#?}");
}

#[test]
fn annotations_have_a_level_and_actions_have_none() {
    check(&[(3, &with_annotation(30)), (30, NOTE)], Annotations, What::Annotation);
    check(&[(13, &NOTE.replace("note", "other"))], Annotations, What::Changed);
    check(&[(3, &PAGE.replace(" 13 0 R]", "]"))], Annotations, What::Removed);
    let acting = "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch>>>>";
    check(&[(3, &with_annotation(30)), (30, acting)], Undefined, What::Annotation);
    check(&[(13, &NOTE.replace("/Rect", "/A<</S/JavaScript>>/Rect"))], Undefined, What::Added);
}

#[test]
fn what_a_page_shows_may_not_change() {
    check(&[(4, &stream("", "BT (forged) Tj ET"))], Undefined, What::Changed);
    check(&[(5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>")], Undefined, What::Changed);
    check(&[(3, &PAGE.replace("4 0 R", "[4 0 R 30 0 R]")), (30, &stream("", "x"))], Undefined, What::Changed);
    check(&[(3, &PAGE.replace("4 0 R", "30 0 R")), (30, &stream("", "x"))], Undefined, What::Redirected);
    check(&[(2, "<</Type/Pages/Kids[3 0 R 30 0 R]/Count 2>>"), (30, PAGE)], Undefined, What::Changed);
    check(&[(1, &catalog("/OpenAction<</S/JavaScript>>"))], Undefined, What::Added);
    check(&[(1, &catalog("/Outlines 30 0 R")), (30, "<<>>")], Undefined, What::Added);
}

#[test]
fn a_signed_field_stays_as_it_is() {
    check(&[(8, &SIGNED.replace("10 0 R", "30 0 R")), (30, &stream("", "x"))], Undefined, What::SignedFieldChanged);
    check(&[(10, &stream("/Type/XObject/Subtype/Form/BBox[0 0 5 5]", "(other)"))], Undefined, What::Changed);
    check(&[(8, &SIGNED.replace("/V 9 0 R", ""))], Undefined, What::SignedFieldChanged);
    check(&[(8, &SIGNED.replace("[0 0 5 5]", "[0 0 0 0]"))], Undefined, What::Changed);
    check(&[(1, &CATALOG.replace("8 0 R]", "]"))], Undefined, What::FieldRemoved);
    check(&[(8, &SIGNED.replace("/FT", "/Ff 1/FT"))], LongTermOnly, What::Added);
}

#[test]
fn a_hidden_signature_says_which_revision_hid_it() {
    let mut pdf = Pdf::signed();
    pdf.update(&[(40, "1".into())]).update(&[(1, CATALOG.replace("8 0 R]", "]"))]);
    assert_eq!(Reading::of(&pdf.bytes).signatures[0].reach, Reach::HiddenBy(2));
}

/// Shadow attacks: the object was signed, and nothing referred to it.
#[test]
fn an_object_prepared_in_the_signed_revision_may_not_be_shown_later() {
    check(&[(1, &CATALOG.replace("/Pages 2 0 R", "/Pages 11 0 R"))], Undefined, What::Redirected);
    check(&[(6, &format!("<<{TEXT}/AP<</N 11 0 R>>>>"))], Undefined, What::ShadowShown);
    check(&[(3, &with_annotation(11))], Undefined, What::ShadowShown);
    // The table alone places an object elsewhere in the signed bytes.
    let mut pdf = Pdf::signed();
    let shadow = memchr::memmem::find(&pdf.bytes, b"11 0 obj").unwrap();
    pdf.table(&[(4, shadow), (2, shadow)], "/Root 1 0 R");
    assert!(after(&pdf).level >= Undefined);
    // So with the same number: two objects 4, one of them listed only later.
    let mut pdf = Pdf::plain();
    let hidden = pdf.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>");
    let field = "<</FT/Sig/T(a)/V 9 0 R>>";
    let all = [
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[8 0 R]/SigFlags 3>>>>".to_owned()),
        (8, field.to_owned()),
        (9, signature("ETSI.CAdES.detached", "Sig", "")),
    ];
    pdf.update(&all).sign();
    assert_eq!(after(&pdf).level, ChangeLevel::None);
    pdf.table(&[(3, hidden)], "/Root 1 0 R");
    let found = after(&pdf);
    assert_eq!((found.level, found.changes[0].what), (Undefined, What::Prepared), "{found:#?}");
}

#[test]
fn another_root_is_another_document() {
    let mut pdf = Pdf::signed();
    pdf.update_with(&[(30, CATALOG.into())], "/Root 30 0 R");
    assert_eq!(after(&pdf).level, Undefined);
}

#[test]
fn an_appearance_that_a_page_shows_too_is_not_free() {
    let mut pdf = Pdf::plain();
    let form = stream("/Type/XObject/Subtype/Form/BBox[0 0 5 5]", "(a)");
    pdf.update(&[
        (1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R 8 0 R]/SigFlags 3>>>>".into()),
        (3, "<</Type/Page/Parent 2 0 R/Annots[6 0 R]/Resources<</XObject<</X 10 0 R>>>>>>".into()),
        (6, format!("<<{TEXT}/AP<</N 10 0 R>>>>")),
        (8, "<</FT/Sig/T(a)/V 9 0 R>>".into()),
        (9, signature("ETSI.CAdES.detached", "Sig", "")),
        (10, form.clone()),
    ]);
    pdf.sign().update(&[(10, form.replace("(a)", "(b)"))]);
    assert_eq!(after(&pdf).level, Undefined);
}

#[test]
fn rules_of_the_signer_are_applied() {
    let rule = |p: u32| format!("/Reference[<</TransformMethod/DocMDP/TransformParams<</P {p}/V/1.2>>>>]");
    let fill = [(6, format!("<<{TEXT}/V(1)>>"))];
    let note = [(3, with_annotation(30)), (30, NOTE.to_owned())];
    let evidence = [(40, "1".to_owned())];
    for (p, objects, is_allowed) in [
        (1, &evidence[..], true),
        (1, &fill, false),
        (2, &fill, true),
        (2, &note, false),
        (3, &note, true),
        (3, &[(4, stream("", "x"))], false),
    ] {
        let found = after(Pdf::signed_with(&rule(p), "").update(objects)).permission;
        assert_eq!(found == Permission::Allowed, is_allowed, "P {p} {objects:?} {found:?}");
        assert_eq!(matches!(found, Permission::Forbidden(_)), !is_allowed, "P {p} {objects:?} {found:?}");
    }
    for (action, is_locked) in [
        ("/Action/All", true),
        ("/Action/Include/Fields[(number)]", true),
        ("/Action/Include/Fields[(num)]", false),
        ("/Action/Exclude/Fields[(number)]", false),
    ] {
        let field_mdp = format!("/Reference[<</TransformMethod/FieldMDP/TransformParams<<{action}>>>>]");
        for pdf in [Pdf::signed_with(&field_mdp, ""), Pdf::signed_with("", &format!("/Lock<<{action}>>"))] {
            let found = after(pdf.clone().update(&fill)).permission;
            assert_eq!(matches!(found, Permission::Forbidden(_)), is_locked, "{action} {found:?}");
        }
    }
}

#[test]
fn what_nothing_explains_is_unparsable() {
    let hidden = "30 0 obj\n<<>>\nendobj\n";
    for text in [hidden, "garbage", "% 4 0 obj in a comment\n", "trailer <</Root 1 0 R>>", "startxref\n5\n%%EOF\n"] {
        let found = after(Pdf::signed().raw(text));
        assert_eq!(found.level, Unparsable, "{text} {found:#?}");
        let found = after(Pdf::signed().raw(text).update(&[(40, "1".into())]));
        assert_eq!(found.level, Unparsable, "{text} {found:#?}");
    }
    let inside = stream("", hidden);
    let found = after(Pdf::signed().update(&[(40, inside)]));
    assert_eq!((found.level, found.changes.last().map(|change| change.what)), (Unparsable, Some(What::Unlisted)));
    check(&[(40, "<</A 1/A 2>>")], Unparsable, What::Ambiguous);
    check(&[(40, "<</Length 99>>stream\nx\nendstream")], Unparsable, What::Ambiguous);
    let found = after(Pdf::signed().table(&[(40, 12)], "/Root 1 0 R"));
    assert_eq!((found.level, found.changes[1].what), (Unparsable, What::NotThere), "{found:#?}");
}

/// Readers differ on which of two values holds, and on whether a reference to another generation leads anywhere.
#[test]
fn what_readers_take_in_two_ways_is_unparsable() {
    let found = |pdf: &mut Pdf| {
        let found = after(pdf);
        (found.level, found.changes.iter().any(|change| change.what == What::Ambiguous))
    };
    let ambiguous = (Unparsable, true);
    let page = |contents: &str| PAGE.replace("/Contents 4 0 R", contents);
    check(&[(3, &page("/Contents 4 7 R"))], Unparsable, What::Ambiguous);
    let moved = stream("", "BT (signed) Tj ET");
    assert_eq!(found(Pdf::signed().update(&[(4, moved.clone())]).replace_last("4 0 obj", "4 7 obj")), ambiguous);
    let mut listed_anew = Pdf::signed();
    let at = memchr::memmem::find(&listed_anew.bytes, b"4 0 obj").unwrap();
    listed_anew.table(&[(4, at)], "/Root 1 0 R").replace_last(" 00000 n", " 00007 n");
    assert_eq!(found(&mut listed_anew), ambiguous);
    let mut of_another = Pdf::signed();
    of_another.update(&[(4, moved)]).replace_last("4 0 obj", "4 7 obj").replace_last(" 00000 n", " 00007 n");
    assert_eq!(found(&mut of_another), ambiguous, "what was signed refers to generation 0");

    // In an object stream, too.
    let evidence = [(40, "<</Type/DSS>>")];
    assert_eq!(found(Pdf::signed().update_in_stream(&evidence)), (LongTermOnly, false));
    for contents in ["/Contents 4 0 R/Contents 41 0 R", "/Contents 4 0 R/#43ontents 41 0 R", "/Contents 4 7 R"] {
        let members = [(3, page(contents)), (41, "0".to_owned())];
        let members: Vec<(u32, &str)> = members.iter().map(|(number, text)| (*number, text.as_str())).collect();
        assert_eq!(found(Pdf::signed().update_in_stream(&members)), ambiguous, "{contents}");
    }
    let twice = [(3, page("")), (3, PAGE.to_owned())];
    let twice: Vec<(u32, &str)> = twice.iter().map(|(number, text)| (*number, text.as_str())).collect();
    assert_eq!(found(Pdf::signed().update_in_stream(&twice)), ambiguous);
    assert_eq!(found(Pdf::signed().update_with(&[], "/Root 1 7 R")), ambiguous);
    assert_eq!(found(Pdf::signed().update_with(&[], "/Root 1 0 R/Other<</A 1/A 2>>")), ambiguous);
}

#[test]
fn a_comment_between_objects_is_fine() {
    assert_eq!(after(Pdf::signed().raw("% made by hand\n").update(&[(40, "1".into())])).level, LongTermOnly);
}

#[test]
fn freed_objects_are_removed_objects() {
    let found = after(Pdf::signed().table(&[(4, 0)], "/Root 1 0 R"));
    assert_eq!((found.level, found.changes[0].what), (Undefined, What::Removed), "{found:#?}");
    assert_eq!(found.changes[0].path, "/Root/Pages/Kids[0]/Contents");
}

/// A file that the agency signed, too, with these objects; its signature is the second.
fn signed_again(objects: &[(u32, &str)]) -> Pdf {
    let mut all: Vec<(u32, String)> = objects.iter().map(|&(number, text)| (number, text.to_owned())).collect();
    all.extend([(7, format!("<<{EMPTY}/V 39 0 R>>")), (39, signature("ETSI.CAdES.detached", "Sig", ""))]);
    let mut pdf = Pdf::signed();
    pdf.update(&all).sign();
    pdf
}

/// That a revision with these objects is at least of a level, and why.
#[track_caller]
fn is_told(pdf: &Pdf, objects: &[(u32, &str)], level: ChangeLevel, what: What) {
    let objects: Vec<(u32, String)> = objects.iter().map(|&(number, text)| (number, text.to_owned())).collect();
    let found = Reading::of(&pdf.clone().update(&objects).bytes).signatures.remove(1).changes_after;
    assert!(found.level >= level, "{objects:#?} {found:#?}");
    assert!(found.changes.iter().any(|change| change.what == what && change.level == level), "{found:#?}");
}

#[test]
fn what_cannot_be_read_is_not_taken_for_absent() {
    for odd in ["<</X foo>>", "<</X 1.2e3>>", "<</X }>>", "<</X +7 0 R>>", "<</X 5 99999 R>>"] {
        let page = PAGE.replace("/Contents", "/Extra 20 0 R/Contents");
        let pdf = signed_again(&[(3, &page), (20, odd), (21, "(total: 500)")]);
        is_told(&pdf, &[(21, "(total: 900)")], ChangeLevel::NotCompared, What::Unread);
        is_told(&pdf, &[(21, "(total: 900)")], Undefined, What::Unused);
    }
}

/// What says which objects are in an object stream may stand elsewhere, and be changed there.
#[test]
fn an_object_stream_that_cannot_be_opened_is_not_taken_for_empty() {
    let mut pdf = Pdf::signed();
    let page = PAGE.replace("/Contents", "/Extra 20 0 R/Contents");
    let agency = [(7, format!("<<{EMPTY}/V 39 0 R>>")), (39, signature("ETSI.CAdES.detached", "Sig", ""))];
    pdf.update_in_stream_from(&[(20, "(total: 500)"), (21, "(total: 900)")], "41 0 R");
    pdf.update(&[(3, page), (41, "11".into())]).update(&agency).sign();
    is_told(&pdf, &[(40, "1")], ChangeLevel::NotCompared, What::Unread);
    is_told(&pdf, &[(41, "24")], Undefined, What::Changed);
}

#[test]
fn an_object_that_was_waited_for_is_prepared() {
    let stamp = "<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/AP<</N 30 0 R>>>>";
    let form = |inside: &str| stream(&format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]{inside}"), "(9) Tj");
    is_told(&signed_again(&[(13, stamp)]), &[(30, &form(""))], Undefined, What::Prepared);
    let nested = form("/Resources<</XObject<</X 31 0 R>>>>");
    is_told(&signed_again(&[(13, stamp), (30, &nested)]), &[(31, &form(""))], Undefined, What::Prepared);
    let placed = stamp.replace("[0 0 9 9]", " 31 0 R");
    is_told(&signed_again(&[(13, &placed), (30, &form(""))]), &[(31, "[0 0 99 99]")], Undefined, What::Prepared);
}

/// A table that another reader finds elsewhere, or rebuilds, is another document.
#[test]
fn tables_are_written_as_they_must_be() {
    let with_trailer = |more: &str| {
        let mut pdf = Pdf::signed();
        pdf.update_with(&[(40, "1".into())], &format!("/Root 1 0 R{more}"));
        after(&pdf)
    };
    assert_eq!(with_trailer("").level, LongTermOnly);
    for place in ["123.0", "123.", "0", "(x)"] {
        let found = with_trailer(&format!("/XRefStm {place}"));
        assert_eq!(found.level, Unparsable, "{place} {found:#?}");
    }
    let mut short = Pdf::signed();
    short.update(&[(40, "1".into())]).replace_last(" 00000 n \n", " 00000  n\n");
    assert_eq!(after(&short).level, Unparsable);
    let mut unlisted = Pdf::signed();
    let members = stream("/Type/ObjStm/N 1/First 4", "4 0 (another page)");
    assert_eq!(after(unlisted.update(&[(40, members)])).level, Unparsable);
}

#[test]
fn what_was_filled_in_and_signed_stays() {
    let text = |value: &str| format!("<<{TEXT}/V{value}>>");
    for empty in ["()", "/Off"] {
        is_told(&signed_again(&[(6, &text(empty))]), &[(6, &text("(178)"))], FormFillAndSign, What::FieldFilled);
    }
    is_told(&signed_again(&[(6, &text("(178)"))]), &[(6, &text("(999)"))], Undefined, What::Changed);
    let shown = format!("<<{TEXT}/V(178)/AP<</N 30 0 R>>>>");
    let form = |body: &str| stream("/Type/XObject/Subtype/Form/BBox[0 0 5 5]", body);
    let pdf = signed_again(&[(6, &shown), (30, &form("(178) Tj"))]);
    is_told(&pdf, &[(30, &form("(999) Tj"))], Undefined, What::Changed);
}

/// Readers search the bytes where the tables fail them: what they would find must not lie there.
#[test]
fn nothing_makes_a_reader_search_the_bytes() {
    check(&[(1, &catalog("/Version 77 0 R"))], Unparsable, What::Ambiguous);
    let mut pdf = Pdf::signed();
    pdf.raw("4 0 obj\n(another page)\nendobj\n");
    pdf.update(&[(7, format!("<<{EMPTY}/V 39 0 R>>")), (39, signature("ETSI.CAdES.detached", "Sig", ""))]).sign();
    is_told(&pdf, &[(40, "1")], ChangeLevel::NotCompared, What::Unlisted);
    for behind in ["% this decision was withdrawn\n".to_owned(), " ".repeat(600)] {
        let found = after(Pdf::signed().raw(&behind));
        assert_eq!(found.level, Unparsable, "{found:#?}");
    }
}

/// What a later revision writes all readers read alike.
#[test]
fn a_later_revision_is_written_plainly() {
    check(&[(40, "41 0 R"), (41, "1")], Unparsable, What::Ambiguous);
    check(&[(40, &stream("", "x endobj"))], Unparsable, What::Ambiguous);
    for header in
        ["4 000000000000000000000 obj", "4 0%c\n obj", "4 %c\n%d\n0 obj", "4 +0 obj", "4.0 0 obj", "9999999999 0 obj"]
    {
        check(&[(40, &stream("", &format!("{header} (another page)")))], Unparsable, What::Unlisted);
    }
    check(&[(40, &stream("", "it is 4 or so: 40 objects, 4 0 R"))], LongTermOnly, What::Unused);
    // A number that is free, and then referred to.
    let mut freed = Pdf::signed();
    freed.table(&[(77, 0)], "/Root 1 0 R");
    assert_eq!(after(freed.update(&[(1, catalog("/Version 77 0 R"))])).level, Unparsable);
    // The end of a revision, and how many objects there are.
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut pdf = Pdf::signed();
        pdf.update(&[(40, "1".into())]);
        change(&mut pdf.bytes);
        after(&pdf).level
    };
    let behind = |bytes: &[u8], word: &str| memchr::memmem::rfind(bytes, word.as_bytes()).expect("there") + word.len();
    assert_eq!(with(&|_| ()), LongTermOnly);
    let glued = with(&|bytes| {
        bytes.remove(behind(bytes, "startxref"));
    });
    assert_eq!(glued, Unparsable);
    for more in [" ".repeat(9), "\n".repeat(90)] {
        let at = |bytes: &[u8]| behind(bytes, "startxref");
        let level = with(&|bytes| drop(bytes.splice(at(bytes)..at(bytes), more.bytes())));
        assert_eq!(level, if more.len() > 9 { Unparsable } else { LongTermOnly });
    }
    let size = |more: &'static str| {
        with(&|bytes| drop(bytes.splice(behind(bytes, "/Size 99")..behind(bytes, "/Size 99"), more.bytes())))
    };
    assert_eq!((size("9"), size("99999")), (LongTermOnly, Unparsable));
}

#[test]
fn objects_in_a_stream_stand_one_behind_the_other() {
    let in_stream = |objects: &[(u32, &str)]| {
        let mut pdf = Pdf::signed();
        after(pdf.update_in_stream(objects))
    };
    assert_eq!(in_stream(&[(40, "<</X 1>>"), (41, "2")]).level, LongTermOnly);
    assert_eq!(in_stream(&[(40, "<</X 1>>%c\n"), (41, "2")]).level, Unparsable);
    // Each begins where it is said to; the first is longer than that leaves room for.
    let mut pdf = Pdf::signed();
    pdf.update_in_stream(&[(40, "<</X 1>>"), (41, "2")]).replace_last("40 0 41 9 ", "40 0 41 5 ");
    assert_eq!(after(&pdf).level, Unparsable);
}

#[test]
fn a_file_does_not_grow_into_its_linearisation() {
    let mut pdf = signed_again(&[(60, "<</Linearized 1/L 000000>>")]);
    pdf.raw("         ");
    let length = format!("/L {:06}", pdf.bytes.len());
    pdf.replace_last("/L 000000", &length);
    let found = Reading::of(&pdf.bytes);
    assert!(found.damage.iter().any(|damage| damage.to_string().contains("linearisation")), "{:#?}", found.damage);
    pdf.raw(" ");
    assert_eq!(Reading::of(&pdf.bytes).damage, []);
}

#[test]
fn a_field_without_room_paints_nothing() {
    let field = format!("<<{}/AP<</N 32 0 R>>>>", EMPTY.replace("agency", "third").replace("5 5", "5 0"));
    let with = |appearance: &str| {
        [(1, with_field(30)), (3, with_annotation(30)), (30, field.clone()), (32, appearance.into())]
    };
    let painted = |body: &str| {
        let form = stream("/Type/XObject/Subtype/Form/BBox[0 0 5 5]", body);
        after(Pdf::signed().update(&with(&form)))
    };
    assert_eq!(painted("").level, LongTermOnly);
    assert_eq!(painted("% DSBlank\n").level, LongTermOnly);
    let found = painted("BT (9.999.999.999) Tj ET");
    assert_eq!(found.level, Undefined, "{found:#?}");
    assert!(found.changes.iter().any(|change| change.what == What::PageCovered), "{found:#?}");
    let endless = EMPTY.replace("agency", "third").replace("0 0 5 5", &format!("{0} 0 {0} 9", "9".repeat(400)));
    let all = [(1, with_field(30)), (3, with_annotation(30)), (30, format!("<<{endless}>>"))];
    assert!(after(Pdf::signed().update(&all)).level >= Undefined);
}

/// Each makes some reader rebuild the tables, or read other ones.
#[test]
fn tables_and_endings_have_one_spelling() {
    let with = |from: &str, to: &str| {
        let mut pdf = Pdf::signed();
        pdf.update(&[(40, "1".into())]);
        let at = memchr::memmem::rfind(&pdf.bytes, from.as_bytes()).expect("there");
        pdf.bytes.splice(at..at + from.len(), to.bytes());
        after(&pdf).level
    };
    assert_eq!(with("xref\n40 1\n", "xref\n40 1\n"), LongTermOnly);
    assert_eq!(with("xref\n40 1\n", "xref \r\n40 1 \n"), LongTermOnly);
    for head in [
        "xref\n40\n1\n",
        "xref\n40\t1\n",
        "xref\n40\x0c1\n",
        "xref\n40 \x001\n",
        "xref\n%c\n40 1\n",
        "xref\n40 1\n%c\n",
        "xref\n40 1\n  ",
    ] {
        assert_eq!(with("xref\n40 1\n", head), Unparsable, "{head:?}");
    }
    for ending in ["startxref\x00", "startxref\x0c", "startxref\t"] {
        assert_eq!(with("startxref\n", ending), Unparsable, "{ending:?}");
    }
    let zeros = |count: usize| with("/Prev ", &format!("/Prev {}", "0".repeat(count)));
    assert_eq!((zeros(9), zeros(300)), (LongTermOnly, Unparsable));
    assert_eq!(with("/Size 99", &format!("/Size 99/{} 1", "N".repeat(200))), Unparsable);
    let long = |text: &str| after(Pdf::signed().update(&[(40, text.to_owned())])).level;
    let word = "7".repeat(300);
    assert_eq!(
        (long(&word), long(&format!("<{word}>")), long(&format!("({word})"))),
        (Unparsable, LongTermOnly, LongTermOnly)
    );
}

/// Readers that rebuild the tables take whatever looks like one of their parts.
#[test]
fn nothing_but_the_tables_looks_like_one() {
    let words = |body: &str| check(&[(40, &stream("", body))], Unparsable, What::Ambiguous);
    words("trailer <</Root 70 0 R>>");
    words("startxref 9");
    check(&[(40, "(trailer\n<</Root 70 0 R>>)")], Unparsable, What::Ambiguous);
    check(&[(40, "(x <trailer)")], Unparsable, What::Ambiguous);
    check(&[(40, "(x\n trailer)")], Unparsable, What::Ambiguous);
    check(&[(40, "(a semi-trailer, or a trailer)")], LongTermOnly, What::Unused);
    check(&[(40, &stream("/Type/XRef/Root 70 0 R/W[1 1 1]", ""))], Unparsable, What::Ambiguous);
    check(&[(40, &stream("/Type/XRef/Root 1 0 R/W[1 1 1]", ""))], LongTermOnly, What::Unused);
    // A stream of objects with a filter in which readers take white space for digits.
    let packed = |filter: &str, body: &str| {
        let mut pdf = Pdf::signed();
        pdf.update_in_stream(&[(40, "1")]);
        let text = String::from_utf8_lossy(&pdf.bytes).into_owned();
        let plain = "/Type/ObjStm/N 1/First 5/Length 7>>stream\n40 0 1 \nendstream";
        assert!(text.contains(plain), "{text}");
        let packed = format!("/Type/ObjStm/N 1/First 5{filter}/Length {}>>stream\n{body}\nendstream", body.len());
        (pdf, plain.to_owned(), packed)
    };
    let (mut pdf, plain, packed) = packed("/Filter/ASCIIHexDecode", "34302030203120>");
    let before = after(&pdf).level;
    let at = memchr::memmem::rfind(&pdf.bytes, plain.as_bytes()).expect("there");
    // Written in before the tables, whose places are moved with it.
    assert_eq!(before, LongTermOnly);
    let grown = packed.len() - plain.len();
    let mut bytes = pdf.bytes.clone();
    bytes.splice(at..at + plain.len(), packed.bytes());
    let told = memchr::memmem::rfind(&bytes, b"startxref\n").expect("there") + b"startxref\n".len();
    let place: usize =
        std::str::from_utf8(&bytes[told..]).expect("text").lines().next().expect("a line").parse().expect("a number");
    let moved = (place + grown).to_string();
    bytes.splice(told..told + place.to_string().len(), moved.bytes());
    let table = memchr::memmem::rfind(&bytes, b">>stream\n").expect("there") + b">>stream\n".len();
    let row = place + grown;
    bytes[table + 5] = (row >> 8) as u8;
    bytes[table + 6] = row as u8;
    pdf.bytes = bytes;
    let found = after(&pdf);
    assert_eq!(found.level, Unparsable, "{found:#?}");
}

/// A cross-reference stream is an object too, to readers that rebuild the tables.
#[test]
fn a_table_takes_no_number_of_another_object() {
    let renumbered = |number: &str| {
        let mut pdf = Pdf::signed();
        pdf.update_in_stream(&[(40, "1")]);
        let at = memchr::memmem::rfind(&pdf.bytes, b"51 0 obj").expect("there");
        pdf.bytes.splice(at..at + 2, number.bytes());
        after(&pdf).level
    };
    assert_eq!((renumbered("51"), renumbered("04"), renumbered("02")), (LongTermOnly, Unparsable, Unparsable));
}

#[test]
fn fields_that_were_there_do_not_become_the_page() {
    let large = format!("<<{}/V(evil)/AP<</N 30 0 R>>>>", TEXT.replace("5 5", "99 99"));
    let form = |inside: &str, body: &str| stream(&format!("/Type/XObject/Subtype/Form/BBox[0 0 99 99]{inside}"), body);
    let nested = form("/Resources<</XObject<</X 31 0 R>>>>", "/X Do");
    let pdf = signed_again(&[(6, &large), (30, &nested), (31, &form("", ""))]);
    is_told(&pdf, &[(31, &form("", "(evil) Tj"))], Undefined, What::PageCovered);
    let needing = CATALOG.replace("/SigFlags", "/NeedAppearances true/SigFlags");
    is_told(&pdf, &[(1, &needing)], Undefined, What::Added);
    // Each is less than a sixth of the page, and all are half of it.
    let part = |name: &str, value: &str| format!("<<{}{value}>>", TEXT.replace("number", name).replace("5 5", "40 40"));
    let fields = CATALOG.replace("[6 0 R", "[6 0 R 33 0 R 34 0 R");
    let page = PAGE.replace("[6 0 R", "[6 0 R 33 0 R 34 0 R");
    let empty = ["a", "b", "c"].map(|name| part(name, ""));
    let pdf = signed_again(&[(1, &fields), (3, &page), (6, &empty[0]), (33, &empty[1]), (34, &empty[2])]);
    let filled = ["a", "b", "c"].map(|name| part(name, "/V(x)"));
    is_told(&pdf, &[(6, &filled[0])], FormFillAndSign, What::FieldFilled);
    is_told(&pdf, &[(6, &filled[0]), (33, &filled[1]), (34, &filled[2])], Undefined, What::PageCovered);
    // What is seen of a page is what its boxes have in common.
    let boxed = PAGE.replace("[0 0 99 99]", "[0 0 900 900]/CropBox[-900 -900 30 30]");
    let pdf = signed_again(&[(3, &boxed), (6, &empty[0])]);
    is_told(&pdf, &[(6, &filled[0])], Undefined, What::PageCovered);
}

/// What a reader does with a reference that leads nowhere goes by the newest section.
#[test]
fn a_later_revision_makes_no_reader_rebuild_the_tables() {
    let table_after = |objects: &[(u32, &str)]| {
        let mut pdf = Pdf::signed();
        assert_eq!(after(pdf.update_in_stream(objects)).level, LongTermOnly);
        after(pdf.update(&[(41, "1".into())])).level
    };
    assert_eq!((table_after(&[]), table_after(&[(40, "1")])), (LongTermOnly, Unparsable));
    // Nothing new leads nowhere: not in the trailer, not under another key.
    let mut objects = Pdf::objects("", "");
    objects[0].1 = catalog("/PieceInfo 77 0 R");
    let then = |signed: &str, later: &str, keys: &str| {
        let mut pdf = Pdf::signed_of(&objects, signed);
        pdf.update_with(&[(1, catalog(keys))], &format!("/Root 1 0 R{later}"));
        after(&pdf).level
    };
    let (known, info) = ("/PieceInfo 77 0 R", "/Info 78 0 R");
    assert_eq!(then("", "", &format!("{known}/Version/2.0")), LongTermOnly);
    assert_eq!(then("", "", &format!("{known}/Version 77 0 R")), Unparsable);
    assert_eq!((then(info, info, known), then("", info, known)), (LongTermOnly, Unparsable));
    // Object 0 heads the list of what is free.
    let mut zero = Pdf::signed();
    let at = zero.object(0, "<</A 1>>");
    assert_eq!(after(zero.table(&[(0, at)], "/Root 1 0 R")).level, Unparsable);
}

#[test]
fn headers_are_looked_for_with_one_budget() {
    let many = format!("({})", "obj".repeat(600_000));
    let mut pdf = Pdf::signed();
    pdf.update(&[(40, many.clone())]);
    let found = effort::bounded("one revision", || after(&pdf));
    assert_eq!(found.level, LongTermOnly, "{found:#?}");
    pdf.update(&[(41, many)]);
    let found = effort::bounded("two revisions", || after(&pdf));
    assert!(found.changes.iter().any(|change| change.what == What::Limit), "{found:#?}");
}

/// What the agency's clerk finds empty showed nothing when the leader signed.
#[test]
fn a_field_shows_more_than_its_value() {
    let form = |body: &str| stream("/Type/XObject/Subtype/Form/BBox[0 0 5 5]", body);
    let field = |keys: &str| format!("<<{}>>", TEXT.replace("/FT/Tx", keys));
    let (on, text, round) = (form("(yes) Tj"), form("(no) Tj"), form("q 1 0 0 1 5 5 cm 4 0 m 4 2 2 4 0 4 c s Q"));
    let (mask, frame) = (form("q /G0 gs 0 g 0 0 5 5 re f Q"), form("q 0 g 0 0 5 5 re f Q"));
    let box_ = |state: &str| field(&format!("/FT/Btn/AS/{state}/AP<</N<</Off 30 0 R/Yes 31 0 R>>>>"));
    let shown = |more: &str| field(&format!("/FT/Tx/AP<</N 30 0 R>>{more}"));
    let list = |first: u32| field(&format!("/FT/Ch/Opt[(2.450)(9.999)]/TI {first}"));
    let combo = |value: &str| field(&format!("/FT/Ch/Ff 131072/Opt[(a)(b)]{value}"));
    let push = |more: &str| field(&format!("/FT/Btn/Ff 65536/MK<</CA(2.450)>>{more}"));
    for (before, now, drawn, level) in [
        (list(0), list(1), &text, Undefined),
        (combo(""), combo("/V(a)"), &text, FormFillAndSign),
        (push(""), push("/AP<</N 30 0 R>>"), &text, Undefined),
        (box_("Off"), box_("Yes"), &text, Undefined),
        (box_("Off"), box_("Yes"), &round, FormFillAndSign),
        (shown(""), shown("/V(x)"), &mask, Undefined),
        (shown(""), shown("/V(x)"), &frame, FormFillAndSign),
    ] {
        let mut pdf = signed_again(&[(6, &before), (30, drawn), (31, &on)]);
        let found = Reading::of(&pdf.update(&[(6, now.clone())]).bytes).signatures.remove(1).changes_after;
        assert_eq!(found.level, level, "{now} {drawn} {found:#?}");
    }
}

/// What the form says nothing is drawn by where all its fields are signatures.
#[test]
fn a_form_of_signatures_may_be_dressed() {
    let catalog = CATALOG.replace("[6 0 R 7 0 R", "[7 0 R");
    let with = |keys: &str| catalog.replace("/SigFlags", &format!("{keys}/SigFlags"));
    let mut objects = Pdf::objects("", "");
    objects[0].1 = with("/DA(/F 0 Tf)/DR<</Font<</F 5 0 R>>>>");
    objects[2].1 = PAGE.replace("[6 0 R 7", "[7");
    let mut pdf = Pdf::plain();
    pdf.update(&objects).sign();
    let dressed = |keys: &str| after(pdf.clone().update(&[(1, with(keys))])).level;
    assert_eq!(dressed("/DA(/Helv 0 Tf)/DR<</Font<</F 5 0 R/Helv 5 0 R>>>>/NeedAppearances false"), LongTermOnly);
    assert!(dressed("/DA(/F 0 Tf)/DR<</Font<</F 4 0 R>>>>") > FormFillAndSign);
    check(&[(1, &CATALOG.replace("/SigFlags", "/NeedAppearances false/SigFlags"))], LongTermOnly, What::Added);
    check(&[(1, &CATALOG.replace("/SigFlags", "/DA(/F 0 Tf)/SigFlags"))], FormFillAndSign, What::Added);
}

/// Pages and widgets have boxes and values from nodes above, which are looked through once.
#[test]
fn nodes_with_many_keys_are_cheap() {
    let keys: String = (0..60_000).map(|key| format!("/{key} 1")).collect();
    let numbers: Vec<u32> = (1000..5000).collect();
    let kids: String = numbers.iter().map(|number| format!("{number} 0 R ")).collect();
    let mut objects = Pdf::objects("", "");
    objects[1].1 = format!("<<{keys}/Type/Pages/Kids[3 0 R {kids}]/Count 4001>>");
    objects.extend(numbers.iter().map(|&number| (number, "<</Type/Page/Parent 2 0 R>>".to_owned())));
    let mut pages = Pdf::plain();
    pages.update(&objects).sign().update(&[(40, "1".into())]);
    effort::bounded("pages", || after(&pages));
    let widgets: Vec<(u32, String)> =
        numbers.iter().map(|&number| (number, "<</Subtype/Widget/Parent 20 0 R/Rect[0 0 1 1]>>".to_owned())).collect();
    objects.retain(|(number, _)| *number < 1000);
    objects[0].1 = CATALOG.replace("[6 0 R", "[6 0 R 20 0 R");
    objects[1].1 = "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned();
    objects[2].1 = PAGE.replace("[6 0 R", &format!("[6 0 R {kids}"));
    objects.extend(widgets);
    objects.push((20, format!("<<{keys}/FT/Tx/T(many)/Kids[{kids}]>>")));
    let mut fields = Pdf::plain();
    fields.update(&objects).sign().update(&[(40, "1".into())]);
    let found = effort::bounded("fields", || after(&fields));
    assert_eq!(found.level, LongTermOnly, "{found:#?}");
}

/// Readers that come to nothing rebuild the tables, and show what the file still has.
#[test]
fn an_older_draft_does_not_return() {
    let plain = |objects: &[(u32, String)]| {
        let mut pdf = Pdf::plain();
        pdf.update(objects).sign();
        pdf
    };
    let level = |mut pdf: Pdf| {
        let found = after(pdf.update(&[(40, "1".into())]));
        let returns = found.changes.iter().any(|change| change.what == What::MayReturn);
        assert_eq!(returns, found.level == ChangeLevel::NotCompared, "{found:#?}");
        found.level
    };
    let objects = |keys: &str| {
        let mut objects = Pdf::objects("", "");
        objects[0].1 = catalog(keys);
        objects
    };
    // An older draft, or a reference that leads nowhere: only both.
    assert_eq!(level(plain(&objects(""))), LongTermOnly);
    assert_eq!(level(Pdf::signed_of(&objects("/PieceInfo 77 0 R"), "")), LongTermOnly);
    assert_eq!(level(plain(&objects("/PieceInfo 77 0 R"))), ChangeLevel::NotCompared);
    assert_eq!(level(plain(&objects("/PieceInfo 5 7 R"))), ChangeLevel::NotCompared);
    // What only others signed before is no draft.
    let mut twice = Pdf::signed_of(&objects("/PieceInfo 77 0 R"), "");
    twice.update(&[(7, format!("<<{EMPTY}/V 39 0 R>>")), (39, signature("ETSI.CAdES.detached", "Sig", ""))]).sign();
    assert_eq!(level(twice), FormFillAndSign);
    // What a reference led to, freed before anybody signed.
    let mut freed = objects("/PieceInfo 77 0 R");
    freed.push((77, "<<>>".into()));
    let mut pdf = Pdf::of(&freed, "");
    pdf.table(&[(77, 0)], "/Root 1 0 R");
    pdf.update(&[(7, format!("<<{EMPTY}/V 39 0 R>>")), (39, signature("ETSI.CAdES.detached", "Sig", ""))]).sign();
    let signatures = Reading::of(&pdf.update(&[(40, "1".into())]).bytes).signatures;
    let found = signatures.into_iter().find(|one| one.revision == Some(2)).expect("the agency's").changes_after;
    assert_eq!(found.level, ChangeLevel::NotCompared, "{found:#?}");
}

/// Numbers and strings are the same however they are spelt, where every reader takes them for the same.
#[test]
fn values_are_the_same_in_other_spellings() {
    let page = |keys: &str| PAGE.replace("/MediaBox[0 0 99 99]", keys);
    let found = |before: &str, now: &str| {
        let mut objects = Pdf::objects("", "");
        objects[2].1 = page(before);
        after(Pdf::signed_of(&objects, "").update(&[(3, page(now))])).level
    };
    for (before, now) in [
        ("/MediaBox[0 0 99 99]", "/MediaBox[0.0 -0 +99 099.]"),
        ("/MediaBox[.5 0 99.50 99]", "/MediaBox[0.5 0.00 99.5 99]"),
        ("/UserUnit 1.50", "/UserUnit 1.5"),
        ("/LastModified(D:2026)", "/LastModified<443A32303236>"),
    ] {
        assert_eq!(found(before, now), LongTermOnly, "{now}");
    }
    for (before, now) in [
        ("/MediaBox[0 0 99 99]", "/MediaBox[0 0 99 99.001]"),
        ("/MediaBox[0 0 99 99]", "/MediaBox[0 0 99 99.0.0]"),
        ("/MediaBox[0 0 99 9.9]", "/MediaBox[0 0 99 --9.9]"),
        ("/MediaBox[0 0 99 1.5]", "/MediaBox[0 0 99 -1.5]"),
        ("/MediaBox[0 0 99 0]", "/MediaBox[0 0 99 .]"),
        // Readers that want an integer take no other number.
        ("/Rotate 90", "/Rotate 90.0"),
        // Each reader makes of a wrong digit what it likes.
        ("/PieceInfo<3G>", "/PieceInfo<4H>"),
    ] {
        assert!(found(before, now) >= Undefined, "{now}");
    }
}
