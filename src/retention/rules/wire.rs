//! The form of a rule file (TOML), and its reading with every problem.

use super::case::{CaseFrom, CaseWire, WorkedCase};
use super::{
    Action, BadRules, DateField, Lock, Needs, RULES_MAX, RULES_VERSION, Rule, RuleFile, Schedule, Term, Trigger,
};
use crate::digest::Sha256;
use crate::record::Period;
use crate::retention::civil::CutOff;
use crate::retention::law::{Authority, Citation, Grade, Length, Parameter, ParameterCode, Provision, TextKind, Unit};
use crate::retention::reason::{Occurrence, ReasonCode, named};
use crate::retention::{YEARS, misread, read_statement};
use chrono::NaiveDate;
use serde::Deserialize;
use toml::value::Datetime;

/// Words for the terms that are neither years nor permanent.
const UNTIL_EVENT: &str = "until-event";
const ASSET_LIFE: &str = "while-asset-lives";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileWire {
    format: u32,
    schedule: Option<ScheduleWire>,
    #[serde(default)]
    authority: Vec<AuthorityWire>,
    #[serde(default)]
    parameter: Vec<ParameterWire>,
    #[serde(default)]
    provision: Vec<ProvisionWire>,
    #[serde(default)]
    rule: Vec<RuleWire>,
    #[serde(default)]
    case: Vec<CaseWire>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScheduleWire {
    code: String,
    title: String,
    version: u32,
    in_force_from: Option<Datetime>,
    #[serde(default)]
    lock: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorityWire {
    code: String,
    citation: String,
    kind: String,
    in_force_from: Option<Datetime>,
    in_force_until: Option<Datetime>,
    grade: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterWire {
    code: String,
    value: Option<u16>,
    unit: Option<String>,
    #[serde(default)]
    permanent: bool,
    authority: String,
    #[serde(default)]
    article: String,
    grade: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvisionWire {
    reason: String,
    authority: String,
    #[serde(default)]
    article: String,
    grade: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleWire {
    code: String,
    authority: String,
    #[serde(default)]
    article: String,
    #[serde(default)]
    group: String,
    records: String,
    trigger: TriggerWire,
    cut_off: Option<String>,
    period: String,
    action: String,
    review_years: Option<u16>,
    source: String,
    grade: String,
    verified: bool,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a trigger is \"work-ended\", { any = […] }, { all = […] } or { date = \"…\" }")]
enum TriggerWire {
    Word(String),
    Table(TriggerTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TriggerTable {
    any: Option<Vec<String>>,
    all: Option<Vec<String>>,
    date: Option<String>,
}

/// Reads a file whole, or everything that is wrong with it.
pub(super) fn read(text: &str) -> Result<RuleFile, BadRules> {
    let wire: FileWire = toml::from_str(text).map_err(|error| BadRules(vec![misread::told(text, &error)]))?;
    let mut problems = Problems(Vec::new());
    if wire.format != RULES_VERSION {
        problems.add(format!("format {} is not {RULES_VERSION}", wire.format));
    }
    if wire.rule.len() > RULES_MAX {
        problems.add(format!("a version has at most {RULES_MAX} rules"));
    }
    let schedule = wire.schedule.and_then(|wire| problems.schedule(wire));
    let authorities: Vec<_> = wire.authority.into_iter().filter_map(|wire| problems.authority(wire)).collect();
    let parameters = wire.parameter.into_iter().filter_map(|wire| problems.parameter(wire, &authorities)).collect();
    let provisions = wire.provision.into_iter().filter_map(|wire| problems.provision(wire, &authorities)).collect();
    let mut rules: Vec<_> = wire.rule.into_iter().filter_map(|wire| problems.rule(wire, &authorities)).collect();
    rules.sort_by(|a, b| a.code.cmp(&b.code));
    let cases = wire.case.into_iter().enumerate().filter_map(|(at, wire)| problems.case(at + 1, wire)).collect();
    let sha256 = Sha256::of(text.as_bytes());
    let file = RuleFile { sha256, schedule, authorities, parameters, provisions, rules, cases };
    problems.whole(&file);
    if problems.0.is_empty() { Ok(file) } else { Err(BadRules(problems.0)) }
}

/// What is wrong so far.
pub(super) struct Problems(pub(super) Vec<String>);

impl Problems {
    pub(super) fn add(&mut self, problem: String) {
        self.0.push(problem);
    }

    pub(super) fn name<T: Copy>(&mut self, place: &str, what: &str, names: &[(&str, T)], name: &str) -> Option<T> {
        let found = named(names, name);
        if found.is_none() {
            let known: Vec<_> = names.iter().map(|(name, _)| *name).collect();
            self.add(format!("{place}: {what} {name:?} is none of {}", known.join(", ")));
        }
        found
    }

    pub(super) fn date(&mut self, place: &str, date: Option<Datetime>) -> Option<NaiveDate> {
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

    pub(super) fn period(&mut self, place: &str, text: &str) -> Option<Period> {
        read_statement(text).map_err(|why| self.add(format!("{place}: period {text:?}: {why}"))).ok()
    }

    fn schedule(&mut self, wire: ScheduleWire) -> Option<Schedule> {
        let place = format!("schedule {}", wire.code);
        let in_force_from = self.date(&place, wire.in_force_from);
        if wire.version == 0 {
            self.add(format!("{place}: versions count from 1"));
        }
        let lock = if wire.lock { Lock::LengthenOnly } else { Lock::Open };
        Some(Schedule { code: wire.code, title: wire.title, version: wire.version, in_force_from, lock })
    }

    fn authority(&mut self, wire: AuthorityWire) -> Option<Authority> {
        let place = format!("authority {}", wire.code);
        let in_force_from = self.date(&place, wire.in_force_from);
        let in_force_until = self.date(&place, wire.in_force_until);
        let kind = self.name(&place, "kind", &TextKind::NAMES, &wire.kind);
        let grade = self.name(&place, "grade", &Grade::NAMES, &wire.grade);
        let (kind, grade) = (kind?, grade?);
        let AuthorityWire { code, citation, source, .. } = wire;
        Some(Authority { code, citation, kind, in_force_from, in_force_until, grade, source })
    }

    fn citation(
        &mut self,
        place: &str,
        known: &[Authority],
        (code, article, grade): (&str, String, &str),
    ) -> Option<Citation> {
        let grade = self.name(place, "grade", &Grade::NAMES, grade);
        let authority = known.iter().find(|authority| authority.code == code);
        if authority.is_none() {
            self.add(format!("{place}: no authority {code}"));
        }
        Some(Citation { text: authority?.citation.clone(), article, grade: grade? })
    }

    fn parameter(&mut self, wire: ParameterWire, known: &[Authority]) -> Option<Parameter> {
        let place = format!("parameter {}", wire.code);
        let code = self.name(&place, "code", ParameterCode::NAMES, &wire.code);
        let citation = self.citation(&place, known, (&wire.authority, wire.article, &wire.grade));
        let length = match (wire.value, wire.unit, wire.permanent) {
            (Some(value), Some(unit), false) => {
                self.name(&place, "unit", &Unit::NAMES, &unit).map(|unit| Length::Of(value, unit))
            }
            (None, None, true) => Some(Length::Permanent),
            _ => {
                self.add(format!("{place}: has either value and unit, or permanent = true"));
                None
            }
        };
        Some(Parameter { code: code?, length: length?, citation: citation?, source: wire.source })
    }

    fn provision(&mut self, wire: ProvisionWire, known: &[Authority]) -> Option<Provision> {
        let place = format!("provision {}", wire.reason);
        let reason = self.name(&place, "reason", ReasonCode::NAMES, &wire.reason);
        let citation = self.citation(&place, known, (&wire.authority, wire.article, &wire.grade));
        Some(Provision { reason: reason?, citation: citation?, source: wire.source })
    }

    fn rule(&mut self, wire: RuleWire, known: &[Authority]) -> Option<Rule> {
        let place = format!("rule {}", wire.code);
        let trigger = self.trigger(&place, wire.trigger);
        let cut_off = match &wire.cut_off {
            None => Some(CutOff::YearEnd),
            Some(name) => self.name(&place, "cut_off", &CutOff::NAMES, name),
        };
        let term = self.term(&place, &wire.period);
        let action = self.name(&place, "action", &Action::NAMES, &wire.action);
        let grade = self.name(&place, "grade", &Grade::NAMES, &wire.grade);
        if !known.iter().any(|authority| authority.code == wire.authority) {
            self.add(format!("{place}: no authority {}", wire.authority));
        }
        let (trigger, cut_off, term, action, grade) = (trigger?, cut_off?, term?, action?, grade?);
        let RuleWire { code, authority, article, group, records, review_years, source, verified, .. } = wire;
        let rule = Rule {
            code,
            authority,
            article,
            group,
            records,
            trigger,
            cut_off,
            term,
            action,
            review_years,
            source,
            grade,
            verified,
        };
        for problem in contradictions(&rule) {
            self.add(format!("{place}: {problem}"));
        }
        Some(rule)
    }

    fn trigger(&mut self, place: &str, wire: TriggerWire) -> Option<Trigger> {
        let (names, needs) = match wire {
            TriggerWire::Word(word) if word == "work-ended" => return Some(Trigger::WorkEnded),
            TriggerWire::Table(TriggerTable { date: Some(field), any: None, all: None }) => {
                return self.name(place, "date", &DateField::NAMES, &field).map(Trigger::Date);
            }
            TriggerWire::Table(TriggerTable { any: Some(names), all: None, date: None }) => (names, Needs::Any),
            TriggerWire::Table(TriggerTable { all: Some(names), any: None, date: None }) => (names, Needs::All),
            _ => {
                self.add(format!("{place}: a trigger is \"work-ended\", or one of any, all, date"));
                return None;
            }
        };
        let kinds: Option<Vec<_>> =
            names.iter().map(|name| self.name(place, "event", Occurrence::NAMES, name)).collect();
        if kinds.as_ref().is_some_and(Vec::is_empty) {
            self.add(format!("{place}: the trigger names no event"));
        }
        Some(Trigger::Events(kinds?, needs))
    }

    fn term(&mut self, place: &str, text: &str) -> Option<Term> {
        Some(match text {
            UNTIL_EVENT => Term::UntilEvent,
            ASSET_LIFE => Term::AssetLife,
            _ => match self.period(place, text)? {
                Period::Years(years) => Term::Years(years),
                Period::Permanent | Period::Awaiting => Term::Permanent,
            },
        })
    }

    fn case(&mut self, ordinal: usize, wire: CaseWire) -> Option<WorkedCase> {
        wire.read(&format!("case {ordinal}"), self)
    }

    fn whole(&mut self, file: &RuleFile) {
        if file.schedule.is_none() && !file.rules.is_empty() {
            self.add("rules are of a schedule, and there is none".to_owned());
        }
        for pair in file.rules.windows(2).filter(|pair| pair[0].code == pair[1].code) {
            self.add(format!("rule {}: appears twice", pair[0].code));
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

/// What a rule says that cannot be.
fn contradictions(rule: &Rule) -> Vec<&'static str> {
    let permanent = rule.term == Term::Permanent;
    let by_event = matches!(rule.trigger, Trigger::Events(..));
    let of_asset = |kind: &Occurrence| matches!(kind, Occurrence::WorksDemolished | Occurrence::AssetDisposed);
    let asset = matches!(&rule.trigger, Trigger::Events(kinds, _) if kinds.iter().all(of_asset));
    let kept = matches!(rule.action, Action::Keep | Action::Transfer);
    let checks = [
        (rule.verified && rule.grade != Grade::Read, "only a rule of grade V1 can be verified"),
        (permanent && !kept, "what is permanent is kept or transferred"),
        (!permanent && kept, "only what is permanent is kept or transferred"),
        (rule.term == Term::UntilEvent && !by_event, "until-event needs an event"),
        (rule.term == Term::AssetLife && !asset, "while-asset-lives needs works-demolished or asset-disposed"),
        (permanent && rule.trigger != Trigger::WorkEnded, "what is permanent has no other trigger than work-ended"),
        (rule.review_years.is_some() && !by_event, "review_years is for what awaits an event"),
        (rule.review_years.is_some_and(|years| !(1..=*YEARS.end()).contains(&years)), "review_years is 1 to 70"),
    ];
    checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, why)| why).collect()
}
