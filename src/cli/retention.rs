//! `chauban retention`

use super::output::{Output, plain};
use super::{Common, Result};
use crate::archive::Reading;
use crate::archive::body::DossierBody;
use crate::archive::retention::{Explained, Kind, today};
use crate::time::SystemClock;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// How long records are kept, and why.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban retention explain H26.10.2023.045            a dossier
  chauban retention explain H26.10.2023.045.0000001 --on 2034-01-01

The answer describes and permits nothing. Periods are what agencies state; no schedule was checked, so nothing is ever
found eligible for disposal.")]
pub struct RetentionCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// What may become of a record or dossier on a day, with every reason and the legal text it rests on.
    Explain {
        /// Identifier or code.
        id: String,
        /// The day [default: today, in Vietnam].
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<NaiveDate>,
    },
}

impl RetentionCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let Action::Explain { id, on } = self.action;
        let reading = Reading::open(&common.places()?)?;
        let explained = reading.explain_retention(&id, on.unwrap_or_else(|| today(&SystemClock::new())))?;
        output.document(&document(output, &explained), || text(output, &explained));
        Ok(0)
    }
}

fn document(output: &Output, explained: &Explained) -> Value {
    let Explained { decision, words, .. } = explained;
    let reasons = words.lines.iter().map(|line| {
        let citation = line.source.as_ref().map(|source| {
            let (vi, en) = source.grade.words();
            json!({ "text": source.to_string(), "verified": output.say(vi, en) })
        });
        json!({ "code": line.code.name(), "vi": line.words.vi, "en": line.words.en, "citation": citation })
    });
    json!({
        match explained.kind { Kind::Record => "record", Kind::Dossier => "dossier" }: explained.about.to_string(),
        "code": explained.code,
        "on": explained.on.to_string(),
        "holds": explained.holds.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "outcome": decision.outcome.name(),
        "until": decision.until().map(|day| day.to_string()),
        "due": decision.due().map(|day| day.to_string()),
        "headline": { "vi": words.headline.vi, "en": words.headline.en },
        "basis": { "vi": words.basis.vi, "en": words.basis.en },
        "reasons": reasons.collect::<Vec<_>>(),
        "retention_explained": stated(output, &explained.dossier),
    })
}

fn text(output: &Output, explained: &Explained) -> String {
    let Explained { decision, words, .. } = explained;
    let kind = match explained.kind {
        Kind::Record => output.say("Tài liệu", "Record"),
        Kind::Dossier => output.say("Hồ sơ", "Dossier"),
    };
    let (vi, en) = decision.outcome.words();
    let mut text = format!(
        "{kind} {}\n{} {}: {} [{}]\n  {}\n  {}\n  {}\n",
        explained.code,
        output.say("Ngày", "On"),
        explained.on,
        output.say(vi, en),
        decision.outcome.name(),
        output.say(&words.headline.vi, &words.headline.en),
        output.say(&words.basis.vi, &words.basis.en),
        stated(output, &explained.dossier),
    );
    for line in &words.lines {
        text.push_str(&format!("  - {}: {}\n", line.code.name(), plain(output.say(&line.words.vi, &line.words.en))));
        if let Some(source) = &line.source {
            let (vi, en) = source.grade.words();
            text.push_str(&format!("      {source} ({})\n", output.say(vi, en)));
        }
    }
    text
}

/// What is stated of a dossier's retention, in words a clerk understands: `show` and `retention explain` say the same.
pub fn stated(output: &Output, dossier: &DossierBody) -> String {
    let retention = &dossier.retention;
    let period = match (retention.permanent, retention.years) {
        (true, _) => output.say("vĩnh viễn", "permanent").to_owned(),
        (false, Some(years)) => format!("{years} {}", output.say("năm", "years")),
        (false, None) => output.say("chưa xác định", "not determined yet").to_owned(),
    };
    let until = retention.until.as_ref().map_or(String::new(), |until| {
        format!(
            ", {} {} ({} {})",
            output.say("đến hết ngày", "until the end of"),
            until,
            output.say("tính từ hết năm", "counted from the end of"),
            dossier.year
        )
    });
    let basis = match (retention.basis.as_str(), retention.verified) {
        ("stated", _) => output.say(
            "theo cơ quan nộp lưu ghi; chưa đối chiếu với bảng thời hạn, nên chưa được hủy theo thời hạn này",
            "as the agency states; not checked against a schedule, so nothing is destroyed on it",
        ),
        (_, true) => output.say("theo bảng thời hạn", "by the schedule"),
        (_, false) => output.say("theo bảng thời hạn chưa kiểm chứng", "by a schedule that is not verified"),
    };
    let label = output.say("Thời hạn lưu trữ", "Retention");
    format!("{label}: {period}{until}; “{}” {basis}", retention.citation)
}
