//! Whole documents of any format, with nothing trusted: any bytes at all.
#![no_main]

use chauban::signature::judge::{Context, Document, validate};
use chauban::signature::path::SignatureCache;
use chauban::signature::policy::Policy;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::vietnam().expect("the policy as shipped"));

fuzz_target!(|bytes: &[u8]| {
    let context = Context {
        trusted: &[],
        certificates: &[],
        lists: &[],
        responses: &[],
        proofs: &[],
        policy: &POLICY,
        at: chrono::DateTime::UNIX_EPOCH,
        cache: &SignatureCache::default(),
        units_max: 1 << 16,
    };
    let judged = validate(Document { bytes, detached: None }, &context);
    assert!(judged.validation.signatures.iter().all(|verdict| !verdict.conclusion.passed()), "nothing is trusted");
    assert_eq!(judged.facts.signatures.len(), judged.validation.signatures.len());
});
