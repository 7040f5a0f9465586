//! Fetching evidence: from a local server, with and without faults; only where it is allowed.

use crate::scratch::{Scratch, record};
use serde_json::{Value, json};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sources/");
const LETTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sources/letter.txt.p7s");
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sources/root.crt");
/// How long a fault lasts: longer than any patience here.
const FAULT: Duration = Duration::from_secs(10);

/// What the server does about a path.
enum Reply {
    Gives(Vec<u8>),
    Status(&'static str),
    MovedTo(&'static str),
    /// Half of it, and the connection ends.
    Half(Vec<u8>),
    /// A byte now and then.
    Drips,
    /// Zeros without end.
    Floods,
}

type Serve = dyn Fn(&str, &[u8]) -> Reply + Send + Sync;

/// A server on the loopback address, until it is dropped.
struct Web {
    at: SocketAddr,
    asked: Arc<Mutex<Vec<(String, Vec<u8>)>>>,
    ended: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Web {
    fn start(serve: impl Fn(&str, &[u8]) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let (asked, ended): (Arc<Mutex<Vec<_>>>, _) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (told, over) = (Arc::clone(&asked), Arc::clone(&ended));
        let serve: Arc<Serve> = Arc::new(serve);
        let accepting = std::thread::spawn(move || {
            while !over.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let (serve, told, over) = (Arc::clone(&serve), Arc::clone(&told), Arc::clone(&over));
                        std::thread::spawn(move || answer(stream, &*serve, &told, &over));
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        });
        Self { at, asked, ended, accepting: Some(accepting) }
    }

    /// The fixtures in their places, but for `path`.
    fn but(path: &'static str, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Self {
        Self::start(move |asked, _| if asked == path { reply() } else { in_place(asked) })
    }

    /// What was asked since the last time, in order.
    fn asked(&self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|(path, _)| path).collect()
    }

    fn allow(&self) -> String {
        format!("pki.test.example={}", self.at)
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = self.accepting.take().map(JoinHandle::join);
    }
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{SOURCES}{name}")).unwrap()
}

fn in_place(path: &str) -> Reply {
    match path {
        "/authority.crt" | "/authority.crl" | "/root.crl" | "/root.crt" => Reply::Gives(fixture(&path[1..])),
        "/ocsp/authority" => Reply::Gives(fixture("signer.ocsp")),
        "/ocsp/root" => Reply::Gives(fixture("authority.ocsp")),
        _ => Reply::Status("404 Not Found"),
    }
}

fn answer(mut stream: TcpStream, serve: &Serve, asked: &Mutex<Vec<(String, Vec<u8>)>>, ended: &AtomicBool) {
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut request, mut part) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        let Ok(got @ 1..) = stream.read(&mut part) else { return };
        request.extend_from_slice(&part[..got]);
        let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.trim().parse::<usize>().unwrap());
        if request.len() >= end + 4 + length {
            break (head, request[end + 4..].to_vec());
        }
    };
    assert!(head.contains("host: pki.test.example\r\n"), "{head}");
    let path = head.split(' ').nth(1).unwrap().to_owned();
    asked.lock().unwrap().push((path.clone(), body.clone()));
    let ok = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let until = Instant::now() + FAULT;
    let goes_on = || Instant::now() < until && !ended.load(Ordering::SeqCst);
    let _ = match serve(&path, &body) {
        Reply::Gives(bytes) => stream.write_all(&[ok(bytes.len()).as_bytes(), &bytes].concat()),
        Reply::Status(status) => stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()),
        Reply::MovedTo(to) => {
            stream.write_all(format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").as_bytes())
        }
        Reply::Half(bytes) => stream.write_all(&[ok(bytes.len()).as_bytes(), &bytes[..bytes.len() / 2]].concat()),
        Reply::Drips => {
            let mut written = stream.write_all(ok(100_000).as_bytes());
            while written.is_ok() && goes_on() {
                std::thread::sleep(Duration::from_millis(50));
                written = stream.write_all(b"0");
            }
            written
        }
        Reply::Floods => {
            let mut written = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while written.is_ok() && goes_on() {
                written = stream.write_all(&[0; 65536]);
            }
            written
        }
    };
}

/// The letter checked as of a day on which all its evidence is in force.
fn check(scratch: &Scratch, status: i32, more: &[&str]) -> Value {
    let usual = ["check-signature", LETTER, "--policy", "eu", "--at", "2026-12-01", "--json"];
    serde_json::from_str(&scratch.expect(status, &[&usual, more].concat()).out).unwrap()
}

fn indication(checked: &Value) -> &str {
    checked["run"]["signatures"][0]["indication"].as_str().unwrap()
}

/// Path and outcome of each place.
fn told(checked: &Value) -> Vec<String> {
    let places = checked["fetched"].as_array().unwrap().iter();
    let line = |one: &Value| {
        let url = one["url"].as_str().unwrap();
        format!(
            "{} {}",
            url.strip_prefix("http://pki.test.example").unwrap_or("ldap"),
            one["outcome"].as_str().unwrap()
        )
    };
    places.map(line).collect()
}

#[test]
fn a_verdict_gets_what_it_lacks_and_the_report_says_from_where() {
    let scratch = Scratch::empty();
    let web = Web::start(|path, _| in_place(path));
    let allow = web.allow();
    let without = check(&scratch, 1, &["--trust", ROOT]);
    assert_eq!(indication(&without), "INDETERMINATE");
    assert_eq!(without.get("fetched"), None, "the report without network stays as it is");

    let checked = check(&scratch, 0, &["--trust", ROOT, "--fetch", "--allow", &allow]);
    assert_eq!(indication(&checked), "TOTAL_PASSED", "{checked}");
    assert_eq!(web.paths(), ["/authority.crt", "/authority.crl", "/root.crl"]);
    let expect = ["ldap not-fetchable", "/authority.crt fetched", "ldap not-fetchable", "/authority.crl fetched"];
    assert_eq!(told(&checked), [&expect[..], &["/root.crl fetched"]].concat());
    let list = &checked["fetched"][3];
    let sha256 = chauban::digest::Sha256::of(&fixture("authority.crl")).to_string();
    assert_eq!((&list["sha256"], &list["seeks"]), (&json!([sha256]), &json!("revocation-list")));
    assert!(list["at"].as_str().unwrap() > "2026-11" && list["tries"] == 1, "{list}");
    let evidence = checked["run"]["signatures"][0].to_string();
    assert!(evidence.contains(&sha256), "what was fetched is what the verdict rests on");
    // Handed in instead of fetched, it gives the same verdict.
    let at_hand = ["authority.crt", "authority.crl", "root.crl"].map(|name| format!("{SOURCES}{name}"));
    let at_hand: Vec<&str> = at_hand.iter().flat_map(|path| ["--evidence", path]).collect();
    let offline = check(&scratch, 0, &[&["--trust", ROOT][..], &at_hand].concat());
    assert_eq!(offline["run"]["signatures"], checked["run"]["signatures"]);

    let shown = ["check-signature", LETTER, "--policy", "eu", "--at", "2026-12-01", "--trust", ROOT, "--fetch"];
    let shown = [&shown[..], &["--allow", &allow, "--lang", "vi"]].concat();
    let text = scratch.ok(&shown);
    assert!(text.contains("danh sách thu hồi: đã tải") && text.contains(&sha256), "{text}");
    web.paths();
    // Two files, one fetching.
    let twice = [&shown[..], &[LETTER]].concat();
    assert!(scratch.ok(&twice).contains("đã tải trước đó"));
    assert_eq!(web.paths().len(), 3);
}

#[test]
fn nothing_is_asked_that_is_not_allowed() {
    let scratch = Scratch::empty();
    let web = Web::start(|path, _| in_place(path));
    let other = format!("other.test.example={}", web.at);
    let above = format!("http://pki.test.example/lists={}", web.at);
    let secure = format!("https://pki.test.example/={}", web.at);
    for allow in [&other, &above, &secure] {
        let checked = check(&scratch, 1, &["--trust", ROOT, "--fetch", "--allow", allow]);
        assert_eq!(told(&checked), ["ldap not-fetchable", "/authority.crt not-allowed"]);
    }
    assert_eq!(web.paths(), [""; 0]);
    // Nor where nothing is allowed at all, or is no place.
    let usual = ["check-signature", LETTER, "--trust", ROOT];
    let none = scratch.command(&[&usual[..], &["--fetch"]].concat()).env_remove("CHAUBAN_ARCHIVE").output().unwrap();
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8(none.stderr).unwrap().contains("nothing may be fetched"));
    for allow in ["ldap://pki.test.example", "*", "http://u:p@pki.test.example", "pki.test.example=mirror"] {
        scratch.expect(2, &[&usual[..], &["--fetch", "--allow", allow]].concat());
    }
    scratch.expect(2, &[&usual[..], &["--allow", "pki.test.example"]].concat());
}

#[test]
fn a_fault_is_told_and_never_looks_like_a_verdict() {
    let scratch = Scratch::empty();
    let check = |reply: fn() -> Reply, outcome: &str, detail: &str, tries: u64| {
        // Nothing else says anything about the signer.
        let web = Web::start(move |path, _| match path {
            "/authority.crl" => reply(),
            "/ocsp/authority" => Reply::Status("404 Not Found"),
            path => in_place(path),
        });
        let started = Instant::now();
        let fetch = ["--trust", ROOT, "--fetch", "--timeout", "1", "--allow", &web.allow()];
        let checked = check(&scratch, 1, &fetch);
        assert!(started.elapsed() < Duration::from_secs(8), "{outcome}: {:?}", started.elapsed());
        assert_eq!(indication(&checked), "INDETERMINATE", "{outcome}");
        assert_eq!(checked["run"]["signatures"][0]["sub_indication"], "TRY_LATER", "{outcome}");
        let places = checked["fetched"].as_array().unwrap();
        let list = places.iter().find(|one| one["url"] == "http://pki.test.example/authority.crl").unwrap();
        assert_eq!((&list["outcome"], &list["tries"]), (&json!(outcome), &json!(tries)), "{list}");
        assert!(list["detail"].as_str().unwrap().contains(detail), "{list}");
        assert_eq!(list["sha256"], json!([]));
    };
    check(|| Reply::Status("404 Not Found"), "failed", "404", 1);
    check(|| Reply::Status("503 Busy"), "failed", "503", 2);
    check(|| Reply::MovedTo("http://127.0.0.1:9/x"), "failed", "points to http://127.0.0.1:9/x", 1);
    check(|| Reply::Half(fixture("authority.crl")), "failed", "can't be reached", 2);
    check(|| Reply::Gives(fixture("authority.crl")[..100].to_vec()), "unfit", "no revocation list", 1);
    check(|| Reply::Gives(b"<!doctype html><title>Sign in</title>".to_vec()), "unfit", "no revocation list", 1);
    check(|| Reply::Gives(fixture("authority.crt")), "unfit", "no revocation list", 1);
    check(|| Reply::Drips, "failed", "did not answer within", 2);
    // A list of another authority is one; it says nothing about the signer.
    let web = Web::start(|path, _| match path {
        "/authority.crl" => Reply::Gives(fixture("root.crl")),
        "/ocsp/authority" => Reply::Gives(fixture("authority.ocsp")),
        path => in_place(path),
    });
    let checked = self::check(&scratch, 1, &["--trust", ROOT, "--fetch", "--allow", &web.allow()]);
    assert_eq!(checked["run"]["signatures"][0]["sub_indication"], "TRY_LATER");
    assert!(told(&checked).contains(&"/ocsp/authority unfit".to_owned()), "{checked}");
}

#[test]
fn an_endless_answer_ends_at_its_limit() {
    let scratch = Scratch::empty();
    let web = Web::but("/authority.crt", || Reply::Floods);
    let started = Instant::now();
    let checked = check(&scratch, 1, &["--trust", ROOT, "--fetch", "--allow", &web.allow()]);
    assert!(started.elapsed() < FAULT, "{:?}", started.elapsed());
    assert_eq!(told(&checked)[1], "/authority.crt failed");
    assert!(checked["fetched"][1]["detail"].as_str().unwrap().contains("longer than 1048576 bytes"), "{checked}");
}

#[test]
fn openssl_answers_what_the_program_asks() {
    let scratch = Scratch::empty();
    let (pki, keys) = (scratch.path("pki"), scratch.path("keys"));
    fs::create_dir(&pki).unwrap();
    fs::create_dir(&keys).unwrap();
    let made = Command::new(format!("{SOURCES}make.sh")).args([&pki, &keys]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let (served, work) = (pki.clone(), keys.clone());
    let web = Web::start(move |path, body| match path.strip_prefix("/ocsp/") {
        None if path.ends_with(".crt") => Reply::Gives(fs::read(served.join(&path[1..])).unwrap()),
        None => Reply::Status("404 Not Found"),
        Some(issuer) => Reply::Gives(respond(&work, issuer, body)),
    });
    let letter = pki.join("letter.txt.p7s");
    let root = pki.join("root.crt");
    let ask = ["check-signature", letter.to_str().unwrap(), "--policy", "eu", "--trust", root.to_str().unwrap()];
    let allow = web.allow();
    let ask = [&ask[..], &["--json", "--fetch", "--allow", &allow]].concat();
    let checked: Value = serde_json::from_str(&scratch.ok(&ask)).unwrap();
    assert_eq!(indication(&checked), "TOTAL_PASSED", "{checked}");
    let told = told(&checked);
    assert!(told.contains(&"/ocsp/authority fetched".to_owned()), "{told:?}");
    assert!(told.contains(&"/ocsp/root fetched".to_owned()), "{told:?}");
    // Revoked, it says so: by the same way.
    let revoke = ["ca", "-config", "ca.cnf", "-cert", "authority.pem", "-keyfile", "authority.key"];
    let revoke = [&revoke[..], &["-revoke", "signer.pem", "-crl_reason", "keyCompromise"]].concat();
    let revoked = Command::new("openssl").args(revoke).current_dir(&keys).env("NAME", "authority").output().unwrap();
    assert!(revoked.status.success(), "{revoked:?}");
    let checked: Value = serde_json::from_str(&scratch.expect(1, &ask).out).unwrap();
    assert_eq!(checked["run"]["signatures"][0]["sub_indication"], "REVOKED_NO_POE", "{checked}");
}

/// What OpenSSL's responder says to a request.
fn respond(keys: &Path, issuer: &str, request: &[u8]) -> Vec<u8> {
    let (asked, said) = (keys.join(format!("{issuer}.request")), keys.join(format!("{issuer}.response")));
    fs::write(&asked, request).unwrap();
    let file = |suffix: &str| format!("{issuer}{suffix}");
    let done = Command::new("openssl")
        .args(["ocsp", "-index", &file(".txt"), "-CA", &file(".pem"), "-rsigner", &file("-responder.pem")])
        .args(["-rkey", &file("-responder.key"), "-ndays", "1", "-reqin"])
        .arg(&asked)
        .arg("-respout")
        .arg(&said)
        .current_dir(keys)
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    fs::read(said).unwrap()
}

#[test]
fn what_is_fetched_for_a_record_is_captured_and_proves_it_without_the_network() {
    let scratch = Scratch::new();
    let web = Web::start(|path, _| in_place(path));
    let sha256 = chauban::digest::Sha256::of(&fixture("root.crt")).to_string();
    scratch.ok(&["trust", "add", ROOT, "--tree", "other", "--fingerprint", &sha256, "--source", "the test"]);
    let (letter, signature) = (fixture("letter.txt"), fixture("letter.txt.p7s"));
    let files: [(&str, &[u8]); 2] = [("letter.txt", &letter), ("letter.txt.p7s", &signature)];
    let take = |folder: &str, file_code: &str| {
        scratch.dossier(folder, json!({ "file_code": file_code, "records": [record(&files, json!({}))] }));
        files.iter().for_each(|(name, bytes)| fs::write(scratch.path(folder).join(name), bytes).unwrap());
        assert_eq!(scratch.ingest(folder).summary["taken"], 1);
        scratch.ok(&["show", &format!("{file_code}.0000001")])
    };
    let shown = take("d", "H26.10.2024.052");
    assert!(!shown.contains("TOTAL_PASSED"), "{shown}");
    let code = "H26.10.2024.052.0000001";
    let nowhere = scratch.expect(4, &["revalidate", code, "--fetch"]);
    assert!(nowhere.err.contains("chauban evidence-source add"), "{}", nowhere.err);
    let via = web.at.to_string();
    scratch.ok(&["evidence-source", "add", "pki.test.example", "--via", &via, "--reason", "the test"]);
    assert_eq!(web.paths(), [""; 0], "nobody is asked so far");

    scratch.ok(&["revalidate", code, "--fetch"]);
    assert_eq!(web.paths(), ["/authority.crt", "/authority.crl", "/root.crl"]);
    let shown = scratch.ok(&["show", code]);
    assert!(shown.contains("TOTAL_PASSED"), "{shown}");
    drop(web);
    scratch.ok(&["verify", "--signatures"]);
    scratch.ok(&["rebuild"]);
    scratch.ok(&["verify", "--deep"]);
    // The next is judged by what was captured: nobody listens any more.
    let shown = take("e", "H26.10.2024.053");
    assert!(shown.contains("TOTAL_PASSED"), "{shown}");
}

#[test]
fn what_arrives_is_taken_first_and_validated_again_with_what_is_fetched() {
    let scratch = Scratch::new();
    let web = Web::start(|path, _| in_place(path));
    let sha256 = chauban::digest::Sha256::of(&fixture("root.crt")).to_string();
    scratch.ok(&["trust", "add", ROOT, "--tree", "other", "--fingerprint", &sha256, "--source", "the test"]);
    let (letter, signature) = (fixture("letter.txt"), fixture("letter.txt.p7s"));
    let files: [(&str, &[u8]); 2] = [("letter.txt", &letter), ("letter.txt.p7s", &signature)];
    for (folder, file_code) in [("d", "H26.10.2024.052"), ("e", "H26.10.2024.053"), ("f", "H26.10.2024.054")] {
        scratch.dossier(folder, json!({ "file_code": file_code, "records": [record(&files, json!({}))] }));
        files.iter().for_each(|(name, bytes)| fs::write(scratch.path(folder).join(name), bytes).unwrap());
    }
    let folder = |name: &str| scratch.path(name).to_str().unwrap().to_owned();
    let nowhere = scratch.expect(4, &["ingest", "--fetch", &folder("d")]);
    assert!(nowhere.err.contains("chauban evidence-source add"), "{}", nowhere.err);
    scratch.expect(2, &["ingest", "--fetch", "--dry-run", &folder("d")]);
    let via = web.at.to_string();
    scratch.ok(&["evidence-source", "add", "pki.test.example", "--via", &via, "--reason", "the test"]);

    scratch.ok(&["ingest", "--fetch", &folder("d")]);
    assert_eq!(web.paths(), ["/authority.crt", "/authority.crl", "/root.crl"]);
    assert!(scratch.ok(&["show", "H26.10.2024.052.0000001"]).contains("TOTAL_PASSED"));
    let history = scratch.json(&["history", "H26.10.2024.052.0000001"]);
    let runs = history["events"].as_array().unwrap().iter().filter(|one| one["event"] == "signatures-validated");
    assert_eq!(runs.count(), 2, "{history}");
    // What was captured serves the next at once, and nobody is asked.
    scratch.ok(&["ingest", "--fetch", &folder("e")]);
    assert_eq!(web.paths(), [""; 0]);
    assert!(scratch.ok(&["show", "H26.10.2024.053.0000001"]).contains("TOTAL_PASSED"));
    drop(web);
    scratch.ok(&["verify", "--signatures"]);

    // A source that does not answer keeps nobody from being taken.
    let other = Scratch::new();
    other.ok(&["trust", "add", ROOT, "--tree", "other", "--fingerprint", &sha256, "--source", "the test"]);
    other.ok(&["evidence-source", "add", "pki.test.example", "--via", "127.0.0.1:9", "--reason", "the test"]);
    let told = other.ok(&["ingest", "--fetch", "--json", &folder("f")]);
    assert!(told.contains("\"taken\":1") || told.contains("\"taken\": 1"), "{told}");
    assert!(told.contains("\"recorded\":false"), "{told}");
}

#[test]
fn an_archive_says_what_may_be_fetched_and_never_forgets_it() {
    let scratch = Scratch::new();
    let web = Web::start(|path, _| in_place(path));
    assert_eq!(scratch.json(&["evidence-source", "list"])["sources"], json!([]));
    assert!(scratch.expect(2, &["check-signature", LETTER, "--fetch"]).err.contains("chauban evidence-source add"));
    let (via, reason) = (web.at.to_string(), ["--reason", "lists of the test authority"]);
    let add = ["evidence-source", "add", "PKI.test.example", "--via", &via];
    let added = scratch.json(&[&add[..], &reason].concat());
    assert_eq!((&added["place"], &added["via"]), (&json!("pki.test.example"), &json!(via)));
    assert_eq!((&added["reason"], &added["ended"]), (&json!(reason[1]), &Value::Null));
    scratch.expect(4, &[&add[..], &reason].concat());
    scratch.expect(2, &add);
    for place in ["ftp://x/", "http://", "http://x/ y", "*.example", "http://x/?q", "a/b"] {
        scratch.expect(2, &[&["evidence-source", "add", place][..], &reason].concat());
    }
    scratch.expect(2, &[&["evidence-source", "add", "x.example", "--via", "y.example"][..], &reason].concat());

    let sha256 = chauban::digest::Sha256::of(&fixture("root.crt")).to_string();
    let trust = ["trust", "add", ROOT, "--tree", "other", "--fingerprint", &sha256, "--source", "the test"];
    scratch.ok(&trust);
    assert_eq!(indication(&check(&scratch, 1, &[])), "INDETERMINATE");
    assert_eq!(web.paths(), [""; 0], "not without --fetch");
    assert_eq!(indication(&check(&scratch, 0, &["--fetch"])), "TOTAL_PASSED");
    assert_eq!(web.paths().len(), 3);
    assert_eq!(told(&check(&scratch, 1, &["--fetch", "--allow", "other.example"]))[1], "/authority.crt not-allowed");

    let remove = ["evidence-source", "remove", "pki.test.example", "--reason", "moved"];
    assert_eq!(scratch.json(&remove)["ended"], "moved");
    scratch.expect(3, &remove);
    assert!(scratch.expect(2, &["check-signature", LETTER, "--fetch"]).err.contains("nothing may be fetched"));
    // Allowed again it is another line.
    scratch.ok(&["evidence-source", "add", "http://pki.test.example/", "--reason", "again"]);
    let listed = scratch.json(&["evidence-source", "list"]);
    assert_eq!(listed["sources"].as_array().unwrap().len(), 2);
    scratch.ok(&["rebuild"]);
    assert_eq!(scratch.json(&["evidence-source", "list"]), listed);
    scratch.ok(&["verify", "--deep"]);
    assert!(scratch.ok(&["evidence-source", "list", "--lang", "vi"]).contains("đã ngừng: moved"));
}
