//! What signatures are judged by: trust anchors, authorities, captured evidence, and the runs that used them.

use super::row::{EvidenceRow, RunRow};
use super::{Catalog, CatalogError, Row, key};
use crate::digest::Sha256;
use crate::time::Micros;
use uuid::Uuid;

impl Catalog {
    /// Every trust anchor: fingerprint and identifier, in their order.
    pub fn anchors(&self) -> Result<Vec<(Sha256, Uuid)>, CatalogError> {
        let anchor = |row: Row| {
            let (sha256, id) = row.0.get(1..)?.split_first_chunk::<32>()?;
            Some((Sha256(*sha256), Uuid::from_slice(id).ok()?))
        };
        self.range(b"t", b"t").map(|row| anchor(row?).ok_or(CatalogError::Damaged("a trust anchor"))).collect()
    }

    /// Every time-stamping authority, in the order of their addition.
    pub fn time_authorities(&self) -> Result<Vec<Uuid>, CatalogError> {
        let id = |row: Row| Uuid::from_slice(row.0.get(1..)?).ok();
        let damaged = CatalogError::Damaged;
        self.range(b"u", b"u").map(|row| id(row?).ok_or(damaged("a time-stamping authority"))).collect()
    }

    /// Where a captured piece of evidence is.
    pub fn evidence(&self, sha256: &Sha256) -> Result<Option<EvidenceRow>, CatalogError> {
        let row = self.db.get(key(b'x', &[&sha256.0]))?;
        row.map(|bytes| EvidenceRow::decode(&bytes).ok_or(CatalogError::Damaged("evidence"))).transpose()
    }

    /// Every captured piece of evidence of one kind.
    pub fn evidence_of(&self, kind: u8) -> Result<Vec<(Sha256, EvidenceRow)>, CatalogError> {
        let mut found = Vec::new();
        for row in self.range(b"x", b"x") {
            let (row_key, bytes) = row?;
            let sha256 = row_key.get(1..).and_then(|digest| digest.try_into().ok()).map(Sha256);
            let (sha256, row) = sha256.zip(EvidenceRow::decode(&bytes)).ok_or(CatalogError::Damaged("evidence"))?;
            if row.kind == kind {
                found.push((sha256, row));
            }
        }
        Ok(found)
    }

    /// The newest validation run of a record.
    pub fn validated(&self, record: Uuid) -> Result<Option<RunRow>, CatalogError> {
        let row = self.db.get(key(b'v', &[record.as_bytes()]))?;
        row.map(|bytes| RunRow::decode(&bytes).ok_or(CatalogError::Damaged("a validation run"))).transpose()
    }

    /// Records with a validation run after `after`, in the order of their identifiers, at most `limit`.
    pub fn all_validated(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<(Uuid, RunRow)>, CatalogError> {
        let mut from = key(b'v', &[after.unwrap_or_default().as_bytes()]);
        from.extend(after.map(|_| 0));
        let row = |(row_key, bytes): Row| Some((Uuid::from_slice(row_key.get(1..)?).ok()?, RunRow::decode(&bytes)?));
        let rows = self.range(b"v", &from).take(limit);
        rows.map(|found| row(found?).ok_or(CatalogError::Damaged("a validation run"))).collect()
    }

    /// Records whose signatures are to be validated again at `now` or before, the longest waiting first.
    pub fn waiting(&self, now: Micros, limit: usize) -> Result<Vec<(Micros, Uuid)>, CatalogError> {
        let mut found = Vec::new();
        for row in self.range(b"q", b"q") {
            let (row_key, _) = row?;
            let waiting = row_key.get(1..).and_then(|rest| {
                let (at, record) = rest.split_first_chunk::<8>()?;
                Some((Micros(u64::from_be_bytes(*at)), Uuid::from_slice(record).ok()?))
            });
            let waiting = waiting.ok_or(CatalogError::Damaged("what waits"))?;
            if waiting.0 > now || found.len() == limit {
                break;
            }
            found.push(waiting);
        }
        Ok(found)
    }

    /// Every source of evidence, in the order of their addition.
    pub fn evidence_sources(&self) -> Result<Vec<Uuid>, CatalogError> {
        let id = |row: Row| Uuid::from_slice(row.0.get(1..)?).ok();
        let damaged = CatalogError::Damaged;
        self.range(b"w", b"w").map(|row| id(row?).ok_or(damaged("a source of evidence"))).collect()
    }
}
