use super::*;
use proptest::prelude::*;

pub(in crate::retention) fn shipped() -> Calendar {
    let path = format!("{}/retention_rules/holidays.toml", env!("CARGO_MANIFEST_DIR"));
    Calendar::parse(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|bad| panic!("{bad}"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn working_days_are_counted_and_doubt_is_told() {
    let calendar = shipped();
    let check = |from: &str, count, earliest: &str, latest: &str, unknown: &[i32]| {
        let found = calendar.after(day(from), count).expect("counted");
        assert_eq!((found.earliest, found.latest, &found.unknown[..]), (day(earliest), day(latest), unknown));
    };
    check("2025-01-24", 1, "2025-02-03", "2025-02-03", &[]); // over Tết
    check("2025-04-25", 1, "2025-04-26", "2025-04-26", &[]); // a Saturday that is worked
    check("2025-04-29", 1, "2025-05-05", "2025-05-05", &[]); // the Friday is moved
    check("2025-08-29", 7, "2025-09-11", "2025-09-11", &[]);
    check("2025-03-10", 0, "2025-03-10", "2025-03-10", &[]);
    check("2026-08-28", 1, "2026-08-31", "2026-09-07", &[2026]); // four holidays may be missing
    check("2027-03-01", 7, "2027-03-10", "2027-03-31", &[2027]); // a year of which nothing is known
    check("2026-12-31", 1, "2027-01-01", "2027-01-22", &[2026, 2027]);
    assert_eq!(calendar.after(day("2025-01-01"), WORKING_DAYS_MAX + 1), None);
    assert_eq!(calendar.after(NaiveDate::MAX, 1), None);
}

#[test]
fn no_shipped_year_is_called_verified() {
    let calendar = shipped();
    assert_eq!(calendar.years.keys().copied().collect::<Vec<_>>(), [2025, 2026]);
    assert!(calendar.years.values().all(|year| !year.verified && year.grade == Grade::Reported));
    assert!(calendar.year(2025).is_some_and(|year| year.whole) && calendar.year(2026).is_some_and(|year| !year.whole));
    assert_eq!(calendar.after(day("2025-12-30"), 2).map(|found| found.unverified), Some(vec![2025, 2026]));
}

#[test]
fn what_is_wrong_with_a_file_comes_together() {
    let check = |year: &str, expect: &str| {
        let text = format!("format = 1\noff_max = 15\n[[year]]\nyear = 2025\nsource = \"x\"\n{year}");
        let BadHolidays(problems) = Calendar::parse(&text).unwrap_err();
        assert!(problems.iter().any(|problem| problem.contains(expect)), "{problems:?}");
    };
    let rest = "whole = false\ngrade = \"V2\"\nverified = false\n";
    check(&format!("off = [2024-01-01]\n{rest}"), "2024-01-01 is no day of that year");
    check(&format!("off = [2025-01-01T00:00:00]\n{rest}"), "is no day of that year");
    check(&format!("off = [2025-01-01, 2025-01-01]\n{rest}"), "2025-01-01 appears twice");
    check(&format!("off = [2025-01-04]\n{rest}"), "2025-01-04 is off as a weekend already");
    check(&format!("off = []\nworked = [2025-01-03]\n{rest}"), "2025-01-03 is a working day already");
    check("off = []\nwhole = true\ngrade = \"V2\"\nverified = true\n", "only a whole year of grade V1");
    check("off = []\nwhole = true\ngrade = \"V9\"\nverified = false\n", "grade \"V9\" is none of");
    check(&format!("off = []\n{rest}[[year]]\nyear = 2025\nsource = \"x\"\noff = []\n{rest}"), "appears twice");
    assert!(Calendar::parse("format = 2\noff_max = 15").is_err());
    assert!(Calendar::parse("format = 1\noff_max = 900").is_err());
}

proptest! {
    #[test]
    fn more_days_are_never_earlier(from in 19_000i32..22_000, count in 0u16..60, more in 0u16..20) {
        let calendar = shipped();
        let from = NaiveDate::from_epoch_days(from).expect("2022 to 2030");
        let after = |count| calendar.after(from, count).expect("counted");
        let (base, further) = (after(count), after(count + more));
        prop_assert!(base.earliest <= base.latest && further.earliest <= further.latest);
        prop_assert!(base.latest <= further.latest && base.earliest <= further.earliest);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(format = 1|off_max = 1|year = 2|\\[\\[year\\]\\]|\n| ){0,12}") {
        let _ = Calendar::parse(&text);
    }
}
