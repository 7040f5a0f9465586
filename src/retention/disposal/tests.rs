mod model;

use super::*;
use crate::retention::decision::{Decision, Outcome};
use crate::retention::reason::{About, Reason, ReasonCode};
use crate::retention::span::Span;

pub(super) const CLOCKS: Clocks = Clocks { waiting_days: 3, execution_days: 15 };
pub(super) const CURRENT: Procedure = Procedure { archive: Archive::Current, appraisal: Appraisal::Required };
const HISTORICAL: Procedure = Procedure { archive: Archive::Historical, appraisal: Appraisal::NotRequired };

pub(super) const PROPOSER: u128 = 1;
pub(super) const CHAIR: u128 = 2;
pub(super) const SECRETARY: u128 = 3;
pub(super) const FIRST: u128 = 4;
pub(super) const SECOND: u128 = 5;
pub(super) const APPRAISER: u128 = 6;
pub(super) const HEAD: u128 = 7;
pub(super) const EXECUTOR: u128 = 8;

pub(in crate::retention) fn person(number: u128) -> Person {
    Person(Uuid::from_u128(number))
}

pub(in crate::retention) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(in crate::retention) fn signed(by: u128, on: &str) -> Signed {
    Signed { by: person(by), on: day(on), document: Sha256::of(format!("{by} {on}").as_bytes()) }
}

pub(in crate::retention) fn item(record: u128) -> Item {
    Item {
        record: Uuid::from_u128(record),
        code: format!("000.00.00.H26.2015.045.{record:07}"),
        title: "Hồ sơ dự thầu không trúng".into(),
        ground: Ground::Expired,
        rule: "TT10-2022/bidding-lost".into(),
        rules: Sha256::of(b"version 1"),
        until: Some(day("2020-12-31")),
        outcome: Outcome::Eligible,
        content: Sha256::of(&record.to_be_bytes()),
        note: String::new(),
    }
}

pub(in crate::retention) fn council() -> Council {
    let seats = [(CHAIR, Seat::Chair), (PROPOSER, Seat::Secretary), (FIRST, Seat::Member), (SECOND, Seat::Member)];
    Council::new(seats.map(|(number, seat)| (person(number), seat)), 2).expect("whole")
}

fn decision(outcome: Outcome) -> Decision {
    Decision { outcome, span: Span::Until(day("2020-12-31")), reasons: vec![] }
}

/// A case with its items submitted, voted on by all, agreed to, decided on 1 March 2027.
struct Scene(Case);

impl Scene {
    fn drafted(procedure: Procedure, items: &[Item]) -> Self {
        let mut scene = Self(Case::open(Uuid::from_u128(99), procedure, person(PROPOSER), CLOCKS));
        for item in items {
            scene.takes(Act::Add(item.clone()));
        }
        scene
    }

    fn decided(items: &[Item]) -> Self {
        Self::drafted(CURRENT, items)
            .submit()
            .appoint()
            .vote(&[CHAIR, FIRST, SECOND])
            .close()
            .opine()
            .decide("2027-03-01")
    }

    fn executing(items: &[Item]) -> Self {
        Self::decided(items).start("2027-03-04")
    }

    fn list(&self) -> Sha256 {
        self.0.list_digest()
    }

    #[track_caller]
    fn takes(&mut self, act: Act) {
        assert_eq!(self.0.apply(act.clone()), Ok(()), "{act:?}");
    }

    #[track_caller]
    fn refuses(&mut self, act: Act, expect: Refusal) {
        let before = self.0.clone();
        assert_eq!(self.0.apply(act.clone()), Err(expect), "{act:?}");
        assert_eq!(self.0, before, "a refused act changes nothing");
    }

    fn with(mut self, act: impl FnOnce(&Self) -> Act) -> Self {
        let act = act(&self);
        self.takes(act);
        self
    }

    fn submit(self) -> Self {
        self.with(|scene| Act::Submit(scene.list(), signed(PROPOSER, "2027-01-05")))
    }

    fn appoint(self) -> Self {
        self.with(|_| Act::Appoint(council(), signed(HEAD, "2027-01-06")))
    }

    fn ballot(&self, by: u128, vote: &Vote) -> Act {
        let votes = self.0.listed().map(|(record, _)| (record, vote.clone()));
        Act::Ballot(self.list(), person(by), votes.collect())
    }

    fn vote(self, voters: &[u128]) -> Self {
        voters.iter().fold(self, |scene, &voter| scene.with(|scene| scene.ballot(voter, &Vote::Destroy)))
    }

    fn close(self) -> Self {
        self.with(|scene| Act::CloseCouncil(scene.list(), signed(CHAIR, "2027-01-20")))
    }

    fn opine(self) -> Self {
        self.with(|scene| Act::Opinion(scene.list(), signed(APPRAISER, "2027-02-10"), BTreeSet::new()))
    }

    fn decide(self, on: &str) -> Self {
        self.with(|scene| Act::Decide(scene.list(), signed(HEAD, on), BTreeSet::new()))
    }

    fn start(self, on: &str) -> Self {
        self.with(|_| Act::Start(person(EXECUTOR), day(on)))
    }

    fn permit(&self, item: &Item, decision: &Decision) -> Result<Permit, Skip> {
        let now = Now { on: day("2027-03-05"), item, decision, survivor: None };
        self.0.permit(item.record, person(EXECUTOR), &now)
    }

    fn fate(&self, record: u128) -> &Fate {
        &self.0.entries[&Uuid::from_u128(record)].fate
    }
}

#[test]
fn a_case_goes_its_whole_way() {
    let items = [item(1), item(2)];
    let mut scene = Scene::executing(&items);
    let permit = scene.permit(&items[0], &decision(Outcome::Eligible)).expect("nothing stands against it");
    assert_eq!((permit.record(), permit.case()), (items[0].record, Uuid::from_u128(99)));
    scene.takes(Act::Destroyed(permit.record(), person(EXECUTOR), day("2027-03-05")));
    let on = day("2027-03-05");
    scene.refuses(Act::Destroyed(items[0].record, person(EXECUTOR), on), Refusal::NotListed);
    scene.refuses(Act::Finish(person(EXECUTOR)), Refusal::Unfinished);
    scene.takes(Act::Failed(items[1].record, person(EXECUTOR), "a disk that cannot be written".into()));
    assert!(scene.permit(&items[1], &decision(Outcome::Eligible)).is_ok(), "what failed may be tried again");
    scene.takes(Act::Start(person(9), day("2027-06-01"))); // another executor takes over, also later
    scene.takes(Act::Skipped(items[1].record, person(9), Skip::Held));
    scene.takes(Act::Finish(person(9)));
    scene.refuses(Act::Minutes(signed(EXECUTOR, "2027-03-06"), person(EXECUTOR)), Refusal::SamePerson);
    scene.takes(Act::Minutes(signed(EXECUTOR, "2027-03-06"), person(SECRETARY)));
    let offline = "tape 7".to_owned();
    scene.takes(Act::Certify(signed(10, "2027-03-07"), BTreeSet::from([offline.clone()])));
    let certificate = scene.0.certificate().expect("executed");
    assert_eq!((certificate.destroyed, certificate.left, certificate.items.len()), (1, 1, 2));
    assert_eq!(certificate.completeness, Completeness::Pending(BTreeSet::from([offline.clone()])));
    assert_eq!((certificate.approvals.len(), certificate.documents.len()), (3, 7));
    scene.refuses(Act::Keep(signed(10, "2027-03-08")), Refusal::Pending);
    scene.refuses(Act::Attest("tape 8".into(), signed(10, "2027-03-08")), Refusal::NoSuchCopy);
    scene.takes(Act::Attest(offline, signed(10, "2027-04-01")));
    assert_eq!(scene.0.certificate().map(|one| one.completeness), Some(Completeness::Complete));
    scene.takes(Act::Keep(signed(10, "2027-04-02")));
    assert_eq!(scene.0.state(), State::Kept);
    assert_eq!(scene.0.exceptions(|_| false), [items[0].record]);
}

#[test]
fn only_what_may_be_listed_is_listed() {
    let mut scene = Scene::drafted(CURRENT, &[item(1)]);
    scene.refuses(Act::Add(item(1)), Refusal::Twice);
    for (_, outcome) in Outcome::NAMES.iter().filter(|(_, outcome)| *outcome != Outcome::Eligible) {
        scene.refuses(Act::Add(Item { outcome: *outcome, ..item(2) }), Refusal::NotListable);
    }
    scene.takes(Act::Exclude(item(1).record, "cần tra cứu".into(), Some(Period::Years(20))));
    scene.refuses(Act::Exclude(item(1).record, "cần tra cứu".into(), None), Refusal::NotListed);
    scene.refuses(Act::Add(item(1)), Refusal::Twice);
    let list = scene.list();
    scene.refuses(Act::Submit(list, signed(PROPOSER, "2027-01-05")), Refusal::Empty);
    scene.takes(Act::Add(item(2)));
    scene.refuses(Act::Submit(list, signed(PROPOSER, "2027-01-05")), Refusal::ListChanged);
    let list = scene.list();
    scene.refuses(Act::Submit(list, signed(HEAD, "2027-01-05")), Refusal::NotYours);
    scene.refuses(Act::Exclude(item(2).record, " ".into(), None), Refusal::NoReason);
    scene.refuses(Act::Exclude(item(2).record, "x".into(), Some(Period::Years(71))), Refusal::Period);
    scene.refuses(Act::Exclude(item(2).record, "x".into(), Some(Period::Awaiting)), Refusal::Period);
    scene.takes(Act::Reassess(Item { outcome: Outcome::Held, ..item(2) }));
    let list = scene.list();
    scene.refuses(Act::Submit(list, signed(PROPOSER, "2027-01-05")), Refusal::NotListable);
    scene.takes(Act::Abort("chưa cần".into(), signed(PROPOSER, "2027-01-06")));
    scene.refuses(Act::Add(item(3)), Refusal::State);
}

#[test]
fn a_council_is_whole_and_agrees_by_majority_with_a_quorum() {
    let seats = |seats: &[(u128, Seat)], quorum| Council::new(seats.iter().map(|&(n, seat)| (person(n), seat)), quorum);
    let (chair, secretary, member) = (Seat::Chair, Seat::Secretary, Seat::Member);
    assert_eq!(seats(&[(1, chair), (2, member), (3, member)], 2), Err(Refusal::Council));
    assert_eq!(seats(&[(1, chair), (2, secretary)], 1), Err(Refusal::Council));
    assert_eq!(seats(&[(1, chair), (2, secretary), (2, member)], 2), Err(Refusal::Council));
    assert_eq!(seats(&[(1, chair), (2, secretary), (3, member)], 1), Err(Refusal::Council));
    assert_eq!(seats(&[(1, chair), (2, secretary), (3, member)], 3), Err(Refusal::Council));
    assert!(seats(&[(1, chair), (2, secretary), (3, member)], 2).is_ok());
    let check = |votes: &[(u128, bool)], listed: bool| {
        let mut scene = Scene::drafted(CURRENT, &[item(1)]).submit().appoint();
        for &(voter, destroy) in votes {
            let vote = if destroy { Vote::Destroy } else { Vote::Keep("còn giá trị".into()) };
            scene = scene.with(|scene| scene.ballot(voter, &vote));
        }
        assert_eq!(*scene.close().fate(1) == Fate::Listed, listed, "{votes:?}");
    };
    check(&[(CHAIR, true), (FIRST, true)], true);
    check(&[(CHAIR, true), (FIRST, true), (SECOND, false)], true);
    check(&[(CHAIR, true), (FIRST, false), (SECOND, false)], false);
    check(&[(CHAIR, true), (FIRST, false)], false);
    check(&[(CHAIR, true)], false);
    check(&[], false);
    check(&[(CHAIR, false), (CHAIR, true), (FIRST, true)], true);
    let mut scene = Scene::drafted(CURRENT, &[item(1)]).submit().appoint();
    let silent = scene.ballot(CHAIR, &Vote::Keep(" ".into()));
    scene.refuses(silent, Refusal::NoReason);
    let secretary = scene.ballot(PROPOSER, &Vote::Destroy);
    scene.refuses(secretary, Refusal::NotVoter);
    let list = scene.list();
    let stranger = vec![(Uuid::from_u128(5), Vote::Destroy)];
    scene.refuses(Act::Ballot(list, person(CHAIR), stranger), Refusal::NotListed);
    scene.refuses(Act::CloseCouncil(list, signed(FIRST, "2027-01-20")), Refusal::NotYours);
}

#[test]
fn a_change_voids_the_items_approval_and_not_the_case() {
    let items = [item(1), item(2)];
    let mut scene = Scene::decided(&items);
    let approved = scene.list();
    let held = Item { outcome: Outcome::Held, ..item(1) };
    scene.takes(Act::Reassess(item(1)));
    assert_eq!(scene.list(), approved, "nothing changed");
    scene.takes(Act::Reassess(held.clone()));
    assert_eq!(scene.0.unapproved().collect::<Vec<_>>(), [items[0].record]);
    scene.takes(Act::Reassess(item(1))); // the hold is released: the item is as it was, its approvals are gone
    assert_ne!(scene.list(), approved, "no digest ever comes back");
    let mut scene = scene.start("2027-03-04");
    let eligible = decision(Outcome::Eligible);
    assert_eq!(scene.permit(&items[0], &eligible), Err(Skip::NotApproved));
    assert!(scene.permit(&items[1], &eligible).is_ok());
    let on = day("2027-03-05");
    scene.refuses(Act::Destroyed(items[0].record, person(EXECUTOR), on), Refusal::NotApproved);
    for changed in [
        Item { content: Sha256::of(b"other"), ..item(2) },
        Item { rules: Sha256::of(b"version 2"), ..item(2) },
        Item { title: "khác".into(), ..item(2) },
        Item { until: Some(day("2020-12-30")), ..item(2) },
    ] {
        assert_eq!(scene.permit(&changed, &eligible), Err(Skip::Changed));
    }
    assert_eq!(scene.permit(&items[1], &decision(Outcome::Held)), Err(Skip::Held));
    for outcome in [Outcome::NotYet, Outcome::Permanent, Outcome::ReviewDue, Outcome::CannotEvaluate] {
        assert_eq!(scene.permit(&items[1], &decision(outcome)), Err(Skip::NotDue));
    }
    let later = Decision { span: Span::Until(day("2021-12-31")), ..eligible };
    assert_eq!(scene.permit(&items[1], &later), Err(Skip::NotDue));
}

#[test]
fn persons_are_separate_and_lists_are_those_that_were_seen() {
    let mut scene = Scene::drafted(CURRENT, &[item(1)]).submit();
    scene.refuses(Act::Appoint(council(), signed(PROPOSER, "2027-01-06")), Refusal::SamePerson);
    scene.refuses(Act::Appoint(council(), signed(CHAIR, "2027-01-06")), Refusal::SamePerson);
    let seats = [(PROPOSER, Seat::Chair), (SECRETARY, Seat::Secretary), (FIRST, Seat::Member)];
    let own = Council::new(seats.map(|(number, seat)| (person(number), seat)), 2).expect("whole");
    scene.refuses(Act::Appoint(own, signed(HEAD, "2027-01-06")), Refusal::SamePerson);
    let mut scene = scene.appoint().vote(&[CHAIR, FIRST]).close();
    let (list, none) = (scene.list(), BTreeSet::new());
    scene.refuses(Act::Decide(list, signed(HEAD, "2027-02-01"), none.clone()), Refusal::State);
    for by in [PROPOSER, CHAIR, FIRST, HEAD] {
        scene.refuses(Act::Opinion(list, signed(by, "2027-02-01"), none.clone()), Refusal::SamePerson);
    }
    let old = Sha256::of(b"an older list");
    scene.refuses(Act::Opinion(old, signed(APPRAISER, "2027-02-01"), none.clone()), Refusal::ListChanged);
    let mut scene = scene.opine();
    for by in [PROPOSER, CHAIR, SECOND, APPRAISER] {
        scene.refuses(Act::Decide(list, signed(by, "2027-02-01"), none.clone()), Refusal::SamePerson);
    }
    let mut scene = scene.decide("2027-03-01");
    for by in [PROPOSER, CHAIR, APPRAISER, HEAD] {
        scene.refuses(Act::Start(person(by), day("2027-03-04")), Refusal::SamePerson);
    }
    let scene = scene.start("2027-03-04");
    let now = Now { on: day("2027-03-04"), item: &item(1), decision: &decision(Outcome::Eligible), survivor: None };
    assert_eq!(scene.0.permit(item(1).record, person(HEAD), &now).err(), Some(Skip::NotExecutor));
}

#[test]
fn execution_waits_and_ends_with_its_time() {
    let mut scene = Scene::decided(&[item(1)]);
    assert_eq!(scene.0.window(), Some((day("2027-03-04"), day("2027-03-16"))));
    let start = |on: &str| Act::Start(person(EXECUTOR), day(on));
    scene.refuses(start("2027-03-03"), Refusal::Waiting);
    scene.refuses(start("2027-03-17"), Refusal::Expired);
    let mut scene = scene.decide("2027-04-01");
    scene.refuses(start("2027-03-10"), Refusal::Waiting);
    let mut stopped = Scene(scene.0.clone());
    stopped.takes(Act::Abort("khiếu nại".into(), signed(HEAD, "2027-04-02")));
    stopped.refuses(start("2027-04-05"), Refusal::State);
    scene.takes(start("2027-04-16"));
    scene.refuses(Act::Abort("khiếu nại".into(), signed(HEAD, "2027-04-16")), Refusal::State);
    let law = crate::retention::rules::tests::law();
    assert_eq!(Clocks::of(&law), Some(CLOCKS));
}

#[test]
fn what_opinion_or_decision_refuse_leaves_the_list() {
    let scene = Scene::drafted(CURRENT, &[item(1), item(2), item(3)]).submit().appoint().vote(&[CHAIR, FIRST]).close();
    let refused = BTreeSet::from([Uuid::from_u128(1)]);
    let scene = scene.with(|scene| Act::Opinion(scene.list(), signed(APPRAISER, "2027-02-10"), refused));
    let refused = BTreeSet::from([Uuid::from_u128(2)]);
    let scene = scene.with(|scene| Act::Decide(scene.list(), signed(HEAD, "2027-03-01"), refused));
    assert_eq!([1, 2, 3].map(|record| *scene.fate(record) == Fate::Listed), [false, false, true]);
    let scene = scene.start("2027-03-04");
    let eligible = decision(Outcome::Eligible);
    assert_eq!(scene.permit(&item(1), &eligible), Err(Skip::NotListed));
    assert!(scene.permit(&item(3), &eligible).is_ok());
}

#[test]
fn the_historical_archive_decides_without_a_council() {
    let mut scene = Scene::drafted(HISTORICAL, &[item(1)]).submit();
    scene.refuses(Act::Appoint(council(), signed(HEAD, "2027-01-06")), Refusal::State);
    let list = scene.list();
    scene.refuses(Act::Opinion(list, signed(APPRAISER, "2027-01-06"), BTreeSet::new()), Refusal::State);
    let scene = scene.decide("2027-03-01").start("2027-03-04");
    assert!(scene.permit(&item(1), &decision(Outcome::Eligible)).is_ok());
}

#[test]
fn a_duplicate_goes_only_while_its_survivor_stays() {
    let ground = Ground::Duplicate(Uuid::from_u128(2));
    let duplicate = Item { ground, outcome: Outcome::NotYet, ..item(1) };
    let scene = Scene::executing(std::slice::from_ref(&duplicate));
    let not_yet = decision(Outcome::NotYet);
    let stays = Survivor {
        record: Uuid::from_u128(2),
        content: duplicate.content,
        span: not_yet.span,
        state: SurvivorState::Kept,
    };
    let check = |survivor: Option<Survivor>, decision: &Decision, expect: Option<Skip>| {
        let now = Now { on: day("2027-03-05"), item: &duplicate, decision, survivor };
        assert_eq!(scene.0.permit(duplicate.record, person(EXECUTOR), &now).err(), expect);
    };
    check(Some(stays), &not_yet, None);
    check(None, &not_yet, Some(Skip::NoSurvivor));
    check(Some(Survivor { record: duplicate.record, ..stays }), &not_yet, Some(Skip::NoSurvivor));
    check(Some(Survivor { content: Sha256::of(b"other"), ..stays }), &not_yet, Some(Skip::NoSurvivor));
    check(Some(Survivor { span: Span::Until(day("2020-12-30")), ..stays }), &not_yet, Some(Skip::NoSurvivor));
    check(Some(Survivor { state: SurvivorState::Going, ..stays }), &not_yet, Some(Skip::NoSurvivor));
    for code in [ReasonCode::LinkedLonger, ReasonCode::RuleNotVerified, ReasonCode::StatementOnly] {
        let reasons = vec![Reason { code, about: About::This }];
        check(Some(stays), &Decision { reasons, ..not_yet.clone() }, Some(Skip::NotDue));
    }
}
