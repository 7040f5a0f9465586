//! Preparing a document: read, hash, compare, examine, compress, encrypt. Runs on every core, decides nothing.
//!
//! A file of up to 16 MiB is one part and travels in memory; a longer one is cut into parts that are committed ahead
//! of its entry as they are made, so that memory stays bounded. If such a file turns out not to be what was
//! announced, its parts stay without an entry: no record, and compaction takes them away.

use super::super::announce::SealedComponent;
use super::super::body::SignatureBody;
use super::super::object::{PART_BYTES_MAX, SealedObject, SealedPart, Workshop};
use super::super::project;
use super::super::writing::Writing;
use super::Mode;
use super::handed;
use super::plan::{Source, Task, read_limited};
use crate::cipher;
use crate::digest::{Blake3, ContentDigests, ContentHasher, Sha256};
use crate::error::Error;
use crate::keys::ObjectSecrets;
use crate::record::{self, Component, RecordMetadata, Role};
use crate::signature::{self, IntegrityOnly, SignatureFact};
use crate::transfer::finding::{Finding, FindingCode};
use crate::transfer::{Expected, media_type, sidecar};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A file up to this size is read whole and its signatures are examined; a longer one is streamed.
pub const WHOLE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A document after preparation.
pub enum Prepared {
    /// Ready to be taken.
    Ready(Box<Ready>),
    /// In the archive before, as this record.
    AlreadyHeld(Uuid),
    /// Refused.
    Refused(Vec<Finding>),
    /// The archive could not do it.
    Failed(Error),
}

/// A document that is ready.
pub struct Ready {
    /// Its metadata.
    pub metadata: RecordMetadata,
    /// Its byte streams, sealed (empty parts in a dry run).
    pub components: Vec<SealedComponent>,
    /// What its signatures say.
    pub signatures: Vec<SignatureBody>,
    /// Warnings and notes.
    pub findings: Vec<Finding>,
    /// Its metadata as written.
    pub raw: String,
}

/// One thread's tools.
pub struct Preparer<'a> {
    archive: &'a Writing,
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
    Held(Uuid),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<'a> Preparer<'a> {
    /// Tools for one thread.
    pub fn new(archive: &'a Writing, dictionary: &[u8], mode: Mode) -> crate::error::Result<Self> {
        Ok(Self {
            archive,
            workshop: Workshop::new(archive.format.archive, dictionary)?,
            mode,
            held: None,
            bytes: Vec::new(),
            carried: 0,
        })
    }

    /// Prepares one document.
    pub fn prepare(&mut self, task: &Task) -> Prepared {
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
                self.record(&task.place, &record.metadata, wanted.collect(), &record.findings, &record.raw)
            }
            Source::Refused { findings } => Err(Stop::Findings(findings.clone())),
        };
        match prepared {
            Ok(ready) => Prepared::Ready(Box::new(ready)),
            Err(Stop::Findings(findings)) => Prepared::Refused(findings),
            Err(Stop::Held(record)) => Prepared::AlreadyHeld(record),
            Err(Stop::Failed(error)) => Prepared::Failed(error),
        }
    }

    fn loose(&mut self, sidecar: &Path, place: &str) -> Result<Ready, Stop> {
        let name = sidecar.display().to_string();
        let bytes = read_limited(sidecar, sidecar::SIDECAR_BYTES_MAX as u64).map_err(|error| {
            Stop::Findings(vec![Finding::new(FindingCode::FileUnreadable, &name).saying(error.to_string())])
        })?;
        let document = sidecar::read(&bytes, &name).map_err(Stop::Findings)?;
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
        self.record(place, &document.metadata, vec![wanted], &document.findings, &document.raw)
    }

    fn record(
        &mut self,
        place: &str,
        metadata: &RecordMetadata,
        files: Vec<Wanted>,
        findings: &[Finding],
        raw: &str,
    ) -> Result<Ready, Stop> {
        let mut ready = Ready {
            metadata: metadata.clone(),
            components: Vec::with_capacity(files.len()),
            signatures: Vec::new(),
            findings: findings.to_vec(),
            raw: raw.to_owned(),
        };
        self.carried = 0;
        let announced: Vec<Sha256> = files.iter().map(|wanted| wanted.expected.sha256).collect();
        let content = record::content_of(&announced);
        let holding = |content| self.archive.catalog.holding(metadata.file_code.as_str(), &content);
        self.held = content.map(holding).transpose().map_err(project::catalog)?.flatten();
        for wanted in files {
            let component = self.component(place, &wanted, &mut ready)?;
            ready.components.push(component);
        }
        // Only now every file is known to be what was announced.
        self.held.map_or(Ok(ready), |record| Err(Stop::Held(record)))
    }

    fn component(&mut self, place: &str, wanted: &Wanted, ready: &mut Ready) -> Result<SealedComponent, Stop> {
        let refuse = |code: FindingCode, why: String| Stop::Findings(vec![Finding::new(code, place).saying(why)]);
        let mut file = match handed::open_inside(&wanted.folder, &wanted.file) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let path = wanted.folder.join(&wanted.file);
                return Err(refuse(FindingCode::FileMissing, path.display().to_string()));
            }
            Err(error) => return Err(refuse(FindingCode::FileUnreadable, error.to_string())),
        };
        let unreadable = |error: std::io::Error| refuse(FindingCode::FileUnreadable, error.to_string());
        let meta = file.metadata().map_err(unreadable)?;
        let (object, secrets) = (Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
        let (digests, parts) = if meta.len() <= WHOLE_BYTES_MAX {
            let mut bytes = std::mem::take(&mut self.bytes);
            bytes.clear();
            bytes.reserve(usize::try_from(meta.len()).unwrap_or(0) + 1);
            (&mut file).take(WHOLE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
            let examined = self.held.is_none() && is_pdf(wanted, &bytes);
            let (facts, digests) = if examined { examine(&bytes) } else { (Vec::new(), ContentDigests::of(&bytes)) };
            compare(place, wanted, &digests)?;
            note(place, wanted, facts, ready);
            let parts = self.seal_whole(object, &secrets, &bytes)?;
            self.bytes = bytes;
            (digests, parts)
        } else {
            let note = "signatures in files above 64 MiB are not examined yet";
            ready.findings.push(Finding::new(FindingCode::SignatureNotExamined, place).saying(note));
            let streamed = self.stream(&mut file, object, &secrets)?;
            compare(place, wanted, &streamed.0)?;
            streamed
        };
        let component =
            Component { name: wanted.name.clone(), media_type: wanted.media_type.clone(), role: wanted.role, digests };
        Ok(SealedComponent { component, object: SealedObject { id: object, parts }, secrets })
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
        object: Uuid,
        secrets: &ObjectSecrets,
    ) -> Result<(ContentDigests, Vec<SealedPart>), Stop> {
        let mut hasher = ContentHasher::new();
        let mut parts = Vec::new();
        let mut plain = Vec::with_capacity(PART_BYTES_MAX);
        for number in 0u32.. {
            plain.clear();
            file.take(PART_BYTES_MAX as u64).read_to_end(&mut plain).map_err(Error::from)?;
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

/// Compares a file with what was announced.
fn compare(place: &str, wanted: &Wanted, digests: &ContentDigests) -> Result<(), Stop> {
    wanted.expected.check(digests, place).map_or(Ok(()), |finding| Err(Stop::Findings(vec![finding])))
}

/// Whether a file says it is a PDF, or is one.
fn is_pdf(wanted: &Wanted, bytes: &[u8]) -> bool {
    wanted.media_type.eq_ignore_ascii_case("application/pdf") || signature::is_pdf(bytes)
}

/// Signatures and digests, SHA-256 of all that is signed and of the whole in one pass.
fn examine(bytes: &[u8]) -> (Vec<SignatureFact>, ContentDigests) {
    let (facts, sha256) = signature::examine_and_digest(bytes);
    (facts, ContentDigests { sha256, blake3: Blake3::of(bytes), size: bytes.len() as u64 })
}

fn note(place: &str, wanted: &Wanted, facts: Vec<SignatureFact>, ready: &mut Ready) {
    for fact in facts {
        if fact.integrity() == IntegrityOnly::Altered {
            let signer = fact.signer.as_ref().and_then(|signer| signer.common_name.clone()).unwrap_or_default();
            let detail = format!("{}: signature {} {signer}", wanted.name, fact.index);
            ready.findings.push(Finding::new(FindingCode::SignatureBroken, place).saying(detail));
        }
        ready.signatures.push(SignatureBody::new(&wanted.name, &fact));
    }
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
