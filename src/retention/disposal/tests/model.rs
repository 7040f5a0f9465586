//! Random histories of a case against a model that knows only the log of accepted acts: never may a held, permanent,
//! undecided or unapproved item be destroyed; and what is due and approved, and untouched, may be.

use super::*;
use proptest::prelude::*;

const RECORDS: u128 = 3;

/// What happens: an act by somebody, or something in the world.
#[derive(Debug, Clone)]
enum Step {
    /// The list is carried on: the next act of the usual way, by the usual person, or by another.
    Next(Option<u128>),
    /// A member votes on one record.
    Vote(u128, u128, bool),
    /// A record's facts change, and the case is told, or not yet.
    World(u128, Facts, bool),
    /// A record's facts change and change back, and the case is told both times: a hold placed and released.
    Flicker(u128),
    /// An item is taken off.
    Exclude(u128),
    /// Decided again.
    Again(u128),
    /// Days pass.
    Days(u8),
    /// Somebody asks for a permit, and uses it.
    Destroy(u128, u128),
}

/// What the world says of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Facts {
    Due,
    Held,
    Permanent,
    Running,
    Altered(u8),
}

impl Facts {
    fn outcome(self) -> Outcome {
        match self {
            Self::Due | Self::Altered(_) => Outcome::Eligible,
            Self::Held => Outcome::Held,
            Self::Permanent => Outcome::Permanent,
            Self::Running => Outcome::NotYet,
        }
    }

    fn item(self, record: u128) -> Item {
        let content = match self {
            Self::Altered(by) => Sha256::of(&[by]),
            _ => item(record).content,
        };
        Item { outcome: self.outcome(), content, ..item(record) }
    }
}

/// The log of what was accepted, as the model needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Noted {
    Changed(u128),
    Gone(u128),
    Vote(u128, u128, bool),
    Closed,
    Opinion,
    Decided(NaiveDate),
    Started,
}

struct World {
    scene: Scene,
    facts: Vec<Facts>,
    told: Vec<Facts>,
    log: Vec<Noted>,
    parts: BTreeMap<u128, BTreeSet<Part>>,
    today: NaiveDate,
}

impl World {
    fn new() -> Self {
        let items: Vec<_> = (0..RECORDS).map(item).collect();
        let due = vec![Facts::Due; usize::try_from(RECORDS).expect("few")];
        Self {
            scene: Scene::drafted(CURRENT, &items),
            facts: due.clone(),
            told: due,
            log: (0..RECORDS).map(Noted::Changed).collect(),
            parts: BTreeMap::from([(PROPOSER, BTreeSet::from([Part::Proposer]))]),
            today: day("2027-01-05"),
        }
    }

    /// Tries an act; notes it with who did it as what, if it is accepted.
    fn try_act(&mut self, act: Act, noted: Option<Noted>, part: Option<(u128, Part)>) {
        if self.scene.0.apply(act).is_ok() {
            self.log.extend(noted);
            if let Some((person, part)) = part {
                self.parts.entry(person).or_default().insert(part);
            }
        }
    }

    fn next(&mut self, other: Option<u128>) {
        let (list, on) = (self.scene.list(), self.today);
        let sign = |usual: u128| Signed { on, ..signed(other.unwrap_or(usual), "2027-01-05") };
        let by = |usual: u128| other.unwrap_or(usual);
        match self.scene.0.state() {
            State::Draft => self.try_act(Act::Submit(list, sign(PROPOSER)), None, Some((by(PROPOSER), Part::Proposer))),
            State::Submitted => {
                self.try_act(Act::Appoint(council(), sign(HEAD)), None, Some((by(HEAD), Part::Decider)));
                if self.scene.0.state() == State::InCouncil {
                    for voter in [CHAIR, FIRST, SECOND] {
                        self.parts.entry(voter).or_default().insert(Part::Voter);
                    }
                }
            }
            State::InCouncil => self.try_act(Act::CloseCouncil(list, sign(CHAIR)), Some(Noted::Closed), None),
            State::Reviewed => {
                let act = Act::Opinion(list, sign(APPRAISER), BTreeSet::new());
                self.try_act(act, Some(Noted::Opinion), Some((by(APPRAISER), Part::Appraiser)));
            }
            State::Appraised => self.again(by(HEAD)),
            State::Decided => {
                let start = Act::Start(person(by(EXECUTOR)), on);
                self.try_act(start, Some(Noted::Started), Some((by(EXECUTOR), Part::Executor)));
            }
            _ => {}
        }
    }

    fn again(&mut self, by: u128) {
        let act =
            Act::Decide(self.scene.list(), Signed { on: self.today, ..signed(by, "2027-01-05") }, BTreeSet::new());
        self.try_act(act, Some(Noted::Decided(self.today)), Some((by, Part::Decider)));
    }

    fn tell(&mut self, record: u128) {
        let at = usize::try_from(record).expect("few");
        let changed = (self.facts[at] != self.told[at]).then_some(Noted::Changed(record));
        let before = self.log.len();
        self.try_act(Act::Reassess(self.facts[at].item(record)), changed, None);
        if self.log.len() > before {
            self.told[at] = self.facts[at];
        }
    }

    /// What the model says of destroying a record today.
    fn may_go(&self, record: u128, executor: u128) -> bool {
        let at = usize::try_from(record).expect("few");
        let facts = self.facts[at];
        let changed = self.log.iter().rposition(|one| *one == Noted::Changed(record)).expect("was added");
        let since = &self.log[changed..];
        let after = |from: usize, wanted: &dyn Fn(&Noted) -> bool| {
            since.iter().skip(from).position(wanted).map(|found| found + from)
        };
        let Some(closed) = after(0, &|one| *one == Noted::Closed) else { return false };
        let agreed = self.agreeing(record, &since[..closed]);
        let Some(opinion) = after(closed, &|one| *one == Noted::Opinion) else { return false };
        let Some(_) = after(opinion, &|one| matches!(one, Noted::Decided(_))) else { return false };
        let last = since.iter().rev().find_map(|one| match one {
            Noted::Decided(on) => Some(*on),
            _ => None,
        });
        let days_later = |on: NaiveDate, days: u16| on + chrono::TimeDelta::days(days.into());
        let in_term = last.is_some_and(|on| {
            (days_later(on, CLOCKS.waiting_days)..=days_later(on, CLOCKS.execution_days)).contains(&self.today)
        });
        agreed
            && in_term
            && self.log.contains(&Noted::Started)
            && !self.log.contains(&Noted::Gone(record))
            && facts.outcome() == Outcome::Eligible
            && facts == self.told[at]
            && self.parts.get(&executor).is_some_and(|parts| parts.contains(&Part::Executor))
    }

    /// Whether two of the three voters want it destroyed by their last votes.
    fn agreeing(&self, record: u128, log: &[Noted]) -> bool {
        let last = |voter: u128| {
            log.iter().rev().find_map(|one| match one {
                Noted::Vote(by, about, destroy) if (*by, *about) == (voter, record) => Some(*destroy),
                _ => None,
            })
        };
        [CHAIR, FIRST, SECOND].into_iter().filter(|voter| last(*voter) == Some(true)).count() >= 2
    }

    fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Next(other) => self.next(other),
            Step::Vote(by, record, destroy) => {
                let vote = if destroy { Vote::Destroy } else { Vote::Keep("còn giá trị".into()) };
                let act = Act::Ballot(self.scene.list(), person(by), vec![(Uuid::from_u128(record), vote)]);
                self.try_act(act, Some(Noted::Vote(by, record, destroy)), None);
            }
            Step::World(record, facts, told) => {
                self.facts[usize::try_from(record).expect("few")] = facts;
                if told {
                    self.tell(record);
                }
            }
            Step::Flicker(record) => {
                let at = usize::try_from(record).expect("few");
                for facts in [Facts::Held, self.facts[at]] {
                    self.facts[at] = facts;
                    self.tell(record);
                }
            }
            Step::Exclude(record) => {
                let act = Act::Exclude(Uuid::from_u128(record), "cần tra cứu".into(), None);
                self.try_act(act, Some(Noted::Gone(record)), None);
            }
            Step::Again(by) => self.again(by),
            Step::Days(days) => self.today += chrono::TimeDelta::days(days.into()),
            Step::Destroy(record, executor) => self.destroy(record, executor)?,
        }
        self.persons_are_separate()
    }

    fn destroy(&mut self, record: u128, executor: u128) -> Result<(), TestCaseError> {
        let facts = self.facts[usize::try_from(record).expect("few")];
        let decision = Decision { outcome: facts.outcome(), span: Span::Until(day("2020-12-31")), reasons: vec![] };
        let now = Now { on: self.today, item: &facts.item(record), decision: &decision, survivor: None };
        let permit = self.scene.0.permit(Uuid::from_u128(record), person(executor), &now);
        prop_assert_eq!(permit.is_ok(), self.may_go(record, executor), "{:?} {:?}", &permit, &self.log);
        if let Ok(permit) = permit {
            let act = Act::Destroyed(permit.record(), person(executor), self.today);
            prop_assert_eq!(self.scene.0.apply(act), Ok(()));
            self.log.push(Noted::Gone(record));
        }
        Ok(())
    }

    fn persons_are_separate(&self) -> Result<(), TestCaseError> {
        prop_assert!(self.parts.values().all(|parts| parts.len() == 1), "{:?}", self.parts);
        Ok(())
    }
}

fn steps() -> impl Strategy<Value = Step> {
    let persons = || prop::sample::select(vec![PROPOSER, CHAIR, FIRST, SECOND, APPRAISER, HEAD, EXECUTOR]);
    let facts = prop_oneof![
        3 => Just(Facts::Due),
        1 => Just(Facts::Held),
        1 => Just(Facts::Permanent),
        1 => Just(Facts::Running),
        1 => (0u8..3).prop_map(Facts::Altered),
    ];
    prop_oneof![
        6 => prop_oneof![5 => Just(Step::Next(None)), 1 => persons().prop_map(|by| Step::Next(Some(by)))],
        6 => (persons(), 0..RECORDS, prop::bool::weighted(0.8)).prop_map(|(by, at, yes)| Step::Vote(by, at, yes)),
        2 => (0..RECORDS, facts, any::<bool>()).prop_map(|(at, facts, told)| Step::World(at, facts, told)),
        1 => (0..RECORDS).prop_map(Step::Flicker),
        1 => (0..RECORDS).prop_map(Step::Exclude),
        1 => persons().prop_map(Step::Again),
        3 => prop_oneof![3 => 0u8..6, 1 => 6u8..20].prop_map(Step::Days),
        5 => (0..RECORDS, prop_oneof![4 => Just(EXECUTOR), 1 => persons()]).prop_map(|(at, by)| Step::Destroy(at, by)),
    ]
}

/// The usual way, with anything strewn in between its steps.
fn histories() -> impl Strategy<Value = Vec<Step>> {
    let way = || {
        let votes =
            [CHAIR, FIRST, SECOND].into_iter().flat_map(|by| (0..RECORDS).map(move |at| Step::Vote(by, at, true)));
        let mut way = vec![Step::Next(None), Step::Next(None)];
        way.extend(votes);
        way.extend([Step::Next(None), Step::Next(None), Step::Next(None), Step::Days(4), Step::Next(None)]);
        way.extend((0..RECORDS).map(|at| Step::Destroy(at, EXECUTOR)));
        way
    };
    let strewn = prop::collection::vec((0usize..20, steps()), 0..8).prop_map(move |extra| {
        let mut history = way();
        for (at, step) in extra {
            history.insert(at.min(history.len()), step);
        }
        history
    });
    prop_oneof![2 => strewn, 1 => prop::collection::vec(steps(), 0..60)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn nothing_goes_that_must_not_and_what_may_go_goes(history in histories()) {
        let mut world = World::new();
        for step in &history {
            world.step(step)?;
        }
    }
}

#[test]
fn the_usual_way_ends_with_everything_gone() {
    let mut world = World::new();
    for _ in 0..2 {
        world.next(None);
    }
    for (by, record) in [CHAIR, FIRST].into_iter().flat_map(|by| (0..RECORDS).map(move |record| (by, record))) {
        world.step(&Step::Vote(by, record, true)).expect("holds");
    }
    for step in [Step::Next(None), Step::Next(None), Step::Next(None), Step::Days(3), Step::Next(None)] {
        world.step(&step).expect("holds");
    }
    for record in 0..RECORDS {
        world.step(&Step::Destroy(record, EXECUTOR)).expect("holds");
    }
    assert!(world.scene.0.fates().all(|(_, _, fate)| matches!(fate, Fate::Destroyed(_))));
}
