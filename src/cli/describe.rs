//! `chauban describe`

use super::output::{Output, plain};
use super::{Common, Result};
use crate::archive::Writing;
use crate::archive::describe::{Amendment, Field, Seen, describe};
use crate::error::Error;
use crate::time::SystemClock;
use serde_json::json;
use std::sync::Arc;

/// Amend what describes a record: what it said before, who amended it and why stay in the ledger.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban describe H26.10.2023.045.0000001 --subject 'Về việc phê duyệt dự toán' --reason 'misspelt by the agency'
  chauban describe H26.10.2023.045.0000001 --keyword 'dự toán' --keyword 'đấu thầu' --reason 'indexed'

What identifies a record, its files, its period and who may read it are not amended here.")]
pub struct Describe {
    /// Record: identifier or code.
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
        ];
        let wanted: Vec<(Field, String)> =
            wanted.into_iter().filter_map(|(field, text)| Some((field, text?))).collect();
        if wanted.is_empty() {
            return Err(Error::invalid("no field was named").remedy("name one: `chauban describe --help` lists them"));
        }
        let archive = Writing::open(&common.places()?, Arc::new(SystemClock::new()))?;
        let amended = describe(&archive, &self.id, &wanted, &self.reason, Seen::Any, &common.actor());
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
