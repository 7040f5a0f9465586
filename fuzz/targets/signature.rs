//! Signatures in PDF files: any bytes at all.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for (at, fact) in chauban::signature::examine(bytes).iter().enumerate() {
        assert_eq!(fact.index, at + 1);
        let _ = fact.integrity();
    }
});
