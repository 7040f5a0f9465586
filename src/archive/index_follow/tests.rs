use super::*;

#[test]
fn an_index_newer_than_the_catalog_is_made_anew_but_for_the_one_that_is_being_written() {
    let dir = tempfile::tempdir().unwrap();
    drop(Catalog::open(&dir.path().join("catalog")).unwrap());
    let catalog = Catalog::open_secondary(&dir.path().join("catalog"), &dir.path().join("scratch")).unwrap();
    let home = Home { folder: dir.path().join("index"), archive: Uuid::from_u128(1) };
    let index = home.open().unwrap();
    let mut writer = index.writer(HEAP_BYTES).unwrap();
    writer.commit(7).unwrap();

    assert!(catch_up(&home, &catalog).is_err());
    assert_eq!(home.open().unwrap().cursor(), 7);
    drop(writer);
    assert_eq!(catch_up(&home, &catalog).unwrap(), 0);
    assert_eq!(home.open().unwrap().cursor(), 0);
}
