//! Whole passwords that were found in breaches (NIST SP 800-63B-4 §3.1.1.2; ASVS 5.0, 6.2.4 and 6.2.12).
//!
//! Some 337,000 of fifteen characters and more, as the first 32 bits of their SHA-256, so that 0.7 MB are enough and the
//! program carries nobody's password. One in 13,000 others is taken for one of them: its owner chooses another. A longer
//! list would hold back nobody: an account hears a hundred wrong ones in a row at most (`throttle`). Where it comes from,
//! and how it is made: `breached/README.md`.

use crate::digest::Sha256;

/// Digests in ascending order, each as its gap to the one before (LEB128).
const DIGESTS: &[u8] = include_bytes!("breached/digests.bin");

/// Whether a password, folded, is among them: the whole list is read, a millisecond's work.
pub fn has(folded: &str) -> bool {
    let Sha256([a, b, c, d, ..]) = Sha256::of_parts(&[folded.as_bytes()]);
    let wanted = u32::from_be_bytes([a, b, c, d]);
    digests().take_while(|digest| *digest <= wanted).any(|digest| digest == wanted)
}

fn digests() -> impl Iterator<Item = u32> {
    let (mut bytes, mut last) = (DIGESTS.iter(), 0u32);
    std::iter::from_fn(move || {
        let (mut gap, mut shift) = (0u32, 0);
        loop {
            let byte = *bytes.next()?;
            gap |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            shift += 7;
            if byte < 0x80 {
                last = last.wrapping_add(gap);
                return Some(last);
            }
        }
    })
}

#[cfg(test)]
mod tests;
