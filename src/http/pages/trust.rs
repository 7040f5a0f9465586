//! Whom the archive believes: trust anchors, proposed by one person, confirmed by another, ended.

use super::Page;
use super::form::{Draft, Field, Form as Asked, written};
use super::persons::Persons;
use crate::archive::trust::{Anchor, CERTIFICATE_BYTES_MAX, Proposal};
use crate::auth::rights::Action;
use crate::http::api::system::written as instant;
use crate::http::api::trust::{self as api, AnchorAbout, AnchorConfirmed, AnchorEnding};
use crate::http::guard::FORM_BYTES_MAX;
use crate::http::multipart::Multipart;
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// Trees of certificates, as the form lists them.
const TREES: [&str; 4] = ["official-duty", "public", "time-stamping", "other"];

/// A certificate with what may be done about it.
struct Shown {
    name: String,
    tree: String,
    subject: String,
    sha256: String,
    key: String,
    valid: String,
    span: String,
    source: String,
    /// Who proposes it and when; why it was ended.
    about: String,
    is_trusted: bool,
    forms: Vec<Asked>,
}

/// What is written in the form of a new anchor, where it was refused.
#[derive(Default)]
struct Refused {
    wrong: String,
    about: AnchorAbout,
}

#[derive(Template)]
#[template(path = "trust.html")]
struct TrustPage<'a> {
    page: &'a Page,
    proposals: Vec<Shown>,
    anchors: Vec<Shown>,
    trees: Vec<(&'static str, String)>,
    may_keep: bool,
    about: AnchorAbout,
    prove: Option<String>,
    wrong: String,
}

/// `GET /trust`
pub async fn list(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    shown(&service, &page, Refused::default()).await
}

async fn shown(service: &Arc<Service>, page: &Page, refused: Refused) -> Result<Response, Problem> {
    let (anchors, proposals) = api::all(service).await?;
    let micros = i64::try_from(service.clock.wall().0).unwrap_or(i64::MAX);
    let now = chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default();
    let may_keep = page.asking.could(Action::KeepTrust);
    let tree = |code: &'static str| (code, page.t(&format!("trust-tree-{code}")));
    let persons = Persons::of(service).await?;
    let told = TrustPage {
        prove: page.to_prove(service, Action::KeepTrust, "/trust"),
        proposals: proposals.iter().map(|one| proposal(page, &persons, one, may_keep)).collect(),
        anchors: anchors.iter().map(|one| anchor(page, one, one.is_trusted_at(now), may_keep)).collect(),
        trees: TREES.map(tree).to_vec(),
        may_keep,
        about: refused.about,
        wrong: refused.wrong,
        page,
    };
    page.answer(&told, !told.wrong.is_empty())
}

fn certificate(page: &Page, one: &Anchor) -> Shown {
    let (held, day) = (&one.certificate, |at| page.words.day(&instant(at)));
    Shown {
        name: one.name.clone(),
        tree: page.words.either(one.tree.words().0, one.tree.words().1).to_owned(),
        subject: held.subject().to_string(),
        sha256: held.sha256().to_string(),
        key: held.key().to_string(),
        valid: format!("{} – {}", day(held.not_before()), day(held.not_after())),
        span: match one.until {
            None => page.with("agencies-since", &day(one.from)),
            Some(until) => format!("{} – {}", day(one.from), day(until)),
        },
        source: one.source.clone(),
        about: String::new(),
        is_trusted: false,
        forms: Vec::new(),
    }
}

fn field(page: &Page, name: &'static str, kind: &'static str) -> Field {
    Field {
        name,
        label: page.t(&format!("trust-ask-{name}")),
        value: String::new(),
        kind,
        options: Vec::new(),
        is_required: true,
    }
}

fn form(page: &Page, one: &Anchor, act: &str, fields: Vec<Field>) -> Asked {
    let path = if act == "confirm" { "confirm" } else { "end" };
    Asked {
        id: format!("{act}-{}", one.id),
        title: page.t(&format!("trust-{act}")),
        lead: page.t(&format!("trust-{act}-lead")),
        action: format!("/trust/{}/{path}", one.id),
        hidden: Vec::new(),
        fields,
        is_open: false,
    }
}

fn proposal(page: &Page, persons: &Persons, one: &Proposal, may_keep: bool) -> Shown {
    let confirm = || vec![field(page, "fingerprint", "text"), field(page, "source", "text")];
    let forms = || {
        let decline = form(page, &one.anchor, "decline", vec![field(page, "reason", "text")]);
        vec![form(page, &one.anchor, "confirm", confirm()), decline]
    };
    let about = format!("{}, {}", persons.holder(&one.by), page.words.day(&one.at.to_string()));
    let forms = if may_keep { forms() } else { Vec::new() };
    Shown { about: page.with("trust-proposed-by", &about), forms, ..certificate(page, &one.anchor) }
}

fn anchor(page: &Page, one: &Anchor, is_trusted: bool, may_keep: bool) -> Shown {
    let end = || vec![form(page, one, "end", vec![field(page, "until", "date"), field(page, "reason", "text")])];
    Shown {
        about: one.ended.clone().unwrap_or_default(),
        is_trusted,
        forms: if may_keep { end() } else { Vec::new() },
        ..certificate(page, one)
    }
}

/// What came of something that was asked on the page: the page again, or why it was not done.
async fn done<T>(
    service: &Arc<Service>,
    page: &Page,
    done: Result<T, Problem>,
    about: AnchorAbout,
) -> Result<Response, Problem> {
    match done {
        Ok(_) => Ok(Redirect::to("/trust").into_response()),
        Err(problem) if matches!(problem.code, "conflict" | "invalid" | "denied" | "not-found") => {
            let wrong = format!("{} {}", page.t("trust-not-done"), page.in_words(&problem.detail));
            shown(service, page, Refused { wrong, about }).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /trust`
pub async fn propose(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut form = Multipart::of(&headers, body)?;
    let (mut file, mut draft) = (Vec::new(), Draft::new());
    while let Some(part) = form.part().await? {
        match part.name.as_str() {
            "file" => file = form.whole(CERTIFICATE_BYTES_MAX as usize).await?,
            _ => _ = draft.insert(part.name, form.text(FORM_BYTES_MAX).await?),
        }
    }
    let about = || {
        let text = |field: &str| written(&draft, field).unwrap_or_default();
        AnchorAbout {
            fingerprint: text("fingerprint"),
            source: text("source"),
            tree: text("tree"),
            name: text("name"),
            from: text("from"),
            until: text("until"),
        }
    };
    let proposed = api::proposed(&service, &page.asking, file, about()).await;
    done(&service, &page, proposed, about()).await
}

/// `POST /trust/{id}/confirm`
pub async fn confirm(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(found): Form<AnchorConfirmed>,
) -> Result<Response, Problem> {
    let confirmed = api::confirmed(&service, &page.asking, &id, found).await;
    done(&service, &page, confirmed, AnchorAbout::default()).await
}

/// `POST /trust/{id}/end`
pub async fn end(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(ending): Form<AnchorEnding>,
) -> Result<Response, Problem> {
    let ended = api::ended(&service, &page.asking, &id, ending).await;
    done(&service, &page, ended, AnchorAbout::default()).await
}
