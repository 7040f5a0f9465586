//! The digests of all signed ranges of a file in one pass over it.
//!
//! A signature covers the file up to its gap, skips it, and goes on to its end. The part before the gap is a prefix of
//! the file, so all signatures share one running state, which is cloned at each gap; behind its gap each has its own
//! state, for it skipped bytes that the others did not. In files that grow by updates the part behind the gap is
//! short, so the pass costs little more than hashing the file once, however many signatures there are.

use aws_lc_rs::digest::{Algorithm, Context, Digest};

use super::ByteRange;

/// Bytes hashed by one state before the next takes them, so that they are still in the first-level cache.
const STRIDE_BYTES: usize = 16 << 10;
/// Bytes hashed behind gaps, as a multiple of the file: enough for a dozen signatures that each cover a whole file anew.
const PASSES_MAX: usize = 16;
/// The same, of long files: two seconds of work. Signatures added by updates have little behind their gaps.
const BYTES_MAX: usize = 1 << 30;

/// A digest that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'r> {
    /// The bytes.
    pub range: &'r ByteRange,
    /// The algorithm.
    pub algorithm: &'static Algorithm,
}

/// The digests, in the order asked for; `None` for one whose range is not of this file, and for those that would
/// make more work than [`PASSES_MAX`] passes or [`BYTES_MAX`].
pub fn digests(file: &[u8], wanted: &[Wanted<'_>]) -> Vec<Option<Digest>> {
    let mut results: Vec<Option<Digest>> = vec![None; wanted.len()];
    let mut left = file.len().saturating_mul(PASSES_MAX).min(BYTES_MAX);
    let mut trunks: Vec<Trunk> = Vec::new();
    for (index, wanted) in wanted.iter().enumerate() {
        let ByteRange { gap, end } = wanted.range;
        if gap.start > gap.end || gap.end > *end || *end > file.len() {
            continue;
        }
        let Some(rest) = left.checked_sub(end - gap.end) else { continue };
        left = rest;
        let known = trunks.iter_mut().find(|trunk| trunk.algorithm == wanted.algorithm);
        match known {
            Some(trunk) => trunk.branches.push(index),
            None => trunks.push(Trunk {
                algorithm: wanted.algorithm,
                state: Context::new(wanted.algorithm),
                branches: vec![index],
            }),
        }
    }
    let mut tails: Vec<(usize, Context)> = Vec::new();
    let mut cuts: Vec<usize> =
        trunks.iter().flat_map(|trunk| &trunk.branches).flat_map(|&at| cuts(wanted[at].range)).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut at = 0;
    for cut in cuts {
        feed(file, at..cut, &mut trunks, &mut tails, wanted);
        at = cut;
        for trunk in &mut trunks {
            let (branching, rest) = trunk.branches.iter().partition(|&&index| wanted[index].range.gap.start == at);
            trunk.branches = rest;
            let branching: Vec<usize> = branching;
            tails.extend(branching.into_iter().map(|index| (index, trunk.state.clone())));
        }
        let (done, open) = tails.into_iter().partition(|(index, _)| wanted[*index].range.end == at);
        tails = open;
        let done: Vec<(usize, Context)> = done;
        for (index, state) in done {
            results[index] = Some(state.finish());
        }
    }
    results
}

/// The shared state of one algorithm, and the signatures whose gap is still ahead.
struct Trunk {
    algorithm: &'static Algorithm,
    state: Context,
    branches: Vec<usize>,
}

fn cuts(range: &ByteRange) -> [usize; 3] {
    [range.gap.start, range.gap.end, range.end]
}

fn feed(
    file: &[u8],
    span: std::ops::Range<usize>,
    trunks: &mut [Trunk],
    tails: &mut [(usize, Context)],
    wanted: &[Wanted<'_>],
) {
    let start = span.start;
    for stride in file[span].chunks(STRIDE_BYTES) {
        for trunk in trunks.iter_mut().filter(|trunk| !trunk.branches.is_empty()) {
            trunk.state.update(stride);
        }
        // In its own gap a state waits.
        for (_, state) in tails.iter_mut().filter(|(index, _)| wanted[*index].range.gap.end <= start) {
            state.update(stride);
        }
    }
}

#[cfg(test)]
mod tests;
