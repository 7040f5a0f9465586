//! The documents of a transfer as its examination saw them: what an archivist looks at before they are records.
//!
//! `documents.bin` is written by an examination and read by whoever looks: nothing is judged twice, and one document is in
//! memory at a time. It goes with the examination that made it.
//!
//! ```text
//! for each document      its description (JSON), the run on its signatures (JSON; nothing: there is none, or it is not kept)
//! for each document      place of its description, place of its run   (u64, little endian)
//! at the end             how many documents                           (u64, little endian)
//! ```

use super::examine::{Told, Unpacked};
use super::folder::{DOCUMENTS, DOCUMENTS_NEW, Transfers};
use super::{State, Transfer};
use crate::archive::body::{RecordBody, RecordPlace, SignaturesValidatedBody};
use crate::archive::ingest::{Outcome, Seen, SeenFile, open_inside};
use crate::digest::{Sha256, Sha256Hasher};
use crate::disk::{self, DiskFile};
use crate::error::{Error, Result};
use crate::record::{AccessMode, RecordMetadata, Role};
use crate::retention::access::{Access, Handling, before_accession};
use crate::transfer::finding::Finding;
use serde::{Deserialize, Serialize};
use std::io::{Read as _, Seek as _, SeekFrom, Write};
use std::ops::Range;
use uuid::Uuid;

/// Longest description or run that is read, bytes: runs are of 8 MiB at most, descriptions of less.
const PIECE_BYTES_MAX: u64 = 16 << 20;
/// Bytes of all runs of a transfer; the outcome of one beyond them is kept, and not how it came about.
const RUNS_BYTES_MAX: u64 = 1 << 30;
/// Findings of one document that are kept; all of them are in the examination.
const FINDINGS_MAX: usize = 200;
/// Bytes that are gathered before they are written.
const WRITTEN_BYTES: usize = 1 << 20;
const WINDOW_BYTES: usize = 256 * 1024;
/// Two places of eight bytes.
const ROW_BYTES: u64 = 16;
const COUNT_BYTES: u64 = 8;

/// A document of a transfer.
#[derive(Serialize, Deserialize, Debug, Clone)]
pub struct Document {
    /// Where it lay, as the agency named it.
    pub place: String,
    /// `acceptable`, `already-held` or `refused`.
    pub outcome: String,
    /// Identifier of the record that it is held as.
    pub record: Option<String>,
    /// As it will be described. What only an accession gives is empty: its dossier's identifier, its ordinal, its codes.
    /// `None`: its description can't be read, or bears a mark of secrecy.
    pub described: Option<RecordBody>,
    /// Its files.
    pub files: Vec<DocumentFile>,
    /// What was found about it.
    pub findings: Vec<Told>,
}

/// A file of a document.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct DocumentFile {
    /// Where it lies in the folder of the transfer.
    path: String,
    /// Its name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// `original` or `attachment`.
    pub role: String,
    /// SHA-256 of what was examined, hexadecimal; `None`: it can't be read, and is not shown.
    pub sha256: Option<String>,
    /// Its length, bytes.
    pub size: u64,
}

impl Document {
    fn new(unpacked: &Unpacked, (place, outcome): (&str, &Outcome), findings: &[Finding], seen: &Seen) -> Self {
        let (outcome, record) = match outcome {
            Outcome::Acceptable | Outcome::Taken { .. } => ("acceptable", None),
            Outcome::AlreadyHeld { record } => ("already-held", *record),
            Outcome::Refused => ("refused", None),
        };
        let described = seen.metadata.as_ref().map(|metadata| {
            let examination = seen.examination.clone();
            RecordBody { examination, ..described(metadata) }
        });
        Self {
            place: unpacked.named(place),
            outcome: outcome.to_owned(),
            record: record.map(|record| record.to_string()),
            described,
            files: seen.files.iter().filter_map(|file| DocumentFile::new(unpacked, file)).collect(),
            findings: findings.iter().take(FINDINGS_MAX).map(|finding| Told::new(unpacked, finding)).collect(),
        }
    }

    /// Who may read its files.
    pub fn access(&self) -> Access {
        let handling = self.described.as_ref().and_then(|body| {
            let mode = body.mode.parse::<AccessMode>().ok()?;
            Some(Handling { mode, sensitivity: body.sensitivity() })
        });
        handling.map_or(Access::Closed, before_accession)
    }
}

fn described(metadata: &RecordMetadata) -> RecordBody {
    let place = RecordPlace { dossier: Uuid::nil(), ordinal: 0, archive_code: "", transfer: Uuid::nil() };
    let given_later = String::new;
    let body = RecordBody::new(metadata, &place, &[]);
    RecordBody { dossier: given_later(), doc_code: given_later(), arc_doc_code: given_later(), ..body }
}

impl DocumentFile {
    fn new(unpacked: &Unpacked, file: &SeenFile) -> Option<Self> {
        Some(Self {
            path: unpacked.inside(&file.path)?,
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            role: if file.role == Role::Original { "original" } else { "attachment" }.to_owned(),
            sha256: file.digest.map(|(sha256, _)| sha256.to_string()),
            size: file.digest.map_or(0, |(_, size)| size),
        })
    }
}

/// Writes the documents of a transfer while they are examined; there for others with [`finish`](Self::finish).
pub(super) struct Writer<'a> {
    transfers: &'a Transfers,
    id: Uuid,
    file: Box<dyn DiskFile>,
    gathered: Vec<u8>,
    written: u64,
    runs: u64,
    rows: Vec<u8>,
}

impl<'a> Writer<'a> {
    pub fn new(transfers: &'a Transfers, id: Uuid) -> Result<Self> {
        transfers.remove_own(id, DOCUMENTS_NEW)?;
        let file = transfers.disk.create(&format!("{id}/{DOCUMENTS_NEW}"))?;
        Ok(Self { transfers, id, file, gathered: Vec::new(), written: 0, runs: 0, rows: Vec::new() })
    }

    /// Adds the next document.
    pub fn add(
        &mut self,
        unpacked: &Unpacked,
        about: (&str, &Outcome),
        findings: &[Finding],
        seen: &Seen,
    ) -> Result<()> {
        let document = json(&Document::new(unpacked, about, findings, seen))?;
        let run = seen.run.as_ref().map(json).transpose()?.unwrap_or_default();
        let length = run.len() as u64;
        let is_kept = self.runs + length <= RUNS_BYTES_MAX && self.transfers.has_room(length).is_ok();
        self.place();
        self.gathered.extend(document);
        self.place();
        if is_kept {
            self.runs += length;
            self.gathered.extend(run);
        }
        if self.gathered.len() >= WRITTEN_BYTES { self.write() } else { Ok(()) }
    }

    /// Makes the documents durable, and then theirs who look.
    pub fn finish(mut self) -> Result<()> {
        let count = self.rows.len() as u64 / ROW_BYTES;
        let rows = std::mem::take(&mut self.rows);
        self.gathered.extend(rows);
        self.gathered.extend(count.to_le_bytes());
        self.write()?;
        self.file.sync()?;
        let (transfers, id) = (self.transfers, self.id);
        transfers.disk.rename(&format!("{id}/{DOCUMENTS_NEW}"), &format!("{id}/{DOCUMENTS}"))?;
        Ok(transfers.disk.sync_dir(&id.to_string())?)
    }

    fn place(&mut self) {
        let at = self.written + self.gathered.len() as u64;
        self.rows.extend(at.to_le_bytes());
    }

    fn write(&mut self) -> Result<()> {
        self.file.write_at(self.written, &self.gathered)?;
        self.written += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }
}

/// The documents of a transfer, opened to be read one by one.
pub struct Documents {
    file: Box<dyn DiskFile>,
    count: u64,
    rows_at: u64,
}

impl Transfers {
    /// The documents of a transfer that was examined and is not accessioned; `None` of any other.
    pub fn documents(&self, transfer: &Transfer) -> Result<Option<Documents>> {
        let is_before = matches!(transfer.state(), State::Draft | State::Returned | State::Submitted);
        if !is_before || !self.is_examined(transfer.id)? {
            return Ok(None);
        }
        match self.disk.open(&format!("{}/{DOCUMENTS}", transfer.id)) {
            // Examined by a program that kept none.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            file => Documents::open(file?).map(Some),
        }
    }

    /// A file of a document, as it was examined: opened, and its length looked at, before anything of it is told.
    pub fn document_file(&self, transfer: &Transfer, file: &DocumentFile) -> Result<Opened> {
        let gone = || Error::not_found("this file is not there as it was examined");
        let expected: Sha256 = file.sha256.as_ref().and_then(|text| text.parse().ok()).ok_or_else(gone)?;
        let opened = open_inside(&self.place(transfer.id), &file.path).map_err(|error| gone().because(error))?;
        if opened.metadata()?.len() != file.size {
            return Err(gone());
        }
        Ok(Opened { file: opened, sha256: expected, size: file.size })
    }
}

impl Documents {
    fn open(file: Box<dyn DiskFile>) -> Result<Self> {
        let length = file.len()?;
        let end = length.checked_sub(COUNT_BYTES).ok_or_else(damaged)?;
        let mut count = [0; COUNT_BYTES as usize];
        disk::read_exact_at(file.as_ref(), end, &mut count)?;
        let count = u64::from_le_bytes(count);
        let rows = count.checked_mul(ROW_BYTES).and_then(|rows| end.checked_sub(rows));
        Ok(Self { file, count, rows_at: rows.ok_or_else(damaged)? })
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The document of a number, from 1.
    pub fn document(&self, number: u64) -> Result<Option<Document>> {
        let Some([from, to, _]) = self.places(number)? else { return Ok(None) };
        serde_json::from_slice(&self.piece(from..to)?).map(Some).map_err(|error| damaged().because(error))
    }

    /// How its signatures were judged; `None`: it has none, or that is not kept.
    pub fn run(&self, number: u64) -> Result<Option<SignaturesValidatedBody>> {
        match self.places(number)? {
            Some([_, from, to]) if from < to => {
                serde_json::from_slice(&self.piece(from..to)?).map(Some).map_err(|error| damaged().because(error))
            }
            _ => Ok(None),
        }
    }

    /// Where the description of a document begins, its run, and what follows.
    fn places(&self, number: u64) -> Result<Option<[u64; 3]>> {
        if number == 0 || number > self.count {
            return Ok(None);
        }
        let mut rows = [0; (ROW_BYTES + COUNT_BYTES) as usize];
        // Behind the last row is the count, and what follows the last document are the rows.
        disk::read_exact_at(self.file.as_ref(), self.rows_at + (number - 1) * ROW_BYTES, &mut rows)?;
        let place = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| rows[at * 8 + byte]));
        let next = if number == self.count { self.rows_at } else { place(2) };
        Ok(Some([place(0), place(1), next]))
    }

    fn piece(&self, place: Range<u64>) -> Result<Vec<u8>> {
        let length = place.end.checked_sub(place.start).filter(|length| *length <= PIECE_BYTES_MAX);
        let mut bytes = vec![0; length.ok_or_else(damaged)? as usize];
        disk::read_exact_at(self.file.as_ref(), place.start, &mut bytes)?;
        Ok(bytes)
    }
}

/// A file that was handed over and is about to be told.
pub struct Opened {
    pub(super) file: std::fs::File,
    /// SHA-256 of what it must be.
    pub sha256: Sha256,
    /// Its length, bytes.
    pub size: u64,
}

impl Opened {
    /// Writes it whole, or a part of it. A whole file that is not what was examined ends in an error.
    pub fn write(mut self, part: Option<Range<u64>>, into: &mut dyn Write) -> Result<()> {
        let mut left = u64::MAX;
        if let Some(part) = &part {
            self.file.seek(SeekFrom::Start(part.start))?;
            left = part.end.saturating_sub(part.start);
        }
        let (mut hasher, mut window) = (Sha256Hasher::new(), vec![0; WINDOW_BYTES]);
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(WINDOW_BYTES).min(WINDOW_BYTES);
            let got = match self.file.read(&mut window[..most])? {
                0 => break,
                got => got,
            };
            hasher.update(&window[..got]);
            into.write_all(&window[..got])?;
            left -= got as u64;
        }
        match part {
            None if hasher.finish().0 != self.sha256 => Err(Error::conflict("the file changed while it was looked at")),
            _ => Ok(()),
        }
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::invalid("a document of a transfer").because(error))
}

fn damaged() -> Error {
    Error::corrupt("the file documents.bin of a transfer is damaged").remedy("have the transfer examined again")
}
