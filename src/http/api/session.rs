//! Signing in and out over the API.

pub mod key;
pub mod provider;

use super::refused::NotSignedIn;
use crate::archive::account::credential::{Attempt, Whom};
use crate::archive::account::session::{Proven, Token};
use crate::auth::rights::Reach;
use crate::auth::webauthn::Refusal;
use crate::http::given::Known;
use crate::http::guard::{Asking, FORGET, Who, set_cookie};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking, proving};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// Name of the account.
    pub name: String,
    /// Password.
    pub password: String,
    /// Code of the second factor, or a recovery code, where the account has one.
    #[serde(default)]
    pub code: Option<String>,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub struct SessionShown {
    /// Name of the account.
    pub name: String,
    /// Name of its holder.
    pub holder: String,
    /// Its roles.
    pub roles: Vec<&'static str>,
    /// Codes of the agencies it acts for; null: the whole archive.
    pub agencies: Option<Vec<String>>,
    /// To be sent as `x-form-token` with every request that changes something.
    pub form_token: String,
    /// Whether the password was set by another person: nothing else works before it is changed.
    pub must_change_password: bool,
    /// Whether the account needs a second factor and has none: nothing else works before it is set up.
    pub must_have_second_factor: bool,
}

impl SessionShown {
    fn new(who: &Who, service: &Service) -> Self {
        let grants = &who.account.grants;
        Self {
            name: who.account.name.clone(),
            holder: who.account.display_name.clone(),
            roles: grants.roles.iter().map(|role| role.name()).collect(),
            agencies: match &grants.reach {
                Reach::Everything => None,
                Reach::Nothing => Some(Vec::new()),
                Reach::Agencies(codes) => Some(codes.iter().map(ToString::to_string).collect()),
            },
            form_token: who.form_token(),
            must_change_password: who.must_change_password(),
            must_have_second_factor: service.wants_second_factor(who),
        }
    }
}

/// Begins a session, if name and password are right.
pub async fn begin(service: &Arc<Service>, given: SignIn, headers: &HeaderMap) -> Result<Token, Problem> {
    let attempted = proving(service.clone(), move |service| {
        let account = service.account_named(&given.name)?.map(|account| account.id);
        let whom = account.map_or(Whom::Nobody(&given.name), Whom::Account);
        let attempt = service.credentials.attempt(whom, &given.password, given.code.as_deref())?;
        Ok((attempt, account))
    });
    match attempted.await? {
        (Attempt::Right(set_by, factors), Some(account)) => {
            Begun { account, proven: Proven { set_by, factors, identity: None } }.session(service, headers).await
        }
        (attempt, _) => Err(refused(attempt)),
    }
}

/// What somebody proved who signs in.
struct Begun {
    account: Uuid,
    proven: Proven,
}

impl Begun {
    /// The session that begins.
    async fn session(self, service: &Arc<Service>, headers: &HeaderMap) -> Result<Token, Problem> {
        let Self { account, proven } = self;
        let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("").to_owned();
        let (factors, by_provider) = (proven.factors, proven.identity.is_some());
        let begun = blocking(service.clone(), move |service| service.sessions.begin(account, proven, &agent));
        let token = begun.await?;
        tracing::info!(%account, ?factors, by_provider, "signed in");
        Ok(token)
    }
}

/// Goes on with a session whose holder gives password and code again, under another token.
pub async fn renew(service: &Arc<Service>, who: &Who, given: Proof) -> Result<Token, Problem> {
    let (account, token) = (who.account.id, who.session()?.1.clone());
    let renewed = proving(service.clone(), move |service| {
        Ok(match service.credentials.attempt(Whom::Account(account), &given.password, given.code.as_deref())? {
            Attempt::Right(_, factors) => Ok(service.sessions.renew(&token, factors)?),
            attempt => Err(attempt),
        })
    });
    renewed.await?.map_err(refused)?.ok_or_else(Problem::sign_in)
}

fn refused(attempt: Attempt) -> Problem {
    match attempt {
        Attempt::NotHeard(_) => {
            Problem::too_many("too many wrong passwords: wait, or ask an administrator for a new one")
        }
        Attempt::CodeMissing => {
            let detail = "the account has a second factor: give its code, or a recovery code, beside the password, or \
                          use its security key";
            Problem { status: StatusCode::UNAUTHORIZED, code: "code-missing", detail: detail.into(), remedy: None }
        }
        Attempt::KeyRefused(refusal) => {
            let code = match refusal {
                Refusal::CounterBack { .. } => "key-went-back",
                _ => "key-refused",
            };
            Problem { status: StatusCode::UNAUTHORIZED, code, detail: refusal.to_string(), remedy: None }
        }
        Attempt::Lapsed => {
            let detail = "this first password was not used in time: ask an administrator for a new one";
            let (status, detail) = (StatusCode::UNAUTHORIZED, detail.into());
            Problem { status, code: "password-lapsed", detail, remedy: None }
        }
        Attempt::Wrong | Attempt::Right(..) => {
            tracing::warn!("a sign-in failed");
            let (status, detail) = (StatusCode::UNAUTHORIZED, "name, password or code are not right".into());
            Problem { status, code: "wrong-password", detail, remedy: None }
        }
    }
}

/// Sign in. The answer sets the session's cookie.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn, security(()), responses(
    (status = 200, description = "signed in", body = SessionShown),
    (status = 401, description = "name, password or code are not right; `code-missing` where the password is, `password-lapsed` where it is a first one and too old", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "too many wrong passwords", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn sign_in(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    Known(given): Known<SignIn>,
) -> Result<Response, Problem> {
    let token = begin(&service, given, &headers).await?;
    opened(service, token).await
}

/// The session that a token opens, and the cookie with the token.
async fn opened(service: Arc<Service>, token: Token) -> Result<Response, Problem> {
    let cookie = set_cookie(&service.address, Some(&token));
    let who = blocking(service.clone(), move |service| service.who(token));
    let who = who.await?.ok_or_else(Problem::sign_in)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(SessionShown::new(&who, &service))).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", security(("session" = [])), responses(
    (status = 200, description = "the session", body = SessionShown),
    NotSignedIn,
))]
pub async fn show(State(service): State<Arc<Service>>, asking: Asking) -> Result<Json<SessionShown>, Problem> {
    Ok(Json(SessionShown::new(asking.who()?, &service)))
}

/// The password, again, and a code where the account has a second factor.
#[derive(Deserialize, ToSchema)]
pub struct Proof {
    /// Password.
    pub password: String,
    /// Code of the second factor, or a recovery code.
    #[serde(default)]
    pub code: Option<String>,
}

/// Give password and code again, as destruction, keys and changes of rights want it to have been given in the last ten minutes.
/// The session goes on with another cookie and another form token; the old ones open nothing any more.
#[utoipa::path(post, path = "/session/proof", tag = "session", request_body = Proof,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "proved", body = SessionShown),
    (status = 401, description = "the password is not right, or nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "the form token is missing", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "too many wrong passwords", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn prove(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(given): Known<Proof>,
) -> Result<Response, Problem> {
    let token = renew(&service, asking.who()?, given).await?;
    opened(service, token).await
}

/// Sign out.
#[utoipa::path(delete, path = "/session", tag = "session", security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "signed out"),
    NotSignedIn,
    (status = 403, description = "the form token is missing", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn sign_out(State(service): State<Arc<Service>>, asking: Asking) -> Result<Response, Problem> {
    let cookie = set_cookie(&service.address, None);
    let token = asking.who()?.session()?.1.clone();
    blocking(service, move |service| service.sessions.end_own(&token)).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)], [FORGET]).into_response())
}
