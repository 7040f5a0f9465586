//! Packages that agencies hand over: any bytes at all. What is unpacked is as long as announced.
#![no_main]

use chauban::transfer::package::Package;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

/// Announced sizes above this are not unpacked here: the caller has a disk, the fuzzer has memory.
const BYTES_MAX: u64 = 16 << 20;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut package) = Package::open(Cursor::new(bytes)) else { return };
    if package.unpacked_bytes() > BYTES_MAX {
        return;
    }
    for entry in package.entries.clone() {
        let mut content = Vec::new();
        if package.unpack(&entry, &mut content).is_ok() {
            assert_eq!(content.len() as u64, entry.size);
        }
        assert!(content.len() as u64 <= entry.size);
    }
});
