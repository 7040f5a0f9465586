use super::*;
use crate::archive::truth::Committed;
use crate::catalog::Batch;
use crate::event::{ActorId, Entry};
use crate::time::Micros;

fn event(index: u64, id: u128, kind: EventKind, previous: Option<u64>, body: Option<serde_json::Value>) -> Event {
    let (id, actor, stored) = (Uuid::from_u128(id), ActorId([0; 8]), Vec::new());
    let time = Micros(1 + index);
    let entry = Entry { kind, id, previous, time, actor, rule: None, commitment: None, stored, detail: None };
    let at = Location { segment: 1, offset: 128 + index * 80 };
    let committed = Committed { index, entry, at, key: None, objects: Vec::new(), ahead: false };
    match body {
        None => Event::without_body(committed),
        Some(body) => Event::with_body(committed, None, format!("{{}}\n{body}").into_bytes()).unwrap(),
    }
}

fn dossier(title: &str) -> Option<serde_json::Value> {
    let retention = serde_json::json!({
        "years": 10, "permanent": false, "until": "2033-12-31", "basis": "stated", "citation": "10 năm", "verified": false,
    });
    Some(serde_json::json!({
        "file_code": "H26.2023.1", "arc_file_code": "X.H26.2023.1", "title": title, "agency_code": "H26", "year": 2023,
        "retention": retention, "end_date": null,
    }))
}

fn events() -> Vec<Event> {
    vec![
        event(0, 7, EventKind::ArchiveCreated, None, None),
        event(1, 8, EventKind::DossierAccessioned, None, dossier("one")),
        event(2, 7, EventKind::ClockConfirmed, Some(0), None),
        event(3, 8, EventKind::DossierAmended, Some(1), dossier("two")),
    ]
}

/// The sum over a catalog that was shown these events.
fn shown(events: Vec<Event>, digester: &Digester) -> Sum {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(dir.path()).unwrap();
    let mut projection = Projection::from_nothing(Arc::default());
    events.into_iter().for_each(|event| event.show(&mut projection).unwrap());
    let (mut batch, cursor) = projection.hand_over(crate::vault::START, Batch::default());
    catalog.load(&mut batch, &cursor).unwrap();
    of_catalog(&catalog, digester).unwrap()
}

fn expected(events: Vec<Event>, digester: &Digester) -> Option<Sum> {
    let mut expected = Expected::new(digester, Arc::default());
    events.into_iter().for_each(|event| expected.event(Some(event)));
    expected.finish()
}

#[test]
fn a_row_that_a_later_event_replaced_counts_once() {
    let digester = Digester::new();
    let there = shown(events(), &digester);
    assert_eq!(
        there.rows,
        4 + 4 + 5,
        "two rows an event; body, two codes, retention of the dossier, and its new statement"
    );
    assert_eq!(expected(events(), &digester), Some(there));
    assert_ne!(expected(events(), &Digester::new()), Some(there));
}

#[test]
fn whatever_differs_gives_another_sum() {
    let digester = Digester::new();
    let there = shown(events(), &digester);
    let mut missing = events();
    missing.pop();
    let mut twice = events();
    twice.push(event(3, 8, EventKind::DossierAmended, Some(1), dossier("two")));
    let mut elsewhere = events();
    elsewhere[2].committed.at.offset += 80;
    let mut other_body = events();
    other_body[3] = event(3, 8, EventKind::DossierAmended, Some(1), dossier("three"));
    let mut other_chain = events();
    other_chain[2].committed.entry.previous = Some(1);
    for wrong in [missing, twice, elsewhere, other_body, other_chain] {
        assert_ne!(expected(wrong, &digester).unwrap(), there);
    }
    let mut part = Expected::new(&digester, Arc::default());
    events().into_iter().for_each(|event| part.event(Some(event)));
    part.part(Uuid::from_u128(9), 0, Location { segment: 1, offset: 128 });
    assert_ne!(part.finish().unwrap(), there);
}

#[test]
fn an_unread_event_leaves_no_sum() {
    let digester = Digester::new();
    let mut expected = Expected::new(&digester, Arc::default());
    expected.event(None);
    events().into_iter().for_each(|event| expected.event(Some(event)));
    assert_eq!(expected.finish(), None);
}
