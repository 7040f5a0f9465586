//! A table as a file for spreadsheet programs: as CSV here, as XLSX in [`workbook`].
//!
//! CSV is RFC 4180 in UTF-8 with a byte order mark, without which spreadsheet programs take it for another encoding. A text
//! that such a program would read as a formula is written with an apostrophe before it: codes and names are what agencies
//! wrote. In XLSX a text is a text by its type, and numbers are numbers, so nothing needs to be altered.

use super::{Cell, Table};

/// What a text may not begin with: a formula, or what makes a program look behind it.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The words of a table in one language: its title, the headings, and a cell's text where it is no number.
pub struct Worded<'a> {
    /// Name of the sheet and of the table.
    pub title: String,
    /// Over each column.
    pub headings: Vec<String>,
    /// Before the totals.
    pub total: String,
    /// A label in words.
    pub label: &'a dyn Fn(&Cell) -> String,
}

/// The table as CSV.
pub fn csv(table: &Table, words: &Worded<'_>) -> Vec<u8> {
    let mut text = String::from("\u{feff}");
    let mut line = |cells: Vec<String>| {
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    };
    line(words.headings.iter().map(|heading| field(heading)).collect());
    let written = |cell: &Cell| if cell.is_number() { cell.plain() } else { field(&(words.label)(cell)) };
    table.rows.iter().for_each(|row| line(row.iter().map(written).collect()));
    if !table.total.is_empty() {
        let mut cells = vec![String::new(); table.labels()];
        cells[0] = field(&words.total);
        cells.extend(table.total.iter().map(written));
        line(cells);
    }
    text.into_bytes()
}

/// A text as a field of CSV.
pub fn field(text: &str) -> String {
    let harmless = if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() };
    if harmless.contains(['"', ',', '\r', '\n', ';']) {
        format!("\"{}\"", harmless.replace('"', "\"\""))
    } else {
        harmless
    }
}
