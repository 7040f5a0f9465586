//! `chauban disposal`

mod document;
mod show;
mod step;

pub use document::Letterhead;
pub use step::Undated;

use super::output::{Output, plain, write_new};
use super::{Common, Result};
use crate::archive::disposal::{self, Appraisal, Docket, Foreseen, Opening, Which, Whose};
use crate::archive::retention::today;
use crate::archive::{Reading, Writing};
use crate::error::Error;
use crate::time::SystemClock;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use step::Step;

/// Disposal cases: the legal way from a list of expired records to their destruction.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban disposal open --subject 'hồ sơ hết thời hạn năm 2026' --actor 'Lê A'
  chauban disposal add 2026/1 H26.10.2010.045 --actor 'Lê A'
  chauban disposal show 2026/1                  what waits for whom, and the digest to approve
  chauban disposal document list 2026/1 --agency 'Sở Nội vụ' --place 'Hà Giang' --fonds 'Phông Sở Nội vụ' -o list.pdf
  chauban disposal submit 2026/1 --list 5c1f… --document list-signed.pdf --actor 'Lê A'
  chauban disposal council appoint 2026/1 --chair 'Trần B' --secretary 'Lê A' --member 'Phạm C' --document qd.pdf
  chauban disposal council vote 2026/1 --list 5c1f… --keep 'H26.10.2010.045.0000002=còn tranh chấp' --actor 'Trần B'
  chauban disposal decide 2026/1 --list 9a04… --document decision-signed.pdf --actor 'Hoàng D'

Each step is an event by who acts (--actor): who made the list, who votes, who appraises, who decides and who executes
are different persons. An approval names the list as it was seen (--list, from `show`); what changes afterwards on an
item voids the approvals of that item. A document must be signed, and its signatures must pass by the archive's trust
anchors; otherwise --unsigned says why it is taken, and every answer about the case repeats that. Where `document` made a
paper for the step, the signed document must be the signed copy of that very paper.")]
pub struct DisposalCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Open a case; who opens it proposes.
    Open {
        /// What it is about.
        #[arg(long, value_name = "TEXT")]
        subject: String,
        /// This is a historical archive, whose competent head decides without council and opinion: refused where it is
        /// none. Needs not be said where it is one.
        #[arg(long, conflicts_with = "no_appraisal")]
        historical: bool,
        /// The agency transfers to no historical archive, so no appraisal opinion is asked.
        #[arg(long)]
        no_appraisal: bool,
    },
    /// List the open cases.
    List {
        /// Those that have ended, too.
        #[arg(long)]
        all: bool,
    },
    /// Show a case: where it stands, what waits for whom, the digest of its list, what changed, documents, items.
    Show {
        /// Its number or identifier.
        case: String,
        /// Every item.
        #[arg(long)]
        items: bool,
    },
    /// Say of each item what the execution that has begun would do with it now; nothing is destroyed or recorded.
    Foresee {
        /// The case.
        case: String,
    },
    Document(Box<document::DocumentCommand>),
    /// Write a document of a case as it was handed in.
    Get {
        /// The case.
        case: String,
        /// Its number, as `show` counts them.
        number: usize,
        /// The file to write; it must not exist.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    #[command(flatten)]
    Step(Step),
}

impl DisposalCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        match self.action {
            Action::List { all } => list(common, output, if all { Which::All } else { Which::Open }),
            Action::Show { case, items } => {
                let archive = Reading::open(&common.places()?)?;
                let shown = archive.disposal_case(&case)?;
                show::print(&archive, output, &shown, if items { show::Items::All } else { show::Items::Some })?;
                Ok(0)
            }
            Action::Get { case, number, output: file } => get(common, output, &case, number, &file),
            Action::Open { subject, historical, no_appraisal } => {
                let writing = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
                let appraisal = if no_appraisal { Appraisal::NotRequired } else { Appraisal::Required };
                let procedure = writing.disposal_procedure(historical.then_some(Whose::Historical), appraisal)?;
                let opening = Opening { subject, procedure };
                let opened = disposal::open(&writing, &opening, &common.actor())?;
                show::print(&writing, output, &opened, show::Items::Some)?;
                writing.close()?;
                Ok(0)
            }
            Action::Foresee { case } => {
                let archive = Reading::open(&common.places()?)?;
                let docket = archive.disposal_case(&case)?;
                foreseen(output, &docket, &archive.foresee_disposal(&docket, today(&SystemClock::new()))?);
                Ok(0)
            }
            Action::Document(make) => make.run(common, output),
            Action::Step(step) => step.run(common, output),
        }
    }
}

fn list(common: &Common, output: &Output, which: Which) -> Result<u8> {
    let cases = Reading::open(&common.places()?)?.disposal_cases(which)?;
    let nothing = output.say("Không có hồ sơ hủy nào.\n", "There is no disposal case.\n");
    let document: Vec<Value> = cases.iter().map(|listed| show::brief(&listed.docket)).collect();
    output.document(&json!({ "cases": document }), || match cases.as_slice() {
        [] => nothing.to_owned(),
        all => all.iter().map(|listed| show::line(output, &listed.docket)).collect(),
    });
    Ok(0)
}

fn foreseen(output: &Output, docket: &Docket, items: &[Foreseen]) {
    let code = |record| docket.case.item(record).map_or("", |(item, _)| item.code.as_str());
    let document = items.iter().map(|one| {
        json!({ "record": one.record.to_string(), "code": code(one.record), "left": one.left.map(|skip| skip.name()) })
    });
    let document: Vec<Value> = document.collect();
    let going = items.iter().filter(|one| one.left.is_none()).count();
    output.document(&json!({ "items": document, "destroyed": going, "left": items.len() - going }), || {
        let line = |one: &Foreseen| {
            let says = one.left.map_or(output.say("sẽ bị hủy", "would be destroyed"), |skip| {
                let (vi, en) = skip.words();
                output.say(vi, en)
            });
            format!("{}  {says}\n", plain(code(one.record)))
        };
        let lines: String = items.iter().map(line).collect();
        let (destroyed, left) = (output.say("sẽ bị hủy", "would be destroyed"), output.say("được giữ lại", "left"));
        format!("{lines}{destroyed}: {going}, {left}: {}\n", items.len() - going)
    });
}

/// Writes a document of a case into a new file.
fn get(common: &Common, output: &Output, case: &str, number: usize, file: &PathBuf) -> Result<u8> {
    let archive = Reading::open(&common.places()?)?;
    let docket = archive.disposal_case(case)?;
    let found = number.checked_sub(1).and_then(|at| docket.documents().nth(at));
    let (step, document) = found.ok_or_else(|| {
        let count = docket.documents().count();
        Error::not_found(format!("the case has documents 1 to {count}, not {number}"))
    })?;
    let bytes = archive.disposal_document(docket.id, step.index)?;
    write_new(file, &bytes)?;
    let said = json!({ "file": file, "name": document.name, "sha256": document.sha256, "size": bytes.len() });
    output.document(&said, || format!("{}  {}\n", file.display(), document.sha256));
    Ok(0)
}
