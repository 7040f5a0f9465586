//! The decision: what may become of a record on a day, and why.
//!
//! [`decide`] is pure and total: every question has an answer, and what is not known keeps. It is the only place that
//! says [`Outcome::Eligible`]. A hold wins over everything; then permanence, doubt, an awaited event, a running period
//! of the record, its dossier or a linked record; then what asks for a person. All reasons are given, not the first.
//!
//! For the archive layer: every path that deletes (command, API, batch, replica, compaction, temporary files,
//! re-ingest) asks inside the commit that deletes, against the state as of the last commit; nobody stores an answer as
//! truth. `retention explain` puts it into words (`super::explain`), the nightly evaluation counts it.

use super::civil::years_after;
use super::law::Bounds;
use super::reason::{About, Reason, ReasonCode, codes};
use super::rules::Action;
use super::span::{Assigned, Confirmed, Footing, Longest, Matter, Reckoned, Span, reckon};

use chrono::NaiveDate;
use uuid::Uuid;

codes! {
    /// What may become of a record.
    Outcome
    Eligible "eligible" "đủ điều kiện đưa vào danh mục hết giá trị" "may be listed for disposal";
    NotYet "not-yet" "chưa hết thời hạn" "not yet";
    Held "held" "đang tạm dừng hủy" "held";
    ReviewDue "review-due" "cần xem xét" "review due";
    Permanent "permanent" "lưu trữ vĩnh viễn" "permanent";
    AwaitingEvent "awaiting-event" "đang chờ sự kiện" "awaiting an event";
    CannotEvaluate "cannot-evaluate" "chưa thể xác định" "cannot be evaluated";
}

/// A record with which another is linked, and how long it is kept: with its dossier, without its own links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The other record.
    pub to: Uuid,
    /// How long it is kept.
    pub span: Span,
    /// On what that rests: a period that nobody verified may be longer in truth.
    pub footing: Footing,
}

/// Everything that a decision is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'a> {
    /// The record.
    pub record: &'a Matter<'a>,
    /// The longest of the records of its dossier; whether it is in there itself does not matter.
    pub dossier: Longest,
    /// The holds in force that cover it.
    pub holds: &'a [Uuid],
    /// The records with which it is linked.
    pub links: &'a [Link],
    /// The day.
    pub on: NaiveDate,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What may become of the record.
    pub outcome: Outcome,
    /// How long it is kept, with its dossier and its links.
    pub span: Span,
    /// Why: all reasons.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// The last day of the period, where it has one.
    pub fn until(&self) -> Option<NaiveDate> {
        match self.span {
            Span::Until(day) => Some(day),
            Span::Awaiting | Span::Unknown | Span::Permanent => None,
        }
    }

    /// The first day after the period.
    pub fn due(&self) -> Option<NaiveDate> {
        self.until()?.succ_opt()
    }

    /// Whether a reason is among those given.
    pub fn says(&self, code: ReasonCode) -> bool {
        self.reasons.iter().any(|reason| reason.code == code)
    }
}

/// What may become of a record on a day.
pub fn decide(question: &Question, bounds: Bounds) -> Decision {
    let Reckoned { span: own, footing, mut reasons } = reckon(question.record, bounds);
    let mut note = |code, about| reasons.push(Reason { code, about });
    let (mut span, mut firm) = (own, footing == Footing::Firm);
    if let Some((longest, by)) = question.dossier.span
        && longest > span
    {
        note(ReasonCode::DossierLongest, About::Record(by));
        span = longest;
    }
    if let Some(other) = question.dossier.unconfirmed.filter(|other| *other != question.record.id) {
        note(ReasonCode::DossierNotVerified, About::Record(other));
        firm = false;
    }
    let alone = span;
    for link in question.links.iter().filter(|link| link.span > alone) {
        note(ReasonCode::LinkedLonger, About::Record(link.to));
        span = span.max(link.span);
    }
    for link in question.links.iter().filter(|link| link.footing == Footing::Unconfirmed) {
        note(ReasonCode::LinkedNotVerified, About::Record(link.to));
        firm = false;
    }
    for &hold in question.holds {
        note(ReasonCode::Held, About::Hold(hold));
    }
    let free = match span {
        _ if span > alone && !matches!(span, Span::Until(_)) => linked(alone, span),
        Span::Permanent => Outcome::Permanent,
        Span::Unknown => Outcome::CannotEvaluate,
        Span::Awaiting => awaiting(question, &mut note),
        Span::Until(day) if question.on <= day => {
            note(ReasonCode::PeriodRunning, About::Day(day));
            Outcome::NotYet
        }
        Span::Until(day) => {
            note(ReasonCode::PeriodEnded, About::Day(day));
            ended(question, firm, &mut note)
        }
    };
    let outcome = if question.holds.is_empty() { free } else { Outcome::Held };
    Decision { outcome, span, reasons }
}

/// A record that only a link keeps for no known time.
fn linked(alone: Span, span: Span) -> Outcome {
    match (alone, span) {
        (_, Span::Unknown) => Outcome::CannotEvaluate,
        (Span::Unknown, _) => Outcome::CannotEvaluate,
        (Span::Awaiting, _) => Outcome::AwaitingEvent,
        _ => Outcome::NotYet,
    }
}

/// A record that awaits an event: somebody looks at it now and then, lest the event was forgotten.
fn awaiting(question: &Question, note: &mut impl FnMut(ReasonCode, About)) -> Outcome {
    let Assigned::Rule(rule, _) = question.record.assigned else { return Outcome::AwaitingEvent };
    let Some(years) = rule.review_years else { return Outcome::AwaitingEvent };
    let since = question.record.reviewed.max(question.record.work_ended.latest());
    match since.and_then(|since| years_after(since, years)) {
        Some(day) if question.on > day => {
            note(ReasonCode::ReviewInterval, About::Day(day));
            Outcome::ReviewDue
        }
        _ => Outcome::AwaitingEvent,
    }
}

/// A record whose period has ended, and that nothing keeps: may it go, or must a person look first?
fn ended(question: &Question, firm: bool, note: &mut impl FnMut(ReasonCode, About)) -> Outcome {
    let destroys = match question.record.assigned {
        Assigned::Nothing | Assigned::Stated(_, Confirmed::No) => false,
        Assigned::Stated(_, Confirmed::Yes) => true,
        Assigned::Rule(rule, _) => match rule.action {
            Action::Destroy => true,
            Action::Review => {
                note(ReasonCode::ActionReview, About::This);
                false
            }
            Action::Transfer | Action::Keep => {
                note(ReasonCode::ActionTransfer, About::This);
                false
            }
            Action::Open => {
                note(ReasonCode::ActionOpen, About::This);
                false
            }
        },
    };
    if destroys && firm { Outcome::Eligible } else { Outcome::ReviewDue }
}

#[cfg(test)]
pub(in crate::retention) mod tests;
