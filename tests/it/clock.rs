//! A wall clock that jumps: writing stops until somebody confirms the clock, and the ledger remembers that.

use crate::scratch::Scratch;
use crate::server::Server;
use chauban::archive::{Archive, Places, Writing};
use chauban::error::Kind;
use chauban::event::{Detail, EventKind};
use chauban::time::{Clock, Micros, SECOND, SystemClock};
use serde_json::json;
use std::sync::Arc;

/// The system's clock, set wrong by so many seconds.
struct Wrong(SystemClock, i64);

impl Clock for Wrong {
    fn wall(&self) -> Micros {
        Micros(self.0.wall().0.saturating_add_signed(self.1 * SECOND as i64))
    }

    fn steady(&self) -> u64 {
        self.0.steady()
    }
}

fn clock(seconds: i64) -> Arc<dyn Clock> {
    Arc::new(Wrong(SystemClock::new(), seconds))
}

const DAY: i64 = 86_400;

#[test]
fn a_clock_set_back_stops_writing_until_it_is_confirmed() {
    let scratch = Scratch::new();
    let places = Places::beside(&scratch.path("kho"));
    // Somebody acted while the clock was three days fast. Now it is right, and stands before the last event.
    let ahead = Writing::open(&places, clock(3 * DAY)).unwrap();
    ahead.actor("of the future").unwrap();
    ahead.close().unwrap();
    scratch.document("t/1", b"%PDF-1.7 one", serde_json::json!({}));
    let refused = scratch.expect(4, &["ingest", "t"]);
    assert!(refused.err.contains("confirm-clock"), "{}", refused.err);

    // The name that confirms may be new to the archive, too.
    scratch.ok(&["--actor", "administrator", "keys", "confirm-clock"]);
    assert_eq!(scratch.ingest("t").summary["taken"], 1);
    scratch.ok(&["verify", "--deep"]);
    let confirmed = confirmations(&Writing::open(&places, clock(0)).unwrap());
    let [(stamp, wall)] = confirmed[..] else { panic!("{confirmed:?}") };
    assert!(wall.0 + 2 * DAY as u64 * SECOND < stamp.0, "the ledger says what the clock said: {wall}, stamped {stamp}");

    // A further jump back is a jump.
    let back = Writing::open(&places, clock(-DAY)).unwrap();
    assert_eq!(back.actor("of the past").unwrap_err().kind(), Kind::Conflict);
    drop(back);
    // So is one after the clock has caught up with the ledger.
    let caught_up = Writing::open(&places, clock(4 * DAY)).unwrap();
    caught_up.actor("of a later day").unwrap();
    caught_up.close().unwrap();
    let again = Writing::open(&places, clock(0)).unwrap();
    assert_eq!(again.actor("of today").unwrap_err().kind(), Kind::Conflict);
}

/// When, and what the clock said.
fn confirmations(archive: &Archive) -> Vec<(Micros, Micros)> {
    let events = archive.history(&archive.format.archive.to_string()).unwrap();
    let confirmed = events.iter().filter(|event| event.entry.kind == EventKind::ClockConfirmed);
    confirmed
        .map(|event| match event.entry.detail {
            Some(Detail::Wall(wall)) => (event.entry.time, wall),
            _ => panic!("{:?}", event.entry),
        })
        .collect()
}

#[test]
fn an_administrator_confirms_the_clock_over_the_wire() {
    let scratch = crate::server::archive();
    let ahead = Writing::open(&Places::beside(&scratch.path("kho")), clock(3 * DAY)).unwrap();
    ahead.actor("of the future").unwrap();
    ahead.close().unwrap();
    let server = Server::start(&scratch);
    let (admin, inspector) = (server.client("administrator"), server.client("inspector"));
    let source = json!({ "place": "crl.example.vn", "via": "", "reason": "danh sách" });
    let write = || admin.json("POST", "/api/v1/evidence-sources", &source);
    let refused = write();
    assert_eq!(refused.status, 409, "{}", refused.text());
    let page = admin.get("/system?lang=en").text();
    assert!(page.contains("The clock is right") && page.contains("Newest event"), "{page}");
    assert!(!inspector.get("/system?lang=en").text().contains("The clock is right"));
    let confirm = |who: &crate::server::Client<'_>| who.json("POST", "/api/v1/clock-confirmation", &json!({})).status;
    assert_eq!((confirm(&inspector), confirm(&admin)), (403, 204));
    assert_eq!(write().status, 201);
    let told = admin.get("/api/v1/system").json();
    assert!(told["clock"].as_str() < told["newest_event"].as_str(), "{told}");
    assert_eq!(admin.form("/system/clock", &[]).header("location"), "/system#clock");
    drop(server);
    scratch.ok(&["verify", "--deep"]);
    let archive = Writing::open(&Places::beside(&scratch.path("kho")), clock(0)).unwrap();
    assert_eq!(confirmations(&archive).len(), 2);
}

#[test]
fn what_is_wrong_with_the_keys_is_seen_over_the_wire() {
    let scratch = crate::server::archive();
    let server = Server::start(&scratch);
    let admin = server.client("administrator");
    let keys = || admin.get("/api/v1/system").json()["keys"].clone();
    let command = scratch.json(&["keys", "check"])["copies"].clone();
    assert_eq!(keys(), command, "as the command says it");
    let copies: Vec<_> = std::fs::read_dir(scratch.path("kho.key-copy")).unwrap().collect();
    copies.into_iter().for_each(|one| std::fs::remove_file(one.unwrap().path()).unwrap());
    let doubts = keys().as_array().unwrap().iter().filter(|one| !one["doubt"].is_null()).count();
    assert_eq!(doubts, 1, "{}", keys());
    assert!(admin.get("/system?lang=en").text().contains("is missing"));
    let vietnamese = admin.get("/system?lang=vi").text();
    assert!(vietnamese.contains(">thiếu ") && !vietnamese.contains("is missing"), "{vietnamese}");
}
