//! Asking a responder about one certificate (RFC 6960 §4.1), and whether what comes back answers that.
//!
//! Values only: who sends the request, and where to, is not decided here. The nonce is given, not drawn. Names and keys
//! are told by SHA-1, as every responder understands; it names them and protects nothing.

use super::{OcspResponse, Refusal};
use crate::signature::algorithm::DigestAlgorithm;
use crate::signature::asn1;
use crate::signature::der::{tag, with_header};
use crate::signature::oid;
use crate::signature::x509::{Certificate, PublicKey};

/// Media type of a request (RFC 6960 appendix A).
pub const MEDIA_TYPE: &str = "application/ocsp-request";

/// A question about one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The certificate.
    pub about: Certificate,
    /// The key of its issuer.
    pub issuer_key: PublicKey,
    /// Nonce, 1 to 32 bytes (RFC 9654). Responders that sign in advance pass it over.
    pub nonce: Option<Vec<u8>>,
}

/// Why a response is no answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It is none.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It speaks about other certificates only.
    #[error("the response does not speak about the certificate asked for")]
    Other,
    /// Its nonce is another.
    #[error("the nonce of the response is not that of the request")]
    Nonce,
}

impl Request {
    /// The request as sent.
    pub fn encode(&self) -> Vec<u8> {
        let sha1 = asn1::sequence(&[&asn1::oid(DigestAlgorithm::Sha1.oid()), &with_header(tag::NULL, &[])]);
        let digest = |bytes: &[u8]| asn1::octets(DigestAlgorithm::Sha1.of_parts(&[bytes]).as_ref());
        let name = digest(&self.about.issuer().raw);
        let key = digest(&self.issuer_key.bytes);
        let serial = with_header(tag::INTEGER, self.about.serial_encoded());
        let certificate = asn1::sequence(&[&sha1, &name, &key, &serial]);
        let list = asn1::sequence(&[&asn1::sequence(&[&certificate])]);
        let extensions = self.nonce.as_ref().map(|nonce| {
            let value = asn1::octets(&asn1::octets(nonce));
            asn1::context(2, &[&asn1::sequence(&[&asn1::sequence(&[&asn1::oid(oid::OCSP_NONCE), &value])])])
        });
        asn1::sequence(&[&asn1::sequence(&[&list, &extensions.unwrap_or_default()])])
    }

    /// The response in `bytes`, if it speaks about the certificate. Whether it may be believed is for a judge.
    pub fn answer(&self, bytes: &[u8]) -> Result<OcspResponse, Misfit> {
        let response = OcspResponse::read(bytes)?;
        let about = (self.about.serial_value(), self.about.issuer(), &self.issuer_key);
        if response.answer_about(about.0, about.1, about.2).is_none() {
            return Err(Misfit::Other);
        }
        match (&self.nonce, response.nonce()) {
            (Some(own), Some(other)) if own.as_slice() != other => Err(Misfit::Nonce),
            _ => Ok(response),
        }
    }
}

impl Misfit {
    /// Whether asking again may help: `internalError` and `tryLater` (RFC 6960 §4.2.1).
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Refused(Refusal::Status(2 | 3)))
    }
}
