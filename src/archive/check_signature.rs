//! Verdicts on the signatures of any file; no archive is needed.
//!
//! What is trusted and what is known beside the file come from files that the caller names, or from an archive's
//! anchors. Nothing is fetched.

use super::trust::{Anchor, CERTIFICATE_BYTES_MAX, read_certificate};
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::signature::algorithm::UNITS_MAX;
use crate::signature::cms::file::dearmoured;
use crate::signature::crl::Crl;
use crate::signature::judge::{self, Context, Document, Judged, Trusted};
use crate::signature::ocsp::OcspResponse;
use crate::signature::path::{SignatureCache, TrustAnchor};
use crate::signature::policy::Policy;
use crate::signature::practice::{Decision, Practice, Scan};
use crate::signature::report::{self, Mode, Run};
use crate::signature::tree::Tree;
use crate::signature::x509::Certificate;
use chrono::{DateTime, Utc};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longest file whose signatures are judged, bytes: it is read whole.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Longest file of evidence, bytes: the longest revocation lists in use have some 10 MB.
const EVIDENCE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Files read from the folders named.
const FILES_MAX: usize = 10_000;

/// What files are judged by.
pub struct Checker {
    trusted: Vec<Trusted>,
    certificates: Vec<Certificate>,
    lists: Vec<Crl>,
    responses: Vec<OcspResponse>,
    policy: Policy,
    practice: Practice,
    cache: SignatureCache,
}

/// Policies that come with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyChoice {
    /// The Vietnamese profile.
    Vietnam,
    /// The European catalogue.
    Europe,
}

/// What was found out about one file.
pub struct Checked {
    /// Its digest.
    pub sha256: Sha256,
    /// Its length, bytes.
    pub size: u64,
    /// Facts and verdicts.
    pub judged: Judged,
    /// What an archive would do with it, knowing nothing of its record.
    pub decision: Decision,
}

impl Checked {
    /// Whether it has signatures and every one of them passed, with nothing to be reviewed.
    pub fn is_good(&self) -> bool {
        use crate::signature::practice::Outcome;
        let verdicts = &self.judged.validation.signatures;
        let passed = !verdicts.is_empty() && verdicts.iter().all(|verdict| verdict.conclusion.passed());
        passed && matches!(self.decision.outcome, Outcome::Accept | Outcome::AcceptWithNotes)
    }
}

impl Checker {
    /// A checker that trusts nothing yet.
    pub fn new(policy: PolicyChoice) -> Result<Self> {
        let policy = match policy {
            PolicyChoice::Vietnam => Policy::vietnam(),
            PolicyChoice::Europe => Policy::europe(),
        };
        Ok(Self {
            trusted: Vec::new(),
            certificates: Vec::new(),
            lists: Vec::new(),
            responses: Vec::new(),
            policy: policy.map_err(|error| Error::corrupt("the policy that came with the program").because(error))?,
            practice: Practice::vietnam()
                .map_err(|error| Error::corrupt("the rules that came with the program").because(error))?,
            cache: SignatureCache::default(),
        })
    }

    /// Trusts an archive's anchors, each between its dates.
    pub fn trust_anchors(&mut self, anchors: &[Anchor]) {
        self.trusted.extend(anchors.iter().map(|anchor| {
            let own = TrustAnchor::of_certificate(anchor.certificate.clone());
            let own = TrustAnchor { trusted_from: Some(anchor.from), trusted_until: anchor.until, ..own };
            Trusted { anchor: Arc::new(own), tree: anchor.tree }
        }));
    }

    /// Trusts the certificates in a file or folder. A folder's sub-folders named like trees hold the anchors of each.
    pub fn trust(&mut self, path: &Path) -> Result<()> {
        for file in files(path)? {
            let folder = file.parent().and_then(Path::file_name).and_then(|name| name.to_str());
            let tree = folder.and_then(|name| name.parse().ok()).unwrap_or(Tree::Other);
            let certificate = read_certificate(&read(&file, CERTIFICATE_BYTES_MAX)?)
                .map_err(|error| Error::invalid(format!("{} can't be trusted", file.display())).because(error))?;
            self.trusted.push(Trusted { anchor: Arc::new(TrustAnchor::of_certificate(certificate)), tree });
        }
        Ok(())
    }

    /// Takes the certificates, revocation lists and OCSP answers in a file or folder.
    pub fn take_evidence(&mut self, path: &Path) -> Result<()> {
        for file in files(path)? {
            let bytes = read(&file, EVIDENCE_BYTES_MAX)?;
            let bytes = dearmoured(&bytes);
            if let Ok(list) = Crl::read(&bytes) {
                self.lists.push(list);
            } else if let Ok(response) = OcspResponse::read(&bytes) {
                self.responses.push(response);
            } else if let Ok(certificate) = Certificate::read(&bytes) {
                self.certificates.push(certificate);
            } else {
                return Err(Error::invalid(format!("{} is no evidence", file.display()))
                    .remedy("evidence is a revocation list, an OCSP answer or a certificate, DER or PEM"));
            }
        }
        Ok(())
    }

    /// A verdict for programs: one validation run.
    pub fn report(&self, checked: &Checked) -> Result<serde_json::Value> {
        let decided = Some((&self.practice, &checked.decision));
        let report = report::report(&self.run(checked), &checked.judged, decided);
        serde_json::to_value(report).map_err(|error| Error::invalid("the report can't be written").because(error))
    }

    /// The report of ETSI TS 119 102-2, XML.
    pub fn etsi_report(&self, checked: &Checked) -> Result<String> {
        let report = report::etsi_xml(&self.run(checked), &checked.judged);
        report.ok_or_else(|| Error::invalid("the report holds what XML can't"))
    }

    fn run(&self, checked: &Checked) -> Run<'static> {
        const ENGINE: &str = concat!("chauban ", env!("CARGO_PKG_VERSION"));
        let trust = Some(self.trust_snapshot());
        Run { engine: ENGINE, sha256: checked.sha256, size: checked.size, trust, mode: Mode::OnDemand }
    }

    /// What names the state of trust: SHA-256 of a line for each anchor, fingerprint and dates, sorted.
    fn trust_snapshot(&self) -> Sha256 {
        let instant = |at: Option<DateTime<Utc>>| at.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339());
        let line = |one: &Trusted| {
            let anchor = &one.anchor;
            let sha256 = anchor.certificate.as_ref().map(|certificate| certificate.sha256().to_string());
            let (from, until) = (instant(anchor.trusted_from), instant(anchor.trusted_until));
            format!("{} {from} {until} {}\n", sha256.unwrap_or_default(), one.tree.code())
        };
        let mut lines: Vec<String> = self.trusted.iter().map(line).collect();
        lines.sort();
        lines.dedup();
        Sha256::of(lines.concat().as_bytes())
    }

    /// Whether anything is trusted.
    pub fn trusts_something(&self) -> bool {
        !self.trusted.is_empty()
    }

    /// Judges the signatures of a file as of `at`; of a detached signature with `document`, what it is about.
    pub fn check(&self, file: &Path, document: Option<&Path>, at: DateTime<Utc>) -> Result<Checked> {
        let bytes = read(file, FILE_BYTES_MAX)?;
        let document = document.map(|path| read(path, FILE_BYTES_MAX)).transpose()?;
        let context = Context {
            trusted: &self.trusted,
            certificates: &self.certificates,
            lists: &self.lists,
            responses: &self.responses,
            proofs: &[],
            policy: &self.policy,
            at,
            cache: &self.cache,
            units_max: UNITS_MAX,
        };
        let judged = judge::validate(Document { bytes: &bytes, detached: document.as_deref() }, &context);
        let decision = self.practice.decide(&judged.facts, &judged.validation, None, Scan::Unknown);
        Ok(Checked { sha256: Sha256::of(&bytes), size: bytes.len() as u64, judged, decision })
    }
}

/// A file, or every file of a folder and its sub-folders, sorted.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let can_not = |error| Error::file("can't read", path, error);
    if path.metadata().map_err(can_not)?.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut found, mut folders) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(can_not)? {
            let entry = entry.map_err(can_not)?;
            let kind = entry.file_type().map_err(can_not)?;
            // A link to a folder is not followed: it may lead back.
            if kind.is_dir() {
                folders.push(entry.path());
            } else if entry.path().is_file() {
                found.push(entry.path());
            }
            if found.len() + folders.len() > FILES_MAX {
                return Err(Error::invalid(format!("{} holds more than {FILES_MAX} files", path.display())));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>> {
    let can_not = |error| Error::file("can't read", path, error);
    let file = std::fs::File::open(path).map_err(can_not)?;
    let size = file.metadata().map_err(can_not)?.len().min(bytes_max);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(can_not)?;
    if bytes.len() as u64 > bytes_max {
        let what = format!("{} is longer than {} MiB", path.display(), bytes_max >> 20);
        return Err(Error::invalid(what).remedy("signatures are judged of files that fit in memory"));
    }
    Ok(bytes)
}
