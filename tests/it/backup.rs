//! Copies of an archive that is in use: whole, without keys, and an archive again with the copies of the keys.

use crate::disposal::archive;
use crate::scratch::Scratch;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Stdio;

fn backup(scratch: &Scratch) -> Value {
    scratch.json(&["backup", "--to", "copy"])
}

/// Goes on with the copy, by the newest copies of the keys.
fn restored(scratch: &Scratch) {
    fs::remove_dir_all(scratch.path("kho")).unwrap();
    fs::rename(scratch.path("copy"), scratch.path("kho")).unwrap();
    let newest = |folder: &str, end: &str| {
        let names = fs::read_dir(scratch.path(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        let newest = names.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(end)).max();
        format!("{folder}/{}", newest.unwrap())
    };
    let (epochs, scopes) = (newest("kho.custody", ".epochs"), newest("kho.key-copy", ".scopes"));
    scratch.ok(&["keys", "restore", "--epochs", &epochs, "--scopes", &scopes]);
    scratch.ok(&["rebuild"]);
}

fn more(scratch: &Scratch, number: usize) {
    let usual = json!({ "symbol": format!("9{number}/QĐ-STTTT"), "issued_date": "2016-05-17", "subject": "Thêm" });
    scratch.document(&format!("more{number}/1"), format!("%PDF-1.7 more {number}").as_bytes(), usual);
    scratch.ok(&["ingest", &format!("more{number}")]);
}

#[test]
fn an_archive_goes_on_with_its_copy() {
    let scratch = archive(3);
    let first = backup(&scratch);
    assert_eq!((first["unchanged"].as_u64(), first["entries"].as_u64().unwrap() > 3), (Some(0), true), "{first}");
    assert!(!scratch.path("copy/keys").exists() && !scratch.path("copy/catalog").exists());
    assert_eq!(backup(&scratch)["files"], 0, "nothing has changed");
    more(&scratch, 1);
    let further = backup(&scratch);
    assert!(further["unchanged"].as_u64() > Some(0) && further["entries"].as_u64() > first["entries"].as_u64());
    let before = scratch.ok(&["search", "--json"]);
    restored(&scratch);
    scratch.ok(&["verify", "--deep"]);
    assert_eq!(scratch.ok(&["search", "--json"]), before);
    more(&scratch, 2);
    scratch.ok(&["verify", "--deep"]);
}

/// Copies made while documents come in stop nobody, and the next one has what came meanwhile.
#[test]
fn an_archive_is_copied_while_it_takes_documents_in() {
    let scratch = archive(1);
    for number in 0..120 {
        let usual = json!({
            "symbol": format!("{number}/TB-STTTT"), "issued_date": "2016-05-17", "subject": format!("Số {number}"),
            "file_code": format!("H26.10.2016.{:03}", number % 20),
        });
        scratch.document(&format!("many/{number}"), format!("%PDF-1.7 {number}").repeat(900).as_bytes(), usual);
    }
    let mut ingest = scratch.command(&["ingest", "many"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut copies = 0;
    while ingest.try_wait().unwrap().is_none() {
        backup(&scratch);
        copies += 1;
    }
    assert!(ingest.wait().unwrap().success() && copies > 0, "{copies} copies");
    backup(&scratch);
    restored(&scratch);
    scratch.ok(&["verify", "--deep"]);
    assert_eq!(scratch.json(&["search", "--agency", "H26.10", "--limit", "1"])["total"], 121);
}

/// A copy from before a destruction opens nothing of what was destroyed: its keys are dead in every copy that is not old.
#[test]
fn a_copy_knows_what_was_thinned_since() {
    let scratch = archive(2);
    crate::disposal::decided(&scratch);
    backup(&scratch);
    crate::disposal::at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    assert_eq!(crate::disposal::execute(&scratch, "2024-07-09", "Đỗ F").unwrap().0, 2);
    backup(&scratch);
    let segments = |folder: &str| {
        let mut files: Vec<_> =
            fs::read_dir(scratch.path(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| (file.file_name().unwrap().to_owned(), fs::read(file).unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(segments("copy/segments"), segments("kho/segments"));
    restored(&scratch);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_copy_goes_to_no_other_place() {
    let scratch = archive(1);
    let refused = |to: &str| scratch.expect(4, &["backup", "--to", to]).err;
    assert!(refused("kho/copy").contains("in the archive itself"));
    fs::create_dir_all(scratch.path("other")).unwrap();
    fs::write(scratch.path("other/letter.txt"), "x").unwrap();
    assert!(refused("other").contains("other files"));
    backup(&scratch);
    more(&scratch, 1);
    // The archive is older than its copy: nothing newer is lost by copying over it.
    let older = |path: &Path| fs::read_to_string(path.join("ledger/checkpoint")).unwrap();
    let text = older(&scratch.path("copy"));
    let size = text.lines().nth(1).unwrap().to_owned();
    fs::write(scratch.path("copy/ledger/checkpoint"), text.replacen(&format!("\n{size}\n"), "\n999999\n", 1)).unwrap();
    assert!(refused("copy").contains("more entries"));
    fs::write(scratch.path("copy/FORMAT"), "another").unwrap();
    assert!(refused("copy").contains("another archive"));
}
