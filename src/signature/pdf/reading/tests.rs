use super::super::form::Visibility;
use proptest::prelude::*;

use super::super::sample::{Pdf, SIGNED, signature, stream};
use super::super::store::EvidenceKind;
use super::*;
use crate::time::effort;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/", $name, ".pdf"))
    };
}

/// (kind, revision, level after) of each signature.
fn seen(file: &[u8]) -> Vec<(SignatureKind, Option<usize>, ChangeLevel)> {
    let reading = Reading::of(file);
    reading.signatures.iter().map(|one| (one.kind, one.revision, one.changes_after.level)).collect()
}

use ChangeLevel::{FormFillAndSign, LongTermOnly, NotCompared, Unparsable};
use SignatureKind::{Approval, DocumentTimeStamp};

#[test]
fn fixtures() {
    let two = fixture!("two_signatures");
    assert_eq!(seen(two), [(Approval, Some(1), FormFillAndSign), (Approval, Some(2), ChangeLevel::None)]);
    let reading = Reading::of(two);
    let leader = &reading.signatures[0];
    assert_eq!((reading.presence, leader.reach), (Presence::Signatures, Reach::Throughout));
    assert_eq!(leader.signed_revision().map(|range| range.end), Some(reading.revisions[1].end + 1));
    assert_eq!((leader.holders[0].name.as_str(), leader.visibility()), ("leader", Visibility::Invisible));
    assert_eq!(leader.claims.reason.as_deref(), Some("Phê duyệt (thử)"));
    assert_eq!(seen(fixture!("document_timestamp")), [(DocumentTimeStamp, Some(1), ChangeLevel::None)]);
    assert_eq!(seen(fixture!("appended")), [(Approval, Some(1), Unparsable)]);
    assert_eq!(seen(fixture!("broken_byte_range")), [(Approval, None, NotCompared)]);
    assert_eq!(Reading::of(fixture!("broken_byte_range")).presence, Presence::Broken);
    assert_eq!(Reading::of(fixture!("unsigned")).presence, Presence::None);
}

#[test]
fn the_signed_revision_reads_as_it_was() {
    let file = fixture!("two_signatures");
    let signed = Reading::of(file).signatures[0].signed_revision().unwrap();
    let then = Reading::of(&file[signed]);
    assert_eq!((then.signatures.len(), then.signatures[0].extent), (1, Extent::WholeFile));
}

#[test]
fn no_signature_is_not_a_broken_one() {
    assert_eq!(Reading::of(b"not a PDF").presence, Presence::None);
    assert_eq!(Reading::of(&Pdf::plain().bytes).presence, Presence::None);
    let text = String::from_utf8(Pdf::signed().bytes).unwrap();
    // Every key that gives a signature away is gone: the field still leads to it.
    let bare = text.replace("/ByteRange", "/BiteRange").replace("/SubFilter", "/ZubFilter");
    let reading = Reading::of(bare.as_bytes());
    assert_eq!((reading.presence, reading.signatures.len()), (Presence::Broken, 1));
    assert_eq!(reading.signatures[0].dictionary.byte_range, Err(Defect::ByteRangeMissing));
    let empty = Reading::of(text.replace("/V 9 0 R", "        ").replace("/ByteRange", "/BiteRange").as_bytes());
    assert_eq!(empty.empty_fields, ["agency", "leader"]);
}

#[test]
fn a_copied_value_is_noted() {
    let mut pdf = Pdf::signed();
    pdf.update(&[
        (7, SIGNED.replace("9 0 R", "31 0 R").replace("leader", "agency")),
        (31, signature("ETSI.CAdES.detached", "Sig", "")),
    ]);
    pdf.sign();
    let reading = Reading::of(&pdf.bytes);
    assert_eq!(
        (&reading.signatures[0].same_value_as[..], &reading.signatures[1].same_value_as[..]),
        (&[1][..], &[0][..])
    );
}

#[test]
fn evidence_says_when_it_entered() {
    let mut pdf = Pdf::signed();
    let key = Reading::of(&pdf.bytes).signatures[0].vri_key().unwrap();
    let catalog = super::super::sample::CATALOG.replace("/Pages", "/DSS 30 0 R/Pages");
    let vri = format!("<</Certs[31 0 R]/VRI<</{key}<</Cert[31 0 R]/TU(D:20261122000000Z)>>>>>>");
    pdf.update(&[(1, catalog), (30, vri.clone()), (31, stream("", "certificate"))]);
    pdf.update(&[(30, vri.replace("[31 0 R]/VRI", "[31 0 R]/CRLs[32 0 R]/VRI")), (32, stream("", "list"))]);
    let reading = Reading::of(&pdf.bytes);
    assert_eq!(reading.signatures[0].changes_after.level, LongTermOnly, "{:#?}", reading.signatures[0].changes_after);
    let [certificate, list] = &reading.store.evidence[..] else { panic!("{:#?}", reading.store) };
    assert_eq!((certificate.kind, certificate.entered), (EvidenceKind::Certificate, 1));
    assert_eq!((list.kind, list.entered, list.bytes(&pdf.bytes)), (EvidenceKind::Crl, 2, Some(&b"list"[..])));
    let [vri] = &reading.store.vri[..] else { panic!("{:#?}", reading.store.vri) };
    assert_eq!((vri.key.as_str(), vri.entered, &vri.evidence[..]), (key.as_str(), 1, &[0][..]));
    assert_eq!(vri.collected.unwrap().to_rfc3339(), "2026-11-22T00:00:00+00:00");
}

#[test]
fn a_signature_no_form_leads_to() {
    let mut pdf = Pdf::plain();
    pdf.update(&[(9, signature("ETSI.CAdES.detached", "Sig", ""))]);
    pdf.sign();
    let reading = Reading::of(&pdf.bytes);
    assert_eq!((reading.signatures[0].reach, reading.signatures[0].revision), (Reach::Never, Some(1)));
}

/// Usage rights are no signature of anybody; what readers show as one is.
#[test]
fn nothing_but_usage_rights_leads_to_usage_rights() {
    let kind = |key: &str, annotations: &str| {
        let catalog = format!("<</Type/Catalog/Pages 2 0 R/Perms<</{key} 9 0 R>>>>");
        let page = format!("<</Type/Page/Parent 2 0 R/Annots[{annotations}]>>");
        let rights = signature("ETSI.CAdES.detached", "Sig", "/Reference[<</TransformMethod/UR3>>]");
        let mut pdf = Pdf::plain();
        pdf.update(&[(1, catalog), (3, page), (8, SIGNED.into()), (9, rights)]).sign();
        Reading::of(&pdf.bytes).signatures[0].kind
    };
    assert_eq!((kind("UR3", ""), kind("UR", "")), (SignatureKind::UsageRights, SignatureKind::UsageRights));
    assert_eq!((kind("UR3", "8 0 R"), kind("DocMDP", "")), (Approval, Approval));
    // What was nothing else when it was signed, and is shown later.
    let mut pdf = Pdf::plain();
    let rights = signature("ETSI.CAdES.detached", "Sig", "/Reference[<</TransformMethod/UR3>>]");
    let catalog = |form: &str| format!("<</Type/Catalog/Pages 2 0 R/Perms<</UR3 9 0 R>>{form}>>");
    pdf.update(&[(1, catalog("")), (9, rights)]).sign();
    pdf.update(&[(1, catalog("/AcroForm<</Fields[8 0 R]>>")), (8, SIGNED.into())]);
    assert_eq!(Reading::of(&pdf.bytes).signatures[0].kind, Approval);
}

#[test]
fn layers_that_are_off_in_some_use_are_hidden() {
    let has_layers = |usage: &str| {
        let mut pdf = Pdf::plain();
        let catalog = "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[20 0 R]/D<<>>>>>>".to_owned();
        pdf.update(&[(1, catalog), (20, format!("<</Type/OCG/Name(a)/Usage<<{usage}>>>>"))]);
        Reading::of(&pdf.bytes).moving == [Moving::Layers]
    };
    assert!(!has_layers("/View<</ViewState/ON>>/CreatorInfo<</Creator(x)>>"));
    assert!(has_layers("/View<</ViewState/OFF>>/Print<</PrintState/ON>>"));
    assert!(has_layers("/Print<</PrintState/OFF>>"));
}

/// No layer is off, and something is hidden all the same, on a page, in a form or as an annotation.
#[test]
fn other_layers_than_those_listed_are_hidden() {
    let has_layers = |properties: &str, page: &str, form: &str| {
        let mut pdf = Pdf::plain();
        let page = format!("<</Type/Page/Parent 2 0 R/Resources<</XObject<</X 22 0 R>>/Properties<<{page}>>>>>>");
        pdf.update(&[
            (1, format!("<</Type/Catalog/Pages 2 0 R{properties}>>")),
            (3, page),
            (20, "<</Type/OCG/Name(a)>>".into()),
            (21, "<</Type/OCG/Name(b)>>".into()),
            (22, stream(&format!("/Type/XObject/Subtype/Form{form}"), "x")),
        ]);
        Reading::of(&pdf.bytes).moving == [Moving::Layers]
    };
    let one = "/OCProperties<</OCGs[20 0 R]/D<<>>>>";
    let layers = |page: &str, form: &str| has_layers(one, page, form);
    assert!(!layers("/L 20 0 R", "/OC<</Type/OCMD/OCGs 20 0 R/P/AnyOn>>"));
    assert!(layers("/L 21 0 R", ""));
    assert!(layers("", "/OC 21 0 R"));
    assert!(layers("", "/OC<</Type/OCMD/OCGs 20 0 R/P/AllOff>>"));
    assert!(layers("/L<</Type/OCMD/OCGs 20 0 R/P/AnyOff>>", ""));
    assert!(layers("/L<</Type/OCMD/VE[/Not 20 0 R]>>", ""));
    assert!(has_layers("", "/L<</Type/OCMD/VE[/Not 20 0 R]>>", ""));
    assert!(!has_layers("", "/L<</Type/OCG/Name(c)>>", ""));
}

#[test]
fn what_is_shown_since_and_nobody_signed_is_told() {
    let shown = |field: &str| {
        let field = format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(third)/Rect[0 0 5 5]/P 3 0 R{field}>>");
        let mut pdf = Pdf::signed();
        let catalog = super::super::sample::CATALOG.replace("8 0 R]", "8 0 R 30 0 R]");
        let page = super::super::sample::PAGE.replace("13 0 R]", "13 0 R 30 0 R]");
        let form = stream("/Type/XObject/Subtype/Form/BBox[0 0 5 5]", "(9.999) Tj");
        pdf.update(&[(1, catalog), (3, page), (30, field), (32, form)]);
        pdf.update(&[(31, signature("ETSI.RFC3161", "DocTimeStamp", ""))]).sign();
        Reading::of(&pdf.bytes).shown_by_nobody
    };
    assert_eq!(shown(""), [""; 0]);
    assert_eq!(shown("/AP<</N 32 0 R>>"), ["third"]);
    assert_eq!(shown("/AP<</N 32 0 R>>/V 31 0 R"), ["third"]);
    assert_eq!(shown("/V 31 0 R"), [""; 0]);
}

/// The published attacks: none may look clean, and a forgery is never "no signature".
#[test]
#[ignore = "make conformance: needs CHAUBAN_SUITES"]
fn conformance_pdf_attacks() {
    let suites = std::env::var_os("CHAUBAN_SUITES").expect("CHAUBAN_SUITES names the folder of suites");
    let folder = std::path::Path::new(&suites).join("pdf-attacks");
    let mut counts = [0; 3];
    for entry in std::fs::read_dir(&folder).expect("the folder pdf-attacks") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let reading = Reading::of(&std::fs::read(&path).expect("a file"));
        let defects = reading.signatures.iter().filter(|one| one.dictionary.byte_range.is_err()).count();
        let broken = reading.presence == Presence::Broken;
        let kind = ["isa_", "siwa_", "usf_"].iter().position(|kind| name.starts_with(kind)).expect("a known kind");
        match kind {
            0 => assert!(reading.signatures[0].changes_after.level >= ChangeLevel::Undefined, "{name} {reading:#?}"),
            1 => assert!(defects > 0, "{name} {reading:#?}"),
            _ => assert!(broken, "{name} {reading:#?}"),
        }
        counts[kind] += 1;
    }
    println!("pdf-attacks: {} isa, {} siwa, {} usf", counts[0], counts[1], counts[2]);
    assert!(counts.iter().all(|&count| count > 0), "{counts:?}");
}

#[test]
fn hostile_files_stay_cheap() {
    let megabytes = 4 << 20;
    let tail = "\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R>>\n";
    for unit in
        ["startxref\n0\n%%EOF", "1 0 obj<<>>endobj ", "[[[[", "<</A", "(", "stream\n", "%", "xref\n0 9", "9 0 R "]
    {
        let mut file = unit.repeat(megabytes / unit.len()).into_bytes();
        let at = file.len() + 1;
        file.extend_from_slice(format!("{tail}startxref\n{at}\n%%EOF").as_bytes());
        effort::bounded(unit, || Reading::of(&file));
    }
}

/// Entries that lead into one long object, each at another byte.
#[test]
fn overlapping_objects_are_paid_for_once() {
    let mut pdf = Pdf::signed();
    let start = pdf.bytes.len();
    let depth = 100_000;
    pdf.raw(&"7 0 obj[".repeat(depth));
    let places: Vec<(u32, usize)> = (0..depth).map(|at| (at as u32 + 100, start + at * 8)).collect();
    pdf.table(&places, "/Root 1 0 R");
    let reading = effort::bounded("one object within the other", || Reading::of(&pdf.bytes));
    assert!(reading.signatures[0].changes_after.level >= NotCompared);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn mutated_files_never_panic_and_no_change_in_the_tail_looks_clean(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut pdf = Pdf::signed();
        let signed = pdf.bytes.len();
        pdf.update(&[(40, "<</A(unused)>>".into())]);
        let mut file = pdf.bytes.clone();
        for (at, byte) in &changes {
            let at = signed + at.index(file.len() - signed);
            file[at] = *byte;
        }
        let reading = Reading::of(&file);
        prop_assert!(reading.signatures[0].changes_after.level > ChangeLevel::None);
        let mut anywhere = fixture!("two_signatures").to_vec();
        for (at, byte) in &changes {
            let at = at.index(anywhere.len());
            anywhere[at] = *byte;
        }
        Reading::of(&anywhere);
    }

    #[test]
    fn pieces_never_panic(pieces in proptest::collection::vec(prop_oneof![
        Just("xref\n0 2\n"), Just("0000000000 65535 f \n"), Just("0000000009 00000 n \n"), Just("trailer"), Just("<<"),
        Just(">>"), Just("/Root 1 0 R"), Just("/Prev 9"), Just("/XRefStm 9"), Just("startxref\n9\n%%EOF\n"),
        Just("1 0 obj"), Just("endobj"), Just("/Type/XRef"), Just("/W[1 2 1]"), Just("/Size 9"), Just("/Length 4"),
        Just("stream\n"), Just("endstream"), Just("/Type/ObjStm/N 1/First 4"), Just("/AcroForm<</Fields[1 0 R]>>"),
        Just("/FT/Sig/V 1 0 R"), Just("/Kids[1 0 R]"), Just("/ByteRange[0 9 9 9]"), Just("\0\0\x01\x09"), Just("%PDF-"),
    ], 0..40)) {
        Reading::of(pieces.concat().as_bytes());
    }
}
