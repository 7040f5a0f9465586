//! A new version of a schedule, before it comes into force: what it changes in rules and records, and who must agree.
//!
//! A version never replaces another silently. [`changes`] compares them rule by rule; [`adopt`] refuses what a locked
//! schedule forbids and what nobody approved; [`preview`] says how many records become due earlier or later and which
//! open cases it touches, with examples. The choice which records it governs ([`Applies`]) is explicit, and a record
//! whose rule the new version does not have stays under the old one.
//!
//! For the archive layer: `retention preview RULES` feeds the catalog's rows in order of dossiers; `retention adopt` is
//! an event with the text, the choice, who proposed and who approved. Nothing here changes a record.

use super::civil::{CutOff, Dated};
use super::hold::Person;
use super::law::Bounds;
use super::rules::{Action, Lock, Rule, RuleFile, Term};
use super::span::{Assigned, Confirmed, Longest, Matter, Span, reckon};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most examples of one kind.
pub const EXAMPLES_MAX: usize = 20;

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It keeps as long as before.
    Same,
    /// It was not there before.
    Added,
    /// It keeps longer, or asks for more.
    Longer,
    /// Whether it keeps longer depends on the record.
    Unclear,
    /// It keeps shorter, or asks for less.
    Shorter,
    /// It is not there any more.
    Removed,
}

impl Change {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 6] = [Self::Same, Self::Added, Self::Longer, Self::Unclear, Self::Shorter, Self::Removed];

    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Added => "added",
            Self::Longer => "longer",
            Self::Unclear => "unclear",
            Self::Shorter => "shorter",
            Self::Removed => "removed",
        }
    }

    /// Vietnamese and English.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Same => ("không đổi", "the same"),
            Self::Added => ("thêm", "added"),
            Self::Longer => ("dài hơn", "longer"),
            Self::Unclear => ("không rõ", "unclear"),
            Self::Shorter => ("ngắn hơn", "shorter"),
            Self::Removed => ("bỏ", "removed"),
        }
    }
}

/// Which records the new version governs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applies {
    /// All that are not disposed of.
    AllUndisposed,
    /// New ones: accessioned on this day or later.
    Accessioned(NaiveDate),
    /// Those whose work ended in the year of this day or later.
    WorkEnded(NaiveDate),
}

/// Why a version is not adopted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// Not versions of one schedule.
    #[error("the files are not versions of one schedule")]
    OtherSchedule,
    /// Not the next number.
    #[error("versions follow each other: the number must be the last one's and one")]
    Number,
    /// The lock must stay.
    #[error("a locked schedule stays locked")]
    Unlocked,
    /// A locked schedule may only lengthen.
    #[error("the schedule is locked: a new version may only lengthen")]
    Locked,
    /// Shortening needs an approval.
    #[error("the version shortens, removes or changes the trigger of a rule: a second person must approve it")]
    Approval,
    /// By whom it was proposed.
    #[error("the version is approved by another person than proposed it")]
    SamePerson,
}

/// One record as a preview sees it, under its present rule.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The record, [`Matter::assigned`] by its present rule.
    pub matter: Matter<'a>,
    /// The code that its statement may name: a rule of the new version, where none rules it now.
    pub names: Option<&'a str>,
    /// The longest of the records with which it is linked: now, and under the new version.
    pub linked: Option<(Span, Span)>,
    /// The open disposal case that lists it.
    pub case: Option<Uuid>,
}

/// What is asked of a new version.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The version.
    pub new: &'a RuleFile,
    /// Which records it governs.
    pub applies: Applies,
    /// The day.
    pub on: NaiveDate,
    /// The law's bounds.
    pub bounds: Bounds,
}

/// What a version would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Records looked at.
    pub records: u64,
    /// Kept shorter than now.
    pub earlier: Count,
    /// Kept longer than now.
    pub later: Count,
    /// Not ended now, ended under the new version.
    pub newly_due: Count,
    /// Ended now, not ended under the new version.
    pub no_longer_due: Count,
    /// Under a rule that the new version does not have: they stay under the old one.
    pub without_rule: Count,
    /// Open cases that list a record whose span changes.
    pub cases: BTreeSet<Uuid>,
}

/// How many records, and some of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub number: u64,
    /// Some, with their span now and then.
    pub examples: Vec<(Uuid, Span, Span)>,
}

impl Applies {
    /// Whether the version governs a record of these dates. What is not known to be new is not new.
    pub fn governs(self, accessioned: Dated, work_ended: Dated) -> bool {
        match self {
            Self::AllUndisposed => true,
            Self::Accessioned(from) => accessioned.earliest().is_some_and(|day| day >= from),
            Self::WorkEnded(from) => work_ended.earliest().is_some_and(|day| day.year() >= from.year()),
        }
    }

    /// Whether every record that `other` governs, this governs, too.
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::AllUndisposed, _) => true,
            (Self::Accessioned(from), Self::Accessioned(later)) => later >= from,
            (Self::WorkEnded(from), Self::WorkEnded(later)) => later.year() >= from.year(),
            _ => false,
        }
    }
}

impl Count {
    fn add(&mut self, example: (Uuid, Span, Span)) {
        self.number += 1;
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(example);
        }
    }
}

/// What became of each rule, by code.
pub fn changes<'a>(old: &'a RuleFile, new: &'a RuleFile) -> Vec<(&'a str, Change)> {
    let kept = old.rules.iter().map(|rule| {
        let change = new.rule(&rule.code).map_or(Change::Removed, |after| compare(rule, after));
        (rule.code.as_str(), change)
    });
    let added = new.rules.iter().filter(|rule| old.rule(&rule.code).is_none());
    let mut changes: Vec<_> = kept.chain(added.map(|rule| (rule.code.as_str(), Change::Added))).collect();
    changes.sort_unstable();
    changes
}

/// Whether a version may be adopted.
pub fn adopt(old: &RuleFile, new: &RuleFile, proposer: Person, approver: Option<Person>) -> Result<(), Refusal> {
    let (Some(before), Some(after)) = (&old.schedule, &new.schedule) else { return Err(Refusal::OtherSchedule) };
    if before.code != after.code {
        return Err(Refusal::OtherSchedule);
    }
    if before.version.checked_add(1) != Some(after.version) {
        return Err(Refusal::Number);
    }
    if before.lock == Lock::LengthenOnly && after.lock == Lock::Open {
        return Err(Refusal::Unlocked);
    }
    let shortens = changes(old, new).into_iter().any(|(_, change)| change >= Change::Unclear);
    match approver {
        _ if shortens && before.lock == Lock::LengthenOnly => Err(Refusal::Locked),
        None if shortens => Err(Refusal::Approval),
        Some(approver) if approver == proposer => Err(Refusal::SamePerson),
        _ => Ok(()),
    }
}

/// What a version would change among records, which come dossier by dossier.
pub fn preview<'a>(plan: &Plan, dossiers: impl IntoIterator<Item = &'a [Subject<'a>]>) -> Preview {
    let mut preview = Preview::default();
    dossiers.into_iter().for_each(|dossier| preview.dossier(plan, None, dossier));
    preview
}

impl Preview {
    /// Takes the records of one dossier, and what is known of the dossier itself.
    pub fn dossier(&mut self, plan: &Plan, own: Option<&Subject>, records: &[Subject]) {
        let longest = longest(plan, own, records);
        let ruled_elsewhere = |subject: &Subject| match subject.matter.assigned {
            Assigned::Rule(rule, _) => plan.new.rule(&rule.code).is_none(),
            Assigned::Nothing | Assigned::Stated(..) => false,
        };
        for subject in records {
            self.take(subject, longest, ruled_elsewhere(subject), plan.on);
        }
    }

    fn take(&mut self, subject: &Subject, (now, then): (Longest, Longest), unruled: bool, on: NaiveDate) {
        let (linked_now, linked_then) = subject.linked.unzip();
        let whole = |longest: Longest, linked| longest.span.map(|(span, _)| span).max(linked);
        let (Some(now), Some(then)) = (whole(now, linked_now), whole(then, linked_then)) else { return };
        let ended = |span| matches!(span, Span::Until(day) if day < on);
        let example = (subject.matter.id, now, then);
        self.records += 1;
        for (applies, count) in [
            (then < now, &mut self.earlier),
            (then > now, &mut self.later),
            (!ended(now) && ended(then), &mut self.newly_due),
            (ended(now) && !ended(then), &mut self.no_longer_due),
            (unruled, &mut self.without_rule),
        ] {
            if applies {
                count.add(example);
            }
        }
        self.cases.extend(subject.case.filter(|_| now != then));
    }
}

/// How long a dossier is kept without its links: now, and under the new version.
pub fn longest(plan: &Plan, own: Option<&Subject>, records: &[Subject]) -> (Longest, Longest) {
    let (mut now, mut then) = (Longest::NONE, Longest::NONE);
    for subject in own.into_iter().chain(records) {
        let matter = &subject.matter;
        let after = Matter { assigned: assigned(subject, plan), ..*matter };
        let (before, after) = (reckon(matter, plan.bounds), reckon(&after, plan.bounds));
        now = now.with(matter.id, before.span, before.footing);
        then = then.with(matter.id, after.span, after.footing);
    }
    (now, then)
}

/// What rules a record under the new version; nobody has confirmed it yet.
fn assigned<'a>(subject: &Subject<'a>, plan: &Plan<'a>) -> Assigned<'a> {
    let matter = &subject.matter;
    let (code, governs) = match (matter.assigned, subject.names) {
        (Assigned::Rule(rule, _), _) => {
            (rule.code.as_str(), plan.applies.governs(matter.accessioned, matter.work_ended))
        }
        // No version has the rule yet: the first one governs, whatever was chosen for it.
        (Assigned::Nothing | Assigned::Stated(..), Some(code)) => (code, true),
        (Assigned::Nothing | Assigned::Stated(..), None) => return matter.assigned,
    };
    match plan.new.rule(code).filter(|_| governs) {
        Some(rule) => Assigned::Rule(rule, Confirmed::No),
        None => matter.assigned,
    }
}

/// Whether a rule keeps longer than it did.
pub fn compare(before: &Rule, after: &Rule) -> Change {
    let unclear = |differs: bool| if differs { Change::Unclear } else { Change::Same };
    let terms = match (before.term, after.term) {
        (before, after) if before == after => Change::Same,
        (Term::Permanent, _) => Change::Shorter,
        (_, Term::Permanent) => Change::Longer,
        (Term::Years(before), Term::Years(after)) if before < after => Change::Longer,
        (Term::Years(_), Term::Years(_)) => Change::Shorter,
        _ => Change::Unclear,
    };
    let permanent = after.term == Term::Permanent;
    let parts = [
        terms,
        unclear(before.trigger != after.trigger && !permanent),
        ordered(cut_off(before.cut_off), cut_off(after.cut_off)),
        ordered(disposal(after.action, permanent), disposal(before.action, before.term == Term::Permanent)),
        ordered(!before.verified, !after.verified || permanent),
    ];
    parts.into_iter().max().unwrap_or(Change::Same)
}

fn ordered<T: Ord>(before: T, after: T) -> Change {
    match before.cmp(&after) {
        std::cmp::Ordering::Less => Change::Longer,
        std::cmp::Ordering::Equal => Change::Same,
        std::cmp::Ordering::Greater => Change::Shorter,
    }
}

/// How near an action brings a record to its disposal.
fn disposal(action: Action, permanent: bool) -> u8 {
    match action {
        _ if permanent => 0,
        Action::Keep | Action::Transfer | Action::Open => 0,
        Action::Review => 1,
        Action::Destroy => 2,
    }
}

fn cut_off(cut_off: CutOff) -> u8 {
    match cut_off {
        CutOff::Day => 0,
        CutOff::MonthEnd => 1,
        CutOff::QuarterEnd => 2,
        CutOff::YearEnd => 3,
    }
}

#[cfg(test)]
mod tests;
