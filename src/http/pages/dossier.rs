//! The page of a dossier: its records, how long it is kept, what describes it, and the form that amends that.

use super::form::{Draft, Field, Form as Asked, written};
use super::record::{Happened, Kept, happened, keeping};
use super::search::Hit;
use super::{Fact, Page, facts};
use crate::archive::body::DossierBody;
use crate::archive::describe::DossierField;
use crate::auth::rights::{Action, Object};
use crate::http::api::dossiers::{Described, described};
use crate::http::api::records::explained;
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// Records on a page.
const ON_A_PAGE: usize = 50;

/// Which records of a dossier.
#[derive(Deserialize)]
pub struct After {
    after: Option<u32>,
}

#[derive(Template)]
#[template(path = "dossier.html")]
struct DossierPage<'a> {
    /// Code of the agency in the dossier's own.
    fonds: String,
    page: &'a Page,
    dossier: &'a DossierBody,
    facts: Vec<Fact>,
    records: Vec<(u32, Hit)>,
    next: Option<String>,
    kept: Kept,
    retention: String,
    history: Vec<Happened>,
    amending: Option<Asked>,
    wrong: String,
}

/// `GET /dossiers/{id}`
pub async fn dossier(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(name): Path<String>,
    Query(After { after }): Query<After>,
) -> Result<Response, Problem> {
    shown_with(&service, &page, &name, after, None).await
}

/// The page; with what is wrong with the description that was written, where it was refused.
pub async fn shown_with(
    service: &Arc<Service>,
    page: &Page,
    name: &str,
    after: Option<u32>,
    refused: Option<(String, Draft)>,
) -> Result<Response, Problem> {
    let Described { id, body, newest } = described(service, &page.asking, name, Action::ReadDescription).await?;
    let (listed, events) = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        let listed = archive.records_of(id, after.unwrap_or(0), ON_A_PAGE + 1)?;
        let listed = listed.into_iter().map(|(ordinal, id)| Ok((ordinal, archive.record(id)?)));
        Ok((listed.collect::<Result<Vec<_>, crate::error::Error>>()?, archive.history(&id.to_string())?))
    })
    .await?;
    let kept = explained(service, id, None).await?;
    let more = listed.len() > ON_A_PAGE;
    let last = listed.iter().take(ON_A_PAGE).next_back().map(|(ordinal, _)| *ordinal).filter(|_| more);
    let dates = match (&body.start_date, &body.end_date) {
        (Some(first), Some(last)) => format!("{} – {}", page.words.day(first), page.words.day(last)),
        _ => String::new(),
    };
    let agency = format!("{} ({})", body.agency_name, body.agency_code);
    let listed_facts = [
        ("fact-transferred-by", agency.as_str()),
        ("fact-year", &body.year.to_string()),
        ("fact-dates", &dates),
        ("fact-stated", &body.retention.citation),
        ("fact-description", &body.description),
    ];
    let mut described = facts(page, &listed_facts);
    described.push(Fact { name: page.t("fact-code"), value: body.arc_file_code.clone(), is_code: true });
    described.push(Fact { name: page.t("fact-identifier"), value: id.to_string(), is_code: true });
    let object = Object::Described { agency: &body.agency_code };
    let may_describe = !listed.is_empty() && page.asking.may(Action::Describe, object).is_ok();
    let shown = DossierPage {
        facts: described,
        records: listed.iter().take(ON_A_PAGE).map(|(ordinal, body)| (*ordinal, Hit::new(page, body))).collect(),
        next: last.map(|last| format!("/dossiers/{}?after={last}", escaped(&body.file_code))),
        kept: keeping(page, &kept),
        retention: format!("/dossiers/{}/retention", escaped(&body.file_code)),
        history: events.iter().rev().map(|event| happened(page, event)).collect(),
        fonds: body.file_code.rsplitn(3, '.').nth(2).unwrap_or_default().to_owned(),
        amending: may_describe.then(|| amending(page, &body, newest, refused.as_ref().map(|(_, draft)| draft))),
        wrong: refused.map_or_else(String::new, |(wrong, _)| wrong),
        dossier: &body,
        page,
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

fn amending(page: &Page, body: &DossierBody, seen: u64, draft: Option<&Draft>) -> Asked {
    let field = |field: DossierField| {
        let given = draft.and_then(|draft| draft.get(field.name())).cloned();
        Field {
            name: field.name(),
            label: page.t(&format!("describe-{}", field.name())),
            value: given.unwrap_or_else(|| field.of(body).to_owned()),
            kind: "lines",
            options: Vec::new(),
            is_required: field == DossierField::Title,
        }
    };
    let reason = Field {
        name: "reason",
        label: page.t("describe-reason"),
        value: draft.and_then(|draft| written(draft, "reason")).unwrap_or_default(),
        kind: "text",
        options: Vec::new(),
        is_required: true,
    };
    Asked {
        id: "describe".to_owned(),
        title: page.t("describe-amend"),
        lead: page.t("describe-dossier-lead"),
        action: format!("/dossiers/{}/description", escaped(&body.file_code)),
        hidden: vec![("seen", seen.to_string())],
        fields: DossierField::ALL.map(field).into_iter().chain([reason]).collect(),
        is_open: draft.is_some(),
    }
}
