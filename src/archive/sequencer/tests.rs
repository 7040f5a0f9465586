use super::*;
use crate::archive::announce::{Heading, plain};
use crate::archive::index_follow::Home;
use crate::archive::init::{InitOptions, init};
use crate::archive::{Format, Places};
use crate::error::Kind;
use crate::event::{ActorId, EventKind};
use crate::time::SystemClock;
use crate::vault::Limits;

/// What becomes of submissions that wait together, each an event that rests on a rule.
fn answers_to(submissions: &[(Chain, &str)]) -> Vec<Result<Vec<Committed>>> {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::beside(&folder.path().join("kho"));
    let clock = Arc::new(SystemClock::new());
    let options =
        InitOptions { origin: "test.example/kho".into(), archive_code: "H26.LT".into(), actor: "tester".into() };
    init(&places, &options, clock.clone()).unwrap();
    let disks = places.disks();
    let format = Format::read(disks.archive.as_ref()).unwrap();
    let home = Home { folder: places.index(), archive: format.archive };
    let (truth, _) = Truth::open(format, disks, Limits::default(), clock).unwrap();
    let catalog = Arc::new(Catalog::open(&places.catalog()).unwrap());
    let index = IndexFollower::new(home, catalog.clone());
    let (requests, queue) = unbounded();
    let (reply, replies) = answers();
    for (tag, (chain, rule)) in (0..).zip(submissions) {
        let (kind, id, actor) = (EventKind::ClockConfirmed, Uuid::from_u128(tag.into()), ActorId([1; 8]));
        let event = plain(Heading { kind, id, actor, rule: Some((*rule).to_owned()) }, None);
        let submission = Submission { events: vec![event], chain: chain.clone(), tag, reply: reply.clone() };
        assert!(requests.send(Request::Commit(submission)).is_ok());
    }
    assert!(requests.send(Request::Stop).is_ok());
    run(&Mutex::new(truth), &catalog, &index, &queue, &Mutex::default());
    let mut answers: Vec<Answer> = replies.try_iter().collect();
    answers.sort_by_key(|answer| answer.tag);
    answers.into_iter().map(|answer| answer.result).collect()
}

#[test]
fn what_can_never_be_committed_fails_alone() {
    let endless = "x".repeat(70_000);
    let (one, other) = (Chain::default(), Chain::default());
    let answers = answers_to(&[(one.clone(), "first"), (one.clone(), &endless), (other, "third"), (one, "fourth")]);
    let kinds: Vec<Option<Kind>> = answers.iter().map(|result| result.as_ref().err().map(Error::kind)).collect();
    // What builds on the second is not taken either.
    assert_eq!(kinds, [None, Some(Kind::Invalid), None, Some(Kind::Unavailable)]);
    let index = |at: usize| answers[at].as_ref().unwrap()[0].index;
    assert_eq!(index(2), index(0) + 1);
}

#[test]
fn the_largest_proposal_has_an_entry() {
    use crate::digest::Blake3;
    use crate::event::{Detail, Entry, STORED_MAX, Stored};
    use crate::time::Micros;
    let entry = Entry {
        kind: EventKind::DossierAccessioned,
        id: Uuid::max(),
        previous: Some(u64::MAX),
        time: Micros(i64::MAX as u64 / 1000),
        actor: ActorId([255; 8]),
        // A control character takes six bytes in JSON.
        rule: Some("\u{1}".repeat(super::super::truth::RULE_BYTES_MAX)),
        commitment: Some(crate::digest::Sha256([255; 32])),
        stored: vec![Stored { blake3: Blake3([255; 32]), size: u64::MAX }; STORED_MAX],
        detail: Some(Detail::Keys { generation: u64::MAX, blake3: Blake3([255; 32]) }),
    };
    assert!(entry.encode().is_ok());
}
