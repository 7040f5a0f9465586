//! The audit trail, for inspectors: who did what, by person, by record or case, by kind and by day.

use super::Page;
use crate::archive::disposal::act_words;
use crate::archive::trail::{Act, Called, Thing};
use crate::auth::rights::Action;
use crate::event::EventKind;
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
    /// Name of the account, where its holder's is told.
    account: String,
    what: String,
    about: String,
    title: String,
    /// Where it is told of, if that may be seen.
    href: Option<String>,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage<'a> {
    page: &'a Page,
    asked: Conditions,
    /// Kinds of acts: name, words, whether it is asked for.
    kinds: Vec<(&'static str, String, bool)>,
    acts: Vec<Shown>,
    /// Address of what is before, if the beginning was not reached.
    before: Option<String>,
    export: String,
}

impl AuditPage<'_> {
    fn given<'a>(&self, text: &'a Option<String>) -> &'a str {
        text.as_deref().unwrap_or("")
    }
}

/// `GET /audit`
pub async fn audit(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(conditions): Query<Conditions>,
) -> Result<Response, Problem> {
    let conditions = Conditions { format: None, ..conditions };
    let trail = asked(&service, &page.asking, &conditions).await?;
    let query = conditions.query();
    page.render(&AuditPage {
        acts: trail.acts.into_iter().map(|act| shown(&page, act)).collect(),
        before: trail.next.map(|next| format!("/audit?cursor={next}{query}")),
        export: format!("/api/v1/audit?format=csv{query}"),
        kinds: kinds(&page, conditions.what.as_deref().unwrap_or("")),
        asked: conditions,
        page: &page,
    })
}

fn kinds(page: &Page, asked: &str) -> Vec<(&'static str, String, bool)> {
    let kind = |kind: &EventKind| (kind.name(), page.t(&format!("event-{}", kind.name())), kind.name() == asked);
    let mut kinds: Vec<_> = EventKind::ALL.iter().map(kind).collect();
    kinds.sort_by(|one, other| one.1.cmp(&other.1));
    kinds
}

fn shown(page: &Page, act: Act) -> Shown {
    let (who, account) = match (act.who, act.holder) {
        (Some(name), _) if name.is_empty() && act.what == Action::ReadByPass.name() => {
            (page.t("audit-reader"), String::new())
        }
        (Some(name), _) if name.is_empty() => (page.t("audit-program"), String::new()),
        (Some(name), Some(holder)) if !holder.is_empty() && holder != name => (holder, name),
        (Some(name), _) => (name, String::new()),
        (None, _) => ("–".to_owned(), String::new()),
    };
    // What was read is told by what it was read for.
    let what = match act.what.parse::<Action>() {
        Ok(read) => page.t(&format!("action-{}", read.name())),
        Err(_) => page.t(&format!("event-{}", act.what)),
    };
    let steps = act.steps.iter().map(|step| {
        let (vi, en) = act_words(step);
        page.words.either(vi, en)
    });
    let steps: Vec<_> = steps.collect();
    let what = if steps.is_empty() { what } else { format!("{what}: {}", steps.join(", ")) };
    let called = act.called;
    let href = called.as_ref().map(|called| place(called, &act.about));
    let (code, title) = called.map_or_else(Default::default, |called| (called.code, called.title));
    let about = if code.is_empty() { act.about } else { code };
    Shown { index: page.words.number(act.index), at: page.words.day(&act.at), who, account, what, about, title, href }
}

/// Where a thing is told of.
fn place(called: &Called, id: &str) -> String {
    match called.kind {
        Thing::Record => format!("/records/{}", escaped(&called.code)),
        Thing::Dossier => format!("/dossiers/{}", escaped(&called.code)),
        Thing::Case => format!("/disposal/{}", called.code),
        Thing::Account => "/accounts".to_owned(),
        // A read is of one of its documents.
        Thing::Transfer => format!("/transfers/{}", id.replacen('/', "/documents/", 1)),
        Thing::Request => format!("/requests/{id}"),
    }
}
