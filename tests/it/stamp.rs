//! Time-stamps: taken from a local authority, with and without faults; kept, remembered, verified; evidence records
//! checked by ourselves and by programs that are not ours.

use crate::scratch::{Scratch, eventually};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const CODE: &str = "H26.10.2023.045.0000001";
const CLONE: &str = env!("CARGO_MANIFEST_DIR");

/// The test authority, on a free port, until it is dropped.
pub struct Authority {
    process: Child,
    /// Where it is asked.
    pub url: String,
    /// Its root, PEM.
    pub root: PathBuf,
}

impl Authority {
    /// Starts it with its keys in folder `name`.
    pub fn start(scratch: &Scratch, name: &str, more: &[&str]) -> Self {
        let mut process = Command::new("python3")
            .arg(Path::new(CLONE).join("tests/tsa.py"))
            .args(["--port", "0", "--algorithm", "ecdsa", "--folder"])
            .arg(scratch.path(name))
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (url, root) = line.trim().split_once(' ').unwrap();
        Self { url: url.to_owned(), root: root.into(), process }
    }

    fn fault(&self, name: &str) -> String {
        format!("{}{name}", self.url)
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An archive with a record of two files in one dossier, and one loose document.
fn archive() -> Scratch {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({}));
    scratch.document("t/2", b"%PDF-1.7 two", json!({ "symbol": "16/QĐ-STTTT" }));
    assert_eq!(scratch.ingest("t").summary["taken"], 2);
    scratch
}

fn add(scratch: &Scratch, url: &str, name: &str) -> Value {
    scratch.json(&["time-authority", "add", url, "--name", name])
}

/// The report, and whether it is without doubt.
fn verify(scratch: &Scratch) -> (bool, Value) {
    let ran = scratch.run(&["verify", "--json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ran.status == 0, report["doubts"] == json!([]), "{report}");
    (ran.status == 0, report)
}

fn foreign(evidence: &Path, file: &Path, roots: &Path) -> bool {
    let script = Path::new(CLONE).join("tests/interop/evidence.py");
    Command::new("python3").arg(script).args([evidence, file, roots]).stderr(Stdio::null()).status().unwrap().success()
}

fn files(scratch: &Scratch) -> Vec<String> {
    let mut names: Vec<String> = match fs::read_dir(scratch.path("kho/evidence")) {
        Ok(entries) => entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect(),
        Err(_) => Vec::new(),
    };
    names.sort();
    names
}

fn with_suffix(scratch: &Scratch, suffix: &str) -> Vec<PathBuf> {
    let names = files(scratch).into_iter().filter(|name| name.ends_with(suffix));
    names.map(|name| scratch.path("kho/evidence").join(name)).collect()
}

#[test]
fn a_stamp_is_kept_remembered_and_proves_each_file() {
    let scratch = archive();
    let authority = Authority::start(&scratch, "tsa", &[]);
    assert!(scratch.expect(2, &["stamp"]).err.contains("chauban time-authority add"), "nobody is asked by default");
    let added = add(&scratch, &authority.url, "local-1");
    assert_eq!((&added["name"], &added["url"]), (&json!("local-1"), &json!(authority.url)));
    assert_eq!(scratch.expect(5, &["evidence", CODE, "-o", "e"]).out, "", "not stamped yet");

    let done = scratch.json(&["stamp"]);
    assert_eq!((&done["records"], &done["recorded"], &done["renewed"]), (&json!(2), &json!(true), &json!(0)));
    assert_eq!(done["time_stamps"][0]["authority"], "local-1");
    let size = done["checkpoint"].as_u64().unwrap();
    let names = ["checkpoint", "local-1.tst", "tree"].map(|kind| format!("{size}.{kind}"));
    assert_eq!(files(&scratch), names);
    for name in names {
        assert!(fs::metadata(scratch.path("kho/evidence").join(name)).unwrap().permissions().readonly());
    }
    let (ok, report) = verify(&scratch);
    assert!(ok && report["checked"]["time_stamps"] == 1, "{report}");

    let made = scratch.json(&["evidence", CODE, "-o", "e"]);
    assert_eq!(made["since"], done["time_stamps"][0]["time"]);
    scratch.ok(&["verify", CODE]);
    let checked = scratch.json(&["verify-evidence", "e", "t/1.pdf"]);
    assert_eq!((&checked["outcome"], &checked["findings"]), (&json!("covered"), &json!([])));
    let other = scratch.expect(1, &["verify-evidence", "e", "t/2.pdf", "--json"]).out;
    assert_eq!(serde_json::from_str::<Value>(&other).unwrap()["outcome"], "not-covered");
    assert!(foreign(&scratch.path("e"), &scratch.path("t/1.pdf"), &authority.root));
    assert!(!foreign(&scratch.path("e"), &scratch.path("t/2.pdf"), &authority.root));
    let mut bytes = fs::read(scratch.path("e")).unwrap();
    let digest = chauban::digest::Sha256::of(b"%PDF-1.7 two");
    assert!(!bytes.windows(32).any(|window| window == digest.0), "a neighbour's digest is told");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(scratch.path("bad"), bytes).unwrap();
    scratch.expect(1, &["verify-evidence", "bad", "t/1.pdf"]);
    scratch.expect(2, &["verify-evidence", "t/1.pdf", "t/1.pdf"]);

    // Made anew from the ledger, it is all there still.
    scratch.ok(&["rebuild"]);
    assert_eq!(scratch.json(&["stamp", "--plan"])["time_stamps"][0]["authority"], "local-1");
    scratch.ok(&["evidence", CODE, "-o", "again"]);
    assert_eq!(fs::read(scratch.path("again")).unwrap(), fs::read(scratch.path("e")).unwrap());
}

#[test]
fn what_fails_is_said_and_leaves_the_archive_as_it_was() {
    let scratch = archive();
    let authority = Authority::start(&scratch, "tsa", &["--seconds", "3"]);
    let check = |fault: &str, says: &str| {
        add(&scratch, &authority.fault(fault), fault);
        let ran = scratch.expect(5, &["stamp", "--attempts", "1", "--timeout", "1", "--json"]);
        let done: Value = serde_json::from_str(&ran.out).unwrap();
        let why = done["unanswered"][0]["why"].as_str().unwrap();
        assert!(why.contains(says), "{fault}: {why}");
        assert_eq!((&done["time_stamps"], files(&scratch).len()), (&json!([]), 0), "{fault}");
        let (ok, report) = verify(&scratch);
        assert!(ok, "{fault}: {report}");
        scratch.ok(&["time-authority", "remove", fault, "--reason", "faulty"]);
    };
    check("wrong-nonce", "nonce");
    check("no-nonce", "nonce");
    check("wrong-imprint", "something else than was asked for");
    check("no-certificate", "certificate");
    check("rejected", "did not grant");
    check("error", "HTTP status 500");
    check("delay", "did not answer within");
    check("closed", "can't be reached");
    check("garbage", "no time-stamp");
    check("truncated", "no time-stamp");
    check("oversized", "longer than");
    let vi = scratch.json(&["time-authority", "list"]);
    assert_eq!(vi["authorities"].as_array().unwrap().len(), 11);
    scratch.expect(2, &["stamp"]);

    // Asked again where that may help, and not where not.
    add(&scratch, &authority.fault("error"), "error-2");
    add(&scratch, &authority.fault("garbage"), "garbage-2");
    let ran = scratch.expect(5, &["stamp", "--attempts", "2", "--json"]);
    let done: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&done["unanswered"][0]["attempts"], &done["unanswered"][1]["attempts"]), (&json!(2), &json!(1)));
    assert!(scratch.expect(5, &["stamp", "--attempts", "1", "--lang", "vi"]).out.contains("CHƯA ĐÓNG DẤU"));
}

#[test]
fn another_authority_is_asked_when_the_first_fails() {
    let scratch = archive();
    let authority = Authority::start(&scratch, "tsa", &[]);
    add(&scratch, &authority.fault("garbage"), "first");
    add(&scratch, &authority.url, "second");
    let ran = scratch.expect(1, &["stamp", "--attempts", "1", "--json"]);
    let done: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(done["unanswered"][0]["authority"], "first");
    assert_eq!(done["time_stamps"][0]["authority"], "second");
    scratch.ok(&["time-authority", "remove", "first", "--reason", "faulty"]);
    add(&scratch, &authority.url, "third");
    let done = scratch.json(&["stamp", "--all"]);
    assert_eq!(done["time_stamps"].as_array().unwrap().len(), 2, "{done}");
    assert_eq!((&done["records"], &done["renewed"]), (&json!(0), &json!(1)), "the records are covered already");
    let (ok, report) = verify(&scratch);
    assert!(ok && report["checked"]["time_stamps"] == 3, "{report}");

    scratch.expect(4, &["time-authority", "add", &authority.url, "--name", "first"]);
    scratch.expect(4, &["time-authority", "remove", "first", "--reason", "twice"]);
    scratch.expect(3, &["time-authority", "remove", "fourth", "--reason", "none"]);
    for (url, name) in [("ftp://x/", "x"), ("http://", "x"), ("http://x/ y", "x"), ("http://x/", "X/..")] {
        scratch.expect(2, &["time-authority", "add", url, "--name", name]);
    }
}

#[test]
fn lost_and_altered_evidence_is_named() {
    let scratch = archive();
    let authority = Authority::start(&scratch, "tsa", &[]);
    add(&scratch, &authority.url, "a");
    scratch.ok(&["stamp"]);
    let spoil = |suffix: &str, spoil: &dyn Fn(&Path), says: &str| {
        let path = with_suffix(&scratch, suffix).remove(0);
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        spoil(&path);
        let (ok, report) = verify(&scratch);
        let name = path.file_name().unwrap().to_str().unwrap();
        let doubts = report["doubts"].as_array().unwrap();
        let named = doubts.iter().any(|doubt| {
            doubt["where"].as_str().unwrap().contains(name) && doubt["what"].as_str().unwrap().contains(says)
        });
        assert!(!ok && named, "{suffix}, {says}: {report}");
        let _ = fs::remove_file(&path);
        fs::write(path, whole).unwrap();
    };
    let whole = |suffix: &str| fs::read(with_suffix(&scratch, suffix).remove(0)).unwrap();
    for suffix in [".tst", ".tree", ".checkpoint"] {
        spoil(suffix, &|_| {}, "lost");
    }
    let changed = |at: usize| {
        let mut bytes = whole(".tst");
        let at = bytes.len() - at;
        bytes[at] ^= 1;
        move |path: &Path| fs::write(path, &bytes).unwrap()
    };
    for at in [1, 40, 400] {
        spoil(".tst", &changed(at), "altered");
    }
    let text = String::from_utf8(whole(".tree")).unwrap();
    let fewer = text.lines().take(4).map(|line| format!("{line}\n")).collect::<String>();
    spoil(".tree", &|path| fs::write(path, &fewer).unwrap(), "altered");
    spoil(".tree", &|path| fs::write(path, "x").unwrap(), "is not the hash tree");
    spoil(".checkpoint", &|path| fs::write(path, "x").unwrap(), "is not a checkpoint");
    let folder = scratch.path("kho/evidence");
    for stray in ["notes.txt", "x.tst", "7.a.b.tst"] {
        fs::write(folder.join(stray), "x").unwrap();
        let (ok, report) = verify(&scratch);
        assert!(!ok && report["doubts"][0]["where"] == format!("evidence/{stray}"), "{report}");
        fs::remove_file(folder.join(stray)).unwrap();
    }
    assert!(verify(&scratch).0);
}

#[test]
fn a_token_that_waits_is_recorded_by_the_next_stamping() {
    let scratch = archive();
    let authority = Authority::start(&scratch, "tsa", &[]);
    add(&scratch, &authority.url, "a");
    let before = scratch.path("before");
    let copy = |from: &Path, to: &Path| {
        assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
    };
    fs::create_dir(&before).unwrap();
    for folder in ["kho", "kho.custody", "kho.key-copy"] {
        copy(&scratch.path(folder), &before);
    }
    scratch.ok(&["stamp"]);
    // As if the process had ended before the event.
    copy(&scratch.path("kho/evidence"), &before.join("kho"));
    let archive = before.join("kho");
    let archive = ["--archive", archive.to_str().unwrap()];
    let report = scratch.ok(&[&["verify"][..], &archive].concat());
    assert!(report.contains("is not recorded in the ledger yet"), "{report}");
    let done = scratch.json(&[&["stamp"][..], &archive].concat());
    assert_eq!(
        (&done["records"], &done["recorded"]),
        (&json!(2), &json!(true)),
        "the same checkpoint: nobody is asked"
    );
    let report = scratch.ok(&[&["verify"][..], &archive].concat());
    assert!(!report.contains("not recorded"), "{report}");
}

#[test]
fn a_renewal_goes_into_the_evidence() {
    let scratch = archive();
    let first = Authority::start(&scratch, "tsa-1", &[]);
    add(&scratch, &first.url, "one");
    let stamped = scratch.json(&["stamp"]);
    let planned = scratch.json(&["stamp", "--plan"])["time_stamps"][0].clone();
    assert_eq!(planned["holds_until"], planned["not_after"]);
    assert!(planned["renew_from"].as_str() < planned["holds_until"].as_str());
    // Certificates and time-stamps go by whole seconds: the second holds longer, and is later.
    let second = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let first_second = second();
    eventually("the second after the next", || second() >= first_second + 2);
    let second = Authority::start(&scratch, "tsa-2", &[]);
    scratch.ok(&["time-authority", "remove", "one", "--reason", "its certificate ends"]);
    add(&scratch, &second.url, "two");
    let renewed = scratch.json(&["stamp"]);
    assert_eq!((&renewed["renewed"], &renewed["records"]), (&json!(1), &json!(0)));
    let plan = scratch.json(&["stamp", "--plan"]);
    let planned = &plan["time_stamps"][0];
    assert_eq!(planned["renewed_by"], json!([format!("{}.two", renewed["checkpoint"])]));
    assert_eq!(planned["holds_until"], plan["time_stamps"][1]["not_after"]);

    let made = scratch.json(&["evidence", CODE, "-o", "e"]);
    assert_eq!(made["time_stamps"].as_array().unwrap().len(), 2, "{made}");
    assert_eq!(made["since"], stamped["time_stamps"][0]["time"]);
    let checked = scratch.json(&["verify-evidence", "e", "t/1.pdf"]);
    assert_eq!(checked["time_stamps"].as_array().unwrap().len(), 2, "{checked}");
    let roots = scratch.path("roots.pem");
    let pem = [&first, &second].map(|authority| fs::read_to_string(&authority.root).unwrap());
    fs::write(&roots, pem.concat()).unwrap();
    assert!(foreign(&scratch.path("e"), &scratch.path("t/1.pdf"), &roots));
    assert!(!foreign(&scratch.path("e"), &scratch.path("t/1.pdf"), &first.root));
    let (ok, report) = verify(&scratch);
    assert!(ok && report["notes"].to_string().contains("the next stamping renews them"), "{report}");
}

/// Anybody may say of his own certificate that it holds longest: what the archive trusts goes into the evidence.
#[test]
fn the_evidence_is_by_an_authority_that_is_trusted() {
    let scratch = archive();
    let trusted = Authority::start(&scratch, "tsa-1", &[]);
    let second = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let first_second = second();
    eventually("the second after the next", || second() >= first_second + 2);
    let stranger = Authority::start(&scratch, "tsa-2", &[]);
    add(&scratch, &trusted.url, "trusted");
    add(&scratch, &stranger.url, "stranger");
    scratch.ok(&["stamp", "--all"]);
    let named = |made: &Value| made["time_stamps"].to_string();
    let made = scratch.json(&["evidence", CODE, "-o", "e"]);
    assert!(named(&made).contains("stranger"), "the one that holds longest, where none is trusted: {made}");
    let root = trusted.root.to_str().unwrap();
    let der = Command::new("openssl").args(["x509", "-in", root, "-outform", "DER"]).output().unwrap().stdout;
    let sha256 = chauban::digest::Sha256::of(&der).to_string();
    scratch.json(&["trust", "add", root, "--tree", "time-stamping", "--fingerprint", &sha256, "--source", "test"]);
    let made = scratch.json(&["evidence", CODE, "-o", "f"]);
    assert!(named(&made).contains("trusted"), "{made}");
}

#[test]
fn openssl_checks_a_checkpoint_that_stands_alone() {
    let scratch = Scratch::new();
    let authority = Authority::start(&scratch, "tsa", &[]);
    add(&scratch, &authority.url, "a");
    assert_eq!(scratch.json(&["stamp"])["records"], 0);
    let verified = Command::new("openssl")
        .args(["ts", "-verify", "-token_in", "-data"])
        .arg(with_suffix(&scratch, ".checkpoint").remove(0))
        .arg("-in")
        .arg(with_suffix(&scratch, ".tst").remove(0))
        .arg("-CAfile")
        .arg(&authority.root)
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn a_service_stamps_by_itself_and_ingests_go_on() {
    let scratch = archive();
    let authority = Authority::start(&scratch, "tsa", &[]);
    add(&scratch, &authority.url, "a");
    let mut serving = scratch.command(&["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::null()).spawn().unwrap();
    scratch.document("u/3", b"%PDF-1.7 three", json!({ "symbol": "17/QĐ-STTTT" }));
    let until = Instant::now() + Duration::from_secs(30);
    let recorded = || {
        let plan = scratch.run(&["stamp", "--plan", "--json"]);
        // While another process opens or closes the archive, a reader may be told to try again.
        assert!(plan.status == 0 || plan.status == 5, "{plan:?}");
        plan.out.contains("renewed_by")
    };
    while !recorded() {
        assert!(Instant::now() < until, "no time-stamp within 30 s");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(scratch.ingest("u").summary["taken"], 1);
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert!(verify(&scratch).0);
    assert_eq!(scratch.json(&["stamp"])["records"], 1);
}
