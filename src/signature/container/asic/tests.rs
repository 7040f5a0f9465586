use super::*;
use crate::signature::xml::Integrity;

const CONTAINER: &[u8] = include_bytes!("../../../../tests/fixtures/xmldsig/container.asice");

#[test]
fn a_container_says_what_is_signed_and_what_is_not() {
    let container = examine(CONTAINER, &Supplied::default()).expect("a ZIP file");
    assert_eq!((container.kind, container.defects.as_slice()), (Kind::Extended, &[][..]));
    assert_eq!(container.mimetype, Mimetype::Good(ASIC_E.into()));
    assert_eq!(container.data, ["quyet-dinh.txt", "phu-luc.txt"]);
    let [file] = container.signatures.as_slice() else { panic!("one signature") };
    let SignatureContent::Xml(Ok(signatures)) = &file.content else { panic!("XML signatures") };
    assert_eq!(signatures[0].integrity(), Integrity::Intact);
    assert_eq!(file.covers.len(), 1);
    assert_eq!((file.covers[0].name.as_str(), &file.covers[0].digest), ("quyet-dinh.txt", &DigestCheck::Matches));
    assert_eq!(file.uncovered, ["phu-luc.txt"]);
}

/// A container of one file and these manifests and signatures.
fn container(inside: &[(String, String)]) -> Vec<u8> {
    let start = zip::tests::Builder::default().add("mimetype", ASIC_E.as_bytes(), 0).add("a", &vec![1; 1 << 20], 0);
    inside.iter().fold(start, |builder, (name, text)| builder.add(name, text.as_bytes(), 0)).finish()
}

#[test]
fn manifests_name_a_limited_number_of_files_and_each_is_digested_once() {
    let reference = format!(
        "<DataObjectReference URI=\"a\"><DigestMethod xmlns=\"{DSIG}\" \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><DigestValue xmlns=\"{DSIG}\">AA==</DigestValue>\
         </DataObjectReference>"
    );
    let manifest = |number: usize| {
        let name = format!("META-INF/ASiCManifest{number}.xml");
        let signature = format!("<SigReference URI=\"META-INF/{number}.p7s\"/>");
        (name, format!("<ASiCManifest xmlns=\"{ASIC}\">{signature}{}</ASiCManifest>", reference.repeat(4_000)))
    };
    let files = (0..4).flat_map(|number| [manifest(number), (format!("META-INF/{number}.p7s"), "0".into())]);
    let found = examine(&container(&files.collect::<Vec<_>>()), &Supplied::default()).expect("a container");
    let covers = found.signatures.iter().map(|file| file.covers.len());
    assert_eq!(covers.collect::<Vec<_>>(), [4_000, 4_000, 2_000, 0]);
}

#[test]
fn all_xml_signatures_of_a_container_share_one_budget() {
    let many = format!("<a>{}</a>", format!("<Signature xmlns=\"{DSIG}\"/>").repeat(200));
    let files = (0..3).map(|number| (format!("META-INF/signatures{number}.xml"), many.clone()));
    let found = examine(&container(&files.collect::<Vec<_>>()), &Supplied::default()).expect("a container");
    let read = found.signatures.iter().map(|file| matches!(&file.content, SignatureContent::Xml(Ok(_))));
    assert_eq!(read.collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn names_decode_their_percent_signs() {
    assert_eq!(decoded("a%20b%e1%bb%99").as_deref(), Some("a bộ"));
    assert_eq!(decoded("100%").as_deref(), Some("100%"));
    assert_eq!(decoded("%ff"), None);
}

#[test]
fn files_of_meta_inf_are_known_by_their_names() {
    for (name, role) in [
        ("META-INF/signatures.xml", Some(Role::Xml)),
        ("META-INF/signatures001.xml", Some(Role::Xml)),
        ("META-INF/signature.p7s", Some(Role::Cms)),
        ("META-INF/timestamp.tst", Some(Role::TimeStamp)),
        ("META-INF/ASiCManifest1.xml", Some(Role::Manifest)),
        ("META-INF/ASiCArchiveManifest.xml", Some(Role::Manifest)),
        ("META-INF/evidencerecord.ers", Some(Role::EvidenceRecord)),
        ("META-INF/manifest.xml", None),
        ("signatures.xml", None),
        ("META-INF/x/signatures.xml", None),
    ] {
        assert_eq!(Role::of(name), role, "{name}");
    }
}

#[test]
fn what_stands_in_a_container_and_nobody_signed_is_told() {
    let with = |kind: &str, files: &[(&str, &[u8])]| {
        let start = zip::tests::Builder::default().add("mimetype", kind.as_bytes(), 0);
        let bytes = files.iter().fold(start, |builder, (name, bytes)| builder.add(name, bytes, 0)).finish();
        let found = examine(&bytes, &Supplied::default()).expect("a container");
        (found.listing, found.unread, found.signed_inside)
    };
    let none = (Vec::<String>::new(), Vec::<String>::new(), Vec::<String>::new());
    let data = ("a", &b"1"[..]);
    assert_eq!(with(ASIC_S, &[data]), none);
    assert_eq!(with("application/vnd.etsi.asic-s+zip\n", &[data]), none);
    assert_eq!(with("this is void", &[data]).0.len(), 1);
    assert_eq!(with(&format!("application/{} words", "a".repeat(88)), &[data]).0.len(), 1);
    let listing =
        |inside: &str| format!("<manifest xmlns='{OPEN_DOCUMENT}'>{inside}<file-entry full-path='a'/></manifest>");
    for (inside, told) in [("\n", 0), ("void", 1), ("<x xmlns=''/>", 1)] {
        assert_eq!(with(ASIC_S, &[data, (LISTING, listing(inside).as_bytes())]).0.len(), told, "{inside}");
    }
    // A manifest that nothing is over, and a second one for the same signature.
    let manifest = format!("<ASiCManifest xmlns='{ASIC}'><SigReference URI='META-INF/s.p7s'/></ASiCManifest>");
    let [one, other] = ["META-INF/ASiCManifest1.xml", "META-INF/ASiCManifest2.xml"];
    let signature = ("META-INF/s.p7s", &b"0"[..]);
    assert_eq!(with(ASIC_E, &[data, (one, manifest.as_bytes()), signature]), none);
    let both = with(ASIC_E, &[data, (one, manifest.as_bytes()), (other, manifest.as_bytes()), signature]);
    assert_eq!(both.1, [other]);
    assert_eq!(with(ASIC_E, &[data, (one, b"this is void")]).1, [one]);
    for (name, inside) in [
        ("inner.asice", CONTAINER),
        ("inner.xml", include_bytes!("../../../../tests/fixtures/xmldsig/invoice.xml")),
        ("inner.edxml", include_bytes!("../../../../tests/fixtures/xmldsig/edxml.xml")),
        ("inner.p7m", include_bytes!("../../../../tests/fixtures/verdicts/20o_letter.p7m")),
    ] {
        assert_eq!(with(ASIC_S, &[(name, inside)]).2, [name]);
    }
    let folder = ("9.999.999.999 VND/", &b""[..]);
    assert_eq!(with(ASIC_S, &[data, folder]).0.len(), 1, "nobody signs the name of an empty folder");
    assert_eq!(with(ASIC_E, &[("a/b", b"1"), ("a/", b"")]).0.len(), 0);
    assert_eq!(with(ASIC_S, &[("inner.pdf", b"%PDF-1.7 /ByteRange[0 1 2 3]")]).2, ["inner.pdf"]);
}

#[test]
fn a_slow_digest_of_a_manifest_counts_for_what_it_takes() {
    let slow = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr3411";
    let reference = |name: &str| {
        format!(
            "<DataObjectReference URI=\"{name}\"><DigestMethod xmlns=\"{DSIG}\" Algorithm=\"{slow}\"/>\
             <DigestValue xmlns=\"{DSIG}\">AA==</DigestValue></DataObjectReference>"
        )
    };
    let signature = "<SigReference URI=\"META-INF/1.p7s\"/>";
    let manifest = format!("<ASiCManifest xmlns=\"{ASIC}\">{signature}{}</ASiCManifest>", reference("a"));
    let files = [("META-INF/ASiCManifest1.xml".to_owned(), manifest), ("META-INF/1.p7s".to_owned(), "0".to_owned())];
    let bytes = container(&files);
    let mut budget = xml::Budget::default();
    let outcomes = (0..30).map(|_| {
        let found = examine_within(&bytes, &Supplied::default(), &mut budget, Budget::default()).expect("a container");
        found.signatures[0].covers[0].digest.clone()
    });
    let outcomes: Vec<DigestCheck> = outcomes.collect();
    assert_eq!(
        (&outcomes[0], outcomes[29].clone()),
        (&DigestCheck::Differs, DigestCheck::Unreadable(Reason::Limit("bytes to be hashed")))
    );
}

/// A container inside another, or in a message, has what memory those leave.
#[test]
fn what_is_held_around_a_container_leaves_less_to_unpack() {
    let bytes = zip::tests::Builder::default()
        .add("mimetype", ASIC_E.as_bytes(), 0)
        .add("a", &[b'x'; 1_000], 8)
        .add("META-INF/signature.p7s", b"0", 0)
        .finish();
    let unreadable = |held| {
        let found = examine_within(&bytes, &Supplied::default(), &mut xml::Budget::default(), Budget::beside(held));
        found.expect("a container").unreadable.len()
    };
    assert_eq!((unreadable(0), unreadable(384 << 20)), (0, 1));
}

/// Whether a ZIP file is a container is told without unpacking what is no name of one.
#[test]
fn a_mimetype_of_another_length_is_not_unpacked() {
    let kind = |content: &[u8]| {
        let bytes = zip::tests::Builder::default().add("mimetype", content, 8).add("a", b"1", 0).finish();
        is_asic(&Archive::read(&bytes).expect("a ZIP file"))
    };
    assert!(kind(ASIC_S.as_bytes()) && kind(ASIC_E.as_bytes()));
    assert!(!kind(&vec![b'a'; 1 << 20]) && !kind(b""));
}
