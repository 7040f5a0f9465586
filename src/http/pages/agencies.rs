//! The register of agencies: the tree of a day, what words find, one agency with its history, and the acts by forms.

use super::Page;
use super::form::{Draft, Field, Form as Asked, lines, written};
use super::persons::Persons;
use crate::archive::agency::{NewAgency, Register};
use crate::auth::rights::Action;
use crate::http::api::agencies::{
    self as api, ActShown, ActWanted, AgenciesOnDay, AgencyInTree, AgencyNamed, AgencyShown, NewWanted, TableRead,
};
use crate::http::guard::{FORM_BYTES_MAX, escaped};
use crate::http::multipart::Multipart;
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;

/// Agencies on a page.
const ON_A_PAGE: usize = 100;
/// Levels of agencies that are set in.
const LEVELS_MAX: usize = 3;
/// Lines of a table that are told: the rest are like them.
const LINES_TOLD: usize = 100;

/// Fields of an act, and whether each is required.
type Fields = &'static [(&'static str, bool)];

/// Acts that begin with no agency.
const OF_NONE: [(&str, Fields); 2] = [
    ("add", &[("name", true), ("code", false), ("under", false), ("from", true), ("mandate", false)]),
    (
        "merge",
        &[("predecessors", true), ("new", false), ("into", false), ("under", false), ("from", true), ("mandate", true)],
    ),
];
/// Acts about one.
const OF_ONE: [(&str, Fields); 8] = [
    ("rename", &[("name", true), ("from", true), ("mandate", false)]),
    ("code", &[("code", true), ("from", true), ("until", false), ("mandate", false)]),
    ("end-code", &[("code", true), ("until", true), ("mandate", false)]),
    ("move", &[("under", false), ("from", true), ("mandate", false)]),
    ("split", &[("new", true), ("under", false), ("from", true), ("mandate", true)]),
    ("dissolve", &[("until", true), ("mandate", true)]),
    (
        "correct",
        &[
            ("number", true),
            ("name", false),
            ("code", false),
            ("from", false),
            ("until", false),
            ("under", false),
            ("mandate", false),
            ("reason", true),
        ],
    ),
    ("void", &[("number", true), ("reason", true)]),
];

/// An agency in a list.
struct Row {
    href: String,
    name: String,
    codes: String,
    span: String,
    level: usize,
    is_there: bool,
}

/// What became of a table, or would.
struct Taken {
    told: String,
    refused: Vec<(u64, String, String)>,
    more: u64,
    unread: String,
    /// The table, where it may be taken in now.
    table: Option<String>,
}

#[derive(Template)]
#[template(path = "agencies.html")]
struct ListPage<'a> {
    page: &'a Page,
    on: String,
    q: String,
    day: String,
    is_empty: bool,
    rows: Vec<Row>,
    total: u64,
    before: Option<String>,
    after: Option<String>,
    forms: Vec<Asked>,
    prove: Option<String>,
    taken: Option<Taken>,
    wrong: String,
}

/// Another agency, as a link.
struct Link {
    href: String,
    name: String,
}

/// Something that counts from a day on.
struct Dated {
    value: String,
    span: String,
    mandate: String,
}

/// An act that was recorded.
struct Recorded {
    number: u32,
    what: String,
    when: String,
    who: String,
    corrected_by: Option<u32>,
    says: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "agency.html")]
struct OnePage<'a> {
    page: &'a Page,
    agency: String,
    name: String,
    code: String,
    on: String,
    span: String,
    is_there: bool,
    ended: Option<(String, String)>,
    parent: Option<Link>,
    names: Vec<Dated>,
    codes: Vec<Dated>,
    places: Vec<Dated>,
    predecessors: Vec<Link>,
    successors: Vec<Link>,
    acts: Vec<Recorded>,
    forms: Vec<Asked>,
    prove: Option<String>,
    wrong: String,
}

/// Which agencies, of which day.
#[derive(Deserialize, Default)]
pub struct Looked {
    #[serde(default)]
    on: String,
    #[serde(default)]
    q: String,
    page: Option<usize>,
}

/// What was refused, and what was written.
#[derive(Default)]
struct Refused {
    wrong: String,
    draft: Draft,
}

/// `GET /agencies`
pub async fn list(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(looked): Query<Looked>,
) -> Result<Response, Problem> {
    listed(&service, &page, looked, None, Refused::default()).await
}

async fn listed(
    service: &Arc<Service>,
    page: &Page,
    looked: Looked,
    taken: Option<Taken>,
    refused: Refused,
) -> Result<Response, Problem> {
    let day = api::day(service, Some(&looked.on))?;
    let register = api::register(service).await?;
    let number = looked.page.unwrap_or(1).max(1);
    let from = (number - 1).saturating_mul(ON_A_PAGE);
    let found = match looked.q.trim() {
        "" => AgenciesOnDay::of(&register, day, from, ON_A_PAGE),
        words => AgenciesOnDay::found(&register, words, day, from, ON_A_PAGE),
    };
    let to = |page: usize| format!("/agencies?on={}&q={}&page={page}", found.on, escaped(&looked.q));
    let shown = ListPage {
        day: page.words.day(&found.on),
        is_empty: register.agencies.is_empty(),
        rows: found.agencies.iter().map(|one| row(page, one, &found.on)).collect(),
        total: found.total as u64,
        before: (number > 1).then(|| to(number - 1)),
        after: found.next.is_some().then(|| to(number + 1)),
        forms: forms(page, &OF_NONE, &refused.draft, ""),
        prove: page.to_prove(service, Action::KeepAgencies, "/agencies"),
        on: found.on,
        q: looked.q,
        taken,
        wrong: refused.wrong,
        page,
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

fn row(page: &Page, one: &AgencyInTree, on: &str) -> Row {
    let is_there = one.begins.as_str() <= on && one.last.as_deref().is_none_or(|last| on <= last);
    Row {
        href: to_agency(&one.named, on),
        name: one.named.name.clone(),
        codes: if is_there { one.codes.join(", ") } else { one.named.code.clone().unwrap_or_default() },
        span: span(page, &one.begins, one.last.as_deref()),
        level: one.depth.min(LEVELS_MAX),
        is_there,
    }
}

fn to_agency(named: &AgencyNamed, on: &str) -> String {
    format!("/agencies/{}?on={on}", escaped(&named.agency))
}

fn span(page: &Page, from: &str, until: Option<&str>) -> String {
    let from = page.words.day(from);
    match until {
        None => page.with("agencies-since", &from),
        Some(until) => format!("{from} – {}", page.words.day(until)),
    }
}

/// The forms of acts; none for who may only read.
fn forms(page: &Page, acts: &[(&'static str, Fields)], draft: &Draft, agency: &str) -> Vec<Asked> {
    if !page.asking.could(Action::KeepAgencies) {
        return Vec::new();
    }
    let form = |(act, fields): &(&'static str, Fields)| {
        let is_open = draft.get("act").is_some_and(|tried| tried == act);
        let field = |&(name, is_required): &(&'static str, bool)| Field {
            name,
            label: page.t(&format!("agencies-ask-{name}")),
            value: draft.get(name).filter(|_| is_open).cloned().unwrap_or_default(),
            kind: match name {
                "from" | "until" => "date",
                "number" => "number",
                "new" | "predecessors" => "lines",
                _ => "text",
            },
            options: Vec::new(),
            is_required,
        };
        Asked {
            id: (*act).to_owned(),
            title: page.t(&format!("agencies-act-{act}")),
            lead: page.t(&format!("agencies-lead-{act}")),
            action: "/agencies/acts".to_owned(),
            hidden: vec![("act", (*act).to_owned()), ("agency", agency.to_owned())],
            fields: fields.iter().map(field).collect(),
            is_open,
        }
    };
    acts.iter().map(form).collect()
}

fn wanted(draft: &Draft) -> Result<ActWanted, Problem> {
    let (text, told) = (|field| written(draft, field), |field| written(draft, field).unwrap_or_default());
    let number = text("number").map(|number| number.parse()).transpose();
    let new = |line: String| {
        let NewAgency { name, code } = NewAgency::read(&line);
        NewWanted { name, code: code.map(|code| code.to_string()) }
    };
    let (act, void) = if told("act") == "void" { ("correct".to_owned(), true) } else { (told("act"), false) };
    Ok(ActWanted {
        act,
        void,
        agency: told("agency"),
        name: text("name"),
        code: text("code"),
        from: text("from"),
        until: text("until"),
        under: text("under"),
        predecessors: lines(draft, "predecessors"),
        into: text("into"),
        new: lines(draft, "new").into_iter().map(new).collect(),
        mandate: text("mandate"),
        number: number.map_err(|_| Problem::invalid("a correction needs the number of an act"))?,
        reason: told("reason"),
    })
}

/// What is refused is told where it was written; anything else is a problem of its own.
fn told(page: &Page, problem: Problem) -> Result<String, Problem> {
    match problem.code {
        "conflict" | "invalid" | "not-found" | "too-long" => {
            Ok(format!("{} {}", page.t("agencies-not-done"), page.in_words(&problem.detail)))
        }
        _ => Err(problem),
    }
}

/// `POST /agencies/acts`
pub async fn act(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let recording = match wanted(&draft).and_then(ActWanted::wanted) {
        Ok(wanted) => api::recorded(&service, &page.asking, wanted).await,
        Err(problem) => Err(problem),
    };
    let agency = written(&draft, "agency");
    match (recording, agency) {
        (Ok(recording), agency) => {
            // Identifiers are in the order of making: the last is the agency that the act made.
            let newest = recording.about.last().map(ToString::to_string);
            Ok(Redirect::to(&format!("/agencies/{}", agency.or(newest).unwrap_or_default())).into_response())
        }
        (Err(problem), None) => {
            let refused = Refused { wrong: told(&page, problem)?, draft };
            listed(&service, &page, Looked::default(), None, refused).await
        }
        (Err(problem), Some(agency)) => {
            let refused = Refused { wrong: told(&page, problem)?, draft };
            one(&service, &page, &agency, "", refused).await
        }
    }
}

/// `GET /agencies/{id}`
pub async fn show(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Query(looked): Query<Looked>,
) -> Result<Response, Problem> {
    one(&service, &page, &id, &looked.on, Refused::default()).await
}

async fn one(service: &Arc<Service>, page: &Page, id: &str, on: &str, refused: Refused) -> Result<Response, Problem> {
    let day = api::day(service, Some(on))?;
    let register = api::register(service).await?;
    let told = AgencyShown::of(&register, register.agency(id, day)?, day);
    let link = |named: &AgencyNamed| Link { href: to_agency(named, &told.on), name: line(named) };
    let links = |all: &[AgencyNamed]| all.iter().filter(|one| one.agency != told.named.agency).map(link).collect();
    let dated = |value: String, span: String, mandate: &str| Dated { value, span, mandate: mandate.to_owned() };
    let since = |from: &str| page.with("agencies-since", &page.words.day(from));
    let last = told.ended.as_ref().map(|ended| ended.last.as_str());
    let is_there = told.begins <= told.on && last.is_none_or(|last| told.on.as_str() <= last);
    let placed = |parent: Option<&AgencyNamed>| parent.map_or_else(|| page.t("agencies-under-none"), line);
    let persons = Persons::of(service).await?;
    let shown = OnePage {
        name: told.named.name.clone(),
        code: told.named.code.clone().unwrap_or_default(),
        on: told.on.clone(),
        span: span(page, &told.begins, last),
        is_there,
        ended: told.ended.as_ref().map(|ended| (page.t(&format!("agencies-how-{}", ended.how)), ended.mandate.clone())),
        parent: told.parent.as_ref().map(link),
        names: told.names.iter().map(|one| dated(one.name.clone(), since(&one.from), &one.mandate)).collect(),
        codes: told
            .codes
            .iter()
            .map(|one| dated(one.code.clone(), span(page, &one.from, one.until.as_deref()), &one.mandate))
            .collect(),
        places: told
            .places
            .iter()
            .map(|one| dated(placed(one.parent.as_ref()), since(&one.from), &one.mandate))
            .collect(),
        predecessors: links(&told.predecessors),
        successors: links(&told.successors),
        acts: told.acts.iter().rev().map(|act| recorded(page, &register, &persons, act)).collect(),
        forms: forms(page, &OF_ONE, &refused.draft, &told.named.agency),
        prove: page.to_prove(service, Action::KeepAgencies, &format!("/agencies/{}", told.named.agency)),
        agency: told.named.agency.clone(),
        wrong: refused.wrong,
        page,
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

/// An agency in a line.
fn line(named: &AgencyNamed) -> String {
    match &named.code {
        Some(code) => format!("{} ({code})", named.name),
        None => named.name.clone(),
    }
}

fn recorded(page: &Page, register: &Register, persons: &Persons, act: &ActShown) -> Recorded {
    let said = act.says.as_object().and_then(|says| says.iter().next());
    let (what, fields) = said.map_or(("", &Value::Null), |(name, fields)| (name.as_str(), fields));
    let mut says = Vec::new();
    say(page, register, fields, &mut says);
    Recorded {
        number: act.number,
        what: page.t(&format!("agencies-act-{what}")),
        when: page.words.day(&act.recorded_at),
        who: persons.holder(&act.recorded_by),
        corrected_by: act.corrected_by,
        says,
    }
}

/// What an act says, field by field; of a correction, also what it says instead.
fn say(page: &Page, register: &Register, fields: &Value, into: &mut Vec<(String, String)>) {
    for (name, value) in fields.as_object().into_iter().flatten() {
        let told = match (name.as_str(), value) {
            ("instead", Value::Object(act)) => {
                act.values().for_each(|fields| say(page, register, fields, into));
                continue;
            }
            ("instead", _) => page.t("agencies-void"),
            ("how", Value::String(how)) => page.t(&format!("agencies-how-{how}")),
            (_, Value::String(text)) => named(page, register, text),
            (_, Value::Number(number)) => format!("#{number}"),
            (_, Value::Array(all)) => {
                let names = all.iter().filter_map(Value::as_str).map(|text| named(page, register, text));
                names.collect::<Vec<_>>().join("; ")
            }
            _ => continue,
        };
        if !told.is_empty() {
            into.push((page.t(&format!("agencies-field-{name}")), told));
        }
    }
}

/// A value of an act: an agency by its newest name, a day as people write it.
fn named(page: &Page, register: &Register, text: &str) -> String {
    let agency = Uuid::try_parse(text).ok().and_then(|id| register.agencies.get(id));
    let newest = agency.and_then(|agency| agency.names.last()).map(|one| one.name.clone());
    newest.unwrap_or_else(|| page.words.day(text))
}

/// `POST /agencies/table`: what a table would bring; then, taken in.
pub async fn import(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut form = Multipart::of(&headers, body)?;
    let (mut table, mut act) = (Vec::new(), String::new());
    while let Some(part) = form.part().await? {
        match part.name.as_str() {
            "table" => table = form.whole(FORM_BYTES_MAX).await?,
            "act" => act = form.text(FORM_BYTES_MAX).await?,
            _ => {}
        }
    }
    let is_trial = act != "adopt";
    match api::taken(&service, &page.asking, Bytes::from(table.clone()), is_trial).await {
        Ok(read) => {
            // What is no text can't be sent back to be adopted: its lines are told, and the file is mended first.
            let again = String::from_utf8(table).ok().filter(|_| is_trial && !read.acts.is_empty());
            let taken = taken(&page, &TableRead::from(&read), is_trial, again);
            listed(&service, &page, Looked::default(), Some(taken), Refused::default()).await
        }
        Err(problem) => {
            let refused = Refused { wrong: told(&page, problem)?, ..Refused::default() };
            listed(&service, &page, Looked::default(), None, refused).await
        }
    }
}

fn taken(page: &Page, read: &TableRead, is_trial: bool, table: Option<String>) -> Taken {
    let recorded =
        page.n(if is_trial { "agencies-would-record" } else { "agencies-recorded" }, &(read.recorded as u64));
    let refused = read.refused.iter().take(LINES_TOLD);
    Taken {
        told: format!("{recorded} {}", page.n("agencies-known", &read.known)),
        refused: refused.map(|one| (one.line, page.in_words(&one.why), one.cell.clone())).collect(),
        more: read.refused.len().saturating_sub(LINES_TOLD) as u64,
        unread: read.columns_unread.join(", "),
        table,
    }
}
