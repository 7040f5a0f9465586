//! Records, dossiers and agencies: the archive's vocabulary.
//!
//! Field names and code lists follow Circular 05/2025/TT-BNV (EAD and EAD_doc tables) and Decree 30/2020/ND-CP;
//! each normalised value stands beside the raw one it came from, and neither is ever cut. A newtype with a private
//! field was checked by its parser. These types carry no serialisation: what is stored is in `archive::body`.

pub mod codes;
pub mod procedure;

use crate::digest::{ContentDigests, Sha256};
use crate::time::Micros;
use chrono::NaiveDate;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

pub use codes::{AccessMode, ConfidenceLevel, DocumentType, SecurityMark, Sensitivity};

/// A value that its rule refuses, with the rule in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not {expected}")]
pub struct Malformed {
    /// What was given.
    pub value: String,
    /// What was expected.
    pub expected: &'static str,
}

/// Agency identifier: Decision 20/2020/QD-TTg (`H26.10.05`), the older QCVN 102:2016 form (`000.00.00.G22`),
/// or a business or `Z` code of Decision 20/2020 Art. 5–6.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgencyCode(String);

impl AgencyCode {
    const BYTES_MAX: usize = 35; // Decision 20/2020, Art. 4

    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its first group is one that agency codes begin with: a letter and two digits (`H26`, `Z01ABC`, Decision
    /// 20/2020 Art. 4 and 6), zeros of the older form (`000`), or the ten digits of a business (Art. 5).
    fn begins_as_root(&self) -> bool {
        let group = self.0.split('.').next().unwrap_or_default();
        let lettered = matches!(group.as_bytes(), [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9', ..]);
        lettered || group == "000" || (group.len() >= 10 && group.bytes().all(|b| b.is_ascii_digit()))
    }

    /// Whether `code` is this agency's or that of one under it.
    pub fn covers(&self, code: &str) -> bool {
        code.strip_prefix(self.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl FromStr for AgencyCode {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let groups_ok = text
            .split('.')
            .all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
        if text.len() >= 3 && text.len() <= Self::BYTES_MAX && groups_ok {
            Ok(Self(text.to_owned()))
        } else {
            let expected = "an agency code (3 to 35 of 0-9, A-Z and dots between groups, Decision 20/2020 Art. 4)";
            Err(Malformed { value: text.to_owned(), expected })
        }
    }
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Code of a dossier within its agency: agency code, year the work ended, ordinal (`H26.10.2023.045`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileCode {
    text: String,
    year: i32,
}

impl FileCode {
    const BYTES_MAX: usize = 100; // Circular 05/2025, EAD fileCode S100

    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The year in which the work ended: the retention period counts from its end.
    pub fn year(&self) -> i32 {
        self.year
    }

    /// The code that is left without the code of an archive before it; `None` where there is none, or where it is the
    /// beginning of the agency's own code: what is left must begin as agency codes do, and not with a subordinate's
    /// number (`H26.10.05.2023.9` in the archive `H26`).
    pub fn without_archive(&self, archive_code: &str) -> Option<Self> {
        self.after(archive_code).filter(|rest| rest.agency().begins_as_root())
    }

    /// The code that follows the code of an archive, whatever agency it begins with.
    pub fn after(&self, archive_code: &str) -> Option<Self> {
        self.text.strip_prefix(archive_code)?.strip_prefix('.')?.parse().ok()
    }

    /// Whether it is also the code of a record of another dossier: that dossier's code and an ordinal of seven digits, as in
    /// `H26.10.2023.2024.0000001`.
    pub fn may_be_a_record_s(&self) -> bool {
        let ordinal = |text: &str| text.len() == 7 && text.bytes().all(|byte| byte.is_ascii_digit());
        self.text.rsplit_once('.').is_some_and(|(rest, last)| ordinal(last) && rest.parse::<Self>().is_ok())
    }

    /// The agency that opened the dossier.
    pub fn agency(&self) -> AgencyCode {
        AgencyCode(self.text.rsplitn(3, '.').nth(2).expect("parsed with three parts").to_owned())
    }
}

impl FromStr for FileCode {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let expected = "a dossier code (agency code, year 1900-2199, ordinal: H26.10.2023.045)";
        let malformed = || Malformed { value: text.to_owned(), expected };
        let mut groups = text.rsplitn(3, '.');
        let (Some(ordinal), Some(year), Some(agency)) = (groups.next(), groups.next(), groups.next()) else {
            return Err(malformed());
        };
        agency.parse::<AgencyCode>().map_err(|_| malformed())?;
        let ordinal_ok = !ordinal.is_empty() && ordinal.bytes().all(|b| b.is_ascii_alphanumeric());
        let year_ok = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        let year: i32 = year.parse().map_err(|_| malformed())?;
        if ordinal_ok && year_ok && (1900..2200).contains(&year) && text.len() <= Self::BYTES_MAX {
            Ok(Self { text: text.to_owned(), year })
        } else {
            Err(malformed())
        }
    }
}

impl fmt::Display for FileCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How long a dossier is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// So many years, from the end of the year the work ended.
    Years(u16),
    /// Until an event nobody can date yet (document superseded, works demolished), or for no period anyone could read.
    Awaiting,
    /// For ever.
    Permanent,
}

/// What a retention decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The transferring agency stated it; no rule of law was checked.
    Stated,
    /// A line of `retention_rules/`.
    Rule,
}

/// The retention of a dossier: the period, where it comes from, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// The period that rules: the longest of the dossier's records.
    pub period: Period,
    /// Last day of the period; `None` for permanent and awaiting.
    pub until: Option<NaiveDate>,
    /// What it rests on.
    pub basis: Basis,
    /// The statement or the rule's code, as written.
    pub citation: String,
    /// Whether an authorised person or a read legal text confirms the rule; nothing is destroyed without.
    pub verified: bool,
}

/// A dossier as described at accession.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// Code within the agency.
    pub file_code: FileCode,
    /// Title (tiêu đề hồ sơ).
    pub title: String,
    /// The agency that transfers it.
    pub agency: AgencyCode,
    /// The agency's name as written.
    pub agency_name: String,
    /// How long it is kept.
    pub retention: Retention,
    /// Date of the first and of the last document, where stated.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// Remarks.
    pub description: String,
}

/// What a component is to its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The signed original.
    Original,
    /// An attachment.
    Attachment,
}

/// One byte stream of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// File name as transferred, without folders.
    pub name: String,
    /// IANA media type as stated or inferred from the name.
    pub media_type: String,
    /// What it is to the record.
    pub role: Role,
    /// Digests and size of the original bytes.
    pub digests: ContentDigests,
}

/// A record's metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordMetadata {
    /// The dossier it belongs to.
    pub file_code: FileCode,
    /// Issuing agency.
    pub agency: AgencyCode,
    /// Its name as written (organName).
    pub organ_name: String,
    /// Number (codeNumber), `1719`; empty where there is none.
    pub number: String,
    /// Notation (codeNotation), `QĐ-UBND`.
    pub notation: String,
    /// Number and notation together, as written.
    pub symbol: String,
    /// Type (typeName 01–32).
    pub document_type: DocumentType,
    /// The type's name as written.
    pub type_name: String,
    /// Date of issue.
    pub issued: NaiveDate,
    /// Subject (trích yếu).
    pub subject: String,
    /// Language as written.
    pub language: String,
    /// Signer's name and position as written.
    pub signer: String,
    /// Position as written.
    pub signer_position: String,
    /// Urgency as written.
    pub urgency: String,
    /// Keywords.
    pub keywords: Vec<String>,
    /// Pages, where stated.
    pub pages: Option<u32>,
    /// Born digital, digitised or hybrid.
    pub confidence: ConfidenceLevel,
    /// Who may read it; conditional until set.
    pub mode: AccessMode,
    /// How sensitive it is, where the agency says so.
    pub sensitivity: Option<Sensitivity>,
    /// Retention as the agency states it for this record, as written; empty where it does not.
    pub retention_stated: String,
}

/// What tells the content of one record from that of another: the digest of its one component, or SHA-256 over those of
/// all, in order; `None` for a record without a component.
pub fn content_of(components: &[Sha256]) -> Option<Sha256> {
    match components {
        [] => None,
        [one] => Some(*one),
        many => Some(Sha256::of_parts(&many.iter().map(|digest| digest.0.as_slice()).collect::<Vec<_>>())),
    }
}

/// Identifier of a record or dossier for machines: UUIDv7 (RFC 9562 §5.7) with the part of a millisecond in front of the
/// random bits (§6.2 method 3), so that identifiers made a microsecond apart sort as they were made.
pub fn new_id(at: Micros, random: [u8; 8]) -> Uuid {
    let part = (at.0 % 1000 * 4096 / 1000) as u16; // below 2^12: the four bits above it become the version
    let mut bytes = [0; 10];
    bytes[..2].copy_from_slice(&part.to_be_bytes());
    bytes[2..].copy_from_slice(&random);
    uuid::Builder::from_unix_timestamp_millis(at.0 / 1000, &bytes).into_uuid()
}

#[cfg(test)]
mod tests;
