//! Sealed parts: of what was altered nothing opens; what was not altered opens whole.
#![no_main]

use chauban::cipher::{ObjectKey, Secret, plain_len, sealed_len};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use uuid::Uuid;

static KEY: LazyLock<ObjectKey> =
    LazyLock::new(|| ObjectKey::derive(&Secret::from_bytes([7; 32]), Uuid::nil(), Uuid::max()));

fuzz_target!(|input: (u16, u8, &[u8])| {
    let (at, flip, bytes) = input;
    assert!(KEY.open_part(0, bytes).is_err(), "nobody but us has the key");
    let sealed = KEY.seal_part(3, bytes);
    assert_eq!(sealed.len(), sealed_len(bytes.len()));
    assert_eq!(plain_len(sealed.len()), Some(bytes.len()));
    assert_eq!(KEY.open_part(3, &sealed).expect("it is whole"), bytes);
    assert!(KEY.open_part(4, &sealed).is_err(), "it is another part");
    let mut altered = sealed;
    let at = usize::from(at) % altered.len();
    altered[at] ^= flip.max(1);
    assert!(KEY.open_part(3, &altered).is_err(), "byte {at}");
});
