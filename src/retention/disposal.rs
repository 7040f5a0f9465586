//! The disposal case: the legal process by which a list of records is destroyed, as a state machine.
//!
//! ```text
//! draft ─submit→ submitted ─appoint→ in-council ─close→ reviewed ─(opinion→ appraised)─decide→ decided ─start→
//! executing ─finish→ executed ─minutes→ minuted ─certify→ certified ─keep→ kept     (up to decided) ─abort→ aborted
//! ```
//!
//! An [`Act`] is what somebody did; [`Case::apply`] takes it or refuses it with a value, and a refused act changes
//! nothing. Time moves nothing by itself: no silence approves. Approvals name the digest of the exact list and are kept
//! for each item by the item's own digest: any change to an item (a hold, an event, another version of its rule, other
//! content) makes another digest for ever and voids that item's approvals, not the case. Proposer, voters, appraiser,
//! decider and executor are different persons. A [`Permit`] is given for one item at the moment of its destruction,
//! after the decision was made anew; without one nothing may be deleted.
//!
//! For the archive layer: an act is an event (actor, authority, time), its body has what the act has; a case is
//! replayed from its events by the same `apply`. Roles are granted elsewhere: who may sit, decide, execute. The
//! sequencer makes [`Now`] and asks for the permit inside the commit that deletes; `intent` and `destroyed` name the
//! permit's digest. A new hold, event or rule gives [`Act::Reassess`] for the open cases that list the record, so every
//! approver sees it.

mod act;
mod apply;
mod certificate;
mod council;
pub mod draft;
mod item;
mod permit;

pub use act::{Act, Refusal, Signed};
pub use certificate::{Certificate, CertifiedItem, Completeness};
pub use council::{Council, Seat, Vote};
pub use item::{Ground, Item};
pub use permit::{Now, Permit, Skip, Survivor, SurvivorState};

use super::hold::Person;
use super::law::{Law, Length, ParameterCode, Unit};
use super::reason::codes;
use crate::digest::Sha256;
use crate::record::Period;
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Most items of a case: at 300 bytes each 30 MB in memory; ten times the largest case that is measured.
pub const ITEMS_MAX: usize = 100_000;

codes! {
    /// Where a case stands.
    State
    Draft "draft" "đang lập danh mục" "the list is being made";
    Submitted "submitted" "đã trình" "submitted";
    InCouncil "in-council" "Hội đồng đang xem xét" "before the council";
    Reviewed "reviewed" "Hội đồng đã kết luận" "the council has concluded";
    Appraised "appraised" "đã có ý kiến thẩm tra" "the appraisal opinion is there";
    Decided "decided" "đã có quyết định hủy" "decided";
    Executing "executing" "đang hủy" "being executed";
    Executed "executed" "đã hủy xong" "executed";
    Minuted "minuted" "đã lập biên bản hủy" "the destruction minutes are there";
    Certified "certified" "đã chứng nhận" "certified";
    Kept "kept" "đã lưu hồ sơ hủy" "the file is kept";
    Aborted "aborted" "đã dừng" "aborted";
}

/// Which archive disposes, and who must be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Procedure {
    /// Whose records they are.
    pub archive: Archive,
    /// Whether the competent archives authority must give an opinion (Law 33/2024 Art. 16 k3, V2).
    pub appraisal: Appraisal,
}

codes! {
    /// Which archive disposes: an agency's, with a council (Circular 06/2025, V2), or the historical archive, where the
    /// competent head decides without one.
    Archive
    Current "current" "lưu trữ hiện hành" "current archive";
    Historical "historical" "lưu trữ lịch sử" "historical archive";
}

codes! {
    /// Whether an opinion must be asked: it must where the agency transfers to a historical archive.
    Appraisal
    Required "required" "phải có ý kiến thẩm tra" "an appraisal opinion is asked";
    NotRequired "not-required" "không phải lấy ý kiến thẩm tra" "no appraisal opinion is asked";
}

/// The days of the law that a case needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// From the decision to the first day of execution.
    pub waiting_days: u16,
    /// From the decision to the last day of its execution: nothing is destroyed on it later.
    pub execution_days: u16,
}

impl Clocks {
    /// As the law in use has them; `None` if they are not days, or nothing is left between them.
    pub fn of(law: &Law) -> Option<Self> {
        let days = |code| match law.parameter(code).length {
            Length::Of(days, Unit::Days) => Some(days),
            _ => None,
        };
        let (waiting_days, execution_days) = (days(ParameterCode::Waiting)?, days(ParameterCode::Execution)?);
        (waiting_days <= execution_days).then_some(Self { waiting_days, execution_days })
    }
}

codes! {
    /// What somebody must not be twice in one case: each stands for who made the list, votes in the council, gave the
    /// opinion, set up the council and decided, executes.
    Part
    Proposer "proposer" "người lập danh mục" "proposer";
    Voter "voter" "thành viên Hội đồng có biểu quyết" "voter";
    Appraiser "appraiser" "người cho ý kiến thẩm tra" "appraiser";
    Decider "decider" "người có thẩm quyền quyết định hủy" "deciding authority";
    Executor "executor" "người thực hiện hủy" "executor";
}

/// An item as the case holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    item: Item,
    /// How many times it was changed; part of the digest, so that no digest ever comes back.
    revision: u32,
    digest: Sha256,
    fate: Fate,
    votes: BTreeMap<Person, Vote>,
    approved: BTreeMap<Stage, Sha256>,
}

/// What becomes of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is on the list.
    Listed,
    /// It was taken off, perhaps with another period.
    Excluded(String, Option<Period>),
    /// It was destroyed on this day.
    Destroyed(NaiveDate),
    /// It was left, and why.
    Skipped(Skip),
    /// Destroying it failed; it is there still, and may be tried again.
    Failed(String),
}

codes! {
    /// Who must agree to an item.
    Stage
    Council "council" "Hội đồng xét hủy" "the council";
    Opinion "opinion" "ý kiến thẩm tra" "the appraisal opinion";
    Decision "decision" "quyết định hủy" "the decision";
}

/// An approval of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approval {
    /// Whose.
    pub stage: Stage,
    /// Who, when, and the signed document.
    pub signed: Signed,
    /// Digest of the list as it stood.
    pub list: Sha256,
}

/// A disposal case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    id: Uuid,
    procedure: Procedure,
    clocks: Clocks,
    state: State,
    parts: BTreeMap<Person, Part>,
    entries: BTreeMap<Uuid, Entry>,
    council: Option<Council>,
    approvals: Vec<Approval>,
    documents: Vec<Sha256>,
    unreached: BTreeSet<String>,
}

impl Case {
    /// Opens a case.
    pub fn open(id: Uuid, procedure: Procedure, proposer: Person, clocks: Clocks) -> Self {
        Self {
            id,
            procedure,
            clocks,
            state: State::Draft,
            parts: BTreeMap::from([(proposer, Part::Proposer)]),
            entries: BTreeMap::new(),
            council: None,
            approvals: Vec::new(),
            documents: Vec::new(),
            unreached: BTreeSet::new(),
        }
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.state
    }

    /// How it goes.
    pub fn procedure(&self) -> Procedure {
        self.procedure
    }

    /// Its days.
    pub fn clocks(&self) -> Clocks {
        self.clocks
    }

    /// Who has which part.
    pub fn parts(&self) -> impl Iterator<Item = (Person, Part)> {
        self.parts.iter().map(|(person, part)| (*person, *part))
    }

    /// The council, once it is set up.
    pub fn council(&self) -> Option<&Council> {
        self.council.as_ref()
    }

    /// Every approval so far, in order.
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }

    /// The copies that could not be reached and are not attested gone.
    pub fn unreached(&self) -> impl Iterator<Item = &str> {
        self.unreached.iter().map(String::as_str)
    }

    /// The votes on an item as it is now.
    pub fn votes(&self, record: Uuid) -> impl Iterator<Item = (Person, &Vote)> {
        let entry = self.entries.get(&record);
        entry.into_iter().flat_map(|entry| &entry.votes).map(|(person, vote)| (*person, vote))
    }

    /// An item that was ever listed, and what became of it.
    pub fn item(&self, record: Uuid) -> Option<(&Item, &Fate)> {
        self.entries.get(&record).map(|entry| (&entry.item, &entry.fate))
    }

    /// Digest of an item as it is now: what approvals and a permit name.
    pub fn item_digest(&self, record: Uuid) -> Option<Sha256> {
        self.entries.get(&record).map(|entry| entry.digest)
    }

    /// Whether the state lets the list change and the case be stopped: nothing is destroyed yet.
    pub fn is_before_execution(&self) -> bool {
        apply::BEFORE_EXECUTION.contains(&self.state)
    }

    /// What became of each item, by record.
    pub fn fates(&self) -> impl Iterator<Item = (Uuid, &Item, &Fate)> {
        self.entries.iter().map(|(record, entry)| (*record, &entry.item, &entry.fate))
    }

    /// Digest of the list as it stands: what an approval names.
    pub fn list_digest(&self) -> Sha256 {
        let listed = self.listed().map(|(_, entry)| entry.digest.0.as_slice());
        let parts: Vec<&[u8]> =
            [b"chauban disposal list 1\n".as_slice(), self.id.as_bytes()].into_iter().chain(listed).collect();
        Sha256::of_parts(&parts)
    }

    /// Whether every approval that the procedure asks for stands for an item as it is now.
    pub fn is_approved(&self, record: Uuid) -> bool {
        let stands = |entry: &Entry| self.stages().all(|stage| entry.approved.get(&stage) == Some(&entry.digest));
        self.entries.get(&record).is_some_and(stands)
    }

    /// Whether an item lacks an approval of a stage that `has` been reached.
    pub fn lacks(&self, record: Uuid, has: impl Fn(Stage) -> bool) -> bool {
        let lacks = |entry: &Entry, stage| has(stage) && entry.approved.get(&stage) != Some(&entry.digest);
        self.entries.get(&record).is_some_and(|entry| self.stages().any(|stage| lacks(entry, stage)))
    }

    /// Whether the council agrees to an item, by the votes so far.
    pub fn is_agreed(&self, record: Uuid) -> bool {
        let entry = self.entries.get(&record);
        self.council.as_ref().zip(entry).is_some_and(|(council, entry)| council.agrees(&entry.votes))
    }

    /// The items on the list whose approval is missing or was voided: what an approver must be told.
    pub fn unapproved(&self) -> impl Iterator<Item = Uuid> {
        self.listed().map(|(record, _)| record).filter(|record| !self.is_approved(*record))
    }

    /// The first and the last day of the execution.
    pub fn window(&self) -> Option<(NaiveDate, NaiveDate)> {
        let decided = self.approvals.iter().rev().find(|approval| approval.stage == Stage::Decision)?.signed.on;
        let after = |days: u16| decided.checked_add_days(Days::new(days.into()));
        Some((after(self.clocks.waiting_days)?, after(self.clocks.execution_days)?))
    }

    /// Destroyed items that today's facts would keep: a revoked event, a corrected date. They stay destroyed, and are
    /// reported.
    pub fn exceptions(&self, permits_now: impl Fn(Uuid) -> bool) -> Vec<Uuid> {
        let destroyed = self.entries.iter().filter(|(_, entry)| matches!(entry.fate, Fate::Destroyed(_)));
        destroyed.map(|(record, _)| *record).filter(|record| !permits_now(*record)).collect()
    }

    fn listed(&self) -> impl Iterator<Item = (Uuid, &Entry)> {
        self.entries.iter().filter(|(_, entry)| entry.fate == Fate::Listed).map(|(record, entry)| (*record, entry))
    }

    /// The approvals that the procedure asks for.
    fn stages(&self) -> impl Iterator<Item = Stage> {
        let council = (self.procedure.archive == Archive::Current).then_some(Stage::Council);
        let opinion = (self.procedure.appraisal == Appraisal::Required).then_some(Stage::Opinion);
        council.into_iter().chain(opinion).chain([Stage::Decision])
    }
}

#[cfg(test)]
pub(in crate::retention) mod tests;
