//! KEY frames and the two files of a generation of keys.
#![no_main]

use chauban::keys::{Keys, RootKey, parse_key_frame};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static ROOT: LazyLock<RootKey> = LazyLock::new(RootKey::random);

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frame) = parse_key_frame(bytes) {
        let length = frame.objects.iter().map(|(_, wrapped)| 16 + wrapped.len()).sum::<usize>();
        assert_eq!(16 + length, bytes.len());
    }
    let [cut, rest @ ..] = bytes else { return };
    let (epochs, scopes) = rest.split_at(usize::from(*cut).min(rest.len()));
    // Nothing that was not wrapped under this root key opens.
    assert!(Keys::check(epochs, scopes, 1, &ROOT, uuid::Uuid::nil()).is_err());
});
