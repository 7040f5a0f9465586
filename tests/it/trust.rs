//! Trust anchors: nothing is trusted without a confirmed fingerprint, and nothing is forgotten.

use crate::account::made;
use crate::scratch::Scratch;
use crate::server::{Client, Server, archive};
use serde_json::{Value, json};

/// A root of the test tree.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts/pki/official-duty-root.pem");
const LEADER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts/pki/leader.pem");
const SOURCE: [&str; 2] = ["--source", "gazette no. 12"];

fn read(out: &str) -> Value {
    serde_json::from_str(out).unwrap()
}

/// The fingerprint as the refusal of a wrong one tells it: what a careless reader would copy.
pub fn fingerprint(scratch: &Scratch, file: &str) -> String {
    let wrong = "00".repeat(32);
    let add = ["trust", "add", file, "--tree", "official-duty", "--fingerprint", &wrong];
    let refused = scratch.expect(4, &[&add[..], &SOURCE].concat());
    let (_, after) = refused.err.split_once("SHA-256 ").unwrap();
    after.lines().next().unwrap().to_owned()
}

fn add(scratch: &Scratch, sha256: &str, more: &[&str]) -> Value {
    let add = ["trust", "add", ROOT, "--tree", "official-duty", "--fingerprint", sha256, "--json"];
    read(&scratch.ok(&[&add[..], &SOURCE, more].concat()))
}

#[test]
fn an_anchor_is_trusted_between_two_dates_and_never_forgotten() {
    let scratch = Scratch::new();
    assert_eq!(read(&scratch.ok(&["trust", "list", "--json"]))["anchors"], json!([]));
    let sha256 = fingerprint(&scratch, ROOT);
    assert_eq!(read(&scratch.ok(&["trust", "list", "--json"]))["anchors"], json!([]), "refused is refused");

    let colons: Vec<&str> = (0..32).map(|at| &sha256[2 * at..2 * at + 2]).collect();
    let added = add(&scratch, &colons.join(":").to_uppercase(), &["--name", "Gốc thử nghiệm"]);
    assert_eq!((&added["sha256"], &added["name"]), (&Value::from(&*sha256), &Value::from("Gốc thử nghiệm")));
    assert_eq!(added["trusted_from"], added["not_before"]);
    assert_eq!(added["trusted_until"], Value::Null);
    let again = ["trust", "add", ROOT, "--tree", "public", "--fingerprint", &sha256];
    scratch.expect(4, &[&again[..], &SOURCE].concat());

    let ended = ["trust", "remove", &sha256[..12], "--until", "2026-01-31", "--reason", "a new ceremony", "--json"];
    assert_eq!(read(&scratch.ok(&ended))["trusted_until"], "2026-01-31T23:59:59Z");
    let at =
        |day: &str| read(&scratch.ok(&["trust", "list", "--at", day, "--json"]))["anchors"].as_array().unwrap().len();
    assert_eq!((at("2026-01-31"), at("2026-02-01")), (1, 0));

    let readded = add(&scratch, &sha256, &["--from", "2026-06-01"]);
    assert_eq!((at("2026-01-31"), at("2026-03-01"), at("2026-06-01")), (1, 0, 1), "two anchors, each in its time");
    let shown = scratch.ok(&["trust", "show", &sha256[..8], "--json"]);
    assert_eq!(read(&shown), readded);

    scratch.ok(&["rebuild"]);
    assert_eq!(scratch.ok(&["trust", "show", &sha256, "--json"]), shown);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn what_is_no_root_is_refused() {
    let scratch = Scratch::new();
    let sha256 = fingerprint(&scratch, LEADER);
    let leader = ["trust", "add", LEADER, "--tree", "official-duty", "--fingerprint", &sha256];
    assert!(scratch.expect(2, &[&leader[..], &SOURCE].concat()).err.contains("no certification authority"));
    std::fs::write(scratch.path("noise"), [0x30, 0x82, 0xff, 0xff, 1, 2, 3]).unwrap();
    let noise = ["trust", "add", "noise", "--tree", "other", "--fingerprint", &sha256];
    scratch.expect(2, &[&noise[..], &SOURCE].concat());
    scratch.expect(3, &["trust", "show", "00000000"]);
    scratch.expect(2, &["trust", "show", "00"]);
    scratch.expect(2, &["trust", "remove", "00000000", "--until", "soon", "--reason", "x"]);
}

/// A form with a file, as the page of trust anchors sends it.
fn proposed_on_page(who: &Client<'_>, fields: &[(&str, &str)]) -> crate::server::Answer {
    let part = |name: &str, more: &str, value: &[u8]| {
        [format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n").as_bytes(), value, b"\r\n"]
            .concat()
    };
    let file = part("file", "; filename=\"root.pem\"", &std::fs::read(ROOT).unwrap());
    let fields: Vec<u8> = fields.iter().flat_map(|(name, value)| part(name, "", value.as_bytes())).collect();
    let body = [part("form", "", who.token.as_bytes()), file, fields, b"--b--\r\n".to_vec()].concat();
    who.form_bytes("/trust?lang=en", "multipart/form-data; boundary=b", &body)
}

#[test]
fn an_anchor_takes_two_administrators_over_the_wire() {
    let scratch = archive();
    made(&scratch, "second", "administrator", &[]);
    let sha256 = fingerprint(&scratch, ROOT);
    let server = Server::start(&scratch);
    let (one, two, inspector) = (server.client("administrator"), server.client("second"), server.client("inspector"));
    let pem = std::fs::read_to_string(ROOT).unwrap();
    let wanted = |sha256: &str| json!({ "certificate": pem, "fingerprint": sha256, "source": "gazette no. 12", "tree": "official-duty", "until": "2030-01-01" });
    let place = "/api/v1/trust-anchors";
    assert_eq!(one.json("POST", place, &wanted(&"00".repeat(32))).status, 403, "not the file's");
    assert_eq!(one.json("POST", place, &wanted("00")).status, 400);
    let leader = json!({ "certificate": std::fs::read_to_string(LEADER).unwrap(), "fingerprint": fingerprint(&scratch, LEADER),
        "source": "x", "tree": "public" });
    assert_eq!(one.json("POST", place, &leader).status, 400, "no root");
    assert_eq!(inspector.json("POST", place, &wanted(&sha256)).status, 403);
    let proposed = one.json("POST", place, &wanted(&sha256));
    assert_eq!(
        (proposed.status, &proposed.json()["proposed_by"]),
        (201, &json!("administrator")),
        "{}",
        proposed.text()
    );
    assert_eq!(one.json("POST", place, &wanted(&sha256)).status, 409);
    let listed = || inspector.get(place).json();
    assert_eq!((&listed()["anchors"], listed()["proposals"].as_array().unwrap().len()), (&json!([]), 1));
    assert_eq!(read(&scratch.ok(&["trust", "list", "--json"]))["anchors"], json!([]), "nothing is judged by it");

    let own = format!("{place}/{}", proposed.json()["id"].as_str().unwrap());
    let confirm = |who: &Client<'_>, sha256: &str| {
        who.json(
            "POST",
            &format!("{own}/confirmation"),
            &json!({ "fingerprint": sha256, "source": "the authority's site" }),
        )
    };
    assert_eq!(confirm(&one, &sha256).status, 403, "another person confirms");
    assert_eq!(confirm(&two, &"00".repeat(32)).status, 403, "who confirms found it, too");
    let confirmed = confirm(&two, &sha256.to_uppercase());
    assert_eq!(
        (confirmed.status, &confirmed.json()["source"]),
        (200, &json!("the authority's site")),
        "{}",
        confirmed.text()
    );
    assert_eq!(confirm(&two, &sha256).status, 404, "it waits no more");
    assert_eq!(listed()["anchors"][0]["until"], "2030-01-01T23:59:59Z");
    let page = inspector.get("/trust?lang=en").text();
    assert!(page.contains(&sha256) && page.contains("trusted now") && !page.contains("End the trust"), "{page}");

    let end =
        |until: &str| one.json("POST", &format!("{own}/ending"), &json!({ "until": until, "reason": "new ceremony" }));
    assert_eq!(end("soon").status, 400);
    assert_eq!((end("2026-01-31").status, end("2026-01-31").status), (204, 409));
    let at = |day: &str| one.get(&format!("{place}?at={day}")).json()["anchors"].as_array().unwrap().len();
    assert_eq!((at("2026-01-31"), at("2026-02-01")), (1, 0));
    drop(server);
    scratch.ok(&["rebuild"]);
    scratch.ok(&["verify", "--deep"]);
    assert_eq!(read(&scratch.ok(&["trust", "show", &sha256[..8], "--json"]))["ended"], "new ceremony");
}

#[test]
fn anchors_are_proposed_confirmed_and_declined_on_a_page() {
    let scratch = archive();
    made(&scratch, "second", "administrator", &[]);
    let sha256 = fingerprint(&scratch, ROOT);
    let server = Server::start(&scratch);
    let (one, two) = (server.client("administrator"), server.client("second"));
    let fields = |sha256| {
        [("fingerprint", sha256), ("source", "công báo <b>12</b>"), ("tree", "official-duty"), ("name", "Gốc")]
    };
    let wrong = proposed_on_page(&one, &fields("00"));
    assert!(wrong.status == 422 && wrong.text().contains("64 hexadecimal digits"), "{}", wrong.text());
    assert!(wrong.text().contains("&#60;b&#62;12"), "what was written stays");
    let id = || {
        let waiting = one.get("/api/v1/trust-anchors").json()["proposals"].clone();
        waiting[0]["id"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(proposed_on_page(&one, &fields(&sha256)).status, 303);
    let declined = two.form(&format!("/trust/{}/end", id()), &[("reason", "không có trong công báo")]);
    assert_eq!((declined.status, id()), (303, String::new()));
    assert_eq!(proposed_on_page(&one, &fields(&sha256)).status, 303, "it may be proposed again");
    let page = two.get("/trust?lang=en").text();
    assert!(page.contains("Waiting for a second person") && page.contains("Decline"), "{page}");
    let confirm = [("fingerprint", sha256.as_str()), ("source", "trang của tổ chức")];
    let own = one.form(&format!("/trust/{}/confirm?lang=en", id()), &confirm);
    assert!(own.status == 422 && own.text().contains("does not confirm it"), "{}", own.text());
    assert_eq!(two.form(&format!("/trust/{}/confirm", id()), &confirm).status, 303);
    assert!(one.get("/trust?lang=en").text().contains("trusted now"));
}
