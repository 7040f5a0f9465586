//! What is due: dossiers whose period has ended or ends soon, and those that go to the historical archive.

use super::Page;
use super::form::{Draft, Field, Form as Asked, written};
use crate::archive::retention::survey::Numbers;
use crate::auth::rights::Action;
use crate::http::api::disposal::{PaperHead, as_file};
use crate::http::api::due::{self as api, DueWanted, Found, NewTransferList, WITHIN_MONTHS};
use crate::http::chart::{Bar, Value, bars};
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Dossiers that are named; the API names more.
const LISTED: usize = 100;
/// Rows on the page: all of them come over the API.
const ROWS_MAX: usize = 200;
/// Bars of the chart, the first rows: more can't be told apart.
const BARS_MAX: usize = 24;

/// What is asked, and whether every record is counted, too.
#[derive(Deserialize, Default)]
pub struct Looked {
    #[serde(default)]
    by: String,
    #[serde(default)]
    within: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    agency: String,
    #[serde(default)]
    evaluate: String,
}

/// A number with its words.
struct Counted {
    words: String,
    number: u64,
}

/// What is due of an agency, a year or a rule.
struct Row {
    key: String,
    numbers: Vec<u64>,
}

/// A dossier whose period has ended.
struct Ended {
    href: String,
    code: String,
    title: String,
    until: String,
    outcome: String,
}

#[derive(Template)]
#[template(path = "due.html")]
struct DuePage<'a> {
    page: &'a Page,
    asked: Looked,
    /// Each way of counting, and its words.
    ways: Vec<(&'static str, String)>,
    on: String,
    day: String,
    /// What the columns are: those in which anything is counted.
    columns: Vec<String>,
    rows: Vec<Row>,
    left_out: u64,
    total: Vec<u64>,
    /// Of each row, the dossiers whose period has ended or ends soon.
    bars: Vec<Bar>,
    ended: Vec<Ended>,
    /// Every record by what may become of it.
    evaluated: Option<Vec<Counted>>,
    evaluate: String,
    list: Option<Asked>,
    wrong: String,
}

/// `GET /retention`
pub async fn due(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(looked): Query<Looked>,
) -> Result<Response, Problem> {
    shown(&service, &page, looked, None).await
}

async fn shown(
    service: &Arc<Service>,
    page: &Page,
    asked: Looked,
    refused: Option<(String, Draft)>,
) -> Result<Response, Problem> {
    let months = || asked.within.trim().parse().map_err(|_| Problem::invalid("months are a number"));
    let within = if asked.within.trim().is_empty() { WITHIN_MONTHS } else { months()? };
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let wanted = DueWanted {
        by: given(&asked.by),
        within: Some(within),
        on: given(&asked.on),
        agency: given(&asked.agency),
        list: Some(LISTED),
    };
    let Found { on, due, listed } = api::counted(service, &wanted).await?;
    let evaluated = match asked.evaluate.as_str() {
        "" => None,
        _ => Some(evaluated(page, &api::evaluated(service, Some(on)).await?.1)),
    };
    let all = due.lines.values().fold(Numbers::default(), |sum, numbers| sum.plus(*numbers)).named();
    let told: Vec<usize> = (0..all.len()).filter(|at| all.get(*at).is_some_and(|one| one.1 > 0)).collect();
    let row = |numbers: &Numbers| told.iter().filter_map(|at| Some(numbers.named().get(*at)?.1)).collect::<Vec<_>>();
    let lines: Vec<_> = due.lines.iter().filter(|(_, numbers)| row(numbers).iter().any(|one| *one > 0)).collect();
    let bars = bars(lines.iter().filter_map(|(key, numbers)| charted(page, key, numbers)).take(BARS_MAX).collect());
    let (wrong, draft) = refused.unwrap_or_default();
    let on = on.to_string();
    let shown = DuePage {
        ways: ["agency", "year", "rule"].map(|way| (way, page.t(&format!("due-by-{way}")))).into(),
        day: page.words.day(&on),
        columns: told
            .iter()
            .filter_map(|at| all.get(*at))
            .map(|(_, _, vi, en)| page.words.either(vi, en).to_owned())
            .collect(),
        left_out: lines.len().saturating_sub(ROWS_MAX) as u64,
        rows: lines
            .iter()
            .take(ROWS_MAX)
            .map(|(key, numbers)| Row { key: called(page, key), numbers: row(numbers) })
            .collect(),
        bars,
        total: told.iter().filter_map(|at| Some(all.get(*at)?.1)).collect(),
        ended: listed
            .into_iter()
            .map(|(item, dossier)| Ended {
                href: format!("/dossiers/{}/retention", escaped(&dossier.file_code)),
                until: page.words.day(&item.until.to_string()),
                outcome: page.words.either(item.outcome.words().0, item.outcome.words().1).to_owned(),
                code: dossier.file_code,
                title: dossier.title,
            })
            .collect(),
        evaluated,
        evaluate: format!(
            "/retention?by={}&within={within}&on={on}&agency={}&evaluate=yes#every",
            escaped(&asked.by),
            escaped(&asked.agency)
        ),
        list: page.asking.could(Action::HandleDisposal).then(|| list(page, &draft)),
        asked: Looked { within: within.to_string(), ..asked },
        on,
        wrong,
        page,
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

/// What a row is about.
fn called(page: &Page, key: &str) -> String {
    if key.is_empty() { page.t("due-without-day") } else { key.to_owned() }
}

/// The bar of a row; none where no period has ended or ends soon.
fn charted(page: &Page, key: &str, numbers: &Numbers) -> Option<Value> {
    let ends = numbers.ends();
    let (label, shown) = (called(page, key), page.words.number(ends));
    (ends > 0).then(|| Value { label, shown, weight: ends as f64, href: String::new() })
}

fn evaluated(page: &Page, found: &crate::archive::retention::survey::Evaluation) -> Vec<Counted> {
    let outcomes = found.outcomes.iter().map(|(outcome, number)| {
        let (vi, en) = outcome.words();
        Counted { words: page.words.either(vi, en).to_owned(), number: *number }
    });
    let sums = [("due-records", found.records), ("due-dossiers", found.dossiers), ("due-waiting", found.waiting)];
    let sums = sums.into_iter().map(|(words, number)| Counted { words: page.t(words), number });
    outcomes.chain(sums).collect()
}

/// The form of the list for the historical archive.
fn list(page: &Page, draft: &Draft) -> Asked {
    let field = |(name, kind, is_required): (&'static str, &'static str, bool)| Field {
        name,
        label: page.t(&format!("due-list-{name}")),
        value: draft.get(name).cloned().unwrap_or_default(),
        kind,
        options: Vec::new(),
        is_required,
    };
    let fields = [
        ("agency", "text", true),
        ("place", "text", true),
        ("fonds", "text", true),
        ("receiver", "text", true),
        ("position", "text", true),
        ("signer", "text", false),
        ("of", "text", false),
        ("within", "number", false),
        ("year", "number", false),
    ];
    Asked {
        id: "list".to_owned(),
        title: page.t("due-list"),
        lead: page.t("due-list-lead"),
        action: "/retention/transfer-list".to_owned(),
        hidden: Vec::new(),
        fields: fields.map(field).into(),
        is_open: !draft.is_empty(),
    }
}

/// `POST /retention/transfer-list`
pub async fn transfer_list(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let made = match wanted(&draft) {
        Ok(new) => api::listed(&service, new).await,
        Err(problem) => Err(problem),
    };
    match made {
        Ok(made) => Ok(as_file(made)),
        Err(problem) if matches!(problem.code, "conflict" | "invalid" | "not-found") => {
            let why = match problem.code {
                "not-found" => page.t("due-list-empty"),
                _ => page.in_words(&problem.detail),
            };
            let wrong = format!("{} {why}", page.t("due-list-not-made"));
            shown(&service, &page, Looked::default(), Some((wrong, draft))).await
        }
        Err(problem) => Err(problem),
    }
}

fn wanted(draft: &Draft) -> Result<NewTransferList, Problem> {
    let text = |field| written(draft, field).unwrap_or_default();
    let within = written(draft, "within").map(|months| months.parse()).transpose();
    let year = written(draft, "year").map(|year| year.parse()).transpose();
    Ok(NewTransferList {
        head: PaperHead {
            agency: text("agency"),
            place: text("place"),
            fonds: text("fonds"),
            position: text("position"),
            signer: text("signer"),
            ..PaperHead::default()
        },
        of: text("of"),
        within: within.map_err(|_| Problem::invalid("months are a number"))?,
        year: year.map_err(|_| Problem::invalid("years are written YYYY"))?,
        receiver: text("receiver"),
    })
}
