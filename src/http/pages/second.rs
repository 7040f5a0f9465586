//! The second factor of the own account: set up, confirmed with a code, taken away.

use super::Page;
use crate::archive::account::credential::{Factors, SecondFactor};
use crate::auth::second::{address, typed};
use crate::http::guard::set_cookie;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use askama::Template;
use axum::extract::{Form, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Deserialize;
use std::fmt::Write;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "second-factor.html")]
struct SecondPage<'a> {
    page: &'a Page,
    /// The secret for a device, as text and as a picture: its size, and the path that draws it.
    secret: Option<(String, i32, String)>,
    /// What stands, where it is confirmed.
    standing: String,
    /// Recovery codes, shown this once.
    codes: Vec<String>,
    must_have: bool,
    wrong: String,
}

/// `GET /account/second-factor`
pub async fn shown(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    show(&service, &page, Vec::new(), String::new()).await
}

async fn show(service: &Arc<Service>, page: &Page, codes: Vec<String>, wrong: String) -> Result<Response, Problem> {
    let who = page.asking.who()?.clone();
    let id = who.account.id;
    let (second, origin) = blocking(service.clone(), move |service| {
        Ok((service.credentials.second(id)?, service.archive()?.format.origin.clone()))
    })
    .await?;
    let mut shown = SecondPage {
        page,
        secret: None,
        standing: String::new(),
        codes,
        must_have: service.wants_second_factor(&who),
        wrong,
    };
    match second {
        SecondFactor::None => {}
        SecondFactor::Begun(secret) => {
            let (size, path) = drawn(&address(&origin, &who.account.name, &secret));
            shown.secret = Some((typed(&secret), size, path));
        }
        SecondFactor::Confirmed { recovery_codes } => {
            shown.standing = page.n("second-confirmed", &(recovery_codes as u64));
            shown.must_have = false;
        }
    }
    page.answer(&shown, !shown.wrong.is_empty())
}

/// Side of a QR code with its quiet zone, and the path of its dark squares, of one unit each.
fn drawn(text: &str) -> (i32, String) {
    const QUIET: i32 = 4;
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return (0, String::new()) };
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    (code.size() + 2 * QUIET, path)
}

/// `POST /account/second-factor`: makes a secret.
pub async fn begin(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    let id = page.asking.who()?.account.id;
    blocking(service, move |service| service.credentials.begin_second(id)).await?;
    Ok(Redirect::to("/account/second-factor").into_response())
}

/// The form.
#[derive(Deserialize)]
pub struct Code {
    code: String,
}

/// `POST /account/second-factor/confirm`: a code of the device; shows the recovery codes. The session goes on with both
/// factors, under another token, and every other session of the account ends.
pub async fn confirm(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(form): Form<Code>,
) -> Result<Response, Problem> {
    let who = page.asking.who()?.clone();
    let (session, token) = (who.session()?.0.id, who.session()?.1.clone());
    let confirmed = blocking(service.clone(), move |service| {
        let id = who.account.id;
        let Some(codes) = service.credentials.confirm_second(id, &form.code)? else { return Ok(None) };
        service.sessions.revoke(id, crate::archive::account::session::Which::AllBut(session))?;
        Ok(service.sessions.renew(&token, Factors::Both)?.map(|token| (token, codes)))
    });
    let Some((token, codes)) = confirmed.await? else {
        let wrong = page.t("second-wrong");
        return show(&service, &page, Vec::new(), wrong).await;
    };
    tracing::info!(account = %page.asking.who()?.account.id, "a second factor was confirmed");
    let page = page.under(&service, &token).await?;
    let mut response = show(&service, &page, codes, String::new()).await?;
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&service.address, Some(&token)));
    Ok(response)
}

/// `POST /account/second-factor/end`
pub async fn end(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    let id = page.asking.who()?.account.id;
    blocking(service, move |service| service.credentials.end_second(id)).await?;
    tracing::warn!(account = %id, "a second factor was taken away");
    Ok(Redirect::to("/account/second-factor").into_response())
}
