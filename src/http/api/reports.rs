//! Reports over the API: as JSON, CSV or XLSX, with codes and no words.

use super::refused::NotSignedIn;
use crate::auth::rights::Reach;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::report::export::{Worded, csv};
use crate::http::report::workbook::xlsx;
use crate::http::report::{Cell, Report, Scope, Table, table};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What goes into a report, and as what it is wanted.
#[derive(Deserialize, IntoParams, Default, Clone)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Code of an agency; those under it count, too.
    pub agency: Option<String>,
    /// First year of accession.
    pub from: Option<String>,
    /// Last year of accession.
    pub to: Option<String>,
    /// `json`, `csv` or `xlsx`.
    pub format: Option<String>,
}

/// A file's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A document of the API, or a page.
    Own,
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Wanted {
    /// What may be counted of what is asked for.
    pub fn scope(&self, asking: &Asking) -> Result<Scope, Problem> {
        let given =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let year = |text: &Option<String>| {
            let year = |text: String| text.parse().map_err(|_| Problem::invalid("years are written YYYY"));
            given(text).map(year).transpose()
        };
        let reach = asking.0.as_ref().map_or(Reach::Nothing, |who| who.account.grants.reach.clone());
        Ok(Scope {
            reach,
            agency: given(&self.agency).unwrap_or_default(),
            from: year(&self.from)?,
            to: year(&self.to)?,
        })
    }

    /// As what it is wanted.
    pub fn form(&self) -> Result<Form, Problem> {
        match self.format.as_deref().unwrap_or("") {
            "" | "json" => Ok(Form::Own),
            "csv" => Ok(Form::Csv),
            "xlsx" => Ok(Form::Xlsx),
            _ => Err(Problem::invalid("format is json, csv or xlsx")),
        }
    }
}

/// A report.
#[derive(Serialize, ToSchema)]
pub struct ReportShown {
    /// Which.
    pub report: &'static str,
    /// Size of the ledger that was counted, entries.
    pub entries: u64,
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// A row for each value: by column, a code or a number; shares are percent, null of nothing.
    pub rows: Vec<BTreeMap<&'static str, serde_json::Value>>,
    /// The sum of the numbers.
    pub total: BTreeMap<&'static str, serde_json::Value>,
}

/// The table of a report, and the size of the ledger that was counted.
pub async fn made(service: Arc<Service>, report: &str, scope: Scope) -> Result<(Table, u64), Problem> {
    let report: Report = report.parse().map_err(|()| Problem::not_found())?;
    let census = blocking(service, |service| service.census()).await?;
    Ok((table(report, &census, &scope), census.size))
}

/// A table as a file.
pub fn file(table: &Table, words: &Worded<'_>, form: Form) -> Result<Response, Problem> {
    let (bytes, kind, ending) = match form {
        Form::Xlsx => (
            xlsx(table, words).map_err(crate::error::Error::from)?,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
        Form::Csv | Form::Own => (csv(table, words), "text/csv; charset=utf-8; header=present", "csv"),
    };
    let disposition = format!("attachment; filename=\"{}.{ending}\"", table.report.name());
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

fn value(cell: &Cell) -> serde_json::Value {
    match cell {
        Cell::Count(number) | Cell::Bytes(number) => (*number).into(),
        Cell::Share(..) => cell.percent().map(|percent| (percent * 10.0).round() / 10.0).into(),
        label => label.plain().into(),
    }
}

/// A report of what is held, as far as the account's agencies go: `agencies`, `levels`, `periods`, `years`, `signatures`,
/// `findings`, `procedures`.
#[utoipa::path(get, path = "/reports/{report}", tag = "archive", params(("report" = String, Path, description = "which"), Wanted),
    security(("session" = [])), responses(
    (status = 200, description = "the report; with `format` csv or xlsx as a file", body = ReportShown),
    (status = 400, description = "a condition can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 404, description = "there is no such report", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn report(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(report): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let form = wanted.form()?;
    let (table, entries) = made(service, &report, wanted.scope(&asking)?).await?;
    if form != Form::Own {
        let headings = table.columns.iter().map(|name| (*name).to_owned()).collect();
        let words = Worded { title: table.report.name().into(), headings, total: "total".into(), label: &Cell::plain };
        return file(&table, &words, form);
    }
    let named = |names: &[&'static str], cells: &[Cell]| names.iter().copied().zip(cells.iter().map(value)).collect();
    Ok(Json(ReportShown {
        report: table.report.name(),
        entries,
        columns: table.columns.to_vec(),
        rows: table.rows.iter().map(|row| named(table.columns, row)).collect(),
        total: named(&table.columns[table.labels()..], &table.total),
    })
    .into_response())
}
