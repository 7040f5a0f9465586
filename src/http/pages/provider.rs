//! Signing in by a provider: the way there, the way back, and the code where the account has a second factor.
//!
//! The way there is a link, not a form: the policy of content lets forms lead to this service alone, and stays so. What a
//! browser brings back opens nothing that it did not ask for itself: its ticket says so. Whom nobody linked is told how the
//! provider calls them, and gets no further.

use super::Page;
use super::home::{Next, SignInPage, own_path};
use super::own::SignInAgainPage;
use crate::archive::account::Account;
use crate::archive::account::credential::{Attempt, SecondFactor};
use crate::archive::account::provider::{Brought, Failure, Held, Proved, Provider, Purpose, Ticket};
use crate::archive::account::session::Token;
use crate::http::api::session::provider::{held, open};
use crate::http::guard::{escaped, is_own_step, set_cookie, set_ticket, ticket};
use crate::http::problem::Problem;
use crate::http::service::{Service, ask_provider, blocking};
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// Where the provider sends browsers back to.
const ANSWER: &str = "/sign-in/provider/answer";

/// The way to the provider, as a page shows it.
pub struct Way {
    /// What the provider is called.
    pub name: String,
    /// The path that leads there.
    pub path: String,
}

impl Way {
    /// To sign in, and go on to `next`.
    pub fn to_sign_in(service: &Service, next: &str) -> Option<Self> {
        service.provider.as_ref().map(|provider| Self::new(provider, "/sign-in/provider", next))
    }

    /// To go on with a session of an account whose holder the provider knows.
    pub fn to_go_on(service: &Service, account: &Account, next: &str) -> Option<Self> {
        let provider = service.provider.as_ref()?;
        let is_known = account.identity.as_ref().is_some_and(|identity| identity.issuer == provider.issuer());
        is_known.then(|| Self::new(provider, "/sign-in-again/provider", next))
    }

    fn new(provider: &Provider, path: &str, next: &str) -> Self {
        let next = if next.is_empty() { String::new() } else { format!("?next={}", escaped(next)) };
        Self { name: provider.name().to_owned(), path: format!("{path}{next}") }
    }
}

/// `GET /sign-in/provider`
pub async fn begin(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
    Query(Next { next }): Query<Next>,
) -> Result<Response, Problem> {
    if page.asking.0.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    leave(&service, &page, &headers, Purpose::SignIn, next).await
}

/// `GET /sign-in-again/provider`
pub async fn begin_again(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
    Query(Next { next }): Query<Next>,
) -> Result<Response, Problem> {
    let own = page.asking.who()?.session()?.0.id;
    leave(&service, &page, &headers, Purpose::Again(own), next).await
}

async fn leave(
    service: &Arc<Service>,
    page: &Page,
    headers: &HeaderMap,
    purpose: Purpose,
    next: Option<String>,
) -> Result<Response, Problem> {
    if !is_own_step(headers) {
        return Err(Problem::denied("the request comes from another site"));
    }
    let next = next.as_deref().map(own_path).unwrap_or_default();
    let redirect = service.address.origin(headers) + ANSWER;
    let begun = ask_provider(service, move |provider| provider.begin(purpose, &redirect, &next));
    match begun.await? {
        Ok(begun) => {
            let cookie = set_ticket(&service.address, Some(&begun.ticket));
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&begun.address)).into_response())
        }
        Err(failure) => failed(service, page, failure),
    }
}

/// What a browser brings back.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// `GET /sign-in/provider/answer`
pub async fn answer(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    // A browser without a ticket has one that nobody knows.
    let ticket = ticket(&service.address, &headers).unwrap_or_else(Ticket::random);
    let Back { state, code, iss: issuer, error, error_description } = back;
    let brought = Brought { state, code, issuer, error, error_description };
    let mine = ticket.clone();
    match ask_provider(&service, move |provider| provider.answer(&mine, &brought)).await? {
        Ok(proved) => came_back(&service, &page, &headers, &ticket, proved).await,
        Err(failure) => failed(&service, &page, failure),
    }
}

async fn came_back(
    service: &Arc<Service>,
    page: &Page,
    headers: &HeaderMap,
    ticket: &Ticket,
    proved: Proved,
) -> Result<Response, Problem> {
    let Proved { identity, purpose, next } = proved;
    let known = identity.clone();
    let Some(account) = blocking(service.clone(), move |service| service.account_of(&known)).await? else {
        tracing::warn!("the sign-in service named somebody to whom no account is linked");
        return again(service, page, page.with("provider-unlinked", &identity.subject), StatusCode::FORBIDDEN);
    };
    let account = account.id;
    if purpose != Purpose::SignIn && page.asking.who()?.account.id != account {
        tracing::warn!(%account, "the sign-in service named another person than the session's");
        return again(service, page, page.t("provider-another"), StatusCode::FORBIDDEN);
    }
    let held = Held { id: service.new_id(), purpose, account, identity, next, at: service.clock.wall() };
    let (kept, mine) = (held.clone(), ticket.clone());
    let attempted = blocking(service.clone(), move |service| {
        let attempt = service.credentials.attempt_without_password(account, None)?;
        if let (Attempt::CodeMissing, Some(provider)) = (attempt, &service.provider) {
            provider.flows.hold(&mine, kept)?;
        }
        Ok(attempt)
    });
    match attempted.await? {
        Attempt::Right(_, factors) => {
            let token = open(service, &page.asking, &held, factors, headers).await?;
            Ok(gone_on(service, &token, &held.next))
        }
        Attempt::CodeMissing => Ok(Redirect::to("/sign-in/provider/code").into_response()),
        _ => again(service, page, page.t("sign-in-too-many"), StatusCode::TOO_MANY_REQUESTS),
    }
}

#[derive(Template)]
#[template(path = "sign-in-code.html")]
struct CodePage<'a> {
    page: &'a Page,
    has_device: bool,
    has_keys: bool,
    next: String,
    wrong: String,
}

/// `GET /sign-in/provider/code`
pub async fn code_page(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match held(&service, &headers)? {
        Some((_, held)) => asked_for_code(&service, &page, &held, String::new(), StatusCode::OK).await,
        None => Ok(Redirect::to("/sign-in").into_response()),
    }
}

async fn asked_for_code(
    service: &Arc<Service>,
    page: &Page,
    held: &Held,
    wrong: String,
    status: StatusCode,
) -> Result<Response, Problem> {
    let account = held.account;
    let kept = blocking(service.clone(), move |service| {
        let has_device = matches!(service.credentials.second(account)?, SecondFactor::Confirmed { .. });
        Ok((has_device, !service.credentials.keys(account)?.is_empty()))
    });
    let (has_device, has_keys) = kept.await?;
    let mut response = page.render(&CodePage { page, has_device, has_keys, next: held.next.clone(), wrong })?;
    *response.status_mut() = status;
    Ok(response)
}

/// The form.
#[derive(Deserialize)]
pub struct CodeForm {
    code: String,
}

/// `POST /sign-in/provider/code`
pub async fn code(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Result<Response, Problem> {
    let Some((ticket, held)) = held(&service, &headers)? else { return Ok(Redirect::to("/sign-in").into_response()) };
    let account = held.account;
    let attempted = blocking(service.clone(), move |service| {
        let attempt = service.credentials.attempt_without_password(account, Some(&form.code))?;
        if let (Attempt::Right(..), Some(provider)) = (attempt, &service.provider) {
            provider.flows.end(&ticket)?;
        }
        Ok(attempt)
    });
    let (id, status) = match attempted.await? {
        Attempt::Right(_, factors) => {
            let token = open(&service, &page.asking, &held, factors, &headers).await?;
            return Ok(gone_on(&service, &token, &held.next));
        }
        Attempt::NotHeard(_) => ("sign-in-too-many", StatusCode::TOO_MANY_REQUESTS),
        _ => {
            tracing::warn!(%account, "a code was wrong");
            ("second-wrong", StatusCode::UNAUTHORIZED)
        }
    };
    asked_for_code(&service, &page, &held, page.t(id), status).await
}

/// On to where the person wanted to go, with the session and without the ticket.
fn gone_on(service: &Service, token: &Token, next: &str) -> Response {
    let (session, ticket) = (set_cookie(&service.address, Some(token)), set_ticket(&service.address, None));
    let cookies = AppendHeaders([(header::SET_COOKIE, session), (header::SET_COOKIE, ticket)]);
    (cookies, Redirect::to(if next.is_empty() { "/" } else { next })).into_response()
}

/// What went wrong, on the page where the password will do.
fn failed(service: &Service, page: &Page, failure: Failure) -> Result<Response, Problem> {
    let status = match failure {
        Failure::Refused(_) => StatusCode::UNAUTHORIZED,
        Failure::Silent(_) | Failure::OutOfReach(_) => StatusCode::BAD_GATEWAY,
        Failure::Own(error) => return Err(error.into()),
    };
    tracing::warn!(%failure, "nobody was signed in by the sign-in service");
    again(service, page, page.in_words(&failure.to_string()), status)
}

/// The page that was left for the provider, with what is wrong.
fn again(service: &Service, page: &Page, wrong: String, status: StatusCode) -> Result<Response, Problem> {
    let next = String::new();
    let mut response = match &page.asking.0 {
        Some(who) => {
            let (name, provider) = (who.account.name.clone(), Way::to_go_on(service, &who.account, &next));
            page.render(&SignInAgainPage { page, name, next, provider, wrong })?
        }
        None => {
            let provider = Way::to_sign_in(service, &next);
            page.render(&SignInPage { page, next, name: String::new(), provider, wrong })?
        }
    };
    *response.status_mut() = status;
    Ok(response)
}
