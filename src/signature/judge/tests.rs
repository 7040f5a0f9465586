//! Facts in, verdicts out: each rule of EN 319 102-1 by its clause.

mod gate;
mod hostile;
pub mod world;

use super::existence::Source;
use super::facts::{
    AnchorId, Asking, Broken, CertificateId, ChangeLevel, Data, Existing, How, Identification, Outcome, Permission,
    Proof, Says, Scope, Stamping, TokenId, TokenKind, Tree, Usage,
};
use super::finding::FindingCode;
use super::indication::{Indication, SubIndication};
use super::verdict::{Reached, Shown};
use super::{Facts, Validation, judge};
use crate::signature::policy::{Algorithm, Policy};
use world::{CA, LEADER, NOW, SIGNED, STAMP_CA, UNIT, World, object, on, revoked};

fn europe(facts: &Facts, at: &str) -> Validation {
    judge(facts, &Policy::europe().expect("shipped"), on(at))
}

/// The name of the conclusion on the first signature.
fn said(facts: &Facts, at: &str) -> String {
    let conclusion = europe(facts, at).signatures[0].conclusion;
    let total = conclusion.indication.total();
    conclusion.sub_indication.map_or(total.to_owned(), |sub| sub.name().to_owned())
}

#[test]
fn every_sub_indication_has_its_identifier() {
    assert_eq!(SubIndication::ALL.len(), 25);
    for sub in SubIndication::ALL {
        assert_eq!(sub.uri(), format!("urn:etsi:019102:subindication:{}", sub.name()));
        assert_ne!(sub.indication(), Indication::Passed);
    }
}

#[test]
fn a_healthy_signature_without_time_is_good_now_and_says_so() {
    let world = World::signed().current(NOW);
    let validation = europe(&world.facts, NOW);
    let verdict = &validation.signatures[0];
    assert!(verdict.conclusion.passed(), "{:#?}", verdict.blocks);
    assert_eq!((verdict.proven_by, verdict.best_signature_time), (None, on(NOW)));
    assert_eq!(verdict.provable.level, Reached::B);
    assert!(verdict.findings.iter().any(|finding| finding.code == FindingCode::NoProvenTime));
    assert_eq!(verdict.shown, Shown::AsSigned);
}

#[test]
fn what_a_responder_says_meanwhile_counts() {
    let asked = |this: &str| {
        let mut world = World::signed().about(CA, NOW);
        world.says(LEADER, this, Some("2024-07-08"), Says::Good);
        said(&world.facts, NOW)
    };
    assert_eq!(asked("2024-07-01T00:01:00Z"), "TOTAL_PASSED");
    assert_eq!(asked("2024-07-01T00:10:00Z"), "TRY_LATER");
}

#[test]
fn clause_5_2_2_a_broken_format_fails_before_anything_else() {
    let mut world = World::signed().current(NOW);
    world.facts.signatures[0].made.defects.push("the range does not start at byte 0".into());
    world.facts.signatures[0].made.value = Outcome::Differs;
    assert_eq!(said(&world.facts, NOW), "FORMAT_FAILURE");
    assert_eq!(europe(&world.facts, NOW).signatures[0].shown, Shown::NotSigned);
}

#[test]
fn clause_5_2_3_the_signing_certificate() {
    let cases = [
        (Identification::Named(CertificateId(LEADER)), "TOTAL_PASSED", Reached::B),
        (Identification::Unnamed(CertificateId(LEADER)), "TOTAL_PASSED", Reached::None),
        (Identification::Unchecked(CertificateId(LEADER), "md2".into()), "TOTAL_PASSED", Reached::None),
        (Identification::Other(CertificateId(LEADER)), "NO_SIGNING_CERTIFICATE_FOUND", Reached::None),
        (Identification::Absent, "NO_SIGNING_CERTIFICATE_FOUND", Reached::None),
        (Identification::Named(CertificateId(99)), "NO_CERTIFICATE_CHAIN_FOUND", Reached::B),
    ];
    for (signer, expected, level) in cases {
        let mut world = World::signed().current(NOW);
        world.facts.signatures[0].made.signer = signer.clone();
        assert_eq!(said(&world.facts, NOW), expected, "{signer:?}");
        assert_eq!(europe(&world.facts, NOW).signatures[0].provable.level, level, "{signer:?}");
    }
}

#[test]
fn clause_5_2_7_data_and_value() {
    let not_found = || Outcome::NotFound("no such file".into());
    let cases = [
        (Outcome::Differs, Outcome::Matches, "HASH_FAILURE"),
        (Outcome::Differs, Outcome::Differs, "HASH_FAILURE"),
        (Outcome::Matches, Outcome::Differs, "SIG_CRYPTO_FAILURE"),
        (not_found(), Outcome::Matches, "SIGNED_DATA_NOT_FOUND"),
        (not_found(), Outcome::Differs, "SIGNED_DATA_NOT_FOUND"),
        (Outcome::Unsupported("Whirlpool".into()), Outcome::Matches, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
        (Outcome::Matches, Outcome::NotChecked("too many values".into()), "SIGNED_DATA_NOT_FOUND"),
    ];
    for (data, value, expected) in cases {
        let mut world = World::signed().current(NOW);
        world.facts.signatures[0].made.data[0].outcome = data;
        world.facts.signatures[0].made.value = value;
        assert_eq!(said(&world.facts, NOW), expected);
    }
    let mut world = World::signed().current(NOW);
    world.facts.signatures[0].made.data.clear();
    assert_eq!(said(&world.facts, NOW), "SIGNED_DATA_NOT_FOUND", "nothing is signed");
    world.facts.signatures[0].made.data =
        vec![Data { what: "a".into(), outcome: not_found() }, Data { what: "b".into(), outcome: Outcome::Differs }];
    assert_eq!(said(&world.facts, NOW), "HASH_FAILURE", "what was changed outweighs what is missing");
}

#[test]
fn changed_data_is_told_even_where_nobody_can_be_named() {
    let mut world = World::signed().current(NOW);
    world.facts.signatures[0].made.signer = Identification::Absent;
    world.facts.signatures[0].made.data[0].outcome = Outcome::Differs;
    assert_eq!(said(&world.facts, NOW), "HASH_FAILURE");
}

#[test]
fn clause_5_2_6_chains() {
    let broken = |how| vec![Broken { code: "path-length".into(), certificate: None, how, detail: String::new() }];
    let chain = |world: &mut World| world.facts.certificates[LEADER].chains[0].clone();
    let mut world = World::signed().current(NOW);
    world.facts.certificates[LEADER].chains.clear();
    assert_eq!(said(&world.facts, NOW), "NO_CERTIFICATE_CHAIN_FOUND");

    let mut world = World::signed().current(NOW);
    world.facts.certificates[LEADER].chains[0].broken = broken(How::Wrong);
    assert_eq!(said(&world.facts, NOW), "CHAIN_CONSTRAINTS_FAILURE");

    let mut world = World::signed().current(NOW);
    world.facts.certificates[LEADER].chains[0].broken = broken(How::NotChecked);
    assert_eq!(said(&world.facts, NOW), "CERTIFICATE_CHAIN_GENERAL_FAILURE");

    let mut world = World::signed().current(NOW);
    let good = chain(&mut world);
    world.facts.certificates[LEADER].chains[0].broken = broken(How::Wrong);
    world.facts.certificates[LEADER].chains.push(good);
    assert_eq!(said(&world.facts, NOW), "TOTAL_PASSED", "the best of several chains counts");

    let mut world = World::signed().current(NOW);
    world.facts.anchors[0].trusted_until = Some(on("2024-06-01"));
    assert_eq!(said(&world.facts, NOW), "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "an anchor with an end");

    let mut world = World::signed().current(NOW);
    world.facts.certificates[LEADER].chains[0].anchor = AnchorId(7);
    assert_eq!(said(&world.facts, NOW), "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "an anchor that is not there");

    let mut world = World::signed().current(NOW);
    world.facts.certificates[LEADER].usage = Usage::Other;
    assert_eq!(said(&world.facts, NOW), "CHAIN_CONSTRAINTS_FAILURE");

    let mut world = World::signed().current(NOW);
    world.facts.certificates[LEADER].usage = Usage::Signs;
    assert_eq!(said(&world.facts, NOW), "TOTAL_PASSED", "only nonRepudiation is missing");
}

#[test]
fn clause_5_2_5_revocation_freshness_without_a_proven_time() {
    let cases = [
        ("in force", "2024-06-30", Some("2024-07-30"), "TOTAL_PASSED"),
        ("expired", "2024-05-01", Some("2024-05-31"), "TRY_LATER"),
        ("no successor announced, a day old", "2024-06-30T12:00:00Z", None, "TOTAL_PASSED"),
        ("no successor announced, old", "2024-06-01", None, "TRY_LATER"),
        ("from the future", "2024-07-02", Some("2024-07-30"), "TRY_LATER"),
    ];
    for (why, this, next, expected) in cases {
        let mut world = World::signed().about(CA, NOW);
        world.says(LEADER, this, next, Says::Good);
        assert_eq!(said(&world.facts, NOW), expected, "{why}");
    }
    assert_eq!(said(&World::signed().facts, NOW), "TRY_LATER", "none at all");
    let mut world = World::signed().about(CA, NOW);
    world.says(LEADER, "2024-06-30", Some("2024-07-30"), Says::Nothing("other reasons".into()));
    assert_eq!(said(&world.facts, NOW), "TRY_LATER", "what says nothing is neither good nor revoked");
}

#[test]
fn what_is_said_against_a_certificate_is_not_dropped() {
    // A responder that does not know the certificate, before and after a list that says good, and after its end.
    let unknown_on = |day: &str, at: &str| {
        let mut world = World::signed().current(at);
        world.says(LEADER, day, None, Says::NotKnown);
        said(&world.facts, at)
    };
    assert_eq!(unknown_on("2024-06-29", NOW), "TOTAL_PASSED");
    assert_eq!(unknown_on("2024-06-30T12:00:00Z", NOW), "TRY_LATER");
    assert_eq!(unknown_on("2026-02-01", "2025-12-30"), "TOTAL_PASSED");
    // Revoked by a responder whose certificate has ended since, and by a list whose algorithm is weak by now.
    let mut world = World::signed().current(NOW);
    world.certificate("responder", "2024-06-01", "2024-06-25");
    world.says(LEADER, "2024-06-20", None, revoked("2024-06-01", "keyCompromise", None));
    let mut ended = world.facts.clone();
    ended.revocations.last_mut().expect("said").signer = Some(CertificateId(4));
    assert_eq!(said(&ended, NOW), "REVOKED_NO_POE");
    let mut weak = world.facts.clone();
    weak.revocations.last_mut().expect("said").algorithms = vec![Algorithm::digest("SHA-1")];
    assert_eq!(said(&weak, NOW), "REVOKED_NO_POE");
    // A hold of a weak list is heard until a newer one says good.
    let held = |day: &str| {
        let mut world = World::signed().current(NOW);
        world.says(LEADER, day, None, Says::OnHold(on("2024-06-01")));
        world.facts.revocations.last_mut().expect("said").algorithms = vec![Algorithm::digest("SHA-1")];
        said(&world.facts, NOW)
    };
    assert_eq!((held("2024-06-30T12:00:00Z").as_str(), held("2024-06-20").as_str()), ("TRY_LATER", "TOTAL_PASSED"));
    // Who is trusted for the time alone signs nothing.
    let mut world = World::signed().current(NOW);
    world.facts.anchors[0].tree = Tree::TimeStamping;
    assert_eq!(said(&world.facts, NOW), "CHAIN_CONSTRAINTS_FAILURE");
    // About whom too much is said to ask it all is not good.
    let mut world = World::signed().current(NOW);
    assert_eq!(said(&world.facts, NOW), "TOTAL_PASSED");
    world.facts.unasked.insert(CertificateId(LEADER));
    assert_eq!(said(&world.facts, NOW), "TRY_LATER");
}

#[test]
fn clause_5_5_4_revocation_data_counts_from_best_signature_time_on() {
    let mut world = World::signed().stamped(SIGNED).about(CA, NOW).about(STAMP_CA, NOW).about(UNIT, NOW);
    world.says(LEADER, "2024-06-02", Some("2024-07-02"), Says::Good);
    let validation = europe(&world.facts, NOW);
    assert!(validation.signatures[0].conclusion.is(SubIndication::TryLater), "in force, and older than the signature");
    assert_eq!(validation.signatures[0].retry_at, Some(on("2024-07-02")));
    assert_eq!(validation.signatures[0].best_signature_time, on(SIGNED));
    world.says(LEADER, "2024-06-04", Some("2024-06-14"), Says::Good);
    assert_eq!(said(&world.facts, NOW), "TOTAL_PASSED", "expired, and newer than the signature");
}

#[test]
fn clause_5_3_expired_without_proof() {
    let mut world = World::signed().current("2024-06-30");
    assert_eq!(said(&world.facts, "2027-03-01"), "OUT_OF_BOUNDS_NO_POE");
    world = world.current("2027-02-28");
    assert_eq!(said(&world.facts, "2027-03-01"), "OUT_OF_BOUNDS_NOT_REVOKED", "data from after the end says good");
    assert_eq!(said(&world.facts, "2022-01-01"), "OUT_OF_BOUNDS_NO_POE", "before it begins");
}

#[test]
fn clause_5_6_expired_with_a_time_stamp() {
    let world = World::signed().stamped(SIGNED).current("2024-06-30").about(STAMP_CA, "2027-02-28");
    let world = world.about(UNIT, "2027-02-28");
    let validation = europe(&world.facts, "2027-03-01");
    let verdict = &validation.signatures[0];
    assert!(verdict.conclusion.passed(), "{:#?}", verdict.blocks);
    assert_eq!((verdict.best_signature_time, verdict.proven_by), (on(SIGNED), Some(Source::Token(TokenId(0)))));
    assert_eq!(verdict.provable.level, Reached::T);
}

#[test]
fn clause_5_6_the_archives_own_proof_is_labelled() {
    let mut world = World::signed().current("2024-06-30");
    world.facts.proofs.push(Proof { at: on("2024-06-10"), objects: Existing::Document, by: "ingest".into() });
    let validation = europe(&world.facts, "2027-03-01");
    let verdict = &validation.signatures[0];
    assert!(verdict.conclusion.passed(), "{:#?}", verdict.blocks);
    assert_eq!(verdict.proven_by, Some(Source::Archive(0)));
    assert!(verdict.findings.iter().any(|finding| finding.code == FindingCode::ProvenByArchive));
    let mut policy = Policy::europe().expect("shipped");
    policy.constraints.archive_proofs = crate::signature::policy::ArchiveProofs::Ignore;
    let strict = judge(&world.facts, &policy, on("2027-03-01"));
    assert!(strict.signatures[0].conclusion.is(SubIndication::OutOfBoundsNoPoe));
}

#[test]
fn clause_5_5_4_revocation_against_best_signature_time() {
    // reason, revoked, invalid since, expected
    let cases = [
        ("superseded", "2024-06-10", None, "TOTAL_PASSED"),
        ("superseded", "2024-06-01", None, "REVOKED_NO_POE"),
        ("keyCompromise", "2024-06-10", Some("2024-06-05"), "TOTAL_PASSED"),
        ("keyCompromise", "2024-06-10", Some("2024-06-01"), "REVOKED_NO_POE"),
        ("superseded", "2024-06-10", Some("2024-06-01"), "TOTAL_PASSED"),
    ];
    for (reason, at, since, expected) in cases {
        let mut world = World::signed().stamped(SIGNED).about(CA, NOW).about(STAMP_CA, NOW).about(UNIT, NOW);
        world.says(LEADER, "2024-06-30", Some("2024-07-30"), revoked(at, reason, since));
        assert_eq!(said(&world.facts, NOW), expected, "{reason} {at} {since:?}");
        world.says(LEADER, "2024-06-29", Some("2024-07-29"), Says::Good);
        assert_eq!(said(&world.facts, NOW), expected, "older data that says good changes nothing");
    }
    let mut world = World::signed().about(CA, NOW);
    world.says(LEADER, "2024-06-30", Some("2024-07-30"), revoked("2024-06-10", "superseded", None));
    assert_eq!(said(&world.facts, NOW), "REVOKED_NO_POE", "without a time-stamp");
    let mut world = World::signed().about(CA, NOW);
    world.says(LEADER, "2024-06-30", Some("2024-07-30"), Says::OnHold(on("2024-06-10")));
    assert_eq!(said(&world.facts, NOW), "TRY_LATER", "a hold may end");
    let mut world = World::signed().about(LEADER, NOW);
    world.says(CA, "2024-06-30", Some("2024-07-30"), revoked("2024-06-10", "cACompromise", None));
    assert_eq!(said(&world.facts, NOW), "REVOKED_CA_NO_POE");
}

#[test]
fn who_need_not_be_asked_about_is_heard_about() {
    let exempt = || {
        let mut world = World::signed().about(CA, NOW);
        world.facts.certificates[LEADER].asking = Asking::Exempt;
        world
    };
    assert_eq!(said(&exempt().facts, NOW), "TOTAL_PASSED");
    let mut world = exempt();
    world.says(LEADER, "2024-06-30", Some("2024-07-30"), revoked("2024-06-01", "keyCompromise", None));
    assert_eq!(said(&world.facts, NOW), "REVOKED_NO_POE");
    let mut world = exempt();
    world.says(LEADER, "2024-06-30", Some("2024-07-30"), Says::OnHold(on("2024-06-10")));
    assert_eq!(said(&world.facts, NOW), "TRY_LATER");
}

#[test]
fn clause_5_3_made_after_the_revocation() {
    let mut world = World::signed().stamped(SIGNED).about(CA, NOW).about(STAMP_CA, NOW).about(UNIT, NOW);
    world.says(LEADER, "2024-06-30", Some("2024-07-30"), revoked("2024-06-01", "superseded", None));
    world.stamp_before("2024-06-02");
    assert_eq!(said(&world.facts, NOW), "REVOKED");
    let mut expired = World::signed().stamped("2026-06-03").current("2026-06-04").about(STAMP_CA, "2026-06-04");
    expired = expired.about(UNIT, "2026-06-04");
    expired.stamp_before("2026-06-02");
    assert_eq!(said(&expired.facts, "2026-06-05"), "EXPIRED");
}

#[test]
fn clause_5_5_4_order_of_time_stamps() {
    let mut world = World::signed().stamped(SIGNED).current(NOW).about(STAMP_CA, NOW).about(UNIT, NOW);
    world.stamp_before("2024-06-04");
    assert_eq!(said(&world.facts, NOW), "TIMESTAMP_ORDER_FAILURE");
    let mut world = World::signed().stamped(SIGNED).current(NOW).about(STAMP_CA, NOW).about(UNIT, NOW);
    world.stamp_before("2024-06-02");
    assert_eq!(said(&world.facts, NOW), "TOTAL_PASSED");
}

#[test]
fn clause_5_5_4_before_the_certificate_was_valid() {
    let world = World::signed().stamped("2022-06-03").current(NOW).about(STAMP_CA, NOW).about(UNIT, NOW);
    assert_eq!(said(&world.facts, NOW), "NOT_YET_VALID");
}

#[test]
fn clause_5_4_a_time_stamp_that_is_not_good_proves_nothing() {
    type Spoil = fn(&mut World);
    let cases: [(&str, Spoil); 6] = [
        ("another imprint", |world| world.facts.tokens[0].made.data[0].outcome = Outcome::Differs),
        ("not for time-stamping", |world| world.facts.certificates[UNIT].stamping = Stamping::No),
        ("not critical", |world| world.facts.certificates[UNIT].stamping = Stamping::Lax),
        ("no anchor", |world| world.facts.certificates[UNIT].chains.clear()),
        ("imprint by SHA-1", |world| world.facts.tokens[0].made.algorithms.push(Algorithm::digest("SHA-1"))),
        ("made before its own certificate", |world| world.facts.tokens[0].time = on("2001-01-01")),
    ];
    for (why, spoil) in cases {
        let mut world = World::signed().stamped(SIGNED).current(NOW).about(STAMP_CA, NOW).about(UNIT, NOW);
        spoil(&mut world);
        let validation = europe(&world.facts, NOW);
        assert!(!validation.tokens[0].conclusion.passed(), "{why}");
        let verdict = &validation.signatures[0];
        assert!(verdict.conclusion.passed(), "{why}: judged without it");
        assert_eq!((verdict.proven_by, verdict.provable.level), (None, Reached::B), "{why}");
        assert!(verdict.findings.iter().any(|finding| finding.code == FindingCode::TimeStampDropped), "{why}");
    }
}

#[test]
fn clause_5_2_8_algorithms_by_date() {
    let sha1 = || Algorithm::digest("SHA-1");
    let rsa = |bits| Algorithm::scheme("RSA-PKCS1", bits);
    let cases = [
        (sha1(), None, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
        (sha1(), Some("2011-05-20"), "TOTAL_PASSED"),
        (sha1(), Some("2016-05-20"), "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
        (rsa(1024), None, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
        (rsa(1024), Some("2016-05-20"), "TOTAL_PASSED"),
        (rsa(512), Some("2011-05-20"), "CRYPTO_CONSTRAINTS_FAILURE"),
        (rsa(2048).exponent(3), Some("2011-05-20"), "CRYPTO_CONSTRAINTS_FAILURE"),
        (rsa(2048).exponent(65537), None, "TOTAL_PASSED"),
    ];
    for (algorithm, stamped, expected) in cases {
        let mut world = World::signed().current(NOW).about(STAMP_CA, NOW).about(UNIT, NOW);
        world.facts.certificates[LEADER].not_before = on("2008-01-01");
        world.facts.signatures[0].made.algorithms = vec![algorithm.clone()];
        if let Some(at) = stamped {
            world = world.stamped(at);
        }
        assert_eq!(said(&world.facts, NOW), expected, "{algorithm} {stamped:?}");
    }
}

#[test]
fn clause_5_6_2_2_a_weakly_signed_certificate_that_is_proven_to_be_old() {
    let mut world = World::signed().stamped("2011-05-20").current(NOW).about(STAMP_CA, NOW).about(UNIT, NOW);
    world.facts.certificates[LEADER].not_before = on("2008-01-01");
    world.facts.certificates[LEADER].algorithms = vec![Algorithm::digest("SHA-1")];
    let leader = world.facts.certificates[LEADER].object;
    world.facts.tokens[0].covers.push(leader);
    assert_eq!(said(&world.facts, NOW), "TOTAL_PASSED");
    world.facts.tokens[0].time = on("2016-05-20");
    world.facts.tokens[0].within = (on("2016-05-20"), on("2016-05-20"));
    assert_eq!(said(&world.facts, NOW), "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
}

#[test]
fn clause_5_6_an_archive_stands_without_anything_fresh_about_the_signer() {
    // Ten years on: signer, its authority's data and the first time-stamp are of their own days; the document
    // time-stamp over them is still within its dates.
    let mut world = World::signed().stamped(SIGNED).current("2024-06-03T12:00:00Z").about(STAMP_CA, "2036-06-01");
    world = world.about(UNIT, "2036-06-01");
    world.facts.certificates[CA].not_after = on("2030-01-01");
    world.embed();
    let everything: Vec<_> = world.everything();
    world.token(TokenKind::Document, "2024-06-04", everything);
    let validation = europe(&world.facts, "2036-06-10");
    let verdict = &validation.signatures[0];
    assert!(verdict.conclusion.is(SubIndication::CryptoConstraintsFailureNoPoe) || verdict.conclusion.passed());
    assert!(verdict.conclusion.passed(), "{:#?}", verdict.blocks);
    assert_eq!(verdict.best_signature_time, on(SIGNED));
    assert_eq!(verdict.provable.level, Reached::Lta);
}

#[test]
fn clause_5_6_2_2_what_expired_must_be_proven_to_be_old() {
    // As above without the document time-stamp: the authority's certificate has expired, and nothing proves that the
    // data it signed is older than that.
    let mut world = World::signed().stamped(SIGNED).current("2024-06-03T12:00:00Z").about(STAMP_CA, "2028-06-01");
    world = world.about(UNIT, "2028-06-01");
    world.facts.certificates[CA].not_after = on("2027-01-01");
    assert_eq!(said(&world.facts, "2028-06-10"), "OUT_OF_BOUNDS_NO_POE");
}

#[test]
fn clause_5_4_the_newest_time_stamp_needs_fresh_data_itself() {
    let mut world = World::signed().stamped(SIGNED).current("2024-06-30");
    world = world.about(STAMP_CA, "2024-06-30").about(UNIT, "2024-06-30");
    let validation = europe(&world.facts, "2027-03-01");
    assert!(validation.tokens[0].conclusion.is(SubIndication::TryLater), "{:#?}", validation.tokens[0]);
    assert_eq!(said(&world.facts, "2027-03-01"), "OUT_OF_BOUNDS_NO_POE");
    // The archive's own word that it had all this in time is enough, and is labelled.
    world.facts.proofs.push(Proof { at: on("2024-07-01"), objects: Existing::Everything, by: "ingest".into() });
    let validation = europe(&world.facts, "2027-03-01");
    assert!(validation.signatures[0].conclusion.passed(), "{:#?}", validation);
    assert_eq!(validation.signatures[0].best_signature_time, on(SIGNED));
}

#[test]
fn clause_5_2_6_a_responder_that_has_expired_since() {
    let mut world = World::signed().about(CA, NOW);
    world.says(LEADER, "2024-06-05", Some("2024-08-05"), Says::Good);
    world.certificate("responder", "2023-01-01", "2024-06-20");
    let responder = CertificateId(world.facts.certificates.len() - 1);
    world.facts.revocations.last_mut().expect("just added").signer = Some(responder);
    assert_eq!(said(&world.facts, NOW), "REVOCATION_OUT_OF_BOUNDS_NO_POE");
    let answer = world.facts.revocations.last().expect("just added").object;
    world.facts.proofs.push(Proof {
        at: on("2024-06-06"),
        objects: Existing::These(vec![answer]),
        by: "ingest".into(),
    });
    assert_eq!(said(&world.facts, NOW), "TOTAL_PASSED");
}

#[test]
fn what_is_shown_is_a_question_of_its_own() {
    let cases = [
        (ChangeLevel::None, Permission::NoRule, Scope::Whole, Shown::AsSigned),
        (ChangeLevel::LtaOnly, Permission::Allowed, Scope::Whole, Shown::EvidenceAdded),
        (ChangeLevel::FormFillSign, Permission::NoRule, Scope::Whole, Shown::FilledAndSigned),
        (ChangeLevel::FormFillSign, Permission::Forbidden("P=1".into()), Scope::Whole, Shown::ChangedLater),
        (ChangeLevel::Annotations, Permission::NoRule, Scope::Whole, Shown::ChangedLater),
        (ChangeLevel::Annotations, Permission::Allowed, Scope::Whole, Shown::FilledAndSigned),
        (ChangeLevel::NotCompared, Permission::NoRule, Scope::Whole, Shown::Unknown),
        (ChangeLevel::Undefined, Permission::NoRule, Scope::Whole, Shown::ChangedLater),
        (ChangeLevel::Unparsable, Permission::NoRule, Scope::Whole, Shown::ChangedLater),
        (ChangeLevel::None, Permission::NoRule, Scope::Partial, Shown::Partly),
        (ChangeLevel::None, Permission::NoRule, Scope::Nothing, Shown::NotSigned),
    ];
    for (level, permission, scope, expected) in cases {
        let mut world = World::signed().current(NOW);
        let signature = &mut world.facts.signatures[0];
        (signature.changes.level, signature.changes.permission) = (level, permission);
        signature.coverage.scope = scope;
        let verdict = &europe(&world.facts, NOW).signatures[0];
        assert_eq!(verdict.shown, expected, "{level:?} {scope:?}");
        assert!(verdict.conclusion.passed(), "it says nothing against the signature itself");
    }
}

#[test]
fn time_stamps_that_cover_each_other_prove_nothing_by_that() {
    // Two tokens of an expired authority, each said to cover the other: neither may lift the other.
    let mut world = World::signed().stamped(SIGNED).current("2024-06-30").about(STAMP_CA, NOW).about(UNIT, NOW);
    world.facts.certificates[UNIT].not_after = on("2024-12-01");
    world.token(TokenKind::Document, "2024-06-04", vec![world.facts.tokens[0].made.object]);
    let second = world.facts.tokens[1].made.object;
    world.facts.tokens[0].covers.push(second);
    let validation = europe(&world.facts, "2025-03-01");
    assert!(validation.tokens.iter().all(|token| !token.conclusion.passed()));
}

#[test]
fn facts_that_lead_nowhere_are_answered_too() {
    let mut world = World::signed().current(NOW);
    world.facts.signatures[0].after.push(TokenId(17));
    world.facts.revocations[0].about = CertificateId(usize::MAX);
    world.facts.revocations[1].signer = Some(CertificateId(usize::MAX));
    world.facts.certificates[LEADER].chains[0].certificates.push(CertificateId(1000));
    let _ = europe(&world.facts, NOW);
    assert_eq!(europe(&Facts::default(), NOW).findings[0].code, FindingCode::Unsigned);
    assert_ne!(object("a"), object("b"));
}
