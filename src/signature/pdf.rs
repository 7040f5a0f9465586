//! Where the signatures of a PDF are, and which bytes they cover.
//!
//! Works on the bytes of the file, not on its cross-reference tables: an incremental update can hide an old signature
//! from the tables but not from the bytes. A signature is a dictionary with a `/ByteRange`, or with a `/SubFilter`
//! that is a name, so one whose range was taken out is found too, and reported with what is wrong with it.
//!
//! A defect is a value ([`Defect`]), never a missing signature. The ranges must start at 0, lie in the file, leave
//! out exactly the `/Contents` of their own dictionary, and cover the rest of that dictionary.
//!
//! Work is linear in the size of the file: two searches for a fixed text, then at most twice the file's bytes read as
//! tokens; at most [`SIGNATURES_MAX`] signatures are read, and one more entry says that there are more.
//!
//! [`signatures`] alone may miss a signature whose keys are *both* spelt through `#` escapes, and one inside an object
//! stream; [`Reading`] finds those through the form. It reads the revisions too, and says which of them a signature
//! signs, what came after it, and what evidence the file carries:
//!
//! `object` and `filter` read values, `xref` and `document` the revisions, `form` and `store` what they lead to,
//! `compare` what one revision changed, `explain` whether every byte of it is accounted for.
//! `content`, `font` and `painted` tell near enough what a page says, and where.

pub mod change;
mod compare;
mod content;
mod dictionary;
pub mod digests;
pub mod document;
mod explain;
pub mod filter;
mod font;
pub mod form;
pub mod object;
mod painted;
mod reading;
mod scan;
pub mod store;
mod string;
mod xref;

pub use digests::{Wanted, digests};
pub use reading::{
    Claims, Encryption, Extent, Holder, Moving, Pages, Presence, Reach, Reading, RevisionFact, Signature, SignatureKind,
};

use std::ops::Range;

use chrono::{DateTime, Utc};
use dictionary::{Budget, Dictionary, Twice};
use memchr::memmem;
use string::is_space;

/// Signatures read from one file. Two are usual, a dozen happens.
pub const SIGNATURES_MAX: usize = 64;
/// Places looked at; a place is where one of the two keys is written. Text may mention them without being a signature.
pub const MARKS_MAX: usize = 4096;
/// Bytes of a message authentication code around its `/ByteRange`: its token has some 1 KB, written as digits.
const MESSAGE_CODE_BYTES_MAX: usize = 16 << 10;
/// Bytes of a signature value, decoded. A signature with all its revocation lists takes some 100 KB; room of 1.5 MB was
/// met in a real file.
pub const CONTENTS_BYTES_MAX: usize = 4 << 20;

const BYTE_RANGE: &[u8] = b"/ByteRange";
const SUB_FILTER: &[u8] = b"/SubFilter";

/// What is wrong with a signature dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// No `/ByteRange`.
    #[error("the signature has no /ByteRange")]
    ByteRangeMissing,
    /// Not an array of four non-negative decimal integers.
    #[error("/ByteRange is not four non-negative integers")]
    ByteRangeMalformed,
    /// The first range does not start at byte 0.
    #[error("/ByteRange does not start at byte 0")]
    NotFromStart,
    /// The second range starts before the first ends.
    #[error("the two ranges of /ByteRange overlap")]
    Overlap,
    /// A range ends after the file.
    #[error("/ByteRange goes beyond the end of the file")]
    BeyondEnd,
    /// The gap is wider than `/Contents`: bytes beside the value are not signed.
    #[error("/ByteRange leaves a hole beside the /Contents of its dictionary")]
    Hole,
    /// The ranges leave out less or something else than `/Contents`.
    #[error("/ByteRange leaves out other bytes than the /Contents of its dictionary")]
    GapNotContents,
    /// The signature dictionary itself is not covered to its end.
    #[error("/ByteRange does not cover its own dictionary")]
    DictionaryNotCovered,
    /// `/ByteRange` or `/Contents` stands twice.
    #[error("{0} is written twice in the signature dictionary")]
    KeyTwice(&'static str),
    /// No `/Contents`.
    #[error("the signature has no /Contents")]
    ContentsMissing,
    /// `/Contents` is not a hexadecimal string.
    #[error("/Contents is not a hexadecimal string")]
    ContentsNotHex,
    /// `/Contents` is empty.
    #[error("/Contents is empty")]
    ContentsEmpty,
    /// `/Contents` holds more than [`CONTENTS_BYTES_MAX`].
    #[error("/Contents is longer than {CONTENTS_BYTES_MAX} bytes")]
    ContentsTooLong,
    /// Keys of a signature stand outside any dictionary that can be read.
    #[error("the keys of a signature stand outside any readable dictionary")]
    OutsideDictionary,
    /// The dictionary lies in an object stream, where no range can leave out its value.
    #[error("the signature dictionary lies in an object stream")]
    InObjectStream,
    /// The limits of work were reached; what follows was not read.
    #[error("more signatures, or places that look like one, than are read ({SIGNATURES_MAX}, {MARKS_MAX})")]
    TooMany,
}

/// A signature dictionary found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfSignature {
    /// Where it is written: its dictionary, or the key that gave it away. Bytes from the start of the file.
    pub at: usize,
    /// `/SubFilter`, without the slash.
    pub sub_filter: Option<String>,
    /// What it covers.
    pub byte_range: Result<ByteRange, Defect>,
    /// `/Contents`, decoded, with any padding.
    pub contents: Result<Vec<u8>, Defect>,
    /// `/M`: a claim of the software.
    pub claimed_time: Option<DateTime<Utc>>,
    /// `/Name`: a claim of the software.
    pub claimed_name: Option<String>,
    /// `/Reason`: a claim of the software.
    pub reason: Option<String>,
}

/// The bytes that a signature covers: all up to `end`, except the gap, which is exactly its `/Contents`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByteRange {
    /// Left out: `/Contents` with its delimiters.
    pub gap: Range<usize>,
    /// After the last byte covered.
    pub end: usize,
}

impl ByteRange {
    /// The covered bytes of the file it was read from, in order.
    pub fn slices<'a>(&self, file: &'a [u8]) -> [&'a [u8]; 2] {
        [&file[..self.gap.start], &file[self.gap.end..self.end]]
    }
}

/// Where the words stand that every signature dictionary has, in order; for each at most one more than is read. Both are
/// looked for in one window after the other, which the second search finds in the cache.
fn marks(file: &[u8]) -> Vec<usize> {
    const WINDOW_BYTES: usize = 128 << 10;
    let finders = [BYTE_RANGE, SUB_FILTER].map(|word| (word.len(), memmem::Finder::new(word)));
    let (mut marks, mut counts) = (Vec::new(), [0; 2]);
    for start in (0..file.len()).step_by(WINDOW_BYTES) {
        for ((length, finder), count) in finders.iter().zip(&mut counts) {
            // A word belongs to the window in which it begins.
            let end = file.len().min(start + WINDOW_BYTES + length - 1);
            let found = finder.find_iter(&file[start..end]).take(MARKS_MAX + 1 - *count);
            let before = marks.len();
            marks.extend(found.map(|at| start + at));
            *count += marks.len() - before;
        }
    }
    marks.sort_unstable();
    marks
}

/// Every signature dictionary of a file, in the order written.
pub fn signatures(file: &[u8]) -> Vec<PdfSignature> {
    let marks = marks(file);
    let mut budget = Budget(2 * file.len() + 4096);
    let mut found = Vec::new();
    // No object is looked for before `low`: backward searches never overlap, so together they are linear.
    let (mut low, mut read_to) = (0, 0);
    for (number, &mark) in marks.iter().enumerate() {
        let is_read = mark < read_to;
        if number == MARKS_MAX || (found.len() == SIGNATURES_MAX && !is_read) {
            found.push(PdfSignature::broken(mark, Defect::TooMany));
            break;
        }
        if is_read || is_message_code(file, low, mark, &mut budget) {
            continue;
        }
        let dictionary = object_before(file, low, mark)
            .and_then(|start| Dictionary::around(file, start, mark, &mut budget, is_signature));
        low = mark + 1;
        match dictionary {
            Some(dictionary) => {
                read_to = dictionary.span.end;
                low = read_to;
                found.push(PdfSignature::read(file, &dictionary));
            }
            None if budget.0 == 0 => {
                found.push(PdfSignature::broken(mark, Defect::TooMany));
                break;
            }
            None if looks_signed(&file[mark..]) => found.push(PdfSignature::broken(mark, Defect::OutsideDictionary)),
            None => {}
        }
    }
    found
}

impl PdfSignature {
    fn read(file: &[u8], dictionary: &Dictionary<'_>) -> Self {
        Self {
            at: dictionary.span.start,
            sub_filter: dictionary.name(b"SubFilter").map(|name| String::from_utf8_lossy(&name).into_owned()),
            byte_range: byte_range(file, dictionary),
            contents: contents(file, dictionary),
            claimed_time: dictionary.date(b"M"),
            claimed_name: dictionary.text(b"Name"),
            reason: dictionary.text(b"Reason"),
        }
    }

    fn broken(at: usize, defect: Defect) -> Self {
        Self {
            at,
            sub_filter: None,
            byte_range: Err(defect),
            contents: Err(defect),
            claimed_time: None,
            claimed_name: None,
            reason: None,
        }
    }
}

fn byte_range(file: &[u8], dictionary: &Dictionary<'_>) -> Result<ByteRange, Defect> {
    let span = dictionary.span_of(b"ByteRange").map_err(|Twice| Defect::KeyTwice("/ByteRange"))?;
    let [start, first, second, length] = four_integers(&file[span.ok_or(Defect::ByteRangeMissing)?])?;
    if start != 0 {
        return Err(Defect::NotFromStart);
    }
    if second < first {
        return Err(Defect::Overlap);
    }
    let end = second.checked_add(length).filter(|&end| end <= file.len()).ok_or(Defect::BeyondEnd)?;
    let gap = first..second;
    let contents = dictionary.span_of(b"Contents").map_err(|Twice| Defect::KeyTwice("/Contents"))?;
    let contents = contents.ok_or(Defect::ContentsMissing)?;
    if contents != gap {
        let is_hole = gap.start <= contents.start && contents.end <= gap.end;
        return Err(if is_hole { Defect::Hole } else { Defect::GapNotContents });
    }
    if end < dictionary.span.end {
        return Err(Defect::DictionaryNotCovered);
    }
    Ok(ByteRange { gap, end })
}

fn contents(file: &[u8], dictionary: &Dictionary<'_>) -> Result<Vec<u8>, Defect> {
    let span = dictionary.span_of(b"Contents").map_err(|Twice| Defect::KeyTwice("/Contents"))?;
    let value = &file[span.ok_or(Defect::ContentsMissing)?];
    if value.len() > 2 * CONTENTS_BYTES_MAX + 2 {
        return Err(Defect::ContentsTooLong);
    }
    match string::string(value) {
        Some(_) if value.starts_with(b"(") => Err(Defect::ContentsNotHex),
        Some(bytes) if bytes.is_empty() => Err(Defect::ContentsEmpty),
        Some(bytes) => Ok(bytes),
        None => Err(Defect::ContentsNotHex),
    }
}

/// Four integers in brackets.
fn four_integers(array: &[u8]) -> Result<[usize; 4], Defect> {
    let inside = array.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    let inside = inside.ok_or(Defect::ByteRangeMalformed)?;
    let mut words = inside.split(|&byte| is_space(byte)).filter(|word| !word.is_empty());
    let mut integers = [0; 4];
    for integer in &mut integers {
        let digits = words.next().filter(|word| word.iter().all(u8::is_ascii_digit));
        let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        *integer = number.ok_or(Defect::ByteRangeMalformed)?;
    }
    if words.next().is_some() { Err(Defect::ByteRangeMalformed) } else { Ok(integers) }
}

/// A seed value dictionary lists the sub-filters allowed in an array; a signature names its one. An encryption
/// dictionary names one of its own (ISO 32000-2 table 27).
fn is_signature(dictionary: &Dictionary<'_>) -> bool {
    let of_encryption: [&[u8]; 3] = [b"adbe.pkcs7.s3", b"adbe.pkcs7.s4", b"adbe.pkcs7.s5"];
    let names_signature = |name: &[u8]| {
        dictionary.name(b"Type").as_deref() != Some(b"SV")
            && (!of_encryption.contains(&name) || dictionary.span_of(b"Contents") != Ok(None))
    };
    dictionary.span_of(b"ByteRange") != Ok(None)
        || dictionary.name(b"SubFilter").is_some_and(|name| names_signature(&name))
}

/// Whether a `/ByteRange` is that of a message authentication code, with which encrypted files guard themselves against
/// changes (ISO/TS 32004 §5.3): no signature, and it stands in a trailer mostly.
fn is_message_code(file: &[u8], low: usize, mark: usize, budget: &mut Budget) -> bool {
    let from = low.max(mark.saturating_sub(MESSAGE_CODE_BYTES_MAX));
    let Some(open) = memmem::rfind(&file[from..mark], b"<<") else { return false };
    let is_code = |one: &Dictionary<'_>| {
        let has_none = |key: &&[u8]| one.span_of(key) == Ok(None);
        one.name(b"MACLocation").is_some() && [&b"Contents"[..], b"SubFilter", b"Filter"].iter().all(has_none)
    };
    // Most dictionaries are signatures: they are not read twice.
    let around = &file[from + open..file.len().min(mark + MESSAGE_CODE_BYTES_MAX)];
    let is_named = file[mark..].starts_with(BYTE_RANGE) && memmem::find(around, b"/MACLocation").is_some();
    is_named && Dictionary::around(file, from + open, mark, budget, is_code).is_some()
}

/// Where the last object that opens in `low..mark` has its `<<`.
fn object_before(file: &[u8], low: usize, mark: usize) -> Option<usize> {
    let mut end = mark;
    while let Some(j) = memchr::memrchr(b'j', &file[low..end]) {
        let after = low + j + 1;
        end = low + j;
        let opens = file[low..end].ends_with(b"ob") && after >= 4 && is_space(file[after - 4]);
        if opens {
            let open = after_spaces(file, after..mark);
            if file[open..].starts_with(b"<<") {
                return Some(open);
            }
        }
    }
    None
}

/// Where white space and comments end.
fn after_spaces(file: &[u8], within: Range<usize>) -> usize {
    let mut at = within.start;
    while at < within.end {
        if file[at] == b'%' {
            let line = memchr::memchr2(b'\n', b'\r', &file[at..within.end]);
            at += line.unwrap_or(within.end - at);
        } else if is_space(file[at]) {
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// Whether a key found outside any dictionary is followed by what a signature would write.
fn looks_signed(text: &[u8]) -> bool {
    let value = text[BYTE_RANGE.len().min(text.len())..].trim_ascii_start();
    if text.starts_with(BYTE_RANGE) {
        value.strip_prefix(b"[").is_some_and(|inside| inside.trim_ascii_start().first().is_some_and(u8::is_ascii_digit))
    } else {
        // Encryption for recipients names itself alike (ISO 32000-2 §7.6.5.2: adbe.pkcs7.s3, s4, s5).
        let encrypts =
            value.strip_prefix(b"/adbe.pkcs7.s").is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit));
        value.starts_with(b"/ETSI.") || value.starts_with(b"/adbe.") && !encrypts
    }
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
