//! `chauban verify` and `chauban rebuild`

use super::output::Output;
use super::{Common, DOUBT, Result};
use crate::archive::rebuild::rebuild as rebuild_archive;
use crate::time::SystemClock;
use serde_json::json;
use std::sync::Arc;

/// Check the archive.
#[derive(clap::Args)]
pub struct Verify {
    /// Read every byte again.
    #[arg(long)]
    deep: bool,
    /// Records to check; all if none.
    ids: Vec<String>,
}

impl Verify {
    /// Runs the command.
    pub fn run(self, _common: &Common, _output: &Output) -> Result<u8> {
        let _ = (self.deep, self.ids);
        Ok(DOUBT)
    }
}

/// Deletes catalog and index and makes them again.
pub fn rebuild(common: &Common, output: &Output) -> Result<u8> {
    let rebuilt = rebuild_archive(&common.places()?, Arc::new(SystemClock::new()))?;
    let document = json!({ "entries": rebuilt.entries, "records": rebuilt.records });
    output.document(&document, || {
        format!("{} entries replayed, {} records searchable\n", rebuilt.entries, rebuilt.records)
    });
    Ok(0)
}
