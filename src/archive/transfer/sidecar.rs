//! Sidecars written here, in the place of a file that the agency would make: what an officer says of a PDF by a form.
//!
//! What is written is read first as an examination reads it, with length and digest of the file that is there: what would
//! refuse the document for its description is told, and nothing is written. Fields that no form has stay as they are.

use super::Transfer;
use super::documents::Opened;
use super::folder::{Transfers, handed_place};
use super::listing;
use crate::archive::ingest::open_inside;
use crate::disk;
use crate::error::{Error, Result};
use crate::transfer::finding::Finding;
use crate::transfer::sidecar::{self, SIDECAR_BYTES_MAX};
use serde_json::{Map, Value};
use std::io::Read as _;

/// Longest file that is shown beside the form, bytes: it is hashed at each look.
const SHOWN_BYTES_MAX: u64 = 64 << 20;

/// A sidecar as it is written: fields by their names.
pub type Fields = Map<String, Value>;

/// What became of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It lies beside its file.
    Yes,
    /// It would refuse the document, and is not written: why.
    No(Vec<Finding>),
}

impl Transfers {
    /// What the sidecar of the PDF at `path` says now; nothing where there is none, or none that is an object.
    pub fn sidecar(&self, transfer: &Transfer, path: &str) -> Result<Fields> {
        let beside = beside(path)?;
        let mut bytes = Vec::new();
        match open_inside(&self.place(transfer.id), &handed_place(&beside)?) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Fields::new()),
            file => file?.take(SIDECAR_BYTES_MAX as u64).read_to_end(&mut bytes)?,
        };
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Describes the PDF at `path`: `said` are the fields of the form, null for those that are left empty.
    pub fn describe(&self, transfer: &Transfer, path: &str, said: Fields) -> Result<Written> {
        let _edit = self.edit(transfer)?;
        let (beside, own, place) = (beside(path)?, handed_place(path)?, self.place(transfer.id));
        if self.is_of_a_dossier(transfer, path) {
            return Err(Error::conflict(format!("{path} lies in a dossier folder, whose dossier.json describes it"))
                .remedy("correct dossier.json and hand it over again"));
        }
        let missing = |error| Error::not_found(format!("{path} is not in the transfer")).because(error);
        open_inside(&place, &own).map_err(missing)?;
        let (sha256, size) = listing::digest(&place.join(own))?;
        let mut fields = self.sidecar(transfer, path)?;
        fields.extend(said);
        fields.insert("sha256".to_owned(), sha256.to_string().into());
        fields.insert("size".to_owned(), size.into());
        fields.retain(|_, value| !value.is_null());
        let bytes = serde_json::to_vec_pretty(&fields).map_err(|error| Error::invalid("a sidecar").because(error))?;
        if let Err(findings) = sidecar::read(&bytes, &beside) {
            return Ok(Written::No(findings));
        }
        self.changed(transfer.id)?;
        disk::replace(self.disk.as_ref(), &format!("{}/{}", transfer.id, handed_place(&beside)?), &bytes)?;
        Ok(Written::Yes)
    }
}

impl Transfers {
    /// A PDF that nothing describes, opened: what is described is read as a document of the examination.
    pub fn undescribed_file(&self, transfer: &Transfer, path: &str) -> Result<Opened> {
        let (beside, own, place) = (beside(path)?, handed_place(path)?, self.place(transfer.id));
        let missing = || Error::not_found("there is no such file that nothing describes");
        if self.is_of_a_dossier(transfer, path) || place.join(handed_place(&beside)?).exists() {
            return Err(missing());
        }
        let file = open_inside(&place, &own).map_err(|error| missing().because(error))?;
        if file.metadata()?.len() > SHOWN_BYTES_MAX {
            return Err(missing());
        }
        let (sha256, size) = listing::digest(&place.join(own))?;
        Ok(Opened { file, sha256, size })
    }

    fn is_of_a_dossier(&self, transfer: &Transfer, path: &str) -> bool {
        let handed = self.place(transfer.id).join("handed");
        folders_of(path).any(|folder| handed.join(folder).join("dossier.json").exists())
    }
}

/// The folders that a path is in, the innermost first, and that of all files last.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| (!path.is_empty()).then(|| path.rsplit_once('/').map_or("", |one| one.0)))
        .skip(1)
}

/// The path of a file's sidecar; a sidecar describes a PDF alone.
fn beside(path: &str) -> Result<String> {
    let stem = path.strip_suffix(".pdf").filter(|stem| !stem.is_empty() && !stem.ends_with('/'));
    let stem = stem.ok_or_else(|| Error::invalid(format!("{path:?} is no PDF that a sidecar could describe")))?;
    Ok(format!("{stem}.json"))
}
