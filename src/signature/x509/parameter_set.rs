//! The parameter sets of the post-quantum signature standards: ML-DSA (FIPS 204) and SLH-DSA (FIPS 205).
//!
//! One object identifier names key and signature (RFC 9881, RFC 9882 for ML-DSA; RFC 9909, RFC 9814 for SLH-DSA). The
//! variants that sign a digest have identifiers of their own and are not listed: certificates and CMS don't use them.

use super::oid;

/// A parameter set: it fixes all sizes and digests, so a key knows its algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "their own names")]
pub enum ParameterSet {
    MlDsa44,
    MlDsa65,
    MlDsa87,
    SlhDsaSha2_128s,
    SlhDsaSha2_128f,
    SlhDsaSha2_192s,
    SlhDsaSha2_192f,
    SlhDsaSha2_256s,
    SlhDsaSha2_256f,
    SlhDsaShake128s,
    SlhDsaShake128f,
    SlhDsaShake192s,
    SlhDsaShake192f,
    SlhDsaShake256s,
    SlhDsaShake256f,
}

use ParameterSet::*;

/// With the last number of their object identifiers, under [`oid::NIST_SIGNATURES`].
const ALL: [(ParameterSet, u8, &str); 15] = [
    (MlDsa44, 17, "ML-DSA-44"),
    (MlDsa65, 18, "ML-DSA-65"),
    (MlDsa87, 19, "ML-DSA-87"),
    (SlhDsaSha2_128s, 20, "SLH-DSA-SHA2-128s"),
    (SlhDsaSha2_128f, 21, "SLH-DSA-SHA2-128f"),
    (SlhDsaSha2_192s, 22, "SLH-DSA-SHA2-192s"),
    (SlhDsaSha2_192f, 23, "SLH-DSA-SHA2-192f"),
    (SlhDsaSha2_256s, 24, "SLH-DSA-SHA2-256s"),
    (SlhDsaSha2_256f, 25, "SLH-DSA-SHA2-256f"),
    (SlhDsaShake128s, 26, "SLH-DSA-SHAKE-128s"),
    (SlhDsaShake128f, 27, "SLH-DSA-SHAKE-128f"),
    (SlhDsaShake192s, 28, "SLH-DSA-SHAKE-192s"),
    (SlhDsaShake192f, 29, "SLH-DSA-SHAKE-192f"),
    (SlhDsaShake256s, 30, "SLH-DSA-SHAKE-256s"),
    (SlhDsaShake256f, 31, "SLH-DSA-SHAKE-256f"),
];

impl ParameterSet {
    /// The set with this object identifier (content bytes).
    pub fn from_oid(identifier: &[u8]) -> Option<Self> {
        let &[number] = identifier.strip_prefix(oid::NIST_SIGNATURES)? else { return None };
        ALL.into_iter().find(|(_, of_set, _)| *of_set == number).map(|(set, ..)| set)
    }

    /// The set with this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|(.., of_set)| of_set.eq_ignore_ascii_case(name)).map(|(set, ..)| set)
    }

    /// Its name in the standards.
    pub fn name(self) -> &'static str {
        ALL.into_iter().find(|(set, ..)| *set == self).map_or("", |(.., name)| name)
    }
}

impl std::fmt::Display for ParameterSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
