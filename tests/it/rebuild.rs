//! Catalog and index are derived: spoil or delete them, and every answer is as before.

use crate::scratch::{Scratch, record};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// An archive with two dossiers, one of them amended, and everything it answers.
fn archive() -> (Scratch, Vec<String>) {
    let scratch = Scratch::new();
    for (number, retention) in [(11, "10 năm"), (12, "10 năm"), (13, "20 năm")] {
        let changes = json!({
            "id": number.to_string(), "symbol": format!("{number}/TB-STTTT"), "retention": retention,
            "subject": format!("Về việc quy hoạch đất đai số {number}"),
        });
        scratch.document(&format!("t{number}/1"), format!("document {number}").as_bytes(), changes);
        assert_eq!(scratch.ingest(&format!("t{number}")).summary["taken"], 1);
    }
    let records = [record(&[("a.txt", b"one"), ("b.txt", b"two")], json!({}))];
    scratch.dossier("d", json!({ "records": records }));
    fs::write(scratch.path("d/a.txt"), "one").unwrap();
    fs::write(scratch.path("d/b.txt"), "two").unwrap();
    assert_eq!(scratch.ingest("d").summary["taken"], 1);
    let before = answers(&scratch);
    (scratch, before)
}

/// Every answer of the archive that goes through catalog or index.
fn answers(scratch: &Scratch) -> Vec<String> {
    let mut all = Vec::new();
    let dossiers = [("H26.10.2023.045", 3), ("H26.10.2024.052", 1)];
    let codes = dossiers.iter().flat_map(|(dossier, records)| {
        let records = (1..=*records).map(move |ordinal| format!("{dossier}.{ordinal:07}"));
        std::iter::once((*dossier).to_owned()).chain(records)
    });
    for code in codes {
        all.push(scratch.ok(&["show", &code]));
        all.push(scratch.ok(&["show", &code, "--json"]));
        all.push(scratch.ok(&["history", &code, "--json"]));
        if code.len() > "H26.10.2023.045".len() {
            all.push(scratch.ok(&["get", &code, "-o", "-"]));
            all.push(scratch.ok(&["receipt", &code, "-o", "-"]));
        }
    }
    for words in ["", "dat dai", "quy hoạch", "12/TB-STTTT", "khong-co"] {
        all.push(scratch.ok(&["search", words, "--json"]));
    }
    all.push(scratch.ok(&["search", "--agency", "H26", "--from", "2023-01-01", "--to", "2024-12-31", "--json"]));
    assert!(all.iter().all(|answer| !answer.is_empty()));
    assert!(all.iter().any(|answer| answer.contains("\"total\":4")), "the index answers");
    all
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

/// Puts garbage into the middle of each file of `folder` that `which` accepts; at least one.
fn spoil(folder: &Path, which: impl Fn(&str) -> bool) {
    let mut spoilt = 0;
    for path in files(folder) {
        let mut bytes = fs::read(&path).unwrap();
        if which(path.file_name().unwrap().to_str().unwrap()) && !bytes.is_empty() {
            let middle = bytes.len() / 2;
            let end = (middle + 64).min(bytes.len());
            bytes[middle..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
            fs::write(&path, bytes).unwrap();
            spoilt += 1;
        }
    }
    assert!(spoilt > 0, "nothing to spoil in {}", folder.display());
}

#[test]
fn a_rebuilt_archive_answers_as_before() {
    let (scratch, before) = archive();
    let check = |what: &str, harm: &dyn Fn(&Path)| {
        harm(&scratch.path("kho"));
        let rebuilt = scratch.json(&["rebuild"]);
        assert_eq!(rebuilt["records"], 4, "{what}");
        assert_eq!(answers(&scratch), before, "{what}");
        assert_eq!(scratch.json(&["verify", "--deep"])["doubts"], json!([]), "{what}");
    };
    check("nothing", &|_| {});
    check("both deleted", &|kho| {
        fs::remove_dir_all(kho.join("catalog")).unwrap();
        fs::remove_dir_all(kho.join("index")).unwrap();
    });
    check("every file of the catalog spoilt", &|kho| spoil(&kho.join("catalog"), |_| true));
    check("every file of the index spoilt", &|kho| spoil(&kho.join("index"), |_| true));
    check("files in the place of folders", &|kho| {
        for name in ["catalog", "index"] {
            fs::remove_dir_all(kho.join(name)).unwrap();
            fs::write(kho.join(name), "not a folder").unwrap();
        }
    });
}

/// Whatever refuses a rebuild, at its beginning or in its midst, leaves what was there.
#[test]
fn a_rebuild_that_is_refused_deletes_nothing() {
    let (scratch, _) = archive();
    let held = || [files(&scratch.path("kho/catalog")), files(&scratch.path("kho/index"))];
    let refused = |what: &str, status: i32, harm: &dyn Fn()| {
        let kept = scratch.copied();
        harm();
        let there = held();
        assert!(there.iter().all(|files| !files.is_empty()), "{what}");
        scratch.expect(status, &["rebuild"]);
        assert_eq!(held(), there, "{what}");
        for name in ["kho", "kho.custody", "kho.key-copy"] {
            fs::remove_dir_all(scratch.path(name)).unwrap();
            fs::rename(kept.path(name), scratch.path(name)).unwrap();
        }
    };
    let older = scratch.copied();
    scratch.document(
        "t14/1",
        b"document 14",
        json!({ "id": "14", "symbol": "14/TB", "file_code": "H26.10.2025.001",
        "retention": "50 năm" }),
    );
    scratch.ingest("t14");
    scratch.ok(&["search", "x"]);
    let told =
        || [&["search", "", "--json"][..], &["show", "H26.10.2025.001", "--json"]].map(|asked| scratch.ok(asked));
    let before = told();
    let put_back = |name: &str| {
        fs::remove_dir_all(scratch.path(name)).unwrap();
        let copied = std::process::Command::new("cp").arg("-a").args([older.path(name), scratch.path(name)]).status();
        assert!(copied.unwrap().success());
    };
    refused("a copy that was rolled back", 6, &|| put_back("kho"));
    refused("older keys", 6, &|| put_back("kho/keys"));
    refused("no root key", 3, &|| fs::remove_file(scratch.path("kho.custody/root.key")).unwrap());
    refused("a damaged segment", 6, &|| {
        let open = scratch.path("kho/segments/00000001.open");
        let mut bytes = fs::read(&open).unwrap();
        bytes[200] ^= 1;
        fs::write(open, bytes).unwrap();
    });
    refused("a body in the middle, met when half is made", 6, &|| {
        let open = scratch.path("kho/segments/00000001.open");
        let mut bytes = fs::read(&open).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4096].fill(0x5a);
        fs::write(open, bytes).unwrap();
    });
    scratch.ok(&["rebuild"]);
    assert_eq!(told(), before);
}

/// Too few open files, as a full disk or a missing right, are not the catalog's fault, and do not cost it.
#[test]
fn what_is_not_the_catalog_s_fault_does_not_cost_it() {
    let (scratch, before) = archive();
    let held = || -> BTreeMap<PathBuf, Vec<u8>> {
        let homes = [scratch.path("kho/catalog"), scratch.path("kho/index")];
        let kept = homes.iter().flat_map(|home| files(home)).filter(|path| {
            // What a mere opening does not write anew.
            let name = path.file_name().unwrap().to_str().unwrap();
            ["LOG", "CURRENT", "MANIFEST", "OPTIONS", "."].iter().all(|own| !name.starts_with(own))
                && !name.ends_with(".log")
        });
        kept.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    };
    let mut refused = 0;
    for arguments in [&["rebuild"][..], &["ingest", "t11"]] {
        for files in 6..24 {
            scratch.ok(&["rebuild"]);
            let there = held();
            let ran = scratch.command_within(&format!("ulimit -n {files}"), arguments).output().unwrap();
            if !ran.status.success() {
                refused += 1;
                let now = held();
                let lost: Vec<_> = there.iter().filter(|(path, bytes)| now.get(*path) != Some(bytes)).collect();
                let lost: Vec<_> = lost.into_iter().map(|(path, _)| path).collect();
                assert!(lost.is_empty(), "{arguments:?}, {files} files: {lost:?}");
            }
        }
    }
    assert!(refused > 4, "{refused} were refused");
    assert_eq!(answers(&scratch)[..4], before[..4]);
}

/// A rebuild that was killed: the next one, and whoever opens the archive next, finish it, and nothing is left lying.
#[test]
fn an_interrupted_rebuild_is_finished() {
    let (scratch, _) = archive();
    let told = || ["", "quy hoạch"].map(|words| scratch.ok(&["search", words, "--json"]));
    let before = told();
    // How far the dead process came: old files moved aside in part, all of them, or new ones whole and old ones half deleted.
    let aside = |folder: &str, part: bool| {
        for home in ["kho/catalog", "kho/index"].map(|home| scratch.path(home)) {
            fs::create_dir(home.join(folder)).unwrap();
            for (at, path) in files(&home).into_iter().enumerate() {
                let there = home.join(folder).join(path.file_name().unwrap());
                match (folder, part && at % 2 == 0) {
                    (_, true) => {}
                    ("gone", false) => _ = fs::copy(&path, there).unwrap(),
                    _ => fs::rename(&path, there).unwrap(),
                }
            }
            if folder == "before" {
                fs::write(home.join("MANIFEST-000001"), "half").unwrap();
            }
        }
    };
    let interrupted = |what: &str, next: &dyn Fn()| {
        for (folder, part) in [("before.part", true), ("before", false), ("gone", true)] {
            aside(folder, part);
            next();
            let what = format!("{what}, {folder}");
            assert_eq!(told(), before, "{what}");
            assert_eq!(scratch.json(&["verify"])["doubts"], json!([]), "{what}");
            for name in ["before", "before.part", "gone"] {
                for home in ["kho/catalog", "kho/index"] {
                    assert!(!scratch.path(home).join(name).exists(), "{what}: {home}/{name}");
                }
            }
        }
    };
    interrupted("rebuild again", &|| _ = scratch.ok(&["rebuild"]));
    interrupted("another writer", &|| assert_eq!(scratch.ingest("t11").summary["taken"], 0));
}

/// Without `rebuild`: whoever opens the archive next makes what is missing.
#[test]
fn a_lost_or_spoilt_catalog_heals_by_itself() {
    let (scratch, before) = archive();
    let check = |what: &str, harm: &dyn Fn(&Path)| {
        harm(&scratch.path("kho"));
        assert_eq!(answers(&scratch), before, "{what}");
        assert_eq!(scratch.json(&["verify"])["doubts"], json!([]), "{what}");
        let left = fs::read_dir(scratch.path("tmp")).unwrap().count();
        assert_eq!(left, 0, "{what}: scratch folders were left behind");
    };
    let catalog = |kho: &Path| kho.join("catalog");
    check("catalog deleted", &|kho| fs::remove_dir_all(catalog(kho)).unwrap());
    check("index deleted", &|kho| fs::remove_dir_all(kho.join("index")).unwrap());
    check("CURRENT deleted", &|kho| fs::remove_file(catalog(kho).join("CURRENT")).unwrap());
    check("CURRENT spoilt", &|kho| fs::write(catalog(kho).join("CURRENT"), "MANIFEST-999999\n").unwrap());
    check("manifest spoilt", &|kho| spoil(&catalog(kho), |name| name.starts_with("MANIFEST")));
    check("manifest deleted", &|kho| {
        let manifests = files(&catalog(kho)).into_iter().filter(|path| path.to_str().unwrap().contains("MANIFEST"));
        manifests.for_each(|path| fs::remove_file(path).unwrap());
    });
    check("index's meta.json spoilt", &|kho| fs::write(kho.join("index/meta.json"), "{").unwrap());
}

/// A reader that finds the catalog behind the ledger never answers from it as if it were whole.
#[test]
fn a_catalog_of_an_earlier_day_catches_up() {
    let scratch = Scratch::new();
    scratch.document("t1/1", b"one", json!({ "symbol": "11/TB" }));
    scratch.ingest("t1");
    scratch.ok(&["search", "thử"]);
    let copy = |from: &str, to: &str| {
        let _ = fs::remove_dir_all(scratch.path(to));
        fs::create_dir(scratch.path(to)).unwrap();
        for path in files(&scratch.path(from)) {
            fs::copy(&path, scratch.path(to).join(path.file_name().unwrap())).unwrap();
        }
    };
    for name in ["catalog", "index"] {
        copy(&format!("kho/{name}"), &format!("old-{name}"));
    }
    scratch.document("t2/2", b"two", json!({ "id": "2", "symbol": "12/TB" }));
    scratch.ingest("t2");
    let new = (scratch.ok(&["show", "H26.10.2023.045"]), scratch.ok(&["search", "thử"]));
    for name in ["catalog", "index"] {
        copy(&format!("old-{name}"), &format!("kho/{name}"));
    }
    assert_eq!((scratch.ok(&["show", "H26.10.2023.045"]), scratch.ok(&["search", "thử"])), new);
    assert!(new.1.starts_with("2 records"), "{}", new.1);
}
