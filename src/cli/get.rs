//! `chauban get`

use super::output::Output;
use super::{Common, Result};
use crate::archive::Reading;
use crate::error::Error;
use serde_json::json;
use std::fs;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Write the original bytes of a component.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban get H26.10.2023.045.0000001 -o decision.pdf
  chauban get 01935000-… --component 2 -o annex.pdf
  chauban get H26.10.2023.045.0000001 --range 0-1023 -o - | xxd | head")]
pub struct Get {
    /// Record: identifier or code.
    id: String,
    /// Component, from 1.
    #[arg(long, default_value_t = 1)]
    component: usize,
    /// Bytes first-last, both inclusive, from 0.
    #[arg(long, value_name = "FIRST-LAST")]
    range: Option<String>,
    /// File to write, or - for standard output. It must not exist yet.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Get {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let reading = Reading::open(&common.places()?)?;
        let record = reading.find_record(&self.id)?;
        let range = self.range.as_deref().map(parse_range).transpose()?;
        let write = |into: &mut dyn Write| match range.clone() {
            Some(range) => reading.get_range(record, self.component, range, into),
            None => reading.get(record, self.component, into),
        };
        if self.output == Path::new("-") {
            write(&mut std::io::stdout().lock())?;
            return Ok(0);
        }
        let got = into_file(&self.output, write)?;
        let document = json!({ "name": got.name, "size": got.size, "sha256": got.sha256, "file": self.output });
        output.document(&document, || format!("{}  {}  ({} B)\n", got.sha256, got.name, got.size));
        Ok(0)
    }
}

/// Writes beside the file first, so that bytes that turn out wrong never bear its name.
pub(super) fn into_file<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
    if path.exists() {
        return Err(Error::conflict(format!("{} exists", path.display())).remedy("name a file that does not exist yet"));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let temporary = path.with_file_name(name);
    let result = (|| {
        let file = fs::File::options().write(true).create_new(true).open(&temporary);
        let mut file = BufWriter::new(file.map_err(|error| Error::file("can't write", &temporary, error))?);
        let result = write(&mut file)?;
        file.flush()?;
        fs::rename(&temporary, path)?;
        Ok(result)
    })();
    if result.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn parse_range(text: &str) -> Result<Range<u64>> {
    let parse = || {
        let (first, last) = text.split_once('-')?;
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        (first <= last).then(|| last.checked_add(1).map(|end| first..end))?
    };
    parse().ok_or_else(|| Error::invalid(format!("{text:?} is not a range")).remedy("write it like 0-1023"))
}
