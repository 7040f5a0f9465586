//! Findings: what a reader of a verdict should know, each with a stable code.
//!
//! Severity and words belong to the code (`finding/codes.rs`), place and detail to the case. A finding never decides:
//! the conclusion does that, and `practice` decides about the document.

mod codes;

pub use codes::FindingCode;

/// How much a reader should care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// For information.
    Note,
    /// Somebody should look.
    Warning,
    /// It stands against the signature or against what is shown.
    Error,
}

/// Which of the three questions it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// Is the signature good?
    Signature,
    /// Is what is shown what was signed?
    Shown,
    /// Will it stay provable?
    Provable,
}

/// The words of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What; gives severity, question and words.
    pub code: FindingCode,
    /// Where: the place of a signature or time-stamp; empty for the document.
    pub place: String,
    /// The facts of the case.
    pub detail: String,
}

impl Severity {
    /// Stable text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Axis {
    /// Stable text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Shown => "shown",
            Self::Provable => "provable",
        }
    }
}

impl Finding {
    /// A finding.
    pub fn new(code: FindingCode, place: &str, detail: impl Into<String>) -> Self {
        Self { code, place: place.to_owned(), detail: detail.into() }
    }
}
