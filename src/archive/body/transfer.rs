//! A transfer, from its submission to the numbers at its end.

use super::DocumentBody;
use serde::{Deserialize, Serialize};

/// Body of `transfer-submitted`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TransferSubmittedBody {
    /// Code of the agency that hands over.
    pub agency: String,
    /// What it calls the transfer.
    pub title: String,
    /// SHA-256 of the list of what is handed over, hexadecimal.
    pub listing: String,
    /// Files handed over.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Documents that the examination found in them.
    pub documents: u64,
}

/// Body of `transfer-returned`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TransferReturnedBody {
    /// Why.
    pub reason: String,
}

/// Body of `transfer-accepted`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TransferAcceptedBody {
    /// Ledger index of the submission.
    pub submission: u64,
}

/// Body of `transfer-minutes-filed`; its component is the file.
#[derive(Serialize, Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields)]
pub struct TransferMinutesBody {
    /// The minutes, and how their signatures stand.
    pub document: DocumentBody,
}

/// Body of `transfer-ended`: numbers only, because names die with the records they belong to.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TransferBody {
    /// Records taken.
    pub taken: u64,
    /// Records refused.
    pub refused: u64,
    /// Records that were held already.
    pub already_held: u64,
    /// Dossiers accessioned or supplemented.
    pub dossiers: u64,
    /// Findings by code.
    pub findings: std::collections::BTreeMap<String, u64>,
}
