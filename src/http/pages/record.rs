//! The page of a record, and the files on it.

use super::verdict::{self, Run, Told};
use super::{Fact, Page, facts};
use crate::archive::Event;
use crate::archive::agency::{Origin, Standing};
use crate::archive::body::{ComponentBody, DossierBody, RecordBody};
use crate::archive::describe::Field;
use crate::archive::retention::{Explained, Opening, today};
use crate::auth::rights::{Action, Decision, Object, decide};
use crate::http::api::inspection::record_checked;
use crate::http::api::records::{Described, Tombstone, described, explained, file, tombstone};
use crate::http::api::validation::validated;
use crate::http::api::{dossiers, records};
use crate::http::content::Manner;
use crate::http::guard::{Asking, escaped};
use crate::http::handed::Handed;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::record::DocumentType;
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// A file.
struct File {
    name: String,
    about: String,
    sha256: String,
    href: String,
    is_shown: bool,
}

/// What happened.
pub(super) struct Happened {
    /// Why, and what each field said and says, where a description was amended.
    pub amended: Option<(String, Vec<(String, String, String)>)>,
    pub index: String,
    pub what: String,
    pub when: String,
    pub who: String,
}

/// Retention in words.
pub(super) struct Kept {
    pub headline: String,
    pub basis: String,
    pub reasons: Vec<(String, String)>,
    pub is_held: bool,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage<'a> {
    page: &'a Page,
    record: &'a RecordBody,
    kind: &'static str,
    issued: String,
    dossier: &'a DossierBody,
    dossier_href: String,
    facts: Vec<Fact>,
    files: Vec<File>,
    preview: Option<String>,
    is_closed: bool,
    told: Option<Told>,
    findings: BTreeSet<String>,
    kept: Kept,
    retention: String,
    history: Vec<Happened>,
    receipt: Option<String>,
    bundle: Option<String>,
    evidence: Option<String>,
    /// Where a reader's request for it is received.
    request: Option<String>,
    amending: Option<Amending>,
    /// Where its signatures are validated again.
    validating: Option<String>,
    /// Where every byte of it is checked.
    checking: Option<String>,
    said: Said,
}

/// What is said of what was done on the page.
#[derive(Default)]
pub struct Said {
    /// What is wrong with the description that was written.
    pub description: String,
    /// What is wrong with what its signatures were to be validated by.
    pub validation: String,
    /// What a check of every byte found.
    pub checked: Option<Checked>,
    /// Why it was not checked.
    pub unchecked: String,
}

/// What a check of every byte of a record found.
pub struct Checked {
    is_whole: bool,
    doubts: Vec<String>,
}

impl Said {
    /// Whether something was refused.
    fn is_wrong(&self) -> bool {
        [&self.description, &self.validation, &self.unchecked].iter().any(|words| !words.is_empty())
    }
}

/// The form by which the description is amended.
struct Amending {
    action: String,
    seen: u64,
    /// Name of a field, its label, what it says, and whether it takes several lines.
    fields: Vec<(&'static str, String, String, bool)>,
}

#[derive(Template)]
#[template(path = "tombstone.html")]
struct TombstonePage<'a> {
    page: &'a Page,
    told: Tombstone,
    destroyed: String,
}

/// `GET /records/{id}`
pub async fn record(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    shown_with(&service, page, &name, Said::default()).await
}

/// The page, with what is said of what was done on it.
pub async fn shown_with(service: &Arc<Service>, page: Page, name: &str, said: Said) -> Result<Response, Problem> {
    let asking = &page.asking;
    if let Ok(Some(told)) = tombstone(service, asking, name).await {
        let destroyed = page.words.day(&told.destroyed);
        let mut response = page.render(&TombstonePage { page: &page, told, destroyed })?;
        *response.status_mut() = StatusCode::GONE;
        return Ok(response);
    }
    let found = described(service, asking, name, Action::ReadDescription).await;
    let Described { id, body, dossier, opening, newest } = match found {
        Ok(found) => found,
        Err(missing) => {
            // A code may be a dossier's.
            let code = dossiers::described(service, asking, name, Action::ReadDescription).await;
            let dossier = code.map_err(|_| missing)?.body;
            return Ok(Redirect::to(&format!("/dossiers/{}", escaped(&dossier.file_code))).into_response());
        }
    };
    let (run, events, origin) = blocking(service.clone(), move |service| {
        let (archive, today) = (service.archive()?, today(service.clock.as_ref()));
        let origin = archive.origin_of(&archive.record(id)?, today)?;
        Ok((archive.newest_run(id)?, archive.history(&id.to_string())?, origin))
    })
    .await?;
    let kept = explained(service, id, None).await?;
    let object = Object::Content { agency: &dossier.agency_code, access: opening.access };
    let grants = asking.0.as_ref().map(|who| &who.account.grants);
    let is_closed = decide(grants, Action::ReadContent, object) != Decision::Allowed;
    let may = |action| asking.may(action, Object::Described { agency: &dossier.agency_code }).is_ok();
    let accessioned = events.first().map_or_else(String::new, |event| event.entry.time.to_string());
    let place = format!("/records/{}", escaped(&body.doc_code));
    let files: Vec<File> = (1..).zip(&body.components).map(|(number, one)| shown(&page, &place, number, one)).collect();
    let shown = RecordPage {
        kind: body.type_name.parse().map_or("", DocumentType::name),
        issued: page.words.day(&body.issued_date),
        dossier_href: format!("/dossiers/{}", escaped(&dossier.file_code)),
        facts: describing(&page, id, &body, &opening, origin.as_ref()),
        preview: files.iter().find(|file| file.is_shown && !is_closed).map(|file| file.href.clone()),
        files,
        is_closed,
        told: run.as_ref().map(|run| verdict::tell(&page, &Run::of_record(run, &accessioned))),
        findings: BTreeSet::from_iter(body.findings.iter().map(|found| finding(&page, &found.code))),
        kept: keeping(&page, &kept),
        retention: format!("{place}/retention"),
        history: events.iter().rev().map(|event| happened(&page, event)).collect(),
        receipt: page.asking.could(Action::FetchReceipt).then(|| format!("{place}/receipt")),
        bundle: (page.asking.could(Action::FetchReceipt) && !is_closed).then(|| format!("{place}/bundle")),
        evidence: page.asking.could(Action::FetchReceipt).then(|| format!("{place}/evidence-record")),
        request: may(Action::HandleRequests).then(|| format!("/requests/new?records={}", escaped(&body.doc_code))),
        amending: may(Action::Describe).then(|| amending(&page, &place, &body, newest)),
        validating: may(Action::RevalidateSignatures).then(|| format!("{place}/revalidation")),
        checking: may(Action::Inspect).then(|| format!("{place}/check")),
        said,
        record: &body,
        dossier: &dossier,
        page: &page,
    };
    page.answer(&shown, shown.said.is_wrong())
}

fn amending(page: &Page, place: &str, body: &RecordBody, seen: u64) -> Amending {
    let field = |field: Field| {
        let label = page.t(&format!("describe-{}", field.name().replace('_', "-")));
        (field.name(), label, field.of(body), matches!(field, Field::Subject | Field::Keywords))
    };
    Amending { action: format!("{place}/description"), seen, fields: Field::ALL.map(field).to_vec() }
}

fn shown(page: &Page, place: &str, number: usize, one: &ComponentBody) -> File {
    let role = page.t(if one.role == "original" { "component-original" } else { "component-attachment" });
    File {
        name: one.name.clone(),
        about: format!("{role}, {}", page.words.size(one.size)),
        sha256: one.sha256.clone(),
        href: format!("{place}/files/{number}"),
        is_shown: one.media_type == "application/pdf",
    }
}

fn describing(page: &Page, id: Uuid, body: &RecordBody, opening: &Opening, issuer: Option<&Origin>) -> Vec<Fact> {
    let agency = format!("{} ({})", body.organ_name, body.agency_code);
    let signer = match body.signer_position.as_str() {
        "" => body.signer.clone(),
        position => format!("{}, {position}", body.signer),
    };
    let pages = body.number_of_page.map_or_else(String::new, |pages| page.words.number(u64::from(pages)));
    let level = body.sensitivity.map_or_else(String::new, |level| level.to_string());
    let (mode, origin) = (format!("mode-{}", body.mode), format!("confidence-{}", body.confidence_level));
    let (vi, en) = opening.access.words();
    let mut access = page.words.either(vi, en).to_owned();
    if let Some(day) = opening.opens {
        access.push_str(&format!(", {}", page.with("access-opens", &page.words.day(&day.to_string()))));
    }
    let mut described = facts(
        page,
        &[
            ("fact-agency", &agency),
            ("fact-agency-registered", &issuer.map_or_else(String::new, |issuer| registered(page, issuer))),
            ("fact-agency-today", &issuer.map_or_else(String::new, |issuer| succeeded(page, issuer))),
            ("fact-signer", &signer),
            ("fact-keywords", &body.keyword.join("; ")),
            ("fact-pages", &pages),
            ("fact-origin", &page.t(&origin)),
            ("fact-mode", &page.t(&mode)),
            ("fact-access", &access),
            ("fact-sensitivity", &level),
            ("fact-urgency", &body.urgency),
        ],
    );
    for (name, value) in [("fact-code", body.arc_doc_code.clone()), ("fact-identifier", id.to_string())] {
        described.push(Fact { name: page.t(name), value, is_code: true });
    }
    described
}

/// Whose code it was, by the register of agencies.
fn registered(page: &Page, origin: &Origin) -> String {
    let whose = origin.agency.as_ref().map_or_else(String::new, ToString::to_string);
    match origin.standing {
        Standing::Registered => whose,
        Standing::AtAnotherTime(from, until) => {
            let until = until.map_or_else(|| "…".to_owned(), |until| page.words.day(&until.to_string()));
            format!("{whose}, {} {} – {until}", page.t("agency-only"), page.words.day(&from.to_string()))
        }
        Standing::Unknown => page.t("agency-unknown"),
    }
}

/// Who is in its place today, where that is told already by nothing else.
fn succeeded(page: &Page, origin: &Origin) -> String {
    let heirs: Vec<String> = origin.today.iter().map(ToString::to_string).collect();
    match (origin.is_changed(), heirs.is_empty()) {
        (false, _) => String::new(),
        (true, true) => page.t("agency-no-successor"),
        (true, false) => heirs.join(", "),
    }
}

fn finding(page: &Page, code: &str) -> String {
    let found: Result<crate::transfer::finding::FindingCode, _> = code.parse();
    found.map_or_else(
        |_| code.to_owned(),
        |code| {
            let words = code.words();
            page.words.either(words.what_vi, words.what_en).to_owned()
        },
    )
}

pub(super) fn keeping(page: &Page, kept: &Explained) -> Kept {
    let either = |vi: &str, en: &str| page.words.either(vi, en).to_owned();
    let words = &kept.words;
    let reasons = words.lines.iter().map(|line| {
        let citation = line.source.as_ref().map_or_else(String::new, |source| {
            let (vi, en) = source.grade.words();
            format!("{source} ({})", page.words.either(vi, en))
        });
        (either(&line.words.vi, &line.words.en), citation)
    });
    Kept {
        headline: either(&words.headline.vi, &words.headline.en),
        basis: either(&words.basis.vi, &words.basis.en),
        reasons: reasons.collect(),
        is_held: !kept.holds.is_empty(),
    }
}

pub(super) fn happened(page: &Page, event: &Event) -> Happened {
    let amended = event.amendment.as_ref().map(|one| {
        let line = |text: &str| text.replace('\n', "; ");
        let changes = one.changes.iter().map(|change| {
            let label = page.t(&format!("describe-{}", change.field.replace('_', "-")));
            (label, line(&change.before), line(&change.after))
        });
        (one.reason.clone(), changes.collect())
    });
    Happened {
        amended,
        index: page.words.number(event.index),
        what: page.t(&format!("event-{}", event.entry.kind.name())),
        when: page.words.day(&event.entry.time.to_string()),
        who: event.actor.clone().unwrap_or_else(|| event.entry.actor.to_string()),
    }
}

/// Whether a file is to be saved.
#[derive(Deserialize)]
pub struct Saving {
    save: Option<String>,
}

impl Saving {
    /// How the file is shown.
    pub fn manner(&self) -> Manner {
        if self.save.is_some() { Manner::Saved } else { Manner::Shown }
    }
}

/// `GET /records/{id}/files/{number}`
pub async fn content(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((id, number)): Path<(String, usize)>,
    Query(saving): Query<Saving>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    file(&service, &asking, &id, number, &headers, saving.manner()).await
}

/// `POST /records/{id}/revalidation`
pub async fn revalidate(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let handed = Handed::read(&service, &headers, body).await?;
    match validated(&service, &page.asking, &id, handed).await {
        Ok(_) => Ok(Redirect::to(&format!("/records/{}#verdict", escaped(&id))).into_response()),
        Err(problem) if matches!(problem.code, "conflict" | "invalid") => {
            let validation = format!("{} {}", page.t("record-validate-refused"), page.in_words(&problem.detail));
            shown_with(&service, page, &id, Said { validation, ..Said::default() }).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /records/{id}/check`
pub async fn check(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let said = match record_checked(&service, &page.asking, &id).await {
        Ok(found) => {
            let doubts = found.doubts.iter().map(|one| format!("{}: {}", one.place, page.in_words(&one.what)));
            let checked = Some(Checked { is_whole: found.ok, doubts: doubts.collect() });
            Said { checked, ..Said::default() }
        }
        Err(problem) if problem.code == "conflict" => {
            Said { unchecked: page.in_words(&problem.detail), ..Said::default() }
        }
        Err(problem) => return Err(problem),
    };
    shown_with(&service, page, &id, said).await
}

/// `GET /records/{id}/receipt`
pub async fn receipt(service: State<Arc<Service>>, asking: Asking, id: Path<String>) -> Result<Response, Problem> {
    records::receipt(service, asking, id).await
}

/// `GET /records/{id}/bundle`
pub async fn bundle(service: State<Arc<Service>>, asking: Asking, id: Path<String>) -> Result<Response, Problem> {
    records::bundle(service, asking, id).await
}
