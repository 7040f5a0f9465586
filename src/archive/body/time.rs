//! Bodies of the events about time-stamping.

use serde::{Deserialize, Serialize};

/// Body of `time-authority-added`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TimeAuthorityBody {
    /// Its name here.
    pub name: String,
    /// Where it is asked (RFC 3161 §3.4).
    pub url: String,
}

/// Body of `time-authority-ended`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TimeAuthorityEndedBody {
    /// Its name here.
    pub name: String,
    /// Why it is asked no more.
    pub reason: String,
}

/// Body of `checkpoint-stamped`: what the token says.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct CheckpointStampedBody {
    /// Name of the authority.
    pub authority: String,
    /// Size of the checkpoint.
    pub checkpoint: u64,
    /// The token's time (RFC 3339).
    pub time: String,
    /// The token's serial number, hexadecimal.
    pub serial: String,
    /// SHA-256 of the authority's certificate, hexadecimal.
    pub certificate: String,
    /// End of that certificate's validity (RFC 3339).
    pub not_after: String,
}
