mod twelve_rules;

use super::*;
use proptest::prelude::*;

#[test]
fn statements() {
    let check = |text: &str, expect| assert_eq!(read_statement(text), expect, "{text:?}");
    for (text, years) in
        [("70 năm", 70), ("50 năm", 50), ("20 năm", 20), ("10 năm", 10), ("5 năm", 5), ("2 năm", 2), ("05 NĂM", 5)]
    {
        check(text, Ok(Period::Years(years)));
    }
    check("Vĩnh viễn", Ok(Period::Permanent));
    check(" VĨNH  VIỄN\n", Ok(Period::Permanent));
    check("Vi\u{303}nh viê\u{303}n", Ok(Period::Permanent)); // decomposed
    check("10 na\u{306}m", Ok(Period::Years(10)));
    for text in ["", " "] {
        check(text, Err(Unreadable::Empty));
    }
    for text in ["1 năm", "0 năm", "71 năm", "99999999999999999999 năm"] {
        check(text, Err(Unreadable::OutOfBounds));
    }
    for text in [
        "20",
        "năm",
        "-5 năm",
        "2,5 năm",
        "5 năm 6 tháng",
        "5 nam",
        "mười năm",
        "Vĩnh viễn?",
        "đến khi thay thế",
        "٥ năm",
    ] {
        check(text, Err(Unreadable::NotAPeriod));
    }
}

#[test]
fn codes_of_the_circular() {
    assert_eq!(read_code("01"), Some(Period::Permanent));
    assert_eq!(["02", "03", "04", "05", "06"].map(read_code), [70, 50, 30, 20, 10].map(|n| Some(Period::Years(n))));
    assert_eq!(["07", "1", "", "20"].map(read_code), [None; 4]);
    for code in ["01", "02", "06"] {
        let period = read_code(code).unwrap();
        assert_eq!(read_statement(&words(period)), Ok(period));
    }
}

#[test]
fn the_longest_statement_rules_and_is_cited() {
    let check = |year, statements: &[&str], period, until: Option<&str>, citation: &str| {
        let retention = retention_of(year, statements.iter().copied());
        let until = until.map(|day| day.parse().unwrap());
        let expect = Retention { period, until, basis: Basis::Stated, citation: citation.into(), verified: false };
        assert_eq!(retention, expect);
    };
    check(2023, &["5 năm"], Period::Years(5), Some("2028-12-31"), "5 năm");
    check(2020, &["5 năm", "20 NĂM", "20 năm"], Period::Years(20), Some("2040-12-31"), "20 NĂM");
    check(2020, &["70 năm", "Vĩnh viễn"], Period::Permanent, None, "Vĩnh viễn");
    check(2020, &["70 năm", "lâu dài"], Period::Awaiting, None, "lâu dài");
    check(2020, &["lâu dài", "Vĩnh viễn"], Period::Permanent, None, "Vĩnh viễn");
    check(2020, &[], Period::Awaiting, None, "");
    assert_eq!(until(i32::MAX, Period::Years(2)), None);
}

const STATEMENTS: &[&str] = &["5 năm", "70 năm", "x", "Vĩnh viễn", ""];

#[test]
fn a_statement_may_be_the_code_of_a_rule() {
    let code = |text: &str| Statement::Code(text.to_owned());
    let unreadable = Statement::Period(Period::Awaiting);
    for (text, expect) in [
        ("  ", Statement::Nothing),
        ("20 năm", Statement::Period(Period::Years(20))),
        (" TT10-2022/bidding-won ", code("TT10-2022/bidding-won")),
        ("TT10-2022/mục-3", code("TT10-2022/mục-3")),
        ("theo công trình", unreadable.clone()),
        ("1 năm", unreadable.clone()),
        ("20/30 năm", unreadable.clone()),
        ("T/\u{7}", unreadable.clone()),
        (&format!("T/{}", "x".repeat(98)), code(&format!("T/{}", "x".repeat(98)))),
        (&format!("T/{}", "x".repeat(99)), unreadable.clone()),
    ] {
        assert_eq!(Statement::read(text), expect, "{text:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_statements_never_panic(text: String, years: u16, year: i32) {
        let _ = read_statement(&text);
        let expect = if YEARS.contains(&years) { Ok(Period::Years(years)) } else { Err(Unreadable::OutOfBounds) };
        prop_assert_eq!(read_statement(&format!("{years} năm")), expect);
        let _ = retention_of(year, [text.as_str()]);
    }

    #[test]
    fn the_longest_is_longest_in_any_order(
        mut statements in prop::collection::vec(prop::sample::select(STATEMENTS), 0..6),
    ) {
        let period = retention_of(2020, statements.iter().copied()).period;
        statements.reverse();
        prop_assert_eq!(period, retention_of(2020, statements.iter().copied()).period);
        prop_assert!(statements.iter().all(|text| read_statement(text).unwrap_or(Period::Awaiting) <= period));
    }
}
