//! From bytes to characters (XML 1.0 §4.3.3 and appendix F): byte order mark, else declared encoding, else UTF-8.
//!
//! Digests are made over canonical forms, which are UTF-8 whatever the document was written in: so decoding decides
//! what was signed, and nothing is guessed or replaced. Bytes that are not in the encoding named are an error, and so
//! is a declaration that contradicts the bytes: two readers could take such a document for two.

use std::borrow::Cow;

use memchr::memmem;

use super::{BYTES_MAX, Error};

/// Bytes at the beginning within which a declaration ends; a long one has 60 characters.
const DECLARATION_BYTES_MAX: usize = 400;
/// What Windows-1252 has from 0x80 to 0x9f, as the Encoding Standard of WHATWG maps it; NUL where it has nothing.
const WINDOWS_1252: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// How the bytes of a document are told to be characters before its declaration is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// One that has ASCII as it is.
    Ascii,
    Utf16Le,
    Utf16Be,
}

/// The characters of an XML document, at most [`BYTES_MAX`] bytes before and after.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    if bytes.len() > BYTES_MAX {
        return Err(Error::Limit("bytes"));
    }
    let (family, has_mark, rest) = family(bytes);
    let text = match family {
        Family::Utf16Le => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        Family::Utf16Be => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        Family::Ascii => ascii(rest, has_mark)?,
    };
    if family != Family::Ascii
        && let Some(name) = declared(&text)
    {
        let other_order = if family == Family::Utf16Le { "UTF-16BE" } else { "UTF-16LE" };
        let upper = name.to_ascii_uppercase();
        if !upper.starts_with("UTF-16") || upper == other_order {
            return Err(Error::Encoding(name));
        }
    }
    if text.len() > BYTES_MAX { Err(Error::Limit("bytes")) } else { Ok(text) }
}

/// Whether bytes begin as XML does, in any encoding that is read, after white space too.
pub fn is_markup(bytes: &[u8]) -> bool {
    let (family, _, rest) = family(bytes);
    let is_space = |unit: &[u8]| match (family, unit) {
        (Family::Utf16Le, [byte, 0]) | (Family::Utf16Be, [0, byte]) | (Family::Ascii, [byte]) => {
            byte.is_ascii_whitespace()
        }
        _ => false,
    };
    let mut units = rest.chunks(if family == Family::Ascii { 1 } else { 2 }).skip_while(|unit| is_space(unit));
    units.next().is_some_and(|unit| unit.contains(&b'<') && unit.iter().all(|&byte| byte == b'<' || byte == 0))
}

/// The family, whether a byte order mark says so, and the bytes after it.
fn family(bytes: &[u8]) -> (Family, bool, &[u8]) {
    match bytes {
        [0xfe, 0xff, rest @ ..] => (Family::Utf16Be, true, rest),
        [0xff, 0xfe, rest @ ..] => (Family::Utf16Le, true, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => (Family::Ascii, true, rest),
        // Without a mark: a first character of markup or white space tells.
        [0, b'<' | b' ' | b'\t' | b'\r' | b'\n', 0, ..] => (Family::Utf16Be, false, bytes),
        [b'<' | b' ' | b'\t' | b'\r' | b'\n', 0, _, 0, ..] => (Family::Utf16Le, false, bytes),
        _ => (Family::Ascii, false, bytes),
    }
}

fn utf16(units: &[u8], read: fn([u8; 2]) -> u16) -> Result<String, Error> {
    // Half a unit at the end is a surrogate alone: no character.
    let pairs = units.chunks(2).map(|pair| pair.try_into().map_or(0xd800, read));
    char::decode_utf16(pairs).collect::<Result<String, _>>().map_err(|_| Error::Encoding("UTF-16".into()))
}

fn ascii(bytes: &[u8], has_mark: bool) -> Result<Cow<'_, str>, Error> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    // What is beyond ASCII in there is no part of a name.
    let name = declared(&String::from_utf8_lossy(head)).unwrap_or_else(|| "UTF-8".into());
    let upper = name.to_ascii_uppercase();
    match upper.as_str() {
        "UTF-8" | "UTF8" | "US-ASCII" | "ASCII" => {
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| Error::Encoding(name))
        }
        _ if has_mark => Err(Error::Encoding(name)),
        "ISO-8859-1" | "ISO_8859-1" | "LATIN1" | "L1" => {
            Ok(Cow::Owned(bytes.iter().copied().map(char::from).collect()))
        }
        "WINDOWS-1252" | "CP1252" => {
            let decoded = bytes.iter().map(|&byte| match byte {
                0x80..0xa0 => Some(WINDOWS_1252[usize::from(byte - 0x80)]).filter(|&one| one != '\0'),
                _ => Some(char::from(byte)),
            });
            decoded.collect::<Option<String>>().map(Cow::Owned).ok_or(Error::Encoding(name))
        }
        _ => Err(Error::Encoding(name)),
    }
}

/// The encoding that an XML declaration names.
fn declared(text: &str) -> Option<String> {
    let head = text.strip_prefix("<?xml")?;
    let head = &head.as_bytes()[..head.len().min(DECLARATION_BYTES_MAX)];
    let head = &head[..memmem::find(head, b"?>")?];
    let value = &head[memmem::find(head, b"encoding")? + b"encoding".len()..];
    let mut quoted = value.split(|&byte| byte == b'"' || byte == b'\'');
    quoted.next()?;
    Some(String::from_utf8_lossy(quoted.next()?).into_owned())
}
