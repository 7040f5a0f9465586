//! The walk over the segments: frames, groups, commits, entries; content is handed to the other threads.
//!
//! After damage it goes on with the next segment, whose first group says where it stands. The entries in between come
//! from the ledger's bundles: they name the records concerned, and the next COMMIT's root proves them. A torn tail that
//! recovery would cut is a note.

use super::content::{self, Checker, Part, Task};
use super::tally::{Digester, Expected, Sum};
use super::{Checked, Depth, Inquiry, Report, Signed};
use crate::archive::destruction::fates::Fates;
use crate::archive::follow::Event;
use crate::archive::project;
use crate::digest::{Blake3, Sha256};
use crate::disk::{self, Disk, Window};
use crate::error::{Error, Result};
use crate::event::{Detail, Entry, Stamped};
use crate::ledger::{self, Ledger, Publication};
use crate::merkle::checkpoint::{self, Checkpoint};
use crate::merkle::tile::{BundleId, WIDTH};
use crate::position::{Location, Position};
use crate::time::Micros;
use crate::vault::absent::{self, Absent};
use crate::vault::frame::{FrameKind, HEADER_BYTES};
use crate::vault::segment::{self, SEGMENT_HEADER_BYTES, SegmentFile};
use crate::vault::{self, Bodies, End, GroupRead, Presence, VaultError};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::collections::{BTreeSet, HashMap};
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

/// Why the walk over one segment ended early.
enum Stop {
    Damaged(VaultError),
    Failed(Error),
}

impl From<VaultError> for Stop {
    fn from(error: VaultError) -> Self {
        Self::Damaged(error)
    }
}

/// Damage after which no group was met yet.
struct Gap {
    place: String,
    why: String,
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
    total: u64,
    before: HashMap<u64, u64>,
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
    let mut total = 0;
    let mut before = HashMap::new();
    for found in segments {
        before.insert(found.seq, total);
        total += found.size;
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
            total,
            before,
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
    /// Walks every segment; after damage in one goes on with the next.
    fn segments(&mut self, disk: &dyn Disk, segments: &[SegmentFile], report: &mut Report) -> Result<()> {
        if segments.is_empty() {
            return Err(Error::corrupt("segment 1 is missing"));
        }
        for found in segments {
            let Some(from) = self.beginning(disk, found)? else { continue };
            let visit = &mut |group| self.group(group).map_err(Stop::Failed);
            match vault::walk_in::<Stop>(disk, std::slice::from_ref(found), from, Bodies::Small, visit) {
                Ok((_, End::Torn { at, why, later_commit: false, file_size })) if self.is_tail()? => {
                    let place = format!("segment {}, offset {}", at.segment, at.offset);
                    let cut = file_size - self.position.at.offset.min(file_size);
                    report.notes.push(format!("{place}: {why}; the next opening cuts {cut} bytes that a crash left"));
                    self.checked.segments += 1;
                }
                Ok((_, End::Torn { at, why, .. })) => self.damaged(found, at.offset, why),
                Ok((_, End::Clean | End::Sealed)) => self.checked.segments += 1,
                Err(Stop::Damaged(VaultError::Corrupt { offset, what, .. })) => self.damaged(found, offset, what),
                Err(Stop::Damaged(VaultError::Io(error))) => {
                    self.damaged(found, self.position.at.offset, error.to_string());
                }
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        match self.gap.take() {
            Some(gap) => self.bridge(gap, None).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Where the walk over a segment begins; `None` where there is nothing to be walked.
    fn beginning(&mut self, disk: &dyn Disk, found: &SegmentFile) -> Result<Option<Position>> {
        if !self.whole {
            return Ok(None);
        }
        if self.gap.is_none() {
            let at = Location { segment: found.seq, offset: SEGMENT_HEADER_BYTES as u64 };
            return Ok(Some(Position { at, ..self.position }));
        }
        let from = match vault::beginning(disk, found) {
            Ok(Some(from)) if from.size >= self.ledger.size() => from,
            Ok(Some(_)) => {
                self.damaged(found, 0, "its first group does not follow the one before the damage".into());
                return Ok(None);
            }
            Ok(None) => return Ok(None),
            Err(error) => {
                self.damaged(found, 0, error.to_string());
                return Ok(None);
            }
        };
        if let Some(gap) = self.gap.take()
            && !self.bridge(gap, Some(from.size))?
        {
            return Ok(None);
        }
        self.position = from;
        Ok(Some(from))
    }

    /// Whether the groups so far are all that was ever signed or shown, so that recovery would cut what is torn after.
    fn is_tail(&self) -> Result<bool> {
        let published = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
        let shown = self.inquiry.archive.catalog.cursor().map_err(project::catalog)?;
        let frames = shown.map_or(0, |cursor| cursor.position.frame).max(self.signed.frames);
        Ok(self.ledger.size() >= published.max(self.signed.entries) && self.position.frame >= frames)
    }

    /// Notes damage; it is told once it is known which records it concerns.
    fn damaged(&mut self, found: &SegmentFile, offset: u64, why: String) {
        let begins = Location { segment: found.seq, offset: SEGMENT_HEADER_BYTES as u64 };
        self.unread.push(if self.position.at.segment == found.seq { self.position.at } else { begins });
        let place = format!("segment {}, offset {offset}", found.seq);
        match &self.gap {
            Some(_) => self.inquiry.doubt(place, format!("{why}; nothing of the segment was read"), Vec::new()),
            None => self.gap = Some(Gap { place, why }),
        }
    }

    /// Takes the entries that are missing, up to `until`, from the ledger's bundles, and tells of the damage with the
    /// records that they are about; of those that no bundle has the catalog knows. Whether the walk can go on.
    fn bridge(&mut self, gap: Gap, until: Option<u64>) -> Result<bool> {
        let (archive, width) = (&self.inquiry.archive, u64::from(WIDTH));
        let published = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
        let end = until.unwrap_or(published);
        // Nothing that is summed up from here on can be compared.
        self.batch.push(None);
        let mut records = BTreeSet::new();
        while self.ledger.size() < end.min(published) {
            let (next, index) = (self.ledger.size(), self.ledger.size() / width);
            let id = BundleId { index, width: (published - index * width).min(width) as u16 };
            let Ok(entries) = ledger::read_bundle(archive.disks.archive.as_ref(), id) else { break };
            let missing = entries.into_iter().skip((next % width) as usize).take((end - next) as usize);
            for bytes in missing {
                if let Ok(entry) = Entry::parse(&bytes) {
                    records.insert(entry.id);
                    self.learn(self.ledger.size(), &entry);
                }
                self.append(bytes)?;
            }
            if self.ledger.size() == next {
                break;
            }
        }
        let known = self.ledger.size();
        self.whole = until.is_some_and(|until| known >= until);
        let what = match self.whole {
            true => format!("{}; the rest of the segment was not read", gap.why),
            false => {
                let each = archive.catalog.each_event(|id, row| {
                    _ = row.index >= known && records.insert(id);
                    true
                });
                each.map_err(project::catalog)?;
                format!("{}; nothing after it was checked", gap.why)
            }
        };
        self.inquiry.doubt(gap.place, what, records.into_iter().collect());
        Ok(self.whole)
    }

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
        (self.progress)(self.before.get(&at.segment).copied().unwrap_or(0) + at.offset, self.total);
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

/// The lists of absent frames are those that the ledger recorded.
fn check_absences(inquiry: &Inquiry, fates: &Fates, segments: &[SegmentFile], report: &mut Report) -> Result<()> {
    let disk = inquiry.archive.disks.archive.as_ref();
    for found in segments.iter().filter(|found| found.sealed) {
        let path = absent::path(found.seq);
        match (Absent::read(disk, found.seq), fates.thinned(found.seq)) {
            (Err(error), _) => inquiry.doubt(path, error.to_string(), Vec::new()),
            (Ok(list), None) if list.is_empty() => {}
            (Ok(list), Some(recorded)) if Blake3::of(&list.encode(found.seq)) == recorded => {
                if inquiry.depth == Depth::Deep {
                    check_holes(inquiry, found, &list)?;
                }
            }
            // If we crashed between the list and its event: the execution is under way, and goes on with it.
            _ if !inquiry.archive.catalog.executions().map_err(project::catalog)?.is_empty() => {
                report.notes.push(format!("{path} is not recorded yet: a destruction is under way"));
            }
            _ => inquiry.doubt(path, "it is not the list that the ledger recorded", Vec::new()),
        }
    }
    Ok(())
}

/// Where bodies are said to be gone there is nothing but zeros.
fn check_holes(inquiry: &Inquiry, found: &SegmentFile, list: &Absent) -> Result<()> {
    let file = found.open(inquiry.archive.disks.archive.as_ref())?;
    let Ok((_, rows)) = segment::read_index(file.as_ref(), found) else { return Ok(()) };
    let mut body = Vec::new();
    for row in rows.iter().filter(|row| list.contains(row.header.number)) {
        body.resize(usize::try_from(row.header.length).expect("limited by kind"), 0);
        disk::read_exact_at(file.as_ref(), row.offset + HEADER_BYTES as u64, &mut body)?;
        if body.iter().any(|byte| *byte != 0) {
            let place = format!("segment {}, offset {}", found.seq, row.offset);
            inquiry.doubt(place, "its bytes are listed as gone, but something is there", Vec::new());
        }
    }
    Ok(())
}

/// Seals: each index has the headers that stand in the file, and each segment chains to the one before.
fn check_seals(inquiry: &Inquiry, segments: &[SegmentFile]) -> Result<()> {
    let mut previous = Blake3([0; 32]);
    for found in segments {
        let file = found.open(inquiry.archive.disks.archive.as_ref())?;
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
