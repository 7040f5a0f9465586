//! What opens an account beside its password: the second factor, and a password that was just given.

use crate::account::typed;
use crate::retention::rules::{adopt, schedule};
use crate::scratch::{Scratch, eventually, record};
use crate::server::{Answer, Client, Server, archive, own_password};
use aws_lc_rs::hmac;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// The step that the time is in.
pub fn step() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30
}

/// What a device shows in a step, counted apart from the program (RFC 6238).
pub fn code(secret: &[u8], step: u64) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret), &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let number = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn letters(text: &str) -> Vec<u8> {
    let bits: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| format!("{:05b}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap()))
        .collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|eight| u8::from_str_radix(std::str::from_utf8(eight).unwrap(), 2).unwrap())
        .collect()
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    text.split_once(begin).and_then(|(_, rest)| rest.split_once(end)).unwrap_or_else(|| panic!("{text}")).0
}

/// Sets a second factor up: the secret, the recovery codes, and the answer that showed them.
pub fn set_up(client: &Client<'_>) -> (Vec<u8>, Vec<String>, Answer) {
    assert_eq!(client.form("/account/second-factor", &[]).status, 303);
    let page = client.get("/account/second-factor").text();
    assert!(page.contains("<svg class=\"scan\""));
    let secret = letters(between(&page, "<span class=\"code\">", "</span>"));
    assert_eq!(secret.len(), 20);
    assert_eq!(client.form("/account/second-factor/confirm", &[("code", "000000x")]).status, 422);
    let confirmed = client.form("/account/second-factor/confirm", &[("code", &code(&secret, step()))]);
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let codes = between(&confirmed.text(), "<pre>", "</pre>").lines().map(str::to_owned).collect();
    (secret, codes, confirmed)
}

fn sign_in(server: &Server, name: &str, code: Option<&str>) -> (u16, Value) {
    let body = json!({ "name": name, "password": own_password(name), "code": code }).to_string();
    let answer = server.ask("POST", "/api/v1/session", &[("content-type", "application/json")], body.as_bytes());
    (answer.status, answer.json()["code"].clone())
}

#[test]
fn a_second_factor_is_asked_for_and_no_code_is_taken_twice() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let (secret, codes, confirmed) = set_up(&archivist);
    assert_eq!(codes.len(), 8);
    // The session goes on with both factors, under another cookie.
    assert_eq!(archivist.get("/api/v1/session").status, 401);
    let cookie = confirmed.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(server.ask("GET", "/account", &[("cookie", &cookie)], b"").status, 200);

    assert_eq!(sign_in(&server, "archivist", None), (401, json!("code-missing")));
    assert_eq!(sign_in(&server, "archivist", Some(&code(&secret, step() - 40))), (401, json!("wrong-password")));
    let next = code(&secret, step() + 1);
    assert_eq!(sign_in(&server, "archivist", Some(&next)).0, 200);
    assert_eq!(sign_in(&server, "archivist", Some(&next)).0, 401, "it was taken");
    assert_eq!(sign_in(&server, "archivist", Some(&code(&secret, step()))).0, 401, "older than what was taken");
    assert_eq!(sign_in(&server, "archivist", Some(&codes[3].to_lowercase())).0, 200);
    assert_eq!(sign_in(&server, "archivist", Some(&codes[3])).0, 401, "a recovery code opens once");

    // What is kept tells neither secret nor codes, and a wrong code counts as a wrong password does.
    let folder = scratch.path("kho/state/credentials");
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(
            !text.contains(&secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
                && !text.contains(&codes[0])
        );
    }
    while sign_in(&server, "archivist", Some("000000")).0 == 401 {}
    assert_eq!(sign_in(&server, "archivist", Some(&codes[0])), (429, json!("too-many")));

    // Who lost everything is helped by who runs the server.
    scratch.ok(&["account", "forget-second-factor", "archivist"]);
    crate::account::typed(&scratch, &["account", "password", "archivist"], &own_password("archivist"));
    assert_eq!(sign_in(&server, "archivist", None).0, 200);
}

#[test]
fn who_needs_a_second_factor_gets_nowhere_without() {
    let scratch = archive();
    let told = [("CHAUBAN_IDENTITY_SECOND_FACTOR", "administrator, inspector")];
    let server = Server::start_with(&scratch, &[], &told);
    let administrator = server.client("administrator");
    let led = administrator.get("/accounts");
    assert_eq!((led.status, led.header("location")), (303, "/account/second-factor"));
    assert_eq!(administrator.get("/api/v1/accounts").json()["code"], "second-factor");
    assert_eq!(administrator.get("/api/v1/session").json()["must_have_second_factor"], true);
    let (_, _, confirmed) = set_up(&administrator);
    let cookie = confirmed.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(server.ask("GET", "/accounts", &[("cookie", &cookie)], b"").status, 200);
    assert_eq!(server.client("archivist").get("/").status, 200, "of others it is not asked");
}

/// Lets every session be of a password given long ago, while the service is not running.
pub fn age_sessions(scratch: &Scratch) {
    for file in std::fs::read_dir(scratch.path("kho/state/sessions")).unwrap() {
        let path = file.unwrap().path();
        let mut session: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        session["authenticated"] = (session["authenticated"].as_u64().unwrap() - 11 * 60 * 1_000_000).into();
        std::fs::write(&path, session.to_string()).unwrap();
    }
}

#[test]
fn what_opens_an_account_wants_a_password_just_given() {
    let scratch = archive();
    let (cookie, token) = {
        let server = Server::start(&scratch);
        let archivist = server.client("archivist");
        assert_eq!(archivist.get("/account/second-factor").status, 200);
        (archivist.cookie.clone(), archivist.token.clone())
    };
    age_sessions(&scratch);
    let server = Server::start(&scratch);
    let get = |path: &str| server.ask("GET", path, &[("cookie", &cookie)], b"");
    assert_eq!(get("/account").status, 200);
    let led = get("/account/second-factor");
    assert_eq!((led.status, led.header("location")), (303, "/sign-in-again?next=/account/second-factor"));
    // A form leads back to the page that it is on, and to none of another site.
    let referer = format!("http://{}/account?a=1", server.place);
    for (from, back) in [(referer.as_str(), "/account%3Fa%3D1"), ("http://elsewhere.example/x", "/")] {
        let headers =
            [("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded"), ("referer", from)];
        let body = format!("form={token}");
        let led = server.ask("POST", "/account/second-factor", &headers, body.as_bytes());
        assert_eq!((led.status, led.header("location")), (303, format!("/sign-in-again?next={back}").as_str()));
    }
    assert!(get("/sign-in-again?next=/account/second-factor").text().contains("value=\"/account/second-factor\""));
}

#[test]
fn a_token_does_what_it_is_for_and_nothing_else() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let officer = server.client("transferring-officer");
    let send = |method: &str, path: &str, body: &Value| {
        let headers = [
            ("cookie", officer.cookie.as_str()),
            ("x-form-token", officer.token.as_str()),
            ("content-type", "application/json"),
        ];
        server.ask(method, path, &headers, body.to_string().as_bytes())
    };
    let make = |actions: &[&str], days: u32| {
        send("POST", "/api/v1/tokens", &json!({ "label": "eOffice", "actions": actions, "days": days }))
    };
    for (actions, days, status) in [
        (&["search", "read-description"][..], 0, 400),
        (&["search"], 367, 400),
        (&[], 90, 400),
        (&["fly"], 90, 400),
        (&["keep-own-account"], 90, 400),
        (&["keep-own-factors"], 90, 400),
        (&["read-accounts"], 90, 403),
        (&["hand-over"], 90, 400),
    ] {
        assert_eq!(make(actions, days).status, status, "{actions:?} {days}");
    }
    let made = make(&["search", "read-description"], 90);
    assert_eq!(made.status, 201, "{}", made.text());
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("chauban_") && secret.len() == 8 + 64);
    let bearer = format!("Bearer {secret}");
    let ask = |method: &str, path: &str| server.ask(method, path, &[("authorization", &bearer)], b"");
    // The account's reach holds for its token, too.
    assert_eq!(ask("GET", "/api/v1/records").json()["total"], 2);
    assert_eq!(ask("GET", "/api/v1/records/H26.10.2023.045.0000001").status, 200);
    assert_eq!(ask("GET", "/api/v1/records/H26.33.2024.001.0000001").status, 404);
    // The account may, the token may not.
    for path in ["/records/H26.10.2023.045.0000001/components/1", "/holdings", "/session", "/tokens"] {
        let answer = ask("GET", &format!("/api/v1{path}"));
        assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("denied")), "{path}");
    }
    assert_eq!(ask("POST", "/account/second-factor").status, 403);
    assert_eq!(ask("DELETE", "/api/v1/session").status, 403);

    // It is shown once, its use is told, and what is kept opens nothing.
    let listed = officer.get("/api/v1/tokens");
    assert!(!listed.text().contains(&secret) && listed.json()["tokens"][0]["used"].is_string());
    for file in std::fs::read_dir(scratch.path("kho/state/tokens")).unwrap() {
        let file = file.unwrap();
        let text = file.file_name().into_string().unwrap() + &std::fs::read_to_string(file.path()).unwrap();
        assert!(!text.contains(&secret[8..]));
    }
    let wrong = server.ask(
        "GET",
        "/api/v1/records",
        &[("authorization", "Bearer chauban_00"), ("cookie", &officer.cookie)],
        b"",
    );
    assert_eq!(wrong.status, 401, "a token that opens nothing is not passed over for a cookie");

    let id = made.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(server.client("archivist").form(&format!("/account/tokens/{id}/revoke"), &[]).status, 404);
    assert_eq!(ask("GET", "/api/v1/records").status, 200);
    assert_eq!(send("DELETE", &format!("/api/v1/tokens/{id}"), &json!({})).status, 204);
    assert_eq!(ask("GET", "/api/v1/records").status, 401);
}

#[test]
fn tokens_are_made_and_ended_on_the_command_line_and_the_page() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let add = ["account", "token", "add", "archivist", "--label", "sao lưu", "--action", "search", "--days", "1"];
    let secret = scratch.ok(&add).trim().to_owned();
    let bearer = format!("Bearer {secret}");
    let status = || server.ask("GET", "/api/v1/records", &[("authorization", &bearer)], b"").status;
    assert_eq!(status(), 200);
    let listed = scratch.json(&["account", "token", "list", "archivist"]);
    let id = listed["tokens"][0]["token"].as_str().unwrap().to_owned();
    // One that has ended opens nothing, although it is still there.
    let folder = scratch.path("kho/state/tokens");
    let file = std::fs::read_dir(&folder)
        .unwrap()
        .map(|one| one.unwrap().path())
        .find(|path| path.extension().unwrap() == "json")
        .unwrap();
    let kept = std::fs::read_to_string(&file).unwrap();
    let mut ended: Value = serde_json::from_str(&kept).unwrap();
    ended["ends"] = ended["made"].clone();
    std::fs::write(&file, ended.to_string()).unwrap();
    assert_eq!(status(), 401);
    std::fs::write(&file, kept).unwrap();
    assert_eq!(status(), 200);
    scratch.ok(&["account", "token", "revoke", "archivist", &id]);
    assert_eq!(status(), 401);
    scratch.expect(3, &["account", "token", "revoke", "archivist", &id]);
    // With the account its tokens end.
    let archivist = server.client("archivist");
    let made = archivist
        .form("/account/tokens", &[("label", "x"), ("days", "9"), ("action", "search"), ("action", "read-content")]);
    let text = made.text();
    let secret = between(&text, "<pre>", "</pre>").to_owned();
    let bearer = format!("Bearer {secret}");
    let read = || {
        server
            .ask("GET", "/api/v1/records/H26.10.2023.045.0000001/components/1", &[("authorization", &bearer)], b"")
            .status
    };
    assert_eq!(read(), 200);
    assert!(!archivist.get("/account/tokens").text().contains(&secret));
    scratch.ok(&["account", "close", "archivist", "--reason", "left", "--actor", "an"]);
    eventually("the token of who left opens nothing", || read() == 401);
}

#[test]
fn who_reads_what_is_not_open_is_recorded_and_so_is_who_asks() {
    let scratch = archive();
    let open = record(&[("a.pdf", b"%PDF-1.7 open")], json!({ "mode": "01", "code_number": "77" }));
    scratch.dossier("m", json!({ "file_code": "H26.10.2023.077", "records": [open] }));
    std::fs::write(scratch.path("m/a.pdf"), b"%PDF-1.7 open").unwrap();
    let open = scratch.ingest("m").doc_code().to_owned();
    let code = "H26.10.2023.045.0000001"; // conditional, as what says nothing is
    let mut server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let record = archivist.get(&format!("/api/v1/records/{code}")).json()["record"].as_str().unwrap().to_owned();
    assert_eq!(archivist.get(&format!("/api/v1/records/{open}/components/1")).status, 200);
    for _ in 0..3 {
        assert_eq!(archivist.get(&format!("/records/{code}/files/1")).status, 200);
    }
    let inspector = server.client("inspector");
    let before = inspector.get("/api/v1/audit?by=binh").json();
    assert!(before["acts"].as_array().unwrap().iter().all(|act| act["who"] == "binh"));
    assert_eq!(before["acts"][0]["what"], "account-confirmed");
    assert_eq!(archivist.get("/api/v1/audit").status, 403);
    // Ending, the service records what it noted.
    let log = scratch.path("kho/state/reads");
    let noted = std::fs::read_to_string(&log).unwrap();
    assert_eq!(noted.lines().count(), 3, "{noted}");
    assert!(!noted.contains("archivist"));
    server.signal("TERM");
    assert_eq!(server.ended(), 0);
    assert!(!log.exists());
    let server = Server::start(&scratch);
    let inspector = server.sign_in("inspector", &own_password("inspector"));
    let of = |about: &str| {
        let acts = inspector.get(&format!("/api/v1/audit?about={about}")).json()["acts"].as_array().unwrap().clone();
        acts.iter()
            .map(|act| format!("{} {}", act["who"].as_str().unwrap(), act["what"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let reads = ["archivist read-content", "archivist read-description"];
    assert_eq!(of(&record)[..2], reads);
    assert_eq!(of(code)[..2], reads, "by its code as well");
    assert_eq!(of(&open).iter().filter(|act| act.contains("read-")).count(), 0);
    assert_eq!(of("nothing"), Vec::<String>::new());
    let page = inspector.get(&format!("/audit?lang=en&about={code}")).text();
    assert!(page.contains("Read files") && page.contains("archivist"), "{page}");
    // What lies in the ledger about it names nobody, and the archive is whole.
    drop(server);
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    scratch.ok(&["verify"]);
}

/// Conditional until the period of its rule of access has ended, then open: and reading it is no event any more.
#[test]
fn a_record_opens_by_its_rule() {
    let scratch = archive();
    let record = record(&[("a.pdf", b"%PDF-1.7 a")], json!({ "code_number": "78" }));
    scratch.dossier("m", json!({ "file_code": "H26.10.2015.078", "records": [record] }));
    std::fs::write(scratch.path("m/a.pdf"), b"%PDF-1.7 a").unwrap();
    let code = scratch.ingest("m").doc_code().to_owned();
    let rules = schedule(&scratch, 1, 5);
    let text = std::fs::read_to_string(scratch.path(&rules)).unwrap();
    std::fs::write(scratch.path(&rules), text.replacen(r#"action = "destroy""#, r#"action = "open""#, 1)).unwrap();
    adopt(&scratch, &rules);
    // Who signs in first chooses a password.
    drop(Server::start(&scratch).client("archivist"));
    let noted = |expect: Value, words: &str| {
        let mut server = Server::start(&scratch);
        let archivist = server.sign_in("archivist", &own_password("archivist"));
        let shown = archivist.get(&format!("/api/v1/records/{code}"));
        assert_eq!(json!([shown.json()["access"], shown.json()["opens"]]), expect);
        assert_eq!(archivist.get(&format!("/api/v1/records/{code}/components/1")).status, 200);
        assert!(archivist.get(&format!("/records/{code}?lang=en")).text().contains(words), "{words}");
        let noted = std::fs::read_to_string(scratch.path("kho/state/reads")).unwrap_or_default();
        let tag = shown.header("etag").to_owned();
        server.signal("TERM");
        assert_eq!(server.ended(), 0);
        (noted.lines().count(), tag)
    };
    scratch.ok(&["retention", "assign", &code, "--rule", "T/plans", "--reason", "kế hoạch"]);
    let (before, conditional) = noted(json!(["conditional", null]), "conditional");
    scratch.ok(&["retention", "confirm", "T/plans", "--basis", "mục 3", "--mandate", "4/QĐ-LT", "--actor", "Vũ G"]);
    let (after, open) = noted(json!(["open", "2021-01-01"]), "open to everybody, open from");
    assert_eq!((before > 0, after), (true, 0));
    assert_ne!(conditional, open, "nothing happened to it, and who may read it is another");
}

#[test]
fn rights_are_changed_over_http_by_two_administrators() {
    let scratch = archive();
    crate::account::made(&scratch, "second", "administrator", &[]);
    let server = Server::start(&scratch);
    let (first, second) = (server.client("administrator"), server.client("second"));
    let send = |client: &Client<'_>, path: &str, body: &Value| {
        let headers =
            [("cookie", client.cookie.as_str()), ("x-form-token", &client.token), ("content-type", "application/json")];
        server.ask("POST", path, &headers, body.to_string().as_bytes())
    };
    let wanted =
        json!({ "name": "moi", "holder": "Lê Mới", "roles": ["inspector"], "agencies": null, "reason": "QĐ 7" });
    let proposed = send(&first, "/api/v1/accounts", &wanted);
    assert_eq!((proposed.status, &proposed.json()["standing"]), (201, &json!("proposed")), "{}", proposed.text());
    let password = proposed.json()["password"].as_str().unwrap().to_owned();
    let sign_in = || {
        let body = json!({ "name": "moi", "password": password }).to_string();
        server.ask("POST", "/api/v1/session", &[("content-type", "application/json")], body.as_bytes()).status
    };
    assert_eq!(sign_in(), 401, "nothing counts before it is confirmed");
    // Whoever proposed it does not confirm it; every administrator is told of it.
    let confirm = "/api/v1/accounts/moi/confirmation";
    let waits = || {
        let all = first.get("/api/v1/accounts").json();
        let one = all["accounts"].as_array().unwrap().iter().find(|one| one["name"] == "moi").unwrap().clone();
        json!({ "proposal": one["proposal"]["entry"] })
    };
    assert_eq!(send(&first, confirm, &waits()).status, 403);
    assert!(second.get("/?lang=en").text().contains("moi"));
    assert!(second.get("/accounts").text().contains("/accounts/moi/confirm"));
    assert!(!first.get("/accounts").text().contains("/accounts/moi/confirm"));
    // What was seen is confirmed, and nothing that took its place since.
    let seen = waits();
    let more = json!({ "name": "moi", "holder": "Lê Mới", "roles": ["archivist"], "agencies": null, "reason": "QĐ 7" });
    assert_eq!(send(&first, "/api/v1/accounts", &more).status, 201);
    assert_eq!(send(&second, confirm, &seen).status, 409);
    assert_eq!(send(&first, "/api/v1/accounts", &wanted).status, 201);
    // Several times at once counts once, and harms nobody.
    let waiting = waits();
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| send(&second, confirm, &waiting).status)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(
        (answers.iter().filter(|one| **one == 200).count(), answers.iter().filter(|one| **one == 409).count()),
        (1, 3)
    );
    assert_eq!(sign_in(), 200);
    // Other rights wait as well, and what counted counts until then.
    let fields =
        [("name", "moi"), ("holder", "Lê Mới"), ("role", "archivist"), ("agencies", "H26.10"), ("reason", "QĐ 8")];
    assert_eq!(second.form("/accounts", &fields).status, 303);
    assert_eq!(
        first.get("/api/v1/accounts").json()["accounts"].as_array().unwrap().last().unwrap()["roles"],
        json!(["inspector"])
    );
    let entry = waits()["proposal"].to_string();
    assert_eq!(second.form("/accounts/moi/confirm", &[("proposal", &entry)]).status, 403);
    assert_eq!(first.form("/accounts/moi/confirm", &[("proposal", &entry)]).status, 303);
    assert_eq!(
        first.get("/api/v1/accounts").json()["accounts"].as_array().unwrap().last().unwrap()["roles"],
        json!(["archivist"])
    );
    assert_eq!(
        second
            .form("/accounts", &[("name", "Sai Tên"), ("holder", "x"), ("role", "archivist"), ("reason", "x")])
            .status,
        422
    );
    assert_eq!(second.form("/accounts/moi/close", &[("reason", "nghỉ việc")]).status, 303);
    assert_eq!(sign_in(), 401);
    scratch.ok(&["verify"]);
}

/// A password that is set by a command while others try the old one stays the one that was set.
#[test]
fn a_reset_is_not_undone_by_attempts_meanwhile() {
    let scratch = archive();
    let server = Server::start_with(&scratch, &[], &[("CHAUBAN_LIMITS_SIGN_INS_PER_MINUTE", "0")]);
    let try_with = |password: &str| {
        let body = json!({ "name": "archivist", "password": password }).to_string();
        server.ask("POST", "/api/v1/session", &[("content-type", "application/json")], body.as_bytes()).status
    };
    for round in 0..12 {
        let new = format!("mật khẩu mới lần thứ {round} dài vừa đủ");
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| try_with("không phải mật khẩu này đâu"));
            }
            let set = typed(&scratch, &["account", "password", "archivist"], &new);
            assert_eq!(set.status, 0, "{}{}", set.out, set.err);
        });
        assert_eq!(try_with(&new), 200, "round {round}");
    }
}
