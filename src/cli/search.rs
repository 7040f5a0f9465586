//! `chauban search`

use super::output::{Output, tell};
use super::{Common, Result};
use crate::archive::{Query, Reading, Within};
use crate::error::Error;
use crate::record::DocumentType;
use chrono::NaiveDate;
use serde_json::{Value, json};

/// Find records.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban search 1719/QĐ-UBND
  chauban search 'đất đai' --agency H26 --type 'Quyết định' --from 2023-01-01 --to 2023-12-31
  chauban search --dossier H26.10.2023.045 --json")]
pub struct Search {
    /// Words, a "quoted phrase", a number, or number and notation. With or without diacritics.
    words: Vec<String>,
    /// Number, exactly.
    #[arg(long)]
    number: Option<String>,
    /// Notation, whole; with or without diacritics.
    #[arg(long)]
    notation: Option<String>,
    /// Agency code; a prefix finds all below it.
    #[arg(long)]
    agency: Option<String>,
    /// Document type: name or code 01 to 32.
    #[arg(long = "type", value_name = "TYPE")]
    document_type: Option<String>,
    /// First day of issue.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// Last day of issue.
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<NaiveDate>,
    /// Dossier code.
    #[arg(long)]
    dossier: Option<String>,
    /// Words of the signer's name.
    #[arg(long)]
    signer: Option<String>,
    /// Results on a page, at most 1000.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Results to skip.
    #[arg(long, default_value_t = 0)]
    offset: usize,
}

impl Search {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let document_type = self.document_type.as_deref().map(|text| {
            DocumentType::named(text).map(DocumentType::code).ok_or_else(|| {
                Error::invalid(format!("{text:?} is no document type"))
                    .remedy("use a name or code of Circular 05/2025, 01 to 32")
            })
        });
        let query = Query {
            words: (!self.words.is_empty()).then(|| self.words.join(" ")),
            number: self.number,
            notation: self.notation,
            agency: self.agency,
            document_type: document_type.transpose()?,
            from: self.from,
            to: self.to,
            holder: None,
            within: Within::Everything,
            dossier: self.dossier,
            signer: self.signer,
            limit: self.limit.into(),
            offset: self.offset,
        };
        let found = Reading::open(&common.places()?)?.search(&query)?;
        if found.behind > 0 {
            let what = output.say(
                "sự kiện mới nhất chưa tìm được: kho đang được ghi",
                "newest entries are not searched yet: the archive is being written",
            );
            tell(format_args!("chauban: {} {what}", found.behind));
        }
        let records: Vec<Value> = found
            .records
            .iter()
            .map(|(id, body)| {
                json!({
                    "record": id.to_string(), "doc_code": body.doc_code, "symbol": body.symbol,
                    "issued_date": body.issued_date, "agency_code": body.agency_code, "organ_name": body.organ_name,
                    "type_name": body.type_name, "subject": body.subject, "file_code": body.file_code,
                })
            })
            .collect();
        let document = json!({ "total": found.total, "offset": self.offset, "records": records });
        output.document(&document, || {
            let mut text = format!("{} {}\n", found.total, output.say("tài liệu", "records"));
            for (_, body) in &found.records {
                text.push_str(&format!(
                    "{}  {}  {}  {}\n    {}\n",
                    body.doc_code, body.issued_date, body.symbol, body.organ_name, body.subject
                ));
            }
            text
        });
        Ok(0)
    }
}
