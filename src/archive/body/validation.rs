//! Bodies of the events about signatures: evidence that was captured, and what a validation run concluded.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Body of `evidence-captured`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct EvidenceCapturedBody {
    /// What each component is, in their order.
    pub items: Vec<EvidenceItem>,
}

/// One piece of evidence.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct EvidenceItem {
    /// `certificate`, `crl`, `ocsp`, `policy`, `practice` or `trust`.
    pub kind: String,
    /// SHA-256 of its bytes, hexadecimal: what names it in reports.
    pub sha256: String,
    /// Whose statements it helps to judge: of a list that adds to no other the issuer, of an authority's certificate the
    /// subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serves: Option<EvidenceServes>,
}

/// For whom a piece of evidence is of use beyond the document that it was captured for.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct EvidenceServes {
    /// SHA-256 of the authority's name, DER, hexadecimal.
    pub authority: String,
    /// When it is in force no longer (RFC 3339).
    pub until: String,
}

/// Body of `signatures-validated`.
#[derive(Serialize, Deserialize, Debug)]
pub struct SignaturesValidatedBody {
    /// Why: `ingest`, `periodic` or `on-demand`.
    pub mode: String,
    /// As of which time (RFC 3339).
    pub at: String,
    /// What becomes of the record: `accept`, `accept-with-notes`, `review` or `return`.
    pub outcome: String,
    /// When to validate again, because what is known about revocation is older than the signature (RFC 3339).
    pub retry_at: Option<String>,
    /// The runs, one for each component that has signatures or should have.
    pub runs: Vec<ComponentRun>,
    /// SHA-256 of everything outside the record that was looked at: captured by this event's time at the latest.
    pub evidence: Vec<String>,
}

/// What the catalog is told of a run; the reports are passed over.
#[derive(Deserialize, Debug)]
pub struct RunFields<'a> {
    /// What becomes of the record.
    #[serde(borrow)]
    pub outcome: Cow<'a, str>,
    /// When to validate again.
    pub retry_at: Option<Cow<'a, str>>,
}

/// The run on one component.
#[derive(Serialize, Deserialize, Debug)]
pub struct ComponentRun {
    /// Its file name.
    pub component: String,
    /// What a detached signature is about: the file name of another component.
    pub about: Option<String>,
    /// The report, as `chauban check-signature --json` has it.
    pub report: Box<RawValue>,
}

/// What is read of a report again.
#[derive(Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ReportSummary {
    /// Digests and names of the policy.
    pub policy: PolicyNamed,
    /// SHA-256 of the trust snapshot, hexadecimal.
    pub trust_sha256: Option<String>,
    /// The signatures, in their order.
    pub signatures: Vec<SignatureSummary>,
    /// What was decided.
    pub document: DocumentSummary,
}

/// A policy as a report names it.
#[derive(Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct PolicyNamed {
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
    /// What it builds on.
    pub base: Option<Box<PolicyNamed>>,
}

/// A signature as a report tells of it.
#[derive(Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct SignatureSummary {
    /// Where it is.
    pub place: String,
    /// Whose it is.
    pub role: Option<String>,
    /// `TOTAL_PASSED`, `INDETERMINATE` or `TOTAL_FAILED`.
    pub indication: String,
    /// Why, if not passed.
    pub sub_indication: Option<String>,
    /// The same in words.
    pub words_vi: String,
    /// The same in words.
    pub words_en: String,
    /// Level reached.
    pub level: String,
    /// Whether what is shown is what was signed.
    pub shown: String,
    /// The certificate of the signer.
    pub signer: Option<SignerSummary>,
    /// Times.
    pub time: TimeSummary,
}

/// A signer as a report tells of it.
#[derive(Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct SignerSummary {
    /// The subject of the certificate.
    pub subject: String,
}

/// Times as a report tells of them.
#[derive(Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TimeSummary {
    /// As claimed.
    pub claimed: Option<String>,
    /// The earliest at which the signature is proven to have existed; that of the validation otherwise.
    pub best_signature_time: String,
}

/// The document as a report tells of it.
#[derive(Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct DocumentSummary {
    /// The practice that decided.
    pub practice: Option<PolicyNamed>,
    /// What becomes of it.
    pub outcome: Option<String>,
}
