//! Finding records: words, filters, counts to narrow by, pages.

pub mod narrow;

use super::Page;
use super::verdict::{Tone, outcome};
use crate::archive::Query as Question;
use crate::archive::body::RecordBody;
use crate::http::api::search::Search;
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::record::DocumentType;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use narrow::{Chip, Facet, chips, filters, link, narrowing};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Records on a page.
const ON_A_PAGE: usize = 20;

/// Which page.
#[derive(Deserialize)]
pub struct Paged {
    page: Option<usize>,
}

/// A record in a list.
pub struct Hit {
    /// Where its page is.
    pub href: String,
    /// Subject.
    pub subject: String,
    /// Number and notation.
    pub symbol: String,
    /// Type in words.
    pub kind: String,
    /// Date of issue.
    pub issued: String,
    /// Name of the issuing agency.
    pub organ: String,
    /// Code.
    pub code: String,
    /// What its signatures led to at accession; empty: they were not examined.
    pub outcome: String,
    /// How that looks.
    pub tone: Tone,
}

impl Hit {
    /// Describes a record.
    pub fn new(page: &Page, body: &RecordBody) -> Self {
        let examined = body.examination.as_ref().map(|examined| outcome(page, &examined.outcome));
        let unsigned = body.signatures.is_empty();
        let (words, tone) = examined.unwrap_or((String::new(), Tone::Doubt));
        Self {
            href: format!("/records/{}", escaped(&body.doc_code)),
            subject: body.subject.clone(),
            symbol: body.symbol.clone(),
            kind: body.type_name.parse().map_or("", DocumentType::name).to_owned(),
            issued: page.words.day(&body.issued_date),
            organ: body.organ_name.clone(),
            code: body.doc_code.clone(),
            outcome: if unsigned { page.t("outcome-unsigned") } else { words },
            tone: if unsigned { Tone::Quiet } else { tone },
        }
    }
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    page: &'a Page,
    asked: &'a Search,
    total: u64,
    hits: Vec<Hit>,
    facets: Vec<Facet>,
    chips: Vec<Chip>,
    filters: Vec<(&'static str, String)>,
    before: Option<String>,
    after: Option<String>,
    number: u64,
    pages: u64,
    behind: u64,
}

impl SearchPage<'_> {
    fn words(&self) -> &str {
        self.asked.words.as_deref().unwrap_or("")
    }

    fn has_pages(&self) -> bool {
        self.pages > 1
    }

    fn is_behind(&self) -> bool {
        self.behind > 0
    }

    fn is_narrowed(&self) -> bool {
        !self.chips.is_empty()
    }

    /// What a form must carry to save the search.
    fn conditions(&self) -> Vec<(&'static str, String)> {
        self.asked.conditions()
    }

    fn place(&self) -> String {
        format!("{}/{}", self.page.words.number(self.number), self.page.words.number(self.pages))
    }

    fn cleared(&self) -> String {
        format!("/search?words={}", escaped(self.words()))
    }

    fn from(&self) -> &str {
        self.asked.from.as_deref().unwrap_or("")
    }

    fn to(&self) -> &str {
        self.asked.to.as_deref().unwrap_or("")
    }
}

/// `GET /search`
pub async fn search(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(asked): Query<Search>,
    Query(paged): Query<Paged>,
) -> Result<Response, Problem> {
    let number = paged.page.unwrap_or(1).max(1);
    let offset = (number - 1).saturating_mul(ON_A_PAGE);
    let question = Question { limit: ON_A_PAGE, offset, ..asked.question(&page.asking)? };
    let (found, facets) = blocking(service, move |service| {
        let archive = service.archive()?;
        Ok((archive.search(&question)?, archive.facets(&question)?))
    })
    .await?;
    let at = |number: usize| link(&asked, &[], Some(number));
    let records: &[(Uuid, RecordBody)] = &found.records;
    let shown = SearchPage {
        total: found.total as u64,
        hits: records.iter().map(|(_, body)| Hit::new(&page, body)).collect(),
        facets: narrowing(&page, &asked, &facets),
        filters: filters(&asked),
        before: (number > 1).then(|| at(number - 1)),
        after: (offset + records.len() < found.total && !records.is_empty()).then(|| at(number + 1)),
        number: number as u64,
        pages: found.total.div_ceil(ON_A_PAGE).max(1) as u64,
        behind: found.behind,
        chips: chips(&page, &asked),
        asked: &asked,
        page: &page,
    };
    page.render(&shown)
}
