//! A reader of PDF dictionaries in place (ISO 32000-2 §7.2–7.3): keys, and where their values lie in the file.
//!
//! Positions matter here more than values: a signature is only as good as the bytes its ranges name. Values are
//! therefore spans of the file, decoded on demand. Nesting is a stack, not recursion, and every byte passed over is paid
//! from a budget that the whole file shares, so that hostile input costs at most a small multiple of its size.

use std::borrow::Cow;
use std::ops::Range;

use chrono::{DateTime, Utc};

use super::string::{date_of, is_space, literal_bytes, string, text_of, unescaped_name};

const DEPTH_MAX: usize = 32;
/// Keys of one dictionary; a signature has about a dozen. Bounds memory: a key of 3 bytes costs 40 here.
const ENTRIES_MAX: usize = 1024;

/// Bytes that reading may still pass over.
#[derive(Debug)]
pub struct Budget(pub usize);

/// A dictionary: its keys with the spans of their values, in the order written.
#[derive(Debug)]
pub struct Dictionary<'a> {
    file: &'a [u8],
    /// From `<<` to after `>>`.
    pub span: Range<usize>,
    entries: Vec<(Cow<'a, [u8]>, Range<usize>)>,
}

/// A key that stands twice in a dictionary: which value holds is not defined (ISO 32000-2 §7.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twice;

impl<'a> Dictionary<'a> {
    /// The innermost dictionary that contains the position `mark`, passes `wanted`, and lies in the object whose
    /// dictionary opens at `start`. `None` also for one that does not close, and when the budget is spent.
    pub fn around(
        file: &'a [u8],
        start: usize,
        mark: usize,
        budget: &mut Budget,
        wanted: impl Fn(&Dictionary<'a>) -> bool,
    ) -> Option<Self> {
        let mut open: Vec<Open<'a>> = Vec::new();
        let mut at = start;
        loop {
            let token = token(file, at, budget)?;
            at = token.span.end;
            match token.kind {
                Kind::DictionaryOpen | Kind::ArrayOpen if open.len() < DEPTH_MAX => {
                    if let Some(outer) = open.last_mut() {
                        outer.value(&token.span);
                    }
                    let is_dictionary = matches!(token.kind, Kind::DictionaryOpen);
                    open.push(Open {
                        is_dictionary,
                        start: token.span.start,
                        entries: Vec::new(),
                        awaits_value: false,
                    });
                }
                Kind::DictionaryClose | Kind::ArrayClose => {
                    let closed = open.pop()?;
                    if closed.is_dictionary != matches!(token.kind, Kind::DictionaryClose) {
                        return None;
                    }
                    let span = closed.start..at;
                    if closed.is_dictionary && span.contains(&mark) {
                        let found = Dictionary { file, span: span.clone(), entries: closed.entries };
                        if wanted(&found) {
                            return Some(found);
                        }
                    }
                    open.last_mut()?.value(&span);
                }
                Kind::Name => {
                    let inside = open.last_mut().filter(|inside| inside.entries.len() < ENTRIES_MAX)?;
                    inside.name(file, &token.span);
                }
                Kind::Other if matches!(&file[token.span.clone()], b"obj" | b"endobj" | b"stream") => return None,
                Kind::Other => open.last_mut()?.value(&token.span),
                Kind::DictionaryOpen | Kind::ArrayOpen => return None,
            }
        }
    }

    /// Where the value of `key` lies, delimiters included.
    pub fn span_of(&self, key: &[u8]) -> Result<Option<Range<usize>>, Twice> {
        let mut values = self.entries.iter().filter(|(name, _)| name.as_ref() == key);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Twice),
            (first, None) => Ok(first.map(|(_, span)| span.clone())),
        }
    }

    /// The bytes of the value of `key`; `None` if there is none, or two.
    pub fn value(&self, key: &[u8]) -> Option<&'a [u8]> {
        Some(&self.file[self.span_of(key).ok()??])
    }

    /// The value of `key`, if it is a name: without its slash, escapes resolved.
    pub fn name(&self, key: &[u8]) -> Option<Cow<'a, [u8]>> {
        let value = self.value(key)?;
        value.strip_prefix(b"/").map(unescaped_name)
    }

    /// The value of `key`, if it is a text string that is neither encrypted nor indirect (ISO 32000-2 §7.9.2.2).
    pub fn text(&self, key: &[u8]) -> Option<String> {
        let bytes = string(self.value(key)?)?;
        Some(text_of(&bytes))
    }

    /// The value of `key`, if it is a date (ISO 32000-2 §7.9.4); without an offset it is taken as UTC.
    pub fn date(&self, key: &[u8]) -> Option<DateTime<Utc>> {
        date_of(&self.text(key)?)
    }
}

/// A container being read.
struct Open<'a> {
    is_dictionary: bool,
    start: usize,
    entries: Vec<(Cow<'a, [u8]>, Range<usize>)>,
    awaits_value: bool,
}

impl<'a> Open<'a> {
    /// A name: the value of the key before it, or the next key.
    fn name(&mut self, file: &'a [u8], span: &Range<usize>) {
        if self.is_dictionary && !self.awaits_value {
            let key = unescaped_name(&file[span.start + 1..span.end]);
            self.entries.push((key, span.end..span.end));
            self.awaits_value = true;
        } else {
            self.value(span);
        }
    }

    /// Anything else: the value of the last key, or more of it (`12 0 R` is three tokens).
    fn value(&mut self, span: &Range<usize>) {
        if let Some((_, value)) = self.entries.last_mut() {
            if self.awaits_value {
                value.start = span.start;
            }
            value.end = span.end;
            self.awaits_value = false;
        }
    }
}

enum Kind {
    DictionaryOpen,
    DictionaryClose,
    ArrayOpen,
    ArrayClose,
    Name,
    /// Strings, numbers, keywords, references.
    Other,
}

struct Token {
    kind: Kind,
    span: Range<usize>,
}

/// The first token at or after `at`, paid for whether it ends or not.
fn token(file: &[u8], at: usize, budget: &mut Budget) -> Option<Token> {
    let window = &file[at..file.len().min(at.saturating_add(budget.0))];
    let found = token_in(window);
    budget.0 -= found.as_ref().map_or(window.len(), |token| token.span.end);
    found.map(|token| Token { kind: token.kind, span: at + token.span.start..at + token.span.end })
}

fn token_in(window: &[u8]) -> Option<Token> {
    let mut start = 0;
    loop {
        match *window.get(start)? {
            b'%' => start += memchr::memchr2(b'\r', b'\n', &window[start..])?,
            byte if is_space(byte) => start += 1,
            _ => break,
        }
    }
    let rest = &window[start..];
    let (kind, bytes) = match rest {
        [b'<', b'<', ..] => (Kind::DictionaryOpen, 2),
        [b'>', b'>', ..] => (Kind::DictionaryClose, 2),
        [b'[', ..] => (Kind::ArrayOpen, 1),
        [b']', ..] => (Kind::ArrayClose, 1),
        [b'<', ..] => (Kind::Other, memchr::memchr(b'>', rest)? + 1),
        [b'(', ..] => (Kind::Other, literal_bytes(rest)?),
        [b'/', name @ ..] => (Kind::Name, 1 + regular_bytes(name)),
        _ => (Kind::Other, regular_bytes(rest).max(1)),
    };
    Some(Token { kind, span: start..start + bytes })
}

fn regular_bytes(rest: &[u8]) -> usize {
    let is_end = |byte: u8| is_space(byte) || b"()<>[]{}/%".contains(&byte);
    rest.iter().position(|&byte| is_end(byte)).unwrap_or(rest.len())
}
