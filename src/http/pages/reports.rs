//! Reports: what is held, in numbers, with a chart and the table beside it, and as files for spreadsheet programs.

use super::Page;
use crate::http::api::reports::{Form, Wanted, file, made};
use crate::http::chart::{Bar, Value, bars};
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::report::export::Worded;
use crate::http::report::{Cell, Report, Table};
use crate::http::service::Service;
use crate::transfer::finding::FindingCode;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// Bars of a chart: more can't be told apart.
const BARS_MAX: usize = 24;
/// Rows on a page; all of them are in the files.
const ROWS_MAX: usize = 200;

struct Column {
    heading: String,
    is_number: bool,
}

/// A cell in words, and whether it is a number.
struct Shown {
    text: String,
    is_number: bool,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    page: &'a Page,
    title: String,
    lead: String,
    /// Name of each report, its address, whether it is this one.
    reports: Vec<(String, String, bool)>,
    asked: &'a Wanted,
    here: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Shown>>,
    total: Vec<Shown>,
    labels: usize,
    left_out: u64,
    bars: Vec<Bar>,
    charted: String,
    csv: String,
    xlsx: String,
}

impl ReportPage<'_> {
    fn agency(&self) -> &str {
        self.asked.agency.as_deref().unwrap_or("")
    }

    fn from(&self) -> &str {
        self.asked.from.as_deref().unwrap_or("")
    }

    fn to(&self) -> &str {
        self.asked.to.as_deref().unwrap_or("")
    }
}

/// `GET /reports`
pub async fn first() -> Response {
    Redirect::to(&format!("/reports/{}", Report::Agencies.name())).into_response()
}

/// `GET /reports/{report}`
pub async fn report(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let form = wanted.form()?;
    let (table, _) = made(service, &name, wanted.scope(&page.asking)?).await?;
    let title = page.t(&format!("report-{name}"));
    let headings: Vec<String> = table.columns.iter().map(|column| page.t(&format!("column-{column}"))).collect();
    if form != Form::Own {
        let label = |cell: &Cell| shown(&page, cell);
        return file(&table, &Worded { title, headings, total: page.t("report-total"), label: &label }, form);
    }
    let (here, filters) = (format!("/reports/{name}"), filters(&wanted));
    let at = |report: Report| format!("/reports/{}{}", report.name(), joined(&filters, ""));
    let shown_of = |cell: &Cell| Shown { text: shown(&page, cell), is_number: cell.is_number() };
    let row = |cells: &Vec<Cell>| cells.iter().map(shown_of).collect();
    let labels = table.labels();
    page.render(&ReportPage {
        lead: page.t(&format!("report-{name}-lead")),
        reports: Report::ALL
            .into_iter()
            .map(|one| (page.t(&format!("report-{}", one.name())), at(one), one == table.report))
            .collect(),
        columns: headings
            .iter()
            .enumerate()
            .map(|(at, heading)| Column { heading: heading.clone(), is_number: at >= labels })
            .collect(),
        rows: table.rows.iter().take(ROWS_MAX).map(row).collect(),
        total: table.total.iter().map(shown_of).collect(),
        labels,
        left_out: table.rows.len().saturating_sub(ROWS_MAX) as u64,
        charted: headings.get(table.charted).cloned().unwrap_or_default(),
        bars: chart(&page, &table),
        csv: format!("{here}{}", joined(&filters, "format=csv")),
        xlsx: format!("{here}{}", joined(&filters, "format=xlsx")),
        here,
        title,
        asked: &wanted,
        page: &page,
    })
}

/// The rows with the longest bars, in the order of the table.
fn chart(page: &Page, table: &Table) -> Vec<Bar> {
    let weight = |row: &[Cell]| row.get(table.charted).map_or(0.0, Cell::weight);
    let mut weights: Vec<f64> = table.rows.iter().map(|row| weight(row)).collect();
    weights.sort_by(|one, other| other.total_cmp(one));
    let least = weights.get(BARS_MAX - 1).copied().unwrap_or(0.0);
    let longest = table.rows.iter().filter(|row| weight(row) > 0.0 && weight(row) >= least).take(BARS_MAX);
    let value = |row: &Vec<Cell>| Value {
        label: row.iter().take(table.labels()).map(|cell| shown(page, cell)).collect::<Vec<_>>().join(" · "),
        shown: row.get(table.charted).map_or_else(String::new, |cell| shown(page, cell)),
        weight: weight(row),
        href: String::new(),
    };
    bars(longest.map(value).collect())
}

/// A cell in words.
fn shown(page: &Page, cell: &Cell) -> String {
    match cell {
        Cell::Code(code) => code.clone(),
        Cell::Word(_, code) if code.is_empty() => "–".to_owned(),
        Cell::Word("period-", code) => match code.parse() {
            Ok(years) => page.n("facet-years", &years),
            Err(_) => page.t(&format!("facet-retention-{code}")),
        },
        Cell::Word(prefix, code) => page.t(&format!("{prefix}{code}")),
        Cell::Finding(code) => match code.parse::<FindingCode>() {
            Ok(known) => page.words.either(known.words().what_vi, known.words().what_en).to_owned(),
            Err(_) => code.clone(),
        },
        Cell::Count(number) => page.words.number(*number),
        Cell::Bytes(bytes) => page.words.size(*bytes),
        Cell::Share(..) => cell.percent().map_or_else(
            || "–".to_owned(),
            |percent| {
                let text = format!("{percent:.1} %");
                page.words.either(&text.replace('.', ","), &text).to_owned()
            },
        ),
    }
}

fn filters(wanted: &Wanted) -> Vec<String> {
    let all = [("agency", &wanted.agency), ("from", &wanted.from), ("to", &wanted.to)];
    let given = all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    given.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", escaped(value))).collect()
}

fn joined(filters: &[String], more: &str) -> String {
    let all: Vec<&str> = filters.iter().map(String::as_str).chain([more]).filter(|one| !one.is_empty()).collect();
    if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) }
}
