//! Showing what the archive knows of a record or dossier, and everything that ever happened to it; searching.

use super::body::{DossierBody, RecordBody, TombstoneBody};
use super::describe::Amendment;
use super::index_follow;
use super::project;
use super::reading::{Archive, Reading};
use crate::catalog::Named;
use crate::digest::Sha256;
use crate::error::{Error, Kind, Result};
use crate::event::{Entry, EventKind};
use crate::index::{Facets, Index, Query};
use crate::record::FileCode;
use crate::retention::civil::vietnamese_day;
use chrono::NaiveDate;
use std::borrow::Cow;
use uuid::Uuid;

/// A record or dossier with what it says.
pub enum Shown {
    /// A record.
    Record {
        /// Its identifier.
        id: Uuid,
        /// Its body.
        body: Box<RecordBody>,
        /// Its dossier.
        dossier: Box<DossierBody>,
        /// Its accession.
        event: Event,
    },
    /// A dossier.
    Dossier {
        /// Its identifier.
        id: Uuid,
        /// Its body.
        body: Box<DossierBody>,
        /// Its newest event.
        event: Event,
        /// Its records: ordinal and identifier.
        records: Vec<(u32, Uuid)>,
    },
    /// A record that was destroyed by law.
    Destroyed {
        /// Its identifier.
        id: Uuid,
        /// What is told of it.
        tombstone: Box<TombstoneBody>,
        /// Its destruction.
        event: Event,
    },
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its ledger index.
    pub index: u64,
    /// Its entry.
    pub entry: Entry,
    /// The entry's exact bytes.
    pub bytes: Vec<u8>,
    /// Who acted; `None` where the pseudonym is nobody's.
    pub actor: Option<String>,
    /// What it amended in a description.
    pub amendment: Option<Amendment>,
}

/// Dossiers that one file is looked for in.
const HOLDERS_MAX: usize = 100;
/// Records of a dossier listed at most.
const RECORDS_MAX: usize = 10_000;

impl Archive {
    /// A record's body, from the catalog.
    pub fn record(&self, id: Uuid) -> Result<RecordBody> {
        self.read_body(id)
    }

    /// The dossier of a record.
    pub(super) fn dossier_of(&self, record: Uuid) -> Result<Uuid> {
        Uuid::try_parse(&self.record(record)?.dossier).map_err(|_| Error::corrupt("the body is damaged"))
    }

    /// A dossier's body, from the catalog.
    pub fn dossier(&self, id: Uuid) -> Result<DossierBody> {
        self.read_body(id)
    }

    /// What is told of a destroyed record; `None` of any other.
    pub fn tombstone(&self, id: Uuid) -> Result<Option<TombstoneBody>> {
        let Some(bytes) = self.catalog.tombstone(id).map_err(project::catalog)? else { return Ok(None) };
        let damaged = |error| Error::corrupt(format!("the catalog's tombstone of {id} is damaged")).because(error);
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    /// The day on which the ledger said that a record is gone.
    pub fn destroyed_on(&self, id: Uuid) -> Result<Option<NaiveDate>> {
        for (_, row) in self.catalog.events(id).map_err(project::catalog)?.iter().rev() {
            let (_, entry) = self.entry(row)?;
            if entry.kind == EventKind::RecordDestroyed {
                return Ok(Some(vietnamese_day(entry.time)));
            }
        }
        Ok(None)
    }

    /// What is told of the records of a dossier that were destroyed.
    pub fn destroyed_of(&self, dossier: Uuid) -> Result<Vec<TombstoneBody>> {
        let gone = self.catalog.gone_of(dossier).map_err(project::catalog)?;
        gone.into_iter().map(|id| self.told_of(id)).collect()
    }

    /// What is told of a record that the catalog says is gone.
    pub(super) fn told_of(&self, id: Uuid) -> Result<TombstoneBody> {
        self.tombstone(id)?.ok_or_else(|| Error::corrupt(format!("{id} has no tombstone")))
    }

    fn read_body<T: serde::de::DeserializeOwned>(&self, id: Uuid) -> Result<T> {
        let Some(bytes) = self.catalog.body(id).map_err(project::catalog)? else {
            return Err(match self.tombstone(id)? {
                Some(tombstone) => destroyed(&tombstone),
                None => Error::not_found(format!("there is no {id}")),
            });
        };
        serde_json::from_slice(&bytes)
            .map_err(|error| Error::corrupt(format!("the catalog's row of {id} is damaged")).because(error))
    }

    /// The records of a dossier after an ordinal, in order.
    pub fn records_of(&self, dossier: Uuid, after: u32, limit: usize) -> Result<Vec<(u32, Uuid)>> {
        self.catalog.records_of(dossier, after, limit).map_err(project::catalog)
    }

    /// The records that have a file with this digest, with their dossiers. Of a destroyed record nothing is kept by which
    /// its files would be known again.
    pub fn holding_file(&self, sha256: &Sha256) -> Result<Vec<(Uuid, RecordBody, DossierBody)>> {
        let text = sha256.to_string();
        let mut found = Vec::new();
        for id in self.catalog.all_holding(sha256, HOLDERS_MAX).map_err(project::catalog)? {
            let body = self.record(id)?;
            let dossier = Uuid::try_parse(&body.dossier).map_err(|_| Error::corrupt("the body is damaged"))?;
            // The content of several files is a digest, too, but none of a file.
            if body.components.iter().any(|one| one.sha256 == text) {
                found.push((id, body, self.dossier(dossier)?));
            }
        }
        Ok(found)
    }

    /// What `text` names.
    pub fn show(&self, text: &str) -> Result<Shown> {
        match self.find(text)? {
            Named::Record(id) => {
                if let Some(tombstone) = self.tombstone(id)? {
                    return Ok(Shown::Destroyed { id, tombstone: Box::new(tombstone), event: self.newest_event(id)? });
                }
                let body = Box::new(self.record(id)?);
                let dossier = Uuid::try_parse(&body.dossier).map_err(|_| Error::corrupt("the body is damaged"))?;
                let event = self.newest_event(id)?;
                Ok(Shown::Record { id, body, dossier: Box::new(self.dossier(dossier)?), event })
            }
            Named::Dossier(id) => Ok(Shown::Dossier {
                id,
                body: Box::new(self.dossier(id)?),
                event: self.newest_event(id)?,
                records: self.catalog.records_of(id, 0, RECORDS_MAX).map_err(project::catalog)?,
            }),
        }
    }

    /// The events of what `text` names, oldest first.
    pub fn history(&self, text: &str) -> Result<Vec<Event>> {
        let own = Uuid::try_parse(text).ok().filter(|id| *id == self.format.archive);
        let id = match own {
            Some(archive) => archive,
            None => match self.find(text)? {
                Named::Record(id) | Named::Dossier(id) => id,
            },
        };
        let rows = self.catalog.events(id).map_err(project::catalog)?;
        rows.into_iter().map(|(index, row)| self.event(index, &row)).collect()
    }

    fn newest_event(&self, id: Uuid) -> Result<Event> {
        let newest = self.catalog.last_event(id).map_err(project::catalog)?;
        let (index, row) = newest.ok_or_else(|| Error::not_found(format!("there is no {id}")))?;
        self.event(index, &row)
    }

    /// An event, with who acted.
    pub(super) fn event(&self, index: u64, row: &crate::catalog::EventRow) -> Result<Event> {
        let (bytes, entry) = self.entry(row)?;
        let actor = self.catalog.actor_name(entry.actor).map_err(project::catalog)?;
        let amendment = self.amendment(&entry, row)?;
        Ok(Event { index, entry, bytes, actor, amendment })
    }
}

/// That a record is gone by law, for whoever asks for what it held.
pub(super) fn destroyed(tombstone: &TombstoneBody) -> Error {
    let what = format!("{} was destroyed by law, in disposal case {}", tombstone.doc_code, tombstone.case);
    Error::not_found(what).remedy("`chauban show` tells what it was, `chauban history` when it was destroyed")
}

/// A page of search results.
pub struct Found {
    /// How many records match in all.
    pub total: usize,
    /// Those of this page, as the catalog shows them.
    pub records: Vec<(Uuid, RecordBody)>,
    /// How many entries the catalog shows and the index does not yet: another process is writing.
    pub behind: u64,
}

impl Reading {
    /// Searches the index, brought up to date first where nobody is writing; each hit is read from the catalog.
    pub fn search(&self, query: &Query) -> Result<Found> {
        if query.from.zip(query.to).is_some_and(|(from, to)| from > to) {
            return Err(Error::invalid("the first day lies after the last"));
        }
        let query = &self.without_archive_code(query);
        let index = self.index().ok().filter(|index| self.size().is_ok_and(|size| index.cursor() == size));
        let index = match index {
            Some(index) => index,
            None => {
                if let Err(error) = index_follow::catch_up(&self.index_home(), &self.catalog) {
                    tracing::info!(%error, "the index is being written by another process; searching what it shows");
                }
                self.index()?
            }
        };
        self.found(&index, query)
    }

    /// Counts what a query finds, by what it has in common; as of the last search.
    pub fn facets(&self, query: &Query) -> Result<Facets> {
        self.index()?.facets(&self.without_archive_code(query)).map_err(index_follow::failed)
    }

    /// A dossier is named by its code or by that with the archive's before it, everywhere.
    fn without_archive_code<'a>(&self, query: &'a Query) -> Cow<'a, Query> {
        let named = query.dossier.as_deref().and_then(|code| code.parse::<FileCode>().ok());
        match named.and_then(|code| code.without_archive(&self.format.archive_code)) {
            Some(code) => Cow::Owned(Query { dossier: Some(code.to_string()), ..query.clone() }),
            None => Cow::Borrowed(query),
        }
    }

    fn found(&self, index: &Index, query: &Query) -> Result<Found> {
        let hits = index.search(query).map_err(index_follow::failed)?;
        let mut records = Vec::with_capacity(hits.records.len());
        for id in hits.records {
            match self.record(id) {
                Ok(body) => records.push((id, body)),
                // It was destroyed since the index learned of it.
                Err(error) if error.kind() == Kind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Found { total: hits.total, records, behind: self.size()?.saturating_sub(index.cursor()) })
    }
}
