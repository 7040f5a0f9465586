//! The audit trail over the API.

use super::refused::{NoRole, NotSignedIn};
use super::wire::{OnDay, PAGE_MAX};
use crate::archive::reads::Read;
use crate::archive::trail::{Act, Asked, Called, Thing, Trail};
use crate::auth::rights::{Action, Object};
use crate::event::EventKind;
use crate::http::guard::{Asking, escaped};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::report::export::field;
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Acts on a page where nobody says how many.
const PAGE: usize = 100;
/// Entries looked at for one page: half a second on a slow disk.
const WALK_MAX: u64 = 5000;
/// Acts of one exported file, and entries looked at for it: some seconds.
const EXPORT_MAX: usize = 10_000;
const EXPORT_WALK_MAX: u64 = 100_000;
/// Longest condition, bytes: names and codes are far shorter.
const CONDITION_BYTES_MAX: usize = 200;

/// What is asked of the trail.
#[derive(Deserialize, IntoParams, Default, Clone)]
#[into_params(parameter_in = Query)]
pub struct Conditions {
    /// Name of the account that acted.
    pub by: Option<String>,
    /// Identifier or code of a record or dossier, number of a disposal case, name of an account.
    pub about: Option<String>,
    /// Kind of the event, or the action that was read by; `reads-recorded`: every read.
    pub what: Option<String>,
    /// First day, YYYY-MM-DD, in Vietnam; reads count on the day on which they were recorded.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// How many on a page: 1 to 200, 100 if nothing is said.
    pub limit: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// The same, under its older name.
    pub before: Option<String>,
    /// `json`, or `csv`: a file of at most 10,000 acts; where there are more, the header `link` says where they are.
    pub format: Option<String>,
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
    /// Name of the account's holder.
    pub holder: Option<String>,
    /// Kind of the event, or what was read.
    pub what: String,
    /// What was done in a disposal case, by the names of acts.
    pub steps: Vec<&'static str>,
    /// Identifier of what it is about.
    pub about: String,
    /// How people call that; null: it has no name, or none that the account may see.
    pub subject: Option<SubjectShown>,
}

/// What an act is about.
#[derive(Serialize, ToSchema)]
pub struct SubjectShown {
    /// `record`, `dossier`, `disposal-case`, `account`, `transfer` or `request`.
    pub kind: &'static str,
    /// Its code, number or name; empty: its identifier is all there is.
    pub code: String,
    /// Its subject or title; of an account the holder.
    pub title: String,
}

/// A page of the trail.
#[derive(Serialize, ToSchema)]
pub struct TrailShown {
    /// The newest first; a page may be empty, and others follow it.
    pub acts: Vec<ActShown>,
    /// `cursor` of the next page; null: the beginning was reached.
    pub next: Option<u64>,
}

/// A page of the trail as `asking` may see it; that it was asked for is noted first.
pub async fn asked(service: &Arc<Service>, asking: &Asking, conditions: &Conditions) -> Result<Trail, Problem> {
    asking.may(Action::ReadAuditTrail, Object::Any)?;
    let wanted = wanted(conditions)?;
    let told = |text: &Option<String>| text.clone().unwrap_or_else(|| "*".to_owned());
    let of = format!("by={} about={}", told(&wanted.by), told(&wanted.about));
    let read = Read { account: asking.who()?.account.id, what: Action::ReadAuditTrail, of };
    let mut trail = blocking(service.clone(), move |service| {
        service.reads.note(read)?;
        service.archive()?.trail(&wanted)
    })
    .await?;
    for act in &mut trail.acts {
        act.called = act.called.take().filter(|called| is_seen(asking, called));
    }
    Ok(trail)
}

/// Whether somebody may see how a thing is called.
fn is_seen(asking: &Asking, called: &Called) -> bool {
    match called.kind {
        Thing::Record | Thing::Dossier => {
            asking.may(Action::ReadDescription, Object::Described { agency: &called.agency }).is_ok()
        }
        Thing::Case => asking.could(Action::ReadDisposal),
        Thing::Account => asking.could(Action::ReadAccounts),
        Thing::Transfer => asking.could(Action::ReadTransfers),
        Thing::Request => asking.could(Action::ReadRequests),
    }
}

fn wanted(conditions: &Conditions) -> Result<Asked, Problem> {
    let given =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (by, about, what) = (given(&conditions.by), given(&conditions.about), given(&conditions.what));
    if [&by, &about].into_iter().flatten().any(|text| text.len() > CONDITION_BYTES_MAX) {
        return Err(Problem::invalid("a condition is too long"));
    }
    let is_kind =
        |what: &String| EventKind::ALL.iter().any(|kind| kind.name() == what) || what.parse::<Action>().is_ok();
    if !what.as_ref().is_none_or(is_kind) {
        return Err(Problem::invalid("what is a kind of event or an action"));
    }
    let day = |on: &Option<String>| OnDay { on: given(on) }.day();
    let limit = match given(&conditions.limit).map(|limit| limit.parse()) {
        None => PAGE,
        Some(Ok(limit @ 1..=PAGE_MAX)) => limit,
        Some(_) => return Err(Problem::invalid("limit is 1 to 200")),
    };
    let before = given(&conditions.cursor).or_else(|| given(&conditions.before)).map(|text| text.parse());
    let before = before.transpose().map_err(|_| Problem::invalid("the cursor is none of this API"))?;
    let (limit, walk) = if is_csv(conditions)? { (EXPORT_MAX, EXPORT_WALK_MAX) } else { (limit, WALK_MAX) };
    Ok(Asked { by, about, what, from: day(&conditions.from)?, to: day(&conditions.to)?, before, limit, walk })
}

fn is_csv(conditions: &Conditions) -> Result<bool, Problem> {
    match conditions.format.as_deref() {
        None | Some("json") => Ok(false),
        Some("csv") => Ok(true),
        Some(_) => Err(Problem::invalid("format is json or csv")),
    }
}

impl Conditions {
    /// The conditions in an address, without those that say which page.
    pub fn query(&self) -> String {
        let all =
            [("by", &self.by), ("about", &self.about), ("what", &self.what), ("from", &self.from), ("to", &self.to)];
        let given =
            all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref().filter(|one| !one.is_empty())?)));
        given.map(|(name, value)| format!("&{name}={}", escaped(value))).collect()
    }
}

impl From<Act> for ActShown {
    fn from(act: Act) -> Self {
        let subject = |one: Called| SubjectShown { kind: one.kind.name(), code: one.code, title: one.title };
        Self {
            index: act.index,
            at: act.at,
            who: act.who,
            holder: act.holder,
            what: act.what,
            steps: act.steps,
            about: act.about,
            subject: act.called.map(subject),
        }
    }
}

/// The acts as CSV, by the names that programs know.
fn csv(acts: Vec<Act>) -> String {
    let mut text = String::from("\u{feff}index,at,account,holder,what,steps,about,kind,code,title\r\n");
    for act in acts {
        let ActShown { index, at, who, holder, what, steps, about, subject } = act.into();
        let (kind, code, title) = subject.map_or_else(Default::default, |one| (one.kind, one.code, one.title));
        let who = [who.unwrap_or_default(), holder.unwrap_or_default()];
        let cells = [index.to_string(), at].into_iter().chain(who).chain([what, steps.join(" "), about]);
        let cells = cells.chain([kind.to_owned(), code, title]).map(|cell| field(&cell));
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    }
    text
}

/// Who did what, the newest first. Asking is an event itself.
#[utoipa::path(get, path = "/audit", tag = "inspection", params(Conditions), security(("session" = [])), responses(
    (status = 200, description = "a page of the audit trail; with `format` csv a file", content(
        (TrailShown = "application/json"), (String = "text/csv"))),
    (status = 400, description = "a condition can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn trail(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Query(conditions): Query<Conditions>,
) -> Result<Response, Problem> {
    let trail = asked(&service, &asking, &conditions).await?;
    if !is_csv(&conditions)? {
        let acts = trail.acts.into_iter().map(ActShown::from).collect();
        return Ok(Json(TrailShown { acts, next: trail.next }).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    let mut response = (headers, csv(trail.acts)).into_response();
    if let Some(next) = trail.next {
        let link = format!("</api/v1/audit?format=csv&cursor={next}{}>; rel=\"next\"", conditions.query());
        HeaderValue::try_from(link).into_iter().for_each(|link| _ = response.headers_mut().insert(header::LINK, link));
    }
    Ok(response)
}
