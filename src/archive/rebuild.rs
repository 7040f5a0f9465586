//! Rebuild: deletes catalog and index and makes them again from the truth.
//!
//! What can refuse it is asked before anything is deleted: an archive that can't be rebuilt keeps answering.

use super::places::Places;
use super::reading::keys_error;
use super::truth::Truth;
use super::writing::Writing;
use crate::error::{Error, Result};
use crate::event::{Detail, Entry};
use crate::keys::{Generation, Keys};
use crate::time::Clock;
use crate::vault::frame::FrameKind;
use crate::vault::{self, Bodies, segment};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What a rebuild made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Ledger entries replayed.
    pub entries: u64,
    /// Records in the index.
    pub records: u64,
}

/// Deletes and recreates catalog and index.
pub fn rebuild(places: &Places, clock: Arc<dyn Clock>) -> Result<Rebuilt> {
    let writing = Writing::open_anew(places, clock)?;
    let entries = writing.size()?;
    writing.flush_index()?;
    let records = writing.catalog.count_records().map_err(super::project::catalog)?;
    writing.catalog.flush().map_err(super::project::catalog)?;
    writing.close()?;
    Ok(Rebuilt { entries, records })
}

/// Whether the truth, which opened, can be read from the first group to the last, and the keys, which opened, are those
/// that it recorded: all that a projection is made from.
pub(super) fn check_ground(truth: &Truth, keys: &Keys) -> Result<()> {
    let mut recorded = None;
    let disk = truth.disks().archive.as_ref();
    let (end, _) = vault::walk_in::<Error>(disk, &segment::list(disk)?, vault::START, Bodies::Small, &mut |group| {
        for frame in group.frames.iter().filter(|frame| frame.header.kind == FrameKind::Entry) {
            let entry = Entry::parse(&frame.body);
            let entry = entry.map_err(|error| Error::corrupt("an entry can't be read").because(error))?;
            if let Some(Detail::Keys { generation: number, blake3 }) = entry.detail {
                recorded = Some(Generation { number, blake3 });
            }
        }
        Ok(())
    })?;
    if end.size != truth.size() {
        let what =
            format!("segment {}, offset {}: damaged; nothing after it can be read", end.at.segment, end.at.offset);
        return Err(
            Error::corrupt(what).remedy("`chauban verify` tells what it is; bring the segment back from a copy")
        );
    }
    let recorded = recorded.ok_or_else(|| Error::corrupt("the ledger recorded no keys"))?;
    keys.settle(recorded).map(|_| ()).map_err(keys_error)
}

/// Empties the place of a projection, whatever lies there; a folder linked from another disk stays linked.
pub(super) fn clear(home: &Path) -> io::Result<()> {
    if !home.is_dir() {
        return match std::fs::remove_file(home) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    for entry in std::fs::read_dir(home)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => std::fs::remove_dir_all(entry.path())?,
            false => std::fs::remove_file(entry.path())?,
        }
    }
    Ok(())
}
