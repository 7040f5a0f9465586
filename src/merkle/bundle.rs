//! Entry bundles: up to 256 ledger entries in one file (C2SP tlog-tiles).
//!
//! Each entry is its length (unsigned 16 bits, big endian) and its bytes, one after the other with nothing
//! around them. A bundle does not say how many entries it has: its name does, so reading takes the width
//! and refuses a bundle with one byte more or less.

use super::tile::WIDTH;

/// Most bytes in an entry: what the length can say.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Why a bundle cannot be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// Not 1 to 256 entries.
    #[error("a bundle holds 1 to 256 entries, not {0}")]
    Width(usize),
    /// An entry is longer than its length field can say.
    #[error("an entry of {0} bytes: at most 65,535 fit")]
    Entry(usize),
    /// The bytes end inside an entry.
    #[error("the bundle ends inside entry {0} of its own")]
    Short(u16),
    /// Bytes follow the last entry.
    #[error("{0} bytes follow the bundle's last entry")]
    Surplus(usize),
}

/// The bundle of these entries.
pub fn encode(entries: &[&[u8]]) -> Result<Vec<u8>, BadBundle> {
    if !(1..=usize::from(WIDTH)).contains(&entries.len()) {
        return Err(BadBundle::Width(entries.len()));
    }
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.len() + 2).sum());
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| BadBundle::Entry(entry.len()))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The `width` entries of a bundle.
pub fn decode(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BadBundle> {
    if !(1..=WIDTH).contains(&width) {
        return Err(BadBundle::Width(width.into()));
    }
    let mut rest = bytes;
    let mut entries = Vec::with_capacity(width.into());
    for number in 0..width {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(BadBundle::Short(number))?;
        let length = u16::from_be_bytes(*length).into();
        let (entry, after) = after.split_at_checked(length).ok_or(BadBundle::Short(number))?;
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(BadBundle::Surplus(rest.len())) }
}

#[cfg(test)]
mod tests;
