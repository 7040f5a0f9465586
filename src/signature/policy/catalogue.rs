//! The dated catalogue of algorithms.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

/// An algorithm as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Algorithm {
    /// Name as in the catalogue, such as `SHA-256` or `RSA-PKCS1`.
    pub name: Cow<'static, str>,
    /// Length of the key, bits; `None` for a digest.
    pub bits: Option<u32>,
    /// Public exponent of an RSA key, where it fits.
    pub exponent: Option<u64>,
}

/// One line: the name, from which key length on, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name of the algorithm.
    pub name: String,
    /// Shortest key, bits; 0 for digests.
    pub bits_min: u32,
    /// First instant at which it is no longer reliable; `None`: no end is set.
    pub until: Option<DateTime<Utc>>,
    /// Code of the authority.
    pub authority: String,
    /// Identifier of the policy file that has the line.
    pub policy: String,
    /// Whether the text of the authority itself was read for it.
    pub verified: bool,
}

/// All lines, and what goes for all RSA keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// The lines.
    pub entries: Vec<Entry>,
    /// RSA exponents must be above this.
    pub rsa_exponent_above: u64,
}

/// Whether an algorithm was reliable at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reliability {
    /// It was; until when it is, if an end is set.
    Reliable(Option<DateTime<Utc>>),
    /// It was until this instant.
    Expired(DateTime<Utc>),
    /// At no time.
    Never,
}

impl Algorithm {
    /// A digest algorithm.
    pub fn digest(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), bits: None, exponent: None }
    }

    /// A signature scheme with a key of this length.
    pub fn scheme(name: impl Into<Cow<'static, str>>, bits: u32) -> Self {
        Self { name: name.into(), bits: Some(bits), exponent: None }
    }

    /// With this public exponent.
    #[must_use]
    pub fn exponent(mut self, exponent: u64) -> Self {
        self.exponent = Some(exponent);
        self
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        self.bits.map_or(Ok(()), |bits| write!(f, " {bits}"))
    }
}

impl Catalogue {
    /// The line that counts for an algorithm.
    pub fn entry(&self, algorithm: &Algorithm) -> Option<&Entry> {
        let bits = algorithm.bits.unwrap_or(0);
        let mine = self.entries.iter().filter(|entry| entry.name == algorithm.name && entry.bits_min <= bits);
        mine.max_by_key(|entry| entry.bits_min)
    }

    /// Whether `algorithm` was reliable at `at`.
    pub fn reliability(&self, algorithm: &Algorithm, at: DateTime<Utc>) -> Reliability {
        if algorithm.exponent.is_some_and(|exponent| exponent <= self.rsa_exponent_above) {
            return Reliability::Never;
        }
        match self.entry(algorithm).map(|entry| entry.until) {
            None => Reliability::Never,
            Some(Some(until)) if at >= until => Reliability::Expired(until),
            Some(until) => Reliability::Reliable(until),
        }
    }

    /// Adds a line in place of one for the same algorithm and key length.
    pub(super) fn put(&mut self, entry: Entry) {
        self.entries.retain(|old| old.name != entry.name || old.bits_min != entry.bits_min);
        self.entries.push(entry);
    }
}

impl Reliability {
    /// The name in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reliable(_) => "reliable",
            Self::Expired(_) => "expired",
            Self::Never => "never",
        }
    }

    /// The last word on time: until when it is, or was, reliable; `None` where no end is set or it never was.
    pub const fn until(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Reliable(until) => until,
            Self::Expired(until) => Some(until),
            Self::Never => None,
        }
    }
}
