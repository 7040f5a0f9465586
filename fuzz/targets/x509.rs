//! Certificates: any bytes at all; what can be read is also compared, shown, and checked as a path of itself.
#![no_main]

use std::sync::Arc;

use chauban::signature::algorithm::Budget;
use chauban::signature::path::{
    Path, Pool, Settings, SignatureCache, TrustAnchor, candidates, check_constraints, irregularities,
};
use chauban::signature::x509::Certificate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(certificate) = Certificate::read(bytes) else { return };
    assert_eq!(certificate.raw(), bytes);
    assert!(certificate.subject().is_within(certificate.subject()));
    let _ = (certificate.subject().to_string(), certificate.is_self_issued());
    let anchor = Arc::new(TrustAnchor::of_certificate(certificate.clone()));
    let pool: Pool = [certificate.clone()].into_iter().collect();
    let (cache, budget) = (SignatureCache::default(), Budget::new(100));
    let mut paths = candidates(&certificate, &pool, &[Arc::clone(&anchor)], 8, &cache, &budget);
    // Twice itself, so that it is authority and target.
    paths.push(Path { anchor, certificates: vec![certificate.clone(), certificate] });
    for path in &paths {
        let _ = (check_constraints(path, &Settings::default(), &cache, &budget), irregularities(path));
    }
});
