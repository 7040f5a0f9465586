//! The signed attributes that name the signer's certificate by its digest (RFC 2634, RFC 5035).
//!
//! Without them a value says only which *key* signed: anybody can have another certificate made for the same key.

use crate::signature::Reason;
use crate::signature::cms::{Once, SignerInfo};
use crate::signature::der::{Error, Slice, tag};
use crate::signature::oid;
use crate::signature::x509::Certificate;

use super::{CertificateReference, element, inside, list};

/// signingCertificate and signingCertificateV2; the first certificate of each is the signer's, the others its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningCertificate {
    /// signingCertificate, by SHA-1.
    pub v1: Once<Vec<CertificateReference>>,
    /// signingCertificateV2, by SHA-256 or as named.
    pub v2: Once<Vec<CertificateReference>>,
}

/// Whether a certificate is the one that the signer named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningCertificateCheck {
    /// No attribute names one.
    Absent,
    /// It is: the digests agree, and issuer and serial number where given.
    Matches,
    /// The digest agrees; the issuer and serial number repeated beside it do not.
    IssuerSerialDiffers,
    /// Another one is named.
    Differs,
    /// It cannot be told.
    Unreadable(Reason),
}

impl SigningCertificate {
    /// The attributes of a signer.
    pub fn of(signer: &SignerInfo) -> Self {
        Self {
            v1: signer.signed_once(oid::SIGNING_CERTIFICATE, |value| references(value, oid::SHA1)),
            v2: signer.signed_once(oid::SIGNING_CERTIFICATE_V2, |value| references(value, oid::SHA256)),
        }
    }

    /// The references to the signer's own certificate: none, one, or one of each version.
    pub fn named(&self) -> Vec<&CertificateReference> {
        [&self.v2, &self.v1].into_iter().filter_map(|list| list.one()?.first()).collect()
    }

    /// Compares `certificate` with what is named. Where both attributes stand, both must name it.
    pub fn check(&self, certificate: &Certificate) -> SigningCertificateCheck {
        if self.v1.is_defective() || self.v2.is_defective() {
            return SigningCertificateCheck::Unreadable(Reason::Attribute("signingCertificate"));
        }
        let named = self.named();
        if named.is_empty() {
            return if self.v1.is_absent() && self.v2.is_absent() {
                SigningCertificateCheck::Absent
            } else {
                SigningCertificateCheck::Unreadable(Reason::Attribute("signingCertificate"))
            };
        }
        let mut check = SigningCertificateCheck::Matches;
        for reference in named {
            match reference.hash.is_of(certificate.raw()) {
                Ok(true) => {}
                Ok(false) => return SigningCertificateCheck::Differs,
                Err(unsupported) => return SigningCertificateCheck::Unreadable(unsupported.into()),
            }
            if reference.issuer_serial.as_ref().is_some_and(|pair| !pair.names(certificate)) {
                check = SigningCertificateCheck::IssuerSerialDiffers;
            }
        }
        check
    }
}

/// SigningCertificate or SigningCertificateV2: SEQUENCE { certs SEQUENCE OF ESSCertID, policies OPTIONAL }.
fn references(value: &Slice, default: &[u8]) -> Result<Vec<CertificateReference>, Error> {
    let certificates = inside(&element(value, tag::SEQUENCE)?)?;
    list(&certificates, |entry| CertificateReference::ess(value, entry, default))
}
