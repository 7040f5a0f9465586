//! The clocks of a case: by when the council should conclude, and by when a decision must be executed.
//!
//! The council's is a reminder of this archive: no text that sets a time was seen. The execution's days are those that the
//! law in use had when the case was opened; where it says so still, its source is named. Both count calendar days unless the
//! law in use counts working days, by the holidays that are known: then the day is the earliest that it may be.

use super::{Docket, State};
use crate::archive::reading::Archive;
use crate::error::Result;
use crate::retention::civil::Dated;
use crate::retention::deadline::deadline;
use crate::retention::law::{Citation, ParameterCode};
use chrono::NaiveDate;

/// A clock of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseClock {
    /// The law's number that it goes by.
    pub what: &'static str,
    /// What for, Vietnamese and English.
    pub words: (&'static str, &'static str),
    /// Its last day; `None`: it can't be told.
    pub until: Option<NaiveDate>,
    /// Where the number stands, and how that was verified.
    pub citation: Citation,
}

impl CaseClock {
    /// Whether it has run out on a day.
    pub fn is_overdue(&self, on: NaiveDate) -> bool {
        self.until.is_some_and(|until| on > until)
    }
}

impl Archive {
    /// The clocks that run in a case as it stands.
    pub fn disposal_clocks(&self, docket: &Docket) -> Result<Vec<CaseClock>> {
        let standing = self.standing()?;
        let citation = |code| standing.law.parameter(code).citation.clone();
        let clock =
            |code: ParameterCode, words, until| CaseClock { what: code.name(), words, until, citation: citation(code) };
        let last = docket.case.window().map(|(_, last)| last);
        let execution = |words| clock(ParameterCode::Execution, words, last);
        Ok(match docket.case.state() {
            State::InCouncil => {
                let appointed = docket.steps.iter().rev().find(|step| step.is("appoint"));
                let from = appointed.map_or(Dated::UNKNOWN, |step| Dated::day(step.day()));
                let due = deadline(&standing.law, &standing.calendar, ParameterCode::Council, from);
                let words = ("Hội đồng nên kết luận trước hết ngày", "the council should conclude by");
                vec![clock(ParameterCode::Council, words, due.earliest)]
            }
            State::Decided => vec![execution(("phải bắt đầu thực hiện trước hết ngày", "execution must begin by"))],
            State::Executing => vec![execution(("phải thực hiện xong trước hết ngày", "execution must end by"))],
            _ => Vec::new(),
        })
    }
}
