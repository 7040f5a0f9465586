//! Trust anchors: nothing is trusted without a confirmed fingerprint, and nothing is forgotten.

use crate::scratch::Scratch;
use serde_json::Value;

/// A root of the test tree.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts/pki/official-duty-root.pem");
const LEADER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts/pki/leader.pem");
const SOURCE: [&str; 2] = ["--source", "gazette no. 12"];

fn json(out: &str) -> Value {
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
    json(&scratch.ok(&[&add[..], &SOURCE, more].concat()))
}

#[test]
fn an_anchor_is_trusted_between_two_dates_and_never_forgotten() {
    let scratch = Scratch::new();
    assert_eq!(json(&scratch.ok(&["trust", "list", "--json"]))["anchors"], serde_json::json!([]));
    let sha256 = fingerprint(&scratch, ROOT);
    assert_eq!(json(&scratch.ok(&["trust", "list", "--json"]))["anchors"], serde_json::json!([]), "refused is refused");

    let colons: Vec<&str> = (0..32).map(|at| &sha256[2 * at..2 * at + 2]).collect();
    let added = add(&scratch, &colons.join(":").to_uppercase(), &["--name", "Gốc thử nghiệm"]);
    assert_eq!((&added["sha256"], &added["name"]), (&Value::from(&*sha256), &Value::from("Gốc thử nghiệm")));
    assert_eq!(added["trusted_from"], added["not_before"]);
    assert_eq!(added["trusted_until"], Value::Null);
    let again = ["trust", "add", ROOT, "--tree", "public", "--fingerprint", &sha256];
    scratch.expect(4, &[&again[..], &SOURCE].concat());

    let ended = ["trust", "remove", &sha256[..12], "--until", "2026-01-31", "--reason", "a new ceremony", "--json"];
    assert_eq!(json(&scratch.ok(&ended))["trusted_until"], "2026-01-31T23:59:59Z");
    let at =
        |day: &str| json(&scratch.ok(&["trust", "list", "--at", day, "--json"]))["anchors"].as_array().unwrap().len();
    assert_eq!((at("2026-01-31"), at("2026-02-01")), (1, 0));

    let readded = add(&scratch, &sha256, &["--from", "2026-06-01"]);
    assert_eq!((at("2026-01-31"), at("2026-03-01"), at("2026-06-01")), (1, 0, 1), "two anchors, each in its time");
    let shown = scratch.ok(&["trust", "show", &sha256[..8], "--json"]);
    assert_eq!(json(&shown), readded);

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
