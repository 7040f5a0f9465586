//! Problems: what is answered when something can't be done (RFC 9457).
//!
//! One table, that of [`crate::error::Kind`], gives code and status. What went wrong inside (5xx) is told to the log alone:
//! it may name places of the disk. A page shows the same problem in words.

use crate::auth::rights::Decision;
use crate::error::{Error, Kind};
use axum::Json;
use axum::body::to_bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Media type of a problem.
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");
/// Longest words of a library about what it refuses, bytes.
const WORDS_BYTES_MAX: usize = 1024;

/// What can't be done, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable code.
    pub code: &'static str,
    /// What happened.
    pub detail: String,
    /// What to do.
    pub remedy: Option<String>,
}

/// A problem as `application/problem+json`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// Always `about:blank`: the code tells problems apart.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// Stable code: `invalid`, `not-found`, `conflict`, `denied`, `unavailable`, `corrupt`, `sign-in`,
    /// `sign-in-again`, `wrong-password`, `code-missing`, `password-lapsed`, `change-password`, `second-factor`, `too-many`, `too-long`,
    /// `timeout`, `changed`, `stale-form`, `key-used`, `key-refused`, `key-went-back`.
    code: &'static str,
    /// What happened.
    detail: String,
    /// What to do, if one thing is known to help.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Problem {
    /// The request is wrong.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "invalid", detail: detail.into(), remedy: None }
    }

    /// The thing does not exist, as far as who asks may know.
    pub fn not_found() -> Self {
        let detail = "there is nothing here under this name".to_owned();
        Self { status: StatusCode::NOT_FOUND, code: "not-found", detail, remedy: None }
    }

    /// The state does not allow it.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::CONFLICT, code: "conflict", detail: detail.into(), remedy: None }
    }

    /// Somebody may not.
    pub fn denied(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, code: "denied", detail: detail.into(), remedy: None }
    }

    /// The form is of a page that another session was shown, or this one before its password was given again.
    pub fn stale_form() -> Self {
        let detail = "the form is not of this session: open the page again".to_owned();
        Self { status: StatusCode::FORBIDDEN, code: "stale-form", detail, remedy: None }
    }

    /// Nobody signed in.
    pub fn sign_in() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "sign-in",
            detail: "nobody is signed in".into(),
            remedy: Some("sign in with POST /api/v1/session".into()),
        }
    }

    /// The token opens nothing.
    pub fn no_token() -> Self {
        let detail = "the token is unknown, has ended or was revoked".to_owned();
        Self { status: StatusCode::UNAUTHORIZED, code: "sign-in", detail, remedy: None }
    }

    /// Signed in, but too long ago for this.
    pub fn sign_in_again() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: "sign-in-again",
            detail: "this needs the password again: it was given too long ago".into(),
            remedy: Some("give it with POST /api/v1/session/proof, and repeat the request".into()),
        }
    }

    /// Too often, too soon.
    pub fn too_many(detail: impl Into<String>) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self { status, code: "too-many", detail: detail.into(), remedy: None }
    }

    /// More than is taken.
    pub fn too_long() -> Self {
        let detail = "there is more than is taken here".to_owned();
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, code: "too-long", detail, remedy: None }
    }

    /// The other side fell silent.
    pub fn timeout() -> Self {
        let detail = "nothing came for too long".to_owned();
        Self { status: StatusCode::REQUEST_TIMEOUT, code: "timeout", detail, remedy: None }
    }

    /// What is to be changed is not what was seen (RFC 9110 §13.1.1).
    pub fn changed() -> Self {
        Self {
            status: StatusCode::PRECONDITION_FAILED,
            code: "changed",
            detail: "it has changed since it was seen".into(),
            remedy: Some("look at it again, then repeat the request with its new entity tag".into()),
        }
    }

    /// The problem that a refusal is about: its own, or, where a library refused (no JSON, no such method, no path), one
    /// made of what that said. `None` where nothing was refused, or the body is a problem or a page already.
    pub async fn in_answer(response: &mut Response) -> Option<Self> {
        let status = response.status();
        if let Some(problem) = response.extensions().get::<Self>() {
            return Some(problem.clone());
        }
        let kind = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let is_said = kind == MEDIA_TYPE.as_bytes() || kind.starts_with(b"text/html");
        if !(status.is_client_error() || status.is_server_error()) || is_said {
            return None;
        }
        let said = to_bytes(std::mem::take(response.body_mut()), WORDS_BYTES_MAX).await.unwrap_or_default();
        let said = std::str::from_utf8(&said).unwrap_or_default().trim();
        Some(Self::of_refusal(status, said))
    }

    fn of_refusal(status: StatusCode, said: &str) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => return Self::not_found(),
            StatusCode::PAYLOAD_TOO_LARGE => return Self::too_long(),
            StatusCode::REQUEST_TIMEOUT => return Self::timeout(),
            _ if status.is_server_error() => "unavailable",
            _ => "invalid",
        };
        let words = if said.is_empty() { status.canonical_reason().unwrap_or("refused") } else { said };
        Self { status, code, detail: words.to_owned(), remedy: None }
    }

    /// What a decision that does not allow is answered with. What is out of reach is not there: whether it exists is
    /// none of the asker's business.
    pub fn of(decision: Decision) -> Option<Self> {
        match decision {
            Decision::Allowed => None,
            Decision::SignInFirst => Some(Self::sign_in()),
            Decision::NotTheirRole => Some(Self::denied("no role of this account does this")),
            Decision::NotTheirToken => Some(Self::denied("the token is not for this action")),
            Decision::OutOfReach => Some(Self::not_found()),
            Decision::Closed => {
                Some(Self::denied("the access mode of this record is closed to the roles of this account"))
            }
        }
    }
}

/// An answer in the place of a library's refusal, with what the head of that says otherwise (`Allow`, `Content-Range`).
pub fn in_place_of(refusal: Response, mut answer: Response) -> Response {
    let mut head = refusal.into_parts().0.headers;
    head.remove(header::CONTENT_TYPE);
    head.remove(header::CONTENT_LENGTH);
    answer.headers_mut().extend(head);
    answer
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let (code, _, status) = error.kind().codes();
        let detail = match error.kind() {
            Kind::Unavailable | Kind::Corrupt => {
                tracing::error!(%error, code, "a request failed");
                "the archive can't answer this now; its log says why".to_owned()
            }
            Kind::NotFound => return Self::not_found(),
            Kind::Invalid | Kind::Conflict | Kind::Denied => error.to_string(),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code, detail, remedy: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or(""),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail.clone(),
            remedy: self.remedy.clone(),
        };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, MEDIA_TYPE);
        response.extensions_mut().insert(self);
        response
    }
}
