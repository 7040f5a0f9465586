//! Hash trees and reduced hash trees (RFC 4998 §4.1, §4.2).
//!
//! A node is the digest of its children's digests, sorted bytewise and concatenated. A reduced tree keeps, for one
//! group of objects, what is needed to come from them to the root: a list for each level, to which the digest of the
//! level below is added. A list of one digest is that digest, not hashed again: a group of one object is the object.

use crate::signature::algorithm::DigestAlgorithm;

/// Groups in one tree: a million records stamped at once take 64 MB here.
pub const GROUPS_MAX: usize = 1 << 20;

/// A reduced hash tree: lists from the data up to, and without, the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReducedTree(pub Vec<Vec<Vec<u8>>>);

/// A hash tree over groups of objects, binary above the groups.
#[derive(Debug, Clone)]
pub struct HashTree {
    algorithm: DigestAlgorithm,
    groups: Vec<Vec<Vec<u8>>>,
    /// From the groups' digests up to the root; each level pairs the one below, an odd last node moving up as it is.
    levels: Vec<Vec<Vec<u8>>>,
}

/// Why no tree can be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// No group, or one without objects.
    #[error("a hash tree needs at least one object in each group")]
    Empty,
    /// More than [`GROUPS_MAX`] groups, or than fit one list.
    #[error("more objects than one hash tree takes")]
    TooMany,
    /// A digest of another length than the algorithm gives.
    #[error("a digest of another algorithm")]
    Length,
}

impl HashTree {
    /// The tree over these groups: each the digests of the objects that are proven together (a document, its
    /// evidence, its validation report).
    pub fn new(algorithm: DigestAlgorithm, groups: Vec<Vec<Vec<u8>>>) -> Result<Self, TreeError> {
        if groups.is_empty() || groups.iter().any(Vec::is_empty) {
            return Err(TreeError::Empty);
        }
        if groups.len() > GROUPS_MAX || groups.iter().any(|group| group.len() > super::LIST_DIGESTS_MAX) {
            return Err(TreeError::TooMany);
        }
        if groups.iter().flatten().any(|digest| digest.len() != algorithm.length_bytes()) {
            return Err(TreeError::Length);
        }
        let mut levels = vec![groups.iter().map(|group| node(algorithm, group)).collect::<Vec<_>>()];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            levels.push(below.chunks(2).map(|pair| node(algorithm, pair)).collect());
        }
        Ok(Self { algorithm, groups, levels })
    }

    /// The tree over single objects.
    pub fn of_objects(algorithm: DigestAlgorithm, digests: Vec<Vec<u8>>) -> Result<Self, TreeError> {
        Self::new(algorithm, digests.into_iter().map(|digest| vec![digest]).collect())
    }

    /// Digest algorithm of the nodes.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// What is to be time-stamped: it goes into the imprint as it is.
    pub fn root(&self) -> &[u8] {
        &self.levels[self.levels.len() - 1][0]
    }

    /// The reduced tree of one group; `None` if there is no such group. `Some` of no lists: the root is the object.
    pub fn reduced(&self, group: usize) -> Option<ReducedTree> {
        let objects = self.groups.get(group)?;
        let mut lists = vec![objects.clone()];
        let mut at = group;
        for level in &self.levels {
            match (level.get(at ^ 1), &mut lists[..]) {
                // A first list of one object is not hashed by itself: its sibling joins it, for readers that do hash.
                (Some(sibling), [first]) if objects.len() == 1 && first.len() == 1 => first.push(sibling.clone()),
                (Some(sibling), _) => lists.push(vec![sibling.clone()]),
                (None, _) => {}
            }
            at /= 2;
        }
        if lists.len() == 1 && lists[0].len() == 1 {
            lists.clear();
        }
        for list in &mut lists {
            list.sort_unstable();
        }
        Some(ReducedTree(lists))
    }
}

impl ReducedTree {
    /// The root that follows from the lists; `None` without any digest.
    pub fn root(&self, algorithm: DigestAlgorithm) -> Option<Vec<u8>> {
        let mut carried: Option<Vec<u8>> = None;
        for list in &self.0 {
            let digests: Vec<Vec<u8>> = list.iter().cloned().chain(carried.take()).collect();
            carried = (!digests.is_empty()).then(|| node(algorithm, &digests));
        }
        carried
    }

    /// The digests of the first list: the objects, and possibly nodes beside them.
    pub fn first(&self) -> &[Vec<u8>] {
        self.0.first().map_or(&[], Vec::as_slice)
    }
}

/// The digest of sorted children; an only child is the node itself.
fn node(algorithm: DigestAlgorithm, children: &[Vec<u8>]) -> Vec<u8> {
    if let [only] = children {
        return only.clone();
    }
    let mut sorted: Vec<&[u8]> = children.iter().map(Vec::as_slice).collect();
    sorted.sort_unstable();
    algorithm.of_parts(&sorted).as_ref().to_vec()
}
