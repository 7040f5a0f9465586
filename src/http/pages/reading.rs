//! Reading copies: a reader without an account shows a pass, and reads in place what it opens.
//!
//! The pass comes behind the `#` of a link, which browsers send to nobody, or is typed; from then on it lies in a cookie, so
//! that it is in no address, history or log. Every answer asks anew what it opens; what is opened is noted before it is sent.

use super::Page;
use crate::archive::reads::Read;
use crate::archive::request::{Lent, readable};
use crate::auth::rights::Action;
use crate::http::content::{self, Manner, Place};
use crate::http::guard::{FORGET, cookie, pass_cookie, set_pass_cookie};
use crate::http::pace::Asker;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "reading.html")]
struct EnterPage<'a> {
    page: &'a Page,
    wrong: String,
}

/// A file that may be read.
struct File {
    href: String,
    name: String,
    is_shown: bool,
}

/// A record that may be read.
struct Record {
    subject: String,
    symbol: String,
    issued: String,
    files: Vec<File>,
}

#[derive(Template)]
#[template(path = "reading-copy.html")]
struct ReadingPage<'a> {
    page: &'a Page,
    until: String,
    records: Vec<Record>,
    destroyed: u64,
    /// Address and title of what is shown.
    shown: Option<(String, String)>,
}

/// Which file is shown.
#[derive(Deserialize)]
pub struct Chosen {
    record: Option<usize>,
    file: Option<usize>,
}

/// What somebody shows who has a pass.
#[derive(Deserialize)]
pub struct Entering {
    pass: String,
}

/// What the pass opens that a request's cookie has, and that it was opened noted; `of` is the record that is read.
async fn opened(service: &Arc<Service>, headers: &HeaderMap, of: Option<usize>) -> Result<Option<Lent>, Problem> {
    let Some(text) = cookie(headers, pass_cookie(&service.address)).map(str::to_owned) else { return Ok(None) };
    Ok(blocking(service.clone(), move |service| {
        let Some(lent) = find(service, &text)? else { return Ok(None) };
        let record: Option<Uuid> = of.and_then(|number| lent.record(number)).map(|(record, _)| record);
        let of = record.unwrap_or(lent.request).to_string();
        service.reads.note(Read { account: lent.request, what: Action::ReadByPass, of })?;
        Ok(Some(lent))
    })
    .await?)
}

fn find(service: &Service, text: &str) -> crate::error::Result<Option<Lent>> {
    let pass = service.passes.of(text)?;
    let lent = pass.map(|pass| service.archive()?.lent(pass, service.clock.wall())).transpose()?;
    Ok(lent.flatten())
}

/// `GET /reading`
pub async fn show(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(lent) = opened(&service, &headers, None).await? else {
        return page.render(&EnterPage { page: &page, wrong: String::new() });
    };
    let chosen = (chosen.record, chosen.file);
    let records: Vec<Record> = lent
        .records
        .iter()
        .map(|(number, _, body)| Record {
            subject: body.subject.clone(),
            symbol: body.symbol.clone(),
            issued: page.words.day(&body.issued_date),
            files: readable(body)
                .map(|file| File {
                    href: format!("/reading?record={number}&file={file}"),
                    name: body.components[file - 1].name.clone(),
                    is_shown: chosen == (Some(*number), Some(file)),
                })
                .collect(),
        })
        .collect();
    let shown = chosen.0.zip(chosen.1).and_then(|(number, file)| {
        let (_, body) = lent.record(number)?;
        let is_there = readable(body).any(|one| one == file);
        is_there.then(|| (format!("/reading/{number}/files/{file}"), body.subject.clone()))
    });
    let until = page.words.day(&lent.until.to_string());
    page.render(&ReadingPage { until, records, destroyed: lent.destroyed as u64, shown, page: &page })
}

/// `POST /reading`: the pass is kept by the browser, until it is closed.
pub async fn enter(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(entering): Form<Entering>,
) -> Result<Response, Problem> {
    let text = entering.pass.trim().to_owned();
    let asked = text.clone();
    if blocking(service.clone(), move |service| find(service, &asked)).await?.is_none() {
        tracing::warn!("a pass was refused");
        let mut response = page.render(&EnterPage { wrong: page.t("reading-wrong"), page: &page })?;
        *response.status_mut() = StatusCode::FORBIDDEN;
        return Ok(response);
    }
    let cookie = set_pass_cookie(&service.address, Some(&text));
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/reading")).into_response())
}

/// `POST /reading/end`: the browser forgets the pass and what it was shown.
pub async fn end(State(service): State<Arc<Service>>) -> Response {
    let cookie = set_pass_cookie(&service.address, None);
    ([(header::SET_COOKIE, cookie)], [FORGET], Redirect::to("/reading")).into_response()
}

/// `GET /reading/{number}/files/{file}`
pub async fn file(
    State(service): State<Arc<Service>>,
    Path((number, file)): Path<(usize, usize)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let lent = opened(&service, &headers, Some(number)).await?.ok_or_else(Problem::not_found)?;
    let (record, body) = lent.record(number).ok_or_else(Problem::not_found)?;
    if !readable(body).any(|one| one == file) {
        return Err(Problem::not_found());
    }
    let (who, place) = (Asker::Account(lent.request), Place { record, number: file });
    content::component(&service, who, place, &body.components[file - 1], &headers, Manner::Lent)
}
