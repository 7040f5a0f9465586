//! From events to catalog rows: one function for the live path, recovery and rebuild.
//!
//! Catalog = f(entries, bodies). What is read here is the committed body, never what the caller happened to have in
//! memory beside it.

use super::body::{ActorBody, DossierBody, EvidenceCapturedBody, RunFields, TrustAnchorBody};
use super::truth::Committed;
use super::validation::EvidenceKind;
use crate::catalog::{Batch, Catalog, Cursor, EventRow, EvidenceRow, Named, ObjectRow, RunRow};
use crate::digest::{Blake3, Sha256};
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, Entry, EventKind};
use crate::index::IndexDocument;
use crate::position::{Location, Position};
use crate::record;
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
    /// What records wait for by events of this batch.
    waiting: HashMap<Uuid, Option<Micros>>,
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
            waiting: HashMap::new(),
            documents: Vec::new(),
        }
    }

    /// Adds one event. `scope` is the scope of its KEY frame, `body` what it committed to.
    pub fn event(&mut self, event: &Committed, scope: Option<Uuid>, body: Option<ReadBody<'_>>) -> Result<()> {
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
        match body {
            Some(ReadBody { bytes, says: Says::Record(record) }) => self.record(event.entry.id, bytes, *record),
            Some(ReadBody { bytes, says: Says::Dossier { file_code, arc_file_code } }) => {
                let named = Named::Dossier(event.entry.id);
                self.batch.body(event.entry.id, bytes);
                self.batch.code(&file_code, named);
                self.batch.code(&arc_file_code, named);
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
                for (number, (kind, sha256)) in (0u16..).zip(items) {
                    self.batch.evidence(&sha256, &EvidenceRow { kind, event: event.entry.id, number });
                }
                Ok(())
            }
            Some(ReadBody { says: Says::Validated { outcome, retry_at }, .. }) => {
                self.validated(event.entry.id, &RunRow { index: event.index, outcome, retry_at })
            }
            Some(ReadBody { says: Says::Nothing, .. }) | None => Ok(()),
        }
    }

    fn validated(&mut self, record: Uuid, row: &RunRow) -> Result<()> {
        let before = match self.waiting.get(&record) {
            Some(before) => *before,
            None => self.catalog.validated(record).map_err(catalog)?.and_then(|row| row.retry_at),
        };
        self.waiting.insert(record, row.retry_at);
        self.batch.validated(record, row, before);
        Ok(())
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

    fn record(&mut self, id: Uuid, bytes: &[u8], record: RecordRows) -> Result<()> {
        let RecordRows { dossier, ordinal, arc_doc_code, content, identifier, document } = record;
        self.batch.body(id, bytes);
        self.batch.code(&document.doc_code, Named::Record(id));
        self.batch.code(&arc_doc_code, Named::Record(id));
        self.batch.ordinal(dossier, ordinal, id);
        if let Some(content) = content {
            self.batch.holding(&document.file_code, &content, id);
        }
        if let Some(identifier) = identifier
            && !self.identified.contains(&identifier)
            && self.catalog.identified(&identifier).map_err(catalog)?.is_none()
        {
            self.batch.identified(&identifier, id);
            self.identified.insert(identifier);
        }
        self.documents.push(document);
        Ok(())
    }
}

/// An event's body with what it says to the projections: read apart from writing, so that a follower can do both at
/// once.
pub struct ReadBody<'a> {
    bytes: &'a [u8],
    says: Says,
}

/// What a body says to the projections.
pub enum Says {
    /// A record's.
    Record(Box<RecordRows>),
    /// A dossier's codes.
    Dossier {
        /// The agency's.
        file_code: String,
        /// The archive's.
        arc_file_code: String,
    },
    /// Who acts under a pseudonym.
    Actor {
        /// The name.
        name: String,
        /// The pseudonym.
        actor: ActorId,
    },
    /// A trust anchor's fingerprint.
    Anchor(Sha256),
    /// That there is another time-stamping authority.
    TimeAuthority,
    /// Which evidence came: number of its kind and SHA-256, in the order of the components.
    Evidence(Vec<(u8, Sha256)>),
    /// What a validation run of a record led to.
    Validated {
        /// Number of the outcome.
        outcome: u8,
        /// When to validate again.
        retry_at: Option<Micros>,
    },
    /// Nothing.
    Nothing,
}

/// Where a record belongs, and what the index is to know of it.
pub struct RecordRows {
    dossier: Uuid,
    ordinal: u32,
    arc_doc_code: String,
    content: Option<Sha256>,
    identifier: Option<String>,
    document: IndexDocument,
}

/// Reads the body of an event.
pub fn says(entry: &Entry, body: &[u8]) -> Result<Says> {
    match entry.kind {
        EventKind::RecordAccessioned => record_says(entry.id, body),
        EventKind::DossierAccessioned | EventKind::DossierAmended => {
            let body: DossierBody = read(body, "dossier")?;
            Ok(Says::Dossier { file_code: body.file_code, arc_file_code: body.arc_file_code })
        }
        EventKind::ActorRegistered => {
            let body: ActorBody = read(body, "actor")?;
            let actor = body.actor.parse().map_err(|_| damaged("actor"))?;
            Ok(Says::Actor { name: body.name, actor })
        }
        EventKind::TrustAnchorAdded => {
            let body: TrustAnchorBody = read(body, "trust anchor")?;
            body.sha256.parse().map(Says::Anchor).map_err(|_| damaged("trust anchor"))
        }
        EventKind::TimeAuthorityAdded => Ok(Says::TimeAuthority),
        EventKind::EvidenceCaptured => {
            let body: EvidenceCapturedBody = read(body, "piece of evidence")?;
            let item = |kind: &str, sha256: &str| {
                let kind: EvidenceKind = kind.parse().ok()?;
                Some((kind.number(), sha256.parse().ok()?))
            };
            let items = body.items.iter().map(|one| item(&one.kind, &one.sha256));
            items.collect::<Option<_>>().map(Says::Evidence).ok_or_else(|| damaged("piece of evidence"))
        }
        EventKind::SignaturesValidated => {
            let body: RunFields<'_> = read(body, "validation run")?;
            let outcome = super::validation::outcome_number(&body.outcome).ok_or_else(|| damaged("validation run"))?;
            let retry_at = body.retry_at.map(|at| at.parse().map_err(|_| damaged("validation run"))).transpose()?;
            Ok(Says::Validated { outcome, retry_at })
        }
        _ => Ok(Says::Nothing),
    }
}

impl<'a> ReadBody<'a> {
    /// A body together with what was read of it.
    pub fn new(bytes: &'a [u8], says: Says) -> Self {
        Self { bytes, says }
    }
}

fn record_says(id: Uuid, bytes: &[u8]) -> Result<Says> {
    let body: RecordFields<'_> = read(bytes, "record")?;
    let digests = body.components.iter().map(|component| component.sha256.parse());
    let digests: Vec<Sha256> = digests.collect::<Result<_, _>>().map_err(|_| damaged("record"))?;
    Ok(Says::Record(Box::new(RecordRows {
        dossier: Uuid::try_parse(&body.dossier).map_err(|_| damaged("record"))?,
        ordinal: body.ordinal,
        content: record::content_of(&digests),
        document: document(id, &body)?,
        arc_doc_code: body.arc_doc_code.into_owned(),
        identifier: body.identifier.map(Cow::into_owned),
    })))
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
