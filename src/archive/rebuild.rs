//! Rebuild: makes catalog and index again from the truth, and deletes those before.
//!
//! Those before are moved aside first and deleted last: an archive that can't be rebuilt keeps answering.

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

/// Makes catalog and index again, and deletes those before.
pub fn rebuild(places: &Places, clock: Arc<dyn Clock>) -> Result<Rebuilt> {
    let writing = Writing::open_anew(places, clock)?;
    let entries = writing.size()?;
    writing.flush_index()?;
    let records = writing.catalog.count_records().map_err(super::project::catalog)?;
    writing.catalog.flush().map_err(super::project::catalog)?;
    let_go(places)?;
    writing.close()?;
    Ok(Rebuilt { entries, records })
}

/// Where the files of a projection wait in its own folder while it is made anew: that folder may be a disk of its own.
const BEFORE: &str = "before";

/// Moves the files of catalog and index aside. Those that an interrupted rebuild moved stay, and what it made goes.
pub(super) fn set_aside(places: &Places) -> io::Result<()> {
    for home in [places.catalog(), places.index()] {
        let before = home.join(BEFORE);
        if before.is_dir() || !home.is_dir() {
            clear_but(&home, Some(BEFORE))?;
        } else {
            std::fs::create_dir(&before)?;
            move_files(&home, &before)?;
        }
    }
    Ok(())
}

/// Moves them back, in place of what was made.
pub(super) fn bring_back(places: &Places) -> io::Result<()> {
    for home in [places.catalog(), places.index()] {
        let before = home.join(BEFORE);
        if before.is_dir() {
            clear_but(&home, Some(BEFORE))?;
            move_files(&before, &home)?;
            std::fs::remove_dir(before)?;
        }
    }
    Ok(())
}

/// Removes them, as the new ones are whole.
pub(super) fn let_go(places: &Places) -> io::Result<()> {
    for home in [places.catalog(), places.index()] {
        let before = home.join(BEFORE);
        if before.is_dir() {
            clear(&before)?;
            std::fs::remove_dir(before)?;
        }
    }
    Ok(())
}

/// Moves all that lies in a folder but [`BEFORE`].
fn move_files(from: &Path, to: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name() != BEFORE {
            std::fs::rename(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Empties the place of a projection, whatever lies there; a folder linked from another disk stays linked.
pub(super) fn clear(home: &Path) -> io::Result<()> {
    clear_but(home, None)
}

fn clear_but(home: &Path, kept: Option<&str>) -> io::Result<()> {
    if !home.is_dir() {
        return match std::fs::remove_file(home) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    for entry in std::fs::read_dir(home)? {
        let entry = entry?;
        if kept.is_some_and(|kept| entry.file_name() == kept) {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => std::fs::remove_dir_all(entry.path())?,
            false => std::fs::remove_file(entry.path())?,
        }
    }
    Ok(())
}
