//! Uploads by tus 1.0.0 (core, creation, termination): files of a transfer that arrive in pieces, over lines that break.
//!
//! `Upload-Metadata` names the file: `filename` is its relative path in the transfer. Every answer's offset is durable.

use super::refused::{NoRole, NotSignedIn, OutOfReach};
use super::transfers::found;
use crate::archive::transfer::{Append, Transfer, UPLOAD_BYTES_MAX, Upload};
use crate::auth::rights::Action;
use crate::http::guard::Asking;
use crate::http::multipart::{Multipart, frame};
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;
use uuid::Uuid;

const VERSION: &str = "1.0.0";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
/// Bytes that are gathered before they are written: many uploads at once cost a few tens of megabytes.
const GATHERED_BYTES: usize = 256 * 1024;

/// What the server can do.
#[utoipa::path(options, path = "/transfers/{id}/uploads", tag = "transfers",
    params(("id" = String, Path, description = "identifier")), security(()), responses(
    (status = 204, description = "tus-version, tus-extension, tus-max-size"),
))]
pub async fn options() -> Response {
    let headers = [
        (RESUMABLE, VERSION.to_owned()),
        (HeaderName::from_static("tus-version"), VERSION.to_owned()),
        (HeaderName::from_static("tus-extension"), "creation,termination".to_owned()),
        (HeaderName::from_static("tus-max-size"), UPLOAD_BYTES_MAX.to_string()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Begin an upload. `upload-metadata` has `filename`: the relative path in the transfer, base64.
#[utoipa::path(post, path = "/transfers/{id}/uploads", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), ("tus-resumable" = String, Header, description = "1.0.0"),
        ("upload-length" = u64, Header, description = "bytes"), ("upload-metadata" = String, Header, description = "filename and its base64")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "begun", headers(("location" = String))),
    (status = 400, description = "no length or no name", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "the transfer can't be changed now", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "another version of the protocol", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "longer than is taken", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "no room now", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    must_resume(&headers)?;
    let transfer = found(&service, &asking, &id, Action::HandOver).await?;
    let length = number(&headers, LENGTH).ok_or_else(|| Problem::invalid("upload-length is missing"))?;
    if length > UPLOAD_BYTES_MAX {
        return Err(Problem::too_long());
    }
    let path =
        file_name(&headers).ok_or_else(|| Problem::invalid("upload-metadata has no filename that can be read"))?;
    let upload =
        blocking(service, move |service| service.transfers.begin_upload(&transfer, service.new_id(), &path, length))
            .await?;
    let place = format!("/api/v1/transfers/{id}/uploads/{}", upload.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place), (RESUMABLE, VERSION.to_owned())]).into_response())
}

/// How far an upload is.
#[utoipa::path(head, path = "/transfers/{id}/uploads/{upload}", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), ("upload" = String, Path, description = "of the upload")),
    security(("session" = [])), responses(
    (status = 200, description = "the offset", headers(("upload-offset" = u64), ("upload-length" = u64))),
    (status = 401, description = "nobody is signed in"),
    (status = 403, description = "no role does this"),
    (status = 404, description = "not there, or out of reach"),
    (status = 412, description = "another version of the protocol"),
))]
pub async fn offset(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(named): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    must_resume(&headers)?;
    let (transfer, upload) = addressed(&service, &asking, &named).await?;
    let upload = blocking(service, move |service| service.transfers.upload(&transfer, upload)).await?;
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], standing(&upload))
        .into_response())
}

/// Go on with an upload. What arrived before the line broke is kept.
#[utoipa::path(patch, path = "/transfers/{id}/uploads/{upload}", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), ("upload" = String, Path, description = "of the upload"),
        ("tus-resumable" = String, Header, description = "1.0.0"), ("upload-offset" = u64, Header, description = "where the bytes begin")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "durable", headers(("upload-offset" = u64))),
    (status = 400, description = "more than was announced, or broken off", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 408, description = "nothing came for half a minute", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the upload is elsewhere, or the transfer can't be changed now", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "another version of the protocol", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "another type of content", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn append(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(named): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    must_resume(&headers)?;
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    if kind != b"application/offset+octet-stream" {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem { status, ..Problem::invalid("application/offset+octet-stream is wanted") });
    }
    let (transfer, upload) = addressed(&service, &asking, &named).await?;
    let at = number(&headers, OFFSET).ok_or_else(|| Problem::invalid("upload-offset is missing"))?;
    let append = blocking(service.clone(), move |service| service.transfers.append(&transfer, upload, at)).await?;
    let upload = take(&service, append, body).await?;
    Ok((StatusCode::NO_CONTENT, standing(&upload)).into_response())
}

/// End an upload that is not complete.
#[utoipa::path(delete, path = "/transfers/{id}/uploads/{upload}", tag = "transfers",
    params(("id" = String, Path, description = "identifier"), ("upload" = String, Path, description = "of the upload")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "ended"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 409, description = "the transfer can't be changed now", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "another version of the protocol", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn end(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(named): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    must_resume(&headers)?;
    let (transfer, upload) = addressed(&service, &asking, &named).await?;
    blocking(service, move |service| service.transfers.end_upload(&transfer, upload)).await?;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, VERSION)]).into_response())
}

/// The transfer and the upload that a path names, for who hands over.
async fn addressed(
    service: &Arc<Service>,
    asking: &Asking,
    (id, upload): &(String, String),
) -> Result<(Transfer, Uuid), Problem> {
    let transfer = found(service, asking, id, Action::HandOver).await?;
    Ok((transfer, Uuid::try_parse(upload).map_err(|_| Problem::not_found())?))
}

/// Takes the body of a request, to its end or to where it breaks off, and makes it durable.
async fn take(service: &Arc<Service>, append: Append, body: Body) -> Result<Upload, Problem> {
    let (append, broken) = poured(service, append, Source::Body(body)).await?;
    let upload = blocking(service.clone(), move |service| service.transfers.appended(append)).await?;
    broken.map_or(Ok(upload), Err)
}

/// Takes a file of a form; one that breaks off is not there.
pub async fn take_part(service: &Arc<Service>, append: Append, form: &mut Multipart) -> Result<Upload, Problem> {
    let (append, broken) = poured(service, append, Source::Part(form)).await?;
    let ended = blocking(service.clone(), move |service| match broken {
        None => service.transfers.end_form_file(append).map(Ok),
        Some(problem) => service.transfers.drop_form_file(append).map(|()| Err(problem)),
    });
    ended.await?
}

enum Source<'a> {
    Body(Body),
    Part(&'a mut Multipart),
}

/// Writes what comes; and why it broke off, if it did.
async fn poured(
    service: &Arc<Service>,
    append: Append,
    mut source: Source<'_>,
) -> Result<(Append, Option<Problem>), Problem> {
    let mut append = append;
    let mut gathered: Vec<u8> = Vec::with_capacity(GATHERED_BYTES);
    let broken = loop {
        let piece = match &mut source {
            Source::Body(body) => frame(body).await.map(|piece| piece.map(Vec::from)),
            Source::Part(form) => form.piece().await,
        };
        match piece {
            Ok(Some(piece)) => gathered.extend(piece),
            Ok(None) => break None,
            Err(problem) => break Some(problem),
        }
        if gathered.len() >= GATHERED_BYTES {
            let bytes = std::mem::replace(&mut gathered, Vec::with_capacity(GATHERED_BYTES));
            append = written(service, append, bytes).await?;
        }
    };
    append = written(service, append, gathered).await?;
    Ok((append, broken))
}

async fn written(service: &Arc<Service>, append: Append, bytes: Vec<u8>) -> Result<Append, Problem> {
    let write = move |_: &Service| {
        let mut append = append;
        append.write(&bytes).map(|()| append)
    };
    Ok(blocking(service.clone(), write).await?)
}

fn standing(upload: &Upload) -> [(HeaderName, String); 3] {
    [(RESUMABLE, VERSION.to_owned()), (OFFSET, upload.offset.to_string()), (LENGTH, upload.length.to_string())]
}

fn must_resume(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get(RESUMABLE).is_some_and(|version| version.as_bytes() == VERSION.as_bytes()) {
        return Ok(());
    }
    let status = StatusCode::PRECONDITION_FAILED;
    Err(Problem { status, ..Problem::invalid("tus-resumable: 1.0.0 is wanted") })
}

fn number(headers: &HeaderMap, name: HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// The `filename` of `Upload-Metadata`: pairs of a name and base64, with commas between.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let pairs = headers.get(METADATA)?.to_str().ok()?.split(',');
    let mut named = pairs.filter_map(|pair| pair.trim().split_once(' '));
    let (_, value) = named.find(|(name, _)| *name == "filename")?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
}
