//! Uploads: files that arrive in pieces, over connections that break (tus 1.0).
//!
//! The bytes so far are a file, its length is the offset. An offset is told only after what is before it is synced. When
//! the last byte is there the file gets its name among what is handed over; if we crash before that, asking for the offset
//! or looking through the transfers when the service starts does it.

use super::Transfer;
use super::folder::{Edit, Transfers, handed_place};
use crate::disk::DiskFile;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// Longest file, bytes: digitised film has some 200 GB.
pub const UPLOAD_BYTES_MAX: u64 = 1 << 40;
/// Uploads that one transfer has under way.
const UNDER_WAY_MAX: usize = 1000;
/// What stays free on the disk, bytes: the archive may lie on it, too.
const FREE_BYTES_MIN: u64 = 1 << 30;

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its identifier.
    pub id: Uuid,
    /// Where the file will lie in the transfer.
    pub path: String,
    /// Length of the file, bytes.
    pub length: u64,
    /// Bytes that are there, durably.
    pub offset: u64,
}

/// `uploads/<id>.json`
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    path: String,
    length: u64,
}

/// Bytes on their way into an upload; one at a time.
pub struct Append {
    file: Box<dyn DiskFile>,
    upload: Upload,
    transfer: Uuid,
    _alone: Alone,
    _edit: Edit,
}

/// Uploads that somebody appends to.
pub(super) type Appending = Arc<Mutex<HashSet<Uuid>>>;

struct Alone {
    appending: Appending,
    id: Uuid,
}

impl Transfers {
    /// Begins an upload of a file of `length` bytes.
    pub fn begin_upload(&self, transfer: &Transfer, id: Uuid, path: &str, length: u64) -> Result<Upload> {
        let _edit = self.edit(transfer)?;
        handed_place(path)?;
        if length > UPLOAD_BYTES_MAX {
            return Err(Error::invalid("a file has at most 1 TiB"));
        }
        self.has_room(length)?;
        let folder = format!("{}/uploads", transfer.id);
        if self.disk.list(&folder)?.len() >= 2 * UNDER_WAY_MAX {
            return Err(Error::conflict("1,000 uploads of this transfer are under way; finish or end some"));
        }
        self.disk.create_dir(&folder)?;
        let file = self.disk.create(&bytes_of(transfer.id, id))?;
        file.sync()?;
        drop(file);
        // Syncs the folder, too.
        self.write(transfer.id, &about(id), &Kept { path: path.to_owned(), length })?;
        if length == 0 {
            self.complete(transfer.id, id, path)?;
        }
        Ok(Upload { id, path: path.to_owned(), length, offset: 0 })
    }

    /// A file that comes in a form: its length is known when it has ended.
    pub fn begin_form_file(&self, transfer: &Transfer, id: Uuid, path: &str) -> Result<Append> {
        let edit = self.edit(transfer)?;
        handed_place(path)?;
        self.has_room(0)?;
        self.disk.create_dir(&format!("{}/uploads", transfer.id))?;
        let file = self.disk.create(&bytes_of(transfer.id, id))?;
        let upload = Upload { id, path: path.to_owned(), length: UPLOAD_BYTES_MAX, offset: 0 };
        let alone = Alone::take(&self.appending, id)?;
        Ok(Append { file, upload, transfer: transfer.id, _alone: alone, _edit: edit })
    }

    /// The end of a file that came in a form: from now on it is one of the transfer's.
    pub fn end_form_file(&self, append: Append) -> Result<Upload> {
        append.file.sync()?;
        self.complete(append.transfer, append.upload.id, &append.upload.path)?;
        Ok(Upload { length: append.upload.offset, ..append.upload })
    }

    /// The end of a file that broke off in a form: it is not there.
    pub fn drop_form_file(&self, append: Append) -> Result<()> {
        Ok(self.disk.remove(&bytes_of(append.transfer, append.upload.id))?)
    }

    /// An upload, with its durable offset.
    pub fn upload(&self, transfer: &Transfer, id: Uuid) -> Result<Upload> {
        let kept: Option<Kept> = self.read(transfer.id, &about(id))?;
        let Kept { path, length } = kept.ok_or_else(|| Error::not_found("there is no such upload"))?;
        let offset = match self.disk.open(&bytes_of(transfer.id, id)) {
            Err(error) if error.kind() == ErrorKind::NotFound => length,
            opened => {
                let file = opened?;
                file.sync()?;
                file.len()?
            }
        };
        if offset == length && transfer.state().is_open() && self.disk.open(&bytes_of(transfer.id, id)).is_ok() {
            let _edit = self.edit(transfer)?;
            self.complete(transfer.id, id, &path)?;
        }
        Ok(Upload { id, path, length, offset })
    }

    /// The uploads of a transfer that are not whole, by their paths.
    pub fn unfinished(&self, transfer: &Transfer) -> Result<Vec<Upload>> {
        let mut found = Vec::new();
        for listed in self.disk.list(&format!("{}/uploads", transfer.id))? {
            let Some(id) = listed.name.strip_suffix(".json").and_then(|id| Uuid::try_parse(id).ok()) else { continue };
            let Some(Kept { path, length }) = self.read(transfer.id, &about(id))? else { continue };
            let offset = match self.disk.open(&bytes_of(transfer.id, id)) {
                // It is whole, and has its name.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                file => file?.len()?,
            };
            found.push(Upload { id, path, length, offset });
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(found)
    }

    /// Goes on with an upload from `offset`.
    pub fn append(&self, transfer: &Transfer, id: Uuid, offset: u64) -> Result<Append> {
        let edit = self.edit(transfer)?;
        let alone = Alone::take(&self.appending, id)?;
        let upload = self.upload(transfer, id)?;
        if upload.offset != offset {
            return Err(Error::conflict(format!("the upload is at byte {}", upload.offset)));
        }
        if upload.offset == upload.length {
            return Err(Error::conflict("the upload is complete"));
        }
        self.has_room(upload.length - offset)?;
        let file = self.disk.open(&bytes_of(transfer.id, id))?;
        Ok(Append { file, upload, transfer: transfer.id, _alone: alone, _edit: edit })
    }

    /// Makes durable what was appended; a file that is whole becomes one of the transfer's.
    pub fn appended(&self, append: Append) -> Result<Upload> {
        append.file.sync()?;
        if append.upload.offset == append.upload.length {
            self.complete(append.transfer, append.upload.id, &append.upload.path)?;
        }
        Ok(append.upload)
    }

    /// Ends an upload that is not complete: its bytes are gone.
    pub fn end_upload(&self, transfer: &Transfer, id: Uuid) -> Result<()> {
        let _edit = self.edit(transfer)?;
        let _alone = Alone::take(&self.appending, id)?;
        let missing = |error: &std::io::Error| error.kind() == ErrorKind::NotFound;
        match self.disk.remove(&format!("{}/{}", transfer.id, about(id))) {
            Err(error) if missing(&error) => return Err(Error::not_found("there is no such upload")),
            other => other?,
        }
        match self.disk.remove(&bytes_of(transfer.id, id)) {
            Err(error) if !missing(&error) => return Err(error.into()),
            _ => {}
        }
        Ok(self.disk.sync_dir(&format!("{}/uploads", transfer.id))?)
    }

    /// Finishes what a crash left whole and without its name, and removes files that came in forms and broke off.
    pub(super) fn settle_uploads(&self, transfer: &Transfer) -> Result<()> {
        let listed = self.disk.list(&format!("{}/uploads", transfer.id))?;
        let named: HashSet<Uuid> = listed
            .iter()
            .filter_map(|one| one.name.strip_suffix(".json").and_then(|id| Uuid::try_parse(id).ok()))
            .collect();
        for id in &named {
            self.upload(transfer, *id)?;
        }
        let orphans = listed.iter().filter_map(|one| Uuid::try_parse(&one.name).ok()).filter(|id| !named.contains(id));
        for id in orphans {
            self.disk.remove(&bytes_of(transfer.id, id))?;
        }
        Ok(())
    }

    fn complete(&self, transfer: Uuid, id: Uuid, path: &str) -> Result<()> {
        let place = format!("{transfer}/{}", handed_place(path)?);
        let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.disk.create_dir(folder)?;
        self.changed(transfer)?;
        self.disk.rename(&bytes_of(transfer, id), &place).map_err(|error| {
            Error::conflict(format!("{path}: the transfer has a folder or a file where this needs the other"))
                .because(error)
        })?;
        self.disk.sync_dir(folder)?;
        Ok(self.disk.sync_dir(&format!("{transfer}/uploads"))?)
    }

    /// Whether so many bytes fit, with what stays free.
    pub(super) fn has_room(&self, bytes: u64) -> Result<()> {
        let place = self.home.ancestors().find(|place| place.exists()).unwrap_or(&self.home);
        let free = rustix::fs::statvfs(place).map_err(std::io::Error::from)?;
        if free.f_bavail.saturating_mul(free.f_frsize) < bytes.saturating_add(FREE_BYTES_MIN) {
            return Err(Error::unavailable("there is no room for this file now"));
        }
        Ok(())
    }
}

impl Append {
    /// Appends bytes; they are durable after [`Transfers::appended`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let end = self.upload.offset.saturating_add(bytes.len() as u64);
        if end > self.upload.length {
            return Err(Error::invalid("there are more bytes than the upload announced"));
        }
        self.file.write_at(self.upload.offset, bytes)?;
        self.upload.offset = end;
        Ok(())
    }
}

impl Alone {
    fn take(appending: &Appending, id: Uuid) -> Result<Self> {
        let mut all = appending.lock().map_err(|_| Error::unavailable("an upload died"))?;
        if all.insert(id) {
            Ok(Self { appending: appending.clone(), id })
        } else {
            Err(Error::conflict("another request goes on with this upload just now"))
        }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        if let Ok(mut all) = self.appending.lock() {
            all.remove(&self.id);
        }
    }
}

fn bytes_of(transfer: Uuid, id: Uuid) -> String {
    format!("{transfer}/uploads/{id}")
}

fn about(id: Uuid) -> String {
    format!("uploads/{id}.json")
}
