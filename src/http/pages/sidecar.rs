//! The form by which an officer describes a PDF that was handed over: the fields of a sidecar, with what is wrong beside each.
//!
//! It writes the sidecar into the transfer, and leads to the next PDF that has none, with what documents of one dossier
//! share filled in.

use super::Page;
use super::form::{Draft, Field, lines, written};
use crate::archive::transfer::{Fields, File as Handed, Transfer, Written};
use crate::auth::rights::Action;
use crate::http::api::transfers::found;
use crate::http::content::{self, File, Manner};
use crate::http::guard::{Asking, escaped};
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::record::DocumentType;
use crate::transfer::finding::Finding;
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a field holds in the sidecar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Number,
    Lines,
    Flag,
}

/// Name, how it is asked, what it holds, and whether it may not be left empty.
const ASKED: [(&str, &str, Holds, bool); 20] = [
    ("doc_type_name", "text", Holds::Text, true),
    ("symbol", "text", Holds::Text, true),
    ("subject", "lines", Holds::Text, true),
    ("issued_date", "date", Holds::Text, true),
    ("agency_code", "text", Holds::Text, true),
    ("agency_name", "text", Holds::Text, true),
    ("signer", "text", Holds::Text, false),
    ("signer_position", "text", Holds::Text, false),
    ("file_code", "text", Holds::Text, true),
    ("file_title", "text", Holds::Text, true),
    ("id", "text", Holds::Text, true),
    ("retention", "text", Holds::Text, false),
    ("security_level", "select", Holds::Text, true),
    ("sensitivity", "select", Holds::Text, false),
    ("urgency", "text", Holds::Text, false),
    ("keywords", "lines", Holds::Lines, false),
    ("topic", "text", Holds::Text, false),
    ("language", "text", Holds::Text, false),
    ("pages", "number", Holds::Number, false),
    ("scanned", "select", Holds::Flag, false),
];
/// What documents of one dossier share.
const SHARED: [&str; 8] =
    ["agency_code", "agency_name", "file_code", "file_title", "retention", "security_level", "language", "scanned"];
/// Periods of the circular's list.
const PERIODS: [&str; 6] = ["Vĩnh viễn", "70 năm", "50 năm", "30 năm", "20 năm", "10 năm"];
/// Marks of the Law on Protection of State Secrets after that of no secret: what bears one is not taken.
const MARKS: [&str; 4] = ["Thường", "Mật", "Tối mật", "Tuyệt mật"];
/// Decree 30/2020, Annex I.
const URGENCIES: [&str; 4] = ["Thường", "Khẩn", "Thượng khẩn", "Hỏa tốc"];

/// A field, a line that explains it, and what is wrong with it.
struct Asked {
    field: Field,
    hint: String,
    wrong: Vec<String>,
}

#[derive(Template)]
#[template(path = "sidecar.html")]
struct SidecarPage<'a> {
    page: &'a Page,
    transfer: &'a Transfer,
    path: &'a str,
    asked: Vec<Asked>,
    /// What is wrong with none of the fields.
    wrong: Vec<String>,
    /// Where the file is shown, as long as nothing describes it.
    preview: Option<String>,
}

impl SidecarPage<'_> {
    fn is_wrong(&self) -> bool {
        !self.wrong.is_empty() || self.asked.iter().any(|one| !one.wrong.is_empty())
    }
}

/// Which file, and like which other of the transfer it is described.
#[derive(Deserialize)]
pub struct Described {
    path: String,
    #[serde(default)]
    like: String,
}

/// `GET /transfers/{id}/describe`
pub async fn show(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Query(Described { path, like }): Query<Described>,
) -> Result<Response, Problem> {
    let transfer = found(&service, &page.asking, &id, Action::HandOver).await?;
    let (looking, of, other) = (transfer.clone(), path.clone(), like);
    let (said, shared, names) = blocking(service, move |service| {
        let transfers = &service.transfers;
        let shared = if other.is_empty() { Fields::new() } else { transfers.sidecar(&looking, &other)? };
        Ok((transfers.sidecar(&looking, &of)?, shared, transfers.files(looking.id)?))
    })
    .await?;
    if !names.iter().any(|file| file.path == path) {
        return Err(Problem::not_found());
    }
    let is_described = !said.is_empty();
    let mut draft = draft_of(&said);
    if !is_described {
        draft = draft_of(&shared).into_iter().filter(|(name, _)| SHARED.contains(&name.as_str())).collect();
        draft.entry("agency_code".to_owned()).or_insert_with(|| transfer.agency.clone());
        let name = path.rsplit('/').next().unwrap_or(&path).trim_end_matches(".pdf");
        draft.entry("id".to_owned()).or_insert_with(|| name.to_owned());
    }
    let preview = (!is_described).then(|| preview(&transfer, &path));
    shown(&page, &transfer, &path, (&draft, &[]), preview)
}

/// `POST /transfers/{id}/describe`
pub async fn describe(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let transfer = found(&service, &page.asking, &id, Action::HandOver).await?;
    let path = draft.get("path").cloned().unwrap_or_default();
    let (describing, of, said) = (transfer.clone(), path.clone(), said(&draft));
    let done = blocking(service.clone(), move |service| {
        let done = service.transfers.describe(&describing, &of, said)?;
        Ok((done, service.transfers.files(describing.id)?))
    });
    match done.await.map_err(Problem::from) {
        Ok((Written::Yes, files)) => {
            let standings = standings(&files);
            let next = standings.iter().find(|(_, standing)| **standing == Standing::Bare);
            let place = next.map_or_else(
                || format!("/transfers/{}#files", transfer.id),
                |(next, _)| format!("{}&like={}", form_of(&transfer, next), escaped(&path)),
            );
            Ok(Redirect::to(&place).into_response())
        }
        Ok((Written::No(findings), files)) => {
            let is_bare = standings(&files).get(path.as_str()) == Some(&Standing::Bare);
            let preview = is_bare.then(|| preview(&transfer, &path));
            shown(&page, &transfer, &path, (&draft, &findings), preview)
        }
        Err(problem) if matches!(problem.code, "conflict" | "invalid") => {
            let mut asked = shown_of(&page, &transfer, &path, (&draft, &[]), None);
            asked.wrong.push(page.in_words(&problem.detail));
            page.answer(&asked, true)
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /transfers/{id}/describe/file`: a PDF that nothing describes yet, for who hands it over. What is described is read as
/// a document of the examination, by what its description says of who may.
pub async fn file(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Query(Described { path, .. }): Query<Described>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let transfer = found(&service, &asking, &id, Action::HandOver).await?;
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    let opened = blocking(service.clone(), move |service| service.transfers.undescribed_file(&transfer, &path)).await?;
    let (sha256, size) = (opened.sha256.to_string(), opened.size);
    let told = File { name: &name, media_type: "application/pdf", sha256: &sha256, size };
    content::answer(&service, asking.reader()?, &told, &headers, Manner::Shown, move |_, part, sink| {
        opened.write(part, sink)
    })
}

/// Where the file at a path is described.
pub fn form_of(transfer: &Transfer, path: &str) -> String {
    format!("/transfers/{}/describe?path={}", transfer.id, escaped(path))
}

fn preview(transfer: &Transfer, path: &str) -> String {
    format!("/transfers/{}/describe/file?path={}", transfer.id, escaped(path))
}

/// Whether a sidecar lies beside a PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Described,
    /// None does: the document would not be taken.
    Bare,
}

/// The PDFs that sidecars describe, or would: those in no dossier folder.
pub fn standings(files: &[Handed]) -> BTreeMap<&str, Standing> {
    let names: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let folders: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix("dossier.json")).collect();
    let standing = |path: &&str| {
        let stem = path.strip_suffix(".pdf").filter(|_| !folders.iter().any(|folder| path.starts_with(folder)))?;
        Some(if names.contains(format!("{stem}.json").as_str()) { Standing::Described } else { Standing::Bare })
    };
    names.iter().filter_map(|path| Some((*path, standing(path)?))).collect()
}

fn shown(
    page: &Page,
    transfer: &Transfer,
    path: &str,
    draft: (&Draft, &[Finding]),
    preview: Option<String>,
) -> Result<Response, Problem> {
    let shown = shown_of(page, transfer, path, draft, preview);
    page.answer(&shown, shown.is_wrong())
}

fn shown_of<'a>(
    page: &'a Page,
    transfer: &'a Transfer,
    path: &'a str,
    (draft, findings): (&Draft, &[Finding]),
    preview: Option<String>,
) -> SidecarPage<'a> {
    let refusing = || findings.iter().filter(|finding| finding.refuses());
    let names: Vec<&str> = ASKED.iter().map(|(name, ..)| *name).collect();
    let is_asked = |finding: &&Finding| finding.field.as_deref().is_some_and(|field| names.contains(&field));
    let of =
        |name: &str| refusing().filter(|one| one.field.as_deref() == Some(name)).map(|one| words(page, one)).collect();
    let asked = ASKED.iter().map(|(name, kind, _, is_required)| {
        let label = name.replace('_', "-");
        let value = draft.get(*name).cloned().unwrap_or_default();
        let options = options(page, name);
        let field =
            Field { name, label: page.t(&format!("sidecar-{label}")), value, kind, options, is_required: *is_required };
        Asked { field, hint: hint(page, name), wrong: of(name) }
    });
    let asked = asked.collect();
    let wrong = refusing().filter(|finding| !is_asked(finding)).map(|one| words(page, one)).collect();
    SidecarPage { page, transfer, path, asked, wrong, preview }
}

/// What is wrong, the facts, and what to do.
fn words(page: &Page, finding: &Finding) -> String {
    let words = finding.code.words();
    let (what, remedy) =
        (page.words.either(words.what_vi, words.what_en), page.words.either(words.remedy_vi, words.remedy_en));
    let detail = if finding.detail.is_empty() { String::new() } else { format!(" ({})", finding.detail) };
    format!("{what}{detail} {remedy}")
}

fn options(page: &Page, name: &str) -> Vec<(String, String)> {
    let same = |all: &[&str]| all.iter().map(|one| ((*one).to_owned(), (*one).to_owned())).collect();
    match name {
        "doc_type_name" => same(&(1..=32).filter_map(type_name).collect::<Vec<_>>()),
        "retention" => same(&PERIODS),
        "security_level" => same(&MARKS),
        "urgency" => same(&URGENCIES),
        "sensitivity" => {
            let levels = (1..=4).map(|level| (level.to_string(), level.to_string()));
            std::iter::once((String::new(), page.t("sidecar-sensitivity-none"))).chain(levels).collect()
        }
        "scanned" => ["no", "yes"].map(|one| (one.to_owned(), page.t(&format!("sidecar-scanned-{one}")))).into(),
        _ => Vec::new(),
    }
}

fn type_name(code: u8) -> Option<&'static str> {
    format!("{code:02}").parse().ok().map(DocumentType::name)
}

/// A line that explains a field; none where the label says it.
fn hint(page: &Page, name: &str) -> String {
    let explained = ["symbol", "file_code", "id", "retention", "security_level", "sensitivity", "keywords"];
    if explained.contains(&name) { page.t(&format!("sidecar-{}-hint", name.replace('_', "-"))) } else { String::new() }
}

/// What a form shows of a sidecar.
fn draft_of(said: &Fields) -> Draft {
    let text = |value: &Value, holds: Holds| match (value, holds) {
        (Value::String(text), _) => text.clone(),
        (Value::Array(all), _) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        (Value::Bool(true), Holds::Flag) => "yes".to_owned(),
        (Value::Bool(false), Holds::Flag) => "no".to_owned(),
        (Value::Number(number), _) => number.to_string(),
        _ => String::new(),
    };
    let given =
        |(name, _, holds, _): &(&str, &str, Holds, bool)| Some(((*name).to_owned(), text(said.get(*name)?, *holds)));
    ASKED.iter().filter_map(given).collect()
}

/// What a sidecar says by a form; null for what is left empty.
fn said(draft: &Draft) -> Fields {
    let value = |name: &str, holds: Holds| match holds {
        Holds::Lines => match lines(draft, name) {
            all if all.is_empty() => Value::Null,
            all => all.into(),
        },
        Holds::Flag => written(draft, name).map_or(Value::Null, |flag| (flag == "yes").into()),
        // What is no number stays as it was written, and is warned of.
        Holds::Number => written(draft, name)
            .map_or(Value::Null, |text| text.parse::<u64>().map_or_else(|_| text.clone().into(), Value::from)),
        Holds::Text => written(draft, name).map_or(Value::Null, Value::from),
    };
    ASKED.iter().map(|(name, _, holds, _)| ((*name).to_owned(), value(name, *holds))).collect()
}
