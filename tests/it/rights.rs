//! Every route asked by every role, compared with the table in `tests/it/rights.csv`.
//!
//! The table says the status of each answer. A route that is not in it fails the test, and so does a line without a route.

use crate::scratch::eventually;
use crate::server::{Answer, Client, Server, archive};
use chauban::http::ROUTES;
use std::collections::BTreeMap;

const TABLE: &str = include_str!("rights.csv");
const ROLES: [&str; 6] =
    ["transferring-officer", "archivist", "inspector", "council-member", "deciding-authority", "administrator"];

/// The path with its parameters filled in: a record of H26.10.
fn filled(path: &str) -> String {
    let id = if path.contains("dossiers") { "H26.10.2023.045" } else { "H26.10.2023.045.0000001" };
    let id = if path.contains("sessions") { "00000000-0000-4000-8000-000000000000" } else { id };
    let none = "00000000-0000-4000-8000-000000000000";
    let id = if ["transfers", "keys", "tokens", "searches", "rules", "requests"].iter().any(|own| path.contains(own)) {
        none
    } else {
        id
    };
    let id = if path.contains("holds") { none } else { id };
    let path = path
        .replace("{upload}", none)
        .replace("{report}", "agencies")
        .replace("{agency}", "H26.10")
        .replace("{year}/{number}", "2026/9")
        .replace("{document}", "1")
        .replace("{file}", "1");
    let sha256 = "0".repeat(64);
    path.replace("{id}", id).replace("{number}", "1").replace("{name}", "style.css").replace("{sha256}", &sha256)
}

fn ask(server: &Server, client: Option<&Client<'_>>, method: &str, path: &str) -> Answer {
    match (client, method) {
        (Some(client), "GET") => client.get(path),
        (Some(client), "POST") if path == "/api/v1/session" => client.form(path, &[]),
        (Some(client), "POST") => client.form(path, &[("receipt", "no receipt")]),
        (Some(client), _) => {
            let headers = [("cookie", client.cookie.as_str()), ("x-form-token", client.token.as_str())];
            server.ask(method, path, &headers, b"")
        }
        (None, _) => server.ask(method, path, &[], b""),
    }
}

#[test]
fn every_route_answers_each_role_as_the_table_says() {
    let scratch = archive();
    // So many at once are nobody's usual pace.
    let pace = [("CHAUBAN_LIMITS_REQUESTS_PER_MINUTE", "60000"), ("CHAUBAN_LIMITS_SIGN_INS_PER_MINUTE", "6000")];
    let server = Server::start_with(&scratch, &[], &pace);
    let mut table: BTreeMap<(String, String), Vec<u16>> = BTreeMap::new();
    for line in TABLE.lines().skip(1) {
        let mut cells = line.split(',');
        let key = (cells.next().unwrap().to_owned(), cells.next().unwrap().to_owned());
        table.insert(key, cells.map(|cell| cell.parse().unwrap()).collect());
    }
    let mut wrong = Vec::new();
    for role in std::iter::once(None).chain(ROLES.into_iter().map(Some)) {
        let column = role.map_or(0, |role| 1 + ROLES.iter().position(|one| *one == role).unwrap());
        let mut client = role.map(|role| server.client(role));
        for route in ROUTES {
            let answer = ask(&server, client.as_ref(), route.method, &filled(route.path));
            let key = (route.method.to_owned(), route.path.to_owned());
            let expect = table.get(&key).and_then(|cells| cells.get(column)).copied();
            if expect != Some(answer.status) {
                wrong.push(format!(
                    "{},{} {}: {} (table: {expect:?})",
                    key.0,
                    key.1,
                    role.unwrap_or("nobody"),
                    answer.status
                ));
            }
            // These end the session, if they are let.
            if matches!(key.1.as_str(), "/sign-out" | "/api/v1/session") && key.0 != "GET" {
                client = role.map(|role| server.sign_in(role, &crate::server::own_password(role)));
            }
        }
    }
    let unknown: Vec<_> = table
        .keys()
        .filter(|(method, path)| !ROUTES.iter().any(|one| one.method == method && one.path == path))
        .collect();
    assert!(
        wrong.is_empty() && unknown.is_empty(),
        "{} answers are not as the table says:\n{}\n{unknown:?}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn an_officer_finds_and_counts_the_own_agency_s_records_alone() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let officer = server.client("transferring-officer");
    let archivist = server.client("archivist");
    let total =
        |client: &Client<'_>, query: &str| client.get(&format!("/api/v1/records{query}")).json()["total"].clone();
    assert_eq!((total(&officer, ""), total(&archivist, "")), (2.into(), 3.into()));
    assert_eq!((total(&officer, "?holder=H26.33"), total(&archivist, "?holder=H26.33")), (0.into(), 1.into()));
    assert_eq!(officer.get("/api/v1/holdings").json()["records"], 2);
    assert!(!officer.get("/").text().contains(">3<"));
    // The other agency's record is not there, whatever is asked of it and however it is named.
    let id = archivist.get("/api/v1/records/H26.33.2024.001.0000001").json()["record"].as_str().unwrap().to_owned();
    for name in ["H26.33.2024.001.0000001", &id] {
        for rest in ["", "/events", "/receipt", "/retention", "/components/1"] {
            let path = format!("/api/v1/records/{name}{rest}");
            assert_eq!((officer.get(&path).status, archivist.get(&path).status), (404, 200), "{path}");
        }
        assert_eq!(officer.get(&format!("/records/{name}")).status, 404);
        assert_eq!(officer.get(&format!("/records/{name}/files/1")).status, 404);
    }
    assert_eq!(officer.get("/api/v1/dossiers/H26.33.2024.001").status, 404);
    assert_eq!(officer.get("/dossiers/H26.33.2024.001").status, 404);
    assert_eq!(officer.get("/records/H26.33.2024.001").status, 404);
}

#[test]
fn a_change_of_rights_counts_with_the_next_request() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    assert_eq!(inspector.get("/api/v1/session").status, 200);
    scratch.ok(&["account", "close", "inspector", "--reason", "left", "--actor", "an"]);
    eventually("out", || inspector.get("/api/v1/session").status == 401);
    assert_eq!(inspector.get("/search").status, 303);
}
