//! What was fetched and may serve again: one list serves thousands of documents.
//!
//! In memory, for as long as the process lives. Kept until its next update at the longest, and never longer than a
//! day, because the dates are those of whoever wrote it, believed by nobody yet.

use crate::digest::Sha256;
use crate::signature::wanted::{Found, Gives, Place, Want};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Longest time for which anything is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// How soon a place may be asked again for something newer than what it gave: authorities issue lists by the hour.
const RECENT: TimeDelta = TimeDelta::minutes(10);
/// Bytes kept, as they came; read, a list takes about twice as many.
const BYTES_MAX: u64 = 192 << 20;
/// Things kept.
const COUNT_MAX: usize = 4096;

/// What names something fetched: its address, and for an answer the certificate asked about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    url: String,
    about: Option<Sha256>,
}

/// Things fetched, by what names them.
#[derive(Default)]
pub(super) struct Kept {
    things: Mutex<HashMap<Key, Thing>>,
}

/// Something fetched.
#[derive(Clone)]
pub(super) struct Thing {
    pub found: Found,
    pub size: u64,
    pub since: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Key {
    pub fn of(want: &Want, place: &Place) -> Self {
        let about = matches!(place.gives, Gives::Answer(_)).then(|| want.about.sha256());
        Self { url: place.url.clone(), about }
    }
}

impl Thing {
    /// Whether it came so short a while ago that there can hardly be a newer one.
    pub fn is_recent(&self, now: DateTime<Utc>) -> bool {
        now - self.since < RECENT
    }
}

impl Kept {
    /// What is kept under a name and still serves.
    pub fn get(&self, key: &Key, now: DateTime<Utc>) -> Option<Thing> {
        self.things().get(key).filter(|thing| thing.since <= now && now <= thing.until).cloned()
    }

    /// Keeps something; the oldest go where there is no room.
    pub fn put(&self, key: &Key, found: &Found, size: u64, now: DateTime<Utc>) {
        let next = match found {
            Found::List(list) => list.next_update(),
            Found::Answer(response) => response.answers().iter().filter_map(|answer| answer.next_update).min(),
            Found::Certificates(_) => Some(now + KEPT),
        };
        // Without a next update there may be a newer one at any time.
        let until = next.unwrap_or(now + RECENT).min(now + KEPT);
        let mut things = self.things();
        things.remove(key);
        while things.len() >= COUNT_MAX || things.values().map(|thing| thing.size).sum::<u64>() + size > BYTES_MAX {
            let oldest = things.iter().min_by_key(|(_, thing)| thing.since).map(|(key, _)| key.clone());
            match oldest {
                Some(oldest) => things.remove(&oldest),
                None => return, // longer by itself than all that may be kept
            };
        }
        things.insert(key.clone(), Thing { found: found.clone(), size, since: now, until });
    }

    fn things(&self) -> MutexGuard<'_, HashMap<Key, Thing>> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
