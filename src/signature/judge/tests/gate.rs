//! The twenty tricky cases and the attacks (`tests/fixtures/{verdicts,attacks}/cases.json`), from bytes to decisions.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use serde_json::Value;

use super::world::on;
use crate::signature::algorithm::UNITS_MAX;
use crate::signature::crl::Crl;
use crate::signature::judge::existence::Source;
use crate::signature::judge::facts::{ChangeLevel, Existing, Permission, Proof, Scope, Tree};
use crate::signature::judge::{Context, Document, Facts, Judged, Trusted, Verdict, validate};
use crate::signature::ocsp::OcspResponse;
use crate::signature::path::{SignatureCache, TrustAnchor};
use crate::signature::policy::Policy;
use crate::signature::practice::{Decision, Form, Practice, Record, Scan};
use crate::signature::x509::Certificate;

/// A folder of fixtures with what all its cases share.
struct Fixtures {
    folder: &'static str,
    cache: SignatureCache,
    europe: Policy,
    practice: Practice,
}

impl Fixtures {
    fn of(folder: &'static str) -> Self {
        Self {
            folder,
            cache: SignatureCache::default(),
            europe: Policy::europe().expect("shipped"),
            practice: Practice::vietnam().expect("shipped"),
        }
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        let path = Path::new(self.folder).join(name);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn cases(&self) -> Value {
        serde_json::from_slice(&self.bytes("cases.json")).expect("JSON")
    }

    fn judge(&self, case: &Value, trust: &Value, evidence: &Value) -> (Judged, Decision, Decision) {
        let names = |list: &Value| -> Vec<String> { strings(list) };
        let trusted: Vec<Trusted> = names(trust).iter().map(|name| self.trusted(name)).collect();
        let (mut lists, mut responses) = (Vec::new(), Vec::new());
        for name in names(evidence) {
            let bytes = self.bytes(&name);
            if name.ends_with(".crl") {
                lists.push(Crl::read(&bytes).expect("a list"));
            } else {
                responses.push(OcspResponse::read(&bytes).expect("an answer"));
            }
        }
        let proofs: Vec<Proof> = case["archive_time"]
            .as_str()
            .map(|at| Proof { at: on(at), objects: Existing::Document, by: "ingest".into() })
            .into_iter()
            .collect();
        let context = Context {
            trusted: &trusted,
            certificates: &[],
            lists: &lists,
            responses: &responses,
            proofs: &proofs,
            policy: &self.europe,
            at: on(case["at"].as_str().expect("a time")),
            cache: &self.cache,
            units_max: UNITS_MAX,
        };
        let file = self.bytes(case["file"].as_str().expect("a file"));
        let detached = case["document_file"].as_str().map(|name| self.bytes(name));
        let judged = validate(Document::unnamed(&file, detached.as_deref()), &context);
        let record = case.get("record").map(record);
        let decide =
            |record: Option<&Record>| self.practice.decide(&judged.facts, &judged.validation, record, Scan::Unknown);
        let (with, without) = (decide(record.as_ref()), decide(None));
        (judged, with, without)
    }

    fn trusted(&self, name: &str) -> Trusted {
        let text = String::from_utf8(self.bytes(name)).expect("PEM");
        let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let der = base64::engine::general_purpose::STANDARD.decode(body).expect("base64");
        let certificate = Certificate::read(&der).expect("a certificate");
        Trusted { anchor: Arc::new(TrustAnchor::of_certificate(certificate)), tree: Tree::Other }
    }
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

fn record(value: &Value) -> Record {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    Record {
        agency_names: text("agency_name").into_iter().collect(),
        agency_codes: text("agency_code").into_iter().collect(),
        signer: text("signer"),
        form: Form::BornDigital,
        numbered_at: None,
        needs_none: false,
    }
}

/// What is said of one signature that is not as expected, in words.
fn differences(expected: &Value, facts: &Facts, number: usize, verdict: &Verdict, decision: &Decision) -> Vec<String> {
    let signature = &facts.signatures[number];
    let mut found = Vec::new();
    let mut compare = |what: &str, wanted: Option<&str>, have: String| {
        if wanted.is_some_and(|wanted| wanted != have) {
            found.push(format!("{what} {have}, not {}", wanted.unwrap_or_default()));
        }
    };
    compare("indication", expected["indication"].as_str(), verdict.conclusion.indication.total().into());
    compare("field", expected["field"].as_str(), signature.place.clone());
    compare("role", expected["role"].as_str(), decision.roles[number].name().into());
    compare("level", expected["level"].as_str(), verdict.provable.level.name().into());
    let scope = if signature.coverage.scope == Scope::Whole { "WHOLE" } else { "PARTIAL" };
    compare("scope", expected["scope"].as_str(), scope.into());
    if let Some(time) = expected["best_signature_time"].as_str()
        && verdict.best_signature_time != on(time)
    {
        found.push(format!("best time {}, not {time}", verdict.best_signature_time));
    }
    if expected["time_source"].as_str() == Some("archive") && !matches!(verdict.proven_by, Some(Source::Archive(_))) {
        found.push("not proven by the archive".into());
    }
    if expected["allowed_by_docmdp"] == Value::Bool(false)
        && !matches!(signature.changes.permission, Permission::Forbidden(_))
    {
        found.push("allowed".into());
    }
    let subs = strings(&expected["sub_indication"]);
    let sub = verdict.conclusion.sub_indication.map(|sub| sub.name().to_owned());
    if sub.as_ref().map_or(!subs.is_empty(), |sub| !subs.contains(sub)) {
        found.push(format!("{sub:?}, not {subs:?}"));
    }
    let changes = strings(&expected["changes"]);
    let level = match signature.changes.level {
        ChangeLevel::None => "NONE",
        ChangeLevel::LtaOnly => "LTA_ONLY",
        ChangeLevel::FormFillSign => "FORM_FILL_SIGN",
        ChangeLevel::Annotations => "ANNOTATIONS",
        ChangeLevel::NotCompared => "NOT_COMPARED",
        ChangeLevel::Undefined => "UNDEFINED",
        ChangeLevel::Unparsable => "UNPARSABLE",
    };
    // Nothing is said about changes after a signature that is none.
    let is_broken = verdict.conclusion.indication == crate::signature::judge::Indication::Failed;
    if !is_broken && !changes.is_empty() && !changes.iter().any(|one| one == level) {
        found.push(format!("changes {level}, not {changes:?}"));
    }
    found
}

/// Every difference between a case and what came out.
fn failures(case: &Value, judged: &Judged, with: &Decision, without: &Decision) -> Vec<String> {
    let mut found = Vec::new();
    let expected: Vec<&Value> = case["signatures"].as_array().into_iter().flatten().collect();
    let verdicts = &judged.validation.signatures;
    if verdicts.len() != expected.len() {
        found.push(format!("{} signatures, not {}", verdicts.len(), expected.len()));
    }
    for (number, (expected, verdict)) in expected.iter().zip(verdicts).enumerate() {
        let said = differences(expected, &judged.facts, number, verdict, with);
        let other = expected.get("alternative");
        let other = other.map(|other| differences(other, &judged.facts, number, verdict, with));
        if !said.is_empty() && other.is_none_or(|other| !other.is_empty()) {
            found.extend(said);
        }
    }
    let document = strings(&case["document"]);
    if !document.iter().any(|one| one == with.outcome.name()) {
        let codes: Vec<&str> = with.reasons.iter().map(|reason| reason.code.as_str()).collect();
        found.push(format!("{} {codes:?}, not {document:?}", with.outcome.name()));
    }
    if let Some(bare) = case["document_without_record"].as_str()
        && bare != without.outcome.name()
    {
        found.push(format!("without record {}, not {bare}", without.outcome.name()));
    }
    found
}

/// What a fixture expects that this engine does not say, and why that is right.
fn departures() -> HashMap<&'static str, &'static str> {
    HashMap::from([
        (
            "15c",
            "without any revocation data the time-stamp is not good either, so it proves no time (EN 319 102-1 5.4)",
        ),
        (
            "01b",
            "by the European catalogue RSA-2048 of the time-stamps ended in 2029, and nothing renewed them before; the \
             test below judges it without that date",
        ),
    ])
}

/// Every row of one case, by its number in the specification.
fn tricky(number: u64) {
    let fixtures = Fixtures::of("tests/fixtures/verdicts");
    let cases = fixtures.cases();
    let departures = departures();
    let (mut failed, mut rows) = (Vec::new(), 0);
    for case in cases["cases"].as_array().expect("cases").iter().filter(|case| case["case"] == number) {
        let id = case["id"].as_str().expect("an identifier");
        let (judged, with, without) = fixtures.judge(case, &case["trust"], &case["evidence"]);
        let found = failures(case, &judged, &with, &without);
        assert!(!departures.contains_key(id) || !found.is_empty(), "{id} departs no longer");
        if !found.is_empty() && !departures.contains_key(id) {
            failed.push(format!("{id} {}: {}", case["file"], found.join("; ")));
        }
        rows += 1;
    }
    assert!(rows > 0, "case {number} has no fixture");
    assert!(failed.is_empty(), "{} of {rows}:\n{}", failed.len(), failed.join("\n"));
}

macro_rules! cases {
    ($($number:literal $name:ident)*) => {
        $(#[test]
        fn $name() {
            tricky($number);
        })*

        #[test]
        fn every_case_has_a_test() {
            assert_eq!([$($number),*], std::array::from_fn::<u64, 20, _>(|at| at as u64 + 1));
            let all = Fixtures::of("tests/fixtures/verdicts").cases();
            assert!(all["cases"].as_array().expect("cases").iter().all(|case| [$($number),*].contains(&case["case"].as_u64().expect("a number"))));
        }
    };
}

cases! {
    1 case_01_expired_after_a_time_stamp
    2 case_02_expired_without_any
    3 case_03_revoked_after_the_time_stamp
    4 case_04_revoked_before_the_time_stamp
    5 case_05_what_a_byte_range_leaves_out
    6 case_06_leader_and_agency
    7 case_07_only_evidence_was_added
    8 case_08_a_shadow_was_put_over_it
    9 case_09_a_tail_that_nothing_explains
    10 case_10_no_value_or_no_range
    11 case_11_what_is_seen_of_a_signature
    12 case_12_sha_1_by_date
    13 case_13_short_keys_by_date
    14 case_14_who_may_not_issue_or_sign
    15 case_15_revocation_data_that_does_not_do
    16 case_16_which_certificate_signed
    17 case_17_wrapped_and_partial_xml
    18 case_18_time_stamps_that_prove_nothing
    19 case_19_what_a_container_covers
    20 case_20_encodings_that_are_met
}

#[test]
fn case_01b_stands_as_long_as_its_algorithms_do() {
    let mut fixtures = Fixtures::of("tests/fixtures/verdicts");
    for entry in &mut fixtures.europe.catalogue.entries {
        entry.until = entry.until.filter(|_| entry.name != "RSA-PKCS1" || entry.bits_min < 1900);
    }
    let cases = fixtures.cases();
    let case = cases["cases"].as_array().expect("cases").iter().find(|case| case["id"] == "01b").expect("there");
    let (judged, with, without) = fixtures.judge(case, &case["trust"], &case["evidence"]);
    assert_eq!(failures(case, &judged, &with, &without), Vec::<String>::new());
}

#[test]
fn no_attack_is_accepted() {
    let fixtures = Fixtures::of("tests/fixtures/attacks");
    let file = fixtures.cases();
    let mut failed = Vec::new();
    for case in file["cases"].as_array().expect("cases") {
        let trust = case.get("trust").unwrap_or(&file["trust"]);
        let evidence = case.get("evidence").unwrap_or(&file["evidence"]);
        let (judged, decision, _) = fixtures.judge(case, trust, evidence);
        let verdicts = &judged.validation.signatures;
        let mut found = Vec::new();
        let indications = strings(&case["indication"]);
        let is_said = |verdict: &Verdict| {
            let sub = verdict.conclusion.sub_indication.map_or("", |sub| sub.name());
            let total = verdict.conclusion.indication.total();
            indications.iter().any(|wanted| wanted == total || wanted == sub || *wanted == format!("{total}/{sub}"))
        };
        if !indications.is_empty() && !verdicts.iter().any(is_said) {
            let said: Vec<String> = verdicts.iter().map(|verdict| verdict.conclusion.to_string()).collect();
            found.push(format!("{said:?}, not {indications:?}"));
        }
        if !strings(&case["document"]).iter().any(|one| one == decision.outcome.name()) {
            found.push(format!("{}, not {}", decision.outcome.name(), case["document"]));
        }
        if strings(&case["must_not"]).iter().any(|one| one == decision.outcome.name()) {
            found.push("TAKEN".into());
        }
        if !found.is_empty() {
            failed.push(format!("{} ({}): {}", case["name"], case["what"], found.join("; ")));
        }
    }
    assert!(failed.is_empty(), "{} attacks:\n{}", failed.len(), failed.join("\n"));
}
