//! Finding records: words, filters, counts to narrow by, pages.

use super::Page;
use super::verdict::{Tone, outcome};
use crate::archive::body::RecordBody;
use crate::archive::{Facets, Query as Question};
use crate::http::api::records::Search;
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use crate::record::DocumentType;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Records on a page.
const ON_A_PAGE: usize = 20;
/// Values of a facet that are shown.
const FACET_VALUES: usize = 12;

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

/// Something to narrow a search by.
pub struct Facet {
    /// Its name.
    pub title: String,
    /// Its values.
    pub values: Vec<FacetValue>,
}

/// A value of it.
pub struct FacetValue {
    /// In words.
    pub label: String,
    /// How many records have it.
    pub count: String,
    /// The search with it; without it where it is chosen.
    pub href: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    page: &'a Page,
    asked: &'a Search,
    total: u64,
    hits: Vec<Hit>,
    facets: Vec<Facet>,
    filters: Vec<(&'static str, String)>,
    before: Option<String>,
    after: Option<String>,
    number: u64,
    pages: u64,
    behind: u64,
    is_narrowed: bool,
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
    let at = |number: usize| link(&asked, None, Some(number));
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
        is_narrowed: !filters(&asked).is_empty() || asked.from.is_some() || asked.to.is_some(),
        asked: &asked,
        page: &page,
    };
    page.render(&shown)
}

/// Filters that the form itself does not show, to be carried along.
fn filters(asked: &Search) -> Vec<(&'static str, String)> {
    let all = [
        ("type", &asked.document_type),
        ("holder", &asked.holder),
        ("agency", &asked.agency),
        ("dossier", &asked.dossier),
        ("signer", &asked.signer),
        ("number", &asked.number),
        ("notation", &asked.notation),
    ];
    let given = all.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
    given.filter(|(_, value)| !value.is_empty()).collect()
}

/// The search again, with a filter changed.
fn link(asked: &Search, changed: Option<(&str, Option<&str>)>, number: Option<usize>) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut pairs = vec![("words", text(&asked.words)), ("from", text(&asked.from)), ("to", text(&asked.to))];
    pairs.extend(filters(asked));
    if let Some((name, value)) = changed {
        pairs.retain(|(given, _)| *given != name);
        let known = ["type", "holder", "from", "to"].into_iter().find(|known| *known == name);
        pairs.extend(known.zip(value.map(str::to_owned)));
    }
    pairs.extend(number.filter(|number| *number > 1).map(|number| ("page", number.to_string())));
    let pairs: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", escaped(&value)))
        .collect();
    format!("/search?{}", pairs.join("&"))
}

fn narrowing(page: &Page, asked: &Search, facets: &Facets) -> Vec<Facet> {
    let value = |label: String, count: u64, name: &str, value: &str, chosen: bool| FacetValue {
        label,
        count: page.words.number(count),
        href: link(asked, Some((name, (!chosen).then_some(value))), None),
        is_chosen: chosen,
    };
    let holders = most(facets.holders.iter().map(|(code, count)| (code.clone(), *count)));
    let holders = holders.into_iter().map(|(code, count)| {
        let chosen = asked.holder.as_ref() == Some(&code);
        value(code.clone(), count, "holder", &code, chosen)
    });
    let types = most(facets.types.iter().map(|(code, count)| (format!("{code:02}"), *count)));
    let types = types.into_iter().map(|(code, count)| {
        let name = code.parse().map_or("", DocumentType::name).to_owned();
        value(name, count, "type", &code, asked.document_type.as_ref() == Some(&code))
    });
    let years = facets.years.iter().rev().take(FACET_VALUES).map(|(year, count)| {
        let (first, last) = (format!("{year:04}-01-01"), format!("{year:04}-12-31"));
        let chosen = asked.from.as_ref() == Some(&first) && asked.to.as_ref() == Some(&last);
        let (from, to) = if chosen { (None, None) } else { (Some(first), Some(last)) };
        let href = link(&Search { from, to, ..asked.clone() }, None, None);
        FacetValue { label: year.to_string(), count: page.words.number(*count), href, is_chosen: chosen }
    });
    let all = [
        ("facet-holder", holders.collect::<Vec<_>>()),
        ("facet-type", types.collect()),
        ("facet-year", years.collect()),
    ];
    let shown = all.into_iter().filter(|(_, values)| values.len() > 1 || values.iter().any(|one| one.is_chosen));
    shown.map(|(id, values)| Facet { title: page.t(id), values }).collect()
}

/// The values that most have, and of those that as many have, in their order.
fn most(values: impl Iterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    values.truncate(FACET_VALUES);
    values
}
