//! Reading single fields: normal form, dates, codes, marks, symbols, with a finding for each that fails.
//!
//! The sidecar and `dossier.json` share these rules, so that one document gets the same findings in either form.
//! Values are normalised (NFC, no controls, no outer spaces) because they are searched, compared and
//! printed; what was written stays in the raw text.

use super::finding::quoted;
use super::{Expected, Finding, FindingCode};
use crate::record::{AgencyCode, DocumentType, FileCode, Sensitivity};
use crate::text;
use chrono::{Datelike, NaiveDate};
use std::str::FromStr;

/// A text in normal form: NFC, controls as spaces, no outer spaces.
pub(super) fn clean(written: &str) -> String {
    if written.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return written.trim().to_owned();
    }
    let composed = text::nfc(written.trim());
    if composed.contains(rewrites) {
        let spaced: String = composed.chars().map(|c| if rewrites(c) { ' ' } else { c }).collect();
        return spaced.trim().to_owned();
    }
    composed
}

/// Controls, and what changes the direction of the text around it (UAX #9 §2.1, §2.2, §2.4): neither may rewrite what a
/// terminal or a page shows.
fn rewrites(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A date in the one form accepted, `2023-05-17`.
pub(super) fn date(written: &str) -> Option<NaiveDate> {
    let bytes = written.trim().as_bytes();
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else {
        return None;
    };
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(**digit - b'0')))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok().filter(|year| *year >= 1000)?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

/// Findings gathered while one record is read.
pub(super) struct Checks<'p> {
    pub place: &'p str,
    pub findings: Vec<Finding>,
}

impl Checks<'_> {
    /// Whether any finding refuses the record.
    pub(super) fn refused(&self) -> bool {
        self.findings.iter().any(Finding::refuses)
    }

    pub(super) fn add(&mut self, code: FindingCode, field: &str, detail: impl Into<String>) {
        self.findings.push(Finding::new(code, self.place).field(field).saying(detail));
    }

    pub(super) fn agency(&mut self, field: &str, written: &str) -> Option<AgencyCode> {
        let code = written.trim().parse().ok();
        if code.is_none() {
            self.add(FindingCode::AgencyCodeUnreadable, field, quoted(written));
        }
        code
    }

    pub(super) fn file_code(&mut self, field: &str, written: &str) -> Option<FileCode> {
        let code = written.trim().parse().ok();
        if code.is_none() {
            self.add(FindingCode::DossierCodeUnreadable, field, quoted(written));
        }
        code
    }

    pub(super) fn date(&mut self, field: &str, written: &str) -> Option<NaiveDate> {
        let day = date(written);
        if day.is_none() {
            self.add(FindingCode::DateUnreadable, field, quoted(written));
        }
        day
    }

    pub(super) fn expected(&mut self, sha256: &str, size: u64) -> Option<Expected> {
        // Upper-case digits are the same digest; some Windows tools write them.
        let read = sha256.trim().to_ascii_lowercase().parse().ok();
        if read.is_none() {
            self.add(FindingCode::DigestUnreadable, "sha256", quoted(sha256));
        }
        read.map(|sha256| Expected { sha256, size })
    }

    /// Warns unless the same was said of the field before; `value` is what is odd, `written` what it was taken from.
    fn warn_once(&mut self, code: FindingCode, field: &str, value: &str, written: &str) {
        if self.findings.iter().any(|said| said.code == code && said.field.as_deref() == Some(field)) {
            return;
        }
        let detail = match (value, written) {
            ("", "") => "none is stated".to_owned(),
            ("", written) => quoted(written),
            (value, _) => quoted(value),
        };
        self.add(code, field, detail);
    }

    /// The type, 32 where `named` (the reading of what was written) found none.
    pub(super) fn document_type(&mut self, field: &str, written: &str, named: Option<DocumentType>) -> DocumentType {
        if named.is_none() {
            self.warn_once(FindingCode::UnknownDocumentType, field, written, written);
        }
        named.unwrap_or(DocumentType::OTHER)
    }

    /// Warns of a number that Decree 30/2020 would not write so; `written` is what it was taken from.
    pub(super) fn number_shape(&mut self, field: &str, number: &str, written: &str) {
        if !text::regular_number(number) {
            self.warn_once(FindingCode::OddNumber, field, number, written);
        }
    }

    /// Warns of a notation that Decree 30/2020 would not write so; `written` is what it was taken from.
    pub(super) fn notation_shape(&mut self, field: &str, notation: &str, written: &str) {
        if !text::regular_notation(notation) {
            self.warn_once(FindingCode::OddNotation, field, notation, written);
        }
    }

    /// The number of pages, if anybody can have counted so many.
    pub(super) fn pages(&mut self, field: &str, stated: Option<u64>) -> Option<u32> {
        let pages = stated.and_then(|pages| u32::try_from(pages).ok());
        if let (Some(stated), None) = (stated, pages) {
            self.add(FindingCode::PagesUnreadable, field, stated.to_string());
        }
        pages
    }

    /// A value of one of the circular's code lists; `default` where it is empty, with a warning where unknown.
    pub(super) fn code<T: FromStr>(&mut self, field: &str, written: &str, default: T) -> T {
        match written.trim() {
            "" => default,
            code => code.parse().unwrap_or_else(|_| {
                self.add(FindingCode::CodeUnknown, field, quoted(code));
                default
            }),
        }
    }

    /// A level of sensitivity. One that can't be read closes the record, with a warning: an archivist says what is meant.
    pub(super) fn sensitivity(&mut self, field: &str, written: &str) -> Option<Sensitivity> {
        match written.trim() {
            "" => None,
            level => Sensitivity::new(4).map(|highest| self.code(field, level, highest)),
        }
    }

    /// Warns where the document is younger than its dossier, for then the period would count from too early a year.
    pub(super) fn year(&mut self, field: &str, issued: NaiveDate, file_code: &FileCode) {
        if issued.year() > file_code.year() {
            self.add(FindingCode::DateAfterDossierYear, field, format!("{issued}, {file_code}"));
        }
    }

    /// Warns of descriptive fields that say nothing.
    pub(super) fn not_empty(&mut self, fields: &[(&str, &str)]) {
        for (field, value) in fields {
            if value.is_empty() {
                self.add(FindingCode::FieldEmpty, field, "");
            }
        }
    }
}
