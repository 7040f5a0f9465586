//! References by digest: to certificates and to revocation data (ETSI EN 319 122-1 annex A.1).

use chrono::{DateTime, Utc};

use crate::signature::algorithm::DigestAlgorithm;
use crate::signature::cms::{algorithm_oid, octets};
use crate::signature::der::{Element, Error, Slice, tag};
use crate::signature::oid;
use crate::signature::x509::{Certificate, GeneralName, Name, expected};

use super::{inside, list};

/// Something named by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashReference {
    /// Object identifier of the digest algorithm, content bytes.
    pub algorithm: Slice,
    /// Digest of the whole encoding.
    pub digest: Slice,
}

/// Issuer and serial number, as a reference repeats them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSerial {
    /// Names of the issuer; one directory name is usual.
    pub issuer: Vec<GeneralName>,
    /// Serial number: magnitude, big-endian, without leading zeros.
    pub serial: Slice,
}

/// A certificate named by its digest, and maybe by issuer and serial number (ESSCertID, ESSCertIDv2, OtherCertID).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateReference {
    /// Digest of the whole certificate.
    pub hash: HashReference,
    /// Issuer and serial number; `None` if not given or not readable.
    pub issuer_serial: Option<IssuerSerial>,
}

/// A revocation list or answer named by its digest (CrlValidatedID, OcspResponsesID).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationReference {
    /// List or answer.
    pub kind: RevocationReferenceKind,
    /// Digest of the whole; references to answers may do without.
    pub hash: Option<HashReference>,
    /// When it was issued or produced, if said.
    pub issued: Option<DateTime<Utc>>,
}

/// What a revocation reference refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevocationReferenceKind {
    /// A revocation list of this issuer, if said.
    Crl(Option<Name>),
    /// An OCSP answer: its responder, as written.
    Ocsp(Slice),
    /// Another kind, as written.
    Other(Slice),
}

impl HashReference {
    /// Whether `bytes` have this digest; `Err` names an algorithm not offered.
    pub fn is_of(&self, bytes: &[u8]) -> Result<bool, crate::signature::algorithm::Unsupported> {
        Ok(DigestAlgorithm::from_oid(&self.algorithm)?.of_parts(&[bytes]).as_ref() == &*self.digest)
    }

    /// OtherHash: a bare SHA-1, or algorithm and value.
    pub(super) fn other_hash(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        if element.tag == tag::OCTET_STRING {
            return Ok(Self { algorithm: oid::SHA1.into(), digest: whole.part(element.content) });
        }
        Self::algorithm_and_value(whole, element)
    }

    /// OtherHashAlgAndValue.
    pub(super) fn algorithm_and_value(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let algorithm = whole.part(algorithm_oid(&parts.expect(tag::SEQUENCE)?)?);
        Ok(Self { algorithm, digest: octets(whole, &parts.next_element()?.ok_or(Error::Truncated)?)? })
    }
}

impl IssuerSerial {
    pub(super) fn read(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let names = parts.expect(tag::SEQUENCE)?;
        // Some software writes a Name where GeneralNames is asked for.
        let issuer = match Name::from_element(&names, whole) {
            Ok(name) if !name.is_empty() => vec![GeneralName::Directory(name)],
            _ => list(&names, |name| GeneralName::from_element(name, whole))?,
        };
        Ok(Self { issuer, serial: whole.part(parts.expect(tag::INTEGER)?.magnitude()?) })
    }

    /// Whether this is the certificate's issuer and serial number.
    pub fn names(&self, certificate: &Certificate) -> bool {
        *self.serial == *certificate.serial()
            && self.issuer.iter().any(|name| name.directory() == Some(certificate.issuer()))
    }
}

impl CertificateReference {
    /// ESSCertIDv2, and ESSCertID with `default` SHA-1.
    pub(super) fn ess(whole: &Slice, element: &Element<'_>, default: &[u8]) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let algorithm = parts.take_if(tag::SEQUENCE)?;
        let algorithm = algorithm.map(|field| algorithm_oid(&field).map(|oid| whole.part(oid))).transpose()?;
        let digest = octets(whole, &parts.next_element()?.ok_or(Error::Truncated)?)?;
        let hash = HashReference { algorithm: algorithm.unwrap_or_else(|| default.into()), digest };
        let issuer_serial = parts.take_if(tag::SEQUENCE)?;
        let issuer_serial = issuer_serial.and_then(|field| IssuerSerial::read(whole, &field).ok());
        Ok(Self { hash, issuer_serial })
    }

    /// OtherCertID.
    pub(super) fn other(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let hash = HashReference::other_hash(whole, &parts.next_element()?.ok_or(Error::Truncated)?)?;
        let issuer_serial = parts.take_if(tag::SEQUENCE)?;
        Ok(Self { hash, issuer_serial: issuer_serial.and_then(|field| IssuerSerial::read(whole, &field).ok()) })
    }
}

impl RevocationReference {
    /// CrlOcspRef: every reference in it.
    pub(super) fn read(whole: &Slice, element: &Element<'_>) -> Result<Vec<Self>, Error> {
        let mut found = Vec::new();
        for field in expected(element, tag::SEQUENCE)? {
            let field = field?;
            match field.tag {
                0xa0 => found.extend(list(&inside(&inside(&field)?)?, |entry| Self::crl(whole, entry))?),
                0xa1 => found.extend(list(&inside(&inside(&field)?)?, |entry| Self::ocsp(whole, entry))?),
                _ => {
                    let kind = RevocationReferenceKind::Other(whole.part(field.raw));
                    found.push(Self { kind, hash: None, issued: None });
                }
            }
        }
        Ok(found)
    }

    fn crl(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let hash = HashReference::other_hash(whole, &parts.next_element()?.ok_or(Error::Truncated)?)?;
        let (mut issuer, mut issued) = (None, None);
        if let Some(identifier) = parts.take_if(tag::SEQUENCE)? {
            let mut identifier = identifier.children();
            issuer = Some(Name::from_element(&identifier.expect(tag::SEQUENCE)?, whole)?);
            issued = identifier.next_element()?.map(|time| time.time()).transpose()?;
        }
        Ok(Self { kind: RevocationReferenceKind::Crl(issuer), hash: Some(hash), issued })
    }

    fn ocsp(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let mut identifier = parts.expect(tag::SEQUENCE)?.children();
        let responder = whole.part(identifier.next_element()?.ok_or(Error::Truncated)?.raw);
        let issued = identifier.next_element()?.map(|time| time.time()).transpose()?;
        let hash = parts.next_element()?.map(|hash| HashReference::other_hash(whole, &hash)).transpose()?;
        Ok(Self { kind: RevocationReferenceKind::Ocsp(responder), hash, issued })
    }
}
