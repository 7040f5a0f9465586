//! The receipts of everything that a transfer brought, in one ZIP file.

use super::{Transfer, Transfers};
use crate::archive::bundle::zip::{Length, Packing, ZipWriter};
use crate::archive::reading::{Archive, Reading};
use crate::error::{Error, Kind, Result};
use crate::time::Micros;
use std::io::Write;
use uuid::Uuid;

/// The receipts of a transfer, to be written.
#[derive(Debug, Clone)]
pub struct Receipts {
    /// When the transfer ended: the time of each file in the ZIP file.
    ended: Micros,
    /// Code and identifier of each record.
    records: Vec<(String, Uuid)>,
}

impl Archive {
    /// Gathers the receipts of a transfer that has ended; each is made when it is written.
    pub fn transfer_receipts(&self, transfers: &Transfers, transfer: &Transfer) -> Result<Receipts> {
        let accession = transfers.accession(transfer)?;
        let ended = transfer.steps.iter().rev().find(|step| matches!(step.what, super::Done::Ended(_)));
        let (accession, ended) =
            accession.zip(ended).ok_or_else(|| Error::conflict("receipts are there when the transfer has ended"))?;
        let record = |one: super::Outcome| Some((one.doc_code?, Uuid::try_parse(one.record.as_deref()?).ok()?));
        let mut records: Vec<_> = accession.documents.into_iter().filter_map(record).collect();
        records.sort_unstable();
        records.dedup();
        Ok(Receipts { ended: ended.at, records })
    }
}

impl Receipts {
    /// Writes them, of each record that is there still. After an error what was written is no ZIP file.
    pub fn write(&self, archive: &Reading, into: &mut dyn Write) -> Result<u64> {
        let mut zip = ZipWriter::new(into, self.ended.instant());
        for (code, record) in &self.records {
            let receipt = match archive.receipt(*record) {
                Ok(receipt) => receipt,
                Err(error) if error.kind() == Kind::NotFound => continue, // destroyed since
                Err(error) => return Err(error),
            };
            let name = format!("{code}.tlog-proof");
            zip.member(&name, Packing::Packed, Length::Short, |member| Ok(member.write_all(receipt.as_bytes())?))?;
        }
        zip.finish()
    }
}
