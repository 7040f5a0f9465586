use super::*;
use crate::retention::civil::Dated;
use crate::retention::decision::tests::{day, matter, rule};
use crate::retention::rules::{Term, Trigger};
use crate::retention::span::{Confirmed, Event};

fn access_rule(years: u16) -> Rule {
    Rule { action: Action::Open, ..rule(Term::Years(years), Trigger::WorkEnded) }
}

#[test]
fn a_conditional_record_opens_when_its_rules_period_has_ended() {
    let rule = access_rule(40);
    let record = matter(1, Assigned::Rule(&rule, Confirmed::No), &[]);
    let check = |mode, matter: &Matter, on: &str, access, opens: Option<&str>| {
        let found = opening(Handling { mode, sensitivity: None }, matter, day(on));
        assert_eq!((found.access, found.opens), (access, opens.map(day)));
    };
    check(AccessMode::Open, &record, "2020-01-01", Access::Open, None);
    check(AccessMode::Conditional, &record, "2060-12-31", Access::Conditional, Some("2061-01-01"));
    check(AccessMode::Conditional, &record, "2061-01-01", Access::Open, Some("2061-01-01"));
    let unverified = Rule { verified: false, ..access_rule(40) };
    let unconfirmed = matter(1, Assigned::Rule(&unverified, Confirmed::No), &[]);
    check(AccessMode::Conditional, &unconfirmed, "2999-01-01", Access::Conditional, None);
    let confirmed = matter(1, Assigned::Rule(&unverified, Confirmed::Yes), &[]);
    check(AccessMode::Conditional, &confirmed, "2061-01-01", Access::Open, Some("2061-01-01"));
    let retention = Rule { action: Action::Destroy, ..access_rule(40) };
    let by_retention = matter(1, Assigned::Rule(&retention, Confirmed::Yes), &[]);
    check(AccessMode::Conditional, &by_retention, "2999-01-01", Access::Conditional, None);
    check(AccessMode::Conditional, &matter(1, Assigned::Nothing, &[]), "2999-01-01", Access::Conditional, None);
    let undated = Matter { work_ended: Dated::UNKNOWN, ..record };
    check(AccessMode::Conditional, &undated, "2999-01-01", Access::Conditional, None);
}

#[test]
fn what_is_secret_opens_after_a_declassification_only() {
    let rule = access_rule(10);
    let event =
        |state| Event { kind: Occurrence::Declassified, on: Dated::year(2040), recorded: day("2041-01-05"), state };
    let (stands, revoked) = ([event(EventState::Stands)], [event(EventState::Revoked)]);
    let check = |events: &[Event], on: &str, access, opens: Option<&str>| {
        let handling = Handling { mode: AccessMode::Secret, sensitivity: None };
        let found = opening(handling, &matter(1, Assigned::Rule(&rule, Confirmed::No), events), day(on));
        assert_eq!((found.access, found.opens), (access, opens.map(day)));
    };
    check(&[], "2999-01-01", Access::Closed, None);
    check(&revoked, "2999-01-01", Access::Closed, None);
    check(&stands, "2040-12-31", Access::Closed, Some("2041-01-01"));
    check(&stands, "2041-01-01", Access::Open, Some("2041-01-01"));
}

#[test]
fn a_level_of_3_or_4_closes_whatever_mode_and_rule_say() {
    let rule = access_rule(1);
    let record = matter(1, Assigned::Rule(&rule, Confirmed::Yes), &[]);
    let levels = (1..=4).map(|level| {
        let handling = Handling { mode: AccessMode::Open, sensitivity: Sensitivity::new(level) };
        opening(handling, &record, day("2999-01-01")).access
    });
    assert_eq!(levels.collect::<Vec<_>>(), [Access::Open, Access::Open, Access::Closed, Access::Closed]);
    assert_eq!((Sensitivity::new(0), Sensitivity::new(5)), (None, None));
}

#[test]
fn nothing_is_destroyed_on_a_rule_of_access() {
    use crate::retention::decision::tests::BOUNDS;
    use crate::retention::decision::{Outcome, Question, decide};
    let rule = access_rule(10);
    let record = matter(1, Assigned::Rule(&rule, Confirmed::Yes), &[]);
    let dossier = crate::retention::span::Longest::NONE;
    let question = Question { record: &record, dossier, holds: &[], links: &[], on: day("2999-01-01") };
    let decision = decide(&question, BOUNDS);
    assert_eq!(decision.outcome, Outcome::ReviewDue);
    assert!(decision.says(ReasonCode::ActionOpen));
}
