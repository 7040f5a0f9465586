//! The inspector's page: a file, a number or a receipt in, a verdict out, with how to repeat it without this service.
//!
//! Whether a file is held is asked by its digest, which the browser computes: the file does not leave it. A file whose
//! signatures are asked about is handed in, judged by the archive's trust anchors, and not kept. A receipt is checked against the archive's own keys and
//! ledger here, and by anybody, without trusting this page, with `/verify.html` or `chauban verify-receipt`.

use super::Page;
use super::search::Hit;
use super::verdict::{self, Run, Told};
use crate::archive::check_receipt;
use crate::archive::verify::Depth;
use crate::digest::Sha256;
use crate::http::api::checks::{SignaturesChecked, signatures_checked};
use crate::http::api::inspection::{FixityCheckShown, fixity_of, held};
use crate::http::api::system::written;
use crate::http::guard::escaped;
use crate::http::handed::Handed;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// What is asked about.
#[derive(Deserialize)]
pub struct About {
    q: Option<String>,
}

/// The form with a receipt.
#[derive(Deserialize)]
pub struct ReceiptForm {
    receipt: String,
}

struct Verdict {
    is_good: bool,
    words: String,
    detail: String,
    facts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "inspect.html")]
struct InspectPage<'a> {
    page: &'a Page,
    asked: String,
    found: Vec<Hit>,
    verdict: Option<Verdict>,
    /// The file whose signatures were asked about, and what they come to.
    signed: Option<(String, Told)>,
    wrong: String,
    /// Records whose evidence bundle is offered: how each is named in its address, and its code.
    bundles: Vec<(String, String)>,
    origin: String,
    size: String,
    root: String,
    stamped: String,
    keys: String,
    fixity: Option<Checked>,
    /// Entries that no check of every byte covers.
    unchecked: String,
}

/// The last check of every byte.
struct Checked {
    is_good: bool,
    words: String,
    facts: Vec<(String, String)>,
    /// What did not fit.
    doubts: Vec<String>,
}

/// `GET /inspect`
pub async fn inspect(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(About { q }): Query<About>,
) -> Result<Response, Problem> {
    let asked = q.unwrap_or_default().trim().to_owned();
    let digest: Option<Sha256> = asked.to_lowercase().parse().ok();
    let Some(sha256) = digest else {
        if !asked.is_empty() {
            // A number, a code or words: the search knows them.
            return Ok(Redirect::to(&format!("/search?words={}", escaped(&asked))).into_response());
        }
        return shown(&service, &page, Asked::default()).await;
    };
    let held = held(&service, &page.asking, sha256).await?;
    let found: Vec<Hit> = held.iter().map(|(_, body, _)| Hit::new(&page, body)).collect();
    let bundles = held.iter().map(|(_, body, _)| (escaped(&body.doc_code), body.doc_code.clone())).collect();
    let is_good = !found.is_empty();
    let verdict = Verdict {
        is_good,
        words: page.t(if is_good { "inspect-held" } else { "inspect-not-held" }),
        detail: page.t(if is_good { "inspect-held-detail" } else { "inspect-not-held-detail" }),
        facts: vec![("SHA-256".to_owned(), sha256.to_string())],
    };
    shown(&service, &page, Asked { asked, found, bundles, verdict: Some(verdict), ..Asked::default() }).await
}

/// `POST /inspect`
pub async fn check(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(form): Form<ReceiptForm>,
) -> Result<Response, Problem> {
    let text = form.receipt.replace("\r\n", "\n");
    let checked = blocking(service.clone(), move |service| Ok(check_receipt(service.archive()?, &text))).await?;
    let mut bundles = Vec::new();
    let verdict = match checked {
        Ok(proven) => {
            bundles.push((proven.record.clone(), proven.record.clone()));
            let mut facts = vec![
                (page.t("inspect-entry"), page.words.number(proven.index)),
                (page.t("inspect-time"), page.words.day(&proven.time)),
                (page.t("inspect-record"), proven.record.clone()),
            ];
            facts.extend(proven.files);
            Verdict {
                is_good: true,
                words: page.t("inspect-receipt-good"),
                detail: page.t("inspect-receipt-good-detail"),
                facts,
            }
        }
        Err(why) => Verdict {
            is_good: false,
            words: page.t("inspect-receipt-bad"),
            detail: page.t("inspect-receipt-bad-detail"),
            facts: vec![(page.t("inspect-why"), why)],
        },
    };
    shown(&service, &page, Asked { bundles, verdict: Some(verdict), ..Asked::default() }).await
}

/// `POST /inspect/signatures`
pub async fn signatures(
    State(service): State<Arc<Service>>,
    page: Page,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let handed = Handed::read(&service, &headers, body).await?;
    match signatures_checked(&service, handed).await {
        Ok(SignaturesChecked { shown: checked, outcome, at, .. }) => {
            let at = written(at);
            let run = Run { outcome, at: &at, reports: vec![&checked.run], accessioned: None };
            let signed = Some((checked.file, verdict::tell(&page, &run)));
            shown(&service, &page, Asked { signed, ..Asked::default() }).await
        }
        Err(problem) if problem.code == "invalid" => {
            let wrong = format!("{} {}", page.t("inspect-not-checked"), page.in_words(&problem.detail));
            shown(&service, &page, Asked { wrong, ..Asked::default() }).await
        }
        Err(problem) => Err(problem),
    }
}

/// What was asked, and the answer.
#[derive(Default)]
struct Asked {
    asked: String,
    found: Vec<Hit>,
    bundles: Vec<(String, String)>,
    verdict: Option<Verdict>,
    signed: Option<(String, Told)>,
    wrong: String,
}

async fn shown(service: &Arc<Service>, page: &Page, asked: Asked) -> Result<Response, Problem> {
    let Asked { asked, found, bundles, verdict, signed, wrong } = asked;
    let (checkpoint, keys, state) = blocking(service.clone(), |service| {
        let archive = service.archive()?;
        let (_, verified) = archive.checkpoint()?;
        Ok((verified.checkpoint, archive.format.keys()[0].to_string(), archive.state()?))
    })
    .await?;
    let fixity = fixity_of(service).await?;
    let shown = InspectPage {
        page,
        asked,
        found,
        verdict,
        signed,
        wrong,
        bundles,
        origin: checkpoint.origin,
        size: page.words.number(checkpoint.size),
        root: checkpoint.root.to_string(),
        stamped: page.words.day(&state.newest.to_string()),
        keys,
        unchecked: page.words.number(fixity.unchecked),
        fixity: fixity.checks.into_iter().find(|check| check.depth == Depth::Deep.name()).map(|one| checked(page, one)),
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

fn checked(page: &Page, check: FixityCheckShown) -> Checked {
    let fact = |key: &str, value: String| (page.t(key), value);
    let records = |one: &[String]| if one.is_empty() { String::new() } else { format!(" ({})", one.join(", ")) };
    Checked {
        is_good: check.doubts == 0,
        words: match check.doubts {
            0 => page.t("fixity-good"),
            doubts => page.n("fixity-doubts", &doubts),
        },
        facts: vec![
            fact("fixity-began", page.words.day(&check.began)),
            fact("fixity-by", check.by),
            fact("fixity-entries", page.words.number(check.entries)),
            fact("fixity-bytes", page.words.number(check.bytes)),
            fact("fixity-event", page.words.number(check.index)),
        ],
        doubts: check
            .listed
            .iter()
            .map(|one| format!("{}: {}{}", one.place, page.in_words(&one.what), records(&one.records)))
            .collect(),
    }
}
