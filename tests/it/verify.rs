//! What `verify` doubts, beyond changed bytes (`crash::flip`) and older copies (`crash::rollback`).

use crate::crash::folders::{copy, put_back};
use crate::scratch::Scratch;
use chauban::archive::ingest::{IngestOptions, Mode, ingest};
use chauban::archive::object::{SealedPart, Workshop};
use chauban::archive::truth::{Proposal, Truth};
use chauban::archive::{Format, Places, Reading, Writing};
use chauban::catalog::{Batch, Catalog};
use chauban::error::Error;
use chauban::event::{ActorId, EventKind};
use chauban::index::{Index, IndexDocument};
use chauban::keys::ObjectSecrets;
use chauban::position::Location;
use chauban::time::SystemClock;
use chauban::vault::{self, Bodies, Limits, START};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
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
        outcome: "accept".into(),
        period: "20".into(),
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

/// A copy that is not there, is damaged, or lies with the other part is told of by its name.
#[test]
fn each_copy_of_the_keys_is_named() {
    let scratch = archive();
    let file = fs::read_dir(scratch.path("kho.custody")).unwrap().map(|entry| entry.unwrap().path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|part| part == "epochs")).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap().to_owned();
    let (bytes, other) = (fs::read(&file).unwrap(), file.with_extension("scopes"));
    let told = |expect: &str, verified: bool| {
        let ran = scratch.run(&["keys", "check", "--json"]);
        assert!(ran.status == 1 && ran.out.contains(expect), "{expect}: {ran:?}");
        let (ok, report) = verify(&scratch);
        assert!(!ok && report["doubts"].to_string().contains(if verified { &name } else { expect }), "{report}");
    };
    fs::write(&file, &bytes[1..]).unwrap();
    told(&format!("{name} is damaged"), true);
    fs::remove_file(&file).unwrap();
    told(&format!("{name} is missing"), true);
    fs::write(&file, &bytes).unwrap();
    fs::write(&other, b"{}").unwrap();
    told("the other part of the keys", false);
    fs::remove_file(&other).unwrap();
    scratch.ok(&["keys", "check"]);
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
    // Without a writer it is what a crash left of one.
    let (ok, report) = verify(&scratch);
    assert!(ok && report["notes"].to_string().contains("that a crash left"), "{report}");
    // That is no more so where a group is missing that was signed.
    fs::write(&open, &bytes[..bytes.len() - 8]).unwrap();
    let (ok, report) = verify(&scratch);
    assert!(!ok && report.to_string().contains("nothing after it was checked"), "{report}");
}

/// A catalog, an index and a checkpoint that lag, tiles ahead and a torn tail: what a kill leaves, and no doubt.
#[test]
fn what_a_crash_leaves_is_a_note() {
    let scratch = archive();
    let (kho, older) = (scratch.path("kho"), scratch.path("older"));
    for folder in ["catalog", "index"] {
        copy(&kho.join(folder), &older.join(folder));
    }
    let checkpoint = fs::read(kho.join("ledger/checkpoint")).unwrap();
    scratch.document("u/2", b"%PDF-1.7 two", json!({ "id": "2", "symbol": "2/TB" }));
    assert_eq!(scratch.ingest("u").summary["taken"], 1);
    scratch.ok(&["search", "x"]);
    for folder in ["catalog", "index"] {
        put_back(&older.join(folder), &kho.join(folder));
    }
    fs::write(kho.join("ledger/checkpoint"), checkpoint).unwrap();
    let open = kho.join("segments/00000001.open");
    let bytes = fs::read(&open).unwrap();
    fs::write(&open, [bytes.as_slice(), &[7; 1000]].concat()).unwrap();
    for deep in [&["verify"][..], &["verify", "--deep"]] {
        let report = scratch.json(deep);
        let notes = report["notes"].to_string();
        for expect in ["the next opening catches up", "cuts 1000 bytes", "are not published yet"] {
            assert!(notes.contains(expect), "{expect}: {report}");
        }
        assert!(report["checked"]["catalog_rows"].as_u64().unwrap() > 20, "{report}");
    }
    // What the catalog does show is compared all the same.
    let record: Uuid = scratch.json(&["show", "H26.10.2023.045.0000001"])["record"].as_str().unwrap().parse().unwrap();
    put_back(&older.join("catalog"), &kho.join("catalog"));
    let catalog = Catalog::open(&kho.join("catalog")).unwrap();
    let mut batch = Batch::default();
    batch.body(record, b"{}");
    catalog.apply(batch, &catalog.cursor().unwrap().unwrap()).unwrap();
    drop(catalog);
    let (ok, report) = verify(&scratch);
    assert!(!ok && report["doubts"].to_string().contains("a row differs from the ledger"), "{report}");
    let of_it = |doubt: &Value| doubt["records"] == json!([record.to_string()]);
    assert!(report["doubts"].as_array().unwrap().iter().all(of_it), "{report}");
    scratch.ok(&["rebuild"]);
    // A new segment without its header.
    let disks = Places::beside(&kho).disks();
    let format = Format::read(disks.archive.as_ref()).unwrap();
    let (mut truth, _) = Truth::open(format, disks, Limits::default(), Arc::new(SystemClock::new())).unwrap();
    truth.seal().unwrap();
    drop(truth);
    fs::write(kho.join("segments/00000002.open"), b"").unwrap();
    let (ok, report) = verify(&scratch);
    assert!(ok && report["notes"].to_string().contains("the next opening removes it"), "{report}");
    scratch.ok(&["ingest", "u"]);
    assert_eq!(verify(&scratch).1["notes"], json!([]));
}

/// Parts of an ingest that was killed before its entry: a note, and no byte of them is free.
#[test]
fn parts_that_no_entry_names_are_compared_with_their_frames() {
    let scratch = archive();
    let kho = scratch.path("kho");
    let disks = Places::beside(&kho).disks();
    let format = Format::read(disks.archive.as_ref()).unwrap();
    let mut workshop = Workshop::new(format.archive, b"").unwrap();
    let (object, secrets) = (Uuid::from_bytes([7; 16]), ObjectSecrets::random());
    let part = workshop.seal_part(object, &secrets, 0, &noise(5));
    let (mut truth, _) = Truth::open(format, disks, Limits::default(), Arc::new(SystemClock::new())).unwrap();
    let SealedPart::Placed { at, .. } = truth.commit_parts(object, 0, vec![part]).unwrap().remove(0) else { panic!() };
    drop(truth);
    let (ok, report) = verify(&scratch);
    assert!(ok && report["notes"].to_string().contains("1 parts of 1 objects were never acknowledged"), "{report}");
    scratch.ok(&["verify", "--deep"]);
    let open = kho.join("segments/00000001.open");
    let mut bytes = fs::read(&open).unwrap();
    bytes[usize::try_from(at.offset).unwrap() + 100_000] ^= 1;
    fs::write(&open, bytes).unwrap();
    let ran = scratch.run(&["verify", "--deep", "--json"]);
    let place = format!("segment {}, offset {}", at.segment, at.offset);
    assert!(ran.status == 1 && ran.out.contains(&place), "{ran:?}");
}

/// Damage ends the reading of its segment and of no other, and the records that it concerns are named.
#[test]
fn damage_in_two_segments_is_named_with_its_records() {
    let scratch = Scratch::new();
    let places = Places::beside(&scratch.path("kho"));
    let codes: Vec<String> = (1..7).map(|number| format!("H26.10.2023.045.{number:07}")).collect();
    for number in 1..7 {
        let changes = json!({ "id": number.to_string(), "symbol": format!("{number}/TB") });
        scratch.document(&format!("t{number}/1"), &noise(number), changes);
        let limits = Limits { segment_bytes_max: 24 * 1024 };
        let writing = Writing::open_limited(&places, Arc::new(SystemClock::new()), limits).unwrap();
        let paths = vec![scratch.path(format!("t{number}"))];
        let (actor, mode, evidence) = ("test".into(), Mode::Accession, Vec::new());
        let options = IngestOptions { paths, actor, mode, threads: 1, evidence };
        assert_eq!(ingest(&writing, &options, &mut |_| {}).unwrap().taken, 1);
        writing.close().unwrap();
    }
    scratch.ok(&["search", "x"]);
    let record = |code: &String| scratch.json(&["show", code])["record"].as_str().unwrap().to_owned();
    let records: Vec<String> = codes.iter().map(record).collect();
    let whole = scratch.json(&["verify", "--deep"]);
    // The stored file of each record: its only frame of so many bytes.
    let mut files = Vec::new();
    vault::walk::<Error>(places.disks().archive.as_ref(), START, Bodies::Small, &mut |group| {
        files.extend(group.frames.iter().filter(|frame| frame.header.length > 100_000).map(|frame| frame.location));
        Ok(())
    })
    .unwrap();
    assert_eq!(files.len(), 6);
    assert!(files.is_sorted_by(|one, next| one.segment < next.segment), "a segment each: {files:?}");
    let flip = |at: Location, byte: u64| {
        let path = scratch.path(format!("kho/segments/{:08}.seg", at.segment));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes[(at.offset + byte) as usize] ^= 1;
        fs::write(&path, bytes).unwrap();
    };
    let deep = || -> Value { serde_json::from_str(&scratch.expect(1, &["verify", "--deep", "--json"]).out).unwrap() };
    let count = |report: &Value, what: &str| report["checked"][what].as_u64().unwrap();
    flip(files[1], 10);
    flip(files[3], 100_000);
    let report = deep();
    let doubts = report["doubts"].as_array().unwrap();
    let of = |what: &str| doubts.iter().find(|doubt| doubt["what"].as_str().unwrap().contains(what)).unwrap();
    let unread = of("the rest of the segment was not read");
    assert!(unread["records"].as_array().unwrap().contains(&json!(records[1])), "{report}");
    assert_eq!(of("the stored bytes are damaged")["records"], json!([records[3]]));
    for sound in [0, 2, 4, 5] {
        assert!(!report["doubts"].to_string().contains(&records[sound]), "{sound}: {report}");
    }
    assert_eq!(count(&report, "segments"), count(&whole, "segments") - 1, "{report}");
    assert_eq!(count(&report, "tiles"), count(&whole, "tiles"), "{report}");
    assert!(count(&report, "entries") < count(&whole, "entries"), "{report}");
    assert_eq!(count(&report, "catalog_rows"), count(&report, "entries"), "{report}");
    assert!(report["notes"].to_string().contains("could not, and rows of other kinds"), "{report}");
    // The ledger names them where no catalog is.
    fs::remove_dir_all(scratch.path("kho/catalog")).unwrap();
    let report = deep();
    assert!(report["doubts"].to_string().contains(&records[1]) && report["doubts"].to_string().contains(&records[3]));
    // Two segments in a row, the second from its first byte on.
    flip(files[2], 10);
    flip(Location { segment: files[2].segment, offset: 0 }, 40);
    let report = deep();
    for damaged in &records[1..4] {
        assert!(report["doubts"].to_string().contains(damaged), "{damaged}: {report}");
    }
    for sound in [0, 4, 5] {
        assert!(!report["doubts"].to_string().contains(&records[sound]), "{sound}: {report}");
    }
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

#[test]
fn a_check_of_every_byte_is_recorded_with_what_it_found() {
    let scratch = Scratch::new();
    // Most of the segment is the content of one record, which no compression makes shorter.
    let mut digits = 7u64;
    let mut content = b"%PDF-1.7 ".to_vec();
    content.resize_with(200_000, || {
        digits = digits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (digits >> 56) as u8
    });
    scratch.document("t/1", &content, json!({}));
    scratch.ingest("t");
    scratch.ok(&["verify", "--deep", "--record", "--actor", "Ngô E"]);
    let reading = || Reading::open(&Places::beside(&scratch.path("kho"))).unwrap();
    let fixity = reading().fixity().unwrap();
    let check = fixity.last_deep().unwrap();
    assert!(check.doubts == 0 && check.bytes > 0 && check.entries <= check.index, "{check:?}");
    assert_eq!(reading().name_of(check.by).unwrap(), "Ngô E");
    assert_eq!(fixity.unchecked, 2, "the event that records it, and who it is that acted");

    // A flipped byte is told by place and record, for ever; what was good before is not unchecked by it.
    let segment = scratch.path("kho/segments/00000001.open");
    let flip = || {
        let mut bytes = fs::read(&segment).unwrap();
        bytes[100_000] ^= 1;
        fs::write(&segment, &bytes).unwrap();
    };
    flip();
    let found = scratch.expect(1, &["verify", "--deep", "--record", "--json"]).out;
    let found: Value = serde_json::from_str(&found).unwrap();
    let doubts = found["doubts"].as_array().unwrap().len() as u64;
    assert!(doubts > 0 && !found["notes"].to_string().contains("not recorded"), "{found}");
    flip();
    let fixity = reading().fixity().unwrap();
    let check = fixity.last_deep().unwrap();
    assert_eq!((fixity.checks.len(), check.doubts, check.listed.len() as u64), (2, doubts, doubts));
    assert!(fixity.unchecked > 2, "{fixity:?}");
    scratch.ok(&["verify", "--deep"]);
    scratch.expect(2, &["verify", "--record", "--signatures"]);
}
