//! Checkpoints that outside authorities have stamped: where each lies, by whom and when it was stamped.
//!
//! Every checkpoint takes the place of the one before under `ledger/`; what stays in a file of its own is what was stamped.
//! Those between are CHECKPOINT frames of the segments, which a verification reads.

use super::tree::EvidenceFile;
use crate::archive::reading::Archive;
use crate::error::Result;
use chrono::{DateTime, Utc};

pub use crate::ledger::CHECKPOINT as NEWEST_CHECKPOINT;

/// A checkpoint that was stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampedCheckpoint {
    /// Entries that it covers.
    pub size: u64,
    /// Path of its note in the archive.
    pub place: String,
    /// Its time-stamps.
    pub stamps: Vec<StampOf>,
}

/// A time-stamp of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampOf {
    /// Name of the authority.
    pub authority: String,
    /// When, by its clock.
    pub time: DateTime<Utc>,
    /// Path of the token in the archive.
    pub place: String,
}

impl Archive {
    /// Every checkpoint with time-stamps that can be checked, the newest first.
    pub fn stamped_checkpoints(&self) -> Result<Vec<StampedCheckpoint>> {
        let mut found: Vec<StampedCheckpoint> = Vec::new();
        for planned in self.renewal_plan()?.into_iter().rev() {
            let size = planned.name.checkpoint;
            if found.last().is_none_or(|last| last.size != size) {
                let place = EvidenceFile::Checkpoint(size).path();
                found.push(StampedCheckpoint { size, place, stamps: Vec::new() });
            }
            let authority = planned.name.authority.clone();
            let stamp =
                StampOf { authority, time: planned.facts.time, place: EvidenceFile::Token(planned.name).path() };
            found.last_mut().expect("one was just pushed where there was none").stamps.push(stamp);
        }
        Ok(found)
    }
}
