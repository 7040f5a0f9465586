//! Fonds: what each agency created, by the year in which the work ended, down to its dossiers.

use super::refused::{NoRole, NotSignedIn, OutOfReach};
use super::wire::Dossier;
use crate::archive::census::{Fonds, Listed};
use crate::auth::rights::{Action, Decision, Object, decide};
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Dossiers on a page.
pub const ON_A_PAGE: usize = 50;

/// A fonds.
#[derive(Serialize, ToSchema)]
pub struct FondsShown {
    /// Code of the agency that created it.
    pub agency: String,
    /// Its name, as its newest dossier has it; empty where another agency transferred all of them.
    pub name: String,
    /// Dossiers.
    pub dossiers: u64,
    /// Records.
    pub records: u64,
}

/// All fonds within reach.
#[derive(Serialize, ToSchema)]
pub struct AllFonds {
    /// In the order of codes.
    pub fonds: Vec<FondsShown>,
}

/// A fonds by years.
#[derive(Serialize, ToSchema)]
pub struct FondsByYear {
    /// The fonds.
    #[serde(flatten)]
    pub fonds: FondsShown,
    /// By the year in which the work ended, the newest first.
    pub years: Vec<YearShown>,
}

/// A year of a fonds.
#[derive(Serialize, ToSchema)]
pub struct YearShown {
    /// The year.
    pub year: i32,
    /// Dossiers.
    pub dossiers: u64,
    /// Records.
    pub records: u64,
}

/// Which dossiers of a fonds.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfYear {
    /// The year in which the work ended.
    pub year: i32,
    /// Code of the dossier after which the page begins: `next` of the page before.
    pub after: Option<String>,
}

/// A page of the dossiers of a fonds.
#[derive(Serialize, ToSchema)]
pub struct DossiersOfFonds {
    /// In the order of codes.
    pub dossiers: Vec<DossierListed>,
    /// Where the next page begins; null: this is the last.
    pub next: Option<String>,
}

/// A dossier in a list.
#[derive(Serialize, ToSchema)]
pub struct DossierListed {
    /// Its description.
    #[serde(flatten)]
    pub dossier: Dossier,
    /// Its records, 1,000 at most.
    pub records: usize,
}

/// The fonds within reach, with their years.
pub async fn within_reach(
    service: &Arc<Service>,
    asking: &Asking,
) -> Result<BTreeMap<String, (String, BTreeMap<i32, Fonds>)>, Problem> {
    let census = blocking(service.clone(), |service| service.census()).await?;
    let mut all: BTreeMap<String, (String, BTreeMap<i32, Fonds>)> = BTreeMap::new();
    for ((agency, year), fonds) in &census.fonds {
        if sees(asking, agency) {
            let name = || (census.names.get(agency).cloned().unwrap_or_default(), BTreeMap::new());
            all.entry(agency.clone()).or_insert_with(name).1.insert(*year, *fonds);
        }
    }
    Ok(all)
}

fn sees(asking: &Asking, agency: &str) -> bool {
    let grants = asking.0.as_ref().map(|who| &who.account.grants);
    decide(grants, Action::ReadDescription, Object::Described { agency }) == Decision::Allowed
}

/// A page of dossiers of a fonds, and where the next begins.
pub async fn dossiers_of(
    service: &Arc<Service>,
    asking: &Asking,
    agency: &str,
    asked: OfYear,
) -> Result<(Vec<Listed>, Option<String>), Problem> {
    if !sees(asking, agency) {
        return Err(Problem::not_found());
    }
    let (agency, after) = (agency.to_owned(), asked.after.unwrap_or_default());
    let mut listed = blocking(service.clone(), move |service| {
        service.archive()?.dossiers_of_fonds(&agency, asked.year, &after, ON_A_PAGE + 1)
    })
    .await?;
    let more = listed.len() > ON_A_PAGE;
    listed.truncate(ON_A_PAGE);
    let next = listed.last().map(|last| last.body.file_code.clone()).filter(|_| more);
    // Another agency may have transferred a dossier of this fonds.
    listed.retain(|one| sees(asking, &one.body.agency_code));
    Ok((listed, next))
}

fn shown(agency: String, name: String, years: &BTreeMap<i32, Fonds>) -> FondsShown {
    let sum = |of: fn(&Fonds) -> u64| years.values().map(of).sum();
    FondsShown { agency, name, dossiers: sum(|one| one.dossiers), records: sum(|one| one.records) }
}

/// The fonds: one for each agency that created dossiers.
#[utoipa::path(get, path = "/fonds", tag = "dossiers", security(("session" = [])), responses(
    (status = 200, description = "the fonds within reach", body = AllFonds),
    NotSignedIn, NoRole,
))]
pub async fn list(State(service): State<Arc<Service>>, asking: Asking) -> Result<Json<AllFonds>, Problem> {
    let all = within_reach(&service, &asking).await?;
    Ok(Json(AllFonds { fonds: all.into_iter().map(|(agency, (name, years))| shown(agency, name, &years)).collect() }))
}

/// A fonds by years.
#[utoipa::path(get, path = "/fonds/{agency}", tag = "dossiers", security(("session" = [])),
    params(("agency" = String, Path, description = "code of the agency that created it")), responses(
    (status = 200, description = "the years", body = FondsByYear),
    NotSignedIn, NoRole, OutOfReach,
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(agency): Path<String>,
) -> Result<Json<FondsByYear>, Problem> {
    let (name, years) = within_reach(&service, &asking).await?.remove(&agency).ok_or_else(Problem::not_found)?;
    let year =
        |(year, fonds): (&i32, &Fonds)| YearShown { year: *year, dossiers: fonds.dossiers, records: fonds.records };
    let listed = years.iter().rev().map(year).collect();
    Ok(Json(FondsByYear { fonds: shown(agency, name, &years), years: listed }))
}

/// The dossiers of a fonds whose work ended in a year.
#[utoipa::path(get, path = "/fonds/{agency}/dossiers", tag = "dossiers", security(("session" = [])),
    params(("agency" = String, Path, description = "code of the agency that created it"), OfYear), responses(
    (status = 200, description = "a page of dossiers", body = DossiersOfFonds),
    (status = 400, description = "the year can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole, OutOfReach,
))]
pub async fn dossiers(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(agency): Path<String>,
    Query(asked): Query<OfYear>,
) -> Result<Json<DossiersOfFonds>, Problem> {
    let (listed, next) = dossiers_of(&service, &asking, &agency, asked).await?;
    let dossier = |one: &Listed| DossierListed { dossier: Dossier::new(one.id, &one.body), records: one.records };
    Ok(Json(DossiersOfFonds { dossiers: listed.iter().map(dossier).collect(), next }))
}
