//! Holds: orders that block destruction, placed by one person and released by another.

use super::refused::{NoRole, NotSignedIn};
use crate::archive::body::{HoldQueryBody, HoldScopeBody};
use crate::archive::hold::{self, HoldShown as Placed, Wanted};
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What is to be held: records or one dossier by name, or all that fits the conditions that are given, now and later.
#[derive(Deserialize, ToSchema, Default)]
pub struct NewHold {
    /// Records, or one dossier, by identifier or code; with commas or spaces between.
    #[serde(default)]
    pub records: String,
    /// Code of the agency that transferred, with those under it.
    #[serde(default)]
    pub agency: String,
    /// Code of a rule, or of a schedule with its rules.
    #[serde(default)]
    pub class: String,
    /// Beginning of the dossier's code, by whole parts: H26.10.2019.
    #[serde(default)]
    pub file_code: String,
    /// Years in which the work ended: 2019/2021, or one year.
    #[serde(default)]
    pub worked: String,
    /// Type of document, 01 to 32.
    #[serde(default, rename = "type")]
    pub document_type: String,
    /// Days of issue: 2019-01-01/2021-12-31, or one day.
    #[serde(default)]
    pub issued: String,
    /// Words that stand in the subject, with diacritics or without; commas between those that need not follow one another.
    #[serde(default)]
    pub words: String,
    /// Why.
    pub reason: String,
    /// The order that it rests on.
    pub mandate: String,
}

/// Why a hold is released.
#[derive(Deserialize, ToSchema)]
pub struct Release {
    /// Why.
    pub reason: String,
}

/// A hold.
#[derive(Serialize, ToSchema)]
pub struct HoldShown {
    /// Its identifier.
    pub hold: String,
    /// Identifiers of records that it covers; null: it covers a dossier or an agency.
    pub records: Option<Vec<String>>,
    /// Identifier of the dossier that it covers.
    pub dossier: Option<String>,
    /// Code of the agency that it covers, with those under it.
    pub agency: Option<String>,
    /// Code of the rule or schedule whose records it covers.
    pub class: Option<String>,
    /// Conditions that its records fit, as the event has them.
    pub query: Option<serde_json::Value>,
    /// Why.
    pub reason: String,
    /// The order that it rests on.
    pub mandate: String,
    /// Who placed it.
    pub placed_by: String,
    /// When, RFC 3339.
    pub placed_at: String,
    /// Who released it; null: it is in force.
    pub released_by: Option<String>,
    /// When, RFC 3339.
    pub released_at: Option<String>,
    /// Why.
    pub released_because: Option<String>,
}

/// Every hold.
#[derive(Serialize, ToSchema)]
pub struct HoldsListed {
    /// In the order of their placing.
    pub holds: Vec<HoldShown>,
}

impl From<&Placed> for HoldShown {
    fn from(hold: &Placed) -> Self {
        let (mut records, mut dossier, mut agency, mut class, mut query) = (None, None, None, None, None);
        match &hold.covers {
            HoldScopeBody::Records(all) => records = Some(all.clone()),
            HoldScopeBody::Dossier(id) => dossier = Some(id.clone()),
            HoldScopeBody::Agency(code) => agency = Some(code.clone()),
            HoldScopeBody::Class(code) => class = Some(code.clone()),
            HoldScopeBody::Query(body) => query = serde_json::to_value(body).ok(),
        }
        let released = hold.released.clone();
        let (released_by, released_at, released_because) =
            released.map_or((None, None, None), |(by, at, why)| (Some(by), Some(at), Some(why)));
        Self {
            hold: hold.id.to_string(),
            records,
            dossier,
            agency,
            class,
            query,
            reason: hold.reason.clone(),
            mandate: hold.mandate.clone(),
            placed_by: hold.placed.0.clone(),
            placed_at: hold.placed.1.clone(),
            released_by,
            released_at,
            released_because,
        }
    }
}

/// Places a hold.
pub async fn placed(service: &Arc<Service>, asking: &Asking, new: NewHold) -> Result<Placed, Problem> {
    let names: Vec<String> = new
        .records
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    let conditions = conditions(&new)?;
    let wanted = match (names.is_empty(), conditions == HoldQueryBody::default()) {
        (false, true) => Wanted::Named(names),
        (true, false) => Wanted::fitting(conditions),
        _ => return Err(Problem::invalid("a hold covers records or a dossier by name, or what fits conditions")),
    };
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| {
        service.write(|archive| hold::place(archive, &wanted, &new.reason, &new.mandate, &by))
    })
    .await?)
}

fn conditions(new: &NewHold) -> Result<HoldQueryBody, Problem> {
    let given = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let words = new.words.split(',').map(str::trim).filter(|words| !words.is_empty());
    Ok(HoldQueryBody {
        agency: given(&new.agency),
        rule: given(&new.class),
        file_code: given(&new.file_code),
        worked: given(&new.worked).map(|years| hold::years(&years)).transpose()?,
        document_type: given(&new.document_type),
        issued: given(&new.issued).map(|days| hold::days(&days)).transpose()?,
        words: words.map(str::to_owned).collect(),
    })
}

/// Releases a hold.
pub async fn released(service: &Arc<Service>, asking: &Asking, id: String, reason: String) -> Result<Placed, Problem> {
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| service.write(|archive| hold::release(archive, &id, &reason, &by)))
        .await?)
}

/// Every hold, in force and released.
#[utoipa::path(get, path = "/holds", tag = "disposal", security(("session" = [])), responses(
    (status = 200, description = "the holds", body = HoldsListed),
    NotSignedIn, NoRole,
))]
pub async fn list(State(service): State<Arc<Service>>) -> Result<Json<HoldsListed>, Problem> {
    let holds = blocking(service, |service| service.archive()?.holds()).await?;
    Ok(Json(HoldsListed { holds: holds.iter().map(HoldShown::from).collect() }))
}

/// Place a hold: nothing that it covers is destroyed until another person releases it.
#[utoipa::path(post, path = "/holds", tag = "disposal", request_body = NewHold, security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "placed", body = HoldShown, headers(("location" = String))),
    (status = 400, description = "what it covers, or why, can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 404, description = "no such record or dossier", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn place(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(new): Known<NewHold>,
) -> Result<Response, Problem> {
    let placed = placed(&service, &asking, new).await?;
    let location = (header::LOCATION, "/api/v1/holds".to_owned());
    Ok((StatusCode::CREATED, [location], Json(HoldShown::from(&placed))).into_response())
}

/// Release a hold, as another person than placed it.
#[utoipa::path(post, path = "/holds/{id}/release", tag = "disposal", request_body = Release,
    params(("id" = String, Path, description = "identifier")), security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "released", body = HoldShown),
    (status = 400, description = "no identifier, or no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or who placed it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "released already", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn release(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Known(given): Known<Release>,
) -> Result<Json<HoldShown>, Problem> {
    let hold = released(&service, &asking, id, given.reason).await?;
    Ok(Json(HoldShown::from(&hold)))
}
