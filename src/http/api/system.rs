//! The system as its administrators see it: health, storage, keys, trust anchors, rules, jobs. Nothing here tells what a
//! record says.

use super::refused::{NoRole, NotSignedIn};
use super::trust::AnchorShown;
use crate::archive::retention::shown::VersionShown;
use crate::archive::state::State as Figures;
use crate::archive::storage::Storage;
use crate::archive::trust::Anchor;
use crate::archive::{KeyCheck, Reading, key_care};
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::time::Micros;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What an administrator looks at.
pub struct System {
    /// The archive in figures.
    pub figures: Figures,
    /// Records that searches find.
    pub indexed: u64,
    /// Entries that the catalog shows and the index does not.
    pub behind: u64,
    /// Room.
    pub storage: Storage,
    /// Places of keys; why they can't be checked.
    pub keys: Result<Vec<KeyCheck>, String>,
    /// Trust anchors.
    pub anchors: Vec<Anchor>,
    /// Versions of schedules, and who adopted them.
    pub schedules: Vec<VersionShown>,
    /// Proposals that wait for a second person.
    pub proposals: Vec<VersionShown>,
    /// What is being done: task, documents done, how many there are.
    pub jobs: Vec<(&'static str, u64, u64)>,
    /// As of when.
    pub on: Micros,
}

/// Looks.
pub async fn look(service: &Arc<Service>) -> Result<System, Problem> {
    let looked = blocking(service.clone(), |service| {
        let archive = service.archive()?;
        let found = archive.search(&crate::archive::Query::default())?;
        let rules = archive.rules_shown()?;
        Ok(System {
            figures: archive.state()?,
            indexed: found.total as u64,
            behind: found.behind,
            storage: archive.storage()?,
            keys: Reading::open_to_check_keys(&service.places)
                .and_then(|fresh| key_care::check(&fresh))
                .map_err(|error| error.to_string()),
            anchors: archive.anchors()?,
            schedules: rules.versions,
            proposals: rules.proposals,
            jobs: service.jobs.all()?.iter().map(|job| (job.task.name(), job.progress().0, job.progress().1)).collect(),
            on: service.clock.wall(),
        })
    });
    Ok(looked.await?)
}

/// The state of the system.
#[derive(Serialize, ToSchema)]
pub struct SystemShown {
    /// Whether the newest checkpoint covers every entry, searches are up to date and the keys are as they should be.
    pub healthy: bool,
    /// What the clock says, RFC 3339; where it stands before the newest event, writing stops until it is confirmed.
    pub clock: String,
    /// Entries of the ledger.
    pub entries: u64,
    /// Entries under the newest signed checkpoint.
    pub published: u64,
    /// Time of the newest event, RFC 3339.
    pub newest_event: String,
    /// Records that searches find.
    pub indexed: u64,
    /// Entries that searches do not reflect yet.
    pub behind: u64,
    /// Room.
    pub storage: StorageShown,
    /// Generation of the keys that the ledger recorded.
    pub keys_generation: u64,
    /// Places of keys; null: they can't be checked.
    pub keys: Option<Vec<KeyPlace>>,
    /// Trust anchors.
    pub trust_anchors: Vec<AnchorShown>,
    /// Versions of schedules that were adopted.
    pub schedules: Vec<ScheduleShown>,
    /// Proposals that wait for a second person.
    pub proposals: Vec<ScheduleShown>,
    /// What is being done.
    pub jobs: Vec<TaskShown>,
}

/// Room, in bytes.
#[derive(Serialize, ToSchema)]
pub struct StorageShown {
    /// Segment files.
    pub segments: u64,
    /// In them.
    pub segment_bytes: u64,
    /// In the ledger.
    pub ledger_bytes: u64,
    /// In time-stamps and evidence records.
    pub evidence_bytes: u64,
    /// In the catalog.
    pub catalog_bytes: u64,
    /// In the index.
    pub index_bytes: u64,
    /// What the disk has left.
    pub free_bytes: u64,
    /// What it has in all.
    pub disk_bytes: u64,
}

/// A place that holds keys.
#[derive(Serialize, ToSchema)]
pub struct KeyPlace {
    /// The folder.
    pub place: String,
    /// Which keys.
    pub part: &'static str,
    /// What is wrong; null: it is as it should be.
    pub doubt: Option<String>,
}

/// A version of a schedule.
#[derive(Serialize, ToSchema)]
pub struct ScheduleShown {
    /// Code of the schedule; empty for the law.
    pub schedule: String,
    /// Its name.
    pub title: String,
    /// Number of the version.
    pub version: u32,
    /// Who adopted or proposed it.
    pub by: String,
    /// On which day.
    pub on: String,
    /// Lines.
    pub rules: usize,
    /// Lines on which nothing may be destroyed: neither verified nor confirmed.
    pub unconfirmed: usize,
}

/// Something that is being done.
#[derive(Serialize, ToSchema)]
pub struct TaskShown {
    /// What.
    pub task: &'static str,
    /// Documents done.
    pub done: u64,
    /// How many there are; 0: not known yet.
    pub of: u64,
}

impl System {
    /// Whether nothing is to be looked at.
    pub fn is_healthy(&self) -> bool {
        let keys = self.keys.as_ref().is_ok_and(|keys| keys.iter().all(|one| one.doubt.is_none()));
        keys && self.behind == 0 && self.figures.entries == self.figures.published
    }
}

/// A time as texts have it.
pub fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl ScheduleShown {
    fn new(one: &VersionShown) -> Self {
        Self {
            schedule: one.schedule.clone(),
            title: one.title.clone(),
            version: one.version,
            by: one.by.clone(),
            on: one.on.to_string(),
            rules: one.rules,
            unconfirmed: one.unconfirmed,
        }
    }
}

/// The system: health, storage, keys, trust anchors, rules, jobs.
#[utoipa::path(get, path = "/system", tag = "archive", security(("session" = [])), responses(
    (status = 200, description = "its state", body = SystemShown),
    NotSignedIn, NoRole,
))]
pub async fn system(State(service): State<Arc<Service>>) -> Result<Json<SystemShown>, Problem> {
    let looked = look(&service).await?;
    let Storage { segments, segment_bytes, ledger_bytes, evidence_bytes, .. } = looked.storage;
    let Storage { catalog_bytes, index_bytes, free_bytes, disk_bytes, .. } = looked.storage;
    let place = |one: &KeyCheck| KeyPlace { place: one.place.clone(), part: one.part, doubt: one.doubt.clone() };
    Ok(Json(SystemShown {
        healthy: looked.is_healthy(),
        clock: looked.on.to_string(),
        entries: looked.figures.entries,
        published: looked.figures.published,
        newest_event: looked.figures.newest.to_string(),
        indexed: looked.indexed,
        behind: looked.behind,
        storage: StorageShown {
            segments,
            segment_bytes,
            ledger_bytes,
            evidence_bytes,
            catalog_bytes,
            index_bytes,
            free_bytes,
            disk_bytes,
        },
        keys_generation: looked.figures.keys_generation,
        keys: looked.keys.as_ref().ok().map(|keys| keys.iter().map(place).collect()),
        trust_anchors: looked.anchors.iter().map(AnchorShown::new).collect(),
        schedules: looked.schedules.iter().map(ScheduleShown::new).collect(),
        proposals: looked.proposals.iter().map(ScheduleShown::new).collect(),
        jobs: looked.jobs.iter().map(|(task, done, of)| TaskShown { task, done: *done, of: *of }).collect(),
    }))
}
