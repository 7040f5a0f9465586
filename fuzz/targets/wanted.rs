//! What comes from places that certificates name: any bytes at all, sought as each kind of evidence.
#![no_main]

use chauban::signature::ocsp::request::Request;
use chauban::signature::wanted::{Found, Gives, Place};
use chauban::signature::x509::Certificate;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static SIGNER: LazyLock<Certificate> = LazyLock::new(|| {
    Certificate::read(include_bytes!("../../tests/fixtures/sources/signer.crt")).expect("a certificate")
});
static AUTHORITY: LazyLock<Certificate> = LazyLock::new(|| {
    Certificate::read(include_bytes!("../../tests/fixtures/sources/authority.crt")).expect("a certificate")
});

fuzz_target!(|bytes: &[u8]| {
    let request = Request { about: SIGNER.clone(), issuer_key: AUTHORITY.key().clone(), nonce: None };
    for gives in [Gives::List, Gives::Certificates, Gives::Answer(Box::new(request))] {
        let found = Place { url: String::new(), gives }.read(&SIGNER, bytes);
        if let Ok(Found::Certificates(certificates)) = found {
            assert!(certificates.iter().any(|one| one.subject() == SIGNER.issuer()));
        }
    }
});
