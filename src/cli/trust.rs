//! `chauban trust`

use super::output::{Output, plain};
use super::{Common, Result};
use crate::archive::trust::{self, Anchor, Edge, NewAnchor};
use crate::archive::{Reading, Tree, Writing};
use crate::digest::Sha256;
use crate::error::Error;
use crate::time::SystemClock;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Trust anchors: the roots under which signatures are believed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban trust add root.crt --tree official-duty --name 'CA gốc, Ban Cơ yếu Chính phủ' \\
      --fingerprint 3f0c…e1 --source 'gazette no. 12/2024'
  chauban trust list --at 2024-06-03
  chauban trust show 3f0c12ab
  chauban trust remove 3f0c12ab --until 2026-01-01 --reason 'key ceremony of 2026'

Nothing is trusted by default. The fingerprint must come from the authority's own publication, never from whoever
brought the file. An anchor is not forgotten when it is removed: what was signed before its end stays to be judged.")]
pub struct TrustCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Trust a root certificate; its fingerprint must be confirmed.
    Add {
        /// The certificate, DER or PEM.
        file: PathBuf,
        /// SHA-256 of the certificate, as its authority published it; colons and spaces are allowed.
        #[arg(long, value_name = "SHA256", value_parser = fingerprint)]
        fingerprint: Sha256,
        /// Where the fingerprint was found.
        #[arg(long, value_name = "TEXT")]
        source: String,
        /// What it is the root of.
        #[arg(long, value_parser = tree, value_name = "official-duty|public|time-stamping|other")]
        tree: Tree,
        /// What people call it [default: the certificate's common name].
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// First day, or instant, for which it is trusted [default: the certificate's first].
        #[arg(long, value_parser = first_instant, value_name = "DATE")]
        from: Option<DateTime<Utc>>,
        /// Last day, or instant, for which it is trusted [default: no end].
        #[arg(long, value_parser = last_instant, value_name = "DATE")]
        until: Option<DateTime<Utc>>,
    },
    /// End the trust in an anchor at a time; what was signed before stays to be judged.
    Remove {
        /// The fingerprint, or its first eight digits or more.
        fingerprint: String,
        /// Last day, or instant, for which it is trusted.
        #[arg(long, value_parser = last_instant, value_name = "DATE")]
        until: DateTime<Utc>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// List all anchors.
    List {
        /// Only those trusted at this day or instant.
        #[arg(long, value_parser = first_instant, value_name = "DATE")]
        at: Option<DateTime<Utc>>,
    },
    /// Show one anchor.
    Show {
        /// The fingerprint, or its first eight digits or more.
        fingerprint: String,
    },
}

impl TrustCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        match self.action {
            Action::Add { file, fingerprint, source, tree, name, from, until } => {
                let bytes = read(&file)?;
                let name = name.unwrap_or_default();
                let new = NewAnchor { file: bytes, fingerprint, source, tree, name, from, until };
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                let anchor = trust::add(&archive, &new, &common.actor())?;
                archive.close()?;
                output.document(&document(&anchor), || text(output, &anchor));
            }
            Action::Remove { fingerprint, until, reason } => {
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                let anchor = trust::end(&archive, &fingerprint, until, &reason, &common.actor())?;
                archive.close()?;
                output.document(&document(&anchor), || text(output, &anchor));
            }
            Action::List { at } => {
                let mut anchors = Reading::open(&places)?.anchors()?;
                anchors.retain(|anchor| at.is_none_or(|at| anchor.is_trusted_at(at)));
                let list: Vec<Value> = anchors.iter().map(document).collect();
                let nothing = output.say(
                    "Chưa có gốc tin cậy nào: thêm bằng `chauban trust add`.\n",
                    "There is no trust anchor: add one with `chauban trust add`.\n",
                );
                output.document(&json!({ "anchors": list }), || match anchors.as_slice() {
                    [] => nothing.to_owned(),
                    anchors => anchors.iter().map(|anchor| line(output, anchor)).collect(),
                });
            }
            Action::Show { fingerprint } => {
                let anchor = Reading::open(&places)?.anchor(&fingerprint)?;
                output.document(&document(&anchor), || text(output, &anchor));
            }
        }
        Ok(0)
    }
}

fn document(anchor: &Anchor) -> Value {
    let certificate = &anchor.certificate;
    json!({
        "id": anchor.id.to_string(),
        "sha256": certificate.sha256().to_string(),
        "name": anchor.name,
        "tree": anchor.tree.code(),
        "subject": certificate.subject().to_string(),
        "serial": certificate.serial_hex(),
        "key": certificate.key().to_string(),
        "not_before": rfc3339(certificate.not_before()),
        "not_after": rfc3339(certificate.not_after()),
        "trusted_from": rfc3339(anchor.from),
        "trusted_until": anchor.until.map(rfc3339),
        "source": anchor.source,
        "ended": anchor.ended,
    })
}

fn line(output: &Output, anchor: &Anchor) -> String {
    let (vi, en) = anchor.tree.words();
    let until = anchor.until.map_or_else(|| "…".to_owned(), |until| until.date_naive().to_string());
    let fingerprint = anchor.certificate.sha256().to_string();
    let (from, name) = (anchor.from.date_naive(), plain(&anchor.name));
    format!("{}  {from} – {until}  {name}  [{}]\n", &fingerprint[..16], output.say(vi, en))
}

fn text(output: &Output, anchor: &Anchor) -> String {
    let (vi, en) = anchor.tree.words();
    let certificate = &anchor.certificate;
    let mut rows = vec![
        (output.say("Tên", "Name"), anchor.name.clone()),
        (output.say("Cây", "Tree"), output.say(vi, en).to_owned()),
        (output.say("Chủ thể", "Subject"), certificate.subject().to_string()),
        ("SHA-256", certificate.sha256().to_string()),
        (output.say("Khóa", "Key"), certificate.key().to_string()),
        (
            output.say("Hạn chứng thư", "Certificate valid"),
            format!("{} – {}", rfc3339(certificate.not_before()), rfc3339(certificate.not_after())),
        ),
        (
            output.say("Tin cậy", "Trusted"),
            format!("{} – {}", rfc3339(anchor.from), anchor.until.map_or_else(|| "…".to_owned(), rfc3339)),
        ),
        (output.say("Nguồn vân tay", "Fingerprint from"), anchor.source.clone()),
    ];
    if let Some(reason) = &anchor.ended {
        rows.push((output.say("Lý do kết thúc", "Ended because"), reason.clone()));
    }
    rows.iter().map(|(label, value)| format!("{label}: {}\n", plain(value))).collect()
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let can_not = |error| Error::file("can't read", path, error);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(can_not)?;
    file.take(trust::CERTIFICATE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(can_not)?;
    if bytes.len() as u64 > trust::CERTIFICATE_BYTES_MAX {
        return Err(Error::invalid(format!("{} is too long for a certificate", path.display())));
    }
    Ok(bytes)
}

fn fingerprint(text: &str) -> std::result::Result<Sha256, String> {
    trust::read_fingerprint(text).ok_or_else(|| "a SHA-256 fingerprint has 64 hexadecimal digits".to_owned())
}

fn tree(text: &str) -> std::result::Result<Tree, String> {
    text.parse().map_err(|error: crate::archive::NoTree| error.to_string())
}

fn first_instant(text: &str) -> std::result::Result<DateTime<Utc>, String> {
    instant(text, Edge::First)
}

fn last_instant(text: &str) -> std::result::Result<DateTime<Utc>, String> {
    instant(text, Edge::Last)
}

fn instant(text: &str, edge: Edge) -> std::result::Result<DateTime<Utc>, String> {
    trust::read_instant(text, edge).ok_or_else(|| "write it like 2026-01-31 or 2026-01-31T08:00:00Z".to_owned())
}
