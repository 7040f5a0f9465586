//! Saved searches: run, renamed, deleted; saved from the page of a search.

use super::Page;
use super::search::narrow::{Chip, chips, link};
use crate::archive::account::searches::{NAME_MAX, SavedSearch};
use crate::http::api::search::Search;
use crate::http::api::searches::{own, save};
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// A saved search in a list.
pub struct Listed {
    id: Uuid,
    name: String,
    /// The words that it has; the rest is in `chips`.
    words: String,
    chips: Vec<Chip>,
    href: String,
    saved: String,
}

impl Listed {
    fn new(page: &Page, one: SavedSearch) -> Self {
        let asked = Search::of_conditions(&one.conditions);
        Self {
            id: one.id,
            name: one.name,
            words: asked.words.clone().unwrap_or_default(),
            chips: chips(page, &asked),
            href: link(&asked, &[], None),
            saved: page.words.day(&one.saved.to_string()),
        }
    }
}

#[derive(Template)]
#[template(path = "searches.html")]
struct SearchesPage<'a> {
    page: &'a Page,
    searches: Vec<Listed>,
    name_max: usize,
}

/// The form that saves a search: its name, and the conditions.
#[derive(Deserialize)]
pub struct SaveForm {
    name: String,
    #[serde(flatten)]
    query: Search,
}

/// The form with another name.
#[derive(Deserialize)]
pub struct NameForm {
    name: String,
}

/// Names of the saved searches with where they lead, for the first page.
pub async fn shortcuts(service: &Arc<Service>, page: &Page) -> Result<Vec<(String, String)>, Problem> {
    let searches = own(service, &page.asking).await?;
    Ok(searches.into_iter().map(|one| (one.name, link(&Search::of_conditions(&one.conditions), &[], None))).collect())
}

/// `GET /searches`
pub async fn list(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    let searches = own(&service, &page.asking).await?.into_iter().map(|one| Listed::new(&page, one)).collect();
    page.render(&SearchesPage { page: &page, searches, name_max: NAME_MAX })
}

/// `POST /searches`
pub async fn create(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(form): Form<SaveForm>,
) -> Result<Response, Problem> {
    save(&service, &page.asking, form.name, &form.query).await?;
    Ok(Redirect::to("/searches").into_response())
}

/// `POST /searches/{id}/rename`
pub async fn rename(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<Uuid>,
    Form(form): Form<NameForm>,
) -> Result<Response, Problem> {
    let account = page.asking.who()?.account.id;
    blocking(service, move |service| service.searches.rename(account, id, &form.name)).await?;
    Ok(Redirect::to("/searches").into_response())
}

/// `POST /searches/{id}/delete`
pub async fn delete(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let account = page.asking.who()?.account.id;
    blocking(service, move |service| service.searches.delete(account, id)).await?;
    Ok(Redirect::to("/searches").into_response())
}
