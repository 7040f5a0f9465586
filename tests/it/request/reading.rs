//! Reading copies: what a pass opens, for whom, until when, and what is left of it.

use super::service::{received_for, step, world};
use crate::scratch::record;
use crate::server::{Answer, Client, Server};
use serde_json::{Value, json};
use std::fs;

const MARKED: &str = "H26.10.2023.045.0000002";

/// A reading copy that was given out: its place, and the pass as it is told.
#[track_caller]
fn lent(archivist: &Client<'_>, decider: &Client<'_>, records: &str) -> (String, String) {
    let place = received_for(archivist, "reading-copy", records, json!({ "days": 3 }));
    assert_eq!(step(decider, &place, "approval").json()["state"], "approved");
    let fulfilled = step(archivist, &place, "fulfilment").json();
    assert_eq!(
        (&fulfilled["state"], &fulfilled["has_pass"], &fulfilled["days"]),
        (&json!("fulfilled"), &json!(true), &json!(3))
    );
    (place, told(&fulfilled))
}

fn told(shown: &Value) -> String {
    let pass = shown["pass"]["pass"].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned();
    assert!(shown["pass"]["link"].as_str().unwrap().ends_with(&format!("/reading#{pass}")));
    pass
}

fn entered(server: &Server, pass: &str) -> Answer {
    let kind = ("content-type", "application/x-www-form-urlencoded");
    server.ask("POST", "/reading", &[kind], format!("pass={pass}").as_bytes())
}

/// The cookie of somebody who showed a pass.
#[track_caller]
fn cookie(server: &Server, pass: &str) -> String {
    let answer = entered(server, pass);
    assert_eq!((answer.status, answer.header("location")), (303, "/reading"), "{}", answer.text());
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.contains("; HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Max-Age"),
        "{cookie}"
    );
    cookie.split(';').next().unwrap().to_owned()
}

fn read(server: &Server, cookie: &str, path: &str) -> Answer {
    server.ask("GET", path, &[("cookie", cookie)], b"")
}

#[test]
fn a_pass_opens_its_records_in_place_and_nothing_else() {
    let (scratch, open) = world();
    let mut server = Server::start(&scratch);
    let (archivist, decider) = (server.client("archivist"), server.client("deciding-authority"));
    let (place, pass) = lent(&archivist, &decider, &format!("{MARKED} {open}"));
    assert_eq!(archivist.get(&place).json()["pass"], Value::Null, "it is told once");

    let door = server.get("/reading?lang=en");
    assert!(door.status == 200 && door.text().contains("data-pass"));
    let other = format!("{}{}", &pass[..71], if pass.ends_with('0') { '1' } else { '0' });
    for wrong in ["", "x", "../../FORMAT", &other, &pass[..40]] {
        let refused = entered(&server, wrong);
        assert_eq!((refused.status, refused.header("set-cookie")), (403, ""), "{wrong}");
    }
    let foreign = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    assert_eq!(server.ask("POST", "/reading", &foreign, format!("pass={pass}").as_bytes()).status, 403);

    let own = cookie(&server, &pass);
    let page = read(&server, &own, "/reading?lang=en");
    let text = page.text();
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert!(text.contains("READING COPY") && text.contains("&#60;b&#62;mua sắm") && !text.contains("<b>mua"), "{text}");
    assert!(!text.contains("Độc Giả") && !text.contains("<iframe"));
    let framed = read(&server, &own, "/reading?record=1&file=1").text();
    assert!(framed.contains("src=\"/reading/1/files/1#toolbar=0"), "{framed}");
    let file = read(&server, &own, "/reading/1/files/1");
    assert_eq!((file.status, &file.body[..]), (200, &b"%PDF-1.7 two"[..]));
    assert_eq!((file.header("content-disposition"), file.header("cache-control")), ("inline", "no-store"));
    let tagged = [("cookie", own.as_str()), ("if-none-match", file.header("etag"))];
    assert_eq!(server.ask("GET", "/reading/1/files/1", &tagged, b"").status, 200, "no browser keeps it");
    let part = server.ask("GET", "/reading/2/files/1", &[("cookie", &own), ("range", "bytes=0-3")], b"");
    assert_eq!((part.status, &part.body[..], part.header("cache-control")), (206, &b"%PDF"[..], "no-store"));
    for path in ["/reading/0/files/1", "/reading/3/files/1", "/reading/1/files/0", "/reading/1/files/2"] {
        assert_eq!(read(&server, &own, path).status, 404, "{path}");
    }
    let forged = own.replace(&pass, &other);
    assert_eq!(read(&server, &forged, "/reading/1/files/1").status, 404);
    assert!(read(&server, &forged, "/reading").text().contains("data-pass"));
    for (path, status) in
        [(format!("/records/{MARKED}"), 303), (format!("/api/v1/records/{MARKED}"), 401), (place.clone(), 401)]
    {
        assert_eq!(read(&server, &own, &path).status, status, "a pass is no session: {path}");
    }
    let ended = server.ask("POST", "/reading/end", &[("cookie", &own)], b"");
    assert!(ended.status == 303 && ended.header("set-cookie").contains("Max-Age=0"));

    // It lies nowhere: not in the log, nor in the archive.
    assert!(!server.log().contains(&pass[32..]));
    let mut folders = vec![scratch.path("kho")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                assert!(!bytes.windows(40).any(|window| window == &pass.as_bytes()[32..]), "{}", path.display());
            }
        }
    }
    // Who opened what is recorded, when the service has ended at the latest.
    let record = archivist.get(&format!("/api/v1/records/{open}")).json()["record"].as_str().unwrap().to_owned();
    server.signal("TERM");
    assert_eq!(server.ended(), 0);
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    let acts = inspector.get(&format!("/api/v1/audit?about={record}")).json()["acts"].as_array().unwrap().clone();
    assert_eq!(acts.iter().filter(|act| act["what"] == "read-by-pass").count(), 1, "{acts:?}");
    let page = inspector.get(&format!("/audit?lang=en&about={record}")).text();
    assert!(page.contains("Reader with a pass") && page.contains("Read with a pass"), "{page}");
    assert_eq!(read(&server, &own, "/reading/1/files/1").status, 200, "it outlives the service");
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_pass_opens_until_another_is_issued_it_is_revoked_or_the_request_closed() {
    let (scratch, open) = world();
    let server = Server::start(&scratch);
    let (archivist, decider) = (server.client("archivist"), server.client("deciding-authority"));
    let (place, first) = lent(&archivist, &decider, MARKED);
    let own = cookie(&server, &first);
    let opens = |cookie: &str| read(&server, cookie, "/reading/1/files/1").status;
    assert_eq!(opens(&own), 200);

    let stale = archivist.ask("POST", &format!("{place}/pass"), &[("if-match", "\"0-open-1\"")], b"");
    assert_eq!(stale.status, 412);
    for who in ["inspector", "partly-deciding"] {
        assert_eq!(server.client(who).ask("POST", &format!("{place}/pass"), &[], b"").status, 403, "{who}");
    }
    let page = place.trim_start_matches("/api/v1").to_owned();
    let tag = archivist.get(&place).header("etag").to_owned();
    let issued = archivist.form(&format!("{page}/pass"), &[("seen", &tag)]);
    let text = issued.text();
    let second = text.split("/reading#").nth(1).and_then(|rest| rest.get(..72)).expect("the link").to_owned();
    assert_eq!((issued.status, opens(&own)), (200, 404), "the pass before opens nothing any more");
    assert!(!archivist.get(&page).text().contains("/reading#"));
    let own = cookie(&server, &second);
    assert_eq!(opens(&own), 200);
    // A file that somebody puts back opens nothing either: the events say which pass does.
    let passes = scratch.path("kho/state/passes");
    assert_eq!(fs::read_dir(&passes).unwrap().count(), 1);
    let kept: Vec<_> = fs::read_dir(&passes).unwrap().map(|file| file.unwrap().path()).collect();
    let bytes = fs::read(&kept[0]).unwrap();

    assert_eq!(archivist.json("POST", &format!("{place}/revocation"), &json!({ "reason": " " })).status, 400);
    assert_eq!(step(&archivist, &place, "revocation").json()["has_pass"], false);
    assert_eq!((opens(&own), entered(&server, &second).status), (404, 403));
    fs::write(&kept[0], bytes).unwrap();
    assert_eq!((opens(&own), entered(&server, &second).status), (404, 403));
    assert_eq!(step(&archivist, &place, "revocation").status, 409);
    let third = told(&archivist.ask("POST", &format!("{place}/pass"), &[], b"").json());
    let own = cookie(&server, &third);
    assert_eq!(opens(&own), 200);
    assert_eq!(archivist.get(&format!("{place}/copies/1")).status, 409, "there is no copy of it");
    assert_eq!(step(&archivist, &place, "closing").json()["state"], "closed");
    assert_eq!((opens(&own), entered(&server, &third).status), (404, 403));
    assert_eq!(archivist.ask("POST", &format!("{place}/pass"), &[], b"").status, 409);
    let steps = archivist.get(&place).json()["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["step"].clone())
        .collect::<Vec<_>>();
    let expect =
        ["received", "approved", "fulfilled", "pass-issued", "pass-issued", "pass-revoked", "pass-issued", "closed"];
    assert_eq!(steps, expect);

    // Copies have no pass.
    let copy = received_for(&archivist, "copy", &open, json!({}));
    step(&archivist, &copy, "approval");
    assert_eq!(step(&archivist, &copy, "fulfilment").json()["pass"], Value::Null);
    assert_eq!(archivist.ask("POST", &format!("{copy}/pass"), &[], b"").status, 409);
}

#[test]
fn what_is_no_reading_copy_is_refused() {
    let (scratch, open) = world();
    let sheet = record(&[("1.xml", b"<a/>")], json!({ "mode": "01", "code_number": "16" }));
    scratch.dossier("x", json!({ "file_code": "H26.10.2024.053", "records": [sheet] }));
    fs::write(scratch.path("x/1.xml"), b"<a/>").unwrap();
    let no_pdf = scratch.ingest("x").doc_code().to_owned();
    let pace = [("CHAUBAN_LIMITS_SIGN_INS_PER_MINUTE", "60")];
    let server = Server::start_with(&scratch, &[], &pace);
    let archivist = server.client("archivist");
    let refused = |form: &str, records: &str, more: Value| {
        let answer = super::service::asked_for(&archivist, form, records, more);
        assert_eq!(answer.status, 400, "{}", answer.text());
        answer.text()
    };
    for days in [0, 16] {
        refused("reading-copy", &open, json!({ "days": days }));
    }
    refused("copy", &open, json!({ "days": 1 }));
    assert!(refused("reading-copy", &no_pdf, json!({})).contains("no PDF file"));
    let place = received_for(&archivist, "reading-copy", &open, json!({}));
    assert_eq!(archivist.get(&place).json()["days"], 15, "as many as there may be");
    assert_eq!(archivist.ask("POST", &format!("{place}/pass"), &[], b"").status, 409, "it is not given out");
    // Nobody tries passes without end.
    let tried: Vec<u16> = (0..70).map(|_| entered(&server, "00").status).collect();
    assert!(tried.contains(&403) && tried.contains(&429), "{tried:?}");
}
