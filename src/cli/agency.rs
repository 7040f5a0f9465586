//! `chauban agency`

use super::output::{Output, plain, write_new};
use super::{Common, DOUBT, Result};
use crate::archive::agency::{self, Amended, Import, NewAgency, Register, Successor, TABLE_BYTES_MAX, Wanted};
use crate::archive::retention::today;
use crate::archive::{Reading, Writing};
use crate::error::Error;
use crate::http::api::agencies::{ActsRecorded, AgenciesOnDay, AgencyNamed, AgencyShown, TableRead};
use crate::record::AgencyCode;
use crate::time::SystemClock;
use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The register of agencies.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban agency add 'Sở Nội vụ' --code H26.10 --from 2020-09-15 --mandate '20/2020/QĐ-TTg'
  chauban agency rename H26.10 'Sở Nội vụ và Lao động' --from 2025-03-01 --mandate '5/NQ-HĐND'
  chauban agency merge H26 H41 --new 'H26=Tỉnh mới' --on 2025-07-01 --mandate '202/2025/QH15'
  chauban agency list --on 2025-06-30
  chauban agency import agencies.csv --dry-run

An agency is named by its identifier, or by a code that it has on the day in question. An agency is there from its first
day to its last; who takes its place is there from the day after. Nothing is taken out of the register: what was recorded
wrongly is corrected by another act.")]
pub struct AgencyCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Add an agency.
    Add {
        /// Its name.
        name: String,
        /// The code that it has from its first day.
        #[arg(long, value_name = "CODE")]
        code: Option<AgencyCode>,
        /// The agency above it.
        #[arg(long, value_name = "AGENCY")]
        under: Option<String>,
        /// Its first day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: NaiveDate,
        #[command(flatten)]
        mandate: Mandate,
    },
    /// Give an agency another code, or end one that it has.
    #[command(group = ArgGroup::new("when").required(true).multiple(true).args(["from", "until"]))]
    Code {
        /// The agency.
        agency: String,
        /// The code.
        code: AgencyCode,
        /// First day; without it: a code that it has ends.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<NaiveDate>,
        /// Last day [default: as long as the agency is there].
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: Option<NaiveDate>,
        #[command(flatten)]
        mandate: Mandate,
    },
    /// Give an agency another name.
    Rename {
        /// The agency.
        agency: String,
        /// The name.
        name: String,
        /// First day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: NaiveDate,
        #[command(flatten)]
        mandate: Mandate,
    },
    /// Put an agency under another, or under none.
    Move {
        /// The agency.
        agency: String,
        /// The agency above it [default: none].
        #[arg(long, value_name = "AGENCY")]
        under: Option<String>,
        /// First day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: NaiveDate,
        #[command(flatten)]
        mandate: Mandate,
    },
    /// Agencies end; a new one, or one that is there, takes their place.
    #[command(group = ArgGroup::new("successor").required(true).args(["new", "into"]))]
    Merge {
        /// Those that end on the day before.
        #[arg(required = true, value_name = "AGENCY")]
        predecessors: Vec<String>,
        /// The new one: its name, or its code and name.
        #[arg(long, value_name = "[CODE=]NAME", value_parser = new_agency)]
        new: Option<NewAgency>,
        /// The one that is there already and takes them in.
        #[arg(long, value_name = "AGENCY", conflicts_with = "under")]
        into: Option<String>,
        /// The agency above the new one.
        #[arg(long, value_name = "AGENCY")]
        under: Option<String>,
        /// First day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: NaiveDate,
        /// The act that it rests on, as it is cited.
        #[arg(long, value_name = "TEXT")]
        mandate: String,
    },
    /// An agency ends; new ones take its place.
    Split {
        /// The one that ends on the day before.
        agency: String,
        /// A new one: its name, or its code and name; given twice or more.
        #[arg(long, required = true, value_name = "[CODE=]NAME", value_parser = new_agency)]
        new: Vec<NewAgency>,
        /// The agency above the new ones.
        #[arg(long, value_name = "AGENCY")]
        under: Option<String>,
        /// First day of the new ones.
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: NaiveDate,
        /// The act that it rests on, as it is cited.
        #[arg(long, value_name = "TEXT")]
        mandate: String,
    },
    /// An agency ends, and none takes its place.
    Dissolve {
        /// The agency.
        agency: String,
        /// Its last day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        last: NaiveDate,
        /// The act that it rests on, as it is cited.
        #[arg(long, value_name = "TEXT")]
        mandate: String,
    },
    /// Correct an act that was recorded wrongly: void it, or say what of it is otherwise.
    #[command(group = ArgGroup::new("what").required(true).multiple(true)
        .args(["void", "name", "code", "from", "until", "under", "mandate"]))]
    Correct(Correction),
    /// List the agencies of a day, each below the one that it is under.
    List {
        /// The day [default: today].
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<NaiveDate>,
    },
    /// Show an agency with its names, codes, predecessors, successors and the acts about it.
    Show {
        /// The agency.
        agency: String,
        /// The day on which it is named, and of which is told [default: today].
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<NaiveDate>,
    },
    /// Take in a table; what is not understood, or does not fit, is reported line by line.
    Import {
        /// The table, CSV: columns code (mã định danh), name (tên cơ quan), from (từ ngày); agency (cơ quan), parent (trực
        /// thuộc), until (đến ngày), mandate (văn bản), ended (ngày kết thúc), how (kết thúc do), successors (cơ quan kế
        /// thừa), end_mandate (văn bản kết thúc).
        table: PathBuf,
        /// Only report.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the register as a table that can be imported.
    Export {
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

#[derive(Args)]
struct Mandate {
    /// The act that it rests on, as it is cited.
    #[arg(long, value_name = "TEXT", default_value = "")]
    mandate: String,
}

#[derive(Args)]
struct Correction {
    /// Number of the act.
    number: u32,
    /// Nothing of it counts.
    #[arg(long, conflicts_with_all = ["name", "code", "from", "until", "under", "mandate"])]
    void: bool,
    /// The name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The code.
    #[arg(long, value_name = "CODE")]
    code: Option<AgencyCode>,
    /// The first day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// The last day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<NaiveDate>,
    /// The agency above.
    #[arg(long, value_name = "AGENCY")]
    under: Option<String>,
    /// The act that it rests on.
    #[arg(long, value_name = "TEXT")]
    mandate: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl AgencyCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let wanted = match self.action {
            Action::List { on } => return list(common, output, on),
            Action::Show { agency, on } => return show(common, output, &agency, on),
            Action::Import { table, dry_run } => return import(common, output, &table, dry_run),
            Action::Export { output: file } => {
                write_new(&file, &Reading::open(&common.places()?)?.register()?.table()?)?;
                return Ok(0);
            }
            Action::Add { name, code, under, from, mandate } => {
                Wanted::Add { new: NewAgency { name, code }, under, on: from, mandate: mandate.mandate }
            }
            Action::Code { agency, code, from, until, mandate } => match (from, until) {
                (None, Some(until)) => Wanted::EndCode { agency, code, until, mandate: mandate.mandate },
                (from, until) => {
                    let from = from.ok_or_else(|| Error::invalid("a code needs its first day, or its last"))?;
                    Wanted::Code { agency, code, from, until, mandate: mandate.mandate }
                }
            },
            Action::Rename { agency, name, from, mandate } => {
                Wanted::Rename { agency, name, from, mandate: mandate.mandate }
            }
            Action::Move { agency, under, from, mandate } => {
                Wanted::Move { agency, under, from, mandate: mandate.mandate }
            }
            Action::Merge { predecessors, new, into, under, on, mandate } => {
                let present = || into.map(Successor::Present);
                let into = new.map(|new| Successor::New(new, under)).or_else(present);
                let into =
                    into.ok_or_else(|| Error::invalid("a merger is into one agency: one that is there, or a new one"))?;
                Wanted::Merge { predecessors, into, on, mandate }
            }
            Action::Split { agency, new, under, on, mandate } => Wanted::Split { agency, new, under, on, mandate },
            Action::Dissolve { agency, last, mandate } => Wanted::Dissolve { agency, last, mandate },
            Action::Correct(correction) => correction.wanted(),
        };
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        let recording = agency::record(&archive, &wanted, &common.actor())?;
        archive.close()?;
        let recorded = ActsRecorded::of(&recording, today(&SystemClock::new()));
        output.document(&json!(recorded), || {
            let acts: Vec<String> = recorded.acts.iter().map(|number| format!("#{number}")).collect();
            let named: String = recorded.agencies.iter().map(|one| format!("  {}\n", line(one))).collect();
            format!("{} {}\n{named}", output.say("Đã ghi", "Recorded"), acts.join(" "))
        });
        Ok(0)
    }
}

impl Correction {
    fn wanted(self) -> Wanted {
        let Self { number, void, name, code, from, until, under, mandate, reason } = self;
        let instead = (!void).then_some(Amended { name, code, from, until, under, mandate });
        Wanted::Correct { number, instead, reason }
    }
}

fn register(common: &Common) -> Result<Arc<Register>> {
    Reading::open(&common.places()?)?.register()
}

fn list(common: &Common, output: &Output, on: Option<NaiveDate>) -> Result<u8> {
    let on = on.unwrap_or_else(|| today(&SystemClock::new()));
    let register = register(common)?;
    let all = AgenciesOnDay::of(&register, on, 0, usize::MAX);
    output.document(&json!({ "on": all.on, "agencies": all.agencies }), || match all.agencies.as_slice() {
        [] => output
            .say("Ngày này danh mục không có cơ quan nào.\n", "The register has no agency on this day.\n")
            .to_owned(),
        agencies => agencies.iter().map(|one| format!("{}{}\n", "  ".repeat(one.depth), line(&one.named))).collect(),
    });
    Ok(0)
}

fn show(common: &Common, output: &Output, agency: &str, on: Option<NaiveDate>) -> Result<u8> {
    let on = on.unwrap_or_else(|| today(&SystemClock::new()));
    let register = register(common)?;
    let shown = AgencyShown::of(&register, register.agency(agency, on)?, on);
    output.document(&json!(shown), || text(output, &shown));
    Ok(0)
}

fn text(output: &Output, shown: &AgencyShown) -> String {
    let until = |until: Option<&str>| until.unwrap_or("…").to_owned();
    let mut text = format!("{}\n  {}\n", plain(&shown.named.name), shown.named.agency);
    let mut row = |vi: &str, en: &str, value: String| {
        text.push_str(&format!("  {:<18} {}\n", output.say(vi, en), plain(&value)));
    };
    let last = shown.ended.as_ref().map(|ended| ended.last.as_str());
    row("Thời gian", "There", format!("{} – {}", shown.begins, until(last)));
    for name in &shown.names {
        row("Tên", "Name", format!("{}  {}  {}", name.from, name.name, name.mandate));
    }
    for code in &shown.codes {
        row("Mã định danh", "Code", format!("{} – {}  {}", code.from, until(code.until.as_deref()), code.code));
    }
    for place in &shown.places {
        row("Trực thuộc", "Under", format!("{}  {}", place.from, place.parent.as_ref().map_or("–".into(), line)));
    }
    if let Some(ended) = &shown.ended {
        let after: Vec<String> = ended.successors.iter().map(line).collect();
        row("Kết thúc", "Ended", format!("{} {}  {}  {}", ended.last, ended.how, after.join(", "), ended.mandate));
    }
    for one in &shown.predecessors {
        row("Kế thừa của", "Succeeds", line(one));
    }
    for one in shown.successors.iter().filter(|one| one.agency != shown.named.agency) {
        row("Cơ quan kế thừa", "Succeeded by", format!("{}: {}", shown.on, line(one)));
    }
    for act in &shown.acts {
        let corrected = act.corrected_by.map_or_else(String::new, |by| format!(" → #{by}"));
        let (at, by) = (&act.recorded_at, &act.recorded_by);
        row("Đã ghi", "Recorded", format!("#{}{corrected}  {at}  {by}  {}", act.number, act.says));
    }
    text
}

/// An agency in a line.
fn line(named: &AgencyNamed) -> String {
    let name = plain(&named.name);
    match &named.code {
        Some(code) => format!("{code}  {name}"),
        None => format!("{name}  {}", named.agency),
    }
}

fn import(common: &Common, output: &Output, table: &Path, dry_run: bool) -> Result<u8> {
    let bytes = read(table)?;
    let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
    let import: Import = match dry_run {
        true => agency::read_table(&archive, &bytes)?,
        false => agency::import(&archive, &bytes, &common.actor())?,
    };
    archive.close()?;
    let read = TableRead::from(&import);
    output.document(&json!(read), || {
        let (done, known) = match dry_run {
            true => (output.say("Sẽ ghi", "Would be recorded"), output.say("đã có", "known")),
            false => (output.say("Đã ghi", "Recorded"), output.say("đã có", "known")),
        };
        let mut text = format!("{done}: {}; {known}: {}\n", read.recorded, read.known);
        for refused in &read.refused {
            let (label, why) = (output.say("dòng", "line"), output.words(&refused.why));
            text.push_str(&format!("  {label} {}: {why} “{}”\n", refused.line, plain(&refused.cell)));
        }
        for column in &read.columns_unread {
            text.push_str(&format!("  {}: {}\n", output.say("cột không đọc", "column nobody reads"), plain(column)));
        }
        text
    });
    Ok(if read.refused.is_empty() { 0 } else { DOUBT })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let can_not = |error| Error::file("can't read", path, error);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(can_not)?;
    // One byte more than a table may have, so that a longer one is refused as such.
    file.take(TABLE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(can_not)?;
    Ok(bytes)
}

/// A name, or a code and a name.
fn new_agency(text: &str) -> std::result::Result<NewAgency, std::convert::Infallible> {
    Ok(NewAgency::read(text))
}
