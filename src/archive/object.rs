//! Making objects out of bytes and bytes out of objects: compress, encrypt, digest; and back.
//!
//! Pure but for randomness. A probe decides whether compressing pays: most documents are full of data that is
//! compressed already. Small bodies compress with the archive's dictionary, which holds invented records and public text
//! only.

use crate::cipher::{self, ObjectKey};
use crate::digest::{Blake3, Sha256};
use crate::event::Stored;
use crate::keys::ObjectSecrets;
use crate::position::Location;
use crate::vault::frame::Codec;
use uuid::Uuid;

pub use crate::cipher::PART_BYTES_MAX;

/// Bytes of a part that the probe compresses: spread over it, because a document's beginning is not like its end.
const PROBE_BYTES: usize = 4 * 4096;
/// A probe must shrink to this share (per mille) or the part is stored as it is.
const PROBE_PER_MILLE: usize = 930;
/// Below zero literals stay as they are: what in a PDF is not repeated is compressed already. On signed PDFs 1 % more bytes
/// than level 1 in a third of the time, on others no more in a quarter.
const LEVEL: i32 = -1;
const BODY_LEVEL: i32 = 3;

/// One part of an object, ready for the vault or there already.
#[derive(Debug, Clone)]
pub enum SealedPart {
    /// Encrypted bytes.
    Here {
        /// How they were made.
        codec: Codec,
        /// The bytes.
        bytes: Vec<u8>,
        /// Their BLAKE3.
        digest: Blake3,
    },
    /// Committed ahead, with a group of its own.
    Placed {
        /// Where.
        at: Location,
        /// BLAKE3 of the stored bytes.
        digest: Blake3,
        /// Their length, bytes.
        size: u64,
    },
}

/// An object ready to be committed.
#[derive(Debug, Clone)]
pub struct SealedObject {
    /// Its identifier in frames.
    pub id: Uuid,
    /// Its parts in order.
    pub parts: Vec<SealedPart>,
}

impl SealedPart {
    /// BLAKE3 and length of the stored bytes.
    pub fn stored(&self) -> Stored {
        match self {
            Self::Here { bytes, digest, .. } => Stored { blake3: *digest, size: bytes.len() as u64 },
            Self::Placed { digest, size, .. } => Stored { blake3: *digest, size: *size },
        }
    }
}

/// What an entry says of an object with these parts.
pub fn stored(parts: impl IntoIterator<Item = Stored>) -> Stored {
    let parts: Vec<Stored> = parts.into_iter().collect();
    match parts.as_slice() {
        [one] => *one,
        many => {
            let digests: Vec<u8> = many.iter().flat_map(|part| part.blake3.0).collect();
            Stored { blake3: Blake3::of(&digests), size: many.iter().map(|part| part.size).sum() }
        }
    }
}

impl SealedObject {
    /// What the entry says of it.
    pub fn stored(&self) -> Stored {
        stored(self.parts.iter().map(SealedPart::stored))
    }
}

/// Compressors with their buffers, one a thread.
pub struct Workshop {
    archive: Uuid,
    probe: zstd::bulk::Compressor<'static>,
    content: zstd::bulk::Compressor<'static>,
    body: zstd::bulk::Compressor<'static>,
    compressed: Vec<u8>,
}

impl Workshop {
    /// A workshop for one thread.
    pub fn new(archive: Uuid, dictionary: &[u8]) -> std::io::Result<Self> {
        let mut body = zstd::bulk::Compressor::with_dictionary(BODY_LEVEL, dictionary)?;
        // An archive has one dictionary: four bytes less a frame.
        body.include_dictid(false)?;
        Ok(Self {
            archive,
            probe: zstd::bulk::Compressor::new(LEVEL)?,
            content: zstd::bulk::Compressor::new(LEVEL)?,
            compressed: Vec::new(),
            body,
        })
    }

    /// Seals one part of a component.
    pub fn seal_part(&mut self, object: Uuid, secrets: &ObjectSecrets, part: u32, plain: &[u8]) -> SealedPart {
        let key = ObjectKey::derive(&secrets.data_key, self.archive, object);
        if self.pays(plain) {
            self.compressed.clear();
            self.compressed.reserve(zstd::zstd_safe::compress_bound(plain.len()));
            let compressed = self.content.compress_to_buffer(plain, &mut self.compressed);
            if compressed.is_ok_and(|length| length < plain.len()) {
                return sealed(Codec::Zstd, key.seal_part(part, &self.compressed));
            }
        }
        sealed(Codec::Stored, key.seal_part(part, plain))
    }

    /// Seals a body: manifest, newline, JSON.
    pub fn seal_body(&mut self, object: Uuid, secrets: &ObjectSecrets, plain: &[u8], codec: Codec) -> SealedObject {
        let key = ObjectKey::derive(&secrets.data_key, self.archive, object);
        let compressed = match codec {
            Codec::Stored => None,
            Codec::Zstd => self.content.compress(plain).ok(),
            Codec::ZstdDictionary => self.body.compress(plain).ok(),
        };
        let part = match compressed {
            Some(compressed) => sealed(codec, key.seal_part(0, &compressed)),
            None => sealed(Codec::Stored, key.seal_part(0, plain)),
        };
        SealedObject { id: object, parts: vec![part] }
    }

    /// Whether a sample of the part shrinks enough.
    fn pays(&mut self, plain: &[u8]) -> bool {
        if plain.len() <= PROBE_BYTES {
            return true;
        }
        let piece = PROBE_BYTES / 4;
        let stride = (plain.len() - piece) / 3;
        let mut sample = [0; PROBE_BYTES];
        for (at, into) in sample.chunks_exact_mut(piece).enumerate() {
            into.copy_from_slice(&plain[at * stride..at * stride + piece]);
        }
        let probed = self.probe.compress(&sample);
        probed.is_ok_and(|probed| probed.len() * 1000 < PROBE_BYTES * PROBE_PER_MILLE)
    }
}

fn sealed(codec: Codec, bytes: Vec<u8>) -> SealedPart {
    let digest = Blake3::of(&bytes);
    SealedPart::Here { codec, bytes, digest }
}

/// Why an object did not open.
#[derive(Debug, thiserror::Error)]
pub enum Unopened {
    /// The key or the tag does not fit.
    #[error(transparent)]
    Cipher(#[from] cipher::NotOpened),
    /// The decrypted bytes are not a zstd frame of at most 16 MiB.
    #[error("the decrypted bytes do not decompress: {0}")]
    Decompress(std::io::Error),
}

/// Opens parts; one a thread. It keeps its buffers: a document's worth of fresh memory costs as much as its digest.
pub struct Opener {
    content: zstd::bulk::Decompressor<'static>,
    body: zstd::bulk::Decompressor<'static>,
    decrypted: Vec<u8>,
    decompressed: Vec<u8>,
}

impl Opener {
    /// An opener that knows the archive's dictionary.
    pub fn new(dictionary: &[u8]) -> std::io::Result<Self> {
        Ok(Self {
            content: zstd::bulk::Decompressor::new()?,
            body: zstd::bulk::Decompressor::with_dictionary(dictionary)?,
            decrypted: Vec::new(),
            decompressed: Vec::new(),
        })
    }

    /// The plaintext of a part, until the next is opened.
    pub fn open_part(&mut self, key: &ObjectKey, part: u32, codec: Codec, sealed: &[u8]) -> Result<&[u8], Unopened> {
        let decrypted = key.open_part_into(part, sealed, &mut self.decrypted)?;
        let by = match codec {
            Codec::Stored => return Ok(decrypted),
            Codec::Zstd => &mut self.content,
            Codec::ZstdDictionary => &mut self.body,
        };
        decompress(by, decrypted, &mut self.decompressed)?;
        Ok(&self.decompressed)
    }
}

fn decompress(
    by: &mut zstd::bulk::Decompressor<'static>,
    compressed: &[u8],
    into: &mut Vec<u8>,
) -> Result<(), Unopened> {
    let declared = zstd::zstd_safe::get_frame_content_size(compressed).ok().flatten();
    let capacity = declared.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= PART_BYTES_MAX);
    let capacity = capacity.ok_or_else(|| Unopened::Decompress(std::io::Error::other("the size is not stated")))?;
    into.clear();
    into.reserve(capacity);
    by.decompress_to_buffer(compressed, into).map(|_| ()).map_err(Unopened::Decompress)
}

/// The commitment of an entry to its manifest.
pub fn commitment(secrets: &ObjectSecrets, manifest: &[u8]) -> Sha256 {
    crate::evidence::commitment(secrets.salt.bytes(), manifest)
}

#[cfg(test)]
mod tests;
