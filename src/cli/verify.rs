//! `chauban verify` and `chauban rebuild`

use super::check_signature::instant;
use super::output::Output;
use super::{Common, DOUBT, Result};
use crate::archive::fixity::{self, Recorded};
use crate::archive::rebuild::rebuild as rebuild_archive;
use crate::archive::verify::{Depth, Report, verify, verify_records, verify_signatures};
use crate::error::Error;
use crate::time::{Clock, Micros, SystemClock};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::sync::Arc;

/// Check the archive.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban verify                          structure, completeness, keys, catalog and index
  chauban verify --deep --json            every byte, too
  chauban verify --deep --record          the same, and what was found goes into the ledger
  chauban verify H26.10.2023.045.0000001  one record, every byte of it
  chauban verify --signatures             recorded verdicts, again from captured evidence alone

Reads only, but for --record. Exit status 1 on any doubt, with the records concerned.")]
pub struct Verify {
    /// Read and open every byte.
    #[arg(long)]
    deep: bool,
    /// Record in the ledger that the archive was checked, and what was found.
    #[arg(long, conflicts_with_all = ["ids", "signatures"])]
    record: bool,
    /// Repeat the newest validation run of every record from the vault alone, and nothing else: each signature found good
    /// or failed must be so again.
    #[arg(long, conflicts_with_all = ["ids", "deep"])]
    signatures: bool,
    /// Day (its end, in UTC) or instant as of which runs are repeated [default: now].
    #[arg(long, value_name = "TIME", value_parser = instant, requires = "signatures")]
    at: Option<DateTime<Utc>>,
    /// Records to check: identifiers or codes; the whole archive if none.
    ids: Vec<String>,
}

impl Verify {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let depth = if self.deep { Depth::Deep } else { Depth::Structure };
        let mut unrecorded = None;
        let report = if self.signatures {
            let at = self.at.map_or_else(|| SystemClock::new().wall(), Micros::from);
            let bar = output.bar(0, "records");
            let report = verify_signatures(&places, at, &mut |done| bar.set_position(done))?;
            bar.finish_and_clear();
            report
        } else if self.ids.is_empty() {
            let bar = output.bar(0, "bytes");
            let progress = |done, total| {
                bar.set_length(total);
                bar.set_position(done);
            };
            let report = if self.record {
                let (mut report, recorded) = fixity::check(&places, depth, &common.actor(), &progress)?;
                if let Recorded::No(error) = recorded {
                    report.notes.push(format!("the check was not recorded: {error}"));
                    unrecorded = Some(error);
                }
                report
            } else {
                verify(&places, depth, &progress)?
            };
            bar.finish_and_clear();
            report
        } else {
            verify_records(&places, &self.ids)?
        };
        output.document(&report_json(&report), || report_text(output, &report));
        match unrecorded {
            _ if !report.doubts.is_empty() => Ok(DOUBT),
            Some(error) => Err(Error::unavailable("the check was not recorded").because(error)),
            None => Ok(0),
        }
    }
}

fn report_json(report: &Report) -> Value {
    let checked = report.checked;
    let doubts: Vec<Value> = report
        .doubts
        .iter()
        .map(|doubt| {
            let records: Vec<String> = doubt.records.iter().map(ToString::to_string).collect();
            json!({ "where": doubt.place, "what": doubt.what, "records": records })
        })
        .collect();
    json!({
        "ok": report.doubts.is_empty(),
        "checked": {
            "segments": checked.segments, "groups": checked.groups, "frames": checked.frames,
            "entries": checked.entries, "objects": checked.objects, "bytes": checked.bytes, "tiles": checked.tiles,
            "catalog_rows": checked.rows, "indexed": checked.indexed,
            "time_stamps": checked.tokens, "validation_runs": checked.runs, "signatures": checked.signatures,
            "disposal_cases": checked.cases,
        },
        "doubts": doubts,
        "notes": report.notes,
    })
}

fn report_text(output: &Output, report: &Report) -> String {
    let checked = report.checked;
    let mut text = format!(
        "{} segments, {} groups, {} frames, {} entries, {} objects ({} B opened), {} tiles, {} catalog rows, {} indexed, \
         {} time-stamps, {} validation runs ({} signatures), {} disposal cases\n",
        checked.segments,
        checked.groups,
        checked.frames,
        checked.entries,
        checked.objects,
        checked.bytes,
        checked.tiles,
        checked.rows,
        checked.indexed,
        checked.tokens,
        checked.runs,
        checked.signatures,
        checked.cases,
    );
    for note in &report.notes {
        text.push_str(&format!("{}: {}\n", output.say("lưu ý", "note"), output.words(note)));
    }
    for doubt in &report.doubts {
        let records: Vec<String> = doubt.records.iter().map(ToString::to_string).collect();
        let word = output.say("NGHI NGỜ", "DOUBT");
        text.push_str(&format!("{word} {}: {} {}\n", doubt.place, output.words(&doubt.what), records.join(" ")));
    }
    text.push_str(match report.doubts.is_empty() {
        true => output.say("Không có nghi ngờ.\n", "No doubt.\n"),
        false => output.say("CÓ NGHI NGỜ.\n", "THERE IS DOUBT.\n"),
    });
    text
}

/// Makes catalog and index again.
pub fn rebuild(common: &Common, output: &Output) -> Result<u8> {
    let bar = output.bar(0, "bytes");
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let rebuilt = rebuild_archive(&common.places()?, Arc::new(SystemClock::new()), &progress);
    bar.finish_and_clear();
    let rebuilt = rebuilt?;
    let document = json!({ "entries": rebuilt.entries, "records": rebuilt.records });
    output.document(&document, || {
        format!("{} entries replayed, {} records searchable\n", rebuilt.entries, rebuilt.records)
    });
    Ok(0)
}
