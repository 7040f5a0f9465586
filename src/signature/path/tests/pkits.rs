//! NIST's Public Key Interoperability Test Suite: forty-odd cases kept here, and all of them where the folder is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as File;

use serde::Deserialize;

use super::*;
use crate::signature::oid;

#[derive(Deserialize)]
struct Case {
    number: String,
    title: String,
    path: Vec<String>,
    crls: Vec<String>,
    expect: String,
    initial_policies: Option<Vec<String>>,
    expected_user_policies: Option<Vec<String>>,
    explicit_policy: bool,
    inhibit_mapping: bool,
    inhibit_any: bool,
}

/// `NIST-test-policy-N` is 2.16.840.1.101.3.2.1.48.N.
fn policy(name: &str) -> Slice {
    let test = |number: &str| [&[0x60, 0x86, 0x48, 1, 0x65, 3, 2, 1, 48][..], &[number.parse().unwrap()]].concat();
    match name.strip_prefix("NIST-test-policy-") {
        Some(number) => Slice::from(&test(number)[..]),
        None if name == "anyPolicy" => Slice::from(oid::ANY_POLICY),
        None => panic!("policy {name}"),
    }
}

fn policies(names: &Option<Vec<String>>) -> Vec<Slice> {
    names.iter().flatten().map(|name| policy(name)).collect()
}

/// Runs the cases of `folder`; gives how many came out as they should, and the others with the reason.
fn run(folder: &File) -> (usize, Vec<String>) {
    let cases: Vec<Case> =
        serde_json::from_slice(&std::fs::read(folder.join("cases.json")).unwrap()).expect("the table of cases");
    let mut certificates = BTreeMap::new();
    for file in std::fs::read_dir(folder.join("certs")).unwrap() {
        let file = file.unwrap().path();
        let read = Certificate::read(&std::fs::read(&file).unwrap()).unwrap_or_else(|why| panic!("{file:?}: {why}"));
        certificates.insert(file.file_stem().unwrap().to_str().unwrap().to_owned(), read);
    }
    let at = "2015-01-01T00:00:00Z".parse().unwrap();
    let anchor = &certificates["TrustAnchorRootCertificate"];
    let anchors = [Arc::new(TrustAnchor::of_key(anchor.subject().clone(), anchor.key().clone()))];
    // All certificates there are: finding the right ones is part of the task.
    let pool: Pool = certificates.values().cloned().collect();
    let (mut passed, mut failed) = (0, Vec::new());
    for case in &cases {
        let list = |name: &String| Crl::read(&std::fs::read(folder.join(format!("crls/{name}.crl"))).unwrap());
        let evidence =
            Evidence { lists: case.crls.iter().map(|name| list(name).expect(name)).collect(), ..Evidence::default() };
        let settings = Settings {
            initial_policies: policies(&case.initial_policies),
            explicit_policy: case.explicit_policy,
            inhibit_mapping: case.inhibit_mapping,
            inhibit_any: case.inhibit_any,
            purposes: Vec::new(),
        };
        let trial = Trial {
            target: &certificates[case.path.last().unwrap()],
            pool: &pool,
            anchors: &anchors,
            evidence: &evidence,
            settings: &settings,
            certificates_max: 20,
            at,
            revocation: Wanted::Always,
        };
        let outcome = trial.run();
        let as_expected = match &outcome {
            Ok((_, report)) => {
                let got: BTreeSet<_> = report.policies.iter().cloned().collect();
                let wanted = case.expected_user_policies.is_some().then(|| policies(&case.expected_user_policies));
                case.expect == "valid" && wanted.is_none_or(|wanted| wanted.into_iter().collect::<BTreeSet<_>>() == got)
            }
            Err(_) => case.expect == "invalid",
        };
        if as_expected {
            passed += 1;
        } else {
            let said = outcome.map(|(_, report)| report.policies);
            failed.push(format!("{} {}: expected {}, {said:?}", case.number, case.title, case.expect));
        }
    }
    (passed, failed)
}

#[test]
fn the_cases_kept_here() {
    let (passed, failed) = run(&File::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pkits"));
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(passed >= 40, "only {passed} cases");
}

#[test]
#[ignore = "make conformance: needs CHAUBAN_SUITES"]
fn conformance_pkits() {
    let (passed, failed) = run(&suites().join("pkits"));
    println!("pkits: {passed} of {}", passed + failed.len());
    assert!(failed.is_empty(), "{failed:#?}");
}
