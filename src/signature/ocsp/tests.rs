use proptest::prelude::*;

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/ocsp/", $name))
    };
}

#[test]
fn an_answer_is_found_by_the_certificate_it_speaks_about() {
    let root = Certificate::read(fixture!("root.crt")).unwrap();
    let good = Certificate::read(fixture!("good.crt")).unwrap();
    let revoked = Certificate::read(fixture!("revoked.crt")).unwrap();
    let ask = |response: &[u8], about: &Certificate| {
        let response = OcspResponse::read(response).unwrap();
        response.answer_about(about.serial_value(), root.subject(), root.key()).map(|answer| answer.status)
    };
    assert_eq!(ask(fixture!("good.ocsp"), &good), Some(Status::Good));
    assert_eq!(ask(fixture!("good_sha256.ocsp"), &good), Some(Status::Good), "certID with SHA-256");
    assert_eq!(ask(fixture!("good.ocsp"), &revoked), None);
    let Some(Status::Revoked(revocation)) = ask(fixture!("revoked.ocsp"), &revoked) else { panic!("revoked") };
    assert_eq!(revocation.reason, Reason::KeyCompromise);
    let other = OcspResponse::read(fixture!("good.ocsp")).unwrap();
    assert_eq!(other.answer_about(good.serial_value(), good.subject(), root.key()), None, "another issuer");
    assert_eq!(other.answer_about(good.serial_value(), root.subject(), good.key()), None, "another key");
}

#[test]
fn responders_are_named_by_name_or_key() {
    let by_name = OcspResponse::read(fixture!("good.ocsp")).unwrap();
    let by_key = OcspResponse::read(fixture!("by_key.ocsp")).unwrap();
    assert!(matches!(by_name.responder(), Responder::Name(_)));
    assert!(matches!(by_key.responder(), Responder::KeyHash(_)));
    for response in [by_name, by_key] {
        let [signer] = response.certificates() else { panic!("one certificate") };
        assert!(response.responder().is(signer.subject(), signer.key()));
        assert!(signer.extensions().ocsp_no_check);
    }
}

#[test]
fn the_basic_response_reads_alike_and_refusals_are_named() {
    let whole = OcspResponse::read(fixture!("good.ocsp")).unwrap();
    assert_eq!(OcspResponse::read(whole.raw()), Ok(whole.clone()));
    assert_eq!(OcspResponse::read(&[0x30, 3, 0x0a, 1, 6]), Err(Refusal::Status(6)), "unauthorized");
    assert!(matches!(OcspResponse::read(b""), Err(Refusal::Ber(_))));
    for end in 0..whole.raw().len() {
        assert!(OcspResponse::read(&whole.raw()[..end]).is_err());
    }
}

proptest! {
    #[test]
    fn changed_responses_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = fixture!("revoked.ocsp").to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = OcspResponse::read(&bytes);
    }
}
