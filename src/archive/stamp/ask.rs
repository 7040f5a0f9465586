//! Asking an authority: with patience, and with a check of what comes back.

use super::token::{Standing, TOKEN_BYTES_MAX, TokenFacts, examine_read};
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

/// How far a token may say that it is older than what it is over: clocks are set by the second.
const EARLIER_MAX: TimeDelta = TimeDelta::minutes(1);

/// What a token is to be over, and when that is.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The root of the hash tree.
    pub root: &'a [u8],
    /// When the checkpoint was made that it begins with; `None`: nobody says.
    pub made: Option<DateTime<Utc>>,
    /// Now.
    pub now: DateTime<Utc>,
}

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

/// A token of this authority over what is wanted: whole, timely, fitting the request, its signature verified.
pub fn ask(
    network: &dyn Network,
    authority: &TimeAuthority,
    wanted: Wanted<'_>,
    patience: &Patience,
) -> Result<Vec<u8>, Unanswered> {
    let unanswered = |attempts, why| Unanswered { authority: authority.name.clone(), attempts, why };
    let (mut attempts, mut pause) = (1, patience.pause);
    loop {
        match once(network, &authority.url, wanted, patience.timeout) {
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

fn once(network: &dyn Network, url: &str, wanted: Wanted<'_>, timeout: Duration) -> Result<Vec<u8>, Refused> {
    let nonce = cipher::random::<NONCE_BYTES>();
    let request = Request::new(ALGORITHM, wanted.root.to_vec(), Some(nonce.to_vec()));
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
    match examine_read(&token, wanted.root) {
        Standing::Sound(_) if !token.is_by_authority() => {
            Err(Refused::Stays("its certificate is not one for time-stamps".into()))
        }
        Standing::Sound(facts) => match untimely(&facts, wanted) {
            Some(why) => Err(Refused::Stays(why)),
            None => Ok(token.data.raw.to_vec()),
        },
        // What can't be checked today is no better as a proof tomorrow.
        Standing::Unchecked(why) | Standing::Wrong(why) => Err(Refused::Stays(why)),
    }
}

/// Why a token of this time proves nothing of what is wanted.
fn untimely(facts: &TokenFacts, wanted: Wanted<'_>) -> Option<String> {
    let (time, now) = (facts.time, wanted.now);
    if (time - now).abs() > CLOCKS_APART_MAX {
        return Some(format!("its time is {time}, and it is {now} here"));
    }
    if !facts.is_within_certificate() {
        let (from, until) = (facts.not_before, facts.not_after);
        return Some(format!("its time is {time}, and its certificate holds from {from} until {until}"));
    }
    let made = wanted.made.filter(|&made| time + EARLIER_MAX < made)?;
    Some(format!("its time is {time}, before the checkpoint of {made}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Sha256;

    #[test]
    fn a_token_of_another_time_is_refused() {
        let minute = |minutes| DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minutes);
        let facts = |time, not_before, not_after| TokenFacts {
            time: minute(time),
            serial: String::new(),
            authority: String::new(),
            certificate: Sha256::of(b""),
            not_before: minute(not_before),
            not_after: minute(not_after),
            algorithm: String::new(),
        };
        let wanted = Wanted { root: b"", made: Some(minute(0)), now: minute(5) };
        let is_taken = |facts: &TokenFacts| untimely(facts, wanted).is_none();
        assert!(is_taken(&facts(5, -100, 100)) && is_taken(&facts(-1, -100, 100)));
        assert!(!is_taken(&facts(-2, -100, 100)), "older than what it is over");
        assert!(
            !is_taken(&facts(5, -100, 4)) && !is_taken(&facts(5, 6, 100)),
            "its certificate has ended, or not begun"
        );
        assert!(!is_taken(&facts(66, -100, 100)), "of another hour");
        assert!(untimely(&facts(-2, -100, 100), Wanted { made: None, ..wanted }).is_none());
    }
}
