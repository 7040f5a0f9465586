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
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Longest file that is read for the digests that it names, bytes: a sidecar.
const SIDECAR_BYTES_MAX: u64 = 1 << 20;
/// Ends of names of files that hold other files; what is in one that lies in a package is not looked at.
const HOLDING: [&str; 10] = ["zip", "7z", "rar", "tar", "tgz", "gz", "bz2", "xz", "asice", "asics"];

/// Digests of files, by their length.
#[derive(Default)]
struct Files(BTreeMap<u64, BTreeSet<Sha256>>);

/// `uploads/<id>.json`, as far as it is asked here.
#[derive(Deserialize)]
struct UnderWay {
    length: u64,
}

/// Hashes what is written.
struct Hashing(Sha256Hasher);

impl Archive {
    /// The folders of transfers that have not ended in which files of these records lie, handed over once more, or are
    /// spoken of; a package that can't be read may have them. And that folders of transfers are elsewhere, where records
    /// came through such as are not here.
    pub(in crate::archive) fn handed_once_more(&self, records: &BTreeSet<Uuid>) -> Result<Vec<String>> {
        let home = &self.places.transfers;
        let open: Vec<PathBuf> = folders(home)?.into_iter().filter(|place| !place.join(RESULT).exists()).collect();
        let (mut files, mut transfers) = (Files::default(), BTreeSet::new());
        for record in records {
            let body = self.record(*record)?;
            for component in &body.components {
                let digest = component.sha256.parse().map_err(|error| damaged().because(error))?;
                files.0.entry(component.size).or_default().insert(digest);
            }
            transfers.insert(body.transfer);
        }
        let mut found = Vec::new();
        let mut elsewhere = 0;
        for transfer in transfers {
            elsewhere += usize::from(!home.join(&transfer).exists() && self.came_through_the_service(&transfer)?);
        }
        if elsewhere > 0 {
            let home = std::path::absolute(home)?;
            found.push(format!("{} (không thấy thư mục của {elsewhere} đợt giao nộp)", home.display()));
        }
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
    /// Whether one of them was handed over in the transfer at `place`, as it is or in a package; or is on its way, or spoken
    /// of in a sidecar.
    fn are_in(&self, place: &Path) -> Result<bool> {
        for file in listing::files(place)? {
            let own = handed_place(&file.path)?;
            let path = place.join(&own);
            let is_one = match self.0.get(&file.size) {
                Some(digests) => digests.contains(&listing::digest(&path)?.0),
                None => false,
            };
            let is_spoken_of = || Ok::<_, Error>(is_named(&own, &["json"]) && self.are_named_in(&path, file.size)?);
            if is_one || is_spoken_of()? || (own.starts_with("packages/") && self.are_packed(&path)?) {
                return Ok(true);
            }
        }
        self.are_coming(&place.join("uploads"))
    }

    /// Whether a sidecar has the digest of one of them.
    fn are_named_in(&self, path: &Path, size: u64) -> Result<bool> {
        if size > SIDECAR_BYTES_MAX {
            return Ok(false);
        }
        let text = String::from_utf8_lossy(&std::fs::read(path)?).to_ascii_lowercase();
        let mut digests = text.split(|c: char| !c.is_ascii_hexdigit()).filter_map(|run| run.parse::<Sha256>().ok());
        Ok(digests.any(|digest| self.0.values().any(|known| known.contains(&digest))))
    }

    /// Whether an upload under way is as long as one of them: what of it is there tells nothing surer.
    fn are_coming(&self, uploads: &Path) -> Result<bool> {
        for path in folders(uploads)?.into_iter().filter(|path| is_named(&path.to_string_lossy(), &["json"])) {
            let kept = serde_json::from_slice::<UnderWay>(&std::fs::read(path)?);
            if kept.is_ok_and(|kept| self.0.contains_key(&kept.length)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn are_packed(&self, path: &Path) -> Result<bool> {
        let is_one = || -> Result<bool, Unreadable> {
            let mut package = Package::open(BufReader::new(File::open(path)?))?;
            for entry in package.entries.clone() {
                if is_named(&entry.name, &HOLDING) {
                    return Ok(true);
                }
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

/// Whether a name ends in one of these.
fn is_named(name: &str, ends: &[&str]) -> bool {
    let end = Path::new(name).extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    end.is_some_and(|end| ends.contains(&end.as_str()))
}

/// What lies in a folder, such as the folders of transfers, by paths from the root: a certificate names them. Nothing where
/// nobody handed anything over.
fn folders(home: &Path) -> Result<Vec<PathBuf>> {
    match std::fs::read_dir(std::path::absolute(home)?) {
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
