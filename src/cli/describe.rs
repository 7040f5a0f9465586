//! `chauban describe`

use super::output::{Output, plain};
use super::{Common, Result};
use crate::archive::Writing;
use crate::archive::describe::{Amendment, DossierField, Field, Seen, describe, describe_dossier};
use crate::error::Error;
use crate::time::SystemClock;
use serde_json::json;
use std::sync::Arc;

/// Options that are about records.
const OF_A_RECORD: [&str; 7] = ["subject", "keyword", "language", "signer", "signer_position", "pages", "sensitivity"];

/// Amend what describes a record or a dossier: what it said before, who amended it and why stay in the ledger.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban describe H26.10.2023.045.0000001 --subject 'Về việc phê duyệt dự toán' --reason 'misspelt by the agency'
  chauban describe H26.10.2023.045.0000001 --keyword 'dự toán' --keyword 'đấu thầu' --reason 'indexed'
  chauban describe H26.10.2023.045 --title 'Mua sắm thiết bị năm 2023' --reason 'misspelt by the agency'

What identifies a record or dossier, its files, its period and who may read it are not amended here.")]
pub struct Describe {
    /// Record or dossier: identifier or code.
    id: String,
    /// What the document is about.
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// Keyword; may be repeated, and takes the place of those that are there.
    #[arg(long, value_name = "TEXT")]
    keyword: Vec<String>,
    /// Language.
    #[arg(long, value_name = "TEXT")]
    language: Option<String>,
    /// Signer.
    #[arg(long, value_name = "NAME")]
    signer: Option<String>,
    /// Position of the signer.
    #[arg(long, value_name = "TEXT")]
    signer_position: Option<String>,
    /// Number of pages.
    #[arg(long, value_name = "NUMBER")]
    pages: Option<u32>,
    /// Level of sensitivity, 1 to 4; who set it last does not lower it.
    #[arg(long, value_name = "LEVEL")]
    sensitivity: Option<u8>,
    /// Title of a dossier.
    #[arg(long, value_name = "TEXT", conflicts_with_all = OF_A_RECORD)]
    title: Option<String>,
    /// Remarks on a dossier; empty: none.
    #[arg(long, value_name = "TEXT", conflicts_with_all = OF_A_RECORD)]
    remarks: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Describe {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let keywords = (!self.keyword.is_empty()).then(|| self.keyword.join("\n"));
        let wanted = [
            (Field::Subject, self.subject),
            (Field::Keywords, keywords),
            (Field::Language, self.language),
            (Field::Signer, self.signer),
            (Field::SignerPosition, self.signer_position),
            (Field::Pages, self.pages.map(|pages| pages.to_string())),
            (Field::Sensitivity, self.sensitivity.map(|level| level.to_string())),
        ];
        let wanted: Vec<(Field, String)> =
            wanted.into_iter().filter_map(|(field, text)| Some((field, text?))).collect();
        let of_dossier = [(DossierField::Title, self.title), (DossierField::Remarks, self.remarks)];
        let of_dossier: Vec<(DossierField, String)> =
            of_dossier.into_iter().filter_map(|(field, text)| Some((field, text?))).collect();
        if wanted.is_empty() && of_dossier.is_empty() {
            return Err(Error::invalid("no field was named").remedy("name one: `chauban describe --help` lists them"));
        }
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        let by = common.actor();
        let amended = match of_dossier.is_empty() {
            true => describe(&archive, &self.id, &wanted, &self.reason, Seen::Any, &by),
            false => describe_dossier(&archive, &self.id, &of_dossier, &self.reason, Seen::Any, &by),
        };
        archive.close()?;
        let amended = amended?;
        let document = json!({ "reason": amended.reason, "changes": amended.changes });
        output.document(&document, || told(&amended));
        Ok(0)
    }
}

/// An amendment, a line or two for each field.
pub fn told(amended: &Amendment) -> String {
    let line = |text: &str| plain(&text.replace('\n', "; ")).into_owned();
    let change = amended
        .changes
        .iter()
        .map(|change| format!("  {}: “{}” → “{}”\n", change.field, line(&change.before), line(&change.after)));
    change.collect()
}
