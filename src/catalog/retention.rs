//! What retention counts from, in rows as small as can be: facts, never answers.
//!
//! The row that places a record in its dossier (`d`) has its dates and its statement beside its identifier; `r` has the
//! same of a dossier; `f` has what happened later, one row an event: an assignment, a confirmation, an event that a
//! period waits for, a link. All three are ordered by dossier, so that one walk over them side by side ([`Walk`]) sees
//! everything, dossier by dossier, and reads no body. A new version of a schedule or of the law changes no row.
//!
//! Rows are added and never changed: nothing is looked up to write them. Whoever destroys a record leaves of its `d` row
//! the identifier and takes away its `f` rows ([`Batch::forget_facts`]), and those that the same events gave to others.

use super::{Batch, Catalog, CatalogError, GONE_BYTES, after_prefix, key};
use crate::event::ActorId;
use crate::record::codes::AccessMode;
use crate::record::{AgencyCode, Period};
use crate::retention::Statement;
use crate::retention::civil::Dated;
use crate::retention::reason::Occurrence;
use chrono::{Datelike, NaiveDate};
use rocksdb::{DBRawIterator, ReadOptions};
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

/// A dossier with everything that retention counts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The dossier.
    pub id: Uuid,
    /// As it was accessioned.
    pub row: DossierRow,
    /// Its records with their ordinals, where they were asked for.
    pub records: Vec<(u32, PlacedRow)>,
    /// What happened to it and to its records, by subject, oldest first.
    pub facts: Vec<FactRow>,
}

/// What a walk reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Dossiers and facts.
    Dossiers,
    /// Records, too.
    Records,
}

/// Rows that are passed one by one on the way to a dossier's records; beyond, they are sought.
const STEPS_MAX: usize = 64;

/// A walk over dossiers, in the order of their identifiers.
pub struct Walk<'a> {
    catalog: &'a Catalog,
    dossiers: DBRawIterator<'a>,
    facts: DBRawIterator<'a>,
    depth: Depth,
    /// Made when records are first asked for.
    records: Option<DBRawIterator<'a>>,
}

/// Dossiers whose identifiers lie between two: from the first on, and before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    from: Uuid,
    before: Option<Uuid>,
}

impl Catalog {
    /// Everything that retention counts from, dossier by dossier.
    pub fn walk_kept(&self, depth: Depth) -> Walk<'_> {
        self.walk_slice(depth, Slice { from: Uuid::nil(), before: None })
    }

    /// The same of a slice.
    pub fn walk_slice(&self, depth: Depth, slice: Slice) -> Walk<'_> {
        let (dossiers, facts) = (self.raw_in(b"r", slice), self.raw_in(b"f", slice));
        Walk { catalog: self, dossiers, facts, depth, records: None }
    }

    /// All dossiers in so many slices, alike in size where dossiers came at a steady rate: identifiers grow with time.
    pub fn slices(&self, count: u64) -> Result<Vec<Slice>, CatalogError> {
        let high = |row: Option<super::Row>| {
            row.and_then(|(row_key, _)| Uuid::from_slice(row_key.get(1..)?).ok()).map(|id| id.as_u64_pair().0)
        };
        let first = high(self.range(b"r", b"r").next().transpose()?);
        let Some((first, last)) = first.zip(high(self.last_with_prefix(b"r")?)) else { return Ok(Vec::new()) };
        let step = ((last - first) / count.max(1)).saturating_add(1);
        let bounds = (0..count).filter_map(|at| first.checked_add(step.checked_mul(at)?)).filter(|at| *at <= last);
        let mut bounds: Vec<Uuid> = bounds.map(|high| Uuid::from_u64_pair(high, 0)).collect();
        if let Some(all) = bounds.first_mut() {
            *all = Uuid::nil();
        }
        let next = bounds.iter().skip(1).map(|bound| Some(*bound)).chain([None]);
        Ok(bounds.iter().zip(next).map(|(from, before)| Slice { from: *from, before }).collect())
    }

    /// The same of one dossier; `None` where there is none.
    pub fn kept(&self, dossier: Uuid) -> Result<Option<Kept>, CatalogError> {
        let after = dossier.as_u128().checked_add(1).map(Uuid::from_u128);
        self.walk_slice(Depth::Records, Slice { from: dossier, before: after }).next_kept()
    }

    fn raw_in(&self, kind: &[u8; 1], slice: Slice) -> DBRawIterator<'_> {
        let before = slice.before.map_or_else(|| after_prefix(kind), |before| key(kind[0], &[before.as_bytes()]));
        let mut read = ReadOptions::default();
        read.set_iterate_upper_bound(before);
        let mut rows = self.db.raw_iterator_opt(read);
        rows.seek(key(kind[0], &[slice.from.as_bytes()]));
        rows
    }

    /// Rules that were proposed or adopted: ledger index and identifier, oldest first.
    pub fn rules(&self) -> Result<Vec<(u64, Uuid)>, CatalogError> {
        let rules = |row: super::Row| {
            let index = row.0.get(1..)?.try_into().ok()?;
            Some((u64::from_be_bytes(index), Uuid::from_slice(&row.1).ok()?))
        };
        self.range(b"g", b"g").map(|row| rules(row?).ok_or(CatalogError::Damaged("rules"))).collect()
    }
}

impl Walk<'_> {
    /// The next dossier.
    pub fn next_kept(&mut self) -> Result<Option<Kept>, CatalogError> {
        let Some((row_key, value)) = self.dossiers.item() else {
            self.dossiers.status()?;
            return Ok(None);
        };
        let damaged = || CatalogError::Damaged("a dossier's retention");
        let id = Uuid::from_slice(row_key.get(1..).unwrap_or_default()).map_err(|_| damaged())?;
        let row = DossierRow::decode(value).ok_or_else(damaged)?;
        self.dossiers.next();
        let mut kept = Kept { id, row, records: Vec::new(), facts: Vec::new() };
        beside(&mut self.facts, id, |rest, value| {
            let (subject, index) = rest.split_first_chunk::<16>()?;
            let index = u64::from_be_bytes(index.try_into().ok()?);
            kept.facts.push(FactRow { subject: Uuid::from_bytes(*subject), index, fact: Fact::decode(value)? });
            Some(())
        })?;
        if self.depth == Depth::Records {
            self.read_records(&mut kept)?;
        }
        Ok(Some(kept))
    }

    /// Whether the dossier that came last has a record that is there still.
    pub fn has_records(&mut self, dossier: Uuid) -> Result<bool, CatalogError> {
        let rows = self.records_from(dossier);
        while let Some((row_key, value)) = rows.item() {
            let is_own = row_key.get(1..17) == Some(dossier.as_bytes());
            if !is_own || value.len() != GONE_BYTES {
                return Ok(is_own);
            }
            rows.next();
        }
        Ok(rows.status().map(|()| false)?)
    }

    /// Reads the records of the dossier that came last, where the walk passes over them.
    pub fn read_records(&mut self, kept: &mut Kept) -> Result<(), CatalogError> {
        let rows = self.records_from(kept.id);
        kept.records.clear();
        beside(rows, kept.id, |rest, value| {
            if value.len() == GONE_BYTES {
                return Some(());
            }
            kept.records.push((u32::from_be_bytes(rest.try_into().ok()?), PlacedRow::decode(value)?));
            Some(())
        })
    }
}

impl<'a> Walk<'a> {
    /// The rows of records, at the first of a dossier or later in it.
    fn records_from(&mut self, dossier: Uuid) -> &mut DBRawIterator<'a> {
        let (first, catalog) = (key(b'd', &[dossier.as_bytes()]), self.catalog);
        let slice = Slice { from: dossier, before: None };
        let rows = self.records.get_or_insert_with(|| catalog.raw_in(b"d", slice));
        // A few rows are passed more quickly than they are sought.
        for _ in 0..STEPS_MAX {
            match rows.key() {
                Some(at) if at < first.as_slice() => rows.next(),
                _ => break,
            }
        }
        if rows.key().is_some_and(|at| at < first.as_slice()) {
            rows.seek(first);
        }
        rows
    }
}

/// Hands the rows of a dossier to `take`: the rest of the key, and the value. Those of dossiers before it are passed.
fn beside(
    rows: &mut DBRawIterator<'_>,
    dossier: Uuid,
    mut take: impl FnMut(&[u8], &[u8]) -> Option<()>,
) -> Result<(), CatalogError> {
    while let Some((row_key, value)) = rows.item() {
        let damaged = || CatalogError::Damaged("a record's retention");
        let (of, rest) = row_key.get(1..).and_then(|rest| rest.split_at_checked(16)).ok_or_else(damaged)?;
        match of.cmp(dossier.as_bytes().as_slice()) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => take(rest, value).ok_or_else(damaged)?,
            std::cmp::Ordering::Greater => return Ok(()),
        }
        rows.next();
    }
    Ok(rows.status()?)
}

impl Batch {
    /// A record's place in its dossier, with what retention counts from.
    pub fn placed(&mut self, dossier: Uuid, ordinal: u32, row: &PlacedRow) {
        self.batch.put(key(b'd', &[dossier.as_bytes(), &ordinal.to_be_bytes()]), row.encode());
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

fn fact_key(dossier: Uuid, subject: Uuid, index: u64) -> Vec<u8> {
    key(b'f', &[dossier.as_bytes(), subject.as_bytes(), &index.to_be_bytes()])
}

/// A period as two bytes; a statement is that and, for a code, its text at the end of the row.
const AWAITING: u16 = 0;
const NOTHING: u16 = 1; // no period is one year: the shortest is two
const PERMANENT: u16 = u16::MAX;
/// A day that is not known.
const NO_DAY: i32 = i32::MIN;

fn period_number(period: Period) -> u16 {
    match period {
        Period::Awaiting => AWAITING,
        Period::Years(years) => years,
        Period::Permanent => PERMANENT,
    }
}

fn put_period(bytes: &mut Vec<u8>, statement: &Statement) {
    let number = match statement {
        Statement::Nothing => NOTHING,
        Statement::Period(period) => period_number(*period),
        Statement::Code(_) => AWAITING,
    };
    bytes.extend_from_slice(&number.to_be_bytes());
}

fn put_code(bytes: &mut Vec<u8>, statement: &Statement) {
    if let Statement::Code(code) = statement {
        bytes.extend_from_slice(code.as_bytes());
    }
}

fn put_day(bytes: &mut Vec<u8>, day: Option<NaiveDate>) {
    bytes.extend_from_slice(&day.map_or(NO_DAY, |day| day.num_days_from_ce()).to_be_bytes());
}

impl PlacedRow {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(27);
        bytes.extend_from_slice(self.record.as_bytes());
        put_day(&mut bytes, Some(self.issued));
        put_day(&mut bytes, Some(self.accessioned));
        bytes.push(match self.mode {
            AccessMode::Open => 1,
            AccessMode::Conditional => 2,
            AccessMode::Secret => 3,
        });
        put_period(&mut bytes, &self.statement);
        put_code(&mut bytes, &self.statement);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Fields(bytes);
        let record = from.uuid()?;
        let (issued, accessioned) = (from.day()??, from.day()??);
        let mode = match from.take::<1>()? {
            [1] => AccessMode::Open,
            [2] => AccessMode::Conditional,
            [3] => AccessMode::Secret,
            _ => return None,
        };
        let number = from.short()?;
        Some(Self { record, issued, accessioned, mode, statement: from.statement(number)? })
    }
}

impl DossierRow {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(32);
        bytes.extend_from_slice(&self.year.to_be_bytes());
        put_day(&mut bytes, self.ended);
        put_day(&mut bytes, Some(self.accessioned));
        put_period(&mut bytes, &self.statement);
        // A code has at most 35 bytes, and there are at most two.
        bytes.push(u8::try_from(self.agencies.len()).unwrap_or(u8::MAX));
        for agency in &self.agencies {
            bytes.push(u8::try_from(agency.as_str().len()).unwrap_or(u8::MAX));
            bytes.extend_from_slice(agency.as_str().as_bytes());
        }
        put_code(&mut bytes, &self.statement);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Fields(bytes);
        let year = i32::from_be_bytes(from.take()?);
        let (ended, accessioned, number) = (from.day()?, from.day()??, from.short()?);
        let [count] = from.take()?;
        let agencies = (0..count).map(|_| {
            let [length] = from.take()?;
            let (code, rest) = from.0.split_at_checked(usize::from(length))?;
            from.0 = rest;
            std::str::from_utf8(code).ok()?.parse().ok()
        });
        let agencies = agencies.collect::<Option<_>>()?;
        Some(Self { year, ended, accessioned, agencies, statement: from.statement(number)? })
    }
}

impl Fact {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.number()];
        match self {
            Self::Stated(statement) => {
                put_period(&mut bytes, statement);
                put_code(&mut bytes, statement);
            }
            Self::Assigned { rule, by } => {
                bytes.extend_from_slice(&by.0);
                bytes.extend_from_slice(rule.as_bytes());
            }
            Self::Confirmed { stated, rule, by } => {
                bytes.extend_from_slice(&period_number(*stated).to_be_bytes());
                bytes.extend_from_slice(&by.0);
                bytes.extend_from_slice(rule.as_bytes());
            }
            Self::Occurred { kind, on, recorded } => {
                [on.earliest(), on.latest(), Some(*recorded)].into_iter().for_each(|day| put_day(&mut bytes, day));
                bytes.extend_from_slice(kind.name().as_bytes());
            }
            Self::Revoked(index) | Self::Unlinked(index) => bytes.extend_from_slice(&index.to_be_bytes()),
            Self::Linked { record, dossier } => {
                bytes.extend_from_slice(record.as_bytes());
                bytes.extend_from_slice(dossier.as_bytes());
            }
            Self::Reviewed(day) => put_day(&mut bytes, Some(*day)),
            Self::Opens(rule) => bytes.extend_from_slice(rule.as_bytes()),
        }
        bytes
    }

    fn number(&self) -> u8 {
        match self {
            Self::Stated(_) => 1,
            Self::Assigned { .. } => 2,
            Self::Confirmed { .. } => 3,
            Self::Occurred { .. } => 4,
            Self::Revoked(_) => 5,
            Self::Linked { .. } => 6,
            Self::Unlinked(_) => 7,
            Self::Reviewed(_) => 8,
            Self::Opens(_) => 9,
        }
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Fields(bytes);
        let [number] = from.take()?;
        Some(match number {
            1 => {
                let number = from.short()?;
                Self::Stated(from.statement(number)?)
            }
            2 => Self::Assigned { by: ActorId(from.take()?), rule: from.text()? },
            3 => Self::Confirmed { stated: period(from.short()?)?, by: ActorId(from.take()?), rule: from.text()? },
            4 => {
                let (first, last, recorded) = (from.day()?, from.day()?, from.day()??);
                let name = from.text()?;
                let kind = Occurrence::NAMES.iter().find(|(one, _)| *one == name).map(|(_, kind)| *kind)?;
                Self::Occurred { kind, on: Dated::between(first, last), recorded }
            }
            5 => Self::Revoked(u64::from_be_bytes(from.take()?)),
            6 => Self::Linked { record: from.uuid()?, dossier: from.uuid()? },
            7 => Self::Unlinked(u64::from_be_bytes(from.take()?)),
            8 => Self::Reviewed(from.day()??),
            9 => Self::Opens(from.text()?),
            _ => return None,
        })
    }
}

fn period(number: u16) -> Option<Period> {
    match number {
        AWAITING => Some(Period::Awaiting),
        NOTHING => None,
        PERMANENT => Some(Period::Permanent),
        years => Some(Period::Years(years)),
    }
}

/// What is left of a row.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn uuid(&mut self) -> Option<Uuid> {
        self.take().map(Uuid::from_bytes)
    }

    fn short(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    /// A day, or that it is not known.
    fn day(&mut self) -> Option<Option<NaiveDate>> {
        match i32::from_be_bytes(self.take()?) {
            NO_DAY => Some(None),
            day => NaiveDate::from_num_days_from_ce_opt(day).map(Some),
        }
    }

    /// The rest.
    fn text(&mut self) -> Option<String> {
        String::from_utf8(std::mem::take(&mut self.0).to_vec()).ok()
    }

    /// A statement of this number, its code in the rest.
    fn statement(&mut self, number: u16) -> Option<Statement> {
        Some(match (number, self.text()?) {
            (AWAITING, code) if !code.is_empty() => Statement::Code(code),
            (NOTHING, _) => Statement::Nothing,
            (number, _) => Statement::Period(period(number)?),
        })
    }
}

#[cfg(test)]
mod tests;
