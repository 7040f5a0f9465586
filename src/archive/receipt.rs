//! Receipts: issued from the archive, checked without it.

use super::body::split;
use super::reading::{Archive, Reading};
use crate::catalog::EventRow;
use crate::digest::{ContentDigests, ContentHasher};
use crate::error::{Error, Result};
use crate::evidence::{Proven, Receipt, RefusedReceipt};
use crate::ledger::{self, TileReader};
use crate::merkle::checkpoint;
use crate::merkle::key::VerifierKey;
use crate::merkle::proof;
use std::io::Read;
use uuid::Uuid;

/// What a receipt proves of a file.
pub struct ReceiptChecked {
    /// What it proves.
    pub proven: Proven,
    /// Digests of the file shown.
    pub file: ContentDigests,
}

impl Archive {
    /// The newest signed checkpoint, verified.
    pub fn checkpoint(&self) -> Result<(String, checkpoint::Verified)> {
        let bytes = crate::disk::read(self.disks.archive.as_ref(), ledger::CHECKPOINT, 1 << 20)?;
        let bytes = bytes.ok_or_else(|| Error::unavailable("no checkpoint has been published yet"))?;
        let text = String::from_utf8(bytes).map_err(|_| Error::corrupt("ledger/checkpoint is not text"))?;
        let verified = checkpoint::open(&text, &self.format.keys())
            .map_err(|error| Error::corrupt("ledger/checkpoint does not verify").because(error))?;
        Ok((text, verified))
    }
}

impl Reading {
    /// The receipt of a record's accession under the newest checkpoint.
    pub fn receipt(&self, record: Uuid) -> Result<String> {
        let (index, row) = self.accession(record)?;
        self.receipt_of(index, &row, &self.checkpoint()?)
    }

    /// The receipt of an event with a body under a checkpoint.
    pub(super) fn receipt_of(
        &self,
        index: u64,
        row: &EventRow,
        (note, verified): &(String, checkpoint::Verified),
    ) -> Result<String> {
        let size = verified.checkpoint.size;
        if index >= size {
            return Err(Error::unavailable(format!("entry {index} is not under a checkpoint yet ({size} are)"))
                .remedy("try again in a second; a checkpoint follows every commit"));
        }
        let (entry, _) = self.entry(row)?;
        let text = self.body_text(row)?;
        let (opening, _) = split(&text).ok_or_else(|| Error::corrupt("the body is damaged"))?;
        let secrets = self.secrets(row)?;
        let (_, secrets) = secrets.last().ok_or_else(|| Error::corrupt("the event has no keys"))?;
        let tiles = TileReader { disk: self.disks.archive.as_ref(), size };
        let hashes = proof::inclusion(index, size, |node| tiles.node(node))
            .map_err(|error| Error::corrupt("the ledger's tiles can't be read").because(error))?;
        let receipt = Receipt {
            index,
            entry,
            opening: opening.to_vec(),
            salt: *secrets.salt.bytes(),
            proof: hashes,
            checkpoint: note.clone(),
        };
        receipt.encode().map_err(|error| Error::invalid("the receipt can't be written").because(error))
    }
}

/// What a receipt proves of a record, as this archive's own keys confirm it.
pub struct ReceiptOfRecord {
    /// Number of the entry in the ledger.
    pub index: u64,
    /// When it was written, RFC 3339.
    pub time: String,
    /// The record.
    pub record: String,
    /// Its files: name and SHA-256.
    pub files: Vec<(String, String)>,
}

/// Checks a receipt without a file, with this archive's keys; or says in a sentence where it breaks.
pub fn check_receipt(reading: &Reading, receipt: &str) -> Result<ReceiptOfRecord, String> {
    let receipt = Receipt::parse(receipt).map_err(|why| why.to_string())?;
    let listed = receipt.verify_list(&reading.format.keys()).map_err(|why| why.to_string())?;
    let field = |name: &str| listed.entry[name].as_str().unwrap_or_default().to_owned();
    let files = listed.components.iter().map(|one| (one.name.clone(), one.digests.sha256.to_string()));
    Ok(ReceiptOfRecord { index: receipt.index, time: field("time"), record: field("id"), files: files.collect() })
}

/// Checks a receipt against a file with the archive's public keys alone.
pub fn verify_receipt(
    receipt: &str,
    keys: &[VerifierKey],
    file: &mut dyn Read,
) -> Result<ReceiptChecked, ReceiptError> {
    let receipt = Receipt::parse(receipt)?;
    let mut hasher = ContentHasher::new();
    let mut piece = vec![0; 256 * 1024];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => hasher.update(&piece[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ReceiptError::File(error)),
        }
    }
    let file = hasher.finish();
    let proven = receipt.verify(keys, &file)?;
    Ok(ReceiptChecked { proven, file })
}

/// Why a receipt was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// It proves nothing about this file.
    #[error(transparent)]
    Refused(#[from] RefusedReceipt),
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    File(std::io::Error),
}
