//! Encryption of objects: AES-256-GCM in seekable chunks with key commitment (`docs/format.md` §5).
//!
//! Every object has a random data key, used for nothing else. HKDF-SHA-256 derives from it the object's encryption
//! key and a 32-byte *key commitment* that stands before the ciphertext of each part: without it one ciphertext
//! could open to two plaintexts under two keys. A part is cut into 64 KiB chunks, each sealed under the nonce
//! (part, chunk, last-of-part), so a range is read and authenticated without the rest, and no chunk can be moved,
//! repeated or cut off. Data keys and salts are wrapped by a scope key with the names of archive, scope and object
//! as associated data.
//!
//! Primitives are those of `aws-lc-rs`; nothing here is home-made but the framing. Keys are wiped when dropped.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use uuid::Uuid;
use zeroize::Zeroize;

/// Plaintext bytes in a chunk.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes a chunk grows by: the GCM tag.
pub const TAG_BYTES: usize = 16;
/// Bytes before the first chunk of a part: the key commitment.
pub const COMMITMENT_BYTES: usize = 32;
/// Plaintext bytes in a part at most; a longer object has several.
pub const PART_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of a wrapped secret beyond the secret itself: nonce and tag.
pub const WRAP_BYTES: usize = 12 + TAG_BYTES;

/// Why a ciphertext did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// The key commitment differs: this is not the key the bytes were sealed with.
    #[error("the key commitment does not match the key")]
    OtherKey,
    /// A chunk's tag does not verify: the bytes were altered, moved or cut.
    #[error("the authentication tag does not verify")]
    Altered,
    /// The length cannot be that of sealed bytes.
    #[error("the length is not that of sealed bytes")]
    Length,
}

/// A 256-bit secret key, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A new random key.
    pub fn random() -> Self {
        Self(random())
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Another key, that of `context`: HKDF-SHA-256, from which this key does not follow.
    pub fn derive(&self, context: &[&[u8]]) -> Self {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"chauban/1 derived").extract(&self.0);
        let mut okm = [0; 64];
        prk.expand(context, OkmBytes)
            .and_then(|source| source.fill(&mut okm))
            .expect("64 bytes are within HKDF-SHA-256's limit of 8,160");
        let mut key = [0; 32];
        key.copy_from_slice(&okm[..32]);
        okm.zeroize();
        Self(key)
    }

    /// The key's bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Random bytes from the operating system's generator.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the generator of aws-lc aborts rather than fail after start-up");
    bytes
}

/// The keys of one object, derived from its data key.
pub struct ObjectKey {
    key: LessSafeKey,
    commitment: [u8; COMMITMENT_BYTES],
}

impl ObjectKey {
    /// Derives the keys of `object` in `archive`.
    pub fn derive(data_key: &Secret, archive: Uuid, object: Uuid) -> Self {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"chauban/1 object").extract(&data_key.0);
        let info = [archive.as_bytes().as_slice(), object.as_bytes().as_slice()];
        let mut okm = [0; 64];
        prk.expand(&info, OkmBytes)
            .and_then(|okm_source| okm_source.fill(&mut okm))
            .expect("64 bytes are within HKDF-SHA-256's limit of 8,160");
        let key = aes(&okm[..32]);
        let mut commitment = [0; COMMITMENT_BYTES];
        commitment.copy_from_slice(&okm[32..]);
        okm.zeroize();
        Self { key, commitment }
    }

    /// Seals one part of at most [`PART_BYTES_MAX`] bytes. An object's parts are numbered from 0, each once.
    pub fn seal_part(&self, part: u32, plaintext: &[u8]) -> Vec<u8> {
        assert!(plaintext.len() <= PART_BYTES_MAX, "a part has at most 16 MiB");
        let mut sealed = Vec::with_capacity(sealed_len(plaintext.len()));
        sealed.extend_from_slice(&self.commitment);
        let chunks = chunk_count(plaintext.len());
        for chunk in 0..chunks {
            let bytes = &plaintext[chunk * CHUNK_BYTES..plaintext.len().min((chunk + 1) * CHUNK_BYTES)];
            let start = sealed.len();
            sealed.resize(start + bytes.len() + TAG_BYTES, 0);
            let (into, tag) = sealed[start..].split_at_mut(bytes.len());
            self.key
                .seal_out_of_place_scatter(nonce(part, chunk, chunks), Aad::empty(), bytes, into, &[], tag)
                .expect("a chunk is far below GCM's limit");
        }
        sealed
    }

    /// Opens one part.
    pub fn open_part(&self, part: u32, sealed: &[u8]) -> Result<Vec<u8>, NotOpened> {
        let mut plaintext = Vec::new();
        let length = self.open_part_into(part, sealed, &mut plaintext)?.len();
        plaintext.truncate(length);
        Ok(plaintext)
    }

    /// As [`ObjectKey::open_part`], at the beginning of a buffer that grows where it must and never shrinks: zeros that
    /// are written over again cost a tenth of the opening. On failure it holds nothing.
    pub fn open_part_into<'b>(&self, part: u32, sealed: &[u8], buffer: &'b mut Vec<u8>) -> Result<&'b [u8], NotOpened> {
        match self.open_chunks(part, sealed, buffer) {
            Ok(length) => Ok(&buffer[..length]),
            Err(error) => {
                buffer.clear();
                Err(error)
            }
        }
    }

    fn open_chunks(&self, part: u32, sealed: &[u8], plaintext: &mut Vec<u8>) -> Result<usize, NotOpened> {
        let plain_len = plain_len(sealed.len()).ok_or(NotOpened::Length)?;
        self.check_commitment(sealed)?;
        if plaintext.len() < plain_len {
            plaintext.resize(plain_len, 0);
        }
        let chunks = chunk_count(plain_len);
        for (chunk, sealed_chunk) in sealed[COMMITMENT_BYTES..].chunks(CHUNK_BYTES + TAG_BYTES).enumerate() {
            let into = &mut plaintext[chunk * CHUNK_BYTES..plain_len.min((chunk + 1) * CHUNK_BYTES)];
            self.open_chunk(part, chunk, chunks, sealed_chunk, into)?;
        }
        Ok(plain_len)
    }

    /// Opens chunk `chunk` of the part whose sealed length is `sealed_len`, given that chunk's sealed bytes only.
    pub fn open_one_chunk(
        &self,
        part: u32,
        chunk: usize,
        sealed_len: usize,
        bytes: &[u8],
    ) -> Result<Vec<u8>, NotOpened> {
        let plain_len = plain_len(sealed_len).ok_or(NotOpened::Length)?;
        let chunks = chunk_count(plain_len);
        let size = bytes.len().checked_sub(TAG_BYTES).ok_or(NotOpened::Length)?;
        let mut plaintext = vec![0; size];
        self.open_chunk(part, chunk, chunks, bytes, &mut plaintext)?;
        Ok(plaintext)
    }

    /// Whether `sealed` begins with this key's commitment.
    pub fn check_commitment(&self, sealed: &[u8]) -> Result<(), NotOpened> {
        match sealed.get(..COMMITMENT_BYTES) {
            Some(commitment) if commitment == self.commitment => Ok(()),
            Some(_) => Err(NotOpened::OtherKey),
            None => Err(NotOpened::Length),
        }
    }

    fn open_chunk(
        &self,
        part: u32,
        chunk: usize,
        chunks: usize,
        sealed: &[u8],
        into: &mut [u8],
    ) -> Result<(), NotOpened> {
        let (bytes, tag) = sealed.split_at_checked(into.len()).ok_or(NotOpened::Length)?;
        self.key
            .open_separate_gather(nonce(part, chunk, chunks), Aad::empty(), bytes, tag, into)
            .map_err(|_| NotOpened::Altered)
    }
}

/// Length of a sealed part of `plain_len` bytes.
pub fn sealed_len(plain_len: usize) -> usize {
    COMMITMENT_BYTES + plain_len + chunk_count(plain_len) * TAG_BYTES
}

/// Plaintext length of a part sealed to `sealed_len` bytes; `None` if no part has that length.
pub fn plain_len(sealed_len: usize) -> Option<usize> {
    let body = sealed_len.checked_sub(COMMITMENT_BYTES)?;
    let chunks = body.div_ceil(CHUNK_BYTES + TAG_BYTES).max(1);
    let plain = body.checked_sub(chunks * TAG_BYTES)?;
    (chunk_count(plain) == chunks && plain <= PART_BYTES_MAX).then_some(plain)
}

/// Wraps a secret under `key`, bound to `context`: nonce, ciphertext, tag.
pub fn wrap(key: &Secret, context: &[&[u8]], secret: &[u8]) -> Vec<u8> {
    let nonce_bytes: [u8; 12] = random();
    let mut wrapped = nonce_bytes.to_vec();
    wrapped.extend_from_slice(secret);
    let tag = aes(&key.0)
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce_bytes),
            Aad::from(context.concat()),
            &mut wrapped[12..],
        )
        .expect("a secret is far below GCM's limit");
    wrapped.extend_from_slice(tag.as_ref());
    wrapped
}

/// Opens what [`wrap`] made. The caller wipes the secret.
pub fn unwrap(key: &Secret, context: &[&[u8]], wrapped: &[u8]) -> Result<Vec<u8>, NotOpened> {
    let (nonce_bytes, sealed) = wrapped.split_first_chunk::<12>().ok_or(NotOpened::Length)?;
    let secret_len = sealed.len().checked_sub(TAG_BYTES).ok_or(NotOpened::Length)?;
    let (bytes, tag) = sealed.split_at(secret_len);
    let mut secret = vec![0; secret_len];
    aes(&key.0)
        .open_separate_gather(
            Nonce::assume_unique_for_key(*nonce_bytes),
            Aad::from(context.concat()),
            bytes,
            tag,
            &mut secret,
        )
        .map_err(|_| NotOpened::Altered)?;
    Ok(secret)
}

fn aes(key: &[u8]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("an AES-256 key has 32 bytes"))
}

fn chunk_count(plain_len: usize) -> usize {
    plain_len.div_ceil(CHUNK_BYTES).max(1)
}

/// Part (32 bits), chunk (32 bits), three zero bytes, 1 for the last chunk of the part.
fn nonce(part: u32, chunk: usize, chunks: usize) -> Nonce {
    let chunk_number = u32::try_from(chunk).expect("a part has at most 256 chunks");
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&part.to_be_bytes());
    bytes[4..8].copy_from_slice(&chunk_number.to_be_bytes());
    bytes[11] = u8::from(chunk + 1 == chunks);
    Nonce::assume_unique_for_key(bytes)
}

struct OkmBytes;

impl hkdf::KeyType for OkmBytes {
    fn len(&self) -> usize {
        64
    }
}

#[cfg(test)]
mod tests;
