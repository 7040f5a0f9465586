//! Accounts: proposed by one, confirmed by another; passwords that are refused; what the ledger keeps of it.

use crate::scratch::{Ran, Scratch};
use crate::server::{Server, escaped, own_password};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

/// A password that may be one.
pub const PASSWORD: &str = "mưa rào cuối hạ qua sông";

/// Runs the program with a line on standard input.
pub fn typed(scratch: &Scratch, arguments: &[&str], line: &str) -> Ran {
    let mut command = scratch.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // A program that asks for no password has gone before it is written.
    let _ = input.write_all(format!("{line}\n").as_bytes());
    drop(input);
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Makes an account that counts: proposed by `an`, confirmed by `binh`.
pub fn made(scratch: &Scratch, name: &str, role: &str, more: &[&str]) {
    let add = ["account", "add", name, "--role", role, "--holder", "Nguyễn Văn A", "--reason", "test", "--actor", "an"];
    let ran = typed(scratch, &[&add, more].concat(), PASSWORD);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    let is_first = ran.out.contains("open") && !ran.out.contains("proposed");
    if !is_first {
        scratch.ok(&["account", "confirm", name, "--actor", "binh"]);
    }
}

fn accounts(scratch: &Scratch) -> Vec<Value> {
    scratch.json(&["account", "list"])["accounts"].as_array().unwrap().clone()
}

#[test]
fn one_proposes_another_confirms() {
    let scratch = Scratch::new();
    let add = |name: &str, role: &str, more: &[&str]| {
        let usual =
            ["account", "add", name, "--role", role, "--holder", "Lan", "--reason", "decision 1", "--actor", "an"];
        typed(&scratch, &[&usual, more].concat(), PASSWORD)
    };
    let first = add("binh", "archivist", &[]);
    assert_eq!(first.status, 2, "the first is an administrator's: {}", first.out);
    assert_eq!(add("lan", "administrator", &[]).status, 0);
    assert_eq!(accounts(&scratch)[0]["standing"], "open");
    assert_eq!(accounts(&scratch)[0]["roles"], json!(["administrator"]));

    assert_eq!(add("binh", "archivist", &[]).status, 0);
    assert_eq!(accounts(&scratch)[1]["standing"], "proposed");
    assert_eq!(accounts(&scratch)[1]["roles"], json!([]), "nothing counts yet");
    scratch.expect(4, &["account", "confirm", "binh", "--actor", "an"]);
    scratch.expect(4, &["account", "confirm", "binh", "--actor", "binh"]);
    scratch.ok(&["account", "confirm", "binh", "--actor", "lan"]);
    scratch.expect(4, &["account", "confirm", "binh", "--actor", "lan"]);
    assert_eq!(accounts(&scratch)[1]["roles"], json!(["archivist"]));

    // A change waits, too, and what counted before counts until then.
    assert_eq!(add("binh", "inspector", &["--agency", "H26"]).status, 0);
    let binh = accounts(&scratch).remove(1);
    assert_eq!((&binh["roles"], &binh["proposal"]["roles"]), (&json!(["archivist"]), &json!(["inspector"])));
    scratch.ok(&["account", "confirm", "binh", "--actor", "lan"]);
    let binh = accounts(&scratch).remove(1);
    assert_eq!((&binh["roles"], &binh["agencies"]), (&json!(["inspector"]), &json!(["H26"])));

    scratch.ok(&["account", "close", "binh", "--reason", "left", "--actor", "an"]);
    assert_eq!(accounts(&scratch)[1]["standing"], "closed");
    scratch.expect(3, &["account", "confirm", "binh", "--actor", "lan"]);

    // All of it survives the catalog, and the archive is without doubt.
    let before = accounts(&scratch);
    scratch.ok(&["rebuild"]);
    assert_eq!(accounts(&scratch), before);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn what_is_no_account_is_refused() {
    let scratch = Scratch::new();
    let add = |more: &[&str], password: &str| {
        let usual = ["account", "add", "--holder", "Lan", "--reason", "first"];
        typed(&scratch, &[&usual, more].concat(), password).status
    };
    assert_eq!(add(&["lan", "--role", "administrator"], "short"), 2);
    assert_eq!(add(&["lan", "--role", "administrator"], "lan lan lan lan lan"), 2);
    assert_eq!(add(&["Lan", "--role", "administrator"], PASSWORD), 2);
    assert_eq!(add(&["lan", "--role", "king"], PASSWORD), 2);
    assert_eq!(add(&["lan", "--role", "administrator", "--role", "transferring-officer"], PASSWORD), 2);
    assert_eq!(accounts(&scratch), Vec::<Value>::new());
    assert_eq!(add(&["lan", "--role", "administrator"], PASSWORD), 0);

    // The password is nowhere, and the name in no entry.
    for folder in ["kho/ledger", "kho/state", "kho/segments", "kho.custody"] {
        let mut files = vec![scratch.path(folder)];
        while let Some(path) = files.pop() {
            if path.is_dir() {
                files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                assert!(!text.contains("mưa rào") && !text.contains("\"lan\""), "{}", path.display());
            }
        }
    }
}

#[test]
fn the_first_administrator_is_made_with_the_archive_and_has_one_way_in() {
    let init = ["init", "kho", "--origin", "test.example/kho", "--archive-code", "H26.LT", "--recovery-sheet", "sheet"];
    let scratch = Scratch::empty();
    // What can't be an account is refused before there is an archive.
    scratch.expect(2, &[&init[..], &["--administrator", "Lan", "--holder", "Nguyễn Thị Lan"]].concat());
    scratch.expect(2, &[&init[..], &["--administrator", "lan"]].concat());
    assert!(!scratch.path("kho").exists());
    let made = scratch.json(&[&init[..], &["--administrator", "lan", "--holder", "Nguyễn Thị Lan"]].concat());
    let password = made["administrator"]["password"].as_str().unwrap();
    assert_eq!(password.len(), 29, "24 letters in groups of four");
    let account = accounts(&scratch).remove(0);
    assert_eq!((&account["name"], &account["standing"]), (&json!("lan"), &json!("open")));
    assert_eq!(account["roles"], json!(["administrator"]));
    scratch.ok(&["verify"]);

    let server = Server::start(&scratch);
    let lan = server.sign_in("lan", password);
    assert_eq!(lan.get("/api/v1/accounts").json()["code"], "change-password", "nothing else works before");
    let own = own_password("lan");
    assert_eq!(lan.form("/account/password", &[("old", password), ("new", &own), ("again", &own)]).status, 303);
    assert_eq!(server.sign_in("lan", &own).get("/api/v1/accounts").status, 200);
    let body = json!({ "name": "lan", "password": password }).to_string();
    let again = server.ask("POST", "/api/v1/session", &[("content-type", "application/json")], body.as_bytes());
    assert_eq!(again.status, 401, "it opened once");

    // Without it, the archive says how its first account is made.
    let bare = Scratch::empty();
    assert!(bare.ok(&init).contains("chauban account add NAME --role administrator"));
}

#[test]
fn a_first_password_that_nobody_used_opens_nothing_after_a_week() {
    let scratch = Scratch::new();
    made(&scratch, "lan", "administrator", &[]);
    let age = |days: u64| {
        let file = std::fs::read_dir(scratch.path("kho/state/credentials")).unwrap().next().unwrap().unwrap().path();
        let mut kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        kept["set_at"] = (kept["set_at"].as_u64().unwrap() - days * 24 * 3_600_000_000).into();
        std::fs::write(&file, kept.to_string()).unwrap();
    };
    let server = Server::start(&scratch);
    age(6);
    server.sign_in("lan", PASSWORD);
    age(1);
    let tried = |password: &str| {
        let body = json!({ "name": "lan", "password": password }).to_string();
        let answer = server.ask("POST", "/api/v1/session", &[("content-type", "application/json")], body.as_bytes());
        (answer.status, answer.json()["code"].clone())
    };
    assert_eq!(tried(PASSWORD), (401, json!("password-lapsed")));
    assert_eq!(tried("another password of somebody"), (401, json!("wrong-password")), "who guesses learns nothing");
    let fields = [("name", "lan"), ("password", PASSWORD)].map(|(name, value)| format!("{name}={}", escaped(value)));
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let page = server.ask("POST", "/sign-in", &kind, fields.join("&").as_bytes());
    assert!(page.status == 401 && page.text().contains("quá một tuần"), "{}", page.text());
}
