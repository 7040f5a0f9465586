use super::*;
use crate::disk::Folder;

fn archive() -> Uuid {
    Uuid::from_u128(7)
}

fn put(vault: &mut Vault, size: u64, bodies: &[&[u8]]) -> Vec<Location> {
    let mut group = vault.group();
    let slots: Vec<Slot> = bodies.iter().map(|body| group.push_plain(FrameKind::Entry, body)).collect();
    let placed = vault.commit(group, size, Sha256([1; 32]), Micros(1)).unwrap();
    slots.into_iter().map(|slot| placed.locate(slot)).collect()
}

fn open(disk: &Arc<dyn Disk>, published: u64) -> Result<(Opened, u64), VaultError> {
    let mut entries = 0;
    let opened =
        Vault::open::<VaultError>(disk.clone(), archive(), Limits::default(), START, published, &mut |group| {
            entries += group.frames.len() as u64;
            Ok(())
        })?;
    Ok((opened, entries))
}

#[test]
fn groups_survive_reopening_and_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(Folder::at(dir.path()));
    let mut vault = Vault::create(disk.clone(), archive(), Limits::default()).unwrap();
    let at = put(&mut vault, 2, &[b"one", b"two"]);
    let position = vault.position();
    drop(vault);
    let (opened, entries) = open(&disk, 2).unwrap();
    assert_eq!((entries, opened.vault.position()), (2, position));
    // Opened as if nothing had been published, the groups are made durable anew; opened from the mark, nothing is.
    let recovered = opened.recovered.map(|recovered| (recovered.cut_bytes, recovered.rewritten));
    assert_eq!(recovered, Some((0, true)));
    let ignore = &mut |_| Ok(());
    let again = Vault::open::<VaultError>(disk.clone(), archive(), Limits::default(), position, 2, ignore).unwrap();
    assert_eq!(again.recovered, None);
    assert_eq!(Reader::new(disk).frame(at[1]).unwrap().1, b"two");
}

#[test]
fn a_torn_tail_is_cut_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(Folder::at(dir.path()));
    let mut vault = Vault::create(disk.clone(), archive(), Limits::default()).unwrap();
    put(&mut vault, 1, &[b"kept"]);
    let end = vault.position().at.offset;
    put(&mut vault, 2, &[b"torn"]);
    disk.open(&segment::open_path(1)).unwrap().truncate(end + 100).unwrap();
    let (opened, entries) = open(&disk, 1).unwrap();
    let recovered = opened.recovered.unwrap();
    assert_eq!((entries, recovered.cut_bytes, opened.vault.position().size), (1, 100, 1));
    assert!(disk.open(&recovered.kept_as.unwrap()).is_ok());
    // The same loss below a signed checkpoint is corruption.
    assert!(matches!(open(&disk, 2), Err(VaultError::Corrupt { .. })));
}

#[test]
fn damage_before_a_whole_later_group_is_never_cut() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(Folder::at(dir.path()));
    let mut vault = Vault::create(disk.clone(), archive(), Limits::default()).unwrap();
    put(&mut vault, 1, &[b"first"]);
    let damaged = put(&mut vault, 2, &[b"second"]);
    put(&mut vault, 3, &[b"third"]);
    disk.open(&segment::open_path(1)).unwrap().write_at(damaged[0].offset + 81, b"X").unwrap();
    assert!(matches!(open(&disk, 0), Err(VaultError::Corrupt { .. })));
}

#[test]
fn segments_are_sealed_and_walked_across() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(Folder::at(dir.path()));
    let mut vault = Vault::create(disk.clone(), archive(), Limits::default()).unwrap();
    let body = vec![5; 16 * 1024 * 1024];
    for _ in 0..20 {
        let mut group = vault.group();
        group.push(FrameKind::Blob, Codec::Stored, Uuid::from_u128(1), 0, body.clone(), Blake3::of(&body));
        vault.commit(group, 0, Sha256([1; 32]), Micros(1)).unwrap();
    }
    let segments = segment::list(disk.as_ref()).unwrap();
    assert_eq!(segments.iter().map(|segment| segment.sealed).collect::<Vec<_>>(), [true, true, false]);
    for sealed in &segments[..2] {
        let file = disk.open(&sealed.path()).unwrap();
        assert_eq!(segment::read_index(file.as_ref(), sealed).unwrap().1.len(), 14);
    }
    let position = vault.position();
    drop(vault);
    let (opened, frames) = open(&disk, 0).unwrap();
    assert_eq!((frames, opened.vault.position()), (20, position));
}
