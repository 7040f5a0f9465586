//! Golden archives: what an earlier version wrote, this one opens, proves and continues.
//!
//! `tests/golden/<name>/` holds small archives of each format version, without their projections, made once: `v1` by
//! `tests/golden/make.sh`, `v1-sealed` by the test below when `CHAUBAN_GOLDEN` names the folder to make. Their root keys
//! lie beside them: they protect nothing.

use crate::scratch::{Scratch, record};
use crate::stamp::Authority;
use crate::trust;
use chauban::archive::ingest::{IngestOptions, Mode, ingest};
use chauban::archive::{Places, Writing};
use chauban::time::SystemClock;
use chauban::vault::Limits;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

/// The signed record of `v1-sealed`.
const SIGNED: &str = "H26.10.2021.044.0000001";

struct Golden {
    _dir: tempfile::TempDir,
    home: PathBuf,
}

impl Golden {
    /// A copy to work on.
    fn copy(version: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join(version);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(version), &home);
        Self { _dir: dir, home }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_chauban"))
            .args(arguments)
            .env("CHAUBAN_ARCHIVE", self.home.join("archive"))
            .env("CHAUBAN_ACTOR", "compat")
            .output()
            .unwrap()
    }

    fn succeed(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.run(arguments);
        let problem = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {problem}{}", String::from_utf8_lossy(&output.stdout));
        output.stdout
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn format_1_opens_is_proved_and_goes_on() {
    opens_is_proved_and_goes_on(&Golden::copy("v1"), 13);
}

/// Sealed segments, an object in parts, generations of keys, an amended dossier, a trust anchor, a source of evidence,
/// two validations of a signed record, a time-stamp.
#[test]
fn format_1_with_sealed_segments_opens_is_proved_and_goes_on() {
    let golden = Golden::copy("v1-sealed");
    let names = |folder: &str| -> Vec<String> {
        let entries = std::fs::read_dir(golden.home.join("archive").join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert!(names("segments").iter().filter(|name| name.ends_with(".seg")).count() >= 3);
    let generation = names("keys").iter().filter_map(|name| name.split_once('.')?.0.parse::<u64>().ok()).max();
    assert!(generation > Some(4), "a generation for each new period: {generation:?}");
    opens_is_proved_and_goes_on(&golden, 16);
    let json = |arguments: &[&str]| -> Value { serde_json::from_slice(&golden.succeed(arguments)).unwrap() };
    assert_eq!(json(&["verify", "--json"])["checked"]["time_stamps"], 1);
    assert_eq!(json(&["trust", "list", "--json"])["anchors"].as_array().unwrap().len(), 1);
    assert_eq!(json(&["evidence-source", "list", "--json"])["sources"].as_array().unwrap().len(), 1);
    let history = json(&["history", SIGNED, "--json"]);
    let events = history["events"].as_array().unwrap();
    assert_eq!(events.iter().filter(|event| event["event"] == "signatures-validated").count(), 2, "{history}");
    let (evidence, file) = (golden.home.join("evidence"), golden.home.join(SIGNED));
    golden.succeed(&["evidence", SIGNED, "-o", evidence.to_str().unwrap()]);
    golden.succeed(&["verify-evidence", evidence.to_str().unwrap(), file.to_str().unwrap()]);
}

fn opens_is_proved_and_goes_on(golden: &Golden, count: usize) {
    // The first reader makes the projections anew.
    let search = String::from_utf8(golden.succeed(&["search", "--limit", "1000", "--json"])).unwrap();
    let records = std::fs::read_to_string(golden.home.join("records.txt")).unwrap();
    assert_eq!(records.lines().count(), count);
    for line in records.lines() {
        let (code, sha256) = line.split_once(' ').unwrap();
        assert!(search.contains(code), "{code} is found");
        let file = golden.home.join(code);
        golden.succeed(&["get", code, "-o", file.to_str().unwrap()]);
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!(chauban::digest::Sha256::of(&bytes).to_string(), sha256, "{code}");
        let receipt = golden.home.join("receipts").join(format!("{code}.tlog-proof"));
        if !receipt.exists() {
            continue; // some are enough
        }
        let key = golden.home.join("archive/ledger/keys/ed25519.vkey");
        let arguments = [&receipt, &file].map(|path| path.to_str().unwrap());
        golden.succeed(&["verify-receipt", arguments[0], arguments[1], "--key", key.to_str().unwrap()]);
    }
    golden.succeed(&["verify", "--deep"]);
    golden.succeed(&["keys", "check"]);

    let more = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sample/transfer/011");
    golden.succeed(&["ingest", more.to_str().unwrap()]);
    golden.succeed(&["verify", "--deep"]);
    // A receipt from before still holds: its checkpoint is a beginning of today's ledger.
    let again = String::from_utf8(golden.succeed(&["search", "--limit", "1000", "--json"])).unwrap();
    assert!(again.len() > search.len());
}

/// Makes an archive like `v1-sealed`, and leaves it in the folder `CHAUBAN_GOLDEN`, where that is named.
#[test]
fn an_archive_of_every_kind_of_frame_is_made() {
    let scratch = Scratch::new();
    let authority = Authority::start(&scratch, "tsa", &[]);
    let sha256 = trust::fingerprint(&scratch, trust::ROOT);
    let added = ["trust", "add", trust::ROOT, "--tree", "official-duty", "--fingerprint", &sha256];
    scratch.ok(&[&added[..], &["--source", "a test"]].concat());
    scratch.ok(&["time-authority", "add", &authority.url, "--name", "test"]);
    scratch.ok(&["evidence-source", "add", "crl.example.vn", "--reason", "a test"]);
    for number in 0..12 {
        let changes = json!({
            "id": number.to_string(), "symbol": format!("{number}/QĐ-STTTT"), "subject": format!("Văn bản số {number}"),
            "file_code": format!("H26.10.2023.00{}", number / 4), "retention": format!("{} năm", 10 + number / 4),
        });
        scratch.document(&format!("t{}/{number}", number / 4), &noise(number, 2_500), changes);
    }
    std::fs::create_dir(scratch.path("signed")).unwrap();
    for extension in ["pdf", "json"] {
        let name = format!("00006002.{extension}");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sample/transfer/006").join(&name);
        std::fs::copy(from, scratch.path("signed").join(name)).unwrap();
    }
    // Over 16 MiB, so in parts, which compression makes small.
    let long = vec![b'a'; 17 << 20];
    let records = [record(&[("a.txt", &long), ("b.txt", b"two")], json!({}))];
    scratch.dossier("d", json!({ "records": records }));
    std::fs::write(scratch.path("d/a.txt"), &long).unwrap();
    std::fs::write(scratch.path("d/b.txt"), "two").unwrap();
    let longer = json!({ "id": "90", "symbol": "90/TB", "file_code": "H26.10.2023.000", "retention": "Vĩnh viễn" });
    scratch.document("later/1", &noise(90, 2_000), longer);
    scratch.document("last/1", &noise(91, 2_000), json!({ "id": "91", "symbol": "91/TB" }));

    let places = Places::beside(&scratch.path("kho"));
    // Each ingest a group, each of these too long for what is left of its segment.
    for folder in ["t0", "t1", "t2", "d", "signed", "later"] {
        let limits = Limits { segment_bytes_max: 24 * 1024 };
        let writing = Writing::open_limited(&places, Arc::new(SystemClock::new()), limits).unwrap();
        let paths = vec![scratch.path(folder)];
        let (actor, mode, evidence) = ("golden".into(), Mode::Accession, Vec::new());
        let options = IngestOptions { paths, actor, mode, threads: 1, evidence };
        assert_eq!(ingest(&writing, &options, &mut |_| {}).unwrap().refused, 0);
        writing.close().unwrap();
    }
    scratch.ok(&["revalidate", SIGNED]);
    scratch.ok(&["stamp"]);
    scratch.ok(&["ingest", "last"]);
    let report = scratch.json(&["verify", "--deep"]);
    assert_eq!(report["checked"]["time_stamps"], 1);
    assert!(report["checked"]["segments"].as_u64().unwrap() > 2, "{report}");
    if let Some(folder) = std::env::var_os("CHAUBAN_GOLDEN") {
        keep(&scratch, Path::new(&folder));
    }
}

/// Keeps an archive with its receipts, and a line with code and digest for the first file of each record.
fn keep(scratch: &Scratch, folder: &Path) {
    assert!(!folder.exists(), "a golden archive is never remade");
    let found = scratch.json(&["search", "--limit", "1000"]);
    let codes = found["records"].as_array().unwrap().iter().map(|hit| hit["doc_code"].as_str().unwrap().to_owned());
    let mut codes: Vec<String> = codes.collect();
    codes.sort();
    std::fs::create_dir_all(folder.join("receipts")).unwrap();
    let mut records = String::new();
    for (at, code) in codes.into_iter().enumerate() {
        let receipt = folder.join("receipts").join(format!("{code}.tlog-proof"));
        if at % 3 == 0 {
            scratch.ok(&["receipt", &code, "-o", receipt.to_str().unwrap()]);
        }
        let file = scratch.path(format!("kept-{code}"));
        scratch.ok(&["get", &code, "-o", file.to_str().unwrap()]);
        let sha256 = chauban::digest::Sha256::of(&std::fs::read(file).unwrap());
        records += &format!("{code} {sha256}\n");
    }
    std::fs::write(folder.join("records.txt"), records).unwrap();
    for part in ["", ".custody", ".key-copy"] {
        copy(&scratch.path(format!("kho{part}")), &folder.join(format!("archive{part}")));
    }
    for derived in ["catalog", "index"] {
        std::fs::remove_dir_all(folder.join("archive").join(derived)).unwrap();
    }
    std::fs::remove_file(folder.join("archive/state/lock")).unwrap();
}

/// Bytes that do not compress, the same each time.
fn noise(seed: u32, length: usize) -> Vec<u8> {
    let blocks =
        (0..length.div_ceil(32)).flat_map(|at| chauban::digest::Sha256::of(format!("{seed} {at}").as_bytes()).0);
    let mut bytes = b"%PDF-1.7 ".to_vec();
    bytes.extend(blocks.take(length));
    bytes
}
