//! Frame headers, COMMIT bodies and segment headers; checksums are made right, so that more than they is tried.
#![no_main]

use chauban::vault::frame::{COMMIT_BYTES, Commit, FrameHeader, HEADER_BYTES, MAGIC};
use chauban::vault::segment::{SEGMENT_HEADER_BYTES, SegmentHeader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(header) = bytes.first_chunk::<HEADER_BYTES>() {
        let _ = FrameHeader::parse(header);
        let mut header = *header;
        header[..4].copy_from_slice(&MAGIC);
        let checksum = crc32c::crc32c(&header[..HEADER_BYTES - 4]);
        header[HEADER_BYTES - 4..].copy_from_slice(&checksum.to_le_bytes());
        if let Ok(read) = FrameHeader::parse(&header) {
            assert_eq!(read.encode(), header);
            assert!(read.frame_bytes() >= HEADER_BYTES as u64 + read.length);
        }
    }
    if let Ok(commit) = Commit::parse(bytes) {
        assert_eq!(commit.encode(), bytes);
        assert_eq!(bytes.len(), COMMIT_BYTES);
    }
    if let Some(header) = bytes.first_chunk::<SEGMENT_HEADER_BYTES>() {
        let _ = SegmentHeader::parse(header);
        let mut header = *header;
        let checksum = crc32c::crc32c(&header[..SEGMENT_HEADER_BYTES - 4]);
        header[SEGMENT_HEADER_BYTES - 4..].copy_from_slice(&checksum.to_le_bytes());
        if let Some(read) = SegmentHeader::parse(&header) {
            assert!(SegmentHeader::parse(&read.encode()).is_some());
        }
    }
});
