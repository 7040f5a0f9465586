//! Verdicts on any bytes, as documents of every format, under a root that signed none of them: never good, never taken.
#![no_main]

use std::sync::{Arc, OnceLock};

use chauban::signature::algorithm::UNITS_MAX;
use chauban::signature::judge::facts::Tree;
use chauban::signature::judge::{Context, Document, Trusted, validate};
use chauban::signature::path::{SignatureCache, TrustAnchor};
use chauban::signature::policy::Policy;
use chauban::signature::practice::{Outcome, Practice, Scan};
use chauban::signature::x509::Certificate;
use libfuzzer_sys::fuzz_target;

struct World {
    trusted: Vec<Trusted>,
    policy: Policy,
    practice: Practice,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let root = include_bytes!("../../tests/fixtures/pkits/certs/TrustAnchorRootCertificate.crt");
        let anchor = Arc::new(TrustAnchor::of_certificate(Certificate::read(root).expect("a certificate")));
        World {
            trusted: vec![Trusted { anchor, tree: Tree::OfficialDuty }],
            policy: Policy::europe().expect("shipped"),
            practice: Practice::vietnam().expect("shipped"),
        }
    })
}

fuzz_target!(|bytes: &[u8]| {
    let World { trusted, policy, practice } = world();
    let cache = SignatureCache::default();
    let context = Context {
        trusted,
        certificates: &[],
        lists: &[],
        responses: &[],
        proofs: &[],
        policy,
        at: chrono::DateTime::from_timestamp(1_720_000_000, 0).expect("a time"),
        cache: &cache,
        units_max: UNITS_MAX,
    };
    for detached in [None, Some(&b"the document"[..])] {
        let judged = validate(Document::unnamed(bytes, detached), &context);
        assert!(judged.validation.signatures.iter().all(|one| !one.conclusion.passed()));
        assert!(judged.validation.tokens.iter().all(|one| !one.conclusion.passed()));
        let decision = practice.decide(&judged.facts, &judged.validation, None, Scan::Unknown);
        let taken = matches!(decision.outcome, Outcome::Accept | Outcome::AcceptWithNotes);
        assert!(!taken || judged.facts.signatures.is_empty());
    }
});
