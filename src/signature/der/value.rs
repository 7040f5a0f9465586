//! The values inside elements: object identifiers, strings, instants.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Element, Error, tag};

impl Element<'_> {
    /// The dotted form of an OBJECT IDENTIFIER.
    pub fn oid_text(&self) -> String {
        oid_text(self.content)
    }

    /// The text of any of the string types of a name. Undecodable and control characters become U+FFFD.
    pub fn text(&self) -> Result<String, Error> {
        let text: String = match self.tag {
            tag::UTF8_STRING => String::from_utf8_lossy(self.content).into_owned(),
            // T.61 is read as ISO 8859-1, as every issuer that still wrote it meant.
            tag::PRINTABLE_STRING | tag::IA5_STRING | tag::T61_STRING | 0x12 | 0x1a => {
                self.content.iter().map(|&byte| char::from(byte)).collect()
            }
            tag::BMP_STRING => utf16_be(self.content),
            tag::UNIVERSAL_STRING => self.content.as_chunks().0.iter().map(utf32_be).collect(),
            _ => return Err(Error::Content("string")),
        };
        Ok(without_controls(text))
    }

    /// The instant of a UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5; fractions of a second are dropped).
    pub fn time(&self) -> Result<DateTime<Utc>, Error> {
        let malformed = Error::Content("time");
        let text = std::str::from_utf8(self.content).map_err(|_| malformed)?;
        let (year_digits, century) = match self.tag {
            tag::UTC_TIME => (2, true),
            tag::GENERALIZED_TIME => (4, false),
            _ => return Err(malformed),
        };
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if ![year_digits + 8, year_digits + 10].contains(&digits) || !text.ends_with('Z') {
            return Err(malformed);
        }
        let field = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
        let year = field(0, year_digits).ok_or(malformed)?;
        let year = match year {
            0..=49 if century => year + 2000,
            50..=99 if century => year + 1900,
            _ => year,
        };
        let at = |n: usize| field(year_digits + 2 * n, year_digits + 2 * n + 2).ok_or(malformed);
        let second = if digits >= year_digits + 10 { at(4)? } else { 0 };
        NaiveDate::from_ymd_opt(i32::try_from(year).map_err(|_| malformed)?, at(0)?, at(1)?)
            .and_then(|day| day.and_hms_opt(at(2).ok()?, at(3).ok()?, second))
            .map(|naive| naive.and_utc())
            .ok_or(malformed)
    }
}

/// The dotted form of the content of an OBJECT IDENTIFIER; arcs beyond 64 bits are written as `?`.
pub fn oid_text(content: &[u8]) -> String {
    let mut text = String::new();
    let mut first = true;
    for arc in content.split_inclusive(|byte| byte & 0x80 == 0) {
        let value = arc
            .iter()
            .try_fold(0u64, |sum, &byte| sum.checked_mul(128).map(|shifted| shifted | u64::from(byte & 0x7f)));
        let written = match value {
            Some(value) if first => {
                let root = (value / 40).min(2);
                write!(text, "{root}.{}", value - 40 * root)
            }
            Some(value) => write!(text, ".{value}"),
            None => write!(text, ".?"),
        };
        written.expect("writing to a String does not fail");
        first = false;
    }
    text
}

/// UTF-16BE, undecodable units as U+FFFD (also the text strings of PDF).
pub fn utf16_be(bytes: &[u8]) -> String {
    let units = bytes.as_chunks().0.iter().map(|&pair| u16::from_be_bytes(pair));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Control characters replaced: a name is shown on one line, in a log or a page.
pub fn without_controls(text: String) -> String {
    if text.chars().any(char::is_control) {
        text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
    } else {
        text
    }
}

fn utf32_be(&unit: &[u8; 4]) -> char {
    char::from_u32(u32::from_be_bytes(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)
}
