//! What rules beside schedules: holidays, what kind of archive this is, and who transfers by another law's time.

use super::Page;
use super::form::{Draft, Field, Form as Asked, written};
use crate::archive::disposal::Whose;
use crate::archive::retention::Sector;
use crate::auth::rights::Action;
use crate::http::api::setting::{
    self as api, HolidaysOfYear, NewArchiveKind, NewArchiveName, NewHolidays, NewSector, RetentionSettings,
};
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// The days off of a year.
struct Year {
    year: i32,
    is_whole: bool,
    read: String,
    off: String,
    worked: String,
}

#[derive(Template)]
#[template(path = "setting.html")]
struct SettingPage<'a> {
    page: &'a Page,
    kind: String,
    /// Name and place of the archive.
    called: Option<(String, String)>,
    years: Vec<Year>,
    /// Code of each agency, and its sector in words.
    sectors: Vec<(String, String)>,
    kind_form: Option<Asked>,
    name_form: Option<Asked>,
    sector_form: Option<Asked>,
    holidays_form: Option<Asked>,
    prove: Option<String>,
    wrong: String,
}

/// `GET /rules/settings`
pub async fn show(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    shown(&service, &page, &Draft::new(), String::new()).await
}

async fn shown(service: &Arc<Service>, page: &Page, draft: &Draft, wrong: String) -> Result<Response, Problem> {
    let RetentionSettings { archive, name, place, holidays, sectors } = api::settings(service).await?;
    let may = page.asking.could(Action::AdoptRules);
    let kinds = Whose::NAMES.iter().filter(|(name, _)| *name != archive);
    let kinds = kinds.map(|(name, kind)| ((*name).to_owned(), either(page, kind.words()))).collect();
    let of_time = |sector: &str| page.t(&format!("setting-sector-{sector}"));
    let times = Sector::NAMES.iter().map(|(name, _)| ((*name).to_owned(), of_time(name))).collect();
    let known = Whose::NAMES.iter().find(|(name, _)| *name == archive);
    let shown = SettingPage {
        kind: known.map_or_else(|| archive.to_owned(), |(_, kind)| either(page, kind.words())),
        called: name.zip(place),
        years: holidays.iter().rev().map(|year| told(page, year)).collect(),
        sectors: sectors.into_iter().map(|one| (one.agency, of_time(one.sector))).collect(),
        kind_form: may.then(|| form(page, draft, "archive-kind", vec![("kind", "select", kinds)])),
        name_form: may.then(|| {
            form(page, draft, "archive-name", vec![("name", "text", Vec::new()), ("place", "text", Vec::new())])
        }),
        sector_form: may
            .then(|| form(page, draft, "sectors", vec![("agency", "text", Vec::new()), ("sector", "select", times)])),
        holidays_form: may.then(|| form(page, draft, "holidays", vec![("text", "lines", Vec::new())])),
        prove: page.to_prove(service, Action::AdoptRules, "/rules/settings"),
        wrong,
        page,
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

fn either(page: &Page, (vi, en): (&str, &str)) -> String {
    page.words.either(vi, en).to_owned()
}

fn told(page: &Page, year: &HolidaysOfYear) -> Year {
    let days = |days: &[String]| days.iter().map(|day| page.words.day(day)).collect::<Vec<_>>().join(" · ");
    Year {
        year: year.year,
        is_whole: year.whole,
        read: format!("{} ({})", year.source, page.words.either(&year.grade.vi, &year.grade.en)),
        off: days(&year.off),
        worked: days(&year.worked),
    }
}

/// Name of a field, its kind, and what may be chosen.
type Wanted = (&'static str, &'static str, Vec<(String, String)>);

fn form(page: &Page, draft: &Draft, setting: &str, fields: Vec<Wanted>) -> Asked {
    let is_open = fields.first().is_some_and(|(first, ..)| draft.contains_key(*first));
    let reason = ("reason", "text", Vec::new());
    let field = |(name, kind, options): Wanted| Field {
        name,
        label: page.t(&format!("setting-{name}")),
        value: draft.get(name).filter(|_| is_open).cloned().unwrap_or_default(),
        kind,
        options,
        is_required: true,
    };
    Asked {
        id: setting.to_owned(),
        title: page.t(&format!("setting-set-{setting}")),
        lead: page.t(&format!("setting-lead-{setting}")),
        action: format!("/rules/settings/{setting}"),
        hidden: Vec::new(),
        fields: fields.into_iter().chain([reason]).map(field).collect(),
        is_open,
    }
}

/// What is refused is told where it was written; anything else is a problem of its own.
async fn answered(
    service: &Arc<Service>,
    page: &Page,
    draft: &Draft,
    done: Result<(), Problem>,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(Redirect::to("/rules/settings").into_response()),
        Err(problem) if matches!(problem.code, "conflict" | "invalid") => {
            let wrong = format!("{} {}", page.t("setting-not-done"), page.in_words(&problem.detail));
            shown(service, page, draft, wrong).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /rules/settings/holidays`
pub async fn holidays(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let text = written(&draft, "text").unwrap_or_default().replace("\r\n", "\n");
    let new = NewHolidays { text, reason: written(&draft, "reason").unwrap_or_default() };
    answered(&service, &page, &draft, api::adopted(&service, &page.asking, new).await).await
}

/// `POST /rules/settings/archive-kind`
pub async fn archive_kind(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let text = |field| written(&draft, field).unwrap_or_default();
    let new = NewArchiveKind { kind: text("kind"), reason: text("reason") };
    answered(&service, &page, &draft, api::kind_set(&service, &page.asking, new).await).await
}

/// `POST /rules/settings/archive-name`
pub async fn archive_name(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let text = |field| written(&draft, field).unwrap_or_default();
    let new = NewArchiveName { name: text("name"), place: text("place"), reason: text("reason") };
    answered(&service, &page, &draft, api::name_set(&service, &page.asking, new).await).await
}

/// `POST /rules/settings/sectors`
pub async fn sector(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let text = |field| written(&draft, field).unwrap_or_default();
    let new = NewSector { agency: text("agency"), sector: text("sector"), reason: text("reason") };
    answered(&service, &page, &draft, api::sector_set(&service, &page.asking, new).await).await
}
