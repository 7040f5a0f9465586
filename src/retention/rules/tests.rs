use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// The law in use, as shipped.
pub(in crate::retention) fn law() -> Law {
    read("archive-law.toml").law().expect("whole")
}

fn read(name: &str) -> RuleFile {
    let path = format!("{}/retention_rules/{name}", env!("CARGO_MANIFEST_DIR"));
    RuleFile::parse(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|bad| panic!("{name}: {bad}"))
}

fn shipped() -> Vec<(&'static str, RuleFile)> {
    ["archive-law.toml", "common-2022.toml", "health-2025.toml"].map(|name| (name, read(name))).into()
}

/// A shipped rule, with its file.
pub(in crate::retention) fn shipped_rule(code: &str) -> (RuleFile, Rule) {
    let found = shipped().into_iter().find_map(|(_, file)| file.rule(code).cloned().map(|rule| (file, rule)));
    found.expect("shipped")
}

#[test]
fn worked_cases_of_the_rule_files_come_out() {
    for (name, file) in shipped() {
        assert_eq!(file.failing_cases(&law()), Vec::<String>::new(), "{name}");
        assert!(!file.cases.is_empty(), "{name} has no case");
    }
}

#[test]
fn no_shipped_rule_claims_more_than_was_read() {
    let rules: Vec<_> = shipped().into_iter().flat_map(|(_, file)| file.rules).collect();
    assert_eq!(rules.len(), 9 + 7);
    assert!(rules.iter().all(|rule| !rule.verified && rule.grade == Grade::Reported && !rule.source.is_empty()));
    assert!(rules.iter().all(|rule| rule.period() != Period::Awaiting));
}

#[test]
fn the_law_has_every_number_and_the_bounds_of_statements() {
    use crate::retention::law::{Length, ParameterCode, Unit};
    let law = law();
    let years = |code| match law.parameter(code).length {
        Length::Of(value, Unit::Years) => value,
        other => panic!("{other:?}"),
    };
    assert_eq!(years(ParameterCode::PeriodMin)..=years(ParameterCode::PeriodMax), crate::retention::YEARS);
    assert_eq!(law.parameter(ParameterCode::DisposalFile).length, Length::Permanent);
    let (waiting, execution) = (ParameterCode::Waiting, ParameterCode::Execution);
    match (law.parameter(waiting).length, law.parameter(execution).length) {
        (Length::Of(wait, Unit::Days), Length::Of(execute, Unit::Days)) => assert!(wait < execute),
        other => panic!("{other:?}"),
    }
    let mut file = read("archive-law.toml");
    let removed = file.parameters.pop().expect("has some");
    assert_eq!(file.law(), Err(NoLaw::Missing(removed.code.name())));
    file.parameters.extend([removed.clone(), removed.clone()]);
    assert_eq!(file.law(), Err(NoLaw::Twice(removed.code.name())));
    assert!(law.citation(crate::retention::reason::ReasonCode::LinkedLonger).is_some());
}

#[test]
fn a_rule_gives_a_retention_that_cites_it() {
    let file = read("common-2022.toml");
    let rule = file.rule("TT10-2022/bidding-won").expect("is there");
    let until = "2039-12-31".parse().ok();
    let citation = "TT10-2022/bidding-won".to_owned();
    let expect = Retention { period: Period::Years(20), until, basis: Basis::Rule, citation, verified: false };
    assert_eq!(rule.retention(2019), expect);
    assert_eq!(file.citation(rule).expect("cited").to_string(), "Thông tư 10/2022/TT-BNV");
    let charters = file.rule("TT10-2022/charters").expect("is there");
    assert_eq!(file.citation(charters).expect("cited").to_string(), "Thông tư 10/2022/TT-BNV, mục 3 PL I");
}

pub(in crate::retention) const FILE: &str = r#"format = 1
[schedule]
code = "A"
title = "A table"
version = 1
[[authority]]
code = "A"
citation = "Luật A"
kind = "law"
in_force_from = 2025-07-01
grade = "V2"
source = "a portal"
[[rule]]
code = "A/1"
authority = "A"
records = "plans"
trigger = "work-ended"
period = "5 năm"
action = "destroy"
source = "a portal"
grade = "V2"
verified = false
[[rule]]
code = "A/2"
authority = "A"
records = "rules"
trigger = { any = ["superseded", "expired"] }
cut_off = "month-end"
period = "until-event"
action = "review"
review_years = 10
source = "a portal"
grade = "V1"
verified = true
[[rule]]
code = "A/3"
authority = "A"
records = "works"
trigger = { all = ["works-demolished"] }
period = "while-asset-lives"
action = "destroy"
source = "a portal"
grade = "V2"
verified = false
[[case]]
why = "plain"
year_ended = 2020
rule = "A/1"
kept = "2025-12-31"
[[case]]
why = "superseded in a month"
year_ended = 2019
rule = "A/2"
event = [{ kind = "superseded", on = "2023-02", recorded = 2024-05-01 }]
kept = "2023-02-28"
on = 2023-03-01
outcome = "review-due"
reasons = ["counted-from-event", "latest-bound", "action-review"]
"#;

#[test]
fn a_rule_file_is_read_whole_or_not_at_all() {
    let read = RuleFile::parse(FILE).unwrap();
    assert_eq!((read.authorities.len(), read.rules.len(), read.cases.len()), (1, 3, 2));
    assert_eq!(read.failing_cases(&law()), Vec::<String>::new());
    let check = |from: &str, to: &str, expect: &str| {
        assert!(FILE.contains(from), "{from}");
        let BadRules(problems) = RuleFile::parse(&FILE.replacen(from, to, 1)).unwrap_err();
        assert!(problems.iter().any(|problem| problem.contains(expect)), "{problems:?}");
    };
    check("format = 1", "format = 2", "format 2 is not 1");
    check("format = 1", "", "missing field `format`");
    check("records = ", "record = ", "unknown field `record`");
    check("period = \"5 năm\"", "period = \"71 năm\"", "rule A/1: period \"71 năm\": a fixed period is 2 to 70");
    check("period = \"5 năm\"", "period = \"4-7 năm\"", "rule A/1: period \"4-7 năm\": neither");
    check("period = \"5 năm\"", "period = \"until-event\"", "rule A/1: until-event needs an event");
    check("period = \"5 năm\"", "period = \"while-asset-lives\"", "rule A/1: while-asset-lives needs");
    check("period = \"5 năm\"", "period = \"Vĩnh viễn\"", "rule A/1: what is permanent is kept or transferred");
    check("action = \"destroy\"", "action = \"keep\"", "rule A/1: only what is permanent is kept");
    check("action = \"destroy\"", "action = \"burn\"", "rule A/1: action \"burn\" is none of destroy, review");
    check("\"work-ended\"", "\"work\"", "rule A/1: a trigger is");
    check("\"work-ended\"", "{ any = [] }", "rule A/1: the trigger names no event");
    check("\"work-ended\"", "{ any = [\"expired\"], date = \"issued\" }", "rule A/1: a trigger is");
    check("\"superseded\"", "\"forgotten\"", "rule A/2: event \"forgotten\" is none of");
    check("cut_off = \"month-end\"", "cut_off = \"week\"", "rule A/2: cut_off \"week\" is none of");
    check("review_years = 10", "review_years = 0", "rule A/2: review_years is 1 to 70");
    check("grade = \"V1\"\nverified = true", "grade = \"V3\"\nverified = true", "rule A/2: grade \"V3\" is none of");
    check("verified = false", "verified = true", "rule A/1: only a rule of grade V1 can be verified");
    check("authority = \"A\"", "authority = \"B\"", "rule A/1: no authority B");
    check("2025-07-01", "2025-07-01T00:00:00", "is not a date");
    check("kind = \"law\"", "kind = \"song\"", "authority A: kind \"song\" is none of law");
    check("rule = \"A/1\"", "rule = \"A/9\"", "no rule A/9");
    check("rule = \"A/1\"", "", "case 1: has either a rule or statements");
    check("kept = \"2025-12-31\"", "kept = \"soon\"", "case 1: \"soon\" is no day");
    check("on = 2023-03-01\n", "", "case 2: on and outcome stand together");
    check("code = \"A/2\"", "code = \"A/1\"", "rule A/1: appears twice");
    check("[schedule]\ncode = \"A\"\ntitle = \"A table\"\nversion = 1\n", "", "rules are of a schedule");
    check("version = 1", "version = 0", "versions count from 1");
}

#[test]
fn all_problems_of_a_rule_file_come_together() {
    let bad = FILE.replace("verified = false", "verified = true").replace("authority = \"A\"", "authority = \"B\"");
    assert_eq!(RuleFile::parse(&bad).unwrap_err().0.len(), 5);
}

#[test]
fn a_case_that_does_not_come_out_is_told() {
    let wrong =
        RuleFile::parse(&FILE.replace("2025-12-31", "2025-12-30").replace("[\"counted", "[\"held\", \"counted"));
    assert_eq!(wrong.unwrap().failing_cases(&law()).len(), 2);
}

/// What `schema` says of a TOML value: the constructs that the schema uses, no more.
pub(crate) fn holds(schema: &Value, root: &Value, value: &Value) -> Result<(), String> {
    let fail = |why: String| Err(format!("{why}: {value}"));
    let known = [
        "$ref",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "enum",
        "const",
        "pattern",
        "minimum",
        "maximum",
        "minItems",
        "minLength",
        "maxItems",
        "oneOf",
        "description",
        "title",
        "$schema",
        "$id",
        "$defs",
        "if",
        "then",
    ];
    for (keyword, says) in schema.as_object().expect("a schema") {
        match keyword.as_str() {
            "$ref" => {
                holds(root.pointer(says.as_str().expect("text").trim_start_matches('#')).expect("there"), root, value)?
            }
            "type" => {
                let fits = match says.as_str().expect("text") {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_i64(),
                    "boolean" => value.is_boolean(),
                    other => panic!("{other}"),
                };
                if !fits {
                    return fail(format!("not of type {says}"));
                }
            }
            "required" => {
                let missing = says
                    .as_array()
                    .expect("list")
                    .iter()
                    .find(|name| value.get(name.as_str().expect("text")).is_none());
                if let Some(name) = missing.filter(|_| value.is_object()) {
                    return fail(format!("no {name}"));
                }
            }
            "additionalProperties" => {
                let allowed = schema["properties"].as_object().expect("listed");
                if let Some(name) =
                    value.as_object().and_then(|object| object.keys().find(|name| !allowed.contains_key(*name)))
                {
                    return fail(format!("unknown {name}"));
                }
            }
            "properties" => {
                for (name, inner) in says.as_object().expect("object") {
                    value.get(name).map_or(Ok(()), |value| holds(inner, root, value))?;
                }
            }
            "items" => value.as_array().into_iter().flatten().try_for_each(|item| holds(says, root, item))?,
            "enum" if !says.as_array().expect("list").contains(value) => return fail("not in the list".into()),
            "const" if says != value => return fail(format!("not {says}")),
            "oneOf" => {
                let fitting =
                    says.as_array().expect("list").iter().filter(|one| holds(one, root, value).is_ok()).count();
                if fitting != 1 {
                    return fail(format!("{fitting} of the forms fit"));
                }
            }
            "minimum" | "maximum" => {
                let (value, bound) = (value.as_i64().expect("number"), says.as_i64().expect("number"));
                if (keyword == "minimum") != (value >= bound) && value != bound {
                    return fail(format!("{keyword} {bound}"));
                }
            }
            _ => assert!(known.contains(&keyword.as_str()), "the schema uses {keyword}"),
        }
    }
    Ok(())
}

fn json(text: &str) -> Value {
    fn plain(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(day) => Value::String(day.to_string()),
            toml::Value::Table(table) => {
                Value::Object(table.into_iter().map(|(key, value)| (key, plain(value))).collect())
            }
            toml::Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
            toml::Value::String(text) => Value::String(text),
            toml::Value::Integer(number) => Value::from(number),
            toml::Value::Float(number) => Value::from(number),
            toml::Value::Boolean(flag) => Value::from(flag),
        }
    }
    plain(toml::Value::Table(text.parse().expect("TOML")))
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let text = |path: &str| std::fs::read_to_string(format!("{folder}/{path}")).unwrap();
    let schema: Value = serde_json::from_str(&text("schemas/retention-rules.schema.json")).unwrap();
    let check = |text: &str| holds(&schema, &schema, &json(text));
    check(FILE).unwrap();
    for (name, _) in shipped() {
        check(&text(&format!("retention_rules/{name}"))).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    let holidays: Value = serde_json::from_str(&text("schemas/holidays.schema.json")).unwrap();
    holds(&holidays, &holidays, &json(&text("retention_rules/holidays.toml"))).unwrap();
    for (from, to) in [
        ("format = 1", "format = 2"),
        ("records = ", "record = "),
        ("\"destroy\"", "\"burn\""),
        ("\"superseded\"", "\"forgotten\""),
        ("kind = \"law\"", "kind = \"song\""),
        ("version = 1", "version = 0"),
        ("rule = \"A/1\"", ""),
    ] {
        assert!(check(&FILE.replacen(from, to, 1)).is_err(), "{from}");
    }
}

#[test]
fn the_schema_knows_every_name() {
    use crate::retention::decision::Outcome;
    use crate::retention::law::{ParameterCode, TextKind, Unit};
    use crate::retention::reason::ReasonCode;
    let path = format!("{}/schemas/retention-rules.schema.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let check = |place: &str, names: Vec<&'static str>| {
        let listed = schema["$defs"][place]["enum"].as_array().unwrap_or_else(|| panic!("{place}"));
        let listed: BTreeSet<_> = listed.iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(listed, names.into_iter().collect(), "{place}");
    };
    fn names<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
        table.iter().map(|(name, _)| *name).collect()
    }
    check("grade", names(&Grade::NAMES));
    check("occurrence", names(Occurrence::NAMES));
    check("reason", names(ReasonCode::NAMES));
    check("outcome", names(Outcome::NAMES));
    check("parameter-code", names(ParameterCode::NAMES));
    check("unit", names(&Unit::NAMES));
    check("text-kind", names(&TextKind::NAMES));
    check("action", names(&Action::NAMES));
    check("cut-off", names(&CutOff::NAMES));
    check("date-field", names(&DateField::NAMES));
}

proptest! {
    #[test]
    fn mutated_rule_files_never_panic(at in 0usize..1500, to: char) {
        let mutated: String = FILE.chars().enumerate().map(|(place, c)| if place == at { to } else { c }).collect();
        let law = law();
        let _ = RuleFile::parse(&mutated).map(|file| file.failing_cases(&law));
    }
}
