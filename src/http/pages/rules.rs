//! What rules: schedules with their lines, the law's numbers; adopted after a preview, confirmed line by line.

use super::Page;
use super::persons::Persons;
use crate::archive::retention::shown::{RuleShown, RulesShown, VersionShown};
use crate::archive::retention::{Applies, Change};
use crate::auth::rights::Action;
use crate::http::api::rules::{self as api, RuleFileGiven, RuleFileWanted, RulesCompared, RulesDoubted, RulesForeseen};
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Datelike;
use serde::Deserialize;
use std::sync::Arc;

struct Version {
    id: String,
    name: String,
    about: String,
    reason: String,
    unconfirmed: u64,
}

struct Line {
    code: String,
    records: String,
    period: String,
    text: String,
    standing: String,
    is_firm: bool,
}

struct Number {
    words: String,
    code: &'static str,
    value: String,
    text: String,
}

struct Told {
    number: u64,
    words: String,
}

/// What a rule file would change.
struct Foreseen {
    lines: Vec<Told>,
    approval: String,
    may_be_adopted: bool,
}

/// What the form for a rule file holds.
#[derive(Default, Deserialize)]
pub struct Draft {
    #[serde(default)]
    text: String,
    #[serde(default)]
    governs: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    act: String,
}

/// Codes of rules, and why they are confirmed or not any more.
#[derive(Deserialize)]
pub struct Codes {
    rules: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    basis: String,
    #[serde(default)]
    mandate: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage<'a> {
    page: &'a Page,
    versions: Vec<Version>,
    proposals: Vec<Version>,
    lines: Vec<Line>,
    numbers: Vec<Number>,
    draft: Draft,
    foreseen: Option<Foreseen>,
    can_adopt: bool,
    can_confirm: bool,
    wrong: String,
}

/// `GET /rules`
pub async fn list(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    shown(&service, &page, Draft::default(), None, String::new()).await
}

async fn shown(
    service: &Arc<Service>,
    page: &Page,
    draft: Draft,
    foreseen: Option<RulesForeseen>,
    wrong: String,
) -> Result<Response, Problem> {
    let RulesShown { versions, proposals, rules, parameters, .. } = api::listed(service).await?;
    let persons = Persons::of(service).await?;
    let all = |versions: &[VersionShown]| versions.iter().map(|one| version(page, &persons, one)).collect();
    let number = |one: crate::archive::retention::shown::ParameterShown| Number {
        words: page.t(&format!("law-{}", one.code)),
        code: one.code,
        value: page.words.either(&one.value.0, &one.value.1).to_owned(),
        text: format!("{} ({})", one.citation, grade(page, one.grade.words())),
    };
    let rendered = RulesPage {
        versions: all(&versions),
        proposals: all(&proposals),
        lines: rules.iter().map(|rule| line(page, &persons, rule)).collect(),
        numbers: parameters.into_iter().map(number).collect(),
        draft,
        foreseen: foreseen.map(|foreseen| told(page, &foreseen)),
        can_adopt: page.asking.could(Action::AdoptRules),
        can_confirm: page.asking.could(Action::ConfirmRules),
        wrong,
        page,
    };
    page.answer(&rendered, !rendered.wrong.is_empty())
}

fn grade(page: &Page, (vi, en): (&str, &str)) -> String {
    page.words.either(vi, en).to_owned()
}

fn version(page: &Page, persons: &Persons, one: &VersionShown) -> Version {
    let governs = match one.applies {
        Applies::AllUndisposed => page.t("rules-governs-all"),
        Applies::Accessioned(day) => page.with("rules-governs-accessioned", &page.words.day(&day.to_string())),
        Applies::WorkEnded(day) => page.with("rules-governs-ended", &day.year().to_string()),
    };
    Version {
        id: one.id.to_string(),
        name: format!("{} {} · {}", one.schedule, one.version, one.title),
        about: format!("{governs} · {}, {}", persons.holder(&one.by), page.words.day(&one.on.to_string())),
        reason: one.reason.clone(),
        unconfirmed: one.unconfirmed as u64,
    }
}

fn line(page: &Page, persons: &Persons, rule: &RuleShown) -> Line {
    let standing = match (&rule.confirmed, rule.verified) {
        (Some((by, on, basis)), _) => {
            let (by, on) = (persons.holder(by), page.words.day(&on.to_string()));
            format!("{} {by}, {on}: {basis}", page.t("rules-confirmed-by"))
        }
        (None, true) => page.t("rules-verified"),
        (None, false) => page.t("rules-unconfirmed"),
    };
    Line {
        code: rule.code.clone(),
        records: rule.records.clone(),
        period: page.words.either(&rule.period.0, &rule.period.1).to_owned(),
        text: format!("{} ({})", rule.citation, grade(page, rule.grade.words())),
        standing,
        is_firm: rule.verified || rule.confirmed.is_some(),
    }
}

fn told(page: &Page, foreseen: &RulesForeseen) -> Foreseen {
    let rules = Change::ALL.iter().filter_map(|change| {
        let (vi, en) = change.words();
        let number = *foreseen.rules.get(change.name())?;
        Some(Told { number, words: format!("{}: {}", page.t("rules-lines"), page.words.either(vi, en)) })
    });
    let records = [
        (foreseen.earlier, "rules-earlier"),
        (foreseen.later, "rules-later"),
        (foreseen.newly_due, "rules-newly-due"),
        (foreseen.no_longer_due, "rules-no-longer-due"),
        (foreseen.without_rule, "rules-without"),
        (foreseen.cases.len() as u64, "rules-cases"),
    ];
    let records = records.into_iter().map(|(number, words)| Told { number, words: page.t(words) });
    let approval = match &foreseen.refused {
        Some(why) => format!("{} {}", page.t("rules-refused"), page.in_words(why)),
        None => page.t(&format!("rules-{}", foreseen.approval)),
    };
    Foreseen { lines: rules.chain(records).collect(), approval, may_be_adopted: foreseen.refused.is_none() }
}

impl Draft {
    fn file(&self) -> Result<RuleFileGiven, Problem> {
        let from = self.from.trim();
        let year = || from.parse().map_err(|_| Problem::invalid("from when it governs can't be read"));
        let (accessioned_from, work_ended_from) = match self.governs.as_str() {
            "accessioned" => (Some(from.to_owned()), None),
            "ended" => (None, Some(year()?)),
            _ => (None, None),
        };
        Ok(RuleFileGiven { text: self.text.replace("\r\n", "\n"), accessioned_from, work_ended_from })
    }
}

/// `POST /rules`: what a rule file would change; then, adopted.
pub async fn adopt(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let done = match draft.file() {
        Ok(file) if draft.act == "adopt" => {
            let wanted = RuleFileWanted { file, reason: draft.reason.clone() };
            api::adopted(&service, &page.asking, wanted).await.map(|_| None)
        }
        Ok(file) => api::foreseen(&service, file).await.map(Some),
        Err(problem) => Err(problem),
    };
    match done {
        Ok(None) => Ok(Redirect::to("/rules").into_response()),
        Ok(foreseen) => shown(&service, &page, draft, foreseen, String::new()).await,
        Err(problem) => refused(&service, &page, draft, problem).await,
    }
}

async fn refused(service: &Arc<Service>, page: &Page, draft: Draft, problem: Problem) -> Result<Response, Problem> {
    if !matches!(problem.code, "conflict" | "invalid" | "denied" | "not-found") {
        return Err(problem);
    }
    let wrong = format!("{} {}", page.t("rules-not-done"), page.in_words(&problem.detail));
    shown(service, page, draft, None, wrong).await
}

async fn done<T>(service: &Arc<Service>, page: &Page, done: Result<T, Problem>) -> Result<Response, Problem> {
    match done {
        Ok(_) => Ok(Redirect::to("/rules").into_response()),
        Err(problem) => refused(service, page, Draft::default(), problem).await,
    }
}

/// `POST /rules/{id}/approve`
pub async fn approve(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    done(&service, &page, api::approved(&service, &page.asking, &id).await).await
}

fn codes(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',');
    parts.filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

/// `POST /rules/confirm`
pub async fn confirm(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(given): Form<Codes>,
) -> Result<Response, Problem> {
    let version = match given.version.trim() {
        "" => None,
        number => Some(number.parse().map_err(|_| Problem::invalid("the number of the version can't be read"))?),
    };
    let compared = RulesCompared { rules: codes(&given.rules), version, basis: given.basis, mandate: given.mandate };
    done(&service, &page, api::confirmed(&service, &page.asking, compared).await).await
}

/// `POST /rules/withdraw`
pub async fn withdraw(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(given): Form<Codes>,
) -> Result<Response, Problem> {
    let doubted = RulesDoubted { rules: codes(&given.rules), reason: given.reason };
    done(&service, &page, api::withdrawn(&service, &page.asking, doubted).await).await
}
