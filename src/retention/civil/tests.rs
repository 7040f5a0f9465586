use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn dates_are_read_by_their_bounds() {
    let check = |text: &str, first: Option<&str>, last: Option<&str>| {
        let expect = Dated { first: first.map(day), last: last.map(day) };
        assert_eq!(Dated::parse(text), Some(expect), "{text}");
    };
    check("2024-02-29", Some("2024-02-29"), Some("2024-02-29"));
    check("2024-02", Some("2024-02-01"), Some("2024-02-29"));
    check("2023-12", Some("2023-12-01"), Some("2023-12-31"));
    check("2023", Some("2023-01-01"), Some("2023-12-31"));
    check("2023/2024-06", Some("2023-01-01"), Some("2024-06-30"));
    check("../2024", None, Some("2024-12-31"));
    check("2024-05-03/..", Some("2024-05-03"), None);
    for text in ["", "23", "2023~", "2023?", "202X", "2023-13", "2023-02-29", "2024/2023", "2023-1", "+2023", "a/b"] {
        assert_eq!(Dated::parse(text), None, "{text}");
    }
    assert_eq!(Dated::between(Some(day("2024-01-02")), Some(day("2024-01-01"))), Dated::UNKNOWN);
    assert!(Dated::year(2023).is_within_a_year() && !Dated::year(2023).is_day());
}

#[test]
fn cut_offs_and_years_are_clamped() {
    let check = |cut: CutOff, from: &str, to: &str| assert_eq!(cut.of(day(from)), Some(day(to)));
    check(CutOff::Day, "2024-05-03", "2024-05-03");
    check(CutOff::MonthEnd, "2024-02-03", "2024-02-29");
    check(CutOff::QuarterEnd, "2024-05-03", "2024-06-30");
    check(CutOff::QuarterEnd, "2024-12-31", "2024-12-31");
    check(CutOff::YearEnd, "2024-01-01", "2024-12-31");
    assert_eq!(years_after(day("2024-02-29"), 1), Some(day("2025-02-28")));
    assert_eq!(years_after(day("2024-02-29"), 4), Some(day("2028-02-29")));
    assert_eq!(months_after(day("2024-01-31"), 1), Some(day("2024-02-29")));
    assert_eq!(years_after(NaiveDate::MAX, 1), None);
    assert_eq!(CutOff::YearEnd.of(NaiveDate::MAX), None);
}

#[test]
fn midnight_is_vietnams() {
    let at = |text: &str| vietnamese_day(text.parse().expect("an instant"));
    assert_eq!(at("2026-12-31T16:59:59.999999Z"), day("2026-12-31"));
    assert_eq!(at("2026-12-31T17:00:00.000000Z"), day("2027-01-01"));
    let _ = vietnamese_day(Micros(u64::MAX));
    assert_eq!(written(day("2028-12-31")), "31/12/2028");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[0-9./~-]{0,20}") {
        if let Some(dated) = Dated::parse(&text) {
            prop_assert!(dated.first.zip(dated.last).is_none_or(|(first, last)| first <= last));
        }
    }

    #[test]
    fn a_cut_off_never_goes_back(days in -1_000_000i32..1_000_000, later in 0i32..4000) {
        let early = NaiveDate::from_epoch_days(days).expect("in the calendar");
        let late = NaiveDate::from_epoch_days(days + later).expect("in the calendar");
        for (_, cut) in CutOff::NAMES {
            prop_assert!(cut.of(early) >= Some(early) && cut.of(early) <= cut.of(late));
        }
    }
}
