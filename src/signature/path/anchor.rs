//! What is trusted without being checked: a name with a key, between dates.

use chrono::{DateTime, Utc};

use crate::signature::x509::{Certificate, Name, PublicKey};

/// A trust anchor. A certificate, if it is known by one, gives constraints besides name and key (RFC 5937).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustAnchor {
    /// Its name.
    pub name: Name,
    /// Its key.
    pub key: PublicKey,
    /// Its certificate.
    pub certificate: Option<Certificate>,
    /// First instant for which it is trusted.
    pub trusted_from: Option<DateTime<Utc>>,
    /// Last instant for which it is trusted.
    pub trusted_until: Option<DateTime<Utc>>,
}

impl TrustAnchor {
    /// An anchor known by name and key.
    pub fn of_key(name: Name, key: PublicKey) -> Self {
        Self { name, key, certificate: None, trusted_from: None, trusted_until: None }
    }

    /// An anchor known by its certificate.
    pub fn of_certificate(certificate: Certificate) -> Self {
        let own = Self::of_key(certificate.subject().clone(), certificate.key().clone());
        Self { certificate: Some(certificate), ..own }
    }

    /// Whether it is trusted for what happened at `at`.
    pub fn is_trusted_at(&self, at: DateTime<Utc>) -> bool {
        self.trusted_from.is_none_or(|from| from <= at) && self.trusted_until.is_none_or(|until| at <= until)
    }
}
