//! Making and renewing records (RFC 4998 §4.1, §5.2).
//!
//! Both take a token that has been obtained for the root of a tree; that it stamps just that is checked first. What
//! is added never changes what was written before: older parts are copied as they stand.

use crate::signature::algorithm::{DigestAlgorithm, Unsupported};
use crate::signature::asn1;
use crate::signature::der::Slice;
use crate::signature::timestamp::{TimeStampToken, TokenError};

use super::{Chain, EvidenceRecord, HashTree, ReducedTree};

/// Why a record cannot be made or renewed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateError {
    /// The token cannot be read.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The token stamps something else than the root of the tree.
    #[error("the time-stamp is not over the root of the hash tree")]
    OtherRoot,
    /// There is no such group in the tree.
    #[error("the hash tree has no group {0}")]
    NoGroup(usize),
    /// The tree does not hold what this record needs stamped.
    #[error("the hash tree does not hold what is to be renewed")]
    OtherLeaf,
    /// The record has no time-stamp to renew.
    #[error("the record has no time-stamp")]
    NoTimeStamp,
    /// A time-stamp renewal keeps the digest algorithm of its chain.
    #[error("a renewal of the time-stamp keeps the digest algorithm; another needs a renewal of the hash tree")]
    OtherAlgorithm,
    /// The algorithm of the record is not offered.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
}

/// The record of one group of `tree`, once `token` stamps its root.
pub fn initial(tree: &HashTree, group: usize, token: &[u8]) -> Result<Vec<u8>, CreateError> {
    let stamp = archive_time_stamp(tree, group, token)?.1;
    let algorithms = asn1::sequence(&[&asn1::algorithm(tree.algorithm().oid())]);
    let chains = asn1::sequence(&[&asn1::sequence(&[&stamp])]);
    Ok(asn1::sequence(&[&asn1::integer(&[1]), &algorithms, &chains]))
}

impl EvidenceRecord {
    /// What a renewal of the time-stamp must have in its tree: the digest of the last token, under the algorithm of
    /// its chain.
    pub fn time_stamp_leaf(&self) -> Result<(DigestAlgorithm, Vec<u8>), CreateError> {
        let last = self.last().ok_or(CreateError::NoTimeStamp)?;
        let algorithm = last.algorithm()?;
        Ok((algorithm, algorithm.of_parts(&[&last.time_stamp]).as_ref().to_vec()))
    }

    /// What a renewal of the hash tree must have in its tree for an object with this digest under `algorithm`.
    pub fn hash_tree_leaf(&self, algorithm: DigestAlgorithm, object: &[u8]) -> Vec<u8> {
        let older = self.chains_digest(algorithm, self.chains.len());
        algorithm.of_parts(&[object, &older]).as_ref().to_vec()
    }

    /// The record with its time-stamp renewed: `group` of `tree` holds [`EvidenceRecord::time_stamp_leaf`].
    pub fn with_time_stamp(&self, tree: &HashTree, group: usize, token: &[u8]) -> Result<Vec<u8>, CreateError> {
        let (algorithm, leaf) = self.time_stamp_leaf()?;
        if algorithm != tree.algorithm() {
            return Err(CreateError::OtherAlgorithm);
        }
        let (reduced, stamp) = archive_time_stamp(tree, group, token)?;
        holds(&reduced, tree, &leaf)?;
        let (last, older) = self.chains.split_last().ok_or(CreateError::NoTimeStamp)?;
        let mut stamps: Vec<&[u8]> = last.time_stamps.iter().map(|stamp| &*stamp.raw).collect();
        stamps.push(&stamp);
        Ok(self.with_chains(older, &asn1::sequence(&stamps), algorithm))
    }

    /// The record with its hash tree renewed: `group` of `tree` holds the [`EvidenceRecord::hash_tree_leaf`] of each
    /// of its objects, whose digests under the new algorithm are `objects`.
    pub fn with_chain(
        &self,
        tree: &HashTree,
        group: usize,
        objects: &[&[u8]],
        token: &[u8],
    ) -> Result<Vec<u8>, CreateError> {
        let algorithm = tree.algorithm();
        let (reduced, stamp) = archive_time_stamp(tree, group, token)?;
        for object in objects {
            holds(&reduced, tree, &self.hash_tree_leaf(algorithm, object))?;
        }
        Ok(self.with_chains(&self.chains, &asn1::sequence(&[&stamp]), algorithm))
    }

    fn with_chains(&self, older: &[Chain], last: &[u8], algorithm: DigestAlgorithm) -> Vec<u8> {
        let mut named: Vec<Vec<u8>> = self.digest_algorithms.iter().map(|named| asn1::algorithm(named)).collect();
        if !self.digest_algorithms.iter().any(|named| **named == *algorithm.oid()) {
            named.push(asn1::algorithm(algorithm.oid()));
        }
        let mut chains: Vec<&[u8]> = older.iter().map(|chain| &*chain.raw).collect();
        chains.push(last);
        let infos: &[Option<Slice>] = &[self.crypto_infos.clone(), self.encryption.clone()];
        let infos: Vec<&[u8]> = infos.iter().flatten().map(|info| &**info).collect();
        let (version, algorithms) = (asn1::integer(&[1]), asn1::sequence(&[&named.concat()]));
        asn1::sequence(&[&version, &algorithms, &infos.concat(), &asn1::sequence(&chains)])
    }
}

/// The reduced tree of a group, and its archive time-stamp, encoded.
fn archive_time_stamp(tree: &HashTree, group: usize, token: &[u8]) -> Result<(ReducedTree, Vec<u8>), CreateError> {
    let TimeStampToken { info, data, .. } = TimeStampToken::read(token)?;
    if *info.imprint != *tree.root() || info.digest() != Ok(tree.algorithm()) {
        return Err(CreateError::OtherRoot);
    }
    let reduced = tree.reduced(group).ok_or(CreateError::NoGroup(group))?;
    let lists = reduced.0.iter().map(|list| {
        let digests: Vec<Vec<u8>> = list.iter().map(|digest| asn1::octets(digest)).collect();
        asn1::sequence(&[&digests.concat()])
    });
    let lists: Vec<Vec<u8>> = lists.collect();
    let encoded = if lists.is_empty() { Vec::new() } else { asn1::context(2, &[&lists.concat()]) };
    let algorithm = asn1::context(0, &[&asn1::oid(tree.algorithm().oid())]);
    Ok((reduced, asn1::sequence(&[&algorithm, &encoded, &data.raw])))
}

fn holds(reduced: &ReducedTree, tree: &HashTree, leaf: &[u8]) -> Result<(), CreateError> {
    let held =
        if reduced.0.is_empty() { tree.root() == leaf } else { reduced.first().iter().any(|listed| listed == leaf) };
    if held { Ok(()) } else { Err(CreateError::OtherLeaf) }
}
