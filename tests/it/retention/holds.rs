//! Holds on a class and on a saved query: data that is read against each record when its fate is decided.

use super::rules::{adopt, assign, schedule};
use super::{BECAUSE, DOSSIER, RECORD, archive, held, place, release};
use crate::scratch::Scratch;
use serde_json::json;

const LATER: &str = "H26.10.2022.046";

/// A dossier of another year that states rule `T/plans`, taken in after everything else.
fn later(scratch: &Scratch) {
    let subject = "Kế hoạch lựa chọn nhà thầu";
    let says = json!({ "file_code": LATER, "retention": "T/plans", "subject": subject, "issued_date": "2022-03-01" });
    scratch.document("later/1", b"later", says);
    assert_eq!(scratch.ingest("later").summary["taken"], 1);
}

/// How many records, and how many dossiers whose period has ended, are held on a day.
fn counted(scratch: &Scratch) -> (u64, u64) {
    let evaluated = scratch.json(&["retention", "evaluate", "--on", "2044-01-01"]);
    let due = scratch.json(&["retention", "due", "--on", "2044-01-01"]);
    let held = due["lines"].as_object().unwrap().values().map(|line| line["held"].as_u64().unwrap()).sum();
    (evaluated["outcomes"]["held"].as_u64().unwrap_or(0), held)
}

#[test]
fn a_class_is_held_with_what_comes_under_it_later() {
    let scratch = archive();
    scratch.expect(3, &[&["hold", "place", "--class", "T"], &BECAUSE[..]].concat());
    adopt(&scratch, &schedule(&scratch, 1, 20));
    assign(&scratch, DOSSIER, "T/plans");
    let rule = place(&scratch, &["--class", "T/plans"]);
    place(&scratch, &["--class", "T/orders"]);
    assert_eq!([RECORD, DOSSIER].map(|id| held(&scratch, id)), [(1, "held".into()), (1, "held".into())]);
    later(&scratch);
    assert_eq!(held(&scratch, LATER), (1, "held".into()), "it came after the hold was placed");
    assert_eq!(counted(&scratch), (3, 2));
    // Another rule would take it out of the hold: not while the hold is in force.
    let escape = ["retention", "assign", DOSSIER, "--rule", "T/orders", "--reason", "3/QĐ-LT"];
    assert!(scratch.expect(4, &escape).err.contains("held as of class"));
    place(&scratch, &["--class", "T"]);
    assert_eq!(held(&scratch, RECORD).0, 2, "overlapping holds count each");
    scratch.ok(&release(&rule));
    assert_eq!(held(&scratch, RECORD).0, 1);
    scratch.ok(&escape);
    let before = scratch.ok(&["hold", "list", "--json"]);
    scratch.ok(&["rebuild"]);
    assert_eq!(scratch.ok(&["hold", "list", "--json"]), before);
    assert_eq!(held(&scratch, RECORD).0, 2, "the class of the other two");
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_saved_query_is_read_when_it_is_asked() {
    let scratch = archive();
    adopt(&scratch, &schedule(&scratch, 1, 20));
    later(&scratch);
    let check = |conditions: &[&str], expect: [usize; 2]| {
        let hold = place(&scratch, conditions);
        assert_eq!([RECORD, LATER].map(|id| held(&scratch, id).0), expect, "{conditions:?}");
        let records = expect[0] * 2 + expect[1]; // the first dossier has two records alike
        assert_eq!(counted(&scratch), (records as u64, expect.iter().sum::<usize>() as u64), "{conditions:?}");
        scratch.ok(&release(&hold));
    };
    check(&["--words", "NHA THAU"], [0, 1]);
    check(&["--agency", "H26.10", "--issued", "2022-01-01/2022-12-31"], [0, 1]);
    check(&["--agency", "H27", "--issued", "2022-01-01/2022-12-31"], [0, 0]);
    check(&["--worked", "2023"], [1, 0]);
    check(&["--worked", "2020/2023"], [1, 1]);
    check(&["--file-code", "H26.10.2022"], [0, 1]);
    check(&["--type", "03"], [0, 0]);
    check(&["--class", "T/plans", "--worked", "2022"], [0, 1]);
    check(&["--class", "T/plans", "--worked", "2023"], [0, 0]);
    place(&scratch, &["--words", "nhà thầu", "--worked", "2022"]);
    let listed = scratch.json(&["hold", "list"])["holds"].as_array().unwrap().last().unwrap()["covers"].clone();
    assert_eq!(listed, json!({ "query": { "words": ["nhà thầu"], "worked": [2022, 2022] } }));
    let text = scratch.ok(&["hold", "list", "--lang", "vi"]);
    assert!(text.contains("tài liệu thỏa: kết thúc năm 2022–2022, trích yếu có “nhà thầu”"), "{text}");
    for bad in [
        &["--issued", "2023-01-01/2022-01-01"][..],
        &["--issued", "2023"],
        &["--type", "99"],
        &["--words", " "],
        &[RECORD, "--words", "x"],
        &["--worked", "x"],
    ] {
        scratch.expect(2, &[&["hold", "place"], bad, &BECAUSE[..]].concat());
    }
}
