//! Content streams: operators with their operands, one after another (ISO 32000-2 §7.8.2), and transformations.
//!
//! Says nothing of what an operator does. Work is linear in the bytes; nothing here calls itself.

use super::document::View;
use super::object::{Dict, Fault, Object, Reader, Work};
use super::string::is_space;

/// Operands that an operator may have.
const OPERANDS_MAX: usize = 4_096;
/// Content streams of one page.
const STREAMS_MAX: usize = 16;

/// A transformation: a b c d e f.
pub type Matrix = [f64; 6];
/// The transformation that changes nothing.
pub const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// Why reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Whoever was given an operator wants no more, or it has more operands than are read.
    Here,
    /// The next value cannot be read.
    Unreadable,
}

/// Gives every operator with its operands. The bytes of a picture within the content are passed over.
pub fn operators(content: &[u8], found: &mut dyn FnMut(&[u8], &[Object]) -> Option<()>) -> Result<(), Stopped> {
    let mut work = Work::for_file(content);
    let mut operands: Vec<Object> = Vec::new();
    let mut at = 0;
    while let Some(start) = next(content, at) {
        at = start;
        let is_operator = content[at].is_ascii_alphabetic() || matches!(content[at], b'\'' | b'"');
        if !is_operator || is_constant(&content[at..]) {
            let mut reader = Reader::new(content, at, &mut work);
            let value = reader.value().map_err(|_: Fault| Stopped::Unreadable)?;
            operands.push(Some(value).filter(|_| operands.len() < OPERANDS_MAX).ok_or(Stopped::Here)?);
            at = reader.at.max(at + 1);
            continue;
        }
        let word = &content[at..at + word_bytes(&content[at..])];
        found(word, &operands).ok_or(Stopped::Here)?;
        operands.clear();
        at += word.len();
        if word == b"ID" {
            at += picture_bytes(&content[at..]).ok_or(Stopped::Unreadable)?;
        }
    }
    Ok(())
}

/// The content of a page; `None` if it cannot be had whole, or is longer than `left`, from which it is taken.
pub fn of_page(view: View<'_, '_>, page: &Dict, left: &mut usize) -> Option<Vec<u8>> {
    let held = view.resolve(page.get(b"Contents"));
    let one = [Object::Null];
    let parts: &[Object] = match &*held {
        Object::Array(parts) => parts,
        Object::Stream(_) => &one,
        _ => return None,
    };
    let mut content = Vec::new();
    for part in parts.get(..parts.len().min(STREAMS_MAX + 1)).filter(|parts| parts.len() <= STREAMS_MAX)? {
        let inner = view.resolve(Some(part));
        let stream = match (&*inner, &*held) {
            (Object::Stream(stream), _) | (Object::Null, Object::Stream(stream)) => stream,
            _ => return None,
        };
        content.extend_from_slice(&view.document.decode(stream).ok()?);
        content.push(b'\n');
    }
    *left = left.checked_sub(content.len())?;
    Some(content)
}

/// `first`, then `then`.
pub fn product(first: Matrix, then: Matrix) -> Matrix {
    let [a, b, c, d, e, f] = first;
    let [g, h, i, j, k, l] = then;
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

/// A transformation from six numbers.
pub fn matrix(numbers: &[Object]) -> Option<Matrix> {
    let numbers: Option<Vec<f64>> = numbers.iter().map(Object::number).collect();
    numbers?.try_into().ok()
}

/// Where the next value or operator begins.
fn next(content: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += content.get(at..)?.iter().position(|&byte| !is_space(byte))?;
        if content[at] != b'%' {
            return Some(at);
        }
        at += memchr::memchr2(b'\n', b'\r', &content[at..])?;
    }
}

fn word_bytes(rest: &[u8]) -> usize {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'\'' | b'"');
    rest.iter().take_while(|&&byte| is_word(byte)).count()
}

/// Whether a value is spelt in letters here.
fn is_constant(rest: &[u8]) -> bool {
    [&b"true"[..], b"false", b"null"].contains(&&rest[..word_bytes(rest)])
}

/// From behind `ID` to before the `EI` that ends a picture, which stands between white space.
fn picture_bytes(rest: &[u8]) -> Option<usize> {
    let ends = memchr::memmem::find_iter(rest, b"EI");
    let stands_alone =
        |at: usize| at > 0 && is_space(rest[at - 1]) && rest.get(at + b"EI".len()).is_none_or(|&byte| is_space(byte));
    ends.into_iter().find(|&at| stands_alone(at))
}

#[cfg(test)]
mod tests;
