//! What the service does by itself, and how that goes; and doing some of it now.

use super::refused::{NoRole, NotSignedIn};
use super::system::{TaskShown, written};
use crate::archive::Round;
use crate::archive::stamp::Recording;
use crate::archive::verify::Depth;
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::job::{self, Done, JobEvent, Outcome, UPKEEP, Work};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Doubts that are told; the ledger has more of them.
const DOUBTS_MAX: usize = 20;

/// What the service does by itself.
#[derive(Serialize, ToSchema)]
pub struct RoundShown {
    /// `time-stamps`, `second-runs` (signatures validated again), `fixity` (every byte checked), `webhooks`.
    pub work: &'static str,
    /// When it last looked whether something is to be done, RFC 3339; null: not since the start.
    pub last: Option<String>,
    /// When it looks again; null: it is at work.
    pub next: Option<String>,
    /// When a look failed last; null: none did since the start.
    pub failed_at: Option<String>,
    /// Why.
    pub failure: Option<String>,
}

/// What an upkeep came to.
#[derive(Serialize, ToSchema)]
pub struct UpkeepDone {
    /// `time-stamp`, `backup`, `check` or `validation`.
    pub task: &'static str,
    /// For whom.
    pub by: String,
    /// When it began, RFC 3339.
    pub began: String,
    /// When it ended.
    pub ended: String,
    /// Why it came to nothing; null: it did not.
    pub failure: Option<String>,
    /// Whether all is well: a time-stamp came and is recorded, the copy is whole, nothing doubtful was found.
    pub well: bool,
    /// Time-stamps that came.
    pub time_stamps: Vec<String>,
    /// Authorities that gave none, and why.
    pub unanswered: Vec<String>,
    /// Files that were copied; null: it was no backup.
    pub files: Option<u64>,
    /// Their bytes.
    pub bytes: Option<u64>,
    /// Files that were there already.
    pub unchanged: Option<u64>,
    /// Entries of the ledger that the copy covers, or that were checked; 0 where signatures were.
    pub entries: Option<u64>,
    /// How many things did not fit; null: it was no check.
    pub doubts: Option<u64>,
    /// The first of them: place and what; of a validation the records that could not be validated.
    pub listed: Vec<String>,
    /// Signatures whose verdict was repeated; null: it was no check.
    pub signatures: Option<u64>,
    /// Records whose verdict waited and was looked at again; null: it was no validation.
    pub records: Option<u64>,
    /// Those of them of which that brought something new, which is an event.
    pub recorded: Option<u64>,
}

/// How upkeep stands.
#[derive(Serialize, ToSchema)]
pub struct UpkeepShown {
    /// What the service does by itself.
    pub rounds: Vec<RoundShown>,
    /// What somebody asked for and is under way; null: nothing.
    pub under_way: Option<TaskShown>,
    /// What the last of each kind came to, since the service started.
    pub done: Vec<UpkeepDone>,
    /// Whether the configuration names a folder for copies.
    pub can_back_up: bool,
}

/// What is to be done now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpkeepWanted {
    /// `time-stamp`, `backup` (to the folder that the configuration names), `check`, or `validation`: signatures whose
    /// verdict waits for newer evidence and whose time has come are validated again.
    pub task: String,
    /// How deep a check goes: `structure`, or `deep`: every byte; or `signatures`: the newest run of every record is repeated
    /// from the vault alone, and must come out as it did.
    #[serde(default)]
    pub depth: String,
}

impl RoundShown {
    fn new(work: &'static str, round: &Round) -> Self {
        let failed = round.failed.as_ref();
        Self {
            work,
            last: round.last.map(|at| at.to_string()),
            next: round.next.map(|at| at.to_string()),
            failed_at: failed.map(|(at, _)| at.to_string()),
            failure: failed.map(|(_, why)| why.clone()),
        }
    }
}

impl UpkeepDone {
    fn new(done: &Done) -> Self {
        let mut shown = Self {
            task: done.task.name(),
            by: done.by.clone(),
            began: done.began.to_string(),
            ended: done.ended.to_string(),
            failure: None,
            well: true,
            time_stamps: Vec::new(),
            unanswered: Vec::new(),
            files: None,
            bytes: None,
            unchanged: None,
            entries: None,
            doubts: None,
            listed: Vec::new(),
            signatures: None,
            records: None,
            recorded: None,
        };
        match &done.outcome {
            Err(why) => (shown.failure, shown.well) = (Some(why.clone()), false),
            Ok(Outcome::TimeStamp(stamping)) => {
                shown.well = !stamping.tokens.is_empty() && stamping.recording == Recording::Recorded;
                let token = |(name, facts): &(_, crate::archive::stamp::TokenFacts)| {
                    let name: &crate::archive::stamp::TokenName = name;
                    format!("{name}, {}", written(facts.time))
                };
                shown.time_stamps = stamping.tokens.iter().map(token).collect();
                let none = stamping.unanswered.iter().map(|none| format!("{}: {}", none.authority, none.why));
                shown.unanswered = none.collect();
            }
            Ok(Outcome::Backup(copy)) => {
                (shown.files, shown.bytes) = (Some(copy.files), Some(copy.bytes));
                (shown.unchanged, shown.entries) = (Some(copy.unchanged), Some(copy.entries));
            }
            Ok(Outcome::Check(report)) => {
                let doubts = report.doubts.len() as u64 + report.unlisted;
                (shown.doubts, shown.well) = (Some(doubts), doubts == 0);
                (shown.entries, shown.bytes) = (Some(report.checked.entries), Some(report.checked.bytes));
                shown.signatures = Some(report.checked.signatures);
                let told =
                    report.doubts.iter().take(DOUBTS_MAX).map(|doubt| format!("{}: {}", doubt.place, doubt.what));
                shown.listed = told.collect();
            }
            Ok(Outcome::Validation(validated)) => {
                (shown.records, shown.recorded) = (Some(validated.records), Some(validated.recorded));
                shown.well = validated.failed.is_empty();
                shown.listed = validated.failed.iter().take(DOUBTS_MAX).cloned().collect();
            }
        }
        shown
    }
}

/// How upkeep stands.
pub fn look(service: &Service) -> UpkeepShown {
    let under_way = service.jobs.about(UPKEEP).map(|job| {
        let (done, of) = job.progress();
        TaskShown { task: job.task.name(), done, of }
    });
    UpkeepShown {
        rounds: service.upkeep.rounds.all().iter().map(|(work, round)| RoundShown::new(work, round)).collect(),
        under_way,
        done: service.jobs.upkeep().iter().map(UpkeepDone::new).collect(),
        can_back_up: service.upkeep.backup_to.is_some(),
    }
}

/// Begins what is wanted.
pub async fn begun(service: &Arc<Service>, asking: &Asking, wanted: &UpkeepWanted) -> Result<(), Problem> {
    let by = asking.who()?.account.name.clone();
    let check = match wanted.depth.as_str() {
        "" => Some(Work::Check(Depth::Structure)),
        "signatures" => Some(Work::Repetition),
        depth => Depth::named(depth).map(Work::Check),
    };
    let check = check.ok_or_else(|| Problem::invalid("depth is structure, deep or signatures"))?;
    let work = match wanted.task.as_str() {
        "time-stamp" => Work::TimeStamp,
        "backup" => Work::Backup,
        "check" => check,
        "validation" => Work::Validation,
        _ => return Err(Problem::invalid("task is time-stamp, backup, check or validation")),
    };
    let starting = service.clone();
    Ok(blocking(service.clone(), move |_| job::begin(&starting, work, by)).await?)
}

/// What the service does by itself with its last and next look and its last failure; what somebody asked for, and what it came to.
#[utoipa::path(get, path = "/upkeep", tag = "administration", security(("session" = [])), responses(
    (status = 200, description = "how it stands", body = UpkeepShown),
    NotSignedIn, NoRole,
))]
pub async fn show(State(service): State<Arc<Service>>) -> Json<UpkeepShown> {
    Json(look(&service))
}

/// Have a time-stamp, a copy of the archive, a check, or verdicts that wait now; one at a time, in the background. A check
/// becomes an event, and so does a verdict that is another.
#[utoipa::path(post, path = "/upkeep", tag = "administration", request_body = UpkeepWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 202, description = "begun", body = UpkeepShown),
    (status = 400, description = "there is no such task or depth", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "another is under way, or no folder for copies is configured", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn begin(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<UpkeepWanted>,
) -> Result<(StatusCode, Json<UpkeepShown>), Problem> {
    begun(&service, &asking, &wanted).await?;
    Ok((StatusCode::ACCEPTED, Json(look(&service))))
}

/// Confirms the clock for who asks.
pub async fn clock_confirmed(service: &Arc<Service>, asking: &Asking) -> Result<(), Problem> {
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| service.confirm_clock(&by)).await?)
}

/// Say that the system's clock is right, after it jumped and writing stopped. An event; wants the password just given.
#[utoipa::path(post, path = "/clock-confirmation", tag = "administration", security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "confirmed"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn confirm_clock(State(service): State<Arc<Service>>, asking: Asking) -> Result<StatusCode, Problem> {
    clock_confirmed(&service, &asking).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Follow what is under way.
#[utoipa::path(get, path = "/upkeep/progress", tag = "administration", security(("session" = [])), responses(
    (status = 200, description = "events: progress, then end", body = JobEvent, content_type = "text/event-stream"),
    NotSignedIn, NoRole,
    (status = 503, description = "too many follow jobs just now", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn progress(State(service): State<Arc<Service>>) -> Result<Response, Problem> {
    job::follow(service, UPKEEP)
}
