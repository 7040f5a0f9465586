//! `chauban check-signature`

use super::output::{Output, plain, print, tell, write_new};
use super::{Common, DOUBT, Result};
use crate::archive::check_signature::{Checked, Checker, PolicyChoice};
use crate::archive::evidence_source::{Allowed, NotAllowable};
use crate::archive::fetching::{Attempt, Fetcher, Limits};
use crate::archive::verdict;
use crate::archive::{Places, Reading};
use crate::error::Error;
use crate::network::Http;
use crate::time::{Clock, SystemClock};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Check the signatures of any file, without an archive.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban check-signature decision.pdf --trust /etc/chauban/roots
  chauban check-signature decision.pdf --trust root.pem --evidence crls/ --at 2024-06-03
  chauban check-signature letter.p7s --document letter.docx --trust roots --json
  chauban check-signature decision.pdf --archive /srv/kho --report report.xml
  chauban check-signature invoice.xml decision.pdf --trust roots --fetch --allow crl.ca.example.gov.vn

Reads PDF, CMS (.p7s, .p7m), XML signatures and ASiC containers, told by their bytes. What is trusted comes from
--trust, or from the archive that is named, and evidence from the file itself and --evidence. Nothing is fetched
without --fetch; with it, only what --allow or the archive's sources (`chauban evidence-source`) allow, and what was
fetched, from where and when, is told with its SHA-256.
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
    /// Fetch revocation lists, OCSP answers and issuers' certificates that a verdict lacks, from where that is allowed.
    #[arg(long)]
    fetch: bool,
    /// HOST, HOST:PORT or beginning of an address that may be asked; with =IP or =IP:PORT, by connecting there
    /// [default: the sources of the archive named].
    #[arg(long, value_name = "PLACE[=ADDRESS]", value_parser = allowed, requires = "fetch")]
    allow: Vec<Allowed>,
    /// Seconds that a place has for its answer.
    #[arg(long, default_value_t = 20, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
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
            tell(format_args!(
                "chauban: {}",
                output.say(
                    "chưa có gốc tin cậy nào nên không chữ ký nào có thể hợp lệ; dùng --trust",
                    "nothing is trusted, so no signature can be good; use --trust",
                )
            ));
        }
        for path in &self.evidence {
            output.left_out(&checker.take_evidence(path)?);
        }
        if self.fetch {
            checker.fetch(self.fetcher(common)?);
        }
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
                Some(run) => print(&(line(file, &checked, &run) + "\n")),
                None => print(&text(output, file, &checked)),
            });
            if let Some(path) = &self.report {
                write_new(path, checker.etsi_report(&checked)?.as_ref())?;
            }
        }
        bar.finish_and_clear();
        Ok(status)
    }

    /// A fetcher of what is allowed here, or else by the archive named.
    fn fetcher(&self, common: &Common) -> Result<Fetcher> {
        let mut allowed = self.allow.clone();
        if allowed.is_empty() && common.archive.is_some() {
            allowed = Reading::open(&common.places()?)?.allowed_sources()?;
        }
        if allowed.is_empty() {
            return Err(Error::invalid("nothing may be fetched: no place is allowed")
                .remedy("name hosts with --allow, or an archive that has sources (`chauban evidence-source add`)"));
        }
        let mut limits = Limits::default();
        limits.patience.timeout = Duration::from_secs(self.timeout);
        Ok(Fetcher::new(Arc::new(Http::new()), Arc::new(SystemClock::new()), allowed, limits))
    }
}

/// One file for programs; what was fetched only where that was asked for. The run goes in as it was written: read as a
/// value it would cost as much as a signature.
fn line(file: &Path, checked: &Checked, run: &RawValue) -> String {
    let fetched = checked.fetched.as_ref().map(|fetched| {
        let attempts: Value = fetched.attempts.iter().map(attempt).collect();
        format!(",\"fetched\":{attempts}")
    });
    let (file, good) = (json!(file.to_string_lossy()), checked.is_good());
    format!("{{\"file\":{file},\"good\":{good},\"run\":{}{}}}", run.get(), fetched.unwrap_or_default())
}

fn attempt(one: &Attempt) -> Value {
    let objects: Vec<String> = one.outcome.objects().iter().map(ToString::to_string).collect();
    json!({
        "url": one.url, "seeks": one.seeks.code(), "about": one.about.to_string(), "subject": one.subject,
        "at": one.at.to_rfc3339_opts(SecondsFormat::Secs, true), "tries": one.tries, "outcome": one.outcome.code(),
        "detail": one.outcome.detail(), "sha256": objects,
    })
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
    let attempts = checked.fetched.iter().flat_map(|fetched| &fetched.attempts);
    text + &attempts.map(|one| place_text(output, one)).collect::<String>()
}

/// A place: what was sought there, when, and what came of it.
fn place_text(output: &Output, one: &Attempt) -> String {
    let say = |(vi, en): (&'static str, &'static str)| output.say(vi, en);
    let detail = Some(one.outcome.detail()).filter(|detail| !detail.is_empty());
    let detail = detail.map_or(String::new(), |detail| format!(" [{}]", plain(&detail)));
    let (at, seeks) = (one.at.to_rfc3339_opts(SecondsFormat::Secs, true), say(one.seeks.words()));
    let mut text = format!("  {at}  {}  {seeks}: {}{detail}\n", plain(&one.url), say(one.outcome.words()));
    one.outcome.objects().iter().for_each(|sha256| text += &format!("      SHA-256 {sha256}\n"));
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

fn allowed(text: &str) -> std::result::Result<Allowed, String> {
    text.parse().map_err(|error: NotAllowable| error.to_string())
}

/// A day, which means its end, or an instant.
pub(super) fn instant(text: &str) -> std::result::Result<DateTime<Utc>, String> {
    let end = |day: NaiveDate| day.and_hms_opt(23, 59, 59).map(|time| time.and_utc());
    let instant = || DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    let at = text.parse::<NaiveDate>().ok().and_then(end).or_else(instant);
    at.ok_or_else(|| "write it like 2026-01-31 or 2026-01-31T08:00:00Z".to_owned())
}
