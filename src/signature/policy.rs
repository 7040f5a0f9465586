//! Validation policies: which algorithms were strong enough until when, and how severe each constraint is.
//!
//! A policy file (`signature_policies/*.toml`, `schemas/signature-policy.schema.json`) holds a dated catalogue, the
//! constraints of EN 319 102-1 and worked cases that a test runs. Every date names the text it comes from, and how that
//! was verified. A file may rest on another (`base`): its lines replace those for the same algorithm and key length,
//! everything else is taken over. A policy is known by its identifier and the SHA-256 of its file; both go into every
//! verdict, so that a verdict can be understood when the policy has long been replaced.
//!
//! Owns the form of a policy file and the question "was this algorithm reliable at that time". Must not decide
//! anything else: what deciding needs beyond it is a value of the file.

mod catalogue;
mod wire;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::digest::Sha256;

pub use catalogue::{Algorithm, Catalogue, Entry, Reliability};

/// Version of the form that this program reads.
pub const POLICY_VERSION: u32 = 1;
/// Longest policy file, bytes: the European catalogue has 6 KB.
pub const POLICY_BYTES_MAX: usize = 256 * 1024;

/// The file of the European catalogue, as shipped.
pub const EUROPE: &str = include_str!("../../signature_policies/eu-ts-119-312.toml");
/// The file of the Vietnamese profile, as shipped.
pub const VIETNAM: &str = include_str!("../../signature_policies/vn.toml");

/// A policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Which, and by which bytes.
    pub identity: Identity,
    /// Title, Vietnamese.
    pub title_vi: String,
    /// Title, English.
    pub title_en: String,
    /// The texts that its lines come from.
    pub authorities: Vec<Authority>,
    /// Algorithms.
    pub catalogue: Catalogue,
    /// What is asked of algorithms from a day on, beyond strength.
    pub requirements: Vec<Requirement>,
    /// How severe what is.
    pub constraints: Constraints,
    cases: Vec<Case>,
}

/// What names a policy for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Identifier.
    pub id: String,
    /// SHA-256 of the file.
    pub sha256: Sha256,
    /// The same of the policy that it rests on.
    pub base: Option<Box<Identity>>,
}

/// A text that values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its code in policy files.
    pub code: String,
    /// How it is cited.
    pub citation: String,
    /// First day in force.
    pub in_force_from: Option<NaiveDate>,
    /// `V1`: its text was read; `V2`: a secondary source; `R`: recalled.
    pub grade: String,
    /// Where it was read, in words.
    pub source: String,
}

/// Something asked for from a day on that is no matter of strength.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Stable code.
    pub code: String,
    /// First day.
    pub from: DateTime<Utc>,
    /// Algorithms that fall short of it.
    pub algorithms: Vec<String>,
    /// How severe that is.
    pub level: Level,
    /// Code of the authority.
    pub authority: String,
    /// In words, Vietnamese.
    pub what_vi: String,
    /// In words, English.
    pub what_en: String,
    /// Whether the text of the authority itself was read for it.
    pub verified: bool,
}

/// How severe it is when a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not asked.
    Ignore,
    /// Said.
    Note,
    /// Said, and somebody should look.
    Warn,
    /// It decides.
    Fail,
}

/// Which revocation data is new enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Issued at best-signature-time or later where a time is proven, else in force at the time of validation.
    SinceBestSignatureTime,
    /// In force at best-signature-time (at the time of validation where none is proven), or issued later.
    InForceThenOrLater,
    /// In force at the time of validation, whatever is proven.
    InForceNow,
}

/// Whether the archive's own word that it had something at a time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveProofs {
    /// It counts, labelled.
    Accept,
    /// It does not.
    Ignore,
}

/// The constraints of EN 319 102-1 §5.1.4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraints {
    /// A signed attribute names the signing certificate.
    pub signing_certificate_named: Level,
    /// The key may sign at all (digitalSignature or nonRepudiation).
    pub key_may_sign: Level,
    /// The key may commit to content (nonRepudiation).
    pub key_commits_content: Level,
    /// A time-stamping certificate is for that alone, and says so critically.
    pub stamping_purpose: Level,
    /// A time-stamp over the value is there and good.
    pub signature_time_stamp: Level,
    /// The claimed time is not after the proven one.
    pub claimed_time_before_best: Level,
    /// A named signature policy was processed.
    pub signature_policy_processed: Level,
    /// Time-stamps are in the order in which they must have been made.
    pub time_stamp_order: Level,
    /// Revocation data about signers.
    pub signer_revocation: Freshness,
    /// Revocation data about authorities and time-stamping units.
    pub authority_revocation: Freshness,
    /// How long data without a date for its successor is in force.
    pub without_next_update: TimeDelta,
    /// Reasons for revocation with which invalidityDate counts, as RFC 5280 writes them.
    pub compromise_reasons: Vec<String>,
    /// The archive's own proofs.
    pub archive_proofs: ArchiveProofs,
}

/// A worked case.
#[derive(Debug, Clone, PartialEq)]
struct Case {
    why: String,
    algorithm: Algorithm,
    at: DateTime<Utc>,
    expect: String,
}

/// Everything wrong with a policy file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadPolicy(pub Vec<String>);

impl Policy {
    /// Reads a policy file; `base` is the policy that it names as its base.
    pub fn parse(text: &str, base: Option<&Policy>) -> Result<Self, BadPolicy> {
        if text.len() > POLICY_BYTES_MAX {
            return Err(BadPolicy(vec![format!("a policy file has at most {POLICY_BYTES_MAX} bytes")]));
        }
        wire::read(text, base)
    }

    /// The European policy, as shipped.
    pub fn europe() -> Result<Self, BadPolicy> {
        Self::parse(EUROPE, None)
    }

    /// The Vietnamese profile, as shipped.
    pub fn vietnam() -> Result<Self, BadPolicy> {
        Self::parse(VIETNAM, Some(&Self::europe()?))
    }

    /// The authority with this code.
    pub fn authority(&self, code: &str) -> Option<&Authority> {
        self.authorities.iter().find(|authority| authority.code == code)
    }

    /// Whether `algorithm` was reliable at `at`.
    pub fn reliability(&self, algorithm: &Algorithm, at: DateTime<Utc>) -> Reliability {
        self.catalogue.reliability(algorithm, at)
    }

    /// The worked cases of the file that do not come out as written, in words.
    pub fn failing_cases(&self) -> Vec<String> {
        let failing = self.cases.iter().filter_map(|case| {
            let found = self.reliability(&case.algorithm, case.at).name();
            (found != case.expect).then(|| format!("{}: {found}, not {}", case.why, case.expect))
        });
        failing.collect()
    }
}

impl Level {
    /// The name in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// The first instant of a day.
fn day(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests;
