//! The register of agencies: which agency a code means on a day, who succeeds it, and the acts that make it so.

mod shown;
mod wanted;

pub use shown::{
    ActShown, ActsRecorded, AgenciesOnDay, AgencyInTree, AgencyNamed, AgencyShown, OriginShown, TableRead,
};
pub use wanted::{ActWanted, NewWanted};
use wanted::{read_code, read_day};

use super::refused::{NoRole, NotSignedIn};
use super::wire::Paging;
use crate::archive::agency::{self, Import, Recording, Register, Wanted};
use crate::archive::retention::today;
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Agencies as of which day, and which of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// The day, `YYYY-MM-DD`; today if nothing is said.
    pub on: Option<String>,
    /// Only the agency that this code means on that day.
    pub code: Option<String>,
    /// Agencies of any time instead: with these words in one of their names, or a code that begins so.
    pub q: Option<String>,
}

/// Whether a table is only read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Trial {
    /// `true`: nothing is recorded.
    #[serde(default)]
    pub dry_run: bool,
}

/// The register as of the last commit.
pub async fn register(service: &Arc<Service>) -> Result<Arc<Register>, Problem> {
    Ok(blocking(service.clone(), |service| service.archive()?.register()).await?)
}

/// Records an act.
pub async fn recorded(service: &Arc<Service>, asking: &Asking, wanted: Wanted) -> Result<Recording, Problem> {
    let by = asking.who()?.account.name.clone();
    let change = move |service: &Service| service.write(|archive| agency::record(archive, &wanted, &by));
    Ok(blocking(service.clone(), change).await?)
}

/// Reads a table, and records what it brings unless that is only tried.
pub async fn taken(service: &Arc<Service>, asking: &Asking, table: Bytes, trial: bool) -> Result<Import, Problem> {
    let by = asking.who()?.account.name.clone();
    let change = move |service: &Service| {
        service.write(|archive| match trial {
            true => agency::read_table(archive, &table),
            false => agency::import(archive, &table, &by),
        })
    };
    Ok(blocking(service.clone(), change).await?)
}

/// The day that is asked for, today if none is.
pub fn day(service: &Service, asked: Option<&str>) -> Result<NaiveDate, Problem> {
    asked.filter(|text| !text.is_empty()).map_or_else(|| Ok(today(service.clock.as_ref())), read_day)
}

/// What an answer about the register rests on: its newest event, and the day.
fn tag(register: &Register, on: NaiveDate) -> String {
    let newest = register.newest().map_or_else(|| "none".to_owned(), |index| index.to_string());
    format!("\"agencies-{newest}-{on}\"")
}

fn answered(
    headers: &HeaderMap,
    tag: String,
    body: impl FnOnce() -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let head = [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    Ok((head, body()?).into_response())
}

/// The agencies of a day, as a tree; or the one that a code means.
#[utoipa::path(get, path = "/agencies", tag = "agencies", params(OnDay, Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of them", body = AgenciesOnDay, headers(("etag" = String))),
    (status = 304, description = "as they were"),
    (status = 400, description = "no day, or no code", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn list(
    State(service): State<Arc<Service>>,
    Query(asked): Query<OnDay>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let on = day(&service, asked.on.as_deref())?;
    let (limit, from) = (paging.limit()?, paging.from()? as usize);
    let code = asked.code.as_deref().map(read_code).transpose()?;
    let register = register(&service).await?;
    answered(&headers, tag(&register, on), || {
        let mut page = match asked.q.as_deref().map(str::trim) {
            None | Some("") => AgenciesOnDay::of(&register, on, from, limit),
            Some(words) => AgenciesOnDay::found(&register, words, on, from, limit),
        };
        if let Some(code) = code {
            let meant = register.agencies.with_code(&code, on).map(|agency| agency.id.to_string());
            let all = AgenciesOnDay::of(&register, on, 0, usize::MAX).agencies;
            page.agencies = all.into_iter().filter(|one| Some(&one.named.agency) == meant.as_ref()).collect();
            (page.total, page.next) = (page.agencies.len(), None);
        }
        Ok(Json(page).into_response())
    })
}

/// An agency with its history; names, place and successors as of a day.
#[utoipa::path(get, path = "/agencies/{id}", tag = "agencies",
    params(("id" = String, Path, description = "identifier, or a code that it has on the day"),
        ("on" = Option<String>, Query, description = "the day, today if nothing is said")),
    security(("session" = [])), responses(
    (status = 200, description = "the agency", body = AgencyShown, headers(("etag" = String))),
    (status = 304, description = "as it was"),
    (status = 400, description = "no day", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 404, description = "the register has none", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    Query(asked): Query<OnDay>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let on = day(&service, asked.on.as_deref())?;
    let register = register(&service).await?;
    answered(&headers, tag(&register, on), || {
        let agency = register.agency(&id, on)?;
        Ok(Json(AgencyShown::of(&register, agency, on)).into_response())
    })
}

/// Record an act: an agency begins, ends, has another name, code or place; or an earlier act was wrong. A repetition with the same
/// `idempotency-key` records nothing more.
#[utoipa::path(post, path = "/agencies/acts", tag = "agencies", request_body = ActWanted,
    params(("idempotency-key" = Option<String>, Header, description = "1 to 128 visible characters; the answer to its first use is given again")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "recorded", body = ActsRecorded),
    (status = 400, description = "the act can't be read, or a day, name or citation is none", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "the register has no such agency or act", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "it contradicts what was recorded", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn act(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<ActWanted>,
) -> Result<Response, Problem> {
    let recording = recorded(&service, &asking, wanted.wanted()?).await?;
    let today = today(service.clock.as_ref());
    Ok((StatusCode::CREATED, Json(ActsRecorded::of(&recording, today))).into_response())
}

/// The register as a table that can be taken in again.
#[utoipa::path(get, path = "/agencies/table", tag = "agencies", security(("session" = [])), responses(
    (status = 200, description = "the table", content_type = "text/csv", headers(("etag" = String))),
    (status = 304, description = "as it was"),
    NotSignedIn, NoRole,
))]
pub async fn export(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Problem> {
    let register = register(&service).await?;
    answered(&headers, tag(&register, NaiveDate::default()), || {
        let head = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"agencies.csv\""),
        ];
        Ok((head, register.table()?).into_response())
    })
}

/// Take in a table (CSV, 2 MiB at most): what fits and is new is recorded, the other lines are told with the reason.
#[utoipa::path(post, path = "/agencies/table", tag = "agencies", params(Trial),
    request_body(content = String, content_type = "text/csv"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "what became of it", body = TableRead),
    (status = 400, description = "it is no table of agencies", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "longer than is taken", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "another type of content than text/csv", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn import(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Query(trial): Query<Trial>,
    headers: HeaderMap,
    table: Bytes,
) -> Result<Json<TableRead>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/csv")) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem { status, ..Problem::invalid("a table of agencies is text/csv") });
    }
    let read = taken(&service, &asking, table, trial.dry_run).await?;
    Ok(Json(TableRead::from(&read)))
}
