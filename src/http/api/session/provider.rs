//! A second factor after a provider's word: whose it is says the ticket that the browser got when it left for the provider.
//! The code is a page's to take; a security key answers here, as browsers have words for it.

use super::key::{Given, KeyAnswer, RequestOptions, answered, challenged, party};
use super::{Begun, SessionShown, opened, refused};
use crate::archive::account::challenge::Purpose as Asked;
use crate::archive::account::credential::{Factors, SetBy};
use crate::archive::account::provider::{Held, Purpose, Ticket};
use crate::archive::account::session::{Proven, Token};
use crate::http::guard::{Asking, set_ticket, ticket};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use std::sync::Arc;

/// Who still has to bring a second factor in this browser, if anybody.
pub fn held(service: &Service, headers: &HeaderMap) -> Result<Option<(Ticket, Held)>, Problem> {
    let (Some(provider), Some(ticket)) = (&service.provider, ticket(&service.address, headers)) else {
        return Ok(None);
    };
    Ok(provider.flows.held(&ticket)?.map(|held| (ticket, held)))
}

/// Begins the session, or goes on with the one that was asked for, of somebody who proved who they are.
pub async fn open(
    service: &Arc<Service>,
    asking: &Asking,
    held: &Held,
    factors: Factors,
    headers: &HeaderMap,
) -> Result<Token, Problem> {
    let session = match held.purpose {
        Purpose::SignIn => {
            let proven = Proven { set_by: SetBy::Holder, factors, identity: Some(held.identity.digest()) };
            return Begun { account: held.account, proven }.session(service, headers).await;
        }
        Purpose::Again(session) => session,
    };
    let who = asking.who()?;
    let (own, token) = who.session()?;
    if own.id != session || who.account.id != held.account {
        return Err(Problem::sign_in());
    }
    let token = token.clone();
    let renewed = blocking(service.clone(), move |service| service.sessions.renew(&token, factors));
    renewed.await?.ok_or_else(Problem::sign_in)
}

fn nobody() -> Problem {
    Problem { detail: "no sign-in of this browser waits for a second factor".to_owned(), ..Problem::sign_in() }
}

/// Ask for a challenge to the security keys of who was just named by the provider, in this browser.
#[utoipa::path(post, path = "/session/provider/challenge", tag = "session", security(()), responses(
    (status = 200, description = "for `navigator.credentials.get`; then `POST /session/provider/key`", body = RequestOptions),
    (status = 401, description = "no sign-in of this browser waits for a second factor", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "where somebody is signed in: the form token is missing", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the account has no security key, or the service has no domain", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "too many attempts", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn challenge(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<Json<RequestOptions>, Problem> {
    let (_, held) = held(&service, &headers)?.ok_or_else(nobody)?;
    let party = party(&service, &headers)?;
    let asked = blocking(service, move |service| challenged(service, held.account, Asked::Provider(held.id)));
    let (challenge, keys) = asked.await??;
    Ok(Json(RequestOptions::new(party, &challenge, &keys)))
}

/// Go on with a sign-in by a provider, with a key's answer to a challenge. The answer sets the session's cookie.
#[utoipa::path(post, path = "/session/provider/key", tag = "session", request_body = KeyAnswer, security(()), responses(
    (status = 200, description = "signed in, or proved again", body = SessionShown),
    (status = 401, description = "`key-refused`, `key-went-back`, or no sign-in of this browser waits for a second factor", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "where somebody is signed in: the form token is missing", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the service has no domain", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "too many wrong passwords or keys", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn key(
    State(service): State<Arc<Service>>,
    asking: Asking,
    headers: HeaderMap,
    Json(given): Json<KeyAnswer>,
) -> Result<Response, Problem> {
    let (ticket, held) = held(&service, &headers)?.ok_or_else(nobody)?;
    let (party, given, id) = (party(&service, &headers)?, Given::read(&given)?, held.id);
    let answered = blocking(service.clone(), move |service| {
        let answered = answered(service, &party, &given, Asked::Provider(id))?;
        service.provider.iter().filter(|_| answered.is_ok()).try_for_each(|provider| provider.flows.end(&ticket))?;
        Ok(answered)
    });
    let factors = answered.await?.map_err(refused)?.proven.factors;
    let token = open(&service, &asking, &held, factors, &headers).await?;
    let gone = AppendHeaders([(header::SET_COOKIE, set_ticket(&service.address, None))]);
    Ok((gone, opened(service, token).await?).into_response())
}
