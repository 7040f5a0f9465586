use super::*;
use crate::record::Period;
use crate::retention::civil::{CutOff, Dated};
use crate::retention::law::Grade;
use crate::retention::reason::Occurrence;
use crate::retention::rules::{DateField, Needs, Rule, Term, Trigger};
use crate::retention::span::{Confirmed, Event, EventState};
use proptest::prelude::*;

pub(in crate::retention) const BOUNDS: Bounds = Bounds { years_min: 2 };

pub(in crate::retention) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(in crate::retention) fn rule(term: Term, trigger: Trigger) -> Rule {
    let action = if term == Term::Permanent { Action::Keep } else { Action::Destroy };
    Rule {
        code: "A/1".into(),
        authority: "A".into(),
        article: String::new(),
        group: String::new(),
        records: "plans".into(),
        trigger,
        cut_off: CutOff::YearEnd,
        term,
        action,
        review_years: None,
        source: "a test".into(),
        grade: Grade::Read,
        verified: true,
    }
}

pub(in crate::retention) fn matter<'a>(number: u128, assigned: Assigned<'a>, events: &'a [Event]) -> Matter<'a> {
    Matter {
        id: Uuid::from_u128(number),
        work_ended: Dated::year(2020),
        issued: Dated::UNKNOWN,
        dossier_ended: Dated::UNKNOWN,
        accessioned: Dated::UNKNOWN,
        reviewed: None,
        extended: None,
        assigned,
        events,
    }
}

fn ask<'a>(record: &'a Matter<'a>, on: &str) -> Question<'a> {
    Question { record, dossier: Longest::NONE, holds: &[], links: &[], on: day(on) }
}

fn event(kind: Occurrence, on: Dated, state: EventState) -> Event {
    Event { kind, on, recorded: day("2023-06-30"), state }
}

#[track_caller]
fn check(question: &Question, outcome: Outcome, until: Option<&str>, says: &[ReasonCode]) {
    let decision = decide(question, BOUNDS);
    assert_eq!((decision.outcome, decision.until()), (outcome, until.map(day)), "{decision:?}");
    for &code in says {
        assert!(decision.says(code), "{code:?}: {decision:?}");
    }
}

const FIRM: Confirmed = Confirmed::No; // the rules of these tests are verified

#[test]
fn years_count_from_the_end_of_the_work() {
    let rule = rule(Term::Years(5), Trigger::WorkEnded);
    let record = matter(1, Assigned::Rule(&rule, FIRM), &[]);
    check(&ask(&record, "2025-12-31"), Outcome::NotYet, Some("2025-12-31"), &[ReasonCode::PeriodRunning]);
    check(&ask(&record, "2026-01-01"), Outcome::Eligible, Some("2025-12-31"), &[ReasonCode::CountedFromWork]);
    assert_eq!(decide(&ask(&record, "2026-01-01"), BOUNDS).due(), Some(day("2026-01-01")));
    let late = Matter { work_ended: Dated::parse("2019/2022").expect("read"), ..record };
    check(&ask(&late, "2027-12-31"), Outcome::NotYet, Some("2027-12-31"), &[ReasonCode::LatestBound]);
    let unknown = Matter { work_ended: Dated::UNKNOWN, ..record };
    check(&ask(&unknown, "2999-01-01"), Outcome::CannotEvaluate, None, &[ReasonCode::DateUnknown]);
}

#[test]
fn an_event_that_is_missing_is_awaited_and_never_guessed() {
    let until = rule(Term::UntilEvent, Trigger::Events(vec![Occurrence::Superseded], Needs::All));
    let assigned = Assigned::Rule(&until, FIRM);
    check(&ask(&matter(1, assigned, &[]), "2999-01-01"), Outcome::AwaitingEvent, None, &[ReasonCode::EventAwaited]);
    let happened = [event(Occurrence::Superseded, Dated::year(2024), EventState::Stands)];
    check(&ask(&matter(1, assigned, &happened), "2025-01-01"), Outcome::Eligible, Some("2024-12-31"), &[]);
    let undated = [event(Occurrence::Superseded, Dated::UNKNOWN, EventState::Stands)];
    let says = [ReasonCode::LatestBound];
    check(&ask(&matter(1, assigned, &undated), "2025-01-01"), Outcome::Eligible, Some("2023-12-31"), &says);
    let revoked = [event(Occurrence::Superseded, Dated::year(2024), EventState::Revoked)];
    let says = [ReasonCode::EventRevoked, ReasonCode::EventAwaited];
    check(&ask(&matter(1, assigned, &revoked), "2025-01-01"), Outcome::AwaitingEvent, None, &says);
    let other = [event(Occurrence::Expired, Dated::year(2021), EventState::Stands)];
    check(&ask(&matter(1, assigned, &other), "2999-01-01"), Outcome::AwaitingEvent, None, &[]);
}

#[test]
fn of_several_events_all_or_any_count() {
    let kinds = vec![Occurrence::Superseded, Occurrence::Expired];
    let events = [
        event(Occurrence::Superseded, Dated::year(2024), EventState::Stands),
        event(Occurrence::Expired, Dated::year(2027), EventState::Stands),
        event(Occurrence::Superseded, Dated::year(2022), EventState::Stands),
    ];
    for (needs, both, one) in [(Needs::All, "2030-12-31", None), (Needs::Any, "2027-12-31", Some("2027-12-31"))] {
        let rule = rule(Term::Years(3), Trigger::Events(kinds.clone(), needs));
        let both_there = matter(1, Assigned::Rule(&rule, FIRM), &events);
        check(&ask(&both_there, "2020-01-01"), Outcome::NotYet, Some(both), &[]);
        let one_there = matter(1, Assigned::Rule(&rule, FIRM), &events[..1]);
        let outcome = if one.is_some() { Outcome::NotYet } else { Outcome::AwaitingEvent };
        check(&ask(&one_there, "2020-01-01"), outcome, one, &[]);
    }
}

#[test]
fn nothing_ends_before_the_work_nor_before_the_laws_shortest_period() {
    let until = rule(Term::UntilEvent, Trigger::Events(vec![Occurrence::Superseded], Needs::All));
    let early = [event(Occurrence::Superseded, Dated::year(2018), EventState::Stands)];
    let says = [ReasonCode::WorkEndedLater, ReasonCode::LawMinimum];
    check(
        &ask(&matter(1, Assigned::Rule(&until, FIRM), &early), "2022-12-31"),
        Outcome::NotYet,
        Some("2022-12-31"),
        &says,
    );
    let issued = rule(Term::Years(5), Trigger::Date(DateField::Issued));
    let record =
        Matter { issued: Dated::parse("2023-05").expect("read"), ..matter(1, Assigned::Rule(&issued, FIRM), &[]) };
    let says = [ReasonCode::CountedFromDate, ReasonCode::LatestBound];
    check(&ask(&record, "2028-12-31"), Outcome::NotYet, Some("2028-12-31"), &says);
    let unknown = Matter { issued: Dated::UNKNOWN, ..record };
    check(&ask(&unknown, "2999-01-01"), Outcome::CannotEvaluate, None, &[ReasonCode::DateUnknown]);
}

#[test]
fn works_are_kept_while_they_stand_and_somebody_looks_now_and_then() {
    let mut life = rule(Term::AssetLife, Trigger::Events(vec![Occurrence::WorksDemolished], Needs::Any));
    life.review_years = Some(20);
    let record = matter(1, Assigned::Rule(&life, FIRM), &[]);
    check(&ask(&record, "2040-12-31"), Outcome::AwaitingEvent, None, &[]);
    check(&ask(&record, "2041-01-01"), Outcome::ReviewDue, None, &[ReasonCode::ReviewInterval]);
    let reviewed = Matter { reviewed: Some(day("2041-02-03")), ..record };
    check(&ask(&reviewed, "2061-02-03"), Outcome::AwaitingEvent, None, &[]);
}

#[test]
fn what_is_not_confirmed_permits_nothing() {
    let mut unverified = rule(Term::Years(5), Trigger::WorkEnded);
    unverified.verified = false;
    let ended = "2030-01-01";
    let said = matter(1, Assigned::Rule(&unverified, Confirmed::No), &[]);
    check(&ask(&said, ended), Outcome::ReviewDue, Some("2025-12-31"), &[ReasonCode::RuleNotVerified]);
    let confirmed = matter(1, Assigned::Rule(&unverified, Confirmed::Yes), &[]);
    check(&ask(&confirmed, ended), Outcome::Eligible, Some("2025-12-31"), &[ReasonCode::RuleConfirmed]);
    let stated = matter(1, Assigned::Stated(Period::Years(5), Confirmed::No), &[]);
    check(&ask(&stated, ended), Outcome::ReviewDue, Some("2025-12-31"), &[ReasonCode::StatementOnly]);
    let agreed = matter(1, Assigned::Stated(Period::Years(5), Confirmed::Yes), &[]);
    check(&ask(&agreed, ended), Outcome::Eligible, Some("2025-12-31"), &[ReasonCode::StatementConfirmed]);
    for confirmed in [Confirmed::No, Confirmed::Yes] {
        let unread = matter(1, Assigned::Stated(Period::Awaiting, confirmed), &[]);
        check(&ask(&unread, ended), Outcome::CannotEvaluate, None, &[ReasonCode::StatementUnreadable]);
    }
    let nothing = matter(1, Assigned::Nothing, &[]);
    check(&ask(&nothing, ended), Outcome::CannotEvaluate, None, &[ReasonCode::NoRule]);
    let companion = Longest::NONE.with(Uuid::from_u128(2), Span::Until(day("2022-12-31")), Footing::Unconfirmed);
    let question = Question { dossier: companion, ..ask(&confirmed, ended) };
    check(&question, Outcome::ReviewDue, Some("2025-12-31"), &[ReasonCode::DossierNotVerified]);
}

#[test]
fn the_dossier_the_links_and_the_holds_keep() {
    let rule = rule(Term::Years(5), Trigger::WorkEnded);
    let record = matter(1, Assigned::Rule(&rule, FIRM), &[]);
    let (other, ended) = (Uuid::from_u128(2), "2030-01-01");
    let dossier = |span| Longest::NONE.with(other, span, Footing::Firm);
    let in_dossier = |span| Question { dossier: dossier(span), ..ask(&record, ended) };
    let longest = [ReasonCode::DossierLongest];
    check(&in_dossier(Span::Until(day("2040-12-31"))), Outcome::NotYet, Some("2040-12-31"), &longest);
    check(&in_dossier(Span::Permanent), Outcome::Permanent, None, &longest);
    check(&in_dossier(Span::Unknown), Outcome::CannotEvaluate, None, &longest);
    check(&in_dossier(Span::Awaiting), Outcome::AwaitingEvent, None, &longest);
    check(&in_dossier(Span::Until(day("2021-12-31"))), Outcome::Eligible, Some("2025-12-31"), &[]);
    let linked = |span, outcome, until| {
        let links = [Link { to: other, span, footing: Footing::Firm }];
        check(&Question { links: &links, ..ask(&record, ended) }, outcome, until, &[ReasonCode::LinkedLonger]);
    };
    linked(Span::Until(day("2040-12-31")), Outcome::NotYet, Some("2040-12-31"));
    linked(Span::Until(day("2029-12-31")), Outcome::Eligible, Some("2029-12-31"));
    linked(Span::Permanent, Outcome::NotYet, None);
    linked(Span::Awaiting, Outcome::NotYet, None);
    linked(Span::Unknown, Outcome::CannotEvaluate, None);
    let unverified = [Link { to: other, span: Span::Until(day("2021-12-31")), footing: Footing::Unconfirmed }];
    let says = [ReasonCode::LinkedNotVerified];
    check(&Question { links: &unverified, ..ask(&record, ended) }, Outcome::ReviewDue, Some("2025-12-31"), &says);
    let holds = [Uuid::from_u128(7), Uuid::from_u128(8)];
    let held = Question { holds: &holds, dossier: dossier(Span::Permanent), ..ask(&record, ended) };
    check(&held, Outcome::Held, None, &[ReasonCode::Held, ReasonCode::DossierLongest]);
    assert_eq!(decide(&held, BOUNDS).reasons.iter().filter(|reason| reason.code == ReasonCode::Held).count(), 2);
}

#[test]
fn a_rule_may_ask_for_a_review_or_a_transfer() {
    let mut review = rule(Term::Years(5), Trigger::WorkEnded);
    review.action = Action::Review;
    let record = matter(1, Assigned::Rule(&review, FIRM), &[]);
    check(&ask(&record, "2026-01-01"), Outcome::ReviewDue, Some("2025-12-31"), &[ReasonCode::ActionReview]);
    let far = rule(Term::Years(u16::MAX), Trigger::WorkEnded);
    let record = Matter { work_ended: Dated::day(NaiveDate::MAX), ..matter(1, Assigned::Rule(&far, FIRM), &[]) };
    check(&ask(&record, "2026-01-01"), Outcome::CannotEvaluate, None, &[]);
}

/// What a question is made of, owned.
#[derive(Debug, Clone)]
struct World {
    rule: Option<(Rule, Confirmed)>,
    stated: Period,
    dates: [Dated; 4],
    events: Vec<Event>,
    dossier: Vec<(Span, Footing)>,
    holds: Vec<Uuid>,
    links: Vec<(Span, Footing)>,
    on: NaiveDate,
}

impl World {
    fn decide(&self) -> Decision {
        let links: Vec<_> = self
            .links
            .iter()
            .zip(20u128..)
            .map(|(&(span, footing), to)| Link { to: Uuid::from_u128(to), span, footing })
            .collect();
        let dossier =
            self.dossier.iter().zip(10u128..).fold(Longest::NONE, |longest, (&(span, footing), id)| {
                longest.with(Uuid::from_u128(id), span, footing)
            });
        let assigned = match &self.rule {
            Some((rule, confirmed)) => Assigned::Rule(rule, *confirmed),
            None => Assigned::Stated(self.stated, Confirmed::No),
        };
        let [work_ended, issued, dossier_ended, accessioned] = self.dates;
        let record = Matter { work_ended, issued, dossier_ended, accessioned, ..matter(1, assigned, &self.events) };
        decide(&Question { record: &record, dossier, holds: &self.holds, links: &links, on: self.on }, BOUNDS)
    }
}

fn days() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        20 => (7300i32..47_500).prop_map(|days| NaiveDate::from_epoch_days(days).expect("1990 to 2100")),
        1 => prop::sample::select(vec![NaiveDate::MIN, NaiveDate::MAX]),
    ]
}

fn dated() -> impl Strategy<Value = Dated> {
    prop_oneof![
        days().prop_map(Dated::day),
        (1990i32..2100).prop_map(Dated::year),
        (prop::option::of(days()), prop::option::of(days())).prop_map(|(a, b)| Dated::between(a, b)),
    ]
}

fn span() -> impl Strategy<Value = Span> {
    let vague = prop::sample::select(vec![Span::Awaiting, Span::Unknown, Span::Permanent]);
    prop_oneof![4 => days().prop_map(Span::Until), 3 => vague]
}

fn kinds() -> impl Strategy<Value = Occurrence> {
    prop::sample::select(vec![Occurrence::Superseded, Occurrence::Expired, Occurrence::WorksDemolished])
}

fn rules() -> impl Strategy<Value = Rule> {
    let trigger = prop_oneof![
        3 => Just(Trigger::WorkEnded),
        2 => (prop::collection::vec(kinds(), 0..3), prop::sample::select(vec![Needs::All, Needs::Any]))
            .prop_map(|(kinds, needs)| Trigger::Events(kinds, needs)),
        1 => prop::sample::select(DateField::NAMES.map(|(_, field)| Trigger::Date(field)).to_vec()),
    ];
    let term =
        prop_oneof![6 => (0u16..80).prop_map(Term::Years), 1 => Just(Term::UntilEvent), 1 => Just(Term::Permanent)];
    let cut = prop::sample::select(CutOff::NAMES.map(|(_, cut)| cut).to_vec());
    (term, trigger, cut, any::<bool>(), prop::option::of(1u16..30)).prop_map(
        |(term, trigger, cut_off, verified, review)| Rule {
            cut_off,
            verified,
            review_years: review,
            ..rule(term, trigger)
        },
    )
}

fn worlds() -> impl Strategy<Value = World> {
    let event = (kinds(), dated(), days(), any::<bool>()).prop_map(|(kind, on, recorded, revoked)| {
        let state = if revoked { EventState::Revoked } else { EventState::Stands };
        Event { kind, on, recorded, state }
    });
    let footing = || prop::sample::select(vec![Footing::Firm, Footing::Firm, Footing::Firm, Footing::Unconfirmed]);
    let confirmed = prop::sample::select(vec![Confirmed::Yes, Confirmed::No]);
    let period = prop_oneof![Just(Period::Permanent), Just(Period::Awaiting), (2u16..71).prop_map(Period::Years)];
    (
        prop::option::weighted(0.9, (rules(), confirmed)),
        period,
        [dated(), dated(), dated(), dated()],
        prop::collection::vec(event, 0..4),
        prop::collection::vec((span(), footing()), 0..3),
        prop::collection::vec((0u128..4).prop_map(Uuid::from_u128), 0..2),
        prop::collection::vec((span(), footing()), 0..2),
        days(),
    )
        .prop_map(|(rule, stated, dates, events, dossier, holds, links, on)| World {
            rule,
            stated,
            dates,
            events,
            dossier,
            holds,
            links,
            on,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_question_has_an_answer_with_reasons(world in worlds()) {
        let decision = world.decide();
        prop_assert!(!decision.reasons.is_empty());
        prop_assert!(decision.due() > decision.until() || decision.due().is_none());
        if decision.outcome == Outcome::Eligible {
            let (rule, confirmed) = world.rule.as_ref().expect("nothing is eligible on a statement");
            prop_assert!(world.holds.is_empty());
            prop_assert!(rule.verified || *confirmed == Confirmed::Yes);
            prop_assert!(rule.action == Action::Destroy && rule.term != Term::Permanent);
            prop_assert!(decision.until().is_some_and(|until| until < world.on));
            let covered = |&(span, footing): &(Span, Footing)| span <= decision.span && footing == Footing::Firm;
            prop_assert!(world.dossier.iter().all(covered));
            prop_assert!(world.links.iter().all(covered));
            let work = world.dates[0].latest().expect("nothing is eligible without an end of the work");
            prop_assert!(decision.until().is_some_and(|until| Some(until) >= years_after(work, BOUNDS.years_min)));
        }
        prop_assert_eq!(decision.outcome == Outcome::Held, !world.holds.is_empty());
    }

    #[test]
    fn what_is_added_never_frees(world in worlds(), hold: u128, more in span(), longer in 1u16..40) {
        let before = world.decide();
        let never_freed = |after: &World| {
            let after = after.decide();
            let freed = after.outcome == Outcome::Eligible && before.outcome != Outcome::Eligible;
            prop_assert!(!freed && after.span >= before.span, "{:?} {:?}", &before, &after);
            Ok(())
        };
        let mut held = world.clone();
        held.holds.push(Uuid::from_u128(hold));
        never_freed(&held)?;
        let mut linked = world.clone();
        linked.links.push((more, Footing::Firm));
        never_freed(&linked)?;
        let mut with_companion = world.clone();
        with_companion.dossier.push((more, Footing::Firm));
        never_freed(&with_companion)?;
        let mut lengthened = world.clone();
        if let Some((rule, _)) = &mut lengthened.rule {
            if let Term::Years(years) = rule.term {
                rule.term = Term::Years(years + longer);
            }
            never_freed(&lengthened)?;
        }
        let mut unverified = world.clone();
        if let Some((rule, confirmed)) = &mut unverified.rule {
            (rule.verified, *confirmed) = (false, Confirmed::No);
        }
        never_freed(&unverified)?;
        let mut vaguer = world.clone();
        vaguer.dates[0] = Dated::between(vaguer.dates[0].earliest(), None);
        never_freed(&vaguer)?;
    }

    #[test]
    fn time_alone_never_takes_eligibility_away(world in worlds(), later in 0i32..4000) {
        let mut after = world.clone();
        after.on = world.on.checked_add_signed(chrono::TimeDelta::days(later.into())).unwrap_or(NaiveDate::MAX);
        prop_assert_eq!(world.decide().span, after.decide().span);
        prop_assert!(world.decide().outcome != Outcome::Eligible || after.decide().outcome == Outcome::Eligible);
    }

    #[test]
    fn the_longest_does_not_depend_on_the_order(spans in prop::collection::vec((span(), 0u128..3), 0..6)) {
        let fold = |spans: &[(Span, u128)]| spans.iter().fold(Longest::NONE, |longest, &(span, id)| {
            longest.with(Uuid::from_u128(id), span, if id == 1 { Footing::Unconfirmed } else { Footing::Firm })
        });
        let reversed: Vec<_> = spans.iter().rev().copied().collect();
        prop_assert_eq!(fold(&spans), fold(&reversed));
    }
}
