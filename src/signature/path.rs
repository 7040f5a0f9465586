//! Certification paths (RFC 5280 §6): found, checked, and asked for revocation.
//!
//! Three questions are kept apart, because the judge above (EN 319 102-1) asks them at different times:
//!
//! * [`candidates`]: which chains lead from a certificate to a trust anchor;
//! * [`check_constraints`]: does a chain hold at all, whenever one looks (signatures, names, constraints, policies);
//!   [`check_validity`]: and is every certificate of it within its dates at an instant;
//! * [`Revocations::status_of`]: what the evidence at hand says about one certificate of it.
//!
//! Pure: certificates, anchors, evidence and instants are passed in. Nothing recurses on input: paths are built with a
//! stack of their own, policies are kept as a graph (RFC 9618), and everything that grows has a limit. What could not
//! be checked has an outcome of its own.

mod anchor;
mod build;
mod cache;
mod check;
mod names;
mod policy;
mod profile;
mod revocation;
mod validate;

use std::sync::Arc;

use super::der::Slice;
use super::x509::{Certificate, Name, PublicKey};

pub use anchor::TrustAnchor;
pub use build::{Pool, candidates};
pub use cache::SignatureCache;
pub use check::{Check, Code, Outcome, Place, Report};
use policy::Policies;
pub use profile::{Irregularity, irregularities, list_irregularities};
pub use revocation::{Evidence, Freshness, Revocations, Source, SourceKind, Status, Why};
pub use validate::{check_constraints, check_validity};

/// Candidate paths given for one certificate. Cross-certified hierarchies have some ten.
pub const PATHS_MAX: usize = 64;
/// Certificates in a path, not counting the anchor and those that an authority issued to itself (which are allowed once
/// more this many). Vietnamese paths have 2 or 3.
pub const CERTIFICATES_MAX: usize = 8;

/// A chain of certificates below a trust anchor.
#[derive(Debug, Clone)]
pub struct Path {
    /// Where it begins.
    pub anchor: Arc<TrustAnchor>,
    /// From the one that the anchor issued to the target; empty when the anchor's own certificate is the target.
    pub certificates: Vec<Certificate>,
}

/// What is asked of a path (RFC 5280 §6.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The policies of use to the caller, as object identifiers; empty for any.
    pub initial_policies: Vec<Slice>,
    /// initial-explicit-policy.
    pub explicit_policy: bool,
    /// initial-policy-mapping-inhibit.
    pub inhibit_mapping: bool,
    /// initial-any-policy-inhibit.
    pub inhibit_any: bool,
    /// Purposes (extended key usages), one of which the target must allow; empty for any.
    pub purposes: Vec<Slice>,
}

impl Path {
    /// Name and key of the issuer of `certificates[index]`.
    pub fn issuer_of(&self, index: usize) -> (&Name, &PublicKey) {
        match index.checked_sub(1).and_then(|above| self.certificates.get(above)) {
            Some(above) => (above.subject(), above.key()),
            None => (&self.anchor.name, &self.anchor.key),
        }
    }

    /// The certificate that issued `certificates[index]`; `None` when that is an anchor known by name and key alone.
    pub fn issuer_certificate(&self, index: usize) -> Option<&Certificate> {
        match index.checked_sub(1) {
            Some(above) => self.certificates.get(above),
            None => self.anchor.certificate.as_ref(),
        }
    }

    /// Key of the issuer of `certificates[index]`, with the DSA parameters that it inherits from above.
    pub(in crate::signature) fn working_key(&self, index: usize) -> PublicKey {
        let below = self.certificates.iter().take(index);
        below.fold(self.anchor.key.clone(), |key, certificate| certificate.key().inheriting(&key))
    }
}

#[cfg(test)]
mod tests;
