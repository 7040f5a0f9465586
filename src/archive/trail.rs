//! The audit trail: the ledger's events with who acted, the newest first, by person, by what they are about, by kind and by day.
//!
//! Walks the ledger backwards, so far at a time; whoever goes on gives the index where it stopped. Reads lie in batches
//! ([`super::reads`]) and are told one by one, on the day on which they were recorded. Shows who did what to which record,
//! never what the record holds.

use super::body::{DisposalActedBody, DisposalOpenedBody, DossierBody, ReadBody, ReadsRecordedBody, RecordBody};
use super::disposal::{CaseNumber, act_name};
use super::project;
use super::reading::Archive;
use crate::catalog::{EventRow, Named};
use crate::error::Result;
use crate::event::{Entry, EventKind};
use crate::retention::civil::vietnamese_day;
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Name of who acted.
    pub by: Option<String>,
    /// Identifier or code of a record or a dossier, number of a disposal case, name of an account.
    pub about: Option<String>,
    /// Kind of the event, or what was read; `reads-recorded` is every read.
    pub what: Option<String>,
    /// First day, in Vietnam.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Only what is before this ledger index.
    pub before: Option<u64>,
    /// Acts at most.
    pub limit: usize,
    /// Entries looked at, at most.
    pub walk: u64,
}

/// Something that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Ledger index of the event.
    pub index: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who; `None` where the pseudonym is nobody's; empty: the archive's own program.
    pub who: Option<String>,
    /// Name of the account's holder, where it is an account.
    pub holder: Option<String>,
    /// What: name of the kind of event, or of what was read.
    pub what: String,
    /// What was done in a disposal case, by names.
    pub steps: Vec<&'static str>,
    /// Identifier of what it is about.
    pub about: String,
    /// How people call that.
    pub called: Option<Called>,
}

/// What a thing is, and how people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// What it is.
    pub kind: Thing,
    /// Its code, number or name.
    pub code: String,
    /// Its title, subject, or holder.
    pub title: String,
    /// Code of the agency whose it is, of what is described.
    pub agency: String,
}

/// What an act may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A record, also a destroyed one.
    Record,
    /// A dossier.
    Dossier,
    /// A disposal case.
    Case,
    /// An account.
    Account,
    /// A transfer.
    Transfer,
    /// A reader's request.
    Request,
}

impl Thing {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Dossier => "dossier",
            Self::Case => "disposal-case",
            Self::Account => "account",
            Self::Transfer => "transfer",
            Self::Request => "request",
        }
    }
}

/// A page of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The newest first.
    pub acts: Vec<Act>,
    /// From where to go on; `None`: the beginning was reached.
    pub next: Option<u64>,
}

/// Names of account and holder, by identifier.
type People = HashMap<Uuid, (String, String)>;

impl Archive {
    /// A page of the audit trail.
    pub fn trail(&self, asked: &Asked) -> Result<Trail> {
        let size = self.catalog.cursor().map_err(project::catalog)?.map_or(0, |cursor| cursor.position.size);
        let end = asked.before.unwrap_or(size).min(size);
        let end = asked.to.map_or(Ok(end), |to| self.end_of(to, end))?;
        let people: People = self.accounts()?.into_iter().map(|one| (one.id, (one.name, one.display_name))).collect();
        let about = match &asked.about {
            None => None,
            Some(text) => match self.subject(text, &people)? {
                Some(id) => Some(id),
                // Nothing is called so: nothing happened to it.
                None => return Ok(Trail { acts: Vec::new(), next: None }),
            },
        };
        let (mut acts, mut index) = (Vec::new(), end);
        while index > 0 && acts.len() < asked.limit && end - index < asked.walk {
            index -= 1;
            let Some((id, row, entry)) = self.entry_at(index)? else { continue };
            if asked.from.is_some_and(|from| vietnamese_day(entry.time) < from) {
                index = 0;
                break;
            }
            self.acts_of(id, &row, &entry, asked, about, &mut acts)?;
        }
        self.name_all(&people, &mut acts)?;
        Ok(Trail { acts, next: (index > 0).then_some(index) })
    }

    fn entry_at(&self, index: u64) -> Result<Option<(Uuid, EventRow, Entry)>> {
        let Some(id) = self.catalog.subject_of(index).map_err(project::catalog)? else { return Ok(None) };
        let Some(row) = self.catalog.event(id, index).map_err(project::catalog)? else { return Ok(None) };
        let (_, entry) = self.entry(&row)?;
        Ok(Some((id, row, entry)))
    }

    /// The first of the entries before `end` that is later than a day. No entry is older than the one before it.
    fn end_of(&self, day: NaiveDate, end: u64) -> Result<u64> {
        let (mut low, mut high) = (0, end);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.entry_at(middle)? {
                Some((_, _, entry)) if vietnamese_day(entry.time) > day => high = middle,
                _ => low = middle + 1,
            }
        }
        Ok(low)
    }

    fn subject(&self, text: &str, people: &People) -> Result<Option<Uuid>> {
        if let Ok(id) = Uuid::try_parse(text) {
            return Ok(Some(id));
        }
        if let Ok(CaseNumber { year, number }) = text.parse() {
            return self.catalog.disposal_case(year, number).map_err(project::catalog);
        }
        // Names may be given again once an account is closed: the newest has it.
        if let Some(account) = people.iter().filter(|(_, (name, _))| name == text).map(|(id, _)| *id).max() {
            return Ok(Some(account));
        }
        Ok(self.catalog.named(text).map_err(project::catalog)?.map(|named| match named {
            Named::Record(id) | Named::Dossier(id) => id,
        }))
    }

    fn acts_of(
        &self,
        id: Uuid,
        row: &EventRow,
        entry: &Entry,
        asked: &Asked,
        about: Option<Uuid>,
        acts: &mut Vec<Act>,
    ) -> Result<()> {
        let (by, what) = (asked.by.as_deref(), asked.what.as_deref());
        let act = |at: String, who: Option<String>, what: &str, about: String| Act {
            index: row.index,
            at,
            who,
            holder: None,
            what: what.to_owned(),
            steps: Vec::new(),
            about,
            called: None,
        };
        if entry.kind == EventKind::ReadsRecorded {
            let ReadsRecordedBody { reads } = self.body_of(row)?;
            let fits = |read: &&ReadBody| {
                by.is_none_or(|by| by == read.name)
                    && about.is_none_or(|about| about.to_string() == subject_of(&read.of))
                    && what.is_none_or(|what| what == read.what || what == EventKind::ReadsRecorded.name())
            };
            let read = |one: &ReadBody| act(one.at.clone(), Some(one.name.clone()), &one.what, one.of.clone());
            acts.extend(reads.iter().rev().filter(fits).map(read));
            return Ok(());
        }
        if about.is_some_and(|about| about != id) || what.is_some_and(|what| what != entry.kind.name()) {
            return Ok(());
        }
        let who = match entry.actor.0 {
            [0, 0, 0, 0, 0, 0, 0, 0] => Some(String::new()),
            _ => self.catalog.actor_name(entry.actor).map_err(project::catalog)?,
        };
        if by.is_none_or(|by| who.as_deref() == Some(by)) {
            let steps = self.steps_of(row, entry)?;
            acts.push(Act { steps, ..act(entry.time.to_string(), who, entry.kind.name(), id.to_string()) });
        }
        Ok(())
    }

    /// What an event of a disposal case did, each act once.
    fn steps_of(&self, row: &EventRow, entry: &Entry) -> Result<Vec<&'static str>> {
        if entry.kind != EventKind::DisposalActed {
            return Ok(Vec::new());
        }
        let body: DisposalActedBody = self.body_of(row)?;
        let mut steps: Vec<_> = body.acts.iter().map(act_name).collect();
        if steps.is_empty() {
            steps.push(if body.paper.is_some() { "paper" } else { "attach" });
        }
        steps.dedup();
        Ok(steps)
    }

    /// Says of each act how people call its actor and what it is about.
    fn name_all(&self, people: &People, acts: &mut [Act]) -> Result<()> {
        let holders: HashMap<&str, &str> =
            people.values().map(|(name, holder)| (name.as_str(), holder.as_str())).collect();
        let mut known: HashMap<String, Option<Called>> = HashMap::new();
        for act in acts {
            act.holder = act.who.as_deref().and_then(|name| holders.get(name)).map(|holder| (*holder).to_owned());
            if !known.contains_key(&act.about) {
                let called = Uuid::try_parse(subject_of(&act.about)).map_or(Ok(None), |id| self.target(id, people))?;
                known.insert(act.about.clone(), called);
            }
            act.called = known.get(&act.about).cloned().flatten();
        }
        Ok(())
    }

    fn target(&self, id: Uuid, people: &People) -> Result<Option<Called>> {
        let called =
            |kind: Thing, code: String, title: String, agency: String| Some(Called { kind, code, title, agency });
        if let Some((name, holder)) = people.get(&id) {
            return Ok(called(Thing::Account, name.clone(), holder.clone(), String::new()));
        }
        if let Some(told) = self.tombstone(id)? {
            let dossier = Uuid::try_parse(&told.dossier).ok().and_then(|dossier| self.dossier(dossier).ok());
            let agency = dossier.map(|dossier| dossier.agency_code).unwrap_or_default();
            return Ok(called(Thing::Record, told.doc_code, told.listed.title, agency));
        }
        if let Some(bytes) = self.catalog.body(id).map_err(project::catalog)? {
            if let Ok(body) = serde_json::from_slice::<RecordBody>(&bytes) {
                return Ok(called(Thing::Record, body.doc_code, body.subject, body.agency_code));
            }
            let dossier = serde_json::from_slice::<DossierBody>(&bytes).ok();
            return Ok(dossier.and_then(|body| called(Thing::Dossier, body.file_code, body.title, body.agency_code)));
        }
        let first = self.catalog.events(id).map_err(project::catalog)?.into_iter().next();
        let Some((_, row)) = first else { return Ok(None) };
        Ok(match self.entry(&row)?.1.kind {
            EventKind::DisposalOpened => {
                let body: DisposalOpenedBody = self.body_of(&row)?;
                let number = CaseNumber { year: body.year, number: body.number };
                called(Thing::Case, number.to_string(), body.subject, String::new())
            }
            EventKind::TransferSubmitted => called(Thing::Transfer, String::new(), String::new(), String::new()),
            EventKind::RequestReceived => called(Thing::Request, String::new(), String::new(), String::new()),
            _ => None,
        })
    }
}

/// The identifier in what a read was of: before the slash of a document of a transfer.
fn subject_of(read: &str) -> &str {
    read.split('/').next().unwrap_or(read)
}
