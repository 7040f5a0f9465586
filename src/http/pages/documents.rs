//! The documents of a transfer before they are records: the list of them, and the page of one with its files in place.

use super::record::Saving;
use super::transfers::{severity_tone, told_of};
use super::verdict::{self, Run, Told, Tone};
use super::{Fact, Page, facts};
use crate::archive::body::RecordBody;
use crate::archive::transfer::{Document, DocumentFile, Transfer};
use crate::auth::rights::{Action, Object};
use crate::http::api::documents::{self as api, DocumentListed, Listing, Looked};
use crate::http::guard::Asking;
use crate::http::problem::Problem;
use crate::http::service::Service;
use crate::record::DocumentType;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Documents on a page.
const ON_A_PAGE: usize = 50;

/// A document in the list.
struct Row {
    href: String,
    title: String,
    symbol: String,
    kind: String,
    issued: String,
    dossier: String,
    files: u64,
    findings: u64,
    signatures: (String, Tone),
    outcome: (String, &'static str),
}

#[derive(Template)]
#[template(path = "documents.html")]
struct ListPage<'a> {
    page: &'a Page,
    transfer: &'a Transfer,
    count: u64,
    documents: Vec<Row>,
    before: Option<String>,
    after: Option<String>,
}

/// Which page.
#[derive(Deserialize)]
pub struct Paged {
    page: Option<u64>,
}

/// `GET /transfers/{id}/documents`
pub async fn list(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Query(paged): Query<Paged>,
) -> Result<Response, Problem> {
    let number = paged.page.unwrap_or(1).max(1);
    let from = (number - 1).saturating_mul(ON_A_PAGE as u64);
    let Listing { transfer, count, documents } = api::listed(&service, &page.asking, &id, from, ON_A_PAGE).await?;
    let own = place(&transfer);
    page.render(&ListPage {
        count,
        documents: documents.iter().map(|one| row(&page, &own, one)).collect(),
        before: (number > 1).then(|| format!("{own}?page={}", number - 1)),
        after: (from + (documents.len() as u64) < count).then(|| format!("{own}?page={}", number + 1)),
        transfer: &transfer,
        page: &page,
    })
}

fn place(transfer: &Transfer) -> String {
    format!("/transfers/{}/documents", transfer.id)
}

fn row(page: &Page, own: &str, one: &DocumentListed) -> Row {
    let described = one.described.as_ref();
    let text = |of: fn(&api::DocumentSummary) -> &str| described.map_or_else(String::new, |body| of(body).to_owned());
    Row {
        href: format!("{own}/{}", one.number),
        title: described.map_or_else(|| one.place.clone(), |body| body.subject.clone()),
        symbol: text(|body| &body.symbol),
        kind: text(|body| body.type_name.parse().map_or("", DocumentType::name)),
        issued: described.map_or_else(String::new, |body| page.words.day(&body.issued_date)),
        dossier: text(|body| &body.file_code),
        files: one.files,
        findings: one.findings,
        signatures: verdict::outcome(page, one.signatures.as_deref().unwrap_or("not-examined")),
        outcome: outcome(page, &one.outcome),
    }
}

fn outcome(page: &Page, name: &str) -> (String, &'static str) {
    let tone = match name {
        "acceptable" => "good",
        "refused" => "bad",
        _ => "",
    };
    (page.t(&format!("transfer-outcome-{name}")), tone)
}

/// A file.
struct File {
    name: String,
    about: String,
    sha256: String,
    /// Where it is read; empty: it can't be read, or is closed.
    href: String,
    is_shown: bool,
}

/// A finding, with its remedy.
struct Found {
    severity: String,
    tone: &'static str,
    what: String,
    remedy: String,
    code: String,
    place: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage<'a> {
    page: &'a Page,
    transfer: &'a Transfer,
    number: u64,
    count: u64,
    title: String,
    place: &'a str,
    described: Option<&'a RecordBody>,
    kind: &'static str,
    issued: String,
    outcome: (String, &'static str),
    /// The record that it is held as.
    held: Option<String>,
    preview: Option<String>,
    files: Vec<File>,
    is_closed: bool,
    told: Option<Told>,
    /// What its signatures lead to, where no more is known of them.
    signatures: (String, Tone),
    facts: Vec<Fact>,
    found: Vec<Found>,
    before: Option<String>,
    after: Option<String>,
}

/// `GET /transfers/{id}/documents/{number}`
pub async fn show(
    State(service): State<Arc<Service>>,
    page: Page,
    Path((id, number)): Path<(String, u64)>,
) -> Result<Response, Problem> {
    let looked = api::looked(&service, &page.asking, (&id, number), Action::ReadDescription).await?;
    let Looked { transfer, count, document, run } = &looked;
    let (agency, access) = (transfer.agency.as_str(), document.access());
    let is_closed = page.asking.may(Action::ReadContent, Object::Content { agency, access }).is_err();
    let own = place(transfer);
    let files = (1..).zip(&document.files);
    let files: Vec<File> = files.map(|(file, one)| shown(&page, (&own, number, file), one, is_closed)).collect();
    let body = document.described.as_ref();
    let examined = body.and_then(|body| body.examination.as_ref()).map(|one| one.outcome.as_str());
    page.render(&DocumentPage {
        number,
        count: *count,
        title: body.map_or_else(|| document.place.clone(), |body| body.subject.clone()),
        place: &document.place,
        kind: body.and_then(|body| body.type_name.parse().ok()).map_or("", DocumentType::name),
        issued: body.map_or_else(String::new, |body| page.words.day(&body.issued_date)),
        outcome: outcome(&page, &document.outcome),
        held: document.record.as_ref().map(|record| format!("/records/{record}")),
        preview: files.iter().find(|file| file.is_shown).map(|file| file.href.clone()),
        files,
        is_closed,
        told: run.as_ref().map(|run| verdict::tell(&page, &Run::before_accession(run))),
        signatures: verdict::outcome(&page, examined.unwrap_or("not-examined")),
        facts: body.map_or_else(Vec::new, |body| describing(&page, body)),
        found: found(&page, document),
        before: (number > 1).then(|| format!("{own}/{}", number - 1)),
        after: (number < *count).then(|| format!("{own}/{}", number + 1)),
        described: body,
        transfer,
        page: &page,
    })
}

fn shown(page: &Page, (own, number, file): (&str, u64, usize), one: &DocumentFile, is_closed: bool) -> File {
    let role = page.t(&format!("component-{}", one.role));
    let is_readable = one.sha256.is_some() && !is_closed;
    File {
        name: one.name.clone(),
        about: format!("{role}, {}", page.words.size(one.size)),
        sha256: one.sha256.clone().unwrap_or_default(),
        href: if is_readable { format!("{own}/{number}/files/{file}") } else { String::new() },
        is_shown: is_readable && one.media_type == "application/pdf",
    }
}

fn describing(page: &Page, body: &RecordBody) -> Vec<Fact> {
    let signer = [body.signer.as_str(), &body.signer_position].into_iter().filter(|text| !text.is_empty());
    let pages = body.number_of_page.map_or_else(String::new, |pages| page.words.number(u64::from(pages)));
    let level = body.sensitivity.map_or_else(String::new, |level| level.to_string());
    facts(
        page,
        &[
            ("fact-dossier", &body.file_code),
            ("fact-agency", &format!("{} ({})", body.organ_name, body.agency_code)),
            ("fact-signer", &signer.collect::<Vec<_>>().join(", ")),
            ("fact-keywords", &body.keyword.join("; ")),
            ("fact-pages", &pages),
            ("fact-origin", &page.t(&format!("confidence-{}", body.confidence_level))),
            ("fact-mode", &page.t(&format!("mode-{}", body.mode))),
            ("fact-sensitivity", &level),
            ("fact-urgency", &body.urgency),
            ("fact-stated", &body.maintenance_text),
        ],
    )
}

fn found(page: &Page, document: &Document) -> Vec<Found> {
    let told = document.findings.iter().filter_map(|told| {
        let known = told.known()?;
        let words = known.words();
        let (place, detail) = told_of(page, told);
        Some(Found {
            severity: page.t(&format!("severity-{}", known.severity().name())),
            tone: severity_tone(known.severity()),
            what: page.words.either(words.what_vi, words.what_en).to_owned(),
            remedy: page.words.either(words.remedy_vi, words.remedy_en).to_owned(),
            code: told.code.clone(),
            place,
            detail,
        })
    });
    told.collect()
}

/// `GET /transfers/{id}/documents/{number}/files/{file}`
pub async fn file(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((id, number, file)): Path<(String, u64, usize)>,
    Query(saving): Query<Saving>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    api::content(&service, &asking, (&id, number, file), &headers, saving.manner()).await
}
