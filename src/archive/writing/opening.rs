//! Opening an archive for writing: the lock, recovery, and what a crash left between the truth and what follows it.
//!
//! The order is: lock, keys, truth (which cuts a torn end), catalog and index up to the truth, then what the truth begun
//! and nobody finished: a generation of keys that the ledger does not know, a destruction under way, the recovery itself.
//! Catalog and index are only ever thrown away where they are spoilt or show more than the truth has.

use super::{Writing, keys_changed};
use crate::archive::announce::Heading;
use crate::archive::body::RecoveredBody;
use crate::archive::destruction;
use crate::archive::follow::{self, Progress, UNHEARD};
use crate::archive::format::Format;
use crate::archive::index_follow::IndexFollower;
use crate::archive::places::Places;
use crate::archive::project;
use crate::archive::publish::Publisher;
use crate::archive::reading::{Archive, keys_error, lock_path};
use crate::archive::rebuild;
use crate::archive::sequencer::Sequencer;
use crate::archive::truth::Truth;
use crate::catalog::{Catalog, Cursor};
use crate::error::{Error, Kind, Result};
use crate::event::{ActorId, Detail, EventKind};
use crate::keys::{Bucket, Keys, Standing};
use crate::merkle::checkpoint::Signers;
use crate::time::{Clock, ClockConfirmation};
use crate::vault::{self, Limits, Recovered};
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

/// How long a second writer waits for the first: a time-stamp is recorded in less, an ingest is not waited for.
const LOCK_WAIT: Duration = Duration::from_secs(2);

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

impl Writing {
    /// Opens the archive for writing, recovers it after a crash, and brings the catalog up to the ledger.
    pub fn open(places: &Places, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_with(places, clock, Limits::default(), WallClock::Judged, Projections::Kept)
    }

    /// The same, tried so often with a pause after each time that another process is writing; `None`: it always was.
    pub fn open_in_turn(
        places: &Places,
        clock: Arc<dyn Clock>,
        attempts: u32,
        pause: Duration,
    ) -> Result<Option<Self>> {
        for _ in 0..attempts {
            match Self::open(places, clock.clone()) {
                Ok(writing) => return Ok(Some(writing)),
                Err(error) if error.kind() == Kind::Unavailable => std::thread::sleep(pause),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
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
    pub(in crate::archive) fn open_anew(
        places: &Places,
        clock: Arc<dyn Clock>,
        progress: Progress<'_>,
    ) -> Result<Self> {
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
    pub(in crate::archive) fn assemble(
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
            naming: Mutex::new(()),
            _lock: lock,
        })
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
pub(in crate::archive) fn take_lock(places: &Places) -> Result<File> {
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
