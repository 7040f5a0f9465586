//! `chauban retention explain`

use crate::archive::Reading;
use crate::archive::body::DossierBody;
use crate::archive::retention::{Explained, Kind, Opening, ReasonCode, today};
use crate::cli::output::{Output, plain};
use crate::cli::{Common, Result};
use crate::time::SystemClock;
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value, json};

/// What may become of a record or dossier.
#[derive(Args)]
pub struct Explain {
    /// Identifier or code.
    id: String,
    /// The day [default: today, in Vietnam].
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
}

impl Explain {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let reading = Reading::open(&common.places()?)?;
        let on = self.on.unwrap_or_else(|| today(&SystemClock::new()));
        let explained = reading.explain_retention(&self.id, on)?;
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
        "waiting": explained.waiting,
        "access": explained.access.as_ref().map(|opening| access_document(output, opening)),
        "retention_explained": stated(output, &explained.dossier),
    })
}

/// Who may read a record.
pub fn access_document(output: &Output, opening: &Opening) -> Value {
    let (vi, en) = opening.access.words();
    let reasons: Vec<&str> = opening.reasons.iter().map(|reason| reason.code.name()).collect();
    let opens = opening.opens.map(|day| day.to_string());
    json!({ "code": opening.access.name(), "words": output.say(vi, en), "opens": opens, "reasons": reasons })
}

/// The same in a line.
pub fn access_text(output: &Output, opening: &Opening) -> String {
    let (vi, en) = opening.access.words();
    let opens = opening.opens.map_or_else(String::new, |day| format!(", {} {day}", output.say("mở từ", "open from")));
    let awaits = opening.reasons.iter().map(|reason| {
        let (vi, en) = reason.code.words();
        format!(" {}", output.say(vi, en))
    });
    let why = if opening.opens.is_none() { awaits.collect() } else { String::new() };
    format!("{}: {}{opens}.{why}", output.say("Tiếp cận", "Access"), output.say(vi, en))
}

fn text(output: &Output, explained: &Explained) -> String {
    let Explained { decision, words, .. } = explained;
    let kind = match explained.kind {
        Kind::Record => output.say("Tài liệu", "Record"),
        Kind::Dossier => output.say("Hồ sơ", "Dossier"),
    };
    let (vi, en) = decision.outcome.words();
    let mut text = format!(
        "{kind} {}\n{} {}: {} [{}]\n  {}\n  {}\n{}",
        explained.code,
        output.say("Ngày", "On"),
        explained.on,
        output.say(vi, en),
        decision.outcome.name(),
        output.say(&words.headline.vi, &words.headline.en),
        output.say(&words.basis.vi, &words.basis.en),
        beside(output, explained),
    );
    if let Some(opening) = &explained.access {
        text.push_str(&format!("  {}\n", access_text(output, opening)));
    }
    if let Some(rule) = &explained.waiting {
        let words = output.say(
            "ngắn hơn thời hạn cơ quan ghi; chờ người thứ hai xác nhận",
            "is shorter than the agency states; it waits for a second person",
        );
        text.push_str(&format!("  ! {}: {words}\n", plain(rule)));
    }
    for line in &words.lines {
        text.push_str(&format!("  - {}: {}\n", line.code.name(), plain(output.say(&line.words.vi, &line.words.en))));
        if let Some(source) = &line.source {
            let (vi, en) = source.grade.words();
            text.push_str(&format!("      {source} ({})\n", output.say(vi, en)));
        }
    }
    text
}

/// What the agency states, where something else rules.
fn beside(output: &Output, explained: &Explained) -> String {
    let by_statement = [ReasonCode::StatementOnly, ReasonCode::StatementConfirmed];
    let citation = explained.dossier.retention.citation.as_str();
    if citation.is_empty() || by_statement.into_iter().any(|code| explained.decision.says(code)) {
        return String::new();
    }
    format!("  {}: “{citation}”\n", output.say("Cơ quan nộp lưu ghi", "The transferring agency states"))
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
    let label = output.say("Thời hạn lưu trữ", "Retention");
    if (retention.basis.as_str(), retention.citation.as_str()) == ("stated", "") {
        let none = output.say(
            "cơ quan nộp lưu không ghi thời hạn; chỉ riêng điều đó thì chưa được hủy",
            "the agency states none; on that alone nothing is destroyed",
        );
        return format!("{label}: {period}{until}; {none}");
    }
    let basis = match (retention.basis.as_str(), retention.verified) {
        ("stated", _) => output.say(
            "theo cơ quan nộp lưu ghi; chỉ riêng điều đó thì chưa được hủy",
            "as the agency states; on that alone nothing is destroyed",
        ),
        (_, true) => output.say("theo bảng thời hạn", "by the schedule"),
        (_, false) => output.say("theo bảng thời hạn chưa kiểm chứng", "by a schedule that is not verified"),
    };
    format!("{label}: {period}{until}; “{}” {basis}", retention.citation)
}
