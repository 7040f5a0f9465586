//! `chauban revalidate`

use super::output::{Output, print};
use super::{Common, DOUBT, Result};
use crate::archive::Writing;
use crate::archive::check_signature::{Checker, PolicyChoice};
use crate::archive::fetching::{Attempt, Fetcher, Limits};
use crate::archive::validation::{self, Again, Means, Wanted};
use crate::error::Error;
use crate::network::Http;
use crate::time::{Micros, SystemClock};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// Validate the signatures of records again.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban revalidate --due --evidence crls     verdicts that waited for newer revocation data
  chauban revalidate H26.10.2023.045.0000001   one record, by today's trust anchors
  chauban revalidate H26.10.2023.045           every record of a dossier
  chauban revalidate --due --fetch             what they want, from the sources that are allowed

A further run is an event of its own: the earlier ones stay in the history. The evidence of earlier runs is at hand
already, and so is what the archive captured that is still in force. Exit status 1 if a record could not be validated.
To see whether recorded verdicts still come out the same, use `chauban verify --signatures`.")]
pub struct Revalidate {
    /// Records or dossiers, by identifier or code.
    #[arg(required_unless_present = "due", conflicts_with = "due")]
    ids: Vec<String>,
    /// Every record whose verdict waits and whose time has come.
    #[arg(long)]
    due: bool,
    /// Revocation list, OCSP answer or certificate of an authority, or folder of such.
    #[arg(long, value_name = "PATH")]
    evidence: Vec<PathBuf>,
    /// Fetch what verdicts want from the sources that are allowed (`chauban evidence-source`).
    #[arg(long)]
    fetch: bool,
}

impl Revalidate {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        let mut checker = Checker::new(PolicyChoice::Vietnam)?;
        checker.trust_anchors(&archive.anchors()?);
        for path in &self.evidence {
            output.left_out(&checker.take_evidence(path)?);
        }
        let wanted = if self.due { Wanted::Due } else { Wanted::These(archive.records_named(&self.ids)?) };
        if wanted == Wanted::These(Vec::new()) {
            return Err(Error::not_found("there is no record in what was named"));
        }
        let fetcher = match self.fetch {
            true => Some(fetcher(&archive)?),
            false => None,
        };
        let mut means = Means { checker: &mut checker, fetcher: fetcher.as_ref() };
        let bar = output.bar(0, "records");
        let mut all = Vec::new();
        let mut failed = 0u64;
        let count = validation::run(&archive, &mut means, &wanted, &common.actor(), &mut |again| {
            bar.inc(1);
            failed += u64::from(again.failed.is_some());
            all.push(again_json(again));
            if !output.json {
                bar.suspend(|| print(&format!("{}\n", again_text(output, again))));
            }
        })?;
        bar.finish_and_clear();
        archive.close()?;
        output.document(&json!({ "records": all }), || {
            format!("{}: {count}\n", output.say("Tài liệu đã kiểm tra lại chữ ký", "Records validated again"))
        });
        Ok(if failed > 0 { DOUBT } else { 0 })
    }
}

/// A fetcher of what the archive's sources allow.
pub(super) fn fetcher(archive: &Writing) -> Result<Fetcher> {
    let allowed = archive.allowed_sources()?;
    if allowed.is_empty() {
        return Err(Error::denied("no source of evidence is allowed")
            .remedy("allow one with `chauban evidence-source add`; nothing is fetched from anywhere else"));
    }
    let clock = Arc::new(SystemClock::new());
    Ok(Fetcher::new(Arc::new(Http::new()), clock, allowed, Limits::default()))
}

/// One further run for programs.
pub(super) fn again_json(again: &Again) -> Value {
    json!({
        "record": again.record.to_string(), "before": again.before, "outcome": again.outcome,
        "retry_at": again.retry_at, "recorded": again.recorded, "failed": again.failed,
        "fetched": again.attempts.iter().map(attempt_json).collect::<Vec<_>>(),
    })
}

fn attempt_json(attempt: &Attempt) -> Value {
    json!({
        "url": attempt.url, "seeks": attempt.seeks.code(), "about": attempt.about.to_string(), "subject": attempt.subject,
        "at": Micros::from(attempt.at).to_string(), "tries": attempt.tries, "outcome": attempt.outcome.code(),
    })
}

/// One further run in words.
pub(super) fn again_text(output: &Output, again: &Again) -> String {
    let outcome = again.outcome.as_deref().unwrap_or_else(|| output.say("không có chữ ký số", "no signature"));
    let before = again
        .before
        .as_ref()
        .map_or_else(String::new, |before| format!(" ({} {before})", output.say("trước đó", "before:")));
    let retry = again
        .retry_at
        .as_ref()
        .map_or_else(String::new, |at| format!("; {} {at}", output.say("kiểm tra lại từ", "to be tried again from")));
    format!("{}  {outcome}{before}{retry}", again.record)
}
