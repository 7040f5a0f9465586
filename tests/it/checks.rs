//! Files handed in over the wire to be checked: signatures, receipts, evidence records; what they may cost; and that nothing of
//! them stays.

use crate::account::made;
use crate::scratch::{Scratch, eventually, record};
use crate::server::{Answer, Client, Server, archive};
use crate::stamp::Authority;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts/");
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sources/");
const KIND: &str = "multipart/form-data; boundary=xx";
const CODE: &str = "H26.10.2023.045.0000001";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FIXTURES}{name}")).unwrap()
}

/// A form with files: fields, then for each file its field, its name, its bytes.
fn form(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (field, name, bytes) in files {
        let head = format!("--xx\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--xx--\r\n");
    body
}

/// Hands files in.
fn handed(who: &Client<'_>, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
    who.ask("POST", path, &[("content-type", KIND)], &form(fields, files))
}

/// An archive with accounts that trusts the roots of the fixtures.
fn trusting() -> Scratch {
    let scratch = archive();
    for (root, tree) in
        [("official-duty-root", "official-duty"), ("public-root", "public"), ("stamp-root", "time-stamping")]
    {
        let path = format!("{FIXTURES}pki/{root}.pem");
        let fingerprint = crate::trust::fingerprint(&scratch, &path);
        let add = ["trust", "add", &path, "--tree", tree, "--fingerprint", &fingerprint, "--source", "the fixtures"];
        scratch.ok(&add);
    }
    scratch
}

/// What lies in the scratch space of what was handed in.
fn left(scratch: &Scratch) -> usize {
    let there = std::fs::read_dir(scratch.path("tmp")).unwrap();
    there.filter(|one| one.as_ref().unwrap().file_name().to_string_lossy().contains("handed-in")).count()
}

#[test]
fn a_file_is_judged_as_the_command_judges_it_and_is_not_kept() {
    let scratch = trusting();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    let path = "/api/v1/check-signature";
    let cases: Value = serde_json::from_slice(&fixture("cases.json")).unwrap();
    for id in ["01a", "06a", "20l", "04a"] {
        let case = cases["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap();
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        let (file, document, at) = (fixture(text("file")), case["document_file"].as_str(), text("at"));
        let lists: Vec<&str> =
            case["evidence"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()).collect();
        let evidence: Vec<Vec<u8>> = lists.iter().map(|name| fixture(name)).collect();
        let document_bytes = document.map(fixture);
        let mut files: Vec<(&str, &str, &[u8])> = vec![("file", text("file"), &file)];
        files.extend(document_bytes.iter().map(|bytes| ("document", "letter.txt", bytes.as_slice())));
        files.extend(lists.iter().zip(&evidence).map(|(name, bytes)| ("evidence", *name, bytes.as_slice())));
        let answer = handed(&inspector, path, &[("at", at)], &files);
        assert_eq!(answer.status, 200, "{id}: {}", answer.text());

        let full = |name: &str| format!("{FIXTURES}{name}");
        let mut command =
            vec!["check-signature".to_owned(), full(text("file")), "--json".into(), "--at".into(), at.into()];
        lists.iter().for_each(|name| command.extend(["--evidence".to_owned(), full(name)]));
        document.into_iter().for_each(|name| command.extend(["--document".to_owned(), full(name)]));
        let ran = scratch.run(&command.iter().map(String::as_str).collect::<Vec<_>>());
        let wanted: Value = serde_json::from_str(&ran.out).unwrap();
        let told = answer.json();
        assert_eq!((&told["good"], &told["run"]), (&wanted["good"], &wanted["run"]), "{id}");
        assert_eq!(told["good"], id != "04a", "{id}: {told}");
    }
    assert_eq!(left(&scratch), 0);

    let signed = fixture("06a_leader_then_agency.pdf");
    let lists: Vec<Vec<u8>> = ["official-duty-root", "official-duty-ca", "stamp-root", "stamp-ca"]
        .map(|name| fixture(&format!("pki/crl/2024-06-30/{name}.crl")))
        .to_vec();
    let mut files: Vec<(&str, &str, &[u8])> = vec![("file", "quyết định <b>.pdf", &signed)];
    files.extend(lists.iter().map(|list| ("evidence", "a.crl", list.as_slice())));
    let etsi = handed(&inspector, path, &[("report", "etsi"), ("at", "2024-07-01")], &files);
    assert_eq!((etsi.status, etsi.header("content-type")), (200, "application/xml"));
    assert!(etsi.text().contains("urn:etsi:019102:mainindication:total-passed"), "{}", etsi.text());

    // The page says it in the words of a record's timeline.
    let page = |language: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]| {
        let fields = [&[("form", inspector.token.as_str())], fields].concat();
        inspector.form_bytes(&format!("/inspect/signatures?lang={language}"), KIND, &form(&fields, files))
    };
    let told = page("en", &[("at", "2024-07-01")], &files);
    let text = told.text();
    assert_eq!(told.status, 200, "{text}");
    for words in ["Signatures of quyết định &#60;b&#62;.pdf", "TOTAL-PASSED", "Leader", "Is the signature good?"] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    assert!(!text.contains("the archive keeps"), "of what is no record nothing is kept: {text}");
    assert!(page("vi", &[("at", "2024-07-01")], &files).text().contains("Chữ ký số của quyết định"));
    let plain = page("en", &[], &[("file", "a.txt", b"no signature"), ("document", "", b"")]);
    assert!(plain.status == 200 && plain.text().contains("No signature was found in it."), "{}", plain.text());
    let wrong = page("vi", &[("at", "soon")], &files);
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    assert!(wrong.text().contains("thời điểm viết như 2026-01-31"), "{}", wrong.text());
    let form_page = inspector.get("/inspect?lang=en").text();
    assert!(form_page.contains("action=\"/inspect/signatures\""), "{form_page}");

    let refused = |fields: &[(&str, &str)], files: &[(&str, &str, &[u8])], status: u16| {
        let answer = handed(&inspector, path, fields, files);
        assert_eq!(answer.status, status, "{fields:?}: {}", answer.text());
    };
    refused(&[], &[], 400);
    refused(&[("policy", "us")], &files, 400);
    refused(&[("report", "pdf")], &files, 400);
    refused(&[], &[files[0], ("evidence", "a.crl", b"none")], 400);
    let many: Vec<(&str, &str, &[u8])> = (0..65).map(|_| ("evidence", "a", b"".as_slice())).collect();
    refused(&[], &many, 413);
    let other = ("content-type", "application/pdf");
    assert_eq!(inspector.ask("POST", path, &[other], &signed).status, 415);
    for name in ["transferring-officer", "administrator", "deciding-authority"] {
        assert_eq!(handed(&server.client(name), path, &[], &files).status, 403, "{name}");
    }
    assert_eq!(handed(&server.client("archivist"), path, &[("at", "2024-07-01")], &files).json()["good"], true);
    assert_eq!(left(&scratch), 0);
}

/// Begins to hand a file in, and stops in the middle of it.
fn stalled(server: &Server, who: &Client<'_>) -> TcpStream {
    let mut stream = TcpStream::connect(&server.place).unwrap();
    let body = form(&[], &[("file", "slow.pdf", &[b'%'; 1 << 20])]);
    let head = format!(
        "POST /api/v1/check-signature HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nx-form-token: {}\r\ncontent-type: {KIND}\r\n\
         content-length: {}\r\n\r\n",
        server.place,
        who.cookie,
        who.token,
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body[..body.len() / 2]).unwrap();
    stream
}

#[test]
fn what_is_handed_in_is_bounded_in_number_and_size() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    // Nobody is trusted here, so nothing in it proves anything for long, and nobody keeps what would.
    let signed = fixture("06a_leader_then_agency.pdf");
    let body = form(&[("form", inspector.token.as_str())], &[("file", "a.pdf", &signed)]);
    let told = inspector.form_bytes("/inspect/signatures?lang=en", KIND, &body).text();
    assert!(told.contains("Level B-B: the evidence is not in the document. Algorithms"), "{told}");

    let small: [(&str, &str, &[u8]); 1] = [("file", "a.txt", b"no signature")];
    let ask = || handed(&inspector, "/api/v1/check-signature", &[], &small).status;
    assert_eq!(ask(), 200);
    let held = || {
        let open = std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap();
        let files = open.filter_map(|one| std::fs::read_link(one.unwrap().path()).ok());
        files.filter(|file| file.to_string_lossy().contains("chauban-handed-in")).count()
    };
    let waiting: Vec<TcpStream> = (0..4).map(|_| stalled(&server, &inspector)).collect();
    eventually("full", || held() == 4);
    assert_eq!(ask(), 503);
    assert_eq!(left(&scratch), 0, "they have no names even while they arrive");
    let full = handed(&inspector, "/api/v1/verify-receipt", &[], &small);
    assert_eq!((full.status, &full.json()["code"]), (503, &json!("unavailable")), "one limit for all checks");
    assert_eq!(server.get("/healthz").status, 200, "the rest goes on");
    assert_eq!(inspector.get("/inspect").status, 200);
    drop(waiting);
    eventually("free again", || held() == 0);
    assert_eq!(ask(), 200);

    // More than is taken: refused by what is announced, or as soon as it has come.
    let head = |more: &str| {
        format!(
            "POST /api/v1/check-signature HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nx-form-token: {}\r\ncontent-type: {KIND}\r\n\
             connection: close\r\n{more}\r\n\r\n",
            server.place, inspector.cookie, inspector.token
        )
    };
    let mut announced = TcpStream::connect(&server.place).unwrap();
    announced.write_all(head("content-length: 400000000").as_bytes()).unwrap();
    let mut told = [0; 12];
    announced.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 413");
    let mut endless = TcpStream::connect(&server.place).unwrap();
    endless.write_all(head("transfer-encoding: chunked").as_bytes()).unwrap();
    let begin = b"--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    endless.write_all(&[format!("{:x}\r\n", begin.len()).as_bytes(), begin, b"\r\n"].concat()).unwrap();
    let chunk = [b"100000\r\n".as_slice(), &vec![b'x'; 1 << 20], b"\r\n"].concat();
    let sent = (0..400).take_while(|_| endless.write_all(&chunk).is_ok()).count();
    assert!(sent < 400, "it reads without end");
    let mut told = Vec::new();
    let _ = endless.read_to_end(&mut told);
    assert!(told.is_empty() || told.starts_with(b"HTTP/1.1 413"), "{}", String::from_utf8_lossy(&told));
    assert_eq!((ask(), left(&scratch)), (200, 0));
}

#[test]
fn receipts_and_evidence_records_are_checked_against_their_files() {
    let scratch = archive();
    let authority = Authority::start(&scratch, "tsa", &[]);
    scratch.ok(&["time-authority", "add", &authority.url, "--name", "tsa"]);
    let server = Server::start(&scratch);
    let (inspector, decider) = (server.client("inspector"), server.client("deciding-authority"));
    let place = format!("/api/v1/records/{CODE}/evidence-record");
    let early = inspector.get(&place);
    assert_eq!((early.status, &early.json()["detail"]), (409, &json!("the record is not time-stamped yet")));
    assert_eq!(inspector.get(&format!("/records/{CODE}/evidence-record")).status, 409);
    scratch.ok(&["stamp"]);
    eventually("stamped", || inspector.get(&place).status == 200);
    assert_eq!(decider.get(&place).status, 403);
    let made = inspector.get(&place);
    assert_eq!(made.header("content-disposition"), format!("attachment; filename=\"{CODE}.ers\""));
    assert_eq!(inspector.get(&format!("/records/{CODE}/evidence-record")).body, made.body);
    assert!(inspector.get(&format!("/records/{CODE}?lang=en")).text().contains("Fetch the evidence record"));
    scratch.ok(&["evidence", CODE, "-o", "e"]);
    assert_eq!(std::fs::read(scratch.path("e")).unwrap(), made.body, "as the command writes it");

    let (file, other): (&[u8], &[u8]) = (b"%PDF-1.7 one", b"%PDF-1.7 two");
    let evidence = |record: &[u8], file: &[u8]| {
        handed(&inspector, "/api/v1/verify-evidence", &[], &[("record", "e.ers", record), ("file", "a.pdf", file)])
    };
    let covered = evidence(&made.body, file).json();
    assert_eq!((&covered["outcome"], &covered["trust_judged"]), (&json!("covered"), &json!(false)), "{covered}");
    std::fs::write(scratch.path("a.pdf"), file).unwrap();
    let told = scratch.json(&["verify-evidence", "e", "a.pdf"]);
    assert_eq!(covered, told, "as the command says it");
    assert_eq!(evidence(&made.body, other).json()["outcome"], "not-covered");
    assert_eq!(evidence(b"none", file).status, 400);

    let receipt = inspector.get(&format!("/api/v1/records/{CODE}/receipt")).body;
    let proven = |receipt: &[u8], file: &[u8]| {
        handed(&inspector, "/api/v1/verify-receipt", &[], &[("receipt", "r", receipt), ("file", "a.pdf", file)])
    };
    let good = proven(&receipt, file).json();
    std::fs::write(scratch.path("r"), &receipt).unwrap();
    let key = "kho/ledger/keys/ed25519.vkey";
    assert_eq!(good, scratch.json(&["verify-receipt", "r", "a.pdf", "--key", key]), "as the command says it");
    assert_eq!(good["proven"], true);
    let bad = proven(&receipt, other).json();
    assert!(bad["proven"] == false && !bad["reason"].as_str().unwrap().is_empty(), "{bad}");
    assert_eq!(proven(&[0xff], file).status, 400);
    assert_eq!(proven(&vec![b'a'; 2 << 20], file).status, 400, "longer than any receipt");

    // Where the archive trusts somebody, the authority is judged by that.
    let root = authority.root.to_str().unwrap();
    let fingerprint = crate::trust::fingerprint(&scratch, root);
    let add = ["trust", "add", root, "--tree", "time-stamping", "--fingerprint", &fingerprint, "--source", "the test"];
    scratch.ok(&add);
    eventually("trusted", || evidence(&made.body, file).json()["trust_judged"] == true);
}

#[test]
fn an_archivist_has_a_record_validated_again_with_newer_evidence() {
    let scratch = archive();
    let source = |name: &str| std::fs::read(format!("{SOURCES}{name}")).unwrap();
    let root = format!("{SOURCES}root.crt");
    let fingerprint = chauban::digest::Sha256::of(&source("root.crt")).to_string();
    scratch.ok(&["trust", "add", &root, "--tree", "other", "--fingerprint", &fingerprint, "--source", "the test"]);
    let (letter, signature) = (source("letter.txt"), source("letter.txt.p7s"));
    let files: [(&str, &[u8]); 2] = [("letter.txt", &letter), ("letter.txt.p7s", &signature)];
    scratch.dossier("d", json!({ "file_code": "H26.10.2024.052", "records": [record(&files, json!({}))] }));
    files.iter().for_each(|(name, bytes)| std::fs::write(scratch.path("d").join(name), bytes).unwrap());
    let code = scratch.ingest("d").doc_code().to_owned();
    made(&scratch, "elsewhere", "archivist", &["--agency", "H33"]);

    let server = Server::start(&scratch);
    let (archivist, inspector) = (server.client("archivist"), server.client("inspector"));
    let place = format!("/api/v1/records/{code}/revalidation");
    let newer = ["authority.crt", "authority.crl", "root.crl"].map(|name| (name, source(name)));
    let files: Vec<(&str, &str, &[u8])> =
        newer.iter().map(|(name, bytes)| ("evidence", *name, bytes.as_slice())).collect();
    let runs = || {
        let events = archivist.get(&format!("/api/v1/records/{code}/events")).json()["events"].clone();
        events.as_array().unwrap().iter().filter(|one| one["event"] == "signatures-validated").count()
    };
    let before = runs();
    assert_eq!(handed(&inspector, &place, &[], &files).status, 403);
    assert_eq!(handed(&server.client("elsewhere"), &place, &[], &files).status, 404);
    assert_eq!(handed(&archivist, &place, &[], &[("evidence", "a.crl", b"none")]).status, 400);
    assert_eq!(handed(&archivist, &place, &[("fetch", "no")], &files).status, 400);
    assert_eq!(runs(), before, "what is refused is no event");
    let page = format!("/records/{code}");
    assert!(!archivist.get(&format!("{page}?lang=en")).text().contains("TOTAL-PASSED"));
    let came = handed(&archivist, &place, &[], &files);
    let told = came.json();
    assert_eq!((came.status, &told["before"], &told["recorded"]), (200, &json!("review"), &json!(true)), "{told}");
    assert_eq!(told["fetched"], json!([]), "nothing is asked unless that is wanted: {told}");
    assert_eq!(runs(), before + 1);
    assert_eq!(archivist.get(&format!("/api/v1/records/{code}")).json()["validation"]["outcome"], told["outcome"]);

    let text = archivist.get(&format!("{page}?lang=en")).text();
    assert!(text.contains("Validate again") && text.contains("TOTAL-PASSED"), "{text}");
    assert!(!inspector.get(&format!("{page}?lang=en")).text().contains("Validate again"));
    let on_page = |files: &[(&str, &str, &[u8])]| {
        let body = form(&[("form", archivist.token.as_str())], files);
        archivist.form_bytes(&format!("{page}/revalidation?lang=en"), KIND, &body)
    };
    let again = on_page(&[("evidence", "", b"")]);
    assert_eq!((again.status, again.header("location")), (303, format!("{page}#verdict").as_str()), "{}", again.text());
    assert_eq!(runs(), before + 2);
    let wrong = on_page(&[("evidence", "<i>.crl", b"none")]);
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    assert!(wrong.text().contains("&#60;i&#62;.crl is no evidence"), "{}", wrong.text());
    drop(server);
    scratch.ok(&["verify", "--signatures"]);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn every_byte_of_a_record_is_checked_and_damage_is_told() {
    let scratch = archive();
    let mut state = 1u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(1 << 20)
    .collect();
    scratch.document("n/1", &noise, json!({ "id": "9", "symbol": "9/TB", "file_code": "H26.10.2023.077" }));
    let code = scratch.ingest("n").doc_code().to_owned();
    let server = Server::start(&scratch);
    let (inspector, officer) = (server.client("inspector"), server.client("transferring-officer"));
    let check = |code: &str| inspector.json("POST", &format!("/api/v1/records/{code}/check"), &json!({}));
    let whole = check(&code).json();
    assert_eq!((&whole["ok"], &whole["doubts"]), (&json!(true), &json!([])), "{whole}");
    assert!(whole["bytes"].as_u64() > Some(1 << 20), "{whole}");
    assert_eq!(officer.json("POST", &format!("/api/v1/records/{code}/check"), &json!({})).status, 403);
    assert_eq!(check("H26.10.2023.077.0000009").status, 404);
    let page = format!("/records/{code}");
    let asked = inspector.form(&format!("{page}/check?lang=en"), &[]);
    assert!(
        asked.status == 200 && asked.text().contains("Every byte of it is as it was accessioned"),
        "{}",
        asked.text()
    );
    assert!(!officer.get(&format!("{page}?lang=en")).text().contains("Check every byte"));

    let segments: Vec<_> = std::fs::read_dir(scratch.path("kho/segments")).unwrap().collect();
    let largest = segments.into_iter().map(|one| one.unwrap().path()).max_by_key(|path| path.metadata().unwrap().len());
    let largest = largest.unwrap();
    let mut bytes = std::fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&largest, bytes).unwrap();
    let damaged = check(&code).json();
    assert_eq!(damaged["ok"], false, "{damaged}");
    assert!(!damaged["doubts"][0]["what"].as_str().unwrap().is_empty(), "{damaged}");
    assert_eq!(check(CODE).json()["ok"], true, "another record is whole");
    let told = inspector.form(&format!("{page}/check?lang=en"), &[]);
    assert!(told.status == 200 && told.text().contains("Something does not fit:"), "{}", told.text());
}
