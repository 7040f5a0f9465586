//! A view of CMS signed data (RFC 5652), as PDF signatures and time-stamp tokens carry it.
//!
//! Reads structure and the attributes that bind content, time and certificate. Checks one thing only: whether a
//! signer's value verifies over its signed attributes under the key of the certificate that the signer names.
//! Revocation information, counter-signatures and the inside of timestamps are passed over at this stage.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::algorithm::{Budget, DigestAlgorithm, Scheme, Unsupported, verify};
use super::der::{self, Element, Reader, tag};
use super::oid;
use super::x509::{Certificate, expected};

/// Certificates read from one CMS; real ones carry 1 to 8.
pub const CERTIFICATES_MAX: usize = 64;
/// Signers read from one CMS; PAdES allows one.
pub const SIGNERS_MAX: usize = 16;

/// Why bytes could not be read as CMS signed data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not BER, or another structure.
    #[error("not a CMS structure: {0}")]
    Ber(#[from] der::Error),
    /// Another content type: its object identifier.
    #[error("the CMS content is {0}, not signed data")]
    NotSignedData(String),
    /// A list above its limit.
    #[error("more than {0} in one CMS")]
    TooMany(&'static str),
    /// An attribute twice, or with no or several values (RFC 5652 §11 forbids both).
    #[error("the signed attribute {0} does not have exactly one value")]
    NotOneValue(&'static str),
}

/// Signed data, as views of its bytes.
#[derive(Debug, Clone)]
pub struct SignedData<'a> {
    /// Object identifiers of the digest algorithms announced.
    pub digest_algorithms: Vec<&'a [u8]>,
    /// Object identifier of the content type.
    pub content_type: &'a [u8],
    /// The content, if it is inside; a detached signature has none.
    pub content: Option<Cow<'a, [u8]>>,
    /// The certificates that could be read, in the order written.
    pub certificates: Vec<Certificate>,
    /// How many certificates could not be read.
    pub certificates_unread: usize,
    /// The signers.
    pub signers: Vec<SignerInfo<'a>>,
    /// Bytes after the structure, other than zero padding.
    pub bytes_after: usize,
}

/// How a signer names its certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerId<'a> {
    /// Issuer (the encoded name) and serial number (magnitude).
    IssuerSerial {
        /// The encoded name.
        issuer: &'a [u8],
        /// Magnitude, big-endian, without leading zeros.
        serial: &'a [u8],
    },
    /// Subject key identifier.
    KeyIdentifier(&'a [u8]),
}

/// One signer.
#[derive(Debug, Clone)]
pub struct SignerInfo<'a> {
    /// Which certificate.
    pub id: SignerId<'a>,
    /// Object identifier of the digest algorithm.
    pub digest_algorithm: &'a [u8],
    /// Signed attributes; without them the value signs the content directly.
    pub signed: Option<SignedAttributes<'a>>,
    /// The signature's AlgorithmIdentifier.
    pub signature_algorithm: Element<'a>,
    /// The signature value.
    pub value: Cow<'a, [u8]>,
    /// Whether an unsigned attribute holds an RFC 3161 token over the value. The token itself is not read.
    pub has_timestamp: bool,
}

/// The signed attributes that are understood, and their encoding.
#[derive(Debug, Clone)]
pub struct SignedAttributes<'a> {
    element: Element<'a>,
    /// contentType.
    pub content_type: Option<&'a [u8]>,
    /// messageDigest.
    pub message_digest: Option<Cow<'a, [u8]>>,
    /// signingTime, as claimed by the signer.
    pub signing_time: Option<DateTime<Utc>>,
    /// The first certificate of signingCertificateV2, or of signingCertificate.
    pub signing_certificate: Option<CertificateDigest<'a>>,
}

/// A certificate named by its digest (ESSCertID, ESSCertIDv2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateDigest<'a> {
    /// Object identifier of the digest algorithm.
    pub algorithm: &'a [u8],
    /// Digest of the whole certificate.
    pub digest: &'a [u8],
}

impl<'a> SignedData<'a> {
    /// Reads a ContentInfo with signed data. Zero padding after it is allowed, as PDF signatures need.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        let (outer, rest) = der::read(bytes)?;
        let mut outer = expected(&outer, tag::SEQUENCE)?;
        let kind = outer.expect(tag::OID)?;
        if kind.content != oid::SIGNED_DATA {
            return Err(Error::NotSignedData(kind.oid_text()));
        }
        let mut body = outer.expect(tag::context_constructed(0))?.children().expect(tag::SEQUENCE)?.children();
        body.expect(tag::INTEGER)?;
        let digest_algorithms = body.expect(tag::SET)?.children().map(|algorithm| algorithm_oid(&algorithm?));
        let digest_algorithms = digest_algorithms.take(SIGNERS_MAX).collect::<Result<_, _>>()?;
        let mut content_info = body.expect(tag::SEQUENCE)?.children();
        let content_type = content_info.expect(tag::OID)?.content;
        let content = match content_info.take_if(tag::context_constructed(0))? {
            Some(explicit) => explicit.children().next_element()?.map(|inside| inside.octets()).transpose()?,
            None => None,
        };
        let (mut certificates, mut certificates_unread) = (Vec::new(), 0);
        if let Some(set) = body.take_if(tag::context_constructed(0))? {
            for (at, element) in set.children().enumerate() {
                if at >= CERTIFICATES_MAX {
                    return Err(Error::TooMany("certificates"));
                }
                match Certificate::from_element(&element?) {
                    Ok(certificate) => certificates.push(certificate),
                    Err(_) => certificates_unread += 1,
                }
            }
        }
        body.take_if(tag::context_constructed(1))?; // revocation information
        let signers = signer_infos(body.expect(tag::SET)?.children())?;
        let padding = rest.iter().rev().take_while(|&&byte| byte == 0).count();
        let bytes_after = rest.len() - padding;
        Ok(Self { digest_algorithms, content_type, content, certificates, certificates_unread, signers, bytes_after })
    }

    /// The certificate that `signer` names, if it is among those carried.
    pub fn certificate_of(&self, signer: &SignerInfo<'_>) -> Option<&Certificate> {
        self.certificates.iter().find(|certificate| match signer.id {
            SignerId::IssuerSerial { issuer, serial } => {
                *certificate.issuer().raw == *issuer && certificate.serial() == serial
            }
            SignerId::KeyIdentifier(identifier) => certificate.key_identifier() == Some(identifier),
        })
    }
}

impl<'a> SignerInfo<'a> {
    /// The digest algorithm of content and attributes.
    pub fn digest(&self) -> Result<DigestAlgorithm, Unsupported> {
        DigestAlgorithm::from_oid(self.digest_algorithm)
    }

    /// The signature algorithm.
    pub fn scheme(&self) -> Result<Scheme, Unsupported> {
        Scheme::read(&self.signature_algorithm, self.digest()?)
    }

    /// Whether the value verifies under the certificate's key: over the signed attributes, or without any over
    /// `content`, given in pieces.
    pub fn verifies(&self, certificate: &Certificate, content: &[&[u8]], budget: &Budget) -> Result<bool, Unsupported> {
        let scheme = self.scheme()?;
        let holds = |message: &[u8]| verify(scheme, certificate.key(), message, &self.value, budget);
        match &self.signed {
            None => holds(&content.concat()),
            Some(attributes) => {
                if holds(&attributes.as_written())? {
                    return Ok(true);
                }
                // Some software signs the DER order but writes another (RFC 5652 §5.4 asks for DER).
                attributes.in_order().map_or(Ok(false), |message| holds(&message))
            }
        }
    }

    fn read(element: &Element<'a>) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        parts.expect(tag::INTEGER)?;
        let id = match parts.take_if(tag::SEQUENCE)? {
            Some(pair) => {
                let mut pair = pair.children();
                let issuer = pair.expect(tag::SEQUENCE)?.raw;
                SignerId::IssuerSerial { issuer, serial: pair.expect(tag::INTEGER)?.magnitude()? }
            }
            None => SignerId::KeyIdentifier(parts.expect(tag::context(0))?.content),
        };
        let digest_algorithm = algorithm_oid(&parts.expect(tag::SEQUENCE)?)?;
        let signed = parts.take_if(tag::context_constructed(0))?.map(SignedAttributes::read).transpose()?;
        let signature_algorithm = parts.expect(tag::SEQUENCE)?;
        let value = parts.next_element()?.ok_or(der::Error::Truncated)?.octets()?;
        let mut has_timestamp = false;
        if let Some(unsigned) = parts.take_if(tag::context_constructed(1))? {
            for attribute in unsigned.children() {
                has_timestamp |= attribute?.children().expect(tag::OID)?.content == oid::SIGNATURE_TIME_STAMP;
            }
        }
        Ok(Self { id, digest_algorithm, signed, signature_algorithm, value, has_timestamp })
    }
}

impl<'a> SignedAttributes<'a> {
    fn read(element: Element<'a>) -> Result<Self, Error> {
        let mut read =
            Self { element, content_type: None, message_digest: None, signing_time: None, signing_certificate: None };
        let mut certificate_v1 = None;
        for attribute in element.children() {
            let mut parts = expected(&attribute?, tag::SEQUENCE)?;
            let kind = parts.expect(tag::OID)?.content;
            let values = parts.expect(tag::SET)?.children();
            match kind {
                oid::CONTENT_TYPE => once(&mut read.content_type, one(values, "contentType")?.content, "contentType")?,
                oid::MESSAGE_DIGEST => {
                    once(&mut read.message_digest, one(values, "messageDigest")?.octets()?, "messageDigest")?;
                }
                oid::SIGNING_TIME => {
                    // Only a claim: a malformed one is no reason to leave the rest unread.
                    if let Ok(time) = one(values, "signingTime")?.time() {
                        once(&mut read.signing_time, time, "signingTime")?;
                    }
                }
                oid::SIGNING_CERTIFICATE_V2 => {
                    let digest = certificate_digest(&one(values, "signingCertificateV2")?, oid::SHA256)?;
                    once(&mut read.signing_certificate, digest, "signingCertificateV2")?;
                }
                oid::SIGNING_CERTIFICATE => {
                    let digest = certificate_digest(&one(values, "signingCertificate")?, oid::SHA1)?;
                    once(&mut certificate_v1, digest, "signingCertificate")?;
                }
                _ => {}
            }
        }
        read.signing_certificate = read.signing_certificate.or(certificate_v1);
        Ok(read)
    }

    /// What was signed: the attributes in the order written, as a SET.
    pub fn as_written(&self) -> Vec<u8> {
        self.element.retagged(tag::SET)
    }

    /// The attributes as a SET in DER order; `None` if that is how they are written.
    pub fn in_order(&self) -> Option<Vec<u8>> {
        let mut attributes: Vec<&[u8]> = self.element.children().filter_map(|one| Some(one.ok()?.raw)).collect();
        if attributes.is_sorted() {
            return None;
        }
        attributes.sort_unstable();
        Some(der::with_header(tag::SET, &attributes.concat()))
    }
}

fn signer_infos<'a>(set: Reader<'a>) -> Result<Vec<SignerInfo<'a>>, Error> {
    let mut signers = Vec::new();
    for element in set {
        if signers.len() >= SIGNERS_MAX {
            return Err(Error::TooMany("signers"));
        }
        signers.push(SignerInfo::read(&element?)?);
    }
    Ok(signers)
}

/// The object identifier of an AlgorithmIdentifier.
fn algorithm_oid<'a>(algorithm: &Element<'a>) -> Result<&'a [u8], der::Error> {
    Ok(expected(algorithm, tag::SEQUENCE)?.expect(tag::OID)?.content)
}

/// SigningCertificate or SigningCertificateV2: SEQUENCE { SEQUENCE OF { [algorithm,] digest, … }, … }.
fn certificate_digest<'a>(value: &Element<'a>, default: &'static [u8]) -> Result<CertificateDigest<'a>, der::Error> {
    let mut first = expected(value, tag::SEQUENCE)?.expect(tag::SEQUENCE)?.children().expect(tag::SEQUENCE)?.children();
    let algorithm = first.take_if(tag::SEQUENCE)?.map(|algorithm| algorithm_oid(&algorithm)).transpose()?;
    Ok(CertificateDigest { algorithm: algorithm.unwrap_or(default), digest: first.expect(tag::OCTET_STRING)?.content })
}

fn one<'a>(mut values: Reader<'a>, attribute: &'static str) -> Result<Element<'a>, Error> {
    match (values.next_element()?, values.next_element()?) {
        (Some(value), None) => Ok(value),
        _ => Err(Error::NotOneValue(attribute)),
    }
}

fn once<T>(slot: &mut Option<T>, value: T, attribute: &'static str) -> Result<(), Error> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Error::NotOneValue(attribute)),
    }
}

#[cfg(test)]
mod tests;
