//! `chauban evidence-source`

use super::output::{Output, plain};
use super::{Common, Result};
use crate::archive::evidence_source::{self, Allowed, EvidenceSource, Place, Via};
use crate::archive::{Reading, Writing};
use crate::time::SystemClock;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::sync::Arc;

/// From where evidence about signatures may be fetched.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban evidence-source add crl.ca.example.gov.vn --reason 'lists of the official-duty authority'
  chauban evidence-source add http://ca.example.vn/ocsp --reason 'responder of a public authority'
  chauban evidence-source add crl.example.vn --via 10.1.2.3:8080 --reason 'mirrored in our own network'
  chauban evidence-source list
  chauban evidence-source remove crl.example.vn --reason 'the authority has moved'

Nothing is fetched by default. Certificates say where revocation lists, OCSP responders and the certificates of their
issuers are; only what is listed here is asked, by http and https, without a proxy and without following redirects. A
host is asked at the usual ports, or at the one given; the beginning of an address allows what lies below it. A name
that leads to a private network, to this machine or to its link is refused, unless --via names the machine to connect
to. That a place may be asked does not mean that what comes is believed: for that see `chauban trust`.")]
pub struct EvidenceSourceCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Allow a host, or what lies below an address, to be asked.
    Add {
        /// HOST, HOST:PORT, or the beginning of an http or https address.
        #[arg(value_parser = place)]
        place: Place,
        /// Connect to this machine, IP or IP:PORT, whatever the host's name leads to.
        #[arg(long, value_name = "ADDRESS", value_parser = via)]
        via: Option<Via>,
        /// Why it is allowed.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Ask a place no more; what came from it stays.
    Remove {
        /// As it was added.
        #[arg(value_parser = place)]
        place: Place,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// List all places ever allowed.
    List,
}

impl EvidenceSourceCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let changed = match self.action {
            Action::List => {
                let all = Reading::open(&places)?.evidence_sources()?;
                let list: Vec<Value> = all.iter().map(document).collect();
                let nothing = output.say(
                    "Chưa cho phép tải từ đâu: thêm bằng `chauban evidence-source add`.\n",
                    "Nothing may be fetched: allow a place with `chauban evidence-source add`.\n",
                );
                output.document(&json!({ "sources": list }), || match all.as_slice() {
                    [] => nothing.to_owned(),
                    all => all.iter().map(|source| line(output, source)).collect(),
                });
                return Ok(0);
            }
            Action::Add { place, via, reason } => {
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                let added = evidence_source::add(&archive, Allowed { place, via }, &reason, &common.actor())?;
                archive.close()?;
                added
            }
            Action::Remove { place, reason } => {
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                let ended = evidence_source::end(&archive, &place, &reason, &common.actor())?;
                archive.close()?;
                ended
            }
        };
        output.document(&document(&changed), || line(output, &changed));
        Ok(0)
    }
}

fn document(source: &EvidenceSource) -> Value {
    json!({
        "id": source.id.to_string(), "place": source.allowed.place.to_string(),
        "via": source.allowed.via.map(|via| via.to_string()), "reason": source.reason, "ended": source.ended,
    })
}

fn line(output: &Output, source: &EvidenceSource) -> String {
    let via = source.allowed.via.map(|via| format!("  {} {via}", output.say("qua", "via")));
    let ended = match &source.ended {
        Some(reason) => format!("  {}: {}", output.say("đã ngừng", "ended"), plain(reason)),
        None => String::new(),
    };
    format!("{}{}  {}{ended}\n", source.allowed.place, via.unwrap_or_default(), plain(&source.reason))
}

fn place(text: &str) -> std::result::Result<Place, String> {
    text.parse().map_err(|error: evidence_source::NotAllowable| error.to_string())
}

fn via(text: &str) -> std::result::Result<Via, String> {
    text.parse().map_err(|error: evidence_source::NotAllowable| error.to_string())
}
