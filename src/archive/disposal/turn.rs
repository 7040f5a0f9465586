//! Whose turn it is: what somebody may still do in a case, beside their role, because of what they and others did in it.
//!
//! It says beforehand what the rules and the desk would answer, so that nobody is called, or shown a form, only to be
//! refused. It permits nothing.

use super::Docket;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::error::Result;
use crate::retention::disposal::{Part, Seat, State};
use crate::retention::hold::Person;

/// Whom an act asks for, within a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doer {
    /// Whoever has the role.
    Anybody,
    /// Who opened the case.
    Proposer,
    /// Who sets up the council or decides: has no other part, and no seat.
    Decider,
    /// A member of the council with a vote.
    Voter,
    /// The chair of the council.
    Chair,
    /// Who gives the opinion: has no other part.
    Appraiser,
    /// Who begins the execution or takes it over: has no other part.
    Executor,
    /// Who began it, or took it over last.
    Executing,
    /// Who destroyed something, or ended the execution.
    Executed,
}

impl Archive {
    /// The person of a name, as cases know them; `None`: nobody of that name ever did anything.
    pub fn person_named(&self, name: &str) -> Result<Option<Person>> {
        Ok(self.catalog.actor(name).map_err(project::catalog)?.map(super::person))
    }
}

impl Docket {
    /// Whether somebody may still do what asks for such a person. Who never did anything has no part.
    pub fn may_still(&self, who: Option<Person>, doer: Doer) -> bool {
        let part = self.case.parts().find(|(person, _)| Some(*person) == who).map(|(_, part)| part);
        let seat = who.zip(self.case.council()).and_then(|(who, council)| council.seat(who));
        let has_no_other_than = |wanted| part.is_none_or(|held| held == wanted);
        match doer {
            Doer::Anybody => true,
            Doer::Proposer => part == Some(Part::Proposer),
            Doer::Decider => has_no_other_than(Part::Decider) && seat.is_none(),
            Doer::Voter => part == Some(Part::Voter),
            Doer::Chair => seat == Some(Seat::Chair),
            Doer::Appraiser => has_no_other_than(Part::Appraiser),
            Doer::Executor => has_no_other_than(Part::Executor),
            Doer::Executing => who.is_some() && self.executor() == who,
            Doer::Executed => who.is_some_and(|who| self.has_executed(who)),
        }
    }

    /// Whether the case waits for somebody, where it waits for such a person: who has voted on everything is done.
    pub fn awaits(&self, who: Option<Person>, doer: Doer) -> bool {
        let is_done = || doer == Doer::Voter && !self.has_not_voted().any(|voter| Some(voter) == who);
        self.may_still(who, doer) && !is_done()
    }

    /// Whether nothing is left on a list that was submitted: nobody can decide on it any more, the case can only be ended.
    pub fn is_emptied(&self) -> bool {
        let is_under_way = self.case.is_before_execution() && self.case.state() != State::Draft;
        is_under_way && self.listed().next().is_none()
    }

    /// How many items would leave the list if the council were closed with the votes as they are.
    pub fn would_leave(&self) -> usize {
        self.listed().filter(|record| !self.case.is_agreed(*record)).count()
    }
}
