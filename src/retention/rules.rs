//! Rule files: a schedule in one version, its rules, and the legal texts they come from, each with where it was read
//! and how sure that reading is.
//!
//! A file (`retention_rules/*.toml`, `schemas/retention-rules.schema.json`) carries everything that its decisions cite,
//! and worked cases that a test runs. The reader reports every problem of a file at once. A rule can be `verified`
//! only where the legal text itself was read (grade V1); a rule that is not verified describes, and permits nothing
//! until an authorised person confirms it.
//!
//! A version never changes: the archive layer adopts a file by an event whose body is its text, keeps versions by
//! schedule, number and [`RuleFile::sha256`], refuses a number it has with other bytes, and confirms a rule of a
//! version by an event ([`confirm`]). Must not choose a rule for a record: that is an archivist's work.

mod case;
pub mod confirm;
pub mod import;
mod wire;

pub use case::{CaseFrom, WorkedCase};

use super::civil::CutOff;
use super::law::{Authority, Citation, Grade, Law, NoLaw, Parameter, Provision};
use super::reason::Occurrence;
use crate::digest::Sha256;
use crate::record::{Basis, Period, Retention};
use chrono::NaiveDate;

/// Version of the form that this program reads.
pub const RULES_VERSION: u32 = 1;

/// Longest rule file, bytes: [`RULES_MAX`] rules of about 800 bytes. A national table has about 250 of them.
pub const RULES_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Most rules of a version: forty times the national table.
pub const RULES_MAX: usize = 10_000;

/// A table of retention periods, in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Stable code, the same in every version, `TT10-2022`.
    pub code: String,
    /// Its name.
    pub title: String,
    /// Number of the version, from 1.
    pub version: u32,
    /// First day on which this version is in force, where known.
    pub in_force_from: Option<NaiveDate>,
    /// Whether a later version may shorten.
    pub lock: Lock,
}

/// What later versions of a schedule may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lock {
    /// Shorten, with an approval.
    Open,
    /// Only lengthen.
    LengthenOnly,
}

/// From what a period counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// The year the work ended (Law 33/2024 Art. 15 k3, V2).
    WorkEnded,
    /// Events: all of them, or any.
    Events(Vec<Occurrence>, Needs),
    /// A date of the record or dossier.
    Date(DateField),
}

/// How many of several events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Needs {
    /// The last of them counts.
    All,
    /// The first of them counts.
    Any,
}

/// Which date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateField {
    /// Date of issue of the record.
    Issued,
    /// Date of the dossier's last document.
    DossierEnded,
    /// When it came into this archive.
    Accessioned,
}

impl DateField {
    /// Every field with its name in files.
    pub const NAMES: [(&'static str, Self); 3] =
        [("issued", Self::Issued), ("dossier-ended", Self::DossierEnded), ("accessioned", Self::Accessioned)];
}

/// How long a rule keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Term {
    /// So many years after the trigger.
    Years(u16),
    /// To the trigger itself: “until superseded”.
    UntilEvent,
    /// As long as the works or the asset exist.
    AssetLife,
    /// For ever.
    Permanent,
}

/// What becomes of a record when its period ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It may be listed for disposal.
    Destroy,
    /// Somebody decides.
    Review,
    /// It goes to the historical archive: permanent records only.
    Transfer,
    /// It stays here for ever.
    Keep,
    /// It may be read by everybody: a rule of access, on which nothing is destroyed.
    Open,
}

impl Action {
    /// Every action with its name in files.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("destroy", Self::Destroy),
        ("review", Self::Review),
        ("transfer", Self::Transfer),
        ("keep", Self::Keep),
        ("open", Self::Open),
    ];
}

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its code, `TT10-2022/bidding-won`.
    pub code: String,
    /// Code of the authority.
    pub authority: String,
    /// Place in the authority, `mục 3 PL I`; empty where it was not seen.
    pub article: String,
    /// The group of the table, where it was seen.
    pub group: String,
    /// The group of records, in the words of the source.
    pub records: String,
    /// From what the period counts.
    pub trigger: Trigger,
    /// To which day that is moved.
    pub cut_off: CutOff,
    /// How long.
    pub term: Term,
    /// What then.
    pub action: Action,
    /// After how many years a record that still awaits its event is looked at again.
    pub review_years: Option<u16>,
    /// Where this line was read.
    pub source: String,
    /// How it was verified.
    pub grade: Grade,
    /// Whether it may be relied upon.
    pub verified: bool,
}

/// A rule file that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// SHA-256 of the text.
    pub sha256: Sha256,
    /// The table that the rules are of; `None` for a file of law only.
    pub schedule: Option<Schedule>,
    /// The legal texts.
    pub authorities: Vec<Authority>,
    /// The numbers of the law.
    pub parameters: Vec<Parameter>,
    /// What reasons rest on.
    pub provisions: Vec<Provision>,
    /// The lines, by code.
    pub rules: Vec<Rule>,
    /// The worked cases.
    pub cases: Vec<WorkedCase>,
}

/// Everything wrong with a rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadRules(pub Vec<String>);

impl Rule {
    /// The period as records and dossiers carry it.
    pub fn period(&self) -> Period {
        match self.term {
            Term::Permanent => Period::Permanent,
            Term::Years(years) if self.trigger == Trigger::WorkEnded => Period::Years(years),
            Term::Years(_) | Term::UntilEvent | Term::AssetLife => Period::Awaiting,
        }
    }

    /// The retention of a dossier under this rule, as it is described at accession.
    pub fn retention(&self, year_ended: i32) -> Retention {
        Retention {
            period: self.period(),
            until: super::until(year_ended, self.period()),
            basis: Basis::Rule,
            citation: self.code.clone(),
            verified: self.verified,
        }
    }
}

impl RuleFile {
    /// Reads a rule file.
    pub fn parse(text: &str) -> Result<Self, BadRules> {
        if text.len() > RULES_BYTES_MAX {
            return Err(BadRules(vec![format!("a rule file has at most {RULES_BYTES_MAX} bytes")]));
        }
        wire::read(text)
    }

    /// The rule of this code.
    pub fn rule(&self, code: &str) -> Option<&Rule> {
        let at = self.rules.binary_search_by(|rule| rule.code.as_str().cmp(code)).ok()?;
        self.rules.get(at)
    }

    /// Where a rule stands.
    pub fn citation(&self, rule: &Rule) -> Option<Citation> {
        let authority = self.authorities.iter().find(|authority| authority.code == rule.authority)?;
        Some(Citation { text: authority.citation.clone(), article: rule.article.clone(), grade: rule.grade })
    }

    /// The law in use, if this file has it.
    pub fn law(&self) -> Result<Law, NoLaw> {
        Law::new(self.parameters.clone(), self.provisions.clone())
    }

    /// The worked cases that do not come out as written under a law, in words.
    pub fn failing_cases(&self, law: &Law) -> Vec<String> {
        self.cases.iter().filter_map(|case| case.failure(self, law)).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests;
