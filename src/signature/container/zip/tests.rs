use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;

use super::*;

/// Builds ZIP files, good and bad.
#[derive(Default)]
pub struct Builder {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Builder {
    pub fn add(mut self, name: &str, content: &[u8], method: u16) -> Self {
        let mut packed = content.to_vec();
        if method == 8 {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content).expect("in memory");
            packed = encoder.finish().expect("in memory");
        }
        let mut crc = Crc::new();
        crc.update(content);
        let at = self.bytes.len() as u32;
        let mut shared: Vec<u8> = [20_u16, 0, method, 0, 0].iter().flat_map(|field| field.to_le_bytes()).collect();
        for field in [crc.sum(), packed.len() as u32, content.len() as u32] {
            shared.extend(field.to_le_bytes());
        }
        shared.extend((name.len() as u16).to_le_bytes());
        shared.extend([0; 2]);
        self.bytes.extend([b"PK\x03\x04", &shared[..], name.as_bytes(), &packed].concat());
        self.directory
            .extend([b"PK\x01\x02\x14\0", &shared[..], &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat());
        self.count += 1;
        self
    }

    pub fn finish(mut self) -> Vec<u8> {
        let at = self.bytes.len() as u32;
        let size = self.directory.len() as u32;
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend([self.count.to_le_bytes(), self.count.to_le_bytes()].concat());
        self.bytes.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
        self.bytes.extend([0; 2]);
        self.bytes
    }
}

fn sample() -> Vec<u8> {
    Builder::default().add("a.txt", b"hello", 0).add("b/c.txt", &[b'x'; 1_000], 8).finish()
}

fn kinds(bytes: &[u8]) -> Vec<DefectKind> {
    Archive::read(bytes).expect("a ZIP file").defects.iter().map(|defect| defect.kind).collect()
}

#[test]
fn a_good_file_has_no_defects_and_gives_its_contents() {
    let bytes = sample();
    let archive = Archive::read(&bytes).expect("a ZIP file");
    assert_eq!(archive.defects, []);
    let mut budget = Budget::default();
    let content = |name: &str, budget: &mut Budget| {
        archive.content(archive.entry_named(name).expect("an entry"), budget).expect("content").into_owned()
    };
    assert_eq!(content("a.txt", &mut budget), b"hello");
    assert_eq!(content("b/c.txt", &mut budget), [b'x'; 1_000]);
}

#[test]
fn what_two_readers_could_take_differently_is_a_defect() {
    let with = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = sample();
        edit(&mut bytes);
        kinds(&bytes)
    };
    let central = memchr::memmem::find(&sample(), b"PK\x01\x02").expect("a directory");
    assert_eq!(with(&|bytes| bytes[30] = b'z'), [DefectKind::NameDiffers]);
    assert_eq!(with(&|bytes| bytes[14] ^= 1), [DefectKind::CheckSumDiffers]);
    assert_eq!(with(&|bytes| bytes[22] ^= 1), [DefectKind::SizeDiffers]);
    assert_eq!(with(&|bytes| bytes[8] = 8), [DefectKind::MethodDiffers]);
    assert_eq!(with(&|bytes| bytes[central + 8] = 1), [DefectKind::Encrypted, DefectKind::MethodDiffers]);
    let doubled = Builder::default().add("a", b"1", 0).add("a", b"2", 0).finish();
    assert_eq!(kinds(&doubled), [DefectKind::DuplicateName]);
    assert!(Archive::read(&doubled).expect("a ZIP file").entry_named("a").is_none());
    assert_eq!(kinds(&Builder::default().add("a", b"1", 0).add("A", b"2", 0).finish()), [DefectKind::DuplicateName]);
    for other in ["a.", "a ", "A. ."] {
        let both = Builder::default().add("a", b"1", 0).add(other, b"2", 0);
        assert_eq!(kinds(&both.finish()), [DefectKind::DuplicateName], "{other:?}");
    }
    for name in ["../a", "/a", "a/../b", "a\\b", "C:a", "", "a//b", "a\n"] {
        assert_eq!(kinds(&Builder::default().add(name, b"1", 0).finish()), [DefectKind::UnsafeName], "{name}");
    }
    // The name that programs show which know Info-ZIP's field.
    let shown_as = |name: &str| {
        let mut builder = Builder::default().add("a.txt", b"1", 0);
        let field =
            [b"\x75\x70", &(5 + name.len() as u16).to_le_bytes()[..], b"\x01\0\0\0\0", name.as_bytes()].concat();
        builder.directory[30] = field.len() as u8;
        builder.directory.extend(field);
        kinds(&builder.finish())
    };
    assert_eq!(shown_as("a.txt"), []);
    assert_eq!(shown_as("b.txt"), [DefectKind::NameDiffers]);
    let with_extra = |field: &[u8]| {
        let mut builder = Builder::default().add("a.txt", b"1", 0);
        builder.directory[30] = field.len() as u8;
        builder.directory.extend(field);
        kinds(&builder.finish())
    };
    assert_eq!(with_extra(b"\x75\x70\x0b\0\x01\0\0\0\0b.txt"), [DefectKind::NameDiffers], "a field that is cut off");
    assert_eq!(with_extra(b"\x75\x63\x08\0\x01\0\0\0\0abc"), [DefectKind::Comment]);
    assert_eq!(with_extra(b"\x55\x54\x01\0\x01"), [], "a time");
    // The name that Xceed's programs show.
    let called = |name: &str| {
        let mut builder = Builder::default().add("a.txt", b"1", 0);
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = (name.len() as u16).to_le_bytes();
        let field = [b"NU", &(8 + units.len() as u16).to_le_bytes()[..], b"NUCX", &length, &[0; 2], &units].concat();
        builder.directory[30] = field.len() as u8;
        builder.directory.extend(field);
        kinds(&builder.finish())
    };
    assert_eq!(called("a.txt"), []);
    assert_eq!(called("b.txt"), [DefectKind::NameDiffers]);
    assert_eq!(called("a.txt.exe"), [DefectKind::NameDiffers]);
    let mut link = Builder::default().add("a.txt", b"/etc/passwd", 0);
    link.directory[38..42].copy_from_slice(&(0o120_777_u32 << 16).to_le_bytes());
    assert_eq!(kinds(&link.finish()), [DefectKind::SymbolicLink]);
    // A name in another coding is the same file to everybody.
    let mut legacy = sample();
    (legacy[30], legacy[central + 46]) = (0x82, 0x82);
    assert_eq!(kinds(&legacy), [DefectKind::NameCoding]);
    assert!(Archive::read(&legacy).expect("a ZIP file").entries[0].name.starts_with('é'));
    // Bytes before the first entry, a comment at the end.
    let mut builder = Builder::default();
    builder.bytes.extend(b"#!/bin/sh\n");
    assert_eq!(kinds(&builder.add("a", b"1", 0).finish()), [DefectKind::UnexplainedBytes]);
    let mut commented = sample();
    let last = commented.len();
    commented[last - 2] = 3;
    commented.extend(b"abc");
    assert_eq!(kinds(&commented), [DefectKind::Comment]);
    // On an entry as well; what programs would take for another directory is more than a comment.
    let entry_comment = |text: &[u8]| {
        let mut builder = Builder::default().add("a", b"1", 0);
        builder.directory[32] = text.len() as u8;
        builder.directory.extend(text);
        kinds(&builder.finish())
    };
    assert_eq!(entry_comment(b"abc"), [DefectKind::Comment]);
    let marks: [&[u8]; 5] = [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"];
    for mark in marks {
        assert_eq!(entry_comment(&[mark, b"."].concat()), [DefectKind::Comment, DefectKind::StrayRecord]);
        let mut commented = sample();
        let last = commented.len();
        commented[last - 2] = 30;
        commented.extend([mark, &[0; 26]].concat());
        assert_eq!(kinds(&commented), [DefectKind::Comment, DefectKind::StrayRecord], "{mark:?}");
    }
    // Two entries of the directory for one place.
    let mut builder = Builder::default().add("a", b"1", 0);
    let again = builder.directory.clone();
    builder.directory.extend(again);
    builder.count += 1;
    assert_eq!(kinds(&builder.finish()), [DefectKind::DuplicateName, DefectKind::Overlap]);
}

/// What a writer into a stream makes: sizes and check sum after the content; `header` is what stands before it.
fn streamed(header: [u32; 3], descriptor: Option<[u32; 3]>) -> Vec<u8> {
    let mut bytes = Builder::default().add("a.txt", b"hello", 0).finish();
    let central = memchr::memmem::find(&bytes, b"PK\x01\x02").expect("a directory");
    for at in [6, central + 8] {
        bytes[at] |= DESCRIPTOR as u8;
    }
    for (number, field) in header.iter().enumerate() {
        bytes[14 + 4 * number..18 + 4 * number].copy_from_slice(&field.to_le_bytes());
    }
    let mut written = b"PK\x07\x08".to_vec();
    descriptor.iter().flatten().for_each(|field| written.extend(field.to_le_bytes()));
    if descriptor.is_some() {
        let end = bytes.len() - 6;
        let moved = u32::try_from(central + written.len()).expect("a small file");
        bytes[end..end + 4].copy_from_slice(&moved.to_le_bytes());
        bytes.splice(central..central, written);
    }
    bytes
}

/// The directory is the authority: a header may leave out what was not known, never say something else.
#[test]
fn a_header_before_a_data_descriptor_may_say_a_part() {
    let mut crc = Crc::new();
    crc.update(b"hello");
    let good = [crc.sum(), 5, 5];
    for mask in 0..8 {
        let header = [0, 1, 2].map(|bit| if mask >> bit & 1 == 1 { good[bit] } else { 0 });
        assert_eq!(kinds(&streamed(header, Some(good))), [], "{header:?}");
        for bit in 0..3 {
            let mut lying = header;
            lying[bit] = good[bit] + 1;
            let expected = if bit == 0 { DefectKind::CheckSumDiffers } else { DefectKind::SizeDiffers };
            assert_eq!(kinds(&streamed(lying, Some(good))), [expected], "{lying:?}");
        }
    }
    // A descriptor that says other than the directory, and none where one is announced.
    assert_eq!(kinds(&streamed([0; 3], Some([good[0], 5, 6]))), [DefectKind::SizeDiffers]);
    assert_eq!(kinds(&streamed([0; 3], Some([good[0] ^ 1, 5, 5]))), [DefectKind::CheckSumDiffers]);
    assert!(kinds(&streamed([0; 3], None)).contains(&DefectKind::SizeDiffers));
    // Without the flag nothing may be left out.
    let mut bytes = sample();
    bytes[18..22].fill(0);
    assert_eq!(kinds(&bytes), [DefectKind::SizeDiffers]);
}

#[test]
fn bytes_after_the_end_and_cut_files_are_no_zip_files() {
    let mut bytes = sample();
    bytes.push(0);
    assert!(Archive::read(&bytes).is_err());
    let bytes = sample();
    for length in 0..bytes.len() {
        assert!(Archive::read(&bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn bombs_are_not_inflated() {
    let bomb = Builder::default().add("bomb", &vec![0; 16 << 20], 8).finish();
    let archive = Archive::read(&bomb).expect("a ZIP file");
    let content = archive.content(&archive.entries[0], &mut Budget::default());
    assert_eq!(content, Err(Error::Limit("ratio of packing")));
    // One that says it is small gives no more than it says.
    let mut lying = Builder::default().add("bomb", &[0; 1 << 16], 8).finish();
    let central = memchr::memmem::find(&lying, b"PK\x01\x02").expect("a directory");
    lying[central + 24..central + 28].copy_from_slice(&10_u32.to_le_bytes());
    let archive = Archive::read(&lying).expect("a ZIP file");
    assert!(archive.content(&archive.entries[0], &mut Budget::default()).is_err());
}

#[test]
fn what_all_entries_give_together_is_limited() {
    // Each within its ratio.
    let piece: Vec<u8> = (0..40_u32 << 20).map(|at| if at % 128 == 0 { (at >> 7) as u8 } else { 0 }).collect();
    let mut builder = Builder::default();
    for number in 0..8 {
        builder = builder.add(&format!("{number}"), &piece, 8);
    }
    let bomb = builder.finish();
    let archive = Archive::read(&bomb).expect("a ZIP file");
    let mut budget = Budget::default();
    let read = archive.entries.iter().map(|entry| archive.content(entry, &mut budget).map(|content| content.len()));
    let read: Vec<_> = read.collect();
    assert!(read.contains(&Err(Error::Limit("unpacked bytes"))), "{read:?}");
    assert!(read.iter().flatten().sum::<usize>() as u64 <= INFLATED_BYTES_MAX);
}

#[test]
fn entries_over_the_same_bytes_are_read_a_limited_number_of_times() {
    let mut bytes = Builder::default().add("a", &vec![7; 16 << 20], 0).finish();
    let end = bytes.len() - 22;
    let start = memchr::memmem::rfind(&bytes, b"PK\x01\x02").expect("a directory");
    let one = bytes[start..end].to_vec();
    bytes.truncate(start);
    let directory: Vec<u8> = (0..100_u8)
        .flat_map(|number| {
            let mut entry = one.clone();
            *entry.last_mut().expect("a name") = number + 1;
            entry
        })
        .collect();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([100_u16.to_le_bytes(), 100_u16.to_le_bytes()].concat());
    bytes.extend([(directory.len() as u32).to_le_bytes(), (start as u32).to_le_bytes()].concat());
    bytes.extend([0; 2]);
    let archive = Archive::read(&bytes).expect("a ZIP file");
    let mut budget = Budget::default();
    let read: Vec<_> = archive.entries.iter().map(|entry| archive.content(entry, &mut budget).is_ok()).collect();
    assert_eq!(read.iter().filter(|&&read| read).count() as u64, BYTES_MAX / (16 << 20));
    assert!(archive.defects.iter().any(|defect| defect.kind == DefectKind::Overlap));
}

#[test]
fn a_name_longer_than_any_is_no_name() {
    let long = "n".repeat(NAME_BYTES_MAX + 1);
    let refused = Archive::read(&Builder::default().add(&long, b"1", 0).finish()).map(drop);
    assert_eq!(refused, Err(Error::Limit("bytes of a name")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_have_an_answer(at in 0_usize..400, to: u8, more: Vec<u8>) {
        let mut bytes = sample();
        let at = at.min(bytes.len() - 1);
        bytes[at] = to;
        for bytes in [bytes, more] {
            if let Ok(archive) = Archive::read(&bytes) {
                for entry in &archive.entries {
                    let _ = archive.content(entry, &mut Budget::default());
                }
            }
        }
    }
}

/// ZIP64 records between the directory and its end: needed or not, they say the same.
#[test]
fn two_ends_of_a_directory_agree() {
    let long = |count: u64, size: u64, offset: u64, stands_at: u64| {
        let record = [b"PK\x06\x06", &44_u64.to_le_bytes()[..], &[45, 0, 45, 0], &[0; 8]].concat();
        let said = [count, count, size, offset].map(u64::to_le_bytes).concat();
        let locator = [b"PK\x06\x07", &[0; 4][..], &stands_at.to_le_bytes(), &1_u32.to_le_bytes()].concat();
        [record, said, locator].concat()
    };
    let bytes = sample();
    let end = bytes.len() - 22;
    let directory = memchr::memmem::find(&bytes, b"PK\x01\x02").expect("a directory");
    let (count, size, offset) = (2, (end - directory) as u64, directory as u64);
    let with = |records: Vec<u8>| [&bytes[..end], &records, &bytes[end..]].concat();
    assert_eq!(kinds(&with(long(count, size, offset, end as u64))), []);
    for lying in [(1, size, offset), (2, size - 1, offset), (2, size, offset + 1)] {
        assert!(Archive::read(&with(long(lying.0, lying.1, lying.2, end as u64))).is_err(), "{lying:?}");
    }
    // A record that is not where the locator says, and bytes between the two.
    assert!(Archive::read(&with(long(count, size, offset, 0))).is_err());
    let mut apart = long(count, size, offset, end as u64);
    apart.splice(56..56, *b"between");
    assert!(Archive::read(&with(apart)).is_err());
}

#[test]
fn names_that_look_the_same_or_read_otherwise_are_told() {
    let spelled = |names: &[&str]| {
        let mut builder = names.iter().fold(Builder::default(), |builder, name| builder.add(name, b"1", 0));
        // All names are said to be UTF-8.
        for record in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
            let bytes = if record[2] == 3 { &mut builder.bytes } else { &mut builder.directory };
            let places: Vec<usize> = memchr::memmem::find_iter(bytes, record).collect();
            let flags = if record[2] == 3 { 7 } else { 9 };
            places.into_iter().for_each(|at| bytes[at + flags] = 8);
        }
        kinds(&builder.finish())
    };
    assert_eq!(spelled(&["phu\u{323} lu\u{323}c"]), [], "composed or not, a name is one");
    assert_eq!(spelled(&["phụ lục", "phu\u{323} lu\u{323}c"]), [DefectKind::DuplicateName]);
    assert_eq!(spelled(&["fdp.\u{202e}txt"]), [DefectKind::UnsafeName]);
    assert_eq!(spelled(&["a\u{200b}", "a"]), [DefectKind::UnsafeName]);
}

#[test]
fn what_is_held_beside_a_file_leaves_less_to_unpack() {
    let bytes = sample();
    let archive = Archive::read(&bytes).expect("a ZIP file");
    let content = |held| archive.content(&archive.entries[1], &mut Budget::beside(held));
    assert!(content(300 << 20).is_ok());
    assert_eq!(content(384 << 20), Err(Error::Limit("unpacked bytes")));
    assert!(
        archive.content(&archive.entries[0], &mut Budget::beside(384 << 20)).is_ok(),
        "what is stored is not copied"
    );
}
