//! Holds: those in force and those released, with a form for each thing that can be done.

use super::Page;
use super::form::{Draft, Field, Form as Asked, written};
use super::persons::Persons;
use super::words::Words;
use crate::archive::body::{HoldQueryBody, HoldScopeBody};
use crate::archive::hold::HoldShown;
use crate::auth::rights::Action;
use crate::http::api::holds::{self as api, NewHold, Release};
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::record::DocumentType;
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// What the form asks: fields, how they are typed in, and whether they may be left empty.
const FIELDS: [(&str, &str, bool); 12] = [
    ("records", "text", false),
    ("agency", "text", false),
    ("class", "text", false),
    ("file_code", "text", false),
    ("worked_from", "number", false),
    ("worked_to", "number", false),
    ("document_type", "select", false),
    ("issued_from", "date", false),
    ("issued_to", "date", false),
    ("words", "text", false),
    ("reason", "text", true),
    ("mandate", "text", true),
];

struct Listed {
    id: String,
    covers: String,
    reason: String,
    mandate: String,
    placed: String,
    released: Option<String>,
}

#[derive(Template)]
#[template(path = "holds.html")]
struct HoldsPage<'a> {
    page: &'a Page,
    holds: Vec<Listed>,
    place: Option<Asked>,
    wrong: String,
}

/// `GET /holds`
pub async fn list(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    shown(&service, &page, &Draft::default(), String::new()).await
}

async fn shown(service: &Arc<Service>, page: &Page, draft: &Draft, wrong: String) -> Result<Response, Problem> {
    let words = page.words;
    let holds = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        let holds = archive.holds()?;
        let codes = holds.iter().map(|hold| match &hold.covers {
            HoldScopeBody::Agency(code) | HoldScopeBody::Class(code) => code.clone(),
            HoldScopeBody::Query(body) => in_words(words, body),
            HoldScopeBody::Dossier(id) => {
                let dossier = uuid::Uuid::try_parse(id).ok().and_then(|id| archive.dossier(id).ok());
                dossier.map_or_else(|| id.clone(), |dossier| dossier.file_code)
            }
            HoldScopeBody::Records(ids) => {
                let code = |id: &String| {
                    let record = uuid::Uuid::try_parse(id).ok().and_then(|id| archive.record(id).ok());
                    record.map_or_else(|| id.clone(), |record| record.doc_code)
                };
                ids.iter().map(code).collect::<Vec<_>>().join(", ")
            }
        });
        let codes: Vec<String> = codes.collect();
        Ok((holds, codes))
    });
    let (holds, codes) = holds.await?;
    let persons = Persons::of(service).await?;
    let told = |hold: &HoldShown, covers: &String| Listed {
        id: hold.id.to_string(),
        covers: covers.clone(),
        reason: hold.reason.clone(),
        mandate: hold.mandate.clone(),
        placed: format!("{}, {}", persons.holder(&hold.placed.0), page.words.day(&hold.placed.1)),
        released: hold
            .released
            .as_ref()
            .map(|(by, at, why)| format!("{}, {}: {why}", persons.holder(by), page.words.day(at))),
    };
    let has_error = !wrong.is_empty();
    let rendered = HoldsPage {
        holds: holds.iter().zip(&codes).rev().map(|(hold, covers)| told(hold, covers)).collect(),
        place: page.asking.could(Action::KeepHolds).then(|| asked(page, draft)),
        wrong,
        page,
    };
    page.answer(&rendered, has_error)
}

/// The conditions of a hold, each with what it is about.
fn in_words(words: &Words, query: &HoldQueryBody) -> String {
    let HoldQueryBody { agency, rule, file_code, worked, document_type, issued, words: subject } = query;
    let kind = |code: &String| code.parse().map_or_else(|_| code.clone(), |code| DocumentType::name(code).to_owned());
    let told = [
        ("agency", agency.clone()),
        ("rule", rule.clone()),
        ("file-code", file_code.clone()),
        ("worked", worked.map(|(first, last)| format!("{first} – {last}"))),
        ("document-type", document_type.as_ref().map(kind)),
        ("issued", issued.as_ref().map(|(first, last)| format!("{} – {}", words.day(first), words.day(last)))),
        ("subject", Some(subject.join(" ")).filter(|subject| !subject.is_empty())),
    ];
    let told = told.into_iter().filter_map(|(what, value)| Some(words.with(&format!("hold-query-{what}"), &value?)));
    told.collect::<Vec<_>>().join("; ")
}

/// The form that places one.
fn asked(page: &Page, draft: &Draft) -> Asked {
    let types = DocumentType::all().map(|one| (one.to_string(), one.name().to_owned()));
    let types: Vec<_> = std::iter::once((String::new(), page.t("hold-type-any"))).chain(types).collect();
    let fields = FIELDS.map(|(name, kind, is_required)| Field {
        name,
        label: page.t(&format!("hold-ask-{name}")),
        value: draft.get(name).cloned().unwrap_or_default(),
        kind,
        options: if kind == "select" { types.clone() } else { Vec::new() },
        is_required,
    });
    Asked {
        id: "place".into(),
        title: page.t("hold-place"),
        lead: page.t("hold-place-lead"),
        action: "/holds".into(),
        hidden: Vec::new(),
        fields: fields.into(),
        is_open: true,
    }
}

/// `POST /holds`
pub async fn place(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    match api::placed(&service, &page.asking, wanted(&draft)).await {
        Ok(_) => Ok(Redirect::to("/holds").into_response()),
        Err(problem) if matches!(problem.code, "invalid" | "not-found" | "conflict") => {
            let wrong = format!("{} {}", page.t("hold-place-wrong"), page.in_words(&problem.detail));
            shown(&service, &page, &draft, wrong).await
        }
        Err(problem) => Err(problem),
    }
}

fn wanted(draft: &Draft) -> NewHold {
    let text = |name: &str| written(draft, name).unwrap_or_default();
    let span = |from: &str, to: &str| match (text(from), text(to)) {
        (from, to) if to.is_empty() => from,
        (from, to) if from.is_empty() => to,
        (from, to) => format!("{from}/{to}"),
    };
    NewHold {
        records: text("records"),
        agency: text("agency"),
        class: text("class"),
        file_code: text("file_code"),
        worked: span("worked_from", "worked_to"),
        document_type: text("document_type"),
        issued: span("issued_from", "issued_to"),
        words: text("words"),
        reason: text("reason"),
        mandate: text("mandate"),
    }
}

/// `POST /holds/{id}/release`
pub async fn release(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(given): Form<Release>,
) -> Result<Response, Problem> {
    match api::released(&service, &page.asking, id, given.reason).await {
        Ok(_) => Ok(Redirect::to("/holds").into_response()),
        Err(problem) if matches!(problem.code, "invalid" | "denied" | "conflict") => {
            shown(&service, &page, &Draft::default(), page.t("hold-release-refused")).await
        }
        Err(problem) => Err(problem),
    }
}
