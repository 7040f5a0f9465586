//! Repeating a validation run from the vault alone: the same policy, rules, state of trust and evidence, at any later
//! time. What was decided must come out the same; a difference means that the capture was not complete, that something
//! was altered, or that the program judges otherwise than it did.
//!
//! The archive's word that it had the record and the evidence when it validated them stands in for what was true then.

use super::{EvidenceKind, Examination, outcome_number};
use crate::archive::body::{PolicyNamed, ReportSummary, SignatureSummary, SignaturesValidatedBody};
use crate::archive::check_signature::Checker;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::trust::Anchor;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::signature::judge::facts::{Existing, Proof};
use crate::signature::policy::Policy;
use crate::signature::practice::Practice;
use crate::signature::report::Mode;
use crate::time::Micros;
use std::collections::HashMap;
use uuid::Uuid;

/// Checkers kept ready: runs of one ingest share one.
const CHECKERS_MAX: usize = 8;
/// Records read from the catalog at once.
const PAGE: usize = 1000;

/// What a repetition found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repeated {
    /// Runs repeated.
    pub runs: u64,
    /// Signatures in them.
    pub signatures: u64,
    /// What did not come out as recorded.
    pub differences: Vec<Difference>,
}

/// A verdict that did not come out as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The record.
    pub record: Uuid,
    /// What differs, in words.
    pub what: String,
}

/// Differences listed at most.
const DIFFERENCES_MAX: usize = 10_000;

impl Archive {
    /// Repeats the newest run of every record as of `at`, telling `progress` of each.
    pub fn repeat_runs(&self, at: Micros, progress: &mut dyn FnMut(u64)) -> Result<Repeated> {
        let anchors = self.anchors()?;
        let mut checkers = Checkers { archive: self, anchors: &anchors, ready: HashMap::new() };
        let (mut repeated, mut after) = (Repeated::default(), None);
        loop {
            let page = self.catalog.all_validated(after, PAGE).map_err(project::catalog)?;
            let Some((last, _)) = page.last() else { return Ok(repeated) };
            after = Some(*last);
            for (record, _) in page {
                let found = self.repeat(&mut checkers, record, at, &mut repeated.signatures);
                let differences = found.unwrap_or_else(|error| vec![error.to_string()]);
                repeated.runs += 1;
                let room = DIFFERENCES_MAX.saturating_sub(repeated.differences.len());
                repeated.differences.extend(differences.into_iter().take(room).map(|what| Difference { record, what }));
                progress(repeated.runs);
            }
        }
    }

    fn repeat(
        &self,
        checkers: &mut Checkers<'_>,
        record: Uuid,
        at: Micros,
        signatures: &mut u64,
    ) -> Result<Vec<String>> {
        let damaged = || Error::corrupt("the validation run is damaged");
        let run = self.newest_run(record)?.ok_or_else(damaged)?;
        let checker = checkers.of(&run)?;
        let then: Micros = run.at.parse().map_err(|_| damaged())?;
        // A further run had the archive's word since the accession; each had all it looked at when it was made.
        let by = "the run itself".to_owned();
        let mut proofs = self.proofs_of_runs(record)?;
        proofs.push(self.proof_of(record)?);
        proofs.push(Proof { at: then.instant(), objects: Existing::Everything, by });
        let mut again = Examination::default();
        self.components(record)?.examine(self, checker, &mut again, at.max(then), &proofs, Mode::OnDemand)?;
        let mut differences = Vec::new();
        for recorded in &run.runs {
            let was: ReportSummary = serde_json::from_str(recorded.report.get()).map_err(|_| damaged())?;
            *signatures += was.signatures.len() as u64;
            let now = again.runs.iter().find(|one| one.component == recorded.component);
            let now = now.map(|one| serde_json::from_str::<ReportSummary>(one.report.get()));
            match now.transpose().map_err(|_| damaged())? {
                None => differences.push(format!("{}: no signature is found any more", recorded.component)),
                Some(now) => differences.extend(compare(&recorded.component, &was, &now)),
            }
        }
        Ok(differences)
    }
}

/// What was decided and comes out otherwise: verdict, its reason, what is shown, and what becomes of the document.
///
/// Two differences are none. What was indeterminate may be found good, as evidence that was too old then proves enough
/// in hindsight (§5.5); and of what stays indeterminate the reason may move among those that only time is the cause of.
fn compare(component: &str, was: &ReportSummary, now: &ReportSummary) -> Vec<String> {
    let (before, after) = (&was.signatures, &now.signatures);
    if before.len() != after.len() {
        return vec![format!("{component}: {} signatures instead of {}", after.len(), before.len())];
    }
    let verdict = |one: &SignatureSummary| match &one.sub_indication {
        Some(sub) => format!("{} / {sub}, {}", one.indication, one.shown),
        None => format!("{}, {}", one.indication, one.shown),
    };
    let pairs = || before.iter().zip(after);
    let differing = pairs().filter(|(was, now)| {
        was.place != now.place || was.shown != now.shown || !(is_same_verdict(was, now) || is_improved(was, now))
    });
    let mut differences: Vec<String> = differing
        .map(|(was, now)| format!("{component}, {}: {} was {}", was.place, verdict(now), verdict(was)))
        .collect();
    let decided = |report: &ReportSummary| report.document.outcome.as_deref().and_then(outcome_number);
    if let (Some(then), Some(today)) = (decided(was), decided(now)) {
        // Notes come and go with time; whether somebody must look, or give back, does not.
        let matters = then.max(NOTES) != today.max(NOTES);
        let is_better = today < then && pairs().any(|(was, now)| is_improved(was, now));
        if matters && !is_better && differences.is_empty() {
            let name = |report: &ReportSummary| report.document.outcome.clone().unwrap_or_default();
            differences.push(format!("{component}: decided {}, was {}", name(now), name(was)));
        }
    }
    differences
}

/// The number of "accept with notes" among outcomes: what is milder needs nobody either.
const NOTES: u8 = 1;

/// Sub-indications that a later look at the same evidence may exchange for one another: certificates and algorithms
/// run out, revocation data grows old.
const BY_TIME: &[&str] = &[
    "TRY_LATER",
    "OUT_OF_BOUNDS_NO_POE",
    "OUT_OF_BOUNDS_NOT_REVOKED",
    "REVOCATION_OUT_OF_BOUNDS_NO_POE",
    "REVOKED_NO_POE",
    "REVOKED_CA_NO_POE",
    "CRYPTO_CONSTRAINTS_FAILURE",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
    "NO_POE",
];
/// The same for chains: without a proof of time, one that ended at an anchor ends at none once that has gone.
const BY_TRUST: &[&str] =
    &["NO_CERTIFICATE_CHAIN_FOUND", "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "CERTIFICATE_CHAIN_GENERAL_FAILURE"];

fn is_same_verdict(was: &SignatureSummary, now: &SignatureSummary) -> bool {
    let subs = (was.sub_indication.as_deref(), now.sub_indication.as_deref());
    let moves = |list: &[&str]| matches!(subs, (Some(was), Some(now)) if list.contains(&was) && list.contains(&now));
    was.indication == now.indication
        && (subs.0 == subs.1 || was.indication == UNDECIDED && (moves(BY_TIME) || moves(BY_TRUST)))
}

fn is_improved(was: &SignatureSummary, now: &SignatureSummary) -> bool {
    was.indication == UNDECIDED && now.indication == "TOTAL_PASSED"
}

const UNDECIDED: &str = "INDETERMINATE";

/// Checkers by what they rest on.
struct Checkers<'a> {
    archive: &'a Archive,
    anchors: &'a [Anchor],
    ready: HashMap<Vec<String>, Checker>,
}

impl Checkers<'_> {
    /// The checker that a run was made by.
    fn of(&mut self, run: &SignaturesValidatedBody) -> Result<&Checker> {
        if !self.ready.contains_key(&run.evidence) {
            if self.ready.len() >= CHECKERS_MAX {
                self.ready.clear();
            }
            let checker = self.make(run)?;
            self.ready.insert(run.evidence.clone(), checker);
        }
        Ok(&self.ready[&run.evidence])
    }

    fn make(&self, run: &SignaturesValidatedBody) -> Result<Checker> {
        let damaged = || Error::corrupt("the validation run is damaged");
        let mut captured: HashMap<Sha256, (EvidenceKind, Vec<u8>)> = HashMap::new();
        for sha256 in &run.evidence {
            let sha256: Sha256 = sha256.parse().map_err(|_| damaged())?;
            captured.insert(sha256, self.archive.evidence(&sha256)?);
        }
        let report = run.runs.first().ok_or_else(damaged)?;
        let report: ReportSummary = serde_json::from_str(report.report.get()).map_err(|_| damaged())?;
        let practice = report.document.practice.ok_or_else(damaged)?;
        let practice = Practice::parse(text(&captured, &practice.sha256)?).map_err(|error| damaged().because(error))?;
        let mut checker = Checker::by(policy(&captured, &report.policy)?, practice);
        let trust = report.trust_sha256.ok_or_else(damaged)?;
        checker.trust_as_listed(text(&captured, &trust)?, self.anchors)?;
        captured.values().for_each(|evidence| checker.take_captured(evidence));
        Ok(checker)
    }
}

/// A policy with what it builds on.
fn policy(captured: &HashMap<Sha256, (EvidenceKind, Vec<u8>)>, named: &PolicyNamed) -> Result<Policy> {
    // A policy rests on one other at most: a file can't name one that names a third.
    let base = named.base.as_deref().map(|base| parsed(captured, base, None)).transpose()?;
    parsed(captured, named, base.as_ref())
}

fn parsed(
    captured: &HashMap<Sha256, (EvidenceKind, Vec<u8>)>,
    named: &PolicyNamed,
    base: Option<&Policy>,
) -> Result<Policy> {
    Policy::parse(text(captured, &named.sha256)?, base)
        .map_err(|error| Error::corrupt("a captured policy can't be read").because(error))
}

fn text<'a>(captured: &'a HashMap<Sha256, (EvidenceKind, Vec<u8>)>, sha256: &str) -> Result<&'a str> {
    let missing = || Error::corrupt(format!("the validation run names {sha256}, which it did not capture"));
    let sha256: Sha256 = sha256.parse().map_err(|_| missing())?;
    let (_, bytes) = captured.get(&sha256).ok_or_else(missing)?;
    std::str::from_utf8(bytes).map_err(|_| missing())
}

#[cfg(test)]
mod tests;
