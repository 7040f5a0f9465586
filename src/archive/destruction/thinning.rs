//! Thinning the segments: BLOB and KEY frames of what is gone become holes, headers and entries stay.
//!
//! Which frames those are is read from the ledger itself (`fates`), not from the catalog, so it can be done again at any
//! time, and after a crash. The open segment is sealed first where it holds some.

use super::fates::Fates;
use super::{Progress, Stage};
use crate::archive::announce::{Heading, plain};
use crate::archive::writing::Writing;
use crate::digest::Blake3;
use crate::error::Result;
use crate::event::{ActorId, Detail, EventKind};
use crate::vault::absent::{self, Absent};
use crate::vault::frame::FrameKind;
use crate::vault::segment::{self, Row};

/// Thins every segment that holds something gone; bytes that went.
pub fn thin(archive: &Writing, actor: ActorId, progress: Progress<'_>) -> Result<u64> {
    archive.seal_segment()?;
    let disk = archive.disks.archive.as_ref();
    let segments = segment::list(disk)?;
    let fates = Fates::read(archive, &segments)?;
    let total = segments.len() as u64;
    let (mut entries, mut bytes) = (0, 0);
    for (at, found) in (1u64..).zip(segments.iter().filter(|found| found.sealed)) {
        let (_, rows) = segment::read_index(disk.open(&found.path())?.as_ref(), found)?;
        let mut list = Absent::read(disk, found.seq)?;
        for frame in gone(&rows, &mut entries, &fates) {
            list.insert(frame);
        }
        let digest = Blake3::of(&list.encode(found.seq));
        // If we crashed after the list was written, and before the segment was: the ledger does not know it, and it is
        // done again.
        if !list.is_empty() && fates.thinned(found.seq) != Some(digest) {
            bytes += absent::thin(disk, found, &list)?;
            archive.vault.forget(found.seq);
            let heading = Heading { kind: EventKind::SegmentThinned, id: archive.format.archive, actor, rule: None };
            let detail = Detail::Thinned { segment: found.seq, absent: digest };
            archive.commit(vec![plain(heading, Some(detail))])?;
        }
        progress(Stage::Thinning, at, total);
    }
    progress(Stage::Thinning, total, total);
    Ok(bytes)
}

/// Numbers of a segment's frames whose bodies are gone by law; `entries` counts the ledger's entries so far.
fn gone(rows: &[Row], entries: &mut u64, fates: &Fates) -> Vec<u64> {
    let mut found = Vec::new();
    let mut own: Vec<&Row> = Vec::new();
    for row in rows {
        match row.header.kind {
            FrameKind::Blob | FrameKind::Key => own.push(row),
            FrameKind::Entry => {
                let dead = fates.is_dead(*entries);
                let blobs = dead || fates.is_superseded(*entries);
                let going = own.drain(..).filter(|row| if row.header.kind == FrameKind::Blob { blobs } else { dead });
                found.extend(going.map(|row| row.header.number));
                *entries += 1;
            }
            FrameKind::Commit => {
                let ahead = own.drain(..).filter(|row| fates.is_ahead(row.header.object));
                found.extend(ahead.map(|row| row.header.number));
            }
            FrameKind::Checkpoint | FrameKind::Seal => {}
        }
    }
    found
}
