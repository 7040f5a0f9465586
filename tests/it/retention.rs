//! How long records are kept: what is answered, and on what it rests.

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
