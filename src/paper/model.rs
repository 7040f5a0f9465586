//! What a document says, before it has pages: the parts that Decree 30/2020 Annex I names, as plain values.

use chrono::{DateTime, NaiveDate, Utc};

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// When it was made; stands in the file's properties only.
    pub made: DateTime<Utc>,
    /// Whether its form is an official one.
    pub form: Form,
    /// How the paper lies.
    pub orientation: Orientation,
    /// What stands above the text.
    pub heading: Heading,
    /// The text.
    pub blocks: Vec<Block>,
    /// Who signs and who receives it.
    pub closing: Closing,
}

/// Whether a form is that of a legal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Its text was read in the official source.
    Verified,
    /// It was not: the document says so, with this source and grade.
    Unverified {
        /// What the form follows, and where that was read.
        source: String,
    },
    /// The archive's own: no official form is known.
    Own,
}

/// How the paper lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Orientation {
    /// Upright A4.
    Portrait,
    /// A4 on its side, for wide tables.
    Landscape,
}

/// What stands above the text: cells 1 to 5a of Annex I.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The agency above the one that issues it.
    pub superior: Option<String>,
    /// The agency that issues it.
    pub agency: String,
    /// Number and notation.
    pub number: Number,
    /// Name of the place.
    pub place: String,
    /// The day; left open if the document gets it when it is issued.
    pub on: Option<NaiveDate>,
    /// Kind of document, `Quyết định`.
    pub kind: String,
    /// What it is about.
    pub subject: String,
}

/// Number and notation of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// Given: `15/QĐ-SNV`.
    Given(String),
    /// To be given on issue; the notation is known: `QĐ-SNV`.
    Open(String),
    /// The document has none: a list that goes with another document.
    None,
}

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A ground on which it is issued: in italics.
    Ground(Text),
    /// Who decides, or that it is decided: centred, in bold capitals.
    Verb(String),
    /// To whom it is addressed.
    Address(Vec<String>),
    /// Title of a section.
    Title(String),
    /// A paragraph.
    Paragraph(Text),
    /// A paragraph that begins with a dash.
    Item(Text),
    /// A table.
    Table(Table),
}

/// Text in spans of one style each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub Vec<Span>);

/// A piece of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its style.
    pub style: Style,
    /// Its characters.
    pub text: String,
}

/// How letters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Upright.
    Regular,
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// Both.
    BoldItalic,
}

impl Text {
    /// The same with more text in a style.
    pub fn and(mut self, style: Style, text: impl Into<String>) -> Self {
        self.0.push(Span { style, text: text.into() });
        self
    }

    /// Bold text.
    pub fn bold(text: impl Into<String>) -> Self {
        Self::default().and(Style::Bold, text)
    }

    /// Italic text.
    pub fn italic(text: impl Into<String>) -> Self {
        Self::default().and(Style::Italic, text)
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::default().and(Style::Regular, text)
    }
}

/// A table; its head is repeated on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The columns, from the left; at most twelve are printed.
    pub columns: Vec<Column>,
    /// Whether the head numbers them, `(1)`, `(2)`, as official forms do.
    pub numbering: Numbering,
    /// The rows.
    pub rows: Vec<Row>,
}

/// Whether columns are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Numbering {
    /// Below their titles.
    Shown,
    /// Not at all.
    Hidden,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// Its part of the width, against the other columns'.
    pub share: u16,
    /// Where its cells' text stands.
    pub align: Align,
}

/// Where text stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
    /// At both sides.
    Both,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A cell for each column; missing ones are empty, a line break in one begins a new line.
    Cells(Vec<String>),
    /// One line over all columns, in bold.
    Group(String),
}

/// What stands below the text: cells 7 and 9 of Annex I.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Closing {
    /// Who signs, from the left; one alone signs at the right.
    pub signers: Vec<Signer>,
    /// Who receives it, if it is sent.
    pub recipients: Option<Recipients>,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signer {
    /// Authority and position, a line each: `KT. GIÁM ĐỐC`, `PHÓ GIÁM ĐỐC`.
    pub position: Vec<String>,
    /// Name; left open if empty.
    pub name: String,
}

/// Who receives a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// They, a line each, without dash and semicolon.
    pub names: Vec<String>,
    /// What keeps a copy, after `Lưu: `: `VT, LT`.
    pub kept: String,
}
