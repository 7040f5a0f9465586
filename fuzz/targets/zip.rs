//! ZIP files and ASiC containers: any bytes at all.
#![no_main]

use chauban::signature::container::{asic, zip};
use chauban::signature::xml::Supplied;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(archive) = zip::Archive::read(bytes) {
        let mut budget = zip::Budget::default();
        for entry in &archive.entries {
            if let Ok(content) = archive.content(entry, &mut budget) {
                assert_eq!(content.len() as u64, entry.size);
            }
        }
    }
    let _ = asic::examine(bytes, &Supplied::default());
});
