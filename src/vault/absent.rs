//! Bodies that are gone by law, and the segments written anew without them (`docs/format.md` §2.4).
//!
//! A segment is *thinned*: a new file in place of the sealed one, with every byte where it was but the bodies of some
//! BLOB and KEY frames, which become holes of zeros. Headers, ENTRY, COMMIT and SEAL frames stay verbatim, so the chain
//! of commits, the index and every location stay what they were. Beside the segment `<seq>.absent` lists the frames.
//!
//! The list comes first, durably: if we crash before the segment follows, it lists bodies that are still there, and
//! thinning it again finishes. Which bodies may go is nobody's business here.

use super::VaultError;
use super::frame::{FrameKind, HEADER_BYTES};
use super::segment::{self, FOLDER, SegmentFile};
use crate::digest::Blake3;
use crate::disk::{self, Disk, DiskFile, TEMPORARY};
use std::collections::BTreeSet;
use std::io;

const MAGIC: [u8; 8] = *b"CHBGONE\n";
/// Magic, sequence number, count; and the digest at the end.
const HEAD_BYTES: usize = 24;
const DIGEST_BYTES: usize = 32;
/// A list has at most so many bytes: a segment of 128 MiB has at most 1.6 million frames.
const BYTES_MAX: u64 = 16 * 1024 * 1024;
const PIECE_BYTES: u64 = 4 * 1024 * 1024;

/// Numbers of a segment's frames whose bodies are gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Absent(BTreeSet<u64>);

/// Path of the list of segment `seq`.
pub fn path(seq: u64) -> String {
    format!("{FOLDER}/{seq:08}.absent")
}

impl Absent {
    /// The list of segment `seq`; empty where it has none.
    pub fn read(disk: &dyn Disk, seq: u64) -> Result<Self, VaultError> {
        let Some(bytes) = disk::read(disk, &path(seq), BYTES_MAX)? else { return Ok(Self::default()) };
        Self::parse(&bytes, seq)
            .ok_or_else(|| VaultError::corrupt(seq, 0, "the list of absent frames is damaged".into()))
    }

    /// Whether a frame's body is gone.
    pub fn contains(&self, frame: u64) -> bool {
        self.0.contains(&frame)
    }

    /// Adds a frame; whether it is new.
    pub fn insert(&mut self, frame: u64) -> bool {
        self.0.insert(frame)
    }

    /// The frames, ascending.
    pub fn frames(&self) -> impl Iterator<Item = u64> {
        self.0.iter().copied()
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is gone.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes of the list, and so its digest: what the ledger remembers.
    pub fn encode(&self, seq: u64) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&seq.to_le_bytes());
        bytes.extend_from_slice(&(self.0.len() as u64).to_le_bytes());
        self.0.iter().for_each(|frame| bytes.extend_from_slice(&frame.to_le_bytes()));
        let digest = Blake3::of(&bytes);
        bytes.extend_from_slice(&digest.0);
        bytes
    }

    /// Reads a list; `None` for anything but the whole list of segment `seq`, ascending.
    pub fn parse(bytes: &[u8], seq: u64) -> Option<Self> {
        let (text, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST_BYTES)?)?;
        let (head, rows) = text.split_at_checked(HEAD_BYTES)?;
        let word = |at: usize| head[at..at + 8].try_into().map(u64::from_le_bytes).ok();
        let (rows, rest) = rows.as_chunks::<8>();
        let whole = head[..8] == MAGIC
            && word(8)? == seq
            && word(16)? == rows.len() as u64
            && rest.is_empty()
            && digest == Blake3::of(text).0;
        let frames: Vec<u64> = rows.iter().map(|row| u64::from_le_bytes(*row)).collect();
        (whole && frames.is_sorted_by(|a, b| a < b)).then(|| Self(frames.into_iter().collect()))
    }
}

/// Writes a sealed segment anew without the bodies of `absent`; bytes that went. Durable on return.
///
/// Must only be called with BLOB and KEY frames: anything else is refused.
pub fn thin(disk: &dyn Disk, found: &SegmentFile, absent: &Absent) -> Result<u64, VaultError> {
    let corrupt = |what: &str| VaultError::corrupt(found.seq, 0, what.into());
    if !found.sealed {
        return Err(corrupt("only a sealed segment is thinned"));
    }
    let from = disk.open(&found.path())?;
    let (_, rows) = segment::read_index(from.as_ref(), found)?;
    let holes: Vec<(u64, u64)> = {
        let gone = rows.iter().filter(|row| absent.contains(row.header.number));
        let gone: Vec<_> = gone.collect();
        let fits = gone.iter().all(|row| matches!(row.header.kind, FrameKind::Blob | FrameKind::Key));
        if gone.len() != absent.len() || !fits {
            return Err(corrupt("the list of absent frames does not fit the segment"));
        }
        gone.iter().map(|row| (row.offset + HEADER_BYTES as u64, row.header.length)).collect()
    };
    disk::replace(disk, &path(found.seq), &absent.encode(found.seq))?;
    let temporary = format!("{}{TEMPORARY}", found.path());
    match disk.remove(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let to = disk.create(&temporary)?;
    let mut at = 0;
    for &(hole, length) in &holes {
        copy(from.as_ref(), to.as_ref(), at, hole)?;
        at = hole + length;
    }
    copy(from.as_ref(), to.as_ref(), at, found.size)?;
    to.sync()?;
    if let Err(error) = disk.make_read_only(&temporary) {
        tracing::warn!(%error, seq = found.seq, "the thinned segment stays writable");
    }
    disk.rename(&temporary, &found.path())?;
    disk.sync_dir(FOLDER)?;
    Ok(holes.iter().map(|(_, length)| length).sum())
}

fn copy(from: &dyn DiskFile, to: &dyn DiskFile, mut at: u64, end: u64) -> io::Result<()> {
    let mut piece = vec![0; usize::try_from(PIECE_BYTES.min(end - at)).map_err(io::Error::other)?];
    while at < end {
        let length = usize::try_from((end - at).min(piece.len() as u64)).map_err(io::Error::other)?;
        disk::read_exact_at(from, at, &mut piece[..length])?;
        to.write_at(at, &piece[..length])?;
        at += length as u64;
    }
    Ok(())
}
