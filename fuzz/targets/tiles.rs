//! Entry bundles and the paths of tiles.
#![no_main]

use chauban::merkle::tile::Resource;
use chauban::merkle::{bundle, tile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let [low, rest @ ..] = bytes {
        let width = u16::from(*low) + 1;
        if let Ok(entries) = bundle::decode(rest, width) {
            assert_eq!(entries.len(), usize::from(width));
            assert_eq!(bundle::encode(&entries).expect("it was read"), rest);
        }
    }
    if let Some(rows) = tile::rows(bytes) {
        let _ = tile::root_of(&rows);
    }
    if let Ok(path) = std::str::from_utf8(bytes) {
        if let Some(resource) = Resource::parse(path) {
            assert_eq!(resource.path(), path);
        }
    }
});
