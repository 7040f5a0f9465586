//! What destructions leave: tombstones, keys under other scopes, executions under way; and rows that are gone for good.

use super::{Catalog, CatalogError, Row, key};
use rocksdb::{BottommostLevelCompaction, CompactOptions};
use uuid::Uuid;

impl Catalog {
    /// Every destroyed record with its tombstone, in the order of identifiers.
    pub fn tombstones(&self) -> impl Iterator<Item = Result<(Uuid, Box<[u8]>), CatalogError>> {
        let id = |row_key: &[u8]| Uuid::from_slice(row_key.get(1..)?).ok();
        let row = move |(row_key, bytes): Row| Some((id(&row_key)?, bytes));
        self.range(b"z", b"z").map(move |found| row(found?).ok_or(CatalogError::Damaged("a tombstone")))
    }

    /// What is told of a destroyed record, as committed.
    pub fn tombstone(&self, record: Uuid) -> Result<Option<Vec<u8>>, CatalogError> {
        Ok(self.db.get(key(b'z', &[record.as_bytes()]))?)
    }

    /// The body of an event's KEY frame, where its keys were wrapped under another scope since.
    pub fn moved_keys(&self, index: u64) -> Result<Option<Vec<u8>>, CatalogError> {
        Ok(self.db.get(key(b'k', &[&index.to_be_bytes()]))?)
    }

    /// The events that moved keys to a scope.
    pub fn moves_to(&self, scope: Uuid) -> Result<Vec<u64>, CatalogError> {
        let prefix = key(b'l', &[scope.as_bytes()]);
        let index = |row: Row| row.0[prefix.len()..].try_into().map(u64::from_be_bytes).ok();
        self.range(&prefix, &prefix).map(|row| index(row?).ok_or(CatalogError::Damaged("a move of keys"))).collect()
    }

    /// Executions of disposal cases that began and have not ended, each with its case.
    pub fn executions(&self) -> Result<Vec<(Uuid, Uuid)>, CatalogError> {
        let ids = |row: Row| Some((Uuid::from_slice(row.0.get(1..)?).ok()?, Uuid::from_slice(&row.1).ok()?));
        self.range(b"j", b"j").map(|row| ids(row?).ok_or(CatalogError::Damaged("an execution"))).collect()
    }

    /// Rewrites every file, so that none holds a row that was deleted: the end of a destroyed record.
    pub fn purge(&self) -> Result<(), CatalogError> {
        self.db.flush()?;
        let mut compact = CompactOptions::default();
        compact.set_bottommost_level_compaction(BottommostLevelCompaction::Force);
        compact.set_exclusive_manual_compaction(true);
        self.db.compact_range_opt(None::<&[u8]>, None::<&[u8]>, &compact);
        Ok(())
    }

    /// Hands every moved KEY frame to `visit`, by ledger index.
    pub fn each_moved(&self, mut visit: impl FnMut(u64, &[u8])) -> Result<(), CatalogError> {
        for row in self.range(b"k", b"k") {
            let (row_key, frame) = row?;
            let index = row_key.get(1..).and_then(|index| index.try_into().ok());
            visit(index.map(u64::from_be_bytes).ok_or(CatalogError::Damaged("moved keys"))?, &frame);
        }
        Ok(())
    }
}
