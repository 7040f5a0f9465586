//! Validation at accession: the verdicts of the tricky cases, what is captured of them, second runs, and the same
//! verdicts ten years later from the vault alone.

use crate::account::made;
use crate::scratch::{Scratch, eventually, record};
use crate::server::Server;
use chauban::archive::check_signature::{Checker, PolicyChoice};
use chauban::archive::ingest::{IngestOptions, Mode, Outcome, Progress, Summary, ingest};
use chauban::archive::trust::{NewAnchor, add, read_certificate};
use chauban::archive::validation::{Again, EvidenceKind, Means, Wanted, run};
use chauban::archive::{InitOptions, Places, Reading, Tree, Writing, init};
use chauban::event::EventKind;
use chauban::time::{Clock, Micros, SystemClock};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts");
const THEN: &str = "2024-07-01T00:00:00Z";
/// What most cases are judged with.
const LISTS: [&str; 4] = ["official-duty-root", "official-duty-ca", "stamp-root", "stamp-ca"];

/// A clock that started at an instant of the past.
struct Past(Micros, SystemClock);

impl Clock for Past {
    fn wall(&self) -> Micros {
        Micros(self.0.0 + self.1.steady())
    }

    fn steady(&self) -> u64 {
        self.1.steady()
    }
}

fn instant(text: &str) -> Micros {
    Micros::from(chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc())
}

fn open(scratch: &Scratch, at: &str) -> Writing {
    let clock = Arc::new(Past(instant(at), SystemClock::new()));
    Writing::open(&Places::beside(&scratch.path("kho")), clock).unwrap()
}

/// An archive of June 2024 that trusts the roots of the fixtures.
fn archive() -> Scratch {
    let scratch = trusting_nobody();
    trust_roots(&scratch, "2024-06-01T01:00:00Z");
    scratch
}

fn trusting_nobody() -> Scratch {
    let scratch = Scratch::empty();
    let options =
        InitOptions { origin: "test.example/kho".into(), archive_code: "H26.LT".into(), actor: "tester".into() };
    let clock = Arc::new(Past(instant("2024-06-01T00:00:00Z"), SystemClock::new()));
    init::init(&Places::beside(&scratch.path("kho")), &options, clock).unwrap();
    scratch
}

fn trust_roots(scratch: &Scratch, at: &str) {
    let writing = open(scratch, at);
    let roots =
        [("official-duty-root", Tree::OfficialDuty), ("public-root", Tree::Public), ("stamp-root", Tree::TimeStamping)];
    for (name, tree) in roots {
        let file = std::fs::read(Path::new(FIXTURES).join(format!("pki/{name}.pem"))).unwrap();
        let fingerprint = read_certificate(&file).unwrap().sha256();
        let source = "the fixtures".to_owned();
        let new = NewAnchor { file, fingerprint, source, tree, name: name.into(), from: None, until: None };
        add(&writing, &new, "tester").unwrap();
    }
    writing.close().unwrap();
}

/// Lists of the signers' authorities of a day, and those of the time-stamping authorities.
fn lists(day: &str) -> Vec<PathBuf> {
    let day = |name: &str| if name.starts_with("stamp") { "2024-06-30" } else { day };
    LISTS.iter().map(|name| Path::new(FIXTURES).join(format!("pki/crl/{}/{name}.crl", day(name)))).collect()
}

/// Puts fixtures into a dossier folder, one record each, and ingests it; the records by the name of their file.
fn take(scratch: &Scratch, files: &[&str], evidence: Vec<PathBuf>, at: &str) -> (HashMap<String, Uuid>, Summary) {
    let contents: Vec<Vec<u8>> =
        files.iter().map(|file| std::fs::read(Path::new(FIXTURES).join(file)).unwrap()).collect();
    let records = files.iter().zip(&contents).enumerate().map(|(number, (file, bytes))| {
        let names = json!({ "code_number": (100 + number).to_string(), "agency_code": "H99.10",
            "organ_name": "Sở Thử Nghiệm (TEST ONLY)", "signer": "Nguyễn Văn Thử", "confidence_level": "01" });
        record(&[(file, bytes)], names)
    });
    scratch.dossier("t", json!({ "records": records.collect::<Vec<_>>() }));
    for (file, bytes) in files.iter().zip(&contents) {
        std::fs::write(scratch.path("t").join(file), bytes).unwrap();
    }
    let writing = open(scratch, at);
    let paths = vec![scratch.path("t")];
    let options = IngestOptions { paths, actor: "tester".into(), mode: Mode::Accession, threads: 2, evidence };
    let mut records = HashMap::new();
    let summary = ingest(&writing, &options, &mut |news| {
        if let Progress::Document { outcome: Outcome::Taken { record, .. }, .. } = news {
            records.insert(record, ());
        }
    });
    let summary = summary.unwrap();
    let named = records.into_keys().map(|id| (writing.record(id).unwrap().components[0].name.clone(), id)).collect();
    writing.close().unwrap();
    (named, summary)
}

fn reading(scratch: &Scratch) -> Reading {
    Reading::open(&Places::beside(&scratch.path("kho"))).unwrap()
}

/// The verdicts of a record's newest run.
fn verdicts(reading: &Reading, id: Uuid) -> Vec<(String, Option<String>)> {
    let Some(run) = reading.newest_run(id).unwrap() else { return Vec::new() };
    let reports = run.runs.iter().map(|run| serde_json::from_str::<Value>(run.report.get()).unwrap());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let of = |report: Value| {
        let signatures = report["signatures"].as_array().unwrap().clone();
        signatures.into_iter().map(move |one| (text(&one["indication"]).unwrap(), text(&one["sub_indication"])))
    };
    reports.flat_map(of).collect()
}

#[test]
fn accession_gives_the_verdicts_of_the_cases_and_ten_years_later_they_are_the_same() {
    let cases: Value = serde_json::from_slice(&std::fs::read(Path::new(FIXTURES).join("cases.json")).unwrap()).unwrap();
    let usual: Vec<Value> = LISTS.iter().map(|name| json!(format!("pki/crl/2024-06-30/{name}.crl"))).collect();
    let is_usual = |case: &&Value| {
        let extra = ["document_file", "archive_time", "policy"].iter().any(|field| !case[field].is_null());
        case["at"] == THEN
            && case["evidence"] == json!(usual)
            && !extra
            && !case["file"].as_str().unwrap().ends_with(".p7s")
    };
    let mut expected: BTreeMap<&str, &Value> = BTreeMap::new();
    for case in cases["cases"].as_array().unwrap().iter().filter(is_usual) {
        expected.entry(case["file"].as_str().unwrap()).or_insert(case);
    }
    assert!(expected.len() > 60, "{}", expected.len());

    let scratch = archive();
    let files: Vec<&str> = expected.keys().copied().collect();
    let (records, summary) = take(&scratch, &files, lists("2024-06-30"), THEN);
    assert_eq!(summary.taken, files.len() as u64, "{:?}", summary.findings);
    let read = reading(&scratch);
    for (file, case) in &expected {
        let found = verdicts(&read, records[*file]);
        let wanted = case["signatures"].as_array().unwrap();
        assert_eq!(found.len(), wanted.len(), "{file}: {found:?}");
        for ((indication, sub), wanted) in found.iter().zip(wanted) {
            assert_eq!(*indication, wanted["indication"], "{file}");
            let subs = wanted["sub_indication"].as_array().unwrap();
            assert_eq!(sub.is_none(), subs.is_empty(), "{file}: {sub:?}");
            assert!(sub.as_ref().is_none_or(|sub| subs.contains(&json!(sub))), "{file}: {sub:?}");
        }
    }

    // Each piece of evidence is there once, however many runs looked at it.
    let kinds = |kind: EvidenceKind| read.captured(kind).unwrap();
    assert_eq!(kinds(EvidenceKind::RevocationList).len(), LISTS.len());
    assert_eq!((kinds(EvidenceKind::Policy).len(), kinds(EvidenceKind::Practice).len()), (2, 1));
    assert_eq!(kinds(EvidenceKind::Trust).len(), 1);
    for list in lists("2024-06-30") {
        let bytes = std::fs::read(list).unwrap();
        let sha256 = chauban::digest::Sha256::of(&bytes);
        assert_eq!(read.evidence(&sha256).unwrap(), (EvidenceKind::RevocationList, bytes));
    }

    // No network, no file but the archive's, the clock ten years on.
    let repeated = read.repeat_runs(instant("2034-07-01T00:00:00Z"), &mut |_| {}).unwrap();
    assert_eq!(repeated.differences, []);
    assert!(repeated.runs as usize > files.len() - 5 && repeated.signatures >= repeated.runs, "{repeated:?}");
    drop(read);
    // Whoever asks for a new run gets the same answers, too.
    let writing = open(&scratch, "2034-07-01T00:00:00Z");
    let mut checker = Checker::new(PolicyChoice::Vietnam).unwrap();
    checker.trust_anchors(&writing.anchors().unwrap());
    let mut means = Means { checker: &mut checker, fetcher: None };
    let mut worse = Vec::new();
    let every = writing.records_named(&records.values().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
    run(&writing, &mut means, &Wanted::These(every), "tester", &mut |one| {
        let accepts =
            |outcome: &Option<String>| outcome.as_deref().is_some_and(|outcome| outcome.starts_with("accept"));
        if accepts(&one.before) && !accepts(&one.outcome) {
            worse.push(one.clone());
        }
    })
    .unwrap();
    assert_eq!(worse, []);
    writing.close().unwrap();
    let report = scratch.json(&["verify", "--signatures", "--at", "2034-07-01"]);
    assert_eq!((&report["ok"], &report["checked"]["validation_runs"]), (&json!(true), &json!(repeated.runs)));
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    scratch.ok(&["verify", "--signatures"]);
}

#[test]
fn a_verdict_that_needs_newer_data_waits_and_is_made_again() {
    let scratch = archive();
    let (records, summary) = take(&scratch, &["15a_evidence.pdf"], lists("2024-06-02"), THEN);
    assert_eq!(summary.signatures.keys().collect::<Vec<_>>(), ["review"]);
    let id = records["15a_evidence.pdf"];
    assert_eq!(verdicts(&reading(&scratch), id), [("INDETERMINATE".into(), Some("TRY_LATER".into()))]);

    let again = |at: &str, evidence: &[PathBuf]| {
        let writing = open(&scratch, at);
        let mut checker = Checker::new(PolicyChoice::Vietnam).unwrap();
        checker.trust_anchors(&writing.anchors().unwrap());
        evidence.iter().for_each(|path| drop(checker.take_evidence(path).unwrap()));
        let mut means = Means { checker: &mut checker, fetcher: None };
        let mut all: Vec<Again> = Vec::new();
        let count = run(&writing, &mut means, &Wanted::Due, "tester", &mut |one| all.push(one.clone())).unwrap();
        assert_eq!(count, all.len() as u64);
        writing.close().unwrap();
        all
    };
    assert_eq!(again("2024-07-01T01:00:00Z", &[]), [], "its time has not come");
    // Nothing newer is at hand: it goes on waiting, and nothing happened that would be an event.
    let [still] = &again("2024-07-05T00:00:00Z", &[])[..] else { panic!("one waits") };
    assert!(still.retry_at.is_some() && still.outcome.as_deref() == Some("review"), "{still:?}");
    assert!(!still.recorded);
    let [done] = &again("2024-07-10T00:00:00Z", &lists("2024-06-30"))[..] else { panic!("one waits") };
    assert_eq!((done.record, &done.retry_at, done.recorded), (id, &None, true));
    let read = reading(&scratch);
    assert_eq!(verdicts(&read, id), [("TOTAL_PASSED".into(), None)]);
    let kinds: Vec<_> = read.history(&id.to_string()).unwrap().iter().map(|event| event.entry.kind).collect();
    let run = EventKind::SignaturesValidated;
    assert_eq!(kinds, [EventKind::RecordAccessioned, run, run]);
    drop(read);
    assert_eq!(again("2024-08-01T00:00:00Z", &[]), [], "nothing waits any more");
    scratch.ok(&["verify", "--signatures"]);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn who_trusts_a_root_later_has_a_verdict_from_the_vault_alone() {
    let scratch = trusting_nobody();
    let (taken, _) = take(&scratch, &["06b_leader_alone.pdf"], lists("2024-06-30"), THEN);
    let id = taken["06b_leader_alone.pdf"];
    let untrusted = ("INDETERMINATE".to_owned(), Some("NO_CERTIFICATE_CHAIN_FOUND".to_owned()));
    assert_eq!(verdicts(&reading(&scratch), id), [untrusted]);
    trust_roots(&scratch, "2024-07-01T02:00:00Z");
    let writing = open(&scratch, "2024-07-01T03:00:00Z");
    let mut checker = Checker::new(PolicyChoice::Vietnam).unwrap();
    checker.trust_anchors(&writing.anchors().unwrap());
    let mut means = Means { checker: &mut checker, fetcher: None };
    run(&writing, &mut means, &Wanted::These(vec![id]), "tester", &mut |again| {
        assert_eq!((&again.failed, again.recorded), (&None, true));
    })
    .unwrap();
    writing.close().unwrap();
    assert_eq!(verdicts(&reading(&scratch), id), [("TOTAL_PASSED".to_owned(), None)]);
}

#[test]
fn what_the_accession_proves_goes_on_proving() {
    let scratch = archive();
    let (records, _) = take(&scratch, &["02a_expired_no_time.pdf"], lists("2024-06-30"), THEN);
    let id = records["02a_expired_no_time.pdf"];
    let passed = vec![("TOTAL_PASSED".to_owned(), None)];
    assert_eq!(verdicts(&reading(&scratch), id), passed);

    // The certificate has expired since. The archive had the record before.
    let writing = open(&scratch, "2027-03-01T00:00:00Z");
    let mut checker = Checker::new(PolicyChoice::Vietnam).unwrap();
    checker.trust_anchors(&writing.anchors().unwrap());
    let newer =
        ["official-duty-root", "official-duty-ca"].map(|name| format!("{FIXTURES}/pki/crl/2027-02-28/{name}.crl"));
    newer.iter().for_each(|path| drop(checker.take_evidence(Path::new(path)).unwrap()));
    let mut means = Means { checker: &mut checker, fetcher: None };
    let mut all = Vec::new();
    let missing = Uuid::from_bytes([7; 16]);
    let wanted = Wanted::These(vec![missing, id]);
    run(&writing, &mut means, &wanted, "tester", &mut |one| all.push(one.clone())).unwrap();
    assert!(all[0].failed.is_some() && !all[0].recorded, "one that can't be validated keeps nobody waiting: {all:?}");
    assert!(all[1].failed.is_none() && all[1].recorded, "{all:?}");
    writing.close().unwrap();
    let read = reading(&scratch);
    assert_eq!(verdicts(&read, id), passed);
    for year in [2027, 2037] {
        let repeated = read.repeat_runs(instant(&format!("{year}-06-01T00:00:00Z")), &mut |_| {}).unwrap();
        assert_eq!(repeated.differences, [], "in {year}");
    }
}

#[test]
fn a_detached_signature_is_judged_with_what_it_signs() {
    let scratch = archive();
    let read = |name: &str| std::fs::read(Path::new(FIXTURES).join(name)).unwrap();
    let (letter, signature) = (read("20_letter.txt"), read("20l_letter.p7s"));
    let files: [(&str, &[u8]); 2] = [("letter.txt", &letter), ("letter.txt.p7s", &signature)];
    scratch.dossier("d", json!({ "records": [record(&files, json!({}))] }));
    files.iter().for_each(|(name, bytes)| std::fs::write(scratch.path("d").join(name), bytes).unwrap());
    let writing = open(&scratch, THEN);
    let options = IngestOptions {
        paths: vec![scratch.path("d")],
        actor: "tester".into(),
        mode: Mode::Accession,
        threads: 1,
        evidence: lists("2024-06-30"),
    };
    let mut taken = None;
    ingest(&writing, &options, &mut |news| {
        if let Progress::Document { outcome: Outcome::Taken { record, .. }, .. } = news {
            taken = Some(record);
        }
    })
    .unwrap();
    writing.close().unwrap();
    let read = reading(&scratch);
    assert_eq!(verdicts(&read, taken.unwrap()), [("TOTAL_PASSED".into(), None)]);
    let run = read.newest_run(taken.unwrap()).unwrap().unwrap();
    let about: Vec<_> = run.runs.iter().map(|run| (run.component.as_str(), run.about.as_deref())).collect();
    assert_eq!(about, [("letter.txt.p7s", Some("letter.txt"))]);
    let repeated = read.repeat_runs(instant("2034-07-01T00:00:00Z"), &mut |_| {}).unwrap();
    assert_eq!((repeated.runs, repeated.differences), (1, vec![]));
}

/// A verdict that waits, over the wire: tried again as upkeep, and each verdict repeated.
#[test]
fn an_administrator_has_verdicts_that_wait_tried_again() {
    let scratch = archive();
    take(&scratch, &["15a_evidence.pdf", "06a_leader_then_agency.pdf"], lists("2024-06-02"), THEN);
    for role in ["administrator", "archivist"] {
        made(&scratch, role, role, &[]);
    }
    let server = Server::start(&scratch);
    let (admin, archivist) = (server.client("administrator"), server.client("archivist"));
    let done = |wanted: serde_json::Value| {
        let begun = admin.json("POST", "/api/v1/upkeep", &wanted);
        assert_eq!(begun.status, 202, "{}", begun.text());
        eventually("done", || admin.get("/api/v1/upkeep").json()["under_way"].is_null());
        let all = admin.get("/api/v1/upkeep").json()["done"].clone();
        all.as_array().unwrap().iter().find(|one| one["task"] == wanted["task"]).unwrap().clone()
    };
    assert_eq!(archivist.json("POST", "/api/v1/upkeep", &json!({ "task": "validation" })).status, 403);
    let waiting = reading(&scratch).waiting_since(None, SystemClock::new().wall()).unwrap().len();
    assert!(waiting > 0);
    let tried = done(json!({ "task": "validation" }));
    assert_eq!(
        (&tried["records"], &tried["well"], &tried["listed"]),
        (&json!(waiting), &json!(true), &json!([])),
        "{tried}"
    );
    let repeated = done(json!({ "task": "check", "depth": "signatures" }));
    assert_eq!((&repeated["signatures"], &repeated["doubts"]), (&json!(3), &json!(0)), "{repeated}");
    let page = admin.get("/system?lang=en").text();
    assert!(page.contains("that waited w") && page.contains("Try verdicts that wait"), "{page}");
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}
