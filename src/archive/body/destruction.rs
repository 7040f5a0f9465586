//! Bodies of the events of a destruction (`docs/format.md` §4.5).

use super::DossierReducedBody;
use serde::{Deserialize, Serialize};

/// What is told of a destroyed record, for ever: the body of `record-destroyed`, and an item of `destruction-begun`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TombstoneBody {
    /// Identifier of the record.
    pub record: String,
    /// Identifier of its dossier.
    pub dossier: String,
    /// Code of its dossier.
    pub file_code: String,
    /// Its place in the dossier.
    pub ordinal: u32,
    /// Its code.
    pub doc_code: String,
    /// The same with the archive's code before it.
    pub arc_doc_code: String,
    /// What the disposal list keeps of it.
    pub listed: ListedBody,
    /// Identifier of the disposal case.
    pub case: String,
    /// Digest of the item as it was approved, hexadecimal.
    pub item: String,
    /// SHA-256 of the decision on destruction, hexadecimal.
    pub decision: String,
    /// BLAKE3 of issuer, year, number and notation, its first 16 bytes, hexadecimal, where it was the first record with
    /// them: so that a later one is still told to be a duplicate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Identifiers of its objects of which parts were committed ahead of the entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<String>,
}

/// The columns of a disposal list.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ListedBody {
    /// Title, as the list prints it.
    pub title: String,
    /// Why it was listed.
    pub ground: String,
    /// Code of its rule.
    pub rule: String,
    /// SHA-256 of the rule file, hexadecimal.
    pub rules: String,
    /// Last day of its period.
    pub until: Option<String>,
    /// Remarks.
    pub note: String,
}

/// Body of `destruction-begun`: what is about to go. A long list comes in several events.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct DestructionBegunBody {
    /// Identifier of this execution: a later one takes the place of one that came to nothing.
    pub execution: String,
    /// The records.
    pub items: Vec<TombstoneBody>,
    /// The dossiers of which no record stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dossiers: Vec<ReducedBody>,
    /// Scope keys that die for it.
    pub scopes: Vec<String>,
    /// Folders of transfers in which the same files lie, handed over once more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handed: Vec<String>,
}

/// What stays of a dossier's description once its last record is destroyed.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ReducedBody {
    /// Identifier of the dossier.
    pub dossier: String,
    /// Body of `dossier-reduced`.
    pub body: DossierReducedBody,
}

/// Body of `keys-moved`: keys of what stays, wrapped under another scope key.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct KeysMovedBody {
    /// Objects whose keys they are.
    pub objects: u64,
    /// For each event its ledger index (u64), the length of its KEY frame's new body (u32, both little-endian) and that
    /// body; base64.
    pub table: String,
}

/// Body of `destruction-ended`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq, Default)]
pub struct DestructionEndedBody {
    /// Identifier of the execution.
    pub execution: String,
    /// How many records were destroyed.
    pub destroyed: u64,
    /// Bytes of segments that became holes.
    pub thinned_bytes: u64,
    /// Copies that could not be reached, and so may still hold what was destroyed or its keys.
    pub unreached: Vec<String>,
}
