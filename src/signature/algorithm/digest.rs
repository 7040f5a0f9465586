//! Digest algorithms: aws-lc's; RustCrypto's two that only old signatures use, the three of the SHA-3 family that aws-lc
//! does not offer, and those that go with GOST signatures.

use aws_lc_rs::digest as aws;
use md5::digest::{Digest as _, ExtendableOutput, Update, XofReader};

use super::{Unsupported, oid};
use crate::signature::der;

/// Digest algorithms that can be computed here. Which are too weak at which time is for a policy to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "their own names")]
pub enum DigestAlgorithm {
    Md5,
    Ripemd160,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Sha3_224,
    /// With 32 bytes of output (RFC 8702 §2).
    Shake128,
    /// With 64 bytes of output (RFC 8702 §2); the digest that goes with Ed448 (RFC 8419).
    Shake256,
    /// GOST R 34.11-94 with the parameters of RFC 4357 §11.2.
    Gost94,
    /// GOST R 34.11-2012 (RFC 6986).
    Streebog256,
    /// GOST R 34.11-2012 (RFC 6986).
    Streebog512,
}

/// A digest: up to 64 bytes, read with `as_ref`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DigestValue {
    bytes: [u8; 64],
    length: usize,
}

/// A digest under way. Cloning it shares the work for bytes that begin alike.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Aws(aws::Context),
    Md5(md5::Md5),
    Ripemd160(ripemd::Ripemd160),
    Sha3_224(sha3::Sha3_224),
    Shake128(sha3::Shake128),
    Shake256(sha3::Shake256),
    Gost94(gost94::Gost94CryptoPro),
    Streebog256(streebog::Streebog256),
    Streebog512(streebog::Streebog512),
}

impl DigestAlgorithm {
    /// Time that a byte takes, in those of SHA-256.
    pub(in crate::signature) const fn weight(self) -> usize {
        match self {
            Self::Sha1 | Self::Sha224 | Self::Sha256 | Self::Sha384 | Self::Sha512 => 1,
            Self::Md5 | Self::Sha3_224 | Self::Sha3_256 | Self::Sha3_384 | Self::Sha3_512 => 4,
            Self::Shake128 | Self::Shake256 | Self::Ripemd160 => 8,
            Self::Streebog256 | Self::Streebog512 => 24,
            Self::Gost94 => 96,
        }
    }

    /// The algorithm with this object identifier (content bytes). Older software writes the identifier of the RSA
    /// signature in its place; the digest is the one inside.
    pub fn from_oid(identifier: &[u8]) -> Result<Self, Unsupported> {
        Ok(match identifier {
            oid::MD5 | oid::RSA_MD5 => Self::Md5,
            oid::RIPEMD160 | oid::RSA_RIPEMD160 => Self::Ripemd160,
            oid::SHA1 | oid::RSA_SHA1 | oid::DSA_SHA1 => Self::Sha1,
            oid::SHA224 | oid::RSA_SHA224 => Self::Sha224,
            oid::SHA256 | oid::RSA_SHA256 => Self::Sha256,
            oid::SHA384 | oid::RSA_SHA384 => Self::Sha384,
            oid::SHA512 | oid::RSA_SHA512 => Self::Sha512,
            oid::SHA3_224 => Self::Sha3_224,
            oid::SHAKE128 => Self::Shake128,
            oid::SHAKE256 => Self::Shake256,
            oid::SHA3_256 => Self::Sha3_256,
            oid::SHA3_384 => Self::Sha3_384,
            oid::SHA3_512 => Self::Sha3_512,
            oid::GOST_94 => Self::Gost94,
            oid::STREEBOG_256 => Self::Streebog256,
            oid::STREEBOG_512 => Self::Streebog512,
            other => return Err(Unsupported::Digest(der::oid_text(other))),
        })
    }

    /// Its object identifier (content bytes).
    pub fn oid(self) -> &'static [u8] {
        match self {
            Self::Md5 => oid::MD5,
            Self::Ripemd160 => oid::RIPEMD160,
            Self::Sha1 => oid::SHA1,
            Self::Sha224 => oid::SHA224,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
            Self::Sha3_256 => oid::SHA3_256,
            Self::Sha3_384 => oid::SHA3_384,
            Self::Sha3_512 => oid::SHA3_512,
            Self::Sha3_224 => oid::SHA3_224,
            Self::Shake128 => oid::SHAKE128,
            Self::Shake256 => oid::SHAKE256,
            Self::Gost94 => oid::GOST_94,
            Self::Streebog256 => oid::STREEBOG_256,
            Self::Streebog512 => oid::STREEBOG_512,
        }
    }

    /// Length of the digest, bytes.
    pub fn length_bytes(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Ripemd160 | Self::Sha1 => 20,
            Self::Sha224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha3_256 | Self::Shake128 | Self::Gost94 | Self::Streebog256 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 | Self::Shake256 | Self::Streebog512 => 64,
        }
    }

    /// Digest of the concatenation of `parts`.
    pub fn of_parts(self, parts: &[&[u8]]) -> DigestValue {
        let mut hasher = Hasher::new(self);
        for part in parts {
            hasher.update(part);
        }
        hasher.finish()
    }

    /// Its name in the standards.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Ripemd160 => "RIPEMD-160",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
            Self::Sha3_224 => "SHA3-224",
            Self::Shake128 => "SHAKE128",
            Self::Shake256 => "SHAKE256",
            Self::Gost94 => "GOST R 34.11-94",
            Self::Streebog256 => "Streebog-256",
            Self::Streebog512 => "Streebog-512",
        }
    }
}

impl std::fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Hasher {
    /// A digest of nothing yet.
    pub fn new(algorithm: DigestAlgorithm) -> Self {
        let aws = |algorithm| State::Aws(aws::Context::new(algorithm));
        Self(match algorithm {
            DigestAlgorithm::Md5 => State::Md5(md5::Md5::new()),
            DigestAlgorithm::Ripemd160 => State::Ripemd160(ripemd::Ripemd160::new()),
            DigestAlgorithm::Sha1 => aws(&aws::SHA1_FOR_LEGACY_USE_ONLY),
            DigestAlgorithm::Sha224 => aws(&aws::SHA224),
            DigestAlgorithm::Sha256 => aws(&aws::SHA256),
            DigestAlgorithm::Sha384 => aws(&aws::SHA384),
            DigestAlgorithm::Sha512 => aws(&aws::SHA512),
            DigestAlgorithm::Sha3_256 => aws(&aws::SHA3_256),
            DigestAlgorithm::Sha3_384 => aws(&aws::SHA3_384),
            DigestAlgorithm::Sha3_512 => aws(&aws::SHA3_512),
            DigestAlgorithm::Sha3_224 => State::Sha3_224(sha3::Sha3_224::new()),
            DigestAlgorithm::Shake128 => State::Shake128(sha3::Shake128::default()),
            DigestAlgorithm::Shake256 => State::Shake256(sha3::Shake256::default()),
            DigestAlgorithm::Gost94 => State::Gost94(gost94::Gost94CryptoPro::new()),
            DigestAlgorithm::Streebog256 => State::Streebog256(streebog::Streebog256::new()),
            DigestAlgorithm::Streebog512 => State::Streebog512(streebog::Streebog512::new()),
        })
    }

    /// Takes in `bytes`.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Aws(context) => context.update(bytes),
            State::Md5(state) => Update::update(state, bytes),
            State::Ripemd160(state) => Update::update(state, bytes),
            State::Sha3_224(state) => Update::update(state, bytes),
            State::Shake128(state) => state.update(bytes),
            State::Shake256(state) => state.update(bytes),
            State::Gost94(state) => Update::update(state, bytes),
            State::Streebog256(state) => Update::update(state, bytes),
            State::Streebog512(state) => Update::update(state, bytes),
        }
    }

    /// The digest of all that was taken in.
    pub fn finish(self) -> DigestValue {
        match self.0 {
            State::Aws(context) => DigestValue::of(context.finish().as_ref()),
            State::Md5(state) => DigestValue::of(&state.finalize()),
            State::Ripemd160(state) => DigestValue::of(&state.finalize()),
            State::Sha3_224(state) => DigestValue::of(&state.finalize()),
            State::Shake128(state) => DigestValue::read(state.finalize_xof(), 32),
            State::Shake256(state) => DigestValue::read(state.finalize_xof(), 64),
            State::Gost94(state) => DigestValue::of(&state.finalize()),
            State::Streebog256(state) => DigestValue::of(&state.finalize()),
            State::Streebog512(state) => DigestValue::of(&state.finalize()),
        }
    }
}

impl DigestValue {
    /// The digest that these bytes, 64 at most, are.
    pub(in crate::signature) fn of(digest: &[u8]) -> Self {
        let mut bytes = [0; 64];
        bytes[..digest.len()].copy_from_slice(digest);
        Self { bytes, length: digest.len() }
    }

    /// So many bytes, at most 64, of an output that has no end.
    fn read(mut output: impl XofReader, length: usize) -> Self {
        let mut bytes = [0; 64];
        output.read(&mut bytes[..length]);
        Self { bytes, length }
    }
}

impl AsRef<[u8]> for DigestValue {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl std::fmt::Debug for DigestValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::digest::hex(self.as_ref()))
    }
}
