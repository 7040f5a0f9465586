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
    /// Code of a rule, or of a schedule with its rules.
    Class(String),
    /// Conditions, all of which must hold; read against each record when its fate is decided.
    Query(HoldQueryBody),
}

/// A saved query.
#[derive(Serialize, Deserialize, Debug, Clone, Default, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct HoldQueryBody {
    /// Code of an agency, with those under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Code of a rule or schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Beginning of the dossier's code, by whole parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_code: Option<String>,
    /// First and last year in which the work ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worked: Option<(i32, i32)>,
    /// Type of document, 01–32.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_type: Option<String>,
    /// First and last day of issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<(String, String)>,
    /// Words that all stand in the subject, without regard to case and diacritics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

/// Body of `hold-released`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct HoldReleasedBody {
    /// Why.
    pub reason: String,
}
