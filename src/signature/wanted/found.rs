//! What came: is it of the kind that was asked for, and about the certificate that it was asked for?
//!
//! Form and kind only. Who signed it, and whether that counts, is judged like everything else that is handed in.

use super::{Gives, Place};
use crate::signature::cms::SignedData;
use crate::signature::cms::file::{self, Kind, dearmoured};
use crate::signature::crl::Crl;
use crate::signature::der::{self, tag};
use crate::signature::ocsp::OcspResponse;
use crate::signature::ocsp::request::Misfit;
use crate::signature::x509::Certificate;

/// Certificates taken from one file: certs-only messages hold a chain of two or three, some bridges two hundred.
const CERTIFICATES_MAX: usize = 64;

/// Evidence that came from a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A revocation list.
    List(Crl),
    /// A responder's answer.
    Answer(OcspResponse),
    /// Certificates.
    Certificates(Vec<Certificate>),
}

/// Why what came is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No revocation list.
    #[error("it is no revocation list: {0}")]
    List(der::Error),
    /// No answer, or to another question.
    #[error(transparent)]
    Answer(#[from] Misfit),
    /// No certificate, and no message that holds some.
    #[error("it is no certificate, and holds none")]
    Certificates,
    /// Certificates, and none of the issuer asked for.
    #[error("none of its certificates is of the issuer")]
    OtherIssuer,
}

impl Unfit {
    /// Whether asking again may help.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Answer(misfit) if misfit.may_pass())
    }
}

impl Place {
    /// Reads what came from here about `about`: DER, or PEM as some servers have it.
    pub fn read(&self, about: &Certificate, bytes: &[u8]) -> Result<Found, Unfit> {
        match &self.gives {
            Gives::List => Crl::read(&dearmoured(bytes)).map(Found::List).map_err(Unfit::List),
            Gives::Answer(request) => Ok(Found::Answer(request.answer(bytes)?)),
            Gives::Certificates => {
                let certificates = certificates(bytes);
                match certificates.iter().any(|one| one.subject() == about.issuer()) {
                    _ if certificates.is_empty() => Err(Unfit::Certificates),
                    true => Ok(Found::Certificates(certificates)),
                    false => Err(Unfit::OtherIssuer),
                }
            }
        }
    }
}

/// The certificates of a file: one, several in PEM, or a certs-only message (RFC 5652, `.p7c`).
fn certificates(bytes: &[u8]) -> Vec<Certificate> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let mut starts: Vec<usize> = memchr::memmem::find_iter(bytes, BEGIN).take(CERTIFICATES_MAX).collect();
    if starts.is_empty() || bytes.first() == Some(&tag::SEQUENCE) {
        starts = vec![0];
    }
    let mut found = Vec::new();
    for (at, &start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(bytes.len());
        let structure = dearmoured(&bytes[start..end]);
        if let Ok(certificate) = Certificate::read(&structure) {
            found.push(certificate);
        } else if file::kind(&structure) == Kind::Certificates
            && let Ok(message) = SignedData::read(&structure)
        {
            found.extend(message.x509().cloned());
        }
    }
    found.truncate(CERTIFICATES_MAX);
    found
}
