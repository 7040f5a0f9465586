//! Sealed segments as files: their chain of seals, and the lists of frames that are gone by law.

use super::super::{Depth, Inquiry, Report};
use crate::archive::destruction::fates::Fates;
use crate::archive::project;
use crate::digest::Blake3;
use crate::disk::{self, Window};
use crate::error::Result;
use crate::vault::absent::{self, Absent};
use crate::vault::frame::HEADER_BYTES;
use crate::vault::segment::{self, SegmentFile};

/// The lists of absent frames are those that the ledger recorded.
pub(super) fn check_absences(
    inquiry: &Inquiry,
    fates: &Fates,
    segments: &[SegmentFile],
    report: &mut Report,
) -> Result<()> {
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
pub(super) fn check_seals(inquiry: &Inquiry, segments: &[SegmentFile]) -> Result<()> {
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
