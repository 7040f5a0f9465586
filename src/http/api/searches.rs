//! Saved searches of the own account: kept, listed, renamed, deleted by whoever holds it.

use super::refused::{NoRole, NotSignedIn};
use super::search::Search;
use crate::archive::account::searches::SavedSearch;
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A search that is to be kept.
#[derive(Deserialize, ToSchema)]
pub struct SearchWanted {
    /// What its owner calls it, a line of 100 characters at most.
    pub name: String,
    /// What is asked.
    pub query: Search,
}

/// What a saved search is to be called.
#[derive(Deserialize, ToSchema)]
pub struct SearchName {
    /// A line of 100 characters at most.
    pub name: String,
}

/// A saved search.
#[derive(Serialize, ToSchema)]
pub struct SearchKept {
    /// Names it.
    pub search: String,
    /// What its owner calls it.
    pub name: String,
    /// What is asked: parameters of `GET /records`.
    pub query: BTreeMap<String, String>,
    /// When it was saved, RFC 3339.
    pub saved: String,
}

/// The saved searches of an account.
#[derive(Serialize, ToSchema)]
pub struct SearchesKept {
    /// By name.
    pub searches: Vec<SearchKept>,
}

impl From<SavedSearch> for SearchKept {
    fn from(one: SavedSearch) -> Self {
        let SavedSearch { id, name, conditions, saved } = one;
        Self { search: id.to_string(), name, query: conditions, saved: saved.to_string() }
    }
}

/// Those of whoever asks.
pub async fn own(service: &Arc<Service>, asking: &Asking) -> Result<Vec<SavedSearch>, Problem> {
    let account = asking.who()?.account.id;
    Ok(blocking(service.clone(), move |service| service.searches.of_account(account)).await?)
}

/// Keeps a search that can be run.
pub async fn save(
    service: &Arc<Service>,
    asking: &Asking,
    name: String,
    query: &Search,
) -> Result<SavedSearch, Problem> {
    query.question(asking)?;
    let account = asking.who()?.account.id;
    let conditions = query.conditions().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(blocking(service.clone(), move |service| service.searches.save(account, &name, conditions)).await?)
}

/// The saved searches of the own account.
#[utoipa::path(get, path = "/searches", tag = "records", security(("session" = [])), responses(
    (status = 200, description = "the searches", body = SearchesKept),
    NotSignedIn, NoRole,
))]
pub async fn list(State(service): State<Arc<Service>>, asking: Asking) -> Result<Json<SearchesKept>, Problem> {
    let searches = own(&service, &asking).await?;
    Ok(Json(SearchesKept { searches: searches.into_iter().map(SearchKept::from).collect() }))
}

/// Save a search. It holds no result: each run asks anew, with the rights of that moment.
#[utoipa::path(post, path = "/searches", tag = "records", request_body = SearchWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "saved", body = SearchKept),
    (status = 400, description = "no name, no condition, or one that can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 409, description = "the account has as many as it may", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<SearchWanted>,
) -> Result<(StatusCode, Json<SearchKept>), Problem> {
    let saved = save(&service, &asking, wanted.name, &wanted.query).await?;
    Ok((StatusCode::CREATED, Json(saved.into())))
}

/// Give a saved search another name.
#[utoipa::path(patch, path = "/searches/{id}", tag = "records", request_body = SearchName,
    params(("id" = String, Path, description = "its identifier")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "renamed", body = SearchKept),
    (status = 400, description = "no identifier, or no name", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 404, description = "the account has no such search", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn rename(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Known(SearchName { name }): Known<SearchName>,
) -> Result<Json<SearchKept>, Problem> {
    let (account, id) = (asking.who()?.account.id, identifier(&id)?);
    let renamed = blocking(service, move |service| service.searches.rename(account, id, &name)).await?;
    Ok(Json(renamed.into()))
}

/// Delete a saved search.
#[utoipa::path(delete, path = "/searches/{id}", tag = "records",
    params(("id" = String, Path, description = "its identifier")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "deleted"),
    (status = 400, description = "no identifier", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 404, description = "the account has no such search", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let (account, id) = (asking.who()?.account.id, identifier(&id)?);
    blocking(service, move |service| service.searches.delete(account, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn identifier(text: &str) -> Result<Uuid, Problem> {
    Uuid::try_parse(text).map_err(|_| Problem::invalid("no identifier of a saved search"))
}
