use chrono::DateTime;

use super::*;
use crate::signature::algorithm::{Budget, DigestAlgorithm};
use crate::signature::cms::{Content, Once, SignedData, SignerInfo, Slices};
use crate::signature::der::{tag, with_header};
use crate::signature::timestamp::tests::unsigned_token;
use crate::signature::{DigestCheck, ValueCheck, asn1, oid, pdf};

const FILE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/rsa_pss.pdf"));
const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

pub fn data() -> SignedData {
    SignedData::read(&pdf::signatures(FILE).remove(0).contents.unwrap()).unwrap()
}

pub fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(kind), &with_header(tag::SET, value)])
}

/// The signed data with other certificates and unsigned attributes; everything else as written.
pub fn rebuilt(data: &SignedData, certificates: &[&[u8]], unsigned: &[Vec<u8>]) -> SignedData {
    let algorithms = asn1::set_of(vec![asn1::algorithm(oid::SHA384)]);
    let fields: Vec<&[u8]> = data.signers[0].fields.iter().map(|field| &**field).collect();
    let signer = asn1::sequence(&[&fields.concat(), &asn1::context(1, &[&unsigned.concat()])]);
    let certificates = asn1::context(0, certificates);
    let parts =
        [&asn1::integer(&[1]), &algorithms, &data.written.content_info[..], &certificates, &asn1::set_of(vec![signer])];
    let encoded = asn1::sequence(&[&asn1::oid(oid::SIGNED_DATA), &asn1::context(0, &[&asn1::sequence(&parts)])]);
    SignedData::read(&encoded).unwrap()
}

fn raw_certificates(data: &SignedData) -> Vec<&[u8]> {
    data.certificates.iter().map(|choice| choice.raw()).collect()
}

fn at(second: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
}

/// Hash index and imprint as EN 319 122-1 §5.5 describes them, computed apart from the code under test.
fn archive_v3(data: &SignedData, kind: &[u8], hashed: &[Vec<u8>], content: &[u8]) -> Vec<u8> {
    let digest = |bytes: &[u8]| asn1::octets(SHA256.of_parts(&[bytes]).as_ref());
    let list = |parts: Vec<Vec<u8>>| asn1::sequence(&[&parts.concat()]);
    let certificates = list(raw_certificates(data).into_iter().map(digest).collect());
    let unsigned = list(hashed.iter().map(|bytes| digest(bytes)).collect());
    let named = if kind == oid::ATS_HASH_INDEX { Vec::new() } else { asn1::algorithm(oid::SHA256) };
    let index = asn1::sequence(&[&named, &certificates, &asn1::sequence(&[]), &unsigned]);
    let signer = &data.signers[0];
    let signed = with_header(0xa0, &signer.signed.as_ref().unwrap().content);
    let content_digest = SHA256.of_parts(&[content]);
    let parts: [&[u8]; 9] = [
        &asn1::oid(&data.content_type),
        content_digest.as_ref(),
        &asn1::integer(&[signer.version]),
        &signer.fields[1],
        &signer.fields[2],
        &signed,
        &signer.signature_algorithm,
        &asn1::octets(&signer.value),
        &index,
    ];
    unsigned_token(SHA256, SHA256.of_parts(&parts).as_ref(), at(0), &[attribute(kind, &index)])
}

#[test]
fn an_archive_time_stamp_v3_covers_what_its_index_lists() {
    let (own, content): (_, &[u8]) = (data(), b"the content");
    let protected = attribute(oid::MIME_TYPE, b"\x0c\x01a\x0c\x01b");
    let by_value = |value: &[u8]| [asn1::oid(oid::MIME_TYPE), value.to_vec()].concat();
    for (kind, hashed) in [
        (oid::ATS_HASH_INDEX, vec![protected.clone()]),
        (oid::ATS_HASH_INDEX_V2, vec![protected.clone()]),
        (oid::ATS_HASH_INDEX_V3, vec![by_value(b"\x0c\x01a"), by_value(b"\x0c\x01b")]),
    ] {
        let token = archive_v3(&own, kind, &hashed, content);
        let stamp = attribute(oid::ARCHIVE_TIME_STAMP_V3, &token);
        let later = attribute(oid::CONTENT_HINTS, b"\x05\x00");
        let certificates = raw_certificates(&own);
        let whole = rebuilt(&own, &certificates, &[protected.clone(), stamp.clone(), later]);
        let found = time_stamps(&whole, &whole.signers[0], &Slices(&[content]), &Budget::default());
        assert_eq!((found.len(), found[0].kind), (1, TimeStampKind::ArchiveV3));
        assert_eq!((&found[0].imprint, &found[0].defects[..]), (&DigestCheck::Matches, &[][..]));
        let is_attribute = |covered: &Covered| match *covered {
            Covered::Attribute(attribute) | Covered::AttributeValue { attribute, .. } => {
                assert_eq!(attribute, 0, "what came later is not covered");
                true
            }
            _ => false,
        };
        assert_eq!(found[0].covers.iter().filter(|covered| is_attribute(covered)).count(), hashed.len());
        assert_eq!(found[0].covers.iter().filter(|covered| matches!(covered, Covered::Certificate(_))).count(), 2);

        let other = time_stamps(&whole, &whole.signers[0], &Slices(&[b"other content"]), &Budget::default());
        assert_eq!(other[0].imprint, DigestCheck::Differs);
        let poorer = rebuilt(&own, &certificates[..1], &[protected.clone(), stamp.clone()]);
        let found = time_stamps(&poorer, &poorer.signers[0], &Slices(&[content]), &Budget::default());
        let missing = TimeStampDefect::Missing { certificates: 1, revocation: 0, attributes: 0 };
        assert_eq!(found[0].defects, [missing]);
        let bare = rebuilt(&own, &certificates, &[stamp]);
        let found = time_stamps(&bare, &bare.signers[0], &Slices(&[content]), &Budget::default());
        let missing = TimeStampDefect::Missing { certificates: 0, revocation: 0, attributes: hashed.len() };
        assert_eq!(found[0].defects, [missing]);
    }
}

#[test]
fn an_archive_time_stamp_v2_covers_everything_before_it() {
    let (own, content): (_, &[u8]) = (data(), b"the content");
    let protected = attribute(oid::MIME_TYPE, b"\x0c\x01a");
    let certificates = raw_certificates(&own);
    let fields: Vec<&[u8]> = own.signers[0].fields.iter().map(|field| &**field).collect();
    let before = [&own.written.content_info[..], content, &asn1::context(0, &certificates), &fields.concat()].concat();
    let newer = attribute(oid::ARCHIVE_TIME_STAMP_V2, &unsigned_token(SHA256, &[0; 32], at(9), &[]));
    for unsigned in [asn1::context(1, &[&protected]), protected.clone()] {
        let imprint = SHA256.of_parts(&[&before, &unsigned]);
        let stamp = attribute(oid::ARCHIVE_TIME_STAMP_V2, &unsigned_token(SHA256, imprint.as_ref(), at(0), &[]));
        let whole = rebuilt(&own, &certificates, &[protected.clone(), stamp, newer.clone()]);
        let imprints = |content: &dyn Content| {
            let found = time_stamps(&whole, &whole.signers[0], content, &Budget::default());
            found.into_iter().map(|stamp| stamp.imprint).collect::<Vec<_>>()
        };
        assert_eq!(imprints(&Slices(&[content])), [DigestCheck::Matches, DigestCheck::Differs]);
        assert_eq!(imprints(&Slices(&[b"other"]))[0], DigestCheck::Differs);
        let only_digests = |algorithm: DigestAlgorithm| Ok(algorithm.of_parts(&[content]));
        assert!(matches!(imprints(&only_digests)[0], DigestCheck::Unreadable(_)), "digests are not enough");
    }
}

#[test]
fn time_stamps_over_value_and_references() {
    let own = data();
    let value = own.signers[0].value.clone();
    let stamp = |kind: &[u8], parts: &[&[u8]]| {
        attribute(kind, &unsigned_token(SHA256, SHA256.of_parts(parts).as_ref(), at(0), &[]))
    };
    let signature = stamp(oid::SIGNATURE_TIME_STAMP, &[&value]);
    let references =
        [attribute(oid::CERTIFICATE_REFERENCES, &[0x30, 0]), attribute(oid::REVOCATION_REFERENCES, &[0x30, 0])];
    let bare = |attribute: &[u8]| crate::signature::der::read(attribute).unwrap().0.content.to_vec();
    let both = [bare(&references[0]), bare(&references[1])].concat();
    let all = [
        signature.clone(),
        references[0].clone(),
        references[1].clone(),
        stamp(oid::ESC_TIME_STAMP, &[&value, &bare(&signature), &both]),
        stamp(oid::REFERENCES_TIME_STAMP, &[&both]),
        attribute(oid::SIGNATURE_TIME_STAMP_MICROSOFT, &[4, 1, 0]),
    ];
    let whole = rebuilt(&own, &raw_certificates(&own), &all);
    let found = time_stamps(&whole, &whole.signers[0], &Slices(&[]), &Budget::default());
    let kinds: Vec<TimeStampKind> = found.iter().map(|stamp| stamp.kind).collect();
    use TimeStampKind::{CadesC, References, Signature};
    assert_eq!(kinds, [Signature, CadesC, References, Signature]);
    assert!(found[..3].iter().all(|stamp| stamp.imprint == DigestCheck::Matches), "{found:#?}");
    assert!(matches!(&found[3].imprint, DigestCheck::Unreadable(_)), "a token that cannot be read");
    assert_eq!(found[2].covers, [Covered::Attribute(1), Covered::Attribute(2)]);
}

#[test]
fn a_counter_signature_is_checked_over_the_value() {
    let own = data();
    let counter = own.signers[0].raw.to_vec();
    let whole = rebuilt(&own, &raw_certificates(&own), &[attribute(oid::COUNTER_SIGNATURE, &counter)]);
    let signer = &whole.signers[0];
    let read: Vec<SignerInfo> =
        UnsignedProperties::of(signer).counter_signatures.into_iter().collect::<Result<_, _>>().unwrap();
    let check = read[0].check(whole.certificate_of(&read[0]), &Slices(&[&signer.value]), &Budget::default());
    // The value was made over other bytes: it verifies, and the digest differs.
    assert_eq!((check.digest, check.value), (DigestCheck::Differs, ValueCheck::Verifies));
}

#[test]
fn what_is_carried_comes_with_its_place() {
    let own = data();
    let raw = raw_certificates(&own);
    let values = asn1::sequence(&[&asn1::context(0, &[&asn1::sequence(&[&[0x30, 1, 1]])])]);
    let inner = [attribute(oid::CERTIFICATE_VALUES, &asn1::sequence(&[raw[1]]))];
    let unsigned = [
        attribute(oid::CERTIFICATE_VALUES, &asn1::sequence(&[raw[0], &[0x30, 0]])),
        attribute(oid::REVOCATION_VALUES, &values),
        attribute(oid::SIGNATURE_TIME_STAMP, &unsigned_token(SHA256, &[0; 32], at(0), &inner)),
    ];
    let found = carried(&rebuilt(&own, &raw, &unsigned));
    let places: Vec<(Part, usize)> = found.certificates.iter().map(|(at, _)| (at.part, at.depth)).collect();
    assert_eq!(places, [(Part::SignedData, 0), (Part::SignedData, 0), (Part::Values, 0), (Part::Values, 1)]);
    assert_eq!(found.certificates[3].1.raw(), raw[1]);
    assert_eq!((found.crls.len(), found.crls[0].0.part, found.ocsps.len()), (1, Part::Values, 0));
}

#[test]
fn attributes_are_values_or_say_what_is_wrong() {
    let mut signer = data().signers.remove(0);
    let hash = asn1::sequence(&[&asn1::algorithm(oid::SHA256), &asn1::octets(&[7; 32])]);
    let uri = asn1::sequence(&[&asn1::oid(oid::SIGNATURE_POLICY_URI), &with_header(tag::IA5_STRING, b"http://p")]);
    let policy = asn1::sequence(&[&asn1::oid(&[42, 1]), &hash, &asn1::sequence(&[&uri])]);
    let location = asn1::sequence(&[
        &asn1::context(0, &[&with_header(tag::PRINTABLE_STRING, b"VN")]),
        &asn1::context(2, &[&with_header(tag::UTF8_STRING, b"1"), &with_header(tag::UTF8_STRING, b"2")]),
    ]);
    let role = asn1::sequence(&[&asn1::oid(&[0x55, 4, 72]), &with_header(tag::SET, b"\x0c\x02CT")]);
    let roles = asn1::sequence(&[&asn1::context(0, &[&asn1::sequence(&[&role])])]);
    let adobe = asn1::sequence(&[
        &asn1::context(0, &[&asn1::sequence(&[&[0x30, 1, 1]])]),
        &asn1::context(1, &[&asn1::sequence(&[&[0x30, 1, 2], &[0x30, 1, 3]])]),
    ]);
    let list = [
        attribute(oid::SIGNATURE_POLICY, &policy),
        attribute(oid::SIGNER_LOCATION, &location),
        attribute(oid::SIGNER_ATTRIBUTES, &roles),
        attribute(oid::ADOBE_REVOCATION, &adobe),
        attribute(oid::COMMITMENT_TYPE, &asn1::sequence(&[&asn1::oid(&[42, 2])])),
        attribute(oid::MIME_TYPE, b"\x0c\x01a\x0c\x01b"),
        attribute(oid::CONTENT_HINTS, b"\x05\x00"),
        attribute(&[42, 9], b"\x05\x00"),
    ];
    let encoded = [&asn1::context(0, &[&list.concat()])[..]].concat();
    let outer = asn1::sequence(&[
        &signer.fields[0],
        &signer.fields[1],
        &signer.fields[2],
        &encoded,
        &signer.signature_algorithm,
        &asn1::octets(&signer.value),
    ]);
    signer = SignerInfo::read(&outer[..].into()).unwrap();
    let read = SignedProperties::of(&signer);
    assert!(matches!(read.policy.one().unwrap(), SignaturePolicy::Explicit { uris, hash: Some(hash), .. }
        if uris == &["http://p"] && hash.digest[..] == [7; 32]));
    let location = read.location.one().unwrap();
    assert_eq!((location.country.as_deref(), location.address.len()), (Some("VN"), 2));
    assert_eq!(read.signer_attributes.one().unwrap().claimed[0].1, ["CT"]);
    let adobe = read.adobe_revocation.one().unwrap();
    assert_eq!((adobe.crls.len(), adobe.ocsps.len()), (1, 2));
    assert_eq!(read.commitments, [Ok([42, 2][..].into())]);
    assert_eq!(read.mime_type, Once::Multiple(2));
    assert!(matches!(read.content_hints, Once::Malformed(_)));
    assert!(read.signing_time.is_absent() && read.message_digest.is_absent());
    assert_eq!(read.others, [[42, 9][..].into()]);
    assert_eq!(read.signing_certificate.check(data().x509().next().unwrap()), SigningCertificateCheck::Absent);
}
