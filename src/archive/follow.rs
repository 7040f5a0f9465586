//! Following: shows the catalog, and the index, every group of the segments that it does not show yet.
//!
//! The same for the few groups after a crash and for a rebuild from nothing. Three stages: one thread *walks* the
//! segments, some *decode* groups (unwrap keys, open and read bodies), one *shows*: turns events into rows, in order.
//! What is shown from nothing is not logged row by row but loaded in files of some megabytes, each by a thread of its own
//! while the next one's rows are made.

use super::destruction::fates::Fates;
use super::index_follow::{IndexFollower, LAG_MAX};
use super::object::Opener;
use super::project::{self, Projection, ReadBody, Says};
use super::reading::{Archive, keys_error};
use super::truth::Committed;
use crate::catalog::Batch;
use crate::cipher::ObjectKey;
use crate::error::{Error, Result};
use crate::event::Entry;
use crate::index::IndexDocument;
use crate::keys;
use crate::position::{Location, Position};
use crate::vault::frame::{Codec, FrameKind};
use crate::vault::segment::{self, Ruler, SegmentFile};
use crate::vault::{self, Bodies, GroupRead, Presence};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{Scope, ScopedJoinHandle};
use uuid::Uuid;

/// Groups between the walk and the show at most.
const AHEAD_MAX: usize = 4;
/// Bytes of rows that are loaded at once: so many at first, that a reader soon sees something, then twice as many each
/// time up to the most, so that the catalog has few files.
const LOAD_BYTES: std::ops::RangeInclusive<usize> = 8 * 1024 * 1024..=32 * 1024 * 1024;

/// Hears how many of how many bytes of segments are shown.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Nobody hears it.
pub const UNHEARD: Progress<'static> = &|_, _| {};

/// Brings the catalog, and the index if there is one, up to the end of the segments.
pub fn catch_up(archive: &Archive, index: Option<&IndexFollower>, progress: Progress<'_>) -> Result<()> {
    catch_up_in(archive, index, &segment::list(archive.disks.archive.as_ref())?, progress)
}

/// The same up to the end of `segments`.
pub fn catch_up_in(
    archive: &Archive,
    index: Option<&IndexFollower>,
    segments: &[SegmentFile],
    progress: Progress<'_>,
) -> Result<()> {
    let ruler = Ruler::new(segments);
    let cursor = archive.catalog.cursor().map_err(project::catalog)?;
    let from = cursor.map_or(vault::START, |cursor| cursor.position);
    let decoders = if cursor.is_some() { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    // What is shown from the middle on was shown before it was destroyed; from nothing, the end must be known first.
    let fates = match cursor {
        Some(_) => Arc::default(),
        None => Arc::new(Fates::read(archive, segments)?),
    };
    let (projection, load_bytes) = match cursor {
        Some(_) => (Projection::after(&archive.catalog, cursor), None),
        None => (Projection::from_nothing(fates.clone()), Some(*LOAD_BYTES.start())),
    };
    std::thread::scope(|scope| {
        let mut shower = Shower::new(scope, archive, index, projection, load_bytes);
        let (todo, work) = bounded::<Work>(AHEAD_MAX);
        let (order, decoded) = bounded::<Receiver<Result<Decoded>>>(AHEAD_MAX);
        for _ in 0..decoders {
            let (work, fates) = (work.clone(), fates.clone());
            std::thread::Builder::new().name("decode".into()).spawn_scoped(scope, move || {
                let mut decoder = Decoder::new(archive, cursor.is_none(), fates);
                for Work { group, first, reply } in work {
                    let _ = reply.send(decoder.group(group, first));
                }
            })?;
        }
        drop(work);
        let walk = move || {
            let (mut first, mut decoder) = (from.size, Decoder::new(archive, cursor.is_none(), fates));
            let disk = archive.disks.archive.as_ref();
            let walked = vault::walk_in::<Error>(disk, segments, from, Bodies::Small, &mut |group| {
                let (reply, answer) = bounded(1);
                let stopped = || Error::unavailable("the catalog stopped following");
                order.send(answer).map_err(|_| stopped())?;
                let next = group.after.size;
                if first == 0 {
                    // Entry 0 brings the dictionary, which the others can't do without.
                    let _ = reply.send(decoder.group(group, first));
                } else {
                    todo.send(Work { group, first, reply }).map_err(|_| stopped())?;
                }
                first = next;
                Ok(())
            });
            walked.map(|_| ())
        };
        let walker = std::thread::Builder::new().name("follow".into()).spawn_scoped(scope, walk)?;
        let shown = decoded.iter().try_for_each(|answer| {
            let group = answer.recv().map_err(|_| died())??;
            progress(ruler.at(group.after.at), ruler.total());
            shower.group(group)
        });
        // Without a receiver the walk ends at its next group.
        drop(decoded);
        let walked = walker.join().map_err(|_| died())?;
        shown.and(walked)?;
        shower.finish()
    })
}

fn died() -> Error {
    Error::corrupt("a follower died")
}

/// A group to be decoded.
struct Work {
    group: GroupRead,
    /// Index of its first entry.
    first: u64,
    reply: Sender<Result<Decoded>>,
}

/// A group with its bodies open.
struct Decoded {
    events: Vec<Event>,
    /// Parts whose entry is in a later group.
    parts: Vec<(Uuid, u32, Location)>,
    after: Position,
}

/// An event as the projections take it.
pub struct Event {
    /// Its entry, and where its frames lie.
    pub committed: Committed,
    scope: Option<Uuid>,
    body: Option<Body>,
}

#[derive(Default)]
struct Body {
    /// Manifest, newline, body.
    text: Vec<u8>,
    /// Where the body begins in it.
    from: usize,
    says: Says,
}

/// A KEY frame.
struct KeyRead {
    at: Location,
    body: Vec<u8>,
    presence: Presence,
}

/// A BLOB, with its bytes where they are few.
struct Part {
    number: u32,
    at: Location,
    codec: Codec,
    sealed: Vec<u8>,
}

/// The second stage; one a thread.
struct Decoder<'a> {
    archive: &'a Archive,
    /// BLOBs of the group at hand, with their part numbers, whose entry has not come yet.
    pending: HashMap<Uuid, Vec<Part>>,
    opener: Option<Opener>,
    next: u64,
    /// Whether the first event is shown too: then `fates` knows of every move, and the catalog is not asked.
    from_nothing: bool,
    fates: Arc<Fates>,
}

impl<'a> Decoder<'a> {
    fn new(archive: &'a Archive, from_nothing: bool, fates: Arc<Fates>) -> Self {
        Self { archive, pending: HashMap::new(), opener: None, next: 0, from_nothing, fates }
    }

    fn group(&mut self, group: GroupRead, first: u64) -> Result<Decoded> {
        self.next = first;
        let mut events = Vec::new();
        let mut key: Option<KeyRead> = None;
        for frame in group.frames {
            match frame.header.kind {
                FrameKind::Blob => {
                    let parts = self.pending.entry(frame.header.object).or_default();
                    let (number, codec) = (frame.header.part, frame.header.codec);
                    parts.push(Part { number, at: frame.location, codec, sealed: frame.body });
                }
                FrameKind::Key => {
                    key = Some(KeyRead { at: frame.location, body: frame.body, presence: frame.presence });
                }
                FrameKind::Entry => {
                    let entry = Entry::parse(&frame.body)
                        .map_err(|error| Error::corrupt("an entry can't be read").because(error))?;
                    events.push(self.event(entry, frame.location, key.take())?);
                }
                FrameKind::Commit | FrameKind::Checkpoint | FrameKind::Seal => {}
            }
        }
        let left = self.pending.drain();
        let parts = left.flat_map(|(object, parts)| parts.into_iter().map(move |part| (object, part.number, part.at)));
        Ok(Decoded { events, parts: parts.collect(), after: group.after })
    }

    fn event(&mut self, entry: Entry, at: Location, key: Option<KeyRead>) -> Result<Event> {
        let index = self.next;
        self.next += 1;
        let mut committed = Committed { index, entry, at, key: None, objects: Vec::new(), ahead: false };
        if self.fates.is_dead(index) {
            // What came before the entry is its own.
            self.pending.clear();
            return Ok(Event::without_body(committed));
        }
        let Some(key) = key else { return Ok(Event::without_body(committed)) };
        let (key_at, frame) = (key.at, self.key_frame(index, key)?);
        let wrapped = keys::parse_key_frame(&frame).map_err(keys_error)?;
        committed.key = Some(key_at);
        let mut last = None;
        for (object, _) in &wrapped.objects {
            let here = self.pending.remove(object).unwrap_or_default();
            committed.ahead |= here.first().is_none_or(|part| part.number > 0);
            committed.objects.push((*object, here.iter().map(|part| part.at).collect()));
            last = here.into_iter().next();
        }
        if self.fates.is_superseded(index) {
            return Ok(Event { committed, scope: Some(wrapped.scope), body: None });
        }
        let missing = || Error::corrupt(format!("entry {index}: the bytes of its body are missing"));
        // Its frame's digest was compared and its cipher authenticated it: it is what was committed.
        let text = self.text(&frame, &committed.objects, last.ok_or_else(missing)?, index)?;
        let scope = wrapped.scope;
        Event::with_body(committed, Some(scope), text)
    }

    /// The body of an event's KEY frame, or what has taken its place.
    fn key_frame(&self, index: u64, key: KeyRead) -> Result<Vec<u8>> {
        if let Some(moved) = self.fates.moved(index) {
            return Ok(moved.to_vec());
        }
        if !self.from_nothing
            && let Some(moved) = self.archive.moved_keys(index)?
        {
            return Ok(moved);
        }
        match key.presence {
            Presence::Here => Ok(key.body),
            Presence::Absent => {
                Err(Error::corrupt(format!("entry {index}: its keys are gone, and nothing says that it was destroyed")))
            }
        }
    }

    /// The plaintext of the body object, which always travels with its entry.
    fn text(&mut self, key_frame: &[u8], objects: &[(Uuid, Vec<Location>)], body: Part, index: u64) -> Result<Vec<u8>> {
        let (object, secrets) = {
            let keys = self.archive.keys()?;
            let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            keys.unwrap_last(key_frame).map_err(keys_error)?
        };
        let key = ObjectKey::derive(&secrets.data_key, self.archive.format.archive, object);
        if index == 0 {
            // The first body is readable without the dictionary, which its event brings.
            self.archive.learn_dictionary(key_frame, objects)?;
            return self.archive.part(&mut Opener::new(b"")?, &key, 0, body.at);
        }
        if self.opener.is_none() {
            self.opener = Some(Opener::new(&self.archive.dictionary()?)?);
        }
        let opener = self.opener.as_mut().expect("made just above");
        if body.sealed.is_empty() {
            return self.archive.part(opener, &key, 0, body.at);
        }
        opener
            .open_part(&key, 0, body.codec, &body.sealed)
            .map(<[u8]>::to_vec)
            .map_err(|error| Error::corrupt(format!("entry {index}: the bytes of its body do not open")).because(error))
    }
}

/// The last stage.
struct Shower<'scope, 'a> {
    scope: &'scope Scope<'scope, 'a>,
    archive: &'a Archive,
    index: Option<&'a IndexFollower>,
    projection: Projection<'a>,
    /// Bytes of rows that are loaded next; `None` where each group is logged.
    load_bytes: Option<usize>,
    /// Rows on their way into the catalog, one batch at most; they come back empty.
    loading: Option<ScopedJoinHandle<'scope, Result<Batch>>>,
    /// The memory of rows that were loaded.
    spare: Batch,
    /// Documents that the index has not got: it is opened only for more than the next reader catches up with.
    held: Vec<IndexDocument>,
    /// Whether the index was opened.
    begun: bool,
    /// Up to here; `None` before the first group.
    position: Option<Position>,
}

impl<'scope, 'a> Shower<'scope, 'a> {
    fn new(
        scope: &'scope Scope<'scope, 'a>,
        archive: &'a Archive,
        index: Option<&'a IndexFollower>,
        projection: Projection<'a>,
        load_bytes: Option<usize>,
    ) -> Self {
        let (loading, spare, held) = (None, Batch::default(), Vec::new());
        Self { scope, archive, index, projection, load_bytes, loading, spare, held, begun: false, position: None }
    }

    fn group(&mut self, group: Decoded) -> Result<()> {
        group.events.into_iter().try_for_each(|event| event.show(&mut self.projection))?;
        group.parts.into_iter().for_each(|(object, number, at)| self.projection.part(object, number, at));
        self.position = Some(group.after);
        match self.load_bytes {
            None => {
                let gone = self.projection.take_gone();
                let (batch, cursor, documents) = self.projection.take(group.after);
                self.archive.catalog.apply(batch, &cursor).map_err(project::catalog)?;
                self.put(documents);
                self.index.into_iter().for_each(|index| index.remove(gone.clone(), cursor.position.size));
                Ok(())
            }
            Some(bytes) => {
                self.hold();
                if self.projection.size() >= bytes {
                    self.load(group.after)?;
                    self.load_bytes = Some((bytes * 2).min(*LOAD_BYTES.end()));
                }
                Ok(())
            }
        }
    }

    /// Hands the rows so far to the catalog, once it has taken those before.
    fn load(&mut self, position: Position) -> Result<()> {
        self.loaded()?;
        let (mut batch, cursor) = self.projection.hand_over(position, std::mem::take(&mut self.spare));
        let catalog = &self.archive.catalog;
        let load = move || catalog.load(&mut batch, &cursor).map(|()| batch).map_err(project::catalog);
        self.loading = Some(std::thread::Builder::new().name("load".into()).spawn_scoped(self.scope, load)?);
        if self.projection.is_full() {
            self.projection.look_up_in(catalog);
        }
        if self.projection.looks_up() { self.loaded() } else { Ok(()) }
    }

    /// Waits until the catalog shows what it was handed.
    fn loaded(&mut self) -> Result<()> {
        if let Some(loading) = self.loading.take() {
            self.spare = loading.join().map_err(|_| died())??;
        }
        Ok(())
    }

    /// Gives the index its documents before they are loaded, so that both work at once.
    fn hold(&mut self) {
        let mut documents = self.projection.take_documents();
        if self.begun {
            return self.put(documents);
        }
        self.held.append(&mut documents);
        if let (Some(index), Some(position)) = (self.index, self.position)
            && self.held.len() > LAG_MAX
        {
            index.begin(std::mem::take(&mut self.held), position.size);
            self.begun = true;
        }
    }

    fn put(&self, documents: Vec<IndexDocument>) {
        if let (Some(index), Some(position)) = (self.index, self.position) {
            index.put(documents, position.size);
        }
    }

    /// Makes the rest visible; what was shown from nothing is on disk before anything that is logged.
    fn finish(mut self) -> Result<()> {
        let (Some(position), Some(_)) = (self.position, self.load_bytes) else { return Ok(()) };
        let index = self.index;
        let flush = move || index.map_or(Ok(()), IndexFollower::flush);
        if !self.begun {
            self.load(position)?;
            self.loaded()?;
            let held = std::mem::take(&mut self.held);
            self.put(held);
            return flush();
        }
        let flushed = self.scope.spawn(flush);
        let loaded = self.load(position).and_then(|()| self.loaded());
        loaded.and(flushed.join().map_err(|_| died())?)
    }
}

impl Event {
    /// An event without a body.
    pub fn without_body(committed: Committed) -> Self {
        Self { committed, scope: None, body: None }
    }

    /// An event with its KEY frame, whose body is gone.
    pub fn with_keys(committed: Committed, key_frame: &[u8]) -> Result<Self> {
        let frame = keys::parse_key_frame(key_frame).map_err(keys_error)?;
        Ok(Self { committed, scope: Some(frame.scope), body: None })
    }

    /// An event with the scope of its KEY frame and the plaintext of its body object.
    pub fn with_body(committed: Committed, scope: Option<Uuid>, text: Vec<u8>) -> Result<Self> {
        let unsplit = || Error::corrupt(format!("entry {}: the body is damaged", committed.index));
        let from = memchr::memchr(b'\n', &text).ok_or_else(unsplit)? + 1;
        let says = project::says(&committed.entry, &text[from..])?;
        Ok(Self { committed, scope, body: Some(Body { text, from, says }) })
    }

    /// Adds what the event says to the batch.
    pub fn show(mut self, projection: &mut Projection<'_>) -> Result<()> {
        let number = self.committed.index;
        if self.committed.ahead {
            for (object, parts) in &mut self.committed.objects {
                let mut all = projection.pending_parts(*object)?;
                all.append(parts);
                *parts = all;
            }
        }
        if self.committed.objects.iter().any(|(_, parts)| parts.is_empty()) {
            return Err(Error::corrupt(format!("entry {number}: the bytes of an object are missing")));
        }
        let Body { text, from, says } = self.body.unwrap_or_default();
        let body = (!text.is_empty()).then(|| ReadBody::new(&text[from..], says));
        projection.event(&self.committed, self.scope, body)
    }
}
