//! What the judge gives back.

use super::check::Block;
use super::existence::{Proof, Source};
use super::facts::{AnchorId, CertificateId, Instant, Object, RevocationId, TokenId};
use super::finding::Finding;
use super::indication::Conclusion;
use crate::signature::policy::{Algorithm, Identity};

/// The outcome of validating one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// The time of validation.
    pub at: Instant,
    /// By which policy.
    pub policy: Identity,
    /// One for each signature of the facts, in their order.
    pub signatures: Vec<Verdict>,
    /// One for each time-stamp token of the facts, in their order.
    pub tokens: Vec<TokenVerdict>,
    /// What is to be said about the document as a whole.
    pub findings: Vec<Finding>,
}

/// The verdict on one signature: three questions, kept apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Is the signature good?
    pub conclusion: Conclusion,
    /// How that came about, in the order carried out.
    pub blocks: Vec<Block>,
    /// The earliest instant at which the value is proven to have existed; the time of validation if none is.
    pub best_signature_time: Instant,
    /// What proves that; `None`: nothing.
    pub proven_by: Option<Source>,
    /// All proofs about the value, the earliest first.
    pub proofs: Vec<Proof>,
    /// The latest instant before which it cannot have been made, and the time-stamp that says so.
    pub made_after: Option<(Instant, TokenId)>,
    /// The certificate of the signer.
    pub certificate: Option<CertificateId>,
    /// The chain judged.
    pub chain: Option<ChainVerdict>,
    /// When to try again, after TRY_LATER, if the evidence says.
    pub retry_at: Option<Instant>,
    /// Is what is shown what was signed?
    pub shown: Shown,
    /// Will it stay provable?
    pub provable: Provable,
    /// What is to be said to the reader.
    pub findings: Vec<Finding>,
}

/// The verdict on a time-stamp token.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenVerdict {
    /// Whether it proves what it covers.
    pub conclusion: Conclusion,
    /// How that came about.
    pub blocks: Vec<Block>,
    /// The certificate of the authority.
    pub certificate: Option<CertificateId>,
    /// The chain judged.
    pub chain: Option<ChainVerdict>,
}

/// The chain that a verdict rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainVerdict {
    /// Its anchor.
    pub anchor: AnchorId,
    /// Its certificates, the signer's first, with what is known of each.
    pub members: Vec<Member>,
}

/// One certificate of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Which.
    pub certificate: CertificateId,
    /// Whether it is revoked.
    pub status: Status,
}

/// What is known of the revocation of a certificate.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// It need not be asked for.
    Exempt,
    /// Not revoked, by this statement.
    Good(RevocationId),
    /// Revoked, by this statement: since when that counts, and why.
    Revoked {
        /// The statement.
        by: RevocationId,
        /// Since when, with invalidityDate where that counts.
        since: Instant,
        /// Why.
        reason: String,
    },
    /// Suspended, by this statement.
    OnHold(RevocationId),
    /// Not revoked as of a time that is too early, by this statement.
    Stale(RevocationId),
    /// Whoever signed this statement has an expired certificate.
    SignerExpired(RevocationId),
    /// This statement was signed with algorithms that are no longer reliable.
    Weak(RevocationId, Algorithm),
    /// Nothing counts.
    Unknown,
}

/// Is what is shown what was signed?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// Yes: the whole, and nothing came after.
    AsSigned,
    /// The whole; later came evidence only.
    EvidenceAdded,
    /// The whole; later came form fields and signatures, and the signer did not forbid it.
    FilledAndSigned,
    /// A part only is signed.
    Partly,
    /// It cannot be told.
    Unknown,
    /// No: show the signed state instead.
    ChangedLater,
    /// No: nothing that is shown is signed, or it was changed.
    NotSigned,
}

/// Will it stay provable?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provable {
    /// The level, by content that was verified.
    pub level: Reached,
    /// Until when its algorithms are reliable by the catalogue; `None`: no end is set.
    pub secure_until: Option<Instant>,
    /// Before this a further time-stamp is needed: the algorithms, or the certificate of the newest time-stamp (of the
    /// signer, without one), give out.
    pub renew_before: Option<Instant>,
    /// The algorithm that gives out first.
    pub weakest: Option<Algorithm>,
    /// Whether all of them are reliable at the time of validation.
    pub reliable_now: bool,
    /// Whether all of them were at best-signature-time.
    pub reliable_then: bool,
    /// The evidence that the verdict rests on: certificates, lists, answers, tokens. What an archive must capture.
    pub evidence: Vec<Object>,
}

/// Levels of AdES, by content that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reached {
    /// No AdES: nothing signed names the certificate.
    None,
    /// Baseline: the certificate is named.
    B,
    /// With a good time-stamp over the value.
    T,
    /// With the evidence about its chain.
    Lt,
    /// With a good time-stamp over that evidence.
    Lta,
}

impl Reached {
    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::B => "B-B",
            Self::T => "B-T",
            Self::Lt => "B-LT",
            Self::Lta => "B-LTA",
        }
    }
}

impl Shown {
    /// Every answer, mildest first.
    pub const ALL: &[Self] = &[
        Self::AsSigned,
        Self::EvidenceAdded,
        Self::FilledAndSigned,
        Self::Partly,
        Self::Unknown,
        Self::ChangedLater,
        Self::NotSigned,
    ];

    /// Stable text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsSigned => "as-signed",
            Self::EvidenceAdded => "evidence-added",
            Self::FilledAndSigned => "filled-and-signed",
            Self::Partly => "partly",
            Self::Unknown => "unknown",
            Self::ChangedLater => "changed-later",
            Self::NotSigned => "not-signed",
        }
    }
}
