//! Body of the event about reads.

use serde::{Deserialize, Serialize};

/// Body of `reads-recorded`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ReadsRecordedBody {
    /// In the order of their times.
    pub reads: Vec<ReadBody>,
}

/// Somebody read something.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ReadBody {
    /// When, RFC 3339; of several within a batch the first.
    pub at: String,
    /// Identifier of the account; of `read-by-pass`, of the request whose pass was shown.
    pub account: String,
    /// The name it acted under; of `read-by-pass` none.
    pub name: String,
    /// `read-description`, `read-history`, `fetch-receipt`, `read-content`, `read-requests`, `read-by-pass` or
    /// `read-audit-trail`.
    pub what: String,
    /// Identifier of the record or request, or of a transfer with the number of a document (`…/12`); of the audit trail, what was asked.
    pub of: String,
}
