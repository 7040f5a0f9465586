//! Headers that every answer carries, request ids, and the limit of time.
//!
//! The policy of content is strict: our own style sheet, our own script, our own files in a frame, nothing inline and
//! nothing from elsewhere. A handler that needs another (`/verify.html`, files of records) sets its own, and it stays.

use super::problem::Problem;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tracing::Instrument;

/// Longest until the head of an answer: the slowest of them hash a password behind others.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// When this process began to answer, and how often it did: together the id of a request, in the order of the log.
static STARTED: LazyLock<u128> =
    LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis()));
static COUNT: AtomicU64 = AtomicU64::new(1);
/// What pages may load.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Adds them.
pub async fn add(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let id = format!("{:x}-{:x}", *STARTED, COUNT.fetch_add(1, Ordering::Relaxed));
    let span = tracing::info_span!("request", id, method = %request.method(), path);
    let answered = tokio::time::timeout(ANSWER_WITHIN, next.run(request)).instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|_| {
        let detail = "the answer took too long".to_owned();
        Problem { status: StatusCode::SERVICE_UNAVAILABLE, code: "unavailable", detail, remedy: None }.into_response()
    });
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), "answered"));
    let found = response.status().is_success();
    let headers = response.headers_mut();
    let mut usual = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    usual(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    usual(header::REFERRER_POLICY, "same-origin");
    usual(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    usual(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    usual(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    usual(header::CONTENT_SECURITY_POLICY, if path.starts_with("/ledger/") { "default-src 'none'" } else { POLICY });
    match ledger(&path).filter(|_| found) {
        Some((cache, kind)) => {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
            kind.into_iter().for_each(|kind| _ = headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind)));
        }
        None => _ = headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store")),
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// How the ledger's files are kept and called: full tiles for ever, the rest asked for again.
fn ledger(path: &str) -> Option<(&'static str, Option<&'static str>)> {
    let rest = path.strip_prefix("/ledger/")?;
    let is_full_tile = rest.starts_with("tile/") && !rest.contains(".p/");
    let cache = if is_full_tile { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = match rest {
        "checkpoint" => Some("text/plain; charset=utf-8"),
        _ if rest.starts_with("tile/") => Some("application/octet-stream"),
        _ => None,
    };
    Some((cache, kind))
}
