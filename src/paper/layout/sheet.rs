//! The pages while they are filled: where the next line goes, what was drawn, and the order of reading.

use super::super::face::{ASCENT, Face, LINE};
use super::super::lines::Line;
use super::super::model::{Align, Style};
use super::super::{Error, PAGES_MAX};
use super::{Frame, Node, Role};

/// Size of the page number (I.7: 13 to 14).
const PAGE_NUMBER: f32 = 13.0;

/// A space is stretched to at most so much of the size; a line with less text stays ragged.
const STRETCH_MAX: f32 = 1.2;

/// A document on pages.
#[derive(Debug)]
pub(in crate::paper) struct Sheet {
    /// Where text may stand.
    pub(in crate::paper) frame: Frame,
    /// The pages: which pieces each has.
    pub(in crate::paper) pages: Vec<Vec<usize>>,
    /// Everything drawn.
    pub(in crate::paper) pieces: Vec<Piece>,
    /// The order of reading.
    pub(in crate::paper) reading: Vec<Node>,
    /// Where the next line begins.
    y: f32,
    /// Where the text of this page ends.
    end: f32,
}

/// Drawings that belong together.
#[derive(Debug)]
pub(in crate::paper) struct Piece {
    /// Whether it is part of the text.
    pub(in crate::paper) purpose: Purpose,
    /// What is drawn.
    pub(in crate::paper) drawings: Vec<Drawing>,
}

/// Whether something drawn is part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::paper) enum Purpose {
    /// It is.
    Text,
    /// A line of a table, or below a title.
    Rule,
    /// A page number, or the head of a table once more.
    Repeated,
}

/// Something drawn.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::paper) enum Drawing {
    /// Text.
    Text {
        /// Where its base line begins.
        at: (f32, f32),
        /// Its style.
        style: Style,
        /// Its size.
        size: f32,
        /// How much wider each space is.
        stretch: f32,
        /// Printable text.
        text: String,
    },
    /// A straight line, level or upright.
    Rule {
        /// From here.
        from: (f32, f32),
        /// To here.
        to: (f32, f32),
    },
}

impl Sheet {
    pub(super) fn new(frame: Frame) -> Self {
        let (y, end) = (frame.top, frame.bottom);
        Self { frame, pages: vec![Vec::new()], pieces: Vec::new(), reading: Vec::new(), y, end }
    }

    /// Where the next line begins.
    pub(super) fn y(&self) -> f32 {
        self.y
    }

    /// Goes on below, or above, on the same page.
    pub(super) fn go_to(&mut self, y: f32) {
        self.y = y;
    }

    /// Leaves room; at the top of a page there is none.
    pub(super) fn skip(&mut self, height: f32) {
        self.y += height;
    }

    /// Room that is left on this page.
    pub(super) fn room(&self) -> f32 {
        self.end - self.y
    }

    /// Room on a page with nothing on it.
    pub(super) fn whole(&self) -> f32 {
        self.frame.bottom - self.frame.top
    }

    /// Begins a new page if there is no room for this height here, but there would be on a page of its own.
    pub(super) fn keep(&mut self, height: f32) -> Result<(), Error> {
        if height > self.room() && self.y > self.frame.top { self.new_page() } else { Ok(()) }
    }

    /// Begins a new page.
    pub(super) fn new_page(&mut self) -> Result<(), Error> {
        if self.pages.len() >= PAGES_MAX {
            return Err(Error::TooLong);
        }
        self.pages.push(Vec::new());
        (self.y, self.end) = (self.frame.top, self.frame.bottom);
        Ok(())
    }

    /// Adds a part to the order of reading.
    pub(super) fn read(&mut self, node: Node) {
        self.reading.push(node);
    }

    /// Draws a line of text between two places, its top where the next line begins.
    pub(super) fn line(&mut self, line: &Line, size: f32, align: Align, between: (f32, f32)) -> usize {
        let drawings = drawings(line, size, align, between, self.y);
        self.draw(Purpose::Text, drawings)
    }

    /// As [`Self::line`], but no part of the text: it was there before.
    pub(super) fn line_again(&mut self, line: &Line, size: f32, align: Align, between: (f32, f32)) {
        let drawings = drawings(line, size, align, between, self.y);
        self.draw(Purpose::Repeated, drawings);
    }

    /// Draws straight lines.
    pub(super) fn rules(&mut self, rules: impl IntoIterator<Item = ((f32, f32), (f32, f32))>) {
        let drawings = rules.into_iter().map(|(from, to)| Drawing::Rule { from, to }).collect();
        self.draw(Purpose::Rule, drawings);
    }

    /// Sets lines at the foot of this page, under a rule; the text ends above them.
    pub(super) fn foot(&mut self, set: &[Line], size: f32) {
        let height = set.len() as f32 * size * LINE;
        let (from, to) = (self.frame.left, self.frame.right);
        let above = self.y;
        self.end = self.frame.bottom - height - size / 2.0;
        self.rules([((from, self.end + size / 4.0), (to, self.end + size / 4.0))]);
        self.y = self.frame.bottom - height;
        let mut node = Node::new(Role::Note);
        for line in set {
            node.children.push(super::Child::Piece(self.line(line, size, Align::Left, (from, to))));
            self.skip(size * LINE);
        }
        self.read(node);
        self.y = above;
    }

    /// Puts a number on every page but the first, in the middle of the margin above (I.7).
    pub(super) fn number_pages(&mut self) {
        for page in 1..self.pages.len() {
            let text = (page + 1).to_string();
            let width = Face::of(Style::Regular).width(&text) * PAGE_NUMBER;
            let x = (self.frame.left + self.frame.right - width) / 2.0;
            let at = (x, self.frame.top / 2.0 + PAGE_NUMBER * ASCENT / 2.0);
            let drawing = Drawing::Text { at, style: Style::Regular, size: PAGE_NUMBER, stretch: 0.0, text };
            self.pieces.push(Piece { purpose: Purpose::Repeated, drawings: vec![drawing] });
            self.pages[page].push(self.pieces.len() - 1);
        }
    }

    fn draw(&mut self, purpose: Purpose, drawings: Vec<Drawing>) -> usize {
        self.pieces.push(Piece { purpose, drawings });
        let piece = self.pieces.len() - 1;
        if let Some(page) = self.pages.last_mut() {
            page.push(piece);
        }
        piece
    }
}

/// A line of text as drawings. A space ends every line that another one follows, so that words stay apart for whoever
/// reads the text out of the file.
fn drawings(line: &Line, size: f32, align: Align, (from, to): (f32, f32), top: f32) -> Vec<Drawing> {
    let left = (to - from - line.width).max(0.0);
    let even = left / line.gaps.max(1) as f32;
    let (mut x, stretch) = match align {
        Align::Left => (from, 0.0),
        Align::Centre => (from + left / 2.0, 0.0),
        Align::Right => (from + left, 0.0),
        Align::Both if line.is_last || line.gaps == 0 || even > STRETCH_MAX * size => (from, 0.0),
        Align::Both => (from, even),
    };
    let mut drawings = Vec::with_capacity(line.runs.len());
    for (place, run) in line.runs.iter().enumerate() {
        let mut text = run.text.clone();
        let spaces = text.matches(' ').count() as f32;
        let width = Face::of(run.style).width(&text) * size + spaces * stretch;
        if place + 1 == line.runs.len() && !line.is_last {
            text.push(' ');
        }
        drawings.push(Drawing::Text { at: (x, top + size * ASCENT), style: run.style, size, stretch, text });
        x += width;
    }
    drawings
}
