//! `chauban retention import`, `adopt`, `approve`, `confirm`, `withdraw`, `list`

use crate::archive::retention::adopt::{self, Adoption};
use crate::archive::retention::shown::{ParameterShown, RuleShown, RulesShown, VersionShown};
use crate::archive::retention::{Applies, Grade, Lock, Provenance, TABLE_BYTES_MAX, governed, import_table};
use crate::archive::{Reading, Writing};
use crate::cli::output::{Output, plain};
use crate::cli::{Common, DOUBT, Result};
use crate::error::Error;
use crate::time::SystemClock;
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// Read a table of periods.
#[derive(Args)]
pub struct Import {
    /// The table, CSV: columns code (mã), records (tên nhóm hồ sơ, tài liệu), period (thời hạn); group, article, action
    /// (xử lý khi hết thời hạn: hủy or xem xét; an empty cell is hủy).
    table: PathBuf,
    /// Code of the schedule; codes of rules begin with it.
    #[arg(long, value_name = "CODE")]
    schedule: String,
    /// Name of the schedule.
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// Number of the version.
    #[arg(long, value_name = "N", default_value_t = 1)]
    number: u32,
    /// How the legal text is cited.
    #[arg(long, value_name = "TEXT")]
    citation: String,
    /// Where the table was got.
    #[arg(long, value_name = "TEXT")]
    source: String,
    /// The rule file to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Which records a version governs.
#[derive(Args, Clone, Copy)]
#[group(multiple = false)]
pub struct Governs {
    /// Only records accessioned on this day or later [default: all that are not disposed of].
    #[arg(long, value_name = "YYYY-MM-DD")]
    accessioned_from: Option<NaiveDate>,
    /// Only records whose work ended in this year or later.
    #[arg(long, value_name = "YEAR")]
    work_ended_from: Option<i32>,
}

/// Adopt a rule file.
#[derive(Args)]
pub struct Adopt {
    /// The rule file.
    rules: PathBuf,
    #[command(flatten)]
    governs: Governs,
    /// Why, and by which order.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Adopt what another person proposed.
#[derive(Args)]
pub struct Approve {
    /// Identifier of the proposal; `chauban retention list` shows it.
    proposal: Uuid,
}

/// Confirm rules.
#[derive(Args)]
pub struct Confirm {
    /// Codes of rules of one version.
    #[arg(required = true, value_name = "RULE")]
    rules: Vec<String>,
    /// The text that they were compared with.
    #[arg(long, value_name = "TEXT")]
    basis: String,
    /// By what right you confirm them.
    #[arg(long, value_name = "TEXT")]
    mandate: String,
    /// The version of their schedule: an older one may still govern records [default: the newest that has them].
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,
}

/// Withdraw confirmations.
#[derive(Args)]
pub struct Withdraw {
    /// Codes of rules of one version.
    #[arg(required = true, value_name = "RULE")]
    rules: Vec<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// List what rules.
#[derive(Args)]
pub struct List {
    /// With every line of the newest versions.
    #[arg(long)]
    rules: bool,
    /// With the law's numbers.
    #[arg(long)]
    law: bool,
}

impl Import {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<u8> {
        let Self { table, schedule, title, number: version, citation, source, output: file } = self;
        let bytes = read(&table, TABLE_BYTES_MAX)?;
        let (text, import) = import_table(&bytes, &Provenance { schedule, title, version, citation, source })?;
        write(&file, &text)?;
        let refused: Vec<Value> = import
            .refused
            .iter()
            .map(|refused| json!({ "line": refused.line, "why": refused.why.to_string(), "cell": refused.cell }))
            .collect();
        let document = json!({ "understood": import.lines.len(), "refused": refused, "columns_unread": import.unread });
        output.document(&document, || {
            let mut text = format!("{}: {}\n", output.say("Đã hiểu", "Understood"), import.lines.len());
            for refused in &import.refused {
                let label = output.say("dòng", "line");
                text.push_str(&format!("  {label} {}: {} “{}”\n", refused.line, refused.why, plain(&refused.cell)));
            }
            for column in &import.unread {
                let label = output.say("cột không đọc", "column nobody reads");
                text.push_str(&format!("  {label}: {}\n", plain(column)));
            }
            text
        });
        Ok(if import.refused.is_empty() { 0 } else { DOUBT })
    }
}

impl Governs {
    /// The choice.
    pub fn applies(self) -> Result<Applies> {
        governed(self.accessioned_from, self.work_ended_from)
    }
}

impl Adopt {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let text = read_rules(&self.rules)?;
        let applies = self.governs.applies()?;
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        let adoption = adopt::adopt(&archive, &text, applies, &self.reason, &common.actor())?;
        archive.close()?;
        let (state, id) = match adoption {
            Adoption::Adopted(id) => ("adopted", id),
            Adoption::Proposed(id) => ("proposed", id),
        };
        output.document(&json!({ "rules": id.to_string(), "state": state }), || match adoption {
            Adoption::Adopted(id) => format!("{} {id}\n", output.say("Đã áp dụng:", "Adopted:")),
            Adoption::Proposed(id) => format!(
                "{} {id}\n  chauban retention approve {id}\n",
                output.say("Chờ người thứ hai chấp thuận:", "Waits for a second person:")
            ),
        });
        Ok(0)
    }
}

impl Approve {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        adopt::approve(&archive, self.proposal, &common.actor())?;
        archive.close()?;
        output.document(&json!({ "rules": self.proposal.to_string(), "state": "adopted" }), || {
            format!("{} {}\n", output.say("Đã áp dụng:", "Adopted:"), self.proposal)
        });
        Ok(0)
    }
}

impl Confirm {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        let version =
            adopt::confirm(&archive, (&self.rules, self.version), &self.basis, &self.mandate, &common.actor())?;
        archive.close()?;
        output.document(&json!({ "confirmed": self.rules, "version": version.to_string() }), || {
            format!("{} {}\n", output.say("Đã xác nhận:", "Confirmed:"), self.rules.join(" "))
        });
        Ok(0)
    }
}

impl Withdraw {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        let version = adopt::withdraw(&archive, &self.rules, &self.reason, &common.actor())?;
        archive.close()?;
        output.document(&json!({ "withdrawn": self.rules, "version": version.to_string() }), || {
            format!("{} {}\n", output.say("Đã rút xác nhận:", "Withdrawn:"), self.rules.join(" "))
        });
        Ok(0)
    }
}

impl List {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let shown = Reading::open(&common.places()?)?.rules_shown()?;
        let versions = |versions: &[VersionShown]| versions.iter().map(version_document).collect::<Vec<_>>();
        let mut document = json!({
            "versions": versions(&shown.versions),
            "proposals": versions(&shown.proposals),
            "law": shown.law.as_ref().map(version_document),
        });
        if self.rules {
            document["rules"] = shown.rules.iter().map(|rule| rule_document(output, rule)).collect();
        }
        if self.law {
            document["parameters"] = shown.parameters.iter().map(|one| parameter_document(output, one)).collect();
        }
        output.document(&document, || self.text(output, &shown));
        Ok(0)
    }

    fn text(&self, output: &Output, shown: &RulesShown) -> String {
        let mut text = String::new();
        if shown.versions.is_empty() {
            text.push_str(output.say("Chưa áp dụng bảng thời hạn nào.\n", "No schedule is adopted.\n"));
        }
        shown.versions.iter().for_each(|version| text.push_str(&version_text(output, version)));
        for proposal in &shown.proposals {
            text.push_str(output.say("Chờ người thứ hai chấp thuận: ", "Waits for a second person: "));
            text.push_str(&version_text(output, proposal));
        }
        match &shown.law {
            Some(law) => text.push_str(&format!("{} {}", output.say("Luật:", "Law:"), version_text(output, law))),
            None => text.push_str(output.say("Luật: theo chương trình\n", "Law: as the program brings it\n")),
        }
        let rules = shown.rules.iter().filter(|_| self.rules);
        rules.for_each(|rule| text.push_str(&rule_text(output, rule)));
        let parameters = shown.parameters.iter().filter(|_| self.law);
        parameters.for_each(|one| {
            let grade = grade_words(output, one.grade);
            let value = output.say(&one.value.0, &one.value.1);
            text.push_str(&format!("  {}: {value}; {} ({grade})\n", one.code, one.citation));
        });
        text
    }
}

/// Reads a rule file.
pub fn read_rules(path: &Path) -> Result<String> {
    let bytes = read(path, crate::archive::retention::RULES_BYTES_MAX)?;
    String::from_utf8(bytes).map_err(|_| Error::invalid(format!("{} is not UTF-8", path.display())))
}

/// Writes a file that must not be there yet.
fn write(path: &Path, text: &str) -> Result<()> {
    let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Error::file("writing", path, error))
}

fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>> {
    let named = |error: std::io::Error| Error::file("reading", path, error);
    let mut bytes = Vec::new();
    // One byte more than is read: whoever parses says that it is too long.
    File::open(path).map_err(named)?.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(named)?;
    Ok(bytes)
}

fn applies_words(applies: Applies) -> (String, String) {
    match applies {
        Applies::AllUndisposed => ("mọi tài liệu chưa hủy".into(), "all that are not disposed of".into()),
        Applies::Accessioned(day) => (format!("tiếp nhận từ {day}"), format!("accessioned from {day} on")),
        Applies::WorkEnded(day) => {
            let year = day.format("%Y");
            (format!("kết thúc công việc từ năm {year}"), format!("work ended in {year} or later"))
        }
    }
}

fn grade_words(output: &Output, grade: Grade) -> String {
    let (vi, en) = grade.words();
    output.say(vi, en).to_owned()
}

fn version_document(version: &VersionShown) -> Value {
    json!({
        "id": version.id.to_string(),
        "schedule": version.schedule,
        "title": version.title,
        "version": version.version,
        "in_force_from": version.in_force_from.map(|day| day.to_string()),
        "locked": version.lock == Lock::LengthenOnly,
        "sha256": version.sha256,
        "governs": applies_words(version.applies).1,
        "by": version.by,
        "on": version.on.to_string(),
        "reason": version.reason,
        "rules": version.rules,
        "unconfirmed": version.unconfirmed,
    })
}

fn version_text(output: &Output, version: &VersionShown) -> String {
    let (vi, en) = applies_words(version.applies);
    format!(
        "{} {} {} “{}”\n  {}\n  {}: {}; {} {}\n  {} {}: {}\n",
        plain(&version.schedule),
        output.say("phiên bản", "version"),
        version.version,
        plain(&version.title),
        version.id,
        output.say("áp dụng cho", "governs"),
        output.say(&vi, &en),
        version.unconfirmed,
        output.say("mục chưa được xác nhận", "lines that nobody confirmed"),
        version.on,
        plain(&version.by),
        plain(&version.reason),
    )
}

fn rule_document(output: &Output, rule: &RuleShown) -> Value {
    let confirmed = rule.confirmed.as_ref();
    json!({
        "code": rule.code,
        "version": rule.version,
        "records": rule.records,
        "period": { "vi": rule.period.0, "en": rule.period.1 },
        "citation": rule.citation,
        "grade": grade_words(output, rule.grade),
        "source": rule.source,
        "verified": rule.verified,
        "confirmed": confirmed.map(|(by, on, basis)| json!({ "by": by, "on": on.to_string(), "basis": basis })),
    })
}

fn rule_text(output: &Output, rule: &RuleShown) -> String {
    let state = match (&rule.confirmed, rule.verified) {
        (Some((by, on, basis)), _) => {
            format!("{} {} {on}: {}", output.say("xác nhận bởi", "confirmed by"), plain(by), plain(basis))
        }
        (None, true) => output.say("đã kiểm chứng", "verified").to_owned(),
        (None, false) => {
            output.say("chưa xác nhận: không hủy theo mục này", "not confirmed: nothing goes on it").into()
        }
    };
    format!(
        "{}  {}  {}\n  {} ({}; {})\n  {state}\n",
        plain(&rule.code),
        output.say(&rule.period.0, &rule.period.1),
        plain(&rule.records),
        plain(&rule.citation),
        grade_words(output, rule.grade),
        plain(&rule.source),
    )
}

fn parameter_document(output: &Output, parameter: &ParameterShown) -> Value {
    json!({
        "code": parameter.code,
        "value": output.say(&parameter.value.0, &parameter.value.1),
        "citation": parameter.citation,
        "grade": grade_words(output, parameter.grade),
        "source": parameter.source,
    })
}
