//! Evidence records (RFC 4998, and RFC 6283 in XML): proof that data existed at a time, kept good by renewal for as long as needed.
//!
//! A record is a sequence of chains of archive time-stamps. The first stamps the data; each further one in a chain
//! stamps the token before it (time-stamp renewal); the first of each further chain stamps, under a stronger digest,
//! the data again together with all the chains before it (hash-tree renewal). So one time-stamp covers any number of
//! objects: each keeps only its reduced hash tree.
//!
//! `tree` holds the hash trees, `verify` checks everything but the tokens' own signatures, `create` makes and renews
//! records, `xml` reads those of RFC 6283. Which tokens a judge must then validate, and as of when, is part of the answer
//! ([`Verification::tokens`]). Data enters as digests: objects are never held here.
//!
//! Not read: encrypted objects (`encryptionInfo`, RFC 4998 §6), which this project has none of; a record with it is
//! verified over the digests given, and the finding says so.

mod create;
mod tree;
mod verify;
mod xml;

use super::cms::{algorithm_oid, small};
use super::der::{self, Element, Error, Slice, tag};
use super::timestamp::{TimeStampToken, TokenError};
use super::x509::expected;
use super::xml::c14n::Method;

pub use create::{CreateError, initial};
pub use tree::{HashTree, ReducedTree, TreeError};
pub use verify::{Finding, Place, Proves, RequiredToken, Verification};
pub use xml::{XmlError, canonical_document, is_xml};

/// Chains in one record. A chain lasts as long as its digest algorithm: some twenty years.
pub const CHAINS_MAX: usize = 32;
/// Time-stamps in one chain. One lasts as long as its authority's certificate: a year at the least.
pub const TIME_STAMPS_MAX: usize = 128;
/// Lists in one reduced hash tree: a binary tree over 2^64 objects.
pub const LISTS_MAX: usize = 64;
/// Digests in one list of a reduced hash tree: the objects of one group, or the children of one node.
pub const LIST_DIGESTS_MAX: usize = 4096;

/// An evidence record.
#[derive(Debug, Clone)]
pub struct EvidenceRecord {
    /// `version`; 1.
    pub version: u8,
    /// Object identifiers of the digest algorithms that are said to be used, content bytes.
    pub digest_algorithms: Vec<Slice>,
    /// `cryptoInfos`: evidence about the algorithms or certificates, as written.
    pub crypto_infos: Option<Slice>,
    /// `encryptionInfo`, as written.
    pub encryption: Option<Slice>,
    /// The chains, oldest first.
    pub chains: Vec<Chain>,
    /// How it was written: what a renewal of the hash tree covers depends on it.
    pub syntax: Syntax,
}

/// How a record was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// RFC 4998.
    Der,
    /// RFC 6283.
    Xml,
}

/// A chain of archive time-stamps under one digest algorithm.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The archive time-stamps, oldest first.
    pub time_stamps: Vec<ArchiveTimeStamp>,
    /// The chain as written; empty in XML.
    pub raw: Slice,
    /// In XML, what a renewal of the hash tree covers of the chains before this one, in every form that is accepted.
    pub(super) earlier: Vec<Slice>,
    /// In XML, how the chain makes bytes of elements.
    pub(super) canonicalisation: Option<Method>,
}

/// An archive time-stamp.
#[derive(Debug, Clone)]
pub struct ArchiveTimeStamp {
    /// Object identifier of the digest algorithm of the hash tree, content bytes; if absent, that of the imprint.
    pub digest_algorithm: Option<Slice>,
    /// `attributes`, as written.
    pub attributes: Option<Slice>,
    /// The reduced hash tree; without one the imprint is of the data itself.
    pub tree: Option<ReducedTree>,
    /// The token.
    pub token: Result<TimeStampToken, TokenError>,
    /// The token as written, in XML the canonical form of its element: what time-stamp renewal hashes.
    pub time_stamp: Slice,
    /// The archive time-stamp as written; empty in XML.
    pub raw: Slice,
}

impl EvidenceRecord {
    /// Reads a record; bytes after it are an error.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_slice(&Slice::from(bytes))
    }

    /// [`EvidenceRecord::read`] over bytes that are shared, not copied.
    pub fn from_slice(whole: &Slice) -> Result<Self, Error> {
        let (outer, rest) = der::read(whole)?;
        if !rest.is_empty() {
            return Err(Error::Content("evidence record (bytes after it)"));
        }
        let mut parts = expected(&outer, tag::SEQUENCE)?;
        let version = small(&parts.expect(tag::INTEGER)?)?;
        let algorithms = parts.expect(tag::SEQUENCE)?;
        let digest_algorithms =
            limited(&algorithms, CHAINS_MAX, |algorithm| Ok(whole.part(algorithm_oid(algorithm)?)))?;
        let crypto_infos = parts.take_if(tag::context_constructed(0))?.map(|field| whole.part(field.raw));
        let encryption = parts.take_if(tag::context_constructed(1))?.map(|field| whole.part(field.raw));
        let sequence = parts.expect(tag::SEQUENCE)?;
        if parts.peek().is_some() {
            return Err(Error::Content("evidence record (fields after its time-stamps)"));
        }
        let chains = limited(&sequence, CHAINS_MAX, |chain| Chain::from_element(whole, chain))?;
        Ok(Self { version, digest_algorithms, crypto_infos, encryption, chains, syntax: Syntax::Der })
    }

    /// Reads a record in XML (RFC 6283).
    pub fn read_xml(bytes: &[u8]) -> Result<Self, XmlError> {
        xml::read(bytes)
    }

    /// The last archive time-stamp: the one that must be renewed in time.
    pub fn last(&self) -> Option<&ArchiveTimeStamp> {
        self.chains.last()?.time_stamps.last()
    }
}

impl Chain {
    fn from_element(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        expected(element, tag::SEQUENCE)?;
        let time_stamps = limited(element, TIME_STAMPS_MAX, |stamp| ArchiveTimeStamp::from_element(whole, stamp))?;
        Ok(Self { time_stamps, raw: whole.part(element.raw), earlier: Vec::new(), canonicalisation: None })
    }
}

impl ArchiveTimeStamp {
    fn from_element(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let digest_algorithm = match parts.take_if(tag::context_constructed(0))? {
            Some(field) => Some(whole.part(field.children().expect(tag::OID)?.content)),
            None => None,
        };
        let attributes = parts.take_if(tag::context_constructed(1))?.map(|field| whole.part(field.raw));
        let tree = parts.take_if(tag::context_constructed(2))?;
        let tree = tree.map(|lists| {
            limited(&lists, LISTS_MAX, |list| {
                expected(list, tag::SEQUENCE)?;
                limited(list, LIST_DIGESTS_MAX, |digest| Ok(digest.octet_string()?.into_owned()))
            })
        });
        let tree = tree.transpose()?.map(ReducedTree);
        let time_stamp = whole.part(parts.expect(tag::SEQUENCE)?.raw);
        if parts.peek().is_some() {
            return Err(Error::Content("archive time-stamp (fields after its token)"));
        }
        let token = TimeStampToken::from_slice(&time_stamp);
        Ok(Self { digest_algorithm, attributes, tree, token, time_stamp, raw: whole.part(element.raw) })
    }
}

fn limited<'a, T>(
    element: &Element<'a>,
    max: usize,
    read: impl Fn(&Element<'a>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut found = Vec::new();
    for entry in element.children() {
        if found.len() >= max {
            return Err(Error::TooMany);
        }
        found.push(read(&entry?)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
