use super::*;
use crate::archive::body::DisposalActedBody;
use proptest::prelude::*;
use serde_json::{Value, json};

const ME: ActorId = ActorId([7; 8]);

fn author(document: Option<Sha256>) -> Author {
    Author { by: person(ME), day: "2027-03-04".parse().expect("a day"), document }
}

fn ids() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn digests() -> impl Strategy<Value = Sha256> {
    any::<[u8; 32]>().prop_map(Sha256)
}

fn days() -> impl Strategy<Value = NaiveDate> {
    (0u32..700_000)
        .prop_map(|day| NaiveDate::from_num_days_from_ce_opt(1 + i32::try_from(day).expect("few")).expect("a day"))
}

fn texts() -> impl Strategy<Value = String> {
    "\\PC{1,40}".prop_filter("words", |text: &String| !text.trim().is_empty())
}

fn items() -> impl Strategy<Value = Item> {
    let ground = prop_oneof![Just(Ground::Expired), ids().prop_map(Ground::Duplicate)];
    let outcome = proptest::sample::select(Outcome::NAMES.iter().map(|(_, outcome)| *outcome).collect::<Vec<_>>());
    let words = (".*", ".*", ".*", ".*");
    (ids(), words, ground, digests(), proptest::option::of(days()), outcome, digests()).prop_map(
        |(record, (code, title, rule, note), ground, rules, until, outcome, content)| Item {
            record,
            code,
            title,
            ground,
            rule,
            rules,
            until,
            outcome,
            content,
            note,
        },
    )
}

fn votes() -> impl Strategy<Value = Vec<(Uuid, Vote)>> {
    let vote = prop_oneof![Just(Vote::Destroy), texts().prop_map(Vote::Keep), Just(Vote::Keep("x".into()))];
    proptest::collection::vec((ids(), vote), 0..20)
}

fn councils() -> impl Strategy<Value = Council> {
    (3u64..9).prop_map(|members| {
        let seat = |number| match number {
            0 => Seat::Chair,
            1 => Seat::Secretary,
            _ => Seat::Member,
        };
        let members_of = (0..members).map(|number| (person(ActorId(number.to_be_bytes())), seat(number)));
        Council::new(members_of, usize::try_from(members).expect("few") - 1).expect("whole")
    })
}

/// Any act of this author, with the digest of its document.
fn acts(document: Sha256) -> impl Strategy<Value = Act> {
    let by = person(ME);
    let past = || days().prop_filter("past", |day| *day <= author(None).day);
    let signed = move || past().prop_map(move |on| Signed { by, on, document });
    let skip = proptest::sample::select(Skip::NAMES.iter().map(|(_, skip)| *skip).collect::<Vec<_>>());
    let instead =
        prop_oneof![Just(None), Just(Some(Period::Permanent)), (2u16..70).prop_map(|y| Some(Period::Years(y)))];
    let sets = || proptest::collection::btree_set(ids(), 0..10);
    prop_oneof![
        items().prop_map(Act::Add),
        (ids(), texts(), instead).prop_map(|(record, why, instead)| Act::Exclude(record, why, instead)),
        items().prop_map(Act::Reassess),
        (digests(), signed()).prop_map(|(list, signed)| Act::Submit(list, signed)),
        (councils(), signed()).prop_map(|(council, signed)| Act::Appoint(council, signed)),
        (digests(), votes()).prop_map(move |(list, votes)| Act::Ballot(list, by, votes)),
        (digests(), signed()).prop_map(|(list, signed)| Act::CloseCouncil(list, signed)),
        (digests(), signed(), sets()).prop_map(|(list, signed, refused)| Act::Opinion(list, signed, refused)),
        (digests(), signed(), sets()).prop_map(|(list, signed, refused)| Act::Decide(list, signed, refused)),
        past().prop_map(move |on| Act::Start(by, on)),
        (ids(), past()).prop_map(move |(record, on)| Act::Destroyed(record, by, on)),
        (ids(), skip).prop_map(move |(record, why)| Act::Skipped(record, by, why)),
        (ids(), texts()).prop_map(move |(record, why)| Act::Failed(record, by, why)),
        Just(Act::Finish(by)),
        (signed(), any::<[u8; 8]>()).prop_map(|(signed, other)| Act::Minutes(signed, person(ActorId(other)))),
        (signed(), proptest::collection::btree_set(texts(), 0..5))
            .prop_map(|(signed, left)| Act::Certify(signed, left)),
        (texts(), signed()).prop_map(|(copy, signed)| Act::Attest(copy, signed)),
        signed().prop_map(Act::Keep),
        (texts(), signed()).prop_map(|(reason, signed)| Act::Abort(reason, signed)),
    ]
}

/// What a body's JSON says.
fn read(json: &Value, author: Author) -> Result<Vec<Act>, String> {
    let body: DisposalActedBody = serde_json::from_value(json.clone()).map_err(|error| error.to_string())?;
    read_all(body.v, &body.acts, author).map_err(|error| error.to_string())
}

fn body(acts: &[ActBody]) -> Value {
    json!({ "v": DISPOSAL_VERSION, "acts": acts, "document": null })
}

proptest! {
    #[test]
    fn what_is_written_is_read(act in acts(Sha256([3; 32]))) {
        let written = write(&act);
        let document = is_signed(&written).then_some(Sha256([3; 32]));
        prop_assert_eq!(read(&body(std::slice::from_ref(&written)), author(document)), Ok(vec![act]));
        let key = serde_json::to_value(&written).unwrap();
        prop_assert_eq!(key.as_object().unwrap().keys().next().unwrap(), name(&written));
    }

    #[test]
    fn many_acts_keep_their_order(items in proptest::collection::vec(items(), 1..20)) {
        let acts: Vec<Act> = items.into_iter().map(Act::Add).collect();
        let written: Vec<ActBody> = acts.iter().map(write).collect();
        prop_assert_eq!(read(&body(&written), author(None)), Ok(acts));
    }

    #[test]
    fn hostile_text_is_refused_or_read(text in "[\\[\\]{}\":,a-z0-9-]{0,200}") {
        let _ = serde_json::from_str::<DisposalActedBody>(&text).map(|body| read_all(body.v, &body.acts, author(None)));
    }
}

#[test]
fn what_is_not_wholly_understood_is_refused() {
    let (record, list) = (Uuid::from_u128(1).to_string(), Sha256([1; 32]).to_string());
    let one = |act: Value| json!({ "v": 1, "acts": [act], "document": null });
    let is_refused = |json: Value, document: Option<Sha256>| assert!(read(&json, author(document)).is_err(), "{json}");
    let signed = Some(Sha256([2; 32]));
    assert!(read(&one(json!({ "finish": {} })), author(None)).is_ok());
    is_refused(json!({ "v": 2, "acts": [{ "finish": {} }], "document": null }), None);
    is_refused(json!({ "v": 1, "acts": [], "document": null }), None);
    is_refused(json!({ "v": 1, "acts": [{ "finish": {} }], "document": null, "more": 1 }), None);
    is_refused(one(json!({ "finish": { "by": "x" } })), None);
    is_refused(one(json!({ "approve": {} })), None);
    is_refused(one(json!({ "start": { "on": "2027-03-04", "executor": "x" } })), None);
    is_refused(one(json!({ "start": { "on": "2027-03-06" } })), None);
    assert!(read(&one(json!({ "start": { "on": "2027-03-05" } })), author(None)).is_ok(), "the clock went back");
    is_refused(
        one(json!({ "destroyed": { "record": record.to_uppercase().replace('0', "A"), "on": "2027-03-04" } })),
        None,
    );
    is_refused(one(json!({ "skipped": { "record": record, "why": "because" } })), None);
    is_refused(one(json!({ "failed": { "record": record, "why": " " } })), None);
    is_refused(one(json!({ "failed": { "record": record, "why": "x".repeat(2001) } })), None);
    is_refused(one(json!({ "exclude": { "record": record, "reason": "x", "instead": "awaiting" } })), None);
    let decide = |refused: Value| json!({ "decide": { "list": list, "on": "2027-03-04", "refused": refused } });
    is_refused(one(decide(json!([record, record]))), signed);
    assert!(read(&one(decide(json!([record]))), author(signed)).is_ok());
    is_refused(one(decide(json!([record]))), None);
    is_refused(json!({ "v": 1, "acts": [decide(json!([])), { "finish": {} }], "document": null }), signed);
    is_refused(one(json!({ "finish": {} })), signed);
    let seats = json!([{ "person": "00000000000000aa", "seat": "chair" }]);
    is_refused(one(json!({ "appoint": { "members": seats, "quorum": 1, "on": "2027-03-04" } })), signed);
}

#[test]
fn a_pseudonym_is_a_person() {
    assert_eq!(pseudonym(person(ME)), ME);
    assert_ne!(person(ME), person(ActorId([0; 8])));
}
