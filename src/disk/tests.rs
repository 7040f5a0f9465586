use super::*;
use proptest::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file in memory that hands over at most a few bytes at once and counts its reads.
struct Counted {
    bytes: Vec<u8>,
    reads: AtomicUsize,
    at_once: usize,
}

impl DiskFile for Counted {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let rest = self.bytes.get(offset as usize..).unwrap_or_default();
        let size = rest.len().min(buffer.len()).min(self.at_once);
        buffer[..size].copy_from_slice(&rest[..size]);
        Ok(size)
    }

    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn truncate(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn sync(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

fn counted(size: usize, at_once: usize) -> Counted {
    Counted { bytes: (0..size).map(|at| (at % 251) as u8).collect(), reads: AtomicUsize::new(0), at_once }
}

#[test]
fn small_neighbouring_reads_cost_one_call() {
    let file = counted(4096, usize::MAX);
    let mut window = Window::new(&file);
    let mut bytes = [0; 64];
    for at in 0..64 {
        window.read_exact_at(at * 64, &mut bytes).unwrap();
    }
    assert_eq!(file.reads.load(Ordering::Relaxed), 1);
}

proptest! {
    #[test]
    fn a_window_reads_what_the_file_holds(
        size in 0usize..20_000,
        at_once in 1usize..9_000,
        reads in prop::collection::vec((0u64..21_000, 0usize..10_000), 1..12),
    ) {
        let file = counted(size, at_once);
        let mut window = Window::new(&file);
        for (offset, length) in reads {
            let (mut straight, mut through) = (vec![0; length], vec![0; length]);
            let expected = read_exact_at(&file, offset, &mut straight).map_err(|error| error.kind());
            let found = window.read_exact_at(offset, &mut through).map_err(|error| error.kind());
            prop_assert_eq!(&found, &expected);
            prop_assert!(found.is_err() || straight == through);
        }
    }
}
