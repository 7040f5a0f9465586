//! The API tokens of the own account.

use super::Page;
use crate::archive::account::token::{DAYS_MAX, may_be_for};
use crate::auth::rights::Action;
use crate::http::api::tokens::make;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::time::Micros;
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

struct Listed {
    id: Uuid,
    label: String,
    actions: String,
    ends: String,
    has_ended: bool,
    used: String,
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage<'a> {
    page: &'a Page,
    tokens: Vec<Listed>,
    /// Name of each action that a token may be for, and what it is called.
    actions: Vec<(&'static str, String)>,
    days_max: u32,
    /// What opens, shown this once.
    secret: String,
    wrong: String,
}

/// `GET /account/tokens`
pub async fn shown(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    show(&service, &page, String::new(), String::new()).await
}

async fn show(service: &Arc<Service>, page: &Page, secret: String, wrong: String) -> Result<Response, Problem> {
    let account = page.asking.who()?.account.id;
    let tokens = blocking(service.clone(), move |service| service.tokens.of_account(account)).await?;
    let now = service.clock.wall();
    let day = |at: Micros| page.words.day(&at.to_string());
    let called = |action: &Action| page.t(&format!("action-{}", action.name()));
    let listed = tokens.iter().map(|one| Listed {
        id: one.id,
        label: one.label.clone(),
        actions: one.actions.iter().map(called).collect::<Vec<_>>().join(", "),
        ends: day(one.ends),
        has_ended: now >= one.ends,
        used: one.used.map_or_else(|| page.t("token-never"), day),
    });
    let offered = Action::ALL.iter().filter(|action| may_be_for(**action) && page.asking.could(**action));
    let shown = TokensPage {
        page,
        tokens: listed.collect(),
        actions: offered.map(|action| (action.name(), called(action))).collect(),
        days_max: DAYS_MAX,
        secret,
        wrong,
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

/// `POST /account/tokens`: makes one, and shows what opens.
pub async fn create(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let all = |name: &'static str| fields.iter().filter(move |(given, _)| given == name).map(|(_, value)| value);
    let label = all("label").next().cloned().unwrap_or_default();
    let days = all("days").next().and_then(|days| days.trim().parse().ok()).unwrap_or(0);
    let actions: BTreeSet<Action> = all("action").filter_map(|name| name.parse().ok()).collect();
    match make(&service, &page.asking, label, actions, days).await {
        Ok((_, secret)) => show(&service, &page, secret, String::new()).await,
        Err(problem) if problem.code == "invalid" => {
            show(&service, &page, String::new(), page.t("token-invalid")).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /account/tokens/{id}/revoke`
pub async fn revoke(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let account = page.asking.who()?.account.id;
    blocking(service, move |service| service.tokens.revoke(account, id)).await?;
    tracing::info!(%account, token = %id, "a token was revoked");
    Ok(Redirect::to("/account/tokens").into_response())
}
