//! Asking an authority: with patience, and with a check of what comes back.

use super::token::{Standing, TOKEN_BYTES_MAX, examine_read};
use super::tree::ALGORITHM;
use crate::archive::time_authority::TimeAuthority;
use crate::cipher;
use crate::network::{Network, Post};
use crate::signature::timestamp::exchange::{Request, Response};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// Bytes of a nonce: no two requests have the same.
const NONCE_BYTES: usize = 16;

/// How far an authority's clock and ours may be apart (RFC 3161 §2.2): a token of another day proves another day.
const CLOCKS_APART_MAX: TimeDelta = TimeDelta::hours(1);

/// How long and how often an authority is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Requests to one authority, at most; one at the least.
    pub attempts: u32,
    /// Pause before the second; each further one is twice as long.
    pub pause: Duration,
    /// Time for one request and its answer.
    pub timeout: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { attempts: 3, pause: Duration::from_secs(2), timeout: Duration::from_secs(15) }
    }
}

/// An authority that gave no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Its name.
    pub authority: String,
    /// How often it was asked.
    pub attempts: u32,
    /// What was wrong the last time.
    pub why: String,
}

enum Refused {
    MayPass(String),
    Stays(String),
}

/// A token of this authority over `root`: whole, fitting the request, its signature verified.
pub fn ask(
    network: &dyn Network,
    authority: &TimeAuthority,
    root: &[u8],
    patience: &Patience,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Unanswered> {
    let unanswered = |attempts, why| Unanswered { authority: authority.name.clone(), attempts, why };
    let (mut attempts, mut pause) = (1, patience.pause);
    loop {
        match once(network, &authority.url, root, patience.timeout, now) {
            Ok(token) => return Ok(token),
            Err(Refused::MayPass(why)) if attempts < patience.attempts => {
                tracing::debug!(authority = authority.name, attempts, why, "no time-stamp yet");
                std::thread::sleep(pause);
                (attempts, pause) = (attempts + 1, pause.saturating_mul(2));
            }
            Err(Refused::MayPass(why) | Refused::Stays(why)) => return Err(unanswered(attempts, why)),
        }
    }
}

fn once(
    network: &dyn Network,
    url: &str,
    root: &[u8],
    timeout: Duration,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Refused> {
    let nonce = cipher::random::<NONCE_BYTES>();
    let request = Request::new(ALGORITHM, root.to_vec(), Some(nonce.to_vec()));
    let body = request.encode();
    let post = Post {
        url,
        media_type: "application/timestamp-query",
        accept: "application/timestamp-reply",
        body: &body,
        answer_bytes_max: TOKEN_BYTES_MAX,
        timeout,
    };
    let answer = network.post(&post).map_err(|error| match error.may_pass() {
        true => Refused::MayPass(error.to_string()),
        false => Refused::Stays(error.to_string()),
    })?;
    let answer =
        Response::read(&answer).map_err(|error| Refused::Stays(format!("its answer is no time-stamp: {error}")))?;
    let token = answer.token_for(&request).map_err(|misfits| {
        let what: Vec<String> = misfits.iter().map(ToString::to_string).chain(answer.texts.clone()).collect();
        Refused::Stays(what.join("; "))
    })?;
    match examine_read(&token, root) {
        Standing::Sound(facts) if (facts.time - now).abs() > CLOCKS_APART_MAX => {
            Err(Refused::Stays(format!("its time is {}, and it is {now} here", facts.time)))
        }
        Standing::Sound(_) if !token.is_by_authority() => {
            Err(Refused::Stays("its certificate is not one for time-stamps".into()))
        }
        Standing::Sound(_) => Ok(token.data.raw.to_vec()),
        // What can't be checked today is no better as a proof tomorrow.
        Standing::Unchecked(why) | Standing::Wrong(why) => Err(Refused::Stays(why)),
    }
}
