//! Ingest: from a folder of what an agency hands over to records in the archive.
//!
//! Three stages. *Plan* walks the folders and groups documents into dossiers. *Prepare*, in parallel, reads, hashes,
//! examines, compresses and encrypts. *Register*, in the planned order, gives each record its place in its dossier and
//! hands it to the sequencer; a record is acknowledged when it is durable. A record with an error finding is refused
//! whole; the others are taken. Ingesting the same package again takes nothing and says so.

mod handed;
mod in_order;
mod plan;
mod prepare;
mod register;
mod seen;
mod settle;
mod terms;

use super::body::{ExaminationBody, TransferBody};
use super::check_signature::{Checker, PolicyChoice};
use super::project;
use super::writing::Writing;
use crate::archive::announce::Heading;
use crate::catalog::Named;
use crate::error::Result;
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use crate::record::{AgencyCode, FileCode};
use crate::retention::civil::vietnamese_day;
use crate::transfer::finding::Finding;
use chrono::Datelike as _;
pub(super) use handed::open_inside;
use in_order::{IN_FLIGHT_MAX, InOrder};
pub(super) use prepare::WHOLE_BYTES_MAX;
use prepare::{Prepared, Preparer};
use register::{Register, Whose};
pub use seen::{Seen, SeenFile};
use std::collections::BTreeMap;
use std::path::PathBuf;
use terms::Terms;
use uuid::Uuid;

/// What is ingested, and how.
pub struct IngestOptions {
    /// Folders and sidecars.
    pub paths: Vec<PathBuf>,
    /// Who ingests.
    pub actor: String,
    /// Whether to take, or only to examine.
    pub mode: Mode,
    /// Threads that prepare; 0 for one a core.
    pub threads: usize,
    /// Revocation lists, OCSP answers and certificates beside those that documents carry: files and folders.
    pub evidence: Vec<PathBuf>,
}

/// Whose an ingest is; by default nobody's in particular: who ingests answers for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Of {
    /// The transfer that it is the accession of; a new one where none is named.
    pub transfer: Option<Uuid>,
    /// The agency that hands over: what goes to dossiers of others is refused.
    pub agency: Option<AgencyCode>,
}

/// Whether to take, or only to examine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Examine and take.
    Accession,
    /// Examine only.
    DryRun,
}

/// What became of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Durable, in the ledger, listed.
    Taken {
        /// Its identifier.
        record: Uuid,
        /// Its code.
        doc_code: String,
        /// Ledger index of its accession.
        index: u64,
    },
    /// Would be taken (dry run).
    Acceptable,
    /// Not taken; an error finding says why.
    Refused,
    /// In the archive before.
    AlreadyHeld {
        /// As this record; `None` in a dry run, where it came earlier in the same transfer and is none.
        record: Option<Uuid>,
    },
}

/// News of an ingest under way.
#[derive(Debug)]
pub enum Progress {
    /// The plan is made.
    Planned {
        /// Documents found.
        documents: u64,
        /// Dossiers they form.
        dossiers: u64,
    },
    /// A document is done.
    Document {
        /// Where it lay.
        place: String,
        /// What became of it.
        outcome: Outcome,
        /// What was found.
        findings: Vec<Finding>,
        /// What a dry run saw of it; `None`: it was no dry run.
        seen: Option<Box<Seen>>,
    },
    /// Something about a dossier or a stray file.
    Found(Finding),
}

/// What an ingest did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// The ingest's identifier; `None` for a dry run.
    pub transfer: Option<Uuid>,
    /// Records taken, or acceptable in a dry run.
    pub taken: u64,
    /// Documents refused.
    pub refused: u64,
    /// Documents held before.
    pub already_held: u64,
    /// Dossiers accessioned.
    pub dossiers: u64,
    /// Dossiers supplemented.
    pub supplemented: u64,
    /// Bytes read of documents.
    pub bytes: u64,
    /// Findings by code.
    pub findings: BTreeMap<String, u64>,
    /// Records by what their signatures lead to: `accept`, `accept-with-notes`, `review`, `return`.
    pub signatures: BTreeMap<String, u64>,
}

impl Summary {
    fn examined(&mut self, examination: Option<&ExaminationBody>) {
        if let Some(examination) = examination {
            *self.signatures.entry(examination.outcome.clone()).or_default() += 1;
        }
    }

    fn count(&mut self, findings: &[Finding]) {
        for finding in findings {
            *self.findings.entry(finding.code.code().to_owned()).or_default() += 1;
        }
    }
}

/// Ingests, telling `progress` of each document; on return everything taken is durable.
pub fn ingest(archive: &Writing, options: &IngestOptions, progress: &mut dyn FnMut(Progress)) -> Result<Summary> {
    ingest_of(archive, &Of::default(), options, progress)
}

/// The same of what an agency hands over.
pub fn ingest_of(
    archive: &Writing,
    of: &Of,
    options: &IngestOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary> {
    let mut plan = plan::make(&options.paths, vietnamese_day(archive.now()).year())?;
    plan.refuse_ambiguous(&archive.format.archive_code, |code| is_taken(archive, code))?;
    if let Some(agency) = &of.agency {
        plan.refuse_foreign(agency, |code| holder(archive, code))?;
    }
    let plan = plan;
    progress(Progress::Planned { documents: plan.tasks.len() as u64, dossiers: plan.dossiers.len() as u64 });
    let actor = match options.mode {
        Mode::Accession => archive.actor(&options.actor)?,
        Mode::DryRun => ActorId([0; 8]),
    };
    let transfer = of.transfer.unwrap_or_else(|| archive.new_id());
    let checker = checker(archive, options)?;
    let terms = Terms { archive, plan: &plan, standing: archive.standing()?, register: archive.register()? };
    let mut register = Register::new(&terms, &checker, Whose { actor, transfer }, options.mode)?;
    register.start(progress);
    let threads = match options.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let dictionary = archive.dictionary()?;
    let result = std::thread::scope(|scope| {
        let (todo, work) = crossbeam_channel::bounded::<&plan::Task>(IN_FLIGHT_MAX);
        let (done, results) = crossbeam_channel::bounded::<(u64, Prepared)>(IN_FLIGHT_MAX);
        for _ in 0..threads {
            let (work, done, dictionary, checker) = (work.clone(), done.clone(), dictionary.clone(), &checker);
            let terms = &terms;
            std::thread::Builder::new().name("prepare".into()).spawn_scoped(scope, move || -> Result<()> {
                let mut preparer = Preparer::new(terms, checker, &dictionary, options.mode)?;
                for task in work {
                    if done.send((task.number, preparer.prepare(task))).is_err() {
                        break;
                    }
                }
                Ok(())
            })?;
        }
        drop((work, done));
        let in_order = InOrder::new(&plan.tasks, todo, results);
        in_order.run(|task, prepared, ahead| register.take(task, prepared, ahead, progress))
    });
    result?;
    let mut summary = register.finish(progress)?;
    if options.mode == Mode::Accession {
        let scope = archive.scope(Bucket::Archive, actor)?;
        let heading = Heading { kind: EventKind::TransferEnded, id: transfer, actor, rule: None };
        let body = TransferBody {
            taken: summary.taken,
            refused: summary.refused,
            already_held: summary.already_held,
            dossiers: summary.dossiers + summary.supplemented,
            findings: summary.findings.clone(),
        };
        let event = archive.announcer()?.with_body(heading, scope, Vec::new(), &body)?;
        archive.commit(vec![event])?;
        summary.transfer = Some(transfer);
    }
    Ok(summary)
}

/// Whether a code, or the code with the archive's before it, names something else than the dossier of this very code: of
/// that one both are names.
fn is_taken(archive: &Writing, code: &FileCode) -> Result<bool> {
    let named = |code: &str| archive.catalog.named(code).map_err(project::catalog);
    let printed = format!("{}.{code}", archive.format.archive_code);
    Ok(match (named(code.as_str())?, named(&printed)?) {
        (None, None) => false,
        (Some(Named::Dossier(own)), Some(Named::Dossier(other))) => own != other,
        _ => true,
    })
}

/// The agency whose dossier a code is, where it is held.
fn holder(archive: &Writing, code: &FileCode) -> Result<Option<String>> {
    match archive.catalog.named(code.as_str()).map_err(project::catalog)? {
        Some(Named::Dossier(id)) => Ok(Some(archive.dossier(id)?.agency_code)),
        _ => Ok(None),
    }
}

/// What signatures are judged by: the archive's anchors, what it captured before, what the caller brings.
fn checker(archive: &Writing, options: &IngestOptions) -> Result<Checker> {
    let mut checker = Checker::new(PolicyChoice::Vietnam)?;
    checker.trust_anchors(&archive.anchors()?);
    archive.take_evidence_in_force(&mut checker, archive.now())?;
    for path in &options.evidence {
        for file in checker.take_evidence(path)? {
            tracing::warn!(file = %file.path.display(), "left out of the evidence: {}", file.why);
        }
    }
    Ok(checker)
}
