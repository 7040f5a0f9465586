//! Pages: what people at agencies, archivists and inspectors see; rendered here, readable without a script.
//!
//! A handler asks the same functions as the API, puts what it learned into a template's fields, ready to be shown, and that
//! is all a template gets. Every word is in `messages/`; every value is escaped by the template engine. One script adds
//! what forms can't do; nothing but security keys, which browsers give to scripts alone, depends on it.

pub mod accounts;
pub mod agencies;
pub mod audit;
pub mod checkpoints;
pub mod describe;
pub mod disposal;
pub mod documents;
pub mod dossier;
pub mod due;
pub mod fonds;
mod form;
pub mod holds;
pub mod home;
pub mod inspect;
pub mod keys;
pub mod own;
mod persons;
pub mod provider;
pub mod reading;
pub mod record;
pub mod reports;
pub mod requests;
pub mod retention;
pub mod rules;
pub mod search;
pub mod searches;
pub mod second;
pub mod setting;
pub mod sidecar;
pub mod sources;
pub mod system;
pub mod tokens;
pub mod transfers;
pub mod trust;
mod verdict;
pub mod webhooks;
pub mod words;

use super::guard::{Asking, cookie, sign_in_again};
use super::problem::{Problem, in_place_of};
use super::service::{Service, blocking};
use crate::archive::account::session::Token;
use crate::auth::rights::Action;
use crate::error::vietnamese;
use askama::Template;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;
use words::{Language, Words};

/// Name of the cookie with the language.
const LANGUAGE_COOKIE: &str = "language";

/// What machines read, as plain text whatever it says.
const PLAIN: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Codes of problems of which a page has words of its own; of any other it has those of `invalid`.
const WORDED: [&str; 10] = [
    "not-found",
    "denied",
    "stale-form",
    "sign-in",
    "unavailable",
    "corrupt",
    "invalid",
    "too-many",
    "conflict",
    "too-long",
];

/// The menu: where an entry leads, its words, what must be allowed, and the further places that are of it. A place that
/// several claim is the first's that is offered.
const MENU: [(&str, &str, Action, &[&str]); 13] = [
    ("/", "nav-home", Action::ReadHoldings, &[]),
    ("/search", "nav-search", Action::Search, &["/searches", "/records"]),
    ("/fonds", "nav-fonds", Action::Search, &["/dossiers", "/agencies"]),
    ("/transfers", "nav-transfers", Action::ReadTransfers, &[]),
    ("/requests", "nav-requests", Action::ReadRequests, &[]),
    ("/disposal", "nav-disposal", Action::ReadDisposal, &["/holds", "/retention", "/rules"]),
    ("/reports", "nav-reports", Action::ReadHoldings, &[]),
    ("/inspect", "nav-inspect", Action::Inspect, &[]),
    ("/audit", "nav-audit", Action::ReadAuditTrail, &[]),
    ("/agencies", "nav-agencies", Action::KeepAgencies, &[]),
    ("/webhooks", "nav-webhooks", Action::ReadWebhooks, &[]),
    ("/system", "nav-system", Action::ReadSystem, &["/trust", "/sources", "/rules"]),
    ("/accounts", "nav-accounts", Action::ReadAccounts, &[]),
];

/// An entry of the menu.
pub struct Entry {
    /// Where it leads.
    pub href: &'static str,
    /// Name of its message.
    pub words: &'static str,
    /// As `aria-current` says it: `page`, `true` at a place that is of it, or nothing.
    pub current: &'static str,
}

/// What every page has around its content.
pub struct Page {
    /// The words of its language.
    pub words: &'static Words,
    /// Who looks at it.
    pub asking: Asking,
    /// Its address, without the choice of a language.
    path: String,
    chosen: bool,
}

impl Page {
    /// The words of a message.
    pub fn t(&self, id: &str) -> String {
        self.words.text(id)
    }

    /// The words of a message about a number.
    pub fn n(&self, id: &str, count: &u64) -> String {
        self.words.counted(id, *count)
    }

    /// The words of a message with a name in it.
    pub fn with(&self, id: &str, value: &str) -> String {
        self.words.with(id, value)
    }

    /// A number as people write it.
    pub fn number(&self, number: &u64) -> String {
        self.words.number(*number)
    }

    /// Part of the addresses of style and script.
    pub fn version(&self) -> &'static str {
        &super::assets::VERSION
    }

    /// Code of the language.
    pub fn language(&self) -> &'static str {
        self.words.language.code()
    }

    /// Name of the account, empty where nobody signed in.
    pub fn name(&self) -> &str {
        self.asking.0.as_ref().map_or("", |who| who.account.display_name.as_str())
    }

    /// What forms carry.
    pub fn form_token(&self) -> String {
        self.asking.0.as_ref().map_or_else(String::new, |who| who.form_token())
    }

    /// Whether a link is of use to who looks.
    pub fn can_search(&self) -> bool {
        self.asking.could(Action::Search)
    }

    /// The menu of who looks; empty where nobody signed in.
    pub fn menu(&self) -> Vec<Entry> {
        let offered = MENU.iter().filter(|(_, _, action, _)| !self.name().is_empty() && self.asking.could(*action));
        let mut is_found = false;
        let entry = |&(href, words, _, places): &(&'static str, &'static str, Action, &[&str])| {
            let is_here = !is_found && (self.is_at(href) || places.iter().any(|place| self.is_at(place)));
            is_found |= is_here;
            let current = match is_here {
                true if self.own_path() == href => "page",
                true => "true",
                false => "",
            };
            Entry { href, words, current }
        };
        offered.map(entry).collect()
    }

    /// Whether who looks hands over for an agency.
    pub fn can_hand_over(&self) -> bool {
        self.asking.could(Action::HandOver)
    }

    /// As above.
    pub fn can_see_disposal(&self) -> bool {
        self.asking.could(Action::ReadDisposal)
    }

    /// What a problem says, if it has words in the language of this page.
    fn said(&self, problem: &Problem) -> Option<String> {
        match self.words.language {
            Language::English => Some(problem.detail.clone()),
            Language::Vietnamese => vietnamese::find(&problem.detail),
        }
    }

    /// What the archive says in English, in the language of the page; as it is where there are no other words.
    pub fn in_words(&self, english: &str) -> String {
        match self.words.language {
            Language::English => english.to_owned(),
            Language::Vietnamese => vietnamese::of(english).into_owned(),
        }
    }

    /// This page in a language.
    pub fn in_language(&self, code: &str) -> String {
        let joined = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{joined}lang={code}", self.path)
    }

    fn own_path(&self) -> &str {
        self.path.split('?').next().unwrap_or("")
    }

    /// Whether the page is at or below a path.
    pub fn is_at(&self, path: &str) -> bool {
        self.own_path().strip_prefix(path).is_some_and(|rest| rest.is_empty() || (path != "/" && rest.starts_with('/')))
    }

    /// The same page as the session that a new token opens sees it: with its form token.
    async fn under(mut self, service: &Arc<Service>, token: &Token) -> Result<Self, Problem> {
        let token = token.clone();
        let who = blocking(service.clone(), move |service| service.who(token)).await?;
        self.asking = Asking(who.map(Arc::new));
        Ok(self)
    }

    /// Where to prove again who one is, before anything is written here that would be lost then.
    fn to_prove(&self, service: &Service, action: Action, back: &str) -> Option<String> {
        let must = self.asking.could(action) && self.asking.just_proved(service).is_err();
        must.then(|| sign_in_again(back))
    }

    /// The page, with the status of a form that was refused where something in it is wrong.
    pub fn answer(&self, template: &impl Template, is_wrong: bool) -> Result<Response, Problem> {
        let mut response = self.render(template)?;
        if is_wrong {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        Ok(response)
    }

    /// The page.
    pub fn render(&self, template: &impl Template) -> Result<Response, Problem> {
        let html = template.render().map_err(|error| {
            tracing::error!(%error, "a page was not rendered");
            Problem::invalid("the page can't be shown")
        })?;
        let mut response = Html(html).into_response();
        if self.chosen {
            let text = format!("{LANGUAGE_COOKIE}={}; Path=/; SameSite=Lax; Max-Age=31536000", self.language());
            HeaderValue::try_from(text).into_iter().for_each(|cookie| {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            });
        }
        Ok(response)
    }

    fn of(parts: &Parts) -> Self {
        let asked = parts.uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("lang=")));
        let asked = asked.and_then(Language::of_code);
        let kept = || cookie(&parts.headers, LANGUAGE_COOKIE).and_then(Language::of_code);
        let language = asked.or_else(kept).unwrap_or(Language::Vietnamese);
        let asking = parts.extensions.get::<Asking>().cloned().unwrap_or(Asking(None));
        Self { words: Words::of(language), asking, path: without_language(&parts.uri), chosen: asked.is_some() }
    }
}

impl<S: Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self::of(parts))
    }
}

fn without_language(uri: &Uri) -> String {
    let rest: Vec<&str> =
        uri.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), rest.join("&")) }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: &'a Page,
    title: String,
    detail: String,
    technical: String,
    status: u16,
}

/// Turns refusals into pages; for what programs ask for, into problems, whoever refused.
pub async fn problems(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/ledger/") || PLAIN.contains(&path) {
        return next.run(request).await;
    }
    let is_page = !path.starts_with("/api/");
    let (parts, body) = request.into_parts();
    let mut page = Page::of(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let is_made = response.extensions().get::<Problem>().is_some();
    let Some(problem) = Problem::in_answer(&mut response).await else { return response };
    if !is_page {
        return if is_made { response } else { in_place_of(response, problem.into_response()) };
    }
    if let Some(asking) = response.extensions().get::<Asking>() {
        page.asking = asking.clone();
    }
    let code = WORDED.into_iter().find(|code| *code == problem.code).unwrap_or("invalid");
    let shown = ProblemPage {
        title: page.t(&format!("problem-{code}")),
        detail: page.t(&format!("problem-{code}-detail")),
        technical: if code == "not-found" { String::new() } else { page.said(&problem).unwrap_or_default() },
        status: problem.status.as_u16(),
        page: &page,
    };
    match page.render(&shown) {
        Ok(mut rendered) => {
            *rendered.status_mut() = problem.status;
            if is_made { rendered } else { in_place_of(response, rendered) }
        }
        Err(_) => response,
    }
}

/// A name and what it is, in a list of facts.
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What it is; never empty.
    pub value: String,
    /// Whether it is a code or a digest.
    pub is_code: bool,
}

/// Facts that have a value.
fn facts(page: &Page, listed: &[(&str, &str)]) -> Vec<Fact> {
    let given = listed.iter().filter(|(_, value)| !value.trim().is_empty());
    given.map(|(id, value)| Fact { name: page.t(id), value: (*value).to_owned(), is_code: false }).collect()
}
