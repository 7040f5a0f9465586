//! XML signatures: any bytes at all, with and without a document type.
#![no_main]

use chauban::signature::xml::{Supplied, examine, parse::Dtd};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for dtd in [Dtd::Refused, Dtd::Internal] {
        let supplied = Supplied { dtd, outside: &|_| Some(b"<a/>"), ..Supplied::default() };
        for signature in examine(bytes, &supplied).unwrap_or_default() {
            let _ = signature.integrity();
        }
    }
});
