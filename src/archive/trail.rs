//! The audit trail: the ledger's events with who acted, the newest first, by person and by what they are about.
//!
//! Walks the ledger backwards, so far at a time; whoever goes on gives the index where it stopped. Reads lie in batches
//! ([`super::reads`]) and are told one by one. Shows who did what to which record, never what the record holds.

use super::body::{ReadBody, ReadsRecordedBody};
use super::project;
use super::reading::Archive;
use crate::catalog::Named;
use crate::error::Result;
use crate::event::EventKind;
use uuid::Uuid;

/// Entries looked at for one page: half a second on a slow disk.
const WALK_MAX: u64 = 5000;

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Name of who acted.
    pub by: Option<String>,
    /// Identifier or code of a record, a dossier, an account or a disposal case.
    pub about: Option<String>,
    /// Only what is before this ledger index.
    pub before: Option<u64>,
    /// Entries of a page.
    pub limit: usize,
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
    /// What: name of the kind of event, or of what was read.
    pub what: String,
    /// Identifier of what it is about.
    pub about: String,
}

/// A page of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The newest first.
    pub acts: Vec<Act>,
    /// From where to go on; `None`: the beginning was reached.
    pub next: Option<u64>,
}

impl Archive {
    /// A page of the audit trail.
    pub fn trail(&self, asked: &Asked) -> Result<Trail> {
        let size = self.catalog.cursor().map_err(project::catalog)?.map_or(0, |cursor| cursor.position.size);
        let end = asked.before.unwrap_or(size).min(size);
        let about = match &asked.about {
            None => None,
            Some(text) => match self.subject(text)? {
                Some(id) => Some(id),
                // Nothing is called so: nothing happened to it.
                None => return Ok(Trail { acts: Vec::new(), next: None }),
            },
        };
        let (mut acts, mut index) = (Vec::new(), end);
        while index > 0 && acts.len() < asked.limit && end - index < WALK_MAX {
            index -= 1;
            self.acts_of(index, asked.by.as_deref(), about, &mut acts)?;
        }
        Ok(Trail { acts, next: (index > 0).then_some(index) })
    }

    fn subject(&self, text: &str) -> Result<Option<Uuid>> {
        if let Ok(id) = Uuid::try_parse(text) {
            return Ok(Some(id));
        }
        if let Some(account) = self.accounts()?.into_iter().rev().find(|one| one.name == text) {
            return Ok(Some(account.id));
        }
        Ok(self.catalog.named(text).map_err(project::catalog)?.map(|named| match named {
            Named::Record(id) | Named::Dossier(id) => id,
        }))
    }

    fn acts_of(&self, index: u64, by: Option<&str>, about: Option<Uuid>, acts: &mut Vec<Act>) -> Result<()> {
        let Some(id) = self.catalog.subject_of(index).map_err(project::catalog)? else { return Ok(()) };
        let Some(row) = self.catalog.event(id, index).map_err(project::catalog)? else { return Ok(()) };
        let (_, entry) = self.entry(&row)?;
        if entry.kind == EventKind::ReadsRecorded {
            let ReadsRecordedBody { reads } = self.body_of(&row)?;
            let fits = |read: &&ReadBody| {
                by.is_none_or(|by| by == read.name) && about.is_none_or(|about| about.to_string() == read.of)
            };
            acts.extend(reads.iter().rev().filter(fits).map(|read| Act {
                index,
                at: read.at.clone(),
                who: Some(read.name.clone()),
                what: read.what.clone(),
                about: read.of.clone(),
            }));
            return Ok(());
        }
        let who = match entry.actor.0 {
            [0, 0, 0, 0, 0, 0, 0, 0] => Some(String::new()),
            _ => self.catalog.actor_name(entry.actor).map_err(project::catalog)?,
        };
        if by.is_none_or(|by| who.as_deref() == Some(by)) && about.is_none_or(|about| about == id) {
            let (what, about) = (entry.kind.name().to_owned(), id.to_string());
            acts.push(Act { index, at: entry.time.to_string(), who, what, about });
        }
        Ok(())
    }
}
