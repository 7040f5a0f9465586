//! Status of certificates by lists and answers that OpenSSL made.

use super::*;
use crate::signature::crl::Reason;
use crate::signature::ocsp::OcspResponse;

macro_rules! fixture {
    ($name:literal) => {
        &include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/ocsp/", $name))[..]
    };
}

fn status(target: &[u8], lists: &[&[u8]], responses: &[&[u8]], freshness: Freshness) -> Status {
    status_with(target, (lists, responses), lists, freshness)
}

/// The same, with lists about the signers of what is asked.
fn status_with(
    target: &[u8],
    (lists, responses): (&[&[u8]], &[&[u8]]),
    of_signers: &[&[u8]],
    freshness: Freshness,
) -> Status {
    let anchor = TrustAnchor::of_certificate(Certificate::read(fixture!("root.crt")).unwrap());
    let target = Certificate::read(target).unwrap();
    let read = |lists: &[&[u8]], responses: &[&[u8]]| Evidence {
        lists: lists.iter().map(|bytes| Crl::read(bytes).unwrap()).collect(),
        responses: responses.iter().map(|bytes| OcspResponse::read(bytes).unwrap()).collect(),
    };
    let (evidence, of_signers) = (read(lists, responses), read(of_signers, &[]));
    let (pool, cache, budget) = (Pool::default(), SignatureCache::default(), Budget::default());
    let path = candidates(&target, &pool, &[Arc::new(anchor)], 8, &cache, &budget).remove(0);
    Revocations { evidence: &evidence, of_signers: &of_signers, pool: &pool, cache: &cache, budget: &budget }
        .status_of(&path, 0, freshness)
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn current() -> Freshness {
    Freshness::CurrentAt(at("2030-01-01T00:00:00Z"))
}

#[test]
fn good_by_list_and_by_every_kind_of_responder() {
    let good = fixture!("good.crt");
    assert!(matches!(
        status(good, &[fixture!("list.crl")], &[], current()),
        Status::Good(Source { kind: SourceKind::List, signer: None, .. })
    ));
    // A responder that is to be checked is believed where a list says that it is good.
    let checked = status(good, &[], &[fixture!("checked.ocsp")], current());
    assert!(matches!(checked, Status::Unknown(Why::SignerStatus(_))), "{checked:?}");
    for response in
        [fixture!("good.ocsp"), fixture!("good_sha256.ocsp"), fixture!("by_key.ocsp"), fixture!("checked.ocsp")]
    {
        let answer = status_with(good, (&[], &[response]), &[fixture!("list.crl")], current());
        assert!(
            matches!(answer, Status::Good(Source { kind: SourceKind::Response, signer: Some(_), .. })),
            "{answer:?}"
        );
    }
    assert!(matches!(
        status(good, &[], &[fixture!("by_issuer.ocsp")], current()),
        Status::Good(Source { kind: SourceKind::Response, signer: None, .. })
    ));
}

#[test]
fn a_responder_without_the_purpose_is_not_believed() {
    let answer = status(fixture!("good.crt"), &[], &[fixture!("no_purpose.ocsp")], current());
    assert!(matches!(answer, Status::Unknown(Why::SignerNotFound(_))), "{answer:?}");
}

#[test]
fn revoked_is_said_however_old_the_evidence_is() {
    let late = Freshness::IssuedSince(at("2099-01-01T00:00:00Z"));
    for (lists, responses) in [(vec![fixture!("list.crl")], vec![]), (vec![], vec![fixture!("revoked.ocsp")])] {
        for freshness in [current(), late, Freshness::Any] {
            let answer = status(fixture!("revoked.crt"), &lists, &responses, freshness);
            assert!(
                matches!(answer, Status::Revoked(revocation, _) if revocation.reason == Reason::KeyCompromise),
                "{answer:?}"
            );
        }
    }
}

#[test]
fn good_is_said_only_of_the_time_asked_for() {
    let ask = |freshness| {
        [
            status(fixture!("good.crt"), &[fixture!("list.crl")], &[], freshness),
            status(fixture!("good.crt"), &[], &[fixture!("good.ocsp")], freshness),
        ]
    };
    for instant in ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] {
        for answer in ask(Freshness::CurrentAt(at(instant))) {
            assert!(matches!(answer, Status::Unknown(Why::NotFresh(_))), "{answer:?}");
        }
    }
    for answer in ask(Freshness::IssuedSince(at("2026-01-01T00:00:00Z"))) {
        assert!(matches!(answer, Status::Good(_)), "{answer:?}");
    }
}

#[test]
fn nothing_known_is_neither() {
    let good = fixture!("good.crt");
    assert_eq!(status(good, &[], &[], current()), Status::Unknown(Why::NoData));
    assert_eq!(status(good, &[], &[fixture!("revoked.ocsp")], current()), Status::Unknown(Why::NoData));
    let mut forged = fixture!("list.crl").to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert!(matches!(status(good, &[&forged], &[], current()), Status::Unknown(Why::SignerNotFound(_))));
    assert!(matches!(
        status(fixture!("revoked.crt"), &[&forged], &[], current()),
        Status::Unknown(Why::SignerNotFound(_))
    ));
}

/// What an issuer's list says against a certificate, whatever else the list is for.
#[test]
fn a_list_by_itself_is_asked_only_who_is_revoked() {
    let listed = |target: &[u8], list: &[u8]| {
        let anchor = TrustAnchor::of_certificate(Certificate::read(fixture!("root.crt")).unwrap());
        let (target, list) = (Certificate::read(target).unwrap(), Crl::read(list).unwrap());
        let (pool, cache, budget) = (Pool::default(), SignatureCache::default(), Budget::default());
        let path = candidates(&target, &pool, &[Arc::new(anchor)], 8, &cache, &budget).remove(0);
        let none = Evidence::default();
        Revocations { evidence: &none, of_signers: &none, pool: &pool, cache: &cache, budget: &budget }
            .listed(&path, 0, &list)
    };
    let list = fixture!("list.crl");
    assert!(matches!(listed(fixture!("revoked.crt"), list), Status::Revoked(..)));
    assert_eq!(listed(fixture!("good.crt"), list), Status::Unknown(Why::NoData));
    let mut forged = list.to_vec();
    *forged.last_mut().expect("a signature") ^= 1;
    assert!(matches!(listed(fixture!("revoked.crt"), &forged), Status::Unknown(Why::SignerNotFound(_))));
}
