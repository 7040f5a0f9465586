//! The table of a `keys-moved` event: KEY frame bodies by ledger index, as base64 in its body (`docs/format.md` §4.5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes of a table at most, before base64: its event's body is held in memory.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
const HEAD_BYTES: usize = 12;

/// A table under construction.
#[derive(Default)]
pub struct Table {
    bytes: Vec<u8>,
}

impl Table {
    /// Adds the new body of an event's KEY frame.
    pub fn push(&mut self, index: u64, frame: &[u8]) {
        let length = u32::try_from(frame.len()).expect("a KEY frame has at most some megabytes");
        self.bytes.extend_from_slice(&index.to_le_bytes());
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(frame);
    }

    /// Whether it has no room for another one of usual size.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= BYTES_MAX
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Its text.
    pub fn encode(&self) -> String {
        STANDARD.encode(&self.bytes)
    }
}

/// Reads a table; `None` for anything but whole rows.
pub fn decode(text: &str) -> Option<Vec<(u64, Vec<u8>)>> {
    let bytes = STANDARD.decode(text).ok()?;
    let mut rest = bytes.as_slice();
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let (head, after) = rest.split_first_chunk::<HEAD_BYTES>()?;
        let index = u64::from_le_bytes(head[..8].try_into().ok()?);
        let length = u32::from_le_bytes(head[8..].try_into().ok()?);
        let (frame, after) = after.split_at_checked(usize::try_from(length).ok()?)?;
        rows.push((index, frame.to_vec()));
        rest = after;
    }
    Some(rows)
}
