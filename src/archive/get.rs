//! Getting the original bytes of a component, whole or a range; nothing leaves unverified.

use super::body::{RecordBody, split};
use super::object::Opener;
use super::reading::Archive;
use crate::catalog::{EventRow, Named};
use crate::cipher::{CHUNK_BYTES, COMMITMENT_BYTES, ObjectKey, PART_BYTES_MAX, TAG_BYTES};
use crate::digest::ContentHasher;
use crate::error::{Error, Result};
use crate::event::Entry;
use crate::position::Location;
use crate::vault::frame::Codec;
use std::io::Write;
use std::ops::Range;
use uuid::Uuid;

impl Archive {
    /// The record or dossier that `text` names: an identifier, or a code.
    pub fn find(&self, text: &str) -> Result<Named> {
        let missing = || {
            Error::not_found(format!("nothing here is called {text:?}"))
                .remedy("name a record or dossier by identifier or code; `chauban search` finds them")
        };
        if let Ok(id) = Uuid::try_parse(text) {
            let Some(body) = self.catalog.body(id).map_err(super::project::catalog)? else {
                return self.tombstone(id)?.map(|_| Named::Record(id)).ok_or_else(missing);
            };
            let is_record = serde_json::from_slice::<RecordBody>(&body).is_ok();
            return Ok(if is_record { Named::Record(id) } else { Named::Dossier(id) });
        }
        self.catalog.named(text).map_err(super::project::catalog)?.ok_or_else(missing)
    }

    /// The record that `text` names.
    pub fn find_record(&self, text: &str) -> Result<Uuid> {
        match self.find(text)? {
            Named::Record(id) => Ok(id),
            Named::Dossier(_) => Err(Error::invalid(format!("{text} is a dossier, not a record"))
                .remedy("`chauban show` on the dossier lists its records")),
        }
    }

    /// The accession of a record: its ledger index and where its frames lie.
    pub fn accession(&self, record: Uuid) -> Result<(u64, EventRow)> {
        if let Some(tombstone) = self.tombstone(record)? {
            return Err(super::show::destroyed(&tombstone));
        }
        let events = self.catalog.events(record).map_err(super::project::catalog)?;
        events.into_iter().next().ok_or_else(|| Error::not_found(format!("there is no record {record}")))
    }

    /// The entry that accessioned a record, with its ledger index.
    pub fn accessioned(&self, record: Uuid) -> Result<(u64, Entry)> {
        let (index, row) = self.accession(record)?;
        Ok((index, self.entry(&row)?.1))
    }
}

/// What a component is called and how long it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// File name.
    pub name: String,
    /// Length of the whole component, bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl Archive {
    /// Writes component `number` (from 1) of a record to `into`, and checks its SHA-256 and BLAKE3 on the way.
    ///
    /// An error after bytes were written means that they are not the component: throw them away.
    pub fn get(&self, record: Uuid, number: usize, into: &mut dyn Write) -> Result<Got> {
        let component = self.component(record, number)?;
        let mut opener = Opener::new(b"")?;
        let mut hasher = ContentHasher::new();
        for (part, at) in (0u32..).zip(&component.parts) {
            let plain = self.part(&mut opener, &component.key, part, *at)?;
            hasher.update(&plain);
            into.write_all(&plain)?;
        }
        let digests = hasher.finish();
        let stated = (component.got.sha256.clone(), component.blake3.clone(), component.got.size);
        if (digests.sha256.to_string(), digests.blake3.to_string(), digests.size) != stated {
            return Err(Error::corrupt(format!(
                "the bytes of {} are not those that were accessioned",
                component.got.name
            )));
        }
        Ok(component.got)
    }

    /// Writes bytes `range` of a component to `into`; every byte authenticated under the object's key.
    pub fn get_range(&self, record: Uuid, number: usize, range: Range<u64>, into: &mut dyn Write) -> Result<Got> {
        let component = self.component(record, number)?;
        if range.start > range.end || range.end > component.got.size {
            // As it was asked for: the last byte, not the one after it.
            return Err(Error::invalid(format!(
                "bytes {}-{} are not within the component, which has {}",
                range.start,
                range.end.saturating_sub(1),
                component.got.size
            )));
        }
        let part_bytes = PART_BYTES_MAX as u64;
        let mut opener = Opener::new(b"")?;
        for (part, at) in (0u32..).zip(&component.parts) {
            let first = u64::from(part) * part_bytes;
            let from = range.start.max(first).saturating_sub(first);
            let to = range.end.min(first + part_bytes).saturating_sub(first);
            if from < to {
                self.part_range(&mut opener, &component.key, part, *at, from..to, into)?;
            }
        }
        Ok(component.got)
    }

    fn part_range(
        &self,
        opener: &mut Opener,
        key: &ObjectKey,
        part: u32,
        at: Location,
        range: Range<u64>,
        into: &mut dyn Write,
    ) -> Result<()> {
        let header = self.vault.header(at)?;
        let index = |bytes: u64| usize::try_from(bytes).map_err(|_| Error::invalid("the range is too long"));
        let (from, to) = (index(range.start)?, index(range.end)?);
        if header.codec != Codec::Stored {
            let plain = self.part(opener, key, part, at)?;
            let wanted = plain.get(from..to).ok_or_else(|| Error::corrupt("a part is shorter than stated"))?;
            return Ok(into.write_all(wanted)?);
        }
        let sealed_len = index(header.length)?;
        for chunk in from / CHUNK_BYTES..=(to - 1) / CHUNK_BYTES {
            let start = COMMITMENT_BYTES + chunk * (CHUNK_BYTES + TAG_BYTES);
            let end = sealed_len.min(start + CHUNK_BYTES + TAG_BYTES);
            let mut sealed = vec![0; end.saturating_sub(start)];
            self.vault.body_range(at, start as u64, &mut sealed)?;
            let plain = key.open_one_chunk(part, chunk, sealed_len, &sealed).map_err(|error| {
                Error::corrupt(format!("segment {}, offset {}: a chunk does not open", at.segment, at.offset))
                    .because(error)
            })?;
            let base = chunk * CHUNK_BYTES;
            let wanted = plain.get(from.max(base) - base..to.min(base + CHUNK_BYTES) - base);
            into.write_all(wanted.ok_or_else(|| Error::corrupt("a part is shorter than stated"))?)?;
        }
        Ok(())
    }

    fn component(&self, record: Uuid, number: usize) -> Result<OpenComponent> {
        let (_, row) = self.accession(record)?;
        // The committed body, not the catalog's copy of it: what leaves here is checked against the ledger.
        let text = self.body_text(&row)?;
        let (_, body) = split(&text).ok_or_else(|| Error::corrupt("the body is damaged"))?;
        let body: RecordBody =
            serde_json::from_slice(body).map_err(|error| Error::corrupt("the body is damaged").because(error))?;
        let count = body.components.len();
        let at = number.checked_sub(1).filter(|at| *at < count);
        let at = at.ok_or_else(|| Error::not_found(format!("the record has components 1 to {count}, not {number}")))?;
        let described = &body.components[at];
        let object = row.objects.get(at).ok_or_else(|| Error::corrupt("an object is missing"))?;
        let secrets = self.secrets(&row)?;
        let (_, secrets) = secrets.get(at).ok_or_else(|| Error::corrupt("a key is missing"))?;
        Ok(OpenComponent {
            key: ObjectKey::derive(&secrets.data_key, self.format.archive, object.id),
            parts: object.parts.clone(),
            blake3: described.blake3.clone(),
            got: Got { name: described.name.clone(), size: described.size, sha256: described.sha256.clone() },
        })
    }
}

struct OpenComponent {
    key: ObjectKey,
    parts: Vec<Location>,
    blake3: String,
    got: Got,
}
