//! Headers that every answer carries, request ids, the limit of time, and the pace of an address.
//!
//! The policy of content is strict: our own style sheet, our own script, our own files in a frame, nothing inline and
//! nothing from elsewhere. A handler that needs another (`/verify.html`, files of records) sets its own, and it stays.

use super::connections::Peer;
use super::pace::Asker;
use super::problem::Problem;
use super::service::{Address, Front, Service};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tracing::Instrument;

/// Longest until the head of an answer: the slowest of them hash a password behind others.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// The same of a request that brings files: a working day.
const FILES_WITHIN: Duration = Duration::from_secs(8 * 3600);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// When this process began to answer, and how often it did: together the id of a request, in the order of the log.
static STARTED: LazyLock<u128> =
    LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis()));
static COUNT: AtomicU64 = AtomicU64::new(1);
/// What pages may load.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What pages never use of a machine, nor what they frame.
const PERMISSIONS: &str = "accelerometer=(), bluetooth=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                           hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), \
                           xr-spatial-tracking=()";
/// Browsers speak TLS with this name, and those under it, for two years from every answer on (RFC 6797).
const TLS_ONLY: &str = "max-age=63072000; includeSubDomains";
/// Seconds until somebody who asked too often should ask again.
const ASK_AGAIN: &str = "5";

/// Adds them.
pub async fn add(State(service): State<Arc<Service>>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let asker = asker(&service, &request);
    request.extensions_mut().insert(asker);
    let pace = service.requests.take(asker, began);
    let path = request.uri().path().to_owned();
    let id = format!("{:x}-{:x}", *STARTED, COUNT.fetch_add(1, Ordering::Relaxed));
    // Not the path: names of accounts stand in some. The guard says which route it is.
    let span = tracing::info_span!("request", id, method = %request.method(), route = tracing::field::Empty);
    let within = answer_within(&request);
    let answer = async {
        match pace {
            Ok(()) => next.run(request).await,
            Err(_) => Problem::too_many("too many requests from one address: ask again in a moment").into_response(),
        }
    };
    let answered = tokio::time::timeout(within, answer).instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|_| {
        let detail = "the answer took too long".to_owned();
        Problem { status: StatusCode::SERVICE_UNAVAILABLE, code: "unavailable", detail, remedy: None }.into_response()
    });
    service.answered.note(response.status(), began.elapsed());
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), "answered"));
    let (found, too_many) = (response.status().is_success(), response.status() == StatusCode::TOO_MANY_REQUESTS);
    let headers = response.headers_mut();
    let mut usual = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    usual(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    usual(header::REFERRER_POLICY, "same-origin");
    usual(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    usual(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    usual(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    usual(header::CONTENT_SECURITY_POLICY, if path.starts_with("/ledger/") { "default-src 'none'" } else { POLICY });
    if matches!(service.address, Address::Https(_)) {
        usual(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    if too_many {
        usual(header::RETRY_AFTER, ASK_AGAIN);
    }
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

/// Who asks, as far as an address tells. Only a web server on this machine is believed what it says of others.
fn asker(service: &Service, request: &Request) -> Asker {
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.address);
    let said = || {
        let mut values = request.headers().get_all("x-forwarded-for").iter();
        values.next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    match service.front {
        Front::WebServer if peer.is_loopback() => Asker::at(said().unwrap_or(peer)),
        Front::WebServer | Front::Nothing => Asker::at(peer),
    }
}

/// Files arrive as fast as the line allows: there the silence between two pieces is limited, in `multipart`.
fn answer_within(request: &Request) -> Duration {
    let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let brings_files = kind.starts_with(b"multipart/form-data") || kind == b"application/offset+octet-stream";
    if brings_files { FILES_WITHIN } else { ANSWER_WITHIN }
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
