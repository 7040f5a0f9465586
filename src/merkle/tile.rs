//! Tiles: the tree and its entries cut into immutable files (C2SP tlog-tiles).
//!
//! A hash tile of level L holds up to 256 rows, each the root of 256^L leaves; an entry bundle holds the
//! entries under one tile of level 0. Owns their names, both ways, which of them a tree of some size has,
//! which of them a publisher must write, and where a node lies in them.
//!
//! Invariants: no empty tile exists; a row of level L + 1 stands for a *full* tile of level L; only one name
//! is right for each file, so a name that [`Resource::parse`] takes is the name that `path` gives.

use super::{Node, node_hash};
use crate::digest::Sha256;
use std::ops::Range;

/// Rows in a full tile.
pub const WIDTH: u16 = 256;
/// Bytes in a row.
pub const ROW_BYTES: usize = 32;
/// Tree levels that a tile spans.
pub const HEIGHT: u32 = 8;
/// Highest level that a name may carry (C2SP tlog-tiles).
const LEVEL_MAX: u8 = 63;
/// Tile levels of a tree of 2^64 − 1 leaves.
const LEVELS: u8 = 8;

/// Name of a hash tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    /// Level: rows are roots of 256^level leaves.
    pub level: u8,
    /// Position among the tiles of its level.
    pub index: u64,
    /// Rows: 256 in a full tile, 1 to 255 in a partial one.
    pub width: u16,
}

/// Name of an entry bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BundleId {
    /// Position; the first entry is number 256 × index.
    pub index: u64,
    /// Entries: 256 in a full bundle, 1 to 255 in a partial one.
    pub width: u16,
}

/// A file under `tile/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// A hash tile.
    Tile(TileId),
    /// An entry bundle.
    Bundle(BundleId),
}

impl TileId {
    /// Path below the ledger's prefix: `tile/<L>/<N>[.p/<W>]`.
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, numbered(self.index, self.width))
    }

    /// The tree nodes that the rows are, in order.
    pub fn rows(&self) -> impl Iterator<Item = Node> {
        let (level, first) = (u32::from(self.level) * HEIGHT, self.index.saturating_mul(WIDTH.into()));
        (0..u64::from(self.width)).map(move |row| Node { level, index: first.saturating_add(row) })
    }

    /// Reads the path of a hash tile.
    pub fn parse(path: &str) -> Option<Self> {
        match Resource::parse(path)? {
            Resource::Tile(tile) => Some(tile),
            Resource::Bundle(_) => None,
        }
    }
}

impl BundleId {
    /// Path below the ledger's prefix: `tile/entries/<N>[.p/<W>]`.
    pub fn path(&self) -> String {
        format!("tile/entries/{}", numbered(self.index, self.width))
    }

    /// Numbers of the entries in it.
    pub fn entries(&self) -> Range<u64> {
        let first = self.index.saturating_mul(WIDTH.into());
        first..first.saturating_add(self.width.into())
    }
}

impl Resource {
    /// Path below the ledger's prefix.
    pub fn path(&self) -> String {
        match self {
            Self::Tile(tile) => tile.path(),
            Self::Bundle(bundle) => bundle.path(),
        }
    }

    /// Reads a path; `None` for everything that is not exactly the name of a tile or bundle.
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, number) = path.strip_prefix("tile/")?.split_once('/')?;
        let (number, width) = match number.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|width| (1..WIDTH).contains(width))?),
            None => (number, WIDTH),
        };
        let index = number.split('/').try_fold(0u64, |index, part| {
            let digits = part.strip_prefix('x').unwrap_or(part);
            index.checked_mul(1000)?.checked_add(digits.parse::<u16>().ok()?.into())
        })?;
        let found = match kind {
            "entries" => Self::Bundle(BundleId { index, width }),
            level => {
                Self::Tile(TileId { level: level.parse().ok().filter(|level| *level <= LEVEL_MAX)?, index, width })
            }
        };
        // One name for each file: signs, stray zeroes and missing `x` end here.
        (found.path() == path).then_some(found)
    }
}

/// Path of the entry bundle `index` with `width` entries.
pub fn entries_path(index: u64, width: u16) -> String {
    BundleId { index, width }.path()
}

/// Hash tiles to write when the published size goes from `old` to `new`: those newly full and the new
/// partial ones, level by level, lazily.
pub fn between(old: u64, new: u64) -> impl Iterator<Item = TileId> {
    (0..LEVELS).flat_map(move |level| {
        let shift = u32::from(level) * HEIGHT;
        grown(old >> shift, new >> shift).map(move |(index, width)| TileId { level, index, width })
    })
}

/// Entry bundles to write when the published size goes from `old` to `new`, lazily.
pub fn bundles_between(old: u64, new: u64) -> impl Iterator<Item = BundleId> {
    grown(old, new).map(|(index, width)| BundleId { index, width })
}

/// Every file that a complete ledger of `size` entries has under `tile/`, superseded partial ones left out, lazily.
pub fn of_size(size: u64) -> impl Iterator<Item = Resource> {
    bundles_between(0, size).map(Resource::Bundle).chain(between(0, size).map(Resource::Tile))
}

/// Where a node's hash lies: the root over some rows of one tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Level of the tile.
    pub level: u8,
    /// Index of the tile within its level.
    pub index: u64,
    /// The rows: a power of two of them, at a multiple of their number.
    pub rows: Range<usize>,
}

/// Where `node` lies; any tile of that level and index that is wide enough will do.
pub fn node_in_tile(node: Node) -> Place {
    let below = node.level % HEIGHT;
    let in_tile = HEIGHT - below;
    let first = ((node.index & ((1 << in_tile) - 1)) << below) as usize;
    Place {
        level: u8::try_from(node.level / HEIGHT).unwrap_or(u8::MAX), // no tree is so high: no such tile exists
        index: node.index >> in_tile,
        rows: first..first + (1 << below),
    }
}

impl Place {
    /// The tile to ask for in a tree of `size` leaves; `None` if that tree does not hold the node.
    pub fn tile(&self, size: u64) -> Option<TileId> {
        let rows = size.checked_shr(u32::from(self.level) * HEIGHT).unwrap_or(0);
        let width = rows.checked_sub(self.index.checked_mul(WIDTH.into())?)?.min(WIDTH.into()) as u16;
        let held = self.rows.end <= usize::from(width);
        held.then_some(TileId { level: self.level, index: self.index, width })
    }

    /// The node's hash from the tile's bytes; `None` if the tile is cut short, over-long, or not wide enough.
    pub fn hash(&self, tile: &[u8]) -> Option<Sha256> {
        root_of(rows(tile)?.get(self.rows.clone())?)
    }
}

/// The rows of a tile's bytes; `None` unless they are 1 to 256 whole rows.
pub fn rows(tile: &[u8]) -> Option<Vec<Sha256>> {
    let (rows, rest) = tile.as_chunks::<ROW_BYTES>();
    let whole = rest.is_empty() && (1..=usize::from(WIDTH)).contains(&rows.len());
    whole.then(|| rows.iter().map(|row| Sha256(*row)).collect())
}

/// Root over a power of two of rows; `None` for any other number.
pub fn root_of(rows: &[Sha256]) -> Option<Sha256> {
    if !rows.len().is_power_of_two() {
        return None;
    }
    let mut rows = rows.to_vec();
    while rows.len() > 1 {
        rows = rows.chunks(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    rows.first().copied()
}

/// Index and width of the tiles that change when a level goes from `old` to `new` rows.
fn grown(old: u64, new: u64) -> impl Iterator<Item = (u64, u16)> {
    let width = u64::from(WIDTH);
    let changed = if old < new { old / width..new.div_ceil(width) } else { 0..0 };
    changed.map(move |index| (index, (new - index * width).min(width) as u16))
}

/// `<N>[.p/<W>]`: groups of three digits, all but the last marked `x`.
fn numbered(index: u64, width: u16) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if width < WIDTH {
        path.push_str(&format!(".p/{width}"));
    }
    path
}

#[cfg(test)]
mod tests;
