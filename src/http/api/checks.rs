//! Files that are handed in and checked: signatures, receipts, evidence records. Nothing of them is kept.

use super::refused::{NoRole, NotSignedIn};
use super::trust::instant;
use crate::archive::check_signature::{Checker, PolicyChoice};
use crate::archive::evidence_record::{self, EVIDENCE_BYTES_MAX, EvidenceChecked, Judging};
use crate::archive::trust::Edge;
use crate::archive::{ReceiptChecked, ReceiptError, verify_receipt};
use crate::error::Error;
use crate::evidence::RECEIPT_BYTES_MAX;
use crate::http::handed::Handed;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::Service;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;
use utoipa::ToSchema;

/// A file whose signatures are asked about.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a form, whose parts are read one by one")]
pub struct SignedFile {
    /// The file, PDF, CMS, XML or ASiC; all files together at most 200 MiB.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// What a detached signature is about.
    #[schema(content_media_type = "application/octet-stream")]
    document: Option<Vec<u8>>,
    /// Revocation lists, OCSP answers and certificates, DER or PEM.
    evidence: Option<Vec<Vec<u8>>>,
    /// Day (its end, in UTC) or instant as of which to judge; without it now.
    at: Option<String>,
    /// `vn`, the Vietnamese profile, or `eu`, the European catalogue; without it `vn`.
    policy: Option<String>,
    /// `etsi`: the report of ETSI TS 119 102-2, XML, in the place of JSON.
    report: Option<String>,
}

/// A receipt, and the file it is about.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a form, whose parts are read one by one")]
pub struct ReceiptAndFile {
    /// The receipt.
    #[schema(content_media_type = "text/plain")]
    receipt: Vec<u8>,
    /// The file, at most 200 MiB.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// An evidence record, and a file it is about.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a form, whose parts are read one by one")]
pub struct EvidenceAndFile {
    /// The evidence record: RFC 4998 in DER, or RFC 6283 in XML; at most 16 MiB.
    #[schema(content_media_type = "application/octet-stream")]
    record: Vec<u8>,
    /// The file; all files together at most 200 MiB.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// Revocation lists, OCSP answers and certificates of the authorities, DER or PEM.
    evidence: Option<Vec<Vec<u8>>>,
    /// Day (its end, in UTC) or instant as of which to judge; without it now.
    at: Option<String>,
}

/// What a file's signatures come to, as `chauban check-signature --json` has it.
#[derive(Serialize, ToSchema)]
pub struct SignaturesShown {
    /// Name of the file.
    pub file: String,
    /// Whether it has signatures and all of them pass, with nothing to be reviewed.
    pub good: bool,
    /// The validation run.
    #[schema(value_type = Object)]
    pub run: Box<RawValue>,
}

/// The same with what a page tells besides.
pub struct SignaturesChecked {
    /// What programs are told.
    pub shown: SignaturesShown,
    /// What practice would do with such a document.
    pub outcome: &'static str,
    /// As of when it was judged.
    pub at: DateTime<Utc>,
    /// The report of ETSI TS 119 102-2, where it is wanted.
    pub etsi: Option<String>,
}

/// Judges the signatures of the file that was handed in, by the archive's trust anchors.
pub async fn signatures_checked(service: &Arc<Service>, handed: Handed) -> Result<SignaturesChecked, Problem> {
    let at = instant(handed.field("at"), Edge::Last)?.unwrap_or_else(|| service.clock.wall().instant());
    let policy = match handed.field("policy") {
        "" | "vn" => PolicyChoice::Vietnam,
        "eu" => PolicyChoice::Europe,
        _ => return Err(Problem::invalid("policy is vn or eu")),
    };
    let wants_etsi = match handed.field("report") {
        "" => false,
        "etsi" => true,
        _ => return Err(Problem::invalid("report is etsi, or left out")),
    };
    let judge = move |service: &Service, handed: &Handed| {
        let checker = checker(service, handed, policy)?;
        let file = handed.file("file")?;
        let checked = checker.check_handed_in(file, handed.files("document").next(), at)?;
        let etsi = wants_etsi.then(|| checker.etsi_report(&checked)).transpose()?;
        let (good, run) = (checked.is_good(), checker.report(&checked)?);
        let shown = SignaturesShown { file: file.name.clone(), good, run };
        Ok(SignaturesChecked { shown, outcome: checked.decision.outcome.name(), at, etsi })
    };
    handed.check(service, judge).await
}

/// What judges by the archive's trust anchors, with the evidence that was handed in.
fn checker(service: &Service, handed: &Handed, policy: PolicyChoice) -> crate::error::Result<Checker> {
    let mut checker = Checker::new(policy)?;
    checker.trust_anchors(&service.archive()?.anchors()?);
    handed.files("evidence").try_for_each(|file| checker.take_evidence_handed_in(file))?;
    Ok(checker)
}

/// Check the signatures of a file, by the archive's trust anchors. Nothing is fetched, and nothing is kept.
#[utoipa::path(post, path = "/check-signature", tag = "inspection",
    request_body(content = SignedFile, content_type = "multipart/form-data"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "the verdict", content(
        (SignaturesShown = "application/json"), (String = "application/xml"))),
    (status = 400, description = "the form, a time or a piece of evidence can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 408, description = "the files took too long to arrive", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "more than 200 MiB", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no form with files", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "too many files are being checked", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn check_signature(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let handed = Handed::read(&service, &headers, body).await?;
    let checked = signatures_checked(&service, handed).await?;
    Ok(match checked.etsi {
        Some(xml) => ([(header::CONTENT_TYPE, "application/xml")], xml).into_response(),
        None => Json(checked.shown).into_response(),
    })
}

/// What a receipt proves of a file, as `chauban verify-receipt --json` has it.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ReceiptShown {
    /// The archive took in exactly this file.
    Proven {
        /// True.
        proven: bool,
        /// The archive's ledger.
        origin: String,
        /// Number of the entry.
        index: u64,
        /// Size of the ledger under the checkpoint.
        size: u64,
        /// Its root.
        root: String,
        /// Name of the file in the record.
        component: String,
        /// The entry.
        entry: Value,
        /// SHA-256 of the file.
        sha256: String,
    },
    /// Nothing is proven of this file.
    Refused {
        /// False.
        proven: bool,
        /// The link of the chain that broke.
        reason: String,
    },
}

impl From<ReceiptChecked> for ReceiptShown {
    fn from(checked: ReceiptChecked) -> Self {
        let ReceiptChecked { proven, file } = checked;
        Self::Proven {
            proven: true,
            origin: proven.origin,
            index: proven.index,
            size: proven.size,
            root: proven.root.to_string(),
            component: proven.component,
            entry: proven.entry,
            sha256: file.sha256.to_string(),
        }
    }
}

/// Check a receipt against a file, by the archive's own public keys.
#[utoipa::path(post, path = "/verify-receipt", tag = "inspection",
    request_body(content = ReceiptAndFile, content_type = "multipart/form-data"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "what it proves", body = ReceiptShown),
    (status = 400, description = "the form can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 408, description = "the files took too long to arrive", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "more than 200 MiB", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no form with files", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "too many files are being checked", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn receipt(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ReceiptShown>, Problem> {
    let handed = Handed::read(&service, &headers, body).await?;
    let check = |service: &Service, handed: &Handed| {
        let receipt = handed.file("receipt")?.bytes(RECEIPT_BYTES_MAX as u64)?;
        let receipt = String::from_utf8(receipt).map_err(|_| Error::invalid("the receipt is not text"))?;
        let file = handed.file("file")?;
        match verify_receipt(&receipt, &service.archive()?.format.keys(), &mut file.reader()?) {
            Ok(checked) => Ok(ReceiptShown::from(checked)),
            Err(ReceiptError::Refused(why)) => Ok(ReceiptShown::Refused { proven: false, reason: why.to_string() }),
            Err(ReceiptError::File(error)) => Err(Error::unavailable("the file can't be read").because(error)),
        }
    };
    handed.check(&service, check).await.map(Json)
}

/// What an evidence record proves of a file, as `chauban verify-evidence --json` has it.
#[derive(Serialize, ToSchema)]
pub struct EvidenceShown {
    /// `covered`, `not-covered` or `unknown`.
    pub outcome: &'static str,
    /// What is wrong, or could not be checked.
    pub findings: Vec<String>,
    /// Its time-stamps, oldest first.
    pub time_stamps: Vec<StampOfEvidence>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Whether the authorities were judged: whether the archive trusts anybody.
    pub trust_judged: bool,
}

/// A time-stamp of an evidence record.
#[derive(Serialize, ToSchema)]
pub struct StampOfEvidence {
    /// When, RFC 3339.
    pub time: String,
    /// The authority, as its certificate names it.
    pub subject: String,
    /// Serial number.
    pub serial: String,
    /// SHA-256 of the certificate.
    pub certificate: String,
    /// Algorithm of the signature.
    pub algorithm: String,
    /// When the certificate ends, RFC 3339.
    pub not_after: String,
    /// The verdict, where one was given.
    pub indication: Option<&'static str>,
    /// Its reason.
    pub sub_indication: Option<&'static str>,
}

impl From<EvidenceChecked> for EvidenceShown {
    fn from(checked: EvidenceChecked) -> Self {
        // The two lists differ where a token is not whole; the findings say which.
        let verdicts = checked.verdicts.as_ref().filter(|all| all.len() == checked.tokens.len());
        let written = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let stamp = |(number, token): (usize, &crate::archive::stamp::TokenFacts)| {
            let verdict = verdicts.and_then(|all| all.get(number));
            StampOfEvidence {
                time: written(token.time),
                subject: token.authority.clone(),
                serial: token.serial.clone(),
                certificate: token.certificate.to_string(),
                algorithm: token.algorithm.clone(),
                not_after: written(token.not_after),
                indication: verdict.map(|one| one.indication.name()),
                sub_indication: verdict.and_then(|one| one.sub_indication).map(|sub| sub.name()),
            }
        };
        Self {
            outcome: checked.outcome.name(),
            time_stamps: checked.tokens.iter().enumerate().map(stamp).collect(),
            sha256: checked.file.to_string(),
            trust_judged: checked.verdicts.is_some(),
            findings: checked.findings,
        }
    }
}

/// Check an evidence record against a file, its authorities by the archive's trust anchors.
#[utoipa::path(post, path = "/verify-evidence", tag = "inspection",
    request_body(content = EvidenceAndFile, content_type = "multipart/form-data"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "what it proves", body = EvidenceShown),
    (status = 400, description = "the form, the record, a time or a piece of evidence can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 408, description = "the files took too long to arrive", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "more than 200 MiB", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no form with files", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, description = "too many files are being checked", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn evidence(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<EvidenceShown>, Problem> {
    let handed = Handed::read(&service, &headers, body).await?;
    let at = instant(handed.field("at"), Edge::Last)?.unwrap_or_else(|| service.clock.wall().instant());
    let check = move |service: &Service, handed: &Handed| {
        let (record, file) = (handed.file("record")?.bytes(EVIDENCE_BYTES_MAX)?, handed.file("file")?);
        let checker = checker(service, handed, PolicyChoice::Vietnam)?;
        let judging = checker.trusts_something().then_some(Judging { checker: &checker, at });
        evidence_record::verify(&record, &mut file.reader()?, judging).map(EvidenceShown::from)
    };
    handed.check(&service, check).await.map(Json)
}
