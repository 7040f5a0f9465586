//! Pages out of a document: what is drawn where, in points from the top left corner, and what it is for a reader that
//! does not see.
//!
//! Everything is placed before anything is written, so that tests can look at it: no text lies outside the margins.
//! Measures are those of Annex I, with the section beside each number.

mod closing;
mod heading;
mod sheet;
mod table;

pub(super) use sheet::{Drawing, Piece, Purpose, Sheet};

use super::Error;
use super::lines::{Line, Measure, lines};
use super::model::{Align, Block, Document, Form, Orientation, Style, Text};
use super::printable::{Place, brief};

/// Points of a millimetre.
const MM: f32 = 72.0 / 25.4;

/// Size of the text (II.6 e: 13 to 14).
const BODY: f32 = 14.0;

/// Size of tables.
const SMALL: f32 = 12.0;

/// Size of the note on the form.
const NOTE: f32 = 10.0;

/// First line of a paragraph (II.6 e: 1 or 1.27 cm).
const INDENT: f32 = 10.0 * MM;

/// Between paragraphs (II.6 e: at least 6 pt).
const GAP: f32 = 6.0;

/// Where the text may stand on the page (I.3: 20–25 mm above and below, 30–35 left, 15–20 right).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

impl Frame {
    fn of(orientation: Orientation) -> Self {
        let (width, height) = match orientation {
            Orientation::Portrait => (210.0 * MM, 297.0 * MM),
            Orientation::Landscape => (297.0 * MM, 210.0 * MM),
        };
        let (left, right) = (30.0 * MM, width - 15.0 * MM);
        Self { width, height, left, right, top: 20.0 * MM, bottom: height - 20.0 * MM }
    }

    /// Width of the text.
    pub(super) fn measure(self) -> f32 {
        self.right - self.left
    }
}

/// What a part of a document is, for a reader that does not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Section,
    Paragraph,
    Note,
    Table,
    Head,
    Body,
    Row,
    HeadCell,
    Cell,
    /// A cell over so many columns.
    Wide(u16),
}

/// A part of a document, in the order of reading.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) role: Role,
    pub(super) children: Vec<Child>,
}

/// What is in a part.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Child {
    /// Another part.
    Node(Node),
    /// Something that is drawn, by its number.
    Piece(usize),
}

impl Node {
    fn new(role: Role) -> Self {
        Self { role, children: Vec::new() }
    }

    fn with(mut self, children: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(children.into_iter().map(Child::Node));
        self
    }
}

/// A document on pages.
pub(super) fn lay_out(document: &Document) -> Result<Sheet, Error> {
    let mut sheet = Sheet::new(Frame::of(document.orientation));
    note(&mut sheet, &document.form);
    heading::lay_out(&mut sheet, &document.heading)?;
    let closing = closing::Plan::of(&document.closing, sheet.frame);
    for (place, block) in document.blocks.iter().enumerate() {
        let follows = match document.blocks.get(place + 1) {
            None => closing.height(),
            Some(Block::Table(_)) => HEAD,
            Some(_) => 0.0,
        };
        lay_out_block(&mut sheet, block, follows)?;
    }
    closing.lay_out(&mut sheet)?;
    sheet.number_pages();
    Ok(sheet)
}

/// Lays a part of the text; `follows` is the height of what must not be parted from its end.
fn lay_out_block(sheet: &mut Sheet, block: &Block, follows: f32) -> Result<(), Error> {
    match block {
        Block::Ground(text) => paragraph(sheet, text, Role::Paragraph, follows),
        Block::Verb(text) => {
            sheet.skip(GAP);
            let text = Text::bold(text.clone());
            centred(sheet, &text, BODY, Role::Paragraph, KEEP)?;
            sheet.skip(GAP);
            Ok(())
        }
        Block::Address(names) => address(sheet, names),
        Block::Title(text) => {
            let set = lines(&Text::bold(text.clone()), BODY, Measure::of(sheet.frame.measure()));
            let node = set_lines(sheet, &set, BODY, Align::Left, Role::Section, KEEP, (0.0, 0.0))?;
            sheet.read(node);
            sheet.skip(GAP);
            Ok(())
        }
        Block::Paragraph(text) => paragraph(sheet, text, Role::Paragraph, follows),
        Block::Item(text) => {
            let mut dashed = Text::from("- ");
            dashed.0.extend(text.0.iter().cloned());
            paragraph(sheet, &dashed, Role::Paragraph, follows)
        }
        Block::Table(table) => table::lay_out(sheet, table),
    }
}

/// Height of the two lines that a title does not part from.
const KEEP: f32 = 2.0 * BODY * super::face::LINE + GAP;

/// Height of a table's head and a row of two lines, which the words before it do not part from.
const HEAD: f32 = 6.0 * SMALL * super::face::LINE;

fn paragraph(sheet: &mut Sheet, text: &Text, role: Role, follows: f32) -> Result<(), Error> {
    let measure = sheet.frame.measure();
    let set = lines(text, BODY, Measure { first: measure - INDENT, rest: measure });
    let node = set_lines(sheet, &set, BODY, Align::Both, role, follows, (INDENT, 0.0))?;
    sheet.read(node);
    sheet.skip(GAP);
    Ok(())
}

fn centred(sheet: &mut Sheet, text: &Text, size: f32, role: Role, follows: f32) -> Result<(), Error> {
    let set = lines(text, size, Measure::of(sheet.frame.measure()));
    let node = set_lines(sheet, &set, size, Align::Centre, role, follows, (0.0, 0.0))?;
    sheet.read(node);
    Ok(())
}

/// Sets lines one below the other, with indents of the first and of the others; the last one or two stay with what
/// follows them.
fn set_lines(
    sheet: &mut Sheet,
    set: &[Line],
    size: f32,
    align: Align,
    role: Role,
    follows: f32,
    indents: (f32, f32),
) -> Result<Node, Error> {
    let height = size * super::face::LINE;
    let mut node = Node::new(role);
    for (place, line) in set.iter().enumerate() {
        let left = set.len() - place;
        sheet.keep(if left <= 2 { left as f32 * height + follows } else { height })?;
        let indent = if place == 0 { indents.0 } else { indents.1 };
        let (from, to) = (sheet.frame.left + indent, sheet.frame.right);
        node.children.push(Child::Piece(sheet.line(line, size, align, (from, to))));
        sheet.skip(height);
    }
    Ok(node)
}

/// To whom a document is addressed (II.9 d): one on the same line, more each on a line.
fn address(sheet: &mut Sheet, names: &[String]) -> Result<(), Error> {
    sheet.skip(GAP);
    if let [name] = names {
        let text = Text::from(format!("Kính gửi: {name}"));
        centred(sheet, &text, BODY, Role::Paragraph, KEEP)?;
    } else {
        let left = sheet.frame.measure() * 0.2;
        let word = lines(&Text::from("Kính gửi:"), BODY, Measure::of(sheet.frame.measure() - left));
        let node = set_lines(sheet, &word, BODY, Align::Left, Role::Paragraph, KEEP, (left, left))?;
        sheet.read(node);
        let left = left + INDENT * 2.0;
        for (place, name) in names.iter().enumerate() {
            let end = if place + 1 == names.len() { '.' } else { ';' };
            let set = lines(&Text::from(format!("- {name}{end}")), BODY, Measure::of(sheet.frame.measure() - left));
            let node = set_lines(sheet, &set, BODY, Align::Left, Role::Paragraph, 0.0, (left, left))?;
            sheet.read(node);
        }
    }
    sheet.skip(GAP);
    Ok(())
}

/// What says that nobody has seen the official form: at the foot of the first page, where Annex I puts what is about
/// the paper and not about its matter (cell 13).
fn note(sheet: &mut Sheet, form: &Form) {
    let text = match form {
        Form::Verified => return,
        Form::Unverified { source } => Text::default()
            .and(Style::BoldItalic, "Mẫu chưa được kiểm chứng. ")
            .and(Style::Italic, format!("Nguồn: {}.", brief(source, Place::Source))),
        Form::Own => Text::italic("Mẫu riêng của lưu trữ: chưa biết mẫu chính thức nào cho văn bản này."),
    };
    let set = lines(&text, NOTE, Measure::of(sheet.frame.measure()));
    sheet.foot(&set, NOTE);
}
