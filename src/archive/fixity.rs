//! Checks of fixity, as events: that somebody verified the whole archive, when, how deep, and what did not fit.
//!
//! A verification reads and changes nothing, so that anybody may run it; what it found is recorded afterwards, and the
//! ledger tells for ever when every byte was last read, by whom, and with what result (ISO 14721 asks for *fixity
//! information*; OCFL and PREMIS call the act a *fixity check*). The service checks by itself, at intervals.

use super::announce::Heading;
use super::body::{FixityCheckedBody, FixityDoubtBody};
use super::periodic::{Periodic, Rounds};
use super::places::Places;
use super::project;
use super::reading::{Archive, Reading};
use super::verify::{Depth, Report, verify};
use super::writing::Writing;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use crate::position::Location;
use crate::time::{Clock, Micros, SystemClock};
use std::sync::Arc;
use std::time::Duration;

/// Doubts that are recorded one by one; their number always is.
const LISTED_MAX: usize = 100;
/// Records that are named with a doubt.
const RECORDS_MAX: usize = 20;
/// Between looks whether a check is due.
const LOOK: Duration = Duration::from_secs(600);
/// Another process may be writing: how often, and after what pause, recording is tried again.
const ATTEMPTS: u32 = 600;
const PAUSE: Duration = Duration::from_secs(1);

/// A check that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixityCheck {
    /// Its ledger index.
    pub index: u64,
    /// When it was recorded.
    pub at: Micros,
    /// By whom.
    pub by: ActorId,
    /// How deep it went.
    pub depth: Depth,
    /// When it began: what was committed later is not part of it.
    pub began: Micros,
    /// Entries that it looked at, from the first on.
    pub entries: u64,
    /// Objects whose keys it opened.
    pub objects: u64,
    /// Bytes of stored objects that it read and opened.
    pub bytes: u64,
    /// How many things did not fit.
    pub doubts: u64,
    /// The first of them.
    pub listed: Vec<FixityDoubtBody>,
}

/// What is known of the fixity of the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixity {
    /// Every check, oldest first.
    pub checks: Vec<FixityCheck>,
    /// Entries that no check of every byte has looked at and found in order, since the last one that did.
    pub unchecked: u64,
    /// The first of them.
    pub oldest_unchecked: Option<Unchecked>,
}

/// An entry whose bytes no check has looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    /// Its ledger index.
    pub index: u64,
    /// When it was committed.
    pub at: Micros,
    /// Its first byte in the segments.
    pub from: Location,
}

impl Fixity {
    /// The last check of every byte.
    pub fn last_deep(&self) -> Option<&FixityCheck> {
        self.checks.iter().rev().find(|check| check.depth == Depth::Deep)
    }
}

impl Archive {
    /// What is known of the fixity of the whole.
    pub fn fixity(&self) -> Result<Fixity> {
        let mut checks = Vec::new();
        for (index, row) in self.catalog.events(self.format.archive).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            if entry.kind == EventKind::FixityChecked {
                checks.push(FixityCheck::read(index, entry.time, entry.actor, self.body_of(&row)?)?);
            }
        }
        let size = self.catalog.cursor().map_err(project::catalog)?.map_or(0, |cursor| cursor.position.size);
        let good = |check: &&FixityCheck| check.depth == Depth::Deep && check.doubts == 0;
        let checked = checks.iter().rev().find(good).map_or(0, |check| check.entries);
        let oldest_unchecked = if checked < size { self.first_byte(checked)? } else { None };
        Ok(Fixity { checks, unchecked: size.saturating_sub(checked), oldest_unchecked })
    }

    /// Where the bytes of an entry begin: its objects and keys come before it.
    fn first_byte(&self, index: u64) -> Result<Option<Unchecked>> {
        let Some(id) = self.catalog.subject_of(index).map_err(project::catalog)? else { return Ok(None) };
        let Some(row) = self.catalog.event(id, index).map_err(project::catalog)? else { return Ok(None) };
        let parts = row.objects.iter().flat_map(|object| object.parts.iter().copied());
        let from = parts.chain(row.key).fold(row.entry, Location::min);
        Ok(Some(Unchecked { index, at: self.entry(&row)?.1.time, from }))
    }
}

impl FixityCheck {
    fn read(index: u64, at: Micros, by: ActorId, body: FixityCheckedBody) -> Result<Self> {
        let damaged = || Error::corrupt(format!("what entry {index} says of a check can't be read"));
        Ok(Self {
            index,
            at,
            by,
            depth: Depth::named(&body.depth).ok_or_else(damaged)?,
            began: body.began.parse().map_err(|_| damaged())?,
            entries: body.entries,
            objects: body.objects,
            bytes: body.bytes,
            doubts: body.doubts,
            listed: body.listed,
        })
    }
}

/// Records what a verification found that began at `began`.
pub fn record(archive: &Writing, depth: Depth, began: Micros, report: &Report, actor: &str) -> Result<()> {
    let actor = archive.actor(actor)?;
    let listed = report.doubts.iter().take(LISTED_MAX).map(|doubt| FixityDoubtBody {
        place: doubt.place.clone(),
        what: doubt.what.clone(),
        records: doubt.records.iter().take(RECORDS_MAX).map(ToString::to_string).collect(),
    });
    let body = FixityCheckedBody {
        depth: depth.name().to_owned(),
        began: began.to_string(),
        entries: report.checked.entries,
        objects: report.checked.objects,
        bytes: report.checked.bytes,
        doubts: report.doubts.len() as u64 + report.unlisted,
        listed: listed.collect(),
    };
    let heading = Heading { kind: EventKind::FixityChecked, id: archive.format.archive, actor, rule: None };
    let scope = archive.scope(Bucket::Archive, actor)?;
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), &body)?;
    archive.commit(vec![event])?;
    Ok(())
}

/// Verifies the whole archive and records what was found; waits for its turn to write.
pub fn check(
    places: &Places,
    depth: Depth,
    actor: &str,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<(Report, Recorded)> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let began = clock.wall();
    let report = verify(places, depth, progress)?;
    let recorded = match Writing::open_in_turn(places, clock, ATTEMPTS, PAUSE) {
        Ok(Some(writing)) => record(&writing, depth, began, &report, actor).and_then(|()| writing.close()),
        Ok(None) => Err(Error::unavailable("another process was writing for ten minutes")),
        Err(error) => Err(error),
    };
    Ok((report, recorded.map_or_else(Recorded::No, |()| Recorded::Yes)))
}

/// Whether a check came into the ledger.
#[derive(Debug)]
pub enum Recorded {
    /// It did.
    Yes,
    /// It did not: an archive that is damaged enough takes nothing in.
    No(Error),
}

/// A thread that checks every byte at intervals; it ends when this is dropped.
pub struct Checks {
    _work: Periodic,
}

impl Checks {
    /// Starts the thread: a check is due `every` so long after the last one, or after the start where there was none.
    pub fn start(places: Places, every: Duration, actor: String, rounds: &Rounds) -> Result<Self> {
        let (started, look) = (SystemClock::new().wall(), LOOK.min(every));
        let work = move || {
            let failed = check_if_due(&places, every, started, &actor).err();
            if let Some(error) = &failed {
                tracing::warn!(%error, "the archive was not checked");
            }
            (look, failed)
        };
        Ok(Self { _work: Periodic::start("fixity", rounds, look, work)? })
    }
}

fn check_if_due(places: &Places, every: Duration, started: Micros, actor: &str) -> Result<()> {
    let last = Reading::open(places)?.fixity()?.last_deep().map_or(started, |check| check.began);
    let since = SystemClock::new().wall().0.saturating_sub(last.0);
    if u128::from(since) < every.as_micros() {
        return Ok(());
    }
    let (report, recorded) = check(places, Depth::Deep, actor, &|_, _| {})?;
    for doubt in report.doubts.iter().take(LISTED_MAX) {
        tracing::error!(place = %doubt.place, what = %doubt.what, "a check of every byte found a doubt");
    }
    match recorded {
        Recorded::Yes => Ok(()),
        Recorded::No(error) => Err(error),
    }
}
