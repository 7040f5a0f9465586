//! The hash tree that a time-stamp covers, as it lies in `evidence/`: a list of leaves (`docs/format.md` §6.8).
//!
//! The first leaf is the checkpoint's signed note; then come older tokens that are renewed, and then the records taken
//! in since the tree before, each a group of its files *and its opening*. An opening begins with a random salt, so a
//! leaf tells nothing about the files below it: neighbours in an evidence record are no leak, and the list stays good
//! after a record's keys are destroyed.

use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::is_authority_name;
use crate::signature::algorithm::DigestAlgorithm;
use crate::signature::evidence_record::HashTree;
use std::fmt::Write as _;

/// Digest algorithm of every tree here.
pub const ALGORITHM: DigestAlgorithm = DigestAlgorithm::Sha256;
/// Records in one tree: the work of some minutes, and a list of 25 MB. What is left is stamped by the next one.
pub const RECORDS_MAX: usize = 1 << 18;
/// Older tokens renewed by one tree; they fit [`HEAD_BYTES_MAX`]. What is left is renewed by the next one.
pub const RENEWALS_MAX: usize = 500;
/// Longest list read, bytes: every leaf takes less than 160.
pub const TREE_BYTES_MAX: u64 = 64 << 20;
/// What is read of a list to learn what it renews: no more than this stands before the records.
pub const HEAD_BYTES_MAX: usize = 128 << 10;

const FIRST_LINE: &str = "chauban hash tree 1";

/// Leaves of a hash tree, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Size of the checkpoint, and SHA-256 of its note.
    pub checkpoint: (u64, Sha256),
    /// Entries whose records it covers.
    pub entries: std::ops::Range<u64>,
    /// Tokens that it renews: SHA-256 of the file of each.
    pub tokens: Vec<(TokenName, Sha256)>,
    /// Records: the entry of accession, and the group's node.
    pub records: Vec<(u64, Sha256)>,
}

/// Which token: the checkpoint and the authority.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenName {
    /// Size of the checkpoint.
    pub checkpoint: u64,
    /// Name of the authority.
    pub authority: String,
}

impl Tree {
    /// The text of the file.
    pub fn encode(&self) -> String {
        let (size, note) = &self.checkpoint;
        let mut text =
            format!("{FIRST_LINE}\nentries {} {}\ncheckpoint {size} {note}\n", self.entries.start, self.entries.end);
        for (name, digest) in &self.tokens {
            let _ = writeln!(text, "token {name} {digest}");
        }
        for (entry, digest) in &self.records {
            let _ = writeln!(text, "record {entry} {digest}");
        }
        text
    }

    /// Reads the file.
    pub fn parse(text: &str) -> Option<Self> {
        let whole = text.strip_suffix('\n')?;
        let mut lines = whole.split('\n');
        let mut tree = Self::head(&mut lines)?;
        for line in lines {
            match fields(line)? {
                ("token", name, digest) if tree.records.is_empty() && tree.tokens.len() < RENEWALS_MAX => {
                    tree.tokens.push((TokenName::parse(name)?, digest.parse().ok()?));
                }
                ("record", entry, digest) if tree.records.len() < RECORDS_MAX => {
                    let entry = number(entry)?;
                    let after = tree.records.last().is_none_or(|(before, _)| *before < entry);
                    if !after || !tree.entries.contains(&entry) {
                        return None;
                    }
                    tree.records.push((entry, digest.parse().ok()?));
                }
                _ => return None,
            }
        }
        Some(tree)
    }

    /// The tokens that a tree renews, from the beginning of its file.
    pub fn renews(beginning: &str) -> Option<Vec<(TokenName, Sha256)>> {
        let mut lines = beginning.split_inclusive('\n').map_while(|line| line.strip_suffix('\n'));
        Self::head(&mut lines)?;
        let tokens = lines.map_while(|line| fields(line).filter(|(kind, ..)| *kind == "token"));
        tokens.map(|(_, name, digest)| Some((TokenName::parse(name)?, digest.parse().ok()?))).collect()
    }

    fn head<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Option<Self> {
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let ("entries", from, until) = fields(lines.next()?)? else { return None };
        let ("checkpoint", size, note) = fields(lines.next()?)? else { return None };
        let (entries, size) = (number(from)?..number(until)?, number(size)?);
        if entries.start > entries.end || entries.end > size {
            return None;
        }
        Some(Self { checkpoint: (size, note.parse().ok()?), entries, tokens: Vec::new(), records: Vec::new() })
    }

    /// Digests of all leaves, in order.
    fn leaves(&self) -> impl Iterator<Item = &Sha256> {
        let tokens = self.tokens.iter().map(|(_, digest)| digest);
        std::iter::once(&self.checkpoint.1).chain(tokens).chain(self.records.iter().map(|(_, digest)| digest))
    }

    /// The RFC 4998 tree over the leaves.
    pub fn hash_tree(&self) -> Result<HashTree> {
        hash_tree(self.leaves().map(|leaf| vec![leaf.0.to_vec()]).collect())
    }

    /// The same with the members of one group instead of its node: for a reduced tree that names them.
    pub fn with_group(&self, group: usize, members: &[Sha256]) -> Result<HashTree> {
        let mut groups: Vec<Vec<Vec<u8>>> = self.leaves().map(|leaf| vec![leaf.0.to_vec()]).collect();
        let place = groups.get_mut(group).ok_or_else(|| Error::corrupt("a hash tree is shorter than it says"))?;
        *place = members.iter().map(|digest| digest.0.to_vec()).collect();
        hash_tree(groups)
    }

    /// Place of a record's group among the leaves.
    pub fn place_of_record(&self, entry: u64) -> Option<usize> {
        let at = self.records.binary_search_by_key(&entry, |(entry, _)| *entry).ok()?;
        Some(1 + self.tokens.len() + at)
    }

    /// Place of a renewed token among the leaves.
    pub fn place_of_token(&self, name: &TokenName) -> Option<usize> {
        Some(1 + self.tokens.iter().position(|(renewed, _)| renewed == name)?)
    }
}

fn hash_tree(groups: Vec<Vec<Vec<u8>>>) -> Result<HashTree> {
    HashTree::new(ALGORITHM, groups).map_err(|error| Error::corrupt("a hash tree").because(error))
}

/// The node of a group: what stands for its members in the tree (RFC 4998 §4.2).
pub fn node(members: &[Sha256]) -> Result<Sha256> {
    let group = members.iter().map(|digest| digest.0.to_vec()).collect();
    let tree = hash_tree(vec![group])?;
    tree.root().try_into().map(Sha256).map_err(|_| Error::corrupt("a group"))
}

impl TokenName {
    fn parse(text: &str) -> Option<Self> {
        let (checkpoint, authority) = text.split_once('.')?;
        let checkpoint = number(checkpoint)?;
        is_authority_name(authority).then(|| Self { checkpoint, authority: authority.to_owned() })
    }
}

impl std::fmt::Display for TokenName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.checkpoint, self.authority)
    }
}

/// A file of `evidence/`, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvidenceFile {
    /// The signed note of a checkpoint.
    Checkpoint(u64),
    /// The hash tree made for it.
    Tree(u64),
    /// A token over the root of that tree.
    Token(TokenName),
}

impl EvidenceFile {
    /// What a name says; `None` for a name that no file of `evidence/` has.
    pub fn parse(name: &str) -> Option<Self> {
        let (stem, kind) = name.rsplit_once('.')?;
        match kind {
            "checkpoint" => number(stem).map(Self::Checkpoint),
            "tree" => number(stem).map(Self::Tree),
            "tst" => TokenName::parse(stem).map(Self::Token),
            _ => None,
        }
    }

    /// Its path in the archive.
    pub fn path(&self) -> String {
        match self {
            Self::Checkpoint(size) => format!("{FOLDER}/{size}.checkpoint"),
            Self::Tree(size) => format!("{FOLDER}/{size}.tree"),
            Self::Token(name) => format!("{FOLDER}/{name}.tst"),
        }
    }
}

/// The folder, in the archive.
pub const FOLDER: &str = "evidence";

fn fields(line: &str) -> Option<(&str, &str, &str)> {
    let mut fields = line.split(' ');
    let all = (fields.next()?, fields.next()?, fields.next()?);
    fields.next().is_none().then_some(all)
}

/// A number in the one form written here.
fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

#[cfg(test)]
mod tests;
