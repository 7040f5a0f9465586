//! The vault: append-only segments that hold every byte of the truth but the tiles.
//!
//! Owns `segments/`. A *group* of frames ends in a COMMIT frame and reaches the disk in one write and one sync:
//! that sync is the commit point of the archive. Nothing is ever changed in place; the only cut is that of a torn
//! tail by recovery, and what was cut is kept in quarantine. What the law destroys leaves holes (`absent`).
//!
//! Invariants: frame numbers have no gaps; each COMMIT chains to the one before and covers its group's headers,
//! which carry the digests of the bodies; one group is in flight at a time, so at most one can be torn.
//!
//! Must not know what the bytes mean: encryption, entries and keys belong to others.

pub mod absent;
pub mod frame;
pub mod segment;

mod open;
mod read;
mod walk;

use crate::digest::{Blake3, Sha256};
use crate::disk::{self, Disk, DiskFile};
use crate::position::{Location, Position};
use crate::time::Micros;
use frame::{Codec, Commit, FrameHeader, FrameKind};
use segment::{SEGMENT_HEADER_BYTES, SegmentHeader};
use std::io;
use std::sync::Arc;
use uuid::Uuid;

pub use open::{Opened, QUARANTINE, Recovered};
pub use read::Reader;
pub use walk::{Bodies, End, Frame, GroupRead, Presence, beginning, first_group, walk, walk_in};

/// A group is closed to further events beyond this many bytes; one event with many components may exceed it.
pub const GROUP_BYTES_MAX: usize = 32 * 1024 * 1024;
/// A segment that would grow beyond this is sealed first; one that holds a single long group may pass it.
pub const SEGMENT_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// Limits of a vault that no stored byte depends on: any writer may choose others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A segment that would grow beyond this is sealed first, bytes.
    pub segment_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { segment_bytes_max: SEGMENT_BYTES_MAX }
    }
}

/// Why the vault could not do it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The disk failed; nothing was acknowledged.
    #[error("segments: {0}")]
    Io(#[from] io::Error),
    /// Stored bytes contradict themselves.
    #[error("segment {segment}, offset {offset}: {what}")]
    Corrupt {
        /// Sequence number of the segment; 0 for the folder.
        segment: u64,
        /// Offset in the file, bytes.
        offset: u64,
        /// What is wrong.
        what: String,
    },
}

impl VaultError {
    fn corrupt(segment: u64, offset: u64, what: String) -> Self {
        Self::Corrupt { segment, offset, what }
    }
}

/// Why a group was not committed.
#[derive(Debug, thiserror::Error)]
pub enum NotCommitted {
    /// Nothing of it remains on disk; the vault goes on. The disk is full, for example.
    #[error("the group was not written: {0}")]
    Rejected(io::Error),
    /// Nobody knows what is on disk: the process must stop.
    #[error("the disk failed at the commit point: {0}")]
    Fatal(io::Error),
}

/// Before the first group.
pub const START: Position = Position {
    at: Location { segment: 1, offset: SEGMENT_HEADER_BYTES as u64 },
    frame: 0,
    commit: Blake3([0; 32]),
    size: 0,
};

/// A body of so many bytes is written from where it lies; a shorter one is copied beside its header.
const APART_BYTES_MIN: usize = 4096;

/// Frames on their way to the disk.
pub struct Group {
    /// All but the long bodies, in order.
    bytes: Vec<u8>,
    /// Long bodies, each with the length of `bytes` at its place.
    apart: Vec<(usize, Vec<u8>)>,
    apart_bytes: usize,
    headers: blake3::Hasher,
    first_frame: u64,
    frames: u64,
}

/// A frame's offset within its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(u64);

impl Group {
    /// Adds a frame whose body's digest is known.
    pub fn push(
        &mut self,
        kind: FrameKind,
        codec: Codec,
        object: Uuid,
        part: u32,
        body: Vec<u8>,
        digest: Blake3,
    ) -> Slot {
        let slot = self.begin((kind, codec), (object, part), body.len(), digest);
        if body.len() < APART_BYTES_MIN {
            self.bytes.extend_from_slice(&body);
        } else {
            self.apart_bytes += body.len();
            self.apart.push((self.bytes.len(), body));
        }
        self.pad();
        slot
    }

    /// Adds a frame that is not part of an object.
    pub fn push_plain(&mut self, kind: FrameKind, body: &[u8]) -> Slot {
        let slot = self.begin((kind, Codec::Stored), (Uuid::nil(), 0), body.len(), Blake3::of(body));
        self.bytes.extend_from_slice(body);
        self.pad();
        slot
    }

    /// Bytes so far.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.apart_bytes
    }

    /// Adds the header of the next frame that counts.
    fn begin(&mut self, how: (FrameKind, Codec), of: (Uuid, u32), length: usize, body: Blake3) -> Slot {
        let ((kind, codec), (object, part), length) = (how, of, length as u64);
        assert!(length <= kind.bytes_max(), "a {kind:?} body of {length} bytes");
        let number = self.first_frame + self.frames;
        let header = FrameHeader { kind, codec, length, number, object, part, body }.encode();
        let slot = Slot(self.size() as u64);
        self.headers.update(&header);
        self.frames += 1;
        self.bytes.extend_from_slice(&header);
        slot
    }

    fn pad(&mut self) {
        let missing = self.size().next_multiple_of(frame::ALIGN as usize) - self.size();
        self.bytes.resize(self.bytes.len() + missing, 0);
    }

    /// Everything in order.
    fn parts(&self) -> Vec<&[u8]> {
        let mut parts = Vec::with_capacity(2 * self.apart.len() + 1);
        let mut from = 0;
        for (at, body) in &self.apart {
            parts.extend([&self.bytes[from..*at], body]);
            from = *at;
        }
        parts.push(&self.bytes[from..]);
        parts
    }
}

/// A committed group's place: turns slots into locations.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    base: Location,
}

impl Placed {
    /// Where a frame of the group lies.
    pub fn locate(&self, slot: Slot) -> Location {
        Location { segment: self.base.segment, offset: self.base.offset + slot.0 }
    }
}

/// The writer of the segments: there is one per archive.
pub struct Vault {
    disk: Arc<dyn Disk>,
    archive: Uuid,
    limits: Limits,
    file: Box<dyn DiskFile>,
    position: Position,
    /// The last group's buffer, kept so that its pages need not be made anew; its long bodies are not.
    spare: Vec<u8>,
    sealed: Option<Sealed>,
}

/// The open segment is sealed and the next one not there yet: a full disk came between.
#[derive(Clone, Copy)]
struct Sealed {
    /// BLAKE3 of the header of its SEAL frame.
    seal: Blake3,
    renamed: bool,
}

impl Vault {
    /// Where the next group goes.
    pub fn position(&self) -> Position {
        self.position
    }

    /// An empty group. Only one may be under way.
    pub fn group(&mut self) -> Group {
        Group {
            bytes: std::mem::take(&mut self.spare),
            apart: Vec::new(),
            apart_bytes: 0,
            headers: blake3::Hasher::new(),
            first_frame: self.position.frame,
            frames: 0,
        }
    }

    /// Appends the group and its COMMIT in one write and one sync. On return the group is durable.
    ///
    /// `size` and `root` are the ledger's with this group. After [`NotCommitted::Fatal`] the vault must not be used.
    pub fn commit(&mut self, mut group: Group, size: u64, root: Sha256, time: Micros) -> Result<Placed, NotCommitted> {
        assert_eq!(group.first_frame, self.position.frame, "a group is built on the position it is committed at");
        let full = self.position.at.offset + group.size() as u64 > self.limits.segment_bytes_max
            && self.position.at.offset > SEGMENT_HEADER_BYTES as u64;
        if full || self.sealed.is_some() {
            self.roll()?;
        }
        let headers = Blake3(*group.headers.finalize().as_bytes());
        let commit =
            Commit::new(size, root, group.first_frame, group.frames, headers, self.position.commit, time).encode();
        let header = FrameHeader {
            kind: FrameKind::Commit,
            codec: Codec::Stored,
            length: commit.len() as u64,
            number: group.first_frame + group.frames,
            object: Uuid::nil(),
            part: 0,
            body: Blake3::of(&commit),
        };
        group.bytes.extend_from_slice(&header.encode());
        group.bytes.extend_from_slice(&commit);
        group.pad();
        let base = self.position.at;
        let written = self.append(&group.parts());
        let length = group.size() as u64;
        if group.bytes.capacity() <= 2 * GROUP_BYTES_MAX {
            group.bytes.clear();
            self.spare = group.bytes;
        }
        written?;
        self.position = Position {
            at: Location { segment: base.segment, offset: base.offset + length },
            frame: header.number + 1,
            commit: header.digest(),
            size,
        };
        Ok(Placed { base })
    }

    /// One write, one sync.
    fn append(&self, parts: &[&[u8]]) -> Result<(), NotCommitted> {
        self.append_or_cut(parts)?;
        // If we crash before the sync is done: the tail is torn, or whole but unacknowledged; `open` decides.
        self.file.sync().map_err(NotCommitted::Fatal)
    }

    /// Writes at the end of the open segment; where the disk does not take it, brings the file back to where it was.
    fn append_or_cut(&self, parts: &[&[u8]]) -> Result<(), NotCommitted> {
        let end = self.position.at.offset;
        self.file.write_parts_at(end, parts).map_err(|error| {
            // Nothing was synced, so it never happened.
            match self.file.truncate(end).and_then(|()| self.file.sync()) {
                Ok(()) => NotCommitted::Rejected(error),
                Err(_) => NotCommitted::Fatal(error),
            }
        })
    }

    /// Seals the open segment, unless it is empty: from now on it can be thinned.
    pub fn seal_now(&mut self) -> Result<(), NotCommitted> {
        let empty = self.position.at.offset == SEGMENT_HEADER_BYTES as u64 && self.sealed.is_none();
        if empty { Ok(()) } else { self.roll() }
    }

    /// Seals the open segment and opens the next; after a full disk, goes on where it stopped.
    fn roll(&mut self) -> Result<(), NotCommitted> {
        let mut sealed = match self.sealed {
            Some(sealed) => sealed,
            None => Sealed { seal: self.seal()?, renamed: false },
        };
        self.sealed = Some(sealed);
        let next = self.next_segment(&mut sealed);
        self.sealed = Some(sealed);
        // Names and a new file can be tried again; a failed sync of the folder can't.
        next.map_err(|error| match disk::is_full(&error) {
            true => NotCommitted::Rejected(error),
            false => NotCommitted::Fatal(error),
        })?;
        self.sealed = None;
        Ok(())
    }

    /// Writes the SEAL frame, durably; the digest of its header. It is outside all groups: it bears the number of the
    /// frame that follows and does not count. If we crash before the sync is done, or before the segment has its new
    /// name: `open` takes the SEAL away again.
    fn seal(&mut self) -> Result<Blake3, NotCommitted> {
        let rows = walk::rows(self.file.as_ref(), self.position.at.offset).map_err(NotCommitted::Fatal)?;
        let index = segment::encode_index(&rows);
        let header = FrameHeader {
            kind: FrameKind::Seal,
            codec: Codec::Stored,
            length: index.len() as u64,
            number: self.position.frame,
            object: Uuid::nil(),
            part: 0,
            body: Blake3::of(&index),
        };
        let mut bytes = header.encode().to_vec();
        bytes.extend_from_slice(&index);
        bytes.resize(bytes.len().next_multiple_of(frame::ALIGN as usize), 0);
        bytes.extend_from_slice(&segment::encode_trailer(self.position.at.offset));
        self.append_or_cut(&[&bytes])?;
        self.file.sync().map_err(NotCommitted::Fatal)?;
        Ok(header.digest())
    }

    /// Gives the sealed segment its name and opens the next. If we crash in here: `open` finds the one or the other.
    fn next_segment(&mut self, sealed: &mut Sealed) -> io::Result<()> {
        let seq = self.position.at.segment;
        if !sealed.renamed {
            if let Err(error) = self.disk.make_read_only(&segment::open_path(seq)) {
                tracing::warn!(%error, seq, "the sealed segment stays writable");
            }
            self.disk.rename(&segment::open_path(seq), &segment::sealed_path(seq))?;
            sealed.renamed = true;
            self.disk.sync_dir(segment::FOLDER)?;
        }
        let next = SegmentHeader {
            archive: self.archive,
            seq: seq + 1,
            first_frame: self.position.frame,
            previous: sealed.seal,
        };
        self.file = create(self.disk.as_ref(), &next)?;
        self.position.at = Location { segment: seq + 1, offset: SEGMENT_HEADER_BYTES as u64 };
        Ok(())
    }
}

/// Creates an open segment, durably; one without a whole header, left by a crash, is replaced.
fn create(disk: &dyn Disk, header: &SegmentHeader) -> io::Result<Box<dyn DiskFile>> {
    let path = segment::open_path(header.seq);
    disk::replace(disk, &path, &header.encode())?;
    disk.open(&path)
}

#[cfg(test)]
mod tests;
