//! Keys of signed notes: verifier keys, signers, and what exactly each algorithm signs.
//!
//! Three algorithms, told apart by the type byte of C2SP signed-note: 0x01 Ed25519 over the note's text; 0x04
//! Ed25519 and 0x06 ML-DSA-44 cosignatures of a checkpoint, which state a time (C2SP tlog-cosignature).
//! The ledger signs with 0x01 and 0x06 under its origin as key name; 0x04 is read for witnesses.
//!
//! A key ID is never taken on trust: it is computed from name, type and key, and a verifier key that says
//! otherwise is refused. Seeds are the caller's to keep and to forget; nothing here prints one.

use super::checkpoint::Checkpoint;
use super::note::{Signature, from_base64, is_key_name, to_base64};
use crate::digest::{Sha256, unhex};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ML_DSA_44, ML_DSA_44_SIGNING, PqdsaKeyPair};
use aws_lc_rs::signature::{UnparsedPublicKey, VerificationAlgorithm};
use std::fmt;

/// Longest key name, bytes: what the ML-DSA-44 message can carry.
pub const NAME_BYTES_MAX: usize = 255;
/// Latest time a cosignature may state, seconds (C2SP tlog-cosignature: 2^63 − 1).
const UNIX_SECONDS_MAX: u64 = i64::MAX as u64;
/// Domain separation of the ML-DSA-44 message.
const SUBTREE_LABEL: &[u8; 12] = b"subtree/v1\n\0";

/// How a key signs; the value is the type byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Algorithm {
    /// Ed25519 over the note's text.
    Ed25519 = 0x01,
    /// Ed25519 timestamped checkpoint cosignature.
    Ed25519Cosignature = 0x04,
    /// ML-DSA-44 timestamped checkpoint cosignature.
    MlDsa44Cosignature = 0x06,
}

impl Algorithm {
    fn of_type(byte: u8) -> Option<Self> {
        [Self::Ed25519, Self::Ed25519Cosignature, Self::MlDsa44Cosignature].into_iter().find(|it| *it as u8 == byte)
    }

    fn public_key_bytes(self) -> usize {
        match self {
            Self::Ed25519 | Self::Ed25519Cosignature => 32,
            Self::MlDsa44Cosignature => 1312,
        }
    }

    fn primitive(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Ed25519 | Self::Ed25519Cosignature => &ED25519,
            Self::MlDsa44Cosignature => &ML_DSA_44,
        }
    }

    /// The bytes under the signature: of `text` by the key `name` at a time, which [`Self::Ed25519`] does not state.
    fn message(self, name: &str, text: &str, unix_seconds: u64) -> Option<Vec<u8>> {
        match self {
            Self::Ed25519 => Some(text.into()),
            Self::Ed25519Cosignature => {
                Checkpoint::parse(text).ok()?; // a cosignature states a tree head, never any other text
                Some(format!("cosignature/v1\ntime {unix_seconds}\n{text}").into_bytes())
            }
            Self::MlDsa44Cosignature => {
                let checkpoint = Checkpoint::parse(text).ok()?;
                let mut message = SUBTREE_LABEL.to_vec();
                put_short(&mut message, name)?;
                message.extend_from_slice(&unix_seconds.to_be_bytes());
                put_short(&mut message, &checkpoint.origin)?;
                message.extend_from_slice(&0u64.to_be_bytes()); // start of the subtree: a checkpoint's is the whole tree
                message.extend_from_slice(&checkpoint.size.to_be_bytes());
                message.extend_from_slice(&checkpoint.root.0);
                Some(message)
            }
        }
    }
}

/// Appends `opaque text<1..2^8-1>` (RFC 8446 §3).
fn put_short(message: &mut Vec<u8>, text: &str) -> Option<()> {
    let length = u8::try_from(text.len()).ok().filter(|length| *length > 0)?;
    message.push(length);
    message.extend_from_slice(text.as_bytes());
    Some(())
}

/// A text that is not a verifier key, or parts that make none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not `name+id+base64`.
    #[error("a verifier key reads name+8 hexadecimal digits+base64")]
    Format,
    /// Empty, over 255 bytes, or with spaces, `+` or control characters.
    #[error("a key name has 1 to 255 bytes and neither spaces, plus signs nor control characters")]
    Name,
    /// Neither 0x01, 0x04 nor 0x06, or a public key of the wrong length.
    #[error("only keys of type 0x01, 0x04 (Ed25519) and 0x06 (ML-DSA-44) are known here")]
    Type,
    /// The ID does not follow from name, type and key.
    #[error("the key's ID does not belong to its name and key: it was copied wrongly or altered")]
    Id,
    /// The library refuses the seed.
    #[error("no key can be made from this seed")]
    Seed,
}

/// A public key under a name, as one configures it or prints it on paper.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VerifierKey {
    name: String,
    id: u32,
    algorithm: Algorithm,
    public: Vec<u8>,
}

impl VerifierKey {
    fn new(name: &str, algorithm: Algorithm, public: &[u8]) -> Result<Self, BadKey> {
        if !is_key_name(name) || name.len() > NAME_BYTES_MAX {
            return Err(BadKey::Name);
        }
        if public.len() != algorithm.public_key_bytes() {
            return Err(BadKey::Type);
        }
        let hash = Sha256::of_parts(&[name.as_bytes(), b"\n", &[algorithm as u8], public]).0;
        let id = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        Ok(Self { name: name.into(), id, algorithm, public: public.into() })
    }

    /// Reads `<name>+<hex id>+<base64 of type and key>`; the ID must be the right one.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(BadKey::Format);
        };
        let id: [u8; 4] = unhex(id).and_then(|id| id.try_into().ok()).ok_or(BadKey::Format)?;
        let key = from_base64(key).ok_or(BadKey::Format)?;
        let (byte, public) = key.split_first().ok_or(BadKey::Format)?;
        let algorithm = Algorithm::of_type(*byte).ok_or(BadKey::Type)?;
        let key = Self::new(name, algorithm, public)?;
        if key.id == u32::from_be_bytes(id) { Ok(key) } else { Err(BadKey::Id) }
    }

    /// Name of the key; of a ledger's own key, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Key ID.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether a signature line claims to be by this key.
    pub fn claims(&self, line: &Signature) -> bool {
        self.id == line.id && self.name == line.name
    }

    /// Verifies a signature line over `text`; gives the time it states, Unix seconds, if it states one.
    pub fn verify(&self, text: &str, line: &Signature) -> Result<Option<u64>, NotVerified> {
        let (stated, signature) = match self.algorithm {
            Algorithm::Ed25519 => (None, line.bytes.as_slice()),
            Algorithm::Ed25519Cosignature | Algorithm::MlDsa44Cosignature => {
                let (time, signature) = line.bytes.split_first_chunk::<8>().ok_or(NotVerified)?;
                (Some(u64::from_be_bytes(*time)), signature)
            }
        };
        let time = stated.unwrap_or(0);
        if !self.claims(line) || time > UNIX_SECONDS_MAX {
            return Err(NotVerified);
        }
        let message = self.algorithm.message(&self.name, text, time).ok_or(NotVerified)?;
        let public = UnparsedPublicKey::new(self.algorithm.primitive(), &self.public);
        public.verify(&message, signature).map_err(|_| NotVerified)?;
        Ok(stated.filter(|time| *time > 0)) // 0: the cosigner makes no statement as to time
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[self.algorithm as u8], self.public.as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, to_base64(&key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({}+{:08x} {:?})", self.name, self.id, self.algorithm)
    }
}

/// A signature that the key it names did not make over this text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct NotVerified;

/// A text that this signer does not sign: a cosigner signs checkpoints only, and times up to 2^63 − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text cannot be signed by this key")]
pub struct NotSigned;

enum Secret {
    Ed25519(Ed25519KeyPair),
    MlDsa44(PqdsaKeyPair),
}

/// A key that signs.
pub struct Signer {
    key: VerifierKey,
    secret: Secret,
}

impl Signer {
    /// The signer that `seed` makes (RFC 8032 §5.1.5; FIPS 204 §6.1): the same seed, the same key.
    pub fn from_seed(algorithm: Algorithm, name: &str, seed: &[u8; 32]) -> Result<Self, BadKey> {
        let (secret, public) = match algorithm {
            Algorithm::Ed25519 | Algorithm::Ed25519Cosignature => {
                let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| BadKey::Seed)?;
                let public = pair.public_key().as_ref().to_vec();
                (Secret::Ed25519(pair), public)
            }
            Algorithm::MlDsa44Cosignature => {
                let pair = PqdsaKeyPair::from_seed(&ML_DSA_44_SIGNING, seed).map_err(|_| BadKey::Seed)?;
                let public = pair.public_key().as_ref().to_vec();
                (Secret::MlDsa44(pair), public)
            }
        };
        Ok(Self { key: VerifierKey::new(name, algorithm, &public)?, secret })
    }

    /// The public half.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// A signature line over `text`, stating the time if the algorithm states one.
    pub fn sign(&self, text: &str, unix_seconds: u64) -> Result<Signature, NotSigned> {
        if unix_seconds > UNIX_SECONDS_MAX {
            return Err(NotSigned);
        }
        let message = self.key.algorithm.message(&self.key.name, text, unix_seconds).ok_or(NotSigned)?;
        let mut bytes = match self.key.algorithm {
            Algorithm::Ed25519 => Vec::new(),
            Algorithm::Ed25519Cosignature | Algorithm::MlDsa44Cosignature => unix_seconds.to_be_bytes().to_vec(),
        };
        match &self.secret {
            Secret::Ed25519(pair) => bytes.extend(pair.try_sign(&message).map_err(|_| NotSigned)?.as_ref()),
            Secret::MlDsa44(pair) => {
                let time = bytes.len();
                bytes.resize(time + ML_DSA_44_SIGNING.signature_len(), 0);
                pair.sign(&message, &mut bytes[time..]).map_err(|_| NotSigned)?;
            }
        }
        Ok(Signature { name: self.key.name.clone(), id: self.key.id, bytes })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({:?})", self.key)
    }
}

#[cfg(test)]
mod tests;
