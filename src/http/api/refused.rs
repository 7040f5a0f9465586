//! How nearly every route may refuse: named once, for the description of the API.
//!
//! [`Everywhere`] adds what is decided before a handler runs (the guard, the pace, the reading of JSON) to every
//! operation that does not say it in its own words.

#![expect(dead_code, reason = "they describe answers, which are made of a `Problem`")]

use crate::http::problem::ProblemBody;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify};

/// Of every operation.
const ANY: [(&str, &str); 2] = [
    ("429", "too many requests of one address or account: `Retry-After` says when to ask again"),
    ("503", "not now: the archive is being written by a command, or does not answer in time"),
];
/// Of those that want somebody who signed in.
const WITH_SOMEBODY: [(&str, &str); 2] = [
    ("401", "nobody is signed in, or the token opens nothing"),
    (
        "403",
        "no role does this, or it is not asked as it must be: with the form token, a password just given, a second factor",
    ),
];
/// Of those that read JSON.
const WITH_JSON: [(&str, &str); 4] = [
    ("400", "no JSON"),
    ("413", "longer than is taken"),
    ("415", "another type of content than application/json"),
    ("422", "the JSON is another, or another request had this idempotency key"),
];
/// Of those whose path or query has parts that are read.
const WITH_PARAMETERS: [(&str, &str); 1] = [("400", "a part of the path or the query can't be read")];

/// Adds to each operation how it may refuse before its handler runs.
pub struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, described: &mut OpenApi) {
        for item in described.paths.paths.values_mut() {
            let all =
                [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete, &mut item.head, &mut item.options];
            all.into_iter().flatten().for_each(may_refuse);
        }
    }
}

fn may_refuse(operation: &mut Operation) {
    let is_open = operation.security.as_ref().is_none_or(|ways| ways.contains(&Default::default()));
    let body = operation.request_body.as_ref();
    let json = body.is_some_and(|body| matches!(body, RefOr::T(body) if body.content.contains_key("application/json")));
    let parameters = operation.parameters.as_ref().is_some_and(|all| !all.is_empty());
    let mut add = |refusals: &[(&str, &str)], applies: bool| {
        for (status, words) in refusals.iter().filter(|_| applies) {
            let known = &mut operation.responses.responses;
            known.entry((*status).to_owned()).or_insert_with(|| RefOr::T(problem(words)));
        }
    };
    add(&ANY, true);
    add(&WITH_SOMEBODY, !is_open);
    add(&WITH_JSON, json);
    add(&WITH_PARAMETERS, parameters);
}

fn problem(words: &str) -> Response {
    let body = Content::new(Some(Ref::from_schema_name("ProblemBody")));
    ResponseBuilder::new().description(words).content("application/problem+json", body).build()
}

/// Nobody says who asks.
#[derive(IntoResponses)]
#[response(status = 401, description = "nobody is signed in", content_type = "application/problem+json")]
pub struct NotSignedIn(ProblemBody);

/// Who asks may not.
#[derive(IntoResponses)]
#[response(status = 403, description = "no role does this", content_type = "application/problem+json")]
pub struct NoRole(ProblemBody);

/// What is asked for is not there for who asks: which of the two is not told.
#[derive(IntoResponses)]
#[response(status = 404, description = "not there, or out of reach", content_type = "application/problem+json")]
pub struct OutOfReach(ProblemBody);

/// A cursor or a limit out of its form.
#[derive(IntoResponses)]
#[response(status = 400, description = "the page can't be read", content_type = "application/problem+json")]
pub struct NoSuchPage(ProblemBody);
