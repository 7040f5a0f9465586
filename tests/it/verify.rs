//! What `verify` doubts, beyond changed bytes (`crash::flip`) and older copies (`crash::rollback`).

use crate::scratch::Scratch;
use chauban::archive::truth::{Proposal, Truth};
use chauban::archive::{Format, Places};
use chauban::event::{ActorId, EventKind};
use chauban::time::SystemClock;
use chauban::vault::Limits;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use uuid::Uuid;

/// An archive with one record.
fn archive() -> Scratch {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({}));
    assert_eq!(scratch.ingest("t").summary["taken"], 1);
    scratch.ok(&["search", "x"]);
    scratch
}

/// The report, and whether it is without doubt.
fn verify(scratch: &Scratch) -> (bool, Value) {
    let ran = scratch.run(&["verify", "--json"]);
    assert!(ran.status == 0 || ran.status == 1, "{ran:?}");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ran.status == 0, report["doubts"] == json!([]), "{report}");
    (ran.status == 0, report)
}

#[test]
fn a_file_too_many_is_doubted() {
    let scratch = archive();
    let (ok, report) = verify(&scratch);
    assert!(ok && report["notes"] == json!([]), "{report}");
    for (extra, expect) in [
        ("stray", false),
        ("ledger/stray", false),
        ("ledger/keys/other.vkey", false),
        ("ledger/tile/0/005", false),
        ("segments/00000009.seg", false),
        ("keys/00000099.scopes", false),
        ("keys/notes.txt", false),
        ("state/stray", false),
        ("ledger/checkpoint.tmp", true),
        ("quarantine/00000001-128-0123456789abcdef", true),
    ] {
        let path = scratch.path("kho").join(extra);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "x").unwrap();
        let (ok, report) = verify(&scratch);
        assert_eq!(ok, expect, "{extra}: {report}");
        // A segment too many is told as what it does to the row of segments.
        assert!(ok || extra.starts_with("segments/") || report.to_string().contains(extra), "{extra}: {report}");
        fs::remove_file(path).unwrap();
    }
    assert!(verify(&scratch).0);
}

#[test]
fn nothing_is_left_behind() {
    let scratch = archive();
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["verify", "H26.10.2023.045.0000001"]);
    scratch.expect(3, &["verify", "H26.10.2023.045.0000002"]);
    assert_eq!(fs::read_dir(scratch.path("tmp")).unwrap().count(), 0);
}

/// Keys that do not open are a doubt with its place, like all others, and not the end of the verification.
#[test]
fn lost_and_damaged_keys_are_doubted() {
    let scratch = archive();
    let keys: Vec<_> = fs::read_dir(scratch.path("kho/keys")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(keys.len(), 2);
    for path in keys {
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let (ok, report) = verify(&scratch);
        assert!(!ok && report.to_string().contains("keys"), "{report}");
        assert_eq!(report["checked"]["entries"], 7, "the structure is checked all the same: {report}");
        fs::remove_file(&path).unwrap();
        assert!(!verify(&scratch).0);
        fs::write(&path, bytes).unwrap();
    }
    assert!(verify(&scratch).0);
}

/// A program that names a wrong entry as the one before.
#[test]
fn an_entry_that_names_another_before_it_is_doubted() {
    let scratch = archive();
    let disks = Places::beside(&scratch.path("kho")).disks();
    let format = Format::read(disks.archive.as_ref()).unwrap();
    let (mut truth, _) = Truth::open(format, disks, Limits::default(), Arc::new(SystemClock::new())).unwrap();
    let id = Uuid::from_u128(7);
    let (kind, actor, objects) = (EventKind::ClockConfirmed, ActorId([0; 8]), Vec::new());
    let wrong = Proposal { kind, id, actor, rule: None, commitment: None, key_frame: None, objects, detail: None };
    truth.commit(vec![wrong], &mut |_| Ok(Some(0))).unwrap();
    drop(truth);
    scratch.ok(&["rebuild"]);
    let (_, report) = verify(&scratch);
    let doubt = &report["doubts"][0];
    assert!(doubt["what"].as_str().unwrap().contains("does not name the entry before it"), "{report}");
    assert_eq!(doubt["records"], json!([id.to_string()]));
}

#[test]
fn beside_a_writer_it_says_so() {
    let scratch = archive();
    let writing =
        chauban::archive::Writing::open(&Places::beside(&scratch.path("kho")), Arc::new(SystemClock::new())).unwrap();
    let (_, report) = verify(&scratch);
    assert!(report["notes"].to_string().contains("was writing"), "{report}");
    writing.close().unwrap();
    assert_eq!(verify(&scratch).1["notes"], json!([]));
}
