//! The frame codec (`docs/format.md` §3): an 80-byte header, the body, zero padding to 8 bytes.
//!
//! A header carries a CRC-32C of itself and the BLAKE3 of its body, so that a forward scan recognises every frame
//! and every index can be made again. Every length has a limit per kind, checked before anything is allocated.

use crate::digest::Blake3;
use crate::event::ENTRY_BYTES_MAX;
use uuid::Uuid;

/// Bytes of a frame header.
pub const HEADER_BYTES: usize = 80;
/// First four bytes of every frame.
pub const MAGIC: [u8; 4] = *b"CBF1";
/// Frames start at multiples of this.
pub const ALIGN: u64 = 8;
/// Bytes of a COMMIT body.
pub const COMMIT_BYTES: usize = 132;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// Encrypted bytes of an object or of one part of it.
    Blob = 1,
    /// Wrapped data keys and salts of the objects of the entry that follows.
    Key = 2,
    /// The exact bytes of a ledger entry.
    Entry = 3,
    /// End of a group: the commit point.
    Commit = 4,
    /// A checkpoint as published.
    Checkpoint = 5,
    /// Index and end of a sealed segment.
    Seal = 6,
}

impl FrameKind {
    /// Longest body, bytes.
    pub const fn bytes_max(self) -> u64 {
        match self {
            Self::Blob => 17 * 1024 * 1024, // 16 MiB of plaintext, tags, commitment, zstd's worst case
            Self::Key => 128 * 1024,        // the scope and 700 rows of 108 bytes: 75,616
            Self::Entry => ENTRY_BYTES_MAX as u64,
            Self::Commit => COMMIT_BYTES as u64,
            Self::Checkpoint => 1024 * 1024, // C2SP signed-note limit
            Self::Seal => 256 * 1024 * 1024, // 88 bytes a frame; a segment of empty frames has 3.2 million
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Blob, Self::Key, Self::Entry, Self::Commit, Self::Checkpoint, Self::Seal]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// How a BLOB's plaintext became what was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// As it was.
    Stored = 0,
    /// One zstd frame.
    Zstd = 1,
    /// One zstd frame made with the archive's dictionary.
    ZstdDictionary = 2,
}

impl Codec {
    /// The codec with this number.
    pub fn from_byte(byte: u8) -> Option<Self> {
        [Self::Stored, Self::Zstd, Self::ZstdDictionary].into_iter().find(|codec| *codec as u8 == byte)
    }
}

/// A frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// What the body is.
    pub kind: FrameKind,
    /// How a BLOB was made; `Stored` for other kinds.
    pub codec: Codec,
    /// Body length, bytes.
    pub length: u64,
    /// Number of the frame in the archive, from 0, without gaps.
    pub number: u64,
    /// The object a BLOB belongs to; nil for other kinds.
    pub object: Uuid,
    /// The BLOB's part within its object, from 0.
    pub part: u32,
    /// BLAKE3 of the body.
    pub body: Blake3,
}

/// Why bytes are not a frame header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// The first four bytes are others.
    #[error("no frame begins here")]
    Magic,
    /// The CRC-32C differs.
    #[error("the frame header's checksum differs")]
    Checksum,
    /// An unknown kind, codec or reserved byte.
    #[error("the frame is of a kind this program does not know")]
    Unknown,
    /// The body would be longer than its kind allows.
    #[error("the frame's body is longer than its kind allows")]
    Length,
}

impl FrameHeader {
    /// The header's bytes.
    pub fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4] = self.kind as u8;
        bytes[5] = self.codec as u8;
        bytes[8..16].copy_from_slice(&self.length.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.number.to_le_bytes());
        bytes[24..40].copy_from_slice(self.object.as_bytes());
        bytes[40..72].copy_from_slice(&self.body.0);
        bytes[72..76].copy_from_slice(&self.part.to_le_bytes());
        let checksum = crc32c::crc32c(&bytes[..76]);
        bytes[76..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Reads a header.
    pub fn parse(bytes: &[u8; HEADER_BYTES]) -> Result<Self, BadFrame> {
        if bytes[..4] != MAGIC {
            return Err(BadFrame::Magic);
        }
        if crc32c::crc32c(&bytes[..76]).to_le_bytes() != bytes[76..] {
            return Err(BadFrame::Checksum);
        }
        let kind = FrameKind::from_byte(bytes[4]).ok_or(BadFrame::Unknown)?;
        let codec = Codec::from_byte(bytes[5]).ok_or(BadFrame::Unknown)?;
        if bytes[6..8] != [0, 0] {
            return Err(BadFrame::Unknown);
        }
        let length = u64::from_le_bytes(array(&bytes[8..16]));
        if length > kind.bytes_max() {
            return Err(BadFrame::Length);
        }
        Ok(Self {
            kind,
            codec,
            length,
            number: u64::from_le_bytes(array(&bytes[16..24])),
            object: Uuid::from_bytes(array(&bytes[24..40])),
            part: u32::from_le_bytes(array(&bytes[72..76])),
            body: Blake3(array(&bytes[40..72])),
        })
    }

    /// Bytes of the whole frame with its padding.
    pub fn frame_bytes(&self) -> u64 {
        (HEADER_BYTES as u64 + self.length).next_multiple_of(ALIGN)
    }

    /// BLAKE3 of the header: what the next COMMIT chains to.
    pub fn digest(&self) -> Blake3 {
        Blake3::of(&self.encode())
    }
}

/// The body of a COMMIT frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// Entries in the ledger with this group.
    pub size: u64,
    /// Merkle root over them (RFC 6962).
    pub root: crate::digest::Sha256,
    /// Number of the group's first frame.
    pub first_frame: u64,
    /// Frames in the group before the COMMIT.
    pub frames: u64,
    /// BLAKE3 over the headers of those frames, in order; the headers carry the digests of the bodies.
    pub headers: Blake3,
    /// BLAKE3 of the header of the COMMIT before; zeros in the first.
    pub previous: Blake3,
    /// Microseconds UTC at which the group was written.
    pub time: crate::time::Micros,
    /// Zeros; for later use.
    reserved: [u8; 4],
}

impl Commit {
    /// A COMMIT body.
    pub fn new(
        size: u64,
        root: crate::digest::Sha256,
        first_frame: u64,
        frames: u64,
        headers: Blake3,
        previous: Blake3,
        time: crate::time::Micros,
    ) -> Self {
        Self { size, root, first_frame, frames, headers, previous, time, reserved: [0; 4] }
    }

    /// The body's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(COMMIT_BYTES);
        bytes.extend_from_slice(&self.size.to_le_bytes());
        bytes.extend_from_slice(&self.root.0);
        bytes.extend_from_slice(&self.first_frame.to_le_bytes());
        bytes.extend_from_slice(&self.frames.to_le_bytes());
        bytes.extend_from_slice(&self.headers.0);
        bytes.extend_from_slice(&self.previous.0);
        bytes.extend_from_slice(&self.time.0.to_le_bytes());
        bytes.extend_from_slice(&self.reserved);
        bytes
    }

    /// Reads a COMMIT body.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadFrame> {
        let bytes: &[u8; COMMIT_BYTES] = bytes.try_into().map_err(|_| BadFrame::Length)?;
        if bytes[128..] != [0; 4] {
            return Err(BadFrame::Unknown);
        }
        Ok(Self {
            size: u64::from_le_bytes(array(&bytes[..8])),
            root: crate::digest::Sha256(array(&bytes[8..40])),
            first_frame: u64::from_le_bytes(array(&bytes[40..48])),
            frames: u64::from_le_bytes(array(&bytes[48..56])),
            headers: Blake3(array(&bytes[56..88])),
            previous: Blake3(array(&bytes[88..120])),
            time: crate::time::Micros(u64::from_le_bytes(array(&bytes[120..128]))),
            reserved: [0; 4],
        })
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the slice was cut to this length")
}

#[cfg(test)]
mod tests;
