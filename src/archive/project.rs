//! From events to catalog rows: one function for the live path, recovery and rebuild.
//!
//! Catalog = f(entries, bodies). What is read here is the committed body, never what the caller happened to have in
//! memory beside it.

mod facts;
mod says;

pub use says::{PERIODS, ReadBody, Says, VERDICTS, index_document, outcome_counted, period_counted, says};

use super::destruction::fates::Fates;
use super::truth::Committed;
use crate::catalog::{
    Batch, Catalog, Cursor, EventRow, EvidenceRow, Fact, FactRow, Identified, Kept, Lot, Named, ObjectRow, PlacedRow,
    RunRow,
};
use crate::digest::Blake3;
use crate::error::{Error, Result};
use crate::event::{Detail, EventKind};
use crate::index::IndexDocument;
use crate::position::{Location, Position};
use crate::time::Micros;
use says::{DisposalRows, RecordRows, Tombstone, damaged, held_as};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Records whose identifiers are remembered at most: 70 MB with the table's room. With more of them, those before are
/// looked up in the catalog.
const REMEMBERED_MAX: usize = 3_600_000;

/// Builds up a batch of catalog changes from committed events.
pub struct Projection<'a> {
    before: Before<'a>,
    batch: Batch,
    keys: (u64, Blake3),
    time: Micros,
    scopes: HashMap<Uuid, u64>,
    /// Identifiers of records that were met.
    identified: HashSet<Identified>,
    /// Titles of the batch's dossiers, by code.
    titles: HashMap<String, String>,
    /// Those of the batch that was handed over, which the catalog may not show yet.
    titles_before: HashMap<String, String>,
    /// When records are to be validated again, by the runs that were met; `None`: not any more.
    waiting: HashMap<Uuid, Option<Micros>>,
    /// Lots of records that the batch has put.
    lots: HashSet<(Uuid, Lot)>,
    /// What the index is to learn.
    documents: Vec<IndexDocument>,
    /// Records that the index is to forget.
    gone: Vec<Uuid>,
}

/// What came before the batch.
enum Before<'a> {
    /// The catalog shows it.
    Shown(&'a Catalog),
    /// It went through this projection, from the first event on.
    Projected(Projected),
}

/// What a projection from the first event on remembers.
struct Projected {
    /// Parts that have no entry yet.
    parts: HashMap<Uuid, Vec<Location>>,
    /// What later events say of earlier ones.
    fates: Arc<Fates>,
}

impl<'a> Projection<'a> {
    /// Continues from the catalog's cursor.
    pub fn after(catalog: &'a Catalog, cursor: Option<Cursor>) -> Self {
        let mut projection = Self::from_nothing(Arc::default());
        projection.before = Before::Shown(catalog);
        if let Some(cursor) = cursor {
            (projection.keys, projection.time) = (cursor.keys, cursor.time);
        }
        projection
    }

    /// Begins before the first event, and looks nothing up: whoever uses it hands over every event, those that are gone by
    /// `fates` without their bodies.
    pub fn from_nothing(fates: Arc<Fates>) -> Self {
        Self {
            before: Before::Projected(Projected { parts: HashMap::new(), fates }),
            batch: Batch::default(),
            keys: (0, Blake3([0; 32])),
            time: Micros(0),
            scopes: HashMap::new(),
            identified: HashSet::new(),
            titles: HashMap::new(),
            titles_before: HashMap::new(),
            waiting: HashMap::new(),
            lots: HashSet::new(),
            documents: Vec::new(),
            gone: Vec::new(),
        }
    }

    /// Adds one event. `scope` is the scope of its KEY frame, `body` what it committed to.
    pub fn event(&mut self, event: &Committed, scope: Option<Uuid>, body: Option<ReadBody<'_>>) -> Result<()> {
        let row = EventRow {
            index: event.index,
            entry: event.at,
            key: event.key,
            objects: event.objects.iter().map(|(id, parts)| ObjectRow { id: *id, parts: parts.clone() }).collect(),
        };
        self.batch.event(event.entry.id, event.index, &row);
        if event.ahead {
            // Only what was committed ahead of its entry has been remembered.
            for object in &row.objects {
                self.batch.settle_parts(object.id, object.parts.len());
                if let Before::Projected(projected) = &mut self.before {
                    projected.parts.remove(&object.id);
                }
            }
        }
        self.time = self.time.max(event.entry.time);
        if let Some(Detail::Keys { generation, blake3 }) = event.entry.detail {
            self.keys = (generation, blake3);
        }
        if let Some(scope) = scope {
            let objects = self.scope_objects(scope)? + event.objects.len() as u64;
            self.set_scope_objects(scope, objects);
        }
        if let Some(Detail::Scopes(scopes)) = &event.entry.detail {
            scopes.iter().try_for_each(|scope| self.scope_destroyed(*scope))?;
        }
        match body {
            Some(ReadBody { bytes, says: Says::Record(record) }) => self.record(event.entry.id, bytes, *record),
            Some(ReadBody { says: Says::Amended(bytes, document), .. }) => {
                self.batch.amended(event.entry.id, &bytes);
                self.index(*document);
                Ok(())
            }
            Some(ReadBody { bytes, says: Says::Dossier { file_code, arc_file_code, title, retention, replaces } }) => {
                match event.entry.kind {
                    EventKind::DossierAmended => {
                        let fact = Fact::Stated(retention.statement);
                        self.batch.fact(event.entry.id, &FactRow { subject: event.entry.id, index: event.index, fact });
                    }
                    _ => {
                        self.replaced(event.entry.id, &replaces)?;
                        self.batch.dossier(event.entry.id, &retention);
                    }
                }
                let named = Named::Dossier(event.entry.id);
                self.batch.body(event.entry.id, bytes);
                self.batch.code(&file_code, named);
                self.batch.code(&arc_file_code, named);
                self.titles.insert(file_code, title);
                Ok(())
            }
            Some(ReadBody { says: Says::Described { body, file_code, title }, .. }) => {
                self.batch.body(event.entry.id, &body);
                self.batch.retitled(event.index, event.entry.id);
                self.retitled(event.entry.id, &file_code, &title)?;
                self.titles.insert(file_code, title);
                Ok(())
            }
            Some(ReadBody { says: Says::Actor { name, actor }, .. }) => {
                self.batch.actor(&name, actor);
                Ok(())
            }
            Some(ReadBody { says: Says::Anchor(sha256), .. }) => {
                self.batch.anchor(&sha256, event.entry.id);
                Ok(())
            }
            Some(ReadBody { says: Says::TimeAuthority, .. }) => {
                self.batch.time_authority(event.entry.id);
                Ok(())
            }
            Some(ReadBody { says: Says::Evidence(items), .. }) => {
                for (number, (kind, sha256, serves)) in (0u16..).zip(items) {
                    self.batch.evidence(&sha256, &EvidenceRow { kind, event: event.entry.id, number, serves });
                }
                Ok(())
            }
            Some(ReadBody { says: Says::Validated { outcome, retry_at }, .. }) => {
                self.validated(event.entry.id, &RunRow { index: event.index, outcome, retry_at })
            }
            Some(ReadBody { says: Says::EvidenceSource, .. }) => {
                self.batch.evidence_source(event.entry.id);
                Ok(())
            }
            Some(ReadBody { says: Says::Hold, .. }) => {
                self.batch.hold(event.entry.id);
                Ok(())
            }
            Some(ReadBody { says: Says::Request, .. }) => {
                self.batch.request(event.entry.id);
                Ok(())
            }
            Some(ReadBody { says: Says::Account, .. }) => {
                self.batch.account(event.entry.id);
                Ok(())
            }
            Some(ReadBody { says: Says::Begun { execution }, .. }) => {
                self.batch.execution(execution, event.entry.id);
                Ok(())
            }
            Some(ReadBody { says: Says::Moved { objects, rows }, .. }) => {
                let Some(Detail::Moved { from, to }) = event.entry.detail else { return Err(damaged("move of keys")) };
                self.moved(event.index, (from, to), objects, &rows)
            }
            Some(ReadBody { bytes, says: Says::Destroyed(tombstone) }) => {
                self.destroyed(event.index, event.entry.id, bytes, &tombstone)
            }
            Some(ReadBody { says: Says::Ended { execution }, .. }) => {
                self.batch.execution_ended(execution);
                Ok(())
            }
            Some(ReadBody { says: Says::Rules, .. }) => {
                self.batch.rules(event.index, event.entry.id);
                Ok(())
            }
            Some(ReadBody { says: Says::Facts(facts), .. }) => {
                if !self.concerns_destroyed(&facts) {
                    for (dossier, subject, fact) in facts {
                        self.batch.fact(dossier, &FactRow { subject, index: event.index, fact });
                    }
                }
                Ok(())
            }
            Some(ReadBody { says: Says::Disposal(DisposalRows { number, listed, closed }), .. }) => {
                let case = event.entry.id;
                number.into_iter().for_each(|(year, number)| self.batch.disposal_case(case, year, number));
                listed.into_iter().for_each(|record| self.batch.listed(record, case));
                closed.then(|| self.batch.disposal_case_closed(case));
                Ok(())
            }
            Some(ReadBody { says: Says::Nothing, .. }) | None => Ok(()),
        }
    }

    /// Whether facts are about a record that a later event destroys: then the event may be gone, and they count for nobody.
    fn concerns_destroyed(&self, facts: &[(Uuid, Uuid, Fact)]) -> bool {
        let Before::Projected(Projected { fates, .. }) = &self.before else { return false };
        facts.iter().any(|(_, subject, _)| fates.is_destroyed(*subject))
    }

    fn scope_objects(&self, scope: Uuid) -> Result<u64> {
        match (self.scopes.get(&scope), &self.before) {
            (Some(held), _) => Ok(*held),
            (None, Before::Shown(shown)) => shown.scope_objects(scope).map_err(catalog),
            (None, Before::Projected(_)) => Ok(0),
        }
    }

    fn set_scope_objects(&mut self, scope: Uuid, objects: u64) {
        self.scopes.insert(scope, objects);
        self.batch.scope_objects(scope, objects);
    }

    /// Keys were wrapped under another scope. From the first event on, each event is counted under its last scope.
    fn moved(&mut self, index: u64, (from, to): (Uuid, Uuid), objects: u64, rows: &[(u64, Vec<u8>)]) -> Result<()> {
        self.batch.move_to(to, index);
        match &self.before {
            Before::Projected(Projected { fates, .. }) => {
                let live = rows.iter().filter(|(index, _)| !fates.is_dead(*index));
                live.for_each(|(index, frame)| self.batch.moved_keys(*index, frame));
            }
            Before::Shown(_) => {
                rows.iter().for_each(|(index, frame)| self.batch.moved_keys(*index, frame));
                let left = self.scope_objects(from)?.saturating_sub(objects);
                self.set_scope_objects(from, left);
                let held = self.scope_objects(to)? + objects;
                self.set_scope_objects(to, held);
            }
        }
        Ok(())
    }

    /// A scope key is gone, and with it the keys that were moved to it.
    fn scope_destroyed(&mut self, scope: Uuid) -> Result<()> {
        self.scopes.remove(&scope);
        let Before::Shown(shown) = &self.before else { return Ok(()) };
        self.batch.forget_scope(scope, &shown.moves_to(scope).map_err(catalog)?);
        Ok(())
    }

    /// A record is gone: what is known of it goes, its codes and its place stay, and its tombstone comes.
    fn destroyed(&mut self, index: u64, id: Uuid, bytes: &[u8], tombstone: &Tombstone) -> Result<()> {
        if let Before::Shown(shown) = &self.before {
            if let Some(body) = shown.body(id).map_err(catalog)? {
                let (file_code, held) = held_as(&body)?;
                held.files.iter().for_each(|file| self.batch.forget_file(file, id));
                if let Some(content) = held.content
                    && shown.holding(&file_code, &content).map_err(catalog)? == Some(id)
                {
                    self.batch.forget_holding(&file_code, &content);
                }
            }
            if let Some(kept) = shown.kept(tombstone.dossier).map_err(catalog)? {
                self.batch.forget_facts(tombstone.dossier, id, &kept.facts);
                let left = self.lot_left_by(id, &kept);
                left.into_iter().for_each(|lot| self.batch.forget_lot(kept.id, &lot));
            }
            self.batch.forget_record(id, shown.validated(id).map_err(catalog)?);
            for (at, row) in shown.events(id).map_err(catalog)? {
                if at < index {
                    self.batch.forget_bodies(id, at, row.entry);
                }
            }
        }
        self.batch.tombstone(id, tombstone.dossier, tombstone.ordinal, bytes);
        self.batch.code(&tombstone.doc_code, Named::Record(id));
        self.batch.code(&tombstone.arc_doc_code, Named::Record(id));
        tombstone.identified.into_iter().for_each(|identifier| self.batch.identified(identifier, id));
        self.gone.push(id);
        Ok(())
    }

    /// What described a dossier before is gone, and what the agency stated in it.
    fn replaced(&mut self, dossier: Uuid, indexes: &[u64]) -> Result<()> {
        let Before::Shown(shown) = &self.before else { return Ok(()) };
        if indexes.is_empty() {
            return Ok(());
        }
        if let Some(mut kept) = shown.kept(dossier).map_err(catalog)? {
            kept.facts.retain(|row| indexes.contains(&row.index));
            self.batch.forget_facts(dossier, dossier, &kept.facts);
        }
        for (at, row) in shown.events(dossier).map_err(catalog)? {
            if indexes.contains(&at) {
                self.batch.forget_bodies(dossier, at, row.entry);
                self.batch.forget_retitled(at);
            }
        }
        Ok(())
    }

    /// The title of a dossier is another: what the index knows of each of its records says so.
    fn retitled(&mut self, dossier: Uuid, file_code: &str, title: &str) -> Result<()> {
        let of_batch = self.documents.iter_mut().filter(|document| document.file_code == file_code);
        of_batch.for_each(|document| title.clone_into(&mut document.dossier_title));
        let Before::Shown(shown) = &self.before else { return Ok(()) };
        let known: HashSet<Uuid> = self.documents.iter().map(|document| document.record).collect();
        for (_, record) in shown.records_of(dossier, 0, usize::MAX).map_err(catalog)? {
            if !known.contains(&record)
                && let Some(body) = shown.body(record).map_err(catalog)?
                && let Some(document) = index_document(record, &body)
            {
                self.documents.push(IndexDocument { dossier_title: title.to_owned(), ..document });
            }
        }
        Ok(())
    }

    /// The lot of which a record is the last that is there.
    fn lot_left_by(&self, id: Uuid, kept: &Kept) -> Option<Lot> {
        let mut records = kept.records.iter().map(|(_, placed)| placed);
        let lot = records.clone().find(|placed| placed.record == id)?.lot();
        let stays = |one: &PlacedRow| one.record != id && !self.gone.contains(&one.record) && one.lot() == lot;
        let is_shared = records.any(stays) || self.lots.contains(&(kept.id, lot.clone()));
        (!is_shared).then_some(lot)
    }

    fn validated(&mut self, record: Uuid, row: &RunRow) -> Result<()> {
        let before = match (self.waiting.get(&record), &self.before) {
            (Some(before), _) => *before,
            (None, Before::Shown(shown)) => shown.validated(record).map_err(catalog)?.and_then(|row| row.retry_at),
            (None, Before::Projected(_)) => None,
        };
        match (&self.before, row.retry_at) {
            // Nothing is known of it, and nothing waits: the most of them need no memory.
            (Before::Projected(_), None) => _ = self.waiting.remove(&record),
            (_, retry_at) => _ = self.waiting.insert(record, retry_at),
        }
        self.batch.validated(record, row, before);
        Ok(())
    }

    /// Remembers a part of an object whose entry has not come yet.
    pub fn part(&mut self, object: Uuid, part: u32, at: Location) {
        if let Before::Projected(projected) = &self.before
            && projected.fates.is_ahead(object)
        {
            return;
        }
        self.batch.pending_part(object, part, at);
        if let Before::Projected(projected) = &mut self.before {
            projected.parts.entry(object).or_default().push(at);
        }
    }

    /// Parts of an object that were committed ahead of its entry, in order.
    pub fn pending_parts(&self, object: Uuid) -> Result<Vec<Location>> {
        match &self.before {
            Before::Shown(shown) => shown.pending_parts(object).map_err(catalog),
            Before::Projected(projected) => Ok(projected.parts.get(&object).cloned().unwrap_or_default()),
        }
    }

    /// Bytes of the batch so far.
    pub fn size(&self) -> usize {
        self.batch.size()
    }

    /// Whether it remembers more than it should: see [`Projection::look_up_in`].
    pub fn is_full(&self) -> bool {
        self.identified.len() + self.waiting.len() > REMEMBERED_MAX
    }

    /// From now on looks up what came before in the catalog, which shows everything that was taken.
    pub fn look_up_in(&mut self, shown: &'a Catalog) {
        self.before = Before::Shown(shown);
        self.identified.clear();
        self.waiting.clear();
    }

    /// Whether what came before is looked up in the catalog, so that every batch must be there before the next.
    pub fn looks_up(&self) -> bool {
        matches!(self.before, Before::Shown(_))
    }

    /// Hands the rows of the batch to `visit` instead of the catalog; the next batch builds on this one.
    pub fn drain(&mut self, visit: impl FnMut(&[u8], Option<&[u8]>)) {
        self.batch.drain(visit);
        self.documents.clear();
        self.gone.clear();
        self.titles.clear();
        self.lots.clear();
    }

    /// What the index is to learn of the batch so far.
    pub fn take_documents(&mut self) -> Vec<IndexDocument> {
        std::mem::take(&mut self.documents)
    }

    /// Records that the index is to forget.
    pub fn take_gone(&mut self) -> Vec<Uuid> {
        std::mem::take(&mut self.gone)
    }

    /// The batch, the cursor that goes with it when the ledger is shown up to `position`, and what the index is to
    /// learn. The next batch builds on this one.
    pub fn take(&mut self, position: Position) -> (Batch, Cursor, Vec<IndexDocument>) {
        let cursor = self.cursor(position);
        (std::mem::take(&mut self.batch), cursor, std::mem::take(&mut self.documents))
    }

    /// The batch and its cursor when the ledger is shown up to `position`, to be loaded as one file while the next batch,
    /// which builds on it, takes the memory of `spare`. What was handed over before must be loaded by now.
    pub fn hand_over(&mut self, position: Position, spare: Batch) -> (Batch, Cursor) {
        let titles = std::mem::take(&mut self.titles);
        let cursor = self.cursor(position);
        self.titles_before = titles;
        (std::mem::replace(&mut self.batch, spare), cursor)
    }

    /// The cursor that goes with the batch, which is at its end.
    fn cursor(&mut self, position: Position) -> Cursor {
        self.titles.clear();
        self.titles_before.clear();
        self.lots.clear();
        if let Before::Shown(_) = self.before {
            self.identified.clear();
        }
        Cursor { position, time: self.time, keys: self.keys }
    }

    /// Makes everything visible up to `position`.
    pub fn apply(mut self, shown: &Catalog, position: Position) -> Result<(Cursor, Vec<IndexDocument>)> {
        let (batch, cursor, documents) = self.take(position);
        shown.apply(batch, &cursor).map_err(catalog)?;
        Ok((cursor, documents))
    }

    fn record(&mut self, id: Uuid, bytes: &[u8], record: RecordRows) -> Result<()> {
        let RecordRows { dossier, ordinal, arc_doc_code, held, identifier, placed, document } = record;
        self.batch.body(id, bytes);
        self.batch.code(&document.doc_code, Named::Record(id));
        self.batch.code(&arc_doc_code, Named::Record(id));
        self.batch.placed(dossier, ordinal, &placed);
        let lot = placed.lot();
        if self.lots.insert((dossier, lot.clone())) {
            self.batch.lot(dossier, &lot);
        }
        if let Some(content) = held.content {
            self.batch.holding(&document.file_code, &content, id);
        }
        held.files.iter().for_each(|file| self.batch.file(file, id));
        if let Some(identifier) = identifier.as_deref().map(Identified::of)
            && self.is_first(identifier)?
        {
            self.batch.identified(identifier, id);
        }
        self.index(document);
        Ok(())
    }

    /// Hands a document to the index, with the title of its dossier where that is at hand.
    fn index(&mut self, mut document: IndexDocument) {
        let titles = [&self.titles, &self.titles_before];
        if let Some(title) = titles.into_iter().find_map(|titles| titles.get(&document.file_code)) {
            document.dossier_title.clone_from(title);
        }
        self.documents.push(document);
    }

    /// Whether no record before has this identifier.
    fn is_first(&mut self, identifier: Identified) -> Result<bool> {
        let shown = match &self.before {
            Before::Shown(shown) => shown.identified(identifier).map_err(catalog)?.is_some(),
            Before::Projected(projected) => projected.fates.holds(identifier),
        };
        Ok(!shown && self.identified.insert(identifier))
    }
}
/// A failure of the catalog is never a failure of the archive: it can be rebuilt.
pub fn catalog(error: crate::catalog::CatalogError) -> Error {
    let remedy = match error.is_spoilt() {
        true => "run `chauban rebuild`",
        false => "the catalog itself is whole: mend what the words name (room, rights, open files), and try again",
    };
    Error::unavailable("the catalog can't be used").remedy(remedy).because(error)
}

#[cfg(test)]
mod tests;
