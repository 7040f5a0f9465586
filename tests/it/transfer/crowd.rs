//! Many agencies hand over at once, and the service is killed under them: what it acknowledged is there.

use super::*;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Documents of each agency, and the pieces that they are sent in.
const DOCUMENTS: usize = 3;
const DOCUMENT_BYTES: usize = 120_000;
const PIECE_BYTES: usize = 32 << 10;
const FREE: [(&str, &str); 2] =
    [("CHAUBAN_LIMITS_REQUESTS_PER_MINUTE", "0"), ("CHAUBAN_LIMITS_SIGN_INS_PER_MINUTE", "0")];

/// Agencies at once: some in every run of the tests, 200 by `make crowd`.
fn agencies() -> usize {
    std::env::var("CHAUBAN_AGENCIES").map_or(8, |count| count.parse().expect("a number"))
}

/// An agency: what it hands over, and what it was told of that.
struct Agency {
    code: String,
    cookie: String,
    token: String,
    transfer: Option<String>,
    files: Vec<Upload>,
}

struct Upload {
    path: String,
    content: Vec<u8>,
    place: Option<String>,
    acknowledged: usize,
}

/// An answer that says that it was done; anything else is a fault of the service.
#[track_caller]
fn done(answer: Answer, status: u16) -> Answer {
    assert_eq!(answer.status, status, "{}", answer.text());
    answer
}

impl Agency {
    fn new(number: usize, server: &Server) -> Self {
        let code = format!("H26.{}", 100 + number);
        let officer = server.client(&code.to_lowercase());
        let documents = (0..DOCUMENTS).flat_map(|document| {
            let seed = (number * DOCUMENTS + document) as u32;
            let noise = (0..DOCUMENT_BYTES as u32).map(|at| (at.wrapping_mul(2_654_435_761) ^ seed).to_le_bytes()[2]);
            let content: Vec<u8> = format!("%PDF-1.7 {seed} ").into_bytes().into_iter().chain(noise).collect();
            let described = sidecar(
                &content,
                json!({ "agency_code": code, "file_code": format!("{code}.2023.001"), "symbol": format!("{}/QĐ-SK", document + 1) }),
            );
            let described = described.to_string().into_bytes();
            [(format!("{document}.pdf"), content), (format!("{document}.json"), described)]
        });
        let file = |(path, content)| Upload { path, content, place: None, acknowledged: 0 };
        let files = documents.map(file).collect();
        Self { cookie: officer.cookie.clone(), token: officer.token.clone(), code, transfer: None, files }
    }

    /// Hands over until everything is submitted; an error where the service went away.
    fn hand_over(&mut self, server: &Server, acknowledged: &AtomicUsize) -> io::Result<()> {
        let who = server.again(&self.cookie, &self.token);
        let at = match &self.transfer {
            Some(at) => at.clone(),
            None => {
                // Asked again after a lost answer, it begins no second one.
                let body = json!({ "agency": self.code, "title": "Hồ sơ năm 2023" }).to_string();
                let headers = [("content-type", "application/json"), ("idempotency-key", self.code.as_str())];
                let begun = done(who.try_ask("POST", "/api/v1/transfers", &headers, body.as_bytes())?, 201);
                self.transfer.insert(begun.header("location").to_owned()).clone()
            }
        };
        for file in &mut self.files {
            file.send(&who, &at, acknowledged)?;
        }
        let shown = || Ok::<_, io::Error>(done(who.try_ask("GET", &at, &[], b"")?, 200).json());
        if shown()?["state"] == "draft" {
            done(who.try_ask("POST", &format!("{at}/examination"), &[], b"")?, 202);
            while !shown()?["job"].is_null() {
                std::thread::sleep(Duration::from_millis(50));
            }
            done(who.try_ask("POST", &format!("{at}/submission"), &[], b"")?, 200);
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        assert_eq!(shown()?["state"], "submitted");
        Ok(())
    }

    /// Whether everything of it is in the archive, as it was sent.
    fn is_held(&self, archivist: &Client<'_>) {
        let at = self.transfer.as_deref().expect("begun");
        let accession = archivist.get(&format!("{at}/accession")).json();
        let documents = accession["documents"].as_array().expect("documents");
        assert_eq!(documents.len(), DOCUMENTS, "{accession}");
        for document in documents {
            assert_eq!(document["outcome"], "taken", "{accession}");
            let code = document["doc_code"].as_str().expect("a code");
            let held = archivist.get(&format!("/api/v1/records/{code}/components/1")).body;
            let sent = self.files.iter().filter(|file| file.content == held).count();
            assert_eq!(sent, 1, "{code} is what {} sent", self.code);
        }
    }
}

impl Upload {
    fn send(&mut self, who: &Client<'_>, transfer: &str, acknowledged: &AtomicUsize) -> io::Result<()> {
        let place = match &self.place {
            Some(place) => place.clone(),
            None => {
                let (length, metadata) =
                    (self.content.len().to_string(), format!("filename {}", STANDARD.encode(&self.path)));
                let headers = [TUS, ("upload-length", length.as_str()), ("upload-metadata", metadata.as_str())];
                let begun = done(who.try_ask("POST", &format!("{transfer}/uploads"), &headers, b"")?, 201);
                self.place.insert(begun.header("location").to_owned()).clone()
            }
        };
        if self.acknowledged == self.content.len() {
            return Ok(());
        }
        let kept = done(who.try_ask("HEAD", &place, &[TUS], b"")?, 200);
        let mut at: usize = kept.header("upload-offset").parse().expect("a number");
        assert!(at >= self.acknowledged, "{} of {} bytes that were acknowledged", at, self.acknowledged);
        while at < self.content.len() {
            let (end, offset) = ((at + PIECE_BYTES).min(self.content.len()), at.to_string());
            let headers = [TUS, ("content-type", "application/offset+octet-stream"), ("upload-offset", &offset)];
            done(who.try_ask("PATCH", &place, &headers, &self.content[at..end])?, 204);
            at = end;
            self.acknowledged = at;
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// All agencies at once, and a kill after so many acknowledgements, unless they are done before; whether they are.
fn all_at_once(agencies: &mut [Agency], server: &mut Server, kill_after: usize) -> bool {
    let acknowledged = AtomicUsize::new(0);
    let served = &*server;
    let done = std::thread::scope(|scope| {
        let hand_over = |agency| scope.spawn(|| Agency::hand_over(agency, served, &acknowledged).is_ok());
        let working: Vec<_> = agencies.iter_mut().map(hand_over).collect();
        while acknowledged.load(Ordering::Relaxed) < kill_after && !working.iter().all(|one| one.is_finished()) {
            std::thread::sleep(Duration::from_millis(1));
        }
        if acknowledged.load(Ordering::Relaxed) >= kill_after {
            served.signal("KILL");
        }
        working.into_iter().map(|one| one.join().expect("what was acknowledged is there")).filter(|done| *done).count()
    });
    done == agencies.len()
}

#[test]
fn many_agencies_hand_over_while_the_service_is_killed() {
    let (scratch, count) = (archive(), agencies());
    for number in 0..count {
        let code = format!("H26.{}", 100 + number);
        made(&scratch, &code.to_lowercase(), "transferring-officer", &["--agency", &code]);
    }
    let mut server = Server::start_with(&scratch, &[], &FREE);
    drop(server.client("archivist"));
    let mut agencies: Vec<_> = (0..count).map(|number| Agency::new(number, &server)).collect();
    // Some third of what is acknowledged, then half of the rest, then to the end.
    let mut kills = 0;
    let pieces = count * DOCUMENTS * (DOCUMENT_BYTES / PIECE_BYTES + 2);
    for kill_after in [pieces / 3, pieces / 3, usize::MAX] {
        if all_at_once(&mut agencies, &mut server, kill_after) {
            break;
        }
        assert!(server.died(), "nothing but a kill stops it");
        kills += 1;
        server = Server::start_with(&scratch, &[], &FREE);
    }
    assert_eq!(kills, 2);

    let Client { cookie, token, .. } = signed_in(&server, "archivist");
    let accept = |server: &Server, agencies: &[Agency]| {
        for agency in agencies {
            let at = format!("{}/acceptance", agency.transfer.as_deref().expect("begun"));
            done(server.again(&cookie, &token).ask("POST", &at, &[], b""), 202);
        }
    };
    // Killed again while it takes in what was accepted.
    let (first, last) = agencies.split_at(count / 2);
    accept(&server, first);
    server.signal("KILL");
    assert!(server.died());
    let server = Server::start_with(&scratch, &[], &FREE);
    accept(&server, last);
    let archivist = server.again(&cookie, &token);
    for agency in &agencies {
        let work = Work { officer: &archivist, at: agency.transfer.clone().expect("begun") };
        work.until(&archivist, "ended");
        agency.is_held(&archivist);
    }
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}
