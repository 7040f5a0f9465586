//! `chauban search`

use super::output::{Output, tell};
use super::{Common, Result};
use crate::archive::{Facets, PERIODS, Query, Reading, VERDICTS, Within};
use crate::error::Error;
use crate::record::DocumentType;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Find records.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban search 1719/QĐ-UBND
  chauban search 'đất đai' --agency H26 --type 'Quyết định' --from 2023-01-01 --to 2023-12-31
  chauban search --dossier H26.10.2023.045 --json
  chauban search 'mua sắm' --verdict review --retention permanent --facets")]
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
    /// The signer's name whole, as the counts give it.
    #[arg(long, value_name = "NAME")]
    signed_by: Option<String>,
    /// Code of the agency whose dossier it is; a prefix finds all below it.
    #[arg(long)]
    holder: Option<String>,
    /// What the signatures led to at accession.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(VERDICTS))]
    verdict: Option<String>,
    /// The period that the agency stated for the record: a number of years, or permanent, dossier (none but for the
    /// dossier), rule (it names one), unclear.
    #[arg(long, value_name = "PERIOD", value_parser = period)]
    retention: Option<String>,
    /// Count what is found by agency, type, year, signer, verdict and retention, too.
    #[arg(long)]
    facets: bool,
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
            holder: self.holder,
            within: Within::Everything,
            dossier: self.dossier,
            signer: self.signer,
            signed_by: self.signed_by,
            outcome: self.verdict,
            period: self.retention,
            limit: self.limit.into(),
            offset: self.offset,
        };
        let reading = Reading::open(&common.places()?)?;
        let found = reading.search(&query)?;
        let facets = if self.facets { Some(reading.facets(&query)?) } else { None };
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
        let mut document = json!({ "total": found.total, "offset": self.offset, "records": records });
        if let Some(facets) = &facets {
            document["facets"] = counted(facets);
        }
        output.document(&document, || {
            let mut text = format!("{} {}\n", found.total, output.say("tài liệu", "records"));
            for (_, body) in &found.records {
                text.push_str(&format!(
                    "{}  {}  {}  {}\n    {}\n",
                    body.doc_code, body.issued_date, body.symbol, body.organ_name, body.subject
                ));
            }
            facets.iter().for_each(|facets| text.push_str(&listed(facets, output)));
            text
        });
        Ok(0)
    }
}

/// Whether it is a period as the counts give it.
fn period(text: &str) -> std::result::Result<String, String> {
    let is_one = PERIODS.contains(&text) || text.parse::<u16>().is_ok();
    is_one.then(|| text.to_owned()).ok_or_else(|| format!("a number of years, or one of {}", PERIODS.join(", ")))
}

fn counted(facets: &Facets) -> Value {
    let types: BTreeMap<String, u64> =
        facets.types.iter().map(|(code, count)| (format!("{code:02}"), *count)).collect();
    json!({
        "by_holder": facets.holders, "by_type": types, "by_year": facets.years, "by_signer": facets.signers,
        "by_verdict": facets.outcomes, "by_retention": facets.periods,
    })
}

/// The counts as lines: a heading, then the values that most have first.
fn listed(facets: &Facets, output: &Output) -> String {
    let types =
        facets.types.iter().map(|(code, count)| (format!("{code:02}").parse().map_or("", DocumentType::name), *count));
    let years = facets.years.iter().map(|(year, count)| (year.to_string(), *count));
    let all = [
        (output.say("Cơ quan nộp lưu", "Transferring agency"), named(&facets.holders)),
        (output.say("Tên loại", "Type"), types.map(|(name, count)| (name.to_owned(), count)).collect()),
        (output.say("Năm ban hành", "Year of issue"), years.collect()),
        (output.say("Người ký", "Signer"), named(&facets.signers)),
        (output.say("Chữ ký số khi tiếp nhận", "Signatures at accession"), named(&facets.outcomes)),
        (output.say("Thời hạn đã nêu", "Period stated"), named(&facets.periods)),
    ];
    let mut text = String::new();
    for (title, mut values) in all {
        values.sort_by_key(|one| std::cmp::Reverse(one.1));
        text.push_str(&format!("\n{title}\n"));
        values.iter().for_each(|(value, count)| text.push_str(&format!("{count:>8}  {value}\n")));
    }
    text
}

fn named(counts: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    counts.iter().map(|(value, count)| (value.clone(), *count)).collect()
}
