//! Candidates one after another, as of the last commit: each dossier, and what rules, is read once, not once a record.
//!
//! What was read is good for the ledger's size at which it was read: when something has been committed since, dossiers are
//! read again, and what rules where an event about rules or holds came. Between two commits, as while the sequencer is
//! paused, nothing is read twice. A dossier of a hundred thousand records costs what one of its records costs otherwise.

use super::candidate::dossier_of;
use super::standing::Standing;
use super::whole::Whole;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::error::{Error, Result};
use crate::retention::disposal::draft::Candidate;
use crate::retention::span::Longest;
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;

/// Records of the dossiers that are held at a time, at some 150 bytes each 40 MB; one larger dossier is held alone.
const HELD_RECORDS_MAX: usize = 1 << 18;

/// Says of records, one after another, what a list would say of them on a day.
pub struct Assessor<'a> {
    archive: &'a Archive,
    on: NaiveDate,
    /// Size of the ledger as of which the rest was read.
    as_of: Option<u64>,
    standing: Option<Standing>,
    dossiers: HashMap<Uuid, Held>,
    records: usize,
}

/// A dossier with what is asked of it for each of its records.
struct Held {
    whole: Whole,
    longest: Longest,
    places: HashMap<Uuid, usize>,
}

impl<'a> Assessor<'a> {
    /// An assessor for a day.
    pub fn new(archive: &'a Archive, on: NaiveDate) -> Self {
        Self { archive, on, as_of: None, standing: None, dossiers: HashMap::new(), records: 0 }
    }

    /// What a list would say of a record, as of the last commit; [`crate::error::Kind::NotFound`] where it is gone.
    pub fn candidate(&mut self, record: Uuid) -> Result<Candidate> {
        self.refresh()?;
        let body = self.archive.record(record)?;
        let dossier = dossier_of(record, &body)?;
        self.hold(dossier)?;
        let held = self.dossiers.get(&dossier).zip(self.standing.as_ref());
        let (Held { whole, longest, places }, standing) = held.ok_or_else(|| missing(record))?;
        let placed = places.get(&record).and_then(|at| whole.kept.records.get(*at));
        let (_, placed) = placed.ok_or_else(|| missing(record))?;
        self.archive.candidate_in(standing, whole, longest, placed, &body, self.on)
    }

    /// Forgets what something committed since may have changed.
    fn refresh(&mut self) -> Result<()> {
        let cursor = self.archive.catalog.cursor().map_err(project::catalog)?;
        let size = cursor.map_or(0, |cursor| cursor.position.size);
        if self.as_of == Some(size) {
            return Ok(());
        }
        self.dossiers.clear();
        self.records = 0;
        let rules = match self.standing.take() {
            Some(rules) if self.archive.is_standing(&rules)? => rules,
            _ => self.archive.standing()?,
        };
        self.standing = Some(rules);
        self.as_of = Some(size);
        Ok(())
    }

    fn hold(&mut self, dossier: Uuid) -> Result<()> {
        let Some(standing) = self.standing.as_ref().filter(|_| !self.dossiers.contains_key(&dossier)) else {
            return Ok(());
        };
        let whole = self.archive.whole(dossier)?;
        let longest = whole.longest(standing);
        let places: HashMap<Uuid, usize> =
            whole.kept.records.iter().enumerate().map(|(at, (_, placed))| (placed.record, at)).collect();
        if self.records + places.len() > HELD_RECORDS_MAX {
            self.dossiers.clear();
            self.records = 0;
        }
        self.records += places.len();
        self.dossiers.insert(dossier, Held { whole, longest, places });
        Ok(())
    }
}

fn missing(record: Uuid) -> Error {
    Error::not_found(format!("there is no record {record}"))
}
