//! What an execution that has begun would do with each item now; nothing is destroyed or recorded.

use super::super::refused::{NoRole, NotSignedIn};
use super::super::wire::Both;
use super::shown::both;
use crate::archive::disposal::{Docket, Foreseen};
use crate::archive::retention::today;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What the execution of a case would come to now.
#[derive(Serialize, ToSchema)]
pub struct Foresight {
    /// Items that would be destroyed.
    pub destroyed: usize,
    /// Items that would be left.
    pub left: usize,
    /// Those that have not been dealt with.
    pub items: Vec<ItemForeseen>,
}

/// What would become of an item.
#[derive(Serialize, ToSchema)]
pub struct ItemForeseen {
    /// Identifier of the record.
    pub record: String,
    /// Its code.
    pub code: String,
    /// Its title, as the list prints it.
    pub title: String,
    /// Why it would be left; null: it would be destroyed.
    pub left: Option<&'static str>,
    /// The same in words.
    pub left_words: Option<Both>,
}

impl Foresight {
    fn new(docket: &Docket, items: &[Foreseen]) -> Self {
        let shown = |one: &Foreseen| {
            let item = docket.case.item(one.record).map(|(item, _)| item);
            ItemForeseen {
                record: one.record.to_string(),
                code: item.map_or_else(String::new, |item| item.code.clone()),
                title: item.map_or_else(String::new, |item| item.title.clone()),
                left: one.left.map(|skip| skip.name()),
                left_words: one.left.map(|skip| both(skip.words())),
            }
        };
        let left = items.iter().filter(|one| one.left.is_some()).count();
        Self { destroyed: items.len() - left, left, items: items.iter().map(shown).collect() }
    }
}

/// Foresees the execution of a case.
pub async fn foreseen(service: &Arc<Service>, case: String) -> Result<Foresight, Problem> {
    let looked = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        let docket = archive.disposal_case(&case)?;
        let items = archive.foresee_disposal(&docket, today(service.clock.as_ref()))?;
        Ok(Foresight::new(&docket, &items))
    });
    Ok(looked.await?)
}

/// What the execution that has begun would do with each item now; nothing is destroyed or recorded.
#[utoipa::path(get, path = "/disposal-cases/{year}/{number}/foresight", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year")),
    security(("session" = [])), responses(
    (status = 200, description = "what it would come to", body = Foresight),
    NotSignedIn, NoRole,
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "no execution has begun", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn foresee(
    State(service): State<Arc<Service>>,
    Path((year, number)): Path<(String, String)>,
) -> Result<Json<Foresight>, Problem> {
    foreseen(&service, format!("{year}/{number}")).await.map(Json)
}
