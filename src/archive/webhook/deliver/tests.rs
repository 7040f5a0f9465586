use super::*;

#[test]
fn what_fails_is_tried_ever_more_seldom_and_then_no_more() {
    let (mut standing, mut now, mut tries) = (Standing::Well, Micros(0), Vec::new());
    while let Standing::Well | Standing::Failing { .. } = standing {
        let before = match standing {
            Standing::Failing { tries, .. } => tries,
            _ => 0,
        };
        standing = after(&NetworkError::Status(500), before, now);
        if let Standing::Failing { next, .. } = standing {
            tries.push(next.0 - now.0);
            now = next;
        }
    }
    assert!(tries.is_sorted() && tries.len() == PAUSES.len());
    let days = now.0 / (24 * 3_600_000_000);
    assert_eq!(
        (days, standing),
        (3, Standing::Disabled { since: now, why: "it answered with HTTP status 500".into() })
    );
    assert!(matches!(after(&NetworkError::Status(410), 0, now), Standing::Disabled { .. }), "it is asked to stop");
}
