//! Files that a check is about, whole in memory: how they are found in folders, and how they are read.
//!
//! Large ones lie in huge pages: by pages of 4 KiB the kernel spends half as long on a scan of some hundred megabytes as
//! SHA-256 does. Nothing is mapped from the disk, where another program could cut it off under a reader.

use crate::error::{Error, Result};
use memmap2::MmapMut;
use std::fs::File;
use std::io::Read;
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// Files read from the folders named.
const FILES_MAX: usize = 10_000;
/// From this length on a file is held in huge pages, bytes: below, one of 2 MiB more or less decides.
const HUGE_FROM_BYTES: usize = 16 << 20;

/// The bytes of a file.
pub enum Held {
    Small(Vec<u8>),
    Large(MmapMut),
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Small(bytes) => bytes,
            Self::Large(bytes) => bytes,
        }
    }
}

/// A file, or every file of a folder and its sub-folders, sorted.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let can_not = |error| Error::file("can't read", path, error);
    if path.metadata().map_err(can_not)?.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut found, mut folders) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(can_not)? {
            let entry = entry.map_err(can_not)?;
            let kind = entry.file_type().map_err(can_not)?;
            // A link to a folder is not followed: it may lead back.
            if kind.is_dir() {
                folders.push(entry.path());
            } else if entry.path().is_file() {
                found.push(entry.path());
            }
            if found.len() + folders.len() > FILES_MAX {
                return Err(Error::invalid(format!("{} holds more than {FILES_MAX} files", path.display())));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A file of at most `bytes_max` bytes; a longer one is refused before it is read.
pub fn read(path: &Path, bytes_max: u64) -> Result<Held> {
    let can_not = |error| Error::file("can't read", path, error);
    // A pipe would be waited for, and a device never ends.
    if !path.metadata().map_err(can_not)?.is_file() {
        return Err(Error::invalid(format!("{} is no regular file", path.display())).remedy("save it as a file first"));
    }
    read_open(&File::open(path).map_err(can_not)?, path, bytes_max)
}

/// The rest of an open file, called by `path`; as above.
pub fn read_open(file: &File, path: &Path, bytes_max: u64) -> Result<Held> {
    let can_not = |error| Error::file("can't read", path, error);
    let announced = file.metadata().map_err(can_not)?.len();
    let too_long = || {
        let what = format!("{} is longer than {} MiB", path.display(), bytes_max >> 20);
        Error::invalid(what).remedy("signatures are judged of files that fit in memory")
    };
    if announced > bytes_max {
        return Err(too_long());
    }
    let length = usize::try_from(announced).map_err(|_| too_long())?;
    if length >= HUGE_FROM_BYTES
        && let Some(mut room) = huge(length)
    {
        { file }.read_exact(&mut room).map_err(can_not)?;
        // What was written behind it since would be left out, and nobody would know.
        return match { file }.read(&mut [0]).map_err(can_not)? {
            0 => Ok(Held::Large(room)),
            _ => Err(Error::unavailable(format!("{} grows while it is read", path.display()))),
        };
    }
    let mut bytes = Vec::with_capacity(length);
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(can_not)?;
    if bytes.len() as u64 > bytes_max {
        return Err(too_long());
    }
    Ok(Held::Small(bytes))
}

/// Memory for so many bytes, in huge pages where the kernel has them.
fn huge(length: usize) -> Option<MmapMut> {
    let room = MmapMut::map_anon(length).ok()?;
    #[cfg(target_os = "linux")]
    let _ = room.advise(memmap2::Advice::HugePage);
    Some(room)
}

#[cfg(test)]
mod tests;
