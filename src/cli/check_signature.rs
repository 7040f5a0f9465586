//! `chauban check-signature`

use super::output::{Output, plain, print};
use super::{Common, DOUBT, Result};
use crate::archive::check_signature::{Checked, Checker, PolicyChoice};
use crate::archive::verdict;
use crate::archive::{Places, Reading};
use crate::error::Error;
use crate::time::{Clock, SystemClock};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Check the signatures of any file, without an archive.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban check-signature decision.pdf --trust /etc/chauban/roots
  chauban check-signature decision.pdf --trust root.pem --evidence crls/ --at 2024-06-03
  chauban check-signature letter.p7s --document letter.docx --trust roots --json
  chauban check-signature invoice.xml decision.pdf --archive /srv/kho --report report.xml

Reads PDF, CMS (.p7s, .p7m), XML signatures and ASiC containers, told by their bytes. Nothing is fetched: what is
trusted comes from --trust, or from the archive that is named, and evidence from the file itself and --evidence.
A folder given with --trust may have sub-folders official-duty, public and time-stamping.
Exit status 0 only if every file has signatures and every one of them is good, with nothing to be reviewed.")]
pub struct CheckSignature {
    /// Files to check.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Certificate that is trusted, or folder of such [default: the anchors of the archive named].
    #[arg(long, value_name = "PATH")]
    trust: Vec<PathBuf>,
    /// Revocation list, OCSP answer or certificate, or folder of such.
    #[arg(long, value_name = "PATH")]
    evidence: Vec<PathBuf>,
    /// What a detached signature is about [default: its name without .p7s].
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// Day (its end, in UTC) or instant as of which to judge [default: now].
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<DateTime<Utc>>,
    /// Policy: vn (Vietnamese profile) or eu (European catalogue).
    #[arg(long, default_value = "vn", value_parser = policy, value_name = "vn|eu")]
    policy: PolicyChoice,
    /// Write the report of ETSI TS 119 102-2 on the one file to this file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

impl CheckSignature {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        if self.files.len() > 1 && (self.report.is_some() || self.document.is_some()) {
            return Err(
                Error::invalid("--report and --document are about one file").remedy("check the files one by one")
            );
        }
        let mut checker = Checker::new(self.policy)?;
        self.trust.iter().try_for_each(|path| checker.trust(path))?;
        if self.trust.is_empty() && common.archive.is_some() {
            let places: Places = common.places()?;
            checker.trust_anchors(&Reading::open(&places)?.anchors()?);
        }
        if !checker.trusts_something() {
            eprintln!(
                "chauban: {}",
                output.say(
                    "chưa có gốc tin cậy nào nên không chữ ký nào có thể hợp lệ; dùng --trust",
                    "nothing is trusted, so no signature can be good; use --trust",
                )
            );
        }
        self.evidence.iter().try_for_each(|path| checker.take_evidence(path))?;
        let at = self.at.unwrap_or_else(|| SystemClock::new().wall().instant());
        let bar = output.bar(self.files.len() as u64, "files");
        let mut status = 0;
        for file in &self.files {
            let document = self.document.clone().or_else(|| beside(file));
            let checked = checker.check(file, document.as_deref(), at)?;
            bar.inc(1);
            if !checked.is_good() {
                status = DOUBT;
            }
            let report = if output.json { Some(checker.report(&checked)?) } else { None };
            bar.suspend(|| match report {
                Some(run) => output.line(&json!({ "file": file, "good": checked.is_good(), "run": run })),
                None => print(&text(output, file, &checked)),
            });
            if let Some(path) = &self.report {
                std::fs::write(path, checker.etsi_report(&checked)?)
                    .map_err(|error| Error::file("can't write the report", path, error))?;
            }
        }
        bar.finish_and_clear();
        Ok(status)
    }
}

/// A file: the decision, then each signature with its three answers, then what is to be said.
fn text(output: &Output, file: &Path, checked: &Checked) -> String {
    let told = verdict::tell(checked);
    let say = |(vi, en): (&'static str, &'static str)| output.say(vi, en);
    let mut text = format!("{}: {}\n", plain(&file.display().to_string()), say(told.decision));
    for one in &told.signatures {
        text += &format!("  {}  {}  {}\n", plain(&one.place), say(one.role), one.conclusion);
        if let Some((vi, en)) = one.why {
            text += &format!("      {}\n", output.say(vi, en));
        }
        let rows = [
            (output.say("người ký", "signer"), plain(&one.signer).into_owned()),
            (output.say("thời điểm", "time"), output.say(&one.time.0, &one.time.1).to_owned()),
            (output.say("hiển thị", "shown"), say(one.shown).to_owned()),
            (output.say("lâu dài", "provable"), output.say(&one.provable.0, &one.provable.1).to_owned()),
        ];
        for (label, value) in rows {
            text += &format!("      {label:<10} {value}\n");
        }
    }
    for one in &told.remarks {
        let place = if one.place.is_empty() { String::new() } else { format!(" ({})", plain(&one.place)) };
        let detail = if one.detail.is_empty() { String::new() } else { format!(" [{}]", plain(&one.detail)) };
        text +=
            &format!("  {} {}{place}: {}{detail}\n", one.severity, one.code, output.say(&one.words.0, &one.words.1));
    }
    text
}

/// The document beside a detached signature: its name without the last extension.
fn beside(file: &Path) -> Option<PathBuf> {
    let is_detached = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("p7s"));
    let document = file.with_extension("");
    (is_detached && document.is_file()).then_some(document)
}

fn policy(text: &str) -> std::result::Result<PolicyChoice, String> {
    match text {
        "vn" => Ok(PolicyChoice::Vietnam),
        "eu" => Ok(PolicyChoice::Europe),
        _ => Err("use vn or eu".to_owned()),
    }
}

/// A day, which means its end, or an instant.
pub(super) fn instant(text: &str) -> std::result::Result<DateTime<Utc>, String> {
    let end = |day: NaiveDate| day.and_hms_opt(23, 59, 59).map(|time| time.and_utc());
    let instant = || DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    let at = text.parse::<NaiveDate>().ok().and_then(end).or_else(instant);
    at.ok_or_else(|| "write it like 2026-01-31 or 2026-01-31T08:00:00Z".to_owned())
}
