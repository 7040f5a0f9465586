//! The system as its administrators see it, with what the service does by itself, and doing some of it now. Anchors, sources
//! and rules have pages of their own; keys are checked here, and copied and brought back on the command line.

use super::Page;
use super::persons::Persons;
use crate::archive::retention::shown::VersionShown;
use crate::auth::rights::Action;
use crate::http::api::system::{System, look, written};
use crate::http::api::upkeep::{self, RoundShown, UpkeepDone, UpkeepWanted, begun, clock_confirmed};
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// Something with its state: words, and whether it is as it should be.
struct Checked {
    name: String,
    state: String,
    is_good: bool,
}

/// A part of what is stored.
struct Room {
    name: String,
    size: String,
}

struct Anchor {
    name: String,
    tree: String,
    sha256: String,
    span: String,
    source: String,
    is_trusted: bool,
}

struct Schedule {
    name: String,
    by: String,
    lines: String,
    unconfirmed: u64,
    waits: bool,
}

struct Task {
    name: String,
    done: u64,
    of: u64,
}

/// What the service does by itself.
struct Round {
    name: String,
    last: String,
    next: String,
    failure: String,
}

/// What somebody asked for, and what it came to.
struct Done {
    name: String,
    about: String,
    told: String,
    lines: Vec<String>,
    is_well: bool,
}

#[derive(Template)]
#[template(path = "system.html")]
struct SystemPage<'a> {
    page: &'a Page,
    health: Vec<Checked>,
    room: Vec<Room>,
    free: String,
    disk: String,
    /// Hundredths of the disk that are taken.
    taken: u64,
    generation: String,
    keys: Vec<Checked>,
    anchors: Vec<Anchor>,
    schedules: Vec<Schedule>,
    jobs: Vec<Task>,
    rounds: Vec<Round>,
    under_way: Option<Task>,
    done: Vec<Done>,
    clock: String,
    newest: String,
    may_confirm_clock: bool,
    may_run: bool,
    can_back_up: bool,
    wrong: String,
}

/// `GET /system`
pub async fn system(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    shown(&service, &page, String::new()).await
}

/// `POST /system/upkeep`
pub async fn run_upkeep(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(wanted): Form<UpkeepAsked>,
) -> Result<Response, Problem> {
    let UpkeepAsked { task, depth } = wanted;
    match begun(&service, &page.asking, &UpkeepWanted { task, depth }).await {
        Ok(()) => Ok(Redirect::to("/system#upkeep").into_response()),
        Err(problem) if matches!(problem.code, "conflict" | "invalid") => {
            let wrong = format!("{} {}", page.t("trust-not-done"), page.in_words(&problem.detail));
            shown(&service, &page, wrong).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /system/clock`
pub async fn confirm_clock(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    clock_confirmed(&service, &page.asking).await?;
    Ok(Redirect::to("/system#clock").into_response())
}

/// What the form asks for, beside its token.
#[derive(Deserialize)]
pub struct UpkeepAsked {
    task: String,
    #[serde(default)]
    depth: String,
}

async fn shown(service: &Arc<Service>, page: &Page, wrong: String) -> Result<Response, Problem> {
    let looked = look(service).await?;
    let stands = upkeep::look(service);
    let persons = Persons::of(service).await?;
    let (words, storage) = (page.words, looked.storage);
    let room = [
        ("system-segments", storage.segment_bytes),
        ("system-ledger", storage.ledger_bytes),
        ("system-evidence", storage.evidence_bytes),
        ("system-catalog", storage.catalog_bytes),
        ("system-index", storage.index_bytes),
    ];
    let taken = storage.disk_bytes.saturating_sub(storage.free_bytes);
    let told = SystemPage {
        health: health(page, &looked),
        room: room.into_iter().map(|(id, bytes)| Room { name: page.t(id), size: words.size(bytes) }).collect(),
        free: words.size(storage.free_bytes),
        disk: words.size(storage.disk_bytes),
        taken: u64::try_from(u128::from(taken) * 100 / u128::from(storage.disk_bytes.max(1))).unwrap_or(100),
        generation: words.number(looked.figures.keys_generation),
        keys: keys(page, &looked),
        anchors: anchors(page, &looked),
        schedules: looked
            .schedules
            .iter()
            .map(|one| schedule(page, &persons, one, false))
            .chain(looked.proposals.iter().map(|one| schedule(page, &persons, one, true)))
            .collect(),
        jobs: looked.jobs.iter().map(|(name, done, of)| task(page, name, *done, *of)).collect(),
        rounds: stands.rounds.iter().map(|one| round(page, one)).collect(),
        under_way: stands.under_way.map(|one| task(page, one.task, one.done, one.of)),
        done: stands.done.iter().map(|one| ended(page, &persons, one)).collect(),
        clock: words.day(&looked.on.to_string()),
        newest: words.day(&looked.figures.newest.to_string()),
        may_confirm_clock: page.asking.could(Action::ConfirmClock),
        may_run: page.asking.could(Action::RunUpkeep),
        can_back_up: stands.can_back_up,
        wrong,
        page,
    };
    page.answer(&told, !told.wrong.is_empty())
}

fn task(page: &Page, name: &str, done: u64, of: u64) -> Task {
    Task { name: page.t(&format!("system-{name}")), done, of }
}

fn round(page: &Page, one: &RoundShown) -> Round {
    let day = |at: &Option<String>| at.as_ref().map(|at| page.words.day(at));
    let failure = one.failure.as_ref().map(|why| {
        let at = day(&one.failed_at).unwrap_or_default();
        format!("{at}: {}", page.in_words(why))
    });
    Round {
        name: page.t(&format!("upkeep-{}", one.work)),
        last: day(&one.last).unwrap_or_else(|| page.t("upkeep-not-yet")),
        next: day(&one.next).unwrap_or_else(|| page.t("upkeep-at-work")),
        failure: failure.unwrap_or_default(),
    }
}

fn ended(page: &Page, persons: &Persons, one: &UpkeepDone) -> Done {
    let told = match (&one.failure, one.task) {
        (Some(why), _) => page.in_words(why),
        (None, "backup") => {
            let size = page.words.size(one.bytes.unwrap_or_default());
            format!("{} ({size})", page.n("upkeep-copied", &one.files.unwrap_or_default()))
        }
        (None, "check") => page.n("upkeep-doubts", &one.doubts.unwrap_or_default()),
        (None, "validation") => {
            let news = page.words.number(one.recorded.unwrap_or_default());
            format!(
                "{} {}",
                page.n("upkeep-validated", &one.records.unwrap_or_default()),
                page.with("upkeep-news", &news)
            )
        }
        (None, _) => page.n("upkeep-stamped", &(one.time_stamps.len() as u64)),
    };
    Done {
        name: page.t(&format!("system-{}", one.task)),
        about: format!("{}, {}", persons.holder(&one.by), page.words.day(&one.ended)),
        told,
        lines: [one.time_stamps.as_slice(), &one.unanswered, &one.listed]
            .concat()
            .iter()
            .map(|line| in_words_after_place(page, line))
            .collect(),
        is_well: one.well,
    }
}

/// What is told of a place, in the language of the page: `place: what`.
fn in_words_after_place(page: &Page, line: &str) -> String {
    match line.split_once(": ") {
        Some((place, what)) => format!("{place}: {}", page.in_words(what)),
        None => page.in_words(line),
    }
}

fn health(page: &Page, looked: &System) -> Vec<Checked> {
    let figures = &looked.figures;
    let good = || page.t("system-good");
    let unsigned = figures.entries.saturating_sub(figures.published);
    let checked = |id: &str, doubt: Option<String>| Checked {
        name: page.t(id),
        is_good: doubt.is_none(),
        state: doubt.unwrap_or_else(good),
    };
    vec![
        checked("system-checkpoint", (unsigned > 0).then(|| page.n("system-unsigned", &unsigned))),
        checked("system-search", (looked.behind > 0).then(|| page.n("search-behind", &looked.behind))),
    ]
}

fn keys(page: &Page, looked: &System) -> Vec<Checked> {
    match &looked.keys {
        Err(error) => vec![Checked { name: page.t("system-keys"), state: page.in_words(error), is_good: false }],
        Ok(places) => places
            .iter()
            .map(|one| Checked {
                name: one.place.clone(),
                is_good: one.doubt.is_none(),
                state: one.doubt.as_deref().map_or_else(|| page.t("system-good"), |doubt| page.in_words(doubt)),
            })
            .collect(),
    }
}

fn anchors(page: &Page, looked: &System) -> Vec<Anchor> {
    let now =
        chrono::DateTime::from_timestamp_micros(i64::try_from(looked.on.0).unwrap_or(i64::MAX)).unwrap_or_default();
    let day = |at| page.words.day(&written(at));
    let anchor = |one: &crate::archive::trust::Anchor| Anchor {
        name: one.name.clone(),
        tree: page.words.either(one.tree.words().0, one.tree.words().1).to_owned(),
        sha256: one.certificate.sha256().to_string(),
        span: one.until.map_or_else(|| day(one.from), |until| format!("{} – {}", day(one.from), day(until))),
        source: one.source.clone(),
        is_trusted: one.is_trusted_at(now),
    };
    looked.anchors.iter().map(anchor).collect()
}

fn schedule(page: &Page, persons: &Persons, one: &VersionShown, waits: bool) -> Schedule {
    Schedule {
        name: format!("{} {} · {}", one.schedule, one.version, one.title),
        by: format!("{}, {}", persons.holder(&one.by), page.words.day(&one.on.to_string())),
        lines: page.words.number(one.rules as u64),
        unconfirmed: one.unconfirmed as u64,
        waits,
    }
}
