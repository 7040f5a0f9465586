//! Certificates and revocation data in unsigned properties, and the digests that name such.

use super::super::base64;
use super::super::tree::{Document, NodeId};
use super::{CertificateDigest, PROPERTIES_MAX, certificate_digest, digest_value, local, property};

/// What unsigned properties carry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// Certificates, DER, each once.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists, DER, each once.
    pub revocation_lists: Vec<Vec<u8>>,
    /// OCSP responses, DER, each once.
    pub ocsp_responses: Vec<Vec<u8>>,
    /// CompleteCertificateRefs: the certificates of the path, by digest.
    pub certificate_references: Vec<CertificateDigest>,
    /// CompleteRevocationRefs.
    pub revocation_references: RevocationReferences,
    /// How many values were not Base64, or beyond the limit.
    pub unread: usize,
}

/// Revocation data named by digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevocationReferences {
    /// Digest algorithm and digest of each revocation list.
    pub lists: Vec<(String, Vec<u8>)>,
    /// Digest algorithm and digest of each OCSP response.
    pub responses: Vec<(String, Vec<u8>)>,
}

impl Values {
    /// Reads an unsigned property; whether it is one of those read here.
    pub(super) fn read(&mut self, document: &Document<'_>, one: NodeId, name: &str) -> bool {
        match name {
            "CertificateValues" | "AttrAuthoritiesCertValues" => self.certificates(document, one),
            "RevocationValues" | "AttributeRevocationValues" => self.revocation(document, one),
            "TimeStampValidationData" | "AnyValidationData" => {
                for inner in property(document, one, "CertificateValues") {
                    self.certificates(document, inner);
                }
                for inner in property(document, one, "RevocationValues") {
                    self.revocation(document, inner);
                }
            }
            "CompleteCertificateRefs" | "CompleteCertificateRefsV2" => {
                let lists = property(document, one, "CertRefs").flat_map(|list| property(document, list, "Cert"));
                let found = lists.filter_map(|one| certificate_digest(document, one)).take(PROPERTIES_MAX);
                self.certificate_references.extend(found);
            }
            "CompleteRevocationRefs" => self.references(document, one),
            _ => return false,
        }
        true
    }

    fn certificates(&mut self, document: &Document<'_>, holder: NodeId) {
        for one in property(document, holder, "EncapsulatedX509Certificate") {
            self.unread += take(&mut self.certificates, document, one);
        }
    }

    fn revocation(&mut self, document: &Document<'_>, holder: NodeId) {
        for one in document.children(holder).flat_map(|list| document.children(list)) {
            self.unread += match local(document, one) {
                Some("EncapsulatedCRLValue") => take(&mut self.revocation_lists, document, one),
                Some("EncapsulatedOCSPValue") => take(&mut self.ocsp_responses, document, one),
                _ => 0,
            };
        }
    }

    fn references(&mut self, document: &Document<'_>, holder: NodeId) {
        for one in document.children(holder).flat_map(|list| document.children(list)).take(PROPERTIES_MAX) {
            let digest = property(document, one, "DigestAlgAndValue").next();
            let Some(digest) = digest.and_then(|digest| digest_value(document, digest)) else { continue };
            match local(document, one) {
                Some("CRLRef") => self.revocation_references.lists.push(digest),
                Some("OCSPRef") => self.revocation_references.responses.push(digest),
                _ => {}
            }
        }
    }
}

/// Takes a value; 1 if it could not be.
fn take(into: &mut Vec<Vec<u8>>, document: &Document<'_>, element: NodeId) -> usize {
    match base64(&document.text_of(element)) {
        Ok(bytes) if into.len() < PROPERTIES_MAX => {
            if !into.contains(&bytes) {
                into.push(bytes);
            }
            0
        }
        _ => 1,
    }
}
