//! From events to catalog rows: one function for the live path, recovery and rebuild.
//!
//! Catalog = f(entries, bodies). What is read here is the committed body, never what the caller happened to have in
//! memory beside it.

use super::body::{ActorBody, DossierBody};
use super::truth::Committed;
use crate::catalog::{Batch, Catalog, Cursor, EventRow, Named, ObjectRow};
use crate::digest::{Blake3, Sha256};
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, EventKind};
use crate::index::IndexDocument;
use crate::position::{Location, Position};
use crate::time::Micros;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Whether a batch survives a crash of the process before the catalog is flushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// It does.
    Kept,
    /// It need not: the catalog is made from nothing and flushed at the end.
    Left,
}

/// Builds up a batch of catalog changes from committed events.
pub struct Projection<'a> {
    catalog: &'a Catalog,
    batch: Batch,
    keys: (u64, Blake3),
    time: Micros,
    scopes: HashMap<Uuid, u64>,
    identified: HashSet<String>,
    /// What the index is to learn.
    pub documents: Vec<IndexDocument>,
}

impl<'a> Projection<'a> {
    /// Continues from the catalog's cursor.
    pub fn after(catalog: &'a Catalog, cursor: Option<Cursor>) -> Self {
        Self {
            catalog,
            batch: Batch::default(),
            keys: cursor.map_or((0, Blake3([0; 32])), |cursor| cursor.keys),
            time: cursor.map_or(Micros(0), |cursor| cursor.time),
            scopes: HashMap::new(),
            identified: HashSet::new(),
            documents: Vec::new(),
        }
    }

    /// Adds one event. `scope` is the scope of its KEY frame, `body` the JSON it committed to.
    pub fn event(&mut self, event: &Committed, scope: Option<Uuid>, body: Option<&[u8]>) -> Result<()> {
        let row = EventRow {
            entry: event.at,
            key: event.key,
            objects: event.objects.iter().map(|(id, parts)| ObjectRow { id: *id, parts: parts.clone() }).collect(),
        };
        self.batch.event(event.entry.id, event.index, &row);
        if event.ahead {
            // Only what was committed ahead of its entry has been remembered.
            row.objects.iter().for_each(|object| self.batch.settle_parts(object.id, object.parts.len()));
        }
        self.time = self.time.max(event.entry.time);
        if let Some(Detail::Keys { generation, blake3 }) = event.entry.detail {
            self.keys = (generation, blake3);
        }
        if let Some(scope) = scope {
            let held = match self.scopes.get(&scope) {
                Some(held) => *held,
                None => self.catalog.scope_objects(scope).map_err(catalog)?,
            };
            let objects = held + event.objects.len() as u64;
            self.scopes.insert(scope, objects);
            self.batch.scope_objects(scope, objects);
        }
        let Some(body) = body else { return Ok(()) };
        match event.entry.kind {
            EventKind::RecordAccessioned => self.record(event.entry.id, body),
            EventKind::DossierAccessioned | EventKind::DossierAmended => self.dossier(event.entry.id, body),
            EventKind::ActorRegistered => self.actor(body),
            _ => Ok(()),
        }
    }

    /// Remembers a part of an object whose entry has not come yet.
    pub fn part(&mut self, object: Uuid, part: u32, at: Location) {
        self.batch.pending_part(object, part, at);
    }

    /// Makes everything visible up to `position`.
    pub fn apply(self, position: Position, log: Log) -> Result<(Cursor, Vec<IndexDocument>)> {
        let cursor = Cursor { position, time: self.time, keys: self.keys };
        match log {
            Log::Kept => self.catalog.apply(self.batch, &cursor).map_err(catalog)?,
            Log::Left => self.catalog.apply_unlogged(self.batch, &cursor).map_err(catalog)?,
        }
        Ok((cursor, self.documents))
    }

    fn record(&mut self, id: Uuid, bytes: &[u8]) -> Result<()> {
        let body: RecordFields<'_> = read(bytes, "record")?;
        let dossier = Uuid::try_parse(&body.dossier).map_err(|_| damaged("record"))?;
        self.batch.body(id, bytes);
        self.batch.code(&body.doc_code, Named::Record(id));
        self.batch.code(&body.arc_doc_code, Named::Record(id));
        self.batch.ordinal(dossier, body.ordinal, id);
        if let Some(original) = body.components.first() {
            let sha256: Sha256 = original.sha256.parse().map_err(|_| damaged("record"))?;
            self.batch.holding(&body.file_code, &sha256, id);
        }
        let document = document(id, &body)?;
        if let Some(identifier) = body.identifier
            && !self.identified.contains(identifier.as_ref())
            && self.catalog.identified(&identifier).map_err(catalog)?.is_none()
        {
            self.batch.identified(&identifier, id);
            self.identified.insert(identifier.into_owned());
        }
        self.documents.push(document);
        Ok(())
    }

    fn dossier(&mut self, id: Uuid, bytes: &[u8]) -> Result<()> {
        let body: DossierBody = read(bytes, "dossier")?;
        self.batch.body(id, bytes);
        self.batch.code(&body.file_code, Named::Dossier(id));
        self.batch.code(&body.arc_file_code, Named::Dossier(id));
        Ok(())
    }

    fn actor(&mut self, bytes: &[u8]) -> Result<()> {
        let body: ActorBody = read(bytes, "actor")?;
        let actor: ActorId = body.actor.parse().map_err(|_| damaged("actor"))?;
        self.batch.actor(&body.name, actor);
        Ok(())
    }
}

/// The fields of a record's body that the projections need; the rest is passed over.
#[derive(serde::Deserialize)]
struct RecordFields<'a> {
    #[serde(borrow)]
    dossier: Cow<'a, str>,
    file_code: Cow<'a, str>,
    ordinal: u32,
    doc_code: Cow<'a, str>,
    arc_doc_code: Cow<'a, str>,
    agency_code: Cow<'a, str>,
    organ_name: Cow<'a, str>,
    code_number: Cow<'a, str>,
    code_notation: Cow<'a, str>,
    symbol: Cow<'a, str>,
    identifier: Option<Cow<'a, str>>,
    type_name: Cow<'a, str>,
    issued_date: Cow<'a, str>,
    subject: Cow<'a, str>,
    signer: Cow<'a, str>,
    keyword: Vec<String>,
    components: Vec<ComponentFields<'a>>,
}

#[derive(serde::Deserialize)]
struct ComponentFields<'a> {
    #[serde(borrow)]
    sha256: Cow<'a, str>,
}

/// What the index is to know of a record, from its body; `None` where the body is of something else.
pub fn index_document(record: Uuid, body: &[u8]) -> Option<IndexDocument> {
    let fields: RecordFields<'_> = serde_json::from_slice(body).ok()?;
    document(record, &fields).ok()
}

fn document(record: Uuid, body: &RecordFields<'_>) -> Result<IndexDocument> {
    Ok(IndexDocument {
        record,
        doc_code: body.doc_code.to_string(),
        file_code: body.file_code.to_string(),
        dossier_title: String::new(),
        agency: body.agency_code.to_string(),
        organ_name: body.organ_name.to_string(),
        number: body.code_number.to_string(),
        notation: body.code_notation.to_string(),
        symbol: body.symbol.to_string(),
        document_type: body.type_name.parse().map_err(|_| damaged("record"))?,
        issued: body.issued_date.parse().map_err(|_| damaged("record"))?,
        subject: body.subject.to_string(),
        signer: body.signer.to_string(),
        keywords: body.keyword.clone(),
    })
}

fn read<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8], what: &'static str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| damaged(what).because(error))
}

fn damaged(what: &str) -> Error {
    Error::corrupt(format!("the body of a {what} is not in its form"))
}

/// A failure of the catalog is never a failure of the archive: it can be rebuilt.
pub fn catalog(error: crate::catalog::CatalogError) -> Error {
    Error::unavailable("the catalog can't be used").remedy("run `chauban rebuild`").because(error)
}
