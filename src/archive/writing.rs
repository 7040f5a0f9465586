//! Writing to an archive: one process at a time holds the lock and runs the threads that commit, publish and index.

mod opening;
mod scopes;

pub(super) use opening::take_lock;
pub(super) use scopes::{bucket_of, keys_changed};

use super::announce::{Announced, Announcer, Heading, plain};
use super::body::ActorBody;
use super::index_follow::IndexFollower;
use super::project;
use super::publish::Publisher;
use super::reading::Archive;
use super::sequencer::Sequencer;
use super::truth::{Committed, Truth};
use crate::cipher;
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, EventKind};
use crate::keys::Bucket;
use crate::time::{Clock, Micros};
use crate::vault::Recovered;
use std::collections::HashMap;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use uuid::Uuid;

/// An archive open for writing: there is one at a time.
pub struct Writing {
    archive: Archive,
    /// What recovery had to mend.
    pub recovered: Option<Recovered>,
    pub(super) sequencer: Sequencer,
    publisher: Arc<Publisher>,
    interval: Option<Interval>,
    index: Arc<IndexFollower>,
    truth: Arc<Mutex<Truth>>,
    clock: Arc<dyn Clock>,
    scopes: Mutex<HashMap<Uuid, u64>>,
    turn: Mutex<()>,
    orders: Mutex<()>,
    naming: Mutex<()>,
    _lock: File,
}

struct Interval {
    stop: crossbeam_channel::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

/// Time between publications while entries keep coming.
const PUBLISH_EVERY: Duration = Duration::from_millis(500);

impl std::ops::Deref for Writing {
    type Target = Archive;
    fn deref(&self) -> &Archive {
        &self.archive
    }
}

impl Writing {
    /// Publishes every half second from now on, as long as entries keep coming.
    pub fn publish_at_intervals(&mut self) -> Result<()> {
        let publisher = self.publisher.clone();
        let (stop, stopped) = crossbeam_channel::bounded::<()>(0);
        let work = move || {
            while let Err(crossbeam_channel::RecvTimeoutError::Timeout) = stopped.recv_timeout(PUBLISH_EVERY) {
                if let Err(error) = publisher.publish() {
                    tracing::error!(%error, "the checkpoint was not published");
                }
            }
        };
        let thread = std::thread::Builder::new().name("publisher".into()).spawn(work)?;
        self.interval = Some(Interval { stop, thread });
        Ok(())
    }

    /// Publishes everything committed so far; the size of the checkpoint.
    pub fn publish(&self) -> Result<u64> {
        self.publisher.publish()
    }

    /// Makes every committed record searchable now.
    pub fn flush_index(&self) -> Result<()> {
        self.index.flush()
    }

    /// Commits events and waits until they are durable.
    pub fn commit(&self, events: Vec<Announced>) -> Result<Vec<Committed>> {
        self.sequencer.commit(events)
    }

    /// The turn to decide: held from reading what a decision rests on to the commit of what was decided, so that of two
    /// threads that act in one matter the second sees what the first did.
    pub(super) fn turn(&self) -> Result<MutexGuard<'_, ()>> {
        self.turn.lock().map_err(|_| Error::corrupt("a writer died"))
    }

    /// The turn to give an order about holds or rules: held from reading what rules to the commit, some milliseconds. It is
    /// another than [`Writing::turn`], which a long destruction holds: a hold may come until the byte is gone.
    pub(super) fn orders(&self) -> Result<MutexGuard<'_, ()>> {
        self.orders.lock().map_err(|_| Error::corrupt("a writer died"))
    }

    /// An announcer of this archive.
    pub fn announcer(&self) -> Result<Announcer> {
        Announcer::new(self.format.archive, self.keys()?, &self.dictionary()?)
    }

    /// A new identifier.
    pub fn new_id(&self) -> Uuid {
        new_id(self.clock.as_ref())
    }

    /// Entries committed so far.
    pub fn size(&self) -> Result<u64> {
        Ok(self.truth.lock().map_err(|_| Error::corrupt("a writer died"))?.size())
    }

    /// Accepts the wall clock as it stands, and records that `name` did.
    pub fn confirm_clock(&self, name: &str) -> Result<()> {
        let wall = self.accept_clock()?;
        let actor = self.actor(name)?;
        let heading = Heading { kind: EventKind::ClockConfirmed, id: self.format.archive, actor, rule: None };
        self.commit(vec![plain(heading, Some(Detail::Wall(wall)))]).map(|_| ())
    }

    fn accept_clock(&self) -> Result<Micros> {
        Ok(self.truth.lock().map_err(|_| Error::corrupt("a writer died"))?.confirm_clock())
    }

    /// The pseudonym of `name`; registered by an event when it first acts.
    pub fn actor(&self, name: &str) -> Result<ActorId> {
        // One at a time: who had two pseudonyms would be two persons.
        let _naming = self.naming.lock().map_err(|_| Error::corrupt("a writer died"))?;
        if let Some(actor) = self.catalog.actor(name).map_err(project::catalog)? {
            return Ok(actor);
        }
        let actor = ActorId(cipher::random());
        self.register_actor(name, actor)?;
        Ok(actor)
    }

    /// Records whose pseudonym `actor` is.
    pub(super) fn register_actor(&self, name: &str, actor: ActorId) -> Result<()> {
        let scope = self.scope(Bucket::Archive, actor)?;
        let heading = Heading { kind: EventKind::ActorRegistered, id: self.new_id(), actor, rule: None };
        let body = ActorBody { actor: actor.to_string(), name: name.to_owned() };
        let event = self.announcer()?.with_body(heading, scope, Vec::new(), &body)?;
        self.commit(vec![event]).map(|_| ())
    }

    /// The time, by this archive's clock.
    pub fn now(&self) -> Micros {
        self.clock.wall()
    }

    /// Seals the open segment, so that it can be thinned.
    pub(super) fn seal_segment(&self) -> Result<()> {
        self.truth.lock().map_err(|_| Error::corrupt("a writer died"))?.seal()
    }

    /// Stops writing for good: nobody knows what is on disk.
    pub(super) fn stop(&self) {
        if let Ok(mut truth) = self.truth.lock() {
            truth.stop();
        }
    }

    /// Rewrites the index's files without the records that are gone.
    pub(super) fn purge_index(&self) -> Result<()> {
        self.index.purge()
    }

    /// Stops the threads and publishes: a clean end.
    pub fn close(mut self) -> Result<()> {
        self.stop_interval();
        self.sequencer.stop();
        let published = self.publisher.publish();
        self.index.stop();
        if let Err(error) = self.catalog.flush_if_long() {
            tracing::warn!(%error, "the next opening replays the catalog's log");
        }
        published.map(|_| ())
    }

    fn stop_interval(&mut self) {
        if let Some(interval) = self.interval.take() {
            drop(interval.stop);
            let _ = interval.thread.join();
        }
    }
}

/// A new identifier at the time of a clock.
pub fn new_id(clock: &dyn Clock) -> Uuid {
    crate::record::new_id(clock.wall(), cipher::random())
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.stop_interval();
    }
}
