//! Two sums over the catalog's rows: over those that the ledger gives, and over those that are there.
//!
//! Rows are summed as keyed digests, in any order, so that however many are compared in the memory of one. The key is
//! random and goes with the process: nobody can choose rows whose sums agree. Equal sums say that the rows are equal,
//! each there once; unequal ones say only that they must be compared one by one (`projections`).
//!
//! The rows of the ledger are made by the same projection as the catalog's own.

use crate::archive::destruction::fates::Fates;
use crate::archive::follow::Event;
use crate::archive::project::{self, Projection};
use crate::catalog::Catalog;
use crate::cipher;
use crate::error::Result;
use crate::event::EventKind;
use crate::position::Location;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Rows that later events may replace are remembered up to so many, three of each dossier: 70 MB with the table's room.
const REPLACEABLE_MAX: usize = 1_800_000;

/// A sum over rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many.
    pub rows: u64,
    total: u128,
    /// Over the entries, each with the entry before it about the same thing.
    chain: u128,
}

/// Digests of rows under the key of one verification.
pub struct Digester([u8; 32]);

impl Digester {
    /// With a new key.
    pub fn new() -> Self {
        Self(cipher::random())
    }

    fn row(&self, key: &[u8], value: &[u8]) -> u128 {
        self.digest(&[&(key.len() as u64).to_le_bytes(), key, value])
    }

    fn link(&self, id: &[u8], index: u64, previous: Option<u64>) -> u128 {
        let (known, previous) = previous.map_or((0, 0), |previous| (1, previous));
        self.digest(&[b"chain", id, &index.to_le_bytes(), &[known], &previous.to_le_bytes()])
    }

    /// Of some bytes, one part after the other.
    fn digest(&self, parts: &[&[u8]]) -> u128 {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        parts.iter().for_each(|part| {
            hasher.update(part);
        });
        u128::from_le_bytes(*hasher.finalize().as_bytes().first_chunk().expect("thirty-two bytes"))
    }
}

/// The sum over what is there, the cursor apart.
pub fn of_catalog(catalog: &Catalog, digester: &Digester) -> Result<Sum> {
    let mut sum = Sum::default();
    let mut last: Option<(Vec<u8>, u64)> = None;
    let each = catalog.each_row(|key, value| {
        if key == b"m" {
            return;
        }
        sum.rows += 1;
        sum.total = sum.total.wrapping_add(digester.row(key, value));
        let Some((id, index)) = event_key(key) else { return };
        let previous = last.take().filter(|(of, _)| of == id).map(|(_, index)| index);
        sum.chain = sum.chain.wrapping_add(digester.link(id, index, previous));
        last = Some((id.to_vec(), index));
    });
    each.map_err(project::catalog)?;
    Ok(sum)
}

/// The identifier and the ledger index in the key of an event's row.
pub fn event_key(key: &[u8]) -> Option<(&[u8], u64)> {
    let (id, index) = key.strip_prefix(b"e")?.split_at_checked(16)?;
    Some((id, u64::from_be_bytes(index.try_into().ok()?)))
}

/// The sum over what the ledger gives, event by event.
pub struct Expected<'a> {
    digester: &'a Digester,
    projection: Projection<'static>,
    sum: Sum,
    /// Rows that a later event may replace: digest of the key → digest of the row.
    replaceable: HashMap<u128, u128>,
    /// An event could not be read, or more would have to be remembered than there is room for.
    incomplete: bool,
}

impl<'a> Expected<'a> {
    /// Before the first event.
    pub fn new(digester: &'a Digester, fates: Arc<Fates>) -> Self {
        let (sum, replaceable) = (Sum::default(), HashMap::new());
        Self { digester, projection: Projection::from_nothing(fates), sum, replaceable, incomplete: false }
    }

    /// The next event; `None` where it could not be read.
    pub fn event(&mut self, event: Option<Event>) {
        let Some(event) = event.filter(|_| !self.incomplete) else {
            self.incomplete = true;
            return;
        };
        let (entry, index) = (&event.committed.entry, event.committed.index);
        let link = self.digester.link(entry.id.as_bytes(), index, entry.previous);
        self.sum.chain = self.sum.chain.wrapping_add(link);
        let once = matches!(entry.kind, EventKind::RecordAccessioned | EventKind::RecordDestroyed);
        self.incomplete |= event.show(&mut self.projection).is_err();
        self.add(once);
    }

    /// A part of an object whose entry has not come.
    pub fn part(&mut self, object: Uuid, part: u32, at: Location) {
        self.projection.part(object, part, at);
        self.add(true);
    }

    /// The sum; `None` where it is not that of every event.
    pub fn finish(self) -> Option<Sum> {
        let mut sum = self.sum;
        for row in self.replaceable.into_values() {
            sum.rows += 1;
            sum.total = sum.total.wrapping_add(row);
        }
        (!self.incomplete).then_some(sum)
    }

    /// Adds the rows of one event, `once` where no other event gives the same again.
    fn add(&mut self, once: bool) {
        let Self { digester, projection, sum, replaceable, .. } = self;
        projection.drain(|key, value| {
            let once = match key.first() {
                Some(b'e' | b'f' | b'g' | b'i' | b'r') => true,
                // Parts until their entry comes, runs, what waits, scopes; executions, keys that were moved.
                Some(b'j' | b'k' | b'p' | b'q' | b's' | b'v') => false,
                _ => once,
            };
            match value {
                Some(value) if once => {
                    sum.rows += 1;
                    sum.total = sum.total.wrapping_add(digester.row(key, value));
                }
                Some(value) => _ = replaceable.insert(digester.row(key, b""), digester.row(key, value)),
                None => _ = replaceable.remove(&digester.row(key, b"")),
            }
        });
        self.incomplete |= self.replaceable.len() > REPLACEABLE_MAX || self.projection.is_full();
    }
}

#[cfg(test)]
mod tests;
