//! Writing to an archive: one process at a time holds the lock, recovers, brings the catalog up, and runs the threads.

use super::announce::{Announced, Announcer, Heading, plain};
use super::body::{ActorBody, RecoveredBody};
use super::destruction;
use super::follow::{self, Progress, UNHEARD};
use super::format::Format;
use super::index_follow::IndexFollower;
use super::places::Places;
use super::project;
use super::publish::Publisher;
use super::reading::{Archive, keys_error, lock_path};
use super::rebuild;
use super::sequencer::Sequencer;
use super::truth::{Committed, Truth};
use crate::catalog::{Catalog, Cursor};
use crate::cipher;
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, EventKind};
use crate::keys::{Bucket, Generation, Keys, SCOPE_OBJECTS_MAX, Standing};
use crate::merkle::checkpoint::Signers;
use crate::record::{Period, Retention};
use crate::time::{Clock, ClockConfirmation, Micros};
use crate::vault::{self, Limits, Recovered};
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, RwLock};
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
    _lock: File,
}

/// What is to be thought of the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WallClock {
    /// It must not contradict the ledger.
    Judged,
    /// Somebody is about to confirm it.
    Accepted,
}

/// What becomes of catalog and index on opening.
#[derive(Clone, Copy)]
enum Projections<'a> {
    /// They go on from where they are.
    Kept,
    /// They are made from nothing.
    Anew(Progress<'a>),
}

struct Interval {
    stop: crossbeam_channel::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

/// How long a second writer waits for the first: a time-stamp is recorded in less, an ingest is not waited for.
const LOCK_WAIT: Duration = Duration::from_secs(2);
/// Time between publications while entries keep coming.
const PUBLISH_EVERY: Duration = Duration::from_millis(500);

impl std::ops::Deref for Writing {
    type Target = Archive;
    fn deref(&self) -> &Archive {
        &self.archive
    }
}

impl Writing {
    /// Opens the archive for writing, recovers it after a crash, and brings the catalog up to the ledger.
    pub fn open(places: &Places, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_with(places, clock, Limits::default(), WallClock::Judged, Projections::Kept)
    }

    /// The same with other limits, which no stored byte depends on: small segments, for example.
    pub fn open_limited(places: &Places, clock: Arc<dyn Clock>, limits: Limits) -> Result<Self> {
        Self::open_with(places, clock, limits, WallClock::Judged, Projections::Kept)
    }

    /// The same although the wall clock may stand before the ledger's last event: to confirm it.
    pub fn open_to_confirm_clock(places: &Places, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_with(places, clock, Limits::default(), WallClock::Accepted, Projections::Kept)
    }

    /// The same with catalog and index made anew; those before are back if it can't be.
    pub(super) fn open_anew(places: &Places, clock: Arc<dyn Clock>, progress: Progress<'_>) -> Result<Self> {
        Self::open_with(places, clock, Limits::default(), WallClock::Judged, Projections::Anew(progress))
    }

    fn open_with(
        places: &Places,
        clock: Arc<dyn Clock>,
        limits: Limits,
        wall_clock: WallClock,
        projections: Projections<'_>,
    ) -> Result<Self> {
        let disks = places.disks();
        let format = Format::read(disks.archive.as_ref())?;
        let lock = take_lock(places)?;
        let root = disks.root_key(format.archive)?;
        let keys = Keys::open(disks.archive.clone(), disks.key_copies(), root, format.archive).map_err(keys_error)?;
        let (truth, recovered) = Truth::open(format.clone(), disks, limits, clock.clone())?;
        if truth.size() == 0 {
            return Err(Error::invalid("this archive was never finished: `chauban init` was interrupted")
                .remedy("remove its folder, the custody folder and the key copy, and run `chauban init` again"));
        }
        let Projections::Anew(progress) = projections else {
            let writing = Self::assemble(places, truth, keys, clock, lock, UNHEARD)?.settled(wall_clock, recovered)?;
            // A rebuild was interrupted; what it began is whole now.
            rebuild::let_go(places)?;
            return Ok(writing);
        };
        signers_of(&truth.format, &keys)?;
        // Under the writer's lock, so that nobody has them open; the second hold on it outlasts a writer that fails.
        let held = lock.try_clone()?;
        let opened = rebuild::set_aside(places)
            .and_then(|()| Self::assemble(places, truth, keys, clock, lock, progress))
            .and_then(|writing| writing.settled(wall_clock, recovered))
            .and_then(Self::flushed);
        match &opened {
            Ok(_) => rebuild::let_go(places)?,
            Err(_) => rebuild::bring_back(places)?,
        }
        drop(held);
        opened
    }

    /// Makes catalog and index durable.
    fn flushed(self) -> Result<Self> {
        self.flush_index()?;
        self.catalog.flush().map_err(project::catalog)?;
        Ok(self)
    }

    /// Finishes what a crash left between the truth and what follows it.
    fn settled(mut self, wall_clock: WallClock, recovered: Option<Recovered>) -> Result<Self> {
        if wall_clock == WallClock::Accepted {
            self.accept_clock()?;
        }
        self.settle_keys()?;
        destruction::recover(&self)?;
        if let Some(recovered) = &recovered {
            if recovered.cut_bytes > 0 {
                self.record_recovery(recovered)?;
            }
            self.publish()?;
        }
        self.recovered = recovered;
        Ok(self)
    }

    /// Puts a writer together and brings the catalog up to the truth.
    pub(super) fn assemble(
        places: &Places,
        truth: Truth,
        keys: Keys,
        clock: Arc<dyn Clock>,
        lock: File,
        progress: Progress<'_>,
    ) -> Result<Self> {
        let mut truth = truth;
        let disks = truth.disks().clone();
        let format = truth.format.clone();
        let catalog = Arc::new(open_catalog(&places.catalog(), &truth)?);
        let signers = signers_of(&format, &keys)?;
        let keys = Arc::new(RwLock::new(keys));
        let archive = Archive::new(places, disks, format, catalog.clone()).with_keys(keys);
        let index = Arc::new(IndexFollower::new(archive.index_home(), catalog));
        let (archive, index) = caught_up(archive, index, places, progress)?;
        reached_the_end(&archive, &truth)?;
        archive.catalog.flush_if_long().map_err(project::catalog)?;
        if truth.clock_is_behind()
            && let Some(confirmation) = newest_confirmation(&archive)?
        {
            truth.remember_clock(confirmation);
        }
        let truth = Arc::new(Mutex::new(truth));
        let sequencer = Sequencer::start(truth.clone(), archive.catalog.clone(), index.clone())?;
        let publisher = Arc::new(Publisher::new(truth.clone(), signers, clock.clone()));
        Ok(Self {
            archive,
            recovered: None,
            sequencer,
            publisher,
            interval: None,
            index,
            truth,
            clock,
            scopes: Mutex::new(HashMap::new()),
            turn: Mutex::new(()),
            orders: Mutex::new(()),
            _lock: lock,
        })
    }

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

    /// A scope for what belongs to a record: that of its dossier's retention as it is now.
    pub(super) fn scope_of(&self, record: Uuid, actor: ActorId) -> Result<Uuid> {
        let damaged = || Error::corrupt(format!("the dossier of record {record} can't be read from the catalog"));
        let dossier = Uuid::try_parse(&self.record(record)?.dossier).map_err(|_| damaged())?;
        let dossier = self.dossier(dossier)?.read().ok_or_else(damaged)?;
        self.scope(bucket_of(&dossier.retention), actor)
    }

    /// A scope of `bucket` with room for one more event's objects.
    pub fn scope(&self, bucket: Bucket, actor: ActorId) -> Result<Uuid> {
        Ok(self.scopes(&[bucket], actor)?[0])
    }

    /// A scope with room for each bucket; missing ones are made in one new generation of `keys/`, which is durable
    /// in every copy and recorded in the ledger on return.
    pub fn scopes(&self, buckets: &[Bucket], actor: ActorId) -> Result<Vec<Uuid>> {
        self.scopes_with_room(buckets, 2, actor)
    }

    /// A scope of `bucket` with room for so many objects.
    pub(super) fn scope_with_room(&self, bucket: Bucket, objects: u64, actor: ActorId) -> Result<Uuid> {
        Ok(self.scopes_with_room(&[bucket], objects, actor)?[0])
    }

    /// The same for each bucket: the room is taken on return, whatever becomes of the objects.
    fn scopes_with_room(&self, buckets: &[Bucket], objects: u64, actor: ActorId) -> Result<Vec<Uuid>> {
        let keys = self.keys()?;
        let mut counts = self.scopes.lock().map_err(|_| Error::corrupt("a writer died"))?;
        // The group that was to record the generation may have been rejected; one further step ahead of the ledger,
        // and the archive would refuse to open.
        self.record_generation_if_new(actor)?;
        let room = |scope: Uuid, counts: &mut HashMap<Uuid, u64>| -> Result<bool> {
            let held = match counts.get(&scope) {
                Some(held) => *held,
                None => self.catalog.scope_objects(scope).map_err(project::catalog)?,
            };
            let fits = held + objects <= SCOPE_OBJECTS_MAX;
            counts.insert(scope, if fits { held + objects } else { held });
            Ok(fits)
        };
        let mut found: Vec<Option<Uuid>> = Vec::with_capacity(buckets.len());
        {
            let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            for bucket in buckets {
                let mut scope = None;
                for candidate in keys.scopes().filter(|scope| scope.bucket == *bucket) {
                    if room(candidate.id, &mut counts)? {
                        scope = Some(candidate.id);
                        break;
                    }
                }
                found.push(scope);
            }
        }
        let missing: Vec<Bucket> =
            buckets.iter().zip(&found).filter(|(_, scope)| scope.is_none()).map(|(bucket, _)| *bucket).collect();
        if !missing.is_empty() {
            let mut keys = keys.write().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            let mut made = keys.add_scopes(&missing).map_err(keys_error)?.into_iter();
            self.commit(vec![keys_changed(self.format.archive, actor, &keys)])?;
            keys.remove_older().map_err(keys_error)?;
            for scope in found.iter_mut().filter(|scope| scope.is_none()) {
                *scope = made.next();
                scope.iter().for_each(|scope| _ = counts.insert(*scope, objects));
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// A new scope for each bucket, whatever room there is in others: in one new generation, as [`Writing::scopes`].
    pub(super) fn new_scopes(&self, buckets: &[Bucket], actor: ActorId) -> Result<Vec<Uuid>> {
        if buckets.is_empty() {
            return Ok(Vec::new());
        }
        self.record_generation(actor)?;
        let keys = self.keys()?;
        let mut keys = keys.write().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        let made = keys.add_scopes(buckets).map_err(keys_error)?;
        self.commit(vec![keys_changed(self.format.archive, actor, &keys)])?;
        keys.remove_older().map_err(keys_error)?;
        Ok(made)
    }

    /// From now on nothing new is put under these scopes: they are about to die.
    pub(super) fn close_scopes(&self, scopes: &BTreeSet<Uuid>) -> Result<()> {
        let mut counts = self.counts()?;
        scopes.iter().for_each(|scope| _ = counts.insert(*scope, SCOPE_OBJECTS_MAX));
        Ok(())
    }

    /// Records the generation of `keys/` that is there, where the ledger does not know it yet, and removes older ones.
    pub(super) fn record_generation(&self, actor: ActorId) -> Result<()> {
        self.record_generation_if_new(actor)?;
        let keys = self.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        keys.remove_older().map_err(keys_error)
    }

    fn record_generation_if_new(&self, actor: ActorId) -> Result<()> {
        let keys = self.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        if keys.generation() != self.recorded_generation()? {
            self.commit(vec![keys_changed(self.format.archive, actor, &keys)])?;
            keys.remove_older().map_err(keys_error)?;
        }
        Ok(())
    }

    /// While the guard lives nobody makes a scope.
    pub(super) fn hold_scopes(&self) -> Result<impl Sized> {
        self.counts()
    }

    fn counts(&self) -> Result<MutexGuard<'_, HashMap<Uuid, u64>>> {
        self.scopes.lock().map_err(|_| Error::corrupt("a writer died"))
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

    /// Compares `keys/` with what the ledger recorded, and finishes what a crash left between the two.
    fn settle_keys(&self) -> Result<()> {
        let recorded = self.recorded_generation()?;
        let keys = self.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        if keys.settle(recorded).map_err(keys_error)? == Standing::Unrecorded {
            self.commit(vec![keys_changed(self.format.archive, ActorId([0; 8]), &keys)])?;
        }
        keys.remove_older().map_err(keys_error)
    }

    fn recorded_generation(&self) -> Result<Generation> {
        let cursor = self.catalog.cursor().map_err(project::catalog)?;
        let (number, blake3) = cursor.ok_or_else(|| Error::corrupt("the catalog is empty"))?.keys;
        Ok(Generation { number, blake3 })
    }

    fn record_recovery(&self, recovered: &Recovered) -> Result<()> {
        let actor = ActorId([0; 8]);
        let scope = self.scope(Bucket::Archive, actor)?;
        let heading = Heading { kind: EventKind::Recovered, id: self.format.archive, actor, rule: None };
        let body = RecoveredBody {
            cut_bytes: recovered.cut_bytes,
            kept_as: recovered.kept_as.clone(),
            why: recovered.why.clone(),
        };
        let event = self.announcer()?.with_body(heading, scope, Vec::new(), &body)?;
        self.commit(vec![event]).map(|_| ())
    }
}

/// A new identifier at the time of a clock.
pub fn new_id(clock: &dyn Clock) -> Uuid {
    crate::record::new_id(clock.wall().0 / 1000, cipher::random())
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.stop_interval();
    }
}

/// The bucket of key scopes that serves a retention.
pub(super) fn bucket_of(retention: &Retention) -> Bucket {
    match (retention.period, retention.until) {
        (Period::Permanent, _) => Bucket::Permanent,
        (Period::Years(_), Some(until)) => Bucket::Ends(chrono::Datelike::year(&until)),
        (Period::Years(_) | Period::Awaiting, _) => Bucket::Awaiting,
    }
}

/// The event that records a generation of keys.
pub(super) fn keys_changed(archive: Uuid, actor: ActorId, keys: &Keys) -> Announced {
    let generation = keys.generation();
    let heading = Heading { kind: EventKind::KeysChanged, id: archive, actor, rule: None };
    plain(heading, Some(Detail::Keys { generation: generation.number, blake3: generation.blake3 }))
}

/// What signs checkpoints: the keys that FORMAT names, or none.
fn signers_of(format: &Format, keys: &Keys) -> Result<Signers> {
    let signing = keys.signing();
    let signers = Signers::from_seeds(&format.origin, signing.ed25519.bytes(), signing.ml_dsa_44.bytes())
        .map_err(|error| Error::corrupt("the signing keys").because(error))?;
    if signers.verifier_keys().map(ToString::to_string) != [format.ed25519.to_string(), format.ml_dsa_44.to_string()] {
        return Err(Error::corrupt("the signing keys in keys/ are not those that FORMAT names"));
    }
    Ok(signers)
}

/// The newest confirmation of the clock in the ledger.
fn newest_confirmation(archive: &Archive) -> Result<Option<ClockConfirmation>> {
    let events = archive.catalog.events(archive.format.archive).map_err(project::catalog)?;
    for (_, row) in events.iter().rev() {
        let (_, entry) = archive.entry(row)?;
        if let Some(Detail::Wall(wall)) = entry.detail {
            return Ok(Some(ClockConfirmation { wall, stamp: entry.time }));
        }
    }
    Ok(None)
}

/// Takes the lock that makes this process the only writer.
pub(super) fn take_lock(places: &Places) -> Result<File> {
    let path = lock_path(places);
    let file = File::options().create(true).truncate(false).write(true).read(true).open(&path)?;
    // A reader that looks whether somebody writes holds the lock for an instant, and a stamping while it records.
    let mut result = file.try_lock();
    let until = std::time::Instant::now() + LOCK_WAIT;
    while matches!(result, Err(std::fs::TryLockError::WouldBlock)) && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
        result = file.try_lock();
    }
    match result {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::unavailable("another process is writing to this archive")
            .remedy("wait until it has finished, or send the work to the running service")),
        Err(std::fs::TryLockError::Error(error)) => Err(Error::from(error)),
    }
}

/// Brings catalog and index up to the truth. A catalog that is so far behind that what it lacks was destroyed since is made
/// anew: only from the first event on is it known what need not open.
fn caught_up(
    archive: Archive,
    index: Arc<IndexFollower>,
    places: &Places,
    progress: Progress<'_>,
) -> Result<(Archive, Arc<IndexFollower>)> {
    let behind = archive.catalog.cursor().map_err(project::catalog)?.is_some();
    match follow::catch_up(&archive, Some(&index), progress) {
        Err(error) if behind && destruction::was_any(&archive)? => {
            tracing::warn!(%error, "the catalog is made anew");
            index.stop();
            let keys = archive.keys()?;
            let (disks, format) = (archive.disks.clone(), archive.format.clone());
            drop((archive, index));
            rebuild::clear(&places.catalog())?;
            let catalog = Arc::new(Catalog::open(&places.catalog()).map_err(project::catalog)?);
            let archive = Archive::new(places, disks, format, catalog.clone()).with_keys(keys);
            let index = Arc::new(IndexFollower::new(archive.index_home(), catalog));
            follow::catch_up(&archive, Some(&index), progress)?;
            Ok((archive, index))
        }
        other => other.map(|()| (archive, index)),
    }
}

/// Whether the segments could be followed to the end that the truth has: what does not count as a torn write is damage.
fn reached_the_end(archive: &Archive, truth: &Truth) -> Result<()> {
    let cursor = archive.catalog.cursor().map_err(project::catalog)?;
    let (size, at) = cursor.map_or((0, vault::START.at), |cursor| (cursor.position.size, cursor.position.at));
    if size == truth.size() {
        return Ok(());
    }
    let what = format!("segment {}, offset {}: damaged; nothing after it can be read", at.segment, at.offset);
    Err(Error::corrupt(what).remedy("`chauban verify` tells what it is; bring the segment back from a copy"))
}

/// Opens the catalog; one that shows more than the truth has, or is spoilt, is made anew. What fails for want of room or
/// rights is not the catalog's fault, and leaves it as it is.
fn open_catalog(home: &Path, truth: &Truth) -> Result<Catalog> {
    let end = truth.position();
    let fits = |cursor: &Cursor| cursor.position.frame <= end.frame && cursor.position.size <= end.size;
    match Catalog::open(home).and_then(|catalog| catalog.cursor().map(|cursor| (catalog, cursor))) {
        Ok((catalog, cursor)) if cursor.as_ref().is_none_or(fits) => return Ok(catalog),
        Ok(_) => {}
        Err(error) if error.is_spoilt() || !home.is_dir() => tracing::warn!(%error, "the catalog is made anew"),
        Err(error) => return Err(project::catalog(error)),
    }
    rebuild::clear(home)?;
    Catalog::open(home).map_err(project::catalog)
}
