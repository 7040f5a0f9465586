//! Worked cases: facts, and what the author of a rule file expects of them. A test runs every case of every file.

use super::wire::Problems;
use super::{Rule, RuleFile};
use crate::record::Period;
use crate::retention::civil::Dated;
use crate::retention::decision::{Link, Outcome, Question, decide};
use crate::retention::law::Law;
use crate::retention::read_statement;
use crate::retention::reason::{Occurrence, ReasonCode};
use crate::retention::span::{Assigned, Confirmed, Event, EventState, Footing, Longest, Matter, Span, reckon};
use chrono::NaiveDate;
use serde::Deserialize;
use toml::value::Datetime;
use uuid::Uuid;

/// A worked case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkedCase {
    /// What it shows.
    pub why: String,
    /// From a rule's code or from statements.
    pub from: CaseFrom,
    year_ended: Option<i32>,
    issued: Dated,
    events: Vec<Event>,
    links: Vec<Span>,
    holds: usize,
    confirmed: Confirmed,
    expect: Expected,
}

/// Where a worked case takes its retention from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseFrom {
    /// The rule of this code.
    Rule(String),
    /// Statements of a dossier's records.
    Statements(Vec<String>),
}

/// What is expected; the outcome on a day where one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    span: Span,
    outcome: Option<(NaiveDate, Outcome)>,
    reasons: Vec<ReasonCode>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseWire {
    why: String,
    rule: Option<String>,
    statements: Option<Vec<String>>,
    year_ended: Option<i32>,
    issued: Option<String>,
    #[serde(default)]
    event: Vec<EventWire>,
    #[serde(default)]
    links: Vec<String>,
    #[serde(default)]
    holds: u8,
    #[serde(default)]
    confirmed: bool,
    kept: String,
    on: Option<Datetime>,
    outcome: Option<String>,
    #[serde(default)]
    reasons: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventWire {
    kind: String,
    on: Option<String>,
    recorded: Datetime,
    #[serde(default)]
    revoked: bool,
}

impl CaseWire {
    /// Reads a case, or adds what is wrong with it.
    pub(super) fn read(self, place: &str, problems: &mut Problems) -> Option<WorkedCase> {
        let from = match (self.rule, self.statements) {
            (Some(rule), None) => Some(CaseFrom::Rule(rule)),
            (None, Some(statements)) => Some(CaseFrom::Statements(statements)),
            _ => {
                problems.add(format!("{place}: has either a rule or statements"));
                None
            }
        };
        let span = read_span(place, &self.kept, problems);
        let issued = read_date(place, self.issued.as_deref(), problems);
        let events: Vec<_> = self.event.into_iter().map(|wire| wire.read(place, problems)).collect();
        let links: Vec<_> = self.links.iter().map(|text| read_span(place, text, problems)).collect();
        let on = problems.date(place, self.on);
        let outcome = self.outcome.map(|name| problems.name(place, "outcome", Outcome::NAMES, &name));
        if on.is_some() != outcome.is_some() {
            problems.add(format!("{place}: on and outcome stand together"));
        }
        let reasons = self.reasons.iter().map(|name| problems.name(place, "reason", ReasonCode::NAMES, name));
        let reasons: Option<Vec<_>> = reasons.collect();
        Some(WorkedCase {
            why: self.why,
            from: from?,
            year_ended: self.year_ended,
            issued: issued?,
            events: events.into_iter().collect::<Option<_>>()?,
            links: links.into_iter().collect::<Option<_>>()?,
            holds: usize::from(self.holds),
            confirmed: if self.confirmed { Confirmed::Yes } else { Confirmed::No },
            expect: Expected { span: span?, outcome: on.zip(outcome.flatten()), reasons: reasons? },
        })
    }
}

impl EventWire {
    fn read(self, place: &str, problems: &mut Problems) -> Option<Event> {
        let kind = problems.name(place, "event", Occurrence::NAMES, &self.kind);
        let on = read_date(place, self.on.as_deref(), problems);
        let recorded = problems.date(place, Some(self.recorded));
        let state = if self.revoked { EventState::Revoked } else { EventState::Stands };
        Some(Event { kind: kind?, on: on?, recorded: recorded?, state })
    }
}

fn read_date(place: &str, text: Option<&str>, problems: &mut Problems) -> Option<Dated> {
    let Some(text) = text else { return Some(Dated::UNKNOWN) };
    let dated = Dated::parse(text);
    if dated.is_none() {
        problems.add(format!("{place}: {text:?} is no date"));
    }
    dated
}

fn read_span(place: &str, text: &str, problems: &mut Problems) -> Option<Span> {
    Some(match text {
        "permanent" => Span::Permanent,
        "awaiting" => Span::Awaiting,
        "unknown" => Span::Unknown,
        day => match day.parse() {
            Ok(day) => Span::Until(day),
            Err(_) => {
                problems.add(format!("{place}: {text:?} is no day, permanent, awaiting or unknown"));
                return None;
            }
        },
    })
}

impl WorkedCase {
    /// What does not come out as written, in words.
    pub(super) fn failure(&self, file: &RuleFile, law: &Law) -> Option<String> {
        let rule = match &self.from {
            CaseFrom::Rule(code) => Some(file.rule(code)?),
            CaseFrom::Statements(_) => None,
        };
        let (outcome, found, reasons) = self.outcome(rule, law);
        let missing: Vec<_> = self.expect.reasons.iter().filter(|code| !reasons.contains(code)).collect();
        let expected = self.expect.outcome.map_or(outcome, |(_, expected)| expected);
        let fails = found != self.expect.span || outcome != expected || !missing.is_empty();
        fails.then(|| {
            let Expected { span, .. } = &self.expect;
            format!("{}: expected {span:?} {expected:?} {missing:?}, found {found:?} {outcome:?}", self.why)
        })
    }

    fn outcome(&self, rule: Option<&Rule>, law: &Law) -> (Outcome, Span, Vec<ReasonCode>) {
        let ids: Vec<Uuid> = (0..=self.holds.max(self.links.len()) as u128).map(Uuid::from_u128).collect();
        let assigned: Vec<Assigned> = match (&self.from, rule) {
            (CaseFrom::Rule(_), Some(rule)) => vec![Assigned::Rule(rule, self.confirmed)],
            (CaseFrom::Statements(texts), _) if !texts.is_empty() => {
                let period = |text: &String| read_statement(text).unwrap_or(Period::Awaiting);
                texts.iter().map(|text| Assigned::Stated(period(text), self.confirmed)).collect()
            }
            _ => vec![Assigned::Nothing],
        };
        let matters = assigned.into_iter().map(|assigned| Matter {
            id: ids[0],
            work_ended: self.year_ended.map_or(Dated::UNKNOWN, Dated::year),
            issued: self.issued,
            dossier_ended: Dated::UNKNOWN,
            accessioned: Dated::UNKNOWN,
            reviewed: None,
            extended: None,
            assigned,
            events: &self.events,
        });
        let matters: Vec<_> = matters.collect();
        let dossier = matters.iter().fold(Longest::NONE, |longest, matter| {
            longest.with(matter.id, reckon(matter, law.bounds()).span, Footing::Firm)
        });
        let links = self.links.iter().zip(&ids).map(|(&span, &to)| Link { to, span, footing: Footing::Firm });
        let question = Question {
            record: &matters[0],
            dossier,
            holds: &ids[..self.holds],
            links: &links.collect::<Vec<_>>(),
            on: self.expect.outcome.map_or(NaiveDate::MIN, |(on, _)| on),
        };
        let decision = decide(&question, law.bounds());
        (decision.outcome, decision.span, decision.reasons.iter().map(|reason| reason.code).collect())
    }
}
