//! How long a record or dossier is kept: what was recorded of it, and the acts by which that changes.
//!
//! An archivist puts it under a rule, records what its period waits for, links it, goes on keeping it; an authorised person
//! confirms what the agency states, or what another person assigned and would shorten ([`Action::ConfirmPeriods`]). Who is
//! another person, and what shortens, is `archive::retention::assign`'s to say.

pub mod export;

use super::refused::{NoRole, NotSignedIn, OutOfReach};
use super::{dossiers, records, transfers};
use crate::archive::Writing;
use crate::archive::retention::assign::{self, Done, NAMES_MAX, Waits};
use crate::archive::retention::recorded::{ActState, Recorded};
use crate::archive::retention::{Kind, Occurrence};
use crate::auth::rights::{Action, Object};
use crate::error::{Error, Kind as Refusal, Result as Taken};
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// An act about how long something is kept. `also` names further records or dossiers, by identifier or code: the same is
/// recorded of them, of all or of none.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum RetentionAct {
    /// Put it under a rule, of retention or of access. A rule that would shorten waits for a second person.
    Assign {
        /// Code of the rule.
        rule: String,
        /// Why it belongs to it.
        reason: String,
        /// Further records or dossiers.
        #[serde(default)]
        also: Vec<String>,
    },
    /// Something happened that a period may wait for.
    Event {
        /// `superseded`, `expired`, `works-demolished`, `asset-disposed`, `contract-ended`, `settled`, `person-died` or
        /// `declassified`.
        kind: String,
        /// When: a day, a month, a year, or an interval (`2023-05/2024`); empty where it is not known.
        #[serde(default)]
        on: String,
        /// How that is known.
        reason: String,
        /// Further records or dossiers.
        #[serde(default)]
        also: Vec<String>,
    },
    /// A recorded event counts for nothing.
    Revoke {
        /// Ledger index of the event.
        entry: u64,
        /// Why.
        reason: String,
    },
    /// It is due for review, and goes on being kept.
    Keep {
        /// Why.
        reason: String,
        /// Further records or dossiers.
        #[serde(default)]
        also: Vec<String>,
    },
    /// Link a record with another: neither goes before the other may.
    Link {
        /// The other record, by identifier or code.
        with: String,
        /// Why.
        reason: String,
    },
    /// Dissolve the link between two records.
    Unlink {
        /// The other record, by identifier or code.
        with: String,
        /// Why.
        reason: String,
    },
}

/// What an authorised person confirms, and on what it rests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodConfirmed {
    /// The line of a table, or the decision, by which it is right.
    pub basis: String,
    /// By what right it is confirmed.
    pub mandate: String,
    /// Further records or dossiers, by identifier or code: the same is recorded of them, of all or of none.
    #[serde(default)]
    pub also: Vec<String>,
}

/// What was recorded, of each record or dossier.
#[derive(Serialize, ToSchema)]
pub struct RetentionRecorded {
    /// In the order in which they were named.
    pub recorded: Vec<RecordedOf>,
}

/// What was recorded of one record or dossier.
#[derive(Serialize, ToSchema)]
pub struct RecordedOf {
    /// Its identifier.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Ledger index of the event.
    pub entry: u64,
    /// Whether it counts only once a second person confirms it.
    pub waits_for_second_person: bool,
}

/// What was recorded of how long something is kept.
#[derive(Serialize, ToSchema)]
pub struct RetentionActs {
    /// Oldest first.
    pub acts: Vec<RetentionActShown>,
}

/// An act, as far as its event says each of these.
#[derive(Serialize, ToSchema)]
pub struct RetentionActShown {
    /// Ledger index of its event.
    pub entry: u64,
    /// Name of its event.
    pub event: &'static str,
    /// When, RFC 3339.
    pub time: String,
    /// By whom.
    pub by: String,
    /// Whether it waits for a second person.
    pub waits_for_second_person: bool,
    /// Whether it was revoked, or dissolved.
    pub revoked: bool,
    /// Code of a rule.
    pub rule: Option<String>,
    /// What happened.
    pub kind: Option<String>,
    /// When that was.
    pub on: Option<String>,
    /// Code of the linked record.
    pub with: Option<String>,
    /// The period that the agency stated when it was confirmed.
    pub stated: Option<String>,
    /// The period that a disposal case gave instead.
    pub period: Option<String>,
    /// The text by which it was confirmed.
    pub basis: Option<String>,
    /// By what right.
    pub mandate: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Ledger index of the event that it takes back.
    pub takes_back: Option<u64>,
}

impl From<&Done> for RecordedOf {
    fn from(done: &Done) -> Self {
        Self {
            id: done.about.to_string(),
            code: done.code.clone(),
            entry: done.index,
            waits_for_second_person: done.waits == Waits::ForSecondPerson,
        }
    }
}

impl From<Vec<Done>> for RetentionRecorded {
    fn from(done: Vec<Done>) -> Self {
        Self { recorded: done.iter().map(RecordedOf::from).collect() }
    }
}

impl From<Recorded> for RetentionActShown {
    fn from(act: Recorded) -> Self {
        let says = act.says;
        Self {
            entry: act.index,
            event: act.kind.name(),
            time: act.at.to_string(),
            by: act.by,
            waits_for_second_person: act.state == ActState::Waits,
            revoked: act.state == ActState::Revoked,
            rule: says.rule,
            kind: says.kind,
            on: says.on.filter(|on| !on.is_empty()),
            with: act.with.map(|linked| linked.code),
            stated: says.stated,
            period: says.period,
            basis: says.basis,
            mandate: says.mandate,
            reason: says.reason,
            takes_back: says.event,
        }
    }
}

/// A record or dossier whose period is looked at, or changed.
pub struct Subject {
    /// Its identifier.
    pub id: Uuid,
    /// Which of the two it is.
    pub kind: Kind,
    /// Its code.
    pub code: String,
    /// What it is about.
    pub title: String,
    /// Code of the agency that transferred it.
    pub agency: String,
    /// Its entity tag.
    pub tag: String,
}

/// The record or dossier that `name` names, if `asking` may do `action` to it.
pub async fn subject(
    service: &Arc<Service>,
    asking: &Asking,
    kind: Kind,
    name: &str,
    action: Action,
) -> Result<Subject, Problem> {
    Ok(match kind {
        Kind::Record => {
            let found = records::described(service, asking, name, action).await?;
            Subject {
                id: found.id,
                kind,
                tag: records::tag(&found),
                code: found.body.doc_code,
                title: found.body.subject,
                agency: found.dossier.agency_code,
            }
        }
        Kind::Dossier => {
            let found = dossiers::described(service, asking, name, action).await?;
            Subject {
                id: found.id,
                kind,
                tag: found.tag(),
                code: found.body.file_code,
                title: found.body.title,
                agency: found.body.agency_code,
            }
        }
    })
}

/// What was recorded of how long it is kept.
pub async fn recorded(service: &Arc<Service>, of: Uuid) -> Result<Vec<Recorded>, Problem> {
    Ok(blocking(service.clone(), move |service| service.archive()?.retention_acts(&of.to_string())).await?)
}

/// Does an act about what `asking` may keep.
pub async fn acted(
    service: &Arc<Service>,
    asking: &Asking,
    about: &Subject,
    act: RetentionAct,
) -> Result<Vec<Done>, Problem> {
    let also: Vec<String> = match &act {
        RetentionAct::Assign { also, .. } | RetentionAct::Event { also, .. } | RetentionAct::Keep { also, .. } => {
            also.clone()
        }
        RetentionAct::Link { with, .. } | RetentionAct::Unlink { with, .. } => vec![with.clone()],
        RetentionAct::Revoke { .. } => Vec::new(),
    };
    let names = named(service, asking, about, also, Action::KeepPeriods).await?;
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| service.write(|archive| act.take(archive, &names, &by))).await?)
}

/// Confirms what is stated of what `asking` may confirm, or what another person assigned to it.
pub async fn confirmed(
    service: &Arc<Service>,
    asking: &Asking,
    about: &Subject,
    given: PeriodConfirmed,
) -> Result<Vec<Done>, Problem> {
    let PeriodConfirmed { basis, mandate, also } = given;
    let names = named(service, asking, about, also, Action::ConfirmPeriods).await?;
    let by = asking.who()?.account.name.clone();
    let confirm = move |service: &Service| {
        service.write(|archive| assign::confirm_period(archive, &names, &basis, &mandate, &by))
    };
    Ok(blocking(service.clone(), confirm).await?)
}

/// What is acted about and what is named besides, all of it within reach. What is not there for `asking` is called by no name.
async fn named(
    service: &Arc<Service>,
    asking: &Asking,
    about: &Subject,
    also: Vec<String>,
    action: Action,
) -> Result<Vec<String>, Problem> {
    asking.may(action, Object::Described { agency: &about.agency })?;
    if also.len() >= NAMES_MAX {
        return Err(Problem::invalid(format!("name 1 to {NAMES_MAX} records or dossiers")));
    }
    let (asking, mut names) = (asking.clone(), vec![about.id.to_string()]);
    let found = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        for name in also {
            let within = |agency: &str| asking.may(action, Object::Described { agency }).is_ok();
            match archive.transferred_by(&name) {
                Ok(agency) if within(&agency) => names.push(name),
                Err(error) if error.kind() != Refusal::NotFound => return Err(error),
                _ => {
                    let what = format!("no record or dossier here is called {name:?}");
                    return Ok(Err(what));
                }
            }
        }
        Ok(Ok(names))
    });
    found.await?.map_err(|detail| Problem { detail, ..Problem::not_found() })
}

impl RetentionAct {
    /// Does it to the first of `names`, and to the others where it is about several.
    fn take(&self, archive: &Writing, names: &[String], by: &str) -> Taken<Vec<Done>> {
        let name = names.first().map_or("", String::as_str);
        match self {
            Self::Assign { rule, reason, .. } => assign::assign(archive, names, rule, reason, by),
            Self::Event { kind, on, reason, .. } => {
                assign::occur(archive, names, occurrence(kind)?, on.trim(), reason, by)
            }
            Self::Revoke { entry, reason } => assign::revoke(archive, name, *entry, reason, by),
            Self::Keep { reason, .. } => assign::review(archive, names, reason, by),
            Self::Link { with, reason } => assign::link(archive, name, with, reason, by),
            Self::Unlink { with, reason } => assign::unlink(archive, name, with, reason, by),
        }
    }
}

fn occurrence(kind: &str) -> Taken<Occurrence> {
    let known = Occurrence::NAMES.iter().find(|(name, _)| *name == kind);
    known.map(|(_, kind)| *kind).ok_or_else(|| Error::invalid(format!("{kind:?} is nothing that a period waits for")))
}

/// An act as it came, about what `kind` and `id` name.
async fn act(
    (service, asking): (Arc<Service>, Asking),
    (kind, id): (Kind, String),
    headers: HeaderMap,
    act: RetentionAct,
) -> Result<(StatusCode, Json<RetentionRecorded>), Problem> {
    let about = subject(&service, &asking, kind, &id, Action::KeepPeriods).await?;
    transfers::must_match(&headers, &about.tag)?;
    let done = acted(&service, &asking, &about, act).await?;
    Ok((StatusCode::CREATED, Json(RetentionRecorded::from(done))))
}

/// A confirmation as it came.
async fn confirm(
    (service, asking): (Arc<Service>, Asking),
    (kind, id): (Kind, String),
    headers: HeaderMap,
    given: PeriodConfirmed,
) -> Result<(StatusCode, Json<RetentionRecorded>), Problem> {
    let about = subject(&service, &asking, kind, &id, Action::ConfirmPeriods).await?;
    transfers::must_match(&headers, &about.tag)?;
    let done = confirmed(&service, &asking, &about, given).await?;
    Ok((StatusCode::CREATED, Json(RetentionRecorded::from(done))))
}

/// What was recorded of what `kind` and `id` name.
async fn acts(
    (service, asking): (Arc<Service>, Asking),
    (kind, id): (Kind, String),
) -> Result<Json<RetentionActs>, Problem> {
    let about = subject(&service, &asking, kind, &id, Action::ReadHistory).await?;
    let acts = recorded(&service, about.id).await?;
    Ok(Json(RetentionActs { acts: acts.into_iter().map(RetentionActShown::from).collect() }))
}

/// The routes of what a kind names, at its own paths: what was recorded of it, an act, a confirmation.
macro_rules! routes_of {
    ($kind:ident $tag:tt: $acts_at:tt $acts:ident $act:ident, $confirmation_at:tt $confirmation:ident) => {
        /// What was recorded of how long it is kept: rules, confirmations, events, links, reviews.
        #[utoipa::path(get, path = $acts_at, tag = $tag,
            params(("id" = String, Path, description = "identifier or code")), security(("session" = [])), responses(
            (status = 200, description = "the acts", body = RetentionActs),
            NotSignedIn, NoRole, OutOfReach,
        ))]
        pub async fn $acts(
            State(service): State<Arc<Service>>,
            asking: Asking,
            Path(id): Path<String>,
        ) -> Result<Json<RetentionActs>, Problem> {
            acts((service, asking), (Kind::$kind, id)).await
        }

        /// Change how long it is kept, by an act of an archivist. A repetition with the same `idempotency-key` records nothing more.
        #[utoipa::path(post, path = $acts_at, tag = $tag, request_body = RetentionAct,
            params(("id" = String, Path, description = "identifier or code"),
                ("if-match" = Option<String>, Header, description = "its entity tag as it was seen"),
                ("idempotency-key" = Option<String>, Header, description = "1 to 128 visible characters; the answer to its first use is given again")),
            security(("session" = [], "form-token" = [])), responses(
            (status = 201, description = "recorded", body = RetentionRecorded),
            (status = 400, description = "a date, a kind of event or a reason can't be read, or the act is none for it", body = ProblemBody, content_type = "application/problem+json"),
            NotSignedIn,
            (status = 403, description = "not in the account's roles", body = ProblemBody, content_type = "application/problem+json"),
            (status = 404, description = "it, another that is named, or the rule is not there, or out of reach", body = ProblemBody, content_type = "application/problem+json"),
            (status = 409, description = "it stands so already, or a hold stands against it", body = ProblemBody, content_type = "application/problem+json"),
            (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
        ))]
        pub async fn $act(
            State(service): State<Arc<Service>>,
            asking: Asking,
            Path(id): Path<String>,
            headers: HeaderMap,
            Known(given): Known<RetentionAct>,
        ) -> Result<(StatusCode, Json<RetentionRecorded>), Problem> {
            act((service, asking), (Kind::$kind, id), headers, given).await
        }

        /// Confirm, as an authorised person, what the agency states of it, or a shorter rule that another person assigned to it.
        #[utoipa::path(post, path = $confirmation_at, tag = $tag, request_body = PeriodConfirmed,
            params(("id" = String, Path, description = "identifier or code"),
                ("if-match" = Option<String>, Header, description = "its entity tag as it was seen"),
                ("idempotency-key" = Option<String>, Header, description = "1 to 128 visible characters; the answer to its first use is given again")),
            security(("session" = [], "form-token" = [])), responses(
            (status = 201, description = "confirmed", body = RetentionRecorded),
            (status = 400, description = "nothing is stated that can be confirmed, or no text or mandate is named", body = ProblemBody, content_type = "application/problem+json"),
            NotSignedIn,
            (status = 403, description = "no role does this, who assigned the rule, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
            OutOfReach,
            (status = 409, description = "it counts already, or the rule itself is to be confirmed", body = ProblemBody, content_type = "application/problem+json"),
            (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
        ))]
        pub async fn $confirmation(
            State(service): State<Arc<Service>>,
            asking: Asking,
            Path(id): Path<String>,
            headers: HeaderMap,
            Known(given): Known<PeriodConfirmed>,
        ) -> Result<(StatusCode, Json<RetentionRecorded>), Problem> {
            confirm((service, asking), (Kind::$kind, id), headers, given).await
        }
    };
}

routes_of! {
    Record "records":
    "/records/{id}/retention/acts" record_acts record_act,
    "/records/{id}/retention/confirmation" record_confirmation
}
routes_of! {
    Dossier "dossiers":
    "/dossiers/{id}/retention/acts" dossier_acts dossier_act,
    "/dossiers/{id}/retention/confirmation" dossier_confirmation
}
