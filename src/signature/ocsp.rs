//! OCSP answers (RFC 6960), as a responder sends them (OCSPResponse) and as signatures keep them (BasicOCSPResponse).
//!
//! An [`OcspResponse`] is an owned value behind one `Arc`. Reads and judges nothing: who may answer for whom, and
//! whether the answer is fresh, is for `path`. A nonce matters to whoever asked (`request`); a kept answer has no
//! question any more.

pub mod request;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::algorithm::DigestAlgorithm;
use super::crl::{Reason, Revocation};
use super::der::{self, Element, Error, Reader, Slice, tag};
use super::oid;
use super::x509::{Certificate, Critical, Name, PublicKey, expected, read_list};
use crate::digest::Sha256;

/// Single answers in one response; responders give one, some a few.
const ANSWERS_MAX: usize = 1024;
/// Answers about one certificate that are looked at in one response: a responder gives one.
const SAME_MAX: usize = 16;
/// Certificates in one response.
const CERTIFICATES_MAX: usize = 32;

/// A successful response. Equal when every byte is.
#[derive(Clone)]
pub struct OcspResponse(Arc<Fields>);

struct Fields {
    raw: Slice,
    sha256: Sha256,
    tbs: Slice,
    responder: Responder,
    produced_at: DateTime<Utc>,
    answers: Vec<Answer>,
    unknown_critical: Vec<Slice>,
    nonce: Option<Slice>,
    algorithm: Slice,
    signature: Slice,
    certificates: Vec<Certificate>,
}

/// Who answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Responder {
    /// The subject of the responder's certificate.
    Name(Name),
    /// SHA-1 of the responder's key.
    KeyHash(Slice),
}

/// What is said about one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Object identifier of the digest algorithm of the two hashes.
    pub hash_algorithm: Slice,
    /// Digest of the issuer's name.
    pub issuer_name_hash: Slice,
    /// Digest of the issuer's key.
    pub issuer_key_hash: Slice,
    /// Serial number, as the shortest two's complement.
    pub serial: Slice,
    /// Status.
    pub status: Status,
    /// As of when this is known to be right.
    pub this_update: DateTime<Utc>,
    /// When there will be newer information.
    pub next_update: Option<DateTime<Utc>>,
    /// The responder still knows certificates that expired after this instant (archiveCutoff).
    pub archive_cutoff: Option<DateTime<Utc>>,
    /// Digest of the certificate (certHash): algorithm's object identifier and digest; proves that it was issued.
    pub certificate_hash: Option<(Slice, Slice)>,
    /// Object identifiers of critical extensions that are not understood.
    pub unknown_critical: Vec<Slice>,
}

/// Status of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked(Revocation),
    /// The responder does not know it.
    Unknown,
}

/// Why bytes gave no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not an OCSP response.
    #[error("not an OCSP response: {0}")]
    Ber(#[from] Error),
    /// The responder refused: responseStatus.
    #[error("the responder refused with status {0}")]
    Status(u32),
    /// Another type of response: its object identifier.
    #[error("the response is of type {0}")]
    Type(String),
}

impl OcspResponse {
    /// Reads an OCSPResponse or a BasicOCSPResponse; bytes after it are an error.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        match der::read(bytes)? {
            (element, []) => Self::from_element(&element),
            _ => Err(Error::Content("OCSP response (bytes after it)").into()),
        }
    }

    /// Reads either kind inside another structure, and copies the bytes of the basic response out of it.
    pub fn from_element(element: &Element<'_>) -> Result<Self, Refusal> {
        let mut outer = expected(element, tag::SEQUENCE)?;
        let Some(status) = outer.take_if(0x0a)? else { return Ok(Self::basic(&Slice::from(element.raw))?) };
        let Some(bytes) = outer.take_if(tag::context_constructed(0))? else {
            return Err(Refusal::Status(status.number()?));
        };
        let mut typed = bytes.children().expect(tag::SEQUENCE)?.children();
        let kind = typed.expect(tag::OID)?;
        if kind.content != oid::OCSP_BASIC {
            return Err(Refusal::Type(kind.oid_text()));
        }
        Ok(Self::basic(&Slice::from(&*typed.next_element()?.ok_or(Error::Truncated)?.octet_string()?))?)
    }

    /// The BasicOCSPResponse, as written.
    pub fn raw(&self) -> &[u8] {
        &self.0.raw
    }

    /// SHA-256 of the BasicOCSPResponse, computed once.
    pub fn sha256(&self) -> Sha256 {
        self.0.sha256
    }

    /// The part that is signed.
    pub fn tbs(&self) -> &[u8] {
        &self.0.tbs
    }

    /// Who answered.
    pub fn responder(&self) -> &Responder {
        &self.0.responder
    }

    /// When the response was signed.
    pub fn produced_at(&self) -> DateTime<Utc> {
        self.0.produced_at
    }

    /// The single answers.
    pub fn answers(&self) -> &[Answer] {
        &self.0.answers
    }

    /// Object identifiers of critical extensions of the response that are not understood.
    pub fn unknown_critical(&self) -> &[Slice] {
        &self.0.unknown_critical
    }

    /// The nonce of the question, if the responder repeats it.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.0.nonce.as_deref()
    }

    /// AlgorithmIdentifier of the signature, encoded.
    pub fn algorithm(&self) -> &[u8] {
        &self.0.algorithm
    }

    /// The signature value.
    pub fn signature(&self) -> &[u8] {
        &self.0.signature
    }

    /// Certificates carried to check the signature with.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// The answer about the certificate with this serial number (`Certificate::serial_value`), issued under this name and key.
    pub fn answer_about(&self, serial: &[u8], issuer: &Name, issuer_key: &PublicKey) -> Option<&Answer> {
        let same = self.0.answers.iter().filter(|answer| *answer.serial == *serial);
        // Of several one that says revoked.
        let mut issued = same.filter(|answer| answer.is_issued_by(issuer, issuer_key)).take(SAME_MAX);
        let first = issued.next()?;
        let revoked = |answer: &&Answer| matches!(answer.status, Status::Revoked(_));
        Some(std::iter::once(first).chain(issued).find(revoked).unwrap_or(first))
    }

    fn basic(raw: &Slice) -> Result<Self, Error> {
        let (element, rest) = der::read(raw)?;
        if !rest.is_empty() {
            return Err(Error::Content("BasicOCSPResponse (bytes after it)"));
        }
        let mut outer = expected(&element, tag::SEQUENCE)?;
        let tbs = outer.expect(tag::SEQUENCE)?;
        let mut body = tbs.children();
        body.take_if(tag::context_constructed(0))?; // version
        let responder = Responder::read(&body.next_element()?.ok_or(Error::Truncated)?, raw)?;
        let produced_at = body.expect(tag::GENERALIZED_TIME)?.time()?;
        let answers = at_most(ANSWERS_MAX, body.expect(tag::SEQUENCE)?.children());
        let answers = answers.map(|answer| Answer::read(&answer?, raw)).collect::<Result<_, _>>()?;
        let (mut unknown_critical, mut nonce) = (Vec::new(), None);
        if let Some(explicit) = body.take_if(tag::context_constructed(1))? {
            for one in read_list(&explicit, raw)? {
                if *one.kind == *oid::OCSP_NONCE {
                    // Some write the octets without the octet string inside.
                    let inside = der::read(&one.value).ok().filter(|(inside, _)| inside.tag == tag::OCTET_STRING);
                    nonce = Some(inside.map_or(one.value.clone(), |(inside, _)| one.value.part(inside.content)));
                } else if one.critical == Critical::Yes {
                    unknown_critical.push(one.kind);
                }
            }
        }
        let algorithm = raw.part(outer.expect(tag::SEQUENCE)?.raw);
        let signature = raw.part(outer.expect(tag::BIT_STRING)?.bits_or_more()?);
        let mut certificates = Vec::new();
        if let Some(explicit) = outer.take_if(tag::context_constructed(0))? {
            for element in at_most(CERTIFICATES_MAX, explicit.children().expect(tag::SEQUENCE)?.children()) {
                // One that cannot be read may not be the one that is needed.
                certificates.extend(Certificate::from_element(&element?).ok());
            }
        }
        let (sha256, tbs) = (Sha256::of(raw), raw.part(tbs.raw));
        let raw = raw.clone();
        Ok(Self(Arc::new(Fields {
            raw,
            sha256,
            tbs,
            responder,
            produced_at,
            answers,
            unknown_critical,
            nonce,
            algorithm,
            signature,
            certificates,
        })))
    }
}

impl PartialEq for OcspResponse {
    fn eq(&self, other: &Self) -> bool {
        self.sha256() == other.sha256()
    }
}

impl Eq for OcspResponse {}

impl std::fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OcspResponse({:?} at {}, {} answers)", self.responder(), self.produced_at(), self.answers().len())
    }
}

impl Responder {
    fn read(choice: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut inside = choice.children();
        match choice.tag {
            0xa1 => Ok(Self::Name(Name::from_element(&inside.expect(tag::SEQUENCE)?, whole)?)),
            0xa2 => Ok(Self::KeyHash(whole.part(inside.expect(tag::OCTET_STRING)?.content))),
            other => Err(Error::Unexpected { expected: 0xa1, found: Some(other) }),
        }
    }

    /// Whether this names the holder of a certificate or key.
    pub fn is(&self, name: &Name, key: &PublicKey) -> bool {
        match self {
            Self::Name(own) => own == name,
            Self::KeyHash(hash) => DigestAlgorithm::Sha1.of_parts(&[&key.bytes]).as_ref() == &**hash,
        }
    }
}

impl Answer {
    fn read(element: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let mut about = parts.expect(tag::SEQUENCE)?.children();
        let hash_algorithm = about.expect(tag::SEQUENCE)?.children().expect(tag::OID)?.content;
        let mut octets = || Ok::<_, Error>(whole.part(about.expect(tag::OCTET_STRING)?.content));
        let (issuer_name_hash, issuer_key_hash) = (octets()?, octets()?);
        let serial = about.expect(tag::INTEGER)?.integer()?;
        let status = Status::read(&parts.next_element()?.ok_or(Error::Truncated)?)?;
        let mut answer = Self {
            hash_algorithm: whole.part(hash_algorithm),
            issuer_name_hash,
            issuer_key_hash,
            serial: whole.part(serial),
            status,
            this_update: parts.expect(tag::GENERALIZED_TIME)?.time()?,
            next_update: None,
            archive_cutoff: None,
            certificate_hash: None,
            unknown_critical: Vec::new(),
        };
        if let Some(explicit) = parts.take_if(tag::context_constructed(0))? {
            answer.next_update = Some(explicit.children().expect(tag::GENERALIZED_TIME)?.time()?);
        }
        if let Some(explicit) = parts.take_if(tag::context_constructed(1))? {
            for extension in read_list(&explicit, whole)? {
                if !answer.take(&extension.kind, &extension.value)? && extension.critical == Critical::Yes {
                    answer.unknown_critical.push(extension.kind);
                }
            }
        }
        Ok(answer)
    }

    fn take(&mut self, kind: &[u8], value: &Slice) -> Result<bool, Error> {
        match kind {
            oid::OCSP_ARCHIVE_CUTOFF => self.archive_cutoff = Some(der::read(value)?.0.time()?),
            oid::OCSP_CERT_HASH => {
                let mut parts = expected(&der::read(value)?.0, tag::SEQUENCE)?;
                let algorithm = parts.expect(tag::SEQUENCE)?.children().expect(tag::OID)?.content;
                let digest = parts.expect(tag::OCTET_STRING)?.content;
                self.certificate_hash = Some((value.part(algorithm), value.part(digest)));
            }
            oid::INVALIDITY_DATE => {
                let since = der::read(value)?.0.time()?;
                if let Status::Revoked(revocation) = &mut self.status {
                    revocation.invalid_since = Some(since);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn is_issued_by(&self, issuer: &Name, key: &PublicKey) -> bool {
        let Ok(algorithm) = DigestAlgorithm::from_oid(&self.hash_algorithm) else { return false };
        algorithm.of_parts(&[&key.bytes]).as_ref() == &*self.issuer_key_hash
            && algorithm.of_parts(&[&issuer.raw]).as_ref() == &*self.issuer_name_hash
    }

    /// Whether the digest of the certificate, if one is given, is that of `certificate`.
    pub fn hash_agrees(&self, certificate: &Certificate) -> bool {
        self.certificate_hash.as_ref().is_none_or(|(algorithm, digest)| {
            let algorithm = DigestAlgorithm::from_oid(algorithm);
            algorithm.is_ok_and(|algorithm| algorithm.of_parts(&[certificate.raw()]).as_ref() == &**digest)
        })
    }
}

impl Status {
    fn read(choice: &Element<'_>) -> Result<Self, Error> {
        match choice.tag {
            0x80 => Ok(Self::Good),
            0x82 => Ok(Self::Unknown),
            0xa1 => {
                let mut parts = choice.children();
                let at = parts.expect(tag::GENERALIZED_TIME)?.time()?;
                let reason = match parts.take_if(tag::context_constructed(0))? {
                    Some(explicit) => {
                        Reason::of(explicit.children().next_element()?.ok_or(Error::Truncated)?.number()?)
                    }
                    None => Reason::Unspecified,
                };
                Ok(Self::Revoked(Revocation { at, reason, invalid_since: None }))
            }
            other => Err(Error::Unexpected { expected: 0x80, found: Some(other) }),
        }
    }
}

fn at_most<'a>(limit: usize, reader: Reader<'a>) -> impl Iterator<Item = Result<Element<'a>, Error>> {
    reader.enumerate().map(move |(at, element)| if at < limit { element } else { Err(Error::TooMany) })
}

#[cfg(test)]
mod tests;
