//! Ingest, end to end: small transfers made on the spot, the program, and what it holds afterwards.

use crate::scratch::{Scratch, component, record};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

const MIB: usize = 1 << 20;

#[test]
fn the_longest_period_rules_a_dossier() {
    let scratch = Scratch::new();
    let mut dossiers = 0;
    let mut check = |stated: &[&str], expect: Value| {
        dossiers += 1;
        let code = format!("H26.10.2023.{dossiers:03}");
        let folder = format!("t{dossiers}");
        for (at, retention) in stated.iter().enumerate() {
            let changes = json!({
                "id": at.to_string(), "file_code": code, "symbol": format!("{}/TB", at + 10), "retention": retention,
            });
            scratch.document(&format!("{folder}/{at}"), format!("{code} {at}").as_bytes(), changes);
        }
        assert_eq!(scratch.ingest(&folder).summary["taken"], stated.len(), "{stated:?}");
        let retention = scratch.json(&["show", &code])["description"]["retention"].take();
        let found = json!([retention["permanent"], retention["years"], retention["until"], retention["citation"]]);
        assert_eq!(found, expect, "{stated:?}");
        assert_eq!(retention["verified"], false, "nobody has checked it against a schedule");
    };
    check(&["10 năm"], json!([false, 10, "2033-12-31", "10 năm"]));
    check(&["5 năm", "20 năm", "10 năm"], json!([false, 20, "2043-12-31", "20 năm"]));
    check(&["20 năm", "Vĩnh viễn", "70 năm"], json!([true, null, null, "Vĩnh viễn"]));
    check(&["2 năm", "70 năm"], json!([false, 70, "2093-12-31", "70 năm"]));
    // What nobody can read is kept until somebody decides, but never less long than a permanent record.
    check(&["10 năm", "đến khi hết hiệu lực"], json!([false, null, null, "đến khi hết hiệu lực"]));
    check(&["100 năm", "20 năm"], json!([false, null, null, "100 năm"]));
    check(&["", "Vĩnh viễn"], json!([true, null, null, "Vĩnh viễn"]));
}

/// Only what is taken says what its dossier is called and how long it is kept.
#[test]
fn a_refused_document_says_nothing_of_its_dossier() {
    let scratch = Scratch::new();
    // Beyond what is prepared ahead (256 documents) too.
    for (folder, code, good) in [("few", "H26.10.2023.001", 2), ("many", "H26.10.2023.002", 300)] {
        let document = |id: usize, title: &str, retention: &str, wrong: bool| {
            let content = format!("{code} {id}");
            let mut changes = json!({
                "id": id.to_string(), "file_code": code, "file_title": title, "retention": retention,
                "symbol": format!("{id}/TB"),
            });
            if wrong {
                changes["sha256"] = json!("0".repeat(64));
            }
            scratch.document(&format!("{folder}/{id}"), content.as_bytes(), changes);
        };
        document(1, "Wrong title", "70 năm", true);
        (2..2 + good).for_each(|id| document(id, "Right title", "10 năm", false));
        document(1000, "Right title", "Vĩnh viễn", true);
        document(1001, "Other title", "20 năm", false);
        document(1002, "Other title", "50 năm", true);
        let ingested = scratch.ingest(folder);
        assert_eq!((&ingested.summary["taken"], &ingested.summary["refused"]), (&json!(good + 1), &json!(3)));
        let described = scratch.json(&["show", code])["description"].take();
        assert_eq!(described["title"], "Right title");
        assert_eq!(
            (&described["retention"]["years"], &described["retention"]["citation"]),
            (&json!(20), &json!("20 năm"))
        );
    }
    // As a supplement neither.
    let changes = json!({ "id": "1", "file_code": "H26.10.2023.001", "retention": "10 năm", "symbol": "90/TB" });
    scratch.document("later/1", b"later", changes);
    let wrong = json!({
        "id": "2", "file_code": "H26.10.2023.001", "retention": "70 năm", "symbol": "91/TB", "sha256": "0".repeat(64),
    });
    scratch.document("later/2", b"later and longer", wrong);
    assert_eq!(scratch.ingest("later").summary["taken"], 1);
    assert_eq!(scratch.json(&["show", "H26.10.2023.001"])["description"]["retention"]["years"], 20);
}

#[test]
fn a_supplement_goes_to_the_dossier_that_is_held() {
    let scratch = Scratch::new();
    let document = |folder: &str, number: u32, retention: &str| {
        let changes =
            json!({ "id": number.to_string(), "symbol": format!("{number}/TB-STTTT"), "retention": retention });
        scratch.document(&format!("{folder}/{number}"), format!("document {number}").as_bytes(), changes);
    };
    let retention = || scratch.json(&["show", "H26.10.2023.045"])["description"]["retention"]["years"].take();
    let events = || -> Vec<String> {
        let history = scratch.json(&["history", "H26.10.2023.045"]);
        history["events"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
    };
    document("first", 11, "10 năm");
    document("first", 12, "10 năm");
    let first = scratch.ingest("first");
    assert_eq!((&first.summary["dossiers"], &first.summary["supplemented"]), (&json!(1), &json!(0)));
    assert_eq!((retention(), events()), (json!(10), vec!["dossier-accessioned".to_owned()]));

    document("longer", 13, "20 năm");
    let longer = scratch.ingest("longer");
    assert_eq!((&longer.summary["dossiers"], &longer.summary["supplemented"]), (&json!(0), &json!(1)));
    assert_eq!(longer.codes(), ["period-differs", "supplement"]);
    assert_eq!(longer.doc_code(), "H26.10.2023.045.0000003");
    assert_eq!((retention(), events().len()), (json!(20), 2));
    assert_eq!(events()[1], "dossier-amended");

    document("shorter", 14, "5 năm");
    let shorter = scratch.ingest("shorter");
    assert_eq!(shorter.doc_code(), "H26.10.2023.045.0000004");
    assert_eq!((retention(), events().len()), (json!(20), 2), "a shorter period never rules");

    let shown = scratch.json(&["show", "H26.10.2023.045"]);
    let ordinals: Vec<_> = shown["records"].as_array().unwrap().iter().map(|record| &record["ordinal"]).collect();
    assert_eq!(ordinals, [1, 2, 3, 4]);
    assert_eq!(scratch.json(&["search", "--dossier", "H26.10.2023.045"])["total"], 4);
}

#[test]
fn the_same_again_takes_nothing() {
    let scratch = Scratch::new();
    for number in 11..15 {
        let content = format!("document {number}");
        scratch.document(&format!("t/{number}"), content.as_bytes(), json!({ "symbol": format!("{number}/TB") }));
    }
    let first = scratch.ingest("t");
    assert_eq!(first.outcomes(), ["taken"; 4]);
    // The same from elsewhere, under other names, in one run with itself.
    fs::create_dir(scratch.path("elsewhere")).unwrap();
    for entry in fs::read_dir(scratch.path("t")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        fs::copy(&path, scratch.path("elsewhere").join(format!("renamed-{name}"))).unwrap();
    }
    for folder in ["t", "elsewhere", "."] {
        let again = scratch.ingest(folder);
        assert!(again.outcomes().iter().all(|outcome| *outcome == "already-held"), "{folder}: {:?}", again.lines);
        let counts = ["taken", "dossiers", "supplemented"].map(|name| again.summary[name].as_u64());
        assert_eq!(counts, [Some(0); 3], "{folder}");
    }
    assert_eq!(scratch.json(&["search", "--dossier", "H26.10.2023.045"])["total"], 4);
    assert_eq!(scratch.json(&["history", "H26.10.2023.045"])["events"].as_array().unwrap().len(), 1);
}

#[test]
fn a_dry_run_takes_nothing_and_says_the_same() {
    let scratch = Scratch::new();
    scratch.document("t/1", b"good", json!({}));
    scratch.document("t/2", b"bad", json!({ "sha256": "00".repeat(32) }));
    scratch.document("t/3", b"good", json!({ "id": "3" }));
    let size = || scratch.json(&["verify"])["checked"]["entries"].take();
    let told = scratch.run(&["ingest", "--dry-run", "t", "--json"]).out;
    assert!(told.contains("earlier in this transfer") && told.contains(r#""dossiers":1"#), "{told}");
    let dry = scratch.expect(1, &["ingest", "--dry-run", "t"]);
    assert!(dry.out.contains("1 acceptable") && dry.out.contains("1 refused"), "{}", dry.out);
    let before = size();
    scratch.expect(1, &["ingest", "--dry-run", "t"]);
    assert_eq!(size(), before);
    scratch.expect(3, &["show", "H26.10.2023.045"]);
    assert_eq!(scratch.ingest("t").outcomes(), ["taken", "refused", "already-held"]);
}

#[test]
fn a_dossier_folder_keeps_every_component() {
    let scratch = Scratch::new();
    let (decision, annex, notice) = (b"decision".as_slice(), b"annex".as_slice(), b"notice".as_slice());
    let records = [
        record(&[("01-quyết-định.txt", decision), ("phụ lục/01.csv", annex)], json!({})),
        record(&[("02.txt", notice)], json!({ "code_number": "16", "maintenance": "01" })),
    ];
    scratch.dossier("d", json!({ "records": records }));
    fs::create_dir(scratch.path("d/phụ lục")).unwrap();
    for (name, content) in [("01-quyết-định.txt", decision), ("phụ lục/01.csv", annex), ("02.txt", notice)] {
        fs::write(scratch.path("d").join(name), content).unwrap();
    }
    let ingested = scratch.ingest("d");
    assert_eq!((ingested.outcomes(), ingested.codes()), (vec!["taken", "taken"], vec!["period-differs".to_owned()]));
    let shown = scratch.json(&["show", "H26.10.2024.052.0000001"]);
    let components: Vec<_> = shown["metadata"]["components"].as_array().unwrap().iter().collect();
    let told: Vec<_> = components.iter().map(|one| (&one["name"], &one["media_type"], &one["role"])).collect();
    assert_eq!(told[0], (&json!("01-quyết-định.txt"), &json!("text/plain"), &json!("original")));
    assert_eq!(told[1], (&json!("01.csv"), &json!("text/csv"), &json!("attachment")));
    assert_eq!(scratch.ok(&["get", "H26.10.2024.052.0000001", "-o", "-"]), "decision");
    assert_eq!(scratch.ok(&["get", "H26.10.2024.052.0000001", "--component", "2", "-o", "-"]), "annex");
    scratch.expect(3, &["get", "H26.10.2024.052.0000001", "--component", "3", "-o", "-"]);
    scratch.expect(3, &["get", "H26.10.2024.052.0000001", "--component", "0", "-o", "-"]);
    // Each component has its proof in the record's one receipt.
    scratch.ok(&["receipt", "H26.10.2024.052.0000001", "-o", "r"]);
    for (file, status) in [("01-quyết-định.txt", 0), ("phụ lục/01.csv", 0), ("02.txt", 1)] {
        let key = "kho/ledger/keys/ed25519.vkey";
        scratch.expect(status, &["verify-receipt", "r", &format!("d/{file}"), "--key", key]);
    }
    let retention = &scratch.json(&["show", "H26.10.2024.052"])["description"]["retention"];
    assert_eq!(retention["permanent"], true, "a record of it is permanent");
}

/// What a transfer says of lengths is compared before anything is read or reckoned with.
#[test]
fn a_length_that_nobody_can_have_refuses_its_record_alone() {
    let scratch = Scratch::new();
    let (one, two) = (b"one".as_slice(), b"two".as_slice());
    let mut hostile = record(&[("1.txt", one), ("2.txt", two)], json!({}));
    hostile["components"].as_array_mut().unwrap().iter_mut().for_each(|file| file["size"] = json!(u64::MAX));
    let good = record(&[("3.txt", one)], json!({ "code_number": "16" }));
    let last = record(&[("4.txt", two)], json!({ "code_number": "17" }));
    scratch.dossier("d", json!({ "records": [good, hostile, last] }));
    for (name, content) in [("1.txt", one), ("2.txt", two), ("3.txt", one), ("4.txt", two)] {
        fs::write(scratch.path("d").join(name), content).unwrap();
    }
    let ingested = scratch.ingest("d");
    assert_eq!(ingested.outcomes(), ["taken", "refused", "taken"], "{:?}", ingested.lines);
    assert_eq!(ingested.codes(), ["digest-mismatch"]);
}

/// Nothing that is handed over vanishes without a word.
#[test]
fn what_belongs_to_nothing_is_named() {
    let scratch = Scratch::new();
    let strays = |folder: &str| -> Vec<String> {
        let ingested = scratch.ingest(folder);
        let found = ingested.lines.iter().filter_map(|line| line.get("finding"));
        let strays = found.filter(|finding| finding["code"] == "stray-file");
        let mut places: Vec<_> = strays.map(|finding| finding["place"].as_str().unwrap().to_owned()).collect();
        places.sort();
        places
    };
    scratch.document("t/1", b"one", json!({}));
    for name in ["1.p7s", "1.docx", "1", "1.PDF"] {
        fs::write(scratch.path("t").join(name), "beside").unwrap();
    }
    assert_eq!(strays("t"), ["t/1", "t/1.PDF", "t/1.docx", "t/1.p7s"]);

    let (named, refused) =
        (record(&[("in/1.txt", b"named")], json!({})), record(&[("2.txt", b"x")], json!({ "issued_date": "?" })));
    scratch.dossier("d", json!({ "records": [named, refused] }));
    scratch.document("d/in/loose", b"not named", json!({}));
    scratch.dossier("d/inner", json!({}));
    for (name, content) in [("in/1.txt", "named"), ("2.txt", "x"), ("in/3.txt", "not named")] {
        fs::write(scratch.path("d").join(name), content).unwrap();
    }
    assert_eq!(strays("d"), ["d/in/3.txt", "d/in/loose.json", "d/in/loose.pdf", "d/inner/dossier.json"]);
}

/// The bytes are held once: who hands them over under another description is told in what it differs.
#[test]
fn another_description_of_what_is_held_is_not_lost_in_silence() {
    let scratch = Scratch::new();
    scratch.document("t/1", b"one", json!({}));
    assert_eq!(scratch.ingest("t").outcomes(), ["taken"]);
    scratch.document("t/1", b"one", json!({ "subject": "Về việc khác", "signer": "Lê Thị Khác" }));
    let again = scratch.ingest("t");
    assert_eq!((again.outcomes(), again.codes()), (vec!["already-held"], vec!["held-differs".to_owned()]));
    let detail = again.lines[0]["findings"][0]["detail"].as_str().unwrap();
    assert!(detail.ends_with(": subject, signer"), "{detail}");
}

#[test]
fn a_folder_adds_to_the_dossier_that_is_held_and_says_in_what_it_differs() {
    let scratch = Scratch::new();
    let folder = |name: &str, number: &str, changes: Value| {
        let file = format!("{number}.txt");
        let mut whole = json!({ "records": [record(&[(&file, number.as_bytes())], json!({ "code_number": number, "maintenance": null }))] });
        whole.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        scratch.dossier(name, whole);
        fs::write(scratch.path(name).join(file), number).unwrap();
    };
    folder("a", "15", json!({}));
    assert_eq!(scratch.ingest("a").codes(), Vec::<String>::new());
    folder("b", "16", json!({ "title": "Tiêu đề khác", "maintenance": "05" }));
    let again = scratch.ingest("b");
    assert_eq!(again.codes(), ["period-differs", "supplement", "title-differs"]);
    let shown = &scratch.json(&["show", "H26.10.2024.052"])["description"];
    assert_eq!((&shown["title"], &shown["retention"]["years"]), (&json!("Hồ sơ thử"), &json!(20)));

    // Loose documents and a folder of one dossier in one transfer: the longer period rules here too.
    scratch.document("c/1", b"loose", json!({ "file_code": "H26.10.2024.060", "retention": "10 năm" }));
    folder("c/d", "17", json!({ "file_code": "H26.10.2024.060", "maintenance": "04" }));
    let both = scratch.ingest("c");
    assert_eq!(both.codes(), ["period-differs", "title-differs"]);
    let shown = &scratch.json(&["show", "H26.10.2024.060"])["description"];
    assert_eq!(shown["retention"]["years"], 30);
}

/// The same document with another annex is another record: nothing of it may be left out as held already.
#[test]
fn held_already_is_only_what_is_held_whole() {
    let scratch = Scratch::new();
    let ingest = |folder: &str, files: &[(&str, &[u8])]| {
        scratch.dossier(folder, json!({ "records": [record(files, json!({}))] }));
        for (name, content) in files {
            fs::write(scratch.path(folder).join(name), content).unwrap();
        }
        let ingested = scratch.ingest(folder);
        assert_eq!(ingested.outcomes().len(), 1, "{:?}", ingested.lines);
        ingested.outcomes()[0].to_owned()
    };
    let (decision, annex, other) = (("1.txt", &b"one"[..]), ("2.txt", &b"annex"[..]), ("2.txt", &b"another"[..]));
    assert_eq!(ingest("a", &[decision, annex]), "taken");
    assert_eq!(ingest("again", &[decision, annex]), "already-held");
    assert_eq!(ingest("b", &[decision, other]), "taken");
    assert_eq!(ingest("c", &[decision]), "taken");
    assert_eq!(ingest("c", &[decision]), "already-held");
    let second = ["get", "H26.10.2024.052.0000002", "--component", "2", "-o", "-"];
    assert_eq!(scratch.ok(&second), "another");
    // Announced as held, but not what was announced.
    scratch.dossier("d", json!({ "records": [record(&[decision, annex], json!({}))] }));
    fs::write(scratch.path("d/1.txt"), "one").unwrap();
    fs::write(scratch.path("d/2.txt"), "forged").unwrap();
    assert_eq!(scratch.ingest("d").codes(), ["digest-mismatch"]);
    scratch.ok(&["verify", "--deep"]);
}

/// What a file is called does not decide whether its signatures are looked at.
#[test]
fn a_pdf_under_another_name_is_examined() {
    let scratch = Scratch::new();
    let altered = include_bytes!("../fixtures/signatures/altered.pdf");
    let mut described = record(&[("1.bin", altered)], json!({}));
    described["components"][0]["media_type"] = json!("application/octet-stream");
    scratch.dossier("d", json!({ "records": [described] }));
    fs::write(scratch.path("d/1.bin"), altered).unwrap();
    assert!(scratch.ingest("d").codes().contains(&"signature-broken".to_owned()));
}

#[test]
fn words_of_a_dossier_s_title_find_its_records() {
    let scratch = Scratch::new();
    for number in 1..4 {
        let title = if number < 3 { "Hồ sơ cầu Nhật Tân" } else { "Hồ sơ khác" };
        let content = format!("document {number}");
        let changes = json!({ "file_code": format!("H26.10.2023.00{}", number / 3), "file_title": title,
            "symbol": format!("{number}/TB"), "id": number.to_string() });
        scratch.document(&format!("t/{number}"), content.as_bytes(), changes);
    }
    assert_eq!(scratch.ingest("t").outcomes(), ["taken"; 3]);
    let total = || scratch.json(&["search", "cau nhat tan"])["total"].take();
    assert_eq!(total(), 2);
    scratch.ok(&["rebuild"]);
    assert_eq!(total(), 2);
}

/// A refused record of a dossier folder leaves its place empty-handed; the others are taken.
#[test]
fn a_bad_record_is_refused_alone() {
    let scratch = Scratch::new();
    let records = [
        record(&[("1.txt", b"one")], json!({ "security_level": "Mật", "subject": "điều không ai được biết" })),
        record(&[("2.txt", b"two")], json!({ "code_number": "16" })),
        record(&[("3.txt", b"three")], json!({ "code_number": "17" })),
    ];
    scratch.dossier("d", json!({ "records": records }));
    for (name, content) in [("1.txt", "one"), ("2.txt", "not two"), ("3.txt", "three")] {
        fs::write(scratch.path("d").join(name), content).unwrap();
    }
    let ingested = scratch.ingest("d");
    assert_eq!(ingested.codes(), ["digest-mismatch", "secret-mark"]);
    assert_eq!(ingested.doc_code(), "H26.10.2024.052.0000001");
    assert_eq!(scratch.ok(&["get", "H26.10.2024.052.0000001", "-o", "-"]), "three");
    let said = format!("{:?}", ingested.lines);
    assert!(!said.contains("không ai được biết"), "nothing of a marked record is repeated: {said}");
}

/// `length` bytes that no compressor makes smaller.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..length.div_ceil(8)).flat_map(next).take(length).collect()
}

#[test]
fn big_files_come_back_whole_and_by_ranges() {
    let scratch = Scratch::new();
    // Parts of 16 MiB: noise, text, noise; the other one is too long to be read whole.
    let text: Vec<u8> = (0u32..).flat_map(|line| format!("dòng {line}\n").into_bytes()).take(16 * MIB).collect();
    let forty = [noise(16 * MIB, 1), text.clone(), noise(8 * MIB, 2)].concat();
    // Longer than what is examined in memory: streamed.
    let long = [noise(16 * MIB + 5, 3), text.repeat(11), noise(18 * MIB, 4)].concat();
    assert!(long.len() > 200 * MIB);
    let check = |code: &str, content: &[u8]| {
        let copy = scratch.path(format!("{code}.copy"));
        let _ = fs::remove_file(&copy);
        scratch.ok(&["get", code, "-o", copy.to_str().unwrap()]);
        assert!(fs::read(&copy).unwrap() == content, "{code} came back altered");
        let (part, end) = (16 * MIB, content.len());
        let ranges = [
            (0, 0),
            (0, 65_535),
            (65_535, 65_536),
            (part - 1, part),
            (part, part),
            (part - 70_000, part + 70_000),
            (part - 100, 2 * part + 100),
            (2 * part - 1, 2 * part),
            (2 * part, 2 * part + 65_536),
            (end - 1, end - 1),
            (end - 100_000, end - 1),
        ];
        for (first, last) in ranges {
            let range = format!("{first}-{last}");
            let _ = fs::remove_file(&copy);
            scratch.ok(&["get", code, "--range", &range, "-o", copy.to_str().unwrap()]);
            assert!(fs::read(&copy).unwrap() == content[first..=last], "{code}: bytes {range}");
        }
        for range in [format!("{end}-{end}"), format!("0-{end}"), format!("0-{}", u64::MAX)] {
            scratch.expect(2, &["get", code, "--range", &range, "-o", "-"]);
        }
    };
    scratch.document("t/1", &forty, json!({}));
    scratch.document("t/2", &long, json!({ "id": "2", "symbol": "16/TB" }));
    assert_eq!(scratch.ingest("t").codes(), ["signature-not-examined"]);
    check("H26.10.2023.045.0000001", &forty);
    check("H26.10.2023.045.0000002", &long);
    let report = scratch.json(&["verify", "--deep"]);
    assert_eq!(report["doubts"], json!([]));
    // A big file that is not what was announced leaves parts behind, but no record and no doubt.
    scratch.document("t/3", &forty, json!({ "id": "3", "symbol": "17/TB", "sha256": "00".repeat(32) }));
    assert_eq!(scratch.ingest("t").outcomes(), ["already-held", "already-held", "refused"]);
    assert_eq!(scratch.json(&["verify", "--deep"])["doubts"], json!([]));
    scratch.ok(&["rebuild"]);
    check("H26.10.2023.045.0000001", &forty);
}

/// Systems write the same name in two ways: one code point a letter (NFC), or letter and marks (NFD).
#[test]
fn unicode_file_names() {
    let (nfc, nfd) = ("quy\u{1ebf}t \u{111}\u{1ecb}nh", "quye\u{302}\u{301}t \u{111}i\u{323}nh");
    let scratch = Scratch::new();
    let check = |at: u32, described: &str, on_disk: &str, expect: &str| {
        let (folder, content) = (format!("d{at}"), format!("content {at}"));
        let code = format!("H26.10.2024.{at:03}");
        let file = format!("{described}.txt");
        let records = [record(&[(&file, content.as_bytes())], json!({ "code_number": (20 + at).to_string() }))];
        scratch.dossier(&folder, json!({ "file_code": code, "records": records }));
        fs::write(scratch.path(&folder).join(format!("{on_disk}.txt")), &content).unwrap();
        let ingested = scratch.ingest(&folder);
        assert_eq!(ingested.outcomes(), [expect], "{described:?} {on_disk:?}: {:?}", ingested.lines);
        if expect == "taken" {
            assert_eq!(scratch.ok(&["get", &format!("{code}.0000001"), "-o", "-"]), content);
            let shown = scratch.json(&["show", &format!("{code}.0000001")]);
            assert_eq!(shown["metadata"]["components"][0]["name"], file, "names are kept as described");
        }
    };
    check(1, nfc, nfc, "taken");
    check(2, nfd, nfd, "taken");
    check(3, nfc, nfd, "taken");
    check(4, nfd, nfc, "taken");
    check(5, nfc, "quyet dinh", "refused");
    // Loose documents: file and sidecar have one name.
    for (at, name) in [(1, nfc), (2, nfd)] {
        scratch.document(
            &format!("loose/{at}/{name}"),
            name.as_bytes(),
            json!({ "id": at.to_string(), "symbol": format!("{at}0/TB") }),
        );
    }
    let ingested = scratch.ingest("loose");
    assert_eq!(ingested.outcomes(), ["taken", "taken"], "{:?}", ingested.lines);
    for (at, name) in [(1, nfc), (2, nfd)] {
        let shown = scratch.json(&["show", &format!("H26.10.2023.045.000000{at}")]);
        assert_eq!(shown["metadata"]["components"][0]["name"], format!("{name}.pdf"));
    }
    // One of the two was renamed on its way.
    for (at, name, on_disk) in [(1, nfc, nfd), (2, nfd, nfc)] {
        let (folder, code) = (format!("renamed/{at}"), format!("H26.10.2022.00{at}"));
        scratch.document(&format!("{folder}/{name}"), name.as_bytes(), json!({ "file_code": code }));
        let pdf = |name: &str| scratch.path(&folder).join(format!("{name}.pdf"));
        fs::rename(pdf(name), pdf(on_disk)).unwrap();
        let ingested = scratch.ingest(&folder);
        assert_eq!(ingested.outcomes(), ["taken"], "{:?}", ingested.lines);
        assert!(!ingested.codes().contains(&"stray-file".to_owned()), "{:?}", ingested.lines);
        assert_eq!(scratch.ok(&["get", &format!("{code}.0000001"), "-o", "-"]), name);
        let by_pdf = scratch.ingest(&format!("{folder}/{on_disk}.pdf"));
        assert_eq!(by_pdf.outcomes(), ["already-held"], "{:?}", by_pdf.lines);
    }
}

#[test]
fn links_and_special_files_are_not_followed() {
    let scratch = Scratch::new();
    let outside = b"a file outside of the transfer";
    fs::write(scratch.path("outside.pdf"), outside).unwrap();
    fs::create_dir(scratch.path("outside")).unwrap();
    fs::write(scratch.path("outside/file.txt"), outside).unwrap();
    // Each transfer describes the outside file rightly, so that only the link stands in its way.
    let check = |folder: &str, codes: &[&str]| {
        let ingested = scratch.ingest(folder);
        assert_eq!(ingested.summary["taken"], 0, "{folder}: {:?}", ingested.lines);
        assert_eq!(ingested.codes(), codes, "{folder}: {:?}", ingested.lines);
        let said = format!("{:?}", ingested.lines);
        assert!(!said.contains(&chauban::digest::ContentDigests::of(outside).sha256.to_string()), "{said}");
    };
    scratch.document("file-link/1", outside, json!({}));
    fs::remove_file(scratch.path("file-link/1.pdf")).unwrap();
    symlink("../outside.pdf", scratch.path("file-link/1.pdf")).unwrap();
    check("file-link", &["file-unreadable", "stray-file"]);

    scratch.document("wrong-link/1", b"something else", json!({}));
    fs::remove_file(scratch.path("wrong-link/1.pdf")).unwrap();
    symlink("../outside.pdf", scratch.path("wrong-link/1.pdf")).unwrap();
    check("wrong-link", &["file-unreadable", "stray-file"]);

    scratch.document("sidecar/1", outside, json!({}));
    fs::create_dir(scratch.path("sidecar-link")).unwrap();
    fs::copy(scratch.path("sidecar/1.pdf"), scratch.path("sidecar-link/1.pdf")).unwrap();
    symlink("../sidecar/1.json", scratch.path("sidecar-link/1.json")).unwrap();
    check("sidecar-link", &["stray-file"]);

    let dossier = |folder: &str, file: &str| {
        scratch.dossier(folder, json!({ "records": [record(&[(file, outside)], json!({}))] }));
    };
    dossier("component-link", "file.txt");
    symlink("../outside/file.txt", scratch.path("component-link/file.txt")).unwrap();
    check("component-link", &["file-unreadable"]);
    dossier("folder-link", "inner/file.txt");
    symlink("../outside", scratch.path("folder-link/inner")).unwrap();
    check("folder-link", &["file-unreadable"]);

    fs::create_dir(scratch.path("dossier-link")).unwrap();
    symlink("../component-link/dossier.json", scratch.path("dossier-link/dossier.json")).unwrap();
    fs::write(scratch.path("dossier-link/file.txt"), outside).unwrap();
    check("dossier-link", &["stray-file"]);

    fs::create_dir(scratch.path("tree-link")).unwrap();
    symlink("../sidecar", scratch.path("tree-link/inner")).unwrap();
    check("tree-link", &["stray-file"]);

    // A pipe has no end to wait for.
    scratch.document("pipe/1", outside, json!({}));
    fs::remove_file(scratch.path("pipe/1.pdf")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(scratch.path("pipe/1.pdf")).status().unwrap().success());
    check("pipe", &["file-unreadable", "stray-file"]);
    dossier("component-pipe", "file.txt");
    assert!(
        std::process::Command::new("mkfifo").arg(scratch.path("component-pipe/file.txt")).status().unwrap().success()
    );
    check("component-pipe", &["file-unreadable"]);
}

#[test]
fn hostile_names() {
    let scratch = Scratch::new();
    fs::write(scratch.path("secret.txt"), "x").unwrap();
    let absolute = scratch.path("secret.txt").display().to_string();
    let named = [
        "../secret.txt",
        "a/../../secret.txt",
        &absolute,
        "",
        ".",
        "./x",
        "a//b",
        "a\\b",
        "c:x",
        "a\0b",
        "a\nb",
        "dossier.json",
    ];
    for (at, name) in named.into_iter().enumerate() {
        let mut one = record(&[("x", b"x")], json!({}));
        one["components"] = json!([component(name, b"x", "original")]);
        let folder = format!("d{at}");
        scratch.dossier(&folder, json!({ "records": [one] }));
        let ingested = scratch.ingest(&folder);
        assert_eq!(
            (ingested.outcomes(), ingested.codes()),
            (vec!["refused"], vec!["file-name-unsafe".to_owned()]),
            "{name:?}"
        );
    }
    // Names on the disk itself: a terminal must not obey them, and a name that is no text can't be kept as it is.
    let loose = |at: u32, name: &[u8]| {
        let folder = scratch.path(format!("loose{at}"));
        fs::create_dir(&folder).unwrap();
        scratch.document("made", b"x", json!({}));
        for extension in ["pdf", "json"] {
            let name = [name, b".", extension.as_bytes()].concat();
            fs::rename(scratch.path(format!("made.{extension}")), folder.join(std::ffi::OsStr::from_bytes(&name)))
                .unwrap();
        }
        let folder = format!("loose{at}");
        assert_eq!(scratch.ingest(&folder).codes(), ["file-name-unsafe"], "{name:?}");
        let said = scratch.expect(1, &["ingest", &folder]);
        let control = |text: &str| text.chars().any(|c| c.is_control() && c != '\n');
        assert!(!control(&said.err) && !control(&said.out), "{:?} {:?}", said.err, said.out);
    };
    loose(1, b"\x1b[2Jcleared");
    loose(2, b"two\nlines");
    loose(3, b"not text \xff");
    loose(4, b"back\\slash");
    assert_eq!(scratch.json(&["search"])["total"], 0);
}

/// All of it is held; only its dossier is called otherwise now.
#[test]
fn a_held_dossier_that_is_described_otherwise() {
    let scratch = Scratch::new();
    let loose = |folder: &str, title: &str| {
        for (id, symbol) in [("2", "12/TB"), ("1", "11/TB")] {
            let changes = json!({ "id": id, "symbol": symbol, "file_title": title });
            scratch.document(&format!("{folder}/{id}"), id.as_bytes(), changes);
        }
    };
    loose("a", "Hồ sơ thử");
    scratch.ingest("a");
    assert_eq!(scratch.ingest("a").codes(), ["already-held"]);
    loose("b", "Tiêu đề khác");
    assert_eq!(scratch.ingest("b").codes(), ["already-held", "title-differs"]);

    let folder = |name: &str, title: &str| {
        scratch.dossier(name, json!({ "title": title, "records": [record(&[("a.txt", b"one")], json!({}))] }));
        fs::write(scratch.path(name).join("a.txt"), "one").unwrap();
    };
    folder("c", "Hồ sơ");
    scratch.ingest("c");
    assert_eq!(scratch.ingest("c").codes(), ["already-held"]);
    folder("d", "Hồ sơ khác");
    assert_eq!(scratch.ingest("d").codes(), ["already-held", "title-differs"]);
}

/// Nothing of a record stays that is refused for a file behind a long one: neither once nor at every attempt.
#[test]
fn a_refused_record_leaves_nothing_of_its_long_files() {
    let scratch = Scratch::new();
    let long: Vec<u8> = (0..17 * MIB as u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    let size = || fs::metadata(scratch.path("kho/segments/00000001.open")).unwrap().len();
    let files: [(&str, &[u8]); 2] = [("a.bin", &long), ("b.pdf", b"%PDF-1.7 b")];
    scratch.dossier("m", json!({ "records": [record(&files, json!({}))] }));
    fs::write(scratch.path("m/a.bin"), &long).unwrap();
    let before = size();
    for (second, finding) in [(None, "file-missing"), (Some(b"%PDF-1.7 x"), "digest-mismatch")] {
        second.iter().for_each(|bytes| fs::write(scratch.path("m/b.pdf"), bytes).unwrap());
        let ran = scratch.run(&["ingest", "m", "--json"]);
        assert!(ran.status == 1 && ran.out.contains(finding), "{finding}: {}", ran.out);
    }
    assert!(size() < before + MIB as u64, "{before} bytes, {} now", size());
    fs::write(scratch.path("m/b.pdf"), files[1].1).unwrap();
    assert_eq!(scratch.ingest("m").summary["taken"], 1);
    let report = scratch.json(&["verify", "--deep"]);
    assert!(!report["notes"].to_string().contains("never acknowledged"), "{report}");
}

/// What a record of a dossier folder names belongs to it, also when the record is refused.
#[test]
fn the_files_of_a_refused_record_are_no_strays() {
    let scratch = Scratch::new();
    let whole = record(&[("good.txt", b"good")], json!({ "code_number": "16" }));
    let mut without_subject = record(&[("a.txt", b"a"), ("a/b.txt", b"b")], json!({ "subject": null }));
    without_subject["components"][1]["size"] = json!("2");
    let many = vec![("many.txt", &b"many"[..]); 501];
    let too_many = record(&many, json!({ "code_number": "17" }));
    scratch.dossier("folder", json!({ "records": [whole, without_subject, too_many] }));
    fs::create_dir(scratch.path("folder/a")).unwrap();
    for file in ["good.txt", "a/b.txt", "many.txt", "a/stray.txt"] {
        let content = if file == "good.txt" { "good" } else { file };
        fs::write(scratch.path("folder").join(file), content).unwrap();
    }
    fs::write(scratch.path("folder/a.txt"), "a").unwrap();
    let ingested = scratch.ingest("folder");
    assert_eq!((&ingested.summary["taken"], &ingested.summary["refused"]), (&json!(1), &json!(2)));
    assert_eq!(ingested.codes(), ["field-missing", "stray-file", "too-large"]);
    assert_eq!(ingested.summary["findings"]["stray-file"], 1, "{:?}", ingested.lines);
}

#[test]
fn a_symbol_of_digits_is_a_number() {
    let scratch = Scratch::new();
    scratch.document("t/1", b"one", json!({ "id": "1", "symbol": "1719" }));
    scratch.document("t/2", b"two", json!({ "id": "2", "symbol": 1719 }));
    let ingested = scratch.ingest("t");
    assert_eq!(ingested.codes(), ["duplicate-identifier", "odd-notation", "odd-number"]);
    assert_eq!(scratch.json(&["search", "--number", "1719"])["total"], 2);
    let shown = scratch.json(&["show", "H26.10.2023.045.0000001"])["metadata"].take();
    assert_eq!((&shown["code_number"], &shown["code_notation"]), (&json!("1719"), &json!("")));
    assert_eq!(shown["identifier"], "H26.10 2023 1719/");
}

/// With the archive's code before it, the code of one dossier would be printed as that of another.
#[test]
fn a_dossier_code_has_not_the_code_of_the_archive() {
    let scratch = Scratch::new();
    scratch.document("own/1", b"own", json!({ "file_code": "H26.10.2023.9" }));
    scratch.document("again/1", b"again", json!({ "file_code": "H26.LT.H26.10.2023.9", "symbol": "16/QĐ" }));
    scratch.document("under/1", b"under", json!({ "file_code": "H26.LT.05.2023.9", "symbol": "17/QĐ" }));
    assert_eq!(scratch.ingest("own").doc_code(), "H26.10.2023.9.0000001");
    let again = scratch.ingest("again");
    assert_eq!((again.outcomes(), again.codes()), (vec!["refused"], vec!["dossier-code-of-archive".to_owned()]));
    assert_eq!(scratch.ingest("under").doc_code(), "H26.LT.05.2023.9.0000001");
}

/// A dry run names no record that there will never be.
#[test]
fn a_dry_run_names_places_instead_of_records() {
    let scratch = Scratch::new();
    scratch.document("t/1", b"one", json!({ "id": "1" }));
    scratch.document("t/2", b"two", json!({ "id": "2" }));
    scratch.document("t/3", b"one", json!({ "id": "3" }));
    let out = scratch.ok(&["ingest", "t", "--dry-run", "--json"]);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = |place: &str| lines.iter().find(|line| line["place"] == place).unwrap();
    assert_eq!(line("t/2.pdf")["findings"][0]["detail"], "H26.10 2023 15/QĐ-STTTT: t/1.pdf has it too");
    assert_eq!((&line("t/3.pdf")["outcome"], &line("t/3.pdf")["record"]), (&json!("already-held"), &Value::Null));
    assert_eq!(scratch.ingest("t").summary["taken"], 2);
    let again = scratch.ok(&["ingest", "t", "--dry-run", "--json"]);
    assert!(again.lines().all(|line| !line.contains("\"record\":null")), "{again}");
}

/// Ordinal 1 and the title come from the same document.
#[test]
fn of_equal_ids_the_first_document_names_the_dossier() {
    let scratch = Scratch::new();
    scratch.document("t/b/1", b"second", json!({ "id": "1", "file_title": "A", "symbol": "16/QĐ" }));
    scratch.document("t/a/1", b"first", json!({ "id": "1", "file_title": "Z" }));
    assert_eq!(scratch.ingest("t").summary["taken"], 2);
    assert_eq!(scratch.json(&["show", "H26.10.2023.045"])["description"]["title"], "Z");
    let first = scratch.json(&["show", "H26.10.2023.045.0000001"]);
    assert_eq!(first["metadata"]["symbol"], "15/QĐ-STTTT");
}

#[test]
fn where_no_period_is_stated_it_says_so() {
    let scratch = Scratch::new();
    scratch.document("t/1", b"one", json!({ "retention": null }));
    assert_eq!(scratch.ingest("t").codes(), ["period-unreadable"]);
    let shown = scratch.ok(&["show", "H26.10.2023.045"]);
    assert!(shown.contains("the agency states none"), "{shown}");
    assert!(!shown.contains("“”"), "{shown}");
}

/// Two dossiers of which each can be read as the other, in either order and at once: one is taken, and stays what it is.
#[test]
fn no_code_leads_to_two_dossiers() {
    for (at, (first, second)) in
        [("05.10.2023.1", "H26.LT.05.10.2023.1"), ("H26.LT.ABC.2023.1", "ABC.2023.1")].into_iter().enumerate()
    {
        let scratch = Scratch::new();
        scratch.document("a/1", b"%PDF-1.7 first", json!({ "file_code": first, "symbol": "1/TB" }));
        scratch.document("b/2", b"%PDF-1.7 second", json!({ "file_code": second, "symbol": "2/TB", "id": "2" }));
        let code = scratch.ingest("a").doc_code().to_owned();
        for _ in 0..2 {
            let ran = scratch.run(&["ingest", "b", "--json"]);
            assert!(ran.status == 1 && ran.out.contains("dossier-code-taken"), "{second}: {ran:?}");
        }
        scratch.ok(&["get", &code, "-o", "got.pdf"]);
        assert_eq!(fs::read(scratch.path("got.pdf")).unwrap(), b"%PDF-1.7 first");
        assert_eq!(scratch.ingest("a").summary["already_held"], 1, "{at}");
        let both = Scratch::new();
        both.document("a/1", b"%PDF-1.7 first", json!({ "file_code": first, "symbol": "1/TB" }));
        both.document("a/2", b"%PDF-1.7 second", json!({ "file_code": second, "symbol": "2/TB", "id": "2" }));
        let ran = both.run(&["ingest", "a", "--json"]);
        assert!(
            ran.status == 1 && ran.out.contains("dossier-code-taken") && ran.out.contains("\"taken\":1"),
            "{ran:?}"
        );
    }
}
