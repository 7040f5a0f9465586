//! Requests of readers, and the papers that go with copies.
//!
//! Events of a request name records by identifier alone, so nothing in them outlives what is destroyed; what is said of a
//! record stands on its own papers, whose events are the record's and die with it.

use super::DocumentBody;
use serde::{Deserialize, Serialize};

/// Body of `request-received`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RequestReceivedBody {
    /// `reading-copy`, `copy` or `certified-copy`.
    pub form: String,
    /// Who asks.
    pub reader: ReaderBody,
    /// What for.
    pub purpose: String,
    /// What the request rests on.
    pub mandate: String,
    /// Identifiers of the records.
    pub records: Vec<String>,
    /// How many pieces of each copy are issued.
    pub copies: u32,
    /// Last day on which a certified copy is to be used, if one is set.
    pub use_until: Option<String>,
    /// How many days a reading copy is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// Who asks.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ReaderBody {
    /// Name.
    pub name: String,
    /// The document that proves who that is: kind and number.
    pub document: String,
}

/// Body of `request-approved`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RequestApprovedBody {
    /// How open the least open of the records was on that day: `open`, `conditional` or `closed`.
    pub access: String,
    /// Why, in words.
    pub reason: String,
}

/// Body of `request-refused`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RequestRefusedBody {
    /// Why.
    pub reason: String,
}

/// Body of `request-fulfilled`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RequestFulfilledBody {
    /// How open the least open of the records was on that day: `open`, `conditional` or `closed`.
    pub access: String,
}

/// Body of `pass-issued`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PassIssuedBody {
    /// Name of the pass that opens the request from now on, and no other.
    pub pass: String,
}

/// Body of `pass-revoked`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PassRevokedBody {
    /// Why.
    pub reason: String,
}

/// Body of `request-closed`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RequestClosedBody {
    /// Why.
    pub reason: String,
}

/// Body of `copy-made`, an event of the record; its component is the paper.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct CopyMadeBody {
    /// Identifier of the request.
    pub request: String,
    /// SHA-256 of the paper.
    pub sha256: String,
    /// Its length, bytes.
    pub size: u64,
}

/// Body of `copy-certified`, an event of the record; its component is the signed certificate.
#[derive(Serialize, Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields)]
pub struct CopyCertifiedBody {
    /// Identifier of the request.
    pub request: String,
    /// The signed certificate, and how its signatures stand.
    pub document: DocumentBody,
}
