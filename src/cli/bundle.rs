//! `chauban bundle`

use super::get::into_file;
use super::output::Output;
use super::{Common, Result};
use crate::archive::Reading;
use crate::time::{Clock, SystemClock};
use serde_json::json;
use std::path::PathBuf;

/// Write the evidence bundle of a record: everything that proves it, in one ZIP file.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  chauban bundle H26.10.2023.045.0000001 --to decision.zip
  unzip decision.zip -d decision && sh decision/check.sh published.vkey

The bundle is checked without the archive and without this program: README.vi.txt and README.en.txt in it say how.")]
pub struct Bundle {
    /// Record: identifier or code.
    id: String,
    /// File to write. It must not exist yet.
    #[arg(long, value_name = "FILE.zip")]
    to: PathBuf,
}

impl Bundle {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let reading = Reading::open(&common.places()?)?;
        let record = reading.find_record(&self.id)?;
        let bundle = reading.bundle(record, SystemClock::new().wall())?;
        let written = into_file(&self.to, |into| bundle.write(&reading, into))?;
        let document =
            json!({ "record": record.to_string(), "file": self.to, "files": written.files, "size": written.bytes });
        output.document(&document, || {
            let files = output.say("tệp", "files");
            format!("{} ({} {files}, {} B)\n", self.to.display(), written.files, written.bytes)
        });
        Ok(0)
    }
}
