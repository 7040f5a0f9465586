use super::*;
use crate::retention::hold::Person;
use crate::retention::rules::tests::FILE;
use uuid::Uuid;

#[test]
fn one_rule_of_one_version_is_confirmed_and_may_be_withdrawn() {
    let file = RuleFile::parse(FILE).expect("read");
    let next = RuleFile::parse(&FILE.replacen("version = 1", "version = 2", 1)).expect("read");
    let deed = Deed { by: Person(Uuid::from_u128(1)), on: "2026-11-22".parse().expect("a day") };
    let mut confirmations = Confirmations::default();
    let of = |confirmations: &Confirmations, file: &RuleFile, code| confirmations.of(file.sha256, code);
    assert_eq!(confirmations.confirm(&file, "A/9", deed, "Công báo"), Err(Refusal::NoRule));
    assert_eq!(confirmations.confirm(&file, "A/1", deed, " "), Err(Refusal::NoWords));
    confirmations.confirm(&file, "A/1", deed, "Công báo 975").expect("confirmed");
    assert_eq!(confirmations.confirm(&file, "A/1", deed, "Công báo"), Err(Refusal::Already));
    assert_eq!(of(&confirmations, &file, "A/1"), Confirmed::Yes);
    assert_eq!((of(&confirmations, &file, "A/2"), of(&confirmations, &next, "A/1")), (Confirmed::No, Confirmed::No));
    assert_eq!(confirmations.withdraw(next.sha256, "A/1", deed, "nhầm"), Err(Refusal::NotConfirmed));
    assert_eq!(confirmations.withdraw(file.sha256, "A/1", deed, ""), Err(Refusal::NoWords));
    confirmations.withdraw(file.sha256, "A/1", deed, "nhầm").expect("withdrawn");
    assert_eq!(confirmations.withdraw(file.sha256, "A/1", deed, "nhầm"), Err(Refusal::NotConfirmed));
    assert_eq!(of(&confirmations, &file, "A/1"), Confirmed::No);
    confirmations.confirm(&file, "A/1", deed, "Công báo 976").expect("confirmed again");
    assert_eq!(
        (of(&confirmations, &file, "A/1"), confirmations.history(file.sha256, "A/1").len()),
        (Confirmed::Yes, 2)
    );
}
