//! What comes out is read by other programs: Python's `zipfile`, and `unzip` where it is installed.

use super::*;
use proptest::prelude::*;
use std::process::Command;

fn written(members: &[(String, Packing, Length, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let made = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let mut zip = ZipWriter::new(&mut bytes, made);
    for (name, packing, length, content) in members {
        let digest = zip.member(name, *packing, *length, |into| Ok(into.write_all(content)?)).unwrap();
        assert_eq!(digest, Sha256::of(content));
    }
    let length = zip.finish().unwrap();
    assert_eq!(length, bytes.len() as u64);
    bytes
}

/// What Python reads: name, length and SHA-256 of each member, in order.
fn read(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    std::fs::write(&path, bytes).unwrap();
    let program = "import sys, zipfile, hashlib\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
        for i in z.infolist(): print(i.filename, i.file_size, i.date_time, hashlib.sha256(z.read(i)).hexdigest())";
    let ran = Command::new("python3").args(["-c", program]).arg(&path).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    if let Ok(tested) = Command::new("unzip").arg("-tqq").arg(&path).output() {
        assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stdout));
    }
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn others_read_what_is_written() {
    let members = [
        ("content/1.pdf".to_owned(), Packing::AsIs, Length::Short, vec![7; 200_000]),
        ("README.vi.txt".to_owned(), Packing::Packed, Length::Short, "gói bằng chứng\n".repeat(900).into_bytes()),
        ("tệp.txt".to_owned(), Packing::Packed, Length::Long, b"as if it were long".to_vec()),
        ("empty".to_owned(), Packing::AsIs, Length::Short, Vec::new()),
    ];
    let bytes = written(&members);
    assert!(bytes.len() < 210_000, "text is packed");
    let listed: String = members
        .iter()
        .map(|(name, _, _, content)| {
            format!("{name} {} (2023, 11, 14, 22, 13, 20) {}\n", content.len(), Sha256::of(content))
        })
        .collect();
    assert_eq!(read(&bytes), listed);
}

#[test]
fn a_directory_of_many_is_zip64() {
    let members: Vec<_> =
        (0..70_000).map(|number| (format!("{number}"), Packing::AsIs, Length::Short, Vec::new())).collect();
    assert_eq!(read(&written(&members)).lines().count(), 70_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_bytes_come_back(content in proptest::collection::vec(any::<u8>(), 0..3000), is_long: bool, is_packed: bool) {
        let length = if is_long { Length::Long } else { Length::Short };
        let packing = if is_packed { Packing::Packed } else { Packing::AsIs };
        let listed = read(&written(&[("a".to_owned(), packing, length, content.clone())]));
        let last = Sha256::of(&content).to_string() + "\n";
        prop_assert!(listed.ends_with(&last));
    }
}
