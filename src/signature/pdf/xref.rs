//! One cross-reference section: a table with its trailer, or a stream (ISO 32000-2 §7.5.4, §7.5.8).
//!
//! Tolerates what real files have: white space before `xref` and before entries, entries of 19 bytes, a subsection
//! that counts from 1 where its first entry is the head of the free list. What is tolerated never changes which object
//! is meant without being said: a number listed twice with different places makes the section [`Section::is_ambiguous`].

use std::ops::Range;

use super::filter::{self, Undecoded};
use super::object::{Dict, Fault, Object, Reader, Reference, Work};

/// Entries of all sections of a file. At 24 bytes they take 24 MB; books have 100,000.
pub const ENTRIES_MAX: usize = 1_000_000;
/// Object numbers above this are not objects (ISO 32000-1 annex C gives 8,388,607).
pub const NUMBER_MAX: u64 = 8_388_607;

/// Where an object lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Nowhere: the number is free.
    Free,
    /// Written at this byte, with this generation.
    At(usize, u16),
    /// In an object stream.
    Within {
        /// Number of the object stream.
        container: u32,
        /// Place in it.
        index: u32,
    },
}

/// A cross-reference section.
#[derive(Debug)]
pub struct Section {
    /// From its first byte (`xref`, or the object number of the stream) to after its trailer.
    pub span: Range<usize>,
    /// The trailer dictionary.
    pub trailer: Dict,
    /// What it lists.
    pub entries: Vec<(u32, Entry)>,
    /// The object that it is, if a stream.
    pub stream: Option<Reference>,
    /// Whether a number is listed twice with different places, or the trailer has a key twice.
    pub is_ambiguous: bool,
    /// Whether it is written otherwise than it must be, so that some readers rebuild it.
    pub is_loose: bool,
}

/// Why a section could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// There is none at this place.
    Missing,
    /// There is one, and it is malformed.
    Malformed,
    /// A limit was reached.
    Spent,
}

impl From<Fault> for Unread {
    fn from(fault: Fault) -> Self {
        if fault == Fault::Spent { Self::Spent } else { Self::Malformed }
    }
}

impl Section {
    /// The section at `at`; offsets in it count from `base`. At most `room` entries.
    pub fn read(
        file: &[u8],
        at: usize,
        base: usize,
        room: usize,
        work: &mut Work,
        decodable: &mut usize,
    ) -> Result<Self, Unread> {
        if at >= file.len() {
            return Err(Unread::Missing);
        }
        let mut reader = Reader::new(file, at, work);
        if reader.word(b"xref")? {
            let start = reader.at - b"xref".len();
            return Self::table(&mut reader, start, base, room);
        }
        let start = reader.at;
        let Some(id) = reader.header()? else { return Err(Unread::Missing) };
        let Object::Dict(dict) = reader.value()? else { return Err(Unread::Missing) };
        if dict.name(b"Type") != Some(b"XRef") {
            return Err(Unread::Missing);
        }
        let body = stream_body(file, &mut reader, dict.integer(b"Length"))?.ok_or(Unread::Malformed)?;
        let (mut end, body_is_exact) = (body.after, body.is_exact);
        let mut reader = Reader::new(file, end, work);
        if reader.word(b"endobj")? {
            end = reader.at;
        }
        let bytes = filter::decode(&dict, &file[body.bytes], decodable)
            .map_err(|error| if error == Undecoded::TooLong { Unread::Spent } else { Unread::Malformed })?;
        let (entries, is_whole) = stream_entries(&dict, &bytes, base, room)?;
        let is_usual = filter::is_usual(&dict);
        let mut section = Self::new(start..end, dict, entries, Some(id));
        section.is_loose = !is_whole || !body_is_exact || !is_usual;
        Ok(section)
    }

    fn new(span: Range<usize>, trailer: Dict, entries: Vec<(u32, Entry)>, stream: Option<Reference>) -> Self {
        let is_ambiguous = repeats(&trailer) || has_indirect_structure(&trailer);
        let mut section = Self { span, is_ambiguous, is_loose: false, trailer, entries, stream };
        // Stable: of two equal numbers the first stays first.
        if !section.entries.is_sorted_by_key(|&(number, _)| number) {
            section.entries.sort_by_key(|&(number, _)| number);
        }
        let pairs = section.entries.windows(2);
        section.is_ambiguous |= pairs.into_iter().any(|pair| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1);
        section.entries.dedup_by_key(|&mut (number, _)| number);
        section
    }

    fn table(reader: &mut Reader<'_, '_>, start: usize, base: usize, room: usize) -> Result<Self, Unread> {
        let mut entries = Vec::new();
        let mut is_exact = is_plain_table(reader.rest());
        while !reader.word(b"trailer")? {
            let (first, count) = reader.unsigned()?.zip(reader.unsigned()?).ok_or(Unread::Malformed)?;
            if first.checked_add(count).is_none_or(|end| end > NUMBER_MAX + 1) {
                return Err(Unread::Malformed);
            }
            let mut number = first as u32;
            for index in 0..count {
                let (offset, generation) = reader.unsigned()?.zip(reader.unsigned()?).ok_or(Unread::Malformed)?;
                let entry = if reader.word(b"n")? {
                    // The head of the free list: readers that find another object there rebuild the tables.
                    is_exact &= number != 0;
                    // Some software lists what it dropped as in use at 0.
                    if offset == 0 { Entry::Free } else { place(offset, generation, base)? }
                } else if reader.word(b"f")? {
                    if index == 0 && first == 1 {
                        // Some readers take any free row here for the head of the free list, others count as it is written.
                        is_exact = false;
                        number = if offset == 0 && generation == 65535 { 0 } else { number };
                    }
                    Entry::Free
                } else {
                    return Err(Unread::Malformed);
                };
                if entries.len() == room {
                    return Err(Unread::Spent);
                }
                entries.push((number, entry));
                number += 1;
            }
        }
        let Object::Dict(trailer) = reader.value()? else { return Err(Unread::Malformed) };
        let mut section = Self::new(start..reader.at, trailer, entries, None);
        section.is_loose = !is_exact;
        Ok(section)
    }
}

/// Bytes of a row of a table (ISO 32000-2 §7.5.4).
const ROW_BYTES: usize = 20;

/// Whether a table is written as the standard has it, from behind `xref` to `trailer`: each head and row on a line of its own.
/// Readers count on it, and those that find it otherwise rebuild the tables out of whatever stands in the file.
fn is_plain_table(bytes: &[u8]) -> bool {
    let mut rest = line_end(bytes);
    while let Some(head) = rest.filter(|rest| !rest.starts_with(b"trailer")) {
        let number = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let first = number(head);
        let Some(after) = head.get(first..).and_then(|rest| rest.strip_prefix(b" ")) else { return false };
        let digits = number(after);
        let count = std::str::from_utf8(&after[..digits]).ok().and_then(|digits| digits.parse::<usize>().ok());
        let rows = line_end(&after[digits..]);
        let Some(((count, rows), true)) = count.zip(rows).zip(Some(first > 0)) else { return false };
        let Some((own, behind)) = count.checked_mul(ROW_BYTES).and_then(|bytes| rows.split_at_checked(bytes)) else {
            return false;
        };
        if !own.chunks(ROW_BYTES).all(is_row) {
            return false;
        }
        rest = Some(behind);
    }
    rest.is_some()
}

/// What stands on the next line; `None` where this one has more on it than spaces.
fn line_end(bytes: &[u8]) -> Option<&[u8]> {
    let rest = &bytes[bytes.iter().take_while(|&&byte| byte == b' ').count()..];
    rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).or_else(|| rest.strip_prefix(b"\r"))
}

/// Whether a row of a table begins here.
fn is_row(bytes: &[u8]) -> bool {
    let Some(row) = bytes.get(..ROW_BYTES) else { return false };
    let is_number = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    let ends = [&b" \r"[..], b" \n", b"\r\n"];
    is_number(&row[..10])
        && row[10] == b' '
        && is_number(&row[11..16])
        && row[16] == b' '
        && matches!(row[17], b'n' | b'f')
        && ends.contains(&&row[18..])
}

fn place(offset: u64, generation: u64, base: usize) -> Result<Entry, Unread> {
    let offset = usize::try_from(offset).ok().and_then(|offset| offset.checked_add(base));
    let generation = u16::try_from(generation).unwrap_or(u16::MAX);
    offset.map(|offset| Entry::At(offset, generation)).ok_or(Unread::Malformed)
}

/// What a cross-reference stream lists, and whether it has as many rows as it says.
fn stream_entries(dict: &Dict, bytes: &[u8], base: usize, room: usize) -> Result<(Vec<(u32, Entry)>, bool), Unread> {
    let unsigned = |value: &Object| value.integer().and_then(|value| u64::try_from(value).ok());
    let widths = dict.get(b"W").and_then(Object::array).unwrap_or_default().iter();
    let widths: Option<Vec<usize>> = widths.map(|width| usize::try_from(unsigned(width)?).ok()).collect();
    let widths = widths.ok_or(Unread::Malformed)?;
    let [kind_bytes, second_bytes, third_bytes] = widths[..] else { return Err(Unread::Malformed) };
    if widths.iter().any(|&width| width > 8) || second_bytes == 0 {
        return Err(Unread::Malformed);
    }
    let size = dict.get(b"Size").and_then(unsigned).ok_or(Unread::Malformed)?;
    let index: Vec<u64> = match dict.get(b"Index") {
        None | Some(Object::Null) => vec![0, size],
        Some(Object::Array(numbers)) => numbers.iter().map(|n| unsigned(n).unwrap_or(u64::MAX)).collect(),
        Some(_) => return Err(Unread::Malformed),
    };
    let mut rows = bytes.chunks_exact(kind_bytes + second_bytes + third_bytes);
    let mut entries = Vec::new();
    let mut is_known = kind_bytes <= 2 && third_bytes <= 4;
    for pair in index.chunks(2) {
        let &[first, count] = pair else { return Err(Unread::Malformed) };
        if first.checked_add(count).is_none_or(|end| end > NUMBER_MAX + 1) {
            return Err(Unread::Malformed);
        }
        for number in first..first + count {
            // A table shorter than it says lists what it has; the rest is not there.
            let Some(row) = rows.next() else { return Ok((entries, false)) };
            let field =
                |from: usize, width: usize| row[from..from + width].iter().fold(0, |v, &b| v << 8 | u64::from(b));
            let kind = if kind_bytes == 0 { 1 } else { field(0, kind_bytes) };
            let (second, third) = (field(kind_bytes, second_bytes), field(kind_bytes + second_bytes, third_bytes));
            // Some readers rebuild the tables when they meet others.
            is_known &= match kind {
                _ if kind != 0 && number == 0 => false,
                0 => second <= NUMBER_MAX && third <= u64::from(u16::MAX),
                1 => third <= u64::from(u16::MAX),
                _ => kind == 2 && second <= NUMBER_MAX && third <= NUMBER_MAX,
            };
            let entry = match kind {
                1 if second == 0 => Entry::Free,
                1 => place(second, third, base)?,
                2 if second <= NUMBER_MAX && third <= NUMBER_MAX => {
                    Entry::Within { container: second as u32, index: third as u32 }
                }
                // Free; other kinds are references to null (ISO 32000-2 table 18).
                _ => Entry::Free,
            };
            if entries.len() == room {
                return Err(Unread::Spent);
            }
            entries.push((number as u32, entry));
        }
    }
    let is_whole = is_known && rows.next().is_none() && rows.remainder().is_empty();
    Ok((entries, is_whole))
}

/// Keys of a trailer or cross-reference stream that describe the file, not the document.
pub fn is_structural(key: &[u8]) -> bool {
    let of_trailer: [&[u8]; 4] = [b"Size", b"Prev", b"XRefStm", b"ID"];
    let of_stream: [&[u8]; 6] = [b"Type", b"W", b"Index", b"Length", b"Filter", b"DecodeParms"];
    of_trailer.contains(&key) || of_stream.contains(&key)
}

/// Whether what says how the tables are read stands elsewhere, where a later revision could change it.
fn has_indirect_structure(trailer: &Dict) -> bool {
    let mut is_indirect = false;
    for (_, value) in trailer.entries.iter().filter(|(key, _)| is_structural(key) && **key != *b"ID") {
        value.references(b"", &mut |_, _| is_indirect = true);
    }
    is_indirect
}

fn repeats(trailer: &Dict) -> bool {
    trailer.repeats() || trailer.entries.iter().any(|(_, value)| value.repeats())
}

/// Where the bytes of a stream lie.
#[derive(Debug)]
pub struct Body {
    /// The encoded bytes.
    pub bytes: Range<usize>,
    /// After `endstream`.
    pub after: usize,
    /// Whether `/Length` leads exactly to `endstream` and the stream opens as it must.
    pub is_exact: bool,
}

/// Bytes of line ends between a stream and `endstream`: two lines.
const LINE_ENDS_MAX: usize = 4;

/// The stream whose dictionary was just read; `None` if no `stream` follows.
pub fn stream_body(file: &[u8], reader: &mut Reader<'_, '_>, length: Option<i64>) -> Result<Option<Body>, Fault> {
    if !reader.word(b"stream")? {
        return Ok(None);
    }
    let (start, opens_well) = match file[reader.at..] {
        [b'\r', b'\n', ..] => (reader.at + 2, true),
        [b'\n', ..] => (reader.at + 1, true),
        [b'\r', ..] => (reader.at + 1, false),
        _ => (reader.at, false),
    };
    let stated = length.and_then(|length| usize::try_from(length).ok()).and_then(|length| start.checked_add(length));
    if let Some(end) = stated.filter(|&end| end <= file.len()) {
        // Some software writes one line end more than it counts.
        let eol = file[end..].iter().take(LINE_ENDS_MAX).take_while(|byte| b"\r\n".contains(byte)).count();
        if file[end + eol..].starts_with(b"endstream") {
            let after = end + eol + b"endstream".len();
            return Ok(Some(Body { bytes: start..end, after, is_exact: opens_well }));
        }
    }
    // A wrong length: the stream ends where `endstream` stands.
    let window = &file[start..];
    let found = memchr::memmem::find(window, b"endstream");
    reader.spend(found.unwrap_or(window.len()))?;
    let end = start + found.ok_or(Fault::Malformed)?;
    let bytes = match file[start..end] {
        [.., b'\r', b'\n'] => start..end - 2,
        [.., b'\n' | b'\r'] => start..end - 1,
        _ => start..end,
    };
    Ok(Some(Body { bytes, after: end + b"endstream".len(), is_exact: false }))
}
