//! Rule 12 of the twelve: everything about retention goes with the records, whole.

use super::rules::{adopt, schedule};
use super::{DOSSIER, RECORD, archive};
use crate::scratch::Scratch;
use serde_json::{Value, json};

fn export(scratch: &Scratch, id: &str, file: &str) -> Value {
    scratch.ok(&["retention", "export", id, "--on", "2030-01-01", "-o", file]);
    serde_json::from_slice(&std::fs::read(scratch.path(file)).unwrap()).unwrap()
}

#[test]
fn rule_12_everything_goes_with_the_records() {
    let scratch = archive();
    let first = schedule(&scratch, 1, 20);
    adopt(&scratch, &first);
    let text = std::fs::read_to_string(scratch.path(&first)).unwrap();
    let reason = ["--reason", "kế hoạch"];
    scratch.ok(&[&["retention", "assign", DOSSIER, "--rule", "T/plans"], &reason[..]].concat());
    scratch.ok(&["retention", "confirm", "T/plans", "--basis", "mục 3", "--mandate", "4/QĐ-LT", "--actor", "Vũ G"]);
    scratch.ok(&[&["retention", "event", RECORD, "superseded", "--on", "2026-03-01"], &reason[..]].concat());
    let placed = scratch.json(&["hold", "place", RECORD, "--reason", "thanh tra", "--mandate", "12/QĐ-TTr"]);
    let hold = placed["hold"].as_str().unwrap();
    scratch.ok(&["hold", "release", hold, "--reason", "xong", "--actor", "Vũ G"]);
    // What rules later changes nothing of what was said by the earlier version, which comes along whole.
    let second = schedule(&scratch, 2, 30);
    adopt(&scratch, &second);

    let whole = export(&scratch, DOSSIER, "whole.json");
    assert_eq!((&whole["dossier"]["code"], &whole["dossier"]["kind"]), (&json!(DOSSIER), &json!("dossier")));
    let records = whole["records"].as_array().unwrap();
    assert_eq!(records.len(), 2);
    let explained = scratch.json(&["retention", "explain", RECORD, "--on", "2030-01-01"]);
    let of = records.iter().find(|record| record["code"] == RECORD).unwrap();
    assert_eq!(
        (&of["decision"]["outcome"], &of["decision"]["until"], &of["decision"]["headline"]),
        (&explained["outcome"], &explained["until"], &explained["headline"]),
        "the export decides nothing of its own"
    );
    assert_eq!((&of["rule"]["code"], &of["rule"]["version"]), (&json!("T/plans"), &json!(2)));
    let versions: Vec<&Value> = whole["rules"].as_array().unwrap().iter().map(|rules| &rules["version"]).collect();
    assert_eq!(versions, [&json!(1), &json!(2)]);
    assert_eq!(whole["rules"][0]["text"], text);
    assert_eq!(whole["rules"][0]["confirmations"][0]["confirmed"]["by"], "Vũ G");
    let kinds: Vec<&str> =
        whole["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    for kind in ["dossier-accessioned", "record-accessioned", "retention-assigned", "occurrence-recorded"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let held = &whole["holds"].as_array().unwrap()[..];
    assert_eq!(held.len(), 1);
    assert_eq!((&held[0]["id"], &held[0]["covers"]), (&json!(hold), &json!([of["id"]])));
    assert_eq!((&held[0]["placed"]["reason"], &held[0]["released"]["by"]), (&json!("thanh tra"), &json!("Vũ G")));

    let one = export(&scratch, RECORD, "one.json");
    assert_eq!(one["records"], json!([of]));
    scratch.expect(4, &["retention", "export", RECORD, "-o", "one.json"]);
    scratch.expect(3, &["retention", "export", "H26.10.2023.999", "-o", "none.json"]);
    scratch.ok(&["retention", "export", DOSSIER, "--form", "premis", "-o", "premis.xml"]);
    let xml = std::fs::read_to_string(scratch.path("premis.xml")).unwrap();
    assert!(xml.contains("<premis xmlns=\"http://www.loc.gov/premis/v3\"") && xml.contains(hold), "{xml}");
}
