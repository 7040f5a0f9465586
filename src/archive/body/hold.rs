//! Bodies of the events about holds.

use serde::{Deserialize, Serialize};

/// Body of `hold-placed`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct HoldPlacedBody {
    /// What it covers.
    pub covers: HoldScopeBody,
    /// Why.
    pub reason: String,
    /// The order it rests on.
    pub mandate: String,
}

/// What a hold covers: an object with one field.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum HoldScopeBody {
    /// Identifiers of records.
    Records(Vec<String>),
    /// Identifier of a dossier.
    Dossier(String),
    /// Code of an agency, with those under it.
    Agency(String),
}

/// Body of `hold-released`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct HoldReleasedBody {
    /// Why.
    pub reason: String,
}
