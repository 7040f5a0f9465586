use proptest::prelude::*;

use super::*;
use crate::signature::DigestCheck;
use crate::signature::cms::{Content, Slices};
use crate::signature::container::zip::{Archive, Budget};
use crate::signature::evidence_record::{Finding, Place, Proves, Verification};

/// The fixture's container: its entries by name. The record's two objects are the letter and the signature.
fn container() -> Vec<(String, Vec<u8>)> {
    let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts/19l_record_xml.asice"));
    let archive = Archive::read(bytes).unwrap();
    let mut budget = Budget::default();
    let content = |entry| archive.content(entry, &mut budget).unwrap().into_owned();
    archive.entries.iter().map(|entry| entry.name.clone()).zip(archive.entries.iter().map(content)).collect()
}

fn named(name: &str) -> Vec<u8> {
    container().into_iter().find(|(one, _)| one.ends_with(name)).unwrap().1
}

fn verify(record: &[u8]) -> Verification {
    let (letter, signature) = (named("letter.txt"), named("signature.p7s"));
    let (letter, signature): (&[&[u8]], &[&[u8]]) = (&[&letter], &[&signature]);
    let objects: [&dyn Content; 2] = [&Slices(letter), &Slices(signature)];
    EvidenceRecord::read_xml(record).unwrap().verify(&objects)
}

fn edited(from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(named("evidencerecord.xml")).unwrap().replacen(from, to, 1).into_bytes()
}

#[test]
fn a_record_with_a_renewed_hash_tree_holds() {
    let found = verify(&named("evidencerecord.xml"));
    assert_eq!((found.outcome(), &found.findings[..]), (DigestCheck::Matches, &[][..]));
    let proves: Vec<_> = found.tokens.iter().map(|token| (token.place.chain, token.proves)).collect();
    assert_eq!(proves, [(0, Proves::Objects), (1, Proves::Objects)]);
}

#[test]
fn what_was_altered_after_the_renewal_is_found() {
    let second = Place { chain: 1, number: 0 };
    // White space between the chains and comments may or may not have been there; anything else may not.
    for (from, to) in [
        ("</e:ArchiveTimeStampChain><e:", "</e:ArchiveTimeStampChain>\n  <e:"),
        ("</e:ArchiveTimeStampSequence>", "\n</e:ArchiveTimeStampSequence>"),
    ] {
        let findings = verify(&edited(from, to)).findings;
        assert!(findings.is_empty() || findings == [Finding::EarlierNotCovered(second)], "{from}: {findings:?}");
    }
    for (from, to) in [
        ("xml-exc-c14n#", "xml-exc-c14n#WithComments"),
        ("<e:TimeStamp>", "<e:TimeStamp Id=\"x\">"),
        ("<e:HashTree>", "<e:HashTree> "),
    ] {
        assert_eq!(verify(&edited(from, to)).findings, [Finding::EarlierNotCovered(second)], "{from}");
    }
    let mut first = edited("<e:DigestValue>", "<e:DigestValue>AAAA</e:DigestValue><e:DigestValue>");
    assert!(verify(&first).findings.contains(&Finding::RootDiffers(Place { chain: 0, number: 0 })));
    first.clear();
    assert!(matches!(EvidenceRecord::read_xml(&first), Err(XmlError::Xml(_))));
}

#[test]
fn what_is_no_record_is_refused() {
    for (from, to) in [
        ("Order=\"2\"", "Order=\"1\""),
        ("Order=\"1\"", ""),
        ("xml-exc-c14n#", "xml-nonsense#"),
        ("xmlenc#sha256", "xmlenc#sha999"),
        ("<e:TimeStamp>", "<e:Other>"),
        ("</e:DigestValue>", "!</e:DigestValue>"),
    ] {
        assert!(EvidenceRecord::read_xml(&edited(from, to)).is_err(), "{from}");
    }
    // A token of another kind can't be read, and that is a finding of the record, not a reason to refuse it.
    let other = verify(&edited("RFC3161", "XMLENTRUST"));
    assert!(other.findings.contains(&Finding::TokenUnreadable(Place { chain: 0, number: 0 })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_change_is_answered(at in 0_usize..6_000, to in 32_u8..127) {
        let mut bytes = named("evidencerecord.xml");
        let at = at.min(bytes.len() - 1);
        bytes[at] = to;
        if let Ok(record) = EvidenceRecord::read_xml(&bytes) {
            let _ = record.verify(&[]);
        }
    }
}
