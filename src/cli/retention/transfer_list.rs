//! `chauban retention transfer-list`

use crate::archive::Reading;
use crate::archive::retention::candidate::Filter;
use crate::archive::retention::today;
use crate::archive::retention::transfer_list::TransferWish as Wish;
use crate::cli::disposal::Letterhead;
use crate::cli::output::Output;
use crate::cli::output::write_new;
use crate::cli::{Common, Result};
use crate::error::Error;
use crate::time::SystemClock;
use chrono::Datelike;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Make the list of permanent dossiers to be transferred to the historical archive, as PDF/A ready to be signed.
#[derive(Args)]
pub struct TransferList {
    #[command(flatten)]
    letterhead: Letterhead,
    /// Only dossiers of this agency, with those under it.
    #[arg(long, value_name = "CODE")]
    of: Option<String>,
    /// What must be transferred within so many months.
    #[arg(long, value_name = "MONTHS", default_value_t = 12)]
    within: u32,
    /// The historical archive that receives them.
    #[arg(long, value_name = "NAME")]
    receiver: String,
    /// Year of the transfer [default: this year].
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    /// The file to write; it must not exist.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl TransferList {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let agency = self.of.map(|code| code.parse().map_err(|error| Error::invalid(format!("{error}"))));
        let on = today(&SystemClock::new());
        let wish = Wish {
            head: self.letterhead.head(),
            filter: Filter { agency: agency.transpose()?, ..Filter::default() },
            on,
            within_months: self.within,
            year: self.year.unwrap_or(on.year()),
            receiver: self.receiver,
        };
        let (bytes, count) = Reading::open(&common.places()?)?.transfer_list(&wish)?;
        write_new(&self.output, &bytes)?;
        let said = json!({ "file": self.output, "dossiers": count, "size": bytes.len() });
        let dossiers = output.say("hồ sơ", "dossiers");
        output.document(&said, || format!("{}  {count} {dossiers}\n", self.output.display()));
        Ok(0)
    }
}
