//! How much the archive holds, and how far its ledger is signed.

use super::refused::NotSignedIn;
use crate::auth::rights::{Action, Object, Reach};
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The archive in figures, as far as the account's agencies go.
#[derive(Serialize, ToSchema)]
pub struct Holdings {
    /// Records.
    pub records: u64,
    /// Records by document type, 01 to 32.
    pub by_type: BTreeMap<String, u64>,
    /// Records by year of issue.
    pub by_year: BTreeMap<String, u64>,
    /// Records by the agency whose dossiers they are in.
    pub by_agency: BTreeMap<String, u64>,
    /// Entries of the ledger.
    pub entries: u64,
    /// Entries under the newest signed checkpoint.
    pub published: u64,
    /// Bytes of stored segments, all agencies'.
    pub segment_bytes: u64,
    /// Time of the newest event, RFC 3339.
    pub newest_event: String,
}

/// Records of which agencies somebody may count and find.
pub fn within(asking: &Asking) -> crate::archive::Within {
    match asking.0.as_ref().map(|who| &who.account.grants.reach) {
        Some(Reach::Everything) => crate::archive::Within::Everything,
        Some(Reach::Agencies(codes)) => {
            crate::archive::Within::Agencies(codes.iter().map(ToString::to_string).collect())
        }
        Some(Reach::Nothing) | None => crate::archive::Within::Agencies(Vec::new()),
    }
}

/// How much the archive holds.
#[utoipa::path(get, path = "/holdings", tag = "archive", security(("session" = [])), responses(
    (status = 200, description = "the figures", body = Holdings),
    NotSignedIn,
))]
pub async fn holdings(State(service): State<Arc<Service>>, asking: Asking) -> Result<Json<Holdings>, Problem> {
    asking.may(Action::ReadHoldings, Object::Any)?;
    let query = crate::archive::Query { within: within(&asking), ..Default::default() };
    let (facets, state, records) = blocking(service, move |service| {
        let archive = service.archive()?;
        Ok((archive.facets(&query)?, archive.state()?, archive.search(&query)?.total as u64))
    })
    .await?;
    Ok(Json(Holdings {
        records,
        by_type: facets.types.iter().map(|(code, count)| (format!("{code:02}"), *count)).collect(),
        by_year: facets.years.iter().map(|(year, count)| (year.to_string(), *count)).collect(),
        by_agency: facets.holders,
        entries: state.entries,
        published: state.published,
        segment_bytes: state.segment_bytes,
        newest_event: state.newest.to_string(),
    }))
}

/// The newest signed checkpoint of the ledger (C2SP tlog-checkpoint).
#[utoipa::path(get, path = "/checkpoint", tag = "archive", security(()), responses(
    (status = 200, description = "the signed note", body = String, content_type = "text/plain"),
    (status = 503, description = "none was published yet", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn checkpoint(State(service): State<Arc<Service>>) -> Result<impl IntoResponse, Problem> {
    let (note, _) = blocking(service, |service| service.archive()?.checkpoint()).await?;
    Ok(([(axum::http::header::CONTENT_TYPE, "text/plain; charset=utf-8")], note))
}
