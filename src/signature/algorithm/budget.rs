//! What checking may cost, so that hostile bytes cannot make us compute for long.

use std::cell::Cell;
use std::rc::Rc;

use super::{DigestAlgorithm, Unsupported};

/// Units for one document. A unit is some 100 µs at most; a document with ten signatures, each with timestamps, chains
/// and revocation data of its own, takes 200.
pub const UNITS_MAX: u32 = 2_000;

/// Bytes hashed for one document outside the one pass over it, as SHA-256 takes them: a second of work. A file is hashed once
/// for each of its signers and time-stamps.
const HASHED_BYTES_MAX: usize = 2 << 30;

/// How much may still be checked. A clone spends of the same: whatever one document holds shares one.
#[derive(Debug, Clone)]
pub struct Budget {
    left: Rc<Cell<u32>>,
    hashable: Rc<Cell<usize>>,
}

/// What one check takes, in units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Cost {
    /// aws-lc.
    Fast = 1,
    /// RSA, curves and ML-DSA outside aws-lc: up to 3 ms.
    Slow = 16,
    /// DSA of 3072 bits, SLH-DSA of 256, GOST of 512: up to 20 ms.
    Slowest = 64,
}

impl Budget {
    /// A budget of so many units.
    pub fn new(units: u32) -> Self {
        Self { left: Rc::new(Cell::new(units)), hashable: Rc::new(Cell::new(HASHED_BYTES_MAX)) }
    }

    /// Units left.
    pub fn left(&self) -> u32 {
        self.left.get()
    }

    /// Takes one unit for work other than checking a signature; `false` when none is left.
    pub(in crate::signature) fn take_one(&self) -> bool {
        self.spend(Cost::Fast).is_ok()
    }

    /// Takes so many bytes to be hashed.
    pub(in crate::signature) fn hash(&self, algorithm: DigestAlgorithm, bytes: usize) -> Result<(), Unsupported> {
        let left = self.hashable.get().checked_sub(bytes.saturating_mul(algorithm.weight()));
        self.hashable.set(left.ok_or(Unsupported::BudgetSpent)?);
        Ok(())
    }

    pub(super) fn spend(&self, cost: Cost) -> Result<(), Unsupported> {
        self.left.set(self.left.get().checked_sub(cost as u32).ok_or(Unsupported::BudgetSpent)?);
        Ok(())
    }
}

impl Default for Budget {
    /// [`UNITS_MAX`].
    fn default() -> Self {
        Self::new(UNITS_MAX)
    }
}
