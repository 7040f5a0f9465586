//! What protects the service from who asks: headers, limits of head, body, connections and pace, the log, and its end.

use crate::scratch::eventually;
use crate::server::{Server, archive, own_password};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[test]
fn every_answer_carries_the_headers_that_browsers_obey() {
    let scratch = archive();
    let server = Server::start_with(&scratch, &["--address", "https://kho.example"], &[]);
    let usual = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ];
    let paths =
        ["/", "/sign-in", "/nothing", "/api/v1/records", "/api/v1/nothing", "/healthz", "/metrics", "/verify.html"];
    for path in paths.into_iter().chain(["/assets/script.js", "/ledger/checkpoint", "/ledger/../FORMAT"]) {
        let answer = server.get(path);
        for (name, value) in usual {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert!(!answer.header("cache-control").is_empty() && !answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!((answer.header("server"), answer.header("x-powered-by")), ("", ""), "{path}");
        if answer.header("content-type").starts_with("text/html") {
            assert!(
                policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
                "{path}: {policy}"
            );
        }
    }
    // Without TLS nothing is promised about it.
    let plain = Server::start(&scratch);
    assert_eq!(plain.get("/sign-in").header("strict-transport-security"), "");
}

#[test]
fn cookies_over_tls_are_bound_to_the_host() {
    let scratch = archive();
    let server = Server::start_with(&scratch, &["--address", "https://kho.example"], &[]);
    let body = json!({ "name": "archivist", "password": crate::account::PASSWORD }).to_string();
    let given = server.ask("POST", "/api/v1/session", &[("content-type", "application/json")], body.as_bytes());
    let cookie = given.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-chauban=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
    let other = [("content-type", "application/json"), ("origin", "https://other.example")];
    assert_eq!(server.ask("POST", "/api/v1/session", &other, body.as_bytes()).status, 403);
    let own = [("content-type", "application/json"), ("origin", "https://kho.example")];
    assert_eq!(server.ask("POST", "/api/v1/session", &own, body.as_bytes()).status, 200);
}

/// Sends bytes as they are; what comes back until the other end closes.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(&server.place).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn heads_and_bodies_have_their_limits() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let many = (0..100).map(|n| format!("x-{n}: 1\r\n")).collect::<String>();
    let told = raw(&server, format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{many}\r\n").as_bytes());
    assert!(told.starts_with("HTTP/1.1 431"), "{told}");
    let long = "a".repeat(64 * 1024);
    let told = raw(&server, format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes());
    assert!(told.starts_with("HTTP/1.1 4"), "{}", &told[..told.len().min(200)]);
    let form = vec![b'a'; 3 * 1024 * 1024];
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(server.ask("POST", "/sign-in", &headers, &form).status, 413);
    // Two lengths, and a length beside chunks, are how requests are smuggled past a web server in front.
    let twice = "POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd";
    assert!(raw(&server, twice.as_bytes()).starts_with("HTTP/1.1 400"));
    // Nothing of what is asked gets into the head of the answer as a header of its own.
    let split = server.get("/search?words=a%0d%0aset-cookie:%20x=y");
    assert_eq!((split.status, split.header("set-cookie")), (303, ""));
    let split = server.get("/sign-in?lang=en%0d%0aset-cookie:%20x=y");
    assert!(!split.header("set-cookie").contains("x=y"));
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn who_sends_a_head_slowly_is_let_go() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let before = Instant::now();
    raw(&server, b"GET /healthz HTTP/1.1\r\nhost: a\r\n");
    assert!((10..35).contains(&before.elapsed().as_secs()), "{:?}", before.elapsed());
}

#[test]
fn connections_and_requests_have_a_pace() {
    let scratch = archive();
    let limits = [
        // More than those that were answered a moment ago and are not gone yet.
        ("CHAUBAN_LIMITS_CONNECTIONS", "16"),
        ("CHAUBAN_LIMITS_REQUESTS_PER_MINUTE", "90"),
        ("CHAUBAN_LIMITS_SIGN_INS_PER_MINUTE", "12"),
    ];
    let server = Server::start_with(&scratch, &[], &limits);
    let wrong = json!({ "name": "archivist", "password": "no" }).to_string();
    let tries =
        |_| server.ask("POST", "/api/v1/session", &[("content-type", "application/json")], wrong.as_bytes()).status;
    assert_eq!((0..6).map(tries).collect::<Vec<_>>(), [401, 401, 401, 401, 429, 429]);
    // Passwords were not looked at any more; everything else goes on, up to its own pace.
    let answers: Vec<u16> = (0..40).map(|_| server.get("/sign-in").status).collect();
    assert_eq!((answers[0], answers[39]), (200, 429));
    let told = server.get("/sign-in");
    assert_eq!((told.status, told.header("retry-after"), told.json()["code"].as_str()), (429, "5", Some("too-many")));
    // One connection more at once is closed without an answer.
    let held: Vec<TcpStream> = (0..16).map(|_| TcpStream::connect(&server.place).unwrap()).collect();
    eventually("no seventeenth", || raw(&server, b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").is_empty());
    drop(held);
}

#[test]
fn one_address_has_no_more_than_its_connections() {
    let scratch = archive();
    let server = Server::start_with(&scratch, &[], &[("CHAUBAN_LIMITS_CONNECTIONS_PER_ADDRESS", "16")]);
    let held: Vec<TcpStream> = (0..16).map(|_| TcpStream::connect(&server.place).unwrap()).collect();
    eventually("no seventeenth", || raw(&server, b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").is_empty());
    drop(held);
    eventually("room again", || server.try_ask("GET", "/healthz", &[], b"").is_ok_and(|answer| answer.status == 200));
    // Behind a web server everybody comes from one address.
    let limits = [("CHAUBAN_LIMITS_CONNECTIONS_PER_ADDRESS", "2")];
    let front = Server::start_with(&scratch, &["--address", "https://kho.example"], &limits);
    let held: Vec<TcpStream> = (0..16).map(|_| TcpStream::connect(&front.place).unwrap()).collect();
    assert_eq!(front.get("/healthz").status, 200);
    drop(held);
}

#[test]
fn who_takes_a_file_slowly_holds_up_nobody_else() {
    let scratch = archive();
    let long: Vec<u8> = (0..24_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    scratch.document("long/1", &long, json!({ "symbol": "99/QĐ-STTTT" }));
    let code = scratch.ingest("long").doc_code().to_owned();
    let server = Server::start(&scratch);
    let (slow, other) = (server.client("archivist"), server.client("inspector"));
    let path = format!("/api/v1/records/{code}/components/1");
    let asked = format!("GET {path} HTTP/1.1\r\nhost: a\r\ncookie: {}\r\n\r\n", slow.cookie);
    let mut held: Vec<TcpStream> = (0..12)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.place).unwrap();
            stream.write_all(asked.as_bytes()).unwrap();
            stream
        })
        .collect();
    let mut first = [0; 12];
    let told: Vec<bool> = held
        .iter_mut()
        .map(|stream| {
            stream.read_exact(&mut first).unwrap();
            &first == b"HTTP/1.1 200"
        })
        .collect();
    assert_eq!(told.iter().filter(|began| **began).count(), 8, "more than its share is refused: {told:?}");
    assert_eq!(other.get("/api/v1/records").status, 200);
    assert_eq!(other.get(&path).body, long);
    drop(held);
    eventually("its share is back", || slow.get(&path).status == 200);
}

#[test]
fn only_a_web_server_on_this_machine_says_who_asks() {
    let scratch = archive();
    let limits = [("CHAUBAN_LIMITS_REQUESTS_PER_MINUTE", "30")];
    let front = Server::start_with(&scratch, &["--address", "https://kho.example"], &limits);
    let from =
        |server: &Server, address: &str| server.ask("GET", "/sign-in", &[("x-forwarded-for", address)], b"").status;
    let many =
        |server: &Server, address: &str| (0..20).map(|_| from(server, address)).filter(|one| *one == 200).count();
    assert!((10..13).contains(&many(&front, "192.0.2.1")));
    assert!((10..13).contains(&many(&front, "192.0.2.7, 192.0.2.2")), "the last is what the web server saw");
    assert_eq!(from(&front, "192.0.2.1, 192.0.2.2"), 429);
    let alone = Server::start_with(&scratch, &[], &limits);
    many(&alone, "192.0.2.1");
    assert_eq!(from(&alone, "192.0.2.2"), 429, "nobody is in front: what it says of itself does not count");
}

#[test]
fn the_log_has_a_document_a_line_and_no_person() {
    let scratch = archive();
    let form = [("CHAUBAN_LOG", "info"), ("CHAUBAN_LOG_FORM", "json")];
    let server = Server::start_with(&scratch, &[], &form);
    let archivist = server.client("archivist");
    let found = archivist.get("/search?words=bimatcuariengtoi");
    let refused = server.ask(
        "POST",
        "/sign-in",
        &[("content-type", "application/x-www-form-urlencoded")],
        b"name=archivist&password=khongdung",
    );
    let (id, last) = (found.header("x-request-id"), refused.header("x-request-id"));
    eventually("both are in the log", || server.log().contains(id) && server.log().contains(last));
    let log = server.log();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let own = lines.iter().find(|line| line["span"]["id"] == id).unwrap();
    assert_eq!((&own["span"]["route"], &own["fields"]["status"]), (&json!("/search"), &json!(200)));
    archivist.get("/accounts/nguyenvankin/close");
    let unknown = archivist.get("/api/v1/agencies/nguyenvankin").header("x-request-id").to_owned();
    eventually("the last is in the log", || server.log().contains(&unknown));
    let password = own_password("archivist");
    for secret in [
        "bimatcuariengtoi",
        "nguyenvankin",
        "khongdung",
        "Nguyễn Văn A",
        &password,
        archivist.cookie.as_str(),
        "127.0.0.1",
    ] {
        assert!(!server.log().contains(secret), "{secret} is in the log");
    }
}

#[test]
fn an_answer_under_way_is_given_whole_when_the_service_ends() {
    let scratch = archive();
    let big: Vec<u8> = (0..4_000_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let big = [b"%PDF-1.7 ", big.as_slice()].concat();
    scratch.document("big/1", &big, json!({ "symbol": "99/QĐ-STTTT", "file_code": "H26.10.2023.099" }));
    let code = scratch.ingest("big").doc_code().to_owned();
    let mut server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let mut stream = TcpStream::connect(&server.place).unwrap();
    let head = format!(
        "GET /api/v1/records/{code}/components/1 HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n",
        server.place, archivist.cookie
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut begun = [0; 64];
    stream.read_exact(&mut begun).unwrap();
    server.signal("TERM");
    eventually("nobody else is let in", || TcpStream::connect(&server.place).is_err());
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    let whole = [begun.as_slice(), &rest].concat();
    assert!(whole.ends_with(&big[big.len() - 1000..]) && whole.len() > big.len(), "{} bytes", whole.len());
    assert_eq!(server.ended(), 0);
    scratch.ok(&["verify"]);
}

#[test]
fn what_an_operator_watches_names_nobody() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    archivist.get("/search?words=quyết");
    assert_eq!(archivist.get("/records/nothing").status, 404);
    let told = server.get("/metrics").text();
    let value = |name: &str| -> f64 {
        let line = told
            .lines()
            .find(|line| line.split([' ', '{']).next() == Some(name))
            .unwrap_or_else(|| panic!("no {name}: {told}"));
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(value("chauban_ledger_entries"), value("chauban_checkpoint_entries"));
    assert!(value("chauban_disk_free_bytes") < value("chauban_disk_bytes"));
    assert_eq!(value("chauban_unchecked_entries"), value("chauban_ledger_entries"), "no check was made");
    assert!(value("chauban_answer_seconds_count") >= 4.0);
    assert!(told.contains(r#"chauban_answers_total{status="4xx"} 1"#), "{told}");
    assert!(told.contains(r#"chauban_work_looked_seconds{work="second-runs"}"#), "{told}");
    assert!(told.ends_with("# EOF\n") && !told.contains("archivist") && !told.contains("H26"), "{told}");
}
