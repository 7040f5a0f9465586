//! The minutes of a transfer that has ended: as PDF/A, ready to be signed by both sides; and, signed, handed in by either.
//!
//! They name persons by the holders of their accounts and agencies by the register, each with the code. What is handed in is
//! judged like every document, and kept in the archive with its event; it tells of records also when they are destroyed.

use super::{Done, State, Transfer, Transfers};
use crate::archive::announce::Heading;
use crate::archive::body::TransferMinutesBody;
use crate::archive::disposal::{Handed, Rests, printed_name};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::writing::Writing;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::keys::Bucket;
use crate::paper::transfer::{Received, TransferMinutes};
use crate::paper::{is_signed_copy, pdf};
use crate::record::AgencyCode;
use crate::retention::civil::vietnamese_day;
use chrono::NaiveDate;
use uuid::Uuid;

/// Most signed minutes of a transfer: one of each side, and some that were handed in anew.
const SIGNED_MAX: usize = 20;

impl Archive {
    /// The minutes. The same transfer gives the same bytes, but for what was destroyed and who was renamed since.
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
        let accounts = self.accounts()?;
        let holder = |name: &str| printed_name(&accounts, name.to_owned());
        let (given, taken) = (vietnamese_day(submitted.at), vietnamese_day(accepted.at));
        let code = &self.format.archive_code;
        let (archive, place) = match self.called()? {
            Some(called) => (format!("{} ({code})", called.name), called.place),
            None => (self.agency_called(code, taken)?, String::new()),
        };
        let minutes = TransferMinutes {
            made: ended.at.instant(),
            archive,
            place,
            agency: self.agency_called(&transfer.agency, given)?,
            title: transfer.title.clone(),
            giver: (holder(&submitted.by), given),
            receiver: (holder(&accepted.by), taken),
            listing: body.listing.parse().map_err(|_| Error::corrupt("the list of a transfer has no digest"))?,
            files: (body.files, body.bytes),
            documents: received.collect(),
        };
        pdf(&minutes.document()).map_err(|error| Error::invalid("the minutes can't be made").because(error))
    }

    /// The name that the register has for a code on a day, with the code; the code alone where it has none.
    fn agency_called(&self, code: &str, on: NaiveDate) -> Result<String> {
        let register = self.register()?;
        let agency = code.parse::<AgencyCode>().ok();
        let agency = agency.as_ref().and_then(|code| register.agencies.with_code(code, on));
        Ok(agency.map_or_else(|| code.to_owned(), |agency| format!("{} ({code})", agency.name(on))))
    }

    /// Signed minutes that were handed in, by the ledger index of their event: their name and bytes.
    pub fn transfer_signed_minutes(&self, transfer: &Transfer, index: u64) -> Result<(String, Vec<u8>)> {
        let missing = || Error::not_found("the transfer has no such minutes");
        let (_, document) = transfer.signed_minutes().find(|(step, _)| step.index == index).ok_or_else(missing)?;
        let event = self.catalog.event(transfer.id, index).map_err(project::catalog)?.ok_or_else(missing)?;
        let bytes = self.document_of(&event, &document.sha256)?;
        let damaged = || Error::corrupt(format!("the document of entry {index} is damaged"));
        Ok((document.name.clone(), bytes.ok_or_else(damaged)?))
    }
}

/// Takes minutes that were signed, from either side: a PDF that carries signatures, judged like every document.
pub fn file_minutes(
    transfers: &Transfers,
    archive: &Writing,
    transfer: &Transfer,
    handed: Handed,
    actor: &str,
) -> Result<Transfer> {
    let actor = archive.actor(actor)?;
    let made = archive.transfer_minutes(transfers, transfer)?;
    let name = handed.name.clone();
    let is_copy = handed.bytes.starts_with(&made);
    if handed.rests == Rests::Signatures && is_copy && !is_signed_copy(&made, &handed.bytes) {
        return Err(Error::denied(format!("{name:?} is the paper as it was made: nobody signed it"))
            .remedy("hand in the signed copy"));
    }
    let is_pdf = handed.bytes.starts_with(b"%PDF-");
    let mut examined = handed.examine(archive)?;
    if !is_pdf || examined.body.signatures.is_empty() {
        return Err(Error::invalid(format!("{name:?} is no PDF that carries signatures"))
            .remedy("sign the minutes digitally, then hand them in"));
    }
    examined.body.made = is_copy.then(|| Sha256::of(&made).to_string());
    // Judging takes a while, and nobody waits for it; whether it still fits is asked under the turn.
    let _turn = archive.turn()?;
    let transfer = transfers.of(archive, transfer.id)?;
    if transfer.state() != State::Ended {
        return Err(Error::conflict("the minutes are made when the transfer has ended"));
    }
    if transfer.signed_minutes().count() >= SIGNED_MAX {
        return Err(Error::conflict("a transfer has at most 20 signed minutes"));
    }
    let mut announcer = archive.announcer()?;
    let (mut events, component) = examined.seal(archive, &mut announcer, actor)?;
    let body = TransferMinutesBody { document: examined.body };
    let heading = Heading { kind: EventKind::TransferMinutesFiled, id: transfer.id, actor, rule: None };
    let scope = archive.scope(Bucket::Archive, actor)?;
    events.push(announcer.with_body(heading, scope, vec![component], &body)?);
    archive.commit(events)?;
    transfers.of(archive, transfer.id)
}
