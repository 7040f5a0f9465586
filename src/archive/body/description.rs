//! What an archivist amended in the description of a record or dossier.

use super::dossier::DossierBody;
use super::record::RecordBody;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Body of `description-amended`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct DescriptionAmendedBody {
    /// Why.
    pub reason: String,
    /// What, each field once.
    pub changes: Vec<ChangeBody>,
    /// The record's whole body as it reads from now on. Its files, its place and what identifies it are as accessioned.
    pub record: RecordBody,
}

/// Body of `dossier-described`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct DossierDescribedBody {
    /// Why.
    pub reason: String,
    /// What, each field once.
    pub changes: Vec<ChangeBody>,
    /// The dossier's whole body as it reads from now on. What identifies it and what its period counts from are as before.
    pub dossier: DossierBody,
}

/// A field that was amended.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ChangeBody {
    /// Its name in RecordBody or DossierBody.
    pub field: String,
    /// What it said; parts of a list one a line.
    pub before: String,
    /// What it says.
    pub after: String,
}

/// What the catalog needs of it: the record's body as it was written.
#[derive(Deserialize)]
pub struct AmendedFields<'a> {
    /// The record's body.
    #[serde(borrow)]
    pub record: &'a RawValue,
}

/// The same of a dossier.
#[derive(Deserialize)]
pub struct DescribedFields<'a> {
    /// The dossier's body.
    #[serde(borrow)]
    pub dossier: &'a RawValue,
}
