//! The own account: password and sessions, and giving the password again.

use super::Page;
use super::home::{Next, own_path, reach, role_name};
use super::provider::Way;
use crate::archive::account::Identity;
use crate::archive::account::credential::{Attempt, SecondFactor, SetBy, Whom};
use crate::archive::account::session::{Proven, Which};
use crate::http::api::session::{Proof, renew};
use crate::http::guard::set_cookie;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking, proving};
use crate::time::Micros;
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

struct Open {
    id: Uuid,
    agent: String,
    began: String,
    used: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    page: &'a Page,
    name: String,
    holder: String,
    roles: String,
    reach: String,
    sessions: Vec<Open>,
    must_change: bool,
    second: String,
    has_second: bool,
    keys: u64,
    /// As whom the provider knows the holder, and which.
    identity: Option<Identity>,
    wrong: String,
}

/// `GET /account`
pub async fn account(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    shown(&service, &page, String::new(), StatusCode::OK).await
}

async fn shown(service: &Arc<Service>, page: &Page, wrong: String, status: StatusCode) -> Result<Response, Problem> {
    let who = page.asking.who()?.clone();
    let (id, own) = (who.account.id, who.session()?.0.id);
    let (sessions, second, keys) = blocking(service.clone(), move |service| {
        let keys = service.credentials.keys(id)?.len() as u64;
        Ok((service.sessions.of_account(id)?, service.credentials.second(id)?, keys))
    })
    .await?;
    let (has_second, second) = match second {
        SecondFactor::Confirmed { recovery_codes } => (true, page.n("second-confirmed", &(recovery_codes as u64))),
        SecondFactor::Begun(_) | SecondFactor::None => (false, page.t("second-none")),
    };
    let day = |at: u64| page.words.day(&Micros(at).to_string());
    let open = sessions.iter().map(|one| Open {
        id: one.id,
        agent: browser(&one.agent),
        began: day(one.began),
        used: day(one.used),
        is_this: one.id == own,
    });
    let grants = &who.account.grants;
    let shown = AccountPage {
        page,
        name: who.account.name.clone(),
        holder: who.account.display_name.clone(),
        roles: grants.roles.iter().map(|role| role_name(page, *role)).collect::<Vec<_>>().join(", "),
        reach: reach(page, grants),
        sessions: open.collect(),
        must_change: who.must_change_password(),
        second,
        has_second,
        keys,
        identity: who.account.identity.clone(),
        wrong,
    };
    let mut response = page.render(&shown)?;
    *response.status_mut() = status;
    Ok(response)
}

/// What a browser is called, out of what it says of itself.
fn browser(agent: &str) -> String {
    let known = ["Firefox", "Edg", "OPR", "Chrome", "Safari", "curl"];
    let found = known.into_iter().find(|name| agent.contains(&format!("{name}/")));
    found.unwrap_or("?").replace("Edg", "Edge").replace("OPR", "Opera")
}

/// The form.
#[derive(Deserialize)]
pub struct NewPassword {
    old: String,
    new: String,
    again: String,
}

/// `POST /account/password`: ends every other session of the account.
pub async fn change_password(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
    Form(form): Form<NewPassword>,
) -> Result<Response, Problem> {
    let who = page.asking.who()?.clone();
    let session = who.session()?.0;
    let proven = Proven { set_by: SetBy::Holder, factors: session.factors, identity: session.identity.clone() };
    let wrong = |id: &str| (page.t(id), StatusCode::UNPROCESSABLE_ENTITY);
    if form.new != form.again {
        let (words, status) = wrong("password-differs");
        return shown(&service, &page, words, status).await;
    }
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("").to_owned();
    let changed = proving(service.clone(), move |service| {
        let account = &who.account;
        // The session has proved the second factor already, where there is one.
        match service.credentials.attempt(Whom::Account(account.id), &form.old, None)? {
            Attempt::Right(..) | Attempt::CodeMissing if form.old == form.new => return Ok(Err("password-same")),
            Attempt::Right(..) | Attempt::CodeMissing => {}
            Attempt::Wrong | Attempt::KeyRefused(_) => return Ok(Err("password-wrong")),
            Attempt::Lapsed => return Ok(Err("sign-in-password-lapsed")),
            Attempt::NotHeard(_) => return Ok(Err("sign-in-too-many")),
        }
        if crate::archive::account::credential::check(&form.new, &account.name).is_err() {
            return Ok(Err("password-unacceptable"));
        }
        service.credentials.set(account.id, &account.name, &form.new, SetBy::Holder)?;
        // Every session ends, this one too: what opened it may be known to others.
        service.sessions.revoke(account.id, Which::AllBut(Uuid::nil()))?;
        service.sessions.begin(account.id, proven, &agent).map(Ok)
    });
    match changed.await? {
        Ok(token) => {
            let cookie = set_cookie(&service.address, Some(&token));
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
        }
        Err(id) => {
            let (words, status) = wrong(id);
            shown(&service, &page, words, status).await
        }
    }
}

/// `POST /account/sessions/{id}/end`
pub async fn end_session(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let account = page.asking.who()?.account.id;
    blocking(service, move |service| service.sessions.revoke(account, Which::One(id))).await?;
    Ok(Redirect::to("/account").into_response())
}

#[derive(Template)]
#[template(path = "sign-in-again.html")]
pub(super) struct SignInAgainPage<'a> {
    pub page: &'a Page,
    pub name: String,
    pub next: String,
    /// The way to the provider, if it knows who looks.
    pub provider: Option<Way>,
    pub wrong: String,
}

/// The form.
#[derive(Deserialize)]
pub struct Again {
    password: String,
    code: Option<String>,
    next: Option<String>,
}

/// `GET /sign-in-again`
pub async fn sign_in_again_page(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(Next { next }): Query<Next>,
) -> Result<Response, Problem> {
    let account = &page.asking.who()?.account;
    let next = next.as_deref().map(own_path).unwrap_or_default();
    let (name, provider) = (account.name.clone(), Way::to_go_on(&service, account, &next));
    page.render(&SignInAgainPage { page: &page, name, next, provider, wrong: String::new() })
}

/// `POST /sign-in-again`
pub async fn sign_in_again(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(form): Form<Again>,
) -> Result<Response, Problem> {
    let who = page.asking.who()?.clone();
    let next = form.next.as_deref().map(own_path).unwrap_or_default();
    match renew(&service, &who, Proof { password: form.password, code: form.code }).await {
        Ok(token) => {
            let cookie = set_cookie(&service.address, Some(&token));
            let to = if next.is_empty() { "/" } else { next.as_str() };
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(to)).into_response())
        }
        Err(problem) if matches!(problem.code, "wrong-password" | "code-missing" | "password-lapsed" | "too-many") => {
            let wrong = page.t(&format!("sign-in-{}", problem.code));
            let (name, provider) = (who.account.name.clone(), Way::to_go_on(&service, &who.account, &next));
            let mut response = page.render(&SignInAgainPage { page: &page, name, next, provider, wrong })?;
            *response.status_mut() = problem.status;
            Ok(response)
        }
        Err(problem) => Err(problem),
    }
}
