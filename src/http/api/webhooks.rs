//! Webhooks over the API: made, resumed and removed by administrators who just gave their password.

use super::refused::{NoRole, NotSignedIn};
use crate::archive::webhook::{Standing, Wanted, Webhook};
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A webhook that is wanted.
#[derive(Deserialize, ToSchema)]
pub struct WebhookWanted {
    /// Code of the agency whose transfers it is about, with those under it.
    pub agency: String,
    /// Where it is told: an `https` address of the public internet. Others are allowed on the command line alone.
    pub url: String,
}

/// A webhook.
#[derive(Serialize, ToSchema)]
pub struct WebhookShown {
    /// Its identifier.
    pub webhook: String,
    /// Code of the agency.
    pub agency: String,
    /// Where it is told.
    pub url: String,
    /// Name of the account that made it.
    pub by: String,
    /// When, RFC 3339.
    pub made: String,
    /// `well`; `failing`: tried again at `next`; `disabled`: not tried any more.
    pub standing: &'static str,
    /// What happened the last time it was not taken.
    pub why: Option<String>,
    /// When it is tried again.
    pub next: Option<String>,
    /// What messages are signed with: in the answer that makes the webhook, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Every webhook.
#[derive(Serialize, ToSchema)]
pub struct WebhooksShown {
    /// The oldest first.
    pub webhooks: Vec<WebhookShown>,
}

impl WebhookShown {
    /// Without its secret.
    pub fn new(webhook: &Webhook) -> Self {
        let (standing, why, next) = match &webhook.standing {
            Standing::Well => ("well", None, None),
            Standing::Failing { why, next, .. } => ("failing", Some(why.clone()), Some(next.to_string())),
            Standing::Disabled { why, .. } => ("disabled", Some(why.clone()), None),
        };
        Self {
            webhook: webhook.id.to_string(),
            agency: webhook.agency.to_string(),
            url: webhook.url.to_string(),
            by: webhook.by.clone(),
            made: webhook.made.to_string(),
            standing,
            why,
            next,
            secret: None,
        }
    }
}

/// Makes a webhook at a public address; with its secret.
pub async fn make(service: &Arc<Service>, asking: &Asking, wanted: WebhookWanted) -> Result<WebhookShown, Problem> {
    let agency = wanted.agency.trim().parse().map_err(|_| Problem::invalid("the code of the agency can't be read"))?;
    let by = asking.who()?.account.name.clone();
    let wanted = Wanted { agency, url: wanted.url.trim().to_owned(), via: None, by };
    let made = blocking(service.clone(), move |service| service.webhooks.make(wanted, service.archive()?.catch_up()?));
    let (made, secret) = made.await?;
    tracing::info!(webhook = %made.id, "a webhook was made");
    Ok(WebhookShown { secret: Some(secret), ..WebhookShown::new(&made) })
}

/// Has a webhook tried again.
pub async fn resume(service: &Arc<Service>, id: &str) -> Result<Webhook, Problem> {
    let id = identifier(id)?;
    Ok(blocking(service.clone(), move |service| service.webhooks.resume(id)).await?)
}

/// Removes a webhook.
pub async fn end(service: &Arc<Service>, id: &str) -> Result<(), Problem> {
    let id = identifier(id)?;
    blocking(service.clone(), move |service| service.webhooks.remove(id)).await?;
    tracing::info!(webhook = %id, "a webhook was removed");
    Ok(())
}

fn identifier(text: &str) -> Result<Uuid, Problem> {
    Uuid::try_parse(text).map_err(|_| Problem::not_found())
}

/// The webhooks, with how they stand.
#[utoipa::path(get, path = "/webhooks", tag = "administration", security(("session" = [])), responses(
    (status = 200, description = "the webhooks, without their secrets", body = WebhooksShown),
    NotSignedIn, NoRole,
))]
pub async fn list(State(service): State<Arc<Service>>) -> Result<Json<WebhooksShown>, Problem> {
    let all = blocking(service, |service| service.webhooks.all()).await?;
    Ok(Json(WebhooksShown { webhooks: all.iter().map(WebhookShown::new).collect() }))
}

/// Make a webhook: a system of the agency is told (Standard Webhooks 1.0) that one of its transfers was returned, accepted or
/// accessioned: `transfer.returned`, `transfer.accepted`, `transfer.accessioned`. `secret` is in this answer and nowhere else.
#[utoipa::path(post, path = "/webhooks", tag = "administration", request_body = WebhookWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "made", body = WebhookShown),
    (status = 400, description = "no code of an agency, or no https address", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "there are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<WebhookWanted>,
) -> Result<(StatusCode, Json<WebhookShown>), Problem> {
    Ok((StatusCode::CREATED, Json(make(&service, &asking, wanted).await?)))
}

/// Try a webhook that failed or was disabled again, from where it stopped.
#[utoipa::path(post, path = "/webhooks/{id}/resumption", tag = "administration",
    params(("id" = String, Path, description = "identifier")), security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "resumed", body = WebhookShown),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn resumption(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
) -> Result<Json<WebhookShown>, Problem> {
    Ok(Json(WebhookShown::new(&resume(&service, &id).await?)))
}

/// Remove a webhook: it is told nothing from now on.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "administration",
    params(("id" = String, Path, description = "identifier")), security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "removed"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn remove(State(service): State<Arc<Service>>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    end(&service, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
