//! What is reported of a path: each check, where, and how it came out.

use crate::signature::algorithm::Unsupported;
use crate::signature::der::Slice;

/// One check of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub code: Code,
    /// Of which certificate.
    pub place: Place,
    /// How it came out.
    pub outcome: Outcome,
}

/// Which certificate of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The anchor's.
    Anchor,
    /// `Path::certificates` at this index.
    Certificate(usize),
}

/// How a check came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not; why, in a few words for logs.
    Failed(&'static str),
    /// It could not be checked for lack of an algorithm, or because it would take too long.
    NotChecked(Unsupported),
}

/// What is checked; the text form is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// The issuer's signature verifies.
    Signature,
    /// The two algorithm identifiers of the certificate are the same.
    AlgorithmIdentifiers,
    /// The issuer's name is the subject's name above.
    NameChaining,
    /// Subject and alternative names lie within the name constraints above.
    NameConstraints,
    /// A policy is left where one is required.
    Policies,
    /// It may issue certificates.
    BasicConstraints,
    /// No more certificates follow than allowed.
    PathLength,
    /// Its key may sign certificates.
    KeyUsage,
    /// No critical extension that is not understood.
    CriticalExtensions,
    /// Extensions can be read and stand once.
    Extensions,
    /// It is good for the purpose asked for.
    Purpose,
    /// It is within its dates.
    Validity,
    /// The anchor is trusted at the instant.
    AnchorDates,
}

impl Code {
    /// Stable text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::AlgorithmIdentifiers => "algorithm-identifiers",
            Self::NameChaining => "name-chaining",
            Self::NameConstraints => "name-constraints",
            Self::Policies => "policies",
            Self::BasicConstraints => "basic-constraints",
            Self::PathLength => "path-length",
            Self::KeyUsage => "key-usage",
            Self::CriticalExtensions => "critical-extensions",
            Self::Extensions => "extensions",
            Self::Purpose => "purpose",
            Self::Validity => "validity",
            Self::AnchorDates => "anchor-dates",
        }
    }
}

/// The checks of a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// All of them, the anchor's certificate first.
    pub checks: Vec<Check>,
    /// Policies under which the target is valid, out of those asked for (user-constrained-policy-set); anyPolicy
    /// stands for all of them.
    pub policies: Vec<Slice>,
}

impl Report {
    /// Whether everything passed.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.outcome == Outcome::Passed)
    }

    /// Those that did not pass.
    pub fn broken(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.outcome != Outcome::Passed)
    }

    pub(super) fn add(&mut self, code: Code, place: Place, result: Result<(), &'static str>) {
        let outcome = result.map_or_else(Outcome::Failed, |()| Outcome::Passed);
        self.checks.push(Check { code, place, outcome });
    }
}
