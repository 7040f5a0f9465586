//! Periods of single records and dossiers through the service: who assigns, who confirms, what is out of reach, what pages offer.

use super::rules::{adopt, schedule};
use super::{DOSSIER, RECORD};
use crate::account::made;
use crate::identity::age_sessions;
use crate::scratch::Scratch;
use crate::server::{Answer, Client, Server, archive};
use serde_json::{Value, json};

const FOREIGN: &str = "H26.33.2024.001.0000001";
const OTHER: &str = "H26.10.2023.045.0000002";

/// Records of two agencies that state ten years; rules of five and of thirty; an archivist and an authority of H26.10 alone,
/// and somebody who is both.
fn world() -> Scratch {
    let scratch = archive();
    let file = schedule(&scratch, 1, 5);
    adopt(&scratch, &file);
    made(&scratch, "partly", "archivist", &["--agency", "H26.10"]);
    made(&scratch, "partly-deciding", "deciding-authority", &["--agency", "H26.10"]);
    made(&scratch, "both", "archivist", &["--role", "deciding-authority"]);
    scratch
}

fn place(of: &str) -> String {
    let whole = if of.matches('.').count() == 3 { "dossiers" } else { "records" };
    format!("/api/v1/{whole}/{of}")
}

fn act(who: &Client<'_>, of: &str, body: Value) -> Answer {
    who.json("POST", &format!("{}/retention/acts", place(of)), &body)
}

fn confirm(who: &Client<'_>, of: &str) -> Answer {
    let given = json!({ "basis": "Phụ lục I mục 3", "mandate": "4/QĐ-LT" });
    who.json("POST", &format!("{}/retention/confirmation", place(of)), &given)
}

fn assign(rule: &str) -> Value {
    json!({ "act": "assign", "rule": rule, "reason": "plans of the office" })
}

fn acts(who: &Client<'_>, of: &str) -> Vec<Value> {
    who.get(&format!("{}/retention/acts", place(of))).json()["acts"].as_array().unwrap().clone()
}

fn outcome(who: &Client<'_>, of: &str, on: &str) -> Value {
    who.get(&format!("{}/retention?on={on}", place(of))).json()["outcome"].clone()
}

#[test]
fn what_one_person_shortens_another_confirms() {
    let scratch = world();
    let server = Server::start(&scratch);
    let [archivist, authority, both] = ["archivist", "deciding-authority", "both"].map(|name| server.client(name));
    let done = act(&archivist, DOSSIER, assign("T/plans"));
    assert_eq!(done.status, 201, "{}", done.text());
    let done = done.json()["recorded"][0].clone();
    assert_eq!((&done["code"], &done["waits_for_second_person"]), (&json!(DOSSIER), &json!(true)));
    let told = acts(&archivist, DOSSIER);
    assert_eq!((told.len(), &told[0]["entry"], &told[0]["event"]), (1, &done["entry"], &json!("retention-assigned")));
    assert_eq!((&told[0]["rule"], &told[0]["by"]), (&json!("T/plans"), &json!("archivist")));
    assert_eq!(
        (&told[0]["waits_for_second_person"], &told[0]["reason"]),
        (&json!(true), &json!("plans of the office"))
    );
    assert_eq!(outcome(&archivist, DOSSIER, "2030-01-01"), "not-yet", "ten years count");

    assert_eq!(confirm(&archivist, DOSSIER).status, 403, "not their role");
    let confirmed = confirm(&authority, DOSSIER);
    assert_eq!(confirmed.status, 201, "{}", confirmed.text());
    let told = acts(&authority, DOSSIER);
    assert_eq!((&told[0]["waits_for_second_person"], &told[1]["basis"]), (&json!(false), &json!("Phụ lục I mục 3")));
    assert_eq!(outcome(&archivist, DOSSIER, "2030-01-01"), "review-due", "five years do; nobody confirmed the rule");
    assert_eq!(confirm(&authority, DOSSIER).status, 409, "it counts already");
    assert_eq!(act(&authority, DOSSIER, assign("T/plans")).status, 403, "an authority assigns nothing");

    // Who has both roles is still one person.
    assert_eq!(act(&both, FOREIGN, assign("T/plans")).status, 201);
    let own = confirm(&both, FOREIGN);
    assert_eq!((own.status, &own.json()["code"]), (403, &json!("denied")), "{}", own.text());
    assert_eq!(confirm(&authority, FOREIGN).status, 201);
    // What the agency states is confirmed by itself.
    assert_eq!(confirm(&authority, "H26.33.2024.001").status, 201);
    assert_eq!(confirm(&authority, "H26.33.2024.001").status, 409);
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn what_happened_is_recorded_revoked_linked_and_kept() {
    let scratch = world();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let event = |on: &str| json!({ "act": "event", "kind": "superseded", "on": on, "reason": "12/QĐ" });
    assert_eq!(act(&archivist, RECORD, event("2099-01-01")).status, 400, "that has not come yet");
    assert_eq!(act(&archivist, RECORD, event("hôm qua")).status, 400);
    let unknown = json!({ "act": "event", "kind": "lost", "reason": "x" });
    assert_eq!(act(&archivist, RECORD, unknown).status, 400);
    assert_eq!(act(&archivist, RECORD, json!({ "act": "destroy", "reason": "x" })).status, 422);
    assert_eq!(act(&archivist, RECORD, assign("T/none")).status, 404);
    let many = json!({ "act": "keep", "reason": "x", "also": vec![OTHER; 10_000] });
    assert_eq!(act(&archivist, RECORD, many).status, 400, "more than are named at once");

    let several = json!({ "act": "event", "kind": "superseded", "on": "2025-03", "reason": "12/QĐ", "also": [OTHER] });
    let done = act(&archivist, RECORD, several).json();
    let codes: Vec<_> = done["recorded"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert_eq!(codes, [RECORD, OTHER]);
    let entry = &done["recorded"][0]["entry"];
    let revoke = |entry: &Value| act(&archivist, RECORD, json!({ "act": "revoke", "entry": entry, "reason": "nhầm" }));
    assert_eq!(revoke(&done["recorded"][1]["entry"]).status, 404, "that is another's");
    assert_eq!(revoke(entry).status, 201);
    assert_eq!(revoke(entry).status, 409);
    let told = acts(&archivist, RECORD);
    assert_eq!((&told[0]["revoked"], &told[0]["on"], &told[1]["takes_back"]), (&json!(true), &json!("2025-03"), entry));
    assert_eq!(acts(&archivist, OTHER)[0]["revoked"], false);

    let tie = |act: &str, with: &str| json!({ "act": act, "with": with, "reason": "một hồ sơ" });
    assert_eq!(act(&archivist, DOSSIER, tie("link", FOREIGN)).status, 400, "a link is between two records");
    assert_eq!(act(&archivist, RECORD, tie("link", FOREIGN)).status, 201);
    assert_eq!(act(&archivist, RECORD, tie("link", FOREIGN)).status, 409);
    let other_side = acts(&archivist, FOREIGN);
    assert_eq!((&other_side[0]["with"], &other_side[0]["reason"]), (&json!(RECORD), &json!("một hồ sơ")));
    assert_eq!(act(&archivist, FOREIGN, tie("unlink", RECORD)).status, 201);
    assert_eq!(act(&archivist, FOREIGN, tie("unlink", RECORD)).status, 404);
    assert_eq!(acts(&archivist, FOREIGN)[0]["revoked"], true);
    let kept = act(&archivist, DOSSIER, json!({ "act": "keep", "reason": "vẫn cần", "also": [FOREIGN] }));
    assert_eq!(kept.json()["recorded"].as_array().unwrap().len(), 2, "{}", kept.text());
    drop(server);
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    assert_eq!(acts(&inspector, FOREIGN).len(), 3, "link, its end, and that it is kept");
}

#[test]
fn what_is_out_of_reach_has_no_period_to_be_changed() {
    let scratch = world();
    let server = Server::start(&scratch);
    let [partly, deciding, archivist] = ["partly", "partly-deciding", "archivist"].map(|name| server.client(name));
    assert_eq!(act(&partly, FOREIGN, assign("T/plans")).status, 404);
    assert_eq!(partly.get(&format!("/records/{FOREIGN}/retention")).status, 404);
    let link = json!({ "act": "link", "with": FOREIGN, "reason": "x" });
    let with_foreign = act(&partly, RECORD, link);
    let nothing = act(&partly, RECORD, json!({ "act": "link", "with": "H26.33.2024.001.0000009", "reason": "x" }));
    let without_name = |answer: &Answer| answer.text().replace("0000009", "0000001");
    assert_eq!((with_foreign.status, without_name(&nothing)), (404, with_foreign.text()), "they are told the same");
    let also = json!({ "act": "keep", "reason": "x", "also": [OTHER, "H26.33.2024.001"] });
    assert_eq!(act(&partly, RECORD, also).status, 404);
    assert!(acts(&archivist, RECORD).is_empty() && acts(&archivist, OTHER).is_empty(), "all or nothing");
    assert_eq!(act(&partly, RECORD, assign("T/plans")).status, 201, "their own they may");
    assert_eq!(confirm(&deciding, FOREIGN).status, 404);
    assert_eq!(confirm(&deciding, RECORD).status, 201);
}

#[test]
fn a_period_is_changed_as_it_was_seen_once_and_confirmed_with_a_fresh_password() {
    let scratch = world();
    let (cookie, token) = {
        let server = Server::start(&scratch);
        let [archivist, authority] = ["archivist", "deciding-authority"].map(|name| server.client(name));
        let seen = archivist.get(&place(DOSSIER)).header("etag").to_owned();
        let path = format!("{}/retention/acts", place(DOSSIER));
        let send = |more: &[(&str, &str)]| {
            let headers = [&[("content-type", "application/json")], more].concat();
            archivist.ask("POST", &path, &headers, assign("T/plans").to_string().as_bytes())
        };
        assert_eq!(send(&[("if-match", "\"0\"")]).status, 412);
        let first = send(&[("if-match", &seen), ("idempotency-key", "once")]);
        assert_eq!(first.status, 201, "{}", first.text());
        assert_eq!(send(&[("if-match", &seen), ("idempotency-key", "once")]).json(), first.json());
        assert_eq!(send(&[("if-match", &seen)]).status, 412, "it was assigned since");
        assert_eq!(acts(&archivist, DOSSIER).len(), 1);
        (authority.cookie.clone(), authority.token.clone())
    };
    age_sessions(&scratch);
    let server = Server::start(&scratch);
    let stale = server.again(&cookie, &token);
    let refused = confirm(&stale, DOSSIER);
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("sign-in-again")));
    let page = stale.get(&format!("/dossiers/{DOSSIER}/retention?lang=en")).text();
    assert!(page.contains("/sign-in-again?next=/dossiers/"), "{page}");
}

#[test]
fn the_page_explains_and_offers_to_each_what_they_may() {
    let scratch = world();
    let server = Server::start(&scratch);
    let [archivist, authority, inspector] =
        ["archivist", "deciding-authority", "inspector"].map(|name| server.client(name));
    let here = format!("/dossiers/{DOSSIER}/retention");
    let page = |who: &Client<'_>| who.get(&format!("{here}?lang=en")).text();
    assert!(archivist.get(&format!("/dossiers/{DOSSIER}")).text().contains(&here));
    let shown = page(&archivist);
    assert!(shown.contains("Put under a rule") && shown.contains("T/plans") && !shown.contains("name=\"mandate\""));
    assert!(!shown.contains("Link with another record"), "a dossier is linked with nothing");
    assert!(!shown.contains("Revoke an event"), "nothing happened yet");
    assert!(page(&authority).contains("name=\"mandate\"") && !page(&authority).contains("Put under a rule"));
    assert!(!page(&inspector).contains("<form method=\"post\" action=\"/dossiers"), "an inspector changes nothing");

    let seen = |who: &Client<'_>, at: &str| {
        let text = who.get(at).text();
        let from = text.find("name=\"seen\" value=\"").unwrap() + "name=\"seen\" value=\"".len();
        text[from..].split("\">").next().unwrap().replace("&#34;", "\"")
    };
    let send = |fields: &[(&str, &str)]| {
        let seen = seen(&archivist, &here);
        archivist.form(&format!("{here}/acts?lang=en"), &[fields, &[("seen", seen.as_str())]].concat())
    };
    let wrong = send(&[("act", "assign"), ("rule", "T/none"), ("reason", "<b>why</b>"), ("also", "")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("Not recorded.") && wrong.text().contains("&#60;b&#62;why"), "{}", wrong.text());
    assert_eq!(send(&[("act", "assign"), ("rule", "T/plans"), ("reason", "<b>why</b>"), ("also", "")]).status, 303);
    let shown = page(&archivist);
    assert!(shown.contains("waits for a second person") && !shown.contains("<b>why"), "{shown}");
    assert_eq!(send(&[("act", "event"), ("kind", "expired"), ("on", ""), ("reason", "x"), ("also", "")]).status, 303);
    assert!(page(&archivist).contains("Revoke an event"));
    let old = [("act", "keep"), ("reason", "x"), ("also", ""), ("seen", "\"1\"")];
    let stale = archivist.form(&format!("{here}/acts?lang=en"), &old);
    assert!(stale.status == 422 && stale.text().contains("it has changed since it was seen"), "{}", stale.text());

    assert!(page(&authority).contains("What is confirmed: rule T/plans"), "that of the dossier");
    let record = authority.get(&format!("/records/{RECORD}/retention?lang=en")).text();
    assert!(record.contains("Rule T/plans was assigned") && record.contains("the period that the agency states"));
    let seen = seen(&authority, &here);
    let given = [("seen", seen.as_str()), ("basis", "Phụ lục I"), ("mandate", "4/QĐ"), ("also", "")];
    assert_eq!(archivist.form(&format!("{here}/confirmation"), &given).status, 403);
    assert_eq!(authority.form(&format!("{here}/confirmation"), &given).status, 303);
    assert!(page(&authority).contains("Phụ lục I") && !page(&authority).contains("waits for a second person"));

    let record = archivist.get(&format!("/records/{RECORD}/retention?lang=en&on=2044-01-01")).text();
    assert!(record.contains("Link with another record") && record.contains("on 1 January 2044"), "{record}");
    assert_eq!(archivist.get(&format!("/records/{RECORD}/retention?on=x")).status, 400);
}
