//! Passwords: what is acceptable, and what is kept of them.
//!
//! NIST SP 800-63B-4 §3.1.1: at least fifteen characters where nothing else is asked for, no rules of composition, no
//! expiry, at least 64 characters taken, whole passwords compared with what is guessed first. What is typed is brought
//! to NFC before it is counted or hashed. Kept is an Argon2id hash as a PHC string with its own costs and salt.

mod breached;

use crate::text::{fold, nfc};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Fewest characters, where the password is the only factor.
pub const CHARACTERS_MIN: usize = 15;
/// Most characters: hashing time is bounded by it.
pub const CHARACTERS_MAX: usize = 256;
/// Memory of a hash, KiB; two at a time fit beside everything else the service keeps.
const MEMORY_KIB: u32 = 32 * 1024;
/// Passes over it: with 32 MiB some 60 ms of a core, three times what OWASP asks at least (19 MiB, two passes).
const PASSES: u32 = 3;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
/// Costs above these in a kept hash are not believed.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 64;

/// Whole passwords that are guessed first, folded, beside those of breaches; shorter ones are refused by their length.
const GUESSED: [&str; 14] = [
    "passwordpassword",
    "password12345678",
    "qwertyuiopasdfgh",
    "qwertyuiopasdfghjkl",
    "1234567890qwerty",
    "1q2w3e4r5t6y7u8i",
    "1qaz2wsx3edc4rfv",
    "adminadminadmin",
    "administrator123",
    "matkhaumatkhau",
    "matkhau123456789",
    "luutruluutruluutru",
    "correct horse battery staple",
    "correcthorsebatterystaple",
];
/// Words of this service: a password made of nothing else is guessed first, too.
const OWN_WORDS: [&str; 10] =
    ["chauban", "chau", "ban", "luutru", "luu", "tru", "archive", "matkhau", "password", "admin"];

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    /// Fewer than [`CHARACTERS_MIN`] characters.
    #[error("a password has at least 15 characters: a sentence is easy to remember")]
    Short,
    /// More than [`CHARACTERS_MAX`].
    #[error("a password has at most 256 characters")]
    Long,
    /// Among those that are guessed first.
    #[error("this password is among those that are guessed first: choose another")]
    Guessable,
}

/// Whether `password` may be the password of the account `name`.
pub fn check(password: &str, name: &str) -> Result<(), Unacceptable> {
    let password = nfc(password);
    match password.chars().count() {
        0..CHARACTERS_MIN => return Err(Unacceptable::Short),
        CHARACTERS_MIN..=CHARACTERS_MAX => {}
        _ => return Err(Unacceptable::Long),
    }
    let folded = fold(&password);
    let letters: Vec<char> = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let in_breach = breached::has(&folded) || breached::has(&letters.iter().collect::<String>());
    if GUESSED.contains(&folded.as_str())
        || in_breach
        || repeats(&letters)
        || runs(&letters)
        || made_of_known_words(&letters, name)
    {
        return Err(Unacceptable::Guessable);
    }
    Ok(())
}

/// A few characters over and over.
fn repeats(letters: &[char]) -> bool {
    (1..=4).any(|unit| letters.iter().zip(letters.iter().skip(unit)).all(|(one, other)| one == other))
}

/// Each character next to the one before: `123456…`, `abcdef…`, and backwards.
fn runs(letters: &[char]) -> bool {
    let steps = |by: i64| {
        letters.windows(2).all(|pair| {
            let step = i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
            step == by || step == -9 * by // 9 is followed by 0
        })
    };
    steps(1) || steps(-1)
}

/// The account's name and the service's own words, digits and marks between them, and nothing else.
fn made_of_known_words(letters: &[char], name: &str) -> bool {
    let mut rest: String = letters.iter().filter(|c| c.is_alphabetic()).collect();
    let name: String = fold(name).chars().filter(|c| c.is_alphabetic()).collect();
    for word in std::iter::once(name.as_str()).chain(OWN_WORDS).filter(|word| word.len() > 1) {
        rest = rest.replace(word, "");
    }
    rest.chars().count() <= 2
}

/// Hashes a password, with a salt of random bytes.
pub fn hash(password: &str, salt: [u8; 16]) -> String {
    let costs = Costs { memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES };
    let hash = costs.hash(password, &salt).expect("the costs above are within Argon2's limits");
    let encode = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}", encode(&salt), encode(&hash))
}

/// Whether `password` is the one that `kept` was made from; a hash that can't be read matches nothing.
pub fn matches(password: &str, kept: &str) -> bool {
    let Some((costs, salt, expected)) = read(kept) else { return false };
    let computed = costs.hash(password, &salt);
    computed.is_some_and(|computed| verify_slices_are_equal(&computed, &expected).is_ok())
}

struct Costs {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Costs {
    fn hash(&self, password: &str, salt: &[u8]) -> Option<[u8; HASH_BYTES]> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(HASH_BYTES)).ok()?;
        let mut out = [0; HASH_BYTES];
        let engine = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        engine.hash_password_into(nfc(password).as_bytes(), salt, &mut out).ok()?;
        Some(out)
    }
}

/// Reads a PHC string of Argon2id, version 19.
fn read(kept: &str) -> Option<(Costs, Vec<u8>, Vec<u8>)> {
    let rest = kept.strip_prefix("$argon2id$v=19$")?;
    let [costs, salt, hash] = rest.split('$').collect::<Vec<_>>().try_into().ok()?;
    let [memory, passes, lanes] = costs.split(',').collect::<Vec<_>>().try_into().ok()?;
    let number = |text: &str, name: &str| text.strip_prefix(name)?.parse::<u32>().ok();
    let costs = Costs {
        memory_kib: number(memory, "m=").filter(|it| *it <= MEMORY_KIB_MAX)?,
        passes: number(passes, "t=").filter(|it| *it <= PASSES_MAX)?,
        lanes: number(lanes, "p=").filter(|it| *it <= 16)?,
    };
    Some((costs, STANDARD_NO_PAD.decode(salt).ok()?, STANDARD_NO_PAD.decode(hash).ok()?))
}

#[cfg(test)]
mod tests;
