//! `dossier.json`: names that leave its folder never pass, and every file is claimed once.
#![no_main]

use chauban::transfer::{Severity, dossier_folder};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;
use std::path::{Component, Path};

fuzz_target!(|bytes: &[u8]| match dossier_folder::read(bytes, "dossier.json") {
    Ok(folder) => {
        let mut claimed = BTreeSet::new();
        for record in &folder.records {
            assert!(record.findings.iter().all(|finding| finding.severity() != Severity::Error));
            for component in &record.components {
                let plain = |part| matches!(part, Component::Normal(_));
                assert!(Path::new(&component.file).components().all(plain), "{:?}", component.file);
                assert!(claimed.insert(component.file.clone()), "{:?}", component.file);
            }
        }
    }
    Err(findings) => assert!(findings.iter().any(|finding| finding.severity() == Severity::Error)),
});
