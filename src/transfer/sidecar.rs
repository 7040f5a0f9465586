//! The sidecar of a loose document: `X.json` beside `X.pdf` (`schemas/sidecar.schema.json`).
//!
//! Owns the form, the reading of it into record metadata, and the glance by which an ingest groups documents into
//! dossiers before it reads any of them. `glance` answers exactly where `read` accepts, so no document that is refused
//! for its sidecar gives a dossier its title or its period; one that is refused later, for its file, is left out then
//! (`archive/ingest/settle`).
//!
//! A sidecar's `id` orders the documents of a dossier and is never an identity: agencies count from 0 in each export.

use super::finding::quoted;
use super::form::{self, Field, Form, Kind, Object};
use super::reading::{Checks, clean};
use super::{Expected, Finding, FindingCode, secrecy};
use crate::record::{AccessMode, AgencyCode, ConfidenceLevel, DocumentType, FileCode, RecordMetadata};
use crate::text;
use chrono::NaiveDate;
use std::cmp::Ordering;

/// Longest sidecar, bytes: the corpus's have 1.3 KB; a subject, a title and a hundred keywords stay far below.
pub const SIDECAR_BYTES_MAX: usize = 64 * 1024;

/// Most keywords: a hundred of the circular's length fit into a sidecar.
const KEYWORDS_MAX: usize = 500;

/// Lengths are those of Circular 05/2025, EAD_doc; fields without one there have 500.
pub(super) static FORM: Form = Form(&[
    Field::required("id", Kind::Text(100)),
    Field::required("agency_code", Kind::Text(500)),
    Field::required("agency_name", Kind::Text(200)),
    Field::optional("doc_type", Kind::Text(500)),
    Field::lenient("doc_type_name", Kind::Text(500), FindingCode::UnknownDocumentType),
    Field::lenient("number", Kind::Count, FindingCode::OddNumber),
    Field::lenient("symbol", Kind::Digits(42), FindingCode::OddNumber), // codeNumber S11, the slash, codeNotation S30
    Field::required("subject", Kind::Text(500)),
    Field::required("issued_date", Kind::Text(500)),
    Field::optional("signer", Kind::Text(2000)),
    Field::optional("signer_position", Kind::Text(500)),
    Field::required("security_level", Kind::Text(500)).telling(secrecy::mark),
    Field::optional("sensitivity", Kind::Text(10)),
    Field::optional("urgency", Kind::Text(500)),
    Field::required("file_code", Kind::Text(500)),
    Field::required("file_title", Kind::Text(1000)),
    Field::optional("retention", Kind::Text(100)),
    Field::optional("topic", Kind::Text(500)),
    Field::optional("keywords", Kind::Texts(KEYWORDS_MAX)),
    Field::optional("language", Kind::Text(100)),
    Field::lenient("pages", Kind::Count, FindingCode::PagesUnreadable),
    Field::optional("scanned", Kind::Flag),
    Field::optional("has_text_layer", Kind::Flag),
    Field::optional("signed", Kind::Flag),
    Field::required("size", Kind::Count),
    Field::required("sha256", Kind::Text(500)),
]);

/// The sidecar's `id`: an order among the documents of one dossier, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortId(String);

impl SortId {
    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Digits count by value (`99` before `100`), before anything else; other ids go by their text.
    fn key(&self) -> (bool, usize, &str) {
        let digits = !self.0.is_empty() && self.0.bytes().all(|b| b.is_ascii_digit());
        let value = if digits { self.0.trim_start_matches('0') } else { &self.0 };
        (!digits, if digits { value.len() } else { 0 }, value)
    }
}

impl Ord for SortId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for SortId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A sidecar that was read and has nothing that refuses the document; the file is yet to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Orders the documents of a dossier.
    pub sort_id: SortId,
    /// Title of the dossier as this document gives it.
    pub file_title: String,
    /// The record's metadata, with the dossier's code and the retention as stated.
    pub metadata: RecordMetadata,
    /// What `X.pdf` must be.
    pub expected: Expected,
    /// Warnings and notes; never an error.
    pub findings: Vec<Finding>,
    /// The sidecar, verbatim.
    pub raw: String,
}

/// What the grouping pass needs to know of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// The dossier the document belongs to.
    pub file_code: FileCode,
    /// Its order in the dossier.
    pub sort_id: SortId,
    /// Its sidecar: of equal ids the first in the order of these names comes first, byte by byte.
    pub place: String,
    /// Title of the dossier as this document gives it.
    pub title: String,
    /// Name of the agency as this document gives it, if its code is that of the dossier.
    pub agency_name: Option<String>,
    /// Retention as this document states it.
    pub retention: String,
}

/// Reads the sidecar `name`; the findings, if they refuse the document.
pub fn read(bytes: &[u8], name: &str) -> Result<Document, Vec<Finding>> {
    let Examined { text, object, file_code, agency, issued, expected, findings } = examine(bytes, name)?;
    let mut checks = Checks { place: name, findings };
    let written = clean(object.text("symbol"));
    let symbol = text::split_symbol(&written);
    checks.number_shape("symbol", &symbol.number, &written);
    checks.notation_shape("symbol", &symbol.notation, &written);
    number_agrees(&mut checks, object.count("number"), &symbol.number);
    checks.year("issued_date", issued, &file_code);
    let type_name = clean(object.text("doc_type_name"));
    let document_type = checks.document_type("doc_type_name", &type_name, DocumentType::named(&type_name));
    let metadata = RecordMetadata {
        file_code,
        agency,
        organ_name: clean(object.text("agency_name")),
        number: symbol.number,
        notation: symbol.notation,
        symbol: written,
        document_type,
        type_name: if type_name.is_empty() { document_type.name().to_owned() } else { type_name },
        issued,
        subject: clean(object.text("subject")),
        language: clean(object.text("language")),
        signer: clean(object.text("signer")),
        signer_position: clean(object.text("signer_position")),
        urgency: clean(object.text("urgency")),
        keywords: object.texts("keywords").iter().map(|word| clean(word)).collect(),
        pages: checks.pages("pages", object.count("pages")),
        confidence: if object.flag("scanned") { ConfidenceLevel::Digitised } else { ConfidenceLevel::BornDigital },
        mode: AccessMode::Conditional,
        sensitivity: checks.sensitivity("sensitivity", object.text("sensitivity")),
        retention_stated: clean(object.text("retention")),
    };
    let file_title = clean(object.text("file_title"));
    checks.not_empty(&[
        ("subject", &metadata.subject),
        ("agency_name", &metadata.organ_name),
        ("file_title", &file_title),
    ]);
    let sort_id = SortId(object.text("id").to_owned());
    Ok(Document { sort_id, file_title, metadata, expected, findings: checks.findings, raw: text.to_owned() })
}

impl Document {
    /// What the grouping pass takes of it; `place` is its sidecar.
    pub fn glance(&self, place: &str) -> Glance {
        let RecordMetadata { file_code, agency, organ_name, retention_stated, .. } = &self.metadata;
        Glance {
            file_code: file_code.clone(),
            sort_id: self.sort_id.clone(),
            place: place.to_owned(),
            title: self.file_title.clone(),
            agency_name: (file_code.agency() == *agency).then(|| organ_name.clone()),
            retention: retention_stated.clone(),
        }
    }
}

/// What the grouping pass needs of the sidecar `name`; `None` exactly where [`read`] refuses the document.
pub fn glance(bytes: &[u8], name: &str) -> Option<Glance> {
    let Examined { object, file_code, agency, .. } = examine(bytes, name).ok()?;
    let own = file_code.agency() == agency;
    Some(Glance {
        sort_id: SortId(object.text("id").to_owned()),
        place: name.to_owned(),
        title: clean(object.text("file_title")),
        agency_name: own.then(|| clean(object.text("agency_name"))),
        retention: clean(object.text("retention")),
        file_code,
    })
}

/// A sidecar that passed everything that could refuse it.
struct Examined<'a> {
    text: &'a str,
    object: Object<'a>,
    file_code: FileCode,
    agency: AgencyCode,
    issued: NaiveDate,
    expected: Expected,
    findings: Vec<Finding>,
}

fn examine<'a>(bytes: &'a [u8], name: &str) -> Result<Examined<'a>, Vec<Finding>> {
    if bytes.len() > SIDECAR_BYTES_MAX {
        let detail = format!("{} bytes, at most {SIDECAR_BYTES_MAX}", bytes.len());
        return Err(vec![Finding::new(FindingCode::TooLarge, name).saying(detail)]);
    }
    let unreadable = |why: String| vec![Finding::new(FindingCode::SidecarUnreadable, name).saying(why)];
    let text = std::str::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
    let object = form::parse(&FORM, text).map_err(unreadable)?;
    let marks = object.marks(name);
    if !marks.is_empty() {
        return Err(marks); // the mark alone: nothing else of such a document is repeated
    }
    let mut checks = Checks { place: name, findings: object.findings(name) };
    if checks.refused() {
        return Err(checks.findings);
    }
    let file_code = checks.file_code("file_code", object.text("file_code"));
    let agency = checks.agency("agency_code", object.text("agency_code"));
    let issued = checks.date("issued_date", object.text("issued_date"));
    let expected = checks.expected(object.text("sha256"), object.count("size").unwrap_or(0));
    let findings = checks.findings;
    match (file_code, agency, issued, expected) {
        (Some(file_code), Some(agency), Some(issued), Some(expected)) => {
            Ok(Examined { text, object, file_code, agency, issued, expected, findings })
        }
        _ => Err(findings),
    }
}

/// A `number` that says something else than the symbol is worth a look, unless the symbol's number is odd anyway.
fn number_agrees(checks: &mut Checks<'_>, stated: Option<u64>, number: &str) {
    if let Some(stated) = stated
        && text::regular_number(number)
        && number.parse() != Ok(stated)
    {
        checks.add(FindingCode::OddNumber, "number", format!("{stated}, but the symbol has {}", quoted(number)));
    }
}

#[cfg(test)]
mod tests;
