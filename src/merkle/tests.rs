use super::*;
use std::convert::Infallible;

/// The leaves of the RFC 6962 reference implementation's tests.
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// RFC 6962 §2.1, word for word: the reference that everything is held against.
pub(super) fn mth(leaves: &[Sha256]) -> Sha256 {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&mth(left), &mth(right))
        }
    }
}

pub(super) fn leaves(count: usize) -> Vec<Sha256> {
    (0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect()
}

/// Complete subtrees over `leaves`; panics if asked for one that is not complete.
pub(super) fn nodes(leaves: &[Sha256]) -> impl Fn(Node) -> Result<Sha256, Infallible> {
    |node| {
        let begin = (node.index as usize) << node.level;
        Ok(mth(&leaves[begin..begin + (1 << node.level)]))
    }
}

#[test]
fn known_roots() {
    assert_eq!(empty_root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root(), empty_root());
    for (leaf, root) in LEAVES.iter().zip(ROOTS) {
        frontier.push(leaf_hash(&crate::digest::unhex(leaf).unwrap()));
        assert_eq!(frontier.root().to_string(), root);
    }
}

#[test]
fn frontier_grows_and_is_restored() {
    let leaves = leaves(600);
    let mut frontier = Frontier::new();
    for size in 0..=leaves.len() {
        assert_eq!(frontier.size(), size as u64);
        assert_eq!(frontier.root(), mth(&leaves[..size]));
        assert_eq!(Frontier::from_nodes(size as u64, nodes(&leaves[..size])), Ok(frontier.clone()));
        if let Some(leaf) = leaves.get(size) {
            frontier.push(*leaf);
        }
    }
}

#[test]
fn decimal_has_one_spelling() {
    assert_eq!(decimal("0"), Some(0));
    assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
    for text in ["", "00", "01", "+1", "-0", " 1", "1 ", "18446744073709551616", "١"] {
        assert_eq!(decimal(text), None, "{text:?}");
    }
}
