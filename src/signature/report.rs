//! Verdicts for readers outside: one JSON value for each validation run, and the XML report of ETSI TS 119 102-2.
//!
//! The wire form stands here and in `wire`, beside no domain type. [`Run`] adds what a run is besides its verdicts:
//! which program, which input, which trust. Nothing is decided here.

mod wire;
mod xml;

use super::judge::Judged;
use super::practice::{Decision, Practice};
use crate::digest::{Sha256, hex};

pub use wire::Report;

/// What a validation run is besides its verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run<'a> {
    /// Name and version of the program.
    pub engine: &'a str,
    /// SHA-256 of the input.
    pub sha256: Sha256,
    /// Length of the input, bytes.
    pub size: u64,
    /// SHA-256 that names the state of trust, if the caller keeps one.
    pub trust: Option<Sha256>,
    /// Why it was run.
    pub mode: Mode,
}

/// Why a validation was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// At accession.
    Ingest,
    /// Again, by plan.
    Periodic,
    /// Because somebody asked.
    OnDemand,
}

impl Mode {
    /// Stable text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Periodic => "periodic",
            Self::OnDemand => "on-demand",
        }
    }
}

/// The report of a run.
pub fn report(run: &Run<'_>, judged: &Judged, decision: Option<(&Practice, &Decision)>) -> Report {
    wire::report(run, judged, decision)
}

/// The report of a run, as one line of JSON.
pub fn json(run: &Run<'_>, judged: &Judged, decision: Option<(&Practice, &Decision)>) -> String {
    serde_json::to_string(&report(run, judged, decision)).expect("strings, numbers and lists of them")
}

/// The report of TS 119 102-2, XML; `None` for a document without signatures, which has none.
pub fn etsi_xml(run: &Run<'_>, judged: &Judged) -> Option<String> {
    xml::report(run, judged)
}

fn named(object: &Sha256) -> String {
    hex(&object.0)
}

#[cfg(test)]
mod tests;
