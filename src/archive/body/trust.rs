//! Bodies of the events about trust anchors.

use serde::{Deserialize, Serialize};

/// Body of `trust-anchor-added` and `trust-anchor-proposed`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TrustAnchorBody {
    /// The certificate, DER in base64.
    pub certificate: String,
    /// Its fingerprint: SHA-256, hexadecimal, as the person who added it gave it.
    pub sha256: String,
    /// Its tree: `official-duty`, `public`, `time-stamping`, `other`.
    pub tree: String,
    /// What people call it.
    pub name: String,
    /// First instant for which it is trusted (RFC 3339).
    pub from: String,
    /// Last instant for which it is trusted; `None`: no end is set.
    pub until: Option<String>,
    /// Where the fingerprint was found, in the words of the person who added it.
    pub source: String,
}

/// Body of `trust-anchor-ended`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TrustAnchorEndedBody {
    /// The certificate's fingerprint.
    pub sha256: String,
    /// Last instant for which it is trusted from now on (RFC 3339).
    pub until: String,
    /// Why.
    pub reason: String,
}
