//! Bodies: what an event says in confidence. The wire form of records and dossiers (`docs/format.md` §4.3).
//!
//! The plaintext of a body object is two lines: the *manifest*, whose salted HMAC stands in the entry, and the body's
//! JSON, whose SHA-256 stands in the manifest. So a receipt can open the manifest, and with it the digests of the
//! components, without showing the body.

mod account;
mod destruction;
mod disposal;
mod hold;
mod reads;
mod retention;
mod source;
mod time;
mod trust;
mod validation;

use super::check_signature::Checked;
use crate::digest::Sha256;
use crate::record::{Basis, Component, Dossier, Period, RecordMetadata, Retention, Role};
use crate::signature::judge::facts::{Facts, Made, Outcome, Signature};
use crate::signature::judge::{Judged, Verdict};
use crate::transfer::Identifier;
use crate::transfer::finding::Finding;
use serde::{Deserialize, Serialize};

pub use account::{AccountClosedBody, AccountConfirmedBody, AccountProposedBody};
pub use destruction::{DestructionBegunBody, DestructionEndedBody, KeysMovedBody, ListedBody, TombstoneBody};
pub use disposal::{
    ActBody, DISPOSAL_VERSION, DisposalActedBody, DisposalOpenedBody, DocumentBody, DocumentSignatureBody, GroundBody,
    InsteadBody, ItemBody, PaperBody, SeatBody, VoteBody,
};
pub use hold::{HoldPlacedBody, HoldQueryBody, HoldReleasedBody, HoldScopeBody};
pub use reads::{ReadBody, ReadsRecordedBody};
pub use retention::{
    AppliesBody, ArchiveKindBody, ConcernsBody, HolidaysBody, OccurrenceBody, RecordsLinkedBody, RetentionAssignedBody,
    RetentionConfirmedBody, RetentionReviewedBody, RevokedBody, RuleConfirmedBody, RuleWithdrawnBody, RulesBody,
};
pub use source::{EvidenceSourceBody, EvidenceSourceEndedBody};
pub use time::{CheckpointStampedBody, TimeAuthorityBody, TimeAuthorityEndedBody};
pub use trust::{TrustAnchorBody, TrustAnchorEndedBody};
pub use validation::{
    ComponentRun, EvidenceCapturedBody, EvidenceItem, EvidenceServes, PolicyNamed, ReportSummary, RunFields,
    SignatureSummary, SignaturesValidatedBody,
};

/// A component as the manifest commits to it.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ManifestComponent {
    /// File name.
    pub name: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// BLAKE3, hexadecimal.
    pub blake3: String,
    /// Length, bytes.
    pub size: u64,
}

/// The first line of a body object: what the entry commits to, and what a receipt opens.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Components in the order of the entry's objects.
    pub components: Vec<ManifestComponent>,
    /// Digest and size of the second line.
    pub body: ManifestBody,
}

/// The body as the manifest commits to it.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ManifestBody {
    /// SHA-256 of the body's JSON, hexadecimal.
    pub sha256: String,
    /// Its length, bytes.
    pub size: u64,
}

/// Manifest, newline, body; and the length of the manifest.
pub struct BodyText {
    /// The plaintext of the body object.
    pub bytes: Vec<u8>,
    manifest: usize,
}

impl BodyText {
    /// Puts the two lines together.
    pub fn new(components: &[Component], body: &impl Serialize) -> serde_json::Result<Self> {
        let body = serde_json::to_vec(body)?;
        let manifest = Manifest {
            components: components
                .iter()
                .map(|component| ManifestComponent {
                    name: component.name.clone(),
                    sha256: component.digests.sha256.to_string(),
                    blake3: component.digests.blake3.to_string(),
                    size: component.digests.size,
                })
                .collect(),
            body: ManifestBody { sha256: Sha256::of(&body).to_string(), size: body.len() as u64 },
        };
        let mut bytes = serde_json::to_vec(&manifest)?;
        let manifest = bytes.len();
        bytes.push(b'\n');
        bytes.extend_from_slice(&body);
        Ok(Self { bytes, manifest })
    }

    /// The manifest's exact bytes.
    pub fn manifest(&self) -> &[u8] {
        &self.bytes[..self.manifest]
    }

    /// The body's exact bytes.
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.manifest + 1..]
    }
}

/// Splits the plaintext of a body object into manifest and body, and checks that the one commits to the other.
pub fn split(plain: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, body) = read_manifest(plain)?;
    Some((&plain[..plain.len() - body.len() - 1], body))
}

/// The same, with the manifest read.
pub fn read_manifest(plain: &[u8]) -> Option<(Manifest, &[u8])> {
    let at = memchr::memchr(b'\n', plain)?;
    let (line, body) = (&plain[..at], &plain[at + 1..]);
    let stated: Manifest = serde_json::from_slice(line).ok()?;
    (stated.body.size == body.len() as u64 && stated.body.sha256 == Sha256::of(body).to_string())
        .then_some((stated, body))
}

/// Body of `record-accessioned`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct RecordBody {
    /// Identifier of its dossier.
    pub dossier: String,
    /// Code of its dossier.
    pub file_code: String,
    /// Place in the dossier, from 1.
    pub ordinal: u32,
    /// Document code: dossier code and seven-digit ordinal.
    pub doc_code: String,
    /// The same with the archive's code before it.
    pub arc_doc_code: String,
    /// Issuing agency.
    pub agency_code: String,
    /// Its name.
    pub organ_name: String,
    /// Number.
    pub code_number: String,
    /// Notation.
    pub code_notation: String,
    /// Number and notation as written.
    pub symbol: String,
    /// Issuer, year, number and notation as one key; `None` without a number.
    pub identifier: Option<String>,
    /// Type, 01–32.
    pub type_name: String,
    /// The type as written.
    pub type_text: String,
    /// Date of issue.
    pub issued_date: String,
    /// Subject.
    pub subject: String,
    /// Language as written.
    pub language: String,
    /// Signer.
    pub signer: String,
    /// Position of the signer.
    pub signer_position: String,
    /// Urgency as written.
    pub urgency: String,
    /// Keywords.
    pub keyword: Vec<String>,
    /// Pages.
    pub number_of_page: Option<u32>,
    /// 01 born digital, 02 digitised, 03 hybrid.
    pub confidence_level: String,
    /// Access mode 01–03.
    pub mode: String,
    /// Retention as stated for this record.
    pub maintenance_text: String,
    /// Its byte streams, in the order of the entry's objects.
    pub components: Vec<ComponentBody>,
    /// What its signatures say of themselves: integrity only; the verdict is in `signatures-validated`.
    pub signatures: Vec<SignatureBody>,
    /// What the signatures, or the lack of them, lead to by Vietnamese practice; `None`: they were not examined.
    #[serde(default)]
    pub examination: Option<ExaminationBody>,
    /// What the examination found.
    pub findings: Vec<FindingBody>,
    /// The ingest that brought it.
    pub transfer: String,
    /// The metadata as the agency wrote them, verbatim.
    pub raw: String,
}

/// What the examination of a record's signatures led to at accession.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ExaminationBody {
    /// `accept`, `accept-with-notes`, `review` or `return`.
    pub outcome: String,
    /// Codes of the rules that led to it, the worst first.
    pub reasons: Vec<String>,
}

/// A component's description.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ComponentBody {
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// `original` or `attachment`.
    pub role: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// BLAKE3, hexadecimal.
    pub blake3: String,
    /// Length, bytes.
    pub size: u64,
}

/// What a signature says of itself.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct SignatureBody {
    /// File name of the component it stands in.
    pub component: String,
    /// `intact`, `unchecked`, `unreadable` or `altered`: integrity only, not yet a verdict.
    pub integrity: String,
    /// Common name in the certificate carried along; nobody vouches for it yet.
    pub signer: Option<String>,
    /// Organisation in that certificate.
    pub organisation: Option<String>,
    /// Issuer of that certificate.
    pub issuer: Option<String>,
    /// Its serial number, hexadecimal.
    pub serial: Option<String>,
    /// Claimed time of signing.
    pub claimed_time: Option<String>,
    /// `matches`, `differs`, or why it can't be told.
    pub digest: String,
    /// `verifies`, `fails`, or why it can't be told.
    pub value: String,
    /// Key and digest algorithm.
    pub algorithm: String,
    /// Codes of what the judge remarked on it.
    pub weak: Vec<String>,
    /// Bytes after what it covers; `None` where unknown.
    pub bytes_after: Option<u64>,
    /// Whether a time-stamp is attached (unchecked).
    pub has_timestamp: bool,
}

/// A finding.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct FindingBody {
    /// Stable code.
    pub code: String,
    /// Field, if one.
    pub field: Option<String>,
    /// Facts of the case.
    pub detail: String,
}

/// Body of `dossier-accessioned` and `dossier-amended`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct DossierBody {
    /// Code.
    pub file_code: String,
    /// The same with the archive's code before it.
    pub arc_file_code: String,
    /// Title.
    pub title: String,
    /// Agency that transferred it.
    pub agency_code: String,
    /// Its name.
    pub agency_name: String,
    /// Year the work ended.
    pub year: i32,
    /// Retention.
    pub retention: RetentionBody,
    /// Date of the first document.
    pub start_date: Option<String>,
    /// Date of the last document.
    pub end_date: Option<String>,
    /// Remarks.
    pub description: String,
    /// What the examination found.
    pub findings: Vec<FindingBody>,
    /// The ingest that brought it.
    pub transfer: String,
}

/// Retention.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RetentionBody {
    /// Years; `None` with `permanent` or while an event is awaited.
    pub years: Option<u16>,
    /// Kept for ever.
    pub permanent: bool,
    /// Last day of the period.
    pub until: Option<String>,
    /// `stated` by the agency or by `rule`.
    pub basis: String,
    /// The statement or rule.
    pub citation: String,
    /// Whether the rule is confirmed; nothing is destroyed without.
    pub verified: bool,
}

/// Body of `actor-registered`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ActorBody {
    /// The pseudonym.
    pub actor: String,
    /// Who.
    pub name: String,
}

/// Body of `transfer-submitted`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TransferSubmittedBody {
    /// Code of the agency that hands over.
    pub agency: String,
    /// What it calls the transfer.
    pub title: String,
    /// SHA-256 of the list of what is handed over, hexadecimal.
    pub listing: String,
    /// Files handed over.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Documents that the examination found in them.
    pub documents: u64,
}

/// Body of `transfer-returned`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TransferReturnedBody {
    /// Why.
    pub reason: String,
}

/// Body of `transfer-accepted`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TransferAcceptedBody {
    /// Ledger index of the submission.
    pub submission: u64,
}

/// Body of `transfer-ended`: numbers only, because names die with the records they belong to.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct TransferBody {
    /// Records taken.
    pub taken: u64,
    /// Records refused.
    pub refused: u64,
    /// Records that were held already.
    pub already_held: u64,
    /// Dossiers accessioned or supplemented.
    pub dossiers: u64,
    /// Findings by code.
    pub findings: std::collections::BTreeMap<String, u64>,
}

/// Body of `keys-copied`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct KeyCopyBody {
    /// Where.
    pub place: String,
    /// `epochs` or `scopes`.
    pub part: String,
    /// Generation.
    pub generation: u64,
}

/// Body of `recovered`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RecoveredBody {
    /// Bytes cut.
    pub cut_bytes: u64,
    /// Where they are kept.
    pub kept_as: Option<String>,
    /// What was wrong.
    pub why: String,
}

impl RecordBody {
    /// Describes a record at its place in its dossier.
    pub fn new(metadata: &RecordMetadata, place: &RecordPlace, components: &[Component]) -> Self {
        let doc_code = format!("{}.{:07}", metadata.file_code, place.ordinal);
        Self {
            dossier: place.dossier.to_string(),
            file_code: metadata.file_code.to_string(),
            ordinal: place.ordinal,
            arc_doc_code: format!("{}.{doc_code}", place.archive_code),
            doc_code,
            agency_code: metadata.agency.to_string(),
            organ_name: metadata.organ_name.clone(),
            code_number: metadata.number.clone(),
            code_notation: metadata.notation.clone(),
            symbol: metadata.symbol.clone(),
            identifier: Identifier::of(metadata).map(|identifier| identifier.as_str().to_owned()),
            type_name: metadata.document_type.to_string(),
            type_text: metadata.type_name.clone(),
            issued_date: metadata.issued.to_string(),
            subject: metadata.subject.clone(),
            language: metadata.language.clone(),
            signer: metadata.signer.clone(),
            signer_position: metadata.signer_position.clone(),
            urgency: metadata.urgency.clone(),
            keyword: metadata.keywords.clone(),
            number_of_page: metadata.pages,
            confidence_level: metadata.confidence.code().to_owned(),
            mode: metadata.mode.code().to_owned(),
            maintenance_text: metadata.retention_stated.clone(),
            components: components.iter().map(ComponentBody::from).collect(),
            signatures: Vec::new(),
            examination: None,
            findings: Vec::new(),
            transfer: place.transfer.to_string(),
            raw: String::new(),
        }
    }

    /// The fields that `metadata` would describe otherwise, by their names here.
    pub fn differing(&self, metadata: &RecordMetadata) -> Vec<&'static str> {
        let (type_name, issued) = (metadata.document_type.to_string(), metadata.issued.to_string());
        let texts = [
            ("agency_code", self.agency_code.as_str(), metadata.agency.as_str()),
            ("organ_name", &self.organ_name, &metadata.organ_name),
            ("code_number", &self.code_number, &metadata.number),
            ("code_notation", &self.code_notation, &metadata.notation),
            ("symbol", &self.symbol, &metadata.symbol),
            ("type_name", &self.type_name, &type_name),
            ("type_text", &self.type_text, &metadata.type_name),
            ("issued_date", &self.issued_date, &issued),
            ("subject", &self.subject, &metadata.subject),
            ("language", &self.language, &metadata.language),
            ("signer", &self.signer, &metadata.signer),
            ("signer_position", &self.signer_position, &metadata.signer_position),
            ("urgency", &self.urgency, &metadata.urgency),
            ("confidence_level", &self.confidence_level, metadata.confidence.code()),
            ("mode", &self.mode, metadata.mode.code()),
            ("maintenance_text", &self.maintenance_text, &metadata.retention_stated),
        ];
        let mut differing: Vec<_> =
            texts.into_iter().filter(|(_, held, told)| held != told).map(|(name, ..)| name).collect();
        (self.keyword != metadata.keywords).then(|| differing.push("keyword"));
        (self.number_of_page != metadata.pages).then(|| differing.push("number_of_page"));
        differing
    }
}

/// Where a record goes.
pub struct RecordPlace<'a> {
    /// Its dossier.
    pub dossier: uuid::Uuid,
    /// Its ordinal there.
    pub ordinal: u32,
    /// The archive's code.
    pub archive_code: &'a str,
    /// The ingest.
    pub transfer: uuid::Uuid,
}

impl From<&Component> for ComponentBody {
    fn from(component: &Component) -> Self {
        Self {
            name: component.name.clone(),
            media_type: component.media_type.clone(),
            role: match component.role {
                Role::Original => "original".to_owned(),
                Role::Attachment => "attachment".to_owned(),
            },
            sha256: component.digests.sha256.to_string(),
            blake3: component.digests.blake3.to_string(),
            size: component.digests.size,
        }
    }
}

impl From<&Finding> for FindingBody {
    fn from(finding: &Finding) -> Self {
        Self { code: finding.code.code().to_owned(), field: finding.field.clone(), detail: finding.detail.clone() }
    }
}

impl SignatureBody {
    /// Describes the signatures of a component.
    pub fn of(component: &str, checked: &Checked) -> Vec<Self> {
        let Judged { facts, validation, .. } = &checked.judged;
        let signatures = facts.signatures.iter().zip(&validation.signatures);
        signatures.map(|(signature, verdict)| Self::new(component, checked.size, facts, signature, verdict)).collect()
    }

    fn new(component: &str, size: u64, facts: &Facts, signature: &Signature, verdict: &Verdict) -> Self {
        let Made { value, data, algorithms, .. } = &signature.made;
        let certificate = signature.made.certificate().and_then(|id| facts.certificates.get(id.0));
        let attribute = |wanted: &str| {
            let found = certificate.and_then(|one| one.attributes.iter().find(|(name, _)| name == wanted));
            found.map(|(_, value)| value.clone())
        };
        let digest = data.iter().map(|one| &one.outcome).max_by_key(|outcome| severity(outcome));
        Self {
            component: component.to_owned(),
            integrity: integrity(digest, value).to_owned(),
            signer: attribute("CN"),
            organisation: attribute("O"),
            issuer: certificate.map(|one| one.issuer.clone()),
            serial: certificate.map(|one| one.serial_hex.clone()),
            claimed_time: signature.claimed.map(|claimed| claimed.at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            digest: digest.map_or_else(|| "no data".to_owned(), |digest| outcome_text(digest, "matches", "differs")),
            value: outcome_text(value, "verifies", "fails"),
            algorithm: algorithms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            weak: verdict.findings.iter().map(|finding| finding.code.code().to_owned()).collect(),
            bytes_after: signature.coverage.signed_bytes.as_ref().map(|signed| size.saturating_sub(signed.end)),
            has_timestamp: facts.tokens.iter().any(|token| token.covers.contains(&signature.made.object)),
        }
    }
}

/// The two checks in one word: integrity only, not a verdict.
fn integrity(digest: Option<&Outcome>, value: &Outcome) -> &'static str {
    match (digest, value) {
        (Some(Outcome::Differs), _) | (_, Outcome::Differs) => "altered",
        (Some(Outcome::Matches), Outcome::Matches) => "intact",
        (Some(Outcome::Matches), _) => "unchecked",
        _ => "unreadable",
    }
}

/// Which outcome speaks for several.
fn severity(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Matches => 0,
        Outcome::NotFound(_) | Outcome::Unsupported(_) | Outcome::NotChecked(_) => 1,
        Outcome::Differs => 2,
    }
}

fn outcome_text(outcome: &Outcome, good: &str, bad: &str) -> String {
    match outcome {
        Outcome::Matches => good.to_owned(),
        Outcome::Differs => bad.to_owned(),
        Outcome::NotFound(why) | Outcome::Unsupported(why) | Outcome::NotChecked(why) => why.clone(),
    }
}

impl From<&Retention> for RetentionBody {
    fn from(retention: &Retention) -> Self {
        Self {
            years: match retention.period {
                Period::Years(years) => Some(years),
                Period::Awaiting | Period::Permanent => None,
            },
            permanent: retention.period == Period::Permanent,
            until: retention.until.map(|day| day.to_string()),
            basis: match retention.basis {
                Basis::Stated => "stated".to_owned(),
                Basis::Rule => "rule".to_owned(),
            },
            citation: retention.citation.clone(),
            verified: retention.verified,
        }
    }
}

impl RetentionBody {
    /// The retention described; `None` for a date out of its form.
    pub fn read(&self) -> Option<Retention> {
        Some(Retention {
            period: match self.years {
                Some(years) => Period::Years(years),
                None if self.permanent => Period::Permanent,
                None => Period::Awaiting,
            },
            until: self.until.as_ref().map(|day| day.parse()).transpose().ok()?,
            basis: if self.basis == "rule" { Basis::Rule } else { Basis::Stated },
            citation: self.citation.clone(),
            verified: self.verified,
        })
    }
}

impl DossierBody {
    /// Describes a dossier.
    pub fn new(dossier: &Dossier, archive_code: &str, transfer: uuid::Uuid, findings: &[Finding]) -> Self {
        Self {
            file_code: dossier.file_code.to_string(),
            arc_file_code: format!("{archive_code}.{}", dossier.file_code),
            title: dossier.title.clone(),
            agency_code: dossier.agency.to_string(),
            agency_name: dossier.agency_name.clone(),
            year: dossier.file_code.year(),
            retention: RetentionBody::from(&dossier.retention),
            start_date: dossier.dates.map(|(first, _)| first.to_string()),
            end_date: dossier.dates.map(|(_, last)| last.to_string()),
            description: dossier.description.clone(),
            findings: findings.iter().map(FindingBody::from).collect(),
            transfer: transfer.to_string(),
        }
    }

    /// The dossier described; `None` for a field out of its form.
    pub fn read(&self) -> Option<Dossier> {
        let dates = match (&self.start_date, &self.end_date) {
            (Some(first), Some(last)) => Some((first.parse().ok()?, last.parse().ok()?)),
            _ => None,
        };
        Some(Dossier {
            file_code: self.file_code.parse().ok()?,
            title: self.title.clone(),
            agency: self.agency_code.parse().ok()?,
            agency_name: self.agency_name.clone(),
            retention: self.retention.read()?,
            dates,
            description: self.description.clone(),
        })
    }
}
