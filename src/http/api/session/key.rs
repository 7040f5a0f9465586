//! A security key in the place of a code: asked for once the password is right, and its answer taken, to sign in and to
//! prove again. The forms are those that browsers have words for (Web Authentication Level 3, §5.1.8 to §5.1.10).

use super::{Begun, SessionShown, opened, refused};
use crate::archive::account::challenge::{Challenge, Purpose, WAITS};
use crate::archive::account::credential::{Answer, Attempt, Key, Whom};
use crate::archive::account::session::Proven;
use crate::auth::webauthn::{Assertion, Refusal, RelyingParty, challenge_of};
use crate::error::Result;
use crate::http::guard::{Asking, Who};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking, proving};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Who wants to sign in with a key.
#[derive(Deserialize, ToSchema)]
pub struct KeySignIn {
    /// Name of the account.
    pub name: String,
    /// Password.
    pub password: String,
}

/// The password, again, before a key.
#[derive(Deserialize, ToSchema)]
pub struct KeyProof {
    /// Password.
    pub password: String,
}

/// What a browser asks a key for: `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    /// 256 random bits, base64url: answered once, within the time.
    pub challenge: String,
    /// The domain.
    pub rp_id: String,
    /// The keys of the account.
    pub allow_credentials: Vec<Descriptor>,
    /// `required` where each of them asked for its PIN or finger when it was registered, else `preferred`.
    pub user_verification: &'static str,
    /// Milliseconds.
    pub timeout: u64,
}

/// A key as browsers know it: `PublicKeyCredentialDescriptorJSON`.
#[derive(Serialize, ToSchema)]
pub struct Descriptor {
    /// Base64url.
    pub id: String,
    /// How browsers reach it.
    pub transports: Vec<String>,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// What a key answered: `AuthenticationResponseJSON`; what else it has is passed over.
#[derive(Deserialize, ToSchema)]
pub struct KeyAnswer {
    /// The key, base64url.
    pub id: String,
    /// What it said.
    pub response: KeyAnswerResponse,
}

/// `AuthenticatorAssertionResponseJSON`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyAnswerResponse {
    /// What the browser saw, base64url.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// What the authenticator saw, base64url.
    pub authenticator_data: String,
    /// Its signature over both, base64url.
    pub signature: String,
    /// Whom it takes its holder for, base64url.
    #[serde(default)]
    pub user_handle: Option<String>,
}

/// What a key answered, as bytes.
pub(super) struct Given {
    name: Vec<u8>,
    holder: Option<Vec<u8>>,
    client_data: Vec<u8>,
    authenticator_data: Vec<u8>,
    signature: Vec<u8>,
}

impl Descriptor {
    /// Those of keys.
    pub fn of(keys: &[Key]) -> Vec<Self> {
        let of = |key: &Key| Self {
            id: URL_SAFE_NO_PAD.encode(&key.name),
            transports: key.transports.clone(),
            kind: "public-key",
        };
        keys.iter().map(of).collect()
    }
}

impl RequestOptions {
    pub(super) fn new(party: RelyingParty, challenge: &Challenge, keys: &[Key]) -> Self {
        Self {
            challenge: URL_SAFE_NO_PAD.encode(challenge.bits),
            rp_id: party.id,
            allow_credentials: Descriptor::of(keys),
            user_verification: if keys.iter().all(|key| key.verifies) { "required" } else { "preferred" },
            timeout: WAITS.as_millis() as u64,
        }
    }
}

impl Given {
    pub(super) fn read(given: &KeyAnswer) -> Result<Self, Problem> {
        let said = &given.response;
        Ok(Self {
            name: bytes(&given.id)?,
            holder: said.user_handle.as_deref().map(bytes).transpose()?,
            client_data: bytes(&said.client_data_json)?,
            authenticator_data: bytes(&said.authenticator_data)?,
            signature: bytes(&said.signature)?,
        })
    }

    fn answer(&self) -> Answer<'_> {
        Answer {
            name: &self.name,
            holder: self.holder.as_deref(),
            assertion: Assertion {
                client_data: &self.client_data,
                authenticator_data: &self.authenticator_data,
                signature: &self.signature,
            },
        }
    }
}

/// Bytes as browsers send them.
pub fn bytes(text: &str) -> Result<Vec<u8>, Problem> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Problem::invalid("what a key brings is base64url without padding"))
}

/// For whom keys are registered, at the address that a request came to.
pub fn party(service: &Service, headers: &HeaderMap) -> Result<RelyingParty, Problem> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    service.address.relying_party(host).ok_or_else(|| {
        Problem::conflict("security keys need a domain: set listen.public, or on this machine open http://localhost")
    })
}

/// A challenge to the keys of who just gave the right password.
fn asked(
    service: &Service,
    whom: Whom<'_>,
    password: &str,
    purpose: Purpose,
) -> Result<Result<(Challenge, Vec<Key>), Problem>> {
    let attempt = service.credentials.attempt(whom, password, None)?;
    let (Attempt::Right(..) | Attempt::CodeMissing, Whom::Account(account)) = (attempt, whom) else {
        return Ok(Err(refused(attempt)));
    };
    challenged(service, account, purpose)
}

/// A challenge to the keys of an account.
pub(super) fn challenged(
    service: &Service,
    account: Uuid,
    purpose: Purpose,
) -> Result<Result<(Challenge, Vec<Key>), Problem>> {
    let keys = service.credentials.keys(account)?;
    if keys.is_empty() {
        return Ok(Err(Problem::conflict("the account has no security key")));
    }
    Ok(Ok((service.challenges.give(account, purpose)?, keys)))
}

/// What comes of an answer to a challenge of this purpose: whose key it was, and what was proved.
pub(super) fn answered(
    service: &Service,
    party: &RelyingParty,
    given: &Given,
    purpose: Purpose,
) -> Result<Result<Begun, Attempt>> {
    let bits = match challenge_of(&given.client_data) {
        Ok(bits) => bits,
        Err(refusal) => return Ok(Err(Attempt::KeyRefused(refusal))),
    };
    let Some(challenge) = service.challenges.take(&bits)?.filter(|one| one.purpose == purpose) else {
        return Ok(Err(Attempt::KeyRefused(Refusal::OtherChallenge)));
    };
    let account = challenge.account;
    Ok(match service.credentials.attempt_with_key(party, &challenge, &given.answer())? {
        Attempt::Right(set_by, factors) => Ok(Begun { account, proven: Proven { set_by, factors, identity: None } }),
        attempt => {
            tracing::warn!(%account, ?attempt, "a security key was not taken");
            Err(attempt)
        }
    })
}

/// Ask for a challenge to the security keys of an account, for its password. Whoever has the password alone is no further.
#[utoipa::path(post, path = "/session/challenge", tag = "session", request_body = KeySignIn, security(()), responses(
    (status = 200, description = "for `navigator.credentials.get`; then `POST /session/key`", body = RequestOptions),
    (status = 401, description = "name or password are not right; `password-lapsed` where it is a first one and too old", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the account has no security key, or the service has no domain", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "too many wrong passwords", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn ask_to_sign_in(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Json(given): Json<KeySignIn>,
) -> Result<Json<RequestOptions>, Problem> {
    let party = party(&service, &headers)?;
    let asked = proving(service, move |service| {
        let account = service.account_named(&given.name)?.map(|account| account.id);
        let whom = account.map_or(Whom::Nobody(&given.name), Whom::Account);
        asked(service, whom, &given.password, Purpose::SignIn)
    });
    let (challenge, keys) = asked.await??;
    Ok(Json(RequestOptions::new(party, &challenge, &keys)))
}

/// Sign in with a key's answer to a challenge. The answer sets the session's cookie.
#[utoipa::path(post, path = "/session/key", tag = "session", request_body = KeyAnswer, security(()), responses(
    (status = 200, description = "signed in", body = SessionShown),
    (status = 401, description = "`key-refused`: the key, or what it answered, is not right; `key-went-back`: there may be a copy of it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the service has no domain", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "too many wrong passwords or keys", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn sign_in(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Json(given): Json<KeyAnswer>,
) -> Result<Response, Problem> {
    let (party, given) = (party(&service, &headers)?, Given::read(&given)?);
    let answered = blocking(service.clone(), move |service| answered(service, &party, &given, Purpose::SignIn));
    let begun = answered.await?.map_err(refused)?;
    let token = begun.session(&service, &headers).await?;
    opened(service, token).await
}

/// Ask for a challenge to the own keys, for the password, as `POST /session/proof` wants them.
#[utoipa::path(post, path = "/session/proof/challenge", tag = "session", request_body = KeyProof,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "for `navigator.credentials.get`; then `POST /session/proof/key`", body = RequestOptions),
    (status = 401, description = "the password is not right, or nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the account has no security key, or the service has no domain", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "too many wrong passwords", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn ask_again(
    State(service): State<Arc<Service>>,
    asking: Asking,
    headers: HeaderMap,
    Json(given): Json<KeyProof>,
) -> Result<Json<RequestOptions>, Problem> {
    let party = party(&service, &headers)?;
    let (account, purpose) = again(asking.who()?)?;
    let asked = proving(service, move |service| asked(service, Whom::Account(account), &given.password, purpose));
    let (challenge, keys) = asked.await??;
    Ok(Json(RequestOptions::new(party, &challenge, &keys)))
}

/// Go on with the session by a key's answer to a challenge: with another cookie and another form token, as after `POST /session/proof`.
#[utoipa::path(post, path = "/session/proof/key", tag = "session", request_body = KeyAnswer,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "proved", body = SessionShown),
    (status = 401, description = "`key-refused`, `key-went-back`, or nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the service has no domain", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "too many wrong passwords or keys", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn prove(
    State(service): State<Arc<Service>>,
    asking: Asking,
    headers: HeaderMap,
    Json(given): Json<KeyAnswer>,
) -> Result<Response, Problem> {
    let who = asking.who()?;
    let (party, given) = (party(&service, &headers)?, Given::read(&given)?);
    let ((_, purpose), token) = (again(who)?, who.session()?.1.clone());
    let renewed = blocking(service.clone(), move |service| {
        Ok(match answered(service, &party, &given, purpose)? {
            Ok(begun) => Ok(service.sessions.renew(&token, begun.proven.factors)?),
            Err(attempt) => Err(attempt),
        })
    });
    let token = renewed.await?.map_err(refused)?.ok_or_else(Problem::sign_in)?;
    opened(service, token).await
}

/// The account of a session, and what its challenges are for.
fn again(who: &Who) -> Result<(Uuid, Purpose), Problem> {
    Ok((who.account.id, Purpose::Again(who.session()?.0.id)))
}
