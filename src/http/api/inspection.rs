//! What inspectors ask: is this file held, who may act here.

use super::records::described;
use super::refused::{NoRole, NotSignedIn, OutOfReach};
use super::wire::RecordSummary;
use crate::archive::account::{Account, Standing};
use crate::archive::body::{DossierBody, RecordBody};
use crate::archive::verify::{Doubt, verify_records};
use crate::auth::rights::{Action, Object, Reach};
use crate::digest::Sha256;
use crate::http::guard::Asking;
use crate::http::handed;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Checks that are listed.
const CHECKS_MAX: usize = 100;
/// Longest record that is checked while somebody waits, bytes: some seconds of one core.
const CHECKED_BYTES_MAX: u64 = 1 << 30;

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

/// What is known of the fixity of the whole archive.
#[derive(Serialize, ToSchema)]
pub struct FixityShown {
    /// Entries that no check of every byte has looked at and found in order, since the last one that did.
    pub unchecked: u64,
    /// The checks, newest first.
    pub checks: Vec<FixityCheckShown>,
}

/// A check of the whole archive.
#[derive(Serialize, ToSchema)]
pub struct FixityCheckShown {
    /// Ledger index of its event.
    pub index: u64,
    /// When it began: what was committed later is not part of it. RFC 3339.
    pub began: String,
    /// When it was recorded, RFC 3339.
    pub recorded: String,
    /// By whom.
    pub by: String,
    /// `structure`, or `deep`: every byte.
    pub depth: &'static str,
    /// Entries that it looked at, from the first on.
    pub entries: u64,
    /// Objects whose keys it opened.
    pub objects: u64,
    /// Bytes of stored objects that it read and opened.
    pub bytes: u64,
    /// How many things did not fit.
    pub doubts: u64,
    /// The first of them.
    pub listed: Vec<DoubtShown>,
}

/// What a check of one record found.
#[derive(Serialize, ToSchema)]
pub struct RecordChecked {
    /// Whether nothing was found that does not fit.
    pub ok: bool,
    /// Entries of the ledger that are about it.
    pub entries: u64,
    /// Objects whose keys were opened.
    pub objects: u64,
    /// Bytes of stored objects that were read and opened.
    pub bytes: u64,
    /// What does not fit.
    pub doubts: Vec<DoubtShown>,
    /// What could not be checked here, and why.
    pub notes: Vec<String>,
}

/// Checks every byte of a record, one record at a time: whoever asks waits for it.
pub async fn record_checked(service: &Arc<Service>, asking: &Asking, name: &str) -> Result<RecordChecked, Problem> {
    let found = described(service, asking, name, Action::Inspect).await?;
    if found.body.components.iter().map(|one| one.size).sum::<u64>() > CHECKED_BYTES_MAX {
        let what =
            "the record is too long to wait for: have every byte of the archive checked, or use `chauban verify`";
        return Err(Problem::conflict(what));
    }
    let turn = handed::turn(service).await?;
    let report = blocking(service.clone(), move |service| {
        let _turn = turn;
        verify_records(&service.places, &[found.id.to_string()])
    });
    let report = report.await?;
    let doubt = |one: Doubt| DoubtShown {
        place: one.place,
        what: one.what,
        records: one.records.iter().map(ToString::to_string).collect(),
    };
    Ok(RecordChecked {
        ok: report.doubts.is_empty(),
        entries: report.checked.entries,
        objects: report.checked.objects,
        bytes: report.checked.bytes,
        doubts: report.doubts.into_iter().map(doubt).collect(),
        notes: report.notes,
    })
}

/// Check a record: its entries, keys, time-stamps, and every byte of its files. Nothing is recorded.
#[utoipa::path(post, path = "/records/{id}/check", tag = "inspection",
    params(("id" = String, Path, description = "identifier or code")), security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "what was found", body = RecordChecked),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "its files are more than 1 GiB", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn check(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Json<RecordChecked>, Problem> {
    record_checked(&service, &asking, &id).await.map(Json)
}

/// Something that did not fit.
#[derive(Serialize, ToSchema)]
pub struct DoubtShown {
    /// File, segment and offset, or row.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// The records concerned, where they are known.
    pub records: Vec<String>,
}

/// Looks at the checks of the whole archive.
pub async fn fixity_of(service: &Arc<Service>) -> Result<FixityShown, Problem> {
    let looked = blocking(service.clone(), |service| {
        let archive = service.archive()?;
        let fixity = archive.fixity()?;
        let shown = fixity.checks.into_iter().rev().take(CHECKS_MAX).map(|check| {
            let listed = check.listed.into_iter();
            Ok(FixityCheckShown {
                index: check.index,
                began: check.began.to_string(),
                recorded: check.at.to_string(),
                by: archive.name_of(check.by)?,
                depth: check.depth.name(),
                entries: check.entries,
                objects: check.objects,
                bytes: check.bytes,
                doubts: check.doubts,
                listed: listed
                    .map(|one| DoubtShown { place: one.place, what: one.what, records: one.records })
                    .collect(),
            })
        });
        Ok(FixityShown { unchecked: fixity.unchecked, checks: shown.collect::<crate::error::Result<_>>()? })
    });
    Ok(looked.await?)
}

/// When the whole archive was verified, how deep, by whom, and what was found: the last hundred times.
#[utoipa::path(get, path = "/fixity", tag = "inspection", security(("session" = [])), responses(
    (status = 200, description = "the checks", body = FixityShown),
    NotSignedIn, NoRole,
))]
pub async fn fixity(State(service): State<Arc<Service>>, asking: Asking) -> Result<Json<FixityShown>, Problem> {
    asking.may(Action::Inspect, Object::Any)?;
    Ok(Json(fixity_of(&service).await?))
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
    /// As whom a provider knows its holder, who may sign in by that; null: nobody's word opens it.
    pub identity: Option<IdentityShown>,
    /// Whether something proposed for it waits for confirmation.
    pub waiting: bool,
}

/// As whom a provider of identities knows a person.
#[derive(Serialize, ToSchema)]
pub struct IdentityShown {
    /// The provider.
    pub issuer: String,
    /// What it calls the person.
    pub subject: String,
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
            identity: account
                .identity
                .as_ref()
                .map(|identity| IdentityShown { issuer: identity.issuer.clone(), subject: identity.subject.clone() }),
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
