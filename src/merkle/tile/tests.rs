use super::super::tests::{leaves, mth, nodes};
use super::super::{Frontier, proof};
use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn names_of_the_specification() {
    let tile = |level, index, width| TileId { level, index, width }.path();
    assert_eq!(tile(0, 1_234_067, 256), "tile/0/x001/x234/067");
    assert_eq!(tile(1, 0, 17), "tile/1/000.p/17");
    assert_eq!(tile(63, 999, 256), "tile/63/999");
    assert_eq!(tile(0, 1000, 1), "tile/0/x001/000.p/1");
    assert_eq!(entries_path(1_234_067, 255), "tile/entries/x001/x234/067.p/255");
    assert_eq!(tile(7, u64::MAX, 256), "tile/7/x018/x446/x744/x073/x709/x551/615");
}

#[test]
fn one_name_for_each_file() {
    for name in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/x01/002",
        "tile/00/001",
        "tile/+1/001",
        "tile/64/001",
        "tile/256/001",
        "tile/0/+01",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/0/001.p/+1",
        "tile/0/001.p/",
        "tile/0/001.p",
        "tile/0/001.p/1/",
        "tile/0/001.p/1.p/1",
        "/tile/0/001",
        "tile/entries/1",
        "tile/entries/001/",
        "tile/data/001",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/X001/001",
        "tile/0/x001//001",
        "tile/-0/001",
    ] {
        assert_eq!(Resource::parse(name), None, "{name}");
    }
    assert_eq!(TileId::parse("tile/0/001"), Some(TileId { level: 0, index: 1, width: 256 }));
    assert_eq!(TileId::parse("tile/entries/001"), None);
}

/// The specification's own examples: 70,000 and 256.
#[test]
fn files_of_a_tree() {
    let tiles: Vec<TileId> = between(0, 70_000).collect();
    let count = |level, full| tiles.iter().filter(|t| t.level == level && (t.width == 256) == full).count();
    assert_eq!((count(0, true), count(0, false), count(1, true)), (273, 1, 1));
    assert!(tiles.contains(&TileId { level: 0, index: 273, width: 112 }));
    assert!(tiles.contains(&TileId { level: 1, index: 1, width: 17 }));
    assert!(tiles.contains(&TileId { level: 2, index: 0, width: 1 }));
    assert_eq!(tiles.len(), 277);
    let names = |size| of_size(size).map(|file| file.path()).collect::<Vec<_>>();
    assert_eq!(names(256), ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
    assert!(names(0).is_empty());
    assert_eq!(
        bundles_between(255, 257).map(|b| b.path()).collect::<Vec<_>>(),
        ["tile/entries/000", "tile/entries/001.p/1"]
    );
    assert_eq!(BundleId { index: 1, width: 3 }.entries(), 256..259);
}

#[test]
fn lists_are_lazy_and_bounded() {
    assert_eq!(between(u64::MAX, 0).next(), None);
    assert_eq!(of_size(u64::MAX).next(), Some(Resource::Bundle(BundleId { index: 0, width: 256 })));
    let last: Vec<TileId> = between(u64::MAX - 1, u64::MAX).collect();
    assert_eq!(last, [TileId { level: 0, index: u64::MAX >> 8, width: 255 }]);
    assert_eq!(between(0, u64::MAX).filter(|_| false).take(0).count(), 0);
}

/// What a publisher that went through `sizes` has on its disk, superseded partial files taken away.
fn published(sizes: &[u64]) -> BTreeSet<Resource> {
    let mut widest: BTreeMap<(Option<u8>, u64), Resource> = BTreeMap::new();
    for step in sizes.windows(2) {
        let files = bundles_between(step[0], step[1]).map(Resource::Bundle);
        for file in files.chain(between(step[0], step[1]).map(Resource::Tile)) {
            let (key, width) = match file {
                Resource::Tile(tile) => ((Some(tile.level), tile.index), tile.width),
                Resource::Bundle(bundle) => ((None, bundle.index), bundle.width),
            };
            assert!((1..=WIDTH).contains(&width));
            let before = widest.insert(key, file);
            assert!(before.is_none_or(|before| before < file), "{before:?} written again as {file:?}");
        }
    }
    widest.into_values().collect()
}

#[test]
fn every_small_step_composes() {
    for middle in (0..=1100).step_by(7) {
        assert_eq!(published(&[0, middle, 1100]), of_size(1100).collect());
    }
    let singly: Vec<u64> = (0..=1025).collect();
    assert_eq!(published(&singly), of_size(1025).collect());
}

/// A whole store of tiles, built as a publisher builds it, answers every proof.
#[test]
fn nodes_lie_in_tiles() {
    let leaves = leaves(1100);
    let size = leaves.len() as u64;
    let node = nodes(&leaves);
    let tiles: BTreeMap<TileId, Vec<u8>> =
        between(0, size).map(|tile| (tile, tile.rows().flat_map(|row| node(row).unwrap().0).collect())).collect();
    let stored = |node| {
        let place = node_in_tile(node);
        let tile = place.tile(size).ok_or(node)?;
        place.hash(tiles.get(&tile).ok_or(node)?).ok_or(node)
    };
    assert_eq!(proof::root(size, stored), Ok(mth(&leaves)));
    assert_eq!(Frontier::from_nodes(size, stored).unwrap().root(), mth(&leaves));
    for index in 0..size {
        let proof = proof::inclusion(index, size, stored).unwrap();
        assert!(proof::verify_inclusion(index, size, &leaves[index as usize], &proof, &mth(&leaves)));
    }
    assert_eq!(stored(Node { level: 11, index: 0 }), Err(Node { level: 11, index: 0 }));
    assert_eq!(stored(Node { level: 0, index: size }), Err(Node { level: 0, index: size }));
}

#[test]
fn places() {
    let place = |level, index| node_in_tile(Node { level, index });
    assert_eq!(place(0, 300), Place { level: 0, index: 1, rows: 44..45 });
    assert_eq!(place(7, 3), Place { level: 0, index: 1, rows: 128..256 });
    assert_eq!(place(8, 3), Place { level: 1, index: 0, rows: 3..4 });
    assert_eq!(place(63, 1), Place { level: 7, index: 0, rows: 128..256 });
    assert_eq!(place(u32::MAX, u64::MAX).tile(u64::MAX), None);
    assert_eq!(place(0, 0).hash(&[1; 33]), None);
    assert_eq!(place(0, 1).hash(&[1; 32]), None);
    assert_eq!(place(0, 0).hash(&[1; 32]), Some(Sha256([1; 32])));
    assert_eq!(place(0, 0).hash(&[1; 257 * 32]), None);
    assert_eq!(rows(&[]), None);
    assert_eq!(root_of(&[Sha256([1; 32]); 3]), None);
    assert_eq!(root_of(&[]), None);
}

proptest! {
    #[test]
    fn steps_compose(mut sizes in proptest::collection::vec(0u64..200_000, 1..5)) {
        sizes.push(0);
        sizes.sort_unstable();
        let last = *sizes.last().unwrap();
        prop_assert_eq!(published(&sizes), of_size(last).collect::<BTreeSet<_>>());
    }

    #[test]
    fn names_round_trip(level in 0u8..=63, index: u64, width in 1u16..=256) {
        let (tile, bundle) = (TileId { level, index, width }, BundleId { index, width });
        prop_assert_eq!(Resource::parse(&tile.path()), Some(Resource::Tile(tile)));
        prop_assert_eq!(Resource::parse(&bundle.path()), Some(Resource::Bundle(bundle)));
    }

    #[test]
    fn whatever_parses_is_the_name(name in "tile/[0-9e]{0,3}(/x?[0-9]{2,4}){0,4}(\\.p/[0-9]{0,3})?") {
        if let Some(file) = Resource::parse(&name) {
            prop_assert_eq!(file.path(), name);
        }
    }

    #[test]
    fn nothing_panics(name: String, level: u32, index: u64, size: u64, tile: Vec<u8>, wide: TileBits) {
        let _ = Resource::parse(&name);
        let place = node_in_tile(Node { level, index });
        let _ = (place.tile(size), place.hash(&tile), wide.0.path(), wide.0.rows().count());
    }
}

/// Any tile name at all, right or wrong.
#[derive(Debug)]
struct TileBits(TileId);

impl Arbitrary for TileBits {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;
    fn arbitrary_with((): ()) -> Self::Strategy {
        let any = (any::<u8>(), any::<u64>(), any::<u16>());
        any.prop_map(|(level, index, width)| Self(TileId { level, index, width })).boxed()
    }
}
