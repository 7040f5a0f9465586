//! A copy of the archive for the day its disk is lost, made while it is in use.
//!
//! The copy has what can't be made again: FORMAT, segments, ledger, time-stamps, the mark of how far the ledger was, and
//! what is kept of accounts' passwords and searches. **It has no keys**: copies of keys are registered (`key_care`), so
//! that a destruction knows of each, and a copy of segments alone opens nothing that was destroyed since.
//!
//! Nobody waits for it. The signed checkpoint is read first and written last; what it covers was complete when it was
//! signed, and files only grow or are replaced whole. What was copied before and is unchanged (length and time of its last
//! change) is left, so a further copy moves what is new. Each file is read back before it gets its name.

use super::format::PATH as FORMAT;
use super::key_care::must_be_outside;
use super::places::HIGH_WATER;
use super::reading::Reading;
use crate::digest::Blake3;
use crate::disk::{self, Disk, Folder, TEMPORARY};
use crate::error::{Error, Result};
use crate::ledger;
use std::fs::{self, File, FileTimes};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::Path;

/// Bytes that pass through memory at once.
const WINDOW_BYTES: usize = 1 << 20;
/// How often the folders are looked through anew, where files get other names meanwhile.
const PASSES_MAX: usize = 20;
/// Folders that are copied whole, in this order: a list of absent frames before its segment.
const FOLDERS: [&str; 5] = ["evidence", "segments", "ledger", "state/credentials", "state/searches"];

/// What a backup came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backup {
    /// Files written.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were there already.
    pub unchanged: u64,
    /// Entries that the checkpoint of the copy covers.
    pub entries: u64,
}

/// Copies an archive into a folder, which is new or has an earlier copy of it. `told` hears the bytes written so far.
pub fn backup(archive: &Reading, to: &Path, told: &dyn Fn(u64)) -> Result<Backup> {
    let from = &archive.places.archive;
    must_be_outside(to, from)?;
    let (checkpoint, verified) = archive.checkpoint()?;
    must_be_a_copy(from, to, verified.checkpoint.size)?;
    let disk = Folder::at(to);
    let mut copy =
        Copy { from, to, disk, told, done: Backup { entries: verified.checkpoint.size, ..Backup::default() } };
    copy.take(FORMAT)?;
    let mut passes = 0;
    while !copy.whole()? {
        passes += 1;
        if passes == PASSES_MAX {
            return Err(Error::unavailable("the archive is changing faster than it can be copied"));
        }
    }
    copy.take(HIGH_WATER)?;
    disk::replace(&copy.disk, ledger::CHECKPOINT, checkpoint.as_bytes())?;
    Ok(copy.done)
}

/// A folder is empty, or an earlier copy of this archive and no archive in use.
fn must_be_a_copy(from: &Path, to: &Path, entries: u64) -> Result<()> {
    let refused = |error: Error| Err(error.remedy("name a new folder, or one with an earlier copy"));
    let place = to.display();
    let mut there = match fs::read_dir(to) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let format = match fs::read(to.join(FORMAT)) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return if there.next().is_none() {
                Ok(())
            } else {
                refused(Error::conflict(format!("{place} has other files")))
            };
        }
        bytes => bytes?,
    };
    if format != fs::read(from.join(FORMAT))? {
        return refused(Error::conflict(format!("{place} has a copy of another archive")));
    }
    if to.join("keys").exists() {
        return refused(Error::conflict(format!("{place} has keys, so it is no copy that was made like this")));
    }
    let size = |text: String| text.lines().nth(1).and_then(|line| line.parse::<u64>().ok());
    match fs::read_to_string(to.join(ledger::CHECKPOINT)).ok().and_then(size) {
        Some(size) if size > entries => refused(Error::conflict(format!("{place} has more entries than the archive"))),
        _ => Ok(()),
    }
}

/// A copy under way.
struct Copy<'a> {
    from: &'a Path,
    to: &'a Path,
    disk: Folder,
    told: &'a dyn Fn(u64),
    done: Backup,
}

impl Copy<'_> {
    /// Copies what the folders have; whether nothing was given another name meanwhile.
    fn whole(&mut self) -> Result<bool> {
        for folder in FOLDERS {
            for file in self.files(folder)? {
                if file != ledger::CHECKPOINT && !self.take(&file)? {
                    return Ok(false);
                }
            }
        }
        // What grew was sealed since, under another name.
        for listed in self.disk.list("segments")? {
            let path = disk::join("segments", &listed.name);
            let Some(stem) = path.strip_suffix(".open").filter(|_| !self.from.join(&path).exists()) else { continue };
            if !self.to.join(format!("{stem}.seg")).exists() {
                return Ok(false); // sealed after the folder was read
            }
            self.disk.remove(&path)?;
            self.disk.sync_dir("segments")?;
        }
        Ok(true)
    }

    /// The files below a folder by their paths.
    fn files(&self, folder: &str) -> Result<Vec<String>> {
        let mut files = Vec::new();
        for listed in Folder::at(self.from).list(folder)? {
            let path = disk::join(folder, &listed.name);
            if listed.is_dir {
                files.extend(self.files(&path)?);
            } else if !listed.name.ends_with(TEMPORARY) {
                files.push(path);
            }
        }
        Ok(files)
    }

    /// Copies a file, unless it is there as it is; `false`: it is not where it was.
    fn take(&mut self, path: &str) -> Result<bool> {
        let mut file = match File::open(self.from.join(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            file => file?,
        };
        let meta = file.metadata()?;
        let changed = meta.modified()?;
        let same = |there: fs::Metadata| there.len() == meta.len() && there.modified().is_ok_and(|at| at == changed);
        if fs::metadata(self.to.join(path)).is_ok_and(same) {
            self.done.unchanged += 1;
            return Ok(true);
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.disk.create_dir(folder)?;
        let half = format!("{path}{TEMPORARY}");
        match self.disk.remove(&half) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {} // what an earlier copy left half written is none
        }
        let mut copied = File::create_new(self.to.join(&half))?;
        let size = self.through(&mut file, &mut copied, meta.len())?;
        copied.set_permissions(meta.permissions())?;
        copied.set_times(FileTimes::new().set_modified(changed))?;
        copied.sync_all()?;
        file.rewind()?;
        let again = File::open(self.to.join(&half))?;
        if size != meta.len() || Blake3::of_reader(again)? != Blake3::of_reader(file.take(size))? {
            let what = format!("the copy of {path} does not read back as it was written");
            return Err(Error::unavailable(what).remedy("look at the disk of the copy, then copy again"));
        }
        self.disk.rename(&half, path)?;
        self.disk.sync_dir(folder)?;
        self.done.files += 1;
        Ok(true)
    }

    /// Copies so many bytes, if there are as many.
    fn through(&mut self, from: &mut File, to: &mut File, size: u64) -> io::Result<u64> {
        let (mut window, mut copied) = (vec![0; WINDOW_BYTES], 0);
        let mut from = from.take(size);
        loop {
            let got = from.read(&mut window)?;
            if got == 0 {
                return Ok(copied);
            }
            to.write_all(&window[..got])?;
            copied += got as u64;
            self.done.bytes += got as u64;
            (self.told)(self.done.bytes);
        }
    }
}
