//! Findings of the examination: what is wrong with what was handed over, where, and what to do.
//!
//! A finding's code is stable: tests, pages and agencies' own programs match on it. Severity, sentence and remedy
//! belong to the code (`finding/codes.rs`), so that one code never means two things; place, field and detail belong
//! to the case at hand. `Error` refuses the record (or the dossier, where the place is the dossier), `Warning` and
//! `Note` never do.

mod codes;

pub use codes::{FindingCode, NoSuchCode};

use std::fmt;

/// What a finding does to the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// For information.
    Note,
    /// Taken; somebody should look.
    Warning,
    /// Refused.
    Error,
}

impl Severity {
    /// The name in API and `--json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The Vietnamese label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Note => "lưu ý",
            Self::Warning => "cảnh báo",
            Self::Error => "lỗi",
        }
    }
}

/// A finding code's words, the same for every case of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// What is wrong, in Vietnamese.
    pub what_vi: &'static str,
    /// What is wrong, in English.
    pub what_en: &'static str,
    /// What to do about it, in Vietnamese.
    pub remedy_vi: &'static str,
    /// What to do about it, in English.
    pub remedy_en: &'static str,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing was found; gives severity and words.
    pub code: FindingCode,
    /// The file or record it is about, as the agency named it.
    pub place: String,
    /// The field it is about, as the sidecar or `dossier.json` names it.
    pub field: Option<String>,
    /// The facts of this case; may quote the agency's values, never more than [`Finding::QUOTE_CHARS_MAX`] of one.
    pub detail: String,
}

impl Finding {
    /// Most characters of one value that a detail repeats.
    pub const QUOTE_CHARS_MAX: usize = 80;

    /// A finding about `place`, without detail.
    pub fn new(code: FindingCode, place: impl Into<String>) -> Self {
        Self { code, place: place.into(), field: None, detail: String::new() }
    }

    /// Names the field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds the facts of the case.
    #[must_use]
    pub fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// What it does to the record.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Whether it refuses the record.
    pub fn refuses(&self) -> bool {
        self.severity() == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.severity().name(), self.place, self.code.code())?;
        if let Some(field) = &self.field {
            write!(f, " {field}")?;
        }
        write!(f, ": {}", self.code.words().what_en)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " ({})", self.detail) }
    }
}

/// A value in quotation marks, as [`shown`].
pub fn quoted(value: &str) -> String {
    format!("“{}”", shown(value))
}

/// A value for display: cut, and without control characters, which could rewrite a terminal.
pub(super) fn shown(value: &str) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut kept: String = value.chars().take(Finding::QUOTE_CHARS_MAX).map(visible).collect();
    if value.chars().nth(Finding::QUOTE_CHARS_MAX).is_some() {
        kept.push('…');
    }
    kept
}
