//! Tables that people save from spreadsheets: CSV in UTF-8, with commas or semicolons, a heading in any case and spelling.
//!
//! Which columns there are, and what a cell means, is its reader's; here a row is so many cells at a line, or it is none.

use super::fold;

/// A table.
pub struct Table {
    /// Its heading as written.
    pub heading: Vec<String>,
    /// Its rows, in order.
    pub rows: Vec<Row>,
}

/// A row.
pub struct Row {
    /// Line of the file at which it begins, from 1.
    pub line: u64,
    /// As many cells as the heading has; `None` where there are more or fewer, or they are not UTF-8.
    pub cells: Option<csv::StringRecord>,
}

/// Why bytes are no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// The heading is not UTF-8.
    Heading,
    /// It has more rows than are taken.
    TooManyRows,
}

/// Reads a table of at most so many rows.
pub fn read(bytes: &[u8], rows_max: usize) -> Result<Table, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes); // what spreadsheets put before UTF-8
    let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| first.iter().filter(|&&byte| byte == wanted).count();
    let separator = if count(b';') > count(b',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(bytes);
    let heading: Vec<String> = reader.headers().map_err(|_| Unreadable::Heading)?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for row in reader.records() {
        if rows.len() >= rows_max {
            return Err(Unreadable::TooManyRows);
        }
        rows.push(match row {
            Ok(row) => {
                let line = line(bytes, row.position());
                Row { line, cells: (row.len() == heading.len()).then_some(row) }
            }
            Err(error) => Row { line: line(bytes, error.position()), cells: None },
        });
    }
    Ok(Table { heading, rows })
}

/// A heading as names of columns are compared: folded, with single spaces.
pub fn column_name(heading: &str) -> String {
    fold(heading).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The line at which a row begins. The reader's place may still be before the line feed that ended the last row.
fn line(bytes: &[u8], place: Option<&csv::Position>) -> u64 {
    let Some(place) = place else { return 0 };
    let at = usize::try_from(place.byte()).ok().and_then(|at| bytes.get(at));
    place.line() + u64::from(at == Some(&b'\n'))
}
