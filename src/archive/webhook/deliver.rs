//! Telling, on a thread of its own, as long as something is served.
//!
//! Looks whether the ledger has grown or a try is due, and tells each webhook what it does not know, one message after the
//! other: the next only when the one before was taken (2xx). Nobody waits for it. Who does not answer costs
//! [`TIMEOUT`] a try, and the tries become few; 410 disables at once, as the receiver asks for it.

use super::tell::{Message, untold};
use super::{Standing, Webhook, Webhooks, sign};
use crate::archive::periodic::{Periodic, Rounds};
use crate::archive::places::Places;
use crate::archive::reading::Reading;
use crate::archive::transfer::Transfers;
use crate::error::Result;
use crate::network::{Ask, Fetch, Network, NetworkError};
use crate::time::{Clock, Micros, SystemClock};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Time for one message, as the specification recommends.
const TIMEOUT: Duration = Duration::from_secs(15);
/// What is taken of an answer: nothing in it is read.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;
/// Messages to one webhook before another has its turn.
const MESSAGES_IN_TURN: usize = 16;
/// Pauses after failures in a row, seconds; after the last the webhook is disabled, some three days after the first.
const PAUSES: [u64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// Longest words about a failure that are kept, characters: what the network says may carry an address.
const WHY_MAX: usize = 200;

/// A thread that tells; it ends when this is dropped.
pub struct Deliverer {
    _work: Periodic,
}

impl Deliverer {
    /// Starts the thread.
    pub fn start(places: Places, network: Arc<dyn Network>, rounds: &Rounds) -> Result<Self> {
        let mut round = Round::new(&places, network);
        // What was not noted as told when the process ends is told again.
        let work = move || {
            let failed = round.look(&places).err();
            if let Some(error) = &failed {
                tracing::warn!(%error, "webhooks were not told");
            }
            (LOOK_EVERY, failed)
        };
        Ok(Self { _work: Periodic::start("webhooks", rounds, LOOK_EVERY, work)? })
    }
}

/// What is known between two looks.
struct Round {
    webhooks: Webhooks,
    transfers: Transfers,
    network: Arc<dyn Network>,
    clock: Arc<dyn Clock>,
    reading: Option<Reading>,
    /// Size of the ledger up to which each was told everything.
    told: HashMap<Uuid, u64>,
}

impl Round {
    fn new(places: &Places, network: Arc<dyn Network>) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let webhooks = Webhooks::new(places, clock.clone());
        Self { webhooks, transfers: Transfers::new(places), network, clock, reading: None, told: HashMap::new() }
    }

    fn look(&mut self, places: &Places) -> Result<()> {
        let all = self.webhooks.all()?;
        self.told.retain(|id, _| all.iter().any(|one| one.id == *id));
        if all.is_empty() {
            return Ok(());
        }
        let reading = match self.reading.take() {
            Some(reading) => reading,
            None => Reading::open(places)?,
        };
        let size = reading.catch_up()?;
        for webhook in &all {
            let is_due = match webhook.standing {
                Standing::Well => self.told.get(&webhook.id) != Some(&size),
                Standing::Failing { next, .. } => next <= self.clock.wall(),
                Standing::Disabled { .. } => false,
            };
            if is_due && self.tell(webhook, &reading)? {
                self.told.insert(webhook.id, size);
            }
        }
        self.reading = Some(reading);
        Ok(())
    }

    /// Tells one webhook what it does not know; whether that was everything.
    fn tell(&self, webhook: &Webhook, reading: &Reading) -> Result<bool> {
        let untold = untold(webhook, reading, &self.transfers)?;
        let Some(first) = untold.first() else { return Ok(true) };
        let secret = self.webhooks.secret(webhook.id)?;
        let (mut cursor, mut failed) = (first.index, None);
        for message in untold.iter().take(MESSAGES_IN_TURN) {
            match self.send(webhook, &secret, message) {
                Ok(_) => cursor = message.index + 1,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let tries = match (webhook.standing.clone(), cursor > first.index) {
            (Standing::Failing { tries, .. }, false) => tries,
            _ => 0,
        };
        let standing = failed.as_ref().map_or(Standing::Well, |error| after(error, tries, self.clock.wall()));
        match &standing {
            Standing::Well => {}
            Standing::Failing { tries, why, .. } => {
                tracing::warn!(webhook = %webhook.id, tries, why, "a webhook failed")
            }
            Standing::Disabled { why, .. } => tracing::error!(webhook = %webhook.id, why, "a webhook is disabled"),
        }
        self.webhooks.note(webhook.id, cursor, &standing)?;
        Ok(failed.is_none() && untold.len() <= MESSAGES_IN_TURN)
    }

    fn send(&self, webhook: &Webhook, secret: &[u8], message: &Message) -> Result<Vec<u8>, NetworkError> {
        let seconds = self.clock.wall().seconds();
        let signature = sign::signature(secret, &message.id, seconds, &message.body);
        let seconds = seconds.to_string();
        let headers =
            [("webhook-id", message.id.as_str()), ("webhook-timestamp", &seconds), ("webhook-signature", &signature)];
        self.network.fetch(&Fetch {
            from: &webhook.url,
            reach: webhook.reach(),
            ask: Ask::Notice { media_type: "application/json", body: &message.body, headers: &headers },
            accept: "*/*",
            answer_bytes_max: ANSWER_BYTES_MAX,
            timeout: TIMEOUT,
        })
    }
}

/// Where a webhook stands after a failure, the one after `tries` others in a row.
fn after(error: &NetworkError, tries: u32, now: Micros) -> Standing {
    let why = error.to_string().chars().take(WHY_MAX).collect();
    let pause = PAUSES.get(tries as usize).filter(|_| !matches!(error, NetworkError::Status(410)));
    match pause {
        Some(seconds) => {
            let next = Micros(now.0.saturating_add(seconds * 1_000_000));
            Standing::Failing { tries: tries + 1, next, why }
        }
        None => Standing::Disabled { since: now, why },
    }
}

#[cfg(test)]
mod tests;
