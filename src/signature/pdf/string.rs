//! Strings and names of PDF: their bytes, their text, their dates (ISO 32000-2 §7.3.4, §7.3.5, §7.9).

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use crate::signature::der::{utf16_be, without_controls};

/// The bytes of a string value, literal or hexadecimal; `None` for anything else. Odd digits get a final zero.
pub fn string(value: &[u8]) -> Option<Vec<u8>> {
    match value {
        [b'(', inside @ .., b')'] => Some(literal(inside)),
        [b'<', b'<', ..] => None,
        [b'<', inside @ .., b'>'] => hexadecimal(inside),
        _ => None,
    }
}

/// The bytes of hexadecimal digits with white space among them; `None` if anything else is among them.
pub fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(digits.len() / 2 + 1);
    let mut rest = digits;
    // Pairs first: a signature is thousands of them without white space.
    while let [high, low, after @ ..] = rest {
        let (high, low) = (VALUE_OF[usize::from(*high)], VALUE_OF[usize::from(*low)]);
        if high | low > 15 {
            break;
        }
        bytes.push(high << 4 | low);
        rest = after;
    }
    let mut high = None;
    for &digit in rest {
        match VALUE_OF[usize::from(digit)] {
            SPACE => {}
            NOT_HEXADECIMAL => return None,
            value => match high.take() {
                None => high = Some(value << 4),
                Some(high) => bytes.push(high | value),
            },
        }
    }
    bytes.extend(high);
    Some(bytes)
}

fn literal(inside: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&escaped, after)) = rest.split_first() else { break };
        rest = after;
        match escaped {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'0'..=b'7' => {
                let mut value = u32::from(escaped - b'0');
                for _ in 0..2 {
                    let Some((&digit @ b'0'..=b'7', after)) = rest.split_first() else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    rest = after;
                }
                bytes.push((value & 0xff) as u8);
            }
            b'\r' => rest = rest.strip_prefix(b"\n").unwrap_or(rest),
            b'\n' => {}
            other => bytes.push(other),
        }
    }
    bytes
}

/// Text of the bytes of a text string (ISO 32000-2 §7.9.2.2), without control characters.
pub fn text_of(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => utf16_be(rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // PDFDocEncoding agrees with ISO 8859-1 except for a few marks; UTF-8 without its mark is common.
        plain => match std::str::from_utf8(plain) {
            Ok(text) => text.to_owned(),
            Err(_) => plain.iter().map(|&byte| char::from(byte)).collect(),
        },
    };
    without_controls(text)
}

/// The instant of a date string (ISO 32000-2 §7.9.4); without an offset it is taken as UTC.
pub fn date_of(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let part = |from: usize, to: usize, absent: u32| match text.get(from..to) {
        Some(digits) => digits.parse::<u32>().ok(),
        None => Some(absent),
    };
    let day = NaiveDate::from_ymd_opt(text.get(..4)?.parse().ok()?, part(4, 6, 1)?, part(6, 8, 1)?)?;
    let local = day.and_hms_opt(part(8, 10, 0)?, part(10, 12, 0)?, part(12, 14, 0)?)?;
    let offset_s = match text.get(14..15) {
        Some(sign @ ("+" | "-")) => {
            let hours = i32::try_from(part(15, 17, 0)?).ok()?;
            let minutes = i32::try_from(part(18, 20, 0).unwrap_or(0)).ok()?;
            let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
            if sign == "-" { -seconds } else { seconds }
        }
        _ => 0,
    };
    Some(local.and_local_timezone(FixedOffset::east_opt(offset_s)?).single()?.to_utc())
}

/// Length of a literal string, parentheses included.
pub fn literal_bytes(rest: &[u8]) -> Option<usize> {
    let (mut at, mut open) = (0, 0usize);
    loop {
        at += memchr::memchr3(b'(', b')', b'\\', &rest[at..])?;
        match rest[at] {
            b'(' => open += 1,
            b')' if open == 1 => return Some(at + 1),
            b')' => open -= 1,
            _ => at += 1,
        }
        at += 1;
        rest.get(at)?;
    }
}

/// A name as it is meant: `#41` is `A` (ISO 32000-2 §7.3.5).
pub fn unescaped_name(name: &[u8]) -> Cow<'_, [u8]> {
    if !name.contains(&b'#') {
        return Cow::Borrowed(name);
    }
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((&byte, after)) = rest.split_first() {
        let escape = if byte == b'#' { after.get(..2).and_then(hexadecimal) } else { None };
        match escape.as_deref() {
            Some([value]) => {
                bytes.push(*value);
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    Cow::Owned(bytes)
}

/// White space of PDF (ISO 32000-2 table 1).
pub const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const SPACE: u8 = 0x40;
const NOT_HEXADECIMAL: u8 = 0x80;

/// Value of each byte as a hexadecimal digit, or one of the two marks above.
static VALUE_OF: [u8; 256] = {
    let mut values = [NOT_HEXADECIMAL; 256];
    let mut byte = 0;
    while byte < 256 {
        values[byte] = match byte as u8 {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'a'..=b'f' => digit - b'a' + 10,
            digit @ b'A'..=b'F' => digit - b'A' + 10,
            other if is_space(other) => SPACE,
            _ => NOT_HEXADECIMAL,
        };
        byte += 1;
    }
    values
};
