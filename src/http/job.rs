//! What takes longer than an answer: examinations and accessions of transfers, one after another, on threads of their own.
//!
//! Nothing here is durable: an examination that is cut off is asked for again, an accession is taken up from its events when
//! the service starts.

use super::service::Service;
use crate::archive::transfer::{self, Transfer};
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use uuid::Uuid;

/// The jobs under way, by the transfer that they are about.
#[derive(Default)]
pub struct Jobs {
    under_way: Mutex<HashMap<Uuid, Arc<Job>>>,
    /// Each of them uses every core; and of two ingests neither may add to a dossier that the other describes.
    turn: Mutex<()>,
}

/// A job.
pub struct Job {
    /// What it does.
    pub task: Task,
    done: AtomicU64,
    of: AtomicU64,
}

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Examines.
    Examination,
    /// Accessions.
    Accession,
}

impl Task {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Examination => "examination",
            Self::Accession => "accession",
        }
    }
}

impl Job {
    /// Documents done, and how many there are; 0 as long as that is not known.
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }
}

impl Jobs {
    /// The job about a transfer.
    pub fn about(&self, transfer: Uuid) -> Option<Arc<Job>> {
        self.lock().ok()?.get(&transfer).cloned()
    }

    fn lock(&self) -> Result<MutexGuard<'_, HashMap<Uuid, Arc<Job>>>> {
        self.under_way.lock().map_err(|_| Error::unavailable("a job died"))
    }
}

/// Starts a job; refused while there is another about the transfer.
pub fn start(service: &Arc<Service>, task: Task, transfer: Transfer) -> Result<()> {
    let job = Arc::new(Job { task, done: AtomicU64::new(0), of: AtomicU64::new(0) });
    {
        let mut under_way = service.jobs.lock()?;
        if under_way.contains_key(&transfer.id) {
            return Err(Error::conflict("this transfer is being examined or accessioned"));
        }
        under_way.insert(transfer.id, job.clone());
    }
    // From here on whatever happens the job is taken off the list by the thread.
    let end = End { service: service.clone(), transfer: transfer.id };
    let whole = match task {
        Task::Examination => Some(service.transfers.whole(transfer.id)?),
        Task::Accession => None,
    };
    let work = move || {
        let end = end;
        let service = &end.service;
        let Ok(_turn) = service.jobs.turn.lock() else { return };
        let told = |done: u64, of: u64| {
            job.done.store(done, Ordering::Relaxed);
            job.of.store(of, Ordering::Relaxed);
        };
        let done = service.write(|archive| match &whole {
            Some(whole) => transfer::examine(&service.transfers, archive, &transfer, whole, &told).map(|_| ()),
            None => transfer::accession(&service.transfers, archive, &transfer, &told).map(|_| ()),
        });
        drop(whole);
        if let Err(error) = done {
            tracing::error!(%error, transfer = %transfer.id, task = task.name(), "a job failed");
        }
    };
    std::thread::Builder::new().name("job".into()).spawn(work)?;
    Ok(())
}

/// Goes on with what a crash cut off.
pub fn take_up(service: &Arc<Service>) -> Result<()> {
    for transfer in service.transfers.take_up(service.archive()?)? {
        start(service, Task::Accession, transfer)?;
    }
    Ok(())
}

struct End {
    service: Arc<Service>,
    transfer: Uuid,
}

impl Drop for End {
    fn drop(&mut self) {
        if let Ok(mut under_way) = self.service.jobs.lock() {
            under_way.remove(&self.transfer);
        }
    }
}
