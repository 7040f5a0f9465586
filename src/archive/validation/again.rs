//! Validating again: records whose verdict had to wait, or that an archivist names. Each run is an event of its own;
//! the earlier ones stay.
//!
//! Judged by today's policy and trust, with all evidence at hand: what the earlier runs captured, what the caller
//! brings. That the archive had the record since its accession counts as a proof of existence, labelled as its word.

use super::{Capture, Examination, Needs, Run, Subject, record_of};
use crate::archive::announce::Heading;
use crate::archive::body::{RecordBody, ReportSummary, SignaturesValidatedBody};
use crate::archive::check_signature::{Checker, FILE_BYTES_MAX, Question};
use crate::archive::fetching::{Attempt, Fetcher};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::writing::Writing;
use crate::catalog::Named;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::record::ConfidenceLevel;
use crate::signature::judge::facts::{Existing, Proof};
use crate::signature::report::Mode;
use crate::time::Micros;
use std::collections::HashSet;
use uuid::Uuid;

/// Records validated in one call at most; the next call goes on.
const RECORDS_MAX: usize = 100_000;

/// Which records are validated again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Those whose time has come.
    Due,
    /// These.
    These(Vec<Uuid>),
}

/// What a further run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The record.
    pub record: Uuid,
    /// What the run before led to; `None`: there was none.
    pub before: Option<String>,
    /// What it leads to now; `None`: the record has no signature.
    pub outcome: Option<String>,
    /// When it will be tried again.
    pub retry_at: Option<String>,
    /// Whether it is an event: a run of what is due that comes out as before, from the same evidence, is none.
    pub recorded: bool,
    /// What was tried to fetch.
    pub attempts: Vec<Attempt>,
}

/// The components of a record that signatures may be in, or are about.
pub(super) struct Components {
    pub record: RecordBody,
    bytes: Vec<Vec<u8>>,
}

/// What further runs are made with.
pub struct Means<'a> {
    /// What they judge by; what is fetched is added to it.
    pub checker: &'a mut Checker,
    /// Fetches what verdicts want; `None`: nothing is fetched.
    pub fetcher: Option<&'a Fetcher>,
}

/// Validates again, telling `progress` of each record; on return every run is durable.
pub fn run(
    archive: &Writing,
    means: &mut Means<'_>,
    wanted: &Wanted,
    actor: &str,
    progress: &mut dyn FnMut(&Again),
) -> Result<u64> {
    let now = archive.now();
    let records = match wanted {
        Wanted::These(records) => records.clone(),
        Wanted::Due => {
            let due = archive.catalog.waiting(now, RECORDS_MAX).map_err(project::catalog)?;
            due.into_iter().map(|(_, record)| record).collect()
        }
    };
    if records.is_empty() {
        return Ok(0);
    }
    let actor = archive.actor(actor)?;
    let mut announcer = archive.announcer()?;
    let mut capture = Capture::default();
    for record in &records {
        archive.take_evidence_of(*record, means.checker)?;
        let components = archive.components(*record)?;
        let proofs = [archive.proof_of(*record)?];
        let attempts = match means.fetcher {
            Some(fetcher) => components.fetch(means.checker, fetcher, now, &proofs),
            None => Vec::new(),
        };
        let checker = &*means.checker;
        let mut examination = Examination::default();
        components.examine(checker, &mut examination, now, &proofs, Mode::Periodic)?;
        let before = archive.newest_run(*record)?;
        let run = examination.body(checker, now, Mode::Periodic);
        let mut again = Again {
            record: *record,
            before: before.as_ref().map(|run| run.outcome.clone()),
            outcome: run.as_ref().map(|run| run.body.outcome.clone()),
            retry_at: run.as_ref().and_then(|run| run.body.retry_at.clone()),
            recorded: false,
            attempts,
        };
        let is_news = |run: &Run| before.as_ref().is_none_or(|before| !is_same(before, &run.body));
        if let Some(run) = run.filter(|run| *wanted != Wanted::Due || is_news(run)) {
            let mut events = capture.announce(archive, &mut announcer, checker, &run.evidence, actor)?;
            let heading = Heading { kind: EventKind::SignaturesValidated, id: *record, actor, rule: None };
            let scope = archive.scope_of(*record, actor)?;
            events.push(announcer.with_body(heading, scope, Vec::new(), &run.body)?);
            archive.commit(events)?;
            again.recorded = true;
        }
        progress(&again);
    }
    Ok(records.len() as u64)
}

/// Whether two runs say the same, from the same evidence.
fn is_same(one: &SignaturesValidatedBody, other: &SignaturesValidatedBody) -> bool {
    let verdicts = |run: &SignaturesValidatedBody| -> Option<Vec<_>> {
        let reports = run.runs.iter().map(|run| serde_json::from_str::<ReportSummary>(run.report.get()).ok());
        let reports: Vec<ReportSummary> = reports.collect::<Option<_>>()?;
        let signatures = reports.into_iter().flat_map(|report| report.signatures);
        Some(signatures.map(|one| (one.place, one.indication, one.sub_indication, one.shown)).collect())
    };
    one.outcome == other.outcome && one.evidence == other.evidence && verdicts(one) == verdicts(other)
}

impl Archive {
    /// The newest validation run of a record.
    pub fn newest_run(&self, record: Uuid) -> Result<Option<SignaturesValidatedBody>> {
        let Some(row) = self.catalog.validated(record).map_err(project::catalog)? else { return Ok(None) };
        let events = self.catalog.events(record).map_err(project::catalog)?;
        let event = events.into_iter().find(|(index, _)| *index == row.index);
        let (_, event) = event.ok_or_else(|| Error::corrupt("the catalog does not show a run that it names"))?;
        self.body_of(&event).map(Some)
    }

    /// The records that identifiers and codes name, those of dossiers included.
    pub fn records_named(&self, names: &[String]) -> Result<Vec<Uuid>> {
        let mut records = Vec::new();
        for name in names {
            match self.find(name)? {
                Named::Record(record) => records.push(record),
                Named::Dossier(dossier) => {
                    let of = self.catalog.records_of(dossier, 0, RECORDS_MAX).map_err(project::catalog)?;
                    records.extend(of.into_iter().map(|(_, record)| record));
                }
            }
        }
        Ok(records)
    }

    /// Hands the evidence that a record's runs captured to a checker, unless it has it.
    fn take_evidence_of(&self, record: Uuid, checker: &mut Checker) -> Result<()> {
        let Some(run) = self.newest_run(record)? else { return Ok(()) };
        for sha256 in &run.evidence {
            let sha256: Sha256 = sha256.parse().map_err(|_| Error::corrupt("a validation run is damaged"))?;
            if !checker.has(&sha256) {
                checker.take_captured(&self.evidence(&sha256)?);
            }
        }
        Ok(())
    }

    /// That the archive had everything in a record's bytes since its accession.
    pub(super) fn proof_of(&self, record: Uuid) -> Result<Proof> {
        let (index, row) = self.accession(record)?;
        let (_, entry) = self.entry(&row)?;
        Ok(Proof { at: entry.time.instant(), objects: Existing::Document, by: format!("ledger entry {index}") })
    }

    /// Reads a record with its components.
    pub(super) fn components(&self, record: Uuid) -> Result<Components> {
        let body = self.record(record)?;
        let sizes: u64 = body.components.iter().map(|component| component.size).sum();
        if sizes > 2 * FILE_BYTES_MAX {
            return Err(Error::invalid(format!("the components of record {record} do not fit in memory"))
                .remedy("get them with `chauban get` and check them with `chauban check-signature`"));
        }
        let mut bytes = Vec::with_capacity(body.components.len());
        for number in 1..=body.components.len() {
            let mut one = Vec::new();
            self.get(record, number, &mut one)?;
            bytes.push(one);
        }
        Ok(Components { record: body, bytes })
    }
}

impl Components {
    /// Fetches what the verdicts on each component want, into the checker.
    fn fetch(&self, checker: &mut Checker, fetcher: &Fetcher, at: Micros, proofs: &[Proof]) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        for (number, bytes) in self.bytes.iter().enumerate() {
            let detached = self.about(number).map(|(_, bytes)| bytes);
            let question = Question { bytes, detached, at: at.instant(), record: None, proofs };
            let trusted = checker.trusted().to_vec();
            let (_, fetched) = fetcher.judge(&trusted, |fetched| {
                checker.take_fetched(fetched);
                checker.judge(&question).judged
            });
            attempts.extend(fetched.attempts);
        }
        attempts
    }

    /// What a component is a detached signature of: file name and bytes.
    fn about(&self, number: usize) -> Option<(&str, &[u8])> {
        let signed = signed_name(&self.record.components[number].name)?;
        let at = self.record.components.iter().position(|one| one.name == signed)?;
        Some((signed, &self.bytes[at]))
    }

    /// Judges every component.
    pub fn examine(
        &self,
        checker: &Checker,
        examination: &mut Examination,
        at: Micros,
        proofs: &[Proof],
        mode: Mode,
    ) -> Result<()> {
        let body = &self.record;
        let form = body.confidence_level.parse().unwrap_or(ConfidenceLevel::Hybrid);
        let known = record_of(&body.organ_name, &body.agency_code, &body.signer, form);
        let signed: HashSet<&str> = body.components.iter().filter_map(|one| signed_name(&one.name)).collect();
        for (number, (component, bytes)) in body.components.iter().zip(&self.bytes).enumerate() {
            let about = self.about(number);
            // What is signed from beside needs no signature inside.
            let needs_none = component.role == "attachment" || signed.contains(component.name.as_str());
            let subject = Subject {
                name: &component.name,
                needs: if needs_none { Needs::Nothing } else { Needs::Signatures },
                bytes,
                about,
            };
            examination.take(checker, &subject, &known, at, proofs, mode)?;
        }
        Ok(())
    }
}

/// The name of what a detached signature is about, by the signature's: `x.pdf.p7s` is about `x.pdf`.
pub(in crate::archive) fn signed_name(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    ["p7s", "sig"].iter().any(|detached| extension.eq_ignore_ascii_case(detached)).then_some(stem)
}
