//! Rebuild: deletes catalog and index and makes them again from the truth.

use super::places::Places;
use super::writing::Writing;
use crate::error::Result;
use crate::time::Clock;
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
    {
        // Under the writer's lock, so that nobody has them open.
        let _lock = super::writing::take_lock(places)?;
        for folder in [places.catalog(), places.index()] {
            clear(&folder)?;
        }
    }
    let writing = Writing::open(places, clock)?;
    let entries = writing.size()?;
    writing.flush_index()?;
    let records = writing.catalog.count_records().map_err(super::project::catalog)?;
    writing.catalog.flush().map_err(super::project::catalog)?;
    writing.close()?;
    Ok(Rebuilt { entries, records })
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
