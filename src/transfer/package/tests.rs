use super::{Package, Unreadable};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use proptest::prelude::*;
use std::io::{Cursor, Write};

/// A package of these files, deflated where told, with the local header of `altered` under another name.
fn packed(files: &[(&str, &[u8], bool)], altered: Option<usize>) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (number, (name, content, deflated)) in files.iter().enumerate() {
        let data = if *deflated {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        } else {
            content.to_vec()
        };
        let mut crc = Crc::new();
        crc.update(content);
        let mut shared: Vec<u8> =
            [20u16, 0, if *deflated { 8 } else { 0 }, 0, 0].iter().flat_map(|field| field.to_le_bytes()).collect();
        for field in [crc.sum(), data.len() as u32, content.len() as u32] {
            shared.extend(field.to_le_bytes());
        }
        shared.extend((name.len() as u16).to_le_bytes());
        shared.extend([0; 2]);
        let at = bytes.len() as u32;
        let other = "x".repeat(name.len());
        let local = if altered == Some(number) { &other } else { *name };
        bytes.extend([b"PK\x03\x04", &shared[..], local.as_bytes(), &data].concat());
        directory.extend([b"PK\x01\x02\x14\0", &shared[..], &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat());
    }
    let (at, size, count) = (bytes.len() as u32, directory.len() as u32, files.len() as u16);
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
    bytes.extend([0; 2]);
    bytes
}

fn unpacked(bytes: Vec<u8>) -> Result<Vec<(String, Vec<u8>)>, Unreadable> {
    let mut package = Package::open(Cursor::new(bytes))?;
    let entries = package.entries.clone();
    let unpack = |entry: &super::Entry| {
        let mut content = Vec::new();
        package.unpack(entry, &mut content)?;
        Ok((entry.name.clone(), content))
    };
    entries.iter().map(unpack).collect()
}

#[test]
fn what_was_packed_comes_out() {
    let long = vec![7u8; 300_000];
    let files =
        [("1.json", b"{}".as_slice(), true), ("hồ sơ/dossier.json", b"".as_slice(), false), ("2.pdf", &long, true)];
    let out = unpacked(packed(&files, None)).unwrap();
    let expect: Vec<_> = files.iter().map(|(name, content, _)| ((*name).to_owned(), content.to_vec())).collect();
    assert_eq!(out, expect);
    assert_eq!(Package::open(Cursor::new(packed(&files, None))).unwrap().unpacked_bytes(), 300_002);
}

#[test]
fn folders_are_no_files() {
    let out = unpacked(packed(&[("a/", b"", false), ("a/1.pdf", b"one", false)], None)).unwrap();
    assert_eq!(out, [("a/1.pdf".to_owned(), b"one".to_vec())]);
}

#[test]
fn what_two_programs_would_unpack_differently_is_refused() {
    for name in ["../up.pdf", "/etc/x", "a//b", "a/./b", "c:\\x", "a\nb", ""] {
        assert!(unpacked(packed(&[(name, b"x", false)], None)).is_err(), "{name:?}");
    }
    assert!(unpacked(packed(&[("a.pdf", b"1", false), ("A.PDF", b"2", false)], None)).is_err());
    assert!(unpacked(packed(&[("a.pdf", b"1", false)], Some(0))).is_err());
    // The last byte of the content changed: stored, it has another check sum; deflated, it is no data.
    for deflated in [false, true] {
        let mut bytes = packed(&[("a.pdf", b"content", deflated)], None);
        let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        bytes[directory - 1] ^= 1;
        assert!(unpacked(bytes).is_err());
    }
    // Another size is announced than there is.
    let mut bytes = packed(&[("a.pdf", b"content", true)], None);
    let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    bytes[directory + 24] += 1;
    assert!(unpacked(bytes).is_err());
    assert!(unpacked(Vec::new()).is_err());
    assert!(unpacked(b"PK\x03\x04".to_vec()).is_err());
}

#[test]
fn entries_do_not_share_bytes() {
    let mut bytes = packed(&[("a.pdf", b"1", false), ("b.pdf", b"1", false)], None);
    let second = bytes.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    bytes[second + 42..second + 46].fill(0);
    assert!(matches!(unpacked(bytes), Err(Unreadable::Entry { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = unpacked(bytes);
    }

    #[test]
    fn any_change_is_read_or_refused(at in 0usize..200, to: u8) {
        let mut bytes = packed(&[("a.json", b"{\"a\":1}", true), ("a.pdf", b"%PDF-1.7", false)], None);
        let at = at % bytes.len();
        bytes[at] = to;
        let _ = unpacked(bytes);
    }
}
