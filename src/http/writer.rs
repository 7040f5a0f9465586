//! Writing from the service: one `Writing` for all requests that change something at the same time, and none in between.
//!
//! The first of them takes the archive's lock, the last closes it: publishes, and brings the index up. So commands take their
//! turn between requests, and a request that comes while a command writes waits for the lock as a command would, then is
//! told to try again.

use crate::archive::{Places, Writing};
use crate::error::{Error, Result};
use crate::time::Clock;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard};

/// Opens the archive for writing.
pub struct Writer {
    places: Places,
    clock: Arc<dyn Clock>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    writing: Option<Arc<Writing>>,
    users: usize,
}

/// The archive, open for writing as long as anybody has one of these.
pub struct Lease<'a> {
    writer: &'a Writer,
    writing: Option<Arc<Writing>>,
}

impl Writer {
    /// A writer that has not opened anything.
    pub fn new(places: &Places, clock: Arc<dyn Clock>) -> Self {
        Self { places: places.clone(), clock, open: Mutex::default() }
    }

    /// Opens the archive, or shares it with who has it open.
    pub fn open(&self) -> Result<Lease<'_>> {
        self.opened_by(Writing::open)
    }

    /// The same although the clock may stand before the ledger's last event: to confirm it.
    pub fn open_to_confirm_clock(&self) -> Result<Lease<'_>> {
        self.opened_by(Writing::open_to_confirm_clock)
    }

    fn opened_by(&self, way: impl FnOnce(&Places, Arc<dyn Clock>) -> Result<Writing>) -> Result<Lease<'_>> {
        let mut open = self.lock()?;
        let writing = match &open.writing {
            Some(writing) => writing.clone(),
            None => {
                let mut writing = way(&self.places, self.clock.clone())?;
                writing.publish_at_intervals()?;
                Arc::new(writing)
            }
        };
        open.writing = Some(writing.clone());
        open.users += 1;
        Ok(Lease { writer: self, writing: Some(writing) })
    }

    fn lock(&self) -> Result<MutexGuard<'_, Open>> {
        self.open.lock().map_err(|_| Error::unavailable("a writer died"))
    }
}

impl Deref for Lease<'_> {
    type Target = Writing;
    fn deref(&self) -> &Writing {
        self.writing.as_ref().expect("it is taken out by the drop alone")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Ok(mut open) = self.writer.lock() else { return };
        self.writing = None;
        open.users -= 1;
        if open.users == 0
            && let Some(writing) = open.writing.take().and_then(Arc::into_inner)
            && let Err(error) = writing.close()
        {
            // Everything that was answered is durable; the next opening publishes it.
            tracing::error!(%error, "the archive was not closed cleanly");
        }
    }
}
