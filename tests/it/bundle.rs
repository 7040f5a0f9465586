//! Evidence bundles, checked by programs that are not ours: unzip, sha256sum, openssl, xxd, Python. No part of the archive
//! and nothing of its program is in reach of the checks.

use crate::scratch::Scratch;
use crate::server::{Server, archive};
use crate::stamp::Authority;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts");
const CODE: &str = "H26.10.2023.045.0000001";

/// Unpacks with Python's `zipfile` into a folder.
fn unpacked(zip: &Path, into: &Path) {
    let ran = Command::new("python3").args(["-m", "zipfile", "-e"]).args([zip, into]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

fn checked(folder: &Path, key: &Path) -> Output {
    Command::new("sh").arg("check.sh").arg(key).current_dir(folder).output().unwrap()
}

/// Every file of a folder, by its name in it.
fn names(folder: &Path) -> Vec<String> {
    let found = Command::new("find").args([".", "-type", "f"]).current_dir(folder).output().unwrap();
    let text = String::from_utf8(found.stdout).unwrap();
    let mut names: Vec<String> = text.lines().map(|name| name.trim_start_matches("./").to_owned()).collect();
    names.sort();
    names
}

fn only(names: &[String], begin: &str, end: &str) -> String {
    let mut found = names.iter().filter(|name| name.starts_with(begin) && name.ends_with(end));
    found.next().unwrap_or_else(|| panic!("no {begin}…{end} in {names:?}")).clone()
}

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let ran = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// A folder with the bundle of a signed record with a name that no shell likes, judged and time-stamped; the published
/// key; and the root of the time-stamping authority.
fn bundle() -> (Scratch, PathBuf, PathBuf) {
    let scratch = Scratch::new();
    let signed = std::fs::read(Path::new(FIXTURES).join("06a_leader_then_agency.pdf")).unwrap();
    scratch.document("t/$(touch x) 'quyết định'", &signed, json!({}));
    scratch.document("t/2", b"%PDF-1.7 two", json!({ "symbol": "16/QĐ-STTTT" }));
    let lists = Path::new(FIXTURES).join("pki/crl/2024-06-30");
    let ran = scratch.run(&["ingest", "t", "--evidence", lists.to_str().unwrap()]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    let authority = Authority::start(&scratch, "tsa", &[]);
    scratch.ok(&["time-authority", "add", &authority.url, "--name", "local"]);
    scratch.ok(&["stamp"]);
    let record = scratch.json(&["search", "15/QĐ-STTTT"])["records"][0]["doc_code"].as_str().unwrap().to_owned();
    let made = scratch.json(&["bundle", &record, "--to", "b.zip"]);
    assert_eq!(made["size"], std::fs::metadata(scratch.path("b.zip")).unwrap().len());
    scratch.expect(4, &["bundle", &record, "--to", "b.zip"]);
    unpacked(&scratch.path("b.zip"), &scratch.path("b"));
    assert_eq!(made["files"], names(&scratch.path("b")).len());
    let key = scratch.path("published.vkey");
    std::fs::copy(scratch.path("kho/ledger/keys/ed25519.vkey"), &key).unwrap();
    let root = authority.root.clone();
    drop(authority);
    // What checks it has no archive.
    std::fs::rename(scratch.path("kho"), scratch.path("away")).unwrap();
    (scratch, key, root)
}

#[test]
fn a_bundle_is_checked_by_programs_of_others() {
    let (scratch, key, root) = bundle();
    let folder = scratch.path("b");
    let ran = checked(&folder, &key);
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    // The sums; eight steps for the record and seven for the verdict, which has no file; of both description and checkpoint.
    assert_eq!(said.lines().filter(|line| line.starts_with("ok ")).count(), 1 + (8 + 2) + (7 + 2), "{said}");
    assert!(!said.contains("FALSE") && !said.contains("NOTE"), "{said}");
    assert_eq!(std::fs::read_dir(scratch.path("")).unwrap().flatten().filter(|one| one.file_name() == "x").count(), 0);

    let names = names(&folder);
    let description: Value = serde_json::from_slice(&std::fs::read(folder.join("description.json")).unwrap()).unwrap();
    assert_eq!(description["symbol"], "15/QĐ-STTTT");
    let verdict: Value = serde_json::from_slice(&std::fs::read(folder.join("verdict.json")).unwrap()).unwrap();
    let evidence = verdict["evidence"].as_array().unwrap();
    for sha256 in evidence {
        assert!(names.iter().any(|name| name.starts_with("evidence/") && name.contains(sha256.as_str().unwrap())));
    }
    let list = only(&names, "evidence/crl/", ".crl");
    assert!(openssl(&folder, &["crl", "-inform", "DER", "-noout", "-issuer", "-in", &list]).contains("issuer"));
    let certificates = names.iter().filter(|name| name.ends_with(".cer"));
    for certificate in certificates {
        openssl(&folder, &["x509", "-inform", "DER", "-noout", "-subject", "-in", certificate]);
    }
    let token = only(&names, "time-stamps/", ".tst");
    assert!(openssl(&folder, &["ts", "-reply", "-token_in", "-in", &token, "-text"]).contains("sha256"));
    let evidence = |file: &str| {
        let mut python = Command::new("python3");
        python.args(["time-stamps/evidence.py", "time-stamps/evidence-record.ers", file]).arg(&root);
        python.current_dir(&folder).output().unwrap().status.success()
    };
    assert!(evidence("content/1.pdf") && !evidence("verify.html"));
    let readme = std::fs::read_to_string(folder.join("README.vi.txt")).unwrap();
    assert!(readme.contains("15/QĐ-STTTT") && readme.contains("content/1.pdf") && !readme.contains("{"), "{readme}");
    assert!(names.contains(&"verify.html".to_owned()) && names.contains(&"README.en.txt".to_owned()));
}

#[test]
fn what_is_altered_in_a_bundle_is_noticed() {
    let (scratch, key, _) = bundle();
    let folder = scratch.path("b");
    let with = |name: &str, change: &dyn Fn(&mut Vec<u8>), is_listed_anew: bool| {
        let copy = scratch.path("altered");
        let _ = std::fs::remove_dir_all(&copy);
        assert!(Command::new("cp").arg("-r").args([&folder, &copy]).status().unwrap().success());
        let path = copy.join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        change(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        if is_listed_anew {
            let anew =
                "find . -type f ! -name SHA256SUMS | sed 's|^./||' | sort | xargs -d '\\n' sha256sum > SHA256SUMS";
            assert!(Command::new("sh").args(["-c", anew]).current_dir(&copy).status().unwrap().success());
        }
        checked(&copy, &key).status.success()
    };
    let turn = |bytes: &mut Vec<u8>| *bytes.last_mut().unwrap() ^= 1;
    assert!(with("content/1.pdf", &|_| {}, true));
    assert!(!with("content/1.pdf", &turn, false), "the sums");
    for name in
        ["content/1.pdf", "description.json", "verdict.json", "receipt.tlog-proof", "verdict.tlog-proof", "checkpoint"]
    {
        assert!(!with(name, &turn, true), "{name}");
    }
    // Another archive's key.
    let other = Scratch::new();
    assert!(!checked(&folder, &other.path("kho/ledger/keys/ed25519.vkey")).status.success());
}

#[test]
fn a_bundle_is_fetched_by_who_may_read_the_files() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    let fetched = inspector.get(&format!("/api/v1/records/{CODE}/bundle"));
    assert_eq!((fetched.status, fetched.header("content-type")), (200, "application/zip"));
    assert!(fetched.header("content-disposition").contains(&format!("{CODE}.zip")));
    std::fs::write(scratch.path("b.zip"), &fetched.body).unwrap();
    unpacked(&scratch.path("b.zip"), &scratch.path("b"));
    let ran = checked(&scratch.path("b"), &scratch.path("kho/ledger/keys/ed25519.vkey"));
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    assert_eq!(inspector.get("/api/v1/records/H26.10.2023.045.0000009/bundle").status, 404);
    let page = inspector.get(&format!("/records/{CODE}?lang=en")).text();
    assert!(page.contains(&format!("/records/{CODE}/bundle")), "{page}");
    let sha256 = inspector.get(&format!("/api/v1/records/{CODE}")).json()["components"][0]["sha256"].clone();
    let held = inspector.get(&format!("/inspect?q={}", sha256.as_str().unwrap())).text();
    assert!(held.contains(&format!("/records/{CODE}/bundle")), "{held}");
    assert_eq!(server.client("council-member").get(&format!("/records/{CODE}/bundle")).status, 403);
    let foreign = "H26.33.2024.001.0000001";
    assert_eq!(server.client("transferring-officer").get(&format!("/records/{foreign}/bundle")).status, 404);
}
