//! How long one record alone is kept: its rule, its dates and its events give a last day, or say why there is none.
//!
//! [`Span`] is ordered by how long it keeps: doubt outlasts every day, and only permanence outlasts doubt. A date that
//! is known in part counts from its latest day; an event without a date happened no later than it was recorded. A
//! period never counts from before the end of the year in which the work ended, and is never shorter than the law's
//! shortest.
//!
//! For the archive layer: a catalog row of a record has what a [`Matter`] has, and its `Span` for lists by due date; a
//! dossier's row has its [`Longest`]. Both are derived: the truth are the events.

use super::civil::{CutOff, Dated, years_after};
use super::law::Bounds;
use super::reason::{About, Occurrence, Reason, ReasonCode};
use super::rules::{DateField, Needs, Rule, Term, Trigger};
use crate::record::Period;
use chrono::NaiveDate;
use uuid::Uuid;

/// What is known of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matter<'a> {
    /// The record.
    pub id: Uuid,
    /// When the work ended; a year as a rule.
    pub work_ended: Dated,
    /// Date of issue.
    pub issued: Dated,
    /// Date of the dossier's last document.
    pub dossier_ended: Dated,
    /// When it came into this archive.
    pub accessioned: Dated,
    /// When somebody last decided to go on keeping it.
    pub reviewed: Option<NaiveDate>,
    /// The longest period that a disposal case gave it instead of destroying it.
    pub extended: Option<Period>,
    /// What rules it.
    pub assigned: Assigned<'a>,
    /// What happened to it.
    pub events: &'a [Event],
}

/// What rules a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned<'a> {
    /// Nothing.
    Nothing,
    /// What the agency states: [`Period::Awaiting`] where nobody can read it; and whether an authorised person
    /// confirmed that very period, under a text that they name.
    Stated(Period, Confirmed),
    /// A rule of a version of a schedule.
    Rule(&'a Rule, Confirmed),
}

/// Whether an authorised person confirmed a rule of this very version, or this very statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confirmed {
    /// Nobody did.
    No,
    /// Somebody did, by an event.
    Yes,
}

/// Something that happened, and that a period may wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: Occurrence,
    /// When.
    pub on: Dated,
    /// The day it was recorded here.
    pub recorded: NaiveDate,
    /// Whether it counts.
    pub state: EventState,
}

/// Whether an event counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventState {
    /// It counts.
    Stands,
    /// It was revoked, and counts for nothing.
    Revoked,
}

/// How long a record is kept, shortest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// To the end of this day.
    Until(NaiveDate),
    /// Until an event that is not recorded yet.
    Awaiting,
    /// It cannot be told.
    Unknown,
    /// For ever.
    Permanent,
}

/// On what a span rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Footing {
    /// A rule that is verified or confirmed, or a statement that is confirmed.
    Firm,
    /// Anything else: nothing is destroyed on it.
    Unconfirmed,
}

/// A span with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reckoned {
    /// How long.
    pub span: Span,
    /// On what that rests.
    pub footing: Footing,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// The longest span among the records of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Longest {
    /// The span, and the record whose it is.
    pub span: Option<(Span, Uuid)>,
    /// A record without firm footing.
    pub unconfirmed: Option<Uuid>,
}

impl Longest {
    /// Of no record.
    pub const NONE: Self = Self { span: None, unconfirmed: None };

    /// Takes another record in. The order does not matter.
    pub fn with(self, id: Uuid, span: Span, footing: Footing) -> Self {
        let longer = |&(held, by): &(Span, Uuid)| (held, std::cmp::Reverse(by)) >= (span, std::cmp::Reverse(id));
        let unconfirmed = self.unconfirmed.into_iter().chain((footing == Footing::Unconfirmed).then_some(id)).min();
        Self { span: self.span.filter(longer).or(Some((span, id))), unconfirmed }
    }
}

/// How long a record alone is kept.
pub fn reckon(matter: &Matter, bounds: Bounds) -> Reckoned {
    let mut reckoned = Reckoned { span: Span::Unknown, footing: Footing::Unconfirmed, reasons: Vec::with_capacity(8) };
    reckoned.span = match matter.assigned {
        Assigned::Nothing => reckoned.because(ReasonCode::NoRule, Span::Unknown),
        Assigned::Stated(period, confirmed) => reckoned.stated(period, confirmed, matter, bounds),
        Assigned::Rule(rule, confirmed) => {
            reckoned.footing(rule, confirmed);
            reckoned.ruled(rule, matter, bounds)
        }
    };
    reckoned
}

impl Reckoned {
    fn note(&mut self, code: ReasonCode, about: About) {
        self.reasons.push(Reason { code, about });
    }

    fn because(&mut self, code: ReasonCode, span: Span) -> Span {
        self.note(code, About::This);
        span
    }

    fn footing(&mut self, rule: &Rule, confirmed: Confirmed) {
        match confirmed {
            Confirmed::Yes => self.note(ReasonCode::RuleConfirmed, About::This),
            Confirmed::No if rule.verified => {}
            Confirmed::No => return self.note(ReasonCode::RuleNotVerified, About::This),
        }
        self.footing = Footing::Firm;
    }

    fn stated(&mut self, period: Period, confirmed: Confirmed, matter: &Matter, bounds: Bounds) -> Span {
        match (period, confirmed) {
            (Period::Awaiting, _) => return self.because(ReasonCode::StatementUnreadable, Span::Unknown),
            (_, Confirmed::No) => self.note(ReasonCode::StatementOnly, About::This),
            (_, Confirmed::Yes) => {
                self.note(ReasonCode::StatementConfirmed, About::This);
                self.footing = Footing::Firm;
            }
        }
        let stated = match period {
            Period::Years(years) => Some(years),
            Period::Permanent | Period::Awaiting => None,
        };
        let Some(years) = self.extended(stated, matter) else {
            return self.because(ReasonCode::Permanent, Span::Permanent);
        };
        match self.work_end(matter) {
            Some(end) => self.end(end, years, end, bounds),
            None => self.because(ReasonCode::DateUnknown, Span::Unknown),
        }
    }

    fn ruled(&mut self, rule: &Rule, matter: &Matter, bounds: Bounds) -> Span {
        let prescribed = match rule.term {
            Term::Permanent => None,
            Term::Years(years) => Some(years),
            Term::UntilEvent | Term::AssetLife => Some(0),
        };
        let Some(years) = self.extended(prescribed, matter) else {
            return self.because(ReasonCode::Permanent, Span::Permanent);
        };
        let Some(work_end) = self.work_end(matter) else {
            return self.because(ReasonCode::DateUnknown, Span::Unknown);
        };
        let start = match self.start(rule, matter) {
            Ok(start) => rule.cut_off.of(start),
            Err(span) => return span,
        };
        match start {
            Some(start) if start < work_end => {
                self.note(ReasonCode::WorkEndedLater, About::Day(work_end));
                self.end(work_end, years, work_end, bounds)
            }
            Some(start) => self.end(start, years, work_end, bounds),
            None => self.because(ReasonCode::BeyondCalendar, Span::Unknown),
        }
    }

    /// So many years, or the longer period that a disposal case gave instead; `None`: for ever.
    fn extended(&mut self, years: Option<u16>, matter: &Matter) -> Option<u16> {
        let longer = match matter.extended {
            Some(Period::Years(longer)) if Some(longer) > years => Some(longer),
            Some(Period::Permanent) => None,
            Some(Period::Years(_) | Period::Awaiting) | None => return years,
        };
        if years.is_some() {
            self.note(ReasonCode::PeriodExtended, About::This);
        }
        longer.filter(|_| years.is_some())
    }

    /// The end of the year in which the work ended.
    fn work_end(&mut self, matter: &Matter) -> Option<NaiveDate> {
        if !matter.work_ended.is_within_a_year() && matter.work_ended.latest().is_some() {
            self.note(ReasonCode::LatestBound, About::This);
        }
        CutOff::YearEnd.of(matter.work_ended.latest()?)
    }

    /// The day from which the period counts, before the cut-off.
    fn start(&mut self, rule: &Rule, matter: &Matter) -> Result<NaiveDate, Span> {
        let dated = match &rule.trigger {
            Trigger::WorkEnded => {
                self.note(ReasonCode::CountedFromWork, About::This);
                return matter.work_ended.latest().ok_or(Span::Unknown);
            }
            Trigger::Events(kinds, needs) => return self.event(kinds, *needs, matter),
            Trigger::Date(DateField::Issued) => matter.issued,
            Trigger::Date(DateField::DossierEnded) => matter.dossier_ended,
            Trigger::Date(DateField::Accessioned) => matter.accessioned,
        };
        let Some(latest) = dated.latest() else { return Err(self.because(ReasonCode::DateUnknown, Span::Unknown)) };
        self.note(ReasonCode::CountedFromDate, About::Day(latest));
        if !dated.is_day() {
            self.note(ReasonCode::LatestBound, About::Day(latest));
        }
        Ok(latest)
    }

    fn event(&mut self, kinds: &[Occurrence], needs: Needs, matter: &Matter) -> Result<NaiveDate, Span> {
        let mut chosen: Option<(NaiveDate, &Event)> = None;
        let mut missing = None;
        for &kind in kinds {
            let Some(found) = self.latest_of(kind, matter) else {
                missing = missing.or(Some(kind));
                continue;
            };
            let later = chosen.is_none_or(|held| found.0 > held.0);
            if chosen.is_none() || later == (needs == Needs::All) {
                chosen = Some(found);
            }
        }
        match (chosen, missing, needs) {
            (Some((day, event)), None, _) | (Some((day, event)), _, Needs::Any) => {
                self.note(ReasonCode::CountedFromEvent, About::Event(event.kind));
                if !event.on.is_day() {
                    self.note(ReasonCode::LatestBound, About::Day(day));
                }
                Ok(day)
            }
            (_, missing, _) => {
                let awaited = missing.map_or(About::This, About::Event);
                self.note(ReasonCode::EventAwaited, awaited);
                Err(Span::Awaiting)
            }
        }
    }

    /// The latest event of a kind that stands.
    fn latest_of<'a>(&mut self, kind: Occurrence, matter: &Matter<'a>) -> Option<(NaiveDate, &'a Event)> {
        let mut latest = None;
        for event in matter.events.iter().filter(|event| event.kind == kind) {
            if event.state == EventState::Revoked {
                self.note(ReasonCode::EventRevoked, About::Event(kind));
                continue;
            }
            let day = event.on.latest().unwrap_or(event.recorded);
            if latest.is_none_or(|(held, _)| day > held) {
                latest = Some((day, event));
            }
        }
        latest
    }

    /// `years` after a day, and no less than the law's shortest period after the end of the work.
    fn end(&mut self, start: NaiveDate, years: u16, work_end: NaiveDate, bounds: Bounds) -> Span {
        let (until, shortest) = (years_after(start, years), years_after(work_end, bounds.years_min));
        match until.zip(shortest) {
            Some((until, shortest)) if until < shortest => {
                self.note(ReasonCode::LawMinimum, About::Day(shortest));
                Span::Until(shortest)
            }
            Some((until, _)) => Span::Until(until),
            None => self.because(ReasonCode::BeyondCalendar, Span::Unknown),
        }
    }
}
