//! Values of PDF objects, and a reader of them (ISO 32000-2 §7.2–7.3).
//!
//! Unlike [`super::dictionary`], which keeps positions, this reader keeps values: it serves cross-reference tables,
//! object streams and the comparison of revisions. It works on any bytes, the file or a decoded stream. Nesting is a
//! stack with a limit, so a value never nests deeper than [`DEPTH_MAX`] and may be walked by recursion; every byte and
//! every value is paid from [`Work`], which the whole file shares.
//!
//! Strings stay as written, delimiters included, until somebody asks for them: most are long and never asked for.

use std::ops::Range;

use super::string::{self, is_space};

/// Containers inside one another; real files stay below ten.
pub const DEPTH_MAX: usize = 48;
/// Values read from one file: at some 50 bytes each they take 100 MB.
const VALUES_MAX: usize = 2_000_000;
/// Digits of an integer that are looked at.
const DIGITS_MAX: usize = 18;

/// What reading may still cost.
#[derive(Debug)]
pub struct Work {
    /// Bytes that may still be passed over.
    pub bytes: usize,
    /// Values that may still be made.
    pub values: usize,
}

impl Work {
    /// Enough to read every byte of the file a few times.
    pub fn for_file(file: &[u8]) -> Self {
        Self { bytes: file.len().saturating_mul(3) + (1 << 20), values: VALUES_MAX }
    }

    /// Pays for `bytes`.
    pub fn pay(&mut self, bytes: usize) -> Result<(), Fault> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Fault::Spent)?;
        Ok(())
    }
}

/// Why a value could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The bytes are no value, or end in the middle of one.
    Malformed,
    /// A limit of depth, bytes or values was reached.
    Spent,
}

/// An indirect reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Object number.
    pub number: u32,
    /// Generation.
    pub generation: u16,
}

/// Bytes of a name that stands in the value itself.
const SHORT_BYTES_MAX: usize = 22;

/// The bytes of a name. A document has thousands, nearly all of them short: those need no memory of their own.
#[derive(Clone, PartialEq, Eq)]
pub struct Name(Spelling);

#[derive(Clone, PartialEq, Eq)]
enum Spelling {
    /// Length and bytes; zeros after them.
    Short(u8, [u8; SHORT_BYTES_MAX]),
    Long(Box<[u8]>),
}

impl From<&[u8]> for Name {
    fn from(name: &[u8]) -> Self {
        let mut bytes = [0; SHORT_BYTES_MAX];
        Self(match bytes.get_mut(..name.len()) {
            Some(short) => {
                short.copy_from_slice(name);
                Spelling::Short(name.len() as u8, bytes)
            }
            None => Spelling::Long(name.into()),
        })
    }
}

impl AsRef<[u8]> for Name {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Spelling::Short(length, bytes) => &bytes[..usize::from(*length)],
            Spelling::Long(bytes) => bytes,
        }
    }
}

impl std::ops::Deref for Name {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.as_ref()
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{}", self.escape_ascii())
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Object {
    /// `null`, and whatever is not there.
    Null,
    /// `true`, `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A number with a point, or an integer too long: as written.
    Real(Box<[u8]>),
    /// A name: no slash, escapes resolved.
    Name(Name),
    /// A string as written, delimiters included.
    String(Box<[u8]>),
    /// An array.
    Array(Vec<Object>),
    /// A dictionary.
    Dict(Dict),
    /// A reference.
    Reference(Reference),
    /// A stream.
    Stream(Box<Stream>),
}

/// A dictionary in the order written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dict {
    /// Keys without slash, escapes resolved, and their values.
    pub entries: Vec<(Name, Object)>,
}

/// A stream whose bytes stand in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// Its dictionary.
    pub dict: Dict,
    /// Its bytes as they stand, encoded.
    pub body: Range<usize>,
}

impl Dict {
    /// The first value of `key`.
    pub fn get(&self, key: &[u8]) -> Option<&Object> {
        self.entries.iter().find(|(name, _)| name.as_ref() == key).map(|(_, value)| value)
    }

    /// Whether a key stands twice: readers differ on which of the values holds.
    pub fn repeats(&self) -> bool {
        let is_repeated = |at: usize| self.entries[..at].iter().any(|(name, _)| *name == self.entries[at].0);
        if self.entries.len() <= 16 {
            return (1..self.entries.len()).any(is_repeated);
        }
        let mut keys: Vec<&[u8]> = self.entries.iter().map(|(name, _)| name.as_ref()).collect();
        keys.sort_unstable();
        keys.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// The value of `key`, if it is a direct name.
    pub fn name(&self, key: &[u8]) -> Option<&[u8]> {
        self.get(key)?.name()
    }

    /// The value of `key`, if it is a direct integer.
    pub fn integer(&self, key: &[u8]) -> Option<i64> {
        self.get(key)?.integer()
    }
}

impl Object {
    /// The dictionary of a dictionary or a stream.
    pub fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            Self::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn array(&self) -> Option<&[Object]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The bytes of a name.
    pub fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    /// An integer.
    pub fn integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }

    /// A number, for measures.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Real(text) => std::str::from_utf8(text).ok()?.parse().ok(),
            _ => None,
        }
    }

    /// The object number of a reference.
    pub fn reference(&self) -> Option<u32> {
        if let Self::Reference(reference) = self { Some(reference.number) } else { None }
    }

    /// The bytes of a string.
    pub fn string(&self) -> Option<Vec<u8>> {
        if let Self::String(text) = self { string::string(text) } else { None }
    }

    /// Calls `found` with every reference inside, and the key under which it stands.
    pub fn references<'o>(&'o self, key: &'o [u8], found: &mut dyn FnMut(Reference, &'o [u8])) {
        match self {
            Self::Reference(reference) => found(*reference, key),
            Self::Array(elements) => elements.iter().for_each(|element| element.references(key, found)),
            Self::Dict(dict) => dict.entries.iter().for_each(|(key, value)| value.references(key, found)),
            Self::Stream(stream) => stream.dict.entries.iter().for_each(|(key, value)| value.references(key, found)),
            _ => {}
        }
    }

    /// Whether a dictionary anywhere inside has a key twice.
    pub fn repeats(&self) -> bool {
        match self {
            Self::Array(elements) => elements.iter().any(Self::repeats),
            Self::Dict(dict) => dict.repeats() || dict.entries.iter().any(|(_, value)| value.repeats()),
            Self::Stream(stream) => {
                stream.dict.repeats() || stream.dict.entries.iter().any(|(_, value)| value.repeats())
            }
            _ => false,
        }
    }
}

/// A reader of values at a position of some bytes.
pub struct Reader<'b, 'w> {
    bytes: &'b [u8],
    /// The next byte to read.
    pub at: usize,
    work: &'w mut Work,
}

enum Open {
    Array(Vec<Object>),
    Dict(Dict, Option<Name>),
}

impl<'b, 'w> Reader<'b, 'w> {
    /// A reader of `bytes` from `at`.
    pub fn new(bytes: &'b [u8], at: usize, work: &'w mut Work) -> Self {
        Self { bytes, at: at.min(bytes.len()), work }
    }

    /// What is still to be read.
    pub fn rest(&self) -> &'b [u8] {
        &self.bytes[self.at..]
    }

    /// Passes over white space and comments.
    pub fn skip_space(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b'%' {
                let rest = &self.bytes[self.at..];
                self.at += memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
        self.work.pay(self.at - start)
    }

    /// Passes over `word` if it stands here as a word of its own.
    pub fn word(&mut self, word: &[u8]) -> Result<bool, Fault> {
        self.skip_space()?;
        let after = self.at + word.len();
        let is_here = self.bytes[self.at..].starts_with(word) && !self.bytes.get(after).is_some_and(|&b| is_regular(b));
        if is_here {
            self.at = after;
        }
        Ok(is_here)
    }

    /// A non-negative integer, if one stands here.
    pub fn unsigned(&mut self) -> Result<Option<u64>, Fault> {
        self.skip_space()?;
        let rest = &self.bytes[self.at..];
        let digits = rest.iter().take(DIGITS_MAX + 1).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || digits > DIGITS_MAX || rest.get(digits).is_some_and(|&byte| is_regular(byte)) {
            return Ok(None);
        }
        self.at += digits;
        self.work.pay(digits)?;
        Ok(Some(rest[..digits].iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))))
    }

    /// The header of an indirect object: `12 0 obj`.
    pub fn header(&mut self) -> Result<Option<Reference>, Fault> {
        let Some(reference) = self.pair()? else { return Ok(None) };
        // `obj` may touch what follows: `1 0 obj<<`, and in old files `1 0 obj123`.
        self.skip_space()?;
        if !self.bytes[self.at..].starts_with(b"obj") {
            return Ok(None);
        }
        self.at += 3;
        Ok(Some(reference))
    }

    fn pair(&mut self) -> Result<Option<Reference>, Fault> {
        let Some(number) = self.unsigned()? else { return Ok(None) };
        let Some(generation) = self.unsigned()? else { return Ok(None) };
        Ok(u32::try_from(number)
            .ok()
            .zip(u16::try_from(generation).ok())
            .map(|(number, generation)| Reference { number, generation }))
    }

    /// The next value. Streams are not read here: the dictionary is, up to `stream`.
    pub fn value(&mut self) -> Result<Object, Fault> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.skip_space()?;
            let rest = &self.bytes[self.at..];
            let done = match rest {
                [b'<', b'<', ..] | [b'[', ..] => {
                    if open.len() == DEPTH_MAX {
                        return Err(Fault::Spent);
                    }
                    let is_dict = rest[0] == b'<';
                    self.at += 1 + usize::from(is_dict);
                    open.push(if is_dict { Open::Dict(Dict::default(), None) } else { Open::Array(Vec::new()) });
                    continue;
                }
                [b'>', b'>', ..] => {
                    self.at += 2;
                    match open.pop() {
                        Some(Open::Dict(dict, None)) => Object::Dict(dict),
                        _ => return Err(Fault::Malformed),
                    }
                }
                [b']', ..] => {
                    self.at += 1;
                    match open.pop() {
                        Some(Open::Array(elements)) => Object::Array(elements),
                        _ => return Err(Fault::Malformed),
                    }
                }
                _ => self.simple(rest)?,
            };
            self.work.values = self.work.values.checked_sub(1).ok_or(Fault::Spent)?;
            match (open.last_mut(), done) {
                (None, done) => return Ok(done),
                (Some(Open::Array(elements)), done) => elements.push(done),
                (Some(Open::Dict(_, key @ None)), Object::Name(name)) => *key = Some(name),
                (Some(Open::Dict(dict, key)), done) => {
                    dict.entries.push((key.take().ok_or(Fault::Malformed)?, done));
                }
            }
        }
    }

    /// A value that contains no other.
    fn simple(&mut self, rest: &'b [u8]) -> Result<Object, Fault> {
        let first = *rest.first().ok_or(Fault::Malformed)?;
        match first {
            b'/' => {
                let length = regular_bytes(&rest[1..]);
                self.advance(1 + length)?;
                Ok(Object::Name(Name::from(&*string::unescaped_name(&rest[1..1 + length]))))
            }
            b'(' | b'<' => {
                let window = &rest[..rest.len().min(self.work.bytes)];
                let end = match first {
                    b'(' => string::literal_bytes(window),
                    _ => memchr::memchr(b'>', window).map(|at| at + 1),
                };
                let Some(end) = end else {
                    self.work.pay(window.len())?;
                    return Err(Fault::Malformed);
                };
                self.advance(end)?;
                Ok(Object::String(rest[..end].into()))
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(rest),
            _ => {
                let length = regular_bytes(rest);
                self.advance(length)?;
                match &rest[..length] {
                    b"null" => Ok(Object::Null),
                    b"true" => Ok(Object::Boolean(true)),
                    b"false" => Ok(Object::Boolean(false)),
                    _ => Err(Fault::Malformed),
                }
            }
        }
    }

    fn number(&mut self, rest: &'b [u8]) -> Result<Object, Fault> {
        let length = regular_bytes(rest);
        let text = &rest[..length];
        if length <= DIGITS_MAX && text.iter().all(u8::is_ascii_digit) {
            let start = self.at;
            if may_be_reference(&rest[length..])
                && let Some(reference) = self.pair()?
                && self.bytes.get(self.at).is_some_and(|&byte| is_space(byte))
                && self.word(b"R")?
            {
                return Ok(Object::Reference(reference));
            }
            self.at = start;
            self.advance(length)?;
            return Ok(Object::Integer(text.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'))));
        }
        self.advance(length)?;
        let is_number = text.iter().all(|byte| byte.is_ascii_digit() || b"+-.".contains(byte));
        if !is_number {
            return Err(Fault::Malformed);
        }
        let integer = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        Ok(integer.map_or_else(|| Object::Real(text.into()), Object::Integer))
    }

    /// Pays for bytes passed over by others.
    pub fn spend(&mut self, bytes: usize) -> Result<(), Fault> {
        self.work.pay(bytes)
    }

    fn advance(&mut self, bytes: usize) -> Result<(), Fault> {
        self.at += bytes;
        self.work.pay(bytes)
    }
}

/// Neither white space nor delimiter (ISO 32000-2 §7.2.3).
pub fn is_regular(byte: u8) -> bool {
    REGULAR[usize::from(byte)]
}

/// Whether each byte is regular: asked of every byte of a value.
static REGULAR: [bool; 256] = {
    let mut regular = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let is_delimiter = matches!(byte as u8, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%');
        regular[byte] = !is_delimiter && !is_space(byte as u8);
        byte += 1;
    }
    regular
};

/// Whether the number before these bytes may be the first of a reference. Most numbers are not, and are then read once.
fn may_be_reference(after: &[u8]) -> bool {
    let skip = |bytes: &[u8], passes: fn(&u8) -> bool| bytes.iter().take_while(|byte| passes(byte)).count();
    let generation = &after[skip(after, |&byte| is_space(byte))..];
    let end = &generation[skip(generation, u8::is_ascii_digit)..];
    let word = &end[skip(end, |&byte| is_space(byte))..];
    // Comments may stand anywhere.
    matches!(word.first(), Some(b'R' | b'%'))
}

fn regular_bytes(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| !is_regular(byte)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests;
