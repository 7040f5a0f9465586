//! The content of one event: its keys open, its stored bytes have the digests that the entry states, its body has the
//! digest that the manifest states, its components those that the manifest lists.

use super::{Checked, Depth, Inquiry};
use crate::archive::body::{Manifest, read_manifest};
use crate::archive::follow::Event;
use crate::archive::object::{self, Opener};
use crate::archive::reading::Archive;
use crate::archive::truth::Committed;
use crate::catalog::EventRow;
use crate::cipher::{COMMITMENT_BYTES, ObjectKey};
use crate::digest::{Blake3, Sha256Hasher};
use crate::error::{Error, Result};
use crate::event::{Entry, Stored};
use crate::keys::{self, ObjectSecrets};
use crate::position::Location;
use crate::vault::frame::FrameHeader;
use std::collections::HashMap;
use uuid::Uuid;

/// One event to be checked.
pub struct Task {
    /// Its ledger index.
    pub index: u64,
    /// Its entry.
    pub entry: Entry,
    /// Its ENTRY frame.
    at: Location,
    key: Option<(Location, Vec<u8>)>,
    objects: Vec<(Uuid, Vec<Part>)>,
    body: Body,
}

/// Whether an event with keys has its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    /// It has.
    Here,
    /// It is gone by law.
    Gone,
}

/// A BLOB frame.
pub struct Part {
    /// Where it lies.
    pub at: Location,
    /// Its header, where it was read already.
    pub header: Option<FrameHeader>,
    /// Its bytes, where they were read and their digest was checked already; else none.
    pub sealed: Vec<u8>,
}

impl Task {
    /// The event of an entry; takes its parts out of `pending`.
    pub fn new(
        index: u64,
        entry: Entry,
        at: Location,
        key: Option<(Location, Vec<u8>)>,
        pending: &mut HashMap<Uuid, Vec<Part>>,
    ) -> Result<Self, String> {
        let mut objects = Vec::with_capacity(entry.stored.len());
        if let Some((_, frame)) = &key {
            let wrapped = keys::parse_key_frame(frame).map_err(|error| error.to_string())?;
            for (object, _) in wrapped.objects {
                let parts = pending.remove(&object);
                objects.push((object, parts.ok_or_else(|| format!("the bytes of object {object} are missing"))?));
            }
        }
        if objects.len() != entry.stored.len() {
            return Err(format!("entry {index} names {} objects, {} are here", entry.stored.len(), objects.len()));
        }
        Ok(Self { index, entry, at, key, objects, body: Body::Here })
    }

    /// An event whose bodies are gone by law.
    pub fn gone(index: u64, entry: Entry, at: Location) -> Self {
        Self { index, entry, at, key: None, objects: Vec::new(), body: Body::Gone }
    }

    /// The same event, of which only the body is gone.
    pub fn without_body(self) -> Self {
        Self { body: Body::Gone, ..self }
    }

    /// The event of a catalog row.
    pub fn of_row(index: u64, entry: Entry, row: &EventRow, archive: &Archive) -> Result<Self> {
        let key = match row.key {
            Some(at) => Some((at, archive.key_frame(row)?)),
            None => None,
        };
        let unread = |at: &Location| Part { at: *at, header: None, sealed: Vec::new() };
        let objects = row.objects.iter().map(|object| (object.id, object.parts.iter().map(unread).collect()));
        Ok(Self { index, entry, at: row.entry, key, objects: objects.collect(), body: Body::Here })
    }

    /// Bytes of its objects.
    pub fn size(&self) -> u64 {
        self.entry.stored.iter().map(|stored| stored.size).sum()
    }

    fn committed(&self) -> Committed {
        let locations = |parts: &Vec<Part>| parts.iter().map(|part| part.at).collect();
        Committed {
            index: self.index,
            entry: self.entry.clone(),
            at: self.at,
            key: self.key.as_ref().map(|(at, _)| *at),
            objects: self.objects.iter().map(|(id, parts)| (*id, locations(parts))).collect(),
            ahead: false,
        }
    }
}

/// Checks events; one a thread.
pub struct Checker {
    opener: Opener,
    sealed: Vec<u8>,
}

impl Checker {
    /// A checker that knows the archive's dictionary.
    pub fn new(inquiry: &Inquiry) -> Result<Self> {
        Ok(Self { opener: Opener::new(&inquiry.archive.dictionary()?)?, sealed: Vec::new() })
    }
}

/// Checks one event; what it says to the projections, unless it can't be read.
pub fn check(inquiry: &Inquiry, checker: &mut Checker, task: &Task, checked: &mut Checked) -> Option<Event> {
    if let (Body::Gone, Some((_, frame))) = (task.body, &task.key) {
        return Event::with_keys(task.committed(), frame).ok();
    }
    let doubt = |error: Error| inquiry.doubt(place(task), error.to_string(), vec![task.entry.id]);
    let read = match read(inquiry, checker, task, checked) {
        Ok(read) => read,
        Err(error) => {
            doubt(error);
            return None;
        }
    };
    let Some(read) = read else { return Some(Event::without_body(task.committed())) };
    if let Err(error) = compare_body(inquiry, checker, task, &read, checked) {
        doubt(error);
    }
    // A body that the projections can't read is told of where the catalog is made anew.
    let scope = task.key.as_ref().map(|(_, frame)| keys::parse_key_frame(frame).map(|frame| frame.scope));
    Event::with_body(task.committed(), scope.transpose().ok()?, read.text).ok()
}

/// Where nothing can be opened: compares the stored bytes with frames and entry, where every byte is read.
pub fn check_stored(inquiry: &Inquiry, buffer: &mut Vec<u8>, task: &Task) {
    if inquiry.depth == Depth::Structure {
        return;
    }
    for at in 0..task.objects.len() {
        if let Err(error) = stored_bytes(&inquiry.archive, task, at, buffer, &mut |_, _, _| Ok(())) {
            inquiry.doubt(place(task), error.to_string(), vec![task.entry.id]);
        }
    }
}

/// Compares parts that no entry names with their frames, where every byte is read: they prove nothing, and are what an
/// ingest that failed left, but no byte of a segment is free.
pub fn check_unclaimed<'a>(inquiry: &Inquiry, parts: impl Iterator<Item = &'a Part>) {
    if inquiry.depth == Depth::Structure {
        return;
    }
    let (archive, mut buffer) = (&inquiry.archive, Vec::new());
    for part in parts {
        let read =
            header(archive, part).and_then(|header| sealed_bytes(archive, part, &header, &mut buffer).map(|_| ()));
        if let Err(error) = read {
            let Location { segment, offset } = part.at;
            inquiry.doubt(format!("segment {segment}, offset {offset}"), error.to_string(), Vec::new());
        }
    }
}

/// The entry names the one before it about the same thing. The catalog knows that one; where it does not show this entry
/// yet, that is a doubt of its own.
pub fn check_chain(inquiry: &Inquiry, entry: &Entry, index: u64) {
    let before = inquiry.archive.catalog.event_before(entry.id, index);
    let what = match before {
        Ok(Some(before)) if before != entry.previous => {
            format!("entry {index} does not name the entry before it about the same thing")
        }
        Ok(_) => return,
        Err(error) => error.to_string(),
    };
    inquiry.doubt(format!("entry {index}"), what, vec![entry.id]);
}

fn place(task: &Task) -> String {
    let at = task.objects.first().and_then(|(_, parts)| parts.first());
    match at {
        Some(Part { at, .. }) => format!("entry {}, segment {}, offset {}", task.index, at.segment, at.offset),
        None => format!("entry {}", task.index),
    }
}

/// An event's body, open.
struct Read {
    /// Manifest, newline, body.
    text: Vec<u8>,
    /// The manifest, read.
    manifest: Manifest,
    /// Of all its objects.
    secrets: Vec<(Uuid, ObjectSecrets)>,
}

/// Opens the keys and the body of an event that has one.
fn read(inquiry: &Inquiry, checker: &mut Checker, task: &Task, checked: &mut Checked) -> Result<Option<Read>> {
    let archive = &inquiry.archive;
    let Some((_, frame)) = &task.key else { return Ok(None) };
    let secrets = {
        let keys = archive.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        keys.unwrap(frame).map_err(crate::archive::reading::keys_error)?
    };
    let body = secrets.last().ok_or_else(|| Error::corrupt("the event has no keys"))?;
    checked.objects += secrets.len() as u64;
    let text = body_text(archive, checker, task, body)?;
    let (manifest, _) =
        read_manifest(&text).ok_or_else(|| Error::corrupt("the body is not what its manifest states"))?;
    Ok(Some(Read { text, manifest, secrets }))
}

/// Compares the manifest with the entry, and the components with the manifest.
fn compare_body(
    inquiry: &Inquiry,
    checker: &mut Checker,
    task: &Task,
    Read { text, manifest, secrets }: &Read,
    checked: &mut Checked,
) -> Result<()> {
    let Checker { opener, sealed: buffer } = checker;
    let archive = &inquiry.archive;
    let (body_object, components) = secrets.split_last().ok_or_else(|| Error::corrupt("the event has no keys"))?;
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if Some(object::commitment(&body_object.1, line)) != task.entry.commitment {
        return Err(Error::corrupt("the manifest does not open the commitment in the entry"));
    }
    if manifest.components.len() != components.len() {
        return Err(Error::corrupt("the manifest lists another number of components"));
    }
    for (at, (secret, listed)) in components.iter().zip(&manifest.components).enumerate() {
        let key = object_key(archive, secret);
        match inquiry.depth {
            Depth::Structure => headers_only(archive, &key, task, at)?,
            Depth::Deep => {
                // One of the two digests is enough: BLAKE3 of the stored bytes, the tags and SHA-256 agree.
                let mut hasher = Sha256Hasher::new();
                stored_bytes(archive, task, at, buffer, &mut |part, header, sealed| {
                    let plain = opener.open_part(&key, part, header.codec, sealed);
                    hasher.update(plain.map_err(|error| Error::corrupt("the bytes do not open").because(error))?);
                    checked.bytes += sealed.len() as u64;
                    Ok(())
                })?;
                let (sha256, size) = hasher.finish();
                if (sha256.to_string(), size) != (listed.sha256.clone(), listed.size) {
                    return Err(Error::corrupt(format!("{} is not what was accessioned", listed.name)));
                }
            }
        }
    }
    Ok(())
}

fn object_key(archive: &Archive, secret: &(Uuid, ObjectSecrets)) -> ObjectKey {
    ObjectKey::derive(&secret.1.data_key, archive.format.archive, secret.0)
}

/// The plaintext of the body object, the last one.
fn body_text(archive: &Archive, checker: &mut Checker, task: &Task, secret: &(Uuid, ObjectSecrets)) -> Result<Vec<u8>> {
    let Checker { opener, sealed } = checker;
    let key = object_key(archive, secret);
    let mut plain = Vec::new();
    stored_bytes(archive, task, task.objects.len() - 1, sealed, &mut |part, header, sealed| {
        let opened = opener.open_part(&key, part, header.codec, sealed);
        plain.extend_from_slice(opened.map_err(|error| Error::corrupt("the body does not open").because(error))?);
        Ok(())
    })?;
    Ok(plain)
}

/// Takes a part's number, header and stored bytes.
type Visit<'a> = dyn FnMut(u32, &FrameHeader, &[u8]) -> Result<()> + 'a;

/// Reads every stored byte of an object, compares with frame and entry, hands each part on. The buffer grows where it
/// must and never shrinks.
fn stored_bytes(archive: &Archive, task: &Task, at: usize, buffer: &mut Vec<u8>, visit: &mut Visit<'_>) -> Result<()> {
    let mut parts = Vec::new();
    for (number, part) in (0u32..).zip(&task.objects[at].1) {
        let header = header(archive, part)?;
        let sealed = sealed_bytes(archive, part, &header, buffer)?;
        parts.push(stored_of(&header, number)?);
        visit(number, &header, sealed)?;
    }
    compare(task, at, parts)
}

/// The stored bytes of a part, compared with its frame.
fn sealed_bytes<'a>(
    archive: &Archive,
    part: &'a Part,
    header: &FrameHeader,
    buffer: &'a mut Vec<u8>,
) -> Result<&'a [u8]> {
    let length = usize::try_from(header.length).expect("limited by kind");
    if part.sealed.len() == length {
        return Ok(&part.sealed);
    }
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    let bytes = &mut buffer[..length];
    archive.vault.body_range(part.at, 0, bytes)?;
    if Blake3::of(bytes) != header.body {
        let Location { segment, offset } = part.at;
        return Err(Error::corrupt(format!("segment {segment}, offset {offset}: the stored bytes are damaged")));
    }
    Ok(bytes)
}

/// Compares frame headers with the entry, and the key with its commitment, without reading the stored bytes.
fn headers_only(archive: &Archive, key: &ObjectKey, task: &Task, at: usize) -> Result<()> {
    let mut parts = Vec::new();
    for (number, part) in (0u32..).zip(&task.objects[at].1) {
        let header = header(archive, part)?;
        let mut commitment = [0; COMMITMENT_BYTES];
        archive.vault.body_range(part.at, 0, &mut commitment)?;
        key.check_commitment(&commitment).map_err(|error| Error::corrupt("the key").because(error))?;
        parts.push(stored_of(&header, number)?);
    }
    compare(task, at, parts)
}

fn header(archive: &Archive, part: &Part) -> Result<FrameHeader> {
    match part.header {
        Some(header) => Ok(header),
        None => Ok(archive.vault.header(part.at)?),
    }
}

fn stored_of(header: &FrameHeader, part: u32) -> Result<Stored> {
    if header.part != part {
        return Err(Error::corrupt(format!("part {} stands where part {part} belongs", header.part)));
    }
    Ok(Stored { blake3: header.body, size: header.length })
}

fn compare(task: &Task, at: usize, parts: Vec<Stored>) -> Result<()> {
    if object::stored(parts) == task.entry.stored[at] {
        Ok(())
    } else {
        Err(Error::corrupt("the stored bytes are not those that the entry states"))
    }
}
