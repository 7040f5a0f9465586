//! A dossier as retention sees it: what the catalog's facts come to, for it and for each of its records.
//!
//! What rules a record is, in this order: the rule assigned to it, the rule assigned to its dossier, what the agency
//! states for it, what it states for the dossier. Words that are the code of an adopted rule name that rule. A rule that
//! keeps shorter, or may, than the agency states or than what ruled before does not count until a second person confirms the
//! assignment: an agency may keep longer than a table prescribes (Law 33/2024 Art. 15, V2: not shorter), and one person alone
//! shortens nothing. A period that is confirmed is firm as long as the agency states that very period.

use super::standing::Standing;
use crate::catalog::{Fact, FactRow, Kept, Lot, PlacedRow};
use crate::event::ActorId;
use crate::record::Period;
use crate::record::codes::AccessMode;
use crate::retention::Statement;
use crate::retention::civil::Dated;
use crate::retention::preview::{Change, compare};
use crate::retention::rules::{DateField, Rule, Term, Trigger};
use crate::retention::span::{Assigned, Confirmed, Event, EventState, Footing, Longest, Matter, Span, reckon};
use chrono::NaiveDate;
use uuid::Uuid;

/// What the facts about one record, or about a dossier itself, come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// The statement that came last, where one came after the accession.
    pub stated: Option<Statement>,
    /// The rule assigned last.
    pub assigned: Option<Assignment>,
    /// What was confirmed last.
    pub confirmed: Option<Confirmation>,
    /// The rules assigned before, each with what was confirmed of it, since a second person last let one count.
    earlier: Vec<(Assignment, Option<Confirmation>)>,
    /// What happened.
    pub events: Vec<Event>,
    /// Ledger indexes of what happened, in the same order.
    pub indexes: Vec<u64>,
    /// The records with which it is linked: ledger index, record, dossier.
    pub links: Vec<(u64, Uuid, Uuid)>,
    /// When somebody last decided to go on keeping it.
    pub reviewed: Option<NaiveDate>,
    /// The longest period that a disposal case gave it, until a second person lets a shorter rule count.
    pub extended: Option<Period>,
    /// The rule of access assigned last.
    pub opens: Option<String>,
}

/// An assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Code of the rule.
    pub rule: String,
    /// By whom.
    pub by: ActorId,
    /// The period that a disposal case had given when it was assigned.
    extended: Option<Period>,
}

/// A confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The period stated then.
    pub stated: Period,
    /// The rule assigned then; empty where none was.
    pub rule: String,
    /// By whom.
    pub by: ActorId,
}

/// A dossier with what its facts come to.
pub struct Whole {
    /// What the catalog has.
    pub kept: Kept,
    /// Of the dossier itself.
    pub own: Folded,
    /// Of those of its records that have facts, by identifier.
    others: Vec<(Uuid, Folded)>,
}

/// What rules one record or dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruled<'a> {
    /// That, as the decision takes it.
    pub assigned: Assigned<'a>,
    /// The rule that would shorten, and waits for a second person.
    pub waiting: Option<&'a str>,
}

/// How long something is kept, and on what that rests.
pub type KeptFor = (Span, Footing);

impl Whole {
    /// From what the catalog has.
    pub fn new(kept: Kept) -> Self {
        let (mut own, mut others) = (Folded::default(), Vec::<(Uuid, Folded)>::new());
        for row in &kept.facts {
            if row.subject == kept.id {
                own.take(row);
            } else {
                match others.last_mut().filter(|(subject, _)| *subject == row.subject) {
                    Some((_, folded)) => folded.take(row),
                    None => {
                        let mut folded = Folded::default();
                        folded.take(row);
                        others.push((row.subject, folded));
                    }
                }
            }
        }
        Self { kept, own, others }
    }

    /// What the facts about a record come to, where it has any.
    pub fn folded(&self, record: Uuid) -> Option<&Folded> {
        let at = self.others.binary_search_by(|(subject, _)| subject.cmp(&record)).ok()?;
        self.others.get(at).map(|(_, folded)| folded)
    }

    /// The codes of the rules that were ever assigned to a record, or to the dossier itself.
    pub fn assignments_of(&self, subject: Uuid) -> impl Iterator<Item = String> {
        self.kept.facts.iter().filter_map(move |row| match &row.fact {
            Fact::Assigned { rule, .. } if row.subject == subject => Some(rule.clone()),
            _ => None,
        })
    }

    /// Whether facts of its records' own bear on how long they are kept, links aside.
    pub fn has_facts_of_records(&self) -> bool {
        self.others.iter().any(|(_, folded)| folded.keeps())
    }

    /// Its records that have facts.
    pub fn with_facts(&self) -> impl Iterator<Item = Uuid> {
        self.others.iter().map(|(record, _)| *record)
    }

    /// Whether the agency's words for it may be the code of a rule.
    pub fn names_a_rule(&self) -> bool {
        matches!(self.statement(), Statement::Code(_))
    }

    /// A record of it.
    pub fn placed(&self, record: Uuid) -> Option<&PlacedRow> {
        self.kept.records.iter().map(|(_, placed)| placed).find(|placed| placed.record == record)
    }

    /// What is known of the dossier itself.
    pub fn matter<'a>(&'a self, standing: &'a Standing) -> Matter<'a> {
        Matter {
            id: self.kept.id,
            work_ended: self.work_ended(),
            issued: Dated::UNKNOWN,
            dossier_ended: self.kept.row.ended.map_or(Dated::UNKNOWN, Dated::day),
            accessioned: Dated::day(self.kept.row.accessioned),
            reviewed: self.own.reviewed,
            extended: self.own.extended,
            assigned: self.ruled(standing).assigned,
            events: &self.own.events,
        }
    }

    /// What is known of a record. `events` is room for what happened to it and to the dossier.
    pub fn matter_of<'a>(
        &'a self,
        record: &PlacedRow,
        standing: &'a Standing,
        events: &'a mut Vec<Event>,
    ) -> Matter<'a> {
        Matter { assigned: self.ruled_of(record, standing).assigned, ..self.unruled_of(record, events) }
    }

    /// The same without what rules it.
    pub fn unruled_of<'a>(&'a self, record: &PlacedRow, events: &'a mut Vec<Event>) -> Matter<'a> {
        let folded = self.folded(record.record);
        let reviewed = folded.and_then(|folded| folded.reviewed).max(self.own.reviewed);
        let events = match folded {
            Some(folded) if !folded.events.is_empty() => {
                events.clear();
                events.extend(folded.events.iter().chain(&self.own.events));
                events.as_slice()
            }
            _ => self.own.events.as_slice(),
        };
        Matter {
            id: record.record,
            issued: Dated::day(record.issued),
            accessioned: Dated::day(record.accessioned),
            reviewed,
            extended: folded.and_then(|folded| folded.extended).max(self.own.extended),
            assigned: Assigned::Nothing,
            events,
            work_ended: self.work_ended(),
            dossier_ended: self.kept.row.ended.map_or(Dated::UNKNOWN, Dated::day),
        }
    }

    /// The year in which the work ended.
    pub fn work_ended(&self) -> Dated {
        Dated::year(self.kept.row.year)
    }

    /// What the agency states for the dossier now.
    pub fn statement(&self) -> &Statement {
        self.own.stated.as_ref().unwrap_or(&self.kept.row.statement)
    }

    /// What rules the dossier itself.
    pub fn ruled<'a>(&'a self, standing: &'a Standing) -> Ruled<'a> {
        self.by(&self.own, self.statement(), self.kept.row.accessioned, standing)
    }

    /// What rules a record.
    pub fn ruled_of<'a>(&'a self, record: &PlacedRow, standing: &'a Standing) -> Ruled<'a> {
        let folded = self.folded(record.record);
        let statement = match &record.statement {
            Statement::Nothing => self.statement(),
            own => own,
        };
        match folded.filter(|folded| folded.assigned.is_some()) {
            Some(own) => self.by(own, statement, record.accessioned, standing),
            None if self.own.assigned.is_some() => self.by(&self.own, self.statement(), record.accessioned, standing),
            // A confirmation of the dossier's is of its longest statement, and covers every one that is not longer.
            None => {
                let confirmed = [folded.and_then(|folded| folded.confirmed.as_ref()), self.own.confirmed.as_ref()];
                self.by_statement(confirmed, statement, record.accessioned, standing)
            }
        }
    }

    fn by<'a>(
        &self,
        folded: &'a Folded,
        statement: &Statement,
        accessioned: NaiveDate,
        standing: &'a Standing,
    ) -> Ruled<'a> {
        let ruling = |one: &Assignment| standing.rule(&one.rule, Dated::day(accessioned), self.work_ended());
        let newest = folded.assigned.as_ref().filter(|newest| ruling(newest).is_some());
        let Some(newest) = newest else {
            return self.by_statement([folded.confirmed.as_ref(), None], statement, accessioned, standing);
        };
        let earlier = folded.earlier.iter().map(|(one, confirmed)| (one, confirmed.as_ref()));
        let first = self.by_statement([None, None], statement, accessioned, standing);
        earlier.chain([(newest, folded.confirmed.as_ref())]).fold(first, |ruled, (assignment, confirmed)| {
            let Some((version, rule)) = ruling(assignment) else { return ruled };
            let extended = assignment.extended.is_some_and(|period| is_shorter(rule, period));
            let shortens = extended || ruled.may_shorten_to(rule);
            match shortens && !assignment.is_approved(confirmed, statement.period()) {
                true => Ruled { waiting: Some(&rule.code), ..ruled },
                false => Ruled { assigned: Assigned::Rule(rule, standing.confirmed(version, rule)), waiting: None },
            }
        })
    }

    fn by_statement<'a>(
        &self,
        confirmed: [Option<&Confirmation>; 2],
        statement: &Statement,
        accessioned: NaiveDate,
        standing: &'a Standing,
    ) -> Ruled<'a> {
        let named = match statement {
            Statement::Code(code) => standing.rule(code, Dated::day(accessioned), self.work_ended()),
            Statement::Nothing | Statement::Period(_) => None,
        };
        let period = statement.period();
        let confirms = |one: &Confirmation| one.rule.is_empty() && one.stated >= period;
        let assigned = match named {
            Some((version, rule)) => Assigned::Rule(rule, standing.confirmed(version, rule)),
            None if confirmed.into_iter().flatten().any(confirms) => Assigned::Stated(period, Confirmed::Yes),
            None => Assigned::Stated(period, Confirmed::No),
        };
        Ruled { assigned, waiting: None }
    }

    /// The codes of the rules that a record is under, waits to come under, or was ever stated to be under: what a hold on a
    /// class goes by. A later statement takes nothing out of a hold.
    pub fn classes_of<'a>(&'a self, record: &'a PlacedRow, standing: &'a Standing) -> Vec<&'a str> {
        let Ruled { assigned, waiting } = self.ruled_of(record, standing);
        let ruling = match assigned {
            Assigned::Rule(rule, _) => Some(rule.code.as_str()),
            Assigned::Nothing | Assigned::Stated(..) => None,
        };
        let stated = [Some(&record.statement), Some(&self.kept.row.statement), self.own.stated.as_ref()];
        let stated = stated.into_iter().flatten().filter_map(|statement| match statement {
            Statement::Code(code) => Some(code.as_str()),
            Statement::Nothing | Statement::Period(_) => None,
        });
        ruling.into_iter().chain(waiting).chain(stated).collect()
    }

    /// The code of the rule of access of a record: its own, or its dossier's.
    pub fn access_code(&self, record: Uuid) -> Option<&str> {
        let own = self.folded(record).and_then(|folded| folded.opens.as_deref());
        own.or(self.own.opens.as_deref())
    }

    /// That rule.
    pub fn access_of<'a>(&self, record: &PlacedRow, standing: &'a Standing) -> Assigned<'a> {
        let code = self.access_code(record.record);
        let found = code.and_then(|code| standing.rule(code, Dated::day(record.accessioned), self.work_ended()));
        found.map_or(Assigned::Nothing, |(version, rule)| Assigned::Rule(rule, standing.confirmed(version, rule)))
    }

    /// The longest of its records, and of what is said of itself.
    pub fn longest(&self, standing: &Standing) -> Longest {
        let bounds = standing.law.bounds();
        let own = reckon(&self.matter(standing), bounds);
        let mut longest = Longest::NONE.with(self.kept.id, own.span, own.footing);
        let (mut events, mut last) = (Vec::new(), None::<Known>);
        for (_, record) in &self.kept.records {
            let known = last.filter(|last| self.is_kept_like(*last, record)).unwrap_or_else(|| {
                let matter = self.matter_of(record, standing, &mut events);
                let reckoned = reckon(&matter, bounds);
                let (span, footing) = (reckoned.span, reckoned.footing);
                Known { record, by_issue: counts_from_issue(matter.assigned), span, footing }
            });
            longest = longest.with(record.record, known.span, known.footing);
            last = Some(known);
        }
        longest
    }

    /// The same by lots instead of records, where none has facts of its own; `None` where that depends on dates that lots
    /// do not have.
    pub fn longest_of(&self, lots: &[Lot], standing: &Standing) -> Option<Longest> {
        let bounds = standing.law.bounds();
        let own = reckon(&self.matter(standing), bounds);
        let (id, mut events) = (self.kept.id, Vec::new());
        lots.iter().try_fold(Longest::NONE.with(id, own.span, own.footing), |longest, lot| {
            let Lot { accessioned, statement } = lot.clone();
            let (issued, mode) = (accessioned, AccessMode::Open);
            let alike = PlacedRow { record: id, issued, accessioned, mode, statement };
            let matter = self.matter_of(&alike, standing, &mut events);
            let reckoned = reckon(&matter, bounds);
            (!counts_from_issue(matter.assigned)).then(|| longest.with(id, reckoned.span, reckoned.footing))
        })
    }

    /// Whether a record is kept as long as one that was reckoned before it: most of a dossier's are.
    fn is_kept_like(&self, last: Known<'_>, record: &PlacedRow) -> bool {
        let Known { record: before, by_issue, .. } = last;
        let has_no_facts = |one: &PlacedRow| self.others.is_empty() || self.folded(one.record).is_none();
        before.accessioned == record.accessioned
            && (before.issued == record.issued || !by_issue)
            && before.statement == record.statement
            && has_no_facts(before)
            && has_no_facts(record)
    }

    /// How long a record is kept with its dossier, without its links; what a link from elsewhere asks.
    pub fn kept_with(&self, standing: &Standing) -> Option<KeptFor> {
        let longest = self.longest(standing);
        let footing = if longest.unconfirmed.is_some() { Footing::Unconfirmed } else { Footing::Firm };
        longest.span.map(|(span, _)| (span, footing))
    }
}

/// A record whose span is known.
#[derive(Clone, Copy)]
struct Known<'a> {
    record: &'a PlacedRow,
    /// Whether its date of issue matters.
    by_issue: bool,
    span: Span,
    footing: Footing,
}

fn counts_from_issue(assigned: Assigned) -> bool {
    matches!(assigned, Assigned::Rule(Rule { trigger: Trigger::Date(DateField::Issued), .. }, _))
}

impl Folded {
    fn take(&mut self, row: &FactRow) {
        match &row.fact {
            Fact::Stated(statement) => self.stated = Some(statement.clone()),
            Fact::Assigned { rule, by } => {
                let confirmed = self.confirmed.take();
                let assignment = Assignment { rule: rule.clone(), by: *by, extended: self.extended };
                if let Some(before) = self.assigned.replace(assignment) {
                    self.earlier.push((before, confirmed));
                }
            }
            Fact::Confirmed { stated, rule, by } => {
                let approves = |assigned: &&Assignment| assigned.rule == *rule && assigned.by != *by;
                if let Some(assigned) = self.assigned.as_ref().filter(approves) {
                    self.earlier.clear();
                    self.extended = self.extended.filter(|period| Some(*period) > assigned.extended);
                }
                self.confirmed = Some(Confirmation { stated: *stated, rule: rule.clone(), by: *by });
            }
            Fact::Occurred { kind, on, recorded } => {
                self.events.push(Event { kind: *kind, on: *on, recorded: *recorded, state: EventState::Stands });
                self.indexes.push(row.index);
            }
            Fact::Revoked(index) => {
                let revoked = self.indexes.iter().position(|one| one == index);
                if let Some(event) = revoked.and_then(|at| self.events.get_mut(at)) {
                    event.state = EventState::Revoked;
                }
            }
            Fact::Linked { record, dossier } => self.links.push((row.index, *record, *dossier)),
            Fact::Unlinked(index) => self.links.retain(|(one, _, _)| one != index),
            Fact::Reviewed(day) => self.reviewed = Some(*day),
            Fact::Opens(rule) => self.opens = Some(rule.clone()),
            Fact::Extended(period) => self.extended = self.extended.max(Some(*period)),
        }
    }

    /// Whether a disposal case gave it a longer period than a rule does.
    pub fn is_extended_beyond(&self, rule: &Rule) -> bool {
        self.extended.is_some_and(|period| is_shorter(rule, period))
    }

    /// Whether anything but a link bears on how long it is kept.
    fn keeps(&self) -> bool {
        self.stated.is_some()
            || self.assigned.is_some()
            || self.confirmed.is_some()
            || self.reviewed.is_some()
            || self.extended.is_some()
            || !self.events.is_empty()
    }
}

impl Assignment {
    /// Whether a second person approved that it shortens what is stated now.
    fn is_approved(&self, confirmed: Option<&Confirmation>, stated: Period) -> bool {
        confirmed.is_some_and(|one| one.rule == self.rule && one.by != self.by && one.stated >= stated)
    }
}

impl Ruled<'_> {
    /// Whether a rule keeps, or may keep, shorter than what rules.
    pub fn may_shorten_to(&self, rule: &Rule) -> bool {
        match self.assigned {
            Assigned::Nothing => false,
            Assigned::Stated(period, _) => is_shorter(rule, period),
            Assigned::Rule(before, _) => matches!(compare(before, rule), Change::Unclear | Change::Shorter),
        }
    }
}

/// Whether a rule keeps, or may keep, shorter than is stated. What nobody can read is no statement.
fn is_shorter(rule: &Rule, stated: Period) -> bool {
    match (rule.term, stated) {
        (_, Period::Awaiting) | (Term::Permanent, _) => false,
        (Term::Years(years), Period::Years(stated)) => years < stated,
        (Term::UntilEvent | Term::AssetLife, Period::Years(_)) => true,
        (_, Period::Permanent) => true,
    }
}
