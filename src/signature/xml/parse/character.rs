//! Characters as a document writes them: references, predefined entities, line ends (XML §2.2, §2.11, §3.3.3, §4.1).

use std::borrow::Cow;

/// Where a reference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Content,
    Attribute,
}

pub(super) fn push_normalised(text: &str, into: &mut String, place: Place) {
    let text = line_ends(text);
    match place {
        Place::Content => into.push_str(&text),
        Place::Attribute => into.extend(text.chars().map(|c| if matches!(c, '\t' | '\n') { ' ' } else { c })),
    }
}

pub(super) fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Whether an entity's literal has a character reference to `<` or `&`: they are markup once it is parsed.
pub(super) fn has_character_reference_to_markup(literal: &str) -> bool {
    let mut references = literal.split("&#").skip(1).filter_map(|rest| rest.split_once(';'));
    references.any(|(number, _)| matches!(character(number), Some('<' | '&') | None))
}

/// The character that `&#…;` refers to.
pub(super) fn character(number: &str) -> Option<char> {
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    if digits.is_empty() || digits.len() > 12 || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let c = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    let allowed = matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    allowed.then_some(c)
}

/// Line ends as one line feed (XML §2.11).
pub(super) fn line_ends(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}
