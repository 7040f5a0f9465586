//! Records: described, explained, proved, fetched.

use super::refused::{NoRole, NotSignedIn, OutOfReach};
use super::wire::{Dossier, History, HistoryEvent, OnDay, RecordSummary, RetentionExplained};
use crate::archive::Shown;
use crate::archive::body::{ComponentBody, DossierBody, RecordBody};
use crate::archive::reads::Read;
use crate::archive::retention::{Opening, today};
use crate::auth::rights::{Action, Object};
use crate::http::content::{self, Manner, Place};
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Entity tag of a record: its newest event; and a day changes who may read it.
pub(super) fn tag(found: &Described) -> String {
    format!("\"{}-{}\"", found.newest, found.opening.access.name())
}

/// A record with its dossier.
pub struct Described {
    /// Its identifier.
    pub id: Uuid,
    /// Its body.
    pub body: RecordBody,
    /// Its dossier.
    pub dossier: DossierBody,
    /// Who may read its content today.
    pub opening: Opening,
    /// Ledger index of its newest event.
    pub newest: u64,
}

/// The record that `name` names, if `asking` may do `action` to it; noted where it is not open to everybody.
pub async fn described(
    service: &Arc<Service>,
    asking: &Asking,
    name: &str,
    action: Action,
) -> Result<Described, Problem> {
    let wanted = name.to_owned();
    let found = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        let Shown::Record { id, body, dossier, event } = archive.show(&wanted)? else { return Ok(None) };
        let opening = archive.access(id, &body, today(service.clock.as_ref()))?;
        Ok(Some(Described { id, body: *body, dossier: *dossier, opening, newest: event.index }))
    });
    let found = found.await?.ok_or_else(Problem::not_found)?;
    let agency = &found.dossier.agency_code;
    let object = match action {
        Action::ReadContent => Object::Content { agency, access: found.opening.access },
        _ => Object::Described { agency },
    };
    asking.may(action, object)?;
    if found.opening.access.is_noted() {
        // Who changes it has read what describes it.
        let what = match action {
            Action::Describe | Action::KeepPeriods | Action::ConfirmPeriods => Action::ReadDescription,
            reads => reads,
        };
        let read = Read { account: asking.who()?.account.id, what, of: found.id.to_string() };
        blocking(service.clone(), move |service| service.reads.note(read)).await?;
    }
    Ok(found)
}

/// A record.
#[derive(Serialize, ToSchema)]
pub struct Record {
    /// What every list says of it.
    #[serde(flatten)]
    pub summary: RecordSummary,
    /// Code with the archive's code before it.
    pub arc_doc_code: String,
    /// Type as written.
    pub type_text: String,
    /// Position of the signer.
    pub signer_position: String,
    /// Keywords.
    pub keyword: Vec<String>,
    /// Pages.
    pub number_of_page: Option<u32>,
    /// 01 born digital, 02 digitised, 03 hybrid.
    pub confidence_level: String,
    /// Level of sensitivity, 1 to 4 (QCVN 12:2026/BCA); null: none was given. 3 and 4 are closed.
    pub sensitivity: Option<u8>,
    /// Who may read its files today: `open`, `conditional` or `closed`, by its mode and its rule of access.
    pub access: &'static str,
    /// First day on which it is open to everybody, where that can be told.
    #[schema(format = Date)]
    pub opens: Option<String>,
    /// Its files.
    pub components: Vec<Component>,
    /// Its dossier.
    pub dossier: Dossier,
    /// Codes of what the examination found.
    pub findings: Vec<String>,
    /// The newest validation of its signatures, as `chauban check-signature --json` has it; null: it has none.
    pub validation: Option<serde_json::Value>,
}

/// A file of a record.
#[derive(Serialize, ToSchema)]
pub struct Component {
    /// Its number, from 1.
    pub number: usize,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// `original` or `attachment`.
    pub role: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Length, bytes.
    pub size: u64,
}

impl Component {
    fn new(number: usize, body: &ComponentBody) -> Self {
        Self {
            number,
            name: body.name.clone(),
            media_type: body.media_type.clone(),
            role: body.role.clone(),
            sha256: body.sha256.clone(),
            size: body.size,
        }
    }
}

/// A problem that tells of a destroyed record what remains.
#[derive(Serialize, ToSchema)]
pub struct Destroyed {
    /// Always `about:blank`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// 410.
    status: u16,
    /// `destroyed`.
    code: &'static str,
    /// What happened.
    detail: String,
    /// What remains.
    tombstone: Tombstone,
}

/// What remains of a destroyed record.
#[derive(Serialize, ToSchema, Clone)]
pub struct Tombstone {
    /// Identifier of the record.
    pub record: String,
    /// Its code.
    pub doc_code: String,
    /// Code of its dossier.
    pub file_code: String,
    /// Its title, as the disposal list printed it.
    pub title: String,
    /// Number of the disposal case.
    pub case_number: String,
    /// SHA-256 of the decision.
    pub decision: String,
    /// When it was destroyed, RFC 3339.
    pub destroyed: String,
    /// Ledger index of its destruction.
    pub index: u64,
}

impl IntoResponse for Tombstone {
    fn into_response(self) -> Response {
        let body = Destroyed {
            kind: "about:blank",
            title: "Gone",
            status: 410,
            code: "destroyed",
            detail: format!("{} was destroyed by law, in disposal case {}", self.doc_code, self.case_number),
            tombstone: self,
        };
        (StatusCode::GONE, [(header::CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
    }
}

/// What is told of the record that `name` names, if it was destroyed and `asking` may know of it.
pub async fn tombstone(service: &Arc<Service>, asking: &Asking, name: &str) -> Result<Option<Tombstone>, Problem> {
    let wanted = name.to_owned();
    let found = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        let Shown::Destroyed { id, tombstone, event } = archive.show(&wanted)? else { return Ok(None) };
        let dossier = Uuid::try_parse(&tombstone.dossier).ok().and_then(|dossier| archive.dossier(dossier).ok());
        let agency = dossier.map(|dossier| dossier.agency_code).unwrap_or_default();
        let case = archive.disposal_case(&tombstone.case).map(|docket| docket.number.to_string());
        let told = Tombstone {
            record: id.to_string(),
            doc_code: tombstone.doc_code.clone(),
            file_code: tombstone.file_code.clone(),
            title: tombstone.listed.title.clone(),
            case_number: case.unwrap_or_else(|_| tombstone.case.clone()),
            decision: tombstone.decision.clone(),
            destroyed: event.entry.time.to_string(),
            index: event.index,
        };
        Ok(Some((agency, told)))
    });
    let Some((agency, told)) = found.await? else { return Ok(None) };
    asking.may(Action::ReadDescription, Object::Described { agency: &agency })?;
    Ok(Some(told))
}

/// A record that is there, or what is told of one that was destroyed.
enum Found {
    Here(Box<Described>),
    Gone(Tombstone),
}

/// As [`described`], where a destroyed record is told from one that never was.
async fn found(service: &Arc<Service>, asking: &Asking, name: &str, action: Action) -> Result<Found, Problem> {
    match described(service, asking, name, action).await {
        Err(missing) if missing.status == StatusCode::NOT_FOUND => {
            tombstone(service, asking, name).await?.map(Found::Gone).ok_or(missing)
        }
        described => described.map(|found| Found::Here(Box::new(found))),
    }
}

/// A record, by identifier or code.
#[utoipa::path(get, path = "/records/{id}", tag = "records",
    params(("id" = String, Path, description = "identifier or code")), security(("session" = [])), responses(
    (status = 200, description = "the record", body = Record, headers(("etag" = String))),
    (status = 304, description = "as it was"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 410, description = "destroyed by law: what is told of it for ever", body = Destroyed, content_type = "application/problem+json"),
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = match found(&service, &asking, &id, Action::ReadDescription).await? {
        Found::Here(found) => *found,
        Found::Gone(told) => return Ok(told.into_response()),
    };
    let tag = tag(&found);
    let Described { id, body, dossier, opening, .. } = found;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let run = blocking(service, move |service| service.archive()?.newest_run(id)).await?;
    let dossier_id = Uuid::try_parse(&body.dossier).unwrap_or_default();
    let record = Record {
        arc_doc_code: body.arc_doc_code.clone(),
        type_text: body.type_text.clone(),
        signer_position: body.signer_position.clone(),
        keyword: body.keyword.clone(),
        number_of_page: body.number_of_page,
        confidence_level: body.confidence_level.clone(),
        sensitivity: body.sensitivity,
        components: (1..).zip(&body.components).map(|(number, body)| Component::new(number, body)).collect(),
        dossier: Dossier::new(dossier_id, &dossier),
        findings: body.findings.iter().map(|finding| finding.code.clone()).collect(),
        validation: run.and_then(|run| serde_json::to_value(run).ok()),
        access: opening.access.name(),
        opens: opening.opens.map(|day| day.to_string()),
        summary: RecordSummary::new(id, &body),
    };
    let cache = "private, no-cache".to_owned();
    Ok(([(header::ETAG, tag), (header::CACHE_CONTROL, cache)], Json(record)).into_response())
}

/// The original bytes of a component. Takes ranges; the tag is the SHA-256.
#[utoipa::path(get, path = "/records/{id}/components/{number}", tag = "records",
    params(("id" = String, Path, description = "identifier or code"), ("number" = usize, Path, description = "from 1")),
    security(("session" = [])), responses(
    (status = 200, description = "the bytes, of the component's own media type", content_type = "*/*", headers(("etag" = String))),
    (status = 206, description = "the range of them", content_type = "*/*"),
    (status = 304, description = "as they were"),
    NotSignedIn,
    (status = 403, description = "closed to the account's roles", body = ProblemBody, content_type = "application/problem+json"),
    OutOfReach,
    (status = 410, description = "destroyed by law: what is told of it for ever", body = Destroyed, content_type = "application/problem+json"),
    (status = 416, description = "no such range", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn component(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((id, number)): Path<(String, usize)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    file(&service, &asking, &id, number, &headers, Manner::Saved).await
}

/// A file of a record, for the API and for pages.
pub async fn file(
    service: &Arc<Service>,
    asking: &Asking,
    id: &str,
    number: usize,
    headers: &HeaderMap,
    manner: Manner,
) -> Result<Response, Problem> {
    let Described { id, body, .. } = match found(service, asking, id, Action::ReadContent).await? {
        Found::Here(found) => *found,
        Found::Gone(told) => return Ok(told.into_response()),
    };
    let component = number.checked_sub(1).and_then(|at| body.components.get(at)).ok_or_else(Problem::not_found)?;
    content::component(service, asking.reader()?, Place { record: id, number }, component, headers, manner)
}

/// Everything that happened to a record, oldest first.
#[utoipa::path(get, path = "/records/{id}/events", tag = "records",
    params(("id" = String, Path, description = "identifier or code")), security(("session" = [])), responses(
    (status = 200, description = "the events", body = History),
    NotSignedIn, NoRole, OutOfReach,
))]
pub async fn events(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Json<History>, Problem> {
    let Described { id, .. } = described(&service, &asking, &id, Action::ReadHistory).await?;
    let events = blocking(service, move |service| service.archive()?.history(&id.to_string())).await?;
    Ok(Json(History { events: events.iter().map(HistoryEvent::from).collect() }))
}

/// The receipt of a record: proof, under the newest checkpoint, that it is in the archive (C2SP tlog-proof).
#[utoipa::path(get, path = "/records/{id}/receipt", tag = "records",
    params(("id" = String, Path, description = "identifier or code")), security(("session" = [])), responses(
    (status = 200, description = "the receipt", body = String, content_type = "text/plain"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 410, description = "destroyed by law: what is told of it for ever", body = Destroyed, content_type = "application/problem+json"),
    (status = 503, description = "not under a checkpoint yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn receipt(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let Described { id, body, .. } = match found(&service, &asking, &id, Action::FetchReceipt).await? {
        Found::Here(found) => *found,
        Found::Gone(told) => return Ok(told.into_response()),
    };
    let receipt = blocking(service, move |service| service.archive()?.receipt(id)).await?;
    let name = format!("attachment; filename=\"{}.tlog-proof\"", body.doc_code);
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, receipt).into_response())
}

/// The evidence bundle of a record: a ZIP file with everything that proves it, checked without the archive.
#[utoipa::path(get, path = "/records/{id}/bundle", tag = "records",
    params(("id" = String, Path, description = "identifier or code")), security(("session" = [])), responses(
    (status = 200, description = "the bundle", content_type = "application/zip"),
    NotSignedIn,
    (status = 403, description = "not in the account's roles, or closed to them", body = ProblemBody, content_type = "application/problem+json"),
    OutOfReach,
    (status = 410, description = "destroyed by law: what is told of it for ever", body = Destroyed, content_type = "application/problem+json"),
    (status = 503, description = "not under a checkpoint yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn bundle(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let Described { id, body, dossier, .. } = match found(&service, &asking, &id, Action::ReadContent).await? {
        Found::Here(found) => *found,
        Found::Gone(told) => return Ok(told.into_response()),
    };
    asking.may(Action::FetchReceipt, Object::Described { agency: &dossier.agency_code })?;
    let bundle = blocking(service.clone(), move |service| service.archive()?.bundle(id, service.clock.wall())).await?;
    let name = format!("attachment; filename=\"{}.zip\"", body.doc_code);
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    let body = content::streamed(&service, asking.reader()?, move |service, into| {
        bundle.write(service.archive()?, into).map(|_| ())
    })?;
    Ok((headers, body).into_response())
}

/// The evidence record (RFC 4998, DER) of a record: its files existed when an outside authority stamped them.
#[utoipa::path(get, path = "/records/{id}/evidence-record", tag = "records",
    params(("id" = String, Path, description = "identifier or code")), security(("session" = [])), responses(
    (status = 200, description = "the evidence record", content_type = "application/octet-stream"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 410, description = "destroyed by law: what is told of it for ever", body = Destroyed, content_type = "application/problem+json"),
    (status = 409, description = "the record is not time-stamped yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn evidence_record(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let Described { id, body, .. } = match found(&service, &asking, &id, Action::FetchReceipt).await? {
        Found::Here(found) => *found,
        Found::Gone(told) => return Ok(told.into_response()),
    };
    let made = blocking(service, move |service| service.archive()?.evidence_record(id)).await?;
    let made = made.ok_or_else(|| Problem::conflict("the record is not time-stamped yet"))?;
    let name = format!("attachment; filename=\"{}.ers\"", body.doc_code);
    let headers = [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, made.bytes).into_response())
}

/// What may become of a record on a day, with every reason and its legal text.
#[utoipa::path(get, path = "/records/{id}/retention", tag = "records",
    params(("id" = String, Path, description = "identifier or code"), OnDay), security(("session" = [])), responses(
    (status = 200, description = "the explanation", body = RetentionExplained),
    NotSignedIn, NoRole, OutOfReach,
))]
pub async fn retention(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Query(day): Query<OnDay>,
) -> Result<Json<RetentionExplained>, Problem> {
    let Described { id, .. } = described(&service, &asking, &id, Action::ReadDescription).await?;
    explained(&service, id, day.day()?).await.map(|explained| Json(RetentionExplained::from(&explained)))
}

/// What may become of a record or dossier.
pub async fn explained(
    service: &Arc<Service>,
    id: Uuid,
    on: Option<NaiveDate>,
) -> Result<crate::archive::retention::Explained, Problem> {
    let explained = blocking(service.clone(), move |service| {
        let on = on.unwrap_or_else(|| today(service.clock.as_ref()));
        service.archive()?.explain_retention(&id.to_string(), on)
    });
    Ok(explained.await?)
}
