//! Stamping at intervals, on a thread of its own, as long as something is served.
//!
//! The thread holds nothing between stampings. What fails is a warning and tried again later; an archive without an
//! authority is looked at and nobody is asked.

use super::{Ask, Options, Patience, Stamping, stamp, utc};
use crate::archive::periodic::{Periodic, Rounds};
use crate::archive::places::Places;
use crate::archive::reading::Reading;
use crate::error::{Error, Result};
use crate::network::Network;
use crate::time::{Clock, SystemClock};
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;

/// Pause after the first failure; each further one is twice as long.
const PAUSE_FIRST: Duration = Duration::from_secs(60);
/// Longest pause, also between looks whether a stamping is due: authorities may be added meanwhile.
const PAUSE_MAX: Duration = Duration::from_secs(600);

/// How often checkpoints are stamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every(pub Duration);

/// A thread that stamps; it ends when this is dropped.
pub struct Stamper {
    _work: Periodic,
}

impl Stamper {
    /// Starts the thread: a first stamping at once if one is due.
    pub fn start(
        places: Places,
        network: Arc<dyn Network>,
        every: Every,
        actor: String,
        rounds: &Rounds,
    ) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let mut pause = PAUSE_FIRST;
        let work = move || match stamp_if_due(&places, network.as_ref(), &clock, every, &actor) {
            Ok(Done::Stamped | Done::NotDue) => {
                pause = PAUSE_FIRST;
                (PAUSE_MAX, None)
            }
            Ok(Done::Failed) => {
                (doubled(&mut pause), Some(Error::unavailable("no time-stamping authority gave a time-stamp")))
            }
            Err(error) => {
                tracing::warn!(%error, "the checkpoint was not stamped");
                (doubled(&mut pause), Some(error))
            }
        };
        Ok(Self { _work: Periodic::start("time-stamps", rounds, Duration::ZERO, work)? })
    }
}

enum Done {
    Stamped,
    Failed,
    NotDue,
}

fn doubled(pause: &mut Duration) -> Duration {
    let now = *pause;
    *pause = pause.saturating_mul(2).min(PAUSE_MAX);
    now
}

fn stamp_if_due(
    places: &Places,
    network: &dyn Network,
    clock: &Arc<dyn Clock>,
    every: Every,
    actor: &str,
) -> Result<Done> {
    let reading = Reading::open(places)?;
    if reading.time_authorities()?.iter().all(|authority| authority.ended.is_some()) {
        return Ok(Done::NotDue);
    }
    let newest = reading.renewal_plan()?.into_iter().map(|planned| planned.facts.time).max();
    let every = TimeDelta::from_std(every.0).unwrap_or(TimeDelta::MAX);
    let now = utc(clock.wall());
    if newest.is_some_and(|newest| now.signed_duration_since(newest) < every) {
        return Ok(Done::NotDue);
    }
    drop(reading);
    let options = Options { ask: Ask::UntilOneAnswers, patience: Patience::default() };
    let Stamping { checkpoint, tokens, .. } = stamp(places, network, clock, &options, actor)?;
    for (name, facts) in &tokens {
        tracing::info!(%name, time = %facts.time, checkpoint, "the checkpoint is stamped");
    }
    Ok(if tokens.is_empty() { Done::Failed } else { Done::Stamped })
}
