//! What `verify` doubts, beyond changed bytes (`crash::flip`) and older copies (`crash::rollback`).

use crate::scratch::Scratch;
use chauban::archive::truth::{Proposal, Truth};
use chauban::archive::{Format, Places};
use chauban::event::{ActorId, EventKind};
use chauban::index::{Index, IndexDocument};
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
        ("ledger/tile/0/000.p/1.tmp", true),
        ("keys/x.tmp", true),
        ("segments/evil.tmp", true),
        ("../kho.custody/junk", true),
        ("../kho.key-copy/00000001.epochs", true),
        ("quarantine/00000001-128-0123456789abcdef", true),
    ] {
        let path = scratch.path("kho").join(extra);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "x").unwrap();
        let (ok, report) = verify(&scratch);
        assert_eq!(ok, expect, "{extra}: {report}");
        // A segment too many is told as what it does to the row of segments.
        assert!(ok || extra.starts_with("segments/") || report.to_string().contains(extra), "{extra}: {report}");
        // What nothing reads is named, too.
        let named = report["notes"].to_string().contains(path.file_name().unwrap().to_str().unwrap());
        assert_eq!(named, extra.ends_with(".tmp") || extra.starts_with("../"), "{extra}: {report}");
        fs::remove_file(path).unwrap();
    }
    assert!(verify(&scratch).0);
}

/// The index of another archive with as many records and entries is known to be another's; nobody answers from it.
#[test]
fn another_archives_index_is_doubted() {
    let (scratch, other) = (archive(), Scratch::new());
    other.document("t/1", b"%PDF-1.7 other", json!({ "subject": "Một việc khác hẳn" }));
    assert_eq!(other.ingest("t").summary["taken"], 1);
    other.ok(&["search", "x"]);
    fs::remove_dir_all(scratch.path("kho/index")).unwrap();
    fs::rename(other.path("kho/index"), scratch.path("kho/index")).unwrap();
    let (ok, report) = verify(&scratch);
    assert!(!ok && report["doubts"].to_string().contains("that of another archive"), "{report}");
    assert!(scratch.ok(&["search", "khac"]).starts_with("0 records"));
    assert!(scratch.ok(&["search", "thử"]).starts_with("1 record"));
    assert!(verify(&scratch).0, "the search made it anew");
}

/// An index of this archive, with its cursor and its number of records, that says something else.
#[test]
fn an_index_that_says_something_else_is_doubted() {
    let scratch = archive();
    let places = Places::beside(&scratch.path("kho"));
    let format = Format::read(places.disks().archive.as_ref()).unwrap();
    let record: Uuid = scratch.json(&["show", "H26.10.2023.045.0000001"])["record"].as_str().unwrap().parse().unwrap();
    let altered = |record: Uuid| IndexDocument {
        record,
        doc_code: "H26.10.2023.045.0000001".into(),
        file_code: "H26.10.2023.045".into(),
        dossier_title: String::new(),
        agency: "H26.10".into(),
        organ_name: String::new(),
        number: "1".into(),
        notation: "QĐ".into(),
        symbol: "1/QĐ".into(),
        document_type: 2,
        issued: "2023-05-17".parse().unwrap(),
        subject: "Một việc khác hẳn".into(),
        signer: String::new(),
        keywords: Vec::new(),
    };
    let write = |removed: Uuid, put: Uuid| {
        let index = Index::open(&places.index(), format.archive).unwrap();
        let mut writer = index.writer(0).unwrap();
        writer.remove(removed).unwrap();
        writer.put(&altered(put)).unwrap();
        writer.commit(index.cursor()).unwrap();
    };
    let deep = |expect: &[(&str, Uuid)]| {
        let ran = scratch.expect(1, &["verify", "--deep", "--json"]);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        let doubt = |(what, id): &(&str, Uuid)| json!({ "where": "index", "what": what, "records": [id.to_string()] });
        let expect: Vec<Value> = expect.iter().map(doubt).collect();
        assert_eq!(report["doubts"], json!(expect), "{report}");
    };
    let other = Uuid::from_u128(7);
    write(Uuid::nil(), record);
    deep(&[("what it shows of the record is not what the record says", record)]);
    assert!(verify(&scratch).0, "which records there are is right");
    write(record, other);
    deep(&[("it shows a record that is not there", other), ("it does not show the record", record)]);
    assert!(!verify(&scratch).0);
    scratch.ok(&["rebuild"]);
    scratch.ok(&["verify", "--deep"]);
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

/// Bytes that do not compress.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..200_000).map(|_| next()).collect()
}

/// Deep verification needs no catalog: one doubt says that it is missing, another where the damage is.
#[test]
fn damage_is_named_without_the_catalog() {
    let scratch = Scratch::new();
    for number in 1..6 {
        let changes = json!({ "id": number.to_string(), "symbol": format!("{number}/TB") });
        scratch.document(&format!("t/{number}"), &noise(number), changes);
    }
    assert_eq!(scratch.ingest("t").summary["taken"], 5);
    scratch.ok(&["search", "x"]);
    let whole = scratch.json(&["verify", "--deep"]);
    fs::remove_dir_all(scratch.path("kho/catalog")).unwrap();
    let deep = || -> Value { serde_json::from_str(&scratch.expect(1, &["verify", "--deep", "--json"]).out).unwrap() };
    let report = deep();
    assert_eq!(report["doubts"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(report["doubts"][0]["where"], "catalog");
    assert_eq!(report["checked"]["bytes"], whole["checked"]["bytes"]);
    let open = scratch.path("kho/segments/00000001.open");
    let mut bytes = fs::read(&open).unwrap();
    bytes[500_000] ^= 1;
    fs::write(&open, bytes).unwrap();
    let report = deep();
    let doubts = report["doubts"].as_array().unwrap();
    assert_eq!(doubts.len(), 2, "{report}");
    assert!(doubts.iter().any(|doubt| doubt.to_string().contains("the stored bytes are damaged")), "{report}");
    // Nor does what is stored need keys to be compared with its digests.
    for entry in fs::read_dir(scratch.path("kho/keys")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    assert!(deep()["doubts"].to_string().contains("the stored bytes are damaged"));
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

/// Writers come and go, and one stays long: what a verification says is about the state it began with.
#[test]
fn beside_writers_nothing_is_doubted() {
    let scratch = archive();
    // Each its own period: new scopes, new generations of keys.
    for number in 2..8 {
        let retention = format!("{} năm", 5 * number);
        let (code, symbol) = (format!("H26.10.2023.{number:03}"), format!("{number}/TB"));
        let changes = json!({ "file_code": code, "symbol": symbol, "retention": retention });
        scratch.document(&format!("t{number}/1"), format!("document {number}").as_bytes(), changes);
    }
    for number in 0..400 {
        let (code, symbol) = (format!("H26.10.2022.{:03}", number / 5), format!("{number}/QĐ-UBND"));
        let changes = json!({ "id": number.to_string(), "file_code": code, "symbol": symbol });
        scratch.document(&format!("many/{number}"), format!("one of many {number}").as_bytes(), changes);
    }
    let (done, until) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let done = done; // also when an assertion fails
            (2..8).for_each(|number| assert_eq!(scratch.ingest(&format!("t{number}")).summary["taken"], 1));
            assert_eq!(scratch.ingest("many").summary["taken"], 400);
            drop(done);
        });
        let mut verified = 0;
        while until.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) || verified == 0 {
            let ran = scratch.run(&["verify", "--deep", "--json"]);
            assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
            verified += 1;
        }
        writer.join().unwrap();
    });
    let (ok, report) = verify(&scratch);
    assert!(ok && report["checked"]["indexed"] == 407, "{report}");
}

/// A writer that is in the middle of a group, and one whose catalog has not followed yet.
#[test]
fn what_is_being_written_is_not_looked_at() {
    let scratch = archive();
    let places = Places::beside(&scratch.path("kho"));
    let size = scratch.json(&["verify"])["checked"]["entries"].as_u64().unwrap();
    let writing = chauban::archive::Writing::open(&places, Arc::new(SystemClock::new())).unwrap();
    let open = scratch.path("kho/segments/00000001.open");
    let bytes = fs::read(&open).unwrap();
    fs::write(&open, [bytes.as_slice(), &bytes[128..1000]].concat()).unwrap();
    let (ok, report) = verify(&scratch);
    assert!(ok && report["checked"]["entries"] == size, "{report}");
    assert!(report["notes"].to_string().contains(&format!("after entry {size} ")), "{report}");
    writing.close().unwrap();
    // Without a writer it is no group in the making.
    let (ok, report) = verify(&scratch);
    assert!(!ok && report.to_string().contains("nothing after it was checked"), "{report}");
}

/// Damage before the state that is verified is told beside a writer too.
#[test]
fn beside_a_writer_damage_is_doubted() {
    let scratch = archive();
    let places = Places::beside(&scratch.path("kho"));
    let writing = chauban::archive::Writing::open(&places, Arc::new(SystemClock::new())).unwrap();
    let open = scratch.path("kho/segments/00000001.open");
    let bytes = fs::read(&open).unwrap();
    for at in (200..bytes.len()).step_by(bytes.len() / 7) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        fs::write(&open, &flipped).unwrap();
        let ran = scratch.run(&["verify", "--deep", "--json"]);
        assert_eq!(ran.status, 1, "offset {at}: {}", ran.out);
    }
    fs::write(&open, &bytes).unwrap();
    fs::remove_file(scratch.path("kho/ledger/tile/entries/000.p").join(size_of_tile(&scratch))).unwrap();
    assert!(!verify(&scratch).0);
    writing.close().unwrap();
}

/// The name of the partial tile of the newest checkpoint.
fn size_of_tile(scratch: &Scratch) -> String {
    let checkpoint = fs::read_to_string(scratch.path("kho/ledger/checkpoint")).unwrap();
    checkpoint.lines().nth(1).unwrap().to_owned()
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
