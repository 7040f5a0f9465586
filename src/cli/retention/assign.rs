//! `chauban retention assign`, `confirm-period`, `event`, `revoke`, `link`, `unlink`, `keep`

use crate::archive::Writing;
use crate::archive::retention::Occurrence;
use crate::archive::retention::assign::{self, Done, Waits};
use crate::cli::output::Output;
use crate::cli::{Common, Result};
use crate::error::Error;
use crate::time::SystemClock;
use clap::Args;
use serde_json::{Value, json};
use std::sync::Arc;

/// Put records or dossiers under a rule.
#[derive(Args)]
pub struct Assign {
    /// Records or dossiers: identifiers or codes.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Code of the rule.
    #[arg(long, value_name = "CODE")]
    rule: String,
    /// Why they belong to it.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Confirm what is stated, or a shorter rule.
#[derive(Args)]
pub struct ConfirmPeriod {
    /// Records or dossiers: identifiers or codes.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// The line of a table, or the decision, by which it is right.
    #[arg(long, value_name = "TEXT")]
    basis: String,
    /// By what right you confirm it.
    #[arg(long, value_name = "TEXT")]
    mandate: String,
}

/// Record that something happened.
#[derive(Args)]
pub struct Event {
    /// Records or dossiers, and last what happened: superseded, expired, works-demolished, asset-disposed,
    /// contract-ended, settled, person-died or declassified.
    #[arg(required = true, num_args = 2.., value_name = "ID… KIND")]
    ids: Vec<String>,
    /// When: a day, a month, a year, or an interval (2023-05/2024); left out where it is not known.
    #[arg(long, value_name = "DATE", default_value = "", hide_default_value = true)]
    on: String,
    /// How that is known.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Revoke a recorded event.
#[derive(Args)]
pub struct Revoke {
    /// The record or dossier.
    id: String,
    /// Ledger index of the event; `chauban history` lists them.
    #[arg(long, value_name = "INDEX")]
    entry: u64,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Two records, and why.
#[derive(Args)]
pub struct Link {
    /// One record.
    one: String,
    /// The other.
    other: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// What is done to a link.
#[derive(Clone, Copy)]
pub enum Tie {
    /// It is made.
    Link,
    /// It is dissolved.
    Unlink,
}

/// Go on keeping.
#[derive(Args)]
pub struct Keep {
    /// Records or dossiers: identifiers or codes.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Assign {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        write(common, output, |archive, actor| assign::assign(archive, &self.ids, &self.rule, &self.reason, actor))
    }
}

impl ConfirmPeriod {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let Self { ids, basis, mandate } = self;
        write(common, output, |archive, actor| assign::confirm_period(archive, &ids, &basis, &mandate, actor))
    }
}

impl Event {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let Self { mut ids, on, reason } = self;
        let kind = ids.pop().unwrap_or_default();
        let names: Vec<&str> = Occurrence::NAMES.iter().map(|(name, _)| *name).collect();
        let known = Occurrence::NAMES.iter().find(|(name, _)| *name == kind);
        let (_, kind) = known.ok_or_else(|| {
            Error::invalid(format!("{kind:?} is none of {}", names.join(", "))).remedy("name what happened last")
        })?;
        write(common, output, |archive, actor| assign::occur(archive, &ids, *kind, &on, &reason, actor))
    }
}

impl Revoke {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        write(common, output, |archive, actor| assign::revoke(archive, &self.id, self.entry, &self.reason, actor))
    }
}

impl Link {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output, tie: Tie) -> Result<u8> {
        write(common, output, |archive, actor| match tie {
            Tie::Link => assign::link(archive, &self.one, &self.other, &self.reason, actor),
            Tie::Unlink => assign::unlink(archive, &self.one, &self.other, &self.reason, actor),
        })
    }
}

impl Keep {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        write(common, output, |archive, actor| assign::review(archive, &self.ids, &self.reason, actor))
    }
}

/// Opens the archive, does it, says what was done.
fn write(common: &Common, output: &Output, act: impl FnOnce(&Writing, &str) -> Result<Vec<Done>>) -> Result<u8> {
    let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
    let done = act(&archive, &common.actor())?;
    archive.close()?;
    let list: Vec<Value> = done.iter().map(document).collect();
    output.document(&json!({ "recorded": list }), || done.iter().map(|done| text(output, done)).collect());
    Ok(0)
}

fn document(done: &Done) -> Value {
    let waits = done.waits == Waits::ForSecondPerson;
    json!({ "id": done.about.to_string(), "code": done.code, "entry": done.index, "waits_for_second_person": waits })
}

fn text(output: &Output, done: &Done) -> String {
    let waits = match done.waits {
        Waits::No => "",
        Waits::ForSecondPerson => output.say(
            "; ngắn hơn, hoặc có thể ngắn hơn, thời hạn đang áp dụng: chờ người thứ hai xác nhận (`retention confirm-period`)",
            "; it is, or may be, shorter than what rules now: it waits for a second person (`retention confirm-period`)",
        ),
    };
    let label = output.say("đã ghi ở mục nhật ký", "recorded in entry");
    format!("{}: {label} {}{waits}\n", done.code, done.index)
}
