//! Checkpoints: the newest, and those before it that were time-stamped.

use super::refused::{NoRole, NoSuchPage, NotSignedIn};
use super::system::written;
pub use super::wire::Paging;
use super::wire::cursor;
use crate::archive::stamp::{NEWEST_CHECKPOINT, StampedCheckpoint};
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Query, State};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Checkpoints.
#[derive(Serialize, ToSchema)]
pub struct CheckpointsListed {
    /// Entries under the newest.
    pub newest: u64,
    /// Where its note lies in the archive; the service gives it as `/ledger/checkpoint`.
    pub place: &'static str,
    /// Those that outside authorities have stamped, the newest first; one may be the newest of all. Those between lie in the
    /// segments, where a verification reads them.
    pub stamped: Vec<CheckpointShown>,
    /// How many were stamped.
    pub total: usize,
    /// `cursor` of the next page; null: this is the last.
    pub next: Option<String>,
}

/// A checkpoint that was stamped.
#[derive(Serialize, ToSchema)]
pub struct CheckpointShown {
    /// Entries that it covers.
    pub size: u64,
    /// Path of its note in the archive.
    pub place: String,
    /// Its time-stamps.
    pub stamps: Vec<CheckpointStamp>,
}

/// A time-stamp of a checkpoint.
#[derive(Serialize, ToSchema)]
pub struct CheckpointStamp {
    /// Name of the authority.
    pub authority: String,
    /// When, by its clock, RFC 3339.
    pub time: String,
    /// Path of the token in the archive.
    pub place: String,
}

impl From<StampedCheckpoint> for CheckpointShown {
    fn from(one: StampedCheckpoint) -> Self {
        let stamps = one.stamps.into_iter().map(|stamp| CheckpointStamp {
            authority: stamp.authority,
            time: written(stamp.time),
            place: stamp.place,
        });
        Self { size: one.size, place: one.place, stamps: stamps.collect() }
    }
}

/// A page of them.
pub async fn checkpoints(service: &Arc<Service>, paging: &Paging) -> Result<CheckpointsListed, Problem> {
    let (limit, from) = (paging.limit()?, paging.from()?);
    let (newest, all) = blocking(service.clone(), |service| {
        let archive = service.archive()?;
        Ok((archive.checkpoint()?.1.checkpoint.size, archive.stamped_checkpoints()?))
    })
    .await?;
    let total = all.len();
    let stamped: Vec<_> = all.into_iter().skip(from as usize).take(limit).map(CheckpointShown::from).collect();
    let end = from.saturating_add(u32::try_from(stamped.len()).unwrap_or(u32::MAX));
    let next = (!stamped.is_empty() && (end as usize) < total).then(|| cursor(end));
    Ok(CheckpointsListed { newest, place: NEWEST_CHECKPOINT, stamped, total, next })
}

/// The history of checkpoints: the newest, and those that outside authorities have stamped, with their time-stamps.
#[utoipa::path(get, path = "/checkpoints", tag = "inspection", params(Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of the history", body = CheckpointsListed),
    NoSuchPage, NotSignedIn, NoRole,
))]
pub async fn list(
    State(service): State<Arc<Service>>,
    Query(paging): Query<Paging>,
) -> Result<Json<CheckpointsListed>, Problem> {
    checkpoints(&service, &paging).await.map(Json)
}
