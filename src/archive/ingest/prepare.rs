//! Preparing a document: read, hash, compare, examine, compress, encrypt. Runs on every core, decides nothing.
//!
//! A file of up to 16 MiB is one part and travels in memory; a longer one is cut into parts that are committed ahead
//! of its entry as they are made, so that memory stays bounded. If such a file turns out not to be what was
//! announced, its parts stay without an entry: no record, no key that opens them, and `verify` notes them.

use super::super::announce::SealedComponent;
use super::super::body::{ExaminationBody, SignatureBody};
use super::super::check_signature::Checker;
use super::super::object::{PART_BYTES_MAX, SealedObject, SealedPart, Workshop};
use super::super::project;
use super::super::validation::{self, Examination, Needs, Run, Subject};
use super::super::writing::Writing;
use super::Mode;
use super::handed;
use super::plan::{Source, Task, read_limited};
use super::terms::Terms;
use crate::cipher;
use crate::digest::{Blake3, ContentDigests, ContentHasher, Sha256, Sha256Hasher};
use crate::error::Error;
use crate::keys::ObjectSecrets;
use crate::record::{self, Component, FileCode, RecordMetadata, Role};
use crate::signature::report;
use crate::time::Micros;
use crate::transfer::finding::{Finding, FindingCode};
use crate::transfer::sidecar::{self, Glance};
use crate::transfer::{Expected, media_type};
use std::fs::File;
use std::io::Read as _;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A file up to this size is read whole and its signatures are examined; a longer one is streamed.
///
/// One longer than what is in flight otherwise travels alone, so this bounds memory.
pub const WHOLE_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Memory that a thread keeps for the next file, bytes.
const KEPT_BYTES_MAX: usize = 48 * 1024 * 1024;

/// A document after preparation.
pub enum Prepared {
    /// Ready to be taken.
    Ready(Box<Ready>),
    /// In the archive before.
    AlreadyHeld(Box<Held>),
    /// Refused.
    Refused(Vec<Finding>),
    /// The archive could not do it.
    Failed(Error),
}

/// A document that was in the archive before.
pub struct Held {
    /// As this record.
    pub record: Uuid,
    /// How it is described now.
    pub metadata: RecordMetadata,
    /// What a loose document says of its dossier now.
    pub glance: Option<Glance>,
}

/// A document that is ready.
pub struct Ready {
    /// Its metadata.
    pub metadata: RecordMetadata,
    /// What a loose document says of its dossier.
    pub glance: Option<Glance>,
    /// Its byte streams, sealed (empty parts in a dry run).
    pub components: Vec<SealedComponent>,
    /// What its signatures say of themselves.
    pub signatures: Vec<SignatureBody>,
    /// What they lead to; `None`: they were not examined.
    pub examination: Option<ExaminationBody>,
    /// The validation run, if it has signatures.
    pub run: Option<Run>,
    /// Warnings and notes.
    pub findings: Vec<Finding>,
    /// Its metadata as written.
    pub raw: String,
}

/// One thread's tools.
pub struct Preparer<'a> {
    archive: &'a Writing,
    checker: &'a Checker,
    terms: &'a Terms<'a>,
    workshop: Workshop,
    mode: Mode,
    /// The record that the archive holds already if the document under preparation is what it is announced to be.
    held: Option<Uuid>,
    /// The file under preparation; its memory serves the next one.
    bytes: Vec<u8>,
    /// Bytes of the record's components so far that travel with its entry.
    carried: usize,
}

/// A file of a document, as it is to be.
struct Wanted {
    folder: PathBuf,
    /// Plain relative path inside the folder.
    file: String,
    name: String,
    media_type: String,
    role: Role,
    expected: Expected,
}

enum Stop {
    Findings(Vec<Finding>),
    Held(Box<Held>),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<'a> Preparer<'a> {
    /// Tools for one thread.
    pub fn new(
        terms: &'a Terms<'a>,
        checker: &'a Checker,
        dictionary: &[u8],
        mode: Mode,
    ) -> crate::error::Result<Self> {
        let archive = terms.archive;
        Ok(Self {
            archive,
            terms,
            checker,
            workshop: Workshop::new(archive.format.archive, dictionary)?,
            mode,
            held: None,
            bytes: Vec::new(),
            carried: 0,
        })
    }

    /// Prepares one document.
    pub fn prepare(&mut self, task: &Task) -> Prepared {
        guarded(&task.place, || self.prepared(task))
    }

    fn prepared(&mut self, task: &Task) -> Prepared {
        let prepared = match &task.source {
            Source::Loose { sidecar } => self.loose(sidecar, &task.place),
            Source::Folder { folder, record } => {
                let wanted = record.components.iter().map(|component| Wanted {
                    folder: folder.clone(),
                    file: component.file.clone(),
                    name: file_name(&component.file),
                    media_type: component.media_type.clone(),
                    role: component.role,
                    expected: component.expected,
                });
                self.record(&task.place, (&record.metadata, None), wanted.collect(), &record.findings, &record.raw)
            }
            Source::Refused { findings } => Err(Stop::Findings(findings.clone())),
        };
        match prepared {
            Ok(ready) => Prepared::Ready(Box::new(ready)),
            Err(Stop::Findings(findings)) => Prepared::Refused(findings),
            Err(Stop::Held(held)) => Prepared::AlreadyHeld(held),
            Err(Stop::Failed(error)) => Prepared::Failed(error),
        }
    }

    fn loose(&mut self, sidecar: &Path, place: &str) -> Result<Ready, Stop> {
        let name = sidecar.display().to_string();
        let bytes = read_limited(sidecar, sidecar::SIDECAR_BYTES_MAX as u64).map_err(|error| {
            Stop::Findings(vec![Finding::new(FindingCode::FileUnreadable, &name).saying(error.to_string())])
        })?;
        let document = sidecar::read(&bytes, &name).map_err(Stop::Findings)?;
        let glance = document.glance(&name);
        let name = sidecar.with_extension("pdf");
        let name = name.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let wanted = Wanted {
            media_type: media_type(&name).to_owned(),
            folder: sidecar.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")).to_owned(),
            file: name.clone(),
            name,
            role: Role::Original,
            expected: document.expected,
        };
        let described = (&document.metadata, Some(glance));
        self.record(place, described, vec![wanted], &document.findings, &document.raw)
    }

    fn record(
        &mut self,
        place: &str,
        (metadata, glance): (&RecordMetadata, Option<Glance>),
        files: Vec<Wanted>,
        findings: &[Finding],
        raw: &str,
    ) -> Result<Ready, Stop> {
        let mut ready = Ready {
            metadata: metadata.clone(),
            glance,
            components: Vec::with_capacity(files.len()),
            signatures: Vec::new(),
            examination: None,
            run: None,
            findings: findings.to_vec(),
            raw: raw.to_owned(),
        };
        ready.findings.extend(self.terms.register.finding(&metadata.agency, metadata.issued, place));
        self.carried = 0;
        let announced: Vec<Sha256> = files.iter().map(|wanted| wanted.expected.sha256).collect();
        let content = record::content_of(&announced);
        let holding = |content| self.archive.catalog.holding(metadata.file_code.as_str(), &content);
        self.held = content.map(holding).transpose().map_err(project::catalog)?.flatten();
        if self.mode() == Mode::Accession && is_stored_ahead(&files) {
            self.foreknow(place, &metadata.file_code, &files, findings)?;
        }
        let (at, mut examination) = (self.archive.now(), Examination::default());
        for number in 0..files.len() {
            let component = self.component(place, (&files, number), at, &mut examination, &mut ready)?;
            ready.components.push(component);
        }
        ready.examination = examination.outcome.map(|outcome| ExaminationBody {
            outcome: outcome.name().to_owned(),
            reasons: std::mem::take(&mut examination.reasons),
        });
        if examination.is_too_long() {
            let why = "the report on its signatures is over the limit of 8 MiB";
            return Err(Stop::Findings(vec![Finding::new(FindingCode::TooLarge, place).saying(why)]));
        }
        ready.run = examination.body(self.checker, at, report::Mode::Ingest);
        // Only now every file is known to be what was announced.
        match self.held {
            Some(record) => Err(Stop::Held(Box::new(Held { record, metadata: ready.metadata, glance: ready.glance }))),
            None => Ok(ready),
        }
    }

    /// Compares every file with what was announced, and the dossier with the terms, before anything is stored: else a record
    /// that is refused for its second file would leave the first in the archive, at every attempt.
    fn foreknow(&self, place: &str, code: &FileCode, files: &[Wanted], findings: &[Finding]) -> Result<(), Stop> {
        // All lengths first: they cost nothing.
        files.iter().try_for_each(|wanted| open(place, wanted).map(|_| ()))?;
        for wanted in files {
            let (mut file, _) = open(place, wanted)?;
            let (sha256, size) = sha256_of(&mut file).map_err(|error| unreadable(place, &error))?;
            compare(place, wanted, sha256, size)?;
        }
        match self.terms.refuse(code, place)? {
            Some(finding) => Err(Stop::Findings(findings.iter().cloned().chain([finding]).collect())),
            None => Ok(()),
        }
    }

    fn component(
        &mut self,
        place: &str,
        (files, number): (&[Wanted], usize),
        at: Micros,
        examination: &mut Examination,
        ready: &mut Ready,
    ) -> Result<SealedComponent, Stop> {
        let wanted = &files[number];
        let (mut file, length) = open(place, wanted)?;
        let (object, secrets) = (Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
        let (digests, parts) = if length <= WHOLE_BYTES_MAX {
            let mut bytes = std::mem::take(&mut self.bytes);
            bytes.clear();
            bytes.reserve(usize::try_from(length).unwrap_or(0) + 1);
            (&mut file).take(length + 1).read_to_end(&mut bytes).map_err(|error| unreadable(place, &error))?;
            let digests = if self.held.is_some() {
                ContentDigests::of(&bytes)
            } else {
                self.examine(place, (files, number), &bytes, at, examination, ready)?
            };
            compare(place, wanted, digests.sha256, digests.size)?;
            let parts = self.seal_whole(object, &secrets, &bytes)?;
            if bytes.capacity() <= KEPT_BYTES_MAX {
                self.bytes = bytes;
            }
            (digests, parts)
        } else {
            let note = format!("signatures in files above {} MiB are not examined", WHOLE_BYTES_MAX >> 20);
            ready.findings.push(Finding::new(FindingCode::SignatureNotExamined, place).saying(note));
            if self.held.is_none() {
                examination.take_too_long(&wanted.name, &wanted.media_type, needs(files, number));
            }
            let streamed = self.stream(&mut file, place, object, &secrets)?;
            compare(place, wanted, streamed.0.sha256, streamed.0.size)?;
            streamed
        };
        let component =
            Component { name: wanted.name.clone(), media_type: wanted.media_type.clone(), role: wanted.role, digests };
        Ok(SealedComponent { component, object: SealedObject { id: object, parts }, secrets })
    }

    /// Judges the signatures in a component; its digests come from the same pass.
    fn examine(
        &self,
        place: &str,
        (files, number): (&[Wanted], usize),
        bytes: &[u8],
        at: Micros,
        examination: &mut Examination,
        ready: &mut Ready,
    ) -> Result<ContentDigests, Stop> {
        let wanted = &files[number];
        let signed = validation::signed_name(&wanted.name);
        let about = signed.and_then(|name| files.iter().find(|other| other.name == name));
        let about_bytes = about.and_then(announced_bytes);
        let subject = Subject {
            name: &wanted.name,
            media_type: &wanted.media_type,
            needs: needs(files, number),
            bytes,
            about: signed.zip(about_bytes.as_deref()),
        };
        let metadata = &ready.metadata;
        let known = validation::record_of(
            &metadata.organ_name,
            metadata.agency.as_str(),
            &metadata.signer,
            metadata.confidence,
        );
        let checked = examination.take(self.checker, &subject, &known, at, &[], report::Mode::Ingest)?;
        for signature in SignatureBody::of(&wanted.name, &checked) {
            if signature.integrity == "altered" {
                let signer = signature.signer.clone().unwrap_or_default();
                let detail = format!("{}: signature {} {signer}", wanted.name, ready.signatures.len() + 1);
                ready.findings.push(Finding::new(FindingCode::SignatureBroken, place).saying(detail));
            }
            ready.signatures.push(signature);
        }
        Ok(ContentDigests { sha256: checked.sha256, blake3: Blake3::of(bytes), size: bytes.len() as u64 })
    }

    /// What the archive seems to hold already is only hashed, to be sure.
    fn mode(&self) -> Mode {
        if self.held.is_some() { Mode::DryRun } else { self.mode }
    }

    fn seal_whole(&mut self, object: Uuid, secrets: &ObjectSecrets, bytes: &[u8]) -> Result<Vec<SealedPart>, Stop> {
        if self.mode() == Mode::DryRun {
            return Ok(Vec::new());
        }
        if self.carried + bytes.len() <= PART_BYTES_MAX {
            self.carried += bytes.len();
            return Ok(vec![self.workshop.seal_part(object, secrets, 0, bytes)]);
        }
        let mut parts = Vec::new();
        for (number, plain) in (0u32..).zip(bytes.chunks(PART_BYTES_MAX)) {
            let part = self.workshop.seal_part(object, secrets, number, plain);
            parts.append(&mut self.archive.sequencer.commit_parts(object, number, vec![part])?);
        }
        Ok(parts)
    }

    fn stream(
        &mut self,
        file: &mut File,
        place: &str,
        object: Uuid,
        secrets: &ObjectSecrets,
    ) -> Result<(ContentDigests, Vec<SealedPart>), Stop> {
        let mut hasher = ContentHasher::new();
        let mut parts = Vec::new();
        let mut plain = Vec::with_capacity(PART_BYTES_MAX);
        for number in 0u32.. {
            plain.clear();
            let read = file.take(PART_BYTES_MAX as u64).read_to_end(&mut plain);
            read.map_err(|error| unreadable(place, &error))?;
            if plain.is_empty() {
                break;
            }
            hasher.update(&plain);
            if self.mode() == Mode::Accession {
                let part = self.workshop.seal_part(object, secrets, number, &plain);
                parts.append(&mut self.archive.sequencer.commit_parts(object, number, vec![part])?);
            }
        }
        Ok((hasher.finish(), parts))
    }
}

/// What a document leads to, also where the program fails on it: then it is refused, and the run goes on. The thread would end
/// otherwise, and the document that it never gave back would be waited for.
fn guarded(place: &str, prepare: impl FnOnce() -> Prepared) -> Prepared {
    let refused = |_| Prepared::Refused(vec![Finding::new(FindingCode::InternalError, place)]);
    // The tools stay whole: what a document was read into is dropped, and each part is sealed by itself.
    panic::catch_unwind(AssertUnwindSafe(prepare)).unwrap_or_else(refused)
}

/// Whether one of a record's files should have signatures.
fn needs(files: &[Wanted], number: usize) -> Needs {
    let names: Vec<&str> = files.iter().map(|other| other.name.as_str()).collect();
    Needs::of(&files[number].name, files[number].role == Role::Attachment, &names)
}

/// Opens a file of a record, if it has the length that was announced: before a byte is read, so that what is under way is
/// bounded by what was announced. The length comes with it.
fn open(place: &str, wanted: &Wanted) -> Result<(File, u64), Stop> {
    let file = match handed::open_inside(&wanted.folder, &wanted.file) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let path = wanted.folder.join(&wanted.file);
            return Err(refused(FindingCode::FileMissing, place, path.display().to_string()));
        }
        Err(error) => return Err(unreadable(place, &error)),
    };
    let length = file.metadata().map_err(|error| unreadable(place, &error))?.len();
    match wanted.expected.check_size(length, place) {
        Some(finding) => Err(Stop::Findings(vec![finding])),
        None => Ok((file, length)),
    }
}

/// Whether parts of a record's files are stored before the last file is read.
fn is_stored_ahead(files: &[Wanted]) -> bool {
    let announced = files.iter().map(|wanted| wanted.expected.size);
    let is_streamed = announced.clone().any(|size| size > WHOLE_BYTES_MAX);
    is_streamed || files.len() > 1 && announced.fold(0, u64::saturating_add) > PART_BYTES_MAX as u64
}

/// Whether the file beside a sidecar can be read and is what the sidecar announces.
pub fn is_whole(sidecar: &Path) -> bool {
    let whole = || -> std::io::Result<bool> {
        let bytes = read_limited(sidecar, sidecar::SIDECAR_BYTES_MAX as u64)?;
        let Ok(document) = sidecar::read(&bytes, "") else { return Ok(false) };
        let mut file = handed::open(&handed::spelled(&sidecar.with_extension("pdf")))?;
        let (sha256, size) = sha256_of(&mut file)?;
        Ok(document.expected.check(sha256, size, "").is_none())
    };
    whole().unwrap_or(false)
}

/// The digest of what a file has, and how much that is.
pub(super) fn sha256_of(file: &mut File) -> std::io::Result<(Sha256, u64)> {
    let (mut hasher, mut buffer) = (Sha256Hasher::new(), vec![0; 1024 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish()),
            length => hasher.update(&buffer[..length]),
        }
    }
}

/// Compares a file with what was announced.
fn compare(place: &str, wanted: &Wanted, sha256: Sha256, size: u64) -> Result<(), Stop> {
    wanted.expected.check(sha256, size, place).map_or(Ok(()), |finding| Err(Stop::Findings(vec![finding])))
}

fn unreadable(place: &str, error: &std::io::Error) -> Stop {
    refused(FindingCode::FileUnreadable, place, error.to_string())
}

fn refused(code: FindingCode, place: &str, why: String) -> Stop {
    Stop::Findings(vec![Finding::new(code, place).saying(why)])
}

/// The bytes of another file of the record, if they are those announced: what a detached signature is about.
fn announced_bytes(wanted: &Wanted) -> Option<Vec<u8>> {
    let file = handed::open_inside(&wanted.folder, &wanted.file).ok()?;
    let mut bytes = Vec::new();
    file.take(WHOLE_BYTES_MAX + 1).read_to_end(&mut bytes).ok()?;
    (Sha256::of(&bytes) == wanted.expected.sha256).then_some(bytes)
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Finding, FindingCode, Prepared, guarded};

    #[test]
    fn a_document_that_the_program_fails_on_is_refused_and_no_other() {
        let failing = guarded("a.json", || panic!("a parser went astray"));
        let Prepared::Refused(findings) = failing else { panic!("refused") };
        assert_eq!(findings, [Finding::new(FindingCode::InternalError, "a.json")]);
        assert!(
            matches!(guarded("b.json", || Prepared::Refused(Vec::new())), Prepared::Refused(none) if none.is_empty())
        );
    }
}
