//! The documents of a transfer before they are records: listed, described, read, as its examination saw them.
//!
//! Nothing is judged here. Who may see the transfer sees what describes its documents; their files are read as those of
//! records are, by access mode and sensitivity, and what is not open to everybody is noted.

use super::refused::{NoRole, NoSuchPage, NotSignedIn, OutOfReach};
use super::transfers::{TransferFinding, found};
use super::wire::{Paging, cursor};
use crate::archive::body::{RecordBody, SignaturesValidatedBody};
use crate::archive::reads::Read;
use crate::archive::transfer::{Document, DocumentFile, Transfer};
use crate::auth::rights::{Action, Object};
use crate::http::content::{self, File, Manner};
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A page of documents.
#[derive(Serialize, ToSchema)]
pub struct DocumentsListed {
    /// In the order of the accession.
    pub documents: Vec<DocumentListed>,
    /// All of them.
    pub count: u64,
    /// Cursor of the next page; null: this is the last.
    pub next: Option<String>,
}

/// A document in a list.
#[derive(Serialize, ToSchema)]
pub struct DocumentListed {
    /// Its number in the examination, from 1.
    pub number: u64,
    /// Where it lies, as the agency named it.
    pub place: String,
    /// `acceptable`, `already-held` or `refused`.
    pub outcome: String,
    /// Identifier of the record that it is held as.
    pub record: Option<String>,
    /// What describes it; null: that can't be read, or bears a mark of secrecy.
    pub described: Option<DocumentSummary>,
    /// Its files.
    pub files: u64,
    /// Findings about it.
    pub findings: u64,
    /// What its signatures lead to: `accept`, `accept-with-notes`, `review` or `return`; null: they were not examined.
    pub signatures: Option<String>,
}

/// What a list says of how a document is described.
#[derive(Serialize, ToSchema)]
pub struct DocumentSummary {
    /// Number and notation as written.
    pub symbol: String,
    /// Subject.
    pub subject: String,
    /// Document type, 01 to 32.
    pub type_name: String,
    /// Date of issue.
    pub issued_date: String,
    /// Code of its dossier.
    pub file_code: String,
}

/// A document.
#[derive(Serialize, ToSchema)]
pub struct DocumentShown {
    /// What every list says of it.
    #[serde(flatten)]
    pub listed: DocumentListed,
    /// The rest of what describes it; null as `described` is.
    pub description: Option<DocumentDescription>,
    /// Who may read its files: `open`, `conditional` or `closed`, by its mode and its sensitivity.
    pub access: &'static str,
    /// Its files.
    pub components: Vec<DocumentComponent>,
    /// What was found about it, at most 200.
    pub found: Vec<TransferFinding>,
    /// The run on its signatures, as `chauban check-signature --json` has it; null: it has none, or that is not kept.
    pub validation: Option<serde_json::Value>,
}

/// What describes a document, beside what lists say.
#[derive(Serialize, ToSchema)]
pub struct DocumentDescription {
    /// Issuing agency.
    pub agency_code: String,
    /// Its name.
    pub organ_name: String,
    /// Type as written.
    pub type_text: String,
    /// Signer.
    pub signer: String,
    /// Position of the signer.
    pub signer_position: String,
    /// Keywords.
    pub keyword: Vec<String>,
    /// Language as written.
    pub language: String,
    /// Pages.
    pub number_of_page: Option<u32>,
    /// 01 born digital, 02 digitised, 03 hybrid.
    pub confidence_level: String,
    /// Access mode, 01 to 03.
    pub mode: String,
    /// Level of sensitivity, 1 to 4; null: none was given.
    pub sensitivity: Option<u8>,
    /// Urgency as written.
    pub urgency: String,
    /// Period as stated.
    pub maintenance_text: String,
}

/// A file of a document.
#[derive(Serialize, ToSchema)]
pub struct DocumentComponent {
    /// Its number, from 1.
    pub number: usize,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// `original` or `attachment`.
    pub role: String,
    /// SHA-256 of what was examined, hexadecimal; null: it can't be read.
    pub sha256: Option<String>,
    /// Length, bytes.
    pub size: u64,
}

impl DocumentListed {
    /// Describes a document.
    pub fn new(number: u64, document: &Document) -> Self {
        let described = document.described.as_ref();
        Self {
            number,
            place: document.place.clone(),
            outcome: document.outcome.clone(),
            record: document.record.clone(),
            described: described.map(DocumentSummary::from),
            files: document.files.len() as u64,
            findings: document.findings.len() as u64,
            signatures: described.and_then(|body| body.examination.as_ref()).map(|one| one.outcome.clone()),
        }
    }
}

impl From<&RecordBody> for DocumentSummary {
    fn from(body: &RecordBody) -> Self {
        Self {
            symbol: body.symbol.clone(),
            subject: body.subject.clone(),
            type_name: body.type_name.clone(),
            issued_date: body.issued_date.clone(),
            file_code: body.file_code.clone(),
        }
    }
}

impl From<&RecordBody> for DocumentDescription {
    fn from(body: &RecordBody) -> Self {
        Self {
            agency_code: body.agency_code.clone(),
            organ_name: body.organ_name.clone(),
            type_text: body.type_text.clone(),
            signer: body.signer.clone(),
            signer_position: body.signer_position.clone(),
            keyword: body.keyword.clone(),
            language: body.language.clone(),
            number_of_page: body.number_of_page,
            confidence_level: body.confidence_level.clone(),
            mode: body.mode.clone(),
            sensitivity: body.sensitivity,
            urgency: body.urgency.clone(),
            maintenance_text: body.maintenance_text.clone(),
        }
    }
}

impl DocumentComponent {
    fn new((number, file): (usize, &DocumentFile)) -> Self {
        let DocumentFile { name, media_type, role, sha256, size, .. } = file.clone();
        Self { number, name, media_type, role, sha256, size }
    }
}

/// A page of the documents of a transfer, from the number after `from`.
pub struct Listing {
    /// The transfer.
    pub transfer: Transfer,
    /// All of its documents.
    pub count: u64,
    /// Those of the page.
    pub documents: Vec<DocumentListed>,
}

/// A document with its transfer.
pub struct Looked {
    /// The transfer.
    pub transfer: Transfer,
    /// How many documents it has.
    pub count: u64,
    /// The document.
    pub document: Document,
    /// How its signatures were judged.
    pub run: Option<SignaturesValidatedBody>,
}

/// The documents of a transfer after the first `from`, at most `limit`, if `asking` may see them.
pub async fn listed(
    service: &Arc<Service>,
    asking: &Asking,
    id: &str,
    from: u64,
    limit: usize,
) -> Result<Listing, Problem> {
    let transfer = found(service, asking, id, Action::ReadTransfers).await?;
    asking.may(Action::ReadDescription, Object::Described { agency: &transfer.agency })?;
    let listing = blocking(service.clone(), move |service| {
        let Some(all) = service.transfers.documents(&transfer)? else { return Ok(None) };
        let last = from.saturating_add(limit as u64).min(all.count());
        // One by one: each may be long.
        let document = |number| Ok(all.document(number)?.map(|document| DocumentListed::new(number, &document)));
        let documents = (from.saturating_add(1)..=last).filter_map(|number| document(number).transpose());
        let documents = documents.collect::<crate::error::Result<_>>()?;
        Ok(Some(Listing { count: all.count(), documents, transfer }))
    });
    listing.await?.ok_or_else(Problem::not_found)
}

/// A document of a transfer, if `asking` may do `action` to it: read what describes it, or its files. Noted where it is not
/// open to everybody.
pub async fn looked(
    service: &Arc<Service>,
    asking: &Asking,
    (id, number): (&str, u64),
    action: Action,
) -> Result<Looked, Problem> {
    let transfer = found(service, asking, id, Action::ReadTransfers).await?;
    let looked = blocking(service.clone(), move |service| {
        let Some(all) = service.transfers.documents(&transfer)? else { return Ok(None) };
        let Some(document) = all.document(number)? else { return Ok(None) };
        let run = if action == Action::ReadContent { None } else { all.run(number)? };
        Ok(Some(Looked { count: all.count(), document, run, transfer }))
    });
    let looked = looked.await?.ok_or_else(Problem::not_found)?;
    let (agency, access) = (looked.transfer.agency.as_str(), looked.document.access());
    let object = match action {
        Action::ReadContent => Object::Content { agency, access },
        _ => Object::Described { agency },
    };
    asking.may(action, object)?;
    if looked.document.described.is_some() && access.is_noted() {
        let of = format!("{}/{number}", looked.transfer.id);
        let read = Read { account: asking.who()?.account.id, what: action, of };
        blocking(service.clone(), move |service| service.reads.note(read)).await?;
    }
    Ok(looked)
}

/// A file of a document, for the API and for pages.
pub async fn content(
    service: &Arc<Service>,
    asking: &Asking,
    (id, number, file): (&str, u64, usize),
    headers: &HeaderMap,
    manner: Manner,
) -> Result<Response, Problem> {
    let Looked { transfer, document, .. } = looked(service, asking, (id, number), Action::ReadContent).await?;
    let wanted = file.checked_sub(1).and_then(|at| document.files.get(at)).ok_or_else(Problem::not_found)?;
    let sha256 = wanted.sha256.as_deref().ok_or_else(Problem::not_found)?;
    let (opening, name) = (wanted.clone(), wanted.name.as_str());
    let opened = blocking(service.clone(), move |service| service.transfers.document_file(&transfer, &opening)).await?;
    let told = File { name, media_type: &wanted.media_type, sha256, size: wanted.size };
    content::answer(service, asking.reader()?, &told, headers, manner, move |_, part, sink| opened.write(part, sink))
}

/// The documents of a transfer that was examined and is not accessioned yet, as the examination saw them.
#[utoipa::path(get, path = "/transfers/{id}/documents", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of documents", body = DocumentsListed),
    NoSuchPage, NotSignedIn, NoRole,
    (status = 404, description = "not there, out of reach, not examined, or accessioned", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn list(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<DocumentsListed>, Problem> {
    let (limit, from) = (paging.limit()?, paging.from()?);
    let Listing { count, documents, .. } = listed(&service, &asking, &id, u64::from(from), limit).await?;
    let end = from.saturating_add(u32::try_from(limit).unwrap_or(u32::MAX));
    Ok(Json(DocumentsListed { documents, count, next: (u64::from(end) < count).then(|| cursor(end)) }))
}

/// A document of a transfer: its description as it will be held, its files, what was found, how its signatures were judged.
#[utoipa::path(get, path = "/transfers/{id}/documents/{number}", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), ("number" = u64, Path, description = "from 1")),
    security(("session" = [])), responses(
    (status = 200, description = "the document", body = DocumentShown),
    NotSignedIn, NoRole,
    (status = 404, description = "not there, out of reach, not examined, or accessioned", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((id, number)): Path<(String, u64)>,
) -> Result<Json<DocumentShown>, Problem> {
    let Looked { document, run, .. } = looked(&service, &asking, (&id, number), Action::ReadDescription).await?;
    Ok(Json(DocumentShown {
        listed: DocumentListed::new(number, &document),
        description: document.described.as_ref().map(DocumentDescription::from),
        access: document.access().name(),
        components: (1..).zip(&document.files).map(DocumentComponent::new).collect(),
        found: document.findings.iter().filter_map(TransferFinding::new).collect(),
        validation: run.and_then(|run| serde_json::to_value(run).ok()),
    }))
}

/// The bytes of a file of a document, as they were handed over. Takes ranges; the tag is the SHA-256.
#[utoipa::path(get, path = "/transfers/{id}/documents/{number}/files/{file}", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), ("number" = u64, Path, description = "from 1"),
        ("file" = usize, Path, description = "from 1")),
    security(("session" = [])), responses(
    (status = 200, description = "the bytes, of the file's own media type", content_type = "*/*", headers(("etag" = String))),
    (status = 206, description = "the range of them", content_type = "*/*"),
    (status = 304, description = "as they were"),
    NotSignedIn,
    (status = 403, description = "closed to the account's roles", body = ProblemBody, content_type = "application/problem+json"),
    OutOfReach,
    (status = 416, description = "no such range", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn file(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((id, number, file)): Path<(String, u64, usize)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    content(&service, &asking, (&id, number, file), &headers, Manner::Saved).await
}
