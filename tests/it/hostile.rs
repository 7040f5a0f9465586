//! What somebody hostile tries who reaches the service: at the door, in other people's browsers, in what agencies send, in
//! addresses. `docs/security.md` says which test is for what.

use crate::scratch::Scratch;
use crate::server::{Answer, Server, archive, escaped, own_password};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What becomes code where text is not escaped: in an element, in an attribute of either quotes, in a script, in a link.
const MARKUP: &str = "</title></textarea>\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";

#[test]
fn what_agencies_fill_in_is_nowhere_markup() {
    let scratch = Scratch::new();
    // Every field that may hold any text.
    let fields = [
        "agency_name",
        "subject",
        "file_title",
        "signer",
        "signer_position",
        "keyword",
        "description",
        "type_text",
        "urgency",
    ];
    let mut changes = json!({ "file_code": "H26.10.2023.066", "symbol": "16/QĐ-<i>" });
    for field in fields {
        changes[field] = MARKUP.into();
    }
    scratch.document("x/1", b"%PDF-1.7 hostile", changes);
    let taken = scratch.ingest("x");
    assert_eq!(taken.summary["taken"], 1, "{:?}", taken.lines);
    let code = taken.doc_code().to_owned();
    let add = |name: &str, role: &str| crate::account::made(&scratch, name, role, &[]);
    add("administrator", "administrator");
    ["archivist", "inspector"].into_iter().for_each(|role| add(role, role));
    // Those who make accounts write text as well.
    let usual =
        ["account", "add", "la", "--role", "archivist", "--actor", "an", "--holder", MARKUP, "--reason", MARKUP];
    assert_eq!(crate::account::typed(&scratch, &usual, crate::account::PASSWORD).status, 0);
    let server = Server::start(&scratch);
    let (archivist, inspector) = (server.client("archivist"), server.client("inspector"));
    let receipt = inspector.get(&format!("/records/{code}/receipt")).text();
    let mut told = 0;
    for path in [
        "/",
        "/search",
        "/search?words=alert",
        "/records/CODE",
        "/dossiers/H26.10.2023.066",
        "/account",
        "/account/tokens",
    ] {
        told += harmless(path, &archivist.get(&path.replace("CODE", &code)));
    }
    for path in ["/inspect?q=CODE", "/accounts", "/audit", "/audit?about=CODE"] {
        told += harmless(path, &inspector.get(&path.replace("CODE", &code)));
    }
    harmless("receipt", &inspector.form("/inspect", &[("receipt", &receipt)]));
    assert!(told >= 8, "what was filled in is shown only {told} times: the test looks in the wrong places");
    // What is asked comes back in fields and links.
    let hostile = escaped(MARKUP);
    for path in
        ["/search?words=", "/search?agency=", "/search?holder=", "/search?from=", "/search?dossier=", "/search?signer="]
    {
        harmless(path, &archivist.get(&format!("{path}{hostile}")));
    }
    for path in ["/inspect?q=", "/audit?by=", "/audit?about=", "/sign-in-again?next=/", "/records/", "/dossiers/"] {
        harmless(path, &inspector.get(&format!("{path}{hostile}")));
    }
    harmless("/sign-in", &server.get(&format!("/sign-in?next=/{hostile}")));
    let wrong = format!("name={hostile}&password=x&next=/{hostile}");
    harmless(
        "POST /sign-in",
        &server.ask("POST", "/sign-in", &[("content-type", "application/x-www-form-urlencoded")], wrong.as_bytes()),
    );
    harmless(
        "POST tokens",
        &archivist.form("/account/tokens", &[("label", MARKUP), ("days", "9"), ("action", "search")]),
    );
    // The API answers JSON that no browser takes for a page.
    let answer = archivist.get(&format!("/api/v1/records/{code}"));
    assert_eq!(
        (answer.header("content-type"), answer.header("x-content-type-options")),
        ("application/json", "nosniff")
    );
    assert_eq!(answer.json()["subject"], MARKUP);
}

/// That nothing of what was filled in is markup; how often it is shown.
fn harmless(path: &str, answer: &Answer) -> usize {
    let text = answer.text();
    assert!(answer.status < 500, "{path}: {} {text}", answer.status);
    for mark in ["<script>alert", "<img src=x", "</title></textarea>", "<i>", "\"'>", ">49"] {
        assert!(!text.contains(mark), "{path} has {mark}: {text}");
    }
    assert!(!text.contains("javascript:"), "{path}");
    text.matches("alert(1)").count()
}

#[test]
fn a_session_that_somebody_planted_is_not_taken_over() {
    let scratch = archive();
    let server = Server::start(&scratch);
    // Fixation: whatever cookie a browser brings to the door, it leaves with another.
    let planted = format!("chauban={}", "ab".repeat(32));
    let body = json!({ "name": "archivist", "password": crate::account::PASSWORD }).to_string();
    let headers = [("content-type", "application/json"), ("cookie", planted.as_str())];
    let answer = server.ask("POST", "/api/v1/session", &headers, body.as_bytes());
    assert_eq!(answer.status, 200);
    assert!(!answer.header("set-cookie").contains(&planted));
    assert_eq!(server.ask("GET", "/api/v1/session", &[("cookie", &planted)], b"").status, 401);
    // Of two cookies of the name the first is asked, and what is none opens nothing.
    let both = format!("{planted}; {}", answer.header("set-cookie").split(';').next().unwrap());
    assert_eq!(server.ask("GET", "/api/v1/session", &[("cookie", &both)], b"").status, 401);
    for wrong in ["chauban=", "chauban=../../credentials", "chauban=%00", "chauban"] {
        assert_eq!(server.ask("GET", "/api/v1/session", &[("cookie", wrong)], b"").status, 401, "{wrong}");
    }
    // A second account in the same browser has nothing of the first.
    let one = server.client("archivist");
    let two = server.client("inspector");
    assert!(one.cookie != two.cookie && one.token != two.token);
    assert_eq!(one.form_as("/sign-out", &[("form", &two.token)], &[]).status, 403, "the form token of another session");
}

#[test]
fn a_new_password_and_the_end_of_a_session_are_final() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let out = server.sign_in("archivist", &own_password("archivist"));
    let left = out.form("/sign-out", &[]);
    assert_eq!((left.status, left.header("clear-site-data")), (303, "\"cache\", \"storage\""));
    assert_eq!((out.get("/api/v1/session").status, archivist.get("/api/v1/session").status), (401, 200));
    // Somebody else sets a password on the server: who has the old one is out at once.
    crate::account::typed(&scratch, &["account", "password", "archivist"], "đò dọc sang ngang mùa nước nổi");
    assert_eq!(archivist.get("/api/v1/session").status, 401);
    assert_eq!(archivist.get("/records/H26.10.2023.045.0000001/files/1").status, 303);
}

#[test]
fn paths_lead_nowhere_but_where_they_say() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let secret = std::fs::read_to_string(scratch.path("kho.custody/root.key")).unwrap();
    let out = [
        "../FORMAT",
        "%2e%2e/FORMAT",
        "..%2fFORMAT",
        "%2e%2e%2fFORMAT",
        "....//FORMAT",
        "..\\FORMAT",
        "..%5cFORMAT",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "../../kho.custody/root.key",
        "..%2f..%2fkho.custody%2froot.key",
        "%00",
        "tile/../../FORMAT",
        "tile/%2e%2e/%2e%2e/state/credentials",
        ".",
        "..",
        "",
        "%252e%252e%252fFORMAT",
        "%c0%ae%c0%ae/FORMAT",
    ];
    for base in [
        "/ledger/",
        "/assets/",
        "/records/",
        "/dossiers/",
        "/records/H26.10.2023.045.0000001/files/",
        "/api/v1/records/",
    ] {
        for path in out {
            let answer = archivist.get(&format!("{base}{path}"));
            let text = answer.text();
            assert!((300..500).contains(&answer.status), "{base}{path}: {}", answer.status);
            assert!(
                !text.contains("root:") && !text.contains(secret.trim()) && !text.contains("chauban archive"),
                "{base}{path}"
            );
        }
    }
    assert_eq!(server.get("/ledger/").status, 404, "no list of a folder");
    assert_eq!(server.get("/ledger/tile").status, 404);
}

#[test]
fn methods_that_nothing_needs_are_refused() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    for method in ["TRACE", "PUT", "CONNECT", "PROPFIND", "FROB"] {
        for path in ["/", "/sign-in", "/healthz", "/api/v1/session", "/ledger/checkpoint"] {
            let answer = server.ask(method, path, &[("cookie", &archivist.cookie)], b"");
            assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.status);
            assert!(!answer.text().contains(&archivist.cookie), "{method} {path} echoes");
        }
    }
    // Nothing is changed by what browsers send of themselves.
    for path in ["/sign-out", "/account/password", "/account/second-factor/confirm", "/account/second-factor/end"] {
        assert_eq!(archivist.get(path).status, 405, "{path}");
    }
    assert_eq!(archivist.get("/api/v1/session").status, 200);
}

#[test]
fn a_name_that_is_nobody_s_takes_as_long_as_another() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let wrong = |name: &str| {
        let body = json!({ "name": name, "password": "một mật khẩu không ai có" }).to_string();
        let before = Instant::now();
        let answer = server.ask("POST", "/api/v1/session", &[("content-type", "application/json")], body.as_bytes());
        assert_eq!(answer.status, 401);
        before.elapsed()
    };
    let names = ["archivist", "inspector", "council-member", "deciding-authority"];
    wrong("nobody-0");
    // The quickest of several: what else the machine does only adds.
    let quickest = |known: bool| -> Duration {
        let name = |n: usize| if known { names[n % 4].to_owned() } else { format!("nobody-{n}") };
        (0..12).map(|n| wrong(&name(n))).min().unwrap()
    };
    let (unknown, known) = (quickest(false), quickest(true));
    let ratio = unknown.as_secs_f64() / known.as_secs_f64();
    assert!((0.6..1.7).contains(&ratio), "{unknown:?} of nobody, {known:?} of somebody");
}

#[test]
fn what_another_agency_handed_over_is_not_there() {
    let scratch = archive();
    crate::account::made(&scratch, "khac", "transferring-officer", &["--agency", "H26.33"]);
    // Codes that begin alike are not those under it.
    crate::account::made(&scratch, "gan", "transferring-officer", &["--agency", "H26.1"]);
    let server = Server::start(&scratch);
    let (own, other, near) = (server.client("transferring-officer"), server.client("khac"), server.client("gan"));
    let record = own.get("/api/v1/records/H26.10.2023.045.0000001").json();
    let (id, dossier) = (record["record"].as_str().unwrap(), "H26.10.2023.045");
    let mut paths: Vec<String> = Vec::new();
    for name in [id, "H26.10.2023.045.0000001"] {
        paths.extend(
            ["", "/components/1", "/events", "/receipt", "/retention"]
                .map(|rest| format!("/api/v1/records/{name}{rest}")),
        );
        paths.extend(["", "/files/1", "/receipt"].map(|rest| format!("/records/{name}{rest}")));
    }
    paths.extend(["", "/records", "/events", "/retention"].map(|rest| format!("/api/v1/dossiers/{dossier}{rest}")));
    paths.push(format!("/dossiers/{dossier}"));
    for path in &paths {
        let nothing = other.get(&path.replace("0000001", "0999999"));
        let answers = [own.get(path).status, other.get(path).status, near.get(path).status];
        assert_eq!(answers, [200, 404, 404], "{path}");
        if path.contains("H26.10.2023.045.0000001") && path.starts_with("/api/") {
            assert_eq!(other.get(path).json(), nothing.json(), "{path}: as what there is not");
        }
    }
    let total = |client: &crate::server::Client<'_>| client.get("/api/v1/records").json()["total"].clone();
    assert_eq!([total(&own), total(&other), total(&near)], [json!(2), json!(1), json!(0)]);
    for query in ["?holder=H26.10", "?dossier=H26.10.2023.045", "?agency=H26.10", "?words=thử"] {
        let found = other.get(&format!("/api/v1/records{query}")).json();
        assert!(!found.to_string().contains("H26.10.2023"), "{query}: {found}");
    }
    // A session of another account can't be ended by who knows its identifier.
    let sessions = scratch.path("kho/state/sessions");
    for file in std::fs::read_dir(sessions).unwrap() {
        let session: Value = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        let id = session["id"].as_str().unwrap();
        other.form(&format!("/account/sessions/{id}/end"), &[]);
    }
    assert_eq!((own.get("/api/v1/session").status, near.get("/api/v1/session").status), (200, 200));
}
