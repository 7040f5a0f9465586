//! The content of one event: its keys open, its stored bytes have the digests that the entry states, its body has the
//! digest that the manifest states, its components those that the manifest lists.

use super::{Checked, Depth, Inquiry};
use crate::archive::body::{Manifest, split};
use crate::archive::object::{self, Opener};
use crate::archive::reading::Archive;
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
    key: Option<(Location, Vec<u8>)>,
    objects: Vec<(Uuid, Vec<Location>)>,
}

impl Task {
    /// The event of an entry; takes its parts out of `pending`.
    pub fn new(
        index: u64,
        entry: Entry,
        key: Option<(Location, Vec<u8>)>,
        pending: &mut HashMap<Uuid, Vec<Location>>,
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
        Ok(Self { index, entry, key, objects })
    }

    /// The event of a catalog row.
    pub fn of_row(index: u64, entry: Entry, row: &EventRow, archive: &Archive) -> Result<Self> {
        let key = match row.key {
            Some(at) => Some((at, archive.vault.frame(at)?.1)),
            None => None,
        };
        let objects = row.objects.iter().map(|object| (object.id, object.parts.clone())).collect();
        Ok(Self { index, entry, key, objects })
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

/// Checks one event.
pub fn check(inquiry: &Inquiry, checker: &mut Checker, task: &Task, checked: &mut Checked) {
    if let Err(what) = chained(inquiry, task) {
        inquiry.doubt(place(task), what, vec![task.entry.id]);
    }
    if let Err(error) = try_check(inquiry, checker, task, checked) {
        inquiry.doubt(place(task), error.to_string(), vec![task.entry.id]);
    }
}

/// The entry names the one before it about the same thing. The catalog knows that one; where it does not show this entry
/// yet, that is a doubt of its own, or it is being written.
fn chained(inquiry: &Inquiry, task: &Task) -> Result<(), String> {
    let catalog = &inquiry.archive.catalog;
    let before = catalog.event_before(task.entry.id, task.index).map_err(|error| error.to_string())?;
    match before {
        Some(before) if before != task.entry.previous => {
            Err(format!("entry {} does not name the entry before it about the same thing", task.index))
        }
        _ => Ok(()),
    }
}

fn place(task: &Task) -> String {
    let at = task.objects.first().and_then(|(_, parts)| parts.first());
    match at {
        Some(at) => format!("entry {}, segment {}, offset {}", task.index, at.segment, at.offset),
        None => format!("entry {}", task.index),
    }
}

fn try_check(inquiry: &Inquiry, checker: &mut Checker, task: &Task, checked: &mut Checked) -> Result<()> {
    let Checker { opener, sealed: buffer } = checker;
    let archive = &inquiry.archive;
    let Some((_, frame)) = &task.key else { return Ok(()) };
    let secrets = {
        let keys = archive.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        keys.unwrap(frame).map_err(crate::archive::reading::keys_error)?
    };
    let (body_object, components) = secrets.split_last().ok_or_else(|| Error::corrupt("the event has no keys"))?;
    checked.objects += secrets.len() as u64;
    let last = task.objects.len() - 1;
    let plain = body(archive, (opener, buffer), task, body_object, last)?;
    let (manifest, _) = split(&plain).ok_or_else(|| Error::corrupt("the body is not what its manifest states"))?;
    if Some(object::commitment(&body_object.1, manifest)) != task.entry.commitment {
        return Err(Error::corrupt("the manifest does not open the commitment in the entry"));
    }
    let manifest: Manifest =
        serde_json::from_slice(manifest).map_err(|error| Error::corrupt("the manifest").because(error))?;
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

fn body(
    archive: &Archive,
    (opener, buffer): (&mut Opener, &mut Vec<u8>),
    task: &Task,
    secret: &(Uuid, ObjectSecrets),
    at: usize,
) -> Result<Vec<u8>> {
    let key = object_key(archive, secret);
    let mut plain = Vec::new();
    stored_bytes(archive, task, at, buffer, &mut |part, header, sealed| {
        let opened = opener.open_part(&key, part, header.codec, sealed);
        plain.extend_from_slice(opened.map_err(|error| Error::corrupt("the body does not open").because(error))?);
        Ok(())
    })?;
    Ok(plain)
}

/// Takes a part's number, header and stored bytes.
type Visit<'a> = dyn FnMut(u32, &FrameHeader, &[u8]) -> Result<()> + 'a;

/// Reads every stored byte of an object, compares with frame and entry, hands each part on.
fn stored_bytes(archive: &Archive, task: &Task, at: usize, sealed: &mut Vec<u8>, visit: &mut Visit<'_>) -> Result<()> {
    let mut parts = Vec::new();
    for (part, location) in (0u32..).zip(&task.objects[at].1) {
        let header = archive.vault.read_frame_into(*location, sealed)?;
        if Blake3::of(sealed) != header.body {
            return Err(Error::corrupt(format!(
                "segment {}, offset {}: the stored bytes are damaged",
                location.segment, location.offset
            )));
        }
        parts.push(stored_of(&header, part)?);
        visit(part, &header, sealed)?;
    }
    compare(task, at, parts)
}

/// Compares frame headers with the entry, and the key with its commitment, without reading the stored bytes.
fn headers_only(archive: &Archive, key: &ObjectKey, task: &Task, at: usize) -> Result<()> {
    let mut parts = Vec::new();
    for (part, location) in (0u32..).zip(&task.objects[at].1) {
        let header = archive.vault.header(*location)?;
        let mut commitment = [0; COMMITMENT_BYTES];
        archive.vault.body_range(*location, 0, &mut commitment)?;
        key.check_commitment(&commitment).map_err(|error| Error::corrupt("the key").because(error))?;
        parts.push(stored_of(&header, part)?);
    }
    compare(task, at, parts)
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
