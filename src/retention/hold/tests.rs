use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn person(number: u128) -> Person {
    Person(Uuid::from_u128(number))
}

fn hold(id: u128, scope: Scope) -> Hold {
    let placed = Deed { by: person(1), on: day("2026-11-22") };
    let [reason, mandate] = ["Thanh tra".to_owned(), "QĐ 12/QĐ-TTr".to_owned()];
    Hold { id: Uuid::from_u128(id), scope, reason, mandate, placed, released: None }
}

fn agency(text: &str) -> AgencyCode {
    text.parse().expect("a code")
}

fn place<'a>(record: u128, agencies: &'a [AgencyCode]) -> Place<'a> {
    Place {
        record: Uuid::from_u128(record),
        dossier: Uuid::from_u128(record + 1000),
        agencies,
        rules: &["TT10-2022/bidding-won"],
        year: 2023,
        issued: Some(day("2023-05-17")),
        said: Some(Said {
            document_type: "02".parse().expect("a type"),
            file_code: "H26.10.2023.045",
            subject_folded: "quyet dinh phe duyet ke hoach dau thau",
        }),
    }
}

#[test]
fn every_kind_of_scope_covers_what_it_says() {
    let agencies = [agency("H26.10")];
    let record = place(1, &agencies);
    let check = |scope: Scope, expect: bool| assert_eq!(scope.covers(&record), expect, "{scope:?}");
    check(Scope::Records(vec![Uuid::from_u128(2), Uuid::from_u128(1)]), true);
    check(Scope::Records(vec![Uuid::from_u128(2)]), false);
    check(Scope::Dossier(Uuid::from_u128(1001)), true);
    check(Scope::Dossier(Uuid::from_u128(1)), false);
    for (code, expect) in [("H26", true), ("H26.10", true), ("H26.1", false), ("H26.10.05", false), ("H27", false)] {
        check(Scope::Agency(agency(code)), expect);
        check(Scope::Query(Query { agency: Some(agency(code)), ..Query::default() }), expect);
    }
    for (class, expect) in [("TT10-2022", true), ("TT10-2022/bidding-won", true), ("TT10-2022/bidding", false)] {
        check(Scope::Class(class.into()), expect);
    }
    let words = |words: &[&str]| Query { words: words.iter().map(|&word| word.into()).collect(), ..Query::default() };
    check(Scope::Query(words(&["ĐẤU THẦU", "kế hoạch"])), true);
    check(Scope::Query(words(&["đấu thầu", "quy hoạch"])), false);
    let issued = |first, last| Query { issued: Some((day(first), day(last))), ..Query::default() };
    check(Scope::Query(issued("2023-05-17", "2023-05-17")), true);
    check(Scope::Query(issued("2023-05-18", "2024-01-01")), false);
    let undated = Place { issued: None, ..record };
    assert!(Scope::Query(issued("1990-01-01", "1990-01-01")).covers(&undated));
    let type_03 = Scope::Query(Query { document_type: "03".parse().ok(), ..Query::default() });
    check(type_03.clone(), false);
    for (code, expect) in [("H26.10.2023", true), ("H26.10.2023.045", true), ("H26.10.2023.04", false)] {
        check(Scope::Query(Query { file_code: Some(code.into()), ..Query::default() }), expect);
    }
    for (first, last, expect) in [(2023, 2023, true), (2020, 2022, false)] {
        check(Scope::Query(Query { worked: Some((first, last)), ..Query::default() }), expect);
    }
    for (rule, expect) in [("TT10-2022", true), ("TT11-2022", false)] {
        check(Scope::Query(Query { rule: Some(rule.into()), ..Query::default() }), expect);
    }
    // Who has not read the description is told to; until then nothing is left out.
    let unread = Place { said: None, ..record };
    assert!(type_03.covers(&unread));
    let mut holds = Holds::default();
    holds.place(hold(1, Scope::Class("TT10-2022".into()))).expect("placed");
    assert!(!holds.wants_description(&unread) && holds.ask_records());
    holds.place(hold(2, type_03)).expect("placed");
    assert!(holds.wants_description(&unread) && !holds.wants_description(&record));
}

#[test]
fn a_hold_needs_words_and_ends_by_a_second_person_only() {
    let mut holds = Holds::default();
    let agencies = [agency("H26.10")];
    let mut found = vec![Uuid::nil()];
    let record = place(1, &agencies);
    let unmandated = Hold { mandate: " ".into(), ..hold(1, Scope::Class("TT10-2022".into())) };
    assert_eq!(holds.place(unmandated), Err(Refusal::Words));
    assert_eq!(holds.place(hold(1, Scope::Records(vec![]))), Err(Refusal::Scope));
    assert_eq!(holds.place(hold(1, Scope::Query(Query::default()))), Err(Refusal::Scope));
    holds.place(hold(1, Scope::Class("TT10-2022".into()))).expect("placed");
    holds.place(hold(2, Scope::Records(vec![record.record, record.record]))).expect("placed");
    holds.place(hold(3, Scope::Dossier(record.dossier))).expect("placed");
    assert_eq!(holds.place(hold(3, Scope::Dossier(record.dossier))), Err(Refusal::Twice));
    holds.covering(&record, &mut found);
    assert_eq!(found.len(), 3, "overlapping holds count each");
    let by = |number| Deed { by: person(number), on: day("2026-12-01") };
    let id = Uuid::from_u128(2);
    assert_eq!(holds.release(id, by(1), "xong"), Err(Refusal::SamePerson));
    assert_eq!(holds.release(id, by(2), ""), Err(Refusal::Words));
    assert_eq!(holds.release(Uuid::from_u128(9), by(2), "xong"), Err(Refusal::NotThere));
    holds.release(id, by(2), "xong").expect("released");
    assert_eq!(holds.release(id, by(2), "xong"), Err(Refusal::Released));
    holds.covering(&record, &mut found);
    assert_eq!(found, [Uuid::from_u128(3), Uuid::from_u128(1)]);
    assert_eq!(holds.all().count(), 3, "a released hold stays");
    assert!(holds.get(id).is_some_and(|hold| hold.released.is_some()));
}

proptest! {
    #[test]
    fn the_index_finds_what_the_scopes_cover(
        scopes in prop::collection::vec((0u8..5, 1u128..4), 0..12),
        released in prop::collection::vec(0usize..12, 0..6),
    ) {
        let mut holds = Holds::default();
        for (at, &(kind, number)) in scopes.iter().enumerate() {
            let scope = match kind {
                0 => Scope::Records(vec![Uuid::from_u128(number), Uuid::from_u128(number + 1)]),
                1 => Scope::Dossier(Uuid::from_u128(number + 1000)),
                2 => Scope::Agency(agency(&format!("H2{number}"))),
                3 => Scope::Class("TT10-2022".into()),
                _ => Scope::Query(Query { agency: Some(agency("H21")), ..Query::default() }),
            };
            holds.place(hold(at as u128, scope)).expect("placed");
        }
        for at in released {
            let _ = holds.release(Uuid::from_u128(at as u128), Deed { by: person(2), on: day("2026-12-01") }, "x");
        }
        let mut found = Vec::new();
        for number in 1u128..5 {
            let agencies = [agency(&format!("H2{number}.10"))];
            let record = place(number, &agencies);
            holds.covering(&record, &mut found);
            found.sort();
            let in_force = holds.all().filter(|hold| hold.released.is_none() && hold.scope.covers(&record));
            prop_assert_eq!(&found, &in_force.map(|hold| hold.id).collect::<Vec<_>>());
        }
    }
}
