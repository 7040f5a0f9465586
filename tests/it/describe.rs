//! Describing: what was amended, by whom and why; what cannot be; index, history and rebuild follow.

use crate::scratch::{Scratch, eventually};
use crate::server::{Server, archive};
use serde_json::{Value, json};

const CODE: &str = "H26.10.2023.045.0000001";
const WHY: [&str; 2] = ["--reason", "misspelt by the agency"];

fn found(scratch: &Scratch, words: &str) -> usize {
    scratch.json(&["search", words])["records"].as_array().unwrap().len()
}

fn described() -> Scratch {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({ "subject": "Về việc mua xắm" }));
    assert_eq!(scratch.ingest("t").summary["taken"], 1);
    assert_eq!((found(&scratch, "xắm"), found(&scratch, "sắm")), (1, 0));
    let amended = ["describe", CODE, "--subject", "Về việc mua sắm", "--keyword", "mua sắm", "--keyword", "thiết bị"];
    scratch.ok(&[&amended[..], &WHY, &["--actor", "Lê A"]].concat());
    scratch
}

#[test]
fn an_amendment_is_an_event_and_everything_follows() {
    let scratch = described();
    let follows = |scratch: &Scratch| {
        let shown = scratch.json(&["show", CODE]);
        assert_eq!(shown["metadata"]["subject"], "Về việc mua sắm");
        assert_eq!(shown["metadata"]["keyword"], json!(["mua sắm", "thiết bị"]));
        assert_eq!((found(scratch, "xắm"), found(scratch, "sắm"), found(scratch, "thiết bị")), (0, 1, 1));
        let history = scratch.json(&["history", CODE]);
        let last = history["events"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["event"], &last["actor_name"]), (&json!("description-amended"), &json!("Lê A")));
        let change = json!({ "field": "subject", "before": "Về việc mua xắm", "after": "Về việc mua sắm" });
        assert_eq!((&last["amended"]["changes"][0], &last["amended"]["reason"]), (&change, &json!(WHY[1])));
        scratch.ok(&["verify", "--deep"]);
    };
    follows(&scratch);
    scratch.ok(&["rebuild"]);
    follows(&scratch);
    assert!(scratch.ok(&["history", CODE]).contains("“Về việc mua xắm” → “Về việc mua sắm”"));
    // What was accessioned is as it was, and still proven.
    scratch.ok(&["receipt", CODE, "-o", "r"]);
    scratch.ok(&["verify-receipt", "r", "t/1.pdf", "--key", "kho/ledger/keys/ed25519.vkey"]);
    scratch.ok(&["bundle", CODE, "--to", "b.zip"]);
    // The same document handed over again is held, whatever is said of it since.
    assert_eq!(scratch.ingest("t").summary["already_held"], 1);
    scratch.ok(&[&["describe", CODE, "--subject", "Về việc mua sắm thiết bị"][..], &WHY].concat());
    assert_eq!(found(&scratch, "thiết bị"), 1);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn what_is_no_amendment_is_refused() {
    let scratch = described();
    let refused = |status: i32, fields: &[&str]| {
        scratch.expect(status, &[&["describe", CODE], fields, &WHY].concat());
    };
    refused(2, &[]);
    refused(2, &["--subject", " "]);
    refused(4, &["--subject", "Về việc mua  sắm"]);
    refused(2, &["--subject", &"x".repeat(4_001)]);
    scratch.expect(2, &["describe", CODE, "--signer", "Lê A", "--reason", " "]);
    scratch.expect(2, &[&["describe", "H26.10.2023.045", "--signer", "Lê A"][..], &WHY].concat());
    scratch.expect(3, &[&["describe", "H26.10.2023.045.0000009", "--signer", "Lê A"][..], &WHY].concat());
}

#[test]
fn a_hold_on_words_covers_what_it_covered_before() {
    let scratch = described();
    let held = || {
        let place = scratch.json(&["retention", "explain", CODE]);
        place["holds"].as_array().map_or(0, Vec::len)
    };
    for words in ["xắm", "sắm"] {
        let placed =
            scratch.json(&["hold", "place", "--words", words, "--reason", "thanh tra", "--mandate", "12/QĐ-TTr"]);
        assert_eq!(held(), 1, "{words}");
        let hold = placed["hold"].as_str().unwrap();
        scratch.ok(&["hold", "release", hold, "--reason", "xong", "--actor", "Vũ G"]);
    }
}

#[test]
fn an_archivist_describes_over_the_wire() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let place = format!("/api/v1/records/{CODE}");
    let seen = archivist.get(&place).header("etag").to_owned();
    let patch = |seen: &str, body: &Value| {
        let headers = [("content-type", "application/json"), ("if-match", seen)];
        archivist.ask("PATCH", &place, &headers, body.to_string().as_bytes())
    };
    let new = json!({ "subject": "Về việc <i>khác</i>", "number_of_page": 7, "reason": "indexed" });
    assert_eq!(patch("\"0-open\"", &new).status, 412);
    let amended = patch(&seen, &new);
    assert_eq!(
        (amended.status, &amended.json()["subject"]),
        (200, &json!("Về việc <i>khác</i>")),
        "{}",
        amended.text()
    );
    assert_eq!(patch(&seen, &json!({ "signer": "A", "reason": "x" })).status, 412, "it was seen before");
    assert_eq!(patch("*", &json!({ "code_number": "9", "reason": "x" })).status, 422, "that identifies it");
    let events = archivist.get(&format!("{place}/events")).json();
    let last = events["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["actor_name"], &last["amended"]["reason"]), (&json!("archivist"), &json!("indexed")));

    let page = archivist.get(&format!("/records/{CODE}?lang=en")).text();
    assert!(
        page.contains("Amend the description") && page.contains("&#60;i&#62;khác") && !page.contains("<i>khác"),
        "{page}"
    );
    let newest = last["index"].as_u64().unwrap().to_string();
    let fields = [
        ("seen", newest.as_str()),
        ("subject", "Về việc trang"),
        ("keyword", "một\r\nhai"),
        ("language", ""),
        ("signer", "Lê A"),
        ("signer_position", ""),
        ("number_of_page", "x"),
        ("sensitivity", ""),
        ("reason", "trên trang"),
    ];
    let wrong = archivist.form(&format!("/records/{CODE}/description?lang=en"), &fields);
    assert!(wrong.status == 422 && wrong.text().contains("The description was not amended."), "{}", wrong.text());
    let right = fields.map(|(name, value)| (name, if name == "number_of_page" { "8" } else { value }));
    assert_eq!(archivist.form(&format!("/records/{CODE}/description"), &right).status, 303);
    assert_eq!(archivist.get(&place).json()["keyword"], json!(["một", "hai"]));
    let hits = archivist.get("/api/v1/records?words=trang").json();
    assert_eq!(hits["records"].as_array().unwrap().len(), 1, "{hits}");
    let inspector = server.client("inspector");
    assert_eq!(inspector.json("PATCH", &place, &new).status, 403);

    // A level of 3 closes the files; who set it does not take that back, another may.
    let file = format!("{place}/components/1");
    assert_eq!(inspector.get(&file).status, 200);
    assert_eq!(patch("*", &json!({ "sensitivity": 5, "reason": "x" })).status, 400);
    assert_eq!(patch("*", &json!({ "sensitivity": 3, "reason": "đời tư" })).json()["access"], "closed");
    assert_eq!((inspector.get(&file).status, archivist.get(&file).status), (403, 200));
    assert!(archivist.get(&format!("/records/{CODE}?lang=en")).text().contains("Level of sensitivity"));
    assert_eq!(patch("*", &json!({ "sensitivity": 2, "reason": "nhầm" })).status, 403);
    let other = ["describe", CODE, "--sensitivity", "2", "--reason", "nhầm", "--actor", "binh"];
    scratch.ok(&other);
    eventually("it is open again", || inspector.get(&file).status == 200);
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}

const DOSSIER: &str = "H26.10.2023.045";

#[test]
fn a_dossier_is_described_and_its_records_are_found_by_that() {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({ "file_title": "Mua xắm thiết bị" }));
    scratch.document("t/2", b"%PDF-1.7 two", json!({ "symbol": "16/QĐ-STTTT", "file_title": "Mua xắm thiết bị" }));
    assert_eq!(scratch.ingest("t").summary["taken"], 2);
    assert_eq!((found(&scratch, "xắm"), found(&scratch, "sắm")), (2, 0));
    let title = ["--title", "Mua  sắm thiết bị"];
    scratch.ok(&[&["describe", DOSSIER][..], &title, &["--remarks", "thiếu phụ lục"], &WHY, &["--actor", "Lê A"]].concat());
    // The index is behind until somebody searches, and that is no doubt.
    scratch.ok(&["verify", "--deep"]);
    let follows = |scratch: &Scratch| {
        let shown = scratch.json(&["show", DOSSIER])["description"].clone();
        assert_eq!((&shown["title"], &shown["description"]), (&json!("Mua sắm thiết bị"), &json!("thiếu phụ lục")));
        assert_eq!((found(scratch, "xắm"), found(scratch, "sắm")), (0, 2));
        let history = scratch.json(&["history", DOSSIER]);
        let last = history["events"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["event"], &last["actor_name"]), (&json!("dossier-described"), &json!("Lê A")));
        let change = json!({ "field": "title", "before": "Mua xắm thiết bị", "after": "Mua sắm thiết bị" });
        assert_eq!(last["amended"]["changes"][0], change);
        scratch.ok(&["verify", "--deep"]);
    };
    follows(&scratch);
    scratch.ok(&["rebuild"]);
    follows(&scratch);
    // What is added later is found by the title as it reads now, and changes nothing of it.
    scratch.document("u/3", b"%PDF-1.7 three", json!({ "symbol": "17/QĐ-STTTT", "file_title": "Mua xắm thiết bị" }));
    assert_eq!(scratch.ingest("u").summary["taken"], 1);
    assert_eq!((found(&scratch, "xắm"), found(&scratch, "sắm")), (0, 3));
    let refused = |status: i32, arguments: &[&str]| {
        scratch.expect(status, &[&["describe"], arguments, &WHY].concat());
    };
    refused(4, &[DOSSIER, "--title", "Mua sắm thiết bị"]);
    refused(2, &[DOSSIER, "--title", " "]);
    refused(2, &[DOSSIER, "--title", "A", "--subject", "B"]);
    refused(2, &[CODE, "--title", "A"]);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn an_archivist_describes_a_dossier_over_the_wire() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let place = format!("/api/v1/dossiers/{DOSSIER}");
    let seen = archivist.get(&place).header("etag").to_owned();
    let patch = |seen: &str, body: &Value| {
        let headers = [("content-type", "application/json"), ("if-match", seen)];
        archivist.ask("PATCH", &place, &headers, body.to_string().as_bytes())
    };
    let new = json!({ "title": "Hồ sơ <i>khác</i>", "reason": "indexed" });
    assert_eq!(patch("\"0\"", &new).status, 412);
    let amended = patch(&seen, &new);
    assert_eq!((amended.status, &amended.json()["title"]), (200, &new["title"]), "{}", amended.text());
    assert_eq!(patch(&seen, &json!({ "title": "A", "reason": "x" })).status, 412, "it was seen before");
    assert_eq!(patch("*", &json!({ "file_code": "9", "reason": "x" })).status, 422, "that identifies it");
    assert_eq!(archivist.with(&place, &[("if-none-match", amended.header("etag"))]).status, 304);
    let page = archivist.get(&format!("/dossiers/{DOSSIER}?lang=en")).text();
    assert!(page.contains("Amend the description") && !page.contains("<i>khác"), "{page}");
    let events = archivist.get(&format!("{place}/events")).json();
    let newest = events["events"].as_array().unwrap().last().unwrap()["index"].to_string();
    let path = format!("/dossiers/{DOSSIER}/description?lang=en");
    let send = |title: &str| {
        archivist
            .form(&path, &[("seen", newest.as_str()), ("title", title), ("description", "a"), ("reason", "trên trang")])
    };
    let wrong = send(" ");
    assert!(wrong.status == 422 && wrong.text().contains("a dossier needs a title"), "{}", wrong.text());
    assert_eq!(send("Hồ sơ của trang").status, 303);
    assert_eq!(send("Hồ sơ khác nữa").status, 422, "it was seen before");
    let hits = archivist.get("/api/v1/records?words=c%E1%BB%A7a+trang").json();
    assert!(hits["records"].as_array().unwrap().iter().any(|hit| hit["file_code"] == DOSSIER), "{hits}");
    let inspector = server.client("inspector");
    assert_eq!(inspector.json("PATCH", &place, &new).status, 403);
    assert!(!inspector.get(&format!("/dossiers/{DOSSIER}?lang=en")).text().contains("Amend the description"));
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}
