//! Bodies of the events about sources of evidence.

use serde::{Deserialize, Serialize};

/// Body of `evidence-source-added`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct EvidenceSourceBody {
    /// A host (`crl.example.gov.vn`, with `:port` where it is not the usual one) or the beginning of an address.
    pub place: String,
    /// The machine to connect to instead of looking the host up: an IP address, with a port where it is another.
    pub via: Option<String>,
    /// Why it is allowed.
    pub reason: String,
}

/// Body of `evidence-source-ended`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct EvidenceSourceEndedBody {
    /// As in `evidence-source-added`.
    pub place: String,
    /// Why it is asked no more.
    pub reason: String,
}
