//! Validation of records' signatures: the run is an event, and what it rests on is captured.
//!
//! At accession, and again when a verdict had to wait, every component of a record is judged (`signature::judge`) and
//! decided by Vietnamese practice. What was looked at besides the record's own bytes lies in the vault, each thing
//! once, named by its SHA-256: certificates, revocation lists, OCSP answers, the policy, the rules and the state of
//! trust. So a run can be repeated from the vault alone, with no network, at any later time, and must come out the
//! same; `verify --signatures` does that.
//!
//! What a document carries itself is not captured a second time: it lies in the record's bytes and dies with them. The
//! original bytes are never changed: no signature is augmented in place.

mod again;
mod capture;
mod daily;
mod repeat;

use super::body::{ComponentRun, SignaturesValidatedBody};
use super::check_signature::{Checked, Checker, Question};
use crate::digest::Sha256;
use crate::error::Result;
use crate::record::ConfidenceLevel;
use crate::signature::judge::SubIndication;
use crate::signature::judge::facts::Proof;
use crate::signature::judge::promise::Shape;
use crate::signature::practice::{self, Form, Outcome};
use crate::signature::report::Mode;
use crate::time::Micros;
use chrono::{DateTime, TimeDelta, Utc};
use std::str::FromStr;

pub(super) use again::signed_name;
pub use again::{Again, Means, Sources, Wanted, run, run_by_today};
pub(super) use capture::{Capture, seal};
pub use daily::SecondRuns;
pub use repeat::{Difference, Repeated};

/// When a verdict that waits for newer revocation data is tried again if the evidence does not say.
const RETRY_AFTER: TimeDelta = TimeDelta::hours(24);

/// The reason of practice for a component that is too long to be looked at.
const TOO_LONG: &str = "signature-not-read";

/// Reports of one run, bytes: that on a signature has some 8 KB.
const REPORTS_BYTES_MAX: usize = 8 << 20;

/// What a captured object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// An X.509 certificate, DER.
    Certificate,
    /// A certificate revocation list (RFC 5280), DER.
    RevocationList,
    /// An OCSP answer (RFC 6960), DER.
    OcspResponse,
    /// A validation policy, TOML.
    Policy,
    /// Rules of practice, TOML.
    Practice,
    /// The state of trust, text.
    Trust,
}

impl EvidenceKind {
    /// Every kind.
    pub const ALL: &[Self] =
        &[Self::Certificate, Self::RevocationList, Self::OcspResponse, Self::Policy, Self::Practice, Self::Trust];

    /// Stable text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::RevocationList => "crl",
            Self::OcspResponse => "ocsp",
            Self::Policy => "policy",
            Self::Practice => "practice",
            Self::Trust => "trust",
        }
    }

    /// Its number in catalog rows.
    pub(super) const fn number(self) -> u8 {
        self as u8
    }

    /// What files of this kind are called by.
    const fn extension(self) -> &'static str {
        match self {
            Self::Certificate => "cer",
            Self::RevocationList => "crl",
            Self::OcspResponse => "ors",
            Self::Policy | Self::Practice => "toml",
            Self::Trust => "txt",
        }
    }

    /// Their media type (RFC 2585, RFC 6960).
    const fn media_type(self) -> &'static str {
        match self {
            Self::Certificate => "application/pkix-cert",
            Self::RevocationList => "application/pkix-crl",
            Self::OcspResponse => "application/ocsp-response",
            Self::Policy | Self::Practice => "application/toml",
            Self::Trust => "text/plain",
        }
    }
}

impl FromStr for EvidenceKind {
    type Err = ();
    fn from_str(name: &str) -> std::result::Result<Self, ()> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name).ok_or(())
    }
}

/// What is being validated: one component.
pub(super) struct Subject<'a> {
    /// Its file name.
    pub name: &'a str,
    /// Its media type, as announced.
    pub media_type: &'a str,
    /// Whether it should have signatures.
    pub needs: Needs,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// File name and bytes of what it is a detached signature of.
    pub about: Option<(&'a str, &'a [u8])>,
}

/// Whether a component should have signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// It is the original.
    Signatures,
    /// It is an attachment, or is signed from beside.
    Nothing,
}

impl Needs {
    /// What a component needs: the original a signature, inside or beside; and a file that is beside another to sign it needs
    /// to be one, whatever it is called otherwise.
    pub fn of(name: &str, is_attachment: bool, all: &[&str]) -> Self {
        let signs_another = signed_name(name).is_some_and(|signed| all.contains(&signed));
        let is_signed_beside = all.iter().any(|other| signed_name(other) == Some(name));
        if !signs_another && (is_attachment || is_signed_beside) { Self::Nothing } else { Self::Signatures }
    }
}

/// The examination of a record's signatures in the making.
#[derive(Default)]
pub(super) struct Examination {
    /// The worst outcome so far; `None`: nothing was judged.
    pub outcome: Option<Outcome>,
    /// Codes of the reasons, each once.
    pub reasons: Vec<String>,
    /// When to try again.
    pub retry_at: Option<DateTime<Utc>>,
    /// The runs.
    pub runs: Vec<ComponentRun>,
    /// Evidence that the runs used.
    pub evidence: Vec<(EvidenceKind, Sha256)>,
}

impl Examination {
    /// Judges one component.
    pub fn take(
        &mut self,
        checker: &Checker,
        subject: &Subject<'_>,
        record: &practice::Record,
        at: Micros,
        proofs: &[Proof],
        mode: Mode,
    ) -> Result<Checked> {
        let at = at.instant();
        let detached = subject.about.map(|(_, bytes)| bytes);
        let (name, media_type) = (subject.name, subject.media_type);
        let record = practice::Record { needs_none: subject.needs == Needs::Nothing, ..record.clone() };
        let question = Question { bytes: subject.bytes, detached, name, media_type, at, record: Some(&record), proofs };
        let checked = checker.judge(&question);
        let has_signatures = !checked.judged.facts.signatures.is_empty();
        self.outcome = self.outcome.max(Some(checked.decision.outcome));
        for reason in &checked.decision.reasons {
            if !self.reasons.contains(&reason.code) {
                self.reasons.push(reason.code.clone());
            }
        }
        if has_signatures || !checked.judged.facts.tokens.is_empty() {
            let retry_at = retry_at(&checked, at);
            self.retry_at = [self.retry_at, retry_at].into_iter().flatten().min();
            self.evidence.extend(checker.used(&checked.judged));
            self.runs.push(ComponentRun {
                component: subject.name.to_owned(),
                about: subject.about.map(|(name, _)| name.to_owned()),
                report: checker.report_of(&checked, mode)?,
            });
        }
        Ok(checked)
    }

    /// Takes a component that is too long to be looked at: what it shows, nobody knows. A film beside a document needs no
    /// signature, and bears none.
    pub fn take_too_long(&mut self, name: &str, media_type: &str, needs: Needs) {
        let bears_none = [Shape::of_name(name), Shape::of_media_type(media_type)].contains(&Some(Shape::Other));
        if needs == Needs::Nothing && bears_none {
            return;
        }
        self.outcome = self.outcome.max(Some(Outcome::Review));
        if !self.reasons.iter().any(|reason| reason == TOO_LONG) {
            self.reasons.push(TOO_LONG.to_owned());
        }
    }

    /// Whether the reports are more than an event may hold: thousands of signatures.
    pub fn is_too_long(&self) -> bool {
        self.runs.iter().map(|run| run.report.get().len()).sum::<usize>() > REPORTS_BYTES_MAX
    }

    /// The run as it is recorded; `None` where the record has no signature.
    pub fn body(self, checker: &Checker, at: Micros, mode: Mode) -> Option<Run> {
        let outcome = self.outcome.filter(|_| !self.runs.is_empty())?;
        let mut evidence = self.evidence;
        evidence.extend(checker.basis());
        evidence.sort_unstable();
        evidence.dedup();
        let body = SignaturesValidatedBody {
            mode: mode.name().to_owned(),
            at: at.to_string(),
            outcome: outcome.name().to_owned(),
            retry_at: self.retry_at.map(|at| Micros::from(at).to_string()),
            runs: self.runs,
            evidence: evidence.iter().map(|(_, sha256)| sha256.to_string()).collect(),
        };
        Some(Run { body, evidence })
    }
}

/// A run that is ready to be recorded.
pub(super) struct Run {
    /// What it concluded.
    pub body: SignaturesValidatedBody,
    /// What it looked at.
    pub evidence: Vec<(EvidenceKind, Sha256)>,
}

/// When to try again: newer revocation data is needed to decide about a signature.
fn retry_at(checked: &Checked, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let verdicts = checked.judged.validation.signatures.iter();
    let waiting = verdicts.filter(|one| one.conclusion.sub_indication == Some(SubIndication::TryLater));
    waiting.map(|one| one.retry_at.filter(|retry| *retry > at).unwrap_or(at + RETRY_AFTER)).min()
}

/// What the rules of practice may know of a record.
pub(super) fn record_of(organ_name: &str, agency: &str, signer: &str, form: ConfidenceLevel) -> practice::Record {
    practice::Record {
        agency_names: vec![organ_name.to_owned()],
        agency_codes: vec![agency.to_owned()],
        signer: Some(signer.to_owned()).filter(|signer| !signer.is_empty()),
        form: match form {
            ConfidenceLevel::BornDigital => Form::BornDigital,
            ConfidenceLevel::Digitised => Form::Digitised,
            ConfidenceLevel::Hybrid => Form::Unknown,
        },
        numbered_at: None,
        needs_none: false,
    }
}

/// The number of an outcome in catalog rows, by its name; the mildest is 0.
pub(super) fn outcome_number(name: &str) -> Option<u8> {
    let number = OUTCOMES.iter().position(|outcome| outcome.name() == name)?;
    u8::try_from(number).ok()
}

/// Every outcome, mildest first.
const OUTCOMES: [Outcome; 4] = [Outcome::Accept, Outcome::AcceptWithNotes, Outcome::Review, Outcome::Return];
