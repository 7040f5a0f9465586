//! Access: from which day a record may be read by everybody, by the same kind of rule as retention.
//!
//! Circular 05/2025 gives each record a mode: 01 open, 02 conditional, 03 secret (V2). What is open is open; what is
//! secret opens after a declassification only, whatever a rule says; what is conditional opens when its rule's period
//! has ended. Such a rule has the action `open`. No law's opening period was read that may be relied upon, so none is
//! shipped: without a rule that is verified or confirmed nothing opens by itself, and unknown dates go to the latest
//! bound.
//!
//! A record's level of sensitivity is another scale (QCVN 12:2026/BCA): levels 3 and 4 close it whatever its mode and rule say.
//!
//! Asked on the day of each reading: of what is open then reading is no event, and what is closed needs a role that opens it.

use super::law::Bounds;
use super::reason::{About, Occurrence, Reason, ReasonCode, codes};
use super::rules::{Action, Rule};
use super::span::{Assigned, EventState, Footing, Matter, Span, reckon};
use crate::record::codes::{AccessMode, Sensitivity};
use chrono::NaiveDate;

codes! {
    /// Who may read a record.
    Access
    Open "open" "tiếp cận công khai" "open to everybody";
    Conditional "conditional" "tiếp cận có điều kiện" "conditional";
    Closed "closed" "chưa được tiếp cận" "closed";
}

impl Access {
    /// Whether reading such a record is an event.
    pub fn is_noted(self) -> bool {
        self != Self::Open
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Who may read it on the day that was asked for.
    pub access: Access,
    /// The first day on which it is open, where that can be told.
    pub opens: Option<NaiveDate>,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What a record says of who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handling {
    /// Its mode.
    pub mode: AccessMode,
    /// Its level of sensitivity.
    pub sensitivity: Option<Sensitivity>,
}

/// Who may read a record on a day. `matter.assigned` is the access rule, not the retention rule.
pub fn opening(handling: Handling, matter: &Matter, on: NaiveDate) -> Opening {
    if handling.sensitivity.is_some_and(Sensitivity::is_closed) {
        let reasons = vec![Reason { code: ReasonCode::Sensitive, about: About::This }];
        return Opening { access: Access::Closed, opens: None, reasons };
    }
    by_mode(handling.mode, matter, on)
}

/// Who may read what is not accessioned yet: no rule speaks of it, and nothing happened to it.
pub fn before_accession(handling: Handling) -> Access {
    match handling.mode {
        _ if handling.sensitivity.is_some_and(Sensitivity::is_closed) => Access::Closed,
        AccessMode::Open => Access::Open,
        AccessMode::Conditional => Access::Conditional,
        AccessMode::Secret => Access::Closed,
    }
}

fn by_mode(mode: AccessMode, matter: &Matter, on: NaiveDate) -> Opening {
    let closed = match mode {
        AccessMode::Open => return Opening { access: Access::Open, opens: None, reasons: Vec::new() },
        AccessMode::Conditional => Access::Conditional,
        AccessMode::Secret => Access::Closed,
    };
    let declassified = declassified(matter);
    if closed == Access::Closed && declassified.is_none() {
        let reasons = vec![Reason { code: ReasonCode::EventAwaited, about: About::Event(Occurrence::Declassified) }];
        return Opening { access: closed, opens: None, reasons };
    }
    let reckoned = reckon(matter, Bounds { years_min: 0 });
    let opens = match (reckoned.span, reckoned.footing, matter.assigned) {
        (Span::Until(day), Footing::Firm, Assigned::Rule(Rule { action: Action::Open, .. }, _)) => {
            day.max(declassified.unwrap_or(day)).succ_opt()
        }
        _ => None,
    };
    let shut = if declassified.is_some_and(|day| on > day) { Access::Conditional } else { closed };
    let access = if opens.is_some_and(|day| on >= day) { Access::Open } else { shut };
    Opening { access, opens, reasons: reckoned.reasons }
}

/// The day of the latest declassification that stands.
fn declassified(matter: &Matter) -> Option<NaiveDate> {
    let stands = |kind, state| kind == Occurrence::Declassified && state == EventState::Stands;
    let events = matter.events.iter().filter(|event| stands(event.kind, event.state));
    events.map(|event| event.on.latest().unwrap_or(event.recorded)).max()
}

#[cfg(test)]
mod tests;
