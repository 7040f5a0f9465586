//! Conversations with the API over the wire: signing in, finding, fetching, proving; and what must not work.

use crate::account::{PASSWORD, typed};
use crate::server::{Client, Server, archive, escaped, own_password};
use chauban::digest::ContentDigests;
use serde_json::json;
use std::path::Path;

const CODE: &str = "H26.10.2023.045.0000001";

#[test]
fn the_description_is_that_of_the_code() {
    let kept = include_str!("../../schemas/openapi.json");
    let made = chauban::http::description();
    if std::env::var_os("CHAUBAN_WRITE_SCHEMAS").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/openapi.json"), &made).unwrap();
    }
    assert_eq!(kept, made, "run this test with CHAUBAN_WRITE_SCHEMAS=1, and look at what changed");
    let described: serde_json::Value = serde_json::from_str(&made).unwrap();
    assert_eq!(described["openapi"], "3.1.0");
    for route in chauban::http::ROUTES {
        let Some(path) = route.path.strip_prefix("/api/v1").filter(|path| *path != "/openapi.json") else { continue };
        assert!(described["paths"][path][route.method.to_lowercase()].is_object(), "{route:?} is not described");
    }
    assert_eq!(described["webhooks"].as_object().unwrap().len(), 3);
}

#[test]
fn a_record_is_found_read_and_proved() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let found = archivist.get(&format!("/api/v1/records?words={}", escaped("mua sam"))).json();
    assert_eq!((&found["total"], &found["records"][0]["symbol"]), (&json!(1), &json!("16/QĐ-STTTT")));

    // Pages follow one another to the end, each record once.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = archivist.get(&format!("/api/v1/records?limit=1{cursor}")).json();
        seen.push(page["records"][0]["doc_code"].as_str().unwrap().to_owned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    seen.sort();
    assert_eq!(seen, ["H26.10.2023.045.0000001", "H26.10.2023.045.0000002", "H26.33.2024.001.0000001"]);

    let record = archivist.get(&format!("/api/v1/records/{CODE}"));
    assert_eq!(record.json()["components"][0]["sha256"], ContentDigests::of(b"%PDF-1.7 one").sha256.to_string());
    let again = archivist.with(&format!("/api/v1/records/{CODE}"), &[("if-none-match", record.header("etag"))]);
    assert_eq!((again.status, again.body.len()), (304, 0));

    // A receipt over the API and the bytes over the API: proved by the program, without the archive.
    let file = archivist.get(&format!("/api/v1/records/{CODE}/components/1"));
    let receipt = archivist.get(&format!("/api/v1/records/{CODE}/receipt"));
    std::fs::write(scratch.path("file.pdf"), &file.body).unwrap();
    std::fs::write(scratch.path("receipt"), &receipt.body).unwrap();
    scratch.ok(&["verify-receipt", "receipt", "file.pdf", "--key", "kho/ledger/keys/ed25519.vkey"]);

    let events = archivist.get(&format!("/api/v1/records/{CODE}/events")).json();
    assert_eq!(events["events"][0]["event"], "record-accessioned");
    let kept = archivist.get(&format!("/api/v1/records/{CODE}/retention?on=2030-01-01")).json();
    assert_eq!((&kept["on"], &kept["until"]), (&json!("2030-01-01"), &json!("2033-12-31")));
    assert_eq!(archivist.get(&format!("/api/v1/records/{CODE}/retention?on=soon")).status, 400);
    let dossier = archivist.get("/api/v1/dossiers/H26.10.2023.045/records?limit=1").json();
    assert_eq!((&dossier["records"][0]["doc_code"], dossier["next"].is_string()), (&json!(CODE), true));
    let digest = ContentDigests::of(b"%PDF-1.7 one").sha256.to_string();
    assert_eq!(archivist.get(&format!("/api/v1/digests/{digest}")).json()["records"][0]["doc_code"], CODE);
    assert_eq!(archivist.get("/api/v1/fixity").json()["checks"], json!([]));
    assert!(archivist.get("/inspect?lang=en").text().contains("No check of the whole archive is recorded."));
    scratch.ok(&["verify", "--deep", "--record", "--actor", "Ngô E"]);
    crate::scratch::eventually("checked", || archivist.get("/api/v1/fixity").json()["checks"][0]["by"] == "Ngô E");
    let checked = archivist.get("/api/v1/fixity").json();
    // Who acted, and the check itself.
    assert_eq!((&checked["checks"][0]["doubts"], &checked["unchecked"]), (&json!(0), &json!(2)), "{checked}");
    assert!(archivist.get("/inspect?lang=en").text().contains("Every byte was read again, and there is no doubt."));
}

#[test]
fn content_comes_whole_or_in_ranges() {
    let scratch = archive();
    let big: Vec<u8> = (0..3_000_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let big = [b"%PDF-1.7 ", big.as_slice(), b"tail"].concat();
    scratch.document("big/1", &big, json!({ "symbol": "99/QĐ-STTTT", "file_code": "H26.10.2023.099" }));
    let code = scratch.ingest("big").doc_code().to_owned();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let path = format!("/api/v1/records/{code}/components/1");
    let whole = archivist.get(&path);
    assert_eq!((whole.status, whole.body == big), (200, true));
    assert_eq!(whole.header("content-length"), big.len().to_string());
    let tag = whole.header("etag").to_owned();
    let part = |range: &str| archivist.with(&path, &[("range", range)]);
    let check = |range: &str, expect: &[u8], span: &str| {
        let answer = part(range);
        assert_eq!((answer.status, answer.body == expect), (206, true), "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes {span}/{}", big.len()));
    };
    check("bytes=0-8", b"%PDF-1.7 ", "0-8");
    check("bytes=-4", b"tail", &format!("{}-{}", big.len() - 4, big.len() - 1));
    let across = 4_194_300..4_194_400;
    check("bytes=4194300-4194399", &big[across], "4194300-4194399");
    assert_eq!(part(&format!("bytes={}-", big.len())).status, 416);
    let same = archivist.with(&path, &[("if-none-match", &tag)]);
    assert_eq!((same.status, same.body.len()), (304, 0));
    assert_eq!(same.header("content-security-policy"), whole.header("content-security-policy"));
    assert_eq!(archivist.with(&path, &[("range", "bytes=0-8"), ("if-range", "\"other\"")]).status, 200);
    assert_eq!(server.ask("HEAD", &path, &[("cookie", &archivist.cookie)], b"").body.len(), 0);

    // What is sent to be looked at runs nothing; what is no PDF is saved.
    let page = archivist.get(&format!("/records/{code}/files/1"));
    assert!(page.header("content-disposition").starts_with("inline"));
    assert!(page.header("content-security-policy").contains("frame-ancestors 'self'"));
    assert!(whole.header("content-disposition").starts_with("attachment"));
}

#[test]
fn a_stored_byte_that_changed_never_arrives_whole() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let path = format!("/api/v1/records/{CODE}/components/1");
    assert_eq!(archivist.get(&path).status, 200);
    let segment = scratch.path("kho/segments/00000000.open");
    let segment = if segment.exists() {
        segment
    } else {
        std::fs::read_dir(scratch.path("kho/segments")).unwrap().map(|entry| entry.unwrap().path()).next().unwrap()
    };
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = 4096.min(bytes.len() / 2)..bytes.len();
    bytes[middle].iter_mut().for_each(|byte| *byte ^= 1);
    std::fs::write(&segment, bytes).unwrap();
    let answer = archivist.get(&path);
    assert!(answer.status >= 500 || answer.body.len() < b"%PDF-1.7 one".len(), "{answer:?}");
}

#[test]
fn sessions_begin_and_end() {
    let scratch = archive();
    let server = Server::start(&scratch);
    // A password that another person set opens nothing but the change of it.
    let first = server.sign_in("archivist", PASSWORD);
    assert_eq!(first.get("/api/v1/records").json()["code"], "change-password");
    assert_eq!(first.get("/search").header("location"), "/account");
    let own = own_password("archivist");
    let change =
        |old: &str, new: &str| first.form("/account/password", &[("old", old), ("new", new), ("again", new)]).status;
    assert_eq!(change("wrong wrong wrong wrong", &own), 422);
    assert_eq!(change(PASSWORD, PASSWORD), 422);
    assert_eq!(change(PASSWORD, "short"), 422);
    assert_eq!(change(PASSWORD, &own), 303);
    assert_eq!(first.get("/api/v1/session").status, 401, "a new password ends every session");

    let archivist = server.sign_in("archivist", &own);
    assert_eq!(archivist.get("/api/v1/session").json()["roles"], json!(["archivist"]));
    let cookie = server.ask(
        "POST",
        "/api/v1/session",
        &[("content-type", "application/json")],
        json!({ "name": "archivist", "password": own }).to_string().as_bytes(),
    );
    let cookie = cookie.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");

    // Nothing of a session lies on the disk that would open it.
    let secret = archivist.cookie.split('=').nth(1).unwrap();
    for entry in std::fs::read_dir(scratch.path("kho/state/sessions")).unwrap() {
        let entry = entry.unwrap();
        assert!(!entry.file_name().to_string_lossy().contains(secret));
        assert!(!std::fs::read_to_string(entry.path()).unwrap().contains(secret));
    }
    // A restart keeps it; signing out ends it.
    let (cookie, token) = (archivist.cookie.clone(), archivist.token.clone());
    drop(server);
    let server = Server::start(&scratch);
    let headers = [("cookie", cookie.as_str()), ("x-form-token", token.as_str())];
    assert_eq!(server.ask("GET", "/api/v1/session", &headers, b"").status, 200);
    assert_eq!(server.ask("DELETE", "/api/v1/session", &headers, b"").status, 204);
    assert_eq!(server.ask("GET", "/api/v1/session", &headers, b"").status, 401);
    scratch.ok(&["verify"]);
}

#[test]
fn requests_of_other_sites_change_nothing() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let client = server.client("archivist");
    let out = |fields: &[(&str, &str)], headers: &[(&str, &str)]| client.form_as("/sign-out", fields, headers).status;
    let token = client.token.clone();
    assert_eq!(out(&[], &[]), 403);
    assert_eq!(out(&[("form", "0")], &[]), 403);
    assert_eq!(out(&[("form", &token)], &[("origin", "https://evil.example")]), 403);
    assert_eq!(out(&[("form", &token)], &[("origin", "null")]), 403);
    assert_eq!(out(&[("form", &token)], &[("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(out(&[("form", &token)], &[("sec-fetch-site", "same-site")]), 403);
    let evil = [("content-type", "application/json"), ("origin", "https://evil.example")];
    let body = json!({ "name": "archivist", "password": own_password("archivist") }).to_string();
    assert_eq!(server.ask("POST", "/api/v1/session", &evil, body.as_bytes()).status, 403);
    let own = format!("http://{}", server.place);
    assert_eq!(out(&[("form", &token)], &[("origin", &own), ("sec-fetch-site", "same-origin")]), 303);
}

#[test]
fn guessing_is_slowed_down() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let attempt = |name: &str, password: &str| {
        let body = json!({ "name": name, "password": password }).to_string();
        let headers = [("content-type", "application/json")];
        server.ask("POST", "/api/v1/session", &headers, body.as_bytes())
    };
    let unknown = attempt("nobody", "wrong wrong wrong");
    let wrong = attempt("archivist", "wrong wrong wrong");
    assert_eq!((unknown.status, wrong.status), (401, 401));
    assert_eq!(unknown.json(), wrong.json(), "a name that is nobody's is answered alike");
    for _ in 0..4 {
        assert_eq!(attempt("archivist", "wrong wrong wrong").status, 401);
    }
    assert_eq!(attempt("archivist", PASSWORD).status, 429);
    let under = |name: &str| (0..6).map(|_| attempt(name, "wrong wrong wrong").status).collect::<Vec<_>>();
    assert_eq!(under("no-one"), [401, 401, 401, 401, 401, 429], "a name that is nobody's waits alike");
    // Another person sets a new one, and it is heard at once.
    assert_eq!(typed(&scratch, &["account", "password", "archivist"], "đò dọc sang ngang mùa nước nổi").status, 0);
    assert_eq!(attempt("archivist", "đò dọc sang ngang mùa nước nổi").status, 200);
}

#[test]
fn every_answer_carries_the_usual_headers() {
    let scratch = archive();
    let server = Server::start(&scratch);
    for path in [
        "/",
        "/sign-in",
        "/healthz",
        "/nowhere",
        "/api/v1/records",
        "/api/v1/nowhere",
        "/ledger/checkpoint",
        "/verify.html",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
    assert_eq!(server.get("/api/v1/records").header("content-type"), "application/problem+json");
    assert_eq!(server.get("/readyz").status, 200);
    assert!(server.get("/nowhere").text().contains("Không có gì ở đây"));
    let page = server.get("/sign-in?next=//evil.example/x").text();
    assert!(!page.contains("evil.example/x\""), "{page}");
}

#[test]
fn a_password_given_again_renews_the_session() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let prove = |password: &str| {
        let headers = [
            ("cookie", archivist.cookie.as_str()),
            ("x-form-token", archivist.token.as_str()),
            ("content-type", "application/json"),
        ];
        server.ask("POST", "/api/v1/session/proof", &headers, json!({ "password": password }).to_string().as_bytes())
    };
    let wrong = prove("another sentence altogether");
    assert_eq!((wrong.status, &wrong.json()["code"]), (401, &json!("wrong-password")));
    assert_eq!(archivist.get("/api/v1/session").status, 200);
    let right = prove(&own_password("archivist"));
    assert_eq!(right.status, 200, "{}", right.text());
    let cookie = right.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(cookie != archivist.cookie && right.json()["form_token"] != archivist.token.as_str());
    // The old cookie opens nothing any more: whoever had it does not share what was proved.
    assert_eq!(archivist.get("/api/v1/session").status, 401);
    assert_eq!(server.ask("GET", "/api/v1/session", &[("cookie", &cookie)], b"").status, 200);

    // A page does the same, and leads back; never elsewhere.
    let archivist = server.sign_in("archivist", &own_password("archivist"));
    let again = |next: &str| archivist.form("/sign-in-again", &[("password", "not this"), ("next", next)]);
    assert_eq!((again("/search").status, again("/search").text().contains("value=\"/search\"")), (401, true));
    assert!(!again("//elsewhere.example").text().contains("elsewhere"));
    let fields = [("password", own_password("archivist")), ("next", "/search?words=a".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let right = archivist.form("/sign-in-again", &fields);
    assert_eq!((right.status, right.header("location")), (303, "/search?words=a"));
    assert_eq!(archivist.get("/api/v1/session").status, 401);
}

#[test]
fn every_refusal_is_a_problem_whoever_refused() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let json = [("content-type", "application/json")];
    let check = |method: &str, path: &str, headers: &[(&str, &str)], body: &str, expect: (u16, &str)| {
        let answer = archivist.ask(method, path, headers, body.as_bytes());
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}: {}", answer.text());
        let problem = answer.json();
        assert_eq!((answer.status, problem["code"].as_str().unwrap()), expect, "{problem}");
        assert_eq!(problem["status"], answer.status);
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        answer
    };
    check("POST", "/api/v1/holds", &[("content-type", "text/plain")], "{}", (415, "invalid"));
    check("POST", "/api/v1/holds", &json, "{", (400, "invalid"));
    let other = check("POST", "/api/v1/holds", &json, r#"{"reason": 7}"#, (422, "invalid"));
    assert!(other.json()["detail"].as_str().unwrap().contains("reason"), "it says what is wrong");
    check("GET", "/api/v1/records?limit=many", &[], "", (400, "invalid"));
    check("GET", "/api/v1/nothing", &[], "", (404, "not-found"));
    let allowed = check("PUT", "/api/v1/holds", &json, "{}", (405, "invalid"));
    assert!(allowed.header("allow").contains("POST"), "{:?}", allowed.headers);
    // A page says it to people.
    let page = archivist.form("/holds", &[]);
    assert_eq!((page.status, page.header("content-type")), (422, "text/html; charset=utf-8"));
    assert!(page.text().contains("<main"), "{}", page.text());
}

#[test]
fn what_is_found_is_counted_to_narrow_it_by() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let counts = archivist.get("/api/v1/facets").json();
    let by = |facet: &str| counts[facet].as_array().unwrap().clone();
    assert_eq!((&counts["total"], by("by_holder").len()), (&json!(3), 2));
    // Each count is what a search by its value finds, and the page links to that search.
    let page = archivist.get("/search").text();
    // Of the documents here none names its signer: the index's own tests count signers.
    assert_eq!(counts["by_signer"], json!([]));
    for (facet, name) in
        [("by_holder", "holder"), ("by_type", "type"), ("by_verdict", "verdict"), ("by_retention", "retention")]
    {
        let values = by(facet);
        assert!(!values.is_empty(), "{facet}: {counts}");
        assert_eq!(values.iter().map(|one| one["records"].as_u64().unwrap()).sum::<u64>(), 3, "{facet}");
        for one in &values {
            let query = format!("{name}={}", escaped(one["value"].as_str().unwrap()));
            assert_eq!(archivist.get(&format!("/api/v1/records?{query}")).json()["total"], one["records"], "{query}");
            assert_eq!(archivist.get(&format!("/api/v1/facets?{query}")).json()["total"], one["records"], "{query}");
            assert!(values.len() == 1 || page.contains(&format!("/search?{query}\"")), "{query}");
        }
    }
    let narrowed = archivist.get("/search?lang=en&holder=H26.10&verdict=unsigned&retention=10").text();
    assert!(narrowed.contains("<ul class=\"chips\" aria-label=\"Filters in force\">"), "{narrowed}");
    for without in
        ["verdict=unsigned&amp;retention=10", "holder=H26.10&amp;retention=10", "holder=H26.10&amp;verdict=unsigned"]
    {
        assert!(
            narrowed.contains(without) || narrowed.contains(&without.replace("&amp;", "&#38;")),
            "{without}: {narrowed}"
        );
    }
    for wrong in ["verdict=good", "retention=ever", "retention=-1"] {
        assert_eq!(archivist.get(&format!("/api/v1/facets?{wrong}")).status, 400, "{wrong}");
    }
    let officer = server.client("transferring-officer");
    assert_eq!(officer.get("/api/v1/facets").json()["total"], 2);
    assert!(!officer.get("/api/v1/facets").text().contains("H26.33"), "counts keep the rights");
    let told = scratch.json(&["search", "--facets", "--verdict", "unsigned"]);
    assert_eq!(told["facets"]["by_holder"], json!({ "H26.10": 2, "H26.33": 1 }));
}

#[test]
fn a_search_is_saved_run_renamed_and_deleted_by_its_owner_alone() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let query = json!({ "words": "mua sắm", "type": "Quyết định", "holder": "H26.10" });
    let saved = archivist.json("POST", "/api/v1/searches", &json!({ "name": "Mua sắm & <b>", "query": query }));
    assert_eq!(saved.status, 201, "{}", saved.text());
    let saved = saved.json();
    assert_eq!(saved["query"], query);
    let place = format!("/api/v1/searches/{}", saved["search"].as_str().unwrap());
    // What is saved runs as it was typed.
    let pairs = saved["query"].as_object().unwrap().iter();
    let run: Vec<_> = pairs.map(|(name, value)| format!("{name}={}", escaped(value.as_str().unwrap()))).collect();
    assert_eq!(archivist.get(&format!("/api/v1/records?{}", run.join("&"))).json()["total"], 1);
    let home = archivist.get("/?lang=en").text();
    assert!(home.contains("Saved searches") && !home.contains("& <b>"), "{home}");

    let inspector = server.client("inspector");
    assert_eq!(inspector.get("/api/v1/searches").json()["searches"], json!([]));
    assert_eq!(inspector.json("PATCH", &place, &json!({ "name": "x" })).status, 404);
    assert_eq!(inspector.ask("DELETE", &place, &[], b"").status, 404);
    assert_eq!(archivist.json("PATCH", &place, &json!({ "name": "Khác" })).json()["name"], "Khác");
    for wrong in [json!({ "name": "a", "query": {} }), json!({ "name": "a", "query": { "from": "today" } })] {
        assert_eq!(archivist.json("POST", "/api/v1/searches", &wrong).status, 400, "{wrong}");
    }

    let form = [("name", "Theo trang"), ("words", "mua sắm"), ("verdict", "unsigned")];
    assert_eq!(archivist.form("/searches", &form).status, 303);
    let page = archivist.get("/searches?lang=en").text();
    let runs = format!("/search?words={}&#38;verdict=unsigned", escaped("mua sắm"));
    assert!(page.contains("Theo trang") && page.contains(&runs), "{page}");
    assert_eq!(archivist.ask("DELETE", &place, &[], b"").status, 204);
    assert_eq!(archivist.get("/api/v1/searches").json()["searches"].as_array().unwrap().len(), 1);
}

#[test]
fn reports_count_what_is_held_within_reach() {
    let scratch = archive();
    let code = |code: &str| json!({ "symbol": "91/QĐ-STTTT", "procedure_code": code });
    scratch.document("t2/1", b"%PDF-1.7 four", code("1.011442.000.00.00.H26"));
    scratch.document("t2/2", b"%PDF-1.7 five", code("=HYPERLINK(1)"));
    assert_eq!(scratch.ingest("t2").summary["taken"], 2);
    let server = Server::start(&scratch);
    let (archivist, officer) = (server.client("archivist"), server.client("transferring-officer"));
    let total =
        |client: &Client<'_>, report: &str| client.get(&format!("/api/v1/reports/{report}")).json()["total"].clone();
    let bytes = 12 + 12 + 14 + 13 + 13;
    assert_eq!(total(&archivist, "agencies"), json!({ "dossiers": 2, "records": 5, "bytes": bytes }));
    assert_eq!(total(&officer, "agencies"), json!({ "dossiers": 1, "records": 4, "bytes": bytes - 14 }));
    assert_eq!(total(&archivist, "agencies?agency=H26.33")["records"], 1);
    assert_eq!(total(&archivist, "years?from=1900&to=1901")["records"], 0);
    assert_eq!(total(&archivist, "signatures")["signed-share"], 0.0);
    let procedures = archivist.get("/api/v1/reports/procedures").json();
    assert_eq!(procedures["rows"], json!([{ "agency": "H26.10", "stated": 2, "odd": 1, "odd-share": 50.0 }]));
    assert!(total(&archivist, "findings")["found"].as_u64().unwrap() > 0);
    for report in ["agencies", "levels", "periods", "years", "signatures", "findings", "procedures"] {
        let page = archivist.get(&format!("/reports/{report}?lang=vi"));
        assert!(page.status == 200 && page.text().contains("<svg"), "{report}");
        let csv = archivist.get(&format!("/reports/{report}?format=csv"));
        assert!(
            csv.body.starts_with(b"\xef\xbb\xbf") && csv.header("content-disposition").contains(".csv"),
            "{report}"
        );
        let xlsx = archivist.get(&format!("/api/v1/reports/{report}?format=xlsx"));
        assert!(xlsx.body.starts_with(b"PK") && xlsx.header("content-type").contains("spreadsheetml"), "{report}");
    }
    let wrong = ["nothing", "agencies?from=x", "agencies?format=pdf"];
    let statuses = wrong.map(|report| archivist.get(&format!("/api/v1/reports/{report}")).status);
    assert_eq!(statuses, [404, 400, 400]);
}

#[test]
fn a_fonds_is_browsed_down_to_its_dossiers() {
    let scratch = archive();
    for ordinal in 0..60 {
        let about = json!({ "symbol": format!("{}/TB-STTTT", 300 + ordinal), "file_code": format!("H26.10.2022.{ordinal:03}") });
        scratch.document(&format!("t2/{ordinal}"), format!("%PDF-1.7 {ordinal}").as_bytes(), about);
    }
    scratch.ingest("t2");
    let server = Server::start(&scratch);
    let (archivist, officer) = (server.client("archivist"), server.client("transferring-officer"));
    let fonds = archivist.get("/api/v1/fonds").json()["fonds"].clone();
    let codes: Vec<_> = fonds.as_array().unwrap().iter().map(|one| one["agency"].as_str().unwrap()).collect();
    assert_eq!(
        (codes, &fonds[0]["dossiers"], &fonds[0]["records"]),
        (vec!["H26.10", "H26.33"], &json!(61), &json!(62))
    );
    let own = officer.get("/api/v1/fonds").json();
    assert_eq!(own["fonds"].as_array().unwrap().len(), 1, "{own}");
    assert_eq!(officer.get("/api/v1/fonds/H26.33").status, 404);
    assert_eq!(officer.get("/api/v1/fonds/H26.33/dossiers?year=2024").status, 404);
    assert_eq!(officer.get("/fonds/H26.33").status, 404);
    let years = archivist.get("/api/v1/fonds/H26.10").json()["years"].clone();
    assert_eq!(years[1], json!({ "year": 2022, "dossiers": 60, "records": 60 }));
    // Pages follow one another to the end, each dossier once.
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = archivist.get(&format!("/api/v1/fonds/H26.10/dossiers?year=2022{after}")).json();
        seen.extend(
            page["dossiers"].as_array().unwrap().iter().map(|one| one["file_code"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, (0..60).map(|ordinal| format!("H26.10.2022.{ordinal:03}")).collect::<Vec<_>>());
    let page = archivist.get("/fonds/H26.10?year=2022&lang=en").text();
    assert!(page.contains("/dossiers/H26.10.2022.049") && page.contains("after=H26.10.2022.049"), "{page}");
    assert!(archivist.get("/fonds?lang=vi").text().contains("/fonds/H26.33"));
    assert_eq!(archivist.get("/fonds/H26.99").status, 404);
}

#[test]
fn what_an_operation_does_not_have_is_refused_under_its_name() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let refused = archivist.get("/api/v1/records?words=x&form=2024-01-01");
    assert_eq!((refused.status, refused.json()["code"].as_str()), (400, Some("invalid")));
    assert_eq!(refused.json()["detail"], "there is no parameter form here");
    assert!(refused.json()["remedy"].as_str().unwrap().contains("from, "), "{}", refused.text());
    assert_eq!(archivist.get("/api/v1/records?words=x&from=2024-01-01&limit=1").status, 200);
    // Who may not ask at all hears nothing of parameters.
    assert_eq!(server.get("/api/v1/records?form=1").status, 401);
    assert_eq!(archivist.get("/search?words=x&utm=1").status, 200, "pages are for people's links");

    let wanted = json!({ "name": "a", "query": { "words": "x" }, "shared": true });
    let refused = archivist.json("POST", "/api/v1/searches", &wanted);
    assert_eq!((refused.status, &refused.json()["detail"]), (422, &json!("there is no field shared here")));
    let refused = archivist.json("POST", "/api/v1/searches", &json!({ "name": 1 }));
    assert!(refused.text().contains("the field name can't be read: "), "{}", refused.text());
    assert_eq!(archivist.get("/api/v1/searches").json()["searches"], json!([]));
}
