//! The rules as they are shown: schedules in their versions, proposals, lines, and the law's numbers, each with where it
//! was read and who verified or confirmed it.

use super::standing::{Standing, Version};
use crate::archive::reading::Archive;
use crate::error::Result;
use crate::event::ActorId;
use crate::retention::hold::{Deed, Person};
use crate::retention::law::{Grade, Length, Unit};
use crate::retention::preview::Applies;
use crate::retention::rules::{Lock, Rule};
use crate::retention::span::Confirmed;
use chrono::NaiveDate;
use uuid::Uuid;

/// Everything that rules, in words.
#[derive(Debug, Clone)]
pub struct RulesShown {
    /// Adopted versions, oldest first.
    pub versions: Vec<VersionShown>,
    /// What waits for a second person.
    pub proposals: Vec<VersionShown>,
    /// The lines of the newest version of each schedule.
    pub rules: Vec<RuleShown>,
    /// Who adopted the law in use; `None`: it is the program's.
    pub law: Option<VersionShown>,
    /// The law's numbers.
    pub parameters: Vec<ParameterShown>,
}

/// A version of a schedule, or of the law in use.
#[derive(Debug, Clone)]
pub struct VersionShown {
    /// Identifier of the adoption or proposal.
    pub id: Uuid,
    /// Code of the schedule; empty for the law.
    pub schedule: String,
    /// Its name.
    pub title: String,
    /// Number of the version.
    pub version: u32,
    /// First day in force, as the file says.
    pub in_force_from: Option<NaiveDate>,
    /// Whether later versions may only lengthen.
    pub lock: Lock,
    /// SHA-256 of the text, hexadecimal.
    pub sha256: String,
    /// Which records it governs.
    pub applies: Applies,
    /// Who adopted or proposed it.
    pub by: String,
    /// On which day.
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
    /// How many lines.
    pub rules: usize,
    /// How many of them nothing may be destroyed on: neither verified nor confirmed.
    pub unconfirmed: usize,
}

/// A line.
#[derive(Debug, Clone)]
pub struct RuleShown {
    /// Its code.
    pub code: String,
    /// Number of the version.
    pub version: u32,
    /// The group of records.
    pub records: String,
    /// How long, and what then, Vietnamese and English.
    pub period: (String, String),
    /// The legal text.
    pub citation: String,
    /// How it was verified.
    pub grade: Grade,
    /// Where it was read.
    pub source: String,
    /// Whether the file says that it may be relied upon.
    pub verified: bool,
    /// Who confirmed it, on which day, against what.
    pub confirmed: Option<(String, NaiveDate, String)>,
}

/// A number of the law.
#[derive(Debug, Clone)]
pub struct ParameterShown {
    /// Which one.
    pub code: &'static str,
    /// Its value, Vietnamese and English.
    pub value: (String, String),
    /// The legal text.
    pub citation: String,
    /// How it was verified.
    pub grade: Grade,
    /// Where it was read.
    pub source: String,
}

impl Archive {
    /// Everything that rules as of the last commit, in words.
    pub fn rules_shown(&self) -> Result<RulesShown> {
        let standing = self.standing()?;
        let mut rules = Vec::new();
        for version in &standing.versions {
            let newest = standing.newest_of(version.schedule()).is_some_and(|newest| newest.id == version.id);
            for rule in version.file.rules.iter().filter(|_| newest) {
                rules.push(self.rule_shown(&standing, version, rule)?);
            }
        }
        let shown = |versions: &[Version]| -> Result<Vec<VersionShown>> {
            versions.iter().map(|version| self.version_shown(&standing, version)).collect()
        };
        Ok(RulesShown {
            versions: shown(&standing.versions)?,
            proposals: shown(&standing.proposals)?,
            rules,
            law: standing.law_adopted.as_ref().map(|law| self.version_shown(&standing, law)).transpose()?,
            parameters: standing.law.parameters().map(ParameterShown::from).collect(),
        })
    }

    pub(super) fn version_shown(&self, standing: &Standing, version: &Version) -> Result<VersionShown> {
        let schedule = version.file.schedule.as_ref();
        let firm = |rule: &&Rule| rule.verified || standing.confirmed(version, rule) == Confirmed::Yes;
        let (by, on) = self.deed_shown(version.adopted)?;
        Ok(VersionShown {
            id: version.id,
            schedule: version.schedule().to_owned(),
            title: schedule.map(|schedule| schedule.title.clone()).unwrap_or_default(),
            version: version.number(),
            in_force_from: schedule.and_then(|schedule| schedule.in_force_from),
            lock: schedule.map_or(Lock::Open, |schedule| schedule.lock),
            sha256: version.file.sha256.to_string(),
            applies: version.applies,
            by,
            on,
            reason: version.reason.clone(),
            rules: version.file.rules.len(),
            unconfirmed: version.file.rules.len() - version.file.rules.iter().filter(firm).count(),
        })
    }

    fn rule_shown(&self, standing: &Standing, version: &Version, rule: &Rule) -> Result<RuleShown> {
        let history = standing.confirmations.history(version.file.sha256, &rule.code);
        let confirmed = history.last().filter(|last| last.withdrawn.is_none());
        let confirmed = confirmed.map(|last| {
            let (by, on) = self.deed_shown(last.deed)?;
            Ok::<_, crate::error::Error>((by, on, last.basis.clone()))
        });
        Ok(RuleShown {
            code: rule.code.clone(),
            version: version.number(),
            records: rule.records.clone(),
            period: crate::retention::explain::term_words(rule),
            citation: version.file.citation(rule).map(|citation| citation.to_string()).unwrap_or_default(),
            grade: rule.grade,
            source: rule.source.clone(),
            verified: rule.verified,
            confirmed: confirmed.transpose()?,
        })
    }

    /// Who did something, by name, and on which day.
    pub(super) fn deed_shown(&self, deed: Deed) -> Result<(String, NaiveDate)> {
        let Person(person) = deed.by;
        let actor = ActorId(person.as_u64_pair().1.to_be_bytes());
        Ok((self.name_of(actor)?, deed.on))
    }
}

impl From<&crate::retention::law::Parameter> for ParameterShown {
    fn from(parameter: &crate::retention::law::Parameter) -> Self {
        let value = match parameter.length {
            Length::Permanent => ("vĩnh viễn".to_owned(), "for ever".to_owned()),
            Length::Of(count, unit) => {
                let (vi, en) = match unit {
                    Unit::Days => ("ngày", "days"),
                    Unit::WorkingDays => ("ngày làm việc", "working days"),
                    Unit::Months => ("tháng", "months"),
                    Unit::Years => ("năm", "years"),
                };
                (format!("{count} {vi}"), format!("{count} {en}"))
            }
        };
        Self {
            code: parameter.code.name(),
            value,
            citation: parameter.citation.to_string(),
            grade: parameter.citation.grade,
            source: parameter.source.clone(),
        }
    }
}
