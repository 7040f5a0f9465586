//! What retention counts from, in rows as small as can be: facts, never answers.
//!
//! The row that places a record in its dossier (`d`) has its dates and its statement beside its identifier; `r` has the
//! same of a dossier; `f` has what happened later, one row an event: an assignment, a confirmation, an event that a
//! period waits for, a link; `D` has, once for all its records that are alike in it, when they came and what is stated.
//! All are ordered by dossier, so that one walk over them side by side ([`Walk`]) sees everything, dossier by dossier, and
//! reads no body. A new version of a schedule or of the law changes no row.
//!
//! Rows are added and never changed: nothing is looked up to write them. Whoever destroys a record leaves of its `d` row
//! the identifier and takes away its `f` rows ([`Batch::forget_facts`]), and those that the same events gave to others;
//! the last of a lot takes that away, too ([`Batch::forget_lot`]).

mod coding;
mod walk;

pub use walk::{Depth, Kept, Slice, Walk};

use super::{Batch, Catalog, CatalogError, key};
use crate::event::ActorId;
use crate::record::codes::AccessMode;
use crate::record::{AgencyCode, Period};
use crate::retention::Statement;
use crate::retention::civil::Dated;
use crate::retention::reason::Occurrence;
use chrono::NaiveDate;
use uuid::Uuid;

/// A record at its place in a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedRow {
    /// The record.
    pub record: Uuid,
    /// Date of issue.
    pub issued: NaiveDate,
    /// The day it came.
    pub accessioned: NaiveDate,
    /// Who may read it.
    pub mode: AccessMode,
    /// What the agency states for it.
    pub statement: Statement,
}

/// Records of a dossier that came on one day and of which the agency states the same: how long they are kept differs by
/// their dates of issue and by what happened to them, by nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lot {
    /// The day they came.
    pub accessioned: NaiveDate,
    /// What the agency states for each.
    pub statement: Statement,
}

/// A dossier as it was accessioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierRow {
    /// Year the work ended.
    pub year: i32,
    /// Date of its last document.
    pub ended: Option<NaiveDate>,
    /// The day it came.
    pub accessioned: NaiveDate,
    /// The agency in its code, and the one that transferred it where that is another.
    pub agencies: Vec<AgencyCode>,
    /// What the agency states.
    pub statement: Statement,
}

/// What happened to a record or dossier that bears on how long it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Later documents brought another statement for the dossier.
    Stated(Statement),
    /// It was put under the rule of this code.
    Assigned {
        /// Code of the rule.
        rule: String,
        /// By whom.
        by: ActorId,
    },
    /// It was put under the rule of access of this code.
    Opens(String),
    /// An authorised person confirmed what is stated, or assigned, at that moment.
    Confirmed {
        /// The period stated then.
        stated: Period,
        /// Code of the rule assigned then; empty where none was.
        rule: String,
        /// By whom.
        by: ActorId,
    },
    /// Something happened that a period may wait for.
    Occurred {
        /// What.
        kind: Occurrence,
        /// When.
        on: Dated,
        /// The day it was recorded.
        recorded: NaiveDate,
    },
    /// The event at this ledger index does not count.
    Revoked(u64),
    /// It is linked with another record.
    Linked {
        /// The other record.
        record: Uuid,
        /// Its dossier.
        dossier: Uuid,
    },
    /// The link at this ledger index is dissolved.
    Unlinked(u64),
    /// Somebody decided on this day to go on keeping it.
    Reviewed(NaiveDate),
    /// A disposal case gave it this period instead of destroying it.
    Extended(Period),
}

/// A fact with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// The record, or the dossier.
    pub subject: Uuid,
    /// Ledger index of its event.
    pub index: u64,
    /// What happened.
    pub fact: Fact,
}

impl Catalog {
    /// Rules that were proposed or adopted: ledger index and identifier, oldest first.
    pub fn rules(&self) -> Result<Vec<(u64, Uuid)>, CatalogError> {
        let rules = |row: super::Row| {
            let index = row.0.get(1..)?.try_into().ok()?;
            Some((u64::from_be_bytes(index), Uuid::from_slice(&row.1).ok()?))
        };
        self.range(b"g", b"g").map(|row| rules(row?).ok_or(CatalogError::Damaged("rules"))).collect()
    }
}

impl Batch {
    /// A record's place in its dossier, with what retention counts from.
    pub fn placed(&mut self, dossier: Uuid, ordinal: u32, row: &PlacedRow) {
        self.batch.put(key(b'd', &[dossier.as_bytes(), &ordinal.to_be_bytes()]), row.encode());
    }

    /// That records of a dossier are there which have this in common.
    pub fn lot(&mut self, dossier: Uuid, lot: &Lot) {
        self.batch.put(lot_key(dossier, lot), []);
    }

    /// That none is there any more.
    pub fn forget_lot(&mut self, dossier: Uuid, lot: &Lot) {
        self.batch.delete(lot_key(dossier, lot));
    }

    /// A dossier as it was accessioned.
    pub fn dossier(&mut self, id: Uuid, row: &DossierRow) {
        self.batch.put(key(b'r', &[id.as_bytes()]), row.encode());
    }

    /// Something that happened to a record or dossier, by the event at a ledger index.
    pub fn fact(&mut self, dossier: Uuid, row: &FactRow) {
        self.batch.put(fact_key(dossier, row.subject, row.index), row.fact.encode());
    }

    /// Takes away what happened to a record, of the facts of its dossier; what it shares with linked ones too.
    pub fn forget_facts(&mut self, dossier: Uuid, record: Uuid, facts: &[FactRow]) {
        let own: Vec<&FactRow> = facts.iter().filter(|row| row.subject == record).collect();
        let linked = own.iter().filter_map(|row| match row.fact {
            Fact::Linked { record, dossier } => Some((dossier, record)),
            _ => None,
        });
        let mut sides = vec![(dossier, record)];
        sides.extend(linked);
        for row in own {
            sides.iter().for_each(|(dossier, subject)| self.batch.delete(fact_key(*dossier, *subject, row.index)));
        }
    }

    /// Rules that were proposed or adopted by the event at a ledger index.
    pub fn rules(&mut self, index: u64, id: Uuid) {
        self.batch.put(key(b'g', &[&index.to_be_bytes()]), id.as_bytes());
    }
}

impl PlacedRow {
    /// What it has in common with others of its dossier.
    pub fn lot(&self) -> Lot {
        Lot { accessioned: self.accessioned, statement: self.statement.clone() }
    }
}

fn lot_key(dossier: Uuid, lot: &Lot) -> Vec<u8> {
    key(b'D', &[dossier.as_bytes(), &lot.encode()])
}

fn fact_key(dossier: Uuid, subject: Uuid, index: u64) -> Vec<u8> {
    key(b'f', &[dossier.as_bytes(), subject.as_bytes(), &index.to_be_bytes()])
}

#[cfg(test)]
mod tests;
