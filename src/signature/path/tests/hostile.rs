//! Sets of certificates made to keep a path builder busy.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

use super::*;
use crate::signature::der::{tag, with_header};
use crate::signature::oid;
use crate::time::effort;

struct Authority {
    name: Vec<u8>,
    key: Ed25519KeyPair,
}

impl Authority {
    fn new(number: u8) -> Self {
        let pair = [
            with_header(tag::OID, oid::COMMON_NAME),
            with_header(tag::UTF8_STRING, &[b'a' + number % 26, number / 26 + b'0']),
        ];
        let name = with_header(tag::SEQUENCE, &with_header(tag::SET, &with_header(tag::SEQUENCE, &pair.concat())));
        Self { name, key: Ed25519KeyPair::from_seed_unchecked(&[number; 32]).unwrap() }
    }

    /// A certificate of an authority for `subject`.
    fn issue(&self, subject: &Self, serial: u16) -> Certificate {
        let algorithm = with_header(tag::SEQUENCE, &with_header(tag::OID, oid::ED25519));
        let dates = [with_header(tag::UTC_TIME, b"250101000000Z"), with_header(tag::UTC_TIME, b"350101000000Z")];
        let bits = with_header(tag::BIT_STRING, &[&[0], subject.key.public_key().as_ref()].concat());
        let constraints = with_header(tag::SEQUENCE, &with_header(tag::BOOLEAN, &[0xff]));
        let extension = [
            with_header(tag::OID, oid::BASIC_CONSTRAINTS),
            with_header(tag::BOOLEAN, &[0xff]),
            with_header(tag::OCTET_STRING, &constraints),
        ];
        let extensions = with_header(tag::SEQUENCE, &with_header(tag::SEQUENCE, &extension.concat()));
        let body = [
            with_header(tag::context_constructed(0), &[2, 1, 2]),
            with_header(tag::INTEGER, &[&[0][..], &serial.to_be_bytes()].concat()),
            algorithm.clone(),
            self.name.clone(),
            with_header(tag::SEQUENCE, &dates.concat()),
            subject.name.clone(),
            with_header(tag::SEQUENCE, &[algorithm.clone(), bits].concat()),
            with_header(tag::context_constructed(3), &extensions),
        ];
        let body = with_header(tag::SEQUENCE, &body.concat());
        let value = with_header(tag::BIT_STRING, &[&[0], self.key.sign(&body).as_ref()].concat());
        Certificate::read(&with_header(tag::SEQUENCE, &[body, algorithm, value].concat())).unwrap()
    }
}

/// `count` authorities, each certified by every other.
fn all_certify_all(count: u8) -> (Vec<Authority>, Pool) {
    let authorities: Vec<Authority> = (0..count).map(Authority::new).collect();
    let pairs = authorities.iter().enumerate().flat_map(|(at, issuer)| {
        let others = authorities.iter().enumerate().filter(move |(other, _)| *other != at);
        others.map(move |(other, subject)| issuer.issue(subject, u16::from(count) * at as u16 + other as u16))
    });
    let pool = pairs.collect();
    (authorities, pool)
}

fn found(target: &Certificate, pool: &Pool, anchors: &[Arc<TrustAnchor>]) -> Vec<Path> {
    effort::bounded("a search for paths", || {
        candidates(target, pool, anchors, CERTIFICATES_MAX, &SignatureCache::default(), &Budget::default())
    })
}

#[test]
fn a_web_of_authorities_without_an_anchor_ends() {
    let (authorities, pool) = all_certify_all(20);
    let target = authorities[0].issue(&Authority::new(99), 9999);
    assert!(found(&target, &pool, &[]).is_empty());
}

#[test]
fn a_web_of_authorities_gives_a_limited_number_of_paths() {
    let (authorities, pool) = all_certify_all(8);
    let anchor = Authority::new(50);
    let target = authorities[0].issue(&Authority::new(99), 9999);
    let pool = {
        let mut pool = pool;
        pool.extend([anchor.issue(&authorities[0], 1)]);
        pool
    };
    let anchors = [Arc::new(TrustAnchor::of_certificate(anchor.issue(&anchor, 2)))];
    let paths = found(&target, &pool, &anchors);
    assert!(!paths.is_empty() && paths.len() <= PATHS_MAX);
    for path in &paths {
        let mut names: Vec<_> = path.certificates.iter().map(|one| one.subject().canonical()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), path.certificates.len(), "nobody stands twice");
        assert!(check_constraints(path, &Settings::default(), &SignatureCache::default(), &Budget::default()).holds());
    }
}

#[test]
fn a_spent_budget_finds_nothing_and_checks_nothing() {
    let (root, leaf) = (Authority::new(1), Authority::new(2));
    let target = root.issue(&leaf, 1);
    let anchor = Arc::new(TrustAnchor::of_certificate(root.issue(&root, 2)));
    let (cache, spent) = (SignatureCache::default(), Budget::new(0));
    assert!(candidates(&target, &Pool::default(), &[Arc::clone(&anchor)], 8, &cache, &spent).is_empty());
    let path = Path { anchor, certificates: vec![target] };
    let report = check_constraints(&path, &Settings::default(), &cache, &spent);
    let broken: Vec<_> = report.broken().collect();
    assert!(matches!(broken[..], [Check { code: Code::Signature, outcome: Outcome::NotChecked(_), .. }]), "{broken:?}");
    assert!(check_constraints(&path, &Settings::default(), &cache, &Budget::default()).holds());
    assert!(check_constraints(&path, &Settings::default(), &cache, &spent).holds(), "the cache remembers");
}
