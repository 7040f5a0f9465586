//! Rules through the service: looked at before, adopted by one, approved by another, confirmed line by line, withdrawn.

use super::rules::schedule;
use crate::account::made;
use crate::scratch::Scratch;
use crate::server::{Client, Server, archive};
use serde_json::{Value, json};

const AT: &str = "/api/v1/retention-rules";

fn text(scratch: &Scratch, number: u32, years: u16) -> String {
    std::fs::read_to_string(scratch.path(schedule(scratch, number, years))).unwrap()
}

fn asked(who: &Client<'_>, rest: &str, body: Value) -> (u16, Value) {
    let answer = who.json("POST", &format!("{AT}{rest}"), &body);
    (answer.status, answer.json())
}

#[test]
fn rules_are_adopted_and_confirmed_by_separate_persons() {
    let scratch = archive();
    made(&scratch, "second", "deciding-authority", &[]);
    let server = Server::start(&scratch);
    let [administrator, authority, second] =
        ["administrator", "deciding-authority", "second"].map(|name| server.client(name));
    let (first, shorter) = (text(&scratch, 1, 30), text(&scratch, 2, 20));

    let (status, refused) =
        asked(&administrator, "", json!({ "text": "format = 1\n[schedule]\ncode = 3", "reason": "1/QĐ" }));
    assert_eq!((status, &refused["code"]), (400, &json!("invalid")), "{refused}");
    let (status, foreseen) = asked(&authority, "/preview", json!({ "text": first }));
    assert_eq!((status, &foreseen["rules"]["added"], &foreseen["records"]), (200, &json!(2), &json!(3)), "{foreseen}");
    assert_eq!(foreseen["approval"], "one-person");
    let (status, adopted) = asked(&administrator, "", json!({ "text": first, "reason": "1/QĐ" }));
    assert_eq!((status, &adopted["state"]), (201, &json!("adopted")), "{adopted}");
    assert_eq!(asked(&administrator, "", json!({ "text": first, "reason": "1/QĐ" })).0, 409, "the number was used");
    let both = json!({ "text": shorter, "reason": "x", "accessioned_from": "2027-01-01", "work_ended_from": 2027 });
    assert_eq!(asked(&administrator, "", both).0, 400);

    // What shortens waits for another person.
    let (_, proposed) =
        asked(&authority, "", json!({ "text": shorter, "reason": "2/QĐ", "accessioned_from": "2027-01-01" }));
    assert_eq!(proposed["state"], "proposed");
    let approval = format!("/{}/approval", proposed["version"].as_str().unwrap());
    assert_eq!(asked(&authority, &approval, json!({})).0, 403, "who proposed it");
    assert_eq!(asked(&second, &approval, json!({})).0, 200);
    assert_eq!(asked(&second, &approval, json!({})).0, 404, "it waits no more");

    let confirm = json!({ "rules": ["T/plans"], "basis": "Phụ lục I mục 3", "mandate": "4/QĐ-LT" });
    assert_eq!(asked(&administrator, "/confirmation", confirm.clone()).0, 403, "not their role");
    assert_eq!(
        asked(&authority, "/confirmation", json!({ "rules": ["T/other"], "basis": "x", "mandate": "y" })).0,
        404
    );
    assert_eq!(asked(&second, "/confirmation", confirm.clone()).0, 200);
    let line = || {
        let listed = authority.get(AT).json();
        assert_eq!(listed["versions"][1]["accessioned_from"], "2027-01-01");
        listed["rules"].as_array().unwrap().iter().find(|rule| rule["code"] == "T/plans").unwrap().clone()
    };
    assert_eq!((&line()["version"], &line()["confirmed"]["by"]), (&json!(2), &json!("second")));
    assert_eq!(asked(&second, "/confirmation", confirm).0, 409, "confirmed already");
    let doubt = json!({ "rules": ["T/plans"], "reason": "đọc nhầm" });
    assert_eq!(asked(&authority, "/withdrawal", doubt).0, 200);
    assert!(line()["confirmed"].is_null());
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn the_page_shows_what_a_rule_file_would_change_before_it_is_adopted() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let [administrator, authority, archivist] =
        ["administrator", "deciding-authority", "archivist"].map(|name| server.client(name));
    let file = text(&scratch, 1, 30);
    assert!(!archivist.get("/rules").text().contains("<textarea"), "an archivist reads");
    let draft = |act: &str| {
        [
            ("text", file.clone()),
            ("governs", "ended".into()),
            ("from", "2020".into()),
            ("reason", "1/QĐ".into()),
            ("act", act.to_owned()),
        ]
    };
    let sent = |act: &str| {
        let draft = draft(act);
        administrator.form("/rules", &draft.each_ref().map(|(name, value)| (*name, value.as_str())))
    };
    let page = sent("preview");
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("value=\"adopt\"") && page.text().contains("Một người áp dụng được"),
        "{}",
        page.text()
    );
    assert!(!administrator.get("/rules").text().contains("T/plans"), "a preview changes nothing");
    let misread = administrator.form("/rules", &[("text", "format = 1\nschedule"), ("act", "preview")]).text();
    assert!(
        misread.contains("dòng 2, cột ")
            && misread.contains(": mục chưa có giá trị")
            && !misread.contains("parse error"),
        "{misread}"
    );
    assert_eq!(sent("adopt").status, 303);
    let page = administrator.get("/rules").text();
    assert!(page.contains("T/plans") && page.contains("công việc kết thúc từ năm 2020"), "{page}");
    assert_eq!(sent("adopt").status, 422, "told on the page");
    let confirm = |who: &Client<'_>, rules: &str| {
        who.form("/rules/confirm", &[("rules", rules), ("basis", "Phụ lục I"), ("mandate", "4/QĐ-LT")]).status
    };
    assert_eq!(confirm(&archivist, "T/plans"), 403);
    assert_eq!(confirm(&authority, "T/plans T/other"), 422);
    assert_eq!(confirm(&authority, "T/plans, T/orders"), 303);
    assert!(authority.get("/rules").text().contains("Phụ lục I"));
    assert_eq!(authority.form("/rules/withdraw", &[("rules", "T/orders"), ("reason", "đọc nhầm")]).status, 303);
}
