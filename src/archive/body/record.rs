//! A record: its description, its components, and what the examination found.

use super::signature::SignatureBody;
use crate::record::{Component, RecordMetadata, Role, Sensitivity};
use crate::transfer::Identifier;
use crate::transfer::finding::Finding;
use serde::{Deserialize, Serialize};

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
    /// What it said before it was amended, oldest first: a hold on words covers a record by any of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject_before: Vec<String>,
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
    /// Level of sensitivity, 1 to 4, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<u8>,
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
            subject_before: Vec::new(),
            language: metadata.language.clone(),
            signer: metadata.signer.clone(),
            signer_position: metadata.signer_position.clone(),
            urgency: metadata.urgency.clone(),
            keyword: metadata.keywords.clone(),
            number_of_page: metadata.pages,
            confidence_level: metadata.confidence.code().to_owned(),
            mode: metadata.mode.code().to_owned(),
            sensitivity: metadata.sensitivity.map(Sensitivity::level),
            maintenance_text: metadata.retention_stated.clone(),
            components: components.iter().map(ComponentBody::from).collect(),
            signatures: Vec::new(),
            examination: None,
            findings: Vec::new(),
            transfer: place.transfer.to_string(),
            raw: String::new(),
        }
    }

    /// Its level of sensitivity.
    pub fn sensitivity(&self) -> Option<Sensitivity> {
        self.sensitivity.and_then(Sensitivity::new)
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
        (self.sensitivity() != metadata.sensitivity).then(|| differing.push("sensitivity"));
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
