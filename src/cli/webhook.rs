//! `chauban webhook`

use super::output::{Output, plain, tell};
use super::{Common, Result};
use crate::archive::Reading;
use crate::archive::evidence_source::{NotAllowable, Via};
use crate::archive::webhook::{Standing, Wanted, Webhook, Webhooks};
use crate::record::AgencyCode;
use crate::time::SystemClock;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Agencies' systems that are told what becomes of the agencies' transfers.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban webhook add H26.10 https://ioffice.stttt.example.gov.vn/chauban
  chauban webhook add H26.33 https://so.example.gov.vn/hook --via 10.1.2.3
  chauban webhook list
  chauban webhook resume 0f0e7a0c-0a35-4c1b-9f0e-5a3c0d7e2b11
  chauban webhook remove 0f0e7a0c-0a35-4c1b-9f0e-5a3c0d7e2b11

`serve` tells, by POST and https alone, that a transfer of the agency, or of one under it, was returned, accepted or
accessioned (with where its receipts are). Messages are signed as Standard Webhooks 1.0 says (webhook-id,
webhook-timestamp, webhook-signature), with the secret that `add` writes once, alone on standard output. Who does not
answer 2xx is told again after 5 seconds, 5 minutes, and ever longer, for three days; then the webhook is disabled,
administrators are told, and `resume` goes on where it stopped. A message may come twice: its webhook-id is the same.

A name that leads to a private network, to this machine or to its link is refused, unless --via names the machine to
connect to.")]
pub struct WebhookCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make a webhook, and write its secret once.
    Add {
        /// Code of the agency, with those under it.
        agency: AgencyCode,
        /// Where it is told: an https address.
        url: String,
        /// Connect to this machine, IP or IP:PORT, whatever the host's name leads to.
        #[arg(long, value_name = "ADDRESS", value_parser = via)]
        via: Option<Via>,
    },
    /// Try one that failed or was disabled again, from where it stopped.
    Resume {
        /// Its identifier.
        id: Uuid,
    },
    /// Remove one: it is told nothing from now on.
    Remove {
        /// Its identifier.
        id: Uuid,
    },
    /// List all of them, with how they stand.
    List,
}

impl WebhookCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let reading = Reading::open(&places)?;
        let webhooks = Webhooks::new(&places, Arc::new(SystemClock::new()));
        match self.action {
            Action::Add { agency, url, via } => {
                let wanted = Wanted { agency, url, via, by: common.actor() };
                let (made, secret) = webhooks.make(wanted, reading.catch_up()?)?;
                let mut shown = document(&made);
                shown["secret"] = secret.clone().into();
                if !output.json {
                    tell(line(output, &made).trim_end());
                }
                output.document(&shown, || format!("{secret}\n"));
            }
            Action::Resume { id } => {
                let resumed = webhooks.resume(id)?;
                output.document(&document(&resumed), || line(output, &resumed));
            }
            Action::Remove { id } => {
                webhooks.remove(id)?;
                output.document(&json!({ "removed": id.to_string() }), || format!("{id}\n"));
            }
            Action::List => {
                let all = webhooks.all()?;
                let list: Vec<Value> = all.iter().map(document).collect();
                output.document(&json!({ "webhooks": list }), || match all.as_slice() {
                    [] => output.say("Chưa có webhook nào.\n", "There is no webhook.\n").to_owned(),
                    all => all.iter().map(|one| line(output, one)).collect(),
                });
            }
        }
        Ok(0)
    }
}

fn document(webhook: &Webhook) -> Value {
    let (standing, why, next) = match &webhook.standing {
        Standing::Well => ("well", None, None),
        Standing::Failing { why, next, .. } => ("failing", Some(why), Some(next.to_string())),
        Standing::Disabled { why, .. } => ("disabled", Some(why), None),
    };
    json!({
        "webhook": webhook.id.to_string(), "agency": webhook.agency.to_string(), "url": webhook.url.to_string(),
        "via": webhook.via.map(|via| via.to_string()), "by": webhook.by, "made": webhook.made.to_string(),
        "standing": standing, "why": why, "next": next,
    })
}

fn line(output: &Output, webhook: &Webhook) -> String {
    let standing = match &webhook.standing {
        Standing::Well => output.say("tốt", "well").to_owned(),
        Standing::Failing { next, why, .. } => {
            format!("{} {next}: {}", output.say("lỗi, thử lại lúc", "failing, tried again at"), plain(why))
        }
        Standing::Disabled { why, .. } => format!("{}: {}", output.say("đã ngừng", "disabled"), plain(why)),
    };
    let via = webhook.via.map(|via| format!(" {} {via}", output.say("qua", "via"))).unwrap_or_default();
    format!("{}  {}  {}{via}  {standing}\n", webhook.id, webhook.agency, webhook.url)
}

fn via(text: &str) -> std::result::Result<Via, String> {
    text.parse().map_err(|error: NotAllowable| error.to_string())
}
