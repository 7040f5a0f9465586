//! What the service does by itself at intervals, done now because somebody asks: a time-stamp, a copy, a check, verdicts
//! that wait; one at a time.
//!
//! A check of what is stored is recorded in the ledger as those of the service are. Nothing waits for any of it: when the service ends, what
//! is under way ends with it, and the next copy goes on where this one was.

use super::{Task, start};
use crate::archive::backup::{Backup, backup};
use crate::archive::fixity::{self, Recorded};
use crate::archive::stamp::{Ask, Options, Patience, Stamping, stamp};
use crate::archive::validation::{Again, Sources, Wanted, run_by_today};
use crate::archive::verify::{Depth, Report, verify_signatures};
use crate::error::{Error, Result};
use crate::http::service::Service;
use crate::network::{Http, Network};
use crate::time::Micros;
use std::sync::Arc;
use uuid::Uuid;

/// What all upkeep is about: the archive, and not a transfer or a case.
pub const UPKEEP: Uuid = Uuid::from_u128(0x7570_6b65_6570_8000_8000_0000_0000_0001);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The newest checkpoint under the clock of an authority.
    TimeStamp,
    /// A copy, in the folder that the configuration names.
    Backup,
    /// A verification, recorded in the ledger.
    Check(Depth),
    /// The newest run of every record, again from the vault alone: each verdict must come out as it did.
    Repetition,
    /// A further run of each verdict that waits and whose time has come.
    Validation,
}

/// What it came to.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Time-stamps came, or no authority gave one.
    TimeStamp(Arc<Stamping>),
    /// Files were copied.
    Backup(Backup),
    /// What was checked, and what did not fit.
    Check(Arc<Report>),
    /// Verdicts that waited were looked at again.
    Validation(Arc<Validated>),
}

/// What further runs came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validated {
    /// Records that were looked at.
    pub records: u64,
    /// Those of them that have another verdict, or another reason for it, now.
    pub recorded: u64,
    /// Records that could not be validated, and why.
    pub failed: Vec<String>,
}

/// An upkeep that has ended.
#[derive(Debug, Clone)]
pub struct Done {
    /// What was done.
    pub task: Task,
    /// For whom.
    pub by: String,
    /// When it began.
    pub began: Micros,
    /// When it ended.
    pub ended: Micros,
    /// What it came to, or why it came to nothing.
    pub outcome: std::result::Result<Outcome, String>,
}

impl Work {
    fn task(self) -> Task {
        match self {
            Self::TimeStamp => Task::TimeStamp,
            Self::Backup => Task::Backup,
            Self::Check(_) | Self::Repetition => Task::Check,
            Self::Validation => Task::Validation,
        }
    }
}

/// Begins it; refused while another is under way, and where it can't be done at all.
pub fn begin(service: &Arc<Service>, work: Work, by: String) -> Result<()> {
    if work == Work::Backup && service.upkeep.backup_to.is_none() {
        return Err(Error::conflict("the configuration names no folder for copies")
            .remedy("set work.backup_folder, or use `chauban backup` on the server"));
    }
    start(service, work.task(), UPKEEP, move |service, job| {
        let began = service.clock.wall();
        let outcome = done(service, work, &by, &|done, of| job.tell(done, of));
        // Whoever hears of the end sees what came into the ledger.
        let outcome = service.look().and(outcome);
        let said = outcome.as_ref().map(Outcome::clone).map_err(ToString::to_string);
        let ended = service.clock.wall();
        service.jobs.note(Done { task: work.task(), by, began, ended, outcome: said });
        outcome.map(|_| ())
    })
}

fn done(service: &Service, work: Work, by: &str, told: &(dyn Fn(u64, u64) + Sync)) -> Result<Outcome> {
    match work {
        Work::TimeStamp => {
            let options = Options { ask: Ask::UntilOneAnswers, patience: Patience::default() };
            let stamping = stamp(&service.places, &Http::new(), &service.clock, &options, by)?;
            Ok(Outcome::TimeStamp(Arc::new(stamping)))
        }
        Work::Backup => {
            let to = service.upkeep.backup_to.as_deref();
            let to = to.ok_or_else(|| Error::conflict("the configuration names no folder for copies"))?;
            // How much there is to copy is not known before.
            backup(service.archive()?, to, &|bytes| told(bytes, 0)).map(Outcome::Backup)
        }
        Work::Check(depth) => {
            let (report, recorded) = fixity::check(&service.places, depth, by, told)?;
            match recorded {
                Recorded::Yes => Ok(Outcome::Check(Arc::new(report))),
                Recorded::No(error) => Err(error),
            }
        }
        Work::Repetition => {
            let report = verify_signatures(&service.places, service.clock.wall(), &mut |done| told(done, 0))?;
            Ok(Outcome::Check(Arc::new(report)))
        }
        Work::Validation => {
            let network: Arc<dyn Network> = Arc::new(Http::new());
            let sources = Sources { network: &network, clock: service.clock.clone() };
            let mut validated = Validated::default();
            let mut tell = |again: &Again| {
                validated.records += 1;
                validated.recorded += u64::from(again.recorded);
                validated.failed.extend(again.failed.iter().map(|why| format!("{}: {why}", again.record)));
                told(validated.records, 0);
            };
            service.write(|archive| run_by_today(archive, Some(&sources), &[], &Wanted::Due, by, &mut tell))?;
            Ok(Outcome::Validation(Arc::new(validated)))
        }
    }
}
