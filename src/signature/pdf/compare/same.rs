//! When two values are the same, and dictionaries to look many keys up in.

use std::collections::HashMap;

use crate::signature::pdf::object::{Dict, Object};

/// Equal values; strings by their bytes, however written.
pub fn same_value(old: &Object, new: &Object) -> bool {
    match (old, new) {
        (Object::String(before), Object::String(now)) => before == now || old.string() == new.string(),
        (old, new) => old == new,
    }
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
