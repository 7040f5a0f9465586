//! Reading what retention counts from: one walk over dossiers, and beside each what is its own.
//!
//! Rows of dossiers, facts, lots and records are ordered alike, so they are read side by side. What only some dossiers
//! are asked for (lots, records) is passed over up to the next that is asked, or sought where that is far.

use super::{DossierRow, Fact, FactRow, Lot, PlacedRow};
use crate::catalog::{Catalog, CatalogError, GONE_BYTES, Row, after_prefix, key};
use rocksdb::{DBRawIterator, ReadOptions};
use uuid::Uuid;

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

/// Rows that are passed one by one on the way to a dossier's; beyond, they are sought.
const STEPS_MAX: usize = 64;

/// A walk over dossiers, in the order of their identifiers.
pub struct Walk<'a> {
    catalog: &'a Catalog,
    dossiers: DBRawIterator<'a>,
    facts: DBRawIterator<'a>,
    depth: Depth,
    /// Made when lots are first asked for.
    lots: Option<DBRawIterator<'a>>,
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
        Walk { catalog: self, dossiers, facts, depth, lots: None, records: None }
    }

    /// All dossiers in so many slices, alike in size where dossiers came at a steady rate: identifiers grow with time.
    pub fn slices(&self, count: u64) -> Result<Vec<Slice>, CatalogError> {
        let high = |row: Option<Row>| {
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

    /// A walk that goes where it is sent, by [`Walk::at`].
    pub fn visits(&self) -> Walk<'_> {
        self.walk_kept(Depth::Records)
    }

    fn raw_in(&self, kind: &[u8; 1], slice: Slice) -> DBRawIterator<'_> {
        let before = slice.before.map_or_else(|| after_prefix(kind), |before| key(kind[0], &[before.as_bytes()]));
        let mut read = ReadOptions::default();
        read.set_iterate_upper_bound(before);
        let mut rows = self.db.raw_iterator_opt(read);
        rows.seek(key(kind[0], &[slice.from.as_bytes()]));
        rows
    }

    /// Brings `rows` of a kind, made where there are none yet, to the first of a dossier; they may be in it already.
    fn reach<'r, 'a>(
        &'a self,
        rows: &'r mut Option<DBRawIterator<'a>>,
        kind: &[u8; 1],
        dossier: Uuid,
    ) -> &'r mut DBRawIterator<'a> {
        let first = key(kind[0], &[dossier.as_bytes()]);
        let rows = rows.get_or_insert_with(|| self.raw_in(kind, Slice { from: dossier, before: None }));
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

    /// A dossier, wherever the walk stands; `None` where there is none. The walk goes on after it.
    pub fn at(&mut self, dossier: Uuid) -> Result<Option<Kept>, CatalogError> {
        let sought = |kind: u8| key(kind, &[dossier.as_bytes()]);
        self.dossiers.seek(sought(b'r'));
        if self.dossiers.key().is_none_or(|found| found != sought(b'r')) {
            self.dossiers.status()?;
            return Ok(None);
        }
        self.facts.seek(sought(b'f'));
        // What is passed over is never returned to but by seeking.
        for (rows, kind) in [(&mut self.lots, b'D'), (&mut self.records, b'd')] {
            rows.iter_mut().for_each(|rows| rows.seek(sought(kind)));
        }
        self.next_kept()
    }

    /// Reads what the records of the dossier that came last have in common; nothing where it has no record any more.
    pub fn lots(&mut self, dossier: Uuid) -> Result<Vec<Lot>, CatalogError> {
        let mut lots = Vec::new();
        beside(self.lots_from(dossier), dossier, |rest, _| {
            lots.push(Lot::decode(rest)?);
            Some(())
        })?;
        Ok(lots)
    }

    /// Whether the dossier that came last has a record that is there still.
    pub fn has_records(&mut self, dossier: Uuid) -> Result<bool, CatalogError> {
        let rows = self.lots_from(dossier);
        let own = rows.key().is_some_and(|at| at.get(1..17) == Some(dossier.as_bytes()));
        Ok(rows.status().map(|()| own)?)
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
    /// The rows of lots, at the first of a dossier or later in it.
    fn lots_from(&mut self, dossier: Uuid) -> &mut DBRawIterator<'a> {
        self.catalog.reach(&mut self.lots, b"D", dossier)
    }

    /// The rows of records, at the first of a dossier or later in it.
    fn records_from(&mut self, dossier: Uuid) -> &mut DBRawIterator<'a> {
        self.catalog.reach(&mut self.records, b"d", dossier)
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
