//! Rule files: the lines of retention tables, each with where it was read and how sure that reading is.
//!
//! A rule file (`retention_rules/*.toml`, `schemas/retention-rules.schema.json`) names its authorities, the rules taken
//! from them, and worked cases that a test runs. The reader reports every problem of a file at once. A rule can be
//! `verified` only where the legal text itself was read (grade V1); a rule that is not verified describes, and
//! permits nothing.
//!
//! Owns the form of a rule file. Must not choose a rule for a record: that is an archivist's work.

use super::{Period, read_statement, until};
use crate::record::{Basis, Retention};
use chrono::NaiveDate;

/// Version of the form that this program reads.
pub const RULES_VERSION: u32 = 1;

/// Longest rule file, bytes: a national table has about 250 lines of about 500 bytes.
pub const RULES_BYTES_MAX: usize = 1024 * 1024;

/// How a text was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// V1: the legal text itself was read.
    Read,
    /// V2: a secondary source was read.
    Reported,
    /// R: recalled, not read anywhere.
    Recalled,
}

/// A legal text that rules come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its code in rule files, `TT10-2022`.
    pub code: String,
    /// How it is cited, `Thông tư 10/2022/TT-BNV`.
    pub citation: String,
    /// First day in force.
    pub in_force_from: Option<NaiveDate>,
    /// Last day in force, where known.
    pub in_force_until: Option<NaiveDate>,
    /// How its content was verified.
    pub grade: Grade,
    /// Where it was read, in words.
    pub source: String,
}

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its code, `TT10-2022/bidding-won`.
    pub code: String,
    /// Code of the authority.
    pub authority: String,
    /// The group of records, in the words of the source.
    pub records: String,
    /// How long.
    pub period: Period,
    /// Where this line was read.
    pub source: String,
    /// How it was verified.
    pub grade: Grade,
    /// Whether it may be relied upon.
    pub verified: bool,
}

/// A worked case: what retention the file's author expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What it shows.
    pub why: String,
    /// The year the work ended.
    pub year_ended: i32,
    /// From a rule's code or from statements.
    pub from: CaseFrom,
    /// The period expected.
    pub period: Period,
    /// The last day expected.
    pub until: Option<NaiveDate>,
}

/// Where a worked case takes its retention from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseFrom {
    /// The rule of this code.
    Rule(String),
    /// Statements of a dossier's records.
    Statements(Vec<String>),
}

/// A rule file that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// The legal texts.
    pub authorities: Vec<Authority>,
    /// The lines.
    pub rules: Vec<Rule>,
    /// The worked cases.
    pub cases: Vec<Case>,
}

/// Everything wrong with a rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadRules(pub Vec<String>);

impl Rule {
    /// The retention of a dossier under this rule.
    pub fn retention(&self, year_ended: i32) -> Retention {
        Retention {
            period: self.period,
            until: until(year_ended, self.period),
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
        let wire: wire::RuleFile = toml::from_str(text).map_err(|error| BadRules(vec![error.to_string()]))?;
        let mut problems = Problems(Vec::new());
        if wire.format != RULES_VERSION {
            problems.add(format!("format {} is not {RULES_VERSION}", wire.format));
        }
        let authorities = wire.authority.into_iter().filter_map(|wire| problems.authority(wire)).collect();
        let rules = wire.rule.into_iter().filter_map(|wire| problems.rule(wire)).collect();
        let cases = wire.case.into_iter().enumerate().filter_map(|(at, wire)| problems.case(at + 1, wire)).collect();
        let file = Self { authorities, rules, cases };
        problems.references(&file);
        if problems.0.is_empty() { Ok(file) } else { Err(BadRules(problems.0)) }
    }

    /// The rule of this code.
    pub fn rule(&self, code: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.code == code)
    }

    /// The worked cases that do not come out as written, in words.
    pub fn failing_cases(&self) -> Vec<String> {
        self.cases.iter().filter_map(|case| self.failure(case)).collect()
    }

    fn failure(&self, case: &Case) -> Option<String> {
        let found = match &case.from {
            CaseFrom::Rule(code) => self.rule(code)?.retention(case.year_ended),
            CaseFrom::Statements(texts) => super::retention_of(case.year_ended, texts.iter().map(String::as_str)),
        };
        let (expected, found) = ((case.period, case.until), (found.period, found.until));
        (expected != found).then(|| format!("{}: expected {expected:?}, found {found:?}", case.why))
    }
}

struct Problems(Vec<String>);

impl Problems {
    fn add(&mut self, problem: String) {
        self.0.push(problem);
    }

    fn grade(&mut self, place: &str, text: &str) -> Option<Grade> {
        let grade = match text {
            "V1" => Grade::Read,
            "V2" => Grade::Reported,
            "R" => Grade::Recalled,
            _ => {
                self.add(format!("{place}: grade {text:?} is not V1, V2 or R"));
                return None;
            }
        };
        Some(grade)
    }

    fn date(&mut self, place: &str, date: Option<toml::value::Datetime>) -> Option<NaiveDate> {
        let date = date?;
        let day = match (date.date, date.time) {
            (Some(day), None) => NaiveDate::from_ymd_opt(i32::from(day.year), u32::from(day.month), u32::from(day.day)),
            _ => None,
        };
        if day.is_none() {
            self.add(format!("{place}: {date} is not a date"));
        }
        day
    }

    fn period(&mut self, place: &str, text: &str) -> Option<Period> {
        read_statement(text).map_err(|why| self.add(format!("{place}: period {text:?}: {why}"))).ok()
    }

    fn authority(&mut self, wire: wire::Authority) -> Option<Authority> {
        let place = format!("authority {}", wire.code);
        let in_force_from = self.date(&place, wire.in_force_from);
        let in_force_until = self.date(&place, wire.in_force_until);
        let grade = self.grade(&place, &wire.grade)?;
        let wire::Authority { code, citation, source, .. } = wire;
        Some(Authority { code, citation, in_force_from, in_force_until, grade, source })
    }

    fn rule(&mut self, wire: wire::Rule) -> Option<Rule> {
        let place = format!("rule {}", wire.code);
        let (period, grade) = (self.period(&place, &wire.period), self.grade(&place, &wire.grade));
        let (period, grade) = (period?, grade?);
        if wire.verified && grade != Grade::Read {
            self.add(format!("{place}: only a rule of grade V1 can be verified"));
        }
        let wire::Rule { code, authority, records, source, verified, .. } = wire;
        Some(Rule { code, authority, records, period, source, grade, verified })
    }

    fn case(&mut self, ordinal: usize, wire: wire::Case) -> Option<Case> {
        let place = format!("case {ordinal}");
        let from = match (wire.rule, wire.statements) {
            (Some(rule), None) => CaseFrom::Rule(rule),
            (None, Some(statements)) => CaseFrom::Statements(statements),
            _ => {
                self.add(format!("{place}: has either a rule or statements"));
                return None;
            }
        };
        let period = match wire.period.as_str() {
            "awaiting" => Period::Awaiting,
            text => self.period(&place, text)?,
        };
        let until = self.date(&place, wire.until);
        Some(Case { why: wire.why, year_ended: wire.year_ended, from, period, until })
    }

    fn references(&mut self, file: &RuleFile) {
        for (at, rule) in file.rules.iter().enumerate() {
            if !file.authorities.iter().any(|authority| authority.code == rule.authority) {
                self.add(format!("rule {}: no authority {}", rule.code, rule.authority));
            }
            if file.rules[..at].iter().any(|earlier| earlier.code == rule.code) {
                self.add(format!("rule {}: appears twice", rule.code));
            }
        }
        for case in &file.cases {
            if let CaseFrom::Rule(code) = &case.from
                && file.rule(code).is_none()
            {
                self.add(format!("case {:?}: no rule {code}", case.why));
            }
        }
    }
}

/// The TOML of a rule file, version 1.
mod wire {
    use toml::value::Datetime;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct RuleFile {
        pub format: u32,
        #[serde(default)]
        pub authority: Vec<Authority>,
        #[serde(default)]
        pub rule: Vec<Rule>,
        #[serde(default)]
        pub case: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Authority {
        pub code: String,
        pub citation: String,
        pub in_force_from: Option<Datetime>,
        pub in_force_until: Option<Datetime>,
        pub grade: String,
        pub source: String,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Rule {
        pub code: String,
        pub authority: String,
        pub records: String,
        pub period: String,
        pub source: String,
        pub grade: String,
        pub verified: bool,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Case {
        pub why: String,
        pub year_ended: i32,
        pub rule: Option<String>,
        pub statements: Option<Vec<String>>,
        pub period: String,
        pub until: Option<Datetime>,
    }
}
