//! What lies in a transfer: its files, and the list of them that a submission names.

use super::File;
use super::folder::FILES_MAX;
use crate::digest::{ContentHasher, Sha256};
use crate::error::{Error, Result};
use std::io::Read;
use std::path::Path;

/// Folders in each other, as the plan of an ingest has them.
const DEPTH_MAX: usize = 64;
const WINDOW_BYTES: usize = 256 * 1024;

/// What a transfer has, in figures, and the digest that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// SHA-256 of the list: for each file, by path, `sha256 length path\n`.
    pub sha256: Sha256,
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The files of the transfer at `place`, by path.
pub fn files(place: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for folder in ["handed", "packages"] {
        walk(&place.join(folder), "", 0, &mut files)?;
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Reads every file of the transfer at `place`.
pub fn list(place: &Path) -> Result<Listing> {
    let (mut text, mut bytes) = (String::new(), 0);
    let files = files(place)?;
    for file in &files {
        let at = super::folder::handed_place(&file.path)?;
        let (sha256, size) = digest(&place.join(at))?;
        bytes += size;
        text.push_str(&format!("{sha256} {size} {}\n", file.path));
    }
    Ok(Listing { sha256: Sha256::of(text.as_bytes()), files: files.len() as u64, bytes })
}

fn walk(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<File>) -> Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        let (kind, name) = (entry.file_type()?, entry.file_name());
        let path = format!("{prefix}{}", name.to_string_lossy());
        if kind.is_dir() && depth < DEPTH_MAX {
            walk(&entry.path(), &format!("{path}/"), depth + 1, files)?;
        } else if kind.is_file() {
            files.push(File { path, size: entry.metadata()?.len() });
        }
        if files.len() > FILES_MAX {
            return Err(Error::invalid("a transfer has at most 200,000 files").remedy("hand over packages (ZIP)"));
        }
    }
    Ok(())
}

/// SHA-256 and length of a file.
pub fn digest(path: &Path) -> Result<(Sha256, u64)> {
    let mut file = std::fs::File::open(path)?;
    let (mut hasher, mut window) = (ContentHasher::new(), vec![0; WINDOW_BYTES]);
    loop {
        match file.read(&mut window)? {
            0 => break,
            got => hasher.update(&window[..got]),
        }
    }
    let digests = hasher.finish();
    Ok((digests.sha256, digests.size))
}
