use super::*;
use crate::archive::body::DISPOSAL_VERSION;
use crate::retention::decision::Outcome;
use crate::retention::disposal::{Council, Ground, Item, Seat, Signed, Skip, Vote};
use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

const RECORDS: u128 = 4;

fn actor(number: u8) -> ActorId {
    ActorId([number; 8])
}

fn day() -> NaiveDate {
    "2027-03-04".parse().expect("a day")
}

fn entry(kind: EventKind, by: ActorId) -> Entry {
    Entry {
        kind,
        id: Uuid::from_u128(99),
        previous: None,
        time: "2027-03-04T05:00:00.000000Z".parse().expect("a time"),
        actor: by,
        rule: None,
        commitment: None,
        stored: Vec::new(),
        detail: None,
    }
}

fn opened() -> Docket {
    let body = DisposalOpenedBody {
        v: DISPOSAL_VERSION,
        year: 2027,
        number: 3,
        subject: "hồ sơ hết thời hạn".into(),
        archive: "current".into(),
        appraisal: "required".into(),
        waiting_days: 0,
        execution_days: 15,
    };
    Docket::opened(5, &entry(EventKind::DisposalOpened, actor(1)), &body).expect("a case")
}

fn item(record: u128, note: &str, outcome: Outcome) -> Item {
    Item {
        record: Uuid::from_u128(record),
        code: format!("H26.LT.H26.10.2015.045.{record:07}"),
        title: "Hồ sơ dự thầu".into(),
        ground: Ground::Expired,
        rule: "TT10-2022/bidding-lost".into(),
        rules: Sha256::of(b"rules"),
        until: None,
        outcome,
        content: Sha256::of(&record.to_be_bytes()),
        note: note.to_owned(),
    }
}

/// What somebody tries.
#[derive(Debug, Clone)]
struct Try {
    by: u8,
    what: u8,
    record: u128,
    flag: bool,
}

fn act(docket: &Docket, wish: &Try) -> Act {
    let by = person(actor(wish.by));
    let list = docket.case.list_digest();
    let signed = Signed { by, on: day(), document: Sha256([9; 32]) };
    let record = Uuid::from_u128(wish.record);
    let refused: BTreeSet<Uuid> = wish.flag.then_some(record).into_iter().collect();
    let seats = [(2, Seat::Chair), (1, Seat::Secretary), (3, Seat::Member)];
    let council = Council::new(seats.map(|(number, seat)| (person(actor(number)), seat)), 2).expect("whole");
    let outcome = if wish.flag { Outcome::Held } else { Outcome::Eligible };
    let vote = if wish.flag { Vote::Keep("còn cần".into()) } else { Vote::Destroy };
    match wish.what {
        0..=2 => Act::Add(item(wish.record, "", Outcome::Eligible)),
        3 => Act::Exclude(record, "còn cần".into(), None),
        4 => Act::Reassess(item(wish.record, "", outcome)),
        5 => Act::Submit(list, signed),
        6 => Act::Appoint(council, signed),
        7 | 8 => Act::Ballot(list, by, docket.listed().map(|record| (record, vote.clone())).collect()),
        9 => Act::CloseCouncil(list, signed),
        10 => Act::Opinion(list, signed, refused),
        11 => Act::Decide(list, signed, refused),
        12 => Act::Start(by, day()),
        13 => Act::Destroyed(record, by, day()),
        14 => Act::Skipped(record, by, Skip::Held),
        15 => Act::Failed(record, by, "không xóa được".into()),
        16 => Act::Finish(by),
        17 => Act::Minutes(signed, person(actor(1))),
        18 => Act::Certify(signed, BTreeSet::from(["băng từ 7".to_owned()])),
        19 => Act::Attest("băng từ 7".into(), signed),
        20 => Act::Keep(signed),
        _ => Act::Abort("nhầm".into(), signed),
    }
}

/// The event of an act that the rules took.
fn event(act: &Act) -> DisposalActedBody {
    let act = wire::write(act);
    let document = wire::is_signed(&act).then(|| DocumentBody {
        name: "văn bản.pdf".into(),
        sha256: Sha256([9; 32]).to_string(),
        standing: "unsigned".into(),
        because: Some("ký trên giấy".into()),
        made: None,
        signatures: Vec::new(),
        report: None,
    });
    let body = DisposalActedBody { v: DISPOSAL_VERSION, acts: vec![act], document, paper: None };
    serde_json::from_slice(&serde_json::to_vec(&body).expect("JSON")).expect("its own form")
}

/// The usual way from the list to the end, so that random acts meet every state.
fn usual() -> Vec<Try> {
    let usual = [(1, 0), (1, 1), (1, 5), (7, 6), (2, 7), (3, 7), (2, 9), (6, 10), (7, 11), (8, 12), (8, 13), (8, 14)];
    let end = [(8, 16), (8, 17), (1, 18), (1, 19), (1, 20)];
    let tries = usual.into_iter().chain(end);
    tries.zip(0u128..).map(|((by, what), at)| Try { by, what, record: at % 2, flag: false }).collect()
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let any = (1u8..9, 0u8..22, 0..RECORDS, any::<bool>());
    let strange = any.prop_map(|(by, what, record, flag)| Try { by, what, record, flag });
    let steps = usual().into_iter().map(move |step| (Just(step), proptest::collection::vec(strange.clone(), 0..3)));
    steps
        .collect::<Vec<_>>()
        .prop_map(|steps| steps.into_iter().flat_map(|(usual, strange)| strange.into_iter().chain([usual])).collect())
}

proptest! {
    /// Whatever was taken when it was new is taken again from its events, and gives the same case.
    #[test]
    fn a_case_is_its_events(tries in tries()) {
        let mut live = opened();
        let mut folded = opened();
        for (index, wish) in (6u64..).zip(&tries) {
            let act = act(&live, wish);
            let by = actor(wish.by);
            let mut case = live.case.clone();
            let body = event(&act);
            let taken = case.apply(act);
            let entry = entry(EventKind::DisposalActed, by);
            let before = folded.clone();
            prop_assert_eq!(folded.acted(index, &entry, body).is_ok(), taken.is_ok());
            match taken {
                Ok(()) => live.case = case,
                Err(_) => folded = before,
            }
            prop_assert_eq!(&folded.case, &live.case);
        }
    }
}

#[test]
fn the_usual_way_ends_with_a_kept_file() {
    let mut docket = opened();
    for (index, wish) in (6u64..).zip(usual()) {
        let act = act(&docket, &wish);
        let entry = entry(EventKind::DisposalActed, actor(wish.by));
        docket.acted(index, &entry, event(&act)).unwrap_or_else(|error| panic!("{act:?}: {error}"));
    }
    assert_eq!(docket.case.state(), State::Kept);
    assert_eq!(docket.number.to_string(), "2027/3");
    assert_eq!(docket.documents().count(), 9);
    assert!(docket.steps.iter().any(|step| step.is("close-council")));
}

#[test]
fn a_reassessment_is_remembered() {
    let mut docket = opened();
    let take = |docket: &mut Docket, act: Act| {
        docket.acted(6, &entry(EventKind::DisposalActed, actor(1)), event(&act)).expect("taken");
    };
    take(&mut docket, Act::Add(item(1, "", Outcome::Eligible)));
    take(&mut docket, Act::Reassess(item(1, "", Outcome::Held)));
    let change = &docket.changes[&Uuid::from_u128(1)];
    assert_eq!((change.was.outcome, change.is.outcome), (Outcome::Eligible, Outcome::Held));
}

#[test]
fn events_that_no_rule_takes_are_corruption() {
    let mut docket = opened();
    let signed = Signed { by: person(actor(2)), on: day(), document: Sha256([9; 32]) };
    let list = docket.case.list_digest();
    let entry = entry(EventKind::DisposalActed, actor(2));
    let refused = docket.acted(6, &entry, event(&Act::Submit(list, signed))).expect_err("not the proposer");
    assert_eq!(refused.kind(), Kind::Corrupt);
    let strange = json!({ "v": 1, "acts": [{ "finish": {} }], "document": null, "by": "somebody" });
    assert!(serde_json::from_value::<DisposalActedBody>(strange).is_err());
}

#[test]
fn numbers_are_read_as_people_say_them() {
    let number = |text: &str| text.parse::<CaseNumber>().ok().map(|number| number.to_string());
    assert_eq!(number("2026/3").as_deref(), Some("2026/3"));
    assert_eq!(number("2026/003").as_deref(), Some("2026/3"));
    for bad in ["2026", "2026/0", "2026/", "26/3", "2026/-1", "2026/+1", "2026/3/4", "2026/99999999999", ""] {
        assert_eq!(number(bad), None, "{bad}");
    }
}
