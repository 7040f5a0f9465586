//! `chauban backup`

use super::output::{Output, size};
use super::{Common, Result};
use crate::archive::{Reading, backup};
use serde_json::json;
use std::path::PathBuf;

/// Copy the archive, while it is in use, to a folder on another disk; a further copy moves what is new.
///
/// The copy has no keys: `chauban keys backup` copies those, each part to its own place, and the ledger knows where.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  chauban backup --to /mnt/disk-d/kho
  chauban backup --to /mnt/disk-d/kho --json

To go on with a copy: put it where the archive was, with custody and key copy beside it; then `chauban keys restore` with
the newest file of each part, and `chauban rebuild`.")]
pub struct Backup {
    /// Folder to copy to: new, or one with an earlier copy of this archive.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

impl Backup {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let reading = Reading::open(&common.places()?)?;
        let bar = output.bar(0, "bytes");
        let done = backup::backup(&reading, &self.to, &|bytes| {
            bar.set_length(bytes);
            bar.set_position(bytes);
        })?;
        bar.finish_and_clear();
        let document = json!({
            "to": self.to, "files": done.files, "bytes": done.bytes, "unchanged": done.unchanged, "entries": done.entries,
        });
        output.document(&document, || {
            let (files, unchanged) = (output.say("tệp đã sao", "files copied"), output.say("không đổi", "unchanged"));
            let entries = output.say("mục sổ cái", "ledger entries");
            let (count, same, covered) = (done.files, done.unchanged, done.entries);
            let length = size(done.bytes);
            format!("{}: {count} {files} ({length}), {same} {unchanged}, {covered} {entries}\n", self.to.display())
        });
        Ok(0)
    }
}
