use super::*;
use crate::retention::calendar::tests::shipped;
use crate::retention::rules::tests::law;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn dated(text: &str) -> Dated {
    Dated::parse(text).expect("a date")
}

fn bounds(deadline: &Deadline) -> (Option<NaiveDate>, Option<NaiveDate>) {
    (deadline.earliest, deadline.latest)
}

#[test]
fn deposits_run_by_each_source() {
    let (law, calendar) = (law(), shipped());
    let found = deposits(&law, &calendar, Work::Ordinary, dated("2025-11-22"));
    assert_eq!(
        found.iter().map(|one| one.what).collect::<Vec<_>>(),
        [ParameterCode::DepositDigital, ParameterCode::Deposit]
    );
    assert_eq!(
        found.iter().map(|one| one.latest).collect::<Vec<_>>(),
        [Some(day("2026-01-21")), Some(day("2026-11-22"))]
    );
    let settled = deposits(&law, &calendar, Work::Construction, dated("2025-11-30"));
    assert_eq!(settled[0].latest, Some(day("2026-02-28")));
}

#[test]
fn transfers_count_from_the_year_of_deposit() {
    let (law, calendar) = (law(), shipped());
    let general = transfer(&law, &calendar, Sector::General, dated("2020-05-01"));
    assert_eq!(bounds(&general), (Some(day("2025-12-31")), Some(day("2025-12-31"))));
    assert_eq!(general.on(day("2025-12-31")), Standing::Running);
    assert_eq!(general.on(day("2026-01-01")), Standing::Overdue);
    let special = transfer(&law, &calendar, Sector::Special, dated("2020"));
    assert_eq!(special.latest, Some(day("2050-12-31")));
    let vague = transfer(&law, &calendar, Sector::General, dated("2019/2021"));
    assert_eq!(vague.on(day("2025-06-01")), Standing::Doubtful);
    assert_eq!(vague.on(day("2027-01-01")), Standing::Overdue);
    let unknown = transfer(&law, &calendar, Sector::General, Dated::UNKNOWN);
    assert_eq!(unknown.on(day("2999-01-01")), Standing::Doubtful);
}

#[test]
fn working_days_name_the_years_in_doubt() {
    let (law, calendar) = (law(), shipped());
    let known = deadline(&law, &calendar, ParameterCode::TransferAnswer, dated("2025-08-29"));
    assert_eq!((bounds(&known), known.unknown_holidays.len()), ((Some(day("2025-09-11")), Some(day("2025-09-11"))), 0));
    let unknown = deadline(&law, &calendar, ParameterCode::TransferAnswer, dated("2027-03-01"));
    assert_eq!(
        (bounds(&unknown), &unknown.unknown_holidays[..]),
        ((Some(day("2027-03-10")), Some(day("2027-03-31"))), &[2027][..])
    );
    let execution = deadline(&law, &calendar, ParameterCode::Execution, dated("2026-11-22"));
    assert_eq!(execution.latest, Some(day("2026-12-07")));
    let forever = deadline(&law, &calendar, ParameterCode::DisposalFile, dated("2026-11-22"));
    assert_eq!(forever.on(day("2999-01-01")), Standing::Doubtful);
}

#[test]
fn a_historical_archive_takes_permanent_records_only() {
    assert_eq!(historical(Span::Permanent, AccessMode::Open), Ok(()));
    assert_eq!(historical(Span::Permanent, AccessMode::Conditional), Ok(()));
    assert_eq!(historical(Span::Permanent, AccessMode::Secret), Err(NotHistorical::Secret));
    for span in [Span::Until(day("2099-12-31")), Span::Awaiting, Span::Unknown] {
        assert_eq!(historical(span, AccessMode::Open), Err(NotHistorical::NotPermanent));
    }
}

#[test]
fn what_is_said_of_an_agency_counts_for_those_under_it() {
    let code = |text: &str| text.parse::<AgencyCode>().expect("a code");
    let mut sectors = Sectors::default();
    assert_eq!(sectors.of(&code("H26.12")), Sector::General);
    sectors.set(&code("H26.12"), Sector::Special);
    sectors.set(&code("H26.12.3"), Sector::General);
    let found =
        ["H26", "H26.1", "H26.120", "H26.12", "H26.12.4", "H26.12.3", "H26.12.3.1"].map(|text| sectors.of(&code(text)));
    let (general, special) = (Sector::General, Sector::Special);
    assert_eq!(found, [general, general, general, special, special, general, general]);
    sectors.set(&code("H26.12"), Sector::General);
    assert_eq!(sectors.of(&code("H26.12.4")), Sector::General);
    assert_eq!(sectors.all().count(), 2);
}

proptest! {
    #[test]
    fn a_deadline_is_an_interval_and_time_goes_one_way(
        first in 18_000i32..22_000, later in 0i32..800, on in 18_000i32..24_000,
    ) {
        let (law, calendar) = (law(), shipped());
        let day = |days| NaiveDate::from_epoch_days(days);
        for &(_, what) in ParameterCode::NAMES {
            let found = deadline(&law, &calendar, what, Dated::between(day(first), day(first + later)));
            prop_assert!(found.earliest <= found.latest);
            let (now, then) = (day(on).expect("in range"), day(on + later).expect("in range"));
            prop_assert!(found.on(now) <= found.on(then));
        }
    }
}
