//! What the execution of a case would do with each item now.

use super::Page;
use crate::http::api::disposal::foreseen;
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// An item: its code and title, and why it would be left; empty: it would be destroyed.
struct Line {
    code: String,
    title: String,
    left: String,
}

#[derive(Template)]
#[template(path = "foresight.html")]
struct ForesightPage<'a> {
    page: &'a Page,
    case: String,
    destroyed: u64,
    left: u64,
    items: Vec<Line>,
}

/// `GET /disposal/{year}/{number}/foresight`
pub async fn foresee(
    State(service): State<Arc<Service>>,
    page: Page,
    Path((year, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let case = format!("{year}/{number}");
    let foreseen = foreseen(&service, case.clone()).await?;
    let left = |words: &crate::http::api::Both| page.words.either(&words.vi, &words.en).to_owned();
    let items = foreseen.items.iter().map(|one| Line {
        code: one.code.clone(),
        title: one.title.clone(),
        left: one.left_words.as_ref().map_or_else(String::new, left),
    });
    let shown = ForesightPage {
        items: items.collect(),
        destroyed: foreseen.destroyed as u64,
        left: foreseen.left as u64,
        case,
        page: &page,
    };
    page.render(&shown)
}
