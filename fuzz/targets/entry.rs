//! Ledger entries: what is read is written again byte for byte.
#![no_main]

use chauban::event::Entry;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entry) = Entry::parse(bytes) {
        assert_eq!(entry.encode().expect("it was read"), bytes);
    }
});
