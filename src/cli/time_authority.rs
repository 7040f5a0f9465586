//! `chauban time-authority`

use super::output::{Output, plain};
use super::{Common, Result};
use crate::archive::time_authority::{self, TimeAuthority};
use crate::archive::{Reading, Writing};
use crate::time::SystemClock;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::sync::Arc;

/// Authorities that may be asked for time-stamps.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban time-authority add http://tsa.example.gov.vn/ --name vn-tsa
  chauban time-authority list
  chauban time-authority remove vn-tsa --reason 'contract ended'

Nobody is asked by default, and only these are ever asked. That one is listed does not mean that it is believed: for
that add its root with `chauban trust add --tree time-stamping`.")]
pub struct TimeAuthorityCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Allow an authority to be asked.
    Add {
        /// Its address, http or https.
        url: String,
        /// Its name here, for ever: lower-case letters, digits, hyphens.
        #[arg(long, value_name = "NAME")]
        name: String,
    },
    /// Ask an authority no more; its time-stamps stay.
    Remove {
        /// Its name.
        name: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// List the authorities in the order in which they are asked.
    List,
}

impl TimeAuthorityCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let changed = match self.action {
            Action::List => {
                let all = Reading::open(&places)?.time_authorities()?;
                let list: Vec<Value> = all.iter().map(document).collect();
                let nothing = output.say(
                    "Chưa có tổ chức cấp dấu thời gian nào: thêm bằng `chauban time-authority add`.\n",
                    "There is no time-stamping authority: add one with `chauban time-authority add`.\n",
                );
                output.document(&json!({ "authorities": list }), || match all.as_slice() {
                    [] => nothing.to_owned(),
                    all => all.iter().map(|authority| line(output, authority)).collect(),
                });
                return Ok(0);
            }
            Action::Add { url, name } => {
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                let added = time_authority::add(&archive, &name, &url, &common.actor())?;
                archive.close()?;
                added
            }
            Action::Remove { name, reason } => {
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                let ended = time_authority::end(&archive, &name, &reason, &common.actor())?;
                archive.close()?;
                ended
            }
        };
        output.document(&document(&changed), || line(output, &changed));
        Ok(0)
    }
}

fn document(authority: &TimeAuthority) -> Value {
    json!({
        "id": authority.id.to_string(), "name": authority.name, "url": authority.url, "ended": authority.ended,
    })
}

fn line(output: &Output, authority: &TimeAuthority) -> String {
    let ended = match &authority.ended {
        Some(reason) => format!("  {}: {}", output.say("đã ngừng", "ended"), plain(reason)),
        None => String::new(),
    };
    format!("{}  {}{ended}\n", authority.name, plain(&authority.url))
}
