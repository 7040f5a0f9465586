//! Opening what an agency hands over: never through a link, never a pipe or device, never outside of its folder.

use crate::text;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, fstat, openat, statat};
use rustix::io::Errno;
use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Neither follows a link nor waits for the other end of a pipe.
const CAREFUL: OFlags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// Opens the file at `path`; the folders before its name were walked by us or named by the user.
pub fn open(path: &Path) -> io::Result<File> {
    regular(openat(rustix::fs::CWD, path, OFlags::RDONLY | CAREFUL, Mode::empty()))
}

/// Opens the file at the plain relative path `file` inside `folder`, no name of it being a link. A name that is not
/// there as written is looked for in its other Unicode spellings: systems rewrite names between NFC and NFD.
pub fn open_inside(folder: &Path, file: &str) -> io::Result<File> {
    let mut at = openat(rustix::fs::CWD, folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let (folders, name) = file.rsplit_once('/').map_or((None, file), |(folders, name)| (Some(folders), name));
    for folder in folders.into_iter().flat_map(|folders| folders.split('/')) {
        let folder = spelling(&at, folder)?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | CAREFUL;
        at = openat(&at, &folder, flags, Mode::empty()).map_err(|error| match error {
            // For a link too, because it was not followed.
            Errno::NOTDIR if is_link(&at, &folder) => linked(),
            other => other.into(),
        })?;
    }
    let name = spelling(&at, name)?;
    regular(openat(&at, &name, OFlags::RDONLY | CAREFUL, Mode::empty()))
}

/// `path`, its last name in the spelling that is there.
pub fn spelled(path: &Path) -> PathBuf {
    let found = || {
        let name = path.file_name()?.to_str().filter(|name| !name.is_ascii())?;
        let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let at = openat(rustix::fs::CWD, folder, OFlags::PATH | OFlags::DIRECTORY | CAREFUL, Mode::empty()).ok()?;
        Some(path.with_file_name(OsStr::from_bytes(spelling(&at, name).ok()?.as_bytes())))
    };
    found().unwrap_or_else(|| path.to_owned())
}

fn regular(opened: Result<OwnedFd, Errno>) -> io::Result<File> {
    let file = opened.map_err(|error| if error == Errno::LOOP { linked() } else { error.into() })?;
    match FileType::from_raw_mode(fstat(&file)?.st_mode) {
        FileType::RegularFile => Ok(File::from(file)),
        _ => Err(io::Error::other("it is not a file")),
    }
}

fn linked() -> io::Error {
    io::Error::other("links are not followed")
}

fn is_link(folder: &OwnedFd, name: &CString) -> bool {
    statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
}

/// The name in `folder` that is `name`, or the one name that differs from it in its Unicode normal form only.
fn spelling(folder: &OwnedFd, name: &str) -> io::Result<CString> {
    let written = CString::new(name)?;
    if name.is_ascii() || statat(folder, &written, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
        return Ok(written);
    }
    let wanted = text::nfc(name);
    let listed = openat(folder.as_fd(), c".", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut found = None;
    for entry in Dir::new(listed)? {
        let entry = entry?;
        if entry.file_name().to_str().is_ok_and(|other| text::nfc(other) == wanted) {
            if found.is_some() {
                return Err(io::Error::other("two names differ in their Unicode normal form only"));
            }
            found = Some(entry.file_name().to_owned());
        }
    }
    Ok(found.unwrap_or(written))
}
