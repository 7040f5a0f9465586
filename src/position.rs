//! Where things lie in the truth: the vocabulary that vault, catalog and followers share.

use crate::digest::Blake3;

/// Where a frame lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Sequence number of its segment, from 1.
    pub segment: u64,
    /// Offset of its header in the segment, bytes.
    pub offset: u64,
}

/// A point between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Where the next frame goes (or went).
    pub at: Location,
    /// Number of the next frame.
    pub frame: u64,
    /// BLAKE3 of the header of the last COMMIT before; zeros at the start.
    pub commit: Blake3,
    /// Entries in the ledger up to here.
    pub size: u64,
}
