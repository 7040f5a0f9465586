use super::*;
use crate::retention::disposal::tests::{day, item};
use crate::retention::reason::{About, Reason, ReasonCode};

fn candidate(record: u128, content: &str, outcome: Outcome, span: Span) -> Candidate {
    let item = Item { content: Sha256::of(content.as_bytes()), ..item(record) };
    Candidate { item, decision: Decision { outcome, span, reasons: vec![] }, accessioned: day("2024-01-01") }
}

#[test]
fn what_is_expired_or_there_twice_is_proposed() {
    let (ended, later) = (Span::Until(day("2020-12-31")), Span::Until(day("2040-12-31")));
    let mut linked = candidate(7, "twice", Outcome::NotYet, later);
    linked.decision.reasons.push(Reason { code: ReasonCode::LinkedLonger, about: About::This });
    let first = Candidate { accessioned: day("2023-01-01"), ..candidate(6, "twice", Outcome::NotYet, later) };
    let found = draft(&[
        candidate(1, "once", Outcome::Eligible, ended),
        candidate(2, "alone", Outcome::NotYet, later),
        candidate(3, "twice", Outcome::NotYet, Span::Until(day("2030-12-31"))),
        candidate(4, "twice", Outcome::NotYet, later),
        candidate(5, "twice", Outcome::Held, ended),
        first,
        linked,
        candidate(8, "twice", Outcome::Eligible, ended),
        candidate(9, "for ever", Outcome::Permanent, Span::Permanent),
        candidate(10, "for ever", Outcome::Permanent, Span::Permanent),
    ]);
    let found: Vec<_> = found.iter().map(|item| (item.record.as_u128(), item.ground)).collect();
    let duplicate = Ground::Duplicate(Uuid::from_u128(6));
    assert_eq!(found, [(1, Ground::Expired), (3, duplicate), (4, duplicate), (8, Ground::Expired)]);
    assert_eq!(draft(&[]), []);
}
