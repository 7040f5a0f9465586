//! What inspectors ask: is this file held, who may act here.

use super::refused::{NoRole, NotSignedIn};
use super::wire::RecordSummary;
use crate::archive::account::{Account, Standing};
use crate::archive::body::{DossierBody, RecordBody};
use crate::auth::rights::{Action, Object, Reach};
use crate::digest::Sha256;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Records that hold a file.
#[derive(Serialize, ToSchema)]
pub struct Held {
    /// Those whose one file it is.
    pub records: Vec<RecordSummary>,
}

/// The records whose one file has a digest, of those that `asking` may know of.
pub async fn held(
    service: &Arc<Service>,
    asking: &Asking,
    sha256: Sha256,
) -> Result<Vec<(Uuid, RecordBody, DossierBody)>, Problem> {
    let mut held = blocking(service.clone(), move |service| service.archive()?.holding_file(&sha256)).await?;
    let may = |dossier: &DossierBody| {
        let object = Object::Described { agency: &dossier.agency_code };
        asking.may(Action::ReadDescription, object).is_ok() && asking.may(Action::Inspect, object).is_ok()
    };
    held.retain(|(_, _, dossier)| may(dossier));
    Ok(held)
}

/// Whether a file is held, by its SHA-256. Records of several files are not found by one of them.
#[utoipa::path(get, path = "/digests/{sha256}", tag = "inspection",
    params(("sha256" = String, Path, description = "64 hexadecimal digits")), security(("session" = [])), responses(
    (status = 200, description = "the records, none if it is not held", body = Held),
    (status = 400, description = "no SHA-256", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn digest(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(sha256): Path<String>,
) -> Result<Json<Held>, Problem> {
    let sha256 = sha256.to_lowercase().parse().map_err(|_| Problem::invalid("a SHA-256 has 64 hexadecimal digits"))?;
    let held = held(&service, &asking, sha256).await?;
    Ok(Json(Held { records: held.iter().map(|(id, body, _)| RecordSummary::new(*id, body)).collect() }))
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct AccountShown {
    /// Its identifier.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Name of its holder.
    pub holder: String,
    /// `proposed`, `open` or `closed`.
    pub standing: &'static str,
    /// Its roles.
    pub roles: Vec<&'static str>,
    /// Codes of the agencies it acts for; null: the whole archive.
    pub agencies: Option<Vec<String>>,
    /// Whether something proposed for it waits for confirmation.
    pub waiting: bool,
}

/// Every account.
#[derive(Serialize, ToSchema)]
pub struct AccountsShown {
    /// In the order of their making.
    pub accounts: Vec<AccountShown>,
}

impl From<&Account> for AccountShown {
    fn from(account: &Account) -> Self {
        Self {
            account: account.id.to_string(),
            name: account.name.clone(),
            holder: account.display_name.clone(),
            standing: match account.standing {
                Standing::Proposed => "proposed",
                Standing::Open => "open",
                Standing::Closed => "closed",
            },
            roles: account.grants.roles.iter().map(|role| role.name()).collect(),
            agencies: match &account.grants.reach {
                Reach::Everything => None,
                Reach::Nothing => Some(Vec::new()),
                Reach::Agencies(codes) => Some(codes.iter().map(ToString::to_string).collect()),
            },
            waiting: account.proposal.is_some(),
        }
    }
}

/// Every account there ever was.
#[utoipa::path(get, path = "/accounts", tag = "inspection", security(("session" = [])), responses(
    (status = 200, description = "the accounts", body = AccountsShown),
    NotSignedIn, NoRole,
))]
pub async fn accounts(State(service): State<Arc<Service>>, asking: Asking) -> Result<Json<AccountsShown>, Problem> {
    asking.may(Action::ReadAccounts, Object::Any)?;
    let accounts = blocking(service, |service| service.archive()?.accounts()).await?;
    Ok(Json(AccountsShown { accounts: accounts.iter().map(AccountShown::from).collect() }))
}
