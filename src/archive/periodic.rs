//! What is done from time to time as long as something is served, each on a thread of its own, and how that goes.

use crate::error::{Error, Result};
use crate::time::{Clock, Micros, SystemClock};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longest wait for work that is just being done when it is to end.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// How the work that a service does by itself goes: last round, next round, last error.
#[derive(Debug, Clone, Default)]
pub struct Rounds(Arc<Mutex<BTreeMap<&'static str, Round>>>);

/// How one kind of work goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// When its last look began; `None`: there was none since the start.
    pub last: Option<Micros>,
    /// When it looks again; `None`: it is at work.
    pub next: Option<Micros>,
    /// When a look failed last, and why.
    pub failed: Option<(Micros, String)>,
}

impl Rounds {
    /// All of it, by name.
    pub fn all(&self) -> Vec<(&'static str, Round)> {
        self.0.lock().map_or_else(|_| Vec::new(), |all| all.iter().map(|(name, one)| (*name, one.clone())).collect())
    }

    fn note(&self, name: &'static str, change: impl FnOnce(&mut Round)) {
        if let Ok(mut all) = self.0.lock() {
            change(all.entry(name).or_default());
        }
    }
}

/// The thread; dropping this ends it, and waits for it: at work it has [`END_TIMEOUT`], and ends with the process after that.
///
/// A process that ends while a thread of it opens a catalog may die of it: RocksDB takes its own statics down.
pub(super) struct Periodic {
    stop: Option<Sender<()>>,
    ended: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

/// What a look came to, and when the next is.
pub(super) type Look = (Duration, Option<Error>);

impl Periodic {
    /// Starts it: `work` is done after `first`, and again after what it says each time; `rounds` hears of it.
    pub fn start(
        name: &'static str,
        rounds: &Rounds,
        first: Duration,
        mut work: impl FnMut() -> Look + Send + 'static,
    ) -> Result<Self> {
        let (stop, stopped) = crossbeam_channel::bounded::<()>(0);
        let (ending, ended) = crossbeam_channel::bounded::<()>(0);
        let rounds = rounds.clone();
        let clock = SystemClock::new();
        let after = move |wait: Duration| {
            let wait = u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
            Micros(SystemClock::new().wall().0.saturating_add(wait))
        };
        rounds.note(name, |round| round.next = Some(after(first)));
        let run = move || {
            let _ending = ending;
            let mut wait = first;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                rounds.note(name, |round| (round.last, round.next) = (Some(clock.wall()), None));
                let (pause, failed) = work();
                wait = pause;
                rounds.note(name, |round| {
                    round.next = Some(after(wait));
                    if let Some(error) = failed {
                        round.failed = Some((clock.wall(), error.to_string()));
                    }
                });
            }
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self { stop: Some(stop), ended, thread: Some(thread) })
    }
}

impl Drop for Periodic {
    fn drop(&mut self) {
        drop(self.stop.take());
        // It may wait for somebody else, and what it is writing survives the end of the process.
        let has_ended = self.ended.recv_timeout(END_TIMEOUT) == Err(RecvTimeoutError::Disconnected);
        if has_ended && self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("work that is done from time to time died");
        }
    }
}
