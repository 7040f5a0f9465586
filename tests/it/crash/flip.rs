//! One byte changed in any file of the truth: `verify --deep` is in doubt and names the file or the segment.

use super::folders::{files, transfer};
use crate::scratch::{Ran, Scratch};
use chauban::disk::{Disk, Folder};
use chauban::error::Error;
use chauban::vault::frame::{COMMIT_BYTES, FrameKind, HEADER_BYTES};
use chauban::vault::segment::{SEGMENT_HEADER_BYTES, TRAILER_BYTES, read_trailer};
use chauban::vault::{self, Bodies};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;

/// Changes the byte at `offset`, runs `verify --deep`, changes it back.
fn verified_with(scratch: &Scratch, file: &Path, offset: u64) -> Ran {
    fs::set_permissions(file, fs::Permissions::from_mode(0o640)).unwrap();
    let open = fs::File::options().read(true).write(true).open(file).unwrap();
    let mut byte = [0];
    open.read_exact_at(&mut byte, offset).unwrap();
    open.write_all_at(&[byte[0] ^ 0x10], offset).unwrap();
    let ran = scratch.run(&["verify", "--deep", "--json"]);
    open.write_all_at(&byte, offset).unwrap();
    ran
}

/// What is wrong with the answer to a changed byte, if anything is.
fn unnoticed(ran: &Ran, names: &[String]) -> Option<String> {
    let said = format!("{}{}", ran.out, ran.err);
    let named = names.iter().any(|name| said.contains(name.as_str()));
    let said: String = said.chars().take(300).collect();
    (ran.status == 0 || !named).then(|| format!("exit {}, names {names:?}: {named}: {said}", ran.status))
}

/// Offsets of a segment: its header, and of the first and last frame of each kind the header, body and padding; of a
/// sealed one the SEAL and the trailer too.
fn offsets(scratch: &Scratch, seq: u64, file: &Path) -> BTreeMap<u64, String> {
    let mut offsets = BTreeMap::new();
    for at in [0, 9, 20, 33, 45, 60, 90, 125] {
        assert!(at < SEGMENT_HEADER_BYTES as u64);
        offsets.insert(at, "segment header".to_owned());
    }
    let mut frames: BTreeMap<u8, Vec<(u64, u64, FrameKind)>> = BTreeMap::new();
    let disk = Folder::at(scratch.path("kho"));
    vault::walk::<Error>(&disk, vault::START, Bodies::Small, &mut |group| {
        let commit_bytes = (HEADER_BYTES + COMMIT_BYTES).next_multiple_of(8) as u64;
        let commit = (group.after.at.offset - commit_bytes, COMMIT_BYTES as u64, FrameKind::Commit);
        let inside = group.frames.iter().map(|frame| (frame.location.offset, frame.header.length, frame.header.kind));
        if group.after.at.segment == seq {
            for frame in inside.chain([commit]) {
                frames.entry(frame.2 as u8).or_default().push(frame);
            }
        }
        Ok(())
    })
    .unwrap();
    let ends = |frames: &Vec<(u64, u64, FrameKind)>| [frames[0], frames[frames.len() / 2], frames[frames.len() - 1]];
    let mut add = |at: u64, length: u64, kind: FrameKind| {
        let body = at + HEADER_BYTES as u64;
        let end = (body + length).next_multiple_of(8);
        for offset in
            [at, at + 5, at + 6, at + 10, at + 30, at + 50, at + 78, body, body + length / 2, body + length - 1]
                .into_iter()
                .chain(body + length..end)
        {
            offsets.insert(offset, format!("{kind:?} frame at {at}"));
        }
    };
    for (at, length, kind) in frames.values().flat_map(ends) {
        add(at, length, kind);
    }
    let size = fs::metadata(file).unwrap().len();
    let open = fs::File::open(file).unwrap();
    if let Some(seal) = read_trailer(&open, size) {
        add(seal, size - TRAILER_BYTES as u64 - seal - HEADER_BYTES as u64, FrameKind::Seal);
        offsets.insert(size - 12, "trailer".to_owned());
        offsets.insert(size - 1, "trailer".to_owned());
    }
    offsets
}

#[test]
fn one_changed_byte_is_noticed_and_named() {
    let scratch = Scratch::new();
    for dossier in 1..3 {
        let folder = transfer(&scratch, dossier, &[700, 5000, 70_000]);
        scratch.ok(&["ingest", &folder]);
    }
    scratch.ok(&["verify", "--deep"]);
    let mut missed = Vec::new();
    let mut flips = 0;
    let mut flip = |file: &Path, offset: u64, names: &[String], what: &str| {
        flips += 1;
        let why = unnoticed(&verified_with(&scratch, file, offset), names);
        missed.extend(why.map(|why| format!("{}, byte {offset}, {what}: {why}", file.display())));
    };
    let segment = scratch.path("kho/segments/00000001.open");
    for (offset, what) in offsets(&scratch, 1, &segment) {
        flip(&segment, offset, &["segment 1".to_owned()], &what);
    }
    let kho = scratch.path("kho");
    let truth =
        files(&kho).into_iter().chain(files(&scratch.path("kho.custody"))).chain(files(&scratch.path("kho.key-copy")));
    for file in truth {
        let derived = ["catalog", "index", "segments"].iter().any(|folder| file.starts_with(kho.join(folder)));
        let size = fs::metadata(&file).unwrap().len();
        if derived || size == 0 {
            continue;
        }
        // By its path in the archive, by its name, or by the place where it is the only file of its kind.
        let mut names = vec![file.file_name().unwrap().to_str().unwrap().to_owned()];
        if let Some(path) = file.strip_prefix(&kho).ok().filter(|path| path.starts_with("ledger")) {
            names = vec![path.display().to_string()];
        }
        for (place, words) in [("kho.custody", "custody folder"), ("kho.key-copy", "key copy folder")] {
            if file.starts_with(scratch.path(place)) {
                names.extend([words.to_owned(), "root key".to_owned()]);
            }
        }
        for offset in [0, size / 3, size / 2, size - 1] {
            flip(&file, offset, &names, "");
        }
    }
    scratch.ok(&["verify", "--deep"]);
    eprintln!("crash: {flips} bytes flipped one at a time, {} missed", missed.len());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// A sealed segment has what an open one has not: an index, a trailer, a successor that names it.
#[test]
fn one_changed_byte_of_a_sealed_segment_is_noticed_and_named() {
    let scratch = Scratch::new();
    let folder = transfer(&scratch, 1, &[(16 << 20) - 100; 9]);
    scratch.ok(&["ingest", &folder]);
    let disk = Folder::at(scratch.path("kho"));
    let names: Vec<String> = disk.list("segments").unwrap().into_iter().map(|listed| listed.name).collect();
    assert_eq!(names, ["00000001.seg", "00000002.open"]);
    scratch.ok(&["verify", "--deep"]);
    let mut missed = Vec::new();
    let file = scratch.path("kho/segments/00000001.seg");
    let sealed = offsets(&scratch, 1, &file)
        .into_iter()
        .filter(|(_, what)| ["Seal", "trailer", "segment header", "Blob"].iter().any(|part| what.contains(part)));
    for (offset, what) in sealed.step_by(2) {
        let why = unnoticed(&verified_with(&scratch, &file, offset), &["segment 1".to_owned()]);
        missed.extend(why.map(|why| format!("byte {offset}, {what}: {why}")));
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// What a crash leaves half written is not in doubt: it was never part of the truth.
#[test]
fn temporary_files_are_no_doubt() {
    let scratch = Scratch::new();
    scratch.ok(&["ingest", &transfer(&scratch, 1, &[700])]);
    let names =
        ["segments/00000001.open.tmp", "state/high-water.tmp", "ledger/checkpoint.tmp", "keys/00000009.scopes.tmp"];
    for name in names.into_iter().chain(["ledger/tile/0/000.p/200.tmp", "ledger/tile/entries/000.p/200.tmp"]) {
        fs::write(scratch.path("kho").join(name), b"half").unwrap();
    }
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["ingest", "transfer/001"]);
    scratch.ok(&["verify", "--deep"]);
}
