//! `chauban stamp`

use super::output::{Output, plain};
use super::{Common, DOUBT, Result};
use crate::archive::Reading;
use crate::archive::stamp::{Ask, Options, Patience, Planned, Recording, Stamping, TokenFacts, TokenName, stamp};
use crate::error::Kind;
use crate::network::Http;
use crate::time::{Clock, SystemClock};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Have the newest checkpoint time-stamped.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban time-authority add http://tsa.example.gov.vn/ --name vn-tsa
  chauban stamp                every record taken in so far existed now, by that authority's clock
  chauban stamp --all          by the clock of every authority
  chauban stamp --plan         until when each time-stamp holds, and from when it is to be renewed

Authorities are asked in the order in which they were added, until one has answered. Nothing but a hash leaves the
archive. Ingests may run meanwhile. Exit status 5 if no authority answered: nothing is lost, try again. `chauban serve`
stamps once a day by itself.")]
pub struct Stamp {
    /// Ask every authority, not only until one has answered.
    #[arg(long)]
    all: bool,
    /// Ask nobody: list all time-stamps, how long they hold, and from when they are to be renewed.
    #[arg(long, conflicts_with_all = ["all", "attempts", "timeout"])]
    plan: bool,
    /// How often an authority is asked that does not answer.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20))]
    attempts: u32,
    /// Seconds that an authority has for its answer.
    #[arg(long, default_value_t = 15, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
}

impl Stamp {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        if self.plan {
            let plan = Reading::open(&places)?.renewal_plan()?;
            let list: Vec<Value> = plan.iter().map(planned_json).collect();
            output.document(&json!({ "time_stamps": list }), || plan_text(output, &plan));
            return Ok(0);
        }
        let timeout = Duration::from_secs(self.timeout);
        let patience = Patience { attempts: self.attempts, timeout, ..Patience::default() };
        let options = Options { ask: if self.all { Ask::Every } else { Ask::UntilOneAnswers }, patience };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let done = stamp(&places, &Http::new(), &clock, &options, &common.actor())?;
        output.document(&stamping_json(&done), || stamping_text(output, &done));
        Ok(match (done.tokens.is_empty(), done.unanswered.is_empty(), done.recording) {
            (true, ..) => Kind::Unavailable.codes().1,
            (false, true, Recording::Recorded) => 0,
            (false, ..) => DOUBT,
        })
    }
}

fn stamping_json(done: &Stamping) -> Value {
    let tokens: Vec<Value> = done.tokens.iter().map(|(name, facts)| token_json(name, facts)).collect();
    let none = |none: &crate::archive::stamp::Unanswered| json!({ "authority": none.authority, "attempts": none.attempts, "why": none.why });
    json!({
        "checkpoint": done.checkpoint, "records": done.records, "renewed": done.renewed, "entries_left": done.left,
        "time_stamps": tokens,
        "unanswered": done.unanswered.iter().map(none).collect::<Vec<_>>(),
        "recorded": done.recording == Recording::Recorded,
    })
}

fn token_json(name: &TokenName, facts: &TokenFacts) -> Value {
    json!({
        "authority": name.authority, "checkpoint": name.checkpoint, "time": rfc3339(facts.time),
        "serial": facts.serial, "subject": facts.authority, "certificate": facts.certificate.to_string(),
        "algorithm": facts.algorithm, "not_after": rfc3339(facts.not_after),
    })
}

fn planned_json(planned: &Planned) -> Value {
    let mut document = token_json(&planned.name, &planned.facts);
    let renewed_by: Vec<String> = planned.renewed_by.iter().map(ToString::to_string).collect();
    document["renewed_by"] = json!(renewed_by);
    document["holds_until"] = json!(rfc3339(planned.holds_until));
    document["renew_from"] = json!(rfc3339(planned.renew_from()));
    document
}

fn stamping_text(output: &Output, done: &Stamping) -> String {
    let mut text = String::new();
    for (name, facts) in &done.tokens {
        text.push_str(&format!(
            "{} {}  {}  {} {}\n",
            output.say("Mốc niêm phong", "Checkpoint"),
            name.checkpoint,
            rfc3339(facts.time),
            name.authority,
            plain(&facts.authority),
        ));
    }
    let (records, renewed) = (done.records, done.renewed);
    if !done.tokens.is_empty() {
        text.push_str(&match output.say("vi", "en") {
            "vi" => format!("{records} tài liệu mới, gia hạn {renewed} dấu thời gian cũ\n"),
            _ => format!("{records} new records, {renewed} older time-stamps renewed\n"),
        });
    }
    for none in &done.unanswered {
        let (words, why) = (output.say("không cấp dấu thời gian", "gave no time-stamp"), plain(&none.why));
        text.push_str(&format!("{} {words} ({}): {why}\n", none.authority, none.attempts));
    }
    if done.left > 0 {
        let words = output.say("mục chưa đóng dấu: chạy lại lệnh", "entries are left: run the command again");
        text.push_str(&format!("{} {words}\n", done.left));
    }
    if done.recording == Recording::Waits {
        text.push_str(output.say(
            "Chưa ghi vào sổ cái vì tiến trình khác đang ghi; lần đóng dấu sau sẽ ghi.\n",
            "Not recorded in the ledger yet, as another process is writing; the next stamping does.\n",
        ));
    }
    if done.tokens.is_empty() {
        text.push_str(output.say(
            "CHƯA ĐÓNG DẤU THỜI GIAN: không cơ quan nào trả lời. Kho không thay đổi.\n",
            "NOT STAMPED: no authority answered. The archive is unchanged.\n",
        ));
    }
    text
}

fn plan_text(output: &Output, plan: &[Planned]) -> String {
    if plan.is_empty() {
        return output.say("Chưa có dấu thời gian nào.\n", "There is no time-stamp.\n").to_owned();
    }
    let line = |planned: &Planned| {
        let renewed: Vec<String> = planned.renewed_by.iter().map(ToString::to_string).collect();
        let renewed = match renewed.last() {
            Some(last) => format!("  {} {last}", output.say("gia hạn bởi", "renewed by")),
            None => String::new(),
        };
        format!(
            "{}  {}  {} {}  {} {}  [{}]{renewed}\n",
            planned.name,
            rfc3339(planned.facts.time),
            output.say("hiệu lực đến", "holds until"),
            planned.holds_until.date_naive(),
            output.say("gia hạn từ", "renew from"),
            planned.renew_from().date_naive(),
            planned.facts.algorithm,
        )
    };
    plan.iter().map(line).collect()
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
