//! A table as a workbook of one sheet: Office Open XML (ECMA-376), as little of it as spreadsheet programs need.
//!
//! A text is a text by the type of its cell and no program reads it as a formula; numbers are numbers, with a form to show
//! them. The parts lie in a ZIP file, deflated, all of them at the first day that ZIP knows: the same table gives the same
//! bytes. Written here because a library for all of Excel would bring eight crates, and other features for those that sign
//! and encrypt.

use super::export::Worded;
use super::{Cell, Table};
use crate::text::xml::escaped;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// Widest column, characters.
const WIDTH_MAX: usize = 60;
/// Longest name of a sheet, characters (ECMA-376 part 1, §18.2.19).
const NAME_MAX: usize = 31;
/// 1 January 1980, as ZIP writes days.
const FIRST_DAY: u16 = 0x21;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// Styles by number: see [`Style`]. 3 is `#,##0`; 164 is the first number of one's own.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="3" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>"#;

/// How a line looks: numbers of styles for text, whole numbers and shares.
#[derive(Clone, Copy)]
struct Style {
    text: u8,
    count: u8,
    share: u8,
}

const PLAIN: Style = Style { text: 0, count: 2, share: 4 };
const BOLD: Style = Style { text: 1, count: 3, share: 5 };

/// The table as XLSX.
pub fn xlsx(table: &Table, words: &Worded<'_>) -> io::Result<Vec<u8>> {
    let name: String = words.title.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(NAME_MAX).collect();
    let book = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{}" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        escaped(&name)
    );
    let sheet = sheet(table, words);
    zip(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn sheet(table: &Table, words: &Worded<'_>) -> String {
    let headings: Vec<Cell> = words.headings.iter().map(|heading| Cell::Code(heading.clone())).collect();
    let mut sums = vec![Cell::Code(String::new()); table.labels()];
    if let Some(first) = sums.first_mut() {
        *first = Cell::Code(words.total.clone());
    }
    sums.extend(table.total.iter().cloned());
    let mut lines = vec![(headings.as_slice(), BOLD)];
    lines.extend(table.rows.iter().map(|row| (row.as_slice(), PLAIN)));
    if !table.total.is_empty() {
        lines.push((sums.as_slice(), BOLD));
    }
    let mut widths = vec![0; table.columns.len()];
    let mut rows = String::new();
    for (number, (cells, style)) in (1u32..).zip(lines) {
        _ = write!(rows, "<row r=\"{number}\">");
        for ((cell, column), width) in cells.iter().zip('A'..='Z').zip(&mut widths) {
            let text = if cell.is_number() { cell.plain() } else { (words.label)(cell) };
            *width = text.chars().count().max(*width);
            rows.push_str(&one(cell, &text, &format!("{column}{number}"), style));
        }
        rows.push_str("</row>");
    }
    let mut columns = String::new();
    for (number, width) in (1..).zip(widths) {
        let width = width.min(WIDTH_MAX) + 3;
        _ = write!(columns, "<col min=\"{number}\" max=\"{number}\" width=\"{width}\" customWidth=\"1\"/>");
    }
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{columns}</cols><sheetData>{rows}</sheetData></worksheet>"#
    )
}

fn one(cell: &Cell, text: &str, place: &str, style: Style) -> String {
    match cell {
        Cell::Count(number) | Cell::Bytes(number) => {
            format!("<c r=\"{place}\" s=\"{}\"><v>{number}</v></c>", style.count)
        }
        Cell::Share(..) => cell.percent().map_or_else(String::new, |percent| {
            format!("<c r=\"{place}\" s=\"{}\"><v>{}</v></c>", style.share, percent / 100.0)
        }),
        Cell::Code(_) | Cell::Word(..) | Cell::Finding(_) => format!(
            "<c r=\"{place}\" s=\"{}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
            style.text,
            escaped(text)
        ),
    }
}

/// Files in a ZIP file (APPNOTE 6.3, §4.3): headers with their files, the central directory, its end.
fn zip(files: &[(&str, &str)]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, text) in files {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        deflated.write_all(text.as_bytes())?;
        let deflated = deflated.finish()?;
        let mut about = Vec::new();
        // Version needed, flags (names in UTF-8), deflate, time, day.
        [20u16, 1 << 11, 8, 0, FIRST_DAY].iter().for_each(|field| about.extend(field.to_le_bytes()));
        let lengths = [crc.sum(), length(deflated.len())?, length(text.len())?];
        lengths.iter().for_each(|field| about.extend(field.to_le_bytes()));
        about.extend(short(name.len())?.to_le_bytes());
        about.extend([0, 0]); // no further fields
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&about);
        directory.extend([0; 10]); // no comment, first disk, no attributes
        directory.extend(length(out.len())?.to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(about);
        out.extend(name.as_bytes());
        out.extend(deflated);
    }
    let (count, start) = (short(files.len())?, length(out.len())?);
    let end = length(directory.len())?;
    out.extend(directory);
    out.extend(b"PK\x05\x06\x00\x00\x00\x00");
    [count, count].iter().for_each(|field| out.extend(field.to_le_bytes()));
    [end, start].iter().for_each(|field| out.extend(field.to_le_bytes()));
    out.extend([0, 0]);
    Ok(out)
}

fn length(bytes: usize) -> io::Result<u32> {
    u32::try_from(bytes).map_err(|_| io::Error::other("the table does not fit into a sheet"))
}

fn short(count: usize) -> io::Result<u16> {
    u16::try_from(count).map_err(|_| io::Error::other("the table does not fit into a sheet"))
}
