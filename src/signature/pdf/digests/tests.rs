use super::*;
use aws_lc_rs::digest::{SHA256, SHA384};
use proptest::prelude::*;

fn plain(file: &[u8], range: &ByteRange, algorithm: &'static Algorithm) -> Vec<u8> {
    let mut context = Context::new(algorithm);
    range.slices(file).into_iter().for_each(|part| context.update(part));
    context.finish().as_ref().to_vec()
}

proptest! {
    /// Ranges in any order, nested, equal or touching: each digest is that of its own slices.
    #[test]
    fn one_pass_gives_what_separate_passes_give(
        size in 0usize..60_000,
        cuts in proptest::collection::vec((any::<[prop::sample::Index; 3]>(), any::<bool>()), 0..8),
    ) {
        let file: Vec<u8> = (0..size).map(|at| (at * 7 + at / 251) as u8).collect();
        let ranges: Vec<(ByteRange, &'static Algorithm)> = cuts
            .iter()
            .map(|(at, is_long)| {
                let mut at = at.map(|at| at.index(size + 1));
                at.sort_unstable();
                (ByteRange { gap: at[0]..at[1], end: at[2] }, if *is_long { &SHA384 } else { &SHA256 })
            })
            .collect();
        let wanted: Vec<Wanted<'_>> =
            ranges.iter().map(|(range, algorithm)| Wanted { range, algorithm }).collect();
        for (found, (range, algorithm)) in digests(&file, &wanted).into_iter().zip(&ranges) {
            prop_assert_eq!(found.map(|found| found.as_ref().to_vec()), Some(plain(&file, range, algorithm)));
        }
    }
}

#[test]
fn a_range_of_another_file_has_no_digest() {
    let range = ByteRange { gap: 2..5, end: 9 };
    assert!(digests(b"12345678", &[Wanted { range: &range, algorithm: &SHA256 }])[0].is_none());
}

#[test]
fn work_is_limited() {
    let file = vec![0; 100];
    let range = ByteRange { gap: 0..0, end: 100 };
    let wanted = [Wanted { range: &range, algorithm: &SHA256 }; PASSES_MAX + 1];
    assert_eq!(digests(&file, &wanted).iter().filter(|found| found.is_some()).count(), PASSES_MAX);
}
