//! Transfers: what an agency hands over, from its first byte to the receipt of its last record.
//!
//! Two things make a transfer. What is handed over lies in a folder of its own outside the archive (`Places::transfers`),
//! in the clear, and is nobody's truth: it is examined, corrected, and gone once it is accessioned. What people did is
//! events under the transfer's identifier: submitted, returned, accepted, ended. So the state is never in a file:
//!
//! ```text
//! draft ──submit──▶ submitted ──accept──▶ accepted ──(ingest)──▶ ended
//!   ▲                   │
//!   └──── returned ◀────┘
//! ```
//!
//! A submission names the SHA-256 of a list of everything handed over; nothing can be changed after it, and what is
//! accessioned must have that list still. Whatever is acknowledged is durable: bytes of an upload when their offset is told,
//! a step when its event is. An acceptance that a crash cut off is taken up when the service starts: what is held already
//! is left.

mod documents;
mod examine;
mod folder;
mod leftover;
mod listing;
mod minutes;
mod receipts;
mod sidecar;
mod step;
mod upload;

pub use documents::{Document, DocumentFile, Documents, Opened};
pub use examine::{Examination, Examined, Told, examine};
pub use folder::{Edit, File, Transfers};
pub use minutes::file_minutes;
pub use receipts::Receipts;
pub use sidecar::{Fields, Written};
pub use step::{Accession, Outcome, accept, accession, give_back, submit};
pub use upload::{Append, UPLOAD_BYTES_MAX, Upload};

use super::body::{
    DocumentBody, TransferAcceptedBody, TransferBody, TransferMinutesBody, TransferReturnedBody, TransferSubmittedBody,
};
use super::project;
use super::reading::Archive;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::time::Micros;
use uuid::Uuid;

/// A transfer, as its folder and its events say.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Its identifier.
    pub id: Uuid,
    /// Code of the agency that hands over.
    pub agency: String,
    /// What the agency calls it.
    pub title: String,
    /// Name of the account that began it.
    pub by: String,
    /// When, RFC 3339.
    pub begun: String,
    /// What people did, oldest first.
    pub steps: Vec<Step>,
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The agency prepares it.
    Draft,
    /// It waits for an archivist.
    Submitted,
    /// The agency is to correct it.
    Returned,
    /// It is being accessioned.
    Accepted,
    /// It is over: what was taken is held.
    Ended,
}

/// Something that was done.
#[derive(Debug, Clone)]
pub struct Step {
    /// Ledger index of its event.
    pub index: u64,
    /// When.
    pub at: Micros,
    /// Who.
    pub by: String,
    /// What.
    pub what: Done,
}

/// What was done.
#[derive(Debug, Clone)]
pub enum Done {
    /// Submitted.
    Submitted(TransferSubmittedBody),
    /// Returned, and why.
    Returned(String),
    /// Accepted.
    Accepted,
    /// Accessioned.
    Ended(TransferBody),
    /// Signed minutes were handed in, after its end.
    MinutesFiled(DocumentBody),
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Submitted, Self::Returned, Self::Accepted, Self::Ended];

    /// Its name in API and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Accepted => "accepted",
            Self::Ended => "ended",
        }
    }

    /// Whether what is handed over may be changed.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }
}

impl Transfer {
    /// Where it stands.
    pub fn state(&self) -> State {
        self.steps.last().map_or(State::Draft, |step| match step.what {
            Done::Submitted(_) => State::Submitted,
            Done::Returned(_) => State::Returned,
            Done::Accepted => State::Accepted,
            Done::Ended(_) | Done::MinutesFiled(_) => State::Ended,
        })
    }

    /// Its newest submission.
    pub fn submission(&self) -> Option<(&Step, &TransferSubmittedBody)> {
        self.steps.iter().rev().find_map(|step| match &step.what {
            Done::Submitted(body) => Some((step, body)),
            _ => None,
        })
    }

    /// Why it was returned, if that was the last that was done.
    pub fn returned(&self) -> Option<&str> {
        self.steps.last().and_then(|step| match &step.what {
            Done::Returned(reason) => Some(reason.as_str()),
            _ => None,
        })
    }

    /// The signed minutes that were handed in, oldest first.
    pub fn signed_minutes(&self) -> impl Iterator<Item = (&Step, &DocumentBody)> {
        self.steps.iter().filter_map(|step| match &step.what {
            Done::MinutesFiled(document) => Some((step, document)),
            _ => None,
        })
    }

    /// Changes whenever a step is taken.
    pub fn version(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.index)
    }
}

impl Archive {
    /// The steps of a transfer, oldest first.
    pub(super) fn transfer_steps(&self, id: Uuid) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        for (index, row) in self.catalog.events(id).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            let what = match entry.kind {
                EventKind::TransferSubmitted => Done::Submitted(self.body_of(&row)?),
                EventKind::TransferReturned => Done::Returned(self.body_of::<TransferReturnedBody>(&row)?.reason),
                EventKind::TransferAccepted => {
                    self.body_of::<TransferAcceptedBody>(&row)?;
                    Done::Accepted
                }
                EventKind::TransferEnded => Done::Ended(self.body_of(&row)?),
                EventKind::TransferMinutesFiled => {
                    Done::MinutesFiled(self.body_of::<TransferMinutesBody>(&row)?.document)
                }
                _ => return Err(Error::corrupt(format!("an event of {id} is none of a transfer"))),
            };
            steps.push(Step { index, at: entry.time, by: self.name_of(entry.actor)?, what });
        }
        Ok(steps)
    }
}
