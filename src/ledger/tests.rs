use super::high_water::HighWater;
use super::*;
use crate::digest::Blake3;
use crate::disk::Folder;
use crate::time::Micros;
use proptest::prelude::*;

fn entry(index: u64) -> Vec<u8> {
    format!(r#"{{"v":1,"event":"test","index":{index}}}"#).into_bytes()
}

fn publish(ledger: &mut Ledger, disk: &dyn Disk) {
    let publication = ledger.publication().unwrap();
    publication.write(disk).unwrap();
    ledger.published_to(publication.size);
    publication.remove_superseded(disk).unwrap();
}

#[test]
fn tiles_give_back_the_tree_at_every_step() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Folder::at(dir.path());
    let mut ledger = Ledger::new();
    let mut whole = Frontier::new();
    let mut next = 0;
    for step in [1, 1, 253, 1, 1, 255, 300, 65_000, 1, 800] {
        for _ in 0..step {
            assert_eq!(ledger.append(entry(next)), next);
            whole.push(merkle::leaf_hash(&entry(next)));
            next += 1;
        }
        publish(&mut ledger, &disk);
        assert_eq!((ledger.size(), ledger.root()), (next, whole.root()));
        // What was reopened goes on as if it had never been closed.
        ledger = Ledger::open(&disk, next).unwrap();
        assert_eq!((ledger.size(), ledger.root(), ledger.published()), (next, whole.root(), next));
        let reader = TileReader { disk: &disk, size: next };
        let root = merkle::proof::root(next, |node| reader.node(node)).unwrap();
        assert_eq!(root, whole.root());
        assert_eq!(read_entry(&disk, next, next - 1).unwrap(), Some(entry(next - 1)));
        assert_eq!(read_entry(&disk, next, next).unwrap(), None);
    }
    let expected: Vec<String> = tile::of_size(next).map(|resource| resource.path()).collect();
    let found = list_files(&disk).unwrap();
    for path in &expected {
        assert!(found.iter().any(|(name, _)| name == path), "{path}");
    }
    assert!(found.iter().all(|(_, resource)| resource.is_some()));
}

#[test]
fn what_was_taken_back_never_was() {
    let mut ledger = Ledger::new();
    (0..700).for_each(|index| _ = ledger.append(entry(index)));
    let (mark, root) = (ledger.mark(), ledger.root());
    (700..1100).for_each(|index| _ = ledger.append(entry(index)));
    ledger.rewind(mark);
    assert_eq!((ledger.size(), ledger.root()), (700, root));
    let dir = tempfile::tempdir().unwrap();
    publish(&mut ledger, &Folder::at(dir.path()));
    assert_eq!(Ledger::open(&Folder::at(dir.path()), 700).unwrap().root(), root);
}

#[test]
fn high_water_marks_round_trip_and_notice_every_changed_byte() {
    let mark = HighWater {
        archive: uuid::Uuid::from_u128(3),
        size: 12,
        root: Sha256([4; 32]),
        place: (1, 128, 9),
        commit: Blake3([5; 32]),
        time: Micros(1_795_262_340_000_001),
    };
    let text = mark.encode();
    assert_eq!(HighWater::parse(&text), Some(mark));
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        assert_eq!(String::from_utf8(bytes).ok().as_deref().and_then(HighWater::parse), None, "byte {at}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_is_no_mark(noise: String) {
        prop_assert_eq!(HighWater::parse(&noise), None);
    }
}
