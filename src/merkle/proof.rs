//! Inclusion and consistency proofs: made from stored nodes, checked against roots.
//!
//! Making asks only for complete subtrees ([`Node`]), so it works over tiles of any age; it takes at
//! most 128 nodes. A request that has no answer (an index past the size, a new tree smaller than the old)
//! yields an empty proof, which the check refuses: makers never panic and never guess.
//!
//! Checking follows RFC 9162 §2.1.3.2 and §2.1.4.2 to the letter: it reads each hash once, stops at the
//! first surplus one, and accepts exactly one proof for each question.

use super::{Node, empty_root, node_hash};
use crate::digest::Sha256;

/// Most hashes in an inclusion proof: the height of a tree of 2^64 − 1 leaves.
pub const HASHES_MAX: usize = 64;

/// Leaves `begin..end` of a tree; `begin` is a multiple of a power of two that is at least the length.
type Run = (u64, u64);

/// Hashes from the leaf's sibling up to the root's child (RFC 6962 §2.1.1).
pub fn inclusion<E>(index: u64, size: u64, mut node: impl FnMut(Node) -> Result<Sha256, E>) -> Result<Vec<Sha256>, E> {
    let mut siblings: Vec<Run> = Vec::new();
    let (mut begin, mut end) = if index < size { (0, size) } else { (0, 0) };
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((begin, middle));
            begin = middle;
        }
    }
    siblings.into_iter().rev().map(|run| run_root(run, &mut node)).collect()
}

/// Hashes that show the tree of `new` leaves to begin with the tree of `old` leaves (RFC 6962 §2.1.2);
/// empty if `old` is 0 or equals `new`.
pub fn consistency<E>(old: u64, new: u64, mut node: impl FnMut(Node) -> Result<Sha256, E>) -> Result<Vec<Sha256>, E> {
    if old == 0 || old >= new {
        return Ok(Vec::new());
    }
    let mut runs: Vec<Run> = Vec::new();
    let (mut begin, mut end) = (0, new);
    while old < end {
        let middle = begin + split(end - begin);
        if old <= middle {
            runs.push((middle, end));
            end = middle;
        } else {
            runs.push((begin, middle));
            begin = middle;
        }
    }
    // A run that starts at 0 is the whole old tree: its hash is the old root, which the verifier has.
    if begin > 0 {
        runs.push((begin, end));
    }
    runs.into_iter().rev().map(|run| run_root(run, &mut node)).collect()
}

/// Root of the tree of `size` leaves.
pub fn root<E>(size: u64, mut node: impl FnMut(Node) -> Result<Sha256, E>) -> Result<Sha256, E> {
    run_root((0, size), &mut node)
}

/// Whether `proof` shows that the leaf with this hash is at `index` in the tree of `size` leaves and this root.
#[must_use]
pub fn verify_inclusion(index: u64, size: u64, leaf_hash: &Sha256, proof: &[Sha256], root: &Sha256) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = *leaf_hash;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            let skip = if at == 0 { 0 } else { at.trailing_zeros() };
            (at, last) = (at >> skip, last >> skip);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `new` leaves begins with the tree of `old` leaves.
///
/// The empty tree begins every tree; equal sizes need equal roots; both take an empty proof.
#[must_use]
pub fn verify_consistency(old: u64, new: u64, old_root: &Sha256, new_root: &Sha256, proof: &[Sha256]) -> bool {
    if old == 0 || old >= new {
        let known = if old == 0 { empty_root() } else { *new_root };
        let grown = old < new || (old == new && old_root == new_root);
        return grown && proof.is_empty() && *old_root == known;
    }
    let (mut at, mut last) = (old - 1, new - 1);
    let skip = at.trailing_ones();
    (at, last) = (at >> skip, last >> skip);
    // An old tree of 2^n leaves is itself a node of the new one, and its hash is left out.
    let (seed, rest) = match proof.split_first() {
        None => return false,
        Some(_) if old.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
    };
    let (mut old_hash, mut new_hash) = (*seed, *seed);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            let skip = if at == 0 { 0 } else { at.trailing_zeros() };
            (at, last) = (at >> skip, last >> skip);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}

/// The complete subtrees that make up leaves `begin..end`, largest first; `begin` as for a [`Run`].
pub(super) fn complete(begin: u64, end: u64) -> impl Iterator<Item = Node> {
    let mut at = begin;
    std::iter::from_fn(move || {
        let level = (end - at).checked_ilog2()?;
        let node = Node { level, index: at >> level };
        at += 1 << level;
        Some(node)
    })
}

/// Hash over complete subtrees, largest first; `None` of none.
pub(super) fn fold(peaks: &[Sha256]) -> Option<Sha256> {
    let (last, rest) = peaks.split_last()?;
    Some(rest.iter().rev().fold(*last, |right, left| node_hash(left, &right)))
}

fn run_root<E>((begin, end): Run, node: &mut impl FnMut(Node) -> Result<Sha256, E>) -> Result<Sha256, E> {
    let peaks = complete(begin, end).map(node).collect::<Result<Vec<_>, E>>()?;
    Ok(fold(&peaks).unwrap_or_else(empty_root))
}

/// Largest power of two smaller than `length`, which is at least 2 (RFC 6962 §2.1).
fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

#[cfg(test)]
mod tests;
