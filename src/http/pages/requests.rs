//! Requests of readers: what waits for whom, the form by which one is received, and the page of one with its next steps.

use super::persons::Persons;
use super::{Fact, Page, facts};
use crate::archive::request::{Form as Copied, Given, READING, Registered, State as Standing, by_one_person};
use crate::auth::rights::Action;
use crate::http::api::requests::{self as api, NewRequest, Step, View};
use crate::http::guard::{Asking, escaped};
use crate::http::multipart::Multipart;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// Requests on a page.
const ON_A_PAGE: usize = 50;

/// A request in a list.
struct Row {
    href: String,
    title: String,
    first: String,
    count: u64,
    received: String,
    state: String,
    tone: &'static str,
}

#[derive(Template)]
#[template(path = "requests.html")]
struct ListPage<'a> {
    page: &'a Page,
    mine: Vec<Row>,
    others: Vec<Row>,
    /// Where a state leads, its words, whether it is chosen.
    states: Vec<(String, String, bool)>,
    can_receive: bool,
    before: Option<String>,
    after: Option<String>,
}

/// Which requests.
#[derive(Deserialize)]
pub struct Wanted {
    state: Option<String>,
    page: Option<usize>,
}

/// `GET /requests`
pub async fn list(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let all = api::all(&service, &page.asking).await?;
    let mine = waiting(&service, &page.asking, &all).await?;
    let state = wanted.state.as_deref().and_then(Standing::named);
    let is_mine = |one: &Registered| mine.iter().any(|own| own.request.id == one.request.id);
    let is_wanted = |one: &Registered| state.is_none_or(|state| one.request.state() == state);
    let others: Vec<_> = all.iter().rev().filter(|one| !is_mine(one) && is_wanted(one)).cloned().collect();
    let number = wanted.page.unwrap_or(1).max(1);
    let from = (number - 1).saturating_mul(ON_A_PAGE).min(others.len());
    let to = (from + ON_A_PAGE).min(others.len());
    let chosen = state.map_or("", Standing::name);
    let place = |number: usize| format!("/requests?state={chosen}&page={number}");
    let all_states = std::iter::once((String::from("/requests"), page.t("requests-all"), state.is_none()));
    let states = Standing::NAMES.iter().map(|(name, one)| {
        (format!("/requests?state={name}"), capital(&state_words(&page, *one)), state == Some(*one))
    });
    let (before, after) = ((number > 1).then(|| place(number - 1)), (to < others.len()).then(|| place(number + 1)));
    let shown = ListPage {
        mine: rows(&service, &page, mine).await?,
        others: rows(&service, &page, others[from..to].to_vec()).await?,
        states: all_states.chain(states).collect(),
        can_receive: page.asking.could(Action::HandleRequests),
        before,
        after,
        page: &page,
    };
    page.render(&shown)
}

/// Those that wait for who looks: to be approved, to be answered, to have a certificate signed.
pub async fn waiting(
    service: &Arc<Service>,
    asking: &Asking,
    all: &[Arc<Registered>],
) -> Result<Vec<Arc<Registered>>, Problem> {
    let open = all.iter().rev().filter(|one| match one.request.state() {
        Standing::Received => {
            api::may(asking, Action::ApproveRequests, one) || api::may(asking, Action::ApproveClosedRequests, one)
        }
        Standing::Approved | Standing::Fulfilled => api::may(asking, Action::HandleRequests, one),
        Standing::Refused | Standing::Closed => false,
    });
    let (open, asking): (Vec<Arc<Registered>>, _) = (open.cloned().collect(), asking.clone());
    Ok(blocking(service.clone(), move |service| {
        let (archive, now) = (service.archive()?, service.clock.wall());
        let mut theirs = Vec::new();
        for one in open {
            let waits = match (one.request.state(), archive.access_of(&one.request, now)) {
                (Standing::Received, Ok(access)) => {
                    let action =
                        if by_one_person(access) { Action::ApproveRequests } else { Action::ApproveClosedRequests };
                    api::may(&asking, action, &one)
                }
                (Standing::Fulfilled, _) => archive.awaits_certificate(&one.request)?,
                // With a record that was destroyed meanwhile it can only be refused or closed.
                _ => true,
            };
            theirs.extend(waits.then_some(one));
        }
        Ok(theirs)
    })
    .await?)
}

async fn rows(service: &Arc<Service>, page: &Page, all: Vec<Arc<Registered>>) -> Result<Vec<Row>, Problem> {
    let firsts = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        let first = |one: Arc<Registered>| {
            let record = one.request.record(1)?;
            let code = match archive.tombstone(record)? {
                Some(tombstone) => tombstone.doc_code,
                None => archive.record(record)?.doc_code,
            };
            Ok((one, code))
        };
        all.into_iter().map(first).collect::<Result<Vec<_>, crate::error::Error>>()
    });
    let row = |(one, first): (Arc<Registered>, String)| {
        let request = &one.request;
        Row {
            href: format!("/requests/{}", request.id),
            title: title(page, request.form),
            first,
            count: request.records.len() as u64,
            received: request.steps.first().map_or_else(String::new, |step| page.words.day(&step.at.to_string())),
            state: state_words(page, request.state()),
            tone: tone(request.state()),
        }
    };
    Ok(firsts.await?.into_iter().map(row).collect())
}

fn title(page: &Page, form: Copied) -> String {
    let (vi, en) = form.words();
    capital(page.words.either(vi, en))
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn state_words(page: &Page, state: Standing) -> String {
    let (vi, en) = state.words();
    page.words.either(vi, en).to_owned()
}

const fn tone(state: Standing) -> &'static str {
    match state {
        Standing::Received | Standing::Approved => "doubt",
        Standing::Refused => "bad",
        Standing::Fulfilled => "good",
        Standing::Closed => "",
    }
}

/// What the form of a new request holds.
#[derive(Default, Deserialize)]
pub struct Draft {
    #[serde(default)]
    wanted: String,
    #[serde(default)]
    records: String,
    #[serde(default)]
    reader: String,
    #[serde(default)]
    document: String,
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    mandate: String,
    #[serde(default)]
    copies: String,
    #[serde(default)]
    use_until: String,
    #[serde(default)]
    days: String,
}

impl Draft {
    fn read(&self) -> Result<NewRequest, Problem> {
        let number = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::parse).transpose();
        let is_read = self.wanted == Copied::ReadingCopy.name();
        let days = number(if is_read { &self.days } else { "" });
        Ok(NewRequest {
            form: self.wanted.clone(),
            records: self.records.clone(),
            reader: self.reader.clone(),
            document: self.document.clone(),
            purpose: self.purpose.clone(),
            mandate: self.mandate.clone(),
            copies: number(&self.copies).map_err(|_| Problem::invalid("a copy is issued in 1 to 99 pieces"))?,
            use_until: Some(self.use_until.trim().to_owned()),
            days: days.map_err(|_| Problem::invalid("a reading copy is read for 1 to 15 days, and nothing else is"))?,
        })
    }
}

#[derive(Template)]
#[template(path = "request-new.html")]
struct NewPage<'a> {
    page: &'a Page,
    draft: Draft,
    forms: Vec<(&'static str, String)>,
    days_max: u32,
    wrong: String,
}

/// `GET /requests/new`
pub async fn new(page: Page, Query(draft): Query<Draft>) -> Result<Response, Problem> {
    begun(&page, draft, String::new())
}

fn begun(page: &Page, mut draft: Draft, wrong: String) -> Result<Response, Problem> {
    if draft.copies.is_empty() {
        draft.copies = "1".to_owned();
    }
    if draft.days.is_empty() {
        draft.days = READING.days.to_string();
    }
    let forms = Copied::NAMES.iter().map(|(name, form)| (*name, title(page, *form))).collect();
    let has_error = !wrong.is_empty();
    page.answer(&NewPage { page, draft, forms, days_max: READING.days, wrong }, has_error)
}

/// `POST /requests`
pub async fn receive(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let received = match draft.read() {
        Ok(new) => api::received(&service, &page.asking, new).await,
        Err(problem) => Err(problem),
    };
    match received {
        Ok(request) => Ok(Redirect::to(&format!("/requests/{}", request.id)).into_response()),
        Err(problem) if matches!(problem.code, "invalid" | "not-found") => {
            let wrong = format!("{} {}", page.t("request-wrong"), page.said(&problem).unwrap_or_default());
            begun(&page, draft, wrong)
        }
        Err(problem) => Err(problem),
    }
}

/// A record of a request, and what can be had of it.
struct Record {
    number: usize,
    code: String,
    subject: String,
    standing: String,
    tone: &'static str,
    copy: Option<String>,
    certificate: Option<String>,
}

/// A step that is offered.
struct Offered {
    name: &'static str,
    label: String,
    lead: String,
    has_reason: bool,
    is_next: bool,
}

/// A step that was taken.
struct Happened {
    when: String,
    what: String,
    who: String,
    reason: String,
    index: u64,
}

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage<'a> {
    page: &'a Page,
    id: String,
    title: String,
    state: String,
    tone: &'static str,
    received: String,
    facts: Vec<Fact>,
    records: Vec<Record>,
    waits: String,
    steps: Vec<Offered>,
    done: Vec<Happened>,
    seen: String,
    /// The link that opens a reading copy, where it was just issued.
    link: String,
    wrong: String,
}

/// `GET /requests/{id}`
pub async fn show(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    shown(&service, &page, &id, String::new(), String::new()).await
}

async fn shown(
    service: &Arc<Service>,
    page: &Page,
    id: &str,
    link: String,
    wrong: String,
) -> Result<Response, Problem> {
    let view = api::view(service, &page.asking, id, Action::ReadRequests).await?;
    let request = view.request();
    let can_handle = api::may(&page.asking, Action::HandleRequests, &view.registered);
    let has_error = !wrong.is_empty();
    let (steps, waits) = offered(page, &view, can_handle);
    let persons = Persons::of(service).await?;
    let happened = |step: &crate::archive::request::Step| Happened {
        when: page.words.day(&step.at.to_string()),
        what: page.words.either(step.what.words().0, step.what.words().1).to_owned(),
        who: persons.holder(&step.by),
        reason: step.what.reason().to_owned(),
        index: step.index,
    };
    let rendered = RequestPage {
        id: request.id.to_string(),
        title: title(page, request.form),
        state: state_words(page, request.state()),
        tone: tone(request.state()),
        received: request.steps.first().map_or_else(String::new, |step| page.words.day(&step.at.to_string())),
        facts: described(page, &view),
        records: view.given.iter().map(|given| record(page, &view, given, can_handle)).collect(),
        waits,
        steps,
        done: request.steps.iter().rev().map(happened).collect(),
        seen: view.tag(),
        link,
        wrong,
        page,
    };
    page.answer(&rendered, has_error)
}

fn described(page: &Page, view: &View) -> Vec<Fact> {
    let asked = &view.request().asked;
    let until = asked.use_until.as_ref().map_or_else(String::new, |day| page.words.day(day));
    let (vi, en) = view.access().words();
    let days = asked.days.map_or_else(String::new, |days| page.number(&u64::from(days)));
    let copies = if asked.days.is_some() { String::new() } else { page.number(&u64::from(asked.copies)) };
    let read_until = view.request().until().map_or_else(String::new, |until| page.words.day(&until.to_string()));
    facts(
        page,
        &[
            ("request-reader", &asked.reader.name),
            ("request-document", &asked.reader.document),
            ("request-purpose", &asked.purpose),
            ("request-mandate", &asked.mandate),
            ("request-copies", &copies),
            ("request-days", &days),
            ("request-read-until", &read_until),
            ("request-use-until", &until),
            ("request-access", page.words.either(vi, en)),
        ],
    )
}

fn record(page: &Page, view: &View, given: &Given, can_handle: bool) -> Record {
    let request = view.request();
    let is_certified = request.form == Copied::CertifiedCopy;
    let is_made = can_handle && request.state() == Standing::Fulfilled && given.paper.is_some();
    let can_copy = is_made && (!is_certified || given.standing.is_some());
    let place = format!("/requests/{}/copies/{}", request.id, given.number);
    let (standing, tone) = match (&given.standing, &given.paper) {
        _ if given.access.is_none() => (page.t("request-destroyed"), "bad"),
        (Some(standing), _) => {
            let (vi, en) = crate::archive::disposal::standing_words(standing);
            (page.words.either(vi, en).to_owned(), if standing == "signed" { "good" } else { "doubt" })
        }
        (None, Some(_)) => (page.t("request-paper"), ""),
        (None, None) if request.form == Copied::ReadingCopy => (page.t("request-in-place"), ""),
        (None, None) => (page.t("request-not-made"), ""),
    };
    Record {
        number: given.number,
        code: given.code.clone(),
        subject: given.subject.clone(),
        standing,
        tone,
        copy: can_copy.then(|| place.clone()),
        certificate: (is_made && is_certified).then(|| format!("{place}/certificate")),
    }
}

/// The steps that are offered to who looks, and what is waited for where there is none.
fn offered(page: &Page, view: &View, can_handle: bool) -> (Vec<Offered>, String) {
    let step = |name: &'static str, lead: &str, is_next| Offered {
        name,
        label: page.t(&format!("request-{name}")),
        lead: if lead.is_empty() { String::new() } else { page.t(lead) },
        has_reason: !matches!(name, "fulfil" | "pass"),
        is_next,
    };
    let is_read = view.request().form == Copied::ReadingCopy;
    match view.request().state() {
        Standing::Received => {
            let is_open = by_one_person(view.access());
            let lead = if is_open { "request-approve-open" } else { "request-approve-closed" };
            let can_approve = api::may_approve(&page.asking, view);
            let can_refuse = api::may(&page.asking, Action::ApproveRequests, &view.registered);
            let approve = can_approve.then(|| step("approve", lead, true));
            let refuse = can_refuse.then(|| step("refuse", "", false));
            let waits = if can_approve { String::new() } else { page.t("request-approve-waits") };
            (approve.into_iter().chain(refuse).collect(), waits)
        }
        Standing::Approved if can_handle => {
            let mut fulfil = step("fulfil", "request-fulfil-lead", true);
            if is_read {
                (fulfil.label, fulfil.lead) = (page.t("request-lend"), page.t("request-pass-lead"));
            }
            (vec![fulfil, step("close", "request-close-lead", false)], String::new())
        }
        Standing::Fulfilled if can_handle => {
            let pass = is_read.then(|| step("pass", "request-pass-lead", false));
            let revoke = view.request().pass().map(|_| step("revoke", "", false));
            let close = step("close", "request-close-lead", false);
            (pass.into_iter().chain(revoke).chain([close]).collect(), String::new())
        }
        Standing::Approved | Standing::Fulfilled => (Vec::new(), state_words(page, view.request().state())),
        Standing::Refused | Standing::Closed => (Vec::new(), page.t("request-over")),
    }
}

/// What the form of a step holds.
#[derive(Deserialize)]
pub struct Taking {
    seen: String,
    #[serde(default)]
    reason: String,
}

/// `POST /requests/{id}/approve`
pub async fn approve(
    service: State<Arc<Service>>,
    page: Page,
    id: Path<String>,
    headers: HeaderMap,
    Form(taking): Form<Taking>,
) -> Result<Response, Problem> {
    step(service, page, id, &headers, &taking.seen, Step::Approve(taking.reason)).await
}

/// `POST /requests/{id}/refuse`
pub async fn refuse(
    service: State<Arc<Service>>,
    page: Page,
    id: Path<String>,
    headers: HeaderMap,
    Form(taking): Form<Taking>,
) -> Result<Response, Problem> {
    step(service, page, id, &headers, &taking.seen, Step::Refuse(taking.reason)).await
}

/// `POST /requests/{id}/fulfil`
pub async fn fulfil(
    service: State<Arc<Service>>,
    page: Page,
    id: Path<String>,
    headers: HeaderMap,
    Form(taking): Form<Taking>,
) -> Result<Response, Problem> {
    step(service, page, id, &headers, &taking.seen, Step::Fulfil).await
}

/// `POST /requests/{id}/pass`
pub async fn issue(
    service: State<Arc<Service>>,
    page: Page,
    id: Path<String>,
    headers: HeaderMap,
    Form(taking): Form<Taking>,
) -> Result<Response, Problem> {
    step(service, page, id, &headers, &taking.seen, Step::IssuePass).await
}

/// `POST /requests/{id}/revoke`
pub async fn revoke(
    service: State<Arc<Service>>,
    page: Page,
    id: Path<String>,
    headers: HeaderMap,
    Form(taking): Form<Taking>,
) -> Result<Response, Problem> {
    step(service, page, id, &headers, &taking.seen, Step::RevokePass(taking.reason)).await
}

/// `POST /requests/{id}/close`
pub async fn close(
    service: State<Arc<Service>>,
    page: Page,
    id: Path<String>,
    headers: HeaderMap,
    Form(taking): Form<Taking>,
) -> Result<Response, Problem> {
    step(service, page, id, &headers, &taking.seen, Step::Close(taking.reason)).await
}

async fn step(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    headers: &HeaderMap,
    seen: &str,
    step: Step,
) -> Result<Response, Problem> {
    let view = api::view(&service, &page.asking, &id, step.action()).await?;
    if view.tag() != seen {
        return shown(&service, &page, &id, String::new(), page.t("request-changed")).await;
    }
    match api::stepped(&service, &page.asking, &view, step).await {
        // What opens is shown once, so nothing leads elsewhere.
        Ok(Some(pass)) => {
            let link = api::link(&service, headers, &pass);
            shown(&service, &page, &id, link, String::new()).await
        }
        stepped => answered(&service, &page, &id, stepped.map(|_| ())).await,
    }
}

async fn answered(
    service: &Arc<Service>,
    page: &Page,
    id: &str,
    done: Result<(), Problem>,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/requests/{}", escaped(id))).into_response()),
        // What is refused is told where it was asked.
        Err(problem) if matches!(problem.code, "conflict" | "invalid" | "denied") => {
            let wrong = format!("{} {}", page.t("request-refused-step"), page.said(&problem).unwrap_or_default());
            shown(service, page, id, String::new(), wrong).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /requests/{id}/copies/{number}/certificate`
pub async fn certify(
    State(service): State<Arc<Service>>,
    page: Page,
    Path((id, number)): Path<(String, usize)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let view = api::view(&service, &page.asking, &id, Action::HandleRequests).await?;
    let certified = api::certified(&service, &page.asking, &view, number, Multipart::of(&headers, body)?).await;
    answered(&service, &page, &id, certified).await
}
