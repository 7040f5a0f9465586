//! `chauban hold`

use super::output::{Output, plain};
use super::{Common, Result};
use crate::archive::body::HoldScopeBody;
use crate::archive::hold::{self, HoldShown, Wanted};
use crate::archive::{Reading, Writing};
use crate::time::SystemClock;
use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};
use std::sync::Arc;

/// Holds: orders that block destruction until a second person releases them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban hold place H26.10.2023.045 --reason 'inspection of 2026' --mandate 'order 12/QĐ-TTr'
  chauban hold place --agency H26.10 --reason 'lawsuit' --mandate 'ruling 3/2026'
  chauban hold list
  chauban hold release 01935000-0000-7000-8000-000000000001 --reason 'inspection ended' --actor 'Trần B'

A hold is never deleted. Who placed it can't release it; names of actors are taken at their word.")]
pub struct HoldCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Place a hold on records, a dossier, or all that an agency transfers.
    #[command(group = ArgGroup::new("covered").required(true).args(["ids", "agency"]))]
    Place {
        /// Records, or one dossier: identifier or code.
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// Code of the agency that transferred, with those under it; what it transfers later is covered too.
        #[arg(long, value_name = "CODE")]
        agency: Option<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The order it rests on.
        #[arg(long, value_name = "TEXT")]
        mandate: String,
    },
    /// Release a hold, as another person than placed it.
    Release {
        /// Its identifier.
        hold: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// List every hold, in force and released.
    List,
}

impl HoldCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let changed = match self.action {
            Action::List => {
                let all = Reading::open(&places)?.holds()?;
                let nothing = output.say("Chưa có lệnh tạm dừng hủy nào.\n", "There is no hold.\n");
                let list: Vec<Value> = all.iter().map(document).collect();
                output.document(&json!({ "holds": list }), || match all.as_slice() {
                    [] => nothing.to_owned(),
                    all => all.iter().map(|hold| text(output, hold)).collect(),
                });
                return Ok(0);
            }
            Action::Place { ids, agency, reason, mandate } => {
                let wanted = agency.map_or(Wanted::Named(ids), Wanted::Agency);
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                let placed = hold::place(&archive, &wanted, &reason, &mandate, &common.actor())?;
                archive.close()?;
                placed
            }
            Action::Release { hold, reason } => {
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                let released = hold::release(&archive, &hold, &reason, &common.actor())?;
                archive.close()?;
                released
            }
        };
        output.document(&document(&changed), || text(output, &changed));
        Ok(0)
    }
}

fn document(hold: &HoldShown) -> Value {
    let released = hold.released.as_ref().map(|(by, at, why)| json!({ "by": by, "at": at, "reason": why }));
    json!({
        "hold": hold.id.to_string(),
        "covers": hold.covers,
        "reason": hold.reason,
        "mandate": hold.mandate,
        "placed": { "by": hold.placed.0, "at": hold.placed.1 },
        "released": released,
    })
}

fn text(output: &Output, hold: &HoldShown) -> String {
    let covers = match &hold.covers {
        HoldScopeBody::Records(records) => format!("{} {}", output.say("tài liệu", "records"), records.join(" ")),
        HoldScopeBody::Dossier(dossier) => format!("{} {dossier}", output.say("hồ sơ", "dossier")),
        HoldScopeBody::Agency(code) => format!("{} {code}", output.say("cơ quan", "agency")),
    };
    let (label, order) = (output.say("đặt", "placed"), output.say("theo", "by order"));
    let mut text = format!(
        "{}  {covers}\n  {} ({order} {})\n  {label} {} {}\n",
        hold.id,
        plain(&hold.reason),
        plain(&hold.mandate),
        hold.placed.1,
        plain(&hold.placed.0)
    );
    if let Some((by, at, why)) = &hold.released {
        text.push_str(&format!("  {} {at} {}: {}\n", output.say("hết hiệu lực", "released"), plain(by), plain(why)));
    }
    text
}
