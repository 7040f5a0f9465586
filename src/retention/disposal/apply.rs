//! Taking an act, or refusing it. Every check comes before the first change, so a refused act changes nothing.

use super::act::{Act, Refusal, Signed};
use super::council::{Council, Seat, Vote};
use super::item::Item;
use super::{Appraisal, Approval, Archive, Case, Entry, Fate, ITEMS_MAX, Part, Stage, State};
use crate::digest::Sha256;
use crate::record::Period;
use crate::retention::YEARS;
use crate::retention::hold::Person;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

type Taken = Result<(), Refusal>;

impl Case {
    /// Takes an act, or refuses it and changes nothing.
    pub fn apply(&mut self, act: Act) -> Taken {
        match act {
            Act::Add(item) => self.add(item),
            Act::Exclude(record, reason, instead) => self.exclude(record, reason, instead),
            Act::Reassess(item) => self.reassess(item),
            Act::Submit(list, signed) => self.submit(list, signed),
            Act::Appoint(council, signed) => self.appoint(council, signed),
            Act::Ballot(list, by, votes) => self.ballot(list, by, votes),
            Act::CloseCouncil(list, signed) => self.close_council(list, signed),
            Act::Opinion(list, signed, refused) => self.opinion(list, signed, &refused),
            Act::Decide(list, signed, refused) => self.decide(list, signed, &refused),
            Act::Start(by, on) => self.start(by, on),
            Act::Destroyed(record, by, on) => self.destroyed(record, by, on),
            Act::Skipped(record, by, why) => self.dealt(record, by, Fate::Skipped(why)),
            Act::Failed(record, by, why) => self.dealt(record, by, Fate::Failed(why)),
            Act::Finish(by) => self.finish(by),
            Act::Minutes(signed, witness) => self.minutes(signed, witness),
            Act::Certify(signed, unreached) => self.certify(signed, unreached),
            Act::Attest(copy, signed) => self.attest(&copy, signed),
            Act::Keep(signed) => self.keep(signed),
            Act::Abort(reason, signed) => self.abort(&reason, signed),
        }
    }

    fn add(&mut self, item: Item) -> Taken {
        self.must_be(&[State::Draft])?;
        let record = item.record;
        if self.entries.contains_key(&record) {
            return Err(Refusal::Twice);
        }
        if self.entries.len() >= ITEMS_MAX {
            return Err(Refusal::TooMany);
        }
        if !item.is_listable() {
            return Err(Refusal::NotListable);
        }
        let digest = item.digest(self.id, 0);
        let (votes, approved) = (BTreeMap::new(), BTreeMap::new());
        self.entries.insert(record, Entry { item, revision: 0, digest, fate: Fate::Listed, votes, approved });
        Ok(())
    }

    fn exclude(&mut self, record: Uuid, reason: String, instead: Option<Period>) -> Taken {
        self.must_be(&BEFORE_EXECUTION)?;
        if reason.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        match instead {
            Some(Period::Years(years)) if !YEARS.contains(&years) => return Err(Refusal::Period),
            Some(Period::Awaiting) => return Err(Refusal::Period),
            _ => {}
        }
        let entry = self.entries.get_mut(&record).filter(|entry| entry.fate == Fate::Listed);
        entry.ok_or(Refusal::NotListed)?.fate = Fate::Excluded(reason, instead);
        Ok(())
    }

    /// Any change gives the item a digest that it never had, and voids its votes and approvals.
    fn reassess(&mut self, item: Item) -> Taken {
        if !BEFORE_EXECUTION.contains(&self.state) && self.state != State::Executing {
            return Err(Refusal::State);
        }
        let case = self.id;
        let pending = |entry: &&mut Entry| matches!(entry.fate, Fate::Listed | Fate::Failed(_));
        let entry = self.entries.get_mut(&item.record).filter(pending).ok_or(Refusal::NotListed)?;
        if entry.item != item {
            let revision = entry.revision.checked_add(1).ok_or(Refusal::TooMany)?;
            let digest = item.digest(case, revision);
            let fate = std::mem::replace(&mut entry.fate, Fate::Listed);
            let (votes, approved) = (BTreeMap::new(), BTreeMap::new());
            *entry = Entry { item, revision, digest, fate, votes, approved };
        }
        Ok(())
    }

    fn submit(&mut self, list: Sha256, signed: Signed) -> Taken {
        self.must_be(&[State::Draft])?;
        self.must_see(list)?;
        self.must_have(signed.by, Part::Proposer)?;
        if self.listed().next().is_none() {
            return Err(Refusal::Empty);
        }
        if self.listed().any(|(_, entry)| !entry.item.is_listable()) {
            return Err(Refusal::NotListable);
        }
        self.advance(State::Submitted, signed);
        Ok(())
    }

    fn appoint(&mut self, council: Council, signed: Signed) -> Taken {
        self.must_be(&[State::Submitted])?;
        if self.procedure.archive == Archive::Historical {
            return Err(Refusal::State);
        }
        self.may_have(signed.by, Part::Decider)?;
        for voter in council.voters() {
            self.may_have(voter, Part::Voter)?;
            if voter == signed.by {
                return Err(Refusal::SamePerson);
            }
        }
        self.parts.insert(signed.by, Part::Decider);
        self.parts.extend(council.voters().map(|voter| (voter, Part::Voter)));
        self.council = Some(council);
        self.advance(State::InCouncil, signed);
        Ok(())
    }

    fn ballot(&mut self, list: Sha256, by: Person, votes: Vec<(Uuid, Vote)>) -> Taken {
        self.must_be(&[State::InCouncil])?;
        self.must_see(list)?;
        if self.parts.get(&by) != Some(&Part::Voter) {
            return Err(Refusal::NotVoter);
        }
        let listed = |record: &Uuid| self.entries.get(record).is_some_and(|entry| entry.fate == Fate::Listed);
        if !votes.iter().all(|(record, _)| listed(record)) {
            return Err(Refusal::NotListed);
        }
        if votes.iter().any(|(_, vote)| matches!(vote, Vote::Keep(reason) if reason.trim().is_empty())) {
            return Err(Refusal::NoReason);
        }
        for (record, vote) in votes {
            if let Some(entry) = self.entries.get_mut(&record) {
                entry.votes.insert(by, vote);
            }
        }
        Ok(())
    }

    fn close_council(&mut self, list: Sha256, signed: Signed) -> Taken {
        self.must_be(&[State::InCouncil])?;
        self.must_see(list)?;
        let council = self.council.clone().ok_or(Refusal::Council)?;
        if council.seat(signed.by) != Some(Seat::Chair) {
            return Err(Refusal::NotYours);
        }
        let agreed = |entry: &Entry| council.agrees(&entry.votes) && entry.item.is_listable();
        self.approve(Stage::Council, list, signed, agreed);
        self.advance(State::Reviewed, signed);
        Ok(())
    }

    fn opinion(&mut self, list: Sha256, signed: Signed, refused: &BTreeSet<Uuid>) -> Taken {
        self.must_be(&[self.reviewed()])?;
        if self.procedure.appraisal == Appraisal::NotRequired {
            return Err(Refusal::State);
        }
        self.must_see(list)?;
        self.may_have(signed.by, Part::Appraiser)?;
        self.parts.insert(signed.by, Part::Appraiser);
        self.approve(Stage::Opinion, list, signed, |entry| !refused.contains(&entry.item.record));
        self.advance(State::Appraised, signed);
        Ok(())
    }

    fn decide(&mut self, list: Sha256, signed: Signed, refused: &BTreeSet<Uuid>) -> Taken {
        let ready = match self.procedure.appraisal {
            Appraisal::Required => State::Appraised,
            Appraisal::NotRequired => self.reviewed(),
        };
        self.must_be(&[ready, State::Decided])?;
        self.must_see(list)?;
        self.may_have(signed.by, Part::Decider)?;
        self.parts.insert(signed.by, Part::Decider);
        self.approve(Stage::Decision, list, signed, |entry| !refused.contains(&entry.item.record));
        self.advance(State::Decided, signed);
        Ok(())
    }

    /// Begins the execution, or hands one that began over to another executor.
    fn start(&mut self, by: Person, on: NaiveDate) -> Taken {
        self.must_be(&[State::Decided, State::Executing])?;
        let (first, last) = self.window().ok_or(Refusal::State)?;
        if on < first {
            return Err(Refusal::Waiting);
        }
        if on > last && self.state == State::Decided {
            return Err(Refusal::Expired);
        }
        self.may_have(by, Part::Executor)?;
        self.parts.insert(by, Part::Executor);
        self.state = State::Executing;
        Ok(())
    }

    fn destroyed(&mut self, record: Uuid, by: Person, on: NaiveDate) -> Taken {
        let pending = |entry: &Entry| matches!(entry.fate, Fate::Listed | Fate::Failed(_));
        if self.entries.get(&record).is_some_and(pending) && !self.is_approved(record) {
            return Err(Refusal::NotApproved);
        }
        self.dealt(record, by, Fate::Destroyed(on))
    }

    /// What became of an item; once destroyed or left it stays so, so that a repeated act is refused and harmless.
    fn dealt(&mut self, record: Uuid, by: Person, fate: Fate) -> Taken {
        self.must_be(&[State::Executing])?;
        self.must_have(by, Part::Executor)?;
        let pending = |entry: &&mut Entry| matches!(entry.fate, Fate::Listed | Fate::Failed(_));
        self.entries.get_mut(&record).filter(pending).ok_or(Refusal::NotListed)?.fate = fate;
        Ok(())
    }

    fn finish(&mut self, by: Person) -> Taken {
        self.must_be(&[State::Executing])?;
        self.must_have(by, Part::Executor)?;
        if self.listed().next().is_some() {
            return Err(Refusal::Unfinished);
        }
        self.state = State::Executed;
        Ok(())
    }

    fn minutes(&mut self, signed: Signed, witness: Person) -> Taken {
        self.must_be(&[State::Executed])?;
        self.must_have(signed.by, Part::Executor)?;
        if witness == signed.by {
            return Err(Refusal::SamePerson);
        }
        self.advance(State::Minuted, signed);
        Ok(())
    }

    fn certify(&mut self, signed: Signed, unreached: BTreeSet<String>) -> Taken {
        self.must_be(&[State::Minuted])?;
        self.unreached = unreached;
        self.advance(State::Certified, signed);
        Ok(())
    }

    fn attest(&mut self, copy: &str, signed: Signed) -> Taken {
        self.must_be(&[State::Certified])?;
        if !self.unreached.remove(copy) {
            return Err(Refusal::NoSuchCopy);
        }
        self.documents.push(signed.document);
        Ok(())
    }

    fn keep(&mut self, signed: Signed) -> Taken {
        self.must_be(&[State::Certified])?;
        if !self.unreached.is_empty() {
            return Err(Refusal::Pending);
        }
        self.advance(State::Kept, signed);
        Ok(())
    }

    fn abort(&mut self, reason: &str, signed: Signed) -> Taken {
        self.must_be(&BEFORE_EXECUTION)?;
        if reason.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        self.advance(State::Aborted, signed);
        Ok(())
    }

    /// Binds an approval to each item that is agreed to, and takes the others off the list.
    fn approve(&mut self, stage: Stage, list: Sha256, signed: Signed, agreed: impl Fn(&Entry) -> bool) {
        for entry in self.entries.values_mut().filter(|entry| entry.fate == Fate::Listed) {
            if agreed(entry) {
                entry.approved.insert(stage, entry.digest);
            } else {
                let why = if entry.item.is_listable() { disagreed(stage) } else { CHANGED };
                entry.fate = Fate::Excluded(why.to_owned(), None);
            }
        }
        self.approvals.push(Approval { stage, signed, list });
    }

    fn advance(&mut self, state: State, signed: Signed) {
        self.state = state;
        self.documents.push(signed.document);
    }

    /// The state in which the list has passed the council, where there is one.
    fn reviewed(&self) -> State {
        match self.procedure.archive {
            Archive::Current => State::Reviewed,
            Archive::Historical => State::Submitted,
        }
    }

    fn must_be(&self, states: &[State]) -> Taken {
        if states.contains(&self.state) { Ok(()) } else { Err(Refusal::State) }
    }

    fn must_see(&self, list: Sha256) -> Taken {
        if list == self.list_digest() { Ok(()) } else { Err(Refusal::ListChanged) }
    }

    fn must_have(&self, person: Person, part: Part) -> Taken {
        if self.parts.get(&person) == Some(&part) { Ok(()) } else { Err(Refusal::NotYours) }
    }

    /// Whether a person may take a part: they have no other in this case.
    fn may_have(&self, person: Person, part: Part) -> Taken {
        match self.parts.get(&person) {
            Some(held) if *held != part => Err(Refusal::SamePerson),
            _ => Ok(()),
        }
    }
}

/// The states in which a list may still change and a case may be stopped.
pub(super) const BEFORE_EXECUTION: [State; 6] =
    [State::Draft, State::Submitted, State::InCouncil, State::Reviewed, State::Appraised, State::Decided];

/// Why an item left the list that may not be listed any more, whatever was voted.
const CHANGED: &str = "không còn đủ điều kiện hủy";

/// Why an item left the list, for the minutes.
fn disagreed(stage: Stage) -> &'static str {
    match stage {
        Stage::Council => "Hội đồng không nhất trí",
        Stage::Opinion => "ý kiến thẩm tra không nhất trí",
        Stage::Decision => "người có thẩm quyền không quyết định hủy",
    }
}
