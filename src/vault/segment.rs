//! Segment files (`docs/format.md` §2): a 128-byte header, frames, and, once sealed, an index and a trailer.
//!
//! `<seq>.open` is the one that grows; sealing appends the index, syncs, renames it to `<seq>.seg` and makes it
//! read-only. From then on its bytes never change. Sequence numbers start at 1 and have no gaps.

use super::VaultError;
use super::frame::{FrameHeader, FrameKind, HEADER_BYTES};
use crate::digest::Blake3;
use crate::disk::{self, Disk, DiskFile, Window};
use crate::position::Location;
use std::collections::HashMap;
use std::io;
use uuid::Uuid;

/// The folder of segments.
pub const FOLDER: &str = "segments";
/// Bytes before the first frame.
pub const SEGMENT_HEADER_BYTES: usize = 128;
/// Bytes after the SEAL frame: its offset and a magic.
pub const TRAILER_BYTES: usize = 16;
const MAGIC: [u8; 8] = *b"CHBSEG\r\n";
const TRAILER_MAGIC: [u8; 8] = *b"CHBSEAL\n";
const VERSION: u32 = 1;
const ROW_BYTES: usize = HEADER_BYTES + 8;

/// Path of the open segment `seq`.
pub fn open_path(seq: u64) -> String {
    format!("{FOLDER}/{seq:08}.open")
}

/// Path of the sealed segment `seq`.
pub fn sealed_path(seq: u64) -> String {
    format!("{FOLDER}/{seq:08}.seg")
}

/// What a segment's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader {
    /// The archive it belongs to.
    pub archive: Uuid,
    /// Its sequence number.
    pub seq: u64,
    /// Number of its first frame.
    pub first_frame: u64,
    /// BLAKE3 of the header of the SEAL frame of the segment before; zeros in the first.
    pub previous: Blake3,
}

impl SegmentHeader {
    /// The header's bytes.
    pub fn encode(&self) -> [u8; SEGMENT_HEADER_BYTES] {
        let mut bytes = [0; SEGMENT_HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[16..32].copy_from_slice(self.archive.as_bytes());
        bytes[32..40].copy_from_slice(&self.seq.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.first_frame.to_le_bytes());
        bytes[48..80].copy_from_slice(&self.previous.0);
        let checksum = crc32c::crc32c(&bytes[..124]);
        bytes[124..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Reads a header; `None` for anything else than a whole header of version 1.
    pub fn parse(bytes: &[u8; SEGMENT_HEADER_BYTES]) -> Option<Self> {
        let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        let version = u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes"));
        let whole = bytes[..8] == MAGIC && version == VERSION;
        (whole && crc32c::crc32c(&bytes[..124]).to_le_bytes() == bytes[124..]).then(|| Self {
            archive: Uuid::from_slice(&bytes[16..32]).expect("sixteen bytes"),
            seq: word(32),
            first_frame: word(40),
            previous: Blake3(bytes[48..80].try_into().expect("thirty-two bytes")),
        })
    }
}

/// A segment found on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFile {
    /// Its sequence number.
    pub seq: u64,
    /// Whether it is sealed.
    pub sealed: bool,
    /// Length, bytes.
    pub size: u64,
}

impl SegmentFile {
    /// Its path.
    pub fn path(&self) -> String {
        if self.sealed { sealed_path(self.seq) } else { open_path(self.seq) }
    }

    /// Opens it, also if it was sealed since it was listed.
    pub fn open(&self, disk: &dyn Disk) -> io::Result<Box<dyn DiskFile>> {
        match disk.open(&self.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.sealed => disk.open(&sealed_path(self.seq)),
            other => other,
        }
    }
}

/// The segments on disk, in order; an unknown name, a gap, or an open segment that is not the last is corruption.
pub fn list(disk: &dyn Disk) -> Result<Vec<SegmentFile>, VaultError> {
    let mut segments = Vec::new();
    for listed in disk.list(FOLDER)? {
        if listed.name.ends_with(disk::TEMPORARY) || listed.name.ends_with(".par") || listed.name.ends_with(".absent") {
            continue;
        }
        let (stem, sealed) = match listed.name.split_once('.') {
            Some((stem, "seg")) => (stem, true),
            Some((stem, "open")) => (stem, false),
            _ => return Err(VaultError::corrupt(0, 0, format!("stray file {FOLDER}/{}", listed.name))),
        };
        let seq = stem.parse().ok().filter(|seq| format!("{seq:08}") == stem && *seq > 0);
        let seq: u64 = seq.ok_or_else(|| VaultError::corrupt(0, 0, format!("stray file {FOLDER}/{}", listed.name)))?;
        segments.push(SegmentFile { seq, sealed, size: listed.size });
    }
    segments.sort_by_key(|segment| (segment.seq, !segment.sealed));
    for (at, segment) in segments.iter().enumerate() {
        let expected = at as u64 + 1;
        if segment.seq != expected {
            return Err(VaultError::corrupt(expected, 0, "segment is missing".into()));
        }
        if !segment.sealed && at + 1 != segments.len() {
            return Err(VaultError::corrupt(segment.seq, 0, "segment is not sealed but not the last".into()));
        }
    }
    Ok(segments)
}

/// How many bytes of segments lie before a place: what progress is told in.
pub struct Ruler {
    before: HashMap<u64, u64>,
    total: u64,
}

impl Ruler {
    /// Of these segments.
    pub fn new(segments: &[SegmentFile]) -> Self {
        let (mut before, mut total) = (HashMap::with_capacity(segments.len()), 0);
        for found in segments {
            before.insert(found.seq, total);
            total += found.size;
        }
        Self { before, total }
    }

    /// Bytes of all segments.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Bytes before `at`.
    pub fn at(&self, at: Location) -> u64 {
        self.before.get(&at.segment).copied().unwrap_or(0) + at.offset
    }
}

/// Reads the header of a segment.
pub fn read_header(file: &dyn DiskFile, seq: u64) -> Result<SegmentHeader, VaultError> {
    let mut bytes = [0; SEGMENT_HEADER_BYTES];
    let read = disk::read_exact_at(file, 0, &mut bytes);
    let header = read.ok().and_then(|()| SegmentHeader::parse(&bytes));
    match header {
        Some(header) if header.seq == seq => Ok(header),
        _ => Err(VaultError::corrupt(seq, 0, "segment header is damaged".into())),
    }
}

/// A frame and where it lies in its segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The frame's header.
    pub header: FrameHeader,
    /// Offset of the header in the file, bytes.
    pub offset: u64,
}

/// The index of a sealed segment: the body of its SEAL frame.
pub fn encode_index(rows: &[Row]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rows.len() * ROW_BYTES);
    for row in rows {
        bytes.extend_from_slice(&row.header.encode());
        bytes.extend_from_slice(&row.offset.to_le_bytes());
    }
    bytes
}

/// The trailer that points back to the SEAL frame.
pub fn encode_trailer(seal_offset: u64) -> [u8; TRAILER_BYTES] {
    let mut bytes = [0; TRAILER_BYTES];
    bytes[..8].copy_from_slice(&seal_offset.to_le_bytes());
    bytes[8..].copy_from_slice(&TRAILER_MAGIC);
    bytes
}

/// Where the SEAL frame of a file of `size` bytes begins, if the file ends in a trailer.
pub fn read_trailer(file: &dyn DiskFile, size: u64) -> Option<u64> {
    let at = size.checked_sub(TRAILER_BYTES as u64)?;
    let mut bytes = [0; TRAILER_BYTES];
    disk::read_exact_at(file, at, &mut bytes).ok()?;
    let offset = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"));
    (bytes[8..] == TRAILER_MAGIC && offset < at).then_some(offset)
}

/// Reads and checks the index of a sealed segment: (SEAL header, rows).
pub fn read_index(file: &dyn DiskFile, segment: &SegmentFile) -> Result<(FrameHeader, Vec<Row>), VaultError> {
    let corrupt = |offset, what: &str| VaultError::corrupt(segment.seq, offset, what.into());
    let seal_at = read_trailer(file, segment.size).ok_or_else(|| corrupt(segment.size, "trailer is damaged"))?;
    let seal = read_frame_header(file, seal_at).ok().filter(|header| header.kind == FrameKind::Seal);
    let seal = seal.ok_or_else(|| corrupt(seal_at, "SEAL frame is damaged"))?;
    if seal_at + seal.frame_bytes() + TRAILER_BYTES as u64 != segment.size {
        return Err(corrupt(seal_at, "SEAL frame does not end the segment"));
    }
    let mut body = vec![0; usize::try_from(seal.length).map_err(|_| corrupt(seal_at, "index is too long"))?];
    disk::read_exact_at(file, seal_at + HEADER_BYTES as u64, &mut body)?;
    if Blake3::of(&body) != seal.body || body.len() % ROW_BYTES != 0 {
        return Err(corrupt(seal_at, "index is damaged"));
    }
    let mut rows = Vec::with_capacity(body.len() / ROW_BYTES);
    for row in body.as_chunks::<ROW_BYTES>().0 {
        let (header, offset) = row.split_at(HEADER_BYTES);
        let header = FrameHeader::parse(header.try_into().expect("eighty bytes"));
        let header = header.map_err(|_| corrupt(seal_at, "a row of the index is damaged"))?;
        rows.push(Row { header, offset: u64::from_le_bytes(offset.try_into().expect("eight bytes")) });
    }
    Ok((seal, rows))
}

/// Reads the frame header at `offset`.
pub fn read_frame_header(file: &dyn DiskFile, offset: u64) -> Result<FrameHeader, FrameAt> {
    let mut bytes = [0; HEADER_BYTES];
    let read = disk::read_exact_at(file, offset, &mut bytes);
    frame_header(read, &bytes)
}

/// As [`read_frame_header`], of a file that is read forwards.
pub fn next_frame_header(file: &mut Window<'_>, offset: u64) -> Result<FrameHeader, FrameAt> {
    let mut bytes = [0; HEADER_BYTES];
    let read = file.read_exact_at(offset, &mut bytes);
    frame_header(read, &bytes)
}

fn frame_header(read: io::Result<()>, bytes: &[u8; HEADER_BYTES]) -> Result<FrameHeader, FrameAt> {
    match read {
        Ok(()) => FrameHeader::parse(bytes).map_err(|bad| FrameAt::Bad(bad.to_string())),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(FrameAt::End),
        Err(error) => Err(FrameAt::Io(error)),
    }
}

/// Why no frame header could be read at an offset.
pub enum FrameAt {
    /// The file ends before a whole header.
    End,
    /// Bytes are there, but no header.
    Bad(String),
    /// The disk failed.
    Io(io::Error),
}

#[cfg(test)]
mod tests;
