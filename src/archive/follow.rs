//! Following: shows the catalog, and the index, every group of the segments that it does not show yet.
//!
//! The same for the few groups after a crash and for a rebuild from nothing. Two stages, each in its own thread:
//! *decode* walks the segments, unwraps keys and opens bodies; *show* turns events into rows, in order.

use super::body::split;
use super::index_follow::IndexFollower;
use super::object::Opener;
use super::project::{self, Log, Projection};
use super::reading::{Archive, keys_error};
use super::truth::Committed;
use crate::catalog::Cursor;
use crate::cipher::ObjectKey;
use crate::error::{Error, Result};
use crate::event::Entry;
use crate::keys;
use crate::position::{Location, Position};
use crate::vault::frame::FrameKind;
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
    if log == Log::Left {
        archive.catalog.flush().map_err(project::catalog)?;
    }
    Ok(())
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
    /// Manifest, newline, body.
    text: Option<Vec<u8>>,
}

/// The first stage.
struct Decoder<'a> {
    archive: &'a Archive,
    /// BLOBs of the group at hand, with their part numbers, whose entry has not come yet.
    pending: HashMap<Uuid, Vec<(u32, Location)>>,
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
                    parts.push((frame.header.part, frame.location));
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
        let parts = left.flat_map(|(object, parts)| parts.into_iter().map(move |(number, at)| (object, number, at)));
        let decoded = Decoded { events, parts: parts.collect(), after: group.after };
        self.sender.send(decoded).map_err(|_| Error::unavailable("the catalog stopped following"))
    }

    fn event(&mut self, entry: Entry, at: Location, key: Option<(Location, Vec<u8>)>) -> Result<Event> {
        let index = self.next;
        self.next += 1;
        let mut committed = Committed { index, entry, at, key: None, objects: Vec::new(), ahead: false };
        let Some((key_at, frame)) = key else { return Ok(Event { committed, scope: None, text: None }) };
        let wrapped = keys::parse_key_frame(&frame).map_err(keys_error)?;
        committed.key = Some(key_at);
        for (object, _) in &wrapped.objects {
            let here = self.pending.remove(object).unwrap_or_default();
            committed.ahead |= here.first().is_none_or(|(number, _)| *number > 0);
            committed.objects.push((*object, here.into_iter().map(|(_, at)| at).collect()));
        }
        let scope = Some(wrapped.scope);
        let text = self.text(&frame, &committed.objects, index)?;
        Ok(Event { committed, scope, text: Some(text) })
    }

    /// The plaintext of the body object, which always travels with its entry.
    fn text(&mut self, key_frame: &[u8], objects: &[(Uuid, Vec<Location>)], index: u64) -> Result<Vec<u8>> {
        let missing = || Error::corrupt(format!("entry {index}: the bytes of its body are missing"));
        let at = *objects.last().and_then(|(_, parts)| parts.first()).ok_or_else(missing)?;
        let (object, secrets) = {
            let keys = self.archive.keys()?;
            let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            keys.unwrap_last(key_frame).map_err(keys_error)?
        };
        let key = ObjectKey::derive(&secrets.data_key, self.archive.format.archive, object);
        if index == 0 {
            // The first body is readable without the dictionary, which its event brings.
            self.archive.learn_dictionary(key_frame, objects)?;
            return self.archive.part(&mut Opener::new(b"")?, &key, 0, at);
        }
        if self.opener.is_none() {
            self.opener = Some(Opener::new(&self.archive.dictionary()?)?);
        }
        let opener = self.opener.as_mut().expect("made just above");
        self.archive.part(opener, &key, 0, at)
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
        let body = match &event.text {
            Some(text) => {
                Some(split(text).ok_or_else(|| Error::corrupt(format!("entry {number}: the body is damaged")))?.1)
            }
            None => None,
        };
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
