//! When two values are the same, and dictionaries to look many keys up in.

use std::collections::HashMap;

use crate::signature::pdf::object::{Dict, Object};

/// Keys whose values are measures (ISO 32000-2 tables 31, 93, 166, 192): there an integer is as good as a real number.
/// Elsewhere readers that want the one pass over the other.
const MEASURES: [&[u8]; 11] =
    [b"MediaBox", b"CropBox", b"BleedBox", b"TrimBox", b"ArtBox", b"BBox", b"Rect", b"Matrix", b"Border", b"BC", b"BG"];

/// Equal values; strings by their bytes and real numbers by their value, however written.
pub fn same_value(old: &Object, new: &Object) -> bool {
    match (old, new) {
        // What can't be read each reader reads in its own way.
        (Object::String(before), Object::String(now)) => {
            before == now || old.string().is_some_and(|text| new.string() == Some(text))
        }
        (Object::Real(before), Object::Real(now)) => {
            before == now || decimal(before).is_some_and(|value| decimal(now) == Some(value))
        }
        (old, new) => old == new,
    }
}

/// Equal values of a key: measures by their value, whether it is written with a point or without.
pub fn same_value_of(key: &[u8], old: &Object, new: &Object) -> bool {
    same_value(old, new) || MEASURES.contains(&key) && is_same_number(old, new)
}

fn is_same_number(old: &Object, new: &Object) -> bool {
    let (integer, real) = match (old, new) {
        (Object::Integer(integer), Object::Real(real)) | (Object::Real(real), Object::Integer(integer)) => {
            (integer, real)
        }
        _ => return false,
    };
    decimal(real).is_some_and(|value| decimal(integer.to_string().as_bytes()) == Some(value))
}

/// A number as its sign, its digits before the point and those behind it, without the zeros that say nothing; `None`: readers
/// differ on what it is.
fn decimal(text: &[u8]) -> Option<(bool, &[u8], &[u8])> {
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let point = unsigned.iter().position(|&byte| byte == b'.');
    let (whole, part) = point.map_or((unsigned, &[][..]), |at| (&unsigned[..at], &unsigned[at + 1..]));
    let is_number = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    if !is_number(whole) || !is_number(part) || whole.len() + part.len() == 0 {
        return None;
    }
    let whole = &whole[whole.iter().take_while(|&&digit| digit == b'0').count()..];
    let part = &part[..part.len() - part.iter().rev().take_while(|&&digit| digit == b'0').count()];
    let is_negative = text.starts_with(b"-") && whole.len() + part.len() > 0;
    Some((is_negative, whole, part))
}

/// Equal without following references.
pub fn same(old: &Object, new: &Object) -> bool {
    match (old, new) {
        (Object::Array(old), Object::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        }
        (Object::Dict(old), Object::Dict(new)) => same_dict(old, new),
        (Object::Reference(old), Object::Reference(new)) => old.number == new.number,
        (old, new) => same_value(old, new),
    }
}

pub fn same_dict(old: &Dict, new: &Dict) -> bool {
    let are = Keys::of(new);
    old.entries.len() == new.entries.len()
        && old.entries.iter().all(|(key, before)| are.get(key).is_some_and(|now| same(before, now)))
}

/// A dictionary to look many keys up in: hostile ones have a hundred thousand.
pub enum Keys<'o> {
    Few(&'o Dict),
    Many(HashMap<&'o [u8], &'o Object>),
}

impl<'o> Keys<'o> {
    const FEW: usize = 32;

    /// The keys of a dictionary.
    pub fn of(dict: &'o Dict) -> Self {
        if dict.entries.len() <= Self::FEW {
            return Self::Few(dict);
        }
        // The first of equal keys counts, as everywhere.
        Self::Many(dict.entries.iter().rev().map(|(key, value)| (key.as_ref(), value)).collect())
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Option<&'o Object> {
        match self {
            Self::Few(dict) => dict.get(key),
            Self::Many(map) => map.get(key).copied(),
        }
    }
}
