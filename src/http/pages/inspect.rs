//! The inspector's page: a file, a number or a receipt in, a verdict out, with how to repeat it without this service.
//!
//! Whether a file is held is asked by its digest, which the browser computes: the file does not leave it. A file whose
//! signatures are asked about is handed in, judged by the archive's trust anchors, and not kept. A receipt is checked against the archive's own keys and
//! ledger here, and by anybody, without trusting this page, with `/verify.html` or `chauban verify-receipt`.

mod proof;

use super::Page;
use super::persons::Persons;
use super::verdict::{self, Run, Told};
use crate::archive::body::RecordBody;
use crate::archive::verify::Depth;
use crate::archive::{Query as Question, check_receipt};
use crate::auth::rights::Action;
use crate::digest::Sha256;
use crate::http::api::checks::{SignaturesChecked, signatures_checked};
use crate::http::api::inspection::{FixityCheckShown, fixity_of, held};
use crate::http::api::records::{Tombstone, described, tombstone};
use crate::http::api::search::Search;
use crate::http::api::system::written;
use crate::http::guard::escaped;
use crate::http::handed::Handed;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::text::split_symbol;
use askama::Template;
use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use proof::{Proof, proofs};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Records of which the proof is told on the page; a number has few.
const PROOFS_MAX: usize = 20;

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
    tone: &'static str,
    words: String,
    detail: String,
    facts: Vec<(String, String)>,
    /// Where more is told, and what that is.
    more: Option<(String, String)>,
}

impl Verdict {
    /// A verdict in the words of two messages.
    fn new(page: &Page, tone: &'static str, words: &str, detail: &str) -> Self {
        Self { tone, words: page.t(words), detail: page.t(detail), facts: Vec::new(), more: None }
    }
}

#[derive(Template)]
#[template(path = "inspect.html")]
struct InspectPage<'a> {
    page: &'a Page,
    asked: String,
    /// The records that were found, each with what proves it.
    found: Vec<Proof>,
    verdict: Option<Verdict>,
    /// The file whose signatures were asked about, and what they come to.
    signed: Option<(String, Told)>,
    wrong: String,
    origin: String,
    size: String,
    root: String,
    stamped: String,
    keys: String,
    fixity: Option<Checked>,
    /// Entries that no check of every byte covers.
    unchecked: String,
    /// Where the oldest of their bytes is, and from when.
    oldest: String,
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
    if asked.is_empty() {
        return shown(&service, &page, Asked::default()).await;
    }
    let answer = match asked.to_lowercase().parse::<Sha256>() {
        Ok(sha256) => of_file(&service, &page, sha256).await?,
        Err(_) => of_name(&service, &page, &asked).await?,
    };
    shown(&service, &page, Asked { asked, ..answer }).await
}

/// Whether a file is held.
async fn of_file(service: &Arc<Service>, page: &Page, sha256: Sha256) -> Result<Asked, Problem> {
    let held = held(service, &page.asking, sha256).await?;
    let mut verdict = match held.is_empty() {
        false => Verdict::new(page, "good", "inspect-held", "inspect-held-detail"),
        true => Verdict::new(page, "bad", "inspect-not-held", "inspect-not-held-detail"),
    };
    verdict.facts.push(("SHA-256".to_owned(), sha256.to_string()));
    let records = held.into_iter().map(|(id, body, _)| (id, body)).collect();
    let found = proofs(service, page, records, Some(&sha256)).await?;
    Ok(Asked { found, verdict: Some(verdict), ..Asked::default() })
}

/// Which records a code or a number names.
async fn of_name(service: &Arc<Service>, page: &Page, asked: &str) -> Result<Asked, Problem> {
    let (records, total) = match described(service, &page.asking, asked, Action::ReadDescription).await {
        Ok(found) => (vec![(found.id, found.body)], 1),
        Err(missing) if missing.status == StatusCode::NOT_FOUND => {
            match tombstone(service, &page.asking, asked).await {
                Ok(Some(told)) => return Ok(destroyed(page, &told)),
                Err(problem) if problem.status != StatusCode::NOT_FOUND => return Err(problem),
                Ok(None) | Err(_) => {}
            }
            numbered(service, page, asked).await?
        }
        Err(problem) => return Err(problem),
    };
    let search = (format!("/search?words={}", escaped(asked)), page.t("inspect-search"));
    let verdict = match records.is_empty() {
        false => Verdict {
            detail: page.n("inspect-named-detail", &total),
            more: (total > PROOFS_MAX as u64).then_some(search),
            ..Verdict::new(page, "good", "inspect-held", "inspect-held")
        },
        true => {
            Verdict { more: Some(search), ..Verdict::new(page, "bad", "inspect-not-held", "inspect-not-named-detail") }
        }
    };
    let found = proofs(service, page, records, None).await?;
    Ok(Asked { found, verdict: Some(verdict), ..Asked::default() })
}

/// The first records with a number, or of a dossier with a code, and how many there are.
async fn numbered(service: &Arc<Service>, page: &Page, asked: &str) -> Result<(Vec<(Uuid, RecordBody)>, u64), Problem> {
    let symbol = split_symbol(asked);
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let search = match given(symbol.number) {
        Some(number) => Search { number: Some(number), notation: given(symbol.notation), ..Search::default() },
        None => Search { dossier: Some(asked.to_owned()), ..Search::default() },
    };
    let question = Question { limit: PROOFS_MAX, ..search.question(&page.asking)? };
    let found = blocking(service.clone(), move |service| service.archive()?.search(&question)).await?;
    Ok((found.records, found.total as u64))
}

/// What is told of a destroyed record.
fn destroyed(page: &Page, told: &Tombstone) -> Asked {
    let fact = |key: &str, value: String| (page.t(key), value);
    let verdict = Verdict {
        facts: vec![
            fact("inspect-record", told.doc_code.clone()),
            fact("tombstone-when", page.words.day(&told.destroyed)),
            fact("inspect-entry", page.words.number(told.index)),
            fact("tombstone-case", told.case_number.clone()),
            fact("tombstone-decision", told.decision.clone()),
        ],
        more: Some((format!("/records/{}", escaped(&told.doc_code)), told.title.clone())),
        ..Verdict::new(page, "", "tombstone", "tombstone-detail")
    };
    Asked { verdict: Some(verdict), ..Asked::default() }
}

/// `POST /inspect`
pub async fn check(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(form): Form<ReceiptForm>,
) -> Result<Response, Problem> {
    let text = form.receipt.replace("\r\n", "\n");
    let checked = blocking(service.clone(), move |service| Ok(check_receipt(service.archive()?, &text))).await?;
    let (verdict, found) = match checked {
        Ok(proven) => {
            let mut verdict = Verdict::new(&page, "good", "inspect-receipt-good", "inspect-receipt-good-detail");
            verdict.facts = vec![
                (page.t("inspect-entry"), page.words.number(proven.index)),
                (page.t("inspect-time"), page.words.day(&proven.time)),
                (page.t("inspect-record"), proven.record.clone()),
            ];
            verdict.facts.extend(proven.files);
            let Asked { found, verdict: gone, .. } = of_name(&service, &page, &proven.record).await?;
            // A receipt stays right when its record is destroyed; what became of that is told beside it.
            let gone = gone.filter(|told| told.tone.is_empty());
            gone.into_iter().for_each(|told| {
                verdict.detail = format!("{} {}", verdict.detail, told.detail);
                verdict.more = told.more;
            });
            (verdict, found)
        }
        Err(why) => {
            let mut verdict = Verdict::new(&page, "bad", "inspect-receipt-bad", "inspect-receipt-bad-detail");
            verdict.facts.push((page.t("inspect-why"), page.in_words(&why)));
            (verdict, Vec::new())
        }
    };
    shown(&service, &page, Asked { found, verdict: Some(verdict), ..Asked::default() }).await
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
    found: Vec<Proof>,
    verdict: Option<Verdict>,
    signed: Option<(String, Told)>,
    wrong: String,
}

async fn shown(service: &Arc<Service>, page: &Page, asked: Asked) -> Result<Response, Problem> {
    let Asked { asked, found, verdict, signed, wrong } = asked;
    let (checkpoint, keys, state) = blocking(service.clone(), |service| {
        let archive = service.archive()?;
        let (_, verified) = archive.checkpoint()?;
        Ok((verified.checkpoint, archive.format.keys()[0].to_string(), archive.state()?))
    })
    .await?;
    let fixity = fixity_of(service).await?;
    let persons = Persons::of(service).await?;
    let shown = InspectPage {
        page,
        asked,
        found,
        verdict,
        signed,
        wrong,
        origin: checkpoint.origin,
        size: page.words.number(checkpoint.size),
        root: checkpoint.root.to_string(),
        stamped: page.words.day(&state.newest.to_string()),
        keys,
        unchecked: page.words.number(fixity.unchecked),
        oldest: fixity.oldest_unchecked.as_ref().map_or_else(
            || page.t("fixity-no-oldest"),
            |one| {
                let entry = page.with("fixity-oldest-entry", &page.words.number(one.index));
                let place = page.with("fixity-oldest-place", &format!("{}:{}", one.segment, one.offset));
                format!("{entry}, {}, {place}", page.words.day(&one.time))
            },
        ),
        fixity: fixity
            .checks
            .into_iter()
            .find(|check| check.depth == Depth::Deep.name())
            .map(|one| checked(page, &persons, one)),
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

fn checked(page: &Page, persons: &Persons, check: FixityCheckShown) -> Checked {
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
            fact("fixity-by", persons.holder(&check.by)),
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
