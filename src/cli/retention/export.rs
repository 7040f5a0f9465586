//! `chauban retention export`

use crate::archive::Reading;
use crate::archive::retention::history::premis;
use crate::archive::retention::today;
use crate::cli::output::{Output, write_new};
use crate::cli::{Common, Result};
use crate::error::Error;
use crate::time::SystemClock;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

/// Write everything known of how long a dossier and its records are kept, to go with them elsewhere: assignments, events,
/// holds of any time, the rules' exact text, decisions with reasons.
#[derive(Args)]
pub struct Export {
    /// Identifier or code of a dossier, or of one record.
    id: String,
    /// The form: JSON (schemas/retention-history.schema.json), or PREMIS 3.0 as far as that has words for it.
    #[arg(long, value_enum, default_value_t = Form::Json)]
    form: Form,
    /// The day of the decisions [default: today, in Vietnam].
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
    /// The file to write; it must not exist.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Json,
    Premis,
}

impl Export {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let reading = Reading::open(&common.places()?)?;
        let on = self.on.unwrap_or_else(|| today(&SystemClock::new()));
        let history = reading.retention_history(&self.id, on)?;
        let bytes = match self.form {
            Form::Json => serde_json::to_vec_pretty(&history)
                .map_err(|error| Error::corrupt("the history can't be written").because(error))?,
            Form::Premis => premis::document(&history).into_bytes(),
        };
        write_new(&self.output, &bytes)?;
        let (records, events, holds) = (history.records.len(), history.events.len(), history.holds.len());
        let document = json!({ "file": self.output, "records": records, "events": events, "holds": holds });
        output.document(&document, || {
            let of = |count: usize, vietnamese, english| format!("{count} {}", output.say(vietnamese, english));
            let records = of(records, "tài liệu", "records");
            let (events, holds) = (of(events, "sự kiện", "events"), of(holds, "lệnh giữ", "holds"));
            format!("{}: {records}, {events}, {holds}\n", self.output.display())
        });
        Ok(0)
    }
}
