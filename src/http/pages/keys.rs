//! The security keys of the own account; the script registers them, over the API.

use super::Page;
use crate::archive::account::credential::KEY_LABEL_MAX;
use crate::http::api::keys::take_away;
use crate::http::api::session::key::party;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::time::Micros;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;
use uuid::Uuid;

struct Listed {
    id: Uuid,
    label: String,
    added: String,
    used: String,
    /// When its counter went back; empty where it never did.
    went_back: String,
}

#[derive(Template)]
#[template(path = "keys.html")]
struct KeysPage<'a> {
    page: &'a Page,
    keys: Vec<Listed>,
    label_max: usize,
    /// Whether browsers register keys at this address.
    has_domain: bool,
}

/// `GET /account/keys`
pub async fn shown(State(service): State<Arc<Service>>, page: Page, headers: HeaderMap) -> Result<Response, Problem> {
    let account = page.asking.who()?.account.id;
    let has_domain = party(&service, &headers).is_ok();
    let keys = blocking(service, move |service| service.credentials.keys(account)).await?;
    let day = |at: Micros| page.words.day(&at.to_string());
    let listed = keys.into_iter().map(|one| Listed {
        id: one.id,
        label: one.label,
        added: day(one.added),
        used: one.used.map_or_else(|| page.t("token-never"), day),
        went_back: one.went_back.map(day).unwrap_or_default(),
    });
    page.render(&KeysPage { page: &page, keys: listed.collect(), label_max: KEY_LABEL_MAX, has_domain })
}

/// `POST /account/keys/{id}/remove`
pub async fn remove(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    take_away(service, page.asking.who()?.account.id, id).await?;
    Ok(Redirect::to("/account/keys").into_response())
}
