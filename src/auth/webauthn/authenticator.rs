//! Authenticator data (§6.1): for whom, in whose presence, how often, and of a new key its name and public half.

use super::Refusal;
use ciborium::Value;

/// Somebody touched it.
pub const PRESENT: u8 = 0x01;
/// It made sure of its holder.
pub const VERIFIED: u8 = 0x04;
/// Copies of the key may be made.
pub const BACKUP_ELIGIBLE: u8 = 0x08;
/// There is a copy.
pub const BACKED_UP: u8 = 0x10;
/// A new key follows.
const CREDENTIAL: u8 = 0x40;
/// Extensions follow.
const EXTENSIONS: u8 = 0x80;
/// Bytes of an authenticator's model, which nobody here asks for.
const MODEL_BYTES: usize = 16;
/// Longest name of a key (§5.8.3).
pub const NAME_BYTES_MAX: usize = 1023;
/// How deep CBOR may nest; a key is one map.
const DEPTH_MAX: usize = 8;
const SHORT: Refusal = Refusal::Unreadable("authenticator data");

/// Authenticator data, read.
pub struct Authenticator<'a> {
    /// SHA-256 of the domain.
    pub party: [u8; 32],
    flags: u8,
    /// Signatures that it made so far, or zero of one that does not count.
    pub counter: u32,
    /// A new key.
    pub credential: Option<Credential<'a>>,
}

/// A new key.
pub struct Credential<'a> {
    /// What the authenticator calls it.
    pub name: &'a [u8],
    /// Its public half, as COSE writes it.
    pub public_key: &'a [u8],
}

impl<'a> Authenticator<'a> {
    /// Reads it; nothing may follow.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let (party, rest) = bytes.split_first_chunk::<32>().ok_or(SHORT)?;
        let ([flags], rest) = rest.split_first_chunk::<1>().ok_or(SHORT)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or(SHORT)?;
        let (credential, rest) = match flags & CREDENTIAL {
            0 => (None, rest),
            _ => Credential::read(rest).map(|(credential, rest)| (Some(credential), rest))?,
        };
        let rest = match flags & EXTENSIONS {
            0 => rest,
            _ => match cbor(rest)? {
                (Value::Map(_), rest) => rest,
                _ => return Err(SHORT),
            },
        };
        if !rest.is_empty() {
            return Err(SHORT);
        }
        Ok(Self { party: *party, flags: *flags, counter: u32::from_be_bytes(*counter), credential })
    }

    /// Whether a flag is set.
    pub fn says(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

impl<'a> Credential<'a> {
    /// Reads it (§6.5.1); what follows.
    fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Refusal> {
        let (_, rest) = bytes.split_first_chunk::<MODEL_BYTES>().ok_or(SHORT)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(SHORT)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if !(1..=NAME_BYTES_MAX).contains(&length) {
            return Err(SHORT);
        }
        let (name, rest) = rest.split_at_checked(length).ok_or(SHORT)?;
        let (_, after) = cbor(rest)?;
        let public_key = rest.get(..rest.len() - after.len()).ok_or(SHORT)?;
        Ok((Self { name, public_key }, after))
    }
}

/// A value of CBOR (RFC 8949), and what follows it.
pub fn cbor(bytes: &[u8]) -> Result<(Value, &[u8]), Refusal> {
    let mut rest = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH_MAX);
    value.map(|value| (value, rest)).map_err(|_| Refusal::Unreadable("CBOR"))
}
