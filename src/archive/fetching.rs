//! Fetching evidence about signatures: revocation lists, answers of responders, certificates of issuers.
//!
//! Verdicts say what would help (`signature::wanted`), an allow-list says what may be asked
//! (`archive::evidence_source`); this joins the two. A document is judged, what is wanted and allowed is fetched, and
//! it is judged again with that, until nothing new comes. What came is handed to the judge like any other evidence:
//! nothing is believed because of where it lay.
//!
//! Everything has an end: the time for a document, the requests for it, the bytes of an answer, the tries. One host is
//! asked one thing at a time, by however many threads; one that does not answer is left alone for a while, so that it
//! holds up one document and not ten thousand. Failures are part of the result, never an error.

mod attempt;
mod kept;
mod turn;

use super::evidence_source::Allowed;
use super::stamp::Patience;
use crate::network::{Address, Ask, Fetch, Network, Reach};
use crate::signature::crl::Crl;
use crate::signature::judge::{Judged, Trusted};
use crate::signature::ocsp::OcspResponse;
use crate::signature::ocsp::request;
use crate::signature::wanted::{self, Found, Gives, Place, Want};
use crate::signature::x509::Certificate;
use crate::time::Clock;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

pub use attempt::{Attempt, Outcome, Seeks};
use kept::{Kept, Key};
use turn::{Fault, Silence, Turns};

/// Rounds of judging and fetching for one document: issuers one by one, then lists, then responders.
const ROUNDS_MAX: usize = 8;
/// Longest revocation list fetched, bytes: the longest in use have some 30 MB.
const LIST_BYTES_MAX: u64 = 64 << 20;
/// Longest answer of a responder, bytes: with its certificates one has some 5 KB.
const ANSWER_BYTES_MAX: u64 = 256 << 10;
/// Longest file of certificates, bytes: a certs-only message of a bridge has some 300 KB.
const CERTIFICATES_BYTES_MAX: u64 = 1 << 20;

/// How long and how often is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For one address.
    pub patience: Patience,
    /// Time for one document.
    pub total: Duration,
    /// Requests for one document.
    pub requests_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        let patience = Patience { attempts: 2, pause: Duration::from_secs(1), timeout: Duration::from_secs(20) };
        Self { patience, total: Duration::from_secs(60), requests_max: 64 }
    }
}

/// Fetches what is wanted and allowed. May be shared between threads.
pub struct Fetcher {
    network: Arc<dyn Network>,
    clock: Arc<dyn Clock>,
    allowed: Vec<Allowed>,
    limits: Limits,
    kept: Kept,
    turns: Turns,
}

/// What was fetched for one document.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// Certificates of issuers.
    pub certificates: Vec<Certificate>,
    /// Revocation lists.
    pub lists: Vec<Crl>,
    /// Answers of responders.
    pub responses: Vec<OcspResponse>,
    /// What was tried, in order, and what came of it.
    pub attempts: Vec<Attempt>,
}

impl Fetcher {
    /// A fetcher of what `allowed` allows.
    pub fn new(network: Arc<dyn Network>, clock: Arc<dyn Clock>, allowed: Vec<Allowed>, limits: Limits) -> Self {
        Self { network, clock, allowed, limits, kept: Kept::default(), turns: Turns::default() }
    }

    /// Judges, fetches what is wanted, and judges again with that, until nothing new comes. `judge` is given what was
    /// fetched so far, and judges by `trusted`.
    pub fn judge(&self, trusted: &[Trusted], mut judge: impl FnMut(&Fetched) -> Judged) -> (Judged, Fetched) {
        let deadline = self.clock.steady().saturating_add(micros(self.limits.total));
        let mut run = Run { own: self, deadline, requests: 0, round: 0, seen: HashMap::new(), got: Fetched::default() };
        let mut judged = judge(&run.got);
        for round in 0..ROUNDS_MAX {
            run.round = round;
            let wants = wanted::of(&judged, trusted);
            let news = wants.iter().filter(|want| run.seek(want) == Visit::News).count();
            if news == 0 {
                break;
            }
            judged = judge(&run.got);
        }
        (judged, run.got)
    }

    /// Which machines an address may lead to, if it is allowed.
    fn reach(&self, address: &Address) -> Option<Reach> {
        self.allowed.iter().find_map(|line| line.reach(address))
    }
}

/// The fetching for one document.
struct Run<'a> {
    own: &'a Fetcher,
    /// By the steady clock.
    deadline: u64,
    requests: u32,
    round: usize,
    /// What was visited: in which round, and what came of it.
    seen: HashMap<Key, (usize, Visit)>,
    got: Fetched,
}

/// What a visit brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visit {
    /// Evidence that this run did not have.
    News,
    /// The same, out of what was kept: the place may have newer.
    FromKept,
    /// Nothing.
    Nothing,
}

impl Run<'_> {
    /// Visits the places of a want until one has it.
    fn seek(&mut self, want: &Want) -> Visit {
        for place in &want.places {
            let key = Key::of(want, place);
            let visited = match self.seen.get(&key) {
                // For another certificate, just now: it may serve this one as well.
                Some((round, visit)) if *round == self.round => *visit,
                Some((_, Visit::FromKept)) => self.visit(want, place, &key, Source::Network),
                Some(_) => Visit::Nothing,
                None => self.visit(want, place, &key, Source::Any),
            };
            self.seen.insert(key, (self.round, visited));
            if visited != Visit::Nothing {
                return Visit::News;
            }
        }
        Visit::Nothing
    }

    fn visit(&mut self, want: &Want, place: &Place, key: &Key, source: Source) -> Visit {
        let mut tries = 0;
        let (outcome, found) = match self.find(want, place, key, source, &mut tries) {
            Ok((outcome, found)) => (outcome, Some(found)),
            Err(outcome) => (outcome, None),
        };
        let at = self.own.clock.wall().instant();
        let attempt = Attempt::new(want, place, at, tries, outcome);
        tracing::debug!(url = attempt.url, outcome = attempt.outcome.code(), tries, "evidence");
        let visit = match (&attempt.outcome, &found) {
            (_, None) => Visit::Nothing,
            (Outcome::Kept { .. }, _) => Visit::FromKept,
            _ => Visit::News,
        };
        self.got.attempts.push(attempt);
        match found {
            Some(Found::List(list)) => self.got.lists.push(list),
            Some(Found::Answer(response)) => self.got.responses.push(response),
            Some(Found::Certificates(certificates)) => self.got.certificates.extend(certificates),
            None => {}
        }
        visit
    }

    fn find(
        &mut self,
        want: &Want,
        place: &Place,
        key: &Key,
        source: Source,
        tries: &mut u32,
    ) -> Result<(Outcome, Found), Outcome> {
        let address: Address = place.url.parse().map_err(Outcome::NotFetchable)?;
        let reach = self.own.reach(&address).ok_or(Outcome::NotAllowed)?;
        if let Some(kept) = self.kept(key, source)? {
            return Ok(kept);
        }
        let turn = self.own.turns.of(address.host());
        let mut silence = turn.take();
        // Whoever had the turn before may have fetched the same.
        if let Some(kept) = self.kept(key, source)? {
            return Ok(kept);
        }
        if silence.is_kept(key, self.own.clock.steady()) {
            return Err(Outcome::LeftAlone);
        }
        let (found, size) = self.ask(want, place, &address, reach, tries, &mut silence, key)?;
        self.own.kept.put(key, &found, size, self.own.clock.wall().instant());
        Ok((Outcome::Fetched { objects: attempt::objects(&found), size }, found))
    }

    /// What is kept of this, if that will do; `Err` where asking again so soon would bring the same.
    fn kept(&self, key: &Key, source: Source) -> Result<Option<(Outcome, Found)>, Outcome> {
        let now = self.own.clock.wall().instant();
        let Some(kept) = self.own.kept.get(key, now) else { return Ok(None) };
        match source {
            Source::Any => {
                let objects = attempt::objects(&kept.found);
                Ok(Some((Outcome::Kept { objects, size: kept.size, since: kept.since }, kept.found)))
            }
            Source::Network if kept.is_recent(now) => Err(Outcome::NothingNewer { since: kept.since }),
            Source::Network => Ok(None),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one request and what is known about it")]
    fn ask(
        &mut self,
        want: &Want,
        place: &Place,
        address: &Address,
        reach: Reach,
        tries: &mut u32,
        silence: &mut Silence<'_>,
        key: &Key,
    ) -> Result<(Found, u64), Outcome> {
        let Patience { attempts, mut pause, timeout } = self.own.limits.patience;
        let question = match &place.gives {
            Gives::Answer(request) => request.encode(),
            Gives::List | Gives::Certificates => Vec::new(),
        };
        let (accept, answer_bytes_max) = expected(&place.gives);
        let ask = match question.as_slice() {
            [] => Ask::What,
            body => Ask::Question { media_type: request::MEDIA_TYPE, body },
        };
        loop {
            let timeout = timeout.min(self.time_left());
            if self.requests >= self.own.limits.requests_max || timeout.is_zero() {
                return Err(Outcome::Spent);
            }
            (self.requests, *tries) = (self.requests + 1, *tries + 1);
            let request = Fetch { from: address, reach, ask, accept, answer_bytes_max, timeout };
            let (failed, fault) = match self.own.network.fetch(&request) {
                Ok(bytes) => match place.read(&want.about, &bytes) {
                    Ok(found) => return Ok((found, bytes.len() as u64)),
                    Err(unfit) => (Outcome::Unfit(unfit.to_string()), Fault::of_place(unfit.may_pass())),
                },
                Err(error) => (Outcome::Failed(error.to_string()), Fault::of(&error)),
            };
            if fault == Fault::Lasting || *tries >= attempts || self.time_left() <= pause {
                silence.keep(key, fault, self.own.clock.steady());
                return Err(failed);
            }
            std::thread::sleep(pause);
            pause = pause.saturating_mul(2);
        }
    }

    fn time_left(&self) -> Duration {
        Duration::from_micros(self.deadline.saturating_sub(self.own.clock.steady()))
    }
}

/// Out of what something may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// What is kept, or the network.
    Any,
    /// The network: what is kept did not help.
    Network,
}

/// Media type of what is to be had, and how long it may be.
fn expected(gives: &Gives) -> (&'static str, u64) {
    match gives {
        Gives::List => ("application/pkix-crl", LIST_BYTES_MAX),
        Gives::Answer(_) => ("application/ocsp-response", ANSWER_BYTES_MAX),
        Gives::Certificates => ("application/pkix-cert, application/pkcs7-mime", CERTIFICATES_BYTES_MAX),
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
