//! Requests of readers: who asks for which records, in which form, and how far that is.
//!
//! ```text
//! received ─approve→ approved ─fulfil→ fulfilled ─close→ closed
//!     └─refuse→ refused        └──────close──────────────┘
//! ```
//!
//! Three forms are known, as Circular 05/2025/TT-BNV is reported to have them: to read in place for some days, with a pass that
//! may be revoked and issued anew; a copy that is marked; a copy that the archive certifies. Approving has one rule of its
//! own, which no text was seen for: what is open to everybody is given out by one person; anything else by another person
//! than took the request in.

use crate::retention::access::Access;
use crate::retention::law::Grade;
use crate::retention::reason::codes;

/// Most records of a request: each is a paper of its own where copies are asked for.
pub const RECORDS_MAX: usize = 100;
/// Most pieces of one copy that are issued.
pub const COPIES_MAX: u32 = 99;
/// Longest name or document of a reader, characters.
const NAME_CHARS_MAX: usize = 200;
/// Longest purpose, mandate, remark or reason, characters.
const WORDS_CHARS_MAX: usize = 2_000;

codes! {
    /// What is asked for.
    Form
    ReadingCopy "reading-copy" "bản đọc" "reading copy";
    Copy "copy" "bản sao" "copy";
    CertifiedCopy "certified-copy" "bản sao có xác thực" "certified copy";
}

codes! {
    /// How far a request is.
    State
    Received "received" "đã tiếp nhận" "received";
    Approved "approved" "đã duyệt" "approved";
    Refused "refused" "đã từ chối" "refused";
    Fulfilled "fulfilled" "đã cung cấp" "fulfilled";
    Closed "closed" "đã đóng" "closed";
}

/// What is done with a request that was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is to be answered.
    Approve,
    /// It is not answered.
    Refuse,
    /// What was asked for is given out.
    Fulfil,
    /// Another pass opens its reading copy.
    Reissue,
    /// No pass opens its reading copy any more.
    Revoke,
    /// It is over.
    Close,
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Who asks is not said, or at too great length.
    #[error("a request names the reader and the document that proves who that is, 1 to 200 characters each")]
    Reader,
    /// Purpose or mandate are missing or too long.
    #[error("a request has a purpose and a mandate, 1 to 2000 characters each")]
    Words,
    /// No record, or too many.
    #[error("a request names 1 to 100 records, each once")]
    Records,
    /// More pieces than there may be.
    #[error("a copy is issued in 1 to 99 pieces")]
    Copies,
    /// More days than there may be, or for what is not read in place.
    #[error("a reading copy is read for 1 to 15 days, and nothing else is")]
    Days,
    /// The reason is missing or too long.
    #[error("this needs a reason, 1 to 2000 characters")]
    Reason,
    /// The request is not as far, or too far.
    #[error("the request is not in a state in which this is done")]
    State,
    /// By whom it was received.
    #[error("records that are not open to everybody are given out by another person than received the request")]
    SamePerson,
}

/// Where something stands, and how that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The legal text.
    pub text: &'static str,
    /// How that was verified.
    pub grade: Grade,
    /// Where it was read.
    pub read: &'static str,
}

/// A number of days that a legal text fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub days: u32,
    /// Where they stand, and how that was verified.
    pub source: Source,
}

const CIRCULAR_05: Source = Source {
    text: "Thông tư 05/2025/TT-BNV",
    grade: Grade::Reported,
    read: "a developer's notes on the circular: reading copy without download, at most 15 days, deleted by itself 5 days \
           after; copy marked BẢN SAO; certificate of 11 fields as PDF/A",
};

/// How long a reading copy is read at most, and where nothing is said.
pub const READING: Limit = Limit { days: 15, source: CIRCULAR_05 };
/// How long after its end what opened a reading copy is forgotten.
pub const FORGOTTEN: Limit = Limit { days: 5, source: CIRCULAR_05 };
/// What says that copies are marked, and which fields the certificate of a copy has.
pub const MARK: Source = CIRCULAR_05;

impl Form {
    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(own, _)| *own == name).map(|(_, form)| *form)
    }
}

impl State {
    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(own, _)| *own == name).map(|(_, state)| *state)
    }

    /// Whether nothing can be done any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Refused | Self::Closed)
    }

    /// Where a step leads.
    pub fn after(self, step: Step) -> Result<Self, Refusal> {
        match (self, step) {
            (Self::Received, Step::Approve) => Ok(Self::Approved),
            (Self::Received, Step::Refuse) => Ok(Self::Refused),
            (Self::Approved, Step::Fulfil) => Ok(Self::Fulfilled),
            (Self::Fulfilled, Step::Reissue | Step::Revoke) => Ok(Self::Fulfilled),
            (Self::Approved | Self::Fulfilled, Step::Close) => Ok(Self::Closed),
            _ => Err(Refusal::State),
        }
    }
}

/// What somebody asks for, before it is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked<'a> {
    /// What is asked for.
    pub form: Form,
    /// The reader's name.
    pub reader: &'a str,
    /// The document that proves who that is.
    pub document: &'a str,
    /// What for.
    pub purpose: &'a str,
    /// What the request rests on.
    pub mandate: &'a str,
    /// How many records, each once.
    pub records: usize,
    /// How many pieces of each copy are issued.
    pub copies: u32,
    /// How many days a reading copy is read; `None` of copies.
    pub days: Option<u32>,
}

impl Asked<'_> {
    /// Whether it can be taken in.
    pub fn check(&self) -> Result<(), Refusal> {
        let fits =
            |text: &str, most: usize| (1..=most).contains(&text.chars().count()) && !text.contains(char::is_control);
        let words = |text: &str| (1..=WORDS_CHARS_MAX).contains(&text.chars().count());
        if !fits(self.reader, NAME_CHARS_MAX) || !fits(self.document, NAME_CHARS_MAX) {
            return Err(Refusal::Reader);
        }
        if !words(self.purpose) || !words(self.mandate) {
            return Err(Refusal::Words);
        }
        if !(1..=RECORDS_MAX).contains(&self.records) {
            return Err(Refusal::Records);
        }
        if !(1..=COPIES_MAX).contains(&self.copies) {
            return Err(Refusal::Copies);
        }
        let is_read = self.form == Form::ReadingCopy;
        if self.days.is_some() != is_read || self.days.is_some_and(|days| !(1..=READING.days).contains(&days)) {
            return Err(Refusal::Days);
        }
        Ok(())
    }
}

/// A reason or remark as it is kept.
pub fn reason(text: &str) -> Result<&str, Refusal> {
    let text = text.trim();
    if (1..=WORDS_CHARS_MAX).contains(&text.chars().count()) { Ok(text) } else { Err(Refusal::Reason) }
}

/// Whether a reading copy still opens records that are so open now: none that were more open when it was approved.
pub fn lends(approved: Access, now: Access) -> bool {
    now <= approved
}

/// Whether one person may both take a request in and approve it, by the least open of its records.
pub fn by_one_person(access: Access) -> bool {
    access == Access::Open
}

#[cfg(test)]
mod tests;
