//! Older copies put back, and copies lost: a rollback is refused, a lost copy of the keys loses nothing.

use super::folders::{copy, put_back, the_file, transfer};
use crate::scratch::Scratch;
use std::fs;

const CORRUPT: i32 = 6;
const REFUSED: i32 = 4;
const INVALID: i32 = 2;
const NOT_THERE: i32 = 3;
const DOUBT: i32 = 1;

/// An archive with one dossier.
fn archive() -> Scratch {
    let scratch = Scratch::new();
    ingest(&scratch, 1);
    scratch
}

/// Ingests a dossier of its own retention: odd ones have a period, even ones are permanent.
fn ingest(scratch: &Scratch, dossier: usize) {
    let folder = transfer(scratch, dossier, &[900, 2000, 40_000]);
    scratch.ok(&["ingest", &folder]);
    scratch.ok(&["search", "thử"]);
}

/// Everything of these dossiers is there, to the byte, and nothing is in doubt.
fn whole(scratch: &Scratch, dossiers: &[usize]) {
    for dossier in dossiers {
        let again = scratch.ingest(&format!("transfer/{dossier:03}"));
        assert_eq!(again.summary["already_held"], 3, "{}", again.summary);
        for line in again.lines.iter().filter(|line| line["outcome"] == "already-held") {
            let place = scratch.path(line["place"].as_str().unwrap());
            let got = scratch.path("got.pdf");
            scratch.ok(&["get", line["record"].as_str().unwrap(), "-o", "got.pdf"]);
            assert!(fs::read(&got).unwrap() == fs::read(place).unwrap());
            fs::remove_file(got).unwrap();
        }
    }
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["keys", "check"]);
}

#[test]
fn an_older_copy_of_the_archive_is_refused() {
    let scratch = archive();
    let (kho, older, newest) = (scratch.path("kho"), scratch.path("older"), scratch.path("newest"));
    copy(&kho, &older);
    ingest(&scratch, 2);
    copy(&kho, &newest);
    put_back(&older, &kho);
    let folder = transfer(&scratch, 3, &[700]);
    for _ in 0..2 {
        let said = scratch.expect(CORRUPT, &["ingest", &folder]).err;
        assert!(said.contains("rolled back"), "{said}");
    }
    let dossier = "H26.10.2023.001";
    for reading in [&["search", "thử"][..], &["show", dossier], &["history", dossier], &["keys", "check"]] {
        let said = scratch.expect(CORRUPT, reading).err;
        assert!(said.contains("rolled back"), "{reading:?}: {said}");
    }
    let verified = scratch.run(&["verify"]);
    assert!(verified.status != 0 && verified.out.contains("rolled back"), "{verified:?}");
    put_back(&newest, &kho);
    whole(&scratch, &[1, 2]);
}

/// The copy that was put back knows its own checkpoint and mark; with the outer mark gone only a witness could tell.
#[test]
fn without_the_outer_mark_verify_says_that_a_rollback_cannot_be_seen() {
    let scratch = archive();
    fs::remove_file(scratch.path("kho.custody/high-water")).unwrap();
    let said = scratch.run(&["verify"]).out;
    assert!(said.contains("without the outer high-water mark a rollback can't be seen"), "{said}");
    ingest(&scratch, 2);
    whole(&scratch, &[1, 2]);
}

/// Nor does a mark that can't be read, or another archive's, tell of a rollback: reads warn, `verify` doubts.
#[test]
fn a_mark_that_is_not_this_archives_is_told_of() {
    let (scratch, other) = (archive(), archive());
    let marks = [("kho.custody/high-water", "custody folder"), ("kho/state/high-water", "state/high-water")];
    for (path, name) in marks {
        let mark = scratch.path(path);
        let own = fs::read(&mark).unwrap();
        for (foreign, why) in [
            (fs::read(other.path(path)).unwrap(), "another archive"),
            (b"high-water".to_vec(), "damaged"),
            (vec![0xff; 5000], "can't be read"),
        ] {
            fs::write(&mark, &foreign).unwrap();
            let said = scratch.expect(DOUBT, &["verify", "--deep", "--json"]).out;
            assert!(said.contains(name) && said.contains(why), "{why}: {said}");
            for reading in [&["search", "thử"][..], &["show", "H26.10.2023.001"]] {
                let said = scratch.expect(0, reading).err;
                assert!(said.contains("an older copy would not be noticed"), "{reading:?}: {said}");
            }
            assert_ne!(scratch.run(&["ingest", "transfer/001"]).status, 0, "{why}: nothing is written");
        }
        fs::remove_file(&mark).unwrap();
        fs::create_dir(&mark).unwrap();
        scratch.expect(DOUBT, &["verify"]);
        assert!(scratch.expect(0, &["search", "thử"]).err.contains("would not be noticed"));
        fs::remove_dir(&mark).unwrap();
        fs::write(&mark, own).unwrap();
        whole(&scratch, &[1]);
    }
}

/// Whatever path names the archive, the custody folder is the one beside it; where there is none, that is said.
#[test]
fn no_path_hides_a_rollback() {
    let scratch = archive();
    let (kho, older) = (scratch.path("kho"), scratch.path("older"));
    copy(&kho, &older);
    fs::create_dir(scratch.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(&kho, scratch.path("elsewhere/link")).unwrap();
    let found = scratch.ok(&["search", "thử"]);
    let at_home = |arguments: &[&str]| scratch.command(arguments).current_dir(&kho).output().unwrap();
    assert_eq!(scratch.ok(&["--archive", "elsewhere/link", "search", "thử"]), found);
    assert_eq!(String::from_utf8(at_home(&["--archive", ".", "search", "thử"]).stdout).unwrap(), found);
    assert!(at_home(&["--archive", ".", "keys", "check"]).status.success());
    ingest(&scratch, 2);
    put_back(&older, &kho);
    for archive in ["elsewhere/link", "elsewhere/../kho", "kho/."] {
        let said = scratch.expect(CORRUPT, &["--archive", archive, "search", "thử"]).err;
        assert!(said.contains("rolled back"), "{archive}: {said}");
    }
    assert_eq!(at_home(&["--archive", ".", "search", "thử"]).status.code(), Some(CORRUPT));
    let said = scratch.expect(0, &["--custody", "mistyped", "search", "thử"]).err;
    assert!(said.contains("no high-water mark in the custody folder"), "{said}");
}

/// A mark that is ahead of the segments is a rollback too, also of a part.
#[test]
fn older_segments_under_a_newer_mark_are_refused() {
    let scratch = archive();
    let (segments, older) = (scratch.path("kho/segments"), scratch.path("older"));
    copy(&segments, &older);
    ingest(&scratch, 2);
    copy(&segments, &scratch.path("newest"));
    put_back(&older, &segments);
    scratch.expect(CORRUPT, &["ingest", "transfer/001"]);
    assert_ne!(scratch.run(&["verify"]).status, 0);
    fs::remove_dir_all(&segments).unwrap();
    scratch.expect(CORRUPT, &["ingest", "transfer/001"]);
    fs::create_dir(&segments).unwrap();
    scratch.expect(CORRUPT, &["ingest", "transfer/001"]);
    put_back(&scratch.path("newest"), &segments);
    whole(&scratch, &[1, 2]);
}

#[test]
fn an_older_generation_of_keys_is_refused() {
    let scratch = archive();
    let (keys, older, newest) = (scratch.path("kho/keys"), scratch.path("older"), scratch.path("newest"));
    copy(&keys, &older);
    ingest(&scratch, 2); // the first permanent dossier: a new scope, so a new generation
    copy(&keys, &newest);
    put_back(&older, &keys);
    for command in ["ingest", "verify"] {
        let arguments: &[&str] = if command == "ingest" { &["ingest", "transfer/001"] } else { &["verify"] };
        let ran = scratch.run(arguments);
        assert_eq!(ran.status, if command == "ingest" { CORRUPT } else { DOUBT }, "{ran:?}");
    }
    // Also for what the older keys could open: they may open what a destruction has closed.
    scratch.expect(CORRUPT, &["search", "tài"]);
    scratch.expect(DOUBT, &["keys", "check"]);
    let [epochs, scopes] = ["epochs", "scopes"].map(|part| the_file(&older, part).display().to_string());
    scratch.expect(REFUSED, &["keys", "restore", "--epochs", &epochs, "--scopes", &scopes]);
    scratch.expect(INVALID, &["keys", "restore", "--epochs", &scopes, "--scopes", &epochs]);
    put_back(&newest, &keys);
    whole(&scratch, &[1, 2]);
}

#[test]
fn each_copy_of_the_keys_may_be_lost() {
    let scratch = archive();
    ingest(&scratch, 2);
    let restore = || {
        let epochs = the_file(&scratch.path("kho.custody"), ".epochs").display().to_string();
        let scopes = the_file(&scratch.path("kho.key-copy"), ".scopes").display().to_string();
        scratch.ok(&["keys", "restore", "--epochs", &epochs, "--scopes", &scopes]);
    };
    // The archive's own, the whole folder and either file of it.
    fs::remove_dir_all(scratch.path("kho/keys")).unwrap();
    scratch.expect(NOT_THERE, &["ingest", "transfer/001"]);
    restore();
    whole(&scratch, &[1, 2]);
    for part in ["epochs", "scopes"] {
        fs::remove_file(the_file(&scratch.path("kho/keys"), part)).unwrap();
        scratch.expect(NOT_THERE, &["ingest", "transfer/001"]);
        restore();
        whole(&scratch, &[1, 2]);
    }
    // The copies come back by themselves when the archive is next written.
    fs::remove_file(the_file(&scratch.path("kho.custody"), ".epochs")).unwrap();
    scratch.expect(DOUBT, &["keys", "check"]);
    whole(&scratch, &[1, 2]);
    fs::remove_dir_all(scratch.path("kho.key-copy")).unwrap();
    scratch.expect(DOUBT, &["keys", "check"]);
    whole(&scratch, &[1, 2]);
    // A copy of an older or foreign make is replaced.
    let scopes = the_file(&scratch.path("kho.key-copy"), ".scopes");
    fs::write(&scopes, b"{}").unwrap();
    scratch.expect(DOUBT, &["keys", "check"]);
    whole(&scratch, &[1, 2]);
}

/// With the catalog gone nothing but the ledger knows the generation; restoring works all the same.
#[test]
fn keys_and_catalog_lost_together_come_back() {
    let scratch = archive();
    for folder in ["kho/keys", "kho/catalog", "kho/index"] {
        fs::remove_dir_all(scratch.path(folder)).unwrap();
    }
    let epochs = the_file(&scratch.path("kho.custody"), ".epochs").display().to_string();
    let scopes = the_file(&scratch.path("kho.key-copy"), ".scopes").display().to_string();
    scratch.ok(&["keys", "restore", "--epochs", &epochs, "--scopes", &scopes]);
    whole(&scratch, &[1]);
}

#[test]
fn the_root_key_comes_back_from_its_recovery_sheet() {
    let scratch = archive();
    let root = scratch.path("kho.custody/root.key");
    fs::remove_file(&root).unwrap();
    scratch.expect(NOT_THERE, &["ingest", "transfer/001"]);
    fs::copy(scratch.path("sheet"), &root).unwrap();
    whole(&scratch, &[1]);
}

/// Catalog and index are derived: older copies of them catch up, whatever else was ingested since.
#[test]
fn older_projections_catch_up() {
    let scratch = archive();
    for folder in ["catalog", "index"] {
        copy(&scratch.path("kho").join(folder), &scratch.path(folder));
    }
    ingest(&scratch, 2);
    for folder in ["catalog", "index"] {
        put_back(&scratch.path(folder), &scratch.path("kho").join(folder));
    }
    whole(&scratch, &[1, 2]);
}
