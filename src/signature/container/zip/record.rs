//! The records of a ZIP file as they are written: end of the directory, directory entries, local headers (APPNOTE
//! 6.3 §4.3). Where a local header says other than the directory, that is found here; what it means is not asked.

use std::ops::Range;

use super::{DESCRIPTOR, DefectKind, Error, Method, UTF8};

const END_BYTES: usize = 22;
const LOCATOR_BYTES: usize = 20;
const CENTRAL_BYTES: usize = 46;
const LOCAL_BYTES: usize = 30;

/// The end of the directory.
pub(super) struct End {
    pub directory: Range<usize>,
    pub count: u64,
    pub comment: bool,
    /// Where its records begin: one, or with ZIP64 three.
    pub records: Vec<usize>,
}

impl End {
    pub fn find(bytes: &[u8]) -> Result<Self, Error> {
        let last = bytes.len().checked_sub(END_BYTES).ok_or(Error::NotZip("too short"))?;
        let first = last.saturating_sub(usize::from(u16::MAX));
        // The record whose comment ends where the file does; nothing follows it.
        let at = (first..=last).rev().find(|&at| {
            bytes[at..].starts_with(b"PK\x05\x06") && u16_at(bytes, at + 20).map(usize::from) == Some(last - at)
        });
        let at = at.ok_or(Error::NotZip("no end of the directory"))?;
        let field = |offset| u64::from(u32_at(bytes, at + offset).unwrap_or(0));
        let (mut size, mut offset) = (field(12), field(16));
        let mut count = u64::from(u16_at(bytes, at + 10).unwrap_or(0));
        let mut end = at;
        let is_whole = u16_at(bytes, at + 8) == u16_at(bytes, at + 10);
        if u16_at(bytes, at + 4) != Some(0) || u16_at(bytes, at + 6) != Some(0) || !is_whole {
            return Err(Error::NotZip("several disks"));
        }
        let mut records = vec![at];
        let is_long = size == u64::from(u32::MAX) || offset == u64::from(u32::MAX) || count == u64::from(u16::MAX);
        // Some readers follow a locator wherever one stands, needed or not.
        let locator = at.checked_sub(LOCATOR_BYTES).filter(|&locator| bytes[locator..].starts_with(b"PK\x06\x07"));
        if let Some(locator) = locator {
            let record = u64_at(bytes, locator + 8).and_then(|record| usize::try_from(record).ok());
            let record = record.filter(|&record| bytes.get(record..).is_some_and(|at| at.starts_with(b"PK\x06\x06")));
            let record = record.ok_or(Error::NotZip("no ZIP64 end of the directory"))?;
            let long = |offset| u64_at(bytes, record + offset).ok_or(Error::NotZip("a short ZIP64 record"));
            let agrees = |short: u64, unsaid: u64, long: u64| short == long || short == unsaid;
            if !agrees(count, u64::from(u16::MAX), long(32)?)
                || !agrees(size, u64::from(u32::MAX), long(40)?)
                || !agrees(offset, u64::from(u32::MAX), long(48)?)
                || long(24)? != long(32)?
                || usize::try_from(long(4)?).ok().and_then(|rest| record.checked_add(12)?.checked_add(rest))
                    != Some(locator)
            {
                return Err(Error::NotZip("two ends of the directory that say different things"));
            }
            (count, size, offset) = (long(32)?, long(40)?, long(48)?);
            end = record;
            records.extend([record, locator]);
        } else if is_long {
            return Err(Error::NotZip("no ZIP64 locator"));
        }
        let start = usize::try_from(offset).ok().filter(|&start| start <= end);
        let start = start.ok_or(Error::NotZip("the directory is not where it is said to be"))?;
        if end - start != usize::try_from(size).unwrap_or(usize::MAX) {
            return Err(Error::NotZip("the directory does not end at its end record"));
        }
        Ok(Self { directory: start..end, count, comment: at != last, records })
    }
}

/// An entry of the directory.
pub(super) struct Central {
    pub name: String,
    /// Where the name stands.
    pub name_span: Range<usize>,
    pub utf8: bool,
    /// Whether its extra field gives it another name.
    pub renamed: bool,
    /// Whether it bears a comment.
    pub comment: bool,
    /// Whether its attributes call it a symbolic link.
    pub is_link: bool,
    pub flags: u16,
    pub method: Method,
    pub method_number: u16,
    pub crc: u32,
    pub packed: u64,
    pub size: u64,
    pub at: usize,
    pub end: usize,
}

impl Central {
    pub fn read(bytes: &[u8], at: usize) -> Result<Self, Error> {
        let bad = Error::NotZip("a directory entry is not readable");
        if !bytes[at..].starts_with(b"PK\x01\x02") || bytes.len() < at + CENTRAL_BYTES {
            return Err(bad);
        }
        let short = |offset| u16_at(bytes, at + offset).unwrap_or(0);
        let long = |offset| u32_at(bytes, at + offset).unwrap_or(0);
        let name_end = at + CENTRAL_BYTES + usize::from(short(28));
        let extra_end = name_end + usize::from(short(30));
        let end = extra_end + usize::from(short(32));
        let (Some(name), Some(extra), true) =
            (bytes.get(at + CENTRAL_BYTES..name_end), bytes.get(name_end..extra_end), end <= bytes.len())
        else {
            return Err(bad);
        };
        let mut sizes = [u64::from(long(24)), u64::from(long(20)), u64::from(long(42))];
        widen(&mut sizes, extra);
        let [size, packed, offset] = sizes;
        let flags = short(8);
        let decoded = std::str::from_utf8(name);
        let utf8 = decoded.is_ok() && (flags & UTF8 != 0 || name.is_ascii());
        let name_read = decoded.map_or_else(|_| name.iter().map(|&byte| of_page_437(byte)).collect(), str::to_owned);
        Ok(Self {
            renamed: names_another(extra, &name_read),
            comment: end > extra_end || has_unicode_comment(extra),
            is_link: (long(38) >> 16) & FILE_TYPE == LINK,
            name: name_read,
            name_span: at + CENTRAL_BYTES..at + CENTRAL_BYTES + name.len(),
            utf8,
            flags,
            method: method(short(10)),
            method_number: short(10),
            crc: long(16),
            packed,
            size,
            at: usize::try_from(offset).map_err(|_| bad)?,
            end,
        })
    }
}

/// Whether the mark of a record stands in `bytes[range]` elsewhere than at `known`, which are sorted: there are programs that
/// search for records, and begin there.
pub(super) fn has_stray_mark(bytes: &[u8], range: Range<usize>, known: &[usize]) -> bool {
    let start = range.start;
    let mut marks = memchr::memmem::find_iter(&bytes[range], b"PK").map(|at| start + at);
    marks.any(|at| {
        bytes.get(at + 2..at + 4).is_some_and(|kind| MARKS.contains(&kind)) && known.binary_search(&at).is_err()
    })
}

/// What follows `PK`: a local header, a directory entry, the end of the directory, its ZIP64 record and locator.
const MARKS: [&[u8]; 5] = [b"\x03\x04", b"\x01\x02", b"\x05\x06", b"\x06\x06", b"\x06\x07"];

fn method(number: u16) -> Method {
    match number {
        0 => Method::Stored,
        8 => Method::Deflated,
        other => Method::Other(other),
    }
}

/// Replaces the sizes that are `ffffffff` by those of the ZIP64 extra field, in its order.
fn widen(sizes: &mut [u64], extra: &[u8]) {
    let mut rest = extra;
    while let (Some(kind), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        let Some(field) = rest.get(4..4 + usize::from(length)) else { return };
        if kind == 1 {
            let wide = sizes.iter_mut().filter(|size| **size == u64::from(u32::MAX));
            for (number, size) in wide.enumerate() {
                if let Some(value) = u64_at(field, 8 * number) {
                    *size = value;
                }
            }
            return;
        }
        rest = &rest[4 + usize::from(length)..];
    }
}

/// What a file is, in the upper half of its external attributes (APPNOTE §4.4.15, as Unix has its modes).
const FILE_TYPE: u32 = 0o170_000;
/// A symbolic link.
const LINK: u32 = 0o120_000;

/// Info-ZIP's Unicode Path.
const UNICODE_PATH: u16 = 0x7075;
/// Xceed's Unicode name.
const UNICODE_NAME: u16 = 0x554e;

/// Info-ZIP's Unicode Comment.
const UNICODE_COMMENT: u16 = 0x6375;

/// Whether an extra field is a comment (APPNOTE §4.6.8).
fn has_unicode_comment(extra: &[u8]) -> bool {
    let mut rest = extra;
    while let (Some(kind), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        if kind == UNICODE_COMMENT {
            return true;
        }
        rest = rest.get(4 + usize::from(length)..).unwrap_or_default();
    }
    false
}

/// Whether an extra field gives an entry another name, as programs show it that know Info-ZIP's Unicode Path (APPNOTE
/// §4.6.9) or Xceed's field (§4.6.1).
fn names_another(extra: &[u8], name: &str) -> bool {
    let mut rest = extra;
    while let (Some(kind), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        // One that is cut off is read by some as far as it goes.
        let Some(field) = rest.get(4..4 + usize::from(length)) else {
            return matches!(kind, UNICODE_PATH | UNICODE_NAME);
        };
        // Version, check sum of the name in the header, name.
        if kind == UNICODE_PATH && field.get(5..) != Some(name.as_bytes()) {
            return true;
        }
        if kind == UNICODE_NAME && !has_name(field, name) {
            return true;
        }
        rest = &rest[4 + usize::from(length)..];
    }
    false
}

/// Whether Xceed's field has this name: its mark, the length in units, in a directory the length of the comment, the units.
fn has_name(field: &[u8], name: &str) -> bool {
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u16_at(field, 4).map(|length| 2 * usize::from(length));
    let follows = |at| field.get(at..).is_some_and(|rest: &[u8]| rest.starts_with(&units));
    length == Some(units.len()) && (follows(6) || follows(8))
}

/// A local header that agrees with its directory entry as far as said.
pub(super) struct Local {
    pub packed: Range<usize>,
    /// Header, packed bytes and data descriptor.
    pub span: Range<usize>,
    pub extra_bytes: usize,
}

impl Local {
    pub fn read(bytes: &[u8], central: &Central, found: &mut Vec<DefectKind>) -> Option<Self> {
        let at = central.at;
        let header = at.checked_add(LOCAL_BYTES).and_then(|end| bytes.get(at..end));
        let Some(header) = header.filter(|header| header.starts_with(b"PK\x03\x04")) else {
            found.push(DefectKind::NoLocalHeader);
            return None;
        };
        let short = |offset| u16_at(header, offset).unwrap_or(0);
        let long = |offset| u32_at(header, offset).unwrap_or(0);
        let name_end = at + LOCAL_BYTES + usize::from(short(26));
        let start = name_end + usize::from(short(28));
        let end = usize::try_from(central.packed).ok().and_then(|packed| start.checked_add(packed));
        let (Some(name), Some(extra), Some(end)) =
            (bytes.get(at + LOCAL_BYTES..name_end), bytes.get(name_end..start), end.filter(|&end| end <= bytes.len()))
        else {
            found.push(DefectKind::NoLocalHeader);
            return None;
        };
        let renamed = central.renamed || names_another(extra, &central.name);
        if renamed || bytes.get(central.name_span.clone()) != Some(name) {
            found.push(DefectKind::NameDiffers);
        }
        if short(8) != central.method_number || short(6) != central.flags {
            found.push(DefectKind::MethodDiffers);
        }
        let mut sizes = [u64::from(long(22)), u64::from(long(18))];
        widen(&mut sizes, extra);
        let described = central.flags & DESCRIPTOR != 0;
        // With a data descriptor the header may leave any of the three at zero (§4.4.4, bit 3): what was not known yet
        // when it was written. What it does say must be so: it is what readers that go from header to header take.
        let differs = |said: u64, authority: u64| said != authority && !(described && said == 0);
        if differs(sizes[0], central.size) || differs(sizes[1], central.packed) {
            found.push(DefectKind::SizeDiffers);
        }
        if differs(u64::from(long(14)), u64::from(central.crc)) {
            found.push(DefectKind::CheckSumDiffers);
        }
        let descriptor = if described { descriptor(&bytes[end..], central, found) } else { 0 };
        Some(Self { packed: start..end, span: at..end + descriptor, extra_bytes: extra.len() })
    }
}

/// Length of the data descriptor, compared with the directory.
fn descriptor(after: &[u8], central: &Central, found: &mut Vec<DefectKind>) -> usize {
    let marked = if after.starts_with(b"PK\x07\x08") { 4 } else { 0 };
    let crc = u32_at(after, marked);
    let short = [4, 8].map(|offset| u32_at(after, marked + offset).map(u64::from));
    let long = [4, 12].map(|offset| u64_at(after, marked + offset));
    let expected = [Some(central.packed), Some(central.size)];
    if crc != Some(central.crc) {
        found.push(DefectKind::CheckSumDiffers);
    }
    if short == expected {
        marked + 12
    } else if long == expected {
        marked + 20
    } else {
        found.push(DefectKind::SizeDiffers);
        marked + 12
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// A character of code page 437, which names are in that are not said to be UTF-8 (APPNOTE appendix D).
fn of_page_437(byte: u8) -> char {
    const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε\
        ∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    let upper = byte.checked_sub(0x80).and_then(|at| UPPER.chars().nth(usize::from(at)));
    upper.unwrap_or(char::from(byte))
}
