//! Verification: is everything that was acknowledged here, unaltered, and is nothing else?
//!
//! Reads only; needs neither recovery nor the writer, and beside one is about the state it began with (`start`). One
//! thread walks the segments group by group and checks the chain of commits, the entries, the roots and the tiles; others
//! open every key and, with *deep*, read and open every stored byte. What they read goes on to a sum over the rows that
//! the catalog ought to have (`tally`); where the catalog has another, it is compared row by row with one made anew in a
//! scratch folder. The index is compared with the catalog, and what was destroyed with the cases that let it go.
//! Whatever does not fit is a *doubt* with its place and the records concerned. What a crash leaves and the next opening
//! mends (a torn tail, tiles ahead of their checkpoint, a catalog or an index that lags) is a note.

mod cases;
mod content;
mod evidence;
mod folder;
mod index;
mod ledger;
mod projections;
mod segments;
mod start;
mod tally;

use super::format::Format;
use super::places::{HIGH_WATER, OUTER_HIGH_WATER, Places};
use super::reading::{Archive, Reading};
use super::validation::Difference;
use crate::catalog::Catalog;
use crate::cipher;
use crate::error::{Error, Result};
use crate::index::Index;
use crate::ledger::high_water::{Damaged, HighWater};
use crate::time::Micros;
use start::{Seen, Start};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Structure: every frame header, key, entry, tile and body; the stored bytes of components only by their headers.
    Structure,
    /// Every byte.
    Deep,
}

impl Depth {
    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Deep => "deep",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Structure, Self::Deep].into_iter().find(|depth| depth.name() == name)
    }
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// File, segment and offset, or row.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// The records concerned, where they are known.
    pub records: Vec<Uuid>,
}

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// Segments.
    pub segments: u64,
    /// Groups.
    pub groups: u64,
    /// Frames.
    pub frames: u64,
    /// Entries.
    pub entries: u64,
    /// Objects whose key opened.
    pub objects: u64,
    /// Bytes of stored objects read and opened.
    pub bytes: u64,
    /// Tiles and bundles.
    pub tiles: u64,
    /// Rows of the catalog.
    pub rows: u64,
    /// Records in the index.
    pub indexed: u64,
    /// Time-stamp tokens.
    pub tokens: u64,
    /// Validation runs repeated.
    pub runs: u64,
    /// Signatures in them.
    pub signatures: u64,
    /// Disposal cases folded.
    pub cases: u64,
}

/// The result of a verification.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What was checked.
    pub checked: Checked,
    /// What does not fit; empty if all is well.
    pub doubts: Vec<Doubt>,
    /// Doubts beyond [`DOUBTS_MAX`].
    pub unlisted: u64,
    /// What could not be checked here, and why.
    pub notes: Vec<String>,
}

/// Doubts are listed up to this many; their number is always told.
pub const DOUBTS_MAX: usize = 1000;

/// What all parts of a verification share.
pub(super) struct Inquiry {
    archive: Archive,
    start: Start,
    depth: Depth,
    catalog: Found,
    doubts: Mutex<Vec<Doubt>>,
    unlisted: AtomicU64,
    /// Goes last, when the catalog in it is closed.
    _scratch: Scratch,
}

/// How far the high-water marks say that the truth was signed.
#[derive(Debug, Clone, Copy)]
struct Signed {
    entries: u64,
    frames: u64,
}

/// Whether something that is checked was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// It was.
    Here,
    /// It is missing or can't be opened, which is told once.
    Missing,
}

/// A folder that goes with its owner, however the verification ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("chauban-verify-{}", Uuid::from_bytes(cipher::random())));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Inquiry {
    fn doubt(&self, place: impl Into<String>, what: impl Into<String>, records: Vec<Uuid>) {
        let doubt = Doubt { place: place.into(), what: what.into(), records };
        if let Ok(mut doubts) = self.doubts.lock() {
            if doubts.len() < DOUBTS_MAX {
                doubts.push(doubt);
            } else {
                self.unlisted.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Whether another process has written, or may have, since the beginning.
    fn was_written(&self) -> bool {
        self.start.was_written(&self.archive.places, &self.archive.disks)
    }

    /// All doubts, and that some are not listed.
    fn conclude(&self, report: &mut Report) -> Result<()> {
        report.doubts = std::mem::take(&mut *self.doubts.lock().map_err(|_| Error::corrupt("a checker died"))?);
        report.unlisted = self.unlisted.load(Ordering::Relaxed);
        match report.unlisted {
            0 => {}
            more => report.notes.push(format!("{more} further doubts are not listed")),
        }
        Ok(())
    }
}

/// Verifies the whole archive. `progress` hears how many of how many bytes of segments are done.
pub fn verify(places: &Places, depth: Depth, progress: &(dyn Fn(u64, u64) + Sync)) -> Result<Report> {
    let format = Format::read(places.disks().archive.as_ref())?;
    // Before the catalog, which is never behind it.
    let index = Index::open(&places.index(), format.archive);
    let inquiry = open(places, depth)?;
    let mut report = Report::default();
    let signed = marks(&inquiry, &mut report);
    let digester = tally::Digester::new();
    let (walked, there, compared) = std::thread::scope(|scope| {
        let there = scope.spawn(|| tally::of_catalog(&inquiry.archive.catalog, &digester));
        let compared = scope.spawn(|| index::compare(&inquiry, index));
        let walked = segments::check(&inquiry, signed, &digester, &mut report, progress);
        (walked, there.join(), compared.join())
    });
    let died = |_| Error::corrupt("a checker died");
    let (walked, there, compared) = (walked?, there.map_err(died)?, compared.map_err(died)??);
    ledger::check(&inquiry, &mut report, &walked)?;
    projections::check(&inquiry, &mut report, &walked, there)?;
    index::check(&inquiry, &mut report, &walked, compared)?;
    folder::check(&inquiry, &mut report, &walked)?;
    evidence::check(&inquiry, &mut report, &walked)?;
    cases::check(&inquiry, &mut report)?;
    if inquiry.was_written() {
        let until = match inquiry.start.bounded {
            Some(size) => format!("what it committed after entry {size} is not part of this report"),
            None => "what it committed is not part of this report".into(),
        };
        report.notes.push(format!("another process was writing meanwhile: {until}"));
    }
    inquiry.conclude(&mut report)?;
    Ok(report)
}

/// Verifies single records, every byte of them.
pub fn verify_records(places: &Places, ids: &[String]) -> Result<Report> {
    let inquiry = open(places, Depth::Deep)?;
    let mut report = Report::default();
    marks(&inquiry, &mut report);
    let mut checker = content::Checker::new(&inquiry)?;
    for id in ids {
        let record = inquiry.archive.find_record(id)?;
        for (index, row) in inquiry.archive.catalog.events(record).map_err(super::project::catalog)? {
            let (_, entry) = inquiry.archive.entry(&row)?;
            report.checked.entries += 1;
            let task = content::Task::of_row(index, entry, &row, &inquiry.archive)?;
            content::check_chain(&inquiry, &task.entry, index);
            content::check(&inquiry, &mut checker, &task, &mut report.checked);
        }
        evidence::check_record(&inquiry, &mut report, record);
    }
    inquiry.conclude(&mut report)?;
    Ok(report)
}

/// Repeats the newest validation run of every record as of `at`, from what the vault holds; `progress` hears how many
/// are done.
pub fn verify_signatures(places: &Places, at: Micros, progress: &mut dyn FnMut(u64)) -> Result<Report> {
    let repeated = Reading::open(places)?.repeat_runs(at, progress)?;
    let mut report = Report::default();
    (report.checked.runs, report.checked.signatures) = (repeated.runs, repeated.signatures);
    let doubt = |one: Difference| Doubt { place: "signatures".into(), what: one.what, records: vec![one.record] };
    report.doubts = repeated.differences.into_iter().map(doubt).collect();
    Ok(report)
}

fn open(places: &Places, depth: Depth) -> Result<Inquiry> {
    let disks = places.disks();
    let format = Format::read(disks.archive.as_ref())?;
    let scratch = Scratch::new()?;
    let before = Seen::now(&disks)?;
    let beside = || Catalog::open_secondary(&places.catalog(), &scratch.0.join("beside"));
    let live = start::patiently(super::reading::is_locked(places), beside);
    let (found, catalog) = match live {
        Ok(catalog) => (Found::Here, catalog),
        Err(_) => (Found::Missing, Catalog::open(&scratch.0.join("absent")).map_err(super::project::catalog)?),
    };
    let start = Start::new(places, &disks, &format, before, &catalog)?;
    let archive = Archive::new(places, disks, format, Arc::new(catalog));
    let (doubts, unlisted) = (Mutex::new(Vec::new()), AtomicU64::new(0));
    let inquiry = Inquiry { archive, start, depth, catalog: found, doubts, unlisted, _scratch: scratch };
    // After the segments, so that every key they need is there. That they do not open is told where they are needed.
    let _ = start::patiently(inquiry.was_written(), || inquiry.archive.keys());
    if found == Found::Missing {
        inquiry.doubt("catalog", "it is missing or can't be opened; `chauban rebuild` makes it anew", Vec::new());
    }
    Ok(inquiry)
}

/// High-water marks: a copy outside the archive is what notices a rollback. How far they say that it was signed.
fn marks(inquiry: &Inquiry, report: &mut Report) -> Signed {
    let disks = &inquiry.archive.disks;
    // A writer moves the inner one first: read after the outer one, it is never behind it.
    let outer = HighWater::read(disks.custody.as_ref(), OUTER_HIGH_WATER);
    let inner = HighWater::read(disks.archive.as_ref(), HIGH_WATER);
    let mut read = |name: &str, mark: io::Result<Option<Result<HighWater, Damaged>>>| {
        let what = match mark {
            Ok(Some(Ok(mark))) if mark.archive == inquiry.archive.format.archive => return Some(mark),
            Ok(Some(Ok(_))) => "it is the high-water mark of another archive".to_owned(),
            Ok(Some(Err(damaged))) => damaged.to_string(),
            Err(error) => format!("the high-water mark can't be read: {error}"),
            Ok(None) => {
                report.notes.push(format!("there is no high-water mark {name}"));
                return None;
            }
        };
        inquiry.doubt(name, what, Vec::new());
        None
    };
    let (inner, outer) = (read(HIGH_WATER, inner), read("high-water (custody folder)", outer));
    match (inner, outer) {
        (Some(inner), Some(outer)) if inner.size == outer.size && inner.root != outer.root => {
            inquiry.doubt(HIGH_WATER, "the mark outside the archive has another root", Vec::new());
        }
        (inner, Some(outer)) if inner.map_or(0, |inner| inner.size) < outer.size => {
            let here = inner.map_or(0, |inner| inner.size);
            let what = format!("the archive was rolled back: {here} entries here, {} outside", outer.size);
            inquiry.doubt(HIGH_WATER, what, Vec::new());
        }
        (_, None) => report.notes.push("without the outer high-water mark a rollback can't be seen".into()),
        _ => {}
    }
    let most = |of: fn(HighWater) -> u64| inner.into_iter().chain(outer).map(of).max().unwrap_or(0);
    Signed { entries: most(|mark| mark.size), frames: most(|mark| mark.place.2) }
}
