//! Text that can be printed: nothing of what came in is lost silently.
//!
//! Fields of records are whatever an agency wrote. They are composed (NFC); every white space is a space; a character
//! that no font here has, and every control or direction mark, becomes its number, `[U+202E]`: readable, and it cannot
//! turn the line around. A field over [`FIELD_CHARS_MAX`] is cut and says by how much.

use super::face::Face;
use super::model::Style;
use crate::text::nfc;
use std::fmt::Write;

/// Most characters of a field: a subject has at most 500 by Circular 05/2025, a title 1,000; a page holds 3,000.
pub(super) const FIELD_CHARS_MAX: usize = 20_000;

const NO_BREAK_SPACE: char = '\u{a0}';

/// The text as it is printed in a style.
pub(super) fn printable(text: &str, style: Style) -> String {
    let face = Face::of(style);
    let end = text.char_indices().nth(FIELD_CHARS_MAX).map_or(text.len(), |(end, _)| end);
    let mut printed = String::with_capacity(end);
    for character in nfc(&text[..end]).chars() {
        match character {
            NO_BREAK_SPACE => printed.push(character),
            _ if character.is_whitespace() => printed.push(' '),
            _ if is_shown(character) && face.glyph(character).is_some() => printed.push(character),
            _ => {
                let _infallible = write!(printed, "[U+{:04X}]", u32::from(character));
            }
        }
    }
    if end < text.len() {
        let _infallible = write!(printed, " [… còn {} ký tự]", text[end..].chars().count());
    }
    printed
}

/// What stands beside other text and can't run on to the next page; each has a limit, at which even the widest letters
/// leave room for the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A name or title above the text.
    Heading,
    /// A line of a position, or a name, below it.
    Signer,
    /// A recipient.
    Recipient,
    /// Title of a column.
    Column,
    /// What a form follows.
    Source,
}

/// The text of a name or title, as it is printed in any style; what is cut is said.
pub(super) fn brief(text: &str, place: Place) -> String {
    let chars_max = match place {
        Place::Heading | Place::Recipient => 200,
        Place::Signer => 80,
        Place::Column => 120,
        Place::Source => 600,
    };
    let printed = printable(text, Style::Bold);
    match printed.char_indices().nth(chars_max) {
        None => printed,
        Some((end, _)) => format!("{} [… còn {} ký tự]", &printed[..end], printed[end..].chars().count()),
    }
}

/// Whether a character has a shape of its own.
fn is_shown(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
}
