//! x509-limbo: the families about paths, lists and hostile chains.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde::Deserialize;

use super::*;
use crate::signature::x509::GeneralName;
use crate::time::effort;

const FAMILIES: [&str; 4] = ["rfc5280", "pathlen", "crl", "pathological"];

#[derive(Deserialize)]
struct Suite {
    testcases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    extended_key_usage: Vec<String>,
    expected_result: String,
    expected_peer_name: Option<PeerName>,
    expected_peer_names: Vec<PeerName>,
    max_chain_depth: Option<usize>,
    crls: Vec<String>,
}

#[derive(Deserialize)]
struct PeerName {
    kind: String,
    value: String,
}

fn unarmoured(text: &str) -> Vec<u8> {
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(body).unwrap()
}

/// Whether the certificate is for this name: what a TLS client asks besides its path.
fn is_for(certificate: &Certificate, wanted: &PeerName) -> bool {
    let names = &certificate.extensions().subject_alternative_names;
    names.iter().any(|name| match (wanted.kind.as_str(), name) {
        ("DNS", GeneralName::Dns(name)) => match name.strip_prefix("*.") {
            Some(parent) => wanted.value.split_once('.').is_some_and(|(_, above)| above.eq_ignore_ascii_case(parent)),
            None => name.eq_ignore_ascii_case(&wanted.value),
        },
        ("RFC822", GeneralName::Email(name)) => *name == wanted.value,
        ("IP", GeneralName::Ip(address)) => match wanted.value.parse().unwrap() {
            std::net::IpAddr::V4(wanted) => **address == wanted.octets(),
            std::net::IpAddr::V6(wanted) => **address == wanted.octets(),
        },
        _ => false,
    })
}

fn run(case: &Case) -> Result<(), String> {
    let read = |text: &String| Certificate::read(&unarmoured(text)).map_err(|why| why.to_string());
    let target = read(&case.peer_certificate)?;
    let pool = case.untrusted_intermediates.iter().filter_map(|text| read(text).ok()).collect();
    let anchors = case.trusted_certs.iter().filter_map(|text| read(text).ok());
    let anchors: Vec<_> = anchors.map(|one| Arc::new(TrustAnchor::of_certificate(one))).collect();
    let lists = case.crls.iter().filter_map(|text| Crl::read(&unarmoured(text)).ok()).collect();
    let purposes = case.extended_key_usage.iter().map(|name| match name.as_str() {
        "clientAuth" => Slice::from(&[0x2b, 6, 1, 5, 5, 7, 3, 2][..]),
        "serverAuth" => Slice::from(&[0x2b, 6, 1, 5, 5, 7, 3, 1][..]),
        other => panic!("purpose {other}"),
    });
    // A server's certificate must be one for servers, said or not.
    let mut purposes: Vec<Slice> = purposes.collect();
    if purposes.is_empty() {
        purposes.push(Slice::from(&[0x2b, 6, 1, 5, 5, 7, 3, 1][..]));
    }
    let settings = Settings { purposes, ..Settings::default() };
    let trial = Trial {
        target: &target,
        pool: &pool,
        anchors: &anchors,
        evidence: &Evidence { lists, responses: Vec::new() },
        settings: &settings,
        // Theirs counts intermediates.
        certificates_max: case.max_chain_depth.map_or(CERTIFICATES_MAX, |depth| depth + 1),
        at: case.validation_time.as_deref().unwrap_or("2025-01-01T00:00:00Z").parse().unwrap(),
        revocation: Wanted::IfThereIsAny,
    };
    let (path, _) = trial.run()?;
    let lists = trial.evidence.lists.iter().flat_map(list_irregularities).map(|one| (Place::Anchor, one));
    let irregular: Vec<_> = irregularities(&path).into_iter().chain(lists).collect();
    if !irregular.is_empty() {
        return Err(format!("{irregular:?}"));
    }
    match case.expected_peer_name.iter().chain(&case.expected_peer_names).all(|name| is_for(&target, name)) {
        true => Ok(()),
        false => Err("another name".into()),
    }
}

/// Cases that come out otherwise than the suite says, with the reason.
fn explained() -> BTreeMap<&'static str, &'static str> {
    let table = include_str!("limbo.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    table.map(|line| line.split_once(' ').expect("an identifier and a reason")).collect()
}

#[test]
#[ignore = "make conformance: needs CHAUBAN_SUITES"]
fn conformance_limbo() {
    let text = std::fs::read(suites().join("limbo/limbo.json")).unwrap();
    let suite: Suite = serde_json::from_slice(&text).unwrap();
    let (mut passed, mut failed, explained) = (0, Vec::new(), explained());
    for case in suite.testcases.iter().filter(|case| FAMILIES.iter().any(|family| case.id.starts_with(family))) {
        let outcome = effort::bounded(&case.id, || run(case));
        if outcome.is_ok() == (case.expected_result == "SUCCESS") {
            assert!(!explained.contains_key(&*case.id), "{} comes out as it should: strike it", case.id);
            passed += 1;
        } else if !explained.contains_key(&*case.id) {
            failed.push(format!("{}: expected {}, {outcome:?}", case.id, case.expected_result));
        }
    }
    println!("limbo: {passed} as expected, {} explained, {} others", explained.len(), failed.len());
    assert!(failed.is_empty(), "{failed:#?}");
}
