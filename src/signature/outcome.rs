//! How a comparison or a check came out, with the reason where it could not be carried out.

use super::{algorithm, cms, der, evidence_record, pdf, timestamp};

/// Comparison of the covered bytes with the digest inside the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DigestCheck {
    /// The covered bytes are those that were signed.
    Matches,
    /// The covered bytes were changed.
    Differs,
    /// It cannot be told.
    Unreadable(Reason),
}

/// Check of the signature value under the key of the certificate carried inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueCheck {
    /// The value was made with that key over these attributes.
    Verifies,
    /// It was not.
    Fails,
    /// It cannot be told.
    NotChecked(Reason),
}

impl DigestCheck {
    /// Two comparisons that must both hold: one that differs decides, then one that could not be made.
    pub fn both(one: Self, other: Self) -> Self {
        match (one, other) {
            (Self::Differs, _) | (_, Self::Differs) => Self::Differs,
            (Self::Unreadable(reason), _) | (_, Self::Unreadable(reason)) => Self::Unreadable(reason),
            (Self::Matches, Self::Matches) => Self::Matches,
        }
    }
}

impl From<Result<bool, Reason>> for DigestCheck {
    fn from(compared: Result<bool, Reason>) -> Self {
        match compared {
            Ok(true) => Self::Matches,
            Ok(false) => Self::Differs,
            Err(reason) => Self::Unreadable(reason),
        }
    }
}

impl From<Result<bool, Reason>> for ValueCheck {
    fn from(verified: Result<bool, Reason>) -> Self {
        match verified {
            Ok(true) => Self::Verifies,
            Ok(false) => Self::Fails,
            Err(reason) => Self::NotChecked(reason),
        }
    }
}

/// Why something could not be established.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The signature dictionary is defective.
    #[error(transparent)]
    Pdf(#[from] pdf::Defect),
    /// The signature is not readable CMS.
    #[error(transparent)]
    Cms(#[from] cms::Error),
    /// The algorithm or key is not supported.
    #[error(transparent)]
    Unsupported(#[from] algorithm::Unsupported),
    /// The content of the time-stamp token is not readable.
    #[error("the time-stamp token is not readable: {0}")]
    TimeStamp(der::Error),
    /// The time-stamp token is not readable.
    #[error("the time-stamp token is not readable: {0}")]
    Token(timestamp::TokenError),
    /// An evidence record could not be checked in full.
    #[error(transparent)]
    EvidenceRecord(Box<evidence_record::Finding>),
    /// An archive time-stamp of a kind withdrawn in 2003, whose input is not computed.
    #[error("archive time-stamps of this withdrawn kind are not checked")]
    OldArchiveTimeStamp,
    /// An attribute stands more than once, or cannot be read.
    #[error("the attribute {0} is absent, stands more than once or cannot be read")]
    Attribute(&'static str),
    /// The content itself would be needed, and only digests of it are at hand; or nothing is.
    #[error("the signed content is not at hand")]
    ContentNotGiven,
    /// More bytes would be hashed than one document may cost.
    #[error("the signatures of this file cover more bytes, together, than are hashed for one document")]
    TooMuchCovered,
    /// The sub-filter is not one read here.
    #[error("signatures of kind {0} are not read")]
    SubFilter(String),
    /// Not exactly one signer, as PDF signatures must have.
    #[error("the signature has {0} signers instead of one")]
    Signers(usize),
    /// The certificate of the signer is not inside.
    #[error("the signature does not carry its signer's certificate")]
    NoCertificate,
    /// The signed attributes name another certificate than the one found.
    #[error("the signed attributes name another certificate than the one carried")]
    OtherCertificate,
    /// The signed attributes hold no digest of the content.
    #[error("the signed attributes hold no message digest")]
    NoMessageDigest,
    /// The value signs the content directly and does not verify, so the digest signed is unknown.
    #[error("without signed attributes the signed digest is known only from a value that verifies")]
    NoSignedAttributes,
    /// The kind of signature carries its content inside, and there is none.
    #[error("the signature carries no content")]
    NoContent,
}
