use super::*;
use crate::digest::Blake3;
use crate::position::{Location, Position};
use crate::time::Micros;

fn cursor(size: u64) -> Cursor {
    let position = Position { at: Location { segment: 1, offset: 128 }, frame: 5, commit: Blake3([1; 32]), size };
    Cursor { position, time: Micros(9), keys: (2, Blake3([3; 32])) }
}

fn placed(record: Uuid) -> PlacedRow {
    let day = chrono::NaiveDate::MIN;
    let (mode, statement) = (crate::record::AccessMode::Open, crate::retention::Statement::Nothing);
    PlacedRow { record, issued: day, accessioned: day, mode, statement }
}

#[test]
fn what_was_applied_is_found_again_also_beside_the_writer() {
    let dir = tempfile::tempdir().unwrap();
    let (home, scratch) = (dir.path().join("catalog"), dir.path().join("scratch"));
    let catalog = Catalog::open(&home).unwrap();
    assert_eq!(catalog.cursor().unwrap(), None);
    let (record, dossier) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let row = EventRow {
        index: 4,
        entry: Location { segment: 1, offset: 300 },
        key: Some(Location { segment: 1, offset: 200 }),
        objects: vec![
            ObjectRow { id: Uuid::from_u128(7), parts: vec![Location { segment: 1, offset: 128 }] },
            ObjectRow { id: Uuid::from_u128(8), parts: vec![] },
        ],
    };
    let mut batch = Batch::default();
    batch.event(record, 4, &row);
    batch.event(record, 300, &EventRow { index: 300, key: None, objects: vec![], ..row.clone() });
    batch.body(record, b"{}");
    batch.code("X.1", Named::Record(record));
    batch.code("X", Named::Dossier(dossier));
    batch.placed(dossier, 1, &placed(record));
    batch.placed(dossier, 300, &placed(Uuid::from_u128(3)));
    batch.holding("H26.2023.1", &Sha256([5; 32]), record);
    batch.holding("H26.2023.2", &Sha256([5; 32]), dossier);
    batch.file(&Sha256([5; 32]), Uuid::from_u128(3));
    batch.file(&Sha256([7; 32]), record);
    batch.file(&Sha256([8; 32]), record);
    batch.forget_file(&Sha256([8; 32]), record);
    batch.identified(Identified::of("H26 2023 12/QĐ-UBND"), record);
    batch.scope_objects(Uuid::from_u128(9), 77);
    batch.actor("clerk", ActorId([6; 8]));
    catalog.apply(batch, &cursor(5)).unwrap();

    let beside = Catalog::open_secondary(&home, &scratch).unwrap();
    for catalog in [&catalog, &beside] {
        assert_eq!(catalog.cursor().unwrap(), Some(cursor(5)));
        assert_eq!(catalog.events(record).unwrap()[0], (4, row.clone()));
        assert_eq!(catalog.last_event(record).unwrap().unwrap().0, 300);
        assert_eq!(catalog.last_event(dossier).unwrap(), None);
        let before = [(4, Some(None)), (300, Some(Some(4))), (5, None), (301, None)];
        for (index, expect) in before {
            assert_eq!(catalog.event_before(record, index).unwrap(), expect, "{index}");
        }
        assert_eq!(catalog.subject_of(4).unwrap(), Some(record));
        assert_eq!(catalog.body(record).unwrap().as_deref(), Some(&b"{}"[..]));
        assert_eq!(catalog.named("X").unwrap(), Some(Named::Dossier(dossier)));
        assert_eq!(catalog.named("X.1").unwrap(), Some(Named::Record(record)));
        assert_eq!(catalog.named("Y").unwrap(), None);
        assert_eq!(catalog.last_ordinal(dossier).unwrap(), 300);
        assert_eq!(catalog.last_ordinal(record).unwrap(), 0);
        assert_eq!(catalog.records_of(dossier, 0, 10).unwrap().len(), 2);
        assert_eq!(catalog.records_of(dossier, 1, 10).unwrap(), [(300, Uuid::from_u128(3))]);
        assert_eq!(catalog.holding("H26.2023.1", &Sha256([5; 32])).unwrap(), Some(record));
        assert_eq!(catalog.holding("H26.2023.3", &Sha256([5; 32])).unwrap(), None);
        let of = [(5, vec![record, dossier, Uuid::from_u128(3)]), (7, vec![record]), (8, vec![])];
        for (byte, expect) in of {
            assert_eq!(catalog.all_holding(&Sha256([byte; 32]), 9).unwrap(), expect, "{byte}");
        }
        assert_eq!(catalog.all_holding(&Sha256([5; 32]), 1).unwrap(), [record, Uuid::from_u128(3)]);
        assert_eq!(catalog.identified(Identified::of("H26 2023 12/QĐ-UBND")).unwrap(), Some(record));
        assert_eq!(catalog.scope_objects(Uuid::from_u128(9)).unwrap(), 77);
        assert_eq!(catalog.actor("clerk").unwrap(), Some(ActorId([6; 8])));
        assert_eq!(catalog.actor_name(ActorId([6; 8])).unwrap().as_deref(), Some("clerk"));
    }
    drop(catalog);
    assert_eq!(Catalog::open(&home).unwrap().cursor().unwrap(), Some(cursor(5)));
}

#[test]
fn what_was_loaded_is_found_and_replaced_by_what_is_loaded_later() {
    let dir = tempfile::tempdir().unwrap();
    let (home, scratch) = (dir.path().join("catalog"), dir.path().join("scratch"));
    let catalog = Catalog::open(&home).unwrap();
    let (record, object) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let at = Location { segment: 1, offset: 128 };
    for (round, body) in [(1, b"one"), (2, b"two")] {
        let mut batch = Batch::default();
        batch.body(record, body);
        batch.scope_objects(object, round);
        match round {
            1 => batch.pending_part(object, 0, at),
            _ => batch.settle_parts(object, 1),
        }
        catalog.load(&mut batch, &cursor(round)).unwrap();
        assert_eq!(catalog.cursor().unwrap(), Some(cursor(round)));
        assert_eq!(catalog.body(record).unwrap().as_deref(), Some(&body[..]));
        assert_eq!(catalog.scope_objects(object).unwrap(), round);
        assert_eq!(catalog.pending_parts(object).unwrap().len(), 2 - round as usize);
    }
    // Logged changes come on top.
    let mut batch = Batch::default();
    batch.body(record, b"three");
    catalog.apply(batch, &cursor(3)).unwrap();
    drop(catalog);
    let beside = Catalog::open_secondary(&home, &scratch).unwrap();
    let mut rows = 0;
    beside.each_row(|_, _| rows += 1).unwrap();
    assert_eq!((rows, beside.rows().count()), (3, 3), "body, scope and cursor");
    assert_eq!(beside.body(record).unwrap().as_deref(), Some(&b"three"[..]));
    assert!(!home.join(LOADING).exists());
}

#[test]
fn a_catalog_of_another_version_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(dir.path()).unwrap();
    catalog.apply(Batch::default(), &cursor(5)).unwrap();
    let mut older = cursor(5).encode();
    older[3] -= 1;
    catalog.db.put(b"m", older).unwrap();
    assert!(catalog.cursor().unwrap_err().is_spoilt());
}
