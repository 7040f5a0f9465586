use super::*;
use crate::signature::pdf;

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
    assert_eq!(data.digest_algorithms, [oid::SHA384]);
    assert_eq!((data.content.is_none(), data.bytes_after, data.certificates_unread), (true, 0, 0));
    assert_eq!(data.certificates.len(), 2, "signer and root");
    let signer = &data.signers[0];
    assert!(matches!(signer.id, SignerId::IssuerSerial { .. }));
    let certificate = data.certificate_of(signer).unwrap();
    // pyHanko takes the longest salt that fits, not the usual length of the digest.
    assert_eq!(
        signer.scheme().unwrap(),
        Scheme::RsaPss { digest: DigestAlgorithm::Sha384, mask: DigestAlgorithm::Sha384, salt_bytes: 206 }
    );
    assert_eq!(signer.verifies(certificate, &[], &Budget::default()), Ok(true));
    let signed = signer.signed.as_ref().unwrap();
    assert_eq!(signed.content_type, Some(data.content_type));
    assert_eq!(signed.message_digest.as_ref().unwrap().len(), 48);
    let named = signed.signing_certificate.unwrap();
    let digest = DigestAlgorithm::from_oid(named.algorithm).unwrap().of_parts(&[certificate.raw()]);
    assert_eq!(digest.as_ref(), named.digest);
}

#[test]
fn another_key_does_not_verify() {
    let bytes = pss();
    let data = SignedData::read(&bytes).unwrap();
    let signer = &data.signers[0];
    let own = data.certificate_of(signer).unwrap().raw();
    let other = data.certificates.iter().find(|certificate| certificate.raw() != own).unwrap();
    assert_eq!(signer.verifies(other, &[], &Budget::default()), Ok(false));
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
    assert_eq!(data.signers[0].verifies(certificate, &[], &Budget::default()), Err(refused));
}

#[test]
fn attributes_written_out_of_order_are_also_tried_in_order() {
    let bytes = pss();
    let data = SignedData::read(&bytes).unwrap();
    let signed = data.signers[0].signed.as_ref().unwrap();
    assert_eq!(signed.in_order(), None, "pyHanko writes DER");
    let mut reversed: Vec<&[u8]> = signed.element.children().map(|one| one.unwrap().raw).collect();
    reversed.reverse();
    let encoded = der::with_header(tag::context_constructed(0), &reversed.concat());
    let other = SignedAttributes::read(der::read(&encoded).unwrap().0).unwrap();
    assert_ne!(other.as_written(), signed.as_written());
    assert_eq!(other.in_order().unwrap(), signed.as_written());
}

#[test]
fn an_attribute_twice_is_refused() {
    let attribute = |kind: &[u8], value: &[u8]| {
        let set = der::with_header(tag::SET, value);
        der::with_header(tag::SEQUENCE, &[der::with_header(tag::OID, kind), set].concat())
    };
    let digest = attribute(oid::MESSAGE_DIGEST, &[4, 1, 7]);
    let read = |attributes: &[u8]| {
        let encoded = der::with_header(tag::context_constructed(0), attributes);
        SignedAttributes::read(der::read(&encoded).unwrap().0).map(|read| read.message_digest.unwrap().into_owned())
    };
    assert_eq!(read(&digest), Ok(vec![7]));
    assert_eq!(read(&[digest.clone(), digest].concat()), Err(Error::NotOneValue("messageDigest")));
    let two_values = attribute(oid::MESSAGE_DIGEST, &[4, 1, 7, 4, 1, 8]);
    assert_eq!(read(&two_values), Err(Error::NotOneValue("messageDigest")));
}

#[test]
fn other_content_is_named() {
    let data = [der::with_header(tag::OID, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1])].concat();
    let refused = SignedData::read(&der::with_header(tag::SEQUENCE, &data)).unwrap_err();
    assert_eq!(refused, Error::NotSignedData("1.2.840.113549.1.7.1".into()));
    assert!(matches!(SignedData::read(&[0; 40]), Err(Error::Ber(der::Error::Unexpected { .. }))));
}
