//! The audit trail, for inspectors: who did what, by person and by record or case.

use super::Page;
use crate::auth::rights::Action;
use crate::http::api::audit::{Conditions, asked};
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use std::sync::Arc;

struct Shown {
    index: String,
    at: String,
    who: String,
    what: String,
    about: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage<'a> {
    page: &'a Page,
    by: String,
    about: String,
    acts: Vec<Shown>,
    /// Address of what is before, if the beginning was not reached.
    before: Option<String>,
}

/// `GET /audit`
pub async fn audit(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(conditions): Query<Conditions>,
) -> Result<Response, Problem> {
    let (by, about) = (conditions.by.clone().unwrap_or_default(), conditions.about.clone().unwrap_or_default());
    let trail = asked(&service, &page.asking, conditions).await?;
    let acts = trail.acts.into_iter().map(|act| Shown {
        index: page.words.number(act.index),
        at: act.at.get(..19).unwrap_or_default().replace('T', " "),
        who: match act.who.as_deref() {
            Some("") if act.what == Action::ReadByPass.name() => page.t("audit-reader"),
            Some("") => page.t("audit-program"),
            Some(name) => name.to_owned(),
            None => "–".to_owned(),
        },
        // What was read is told by what it was read for.
        what: match act.what.parse::<Action>() {
            Ok(read) => page.t(&format!("action-{}", read.name())),
            Err(_) => page.t(&format!("event-{}", act.what)),
        },
        about: act.about,
    });
    let before = trail.next.map(|next| format!("/audit?by={}&about={}&before={next}", escaped(&by), escaped(&about)));
    page.render(&AuditPage { acts: acts.collect(), before, by, about, page: &page })
}
