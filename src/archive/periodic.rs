//! What is done from time to time as long as something is served, on a thread of its own.

use crate::error::Result;
use crossbeam_channel::RecvTimeoutError;
use std::time::Duration;

/// The thread; it ends when this is dropped, at once unless it is just at work, and then with the process.
pub(super) struct Periodic {
    _stop: crossbeam_channel::Sender<()>,
}

impl Periodic {
    /// Starts it: `work` is done after `first`, and again after what it says each time.
    pub fn start(name: &str, first: Duration, mut work: impl FnMut() -> Duration + Send + 'static) -> Result<Self> {
        let (stop, stopped) = crossbeam_channel::bounded::<()>(0);
        let run = move || {
            let mut wait = first;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = work();
            }
        };
        // Not joined: it may wait for somebody else, and what it is writing survives the end of the process.
        std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self { _stop: stop })
    }
}
