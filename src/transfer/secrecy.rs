//! What keeps a document out: marks of secrecy, where they belong and where else they are written.
//!
//! The law keeps secret documents out of such a system (QCVN 12:2026/BCA §1.1), so a mark counts wherever it stands:
//! under its own name, under another spelling of that name (`độ mật`, `securityLevel`), or as the value of a field
//! that no form has. What a mark can't be read as is treated as secret. Knows no form and no place of a record.

use super::FindingCode;
use super::finding::quoted;
use crate::record::{AccessMode, SecurityMark};
use crate::text;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Names of a field that tells of secrecy, folded and without what joins their words.
const NAMES: [&str; 16] = [
    "securitylevel",
    "securitymark",
    "securityclassification",
    "secrecy",
    "secrecylevel",
    "secret",
    "issecret",
    "confidential",
    "confidentiality",
    "confidentialitylevel",
    "mat",
    "domat",
    "mucdomat",
    "capdomat",
    "daumat",
    "dauchidomat",
];

/// Whether a field of this name tells of secrecy, in whatever letter case, with or without marks and joints.
pub(super) fn is_name(name: &str) -> bool {
    let joined: String = text::fold(name).chars().filter(|c| c.is_alphanumeric()).collect();
    NAMES.contains(&joined.as_str())
}

/// The finding that keeps out what bears this mark; what can't be read as one is treated as secret.
pub(super) fn mark(written: &str) -> Option<FindingCode> {
    match SecurityMark::read(written) {
        Some(SecurityMark::None) => None,
        Some(_) => Some(FindingCode::SecretMark),
        None => Some(FindingCode::UnknownMark),
    }
}

/// The same of an access mode: 03 says secret, whatever the mark says.
pub(super) fn mode(written: &str) -> Option<FindingCode> {
    (written.trim() == AccessMode::Secret.code()).then_some(FindingCode::SecretMark)
}

/// A finding that keeps a document out, and what was written.
pub(super) type Mark = (FindingCode, String);

/// Reads the value of a field that no form has, and answers with the first mark in it, however deep (the JSON reader
/// refuses what is nested more than 128 deep).
#[derive(Clone, Copy)]
pub(super) struct Unlisted {
    /// Whether its name tells of secrecy: then all it may say is that there is none.
    pub is_named: bool,
}

impl<'de> DeserializeSeed<'de> for Unlisted {
    type Value = Option<Mark>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl Unlisted {
    fn unreadable(self, written: impl fmt::Display) -> Option<Mark> {
        self.is_named.then(|| (FindingCode::UnknownMark, quoted(&written.to_string())))
    }
}

impl<'de> Visitor<'de> for Unlisted {
    type Value = Option<Mark>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        let found = mark(text).filter(|code| self.is_named || *code == FindingCode::SecretMark);
        Ok(found.map(|code| (code, quoted(text))))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(if flag { self.unreadable(flag) } else { None })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(self.unreadable(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(self.unreadable(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(self.unreadable(number))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut first = None;
        while let Some(mark) = list.next_element_seed(self)? {
            first = first.or(mark);
        }
        Ok(first)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut first = None;
        while let Some(name) = map.next_key::<String>()? {
            let mark = map.next_value_seed(Self { is_named: self.is_named || is_name(&name) })?;
            first = first.or(mark);
        }
        Ok(first)
    }
}

#[cfg(test)]
mod tests;
