//! Damage in a segment: told with the records that it concerns, and the walk goes on with the next segment.
//!
//! The first group of that one says where it stands. The entries in between come from the ledger's bundles: they name the
//! records concerned, and the next COMMIT's root proves them. A torn tail that recovery would cut is a note.

use super::super::Report;
use super::Walk;
use crate::archive::project;
use crate::disk::Disk;
use crate::error::{Error, Result};
use crate::event::Entry;
use crate::ledger;
use crate::merkle::tile::{BundleId, WIDTH};
use crate::position::{Location, Position};
use crate::vault::segment::{SEGMENT_HEADER_BYTES, SegmentFile};
use crate::vault::{self, Bodies, End, VaultError};
use std::collections::BTreeSet;

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
pub(super) struct Gap {
    place: String,
    why: String,
}

impl Walk<'_> {
    /// Walks every segment; after damage in one goes on with the next.
    pub(super) fn segments(&mut self, disk: &dyn Disk, segments: &[SegmentFile], report: &mut Report) -> Result<()> {
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
}
