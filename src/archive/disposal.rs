//! Disposal cases: the legal process by which a list of records is destroyed, as events.
//!
//! A case is opened by an event and goes on by acts: each `disposal-acted` event holds one or more acts of one person.
//! A case is nothing but its events, folded by the same `retention::disposal::Case::apply` that took each act when it
//! was new: what it refuses never becomes an event, and an event that it refuses is corruption. The catalog knows which
//! cases there are, which are open, and which records were ever put on the list of which.
//!
//! `papers` makes documents to be signed, `made` knows their signed copies. `desk` takes acts, `reassess` tells a case
//! what has changed in the world, `document` examines and keeps what people signed, `execution` asks for permits. Persons
//! are told apart by the actor's pseudonym: as long as there are no accounts, a name is taken at its word.

mod clock;
mod desk;
mod document;
mod exceptions;
mod execution;
mod listing;
mod made;
mod next;
mod number;
mod papers;
mod reassess;
mod turn;
mod wire;

use super::account::Account;
use super::body::{
    ActBody, DestructionBegunBody, DestructionEndedBody, DisposalActedBody, DisposalOpenedBody, DocumentBody,
    read_manifest,
};
use super::hold::person;
use super::project;
use super::reading::Archive;
use crate::catalog::EventRow;
use crate::digest::Sha256;
use crate::error::{Error, Kind, Result};
use crate::event::{ActorId, Entry, EventKind};
use crate::retention::civil::vietnamese_day;
use crate::retention::disposal::{self as rules, Act, Case, Clocks, Refusal};
use crate::time::Micros;
use crate::vault::QUARANTINE;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use uuid::Uuid;

pub use super::destruction::Stage as Progress;
pub use super::retention::candidate::{Filter, Running};
pub use clock::CaseClock;
pub use desk::{Desk, Opening, open};
pub use document::{DOCUMENT_BYTES_MAX, Handed, Rests, standing_words};
pub use execution::{Execution, Foreseen, Permits, permit};
pub use listing::{Added, PassedOver};
pub use made::Paper;
pub use next::{Counts, Next};
pub use number::CaseNumber;
pub use papers::{Details, Head, Meeting, PaperKind, WHOEVER_IS_CONCERNED, WHOEVER_IS_TOLD, WHOLE, Wish};
pub use turn::Doer;
pub use wire::{WORDS_CHARS_MAX, act_words, name as act_name, pseudonym};
// Vocabulary of the catalog and of the rules, for callers that do not see them.
pub use crate::catalog::CaseState;
pub use crate::record::Period;
pub use crate::retention::disposal::{
    Appraisal, Archive as Whose, Fate, Ground, Item, Part, Procedure, Seat, Skip, Stage, State, Vote,
};
pub use crate::retention::explain::period_words;
pub use crate::retention::hold::Person;

/// A case with everything that its events say.
#[derive(Debug, Clone)]
pub struct Docket {
    /// Its identifier.
    pub id: Uuid,
    /// How people call it.
    pub number: CaseNumber,
    /// What it is about.
    pub subject: String,
    /// Where it stands, by the rules.
    pub case: Case,
    /// The records on the list when it was last decided on.
    pub decided: BTreeSet<Uuid>,
    /// What happened, event by event; the first is its opening.
    pub steps: Vec<Step>,
    /// The last reassessment of each item that was reassessed.
    pub changes: BTreeMap<Uuid, Change>,
    /// The papers that were made for it, in order.
    pub papers: Vec<Paper>,
}

/// An event of a case.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its ledger index.
    pub index: u64,
    /// When it was recorded.
    pub at: Micros,
    /// Who acted.
    pub by: ActorId,
    /// What was done, by the names of acts, and how often each.
    pub acts: Vec<(&'static str, usize)>,
    /// The day that the document of a signed act bears.
    pub on: Option<NaiveDate>,
    /// The document that it rests on.
    pub document: Option<DocumentBody>,
}

/// What the list said of an item before a reassessment, and since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it was recorded.
    pub at: Micros,
    /// Before.
    pub was: Item,
    /// Since.
    pub is: Item,
}

/// A case in a list of cases.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Whether something may still happen in it.
    pub state: CaseState,
    /// The case.
    pub docket: Docket,
}

/// Which cases are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those in which something may still happen.
    Open,
    /// Every one.
    All,
}

impl Archive {
    /// How a case goes in this archive, if it is the one that `asked` says: a historical one needs no council and no
    /// opinion, and nobody may do without them by calling a current one historical.
    pub fn disposal_procedure(&self, asked: Option<Whose>, appraisal: Appraisal) -> Result<Procedure> {
        let archive = self.kind()?;
        if let Some(asked) = asked.filter(|asked| *asked != archive) {
            let (archive, asked) = (archive.name(), asked.name());
            let what = format!("this is a {archive} archive: no case of a {asked} one is opened here");
            return Err(Error::conflict(what).remedy("`chauban retention archive-kind` says whose archive this is"));
        }
        let appraisal = if archive == Whose::Historical { Appraisal::NotRequired } else { appraisal };
        Ok(Procedure { archive, appraisal })
    }

    /// Disposal cases in the order of their opening.
    pub fn disposal_cases(&self, which: Which) -> Result<Vec<Listed>> {
        let cases = self.catalog.disposal_cases().map_err(project::catalog)?;
        let wanted = cases.into_iter().filter(|(_, state)| which == Which::All || *state == CaseState::Open);
        wanted.map(|(id, state)| Ok(Listed { state, docket: self.disposal_case_of(id)? })).collect()
    }

    /// The disposal case that `text` names: its number or its identifier.
    pub fn disposal_case(&self, text: &str) -> Result<Docket> {
        let id = match (text.parse::<CaseNumber>(), Uuid::try_parse(text)) {
            (Ok(number), _) => self.catalog.disposal_case(number.year, number.number).map_err(project::catalog)?,
            (_, Ok(id)) => Some(id),
            _ => {
                let what = format!("{text:?} is neither the number nor the identifier of a disposal case");
                return Err(Error::invalid(what).remedy("numbers look like 2026/3; `chauban disposal list` lists them"));
            }
        };
        let missing = || {
            Error::not_found(format!("there is no disposal case {text}")).remedy("`chauban disposal list` lists them")
        };
        self.disposal_case_of(id.ok_or_else(missing)?).map_err(|error| match error.kind() {
            Kind::NotFound => missing(),
            _ => error,
        })
    }

    /// Records on the lists of open disposal cases, with the case.
    pub fn listed_in_open_cases(&self) -> Result<HashMap<Uuid, Uuid>> {
        let open = self.disposal_cases(Which::Open)?;
        Ok(open.iter().flat_map(|one| one.docket.listed().map(|record| (record, one.docket.id))).collect())
    }

    /// The open disposal cases that have a record on their list now.
    pub fn disposal_cases_listing(&self, record: Uuid) -> Result<Vec<Docket>> {
        let mut listing = Vec::new();
        for id in self.catalog.disposal_cases_of(record).map_err(project::catalog)? {
            let docket = self.disposal_case_of(id)?;
            if docket.has_pending(record) {
                listing.push(docket);
            }
        }
        Ok(listing)
    }

    /// Folds the events of a case.
    pub(super) fn disposal_case_of(&self, id: Uuid) -> Result<Docket> {
        let mut docket = None;
        for (index, row) in self.catalog.events(id).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            match (entry.kind, &mut docket) {
                (EventKind::DisposalOpened, None) => {
                    docket = Some(Docket::opened(index, &entry, &self.body_of(&row)?)?);
                }
                (EventKind::DisposalActed, Some(docket)) => {
                    docket.acted(index, &entry, self.acted(id, &row)?)?;
                }
                (EventKind::DisposalOpened, Some(_)) | (EventKind::DisposalActed, None) => return Err(damaged(id)),
                _ => {} // what a destruction says of the case it executes
            }
        }
        docket.ok_or_else(|| Error::not_found(format!("there is no disposal case {id}")))
    }

    /// What an event says; the document that it speaks of is the one component of its manifest.
    fn acted(&self, id: Uuid, row: &EventRow) -> Result<DisposalActedBody> {
        let text = self.body_text(row)?;
        let (manifest, body) = read_manifest(&text).ok_or_else(|| damaged(id))?;
        let body: DisposalActedBody = serde_json::from_slice(body).map_err(|error| damaged(id).because(error))?;
        let there = manifest.components.iter().map(|component| &component.sha256);
        let said = body.document.iter().map(|document| &document.sha256);
        if there.eq(said) { Ok(body) } else { Err(damaged(id)) }
    }

    /// The copies that the executions of a case could not reach, and that were not attested gone since.
    pub fn unreached_by(&self, id: Uuid) -> Result<BTreeSet<String>> {
        let mut unreached = BTreeMap::new();
        for (index, row) in self.catalog.events(id).map_err(project::catalog)? {
            if self.entry(&row)?.1.kind == EventKind::DestructionEnded {
                let body: DestructionEndedBody = self.body_of(&row)?;
                unreached.extend(body.unreached.into_iter().map(|copy| (copy, index)));
            }
        }
        let attested = if unreached.is_empty() { BTreeMap::new() } else { self.attested()? };
        unreached.retain(|copy, named| attested.get(copy).is_none_or(|attested| attested < named));
        Ok(unreached.into_keys().collect())
    }

    /// Whether a copy lies where its name says: a path of this machine, or a quarantined file of the archive.
    pub(super) fn is_there_still(&self, copy: &str) -> Result<bool> {
        let quarantined = copy.strip_prefix(QUARANTINE).and_then(|rest| rest.strip_prefix('/'));
        Ok(match quarantined {
            Some(name) => self.disks.archive.list(QUARANTINE)?.iter().any(|listed| listed.name == name),
            None => Path::new(copy).exists(),
        })
    }

    /// Who ordered the executions of a case that destroyed something, in their order.
    pub(super) fn executors_of(&self, id: Uuid) -> Result<Vec<ActorId>> {
        let (mut begun, mut executors) = (BTreeMap::new(), Vec::new());
        for (_, row) in self.catalog.events(id).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            match entry.kind {
                EventKind::DestructionBegun => {
                    begun.insert(self.body_of::<DestructionBegunBody>(&row)?.execution, entry.actor);
                }
                EventKind::DestructionEnded => {
                    let ended: DestructionEndedBody = self.body_of(&row)?;
                    executors.extend(begun.get(&ended.execution).filter(|_| ended.destroyed > 0).copied());
                }
                _ => {}
            }
        }
        Ok(executors)
    }

    /// The copies that any case had attested gone, with the ledger index of the last such event.
    pub(super) fn attested(&self) -> Result<BTreeMap<String, u64>> {
        let mut attested = BTreeMap::new();
        for (id, _) in self.catalog.disposal_cases().map_err(project::catalog)? {
            for (index, row) in self.catalog.events(id).map_err(project::catalog)? {
                if self.entry(&row)?.1.kind != EventKind::DisposalActed {
                    continue;
                }
                let acts = self.acted(id, &row)?.acts.into_iter();
                attested.extend(acts.filter_map(|act| match act {
                    ActBody::Attest { copy, .. } => Some((copy, index)),
                    _ => None,
                }));
            }
        }
        Ok(attested)
    }

    /// The record that `text` names, once it was on the list of a case: also after it was destroyed.
    pub fn listed_record(&self, docket: &Docket, text: &str) -> Result<Uuid> {
        let coded = || docket.case.fates().find(|(_, item, _)| item.code == text).map(|(record, _, _)| record);
        let known = || self.find_record(text).ok();
        let found = Uuid::try_parse(text).ok().or_else(coded).or_else(known);
        found.filter(|record| docket.case.item(*record).is_some()).ok_or_else(|| {
            Error::not_found(format!("{text:?} was never on the list of case {}", docket.number))
                .remedy("`chauban disposal show` with --items lists them")
        })
    }

    /// The name of a person of a case.
    pub fn person_name(&self, person: Person) -> Result<String> {
        self.name_of(pseudonym(person))
    }

    /// Whether a passed signature of the document of a step bears the name of who acted, or of the holder of that account.
    pub fn signed_by_actor(&self, step: &Step, document: &DocumentBody) -> Result<Option<bool>> {
        let name = self.name_of(step.by)?;
        match document.is_signed_by(&name) {
            Some(false) => Ok(document.is_signed_by(&printed_name(&self.accounts()?, name))),
            known => Ok(known),
        }
    }
}

/// A name as documents print it: of somebody with an account its holder's.
pub fn printed_name(accounts: &[Account], name: String) -> String {
    let holder = accounts.iter().find(|account| account.name == name);
    holder.map_or(name, |account| account.display_name.clone())
}

impl Docket {
    /// A case as its first event says.
    fn opened(index: u64, entry: &Entry, body: &DisposalOpenedBody) -> Result<Self> {
        let id = entry.id;
        if body.v != super::body::DISPOSAL_VERSION {
            return Err(damaged(id).because(wire::NotAnAct::Version));
        }
        let bad = |error: wire::NotAnAct| damaged(id).because(error);
        let archive = wire::named(rules::Archive::NAMES, &body.archive, "archive").map_err(bad)?;
        let appraisal = wire::named(rules::Appraisal::NAMES, &body.appraisal, "appraisal").map_err(bad)?;
        let clocks = Clocks { waiting_days: body.waiting_days, execution_days: body.execution_days };
        let case = Case::open(id, Procedure { archive, appraisal }, person(entry.actor), clocks);
        Ok(Self {
            id,
            number: CaseNumber { year: body.year, number: body.number },
            subject: body.subject.clone(),
            case,
            steps: vec![Step {
                index,
                at: entry.time,
                by: entry.actor,
                acts: vec![("open", 1)],
                on: None,
                document: None,
            }],
            decided: BTreeSet::new(),
            changes: BTreeMap::new(),
            papers: Vec::new(),
        })
    }

    /// Takes an event of the case; one that the rules refuse is none that this archive wrote.
    fn acted(&mut self, index: u64, entry: &Entry, body: DisposalActedBody) -> Result<()> {
        let bad = |why: Box<dyn std::error::Error + Send + Sync>| damaged(self.id).because(why);
        if body.acts.is_empty() {
            return self.filed(index, entry, body);
        }
        let document = body.document.as_ref().map(|document| document.sha256.parse::<Sha256>());
        let document = document.transpose().map_err(|error| bad(error.into()))?;
        let author = wire::Author { by: person(entry.actor), day: vietnamese_day(entry.time), document };
        let acts = wire::read_all(body.v, &body.acts, author).map_err(|error| bad(error.into()))?;
        let on = acts.iter().find_map(|act| Some(act.signed()?.on));
        for act in acts {
            self.note_change(&act, entry.time);
            if matches!(act, Act::Decide(..)) {
                self.decided = self.listed().collect();
            }
            self.case.apply(act).map_err(|refusal| damaged(self.id).because(refusal))?;
        }
        let acts = names(&body.acts);
        self.steps.push(Step { index, at: entry.time, by: entry.actor, acts, on, document: body.document });
        Ok(())
    }

    /// Takes an event that moves nothing: a document is filed, or a paper was made.
    fn filed(&mut self, index: u64, entry: &Entry, body: DisposalActedBody) -> Result<()> {
        if body.v != super::body::DISPOSAL_VERSION || self.is_ended() {
            return Err(damaged(self.id).because(wire::NotAnAct::Version));
        }
        let (act, document) = match (body.document, &body.paper) {
            (Some(document), None) => ("attach", Some(document)),
            (None, Some(paper)) if self.papers.len() < made::PAPERS_MAX => {
                self.papers.push(Paper::read(self.id, (index, entry.time, entry.actor), paper)?);
                ("paper", None)
            }
            _ => return Err(damaged(self.id).because(wire::NotAnAct::Document)),
        };
        self.steps.push(Step { index, at: entry.time, by: entry.actor, acts: vec![(act, 1)], on: None, document });
        Ok(())
    }

    /// Whether nothing may happen in it any more.
    pub fn is_ended(&self) -> bool {
        matches!(self.case.state(), rules::State::Aborted | rules::State::Kept)
    }

    fn note_change(&mut self, act: &Act, at: Micros) {
        if let Act::Reassess(item) = act
            && let Some((was, _)) = self.case.item(item.record)
        {
            self.changes.insert(item.record, Change { at, was: was.clone(), is: item.clone() });
        }
    }

    /// The records on the list now.
    pub fn listed(&self) -> impl Iterator<Item = Uuid> {
        let listed = self.case.fates().filter(|(_, _, fate)| **fate == Fate::Listed);
        listed.map(|(record, _, _)| record)
    }

    /// Whether something may still become of a record by this case.
    fn has_pending(&self, record: Uuid) -> bool {
        let is_ended = matches!(self.case.state(), rules::State::Aborted | rules::State::Kept);
        !is_ended && self.case.item(record).is_some_and(|(_, fate)| is_pending(fate))
    }

    /// What a document is: the paper that it is a signed copy of, or what its step is. Vietnamese, English.
    pub fn document_words(&self, step: &Step, document: &DocumentBody) -> (&'static str, &'static str) {
        let is_copy = |paper: &&Paper| document.made.as_ref() == Some(&paper.sha256.to_string());
        let of_step = || act_words(step.acts.first().map_or("", |(name, _)| name));
        self.papers.iter().find(is_copy).map_or_else(of_step, |paper| paper.kind.words())
    }

    /// The documents of the case, in order, each with the number of its step.
    pub fn documents(&self) -> impl Iterator<Item = (&Step, &DocumentBody)> {
        self.steps.iter().filter_map(|step| Some((step, step.document.as_ref()?)))
    }
}

impl Step {
    /// The day that its document bears, or on which it was recorded.
    pub fn day(&self) -> NaiveDate {
        self.on.unwrap_or_else(|| vietnamese_day(self.at))
    }

    /// Whether an act of this name is among what was done.
    pub fn is(&self, act: &str) -> bool {
        self.acts.iter().any(|(name, _)| *name == act)
    }
}

/// Whether something may still become of an item.
fn is_pending(fate: &rules::Fate) -> bool {
    matches!(fate, rules::Fate::Listed | rules::Fate::Failed(_))
}

/// Names of acts with how often each comes, in the order of their first coming.
fn names(acts: &[ActBody]) -> Vec<(&'static str, usize)> {
    let mut counted: Vec<(&'static str, usize)> = Vec::new();
    for act in acts {
        match counted.iter_mut().find(|(name, _)| *name == wire::name(act)) {
            Some((_, count)) => *count += 1,
            None => counted.push((wire::name(act), 1)),
        }
    }
    counted
}

/// A refusal, by what the caller can do about it.
fn refused(refusal: Refusal) -> Error {
    let what = refusal.to_string();
    match refusal {
        Refusal::NoReason | Refusal::Period | Refusal::Council | Refusal::TooMany => Error::invalid(what),
        Refusal::NotListed | Refusal::NoSuchCopy => Error::not_found(what),
        Refusal::NotVoter | Refusal::NotYours | Refusal::NotListable => Error::denied(what),
        Refusal::SamePerson => Error::denied(what).remedy("let another person act, under their own name"),
        Refusal::ListChanged => {
            Error::conflict(what).remedy("`chauban disposal show` prints the list, what changed in it, and its digest")
        }
        Refusal::State => Error::conflict(what).remedy("`chauban disposal show` says what comes next"),
        Refusal::Twice | Refusal::Empty | Refusal::Waiting | Refusal::Expired => Error::conflict(what),
        Refusal::NotApproved | Refusal::Unfinished | Refusal::Pending => Error::conflict(what),
    }
}

fn damaged(id: Uuid) -> Error {
    Error::corrupt(format!("an event of the disposal case {id} is not in its form, or against the rules"))
}

#[cfg(test)]
mod tests;
