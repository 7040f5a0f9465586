//! Browsing: agencies, the years of a fonds, the dossiers of a year.

use super::Page;
use crate::archive::census::Listed;
use crate::http::api::fonds::{OfYear, dossiers_of, within_reach};
use crate::http::chart::{Bar, Value, bars};
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Years of a chart, the newest.
const BARS_MAX: usize = 24;
/// Levels of agencies that are set in.
const LEVELS_MAX: usize = 3;

/// A fonds in a list.
struct OfAgency {
    code: String,
    name: String,
    dossiers: String,
    records: String,
    /// How many of the listed agencies it is under.
    level: usize,
}

#[derive(Template)]
#[template(path = "fonds.html")]
struct AllPage<'a> {
    page: &'a Page,
    fonds: Vec<OfAgency>,
}

struct OfYearShown {
    year: String,
    dossiers: String,
    records: String,
}

/// A dossier in a list.
struct OneDossier {
    href: String,
    title: String,
    code: String,
    dates: String,
    kept: String,
    records: u64,
}

#[derive(Template)]
#[template(path = "fonds-one.html")]
struct OnePage<'a> {
    page: &'a Page,
    agency: String,
    name: String,
    years: Vec<OfYearShown>,
    bars: Vec<Bar>,
}

#[derive(Template)]
#[template(path = "fonds-year.html")]
struct YearPage<'a> {
    page: &'a Page,
    agency: String,
    name: String,
    year: String,
    dossiers: Vec<OneDossier>,
    next: Option<String>,
}

/// Which part of a fonds.
#[derive(Deserialize)]
pub struct Part {
    year: Option<i32>,
    after: Option<String>,
}

/// `GET /fonds`
pub async fn list(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    let all = within_reach(&service, &page.asking).await?;
    let is_under = |code: &str, other: &str| code.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'));
    let level = |code: &str| all.keys().filter(|other| is_under(code, other)).count().min(LEVELS_MAX);
    let number = |number: u64| page.words.number(number);
    let mut fonds: Vec<OfAgency> = all
        .iter()
        .map(|(code, (name, years))| OfAgency {
            level: level(code),
            code: code.clone(),
            name: name.clone(),
            dossiers: number(years.values().map(|one| one.dossiers).sum()),
            records: number(years.values().map(|one| one.records).sum()),
        })
        .collect();
    fonds.sort_by(|one, other| one.code.split('.').cmp(other.code.split('.')));
    page.render(&AllPage { page: &page, fonds })
}

/// `GET /fonds/{agency}`: its years; with `year` the dossiers of one.
pub async fn show(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(agency): Path<String>,
    Query(Part { year, after }): Query<Part>,
) -> Result<Response, Problem> {
    let found = within_reach(&service, &page.asking).await?.remove(&agency);
    let (name, years) = found.ok_or_else(Problem::not_found)?;
    let name = if name.is_empty() { agency.clone() } else { name };
    if let Some(year) = year {
        let (listed, next) = dossiers_of(&service, &page.asking, &agency, OfYear { year, after }).await?;
        let next = next.map(|code| format!("/fonds/{}?year={year}&after={}", escaped(&agency), escaped(&code)));
        let dossiers = listed.iter().map(|one| dossier(&page, one)).collect();
        return page.render(&YearPage { page: &page, agency, name, year: year.to_string(), dossiers, next });
    }
    let number = |number: u64| page.words.number(number);
    let shown = years.iter().rev().map(|(year, fonds)| OfYearShown {
        year: year.to_string(),
        dossiers: number(fonds.dossiers),
        records: number(fonds.records),
    });
    let skipped = years.len().saturating_sub(BARS_MAX);
    let value = |(year, fonds): (&i32, &crate::archive::census::Fonds)| Value {
        label: year.to_string(),
        shown: number(fonds.dossiers),
        weight: fonds.dossiers as f64,
        href: String::new(),
    };
    let bars = bars(years.iter().skip(skipped).map(value).collect());
    page.render(&OnePage { page: &page, years: shown.collect(), bars, agency, name })
}

fn dossier(page: &Page, one: &Listed) -> OneDossier {
    let body = &one.body;
    let dates = match (&body.start_date, &body.end_date) {
        (Some(first), Some(last)) => format!("{} – {}", page.words.day(first), page.words.day(last)),
        _ => String::new(),
    };
    OneDossier {
        href: format!("/dossiers/{}", escaped(&body.file_code)),
        title: body.title.clone(),
        code: body.file_code.clone(),
        dates,
        kept: body.retention.citation.clone(),
        records: one.records as u64,
    }
}
