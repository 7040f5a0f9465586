//! The ledger's mathematics: RFC 6962 Merkle trees and the C2SP texts around them.
//!
//! Owns hashes of leaves and nodes, the growing right edge of a tree ([`Frontier`]), proofs, tiles and
//! entry bundles, signed notes and checkpoints. Everything here is a value: no disk and no clock; times are
//! passed in, nodes are asked for through a closure. Only ML-DSA signing draws randomness, inside the library.
//!
//! Every function is total on hostile input: proofs and texts come from anywhere, sizes go up to
//! `u64::MAX`, and nothing that reads them panics or works longer than its input is.
//!
//! Specifications: RFC 6962 §2.1, RFC 9162 §2.1.3–2.1.4 (verification), C2SP signed-note 1.0.0,
//! tlog-checkpoint 1.0.0, tlog-cosignature 1.0.1, tlog-tiles 0.1.0.

pub mod bundle;
pub mod checkpoint;
pub mod key;
pub mod note;
pub mod proof;
pub mod tile;

use crate::digest::Sha256;

/// A complete subtree: the `index`-th run of 2^`level` leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// Height above the leaves; a leaf is level 0.
    pub level: u32,
    /// Position among the nodes of its level.
    pub index: u64,
}

/// Hash of a leaf: SHA-256(0x00 ‖ entry), RFC 6962 §2.1.
pub fn leaf_hash(entry: &[u8]) -> Sha256 {
    Sha256::of_parts(&[&[0], entry])
}

/// Hash of an inner node: SHA-256(0x01 ‖ left ‖ right), RFC 6962 §2.1.
pub fn node_hash(left: &Sha256, right: &Sha256) -> Sha256 {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    Sha256::of(&bytes)
}

/// Root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Sha256 {
    Sha256::of(&[])
}

/// The right edge of a tree: its complete subtrees, enough to append and to know the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees, largest first: one for each 1 bit of `size`.
    peaks: Vec<Sha256>,
}

impl Frontier {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The right edge of a stored tree of `size` leaves: at most 64 nodes are asked for.
    pub fn from_nodes<E>(size: u64, node: impl FnMut(Node) -> Result<Sha256, E>) -> Result<Self, E> {
        let peaks = proof::complete(0, size).map(node).collect::<Result<_, E>>()?;
        Ok(Self { size, peaks })
    }

    /// Appends one leaf by its hash; panics only past 2^64 − 1 leaves.
    pub fn push(&mut self, leaf_hash: Sha256) {
        let mut peak = leaf_hash;
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("one peak for each 1 bit of the size");
            peak = node_hash(&left, &peak);
        }
        self.peaks.push(peak);
        self.size = self.size.checked_add(1).expect("a ledger never reaches 2^64 entries");
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree (RFC 6962 MTH).
    pub fn root(&self) -> Sha256 {
        proof::fold(&self.peaks).unwrap_or_else(empty_root)
    }
}

/// The number that `text` spells in decimal, without sign or leading zeroes: the only spelling C2SP texts allow.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests;
