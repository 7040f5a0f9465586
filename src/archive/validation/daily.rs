//! Second runs by themselves, on a thread of its own, as long as something is served.
//!
//! Looks from time to time whether a verdict is due. The writer's lock is taken only then, and left at once where an
//! ingest has it. Without sources of evidence nothing is fetched, and nobody waits for what cannot come.

use super::{Sources, Wanted, run_by_today};
use crate::archive::periodic::{Periodic, Rounds};
use crate::archive::places::Places;
use crate::archive::reading::Reading;
use crate::archive::writing::Writing;
use crate::error::Result;
use crate::network::Network;
use crate::time::{Clock, Micros, SystemClock};
use std::sync::Arc;
use std::time::Duration;

/// A thread that validates again what is due; it ends when this is dropped.
pub struct SecondRuns {
    _work: Periodic,
}

impl SecondRuns {
    /// Starts the thread, which looks every `pause`.
    pub fn start(
        places: Places,
        network: Arc<dyn Network>,
        pause: Duration,
        actor: String,
        rounds: &Rounds,
    ) -> Result<Self> {
        // What waits in vain is tried less and less often; after a start everything that is due is tried once.
        let mut looked = None;
        let work = move || {
            let failed = run_if_due(&places, &network, &actor, &mut looked).err();
            if let Some(error) = &failed {
                tracing::warn!(%error, "signatures were not validated again");
            }
            (pause, failed)
        };
        Ok(Self { _work: Periodic::start("second-runs", rounds, Duration::ZERO, work)? })
    }
}

fn run_if_due(places: &Places, network: &Arc<dyn Network>, actor: &str, looked: &mut Option<Micros>) -> Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let reading = Reading::open(places)?;
    let allowed = reading.allowed_sources()?;
    let now = clock.wall();
    let due = reading.waiting_since(*looked, now)?;
    if allowed.is_empty() || due.is_empty() {
        *looked = Some(now);
        return Ok(());
    }
    drop(reading);
    let archive = Writing::open(places, clock.clone())?;
    let mut news = 0;
    let wanted = looked.map_or(Wanted::Due, Wanted::DueSince);
    let sources = Sources { network, clock };
    run_by_today(&archive, Some(&sources), &[], &wanted, actor, &mut |again| news += u64::from(again.recorded))?;
    *looked = Some(now);
    tracing::info!(news, "signatures were validated again");
    archive.close()
}
