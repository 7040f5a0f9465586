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
