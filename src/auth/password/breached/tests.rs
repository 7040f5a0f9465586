use super::*;

#[test]
fn the_list_is_whole_and_in_order() {
    let all: Vec<u32> = digests().collect();
    assert!(all.len() > 300_000 && all.is_sorted_by(|one, next| one < next), "{}", all.len());
    assert_eq!(all.last().map(|last| last >> 24), Some(0xff), "they spread over the whole range");
}

#[test]
fn it_knows_what_was_found_and_little_else() {
    for known in ["allthatglitters", "harleycspeedracer54", "1234567890robot"] {
        assert!(has(known), "{known}");
    }
    let others = (0..20_000).filter(|number| has(&format!("thuyền về bến cũ số {number}"))).count();
    assert!(others < 20, "{others} of 20,000 others were taken for one of them");
}
