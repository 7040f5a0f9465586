//! Acts: what somebody did in a case; and why an act is refused.

use super::council::{Council, Vote};
use super::item::Item;
use super::permit::Skip;
use crate::digest::Sha256;
use crate::record::Period;
use crate::retention::hold::Person;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A document that somebody signed on a day, by its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub by: Person,
    /// When.
    pub on: NaiveDate,
    /// SHA-256 of the signed document.
    pub document: Sha256,
}

/// What somebody did. `list` is always the digest of the list that they saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A record comes onto the list.
    Add(Item),
    /// An item leaves the list, perhaps with another period.
    Exclude(Uuid, String, Option<Period>),
    /// What the list says of a record has changed.
    Reassess(Item),
    /// The proposer submits the list with the justification.
    Submit(Sha256, Signed),
    /// The decider sets up the council.
    Appoint(Council, Signed),
    /// A member votes on items.
    Ballot(Sha256, Person, Vec<(Uuid, Vote)>),
    /// The chair signs the minutes; what the council did not agree to leaves the list.
    CloseCouncil(Sha256, Signed),
    /// The archives authority gives its opinion; what it does not agree to leaves the list.
    Opinion(Sha256, Signed, BTreeSet<Uuid>),
    /// The decider decides; what is not decided leaves the list. May be done again while nothing is executed.
    Decide(Sha256, Signed, BTreeSet<Uuid>),
    /// The executor begins; while it runs, another one takes over.
    Start(Person, NaiveDate),
    /// An item was destroyed.
    Destroyed(Uuid, Person, NaiveDate),
    /// An item was left.
    Skipped(Uuid, Person, Skip),
    /// Destroying an item failed.
    Failed(Uuid, Person, String),
    /// Every item has been dealt with.
    Finish(Person),
    /// Both sides sign the destruction minutes.
    Minutes(Signed, Person),
    /// The certificate, with the copies that could not be reached.
    Certify(Signed, BTreeSet<String>),
    /// A copy that could not be reached is attested gone.
    Attest(String, Signed),
    /// The file of the case is closed and kept.
    Keep(Signed),
    /// The case ends without execution.
    Abort(String, Signed),
}

impl Act {
    /// Who signed the document that it rests on, and when; `None`: it rests on none.
    pub fn signed(&self) -> Option<&Signed> {
        match self {
            Self::Submit(_, signed) | Self::Appoint(_, signed) | Self::CloseCouncil(_, signed) => Some(signed),
            Self::Opinion(_, signed, _) | Self::Decide(_, signed, _) | Self::Minutes(signed, _) => Some(signed),
            Self::Certify(signed, _) | Self::Attest(_, signed) => Some(signed),
            Self::Keep(signed) | Self::Abort(_, signed) => Some(signed),
            Self::Add(_) | Self::Exclude(..) | Self::Reassess(_) | Self::Ballot(..) | Self::Start(..) => None,
            Self::Destroyed(..) | Self::Skipped(..) | Self::Failed(..) | Self::Finish(_) => None,
        }
    }
}

/// Why an act is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// The case is not where the act belongs.
    #[error("the case is not in a state for this act")]
    State,
    /// The list has changed since it was seen.
    #[error("the list has changed since it was seen: look at it again")]
    ListChanged,
    /// There is nothing on the list.
    #[error("the list is empty")]
    Empty,
    /// There are too many items.
    #[error("a case has at most 100,000 items")]
    TooMany,
    /// The record is on the list already, or was.
    #[error("the record is on the list already, or was")]
    Twice,
    /// The record is not on the list.
    #[error("the record is not on the list")]
    NotListed,
    /// The decision does not allow it to be listed.
    #[error("the record may not be listed: its period runs, it is held, or a person must look first")]
    NotListable,
    /// It says nothing.
    #[error("a reason is needed")]
    NoReason,
    /// It is no longer period.
    #[error("another period is permanent or 2 to 70 years")]
    Period,
    /// The council is not whole.
    #[error("a council has a chair, a secretary, another member, and a quorum of more than half of its voters")]
    Council,
    /// They do not sit, or do not vote.
    #[error("only a member of the council who votes may do this")]
    NotVoter,
    /// It is somebody else's part.
    #[error("another person has this part in the case")]
    NotYours,
    /// They have another part in the case already.
    #[error("proposer, voters, appraiser, decider and executor are different persons")]
    SamePerson,
    /// The waiting period runs.
    #[error("the waiting period after the decision is not over")]
    Waiting,
    /// The time to execute has passed.
    #[error("the time to execute the decision has passed: it must be decided again")]
    Expired,
    /// An approval is missing or was voided.
    #[error("an approval of this item is missing or was voided by a change")]
    NotApproved,
    /// Items have not been dealt with.
    #[error("some items have not been dealt with")]
    Unfinished,
    /// Copies have not been attested gone.
    #[error("some copies are not attested gone")]
    Pending,
    /// There is no such copy.
    #[error("there is no such copy among those that could not be reached")]
    NoSuchCopy,
}
