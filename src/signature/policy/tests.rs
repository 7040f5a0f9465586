use super::{Algorithm, EUROPE, Policy, Reliability, VIETNAM};

#[test]
fn the_worked_cases_of_every_shipped_policy_come_out() {
    for policy in [Policy::europe().expect("shipped"), Policy::vietnam().expect("shipped")] {
        assert_eq!(policy.failing_cases(), Vec::<String>::new(), "{}", policy.identity.id);
    }
}

#[test]
fn a_policy_is_known_by_its_bytes_and_those_of_its_base() {
    let vietnam = Policy::vietnam().expect("shipped");
    assert_eq!(vietnam.identity.sha256, crate::digest::Sha256::of(VIETNAM.as_bytes()));
    let base = vietnam.identity.base.expect("it rests on the European one");
    assert_eq!(base.sha256, crate::digest::Sha256::of(EUROPE.as_bytes()));
}

#[test]
fn nothing_vietnamese_is_said_to_be_verified() {
    assert!(!VIETNAM.contains("verified = true"));
    let vietnam = Policy::vietnam().expect("shipped");
    assert!(vietnam.authorities.iter().all(|authority| authority.grade != "V1"));
}

#[test]
fn every_problem_of_a_file_is_told_at_once() {
    let text = EUROPE.replacen("authority = \"TS119312\"", "authority = \"X\"", 1).replace("\"ignore\"", "\"no\"");
    let text = text.replace("key_may_sign = \"fail\"", "key_may_sign = \"loud\"");
    let problems = Policy::parse(&text, None).expect_err("two problems").0;
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(Policy::parse(VIETNAM, None).is_err(), "without its base");
}

#[test]
fn an_algorithm_nobody_lists_was_never_reliable() {
    let policy = Policy::europe().expect("shipped");
    let at = chrono::DateTime::UNIX_EPOCH;
    assert_eq!(policy.reliability(&Algorithm::digest("ROT13"), at), Reliability::Never);
}
