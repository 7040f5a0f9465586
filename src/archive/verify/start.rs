//! What was there when a verification began: the state that it is about.
//!
//! Another process may write meanwhile. The catalog, opened beside its writer, stays as it was; so the segments are read
//! up to where the catalog stood, and the checkpoint is the one from before. What is read later (tiles, keys, evidence)
//! may be newer, and whoever reads it asks [`Start::was_written`] before it doubts what is too much or too new.
//! Beside no writer nothing is passed over: the segments are read to their end.

use crate::archive::format::Format;
use crate::archive::places::{Disks, Places};
use crate::archive::reading::is_locked;
use crate::catalog::{Catalog, Cursor};
use crate::disk;
use crate::error::Result;
use crate::ledger::CHECKPOINT;
use crate::merkle::checkpoint;
use crate::position::Location;
use crate::vault::VaultError;
use crate::vault::segment::{self, SegmentFile};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Longest checkpoint, bytes.
const CHECKPOINT_BYTES_MAX: u64 = 1 << 20;
/// What can't be read because it was just being replaced is read again so many times, after so long each time.
pub const ATTEMPTS: u32 = 100;
const AFTER: Duration = Duration::from_millis(20);

/// What changes with every publication and every commit.
#[derive(PartialEq, Eq)]
pub struct Seen {
    checkpoint: Option<Vec<u8>>,
    segments: Option<Vec<SegmentFile>>,
}

/// The state that is verified.
pub struct Start {
    /// The segments up to where they are read; why they can't be listed.
    pub segments: Result<Vec<SegmentFile>, VaultError>,
    /// Path of an open segment that is empty: a crash fell before its header, and the next opening removes it.
    pub headless: Option<String>,
    /// The checkpoint.
    pub checkpoint: Option<Vec<u8>>,
    /// Entries up to which the segments are read, where that is not their end.
    pub bounded: Option<u64>,
    seen: Seen,
    written: AtomicBool,
}

impl Seen {
    /// What is there now.
    pub fn now(disks: &Disks) -> Result<Self> {
        let checkpoint = disk::read(disks.archive.as_ref(), CHECKPOINT, CHECKPOINT_BYTES_MAX)?;
        Ok(Self { checkpoint, segments: segment::list(disks.archive.as_ref()).ok() })
    }
}

impl Start {
    /// The state at a beginning, given what was seen before the catalog was opened.
    pub fn new(places: &Places, disks: &Disks, format: &Format, before: Seen, catalog: &Catalog) -> Result<Self> {
        let written = is_locked(places) || Seen::now(disks)? != before;
        let mut segments = patiently(written, || segment::list(disks.archive.as_ref()));
        let is_headless = |last: &mut SegmentFile| !last.sealed && last.seq > 1 && last.size == 0;
        let headless = segments.as_mut().ok().and_then(|segments| segments.pop_if(is_headless));
        let headless = headless.map(|last| last.path());
        let (checkpoint, seen) = (before.checkpoint, Seen::now(disks)?);
        let mut start = Self { segments, headless, checkpoint, bounded: None, seen, written: written.into() };
        if written && let Some(cursor) = start.shown(format, catalog) {
            start.end_at(cursor);
        }
        Ok(start)
    }

    /// Whether another process has written, or may have, since the beginning.
    pub fn was_written(&self, places: &Places, disks: &Disks) -> bool {
        if !self.written.load(Ordering::Acquire)
            && (is_locked(places) || Seen::now(disks).map_or(true, |now| now != self.seen))
        {
            self.written.store(true, Ordering::Release);
        }
        self.written.load(Ordering::Acquire)
    }

    /// The catalog's cursor, once it shows what the checkpoint covers: the writer shows a group right after its commit.
    fn shown(&self, format: &Format, catalog: &Catalog) -> Option<Cursor> {
        let note = self.checkpoint.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
        let opened = note.and_then(|note| checkpoint::open(note, &format.keys()).ok());
        let published = opened.map_or(0, |verified| verified.checkpoint.size);
        let shown = || catalog.cursor().ok().flatten();
        for _ in 0..ATTEMPTS {
            if shown().is_some_and(|cursor| cursor.position.size >= published) {
                break;
            }
            std::thread::sleep(AFTER);
            let _ = catalog.refresh();
        }
        shown()
    }

    /// Leaves out of the segments what comes after the catalog's state.
    fn end_at(&mut self, cursor: Cursor) {
        let Ok(segments) = &mut self.segments else { return };
        self.bounded = cut(segments, cursor.position.at).then_some(cursor.position.size);
    }
}

/// Leaves out of segments what comes after `end`; whether there was anything.
pub fn cut(segments: &mut Vec<SegmentFile>, end: Location) -> bool {
    let listed = segments.len();
    segments.retain(|found| found.seq <= end.segment);
    let mut left_out = segments.len() < listed;
    if let Some(last) = segments.last_mut().filter(|last| last.seq == end.segment && last.size > end.offset) {
        (last.size, last.sealed, left_out) = (end.offset, false, true);
    }
    left_out
}

/// Does what may fail because a writer is just replacing something; where one is at work, again and again for a while.
pub fn patiently<T, E>(written: bool, mut attempt: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    let mut result = attempt();
    for _ in 1..ATTEMPTS {
        if result.is_ok() || !written {
            break;
        }
        std::thread::sleep(AFTER);
        result = attempt();
    }
    result
}
