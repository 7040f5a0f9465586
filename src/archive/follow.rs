//! Following: shows the catalog, and the index, every group of the segments that it does not show yet.
//!
//! The same for the few groups after a crash and for a rebuild from nothing. Two stages, each in its own thread:
//! *decode* walks the segments, unwraps keys and opens bodies; *show* turns events into rows, in order.

use super::body::split;
use super::index_follow::IndexFollower;
use super::object::Opener;
use super::project::{self, Log, Projection, ReadBody, Says};
use super::reading::{Archive, keys_error};
use super::truth::Committed;
use crate::catalog::Cursor;
use crate::cipher::ObjectKey;
use crate::error::{Error, Result};
use crate::event::Entry;
use crate::keys;
use crate::position::{Location, Position};
use crate::vault::frame::{Codec, FrameKind};
use crate::vault::{self, Bodies, GroupRead};
use crossbeam_channel::Sender;
use std::collections::HashMap;
use uuid::Uuid;

/// Groups between the two stages at most.
const AHEAD_MAX: usize = 4;

/// Brings the catalog, and the index if there is one, up to the end of the segments.
pub fn catch_up(archive: &Archive, index: Option<&IndexFollower>) -> Result<()> {
    let cursor = archive.catalog.cursor().map_err(project::catalog)?;
    let log = if cursor.is_none() { Log::Left } else { Log::Kept };
    let from = cursor.map_or(vault::START, |cursor| cursor.position);
    std::thread::scope(|scope| {
        let (sender, decoded) = crossbeam_channel::bounded(AHEAD_MAX);
        let decoder = std::thread::Builder::new().name("decode".into()).spawn_scoped(scope, move || {
            let mut decoder = Decoder { archive, pending: HashMap::new(), opener: None, next: from.size, sender };
            let disk = archive.disks.archive.as_ref();
            vault::walk::<Error>(disk, from, Bodies::Small, &mut |group| decoder.group(group)).map(|_| ())
        })?;
        let mut cursor = cursor;
        let shown = decoded.iter().try_for_each(|group| show(archive, index, log, &mut cursor, group));
        // Without a receiver the decoder ends at its next group.
        drop(decoded);
        let walked = decoder.join().map_err(|_| Error::corrupt("a follower died"))?;
        shown.and(walked)
    })?;
    if log == Log::Kept {
        return Ok(());
    }
    // Nothing was logged: on disk before anything that is.
    std::thread::scope(|scope| {
        let indexed = index.map(|index| scope.spawn(|| index.flush()));
        let flushed = archive.catalog.flush().map_err(project::catalog);
        let indexed = indexed.map_or(Ok(Ok(())), |indexed| indexed.join());
        flushed.and(indexed.map_err(|_| Error::corrupt("a follower died"))?)
    })
}

/// A group with its bodies open.
struct Decoded {
    events: Vec<Event>,
    /// Parts whose entry is in a later group.
    parts: Vec<(Uuid, u32, Location)>,
    after: Position,
}

struct Event {
    committed: Committed,
    scope: Option<Uuid>,
    body: Option<Body>,
}

struct Body {
    /// Manifest, newline, body.
    text: Vec<u8>,
    /// Where the body begins in it.
    from: usize,
    says: Says,
}

/// A BLOB, with its bytes where they are few.
struct Part {
    number: u32,
    at: Location,
    codec: Codec,
    sealed: Vec<u8>,
}

/// The first stage.
struct Decoder<'a> {
    archive: &'a Archive,
    /// BLOBs of the group at hand, with their part numbers, whose entry has not come yet.
    pending: HashMap<Uuid, Vec<Part>>,
    opener: Option<Opener>,
    next: u64,
    sender: Sender<Decoded>,
}

impl Decoder<'_> {
    fn group(&mut self, group: GroupRead) -> Result<()> {
        let mut events = Vec::new();
        let mut key: Option<(Location, Vec<u8>)> = None;
        for frame in group.frames {
            match frame.header.kind {
                FrameKind::Blob => {
                    let parts = self.pending.entry(frame.header.object).or_default();
                    let (number, codec) = (frame.header.part, frame.header.codec);
                    parts.push(Part { number, at: frame.location, codec, sealed: frame.body });
                }
                FrameKind::Key => key = Some((frame.location, frame.body)),
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
        let decoded = Decoded { events, parts: parts.collect(), after: group.after };
        self.sender.send(decoded).map_err(|_| Error::unavailable("the catalog stopped following"))
    }

    fn event(&mut self, entry: Entry, at: Location, key: Option<(Location, Vec<u8>)>) -> Result<Event> {
        let index = self.next;
        self.next += 1;
        let mut committed = Committed { index, entry, at, key: None, objects: Vec::new(), ahead: false };
        let Some((key_at, frame)) = key else { return Ok(Event { committed, scope: None, body: None }) };
        let wrapped = keys::parse_key_frame(&frame).map_err(keys_error)?;
        committed.key = Some(key_at);
        let mut last = None;
        for (object, _) in &wrapped.objects {
            let here = self.pending.remove(object).unwrap_or_default();
            committed.ahead |= here.first().is_none_or(|part| part.number > 0);
            committed.objects.push((*object, here.iter().map(|part| part.at).collect()));
            last = here.into_iter().next();
        }
        let scope = Some(wrapped.scope);
        let missing = || Error::corrupt(format!("entry {index}: the bytes of its body are missing"));
        let text = self.text(&frame, &committed.objects, last.ok_or_else(missing)?, index)?;
        let (_, body) = split(&text).ok_or_else(|| Error::corrupt(format!("entry {index}: the body is damaged")))?;
        let (from, says) = (text.len() - body.len(), project::says(&committed.entry, body)?);
        Ok(Event { committed, scope, body: Some(Body { text, from, says }) })
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

/// The second stage: one group, at once.
fn show(
    archive: &Archive,
    index: Option<&IndexFollower>,
    log: Log,
    cursor: &mut Option<Cursor>,
    group: Decoded,
) -> Result<()> {
    let mut projection = Projection::after(&archive.catalog, *cursor);
    for mut event in group.events {
        let number = event.committed.index;
        if event.committed.ahead {
            for (object, parts) in &mut event.committed.objects {
                let mut all = archive.catalog.pending_parts(*object).map_err(project::catalog)?;
                all.append(parts);
                *parts = all;
            }
        }
        if event.committed.objects.iter().any(|(_, parts)| parts.is_empty()) {
            return Err(Error::corrupt(format!("entry {number}: the bytes of an object are missing")));
        }
        let body = event.body.as_mut().map(|body| {
            let says = std::mem::replace(&mut body.says, Says::Nothing);
            ReadBody::new(&body.text[body.from..], says)
        });
        projection.event(&event.committed, event.scope, body)?;
    }
    group.parts.into_iter().for_each(|(object, number, at)| projection.part(object, number, at));
    let (shown, documents) = projection.apply(group.after, log)?;
    if let Some(index) = index {
        index.put(documents, shown.position.size);
    }
    *cursor = Some(shown);
    Ok(())
}
