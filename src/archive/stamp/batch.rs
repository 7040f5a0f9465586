//! What the next time-stamp covers: the newest checkpoint, tokens that must be renewed, and the records since the last.

use super::shelf::{self, NOTE_BYTES_MAX};
use super::tree::{self, EvidenceFile, RECORDS_MAX, RENEWALS_MAX, TokenName, Tree};
use crate::archive::body::{Manifest, split};
use crate::archive::project;
use crate::archive::reading::{Archive, Reading};
use crate::catalog::EventRow;
use crate::digest::Sha256;
use crate::disk;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::merkle::checkpoint;
use chrono::{DateTime, Utc};

/// A checkpoint's note with the tree that begins with it.
pub struct Batch {
    /// The signed note.
    pub note: Vec<u8>,
    /// Its tree.
    pub tree: Tree,
    /// When the note was signed, as it says.
    pub made: Option<DateTime<Utc>>,
}

impl Batch {
    /// The batch of the newest checkpoint; as it lies in `evidence/` already, if an earlier attempt left it there.
    pub fn gather(archive: &Reading, now: DateTime<Utc>) -> Result<Self> {
        let (note, verified) = archive.checkpoint()?;
        let size = verified.checkpoint.size;
        if let Some(batch) = Self::left(archive, size)? {
            return Ok(batch);
        }
        archive.catalog.refresh().map_err(project::catalog)?;
        let from = covered(archive)?;
        let (until, records) = records(archive, from, size)?;
        let tokens = archive.tokens_to_renew(now)?;
        let disk = archive.disks.archive.as_ref();
        let tokens = tokens.into_iter().take(RENEWALS_MAX).map(|name| {
            let token = shelf::read(disk, &EvidenceFile::Token(name.clone()))?;
            Ok(token.map(|token| (name, shelf::token_leaf(&token))))
        });
        let tokens: Vec<Option<(TokenName, Sha256)>> = tokens.collect::<Result<_>>()?;
        let tree = Tree {
            checkpoint: (size, Sha256::of(note.as_bytes())),
            entries: from..until,
            tokens: tokens.into_iter().flatten().collect(),
            records,
        };
        Ok(Self { note: note.into_bytes(), tree, made: made(&verified) })
    }

    fn left(archive: &Reading, size: u64) -> Result<Option<Self>> {
        let disk = archive.disks.archive.as_ref();
        let note = disk::read(disk, &EvidenceFile::Checkpoint(size).path(), NOTE_BYTES_MAX)?;
        let Some((note, tree)) = note.zip(shelf::read_tree(disk, size)?) else { return Ok(None) };
        let text = std::str::from_utf8(&note).ok();
        let opened = text.and_then(|text| checkpoint::open(text, &archive.format.keys()).ok());
        let opened = opened.filter(|opened| opened.checkpoint.size == size && tree.checkpoint.1 == Sha256::of(&note));
        Ok(opened.map(|opened| Self { note, tree, made: made(&opened) }))
    }
}

/// The last time that a key states in a note.
fn made(note: &checkpoint::Verified) -> Option<DateTime<Utc>> {
    let seconds = note.by.iter().filter_map(|by| by.unix_seconds).max()?;
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
}

/// Entries whose records a token covers already, or one that waits to be recorded.
fn covered(archive: &Reading) -> Result<u64> {
    let waiting = archive.waiting_tokens()?.into_iter().map(|(name, _)| name.checkpoint);
    let mut sizes: Vec<u64> =
        archive.recorded_tokens()?.into_keys().map(|name| name.checkpoint).chain(waiting).collect();
    sizes.sort_unstable();
    for size in sizes.into_iter().rev() {
        // Of a tree that is lost its records are covered once more.
        if let Some(tree) = shelf::read_tree(archive.disks.archive.as_ref(), size)? {
            return Ok(tree.entries.end);
        }
    }
    Ok(0)
}

/// The records accessioned by entries `from..until`, with their nodes; `until` is where the catalog, or the tree, ends.
fn records(archive: &Archive, from: u64, size: u64) -> Result<(u64, Vec<(u64, Sha256)>)> {
    let mut records = Vec::new();
    for index in from..size {
        let Some(id) = archive.catalog.subject_of(index).map_err(project::catalog)? else {
            return Ok((index, records));
        };
        if records.len() == RECORDS_MAX {
            return Ok((index, records));
        }
        let events = archive.catalog.events(id).map_err(project::catalog)?;
        let row = events.into_iter().find(|(at, _)| *at == index).map(|(_, row)| row);
        let row = row.ok_or_else(|| Error::corrupt(format!("the catalog does not show entry {index}")))?;
        if archive.entry(&row)?.1.kind == EventKind::RecordAccessioned {
            records.push((index, tree::node(&archive.evidence_group(&row)?)?));
        }
    }
    Ok((size, records))
}

impl Archive {
    /// The group of a record in a hash tree: its opening and its files.
    pub(in crate::archive) fn evidence_group(&self, row: &EventRow) -> Result<Vec<Sha256>> {
        let damaged = || Error::corrupt("the body of a record is not in its form");
        let text = self.body_text(row)?;
        let (manifest, _) = split(&text).ok_or_else(damaged)?;
        let secrets = self.secrets(row)?;
        let (_, secrets) = secrets.last().ok_or_else(damaged)?;
        let listed: Manifest = serde_json::from_slice(manifest).map_err(|error| damaged().because(error))?;
        let files = listed.components.iter().map(|component| component.sha256.parse());
        let files: Vec<Sha256> = files.collect::<Result<_, _>>().map_err(|_| damaged())?;
        Ok(shelf::group(secrets.salt.bytes(), manifest, files.into_iter()))
    }
}
