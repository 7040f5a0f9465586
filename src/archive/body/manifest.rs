//! The manifest: the first line of a body object, whose salted HMAC stands in the entry.

use crate::digest::Sha256;
use crate::record::Component;
use serde::{Deserialize, Serialize};

/// A component as the manifest commits to it.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ManifestComponent {
    /// File name.
    pub name: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// BLAKE3, hexadecimal.
    pub blake3: String,
    /// Length, bytes.
    pub size: u64,
}

/// The first line of a body object: what the entry commits to, and what a receipt opens.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Components in the order of the entry's objects.
    pub components: Vec<ManifestComponent>,
    /// Digest and size of the second line.
    pub body: ManifestBody,
}

/// The body as the manifest commits to it.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ManifestBody {
    /// SHA-256 of the body's JSON, hexadecimal.
    pub sha256: String,
    /// Its length, bytes.
    pub size: u64,
}

/// Manifest, newline, body; and the length of the manifest.
pub struct BodyText {
    /// The plaintext of the body object.
    pub bytes: Vec<u8>,
    manifest: usize,
}

impl BodyText {
    /// Puts the two lines together.
    pub fn new(components: &[Component], body: &impl Serialize) -> serde_json::Result<Self> {
        let body = serde_json::to_vec(body)?;
        let manifest = Manifest {
            components: components
                .iter()
                .map(|component| ManifestComponent {
                    name: component.name.clone(),
                    sha256: component.digests.sha256.to_string(),
                    blake3: component.digests.blake3.to_string(),
                    size: component.digests.size,
                })
                .collect(),
            body: ManifestBody { sha256: Sha256::of(&body).to_string(), size: body.len() as u64 },
        };
        let mut bytes = serde_json::to_vec(&manifest)?;
        let manifest = bytes.len();
        bytes.push(b'\n');
        bytes.extend_from_slice(&body);
        Ok(Self { bytes, manifest })
    }

    /// The manifest's exact bytes.
    pub fn manifest(&self) -> &[u8] {
        &self.bytes[..self.manifest]
    }

    /// The body's exact bytes.
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.manifest + 1..]
    }
}

/// Splits the plaintext of a body object into manifest and body, and checks that the one commits to the other.
pub fn split(plain: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, body) = read_manifest(plain)?;
    Some((&plain[..plain.len() - body.len() - 1], body))
}

/// The same, with the manifest read.
pub fn read_manifest(plain: &[u8]) -> Option<(Manifest, &[u8])> {
    let at = memchr::memchr(b'\n', plain)?;
    let (line, body) = (&plain[..at], &plain[at + 1..]);
    let stated: Manifest = serde_json::from_slice(line).ok()?;
    (stated.body.size == body.len() as u64 && stated.body.sha256 == Sha256::of(body).to_string())
        .then_some((stated, body))
}
