//! Changes of accounts over the API: proposed by one administrator, confirmed by another, closed at once.

use super::inspection::AccountShown;
use super::refused::NotSignedIn;
use crate::archive::Writing;
use crate::archive::account::credential::{SetBy, first_password};
use crate::archive::account::{self, Account, Identity, Wanted};
use crate::archive::describe::Seen;
use crate::auth::rights::{Reach, Role};

use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use crate::record::AgencyCode;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// What an account is to be.
#[derive(Deserialize, ToSchema)]
pub struct AccountWanted {
    /// The name to sign in with.
    pub name: String,
    /// Name of the person who holds it.
    pub holder: String,
    /// Its roles.
    pub roles: Vec<String>,
    /// Codes of the agencies it acts for, with those under them; null: the whole archive.
    pub agencies: Option<Vec<String>>,
    /// Why: the decision it rests on.
    pub reason: String,
}

/// An account that was proposed.
#[derive(Serialize, ToSchema)]
pub struct AccountProposed {
    /// The account.
    #[serde(flatten)]
    pub account: AccountShown,
    /// First password of a new account: in this answer and never again. Its holder changes it at the first sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// Which proposal is confirmed.
#[derive(Deserialize, ToSchema)]
pub struct Confirming {
    /// Its `entry`, as the list of accounts shows it: what was proposed since is not confirmed.
    pub proposal: u64,
}

/// Why an account is closed.
#[derive(Deserialize, ToSchema)]
pub struct Closing {
    /// Why.
    pub reason: String,
}

/// By whose word an account opens beside its password.
#[derive(Deserialize, ToSchema)]
pub struct Linking {
    /// What the configured provider calls the holder (`sub`), as a refused sign-in showed it; null or left out: nobody's word.
    #[serde(default)]
    pub subject: Option<String>,
    /// Why.
    pub reason: String,
}

impl AccountWanted {
    /// As the façade takes it.
    pub fn wanted(self) -> Result<Wanted, Problem> {
        let roles: Result<BTreeSet<Role>, _> = self.roles.iter().map(|role| role.parse()).collect();
        let roles = roles.map_err(|_| Problem::invalid("there is no role of one of these names"))?;
        let reach = match self.agencies {
            None => Reach::Everything,
            Some(codes) => {
                let codes: Result<Vec<AgencyCode>, _> = codes.iter().map(|code| code.trim().parse()).collect();
                Reach::Agencies(codes.map_err(|_| Problem::invalid("one of these is no code of an agency"))?)
            }
        };
        Ok(Wanted {
            name: self.name.trim().to_owned(),
            display_name: self.holder,
            roles,
            reach,
            identity: None,
            reason: self.reason,
        })
    }
}

/// Proposes an account, or other roles and agencies for one; a new one gets a first password.
pub async fn propose(
    service: &Arc<Service>,
    asking: &Asking,
    wanted: Wanted,
) -> Result<(Account, Option<String>), Problem> {
    let actor = asking.who()?.account.name.clone();
    let proposed = blocking(service.clone(), move |service| {
        let proposed = service.write(|archive| account::propose(archive, &wanted, &actor))?;
        if service.credentials.set_at(proposed.id)?.is_some() {
            return Ok((proposed, None));
        }
        let password = first_password();
        service.credentials.set(proposed.id, &proposed.name, &password, SetBy::Another)?;
        Ok((proposed, Some(password)))
    });
    let (account, password) = proposed.await?;
    // The alarm of Decree 30/2020 Annex VI: in the log, in the ledger, and on the first page of every administrator.
    tracing::warn!(account = %account.id, by = %asking.who()?.account.id, "a change of rights waits for confirmation");
    Ok((account, password))
}

/// Confirms what another person proposed; `proposal` is the one that was looked at.
pub async fn confirm(service: &Arc<Service>, asking: &Asking, name: String, proposal: u64) -> Result<Account, Problem> {
    let actor = asking.who()?.account.name.clone();
    let seen = Seen::AsOf(proposal);
    let change = move |service: &Service| service.write(|archive| account::confirm(archive, &name, seen, &actor));
    let account = blocking(service.clone(), change).await?;
    tracing::warn!(account = %account.id, by = %asking.who()?.account.id, "a change of rights counts");
    Ok(account)
}

/// Closes an account.
pub async fn close(service: &Arc<Service>, asking: &Asking, name: String, reason: String) -> Result<Account, Problem> {
    let actor = asking.who()?.account.name.clone();
    let change = move |service: &Service| service.write(|archive| account::close(archive, &name, &reason, &actor));
    let account = blocking(service.clone(), change).await?;
    tracing::warn!(account = %account.id, by = %asking.who()?.account.id, "an account was closed");
    Ok(account)
}

/// Proposes that the provider's word opens an account, or does no more.
pub async fn link(service: &Arc<Service>, asking: &Asking, name: String, linking: Linking) -> Result<Account, Problem> {
    let Some(issuer) = service.provider.as_ref().map(|provider| provider.issuer().to_owned()) else {
        return Err(Problem::conflict("no sign-in service is configured"));
    };
    let actor = asking.who()?.account.name.clone();
    let Linking { subject, reason } = linking;
    let change = move |archive: &Writing| match subject {
        Some(subject) => {
            let identity = Identity { issuer, subject: subject.trim().to_owned() };
            account::link(archive, &name, identity, &reason, &actor)
        }
        None => account::unlink(archive, &name, &reason, &actor),
    };
    let account = blocking(service.clone(), move |service| service.write(change)).await?;
    tracing::warn!(account = %account.id, by = %asking.who()?.account.id, "a change of rights waits for confirmation");
    Ok(account)
}

/// Propose an account, or other roles and agencies for one. It counts when another administrator has confirmed it.
#[utoipa::path(post, path = "/accounts", tag = "accounts", request_body = AccountWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "proposed", body = AccountProposed),
    (status = 400, description = "no such account can be", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "somebody else is writing", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<AccountWanted>,
) -> Result<(StatusCode, Json<AccountProposed>), Problem> {
    let (account, password) = propose(&service, &asking, wanted.wanted()?).await?;
    Ok((StatusCode::CREATED, Json(AccountProposed { account: AccountShown::from(&account), password })))
}

/// Confirm what another person proposed for an account.
#[utoipa::path(post, path = "/accounts/{name}/confirmation", tag = "accounts", request_body = Confirming,
    params(("name" = String, Path, description = "name of the account")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "it counts", body = AccountShown),
    NotSignedIn,
    (status = 403, description = "this person may not confirm it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "nothing is proposed for it, or something else than was seen", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "somebody else is writing", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn confirmation(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(name): Path<String>,
    Known(confirming): Known<Confirming>,
) -> Result<Json<AccountShown>, Problem> {
    let account = confirm(&service, &asking, name, confirming.proposal).await?;
    Ok(Json(AccountShown::from(&account)))
}

/// Propose that the word of the configured OpenID provider opens an account, or does no more. It counts when another
/// administrator has confirmed it.
#[utoipa::path(post, path = "/accounts/{name}/identity", tag = "accounts", request_body = Linking,
    params(("name" = String, Path, description = "name of the account")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "proposed", body = AccountShown),
    (status = 400, description = "that is no subject, or no reason is given", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "no provider is configured, another account has this subject, or something else waits for confirmation", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "somebody else is writing", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn identity(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(name): Path<String>,
    Known(linking): Known<Linking>,
) -> Result<Json<AccountShown>, Problem> {
    let account = link(&service, &asking, name, linking).await?;
    Ok(Json(AccountShown::from(&account)))
}

/// Close an account: it may not be used from now on.
#[utoipa::path(post, path = "/accounts/{name}/closing", tag = "accounts", request_body = Closing,
    params(("name" = String, Path, description = "name of the account")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "closed", body = AccountShown),
    (status = 400, description = "no reason is given", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "there is no such account", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "somebody else is writing", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn closing(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(name): Path<String>,
    Known(closing): Known<Closing>,
) -> Result<Json<AccountShown>, Problem> {
    let account = close(&service, &asking, name, closing.reason).await?;
    Ok(Json(AccountShown::from(&account)))
}
