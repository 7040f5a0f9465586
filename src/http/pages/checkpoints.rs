//! The history of checkpoints: what was stamped, when, by whom, and where it lies.

use super::Page;
use crate::http::api::checkpoints::{Paging, checkpoints as listed};
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use std::sync::Arc;

struct Sealed {
    size: String,
    place: String,
    /// Authority, time, place of the token.
    stamps: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "checkpoints.html")]
struct CheckpointsPage<'a> {
    page: &'a Page,
    newest: String,
    place: &'static str,
    stamped: Vec<Sealed>,
    next: Option<String>,
}

/// `GET /inspect/checkpoints`
pub async fn checkpoints(
    State(service): State<Arc<Service>>,
    page: Page,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let found = listed(&service, &paging).await?;
    let sealed = found.stamped.into_iter().map(|one| Sealed {
        size: page.words.number(one.size),
        place: one.place,
        stamps: one
            .stamps
            .into_iter()
            .map(|stamp| (stamp.authority, page.words.day(&stamp.time), stamp.place))
            .collect(),
    });
    page.render(&CheckpointsPage {
        newest: page.words.number(found.newest),
        place: found.place,
        stamped: sealed.collect(),
        next: found.next.map(|next| format!("/inspect/checkpoints?cursor={next}")),
        page: &page,
    })
}
