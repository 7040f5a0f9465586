//! Import of a schedule from CSV: what could be understood becomes rules, what could not is reported by line.
//!
//! Nothing is guessed. A range (`4-7 năm`), a variable period, months or hours, other words: the line is refused, with
//! the reason, and whoever imports puts it right in the table. Imported rules are never verified, whatever the table
//! claims; [`Import::file`] writes them as a rule file, which is read, adopted and confirmed like any other.
//!
//! For the archive layer: `retention import FILE.csv` prints the report and writes the file; it adopts nothing.

use super::RULES_MAX;
use crate::retention::{Unreadable, read_statement, words};
use crate::text::table::{self, Row, column_name};
use crate::text::{fold, nfc};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Longest table, bytes: an eighth of a rule file, which has more words for each line.
pub const TABLE_BYTES_MAX: usize = 1024 * 1024;

/// Longest value of a cell, characters: longer is a table read with the wrong separator or quotes.
const CELL_CHARS_MAX: usize = 4000;

/// Names of the columns, folded; the first is the name in reports.
const COLUMNS: [(Column, &[&str]); 6] = [
    (Column::Code, &["code", "ma", "so tt", "stt"]),
    (Column::Group, &["group", "nhom"]),
    (Column::Records, &["records", "ten nhom ho so, tai lieu", "ten nhom tai lieu", "ten ho so, tai lieu", "noi dung"]),
    (Column::Period, &["period", "thoi han", "thoi han luu tru", "thoi han bao quan"]),
    (Column::Article, &["article", "dieu khoan"]),
    (Column::Action, &["action", "xu ly khi het thoi han"]),
];

/// What tables say becomes of a record when its period ends, folded, and as rule files write it.
const ACTIONS: [(&str, &str); 4] =
    [("destroy", "destroy"), ("huy", "destroy"), ("review", "review"), ("xem xet", "review")];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Code,
    Group,
    Records,
    Period,
    Article,
    Action,
}

/// What a table was imported as.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Import {
    /// The lines that were understood.
    pub lines: Vec<Line>,
    /// The lines that were not.
    pub refused: Vec<Refused>,
    /// Columns that nobody reads.
    pub unread: Vec<String>,
}

/// A line that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    code: String,
    group: String,
    records: String,
    article: String,
    period: Read,
}

/// A period that was understood, as a rule file writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Read {
    trigger: &'static str,
    period: String,
    action: &'static str,
}

/// A line that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Line of the file, from 1.
    pub line: u64,
    /// Why.
    pub why: Why,
    /// The cell, as written.
    pub cell: String,
}

/// Why a line was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Why {
    /// There is no code.
    #[error("the line has no code")]
    NoCode,
    /// An earlier line has the code.
    #[error("an earlier line has this code")]
    CodeTwice,
    /// It does not say which records.
    #[error("the line names no records")]
    NoRecords,
    /// There is no period.
    #[error("the line has no period")]
    NoPeriod,
    /// From one number to another.
    #[error("a range is no period: one number must rule")]
    Range,
    /// Not 2 to 70 years.
    #[error("a fixed period is 2 to 70 years")]
    OutOfBounds,
    /// Other words, or another unit.
    #[error("neither “Vĩnh viễn” nor a number of years (“20 năm”)")]
    Words,
    /// Another word, or one that the period contradicts.
    #[error(
        "what becomes of it at the end is “destroy” (hủy) or “review” (xem xét) for a period that ends, else empty"
    )]
    Action,
    /// A cell is longer than any table's.
    #[error("a cell has more than 4000 characters")]
    TooLong,
    /// More or fewer cells than the heading.
    #[error("the line has not as many cells as the heading, or is not UTF-8")]
    Shape,
}

/// Why a table was not read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTable {
    /// Longer than [`TABLE_BYTES_MAX`].
    #[error("a table has at most {TABLE_BYTES_MAX} bytes")]
    TooLong,
    /// More lines than a version has rules.
    #[error("a table has at most {RULES_MAX} lines")]
    TooManyLines,
    /// A column that is needed is not there.
    #[error("the heading needs the columns code, records and period (mã, tên nhóm hồ sơ tài liệu, thời hạn)")]
    Heading,
}

/// Where an imported table comes from; goes into every rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Stable code of the schedule, and of the authority.
    pub schedule: String,
    /// Its name.
    pub title: String,
    /// Number of the version.
    pub version: u32,
    /// How the text is cited.
    pub citation: String,
    /// Where the table was got.
    pub source: String,
}

/// Reads a table.
pub fn read(bytes: &[u8]) -> Result<Import, NoTable> {
    if bytes.len() > TABLE_BYTES_MAX {
        return Err(NoTable::TooLong);
    }
    let table = table::read(bytes, RULES_MAX).map_err(|error| match error {
        table::Unreadable::Heading => NoTable::Heading,
        table::Unreadable::TooManyRows => NoTable::TooManyLines,
    })?;
    let columns: Vec<Option<Column>> = table.heading.iter().map(|name| column(name)).collect();
    let has = |wanted| columns.iter().filter(|column| **column == Some(wanted)).count() == 1;
    if ![Column::Code, Column::Records, Column::Period].into_iter().all(has) {
        return Err(NoTable::Heading);
    }
    let unread = table.heading.iter().zip(&columns).filter(|(_, column)| column.is_none());
    let mut import = Import { unread: unread.map(|(name, _)| name.clone()).collect(), ..Import::default() };
    let mut codes = BTreeSet::new();
    for Row { line, cells } in &table.rows {
        match cells {
            Some(cells) => import.take(cells, *line, &columns, &mut codes),
            None => import.refuse(*line, Why::Shape, ""),
        }
    }
    Ok(import)
}

fn column(name: &str) -> Option<Column> {
    let name = column_name(name);
    COLUMNS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column)
}

impl Import {
    fn refuse(&mut self, line: u64, why: Why, cell: &str) {
        self.refused.push(Refused { line, why, cell: cell.chars().take(200).collect() });
    }

    fn take(&mut self, row: &csv::StringRecord, line: u64, columns: &[Option<Column>], codes: &mut BTreeSet<String>) {
        if let Some(cell) = row.iter().find(|cell| cell.chars().nth(CELL_CHARS_MAX).is_some()) {
            return self.refuse(line, Why::TooLong, cell);
        }
        let cell = |wanted| {
            let found = row.iter().zip(columns).find(|(_, column)| **column == Some(wanted));
            found.map_or_else(String::new, |(cell, _)| nfc(cell.trim()))
        };
        let (code, records, period) = (cell(Column::Code), cell(Column::Records), cell(Column::Period));
        if code.is_empty() {
            return self.refuse(line, Why::NoCode, "");
        }
        if records.is_empty() {
            return self.refuse(line, Why::NoRecords, "");
        }
        let mut read = match read_period(&period) {
            Ok(read) => read,
            Err(why) => return self.refuse(line, why, &period),
        };
        let wanted = cell(Column::Action);
        if !wanted.is_empty() {
            let known = ACTIONS.iter().find(|(name, _)| *name == fold(&wanted));
            match known.filter(|_| read.action == "destroy") {
                Some((_, action)) => read.action = action,
                None => return self.refuse(line, Why::Action, &wanted),
            }
        }
        if !codes.insert(code.clone()) {
            return self.refuse(line, Why::CodeTwice, &code);
        }
        let (group, article) = (cell(Column::Group), cell(Column::Article));
        self.lines.push(Line { code, group, records, article, period: read });
    }

    /// The rule file: every rule unverified and of grade R, as nobody compared the table with the legal text.
    pub fn file(&self, from: &Provenance) -> String {
        let Provenance { schedule, title, version, citation, source } = from;
        let mut text = format!(
            "format = 1\n\n[schedule]\ncode = {}\ntitle = {}\nversion = {version}\n\n[[authority]]\ncode = {}\n\
             citation = {}\nkind = \"circular\"\ngrade = \"R\"\nsource = {}\n",
            quoted(schedule),
            quoted(title),
            quoted(schedule),
            quoted(citation),
            quoted(source),
        );
        for line in &self.lines {
            let Read { trigger, period, action } = &line.period;
            let fields = [
                ("code", quoted(&format!("{schedule}/{}", line.code))),
                ("authority", quoted(schedule)),
                ("article", quoted(&line.article)),
                ("group", quoted(&line.group)),
                ("records", quoted(&line.records)),
                ("trigger", (*trigger).to_owned()),
                ("period", quoted(period)),
                ("action", quoted(action)),
                ("source", quoted(source)),
                ("grade", quoted("R")),
                ("verified", "false".to_owned()),
            ];
            text.push_str("\n[[rule]]\n");
            for (name, value) in fields {
                let _ = writeln!(text, "{name} = {value}"); // writing to a String cannot fail
            }
        }
        text
    }
}

/// Reads a period as tables write it, or says why not.
fn read_period(text: &str) -> Result<Read, Why> {
    let by_event = |event, period: &str| Read { trigger: event, period: period.to_owned(), action: "destroy" };
    match fold(text).as_str() {
        "theo tuoi tho cong trinh" => return Ok(by_event("{ any = [\"works-demolished\"] }", "while-asset-lives")),
        "den khi van ban het hieu luc" => return Ok(by_event("{ any = [\"expired\"] }", "until-event")),
        _ => {}
    }
    match read_statement(text) {
        Ok(period) => {
            let action = if period == crate::record::Period::Permanent { "keep" } else { "destroy" };
            Ok(Read { trigger: "\"work-ended\"", period: words(period), action })
        }
        Err(Unreadable::Empty) => Err(Why::NoPeriod),
        Err(Unreadable::OutOfBounds) => Err(Why::OutOfBounds),
        Err(Unreadable::NotAPeriod) if is_range(text) => Err(Why::Range),
        Err(Unreadable::NotAPeriod) => Err(Why::Words),
    }
}

/// Whether a text has two numbers.
fn is_range(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count() >= 2
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c)); // control characters are below U+00A0
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
