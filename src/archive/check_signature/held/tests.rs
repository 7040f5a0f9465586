use super::*;
use crate::error::Kind;

#[test]
fn small_and_large_files_are_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for length in [0, 1, HUGE_FROM_BYTES - 1, HUGE_FROM_BYTES, HUGE_FROM_BYTES + 4097] {
        let content: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        std::fs::write(&path, &content).unwrap();
        assert!(*read(&path, length as u64).unwrap() == content[..], "{length}");
    }
}

#[test]
fn a_longer_file_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    // Of a terabyte that takes no room: reading it would be noticed.
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let error = read(&path, 1 << 20).err().expect("refused");
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.to_string().contains("longer than 1 MiB"), "{error}");
}

#[test]
fn only_regular_files_are_read() {
    for path in ["/dev/zero", "/dev/null", "/"] {
        let error = read(Path::new(path), 1 << 20).err().expect("refused");
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(error.to_string().contains("no regular file"), "{error}");
    }
}
