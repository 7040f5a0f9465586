//! Whom the archive asks: time-stamping authorities, and places from which evidence is fetched. Each list is the whole
//! allow-list; to believe what comes is a matter of the trust anchors.

use super::refused::{NoRole, NotSignedIn};
use super::system::written;
use crate::archive::evidence_source::{self, Allowed, EvidenceSource};
use crate::archive::stamp::Planned;
use crate::archive::time_authority::{self, TimeAuthority};
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest reason, characters.
const REASON_CHARS_MAX: usize = 2_000;

/// A time-stamping authority.
#[derive(Serialize, ToSchema)]
pub struct AuthorityShown {
    /// Its name here, for ever.
    pub name: String,
    /// Where it is asked.
    pub url: String,
    /// Why it is asked no more; null: it is asked.
    pub ended: Option<String>,
}

/// Time-stamping authorities.
#[derive(Serialize, ToSchema)]
pub struct AuthoritiesListed {
    /// In the order in which they are asked.
    pub authorities: Vec<AuthorityShown>,
}

/// An authority to be allowed.
#[derive(Deserialize, ToSchema)]
pub struct AuthorityWanted {
    /// Its name here, for ever: 1 to 40 lower-case letters, digits, hyphens.
    pub name: String,
    /// Its address, http or https.
    pub url: String,
}

/// A place from which evidence may be fetched.
#[derive(Serialize, ToSchema)]
pub struct SourceShown {
    /// Its identifier.
    pub id: String,
    /// Host, host and port, or the beginning of an address.
    pub place: String,
    /// The machine that is connected to, whatever the host's name leads to.
    pub via: Option<String>,
    /// Why it is allowed.
    pub reason: String,
    /// Why it is no more; null: it is.
    pub ended: Option<String>,
}

/// Places from which evidence may be fetched.
#[derive(Serialize, ToSchema)]
pub struct SourcesListed {
    /// Every one ever allowed, the oldest first.
    pub sources: Vec<SourceShown>,
}

/// A place to be allowed.
#[derive(Deserialize, ToSchema)]
pub struct SourceWanted {
    /// HOST, HOST:PORT, or the beginning of an http or https address.
    pub place: String,
    /// Connect to this machine, IP or IP:PORT, in a private network too; empty: to the one that the name leads to, a public one.
    #[serde(default)]
    pub via: String,
    /// Why it is allowed, 1 to 2000 characters.
    pub reason: String,
}

/// Why something is asked no more.
#[derive(Deserialize, ToSchema)]
pub struct NoMore {
    /// Why, 1 to 2000 characters.
    pub reason: String,
}

/// A time-stamp.
#[derive(Serialize, ToSchema)]
pub struct TimeStampShown {
    /// Size of the checkpoint that it covers.
    pub checkpoint: u64,
    /// Name of the authority here.
    pub authority: String,
    /// The time that it states, RFC 3339.
    pub time: String,
    /// Until when it proves that, renewed or by itself.
    pub holds_until: String,
    /// From when it is to be renewed.
    pub renew_from: String,
}

/// Time-stamps.
#[derive(Serialize, ToSchema)]
pub struct TimeStampsListed {
    /// The newest first, a hundred at most.
    pub time_stamps: Vec<TimeStampShown>,
    /// How many there are.
    pub total: usize,
}

/// Time-stamps that are listed.
const LISTED_MAX: usize = 100;

impl AuthorityShown {
    fn new(one: &TimeAuthority) -> Self {
        Self { name: one.name.clone(), url: one.url.clone(), ended: one.ended.clone() }
    }
}

impl SourceShown {
    fn new(one: &EvidenceSource) -> Self {
        Self {
            id: one.id.to_string(),
            place: one.allowed.place.to_string(),
            via: one.allowed.via.map(|via| via.to_string()),
            reason: one.reason.clone(),
            ended: one.ended.clone(),
        }
    }
}

impl TimeStampShown {
    fn new(one: &Planned) -> Self {
        Self {
            checkpoint: one.name.checkpoint,
            authority: one.name.authority.clone(),
            time: written(one.facts.time),
            holds_until: written(one.holds_until),
            renew_from: written(one.renew_from()),
        }
    }
}

fn why(reason: &str) -> Result<String, Problem> {
    let reason = reason.trim();
    match reason.chars().count() {
        1..=REASON_CHARS_MAX => Ok(reason.to_owned()),
        _ => Err(Problem::invalid("a reason is 1 to 2000 characters")),
    }
}

/// What is asked, and what came of it.
pub struct Asked {
    /// Time-stamping authorities.
    pub authorities: Vec<AuthorityShown>,
    /// Sources of evidence.
    pub sources: Vec<SourceShown>,
    /// Time-stamps.
    pub stamps: TimeStampsListed,
}

/// Looks at all of it.
pub async fn all(service: &Arc<Service>) -> Result<Asked, Problem> {
    let look = |service: &Service| {
        let archive = service.archive()?;
        let plan = archive.renewal_plan()?;
        let newest = plan.iter().rev().take(LISTED_MAX);
        Ok(Asked {
            authorities: archive.time_authorities()?.iter().map(AuthorityShown::new).collect(),
            sources: archive.evidence_sources()?.iter().map(SourceShown::new).collect(),
            stamps: TimeStampsListed { time_stamps: newest.map(TimeStampShown::new).collect(), total: plan.len() },
        })
    };
    Ok(blocking(service.clone(), look).await?)
}

/// Allows an authority to be asked.
pub async fn authority_added(
    service: &Arc<Service>,
    asking: &Asking,
    wanted: AuthorityWanted,
) -> Result<AuthorityShown, Problem> {
    let by = asking.who()?.account.name.clone();
    let (name, url) = (wanted.name.trim().to_owned(), wanted.url.trim().to_owned());
    let change = move |service: &Service| service.write(|archive| time_authority::add(archive, &name, &url, &by));
    Ok(AuthorityShown::new(&blocking(service.clone(), change).await?))
}

/// Has an authority asked no more.
pub async fn authority_ended(service: &Arc<Service>, asking: &Asking, name: &str, end: NoMore) -> Result<(), Problem> {
    let (name, reason, by) = (name.to_owned(), why(&end.reason)?, asking.who()?.account.name.clone());
    let change = move |service: &Service| service.write(|archive| time_authority::end(archive, &name, &reason, &by));
    blocking(service.clone(), change).await?;
    Ok(())
}

/// Allows a place to be asked.
pub async fn source_added(
    service: &Arc<Service>,
    asking: &Asking,
    wanted: SourceWanted,
) -> Result<SourceShown, Problem> {
    let by = asking.who()?.account.name.clone();
    let refused = |error: evidence_source::NotAllowable| Problem::invalid(error.to_string());
    let via = Some(wanted.via.trim()).filter(|via| !via.is_empty()).map(str::parse).transpose().map_err(refused)?;
    let allowed = Allowed { place: wanted.place.trim().parse().map_err(refused)?, via };
    let reason = why(&wanted.reason)?;
    let change = move |service: &Service| service.write(|archive| evidence_source::add(archive, allowed, &reason, &by));
    Ok(SourceShown::new(&blocking(service.clone(), change).await?))
}

/// Has a place asked no more.
pub async fn source_ended(service: &Arc<Service>, asking: &Asking, id: &str, end: NoMore) -> Result<(), Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::not_found())?;
    let (reason, by) = (why(&end.reason)?, asking.who()?.account.name.clone());
    let known = blocking(service.clone(), |service| service.archive()?.evidence_sources()).await?;
    let known = known.into_iter().find(|one| one.id == id && one.ended.is_none()).ok_or_else(Problem::not_found)?;
    let place = known.allowed.place;
    let change = move |service: &Service| service.write(|archive| evidence_source::end(archive, &place, &reason, &by));
    blocking(service.clone(), change).await?;
    Ok(())
}

/// Time-stamping authorities, in the order in which they are asked.
#[utoipa::path(get, path = "/time-authorities", tag = "administration", security(("session" = [])), responses(
    (status = 200, description = "the authorities", body = AuthoritiesListed),
    NotSignedIn, NoRole,
))]
pub async fn authorities(State(service): State<Arc<Service>>) -> Result<Json<AuthoritiesListed>, Problem> {
    Ok(Json(AuthoritiesListed { authorities: all(&service).await?.authorities }))
}

/// Allow a time-stamping authority to be asked. Nothing but a hash goes there; what comes is believed by the trust anchors alone.
#[utoipa::path(post, path = "/time-authorities", tag = "administration", request_body = AuthorityWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "allowed", body = AuthorityShown),
    (status = 400, description = "no name, or no address", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the name was given before", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn add_authority(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<AuthorityWanted>,
) -> Result<(StatusCode, Json<AuthorityShown>), Problem> {
    Ok((StatusCode::CREATED, Json(authority_added(&service, &asking, wanted).await?)))
}

/// Ask an authority no more; its time-stamps stay.
#[utoipa::path(post, path = "/time-authorities/{name}/ending", tag = "administration", request_body = NoMore,
    params(("name" = String, Path, description = "its name")), security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "asked no more"),
    (status = 400, description = "no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "there is none", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "asked no more already", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn end_authority(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(name): Path<String>,
    Known(end): Known<NoMore>,
) -> Result<StatusCode, Problem> {
    authority_ended(&service, &asking, &name, end).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Places from which evidence about signatures may be fetched.
#[utoipa::path(get, path = "/evidence-sources", tag = "administration", security(("session" = [])), responses(
    (status = 200, description = "the places", body = SourcesListed),
    NotSignedIn, NoRole,
))]
pub async fn sources(State(service): State<Arc<Service>>) -> Result<Json<SourcesListed>, Problem> {
    Ok(Json(SourcesListed { sources: all(&service).await?.sources }))
}

/// Allow a host, or what lies below an address, to be asked for evidence.
#[utoipa::path(post, path = "/evidence-sources", tag = "administration", request_body = SourceWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "allowed", body = SourceShown),
    (status = 400, description = "no place, no machine, or no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "allowed already", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn add_source(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<SourceWanted>,
) -> Result<(StatusCode, Json<SourceShown>), Problem> {
    Ok((StatusCode::CREATED, Json(source_added(&service, &asking, wanted).await?)))
}

/// Ask a place no more; what came from it stays.
#[utoipa::path(post, path = "/evidence-sources/{id}/ending", tag = "administration", request_body = NoMore,
    params(("id" = String, Path, description = "its identifier")), security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "asked no more"),
    (status = 400, description = "no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "it is not allowed", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn end_source(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Known(end): Known<NoMore>,
) -> Result<StatusCode, Problem> {
    source_ended(&service, &asking, &id, end).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The time-stamps that the archive has, and how long each holds.
#[utoipa::path(get, path = "/time-stamps", tag = "administration", security(("session" = [])), responses(
    (status = 200, description = "the time-stamps", body = TimeStampsListed),
    NotSignedIn, NoRole,
))]
pub async fn stamps(State(service): State<Arc<Service>>) -> Result<Json<TimeStampsListed>, Problem> {
    Ok(Json(all(&service).await?.stamps))
}
