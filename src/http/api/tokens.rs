//! API tokens of the own account: made, listed, revoked by the person who holds it.

use super::refused::NotSignedIn;
use crate::archive::account::token::{Token, Wanted};
use crate::auth::rights::Action;
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A token that is wanted.
#[derive(Deserialize, ToSchema)]
pub struct TokenWanted {
    /// The system that will have it.
    pub label: String,
    /// What it is for: names of actions, as `actions` of a token has them. The account must be allowed them.
    pub actions: Vec<String>,
    /// How long it opens anything, 1 to 366 days.
    pub days: u32,
}

/// A token.
#[derive(Serialize, ToSchema)]
pub struct TokenShown {
    /// Names it; opens nothing.
    pub token: String,
    /// The system that has it.
    pub label: String,
    /// What it is for.
    pub actions: Vec<&'static str>,
    /// When it was made, RFC 3339.
    pub made: String,
    /// From when it opens nothing.
    pub ends: String,
    /// When it was last used, to the minute; null: never.
    pub used: Option<String>,
    /// Whether a client's certificate opens it, not a secret.
    pub by_certificate: bool,
    /// What a request sends as `Authorization: Bearer …`: in the answer that makes the token, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// The tokens of an account.
#[derive(Serialize, ToSchema)]
pub struct TokensShown {
    /// The newest first.
    pub tokens: Vec<TokenShown>,
}

impl TokenShown {
    fn new(token: &Token, secret: Option<String>) -> Self {
        Self {
            token: token.id.to_string(),
            label: token.label.clone(),
            actions: token.actions.iter().map(|action| action.name()).collect(),
            made: token.made.to_string(),
            ends: token.ends.to_string(),
            used: token.used.map(|used| used.to_string()),
            by_certificate: token.by_certificate,
            secret,
        }
    }
}

/// Makes a token of the own account, for actions that it is allowed.
pub async fn make(
    service: &Arc<Service>,
    asking: &Asking,
    label: String,
    actions: BTreeSet<Action>,
    days: u32,
) -> Result<(Token, String), Problem> {
    let account = asking.who()?.account.id;
    if !actions.iter().all(|action| asking.could(*action)) {
        return Err(Problem::denied("no role of this account does one of these actions"));
    }
    let wanted = Wanted { account, label, actions, days, certificate: None };
    let (token, secret) = blocking(service.clone(), move |service| service.tokens.make(wanted)).await?;
    tracing::info!(%account, token = %token.id, "a token was made");
    Ok((token, secret.unwrap_or_default()))
}

/// The tokens of the own account.
#[utoipa::path(get, path = "/tokens", tag = "session", security(("session" = [])), responses(
    (status = 200, description = "the tokens, without what opens", body = TokensShown),
    NotSignedIn,
    (status = 403, description = "the password was given too long ago, or a token asks", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn list(State(service): State<Arc<Service>>, asking: Asking) -> Result<Json<TokensShown>, Problem> {
    let account = asking.who()?.account.id;
    let tokens = blocking(service, move |service| service.tokens.of_account(account)).await?;
    Ok(Json(TokensShown { tokens: tokens.iter().map(|one| TokenShown::new(one, None)).collect() }))
}

/// Make a token. `secret` is in this answer and nowhere else.
#[utoipa::path(post, path = "/tokens", tag = "session", request_body = TokenWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "made", body = TokenShown),
    (status = 400, description = "there is no such action, or it can't be a token", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "the password was given too long ago, or the account is not allowed this", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the account has as many as it may", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<TokenWanted>,
) -> Result<(StatusCode, Json<TokenShown>), Problem> {
    let actions: Result<BTreeSet<Action>, _> = wanted.actions.iter().map(|name| name.parse()).collect();
    let actions = actions.map_err(|_| Problem::invalid("there is no action of one of these names"))?;
    let (token, secret) = make(&service, &asking, wanted.label, actions, wanted.days).await?;
    Ok((StatusCode::CREATED, Json(TokenShown::new(&token, Some(secret)))))
}

/// Revoke a token: it opens nothing from now on.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "session", params(("id" = String, Path, description = "its identifier")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "revoked"),
    (status = 400, description = "no identifier", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "the account has no such token", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn revoke(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let account = asking.who()?.account.id;
    let id = Uuid::try_parse(&id).map_err(|_| Problem::invalid("no identifier of a token"))?;
    blocking(service, move |service| service.tokens.revoke(account, id)).await?;
    tracing::info!(%account, token = %id, "a token was revoked");
    Ok(StatusCode::NO_CONTENT)
}
