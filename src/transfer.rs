//! What agencies hand over: reading and checking it before anything is stored.
//!
//! Two forms arrive: loose documents with a sidecar (`X.pdf`, `X.json`), and a dossier folder (`dossier.json` and the
//! files it names). Both become the same values: record metadata, what the files must hash to, and findings.
//!
//! Pure: bytes and names come in, values go out; the caller reads disks, hashes files and asks the catalog what is
//! held already. Findings are not errors: a bad document is a result. A record with one finding of severity `Error`
//! is refused whole, and its place and reasons are all that is kept of it; of a document under a mark of secrecy not
//! even its symbol is repeated (the law keeps it out of such a system, QCVN 12:2026/BCA §1.1).

pub mod dossier_folder;
pub mod finding;
mod form;
pub mod grouping;
pub mod package;
mod reading;
mod secrecy;
pub mod sidecar;

pub use finding::{Finding, FindingCode, Severity};

use crate::digest::Sha256;
use crate::record::RecordMetadata;
use chrono::Datelike;
use std::fmt;

/// What the agency says a file hashes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// SHA-256 of the file.
    pub sha256: Sha256,
    /// Length, bytes.
    pub size: u64,
}

impl Expected {
    /// The finding, if the file at `place` is not what was announced.
    pub fn check(&self, sha256: Sha256, size: u64, place: &str) -> Option<Finding> {
        if self.size != size {
            return self.check_size(size, place);
        }
        let detail = || format!("SHA-256 {} announced, {sha256} found", self.sha256);
        (self.sha256 != sha256).then(|| Finding::new(FindingCode::DigestMismatch, place).saying(detail()))
    }

    /// The finding, if the file at `place` has not the length that was announced.
    pub fn check_size(&self, bytes: u64, place: &str) -> Option<Finding> {
        let detail = || format!("{} bytes announced, {bytes} found", self.size);
        (self.size != bytes).then(|| Finding::new(FindingCode::DigestMismatch, place).saying(detail()))
    }
}

/// What makes a document the same document (Decree 30/2020 Art. 15 and Annex VI III.1.h): issuer, year of issue,
/// number without leading zeros, notation in one letter case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(String);

impl Identifier {
    /// The identifier of a record; `None` where it has no number, for then nothing tells it from another.
    pub fn of(record: &RecordMetadata) -> Option<Self> {
        if record.number.is_empty() {
            return None;
        }
        let number = record.number.trim_start_matches('0');
        let (agency, year) = (&record.agency, record.issued.year());
        Some(Self(format!("{agency} {year} {number}/{}", record.notation.to_uppercase())))
    }

    /// The identifier as one line of text, fit for a key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// IANA media type by a file name's extension; `application/octet-stream` for one that is not listed.
pub fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase());
    match extension.as_str() {
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        "json" => "application/json",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "tif" | "tiff" => "image/tiff",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "zip" => "application/zip",
        "p7s" | "p7m" => "application/pkcs7-signature",
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
