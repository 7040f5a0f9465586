//! Taking acts: what somebody does in a case is tried against the rules first and becomes an event only if they take it.
//!
//! While a desk is open, nobody else acts in any case of this process, so what it decided is still so when it is
//! committed; the lock of the archive keeps other processes away. Long lists go in several events of about a mebibyte;
//! if we crash between two, some items are on the list and some are not, and the same command adds the rest.

use super::document::{Examined, Handed};
use super::{Docket, Step, papers, reassess, refused, wire};
use crate::archive::announce::{Announced, Heading};
use crate::archive::body::{ActBody, DISPOSAL_VERSION, DisposalActedBody, DisposalOpenedBody, DocumentBody, PaperBody};
use crate::archive::hold::person;
use crate::archive::project;
use crate::archive::retention::assign::extensions;
use crate::archive::writing::Writing;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use crate::record::Period;
use crate::retention::civil::vietnamese_day;
use crate::retention::disposal::{Act, Clocks, Council, Fate, Procedure, Refusal, Seat, Signed, State, Vote};
use crate::retention::hold::Person;
use chrono::{Datelike, Days, NaiveDate};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::MutexGuard;
use uuid::Uuid;

/// JSON of acts in one event, bytes, about: some 2,000 items.
const ACTS_BYTES: usize = 1 << 20;
/// Fewest digits of a digest that name a list.
const DIGITS_MIN: usize = 16;

/// A case that is to be opened.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What it is about.
    pub subject: String,
    /// How it goes.
    pub procedure: Procedure,
}

/// Somebody at work on a case.
pub struct Desk<'a> {
    pub(super) archive: &'a Writing,
    pub(super) docket: Docket,
    actor: ActorId,
    pub(super) today: NaiveDate,
    _turn: MutexGuard<'a, ()>,
}

/// Opens a case; who opens it is its proposer.
pub fn open(archive: &Writing, opening: &Opening, actor: &str) -> Result<Docket> {
    let subject = opening.subject.trim();
    if subject.is_empty() || subject.chars().count() > wire::WORDS_CHARS_MAX {
        return Err(Error::invalid("a disposal case needs a subject, 1 to 2000 characters"));
    }
    let bad = || Error::conflict("the law in use gives no days for the execution of a decision");
    let Clocks { waiting_days, execution_days } = Clocks::of(&archive.standing()?.law).ok_or_else(bad)?;
    let actor = archive.actor(actor)?;
    let _turn = archive.turn()?;
    let year = u16::try_from(vietnamese_day(archive.now()).year()).map_err(|_| Error::invalid("the clock is wrong"))?;
    let number = archive.catalog.last_disposal_case(year).map_err(project::catalog)? + 1;
    let body = DisposalOpenedBody {
        v: DISPOSAL_VERSION,
        year,
        number,
        subject: subject.to_owned(),
        archive: opening.procedure.archive.name().to_owned(),
        appraisal: opening.procedure.appraisal.name().to_owned(),
        waiting_days,
        execution_days,
    };
    let heading = Heading { kind: EventKind::DisposalOpened, id: archive.new_id(), actor, rule: None };
    let (id, scope) = (heading.id, archive.scope(Bucket::Archive, actor)?);
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), &body)?;
    archive.commit(vec![event])?;
    archive.disposal_case_of(id)
}

impl<'a> Desk<'a> {
    /// Sits down at the case that `text` names.
    pub fn at(archive: &'a Writing, text: &str, actor: &str) -> Result<Self> {
        let id = archive.disposal_case(text)?.id;
        let actor = archive.actor(actor)?;
        let turn = archive.turn()?;
        // As of the last commit: somebody may have acted before it was our turn.
        let docket = archive.disposal_case_of(id)?;
        Ok(Self { archive, docket, actor, today: vietnamese_day(archive.now()), _turn: turn })
    }

    /// The case as it stands now.
    pub fn docket(&self) -> &Docket {
        &self.docket
    }

    /// Leaves the desk.
    pub fn leave(self) -> Docket {
        self.docket
    }

    /// Takes items off the list; with another period, that is how long they are kept from now on.
    pub fn exclude(&mut self, records: &[Uuid], reason: &str, instead: Option<Period>) -> Result<()> {
        let reason = words(reason)?;
        let act = |record: &Uuid| Act::Exclude(*record, reason.clone(), instead);
        let acts: Vec<Act> = records.iter().map(act).collect();
        let mut tried = self.docket.case.clone();
        acts.iter().cloned().try_for_each(|act| tried.apply(act)).map_err(refused)?;
        let extended = match instead {
            Some(period) => {
                extensions(self.archive, records, (period, self.today), (self.docket.id, &reason), self.actor)?
            }
            None => Vec::new(),
        };
        self.record_with(self.actor, acts, None, extended)
    }

    /// Submits the list with the justification.
    pub fn submit(&mut self, list: &str, on: Option<NaiveDate>, document: Handed) -> Result<()> {
        self.reassess()?;
        let list = self.seen(list)?;
        self.sign(on, document, |signed| Act::Submit(list, signed))
    }

    /// Sets up the council.
    pub fn appoint(
        &mut self,
        members: &[(String, Seat)],
        quorum: Option<usize>,
        on: Option<NaiveDate>,
        document: Handed,
    ) -> Result<()> {
        let council = self.council(members, quorum)?;
        self.must_not_sit(Some(&council))?;
        self.sign(on, document, |signed| Act::Appoint(council, signed))
    }

    /// Votes: to destroy every item on the list but those to be kept, with a reason each, and those without a vote.
    pub fn vote(&mut self, list: &str, keep: &[(Uuid, String)], abstain: &[Uuid]) -> Result<()> {
        self.reassess()?;
        let list = self.seen(list)?;
        for (record, reason) in keep {
            words(reason)?;
            self.must_list(*record)?;
        }
        abstain.iter().try_for_each(|record| self.must_list(*record))?;
        let kept: HashMap<Uuid, &str> = keep.iter().map(|(record, reason)| (*record, reason.trim())).collect();
        let abstained: HashSet<Uuid> = abstain.iter().copied().collect();
        let vote = |record| kept.get(&record).map_or(Vote::Destroy, |reason| Vote::Keep((*reason).to_owned()));
        let on_list = self.docket.listed().filter(|record| !abstained.contains(record));
        let votes: Vec<(Uuid, Vote)> = on_list.map(|record| (record, vote(record))).collect();
        let by = person(self.actor);
        self.take(vec![Act::Ballot(list, by, votes)])
    }

    /// Closes the council; what it did not agree to leaves the list. Where somebody has not voted, whoever closes says how
    /// many items leave by that.
    pub fn close_council(
        &mut self,
        list: &str,
        leave: Option<usize>,
        on: Option<NaiveDate>,
        document: Handed,
    ) -> Result<()> {
        self.reassess()?;
        let list = self.seen(list)?;
        self.must_know_what_leaves(leave)?;
        self.sign(on, document, |signed| Act::CloseCouncil(list, signed))
    }

    fn must_know_what_leaves(&self, said: Option<usize>) -> Result<()> {
        let (absent, leave) = (self.docket.has_not_voted().count(), self.docket.would_leave());
        if absent == 0 || self.docket.case.state() != State::InCouncil || said == Some(leave) {
            return Ok(());
        }
        let listed = self.docket.listed().count();
        let what = format!(
            "{absent} voters of the council have not voted on every item: closed now, {leave} of {listed} items leave the list"
        );
        Err(Error::conflict(what)
            .remedy("wait for the votes, or confirm it with that number of items: --leave, or the field leave"))
    }

    /// Gives the appraisal opinion; what it refuses leaves the list.
    pub fn opinion(
        &mut self,
        list: &str,
        refuse: BTreeSet<Uuid>,
        on: Option<NaiveDate>,
        document: Handed,
    ) -> Result<()> {
        self.reassess()?;
        self.must_list_something()?;
        let list = self.seen(list)?;
        refuse.iter().try_for_each(|record| self.must_list(*record))?;
        self.sign(on, document, |signed| Act::Opinion(list, signed, refuse))
    }

    /// Decides; what is refused leaves the list.
    pub fn decide(
        &mut self,
        list: &str,
        refuse: BTreeSet<Uuid>,
        on: Option<NaiveDate>,
        document: Handed,
    ) -> Result<()> {
        self.must_not_sit(self.docket.case.council())?;
        self.must_be_new(&document)?;
        self.reassess()?;
        self.must_list_something()?;
        let list = self.seen(list)?;
        refuse.iter().try_for_each(|record| self.must_list(*record))?;
        self.sign(on, document, |signed| Act::Decide(list, signed, refuse))
    }

    /// The same decision does not count twice: its days count from when it was handed in first.
    fn must_be_new(&self, document: &Handed) -> Result<()> {
        let sha256 = Sha256::of(&document.bytes).to_string();
        let paper = self.docket.paper_in(&document.bytes).map(|paper| paper.sha256.to_string());
        let is_the_same = |known: &DocumentBody| known.sha256 == sha256 || (paper.is_some() && known.made == paper);
        let mut decisions = self.docket.documents().filter(|(step, _)| step.is("decide"));
        if decisions.any(|(_, known)| is_the_same(known)) {
            return Err(Error::conflict("this decision was handed in already: its days count from then")
                .remedy("hand in a new decision"));
        }
        Ok(())
    }

    /// A signed act is of no day before what it follows: the opening of the case, the documents of earlier steps, what was
    /// destroyed. That a copy is gone may be attested before the certificate that names it; a council may stand before there
    /// is a case for it.
    fn must_follow(&self, act: &Act, on: NaiveDate) -> Result<()> {
        if matches!(act, Act::Appoint(..)) {
            return Ok(());
        }
        let happened = |step: &Step| ["open", "start", "destroyed", "finish"].iter().any(|act| step.is(act));
        let is_before = |step: &&Step| happened(step) || (step.on.is_some() && !matches!(act, Act::Attest(..)));
        match self.docket.steps.iter().filter(is_before).map(Step::day).max() {
            Some(earliest) if on < earliest => {
                Err(Error::invalid(format!("a document of {on} can't follow what came on {earliest}")))
            }
            _ => Ok(()),
        }
    }

    /// Nobody decides on nothing, or executes it.
    fn must_list_something(&self) -> Result<()> {
        match self.docket.listed().next() {
            Some(_) => Ok(()),
            None => Err(refused(Refusal::Empty).remedy("`chauban disposal abort` ends the case")),
        }
    }

    /// Who decides on what a council says has no seat in it, the secretary's neither.
    pub(super) fn must_not_sit(&self, council: Option<&Council>) -> Result<()> {
        match council.and_then(|council| council.seat(self.actor())) {
            Some(_) => Err(refused(Refusal::SamePerson)),
            None => Ok(()),
        }
    }

    /// Begins the execution, or takes over one that began. The waiting period also counts from the day on which the
    /// decision was recorded, so that no date on a document shortens it.
    pub fn start(&mut self) -> Result<()> {
        self.reassess()?;
        if self.docket.case.state() == State::Decided {
            self.must_list_something()?;
        }
        let decided = self.docket.steps.iter().rev().find(|step| step.is("decide"));
        let recorded = decided.map(|step| vietnamese_day(step.at));
        let waits = Days::new(self.docket.case.clocks().waiting_days.into());
        let first = recorded.and_then(|day| day.checked_add_days(waits));
        if first.is_some_and(|first| self.today < first) {
            return Err(refused(Refusal::Waiting));
        }
        self.take(vec![Act::Start(person(self.actor), self.today)])
    }

    /// Records the destruction minutes, signed by the executor and a witness.
    pub fn minutes(&mut self, witness: &str, on: Option<NaiveDate>, document: Handed) -> Result<()> {
        if !self.docket.has_executed(self.actor()) {
            return Err(refused(Refusal::NotYours));
        }
        let witness = self.person(witness)?;
        self.sign(on, document, |signed| Act::Minutes(signed, witness))
    }

    /// Records the certificate, with the copies that the executions and whoever certifies could not reach.
    pub fn certify(&mut self, unreached: BTreeSet<String>, on: Option<NaiveDate>, document: Handed) -> Result<()> {
        let mut unreached = unreached;
        unreached.extend(self.archive.unreached_by(self.docket.id)?);
        if unreached.len() > wire::COPIES_MAX {
            return Err(Error::invalid("a certificate names at most 1000 copies"));
        }
        let unreached = unreached.iter().map(|copy| words(copy)).collect::<Result<_>>()?;
        self.sign(on, document, |signed| Act::Certify(signed, unreached))
    }

    /// Records that a copy that could not be reached is attested gone.
    pub fn attest(&mut self, copy: &str, on: Option<NaiveDate>, document: Handed) -> Result<()> {
        let copy = words(copy)?;
        if self.archive.is_there_still(&copy)? {
            return Err(Error::conflict(format!("the copy {copy:?} is there still"))
                .remedy("remove it first, then have it attested gone"));
        }
        self.sign(on, document, |signed| Act::Attest(copy, signed))
    }

    /// Closes the file of the case.
    pub fn keep(&mut self, on: Option<NaiveDate>, document: Option<Handed>) -> Result<()> {
        let document = document.unwrap_or_else(|| self.statement("keep", "the file of the case is complete"));
        self.sign(on, document, Act::Keep)
    }

    /// Ends the case without execution.
    pub fn abort(&mut self, reason: &str, on: Option<NaiveDate>, document: Option<Handed>) -> Result<()> {
        let reason = words(reason)?;
        let document = document.unwrap_or_else(|| self.statement("abort", &reason));
        self.sign(on, document, |signed| Act::Abort(reason, signed))
    }

    /// Tells the case what has changed since its items were last looked at; how many have.
    pub fn reassess(&mut self) -> Result<usize> {
        let acts = reassess::missing(self.archive, &self.docket, self.today)?;
        let (changed, program) = (acts.len(), ActorId([0; 8]));
        self.record(program, acts, None)?;
        Ok(changed)
    }

    /// Files a document that no step rests on: a justification, a submission, minutes of a hand-over.
    pub fn attach(&mut self, document: Handed) -> Result<()> {
        papers::must_be_open(&self.docket)?;
        let made = self.docket.paper_in(&document.bytes).map(|paper| paper.sha256);
        let mut examined = document.examine(self.archive)?;
        examined.body.made = made.map(|sha256| sha256.to_string());
        self.file(Some(&examined), None)
    }

    /// Records what moves nothing: a document that is filed, or a paper that was made.
    pub(super) fn file(&mut self, document: Option<&Examined>, paper: Option<PaperBody>) -> Result<()> {
        papers::must_be_open(&self.docket)?;
        let events = self.announce(self.actor, Vec::new(), document, paper)?;
        self.archive.commit(events)?;
        self.docket = self.archive.disposal_case_of(self.docket.id)?;
        Ok(())
    }

    /// A council of persons by their names.
    pub(super) fn council(&self, members: &[(String, Seat)], quorum: Option<usize>) -> Result<Council> {
        let person = |(name, seat): &(String, Seat)| Ok((self.person(name)?, *seat));
        let members: Vec<(Person, Seat)> = members.iter().map(person).collect::<Result<_>>()?;
        let voters = members.iter().filter(|(_, seat)| *seat != Seat::Secretary).count();
        Council::new(members, quorum.unwrap_or(voters / 2 + 1)).map_err(refused)
    }

    /// Takes acts of who sits here.
    pub(super) fn take(&mut self, acts: Vec<Act>) -> Result<()> {
        self.record(self.actor, acts, None)
    }

    pub(super) fn actor(&self) -> Person {
        person(self.actor)
    }

    /// Takes a signed act.
    fn sign(&mut self, on: Option<NaiveDate>, document: Handed, act: impl FnOnce(Signed) -> Act) -> Result<()> {
        let paper = self.docket.paper_in(&document.bytes);
        let on = match (on, paper.and_then(|paper| paper.on)) {
            (Some(said), Some(bears)) if said != bears => {
                return Err(Error::invalid(format!("the document bears {bears}, not {said}")));
            }
            (said, bears) => said.or(bears).unwrap_or(self.today),
        };
        if on > self.today {
            return Err(Error::invalid("a document can't be dated after today"));
        }
        let act = act(Signed { by: person(self.actor), on, document: Sha256::of(&document.bytes) });
        self.docket.must_be_copy(paper, &wire::write(&act), &document)?;
        self.must_follow(&act, on)?;
        let made = paper.map(|paper| paper.sha256.to_string());
        let mut examined = document.examine(self.archive)?;
        examined.body.made = made;
        self.record(self.actor, vec![act], Some(&examined))
    }

    fn record(&mut self, actor: ActorId, acts: Vec<Act>, document: Option<&Examined>) -> Result<()> {
        self.record_with(actor, acts, document, Vec::new())
    }

    /// Tries acts against the rules; makes events of them, after those of what they mean elsewhere; reads the case anew
    /// from its events.
    fn record_with(
        &mut self,
        actor: ActorId,
        acts: Vec<Act>,
        document: Option<&Examined>,
        mut elsewhere: Vec<Announced>,
    ) -> Result<()> {
        if acts.is_empty() {
            return Ok(());
        }
        let mut tried = self.docket.case.clone();
        let bodies: Vec<ActBody> = acts.iter().map(wire::write).collect();
        acts.into_iter().try_for_each(|act| tried.apply(act)).map_err(refused)?;
        for some in batches(bodies) {
            elsewhere.extend(self.announce(actor, some, document, None)?);
            self.archive.commit(std::mem::take(&mut elsewhere))?;
        }
        self.docket = self.archive.disposal_case_of(self.docket.id)?;
        if self.docket.case == tried {
            Ok(())
        } else {
            Err(Error::corrupt("a case reads otherwise than it was decided"))
        }
    }

    fn announce(
        &self,
        actor: ActorId,
        acts: Vec<ActBody>,
        document: Option<&Examined>,
        paper: Option<PaperBody>,
    ) -> Result<Vec<Announced>> {
        let mut announcer = self.archive.announcer()?;
        let (mut events, mut components) = (Vec::new(), Vec::new());
        if let Some(examined) = document {
            let (before, component) = examined.seal(self.archive, &mut announcer, actor)?;
            events.extend(before);
            components.push(component);
        }
        let document = document.map(|one| one.body.clone());
        let body = DisposalActedBody { v: DISPOSAL_VERSION, acts, document, paper };
        let heading = Heading { kind: EventKind::DisposalActed, id: self.docket.id, actor, rule: None };
        let scope = self.archive.scope(Bucket::Archive, actor)?;
        events.push(announcer.with_body(heading, scope, components, &body)?);
        Ok(events)
    }

    /// The list as it stands, if `text` begins its digest: what an approver has seen.
    fn seen(&self, text: &str) -> Result<Sha256> {
        let list = self.docket.case.list_digest();
        let wanted = text.trim().to_ascii_lowercase();
        if wanted.len() < DIGITS_MIN || !wanted.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::invalid(format!("{text:?} is no digest of a list"))
                .remedy("give at least 16 digits of the digest that `chauban disposal show` prints"));
        }
        if list.to_string().starts_with(&wanted) {
            return Ok(list);
        }
        Err(refused(Refusal::ListChanged))
    }

    fn must_list(&self, record: Uuid) -> Result<()> {
        match self.docket.case.item(record) {
            Some((_, Fate::Listed)) => Ok(()),
            _ => Err(refused(Refusal::NotListed)),
        }
    }

    /// The person of a name; registered when it is first named.
    pub(super) fn person(&self, name: &str) -> Result<Person> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::invalid("a person needs a name"));
        }
        self.archive.actor(name).map(person)
    }

    fn statement(&self, act: &str, words: &str) -> Handed {
        let Docket { id, number, .. } = &self.docket;
        Handed::statement(&[format!("case {number} {id}"), format!("act {act}"), format!("words {words:?}")])
    }
}

/// Acts in events of about a mebibyte.
fn batches(bodies: Vec<ActBody>) -> Vec<Vec<ActBody>> {
    let mut batches: Vec<Vec<ActBody>> = Vec::new();
    let mut bytes = usize::MAX;
    for body in bodies {
        let size = serde_json::to_vec(&body).map_or(0, |json| json.len());
        if bytes.saturating_add(size) > ACTS_BYTES {
            batches.push(Vec::new());
            bytes = 0;
        }
        bytes += size;
        if let Some(last) = batches.last_mut() {
            last.push(body);
        }
    }
    batches
}

fn words(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > wire::WORDS_CHARS_MAX {
        return Err(Error::invalid("a reason has 1 to 2000 characters"));
    }
    Ok(text.to_owned())
}
