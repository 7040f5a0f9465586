//! How nearly every route may refuse: named once, for the description of the API.

#![expect(dead_code, reason = "they describe answers, which are made of a `Problem`")]

use crate::http::problem::ProblemBody;
use utoipa::IntoResponses;

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
