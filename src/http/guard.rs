//! The guard before every handler: who asks, from where, and whether they may.
//!
//! In this order: the API token, or else the session that the cookie opens, or the client's certificate; for requests that change something, that they come from our own pages
//! (`Sec-Fetch-Site` or `Origin`, and the form token, in a field or a header); then `auth::rights::decide`; last, where the
//! action wants it, that the password was given a short time ago, and of the API that the query has no unknown parameters. Whose password was set by another person, or who needs a
//! second factor and has none, sees to that first. A page that wants a sign-in leads there, and back;
//! everything else is answered with a problem.

use super::again;
use super::connections::Peer;
use super::given;
use super::multipart::{Event, Splitter, frame};
use super::pace::Asker;
use super::problem::Problem;
use super::route::Route;
use super::service::{Address, Service, blocking};
use crate::archive::account::Account;
use crate::archive::account::credential::SetBy;
use crate::archive::account::provider::{ASKED_WAITS, Ticket};
use crate::archive::account::session::{Session, Token};
use crate::archive::account::token::Key;
use crate::auth::rights::{Action, Decision, Object, decide};
use crate::digest::Sha256;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http_body::Frame;
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

/// Name of the session's cookie over loopback HTTP.
const COOKIE: &str = "chauban";
/// Over HTTPS: the prefix makes browsers refuse it from anywhere else (RFC 6265bis).
const SECURE_COOKIE: &str = "__Host-chauban";
/// Names of the cookie with a reader's pass, as above.
const PASS_COOKIE: &str = "chauban-reading";
const SECURE_PASS_COOKIE: &str = "__Host-chauban-reading";
/// Name of the cookie of a sign-in under way at the provider.
const TICKET_COOKIE: &str = "chauban-sign-in";
/// The same over HTTPS.
const SECURE_TICKET_COOKIE: &str = "__Host-chauban-sign-in";
/// Header with the form token, for requests that are no forms.
pub const TOKEN_HEADER: &str = "x-form-token";
/// Longest form: a receipt, and fields beside it.
pub const FORM_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The form token of a form with files is within so many bytes: behind what is ticked on a page of 100 items, whose boxes
/// stand before the form that they are of.
const TOKEN_WITHIN_BYTES: usize = 64 * 1024;

/// What the guard needs.
#[derive(Clone)]
pub struct Guarded {
    /// The service.
    pub service: Arc<Service>,
    /// The route it stands before.
    pub route: Route,
    /// Parameters of its query; `None`: it takes any.
    pub parameters: Option<&'static BTreeSet<String>>,
}

/// Somebody who proved who they are.
pub struct Who {
    /// Their account; what it may do, where a token is for less, is that.
    pub account: Account,
    /// How they did.
    pub way: Way,
}

/// How somebody proved who they are.
pub enum Way {
    /// By signing in: a session, and what opens it.
    Session(Session, Token),
    /// By an API token, sent with the request, or a certificate in the place of one.
    ApiToken,
}

impl Who {
    /// The session; a token has none, and does nothing for which one is needed.
    pub fn session(&self) -> Result<(&Session, &Token), Problem> {
        match &self.way {
            Way::Session(session, token) => Ok((session, token)),
            Way::ApiToken => Err(Problem::denied("this needs a person who signed in, not a token")),
        }
    }

    /// Whether the password was set by another person.
    pub fn must_change_password(&self) -> bool {
        matches!(&self.way, Way::Session(session, _) if session.set_by == SetBy::Another)
    }

    /// What forms carry; nothing where there is no session.
    pub fn form_token(&self) -> String {
        self.session().map_or_else(|_| String::new(), |(_, token)| token.form_token())
    }
}

/// Who asks; nobody where nobody signed in.
#[derive(Clone)]
pub struct Asking(pub Option<Arc<Who>>);

impl Asking {
    /// Whether they may do this to that.
    pub fn may(&self, action: Action, object: Object<'_>) -> Result<(), Problem> {
        match Problem::of(decide(self.0.as_ref().map(|who| &who.account.grants), action, object)) {
            None => Ok(()),
            Some(problem) => Err(problem),
        }
    }

    /// Whether they may at all.
    pub fn could(&self, action: Action) -> bool {
        decide(self.0.as_ref().map(|who| &who.account.grants), action, Object::Any) == Decision::Allowed
    }

    /// Whether they just proved who they are. The guard asks it where the action wants it; a handler may ask it of what
    /// its action does only at times.
    pub fn just_proved(&self, service: &Service) -> Result<(), Problem> {
        match self.who()?.session()?.0.is_fresh(service.clock.wall()) {
            true => Ok(()),
            false => Err(Problem::sign_in_again()),
        }
    }

    /// Who they are.
    pub fn who(&self) -> Result<&Arc<Who>, Problem> {
        self.0.as_ref().ok_or_else(Problem::sign_in)
    }

    /// As whom they count who are sent files.
    pub fn reader(&self) -> Result<Asker, Problem> {
        Ok(Asker::Account(self.who()?.account.id))
    }
}

impl<S: Sync> FromRequestParts<S> for Asking {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Behind the guard it is always there.
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::sign_in)
    }
}

/// Stands before a handler.
pub async fn ask(State(guarded): State<Guarded>, mut request: Request, next: Next) -> Response {
    let Guarded { service, route, parameters } = guarded;
    tracing::Span::current().record("route", route.path);
    let is_page = !route.path.starts_with("/api/");
    let back = way_back(&service.address, &request);
    let admitted = admit(&service, route, &mut request).await;
    let is_known = |asking| parameters.map_or(Ok(()), |known| given::only(known, request.uri())).map(|()| asking);
    match admitted.and_then(is_known) {
        Ok(asking) => {
            request.extensions_mut().insert(asking.clone());
            let mut response = match asking.0.is_some() && !is_page && again::is_wanted(&request) {
                true => again::run(&service.answers, &asking, request, next).await.into_response(),
                false => next.run(request).await,
            };
            if is_page && response.extensions().get::<Problem>().is_some_and(|problem| problem.code == "sign-in-again")
            {
                return to_sign_in_again(&back);
            }
            // A problem's page is made further out, and has the same links as every other.
            response.extensions_mut().insert(asking);
            response
        }
        Err(problem) if is_page && problem.code == "sign-in" && request.method() == Method::GET => {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let next = if path == "/" { String::new() } else { format!("?next={}", escaped(path)) };
            Redirect::to(&format!("/sign-in{next}")).into_response()
        }
        Err(problem) if problem.code == "sign-in-again" && is_page => to_sign_in_again(&back),
        Err(problem) if problem.code == "change-password" && is_page => Redirect::to("/account").into_response(),
        Err(problem) if problem.code == "second-factor" && is_page => {
            Redirect::to("/account/second-factor").into_response()
        }
        Err(problem) => {
            tracing::warn!(code = problem.code, "refused");
            problem.into_response()
        }
    }
}

fn to_sign_in_again(back: &str) -> Response {
    Redirect::to(&sign_in_again(back)).into_response()
}

/// Where to prove again who one is, to go on at `back`.
pub fn sign_in_again(back: &str) -> String {
    format!("/sign-in-again?next={}", escaped(back))
}

/// Where to go back to: the page that was asked for; of a form, the page that it is on.
fn way_back(address: &Address, request: &Request) -> String {
    let asked = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return asked.to_owned();
    }
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let own = address.origin(request.headers());
    let page = text(header::REFERER).and_then(|page| page.strip_prefix(own.as_str()));
    page.filter(|path| path.starts_with('/')).unwrap_or("/").to_owned()
}

async fn admit(service: &Arc<Service>, route: Route, request: &mut Request) -> Result<Asking, Problem> {
    if route.tries_password()
        && let Some(asker) = request.extensions().get::<Asker>()
        && service.sign_ins.take(*asker, Instant::now()).is_err()
    {
        return Err(Problem::too_many("too many attempts from one address: try again in a moment"));
    }
    let certificate = request.extensions().get::<Peer>().and_then(|peer| peer.certificate);
    let asking = match route.action {
        // What is public costs no look at sessions; a pass is shown by nobody in particular.
        Action::ReadPublic | Action::ReadByPass => Asking(None),
        _ => Asking(who(service, request.headers(), certificate).await?.map(Arc::new)),
    };
    if let Some(who) = &asking.0
        && service.requests_of_accounts.take(Asker::Account(who.account.id), Instant::now()).is_err()
    {
        return Err(Problem::too_many("too many requests of one account: ask again in a moment"));
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes {
        if !is_from_here(&service.address, request.headers()) {
            return Err(Problem::denied("the request comes from another site"));
        }
        // A token is sent by a program that means it; a cookie by any browser, whatever page it shows.
        if let Some(Way::Session(_, token)) = asking.0.as_ref().map(|who| &who.way) {
            let given = given_token(request).await?;
            if given != Some(token.form_token()) {
                return Err(Problem::stale_form());
            }
        }
    }
    asking.may(route.action, Object::Any)?;
    let must_change = asking.0.as_ref().is_some_and(|who| who.must_change_password());
    if must_change && !matches!(route.action, Action::KeepOwnAccount | Action::ReadPublic | Action::SignIn) {
        let detail = "the password was set by another person: change it first";
        return Err(Problem { code: "change-password", ..Problem::denied(detail) });
    }
    let is_own =
        matches!(route.action, Action::KeepOwnAccount | Action::KeepOwnFactors | Action::ReadPublic | Action::SignIn);
    if !is_own && asking.0.as_ref().is_some_and(|who| service.wants_second_factor(who)) {
        let detail = "this account needs a second factor: set it up first";
        return Err(Problem { code: "second-factor", ..Problem::denied(detail) });
    }
    if route.action.wants_fresh_proof() {
        asking.just_proved(service)?;
    }
    Ok(asking)
}

/// Who asks: by an API token, or the cookie of a session, or the certificate that the connection began with. A token that
/// opens nothing is refused: what is asked with it was not meant for nobody.
async fn who(service: &Arc<Service>, headers: &HeaderMap, certificate: Option<Sha256>) -> Result<Option<Who>, Problem> {
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        let text = given.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default().to_owned();
        let found = blocking(service.clone(), move |service| service.who_has(Key::Secret(text.trim()))).await?;
        return found.map(Some).ok_or_else(Problem::no_token);
    }
    if let Some(token) = cookie(headers, cookie_name(&service.address)).and_then(Token::read) {
        return Ok(blocking(service.clone(), move |service| service.who(token)).await?);
    }
    match certificate {
        Some(shown) => Ok(blocking(service.clone(), move |service| service.who_has(Key::Certificate(shown))).await?),
        None => Ok(None),
    }
}

/// Whether a person asks by a link of ours, or by typing the address; a browser that says neither is believed.
pub fn is_own_step(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    site.is_none_or(|site| site == b"same-origin" || site == b"none")
}

/// Whether a request that changes something comes from our own pages. What is no browser says neither, and has no cookie
/// that it does not mean to send.
fn is_from_here(address: &Address, headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if site.is_some_and(|site| site != b"same-origin") {
        return false;
    }
    match (text(header::ORIGIN), address) {
        (None, _) => true,
        (Some(origin), Address::Https(own)) => origin == own,
        (Some(origin), Address::Loopback) => {
            text(header::HOST).is_some_and(|host| origin.strip_prefix("http://") == Some(host))
        }
    }
}

#[derive(serde::Deserialize)]
struct TokenField {
    form: Option<String>,
}

/// The form token of a request: of its header, or of a field of its form, which is read and put back.
async fn given_token(request: &mut Request) -> Result<Option<String>, Problem> {
    if let Some(given) = request.headers().get(TOKEN_HEADER) {
        return Ok(given.to_str().ok().map(str::to_owned));
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("").to_owned();
    if let Ok(splitter) = Splitter::new(&kind) {
        return token_among_files(request, splitter).await;
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Ok(None);
    }
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let bytes = to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| Problem::invalid("the form is too long"))?;
    *request.body_mut() = Body::from(bytes.clone());
    let mut copy = Request::new(Body::from(bytes));
    (*copy.method_mut(), *copy.headers_mut()) = (request.method().clone(), request.headers().clone());
    let field = Form::<TokenField>::from_request(copy, &()).await;
    Ok(field.ok().and_then(|Form(field)| field.form))
}

/// The field `form` of a form with files; fields that stand before their form on the page come before it. What was read of
/// the body is put back before the rest.
async fn token_among_files(request: &mut Request, mut splitter: Splitter) -> Result<Option<String>, Problem> {
    let mut body = std::mem::replace(request.body_mut(), Body::empty());
    let (mut read, mut token, mut found) = (Vec::new(), None::<Vec<u8>>, None);
    while read.len() <= TOKEN_WITHIN_BYTES && found.is_none() {
        let Some(bytes) = frame(&mut body).await? else { break };
        read.extend_from_slice(&bytes);
        splitter.feed(&bytes);
        while let Some(event) = splitter.next().map_err(|error| Problem::invalid(error.to_string()))? {
            match (event, &mut token) {
                (Event::Part(head), None) if head.name == "form" => token = Some(Vec::new()),
                (Event::Piece(piece), Some(token)) => token.extend(piece),
                (_, Some(_)) => {
                    found = token.take();
                    break;
                }
                (_, None) => {}
            }
        }
    }
    *request.body_mut() = Body::new(Rejoined { first: Some(Bytes::from(read)), rest: body });
    Ok(found.and_then(|token| String::from_utf8(token).ok()))
}

/// A body of which the beginning was read.
struct Rejoined {
    first: Option<Bytes>,
    rest: Body,
}

impl http_body::Body for Rejoined {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(Ok(Frame::data(first)))),
            None => Pin::new(&mut self.rest).poll_frame(cx),
        }
    }
}

/// Name of the session's cookie.
pub fn cookie_name(address: &Address) -> &'static str {
    match address {
        Address::Loopback => COOKIE,
        Address::Https(_) => SECURE_COOKIE,
    }
}

/// The header that gives the browser its token, or takes it away.
pub fn set_cookie(address: &Address, token: Option<&Token>) -> HeaderValue {
    let (value, age) = token.map_or((String::new(), Some(0)), |token| (token.text(), None));
    own_cookie(address, cookie_name(address), &value, age)
}

/// Name of the cookie with a reader's pass.
pub fn pass_cookie(address: &Address) -> &'static str {
    match address {
        Address::Loopback => PASS_COOKIE,
        Address::Https(_) => SECURE_PASS_COOKIE,
    }
}

/// The header that gives the browser a reader's pass to keep until it is closed, or takes it away.
pub fn set_pass_cookie(address: &Address, pass: Option<&str>) -> HeaderValue {
    let (value, age) = pass.map_or(("", Some(0)), |pass| (pass, None));
    own_cookie(address, pass_cookie(address), value, age)
}

/// The same of the ticket of a sign-in under way.
pub fn set_ticket(address: &Address, ticket: Option<&Ticket>) -> HeaderValue {
    let (value, age) = ticket.map_or((String::new(), 0), |ticket| (ticket.text(), ASKED_WAITS.as_secs()));
    own_cookie(address, ticket_cookie_name(address), &value, Some(age))
}

/// The ticket of a sign-in under way that a browser has.
pub fn ticket(address: &Address, headers: &HeaderMap) -> Option<Ticket> {
    cookie(headers, ticket_cookie_name(address)).and_then(Ticket::read)
}

fn ticket_cookie_name(address: &Address) -> &'static str {
    match address {
        Address::Loopback => TICKET_COOKIE,
        Address::Https(_) => SECURE_TICKET_COOKIE,
    }
}

/// A cookie that no script reads and no other site sends but by leading here.
fn own_cookie(address: &Address, name: &str, value: &str, age: Option<u64>) -> HeaderValue {
    let secure = if *address == Address::Loopback { "" } else { "; Secure" };
    let age = age.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// What a browser forgets of this site with the end of a session: what it kept of pages, and what scripts kept.
pub const FORGET: (&str, &str) = ("clear-site-data", "\"cache\", \"storage\"");

/// A cookie of a request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(given, _)| *given == name).map(|(_, value)| value)
}

/// A path as a value in a query.
pub fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
