//! OCSP responses: any bytes at all.
#![no_main]

use chauban::signature::ocsp::OcspResponse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(response) = OcspResponse::read(bytes) else { return };
    // The basic response inside reads as itself.
    assert_eq!(OcspResponse::read(response.raw()), Ok(response.clone()));
    for certificate in response.certificates() {
        let (name, key) = (certificate.subject(), certificate.key());
        let _ = (response.answer_about(certificate.serial_value(), name, key), response.responder().is(name, key));
    }
});
