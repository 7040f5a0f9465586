//! The folder of transfers: one for each, with what is handed over and what the agency calls it.
//!
//! ```text
//! <id>/about.json        who began it, for which agency, when
//!      handed/…          files by their relative paths, as they were handed over
//!      packages/*.zip    packages, as they were handed over
//!      uploads/…         uploads under way
//!      unpacked/…        what an examination made of the packages; made again each time
//!      examination.json  what it found; gone with the first change after it
//!      documents.bin     what it saw of each document; goes with it, and with the accession
//!      accession.json    what became of each document, once the transfer has ended
//! ```
//!
//! Whoever changes files holds an [`Edit`], whoever examines or accessions them the whole transfer, so that nobody changes
//! what another looks at. Both are of this process: there is one service.

use super::listing;
use super::upload::Appending;
use super::{State, Transfer};
use crate::archive::places::Places;
use crate::archive::reading::Archive;
use crate::disk::{self, Disk, Folder};
use crate::error::{Error, Result};
use crate::record::AgencyCode;
use crate::transfer::dossier_folder::is_plain_path;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use uuid::Uuid;

/// What an examination found.
pub(super) const EXAMINATION: &str = "examination.json";
/// What it saw of each document.
pub(super) const DOCUMENTS: &str = "documents.bin";
/// The same, while it is being written.
pub(super) const DOCUMENTS_NEW: &str = "documents.bin.new";
/// What became of each document.
pub(super) const RESULT: &str = "accession.json";
/// Longest title, characters.
const TITLE_MAX: usize = 300;
/// Longest of the small files beside what is handed over: an examination with all its findings.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Transfers in the folder at most; those that ended stay as a line and a result.
const TRANSFERS_MAX: usize = 100_000;
/// Files of one transfer.
pub(super) const FILES_MAX: usize = 200_000;

/// The transfers of one archive.
pub struct Transfers {
    /// Where they lie.
    pub(super) home: PathBuf,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) appending: Appending,
    busy: Arc<Mutex<HashMap<Uuid, Busy>>>,
    /// Submitted by this process and not returned since: who looked before goes on with what they saw.
    submitted: Mutex<HashSet<Uuid>>,
}

/// A file that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its relative path, or the name of a package.
    pub path: String,
    /// Its length, bytes.
    pub size: u64,
}

/// `about.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    v: u32,
    agency: String,
    title: String,
    by: String,
    begun: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Busy {
    Editing(usize),
    Whole,
}

/// While it lives nobody examines or accessions a transfer.
pub struct Edit {
    busy: Arc<Mutex<HashMap<Uuid, Busy>>>,
    id: Uuid,
}

impl Transfers {
    /// Those of an archive; nothing is made before somebody begins one.
    pub fn new(places: &Places) -> Self {
        let disk = Arc::new(Folder::at(&places.transfers));
        Self {
            home: places.transfers.clone(),
            disk,
            appending: Appending::default(),
            busy: Arc::default(),
            submitted: Mutex::default(),
        }
    }

    /// Begins one; who does is `by`.
    pub fn begin(
        &self,
        archive: &Archive,
        id: Uuid,
        agency: &str,
        title: &str,
        by: &str,
        now: &str,
    ) -> Result<Transfer> {
        let agency: AgencyCode = agency.trim().parse().map_err(|error| Error::invalid(format!("{error}")))?;
        let title = title.trim();
        if title.is_empty() || title.chars().count() > TITLE_MAX || title.chars().any(char::is_control) {
            return Err(Error::invalid("a transfer has a title: a line of 1 to 300 characters"));
        }
        if self.disk.list("")?.len() >= TRANSFERS_MAX {
            return Err(Error::conflict("there are 100,000 transfers; remove folders of old ones"));
        }
        let (title, agency) = (title.to_owned(), agency.to_string());
        let about = About { v: 1, agency, title, by: by.to_owned(), begun: now.to_owned() };
        self.disk.create_dir(&id.to_string())?;
        self.write(id, "about.json", &about)?;
        self.of(archive, id)
    }

    /// A transfer.
    pub fn of(&self, archive: &Archive, id: Uuid) -> Result<Transfer> {
        let about: Option<About> = self.read(id, "about.json")?;
        let About { agency, title, by, begun, .. } =
            about.ok_or_else(|| Error::not_found(format!("there is no transfer {id}")))?;
        Ok(Transfer { id, agency, title, by, begun, steps: archive.transfer_steps(id)? })
    }

    /// All of them that `wanted` takes by the agency, the newest first.
    pub fn all(&self, archive: &Archive, wanted: impl Fn(&str) -> bool) -> Result<Vec<Transfer>> {
        let mut all = Vec::new();
        for listed in self.disk.list("")?.iter().rev().filter(|listed| listed.is_dir) {
            let Ok(id) = Uuid::try_parse(&listed.name) else { continue };
            // One without its description was never begun: nobody was answered.
            let Some(about) = self.read::<About>(id, "about.json")? else { continue };
            if wanted(&about.agency) {
                let About { agency, title, by, begun, .. } = about;
                all.push(Transfer { id, agency, title, by, begun, steps: archive.transfer_steps(id)? });
            }
        }
        Ok(all)
    }

    /// What was handed over, in the order of paths; packages by their names.
    pub fn files(&self, id: Uuid) -> Result<Vec<File>> {
        listing::files(&self.place(id))
    }

    /// Takes a file away again.
    pub fn remove_file(&self, transfer: &Transfer, path: &str) -> Result<()> {
        let _edit = self.edit(transfer)?;
        let place = handed_place(path)?;
        self.changed(transfer.id)?;
        let own = format!("{}/{place}", transfer.id);
        match self.disk.remove(&own) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Error::not_found("there is no such file in the transfer"))
            }
            other => {
                other?;
                let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
                Ok(self.disk.sync_dir(folder)?)
            }
        }
    }

    /// Removes a transfer that was never submitted, with everything that was handed over.
    pub fn remove(&self, transfer: &Transfer) -> Result<()> {
        if !transfer.steps.is_empty() {
            return Err(Error::conflict("a transfer that was submitted stays"));
        }
        let whole = self.whole(transfer.id)?;
        if self.submitted()?.contains(&transfer.id) {
            return Err(Error::conflict("a transfer that was submitted stays"));
        }
        // Its description first: from then on it is not there.
        self.disk.remove(&format!("{}/about.json", transfer.id))?;
        self.disk.sync_dir(&transfer.id.to_string())?;
        std::fs::remove_dir_all(self.place(transfer.id))?;
        drop(whole);
        Ok(())
    }

    /// Keeps others from examining or accessioning while files change; refused where one does just now, or where the
    /// transfer is not the agency's to change.
    pub fn edit(&self, transfer: &Transfer) -> Result<Edit> {
        let mut busy = self.busy()?;
        if !transfer.state().is_open() || self.submitted()?.contains(&transfer.id) {
            return Err(Error::conflict("what was submitted can't be changed"));
        }
        let count = match busy.get(&transfer.id) {
            Some(Busy::Whole) => return Err(working()),
            Some(Busy::Editing(count)) => *count,
            None => 0,
        };
        busy.insert(transfer.id, Busy::Editing(count + 1));
        Ok(Edit { busy: self.busy.clone(), id: transfer.id })
    }

    /// The whole transfer for one.
    pub fn whole(&self, id: Uuid) -> Result<Edit> {
        let mut busy = self.busy()?;
        match busy.get(&id) {
            Some(Busy::Whole) => Err(working()),
            Some(Busy::Editing(_)) => Err(Error::conflict("files of this transfer are being uploaded")),
            None => {
                busy.insert(id, Busy::Whole);
                Ok(Edit { busy: self.busy.clone(), id })
            }
        }
    }

    /// What was examined before is not what is there now.
    pub(super) fn changed(&self, id: Uuid) -> Result<()> {
        self.remove_own(id, EXAMINATION)?;
        self.remove_own(id, DOCUMENTS)
    }

    /// Removes one of the small files of a transfer, durably; it need not be there.
    pub(super) fn remove_own(&self, id: Uuid, name: &str) -> Result<()> {
        match self.disk.remove(&format!("{id}/{name}")) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            other => {
                other?;
                Ok(self.disk.sync_dir(&id.to_string())?)
            }
        }
    }

    /// Whether a transfer was examined since it changed.
    pub(super) fn is_examined(&self, id: Uuid) -> Result<bool> {
        match self.disk.open(&format!("{id}/{EXAMINATION}")) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            file => Ok(file.map(|_| true)?),
        }
    }

    /// Where a transfer lies.
    pub(super) fn place(&self, id: Uuid) -> PathBuf {
        self.home.join(id.to_string())
    }

    /// One of the small files of a transfer; `None` where it is not there.
    pub(super) fn read<T: DeserializeOwned>(&self, id: Uuid, name: &str) -> Result<Option<T>> {
        let path = format!("{id}/{name}");
        let Some(bytes) = disk::read(self.disk.as_ref(), &path, FILE_BYTES_MAX)? else { return Ok(None) };
        let damaged = |error| Error::corrupt(format!("the file {path} of transfers is damaged")).because(error);
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    /// Writes one of the small files of a transfer, whole, durably.
    pub(super) fn write(&self, id: Uuid, name: &str, value: &impl Serialize) -> Result<()> {
        let bytes = serde_json::to_vec(value).map_err(|error| Error::invalid("a transfer").because(error))?;
        Ok(disk::replace(self.disk.as_ref(), &format!("{id}/{name}"), &bytes)?)
    }

    /// What was submitted and not returned since.
    pub(super) fn submitted(&self) -> Result<MutexGuard<'_, HashSet<Uuid>>> {
        self.submitted.lock().map_err(|_| Error::unavailable("a holder of the transfers died"))
    }

    fn busy(&self) -> Result<MutexGuard<'_, HashMap<Uuid, Busy>>> {
        self.busy.lock().map_err(|_| Error::unavailable("a holder of the transfers died"))
    }
}

impl Drop for Edit {
    fn drop(&mut self) {
        let Ok(mut busy) = self.busy.lock() else { return };
        match busy.get(&self.id) {
            Some(Busy::Editing(count)) if *count > 1 => {
                let count = count - 1;
                busy.insert(self.id, Busy::Editing(count));
            }
            _ => _ = busy.remove(&self.id),
        }
    }
}

impl State {
    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Where a file lies in its transfer: a package apart from what is examined as it is.
pub(super) fn handed_place(path: &str) -> Result<String> {
    if !is_plain_path(path) && path != "dossier.json" {
        return Err(Error::invalid("a file has a plain relative path: no “..”, backslash, colon or control character"));
    }
    let is_package = Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    if is_package && path.contains('/') {
        return Err(Error::invalid("a package lies in no folder"));
    }
    Ok(if is_package { format!("packages/{path}") } else { format!("handed/{path}") })
}

fn working() -> Error {
    Error::conflict("this transfer is being examined or accessioned")
}
