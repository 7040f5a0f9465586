//! Webhooks, for administrators: made, resumed, removed; and how each stands.

use super::Page;
use super::persons::Persons;
use crate::archive::webhook::{Standing, Webhook};
use crate::http::api::webhooks::{WebhookWanted, end, make, resume};
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;
use uuid::Uuid;

struct Listed {
    id: Uuid,
    agency: String,
    url: String,
    made: String,
    standing: String,
    tone: &'static str,
    /// What happened the last time, and when it is tried again.
    why: String,
}

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage<'a> {
    page: &'a Page,
    webhooks: Vec<Listed>,
    /// What messages are signed with, shown this once.
    secret: String,
    wrong: String,
}

/// `GET /webhooks`
pub async fn shown(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    show(&service, &page, String::new(), String::new()).await
}

async fn show(service: &Arc<Service>, page: &Page, secret: String, wrong: String) -> Result<Response, Problem> {
    let all = blocking(service.clone(), |service| service.webhooks.all()).await?;
    let persons = Persons::of(service).await?;
    let webhooks = all.iter().map(|one| listed(page, &persons, one)).collect();
    let shown = WebhooksPage { page, webhooks, secret, wrong };
    page.answer(&shown, !shown.wrong.is_empty())
}

fn listed(page: &Page, persons: &Persons, one: &Webhook) -> Listed {
    let (standing, tone, why) = match &one.standing {
        Standing::Well => ("webhook-well", "good", String::new()),
        Standing::Failing { next, why, .. } => {
            // Day and minute are enough: a page is not looked at by the second.
            let next = next.to_string();
            let minute = format!("{} {}", page.words.day(&next), next.get(11..16).unwrap_or_default());
            ("webhook-failing", "doubt", format!("{} {}", page.with("webhook-again", &minute), page.in_words(why)))
        }
        Standing::Disabled { why, .. } => ("webhook-disabled", "bad", page.in_words(why)),
    };
    Listed {
        id: one.id,
        agency: one.agency.to_string(),
        url: one.url.to_string(),
        made: format!("{}, {}", persons.holder(&one.by), page.words.day(&one.made.to_string())),
        standing: page.t(standing),
        tone,
        why,
    }
}

/// `POST /webhooks`: makes one, and shows its secret.
pub async fn create(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(wanted): Form<WebhookWanted>,
) -> Result<Response, Problem> {
    match make(&service, &page.asking, wanted).await {
        Ok(made) => show(&service, &page, made.secret.unwrap_or_default(), String::new()).await,
        Err(problem) if problem.code == "invalid" => {
            let wrong = page.said(&problem).unwrap_or_else(|| page.t("webhook-invalid"));
            show(&service, &page, String::new(), wrong).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /webhooks/{id}/resume`
pub async fn resume_one(State(service): State<Arc<Service>>, Path(id): Path<String>) -> Result<Response, Problem> {
    resume(&service, &id).await?;
    Ok(Redirect::to("/webhooks").into_response())
}

/// `POST /webhooks/{id}/remove`
pub async fn remove_one(State(service): State<Arc<Service>>, Path(id): Path<String>) -> Result<Response, Problem> {
    end(&service, &id).await?;
    Ok(Redirect::to("/webhooks").into_response())
}
