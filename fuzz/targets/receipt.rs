//! Receipts: one that is read is written again as it was, and proves nothing without its key.
#![no_main]

use chauban::digest::ContentDigests;
use chauban::evidence::Receipt;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(receipt) = Receipt::parse(text) {
        let again = Receipt::parse(&receipt.encode().expect("it was read")).expect("it was written");
        assert_eq!(again.encode().ok(), receipt.encode().ok());
        assert!(receipt.verify(&[], &ContentDigests::of(b"file")).is_err());
    }
});
