//! The walk over the segments: frames, groups, commits, entries; content is handed to the other threads.

use super::content::{self, Checker, Task};
use super::{Checked, Inquiry, Report};
use crate::digest::{Blake3, Sha256};
use crate::disk::{self, Window};
use crate::error::{Error, Result};
use crate::event::{Detail, Entry, Stamped};
use crate::ledger::Ledger;
use crate::merkle::checkpoint::{self, Checkpoint};
use crate::position::Location;
use crate::time::Micros;
use crate::vault::frame::{FrameKind, HEADER_BYTES};
use crate::vault::segment::{self, SegmentFile};
use crate::vault::{self, Bodies, End, GroupRead};
use std::collections::HashMap;
use std::sync::Mutex;
use uuid::Uuid;

/// What the walk learned.
pub struct Walked {
    /// Entries in the segments, and their root.
    pub size: u64,
    /// The newest checkpoint, if it verifies.
    pub checkpoint: Option<Checkpoint>,
    /// Root over the first `checkpoint.size` entries.
    pub root_at_checkpoint: Option<Sha256>,
    /// Generation and digest of the keys last recorded.
    pub keys: Option<(u64, Blake3)>,
    /// Time-stamp tokens that were recorded, with the index of the entry.
    pub stamped: Vec<(u64, Stamped)>,
    /// Whether the walk came to the end.
    pub whole: bool,
}

/// Publications are compared in steps of so many entries, to bound memory.
const STEP: u64 = 65_536;
const TASKS_MAX: usize = 256;

struct Walk<'a> {
    inquiry: &'a Inquiry,
    ledger: Ledger,
    pending: HashMap<Uuid, Vec<Location>>,
    checkpoint: Option<Checkpoint>,
    root_at_checkpoint: Option<Sha256>,
    keys: Option<(u64, Blake3)>,
    stamped: Vec<(u64, Stamped)>,
    checked: Checked,
    time: Micros,
    todo: crossbeam_channel::Sender<Task>,
    progress: &'a (dyn Fn(u64, u64) + Sync),
    total: u64,
    before: HashMap<u64, u64>,
}

/// Walks all segments.
pub fn check(inquiry: &Inquiry, report: &mut Report, progress: &(dyn Fn(u64, u64) + Sync)) -> Result<Walked> {
    let archive = &inquiry.archive;
    let checkpoint = read_checkpoint(inquiry)?;
    let segments = match segment::list(archive.disks.archive.as_ref()) {
        Ok(segments) => segments,
        Err(error) => {
            inquiry.doubt("segments", error.to_string(), Vec::new());
            return Ok(Walked {
                size: 0,
                checkpoint,
                root_at_checkpoint: None,
                keys: None,
                stamped: Vec::new(),
                whole: false,
            });
        }
    };
    report.checked.segments = segments.len() as u64;
    check_seals(inquiry, &segments)?;
    let mut total = 0;
    let mut before = HashMap::new();
    for found in &segments {
        before.insert(found.seq, total);
        total += found.size;
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let sum = Mutex::new(Checked::default());
    let walked = std::thread::scope(|scope| -> Result<Walked> {
        let (todo, work) = crossbeam_channel::bounded::<Task>(TASKS_MAX);
        for _ in 0..threads {
            let (work, sum) = (work.clone(), &sum);
            std::thread::Builder::new().name("verify".into()).spawn_scoped(scope, move || {
                let checked = worker(inquiry, &work);
                if let Ok(mut sum) = sum.lock() {
                    sum.objects += checked.objects;
                    sum.bytes += checked.bytes;
                }
            })?;
        }
        drop(work);
        let mut walk = Walk {
            inquiry,
            ledger: Ledger::new(),
            pending: HashMap::new(),
            checkpoint,
            root_at_checkpoint: None,
            keys: None,
            stamped: Vec::new(),
            checked: Checked::default(),
            time: Micros(0),
            todo,
            progress,
            total,
            before,
        };
        let end = vault::walk::<Error>(archive.disks.archive.as_ref(), vault::START, Bodies::Small, &mut |group| {
            walk.group(group)
        });
        walk.finish(end, report)
    })?;
    let sum = sum.into_inner().map_err(|_| Error::corrupt("a checker died"))?;
    report.checked.objects = sum.objects;
    report.checked.bytes = sum.bytes;
    Ok(walked)
}

fn worker(inquiry: &Inquiry, work: &crossbeam_channel::Receiver<Task>) -> Checked {
    let mut checked = Checked::default();
    let mut checker: Option<Checker> = None;
    for task in work {
        if checker.is_none() {
            // The first body is readable without the dictionary, which its event brings.
            match Checker::new(inquiry) {
                Ok(made) => checker = Some(made),
                Err(error) => {
                    inquiry.doubt(format!("entry {}", task.index), error.to_string(), vec![task.entry.id]);
                    continue;
                }
            }
        }
        if let Some(checker) = &mut checker {
            content::check(inquiry, checker, &task, &mut checked);
        }
    }
    checked
}

impl Walk<'_> {
    fn group(&mut self, group: GroupRead) -> Result<()> {
        self.checked.groups += 1;
        self.checked.frames += group.frames.len() as u64 + 1;
        let mut key: Option<(Location, Vec<u8>)> = None;
        for frame in group.frames {
            match frame.header.kind {
                FrameKind::Blob => self.pending.entry(frame.header.object).or_default().push(frame.location),
                FrameKind::Key => key = Some((frame.location, frame.body)),
                FrameKind::Entry => self.entry(frame.location, frame.body, key.take())?,
                FrameKind::Checkpoint => self.checkpoint_frame(frame.location, &frame.body),
                FrameKind::Commit | FrameKind::Seal => {}
            }
        }
        if (self.ledger.size(), self.ledger.root()) != (group.commit.size, group.commit.root) {
            let place = format!("segment {}, group before offset {}", group.after.at.segment, group.after.at.offset);
            self.inquiry.doubt(place, "the entries do not have the root that the COMMIT states", Vec::new());
        }
        for at in group.stained {
            // No byte of a segment is free.
            let place = format!("segment {}, offset {}", at.segment, at.offset);
            self.inquiry.doubt(place, "the padding after a frame is not zeros", Vec::new());
        }
        let at = group.after.at;
        (self.progress)(self.before.get(&at.segment).copied().unwrap_or(0) + at.offset, self.total);
        Ok(())
    }

    fn entry(&mut self, at: Location, bytes: Vec<u8>, key: Option<(Location, Vec<u8>)>) -> Result<()> {
        let index = self.ledger.size();
        let place = || format!("segment {}, offset {}", at.segment, at.offset);
        match Entry::parse(&bytes) {
            Ok(entry) => {
                if entry.time <= self.time {
                    self.inquiry.doubt(place(), format!("entry {index} is not later than the one before"), Vec::new());
                }
                self.time = entry.time;
                match (&entry.detail, index) {
                    (Some(Detail::Format(sha256)), 0) if *sha256 == self.inquiry.archive.format.digest() => {}
                    (_, 0) => self.inquiry.doubt("FORMAT", "entry 0 does not commit to it", Vec::new()),
                    (Some(Detail::Keys { generation, blake3 }), _) => self.keys = Some((*generation, *blake3)),
                    (Some(Detail::Stamped(stamped)), _) => self.stamped.push((index, stamped.clone())),
                    _ => {}
                }
                match Task::new(index, entry, key, &mut self.pending) {
                    Ok(task) => self.todo.send(task).map_err(|_| Error::corrupt("the checkers died"))?,
                    Err(what) => self.inquiry.doubt(place(), what, Vec::new()),
                }
            }
            Err(error) => self.inquiry.doubt(place(), error.to_string(), Vec::new()),
        }
        self.ledger.append(bytes);
        self.checked.entries += 1;
        let at_checkpoint = self.checkpoint.as_ref().is_some_and(|checkpoint| checkpoint.size == self.ledger.size());
        if at_checkpoint {
            self.root_at_checkpoint = Some(self.ledger.root());
        }
        let published = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
        let due = self.ledger.size() - self.ledger.published() >= STEP;
        if at_checkpoint || (due && self.ledger.size() < published) {
            self.compare_tiles()?;
        }
        Ok(())
    }

    /// Compares tiles and bundles with what the entries make of them.
    fn compare_tiles(&mut self) -> Result<()> {
        let publication = self.ledger.publication().map_err(|error| Error::corrupt("tiles").because(error))?;
        let differing = publication.compare(self.inquiry.archive.disks.archive.as_ref())?;
        self.checked.tiles += publication.files() as u64;
        for (path, what) in differing {
            self.inquiry.doubt(path, what, Vec::new());
        }
        self.ledger.published_to(publication.size);
        Ok(())
    }

    fn checkpoint_frame(&self, at: Location, body: &[u8]) {
        let place = || format!("segment {}, offset {}", at.segment, at.offset);
        let keys = self.inquiry.archive.format.keys();
        let opened = std::str::from_utf8(body).ok().and_then(|note| checkpoint::open(note, &keys).ok());
        match opened {
            // Its root can be compared only at its own size, which lies behind: the chain of roots covers it.
            Some(verified) if verified.checkpoint.size <= self.ledger.size() => {}
            _ => self.inquiry.doubt(place(), "a checkpoint kept here does not verify", Vec::new()),
        }
    }

    fn finish(self, end: Result<(crate::position::Position, End)>, report: &mut Report) -> Result<Walked> {
        let mut whole = true;
        match end {
            Ok((_, End::Clean | End::Sealed)) => {}
            Ok((_, End::Torn { at, why, .. })) => {
                whole = false;
                let place = format!("segment {}, offset {}", at.segment, at.offset);
                self.inquiry.doubt(place, format!("{why}; nothing after it was checked"), Vec::new());
            }
            Err(error) => {
                whole = false;
                self.inquiry.doubt("segments", format!("{error}; nothing after it was checked"), Vec::new());
            }
        }
        if !self.pending.is_empty() {
            let parts: usize = self.pending.values().map(Vec::len).sum();
            let objects = self.pending.len();
            report
                .notes
                .push(format!("{parts} parts of {objects} objects were never acknowledged: ingests that failed"));
        }
        let checked = self.checked;
        report.checked.groups = checked.groups;
        report.checked.frames = checked.frames;
        report.checked.entries = checked.entries;
        report.checked.tiles = checked.tiles;
        Ok(Walked {
            size: self.ledger.size(),
            checkpoint: self.checkpoint,
            root_at_checkpoint: self.root_at_checkpoint,
            keys: self.keys,
            stamped: self.stamped,
            whole,
        })
    }
}

/// Seals: each index has the headers that stand in the file, and each segment chains to the one before.
fn check_seals(inquiry: &Inquiry, segments: &[SegmentFile]) -> Result<()> {
    let mut previous = Blake3([0; 32]);
    for found in segments {
        let file = inquiry.archive.disks.archive.open(&found.path())?;
        let header = segment::read_header(file.as_ref(), found.seq);
        let mut window = Window::new(file.as_ref());
        let first_frame = header.as_ref().ok().map(|header| header.first_frame);
        match header {
            Ok(header) if header.previous == previous && header.archive == inquiry.archive.format.archive => {}
            Ok(_) => inquiry.doubt(found.path(), "its header does not chain to the segment before", Vec::new()),
            Err(error) => inquiry.doubt(found.path(), error.to_string(), Vec::new()),
        }
        if !found.sealed {
            continue;
        }
        match segment::read_index(file.as_ref(), found) {
            Ok((seal, rows)) => {
                previous = seal.digest();
                let mut offset = segment::SEGMENT_HEADER_BYTES as u64;
                let fits = rows.iter().all(|row| {
                    let here = row.offset == offset;
                    offset += row.header.frame_bytes();
                    let mut bytes = [0; HEADER_BYTES];
                    here && window.read_exact_at(row.offset, &mut bytes).is_ok() && bytes == row.header.encode()
                });
                let fits = fits && rows.first().is_none_or(|row| Some(row.header.number) == first_frame);
                let ends = offset + seal.frame_bytes() + segment::TRAILER_BYTES as u64 == found.size;
                if !fits || !ends {
                    inquiry.doubt(found.path(), "its index does not agree with its frames", Vec::new());
                }
                let padding = seal.frame_bytes() - HEADER_BYTES as u64 - seal.length;
                let mut bytes = vec![0; padding as usize];
                let at = offset + HEADER_BYTES as u64 + seal.length;
                let read = disk::read_exact_at(file.as_ref(), at, &mut bytes);
                if read.is_err() || bytes.iter().any(|byte| *byte != 0) {
                    inquiry.doubt(found.path(), "the padding after its index is not zeros", Vec::new());
                }
            }
            Err(error) => inquiry.doubt(found.path(), error.to_string(), Vec::new()),
        }
    }
    Ok(())
}

fn read_checkpoint(inquiry: &Inquiry) -> Result<Option<Checkpoint>> {
    let path = crate::ledger::CHECKPOINT;
    let Some(bytes) = disk::read(inquiry.archive.disks.archive.as_ref(), path, 1 << 20)? else {
        inquiry.doubt(path, "it is missing", Vec::new());
        return Ok(None);
    };
    let keys = inquiry.archive.format.keys();
    let text = String::from_utf8(bytes).unwrap_or_default();
    match checkpoint::open(&text, &keys) {
        Ok(verified) if verified.by.len() == keys.len() => Ok(Some(verified.checkpoint)),
        Ok(verified) => {
            inquiry.doubt(path, "the line of one of the archive's two keys is missing", Vec::new());
            Ok(Some(verified.checkpoint))
        }
        Err(error) => {
            inquiry.doubt(path, error.to_string(), Vec::new());
            Ok(None)
        }
    }
}
