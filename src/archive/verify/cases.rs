//! The law at work, checked: what rules, the register of agencies, every disposal case, and that nothing was destroyed without one.
//!
//! What rules, the register and each case are folded anew, strictly, from their events: one that the rules refuse is a doubt. Every
//! tombstone must name a case whose list had the record, with every approval that its procedure asks for, as the very item
//! that the tombstone names. A case that an execution which was cut off has not been told yet is a note.

use super::{Inquiry, Report};
use crate::archive::body::TombstoneBody;
use crate::archive::disposal::{CaseState, Docket, Fate, State};
use crate::archive::project;
use crate::error::Result;
use std::collections::HashMap;
use uuid::Uuid;

/// Checks what rules, the cases and the tombstones.
pub fn check(inquiry: &Inquiry, report: &mut Report) -> Result<()> {
    if let Err(error) = inquiry.archive.standing() {
        inquiry.doubt("rules and holds", told(&error), Vec::new());
    }
    if let Err(error) = inquiry.archive.register() {
        inquiry.doubt("register of agencies", told(&error), Vec::new());
    }
    let mut cases: HashMap<Uuid, Docket> = HashMap::new();
    for (id, state) in inquiry.archive.catalog.disposal_cases().map_err(project::catalog)? {
        report.checked.cases += 1;
        match inquiry.archive.disposal_case_of(id) {
            Ok(docket) => {
                let is_over = matches!(docket.case.state(), State::Aborted | State::Kept);
                if is_over != (state == CaseState::Closed) {
                    inquiry.doubt(place(&docket), "the catalog says otherwise whether it is open", Vec::new());
                }
                cases.insert(id, docket);
            }
            Err(error) => inquiry.doubt(format!("disposal case {id}"), told(&error), Vec::new()),
        }
    }
    let mut untold: HashMap<Uuid, u64> = HashMap::new();
    for found in inquiry.archive.catalog.tombstones() {
        let (record, bytes) = found.map_err(project::catalog)?;
        match tombstone(&cases, record, &bytes) {
            Ok(None) => {}
            Ok(Some(case)) => *untold.entry(case).or_default() += 1,
            Err(what) => inquiry.doubt(format!("destroyed record {record}"), what, vec![record]),
        }
    }
    for (case, records) in untold {
        let number = cases.get(&case).map_or_else(String::new, |docket| docket.number.to_string());
        report
            .notes
            .push(format!("disposal case {number} was not told yet that {records} of its records are destroyed"));
    }
    Ok(())
}

/// Whether the case that a tombstone names let the record go; the case, where it was not told yet.
fn tombstone(cases: &HashMap<Uuid, Docket>, record: Uuid, bytes: &[u8]) -> Result<Option<Uuid>, String> {
    let body: TombstoneBody = serde_json::from_slice(bytes).map_err(|_| "its tombstone can't be read".to_owned())?;
    let id = Uuid::try_parse(&body.case).map_err(|_| "its tombstone names no disposal case".to_owned())?;
    let docket = cases.get(&id).ok_or_else(|| format!("its disposal case {id} is not there or can't be read"))?;
    let (number, case) = (docket.number, &docket.case);
    let (_, fate) = case.item(record).ok_or_else(|| format!("it was never on the list of disposal case {number}"))?;
    if case.item_digest(record).is_none_or(|digest| digest.to_string() != body.item) {
        return Err(format!("disposal case {number} has another item than was destroyed"));
    }
    if !case.is_approved(record) {
        return Err(format!("disposal case {number} did not approve its destruction"));
    }
    match fate {
        Fate::Destroyed(_) => Ok(None),
        Fate::Listed | Fate::Failed(_) if case.state() == State::Executing => Ok(Some(id)),
        _ => Err(format!("disposal case {number} says that it was left")),
    }
}

fn place(docket: &Docket) -> String {
    format!("disposal case {}", docket.number)
}

/// An error with what it rests on: the rule that an event breaks.
fn told(error: &crate::error::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
