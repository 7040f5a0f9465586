//! A dossier folder: `dossier.json` and the files it names (`schemas/dossier.schema.json`).
//!
//! Field names are those of Circular 05/2025 (EAD of SIP_hoso, EAD_doc) in snake_case, its codes are used as they are,
//! dates are ISO 8601. A fault of the dossier's own fields refuses the dossier; a fault of a record refuses that record
//! and no other. Of a refused record only its place and the reasons remain, also in the raw texts.
//!
//! File names come from outside: each is a plain relative path inside the folder, or the record is refused. They are
//! kept exactly as written, for the files must be found by them; compare with a folder's listing in NFC.

mod components;
mod named;
mod spans;

pub use components::{COMPONENTS_MAX, FolderComponent, is_plain_path};

use super::finding::quoted;
use super::form::{self, Field, Form, Kind, Object};
use super::reading::{Checks, clean};
use super::{Finding, FindingCode, secrecy};
use crate::record::{AccessMode, ConfidenceLevel, DocumentType, Dossier, FileCode, Period, RecordMetadata};
use crate::{retention, text};
use std::collections::BTreeSet;

/// Longest `dossier.json`, bytes: some 8,000 records of 1 KB.
pub const DOSSIER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Most records of a dossier.
pub const RECORDS_MAX: usize = 100_000;

const KEYWORDS_MAX: usize = 500;

pub(super) static FORM: Form = Form(&[
    Field::required("file_code", Kind::Text(100)),
    Field::required("title", Kind::Text(1000)),
    Field::required("agency_code", Kind::Text(500)),
    Field::required("agency_name", Kind::Text(200)),
    Field::optional("maintenance", Kind::Text(100)),
    Field::optional("mode", Kind::Text(30)).telling(secrecy::mode),
    Field::optional("security_level", Kind::Text(500)).telling(secrecy::mark),
    Field::optional("language", Kind::Text(100)),
    Field::optional("start_date", Kind::Text(500)),
    Field::optional("end_date", Kind::Text(500)),
    Field::optional("keyword", Kind::Texts(KEYWORDS_MAX)),
    Field::lenient("total_doc", Kind::Count, FindingCode::CountDiffers),
    Field::lenient("number_of_page", Kind::Count, FindingCode::PagesUnreadable),
    Field::optional("confidence_level", Kind::Text(40)),
    Field::optional("description", Kind::Text(2000)),
    Field::required("records", Kind::Objects(&RECORD, RECORDS_MAX)),
]);

pub(super) static RECORD: Form = Form(&[
    Field::lenient("code_number", Kind::Digits(11), FindingCode::OddNumber),
    Field::lenient("code_notation", Kind::Text(30), FindingCode::OddNotation),
    Field::lenient("type_name", Kind::Text(500), FindingCode::UnknownDocumentType),
    Field::required("issued_date", Kind::Text(500)),
    Field::required("organ_name", Kind::Text(200)),
    Field::required("agency_code", Kind::Text(500)),
    Field::required("subject", Kind::Text(500)),
    Field::optional("language", Kind::Text(100)),
    Field::lenient("number_of_page", Kind::Count, FindingCode::PagesUnreadable),
    Field::optional("maintenance", Kind::Text(100)),
    Field::optional("mode", Kind::Text(20)).telling(secrecy::mode),
    Field::optional("sensitivity", Kind::Text(10)),
    Field::optional("confidence_level", Kind::Text(30)),
    Field::required("security_level", Kind::Text(500)).telling(secrecy::mark),
    Field::optional("keyword", Kind::Texts(KEYWORDS_MAX)),
    Field::optional("signer", Kind::Text(2000)),
    Field::optional("signer_position", Kind::Text(500)),
    Field::required("components", Kind::Objects(&components::FORM, COMPONENTS_MAX)),
]);

/// A dossier folder's description; its files are yet to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierFolder {
    /// The dossier, with the retention that its own statement and its accepted records' give.
    pub dossier: Dossier,
    /// Language as written.
    pub language: String,
    /// Keywords.
    pub keywords: Vec<String>,
    /// Records without a finding that refuses them, in order.
    pub records: Vec<FolderRecord>,
    /// The others.
    pub refused: Vec<RefusedRecord>,
    /// Every file that a record names, refused ones included, as written but in NFC.
    pub named: BTreeSet<String>,
    /// Warnings about the dossier itself.
    pub findings: Vec<Finding>,
    /// `dossier.json`, verbatim but with an empty list of records.
    pub raw: String,
}

/// A record of a dossier folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRecord {
    /// Place in the list, from 1, refused records counted: the ordinal of the circular's docCode.
    pub ordinal: usize,
    /// The record's metadata.
    pub metadata: RecordMetadata,
    /// Its files in order; at least one is an original.
    pub components: Vec<FolderComponent>,
    /// Warnings.
    pub findings: Vec<Finding>,
    /// Its object in `dossier.json`, verbatim.
    pub raw: String,
}

/// A record that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRecord {
    /// Place in the list, from 1.
    pub ordinal: usize,
    /// Why.
    pub findings: Vec<Finding>,
}

/// Reads `dossier.json`, which messages call `name`; the findings, if they refuse the whole dossier.
pub fn read(dossier_json: &[u8], name: &str) -> Result<DossierFolder, Vec<Finding>> {
    if dossier_json.len() > DOSSIER_BYTES_MAX {
        let detail = format!("{} bytes, at most {DOSSIER_BYTES_MAX}", dossier_json.len());
        return Err(vec![Finding::new(FindingCode::TooLarge, name).saying(detail)]);
    }
    let unreadable = |why: String| vec![Finding::new(FindingCode::DossierUnreadable, name).saying(why)];
    let text = std::str::from_utf8(dossier_json).map_err(|error| unreadable(error.to_string()))?;
    let object = form::parse(&FORM, text).map_err(unreadable)?;
    let marks = object.marks(name);
    if !marks.is_empty() {
        return Err(marks); // the mark alone: nothing else of such a dossier is repeated
    }
    let mut checks = Checks { place: name, findings: object.findings(name) };
    if object.objects("records").is_empty() && !checks.refused() {
        return Err(unreadable("\"records\" is empty".to_owned()));
    }
    if checks.refused() {
        return Err(checks.findings);
    }
    let spans = spans::find(text).filter(|spans| spans.records.len() == object.objects("records").len());
    let spans = spans.ok_or_else(|| unreadable("the key \"records\" is written with escapes".to_owned()))?;
    let mut dossier = description(&object, &mut checks).ok_or_else(|| std::mem::take(&mut checks.findings))?;
    let (mut records, mut refused, mut claimed) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (at, (object, span)) in object.objects("records").iter().zip(spans.records).enumerate() {
        let place = format!("{name}#/records/{at}"); // an RFC 6901 pointer
        match record(object, &place, &dossier.file_code, &claimed) {
            Ok((metadata, components, findings)) => {
                claimed.extend(components.iter().map(|component| text::nfc(&component.file)));
                let raw = text[span].to_owned();
                records.push(FolderRecord { ordinal: at + 1, metadata, components, findings, raw });
            }
            Err(findings) => refused.push(RefusedRecord { ordinal: at + 1, findings }),
        }
    }
    let named = if refused.is_empty() { claimed } else { named::find(text) };
    rule_period(&mut dossier, &records, &mut checks);
    let listed = object.objects("records").len();
    if let Some(stated) = object.count("total_doc").filter(|stated| *stated != listed as u64) {
        checks.add(FindingCode::CountDiffers, "total_doc", format!("{stated} stated, {listed} listed"));
    }
    Ok(DossierFolder {
        dossier,
        language: clean(object.text("language")),
        keywords: cleaned(&object, "keyword"),
        records,
        refused,
        named,
        findings: checks.findings,
        raw: [&text[..spans.list.start], "[]", &text[spans.list.end..]].concat(),
    })
}

/// The dossier's own fields, with the retention that it states itself; `None` if a finding refuses it.
fn description<'p>(object: &Object<'_>, checks: &mut Checks<'p>) -> Option<Dossier> {
    let file_code = checks.file_code("file_code", object.text("file_code"));
    let agency = checks.agency("agency_code", object.text("agency_code"));
    let mut dates = [None, None];
    for (date, field) in dates.iter_mut().zip(["start_date", "end_date"]) {
        let written = object.text(field);
        *date = if written.is_empty() { None } else { checks.date(field, written) };
    }
    if checks.refused() {
        return None;
    }
    let (file_code, agency) = (file_code?, agency?);
    let dates = dates[0].zip(dates[1]);
    if let Some((start, end)) = dates {
        if end < start {
            checks.add(FindingCode::DatesReversed, "end_date", format!("{start}, {end}"));
        }
        checks.year("end_date", end, &file_code);
    }
    let (title, agency_name) = (clean(object.text("title")), clean(object.text("agency_name")));
    checks.not_empty(&[("title", &title), ("agency_name", &agency_name)]);
    let retention = retention::stated(file_code.year(), Period::Awaiting, &statement(object));
    let description = clean(object.text("description"));
    Some(Dossier { file_code, title, agency, agency_name, retention, dates, description })
}

/// The longest of the dossier's period and its accepted records'; a record that states none takes the dossier's.
fn rule_period(dossier: &mut Dossier, records: &[FolderRecord], checks: &mut Checks<'_>) {
    let own = dossier.retention.citation.clone();
    let all = std::iter::once(&own).chain(records.iter().map(|record| &record.metadata.retention_stated));
    let stated = all.map(String::as_str).filter(|statement| !statement.is_empty());
    dossier.retention = retention::retention_of(dossier.file_code.year(), stated);
    match retention::read_statement(&own) {
        Ok(period) if period < dossier.retention.period => {
            let detail = format!("dossier: {}; a record: {}", quoted(&own), quoted(&dossier.retention.citation));
            checks.add(FindingCode::PeriodDiffers, "maintenance", detail);
        }
        Err(why) if !own.is_empty() || dossier.retention.citation.is_empty() => {
            checks.add(FindingCode::PeriodUnreadable, "maintenance", format!("{}; {why}", quoted(&own)));
        }
        _ => {}
    }
}

type Accepted = (RecordMetadata, Vec<FolderComponent>, Vec<Finding>);

fn record(
    object: &Object<'_>,
    place: &str,
    file_code: &FileCode,
    claimed: &BTreeSet<String>,
) -> Result<Accepted, Vec<Finding>> {
    let marks: Vec<Finding> = object.marks(place).into_iter().chain(components::marks(object, place)).collect();
    if !marks.is_empty() {
        return Err(marks); // the mark alone: nothing else of such a record is repeated
    }
    let mut checks = Checks { place, findings: object.findings(place) };
    if checks.refused() {
        return Err(checks.findings);
    }
    let agency = checks.agency("agency_code", object.text("agency_code"));
    let issued = checks.date("issued_date", object.text("issued_date"));
    let components = components::read(object, &mut checks, claimed);
    let (Some(agency), Some(issued), false) = (agency, issued, checks.refused()) else {
        return Err(checks.findings);
    };
    let [number, notation] = ["code_number", "code_notation"].map(|field| clean(object.text(field)));
    checks.number_shape("code_number", &number, &number);
    checks.notation_shape("code_notation", &notation, &notation);
    checks.year("issued_date", issued, file_code);
    let written = clean(object.text("type_name"));
    let document_type = checks.document_type("type_name", &written, DocumentType::named(&written));
    let is_name = !written.is_empty() && written.parse() != Ok(document_type);
    let retention_stated = statement(object);
    if let Some(why) = retention::read_statement(&retention_stated).err().filter(|_| !retention_stated.is_empty()) {
        checks.add(FindingCode::PeriodUnreadable, "maintenance", format!("{}; {why}", quoted(&retention_stated)));
    }
    let metadata = RecordMetadata {
        file_code: file_code.clone(),
        agency,
        organ_name: clean(object.text("organ_name")),
        symbol: text::join_symbol(&number, &notation),
        number,
        notation,
        document_type,
        type_name: if is_name { written } else { document_type.name().to_owned() },
        issued,
        subject: clean(object.text("subject")),
        language: clean(object.text("language")),
        signer: clean(object.text("signer")),
        signer_position: clean(object.text("signer_position")),
        urgency: String::new(),
        keywords: cleaned(object, "keyword"),
        pages: checks.pages("number_of_page", object.count("number_of_page")),
        confidence: checks.code("confidence_level", object.text("confidence_level"), ConfidenceLevel::BornDigital),
        mode: checks.code("mode", object.text("mode"), AccessMode::Conditional),
        sensitivity: checks.sensitivity("sensitivity", object.text("sensitivity")),
        retention_stated,
    };
    checks.not_empty(&[("subject", &metadata.subject), ("organ_name", &metadata.organ_name)]);
    Ok((metadata, components, checks.findings))
}

/// The period as words: those of a code of the circular's list, or what is written.
fn statement(object: &Object<'_>) -> String {
    let written = clean(object.text("maintenance"));
    retention::read_code(&written).map_or(written, retention::words)
}

fn cleaned(object: &Object<'_>, field: &str) -> Vec<String> {
    object.texts(field).iter().map(|text| clean(text)).collect()
}

#[cfg(test)]
mod tests;
