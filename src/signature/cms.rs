//! CMS signed data, versions 1 to 5 (RFC 5652), as signatures, time-stamp tokens and evidence records carry it.
//!
//! [`SignedData`] owns its bytes and keeps every part also *as written*: what was hashed or signed is hashed again
//! from there, never encoded anew. Reading is lenient, because refusing a structure tells nobody anything about the
//! signature in it: BER, zero padding, contents that are no octet string, attribute certificates and revocation
//! information in forms unknown here are all read, kept and, where a judge may care, noted ([`Note`]).
//!
//! `attribute` holds the attributes and [`Once`], `signer` a signer and the one check of digest and value that all
//! formats share, `file` says which kind a file is. Meanings of attributes are read in `cades`, tokens in
//! `timestamp`. Nothing here judges trust, path, revocation or time.
//!
//! Invariants: no panic on any input; no list longer than its limit; a structure inside a structure (a token in an
//! attribute, signed data as content) is kept as bytes and read only when asked for, so reading never recurses.

pub mod attribute;
pub mod content;
pub mod file;
pub mod pkcs1;
pub mod signer;

use super::der::{self, Element, Slice, tag};
use super::oid;
use super::x509::{Certificate, expected};

pub use attribute::{Attribute, Attributes, Once};
pub use content::{Bound, Content, Metered, Slices};
pub use signer::{SignerCheck, SignerId, SignerInfo};

/// Certificates read from one structure. Signatures carry 1 to 8, with every chain of every time-stamp some 40; files that
/// are only certificates, as trust lists are handed on, up to 800.
pub const CERTIFICATES_MAX: usize = 4_096;
/// Signers read from one structure. PAdES allows one; mail and minutes of meetings have been seen with a dozen.
pub const SIGNERS_MAX: usize = 64;
/// Revocation lists and answers read from one structure: one for each certificate, and again for each renewal.
pub const REVOCATION_MAX: usize = 1024;

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
}

/// What is unusual about an encoding, without being a reason to doubt the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// A length is indefinite: BER, where most formats ask for DER.
    Ber,
    /// Zero bytes follow the structure, as signatures in PDF files need.
    ZeroPadding,
    /// Other bytes follow the structure, outside any digest.
    BytesAfter,
    /// Something stands where the structure has no place for it, or parameters where a digest algorithm has none: nobody signed
    /// it.
    Leftover,
    /// The content is no OCTET STRING (PKCS #7 of 1993); its value without tag and length is what is signed.
    ContentNotOctets,
    /// There is content inside, and it is empty: neither attached nor detached.
    ContentEmpty,
    /// A certificate could not be read.
    CertificateUnread,
    /// One signer's signature stands there twice: it is one signature.
    SignerTwice,
    /// The signed attributes are written in another order than DER has, and were signed as written.
    AttributesNotInOrder,
    /// The signed attributes were signed in DER order but are written in another.
    AttributesReordered,
    /// The signed attributes were signed with the very length bytes as written, which are not DER.
    AttributesAsBer,
    /// The value fails under the signature algorithm named, and would verify with the digest of `digestAlgorithm` in it:
    /// some software signs so, and some verifies so (RFC 5652 §5.3 expects one digest). It fails all the same.
    ValueUnderDigestAlgorithm,
    /// The value verifies under the algorithms named, and the signer protected others by a signed attribute: it fails
    /// (RFC 6211 §3).
    OtherAlgorithmsProtected,
    /// The content inside is the digest of the covered bytes, where there should be none: it shows nobody another
    /// document, and the covered bytes themselves are signed.
    ContentIsDigest,
    /// The covered bytes are bound by their SHA-1 as content inside, though the kind announced is the detached one.
    BoundBySha1,
    /// The covered bytes themselves are signed, though the kind announced binds them by their SHA-1.
    BoundDirectly,
}

/// One entry of `certificates`.
#[derive(Debug, Clone)]
pub enum CertificateChoice {
    /// A certificate.
    X509(Certificate),
    /// What was meant to be one and could not be read, as written.
    Unread(Slice),
    /// An attribute certificate, version 1 or 2, as written.
    Attribute(Slice),
    /// An obsolete or unknown kind, as written.
    Other(Slice),
}

/// One entry of `crls`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevocationInfo {
    /// A certificate revocation list, as written.
    Crl(Slice),
    /// An `OCSPResponse` (RFC 5940): whole entry, and the response in it.
    OcspResponse {
        /// The entry as written, `[1]` included.
        entry: Slice,
        /// The response.
        response: Slice,
    },
    /// A `BasicOCSPResponse`, as some software puts in its place.
    BasicOcspResponse {
        /// The entry as written, `[1]` included.
        entry: Slice,
        /// The response.
        response: Slice,
    },
    /// Another format: its object identifier, and the entry as written.
    Other {
        /// Object identifier, content bytes.
        format: Slice,
        /// The entry as written, `[1]` included.
        entry: Slice,
    },
}

/// Signed data.
#[derive(Debug, Clone)]
pub struct SignedData {
    /// `version`, 0 for one above 255.
    pub version: u8,
    /// Object identifiers of the digest algorithms announced, content bytes.
    pub digest_algorithms: Vec<Slice>,
    /// Object identifier of the content type, content bytes.
    pub content_type: Slice,
    /// The content, if it is inside; a detached signature has none.
    pub content: Option<Slice>,
    /// The entries of `certificates`, in the order written.
    pub certificates: Vec<CertificateChoice>,
    /// The entries of `crls`, in the order written.
    pub revocation: Vec<RevocationInfo>,
    /// The signers, in the order written; none in a file that only carries certificates.
    pub signers: Vec<SignerInfo>,
    /// What is unusual, each once.
    pub notes: Vec<Note>,
    /// Slice after the structure, other than zero padding.
    pub bytes_after: usize,
    /// The ContentInfo as written, without what follows it.
    pub raw: Slice,
    pub(super) written: Written,
}

/// The parts that imprints of archive time-stamps are made over, as written, with tag and length.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub content_info: Slice,
    pub content_type: Slice,
    pub certificates: Option<Slice>,
    pub revocation: Option<Slice>,
}

impl SignedData {
    /// Reads a ContentInfo with signed data; what follows it is counted, not refused. The bytes are copied once.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_slice(&Slice::from(bytes))
    }

    /// [`SignedData::read`] over bytes that are shared, not copied.
    pub fn from_slice(whole: &Slice) -> Result<Self, Error> {
        let keep = |part: &[u8]| whole.part(part);
        let (outer, rest) = der::read(whole)?;
        let mut notes = if outer.raw.get(1) == Some(&0x80) { vec![Note::Ber] } else { Vec::new() };
        let raw = keep(outer.raw);
        let mut outer = expected(&outer, tag::SEQUENCE)?;
        let kind = outer.expect(tag::OID)?;
        if kind.content != oid::SIGNED_DATA {
            return Err(Error::NotSignedData(kind.oid_text()));
        }
        let mut body = outer.expect(tag::context_constructed(0))?.children().expect(tag::SEQUENCE)?.children();
        let version = body.expect(tag::INTEGER)?;
        let mut is_left_over = version.content.len() > 1;
        let version = small(&version)?;
        let mut digest_algorithms = Vec::new();
        for algorithm in body.expect(tag::SET)?.children().take(SIGNERS_MAX) {
            let algorithm = algorithm?;
            is_left_over |= has_parameters(&algorithm)?;
            digest_algorithms.push(keep(algorithm_oid(&algorithm)?));
        }
        let content_info = body.expect(tag::SEQUENCE)?;
        let mut parts = content_info.children();
        let content_type = parts.expect(tag::OID)?;
        let content = match parts.take_if(tag::context_constructed(0))? {
            Some(explicit) => {
                is_left_over |= explicit.children().nth(1).is_some();
                content(whole, &explicit, &mut notes)?
            }
            None => None,
        };
        let certificate_set = body.take_if(tag::context_constructed(0))?;
        let certificates = certificate_set.map_or(Ok(Vec::new()), |set| certificates(whole, &set, &mut notes))?;
        let revocation_set = body.take_if(tag::context_constructed(1))?;
        let revocation = revocation_set.map_or(Ok(Vec::new()), |set| revocation(whole, &set))?;
        let signers = signers(whole, &body.expect(tag::SET)?)?;
        is_left_over |= [parts, body, outer].into_iter().any(|mut rest| rest.next().is_some());
        is_left_over |= signers.iter().any(|signer| signer.is_left_over);
        if is_left_over {
            notes.push(Note::Leftover);
        }
        if signers.iter().enumerate().any(|(at, one)| signers[..at].iter().any(|other| other.value == one.value)) {
            notes.push(Note::SignerTwice);
        }
        let bytes_after = rest.len() - rest.iter().rev().take_while(|&&byte| byte == 0).count();
        match (rest.len(), bytes_after) {
            (0, _) => {}
            (_, 0) => notes.push(Note::ZeroPadding),
            _ => notes.push(Note::BytesAfter),
        }
        let written = Written {
            content_info: keep(content_info.raw),
            content_type: keep(content_type.raw),
            certificates: certificate_set.map(|set| keep(set.raw)),
            revocation: revocation_set.map(|set| keep(set.raw)),
        };
        let content_type = keep(content_type.content);
        Ok(Self {
            version,
            digest_algorithms,
            content_type,
            content,
            certificates,
            revocation,
            signers,
            notes,
            bytes_after,
            raw,
            written,
        })
    }

    /// The certificates that could be read, in the order written.
    pub fn x509(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().filter_map(|choice| match choice {
            CertificateChoice::X509(certificate) => Some(certificate),
            _ => None,
        })
    }

    /// The certificates carried that `signer` may mean, the one named by digest first. Usually one; issuers have
    /// given one serial number twice, and one key may have several certificates.
    pub fn candidates(&self, signer: &SignerInfo) -> Vec<&Certificate> {
        let mut found = signer.id.among(self.x509());
        if let Some(named) = signer.named_by_digest(found.iter().copied()) {
            found.sort_by_key(|certificate| certificate.sha256() != named.sha256());
        }
        found
    }

    /// The first of the [`SignedData::candidates`].
    pub fn certificate_of(&self, signer: &SignerInfo) -> Option<&Certificate> {
        self.candidates(signer).first().copied()
    }
}

impl CertificateChoice {
    /// The entry as written: what a hash index hashes.
    pub fn raw(&self) -> &[u8] {
        match self {
            Self::X509(certificate) => certificate.raw(),
            Self::Unread(raw) | Self::Attribute(raw) | Self::Other(raw) => raw,
        }
    }
}

impl RevocationInfo {
    /// The entry as written: what a hash index hashes.
    pub fn raw(&self) -> &[u8] {
        match self {
            Self::Crl(entry)
            | Self::OcspResponse { entry, .. }
            | Self::BasicOcspResponse { entry, .. }
            | Self::Other { entry, .. } => entry,
        }
    }

    fn read(whole: &Slice, element: &Element<'_>) -> Result<Self, der::Error> {
        let entry = whole.part(element.raw);
        if element.tag != tag::context_constructed(1) {
            return Ok(Self::Crl(entry));
        }
        let mut parts = element.children();
        let format = parts.expect(tag::OID)?.content;
        let response = parts.next_element()?.map(|info| whole.part(info.raw));
        Ok(match (format, response) {
            (oid::RI_OCSP_RESPONSE, Some(response)) => Self::OcspResponse { entry, response },
            (oid::OCSP_BASIC, Some(response)) => Self::BasicOcspResponse { entry, response },
            _ => Self::Other { format: whole.part(format), entry },
        })
    }
}

fn content(whole: &Slice, explicit: &Element<'_>, notes: &mut Vec<Note>) -> Result<Option<Slice>, der::Error> {
    let Some(inside) = explicit.children().next_element()? else { return Ok(None) };
    let content = if inside.tag & !tag::CONSTRUCTED == tag::OCTET_STRING {
        octets(whole, &inside)?
    } else {
        notes.push(Note::ContentNotOctets);
        whole.part(inside.content)
    };
    if content.is_empty() {
        notes.push(Note::ContentEmpty);
    }
    Ok(Some(content))
}

fn certificates(whole: &Slice, set: &Element<'_>, notes: &mut Vec<Note>) -> Result<Vec<CertificateChoice>, Error> {
    let mut found = Vec::new();
    for element in set.children() {
        let element = element?;
        if found.len() >= CERTIFICATES_MAX {
            return Err(Error::TooMany("certificates"));
        }
        let raw = whole.part(element.raw);
        found.push(match element.tag {
            tag::SEQUENCE => match Certificate::from_element(&element) {
                Ok(certificate) => CertificateChoice::X509(certificate),
                Err(_) => {
                    notes.push(Note::CertificateUnread);
                    CertificateChoice::Unread(raw)
                }
            },
            0xa1 | 0xa2 => CertificateChoice::Attribute(raw), // v1AttrCert, v2AttrCert
            _ => CertificateChoice::Other(raw),
        });
    }
    notes.dedup();
    Ok(found)
}

fn revocation(whole: &Slice, set: &Element<'_>) -> Result<Vec<RevocationInfo>, Error> {
    let mut found = Vec::new();
    for element in set.children() {
        if found.len() >= REVOCATION_MAX {
            return Err(Error::TooMany("revocation lists and answers"));
        }
        found.push(RevocationInfo::read(whole, &element?)?);
    }
    Ok(found)
}

fn signers(whole: &Slice, set: &Element<'_>) -> Result<Vec<SignerInfo>, Error> {
    let mut signers = Vec::new();
    for element in set.children() {
        if signers.len() >= SIGNERS_MAX {
            return Err(Error::TooMany("signers"));
        }
        signers.push(SignerInfo::from_element(whole, &element?)?);
    }
    Ok(signers)
}

/// An OCTET STRING's bytes: shared when it is in one piece, joined when it is not.
pub(super) fn octets(whole: &Slice, element: &Element<'_>) -> Result<Slice, der::Error> {
    Ok(whole.part(&element.octet_string()?))
}

/// The object identifier of an AlgorithmIdentifier, content bytes.
pub(super) fn algorithm_oid<'a>(algorithm: &Element<'a>) -> Result<&'a [u8], der::Error> {
    Ok(expected(algorithm, tag::SEQUENCE)?.expect(tag::OID)?.content)
}

/// Whether an AlgorithmIdentifier has parameters other than NULL, or more.
pub(super) fn has_parameters(algorithm: &Element<'_>) -> Result<bool, der::Error> {
    let mut parts = algorithm.children();
    parts.expect(tag::OID)?;
    let parameters = parts.next_element()?;
    Ok(parameters.is_some_and(|one| one.tag != tag::NULL || !one.content.is_empty()) || parts.next_element()?.is_some())
}

/// A version number; 0 for one that no standard has.
pub(super) fn small(integer: &Element<'_>) -> Result<u8, der::Error> {
    Ok(match integer.magnitude()? {
        [version] => *version,
        _ => 0,
    })
}

#[cfg(test)]
mod tests;
