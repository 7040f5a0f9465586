//! Revocation lists: any bytes at all.
#![no_main]

use chauban::signature::crl::Crl;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(list) = Crl::read(bytes) else { return };
    assert_eq!(list.raw(), bytes);
    let _ = (list.find(&[], list.issuer()), list.find(&[1], list.issuer()), list.is_delta(), list.len());
});
