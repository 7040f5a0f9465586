//! Signed notes, checkpoints and public keys.
#![no_main]

use chauban::merkle::checkpoint::{self, Checkpoint};
use chauban::merkle::key::VerifierKey;
use chauban::merkle::note::Note;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(note) = Note::parse(text) {
        assert_eq!(note.encode(), text);
        assert!(checkpoint::open(text, &[]).is_err());
    }
    if let Ok(body) = Checkpoint::parse(text) {
        let again = Checkpoint::parse(&body.body()).expect("it was written");
        assert_eq!(again.body(), body.body());
    }
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(key.to_string(), text);
    }
});
