//! The archive in figures, as of now.

use super::project;
use super::reading::Reading;
use crate::error::Result;
use crate::ledger;
use crate::time::Micros;
use crate::vault::segment;
use std::path::PathBuf;

/// What an operator watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Entries that the catalog shows.
    pub entries: u64,
    /// Entries under the newest checkpoint.
    pub published: u64,
    /// Time of the newest event shown.
    pub newest: Micros,
    /// Segment files.
    pub segments: u64,
    /// Bytes in them.
    pub segment_bytes: u64,
    /// Generation of the keys that the ledger recorded.
    pub keys_generation: u64,
}

impl Reading {
    /// The archive in figures.
    pub fn state(&self) -> Result<State> {
        self.catalog.refresh().map_err(project::catalog)?;
        let cursor = self.catalog.cursor().map_err(project::catalog)?;
        let segments = segment::list(self.disks.archive.as_ref())?;
        let (_, verified) = self.checkpoint()?;
        Ok(State {
            entries: cursor.map_or(0, |cursor| cursor.position.size),
            published: verified.checkpoint.size,
            newest: cursor.map_or(Micros(0), |cursor| cursor.time),
            segments: segments.len() as u64,
            segment_bytes: segments.iter().map(|segment| segment.size).sum(),
            keys_generation: cursor.map_or(0, |cursor| cursor.keys.0),
        })
    }

    /// The folder that any web server may serve.
    pub fn ledger_folder(&self) -> PathBuf {
        self.places.archive.join(ledger::FOLDER)
    }
}
