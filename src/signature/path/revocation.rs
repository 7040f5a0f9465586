//! Whether a certificate was revoked, by the lists and answers at hand (RFC 5280 §6.3, RFC 6960 §3.2).
//!
//! That a certificate is revoked is said whenever evidence that may be believed says so, however old it is: a
//! revocation does not go away (a hold does). That it is good is said only when the evidence is fresh enough for the
//! question asked, covers every reason, and was issued while the issuer still kept track of the certificate.
//! Otherwise the status is unknown, with the reason nearest to an answer: that is never "good" and never "revoked".

mod list;
mod response;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{CERTIFICATES_MAX, Path, Pool, Settings, SignatureCache, TrustAnchor, candidates, check_constraints};
use crate::digest::Sha256;
use crate::signature::algorithm::{Budget, Unsupported};
use crate::signature::crl::{Crl, Reason, Revocation};
use crate::signature::ocsp::OcspResponse;
use crate::signature::x509::Certificate;

/// How deep the status of a list's or answer's signer is itself asked for.
const DEPTH_MAX: u8 = 3;

/// Revocation data at hand.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Revocation lists, complete and delta.
    pub lists: Vec<Crl>,
    /// OCSP responses.
    pub responses: Vec<OcspResponse>,
}

/// How new data must be to say that a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Issued by this instant and not out of date at it (RFC 5280).
    CurrentAt(DateTime<Utc>),
    /// Issued at this instant or later, as proofs about the past ask for (EN 319 102-1).
    IssuedSince(DateTime<Utc>),
    /// Any.
    Any,
}

/// What is known about a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Not revoked, as of the source's `this_update`.
    Good(Source),
    /// Revoked.
    Revoked(Revocation, Source),
    /// It cannot be told.
    Unknown(Why),
}

/// Why it cannot be told; the later ones came nearer to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// No list or answer speaks about the certificate.
    NoData,
    /// The answer names another certificate with its number.
    OtherCertificate,
    /// It has a critical extension that is not understood, or cannot be read.
    NotUnderstood(Sha256),
    /// No certificate is at hand under which its signature verifies, and whose holder may speak for the issuer.
    SignerNotFound(Sha256),
    /// Its signature could not be checked.
    NotChecked(Sha256, Unsupported),
    /// Its signer was revoked, or that cannot be told.
    SignerStatus(Sha256),
    /// The responder does not know the certificate.
    NotKnown(Source),
    /// It covers some reasons for revocation only.
    ReasonsNotCovered(Source),
    /// It was issued after the certificate expired, when the issuer no longer keeps track of it.
    IssuedAfterExpiry(Source),
    /// It is not of the time asked for.
    NotFresh(Source),
}

/// A list or answer that was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which kind.
    pub kind: SourceKind,
    /// SHA-256 of it.
    pub sha256: Sha256,
    /// SHA-256 of the delta list taken with it.
    pub delta: Option<Sha256>,
    /// As of when it is right.
    pub this_update: DateTime<Utc>,
    /// When newer data comes at the latest.
    pub next_update: Option<DateTime<Utc>>,
    /// When it was signed.
    pub produced_at: DateTime<Utc>,
    /// Who signed it, if not the issuer of the certificate with the same key.
    pub signer: Option<Certificate>,
}

/// Kinds of revocation data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A revocation list.
    List,
    /// An OCSP response.
    Response,
}

/// What the status of certificates is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Revocations<'a> {
    /// Lists and answers.
    pub evidence: &'a Evidence,
    /// Those by which the signers of lists and answers are judged: more, where each of `evidence` is asked by itself.
    pub of_signers: &'a Evidence,
    /// Certificates of their signers, besides those that answers carry.
    pub pool: &'a Pool,
    /// Results kept.
    pub cache: &'a SignatureCache,
    /// What checking may cost.
    pub budget: &'a Budget,
}

/// One certificate being asked about.
struct Question<'a> {
    path: &'a Path,
    index: usize,
    freshness: Freshness,
    depth: u8,
    /// Signers whose own status is being asked for.
    pending: Vec<Sha256>,
}

impl Question<'_> {
    fn certificate(&self) -> &Certificate {
        &self.path.certificates[self.index]
    }
}

impl Revocations<'_> {
    /// Status of `path.certificates[index]`.
    pub fn status_of(&self, path: &Path, index: usize, freshness: Freshness) -> Status {
        match path.certificates.get(index) {
            Some(_) => self.answer(&Question { path, index, freshness, depth: 0, pending: Vec::new() }),
            None => Status::Unknown(Why::NoData),
        }
    }

    /// Whether a list of the issuer of `path.certificates[index]` calls that one revoked or on hold, though it may not be the list to ask:
    /// of another scope, with extensions that are not understood, an addition to a list that is not at hand. What its
    /// issuer revoked is revoked (RFC 5280 §5.2: such a list must not be used to find a certificate *good*).
    pub fn listed(&self, path: &Path, index: usize, list: &Crl) -> Status {
        match path.certificates.get(index) {
            Some(_) => {
                let question = Question { path, index, freshness: Freshness::Any, depth: 0, pending: Vec::new() };
                self.listed_by(&question, list).unwrap_or_else(Status::Unknown)
            }
            None => Status::Unknown(Why::NoData),
        }
    }

    fn answer(&self, question: &Question<'_>) -> Status {
        let by_response = self.by_responses(question);
        if matches!(by_response, Status::Revoked(..)) {
            return by_response;
        }
        let by_list = self.by_lists(question);
        match (by_response, by_list) {
            (_, revoked @ Status::Revoked(..)) => revoked,
            (Status::Good(response), Status::Good(list)) => {
                Status::Good(if response.this_update >= list.this_update { response } else { list })
            }
            (good @ Status::Good(_), _) | (_, good @ Status::Good(_)) => good,
            (Status::Unknown(one), Status::Unknown(other)) => Status::Unknown(nearer(one, other)),
            (unknown, _) => unknown,
        }
    }

    /// Whether the holder of `signer` was good when it signed, as far as the evidence tells.
    fn signer_is_good(&self, path: &Path, question: &Question<'_>) -> bool {
        let Some(index) = path.certificates.len().checked_sub(1) else { return true };
        let signer = path.certificates[index].sha256();
        if question.pending.contains(&signer) {
            return true; // its own list is asked about itself, as the authority that named it chose
        }
        if question.depth >= DEPTH_MAX {
            return false;
        }
        let mut pending = question.pending.clone();
        pending.push(signer);
        let depth = question.depth + 1;
        let of_signers = self.of_signers();
        (0..=index).all(|index| {
            let asked = Question { path, index, freshness: question.freshness, depth, pending: pending.clone() };
            matches!(of_signers.answer(&asked), Status::Good(_))
        })
    }

    /// The same, about who signed lists and answers.
    fn of_signers(&self) -> Self {
        Self { evidence: self.of_signers, ..*self }
    }

    /// Paths from `signer` to the anchor of the question that hold.
    fn paths_to(&self, signer: &Certificate, anchor: &Arc<TrustAnchor>) -> Vec<Path> {
        let anchors = [Arc::clone(anchor)];
        let mut paths = candidates(signer, self.pool, &anchors, CERTIFICATES_MAX, self.cache, self.budget);
        paths.retain(|path| check_constraints(path, &Settings::default(), self.cache, self.budget).holds());
        paths
    }
}

/// Whether data of these dates is fresh enough.
fn is_fresh(freshness: Freshness, this_update: DateTime<Utc>, next_update: Option<DateTime<Utc>>) -> bool {
    match freshness {
        Freshness::CurrentAt(at) => this_update <= at && next_update.is_none_or(|next| at <= next),
        Freshness::IssuedSince(at) => this_update >= at,
        Freshness::Any => true,
    }
}

/// A hold may have ended since; any other revocation stands.
fn is_lasting(revocation: Revocation) -> bool {
    revocation.reason != Reason::CertificateHold
}

fn nearer(one: Why, other: Why) -> Why {
    let rank = |why: &Why| match why {
        Why::NoData => 0,
        Why::OtherCertificate => 1,
        Why::NotUnderstood(_) => 2,
        Why::SignerNotFound(_) => 3,
        Why::NotChecked(..) => 4,
        Why::SignerStatus(_) => 5,
        Why::NotKnown(_) => 6,
        Why::ReasonsNotCovered(_) => 7,
        Why::IssuedAfterExpiry(_) => 8,
        Why::NotFresh(_) => 9,
    };
    if rank(&other) > rank(&one) { other } else { one }
}
