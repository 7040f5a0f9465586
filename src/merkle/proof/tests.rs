use super::super::tests::{leaves, mth, nodes};
use super::*;
use proptest::prelude::*;
use std::convert::Infallible;

/// RFC 6962 §2.1.1 PATH, word for word.
fn path(index: usize, leaves: &[Sha256]) -> Vec<Sha256> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut path, sibling) =
        if index < split { (path(index, left), mth(right)) } else { (path(index - split, right), mth(left)) };
    path.push(sibling);
    path
}

/// RFC 6962 §2.1.2 SUBPROOF, word for word.
fn subproof(old: usize, leaves: &[Sha256], whole: bool) -> Vec<Sha256> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![mth(leaves)] };
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut proof, sibling) = if old <= split {
        (subproof(old, left, whole), mth(right))
    } else {
        (subproof(old - split, right, false), mth(left))
    };
    proof.push(sibling);
    proof
}

/// No hash can be changed, dropped, added or exchanged.
fn only_this_proof(proof: &[Sha256], holds: impl Fn(&[Sha256]) -> bool) {
    assert!(holds(proof));
    let surplus = [proof, &[Sha256([0; 32])]].concat();
    assert!(!holds(&surplus));
    for at in 0..proof.len() {
        let mut changed = proof.to_vec();
        changed[at].0[at % 32] ^= 1;
        assert!(!holds(&changed));
        let mut dropped = proof.to_vec();
        dropped.remove(at);
        assert!(!holds(&dropped));
    }
    for pair in 1..proof.len() {
        let mut exchanged = proof.to_vec();
        exchanged.swap(pair - 1, pair);
        assert!(!holds(&exchanged));
    }
}

#[test]
fn inclusion_in_every_small_tree() {
    let leaves = leaves(70);
    for size in 1..=leaves.len() {
        let (tree, root) = (&leaves[..size], mth(&leaves[..size]));
        assert_eq!(super::root(size as u64, nodes(tree)), Ok(root));
        for index in 0..size {
            let proof = inclusion(index as u64, size as u64, nodes(tree)).unwrap();
            assert_eq!(proof, path(index, tree));
            only_this_proof(&proof, |proof| verify_inclusion(index as u64, size as u64, &tree[index], proof, &root));
            for other in (0..70).filter(|other| *other != index) {
                assert!(!verify_inclusion(other as u64, size as u64, &tree[index], &proof, &root));
            }
        }
    }
}

#[test]
fn consistency_of_all_small_trees() {
    let leaves = leaves(70);
    let roots: Vec<Sha256> = (0..=70).map(|size| mth(&leaves[..size])).collect();
    for new in 0..=leaves.len() {
        for old in 0..=new {
            let proof = consistency(old as u64, new as u64, nodes(&leaves[..new])).unwrap();
            if old > 0 {
                assert_eq!(proof, subproof(old, &leaves[..new], true));
            }
            let holds = |old_root: &Sha256, new_root: &Sha256, proof: &[Sha256]| {
                verify_consistency(old as u64, new as u64, old_root, new_root, proof)
            };
            only_this_proof(&proof, |proof| holds(&roots[old], &roots[new], proof));
            for wrong in (0..=70).filter(|wrong| *wrong != old) {
                assert!(!holds(&roots[wrong], &roots[new], &proof), "old root of {wrong} for {old} in {new}");
            }
            for wrong in (0..=70).filter(|wrong| *wrong != new && old > 0) {
                assert!(!holds(&roots[old], &roots[wrong], &proof), "new root of {wrong} for {old} in {new}");
            }
        }
    }
}

#[test]
fn questions_without_an_answer() {
    let none = |_| -> Result<Sha256, Infallible> { panic!("no node is needed") };
    let hash = Sha256([1; 32]);
    assert_eq!(inclusion(0, 0, none), Ok(vec![]));
    assert_eq!(inclusion(7, 7, none), Ok(vec![]));
    assert_eq!(consistency(8, 7, none), Ok(vec![]));
    assert!(!verify_inclusion(0, 0, &hash, &[], &hash));
    assert!(!verify_inclusion(u64::MAX, u64::MAX, &hash, &[], &hash));
    assert!(!verify_consistency(8, 7, &hash, &hash, &[]));
    assert!(!verify_consistency(7, 7, &hash, &empty_root(), &[]));
    assert!(!verify_consistency(0, 7, &hash, &hash, &[]));
    assert!(!verify_consistency(0, 0, &hash, &hash, &[]));
    assert!(verify_consistency(0, 0, &empty_root(), &empty_root(), &[]));
}

#[test]
fn the_closure_s_error_comes_through() {
    assert_eq!(inclusion(0, 3, Err), Err(Node { level: 0, index: 1 }));
    assert_eq!(root(5, Err), Err(Node { level: 2, index: 0 }));
}

/// A tree too big to hold, all of whose leaves have one hash: only its few distinct nodes are kept.
struct Uniform(Vec<Sha256>);

impl Uniform {
    fn new() -> Self {
        let mut levels = vec![super::super::leaf_hash(b"same")];
        for level in 0..63 {
            levels.push(node_hash(&levels[level], &levels[level]));
        }
        Self(levels)
    }

    fn node(&self, size: u64) -> impl Fn(Node) -> Result<Sha256, Infallible> {
        move |node| {
            assert!((u128::from(node.index) + 1) << node.level <= u128::from(size), "{node:?} is not complete");
            Ok(self.0[node.level as usize])
        }
    }
}

fn sizes() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        (0u32..64, 0u64..3, any::<bool>()).prop_map(|(bit, near, below)| {
            if below { (1u64 << bit).saturating_sub(near) } else { (1u64 << bit).saturating_add(near) }
        }),
        (0u64..3).prop_map(|near| u64::MAX - near),
    ]
}

proptest! {
    #[test]
    fn vast_trees(size in sizes(), index in sizes(), old in sizes()) {
        let tree = Uniform::new();
        let (index, old) = (index.checked_rem(size).unwrap_or(0), old.checked_rem(size).unwrap_or(0));
        let head = root(size, tree.node(size)).unwrap();
        if size > 0 {
            let proof = inclusion(index, size, tree.node(size)).unwrap();
            prop_assert!(proof.len() <= HASHES_MAX);
            prop_assert!(verify_inclusion(index, size, &tree.0[0], &proof, &head));
            prop_assert!(!verify_inclusion(index, size, &Sha256([0; 32]), &proof, &head));
        }
        let proof = consistency(old, size, tree.node(size)).unwrap();
        prop_assert!(proof.len() <= HASHES_MAX + 1);
        let old_head = root(old, tree.node(old)).unwrap();
        prop_assert!(verify_consistency(old, size, &old_head, &head, &proof));
    }

    #[test]
    fn trees_against_the_reference(size in 1usize..900, index: usize, old: usize) {
        let leaves = leaves(size);
        let (index, old) = (index % size, 1 + old % size);
        prop_assert_eq!(inclusion(index as u64, size as u64, nodes(&leaves)).unwrap(), path(index, &leaves));
        let proof = consistency(old as u64, size as u64, nodes(&leaves)).unwrap();
        prop_assert_eq!(proof, subproof(old, &leaves, true));
    }

    #[test]
    fn nothing_panics(index: u64, size in sizes(), old in sizes(), hashes in proptest::collection::vec(any::<[u8; 32]>(), 0..140)) {
        let proof: Vec<Sha256> = hashes.into_iter().map(Sha256).collect();
        let root = Sha256([9; 32]);
        prop_assert!(!verify_inclusion(index, size, &Sha256([1; 32]), &proof, &root));
        prop_assert!(old == size || !verify_consistency(old, size, &root, &Sha256([8; 32]), &proof));
    }
}
