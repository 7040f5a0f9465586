//! Sidecars: what `glance` answers, `read` accepts, and no accepted one has an error.
#![no_main]

use chauban::transfer::{Finding, Severity, sidecar};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = sidecar::read(bytes, "X.json");
    assert_eq!(sidecar::glance(bytes, "X.json").is_some(), read.is_ok());
    let errors = |findings: &[Finding]| findings.iter().any(|finding| finding.severity() == Severity::Error);
    match read {
        Ok(document) => assert!(!errors(&document.findings)),
        Err(findings) => assert!(errors(&findings)),
    }
});
