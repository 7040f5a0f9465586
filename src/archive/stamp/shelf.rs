//! `evidence/`: notes, hash trees and tokens, append-only, and what the ledger remembers of them.
//!
//! A token counts once its event is in the ledger; until then it waits, and the next stamping records it. Nothing in the
//! folder is ever replaced.

use super::token::{Standing, TOKEN_BYTES_MAX, examine};
use super::tree::{EvidenceFile, FOLDER, HEAD_BYTES_MAX, TREE_BYTES_MAX, TokenName, Tree};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::digest::Sha256;
use crate::disk::{self, Disk};
use crate::error::{Error, Result};
use crate::event::{Detail, Stamped};
use std::collections::BTreeMap;

/// Longest signed note, bytes.
pub const NOTE_BYTES_MAX: u64 = 1 << 20;

impl Archive {
    /// What the ledger remembers of tokens, by name.
    pub(in crate::archive) fn recorded_tokens(&self) -> Result<BTreeMap<TokenName, Stamped>> {
        let mut found = BTreeMap::new();
        for id in self.catalog.time_authorities().map_err(project::catalog)? {
            for (_, row) in self.catalog.events(id).map_err(project::catalog)? {
                if let Some(Detail::Stamped(stamped)) = self.entry(&row)?.1.detail {
                    found.insert(name_of(&stamped), stamped);
                }
            }
        }
        Ok(found)
    }

    /// Sound tokens that lie in `evidence/` and that the ledger does not know yet.
    pub(in crate::archive) fn waiting_tokens(&self) -> Result<Vec<(TokenName, Vec<u8>)>> {
        let (recorded, disk) = (self.recorded_tokens()?, self.disks.archive.as_ref());
        let mut waiting = Vec::new();
        for file in list(disk)?.into_iter().filter_map(|(_, file)| file) {
            let EvidenceFile::Token(name) = file else { continue };
            if recorded.contains_key(&name) {
                continue;
            }
            let Some(tree) = read_tree(disk, name.checkpoint)? else { continue };
            let token = read(disk, &EvidenceFile::Token(name.clone()))?.unwrap_or_default();
            match examine(&token, tree.hash_tree()?.root()) {
                Standing::Sound(_) => waiting.push((name, token)),
                Standing::Unchecked(why) | Standing::Wrong(why) => {
                    tracing::warn!(%name, why, "a time-stamp token in evidence/ is passed over");
                }
            }
        }
        Ok(waiting)
    }
}

/// The name of the token that an event is about.
pub fn name_of(stamped: &Stamped) -> TokenName {
    TokenName { checkpoint: stamped.checkpoint, authority: stamped.authority.clone() }
}

/// Every file in `evidence/`, by its name there; `None` for one that has no place there.
pub fn list(disk: &dyn Disk) -> Result<Vec<(String, Option<EvidenceFile>)>> {
    let mut files: Vec<_> = match disk.list(FOLDER) {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(Error::from(error)),
    };
    files.retain(|listed| listed.is_dir || !listed.name.ends_with(disk::TEMPORARY));
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files
        .into_iter()
        .map(|listed| {
            let file = EvidenceFile::parse(&listed.name).filter(|_| !listed.is_dir);
            (listed.name, file)
        })
        .collect())
}

/// A file's bytes; `None` if there is none.
pub fn read(disk: &dyn Disk, file: &EvidenceFile) -> Result<Option<Vec<u8>>> {
    let longest = match file {
        EvidenceFile::Checkpoint(_) => NOTE_BYTES_MAX,
        EvidenceFile::Tree(_) => TREE_BYTES_MAX,
        EvidenceFile::Token(_) => TOKEN_BYTES_MAX,
    };
    Ok(disk::read(disk, &file.path(), longest)?)
}

/// The hash tree made for a checkpoint; `None` if there is none that can be read.
pub fn read_tree(disk: &dyn Disk, checkpoint: u64) -> Result<Option<Tree>> {
    let text = read(disk, &EvidenceFile::Tree(checkpoint))?.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.and_then(|text| Tree::parse(&text)).filter(|tree| tree.checkpoint.0 == checkpoint))
}

/// The tokens that the hash tree of a checkpoint renews.
pub fn renewed_by(disk: &dyn Disk, checkpoint: u64) -> Result<Vec<(TokenName, Sha256)>> {
    let file = match disk.open(&EvidenceFile::Tree(checkpoint).path()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        file => file?,
    };
    let length = usize::try_from(file.len()?).unwrap_or(usize::MAX).min(HEAD_BYTES_MAX);
    let mut beginning = vec![0; length];
    disk::read_exact_at(file.as_ref(), 0, &mut beginning)?;
    Ok(String::from_utf8(beginning).ok().and_then(|text| Tree::renews(&text)).unwrap_or_default())
}

/// Puts files that are not there yet into `evidence/`, whole, durable and read-only on return.
pub fn keep(disk: &dyn Disk, files: Vec<(EvidenceFile, Vec<u8>)>) -> Result<()> {
    let mut new = Vec::new();
    for (file, bytes) in files {
        match read(disk, &file)? {
            None => new.push((file.path(), bytes)),
            Some(there) if there == bytes => {}
            Some(_) => return Err(Error::conflict(format!("{} is there already, with other content", file.path()))),
        }
    }
    disk::replace_all(disk, &new)?;
    for (path, _) in &new {
        disk.make_read_only(path)?;
    }
    Ok(())
}

/// What stands for a record in a tree: SHA-256 of its opening, salt first, and of each of its files.
pub fn group(salt: &[u8; 32], manifest: &[u8], files: impl Iterator<Item = Sha256>) -> Vec<Sha256> {
    let mut members = vec![Sha256::of_parts(&[salt, manifest])];
    for file in files {
        // Two files of a record may be the same.
        if !members.contains(&file) {
            members.push(file);
        }
    }
    members
}

/// SHA-256 of a token's file, as a tree that renews it names it (RFC 4998 §5.2).
pub fn token_leaf(token: &[u8]) -> Sha256 {
    Sha256::of(token)
}
