//! Checkpoints (C2SP tlog-checkpoint): a tree's size and root under its ledger's name, signed.
//!
//! The body is three lines: origin, size, base64 of the root. Extension lines are refused: nobody audits
//! them, the ML-DSA-44 line does not sign them, and this archive never writes them.
//!
//! [`sign`] makes two lines, both under the origin's name: Ed25519, which every C2SP tool reads, and
//! ML-DSA-44, for the day when Ed25519 is broken. [`open`] trusts nothing before the origin's own Ed25519
//! line has verified; a line of any other known key must verify if it is there; unknown keys' lines are
//! ignored. Which lines were there is part of the answer, so that a caller can ask for more than one.

use super::key::{Algorithm, BadKey, NotSigned, Signer, VerifierKey};
use super::note::{BadNote, Note, from_base64, to_base64};
use super::{decimal, empty_root};
use crate::digest::Sha256;

/// The head of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's name.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root at that size.
    pub root: Sha256,
}

/// A text that is not the body of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    /// Not three lines, each ended by a newline.
    #[error("a checkpoint has exactly three lines: origin, size and root")]
    Lines,
    /// Empty, or with a control character.
    #[error("the checkpoint's origin is empty or holds a control character")]
    Origin,
    /// Not a decimal number below 2^64.
    #[error("the checkpoint's size is not a plain decimal number")]
    Size,
    /// Not 32 bytes of base64, or an empty tree whose root is not the empty tree's.
    #[error("the checkpoint's root is not a SHA-256 in base64, or not the root of an empty tree of size 0")]
    Root,
}

impl Checkpoint {
    /// The note text: what is signed.
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, to_base64(&self.root.0))
    }

    /// Reads a note text.
    pub fn parse(text: &str) -> Result<Self, BadBody> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(BadBody::Lines);
        };
        if origin.is_empty() || origin.chars().any(|c| c < ' ') {
            return Err(BadBody::Origin);
        }
        let size = decimal(size).ok_or(BadBody::Size)?;
        let root = from_base64(root).and_then(|root| root.try_into().ok()).map(Sha256).ok_or(BadBody::Root)?;
        if size == 0 && root != empty_root() {
            return Err(BadBody::Root);
        }
        Ok(Self { origin: origin.into(), size, root })
    }
}

/// The ledger's own two signing keys.
#[derive(Debug)]
pub struct Signers {
    ed25519: Signer,
    ml_dsa_44: Signer,
}

impl Signers {
    /// The signers of the ledger `origin`, from one seed each.
    pub fn from_seeds(origin: &str, ed25519: &[u8; 32], ml_dsa_44: &[u8; 32]) -> Result<Self, BadKey> {
        Ok(Self {
            ed25519: Signer::from_seed(Algorithm::Ed25519, origin, ed25519)?,
            ml_dsa_44: Signer::from_seed(Algorithm::MlDsa44Cosignature, origin, ml_dsa_44)?,
        })
    }

    /// The ledger's name.
    pub fn origin(&self) -> &str {
        self.ed25519.verifier_key().name()
    }

    /// The public keys to publish: Ed25519, then ML-DSA-44.
    pub fn verifier_keys(&self) -> [&VerifierKey; 2] {
        [self.ed25519.verifier_key(), self.ml_dsa_44.verifier_key()]
    }
}

/// Why a checkpoint cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsignable {
    /// The signers are another ledger's.
    #[error("the signing keys belong to {0:?}, the checkpoint to {1:?}")]
    Origin(String, String),
    /// A key refuses the body or the time.
    #[error("the checkpoint cannot be signed")]
    Key(#[from] NotSigned),
    /// The result is no note.
    #[error("the signed checkpoint is not a signed note: {0}")]
    Note(#[from] BadNote),
}

/// Signs: the whole note. The caller has made the tree durable, and never signs two that disagree.
///
/// ML-DSA signing is randomised (FIPS 204, hedged): the same checkpoint signed again is another text.
pub fn sign(checkpoint: &Checkpoint, signers: &Signers, unix_seconds: u64) -> Result<String, Unsignable> {
    if checkpoint.origin != signers.origin() {
        return Err(Unsignable::Origin(signers.origin().into(), checkpoint.origin.clone()));
    }
    let body = checkpoint.body();
    let lines = vec![signers.ed25519.sign(&body, unix_seconds)?, signers.ml_dsa_44.sign(&body, unix_seconds)?];
    Ok(Note::new(body, lines)?.encode())
}

/// A known key and its line that verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// By which key.
    pub key: VerifierKey,
    /// The time it states, Unix seconds, if it states one.
    pub unix_seconds: Option<u64>,
}

/// A checkpoint whose origin signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The head of the tree.
    pub checkpoint: Checkpoint,
    /// Every known key that signed, once each, in the note's order: the origin's Ed25519 key is among them.
    pub by: Vec<Signed>,
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a signed note.
    #[error("it is not a signed note: {0}")]
    Note(#[from] BadNote),
    /// The signed text is not a checkpoint.
    #[error("the signed text is not a checkpoint: {0}")]
    Body(#[from] BadBody),
    /// No Ed25519 key of that origin was given.
    #[error("it is by {0:?}, and none of the keys given is that archive's Ed25519 key")]
    UnknownOrigin(String),
    /// The origin's key is known, its line is missing.
    #[error("it claims to be by {0:?} but does not carry that archive's signature")]
    Unsigned(String),
    /// A known key's line does not verify.
    #[error("the signature of {0:?} on it is false: it was altered or forged")]
    Forged(String),
    /// Two different known keys have the same name and ID.
    #[error("two of the keys given share the name and ID of {0:?}: it cannot be said which one signed")]
    Ambiguous(String),
}

/// Verifies a checkpoint against the keys one trusts.
pub fn open(note: &str, keys: &[VerifierKey]) -> Result<Verified, Refused> {
    let note = Note::parse(note)?;
    let checkpoint = Checkpoint::parse(note.text())?;
    let own = |key: &VerifierKey| key.algorithm() == Algorithm::Ed25519 && key.name() == checkpoint.origin;
    if !keys.iter().any(own) {
        return Err(Refused::UnknownOrigin(checkpoint.origin));
    }
    let mut by: Vec<Signed> = Vec::new();
    for line in note.signatures() {
        let mut claimed = keys.iter().filter(|key| key.claims(line));
        let Some(key) = claimed.next() else { continue };
        if claimed.any(|other| other != key) {
            return Err(Refused::Ambiguous(line.name.clone()));
        }
        let unix_seconds = key.verify(note.text(), line).map_err(|_| Refused::Forged(line.name.clone()))?;
        if !by.iter().any(|signed| signed.key == *key) {
            by.push(Signed { key: key.clone(), unix_seconds });
        }
    }
    if !by.iter().any(|signed| own(&signed.key)) {
        return Err(Refused::Unsigned(checkpoint.origin));
    }
    Ok(Verified { checkpoint, by })
}

#[cfg(test)]
mod tests;
