//! Requests through the service: by whose hands they go, what is not there for whom, and what hostile readers write.

use super::ASKED;
use crate::account::made;
use crate::casework::parts;
use crate::identity::age_sessions;
use crate::scratch::{Scratch, record};
use crate::server::{Answer, Client, Server, archive, own_password};
use serde_json::{Value, json};
use std::fs;

const CONDITIONAL: &str = "H26.10.2023.045.0000001";
const FOREIGN: &str = "H26.33.2024.001.0000001";

/// Records of two agencies that are not open to everybody, and one that is; besides the usual accounts an archivist and a
/// deciding authority of H26.10 alone.
pub fn world() -> (Scratch, String) {
    let scratch = archive();
    super::named(&scratch);
    let open = record(&[("1.pdf", b"%PDF-1.7 open")], json!({ "mode": "01" }));
    scratch.dossier("d", json!({ "records": [open] }));
    fs::write(scratch.path("d/1.pdf"), b"%PDF-1.7 open").unwrap();
    let code = scratch.ingest("d").doc_code().to_owned();
    made(&scratch, "partly", "archivist", &["--agency", "H26.10"]);
    made(&scratch, "partly-deciding", "deciding-authority", &["--agency", "H26.10"]);
    (scratch, code)
}

fn wanted(form: &str, records: &str) -> Value {
    json!({
        "form": form, "records": records, "reader": ASKED[1], "document": ASKED[3], "purpose": ASKED[5],
        "mandate": ASKED[7],
    })
}

/// Asks for records, with further fields.
pub fn asked_for(who: &Client<'_>, form: &str, records: &str, more: Value) -> Answer {
    let mut wanted = wanted(form, records);
    wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    who.json("POST", "/api/v1/requests", &wanted)
}

#[track_caller]
fn received(who: &Client<'_>, form: &str, records: &str) -> String {
    received_for(who, form, records, json!({}))
}

/// Takes a request in; where it is over the API.
#[track_caller]
pub fn received_for(who: &Client<'_>, form: &str, records: &str, more: Value) -> String {
    let answer = asked_for(who, form, records, more);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let place = answer.header("location").to_owned();
    assert_eq!(place, format!("/api/v1/requests/{}", answer.json()["request"].as_str().unwrap()));
    place
}

pub fn step(who: &Client<'_>, place: &str, step: &str) -> Answer {
    let path = format!("{place}/{step}");
    match step {
        "fulfilment" => who.ask("POST", &path, &[], b""),
        _ => who.json("POST", &path, &json!({ "reason": "đúng thẩm quyền" })),
    }
}

fn certificate(who: &Client<'_>, place: &str, fields: &[(&str, &str)], document: Option<&[u8]>) -> Answer {
    let kind = ("content-type", "multipart/form-data; boundary=xx");
    who.ask("POST", &format!("{place}/copies/1/certificate"), &[kind], &parts(fields, document))
}

#[test]
fn a_certified_copy_goes_its_way_by_separate_persons() {
    let (scratch, _) = world();
    let mut server = Server::start(&scratch);
    let (archivist, decider) = (server.client("archivist"), server.client("deciding-authority"));
    let once = |key: &str| {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let body = wanted("certified-copy", CONDITIONAL).to_string();
        archivist.ask("POST", "/api/v1/requests", &headers, body.as_bytes()).json()["request"].clone()
    };
    let id = once("1");
    assert_eq!((id.is_string(), &id, id == once("2")), (true, &once("1"), false));
    let place = format!("/api/v1/requests/{}", id.as_str().unwrap());
    let before = archivist.get(&place);
    assert_eq!((&before.json()["state"], before.header("cache-control")), (&json!("received"), "no-store"));
    assert_eq!(before.json()["records"][0]["access"], "conditional");

    assert_eq!(step(&archivist, &place, "approval").status, 403, "it decides about what is not open");
    assert_eq!(step(&decider, &place, "fulfilment").status, 403);
    let seen = |tag: &str| {
        let headers = [("content-type", "application/json"), ("if-match", tag)];
        decider.ask("POST", &format!("{place}/approval"), &headers, "{\"reason\":\"đúng\"}".as_bytes())
    };
    assert_eq!(seen("\"1-open-1\"").status, 412);
    let approved = seen(before.header("etag"));
    assert_eq!((approved.status, &approved.json()["state"]), (200, &json!("approved")), "{}", approved.text());
    assert_ne!(approved.header("etag"), before.header("etag"));
    assert_eq!(step(&decider, &place, "approval").status, 409);

    assert_eq!(archivist.get(&format!("{place}/copies/1")).status, 409, "nothing is made yet");
    assert_eq!(step(&archivist, &place, "fulfilment").json()["state"], "fulfilled");
    assert_eq!(archivist.get(&format!("{place}/copies/1")).status, 409, "its certificate is not signed");
    let paper = archivist.get(&format!("{place}/copies/1/certificate"));
    assert_eq!((paper.status, paper.header("content-type")), (200, "application/pdf"));
    let waits = |who: &Client<'_>| who.get("/?lang=en").text().contains("request waits");
    assert!(waits(&archivist), "until its certificate is signed");
    assert!(paper.body.starts_with(b"%PDF-1.7"));
    let made = archivist.get(&place).header("etag").to_owned();
    let taken = certificate(&archivist, &place, &[("unsigned", "ký trên giấy")], Some(&paper.body));
    assert_eq!((taken.status, &taken.json()["records"][0]["certificate"]), (200, &json!("unsigned")));
    assert_ne!(taken.header("etag"), made);
    assert!(!waits(&archivist), "it has its certificate");
    let copy = archivist.get(&format!("{place}/copies/1"));
    assert_eq!((copy.status, copy.header("cache-control")), (200, "no-store"));
    assert!(copy.body.starts_with(b"PK") && copy.body.windows(12).any(|bytes| bytes == b"%PDF-1.7 one"));
    for number in ["0", "2", "18446744073709551615"] {
        assert_eq!(archivist.get(&format!("{place}/copies/{number}")).status, 404, "{number}");
    }
    assert_eq!(step(&archivist, &place, "closing").json()["state"], "closed");
    assert_eq!(archivist.get(&format!("{place}/copies/1")).status, 409);

    let inspector = server.client("inspector");
    let listed = inspector.get("/api/v1/requests?state=closed");
    assert_eq!(listed.json()["requests"].as_array().unwrap().len(), 1);
    assert!(!listed.text().contains("Độc Giả"), "who asks is in no list");
    assert_eq!(inspector.get("/api/v1/requests?state=open").status, 400);
    assert_eq!(inspector.get(&place).json()["reader"]["name"], ASKED[1]);
    assert_eq!(inspector.get(&format!("{place}/copies/1")).status, 403);
    assert_eq!(inspector.get(&format!("{place}/copies/1/certificate")).status, 403);
    // Whoever looked is in the audit trail, when the service has ended at the latest.
    server.signal("TERM");
    assert_eq!(server.ended(), 0);
    let again = Server::start(&scratch);
    let (id, inspector) = (id.as_str().unwrap(), again.sign_in("inspector", &own_password("inspector")));
    let acts = inspector.get(&format!("/api/v1/audit?about={id}")).json()["acts"].as_array().unwrap().clone();
    let readers: Vec<_> = acts.iter().filter(|act| act["what"] == "read-requests").map(|act| &act["who"]).collect();
    assert_eq!(readers.len(), 3, "{acts:?}");
    assert!(inspector.get(&format!("/audit?lang=en&about={id}")).text().contains("See readers&#39; requests"));
}

#[test]
fn pages_of_requests_follow_cursors_that_new_ones_do_not_move() {
    let (scratch, open) = world();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let ids: Vec<String> = (0..5).map(|_| received(&archivist, "copy", &open)).collect();
    let page = |query: &str| archivist.get(&format!("/api/v1/requests?limit=2{query}")).json();
    let named = |page: &Value| -> Vec<String> {
        let all = page["requests"].as_array().unwrap();
        all.iter().map(|one| format!("/api/v1/requests/{}", one["request"].as_str().unwrap())).collect()
    };
    let first = page("");
    received(&archivist, "copy", &open);
    let second = page(&format!("&cursor={}", first["next"].as_str().unwrap()));
    let third = page(&format!("&cursor={}", second["next"].as_str().unwrap()));
    let found = [named(&first), named(&second), named(&third)].concat();
    assert_eq!(found, ids.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(third["next"], Value::Null);
    assert_eq!(archivist.get("/api/v1/requests?cursor=1").status, 400);
}

#[test]
fn of_records_out_of_reach_a_request_is_not_there() {
    let (scratch, _) = world();
    let server = Server::start(&scratch);
    let (archivist, partly, decider) =
        (server.client("archivist"), server.client("partly"), server.client("partly-deciding"));
    let both = received(&archivist, "copy", &format!("{CONDITIONAL}, {FOREIGN}"));
    let own = received(&partly, "copy", CONDITIONAL);
    let count = |who: &Client<'_>| who.get("/api/v1/requests").json()["requests"].as_array().unwrap().len();
    assert_eq!((count(&archivist), count(&partly), count(&decider)), (2, 1, 1));
    let page = both.trim_start_matches("/api/v1").to_owned();
    for who in [&partly, &decider] {
        assert_eq!((who.get(&both).status, who.get(&page).status), (404, 404));
        assert!(!who.get("/requests").text().contains(&page));
        for one in ["approval", "refusal"] {
            assert_eq!(step(who, &both, one).status, 404, "{one}");
        }
    }
    for one in ["fulfilment", "closing"] {
        assert_eq!(step(&partly, &both, one).status, 404, "{one}");
    }
    for rest in ["copies/1", "copies/2", "copies/1/certificate"] {
        assert_eq!(partly.get(&format!("{both}/{rest}")).status, 404, "{rest}");
    }
    assert_eq!(certificate(&partly, &both, &[], Some(b"%PDF-1.7")).status, 404);
    let (one, taking) = (step(&decider, &own, "approval"), archivist.get(&both).header("etag").to_owned());
    assert_eq!(one.json()["state"], "approved", "{}", one.text());
    let form = [("seen", taking.as_str()), ("reason", "x")];
    assert_eq!(decider.form(&format!("{page}/approve"), &form).status, 404);
    assert_eq!(archivist.get(&both).json()["state"], "received");

    // A record that is out of reach is called by no name, as one that is nowhere.
    let said = |records: &str| {
        let answer = partly.json("POST", "/api/v1/requests", &wanted("copy", records));
        (answer.status, answer.json()["detail"].as_str().unwrap().replace(records, "X"))
    };
    assert_eq!(said(FOREIGN), said("H26.33.2024.001.0000009"));
    assert_eq!(said("H26.33.2024.001"), said("H26.33.2024.009"), "a dossier is no record");
    assert_eq!(said(FOREIGN).0, 404);
    assert_eq!(partly.get("/api/v1/requests/x").status, 404);
}

#[test]
fn what_is_not_open_takes_a_second_person_with_a_password_just_given() {
    let (scratch, open) = world();
    let add = ["account", "add", "both", "--role", "archivist", "--role", "deciding-authority", "--holder", "Hai vai"];
    let ran = crate::account::typed(
        &scratch,
        &[&add[..], &["--reason", "test", "--actor", "an"]].concat(),
        crate::account::PASSWORD,
    );
    assert_eq!(ran.status, 0, "{}", ran.err);
    scratch.ok(&["account", "confirm", "both", "--actor", "binh"]);
    let (own, cookie, token) = {
        let server = Server::start(&scratch);
        let (both, decider) = (server.client("both"), server.client("deciding-authority"));
        // What is open to everybody takes one.
        let easy = received(&server.client("archivist"), "copy", &open);
        assert_eq!(step(&both, &easy, "approval").json()["state"], "approved");
        let own = received(&both, "copy", &format!("{open}\n{CONDITIONAL}"));
        let alone = step(&both, &own, "approval");
        assert_eq!((alone.status, &alone.json()["code"]), (403, &json!("denied")));
        assert!(alone.text().contains("another person"), "{}", alone.text());
        (own, decider.cookie.clone(), decider.token.clone())
    };
    age_sessions(&scratch);
    let server = Server::start(&scratch);
    let long_ago = server.again(&cookie, &token);
    let stale = step(&long_ago, &own, "approval");
    assert_eq!((stale.status, &stale.json()["code"]), (403, &json!("sign-in-again")));
    let page = own.trim_start_matches("/api/v1");
    let tag = long_ago.get(&own).header("etag").to_owned();
    let led = long_ago.form(&format!("{page}/approve"), &[("seen", &tag), ("reason", "đúng")]);
    assert_eq!((led.status, led.header("location").starts_with("/sign-in-again")), (303, true));
    assert_eq!(long_ago.get(&own).json()["state"], "received");
    let fresh = server.sign_in("deciding-authority", &own_password("deciding-authority"));
    let done = fresh.form(&format!("{page}/approve"), &[("seen", &tag), ("reason", "đúng")]);
    assert_eq!((done.status, done.header("location")), (303, page));
    assert_eq!(fresh.get(&own).json()["state"], "approved");
}

#[test]
fn an_upload_that_is_no_signed_certificate_is_refused_and_leaves_nothing() {
    let (scratch, open) = world();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let place = received(&archivist, "certified-copy", &open);
    assert_eq!(certificate(&archivist, &place, &[], Some(b"%PDF-1.7")).status, 409, "it is not as far");
    step(&archivist, &place, "approval");
    step(&archivist, &place, "fulfilment");
    let paper = archivist.get(&format!("{place}/copies/1/certificate")).body;
    let longer = [&paper[..], b"\n% and more"].concat();
    let hostile: [(&[u8], u16); 5] =
        [(&paper, 403), (b"", 409), (b"%PDF-1.7 another", 409), (b"PK\x03\x04 a container", 409), (&longer, 403)];
    for (bytes, status) in hostile {
        let refused = certificate(&archivist, &place, &[], Some(bytes));
        assert_eq!(refused.status, status, "{}", refused.text());
    }
    assert_eq!(certificate(&archivist, &place, &[("unsigned", "không có")], None).status, 400, "no document");
    let path = format!("{place}/copies/1/certificate");
    assert_eq!(archivist.ask("POST", &path, &[("content-type", "application/pdf")], &paper).status, 415);
    let kind = ("content-type", "multipart/form-data; boundary=xx");
    let torn = b"--xx\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a\"\r\n\r\n%PDF";
    assert_eq!(archivist.ask("POST", &path, &[kind], torn).status, 400);
    let head = b"--xx\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a\"\r\n\r\n";
    let long = [&head[..], &vec![b'x'; 64 * 1024 * 1024 + 1], b"\r\n--xx--\r\n"].concat();
    assert_eq!(archivist.ask("POST", &path, &[kind], &long).status, 413);
    assert_eq!(archivist.get(&place).json()["records"][0]["certificate"], Value::Null);
    let of_another = certificate(&archivist, &place.replace("/requests/", "/requests/0"), &[], Some(&paper));
    assert_eq!(of_another.status, 404);
}

#[test]
fn a_reader_s_words_are_shown_as_text_and_steps_are_offered_to_who_may_take_them() {
    let (scratch, open) = world();
    let server = Server::start(&scratch);
    let (archivist, decider) = (server.client("archivist"), server.client("deciding-authority"));
    let empty = archivist.get("/requests?lang=en").text();
    assert!(empty.contains("No request waits for you") && empty.contains("No request is in this state"));
    let on_record = archivist.get(&format!("/records/{CONDITIONAL}?lang=en")).text();
    let new = format!("/requests/new?records={CONDITIONAL}");
    assert!(on_record.contains(&format!("href=\"{new}\"")) && archivist.get(&new).text().contains(CONDITIONAL));
    assert!(!decider.get(&format!("/records/{CONDITIONAL}")).text().contains("/requests/new"));

    let word = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>";
    let fields = |wanted: &'static str, records: &'static str| {
        let words = ["reader", "document", "purpose", "mandate"].map(|name| (name, word));
        [&words[..], &[("wanted", wanted), ("records", records), ("copies", "2"), ("use_until", "")]].concat()
    };
    let is_harmless = |text: &str| {
        !text.contains("<script>alert") && !text.contains("<img src=x") && text.contains("&#60;script&#62;")
    };
    for (form, records) in [("copy", "H26.10.9<script>alert(3)</script>"), ("<script>alert(4)", CONDITIONAL)] {
        let wrong = archivist.form("/requests", &fields(form, records));
        let text = wrong.text();
        assert!(wrong.status == 422 && is_harmless(&text) && text.contains("role=\"alert\""), "{text}");
    }
    let made = archivist.form("/requests", &fields("copy", CONDITIONAL));
    assert_eq!(made.status, 303, "{}", made.text());
    let place = made.header("location").to_owned();
    let shown = archivist.get(&format!("{place}?lang=en")).text();
    assert!(is_harmless(&shown), "{shown}");
    assert!(shown.contains("Waits for somebody who may approve it") && !shown.contains(&format!("{place}/approve")));

    assert!(decider.get("/?lang=en").text().contains("1 reader&#39;s request waits"));
    assert!(!archivist.get("/?lang=en").text().contains("request waits"));
    let theirs = decider.get(&format!("{place}?lang=en")).text();
    assert!(theirs.contains(&format!("{place}/approve")) && !theirs.contains(&format!("{place}/fulfil")));
    let seen = |who: &Client<'_>| who.get(&format!("/api/v1{place}")).header("etag").to_owned();
    let stale = decider.form(&format!("{place}/approve?lang=en"), &[("seen", "\"0-open-1\""), ("reason", "đúng")]);
    assert!(stale.status == 422 && stale.text().contains("has changed since you opened the page"));
    let approve = [("seen", seen(&decider)), ("reason", word.to_owned())];
    let approve = approve.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(decider.form(&format!("{place}/approve"), &approve).status, 303);
    assert!(archivist.get("/?lang=en").text().contains("1 reader&#39;s request waits"));
    assert!(archivist.get("/requests?lang=en").text().contains(&place));
    let tag = seen(&archivist);
    assert_eq!(archivist.form(&format!("{place}/fulfil"), &[("seen", &tag)]).status, 303);
    let fulfilled = archivist.get(&place).text();
    assert!(is_harmless(&fulfilled) && fulfilled.contains(&format!("href=\"{place}/copies/1\"")));
    assert_eq!(archivist.get(&format!("{place}/copies/1")).status, 200);
    assert!(!decider.get(&place).text().contains("/copies/1"));
    let again = archivist.form(&format!("{place}/fulfil"), &[("seen", &seen(&archivist))]);
    assert!(again.status == 422 && again.text().contains("Chưa thực hiện được"), "{}", again.text());
    assert_eq!(archivist.form(&format!("{place}/close"), &[("seen", &seen(&archivist)), ("reason", " ")]).status, 422);
    let listed = archivist.get("/requests?state=fulfilled&page=1").text();
    assert!(listed.contains(&place) && !listed.contains("alert(1)"), "who asks is in no list");
    assert!(archivist.get("/requests?state=closed&page=99").status == 200);
    // The certificate of a certified copy is handed in on the page, too.
    let place = received(&archivist, "certified-copy", &open);
    step(&archivist, &place, "approval");
    step(&archivist, &place, "fulfilment");
    let page = place.trim_start_matches("/api/v1");
    let shown = archivist.get(page).text();
    assert!(shown.contains(&format!("action=\"{page}/copies/1/certificate\"")) && !shown.contains("copies/1\""));
    let body = parts(&[("form", archivist.token.as_str()), ("unsigned", word)], Some(b"%PDF-1.7 scan"));
    let path = format!("{page}/copies/1/certificate");
    assert_eq!(archivist.form_bytes(&path, "multipart/form-data; boundary=xx", &body).status, 303);
    assert!(archivist.get(page).text().contains(&format!("href=\"{page}/copies/1\"")));
}
