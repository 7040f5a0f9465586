//! A dossier: its description, and how long it is kept as far as that is known at accession.

use super::record::FindingBody;
use crate::record::{Basis, Dossier, Period, Retention};
use crate::transfer::finding::{Finding, FindingCode};
use serde::{Deserialize, Serialize};

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

/// Body of `dossier-reduced`: what stays of a dossier's description once its last record is destroyed, which is what a
/// list of dossiers says.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct DossierReducedBody {
    /// Without remarks and findings.
    #[serde(flatten)]
    pub dossier: DossierBody,
    /// Day of its accession, in Vietnam.
    pub accessioned: String,
    /// Ledger indexes of the entries that described it before.
    pub replaces: Vec<u64>,
}

impl DossierReducedBody {
    /// What stays of a dossier.
    pub fn new(dossier: DossierBody, accessioned: chrono::NaiveDate, replaces: Vec<u64>) -> Self {
        let dossier = DossierBody { description: String::new(), findings: Vec::new(), ..dossier };
        Self { dossier, accessioned: accessioned.to_string(), replaces }
    }
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
            findings: findings.iter().map(finding).collect(),
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

/// What a dossier keeps of a finding: not what its records say, which goes with them.
fn finding(finding: &Finding) -> FindingBody {
    let of_records =
        [FindingCode::TitleDiffers, FindingCode::PeriodDiffers, FindingCode::PeriodUnreadable].contains(&finding.code);
    let whole = FindingBody::from(finding);
    if of_records { FindingBody { detail: String::new(), ..whole } } else { whole }
}
