//! Requests of readers, here through the commands: their states, what is refused, and what a copy has in it.

mod reading;
mod service;

use crate::scratch::{Scratch, record};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

const CODE: &str = "H26.10.2023.045.0000001";
const READER: &str = "Nguyễn Thị Độc Giả";

fn world() -> Scratch {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({ "subject": "Về việc mua sắm" }));
    assert_eq!(scratch.ingest("t").summary["taken"], 1);
    named(&scratch);
    scratch
}

/// Says what the archive is called: its papers bear it.
pub fn named(scratch: &Scratch) {
    let said = ["--place", "Hà Giang", "--reason", "6/QĐ-SNV"];
    scratch.ok(&[&["retention", "archive-name", "Lưu trữ Sở Nội vụ tỉnh Hà Giang"], &said[..]].concat());
}

const ASKED: [&str; 8] =
    ["--reader", READER, "--document", "CCCD 001", "--purpose", "nghiên cứu", "--mandate", "giấy giới thiệu 12"];

/// Takes a request in; its identifier.
fn received(scratch: &Scratch, form: &str) -> String {
    let given = ["request", "receive", CODE, "--form", form, "--actor", "Lê A"];
    let shown = scratch.json(&[&given[..], &ASKED].concat());
    assert_eq!((&shown["state"], &shown["reader"]["name"]), (&json!("received"), &json!(READER)));
    shown["request"].as_str().unwrap().to_owned()
}

fn step(scratch: &Scratch, step: &str, id: &str, actor: &str) -> Value {
    let reason: &[&str] = if step == "fulfil" { &[] } else { &["--reason", "đúng"] };
    scratch.json(&[&["request", step, id, "--actor", actor][..], reason].concat())
}

#[test]
fn a_copy_is_the_files_as_they_are_beside_a_paper_that_says_so() {
    let scratch = world();
    let id = received(&scratch, "copy");
    let own = scratch.expect(4, &["request", "approve", &id, "--reason", "đúng", "--actor", "Lê A"]);
    assert!(own.err.contains("another person"), "{}", own.err);
    scratch.expect(4, &["request", "copy", &id, "1", "-o", "early.zip"]);
    assert_eq!(step(&scratch, "approve", &id, "Trần B")["state"], "approved");
    scratch.expect(4, &["request", "copy", &id, "1", "-o", "early.zip"]);
    let shown = step(&scratch, "fulfil", &id, "Lê A");
    let paper = shown["records"][0]["paper"].as_str().unwrap();
    scratch.expect(4, &["request", "certificate", &id, "1", "-o", "c.pdf"]);
    scratch.expect(3, &["request", "copy", &id, "2", "-o", "second.zip"]);
    assert!(!scratch.path("early.zip").exists() && !scratch.path("second.zip").exists());

    scratch.ok(&["request", "copy", &id, "1", "-o", "copy.zip"]);
    let unpacked = Command::new("unzip").args(["-q", "copy.zip", "-d", "copy"]).current_dir(scratch.path(".")).status();
    assert!(unpacked.unwrap().success());
    assert_eq!(fs::read(scratch.path("copy/1.pdf")).unwrap(), b"%PDF-1.7 one");
    let cover = fs::read(scratch.path("copy/BAN-SAO.pdf")).unwrap();
    assert_eq!(chauban::digest::Sha256::of(&cover).to_string(), paper);
    assert_eq!(fs::read_dir(scratch.path("copy")).unwrap().count(), 2);

    assert_eq!(step(&scratch, "close", &id, "Lê A")["state"], "closed");
    scratch.expect(4, &["request", "copy", &id, "1", "-o", "late.zip"]);
    scratch.expect(4, &["request", "fulfil", &id]);
    scratch.ok(&["verify", "--deep"]);
    let shown = || scratch.json(&["request", "show", &id]);
    let before = shown();
    scratch.ok(&["rebuild"]);
    assert_eq!(shown(), before);
    assert_eq!(scratch.json(&["request", "list"])["requests"].as_array().unwrap().len(), 1);
    let events = scratch.json(&["history", CODE]);
    assert_eq!(events["events"].as_array().unwrap().last().unwrap()["event"], "copy-made");
}

#[test]
fn a_reading_copy_is_given_out_by_a_pass_that_is_told_once() {
    let scratch = world();
    let id = received(&scratch, "reading-copy");
    assert_eq!(step(&scratch, "approve", &id, "Trần B")["days"], 15);
    let fulfilled = step(&scratch, "fulfil", &id, "Lê A");
    let first = fulfilled["pass"].as_str().unwrap();
    assert!(first.len() == 72 && fulfilled["until"].is_string() && fulfilled["records"][0]["paper"].is_null());
    scratch.expect(4, &["request", "copy", &id, "1", "-o", "copy.zip"]);
    assert_eq!(scratch.json(&["request", "show", &id])["pass"], Value::Null);
    let second = scratch.json(&["request", "pass", &id, "--actor", "Lê A"]);
    assert!(second["pass"].is_string() && second["pass"] != first);
    let revoke = ["request", "revoke", &id, "--reason", "để lộ", "--actor", "Lê A"];
    scratch.ok(&revoke);
    scratch.expect(4, &revoke);
    assert!(!scratch.ok(&["request", "show", &id]).contains(first));
    let told = scratch.ok(&["request", "pass", &id, "--actor", "Lê A", "--lang", "en"]);
    assert!(told.contains("told this once"), "{told}");
    scratch.ok(&["verify", "--deep"]);
    let shown = || scratch.json(&["request", "show", &id]);
    let before = shown();
    scratch.ok(&["rebuild"]);
    assert_eq!(shown(), before);
}

#[test]
fn who_asks_is_in_no_public_entry_no_list_and_no_history() {
    let scratch = world();
    let id = received(&scratch, "certified-copy");
    step(&scratch, "approve", &id, "Trần B");
    step(&scratch, "fulfil", &id, "Lê A");
    assert!(scratch.ok(&["request", "show", &id]).contains(READER));
    for told in [vec!["request", "list"], vec!["request", "list", "--json"], vec!["history", CODE], vec!["show", CODE]]
    {
        let said = scratch.run(&told);
        assert!(!format!("{}{}", said.out, said.err).contains("Độc Giả"), "{told:?}");
    }
    // Neither in the clear anywhere in the archive, its catalog and index included.
    let mut folders = vec![scratch.path("kho")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(READER.len()).any(|window| window == READER.as_bytes()), "{}", path.display());
        }
    }
}

#[test]
fn no_copy_is_made_before_the_archive_has_a_name() {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({}));
    assert_eq!(scratch.ingest("t").summary["taken"], 1);
    let called = |scratch: &Scratch| scratch.json(&["retention", "archive-name"])["called"].clone();
    assert_eq!(called(&scratch), Value::Null);
    let id = received(&scratch, "certified-copy");
    step(&scratch, "approve", &id, "Trần B");
    let refused = scratch.expect(4, &["request", "fulfil", &id, "--actor", "Lê A"]);
    assert!(
        refused.err.contains("name and place are not set") && refused.err.contains("archive-name"),
        "{}",
        refused.err
    );
    let name = ["retention", "archive-name", "Lưu trữ Sở", "--place", " Hà Giang ", "--reason"];
    scratch.expect(2, &name[..5]);
    scratch.expect(2, &[&name[..], &[" "]].concat());
    scratch.ok(&[&name[..], &["6/QĐ-SNV"]].concat());
    scratch.expect(4, &[&name[..], &["6/QĐ-SNV"]].concat());
    assert_eq!(called(&scratch), json!({ "name": "Lưu trữ Sở", "place": "Hà Giang" }));
    assert_eq!(step(&scratch, "fulfil", &id, "Lê A")["state"], "fulfilled");
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    assert_eq!(called(&scratch)["name"], "Lưu trữ Sở");
}

#[test]
fn what_is_open_takes_one_person() {
    let scratch = Scratch::new();
    let open = record(&[("1.pdf", b"%PDF-1.7 open")], json!({ "mode": "01" }));
    scratch.dossier("d", json!({ "records": [open] }));
    fs::write(scratch.path("d/1.pdf"), b"%PDF-1.7 open").unwrap();
    let code = scratch.ingest("d").doc_code().to_owned();
    let given = ["request", "receive", &code, "--form", "copy", "--actor", "Lê A"];
    let id = scratch.json(&[&given[..], &ASKED].concat())["request"].as_str().unwrap().to_owned();
    assert_eq!(step(&scratch, "approve", &id, "Lê A")["state"], "approved");
}

#[test]
fn what_is_no_request_is_refused_and_leaves_nothing() {
    let scratch = world();
    let refused = |status: i32, code: &str, form: &str, asked: &[&str]| {
        let given = ["request", "receive", code, "--form", form];
        scratch.expect(status, &[&given[..], asked].concat());
    };
    refused(2, CODE, "film", &ASKED);
    refused(2, CODE, "reading-copy", &[&ASKED[..], &["--days", "16"]].concat());
    refused(2, CODE, "copy", &[&ASKED[..], &["--copies", "0"]].concat());
    refused(2, CODE, "copy", &[&["--reader", " "], &ASKED[2..]].concat());
    refused(3, "H26.10.2023.045.0000009", "copy", &ASKED);
    refused(2, "H26.10.2023.045", "copy", &ASKED);
    assert_eq!(scratch.json(&["request", "list"])["requests"], json!([]));
    scratch.expect(2, &["request", "show", "x"]);
    scratch.expect(3, &["request", "show", "00000000-0000-4000-8000-000000000000"]);
    let id = received(&scratch, "copy");
    assert_eq!(step(&scratch, "refuse", &id, "Lê A")["state"], "refused");
    scratch.expect(4, &["request", "approve", &id, "--reason", "đúng", "--actor", "Trần B"]);
    scratch.expect(4, &["request", "close", &id, "--reason", "đúng"]);
}
