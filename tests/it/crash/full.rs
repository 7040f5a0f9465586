//! The real program on a disk that takes no more: it stops with *try again*, and what it acknowledged is whole.
//!
//! A limit on the size of files stands for the full disk: only the segments pass it, and only for big documents.

use super::folders::transfer;
use crate::scratch::Scratch;
use serde_json::Value;
use std::fs;
use std::process::{Command, Stdio};

const TRY_AGAIN: i32 = 5;

/// Ingests `folder` with files limited to 2 or 4 MiB (the unit is the shell's); status and lines.
fn ingest_limited(scratch: &Scratch, folder: &str) -> (i32, Vec<Value>) {
    let program = scratch.command(&["ingest", "--json", folder]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 4096; exec \"$@\"", "sh"]).arg(program.get_program());
    limited.args(program.get_args()).current_dir(scratch.path("")).stdin(Stdio::null());
    for (name, value) in program.get_envs() {
        limited.env(name, value.unwrap_or_default());
    }
    let output = limited.output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let lines = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code().expect("it was not killed"), lines)
}

/// Every document that a line acknowledges is in the archive.
fn acknowledged_are_there(scratch: &Scratch, lines: &[Value]) -> usize {
    let records = lines.iter().filter_map(|line| line["record"].as_str());
    records.inspect(|record| drop(scratch.ok(&["show", record]))).count()
}

/// A dossier and its first record are one group; if that is rejected, later records of the dossier must not be taken.
#[test]
fn no_record_without_its_dossier() {
    let scratch = Scratch::new();
    let sizes: Vec<usize> = std::iter::once(9 << 20).chain([900; 40]).collect();
    let folder = transfer(&scratch, 1, &sizes);
    let (status, lines) = ingest_limited(&scratch, &folder);
    assert_eq!(status, TRY_AGAIN, "{lines:?}");
    assert_eq!(acknowledged_are_there(&scratch, &lines), 0);
    let again = scratch.ingest(&folder);
    assert_eq!(again.summary["taken"], 41, "nothing was taken before: {}", again.summary);
    let mut codes: Vec<&str> = again.lines.iter().filter_map(|line| line["doc_code"].as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes.first().zip(codes.last()), Some((&"H26.10.2023.001.0000001", &"H26.10.2023.001.0000041")));
    scratch.ok(&["show", "H26.10.2023.001"]);
    scratch.ok(&["verify", "--deep"]);
}

/// The same document twice in one transfer is held when the first is durable, not before.
#[test]
fn a_repeated_document_is_held_only_once_it_is_durable() {
    let scratch = Scratch::new();
    let folder = transfer(&scratch, 1, &[900, 9 << 20, 9 << 20]);
    let original = scratch.path(&folder).join("0002.pdf");
    let sidecar: Value = serde_json::from_slice(&fs::read(original.with_extension("json")).unwrap()).unwrap();
    scratch.document(&format!("{folder}/0003"), &fs::read(original).unwrap(), sidecar);
    let (status, lines) = ingest_limited(&scratch, &folder);
    assert_eq!(status, TRY_AGAIN, "{lines:?}");
    acknowledged_are_there(&scratch, &lines);
    let again = scratch.ingest(&folder).summary;
    assert_eq!(again["taken"].as_u64().zip(again["already_held"].as_u64()).map(|(a, b)| a + b), Some(3), "{again}");
    scratch.ok(&["verify", "--deep"]);
}
