//! High-water marks: how far the ledger was when a checkpoint was last signed.
//!
//! Written before any signature leaves, in `state/` and in a copy outside the archive. The inner one tells recovery
//! where the durable part ends; the outer one notices that an older copy of the whole archive was put back, which
//! nothing inside the archive can.

use crate::digest::{Blake3, Sha256};
use crate::disk::{self, Disk};
use crate::time::Micros;
use std::io;
use uuid::Uuid;

const TITLE: &str = "chauban high-water mark 1";
const BYTES_MAX: u64 = 4096;

/// A high-water mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HighWater {
    /// The archive.
    pub archive: Uuid,
    /// Entries that a signature covers.
    pub size: u64,
    /// Their root.
    pub root: Sha256,
    /// Where the vault's next group goes: segment, offset (bytes), frame number.
    pub place: (u64, u64, u64),
    /// BLAKE3 of the header of the last COMMIT before.
    pub commit: Blake3,
    /// The newest stamp given.
    pub time: Micros,
}

impl HighWater {
    /// The mark's text.
    pub fn encode(&self) -> String {
        let (segment, offset, frame) = self.place;
        let body = format!(
            "{TITLE}\narchive {}\nsize {}\nroot {}\nsegment {segment}\noffset {offset}\nframe {frame}\ncommit {}\ntime {}\n",
            self.archive, self.size, self.root, self.commit, self.time
        );
        let check = Blake3::of(body.as_bytes());
        format!("{body}check {check}\n")
    }

    /// Reads a mark; `None` for anything that [`HighWater::encode`] does not write.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let title = lines.next()?;
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let mark = Self {
            archive: Uuid::try_parse(field("archive")?).ok()?,
            size: field("size")?.parse().ok()?,
            root: field("root")?.parse().ok()?,
            place: (field("segment")?.parse().ok()?, field("offset")?.parse().ok()?, field("frame")?.parse().ok()?),
            commit: field("commit")?.parse().ok()?,
            time: field("time")?.parse().ok()?,
        };
        (title == TITLE && mark.encode() == text).then_some(mark)
    }

    /// Writes the mark, durably.
    pub fn write(&self, disk: &dyn Disk, path: &str) -> io::Result<()> {
        disk::replace(disk, path, self.encode().as_bytes())
    }

    /// Reads the mark at `path`: absent, damaged, or as it stands.
    pub fn read(disk: &dyn Disk, path: &str) -> io::Result<Option<Result<Self, Damaged>>> {
        let bytes = disk::read(disk, path, BYTES_MAX)?;
        Ok(bytes.map(|bytes| std::str::from_utf8(&bytes).ok().and_then(Self::parse).ok_or(Damaged)))
    }
}

/// A high-water mark that is not in its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the high-water mark is damaged")]
pub struct Damaged;
