use super::wire::*;
use super::*;
use crate::archive::body::HoldScopeBody;
use crate::retention::rules::tests::holds;
use proptest::prelude::*;
use serde_json::{Value, json};

const ID: &str = "0191e5a0-0000-7000-8000-00000000000";

fn id(number: u8) -> String {
    format!("{ID}{number}")
}

fn deed(by: &str) -> Deed {
    Deed { by: by.to_owned(), on: "2026-11-22".to_owned(), reason: "3/QĐ-LT".to_owned() }
}

fn words(text: &str) -> Words {
    Words { vi: text.to_owned(), en: text.to_owned() }
}

fn subject(number: u8, kind: &'static str, title: &str, rule: Option<RuleName>) -> Subject {
    let reason =
        Reason { code: "statement-only", words: words("…"), citation: Some("Luật".into()), grade: Some("V2") };
    Subject {
        id: id(number),
        kind,
        code: format!("H26.10.2023.045.{number}"),
        title: title.to_owned(),
        stated: "10 năm".to_owned(),
        rule,
        dates: Dates { work_ended: Some(2023), issued: Some("2023-05-17".into()), accessioned: "2024-01-02".into() },
        decision: Decision {
            outcome: "not-yet",
            until: Some("2033-12-31".to_owned()),
            holds: vec![id(7)],
            waiting: Some("T/other".to_owned()),
            access: Some(Access { code: "conditional", opens: Some("2053-01-01".to_owned()) }),
            headline: words("…"),
            basis: words("…"),
            reasons: vec![reason],
        },
    }
}

/// A history that has everything once.
fn whole(title: &str) -> History {
    let sha256 = "0".repeat(64);
    let rule = RuleName {
        code: "T/plans".to_owned(),
        schedule: "T".to_owned(),
        version: 2,
        sha256: sha256.clone(),
        records: "plans".to_owned(),
        citation: Some("Thông tư <thử> & Co".to_owned()),
    };
    let confirmation =
        Confirmation { rule: "T/plans".to_owned(), confirmed: deed("Vũ G"), withdrawn: Some(deed("Lê A")) };
    History {
        format: FORMAT,
        archive: Source { origin: "test.example/kho".to_owned(), archive_code: "H26.LT".to_owned() },
        on: "2026-11-22".to_owned(),
        dossier: subject(1, "dossier", title, None),
        records: vec![subject(2, "record", title, Some(rule)), subject(3, "record", title, None)],
        destroyed: vec![Destroyed {
            id: id(4),
            code: "H26.10.2023.045.4".to_owned(),
            title: title.to_owned(),
            rule: "T/plans".to_owned(),
            rules_sha256: sha256.clone(),
            case: id(5),
            decision_sha256: sha256.clone(),
        }],
        events: vec![Happened {
            index: 9,
            about: id(2),
            kind: "retention-assigned",
            at: "2024-01-02T03:04:05Z".to_owned(),
            actor: title.to_owned(),
            says: Some(json!({ "rule": "T/plans" })),
        }],
        law: RulesText { sha256: sha256.clone(), text: "format = 1\n".to_owned(), ..RulesText::default() },
        rules: vec![RulesText {
            schedule: Some("T".to_owned()),
            version: Some(2),
            sha256,
            adopted: Some(deed("Lê A")),
            applies: Some(AppliesBody::All),
            confirmations: vec![confirmation],
            text: "format = 1\n".to_owned(),
        }],
        holds: vec![Hold {
            id: id(7),
            scope: HoldScopeBody::Dossier(id(1)),
            mandate: "12/QĐ-TTr".to_owned(),
            placed: deed("Lê A"),
            released: Some(deed("Vũ G")),
            covers: vec![id(2), id(3)],
        }],
    }
}

#[test]
fn the_schema_describes_what_is_written() {
    let path = format!("{}/schemas/retention-history.schema.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let written = serde_json::to_value(whole("Hồ sơ")).unwrap();
    holds(&schema, &schema, &written).unwrap();
    for (at, other) in [
        ("/format", json!(2)),
        ("/on", json!(20261122)),
        ("/dossier/id", json!(1)),
        ("/records/0/decision/outcome", json!("burnt")),
        ("/holds/0/covers/0", json!(7)),
    ] {
        let mut wrong = written.clone();
        *wrong.pointer_mut(at).unwrap() = other;
        assert!(holds(&schema, &schema, &wrong).is_err(), "{at}");
    }
}

#[test]
fn premis_names_subjects_events_agents_and_rights() {
    let xml = premis::document(&whole("Hồ sơ"));
    let count = |text: &str| xml.matches(text).count();
    assert_eq!((count("<object "), count("<event>"), count("<agent>"), count("<rightsStatement>")), (4, 1, 1, 3));
    assert_eq!(count("is part of"), 3, "the dossier is part of nothing");
    assert!(xml.contains("<statuteCitation>Thông tư &lt;thử&gt; &amp; Co</statuteCitation>"), "{xml}");
    let held = "<restriction>held</restriction><termOfRestriction><startDate>2026-11-22</startDate><endDate>2026-11-22";
    assert!(xml.contains(held), "{xml}");
    let until = "<restriction>not-yet on 2026-11-22</restriction><termOfRestriction><startDate>2024-01-02</startDate>\
                 <endDate>2033-12-31";
    assert_eq!(count(until), 2, "{xml}");
}

proptest! {
    #[test]
    fn no_title_breaks_the_document(title: String) {
        let xml = premis::document(&whole(&title));
        let known = ["<!", "<?", "]]>"];
        prop_assert!(known.iter().all(|text| xml.matches(text).count() == usize::from(*text == "<?")));
        let opened = xml.matches('<').count();
        prop_assert_eq!(opened, xml.matches('>').count());
        prop_assert_eq!(opened, premis::document(&whole("")).matches('<').count() + if title.is_empty() { 0 } else { 8 });
        prop_assert!(xml.chars().all(|c| c >= ' ' || c == '\n' || c == '\t'));
    }
}
