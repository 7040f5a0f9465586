//! One request to a host at a time, and none for a while to one that fails.

use super::kept::Key;
use super::micros;
use crate::network::Host;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a host that did not answer is left alone.
const HOST_LEFT_ALONE: Duration = Duration::from_secs(60);
/// How long a place that has not got what was sought is left alone.
const PLACE_LEFT_ALONE: Duration = Duration::from_secs(300);
/// Places remembered for one host: more than an archive meets in five minutes.
const PLACES_MAX: usize = 4096;

/// The turns of all hosts. As many as the allow-list has, because no other host is asked.
#[derive(Default)]
pub(super) struct Turns {
    hosts: Mutex<HashMap<Host, Arc<Turn>>>,
}

/// The turn to ask one host.
#[derive(Default)]
pub(super) struct Turn(Mutex<Failures>);

/// Until when, by the steady clock, what is left alone.
#[derive(Default)]
struct Failures {
    host: u64,
    places: HashMap<Key, u64>,
}

/// The turn, taken: whoever has it may ask.
pub(super) struct Silence<'a>(MutexGuard<'a, Failures>);

impl Turns {
    /// The turn of a host.
    pub fn of(&self, host: &Host) -> Arc<Turn> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.entry(host.clone()).or_default().clone()
    }
}

impl Turn {
    /// Waits until nobody else asks this host.
    pub fn take(&self) -> Silence<'_> {
        Silence(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Silence<'_> {
    /// Whether this is to be left alone yet.
    pub fn is_kept(&self, key: &Key, now: u64) -> bool {
        now < self.0.host || self.0.places.get(key).is_some_and(|&until| now < until)
    }

    /// Leaves alone what failed: the host where that may pass, else the place.
    pub fn keep(&mut self, key: &Key, may_pass: bool, now: u64) {
        if may_pass {
            self.0.host = now.saturating_add(micros(HOST_LEFT_ALONE));
            return;
        }
        if self.0.places.len() >= PLACES_MAX {
            self.0.places.clear();
        }
        self.0.places.insert(key.clone(), now.saturating_add(micros(PLACE_LEFT_ALONE)));
    }
}
