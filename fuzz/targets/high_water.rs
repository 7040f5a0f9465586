//! High-water marks and the root key file; a mark's check line is made right too.
#![no_main]

use chauban::digest::Blake3;
use chauban::keys::RootKey;
use chauban::ledger::high_water::HighWater;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let checked = format!("{text}check {}\n", Blake3::of(bytes));
    for text in [text, &checked] {
        if let Some(mark) = HighWater::parse(text) {
            assert_eq!(mark.encode(), text);
        }
    }
    let _ = RootKey::parse(text, uuid::Uuid::nil());
});
