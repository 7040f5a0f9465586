//! Receipts: proof, for someone who trusts nobody, that a record is in the archive as it was.
//!
//! A receipt is a C2SP `tlog-proof@v1` text: the ledger entry's place in the tree, the signed checkpoint, and
//! in its `extra` line the entry itself with what opens its commitment. With the file and the archive's
//! public key it is checked offline, by this one pure function and nothing of the archive's.
//!
//! The chain, each link proved by the one before: the key signs the checkpoint → the checkpoint's root holds
//! the entry → the entry commits to the manifest → the manifest names the file's digests. [`Receipt::verify`]
//! walks it in that order and says in one sentence where it breaks. Nothing of a receipt that does not
//! verify is to be believed, its `extra` line least of all.
//!
//! Limits: 1 MiB a receipt, 65,535 bytes an entry, 64 hashes a proof. What is signed after the fact (time
//! stamps, witnesses' policy) is not judged here.

use crate::digest::{Blake3, ContentDigests, Sha256, hex, unhex};
use crate::merkle::bundle::ENTRY_BYTES_MAX;
use crate::merkle::checkpoint::{self, Signed};
use crate::merkle::key::VerifierKey;
use crate::merkle::note::{from_base64, to_base64};
use crate::merkle::{decimal, leaf_hash, proof};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Most bytes in a receipt.
pub const RECEIPT_BYTES_MAX: usize = 1 << 20;
/// First line of a receipt.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Portable proof that an entry, and the manifest it commits to, are in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Number of the entry in the ledger.
    pub index: u64,
    /// The ledger entry, verbatim: one line of JSON without its end.
    pub entry: Vec<u8>,
    /// The manifest, verbatim: what the entry's commitment opens to.
    pub opening: Vec<u8>,
    /// Key of the commitment.
    pub salt: [u8; 32],
    /// Inclusion proof, from the leaf's sibling up.
    pub proof: Vec<Sha256>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
}

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq)]
pub struct Proven {
    /// The archive's ledger.
    pub origin: String,
    /// Its size at the checkpoint.
    pub size: u64,
    /// Its root at the checkpoint.
    pub root: Sha256,
    /// Who signed the checkpoint, and when they say.
    pub by: Vec<Signed>,
    /// Number of the entry.
    pub index: u64,
    /// Name, within the record, of the component whose bytes were shown; the first of equals.
    pub component: String,
    /// The entry's public fields.
    pub entry: serde_json::Value,
}

/// What a receipt proves without a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The checkpoint, and who signed it.
    pub signed: checkpoint::Verified,
    /// The entry's public fields.
    pub entry: serde_json::Value,
    /// The record's components.
    pub components: Vec<Component>,
}

/// A component as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Name within the record.
    pub name: String,
    /// Digests and length of its bytes.
    pub digests: ContentDigests,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedReceipt {
    /// Longer than [`RECEIPT_BYTES_MAX`].
    #[error("the receipt is longer than 1 MiB, which no receipt of this archive is")]
    TooLong,
    /// Not a receipt.
    #[error("this is not a whole receipt: {0}")]
    Format(&'static str),
    /// The checkpoint is not the archive's.
    #[error("the checkpoint in the receipt is not to be believed: {0}")]
    Checkpoint(#[from] checkpoint::Refused),
    /// The proof does not lead from the entry to the root.
    #[error(
        "the archive's signed ledger of {size} entries does not hold this entry at number {index}: the entry, \
         its number or the proof was altered"
    )]
    Inclusion {
        /// Number that the receipt claims.
        index: u64,
        /// Size of the signed ledger.
        size: u64,
    },
    /// The ledger holds the entry, but it commits to nothing.
    #[error("the ledger holds this entry, but the entry cannot be read: {0}")]
    Entry(&'static str),
    /// The manifest is not the one the entry commits to.
    #[error("the list of files in the receipt is not the one recorded in the ledger: the list or its salt was altered")]
    Commitment,
    /// The ledger commits to the manifest, but it is none.
    #[error("the list of files recorded in the ledger cannot be read: {0}")]
    Opening(&'static str),
    /// The file shown is none of the record's.
    #[error(
        "the file is not one of the {} archived under this receipt: it was altered by so much as one byte, or is another file",
        listed.len()
    )]
    File {
        /// The record's components.
        listed: Vec<Component>,
        /// What was shown instead.
        shown: ContentDigests,
    },
}

/// The `extra` line inside its base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra<'a> {
    entry: std::borrow::Cow<'a, str>,
    opening: std::borrow::Cow<'a, str>,
    salt: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct CommittingEntry {
    commitment: String,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    components: Vec<ManifestComponent>,
}

#[derive(Deserialize)]
struct ManifestComponent {
    name: String,
    sha256: String,
    blake3: String,
    size: u64,
}

/// The commitment of an entry to its manifest: HMAC-SHA-256 of the manifest's bytes under the salt.
pub fn commitment(salt: &[u8; 32], opening: &[u8]) -> Sha256 {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, salt);
    let tag = aws_lc_rs::hmac::sign(&key, opening);
    Sha256(tag.as_ref().try_into().expect("HMAC-SHA-256 gives 32 bytes"))
}

impl Receipt {
    /// The receipt as text; refused if [`Receipt::parse`] would not take it back.
    pub fn encode(&self) -> Result<String, RefusedReceipt> {
        self.check_limits()?;
        let text =
            |bytes| std::str::from_utf8(bytes).map_err(|_| RefusedReceipt::Format("entry or opening is not UTF-8"));
        let (entry, opening) = (text(&self.entry)?.into(), text(&self.opening)?.into());
        let extra = Extra { entry, opening, salt: hex(&self.salt).into() };
        let extra = serde_json::to_vec(&extra).map_err(|_| RefusedReceipt::Format("extra cannot be written"))?;
        let mut receipt = format!("{HEADER}\nextra {}\nindex {}\n", to_base64(&extra), self.index);
        for hash in &self.proof {
            writeln!(receipt, "{}", to_base64(&hash.0)).expect("a String takes every write");
        }
        receipt.push('\n');
        receipt.push_str(&self.checkpoint);
        if receipt.len() > RECEIPT_BYTES_MAX { Err(RefusedReceipt::TooLong) } else { Ok(receipt) }
    }

    /// Reads a receipt; it is well formed then, and nothing more.
    pub fn parse(receipt: &str) -> Result<Self, RefusedReceipt> {
        if receipt.len() > RECEIPT_BYTES_MAX {
            return Err(RefusedReceipt::TooLong);
        }
        let refuse = RefusedReceipt::Format;
        let (head, checkpoint) = receipt.split_once("\n\n").ok_or(refuse("it has no checkpoint"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(refuse("it does not begin with c2sp.org/tlog-proof@v1"));
        }
        let extra = lines.next().and_then(|line| line.strip_prefix("extra ")).ok_or(refuse("it has no extra line"))?;
        let index =
            lines.next().and_then(|line| decimal(line.strip_prefix("index ")?)).ok_or(refuse("it has no index"))?;
        let hash = |line| Some(Sha256(from_base64(line)?.try_into().ok()?));
        let hashes =
            lines.take(proof::HASHES_MAX + 1).map(|line| hash(line).ok_or(refuse("a line of its proof is no hash")));
        let proof = hashes.collect::<Result<Vec<_>, _>>()?;

        let extra = from_base64(extra).ok_or(refuse("its extra line is not base64"))?;
        let extra: Extra =
            object(&extra).ok_or(refuse("its extra line is not a JSON object of entry, opening and salt"))?;
        let salt = unhex(&extra.salt)
            .and_then(|salt| salt.try_into().ok())
            .ok_or(refuse("its salt is not 64 hexadecimal digits"))?;
        let (entry, opening) = (extra.entry.as_bytes().into(), extra.opening.as_bytes().into());
        let receipt = Self { index, entry, opening, salt, proof, checkpoint: checkpoint.into() };
        receipt.check_limits()?;
        Ok(receipt)
    }

    /// Proves that `file` is a component of the record that the ledger entry speaks of, under keys one trusts:
    /// got from the archive's own publication, never from whoever brought the receipt.
    pub fn verify(&self, keys: &[VerifierKey], file: &ContentDigests) -> Result<Proven, RefusedReceipt> {
        let Listed { signed, entry, components: listed } = self.verify_list(keys)?;
        let head = signed.checkpoint;
        let Some(found) = listed.iter().find(|component| component.digests == *file) else {
            return Err(RefusedReceipt::File { listed, shown: *file });
        };
        let (component, index) = (found.name.clone(), self.index);
        Ok(Proven { origin: head.origin, size: head.size, root: head.root, by: signed.by, index, component, entry })
    }

    /// The same without a file: proves the list of files that the ledger's entry commits to.
    pub fn verify_list(&self, keys: &[VerifierKey]) -> Result<Listed, RefusedReceipt> {
        self.check_limits()?;
        let signed = checkpoint::open(&self.checkpoint, keys)?;
        let (size, root) = (signed.checkpoint.size, signed.checkpoint.root);
        if !proof::verify_inclusion(self.index, size, &leaf_hash(&self.entry), &self.proof, &root) {
            return Err(RefusedReceipt::Inclusion { index: self.index, size });
        }
        let entry = self.open_entry()?;
        Ok(Listed { signed, entry, components: self.components()? })
    }

    /// The entry's public fields, once its commitment has opened.
    fn open_entry(&self) -> Result<serde_json::Value, RefusedReceipt> {
        let entry = object(&self.entry).ok_or(RefusedReceipt::Entry("it is not a JSON object"))?;
        // Read twice: the typed reading refuses a second field of the same name.
        let committing: CommittingEntry =
            object(&self.entry).ok_or(RefusedReceipt::Entry("it does not have one commitment"))?;
        let recorded: Sha256 = committing
            .commitment
            .parse()
            .map_err(|_| RefusedReceipt::Entry("its commitment is not 64 hexadecimal digits"))?;
        if commitment(&self.salt, &self.opening) == recorded { Ok(entry) } else { Err(RefusedReceipt::Commitment) }
    }

    fn components(&self) -> Result<Vec<Component>, RefusedReceipt> {
        let manifest: Manifest = object(&self.opening)
            .ok_or(RefusedReceipt::Opening("it is not a JSON object with a list of components"))?;
        let digest = |_| RefusedReceipt::Opening("a digest in it is not 64 hexadecimal digits");
        let component = |it: ManifestComponent| -> Result<_, RefusedReceipt> {
            let (sha256, blake3): (Sha256, Blake3) =
                (it.sha256.parse().map_err(digest)?, it.blake3.parse().map_err(digest)?);
            Ok(Component { name: it.name, digests: ContentDigests { sha256, blake3, size: it.size } })
        };
        manifest.components.into_iter().map(component).collect()
    }

    fn check_limits(&self) -> Result<(), RefusedReceipt> {
        if self.proof.len() > proof::HASHES_MAX {
            return Err(RefusedReceipt::Format("its proof has more than 64 hashes"));
        }
        if self.entry.len() > ENTRY_BYTES_MAX {
            return Err(RefusedReceipt::Format("its entry is longer than 65,535 bytes"));
        }
        if self.entry.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            return Err(RefusedReceipt::Format("its entry is more than one line"));
        }
        Ok(())
    }
}

/// Reads a JSON object; serde by itself would take an array of the fields' values too.
fn object<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    if bytes.first() == Some(&b'{') { serde_json::from_slice(bytes).ok() } else { None }
}

#[cfg(test)]
mod tests;
