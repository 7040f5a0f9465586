//! Walking the segments group by group: what recovery, followers, rebuild and verification share.
//!
//! A walk hands over only whole, valid groups, in order, and says why it ended. It decides nothing.

use super::VaultError;
use super::absent::Absent;
use super::frame::{ALIGN, Commit, FrameHeader, FrameKind, HEADER_BYTES};
use super::segment::{self, FrameAt, Row, SEGMENT_HEADER_BYTES, SegmentFile};
use crate::digest::Blake3;
use crate::disk::{self, Disk, DiskFile, Window};
use crate::position::{Location, Position};
use std::io;

/// What to read of each frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    /// Bodies of KEY, ENTRY, COMMIT and CHECKPOINT frames, and of BLOBs of at most [`SMALL_BLOB_BYTES`], which the
    /// bodies of most events are; longer BLOBs are passed over unread.
    Small,
    /// Every body, its digest checked.
    All,
}

/// Longest BLOB that is handed over with its group.
pub const SMALL_BLOB_BYTES: u64 = 4096;

/// One frame of a group.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Its header.
    pub header: FrameHeader,
    /// Where it lies.
    pub location: Location,
    /// Its body, its digest checked; empty for a BLOB of more than [`SMALL_BLOB_BYTES`], and for an absent one.
    pub body: Vec<u8>,
    /// Whether its body is there.
    pub presence: Presence,
}

/// Whether a frame's body is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    Here,
    /// The segment's list says that it is gone by law: there are zeros, or what a thinning has not reached yet.
    Absent,
}

/// A whole, valid group.
#[derive(Debug, Clone)]
pub struct GroupRead {
    /// Its COMMIT.
    pub commit: Commit,
    /// Its frames, without the COMMIT.
    pub frames: Vec<Frame>,
    /// Those of its frames, COMMIT included, whose padding is not zeros. No digest covers padding, and nothing reads
    /// it: whoever verifies says so, whoever recovers passes over it.
    pub stained: Vec<Location>,
    /// The position after it.
    pub after: Position,
}

/// Why a walk ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The last byte belongs to the last group.
    Clean,
    /// The last segment is sealed, whether or not it has its new name yet.
    Sealed,
    /// Bytes after the last valid group are none.
    Torn {
        /// Where the first bad frame begins.
        at: Location,
        /// Length of the file, bytes.
        file_size: u64,
        /// What is wrong there.
        why: String,
        /// Whether a valid COMMIT of a *later* group stands further on: then this is no torn write.
        later_commit: bool,
    },
}

/// Walks from `from`, handing each valid group to `visit`; the position after the last one, and why it ended.
///
/// Damage inside a sealed segment is an error; in the open one it is [`End::Torn`], for the caller to judge.
pub fn walk<E: From<VaultError>>(
    disk: &dyn Disk,
    from: Position,
    bodies: Bodies,
    visit: &mut dyn FnMut(GroupRead) -> Result<(), E>,
) -> Result<(Position, End), E> {
    walk_in(disk, &segment::list(disk)?, from, bodies, visit)
}

/// As [`walk`], in `segments` as they were listed: nothing that was appended since is looked at.
pub fn walk_in<E: From<VaultError>>(
    disk: &dyn Disk,
    segments: &[SegmentFile],
    from: Position,
    bodies: Bodies,
    visit: &mut dyn FnMut(GroupRead) -> Result<(), E>,
) -> Result<(Position, End), E> {
    let mut position = from;
    let mut end = End::Sealed;
    if !segments.iter().any(|found| found.seq == from.at.segment) {
        return Err(VaultError::corrupt(from.at.segment, 0, "segment is missing".into()).into());
    }
    for found in segments.iter().filter(|found| found.seq >= from.at.segment) {
        if position.at.segment != found.seq {
            position.at = Location { segment: found.seq, offset: SEGMENT_HEADER_BYTES as u64 };
        }
        if position.at.offset > found.size {
            let what = format!("the segment has {} bytes, but a group ended here", found.size);
            return Err(VaultError::corrupt(found.seq, position.at.offset, what).into());
        }
        let file = found.open(disk).map_err(VaultError::from)?;
        end = walk_segment(disk, file.as_ref(), found, &mut position, bodies, visit)?;
        match &end {
            End::Torn { at, why, .. } if found.sealed => {
                return Err(VaultError::corrupt(at.segment, at.offset, why.clone()).into());
            }
            End::Clean if found.sealed => {
                return Err(VaultError::corrupt(found.seq, found.size, "sealed segment has no SEAL".into()).into());
            }
            _ => {}
        }
    }
    Ok((position, end))
}

/// Where a segment's groups begin, by its header and its first group alone: for whoever goes on after damage in the
/// segment before. `None` where it has no group yet. Nothing is proven of that group but by a walk from there.
pub fn beginning(disk: &dyn Disk, found: &SegmentFile) -> Result<Option<Position>, VaultError> {
    let file = found.open(disk)?;
    let header = segment::read_header(file.as_ref(), found.seq)?;
    let mut window = Window::new(file.as_ref());
    let (mut offset, mut frames, mut entries) = (SEGMENT_HEADER_BYTES as u64, 0, 0);
    let damaged = |offset, what: &str| VaultError::corrupt(found.seq, offset, what.into());
    while offset < found.size {
        let frame = segment::next_frame_header(&mut window, offset).map_err(|at| match at {
            FrameAt::Io(error) => VaultError::from(error),
            FrameAt::End => damaged(offset, "the file ends within a group"),
            FrameAt::Bad(why) => damaged(offset, &why),
        })?;
        match frame.kind {
            FrameKind::Seal if frames == 0 => return Ok(None),
            FrameKind::Seal => return Err(damaged(offset, "a SEAL stands within a group")),
            FrameKind::Entry => entries += 1,
            FrameKind::Commit => {
                let mut body = vec![0; usize::try_from(frame.length).map_err(io::Error::other)?];
                window.read_exact_at(offset + HEADER_BYTES as u64, &mut body)?;
                let commit = Commit::parse(&body).ok().filter(|_| Blake3::of(&body) == frame.body);
                let size = commit.as_ref().and_then(|commit| commit.size.checked_sub(entries));
                let (Some(commit), Some(size)) = (commit, size) else {
                    return Err(damaged(offset, "the COMMIT is damaged"));
                };
                let at = Location { segment: found.seq, offset: SEGMENT_HEADER_BYTES as u64 };
                return Ok(Some(Position { at, frame: header.first_frame, commit: commit.previous, size }));
            }
            FrameKind::Blob | FrameKind::Key | FrameKind::Checkpoint => {}
        }
        (offset, frames) = (offset + frame.frame_bytes(), frames + 1);
    }
    match frames {
        0 => Ok(None),
        _ => Err(damaged(offset, "the file ends within a group")),
    }
}

/// The first group of all; `None` where there is no whole one.
pub fn first_group(disk: &dyn Disk) -> Result<Option<GroupRead>, VaultError> {
    /// Why the walk ends.
    enum Stop {
        Met(Box<GroupRead>),
        Failed(VaultError),
    }
    impl From<VaultError> for Stop {
        fn from(error: VaultError) -> Self {
            Self::Failed(error)
        }
    }
    let mut segments = segment::list(disk)?;
    segments.truncate(1);
    match walk_in::<Stop>(disk, &segments, super::START, Bodies::Small, &mut |group| Err(Stop::Met(Box::new(group)))) {
        Ok(_) => Ok(None),
        Err(Stop::Met(group)) => Ok(Some(*group)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn walk_segment<E: From<VaultError>>(
    disk: &dyn Disk,
    file: &dyn DiskFile,
    found: &SegmentFile,
    position: &mut Position,
    bodies: Bodies,
    visit: &mut dyn FnMut(GroupRead) -> Result<(), E>,
) -> Result<End, E> {
    let mut window = Window::new(file);
    let absent = &if found.sealed { Absent::read(disk, found.seq)? } else { Absent::default() };
    loop {
        let start = *position;
        match read_group(file, &mut window, start, found.size, bodies, absent).map_err(VaultError::from)? {
            Step::Group(group) => {
                *position = group.after;
                visit(*group)?;
            }
            Step::End => return Ok(End::Clean),
            Step::Sealed => return Ok(End::Sealed),
            Step::Bad { offset, why } => {
                let at = Location { segment: found.seq, offset };
                let later_commit =
                    !found.sealed && has_later_commit(file, start, found.size).map_err(VaultError::from)?;
                return Ok(End::Torn { at, file_size: found.size, why, later_commit });
            }
        }
    }
}

enum Step {
    Group(Box<GroupRead>),
    End,
    Sealed,
    Bad { offset: u64, why: String },
}

fn read_group(
    file: &dyn DiskFile,
    window: &mut Window<'_>,
    start: Position,
    size: u64,
    bodies: Bodies,
    absent: &Absent,
) -> io::Result<Step> {
    let mut offset = start.at.offset;
    let (mut frames, mut stained) = (Vec::new(), Vec::new());
    let mut headers = blake3::Hasher::new();
    if offset == size {
        return Ok(Step::End);
    }
    loop {
        let bad = |why: String| Ok(Step::Bad { offset, why });
        let header = match segment::next_frame_header(window, offset) {
            Ok(header) => header,
            Err(FrameAt::Io(error)) => return Err(error),
            Err(FrameAt::End) => return bad("the file ends within a group".into()),
            Err(FrameAt::Bad(why)) => return bad(why),
        };
        if header.number != start.frame + frames.len() as u64 {
            return bad(format!("frame {} stands where {} belongs", header.number, start.frame + frames.len() as u64));
        }
        let location = Location { segment: start.at.segment, offset };
        let next = offset + header.frame_bytes();
        if next > size {
            return bad("the file ends within a frame".into());
        }
        let small = header.kind != FrameKind::Blob || header.length <= SMALL_BLOB_BYTES;
        let gone = matches!(header.kind, FrameKind::Blob | FrameKind::Key) && absent.contains(header.number);
        let wanted = (bodies == Bodies::All || small) && !gone;
        let mut body = vec![0; if wanted { usize::try_from(header.length).map_err(io::Error::other)? } else { 0 }];
        if wanted {
            window.read_exact_at(offset + HEADER_BYTES as u64, &mut body)?;
            if Blake3::of(&body) != header.body {
                return bad("the frame's body is damaged".into());
            }
        }
        let mut padding = [0; ALIGN as usize];
        let padding = &mut padding
            [..usize::try_from(next - offset - HEADER_BYTES as u64 - header.length).map_err(io::Error::other)?];
        window.read_exact_at(next - padding.len() as u64, padding)?;
        if padding.iter().any(|byte| *byte != 0) {
            stained.push(location);
        }
        match header.kind {
            FrameKind::Seal if frames.is_empty() => {
                let whole =
                    next + segment::TRAILER_BYTES as u64 == size && segment::read_trailer(file, size) == Some(offset);
                return if whole { Ok(Step::Sealed) } else { bad("the seal is torn".into()) };
            }
            FrameKind::Seal => return bad("a SEAL stands within a group".into()),
            FrameKind::Commit => {
                let Ok(commit) = Commit::parse(&body) else { return bad("the COMMIT is damaged".into()) };
                let covered = commit.first_frame == start.frame
                    && commit.frames == frames.len() as u64
                    && commit.headers == Blake3(*headers.finalize().as_bytes())
                    && commit.previous == start.commit
                    && commit.size >= start.size;
                if !covered {
                    return bad("the COMMIT does not cover its group".into());
                }
                let after = Position {
                    at: Location { segment: start.at.segment, offset: next },
                    frame: header.number + 1,
                    commit: header.digest(),
                    size: commit.size,
                };
                return Ok(Step::Group(Box::new(GroupRead { commit, frames, stained, after })));
            }
            _ => {
                headers.update(&header.encode());
                if !small {
                    body = Vec::new();
                }
                let presence = if gone { Presence::Absent } else { Presence::Here };
                frames.push(Frame { header, location, body, presence });
                offset = next;
            }
        }
    }
}

/// Whether a valid COMMIT of a group after the one expected at `start` stands anywhere in the tail.
///
/// Only one group is in flight at a time, so a torn write holds at most the COMMIT of that very group.
fn has_later_commit(file: &dyn DiskFile, start: Position, size: u64) -> io::Result<bool> {
    const WINDOW: usize = 1024 * 1024;
    let mut offset = start.at.offset;
    let mut window = vec![0; WINDOW + HEADER_BYTES];
    while offset < size {
        let length = usize::try_from((size - offset).min(window.len() as u64)).map_err(io::Error::other)?;
        disk::read_exact_at(file, offset, &mut window[..length])?;
        let frames = (0..length.saturating_sub(HEADER_BYTES - 1)).step_by(super::frame::ALIGN as usize);
        for at in frames {
            let bytes: &[u8; HEADER_BYTES] = window[at..at + HEADER_BYTES].try_into().expect("eighty bytes");
            let Ok(header) = FrameHeader::parse(bytes) else { continue };
            if header.kind != FrameKind::Commit {
                continue;
            }
            let mut body = vec![0; super::frame::COMMIT_BYTES];
            if disk::read_exact_at(file, offset + at as u64 + HEADER_BYTES as u64, &mut body).is_err() {
                continue;
            }
            let valid = Blake3::of(&body) == header.body;
            if valid && Commit::parse(&body).is_ok_and(|commit| commit.first_frame > start.frame) {
                return Ok(true);
            }
        }
        offset += WINDOW as u64;
    }
    Ok(false)
}

/// The rows of a segment's frames from its start to `end`: what its index will hold.
pub(super) fn rows(file: &dyn DiskFile, end: u64) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut window = Window::new(file);
    let mut offset = SEGMENT_HEADER_BYTES as u64;
    while offset < end {
        let header = match segment::next_frame_header(&mut window, offset) {
            Ok(header) => header,
            Err(FrameAt::Io(error)) => return Err(error),
            Err(FrameAt::End | FrameAt::Bad(_)) => return Err(io::Error::other("the open segment changed under us")),
        };
        rows.push(Row { header, offset });
        offset += header.frame_bytes();
    }
    Ok(rows)
}
