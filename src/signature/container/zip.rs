//! ZIP files (APPNOTE 6.3), read strictly: every byte is explained, and both headers of an entry agree.
//!
//! Some programs believe the central directory and some the local headers, some the first of two entries with one
//! name and some the last: whoever signs one content can so have another one shown. So whatever two readers could
//! take differently is a [`Defect`]. Stored and deflated entries; ZIP64 sizes; no encryption, no parts on other disks.

mod record;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::ops::Range;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use record::{Central, End, Local, has_stray_mark};

/// Entries of one file; a container of records has hundreds.
pub const ENTRIES_MAX: usize = 10_000;
/// Defects listed; a file with more is no better for it.
const DEFECTS_MAX: usize = 256;
/// Bytes of one name; file systems allow a quarter of it.
const NAME_BYTES_MAX: usize = 1_024;
/// Bytes of content taken out of a file in all, stored or inflated.
pub const BYTES_MAX: u64 = 1 << 30;
/// Bytes that all entries together are inflated to: what is inflated is held in memory.
pub const INFLATED_BYTES_MAX: u64 = 256 << 20;
/// How many times larger than itself an entry may become: text deflates to a twentieth, zeros to a thousandth.
const RATIO_MAX: u64 = 200;
/// Entries up to this size may have any ratio.
const RATIO_FREE_BYTES: u64 = 1 << 20;

/// Why bytes are not a ZIP file that is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No end-of-directory record where the file ends, or a directory that is not where it says.
    #[error("not a ZIP file: {0}")]
    NotZip(&'static str),
    /// More than is read.
    #[error("too many or too long: {0}")]
    Limit(&'static str),
    /// The content of an entry cannot be had.
    #[error("the entry {name} is not readable: {why}")]
    Content {
        /// Its name.
        name: String,
        /// What is wrong.
        why: &'static str,
    },
}

/// A ZIP file.
#[derive(Debug)]
pub struct Archive<'a> {
    bytes: &'a [u8],
    /// The entries in the order of the central directory.
    pub entries: Vec<Entry>,
    /// Whatever two readers could take differently.
    pub defects: Vec<Defect>,
    by_name: HashMap<String, usize>,
    /// Names as file systems see them.
    folded: HashSet<String>,
}

/// An entry, as the central directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name; `/` separates folders.
    pub name: String,
    /// How it is packed.
    pub method: Method,
    /// CRC-32 of its content.
    pub crc: u32,
    /// Bytes of its content.
    pub size: u64,
    /// Where its packed bytes lie; empty if its header is not readable.
    pub packed: Range<usize>,
    /// Where its local header begins.
    pub at: usize,
    /// Bytes of its local extra field.
    pub extra_bytes: usize,
}

/// Methods of packing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As it is.
    Stored,
    /// Deflated (RFC 1951).
    Deflated,
    /// Another, which is not unpacked.
    Other(u16),
}

/// What is dubious about a ZIP file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{kind}", entry.as_deref().unwrap_or_default(), if entry.is_some() { ": " } else { "" })]
pub struct Defect {
    /// The entry, if it is about one.
    pub entry: Option<String>,
    /// What.
    pub kind: DefectKind,
}

/// Kinds of [`Defect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DefectKind {
    /// The local header is not where the directory says.
    #[error("the local header is not where the directory says")]
    NoLocalHeader,
    /// The two headers have different names, or an extra field has.
    #[error("the headers or an extra field give different names")]
    NameDiffers,
    /// The two headers have different sizes, or the data descriptor has.
    #[error("the headers or the data descriptor give different sizes")]
    SizeDiffers,
    /// The two headers have different check sums, or the data descriptor has.
    #[error("the headers or the data descriptor give different check sums")]
    CheckSumDiffers,
    /// The two headers have different methods or flags.
    #[error("the headers give different methods or flags")]
    MethodDiffers,
    /// Two entries have one name, also by case or separators.
    #[error("two entries have this name")]
    DuplicateName,
    /// The bytes of two entries, or of an entry and the directory, overlap.
    #[error("its bytes overlap others")]
    Overlap,
    /// Bytes before, between or after what the directory explains.
    #[error("there are bytes that belong to no entry")]
    UnexplainedBytes,
    /// A comment at the end of the file, or on an entry: no signature covers it.
    #[error("there is a comment, which nobody signed")]
    Comment,
    /// The mark of a record inside another, or in a comment: programs that search for records begin there.
    #[error("the mark of a record stands where none begins")]
    StrayRecord,
    /// An encrypted entry.
    #[error("the entry is encrypted")]
    Encrypted,
    /// A method that is not unpacked.
    #[error("the entry is packed by an unknown method")]
    UnknownMethod,
    /// A name that leads out of a folder, is absolute, empty, or has a backslash or control character.
    #[error("the name leads out of its folder, or can't be a file's")]
    UnsafeName,
    /// A name beyond ASCII that is not said to be UTF-8: programs show it differently, and mean the same file.
    #[error("the name is not said to be UTF-8")]
    NameCoding,
    /// A symbolic link: its content is the name of another file, which programs show in its place.
    #[error("the entry is a symbolic link")]
    SymbolicLink,
    /// A directory that counts other entries than it has.
    #[error("the directory counts other entries than it has")]
    CountDiffers,
}

/// What may still be taken out of a file.
#[derive(Debug)]
pub struct Budget {
    bytes: u64,
    inflated_bytes: u64,
}

impl Budget {
    /// Beside so many bytes that are held meanwhile, the file's own and what it was unpacked from: all together stay below
    /// half a gigabyte.
    pub fn beside(held_bytes: usize) -> Self {
        const HELD_BYTES_MAX: u64 = 384 << 20;
        let left = HELD_BYTES_MAX.saturating_sub(held_bytes as u64);
        Self { bytes: BYTES_MAX, inflated_bytes: INFLATED_BYTES_MAX.min(left) }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: BYTES_MAX, inflated_bytes: INFLATED_BYTES_MAX }
    }
}

impl Budget {
    fn take(&mut self, entry: &Entry) -> Result<(), Error> {
        let spent = |left: &mut u64, bytes| {
            *left = left.checked_sub(bytes).ok_or(Error::Limit("unpacked bytes"))?;
            Ok(())
        };
        if entry.method != Method::Stored {
            spent(&mut self.inflated_bytes, entry.size)?;
        }
        // A stored entry may say any size: what is read of it is what is there.
        spent(&mut self.bytes, entry.size.max(entry.packed.len() as u64))
    }
}

/// Whether bytes begin like a ZIP file.
pub fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

impl<'a> Archive<'a> {
    /// Reads headers and directory; no content.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let end = End::find(bytes)?;
        let mut archive =
            Self { bytes, entries: Vec::new(), defects: Vec::new(), by_name: HashMap::new(), folded: HashSet::new() };
        if end.comment {
            archive.defect(None, DefectKind::Comment);
        }
        let mut at = end.directory.start;
        let mut spans: Vec<(Range<usize>, String)> = Vec::new();
        let mut records = end.records;
        while at < end.directory.end {
            if archive.entries.len() >= ENTRIES_MAX {
                return Err(Error::Limit("entries"));
            }
            let central = Central::read(&bytes[..end.directory.end], at)?;
            records.push(at);
            at = central.end;
            if central.name.len() > NAME_BYTES_MAX {
                return Err(Error::Limit("bytes of a name"));
            }
            let span = archive.entry(central);
            spans.extend(span);
        }
        if end.count != archive.entries.len() as u64 {
            archive.defect(None, DefectKind::CountDiffers);
        }
        records.sort_unstable();
        if has_stray_mark(bytes, end.directory.start..bytes.len(), &records) {
            archive.defect(None, DefectKind::StrayRecord);
        }
        archive.explain(spans, end.directory.start);
        Ok(archive)
    }

    /// The entry with this name, if exactly one has it.
    pub fn entry_named(&self, name: &str) -> Option<&Entry> {
        let found = &self.entries[*self.by_name.get(name)?];
        let twice = |defect: &Defect| defect.kind == DefectKind::DuplicateName && defect.entry.as_deref() == Some(name);
        (!self.defects.iter().any(twice)).then_some(found)
    }

    /// The content of an entry, its check sum verified.
    pub fn content(&self, entry: &Entry, budget: &mut Budget) -> Result<Cow<'a, [u8]>, Error> {
        let wrong = |why| Error::Content { name: entry.name.clone(), why };
        budget.take(entry)?;
        let packed = &self.bytes[entry.packed.clone()];
        let content = match entry.method {
            Method::Stored => Cow::Borrowed(packed),
            Method::Deflated => {
                if entry.size > RATIO_FREE_BYTES && entry.size / RATIO_MAX > packed.len() as u64 {
                    return Err(Error::Limit("ratio of packing"));
                }
                let mut content = Vec::new();
                let mut decoder = DeflateDecoder::new(packed);
                // One byte more than announced shows that the announcement is wrong.
                let read = decoder.by_ref().take(entry.size + 1).read_to_end(&mut content);
                read.map_err(|_| wrong("not deflated data"))?;
                if decoder.total_in() != packed.len() as u64 {
                    return Err(wrong("bytes after the deflated data"));
                }
                Cow::Owned(content)
            }
            Method::Other(_) => return Err(wrong("unknown method")),
        };
        let mut crc = Crc::new();
        crc.update(&content);
        if content.len() as u64 != entry.size {
            Err(wrong("another size than announced"))
        } else if crc.sum() != entry.crc {
            Err(wrong("another check sum than announced"))
        } else {
            Ok(content)
        }
    }

    fn defect(&mut self, entry: Option<&str>, kind: DefectKind) {
        let defect = Defect { entry: entry.map(str::to_owned), kind };
        if self.defects.len() < DEFECTS_MAX && !self.defects.contains(&defect) {
            self.defects.push(defect);
        }
    }

    /// Takes an entry of the directory; the bytes that it explains.
    fn entry(&mut self, central: Central) -> Option<(Range<usize>, String)> {
        let name = central.name.clone();
        let mut found = Vec::new();
        if is_unsafe(&name) {
            found.push(DefectKind::UnsafeName);
        }
        if !central.utf8 {
            found.push(DefectKind::NameCoding);
        }
        if central.comment {
            found.push(DefectKind::Comment);
        }
        if central.is_link {
            found.push(DefectKind::SymbolicLink);
        }
        if central.flags & ENCRYPTED != 0 {
            found.push(DefectKind::Encrypted);
        }
        if matches!(central.method, Method::Other(_)) {
            found.push(DefectKind::UnknownMethod);
        }
        if !self.folded.insert(as_file_systems_see(&name)) {
            found.push(DefectKind::DuplicateName);
        }
        let local = Local::read(self.bytes, &central, &mut found);
        if local
            .as_ref()
            .is_some_and(|local| has_stray_mark(self.bytes, local.span.start..local.packed.start, &[central.at]))
        {
            found.push(DefectKind::StrayRecord);
        }
        let (packed, span, extra_bytes) = match local {
            Some(local) => (local.packed, Some(local.span), local.extra_bytes),
            None => (0..0, None, 0),
        };
        for kind in found {
            self.defect(Some(&name), kind);
        }
        self.by_name.entry(name.clone()).or_insert(self.entries.len());
        self.entries.push(Entry {
            name: name.clone(),
            method: central.method,
            crc: central.crc,
            size: central.size,
            packed,
            at: central.at,
            extra_bytes,
        });
        Some((span?, name))
    }

    /// Finds overlaps, and bytes that belong to nothing.
    fn explain(&mut self, mut spans: Vec<(Range<usize>, String)>, directory: usize) {
        spans.sort_by_key(|(span, _)| (span.start, span.end));
        let mut end = 0;
        for (span, name) in spans {
            if span.start < end || span.end > directory {
                self.defect(Some(&name), DefectKind::Overlap);
            } else if span.start > end {
                self.defect(Some(&name), DefectKind::UnexplainedBytes);
            }
            end = end.max(span.end);
        }
        if end < directory {
            self.defect(None, DefectKind::UnexplainedBytes);
        }
    }
}

const ENCRYPTED: u16 = 1;
const DESCRIPTOR: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;

/// A name as file systems and programs see it that are blind for case (Windows, macOS), for how letters are composed (macOS), and
/// for dots and spaces where a name ends (Windows): they see one file where there are two.
fn as_file_systems_see(name: &str) -> String {
    let parts = name.split(['/', '\\']).map(|part| part.trim_end_matches(['.', ' ']));
    crate::text::nfc(&parts.collect::<Vec<_>>().join("/")).to_lowercase()
}

/// Whether a character turns the direction of writing, or is not shown: a name then reads as another.
fn misleads(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_unsafe(name: &str) -> bool {
    name.is_empty()
        || name.starts_with('/')
        || name.contains(|c: char| c == '\\' || c == ':' || c.is_control() || misleads(c))
        || name.trim_end_matches('/').split('/').any(|part| matches!(part, "" | "." | ".."))
}

#[cfg(test)]
pub(in crate::signature) mod tests;
