//! Requests of readers: received, approved or refused, answered with copies, closed.
//!
//! A request is seen and handled by those alone who act for the agencies of all its records; for others it is not there.
//! Looking at one is noted as a read: it says who asks. What is not open to everybody is approved by who decides about that,
//! who has just proved who they are.

mod shown;

pub use shown::{CopyShown, PassShown, ReaderShown, RequestShown, RequestStep, RequestSummary, RequestsListed, View};

use super::disposal::{as_file, read_form};
use super::refused::{NoRole, NotSignedIn, OutOfReach};
use super::transfers::must_match;
use super::wire::{Paging, cursor};
use crate::archive::disposal::{Handed, Rests};
use crate::archive::reads::Read;
use crate::archive::request::{self, Form, RECORDS_MAX, Registered, Request, State as Standing, by_one_person};
use crate::archive::retention::today;
use crate::auth::rights::{Action, Object};
use crate::error::Kind;
use crate::http::content;
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::multipart::Multipart;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What a reader asks for.
#[derive(Deserialize, ToSchema)]
pub struct NewRequest {
    /// `reading-copy`, `copy` or `certified-copy`.
    pub form: String,
    /// Records, by identifier or code; with commas or spaces between, 1 to 100.
    pub records: String,
    /// Name of the reader, 1 to 200 characters.
    pub reader: String,
    /// The document that proves who that is: kind and number, 1 to 200 characters.
    pub document: String,
    /// What for, 1 to 2000 characters.
    pub purpose: String,
    /// What the request rests on, 1 to 2000 characters.
    pub mandate: String,
    /// How many pieces of each copy are issued, 1 to 99; 1 if nothing is said.
    pub copies: Option<u32>,
    /// Last day on which a certified copy is to be used, YYYY-MM-DD.
    pub use_until: Option<String>,
    /// How many days a reading copy is read, 1 to 15; 15 if nothing is said.
    pub days: Option<u32>,
}

/// Which requests.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Those in this state.
    pub state: Option<String>,
}

/// Why something is done.
#[derive(Deserialize, ToSchema)]
pub struct Because {
    /// 1 to 2000 characters.
    pub reason: String,
}

/// A signed certificate, as a form with files has it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a form, which is read field by field")]
pub struct CertificateForm {
    /// Why the document is taken without a proven signature.
    unsigned: Option<String>,
    /// The signed certificate.
    #[schema(content_media_type = "application/pdf")]
    document: Vec<u8>,
}

/// What is done with a request.
pub enum Step {
    /// It is to be answered, and why.
    Approve(String),
    /// It is not answered, and why.
    Refuse(String),
    /// Its copies are made.
    Fulfil,
    /// Another pass opens its reading copy.
    IssuePass,
    /// No pass opens its reading copy any more, and why.
    RevokePass(String),
    /// It is over, and why.
    Close(String),
}

impl Step {
    /// What somebody must be allowed.
    pub const fn action(&self) -> Action {
        match self {
            Self::Approve(_) | Self::Refuse(_) => Action::ApproveRequests,
            Self::Fulfil | Self::IssuePass | Self::RevokePass(_) | Self::Close(_) => Action::HandleRequests,
        }
    }
}

/// Whether `asking` may do `action` to a request: for the agencies of all of its records.
pub fn may(asking: &Asking, action: Action, registered: &Registered) -> bool {
    registered.agencies.iter().all(|agency| asking.may(action, Object::Described { agency }).is_ok())
}

/// Whether `asking` may approve a request whose records are so open.
pub fn may_approve(asking: &Asking, view: &View) -> bool {
    let action = if by_one_person(view.access()) { Action::ApproveRequests } else { Action::ApproveClosedRequests };
    may(asking, action, &view.registered)
}

/// The requests that `asking` may see, oldest first.
pub async fn all(service: &Arc<Service>, asking: &Asking) -> Result<Vec<Arc<Registered>>, Problem> {
    let all = blocking(service.clone(), |service| service.register.all(service.archive()?)).await?;
    Ok(all.into_iter().filter(|one| may(asking, Action::ReadRequests, one)).collect())
}

/// A request that `asking` may do `action` to. That it was looked at is noted, as it says who asks.
pub async fn view(service: &Arc<Service>, asking: &Asking, id: &str, action: Action) -> Result<View, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::not_found())?;
    let found = blocking(service.clone(), move |service| service.archive()?.registered(id)).await?;
    for agency in &found.agencies {
        asking.may(action, Object::Described { agency })?;
    }
    let account = asking.who()?.account.id;
    Ok(blocking(service.clone(), move |service| {
        service.reads.note(Read { account, what: Action::ReadRequests, of: id.to_string() })?;
        let given = service.archive()?.given(&found.request, today(service.clock.as_ref()))?;
        Ok(View { registered: found, given })
    })
    .await?)
}

/// Takes a request in.
pub async fn received(service: &Arc<Service>, asking: &Asking, new: NewRequest) -> Result<Request, Problem> {
    let form =
        Form::named(&new.form).ok_or_else(|| Problem::invalid("form is reading-copy, copy or certified-copy"))?;
    let use_until = new.use_until.as_deref().filter(|text| !text.is_empty()).map(str::parse::<NaiveDate>).transpose();
    let use_until = use_until.map_err(|_| Problem::invalid("use_until: a day is written YYYY-MM-DD"))?;
    let names = new.records.split(|c: char| c.is_whitespace() || c == ',').filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(str::to_owned).take(RECORDS_MAX + 1).collect();
    let wanted = request::Wanted {
        form,
        reader: new.reader,
        document: new.document,
        purpose: new.purpose,
        mandate: new.mandate,
        records: in_reach(service, asking, names).await?,
        copies: new.copies.unwrap_or(1),
        use_until,
        days: new.days,
    };
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| service.write(|archive| request::receive(archive, &wanted, &by)))
        .await?)
}

/// Identifiers of the records that are named. One that `asking` does not act for is called by no name.
async fn in_reach(service: &Arc<Service>, asking: &Asking, names: Vec<String>) -> Result<Vec<String>, Problem> {
    let (asking, mut records) = (asking.clone(), Vec::new());
    let found = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        for name in names {
            let found = archive.find_record(&name).and_then(|record| Ok((record, archive.agency_of(record)?)));
            let within = |agency: &str| asking.may(Action::HandleRequests, Object::Described { agency }).is_ok();
            match found {
                Ok((record, agency)) if within(&agency) => match archive.accession(record) {
                    Err(gone) if gone.kind() == Kind::NotFound => return Ok(Err(gone.to_string())),
                    there => there.map(|_| records.push(record.to_string()))?,
                },
                Err(error) if !matches!(error.kind(), Kind::NotFound | Kind::Invalid) => return Err(error),
                _ => {
                    let what = format!("no record here is called {name:?}");
                    return Ok(Err(what));
                }
            }
        }
        Ok(Ok(records))
    });
    found.await?.map_err(|detail| Problem { detail, ..Problem::not_found() })
}

/// Takes a step with a request; the text of the pass, where one is issued.
pub async fn stepped(
    service: &Arc<Service>,
    asking: &Asking,
    view: &View,
    step: Step,
) -> Result<Option<String>, Problem> {
    if matches!(step, Step::Approve(_)) && !by_one_person(view.access()) {
        for (given, agency) in view.given.iter().zip(&view.registered.agencies) {
            let object = given.access.map_or(Object::Described { agency }, |access| Object::Content { agency, access });
            asking.may(Action::ApproveClosedRequests, object)?;
        }
        asking.just_proved(service)?;
    }
    let (id, seen, by) = (view.request().id, view.access(), asking.who()?.account.name.clone());
    Ok(blocking(service.clone(), move |service| {
        let passes = &service.passes;
        service.write(|archive| match &step {
            Step::Approve(reason) => request::approve(archive, id, seen, reason, &by).map(|_| None),
            Step::Refuse(reason) => request::refuse(archive, id, reason, &by).map(|_| None),
            Step::Fulfil => request::fulfil(archive, passes, id, &by).map(|(_, pass)| pass),
            Step::IssuePass => request::issue_pass(archive, passes, id, &by).map(|(_, pass)| Some(pass)),
            Step::RevokePass(reason) => request::revoke_pass(archive, passes, id, reason, &by).map(|_| None),
            Step::Close(reason) => request::close(archive, passes, id, reason, &by).map(|_| None),
        })
    })
    .await?)
}

/// The certificate of a certified copy, ready to be signed: its name and its bytes.
pub async fn unsigned(service: &Arc<Service>, view: View, number: usize) -> Result<(String, Vec<u8>), Problem> {
    let made = blocking(service.clone(), move |service| {
        let request = view.request();
        let bytes = service.archive()?.certificate(request, number)?;
        Ok((format!("certificate-{}-{number}.pdf", request.id), bytes))
    });
    Ok(made.await?)
}

/// Takes the signed certificate of a certified copy.
pub async fn certified(
    service: &Arc<Service>,
    asking: &Asking,
    view: &View,
    number: usize,
    form: Multipart,
) -> Result<(), Problem> {
    let (fields, document) = read_form(form).await?;
    let (name, bytes) = document.ok_or_else(|| Problem::invalid("this act rests on a document"))?;
    let unsigned = fields.into_iter().find(|(name, _)| name == "unsigned").map(|(_, reason)| reason);
    let handed = Handed { name, bytes, rests: unsigned.map_or(Rests::Signatures, Rests::Reason), evidence: Vec::new() };
    let (id, by) = (view.request().id, asking.who()?.account.name.clone());
    Ok(blocking(service.clone(), move |service| {
        service.write(|archive| request::certify(archive, id, number, handed, &by))
    })
    .await
    .map(|_| ())?)
}

/// A copy as one ZIP file: its paper, and the record's files as they are, read while it is sent.
pub async fn packed(service: &Arc<Service>, asking: &Asking, view: View, number: usize) -> Result<Response, Problem> {
    let at = number.checked_sub(1).filter(|at| *at < view.given.len()).ok_or_else(Problem::not_found)?;
    let (given, agency) = (&view.given[at], &view.registered.agencies[at]);
    if let Some(access) = given.access {
        asking.may(Action::HandleRequests, Object::Content { agency, access })?;
    }
    let read = Read { account: asking.who()?.account.id, what: Action::ReadContent, of: given.record.to_string() };
    let is_noted = given.access.is_some_and(|access| access.is_noted());
    let copy = blocking(service.clone(), move |service| {
        let copy = service.archive()?.copy(view.request(), number)?;
        if is_noted {
            service.reads.note(read)?;
        }
        Ok(copy)
    });
    let copy = copy.await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.zip\"", copy.code)),
    ];
    let body = content::streamed(service, asking.reader()?, move |service, into| {
        copy.write(service.archive()?, into).map(|_| ())
    })?;
    Ok((headers, body).into_response())
}

/// A pass as a link: it stands behind the `#`, which browsers send to nobody.
pub fn link(service: &Service, headers: &HeaderMap, pass: &str) -> String {
    format!("{}/reading#{pass}", service.address.origin(headers))
}

async fn answered(
    service: &Arc<Service>,
    asking: &Asking,
    id: &str,
    pass: Option<PassShown>,
) -> Result<Response, Problem> {
    let view = view(service, asking, id, Action::ReadRequests).await?;
    let shown = RequestShown { pass, ..RequestShown::from(&view) };
    Ok(([(header::ETAG, view.tag())], Json(shown)).into_response())
}

/// The requests of readers whose records are all of the account's agencies, the newest first.
#[utoipa::path(get, path = "/requests", tag = "requests", params(Wanted, Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of requests", body = RequestsListed),
    (status = 400, description = "the page or the state can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn list(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Query(wanted): Query<Wanted>,
    Query(paging): Query<Paging>,
) -> Result<Json<RequestsListed>, Problem> {
    let state = wanted.state.map(|name| {
        let wrong = || Problem::invalid("state is received, approved, refused, fulfilled or closed");
        Standing::named(&name).ok_or_else(wrong)
    });
    let (state, limit, from) = (state.transpose()?, paging.limit()?, paging.from()? as usize);
    let all = all(&service, &asking).await?;
    // A cursor counts from the oldest: requests that come meanwhile move no page.
    let until = if from == 0 { all.len() } else { from.min(all.len()) };
    let is_wanted = |one: &Registered| state.is_none_or(|state| one.request.state() == state);
    let mut fits = all[..until].iter().enumerate().rev().filter(|(_, one)| is_wanted(one));
    let requests = fits.by_ref().take(limit).map(|(_, one)| RequestSummary::from(&one.request)).collect();
    let next = fits.next().map(|(at, _)| cursor(u32::try_from(at + 1).unwrap_or(u32::MAX)));
    Ok(Json(RequestsListed { requests, next }))
}

/// Take a request in. A repetition with the same `idempotency-key` makes no second one.
#[utoipa::path(post, path = "/requests", tag = "requests", request_body = NewRequest,
    params(("idempotency-key" = Option<String>, Header, description = "1 to 128 visible characters; the answer to its first use is given again for a day")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "received", body = RequestShown, headers(("location" = String), ("etag" = String))),
    (status = 400, description = "a field is missing, too long, or can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 404, description = "a record is not there, or out of reach", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "another request had this idempotency key, or the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(new): Known<NewRequest>,
) -> Result<Response, Problem> {
    let id = received(&service, &asking, new).await?.id.to_string();
    let place = format!("/api/v1/requests/{id}");
    let shown = answered(&service, &asking, &id, None).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], shown).into_response())
}

/// A request: who asks for what, what was done, what was made of each record. That it was looked at is recorded.
#[utoipa::path(get, path = "/requests/{id}", tag = "requests", params(("id" = String, Path, description = "identifier")),
    security(("session" = [])), responses(
    (status = 200, description = "the request", body = RequestShown, headers(("etag" = String))),
    NotSignedIn, NoRole, OutOfReach,
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    answered(&service, &asking, &id, None).await
}

async fn step(
    service: &Arc<Service>,
    asking: &Asking,
    id: &str,
    headers: &HeaderMap,
    step: Step,
) -> Result<Response, Problem> {
    let view = view(service, asking, id, step.action()).await?;
    must_match(headers, &view.tag())?;
    let pass = stepped(service, asking, &view, step).await?;
    let pass = pass.map(|pass| PassShown { link: link(service, headers, &pass), pass });
    answered(service, asking, id, pass).await
}

/// Approve a request. Where a record is not open to everybody: by another person than received it, whose role decides about
/// that and who just gave the password.
#[utoipa::path(post, path = "/requests/{id}/approval", tag = "requests", request_body = Because,
    params(("id" = String, Path, description = "identifier"), ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "approved", body = RequestShown),
    (status = 400, description = "no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, who received it, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    OutOfReach,
    (status = 409, description = "it is not in a state in which this is done", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn approval(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
    Known(because): Known<Because>,
) -> Result<Response, Problem> {
    step(&service, &asking, &id, &headers, Step::Approve(because.reason)).await
}

/// Refuse a request.
#[utoipa::path(post, path = "/requests/{id}/refusal", tag = "requests", request_body = Because,
    params(("id" = String, Path, description = "identifier"), ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "refused", body = RequestShown),
    (status = 400, description = "no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it is not in a state in which this is done", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn refusal(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
    Known(because): Known<Because>,
) -> Result<Response, Problem> {
    step(&service, &asking, &id, &headers, Step::Refuse(because.reason)).await
}

/// Make the papers of the copies; of a reading copy the pass, which is told in this answer alone.
#[utoipa::path(post, path = "/requests/{id}/fulfilment", tag = "requests",
    params(("id" = String, Path, description = "identifier"), ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "made", body = RequestShown),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it is not approved, or what was open is not any more", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn fulfilment(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    step(&service, &asking, &id, &headers, Step::Fulfil).await
}

/// Issue another pass for a reading copy, told in this answer alone; the one before opens nothing any more.
#[utoipa::path(post, path = "/requests/{id}/pass", tag = "requests",
    params(("id" = String, Path, description = "identifier"), ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "issued", body = RequestShown),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it is no reading copy that was given out, or its days are over", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn pass(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    step(&service, &asking, &id, &headers, Step::IssuePass).await
}

/// Revoke the pass of a reading copy: it opens nothing from the next look on.
#[utoipa::path(post, path = "/requests/{id}/revocation", tag = "requests", request_body = Because,
    params(("id" = String, Path, description = "identifier"), ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "revoked", body = RequestShown),
    (status = 400, description = "no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "no pass opens it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn revocation(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
    Known(because): Known<Because>,
) -> Result<Response, Problem> {
    step(&service, &asking, &id, &headers, Step::RevokePass(because.reason)).await
}

/// Close a request: its copies can't be had any more, and no pass opens it.
#[utoipa::path(post, path = "/requests/{id}/closing", tag = "requests", request_body = Because,
    params(("id" = String, Path, description = "identifier"), ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "closed", body = RequestShown),
    (status = 400, description = "no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it is not in a state in which this is done", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn closing(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
    Known(because): Known<Because>,
) -> Result<Response, Problem> {
    step(&service, &asking, &id, &headers, Step::Close(because.reason)).await
}

/// A copy: its paper, and the record's files as they are, in one ZIP file.
#[utoipa::path(get, path = "/requests/{id}/copies/{number}", tag = "requests",
    params(("id" = String, Path, description = "identifier"), ("number" = usize, Path, description = "of the record, from 1")),
    security(("session" = [])), responses(
    (status = 200, description = "the copy", content_type = "application/zip"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it is not made, its certificate is not signed, or the request is closed", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn copy(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((id, number)): Path<(String, usize)>,
) -> Result<Response, Problem> {
    let view = view(&service, &asking, &id, Action::HandleRequests).await?;
    packed(&service, &asking, view, number).await
}

/// The certificate of a certified copy, ready to be signed.
#[utoipa::path(get, path = "/requests/{id}/copies/{number}/certificate", tag = "requests",
    params(("id" = String, Path, description = "identifier"), ("number" = usize, Path, description = "of the record, from 1")),
    security(("session" = [])), responses(
    (status = 200, description = "the certificate as it was made", content_type = "application/pdf"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "it is not made, or the copy is none that is certified", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn certificate(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((id, number)): Path<(String, usize)>,
) -> Result<Response, Problem> {
    let view = view(&service, &asking, &id, Action::HandleRequests).await?;
    unsigned(&service, view, number).await.map(as_file)
}

/// Hand in the signed certificate of a certified copy. It begins with the one that was made, and its signatures pass.
#[utoipa::path(post, path = "/requests/{id}/copies/{number}/certificate", tag = "requests",
    params(("id" = String, Path, description = "identifier"), ("number" = usize, Path, description = "of the record, from 1"),
        ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    request_body(content = CertificateForm, content_type = "multipart/form-data"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "taken", body = RequestShown),
    (status = 400, description = "the form can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or nobody signed it", body = ProblemBody, content_type = "application/problem+json"),
    OutOfReach,
    (status = 409, description = "it is no signed copy of the one that was made, or the request is not as far", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "it has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "the document is too long", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no form with files", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn certify(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((id, number)): Path<(String, usize)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let view = view(&service, &asking, &id, Action::HandleRequests).await?;
    must_match(&headers, &view.tag())?;
    certified(&service, &asking, &view, number, Multipart::of(&headers, body)?).await?;
    answered(&service, &asking, &id, None).await
}
