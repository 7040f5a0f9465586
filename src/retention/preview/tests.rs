use super::*;
use crate::retention::civil::Dated;
use crate::retention::decision::tests::{BOUNDS, day, matter};
use crate::retention::rules::tests::FILE;
use proptest::prelude::*;

fn version(number: u32, edits: &[(&str, &str)]) -> RuleFile {
    let mut text =
        FILE[..FILE.find("[[case]]").expect("has cases")].replace("version = 1", &format!("version = {number}"));
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    RuleFile::parse(&text).expect("read")
}

fn person(number: u128) -> Person {
    Person(Uuid::from_u128(number))
}

const WITHOUT_WORKS: (&str, &str) = ("code = \"A/3\"", "code = \"A/4\"");

#[test]
fn rules_are_compared_by_how_long_they_keep() {
    let old = version(1, &[]);
    let check = |edits: &[(&str, &str)], code: &str, expect: Change| {
        let new = version(2, edits);
        let changes = changes(&old, &new);
        assert_eq!(changes.iter().find(|(one, _)| *one == code), Some(&(code, expect)), "{edits:?}");
    };
    check(&[], "A/1", Change::Same);
    check(&[("\"plans\"", "\"plans, reworded\"")], "A/1", Change::Same);
    check(&[("5 năm", "10 năm")], "A/1", Change::Longer);
    check(&[("5 năm", "4 năm")], "A/1", Change::Shorter);
    check(&[("5 năm\"\naction = \"destroy\"", "Vĩnh viễn\"\naction = \"keep\"")], "A/1", Change::Longer);
    check(&[("\"work-ended\"", "{ date = \"issued\" }")], "A/1", Change::Unclear);
    check(&[("action = \"destroy\"", "action = \"review\"")], "A/1", Change::Longer);
    check(&[("action = \"review\"", "action = \"destroy\"")], "A/2", Change::Shorter);
    check(&[("action = \"review\"", "action = \"open\"")], "A/2", Change::Longer);
    check(&[("month-end", "year-end")], "A/2", Change::Longer);
    check(&[("month-end", "day")], "A/2", Change::Shorter);
    check(&[("verified = true", "verified = false")], "A/2", Change::Longer);
    check(&[WITHOUT_WORKS], "A/3", Change::Removed);
    check(&[WITHOUT_WORKS], "A/4", Change::Added);
}

/// What nothing was destroyed on becomes a ground for disposal.
#[test]
fn a_rule_that_comes_to_destroy_shortens() {
    let kept = version(1, &[("action = \"review\"", "action = \"open\"")]);
    let changed = version(2, &[]);
    assert!(changes(&kept, &changed).contains(&("A/2", Change::Shorter)));
}

#[test]
fn shortening_needs_a_second_person_and_a_locked_schedule_only_lengthens() {
    let old = version(1, &[]);
    let (proposer, other) = (person(1), Some(person(2)));
    let check = |old: &RuleFile, new: &RuleFile, approver, expect| {
        assert_eq!(adopt(old, new, proposer, approver), expect);
    };
    let (longer, shorter) = (version(2, &[("5 năm", "6 năm")]), version(2, &[("5 năm", "4 năm")]));
    check(&old, &longer, None, Ok(()));
    check(&old, &shorter, None, Err(Refusal::Approval));
    check(&old, &shorter, Some(proposer), Err(Refusal::SamePerson));
    check(&old, &shorter, other, Ok(()));
    check(&old, &version(2, &[WITHOUT_WORKS]), None, Err(Refusal::Approval));
    check(&old, &version(3, &[]), other, Err(Refusal::Number));
    check(&old, &old, other, Err(Refusal::Number));
    let renamed = version(2, &[("[schedule]\ncode = \"A\"", "[schedule]\ncode = \"B\"")]);
    check(&old, &renamed, other, Err(Refusal::OtherSchedule));
    let lock = ("title = \"A table\"", "title = \"A table\"\nlock = true");
    let locked = version(1, &[lock]);
    check(&locked, &version(2, &[lock, ("5 năm", "6 năm")]), None, Ok(()));
    check(&locked, &version(2, &[lock, ("5 năm", "4 năm")]), other, Err(Refusal::Locked));
    check(&locked, &version(2, &[lock, WITHOUT_WORKS]), other, Err(Refusal::Locked));
    check(&locked, &longer, other, Err(Refusal::Unlocked));
}

fn subject<'a>(number: u128, file: &'a RuleFile, code: &str, year: i32) -> Subject<'a> {
    let rule = file.rule(code).expect("is there");
    let accessioned = Dated::day(day("2022-06-01"));
    let matter = Matter {
        work_ended: Dated::year(year),
        accessioned,
        ..matter(number, Assigned::Rule(rule, Confirmed::Yes), &[])
    };
    Subject { matter, names: None, linked: None, case: None }
}

#[test]
fn a_preview_counts_and_shows_what_changes() {
    let (old, new) = (version(1, &[]), version(2, &[("5 năm", "3 năm"), WITHOUT_WORKS]));
    let case = Uuid::from_u128(99);
    let due = Subject { case: Some(case), ..subject(1, &old, "A/1", 2015) };
    let alone = [due];
    let soon = [subject(2, &old, "A/1", 2022)];
    let with_works = [subject(3, &old, "A/1", 2015), subject(4, &old, "A/3", 2015)];
    let linked = [Subject { linked: Some((Span::Permanent, Span::Permanent)), ..subject(5, &old, "A/1", 2022) }];
    let dossiers: [&[Subject]; 4] = [&alone, &soon, &with_works, &linked];
    let run = |new, applies| preview(&Plan { new, applies, on: day("2026-11-22"), bounds: BOUNDS }, dossiers);
    let found = run(&new, Applies::AllUndisposed);
    assert_eq!((found.records, found.earlier.number, found.later.number), (5, 2, 0));
    assert_eq!((found.newly_due.number, found.no_longer_due.number, found.without_rule.number), (1, 0, 1));
    let spans = (Span::Until(day("2027-12-31")), Span::Until(day("2025-12-31")));
    assert_eq!(found.newly_due.examples, [(Uuid::from_u128(2), spans.0, spans.1)]);
    assert_eq!(found.cases, BTreeSet::from([case]));
    let lengthened = version(2, &[("5 năm", "20 năm")]);
    let longer = run(&lengthened, Applies::AllUndisposed);
    assert_eq!((longer.earlier.number, longer.later.number, longer.no_longer_due.number), (0, 2, 1));
    let none = run(&new, Applies::Accessioned(day("2022-06-02")));
    assert_eq!((none.earlier.number, none.cases.len()), (0, 0));
    assert_eq!(run(&new, Applies::Accessioned(day("2022-06-01"))).earlier.number, 2);
    assert_eq!(run(&new, Applies::WorkEnded(day("2020-07-01"))).earlier.number, 1);
}

proptest! {
    #[test]
    fn a_version_that_only_lengthens_makes_nothing_due_earlier(
        years in 2u16..70, more in 0u16..20, ended in prop::collection::vec(1990i32..2030, 1..6),
    ) {
        let old = version(1, &[("5 năm", &format!("{years} năm"))]);
        let new = version(2, &[("5 năm", &format!("{} năm", (years + more).min(70)))]);
        prop_assert_eq!(adopt(&old, &new, person(1), None), Ok(()));
        let subjects: Vec<_> = ended.iter().zip(0u128..).map(|(&year, id)| subject(id, &old, "A/1", year)).collect();
        let (applies, on) = (Applies::AllUndisposed, day("2026-11-22"));
        let found = preview(&Plan { new: &new, applies, on, bounds: BOUNDS }, subjects.chunks(2));
        prop_assert_eq!((found.earlier.number, found.newly_due.number), (0, 0));
        prop_assert_eq!(found.records, subjects.len() as u64);
    }
}
