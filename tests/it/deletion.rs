//! Every path on which the program takes bytes away, and what decides on it.
//!
//! The sources are read: whatever removes, replaces, cuts or thins a file stands in [`PLACES`] with what it may touch.
//! Of the truth only a spent `Permit` destroys anything: [`the_keys_die_in_one_place_and_for_permits_alone`]. Then each
//! path that exists is walked: an execution in which everything is left, files half written, a second ingest, a
//! restart, a rebuild, older keys. Replicas there are none yet; who writes them finds this test in the way.

use crate::scratch::Scratch;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What may be touched there, and so who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Touches {
    /// The primitive itself: whoever calls it stands here, too.
    Nothing,
    /// What can be made again from the truth.
    Derived,
    /// What nobody was answered for: a torn tail (kept in quarantine), a file half written.
    Unacknowledged,
    /// A small file of the archive that is replaced by its successor: FORMAT, checkpoint, marks, sealing.
    Successor,
    /// Sessions, credentials, tokens, readers' passes, webhooks and saved searches; reads, which are noted until they are events.
    State,
    /// What agencies hand over, in a folder of its own: not in the archive yet, or in it already.
    HandedOver,
    /// What lies outside the archive, or in a scratch folder.
    Outside,
    /// Older generations of keys, once the ledger knows the one that is there.
    OlderKeys,
    /// The keys: a generation that has fewer scopes is written for permits alone.
    Keys,
    /// Bodies in segments that the ledger says are destroyed (`fates`).
    Destroyed,
}

/// A file, what it does, how often, and what that may touch.
const PLACES: &[(&str, &str, usize, Touches)] = &[
    ("archive/account/credential.rs", "replace", 1, Touches::State),
    ("archive/account/searches.rs", "replace", 1, Touches::State),
    ("archive/account/session.rs", "remove", 2, Touches::State),
    ("archive/account/session.rs", "replace", 1, Touches::State),
    ("archive/account/token.rs", "remove", 2, Touches::State),
    ("archive/account/token.rs", "replace", 2, Touches::State),
    ("archive/request/pass.rs", "remove", 1, Touches::State),
    ("archive/request/pass.rs", "replace", 1, Touches::State),
    // in the copy: what was left half written, an open segment that is sealed since, its checkpoint
    ("archive/backup.rs", "remove", 2, Touches::Outside),
    ("archive/backup.rs", "rename", 1, Touches::Outside),
    ("archive/backup.rs", "replace", 1, Touches::Outside),
    ("archive/destruction.rs", "destroy scopes", 1, Touches::Keys),
    ("archive/destruction/thinning.rs", "thin", 1, Touches::Destroyed),
    ("archive/format.rs", "replace", 1, Touches::Successor),
    ("archive/handed_in.rs", "fs::remove_file", 1, Touches::Outside),
    ("archive/init.rs", "fs::rename", 1, Touches::Successor), // the root key of an archive in the making
    ("archive/init.rs", "remove older keys", 1, Touches::OlderKeys),
    ("archive/init.rs", "replace", 1, Touches::Successor),
    // restored keys that the ledger refused; a copy that it does not tell of
    ("archive/key_care.rs", "remove", 2, Touches::Unacknowledged),
    ("archive/key_care.rs", "replace", 1, Touches::Outside),
    ("archive/reading.rs", "fs::remove_dir_all", 2, Touches::Outside),
    ("archive/reads.rs", "remove", 1, Touches::State),
    ("archive/reads.rs", "rename", 1, Touches::State),
    ("archive/reads.rs", "write", 1, Touches::State),
    ("archive/rebuild.rs", "fs::remove_dir", 1, Touches::Derived),
    ("archive/rebuild.rs", "fs::remove_dir_all", 2, Touches::Derived),
    ("archive/rebuild.rs", "fs::remove_file", 2, Touches::Derived),
    ("archive/rebuild.rs", "fs::rename", 4, Touches::Derived),
    ("archive/stamp/shelf.rs", "replace", 1, Touches::Successor),
    ("archive/transfer/documents.rs", "rename", 1, Touches::HandedOver),
    ("archive/transfer/documents.rs", "write", 1, Touches::HandedOver),
    ("archive/transfer/examine.rs", "fs::remove_dir_all", 1, Touches::HandedOver),
    ("archive/transfer/folder.rs", "fs::remove_dir_all", 1, Touches::HandedOver),
    ("archive/transfer/folder.rs", "remove", 3, Touches::HandedOver),
    ("archive/transfer/folder.rs", "replace", 1, Touches::HandedOver),
    ("archive/transfer/leftover.rs", "fs::remove_file", 1, Touches::HandedOver),
    ("archive/transfer/leftover.rs", "replace", 1, Touches::HandedOver),
    ("archive/transfer/sidecar.rs", "replace", 1, Touches::HandedOver),
    ("archive/transfer/step.rs", "fs::remove_dir_all", 1, Touches::HandedOver),
    ("archive/transfer/upload.rs", "remove", 4, Touches::HandedOver),
    ("archive/transfer/upload.rs", "rename", 1, Touches::HandedOver),
    ("archive/transfer/upload.rs", "write", 1, Touches::HandedOver),
    ("archive/truth.rs", "replace", 1, Touches::Successor),
    ("archive/verify.rs", "fs::remove_dir_all", 1, Touches::Outside),
    ("archive/verify/projections.rs", "fs::remove_dir_all", 1, Touches::Outside),
    ("archive/webhook.rs", "remove", 2, Touches::State),
    ("archive/webhook.rs", "replace", 1, Touches::State),
    ("archive/writing/opening.rs", "remove older keys", 1, Touches::OlderKeys),
    ("archive/writing/scopes.rs", "remove older keys", 4, Touches::OlderKeys),
    ("cli/get.rs", "fs::remove_file", 1, Touches::Outside),
    ("cli/get.rs", "fs::rename", 1, Touches::Outside),
    ("cli/init.rs", "fs::remove_file", 1, Touches::Outside),
    ("disk.rs", "cut", 1, Touches::Nothing),
    ("disk.rs", "fs::remove_dir", 1, Touches::Nothing),
    ("disk.rs", "fs::remove_file", 1, Touches::Nothing),
    ("disk.rs", "fs::rename", 1, Touches::Nothing),
    ("disk.rs", "remove", 2, Touches::Unacknowledged),
    ("disk.rs", "rename", 1, Touches::Nothing),
    ("disk.rs", "write", 2, Touches::Nothing),
    ("keys.rs", "remove", 1, Touches::OlderKeys),
    ("keys.rs", "remove older keys", 2, Touches::OlderKeys),
    ("keys.rs", "replace", 6, Touches::Keys),
    ("ledger.rs", "remove", 2, Touches::Derived),
    ("ledger.rs", "replace", 1, Touches::Derived),
    ("ledger/high_water.rs", "replace", 1, Touches::Successor),
    ("vault.rs", "cut", 1, Touches::Unacknowledged),
    ("vault.rs", "rename", 1, Touches::Successor),
    ("vault.rs", "replace", 1, Touches::Successor), // the header of a new segment
    ("vault.rs", "write", 1, Touches::Successor),   // at the end of the open segment
    ("vault/absent.rs", "remove", 1, Touches::Unacknowledged),
    ("vault/absent.rs", "rename", 1, Touches::Destroyed),
    ("vault/absent.rs", "replace", 1, Touches::Destroyed),
    ("vault/absent.rs", "write", 1, Touches::Destroyed),
    ("vault/open.rs", "remove", 1, Touches::Unacknowledged),
    ("vault/open.rs", "remove half written", 1, Touches::Unacknowledged),
    ("vault/open.rs", "rename", 1, Touches::Unacknowledged), // the unpublished tail, written anew
    ("vault/open.rs", "replace", 1, Touches::Unacknowledged),
    ("vault/open.rs", "write", 1, Touches::Unacknowledged),
];

/// What a line does to a file, if it does. Calls only: definitions and the seam's own signatures are no deeds.
fn deeds(line: &str) -> Vec<&'static str> {
    const WORDS: [(&str, &[&str]); 12] = [
        ("fs::remove_file", &["fs::remove_file("]),
        ("fs::remove_dir_all", &["fs::remove_dir_all("]),
        ("fs::remove_dir", &["fs::remove_dir("]),
        ("fs::rename", &["fs::rename("]),
        ("fs::write", &["fs::write(", "File::create(", ".truncate(true)"]),
        ("cut", &["file.truncate(", ".set_len("]),
        ("write", &["file.write_at(", "to.write_at(", "self.write_at(", "file.write_parts_at("]),
        ("replace", &["disk::replace(", "disk::replace_all("]),
        ("remove half written", &["remove_temporaries("]),
        ("destroy scopes", &["destroy_scopes("]),
        ("remove older keys", &["remove_older("]),
        ("thin", &["absent::thin("]),
    ];
    let code = line.trim_start();
    if code.starts_with("//") || code.starts_with("pub fn ") || code.starts_with("fn ") || code.contains("set_length(")
    {
        return Vec::new();
    }
    let mut found: Vec<&str> =
        WORDS.iter().filter(|(_, all)| all.iter().any(|word| code.contains(word))).map(|(name, _)| *name).collect();
    for (name, call) in [("remove", ".remove("), ("remove", ".remove_dir("), ("rename", ".rename(")] {
        let of_a_disk = |receiver: &str| DISKS.iter().any(|disk| receiver.ends_with(disk));
        found.extend(code.match_indices(call).filter(|(at, _)| of_a_disk(&code[..*at])).map(|_| name));
    }
    found
}

/// What disks are called: [`disks_have_their_names`].
const DISKS: [&str; 5] = ["disk", "disks.archive", "disks.custody", "disks.key_copy", "folder"];

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    let name = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
    let is_test = |name: &String| name.ends_with("tests.rs") || name.contains("/tests/");
    let sources = found.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let sources = sources.map(|path| (name(path), fs::read_to_string(path).unwrap()));
    sources.filter(|(name, _)| !is_test(name)).collect()
}

#[test]
fn every_place_that_takes_bytes_away_is_known_with_what_decides_there() {
    let mut there: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for (name, text) in sources() {
        for deed in text.lines().flat_map(deeds) {
            *there.entry((name.clone(), deed)).or_default() += 1;
        }
    }
    let known: BTreeMap<(String, &str), usize> =
        PLACES.iter().map(|(name, deed, count, _)| (((*name).to_owned(), *deed), *count)).collect();
    let new: Vec<_> = there.iter().filter(|(place, count)| known.get(place) != Some(count)).collect();
    assert!(new.is_empty(), "places that take bytes away and are not in PLACES, or not so often: {new:#?}");
    let gone: Vec<_> = known.iter().filter(|(place, _)| !there.contains_key(place)).collect();
    assert!(gone.is_empty(), "places that are not there any more: {gone:#?}");
    let of_the_truth = PLACES.iter().filter(|(.., touches)| matches!(touches, Touches::Keys | Touches::Destroyed));
    let files: BTreeSet<&str> = of_the_truth.map(|(name, ..)| *name).collect();
    let expect = ["archive/destruction.rs", "archive/destruction/thinning.rs", "keys.rs", "vault/absent.rs"];
    assert_eq!(files, BTreeSet::from(expect), "what is acknowledged goes there alone");
}

#[test]
fn disks_have_their_names() {
    let mut strange = Vec::new();
    for (name, text) in sources() {
        for line in text.lines() {
            for (at, _) in line.match_indices("dyn Disk").filter(|(at, _)| !line[at + 8..].starts_with("File")) {
                let before =
                    line[..at].trim_end_matches(['&', '<']).trim_end_matches("Arc").trim_end_matches(['&', '<']);
                let Some(named) = before.trim_end().strip_suffix(':') else { continue };
                let named = named.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                if !["disk", "archive", "custody", "key_copy", "folder"].contains(&named) {
                    strange.push(format!("{name}: {}", line.trim()));
                }
            }
        }
    }
    assert!(strange.is_empty(), "`deeds` does not know disks of these names:\n{}", strange.join("\n"));
}

#[test]
fn the_keys_die_in_one_place_and_for_permits_alone() {
    let sources: BTreeMap<String, String> = sources().into_iter().collect();
    let where_is = |word: &str| -> Vec<&str> {
        sources.iter().filter(|(_, text)| text.contains(word)).map(|(name, _)| name.as_str()).collect()
    };
    // A permit is made by the rules alone, after the decision that was made now; and it is spent by value.
    assert_eq!(where_is("Permit {"), ["retention/disposal/permit.rs"]);
    let permit = &sources["retention/disposal/permit.rs"];
    let made = permit.matches("Ok(Permit {").count() + permit.matches("        Self { case, record").count();
    assert_eq!(made, 2, "`Case::permit`, and `granted` for tests");
    let granted = permit.find("pub(crate) fn granted").unwrap();
    assert!(permit[..granted].trim_end().ends_with("#[cfg(test)]"));
    let derived = permit[..permit.find("pub struct Permit").unwrap()].trim_end();
    assert!(derived.ends_with("#[derive(Debug, PartialEq, Eq)]"), "nobody copies a permit");
    assert_eq!(where_is("destroy_scopes("), ["archive/destruction.rs", "keys.rs"]);

    let text = &sources["archive/destruction.rs"];
    assert!(text.contains("fn destroy_keys(archive: &Writing, permits: Vec<Permit>,"));
    assert_eq!(text.matches("destroy_keys(").count(), 2, "its definition and one call");
    let attempt = &text[text.find("fn attempt(").unwrap()..];
    let order = [
        "begin(archive",            // what is about to go is in the ledger
        "plan.carry_out(",          // keys of what stays are moved and read back
        "archive.hold_scopes()",    // nobody makes a scope
        "archive.sequencer.pause(", // nobody commits: a hold comes before this or is answered "gone"
        "(order.decide)(*record)?", // each record is decided anew
        "plan.is_overtaken(",
        "destroy_keys(",
    ];
    let at: Vec<usize> =
        order.iter().map(|word| attempt.find(word).unwrap_or_else(|| panic!("{word} is gone"))).collect();
    assert!(at.is_sorted(), "{order:?} at {at:?}");
    // What the ledger says is destroyed is thinned, purged and forgotten; nothing else asks for that.
    assert_eq!(where_is("thinning::thin("), ["archive/destruction.rs"]);
    assert_eq!(where_is("purge::purge("), ["archive/destruction.rs"]);
    assert_eq!(where_is("forget_record("), ["archive/project.rs", "catalog/batch.rs"]);
    assert!(sources["archive/destruction/thinning.rs"].contains("gone(&rows, &mut entries, &fates)"));
    assert!(
        sources.keys().all(|name| !name.contains("replica")),
        "a replica: say here what prunes it, and what decides"
    );
}

/// An archive of two dossiers, one of them permanent.
fn archive() -> (Scratch, Vec<String>) {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({ "retention": "5 năm", "issued_date": "2010-05-17" }));
    scratch.document("t/2", b"%PDF-1.7 two", json!({ "symbol": "16/QĐ-STTTT", "retention": "5 năm" }));
    let permanent = json!({ "symbol": "17/QĐ", "file_code": "H26.10.2023.046", "retention": "Vĩnh viễn" });
    scratch.document("t/3", b"%PDF-1.7 three", permanent);
    assert_eq!(scratch.ingest("t").summary["taken"], 3);
    let codes = ["H26.10.2023.045.0000001", "H26.10.2023.045.0000002", "H26.10.2023.046.0000001"];
    (scratch, codes.map(str::to_owned).to_vec())
}

fn segments(scratch: &Scratch) -> Vec<u8> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(scratch.path("kho/segments")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names.iter().flat_map(|path| fs::read(path).unwrap()).collect()
}

fn all_are_there(scratch: &Scratch, codes: &[String]) {
    for (number, code) in codes.iter().enumerate() {
        let file = format!("got-{number}");
        _ = fs::remove_file(scratch.path(&file));
        scratch.ok(&["get", code, "-o", &file]);
    }
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_second_ingest_a_restart_and_a_rebuild_take_nothing_away() {
    let (scratch, codes) = archive();
    let before = segments(&scratch);
    assert_eq!(scratch.ingest("t").summary["already_held"], 3);
    assert!(segments(&scratch).starts_with(&before), "the truth only grows");
    scratch.ok(&["rebuild"]);
    scratch.ok(&["hold", "place", &codes[0], "--reason", "x", "--mandate", "y"]);
    assert!(segments(&scratch).starts_with(&before));
    all_are_there(&scratch, &codes);
}

#[test]
fn what_was_left_half_written_goes_and_nothing_beside_it() {
    let (scratch, codes) = archive();
    let before = segments(&scratch);
    let generation = fs::read_dir(scratch.path("kho/keys")).unwrap().count();
    let litter = [
        "segments/00000001.seg.tmp",
        "segments/00000001.open.tmp",
        "segments/00000001.absent.tmp",
        "segments/00000002.open.tmp",
        "keys/00000001.scopes.tmp",
        "keys/00000099.scopes.tmp",
        "keys/00000099.epochs.tmp",
    ];
    litter.iter().for_each(|name| fs::write(scratch.path("kho").join(name), b"half").unwrap());
    scratch.ok(&["hold", "place", &codes[0], "--reason", "x", "--mandate", "y"]);
    for name in litter {
        assert!(!scratch.path("kho").join(name).exists(), "{name} is there still");
    }
    assert!(segments(&scratch).starts_with(&before));
    assert_eq!(fs::read_dir(scratch.path("kho/keys")).unwrap().count(), generation);
    all_are_there(&scratch, &codes);
}

#[test]
fn older_keys_are_never_taken_back() {
    let (scratch, codes) = archive();
    let keys = |to: &str| {
        fs::create_dir_all(scratch.path(to)).unwrap();
        for entry in fs::read_dir(scratch.path("kho/keys")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, scratch.path(to).join(path.file_name().unwrap())).unwrap();
        }
    };
    keys("old");
    // Another bucket, another generation.
    scratch.document("u/1", b"%PDF-1.7 four", json!({ "file_code": "H26.10.2020.001", "retention": "70 năm" }));
    scratch.ingest("u");
    let old = |part: &str| {
        let mut files = fs::read_dir(scratch.path("old")).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|extension| extension == part)).unwrap().display().to_string()
    };
    let refused = scratch.expect(4, &["keys", "restore", "--epochs", &old("epochs"), "--scopes", &old("scopes")]);
    assert!(refused.err.contains("older"), "{}", refused.err);
    all_are_there(&scratch, &codes);
}
