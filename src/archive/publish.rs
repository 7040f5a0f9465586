//! Publishing: tiles, high-water marks, signature, checkpoint, in that order.
//!
//! The writer is locked only to plan and to note completion; the files are written beside it.

use super::truth::Truth;
use crate::disk;
use crate::error::{Error, Kind, Result};
use crate::merkle::checkpoint::Signers;
use crate::time::Clock;
use std::sync::{Arc, Mutex};

/// Publishes one archive's checkpoints; one at a time.
pub struct Publisher {
    truth: Arc<Mutex<Truth>>,
    signers: Signers,
    clock: Arc<dyn Clock>,
    turn: Mutex<()>,
}

impl Publisher {
    /// A publisher for `truth` with its signing keys.
    pub fn new(truth: Arc<Mutex<Truth>>, signers: Signers, clock: Arc<dyn Clock>) -> Self {
        Self { truth, signers, clock, turn: Mutex::new(()) }
    }

    /// Publishes everything committed so far; the size published.
    pub fn publish(&self) -> Result<u64> {
        let _turn = self.turn.lock().map_err(|_| Error::corrupt("a publisher died"))?;
        let (step, disks) = {
            let truth = self.truth.lock().map_err(|_| Error::corrupt("the writer died"))?;
            match truth.plan_publication()? {
                Some(step) => (step, truth.disks().clone()),
                None => return Ok(truth.published()),
            }
        };
        let result = step.run(&disks, &self.signers, self.clock.wall().seconds());
        let mut truth = self.truth.lock().map_err(|_| Error::corrupt("the writer died"))?;
        match result {
            Ok(note) => {
                truth.published_to(step.size(), note);
                Ok(step.size())
            }
            Err(error) => {
                // A full disk comes back; any other failure leaves unknown what is durable.
                if !disk_full(&error) {
                    truth.stop();
                }
                Err(error)
            }
        }
    }
}

/// Whether the cause is a full disk or quota.
fn disk_full(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref::<std::io::Error>() {
            return error.kind() == Kind::Unavailable && disk::is_full(io);
        }
        cause = current.source();
    }
    false
}

#[cfg(test)]
mod tests;
