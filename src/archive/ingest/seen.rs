//! What a dry run saw of a document: what describes it, where its files lie, what its signatures lead to.
//!
//! Of a document whose description can't be read, or bears a mark of secrecy, nothing is told here: its findings say why.

use super::handed;
use super::plan::{Source, Task, read_limited};
use super::prepare::{Prepared, sha256_of};
use crate::archive::body::{ExaminationBody, SignaturesValidatedBody};
use crate::digest::Sha256;
use crate::record::{RecordMetadata, Role};
use crate::transfer::{Expected, media_type, sidecar};
use std::path::{Path, PathBuf};

/// What was seen of a document.
#[derive(Debug, Default)]
pub struct Seen {
    /// What describes it.
    pub metadata: Option<RecordMetadata>,
    /// Its files, in their order.
    pub files: Vec<SeenFile>,
    /// What its signatures lead to; `None`: they were not examined.
    pub examination: Option<ExaminationBody>,
    /// How they were judged, where it has signatures.
    pub run: Option<SignaturesValidatedBody>,
}

/// A file of a document.
#[derive(Debug)]
pub struct SeenFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// As stated, or inferred from the name.
    pub media_type: String,
    /// What it is to the record.
    pub role: Role,
    /// SHA-256 and length of what is there; `None`: it can't be read.
    pub digest: Option<(Sha256, u64)>,
}

impl Seen {
    /// What was seen of the document of a task; the run is taken out of it.
    pub(super) fn of(task: &Task, prepared: &mut Prepared) -> Box<Self> {
        let Some((metadata, mut files)) = announced(task) else { return Box::default() };
        let (examination, run) = match prepared {
            Prepared::Ready(ready) => (ready.examination.clone(), ready.run.take().map(|run| run.body)),
            _ => (None, None),
        };
        // Elsewhere each file is what was announced: that was compared.
        if matches!(prepared, Prepared::Refused(_)) {
            files.iter_mut().for_each(SeenFile::read);
        }
        Box::new(Self { metadata: Some(metadata), files, examination, run })
    }
}

impl SeenFile {
    fn new(folder: &Path, file: &str, (media_type, role): (&str, Role), expected: Expected) -> Self {
        let name = file.rsplit('/').next().unwrap_or(file).to_owned();
        let digest = Some((expected.sha256, expected.size));
        Self { path: folder.join(file), name, media_type: media_type.to_owned(), role, digest }
    }

    /// What is there, in the place of what was announced.
    fn read(&mut self) {
        let opened = self.path.parent().zip(self.path.file_name().and_then(|name| name.to_str()));
        let read = opened.and_then(|(folder, name)| sha256_of(&mut handed::open_inside(folder, name).ok()?).ok());
        self.digest = read;
    }
}

/// How a document is described, and the files that are announced with it.
fn announced(task: &Task) -> Option<(RecordMetadata, Vec<SeenFile>)> {
    match &task.source {
        Source::Loose { sidecar } => {
            let bytes = read_limited(sidecar, sidecar::SIDECAR_BYTES_MAX as u64).ok()?;
            let document = sidecar::read(&bytes, "").ok()?;
            let file = sidecar.with_extension("pdf");
            let (folder, name) = (file.parent()?, file.file_name()?.to_str()?);
            let file = SeenFile::new(folder, name, (media_type(name), Role::Original), document.expected);
            Some((document.metadata, vec![file]))
        }
        Source::Folder { folder, record } => {
            let files = record
                .components
                .iter()
                .map(|one| SeenFile::new(folder, &one.file, (&one.media_type, one.role), one.expected));
            Some((record.metadata.clone(), files.collect()))
        }
        Source::Refused { .. } => None,
    }
}
