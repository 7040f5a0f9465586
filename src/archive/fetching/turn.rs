//! One request to a host at a time, and none for a while to one that fails.

use super::kept::Key;
use super::micros;
use crate::network::{Host, NetworkError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a host or place with a fault that may pass is left alone.
const PASSING: Duration = Duration::from_secs(60);
/// How long a place that has not got what was sought is left alone.
const LASTING: Duration = Duration::from_secs(300);
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

/// What is wrong with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The host can't be reached now, or does not answer in time.
    OfHost,
    /// The host answers that it can't serve this place now.
    OfPlace,
    /// It has not got what was sought.
    Lasting,
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

    /// Leaves alone what failed.
    pub fn keep(&mut self, key: &Key, fault: Fault, now: u64) {
        let until = now.saturating_add(micros(if fault == Fault::Lasting { LASTING } else { PASSING }));
        if fault == Fault::OfHost {
            self.0.host = until;
            return;
        }
        if self.0.places.len() >= PLACES_MAX {
            self.0.places.clear();
        }
        self.0.places.insert(key.clone(), until);
    }
}

impl Fault {
    /// What an error of the network says.
    pub fn of(error: &NetworkError) -> Self {
        match error {
            NetworkError::TooLate(_) | NetworkError::Unreachable(_) => Self::OfHost,
            other => Self::of_place(other.may_pass()),
        }
    }

    /// A fault of what one place gives.
    pub fn of_place(may_pass: bool) -> Self {
        if may_pass { Self::OfPlace } else { Self::Lasting }
    }
}
