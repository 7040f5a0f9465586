//! Opening the vault: finds the last valid group and brings the open segment back to it.
//!
//! The same code opens a vault that was closed cleanly, that crashed, and that is new. It truncates only a torn
//! tail: bytes after the last valid COMMIT, where no later COMMIT and no larger signed checkpoint is known.
//! Anything else is corruption, reported and left as it is.

use super::segment::{self, SEGMENT_HEADER_BYTES, SegmentFile, SegmentHeader};
use super::walk::{Bodies, End, GroupRead, walk};
use super::{Limits, Vault, VaultError, create};
use crate::digest::Blake3;
use crate::disk::{self, Disk, TEMPORARY};
use crate::position::{Location, Position};
use std::sync::Arc;
use uuid::Uuid;

/// Where recovery keeps what it cut.
pub const QUARANTINE: &str = "quarantine";

/// An opened vault.
pub struct Opened {
    /// The writer.
    pub vault: Vault,
    /// What had to be mended; `None` after a clean end.
    pub recovered: Option<Recovered>,
}

/// What recovery did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Bytes cut from the open segment.
    pub cut_bytes: u64,
    /// File in `quarantine/` that holds them.
    pub kept_as: Option<String>,
    /// Whether committed but unpublished groups were written anew.
    pub rewritten: bool,
    /// What was wrong.
    pub why: String,
}

impl Vault {
    /// Creates the folder and the first, empty segment.
    pub fn create(disk: Arc<dyn Disk>, archive: Uuid, limits: Limits) -> Result<Self, VaultError> {
        disk.create_dir(segment::FOLDER)?;
        let header = SegmentHeader { archive, seq: 1, first_frame: 0, previous: Blake3([0; 32]) };
        let file = create(disk.as_ref(), &header)?;
        Ok(Self { disk, archive, limits, file, position: super::START, spare: Vec::new(), sealed: None })
    }

    /// Opens the vault for writing and hands every valid group after `from` to `visit`.
    ///
    /// `published` is the largest ledger size of any signed checkpoint or high-water mark known.
    pub fn open<E: From<VaultError>>(
        disk: Arc<dyn Disk>,
        archive: Uuid,
        limits: Limits,
        from: Position,
        published: u64,
        visit: &mut dyn FnMut(GroupRead) -> Result<(), E>,
    ) -> Result<Opened, E> {
        disk::remove_temporaries(disk.as_ref(), segment::FOLDER).map_err(VaultError::from)?;
        remove_headless(disk.as_ref())?;
        // A process that died may have given a segment its name without making it durable.
        disk.sync_dir(segment::FOLDER).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => VaultError::corrupt(1, 0, "the folder of segments is missing".into()),
            _ => VaultError::from(error),
        })?;
        let (position, end) = walk(disk.as_ref(), from, Bodies::All, visit)?;
        if position.size < published {
            let what = format!("{} entries are stored, but a checkpoint of {published} was signed", position.size);
            return Err(VaultError::corrupt(position.at.segment, position.at.offset, what).into());
        }
        if let End::Torn { at, why, later_commit: true, .. } = &end {
            let what = format!("{why}, but a later group is whole: this is damage, not a torn write");
            return Err(VaultError::corrupt(at.segment, at.offset, what).into());
        }
        // Groups after the last published one, also those that add no entry.
        Ok(Self::settle(disk, archive, limits, position, &end, position.frame > from.frame)?)
    }

    fn settle(
        disk: Arc<dyn Disk>,
        archive: Uuid,
        limits: Limits,
        position: Position,
        end: &End,
        unpublished: bool,
    ) -> Result<Opened, VaultError> {
        let segments = segment::list(disk.as_ref())?;
        let last = segments.last().ok_or_else(|| VaultError::corrupt(1, 0, "segment is missing".into()))?;
        if last.sealed {
            let vault = Self::after_seal(disk, archive, limits, position, last)?;
            return Ok(Opened { vault, recovered: None });
        }
        let path = segment::open_path(position.at.segment);
        let mut recovered = None;
        if let End::Torn { file_size, why, .. } = end {
            let cut_bytes = file_size - position.at.offset;
            let kept_as = quarantine(disk.as_ref(), &path, position.at, *file_size)?;
            let why = why.clone();
            recovered = Some(Recovered { cut_bytes, kept_as: Some(kept_as), rewritten: false, why });
        }
        if unpublished || recovered.is_some() || *end == End::Sealed {
            // A valid COMMIT may have been only in the page cache, marked clean by a failed sync: the bytes are
            // copied to a new file and synced before anything is signed over them. So may have been a SEAL before the
            // segment got its new name: it is left out, and the next group that needs the room seals again.
            rewrite(disk.as_ref(), &path, position.at.offset)?;
            let why = "groups were committed but not yet published".to_owned();
            let none = Recovered { cut_bytes: 0, kept_as: None, rewritten: false, why };
            recovered = Some(Recovered { rewritten: unpublished, ..recovered.unwrap_or(none) });
        }
        let file = disk.open(&path)?;
        let vault = Self { disk, archive, limits, file, position, spare: Vec::new(), sealed: None };
        Ok(Opened { vault, recovered })
    }

    /// The last segment is sealed: opens the next.
    fn after_seal(
        disk: Arc<dyn Disk>,
        archive: Uuid,
        limits: Limits,
        position: Position,
        last: &SegmentFile,
    ) -> Result<Self, VaultError> {
        let file = disk.open(&last.path())?;
        let (seal, _) = segment::read_index(file.as_ref(), last)?;
        let header = SegmentHeader { archive, seq: last.seq + 1, first_frame: position.frame, previous: seal.digest() };
        let file = create(disk.as_ref(), &header)?;
        let at = Location { segment: header.seq, offset: SEGMENT_HEADER_BYTES as u64 };
        Ok(Self { disk, archive, limits, file, position: Position { at, ..position }, spare: Vec::new(), sealed: None })
    }
}

/// Removes an open segment without a whole header: a crash fell between its creation and its first sync.
fn remove_headless(disk: &dyn Disk) -> Result<(), VaultError> {
    let segments = segment::list(disk)?;
    if let Some(last) = segments.last().filter(|last| !last.sealed && last.seq > 1 && last.size == 0) {
        disk.remove(&last.path())?;
        disk.sync_dir(segment::FOLDER)?;
    }
    Ok(())
}

/// Copies the torn tail away before it is cut.
fn quarantine(disk: &dyn Disk, path: &str, from: Location, size: u64) -> Result<String, VaultError> {
    let file = disk.open(path)?;
    let length = usize::try_from(size - from.offset).map_err(std::io::Error::other)?;
    let mut tail = vec![0; length];
    disk::read_exact_at(file.as_ref(), from.offset, &mut tail)?;
    let name = format!("{QUARANTINE}/{:08}-{}-{}", from.segment, from.offset, &Blake3::of(&tail).to_string()[..16]);
    disk::replace(disk, &name, &tail)?;
    Ok(name)
}

/// Replaces a file by a synced copy of its first `length` bytes.
fn rewrite(disk: &dyn Disk, path: &str, length: u64) -> Result<(), VaultError> {
    const PIECE: u64 = 4 * 1024 * 1024;
    let from = disk.open(path)?;
    let temporary = format!("{path}{TEMPORARY}");
    let to = disk.create(&temporary)?;
    let mut piece = vec![0; usize::try_from(PIECE.min(length)).map_err(std::io::Error::other)?];
    let mut offset = 0;
    while offset < length {
        let size = usize::try_from(PIECE.min(length - offset)).map_err(std::io::Error::other)?;
        disk::read_exact_at(from.as_ref(), offset, &mut piece[..size])?;
        to.write_at(offset, &piece[..size])?;
        offset += size as u64;
    }
    to.sync()?;
    disk.rename(&temporary, path)?;
    disk.sync_dir(segment::FOLDER)?;
    Ok(())
}
