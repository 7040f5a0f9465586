use super::*;
use crate::signature::{cms::SignedData, pdf};

fn check(file: &[u8], expect: impl Fn(&Certificate<'_>)) {
    let contents = pdf::signatures(file).remove(0).contents.unwrap();
    let data = SignedData::read(&contents).unwrap();
    let certificate = data.certificate_of(&data.signers[0]).unwrap();
    assert_eq!(Certificate::read(certificate.raw).unwrap().serial, certificate.serial);
    expect(certificate);
}

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/", $name, ".pdf"))
    };
}

#[test]
fn an_rsa_certificate() {
    check(fixture!("rsa_pss"), |certificate| {
        assert_eq!(certificate.subject.common_name(), Some("Nguyễn Văn Thử"));
        assert_eq!(certificate.issuer.organisation(), Some("Châu Bản"));
        assert_eq!(certificate.not_before.to_rfc3339(), "2026-01-01T00:00:00+00:00");
        assert_eq!(certificate.not_after.to_rfc3339(), "2036-01-01T00:00:00+00:00");
        assert_eq!((certificate.key.rsa_bits(), certificate.key.to_string().as_str()), (Some(2048), "RSA 2048"));
        assert!(matches!(certificate.key.kind, KeyKind::Rsa { exponent: [1, 0, 1], .. }));
        assert_eq!(certificate.key_identifier.map(<[u8]>::len), Some(20));
        assert_eq!(certificate.serial_hex(), hex(certificate.serial));
    });
}

#[test]
fn an_elliptic_curve_certificate() {
    check(fixture!("ecdsa_p256"), |certificate| {
        assert_eq!((certificate.key.kind, certificate.key.bytes.len()), (KeyKind::P256, 65));
        assert_eq!(certificate.key.rsa_bits(), None);
    });
}

#[test]
fn names_are_shown_most_specific_first_with_separators_escaped() {
    let name = Name {
        raw: &[],
        attributes: vec![
            (&[0x55, 4, 6], "VN".into()),
            (oid::ORGANISATION, "A, B = C".into()),
            (&[0x2a, 3], "x".into()),
            (oid::COMMON_NAME, "Thử".into()),
        ],
    };
    assert_eq!(name.to_string(), "CN=Thử, 1.2.3=x, O=A\\, B \\= C, C=VN");
}

#[test]
fn a_modulus_without_its_leading_zero_is_read_as_unsigned() {
    let numbers = [der::with_header(tag::INTEGER, &[0x80; 256]), der::with_header(tag::INTEGER, &[3])].concat();
    let key = der::with_header(tag::BIT_STRING, &[&[0], &der::with_header(tag::SEQUENCE, &numbers)[..]].concat());
    let algorithm = der::with_header(tag::SEQUENCE, &der::with_header(tag::OID, oid::RSA));
    let encoded = der::with_header(tag::SEQUENCE, &[algorithm, key].concat());
    let read = PublicKey::from_element(&der::read(&encoded).unwrap().0).unwrap();
    assert_eq!(read.rsa_bits(), Some(2048));
}

#[test]
fn bytes_after_a_certificate_are_refused() {
    check(fixture!("ecdsa_p256"), |certificate| {
        let longer = [certificate.raw, &[0]].concat();
        assert!(Certificate::read(&longer).is_err());
        for end in 0..certificate.raw.len() {
            assert!(Certificate::read(&certificate.raw[..end]).is_err(), "cut at {end}");
        }
    });
}
