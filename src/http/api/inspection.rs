//! What inspectors ask: is this file held, who may act here.

use super::records::described;
use super::refused::{NoRole, NotSignedIn, OutOfReach};
use super::wire::RecordSummary;
use crate::archive::account::{Account, Identity, Proposal, Standing};
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
    /// Those of which it is a file: the only one or one of several.
    pub records: Vec<RecordSummary>,
    /// Which file of each it is.
    pub files: Vec<HeldFile>,
}

/// Which file of a record one is, and what proves that.
#[derive(Serialize, ToSchema)]
pub struct HeldFile {
    /// Identifier of the record.
    pub record: String,
    /// Code of the record.
    pub doc_code: String,
    /// Number of the file in it, from 1.
    pub component: usize,
    /// Name of the file.
    pub name: String,
    /// Ledger index of the record's accession.
    pub index: u64,
    /// When it was accessioned, RFC 3339.
    pub accessioned: String,
}

impl HeldFile {
    fn all(
        service: &Service,
        sha256: &str,
        held: &[(Uuid, RecordBody, DossierBody)],
    ) -> crate::error::Result<Vec<Self>> {
        let mut files = Vec::new();
        for (id, body, _) in held {
            let (index, entry) = service.archive()?.accessioned(*id)?;
            let same = (1..).zip(&body.components).filter(|(_, one)| one.sha256 == sha256);
            files.extend(same.map(|(component, one)| Self {
                record: id.to_string(),
                doc_code: body.doc_code.clone(),
                component,
                name: one.name.clone(),
                index,
                accessioned: entry.time.to_string(),
            }));
        }
        Ok(files)
    }
}

/// The records that have a file with a digest, of those that `asking` may know of.
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

/// Whether a file is held, by its SHA-256: as the only file of a record or one of several. Of a destroyed record no digest is
/// kept: its files are not told from those that were never held. By its code or its receipt it is told.
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
    let sha256: Sha256 =
        sha256.to_lowercase().parse().map_err(|_| Problem::invalid("a SHA-256 has 64 hexadecimal digits"))?;
    let held = held(&service, &asking, sha256).await?;
    let records = held.iter().map(|(id, body, _)| RecordSummary::new(*id, body)).collect();
    let files = blocking(service, move |service| HeldFile::all(service, &sha256.to_string(), &held)).await?;
    Ok(Json(Held { records, files }))
}

/// What is known of the fixity of the whole archive.
#[derive(Serialize, ToSchema)]
pub struct FixityShown {
    /// Entries that no check of every byte has looked at and found in order, since the last one that did.
    pub unchecked: u64,
    /// The first of them; null: every byte was looked at.
    pub oldest_unchecked: Option<UncheckedShown>,
    /// The checks, newest first.
    pub checks: Vec<FixityCheckShown>,
}

/// The oldest bytes that no check of every byte has looked at.
#[derive(Serialize, ToSchema)]
pub struct UncheckedShown {
    /// Ledger index of the entry that they belong to.
    pub index: u64,
    /// When it was committed, RFC 3339.
    pub time: String,
    /// Sequence number of their segment.
    pub segment: u64,
    /// Offset of the first of them there, bytes.
    pub offset: u64,
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
        let (archive, fixity) = (service.archive()?, service.fixity()?);
        let shown = fixity.checks.iter().rev().take(CHECKS_MAX).map(|check| {
            let listed = check.listed.iter().cloned();
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
        let oldest_unchecked = fixity.oldest_unchecked.as_ref().map(|one| UncheckedShown {
            index: one.index,
            time: one.at.to_string(),
            segment: one.from.segment,
            offset: one.from.offset,
        });
        let checks = shown.collect::<crate::error::Result<_>>()?;
        Ok(FixityShown { unchecked: fixity.unchecked, oldest_unchecked, checks })
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
    /// What waits for another person's confirmation; null: nothing.
    pub proposal: Option<ProposalShown>,
}

/// What is proposed for an account.
#[derive(Serialize, ToSchema)]
pub struct ProposalShown {
    /// Index of its entry in the ledger: a confirmation names it.
    pub entry: u64,
    /// Roles that the account is to have.
    pub roles: Vec<&'static str>,
    /// Agencies that it is to act for; null: the whole archive.
    pub agencies: Option<Vec<String>>,
    /// By whose word it is to open beside its password; null: nobody's.
    pub identity: Option<IdentityShown>,
    /// Why.
    pub reason: String,
    /// Name of the account that proposed it.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
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
            agencies: agencies(&account.grants.reach),
            identity: account.identity.as_ref().map(IdentityShown::from),
            proposal: account.proposal.as_ref().map(ProposalShown::from),
        }
    }
}

impl From<&Proposal> for ProposalShown {
    fn from(proposal: &Proposal) -> Self {
        let wanted = &proposal.wanted;
        Self {
            entry: proposal.index,
            roles: wanted.roles.iter().map(|role| role.name()).collect(),
            agencies: agencies(&wanted.reach),
            identity: wanted.identity.as_ref().map(IdentityShown::from),
            reason: wanted.reason.clone(),
            by: proposal.by.clone(),
            at: proposal.at.clone(),
        }
    }
}

impl From<&Identity> for IdentityShown {
    fn from(identity: &Identity) -> Self {
        Self { issuer: identity.issuer.clone(), subject: identity.subject.clone() }
    }
}

fn agencies(reach: &Reach) -> Option<Vec<String>> {
    match reach {
        Reach::Everything => None,
        Reach::Nothing => Some(Vec::new()),
        Reach::Agencies(codes) => Some(codes.iter().map(ToString::to_string).collect()),
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
