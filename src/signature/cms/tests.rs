use super::*;
use crate::signature::algorithm::{Budget, DigestAlgorithm, Scheme, Unsupported};
use crate::signature::{DigestCheck, Reason, ValueCheck, asn1, cades, pdf};

fn contents(file: &[u8]) -> Vec<u8> {
    pdf::signatures(file).remove(0).contents.unwrap()
}

fn pss() -> Vec<u8> {
    contents(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/rsa_pss.pdf")))
}

#[test]
fn reads_what_pades_carries() {
    let bytes = pss();
    let data = SignedData::read(&bytes).unwrap();
    assert_eq!(data.digest_algorithms, [oid::SHA384.into()]);
    assert_eq!((data.version, data.content.is_none(), data.bytes_after), (1, true, 0));
    assert_eq!(data.notes, [Note::ZeroPadding]);
    assert_eq!(data.x509().count(), 2, "signer and root");
    let signer = &data.signers[0];
    assert!(matches!(signer.id, SignerId::IssuerSerial { .. }));
    let certificate = data.certificate_of(signer).unwrap();
    // pyHanko takes the longest salt that fits, not the usual length of the digest.
    assert_eq!(
        signer.scheme().unwrap(),
        Scheme::RsaPss { digest: DigestAlgorithm::Sha384, mask: DigestAlgorithm::Sha384, salt_bytes: 206 }
    );
    assert_eq!(value(signer, certificate), ValueCheck::Verifies);
    assert_eq!(signer.content_type(), Once::One(data.content_type.clone()));
    assert_eq!(signer.message_digest().one().unwrap().len(), 48);
    let named = cades::SigningCertificate::of(signer);
    assert_eq!(named.check(certificate), cades::SigningCertificateCheck::Matches);
    assert!(named.v1.is_absent());
    let other = data.x509().find(|other| *other != certificate).unwrap();
    assert_eq!(named.check(other), cades::SigningCertificateCheck::Differs);
}

#[test]
fn another_key_does_not_verify() {
    let bytes = pss();
    let data = SignedData::read(&bytes).unwrap();
    let signer = &data.signers[0];
    let own = data.certificate_of(signer).unwrap();
    let other = data.x509().find(|certificate| *certificate != own).unwrap();
    assert_eq!(value(signer, other), ValueCheck::Fails);
}

#[test]
fn unsupported_is_said_apart_from_failing() {
    // The same structure with a signature algorithm that does not exist: 1.2.840.113549.1.1.99.
    let bytes = pss();
    let at = bytes.windows(9).rposition(|window| window == oid::RSA_PSS).unwrap();
    let mut changed = bytes.clone();
    changed[at + 8] = 99;
    let data = SignedData::read(&changed).unwrap();
    let certificate = data.certificate_of(&data.signers[0]).unwrap();
    let refused = Unsupported::Signature("1.2.840.113549.1.1.99".into());
    assert_eq!(value(&data.signers[0], certificate), ValueCheck::NotChecked(refused.into()));
}

#[test]
fn attributes_written_out_of_order_are_also_tried_in_order() {
    let bytes = pss();
    let data = SignedData::read(&bytes).unwrap();
    let signer = &data.signers[0];
    let signed = signer.signed.as_ref().unwrap();
    assert_eq!((signed.in_order(), signed.as_ber_set()), (None, None), "pyHanko writes DER");
    let mut reversed: Vec<&[u8]> = signed.list.iter().map(|one| &*one.raw).collect();
    reversed.reverse();
    let mut other = signer.clone();
    other.signed = Some(attributes(&reversed.concat()));
    assert_ne!(other.signed.as_ref().unwrap().as_set(), signed.as_set());
    let check = other.check(data.certificate_of(signer), &Slices(&[]), &Budget::default());
    assert_eq!((check.value, &check.notes[..]), (ValueCheck::Verifies, &[Note::AttributesReordered][..]));
}

#[test]
fn a_value_under_the_other_digest_fails_and_says_so() {
    let bytes =
        contents(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/two_signatures.pdf")));
    let check = |bytes: &[u8]| {
        let data = SignedData::read(bytes).unwrap();
        let signer = &data.signers[0];
        signer.check(data.certificate_of(signer), &Slices(&[]), &Budget::default())
    };
    assert_eq!(check(&bytes).value, ValueCheck::Verifies);
    // digestAlgorithm remains SHA-256.
    let at = bytes.windows(9).rposition(|window| window == oid::RSA_SHA256).unwrap();
    let mut changed = bytes.clone();
    changed[at..at + 9].copy_from_slice(oid::RSA_SHA512);
    let checked = check(&changed);
    assert_eq!((checked.value, &checked.notes[..]), (ValueCheck::Fails, &[Note::ValueUnderDigestAlgorithm][..]));
    *changed.iter_mut().rev().find(|byte| **byte != 0).unwrap() ^= 1;
    assert_eq!(check(&changed).notes, []);
}

#[test]
fn an_attribute_twice_is_a_value_not_an_error() {
    let digest = attribute(oid::MESSAGE_DIGEST, &[4, 1, 7]);
    let read = |list: &[u8]| {
        let mut signer = SignedData::read(&pss()).unwrap().signers.remove(0);
        signer.signed = Some(attributes(list));
        let check = signer.check(None, &Slices(&[]), &Budget::default());
        (signer.message_digest(), check.digest)
    };
    let defect = || DigestCheck::Unreadable(Reason::Attribute("messageDigest"));
    assert_eq!(read(&digest), (Once::One([7][..].into()), DigestCheck::Differs));
    assert_eq!(read(&[digest.clone(), digest].concat()), (Once::Multiple(2), defect()));
    assert_eq!(read(&attribute(oid::MESSAGE_DIGEST, &[4, 1, 7, 4, 1, 8])), (Once::Multiple(2), defect()));
    assert_eq!(read(&attribute(oid::MESSAGE_DIGEST, &[])), (Once::Multiple(0), defect()));
    assert!(matches!(read(&attribute(oid::MESSAGE_DIGEST, &[0x24, 2, 2, 0])).0, Once::Malformed(_)));
    let nothing = read(&[]);
    assert_eq!(nothing, (Once::Absent, DigestCheck::Unreadable(Reason::NoMessageDigest)));
}

#[test]
fn other_content_is_named() {
    let data = der::with_header(tag::OID, oid::CMS_DATA);
    let refused = SignedData::read(&der::with_header(tag::SEQUENCE, &data)).unwrap_err();
    assert_eq!(refused, Error::NotSignedData("1.2.840.113549.1.7.1".into()));
    assert!(matches!(SignedData::read(&[0; 40]), Err(Error::Ber(der::Error::Unexpected { .. }))));
}

#[test]
fn lists_have_limits() {
    let signer = SignedData::read(&pss()).unwrap().signers.remove(0).raw;
    let data = |signers: usize| {
        let content = der::with_header(tag::SEQUENCE, &der::with_header(tag::OID, oid::CMS_DATA));
        let signers = der::with_header(tag::SET, &signer.repeat(signers));
        let body = der::with_header(tag::SEQUENCE, &[&[2, 1, 1, 0x31, 0][..], &content, &signers].concat());
        let explicit = der::with_header(0xa0, &body);
        der::with_header(tag::SEQUENCE, &[der::with_header(tag::OID, oid::SIGNED_DATA), explicit].concat())
    };
    assert_eq!(SignedData::read(&data(SIGNERS_MAX)).unwrap().signers.len(), SIGNERS_MAX);
    assert_eq!(SignedData::read(&data(SIGNERS_MAX + 1)).unwrap_err(), Error::TooMany("signers"));
}

#[test]
fn revocation_information_of_every_kind_is_kept() {
    let other = |format: &[u8], info: &[u8]| {
        let entry = [der::with_header(tag::OID, format), info.to_vec()].concat();
        der::with_header(0xa1, &entry)
    };
    let list = [
        vec![0x30, 1, 9],
        other(oid::RI_OCSP_RESPONSE, &[0x30, 1, 1]),
        other(oid::OCSP_BASIC, &[0x30, 1, 2]),
        other(oid::SHA1, &[5, 0]),
    ];
    let whole = Slice::from(&der::with_header(0xa1, &list.concat())[..]);
    let read = revocation(&whole, &der::read(&whole).unwrap().0).unwrap();
    let kept: Vec<&[u8]> = read.iter().map(RevocationInfo::raw).collect();
    assert_eq!(kept, list.iter().map(Vec::as_slice).collect::<Vec<_>>());
    assert!(matches!(&read[0], RevocationInfo::Crl(_)));
    assert!(matches!(&read[1], RevocationInfo::OcspResponse { response, .. } if **response == [0x30, 1, 1]));
    assert!(matches!(&read[2], RevocationInfo::BasicOcspResponse { response, .. } if **response == [0x30, 1, 2]));
    assert!(matches!(&read[3], RevocationInfo::Other { format, .. } if **format == *oid::SHA1));
}

#[test]
fn files_are_told_by_their_structure() {
    use base64::Engine as _;
    use file::{Kind, dearmoured, kind};
    let detached = pss();
    assert_eq!(kind(&detached), Kind::Detached);
    let stamp =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/document_timestamp.pdf"));
    assert_eq!(kind(&contents(stamp)), Kind::TimeStampToken);
    let base64 = base64::engine::general_purpose::STANDARD.encode(&detached);
    for armoured in
        [format!("some words\n-----BEGIN PKCS7-----\r\n{base64}\r\n-----END PKCS7-----\n"), format!("{base64}\n")]
    {
        assert_eq!(kind(&dearmoured(armoured.as_bytes())), Kind::Detached);
    }
    let whole = format!("-----BEGIN PKCS7-----\r\n{base64}\r\n-----END PKCS7-----\n");
    assert!(!file::stands_beside_armour(whole.as_bytes()));
    for (from, to) in [
        ("-----BEGIN", "words\n-----BEGIN"),
        ("BEGIN PKCS7", "BEGIN PAYMENT OF NINE BILLION"),
        ("-----\r\n", "----- words\r\n"),
        ("END PKCS7", "END PAYMENT OF NINE BILLION"),
        ("END PKCS7-----", "END PKCS7----- words"),
        ("END PKCS7-----\n", "END PKCS7-----\nwords"),
    ] {
        assert!(file::stands_beside_armour(whole.replacen(from, to, 1).as_bytes()), "{to}");
    }
    assert!(file::may_be_signed_data(whole.as_bytes()) && file::may_be_signed_data(&detached));
    assert!(!file::may_be_signed_data(&contents(stamp)) && !file::may_be_signed_data(b"MIME-Version: 1.0"));
    for nothing in [&b""[..], b"%PDF-1.7", b"0", &[0x30, 0], &[0x30, 0x80, 0, 0]] {
        assert_eq!(kind(&dearmoured(nothing)), Kind::Unknown);
    }
}

/// A certificate of this key, which nobody signed.
fn certificate(key: &[u8]) -> Certificate {
    let time = asn1::time(chrono::DateTime::UNIX_EPOCH);
    let nobody = asn1::sequence(&[]);
    let algorithm = asn1::algorithm(oid::ECDSA_SHA256);
    let validity = asn1::sequence(&[&time, &time]);
    let body = asn1::sequence(&[&asn1::integer(&[5]), &algorithm, &nobody, &validity, &nobody, key]);
    let unsigned = der::with_header(tag::BIT_STRING, &[0, 1]);
    Certificate::read(&asn1::sequence(&[&body, &algorithm, &unsigned])).unwrap()
}

/// A signer without attributes.
fn bare_signer(digest: &[u8], scheme: &[u8], value: &[u8]) -> SignerInfo {
    let identifier = asn1::sequence(&[&asn1::sequence(&[]), &asn1::integer(&[5])]);
    let (digest, scheme) = (asn1::algorithm(digest), asn1::algorithm(scheme));
    let encoded = asn1::sequence(&[&asn1::integer(&[1]), &identifier, &digest, &scheme, &asn1::octets(value)]);
    SignerInfo::read(&encoded[..].into()).unwrap()
}

#[test]
fn a_value_without_attributes_signs_the_content() {
    use aws_lc_rs::signature::KeyPair as _;
    let random = aws_lc_rs::rand::SystemRandom::new();
    let signing = &aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let key = aws_lc_rs::signature::EcdsaKeyPair::generate(signing).unwrap();
    let point = [&[0], key.public_key().as_ref()].concat();
    let curve = asn1::sequence(&[&asn1::oid(oid::EC), &asn1::oid(oid::P256)]);
    let own = certificate(&asn1::sequence(&[&curve, &der::with_header(tag::BIT_STRING, &point)]));
    let signer = bare_signer(oid::SHA256, oid::ECDSA_SHA256, key.sign(&random, b"content").unwrap().as_ref());
    assert!(signer.id.names(&own));
    let check = |content: &dyn Content| {
        let check = signer.check(Some(&own), content, &Budget::default());
        (check.digest, check.value)
    };
    let only_digests = |algorithm: DigestAlgorithm| Ok(algorithm.of_parts(&[b"con", b"tent"]));
    assert_eq!(check(&only_digests), (DigestCheck::Matches, ValueCheck::Verifies));
    let unknown = DigestCheck::Unreadable(Reason::NoSignedAttributes);
    assert_eq!(check(&Slices(&[b"other"])), (unknown, ValueCheck::Fails));
    let lost = |_: DigestAlgorithm| Err(Reason::ContentNotGiven);
    let reason = Reason::ContentNotGiven;
    assert_eq!(check(&lost), (DigestCheck::Unreadable(reason.clone()), ValueCheck::NotChecked(reason)));
}

#[test]
fn ed25519_without_attributes_needs_the_content_itself() {
    use aws_lc_rs::signature::KeyPair as _;
    let key = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let point = [&[0], key.public_key().as_ref()].concat();
    let own =
        certificate(&asn1::sequence(&[&asn1::algorithm(oid::ED25519), &der::with_header(tag::BIT_STRING, &point)]));
    let signer = bare_signer(oid::SHA512, oid::ED25519, key.sign(b"content").as_ref());
    let check = |content: &dyn Content| signer.check(Some(&own), content, &Budget::default()).value;
    assert_eq!(check(&Slices(&[b"con", b"tent"])), ValueCheck::Verifies);
    let only_digests = |algorithm: DigestAlgorithm| Ok(algorithm.of_parts(&[b"content"]));
    assert_eq!(check(&only_digests), ValueCheck::NotChecked(Reason::ContentNotGiven));
}

#[test]
fn a_bare_pkcs1_value_tells_its_digest_by_verifying() {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::signature::KeyPair as _;
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let encoded = key.public_key().as_der().unwrap();
    let own = certificate(encoded.as_ref());
    let mut value = vec![0; key.public_modulus_len()];
    let random = aws_lc_rs::rand::SystemRandom::new();
    key.sign(&aws_lc_rs::signature::RSA_PKCS1_SHA256, &random, b"content", &mut value).unwrap();
    let contents = [asn1::octets(&value), vec![0; 9]].concat();
    let check = |contents: &[u8], content: &[u8]| {
        let (check, digest) = pkcs1::check(contents, Some(&own), &Slices(&[content]), &Budget::default());
        (check.value, digest)
    };
    assert_eq!(check(&contents, b"content"), (ValueCheck::Verifies, Some(DigestAlgorithm::Sha256)));
    assert_eq!(check(&contents, b"other"), (ValueCheck::Fails, None));
    assert!(matches!(check(b"0", b"content"), (ValueCheck::NotChecked(_), None)));
}

fn value(signer: &SignerInfo, certificate: &Certificate) -> ValueCheck {
    signer.check(Some(certificate), &Slices(&[]), &Budget::default()).value
}

fn attribute(kind: &[u8], values: &[u8]) -> Vec<u8> {
    let set = der::with_header(tag::SET, values);
    der::with_header(tag::SEQUENCE, &[der::with_header(tag::OID, kind), set].concat())
}

fn attributes(list: &[u8]) -> Attributes {
    let encoded = Slice::from(&der::with_header(tag::context_constructed(0), list)[..]);
    Attributes::from_element(&encoded, &der::read(&encoded).unwrap().0).unwrap()
}
