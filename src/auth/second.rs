//! The second factor: codes of six digits that a device counts from a secret and the time (TOTP, RFC 6238), and recovery
//! codes for who lost the device.
//!
//! SHA-1, six digits and half minutes are what every program for phones reads. A code is taken from the half minute before
//! to the one after, and never again: nor is any code that is older than the newest taken. What is kept of a recovery code
//! is its digest: 120 random bits are not guessed (NIST SP 800-63B-4 §3.1.2.2 asks for 112).

use crate::digest::Sha256;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;

/// Bytes of a secret: what RFC 4226 §4 recommends.
pub const SECRET_BYTES: usize = 20;
/// Seconds that a code is for.
const STEP_SECONDS: u64 = 30;
/// Steps that a device's clock may be off, before and behind.
const STEPS_OFF: u64 = 1;
const DIGITS: usize = 6;
/// Bytes of a recovery code.
pub const RECOVERY_BYTES: usize = 15;
/// Recovery codes that are given.
pub const RECOVERY_CODES: usize = 8;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step that a code is of, if it is one of `secret` at a time (Unix seconds) and newer than `last`, the step of the
/// newest code that was taken.
pub fn step_of(code: &str, secret: &[u8], seconds: u64, last: u64) -> Option<u64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = seconds / STEP_SECONDS;
    // Every step is compared, so that the time taken does not tell which.
    let steps = now.saturating_sub(STEPS_OFF)..=now + STEPS_OFF;
    steps.fold(None, |found, step| {
        let expected = at_step(secret, step);
        let fits = verify_slices_are_equal(expected.as_bytes(), code.as_bytes()).is_ok() && step > last;
        if fits { Some(step) } else { found }
    })
}

/// The code of a step (RFC 4226 §5.3).
fn at_step(secret: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or(0) & 0x0f);
    let four = tag.get(offset..offset + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()).unwrap_or_default();
    let number = (u32::from_be_bytes(four) & 0x7fff_ffff) % 10u32.pow(DIGITS as u32);
    format!("{number:0DIGITS$}")
}

/// Bytes as people type them (RFC 4648 §6), in groups of four.
pub fn typed(bytes: &[u8]) -> String {
    let letters = base32(bytes);
    let groups: Vec<&str> = letters.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
    groups.join(" ")
}

/// What a phone's program reads: the address of the secret, with whom it is for.
pub fn address(archive: &str, account: &str, secret: &[u8]) -> String {
    let plain = |text: &str| {
        let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let escape = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        text.bytes().map(escape).collect::<String>()
    };
    let (archive, account, secret) = (plain(archive), plain(account), base32(secret));
    format!("otpauth://totp/{archive}:{account}?secret={secret}&issuer={archive}")
}

/// What is kept of a recovery code, however it was typed; `None` where it can't be one.
pub fn recovery_digest(code: &str) -> Option<Sha256> {
    let letters: String = code.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    let whole = letters.len() == RECOVERY_BYTES * 8 / 5 && letters.bytes().all(|byte| ALPHABET.contains(&byte));
    whole.then(|| Sha256::of_parts(&[b"recovery code\0", letters.as_bytes()]))
}

/// Without padding: what is encoded here has whole groups of five bytes.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(5) {
        let number = group.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte)) << (8 * (5 - group.len()));
        let letters = (group.len() * 8).div_ceil(5);
        text.extend((0..letters).map(|at| char::from(ALPHABET[(number >> (35 - 5 * at) & 31) as usize])));
    }
    text
}

#[cfg(test)]
mod tests;
