//! Transfers, their files and their examination, as the API shows them.

use crate::archive::body::DocumentBody;
use crate::archive::disposal::standing_words;
use crate::archive::transfer::{Accession, Done, Examination, File, Step, Told, Transfer, Upload};
use crate::digest::Sha256;
use crate::http::api::Both;
use crate::http::job::Job;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A transfer.
#[derive(Serialize, ToSchema)]
pub struct TransferShown {
    /// Identifier.
    pub transfer: String,
    /// Code of the agency that hands over.
    pub agency: String,
    /// What it calls the transfer.
    pub title: String,
    /// Account that began it.
    pub by: String,
    /// When, RFC 3339.
    pub begun: String,
    /// `draft`, `submitted`, `returned`, `accepted` or `ended`.
    pub state: &'static str,
    /// What was done, oldest first.
    pub steps: Vec<TransferStep>,
    /// What is being done with it just now; null: nothing.
    pub job: Option<JobShown>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub struct TransferStep {
    /// Ledger index of its event.
    pub index: u64,
    /// `submitted`, `returned`, `accepted`, `ended` or `minutes-filed`.
    pub step: &'static str,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub by: String,
    /// Of a return: why.
    pub reason: Option<String>,
    /// Of a submission: SHA-256 of the list of what was handed over.
    pub listing: Option<String>,
    /// Of signed minutes: the file, and how its signatures stand.
    pub document: Option<MinutesShown>,
}

/// Signed minutes; fetched by the index of their step.
#[derive(Serialize, ToSchema)]
pub struct MinutesShown {
    /// File name.
    pub name: String,
    /// SHA-256.
    pub sha256: String,
    /// `signed` or `undecided`.
    pub standing: String,
    /// In words.
    pub standing_words: Both,
    /// Why they were taken without a proven signature.
    pub because: Option<String>,
    /// SHA-256 of the minutes that they begin with, where the archive made those.
    pub made: Option<String>,
}

/// A job under way.
#[derive(Serialize, ToSchema)]
pub struct JobShown {
    /// `examination` or `accession`.
    pub task: &'static str,
    /// Documents done.
    pub done: u64,
    /// Of how many; 0: not known yet.
    pub of: u64,
}

/// A page of transfers.
#[derive(Serialize, ToSchema)]
pub struct TransfersListed {
    /// The newest first.
    pub transfers: Vec<TransferShown>,
    /// Cursor of the next page; null: this is the last.
    pub next: Option<String>,
}

/// A file that was handed over.
#[derive(Serialize, ToSchema)]
pub struct FileShown {
    /// Its relative path.
    pub path: String,
    /// Its length, bytes.
    pub size: u64,
}

/// A page of files.
#[derive(Serialize, ToSchema)]
pub struct FilesListed {
    /// By path.
    pub files: Vec<FileShown>,
    /// Cursor of the next page; null: this is the last.
    pub next: Option<String>,
}

/// What an examination found.
#[derive(Serialize, ToSchema)]
pub struct ExaminationShown {
    /// When it was made, RFC 3339.
    pub at: String,
    /// SHA-256 of the list of what was examined.
    pub listing: String,
    /// Documents found.
    pub documents: u64,
    /// Which would be taken.
    pub acceptable: u64,
    /// Which would be refused.
    pub refused: u64,
    /// Which the archive has already.
    pub already_held: u64,
    /// Whether it may be submitted so.
    pub good: bool,
    /// What was found, a page of it.
    pub findings: Vec<TransferFinding>,
    /// Findings beyond the 10,000 that are kept.
    pub left_out: u64,
    /// Cursor of the next page of findings; null: this is the last.
    pub next: Option<String>,
}

/// A finding.
#[derive(Serialize, ToSchema)]
pub struct TransferFinding {
    /// The file or record it is about.
    pub place: String,
    /// Stable code.
    pub code: String,
    /// `note`, `warning` or `error`: an error refuses the document.
    pub severity: &'static str,
    /// The field it is about.
    pub field: Option<String>,
    /// The facts of this case.
    pub detail: String,
    /// What is wrong, Vietnamese.
    pub what_vi: &'static str,
    /// What is wrong, English.
    pub what_en: &'static str,
    /// What to do, Vietnamese.
    pub remedy_vi: &'static str,
    /// What to do, English.
    pub remedy_en: &'static str,
}

/// What became of the documents of a transfer.
#[derive(Serialize, ToSchema)]
pub struct AccessionShown {
    /// A page of them, in the order of the accession.
    pub documents: Vec<DocumentAccessioned>,
    /// Cursor of the next page; null: this is the last.
    pub next: Option<String>,
}

/// What became of a document. Its receipt is that of the record.
#[derive(Serialize, ToSchema)]
pub struct DocumentAccessioned {
    /// Where it lay.
    pub place: String,
    /// `taken`, `already-held` or `refused`.
    pub outcome: String,
    /// Identifier of the record.
    pub record: Option<String>,
    /// Its code.
    pub doc_code: Option<String>,
}

impl TransferShown {
    pub(super) fn new(transfer: &Transfer, job: Option<&Job>) -> Self {
        Self {
            transfer: transfer.id.to_string(),
            agency: transfer.agency.clone(),
            title: transfer.title.clone(),
            by: transfer.by.clone(),
            begun: transfer.begun.clone(),
            state: transfer.state().name(),
            steps: transfer.steps.iter().map(TransferStep::from).collect(),
            job: job.map(JobShown::from),
        }
    }
}

impl From<&Job> for JobShown {
    fn from(job: &Job) -> Self {
        let (done, of) = job.progress();
        Self { task: job.task.name(), done, of }
    }
}

impl From<&Step> for TransferStep {
    fn from(step: &Step) -> Self {
        let (name, reason, listing) = match &step.what {
            Done::Submitted(body) => ("submitted", None, Some(body.listing.clone())),
            Done::Returned(reason) => ("returned", Some(reason.clone()), None),
            Done::Accepted => ("accepted", None, None),
            Done::Ended(_) => ("ended", None, None),
            Done::MinutesFiled(_) => ("minutes-filed", None, None),
        };
        let document = match &step.what {
            Done::MinutesFiled(body) => Some(MinutesShown::from(body)),
            _ => None,
        };
        Self { index: step.index, step: name, at: step.at.to_string(), by: step.by.clone(), reason, listing, document }
    }
}

impl From<&DocumentBody> for MinutesShown {
    fn from(body: &DocumentBody) -> Self {
        let (vi, en) = standing_words(&body.standing);
        Self {
            name: body.name.clone(),
            sha256: body.sha256.clone(),
            standing: body.standing.clone(),
            standing_words: Both { vi: vi.to_owned(), en: en.to_owned() },
            because: body.because.clone(),
            made: body.made.clone(),
        }
    }
}

impl TransferFinding {
    pub(in crate::http::api) fn new(told: &Told) -> Option<Self> {
        let code = told.known()?;
        let words = code.words();
        Some(Self {
            place: told.place.clone(),
            code: told.code.clone(),
            severity: code.severity().name(),
            field: told.field.clone(),
            detail: told.detail.clone(),
            what_vi: words.what_vi,
            what_en: words.what_en,
            remedy_vi: words.remedy_vi,
            remedy_en: words.remedy_en,
        })
    }
}

/// A transfer with everything that is shown of it.
pub struct View {
    /// The transfer.
    pub transfer: Transfer,
    /// What was handed over.
    pub files: Vec<File>,
    /// What broke off while it was handed over.
    pub unfinished: Vec<Upload>,
    /// What the newest examination found.
    pub examination: Option<Examination>,
    /// Whether the documents that it saw can be looked at.
    pub has_documents: bool,
    /// What became of its documents.
    pub accession: Option<Accession>,
    /// What is being done with it just now.
    pub job: Option<Arc<Job>>,
}

impl View {
    /// Changes with everything that somebody may have seen of it.
    pub fn tag(&self) -> String {
        let files: Vec<String> = self.files.iter().map(|file| format!("{} {}\n", file.size, file.path)).collect();
        let examined = self.examination.as_ref().map_or("", |examination| examination.at.as_str());
        let job = self.job.as_ref().map_or("", |job| job.task.name());
        let seen = format!("{} {examined} {job}\n{}", self.transfer.version(), files.concat());
        format!("\"{}\"", &Sha256::of(seen.as_bytes()).to_string()[..32])
    }
}
