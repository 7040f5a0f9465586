//! The execution of a decision: each item is decided anew at the moment of its destruction, and the case is told what
//! became of it.
//!
//! Nothing here deletes: [`Permits`] gathers what is known as of the last commit and asks the rules for a permit, which
//! `archive::destruction` spends. If we crash after records were destroyed and before the case was told, the next
//! execution asks for the same records again, hears that they are gone by this case, and the case takes that once.

use super::desk::Desk;
use super::{Docket, Step, is_pending, pseudonym, reassess, refused};
use crate::archive::body::ListedBody;
use crate::archive::destruction::{self, Order};
use crate::archive::hold::person;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::retention::assessor::Assessor;
use crate::error::Result;
use crate::retention::disposal::{
    Act, Fate, Ground, Item, Now, Permit, Refusal, Skip, Stage, State, Survivor, SurvivorState,
};
use crate::retention::hold::Person;
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;

/// Longest description of a failure, characters.
const FAILURE_CHARS_MAX: usize = 500;

/// What an execution came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Execution {
    /// Items that changed since they were last looked at.
    pub reassessed: usize,
    /// Records destroyed.
    pub destroyed: usize,
    /// Records left.
    pub left: usize,
    /// Records that may be tried again.
    pub failed: usize,
    /// Whether every item has been dealt with.
    pub finished: bool,
    /// Bytes of segments that became holes.
    pub thinned_bytes: u64,
    /// Copies that could not be reached.
    pub unreached: Vec<String>,
}

/// What an execution would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// The record.
    pub record: Uuid,
    /// Why it would be left; `None`: it would be destroyed.
    pub left: Option<Skip>,
}

/// Gives permits for the items of a case, each as of the last commit.
pub struct Permits<'a> {
    archive: &'a Archive,
    docket: Docket,
    /// The newest event about the case when it was read.
    seen: Option<u64>,
    executor: Person,
    on: NaiveDate,
    assessor: Assessor<'a>,
    others: HashMap<Uuid, (Option<u64>, Docket)>,
    unread: Vec<(Uuid, String)>,
}

/// The permit to destroy an item of a case now, or why it is left: facts gathered as of the last commit.
pub fn permit(
    archive: &Archive,
    docket: &Docket,
    record: Uuid,
    executor: Person,
    on: NaiveDate,
) -> Result<std::result::Result<Permit, Skip>> {
    Permits::new(archive, docket.clone(), executor, on).ask(record)
}

impl<'a> Permits<'a> {
    /// Permits for one executor on a day.
    pub fn new(archive: &'a Archive, docket: Docket, executor: Person, on: NaiveDate) -> Self {
        let (assessor, others) = (Assessor::new(archive, on), HashMap::new());
        Self { archive, docket, seen: None, executor, on, assessor, others, unread: Vec::new() }
    }

    /// The permit for an item, or why it is left. What can't be read leaves it.
    pub fn decide(&mut self, record: Uuid) -> std::result::Result<Permit, Skip> {
        self.ask(record).unwrap_or_else(|error| {
            self.unread.push((record, error.to_string()));
            Err(Skip::Unreadable)
        })
    }

    fn ask(&mut self, record: Uuid) -> Result<std::result::Result<Permit, Skip>> {
        self.refresh()?;
        let Some((item, _)) = self.docket.case.item(record) else { return Ok(Err(Skip::NotListed)) };
        let (item, found) = (item.clone(), self.assessor.candidate(record)?);
        let decision = found.decision.clone();
        let survivor = match item.ground {
            Ground::Expired => None,
            Ground::Duplicate(of) => self.survivor(of)?,
        };
        let now = reassess::as_listed(&item, found);
        let now = Now { on: self.on, item: &now, decision: &decision, survivor };
        Ok(self.docket.case.permit(record, self.executor, &now))
    }

    /// Reads the case again if it has gone on.
    fn refresh(&mut self) -> Result<()> {
        let newest = self.archive.catalog.last_event(self.docket.id).map_err(project::catalog)?.map(|(index, _)| index);
        if newest != self.seen {
            self.docket = self.archive.disposal_case_of(self.docket.id)?;
            self.seen = newest;
        }
        Ok(())
    }

    /// The record that a duplicate leaves behind; `None` where it is not there.
    fn survivor(&mut self, of: Uuid) -> Result<Option<Survivor>> {
        let mut state = SurvivorState::Kept;
        for id in self.archive.catalog.disposal_cases_of(of).map_err(project::catalog)? {
            if self.other(id)?.is_going(of) {
                state = SurvivorState::Going;
            }
        }
        self.archive.survivor(of, state)
    }

    fn other(&mut self, id: Uuid) -> Result<&Docket> {
        let newest = self.archive.catalog.last_event(id).map_err(project::catalog)?.map(|(index, _)| index);
        let docket = match self.others.remove(&id) {
            Some((known, docket)) if known == newest => docket,
            _ => self.archive.disposal_case_of(id)?,
        };
        let (_, docket) = self.others.entry(id).or_insert((newest, docket));
        Ok(docket)
    }

    /// Why an item could not be decided about, if it could not.
    fn unread(&self, record: Uuid) -> Option<&str> {
        self.unread.iter().rev().find(|(unread, _)| *unread == record).map(|(_, why)| why.as_str())
    }
}

impl Archive {
    /// Refuses whoever would be refused to execute a case as it stands.
    pub fn must_execute(&self, docket: &Docket, by: &str) -> Result<()> {
        let executor = docket.executing()?;
        if self.person_name(executor)? == by { Ok(()) } else { Err(refused(Refusal::NotYours)) }
    }

    /// What an execution of a case that has begun would come to on a day; nothing is recorded.
    pub fn foresee_disposal(&self, docket: &Docket, on: NaiveDate) -> Result<Vec<Foreseen>> {
        let executor = docket.executor().ok_or_else(|| refused(Refusal::State))?;
        let mut permits = Permits::new(self, docket.clone(), executor, on);
        let pending = docket.pending().into_iter();
        pending.map(|record| Ok(Foreseen { record, left: permits.ask(record)?.err() })).collect()
    }
}

impl Docket {
    /// Whether a record is on the list still, or was destroyed.
    fn is_going(&self, record: Uuid) -> bool {
        let is_over = matches!(self.case.state(), State::Aborted | State::Kept);
        self.case.item(record).is_some_and(|(_, fate)| match fate {
            Fate::Destroyed(_) => true,
            Fate::Listed | Fate::Failed(_) => !is_over,
            Fate::Excluded(..) | Fate::Skipped(_) => false,
        })
    }

    /// Who executes: of those who began or took over, the last.
    pub fn executor(&self) -> Option<Person> {
        self.steps.iter().rev().find(|step| step.is("start")).map(|step| person(step.by))
    }

    /// Who executes, while it is being executed.
    fn executing(&self) -> Result<Person> {
        let executor = self.executor().filter(|_| self.case.state() == State::Executing);
        executor.ok_or_else(|| refused(Refusal::State))
    }

    /// Whether somebody destroyed something in it, or ended its execution.
    pub(super) fn has_executed(&self, who: Person) -> bool {
        let did = |step: &Step| ["destroyed", "skipped", "finish"].iter().any(|act| step.is(act));
        self.steps.iter().any(|step| did(step) && person(step.by) == who)
    }

    /// The items that have not been dealt with.
    pub fn pending(&self) -> Vec<Uuid> {
        self.case.fates().filter(|(_, _, fate)| is_pending(fate)).map(|(record, _, _)| record).collect()
    }
}

impl<'a> Desk<'a> {
    /// Executes the decision: each item is decided anew, what has a permit is destroyed, and the case is told what
    /// became of each. What a crash cut off is finished first.
    pub fn execute(&mut self, progress: destruction::Progress<'_>) -> Result<Execution> {
        self.must_execute()?;
        let reassessed = self.reassess()?;
        let mut execution = Execution { reassessed, ..Execution::default() };
        let mut permits = self.permits();
        let outcome = self.destroy(&mut permits, progress)?;
        let mut acts = Vec::with_capacity(outcome.destroyed.len() + outcome.left.len());
        for record in outcome.destroyed {
            acts.push(self.gone(record)?);
        }
        acts.extend(outcome.left.into_iter().filter_map(|(record, skip)| self.left(&permits, record, skip)));
        (execution.thinned_bytes, execution.unreached) = (outcome.thinned_bytes, outcome.unreached);
        for act in &acts {
            match act {
                Act::Destroyed(..) => execution.destroyed += 1,
                Act::Skipped(..) => execution.left += 1,
                _ => execution.failed += 1,
            }
        }
        self.take(acts)?;
        if self.docket().pending().is_empty() {
            self.take(vec![Act::Finish(self.actor())])?;
            execution.finished = true;
        }
        Ok(execution)
    }

    /// Ends an execution although records could not be destroyed: they stay, and another case may list them.
    pub fn finish(&mut self) -> Result<()> {
        self.must_execute()?;
        self.take(vec![Act::Finish(self.actor())])
    }

    /// Who began and was taken over from executes no more.
    fn must_execute(&self) -> Result<()> {
        if self.docket().executing()? == self.actor() { Ok(()) } else { Err(refused(Refusal::NotYours)) }
    }

    fn permits(&self) -> Permits<'a> {
        Permits::new(self.archive, self.docket().clone(), self.actor(), self.today)
    }

    fn destroy(&self, permits: &mut Permits<'_>, progress: destruction::Progress<'_>) -> Result<destruction::Outcome> {
        let case = &self.docket.case;
        let decision = case.approvals().iter().rev().find(|approval| approval.stage == Stage::Decision);
        let decision = decision.ok_or_else(|| refused(Refusal::NotApproved))?.signed.document;
        let mut order = Order {
            case: self.docket.id,
            actor: pseudonym(self.actor()),
            decision,
            records: &self.docket.pending(),
            decide: &mut |record| Ok(permits.decide(record)),
            listed: &|record| case.item(record).map_or_else(unlisted, |(item, _)| listed(item)),
        };
        destruction::execute(self.archive, &mut order, progress)
    }

    /// What the case is told of a record that is gone.
    fn gone(&self, record: Uuid) -> Result<Act> {
        let own = self.docket.id.to_string();
        let tombstone = self.archive.tombstone(record)?;
        Ok(match tombstone.is_some_and(|tombstone| tombstone.case == own) {
            true => {
                let on = self.archive.destroyed_on(record)?.unwrap_or(self.today);
                Act::Destroyed(record, self.actor(), on.min(self.today))
            }
            false => Act::Skipped(record, self.actor(), Skip::Gone),
        })
    }

    /// What the case is told of a record that was left; nothing where nobody should have asked.
    fn left(&self, permits: &Permits<'_>, record: Uuid, skip: Skip) -> Option<Act> {
        match skip {
            Skip::NotListed | Skip::NotExecuting | Skip::NotExecutor => None,
            Skip::Unreadable => {
                let why = failure(permits.unread(record).unwrap_or_default());
                Some(Act::Failed(record, self.actor(), why))
            }
            why => Some(Act::Skipped(record, self.actor(), why)),
        }
    }
}

/// What a tombstone keeps of an item.
fn listed(item: &Item) -> ListedBody {
    let ground = match item.ground {
        Ground::Expired => "expired".to_owned(),
        Ground::Duplicate(of) => format!("duplicate of {of}"),
    };
    let until = item.until.map(|day| day.to_string());
    let (title, rule, note) = (item.title.clone(), item.rule.clone(), item.note.clone());
    ListedBody { title, ground, rule, rules: item.rules.to_string(), until, note }
}

/// What is told of a record that no list has: nothing has a permit for it.
fn unlisted() -> ListedBody {
    let nothing = String::new;
    ListedBody { title: nothing(), ground: nothing(), rule: nothing(), rules: nothing(), until: None, note: nothing() }
}

/// A failure in words that fit an act.
fn failure(why: &str) -> String {
    let why: String = why.trim().chars().take(FAILURE_CHARS_MAX).collect();
    if why.is_empty() { "it could not be destroyed".to_owned() } else { why }
}
