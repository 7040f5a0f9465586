//! The twelve rules of retention and disposal, a test each, as far as they are pure. What needs the archive is tested where
//! it is wired: every place that deletes and who decides there (1: `tests/it/deletion.rs`); holds during an execution (2) and
//! an event that is revoked after it (9: `tests/it/disposal.rs`); what destruction reaches (10: `archive/destruction/tests.rs`,
//! `tests/it/disposal/kill.rs`); resuming after a crash (11: `tests/it/disposal/kill.rs`). that everything goes
//! with the records (12: `tests/it/retention/export.rs`). Here stands what that wiring rests on.

use crate::digest::Sha256;
use crate::retention::civil::{CutOff, Dated, years_after};
use crate::retention::decision::tests::{BOUNDS, day, matter, rule};
use crate::retention::decision::{Decision, Outcome, Question, decide};
use crate::retention::disposal::{
    Act, Appraisal, Archive, Case, Clocks, Completeness, Fate, Ground, Item, Now, Permit, Procedure, Refusal, Signed,
    Skip, State,
};
use crate::retention::hold::{Deed, Hold, Holds, Person, Place, Scope};
use crate::retention::preview::{Applies, Plan, Subject, adopt, preview};
use crate::retention::reason::{Occurrence, ReasonCode};
use crate::retention::rules::tests::FILE;
use crate::retention::rules::{Needs, Rule, RuleFile, Term, Trigger};
use crate::retention::span::{Assigned, Confirmed, Event, EventState, Longest, Matter};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use uuid::Uuid;

const RECORD: Uuid = Uuid::from_u128(1);
const CLOCKS: Clocks = Clocks { waiting_days: 3, execution_days: 15 };

fn five_years() -> Rule {
    rule(Term::Years(5), Trigger::WorkEnded)
}

fn person(number: u128) -> Person {
    Person(Uuid::from_u128(number))
}

fn signed(by: u128, on: &str) -> Signed {
    Signed { by: person(by), on: day(on), document: Sha256::of(b"a document") }
}

fn decided(rule: &Rule, events: &[Event], holds: &[Uuid], on: &str) -> Decision {
    let record = matter(1, Assigned::Rule(rule, Confirmed::No), events);
    decide(&Question { record: &record, dossier: Longest::NONE, holds, links: &[], on: day(on) }, BOUNDS)
}

fn listed(decision: &Decision) -> Item {
    let item = Item {
        record: RECORD,
        code: "H26.10.2020.001".into(),
        title: "Hồ sơ".into(),
        ground: Ground::Expired,
        rule: "A/1".into(),
        rules: Sha256::of(b"version 1"),
        until: None,
        outcome: Outcome::Eligible,
        content: Sha256::of(b"content"),
        note: String::new(),
    };
    item.as_decided(decision)
}

/// A case of the historical archive with one item, decided on 1 March 2027.
fn case() -> (Case, Item) {
    let procedure = Procedure { archive: Archive::Historical, appraisal: Appraisal::NotRequired };
    let mut case = Case::open(Uuid::from_u128(99), procedure, person(1), CLOCKS);
    let item = listed(&decided(&five_years(), &[], &[], "2027-01-05"));
    case.apply(Act::Add(item.clone())).expect("listable");
    case.apply(Act::Submit(case.list_digest(), signed(1, "2027-01-05"))).expect("submitted");
    case.apply(Act::Decide(case.list_digest(), signed(2, "2027-03-01"), BTreeSet::new())).expect("decided");
    (case, item)
}

fn executing() -> (Case, Item) {
    let (mut case, item) = case();
    case.apply(Act::Start(person(3), day("2027-03-04"))).expect("started");
    (case, item)
}

fn ask(case: &Case, decision: &Decision, on: &str) -> Result<Permit, Skip> {
    let item = case.fates().find(|(record, ..)| *record == RECORD).map(|(_, item, _)| item.clone()).expect("listed");
    let now = Now { on: day(on), item: &item, decision, survivor: None };
    case.permit(RECORD, person(3), &now)
}

/// One total function decides, and nothing but its answer gives a permit.
#[test]
fn rule_01_one_function_decides() {
    let (case, _) = executing();
    for &(_, outcome) in Outcome::NAMES {
        let decision = Decision { outcome, ..decided(&five_years(), &[], &[], "2027-03-05") };
        assert_eq!(ask(&case, &decision, "2027-03-05").is_ok(), outcome == Outcome::Eligible, "{outcome:?}");
    }
}

/// A hold may come at any time until the byte is gone; it takes its items out of open cases; overlapping ones count.
#[test]
fn rule_02_a_hold_always_wins() {
    let (mut case, item) = executing();
    let (mut holds, mut covering) = (Holds::default(), Vec::new());
    let agencies = ["H26.10".parse().expect("a code")];
    let place = Place {
        record: RECORD,
        dossier: Uuid::from_u128(50),
        agencies: &agencies,
        rules: &["A/1"],
        year: 2020,
        issued: None,
        said: None,
    };
    let scopes = [Scope::Records(vec![RECORD]), Scope::Dossier(place.dossier), Scope::Class("A".into())];
    for (id, scope) in (1u128..).zip(scopes) {
        let placed = Deed { by: person(7), on: day("2027-03-05") };
        let [reason, mandate] = ["thanh tra", "QĐ 1"].map(str::to_owned);
        holds.place(Hold { id: Uuid::from_u128(id), scope, reason, mandate, placed, released: None }).expect("placed");
    }
    for released in 1u128..=3 {
        holds.covering(&place, &mut covering);
        assert_eq!(covering.len() as u128, 4 - released);
        let held = decided(&five_years(), &[], &covering, "2027-03-05");
        assert_eq!(ask(&case, &held, "2027-03-05"), Err(Skip::Held));
        let deed = Deed { by: person(8), on: day("2027-03-06") };
        holds.release(Uuid::from_u128(released), deed, "xong").expect("released");
    }
    let held = Item { outcome: Outcome::Held, ..item };
    case.apply(Act::Reassess(held)).expect("told");
    assert_eq!(case.unapproved().collect::<Vec<_>>(), [RECORD], "approvers see it");
}

/// Approvals bind to the digest of the list; a change voids the item's approval, not the case.
#[test]
fn rule_03_approvals_bind_to_what_was_seen() {
    let (mut case, item) = case();
    let seen = case.list_digest();
    case.apply(Act::Reassess(Item { content: Sha256::of(b"other"), ..item.clone() })).expect("told");
    case.apply(Act::Reassess(item)).expect("told");
    let refused = case.apply(Act::Decide(seen, signed(2, "2027-03-02"), BTreeSet::new()));
    assert_eq!(refused, Err(Refusal::ListChanged));
    assert!(!case.is_approved(RECORD) && case.state() == State::Decided);
    case.apply(Act::Decide(case.list_digest(), signed(2, "2027-03-02"), BTreeSet::new())).expect("decided again");
    assert!(case.is_approved(RECORD));
}

/// Proposer, approvers and executor differ; time that passes approves nothing.
#[test]
fn rule_04_separate_persons_and_no_silent_approval() {
    let (mut case, _) = case();
    for somebody in [1, 2] {
        assert_eq!(case.apply(Act::Start(person(somebody), day("2027-03-04"))), Err(Refusal::SamePerson));
    }
    let procedure = Procedure { archive: Archive::Current, appraisal: Appraisal::Required };
    let mut silent = Case::open(Uuid::from_u128(98), procedure, person(1), CLOCKS);
    silent.apply(Act::Add(listed(&decided(&five_years(), &[], &[], "2027-01-05")))).expect("listable");
    silent.apply(Act::Submit(silent.list_digest(), signed(1, "2027-01-05"))).expect("submitted");
    let late = Act::Start(person(3), day("2099-01-01"));
    assert_eq!((silent.apply(late), silent.state()), (Err(Refusal::State), State::Submitted));
}

/// There is a waiting period after the last approval, and a case can be stopped in it, with a reason.
#[test]
fn rule_05_waiting_and_stopping() {
    let (mut case, _) = case();
    assert_eq!(case.apply(Act::Start(person(3), day("2027-03-03"))), Err(Refusal::Waiting));
    assert_eq!(case.apply(Act::Abort(String::new(), signed(2, "2027-03-03"))), Err(Refusal::NoReason));
    assert_eq!(case.apply(Act::Abort("khiếu nại".into(), signed(2, "2027-03-03"))), Ok(()));
    assert_eq!(case.apply(Act::Start(person(3), day("2027-03-04"))), Err(Refusal::State));
}

/// Another schedule is another version, previewed, chosen for which records, approved where it shortens.
#[test]
fn rule_06_versions_are_previewed_and_approved() {
    let text = &FILE[..FILE.find("[[case]]").expect("has cases")];
    let old = RuleFile::parse(text).expect("read");
    let shorter = text.replace("version = 1", "version = 2").replace("5 năm", "3 năm");
    let new = RuleFile::parse(&shorter).expect("read");
    assert_eq!(adopt(&old, &new, person(1), None).map_err(|why| why.to_string().contains("approve")), Err(true));
    let rule = old.rule("A/1").expect("is there");
    let accessioned = Dated::day(day("2024-06-01"));
    let matter = Matter { accessioned, ..matter(1, Assigned::Rule(rule, Confirmed::Yes), &[]) };
    let dossier = [Subject { matter, names: None, linked: None, case: Some(Uuid::from_u128(99)) }];
    let earlier = |applies| {
        let found = preview(&Plan { new: &new, applies, on: day("2024-12-01"), bounds: BOUNDS }, [dossier.as_slice()]);
        (found.earlier.number, found.newly_due.number, found.cases.len())
    };
    assert_eq!(earlier(Applies::AllUndisposed), (1, 1, 1));
    assert_eq!(earlier(Applies::Accessioned(day("2025-01-01"))), (0, 0, 0));
}

/// Dates are civil, months are clamped, what is known in part goes to its latest day.
#[test]
fn rule_07_civil_dates_and_latest_bounds() {
    assert_eq!(years_after(day("2024-02-29"), 1), Some(day("2025-02-28")));
    assert_eq!(CutOff::MonthEnd.of(day("2024-02-03")), Some(day("2024-02-29")));
    let rule = five_years();
    let vague = Dated::parse("2018/2021-03").expect("read");
    let record = Matter { work_ended: vague, ..matter(1, Assigned::Rule(&rule, Confirmed::No), &[]) };
    let question = Question { record: &record, dossier: Longest::NONE, holds: &[], links: &[], on: day("2026-12-31") };
    let decision = decide(&question, BOUNDS);
    assert_eq!((decision.outcome, decision.until()), (Outcome::NotYet, Some(day("2026-12-31"))));
    assert!(decision.says(ReasonCode::LatestBound));
}

fn until_superseded() -> Rule {
    rule(Term::UntilEvent, Trigger::Events(vec![Occurrence::Superseded], Needs::All))
}

fn superseded(state: EventState) -> [Event; 1] {
    let on = Dated::day(NaiveDate::from_ymd_opt(2024, 5, 1).expect("a day"));
    [Event { kind: Occurrence::Superseded, on, recorded: day("2024-06-01"), state }]
}

/// An event that is missing is awaited; a period that nobody can read cannot be evaluated.
#[test]
fn rule_08_nothing_is_guessed() {
    let awaiting = decided(&until_superseded(), &[], &[], "2999-01-01");
    assert_eq!(awaiting.outcome, Outcome::AwaitingEvent);
    let unread = matter(1, Assigned::Stated(crate::record::Period::Awaiting, Confirmed::No), &[]);
    let question = Question { record: &unread, dossier: Longest::NONE, holds: &[], links: &[], on: day("2999-01-01") };
    assert_eq!(decide(&question, BOUNDS).outcome, Outcome::CannotEvaluate);
}

/// A revoked event takes eligibility back; what was destroyed on it stays destroyed and is reported.
#[test]
fn rule_09_revocation_reopens() {
    let rule = until_superseded();
    let stands = decided(&rule, &superseded(EventState::Stands), &[], "2027-03-05");
    let revoked = decided(&rule, &superseded(EventState::Revoked), &[], "2027-03-05");
    assert_eq!((stands.outcome, revoked.outcome), (Outcome::Eligible, Outcome::AwaitingEvent));
    let (mut case, _) = executing();
    case.apply(Act::Destroyed(RECORD, person(3), day("2027-03-05"))).expect("destroyed");
    assert_eq!(case.exceptions(|_| revoked.outcome == Outcome::Eligible), [RECORD]);
    assert!(case.exceptions(|_| stands.outcome == Outcome::Eligible).is_empty());
}

/// What could not be reached stands in the certificate until it is attested gone.
#[test]
fn rule_10_the_certificate_names_what_was_not_reached() {
    let (mut case, _) = executing();
    let steps = [
        Act::Destroyed(RECORD, person(3), day("2027-03-05")),
        Act::Finish(person(3)),
        Act::Minutes(signed(3, "2027-03-06"), person(4)),
        Act::Certify(signed(4, "2027-03-07"), BTreeSet::from(["tape 7".to_owned()])),
    ];
    for act in steps {
        case.apply(act).expect("in order");
    }
    let pending = Completeness::Pending(BTreeSet::from(["tape 7".to_owned()]));
    assert_eq!(case.certificate().map(|one| one.completeness), Some(pending));
    assert_eq!(case.apply(Act::Keep(signed(4, "2027-03-08"))), Err(Refusal::Pending));
    case.apply(Act::Attest("tape 7".into(), signed(4, "2027-04-01"))).expect("attested");
    assert_eq!(case.certificate().map(|one| one.completeness), Some(Completeness::Complete));
}

/// Each item is dealt with once; what failed may be tried again; the certificate counts exactly what happened.
#[test]
fn rule_11_execution_goes_on_where_it_stopped() {
    let (mut case, _) = executing();
    let eligible = decided(&five_years(), &[], &[], "2027-03-05");
    case.apply(Act::Failed(RECORD, person(3), "disk full".into())).expect("noted");
    let mut again = case.clone(); // a crash: the case is replayed from its events
    let (_, last) = case.window().expect("decided");
    let after = last.succ_opt().expect("a day").to_string();
    assert_eq!(ask(&again, &eligible, &after), Err(Skip::Late), "not after the law's days");
    let permit = ask(&again, &eligible, &last.to_string()).expect("may be tried again");
    again.apply(Act::Destroyed(permit.record(), person(3), last)).expect("destroyed");
    let twice = Act::Destroyed(RECORD, person(3), last);
    assert_eq!(again.apply(twice), Err(Refusal::NotListed));
    assert_eq!(ask(&again, &eligible, &last.to_string()), Err(Skip::NotListed));
    for (case, destroyed) in [(&mut again, 1), (&mut case, 0)] {
        case.apply(Act::Finish(person(3))).expect("dealt with");
        assert_eq!(case.certificate().map(|one| (one.destroyed, one.left)), Some((destroyed, 1 - destroyed)));
    }
}

/// A decision can be written down whole: its rule by code and by the digest of the text, its reasons by stable codes. That
/// it goes with its records, with everything that happened: `retention::export`.
#[test]
fn rule_12_everything_has_a_stable_name() {
    let mut names = BTreeSet::new();
    for &(name, code) in ReasonCode::NAMES {
        assert!(code.name() == name && names.insert(name), "{name}");
        assert!(code.words().0.ends_with('.') && code.words().1.ends_with('.'), "{name}");
    }
    let (case, item) = executing();
    assert_eq!(item.rules, Sha256::of(b"version 1"));
    assert!(case.fates().all(|(_, item, fate)| !item.rule.is_empty() && *fate == Fate::Listed));
}
