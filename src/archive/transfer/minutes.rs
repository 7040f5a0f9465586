//! The minutes of a transfer that has ended, as PDF/A, ready to be signed by both sides.

use super::{Done, Transfer, Transfers};
use crate::archive::reading::Archive;
use crate::error::{Error, Result};
use crate::paper::pdf;
use crate::paper::transfer::{Received, TransferMinutes};
use crate::retention::civil::vietnamese_day;
use uuid::Uuid;

impl Archive {
    /// The minutes. The same transfer gives the same bytes, but for what was destroyed since.
    pub fn transfer_minutes(&self, transfers: &Transfers, transfer: &Transfer) -> Result<Vec<u8>> {
        let not_ended = || Error::conflict("the minutes are made when the transfer has ended");
        let accession = transfers.accession(transfer)?.ok_or_else(not_ended)?;
        let (submitted, body) = transfer.submission().ok_or_else(not_ended)?;
        let of = |wanted: fn(&Done) -> bool| transfer.steps.iter().rev().find(|step| wanted(&step.what));
        let accepted = of(|what| matches!(what, Done::Accepted)).ok_or_else(not_ended)?;
        let ended = of(|what| matches!(what, Done::Ended(_))).ok_or_else(not_ended)?;
        let received = accession.documents.iter().map(|one| {
            let record = one.record.as_deref().and_then(|record| Uuid::try_parse(record).ok());
            let body = record.and_then(|record| self.record(record).ok());
            let note = match one.outcome.as_str() {
                "taken" => "đã tiếp nhận",
                "already-held" => "đã có từ trước",
                _ => "từ chối",
            };
            Received {
                code: one.doc_code.clone().unwrap_or_default(),
                symbol: body.as_ref().map_or_else(String::new, |body| body.symbol.clone()),
                subject: body.map_or_else(|| one.place.clone(), |body| body.subject),
                note: note.to_owned(),
            }
        });
        let minutes = TransferMinutes {
            made: ended.at.instant(),
            archive: self.format.archive_code.clone(),
            agency: transfer.agency.clone(),
            title: transfer.title.clone(),
            giver: (submitted.by.clone(), vietnamese_day(submitted.at)),
            receiver: (accepted.by.clone(), vietnamese_day(accepted.at)),
            listing: body.listing.parse().map_err(|_| Error::corrupt("the list of a transfer has no digest"))?,
            files: (body.files, body.bytes),
            documents: received.collect(),
        };
        pdf(&minutes.document()).map_err(|error| Error::invalid("the minutes can't be made").because(error))
    }
}
