//! Security keys of the own account: registered, listed, removed by the person who holds them.

use super::refused::NotSignedIn;
use super::session::key::{Descriptor, bytes, party};
use crate::archive::account::challenge::{Purpose, WAITS};
use crate::archive::account::credential::{Factors, Key, NewKey};
use crate::archive::account::session::Which;
use crate::auth::webauthn::{ALGORITHMS, Refusal, challenge_of};
use crate::error::Error;
use crate::http::guard::{Asking, set_cookie};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A security key.
#[derive(Serialize, ToSchema)]
pub struct KeyShown {
    /// Names it; opens nothing.
    pub key: String,
    /// What its holder calls it.
    pub label: String,
    /// When it was registered, RFC 3339.
    pub added: String,
    /// When it was last used; null: never.
    pub used: Option<String>,
    /// When its counter went back, and it was refused: there may be a copy of it; null: never.
    pub went_back: Option<String>,
    /// Whether it always asks for its PIN or finger.
    pub verifies: bool,
}

/// The keys of an account.
#[derive(Serialize, ToSchema)]
pub struct KeysShown {
    /// In the order in which they were registered.
    pub keys: Vec<KeyShown>,
}

/// A key that was just registered.
#[derive(Serialize, ToSchema)]
pub struct KeyAdded {
    /// It.
    pub key: KeyShown,
    /// The session goes on with another cookie and this form token.
    pub form_token: String,
}

/// What a browser asks of a new key: `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    /// 256 random bits, base64url: answered once, within the time.
    pub challenge: String,
    /// For whom: this service.
    pub rp: RpEntity,
    /// Of whom.
    pub user: UserEntity,
    /// Kinds of signature that are taken, the wanted first.
    pub pub_key_cred_params: Vec<CredentialParameters>,
    /// Keys that are registered already.
    pub exclude_credentials: Vec<Descriptor>,
    /// How the key is to be made.
    pub authenticator_selection: AuthenticatorSelection,
    /// Always `none`: no maker's word is asked for.
    pub attestation: &'static str,
    /// Milliseconds.
    pub timeout: u64,
}

/// For whom a key is registered.
#[derive(Serialize, ToSchema)]
pub struct RpEntity {
    /// The domain.
    pub id: String,
    /// The archive.
    pub name: String,
}

/// Of whom a key is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserEntity {
    /// The account, base64url.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of its holder.
    pub display_name: String,
}

/// A kind of signature.
#[derive(Serialize, ToSchema)]
pub struct CredentialParameters {
    /// Number of the algorithm, as COSE has it.
    pub alg: i64,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// How a key is to be made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorSelection {
    /// `discouraged`: the name of the account is asked for anyway.
    pub resident_key: &'static str,
    /// `preferred`: a key that can asks for its PIN or finger, and from then on always must.
    pub user_verification: &'static str,
}

/// A key that is wanted.
#[derive(Deserialize, ToSchema)]
pub struct KeyWanted {
    /// What its holder calls it.
    pub label: String,
    /// What the browser brought of it.
    pub credential: NewCredential,
}

/// `RegistrationResponseJSON`; what else it has is passed over.
#[derive(Deserialize, ToSchema)]
pub struct NewCredential {
    /// What it said.
    pub response: NewCredentialResponse,
}

/// `AuthenticatorAttestationResponseJSON`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewCredentialResponse {
    /// What the browser saw, base64url.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: String,
    /// What the authenticator says of the key, base64url.
    pub attestation_object: String,
    /// How the browser reached it.
    #[serde(default)]
    pub transports: Vec<String>,
}

impl KeyShown {
    fn new(key: &Key) -> Self {
        Self {
            key: key.id.to_string(),
            label: key.label.clone(),
            added: key.added.to_string(),
            used: key.used.map(|used| used.to_string()),
            went_back: key.went_back.map(|at| at.to_string()),
            verifies: key.verifies,
        }
    }
}

/// The security keys of the own account.
#[utoipa::path(get, path = "/keys", tag = "session", security(("session" = [])), responses(
    (status = 200, description = "the keys", body = KeysShown),
    NotSignedIn,
    (status = 403, description = "the password was given too long ago, or a token asks", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn list(State(service): State<Arc<Service>>, asking: Asking) -> Result<Json<KeysShown>, Problem> {
    let account = asking.who()?.account.id;
    let keys = blocking(service, move |service| service.credentials.keys(account)).await?;
    Ok(Json(KeysShown { keys: keys.iter().map(KeyShown::new).collect() }))
}

/// Ask for a challenge to a new key.
#[utoipa::path(post, path = "/keys/challenge", tag = "session", security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "for `navigator.credentials.create`; then `POST /keys`", body = CreationOptions),
    NotSignedIn,
    (status = 403, description = "the password was given too long ago, or a token asks", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the service has no domain", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn challenge(
    State(service): State<Arc<Service>>,
    asking: Asking,
    headers: HeaderMap,
) -> Result<Json<CreationOptions>, Problem> {
    let who = asking.who()?.clone();
    let (account, session) = (who.account.id, who.session()?.0.id);
    let party = party(&service, &headers)?;
    let (challenge, keys, archive) = blocking(service, move |service| {
        let challenge = service.challenges.give(account, Purpose::Register(session))?;
        Ok((challenge, service.credentials.keys(account)?, service.archive()?.format.origin.clone()))
    })
    .await?;
    let kind = "public-key";
    Ok(Json(CreationOptions {
        challenge: URL_SAFE_NO_PAD.encode(challenge.bits),
        rp: RpEntity { id: party.id, name: archive },
        user: UserEntity {
            id: URL_SAFE_NO_PAD.encode(account.as_bytes()),
            name: who.account.name.clone(),
            display_name: who.account.display_name.clone(),
        },
        pub_key_cred_params: ALGORITHMS.map(|alg| CredentialParameters { alg, kind }).into(),
        exclude_credentials: Descriptor::of(&keys),
        authenticator_selection: AuthenticatorSelection { resident_key: "discouraged", user_verification: "preferred" },
        attestation: "none",
        timeout: WAITS.as_millis() as u64,
    }))
}

/// Register a key. The session goes on with both factors, under another cookie, and every other session of the account ends.
#[utoipa::path(post, path = "/keys", tag = "session", request_body = KeyWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "registered", body = KeyAdded),
    (status = 400, description = "what the browser brought is not right, or the label", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "the password was given too long ago, or a token asks", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "registered already, or as many as an account may have", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    headers: HeaderMap,
    Json(wanted): Json<KeyWanted>,
) -> Result<Response, Problem> {
    let who = asking.who()?.clone();
    let (account, session, token) = (who.account.id, who.session()?.0.id, who.session()?.1.clone());
    let party = party(&service, &headers)?;
    let given = &wanted.credential.response;
    let (client_data, attestation_object) = (bytes(&given.client_data_json)?, bytes(&given.attestation_object)?);
    let added = blocking(service.clone(), move |service| {
        let refused = |refusal: Refusal| Error::invalid(refusal.to_string());
        let waiting = service.challenges.take(&challenge_of(&client_data).map_err(refused)?)?;
        let purpose = Purpose::Register(session);
        let challenge = waiting.filter(|one| one.account == account && one.purpose == purpose);
        let challenge = challenge.ok_or_else(|| refused(Refusal::OtherChallenge))?;
        let transports = &wanted.credential.response.transports;
        let (client_data, attestation_object) = (&client_data, &attestation_object);
        let new = NewKey { label: &wanted.label, client_data, attestation_object, transports };
        let key = service.credentials.add_key(&party, &challenge, &new)?;
        service.sessions.revoke(account, Which::AllBut(session))?;
        Ok(service.sessions.renew(&token, Factors::Both)?.map(|token| (key, token)))
    });
    let (key, token) = added.await?.ok_or_else(Problem::sign_in)?;
    tracing::info!(%account, key = %key.id, "a security key was registered");
    let cookie = set_cookie(&service.address, Some(&token));
    let body = KeyAdded { key: KeyShown::new(&key), form_token: token.form_token() };
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

/// Takes a key of an account away.
pub async fn take_away(service: Arc<Service>, account: Uuid, id: Uuid) -> Result<(), Problem> {
    blocking(service, move |service| service.credentials.remove_key(account, id)).await?;
    tracing::warn!(%account, key = %id, "a security key was taken away");
    Ok(())
}

/// Remove a key: it opens nothing from now on.
#[utoipa::path(delete, path = "/keys/{id}", tag = "session", params(("id" = String, Path, description = "its identifier")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "removed"),
    (status = 400, description = "no identifier", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "the account has no such key", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn remove(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = Uuid::try_parse(&id).map_err(|_| Problem::invalid("no identifier of a key"))?;
    take_away(service, asking.who()?.account.id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
