//! Whose archive this is, which days are off, and what follows.

use super::{DOSSIER, archive};
use crate::scratch::Scratch;
use serde_json::{Value, json};

const WHY: [&str; 2] = ["--reason", "5/QĐ-UBND"];

fn kind(scratch: &Scratch) -> Value {
    scratch.json(&["retention", "archive-kind"])["archive"].clone()
}

fn refused(scratch: &Scratch, folder: &str, says: Value) -> Vec<String> {
    scratch.document(&format!("{folder}/1"), folder.as_bytes(), says);
    scratch.ingest(folder).codes()
}

#[test]
fn a_historical_archive_takes_permanent_records_only() {
    let scratch = Scratch::empty();
    let origin =
        ["--origin", "test.example/kho", "--archive-code", "H26.LT", "--recovery-sheet", "sheet", "--historical"];
    scratch.ok(&[&["init", "kho"], &origin[..]].concat());
    assert_eq!(kind(&scratch), "historical");
    let says = |code: &str, period: &str| {
        let number = code.rsplit('.').next().unwrap();
        json!({ "file_code": code, "retention": period, "symbol": format!("{number}/QĐ-UBND") })
    };
    assert_eq!(refused(&scratch, "a", says("H26.10.2023.101", "10 năm")), ["not-permanent"]);
    let unreadable = refused(&scratch, "b", says("H26.10.2023.102", "theo công trình"));
    assert_eq!(unreadable, ["not-permanent", "period-unreadable"]);
    assert_eq!(refused(&scratch, "c", says("H26.10.2023.103", "Vĩnh viễn")), [""; 0]);
    scratch.expect(3, &["show", "H26.10.2023.101"]);
    scratch.ok(&["show", "H26.10.2023.103"]);
    // A dossier goes as a whole: with one permanent record, the others come along, then and later.
    scratch.document("d/1", b"d1", says("H26.10.2023.104", "10 năm"));
    let permanent = json!({ "file_code": "H26.10.2023.104", "retention": "Vĩnh viễn", "symbol": "22/QĐ-UBND" });
    scratch.document("d/2", b"d2", permanent);
    assert_eq!(scratch.ingest("d").summary["taken"], 2);
    let supplement = json!({ "file_code": "H26.10.2023.104", "retention": "5 năm", "symbol": "33/QĐ-UBND" });
    scratch.document("e/1", b"e1", supplement);
    assert_eq!(scratch.ingest("e").summary["taken"], 1);
    let dry = scratch.run(&["ingest", "a", "--dry-run", "--json"]);
    assert!(dry.out.contains("not-permanent"), "{}", dry.out);
    // It disposes as a historical archive does, and transfers to nobody.
    let opened = scratch.json(&["disposal", "open", "--subject", "x"]);
    assert_eq!((&opened["archive"], &opened["appraisal"]), (&json!("historical"), &json!("not-required")));
    let due = scratch.json(&["retention", "due", "--on", "2099-01-01"]);
    assert!(due["lines"].as_object().unwrap().values().all(|line| line["transfer_overdue"] == 0), "{due}");
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    assert_eq!(kind(&scratch), "historical");
}

#[test]
fn a_current_archive_becomes_historical_by_an_event_and_loses_nothing() {
    let scratch = archive();
    assert_eq!(kind(&scratch), "current");
    scratch.expect(4, &[&["retention", "archive-kind", "current"], &WHY[..]].concat());
    scratch.expect(2, &["retention", "archive-kind", "historical"]);
    scratch.ok(&[&["retention", "archive-kind", "historical"], &WHY[..]].concat());
    scratch.ok(&["show", DOSSIER]);
    let says = json!({ "file_code": "H26.10.2023.105", "retention": "10 năm", "symbol": "105/QĐ-UBND" });
    assert_eq!(refused(&scratch, "later", says), ["not-permanent"]);
    scratch.ok(&[&["retention", "archive-kind", "current"], &WHY[..]].concat());
    assert_eq!(scratch.ingest("later").summary["taken"], 1);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_year_s_announcement_needs_no_new_program() {
    let scratch = archive();
    let years = |scratch: &Scratch| scratch.json(&["retention", "holidays"])["years"].as_array().unwrap().clone();
    let before = years(&scratch);
    assert!(before.iter().any(|year| year["year"] == 2025 && year["worked"] == json!(["2025-04-26"])));
    assert!(before.iter().all(|year| year["year"] != 2027));
    let file = r#"format = 1
off_max = 15

[[year]]
year = 2027
whole = true
off = [2027-01-01, 2027-02-05, 2027-02-08, 2027-02-09, 2027-02-10, 2027-04-16, 2027-04-30, 2027-09-02, 2027-09-03]
worked = [2027-01-30]
grade = "V2"
source = "invented"
verified = false
"#;
    std::fs::write(scratch.path("2027.toml"), file).unwrap();
    scratch.ok(&["retention", "holidays", "2027.toml", "--reason", "12/TB-VPCP"]);
    let after = years(&scratch);
    assert_eq!(after.len(), before.len() + 1, "the years that the file does not have stay");
    assert_eq!(after.last().unwrap()["worked"], json!(["2027-01-30"]));
    std::fs::write(scratch.path("bad.toml"), file.replace("2027-01-30", "2027-01-29")).unwrap();
    scratch.expect(2, &["retention", "holidays", "bad.toml", "--reason", "x"]);
    scratch.ok(&["rebuild"]);
    assert_eq!(years(&scratch), after);
    let text = scratch.ok(&["retention", "holidays", "--lang", "vi"]);
    assert!(text.contains("2027  đủ") && text.contains("làm bù: 30/01"), "{text}");
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn another_law_s_time_is_said_of_an_agency_and_those_under_it() {
    let scratch = archive();
    let permanent = |folder: &str, code: &str| {
        scratch.document(folder, folder.as_bytes(), json!({ "file_code": code, "retention": "Vĩnh viễn" }));
    };
    permanent("p/1", "H26.12.3.2023.046");
    permanent("p/2", "H26.13.2023.047");
    assert_eq!(scratch.ingest("p").summary["taken"], 2);
    let overdue = |on: &str| {
        let due = scratch.json(&["retention", "due", "--by", "agency", "--on", on]);
        ["H26.12.3", "H26.13"].map(|agency| due["lines"][agency]["transfer_overdue"].as_u64().unwrap())
    };
    assert_eq!(overdue("2040-01-01"), [1, 1], "nothing was said: five years");
    let says =
        |agency: &'static str, sector: &'static str| [&["retention", "sector", agency, sector], &WHY[..]].concat();
    scratch.expect(2, &["retention", "sector", "H26.12", "special"]);
    scratch.expect(2, &says("H26.12", "other"));
    scratch.expect(4, &says("H26.12", "general"));
    scratch.ok(&says("H26.12", "special"));
    scratch.expect(4, &says("H26.12.3", "special"));
    assert_eq!(overdue("2040-01-01"), [0, 1]);
    assert_eq!(overdue("2070-01-01"), [1, 1], "thirty years");
    let head = ["--agency", "Sở", "--place", "Hà Giang", "--fonds", "Phông Sở", "--receiver", "Lưu trữ lịch sử"];
    let list = [&["retention", "transfer-list"][..], &head, &["--within", "120", "-o", "list.pdf"]].concat();
    assert_eq!(scratch.json(&list)["dossiers"], 1, "the other is transferred thirty years later");
    scratch.ok(&["rebuild"]);
    assert_eq!(overdue("2040-01-01"), [0, 1]);
    let told = scratch.json(&["retention", "sector"]);
    assert_eq!(told, json!({ "agencies": [{ "agency": "H26.12", "sector": "special" }] }));
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn the_list_for_transfer_has_what_must_be_transferred() {
    let scratch = archive();
    scratch.document("p/1", b"p", json!({ "file_code": "H26.10.2023.046", "retention": "Vĩnh viễn" }));
    scratch.ingest("p");
    fn list<'a>(more: &[&'a str]) -> Vec<&'a str> {
        let head = ["--agency", "Sở", "--place", "Hà Giang", "--fonds", "Phông Sở", "--receiver", "Lưu trữ lịch sử"];
        [&["retention", "transfer-list"][..], &head, more].concat()
    }
    scratch.expect(3, &list(&["-o", "none.pdf"]));
    let made = scratch.json(&list(&["--within", "72", "--of", "H26", "-o", "list.pdf"]));
    assert_eq!(made["dossiers"], 1, "the other dossier is not permanent");
    assert!(std::fs::read(scratch.path("list.pdf")).unwrap().starts_with(b"%PDF-1.7"));
    scratch.expect(3, &list(&["--within", "72", "--of", "H27", "-o", "other.pdf"]));
}
