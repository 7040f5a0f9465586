use super::*;
use crate::disk::Folder;

struct Place {
    archive: Arc<dyn Disk>,
    copies: Vec<KeyCopy>,
    _dirs: [tempfile::TempDir; 3],
}

fn place() -> Place {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let disk = |at: usize| Arc::new(Folder::at(dirs[at].path())) as Arc<dyn Disk>;
    let copies = vec![KeyCopy { disk: disk(1), part: Part::Epochs }, KeyCopy { disk: disk(2), part: Part::Scopes }];
    Place { archive: disk(0), copies, _dirs: dirs }
}

const ARCHIVE: Uuid = Uuid::from_u128(9);

#[test]
fn generations_reopen_and_object_keys_unwrap() {
    let place = place();
    let root = RootKey::random();
    let mut keys = Keys::create(place.archive.clone(), place.copies.clone(), root.clone(), ARCHIVE).unwrap();
    let scope = keys.add_scopes(&[Bucket::Ends(2033), Bucket::Permanent]).unwrap()[0];
    let objects = [(Uuid::from_u128(1), ObjectSecrets::random()), (Uuid::from_u128(2), ObjectSecrets::random())];
    let frame = keys.wrap(scope, &objects).unwrap();
    let generation = keys.generation();
    assert_eq!(generation.number, 2);
    keys.remove_older().unwrap();

    let keys = Keys::open(place.archive.clone(), place.copies.clone(), root, ARCHIVE).unwrap();
    assert_eq!(keys.generation(), generation);
    assert_eq!(keys.scope_for(Bucket::Ends(2033), |_| true), Some(scope));
    assert_eq!(keys.scope_for(Bucket::Ends(2033), |_| false), None);
    let opened = keys.unwrap(&frame).unwrap();
    assert_eq!(opened[1].0, objects[1].0);
    assert_eq!(opened[1].1.data_key, objects[1].1.data_key);
    assert_eq!(opened[1].1.salt, objects[1].1.salt);
    for copy in &place.copies {
        assert!(keys.copy_is_current(copy).unwrap());
        assert_eq!(copy.disk.list("").unwrap().len(), 1, "a copy holds one part of one generation");
    }
}

#[test]
fn the_archive_s_own_copy_can_be_restored_from_the_two_others() {
    let place = place();
    let root = RootKey::random();
    let keys = Keys::create(place.archive.clone(), place.copies.clone(), root.clone(), ARCHIVE).unwrap();
    let generation = keys.generation();
    for part in [Part::Epochs, Part::Scopes] {
        place.archive.remove(&disk::join(Keys::FOLDER, &part.file_name(1))).unwrap();
    }
    assert!(matches!(Keys::open(place.archive.clone(), vec![], root.clone(), ARCHIVE), Err(KeysError::Absent)));
    let held = |at: usize, part: Part| {
        disk::read(place.copies[at].disk.as_ref(), &part.file_name(1), 1 << 20).unwrap().unwrap()
    };
    let (epochs, scopes) = (held(0, Part::Epochs), held(1, Part::Scopes));
    assert_eq!(digest(&epochs, &scopes), generation.blake3);
    restore(place.archive.as_ref(), 1, &epochs, &scopes).unwrap();
    assert!(Keys::open(place.archive.clone(), vec![], root, ARCHIVE).is_ok());
}

#[test]
fn a_wrong_root_key_or_a_flipped_byte_is_refused() {
    let place = place();
    let root = RootKey::random();
    Keys::create(place.archive.clone(), vec![], root.clone(), ARCHIVE).unwrap();
    assert!(matches!(
        Keys::open(place.archive.clone(), vec![], RootKey::random(), ARCHIVE),
        Err(KeysError::NotOpened { .. })
    ));
    for part in [Part::Epochs, Part::Scopes] {
        let path = disk::join(Keys::FOLDER, &part.file_name(1));
        let good = disk::read(place.archive.as_ref(), &path, 1 << 20).unwrap().unwrap();
        let keys = Keys::open(place.archive.clone(), vec![], root.clone(), ARCHIVE).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            disk::replace(place.archive.as_ref(), &path, &bad).unwrap();
            let noticed = match Keys::open(place.archive.clone(), vec![], root.clone(), ARCHIVE) {
                Ok(opened) => opened.generation() != keys.generation(),
                Err(_) => true,
            };
            assert!(noticed, "byte {at} of {path}");
        }
        disk::replace(place.archive.as_ref(), &path, &good).unwrap();
    }
}

#[test]
fn the_recovery_sheet_notices_a_mistyped_digit() {
    let root = RootKey::random();
    let sheet = root.encode(ARCHIVE);
    assert_eq!(RootKey::parse(&sheet, ARCHIVE).unwrap().secret(), root.secret());
    let digit = sheet.find("key ").unwrap() + 30;
    let mut wrong = sheet.clone().into_bytes();
    let key_digit = sheet.rfind("key ").unwrap() + 5;
    wrong[key_digit] = if wrong[key_digit] == b'0' { b'1' } else { b'0' };
    assert!(RootKey::parse(std::str::from_utf8(&wrong).unwrap(), ARCHIVE).is_err(), "digit {digit}");
    assert!(RootKey::parse(&sheet, Uuid::from_u128(1)).is_err());
    assert!(RootKey::parse("", ARCHIVE).is_err());
}

#[test]
fn key_frames_of_any_length_never_panic() {
    for len in 0..300 {
        let _ = parse_key_frame(&vec![1; len]);
    }
}
