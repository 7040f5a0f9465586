//! Certificates (RFC 5280 §4), read and not judged.
//!
//! A [`Certificate`] is an owned value: its bytes and where its parts lie in them, behind one `Arc`, so that pools,
//! caches, trust anchors and captured evidence may keep it longer than the document that carried it. Cloning costs a
//! reference count.
//!
//! Reading is lenient, because real certificates stand in real signatures: negative serial numbers, moduli without
//! their leading zero, Teletex names and BER are read. An extension that cannot be read leaves the certificate
//! readable and is listed in [`Extensions::defects`]; what that means is for `path` to say. Nothing here checks the
//! certificate's own signature, its validity at any time, its uses or its path.

mod extension;
mod key;
mod name;
mod parameter_set;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::der::{self, Element, Error, Slice, tag};
use super::oid;
use crate::digest::{Sha256, hex};

pub use extension::{
    Access, AuthorityKeyIdentifier, BasicConstraints, Critical, Defect, DefectKind, DistributionPoint,
    DistributionPointName, Extension, Extensions, KeyUsage, NameConstraints, PolicyConstraints, QcStatement, Reasons,
};
pub(in crate::signature) use extension::{distribution_point_name, distribution_points, general_names, read_list};
pub use key::{DsaParameters, GostCurve, KeyKind, PublicKey, RSA_BITS_MAX};
pub use name::{GeneralName, Name};
pub use parameter_set::ParameterSet;

/// A certificate. Equal when every byte is.
#[derive(Clone)]
pub struct Certificate(Arc<Fields>);

struct Fields {
    raw: Slice,
    sha256: Sha256,
    tbs: Slice,
    version: Version,
    serial: Slice,
    serial_value: Slice,
    serial_encoded: Slice,
    inner_algorithm: Slice,
    outer_algorithm: Slice,
    signature: Slice,
    issuer: Name,
    subject: Name,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    key: PublicKey,
    extensions: Extensions,
}

/// Version of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Version 1: no extensions.
    V1,
    /// Version 2: unique identifiers.
    V2,
    /// Version 3: extensions.
    V3,
    /// A number that no standard defines.
    Other(u32),
}

impl Certificate {
    /// Reads one certificate; bytes after it are an error.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        match der::read(bytes)? {
            (element, []) => Self::from_element(&element),
            _ => Err(Error::Content("certificate (bytes after it)")),
        }
    }

    /// Reads a certificate that stands inside another structure, and copies its bytes out of it.
    pub fn from_element(element: &Element<'_>) -> Result<Self, Error> {
        let raw = Slice::from(element.raw);
        let (element, _) = der::read(&raw)?;
        let mut outer = expected(&element, tag::SEQUENCE)?;
        let tbs = outer.expect(tag::SEQUENCE)?;
        let mut body = tbs.children();
        let version = match body.take_if(tag::context_constructed(0))? {
            Some(explicit) => Version::of(explicit.children().expect(tag::INTEGER)?.number()?),
            None => Version::V1,
        };
        let serial = body.expect(tag::INTEGER)?;
        let inner_algorithm = body.expect(tag::SEQUENCE)?;
        let issuer = Name::from_element(&body.expect(tag::SEQUENCE)?, &raw)?;
        let mut validity = body.expect(tag::SEQUENCE)?.children();
        let mut instant = || validity.next_element()?.ok_or(Error::Truncated)?.time();
        let (not_before, not_after) = (instant()?, instant()?);
        let subject = Name::from_element(&body.expect(tag::SEQUENCE)?, &raw)?;
        let key = PublicKey::from_element(&body.expect(tag::SEQUENCE)?, &raw)?;
        let mut extensions = Extensions::default();
        for element in body {
            let element = element?;
            if element.tag == tag::context_constructed(3) {
                extensions = Extensions::read(&element, &raw)?;
            }
        }
        let outer_algorithm = outer.expect(tag::SEQUENCE)?;
        let signature = outer.expect(tag::BIT_STRING)?.bits_or_more()?;
        let fields = Fields {
            sha256: Sha256::of(&raw),
            tbs: raw.part(tbs.raw),
            version,
            serial: raw.part(serial.magnitude()?),
            serial_value: raw.part(serial.integer()?),
            serial_encoded: raw.part(serial.content),
            inner_algorithm: raw.part(inner_algorithm.raw),
            outer_algorithm: raw.part(outer_algorithm.raw),
            signature: raw.part(signature),
            issuer,
            subject,
            not_before,
            not_after,
            key,
            extensions,
            raw: raw.clone(),
        };
        Ok(Self(Arc::new(fields)))
    }

    /// The whole certificate, as written: what its digest is taken over.
    pub fn raw(&self) -> &[u8] {
        &self.0.raw
    }

    /// SHA-256 of the whole, computed once.
    pub fn sha256(&self) -> Sha256 {
        self.0.sha256
    }

    /// The part that is signed, as written.
    pub fn tbs(&self) -> &[u8] {
        &self.0.tbs
    }

    /// Version.
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// Serial number's value as the shortest two's complement: what lists and answers are searched for. A negative one
    /// is another number than the positive one with the same bits.
    pub fn serial_value(&self) -> &[u8] {
        &self.0.serial_value
    }

    /// Serial number's magnitude, big-endian, without leading zeros.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// Serial number as written: shows a sign, and how long it is.
    pub fn serial_encoded(&self) -> &[u8] {
        &self.0.serial_encoded
    }

    /// Serial number in lower-case hexadecimal, `00` for zero.
    pub fn serial_hex(&self) -> String {
        serial_hex(self.serial())
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// Whom it names.
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    /// First instant of validity.
    pub fn not_before(&self) -> DateTime<Utc> {
        self.0.not_before
    }

    /// Last instant of validity.
    pub fn not_after(&self) -> DateTime<Utc> {
        self.0.not_after
    }

    /// The subject's public key.
    pub fn key(&self) -> &PublicKey {
        &self.0.key
    }

    /// AlgorithmIdentifier inside the signed part, encoded.
    pub fn inner_algorithm(&self) -> &[u8] {
        &self.0.inner_algorithm
    }

    /// AlgorithmIdentifier beside the signature value, encoded; must equal the inner one (RFC 5280 §4.1.1.2).
    pub fn outer_algorithm(&self) -> &[u8] {
        &self.0.outer_algorithm
    }

    /// The issuer's signature value.
    pub fn signature(&self) -> &[u8] {
        &self.0.signature
    }

    /// The extensions; all absent in versions 1 and 2.
    pub fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// Subject key identifier extension.
    pub fn key_identifier(&self) -> Option<&[u8]> {
        self.0.extensions.subject_key_identifier.as_deref()
    }

    /// Whether subject and issuer are the same name (RFC 5280 §3.2); says nothing of the key that signed it.
    pub fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.sha256() == other.sha256()
    }
}

impl Eq for Certificate {}

impl std::hash::Hash for Certificate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.sha256().hash(state);
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({} by {}, {})", self.subject(), self.issuer(), self.serial_hex())
    }
}

impl Version {
    fn of(number: u32) -> Self {
        match number {
            0 => Self::V1,
            1 => Self::V2,
            2 => Self::V3,
            other => Self::Other(other),
        }
    }
}

/// A serial number's magnitude in lower-case hexadecimal, `00` for zero.
pub fn serial_hex(magnitude: &[u8]) -> String {
    if magnitude.is_empty() { "00".into() } else { hex(magnitude) }
}

/// A reader of the children of `element`, which must have this tag.
pub(super) fn expected<'a>(element: &Element<'a>, tag: u8) -> Result<der::Reader<'a>, Error> {
    if element.tag == tag {
        Ok(element.children())
    } else {
        Err(Error::Unexpected { expected: tag, found: Some(element.tag) })
    }
}

#[cfg(test)]
mod tests;
