//! What the bodies of events say to catalog and index: read apart from writing, so that a follower does both at once.
//!
//! Only the fields that a projection needs are read; the rest of a body is passed over.

use super::facts;
use crate::archive::body::{
    ActBody, ActorBody, AmendedFields, DescribedFields, DestructionBegunBody, DestructionEndedBody, DisposalActedBody,
    DisposalOpenedBody, EvidenceCapturedBody, EvidenceItem, ExaminationBody, KeysMovedBody, RetentionBody, RunFields,
    TombstoneBody, TrustAnchorBody,
};
use crate::archive::destruction::table;
use crate::archive::validation::{self, EvidenceKind};
use crate::catalog::{DossierRow, Fact, Identified, PlacedRow, Serves};
use crate::digest::{Sha256, unhex};
use crate::error::{Error, Result};
use crate::event::{ActorId, Entry, EventKind};
use crate::index::IndexDocument;
use crate::record::{self, Period};
use crate::retention::Statement;
use crate::retention::civil::vietnamese_day;
use crate::time::Micros;
use std::borrow::Cow;
use uuid::Uuid;

/// An event's body with what it says to the projections: read apart from writing, so that a follower can do both at
/// once.
pub struct ReadBody<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) says: Says,
}

/// What a body says to the projections.
#[derive(Default)]
pub enum Says {
    /// A record's.
    Record(Box<RecordRows>),
    /// A record's body as it reads since it was amended, and what the index is to know of it.
    Amended(Vec<u8>, Box<IndexDocument>),
    /// A dossier's codes.
    Dossier {
        /// The agency's.
        file_code: String,
        /// The archive's.
        arc_file_code: String,
        /// Its title.
        title: String,
        /// What its retention counts from.
        retention: DossierRow,
        /// The entries that described it before and are gone.
        replaces: Vec<u64>,
    },
    /// A dossier's body as it reads since it was amended.
    Described {
        /// Its body.
        body: Vec<u8>,
        /// Its code.
        file_code: String,
        /// Its title.
        title: String,
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
    /// Which evidence came: number of its kind, SHA-256, whom it serves, in the order of the components.
    Evidence(Vec<(u8, Sha256, Option<Serves>)>),
    /// What a validation run of a record led to.
    Validated {
        /// Number of the outcome.
        outcome: u8,
        /// When to validate again.
        retry_at: Option<Micros>,
    },
    /// That there is another source of evidence.
    EvidenceSource,
    /// That there is another hold.
    Hold,
    /// That there is another request of a reader.
    Request,
    /// That records are about to be destroyed.
    Begun {
        /// Identifier of the execution.
        execution: Uuid,
    },
    /// Keys under another scope.
    Moved {
        /// How many objects' they are.
        objects: u64,
        /// Ledger index of an event and the new body of its KEY frame.
        rows: Vec<(u64, Vec<u8>)>,
    },
    /// What is told of a destroyed record.
    Destroyed(Box<Tombstone>),
    /// That a destruction is finished.
    Ended {
        /// Identifier of the execution.
        execution: Uuid,
    },
    /// That there are other rules.
    Rules,
    /// What bears on the retention of records and dossiers: dossier, subject, fact.
    Facts(Vec<(Uuid, Uuid, Fact)>),
    /// What happened to a disposal case.
    Disposal(DisposalRows),
    /// That there is an account.
    Account,
    /// Nothing.
    #[default]
    Nothing,
}

/// What the catalog needs of a tombstone.
pub struct Tombstone {
    pub(super) dossier: Uuid,
    pub(super) ordinal: u32,
    pub(super) doc_code: String,
    pub(super) arc_doc_code: String,
    /// Where no other record has its identifier.
    pub identified: Option<Identified>,
    /// Objects of which parts were committed ahead.
    pub ahead: Vec<Uuid>,
}

/// What the catalog is told of a disposal case.
#[derive(Default)]
pub struct DisposalRows {
    /// Its year and number, where it is opened.
    pub number: Option<(u16, u32)>,
    /// Records that come onto its list.
    pub listed: Vec<Uuid>,
    /// Whether it ends.
    pub closed: bool,
}

/// Where a record belongs, and what the index is to know of it.
pub struct RecordRows {
    pub(super) dossier: Uuid,
    pub(super) ordinal: u32,
    pub(super) arc_doc_code: String,
    pub(super) held: Held,
    pub(super) identifier: Option<String>,
    pub(super) placed: PlacedRow,
    pub(super) document: IndexDocument,
}

/// By what a record is found again from its files.
pub(super) struct Held {
    /// All of them in their order (`record::content_of`).
    pub content: Option<Sha256>,
    /// Each of them, where there are several.
    pub files: Vec<Sha256>,
}

/// Reads the body of an event.
pub fn says(entry: &Entry, body: &[u8]) -> Result<Says> {
    match entry.kind {
        EventKind::RecordAccessioned => record_says(entry, body),
        EventKind::DossierAccessioned | EventKind::DossierAmended | EventKind::DossierReduced => {
            let body: DossierFields = read(body, "dossier")?;
            let retention = facts::of_dossier(entry, &body).ok_or_else(|| damaged("dossier"))?;
            let DossierFields { file_code, arc_file_code, title, replaces, .. } = body;
            Ok(Says::Dossier { file_code, arc_file_code, title, retention, replaces })
        }
        EventKind::DescriptionAmended => {
            let body: AmendedFields<'_> = read(body, "amendment")?;
            let bytes = body.record.get().as_bytes();
            let document = document(entry.id, &read::<RecordFields<'_>>(bytes, "record")?)?;
            Ok(Says::Amended(bytes.to_vec(), Box::new(document)))
        }
        EventKind::DossierDescribed => {
            let body: DescribedFields<'_> = read(body, "amendment")?;
            let bytes = body.dossier.get().as_bytes();
            let DossierFields { file_code, title, .. } = read(bytes, "dossier")?;
            Ok(Says::Described { body: bytes.to_vec(), file_code, title })
        }
        EventKind::ActorRegistered => {
            let body: ActorBody = read(body, "actor")?;
            let actor = body.actor.parse().map_err(|_| damaged("actor"))?;
            Ok(Says::Actor { name: body.name, actor })
        }
        EventKind::TrustAnchorAdded | EventKind::TrustAnchorProposed => {
            let body: TrustAnchorBody = read(body, "trust anchor")?;
            body.sha256.parse().map(Says::Anchor).map_err(|_| damaged("trust anchor"))
        }
        EventKind::TimeAuthorityAdded => Ok(Says::TimeAuthority),
        EventKind::EvidenceCaptured => {
            let body: EvidenceCapturedBody = read(body, "piece of evidence")?;
            let item = |one: &EvidenceItem| {
                let kind: EvidenceKind = one.kind.parse().ok()?;
                let serves = match &one.serves {
                    Some(serves) => {
                        let (authority, until) = (serves.authority.parse().ok()?, serves.until.parse().ok()?);
                        Some(Serves { authority, until })
                    }
                    None => None,
                };
                Some((kind.number(), one.sha256.parse().ok()?, serves))
            };
            let items = body.items.iter().map(item);
            items.collect::<Option<_>>().map(Says::Evidence).ok_or_else(|| damaged("piece of evidence"))
        }
        EventKind::SignaturesValidated => {
            let body: RunFields<'_> = read(body, "validation run")?;
            let outcome = validation::outcome_number(&body.outcome).ok_or_else(|| damaged("validation run"))?;
            let retry_at = body.retry_at.map(|at| at.parse().map_err(|_| damaged("validation run"))).transpose()?;
            Ok(Says::Validated { outcome, retry_at })
        }
        EventKind::EvidenceSourceAdded => Ok(Says::EvidenceSource),
        EventKind::HoldPlaced => Ok(Says::Hold),
        EventKind::RequestReceived => Ok(Says::Request),
        EventKind::AccountProposed => Ok(Says::Account),
        EventKind::DestructionBegun => {
            let body: DestructionBegunBody = read(body, "destruction")?;
            Uuid::try_parse(&body.execution)
                .map(|execution| Says::Begun { execution })
                .map_err(|_| damaged("destruction"))
        }
        EventKind::KeysMoved => {
            let body: KeysMovedBody = read(body, "move of keys")?;
            let rows = table::decode(&body.table).ok_or_else(|| damaged("move of keys"))?;
            Ok(Says::Moved { objects: body.objects, rows })
        }
        EventKind::RecordDestroyed => tombstone_says(body).map(|tombstone| Says::Destroyed(Box::new(tombstone))),
        EventKind::DestructionEnded => {
            let body: DestructionEndedBody = read(body, "destruction")?;
            Uuid::try_parse(&body.execution)
                .map(|execution| Says::Ended { execution })
                .map_err(|_| damaged("destruction"))
        }
        EventKind::RulesProposed
        | EventKind::RulesAdopted
        | EventKind::HolidaysAdopted
        | EventKind::ArchiveKindSet
        | EventKind::ArchiveNamed
        | EventKind::AgencySectorSet => Ok(Says::Rules),
        EventKind::DisposalOpened | EventKind::DisposalActed => disposal_says(entry.kind, body),
        _ => facts::says(entry, body),
    }
}

fn disposal_says(kind: EventKind, bytes: &[u8]) -> Result<Says> {
    const WHAT: &str = "disposal case";
    if kind == EventKind::DisposalOpened {
        let body: DisposalOpenedBody = read(bytes, WHAT)?;
        return Ok(Says::Disposal(DisposalRows { number: Some((body.year, body.number)), ..DisposalRows::default() }));
    }
    let body: DisposalActedBody = read(bytes, WHAT)?;
    let mut rows = DisposalRows::default();
    for act in &body.acts {
        match act {
            ActBody::Add(item) => rows.listed.push(Uuid::try_parse(&item.record).map_err(|_| damaged(WHAT))?),
            ActBody::Keep { .. } | ActBody::Abort { .. } => rows.closed = true,
            _ => {}
        }
    }
    Ok(Says::Disposal(rows))
}

impl<'a> ReadBody<'a> {
    /// A body together with what was read of it.
    pub fn new(bytes: &'a [u8], says: Says) -> Self {
        Self { bytes, says }
    }
}

/// Reads a tombstone.
fn tombstone_says(bytes: &[u8]) -> Result<Tombstone> {
    let body: TombstoneBody = read(bytes, "destroyed record")?;
    let id = |text: &String| Uuid::try_parse(text).map_err(|_| damaged("destroyed record"));
    let identified = body.identifier.as_ref().map(|text| unhex(text).and_then(|bytes| bytes.try_into().ok()));
    Ok(Tombstone {
        dossier: id(&body.dossier)?,
        ordinal: body.ordinal,
        identified: identified
            .map(|bytes| bytes.map(Identified).ok_or_else(|| damaged("destroyed record")))
            .transpose()?,
        ahead: body.ahead.iter().map(id).collect::<Result<_>>()?,
        doc_code: body.doc_code,
        arc_doc_code: body.arc_doc_code,
    })
}

fn record_says(entry: &Entry, bytes: &[u8]) -> Result<Says> {
    let body: RecordFields<'_> = read(bytes, "record")?;
    let held = held_in(&body)?;
    let document = document(entry.id, &body)?;
    let placed = PlacedRow {
        record: entry.id,
        issued: document.issued,
        accessioned: vietnamese_day(entry.time),
        mode: body.mode.parse().map_err(|_| damaged("record"))?,
        statement: Statement::read(&body.maintenance_text),
    };
    Ok(Says::Record(Box::new(RecordRows {
        dossier: Uuid::try_parse(&body.dossier).map_err(|_| damaged("record"))?,
        ordinal: body.ordinal,
        held,
        placed,
        document,
        arc_doc_code: body.arc_doc_code.into_owned(),
        identifier: body.identifier.map(Cow::into_owned),
    })))
}

/// By what a record is found when the same is ingested again or a file of it is asked about, with the code of its dossier.
pub(super) fn held_as(body: &[u8]) -> Result<(String, Held)> {
    let body: RecordFields<'_> = read(body, "record")?;
    Ok((body.file_code.to_string(), held_in(&body)?))
}

fn held_in(body: &RecordFields<'_>) -> Result<Held> {
    let digests = body.components.iter().map(|component| component.sha256.parse());
    let digests: Vec<Sha256> = digests.collect::<Result<_, _>>().map_err(|_| damaged("record"))?;
    let content = record::content_of(&digests);
    Ok(Held { content, files: if digests.len() > 1 { digests } else { Vec::new() } })
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
    mode: Cow<'a, str>,
    maintenance_text: Cow<'a, str>,
    keyword: Vec<String>,
    components: Vec<ComponentFields<'a>>,
    signatures: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    examination: Option<ExaminationBody>,
}

/// The fields of a dossier's body that the projections need.
#[derive(serde::Deserialize)]
pub(super) struct DossierFields {
    pub(super) file_code: String,
    pub(super) arc_file_code: String,
    pub(super) title: String,
    pub(super) agency_code: String,
    pub(super) year: i32,
    pub(super) retention: RetentionBody,
    pub(super) end_date: Option<String>,
    /// Of a reduced one.
    #[serde(default)]
    pub(super) accessioned: Option<String>,
    #[serde(default)]
    pub(super) replaces: Vec<u64>,
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
        outcome: outcome_counted(body.signatures.len(), body.examination.as_ref()).to_owned(),
        period: period_counted(&body.maintenance_text),
    })
}

/// What a record's signatures may have led to at accession, as they are counted.
pub const VERDICTS: [&str; 6] = ["accept", "accept-with-notes", "review", "return", "unsigned", "not-examined"];
/// Periods stated, as they are counted, that are no number of years.
pub const PERIODS: [&str; 4] = ["permanent", "dossier", "rule", "unclear"];

/// What is counted of a record's signatures: the outcome at accession, or why there is none.
pub fn outcome_counted(signatures: usize, examination: Option<&ExaminationBody>) -> &str {
    match examination {
        _ if signatures == 0 => "unsigned",
        Some(examination) => &examination.outcome,
        None => "not-examined",
    }
}

/// What is counted of the period stated for a record: years, `permanent`, `rule` where it names one, `unclear`, or
/// `dossier` where nothing is stated for the record itself.
pub fn period_counted(stated: &str) -> String {
    match Statement::read(stated) {
        Statement::Nothing => "dossier".to_owned(),
        Statement::Code(_) => "rule".to_owned(),
        Statement::Period(Period::Permanent) => "permanent".to_owned(),
        Statement::Period(Period::Years(years)) => years.to_string(),
        Statement::Period(Period::Awaiting) => "unclear".to_owned(),
    }
}

pub(super) fn read<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8], what: &'static str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| damaged(what).because(error))
}

pub(super) fn damaged(what: &str) -> Error {
    Error::corrupt(format!("the body of a {what} is not in its form"))
}
