use proptest::prelude::*;

use super::*;
use crate::signature::der::with_header;
use crate::time::effort;

macro_rules! pkits {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pkits/crls/", $name, ".crl"))
    };
}

/// A list with these entries (encoded) and version 2 extensions (encoded), not signed by anybody.
fn list(entries: &[u8], extensions: &[u8]) -> Vec<u8> {
    let algorithm = with_header(tag::SEQUENCE, &with_header(tag::OID, oid::ECDSA_SHA256));
    let body = [
        &[2, 1, 1][..],
        &algorithm,
        &with_header(tag::SEQUENCE, &[]),
        &with_header(tag::UTC_TIME, b"260101000000Z"),
        &with_header(tag::SEQUENCE, entries),
        extensions,
    ];
    let parts = [with_header(tag::SEQUENCE, &body.concat()), algorithm, with_header(tag::BIT_STRING, &[0, 1])];
    with_header(tag::SEQUENCE, &parts.concat())
}

fn entry(serial: &[u8]) -> Vec<u8> {
    let time = with_header(tag::UTC_TIME, b"250601000000Z");
    with_header(tag::SEQUENCE, &[with_header(tag::INTEGER, serial), time].concat())
}

#[test]
fn a_hundred_thousand_entries_are_read_and_found_at_once() {
    let serial = |number: u32| [&[7; 12][..], &number.wrapping_mul(2_654_435_761).to_be_bytes()].concat();
    let entries: Vec<u8> = (0..100_000).flat_map(|number| entry(&serial(number))).collect();
    let bytes = list(&entries, &[]);
    // A tenth of a second; a search from the front would take minutes.
    effort::bounded("a hundred thousand entries", || {
        let read = Crl::read(&bytes).unwrap();
        assert_eq!(read.len(), 100_000);
        for number in 0..100_000 {
            assert!(read.find(&serial(number), read.issuer()).is_some());
            assert!(read.find(&serial(number + 100_000), read.issuer()).is_none());
        }
    });
}

#[test]
fn a_list_of_more_than_a_million_entries_is_read() {
    const COUNT: u32 = 1_200_000;
    let serial = |number: u32| number.wrapping_mul(2_654_435_761).to_be_bytes();
    let one = entry(&[1, 0, 0, 0, 0]);
    let mut entries = one.repeat(COUNT as usize);
    for (number, entry) in (0..COUNT).zip(entries.chunks_mut(one.len())) {
        entry[5..9].copy_from_slice(&serial(number));
    }
    let read = Crl::read(&list(&entries, &[])).unwrap();
    assert_eq!(read.len(), COUNT as usize);
    for number in [0, 1, 77, COUNT / 2, COUNT - 1] {
        let found = |number| read.find(&[&[1][..], &serial(number)].concat(), read.issuer());
        assert!(found(number).is_some() && found(number + COUNT).is_none(), "{number}");
    }
}

#[test]
fn a_complete_list() {
    let read = Crl::read(pkits!("GoodCACRL")).unwrap();
    assert!(!read.is_delta() && !read.is_empty());
    assert!(read.extensions().number.is_some());
    assert!(read.next_update().is_some_and(|next| next > read.this_update()));
    assert!(read.extensions().unknown_critical.is_empty());
}

#[test]
fn entries_of_an_indirect_list_belong_to_the_issuer_named_last() {
    let read = Crl::read(pkits!("indirectCRLCA3cRLIssuerCRL")).unwrap();
    assert!(read.extensions().distribution_point.as_ref().is_some_and(|point| point.indirect));
    let delta = Crl::read(pkits!("deltaCRLCA1deltaCRL")).unwrap();
    assert!(delta.is_delta());
}

#[test]
fn what_is_critical_and_not_understood_is_kept() {
    let entry_extension = Crl::read(pkits!("UnknownCRLEntryExtensionCACRL")).unwrap();
    assert_eq!(entry_extension.extensions().unknown_critical.len(), 1);
    let extension = Crl::read(pkits!("UnknownCRLExtensionCACRL")).unwrap();
    assert_eq!(extension.extensions().unknown_critical.len(), 1);
}

#[test]
fn a_list_for_two_kinds_of_certificates_is_a_defect() {
    let point = with_header(tag::SEQUENCE, &[0x81, 1, 0xff, 0x82, 1, 0xff]);
    let kind = with_header(tag::OID, oid::ISSUING_DISTRIBUTION_POINT);
    let extension = with_header(tag::SEQUENCE, &[kind, with_header(tag::OCTET_STRING, &point)].concat());
    let explicit = with_header(tag::context_constructed(0), &with_header(tag::SEQUENCE, &extension));
    let read = Crl::read(&list(&entry(&[5]), &explicit)).unwrap();
    assert_eq!(read.extensions().defects.len(), 1);
    assert_eq!(read.find(&[5], read.issuer()).unwrap().reason, Reason::Unspecified);
}

proptest! {
    #[test]
    fn changed_lists_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        for original in [&pkits!("indirectCRLCA3cRLIssuerCRL")[..], pkits!("deltaCRLCA1deltaCRL")] {
            let mut bytes = original.to_vec();
            for (at, byte) in &changes {
                bytes[at.index(original.len())] = *byte;
            }
            if let Ok(read) = Crl::read(&bytes) {
                let _ = (read.find(&[1], read.issuer()), read.len());
            }
        }
    }
}
