//! The audit trail over the API.

use super::refused::{NoRole, NotSignedIn};
use crate::archive::reads::Read;
use crate::archive::trail::{Asked, Trail};
use crate::auth::rights::{Action, Object};
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Acts on a page.
const PAGE: usize = 100;
/// Longest condition, bytes: names and codes are far shorter.
const CONDITION_BYTES_MAX: usize = 200;

/// What is asked of the trail.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Conditions {
    /// Name of who acted.
    pub by: Option<String>,
    /// Identifier or code of a record, a dossier, an account or a disposal case.
    pub about: Option<String>,
    /// `next` of the page before.
    pub before: Option<u64>,
}

/// Something that somebody did.
#[derive(Serialize, ToSchema)]
pub struct ActShown {
    /// Ledger index of the event.
    pub index: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Name of who did it; empty: the archive's own program; null: nobody knows any more.
    pub who: Option<String>,
    /// Kind of the event, or what was read.
    pub what: String,
    /// Identifier of what it is about.
    pub about: String,
}

/// A page of the trail.
#[derive(Serialize, ToSchema)]
pub struct TrailShown {
    /// The newest first; a page may be empty, and others follow it.
    pub acts: Vec<ActShown>,
    /// `before` of the next page; null: the beginning was reached.
    pub next: Option<u64>,
}

/// A page of the trail; that it was asked for is noted first.
pub async fn asked(service: &Arc<Service>, asking: &Asking, conditions: Conditions) -> Result<Trail, Problem> {
    asking.may(Action::ReadAuditTrail, Object::Any)?;
    let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (by, about) = (given(conditions.by), given(conditions.about));
    if [&by, &about].into_iter().flatten().any(|text| text.len() > CONDITION_BYTES_MAX) {
        return Err(Problem::invalid("a condition is too long"));
    }
    let of = format!("by={} about={}", by.as_deref().unwrap_or("*"), about.as_deref().unwrap_or("*"));
    let read = Read { account: asking.who()?.account.id, what: Action::ReadAuditTrail, of };
    let asked = Asked { by, about, before: conditions.before, limit: PAGE };
    Ok(blocking(service.clone(), move |service| {
        service.reads.note(read)?;
        service.archive()?.trail(&asked)
    })
    .await?)
}

/// Who did what, the newest first. Asking is an event itself.
#[utoipa::path(get, path = "/audit", tag = "inspection", params(Conditions), security(("session" = [])), responses(
    (status = 200, description = "a page of the audit trail", body = TrailShown),
    (status = 400, description = "a condition can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn trail(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Query(conditions): Query<Conditions>,
) -> Result<Json<TrailShown>, Problem> {
    let trail = asked(&service, &asking, conditions).await?;
    let acts = trail.acts.into_iter().map(|act| ActShown {
        index: act.index,
        at: act.at,
        who: act.who,
        what: act.what,
        about: act.about,
    });
    Ok(Json(TrailShown { acts: acts.collect(), next: trail.next }))
}
