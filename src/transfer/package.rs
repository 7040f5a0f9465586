//! Packages: what an agency hands over in one ZIP file (APPNOTE 6.3), unpacked entry by entry in bounded memory.
//!
//! The directory at the end says what is in it, and is read whole; contents pass through a window. Read strictly, because
//! what two programs would unpack differently is not what the agency meant: names are plain relative paths in UTF-8, each
//! once, also for who does not tell capitals; the headers before an entry and in the directory agree; entries do not
//! overlap; nothing is encrypted. ZIP64. Nothing is unpacked that is longer than announced, so the announced sum bounds
//! what a small file becomes. Pure but for the reader and the writer that are handed in.

use super::dossier_folder::is_plain_path;
use flate2::Crc;
use flate2::read::DeflateDecoder;
use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Entries of one package: as many as a dossier has records, with sidecars beside them.
pub const ENTRIES_MAX: usize = 200_000;
/// Bytes of the directory: 200,000 entries with paths of some 250 bytes.
pub const DIRECTORY_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes that pass through memory at once.
const WINDOW_BYTES: usize = 64 * 1024;
const END_BYTES: u64 = 22;
const LOCATOR_BYTES: u64 = 20;
const CENTRAL_BYTES: usize = 46;
const LOCAL_BYTES: usize = 30;
const ENCRYPTED: u16 = 1;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Why a package, or an entry of it, can't be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is not a ZIP file, or a damaged one.
    #[error("it is no whole ZIP file: {0}")]
    NotZip(&'static str),
    /// More than is read.
    #[error("it is over the limit: {0}")]
    Limit(&'static str),
    /// Something about one entry.
    #[error("{name}: {why}")]
    Entry {
        /// Its name, as far as it can be read.
        name: String,
        /// What.
        why: &'static str,
    },
    /// Reading or writing failed.
    #[error("input or output failed: {0}")]
    Io(#[from] io::Error),
}

/// A package whose directory was read.
#[derive(Debug)]
pub struct Package<R> {
    source: R,
    /// Its files in the order of the directory; folders are not among them.
    pub entries: Vec<Entry>,
}

/// A file in a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its plain relative path.
    pub name: String,
    /// Its length, bytes, as announced.
    pub size: u64,
    deflated: bool,
    crc: u32,
    packed: u64,
    at: u64,
}

impl<R: Read + Seek> Package<R> {
    /// Reads the directory.
    pub fn open(mut source: R) -> Result<Self, Unreadable> {
        let (start, bytes, count) = directory(&mut source)?;
        let mut directory = vec![0; usize::try_from(bytes).map_err(|_| Unreadable::Limit("the directory"))?];
        source.seek(SeekFrom::Start(start))?;
        source.read_exact(&mut directory)?;
        let (mut entries, mut names, mut rest) = (Vec::new(), HashSet::new(), directory.as_slice());
        let mut met = 0u64;
        while !rest.is_empty() {
            met += 1;
            if met > ENTRIES_MAX as u64 {
                return Err(Unreadable::Limit("entries"));
            }
            let (entry, length) = central(rest)?;
            rest = &rest[length..];
            // Case-blind systems see one name where there are two.
            if !names.insert(entry.name.trim_end_matches('/').to_lowercase()) {
                return Err(Unreadable::Entry { name: entry.name, why: "two entries have this name" });
            }
            if !entry.name.ends_with('/') {
                entries.push(entry);
            }
        }
        if met != count {
            return Err(Unreadable::NotZip("the directory counts other entries than it has"));
        }
        apart(&entries, start)?;
        Ok(Self { source, entries })
    }

    /// Bytes of everything in it, as announced.
    pub fn unpacked_bytes(&self) -> u64 {
        self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.size))
    }

    /// Unpacks a file; what was written is right only where no error comes.
    pub fn unpack(&mut self, entry: &Entry, out: &mut dyn Write) -> Result<(), Unreadable> {
        let wrong = |why| Unreadable::Entry { name: entry.name.clone(), why };
        self.source.seek(SeekFrom::Start(entry.at))?;
        let mut local = [0; LOCAL_BYTES];
        self.source.read_exact(&mut local)?;
        let (name_bytes, extra_bytes) = (u16_at(&local, 26), u16_at(&local, 28));
        let mut name = vec![0; usize::from(name_bytes)];
        self.source.read_exact(&mut name)?;
        let method = if entry.deflated { DEFLATED } else { STORED };
        if !local.starts_with(b"PK\x03\x04") || name != entry.name.as_bytes() || u16_at(&local, 8) != method {
            return Err(wrong("its two headers differ"));
        }
        self.source.seek(SeekFrom::Current(i64::from(extra_bytes)))?;
        let packed = (&mut self.source).take(entry.packed);
        let crc = if entry.deflated {
            let mut inflated = DeflateDecoder::new(packed);
            let crc = copy(&mut inflated, entry.size, out).map_err(|error| of_entry(error, entry))?;
            if inflated.total_in() != entry.packed {
                return Err(wrong("bytes follow its deflated data"));
            }
            crc
        } else {
            let mut packed = packed;
            copy(&mut packed, entry.size, out).map_err(|error| of_entry(error, entry))?
        };
        if crc == entry.crc { Ok(()) } else { Err(wrong("its check sum is another")) }
    }
}

/// Copies exactly `size` bytes; their CRC-32.
fn copy(from: &mut dyn Read, size: u64, out: &mut dyn Write) -> Result<u32, Unreadable> {
    let (mut crc, mut left, mut window) = (Crc::new(), size, vec![0; WINDOW_BYTES]);
    loop {
        let got = match from.read(&mut window) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // What deflate refuses is a fault of the package, not of the disk.
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => {
                return Err(Unreadable::NotZip("its data can't be inflated"));
            }
            other => other?,
        };
        if got == 0 {
            break;
        }
        left = left.checked_sub(got as u64).ok_or(Unreadable::NotZip("it is longer than announced"))?;
        crc.update(&window[..got]);
        out.write_all(&window[..got])?;
    }
    if left == 0 { Ok(crc.sum()) } else { Err(Unreadable::NotZip("it is shorter than announced")) }
}

fn of_entry(error: Unreadable, entry: &Entry) -> Unreadable {
    match error {
        Unreadable::NotZip(why) => Unreadable::Entry { name: entry.name.clone(), why },
        other => other,
    }
}

/// Where the directory begins, its length and how many entries it counts.
fn directory<R: Read + Seek>(source: &mut R) -> Result<(u64, u64, u64), Unreadable> {
    let length = source.seek(SeekFrom::End(0))?;
    let tail_bytes = length.min(END_BYTES + u64::from(u16::MAX));
    let tail_at = length - tail_bytes;
    let mut tail = vec![0; usize::try_from(tail_bytes).unwrap_or(0)];
    source.seek(SeekFrom::Start(tail_at))?;
    source.read_exact(&mut tail)?;
    // The record whose comment ends where the file does; nothing follows it.
    let is_end = |at: &usize| {
        let rest = &tail[*at..];
        rest.starts_with(b"PK\x05\x06") && rest.len() == usize::from(u16_at(rest, 20)) + END_BYTES as usize
    };
    let last = tail.len().checked_sub(END_BYTES as usize).ok_or(Unreadable::NotZip("it is too short"))?;
    let at = (0..=last).rev().find(is_end).ok_or(Unreadable::NotZip("it has no end of the directory"))?;
    let end = &tail[at..];
    let (mut count, mut bytes, mut start) =
        (u64::from(u16_at(end, 10)), u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16)));
    if u16_at(end, 4) != 0 || u16_at(end, 6) != 0 {
        return Err(Unreadable::NotZip("it is in several parts"));
    }
    let mut ends = tail_at + at as u64;
    if count == u64::from(u16::MAX) || bytes == u64::from(u32::MAX) || start == u64::from(u32::MAX) {
        let locator_at = ends.checked_sub(LOCATOR_BYTES).ok_or(Unreadable::NotZip("it has no ZIP64 locator"))?;
        let locator: [u8; LOCATOR_BYTES as usize] = read_at(source, locator_at)?;
        ends = u64_at(&locator, 8);
        if !locator.starts_with(b"PK\x06\x07") || ends >= locator_at {
            return Err(Unreadable::NotZip("it has no ZIP64 locator"));
        }
        let long: [u8; 56] = read_at(source, ends)?;
        if !long.starts_with(b"PK\x06\x06") {
            return Err(Unreadable::NotZip("it has no ZIP64 end of the directory"));
        }
        (count, bytes, start) = (u64_at(&long, 32), u64_at(&long, 40), u64_at(&long, 48));
    }
    if start.checked_add(bytes) != Some(ends) {
        return Err(Unreadable::NotZip("the directory is not where it is said to be"));
    }
    if bytes > DIRECTORY_BYTES_MAX {
        return Err(Unreadable::Limit("the directory"));
    }
    Ok((start, bytes, count))
}

fn read_at<const N: usize>(source: &mut (impl Read + Seek), at: u64) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    source.seek(SeekFrom::Start(at))?;
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The entry that `bytes` begin with, and its length in the directory.
fn central(bytes: &[u8]) -> Result<(Entry, usize), Unreadable> {
    let short = Unreadable::NotZip("an entry of the directory is cut off");
    if bytes.len() < CENTRAL_BYTES || !bytes.starts_with(b"PK\x01\x02") {
        return Err(short);
    }
    let name_end = CENTRAL_BYTES + usize::from(u16_at(bytes, 28));
    let extra_end = name_end + usize::from(u16_at(bytes, 30));
    let end = extra_end + usize::from(u16_at(bytes, 32));
    let (Some(name), Some(extra)) = (bytes.get(CENTRAL_BYTES..name_end), bytes.get(name_end..extra_end)) else {
        return Err(short);
    };
    if end > bytes.len() {
        return Err(short);
    }
    let wrong = |why| Unreadable::Entry { name: String::from_utf8_lossy(name).into_owned(), why };
    let text = std::str::from_utf8(name).map_err(|_| wrong("its name is not UTF-8"))?;
    let plain = text.strip_suffix('/').unwrap_or(text);
    if !is_plain_path(plain) && plain != "dossier.json" {
        return Err(wrong("its name is no plain relative path"));
    }
    if u16_at(bytes, 8) & ENCRYPTED != 0 {
        return Err(wrong("it is encrypted"));
    }
    let method = u16_at(bytes, 10);
    if !matches!(method, STORED | DEFLATED) {
        return Err(wrong("it is packed in a way that is not read"));
    }
    let (size, packed, at) = long_fields(bytes, extra).ok_or_else(|| wrong("its ZIP64 sizes are missing"))?;
    let entry = Entry { name: text.to_owned(), size, deflated: method == DEFLATED, crc: u32_at(bytes, 16), packed, at };
    Ok((entry, end))
}

/// Size, packed size and place of an entry: those that do not fit 32 bits are in an extra field, in this order.
fn long_fields(bytes: &[u8], mut extra: &[u8]) -> Option<(u64, u64, u64)> {
    let mut zip64: &[u8] = &[];
    while extra.len() >= 4 {
        let end = 4 + usize::from(u16_at(extra, 2));
        let field = extra.get(4..end)?;
        if u16_at(extra, 0) == 1 {
            zip64 = field;
        }
        extra = &extra[end..];
    }
    let mut long = |at: usize| {
        let short = u32_at(bytes, at);
        if short != u32::MAX {
            return Some(u64::from(short));
        }
        let (value, rest) = zip64.split_at_checked(8)?;
        zip64 = rest;
        Some(u64_at(value, 0))
    };
    Some((long(24)?, long(20)?, long(42)?))
}

/// Whether no two entries share bytes, and none those of the directory.
fn apart(entries: &[Entry], directory: u64) -> Result<(), Unreadable> {
    let mut spans: Vec<&Entry> = entries.iter().collect();
    spans.sort_by_key(|entry| entry.at);
    let ends = spans.iter().skip(1).map(|next| next.at).chain([directory]);
    for (entry, next) in spans.iter().zip(ends) {
        let least = (LOCAL_BYTES + entry.name.len()) as u64;
        let end = entry.at.checked_add(least).and_then(|end| end.checked_add(entry.packed));
        if end.is_none_or(|end| end > next) {
            return Err(Unreadable::Entry { name: entry.name.clone(), why: "it overlaps with what follows" });
        }
    }
    Ok(())
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map_or(0, u64::from_le_bytes)
}

#[cfg(test)]
mod tests;
