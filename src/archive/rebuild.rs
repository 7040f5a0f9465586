//! Rebuild: makes catalog and index again from the truth, and deletes those before.
//!
//! Those before are moved aside first and deleted last: an archive that can't be rebuilt keeps answering.

use super::follow::Progress;
use super::places::Places;
use super::writing::Writing;
use crate::error::{Error, Result};
use crate::time::Clock;
use std::fs::DirEntry;
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

/// Makes catalog and index again, and deletes those before; `progress` hears how many of how many bytes are shown.
pub fn rebuild(places: &Places, clock: Arc<dyn Clock>, progress: Progress<'_>) -> Result<Rebuilt> {
    let writing = Writing::open_anew(places, clock, progress)?;
    let entries = writing.size()?;
    let records = writing.catalog.count_records().map_err(super::project::catalog)?;
    writing.close()?;
    Ok(Rebuilt { entries, records })
}

/// Where the files of a projection wait while it is made anew, all of them: in its own folder, which may be a disk of its
/// own.
const BEFORE: &str = "before";
/// The same while they are moved there or back: not all of them are in it.
const MOVING: &str = "before.part";
/// What was let go, until it is deleted.
const GONE: &str = "gone";

/// Moves the files of catalog and index aside. Those that an interrupted rebuild set aside stay, and what it made goes.
pub(super) fn set_aside(places: &Places) -> Result<()> {
    each_home(places, "setting aside", |home| {
        if !home.is_dir() || home.join(BEFORE).is_dir() {
            return clear(home);
        }
        std::fs::create_dir_all(home.join(MOVING))?;
        move_files(home, &home.join(MOVING))?;
        std::fs::rename(home.join(MOVING), home.join(BEFORE))
    })
}

/// Moves them back, in place of what was made.
pub(super) fn bring_back(places: &Places) -> Result<()> {
    each_home(places, "bringing back", |home| {
        let (before, moving) = (home.join(BEFORE), home.join(MOVING));
        if before.is_dir() {
            clear(home)?;
            std::fs::rename(before, &moving)?;
        }
        if !moving.is_dir() {
            return Ok(());
        }
        move_files(&moving, home)?;
        std::fs::remove_dir(moving)
    })
}

/// Removes them, as the new ones are whole.
pub(super) fn let_go(places: &Places) -> Result<()> {
    each_home(places, "deleting what lies in", |home| {
        for name in [GONE, MOVING, BEFORE] {
            let (folder, gone) = (home.join(name), home.join(GONE));
            if folder.is_dir() {
                // Half of it must never pass for the whole.
                if name != GONE {
                    std::fs::rename(&folder, &gone)?;
                }
                std::fs::remove_dir_all(gone)?;
            }
        }
        Ok(())
    })
}

fn each_home(places: &Places, doing: &str, work: impl Fn(&Path) -> io::Result<()>) -> Result<()> {
    [places.catalog(), places.index()].iter().try_for_each(|home| {
        let failed = |error| Error::file(doing, home, error);
        work(home).map_err(failed)
    })
}

/// Moves all that a projection has in its folder.
fn move_files(from: &Path, to: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if !is_kept(&entry) {
            std::fs::rename(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Whether it is one of the folders in which a rebuild keeps what was.
fn is_kept(entry: &DirEntry) -> bool {
    [BEFORE, MOVING, GONE].iter().any(|name| entry.file_name() == *name) && entry.path().is_dir()
}

/// Empties the place of a projection, whatever lies there but what a rebuild set aside; a folder linked from another disk
/// stays linked.
pub(super) fn clear(home: &Path) -> io::Result<()> {
    if !home.is_dir() {
        return match std::fs::remove_file(home) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    for entry in std::fs::read_dir(home)? {
        let entry = entry?;
        if is_kept(&entry) {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => std::fs::remove_dir_all(entry.path())?,
            false => std::fs::remove_file(entry.path())?,
        }
    }
    Ok(())
}
