//! `chauban hold`

use super::output::{Output, plain};
use super::{Common, Result};
use crate::archive::body::{HoldQueryBody, HoldScopeBody};
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
  chauban hold place --class TT10-2022/bidding-won --reason 'audit of tenders' --mandate 'order 7/KTNN'
  chauban hold place --agency H26.10 --words 'nhà thầu' --issued 2019-01-01/2021-12-31 --reason 'inquiry' --mandate '9/VB'
  chauban hold list
  chauban hold release 01935000-0000-7000-8000-000000000001 --reason 'inspection ended' --actor 'Trần B'

Conditions together are a saved query: it is kept as it was written and read against each record when its fate is decided,
so that what comes later falls under it too. A hold is never deleted. Who placed it can't release it; names of actors are taken at their word.")]
pub struct HoldCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Place a hold on records, a dossier, all that an agency transfers, a class, or what fits conditions.
    #[command(group = ArgGroup::new("covered").required(true).multiple(true)
        .args(["ids", "agency", "class", "file_code", "worked", "document_type", "issued", "words"]))]
    Place {
        /// Records, or one dossier: identifier or code.
        #[arg(value_name = "ID", conflicts_with_all = ["agency", "class", "file_code", "worked", "document_type", "issued", "words"])]
        ids: Vec<String>,
        #[command(flatten)]
        conditions: Box<Conditions>,
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

/// What a hold covers, other than by name.
#[derive(Args)]
struct Conditions {
    /// Code of the agency that transferred, with those under it.
    #[arg(long, value_name = "CODE")]
    agency: Option<String>,
    /// Code of a rule, or of a schedule with all its rules.
    #[arg(long, value_name = "CODE")]
    class: Option<String>,
    /// Beginning of the dossier's code, by whole parts: H26.10.2019.
    #[arg(long, value_name = "CODE")]
    file_code: Option<String>,
    /// Years in which the work ended.
    #[arg(long, value_name = "YEAR/YEAR", value_parser = hold::years)]
    worked: Option<(i32, i32)>,
    /// Type of document, 01 to 32.
    #[arg(long = "type", value_name = "CODE")]
    document_type: Option<String>,
    /// Days of issue.
    #[arg(long, value_name = "DAY/DAY", value_parser = hold::days)]
    issued: Option<(String, String)>,
    /// Words that stand in the subject, with diacritics or without; may be repeated.
    #[arg(long, value_name = "WORDS")]
    words: Vec<String>,
}

impl Conditions {
    fn wanted(self) -> Wanted {
        let Self { agency, class, file_code, worked, document_type, issued, words } = self;
        Wanted::fitting(HoldQueryBody { agency, rule: class, file_code, worked, document_type, issued, words })
    }
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
            Action::Place { ids, conditions, reason, mandate } => {
                let wanted = if ids.is_empty() { conditions.wanted() } else { Wanted::Named(ids) };
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
        HoldScopeBody::Class(class) => format!("{} {class}", output.say("nhóm thời hạn", "class")),
        HoldScopeBody::Query(query) => {
            format!("{}: {}", output.say("tài liệu thỏa", "records with"), told(output, query))
        }
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

/// The conditions of a saved query in words.
fn told(output: &Output, query: &HoldQueryBody) -> String {
    let mut conditions = Vec::new();
    let mut tell = |vi, en, value: Option<String>| {
        conditions.extend(value.map(|value| format!("{} {}", output.say(vi, en), plain(&value))));
    };
    tell("cơ quan", "agency", query.agency.clone());
    tell("nhóm thời hạn", "class", query.rule.clone());
    tell("mã hồ sơ", "dossier code", query.file_code.clone());
    tell("kết thúc năm", "ended in", query.worked.map(|(first, last)| format!("{first}–{last}")));
    tell("loại", "type", query.document_type.clone());
    tell("ban hành", "issued", query.issued.as_ref().map(|(first, last)| format!("{first} – {last}")));
    query.words.iter().for_each(|words| tell("trích yếu có", "subject with", Some(format!("“{words}”"))));
    conditions.join(", ")
}
