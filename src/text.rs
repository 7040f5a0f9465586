//! Vietnamese text: one spelling for storing and one for finding.
//!
//! Owns normalisation (NFC: the same letter may arrive precomposed or decomposed), folding (lower case, no
//! diacritics, `đ` to `d`) and the reading of a document's number and notation. Pure; never loses the raw text,
//! which its callers keep. Beside it text as XML has it ([`xml`]), and tables from spreadsheets ([`table`]).

pub mod table;
pub mod xml;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Canonical composition (NFC, Unicode Annex 15).
pub fn nfc(text: &str) -> String {
    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

/// Lower case without diacritics: what a clerk types when in a hurry.
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// A document's number and notation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Number, `1719`.
    pub number: String,
    /// Notation, `QĐ-UBND`; for a normative document with its year, `2018/QĐ-TTg`.
    pub notation: String,
    /// Whether both have the shape of Decree 30/2020 Annex I; an odd one is kept and warned of.
    pub regular: bool,
}

/// Splits `1719/QĐ-UBND` or `28/2018/QĐ-TTg` at the first slash (Decree 30/2020 Annex I, part I.II.3). Without a slash,
/// digits alone are the number, and anything else the notation.
pub fn split_symbol(symbol: &str) -> Symbol {
    let symbol = nfc(symbol.trim());
    let (number, notation) = match symbol.split_once('/') {
        Some(parts) => parts,
        None if symbol.bytes().all(|b| b.is_ascii_digit()) => (symbol.as_str(), ""),
        None => ("", symbol.as_str()),
    };
    let (number, notation) = (number.trim(), notation.trim());
    Symbol {
        number: number.to_owned(),
        notation: notation.to_owned(),
        regular: regular_number(number) && regular_notation(notation),
    }
}

/// Number and notation as one symbol, either of which may be empty.
pub fn join_symbol(number: &str, notation: &str) -> String {
    match (number, notation) {
        ("", one) | (one, "") => one.to_owned(),
        (number, notation) => format!("{number}/{notation}"),
    }
}

/// Whether a number is Arabic digits, two at least, as Decree 30/2020 writes it.
pub fn regular_number(number: &str) -> bool {
    (2..=11).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a notation is letter groups joined by hyphens, with a year before it in normative documents.
pub fn regular_notation(notation: &str) -> bool {
    let (year, groups) = match notation.split_once('/') {
        Some((year, groups)) => (Some(year), groups),
        None => (None, notation),
    };
    let year_ok = year.is_none_or(|year| {
        year.len() == 4
            && (year.starts_with("19") || year.starts_with("20"))
            && year.bytes().all(|b| b.is_ascii_digit())
    });
    let group_ok = |group: &str| {
        group.chars().next().is_some_and(|c| c.is_ascii_uppercase() || c == 'Đ')
            && group.chars().all(|c| c.is_ascii_alphanumeric() || c == 'Đ' || c == 'đ')
    };
    year_ok && !groups.is_empty() && groups.split('-').all(group_ok)
}

#[cfg(test)]
mod tests;
