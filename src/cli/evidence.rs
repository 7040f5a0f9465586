//! `chauban evidence` and `chauban verify-evidence`

use super::check_signature::instant;
use super::output::{Output, plain, write_new};
use super::{Common, DOUBT, Result};
use crate::archive::Reading;
use crate::archive::check_signature::{Checker, PolicyChoice};
use crate::archive::evidence_record::{EVIDENCE_BYTES_MAX, Judging, Outcome, verify};
use crate::error::Error;
use crate::time::{Clock, SystemClock};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Write the evidence record of a record.
#[derive(Args)]
#[command(after_help = "\
Example:
  chauban evidence H26.10.2023.045.0000001 -o decision.ers

An EvidenceRecord of RFC 4998, DER: proof that each of the record's files existed when an outside authority time-stamped
them, for any program that knows that standard. It holds renewals as far as there are any; make it again after the next.
Exit status 5 as long as the record is not stamped: run `chauban stamp`.")]
pub struct Evidence {
    /// Record: identifier or code.
    id: String,
    /// File to write, or - for standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Evidence {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let reading = Reading::open(&common.places()?)?;
        let record = reading.find_record(&self.id)?;
        let made = reading.evidence_record(record)?.ok_or_else(|| {
            Error::unavailable("the record is not time-stamped yet")
                .remedy("stamp the archive with `chauban stamp`, then try again")
        })?;
        if self.output == Path::new("-") {
            std::io::stdout().write_all(&made.bytes)?;
            return Ok(0);
        }
        write_new(&self.output, &made.bytes)?;
        let tokens: Vec<String> = made.tokens.iter().map(ToString::to_string).collect();
        let document = json!({
            "record": record.to_string(), "file": self.output, "size": made.bytes.len(), "time_stamps": tokens,
            "since": rfc3339(made.since), "holds_until": rfc3339(made.holds_until),
        });
        output.document(&document, || {
            format!(
                "{} ({} B): {} {}, {} {}\n",
                self.output.display(),
                made.bytes.len(),
                output.say("có từ", "existed by"),
                rfc3339(made.since),
                output.say("hiệu lực đến", "holds until"),
                made.holds_until.date_naive(),
            )
        });
        Ok(0)
    }
}

/// Check an evidence record against a file.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban verify-evidence decision.ers decision.pdf
  chauban verify-evidence decision.ers decision.pdf --trust roots --evidence crls

Exit status 0 if the file is covered and every time-stamp is signed with the key of the certificate inside; 1 if not, or
if it can't be told. Whether the authorities are to be believed is judged where --trust says who is: then every
time-stamp must be good, each as of the next. Otherwise compare their certificates.")]
pub struct VerifyEvidence {
    /// The evidence record (RFC 4998 in DER, or RFC 6283 in XML).
    evidence: PathBuf,
    /// The file it is about.
    file: PathBuf,
    /// Certificate that is trusted, or folder of such: the roots of time-stamping authorities.
    #[arg(long, value_name = "PATH")]
    trust: Vec<PathBuf>,
    /// Revocation list, OCSP answer or certificate of an authority, or folder of such.
    #[arg(long = "evidence", value_name = "PATH", requires = "trust")]
    beside: Vec<PathBuf>,
    /// Judge as of this instant (RFC 3339) or day, not now.
    #[arg(long, value_name = "TIME", value_parser = instant, requires = "trust")]
    at: Option<DateTime<Utc>>,
}

impl VerifyEvidence {
    /// What authorities are judged by, if somebody says who is trusted.
    fn checker(&self, output: &Output) -> Result<Option<Checker>> {
        if self.trust.is_empty() {
            return Ok(None);
        }
        let mut checker = Checker::new(PolicyChoice::Vietnam)?;
        self.trust.iter().try_for_each(|path| checker.trust(path))?;
        for path in &self.beside {
            output.left_out(&checker.take_evidence(path)?);
        }
        Ok(Some(checker))
    }

    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<u8> {
        let open = |path: &Path| {
            std::fs::File::open(path)
                .map_err(|error| Error::not_found(format!("{} can't be read", path.display())).because(error))
        };
        let mut evidence = Vec::new();
        open(&self.evidence)?.take(EVIDENCE_BYTES_MAX + 1).read_to_end(&mut evidence)?;
        if evidence.len() as u64 > EVIDENCE_BYTES_MAX {
            return Err(Error::invalid(format!("{} is too long", self.evidence.display())));
        }
        let checker = self.checker(output)?;
        let at = self.at.unwrap_or_else(|| SystemClock::new().wall().instant());
        let judging = checker.as_ref().map(|checker| Judging { checker, at });
        let checked = verify(&evidence, &mut open(&self.file)?, judging)?;
        let tokens: Vec<Value> = checked
            .tokens
            .iter()
            .enumerate()
            .map(|(number, token)| {
                // The two lists differ where a token is not whole; the findings say which.
                let verdicts = checked.verdicts.as_ref().filter(|all| all.len() == checked.tokens.len());
                let verdict = verdicts.and_then(|all| all.get(number));
                json!({
                    "time": rfc3339(token.time), "subject": token.authority, "serial": token.serial,
                    "certificate": token.certificate.to_string(), "algorithm": token.algorithm,
                    "not_after": rfc3339(token.not_after),
                    "indication": verdict.map(|one| one.indication.name()),
                    "sub_indication": verdict.and_then(|one| one.sub_indication).map(|sub| sub.name()),
                })
            })
            .collect();
        let (vi, en) = match checked.outcome {
            Outcome::Covered => {
                ("ĐƯỢC BAO GỒM: dấu thời gian bao gồm đúng tệp này.", "COVERED: the time-stamp is over this file.")
            }
            Outcome::NotCovered => ("KHÔNG CHỨNG MINH ĐƯỢC", "NOT PROVEN"),
            Outcome::Unknown => ("KHÔNG KIỂM TRA ĐƯỢC", "CAN'T BE TOLD"),
        };
        let document = json!({
            "outcome": checked.outcome.name(), "findings": checked.findings, "time_stamps": tokens, "sha256": checked.file.to_string(),
            "trust_judged": checked.verdicts.is_some(),
        });
        output.document(&document, || {
            let mut text = format!("{}\n", output.say(vi, en));
            checked.findings.iter().for_each(|finding| text.push_str(&format!("  {}\n", plain(finding))));
            for token in &checked.tokens {
                text.push_str(&format!("  {}  {}\n", rfc3339(token.time), plain(&token.authority)));
            }
            text.push_str(match checked.verdicts {
                None => output.say(
                    "  Chưa đánh giá độ tin cậy của tổ chức cấp dấu thời gian.\n",
                    "  Whether the authority is to be believed is not judged here.\n",
                ),
                Some(_) => output
                    .say("  Đã đánh giá theo các gốc tin cậy được nêu.\n", "  Judged by the trust anchors named.\n"),
            });
            text
        });
        Ok(if checked.outcome == Outcome::Covered { 0 } else { DOUBT })
    }
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
