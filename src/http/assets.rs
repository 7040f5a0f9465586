//! The service's own files, inside the program: style sheet, script, seal, and the verifier that needs no server.
//!
//! Pages name them by a digest of their content, so browsers keep them for ever. `verify.html` is one self-contained file;
//! its policy allows its own script and style by their digests, and no connection anywhere.

use crate::digest::Sha256;
use crate::http::problem::Problem;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::LazyLock;

/// The verifier.
const VERIFIER: &str = include_str!("../../assets/verify.html");

/// What is said beside a document that is handed over, for who prepares a transfer; and an example.
const SIDECAR_SCHEMA: &str = include_str!("../../schemas/sidecar.schema.json");
const SIDECAR_EXAMPLE: &str = include_str!("../../schemas/sidecar.example.json");

struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

const ASSETS: [Asset; 5] = [
    Asset { name: "style.css", kind: "text/css; charset=utf-8", text: include_str!("../../assets/style.css") },
    Asset { name: "script.js", kind: "text/javascript; charset=utf-8", text: include_str!("../../assets/script.js") },
    Asset { name: "seal.svg", kind: "image/svg+xml", text: include_str!("../../assets/seal.svg") },
    Asset { name: "sidecar.schema.json", kind: "application/schema+json", text: SIDECAR_SCHEMA },
    Asset { name: "sidecar.example.json", kind: "application/json", text: SIDECAR_EXAMPLE },
];

/// A few digits of the digest over all of them: part of the address in pages.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let all: Vec<&[u8]> = ASSETS.iter().map(|asset| asset.text.as_bytes()).collect();
    Sha256::of_parts(&all).to_string()[..10].to_owned()
});

/// What the verifier may run: the script and the style inside it, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = |begin: &str, end: &str| {
        let inner =
            VERIFIER.split_once(begin).and_then(|(_, rest)| rest.split_once(end)).map_or("", |(inner, _)| inner);
        STANDARD.encode(Sha256::of(inner.as_bytes()).0)
    };
    let (script, style) = (digest("<script>", "</script>"), digest("<style>", "</style>"));
    format!(
        "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    )
});

/// `GET /assets/{name}`
pub async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or_else(Problem::not_found)?;
    let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.text).into_response())
}

/// `GET /verify.html`
pub async fn verifier(headers: HeaderMap) -> Response {
    static TAG: LazyLock<String> = LazyLock::new(|| format!("\"{}\"", Sha256::of(VERIFIER.as_bytes())));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == TAG.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::ETAG, TAG.as_str()),
        (header::CONTENT_SECURITY_POLICY, POLICY.as_str()),
    ];
    (headers, VERIFIER).into_response()
}
