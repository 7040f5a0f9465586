//! XML signatures (XML Signature 1.1, XAdES): what was signed with what, as facts.
//!
//! [`examine`] reads every `ds:Signature` of a document. For each it canonicalises SignedInfo and checks the value,
//! follows each reference and checks its digest, and says exactly which element or file is covered: a verifier that
//! only says "OK" is what wrapping attacks live on. Trust, time and policy are judged elsewhere, over these facts.
//!
//! Pure: no clock, no disk, no network. A URI leads into the document, or by its exact name to bytes that the caller
//! handed in ([`Supplied`]), or nowhere. No DTD unless asked for, never an external entity, no XSLT. All work on one
//! document, and on what it holds, is charged to one [`Budget`].
//!
//! `parse` makes a `tree`; `selection`, `xpath`, `c14n` and `transform` make bytes of parts of it; `key` and
//! `algorithm` read keys and algorithms; `dsig` joins them; `unsigned` tells what stands there unsigned;
//! `xades` reads the properties; `shape` knows the documents of Vietnamese agencies.

pub mod c14n;
pub mod fact;
pub mod parse;
pub mod selection;
pub mod shape;
pub mod tree;
pub mod xades;
pub mod xpath;

mod algorithm;
mod dsig;
mod key;
mod reference;
mod transform;
mod unsigned;

pub use algorithm::digest as digest_algorithm;
pub use fact::{
    ClaimedTime, Covered, Defect, DigestCheck, Excluded, Extent, Integrity, KeySource, Reason, Reference, Role, Target,
    ValueCheck, XmlSignature,
};

use ::base64::Engine;
use ::base64::alphabet::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::algorithm::{DigestAlgorithm, DigestValue};
use std::cell::RefCell;
use std::collections::HashMap;

/// Namespace of XML Signature.
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Namespace of what XML Signature 1.1 adds.
pub const DSIG_11: &str = "http://www.w3.org/2009/xmldsig11#";
/// Signatures read from one document; an invoice has two, a file of many seals some dozens.
pub const SIGNATURES_MAX: usize = 256;
/// References read from one SignedInfo or Manifest; a container has one for each file.
pub const REFERENCES_MAX: usize = 1_000;
/// References read from one document or container in all: a Manifest counts each time it is referred to.
const REFERENCES_IN_ALL_MAX: usize = 10_000;
/// Bytes of files beside the document that are digested, each time they are: a container of a gigabyte, once.
const OUTSIDE_BYTES_MAX: usize = 1 << 30;
/// Canonical bytes made for one document: a signed file of 64 MB, referenced by four signatures.
const CANONICAL_BYTES_MAX: usize = 256 << 20;
/// Nodes visited and compared for one document: some seconds of a core at the very worst.
const STEPS_MAX: u64 = 24_000_000;
/// Shortest truncated authentication code accepted, bits (XML Signature 1.1 §6.3.1), unless half of it is more.
const CODE_BITS_MIN: usize = 80;

/// What the caller hands in.
pub struct Supplied<'s> {
    /// Bytes outside the document by their URI as written; the empty URI for a reference without one.
    pub outside: &'s dyn Fn(&str) -> Option<&'s [u8]>,
    /// Certificates (DER) that a signature may name without carrying them.
    pub certificates: &'s [&'s [u8]],
    /// Secrets for authentication codes, by key name; tried all where the signature names none.
    pub secrets: &'s [(&'s str, &'s [u8])],
    /// Shortest truncated authentication code accepted, bits.
    pub code_bits_min: usize,
    /// What to do with a document type declaration.
    pub dtd: parse::Dtd,
    /// Digests of the bytes outside that are kept; of one document or container, whose URIs lead to the same bytes each time.
    pub digests: Option<&'s Digests>,
}

/// Digests of whole files beside a document, by URI as written: many signatures are over the same.
#[derive(Debug, Default)]
pub struct Digests(RefCell<HashMap<(String, DigestAlgorithm), DigestValue>>);

impl Digests {
    /// The digest of a file that was made before, or is made now as far as the budget reaches.
    fn of(&self, uri: &str, bytes: &[u8], digest: DigestAlgorithm, budget: &mut Budget) -> Result<DigestValue, Reason> {
        let key = (uri.to_owned(), digest);
        if let Some(&known) = self.0.borrow().get(&key) {
            return Ok(known);
        }
        if !budget.outside(bytes.len()) {
            return Err(Reason::Limit("bytes of other files"));
        }
        let value = budget.digest(digest, bytes)?;
        self.0.borrow_mut().insert(key, value);
        Ok(value)
    }
}

impl Default for Supplied<'_> {
    /// Nothing handed in, document types refused.
    fn default() -> Self {
        Self {
            outside: &|_| None,
            certificates: &[],
            secrets: &[],
            code_bits_min: CODE_BITS_MIN,
            dtd: parse::Dtd::Refused,
            digests: None,
        }
    }
}

/// What may still be spent on a document.
#[derive(Debug)]
pub struct Budget {
    signatures: usize,
    references: usize,
    canonical_bytes: usize,
    outside_bytes: usize,
    steps: u64,
    /// Checks of values, and bytes hashed by what each algorithm takes.
    values: super::algorithm::Budget,
}

impl Default for Budget {
    fn default() -> Self {
        Self::sharing(&super::algorithm::Budget::default())
    }
}

impl Budget {
    /// One whose checks of values, and bytes hashed, are spent of `values`.
    pub fn sharing(values: &super::algorithm::Budget) -> Self {
        Self {
            signatures: SIGNATURES_MAX,
            references: REFERENCES_IN_ALL_MAX,
            canonical_bytes: CANONICAL_BYTES_MAX,
            outside_bytes: OUTSIDE_BYTES_MAX,
            steps: STEPS_MAX,
            values: values.clone(),
        }
    }

    /// Takes bytes of canonical form, or of what is kept of the document; whether they were there.
    pub(super) fn canonical(&mut self, bytes: usize) -> bool {
        take(&mut self.canonical_bytes, bytes)
    }

    /// Takes bytes of a file beside the document; whether they were there.
    fn outside(&mut self, bytes: usize) -> bool {
        take(&mut self.outside_bytes, bytes)
    }

    /// The digest of bytes, as far as what hashing costs is there.
    pub(super) fn digest(&self, digest: DigestAlgorithm, bytes: &[u8]) -> Result<DigestValue, Reason> {
        self.values.hash(digest, bytes.len()).map_err(|_| Reason::Limit("bytes to be hashed"))?;
        Ok(digest.of_parts(&[bytes]))
    }

    /// Takes references; whether they were there.
    fn references(&mut self, count: usize) -> bool {
        take(&mut self.references, count)
    }

    /// Takes steps; whether they were there.
    pub(super) fn steps(&mut self, steps: u64) -> bool {
        let left = self.steps.checked_sub(steps);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }
}

fn take(left: &mut usize, count: usize) -> bool {
    let enough = *left >= count;
    *left = left.saturating_sub(count);
    enough
}

/// The signatures of an XML document, in document order; none if it has none. `Err` says why it is not read as XML.
pub fn examine(bytes: &[u8], supplied: &Supplied<'_>) -> Result<Vec<XmlSignature>, parse::Error> {
    examine_within(bytes, supplied, &mut Budget::default())
}

/// The documents that an edXML message carries, whatever stands around it; none of any other document.
pub fn attachments(bytes: &[u8]) -> Result<Vec<shape::Attachment>, parse::Error> {
    let text = parse::decode(bytes)?;
    let document = parse::parse(&text, parse::Dtd::Refused)?;
    Ok(shape::attachments(&document, document.document_element()))
}

/// The same for one of several documents that share a budget.
pub fn examine_within(
    bytes: &[u8],
    supplied: &Supplied<'_>,
    budget: &mut Budget,
) -> Result<Vec<XmlSignature>, parse::Error> {
    let text = parse::decode(bytes)?;
    let document = parse::parse(&text, supplied.dtd)?;
    let found: Vec<_> = document.subtree(tree::ROOT).filter(|&id| document.is(id, DSIG, "Signature")).collect();
    if !take(&mut budget.signatures, found.len()) {
        return Err(parse::Error::Limit("signatures"));
    }
    let facts = found.iter().enumerate().map(|(at, &signature)| {
        let around = |&other: &usize| document.within(signature, found[other]);
        let inside = (0..at).rev().find(around).map(|other| other + 1);
        dsig::read(&document, signature, at + 1, inside, supplied, budget)
    });
    Ok(facts.collect())
}

/// Decodes Base64 as XML writes it: white space anywhere, padding present or not.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, Reason> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let packed: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    GeneralPurpose::new(&STANDARD, CONFIG).decode(packed).map_err(|_| Reason::Base64)
}

#[cfg(test)]
mod tests;
