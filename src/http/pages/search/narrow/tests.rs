use super::*;

fn check(holders: &[(&str, u64)], expect: &[(&str, u64, usize)]) {
    let holders = holders.iter().map(|(code, records)| ((*code).to_owned(), *records)).collect();
    let shown: Vec<_> = tree(&holders).into_iter().map(|node| (node.code, node.records, node.level)).collect();
    let expect: Vec<_> = expect.iter().map(|(code, records, level)| ((*code).to_owned(), *records, *level)).collect();
    assert_eq!(shown, expect);
}

#[test]
fn agencies_stand_below_what_they_are_under() {
    check(&[], &[]);
    check(&[("H26.10", 3)], &[("H26.10", 3, 0)]);
    check(&[("H26", 1), ("H26.10", 3)], &[("H26", 4, 0), ("H26.10", 3, 1)]);
    let two = [("H26.10", 3), ("H26.10.05", 2), ("H26.33", 1), ("H27.1.1", 5)];
    check(&two, &[("H26", 6, 0), ("H26.10", 5, 1), ("H26.10.05", 2, 2), ("H26.33", 1, 1), ("H27.1.1", 5, 0)]);
    check(&[("H26", 1), ("H26-1", 1), ("H26.1", 1)], &[("H26", 2, 0), ("H26.1", 1, 1), ("H26-1", 1, 0)]);
}

#[test]
fn of_too_many_the_largest_are_shown() {
    let many: Vec<(String, u64)> = (1..=30).map(|n| (format!("H26.{n:02}"), n)).collect();
    let holders = many.into_iter().collect();
    let shown = tree(&holders);
    assert!(shown.len() <= FACET_VALUES && shown[0].code == "H26" && shown[0].records == 465, "{shown:?}");
    assert_eq!(shown.last().map(|node| node.code.as_str()), Some("H26.30"));
}

#[test]
fn a_link_sets_and_takes_away_one_filter_and_keeps_the_others() {
    let asked = Search {
        words: Some("mua sắm".into()),
        signed_by: Some("Lê & Hà".into()),
        verdict: Some("review".into()),
        ..Search::default()
    };
    let kept = "/search?words=mua%20s%E1%BA%AFm";
    assert_eq!(link(&asked, &[], Some(2)), format!("{kept}&signed_by=L%C3%AA%20%26%20H%C3%A0&verdict=review&page=2"));
    assert_eq!(link(&asked, &[("signed_by", "")], None), format!("{kept}&verdict=review"));
    assert_eq!(
        link(&asked, &[("verdict", "accept")], None),
        format!("{kept}&signed_by=L%C3%AA%20%26%20H%C3%A0&verdict=accept")
    );
    let days = link(&asked, &[("signed_by", ""), ("from", "2024-01-01"), ("to", "2024-12-31")], None);
    assert!(days.contains("&from=2024-01-01&to=2024-12-31"), "{days}");
    assert_eq!(year_of("2024-01-01", "2024-12-31").as_deref(), Some("2024"));
    assert_eq!(year_of("2024-01-01", "2025-12-31"), None);
}
