use super::*;
use crate::catalog::Cursor;
use crate::digest::Blake3;
use crate::position::{Location, Position};
use crate::time::Micros;
use proptest::prelude::*;

fn days() -> impl Strategy<Value = NaiveDate> {
    (690_000i32..800_000).prop_map(|day| NaiveDate::from_num_days_from_ce_opt(day).expect("1890 to 2190"))
}

fn statements() -> impl Strategy<Value = Statement> {
    prop_oneof![
        Just(Statement::Nothing),
        Just(Statement::Period(Period::Awaiting)),
        Just(Statement::Period(Period::Permanent)),
        (2u16..=70).prop_map(|years| Statement::Period(Period::Years(years))),
        Just(Statement::Code("TT10-2022/mục".to_owned())),
    ]
}

fn facts() -> impl Strategy<Value = Fact> {
    let id = || any::<u128>().prop_map(Uuid::from_u128);
    let by = || any::<[u8; 8]>().prop_map(ActorId);
    let kind = prop::sample::select(Occurrence::NAMES).prop_map(|(_, kind)| kind);
    prop_oneof![
        statements().prop_map(Fact::Stated),
        ("[a-z/]{1,20}", by()).prop_map(|(rule, by)| Fact::Assigned { rule, by }),
        ("[a-z/]{0,20}", by()).prop_map(|(rule, by)| Fact::Confirmed { stated: Period::Years(7), rule, by }),
        (kind, prop::option::of(days()), days()).prop_map(|(kind, day, recorded)| {
            Fact::Occurred { kind, on: day.map_or(Dated::UNKNOWN, Dated::day), recorded }
        }),
        any::<u64>().prop_map(Fact::Revoked),
        any::<u64>().prop_map(Fact::Unlinked),
        (id(), id()).prop_map(|(record, dossier)| Fact::Linked { record, dossier }),
        days().prop_map(Fact::Reviewed),
        "[a-z/]{1,20}".prop_map(Fact::Opens),
        (2..=70_u16).prop_map(|years| Fact::Extended(Period::Years(years))),
    ]
}

proptest! {
    #[test]
    fn rows_come_back_as_they_went(fact in facts(), statement in statements(), day in days(), ended: bool) {
        prop_assert_eq!(Fact::decode(&fact.encode()), Some(fact));
        let mode = AccessMode::Conditional;
        let placed = PlacedRow { record: Uuid::from_u128(7), issued: day, accessioned: day, mode, statement };
        prop_assert_eq!(PlacedRow::decode(&placed.encode()), Some(placed.clone()));
        let agencies = ["H26.10", "000.00.00.G22"].map(|code| code.parse().expect("a code"));
        let row = DossierRow {
            year: 2023,
            ended: ended.then_some(day),
            accessioned: day,
            agencies: agencies[..1 + usize::from(ended)].to_vec(),
            statement: placed.statement,
        };
        prop_assert_eq!(DossierRow::decode(&row.encode()), Some(row));
    }

    #[test]
    fn no_bytes_make_a_row_panic(bytes: Vec<u8>) {
        let _ = (Fact::decode(&bytes), PlacedRow::decode(&bytes), DossierRow::decode(&bytes));
    }
}

#[test]
fn a_walk_sees_each_dossier_with_what_is_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(folder.path()).unwrap();
    let day = NaiveDate::from_num_days_from_ce_opt(738_000).unwrap();
    let placed = |record: u128| PlacedRow {
        record: Uuid::from_u128(record),
        issued: day,
        accessioned: day,
        mode: AccessMode::Open,
        statement: Statement::Nothing,
    };
    let dossier = |years: u16| DossierRow {
        year: 2020,
        ended: None,
        accessioned: day,
        agencies: vec!["H26".parse().unwrap()],
        statement: Statement::Period(Period::Years(years)),
    };
    let fact = |subject: u128, index| FactRow { subject: Uuid::from_u128(subject), index, fact: Fact::Reviewed(day) };
    let mut batch = Batch::default();
    // Of dossier 2 nothing is left but records and facts, as if its row were gone.
    for (of, ordinals) in [(1u128, 2u32), (2, 1), (u128::MAX, 1)] {
        for ordinal in 1..=ordinals {
            batch.placed(Uuid::from_u128(of), ordinal, &placed(of.wrapping_mul(100) + u128::from(ordinal)));
        }
        batch.lot(Uuid::from_u128(of), &placed(1).lot());
    }
    batch.dossier(Uuid::from_u128(1), &dossier(5));
    batch.dossier(Uuid::from_u128(u128::MAX), &dossier(9));
    batch.fact(Uuid::from_u128(1), &fact(101, 300));
    batch.fact(Uuid::from_u128(1), &fact(101, 9));
    batch.fact(Uuid::from_u128(2), &fact(201, 4));
    let position = Position { at: Location { segment: 1, offset: 128 }, frame: 5, commit: Blake3([1; 32]), size: 5 };
    let cursor = Cursor { position, time: Micros(9), keys: (2, Blake3([3; 32])) };
    catalog.apply(batch, &cursor).unwrap();

    let mut walk = catalog.walk_kept(Depth::Records);
    let first = walk.next_kept().unwrap().unwrap();
    assert_eq!((first.id, first.row.clone()), (Uuid::from_u128(1), dossier(5)));
    assert_eq!(first.records, [(1, placed(101)), (2, placed(102))]);
    assert_eq!(first.facts, [fact(101, 9), fact(101, 300)]);
    let last = walk.next_kept().unwrap().unwrap();
    assert_eq!((last.row, last.records.len(), last.facts.len()), (dossier(9), 1, 0));
    assert_eq!(walk.next_kept().unwrap(), None);
    assert_eq!(catalog.kept(Uuid::from_u128(1)).unwrap(), Some(first.clone()));
    assert_eq!(catalog.kept(Uuid::from_u128(2)).unwrap(), None);
    let mut dossiers = catalog.walk_kept(Depth::Dossiers);
    let mut one = dossiers.next_kept().unwrap().unwrap();
    assert!(one.records.is_empty() && dossiers.has_records(one.id).unwrap());
    assert_eq!(dossiers.lots(one.id).unwrap(), [placed(1).lot()]);
    dossiers.read_records(&mut one).unwrap();
    assert_eq!(one, first);
    let mut other = dossiers.next_kept().unwrap().unwrap();
    dossiers.read_records(&mut other).unwrap();
    assert_eq!((other.records.len(), dossiers.lots(other.id).unwrap().len()), (1, 1));
    // Sent to and fro, it finds the same.
    let mut visits = catalog.visits();
    for (id, expect) in
        [(other.id, Some(&other)), (first.id, Some(&first)), (Uuid::from_u128(2), None), (first.id, Some(&first))]
    {
        assert_eq!(visits.at(id).unwrap().as_ref(), expect);
    }
    for count in [0, 1, 2, 3, 64, 1000] {
        let mut found = Vec::new();
        for slice in catalog.slices(count).unwrap() {
            let mut walk = catalog.walk_slice(Depth::Records, slice);
            while let Some(kept) = walk.next_kept().unwrap() {
                found.push((kept.id, kept.records.len(), kept.facts.len()));
            }
        }
        let expect = [(first.id, 2, 2), (Uuid::from_u128(u128::MAX), 1, 0)];
        assert_eq!(found, if count == 0 { &[][..] } else { &expect[..] }, "{count} slices");
    }

    let mut batch = Batch::default();
    batch.forget_facts(first.id, Uuid::from_u128(101), &first.facts);
    catalog.apply(batch, &cursor).unwrap();
    assert!(catalog.kept(first.id).unwrap().unwrap().facts.is_empty());

    let mut batch = Batch::default();
    batch.tombstone(Uuid::from_u128(101), first.id, 1, b"{}");
    catalog.apply(batch, &cursor).unwrap();
    let mut walk = catalog.walk_kept(Depth::Dossiers);
    assert!(walk.has_records(first.id).unwrap(), "the second is there still");
    let mut batch = Batch::default();
    batch.tombstone(Uuid::from_u128(102), first.id, 2, b"{}");
    batch.forget_lot(first.id, &placed(1).lot());
    catalog.apply(batch, &cursor).unwrap();
    let mut walk = catalog.walk_kept(Depth::Dossiers);
    assert!(!walk.has_records(first.id).unwrap() && walk.has_records(Uuid::from_u128(u128::MAX)).unwrap());
}
