//! Text to terms: the one way in which fields and queries are folded.
//!
//! Two products. *Words* of running text: maximal runs of letters and digits, folded as `text::fold` does it. *Keys*
//! of codes, numbers and names that are compared whole. Composed and decomposed letters give the same terms, for
//! folding drops combining marks before the text is split. Long words are cut to the same length on both sides.
//!
//! Letter by letter it equals `text::fold` (a test holds it for every character); a table makes it four times quicker,
//! which matters for the one thing done to every byte that is indexed.

use crate::text;
use std::sync::LazyLock;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Letters beyond this many in a word neither index nor find anything.
pub(super) const WORD_CHARS_MAX: usize = 64;

/// Stands for a character that folding drops.
const DROPPED: char = '\0';
/// Stands for a character that folds to several, or is in no table.
const OTHER: char = char::MAX;

/// Latin with the combining marks, and Latin Extended Additional: all that Vietnamese is written in.
static LATIN: LazyLock<Box<[char]>> = LazyLock::new(|| ('\0'..'\u{370}').map(fold_slowly).collect());
static LATIN_ADDITIONAL: LazyLock<Box<[char]>> = LazyLock::new(|| ('\u{1E00}'..'\u{1F00}').map(fold_slowly).collect());

fn fold_slowly(c: char) -> char {
    let folded = text::fold(c.encode_utf8(&mut [0; 4]));
    let mut chars = folded.chars();
    match (chars.next(), chars.next()) {
        (None, _) => DROPPED,
        (Some(one), None) => one,
        _ => OTHER,
    }
}

/// Calls `emit` with what the character folds to: nothing, a character, or several.
#[inline]
pub(super) fn fold_char(c: char, mut emit: impl FnMut(char)) {
    let folded = match c as usize {
        0 => ' ', // as good a separator; it would be taken for the mark of what is dropped
        1..0x80 => c.to_ascii_lowercase(),
        at @ 0x80..0x370 => LATIN[at],
        at @ 0x1E00..0x1F00 => LATIN_ADDITIONAL[at - 0x1E00],
        _ => OTHER,
    };
    match folded {
        DROPPED => {}
        OTHER => text::fold(c.encode_utf8(&mut [0; 4])).chars().for_each(emit),
        one => emit(one),
    }
}

/// The folded words of a text, in order.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Words::default();
    let mut stream = words.token_stream(text);
    let mut found = Vec::new();
    while stream.advance() {
        found.push(stream.token().text.clone());
    }
    found
}

/// What a code, symbol or name is compared by: folded, without white space, one kind of hyphen, no punctuation at
/// either end, and without leading zeros (`05/QĐ-UBND` and `5/qđ–ubnd` are one).
pub(super) fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        fold_char(c, |c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => key.push('-'),
            c if c.is_whitespace() => {}
            c => key.push(c),
        });
    }
    let kept = key.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    key.truncate(kept);
    let ends = key.find(char::is_alphanumeric).unwrap_or(0);
    let zeros = key[ends..].bytes().take_while(|b| *b == b'0').count();
    let number = key[ends + zeros..].starts_with(|c: char| c.is_ascii_digit());
    key.drain(..ends + if number { zeros } else { zeros.saturating_sub(1) });
    key
}

/// The tokenizer of running text.
#[derive(Clone, Default)]
pub(super) struct Words {
    token: Token,
}

pub(super) struct WordStream<'a> {
    rest: std::str::Chars<'a>,
    token: &'a mut Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;
    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { rest: text.chars(), token: &mut self.token }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let word = &mut self.token.text;
        word.clear();
        self.token.position = self.token.position.wrapping_add(1);
        let mut chars = 0;
        for c in self.rest.by_ref() {
            let mut ends = false;
            fold_char(c, |c| {
                if !c.is_alphanumeric() {
                    ends = true;
                } else if chars < WORD_CHARS_MAX {
                    word.push(c);
                    chars += 1;
                }
            });
            if ends && chars > 0 {
                return true;
            }
        }
        chars > 0
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
