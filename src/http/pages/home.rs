//! Signing in, the first page, and files of the service itself.

use super::Page;
use super::disposal::{is_mine, person};
use super::provider::Way;
use super::requests::waiting;
use super::searches::shortcuts;
use super::transfers::state_words;
use super::words::Words;
use crate::archive::disposal::Which;
use crate::archive::retention::survey::Numbers;
use crate::archive::transfer::State as Standing;
use crate::archive::verify::Depth;
use crate::archive::webhook::Standing as Hook;
use crate::archive::{Facets, Query as Question};
use crate::auth::rights::{Action, Reach, Role};
use crate::http::api::disposal as cases;
use crate::http::api::holdings::within;
use crate::http::api::session::{SignIn, begin};
use crate::http::api::{requests, transfers};
use crate::http::chart::{Bar, Value, bars};
use crate::http::guard::{Asking, FORGET, set_cookie};
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::record::DocumentType;
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// Years of a chart, the newest.
const YEARS_MAX: usize = 16;
/// Document types of a chart, those of most records.
const TYPES_MAX: usize = 8;
/// Checks of fixity of a chart, the last.
const CHECKS_MAX: usize = 12;

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Next {
    /// A path of this service.
    pub next: Option<String>,
}

/// The form.
#[derive(Deserialize)]
pub struct SignInForm {
    name: String,
    password: String,
    code: Option<String>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "sign-in.html")]
pub(super) struct SignInPage<'a> {
    pub page: &'a Page,
    pub next: String,
    pub name: String,
    /// The way to the provider, if there is one.
    pub provider: Option<Way>,
    pub wrong: String,
}

/// `GET /sign-in`
pub async fn sign_in_page(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(Next { next }): Query<Next>,
) -> Result<Response, Problem> {
    if page.asking.0.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    let next = next.map(|next| own_path(&next)).unwrap_or_default();
    let provider = Way::to_sign_in(&service, &next);
    page.render(&SignInPage { page: &page, next, name: String::new(), provider, wrong: String::new() })
}

/// `POST /sign-in`
pub async fn sign_in(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, Problem> {
    let next = form.next.as_deref().map(own_path).unwrap_or_default();
    let name = form.name.trim().to_owned();
    let given = SignIn { name: name.clone(), password: form.password, code: form.code };
    match begin(&service, given, &headers).await {
        Ok(token) => {
            let to = if next.is_empty() { "/" } else { next.as_str() };
            Ok(([(header::SET_COOKIE, set_cookie(&service.address, Some(&token)))], Redirect::to(to)).into_response())
        }
        Err(problem) if matches!(problem.code, "wrong-password" | "code-missing" | "password-lapsed" | "too-many") => {
            let wrong = page.t(&format!("sign-in-{}", problem.code));
            let provider = Way::to_sign_in(&service, &next);
            let mut response = page.render(&SignInPage { page: &page, next, name, provider, wrong })?;
            *response.status_mut() = problem.status;
            Ok(response)
        }
        Err(problem) => Err(problem),
    }
}

/// A path of this service, or nothing: nobody is sent elsewhere after signing in.
pub fn own_path(next: &str) -> String {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.starts_with("/api/")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if is_own { next.to_owned() } else { String::new() }
}

/// `POST /sign-out`
pub async fn sign_out(State(service): State<Arc<Service>>, asking: Asking) -> Result<Response, Problem> {
    let cookie = set_cookie(&service.address, None);
    let token = asking.who()?.session()?.1.clone();
    blocking(service, move |service| service.sessions.end_own(&token)).await?;
    Ok(([(header::SET_COOKIE, cookie)], [FORGET], Redirect::to("/sign-in")).into_response())
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    page: &'a Page,
    greeting: String,
    roles: String,
    reach: String,
    /// Whether who looks acts for the whole archive; others are told of what is theirs.
    sees_whole: bool,
    records: u64,
    entries: String,
    published: String,
    stored: String,
    newest: String,
    root: String,
    origin: String,
    /// What waits for who looks, and where.
    waiting: Vec<(String, &'static str)>,
    /// Saved searches: name, and where they lead.
    searches: Vec<(String, String)>,
    /// Those of which there is something.
    charts: Vec<Chart>,
}

/// A chart, with the table beside it.
struct Chart {
    title: String,
    /// What is counted.
    counted: String,
    bars: Vec<Bar>,
    /// Where more is told: words and place.
    more: Vec<(String, &'static str)>,
}

impl Chart {
    fn new(page: &Page, title: &str, counted: &str, bars: Vec<Bar>) -> Self {
        Self { title: page.t(title), counted: page.t(counted), bars, more: Vec::new() }
    }
}

impl HomePage<'_> {
    fn is_empty(&self) -> bool {
        self.records == 0
    }
}

/// `GET /`
pub async fn home(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    let who = page.asking.who()?.clone();
    let question = Question { within: within(&page.asking), ..Question::default() };
    let sees_accounts = page.asking.could(Action::ReadAccounts);
    let (records, facets, state, checkpoint, accounts) = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        let accounts = if sees_accounts { archive.accounts()? } else { Vec::new() };
        let (_, checkpoint) = archive.checkpoint()?;
        Ok((archive.search(&question)?.total, archive.facets(&question)?, archive.state()?, checkpoint, accounts))
    })
    .await?;
    let words = page.words;
    let grants = &who.account.grants;
    let proposed = accounts.iter().filter(|one| one.proposal.is_some());
    let mut waiting: Vec<(String, &str)> =
        proposed.map(|one| (page.with("waiting-account", &one.name), "/accounts")).collect();
    if page.asking.could(Action::ReadWebhooks) {
        let all = blocking(service.clone(), |service| service.webhooks.all()).await?;
        let disabled = all.iter().filter(|one| matches!(one.standing, Hook::Disabled { .. }));
        waiting.extend(disabled.map(|one| (page.with("waiting-webhook", &one.agency.to_string()), "/webhooks")));
    }
    waiting.extend(waiting_cases(&service, &page).await?.map(|words| (words, "/disposal")));
    waiting.extend(waiting_requests(&service, &page).await?.map(|words| (words, "/requests")));
    waiting.extend(waiting_transfers(&service, &page).await?.map(|words| (words, "/transfers")));
    let searches = if page.can_search() { shortcuts(&service, &page).await? } else { Vec::new() };
    let mut charts = held(&page, &facets);
    charts.push(Chart::new(&page, "home-transfers", "nav-transfers", by_state(&service, &page).await?));
    charts.extend(due(&service, &page).await?);
    charts.extend(fixity(&service, &page).await?);
    charts.retain(|chart| !chart.bars.is_empty());
    let shown = HomePage {
        greeting: page.with("home-greeting", &who.account.display_name),
        roles: grants.roles.iter().map(|role| role_name(&page, *role)).collect::<Vec<_>>().join(", "),
        reach: reach(&page, grants),
        sees_whole: !matches!(grants.reach, Reach::Agencies(_)),
        records: records as u64,
        entries: words.number(state.entries),
        published: words.number(state.published),
        stored: words.size(state.segment_bytes),
        newest: words.day(&state.newest.to_string()),
        root: checkpoint.checkpoint.root.to_string(),
        origin: checkpoint.checkpoint.origin.clone(),
        waiting,
        searches,
        charts,
        page: &page,
    };
    page.render(&shown)
}

/// What is held, by year and by type; each leads to its records, for who may search.
fn held(page: &Page, facets: &Facets) -> Vec<Chart> {
    let leads = |place: String| if page.can_search() { place } else { String::new() };
    let types = facets.types.iter().map(|(code, count)| {
        let code = format!("{code:02}");
        let name = code.parse().map_or("", DocumentType::name).to_owned();
        (name, *count, leads(format!("/search?type={code}")))
    });
    let mut types: Vec<_> = types.collect();
    types.sort_by_key(|one| std::cmp::Reverse(one.1));
    types.truncate(TYPES_MAX);
    let years = facets.years.iter().skip(facets.years.len().saturating_sub(YEARS_MAX)).map(|(year, count)| {
        (year.to_string(), *count, leads(format!("/search?from={year:04}-01-01&to={year:04}-12-31")))
    });
    let years = counted(page.words, years.collect());
    vec![
        Chart::new(page, "home-by-year", "home-records", years),
        Chart::new(page, "home-by-type", "home-records", counted(page.words, types)),
    ]
}

/// Transfers by state, of those that who looks may see.
async fn by_state(service: &Arc<Service>, page: &Page) -> Result<Vec<Bar>, Problem> {
    if !page.asking.could(Action::ReadTransfers) {
        return Ok(Vec::new());
    }
    let all = transfers::all(service, &page.asking).await?;
    let states = [Standing::Draft, Standing::Submitted, Standing::Returned, Standing::Accepted, Standing::Ended];
    let counted_in = |state: Standing| all.iter().filter(|one| one.state() == state).count() as u64;
    let found = states.into_iter().map(|state| (state_words(page, state), counted_in(state), "/transfers".to_owned()));
    let found: Vec<_> = found.filter(|(_, count, _)| *count > 0).collect();
    Ok(counted(page.words, found))
}

/// When periods end, by years, and what is late; of the whole archive, for those who see disposal.
async fn due(service: &Arc<Service>, page: &Page) -> Result<Vec<Chart>, Problem> {
    if !page.asking.could(Action::ReadDisposal) {
        return Ok(Vec::new());
    }
    let due = blocking(service.clone(), |service| service.horizon()).await?;
    let years = due.lines.iter().filter(|(year, numbers)| !year.is_empty() && numbers.ends() > 0);
    let years = years.map(|(year, numbers)| (year.clone(), numbers.ends(), String::new())).collect();
    let all = due.lines.values().fold(Numbers::default(), |sum, numbers| sum.plus(*numbers));
    let late = [
        ("overdue-eligible", all.eligible),
        ("overdue-review", all.review),
        ("overdue-held", all.held),
        ("overdue-transfer", all.transfer_overdue),
        ("overdue-deposit", all.deposited_late),
    ];
    let late = late.into_iter().filter(|(_, count)| *count > 0).map(|(id, count)| (page.t(id), count, String::new()));
    let horizon = Chart::new(page, "home-horizon", "column-dossiers", counted(page.words, years));
    let overdue = Chart::new(page, "home-overdue", "column-dossiers", counted(page.words, late.collect()));
    let more = vec![(page.t("due"), "/retention"), (page.t("nav-disposal"), "/disposal")];
    Ok(vec![horizon, Chart { more, ..overdue }])
}

/// Entries that each check of every byte read again, the last checks, and those that none has read since.
async fn fixity(service: &Arc<Service>, page: &Page) -> Result<Option<Chart>, Problem> {
    if !page.asking.could(Action::Inspect) {
        return Ok(None);
    }
    let known = blocking(service.clone(), |service| service.fixity()).await?;
    let checks = known.checks.iter().filter(|check| check.depth == Depth::Deep);
    let skipped = checks.clone().count().saturating_sub(CHECKS_MAX);
    let read = checks.skip(skipped).map(|check| {
        let found = match check.doubts {
            0 => page.t("home-fixity-good"),
            doubts => page.n("home-fixity-doubts", &doubts),
        };
        (format!("{}: {found}", page.words.day(&check.began.to_string())), check.entries, String::new())
    });
    let unread = (page.t("home-fixity-unread"), known.unchecked, String::new());
    let bars = counted(page.words, read.chain([unread]).collect());
    let chart = Chart::new(page, "home-fixity", "home-entries", bars);
    Ok(Some(Chart { more: vec![(page.t("nav-inspect"), "/inspect")], ..chart }))
}

/// How many disposal cases wait for who looks.
async fn waiting_cases(service: &Arc<Service>, page: &Page) -> Result<Option<String>, Problem> {
    if !page.asking.could(Action::ActInDisposal) {
        return Ok(None);
    }
    let on = crate::archive::retention::today(service.clock.as_ref());
    let open = cases::cases(service, Which::Open).await?;
    let me = person(service, page).await?;
    let mine = open.iter().filter(|one| is_mine(page, &one.docket, me, on));
    let count = mine.count() as u64;
    Ok((count > 0).then(|| page.n("waiting-cases", &count)))
}

/// How many readers' requests wait for who looks.
async fn waiting_requests(service: &Arc<Service>, page: &Page) -> Result<Option<String>, Problem> {
    if !page.asking.could(Action::ReadRequests) {
        return Ok(None);
    }
    let all = requests::all(service, &page.asking).await?;
    let count = waiting(service, &page.asking, &all).await?.len() as u64;
    Ok((count > 0).then(|| page.n("waiting-requests", &count)))
}

/// How many transfers wait for an archivist; for an officer, how many were returned.
async fn waiting_transfers(service: &Arc<Service>, page: &Page) -> Result<Option<String>, Problem> {
    let (wanted, id) = if page.asking.could(Action::ReceiveTransfer) {
        (Standing::Submitted, "waiting-transfers")
    } else if page.asking.could(Action::HandOver) {
        (Standing::Returned, "waiting-returned")
    } else {
        return Ok(None);
    };
    let all = transfers::all(service, &page.asking).await?;
    let count = all.iter().filter(|one| one.state() == wanted).count() as u64;
    Ok((count > 0).then(|| page.n(id, &count)))
}

/// A role in words.
pub fn role_name(page: &Page, role: Role) -> String {
    page.t(&format!("role-{}", role.name()))
}

/// For whom somebody acts, in words.
pub fn reach(page: &Page, grants: &crate::auth::rights::Grants) -> String {
    match &grants.reach {
        Reach::Everything => page.t("reach-everything"),
        Reach::Nothing => "–".to_owned(),
        Reach::Agencies(codes) => codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn counted(words: &Words, values: Vec<(String, u64, String)>) -> Vec<Bar> {
    let value = |(label, count, href): (String, u64, String)| Value {
        label,
        shown: words.number(count),
        weight: count as f64,
        href,
    };
    bars(values.into_iter().map(value).collect())
}

/// `GET /healthz`: up, and the newest checkpoint verifies.
pub async fn health(State(service): State<Arc<Service>>) -> (StatusCode, String) {
    let checkpoint = blocking(service, |service| service.archive()?.checkpoint()).await;
    match checkpoint {
        Ok((_, verified)) => (StatusCode::OK, format!("ok\ncheckpoint {}\n", verified.checkpoint.size)),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}

/// `GET /readyz`: what a request needs can be read: catalog, index, checkpoint.
pub async fn ready(State(service): State<Arc<Service>>) -> (StatusCode, String) {
    let looked = blocking(service, |service| {
        let archive = service.archive()?;
        archive.checkpoint()?;
        archive.search(&Question::default())
    });
    match looked.await {
        Ok(found) => (StatusCode::OK, format!("ready\nrecords {}\n", found.total)),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}
