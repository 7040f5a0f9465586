//! What takes longer than an answer: examinations and accessions of transfers, destructions; one after another, on threads of
//! their own. Beside them `upkeep`, one at a time.
//!
//! Nothing here is durable: an examination or a destruction that is cut off is asked for again, an accession is taken up from
//! its events when the service starts.

mod follow;
mod upkeep;

pub use follow::{JobEvent, follow};
pub use upkeep::{Done, Outcome, UPKEEP, Work, begin};

use super::service::Service;
use crate::archive::transfer::{self, Transfer};
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Failures that are kept to be shown.
const FAILURES_MAX: usize = 1000;

/// The jobs under way, by the transfer or disposal case that they are about.
pub struct Jobs {
    under_way: Mutex<HashMap<Uuid, Arc<Job>>>,
    /// Why the last job about each failed, where it did; forgotten with the next one, and when the service ends.
    failed: Mutex<HashMap<Uuid, String>>,
    /// Each of them uses every core; and of two ingests neither may add to a dossier that the other describes.
    turn: Mutex<()>,
    /// What the last upkeep of each kind came to, since the service started.
    done: Mutex<Vec<Done>>,
    /// Places for those who follow.
    followers: Arc<Semaphore>,
}

impl Default for Jobs {
    fn default() -> Self {
        let followers = Arc::new(Semaphore::new(follow::FOLLOWERS_MAX));
        Self {
            under_way: Mutex::default(),
            turn: Mutex::default(),
            failed: Mutex::default(),
            done: Mutex::default(),
            followers,
        }
    }
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
    /// Destroys what a disposal case has decided.
    Destruction,
    /// Has the newest checkpoint time-stamped.
    TimeStamp,
    /// Copies the archive.
    Backup,
    /// Verifies the archive.
    Check,
    /// Validates signatures again whose verdict waits.
    Validation,
}

impl Task {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Examination => "examination",
            Self::Accession => "accession",
            Self::Destruction => "destruction",
            Self::TimeStamp => "time-stamp",
            Self::Backup => "backup",
            Self::Check => "check",
            Self::Validation => "validation",
        }
    }

    /// Whether it may go on beside the others: it reads for hours, and adds nothing but what it found.
    const fn is_upkeep(self) -> bool {
        matches!(self, Self::TimeStamp | Self::Backup | Self::Check)
    }
}

impl Job {
    /// Documents done, and how many there are; 0 as long as that is not known.
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }
}

impl Job {
    /// Tells how far it is.
    pub fn tell(&self, done: u64, of: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }
}

impl Jobs {
    /// The job about a transfer or a disposal case.
    pub fn about(&self, id: Uuid) -> Option<Arc<Job>> {
        self.lock().ok()?.get(&id).cloned()
    }

    /// The turn of those that add to the archive, if none of them is at work.
    pub fn turn_if_free(&self) -> Result<MutexGuard<'_, ()>> {
        self.turn.try_lock().map_err(|_| {
            Error::conflict("records are being taken in, destroyed or validated just now")
                .remedy("try again when that is done")
        })
    }

    /// All of them, those that wait for their turn too.
    pub fn all(&self) -> Result<Vec<Arc<Job>>> {
        Ok(self.lock()?.values().cloned().collect())
    }

    /// Why the last job about a transfer or a disposal case failed, in words; `None` where it did not.
    pub fn failure(&self, id: Uuid) -> Option<String> {
        self.failed.lock().ok()?.get(&id).cloned()
    }

    /// Notes how a job about one of them ended; of more failures than anybody will look at one is forgotten.
    fn ended(&self, id: Uuid, failure: Option<String>) {
        let Ok(mut failed) = self.failed.lock() else { return };
        failed.remove(&id);
        if let Some(failure) = failure {
            if failed.len() >= FAILURES_MAX
                && let Some(other) = failed.keys().next().copied()
            {
                failed.remove(&other);
            }
            failed.insert(id, failure);
        }
    }

    /// What the last upkeep of each kind came to.
    pub fn upkeep(&self) -> Vec<Done> {
        self.done.lock().map_or_else(|_| Vec::new(), |done| done.clone())
    }

    fn note(&self, one: Done) {
        if let Ok(mut done) = self.done.lock() {
            done.retain(|other| other.task != one.task);
            done.push(one);
        }
    }

    fn lock(&self) -> Result<MutexGuard<'_, HashMap<Uuid, Arc<Job>>>> {
        self.under_way.lock().map_err(|_| Error::unavailable("a job died"))
    }
}

/// Starts a job about a transfer or a disposal case; refused while there is another about it.
pub fn start(
    service: &Arc<Service>,
    task: Task,
    id: Uuid,
    work: impl FnOnce(&Service, &Job) -> Result<()> + Send + 'static,
) -> Result<()> {
    let job = Arc::new(Job { task, done: AtomicU64::new(0), of: AtomicU64::new(0) });
    {
        let mut under_way = service.jobs.lock()?;
        if under_way.contains_key(&id) {
            return Err(Error::conflict("something is being done with this just now"));
        }
        under_way.insert(id, job.clone());
    }
    // From here on whatever happens the job is taken off the list.
    let end = End { service: service.clone(), id };
    let run = move || {
        let service = &end.service;
        // Upkeep has no turn: there is one at a time, since all of it is about one thing.
        let turn = (!task.is_upkeep()).then(|| service.jobs.turn.lock());
        if matches!(turn, Some(Err(_))) {
            return;
        }
        let done = work(service, &job);
        if let Err(error) = &done {
            tracing::error!(%error, %id, task = task.name(), "a job failed");
        }
        service.jobs.ended(id, done.err().map(|error| error.to_string()));
    };
    std::thread::Builder::new().name("job".into()).spawn(run)?;
    Ok(())
}

/// Has a transfer examined.
pub fn examine(service: &Arc<Service>, transfer: Transfer) -> Result<()> {
    let whole = service.transfers.whole(transfer.id)?;
    start(service, Task::Examination, transfer.id, move |service, job| {
        let told = |done, of| job.tell(done, of);
        service.write(|archive| transfer::examine(&service.transfers, archive, &transfer, &whole, &told).map(|_| ()))
    })
}

/// Has an accepted transfer accessioned.
pub fn accession(service: &Arc<Service>, transfer: Transfer) -> Result<()> {
    start(service, Task::Accession, transfer.id, move |service, job| {
        let told = |done, of| job.tell(done, of);
        service.write(|archive| transfer::accession(&service.transfers, archive, &transfer, &told).map(|_| ()))
    })
}

/// Goes on with what a crash cut off.
pub fn take_up(service: &Arc<Service>) -> Result<()> {
    for transfer in service.transfers.take_up(service.archive()?)? {
        accession(service, transfer)?;
    }
    Ok(())
}

struct End {
    service: Arc<Service>,
    id: Uuid,
}

impl Drop for End {
    fn drop(&mut self) {
        if let Ok(mut under_way) = self.service.jobs.lock() {
            under_way.remove(&self.id);
        }
    }
}
