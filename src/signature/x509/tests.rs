use super::*;
use crate::signature::{cms::SignedData, pdf};

fn check(file: &[u8], expect: impl Fn(&Certificate)) {
    let contents = pdf::signatures(file).remove(0).contents.unwrap();
    let data = SignedData::read(&contents).unwrap();
    let certificate = data.certificate_of(&data.signers[0]).unwrap();
    assert_eq!(Certificate::read(certificate.raw()).unwrap().serial(), certificate.serial());
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
        assert_eq!(certificate.subject().common_name(), Some("Nguyễn Văn Thử"));
        assert_eq!(certificate.issuer().organisation(), Some("Châu Bản"));
        assert_eq!(certificate.not_before().to_rfc3339(), "2026-01-01T00:00:00+00:00");
        assert_eq!(certificate.not_after().to_rfc3339(), "2036-01-01T00:00:00+00:00");
        assert_eq!((certificate.key().rsa_bits(), certificate.key().to_string().as_str()), (Some(2048), "RSA 2048"));
        assert!(matches!(&certificate.key().kind, KeyKind::Rsa { exponent, .. } if **exponent == [1, 0, 1]));
        assert_eq!(certificate.key_identifier().map(<[u8]>::len), Some(20));
        assert_eq!(certificate.serial_hex(), hex(certificate.serial()));
    });
}

#[test]
fn an_elliptic_curve_certificate() {
    check(fixture!("ecdsa_p256"), |certificate| {
        assert_eq!((&certificate.key().kind, certificate.key().bytes.len()), (&KeyKind::P256, 65));
        assert_eq!(certificate.key().rsa_bits(), None);
    });
}

fn name(attributes: &[(&[u8], u8, &[u8])]) -> Name {
    let sets = attributes.iter().map(|(kind, tag, value)| {
        let pair = [der::with_header(tag::OID, kind), der::with_header(*tag, value)].concat();
        der::with_header(tag::SET, &der::with_header(tag::SEQUENCE, &pair))
    });
    Name::read(&der::with_header(tag::SEQUENCE, &sets.collect::<Vec<_>>().concat())).unwrap()
}

#[test]
fn names_are_the_same_whatever_their_string_type_case_and_white_space() {
    let one = |tag, value: &[u8]| name(&[(oid::COMMON_NAME, tag, value)]);
    let upper = one(tag::UTF8_STRING, "  BỘ  NỘI\u{a0}VỤ ".as_bytes());
    let decomposed = one(tag::UTF8_STRING, "bo\u{323}\u{302} no\u{323}\u{302}i vu\u{323}".as_bytes());
    assert_eq!(upper, decomposed);
    assert_eq!(one(tag::PRINTABLE_STRING, b"Good CA"), one(tag::BMP_STRING, b"\0g\0o\0o\0d\0 \0 \0c\0A"));
    assert_ne!(one(tag::UTF8_STRING, b"GoodCA"), one(tag::UTF8_STRING, b"Good CA"));
    assert_ne!(one(tag::UTF8_STRING, b"a\x01"), one(tag::UTF8_STRING, b"a\x02"), "not shown is not the same");
    assert_ne!(name(&[(oid::ORGANISATION, tag::UTF8_STRING, b"x")]), one(tag::UTF8_STRING, b"x"));
    let below = name(&[(oid::ORGANISATION, tag::UTF8_STRING, b"X"), (oid::COMMON_NAME, tag::UTF8_STRING, b"y")]);
    assert!(below.is_within(&name(&[(oid::ORGANISATION, tag::PRINTABLE_STRING, b"x")])));
    assert!(!below.is_within(&one(tag::UTF8_STRING, b"y")));
}

#[test]
fn names_are_shown_most_specific_first_with_separators_escaped() {
    let name = name(&[
        (&[0x55, 4, 6], tag::PRINTABLE_STRING, b"VN"),
        (oid::ORGANISATION, tag::UTF8_STRING, b"A, B = C"),
        (&[0x2a, 3], tag::UTF8_STRING, b"x"),
        (oid::COMMON_NAME, tag::UTF8_STRING, "Thử".as_bytes()),
    ]);
    assert_eq!(name.to_string(), "CN=Thử, 1.2.3=x, O=A\\, B \\= C, C=VN");
}

#[test]
fn a_modulus_without_its_leading_zero_is_read_as_unsigned() {
    let numbers = [der::with_header(tag::INTEGER, &[0x80; 256]), der::with_header(tag::INTEGER, &[3])].concat();
    let key = der::with_header(tag::BIT_STRING, &[&[0], &der::with_header(tag::SEQUENCE, &numbers)[..]].concat());
    let algorithm = der::with_header(tag::SEQUENCE, &der::with_header(tag::OID, oid::RSA));
    let encoded = der::with_header(tag::SEQUENCE, &[algorithm, key].concat());
    let read = PublicKey::read(&encoded).unwrap();
    assert_eq!(read.rsa_bits(), Some(2048));
}

#[test]
fn bytes_after_a_certificate_are_refused() {
    check(fixture!("ecdsa_p256"), |certificate| {
        let longer = [certificate.raw(), &[0]].concat();
        assert!(Certificate::read(&longer).is_err());
        for end in 0..certificate.raw().len() {
            assert!(Certificate::read(&certificate.raw()[..end]).is_err(), "cut at {end}");
        }
    });
}
