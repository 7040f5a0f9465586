//! Validating again: records whose verdict had to wait, or that an archivist names. Each run is an event of its own;
//! the earlier ones stay.
//!
//! Judged by today's policy and trust, with all evidence at hand: what the earlier runs captured, what the caller
//! brings. That the archive had the record since its accession counts as a proof of existence, labelled as its word.

use super::{Capture, Examination, Needs, Run, Subject, record_of};
use crate::archive::announce::Heading;
use crate::archive::body::{RecordBody, ReportSummary, SignaturesValidatedBody};
use crate::archive::check_signature::{Checker, PolicyChoice, Question};
use crate::archive::fetching::{Attempt, Fetcher, Limits};
use crate::archive::handed_in::HandedIn;
use crate::archive::ingest::WHOLE_BYTES_MAX;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::show::destroyed;
use crate::archive::writing::Writing;
use crate::catalog::Named;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::network::Network;
use crate::record::ConfidenceLevel;
use crate::signature::judge::facts::{Existing, Proof};
use crate::signature::practice::Outcome;
use crate::signature::report::Mode;
use crate::time::{Clock, Micros};
use std::sync::Arc;
use uuid::Uuid;

/// Records validated in one call at most; the next call goes on.
const RECORDS_MAX: usize = 100_000;

/// Which records are validated again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Those whose time has come.
    Due,
    /// Those of which the time, or a further try ([`next_try`]), has come since.
    DueSince(Micros),
    /// Those of these that arrived just now and are not simply accepted: their verdict may lack evidence.
    Arrived(Vec<Uuid>),
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
    /// Why it could not be made.
    pub failed: Option<String>,
    /// What was tried to fetch.
    pub attempts: Vec<Attempt>,
}

/// The components of a record that signatures may be in, or are about; read one by one.
pub(super) struct Components {
    id: Uuid,
    record: RecordBody,
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
        Wanted::Arrived(records) => archive.lacking(records)?,
        Wanted::Due => archive.waiting_since(None, now)?,
        Wanted::DueSince(looked) => archive.waiting_since(Some(*looked), now)?,
    };
    if records.is_empty() {
        return Ok(0);
    }
    let actor = archive.actor(actor)?;
    let mut announcer = archive.announcer()?;
    let mut capture = Capture::default();
    let mode = if matches!(wanted, Wanted::These(_)) { Mode::OnDemand } else { Mode::Periodic };
    archive.take_evidence_in_force(means.checker, now)?;
    for record in &records {
        let mut again = Again::nothing(*record);
        // What one record needs is not at hand for the next: verdicts do not depend on the order.
        let mark = means.checker.mark();
        match judge(archive, means, &mut again, now, mode) {
            Ok(Some(run)) => {
                let mut events = capture.announce(archive, &mut announcer, means.checker, &run.evidence, actor)?;
                let heading = Heading { kind: EventKind::SignaturesValidated, id: *record, actor, rule: None };
                let scope = archive.scope_of(*record, actor)?;
                events.push(announcer.with_body(heading, scope, Vec::new(), &run.body)?);
                archive.commit(events)?;
                again.recorded = true;
            }
            Ok(None) => {}
            // One record that can't be validated must not keep the others waiting.
            Err(error) => again.failed = Some(error.to_string()),
        }
        means.checker.back_to(mark);
        progress(&again);
    }
    Ok(records.len() as u64)
}

/// By what the archive's sources of evidence are asked.
pub struct Sources<'a> {
    /// What leads to them.
    pub network: &'a Arc<dyn Network>,
    /// What their answers are dated by.
    pub clock: Arc<dyn Clock>,
}

/// The same by today's trust anchors, with the evidence that was handed in and, where `sources` may be asked and the archive
/// allows any, what they have.
pub fn run_by_today(
    archive: &Writing,
    sources: Option<&Sources<'_>>,
    evidence: &[&HandedIn],
    wanted: &Wanted,
    actor: &str,
    progress: &mut dyn FnMut(&Again),
) -> Result<u64> {
    let mut checker = Checker::new(PolicyChoice::Vietnam)?;
    checker.trust_anchors(&archive.anchors()?);
    evidence.iter().try_for_each(|file| checker.take_evidence_handed_in(file))?;
    let allowed = if sources.is_some() { archive.allowed_sources()? } else { Vec::new() };
    let fetcher = sources
        .filter(|_| !allowed.is_empty())
        .map(|sources| Fetcher::new(sources.network.clone(), sources.clock.clone(), allowed, Limits::default()));
    let mut means = Means { checker: &mut checker, fetcher: fetcher.as_ref() };
    run(archive, &mut means, wanted, actor, progress)
}

/// Validates one record; its run, if that is to be recorded.
fn judge(archive: &Writing, means: &mut Means<'_>, again: &mut Again, now: Micros, mode: Mode) -> Result<Option<Run>> {
    let record = again.record;
    let mut proofs = archive.proofs_of_runs(record)?;
    archive.take_evidence_of(record, means.checker)?;
    proofs.insert(0, archive.proof_of(record)?);
    let components = archive.components(record)?;
    if let Some(fetcher) = means.fetcher {
        again.attempts = components.fetch(archive, means.checker, fetcher, now, &proofs)?;
    }
    let mut examination = Examination::default();
    components.examine(archive, means.checker, &mut examination, now, &proofs, mode)?;
    if examination.is_too_long() {
        return Err(Error::invalid("the report on its signatures is over the limit"));
    }
    let before = archive.newest_run(record)?;
    again.before = before.as_ref().map(|run| run.outcome.clone());
    let Some(run) = examination.body(means.checker, now, mode) else { return Ok(None) };
    again.outcome = Some(run.body.outcome.clone());
    let is_news = before.as_ref().is_none_or(|before| !is_same(before, &run.body));
    if mode == Mode::Periodic && !is_news {
        let due = before.and_then(|before| before.retry_at).and_then(|at| at.parse::<Micros>().ok());
        again.retry_at = due.map(|due| next_try(due, now).to_string());
        return Ok(None);
    }
    again.retry_at.clone_from(&run.body.retry_at);
    Ok(Some(run))
}

impl Again {
    fn nothing(record: Uuid) -> Self {
        let (before, outcome, retry_at, failed) = (None, None, None, None);
        Self { record, before, outcome, retry_at, recorded: false, failed, attempts: Vec::new() }
    }
}

fn evidence_of(run: &SignaturesValidatedBody) -> Result<Vec<Sha256>> {
    let damaged = |_| Error::corrupt("a validation run is damaged");
    run.evidence.iter().map(|sha256| sha256.parse().map_err(damaged)).collect()
}

/// When a record that waits since `due` is tried after `now`, by whoever tries without being told to: at once, then
/// after an hour, and after twice as long each time, up to a week. A run that brings nothing is no event, so this
/// follows from the two instants alone.
pub fn next_try(due: Micros, now: Micros) -> Micros {
    let (mut at, mut pause) = (due.0, FIRST_PAUSE_MICROS);
    while at <= now.0 {
        if pause == LONGEST_PAUSE_MICROS {
            // From here on the tries are evenly spaced.
            at = at.saturating_add((now.0 - at) / pause * pause);
        }
        at = at.saturating_add(pause);
        pause = (2 * pause).min(LONGEST_PAUSE_MICROS);
        if at == u64::MAX {
            break;
        }
    }
    Micros(at)
}

/// Lists come daily at the latest; some come by the hour.
const FIRST_PAUSE_MICROS: u64 = 3_600_000_000;
/// What has not come in weeks may still come, and costs a judgement each time.
const LONGEST_PAUSE_MICROS: u64 = 7 * 24 * FIRST_PAUSE_MICROS;

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
    /// The records whose verdict waits and is due at `now`; where somebody looked before, those to be tried since.
    pub fn waiting_since(&self, looked: Option<Micros>, now: Micros) -> Result<Vec<Uuid>> {
        let waiting = self.catalog.waiting(now, RECORDS_MAX).map_err(project::catalog)?;
        let due = waiting.into_iter().filter(|(due, _)| looked.is_none_or(|looked| next_try(*due, looked) <= now));
        Ok(due.map(|(_, record)| record).collect())
    }

    /// Those of these whose newest run waits, or leads to something else than acceptance.
    fn lacking(&self, records: &[Uuid]) -> Result<Vec<Uuid>> {
        let accepted = [Outcome::Accept, Outcome::AcceptWithNotes].map(Outcome::name);
        let mut lacking = Vec::new();
        for record in records {
            let run = self.newest_run(*record)?;
            if run.is_some_and(|run| run.retry_at.is_some() || !accepted.contains(&run.outcome.as_str())) {
                lacking.push(*record);
            }
        }
        Ok(lacking)
    }

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
                Named::Record(record) => match self.tombstone(record)? {
                    Some(tombstone) => return Err(destroyed(&tombstone)),
                    None => records.push(record),
                },
                Named::Dossier(dossier) => {
                    let of = self.catalog.records_of(dossier, 0, RECORDS_MAX).map_err(project::catalog)?;
                    records.extend(of.into_iter().map(|(_, record)| record));
                }
            }
        }
        Ok(records)
    }

    /// Hands what the runs of a record rested on to a checker.
    fn take_evidence_of(&self, record: Uuid, checker: &mut Checker) -> Result<()> {
        for (_, _, run) in self.runs_of(record)? {
            for sha256 in evidence_of(&run)? {
                if !checker.has(&sha256) {
                    checker.take_captured(&self.evidence(&sha256)?);
                }
            }
        }
        Ok(())
    }

    /// That what accepted a record was there when that was recorded. What did not suffice then proves nothing later.
    pub(super) fn proofs_of_runs(&self, record: Uuid) -> Result<Vec<Proof>> {
        let runs = self.runs_of(record)?.into_iter();
        let accepted = runs.filter(|(_, _, run)| run.outcome.starts_with(Outcome::Accept.name()));
        let proof = |(index, at, run): (u64, Micros, SignaturesValidatedBody)| {
            let by = format!("ledger entry {index}");
            Ok(Proof { at: at.instant(), objects: Existing::These(evidence_of(&run)?), by })
        };
        accepted.map(proof).collect()
    }

    /// The runs of a record, oldest first, with their ledger indexes and times.
    fn runs_of(&self, record: Uuid) -> Result<Vec<(u64, Micros, SignaturesValidatedBody)>> {
        let mut runs = Vec::new();
        for (index, row) in self.catalog.events(record).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            if entry.kind == EventKind::SignaturesValidated {
                runs.push((index, entry.time, self.body_of(&row)?));
            }
        }
        Ok(runs)
    }

    /// That the archive had everything in a record's bytes since its accession.
    pub(super) fn proof_of(&self, record: Uuid) -> Result<Proof> {
        let (index, row) = self.accession(record)?;
        let (_, entry) = self.entry(&row)?;
        Ok(Proof { at: entry.time.instant(), objects: Existing::Document, by: format!("ledger entry {index}") })
    }

    /// The components of a record.
    pub(super) fn components(&self, record: Uuid) -> Result<Components> {
        Ok(Components { id: record, record: self.record(record)? })
    }
}

impl Components {
    /// Fetches what the verdicts on each component want, into the checker.
    fn fetch(
        &self,
        archive: &Archive,
        checker: &mut Checker,
        fetcher: &Fetcher,
        at: Micros,
        proofs: &[Proof],
    ) -> Result<Vec<Attempt>> {
        let mut attempts = Vec::new();
        for number in 0..self.record.components.len() {
            let Some(bytes) = self.bytes(archive, number)? else { continue };
            let about = self.about(archive, number)?;
            let detached = about.as_ref().map(|(_, bytes)| bytes.as_slice());
            let component = &self.record.components[number];
            let (name, media_type, at) = (component.name.as_str(), component.media_type.as_str(), at.instant());
            let question = Question { bytes: &bytes, detached, name, media_type, at, record: None, proofs };
            let trusted = checker.trusted().to_vec();
            let (_, fetched) = fetcher.judge(&trusted, |fetched| {
                checker.take_fetched(fetched);
                checker.judge(&question).judged
            });
            attempts.extend(fetched.attempts);
        }
        Ok(attempts)
    }

    /// The bytes of a component; `None` for one that is too long to be examined, at accession too.
    fn bytes(&self, archive: &Archive, number: usize) -> Result<Option<Vec<u8>>> {
        if self.record.components[number].size > WHOLE_BYTES_MAX {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        archive.get(self.id, number + 1, &mut bytes)?;
        Ok(Some(bytes))
    }

    /// What a component is a detached signature of: file name and bytes.
    fn about(&self, archive: &Archive, number: usize) -> Result<Option<(&str, Vec<u8>)>> {
        let components = &self.record.components;
        let Some(signed) = signed_name(&components[number].name) else { return Ok(None) };
        let Some(at) = components.iter().position(|one| one.name == signed) else { return Ok(None) };
        Ok(self.bytes(archive, at)?.map(|bytes| (signed, bytes)))
    }

    /// Judges every component.
    pub fn examine(
        &self,
        archive: &Archive,
        checker: &Checker,
        examination: &mut Examination,
        at: Micros,
        proofs: &[Proof],
        mode: Mode,
    ) -> Result<()> {
        let body = &self.record;
        let form = body.confidence_level.parse().unwrap_or(ConfidenceLevel::Hybrid);
        let known = record_of(&body.organ_name, &body.agency_code, &body.signer, form);
        let names: Vec<&str> = body.components.iter().map(|one| one.name.as_str()).collect();
        for (number, component) in body.components.iter().enumerate() {
            let needs = Needs::of(&component.name, component.role == "attachment", &names);
            let Some(bytes) = self.bytes(archive, number)? else {
                examination.take_too_long(&component.name, &component.media_type, needs);
                continue;
            };
            let about = self.about(archive, number)?;
            let subject = Subject {
                name: &component.name,
                media_type: &component.media_type,
                needs,
                bytes: &bytes,
                about: about.as_ref().map(|(name, bytes)| (*name, bytes.as_slice())),
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

#[cfg(test)]
mod tests;
