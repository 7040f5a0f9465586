//! What destroyed records leave in the folder of transfers, in the clear: their names, their files, and the same files
//! handed over once more.
//!
//! The names are taken out. Files are an agency's own until it submits them, and stay whole where another document was
//! refused: their folders are named to whoever destroys, and stand in the certificate until somebody attests them gone.

use super::folder::{EXAMINATION, RESULT, handed_place};
use super::step::{Accession, Outcome};
use super::{Done, listing};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::digest::{Sha256, Sha256Hasher};
use crate::disk::{self, Folder};
use crate::error::{Error, Result};
use crate::transfer::package::{Package, Unreadable};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Digests of files, by their length.
#[derive(Default)]
struct Files(BTreeMap<u64, BTreeSet<Sha256>>);

/// Hashes what is written.
struct Hashing(Sha256Hasher);

impl Archive {
    /// The folders of transfers that have not ended in which files of these records lie, handed over once more; a package
    /// that can't be read may have them. The folder of all transfers where it is not there although a record came through
    /// it: then it lies elsewhere.
    pub(in crate::archive) fn handed_once_more(&self, records: &BTreeSet<Uuid>) -> Result<Vec<String>> {
        let home = &self.places.transfers;
        let open: Vec<PathBuf> = folders(home)?.into_iter().filter(|place| !place.join(RESULT).exists()).collect();
        if open.is_empty() && home.exists() {
            return Ok(Vec::new());
        }
        let mut files = Files::default();
        for record in records {
            let body = self.record(*record)?;
            if !home.exists() && self.came_through_the_service(&body.transfer)? {
                return Ok(vec![home.display().to_string()]);
            }
            for component in &body.components {
                let digest = component.sha256.parse().map_err(|error| damaged().because(error))?;
                files.0.entry(component.size).or_default().insert(digest);
            }
        }
        let mut found = Vec::new();
        for place in open {
            if files.are_in(&place)? {
                found.push(place.display().to_string());
            }
        }
        Ok(found)
    }

    fn came_through_the_service(&self, transfer: &str) -> Result<bool> {
        let transfer = Uuid::try_parse(transfer).map_err(|error| damaged().because(error))?;
        Ok(self.transfer_steps(transfer)?.iter().any(|step| matches!(step.what, Done::Submitted(_))))
    }

    /// Takes the names of files that became records which are gone out of what was told of their transfers, and what
    /// examinations found; in the archive their names are gone.
    pub(in crate::archive) fn forget_told(&self) -> Result<()> {
        for place in folders(&self.places.transfers)? {
            let Some(bytes) = result(&place)? else { continue };
            let Ok(mut accession) = serde_json::from_slice::<Accession>(&bytes) else { continue };
            let mut is_named = false;
            for told in accession.documents.iter_mut().filter(|one| !one.place.is_empty()) {
                let Some(record) = told.record.as_deref().and_then(|record| Uuid::try_parse(record).ok()) else {
                    continue;
                };
                if self.catalog.tombstone(record).map_err(project::catalog)?.is_some() {
                    told.place.clear();
                    is_named = true;
                }
            }
            if !is_named {
                continue;
            }
            match std::fs::remove_file(place.join(EXAMINATION)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
            let told = serde_json::to_vec(&accession).map_err(io::Error::from)?;
            disk::replace(&Folder::at(&place), RESULT, &told)?;
        }
        Ok(())
    }

    /// The folders of transfers that still have, in the clear, what became one of these records. One whose result can't be
    /// read is among them.
    pub(in crate::archive) fn still_handed(&self, records: &BTreeSet<&str>) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for place in folders(&self.places.transfers)? {
            let Some(bytes) = result(&place)? else { continue };
            let became = |one: &Outcome| one.record.as_deref().is_some_and(|record| records.contains(record));
            let keeps = |accession: Accession| accession.documents.iter().any(became);
            if !listing::files(&place)?.is_empty() && serde_json::from_slice(&bytes).map_or(true, keeps) {
                found.push(place.display().to_string());
            }
        }
        Ok(found)
    }
}

impl Files {
    /// Whether one of them was handed over in the transfer at `place`, as it is or in a package.
    fn are_in(&self, place: &Path) -> Result<bool> {
        for file in listing::files(place)? {
            let path = place.join(handed_place(&file.path)?);
            let is_package = handed_place(&file.path)?.starts_with("packages/");
            let is_one = match self.0.get(&file.size) {
                Some(digests) => digests.contains(&listing::digest(&path)?.0),
                None => false,
            };
            if is_one || (is_package && self.are_packed(&path)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn are_packed(&self, path: &Path) -> Result<bool> {
        let is_one = || -> Result<bool, Unreadable> {
            let mut package = Package::open(BufReader::new(File::open(path)?))?;
            for entry in package.entries.clone() {
                let Some(digests) = self.0.get(&entry.size) else { continue };
                let mut hashing = Hashing(Sha256Hasher::new());
                package.unpack(&entry, &mut hashing)?;
                if digests.contains(&hashing.0.finish().0) {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        match is_one() {
            Err(Unreadable::Io(error)) => Err(error.into()),
            Err(_) => Ok(true), // nobody knows what is in it
            known => Ok(known.unwrap_or(true)),
        }
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The folders of transfers; none where nobody handed anything over.
fn folders(home: &Path) -> Result<Vec<PathBuf>> {
    match std::fs::read_dir(home) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => Ok(entries?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?),
    }
}

/// What is told of a transfer that has ended, as it lies there.
fn result(place: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(place.join(RESULT)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        bytes => Ok(Some(bytes?)),
    }
}

fn damaged() -> Error {
    Error::corrupt("the body of a record that is to be destroyed is damaged")
}
