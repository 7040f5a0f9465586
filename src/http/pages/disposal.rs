//! Disposal cases: what waits for whom; a case with its list, reasons and risks; and the acts that are possible now.
//!
//! The page offers the act that the case waits for, to who may still do it; the rules still decide.

mod foresight;
mod paper;

pub use foresight::foresee;

use super::Page;
use super::form::{self, Draft};
use crate::archive::disposal::{Docket, Listed, Person, Which};
use crate::archive::retention::today;
use crate::auth::rights::Action;
use crate::http::api::disposal::{
    self as api, ActName, CaseShown, CaseSummary, DocumentShown, Given, ItemShown, NewCase,
};
use crate::http::guard::sign_in_again;
use crate::http::multipart::Multipart;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::Arc;

/// Items on a page.
const ON_A_PAGE: usize = 100;

struct Row {
    href: String,
    number: String,
    subject: String,
    state: String,
    waits: String,
    items: u64,
}

#[derive(Template)]
#[template(path = "disposal.html")]
struct ListPage<'a> {
    page: &'a Page,
    mine: Vec<Row>,
    others: Vec<Row>,
    ended: Vec<Row>,
    can_open: bool,
    wrong: String,
}

/// `GET /disposal`
pub async fn list(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    listed(&service, &page, String::new()).await
}

async fn listed(service: &Arc<Service>, page: &Page, wrong: String) -> Result<Response, Problem> {
    let cases = api::cases(service, Which::All).await?;
    let on = today(service.clock.as_ref());
    let me = person(service, page).await?;
    let (waiting, ended): (Vec<&Listed>, Vec<_>) = cases.iter().rev().partition(|one| one.docket.next(on).is_some());
    let (mine, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|one| is_mine(page, &one.docket, me, on));
    let rows = |some: Vec<&Listed>| some.into_iter().map(|one| row(page, &CaseSummary::new(&one.docket, on))).collect();
    let has_error = !wrong.is_empty();
    let shown = ListPage {
        mine: rows(mine),
        others: rows(others),
        ended: rows(ended),
        can_open: page.asking.could(Action::HandleDisposal),
        wrong,
        page,
    };
    page.answer(&shown, has_error)
}

/// Who looks, as cases know persons.
pub async fn person(service: &Arc<Service>, page: &Page) -> Result<Option<Person>, Problem> {
    let name = page.asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| service.archive()?.person_named(&name)).await?)
}

/// Whether what a case waits for is something that who looks may still do.
pub fn is_mine(page: &Page, docket: &Docket, me: Option<Person>, on: NaiveDate) -> bool {
    let act = docket.next(on).and_then(|next| ActName::of_command(next.command));
    act.is_some_and(|act| page.asking.could(act.action()) && docket.awaits(me, act.doer()))
}

fn row(page: &Page, case: &CaseSummary) -> Row {
    let either = |both: &crate::http::api::Both| page.words.either(&both.vi, &both.en).to_owned();
    Row {
        href: format!("/disposal/{}", case.number),
        number: case.number.clone(),
        subject: case.subject.clone(),
        state: either(&case.state_words),
        waits: waits(page, case),
        items: (case.items.listed + case.items.destroyed + case.items.left + case.items.failed) as u64,
    }
}

/// What a case waits for, in words; that it waits for nobody and can only be ended.
fn waits(page: &Page, case: &CaseSummary) -> String {
    let either = |both: &crate::http::api::Both| page.words.either(&both.vi, &both.en).to_owned();
    match &case.waits_for {
        Some(waits) => format!("{}: {}", either(&waits.of), either(&waits.what)),
        None if case.emptied => page.t("disposal-emptied"),
        None => String::new(),
    }
}

/// `POST /disposal`
pub async fn open(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(new): Form<NewCase>,
) -> Result<Response, Problem> {
    match api::opened(&service, &page.asking, new).await {
        Ok(docket) => Ok(Redirect::to(&format!("/disposal/{}", docket.number)).into_response()),
        Err(problem) if problem.code == "invalid" => {
            let wrong = page.t("disposal-open-wrong");
            listed(&service, &page, wrong).await
        }
        Err(problem) => Err(problem),
    }
}

/// An act that is offered, with the fields that it takes.
struct Offered {
    name: &'static str,
    label: String,
    lead: String,
    is_next: bool,
    wants_proof: bool,
    approves: bool,
    /// Whether the day of its document counts for anything.
    is_dated: bool,
    fields: Vec<Field>,
    document: bool,
    /// What closing the council before every vote is there leads to, and how many items leave by it.
    leaves: Option<(String, usize)>,
}

/// A field of an act.
struct Field {
    name: &'static str,
    label: String,
    kind: &'static str,
    is_required: bool,
}

struct Line {
    code: String,
    title: String,
    ground: String,
    until: String,
    rule: String,
    note: String,
    fate: String,
    tone: &'static str,
    why: String,
    is_listed: bool,
}

/// A tick box beside each item of the list, for a form of an act.
struct Tick {
    form: &'static str,
    name: &'static str,
    label: String,
}

/// A document of the case.
struct Filed {
    href: String,
    words: String,
    name: String,
    detail: String,
    standing: String,
    tone: &'static str,
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage<'a> {
    page: &'a Page,
    case: &'a CaseShown,
    place: String,
    state: String,
    waits: String,
    window: String,
    parts: Vec<(String, String)>,
    has_not_voted: String,
    approvals: Vec<(String, String)>,
    documents: Vec<Filed>,
    risks: Vec<String>,
    items: Vec<Line>,
    tick: Option<Tick>,
    before: Option<String>,
    after: Option<String>,
    offered: Vec<Offered>,
    /// Where to prove again who one is, before a document is chosen that would be lost then.
    prove: Option<String>,
    papers: Vec<form::Form>,
    /// Whether an execution has begun that can be foreseen.
    can_foresee: bool,
    job: Option<(u64, u64)>,
    wrong: String,
}

impl CasePage<'_> {
    fn figures(&self) -> [(String, String); 5] {
        let items = &self.case.summary.items;
        let figure = |id: &str, count: usize| (self.page.t(id), self.page.words.number(count as u64));
        [
            figure("disposal-listed", items.listed),
            figure("disposal-approved", items.approved),
            figure("disposal-excluded", items.excluded),
            figure("disposal-destroyed", items.destroyed),
            figure("disposal-left", items.left + items.failed),
        ]
    }
}

/// Which page of items.
#[derive(Deserialize)]
pub struct Paged {
    page: Option<usize>,
}

/// `GET /disposal/{year}/{number}`
pub async fn show(
    State(service): State<Arc<Service>>,
    page: Page,
    Path((year, number)): Path<(String, String)>,
    Query(paged): Query<Paged>,
) -> Result<Response, Problem> {
    let at = paged.page.unwrap_or(1).max(1);
    shown(&service, &page, (&year, &number), at, (String::new(), Draft::new())).await
}

async fn shown(
    service: &Arc<Service>,
    page: &Page,
    (year, number): (&str, &str),
    at: usize,
    (wrong, draft): (String, Draft),
) -> Result<Response, Problem> {
    let (docket, case) = api::case(service, year, number).await?;
    let from = (at - 1).saturating_mul(ON_A_PAGE);
    let mut items = api::items(&docket, from, ON_A_PAGE + 1);
    let more = items.len() > ON_A_PAGE;
    items.truncate(ON_A_PAGE);
    let either = |both: &crate::http::api::Both| page.words.either(&both.vi, &both.en).to_owned();
    let place = format!("/disposal/{}", case.summary.number);
    let me = person(service, page).await?;
    let offered = offered(page, &docket, &case, me);
    let must_prove = offered.iter().any(|act| act.wants_proof) && page.asking.just_proved(service).is_err();
    let job = service.jobs.about(docket.id);
    let has_error = !wrong.is_empty();
    let rendered = CasePage {
        state: either(&case.summary.state_words),
        waits: waits(page, &case.summary),
        window: case
            .window
            .as_ref()
            .map_or_else(String::new, |(first, last)| format!("{} – {}", page.words.day(first), page.words.day(last))),
        parts: case.parts.iter().map(|part| (either(&part.words), holder(&case, &part.name))).collect(),
        has_not_voted: absent(&case),
        approvals: case
            .approvals
            .iter()
            .map(|one| (either(&one.words), format!("{}, {}", holder(&case, &one.by), page.words.day(&one.on))))
            .collect(),
        documents: case.documents.iter().map(|one| filed(page, &case, one)).collect(),
        risks: risks(page, &case),
        items: items.iter().map(|item| line(page, item)).collect(),
        before: (at > 1).then(|| format!("{place}?page={}", at - 1)),
        after: more.then(|| format!("{place}?page={}", at + 1)),
        tick: offered.iter().filter(|_| job.is_none()).find_map(|act| tick(page, act)),
        offered: if job.is_some() { Vec::new() } else { offered },
        can_foresee: case.summary.state == "executing" && job.is_none(),
        papers: paper::forms(page, &docket, &draft),
        job: job.map(|job| job.progress()),
        prove: must_prove.then(|| sign_in_again(&place)),
        place,
        case: &case,
        wrong,
        page,
    };
    page.answer(&rendered, has_error)
}

/// What whoever approves should know first.
fn risks(page: &Page, case: &CaseShown) -> Vec<String> {
    let mut risks = Vec::new();
    if !case.voided.is_empty() {
        risks.push(page.n("disposal-risk-voided", &(case.voided.len() as u64)));
    }
    let unsigned = case.documents.iter().filter(|one| !matches!(one.standing.as_str(), "signed" | "statement")).count();
    if unsigned > 0 {
        risks.push(page.n("disposal-risk-unsigned", &(unsigned as u64)));
    }
    let others = case.documents.iter().filter(|one| one.signed_by_actor == Some(false)).count();
    for (key, count) in [("disposal-risk-other-signer", others), ("disposal-risk-unrecorded", case.unrecorded.len())] {
        if count > 0 {
            risks.push(page.n(key, &(count as u64)));
        }
    }
    if case.summary.items.failed > 0 {
        risks.push(page.n("disposal-risk-failed", &(case.summary.items.failed as u64)));
    }
    risks.extend(case.failure.as_deref().map(|why| page.with("disposal-risk-broken-off", page.in_words(why).as_str())));
    risks.extend(case.unreached.iter().map(|copy| page.with("disposal-risk-unreached", copy)));
    risks
}

fn line(page: &Page, item: &ItemShown) -> Line {
    Line {
        code: item.code.clone(),
        title: item.title.clone(),
        ground: page.t(&format!("disposal-ground-{}", item.ground)),
        until: item.until.as_deref().map_or_else(String::new, |day| page.words.day(day)),
        rule: match item.rule.strip_prefix("stated: ") {
            Some(period) => page.with("disposal-stated", period),
            None => item.rule.clone(),
        },
        note: item.note.clone(),
        fate: page.t(&format!("disposal-fate-{}", item.fate)),
        tone: match item.fate {
            "destroyed" => "bad",
            "listed" if item.approved => "doubt",
            "failed" => "bad",
            _ => "",
        },
        why: match (item.fate, item.why.as_deref()) {
            ("destroyed", Some(day)) => page.words.day(day),
            (_, why) => why.unwrap_or_default().to_owned(),
        },
        is_listed: item.fate == "listed",
    }
}

/// A person of a case: the holder, and the account where it is called otherwise.
fn holder(case: &CaseShown, name: &str) -> String {
    match case.holders.get(name) {
        Some(holder) if holder != name => format!("{holder} ({name})"),
        _ => name.to_owned(),
    }
}

/// Who has not voted on every item.
fn absent(case: &CaseShown) -> String {
    let absent = case.council.iter().flat_map(|council| &council.has_not_voted);
    absent.map(|name| holder(case, name)).collect::<Vec<_>>().join(", ")
}

fn filed(page: &Page, case: &CaseShown, one: &DocumentShown) -> Filed {
    let either = |both: &crate::http::api::Both| page.words.either(&both.vi, &both.en).to_owned();
    let because = one.because.as_deref().map_or_else(String::new, |because| format!(": {because}"));
    Filed {
        href: format!("/disposal/{}/documents/{}", case.summary.number, one.number),
        words: either(&one.words),
        name: one.name.clone(),
        detail: format!("{} · {}", page.words.day(&one.on), holder(case, &one.by)),
        standing: format!("{}{because}", either(&one.standing_words)),
        tone: if one.standing == "signed" { "good" } else { "doubt" },
    }
}

/// What is ticked for an act that leaves single items out.
fn tick(page: &Page, act: &Offered) -> Option<Tick> {
    let name = match act.name {
        "vote" => "keep",
        "opinion" | "decide" => "refuse",
        _ => return None,
    };
    Some(Tick { form: act.name, name, label: page.t(&format!("disposal-tick-{name}")) })
}

/// The acts that are left to who looks, by their roles and by what they did in the case. What the case waits for comes first.
fn offered(page: &Page, docket: &Docket, case: &CaseShown, me: Option<Person>) -> Vec<Offered> {
    let waits = case.summary.waits_for.as_ref().and_then(|waits| ActName::named(waits.act?));
    let next = match case.summary.state {
        _ if case.summary.emptied => Some(ActName::Abort),
        // What is submitted is a list: it begins with its first item.
        "draft" if case.summary.items.listed == 0 => Some(ActName::Add),
        _ => waits,
    };
    let beside: &[ActName] = match case.summary.state {
        _ if case.summary.emptied => &[ActName::Attach],
        "draft" => &[ActName::Add, ActName::AddFound, ActName::Exclude, ActName::Attach, ActName::Abort],
        "in-council" => &[ActName::CloseCouncil, ActName::Attach, ActName::Abort],
        "executing" => &[ActName::Start, ActName::Finish, ActName::Attach],
        "executed" | "minuted" | "certified" => &[ActName::Attach],
        "kept" | "aborted" => &[],
        _ => &[ActName::Reassess, ActName::Attach, ActName::Abort],
    };
    let beside = beside.iter().copied().filter(|act| Some(*act) != next);
    let all = next.into_iter().map(|act| (act, true)).chain(beside.map(|act| (act, false)));
    let may = all.filter(|(act, _)| page.asking.could(act.action()) && docket.may_still(me, act.doer()));
    may.map(|(act, is_next)| offer(page, case, act, is_next)).collect()
}

fn offer(page: &Page, case: &CaseShown, act: ActName, is_next: bool) -> Offered {
    use ActName::{
        Abort, Add, AddFound, Appoint, Attach, Attest, Certify, CloseCouncil, Decide, Exclude, Minutes, Opinion,
        Submit, Vote,
    };
    let fields: &[(&'static str, &'static str, bool)] = match act {
        Add => &[("record", "textarea", true), ("note", "text", false)],
        AddFound => &[("agency", "text", false), ("until", "number", false), ("note", "text", false)],
        Exclude => &[("record", "textarea", true), ("reason", "text", true), ("years", "number", false)],
        Appoint => &[("chair", "text", true), ("secretary", "text", true), ("member", "textarea", true)],
        Vote => &[("reason", "text", false), ("keep", "textarea", false), ("abstain", "textarea", false)],
        Opinion | Decide => &[("refuse", "textarea", false)],
        Minutes => &[("witness", "text", true)],
        Certify => &[("unreached", "textarea", false)],
        Attest => &[("copy", "text", true)],
        Abort => &[("reason", "text", true)],
        _ => &[],
    };
    let document =
        matches!(act, Submit | Appoint | CloseCouncil | Opinion | Decide | Minutes | Certify | Attach | Attest);
    let field = |(name, kind, is_required): &(&'static str, &'static str, bool)| Field {
        name,
        label: match (act, *name) {
            (Vote, "reason") => page.t("disposal-field-why-keep"),
            _ => page.t(&format!("disposal-field-{name}")),
        },
        kind,
        is_required: *is_required,
    };
    Offered {
        name: act.name(),
        label: page.t(&format!("disposal-act-{}", act.name())),
        lead: page.t(&format!("disposal-lead-{}", act.name())),
        is_next,
        wants_proof: act.wants_fresh_proof(),
        is_dated: act != Attach,
        approves: matches!(act, Submit | Vote | CloseCouncil | Opinion | Decide),
        fields: fields.iter().map(field).collect(),
        document,
        leaves: (act == CloseCouncil).then(|| leaves(page, case)).flatten(),
    }
}

/// What closing the council now leads to, where somebody has not voted.
fn leaves(page: &Page, case: &CaseShown) -> Option<(String, usize)> {
    let council = case.council.as_ref().filter(|council| !council.has_not_voted.is_empty())?;
    let (leave, listed) = (council.would_leave, case.summary.items.listed);
    Some((page.with("disposal-leaves", &format!("{leave}/{listed}")), leave))
}

/// `POST /disposal/{year}/{number}/acts`
pub async fn act(
    State(service): State<Arc<Service>>,
    page: Page,
    Path((year, number)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let given = Given::read(Multipart::of(&headers, body)?).await?;
    match api::acted(&service, &page.asking, &format!("{year}/{number}"), given).await {
        Ok(()) => Ok(Redirect::to(&format!("/disposal/{year}/{number}")).into_response()),
        Err(problem) => refused(&service, &page, (&year, &number), problem, Draft::new()).await,
    }
}

/// What the rules refuse is told where it was tried.
async fn refused(
    service: &Arc<Service>,
    page: &Page,
    case: (&str, &str),
    problem: Problem,
    draft: Draft,
) -> Result<Response, Problem> {
    if !matches!(problem.code, "conflict" | "invalid" | "denied") {
        return Err(problem);
    }
    let about = page.t(&format!("disposal-refused-{}", problem.code));
    let words = page.said(&problem).map_or_else(|| format!("{about}."), |said| format!("{about}: {said}"));
    shown(service, page, case, 1, (words, draft)).await
}

/// `POST /disposal/{year}/{number}/papers`
pub async fn paper(
    State(service): State<Arc<Service>>,
    page: Page,
    Path((year, number)): Path<(String, String)>,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let made = match paper::wanted(&draft) {
        Ok(new) => api::made(&service, &page.asking, format!("{year}/{number}"), new).await,
        Err(problem) => Err(problem),
    };
    match made {
        Ok(made) => Ok(api::as_file(made)),
        Err(problem) => refused(&service, &page, (&year, &number), problem, draft).await,
    }
}
