//! Requests that are repeated because their answer was lost: with the same `Idempotency-Key` the first answer is given again.
//!
//! Kept in memory for a day, by account and key, of each account the newest: a restart forgets. What must not happen twice
//! after a restart either is refused by the state it would change; what remains is a second draft.

use super::guard::{Asking, FORM_BYTES_MAX};
use super::problem::Problem;
use crate::digest::Sha256;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Header with the key.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// How long an answer is kept.
const KEPT_FOR: Duration = Duration::from_secs(24 * 3600);
/// Answers that are kept of one account: of some kilobytes each.
const KEPT_OF_ONE: usize = 256;
/// Bytes of all answers that are kept.
const KEPT_BYTES_MAX: usize = 64 << 20;
/// Longest answer that is kept.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Longest key.
const KEY_BYTES_MAX: usize = 128;

/// Answers that may be asked for again.
#[derive(Default)]
pub struct Answers {
    kept: Mutex<HashMap<Sha256, Kept>>,
}

struct Kept {
    account: Uuid,
    request: Sha256,
    at: Instant,
    /// `None`: the first request is under way.
    answer: Option<(StatusCode, HeaderMap, Bytes)>,
}

/// Takes the place of a request that is under way away, if it comes to nothing.
struct Place {
    answers: Arc<Answers>,
    name: Sha256,
}

/// Whether a request wants its answer to be given again.
pub fn is_wanted(request: &Request) -> bool {
    let is_json = |headers: &HeaderMap| {
        let kind = headers.get(header::CONTENT_TYPE);
        kind.is_none_or(|kind| kind.as_bytes().starts_with(b"application/json"))
    };
    request.method() == Method::POST && request.headers().contains_key(KEY) && is_json(request.headers())
}

/// Runs a request, or gives the answer that it had before.
pub async fn run(answers: &Arc<Answers>, asking: &Asking, request: Request, next: Next) -> Result<Response, Problem> {
    let account = asking.who()?.account.id;
    let key = request.headers().get(KEY).map(|key| key.as_bytes().to_vec()).unwrap_or_default();
    if !(1..=KEY_BYTES_MAX).contains(&key.len()) || !key.iter().all(u8::is_ascii_graphic) {
        return Err(Problem::invalid("an idempotency-key has 1 to 128 visible characters"));
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| Problem::too_long())?;
    let asked = Sha256::of_parts(&[parts.uri.path().as_bytes(), b"\0", &bytes]);
    let name = Sha256::of_parts(&[account.as_bytes(), &key]);
    match answers.take(account, name, asked)? {
        Some((status, headers, body)) => Ok((status, headers, body).into_response()),
        None => {
            let place = Place { answers: answers.clone(), name };
            let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, ANSWER_BYTES_MAX).await.map_err(|_| Problem::too_long())?;
            if !parts.status.is_server_error() {
                place.answers.keep(name, (parts.status, parts.headers.clone(), body.clone()));
            }
            Ok(Response::from_parts(parts, Body::from(body)))
        }
    }
}

impl Answers {
    /// The answer that a request had; `None`: it is the first, and its place is taken.
    fn take(
        &self,
        account: Uuid,
        name: Sha256,
        request: Sha256,
    ) -> Result<Option<(StatusCode, HeaderMap, Bytes)>, Problem> {
        let mut kept = self.lock();
        kept.retain(|_, one| one.at.elapsed() < KEPT_FOR);
        match kept.get(&name) {
            Some(one) if one.request != request => Err(Problem {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                code: "key-used",
                ..Problem::invalid("another request had this idempotency-key")
            }),
            Some(Kept { answer: None, .. }) => Err(Problem::conflict("the first request with this key is under way")),
            Some(Kept { answer, .. }) => Ok(answer.clone()),
            None => {
                if kept.values().filter(|one| one.account == account).count() >= KEPT_OF_ONE {
                    forget_oldest(&mut kept, |one| one.account == account);
                }
                kept.insert(name, Kept { account, request, at: Instant::now(), answer: None });
                Ok(None)
            }
        }
    }

    fn keep(&self, name: Sha256, answer: (StatusCode, HeaderMap, Bytes)) {
        let mut kept = self.lock();
        if let Some(one) = kept.get_mut(&name) {
            one.answer = Some(answer);
        }
        while kept.values().map(Kept::bytes).sum::<usize>() > KEPT_BYTES_MAX {
            forget_oldest(&mut kept, |one| one.bytes() > 0);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Sha256, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn bytes(&self) -> usize {
        self.answer.as_ref().map_or(0, |(_, _, body)| body.len())
    }
}

fn forget_oldest(kept: &mut HashMap<Sha256, Kept>, of: impl Fn(&Kept) -> bool) {
    let oldest = kept.iter().filter(|(_, one)| of(one)).min_by_key(|(_, one)| one.at).map(|(name, _)| *name);
    oldest.iter().for_each(|name| _ = kept.remove(name));
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut kept = self.answers.lock();
        if kept.get(&self.name).is_some_and(|one| one.answer.is_none()) {
            kept.remove(&self.name);
        }
    }
}
