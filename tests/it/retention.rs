//! How long records are kept: what is answered, and on what it rests.

mod export;
mod holds;
mod periods;
pub mod rules;
mod served;
mod setting;
mod surveyed;

use crate::scratch::Scratch;
use serde_json::{Value, json};

const DOSSIER: &str = "H26.10.2023.045";
const RECORD: &str = "H26.10.2023.045.0000001";

/// An archive with a dossier of two records, kept 10 and 20 years as the agency states.
fn archive() -> Scratch {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({ "retention": "10 năm" }));
    scratch.document("t/2", b"%PDF-1.7 two", json!({ "symbol": "16/QĐ-STTTT", "retention": "20 năm" }));
    assert_eq!(scratch.ingest("t").summary["taken"], 2);
    scratch
}

fn explain(scratch: &Scratch, id: &str, on: &str) -> Value {
    scratch.json(&["retention", "explain", id, "--on", on])
}

fn codes(explained: &Value) -> Vec<&str> {
    explained["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

#[test]
fn an_answer_has_its_day_its_reasons_and_their_texts() {
    let scratch = archive();
    let running = explain(&scratch, DOSSIER, "2043-12-31");
    assert_eq!((&running["outcome"], &running["until"]), (&json!("not-yet"), &json!("2043-12-31")));
    assert_eq!((&running["due"], &running["on"]), (&json!("2044-01-01"), &json!("2043-12-31")));
    assert_eq!(running["headline"]["en"], "Kept until the end of 2043-12-31.");
    assert_eq!(running["headline"]["vi"], "Lưu trữ đến hết ngày 31/12/2043.");
    assert_eq!(codes(&running), ["statement-only", "period-running"]);
    let text = scratch.ok(&["retention", "explain", DOSSIER, "--on", "2043-12-31"]);
    assert!(text.contains("not yet [not-yet]") && text.contains("not checked against a schedule"), "{text}");

    let ended = explain(&scratch, DOSSIER, "2044-01-01");
    assert_eq!(ended["outcome"], "review-due", "a statement alone never makes anything eligible");
    assert_eq!(codes(&ended), ["statement-only", "period-ended"]);
    let citation = ended["reasons"][1]["citation"].as_object().unwrap();
    assert!(citation["text"].as_str().unwrap().starts_with("Luật Lưu trữ 33/2024/QH15"), "{citation:?}");
    assert_eq!(citation["verified"], "read in secondary sources only");
}

#[test]
fn a_record_is_kept_as_long_as_its_dossier() {
    let scratch = archive();
    let lengths: Vec<_> =
        ["0000001", "0000002"].map(|n| explain(&scratch, &format!("{DOSSIER}.{n}"), "2034-01-01")).into();
    for record in &lengths {
        assert_eq!((&record["outcome"], &record["until"]), (&json!("not-yet"), &json!("2043-12-31")), "{record}");
    }
    let longer = lengths.iter().filter(|record| codes(record).contains(&"dossier-longest")).count();
    assert_eq!(longer, 1, "the record of ten years, and that alone, is kept by its dossier: {lengths:?}");
}

#[test]
fn explain_and_show_say_the_same() {
    let scratch = archive();
    let stated = |retention: Value, code: &str| {
        scratch.document(&format!("{code}/1"), code.as_bytes(), json!({ "file_code": code, "retention": retention }));
        scratch.ingest(code);
    };
    stated(json!("Vĩnh viễn"), "H26.10.2023.046");
    stated(json!("theo công trình"), "H26.10.2023.047");
    let outcome = |id: &str| {
        let (shown, explained) = (scratch.json(&["show", id]), explain(&scratch, id, "2199-01-01"));
        assert_eq!(shown["retention_explained"], explained["retention_explained"]);
        let body = if shown["dossier"].is_object() { &shown["dossier"] } else { &shown["description"] };
        assert_eq!(body["retention"]["until"], explained["until"], "{id}");
        explained["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!([DOSSIER, RECORD].map(outcome), ["review-due", "review-due"]);
    assert_eq!(["H26.10.2023.046", "H26.10.2023.046.0000001"].map(outcome), ["permanent", "permanent"]);
    assert_eq!(["H26.10.2023.047", "H26.10.2023.047.0000001"].map(outcome), ["cannot-evaluate", "cannot-evaluate"]);
    scratch.expect(3, &["retention", "explain", "H26.10.2023.999"]);
    scratch.expect(2, &["retention", "explain", DOSSIER, "--on", "2034"]);
    scratch.ok(&["retention", "explain", DOSSIER]);
}

const BECAUSE: [&str; 4] = ["--reason", "thanh tra năm 2026", "--mandate", "12/QĐ-TTr"];

fn place(scratch: &Scratch, covers: &[&str]) -> String {
    let placed = scratch.json(&[&["hold", "place"], covers, &BECAUSE[..]].concat());
    assert_eq!((&placed["placed"]["by"], &placed["released"]), (&json!("tester"), &Value::Null));
    placed["hold"].as_str().unwrap().to_owned()
}

fn release(hold: &str) -> [&str; 7] {
    ["hold", "release", hold, "--reason", "thanh tra xong", "--actor", "another"]
}

/// How many holds cover it, and the outcome.
fn held(scratch: &Scratch, id: &str) -> (usize, String) {
    let explained = explain(scratch, id, "2044-01-01");
    let holds = explained["holds"].as_array().unwrap().len();
    assert_eq!(codes(&explained).iter().filter(|code| **code == "held").count(), holds.min(1), "{explained}");
    (holds, explained["outcome"].as_str().unwrap().to_owned())
}

#[test]
fn a_hold_stands_until_a_second_person_releases_it() {
    let scratch = archive();
    assert!(scratch.ok(&["hold", "list"]).contains("There is no hold."));
    assert_eq!(held(&scratch, RECORD), (0, "review-due".into()));
    let hold = place(&scratch, &[DOSSIER]);
    assert_eq!(held(&scratch, RECORD), (1, "held".into()));
    let own = ["hold", "release", &hold, "--reason", "x"];
    assert!(scratch.expect(4, &own).err.contains("another person than placed it"));
    assert_eq!(held(&scratch, RECORD), (1, "held".into()), "refused is refused");
    scratch.ok(&release(&hold));
    assert_eq!(held(&scratch, RECORD), (0, "review-due".into()));
    scratch.expect(4, &release(&hold));
    let listed = scratch.json(&["hold", "list"]);
    assert_eq!(listed["holds"].as_array().unwrap().len(), 1, "a hold is never deleted");
    assert_eq!(listed["holds"][0]["released"]["by"], "another");
    assert_eq!(listed["holds"][0]["released"]["reason"], "thanh tra xong");
}

#[test]
fn overlapping_holds_count_each_and_outlast_the_catalog() {
    let scratch = archive();
    let one = place(&scratch, &[RECORD]);
    place(&scratch, &["--agency", "H26"]);
    place(&scratch, &["--agency", "H26.1"]);
    let other = format!("{DOSSIER}.0000002");
    assert_eq!([RECORD, &other, DOSSIER].map(|id| held(&scratch, id).0), [2, 1, 2]);
    scratch.document("later/1", b"later", json!({ "file_code": "H26.10.2023.046" }));
    scratch.ingest("later");
    assert_eq!(held(&scratch, "H26.10.2023.046").0, 1, "what an agency transfers later is covered");
    let before = [scratch.ok(&["hold", "list", "--json"]), explain(&scratch, RECORD, "2044-01-01").to_string()];
    let words = explain(&scratch, RECORD, "2044-01-01");
    assert!(words["headline"]["en"].as_str().unwrap().starts_with("On hold (2 holds)"), "{words}");
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    assert_eq!([scratch.ok(&["hold", "list", "--json"]), words.to_string()], before);
    assert_eq!(explain(&scratch, RECORD, "2044-01-01"), words);
    scratch.ok(&release(&one));
    assert_eq!([RECORD, &other, DOSSIER].map(|id| held(&scratch, id).0), [1, 1, 1]);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn what_is_no_order_is_no_hold() {
    let scratch = archive();
    scratch.expect(2, &["hold", "place", "--reason", "x", "--mandate", "y"]);
    scratch.expect(2, &["hold", "place", DOSSIER, "--reason", " ", "--mandate", "y"]);
    scratch.expect(2, &["hold", "place", DOSSIER, "--reason", &"x".repeat(2001), "--mandate", "y"]);
    scratch.expect(2, &["hold", "place", DOSSIER, RECORD, "--reason", "x", "--mandate", "y"]);
    scratch.expect(2, &["hold", "place", "--agency", "sở", "--reason", "x", "--mandate", "y"]);
    scratch.expect(3, &["hold", "place", "H26.10.2023.999", "--reason", "x", "--mandate", "y"]);
    scratch.expect(2, &["hold", "release", DOSSIER, "--reason", "x"]);
    scratch.expect(3, &release("01935000-0000-7000-8000-000000000001"));
    assert_eq!(scratch.json(&["hold", "list"])["holds"], json!([]));
}
