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
