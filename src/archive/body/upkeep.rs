//! The archive itself: who acts, copies of its keys, what recovery cut.

use serde::{Deserialize, Serialize};

/// Body of `actor-registered`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ActorBody {
    /// The pseudonym.
    pub actor: String,
    /// Who.
    pub name: String,
}

/// Body of `keys-copied`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct KeyCopyBody {
    /// Where.
    pub place: String,
    /// `epochs` or `scopes`.
    pub part: String,
    /// Generation.
    pub generation: u64,
}

/// Body of `fixity-checked`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct FixityCheckedBody {
    /// `structure`, or `deep`: every byte.
    pub depth: String,
    /// When it began.
    pub began: String,
    /// Entries that it looked at, from the first on.
    pub entries: u64,
    /// Objects whose keys it opened.
    pub objects: u64,
    /// Bytes of stored objects that it read and opened.
    pub bytes: u64,
    /// How many things did not fit.
    pub doubts: u64,
    /// The first of them.
    pub listed: Vec<FixityDoubtBody>,
}

/// Something that did not fit.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct FixityDoubtBody {
    /// File, segment and offset, or row.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// The records concerned, where they are known.
    pub records: Vec<String>,
}

/// Body of `recovered`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RecoveredBody {
    /// Bytes cut.
    pub cut_bytes: u64,
    /// Where they are kept.
    pub kept_as: Option<String>,
    /// What was wrong.
    pub why: String,
}
