use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::*;
use crate::signature::algorithm::Budget;
use crate::signature::crl::Crl;

mod hostile;
mod limbo;
mod pkits;
mod revocation;

/// One question to a whole validator, as the suites ask it.
struct Trial<'a> {
    target: &'a Certificate,
    pool: &'a Pool,
    anchors: &'a [Arc<TrustAnchor>],
    evidence: &'a Evidence,
    settings: &'a Settings,
    certificates_max: usize,
    at: DateTime<Utc>,
    revocation: Wanted,
}

/// Whether certificates without any revocation data are let pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Always,
    IfThereIsAny,
}

impl Trial<'_> {
    /// The policies of the first path that holds in every way; else why none does.
    fn run(&self) -> Result<(Path, Report), String> {
        let (cache, budget) = (SignatureCache::default(), Budget::default());
        let mut why = String::from("no path");
        for path in candidates(self.target, self.pool, self.anchors, self.certificates_max, &cache, &budget) {
            let report = check_constraints(&path, self.settings, &cache, &budget);
            let dates = check_validity(&path, self.at);
            if let Some(broken) = report.broken().chain(dates.broken()).next() {
                why = format!("{broken:?}");
                continue;
            }
            let revocations = Revocations {
                evidence: self.evidence,
                of_signers: self.evidence,
                pool: self.pool,
                cache: &cache,
                budget: &budget,
            };
            let statuses =
                (0..path.certificates.len()).map(|at| revocations.status_of(&path, at, Freshness::CurrentAt(self.at)));
            let passes = |status: &Status| match status {
                Status::Good(_) => true,
                Status::Unknown(Why::NoData) => self.revocation == Wanted::IfThereIsAny,
                _ => false,
            };
            match statuses.enumerate().find(|(_, status)| !passes(status)) {
                Some((at, status)) => why = format!("certificate {at}: {status:?}"),
                None => return Ok((path, report)),
            }
        }
        Err(why)
    }
}

/// The folder of suites: these tests are run by `make conformance`, which says SKIPPED without one.
fn suites() -> PathBuf {
    PathBuf::from(std::env::var_os("CHAUBAN_SUITES").expect("CHAUBAN_SUITES names the folder of suites"))
}
