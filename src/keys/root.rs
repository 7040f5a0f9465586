//! The root key: 32 random bytes in a text file that lies outside the archive.
//!
//! Whoever holds it and a copy of `keys/` can read everything; without it the archive is lost. The file names the
//! archive and carries a checksum, so that a typing error from the recovery sheet is noticed.

use super::KeysError;
use crate::cipher::Secret;
use crate::digest::{Sha256, hex, unhex};
use uuid::Uuid;

const TITLE: &str = "chauban root key 1";

/// The key at the top.
#[derive(Clone)]
pub struct RootKey(Secret);

impl RootKey {
    /// A new random root key.
    pub fn random() -> Self {
        Self(Secret::random())
    }

    /// The key.
    pub fn secret(&self) -> &Secret {
        &self.0
    }

    /// The text of the key file, which is also the recovery sheet.
    pub fn encode(&self, archive: Uuid) -> String {
        let groups: Vec<String> = hex(self.0.bytes()).as_bytes().chunks(8).map(text).collect();
        let check = checksum(archive, self.0.bytes());
        format!("{TITLE}\narchive {archive}\nkey {}\ncheck {check}\n", groups.join(" "))
    }

    /// Reads a key file.
    pub fn parse(content: &str, archive: Uuid) -> Result<Self, KeysError> {
        let damaged = |what: &str| KeysError::Damaged { file: "the root key file".into(), what: what.into() };
        let mut lines = content.lines();
        if lines.next() != Some(TITLE) {
            return Err(damaged("it does not begin with its title line"));
        }
        let mut field = |name: &str| {
            let line = lines.next().unwrap_or_default();
            line.strip_prefix(name).map(str::trim).ok_or_else(|| damaged(&format!("the line {name:?} is missing")))
        };
        let (named, key, check) = (field("archive ")?, field("key ")?, field("check ")?);
        let bytes = unhex(&key.replace(' ', "")).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let bytes = bytes.ok_or_else(|| damaged("the key is not 64 hexadecimal digits"))?;
        let named = Uuid::try_parse(named).map_err(|_| damaged("the archive's identifier is not one"))?;
        if checksum(named, &bytes) != check {
            return Err(damaged("the checksum differs: a digit was mistyped"));
        }
        if named != archive {
            return Err(damaged("it is the key of another archive"));
        }
        Ok(Self(Secret::from_bytes(bytes)))
    }
}

fn checksum(archive: Uuid, key: &[u8; 32]) -> String {
    Sha256::of_parts(&[TITLE.as_bytes(), archive.as_bytes(), key]).to_string()[..8].to_owned()
}

fn text(ascii: &[u8]) -> String {
    ascii.iter().map(|byte| char::from(*byte)).collect()
}
