//! How much room the archive takes, and how much there is.

use super::reading::Reading;
use crate::error::{Error, Result};
use crate::vault::segment;
use std::io;
use std::path::Path;

/// Folders below one that is measured: what is derived is flat, and what is deeper is not ours.
const DEPTH_MAX: u32 = 8;

/// The room, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storage {
    /// Segment files.
    pub segments: u64,
    /// In them.
    pub segment_bytes: u64,
    /// In the ledger's tiles, checkpoints and keys.
    pub ledger_bytes: u64,
    /// In time-stamps and evidence records.
    pub evidence_bytes: u64,
    /// In the catalog, which can be made again.
    pub catalog_bytes: u64,
    /// In the index, which can be made again.
    pub index_bytes: u64,
    /// What the disk of the archive has left for whoever runs it.
    pub free_bytes: u64,
    /// What it has in all.
    pub disk_bytes: u64,
}

/// The room on a disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What it has left for whoever runs the archive.
    pub free: u64,
    /// What it has in all.
    pub all: u64,
}

impl Reading {
    /// Measures.
    pub fn storage(&self) -> Result<Storage> {
        let segments = segment::list(self.disks.archive.as_ref())?;
        let of = |folder: &Path| bytes_in(folder, 0).map_err(|error| Error::file("measuring", folder, error));
        let room = self.room()?;
        Ok(Storage {
            segments: segments.len() as u64,
            segment_bytes: segments.iter().map(|segment| segment.size).sum(),
            ledger_bytes: of(&self.ledger_folder())?,
            evidence_bytes: of(&self.places.archive.join("evidence"))?,
            catalog_bytes: of(&self.places.catalog())?,
            index_bytes: of(&self.places.index())?,
            free_bytes: room.free,
            disk_bytes: room.all,
        })
    }

    /// Asks the disk of the archive.
    pub fn room(&self) -> Result<Room> {
        let disk = rustix::fs::statvfs(&self.places.archive).map_err(io::Error::from)?;
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        Ok(Room { free: bytes(disk.f_bavail), all: bytes(disk.f_blocks) })
    }
}

/// Bytes of the files below a folder; a file that goes away meanwhile has none.
fn bytes_in(folder: &Path, depth: u32) -> io::Result<u64> {
    let listed = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        listed => listed?,
    };
    let mut bytes = 0;
    for entry in listed {
        let entry = entry?;
        bytes += match entry.metadata() {
            Ok(about) if about.is_dir() && depth < DEPTH_MAX => bytes_in(&entry.path(), depth + 1)?,
            Ok(about) => about.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
    }
    Ok(bytes)
}
