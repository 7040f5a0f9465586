//! Rows about disposal cases: which there are, whether they are open, onto whose list a record was put.

use super::{Batch, Catalog, CatalogError, Row, key};
use uuid::Uuid;

/// Whether something may still happen in a disposal case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseState {
    /// It may.
    Open,
    /// Its file is kept, or it was aborted.
    Closed,
}

impl Catalog {
    /// Every disposal case in the order of their opening, with whether it is open.
    pub fn disposal_cases(&self) -> Result<Vec<(Uuid, CaseState)>, CatalogError> {
        let case = |row: Row| {
            let state = match row.1[..] {
                [0] => CaseState::Closed,
                [1] => CaseState::Open,
                _ => return None,
            };
            Some((Uuid::from_slice(row.0.get(1..)?).ok()?, state))
        };
        self.range(b"C", b"C").map(|row| case(row?).ok_or(CatalogError::Damaged("a disposal case"))).collect()
    }

    /// The disposal case with this number.
    pub fn disposal_case(&self, year: u16, number: u32) -> Result<Option<Uuid>, CatalogError> {
        self.id_at(key(b'y', &[&year.to_be_bytes(), &number.to_be_bytes()]))
    }

    /// The highest number of a disposal case of a year; 0 where there is none.
    pub fn last_disposal_case(&self, year: u16) -> Result<u32, CatalogError> {
        let prefix = key(b'y', &[&year.to_be_bytes()]);
        let row = self.last_with_prefix(&prefix)?;
        let number = row.map(|(row_key, _)| row_key[prefix.len()..].try_into().map(u32::from_be_bytes));
        number.transpose().map(Option::unwrap_or_default).map_err(|_| CatalogError::Damaged("a disposal case"))
    }

    /// The disposal cases onto whose list a record was ever put.
    pub fn disposal_cases_of(&self, record: Uuid) -> Result<Vec<Uuid>, CatalogError> {
        let prefix = key(b'L', &[record.as_bytes()]);
        let id = |row: Row| Uuid::from_slice(row.0.get(prefix.len()..)?).ok();
        let rows = self.range(&prefix, &prefix);
        rows.map(|row| id(row?).ok_or(CatalogError::Damaged("a listed record"))).collect()
    }
}

impl Batch {
    /// A disposal case, open, and its number. Identifiers grow with time (UUIDv7).
    pub fn disposal_case(&mut self, id: Uuid, year: u16, number: u32) {
        self.batch.put(key(b'y', &[&year.to_be_bytes(), &number.to_be_bytes()]), id.as_bytes());
        self.batch.put(key(b'C', &[id.as_bytes()]), [1]);
    }

    /// A disposal case that has ended.
    pub fn disposal_case_closed(&mut self, id: Uuid) {
        self.batch.put(key(b'C', &[id.as_bytes()]), [0]);
    }

    /// A record that is put on the list of a disposal case.
    pub fn listed(&mut self, record: Uuid, case: Uuid) {
        self.batch.put(key(b'L', &[record.as_bytes(), case.as_bytes()]), b"");
    }
}
