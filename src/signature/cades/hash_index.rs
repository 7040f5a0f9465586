//! The hash index of an archive time-stamp of version 3: the list of what it covers beside the signature itself
//! (EN 319 122-1 §5.5.2; TS 101 733 §6.4.2 for version 1).
//!
//! An entry for which nothing is found means that something the time-stamp covered is no longer there: the time-stamp
//! then proves nothing (§5.5.2, validation). Something found without an entry is merely not covered.

use std::collections::HashMap;

use crate::signature::algorithm::{DigestAlgorithm, Unsupported};
use crate::signature::cms::{Attribute, Attributes, Once, SignedData, SignerInfo, algorithm_oid, octets};
use crate::signature::der::{Error, Slice, tag};
use crate::signature::oid;

use super::{Covered, element, list};

/// Versions differ in what of an unsigned attribute is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashIndexVersion {
    /// `ats-hash-index` (TS 101 733): each whole attribute; the algorithm is SHA-256 unless said.
    V1,
    /// `ats-hash-index-v2` (EN 319 122-1 V1.0.0): each whole attribute.
    V2,
    /// `ats-hash-index-v3` (EN 319 122-1 V1.1.1): the type with each value.
    V3,
}

/// A hash index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashIndex {
    /// Which version.
    pub version: HashIndexVersion,
    /// Object identifier of the digest algorithm, content bytes.
    pub algorithm: Slice,
    /// Digests of entries of `certificates`.
    pub certificates: Vec<Slice>,
    /// Digests of entries of `crls`.
    pub revocation: Vec<Slice>,
    /// Digests of unsigned attributes, or of their values.
    pub unsigned: Vec<Slice>,
    /// The value as written: the last part of the imprint.
    pub raw: Slice,
}

/// What a hash index covers of a signature as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// What is listed and found.
    pub covered: Vec<Covered>,
    /// Entries for which nothing is found: certificates, revocation data, unsigned attributes.
    pub missing: [usize; 3],
}

impl HashIndex {
    /// The hash index among the unsigned attributes of a token. Several versions side by side count as multiple.
    pub fn of(token_unsigned: &Attributes) -> Once<Self> {
        use HashIndexVersion::{V1, V2, V3};
        let kinds = [(oid::ATS_HASH_INDEX_V3, V3), (oid::ATS_HASH_INDEX_V2, V2), (oid::ATS_HASH_INDEX, V1)];
        let found = kinds.map(|(kind, version)| token_unsigned.once(kind, |value| Self::read(value, version)));
        let present = found.iter().filter(|index| !index.is_absent()).count();
        match found.into_iter().find(|index| !index.is_absent()) {
            Some(index) if present == 1 => index,
            Some(_) => Once::Multiple(present),
            None => Once::Absent,
        }
    }

    fn read(value: &Slice, version: HashIndexVersion) -> Result<Self, Error> {
        let mut lists = list(&element(value, tag::SEQUENCE)?, |entry| Ok(*entry))?;
        let algorithm = match (lists.len(), lists.first()) {
            (4, Some(first)) => {
                let named = value.part(algorithm_oid(first)?);
                lists.remove(0);
                named
            }
            (3, _) => oid::SHA256.into(),
            _ => return Err(Error::Content("ats-hash-index")),
        };
        let digests = |at: usize| list(&lists[at], |entry| octets(value, entry));
        let (certificates, revocation, unsigned) = (digests(0)?, digests(1)?, digests(2)?);
        Ok(Self { version, algorithm, certificates, revocation, unsigned, raw: value.clone() })
    }

    /// What of this signature is listed. `Err` if the digest algorithm is not offered.
    pub fn matches(&self, data: &SignedData, signer: &SignerInfo) -> Result<Match, Unsupported> {
        let algorithm = DigestAlgorithm::from_oid(&self.algorithm)?;
        let mut found = Match::default();
        let certificates = data.certificates.iter().enumerate();
        let certificates = certificates.map(|(at, entry)| (Covered::Certificate(at), entry.raw().to_vec()));
        found.take(&self.certificates, 0, algorithm, certificates);
        let revocation = data.revocation.iter().enumerate();
        let revocation = revocation.map(|(at, entry)| (Covered::Revocation(at), entry.raw().to_vec()));
        found.take(&self.revocation, 1, algorithm, revocation);
        let unsigned = signer.unsigned.list.iter().enumerate();
        let unsigned = unsigned.flat_map(|(at, attribute)| self.hashed(at, attribute));
        found.take(&self.unsigned, 2, algorithm, unsigned);
        Ok(found)
    }

    /// What is hashed of one unsigned attribute.
    fn hashed(&self, at: usize, attribute: &Attribute) -> Vec<(Covered, Vec<u8>)> {
        match self.version {
            HashIndexVersion::V1 | HashIndexVersion::V2 => {
                vec![(Covered::Attribute(at), attribute.raw.to_vec())]
            }
            HashIndexVersion::V3 => {
                let kind = attribute.kind_encoded();
                let values = attribute.values.iter().enumerate();
                let hashed = values
                    .map(|(value, raw)| (Covered::AttributeValue { attribute: at, value }, [&kind[..], raw].concat()));
                hashed.collect()
            }
        }
    }
}

impl Match {
    fn take(
        &mut self,
        listed: &[Slice],
        list: usize,
        algorithm: DigestAlgorithm,
        present: impl Iterator<Item = (Covered, Vec<u8>)>,
    ) {
        let mut left: HashMap<&[u8], usize> = HashMap::new();
        for entry in listed {
            *left.entry(&**entry).or_default() += 1;
        }
        for (covered, bytes) in present {
            let digest = algorithm.of_parts(&[&bytes]);
            if let Some(count) = left.get_mut(digest.as_ref()).filter(|count| **count > 0) {
                *count -= 1;
                self.covered.push(covered);
            }
        }
        self.missing[list] = left.values().sum();
    }
}
