//! Disposal cases: read, and gone on with by acts, through the same desk as the command line.
//!
//! Who may do which act here follows from roles ([`ActName::action`]); that it is their turn, that they are another person
//! than another act asks for, and that the list is the one they saw, is the rules' to decide. An act comes as a form with
//! files, because most rest on a document.

mod act;
pub mod foresight;
pub mod paper;
mod shown;

pub use act::{ActForm, ActName, Given, acted, read_form};
pub use foresight::foreseen;
pub use paper::{MeetingGiven, NewPaper, PaperDetails, PaperHead, action, as_file, made};
pub use shown::{
    CaseShown, CaseSummary, CasesListed, DocumentShown, ItemShown, ItemsListed, WantedCases, case, cases, items,
};
use shown::{answered, described, tag};

use super::refused::{NoRole, NoSuchPage, NotSignedIn};
use super::wire::{Paging, cursor};
use crate::archive::disposal::{self, Appraisal, CaseState, Docket, Opening, Which, Whose};
use crate::archive::retention::today;
use crate::auth::rights::{Action, Object};
use crate::error::Error;
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::job::{self, JobEvent};
use crate::http::multipart::Multipart;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What is to be opened.
#[derive(Deserialize, ToSchema)]
pub struct NewCase {
    /// What it is about, 1 to 2000 characters.
    pub subject: String,
    /// `current` or `historical`: what this archive is, if it is said at all.
    pub archive: Option<String>,
    /// `required` (default for a current archive) or `not-required`.
    pub appraisal: Option<String>,
}

/// Opens a case.
pub async fn opened(service: &Arc<Service>, asking: &Asking, new: NewCase) -> Result<Docket, Problem> {
    asking.may(Action::HandleDisposal, Object::Any)?;
    let archive = match new.archive.as_deref() {
        None => None,
        Some("current") => Some(Whose::Current),
        Some("historical") => Some(Whose::Historical),
        _ => return Err(Problem::invalid("archive is current or historical")),
    };
    let appraisal = match new.appraisal.as_deref() {
        Some("not-required") => Appraisal::NotRequired,
        None | Some("required") => Appraisal::Required,
        _ => return Err(Problem::invalid("appraisal is required or not-required")),
    };
    let by = asking.who()?.account.name.clone();
    let open = move |service: &Service| {
        service.write(|writing| {
            let procedure = writing.disposal_procedure(archive, appraisal)?;
            disposal::open(writing, &Opening { subject: new.subject, procedure }, &by)
        })
    };
    Ok(blocking(service.clone(), open).await?)
}

/// The disposal cases: those in which something may still happen, or every one.
#[utoipa::path(get, path = "/disposal-cases", tag = "disposal", params(WantedCases), security(("session" = [])), responses(
    (status = 200, description = "the cases", body = CasesListed),
    NotSignedIn, NoRole,
))]
pub async fn list(
    State(service): State<Arc<Service>>,
    Query(wanted): Query<WantedCases>,
) -> Result<Json<CasesListed>, Problem> {
    let which = if wanted.all.is_some() { Which::All } else { Which::Open };
    let on = today(service.clock.as_ref());
    let cases = cases(&service, which).await?;
    let shown = cases.iter().filter(|one| which == Which::All || one.state == CaseState::Open);
    Ok(Json(CasesListed { cases: shown.map(|one| CaseSummary::new(&one.docket, on)).collect() }))
}

/// Open a case; who opens it proposes.
#[utoipa::path(post, path = "/disposal-cases", tag = "disposal", request_body = NewCase,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "opened", body = CaseShown, headers(("location" = String))),
    (status = 400, description = "the subject or the procedure can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn open(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(new): Known<NewCase>,
) -> Result<Response, Problem> {
    let docket = opened(&service, &asking, new).await?;
    let place = format!("/api/v1/disposal-cases/{}", docket.number);
    let shown = blocking(service, move |service| described(service, &docket)).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], answered(shown)).into_response())
}

/// A case: where it stands, what it waits for, on what it rests.
#[utoipa::path(get, path = "/disposal-cases/{year}/{number}", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year")),
    security(("session" = [])), responses(
    (status = 200, description = "the case", body = CaseShown, headers(("etag" = String))),
    NotSignedIn, NoRole,
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    Path((year, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    case(&service, &year, &number).await.map(|(_, shown)| answered(shown))
}

/// The items of a case, with what became of each.
#[utoipa::path(get, path = "/disposal-cases/{year}/{number}/items", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year"), Paging),
    security(("session" = [])), responses(
    (status = 200, description = "a page of items", body = ItemsListed),
    NoSuchPage, NotSignedIn, NoRole,
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn list_items(
    State(service): State<Arc<Service>>,
    Path((year, number)): Path<(String, String)>,
    Query(paging): Query<Paging>,
) -> Result<Json<ItemsListed>, Problem> {
    let (limit, from) = (paging.limit()?, paging.from()?);
    let (docket, _) = case(&service, &year, &number).await?;
    let mut items = items(&docket, from as usize, limit + 1);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = more.then(|| cursor(from.saturating_add(u32::try_from(limit).unwrap_or(0))));
    Ok(Json(ItemsListed { items, next }))
}

/// Follow the destruction of a case: server-sent events `progress` and `end`, as for a transfer.
#[utoipa::path(get, path = "/disposal-cases/{year}/{number}/progress", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year")),
    security(("session" = [])), responses(
    (status = 200, description = "the events", body = JobEvent, content_type = "text/event-stream"),
    NotSignedIn, NoRole,
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn progress(
    State(service): State<Arc<Service>>,
    Path((year, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let name = format!("{year}/{number}");
    let id = blocking(service.clone(), move |service| Ok(service.archive()?.disposal_case(&name)?.id)).await?;
    job::follow(service, id)
}

/// A document of a case, as it was handed in.
#[utoipa::path(get, path = "/disposal-cases/{year}/{number}/documents/{document}", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year"),
        ("document" = usize, Path, description = "from 1")),
    security(("session" = [])), responses(
    (status = 200, description = "the bytes", content_type = "application/octet-stream"),
    NotSignedIn, NoRole,
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn document(
    State(service): State<Arc<Service>>,
    Path((year, number, document)): Path<(String, String, usize)>,
) -> Result<Response, Problem> {
    let name = format!("{year}/{number}");
    let found = blocking(service, move |service| {
        let archive = service.archive()?;
        let docket = archive.disposal_case(&name)?;
        let found = document.checked_sub(1).and_then(|at| docket.documents().nth(at));
        let (step, body) = found.ok_or_else(|| Error::not_found("the case has no such document"))?;
        Ok((body.name.clone(), archive.disposal_document(docket.id, step.index)?))
    });
    let (name, bytes) = found.await?;
    let name = crate::http::guard::escaped(&name).replace('/', "%2F");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, bytes).into_response())
}

/// Do something in a case. Which fields an act takes is said by its name in `docs/operation.md`.
#[utoipa::path(post, path = "/disposal-cases/{year}/{number}/acts", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year"),
        ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    request_body(content = ActForm, content_type = "multipart/form-data"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "done", body = CaseShown),
    (status = 400, description = "a field is missing or can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "not theirs to do, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there, or not on the list", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "not now, or the list is another than was seen", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "the case has gone on since it was seen", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "the document is too long", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no form with files", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn act(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((year, number)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let given = Given::read(Multipart::of(&headers, body)?).await?;
    let (_, seen) = case(&service, &year, &number).await?;
    super::transfers::must_match(&headers, &tag(&seen))?;
    acted(&service, &asking, &format!("{year}/{number}"), given).await?;
    case(&service, &year, &number).await.map(|(_, shown)| answered(shown))
}
