use super::*;
use std::os::unix::fs::PermissionsExt;

#[test]
fn the_root_key_is_never_anybody_elses() {
    let folder = tempfile::tempdir().unwrap();
    let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    write_root_key(folder.path(), "secret\n").unwrap();
    assert_eq!(mode(ROOT_KEY), 0o400);
    assert_eq!(std::fs::read_to_string(folder.path().join(ROOT_KEY)).unwrap(), "secret\n");
    // As it stands between the writing and the renaming.
    std::fs::remove_file(folder.path().join(ROOT_KEY)).unwrap();
    std::fs::create_dir_all(folder.path().join(ROOT_KEY).join("in-the-way")).unwrap();
    assert!(write_root_key(folder.path(), "secret").is_err());
    assert_eq!(mode("root.key.tmp"), 0o400);
}
