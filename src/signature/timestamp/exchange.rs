//! Asking an authority for a time-stamp: the request, the answer, and whether the answer fits (RFC 3161 §2.4).
//!
//! Values only: who sends the request, and where to, is not decided here. The nonce is given, not drawn.

use crate::signature::algorithm::DigestAlgorithm;
use crate::signature::asn1;
use crate::signature::cms;
use crate::signature::der::{self, Error, Slice, tag};
use crate::signature::x509::expected;

use super::{TimeStampToken, TokenError};

/// Nonces above this many bytes are refused; 8 to 20 are usual.
pub const NONCE_BYTES_MAX: usize = 64;
/// Texts read from a status.
const TEXTS_MAX: usize = 16;

/// TimeStampReq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Object identifier of the digest algorithm of the imprint, content bytes.
    pub imprint_algorithm: Vec<u8>,
    /// Digest of what is to be stamped.
    pub imprint: Vec<u8>,
    /// Policy asked for: object identifier, content bytes.
    pub policy: Option<Vec<u8>>,
    /// Nonce, big-endian; leading zeros do not count.
    pub nonce: Option<Vec<u8>>,
    /// Whether the authority's certificate is to be in the token.
    pub certificate: CertificateInToken,
}

/// Whether a token is to carry its authority's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateInToken {
    /// `certReq` true.
    Asked,
    /// `certReq` false.
    NotAsked,
}

/// TimeStampResp.
#[derive(Debug, Clone)]
pub struct Response {
    /// What became of the request.
    pub status: Status,
    /// What the authority says to a person.
    pub texts: Vec<String>,
    /// Why it failed: the first set bit of `failInfo`.
    pub failure: Option<Failure>,
    /// The token, as written.
    pub token: Option<Slice>,
}

/// PKIStatus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// As asked.
    Granted,
    /// Not quite as asked.
    GrantedWithMods,
    /// Refused.
    Rejection,
    /// Not yet.
    Waiting,
    /// A revocation is imminent.
    RevocationWarning,
    /// A revocation has happened.
    RevocationNotification,
    /// A number that no standard defines.
    Other(u8),
}

/// PKIFailureInfo (RFC 3161 §2.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The digest algorithm is not accepted.
    BadAlgorithm,
    /// Such requests are not accepted.
    BadRequest,
    /// The request could not be read.
    BadDataFormat,
    /// The authority has no time.
    TimeNotAvailable,
    /// The policy is not offered.
    UnacceptedPolicy,
    /// An extension is not accepted.
    UnacceptedExtension,
    /// More information is not available.
    AddInfoNotAvailable,
    /// The authority failed.
    SystemFailure,
    /// Another bit.
    Other(u8),
}

/// How an answer does not fit its request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// No token was granted.
    #[error("the authority did not grant a time-stamp: {0:?}, {1:?}")]
    NotGranted(Status, Option<Failure>),
    /// Granted, without a token.
    #[error("the authority granted a time-stamp and sent none")]
    NoToken,
    /// The token cannot be read.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The imprint, or its algorithm, is another.
    #[error("the time-stamp is over something else than was asked for")]
    Imprint,
    /// The nonce is another, or is missing.
    #[error("the nonce of the answer is not that of the request")]
    Nonce,
    /// The policy is another.
    #[error("the time-stamp is under another policy than was asked for")]
    Policy,
    /// The certificate of the authority was asked for, and is not inside.
    #[error("the time-stamp does not carry its authority's certificate, which was asked for")]
    NoCertificate,
    /// The token is not as the standard asks.
    #[error("the time-stamp token is defective: {0}")]
    Defect(super::TokenDefect),
}

impl Request {
    /// A request to stamp `imprint`, with the authority's certificate in the token.
    pub fn new(algorithm: DigestAlgorithm, imprint: Vec<u8>, nonce: Option<Vec<u8>>) -> Self {
        Self {
            imprint_algorithm: algorithm.oid().to_vec(),
            imprint,
            policy: None,
            nonce,
            certificate: CertificateInToken::Asked,
        }
    }

    /// The request as sent (`application/timestamp-query`).
    pub fn encode(&self) -> Vec<u8> {
        let imprint = asn1::sequence(&[&asn1::algorithm(&self.imprint_algorithm), &asn1::octets(&self.imprint)]);
        let policy = self.policy.as_deref().map(asn1::oid).unwrap_or_default();
        let nonce = self.nonce.as_deref().map(asn1::integer).unwrap_or_default();
        let certificate = match self.certificate {
            CertificateInToken::Asked => asn1::yes(),
            CertificateInToken::NotAsked => Vec::new(),
        };
        asn1::sequence(&[&asn1::integer(&[1]), &imprint, &policy, &nonce, &certificate])
    }

    /// Reads a request, as an authority does.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let (element, _) = der::read(bytes)?;
        let mut parts = expected(&element, tag::SEQUENCE)?;
        parts.expect(tag::INTEGER)?; // version
        let mut imprint = parts.expect(tag::SEQUENCE)?.children();
        let imprint_algorithm = cms::algorithm_oid(&imprint.expect(tag::SEQUENCE)?)?.to_vec();
        let imprint = imprint.expect(tag::OCTET_STRING)?.content.to_vec();
        let policy = parts.take_if(tag::OID)?.map(|field| field.content.to_vec());
        let nonce = parts.take_if(tag::INTEGER)?.map(|field| field.magnitude()).transpose()?.map(<[u8]>::to_vec);
        if nonce.as_ref().is_some_and(|nonce| nonce.len() > NONCE_BYTES_MAX) {
            return Err(Error::Content("nonce"));
        }
        let certificate = match parts.take_if(tag::BOOLEAN)? {
            Some(field) if field.boolean()? => CertificateInToken::Asked,
            _ => CertificateInToken::NotAsked,
        };
        Ok(Self { imprint_algorithm, imprint, policy, nonce, certificate })
    }
}

impl Response {
    /// Reads an answer (`application/timestamp-reply`).
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let whole = Slice::from(bytes);
        let (element, _) = der::read(&whole)?;
        let mut parts = expected(&element, tag::SEQUENCE)?;
        let mut info = parts.expect(tag::SEQUENCE)?.children();
        let status = Status::of(cms::small(&info.expect(tag::INTEGER)?)?);
        let mut texts = Vec::new();
        if let Some(list) = info.take_if(tag::SEQUENCE)? {
            for text in list.children().take(TEXTS_MAX) {
                texts.push(text?.text()?);
            }
        }
        let failure = info.take_if(tag::BIT_STRING)?.and_then(|bits| Failure::of(bits.content));
        let token = parts.next_element()?.map(|token| whole.part(token.raw));
        Ok(Self { status, texts, failure, token })
    }

    /// The token of an answer that fits its request; or everything that does not fit, never an empty list.
    ///
    /// The authority's signature, certificate and clock are for a judge.
    pub fn token_for(&self, request: &Request) -> Result<TimeStampToken, Vec<Misfit>> {
        if !matches!(self.status, Status::Granted | Status::GrantedWithMods) {
            return Err(vec![Misfit::NotGranted(self.status, self.failure)]);
        }
        let token = self.token.as_ref().ok_or_else(|| vec![Misfit::NoToken])?;
        let token = TimeStampToken::from_slice(token).map_err(|error| vec![Misfit::Token(error)])?;
        let misfits = misfits(&token, request);
        if misfits.is_empty() { Ok(token) } else { Err(misfits) }
    }
}

fn misfits(token: &TimeStampToken, request: &Request) -> Vec<Misfit> {
    let info = &token.info;
    let mut misfits: Vec<Misfit> = token.defects.iter().map(|&defect| Misfit::Defect(defect)).collect();
    if *info.imprint_algorithm != *request.imprint_algorithm || *info.imprint != *request.imprint {
        misfits.push(Misfit::Imprint);
    }
    let nonce = request.nonce.as_deref().map(|nonce| &nonce[nonce.iter().take_while(|&&byte| byte == 0).count()..]);
    if nonce.is_some() && info.nonce.as_deref() != nonce {
        misfits.push(Misfit::Nonce);
    }
    if request.policy.as_ref().is_some_and(|policy| *info.policy != **policy) {
        misfits.push(Misfit::Policy);
    }
    let carried = token.signer().is_some_and(|signer| token.data.certificate_of(signer).is_some());
    if request.certificate == CertificateInToken::Asked && !carried {
        misfits.push(Misfit::NoCertificate);
    }
    misfits
}

impl Status {
    fn of(number: u8) -> Self {
        match number {
            0 => Self::Granted,
            1 => Self::GrantedWithMods,
            2 => Self::Rejection,
            3 => Self::Waiting,
            4 => Self::RevocationWarning,
            5 => Self::RevocationNotification,
            other => Self::Other(other),
        }
    }
}

impl Failure {
    /// The first bit set in the content of a BIT STRING.
    fn of(content: &[u8]) -> Option<Self> {
        let bytes = content.get(1..)?;
        let byte = bytes.iter().position(|&byte| byte != 0).filter(|&byte| byte < 16)?;
        let bit = 8 * byte + bytes[byte].leading_zeros() as usize;
        Some(match bit {
            0 => Self::BadAlgorithm,
            2 => Self::BadRequest,
            5 => Self::BadDataFormat,
            14 => Self::TimeNotAvailable,
            15 => Self::UnacceptedPolicy,
            16 => Self::UnacceptedExtension,
            17 => Self::AddInfoNotAvailable,
            25 => Self::SystemFailure,
            other => Self::Other(other as u8),
        })
    }
}
