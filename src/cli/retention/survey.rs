//! `chauban retention due`, `evaluate`, `preview`

use super::rules::{Governs, read_rules};
use crate::archive::retention::candidate::Filter;
use crate::archive::retention::foresee::{Approval, Foreseen};
use crate::archive::retention::survey::{By, Due, DueItem, Evaluation, Numbers, Wanted};
use crate::archive::retention::{Count, span_words, today};
use crate::archive::{Archive, Reading};
use crate::cli::output::{Output, plain};
use crate::cli::{Common, Result};
use crate::error::Error;
use crate::time::SystemClock;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// What is due.
#[derive(Args)]
pub struct DueCommand {
    /// Count by agency, by the year in which periods end, or by rule.
    #[arg(long, value_name = "agency|year|rule", default_value = "agency")]
    by: Grouping,
    /// What comes due within so many months is counted, too.
    #[arg(long, value_name = "MONTHS", default_value_t = 12)]
    within: u32,
    /// The day [default: today, in Vietnam].
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
    /// Only dossiers of this agency, with those under it.
    #[arg(long, value_name = "CODE")]
    agency: Option<String>,
    /// List so many dossiers whose period has ended, the first to end first.
    #[arg(long, value_name = "N", default_value_t = 0)]
    list: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Grouping {
    Agency,
    Year,
    Rule,
}

/// Count what may become of every record.
#[derive(Args)]
pub struct Evaluate {
    /// The day [default: today, in Vietnam].
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
}

/// What a rule file would change.
#[derive(Args)]
pub struct Preview {
    /// The rule file.
    rules: PathBuf,
    #[command(flatten)]
    governs: Governs,
    /// The day [default: today, in Vietnam].
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
}

fn day(on: Option<NaiveDate>) -> NaiveDate {
    on.unwrap_or_else(|| today(&SystemClock::new()))
}

impl DueCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let agency = self.agency.map(|code| code.parse().map_err(|error| Error::invalid(format!("{error}"))));
        let wanted = Wanted {
            filter: Filter { agency: agency.transpose()?, ..Filter::default() },
            by: match self.by {
                Grouping::Agency => By::Agency,
                Grouping::Year => By::Year,
                Grouping::Rule => By::Rule,
            },
            within_months: self.within,
            on: day(self.on),
            items_max: self.list,
        };
        let reading = Reading::open(&common.places()?)?;
        let due = reading.due(&wanted)?;
        let items = due.items.iter().map(|item| Ok((item, reading.dossier(item.dossier)?)));
        let items: Vec<(&DueItem, _)> = items.collect::<Result<_>>()?;
        let listed: Vec<Value> = items
            .iter()
            .map(|(item, dossier)| {
                json!({
                    "dossier": item.dossier.to_string(),
                    "code": dossier.file_code,
                    "title": dossier.title,
                    "until": item.until.to_string(),
                    "outcome": item.outcome.name(),
                })
            })
            .collect();
        let lines: Map<String, Value> =
            due.lines.iter().map(|(key, numbers)| (key.clone(), numbers_document(numbers))).collect();
        let document = json!({ "on": wanted.on.to_string(), "lines": lines, "items": listed });
        output.document(&document, || {
            let mut text = due_text(output, &due);
            for (item, dossier) in &items {
                let (vi, en) = item.outcome.words();
                let (code, title) = (plain(&dossier.file_code), plain(&dossier.title));
                text.push_str(&format!("{}  {code}  {title}: {}\n", item.until, output.say(vi, en)));
            }
            text
        });
        Ok(0)
    }
}

impl Evaluate {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let on = day(self.on);
        let evaluation = Reading::open(&common.places()?)?.evaluate(on)?;
        let Evaluation { dossiers, records, outcomes, waiting } = &evaluation;
        let counts: Map<String, Value> =
            outcomes.iter().map(|(outcome, number)| (outcome.name().to_owned(), json!(number))).collect();
        let document = json!({
            "on": on.to_string(), "dossiers": dossiers, "records": records, "outcomes": counts,
            "waiting_for_second_person": waiting,
        });
        output.document(&document, || {
            let mut text = format!("{} {records} ({} {dossiers})\n", say_records(output), say_dossiers(output));
            for (outcome, number) in outcomes {
                let (vi, en) = outcome.words();
                text.push_str(&format!("  {number:>12}  {} [{}]\n", output.say(vi, en), outcome.name()));
            }
            text
        });
        Ok(0)
    }
}

impl Preview {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let (text, applies) = (read_rules(&self.rules)?, self.governs.applies()?);
        let reading = Reading::open(&common.places()?)?;
        let foreseen = reading.foresee(&text, applies, day(self.on), &reading.listed_in_open_cases()?)?;
        let counts = counts(&foreseen);
        let rules: Map<String, Value> =
            foreseen.rules.iter().map(|(change, number)| (change.name().to_owned(), json!(number))).collect();
        let mut document = json!({
            "rules": rules,
            "approval": match &foreseen.approval {
                Ok(Approval::OnePerson) => json!("one-person"),
                Ok(Approval::SecondPerson) => json!("second-person"),
                Err(_) => json!("refused"),
            },
            "refused": foreseen.approval.as_ref().err(),
            "records": foreseen.records.records,
            "cases": foreseen.records.cases.iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        for (name, count, _) in &counts {
            document[*name] = count_document(&reading, count);
        }
        output.document(&document, || preview_text(&reading, output, &foreseen, &counts));
        Ok(0)
    }
}

fn say_records(output: &Output) -> &str {
    output.say("Tài liệu:", "Records:")
}

fn say_dossiers(output: &Output) -> &str {
    output.say("hồ sơ:", "dossiers:")
}

fn numbers_document(numbers: &Numbers) -> Value {
    let fields = numbers.named().map(|(name, number, ..)| (name.to_owned(), json!(number)));
    Value::Object(fields.into_iter().collect())
}

fn due_text(output: &Output, due: &Due) -> String {
    let mut text = String::new();
    for (key, numbers) in &due.lines {
        let told = numbers.named().into_iter().filter(|(_, number, ..)| *number > 0);
        let told: Vec<String> =
            told.map(|(_, number, vi, en)| format!("  {number:>9}  {}\n", output.say(vi, en))).collect();
        if !told.is_empty() {
            let key =
                if key.is_empty() { output.say("không có ngày hết hạn", "without a last day") } else { key };
            text.push_str(&format!("{}\n{}", plain(key), told.concat()));
        }
    }
    if text.is_empty() { output.say("Không có gì đến hạn.\n", "Nothing is due.\n").to_owned() } else { text }
}

fn counts(foreseen: &Foreseen) -> [(&'static str, &Count, [&'static str; 2]); 5] {
    let records = &foreseen.records;
    [
        ("earlier", &records.earlier, ["thời hạn ngắn hơn", "kept shorter"]),
        ("later", &records.later, ["thời hạn dài hơn", "kept longer"]),
        ("newly_due", &records.newly_due, ["thành hết thời hạn", "ended by it"]),
        ("no_longer_due", &records.no_longer_due, ["không còn hết thời hạn", "not ended any more"]),
        ("without_rule", &records.without_rule, ["mục không có trong bảng này", "under a rule it does not have"]),
    ]
}

fn count_document(archive: &Archive, count: &Count) -> Value {
    let examples = count.examples.iter().map(|(record, now, then)| {
        json!({ "record": record.to_string(), "code": archive.code_of(*record), "now": span_words(*now).en, "then": span_words(*then).en })
    });
    json!({ "number": count.number, "examples": examples.collect::<Vec<_>>() })
}

fn preview_text(
    archive: &Archive,
    output: &Output,
    foreseen: &Foreseen,
    counts: &[(&str, &Count, [&str; 2])],
) -> String {
    let mut text = format!("{}\n", output.say("Các mục:", "Rules:"));
    for (change, number) in &foreseen.rules {
        let (vi, en) = change.words();
        text.push_str(&format!("  {number:>9}  {}\n", output.say(vi, en)));
    }
    text.push_str(&format!("{} {}\n", say_records(output), foreseen.records.records));
    for (_, count, [vi, en]) in counts {
        text.push_str(&format!("  {:>9}  {}\n", count.number, output.say(vi, en)));
        for (record, now, then) in count.examples.iter().take(3) {
            let (now, then) = (span_words(*now), span_words(*then));
            let [now, then] = [output.say(&now.vi, &now.en), output.say(&then.vi, &then.en)];
            let code = archive.code_of(*record).unwrap_or_else(|| record.to_string());
            text.push_str(&format!("             {}: {now} → {then}\n", plain(&code)));
        }
    }
    let touched = output.say("hồ sơ hủy đang mở bị ảnh hưởng", "open disposal cases with a record that changes");
    text.push_str(&format!("  {:>9}  {touched}\n", foreseen.records.cases.len()));
    text.push_str(&match &foreseen.approval {
        Ok(Approval::OnePerson) => output.say("Một người áp dụng được.", "One person may adopt it.").to_owned(),
        Ok(Approval::SecondPerson) => {
            output.say("Cần người thứ hai chấp thuận.", "A second person must approve it.").to_owned()
        }
        Err(why) => format!("{} {why}", output.say("Không áp dụng được:", "It can't be adopted:")),
    });
    text.push('\n');
    text
}
