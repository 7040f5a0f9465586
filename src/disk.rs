//! The seam to stable storage: the only way the truth and the keys reach a disk.
//!
//! A [`Disk`] is one folder. Its primitives are what a crash can fall between: create, write, sync, rename,
//! remove, sync of a folder. A test supplies a disk that fails, tears and reorders them.
//! What [`DiskFile::sync`] and [`Disk::sync_dir`] have not confirmed may vanish, whole or in part, in any order.
//! An error of a sync is final: the caller must stop, never retry, because the kernel may have marked the
//! lost pages clean.

use std::collections::HashSet;
use std::fs;
use std::io::{self, IoSlice};
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

/// One folder on stable storage. Paths are relative, `/`-separated, without `..`.
pub trait Disk: Send + Sync {
    /// Opens an existing file for reading and writing in place (reading only where it is read-only).
    fn open(&self, path: &str) -> io::Result<Box<dyn DiskFile>>;
    /// Creates a file that must not exist yet. Its name is durable only after [`Disk::sync_dir`] of its folder.
    fn create(&self, path: &str) -> io::Result<Box<dyn DiskFile>>;
    /// Replaces `to` atomically. Durable only after [`Disk::sync_dir`] of the folder(s).
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file. Durable only after [`Disk::sync_dir`].
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Removes an empty folder. Durable only after [`Disk::sync_dir`] of its parent.
    fn remove_dir(&self, path: &str) -> io::Result<()>;
    /// What lies in a folder, sorted by name; an absent folder is empty.
    fn list(&self, dir: &str) -> io::Result<Vec<Listed>>;
    /// Creates a folder and its parents, all durably; on return the name of an existing one is durable too.
    fn create_dir(&self, path: &str) -> io::Result<()>;
    /// Makes creations, renames and removals in a folder durable.
    fn sync_dir(&self, dir: &str) -> io::Result<()>;
    /// Marks a file as never to be written again. Best effort; no durability.
    fn make_read_only(&self, path: &str) -> io::Result<()>;
}

/// An open file.
#[expect(clippy::len_without_is_empty, reason = "a file is not a collection")]
pub trait DiskFile: Send + Sync {
    /// Length, bytes.
    fn len(&self) -> io::Result<u64>;
    /// Reads at `offset`; fewer bytes than asked only at the end of the file.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes all of `bytes` at `offset`. Not durable, not atomic.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// As [`DiskFile::write_at`] with `parts` one after another, which a file of the operating system takes as they lie.
    fn write_parts_at(&self, offset: u64, parts: &[&[u8]]) -> io::Result<()> {
        self.write_at(offset, &parts.concat())
    }
    /// Cuts the file to `length` bytes. Durable after [`DiskFile::sync`].
    fn truncate(&self, length: u64) -> io::Result<()>;
    /// Makes content and length durable (fdatasync).
    fn sync(&self) -> io::Result<()>;
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its name, without the folder.
    pub name: String,
    /// Whether it is a folder itself.
    pub is_dir: bool,
    /// Length, bytes; 0 for a folder.
    pub size: u64,
}

/// Slices that one call takes (`IOV_MAX` of Linux).
const SLICES_MAX: usize = 1024;

/// Suffix of a file that is not yet what it will be; recovery removes such files.
pub const TEMPORARY: &str = ".tmp";

/// Reads a whole file of at most `bytes_max` bytes; `None` if there is none.
pub fn read(disk: &dyn Disk, path: &str, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match disk.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let size = file.len()?;
    if size > bytes_max {
        return Err(io::Error::other(format!("{path} has {size} bytes, more than the {bytes_max} allowed")));
    }
    let mut bytes = vec![0; usize::try_from(size).map_err(io::Error::other)?];
    read_exact_at(file.as_ref(), 0, &mut bytes)?;
    Ok(Some(bytes))
}

/// Fills `buffer` from `offset`, or fails with `UnexpectedEof`.
pub fn read_exact_at(file: &dyn DiskFile, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        let got = file.read_at(offset, buffer)?;
        if got == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        offset += got as u64;
        buffer = &mut buffer[got..];
    }
    Ok(())
}

/// Reads a file forwards through a window: many small neighbouring reads cost one call.
///
/// For bytes that do not change meanwhile: what it holds is not read again.
pub struct Window<'a> {
    file: &'a dyn DiskFile,
    /// Offset of the first byte held.
    from: u64,
    held: Vec<u8>,
}

impl<'a> Window<'a> {
    /// Bytes read ahead: the small frames between two documents fit, and little is wasted where a long one follows.
    const BYTES: usize = 8 * 1024;

    /// A window on `file`, holding nothing yet.
    pub fn new(file: &'a dyn DiskFile) -> Self {
        Self { file, from: 0, held: Vec::new() }
    }

    /// As [`read_exact_at`].
    pub fn read_exact_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if buffer.len() >= Self::BYTES {
            return read_exact_at(self.file, offset, buffer);
        }
        if self.copy(offset, buffer).is_none() {
            self.held.resize(Self::BYTES, 0);
            let mut got = 0;
            while got < buffer.len() {
                match self.file.read_at(offset + got as u64, &mut self.held[got..]) {
                    Ok(0) => break,
                    Ok(more) => got += more,
                    Err(error) => {
                        self.held.clear();
                        return Err(error);
                    }
                }
            }
            self.held.truncate(got);
            self.from = offset;
            self.copy(offset, buffer).ok_or(io::ErrorKind::UnexpectedEof)?;
        }
        Ok(())
    }

    fn copy(&self, offset: u64, buffer: &mut [u8]) -> Option<()> {
        let at = usize::try_from(offset.checked_sub(self.from)?).ok()?;
        buffer.copy_from_slice(self.held.get(at..at.checked_add(buffer.len())?)?);
        Some(())
    }
}

/// Replaces or creates files so that after a crash each is either as before or whole; durable on return.
///
/// All contents are synced before the first name changes; names become durable folder by folder, in the order given.
pub fn replace_all(disk: &dyn Disk, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    let mut folders: Vec<&str> = Vec::new();
    for (path, _) in files {
        let folder = folder_of(path);
        if !folders.contains(&folder) {
            disk.create_dir(folder)?;
            folders.push(folder);
        }
    }
    let mut written = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        let temporary = format!("{path}{TEMPORARY}");
        let file = match disk.create(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                disk.remove(&temporary)?;
                disk.create(&temporary)?
            }
            other => other?,
        };
        file.write_at(0, bytes)?;
        written.push((file, temporary));
    }
    for (file, _) in &written {
        file.sync()?;
    }
    for ((_, temporary), (path, _)) in written.iter().zip(files) {
        disk.rename(temporary, path)?;
    }
    for folder in folders {
        disk.sync_dir(folder)?;
    }
    Ok(())
}

/// Whether a write failed for want of room, the disk's or that of a quota: it comes back, and nothing was made unsure.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// [`replace_all`] of one file.
pub fn replace(disk: &dyn Disk, path: &str, bytes: &[u8]) -> io::Result<()> {
    replace_all(disk, &[(path.to_owned(), bytes.to_vec())])
}

/// Removes what a crash left half written in `dir` (not in its subfolders); the names removed.
pub fn remove_temporaries(disk: &dyn Disk, dir: &str) -> io::Result<Vec<String>> {
    let mut removed = Vec::new();
    for listed in disk.list(dir)? {
        if !listed.is_dir && listed.name.ends_with(TEMPORARY) {
            disk.remove(&join(dir, &listed.name))?;
            removed.push(listed.name);
        }
    }
    Ok(removed)
}

/// `dir/name`, or `name` where `dir` is empty.
pub fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A folder of the operating system's file system.
pub struct Folder {
    root: PathBuf,
    /// Folders below the root whose names this process has made durable; an earlier one may have died before it did.
    durable: Mutex<HashSet<String>>,
}

impl Folder {
    /// The folder at `root`, which need not exist yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), durable: Mutex::default() }
    }

    /// Where it lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn durable(&self) -> io::Result<MutexGuard<'_, HashSet<String>>> {
        self.durable.lock().map_err(|_| io::Error::other("a holder of this lock died"))
    }

    fn path(&self, path: &str) -> PathBuf {
        debug_assert!(!path.split('/').any(|part| part == ".."), "paths stay inside the folder");
        self.root.join(path)
    }
}

impl Disk for Folder {
    fn open(&self, path: &str) -> io::Result<Box<dyn DiskFile>> {
        let path = self.path(path);
        let file = match fs::OpenOptions::new().read(true).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => fs::File::open(&path)?,
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => fs::File::open(&path)?,
            other => other?,
        };
        Ok(Box::new(file))
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn DiskFile>> {
        let file = fs::OpenOptions::new().read(true).write(true).create_new(true).mode(0o640).open(self.path(path))?;
        Ok(Box::new(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        fs::remove_file(self.path(path))
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        self.durable()?.remove(path);
        fs::remove_dir(self.path(path))
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Listed>> {
        let entries = match fs::read_dir(self.path(dir)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            let meta = match entry.metadata() {
                // Another process took it away meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                meta => meta?,
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            names.push(Listed { name, is_dir: meta.is_dir(), size: if meta.is_dir() { 0 } else { meta.len() } });
        }
        names.sort();
        Ok(names)
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        let full = self.path(path);
        if path.is_empty() {
            return if full.is_dir() { Ok(()) } else { create_durably(&full) };
        }
        if self.durable()?.contains(path) && full.is_dir() {
            return Ok(());
        }
        self.create_dir(folder_of(path))?;
        create_one_durably(&full)?;
        self.durable()?.insert(path.to_owned());
        Ok(())
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        fs::File::open(self.path(dir))?.sync_all()
    }

    fn make_read_only(&self, path: &str) -> io::Result<()> {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o440))
    }
}

/// Creates a folder and what is missing above it.
fn create_durably(folder: &Path) -> io::Result<()> {
    if let Some(missing) = folder.parent().filter(|above| !above.as_os_str().is_empty() && !above.is_dir()) {
        create_durably(missing)?;
    }
    create_one_durably(folder)
}

/// Creates a folder unless it is there, and syncs the one above it in either case.
fn create_one_durably(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        other => other?,
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(above)?.sync_all()
}

impl DiskFile for fs::File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        FileExt::read_at(self, buffer, offset)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        FileExt::write_all_at(self, bytes, offset)
    }

    fn write_parts_at(&self, mut offset: u64, parts: &[&[u8]]) -> io::Result<()> {
        let mut slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let mut left = slices.as_mut_slice();
        // Empty slices at the front must go, or a write of nothing looks like a full disk.
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            match rustix::io::pwritev(self, &left[..left.len().min(SLICES_MAX)], offset) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    offset += written as u64;
                    IoSlice::advance_slices(&mut left, written);
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}

#[cfg(test)]
mod tests;
