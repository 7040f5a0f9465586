use super::rules::{BadRules, Grade, RuleFile};
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

fn shipped() -> Vec<(String, RuleFile)> {
    let folder = format!("{}/retention_rules", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| RuleFile::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    files.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read(path))).collect()
}

#[test]
fn worked_cases_of_the_rule_files_come_out() {
    for (name, file) in shipped() {
        assert_eq!(file.failing_cases(), Vec::<String>::new(), "{name}");
        assert!(!file.cases.is_empty(), "{name} has no case");
    }
}

#[test]
fn no_shipped_rule_claims_more_than_was_read() {
    let rules: Vec<_> = shipped().into_iter().flat_map(|(_, file)| file.rules).collect();
    assert_eq!(rules.len(), 9 + 7);
    assert!(rules.iter().all(|rule| !rule.verified && rule.grade == Grade::Reported && !rule.source.is_empty()));
    assert!(rules.iter().all(|rule| rule.period != Period::Awaiting));
}

#[test]
fn a_rule_gives_a_retention_that_cites_it() {
    let files = shipped();
    let rule = files.iter().find_map(|(_, file)| file.rule("TT10-2022/bidding-won")).unwrap();
    let until = "2039-12-31".parse().ok();
    let citation = "TT10-2022/bidding-won".to_owned();
    let expect = Retention { period: Period::Years(20), until, basis: Basis::Rule, citation, verified: false };
    assert_eq!(rule.retention(2019), expect);
}

const FILE: &str = r#"format = 1
[[authority]]
code = "A"
citation = "Luật A"
in_force_from = 2025-07-01
grade = "V2"
source = "a portal"
[[rule]]
code = "A/1"
authority = "A"
records = "plans"
period = "5 năm"
source = "a portal"
grade = "V2"
verified = false
[[case]]
why = "plain"
year_ended = 2020
rule = "A/1"
period = "5 năm"
until = 2025-12-31
"#;

#[test]
fn a_rule_file_is_read_whole_or_not_at_all() {
    assert_eq!(
        RuleFile::parse(FILE).map(|file| (file.authorities.len(), file.rules.len(), file.cases.len())),
        Ok((1, 1, 1))
    );
    let check = |from: &str, to: &str, expect: &str| {
        assert!(FILE.contains(from), "{from}");
        let BadRules(problems) = RuleFile::parse(&FILE.replace(from, to)).unwrap_err();
        assert!(problems.iter().any(|problem| problem.contains(expect)), "{problems:?}");
    };
    check("format = 1", "format = 2", "format 2 is not 1");
    check("format = 1", "", "missing field `format`");
    check("records = ", "record = ", "unknown field `record`");
    check(
        "period = \"5 năm\"\nsource",
        "period = \"71 năm\"\nsource",
        "rule A/1: period \"71 năm\": a fixed period is 2 to 70",
    );
    check("grade = \"V2\"\nverified", "grade = \"V3\"\nverified", "rule A/1: grade \"V3\" is not V1, V2 or R");
    check("verified = false", "verified = true", "rule A/1: only a rule of grade V1 can be verified");
    check("authority = \"A\"", "authority = \"B\"", "rule A/1: no authority B");
    check("2025-07-01", "2025-07-01T00:00:00", "is not a date");
    check("rule = \"A/1\"", "rule = \"A/2\"", "no rule A/2");
    check("rule = \"A/1\"", "", "case 1: has either a rule or statements");
    let rule = &FILE[FILE.find("[[rule]]").unwrap()..FILE.find("[[case]]").unwrap()];
    check("[[case]]", &format!("{rule}[[case]]"), "rule A/1: appears twice");
}

#[test]
fn all_problems_of_a_rule_file_come_together() {
    let bad = FILE.replace("verified = false", "verified = true").replace("authority = \"A\"", "authority = \"B\"");
    assert_eq!(RuleFile::parse(&bad).unwrap_err().0.len(), 2);
}

#[test]
fn a_case_that_does_not_come_out_is_told() {
    let wrong = RuleFile::parse(&FILE.replace("2025-12-31", "2025-12-30")).unwrap();
    assert_eq!(wrong.failing_cases().len(), 1);
}

const STATEMENTS: &[&str] = &["5 năm", "70 năm", "x", "Vĩnh viễn", ""];

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

    #[test]
    fn mutated_rule_files_never_panic(at in 0usize..400, to: char) {
        let mutated: String = FILE.chars().enumerate().map(|(place, c)| if place == at { to } else { c }).collect();
        let _ = RuleFile::parse(&mutated).map(|file| file.failing_cases());
    }
}
