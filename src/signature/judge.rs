//! The judge: facts about one document in, a verdict on each of its signatures out (ETSI EN 319 102-1).
//!
//! [`judge`] follows the standard's processes: for basic signatures (§5.3), time-stamps (§5.4), signatures with time and
//! long-term data (§5.5), and archival data (§5.6). Every step is kept with its outcome and what it rested on, so that a
//! reader can follow a verdict without this program. Three questions are answered apart: is the signature good; is what
//! is shown what was signed; will it stay provable.
//!
//! Pure: [`Facts`], a [`Policy`] and an instant are given; nothing is parsed, fetched or asked of a clock. The same facts
//! give the same verdict for ever. Formats are the business of the adapters (`from_…`), which make the facts.
//!
//! Invariants. A time-stamp proves nothing before it was found good itself, newest first, so that a proof never rests
//! on itself. A claimed time proves nothing. What could not be checked makes a verdict indeterminate, never good and
//! never failed. Whatever the facts are, there is an answer: indices that lead nowhere count as absent.
//!
//! `facts` is the input, `verdict` the output; `indication` and `check` have the words; `existence` the proofs;
//! `blocks`, `chain` and `past` the building blocks; `process` and `long_term` put them together; `summary` answers the
//! other two questions; `remarks` says what a reader should know, in the words of `finding`.

pub mod check;
pub mod existence;
pub mod facts;
pub mod finding;
pub mod indication;
pub mod promise;
pub mod verdict;

mod blocks;
mod chain;
mod collect;
mod from_cms;
mod from_container;
mod from_pdf;
mod from_xml;
mod long_term;
mod past;
mod polyglot;
mod process;
mod remarks;
mod summary;
mod validate;

pub use collect::Trusted;
pub use facts::Facts;
pub use indication::{Conclusion, Indication, SubIndication};
pub use validate::{Context, Document, Judged, validate, validate_tokens};
pub use verdict::{TokenVerdict, Validation, Verdict};

use facts::{CertificateId, Instant, RevocationId};

use super::policy::Policy;

/// Judges every signature and time-stamp of a document as of `at`.
pub fn judge(facts: &Facts, policy: &Policy, at: Instant) -> Validation {
    Judge::new(facts, policy, at).validation()
}

/// What every step looks at.
struct Judge<'a> {
    facts: &'a Facts,
    policy: &'a Policy,
    at: Instant,
    /// For each certificate what is said about it.
    statements: Vec<Vec<RevocationId>>,
}

impl<'a> Judge<'a> {
    fn new(facts: &'a Facts, policy: &'a Policy, at: Instant) -> Self {
        let mut statements = vec![Vec::new(); facts.certificates.len()];
        for (number, statement) in facts.revocations.iter().enumerate() {
            if let Some(about) = statements.get_mut(statement.about.0) {
                about.push(RevocationId(number));
            }
        }
        Self { facts, policy, at, statements }
    }

    fn statements(&self, about: CertificateId) -> &[RevocationId] {
        self.statements.get(about.0).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
pub(super) mod tests;
