//! Transfers over the wire: handed over in pieces, examined, corrected, submitted, returned, accepted; and what a kill leaves.

use crate::account::made;
use crate::casework::parts;
use crate::scratch::{Scratch, eventually, sidecar};
use crate::server::{Answer, Client, Server, archive};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Crc;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

mod crowd;
mod described;
mod documents;

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");

/// A transfer, and who works on it.
struct Work<'a> {
    officer: &'a Client<'a>,
    at: String,
}

impl<'a> Work<'a> {
    fn begin(officer: &'a Client<'a>) -> Self {
        let begun =
            officer.json("POST", "/api/v1/transfers", &json!({ "agency": "H26.10", "title": "Hồ sơ năm 2023" }));
        assert_eq!(begun.status, 201, "{}", begun.text());
        assert_eq!(begun.json()["state"], "draft");
        Self { officer, at: begun.header("location").to_owned() }
    }

    fn post(&self, who: &Client<'_>, rest: &str) -> Answer {
        who.ask("POST", &format!("{}{rest}", self.at), &[], b"")
    }

    fn begin_upload(&self, path: &str, length: usize) -> Answer {
        let (length, metadata) = (length.to_string(), format!("filename {},kind cGRm", STANDARD.encode(path)));
        let headers = [TUS, ("upload-length", length.as_str()), ("upload-metadata", metadata.as_str())];
        self.officer.ask("POST", &format!("{}/uploads", self.at), &headers, b"")
    }

    #[track_caller]
    fn upload(&self, path: &str, content: &[u8]) {
        let begun = self.begin_upload(path, content.len());
        assert_eq!(begun.status, 201, "{}", begun.text());
        let sent = send(self.officer, begun.header("location"), 0, content);
        assert_eq!((sent.status, sent.header("upload-offset")), (204, content.len().to_string().as_str()));
    }

    #[track_caller]
    fn document(&self, name: &str, content: &[u8], changes: Value) {
        self.upload(&format!("{name}.pdf"), content);
        self.upload(&format!("{name}.json"), sidecar(content, changes).to_string().as_bytes());
    }

    #[track_caller]
    fn examined(&self) -> Value {
        let asked = self.post(self.officer, "/examination");
        assert_eq!(asked.status, 202, "{}", asked.text());
        let events = self.officer.get(&format!("{}/progress", self.at));
        assert_eq!(events.header("content-type"), "text/event-stream");
        assert!(events.text().ends_with("event: end\ndata: {}\n\n"), "{}", events.text());
        self.officer.get(&format!("{}/examination", self.at)).json()
    }

    #[track_caller]
    fn until(&self, who: &Client<'_>, state: &str) -> Value {
        let since = Instant::now();
        loop {
            let shown = who.get(&self.at).json();
            if shown["state"] == state && shown["job"].is_null() {
                return shown;
            }
            assert!(since.elapsed() < Duration::from_secs(60), "{shown}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn send(who: &Client<'_>, place: &str, offset: usize, bytes: &[u8]) -> Answer {
    let offset = offset.to_string();
    let kind = ("content-type", "application/offset+octet-stream");
    who.ask("PATCH", place, &[TUS, kind, ("upload-offset", &offset)], bytes)
}

fn offset(who: &Client<'_>, place: &str) -> usize {
    who.ask("HEAD", place, &[TUS], b"").header("upload-offset").parse().unwrap()
}

/// A package of files that are not packed.
pub fn package(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut crc = Crc::new();
        crc.update(content);
        let mut shared = [20u16, 0, 0, 0, 0].map(u16::to_le_bytes).concat();
        shared.extend([crc.sum(), content.len() as u32, content.len() as u32].map(u32::to_le_bytes).concat());
        shared.extend([name.len() as u16, 0].map(u16::to_le_bytes).concat());
        let at = (bytes.len() as u32).to_le_bytes();
        bytes.extend([b"PK\x03\x04", &shared[..], name.as_bytes(), content].concat());
        directory.extend([b"PK\x01\x02\x14\0", &shared[..], &[0; 10], &at, name.as_bytes()].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let end = [(directory.len() as u32).to_le_bytes(), (bytes.len() as u32).to_le_bytes()].concat();
    [&bytes, &directory[..], b"PK\x05\x06\0\0\0\0", &count, &count, &end, &[0; 2]].concat()
}

/// Sends files as a page does for who has no script.
fn form(who: &Client<'_>, path: &str, token: Option<&str>, files: &[(&str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    if let Some(token) = token {
        body.extend(format!("--xx\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n{token}\r\n").bytes());
    }
    for (name, content) in files {
        let head = format!("--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    }
    body.extend(b"--xx--\r\n");
    who.form_bytes(path, "multipart/form-data; boundary=xx", &body)
}

#[test]
fn a_transfer_is_handed_over_corrected_and_accessioned() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let (officer, archivist) = (server.client("transferring-officer"), server.client("archivist"));
    let work = Work::begin(&officer);
    assert_eq!(work.post(&officer, "/examination").status, 202);
    let nothing = work.until(&officer, "draft");
    assert_eq!(officer.get(&format!("{}/examination", work.at)).status, 404, "nothing was handed over: {nothing}");

    // In pieces: what was acknowledged is there, whatever else is sent.
    let content = b"%PDF-1.7 four";
    let begun = work.begin_upload("a/4.pdf", content.len());
    let place = begun.header("location").to_owned();
    assert_eq!(send(&officer, &place, 0, &content[..5]).header("upload-offset"), "5");
    assert_eq!(send(&officer, &place, 0, content).status, 409, "the offset is another");
    assert_eq!(send(&officer, &place, 5, b"far more than was announced").status, 400);
    let at = offset(&officer, &place);
    assert_eq!(send(&officer, &place, at, &content[at..]).status, 204);
    assert_eq!(offset(&officer, &place), content.len());
    work.upload("a/4.json", sidecar(b"another content", json!({})).to_string().as_bytes());

    // A package through a plain form.
    let five = sidecar(b"%PDF-1.7 five", json!({ "symbol": "17/QĐ-STTTT" })).to_string();
    let zip = package(&[("b/5.pdf", b"%PDF-1.7 five"), ("b/5.json", five.as_bytes())]);
    let page = work.at.replace("/api/v1", "");
    assert_eq!(form(&officer, &format!("{page}/files"), None, &[("b.zip", &zip)]).status, 403, "without its token");
    let sent = form(&officer, &format!("{page}/files"), Some(&officer.token), &[("b.zip", &zip)]);
    assert_eq!(sent.status, 303, "{}", sent.text());

    let found = work.examined();
    assert_eq!(
        (&found["documents"], &found["refused"], &found["good"]),
        (&json!(2), &json!(1), &json!(false)),
        "{found}"
    );
    assert_eq!(found["findings"][0]["code"], "digest-mismatch");
    assert_eq!(found["findings"][0]["place"], "a/4.pdf", "as the agency knows it");
    assert!(found["findings"][0]["remedy_en"].as_str().is_some_and(|remedy| !remedy.is_empty()));
    assert_eq!(work.post(&officer, "/submission").status, 409, "with an error");
    let shown = officer.get(&page).text();
    assert!(shown.contains("digest-mismatch") && !shown.contains("/submit\""), "{shown}");
    assert!(
        (shown.contains("SHA-256 đã khai ") || shown.contains(" byte, thực có ")) && !shown.contains(" announced, "),
        "a finding is told in one language: {shown}"
    );

    // Corrected: the same place again.
    work.upload("a/4.json", sidecar(content, json!({ "symbol": "18/QĐ-STTTT" })).to_string().as_bytes());
    assert_eq!(work.post(&officer, "/submission").status, 409, "not examined since");
    let seen = officer.get(&work.at).header("etag").to_owned();
    let found = work.examined();
    assert_eq!((&found["acceptable"], &found["good"]), (&json!(2), &json!(true)), "{found}");
    let stale = officer.ask("POST", &format!("{}/submission", work.at), &[("if-match", &seen)], b"");
    assert_eq!((stale.status, &stale.json()["code"]), (412, &json!("changed")));
    let submitted = work.post(&officer, "/submission");
    assert_eq!((submitted.status, &submitted.json()["state"]), (200, &json!("submitted")), "{}", submitted.text());
    assert_eq!(work.begin_upload("more.pdf", 3).status, 409);
    assert_eq!(officer.ask("DELETE", &work.at, &[], b"").status, 409);

    // Returned with a reason, and submitted again.
    let no_reason = archivist.json("POST", &format!("{}/return", work.at), &json!({ "reason": " " }));
    assert_eq!(no_reason.status, 400);
    let why = json!({ "reason": "Thiếu <mục lục>." });
    assert_eq!(archivist.json("POST", &format!("{}/return", work.at), &why).status, 200);
    assert!(officer.get(&page).text().contains("Thiếu &#60;mục lục&#62;."));
    assert_eq!(work.post(&officer, "/submission").status, 200, "nothing changed since it was examined");
    assert_eq!(work.post(&officer, "/acceptance").status, 403);
    assert_eq!(work.post(&archivist, "/acceptance").status, 202);
    work.until(&archivist, "ended");
    assert_eq!(work.post(&archivist, "/acceptance").status, 409);

    let documents = officer.get(&format!("{}/accession", work.at)).json()["documents"].clone();
    let outcomes: Vec<&str> =
        documents.as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["taken", "taken"]);
    for document in documents.as_array().unwrap() {
        let code = document["doc_code"].as_str().unwrap();
        assert_eq!(officer.get(&format!("/api/v1/records/{code}/components/1")).status, 200);
        assert_eq!(officer.get(&format!("/api/v1/records/{code}/receipt")).status, 200);
    }
    assert!(officer.get(&format!("{}/minutes", work.at)).body.starts_with(b"%PDF-1.7"));
    let receipts = officer.get(&format!("{}/receipts", work.at));
    assert_eq!((receipts.status, receipts.header("content-type")), (200, "application/zip"));
    let proofs = receipts.body.windows(11).filter(|bytes| bytes == b".tlog-proof").count();
    assert_eq!(proofs, 4, "two receipts, each named before its bytes and in the directory");
    assert_eq!(officer.get(&format!("{}/files", work.at)).json()["files"], json!([]), "it lies in the archive now");
    let at = work.at.clone();
    drop(server);
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    let server = Server::start(&scratch);
    assert_eq!(signed_in(&server, "archivist").get(&at).json()["state"], "ended", "out of the events");
}

#[test]
fn a_form_that_was_begun_before_the_submission_changes_nothing_after_it() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let (officer, archivist) = (server.client("transferring-officer"), server.client("archivist"));
    let work = Work::begin(&officer);
    work.document("4", b"%PDF-1.7 four", json!({}));
    let page = work.at.replace("/api/v1", "");
    let token = format!("--xx\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n{}\r\n--xx\r\n", officer.token);
    let rest = "Content-Disposition: form-data; name=\"file\"; filename=\"4.pdf\"\r\n\r\n%PDF-1.7 other\r\n--xx--\r\n";
    let mut form = TcpStream::connect(&server.place).unwrap();
    let length = token.len() + rest.len();
    let head = format!(
        "POST {page}/files HTTP/1.1\r\nhost: a\r\ncookie: {}\r\ncontent-type: multipart/form-data; boundary=xx\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n{token}",
        officer.cookie
    );
    form.write_all(head.as_bytes()).unwrap();
    assert_eq!(work.examined()["good"], true);
    assert_eq!(work.post(&officer, "/submission").status, 200);
    form.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    form.read_to_string(&mut answer).unwrap();
    assert!(!answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(work.post(&archivist, "/acceptance").status, 202);
    let ended = work.until(&archivist, "ended");
    assert_eq!(ended["state"], "ended");
}

#[test]
fn a_document_without_its_sidecar_is_no_error_and_the_example_describes_one() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let officer = server.client("transferring-officer");
    let home = officer.get("/?lang=en").text();
    assert!(home.contains("href=\"/transfers#new\">Begin a transfer") && !home.contains("<dt>Stored</dt>"), "{home}");
    assert!(!server.client("archivist").get("/?lang=en").text().contains("Begin a transfer"));
    let work = Work::begin(&officer);
    let content = b"%PDF-1.7 alone";
    work.upload("1.pdf", content);
    assert_eq!(work.examined()["good"], false);
    let page = |language: &str| officer.get(&format!("{}?lang={language}", work.at.replace("/api/v1", ""))).text();
    let (vi, en) = (page("vi"), page("en"));
    assert!(en.contains("no document to be taken either") && !en.contains("There are errors to correct"), "{en}");
    assert!(vi.contains("chưa có tài liệu nào để tiếp nhận") && vi.contains("webkitdirectory"), "{vi}");
    let schema = officer.get("/assets/sidecar.schema.json");
    assert_eq!(schema.text(), include_str!("../../schemas/sidecar.schema.json"));
    let mut example = officer.get("/assets/sidecar.example.json").json();
    example["size"] = content.len().into();
    example["sha256"] = sidecar(content, json!({}))["sha256"].clone();
    work.upload("1.json", example.to_string().as_bytes());
    let found = work.examined();
    assert_eq!((&found["acceptable"], &found["good"]), (&json!(1), &json!(true)), "{found}");
    assert!(page("en").contains("No error was found"));
}

#[test]
fn signed_minutes_are_handed_in_by_either_side_and_fetched_by_both() {
    let scratch = archive();
    made(&scratch, "other-officer", "transferring-officer", &["--agency", "H26.33"]);
    scratch.ok(&["agency", "add", "Sở Thông tin", "--code", "H26.10", "--from", "2020-01-01"]);
    let server = Server::start(&scratch);
    let (officer, archivist) = (server.client("transferring-officer"), server.client("archivist"));
    let (inspector, other) = (server.client("inspector"), server.client("other-officer"));
    let work = Work::begin(&officer);
    let place = format!("{}/minutes", work.at);
    let file = |who: &Client<'_>, fields: &[(&str, &str)], bytes: &[u8]| {
        who.ask("POST", &place, &[("content-type", "multipart/form-data; boundary=xx")], &parts(fields, Some(bytes)))
    };
    let signed = std::fs::read("tests/fixtures/verdicts/07b_evidence_added_certified.pdf").unwrap();
    let why = [("unsigned", "chưa có danh sách thu hồi")];
    assert_eq!(file(&officer, &why, &signed).status, 409, "it has not ended");
    work.document("1", b"%PDF-1.7 minutes", json!({ "symbol": "23/QĐ-STTTT" }));
    work.examined();
    assert_eq!(work.post(&officer, "/submission").status, 200);
    assert_eq!(work.post(&archivist, "/acceptance").status, 202);
    work.until(&archivist, "ended");

    assert_eq!(file(&other, &why, &signed).status, 404);
    assert_eq!(file(&inspector, &why, &signed).status, 403, "who is no side");
    assert_eq!(file(&officer, &why, b"%PDF-1.7 a scan").status, 400, "it carries no signature");
    assert_eq!(file(&officer, &[], &signed).status, 403, "its signatures are not proven here, and nothing says why");
    let made = officer.get(&place).body;
    assert_eq!(file(&officer, &[], &made).status, 403, "as it was made");
    let filed = file(&officer, &why, &signed);
    assert_eq!((filed.status, &filed.json()["state"]), (200, &json!("ended")), "{}", filed.text());
    let step = filed.json()["steps"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&step["step"], &step["document"]["standing"]), (&json!("minutes-filed"), &json!("undecided")));
    assert_eq!(file(&archivist, &why, &signed).status, 200);

    let fetched = format!("{place}/{}", step["index"]);
    assert_eq!(archivist.get(&fetched).body, signed);
    assert_eq!((other.get(&fetched).status, officer.get(&format!("{place}/1")).status), (404, 404));
    let page = |language: &str| officer.get(&format!("{}?lang={language}", work.at.replace("/api/v1", ""))).text();
    let (vi, en) = (page("vi"), page("en"));
    assert!(vi.contains("Biên bản đã ký") && vi.contains("Lấy mọi biên nhận (ZIP)"), "{vi}");
    assert!(en.contains("Signed minutes") && en.contains("van-ban.pdf") && en.contains("id=\"minutes\""), "{en}");
    drop(server);
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    let server = Server::start(&scratch);
    assert_eq!(signed_in(&server, "archivist").get(&fetched).body, signed, "out of the events");
}

#[test]
fn the_examination_tells_of_a_code_that_the_register_does_not_have() {
    let scratch = archive();
    scratch.ok(&["agency", "add", "Sở", "--code", "H26.10", "--from", "2020-01-01"]);
    let server = Server::start(&scratch);
    let officer = server.client("transferring-officer");
    let work = Work::begin(&officer);
    work.document("1", b"%PDF-1.7 own", json!({ "symbol": "21/QĐ-STTTT" }));
    work.document("2", b"%PDF-1.7 odd", json!({ "symbol": "22/QĐ-STTTT", "agency_code": "H26.10.99" }));
    let found = work.examined();
    assert_eq!((&found["acceptable"], &found["good"]), (&json!(2), &json!(true)), "{found}");
    let codes: Vec<_> = found["findings"].as_array().unwrap().iter().map(|one| (&one["place"], &one["code"])).collect();
    assert!(codes.contains(&(&json!("2.pdf"), &json!("agency-unregistered"))), "{codes:?}");
    assert!(!codes.iter().any(|(place, code)| *place == "1.pdf" && *code == "agency-unregistered"), "{codes:?}");
}

#[test]
fn an_agency_hands_over_what_is_its_own() {
    let scratch = archive();
    made(&scratch, "other-officer", "transferring-officer", &["--agency", "H26.33"]);
    let server = Server::start(&scratch);
    let (officer, other) = (server.client("transferring-officer"), server.client("other-officer"));
    let foreign = json!({ "agency": "H26.33", "title": "x" });
    assert_eq!(officer.json("POST", "/api/v1/transfers", &foreign).status, 404);
    // A request whose answer was lost is repeated, and begins no second one.
    let key = [("idempotency-key", "k-1"), ("content-type", "application/json")];
    let begin = |title: &str| {
        let body = json!({ "agency": "H26.10", "title": title }).to_string();
        officer.ask("POST", "/api/v1/transfers", &key, body.as_bytes())
    };
    let (first, again, reused) = (begin("một"), begin("một"), begin("hai"));
    assert_eq!((first.status, again.status, reused.status), (201, 201, 422), "{}", reused.text());
    assert_eq!((first.header("location"), &first.body), (again.header("location"), &again.body));
    assert_eq!(officer.get("/api/v1/transfers").json()["transfers"].as_array().unwrap().len(), 1);
    let work = Work::begin(&officer);
    work.document("1", b"%PDF-1.7 six", json!({ "file_code": "H26.33.2024.001" }));
    // An agency keeps what others issued, too.
    work.document("2", b"%PDF-1.7 seven", json!({ "file_code": "H26.10.2024.001", "agency_code": "H26.33" }));
    // What is held in a dossier of another agency is not told.
    work.document("3", b"%PDF-1.7 three", json!({ "file_code": "H26.33.2024.001", "symbol": "7/TB-SK" }));
    let found = work.examined();
    let codes: Vec<&str> =
        found["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["agency-foreign"; 2], "{found}");
    for rest in ["", "/files", "/examination", "/progress", "/accession", "/minutes"] {
        assert_eq!(other.get(&format!("{}{rest}", work.at)).status, 404, "{rest}");
    }
    assert_eq!(other.get(&work.at.replace("/api/v1", "")).status, 404);
    assert_eq!(other.get("/api/v1/transfers").json()["transfers"], json!([]));
    for path in ["../x.pdf", "/etc/passwd", "a/../../x", "a\\b", "x/y.zip", ""] {
        assert_eq!(work.begin_upload(path, 3).status, 400, "{path:?}");
    }
    assert_eq!(work.begin_upload("long", 1 << 41).status, 413);
    assert_eq!(officer.ask("DELETE", &format!("{}/files?path=1.pdf", work.at), &[], b"").status, 204);
    assert_eq!(officer.ask("DELETE", &format!("{}/files?path=1.pdf", work.at), &[], b"").status, 404);
    assert_eq!(officer.ask("DELETE", &work.at, &[], b"").status, 204);
    assert_eq!(officer.get(&work.at).status, 404);
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let officer = server.client("transferring-officer");
    drop(server.client("archivist"));
    let work = Work::begin(&officer);
    let content: Vec<u8> = b"%PDF-1.7 ".iter().copied().chain((0..300_000u32).map(|at| (at % 251) as u8)).collect();
    let begun = work.begin_upload("1.pdf", content.len());
    let place = begun.header("location").to_owned();
    assert_eq!(send(&officer, &place, 0, &content[..200_000]).status, 204);
    let at = work.at.clone();
    drop(server);

    let server = Server::start(&scratch);
    let officer = signed_in(&server, "transferring-officer");
    let work = Work { officer: &officer, at };
    let kept = offset(&officer, &place);
    assert_eq!(kept, 200_000);
    assert_eq!(send(&officer, &place, kept, &content[kept..]).status, 204);
    work.upload("1.json", sidecar(&content, json!({ "symbol": "19/QĐ-STTTT" })).to_string().as_bytes());
    assert_eq!(work.examined()["good"], true);
    assert_eq!(work.post(&officer, "/submission").status, 200);
    let archivist = signed_in(&server, "archivist");
    assert_eq!(work.post(&archivist, "/acceptance").status, 202);
    let at = work.at.clone();
    // The acceptance was answered; its accession has hardly begun.
    drop(server);

    let server = Server::start(&scratch);
    let archivist = signed_in(&server, "archivist");
    let work = Work { officer: &archivist, at };
    work.until(&archivist, "ended");
    let accession = archivist.get(&format!("{}/accession", work.at)).json();
    assert_eq!(accession["documents"][0]["outcome"], "taken", "{accession}");
    let code = accession["documents"][0]["doc_code"].as_str().unwrap();
    assert_eq!(archivist.get(&format!("/api/v1/records/{code}/components/1")).body, content);
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}

fn signed_in<'a>(server: &'a Server, name: &str) -> Client<'a> {
    server.sign_in(name, &crate::server::own_password(name))
}

/// The service and commands take turns.
#[test]
fn a_command_may_write_beside_the_service() {
    let scratch: Scratch = archive();
    let server = Server::start(&scratch);
    let officer = server.client("transferring-officer");
    let work = Work::begin(&officer);
    work.document("1", b"%PDF-1.7 eight", json!({ "symbol": "20/QĐ-STTTT", "retention": "70 năm" }));
    assert_eq!(work.examined()["good"], true);
    scratch.document(
        "n/1",
        b"%PDF-1.7 nine",
        json!({ "symbol": "21/QĐ-STTTT", "retention": "vĩnh viễn", "file_code": "H26.10.2023.046" }),
    );
    assert_eq!(scratch.ingest("n").summary["taken"], 1);
    // Under a scope key that was not there when the service started.
    let content = "/api/v1/records/H26.10.2023.046.0000001/components/1";
    eventually("what a command took in is shown", || officer.get(content).status == 200);
    assert_eq!(work.post(&officer, "/submission").status, 200);
}
