//! A PDF by revisions, of any bytes: no panic, no unbounded work; every range lies in the file.
#![no_main]

use chauban::signature::pdf::{Reading, Wanted, digests};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let reading = Reading::of(bytes);
    for signature in &reading.signatures {
        let Some(signed) = signature.signed_revision() else { continue };
        Reading::of(&bytes[signed]);
        if let Ok(range) = &signature.dictionary.byte_range {
            let algorithm = &aws_lc_rs::digest::SHA256;
            assert!(digests(bytes, &[Wanted { range, algorithm }])[0].is_some());
        }
    }
    for evidence in &reading.store.evidence {
        assert!(evidence.bytes.is_err() || evidence.bytes(bytes).is_some());
    }
});
