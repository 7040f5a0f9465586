//! CMS signed data, its attributes and time-stamps: any bytes at all.
#![no_main]

use chauban::signature::algorithm::Budget;
use chauban::signature::cms::{Bound, SignedData, Slices, file};
use chauban::signature::{DigestCheck, ValueCheck, cades};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let inner = file::dearmoured(bytes);
    let _ = file::kind(&inner);
    let Ok(data) = SignedData::read(&inner) else { return };
    let budget = Budget::default();
    let _ = cades::carried(&data);
    for signer in &data.signers {
        let certificate = data.certificate_of(signer);
        let _ = data.check(signer, certificate, Bound::Inside, &Slices(&[]), &budget);
        let check = data.check(signer, certificate, Bound::Detached, &Slices(&[b"nobody signed this"]), &budget);
        // A digest that fits is not beyond a fuzzer that watches comparisons; a value over it is.
        assert!(check.digest != DigestCheck::Matches || check.value != ValueCheck::Verifies);
        let _ = cades::SignedProperties::of(signer);
        for counter in cades::UnsignedProperties::of(signer).counter_signatures.into_iter().flatten() {
            let _ = counter.check(data.certificate_of(&counter), &Slices(&[&signer.value]), &budget);
        }
        for stamp in cades::time_stamps(&data, signer, &Slices(&[b"content"])) {
            let _ = stamp.token.map(|token| token.check(None, &budget));
        }
    }
});
