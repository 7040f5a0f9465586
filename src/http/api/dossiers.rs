//! Dossiers: described, listed, explained.

use super::records::explained;
use super::refused::{NoRole, NoSuchPage, NotSignedIn, OutOfReach};
use super::wire::{Dossier, History, HistoryEvent, OnDay, Paging, RecordSummary, RetentionExplained, cursor};
use crate::archive::Shown;
use crate::archive::body::DossierBody;
use crate::auth::rights::{Action, Object};
use crate::http::guard::Asking;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A dossier.
pub struct Described {
    /// Its identifier.
    pub id: Uuid,
    /// Its body.
    pub body: DossierBody,
    /// Ledger index of its newest event.
    pub newest: u64,
}

impl Described {
    /// Its entity tag.
    pub(super) fn tag(&self) -> String {
        format!("\"{}\"", self.newest)
    }
}

/// The dossier that `name` names, if `asking` may do `action` to it.
pub async fn described(
    service: &Arc<Service>,
    asking: &Asking,
    name: &str,
    action: Action,
) -> Result<Described, Problem> {
    let wanted = name.to_owned();
    let shown = blocking(service.clone(), move |service| service.archive()?.show(&wanted)).await?;
    let Shown::Dossier { id, body, event, .. } = shown else { return Err(Problem::not_found()) };
    asking.may(action, Object::Described { agency: &body.agency_code })?;
    Ok(Described { id, body: *body, newest: event.index })
}

/// A page of the records of a dossier.
#[derive(Serialize, ToSchema)]
pub struct Listed {
    /// In the order of the dossier.
    pub records: Vec<RecordSummary>,
    /// Cursor of the next page; null: this is the last.
    pub next: Option<String>,
}

/// A dossier, by identifier or code.
#[utoipa::path(get, path = "/dossiers/{id}", tag = "dossiers",
    params(("id" = String, Path, description = "identifier or code")), security(("session" = [])), responses(
    (status = 200, description = "the dossier", body = Dossier, headers(("etag" = String))),
    (status = 304, description = "as it was"),
    NotSignedIn, NoRole, OutOfReach,
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = described(&service, &asking, &id, Action::ReadDescription).await?;
    let tag = found.tag();
    if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(([(header::ETAG, tag)], Json(Dossier::new(found.id, &found.body))).into_response())
}

/// The records of a dossier, in its order.
#[utoipa::path(get, path = "/dossiers/{id}/records", tag = "dossiers",
    params(("id" = String, Path, description = "identifier or code"), Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of records", body = Listed),
    NoSuchPage, NotSignedIn, NoRole, OutOfReach,
))]
pub async fn records(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed>, Problem> {
    let (limit, after) = (paging.limit()?, paging.from()?);
    let Described { id, .. } = described(&service, &asking, &id, Action::ReadDescription).await?;
    let mut page = blocking(service, move |service| {
        let archive = service.archive()?;
        let records = archive.records_of(id, after, limit + 1)?;
        records.into_iter().map(|(ordinal, id)| Ok((ordinal, id, archive.record(id)?))).collect::<Result<Vec<_>, _>>()
    })
    .await?;
    let more = page.len() > limit;
    page.truncate(limit);
    Ok(Json(Listed {
        next: page.last().filter(|_| more).map(|(ordinal, ..)| cursor(*ordinal)),
        records: page.iter().map(|(_, id, body)| RecordSummary::new(*id, body)).collect(),
    }))
}

/// Everything that happened to a dossier itself, oldest first.
#[utoipa::path(get, path = "/dossiers/{id}/events", tag = "dossiers",
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

/// What may become of a dossier on a day, with every reason and its legal text.
#[utoipa::path(get, path = "/dossiers/{id}/retention", tag = "dossiers",
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
