//! Turns: what takes a thread or a place waits for it without one, or is told that there is none, so that nobody who is slow
//! or asks for much holds up who asks for little.
//!
//! Three kinds of work have threads of their own: requests, files on their way out (a slow reader holds one as long as the
//! file lasts), and checks of passwords, which are made to be slow.

use super::pace::Asker;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

/// Requests that read or change the archive at once: each may hold a part of a file (16 MiB).
const WORKING: usize = 8;
/// Files and archives of files that are made for their readers at once.
const SENDING: usize = 16;
/// Files on their way to one reader at once.
const SENDING_TO_ONE: usize = 8;
/// Passwords that wait to be checked, one after another: some three seconds of them.
const PROVING_WAITING: usize = 64;
/// Threads for all of that, with some for what looks at itself.
pub const THREADS: usize = WORKING + SENDING + 1 + 3;

/// Who is at it.
pub struct Turns {
    work: Arc<Semaphore>,
    sending: Arc<Semaphore>,
    proving: Arc<Semaphore>,
    waiting_to_prove: Arc<Semaphore>,
    readers: Arc<Shares>,
}

impl Default for Turns {
    fn default() -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self {
            work: places(WORKING),
            sending: places(SENDING),
            proving: places(1),
            waiting_to_prove: places(PROVING_WAITING),
            readers: Arc::new(Shares::new(SENDING_TO_ONE)),
        }
    }
}

/// A turn, until it is dropped; nobody closes a semaphore, so there always is one.
pub type Turn = Option<OwnedSemaphorePermit>;

impl Turns {
    /// A turn to read or change the archive.
    pub async fn work(&self) -> Turn {
        self.work.clone().acquire_owned().await.ok()
    }

    /// A turn to make what is sent.
    pub async fn sending(&self) -> Turn {
        self.sending.clone().acquire_owned().await.ok()
    }

    /// A turn to check a password; `None` where too many wait already.
    pub async fn proving(&self) -> Option<Turn> {
        let waits = match self.waiting_to_prove.try_acquire() {
            Err(TryAcquireError::NoPermits) => return None,
            waits => waits,
        };
        let turn = self.proving.clone().acquire_owned().await.ok();
        drop(waits);
        Some(turn)
    }

    /// A reader's place for one more file; `None` where they have [`SENDING_TO_ONE`] under way.
    pub fn reader(&self, who: Asker) -> Option<Share> {
        Shares::take(&self.readers, who)
    }
}

/// How many of something each may have at once.
pub struct Shares {
    each: usize,
    held: Mutex<HashMap<Asker, usize>>,
}

/// One of them, until it is dropped.
pub struct Share {
    of: Arc<Shares>,
    who: Asker,
}

impl Shares {
    /// So many each; 0 for no limit.
    pub fn new(each: usize) -> Self {
        Self { each, held: Mutex::default() }
    }

    /// One more for `who`, unless they have all of theirs.
    pub fn take(of: &Arc<Self>, who: Asker) -> Option<Share> {
        let mut held = of.held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.entry(who).or_default();
        if of.each != 0 && *own >= of.each {
            return None;
        }
        *own += 1;
        Some(Share { of: of.clone(), who })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.of.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = held.get_mut(&self.who) {
            *own -= 1;
            if *own == 0 {
                held.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests;
