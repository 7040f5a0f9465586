//! Whom the archive asks: time-stamping authorities with the time-stamps that came, and places of evidence.

use super::Page;
use super::form::{Draft, Field, Form as Asked};
use crate::auth::rights::Action;
use crate::http::api::sources::{self as api, AuthorityWanted, NoMore, SourceWanted};
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// Somebody who is asked, or was.
struct Shown {
    name: String,
    about: String,
    ended: Option<String>,
    end: Option<Asked>,
}

struct Stamp {
    checkpoint: String,
    authority: String,
    time: String,
    holds_until: String,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct SourcesPage<'a> {
    page: &'a Page,
    authorities: Vec<Shown>,
    places: Vec<Shown>,
    stamps: Vec<Stamp>,
    add_authority: Option<Asked>,
    add_place: Option<Asked>,
    may_stamp: bool,
    wrong: String,
}

/// `GET /sources`
pub async fn list(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    shown(&service, &page, &Draft::default(), String::new()).await
}

async fn shown(service: &Arc<Service>, page: &Page, draft: &Draft, wrong: String) -> Result<Response, Problem> {
    let api::Asked { authorities, sources, stamps } = api::all(service).await?;
    let may_keep = page.asking.could(Action::KeepTrust);
    let end = |of: &str, path: String, ended: &Option<String>| {
        let ask = || form(page, &Draft::default(), "sources-end", (format!("end-{of}"), path), &[("reason", true)]);
        (may_keep && ended.is_none()).then(ask)
    };
    let add = |words: &'static str, path: &str, fields: &[(&'static str, bool)]| {
        may_keep.then(|| form(page, draft, words, (words.to_owned(), path.to_owned()), fields))
    };
    let authority = |one: api::AuthorityShown| Shown {
        end: end(&one.name, format!("/sources/authorities/{}/end", escaped(&one.name)), &one.ended),
        name: one.name,
        about: one.url,
        ended: one.ended,
    };
    let place = |one: api::SourceShown| Shown {
        end: end(&one.id, format!("/sources/places/{}/end", one.id), &one.ended),
        name: one.via.map_or(one.place.clone(), |via| format!("{} → {via}", one.place)),
        about: one.reason,
        ended: one.ended,
    };
    let stamp = |one: &api::TimeStampShown| Stamp {
        checkpoint: page.words.number(one.checkpoint),
        authority: one.authority.clone(),
        time: page.words.day(&one.time),
        holds_until: page.words.day(&one.holds_until),
    };
    let told = SourcesPage {
        may_stamp: page.asking.could(Action::RunUpkeep) && authorities.iter().any(|one| one.ended.is_none()),
        authorities: authorities.into_iter().map(authority).collect(),
        places: sources.into_iter().map(place).collect(),
        stamps: stamps.time_stamps.iter().map(stamp).collect(),
        add_authority: add("sources-add-authority", "/sources/authorities", &[("name", true), ("url", true)]),
        add_place: add("sources-add-place", "/sources/places", &[("place", true), ("via", false), ("reason", true)]),
        wrong,
        page,
    };
    page.answer(&told, !told.wrong.is_empty())
}

/// A form: its words, its place on the page and where it is sent, its fields and whether each is required.
fn form(
    page: &Page,
    draft: &Draft,
    words: &str,
    (id, action): (String, String),
    fields: &[(&'static str, bool)],
) -> Asked {
    let is_open = fields.first().is_some_and(|(first, _)| draft.contains_key(*first));
    let field = |&(name, is_required): &(&'static str, bool)| Field {
        name,
        label: page.t(&format!("sources-ask-{name}")),
        value: draft.get(name).filter(|_| is_open).cloned().unwrap_or_default(),
        kind: if name == "url" { "url" } else { "text" },
        options: Vec::new(),
        is_required,
    };
    let (title, lead) = (page.t(words), page.t(&format!("{words}-lead")));
    let fields = fields.iter().map(field).collect();
    Asked { id, title, lead, action, hidden: Vec::new(), fields, is_open }
}

async fn done<T>(
    service: &Arc<Service>,
    page: &Page,
    done: Result<T, Problem>,
    draft: &Draft,
) -> Result<Response, Problem> {
    match done {
        Ok(_) => Ok(Redirect::to("/sources").into_response()),
        Err(problem) if matches!(problem.code, "conflict" | "invalid") => {
            let wrong = format!("{} {}", page.t("trust-not-done"), page.in_words(&problem.detail));
            shown(service, page, draft, wrong).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /sources/authorities`
pub async fn add_authority(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(given): Form<AuthorityWanted>,
) -> Result<Response, Problem> {
    let draft =
        Draft::from([("name", &given.name), ("url", &given.url)].map(|(name, text)| (name.into(), text.clone())));
    let added = api::authority_added(&service, &page.asking, given).await;
    done(&service, &page, added, &draft).await
}

/// `POST /sources/authorities/{name}/end`
pub async fn end_authority(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(name): Path<String>,
    Form(end): Form<NoMore>,
) -> Result<Response, Problem> {
    let ended = api::authority_ended(&service, &page.asking, &name, end).await;
    done(&service, &page, ended, &Draft::default()).await
}

/// `POST /sources/places`
pub async fn add_place(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(given): Form<SourceWanted>,
) -> Result<Response, Problem> {
    let written = [("place", &given.place), ("via", &given.via), ("reason", &given.reason)];
    let draft = Draft::from(written.map(|(name, text)| (name.into(), text.clone())));
    let added = api::source_added(&service, &page.asking, given).await;
    done(&service, &page, added, &draft).await
}

/// `POST /sources/places/{id}/end`
pub async fn end_place(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(end): Form<NoMore>,
) -> Result<Response, Problem> {
    let ended = api::source_ended(&service, &page.asking, &id, end).await;
    done(&service, &page, ended, &Draft::default()).await
}
