//! Searching: what was asked, a page of what was found, and how many of it have what.

use super::holdings::within;
use super::refused::{NoRole, NotSignedIn};
use super::wire::{Paging, RecordSummary, cursor};
use crate::archive::{Facets, PERIODS, Query as Question, VERDICTS};
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use crate::record::DocumentType;
use axum::Json;
use axum::extract::{Query, State};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What is looked for: all conditions must hold.
#[derive(Deserialize, IntoParams, ToSchema, Default, Clone)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Words, a "quoted phrase", a number, or number and notation; with or without diacritics.
    pub words: Option<String>,
    /// Number, exactly.
    pub number: Option<String>,
    /// Notation, exactly.
    pub notation: Option<String>,
    /// Code of the issuing agency; a prefix finds all below it.
    pub agency: Option<String>,
    /// Code of the agency whose dossier it is; a prefix finds all below it.
    pub holder: Option<String>,
    /// Document type: name or code 01 to 32.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    #[schema(rename = "type")]
    pub document_type: Option<String>,
    /// First day of issue.
    pub from: Option<String>,
    /// Last day of issue.
    pub to: Option<String>,
    /// Dossier code.
    pub dossier: Option<String>,
    /// Words of the signer's name.
    pub signer: Option<String>,
    /// The signer's name whole, as written: a value of the counts.
    pub signed_by: Option<String>,
    /// What the signatures led to at accession: `accept`, `accept-with-notes`, `review`, `return`, `unsigned`,
    /// `not-examined`.
    pub verdict: Option<String>,
    /// The period that the agency stated for the record: years, `permanent`, `rule` (it names one), `unclear`, or
    /// `dossier` where none is stated but for the dossier.
    pub retention: Option<String>,
}

impl Search {
    /// The conditions that are set, by their names in an address.
    pub fn conditions(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("words", &self.words),
            ("from", &self.from),
            ("to", &self.to),
            ("type", &self.document_type),
            ("holder", &self.holder),
            ("agency", &self.agency),
            ("dossier", &self.dossier),
            ("signer", &self.signer),
            ("signed_by", &self.signed_by),
            ("verdict", &self.verdict),
            ("retention", &self.retention),
            ("number", &self.number),
            ("notation", &self.notation),
        ];
        let given = all.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
        given.filter(|(_, value)| !value.trim().is_empty()).collect()
    }

    /// Those of a saved search; what is no condition any more is left out.
    pub fn of_conditions(conditions: &BTreeMap<String, String>) -> Self {
        let given = |name: &str| conditions.get(name).cloned();
        Self {
            words: given("words"),
            number: given("number"),
            notation: given("notation"),
            agency: given("agency"),
            holder: given("holder"),
            document_type: given("type"),
            from: given("from"),
            to: given("to"),
            dossier: given("dossier"),
            signer: given("signer"),
            signed_by: given("signed_by"),
            verdict: given("verdict"),
            retention: given("retention"),
        }
    }

    /// As a question to the archive, of what `asking` may find.
    pub fn question(&self, asking: &Asking) -> Result<Question, Problem> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let document_type = given(&self.document_type).map(|text| {
            DocumentType::named(&text)
                .map(DocumentType::code)
                .ok_or_else(|| Problem::invalid("type is a name or code of Circular 05/2025, 01 to 32"))
        });
        let day = |text: &Option<String>| {
            given(text)
                .map(|text| text.parse::<NaiveDate>().map_err(|_| Problem::invalid("days are written YYYY-MM-DD")))
                .transpose()
        };
        let verdict = given(&self.verdict);
        if verdict.as_ref().is_some_and(|verdict| !VERDICTS.contains(&verdict.as_str())) {
            return Err(Problem::invalid(format!("verdict is one of {}", VERDICTS.join(", "))));
        }
        let retention = given(&self.retention);
        let is_period = |text: &String| PERIODS.contains(&text.as_str()) || text.parse::<u16>().is_ok();
        if !retention.as_ref().is_none_or(is_period) {
            return Err(Problem::invalid(format!("retention is a number of years, or one of {}", PERIODS.join(", "))));
        }
        Ok(Question {
            words: given(&self.words),
            number: given(&self.number),
            notation: given(&self.notation),
            agency: given(&self.agency),
            holder: given(&self.holder),
            within: within(asking),
            document_type: document_type.transpose()?,
            from: day(&self.from)?,
            to: day(&self.to)?,
            dossier: given(&self.dossier),
            signer: given(&self.signer),
            signed_by: given(&self.signed_by),
            outcome: verdict,
            period: retention,
            limit: 0,
            offset: 0,
        })
    }
}

/// A page of what was found.
#[derive(Serialize, ToSchema)]
pub struct Found {
    /// How many records match in all, of those that the account may find.
    pub total: usize,
    /// Those of this page.
    pub records: Vec<RecordSummary>,
    /// Cursor of the next page; null: this is the last.
    pub next: Option<String>,
}

/// Find records. By score where there are words, otherwise the newest first.
#[utoipa::path(get, path = "/records", tag = "records", params(Search, Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of records", body = Found),
    (status = 400, description = "a condition can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn search(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Query(search): Query<Search>,
    Query(paging): Query<Paging>,
) -> Result<Json<Found>, Problem> {
    let (limit, from) = (paging.limit()?, paging.from()?);
    let question = Question { limit, offset: from as usize, ..search.question(&asking)? };
    let found = blocking(service, move |service| service.archive()?.search(&question)).await?;
    let after = from.saturating_add(u32::try_from(found.records.len()).unwrap_or(0));
    let more = !found.records.is_empty() && (after as usize) < found.total;
    Ok(Json(Found {
        total: found.total,
        records: found.records.iter().map(|(id, body)| RecordSummary::new(*id, body)).collect(),
        next: more.then(|| cursor(after)),
    }))
}

/// Values of a facet that are told: those that most records have.
const FACET_VALUES_MAX: usize = 100;

/// How many of the records found have what; of each facet the 100 values that most have.
#[derive(Serialize, ToSchema)]
pub struct Counts {
    /// How many records match in all, of those that the account may find.
    pub total: usize,
    /// By code of the agency whose dossiers they are in (`holder`).
    pub by_holder: Vec<Count>,
    /// By document type, 01 to 32 (`type`).
    pub by_type: Vec<Count>,
    /// By year of issue.
    pub by_year: Vec<Count>,
    /// By signer (`signed_by`).
    pub by_signer: Vec<Count>,
    /// By what the signatures led to (`verdict`).
    pub by_verdict: Vec<Count>,
    /// By the period stated (`retention`).
    pub by_retention: Vec<Count>,
}

/// A value of a facet.
#[derive(Serialize, ToSchema)]
pub struct Count {
    /// The value.
    pub value: String,
    /// How many records have it.
    pub records: u64,
}

impl Counts {
    /// Those of an answer.
    pub fn new(total: usize, facets: Facets) -> Self {
        let types = facets.types.into_iter().map(|(code, count)| (format!("{code:02}"), count)).collect();
        let years = facets.years.into_iter().map(|(year, count)| (year.to_string(), count)).collect();
        Self {
            total,
            by_holder: most(facets.holders),
            by_type: most(types),
            by_year: most(years),
            by_signer: most(facets.signers),
            by_verdict: most(facets.outcomes),
            by_retention: most(facets.periods),
        }
    }
}

fn most(counts: BTreeMap<String, u64>) -> Vec<Count> {
    let mut counts: Vec<Count> = counts.into_iter().map(|(value, records)| Count { value, records }).collect();
    // Of those that as many have, in their order.
    counts.sort_by_key(|one| std::cmp::Reverse(one.records));
    counts.truncate(FACET_VALUES_MAX);
    counts
}

/// Count what a search finds, to narrow it by.
#[utoipa::path(get, path = "/facets", tag = "records", params(Search), security(("session" = [])), responses(
    (status = 200, description = "the counts", body = Counts),
    (status = 400, description = "a condition can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn facets(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Query(search): Query<Search>,
) -> Result<Json<Counts>, Problem> {
    let question = search.question(&asking)?;
    let (total, facets) = blocking(service, move |service| {
        let archive = service.archive()?;
        Ok((archive.search(&question)?.total, archive.facets(&question)?))
    })
    .await?;
    Ok(Json(Counts::new(total, facets)))
}
