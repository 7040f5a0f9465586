//! Which kind of file this is, by its first bytes and its structure, and the bytes inside its armour.
//!
//! Extensions say little: `.p7s` has been a detached signature, an enveloping one, PEM and bare base64; `.tst` a
//! token and an answer with a token. What cannot be told is [`Kind::Unknown`], never a guess.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::signature::der::{self, Element, tag};
use crate::signature::oid;

/// Base64 as mail and PEM have it: padding may be missing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// What armour says that it holds, as software writes it around signed data; any other label is somebody's words.
const LABELS: [&str; 6] = ["PKCS7", "CMS", "PKCS #7 SIGNED DATA", "PKCS #7", "SIGNATURE", "CERTIFICATE"];
/// Text before the first armour line that is looked at: explanations, mail headers.
const PREAMBLE_BYTES_MAX: usize = 64 << 10;
/// Longest text that is decoded, bytes: the text, what it says and the copy that is read make thrice its length in memory.
pub const ARMOURED_BYTES_MAX: usize = 128 << 20;

/// Longest armoured text that is decoded only to see what it is, bytes: it may lie in a file that fills what memory there is.
const LOOKED_AT_BYTES_MAX: usize = 16 << 20;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Signed data without content: a detached signature; the document is another file (`.p7s`).
    Detached,
    /// Signed data around its content (`.p7m`, `.p7s`).
    Enveloping,
    /// Signed data without signers: a bag of certificates (`.p7b`).
    Certificates,
    /// A time-stamp token (`.tst`).
    TimeStampToken,
    /// An authority's answer, with or without a token (`.tsr`).
    TimeStampResponse,
    /// A request to an authority (`.tsq`).
    TimeStampRequest,
    /// An evidence record of RFC 4998 (`.ers`).
    EvidenceRecord,
    /// CMS of another content type, such as enveloped (encrypted) data.
    OtherCms,
    /// None of these.
    Unknown,
}

impl Kind {
    /// Whether it is CMS signed data with signers: a signature of a document.
    pub const fn is_signed_data(self) -> bool {
        matches!(self, Self::Detached | Self::Enveloping)
    }
}

/// Whether a file is the signature of a document, in armour or not; of what is long and in armour it is not asked whether it
/// is one.
pub fn may_be_signed_data(file: &[u8]) -> bool {
    let is_long = || file.len() > LOOKED_AT_BYTES_MAX && (armour(file).is_some() || may_be_structure(file));
    is_long() || kind(&dearmoured(file)).is_signed_data()
}

/// The binary structure in `file`: taken out of PEM armour or bare base64, or the file itself. Text that can't be such is
/// not copied.
pub fn dearmoured(file: &[u8]) -> Cow<'_, [u8]> {
    if file.first() == Some(&tag::SEQUENCE) && der::read(file).is_ok() {
        return Cow::Borrowed(file);
    }
    let text = armoured(file).unwrap_or(file);
    if !may_be_structure(text) {
        return Cow::Borrowed(file);
    }
    let packed: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    match BASE64.decode(&packed) {
        Ok(bytes) if bytes.first() == Some(&tag::SEQUENCE) => Cow::Owned(bytes),
        _ => Cow::Borrowed(file),
    }
}

/// Whether text may be base64 of a SEQUENCE: its first byte makes the first character and half of the second.
fn may_be_structure(text: &[u8]) -> bool {
    let mut characters = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    text.len() <= ARMOURED_BYTES_MAX
        && characters.next() == Some(&b'M')
        && characters.next().is_some_and(|second| (b'A'..=b'P').contains(second))
}

/// The kind of a structure out of [`dearmoured`].
pub fn kind(bytes: &[u8]) -> Kind {
    let Ok((outer, _)) = der::read(bytes) else { return Kind::Unknown };
    if outer.tag != tag::SEQUENCE {
        return Kind::Unknown;
    }
    let mut parts = outer.children();
    let (Ok(Some(first)), second) = (parts.next_element(), parts.next_element()) else { return Kind::Unknown };
    let second = second.ok().flatten();
    match (first.tag, second.map(|second| second.tag)) {
        (tag::OID, Some(0xa0)) if first.content == oid::SIGNED_DATA => signed_data(second).unwrap_or(Kind::Unknown),
        (tag::OID, Some(0xa0)) if is_cms(first.content) => Kind::OtherCms,
        // An evidence record: version 1, then a list of digest algorithms. A request: version 1, then its imprint.
        (tag::INTEGER, Some(tag::SEQUENCE)) if first.content == [1] => versioned(second, parts),
        (tag::SEQUENCE, next) => response(&first, next),
        _ => Kind::Unknown,
    }
}

fn signed_data(explicit: Option<Element<'_>>) -> Option<Kind> {
    let mut body = explicit?.children().expect(tag::SEQUENCE).ok()?.children();
    body.expect(tag::INTEGER).ok()?;
    body.expect(tag::SET).ok()?;
    let mut content = body.expect(tag::SEQUENCE).ok()?.children();
    let content_type = content.expect(tag::OID).ok()?.content;
    let has_content = content.next_element().ok()?.is_some();
    let signers = body.filter_map(Result::ok).last().filter(|last| last.tag == tag::SET)?;
    let has_signers = signers.children().next_element().ok()?.is_some();
    Some(match (content_type, has_content, has_signers) {
        (oid::TST_INFO, true, _) => Kind::TimeStampToken,
        (_, _, false) => Kind::Certificates,
        (_, true, true) => Kind::Enveloping,
        (_, false, true) => Kind::Detached,
    })
}

fn versioned(second: Option<Element<'_>>, mut rest: der::Reader<'_>) -> Kind {
    let first_inside = second.and_then(|second| second.children().next_element().ok().flatten());
    let Some(inside) = first_inside.filter(|inside| inside.tag == tag::SEQUENCE) else { return Kind::Unknown };
    let names_algorithm = inside.children().expect(tag::OID).is_ok();
    let is_imprint = second.is_some_and(|second| {
        let mut parts = second.children();
        parts.next_element().is_ok() && parts.expect(tag::OCTET_STRING).is_ok()
    });
    match (names_algorithm, is_imprint, rest.next_element()) {
        (true, true, _) => Kind::TimeStampRequest,
        (true, false, Ok(Some(next))) if matches!(next.tag, tag::SEQUENCE | 0xa0 | 0xa1) => Kind::EvidenceRecord,
        _ => Kind::Unknown,
    }
}

/// TimeStampResp ::= SEQUENCE { SEQUENCE { INTEGER, … }, ContentInfo OPTIONAL }.
fn response(status: &Element<'_>, next: Option<u8>) -> Kind {
    let number = status.children().expect(tag::INTEGER);
    match (number.map(|number| number.content), next) {
        (Ok([0..=5]), None | Some(tag::SEQUENCE)) => Kind::TimeStampResponse,
        _ => Kind::Unknown,
    }
}

fn is_cms(kind: &[u8]) -> bool {
    // 1.2.840.113549.1.7.x, and 1.2.840.113549.1.9.16.1.x
    kind.starts_with(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7])
        || kind.starts_with(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1])
}

/// What stands between the first `-----BEGIN …-----` and the next `-----END`.
fn armoured(file: &[u8]) -> Option<&[u8]> {
    let (begin, end) = armour(file)?;
    let line_end = begin + memchr::memchr(b'\n', &file[begin..])?;
    Some(&file[line_end..end])
}

/// Where the armour begins, and where its last line.
fn armour(file: &[u8]) -> Option<(usize, usize)> {
    let head = &file[..file.len().min(PREAMBLE_BYTES_MAX)];
    let begin = memchr::memmem::find(head, b"-----BEGIN ")?;
    Some((begin, begin + memchr::memmem::find(&file[begin..], b"-----END ")?))
}

/// Whether anything but white space stands before, behind or in the lines of the armour: nobody signed it, and it may be what a
/// reader is shown of the file.
pub fn stands_beside_armour(file: &[u8]) -> bool {
    let Some((begin, end)) = armour(file) else { return false };
    let line = |from: usize| memchr::memchr(b'\n', &file[from..]).map_or(file.len(), |length| from + length);
    let is_line = |from: usize, mark: &str| {
        let written = file[from..line(from)].trim_ascii_end();
        LABELS.iter().any(|label| written == format!("-----{mark} {label}-----").as_bytes())
    };
    !is_line(begin, "BEGIN")
        || !is_line(end, "END")
        || !file[..begin].trim_ascii().is_empty()
        || !file[line(end)..].trim_ascii().is_empty()
}
