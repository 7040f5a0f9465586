//! What was recorded of how long a record or dossier is kept: each act with who, when and why, and whether it still counts.
//!
//! What these acts come to is the decision's to say ([`super::Explained`]); here they are told as they lie in the ledger, so
//! that somebody can go on from them: confirm what waits, revoke an event, dissolve a link.

use super::whole::Whole;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::show::Event;
use crate::catalog::{Fact, FactRow, Named};
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::retention::span::EventState;
use crate::time::Micros;
use serde::Deserialize;
use uuid::Uuid;

/// An act about how long something is kept.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Ledger index of its event.
    pub index: u64,
    /// What was done.
    pub kind: EventKind,
    /// When.
    pub at: Micros,
    /// By whom: the name, or the pseudonym where it is nobody's.
    pub by: String,
    /// What its event says.
    pub says: Says,
    /// The other record of a link.
    pub with: Option<Linked>,
    /// Whether it counts.
    pub state: ActState,
}

/// A linked record.
#[derive(Debug, Clone)]
pub struct Linked {
    /// Its identifier.
    pub record: Uuid,
    /// Its code.
    pub code: String,
}

/// Whether an act counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActState {
    /// It was recorded, and nothing took it back.
    Stands,
    /// It would shorten, and waits for a second person.
    Waits,
    /// It was revoked, or dissolved.
    Revoked,
}

/// What events about retention say, each as far as it has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Says {
    /// Code of a rule that was assigned or confirmed.
    pub rule: Option<String>,
    /// What happened.
    pub kind: Option<String>,
    /// When that was; empty: not known.
    pub on: Option<String>,
    /// The period that the agency stated when it was confirmed.
    pub stated: Option<String>,
    /// The period that a disposal case gave instead.
    pub period: Option<String>,
    /// The text by which something was confirmed.
    pub basis: Option<String>,
    /// By what right.
    pub mandate: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Ledger index of the event that it takes back.
    pub event: Option<u64>,
}

impl Archive {
    /// Code of the agency that transferred the record or dossier that `text` names.
    pub fn transferred_by(&self, text: &str) -> Result<String> {
        let dossier = match self.find(text)? {
            Named::Record(id) => self.dossier_of(id)?,
            Named::Dossier(id) => id,
        };
        Ok(self.dossier(dossier)?.agency_code)
    }

    /// What was recorded of how long a record or a dossier itself is kept, oldest first.
    pub fn retention_acts(&self, text: &str) -> Result<Vec<Recorded>> {
        let (whole, subject) = match self.find(text)? {
            Named::Record(id) => (self.whole(self.dossier_of(id)?)?, id),
            Named::Dossier(id) => (self.whole(id)?, id),
        };
        let waiting = self.waiting_of(&whole, subject)?;
        let own = whole.kept.facts.iter().filter(|row| row.subject == subject);
        let own = own.filter(|row| !matches!(row.fact, Fact::Stated(_)));
        own.map(|row| self.recorded(&whole, row, waiting)).collect()
    }

    /// Ledger index of the assignment to it that waits for a second person.
    fn waiting_of(&self, whole: &Whole, subject: Uuid) -> Result<Option<u64>> {
        let is_own = |row: &&FactRow| row.subject == subject && matches!(row.fact, Fact::Assigned { .. });
        let Some(newest) = whole.kept.facts.iter().rev().find(is_own) else { return Ok(None) };
        let standing = self.standing()?;
        let ruled = match whole.placed(subject) {
            Some(placed) => whole.ruled_of(placed, &standing),
            None => whole.ruled(&standing),
        };
        let waits = matches!(&newest.fact, Fact::Assigned { rule, .. } if ruled.waiting == Some(rule.as_str()));
        Ok(waits.then_some(newest.index))
    }

    fn recorded(&self, whole: &Whole, row: &FactRow, waiting: Option<u64>) -> Result<Recorded> {
        let damaged = || Error::corrupt(format!("entry {} is not in the catalog", row.index));
        // A link is one event about one of the two.
        let about = self.catalog.subject_of(row.index).map_err(project::catalog)?.ok_or_else(damaged)?;
        let found = self.catalog.event(about, row.index).map_err(project::catalog)?.ok_or_else(damaged)?;
        let Event { entry, actor, .. } = self.event(row.index, &found)?;
        let with = match &row.fact {
            Fact::Linked { record, .. } => Some(*record),
            _ => None,
        };
        let linked = |record: Uuid| Linked { record, code: self.code_of(record).unwrap_or_else(|| record.to_string()) };
        Ok(Recorded {
            index: row.index,
            kind: entry.kind,
            at: entry.time,
            by: actor.unwrap_or_else(|| entry.actor.to_string()),
            says: if found.key.is_some() { self.body_of(&found)? } else { Says::default() },
            with: with.map(linked),
            state: state(whole, row, waiting),
        })
    }
}

fn state(whole: &Whole, row: &FactRow, waiting: Option<u64>) -> ActState {
    let folded = if row.subject == whole.kept.id { Some(&whole.own) } else { whole.folded(row.subject) };
    let is_revoked = folded.is_some_and(|folded| match row.fact {
        Fact::Occurred { .. } => {
            let at = folded.indexes.iter().position(|index| *index == row.index);
            at.and_then(|at| folded.events.get(at)).is_some_and(|event| event.state == EventState::Revoked)
        }
        Fact::Linked { .. } => folded.links.iter().all(|(index, ..)| *index != row.index),
        _ => false,
    });
    match is_revoked {
        true => ActState::Revoked,
        false if waiting == Some(row.index) => ActState::Waits,
        false => ActState::Stands,
    }
}
