//! What is said about a signature: facts, each with its reason when it could not be established.

use chrono::{DateTime, Utc};

use super::algorithm::DigestAlgorithm;
use super::{algorithm, cms, der, evidence_record, pdf, timestamp};

/// One signature of a document, as far as its own bytes tell. See [`IntegrityOnly`] for what it does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureFact {
    /// Number in the document, from 1, ordered by what is covered: the first signed is 1.
    pub index: usize,
    /// Where in the file its dictionary, or what is left of it, is written: bytes from the start.
    pub at: usize,
    /// Encoding named by the document, such as `ETSI.CAdES.detached`.
    pub sub_filter: Option<String>,
    /// Whom the certificate carried inside names. Not authenticated: anybody can issue such a certificate.
    pub signer: Option<Signer>,
    /// When, as claimed inside the signature.
    pub signing_time: Option<SigningTime>,
    /// Reason for signing, as claimed in the document.
    pub reason: Option<String>,
    /// Whether the covered bytes have the digest that was signed.
    pub digest: DigestCheck,
    /// Whether the signature value verifies under the certificate's key.
    pub signature_value: ValueCheck,
    /// Digest algorithm of the signer.
    pub digest_algorithm: Option<DigestAlgorithm>,
    /// The certificate's key, such as `RSA 2048`.
    pub key: Option<String>,
    /// What makes it weaker than today's rules ask.
    pub weak: Vec<Weakness>,
    /// How much of the file it covers.
    pub coverage: Coverage,
    /// Whether a time-stamp token is attached to the value, or the signature is itself one. The token is not checked.
    pub has_timestamp: bool,
}

/// The subject of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Common name.
    pub common_name: Option<String>,
    /// Organisation.
    pub organisation: Option<String>,
    /// Serial number of the certificate, lower-case hexadecimal.
    pub serial_hex: String,
    /// The whole name, most specific first.
    pub subject: String,
    /// Name of the issuer, most specific first.
    pub issuer: String,
}

/// A time found in a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningTime {
    /// The instant.
    pub at: DateTime<Utc>,
    /// Who says so.
    pub source: TimeSource,
}

/// Who says when it was signed. None of them is verified at this stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeSource {
    /// The signer, in a signed attribute.
    SignedAttribute,
    /// The signing software, in the document.
    Document,
    /// A time-stamping authority: the signature is a document time-stamp.
    TimeStamp,
}

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

/// How much of the file a signature covers, apart from its own value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// To the last byte.
    WholeFile,
    /// This many bytes follow, which this signature says nothing about.
    BytesAfter(u64),
    /// Its byte range is not usable.
    Unknown,
}

/// Weaknesses: the signature is readable, and falls short of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// SHA-1 as a digest of content, attributes or value.
    Sha1,
    /// An RSA key of this many bits, below 2048.
    ShortKey(usize),
    /// The value signs the document directly: nothing binds time or certificate.
    NoSignedAttributes,
    /// No signed attribute names the certificate (PAdES asks for one).
    NoSigningCertificate,
    /// The signed attribute contentType is absent or another than the content's.
    ContentType,
    /// The covered bytes stand a second time inside a signature that is said to be detached. Some readers hash only
    /// the one, some only the other.
    ContentInside,
    /// Bytes other than zero padding follow the CMS inside `/Contents`, outside any digest.
    BytesAfterValue,
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

/// One word for the two checks together: **integrity only, not yet a verdict**.
///
/// `Intact` means that the covered bytes are those which the holder of *some* key signed, and no more. Trust in the
/// certificate, its path, its revocation, the time of signing and the bytes after the covered ones are not judged;
/// never show it as "valid".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntegrityOnly {
    /// Digest matches and value verifies.
    Intact,
    /// Digest matches; the value could not be checked.
    Unchecked,
    /// It cannot be told what was signed.
    Unreadable,
    /// The digest differs or the value fails.
    Altered,
}

impl SignatureFact {
    /// The two checks in one word. Integrity only, not yet a verdict.
    pub fn integrity(&self) -> IntegrityOnly {
        match (&self.digest, &self.signature_value) {
            (DigestCheck::Differs, _) | (_, ValueCheck::Fails) => IntegrityOnly::Altered,
            (DigestCheck::Unreadable(_), _) => IntegrityOnly::Unreadable,
            (DigestCheck::Matches, ValueCheck::NotChecked(_)) => IntegrityOnly::Unchecked,
            (DigestCheck::Matches, ValueCheck::Verifies) => IntegrityOnly::Intact,
        }
    }

    /// Whether every byte of the file but the value itself is covered.
    pub fn covers_whole_file(&self) -> bool {
        self.coverage == Coverage::WholeFile
    }
}

impl std::fmt::Display for IntegrityOnly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Intact => "intact",
            Self::Unchecked => "unchecked",
            Self::Unreadable => "unreadable",
            Self::Altered => "altered",
        })
    }
}
