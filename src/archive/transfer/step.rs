//! Steps of a transfer, as events; and its accession.

use super::examine::{Examined, of, options, unpack};
use super::folder::{DOCUMENTS, RESULT, Transfers};
use super::{Done, State, Transfer, listing};
use crate::archive::announce::Heading;
use crate::archive::body::{TransferAcceptedBody, TransferReturnedBody, TransferSubmittedBody};
use crate::archive::ingest::{self, Mode, Progress, ingest_of};
use crate::archive::reading::Archive;
use crate::archive::writing::Writing;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::keys::Bucket;
use serde::{Deserialize, Serialize};

/// Longest reason, characters.
const REASON_MAX: usize = 2000;

/// What became of a transfer.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct Accession {
    /// Version of this form.
    pub v: u32,
    /// Each document, in the order of the ingest.
    pub documents: Vec<Outcome>,
}

/// What became of a document.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Where it lay.
    pub place: String,
    /// `taken`, `already-held` or `refused`.
    pub outcome: String,
    /// The record's identifier; `None`: refused.
    pub record: Option<String>,
    /// Its code.
    pub doc_code: Option<String>,
}

/// Submits a transfer: what was examined, without an error, for an archivist to accept.
pub fn submit(transfers: &Transfers, archive: &Writing, transfer: &Transfer, actor: &str) -> Result<Transfer> {
    let actor = archive.actor(actor)?;
    let _turn = archive.turn()?;
    let transfer = transfers.of(archive, transfer.id)?;
    let _whole = transfers.whole(transfer.id)?;
    if !transfer.state().is_open() {
        return Err(Error::conflict("this transfer was submitted already"));
    }
    let examination = transfers.examination(&transfer)?;
    let examination = examination.ok_or_else(|| {
        Error::conflict("the transfer was not examined since it changed").remedy("have it examined, then submit it")
    })?;
    if !examination.is_good() {
        return Err(
            Error::conflict("the examination found errors, or no document to be taken").remedy("correct them first")
        );
    }
    let body = TransferSubmittedBody {
        agency: transfer.agency.clone(),
        title: transfer.title.clone(),
        listing: examination.listing.clone(),
        files: examination.files,
        bytes: examination.bytes,
        documents: examination.documents,
    };
    // First: a form that was begun before goes on no more, whatever its sender saw.
    transfers.submitted()?.insert(transfer.id);
    if let Err(error) = record(archive, EventKind::TransferSubmitted, &transfer, &body, actor) {
        transfers.submitted()?.remove(&transfer.id);
        return Err(error);
    }
    transfers.of(archive, transfer.id)
}

/// Returns a transfer to its agency, with the reason.
pub fn give_back(
    transfers: &Transfers,
    archive: &Writing,
    transfer: &Transfer,
    reason: &str,
    actor: &str,
) -> Result<Transfer> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX {
        return Err(Error::invalid("a return says why, in 1 to 2000 characters"));
    }
    let actor = archive.actor(actor)?;
    let _turn = archive.turn()?;
    let transfer = submitted(transfers, archive, transfer)?;
    let body = TransferReturnedBody { reason: reason.to_owned() };
    record(archive, EventKind::TransferReturned, &transfer, &body, actor)?;
    transfers.submitted()?.remove(&transfer.id);
    transfers.of(archive, transfer.id)
}

/// Accepts a transfer; its accession is to follow.
pub fn accept(transfers: &Transfers, archive: &Writing, transfer: &Transfer, actor: &str) -> Result<Transfer> {
    let by = archive.actor(actor)?;
    let _turn = archive.turn()?;
    let transfer = submitted(transfers, archive, transfer)?;
    let (step, _) = transfer.submission().ok_or_else(|| Error::conflict("this transfer was not submitted"))?;
    if step.by == actor {
        return Err(Error::denied("another person must accept a transfer than submitted it"));
    }
    record(archive, EventKind::TransferAccepted, &transfer, &TransferAcceptedBody { submission: step.index }, by)?;
    transfers.of(archive, transfer.id)
}

/// The accession of an accepted transfer. Where a crash cut one off it goes on: what is held is left.
pub fn accession(
    transfers: &Transfers,
    archive: &Writing,
    transfer: &Transfer,
    told: Examined<'_>,
) -> Result<Transfer> {
    let transfer = transfers.of(archive, transfer.id)?;
    let _whole = transfers.whole(transfer.id)?;
    let mode = match (transfer.state(), transfers.accession(&transfer)?) {
        (State::Accepted, _) => Mode::Accession,
        // Ended, but we crashed before it was written down what became of each document: they are held now.
        (State::Ended, None) => Mode::DryRun,
        (State::Ended, Some(accession)) => return clear(transfers, transfer, &accession),
        _ => return Err(Error::conflict("this transfer was not accepted")),
    };
    let listing = listing::list(&transfers.place(transfer.id))?;
    let (_, submitted) = transfer.submission().ok_or_else(|| Error::conflict("this transfer was not submitted"))?;
    if listing.sha256.to_string() != submitted.listing {
        let what = format!("what lies in the transfer {} is not what was submitted", transfer.id);
        return Err(Error::corrupt(what).remedy("bring the folder of transfers back from a copy"));
    }
    let unpacked = unpack(transfers, &transfer)?;
    let accepted = transfer.steps.iter().rev().find(|step| matches!(step.what, Done::Accepted));
    let by = accepted.map_or_else(|| transfer.by.clone(), |step| step.by.clone());
    let options = ingest::IngestOptions { actor: by, ..options(unpacked.paths.clone(), &transfer, mode) };
    let (mut documents, mut total) = (Vec::new(), 0);
    ingest_of(archive, &of(&transfer)?, &options, &mut |news| match news {
        Progress::Planned { documents, .. } => total = documents,
        Progress::Found(_) => {}
        Progress::Document { place, outcome, .. } => {
            let place = unpacked.named(&place);
            let (outcome, record) = match outcome {
                ingest::Outcome::Taken { record, .. } => ("taken", Some(record)),
                ingest::Outcome::AlreadyHeld { record } => ("already-held", record),
                ingest::Outcome::Acceptable | ingest::Outcome::Refused => ("refused", None),
            };
            documents.push((place, outcome, record));
            told(documents.len() as u64, total);
        }
    })?;
    let outcome = |(place, outcome, record): (String, &str, Option<uuid::Uuid>)| {
        let body = record.map(|record| archive.record(record)).transpose()?;
        // What this very transfer brought before it was cut off was taken by it.
        let own = body.as_ref().is_some_and(|body| body.transfer == transfer.id.to_string());
        let outcome = if own { "taken" } else { outcome }.to_owned();
        let (record, doc_code) = (record.map(|record| record.to_string()), body.map(|body| body.doc_code));
        Ok(Outcome { place, outcome, record, doc_code })
    };
    let documents = documents.into_iter().map(outcome).collect::<Result<_>>()?;
    let accession = Accession { v: 1, documents };
    transfers.write(transfer.id, RESULT, &accession)?;
    clear(transfers, transfers.of(archive, transfer.id)?, &accession)
}

impl Transfers {
    /// What became of the documents of a transfer; `None` before it has ended.
    pub fn accession(&self, transfer: &Transfer) -> Result<Option<Accession>> {
        self.read(transfer.id, RESULT)
    }

    /// Finishes the uploads that a crash left without their names; the transfers whose accession, or what follows it, is to
    /// be gone on with.
    pub fn take_up(&self, archive: &Archive) -> Result<Vec<Transfer>> {
        let mut unfinished = Vec::new();
        for transfer in self.all(archive, |_| true)? {
            match transfer.state() {
                State::Draft | State::Returned => self.settle_uploads(&transfer)?,
                State::Accepted => unfinished.push(transfer),
                State::Ended if self.accession(&transfer)?.is_none() || self.is_left(&transfer) => {
                    unfinished.push(transfer)
                }
                State::Ended | State::Submitted => {}
            }
        }
        Ok(unfinished)
    }

    fn is_left(&self, transfer: &Transfer) -> bool {
        let place = self.place(transfer.id);
        ["handed", "packages"].iter().any(|folder| place.join(folder).exists())
    }
}

/// What was handed over is in the archive: it need not lie here any more. Where a document was refused, everything stays but
/// what the examination saw of the documents, of which some are records now.
fn clear(transfers: &Transfers, transfer: Transfer, accession: &Accession) -> Result<Transfer> {
    transfers.remove_own(transfer.id, DOCUMENTS)?;
    if accession.documents.iter().any(|one| one.record.is_none()) {
        return Ok(transfer);
    }
    for folder in ["uploads", "unpacked", "packages", "handed"] {
        match std::fs::remove_dir_all(transfers.place(transfer.id).join(folder)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(transfer)
}

fn submitted(transfers: &Transfers, archive: &Writing, transfer: &Transfer) -> Result<Transfer> {
    let transfer = transfers.of(archive, transfer.id)?;
    match transfer.state() {
        State::Submitted => Ok(transfer),
        _ => Err(Error::conflict("this transfer does not wait for an archivist")),
    }
}

fn record(
    archive: &Writing,
    kind: EventKind,
    transfer: &Transfer,
    body: &impl Serialize,
    actor: crate::event::ActorId,
) -> Result<()> {
    let scope = archive.scope(Bucket::Archive, actor)?;
    let heading = Heading { kind, id: transfer.id, actor, rule: None };
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), body)?;
    archive.commit(vec![event]).map(|_| ())
}
