//! `chauban ingest`

use super::output::{Output, print, size, tell, write_new};
use super::{Common, DOUBT, Result, revalidate};
use crate::archive::check_signature::{Checker, PolicyChoice};
use crate::archive::fetching::Fetcher;
use crate::archive::ingest::{self, IngestOptions, Mode, Of, Outcome, Progress, Summary};
use crate::archive::validation::{self, Means, Wanted};
use crate::archive::{Reading, Writing};
use crate::error::Error;
use crate::record::AgencyCode;
use crate::time::SystemClock;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// Examine and accession what an agency hands over.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban ingest /mnt/transfer               documents X.pdf with sidecars X.json, in any tree of folders
  chauban ingest /mnt/dossier                a folder with dossier.json and its files
  chauban ingest --dry-run /mnt/transfer     examine only
  chauban ingest --receipts out /mnt/transfer
  chauban ingest --evidence crls /mnt/transfer
  chauban ingest --fetch /mnt/transfer       then fetch what verdicts lack, from the sources that are allowed

A record with an error finding is refused whole; all others are taken. Exit status 1 if anything was refused.
Signatures are validated on arrival, offline, by the archive's trust anchors (`chauban trust`); what a verdict rests
on is captured. A verdict that needs newer revocation data waits for `chauban revalidate --due`. With --fetch, whatever
is not simply accepted is validated once more, when all is taken, with what the sources of `chauban evidence-source`
have: no record waits for another machine.
Running the same command again is safe: what is held already is said and left.")]
pub struct Ingest {
    /// Folders, sidecars or dossier.json files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Examine only; take nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write a receipt of every record taken into this folder.
    #[arg(long, value_name = "DIR")]
    receipts: Option<PathBuf>,
    /// Revocation list, OCSP answer or certificate of an authority, or folder of such, for validating signatures.
    #[arg(long, value_name = "PATH")]
    evidence: Vec<PathBuf>,
    /// The agency that hands over, by its code: what is of others' dossiers is refused.
    #[arg(long, value_name = "CODE")]
    agency: Option<AgencyCode>,
    /// When all is taken, fetch what verdicts lack from the sources that are allowed (`chauban evidence-source`), and
    /// validate again.
    #[arg(long, conflicts_with = "dry_run")]
    fetch: bool,
    /// Threads that read, hash, compress and encrypt [default: one a core].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
}

impl Ingest {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let mut archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
        if let Some(recovered) = archive.recovered.as_ref().filter(|recovered| recovered.cut_bytes > 0) {
            tell(format_args!("recovered from a crash: {} uncommitted bytes were cut and kept", recovered.cut_bytes));
        }
        if let Some(folder) = &self.receipts {
            std::fs::create_dir_all(folder).map_err(|error| Error::file("can't make the folder", folder, error))?;
        }
        archive.publish_at_intervals()?;
        let options = IngestOptions {
            paths: self.paths,
            actor: common.actor(),
            mode: if self.dry_run { Mode::DryRun } else { Mode::Accession },
            threads: self.threads,
            evidence: self.evidence,
        };
        // Said before anything is taken.
        let fetcher = if self.fetch { Some(revalidate::fetcher(&archive)?) } else { None };
        let mut taken: Vec<(Uuid, String)> = Vec::new();
        let mut bar = indicatif::ProgressBar::hidden();
        let wants_names = self.receipts.is_some() || self.fetch;
        let summary = ingest::ingest_of(
            &archive,
            &Of { transfer: None, agency: self.agency },
            &options,
            &mut |news| match news {
                Progress::Planned { documents, .. } => bar = output.bar(documents, "documents"),
                Progress::Found(finding) if output.json => {
                    bar.suspend(|| output.line(&json!({ "finding": output.finding_json(&finding) })));
                }
                Progress::Found(finding) => bar.suspend(|| tell(output.finding(&finding))),
                Progress::Document { place, outcome, findings, .. } => {
                    bar.inc(1);
                    if output.json {
                        bar.suspend(|| output.line(&line(output, &place, &outcome, &findings)));
                    } else {
                        let lines = findings.iter().map(|finding| output.finding(finding));
                        lines.for_each(|line| bar.suspend(|| tell(line)));
                    }
                    if let (Outcome::Taken { record, doc_code, .. }, true) = (outcome, wants_names) {
                        taken.push((record, doc_code));
                    }
                }
            },
        )?;
        bar.finish_and_clear();
        if let Some(fetcher) = &fetcher {
            let arrived = taken.iter().map(|(record, _)| *record).collect();
            validate_again(&archive, fetcher, &options, arrived, output)?;
        }
        archive.close()?;
        output.document(&json!({ "summary": summary_json(&summary) }), || summary_text(output, &summary, self.dry_run));
        if let Some(folder) = &self.receipts {
            let reading = Reading::open(&places)?;
            for (record, doc_code) in taken {
                let path = folder.join(format!("{doc_code}.tlog-proof"));
                write_new(&path, reading.receipt(record)?.as_bytes())?;
            }
        }
        Ok(if summary.refused > 0 { DOUBT } else { 0 })
    }
}

/// Validates again what arrived, with what its verdicts lack. What can't be fetched leaves things as they are.
fn validate_again(
    archive: &Writing,
    fetcher: &Fetcher,
    options: &IngestOptions,
    arrived: Vec<Uuid>,
    output: &Output,
) -> Result<()> {
    let mut checker = Checker::new(PolicyChoice::Vietnam)?;
    checker.trust_anchors(&archive.anchors()?);
    for path in &options.evidence {
        checker.take_evidence(path)?;
    }
    let mut means = Means { checker: &mut checker, fetcher: Some(fetcher) };
    let bar = output.bar(0, "records");
    validation::run(archive, &mut means, &Wanted::Arrived(arrived), &options.actor, &mut |again| {
        bar.inc(1);
        bar.suspend(|| match output.json {
            true => output.line(&json!({ "validated_again": revalidate::again_json(again) })),
            false => print(&format!("{}\n", revalidate::again_text(output, again))),
        });
    })?;
    bar.finish_and_clear();
    Ok(())
}

fn line(output: &Output, place: &str, outcome: &Outcome, findings: &[crate::transfer::finding::Finding]) -> Value {
    let findings: Vec<Value> = findings.iter().map(|finding| output.finding_json(finding)).collect();
    match outcome {
        Outcome::Taken { record, doc_code, index } => json!({
            "place": place, "outcome": "taken", "record": record.to_string(), "doc_code": doc_code, "index": index,
            "findings": findings,
        }),
        Outcome::Acceptable => json!({ "place": place, "outcome": "acceptable", "findings": findings }),
        Outcome::Refused => json!({ "place": place, "outcome": "refused", "findings": findings }),
        Outcome::AlreadyHeld { record } => json!({
            "place": place, "outcome": "already-held", "record": record.map(|record| record.to_string()),
            "findings": findings,
        }),
    }
}

fn summary_json(summary: &Summary) -> Value {
    json!({
        "transfer": summary.transfer.map(|id| id.to_string()),
        "taken": summary.taken,
        "refused": summary.refused,
        "already_held": summary.already_held,
        "dossiers": summary.dossiers,
        "supplemented": summary.supplemented,
        "bytes": summary.bytes,
        "findings": summary.findings,
        "signatures": summary.signatures,
    })
}

fn summary_text(output: &Output, summary: &Summary, dry_run: bool) -> String {
    let taken = match dry_run {
        true => output.say("đạt yêu cầu", "acceptable"),
        false => output.say("đã tiếp nhận", "taken"),
    };
    let mut text = format!(
        "{}: {} {taken}, {} {}, {} {}; {} {}, {} {}; {}\n",
        output.say("Tài liệu", "Documents"),
        summary.taken,
        summary.refused,
        output.say("từ chối", "refused"),
        summary.already_held,
        output.say("đã có từ trước", "held already"),
        summary.dossiers,
        output.say("hồ sơ mới", "new dossiers"),
        summary.supplemented,
        output.say("hồ sơ được bổ sung", "supplemented"),
        size(summary.bytes),
    );
    let outcomes = [
        ("accept", output.say("chấp nhận", "accept")),
        ("accept-with-notes", output.say("chấp nhận, có lưu ý", "accept with notes")),
        ("review", output.say("cần xem xét", "review")),
        ("return", output.say("trả lại", "return")),
    ];
    let told = outcomes.iter().filter_map(|(code, words)| Some(format!("{} {words}", summary.signatures.get(*code)?)));
    let told = told.collect::<Vec<_>>().join(", ");
    if !told.is_empty() {
        text.push_str(&format!("{}: {told}\n", output.say("Theo chữ ký số", "By their signatures")));
    }
    for (code, count) in &summary.findings {
        text.push_str(&format!("  {count:>7} {code}\n"));
    }
    text
}
