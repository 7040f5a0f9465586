//! Copies: the paper that goes with each, its signed certificate, and both with the record's files in one ZIP file.
//!
//! Paper and certificate are events of the record, under the keys of its dossier's retention: what they say of it goes when
//! it goes. The files are read from the vault when a copy is written, each checked against its accession on the way.

use super::{Form, Request, State};
use crate::archive::announce::{Announced, Heading};
use crate::archive::body::{CopyCertifiedBody, CopyMadeBody, DocumentBody, RecordBody};
use crate::archive::bundle::ending;
use crate::archive::bundle::zip::{Length, Packing, ZipWriter};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::validation::seal;
use crate::archive::writing::Writing;
use crate::catalog::EventRow;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::paper::copy::{CopiedFile, CopyPaper};
use crate::paper::pdf;
use crate::record::DocumentType;
use crate::retention::access::Access;
use crate::retention::civil::vietnamese_day;
use crate::time::Micros;
use chrono::NaiveDate;
use std::io::Write;
use uuid::Uuid;

/// Media type of what is read in place, and of papers.
pub(super) const PDF: &str = "application/pdf";

/// What was made for a record of a request.
pub struct Issued {
    /// When the paper was made.
    pub at: Micros,
    newest: u64,
    made: (EventRow, CopyMadeBody),
    signed: Option<(EventRow, CopyCertifiedBody)>,
}

/// What was given out of a record, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The record's place in the request, from 1.
    pub number: usize,
    /// The record.
    pub record: Uuid,
    /// Its code; the tombstone's where it is destroyed.
    pub code: String,
    /// What it is about; empty where it is destroyed.
    pub subject: String,
    /// How open it is; `None`: it was destroyed since it was asked for.
    pub access: Option<Access>,
    /// SHA-256 of its paper, where one was made.
    pub paper: Option<String>,
    /// How its signed certificate stands (`signed`, `undecided`, `unsigned`), where one was handed in.
    pub standing: Option<String>,
    /// Ledger index of what was done last about its copy.
    pub newest: Option<u64>,
}

/// A copy that is ready to be written.
pub struct CopyPackage {
    /// The record's code: part of the file's name.
    pub code: String,
    record: Uuid,
    made: Micros,
    papers: Vec<(&'static str, Vec<u8>)>,
    files: Vec<(String, u64)>,
}

impl Issued {
    /// The signed certificate as it was examined.
    pub fn certificate(&self) -> Option<&DocumentBody> {
        self.signed.as_ref().map(|(_, body)| &body.document)
    }
}

impl Archive {
    /// What was given out for a request, a line for each of its records; how open they are on a day.
    pub fn given(&self, request: &Request, on: NaiveDate) -> Result<Vec<Given>> {
        let told = |(number, record): (usize, &Uuid)| {
            let (code, subject, access) = match self.tombstone(*record)? {
                Some(tombstone) => (tombstone.doc_code, String::new(), None),
                None => {
                    let body = self.record(*record)?;
                    let access = self.access(*record, &body, on)?.access;
                    (body.doc_code, body.subject, Some(access))
                }
            };
            let issued = if access.is_some() { self.find_issued(request, *record)? } else { None };
            let standing = issued.as_ref().and_then(Issued::certificate).map(|document| document.standing.clone());
            let newest = issued.as_ref().map(|issued| issued.newest);
            let paper = issued.map(|issued| issued.made.1.sha256);
            Ok(Given { number, record: *record, code, subject, access, paper, standing, newest })
        };
        (1..).zip(&request.records).map(told).collect()
    }

    /// What was made for the record in a place.
    pub(super) fn issued(&self, request: &Request, number: usize) -> Result<Issued> {
        let record = request.record(number)?;
        self.accession(record)?; // says of a destroyed one that it is
        let issued = self.find_issued(request, record)?;
        issued.ok_or_else(|| Error::conflict("no copy was made of this record for this request"))
    }

    fn find_issued(&self, request: &Request, record: Uuid) -> Result<Option<Issued>> {
        let own = request.id.to_string();
        let mut found: Option<Issued> = None;
        for (index, row) in self.catalog.events(record).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            match entry.kind {
                EventKind::CopyMade => {
                    let body: CopyMadeBody = self.body_of(&row)?;
                    if body.request == own {
                        found = Some(Issued { at: entry.time, newest: index, made: (row, body), signed: None });
                    }
                }
                EventKind::CopyCertified => {
                    let body: CopyCertifiedBody = self.body_of(&row)?;
                    found.iter_mut().filter(|_| body.request == own).for_each(|issued| {
                        issued.signed = Some((row.clone(), body.clone()));
                        issued.newest = index;
                    });
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Whether a certified copy of a record that is there waits for its signed certificate.
    pub fn awaits_certificate(&self, request: &Request) -> Result<bool> {
        if request.form != Form::CertifiedCopy || request.state() != State::Fulfilled {
            return Ok(false);
        }
        for record in &request.records {
            if self.tombstone(*record)?.is_none()
                && self.find_issued(request, *record)?.is_some_and(|issued| issued.signed.is_none())
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The bytes of a paper as it was made.
    pub(super) fn paper_of(&self, issued: &Issued) -> Result<Vec<u8>> {
        let (row, body) = &issued.made;
        self.document_of(row, &body.sha256)?.ok_or_else(damaged)
    }

    /// The certificate of a certified copy, ready to be signed: the same bytes each time.
    pub fn certificate(&self, request: &Request, number: usize) -> Result<Vec<u8>> {
        if request.form != Form::CertifiedCopy {
            return Err(Error::conflict("only a certified copy has a certificate"));
        }
        self.paper_of(&self.issued(request, number)?)
    }

    /// Gathers a copy; its files are read when it is written.
    pub fn copy(&self, request: &Request, number: usize) -> Result<CopyPackage> {
        if request.state() != State::Fulfilled {
            return Err(Error::conflict("a copy is given out while its request is fulfilled and not closed"));
        }
        let issued = self.issued(request, number)?;
        let papers = match (&issued.signed, request.form) {
            (Some((row, body)), _) => {
                let bytes = self.document_of(row, &body.document.sha256)?.ok_or_else(damaged)?;
                vec![("BAN-SAO.pdf", bytes)]
            }
            (None, Form::CertifiedCopy) => {
                return Err(Error::conflict("the certificate of this copy is not signed yet")
                    .remedy("have it signed, and hand the signed copy in"));
            }
            (None, _) => vec![("BAN-SAO.pdf", self.paper_of(&issued)?)],
        };
        let record = request.record(number)?;
        let body = self.record(record)?;
        let files = named(&body).map(|(name, one)| (name, one.size)).collect();
        Ok(CopyPackage { code: body.doc_code.clone(), record, made: issued.at, papers, files })
    }
}

impl CopyPackage {
    /// Writes it. After an error what was written is no ZIP file.
    pub fn write(&self, archive: &Archive, into: &mut dyn Write) -> Result<u64> {
        let mut zip = ZipWriter::new(into, self.made.instant());
        for (name, bytes) in &self.papers {
            let length = Length::of(bytes.len() as u64);
            zip.member(name, Packing::AsIs, length, |member| Ok(member.write_all(bytes)?))?;
        }
        for (number, (name, size)) in (1..).zip(&self.files) {
            let length = Length::of(*size);
            zip.member(name, Packing::AsIs, length, |member| archive.get(self.record, number, member).map(|_| ()))?;
        }
        zip.finish()
    }
}

/// The event of the paper that goes with a copy of a record.
pub(super) fn made(
    archive: &Writing,
    request: &Request,
    number: usize,
    now: Micros,
    actor: ActorId,
) -> Result<Announced> {
    let unnamed = || {
        Error::conflict("the archive's own name and place are not set, which its papers bear")
            .remedy("say them with `chauban retention archive-name`, or at /rules/settings of the service")
    };
    let called = archive.called()?.ok_or_else(unnamed)?;
    let record = request.record(number)?;
    let body = archive.record(record)?;
    let files = named(&body).map(|(name, one)| {
        let sha256 = one.sha256.parse().map_err(|_| Error::corrupt("the body is damaged"))?;
        Ok(CopiedFile { name, size: one.size, sha256 })
    });
    let asked = &request.asked;
    let use_until = asked.use_until.as_deref().map(str::parse).transpose();
    let paper = CopyPaper {
        made: now.instant(),
        on: vietnamese_day(now),
        form: request.form,
        code: format!("{}/{number}", request.id),
        archive: (called.name, archive.format.archive_code.clone()),
        place: called.place,
        whose: archive.kind()?,
        reader: (asked.reader.name.clone(), asked.reader.document.clone()),
        record: body.arc_doc_code.clone(),
        symbol: body.symbol.clone(),
        kind: body.type_name.parse().map_or("", DocumentType::name).to_owned(),
        subject: body.subject.clone(),
        purpose: asked.purpose.clone(),
        use_until: use_until.map_err(|_| Error::corrupt("the body of a request is not in its form"))?,
        copies: asked.copies,
        files: files.collect::<Result<_>>()?,
    };
    let bytes = pdf(&paper.document()).map_err(|error| Error::invalid("the paper can't be made").because(error))?;
    let mut announcer = archive.announcer()?;
    let component = seal(archive, &mut announcer, ("BAN-SAO.pdf", PDF), &bytes)?;
    let sha256 = Sha256::of(&bytes).to_string();
    let said = CopyMadeBody { request: request.id.to_string(), sha256, size: bytes.len() as u64 };
    let heading = Heading { kind: EventKind::CopyMade, id: record, actor, rule: None };
    announcer.with_body(heading, archive.scope_of(record, actor)?, vec![component], &said)
}

/// The files of a record under names of our own, so that nothing is unpacked to where somebody else chose.
fn named(body: &RecordBody) -> impl Iterator<Item = (String, &crate::archive::body::ComponentBody)> {
    (1..).zip(&body.components).map(|(number, one): (usize, _)| (format!("{number}{}", ending(&one.name)), one))
}

fn damaged() -> Error {
    Error::corrupt("the paper of a copy is damaged")
}
