//! Telling a case what has changed in the world since its list was made: a hold, an event, another version of a rule.
//!
//! Asked before every approval and at the beginning of an execution, for every item that may still be destroyed. What
//! changed becomes an event of the archive's own program, so that every approver sees it; by the rules it voids the
//! approvals of that item, and of no other.

use super::{Docket, is_pending};
use crate::archive::reading::Archive;
use crate::archive::retention::assessor::Assessor;
use crate::error::{Kind, Result};
use crate::retention::disposal::draft::Candidate;
use crate::retention::disposal::{Act, Item, State};
use chrono::NaiveDate;

impl Archive {
    /// What the world says now of items that a case still lists otherwise: the next act will record it.
    pub fn disposal_unrecorded(&self, docket: &Docket, on: NaiveDate) -> Result<Vec<Item>> {
        if !docket.case.is_before_execution() && docket.case.state() != State::Executing {
            return Ok(Vec::new());
        }
        let missing = missing(self, docket, on)?.into_iter();
        let item = |act| if let Act::Reassess(item) = act { Some(item) } else { None };
        Ok(missing.filter_map(item).collect())
    }
}

/// The reassessments that a case lacks on a day.
pub fn missing(archive: &Archive, docket: &Docket, on: NaiveDate) -> Result<Vec<Act>> {
    let is_executing = docket.case.state() == State::Executing;
    let mut assessor = Assessor::new(archive, on);
    let mut acts = Vec::new();
    for (record, item, _) in docket.case.fates().filter(|(_, _, fate)| is_pending(fate)) {
        let now = match assessor.candidate(record) {
            // Destroyed by an execution that was cut off: whoever executes tells the case.
            Err(error) if error.kind() == Kind::NotFound && is_executing => continue,
            found => as_listed(item, found?),
        };
        if now != *item {
            acts.push(Act::Reassess(now));
        }
    }
    Ok(acts)
}

/// The item as it would be listed now: the ground and the remarks are those of the list.
pub fn as_listed(item: &Item, candidate: Candidate) -> Item {
    let Candidate { item: now, decision, .. } = candidate;
    Item { ground: item.ground, note: item.note.clone(), ..now }.as_decided(&decision)
}
