//! Transfers: an officer's and an archivist's list, and the page of one, from its first file to its receipts.
//!
//! Everything works as plain forms; the script adds uploads that go on after the line broke, folders, and progress.

use super::Page;
use super::persons::Persons;
use super::sidecar::{Standing as Described, form_of, standings};
use crate::archive::body::DocumentBody;
use crate::archive::disposal::standing_words;
use crate::archive::transfer::{Done, Examination, File, State as Standing, Step, Told, Transfer, Upload};
use crate::auth::rights::{Action, Object, Reach};
use crate::http::api::transfers::{self as api, NewTransfer, View};
use crate::http::api::uploads::take_part;
use crate::http::multipart::Multipart;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::transfer::finding::Severity;
use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Transfers on a page.
const ON_A_PAGE: usize = 50;
/// Files and documents that are listed on the page of a transfer.
const LISTED_MAX: usize = 200;
/// Places of one finding that are listed.
const PLACES_MAX: usize = 20;
/// Files of one form.
const FILES_OF_A_FORM: usize = 1000;

/// A transfer in a list.
struct Row {
    href: String,
    title: String,
    agency: String,
    begun: String,
    state: String,
    tone: &'static str,
}

#[derive(Template)]
#[template(path = "transfers.html")]
struct ListPage<'a> {
    page: &'a Page,
    waiting: Vec<Row>,
    others: Vec<Row>,
    waiting_title: String,
    can_begin: bool,
    agencies: Vec<String>,
    agency: String,
    title: String,
    wrong: String,
    before: Option<String>,
    after: Option<String>,
}

/// Which page.
#[derive(Deserialize)]
pub struct Paged {
    page: Option<usize>,
}

/// `GET /transfers`
pub async fn list(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(paged): Query<Paged>,
) -> Result<Response, Problem> {
    listed(&service, &page, paged.page.unwrap_or(1).max(1), None).await
}

/// The form of a new transfer, and what is wrong with it.
struct Tried<'a> {
    new: &'a NewTransfer,
    wrong: String,
}

async fn listed(
    service: &Arc<Service>,
    page: &Page,
    number: usize,
    tried: Option<Tried<'_>>,
) -> Result<Response, Problem> {
    let all = api::all(service, &page.asking).await?;
    let (is_officer, is_archivist) = (page.asking.could(Action::HandOver), page.asking.could(Action::ReceiveTransfer));
    let waits = |one: &Transfer| match one.state() {
        Standing::Submitted => is_archivist,
        Standing::Draft | Standing::Returned => is_officer,
        Standing::Accepted | Standing::Ended => false,
    };
    let (waiting, others): (Vec<&Transfer>, Vec<&Transfer>) = all.iter().partition(|one| waits(one));
    let from = (number - 1).saturating_mul(ON_A_PAGE).min(others.len());
    let to = (from + ON_A_PAGE).min(others.len());
    let grants = page.asking.0.as_ref().map(|who| &who.account.grants);
    let agencies = match grants.map(|grants| &grants.reach) {
        Some(Reach::Agencies(codes)) => codes.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    let shown = ListPage {
        waiting: waiting.iter().map(|one| row(page, one)).collect(),
        others: others[from..to].iter().map(|one| row(page, one)).collect(),
        waiting_title: page.t(if is_archivist { "transfers-to-receive" } else { "transfers-to-finish" }),
        can_begin: is_officer,
        agency: tried.as_ref().map_or_else(String::new, |tried| tried.new.agency.clone()),
        title: tried.as_ref().map_or_else(String::new, |tried| tried.new.title.clone()),
        wrong: tried.as_ref().map_or_else(String::new, |tried| tried.wrong.clone()),
        agencies,
        before: (number > 1).then(|| format!("/transfers?page={}", number - 1)),
        after: (to < others.len()).then(|| format!("/transfers?page={}", number + 1)),
        page,
    };
    page.answer(&shown, tried.is_some())
}

fn row(page: &Page, transfer: &Transfer) -> Row {
    Row {
        href: format!("/transfers/{}", transfer.id),
        title: transfer.title.clone(),
        agency: transfer.agency.clone(),
        begun: page.words.day(&transfer.begun),
        state: state_words(page, transfer.state()),
        tone: tone(transfer.state()),
    }
}

pub fn state_words(page: &Page, state: Standing) -> String {
    page.t(&format!("transfer-{}", state.name()))
}

fn tone(state: Standing) -> &'static str {
    match state {
        Standing::Draft => "",
        Standing::Submitted | Standing::Accepted => "doubt",
        Standing::Returned => "bad",
        Standing::Ended => "good",
    }
}

/// `POST /transfers`
pub async fn begin(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(new): Form<NewTransfer>,
) -> Result<Response, Problem> {
    let again = NewTransfer { agency: new.agency.clone(), title: new.title.clone() };
    match api::begin(&service, &page.asking, new).await {
        Ok(transfer) => Ok(back(&transfer)),
        Err(problem) if matches!(problem.code, "invalid" | "not-found") => {
            let id = if problem.code == "invalid" { "transfer-new-wrong" } else { "transfer-new-foreign" };
            listed(&service, &page, 1, Some(Tried { new: &again, wrong: page.t(id) })).await
        }
        Err(problem) => Err(problem),
    }
}

fn back(transfer: &Transfer) -> Response {
    Redirect::to(&format!("/transfers/{}", transfer.id)).into_response()
}

/// A kind of finding, with the places where it was found.
struct Found {
    what: String,
    remedy: String,
    severity: String,
    tone: &'static str,
    code: String,
    places: Vec<(String, String)>,
    more: u64,
}

/// A step, in words.
struct Happened {
    when: String,
    what: String,
    who: String,
    reason: String,
    index: u64,
}

/// A document that was accessioned.
struct Taken {
    place: String,
    outcome: String,
    tone: &'static str,
    href: Option<String>,
    receipt: Option<String>,
    code: String,
}

/// Signed minutes that were handed in.
struct Signed {
    href: String,
    name: String,
    standing: String,
    tone: &'static str,
    filed: String,
}

/// A file that was handed over.
struct Handed {
    path: String,
    size: String,
    /// Where it is described, and what that is called: by who may change the transfer.
    describe: Option<(String, String)>,
}

struct Examined {
    at: String,
    /// What it comes to, and how that is shown.
    verdict: (String, &'static str),
    documents: u64,
    acceptable: u64,
    refused: u64,
    already_held: u64,
    found: Vec<Found>,
}

#[derive(Template)]
#[template(path = "transfer.html")]
struct TransferPage<'a> {
    page: &'a Page,
    transfer: &'a Transfer,
    by: String,
    begun: String,
    state: String,
    tone: &'static str,
    returned: String,
    files: Vec<Handed>,
    /// Files that broke off on their way, and how far they came.
    unfinished: Vec<(String, String)>,
    /// PDFs that nothing describes yet.
    undescribed: u64,
    file_count: u64,
    file_bytes: String,
    examined: Option<Examined>,
    has_documents: bool,
    taken: Vec<Taken>,
    taken_count: u64,
    steps: Vec<Happened>,
    job: Option<(String, u64, u64)>,
    can_change: bool,
    can_submit: bool,
    can_receive: bool,
    can_remove: bool,
    has_minutes: bool,
    can_receipt: bool,
    /// Signed minutes that were handed in.
    signed: Vec<Signed>,
    can_file: bool,
    wrong: String,
}

impl TransferPage<'_> {
    fn more_files(&self) -> Option<u64> {
        self.file_count.checked_sub(self.files.len() as u64).filter(|more| *more > 0)
    }

    /// Why an upload is refused, by the code of the problem, and what to do.
    fn failed(&self, code: &str) -> String {
        self.page.t(&format!("transfer-upload-{code}"))
    }

    fn more_taken(&self) -> Option<u64> {
        self.taken_count.checked_sub(self.taken.len() as u64).filter(|more| *more > 0)
    }
}

/// `GET /transfers/{id}`
pub async fn show(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    shown(&service, &page, &id, String::new()).await
}

async fn shown(service: &Arc<Service>, page: &Page, id: &str, wrong: String) -> Result<Response, Problem> {
    let view = api::view(service, &page.asking, id, Action::ReadTransfers).await?;
    let View { transfer, files, unfinished, examination, has_documents, accession, job } = &view;
    let may = |action| page.asking.may(action, Object::Described { agency: &transfer.agency }).is_ok();
    let (state, is_idle) = (transfer.state(), job.is_none());
    let documents = accession.as_ref().map_or(&[][..], |accession| accession.documents.as_slice());
    let can_receipt = page.asking.could(Action::FetchReceipt);
    let taken = documents.iter().take(LISTED_MAX).map(|one| Taken {
        place: one.place.clone(),
        outcome: page.t(&format!("transfer-outcome-{}", one.outcome)),
        tone: if one.record.is_some() { "good" } else { "bad" },
        href: one.doc_code.as_ref().map(|code| format!("/records/{code}")),
        receipt: one.doc_code.as_ref().filter(|_| can_receipt).map(|code| format!("/records/{code}/receipt")),
        code: one.doc_code.clone().unwrap_or_default(),
    });
    let has_error = !wrong.is_empty();
    let persons = Persons::of(service).await?;
    let can_change = state.is_open() && is_idle && may(Action::HandOver);
    let standings = if can_change { standings(files) } else { BTreeMap::new() };
    let rendered = TransferPage {
        by: persons.holder(&transfer.by),
        begun: page.words.day(&transfer.begun),
        state: state_words(page, state),
        tone: tone(state),
        returned: transfer.returned().unwrap_or_default().to_owned(),
        files: files.iter().take(LISTED_MAX).map(|file| handed(page, transfer, file, &standings)).collect(),
        unfinished: unfinished.iter().filter(|_| can_change).map(|one| came(page, one)).collect(),
        undescribed: standings.values().filter(|standing| **standing == Described::Bare).count() as u64,
        file_count: files.len() as u64,
        file_bytes: page.words.size(files.iter().map(|file| file.size).sum()),
        examined: examination.as_ref().map(|examination| examined(page, examination)),
        has_documents: *has_documents,
        taken: taken.collect(),
        taken_count: documents.len() as u64,
        steps: transfer.steps.iter().rev().map(|step| happened(page, &persons, step)).collect(),
        job: job.as_ref().map(|job| {
            let (done, of) = job.progress();
            (page.t(&format!("transfer-job-{}", job.task.name())), done, of)
        }),
        can_change,
        can_submit: state.is_open()
            && is_idle
            && may(Action::HandOver)
            && examination.as_ref().is_some_and(Examination::is_good),
        can_receive: state == Standing::Submitted && is_idle && may(Action::ReceiveTransfer),
        can_remove: transfer.steps.is_empty() && is_idle && may(Action::HandOver),
        has_minutes: accession.is_some(),
        can_receipt,
        signed: transfer
            .signed_minutes()
            .map(|(step, document)| signed(page, &persons, transfer, step, document))
            .collect(),
        can_file: accession.is_some() && (may(Action::HandOver) || may(Action::ReceiveTransfer)),
        wrong,
        transfer,
        page,
    };
    page.answer(&rendered, has_error)
}

/// A file that broke off, and how much of it is there.
fn came(page: &Page, upload: &Upload) -> (String, String) {
    (upload.path.clone(), format!("{} / {}", page.words.size(upload.offset), page.words.size(upload.length)))
}

/// A file in the list; PDFs lead to the form that describes them, where that may be written.
fn handed(page: &Page, transfer: &Transfer, file: &File, standings: &BTreeMap<&str, Described>) -> Handed {
    let words = |standing: &Described| match standing {
        Described::Bare => page.t("sidecar-describe"),
        Described::Described => page.t("sidecar-correct"),
    };
    let describe = standings.get(file.path.as_str()).map(|standing| (form_of(transfer, &file.path), words(standing)));
    Handed { path: file.path.clone(), size: page.words.size(file.size), describe }
}

fn examined(page: &Page, examination: &Examination) -> Examined {
    let mut kinds: BTreeMap<(std::cmp::Reverse<Severity>, &str), Vec<&Told>> = BTreeMap::new();
    for told in &examination.findings {
        if let Some(code) = told.known() {
            kinds.entry((std::cmp::Reverse(code.severity()), told.code.as_str())).or_default().push(told);
        }
    }
    let kind = |((std::cmp::Reverse(severity), code), told): ((std::cmp::Reverse<Severity>, &str), Vec<&Told>)| {
        let known = told.first().and_then(|told| told.known())?;
        let words = known.words();
        let places = told.iter().take(PLACES_MAX).map(|told| told_of(page, told));
        Some(Found {
            what: page.words.either(words.what_vi, words.what_en).to_owned(),
            remedy: page.words.either(words.remedy_vi, words.remedy_en).to_owned(),
            severity: page.t(&format!("severity-{}", severity.name())),
            tone: severity_tone(severity),
            code: code.to_owned(),
            places: places.collect(),
            more: told.len().saturating_sub(PLACES_MAX) as u64,
        })
    };
    Examined {
        at: page.words.day(&examination.at),
        verdict: verdict(page, examination),
        documents: examination.documents,
        acceptable: examination.acceptable,
        refused: examination.refused,
        already_held: examination.already_held,
        found: kinds.into_iter().filter_map(kind).collect(),
    }
}

/// Where a finding is, and the facts of its case.
pub fn told_of(page: &Page, told: &Told) -> (String, String) {
    let field = told.field.as_deref().map_or_else(String::new, |field| format!("{field} "));
    (told.place.clone(), format!("{field}{}", page.in_words(&told.detail)).trim().to_owned())
}

/// How a severity looks.
pub fn severity_tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "bad",
        Severity::Warning => "doubt",
        Severity::Note => "",
    }
}

/// What an examination comes to. Without an error and without a document to be taken there is nothing to correct, but
/// something is missing.
fn verdict(page: &Page, examination: &Examination) -> (String, &'static str) {
    let has_errors = examination.refused > 0
        || examination.left_out > 0
        || examination.findings.iter().any(|told| told.known().is_none_or(|code| code.severity() == Severity::Error));
    let (id, tone) = match (examination.is_good(), has_errors) {
        (true, _) => ("transfer-examined-good", "good"),
        (false, true) => ("transfer-examined-bad", "bad"),
        (false, false) => ("transfer-examined-nothing", "doubt"),
    };
    (page.t(id), tone)
}

fn signed(page: &Page, persons: &Persons, transfer: &Transfer, step: &Step, document: &DocumentBody) -> Signed {
    let (vi, en) = standing_words(&document.standing);
    let because = document.because.as_deref().map_or_else(String::new, |because| format!(": {because}"));
    Signed {
        href: format!("/transfers/{}/minutes/{}", transfer.id, step.index),
        name: document.name.clone(),
        standing: format!("{}{because}", page.words.either(vi, en)),
        tone: if document.standing == "signed" { "good" } else { "doubt" },
        filed: format!("{} · {}", page.words.day(&step.at.to_string()), persons.holder(&step.by)),
    }
}

fn happened(page: &Page, persons: &Persons, step: &Step) -> Happened {
    let (id, reason) = match &step.what {
        Done::Submitted(_) => ("event-transfer-submitted", String::new()),
        Done::Returned(reason) => ("event-transfer-returned", reason.clone()),
        Done::Accepted => ("event-transfer-accepted", String::new()),
        Done::Ended(_) => ("event-transfer-ended", String::new()),
        Done::MinutesFiled(document) => ("event-transfer-minutes-filed", document.name.clone()),
    };
    Happened {
        when: page.words.day(&step.at.to_string()),
        what: page.t(id),
        who: persons.holder(&step.by),
        reason,
        index: step.index,
    }
}

/// What a step came to: the page of the transfer, or the same page with what is against it.
async fn after(
    service: &Arc<Service>,
    page: &Page,
    transfer: &Transfer,
    done: Result<(), Problem>,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(back(transfer)),
        Err(problem) if matches!(problem.code, "conflict" | "invalid") => {
            let words = page.said(&problem).unwrap_or_else(|| page.t("transfer-refused"));
            shown(service, page, &transfer.id.to_string(), words).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /transfers/{id}/files`: files of a form, for who has no script.
pub async fn hand_over(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let transfer = api::found(&service, &page.asking, &id, Action::HandOver).await?;
    let mut form = Multipart::of(&headers, body)?;
    let done = handed_over(&service, &transfer, &mut form).await;
    after(&service, &page, &transfer, done).await
}

async fn handed_over(service: &Arc<Service>, transfer: &Transfer, form: &mut Multipart) -> Result<(), Problem> {
    let mut count = 0;
    while let Some(part) = form.part().await? {
        let Some(name) = part.file.filter(|name| part.name == "file" && !name.is_empty()) else { continue };
        count += 1;
        if count > FILES_OF_A_FORM {
            return Err(Problem::invalid("a form brings at most 1,000 files: pack them in a ZIP"));
        }
        // The length is known at the end; until then it is only limited.
        let begun = transfer.clone();
        let append = blocking(service.clone(), move |service| {
            service.transfers.begin_form_file(&begun, service.new_id(), &name)
        })
        .await?;
        take_part(service, append, form).await?;
    }
    Ok(())
}

/// Which file.
#[derive(Deserialize)]
pub struct OneFile {
    path: String,
}

/// `POST /transfers/{id}/remove-file`
pub async fn remove_file(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(file): Form<OneFile>,
) -> Result<Response, Problem> {
    let transfer = api::found(&service, &page.asking, &id, Action::HandOver).await?;
    let (changing, path) = (transfer.clone(), file.path);
    let done = blocking(service.clone(), move |service| service.transfers.remove_file(&changing, &path)).await;
    after(&service, &page, &transfer, done.map_err(Problem::from)).await
}

/// `POST /transfers/{id}/examine`
pub async fn examine(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let transfer = api::found(&service, &page.asking, &id, Action::HandOver).await?;
    let done = api::have_examined(&service, transfer.clone()).await;
    after(&service, &page, &transfer, done).await
}

/// `POST /transfers/{id}/submit`
pub async fn submit(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let transfer = api::found(&service, &page.asking, &id, Action::HandOver).await?;
    let done = api::submitted(&service, &page.asking, transfer.clone()).await;
    after(&service, &page, &transfer, done.map(|_| ())).await
}

/// `POST /transfers/{id}/remove`
pub async fn remove(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let transfer = api::found(&service, &page.asking, &id, Action::HandOver).await?;
    let removing = transfer.clone();
    let done = blocking(service.clone(), move |service| service.transfers.remove(&removing)).await;
    match done.map_err(Problem::from) {
        Ok(()) => Ok(Redirect::to("/transfers").into_response()),
        Err(problem) => after(&service, &page, &transfer, Err(problem)).await,
    }
}

/// Why it is returned.
#[derive(Deserialize)]
pub struct Reason {
    reason: String,
}

/// `POST /transfers/{id}/return`
pub async fn give_back(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(given): Form<Reason>,
) -> Result<Response, Problem> {
    let transfer = api::found(&service, &page.asking, &id, Action::ReceiveTransfer).await?;
    let done = api::returned(&service, &page.asking, transfer.clone(), given.reason).await;
    after(&service, &page, &transfer, done.map(|_| ())).await
}

/// `POST /transfers/{id}/accept`
pub async fn accept(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let transfer = api::found(&service, &page.asking, &id, Action::ReceiveTransfer).await?;
    let done = api::accepted(&service, &page.asking, transfer.clone()).await;
    after(&service, &page, &transfer, done.map(|_| ())).await
}

/// `POST /transfers/{id}/minutes`
pub async fn file_minutes(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let transfer = api::found(&service, &page.asking, &id, Action::ReadTransfers).await?;
    let form = Multipart::of(&headers, body)?;
    let done = api::minutes_filed(&service, &page.asking, transfer.clone(), form).await;
    match done {
        Err(problem) if problem.code == "denied" => {
            let words = page.said(&problem).unwrap_or_else(|| page.t("transfer-refused"));
            shown(&service, &page, &transfer.id.to_string(), words).await
        }
        done => after(&service, &page, &transfer, done).await,
    }
}
