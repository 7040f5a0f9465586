//! Digests of content: SHA-256 for the law and third-party tools, BLAKE3 for speed.
//!
//! Owns the two digest types, their one text form (lower-case hexadecimal) and the one-pass hasher.
//! A digest is a value: it never reads a file by itself.

use std::fmt;
use std::str::FromStr;

/// A text that is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 lower-case hexadecimal digits")]
pub struct NotADigest;

macro_rules! digest_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = NotADigest;
            fn from_str(text: &str) -> Result<Self, NotADigest> {
                let mut bytes = [0; 32];
                unhex_into(text, &mut bytes).map(|()| Self(bytes)).ok_or(NotADigest)
            }
        }
    };
}

digest_type!(
    /// SHA-256 (FIPS 180-4).
    Sha256
);
digest_type!(
    /// BLAKE3, 32-byte output.
    Blake3
);

impl Sha256 {
    /// SHA-256 of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(fixed(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref()))
    }

    /// SHA-256 of the concatenation of `parts`.
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        for part in parts {
            context.update(part);
        }
        Self(fixed(context.finish().as_ref()))
    }
}

impl Blake3 {
    /// BLAKE3 of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// BLAKE3 of a stream to its end.
    pub fn of_reader(stream: impl std::io::Read) -> std::io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(stream)?;
        Ok(Self(*hasher.finalize().as_bytes()))
    }
}

/// SHA-256 alone over a stream.
pub struct Sha256Hasher {
    context: aws_lc_rs::digest::Context,
    size: u64,
}

impl Sha256Hasher {
    /// An empty stream.
    #[expect(clippy::new_without_default, reason = "a hasher is started, not defaulted")]
    pub fn new() -> Self {
        Self { context: aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256), size: 0 }
    }

    /// Takes the next bytes of the stream.
    pub fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// The digest of everything taken so far.
    pub fn so_far(&self) -> Sha256 {
        Sha256(fixed(self.context.clone().finish().as_ref()))
    }

    /// The digest and the length of everything taken.
    pub fn finish(self) -> (Sha256, u64) {
        (Sha256(fixed(self.context.finish().as_ref())), self.size)
    }
}

/// Both digests of one byte stream, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentDigests {
    /// SHA-256 of the bytes.
    pub sha256: Sha256,
    /// BLAKE3 of the bytes.
    pub blake3: Blake3,
    /// Length, bytes.
    pub size: u64,
}

impl ContentDigests {
    /// Both digests of bytes in memory.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = ContentHasher::new();
        hasher.update(bytes);
        hasher.finish()
    }
}

/// SHA-256 and BLAKE3 in one pass over a stream.
pub struct ContentHasher {
    sha256: Sha256Hasher,
    blake3: blake3::Hasher,
}

impl ContentHasher {
    /// Bytes hashed by both before moving on, so that the second digest finds them in the first-level cache.
    const STRIDE_BYTES: usize = 16 * 1024;

    /// An empty stream.
    #[expect(clippy::new_without_default, reason = "a hasher is started, not defaulted")]
    pub fn new() -> Self {
        Self { sha256: Sha256Hasher::new(), blake3: blake3::Hasher::new() }
    }

    /// Takes the next bytes of the stream.
    pub fn update(&mut self, bytes: &[u8]) {
        for stride in bytes.chunks(Self::STRIDE_BYTES) {
            self.sha256.update(stride);
            self.blake3.update(stride);
        }
    }

    /// The digests of everything taken.
    pub fn finish(self) -> ContentDigests {
        let (sha256, size) = self.sha256.finish();
        ContentDigests { sha256, blake3: Blake3(*self.blake3.finalize().as_bytes()), size }
    }
}

/// Lower-case hexadecimal of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    String::from_utf8(digits.collect()).expect("hexadecimal digits are ASCII")
}

/// The bytes of lower-case hexadecimal `text`; `None` for anything else.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    unhex_into(text, &mut bytes).map(|()| bytes)
}

/// The same into as many bytes as the text must have.
fn unhex_into(text: &str, into: &mut [u8]) -> Option<()> {
    let nibble = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    if pairs.len() != into.len() {
        return None;
    }
    for ([high, low], byte) in pairs.iter().zip(into) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(())
}

fn fixed(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().expect("SHA-256 gives 32 bytes")
}

#[cfg(test)]
mod tests;
