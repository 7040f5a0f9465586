//! What RFC 5280 asks of those who issue certificates and lists (§4, §5), beyond what it asks of those who check them
//! (§6): for the notes of a report.
//!
//! None of it makes a path fail: real authorities have issued certificates with a serial number of zero or without a
//! key identifier, and signatures made with them are as good as others.

use super::{Path, Place};
use crate::signature::crl::Crl;
use crate::signature::oid;
use crate::signature::x509::{Certificate, Critical, GeneralName, KeyUsage, Version};

/// Bytes of a serial number at most (RFC 5280 §4.1.2.2).
const SERIAL_BYTES_MAX: usize = 20;

/// Something that the profile of RFC 5280 does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Irregularity {
    /// The serial number is zero, negative or too long (§4.1.2.2).
    SerialNumber,
    /// An authority without a name (§4.1.2.6).
    AuthorityWithoutName,
    /// authorityKeyIdentifier is absent, or critical (§4.2.1.1).
    AuthorityKeyIdentifier,
    /// subjectKeyIdentifier of an authority is absent, or critical (§4.2.1.2).
    SubjectKeyIdentifier,
    /// keyCertSign without being an authority (§4.2.1.3).
    KeyUsage,
    /// Without a subject, subjectAltName must be critical (§4.2.1.6).
    AlternativeNameNotCritical,
    /// A host name that is none (§4.2.1.6).
    HostName,
    /// basicConstraints of an authority is absent, or not critical (§4.2.1.9).
    BasicConstraints,
    /// nameConstraints of an end entity, or not critical (§4.2.1.10).
    NameConstraints,
    /// policyConstraints that is not critical (§4.2.1.11).
    PolicyConstraints,
    /// authorityInfoAccess that is critical (§4.2.2.1).
    InformationAccess,
    /// cRLNumber is absent from a list, or critical (§5.2.3).
    ListNumber,
}

impl Irregularity {
    /// Stable text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SerialNumber => "serial-number",
            Self::AuthorityWithoutName => "authority-without-name",
            Self::AuthorityKeyIdentifier => "authority-key-identifier",
            Self::SubjectKeyIdentifier => "subject-key-identifier",
            Self::KeyUsage => "key-usage",
            Self::AlternativeNameNotCritical => "alternative-name-not-critical",
            Self::HostName => "host-name",
            Self::BasicConstraints => "basic-constraints",
            Self::NameConstraints => "name-constraints",
            Self::PolicyConstraints => "policy-constraints",
            Self::InformationAccess => "information-access",
            Self::ListNumber => "list-number",
        }
    }
}

/// Irregularities of the certificates of a path, the anchor's first.
pub fn irregularities(path: &Path) -> Vec<(Place, Irregularity)> {
    let mut found = Vec::new();
    let mut add = |place, list: Vec<Irregularity>| found.extend(list.into_iter().map(|one| (place, one)));
    if let Some(certificate) = &path.anchor.certificate {
        add(Place::Anchor, of_certificate(certificate, Role::Authority));
    }
    for (at, certificate) in path.certificates.iter().enumerate() {
        let role = if at + 1 < path.certificates.len() { Role::Authority } else { Role::Target };
        add(Place::Certificate(at), of_certificate(certificate, role));
    }
    found
}

/// Irregularities of a revocation list.
pub fn list_irregularities(list: &Crl) -> Vec<Irregularity> {
    let number = list.extensions().kinds.iter().find(|(kind, _)| **kind == *oid::CRL_NUMBER);
    match number {
        Some((_, Critical::No)) => Vec::new(),
        _ => vec![Irregularity::ListNumber],
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Authority,
    Target,
}

fn of_certificate(certificate: &Certificate, role: Role) -> Vec<Irregularity> {
    let extensions = certificate.extensions();
    let critical = |kind: &[u8]| extensions.get(kind).map(|extension| extension.critical);
    let is_authority =
        role == Role::Authority || extensions.basic_constraints.is_some_and(|constraints| constraints.is_ca);
    let is_v3 = certificate.version() == Version::V3;
    let serial = certificate.serial_encoded();
    let key_identifier = critical(oid::AUTHORITY_KEY_IDENTIFIER);
    let own_identifier = critical(oid::SUBJECT_KEY_IDENTIFIER);
    let signs = extensions.key_usage.is_some_and(|usage| usage.allows_any(KeyUsage::CERT_SIGN));
    let rules = [
        (
            Irregularity::SerialNumber,
            certificate.serial().is_empty() || serial[0] & 0x80 != 0 || serial.len() > SERIAL_BYTES_MAX,
        ),
        (Irregularity::AuthorityWithoutName, is_authority && certificate.subject().is_empty()),
        (
            Irregularity::AuthorityKeyIdentifier,
            key_identifier == Some(Critical::Yes)
                || (is_v3 && key_identifier.is_none() && !certificate.is_self_issued()),
        ),
        (
            Irregularity::SubjectKeyIdentifier,
            own_identifier == Some(Critical::Yes) || (is_v3 && is_authority && own_identifier.is_none()),
        ),
        (Irregularity::KeyUsage, is_v3 && signs && !is_authority),
        (
            Irregularity::AlternativeNameNotCritical,
            certificate.subject().is_empty() && critical(oid::SUBJECT_ALTERNATIVE_NAME) == Some(Critical::No),
        ),
        (Irregularity::HostName, !extensions.subject_alternative_names.iter().all(is_well_formed)),
        (
            Irregularity::BasicConstraints,
            is_v3 && is_authority && critical(oid::BASIC_CONSTRAINTS) != Some(Critical::Yes),
        ),
        (
            Irregularity::NameConstraints,
            match critical(oid::NAME_CONSTRAINTS) {
                Some(Critical::Yes) => !is_authority,
                Some(Critical::No) => true,
                None => false,
            },
        ),
        (Irregularity::PolicyConstraints, critical(oid::POLICY_CONSTRAINTS) == Some(Critical::No)),
        (Irregularity::InformationAccess, critical(oid::AUTHORITY_INFO_ACCESS) == Some(Critical::Yes)),
    ];
    rules.into_iter().filter_map(|(irregularity, holds)| holds.then_some(irregularity)).collect()
}

/// Host names in the preferred syntax of RFC 1034 §3.5, a star for the first label allowed.
fn is_well_formed(name: &GeneralName) -> bool {
    let GeneralName::Dns(name) = name else { return true };
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    name.strip_prefix("*.").unwrap_or(name).split('.').all(is_label)
}
