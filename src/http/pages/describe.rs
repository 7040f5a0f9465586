//! The forms on the pages of records and dossiers by which an archivist amends their descriptions.

use super::form::{Draft, written};
use super::record::{self, Said};
use super::{Page, dossier};
use crate::archive::describe::{Field, Seen};
use crate::http::api::describe::{NewDossierDescription, amended, dossier_amended};
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::service::Service;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// The form: every field as it was shown or written.
#[derive(Deserialize)]
pub struct Amending {
    seen: u64,
    subject: String,
    keyword: String,
    language: String,
    signer: String,
    signer_position: String,
    number_of_page: String,
    sensitivity: String,
    reason: String,
}

/// `POST /records/{id}/description`
pub async fn describe(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(form): Form<Amending>,
) -> Result<Response, Problem> {
    let wanted = vec![
        (Field::Subject, form.subject),
        (Field::Keywords, form.keyword),
        (Field::Language, form.language),
        (Field::Signer, form.signer),
        (Field::SignerPosition, form.signer_position),
        (Field::Pages, form.number_of_page),
        (Field::Sensitivity, form.sensitivity),
    ];
    match amended(&service, &page.asking, &id, Seen::AsOf(form.seen), wanted, form.reason).await {
        Ok(()) => Ok(Redirect::to(&format!("/records/{}#history", escaped(&id))).into_response()),
        // What is refused is told where it was written.
        Err(problem) if matches!(problem.code, "conflict" | "invalid" | "denied") => {
            let description = format!("{} {}", page.t("describe-refused"), page.said(&problem).unwrap_or_default());
            record::shown_with(&service, page, &id, Said { description, ..Said::default() }).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /dossiers/{id}/description`
pub async fn describe_dossier(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let seen = written(&draft, "seen").and_then(|seen| seen.parse().ok());
    let seen = seen.ok_or_else(|| Problem::invalid("the form can't be read"))?;
    let new = NewDossierDescription {
        title: draft.get("title").cloned(),
        description: draft.get("description").cloned(),
        reason: written(&draft, "reason").unwrap_or_default(),
    };
    match dossier_amended(&service, &page.asking, &id, Seen::AsOf(seen), new).await {
        Ok(()) => Ok(Redirect::to(&format!("/dossiers/{}#history", escaped(&id))).into_response()),
        Err(problem) if matches!(problem.code, "conflict" | "invalid") => {
            let wrong = format!("{} {}", page.t("describe-refused"), page.in_words(&problem.detail));
            dossier::shown_with(&service, &page, &id, None, Some((wrong, draft))).await
        }
        Err(problem) => Err(problem),
    }
}
