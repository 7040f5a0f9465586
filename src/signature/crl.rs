//! Certificate revocation lists (RFC 5280 §5), complete, delta and indirect.
//!
//! Read once into an index sorted by serial number: a list of 100,000 entries (5 MB) costs one linear pass, one sort and
//! 1.6 MB beside its bytes, and every look-up after that is a binary search; one of millions, as authorities of whole
//! countries have, less than its own length again. A [`Crl`] is an owned value behind
//! one `Arc`, so that one copy serves every document that it speaks about.
//!
//! Reads and judges nothing: whether the list speaks for a certificate, and may be believed, is for `path`. What makes
//! a list unusable (a critical extension that is not understood, in the list or in any entry) is kept as a fact.

mod entry;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::der::{self, Element, Error, Slice, tag};
use super::oid;
use super::x509::{
    AuthorityKeyIdentifier, Critical, DistributionPoint, DistributionPointName, Name, Reasons, distribution_point_name,
    distribution_points, expected, read_list,
};
use crate::digest::Sha256;

pub use entry::{Reason, Revocation};

/// Lists above this are refused; the largest public ones have some 30 MB.
pub const BYTES_MAX: usize = 128 << 20;

/// A revocation list. Equal when every byte is.
#[derive(Clone)]
pub struct Crl(Arc<Fields>);

struct Fields {
    raw: Slice,
    sha256: Sha256,
    tbs: Slice,
    inner_algorithm: Slice,
    outer_algorithm: Slice,
    signature: Slice,
    issuer: Name,
    this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
    entries: entry::Entries,
    extensions: Extensions,
}

/// The extensions of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// Object identifiers of all of them, with their criticality, in the order written.
    pub kinds: Vec<(Slice, Critical)>,
    /// authorityKeyIdentifier.
    pub authority_key_identifier: Option<AuthorityKeyIdentifier>,
    /// cRLNumber, magnitude.
    pub number: Option<Slice>,
    /// deltaCRLIndicator: number of the complete list that this one adds to, magnitude.
    pub base_number: Option<Slice>,
    /// issuingDistributionPoint.
    pub distribution_point: Option<IssuingDistributionPoint>,
    /// freshestCRL: where its delta lists are.
    pub freshest: Vec<DistributionPoint>,
    /// expiredCertsOnCRL: certificates that expired after this instant are still listed (X.509).
    pub expired_kept_since: Option<DateTime<Utc>>,
    /// Object identifiers of critical extensions that are not understood, of the list and of its entries.
    pub unknown_critical: Vec<Slice>,
    /// Object identifiers of extensions that cannot be read, or stand twice.
    pub defects: Vec<Slice>,
}

/// issuingDistributionPoint: what the list speaks about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuingDistributionPoint {
    /// Its name.
    pub name: Option<DistributionPointName>,
    /// Which certificates.
    pub scope: Scope,
    /// Which reasons; absent means all.
    pub only_reasons: Option<Reasons>,
    /// Whether entries may be of certificates of other issuers.
    pub indirect: bool,
}

/// Which certificates a list speaks about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of the issuer's.
    #[default]
    All,
    /// Those of end entities.
    Users,
    /// Those of authorities.
    Authorities,
    /// Attribute certificates.
    Attributes,
}

impl Crl {
    /// Reads one list; bytes after it are an error.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        match der::read(bytes)? {
            (element, []) => Self::from_element(&element),
            _ => Err(Error::Content("revocation list (bytes after it)")),
        }
    }

    /// Reads a list that stands inside another structure, and copies its bytes out of it.
    pub fn from_element(element: &Element<'_>) -> Result<Self, Error> {
        if element.raw.len() > BYTES_MAX {
            return Err(Error::TooMany);
        }
        let raw = Slice::from(element.raw);
        let (element, _) = der::read(&raw)?;
        let mut outer = expected(&element, tag::SEQUENCE)?;
        let tbs = outer.expect(tag::SEQUENCE)?;
        let mut body = tbs.children();
        body.take_if(tag::INTEGER)?; // version
        let inner_algorithm = body.expect(tag::SEQUENCE)?;
        let issuer = Name::from_element(&body.expect(tag::SEQUENCE)?, &raw)?;
        let this_update = body.next_element()?.ok_or(Error::Truncated)?.time()?;
        let next_update = match body.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => body.next_element()?.map(|time| time.time()).transpose()?,
            _ => None,
        };
        let list = body.take_if(tag::SEQUENCE)?;
        let mut extensions = match body.take_if(tag::context_constructed(0))? {
            Some(explicit) => Extensions::read(&explicit, &raw)?,
            None => Extensions::default(),
        };
        let entries = entry::Entries::read(list.as_ref(), &issuer, &raw, &mut extensions)?;
        let outer_algorithm = outer.expect(tag::SEQUENCE)?;
        let signature = outer.expect(tag::BIT_STRING)?.bits_or_more()?;
        let fields = Fields {
            sha256: Sha256::of(&raw),
            tbs: raw.part(tbs.raw),
            inner_algorithm: raw.part(inner_algorithm.raw),
            outer_algorithm: raw.part(outer_algorithm.raw),
            signature: raw.part(signature),
            issuer,
            this_update,
            next_update,
            entries,
            extensions,
            raw: raw.clone(),
        };
        Ok(Self(Arc::new(fields)))
    }

    /// The whole list, as written.
    pub fn raw(&self) -> &[u8] {
        &self.0.raw
    }

    /// SHA-256 of the whole, computed once.
    pub fn sha256(&self) -> Sha256 {
        self.0.sha256
    }

    /// The part that is signed.
    pub fn tbs(&self) -> &[u8] {
        &self.0.tbs
    }

    /// AlgorithmIdentifier inside the signed part, encoded.
    pub fn inner_algorithm(&self) -> &[u8] {
        &self.0.inner_algorithm
    }

    /// AlgorithmIdentifier beside the signature value, encoded.
    pub fn outer_algorithm(&self) -> &[u8] {
        &self.0.outer_algorithm
    }

    /// The signature value.
    pub fn signature(&self) -> &[u8] {
        &self.0.signature
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// When it was issued.
    pub fn this_update(&self) -> DateTime<Utc> {
        self.0.this_update
    }

    /// When the next one comes at the latest.
    pub fn next_update(&self) -> Option<DateTime<Utc>> {
        self.0.next_update
    }

    /// The extensions.
    pub fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// Whether it only adds to a complete list.
    pub fn is_delta(&self) -> bool {
        self.0.extensions.base_number.is_some()
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it says of the certificate with this serial number (`Certificate::serial_value`) and issuer.
    pub fn find(&self, serial: &[u8], issuer: &Name) -> Option<Revocation> {
        self.0.entries.find(serial, issuer, &self.0.raw)
    }
}

impl PartialEq for Crl {
    fn eq(&self, other: &Self) -> bool {
        self.sha256() == other.sha256()
    }
}

impl Eq for Crl {}

impl std::fmt::Debug for Crl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crl({} at {}, {} entries)", self.issuer(), self.this_update(), self.len())
    }
}

impl Extensions {
    fn read(explicit: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut read = Self::default();
        for extension in read_list(explicit, whole)? {
            let twice = read.kinds.iter().any(|(kind, _)| *kind == extension.kind);
            read.kinds.push((extension.kind.clone(), extension.critical));
            match read.take(&extension.kind, &extension.value) {
                _ if twice => read.defects.push(extension.kind),
                Ok(true) => {}
                Ok(false) if extension.critical == Critical::Yes => read.unknown_critical.push(extension.kind),
                Ok(false) => {}
                Err(_) => read.defects.push(extension.kind),
            }
        }
        Ok(read)
    }

    fn take(&mut self, kind: &[u8], value: &Slice) -> Result<bool, Error> {
        let (element, _) = der::read(value)?;
        match kind {
            oid::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_identifier = Some(AuthorityKeyIdentifier::read(&element, value)?);
            }
            oid::CRL_NUMBER => self.number = Some(value.part(element.magnitude()?)),
            oid::DELTA_CRL_INDICATOR => self.base_number = Some(value.part(element.magnitude()?)),
            oid::ISSUING_DISTRIBUTION_POINT => {
                self.distribution_point = Some(IssuingDistributionPoint::read(&element, value)?);
            }
            oid::FRESHEST_CRL => self.freshest = distribution_points(&element, value)?,
            oid::EXPIRED_CERTS_ON_CRL => self.expired_kept_since = Some(element.time()?),
            oid::ISSUER_ALTERNATIVE_NAME | oid::AUTHORITY_INFO_ACCESS => {} // hints only
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl IssuingDistributionPoint {
    fn read(element: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut read = Self::default();
        for part in expected(element, tag::SEQUENCE)? {
            let part = part?;
            let flag = part.content.first().is_some_and(|&byte| byte != 0);
            match part.tag {
                0xa0 => read.name = Some(distribution_point_name(&part, whole)?),
                0x83 => read.only_reasons = Some(Reasons(part.named_bits()?)),
                0x84 => read.indirect = flag,
                0x81 | 0x82 | 0x85 if !flag => {}
                // No certificate is of two kinds: a list for two kinds speaks about none.
                _ if read.scope != Scope::All => return Err(Error::Content("issuingDistributionPoint")),
                0x81 => read.scope = Scope::Users,
                0x82 => read.scope = Scope::Authorities,
                0x85 => read.scope = Scope::Attributes,
                _ => return Err(Error::Content("issuingDistributionPoint")),
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
