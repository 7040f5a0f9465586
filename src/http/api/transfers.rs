//! Transfers: begun, examined, submitted by an agency's officer; returned or accepted by an archivist.

mod shown;

pub use shown::{
    AccessionShown, DocumentAccessioned, ExaminationShown, FileShown, FilesListed, TransferFinding, TransferShown,
    TransfersListed, View,
};

use super::disposal::read_form;
use super::refused::{NoRole, NoSuchPage, NotSignedIn, OutOfReach};
use super::wire::{Paging, cursor};
use crate::archive::disposal::{Handed, Rests};
use crate::archive::transfer::{self, State as Standing, Transfer};
use crate::auth::rights::{Action, Object};
use crate::http::content;
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::job::{self, JobEvent};
use crate::http::multipart::Multipart;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What is to be begun.
#[derive(Deserialize, ToSchema)]
pub struct NewTransfer {
    /// Code of the agency that hands over: one that the account acts for.
    pub agency: String,
    /// What the agency calls it, 1 to 300 characters.
    pub title: String,
}

/// Which transfers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Those in this state.
    pub state: Option<String>,
}

/// Which file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Named {
    /// Its relative path.
    pub path: String,
}

/// Why a transfer is returned.
#[derive(Deserialize, ToSchema)]
pub struct Return {
    /// 1 to 2000 characters.
    pub reason: String,
}

/// Signed minutes, as a form with files has them.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a form, which is read field by field")]
pub struct MinutesForm {
    /// Why the file is taken although its signatures can't be decided.
    unsigned: Option<String>,
    /// The minutes: a PDF that carries signatures.
    #[schema(content_media_type = "application/pdf")]
    document: Vec<u8>,
}

/// The transfer, if `asking` may do `action` to it.
pub async fn found(service: &Arc<Service>, asking: &Asking, id: &str, action: Action) -> Result<Transfer, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::not_found())?;
    let transfer = blocking(service.clone(), move |service| service.transfers.of(service.archive()?, id)).await?;
    asking.may(action, Object::Described { agency: &transfer.agency })?;
    Ok(transfer)
}

/// The same with everything that is shown of it.
pub async fn view(service: &Arc<Service>, asking: &Asking, id: &str, action: Action) -> Result<View, Problem> {
    let transfer = found(service, asking, id, action).await?;
    Ok(blocking(service.clone(), move |service| {
        let files = service.transfers.files(transfer.id)?;
        let (examination, accession) =
            (service.transfers.examination(&transfer)?, service.transfers.accession(&transfer)?);
        let has_documents = service.transfers.documents(&transfer)?.is_some_and(|all| all.count() > 0);
        let unfinished = if transfer.state().is_open() { service.transfers.unfinished(&transfer)? } else { Vec::new() };
        Ok(View {
            files,
            unfinished,
            examination,
            has_documents,
            accession,
            job: service.jobs.about(transfer.id),
            transfer,
        })
    })
    .await?)
}

/// Refuses a request that says what it has seen (`If-Match`), where that is not so any more.
pub fn must_match(headers: &HeaderMap, tag: &str) -> Result<(), Problem> {
    let Some(given) = headers.get(header::IF_MATCH).and_then(|given| given.to_str().ok()) else { return Ok(()) };
    let same = given.split(',').any(|one| one.trim() == "*" || one.trim() == tag);
    if same { Ok(()) } else { Err(Problem::changed()) }
}

/// The transfers that `asking` may see, the newest first.
pub async fn all(service: &Arc<Service>, asking: &Asking) -> Result<Vec<Transfer>, Problem> {
    let asking = asking.clone();
    Ok(blocking(service.clone(), move |service| {
        let seen = |agency: &str| asking.may(Action::ReadTransfers, Object::Described { agency }).is_ok();
        service.transfers.all(service.archive()?, seen)
    })
    .await?)
}

/// Begins a transfer.
pub async fn begin(service: &Arc<Service>, asking: &Asking, new: NewTransfer) -> Result<Transfer, Problem> {
    let agency = new.agency.trim().to_owned();
    asking.may(Action::HandOver, Object::Described { agency: &agency })?;
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| {
        let now = service.clock.wall();
        let id = service.new_id();
        service.transfers.begin(service.archive()?, id, &agency, &new.title, &by, &now.to_string())
    })
    .await?)
}

/// Has a transfer examined.
pub async fn have_examined(service: &Arc<Service>, transfer: Transfer) -> Result<(), Problem> {
    if !transfer.state().is_open() {
        return Err(Problem::conflict("what was submitted is examined already"));
    }
    let starting = service.clone();
    Ok(blocking(service.clone(), move |_| job::examine(&starting, transfer)).await?)
}

/// Submits a transfer.
pub async fn submitted(service: &Arc<Service>, asking: &Asking, transfer: Transfer) -> Result<Transfer, Problem> {
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| {
        service.write(|archive| transfer::submit(&service.transfers, archive, &transfer, &by))
    })
    .await?)
}

/// Returns a transfer.
pub async fn returned(
    service: &Arc<Service>,
    asking: &Asking,
    transfer: Transfer,
    reason: String,
) -> Result<Transfer, Problem> {
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| {
        service.write(|archive| transfer::give_back(&service.transfers, archive, &transfer, &reason, &by))
    })
    .await?)
}

/// Accepts a transfer, and begins its accession.
pub async fn accepted(service: &Arc<Service>, asking: &Asking, transfer: Transfer) -> Result<Transfer, Problem> {
    let by = asking.who()?.account.name.clone();
    let starting = service.clone();
    Ok(blocking(service.clone(), move |service| {
        let accepted = service.write(|archive| transfer::accept(&service.transfers, archive, &transfer, &by))?;
        job::accession(&starting, accepted.clone())?;
        Ok(accepted)
    })
    .await?)
}

/// Begin a transfer. A repetition with the same `idempotency-key` begins no second one.
#[utoipa::path(post, path = "/transfers", tag = "transfers", request_body = NewTransfer,
    params(("idempotency-key" = Option<String>, Header, description = "1 to 128 visible characters; the answer to its first use is given again for a day")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "begun", body = TransferShown, headers(("location" = String), ("etag" = String))),
    (status = 400, description = "agency or title can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 404, description = "an agency that the account does not act for", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "another request had this idempotency key, or the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(new): Known<NewTransfer>,
) -> Result<Response, Problem> {
    let transfer = begin(&service, &asking, new).await?;
    let place = format!("/api/v1/transfers/{}", transfer.id);
    let shown = shown(&service, &asking, &transfer.id.to_string()).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], shown).into_response())
}

async fn shown(service: &Arc<Service>, asking: &Asking, id: &str) -> Result<Response, Problem> {
    let view = view(service, asking, id, Action::ReadTransfers).await?;
    let tag = view.tag();
    let body = TransferShown::new(&view.transfer, view.job.as_deref());
    Ok(([(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".to_owned())], Json(body)).into_response())
}

/// The transfers of the account's agencies, the newest first.
#[utoipa::path(get, path = "/transfers", tag = "transfers", params(Wanted, Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of transfers", body = TransfersListed),
    (status = 400, description = "the page or the state can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn list(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Query(wanted): Query<Wanted>,
    Query(paging): Query<Paging>,
) -> Result<Json<TransfersListed>, Problem> {
    let state = wanted.state.map(|name| {
        Standing::named(&name).ok_or_else(|| Problem::invalid("state is draft, submitted, returned, accepted or ended"))
    });
    let state = state.transpose()?;
    let all = all(&service, &asking).await?;
    let fits = |transfer: &&Transfer| state.is_none_or(|state| transfer.state() == state);
    let all: Vec<&Transfer> = all.iter().filter(fits).collect();
    let (page, next) = page(&all, &paging)?;
    let transfers =
        page.iter().map(|transfer| TransferShown::new(transfer, service.jobs.about(transfer.id).as_deref())).collect();
    Ok(Json(TransfersListed { transfers, next }))
}

/// A page of a list, and the cursor of the next.
fn page<'a, T>(all: &'a [T], paging: &Paging) -> Result<(&'a [T], Option<String>), Problem> {
    let (limit, from) = (paging.limit()?, paging.from()?);
    let start = (from as usize).min(all.len());
    let end = (start + limit).min(all.len());
    let next = (end < all.len()).then(|| cursor(u32::try_from(end).unwrap_or(u32::MAX)));
    Ok((&all[start..end], next))
}

/// A transfer.
#[utoipa::path(get, path = "/transfers/{id}", tag = "transfers", params(("id" = String, Path, description = "identifier")),
    security(("session" = [])), responses(
    (status = 200, description = "the transfer", body = TransferShown, headers(("etag" = String))),
    NotSignedIn, NoRole, OutOfReach,
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    shown(&service, &asking, &id).await
}

/// Remove a transfer that was never submitted, with its files.
#[utoipa::path(delete, path = "/transfers/{id}", tag = "transfers", params(("id" = String, Path, description = "identifier"),
    ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "removed"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it was submitted, or is being examined", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn remove(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let view = view(&service, &asking, &id, Action::HandOver).await?;
    must_match(&headers, &view.tag())?;
    blocking(service, move |service| service.transfers.remove(&view.transfer)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was handed over: files by path, packages by name. Nothing is left here of a transfer that has ended well.
#[utoipa::path(get, path = "/transfers/{id}/files", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of files", body = FilesListed),
    NoSuchPage, NotSignedIn, NoRole, OutOfReach,
))]
pub async fn files(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<FilesListed>, Problem> {
    let view = view(&service, &asking, &id, Action::ReadTransfers).await?;
    let (page, next) = page(&view.files, &paging)?;
    let files = page.iter().map(|file| FileShown { path: file.path.clone(), size: file.size }).collect();
    Ok(Json(FilesListed { files, next }))
}

/// Take a file away again.
#[utoipa::path(delete, path = "/transfers/{id}/files", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), Named), security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "taken away"),
    (status = 400, description = "no path of a file", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "the transfer can't be changed now", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn remove_file(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Query(named): Query<Named>,
) -> Result<StatusCode, Problem> {
    let transfer = found(&service, &asking, &id, Action::HandOver).await?;
    blocking(service, move |service| service.transfers.remove_file(&transfer, &named.path)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have a transfer examined: what an accession would find, with place and remedy. Takes its time; `progress` follows it.
#[utoipa::path(post, path = "/transfers/{id}/examination", tag = "transfers",
    params(("id" = String, Path, description = "identifier")), security(("session" = [], "form-token" = [])), responses(
    (status = 202, description = "begun", body = TransferShown),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it is being examined or uploaded to, or was submitted", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn examine(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let transfer = found(&service, &asking, &id, Action::HandOver).await?;
    have_examined(&service, transfer).await?;
    Ok((StatusCode::ACCEPTED, shown(&service, &asking, &id).await?).into_response())
}

/// What the newest examination found. 404 where something changed since, or nobody asked for one.
#[utoipa::path(get, path = "/transfers/{id}/examination", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), Paging), security(("session" = [])), responses(
    (status = 200, description = "what was found", body = ExaminationShown),
    NoSuchPage, NotSignedIn, NoRole,
    (status = 404, description = "not there, out of reach, or not examined", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn examination(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<ExaminationShown>, Problem> {
    let view = view(&service, &asking, &id, Action::ReadTransfers).await?;
    let found = view.examination.ok_or_else(Problem::not_found)?;
    let (page, next) = page(&found.findings, &paging)?;
    Ok(Json(ExaminationShown {
        findings: page.iter().filter_map(TransferFinding::new).collect(),
        next,
        good: found.is_good(),
        at: found.at,
        listing: found.listing,
        documents: found.documents,
        acceptable: found.acceptable,
        refused: found.refused,
        already_held: found.already_held,
        left_out: found.left_out,
    }))
}

/// Follow a job: server-sent events `progress` with `{"task","done","of"}`, and `end` when nothing is under way.
#[utoipa::path(get, path = "/transfers/{id}/progress", tag = "transfers",
    params(("id" = String, Path, description = "identifier")), security(("session" = [])), responses(
    (status = 200, description = "the events", body = JobEvent, content_type = "text/event-stream"),
    NotSignedIn, NoRole, OutOfReach,
))]
pub async fn progress(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let transfer = found(&service, &asking, &id, Action::ReadTransfers).await?;
    job::follow(service, transfer.id)
}

/// Submit a transfer that was examined without an error.
#[utoipa::path(post, path = "/transfers/{id}/submission", tag = "transfers", params(("id" = String, Path, description = "identifier"),
    ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "submitted", body = TransferShown),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "not examined, with errors, or submitted already", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn submit(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = view(&service, &asking, &id, Action::HandOver).await?;
    must_match(&headers, &view.tag())?;
    submitted(&service, &asking, view.transfer).await?;
    shown(&service, &asking, &id).await
}

/// Return a transfer to its agency.
#[utoipa::path(post, path = "/transfers/{id}/return", tag = "transfers", request_body = Return,
    params(("id" = String, Path, description = "identifier"), ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "returned", body = TransferShown),
    (status = 400, description = "without a reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it does not wait for an archivist", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn give_back(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
    Known(given): Known<Return>,
) -> Result<Response, Problem> {
    let view = view(&service, &asking, &id, Action::ReceiveTransfer).await?;
    must_match(&headers, &view.tag())?;
    returned(&service, &asking, view.transfer, given.reason).await?;
    shown(&service, &asking, &id).await
}

/// Accept a transfer: durable with the answer, and its accession begins. `progress` follows it.
#[utoipa::path(post, path = "/transfers/{id}/acceptance", tag = "transfers", params(("id" = String, Path, description = "identifier"),
    ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 202, description = "accepted", body = TransferShown),
    NotSignedIn,
    (status = 403, description = "no role does this, or who submitted it", body = ProblemBody, content_type = "application/problem+json"),
    OutOfReach,
    (status = 409, description = "it does not wait for an archivist", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn accept(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = view(&service, &asking, &id, Action::ReceiveTransfer).await?;
    must_match(&headers, &view.tag())?;
    accepted(&service, &asking, view.transfer).await?;
    Ok((StatusCode::ACCEPTED, shown(&service, &asking, &id).await?).into_response())
}

/// What became of the documents of a transfer that has ended.
#[utoipa::path(get, path = "/transfers/{id}/accession", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of documents", body = AccessionShown),
    NoSuchPage, NotSignedIn, NoRole,
    (status = 404, description = "not there, out of reach, or not ended", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn accession(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<AccessionShown>, Problem> {
    let view = view(&service, &asking, &id, Action::ReadTransfers).await?;
    let found = view.accession.ok_or_else(Problem::not_found)?;
    let (page, next) = page(&found.documents, &paging)?;
    let documents = page.iter().map(|one| DocumentAccessioned {
        place: one.place.clone(),
        outcome: one.outcome.clone(),
        record: one.record.clone(),
        doc_code: one.doc_code.clone(),
    });
    Ok(Json(AccessionShown { documents: documents.collect(), next }))
}

/// The minutes of the hand-over as PDF/A, ready to be signed.
#[utoipa::path(get, path = "/transfers/{id}/minutes", tag = "transfers",
    params(("id" = String, Path, description = "identifier")), security(("session" = [])), responses(
    (status = 200, description = "the minutes", content_type = "application/pdf"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it has not ended", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn minutes(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let transfer = found(&service, &asking, &id, Action::ReadTransfers).await?;
    let name = format!("attachment; filename=\"bien-ban-{}.pdf\"", transfer.id);
    let bytes =
        blocking(service, move |service| service.archive()?.transfer_minutes(&service.transfers, &transfer)).await?;
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

/// Takes signed minutes from a side of the transfer: who hands over, or who receives.
pub async fn minutes_filed(
    service: &Arc<Service>,
    asking: &Asking,
    transfer: Transfer,
    form: Multipart,
) -> Result<(), Problem> {
    let object = Object::Described { agency: &transfer.agency };
    if asking.may(Action::ReceiveTransfer, object).is_err() {
        asking.may(Action::HandOver, object)?;
    }
    let (fields, document) = read_form(form).await?;
    let (name, bytes) = document.ok_or_else(|| Problem::invalid("this act rests on a document"))?;
    let unsigned = fields.into_iter().find(|(name, _)| name == "unsigned").map(|(_, reason)| reason);
    let handed = Handed { name, bytes, rests: unsigned.map_or(Rests::Signatures, Rests::Reason), evidence: Vec::new() };
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| {
        service.write(|archive| transfer::file_minutes(&service.transfers, archive, &transfer, handed, &by).map(|_| ()))
    })
    .await?)
}

/// Hand in signed minutes of a transfer that has ended, for either side.
#[utoipa::path(post, path = "/transfers/{id}/minutes", tag = "transfers",
    params(("id" = String, Path, description = "identifier")),
    request_body(content = MinutesForm, content_type = "multipart/form-data"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "taken", body = TransferShown),
    (status = 400, description = "the form can't be read, or the file is no PDF that carries signatures", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the signatures do not pass", body = ProblemBody, content_type = "application/problem+json"),
    OutOfReach,
    (status = 409, description = "it has not ended, or has enough of them", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "the file is too long", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no form with files", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn file_minutes(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let transfer = found(&service, &asking, &id, Action::ReadTransfers).await?;
    minutes_filed(&service, &asking, transfer, Multipart::of(&headers, body)?).await?;
    shown(&service, &asking, &id).await
}

/// Signed minutes as they were handed in.
#[utoipa::path(get, path = "/transfers/{id}/minutes/{event}", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), ("event" = u64, Path, description = "ledger index of their event")),
    security(("session" = [])), responses(
    (status = 200, description = "the minutes", content_type = "application/pdf"),
    NotSignedIn, NoRole, OutOfReach,
))]
pub async fn signed_minutes(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((id, event)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let transfer = found(&service, &asking, &id, Action::ReadTransfers).await?;
    let event = event.parse().map_err(|_| Problem::not_found())?;
    let fetched = blocking(service, move |service| service.archive()?.transfer_signed_minutes(&transfer, event));
    let (name, bytes) = fetched.await?;
    let name = crate::http::guard::escaped(&name).replace('/', "%2F");
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, bytes).into_response())
}

/// The receipts of everything that a transfer brought, in one ZIP file.
#[utoipa::path(get, path = "/transfers/{id}/receipts", tag = "transfers",
    params(("id" = String, Path, description = "identifier")), security(("session" = [])), responses(
    (status = 200, description = "the receipts", content_type = "application/zip"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it has not ended", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn receipts(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let transfer = found(&service, &asking, &id, Action::FetchReceipt).await?;
    let name = format!("attachment; filename=\"bien-nhan-{}.zip\"", transfer.id);
    let gathered =
        blocking(service.clone(), move |service| service.archive()?.transfer_receipts(&service.transfers, &transfer));
    let gathered = gathered.await?;
    let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)];
    let body = content::streamed(&service, asking.reader()?, move |service, into| {
        gathered.write(service.archive()?, into).map(|_| ())
    })?;
    Ok((headers, body).into_response())
}
