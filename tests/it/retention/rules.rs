//! Rules, assignments, confirmations and what they come to.

use super::{DOSSIER, RECORD, archive, codes, explain};
use crate::scratch::Scratch;
use serde_json::{Value, json};

/// A schedule of version `number`: plans for `years`, and a rule that waits for an event.
pub fn schedule(scratch: &Scratch, number: u32, years: u16) -> String {
    let text = format!(
        r#"format = 1

[schedule]
code = "T"
title = "Bảng thử"
version = {number}

[[authority]]
code = "T"
citation = "Thông tư thử"
kind = "circular"
grade = "V2"
source = "invented"

[[rule]]
code = "T/plans"
authority = "T"
records = "plans"
trigger = "work-ended"
period = "{years} năm"
action = "destroy"
source = "invented"
grade = "V2"
verified = false

[[rule]]
code = "T/orders"
authority = "T"
records = "orders until superseded"
trigger = {{ any = ["superseded"] }}
cut_off = "day"
period = "5 năm"
action = "destroy"
source = "invented"
grade = "V2"
verified = false
"#
    );
    let name = format!("rules-{number}-{years}.toml");
    std::fs::write(scratch.path(&name), text).unwrap();
    name
}

const ORDER: [&str; 2] = ["--reason", "3/QĐ-LT"];
const MANDATE: [&str; 6] = ["--basis", "Phụ lục I mục 3", "--mandate", "4/QĐ-LT", "--actor", "Vũ G"];

pub fn adopt(scratch: &Scratch, file: &str) -> (String, String) {
    let adopted = scratch.json(&[&["retention", "adopt", file], &ORDER[..]].concat());
    (adopted["state"].as_str().unwrap().to_owned(), adopted["rules"].as_str().unwrap().to_owned())
}

pub fn assign(scratch: &Scratch, id: &str, rule: &str) -> Value {
    let done = scratch.json(&[&["retention", "assign", id, "--rule", rule], &ORDER[..]].concat());
    done["recorded"][0].clone()
}

fn outcome(scratch: &Scratch, id: &str, on: &str) -> (String, Value) {
    let explained = explain(scratch, id, on);
    (explained["outcome"].as_str().unwrap().to_owned(), explained["until"].clone())
}

fn is(outcome: &str, until: &str) -> (String, Value) {
    (outcome.to_owned(), json!(until))
}

/// The whole of what is answered, to compare before and after a rebuild.
fn answers(scratch: &Scratch) -> Vec<String> {
    let mut answers = vec![scratch.ok(&["retention", "list", "--rules", "--law", "--json"])];
    for id in [DOSSIER, RECORD] {
        answers.push(explain(scratch, id, "2044-01-01").to_string());
    }
    for by in ["agency", "year", "rule"] {
        answers.push(scratch.ok(&["retention", "due", "--by", by, "--on", "2044-01-01", "--list", "9", "--json"]));
    }
    answers.push(scratch.ok(&["retention", "evaluate", "--on", "2044-01-01", "--json"]));
    answers
}

#[test]
fn nothing_is_eligible_before_an_authorised_person_confirms_the_rule() {
    let scratch = archive();
    let rules = schedule(&scratch, 1, 30);
    assert_eq!(adopt(&scratch, &rules).0, "adopted");
    scratch.expect(3, &[&["retention", "assign", DOSSIER, "--rule", "T/other"], &ORDER[..]].concat());
    assert_eq!(assign(&scratch, DOSSIER, "T/plans")["waits_for_second_person"], false, "30 years are no less than 20");
    assert_eq!(outcome(&scratch, RECORD, "2053-12-31"), is("not-yet", "2053-12-31"));
    assert_eq!(outcome(&scratch, RECORD, "2054-01-01"), is("review-due", "2053-12-31"));
    assert!(codes(&explain(&scratch, RECORD, "2054-01-01")).contains(&"rule-not-verified"));

    scratch.expect(3, &[&["retention", "confirm", "T/other"], &MANDATE[..]].concat());
    scratch.expect(2, &["retention", "confirm", "T/plans", "--basis", " ", "--mandate", "x"]);
    scratch.expect(4, &[&["retention", "confirm", "T/plans"], &MANDATE[..4]].concat()); // who adopted it
    scratch.ok(&[&["retention", "confirm", "T/plans"], &MANDATE[..]].concat());
    scratch.expect(4, &[&["retention", "confirm", "T/plans"], &MANDATE[..]].concat());
    for id in [RECORD, DOSSIER] {
        assert_eq!(outcome(&scratch, id, "2054-01-01"), is("eligible", "2053-12-31"));
    }
    let listed = scratch.json(&["retention", "list", "--rules"]);
    let plans = listed["rules"].as_array().unwrap().iter().find(|rule| rule["code"] == "T/plans").unwrap();
    assert_eq!((&plans["confirmed"]["by"], &plans["verified"]), (&json!("Vũ G"), &json!(false)));
    assert_eq!(plans["confirmed"]["basis"], "Phụ lục I mục 3 (4/QĐ-LT)");
    assert_eq!(listed["versions"][0]["unconfirmed"], 1);

    let before = answers(&scratch);
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    assert_eq!(answers(&scratch), before);

    scratch.ok(&[&["retention", "withdraw", "T/plans"], &ORDER[..]].concat());
    assert_eq!(outcome(&scratch, RECORD, "2054-01-01"), is("review-due", "2053-12-31"));
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_statement_is_firm_when_an_authorised_person_confirms_that_very_period() {
    let scratch = archive();
    let confirm = |id: &str| [&["retention", "confirm-period", id], &MANDATE[..]].concat().join("\u{1}");
    let run = |status, command: String| scratch.expect(status, &command.split('\u{1}').collect::<Vec<_>>());
    run(0, confirm(DOSSIER));
    run(4, confirm(DOSSIER));
    for id in [DOSSIER, RECORD] {
        let explained = explain(&scratch, id, "2044-01-01");
        assert_eq!((&explained["outcome"], &explained["until"]), (&json!("eligible"), &json!("2043-12-31")), "{id}");
        assert!(codes(&explained).contains(&"statement-confirmed"), "{explained}");
    }
    // Another document states longer: what was confirmed is not what is stated now.
    scratch.document("later/3", b"%PDF-1.7 three", json!({ "symbol": "17/QĐ-STTTT", "retention": "50 năm" }));
    scratch.ingest("later");
    assert_eq!(outcome(&scratch, DOSSIER, "2074-01-01"), is("review-due", "2073-12-31"));
    assert_eq!(outcome(&scratch, RECORD, "2074-01-01"), is("review-due", "2073-12-31"));
    run(0, confirm(DOSSIER));
    assert_eq!(outcome(&scratch, RECORD, "2074-01-01"), is("eligible", "2073-12-31"));
    scratch.document("none/1", b"none", json!({ "file_code": "H26.10.2023.046", "retention": "theo công trình" }));
    scratch.ingest("none");
    run(2, confirm("H26.10.2023.046"));
    let before = answers(&scratch);
    scratch.ok(&["rebuild"]);
    assert_eq!(answers(&scratch), before);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_rule_that_shortens_waits_for_a_second_person() {
    let scratch = archive();
    let rules = schedule(&scratch, 1, 5);
    adopt(&scratch, &rules);
    scratch.ok(&[&["retention", "confirm", "T/plans"], &MANDATE[..]].concat());
    assert_eq!(assign(&scratch, DOSSIER, "T/plans")["waits_for_second_person"], true);
    let explained = explain(&scratch, DOSSIER, "2044-01-01");
    assert_eq!((&explained["outcome"], &explained["waiting"]), (&json!("review-due"), &json!("T/plans")));
    let mut confirm = [&["retention", "confirm-period", DOSSIER], &MANDATE[..4]].concat();
    assert!(scratch.expect(4, &confirm).err.contains("another person"));
    confirm.extend(["--actor", "another"]);
    scratch.ok(&confirm);
    for id in [DOSSIER, RECORD] {
        assert_eq!(outcome(&scratch, id, "2029-01-01"), is("eligible", "2028-12-31"), "{id}");
    }
    let evaluated = scratch.json(&["retention", "evaluate", "--on", "2029-01-01"]);
    assert_eq!((&evaluated["records"], &evaluated["outcomes"]), (&json!(2), &json!({ "eligible": 2 })));
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_rule_that_shortens_what_ruled_before_waits_for_a_second_person() {
    let scratch = archive();
    let rules = schedule(&scratch, 1, 30);
    adopt(&scratch, &rules);
    scratch.ok(&[&["retention", "confirm", "T/plans", "T/orders"], &MANDATE[..]].concat());
    assert_eq!(assign(&scratch, DOSSIER, "T/plans")["waits_for_second_person"], false);
    assert_eq!(outcome(&scratch, DOSSIER, "2029-01-01"), is("not-yet", "2053-12-31"));
    // Until an event: shorter, perhaps.
    assert_eq!(assign(&scratch, DOSSIER, "T/orders")["waits_for_second_person"], true);
    scratch.ok(&[&["retention", "event", DOSSIER, "superseded", "--on", "2023-02-01"], &ORDER[..]].concat());
    assert_eq!(outcome(&scratch, DOSSIER, "2029-01-01"), is("not-yet", "2053-12-31"), "one person shortens nothing");
    // Nor does who assigns twice, nor who takes it back.
    assign(&scratch, DOSSIER, "T/orders");
    assert_eq!(outcome(&scratch, DOSSIER, "2029-01-01"), is("not-yet", "2053-12-31"));
    let confirm = [&["retention", "confirm-period", DOSSIER], &MANDATE[..4], &["--actor", "another"]].concat();
    scratch.ok(&confirm);
    assert_eq!(outcome(&scratch, DOSSIER, "2029-01-01"), is("eligible", "2028-12-31"));
    scratch.expect(4, &confirm);
    let before = answers(&scratch);
    scratch.ok(&["rebuild"]);
    assert_eq!(answers(&scratch), before);
}

#[test]
fn versions_follow_each_other_and_shortening_is_approved() {
    let scratch = archive();
    let first = schedule(&scratch, 1, 30);
    adopt(&scratch, &first);
    assign(&scratch, DOSSIER, "T/plans");
    scratch.ok(&[&["retention", "confirm", "T/plans"], &MANDATE[..]].concat());
    scratch.expect(4, &[&["retention", "adopt", &first], &ORDER[..]].concat());
    let longer = schedule(&scratch, 2, 40);
    let preview = scratch.json(&["retention", "preview", &longer, "--on", "2054-01-01"]);
    assert_eq!((&preview["records"], &preview["later"]["number"]), (&json!(2), &json!(2)), "{preview}");
    assert_eq!((&preview["no_longer_due"]["number"], &preview["approval"]), (&json!(2), &json!("one-person")));
    let new_only = scratch.json(&["retention", "preview", &longer, "--work-ended-from", "2025", "--on", "2054-01-01"]);
    assert_eq!(new_only["later"]["number"], 0);
    assert_eq!(adopt(&scratch, &longer).0, "adopted");
    assert_eq!(outcome(&scratch, RECORD, "2064-01-01"), is("review-due", "2063-12-31"), "a version is confirmed anew");

    let shorter = schedule(&scratch, 3, 25);
    assert_eq!(scratch.json(&["retention", "preview", &shorter])["approval"], "second-person");
    let (state, proposal) = adopt(&scratch, &shorter);
    assert_eq!(state, "proposed");
    assert_eq!(outcome(&scratch, RECORD, "2064-01-01").1, "2063-12-31", "what is proposed rules nothing");
    assert_eq!(scratch.json(&["retention", "list"])["proposals"][0]["id"], proposal.as_str());
    scratch.expect(4, &["retention", "approve", &proposal]);
    scratch.ok(&["retention", "approve", &proposal, "--actor", "another"]);
    scratch.expect(3, &["retention", "approve", &proposal, "--actor", "another"]);
    assert_eq!(outcome(&scratch, RECORD, "2049-01-01"), is("review-due", "2048-12-31"));
    assert_eq!(scratch.json(&["retention", "list"])["proposals"], json!([]));
    let before = answers(&scratch);
    scratch.ok(&["rebuild"]);
    assert_eq!(answers(&scratch), before);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_statement_that_names_a_rule_is_under_it() {
    let scratch = Scratch::new();
    scratch.document("t/1", b"one", json!({ "retention": "T/plans" }));
    scratch.ingest("t");
    assert_eq!(outcome(&scratch, RECORD, "2100-01-01").0, "cannot-evaluate");
    let rules = schedule(&scratch, 1, 30);
    assert_eq!(scratch.json(&["retention", "preview", &rules])["earlier"]["number"], 1);
    adopt(&scratch, &rules);
    for id in [DOSSIER, RECORD] {
        assert_eq!(outcome(&scratch, id, "2053-12-31"), is("not-yet", "2053-12-31"));
    }
    scratch.ok(&[&["retention", "confirm", "T/plans"], &MANDATE[..]].concat());
    assert_eq!(outcome(&scratch, DOSSIER, "2054-01-01").0, "eligible");
    let due = scratch.json(&["retention", "due", "--by", "rule", "--on", "2054-01-01"]);
    assert_eq!(due["lines"]["T/plans"]["eligible"], 1, "{due}");
}

/// A version for some records only does not hide how long an older one keeps the others.
#[test]
fn what_an_older_version_still_governs_is_shortened_by_no_one_person() {
    let scratch = archive();
    let adopted = adopt(&scratch, &schedule(&scratch, 1, 50));
    assert_eq!(adopted.0, "adopted");
    scratch.ok(&[&["retention", "confirm", "T/plans"], &MANDATE[..]].concat());
    assign(&scratch, DOSSIER, "T/plans");
    assert_eq!(outcome(&scratch, RECORD, "2073-12-31"), is("not-yet", "2073-12-31"));
    let second = schedule(&scratch, 2, 6);
    let later = ["retention", "adopt", &second, "--accessioned-from", "2099-01-01"];
    let proposed = scratch.json(&[&later[..], &ORDER[..]].concat());
    assert_eq!(proposed["state"], "proposed");
    scratch.ok(&["retention", "approve", proposed["rules"].as_str().unwrap(), "--actor", "another"]);
    assert_eq!(outcome(&scratch, RECORD, "2073-12-31"), is("not-yet", "2073-12-31"));
    // It is the same as the newest, and shorter than what governs.
    let third = schedule(&scratch, 3, 6);
    assert_eq!(scratch.json(&["retention", "preview", &third])["approval"], "second-person");
    assert_eq!(adopt(&scratch, &third).0, "proposed");
    assert_eq!(outcome(&scratch, RECORD, "2073-12-31"), is("not-yet", "2073-12-31"));
    // A confirmation is withdrawn of the version that governs, too.
    assert_eq!(outcome(&scratch, RECORD, "2074-01-01").0, "eligible");
    scratch.ok(&[&["retention", "withdraw", "T/plans"], &ORDER[..]].concat());
    assert_eq!(outcome(&scratch, RECORD, "2074-01-01").0, "review-due");
    scratch.expect(4, &[&["retention", "withdraw", "T/plans"], &ORDER[..]].concat());
    // And confirmed of it again: the newest one rules nothing here.
    scratch.ok(&[&["retention", "confirm", "T/plans"], &MANDATE[..]].concat());
    assert_eq!(outcome(&scratch, RECORD, "2074-01-01").0, "review-due");
    scratch.expect(3, &[&["retention", "confirm", "T/plans", "--version", "9"], &MANDATE[..]].concat());
    scratch.ok(&[&["retention", "confirm", "T/plans", "--version", "1"], &MANDATE[..]].concat());
    assert_eq!(outcome(&scratch, RECORD, "2074-01-01").0, "eligible");
    scratch.ok(&["verify"]);
}

/// What an older version keeps longer does not stand in the way of a version for records that it does not govern.
#[test]
fn a_locked_schedule_goes_on_for_the_records_of_its_newest_version() {
    let scratch = archive();
    adopt(&scratch, &schedule(&scratch, 1, 50));
    let locked = |number: u32| {
        let file = schedule(&scratch, number, 6);
        let text = std::fs::read_to_string(scratch.path(&file)).unwrap();
        let text = text.replacen("title = ", "lock = true\ntitle = ", 1);
        std::fs::write(scratch.path(&file), text).unwrap();
        file
    };
    let second = locked(2);
    let from = |file: &str, day: &str| {
        scratch.run(&[&["retention", "adopt", file, "--accessioned-from", day, "--json"], &ORDER[..]].concat())
    };
    let proposed: Value = serde_json::from_str(&from(&second, "2030-01-01").out).unwrap();
    scratch.ok(&["retention", "approve", proposed["rules"].as_str().unwrap(), "--actor", "another"]);
    let third = locked(3);
    assert_eq!(from(&third, "2029-12-31").status, 4, "the first version governs those of that day");
    scratch.expect(4, &[&["retention", "adopt", &third], &ORDER[..]].concat());
    let adopted: Value = serde_json::from_str(&from(&third, "2030-01-01").out).unwrap();
    assert_eq!(adopted["state"], "adopted", "no record is kept shorter by it");
}

#[test]
fn a_period_waits_for_its_event_and_a_link_for_the_other_record() {
    let scratch = archive();
    let rules = schedule(&scratch, 1, 30);
    adopt(&scratch, &rules);
    scratch.ok(&[&["retention", "confirm", "T/plans", "T/orders"], &MANDATE[..]].concat());
    scratch.document("o/1", b"order", json!({ "file_code": "H26.10.2023.046", "retention": "theo văn bản" }));
    scratch.ingest("o");
    let (dossier, record) = ("H26.10.2023.046", "H26.10.2023.046.0000001");
    assign(&scratch, dossier, "T/orders");
    assert_eq!(outcome(&scratch, record, "2100-01-01").0, "awaiting-event");
    let event = |on: &str| {
        let happened = ["retention", "event", dossier, "superseded", "--on", on];
        scratch.json(&[&happened[..], &ORDER[..]].concat())["recorded"][0]["entry"].to_string()
    };
    scratch.expect(2, &[&["retention", "event", dossier, "repealed"], &ORDER[..]].concat());
    let entry = event("2026-03");
    assert_eq!(outcome(&scratch, record, "2031-03-31"), is("not-yet", "2031-03-31"), "the latest day of the month");
    assert_eq!(outcome(&scratch, record, "2031-04-01"), is("eligible", "2031-03-31"));
    scratch.ok(&[&["retention", "revoke", dossier, "--entry", &entry], &ORDER[..]].concat());
    scratch.expect(4, &[&["retention", "revoke", dossier, "--entry", &entry], &ORDER[..]].concat());
    assert_eq!(outcome(&scratch, record, "2031-04-01").0, "awaiting-event");
    event("2026-05-01");

    assign(&scratch, DOSSIER, "T/plans");
    scratch.expect(2, &[&["retention", "link", record, DOSSIER], &ORDER[..]].concat());
    scratch.ok(&[&["retention", "link", record, RECORD], &ORDER[..]].concat());
    scratch.expect(4, &[&["retention", "link", RECORD, record], &ORDER[..]].concat());
    for id in [record, dossier] {
        let explained = explain(&scratch, id, "2040-01-01");
        assert_eq!((&explained["outcome"], &explained["until"]), (&json!("not-yet"), &json!("2053-12-31")), "{id}");
        assert!(codes(&explained).contains(&"linked-longer"), "{explained}");
    }
    // A version that keeps the one longer keeps the other longer, too.
    let longer = schedule(&scratch, 2, 40);
    let later = scratch.json(&["retention", "preview", &longer])["later"].clone();
    let codes: Vec<&str> =
        later["examples"].as_array().unwrap().iter().map(|example| example["code"].as_str().unwrap()).collect();
    assert_eq!((&later["number"], codes.len()), (&json!(3), 3), "the two under the rule, and the linked one: {later}");
    assert!(codes.iter().any(|code| code.ends_with(record)), "{later}");
    let before = answers(&scratch);
    scratch.ok(&["rebuild"]);
    assert_eq!(answers(&scratch), before);
    scratch.ok(&[&["retention", "unlink", record, RECORD], &ORDER[..]].concat());
    assert_eq!(outcome(&scratch, record, "2040-01-01"), is("eligible", "2031-05-01"));
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn what_is_due_is_counted_by_agency_year_and_rule() {
    let scratch = archive();
    let stated = |code: &str, retention: &str| {
        scratch.document(&format!("{code}/1"), code.as_bytes(), json!({ "file_code": code, "retention": retention }));
        scratch.ingest(code);
    };
    stated("H26.11.2010.001", "5 năm");
    stated("H26.11.2022.002", "5 năm");
    stated("H26.11.2020.003", "Vĩnh viễn");
    stated("H26.11.2020.004", "theo công trình");
    let due = |by: &str, on: &str| scratch.json(&["retention", "due", "--by", by, "--on", on, "--list", "5"]);
    let agencies = due("agency", "2027-06-01");
    let numbers = &agencies["lines"]["H26.11"];
    assert_eq!((&numbers["review"], &numbers["coming"]), (&json!(1), &json!(1)), "{agencies}");
    assert_eq!((&numbers["undetermined"], &numbers["transfer_overdue"]), (&json!(1), &json!(0)));
    assert_eq!(numbers["deposited_late"], 4);
    assert_eq!(agencies["items"].as_array().unwrap().len(), 1);
    assert_eq!(agencies["items"][0]["code"], "H26.11.2010.001");
    assert_eq!(due("year", "2027-06-01")["lines"]["2015"]["review"], 1);
    assert_eq!(due("rule", "2027-06-01")["lines"]["“5 năm”"]["coming"], 1);
    let late = due("agency", "2050-01-01");
    assert_eq!(late["lines"]["H26.11"]["transfer_overdue"], 1);
    assert_eq!(late["items"].as_array().unwrap().len(), 3);
    let hold = ["hold", "place", "H26.11.2010.001.0000001", "--reason", "x", "--mandate", "y"];
    scratch.ok(&hold);
    assert_eq!(due("agency", "2027-06-01")["lines"]["H26.11"]["held"], 1);
    assert_eq!(due("agency", "2027-06-01")["items"][0]["outcome"], "held");
    let only = scratch.json(&["retention", "due", "--agency", "H26.11", "--on", "2050-01-01"]);
    assert_eq!(only["lines"].as_object().unwrap().len(), 1);
    assert!(scratch.ok(&["retention", "due", "--on", "2050-01-01"]).contains("overdue for transfer"));
}

#[test]
fn a_table_is_imported_as_far_as_it_is_understood() {
    let scratch = archive();
    let table = "Mã;Tên nhóm hồ sơ, tài liệu;Thời hạn\n1;kế hoạch;20 năm\n2;thư;4-7 năm\n3;chỉ thị;Vĩnh viễn\n";
    std::fs::write(scratch.path("table.csv"), table).unwrap();
    let import = [
        "retention",
        "import",
        "table.csv",
        "--schedule",
        "T",
        "--title",
        "Bảng",
        "--citation",
        "Thông tư",
        "--source",
        "x",
        "-o",
        "rules.toml",
    ];
    let report = scratch.expect(1, &[&import[..], &["--json"]].concat());
    let report: Value = serde_json::from_str(&report.out).unwrap();
    assert_eq!((&report["understood"], &report["refused"][0]["line"]), (&json!(2), &json!(3)));
    scratch.expect(2, &import[..import.len() - 2]);
    assert_ne!(scratch.run(&import).status, 0, "nothing is overwritten");
    assert_eq!(adopt(&scratch, "rules.toml").0, "adopted");
    assert_eq!(scratch.json(&["retention", "list"])["versions"][0]["rules"], 2);
    std::fs::write(scratch.path("bad.toml"), "format = 1\n[[rule]]\n").unwrap();
    scratch.expect(2, &[&["retention", "adopt", "bad.toml"], &ORDER[..]].concat());
}

#[test]
fn the_law_in_use_is_adopted_by_two() {
    let scratch = archive();
    let law = include_str!("../../../retention_rules/archive-law.toml");
    let changed = law.replacen("value = 2\nunit = \"years\"", "value = 3\nunit = \"years\"", 1);
    assert_ne!(law, changed);
    // Its worked cases are of the shorter bound.
    std::fs::write(scratch.path("law.toml"), &changed[..changed.find("[[case]]").unwrap_or(changed.len())]).unwrap();
    let (state, proposal) = adopt(&scratch, "law.toml");
    assert_eq!(state, "proposed");
    scratch.ok(&["retention", "approve", &proposal, "--actor", "another"]);
    let listed = scratch.json(&["retention", "list", "--law"]);
    assert_eq!(listed["law"]["by"], "another");
    let minimum = listed["parameters"].as_array().unwrap().iter().find(|one| one["code"] == "period-min").unwrap();
    assert_eq!(minimum["value"], "3 years");
}
