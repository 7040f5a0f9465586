//! Making a document of a case.

use crate::archive::Reading;
use crate::archive::disposal::{Head, PaperKind};
use crate::cli::output::Output;
use crate::cli::{Common, Result};
use crate::time::{Clock, SystemClock};
use chrono::NaiveDate;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// What the case does not know of a document.
#[derive(Args)]
pub struct Make {
    /// The case.
    case: String,
    /// Which: list, decision or certificate.
    #[arg(long, value_parser = kind, value_name = "list|decision|certificate")]
    kind: PaperKind,
    /// The agency that issues it.
    #[arg(long, value_name = "NAME")]
    agency: String,
    /// The agency above it.
    #[arg(long, value_name = "NAME")]
    superior: Option<String>,
    /// Number and notation, 15/QĐ-SNV; the notation alone if the number is given on issue.
    #[arg(long, value_name = "TEXT")]
    number: Option<String>,
    /// Name of the place.
    #[arg(long, value_name = "NAME")]
    place: String,
    /// Day of issue; left open without it.
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
    /// Position of who signs.
    #[arg(long, value_name = "TEXT")]
    position: String,
    /// Name of who signs; left open without it.
    #[arg(long, value_name = "NAME", default_value = "")]
    signer: String,
    /// Name of the fonds.
    #[arg(long, value_name = "NAME")]
    fonds: String,
    /// A ground, as it is to be printed; may be repeated.
    #[arg(long, value_name = "TEXT")]
    ground: Vec<String>,
    /// The file to write; it must not exist.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Make {
    /// Makes it.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let archive = Reading::open(&common.places()?)?;
        let docket = archive.disposal_case(&self.case)?;
        let head = Head {
            superior: self.superior,
            agency: self.agency,
            number: self.number,
            place: self.place,
            on: self.on,
            position: self.position,
            signer: self.signer,
            fonds: self.fonds,
            grounds: self.ground,
            made: SystemClock::new().wall().instant(),
        };
        let bytes = archive.disposal_paper(&docket, self.kind, &head)?;
        super::write_new(&self.output, &bytes)?;
        let said = json!({ "file": self.output, "size": bytes.len(), "list": docket.case.list_digest().to_string() });
        output.document(&said, || format!("{}\n", self.output.display()));
        Ok(0)
    }
}

fn kind(text: &str) -> std::result::Result<PaperKind, String> {
    text.parse().map_err(|()| "use list, decision or certificate".to_owned())
}
