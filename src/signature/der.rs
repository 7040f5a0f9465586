//! A lossless reader of BER and DER (ITU-T X.690), zero-copy.
//!
//! An [`Element`] keeps three views of the same bytes: its whole encoding (`raw`), its content, and its tag; so that
//! what was hashed or signed can be hashed again exactly as written. Real signatures are BER as often as DER
//! (indefinite lengths, octet strings cut in pieces, lengths with leading zeros), so BER is read; nothing is rejected
//! for not being DER.
//!
//! Invariants: never panics, never recurses on input. An element lies at most [`DEPTH_MAX`] deep; one reader yields
//! at most [`ELEMENTS_MAX`] elements, and the search for the end of an indefinite length passes over as many. So
//! reading n bytes costs at most `DEPTH_MAX · n` whatever they are.
//!
//! It gives no meaning to what it reads: that is for `x509` and `cms`.

mod slice;
mod value;

use std::borrow::Cow;

pub use slice::Slice;
pub use value::{oid_text, utf16_be, without_controls};

/// Nesting allowed. A CMS with a timestamp inside a timestamp lies about 20 deep.
pub const DEPTH_MAX: u8 = 32;
/// Elements one reader yields, unless it is asked for more: only revocation lists are longer, and `crl` reads those.
pub const ELEMENTS_MAX: u32 = 1 << 20;

/// Why bytes could not be read as BER, or an element is not what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes end inside an element.
    #[error("the bytes end inside an element")]
    Truncated,
    /// A length of more than eight bytes, or indefinite on a primitive element.
    #[error("a length that is not BER")]
    Length,
    /// A tag number above 30; none of the formats read here uses one.
    #[error("a tag number above 30")]
    HighTag,
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("nested deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// More elements in one list than are read.
    #[error("more elements in one list than are read")]
    TooMany,
    /// Another element than the format asks for, or none.
    #[error("expected tag {expected:#04x}, found {found:?}")]
    Unexpected {
        /// Identifier byte asked for.
        expected: u8,
        /// Identifier byte found; `None` at the end.
        found: Option<u8>,
    },
    /// The content is not a value of its type.
    #[error("the content of a {0} is malformed")]
    Content(&'static str),
}

/// Identifier bytes: class and constructed bit included, as they stand in the encoding.
pub mod tag {
    #![allow(missing_docs, reason = "the names of X.690 and X.680")]
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const T61_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    pub const CONSTRUCTED: u8 = 0x20;

    /// Context-specific, primitive: `[n] IMPLICIT` of a primitive type.
    pub const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// Context-specific, constructed: `[n] EXPLICIT`, or `[n] IMPLICIT` of a constructed type.
    pub const fn context_constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// One element, as views of the bytes it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// Identifier byte: class, constructed bit, number.
    pub tag: u8,
    /// The whole encoding: tag, length, content, and the end mark of an indefinite length.
    pub raw: &'a [u8],
    /// The content, without the end mark.
    pub content: &'a [u8],
    depth: u8,
}

/// The first element of `bytes`, and the bytes after it.
pub fn read(bytes: &[u8]) -> Result<(Element<'_>, &[u8]), Error> {
    let mut reader = Reader { rest: bytes, depth: 0, left: ELEMENTS_MAX };
    let element = reader.next_element()?.ok_or(Error::Truncated)?;
    Ok((element, reader.rest))
}

impl<'a> Element<'a> {
    /// A reader of the elements inside; empty for a primitive element.
    pub fn children(&self) -> Reader<'a> {
        self.children_up_to(ELEMENTS_MAX)
    }

    /// A reader of the elements inside that yields at most `max` of them.
    pub fn children_up_to(&self, max: u32) -> Reader<'a> {
        let rest = if self.tag & tag::CONSTRUCTED != 0 { self.content } else { &[] };
        Reader { rest, depth: self.depth + 1, left: max }
    }

    /// The bytes of an OCTET STRING or of an implicitly tagged one; pieces of a constructed one are joined.
    pub fn octets(&self) -> Result<Cow<'a, [u8]>, Error> {
        if self.tag & tag::CONSTRUCTED == 0 {
            return Ok(Cow::Borrowed(self.content));
        }
        let mut joined = Vec::with_capacity(self.content.len());
        let mut open = vec![self.children()];
        while let Some(reader) = open.last_mut() {
            match reader.next_element()? {
                None => drop(open.pop()),
                Some(piece) if piece.tag == tag::OCTET_STRING => joined.extend_from_slice(piece.content),
                Some(piece) if piece.tag == tag::OCTET_STRING | tag::CONSTRUCTED => open.push(piece.children()),
                Some(piece) => {
                    return Err(Error::Unexpected { expected: tag::OCTET_STRING, found: Some(piece.tag) });
                }
            }
        }
        Ok(Cow::Owned(joined))
    }

    /// The bytes of an OCTET STRING under its own tag.
    pub fn octet_string(&self) -> Result<Cow<'a, [u8]>, Error> {
        if self.tag & !tag::CONSTRUCTED != tag::OCTET_STRING {
            return Err(Error::Unexpected { expected: tag::OCTET_STRING, found: Some(self.tag) });
        }
        self.octets()
    }

    /// The bytes of a BIT STRING with no unused bits (keys, signatures).
    pub fn bits(&self) -> Result<&'a [u8], Error> {
        match self.content.split_first() {
            Some((0, bytes)) if self.tag == tag::BIT_STRING => Ok(bytes),
            _ => Err(Error::Content("BIT STRING of whole bytes")),
        }
    }

    /// The bytes of a BIT STRING, however many bits of the last are said to be unused: a signature value that is not of
    /// whole bytes does not verify, and what carries it can be read.
    pub fn bits_or_more(&self) -> Result<&'a [u8], Error> {
        match self.content.split_first() {
            Some((0..=7, bytes)) if self.tag == tag::BIT_STRING => Ok(bytes),
            _ => Err(Error::Content("BIT STRING")),
        }
    }

    /// The magnitude of a non-negative INTEGER, big-endian without leading zeros. A negative-looking one is taken as
    /// unsigned: issuers have left out the leading zero of moduli and serial numbers.
    pub fn magnitude(&self) -> Result<&'a [u8], Error> {
        if self.tag != tag::INTEGER || self.content.is_empty() {
            return Err(Error::Content("INTEGER"));
        }
        let zeros = self.content.iter().take_while(|&&byte| byte == 0).count();
        Ok(&self.content[zeros..])
    }

    /// The value of an INTEGER as the shortest two's complement: equal exactly when the numbers are.
    pub fn integer(&self) -> Result<&'a [u8], Error> {
        if self.tag != tag::INTEGER || self.content.is_empty() {
            return Err(Error::Content("INTEGER"));
        }
        let mut value = self.content;
        while let [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] = value {
            value = &value[1..];
        }
        Ok(value)
    }

    /// A BOOLEAN; BER allows any non-zero byte for true.
    pub fn boolean(&self) -> Result<bool, Error> {
        match self.content {
            [byte] if self.tag == tag::BOOLEAN => Ok(*byte != 0),
            _ => Err(Error::Content("BOOLEAN")),
        }
    }

    /// A non-negative number of at most 32 bits, whatever the tag (it may be implicit).
    pub fn number(&self) -> Result<u32, Error> {
        let zeros = self.content.iter().take_while(|&&byte| byte == 0).count();
        match (self.content.first(), &self.content[zeros..]) {
            (Some(0..=0x7f), digits) if digits.len() <= 4 => {
                Ok(digits.iter().fold(0, |sum, &digit| sum << 8 | u32::from(digit)))
            }
            _ => Err(Error::Content("small INTEGER")),
        }
    }

    /// The first sixteen named bits of a BIT STRING, whatever the tag: bit n of the answer is named bit n.
    pub fn named_bits(&self) -> Result<u16, Error> {
        let (&unused, bytes) = self.content.split_first().ok_or(Error::Content("BIT STRING"))?;
        if unused > 7 || (unused > 0 && bytes.is_empty()) {
            return Err(Error::Content("BIT STRING"));
        }
        let byte = |at: usize| u16::from(bytes.get(at).copied().unwrap_or(0).reverse_bits());
        Ok(byte(0) | byte(1) << 8)
    }

    /// This element as a DER encoding of the same content under another tag and a definite length: signed attributes
    /// are stored as `[0] IMPLICIT` and hashed as `SET OF` (RFC 5652 §5.4).
    pub fn retagged(&self, tag: u8) -> Vec<u8> {
        with_header(tag, self.content)
    }
}

/// `tag`, a definite length in its shortest form, `content`.
pub fn with_header(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(content.len() + 10);
    encoded.push(tag);
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|&&byte| byte == 0).count();
    match content.len() {
        short @ 0..=0x7f => encoded.push(short as u8),
        _ => {
            encoded.push(0x80 | (length.len() - zeros) as u8);
            encoded.extend_from_slice(&length[zeros..]);
        }
    }
    encoded.extend_from_slice(content);
    encoded
}

/// A list of elements being read, front to back.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
    depth: u8,
    /// Elements that it may yield yet.
    left: u32,
}

impl<'a> Reader<'a> {
    /// The next element; `None` at the end.
    pub fn next_element(&mut self) -> Result<Option<Element<'a>>, Error> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        if self.depth > DEPTH_MAX {
            return Err(Error::TooDeep);
        }
        self.left = self.left.checked_sub(1).ok_or(Error::TooMany)?;
        let header = header(self.rest)?;
        let body = &self.rest[header.bytes..];
        let (content_bytes, end_bytes) = match header.length {
            Some(length) if length <= body.len() => (length, 0),
            Some(_) => return Err(Error::Truncated),
            None => (indefinite_length(body, self.depth)?, 2),
        };
        let (raw, rest) = self.rest.split_at(header.bytes + content_bytes + end_bytes);
        self.rest = rest;
        Ok(Some(Element { tag: header.tag, raw, content: &body[..content_bytes], depth: self.depth }))
    }

    /// The next element, which must have this identifier byte.
    pub fn expect(&mut self, expected: u8) -> Result<Element<'a>, Error> {
        match self.take_if(expected)? {
            Some(element) => Ok(element),
            None => Err(Error::Unexpected { expected, found: self.peek() }),
        }
    }

    /// The next element if it has this identifier byte; otherwise nothing is taken.
    pub fn take_if(&mut self, wanted: u8) -> Result<Option<Element<'a>>, Error> {
        if self.peek() == Some(wanted) { self.next_element() } else { Ok(None) }
    }

    /// Identifier byte of the next element.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Element<'a>, Error>;

    /// Like [`Reader::next_element`]; after an error there is no more.
    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next_element().transpose();
        if matches!(next, Some(Err(_))) {
            self.rest = &[];
        }
        next
    }
}

struct Header {
    tag: u8,
    bytes: usize,
    /// `None`: indefinite.
    length: Option<usize>,
}

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let [tag, first, rest @ ..] = bytes else { return Err(Error::Truncated) };
    if tag & 0x1f == 0x1f {
        return Err(Error::HighTag);
    }
    let (bytes, length) = match *first {
        0x80 if tag & tag::CONSTRUCTED == 0 => return Err(Error::Length),
        0x80 => (2, None),
        short @ 0..=0x7f => (2, Some(usize::from(short))),
        long => {
            let count = usize::from(long & 0x7f);
            if count > 8 {
                return Err(Error::Length);
            }
            let digits = rest.get(..count).ok_or(Error::Truncated)?;
            let length = digits.iter().fold(0u64, |sum, &digit| sum << 8 | u64::from(digit));
            (2 + count, Some(usize::try_from(length).map_err(|_| Error::Length)?))
        }
    };
    Ok(Header { tag: *tag, bytes, length })
}

/// Length of the content before the end mark that closes an indefinite length opened at `depth`.
fn indefinite_length(body: &[u8], depth: u8) -> Result<usize, Error> {
    let (mut at, mut open) = (0, 1u8);
    for _ in 0..ELEMENTS_MAX {
        let rest = &body[at..];
        if rest.starts_with(&[0, 0]) {
            open -= 1;
            if open == 0 {
                return Ok(at);
            }
            at += 2;
            continue;
        }
        let header = header(rest)?;
        at += header.bytes;
        match header.length {
            Some(length) if length <= body.len() - at => at += length,
            Some(_) => return Err(Error::Truncated),
            None if depth + open >= DEPTH_MAX => return Err(Error::TooDeep),
            None => open += 1,
        }
    }
    Err(Error::TooMany)
}

#[cfg(test)]
mod tests;
