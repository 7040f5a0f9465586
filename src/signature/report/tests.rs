use super::{Mode, Run, etsi_xml, json};
use crate::digest::Sha256;
use crate::signature::judge::tests::world::{NOW, World, on};
use crate::signature::judge::{Facts, Judged, judge};
use crate::signature::policy::Policy;
use crate::signature::practice::{Practice, Scan};

fn judged(facts: Facts) -> Judged {
    let validation = judge(&facts, &Policy::vietnam().expect("shipped"), on(NOW));
    Judged { sha256: crate::digest::Sha256([0; 32]), facts, validation, certificates: Vec::new() }
}

fn run() -> Run<'static> {
    Run { engine: "chauban 1", sha256: Sha256::of(b"file"), size: 4, trust: None, mode: Mode::Ingest }
}

#[test]
fn the_json_says_what_was_concluded_and_by_which_policy() {
    let judged = judged(World::signed().stamped("2024-06-03").current(NOW).about(2, NOW).about(3, NOW).facts);
    let practice = Practice::vietnam().expect("shipped");
    let decision = practice.decide(&judged.facts, &judged.validation, None, Scan::Unknown);
    let text = json(&run(), &judged, Some((&practice, &decision)));
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["policy"]["id"], "vn");
    assert_eq!(value["policy"]["base"]["id"], "eu-ts-119-312");
    let signature = &value["signatures"][0];
    assert_eq!(signature["indication"], "TOTAL_PASSED");
    assert_eq!(signature["time"]["best_signature_time"], "2024-06-03T00:00:00Z");
    assert_eq!(signature["time"]["proven_by"][0]["source"], "time-stamp");
    assert_eq!(signature["chain"].as_array().map(Vec::len), Some(2));
    assert_eq!(value["document"]["outcome"], decision.outcome.name());
    assert_eq!(text, json(&run(), &judged, Some((&practice, &decision))), "the same run, the same bytes");
}

#[test]
fn the_xml_is_well_formed_and_refers_only_to_what_it_has() {
    let mut world = World::signed().stamped("2024-06-03").current(NOW).about(2, NOW).about(3, NOW);
    world.facts.signatures[0].place = "<Leader & \u{1}>".into();
    let text = etsi_xml(&run(), &judged(world.facts)).expect("one signature");
    let document = crate::signature::xml::parse::parse(&text, crate::signature::xml::parse::Dtd::Refused);
    let document = document.expect("well formed");
    let root = document.document_element();
    let all: Vec<_> = document.subtree(root).collect();
    let referred: Vec<&str> = all.iter().filter_map(|&id| document.attribute(id, "VOReference")).collect();
    let held: Vec<&str> = all.iter().filter_map(|&id| document.attribute(id, "id")).collect();
    assert!(!referred.is_empty() && referred.iter().all(|one| held.contains(one)));
    assert!(text.contains("urn:etsi:019102:mainindication:total-passed"));
    assert!(etsi_xml(&run(), &judged(Facts::default())).is_none());
}
