//! The walk over the segments: frames, groups, commits, entries; content is handed to the other threads.
//!
//! After damage it goes on with the next segment, whose first group says where it stands ([`damage`]).

mod damage;
mod sealed;

use damage::Gap;
use sealed::{check_absences, check_seals};

use super::content::{self, Checker, Part, Task};
use super::tally::{Digester, Expected, Sum};
use super::{Checked, Inquiry, Report, Signed};
use crate::archive::destruction::fates::Fates;
use crate::archive::follow::Event;
use crate::digest::{Blake3, Sha256};
use crate::error::{Error, Result};
use crate::event::{Detail, Entry, Stamped};
use crate::ledger::{Ledger, Publication};
use crate::merkle::checkpoint::{self, Checkpoint};
use crate::position::{Location, Position};
use crate::time::Micros;
use crate::vault::frame::FrameKind;
use crate::vault::segment::{Ruler, SegmentFile};
use crate::vault::{self, GroupRead, Presence};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
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
    /// The sum over the rows that the catalog ought to have; `None` where an event could not be read.
    pub rows: Option<Sum>,
    /// The position after the last group.
    pub end: Position,
    /// What the next publication would write, if anything.
    pub unpublished: Option<Publication>,
    /// Where damage begins; from there on nothing of that segment was read.
    pub unread: Vec<Location>,
    /// Whether every entry up to the end is known.
    pub whole: bool,
}

/// Publications are compared in steps of so many entries, to bound memory.
const STEP: u64 = 65_536;
/// Events are handed on together, up to so many and so many stored bytes: the threads end at about the same time.
const BATCH_MAX: usize = 64;
const BATCH_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Batches on their way at most.
const BATCHES_MAX: usize = 16;

/// Events to be checked, in order; `None` for one that can't be.
struct Batch {
    tasks: Vec<Option<Task>>,
    reply: Sender<Vec<Option<Event>>>,
}

/// What came before an entry in its group.
#[derive(Default)]
struct Own {
    key: Option<(Location, Vec<u8>)>,
    objects: Vec<Uuid>,
    /// A frame whose bytes are gone.
    absent: Option<Location>,
}

/// Parts of objects whose entry has not come yet.
type Pending = HashMap<Uuid, Vec<Part>>;

struct Walk<'a> {
    inquiry: &'a Inquiry,
    fates: Arc<Fates>,
    ledger: Ledger,
    pending: Pending,
    checkpoint: Option<Checkpoint>,
    root_at_checkpoint: Option<Sha256>,
    keys: Option<(u64, Blake3)>,
    stamped: Vec<(u64, Stamped)>,
    checked: Checked,
    time: Micros,
    batch: Vec<Option<Task>>,
    batch_bytes: u64,
    todo: Sender<Batch>,
    order: Sender<Receiver<Vec<Option<Event>>>>,
    progress: &'a (dyn Fn(u64, u64) + Sync),
    ruler: Ruler,
    signed: Signed,
    position: Position,
    gap: Option<Gap>,
    unread: Vec<Location>,
    whole: bool,
}

/// Walks the segments.
pub fn check(
    inquiry: &Inquiry,
    signed: Signed,
    digester: &Digester,
    report: &mut Report,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Walked> {
    let disk = inquiry.archive.disks.archive.as_ref();
    let checkpoint = read_checkpoint(inquiry);
    let segments = match &inquiry.start.segments {
        Ok(segments) => segments,
        Err(error) => {
            inquiry.doubt("segments", error.to_string(), Vec::new());
            return Ok(Walked::nowhere(checkpoint));
        }
    };
    if let Some(path) = &inquiry.start.headless {
        report.notes.push(format!("{path} is empty, by a crash; the next opening removes it"));
    }
    let fates = Arc::new(read_fates(inquiry, segments));
    check_absences(inquiry, &fates, segments, report)?;
    if let Err(error) = inquiry.archive.dictionary() {
        // Nor can anything be opened without keys.
        inquiry.doubt(
            "segment 1, entry 0",
            format!("{error}; without its dictionary no content was opened"),
            Vec::new(),
        );
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let sum = Mutex::new(Checked::default());
    let walked = std::thread::scope(|scope| -> Result<Walked> {
        let (todo, work) = bounded::<Batch>(BATCHES_MAX);
        let (order, checked) = bounded::<Receiver<Vec<Option<Event>>>>(BATCHES_MAX);
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
        let seals = scope.spawn(|| check_seals(inquiry, segments));
        let known = fates.clone();
        let summing = move || tally(Expected::new(digester, known), &checked);
        let tally = std::thread::Builder::new().name("tally".into()).spawn_scoped(scope, summing)?;
        let mut walk = Walk {
            inquiry,
            fates,
            ledger: Ledger::new(),
            pending: HashMap::new(),
            checkpoint,
            root_at_checkpoint: None,
            keys: None,
            stamped: Vec::new(),
            checked: Checked::default(),
            time: Micros(0),
            batch: Vec::new(),
            batch_bytes: 0,
            todo,
            order,
            progress,
            ruler: Ruler::new(segments),
            signed,
            position: vault::START,
            gap: None,
            unread: Vec::new(),
            whole: true,
        };
        let end = walk.segments(disk, segments, report);
        let end = walk.hand_on().and(end);
        let (mut walked, pending) = walk.finish(end, report);
        let mut expected = tally.join().map_err(|_| Error::corrupt("a checker died"))??;
        for (object, parts) in pending {
            parts.iter().for_each(|part| expected.part(object, part.header.map_or(0, |header| header.part), part.at));
        }
        walked.rows = expected.finish().filter(|_| walked.whole && walked.unread.is_empty());
        seals.join().map_err(|_| Error::corrupt("a checker died"))??;
        Ok(walked)
    })?;
    let sum = sum.into_inner().map_err(|_| Error::corrupt("a checker died"))?;
    report.checked.objects = sum.objects;
    report.checked.bytes = sum.bytes;
    Ok(walked)
}

impl Walked {
    /// Where there is nothing to be walked.
    fn nowhere(checkpoint: Option<Checkpoint>) -> Self {
        let (root_at_checkpoint, keys, stamped, rows) = (None, None, Vec::new(), None);
        let (end, unpublished, unread) = (vault::START, None, Vec::new());
        Self { size: 0, checkpoint, root_at_checkpoint, keys, stamped, rows, end, unpublished, unread, whole: false }
    }

    /// Whether what lies there was read.
    pub fn is_read(&self, at: Location) -> bool {
        !self.unread.iter().any(|from| from.segment == at.segment && from.offset <= at.offset)
    }
}

/// Sums up what the checkers read, in order.
fn tally<'a>(mut expected: Expected<'a>, checked: &Receiver<Receiver<Vec<Option<Event>>>>) -> Result<Expected<'a>> {
    for batch in checked {
        let events = batch.recv().map_err(|_| Error::corrupt("a checker died"))?;
        events.into_iter().for_each(|event| expected.event(event));
    }
    Ok(expected)
}

fn worker(inquiry: &Inquiry, work: &Receiver<Batch>) -> Checked {
    let mut checked = Checked::default();
    // That there is none was told before the walk.
    let mut checker = Checker::new(inquiry).ok();
    let mut buffer = Vec::new();
    for Batch { tasks, reply } in work {
        let mut one = |task: Task| match &mut checker {
            Some(checker) => content::check(inquiry, checker, &task, &mut checked),
            None => {
                content::check_stored(inquiry, &mut buffer, &task);
                None
            }
        };
        let _ = reply.send(tasks.into_iter().map(|task| task.and_then(&mut one)).collect());
    }
    checked
}

impl Walk<'_> {
    /// Remembers what an entry says of keys and time-stamps.
    fn learn(&mut self, index: u64, entry: &Entry) {
        self.time = entry.time;
        match &entry.detail {
            Some(Detail::Keys { generation, blake3 }) => self.keys = Some((*generation, *blake3)),
            Some(Detail::Stamped(stamped)) => self.stamped.push((index, stamped.clone())),
            _ => {}
        }
    }

    fn group(&mut self, group: GroupRead) -> Result<()> {
        self.checked.groups += 1;
        self.checked.frames += group.frames.len() as u64 + 1;
        let mut own = Own::default();
        for frame in group.frames {
            own.absent = own.absent.or((frame.presence == Presence::Absent).then_some(frame.location));
            match frame.header.kind {
                FrameKind::Blob => {
                    own.objects.push(frame.header.object);
                    let part = Part { at: frame.location, header: Some(frame.header), sealed: frame.body };
                    self.pending.entry(frame.header.object).or_default().push(part);
                }
                FrameKind::Key => own.key = Some((frame.location, frame.body)),
                FrameKind::Entry => self.entry(frame.location, frame.body, std::mem::take(&mut own))?,
                FrameKind::Checkpoint => self.checkpoint_frame(frame.location, &frame.body),
                FrameKind::Commit | FrameKind::Seal => {}
            }
        }
        // Parts ahead of their entry.
        if let Some(at) = own.absent
            && !own.objects.iter().all(|object| self.fates.is_ahead(*object))
        {
            self.unexplained(at, Vec::new());
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
        self.hand_on()?;
        self.position = group.after;
        let at = group.after.at;
        (self.progress)(self.ruler.at(at), self.ruler.total());
        Ok(())
    }

    fn unexplained(&self, at: Location, records: Vec<Uuid>) {
        let place = format!("segment {}, offset {}", at.segment, at.offset);
        self.inquiry.doubt(
            place,
            "its bytes are gone, and nothing in the ledger says that they were destroyed",
            records,
        );
    }

    /// The event of an entry, with what came before it.
    fn task(&mut self, index: u64, entry: Entry, at: Location, own: Own) -> Option<Task> {
        if self.fates.is_dead(index) {
            own.objects.iter().for_each(|object| _ = self.pending.remove(object));
            return Some(Task::gone(index, entry, at));
        }
        let superseded = self.fates.is_superseded(index);
        if let Some(absent) = own.absent.filter(|_| !superseded) {
            self.unexplained(absent, vec![entry.id]);
            return None;
        }
        let key = own.key.map(|(at, frame)| (at, self.fates.moved(index).map_or(frame, <[u8]>::to_vec)));
        let id = entry.id;
        let task = Task::new(index, entry, at, key, &mut self.pending);
        let place = || format!("segment {}, offset {}", at.segment, at.offset);
        let task = task.map_err(|what| self.inquiry.doubt(place(), what, vec![id])).ok();
        task.map(|task| if superseded { task.without_body() } else { task })
    }

    fn entry(&mut self, at: Location, bytes: Vec<u8>, own: Own) -> Result<()> {
        let index = self.ledger.size();
        let place = || format!("segment {}, offset {}", at.segment, at.offset);
        match Entry::parse(&bytes) {
            Ok(entry) => {
                if entry.time <= self.time {
                    self.inquiry.doubt(place(), format!("entry {index} is not later than the one before"), Vec::new());
                }
                match (&entry.detail, index) {
                    (Some(Detail::Format(sha256)), 0) if *sha256 == self.inquiry.archive.format.digest() => {}
                    (_, 0) => self.inquiry.doubt("FORMAT", "entry 0 does not commit to it", Vec::new()),
                    _ => self.learn(index, &entry),
                }
                let task = self.task(index, entry, at, own);
                self.batch_bytes += task.as_ref().map_or(0, Task::size);
                self.batch.push(task);
            }
            Err(error) => {
                self.inquiry.doubt(place(), error.to_string(), Vec::new());
                self.batch.push(None);
            }
        }
        if self.batch.len() >= BATCH_MAX || self.batch_bytes >= BATCH_BYTES_MAX {
            self.hand_on()?;
        }
        self.checked.entries += 1;
        self.append(bytes)
    }

    /// Adds an entry to the tree, and compares the tiles where they are due.
    fn append(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.ledger.append(bytes);
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

    /// Gives the checkers the events gathered so far.
    fn hand_on(&mut self) -> Result<()> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let (reply, answer) = bounded(1);
        let batch = Batch { tasks: std::mem::take(&mut self.batch), reply };
        self.batch_bytes = 0;
        let died = |_| Error::corrupt("the checkers died");
        self.order.send(answer).map_err(|_| died(()))?;
        self.todo.send(batch).map_err(|_| died(()))
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

    /// What was learned, and the parts whose entry has not come.
    fn finish(mut self, end: Result<()>, report: &mut Report) -> (Walked, Pending) {
        if let Err(error) = end {
            self.whole = false;
            self.inquiry.doubt("segments", format!("{error}; nothing after it was checked"), Vec::new());
        }
        let fates = self.fates.clone();
        self.pending.retain(|object, _| !fates.is_ahead(*object));
        content::check_unclaimed(self.inquiry, self.pending.values().flatten());
        // Of damage it is not known what it took.
        if !self.pending.is_empty() && self.unread.is_empty() {
            let parts: usize = self.pending.values().map(Vec::len).sum();
            let objects = self.pending.len();
            report
                .notes
                .push(format!("{parts} parts of {objects} objects were never acknowledged: ingests that failed"));
        }
        let checked = self.checked;
        report.checked.segments = checked.segments;
        report.checked.groups = checked.groups;
        report.checked.frames = checked.frames;
        report.checked.entries = checked.entries;
        report.checked.tiles = checked.tiles;
        let published = self.checkpoint.as_ref().map(|checkpoint| checkpoint.size);
        let is_ahead = published == Some(self.ledger.published()) && published < Some(self.ledger.size());
        let walked = Walked {
            size: self.ledger.size(),
            unpublished: if is_ahead { self.ledger.publication().ok() } else { None },
            checkpoint: self.checkpoint,
            root_at_checkpoint: self.root_at_checkpoint,
            keys: self.keys.filter(|_| self.whole),
            stamped: self.stamped,
            rows: None,
            end: self.position,
            unread: self.unread,
            whole: self.whole,
        };
        (walked, self.pending)
    }
}

/// What the ledger says of destroyed records. Where that can't be read, the keys can't either, which is told elsewhere.
fn read_fates(inquiry: &Inquiry, segments: &[SegmentFile]) -> Fates {
    Fates::read(&inquiry.archive, segments).unwrap_or_else(|error| {
        inquiry.doubt("segments", error.to_string(), Vec::new());
        Fates::default()
    })
}

/// The checkpoint as it was at the beginning.
fn read_checkpoint(inquiry: &Inquiry) -> Option<Checkpoint> {
    let path = crate::ledger::CHECKPOINT;
    let Some(bytes) = &inquiry.start.checkpoint else {
        inquiry.doubt(path, "it is missing", Vec::new());
        return None;
    };
    let keys = inquiry.archive.format.keys();
    match checkpoint::open(std::str::from_utf8(bytes).unwrap_or_default(), &keys) {
        Ok(verified) if verified.by.len() == keys.len() => Some(verified.checkpoint),
        Ok(verified) => {
            inquiry.doubt(path, "the line of one of the archive's two keys is missing", Vec::new());
            Some(verified.checkpoint)
        }
        Err(error) => {
            inquiry.doubt(path, error.to_string(), Vec::new());
            None
        }
    }
}
