//! The ledger: the append-only, Merkle-hashed list of entries, as a C2SP tlog-tiles prefix.
//!
//! Owns `ledger/` (tiles, entry bundles, checkpoint, public keys) and the high-water marks. The tree's right edge is
//! in memory; entries become durable in the vault first, and the files here follow when the publisher asks.
//!
//! Invariants: a file is written whole and synced before a checkpoint covers it; a written full tile never changes;
//! partial tiles of every published size stay until the full tile is there. Any file can be made again from the
//! vault's ENTRY frames.
//!
//! Must not sign by itself before the high-water mark is durable: the publisher in the façade keeps that order.

pub mod high_water;

use crate::digest::Sha256;
use crate::disk::{self, Disk};
use crate::merkle::tile::{self, BundleId, Resource, TileId, WIDTH};
use crate::merkle::{self, Frontier, Node, bundle};
use std::collections::VecDeque;
use std::io;

/// The folder, which any web server can serve as it is.
pub const FOLDER: &str = "ledger";
/// The newest signed checkpoint.
pub const CHECKPOINT: &str = "ledger/checkpoint";
/// The Ed25519 verifier key.
pub const ED25519_VKEY: &str = "ledger/keys/ed25519.vkey";
/// The ML-DSA-44 verifier key.
pub const ML_DSA_44_VKEY: &str = "ledger/keys/ml-dsa-44.vkey";
const TILE_BYTES_MAX: u64 = 256 * tile::ROW_BYTES as u64;
const BUNDLE_BYTES_MAX: u64 = 256 * (2 + bundle::ENTRY_BYTES_MAX as u64);

/// Why the ledger could not do it.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The disk failed.
    #[error("ledger: {0}")]
    Io(#[from] io::Error),
    /// A file is missing or contradicts the tree.
    #[error("{path}: {what}")]
    Corrupt {
        /// The file.
        path: String,
        /// What is wrong.
        what: String,
    },
}

fn corrupt(path: impl Into<String>, what: &str) -> LedgerError {
    LedgerError::Corrupt { path: path.into(), what: what.into() }
}

/// What a publication writes.
pub struct Publication {
    /// Entries it covers.
    pub size: u64,
    /// Root over them.
    pub root: Sha256,
    files: Vec<(String, Vec<u8>)>,
    superseded: Vec<String>,
}

/// The tree in memory: all of its right edge, and the entries that are not yet in a full bundle on disk.
pub struct Ledger {
    frontier: Frontier,
    published: u64,
    /// Per tile level: rows from the first row of the tile that was partial at the published size.
    rows: Vec<Edge>,
    entries: VecDeque<Vec<u8>>,
    first_entry: u64,
}

#[derive(Default)]
struct Edge {
    first: u64,
    rows: VecDeque<Sha256>,
}

impl Ledger {
    /// An empty ledger.
    pub fn new() -> Self {
        Self { frontier: Frontier::new(), published: 0, rows: Vec::new(), entries: VecDeque::new(), first_entry: 0 }
    }

    /// The ledger as published at `size`, from its tiles; later entries are appended from the vault.
    pub fn open(disk: &dyn Disk, size: u64) -> Result<Self, LedgerError> {
        let reader = TileReader { disk, size };
        let frontier = Frontier::from_nodes(size, |node| reader.node(node))?;
        let mut ledger = Self { frontier, published: size, ..Self::new() };
        let mut level = 0u8;
        while size >> (u32::from(level) * tile::HEIGHT) > 0 {
            let count = size >> (u32::from(level) * tile::HEIGHT);
            let (index, width) = (count / u64::from(WIDTH), (count % u64::from(WIDTH)) as u16);
            let rows = if width == 0 { Vec::new() } else { reader.rows(TileId { level, index, width })? };
            ledger.rows.push(Edge { first: index * u64::from(WIDTH), rows: rows.into() });
            level += 1;
        }
        let (index, width) = (size / u64::from(WIDTH), (size % u64::from(WIDTH)) as u16);
        ledger.first_entry = index * u64::from(WIDTH);
        if width > 0 {
            ledger.entries = read_bundle(disk, BundleId { index, width })?.into();
        }
        Ok(ledger)
    }

    /// Adds an entry; its index.
    pub fn append(&mut self, entry: Vec<u8>) -> u64 {
        let index = self.frontier.size();
        let hash = merkle::leaf_hash(&entry);
        self.frontier.push(hash);
        self.entries.push_back(entry);
        self.push_row(0, hash);
        index
    }

    fn push_row(&mut self, level: usize, hash: Sha256) {
        if self.rows.len() == level {
            self.rows.push(Edge::default());
        }
        let edge = &mut self.rows[level];
        edge.rows.push_back(hash);
        let width = usize::from(WIDTH);
        if edge.rows.len().is_multiple_of(width) {
            let full: Vec<Sha256> = edge.rows.range(edge.rows.len() - width..).copied().collect();
            let root = tile::root_of(&full).expect("a full tile has a root");
            self.push_row(level + 1, root);
        }
    }

    /// Entries so far.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Root over them.
    pub fn root(&self) -> Sha256 {
        self.frontier.root()
    }

    /// Size of the last publication.
    pub fn published(&self) -> u64 {
        self.published
    }

    /// A copy of the right edge, to take back what is appended from here on.
    pub fn mark(&self) -> Mark {
        Mark {
            frontier: self.frontier.clone(),
            rows: self.rows.iter().map(|edge| edge.rows.len()).collect(),
            entries: self.entries.len(),
        }
    }

    /// Takes back what was appended since `mark`; nothing of it may have been published.
    pub fn rewind(&mut self, mark: Mark) {
        self.rows.truncate(mark.rows.len());
        for (edge, length) in self.rows.iter_mut().zip(mark.rows) {
            edge.rows.truncate(length);
        }
        self.entries.truncate(mark.entries);
        self.frontier = mark.frontier;
    }

    /// Everything that must be on disk before a checkpoint of the present size is signed.
    pub fn publication(&self) -> Result<Publication, LedgerError> {
        let (old, new) = (self.published, self.size());
        let mut files = Vec::new();
        let mut superseded = Vec::new();
        for id in tile::between(old, new) {
            let edge = &self.rows[usize::from(id.level)];
            let from = usize::try_from(id.index * u64::from(WIDTH) - edge.first).map_err(io::Error::other)?;
            let rows = edge.rows.range(from..from + usize::from(id.width));
            let bytes = rows.flat_map(|hash| hash.0).collect();
            if id.width == WIDTH {
                superseded.push(partials(&id.path()));
            }
            files.push((disk::join(FOLDER, &id.path()), bytes));
        }
        for id in tile::bundles_between(old, new) {
            let from = usize::try_from(id.entries().start - self.first_entry).map_err(io::Error::other)?;
            let entries: Vec<&[u8]> =
                self.entries.range(from..from + usize::from(id.width)).map(Vec::as_slice).collect();
            let bytes = bundle::encode(&entries).map_err(|bad| corrupt(id.path(), &bad.to_string()))?;
            if id.width == WIDTH {
                superseded.push(partials(&id.path()));
            }
            files.push((disk::join(FOLDER, &id.path()), bytes));
        }
        Ok(Publication { size: new, root: self.root(), files, superseded })
    }

    /// Notes that a publication is complete; forgets what no later one needs.
    pub fn published_to(&mut self, size: u64) {
        self.published = size;
        for (level, edge) in self.rows.iter_mut().enumerate() {
            let count = size >> (level as u32 * tile::HEIGHT);
            let first = count / u64::from(WIDTH) * u64::from(WIDTH);
            while edge.first < first {
                edge.rows.pop_front();
                edge.first += 1;
            }
        }
        let first = size / u64::from(WIDTH) * u64::from(WIDTH);
        while self.first_entry < first {
            self.entries.pop_front();
            self.first_entry += 1;
        }
    }
}

impl Default for Ledger {
    fn default() -> Self {
        Self::new()
    }
}

/// The state of a ledger before entries that may have to be taken back.
pub struct Mark {
    frontier: Frontier,
    rows: Vec<usize>,
    entries: usize,
}

impl Publication {
    /// Writes tiles and bundles, durably.
    pub fn write(&self, disk: &dyn Disk) -> Result<(), LedgerError> {
        Ok(disk::replace_all(disk, &self.files)?)
    }

    /// Number of files.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// The bytes of one of its files.
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.iter().find(|(file, _)| file == path).map(|(_, bytes)| bytes.as_slice())
    }

    /// The files on disk that are not as this publication writes them.
    pub fn compare(&self, disk: &dyn Disk) -> io::Result<Vec<(String, &'static str)>> {
        let mut differing = Vec::new();
        for (path, bytes) in &self.files {
            match disk::read(disk, path, BUNDLE_BYTES_MAX)? {
                Some(found) if found == *bytes => {}
                // In the middle of the tree a partial file has long given way to the full one.
                None if path.contains(".p/") && self.is_superseded(disk, path)? => {}
                Some(_) => differing.push((path.clone(), "it differs from the entries")),
                None => differing.push((path.clone(), "it is missing")),
            }
        }
        Ok(differing)
    }

    fn is_superseded(&self, disk: &dyn Disk, path: &str) -> io::Result<bool> {
        let full = path.split_once(".p/").map_or(path, |(full, _)| full);
        Ok(disk::read(disk, full, BUNDLE_BYTES_MAX)?.is_some())
    }

    /// Removes partial files whose full ones are on disk; after the checkpoint is out. Not needed for correctness.
    pub fn remove_superseded(&self, disk: &dyn Disk) -> Result<(), LedgerError> {
        for folder in &self.superseded {
            for file in disk.list(folder)? {
                disk.remove(&disk::join(folder, &file.name))?;
            }
            match disk.remove_dir(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

fn partials(full: &str) -> String {
    format!("{FOLDER}/{full}.p")
}

/// Reads nodes of a published tree from its tiles.
pub struct TileReader<'a> {
    /// Where the ledger lies.
    pub disk: &'a dyn Disk,
    /// A published size.
    pub size: u64,
}

impl TileReader<'_> {
    /// The hash of a complete subtree.
    pub fn node(&self, node: Node) -> Result<Sha256, LedgerError> {
        let place = tile::node_in_tile(node);
        let id = place.tile(self.size).ok_or_else(|| corrupt(FOLDER, "the tree is smaller than asked"))?;
        place.hash(&self.bytes(id)?).ok_or_else(|| corrupt(id.path(), "the tile is too short"))
    }

    fn rows(&self, id: TileId) -> Result<Vec<Sha256>, LedgerError> {
        tile::rows(&self.bytes(id)?).ok_or_else(|| corrupt(id.path(), "the tile is too short"))
    }

    /// A tile's bytes; a partial tile may since have become a full one, whose beginning it is.
    fn bytes(&self, id: TileId) -> Result<Vec<u8>, LedgerError> {
        let length = usize::from(id.width) * tile::ROW_BYTES;
        for path in [id.path(), TileId { width: WIDTH, ..id }.path()] {
            if let Some(mut bytes) = disk::read(self.disk, &disk::join(FOLDER, &path), TILE_BYTES_MAX)? {
                if bytes.len() < length {
                    return Err(corrupt(path, "the tile is too short"));
                }
                bytes.truncate(length);
                return Ok(bytes);
            }
        }
        Err(corrupt(disk::join(FOLDER, &id.path()), "the tile is missing"))
    }
}

/// The entries of a bundle as published.
pub fn read_bundle(disk: &dyn Disk, id: BundleId) -> Result<Vec<Vec<u8>>, LedgerError> {
    for width in [id.width, WIDTH] {
        let path = disk::join(FOLDER, &BundleId { width, ..id }.path());
        if let Some(bytes) = disk::read(disk, &path, BUNDLE_BYTES_MAX)? {
            let entries = bundle::decode(&bytes, width).map_err(|bad| corrupt(path, &bad.to_string()))?;
            return Ok(entries.into_iter().take(usize::from(id.width)).map(<[u8]>::to_vec).collect());
        }
    }
    Err(corrupt(disk::join(FOLDER, &id.path()), "the bundle is missing"))
}

/// Entry `index` of a ledger published at `size`.
pub fn read_entry(disk: &dyn Disk, size: u64, index: u64) -> Result<Option<Vec<u8>>, LedgerError> {
    if index >= size {
        return Ok(None);
    }
    let bundle = index / u64::from(WIDTH);
    let width = (size - bundle * u64::from(WIDTH)).min(u64::from(WIDTH)) as u16;
    let entries = read_bundle(disk, BundleId { index: bundle, width })?;
    Ok(entries.into_iter().nth((index % u64::from(WIDTH)) as usize))
}

/// Every file under `tile/` with its path below the ledger; names that no ledger has are given as they are.
pub fn list_files(disk: &dyn Disk) -> Result<Vec<(String, Option<Resource>)>, LedgerError> {
    let mut found = Vec::new();
    let mut folders = vec!["tile".to_owned()];
    while let Some(folder) = folders.pop() {
        for listed in disk.list(&disk::join(FOLDER, &folder))? {
            let path = disk::join(&folder, &listed.name);
            if listed.is_dir {
                folders.push(path);
            } else {
                found.push((path.clone(), Resource::parse(&path)));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests;
