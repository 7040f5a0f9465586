//! Text into lines: greedy, at spaces; a word that is wider than a line is cut wherever it must be.

use super::face::Face;
use super::model::{Style, Text};
use super::printable::printable;

/// A line.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Line {
    /// Its text, with the spaces between words.
    pub(super) runs: Vec<Run>,
    /// Its width in points, as it is.
    pub(super) width: f32,
    /// How many spaces could be stretched.
    pub(super) gaps: usize,
    /// Whether it ends its paragraph, and is not stretched.
    pub(super) is_last: bool,
}

/// Text in one style.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    /// The style.
    pub(super) style: Style,
    /// Printable text.
    pub(super) text: String,
}

/// The widths of a paragraph's lines in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    /// Of the first line.
    pub(super) first: f32,
    /// Of every other.
    pub(super) rest: f32,
}

impl Measure {
    /// All the same.
    pub(super) fn of(width: f32) -> Self {
        Self { first: width, rest: width }
    }
}

/// The lines of a paragraph at a size in points; at least one.
pub(super) fn lines(text: &Text, size: f32, measure: Measure) -> Vec<Line> {
    let mut setting = Setting { size, measure, done: Vec::new(), line: Line::default() };
    for word in words(text) {
        setting.take(&word);
    }
    setting.end();
    setting.done
}

/// A word, in pieces of one style.
type Word = Vec<Run>;

/// The words of a text; a word may go on in another style.
fn words(text: &Text) -> Vec<Word> {
    let (mut words, mut word) = (Vec::new(), Word::new());
    for span in &text.0 {
        for (place, piece) in printable(&span.text, span.style).split(' ').enumerate() {
            if place > 0 && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if !piece.is_empty() {
                word.push(Run { style: span.style, text: piece.to_owned() });
            }
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

struct Setting {
    size: f32,
    measure: Measure,
    done: Vec<Line>,
    line: Line,
}

impl Setting {
    fn take(&mut self, word: &Word) {
        let width: f32 = word.iter().map(|run| Face::of(run.style).width(&run.text) * self.size).sum();
        let space = self.space();
        if !self.line.runs.is_empty() {
            if self.line.width + space + width <= self.room() {
                self.line.push_space(space);
                return self.append(word, width);
            }
            self.end_line();
        }
        if width <= self.room() { self.append(word, width) } else { self.cut(word) }
    }

    /// Sets a word that is wider than a line, character by character.
    fn cut(&mut self, word: &Word) {
        for run in word {
            let face = Face::of(run.style);
            for character in run.text.chars() {
                let width = face.glyph(character).map_or(0.0, |glyph| glyph.width) * self.size;
                if self.line.width + width > self.room() && !self.line.runs.is_empty() {
                    self.end_line();
                }
                self.line.push(run.style, character.encode_utf8(&mut [0; 4]));
                self.line.width += width;
            }
        }
    }

    fn append(&mut self, word: &Word, width: f32) {
        for run in word {
            self.line.push(run.style, &run.text);
        }
        self.line.width += width;
    }

    fn room(&self) -> f32 {
        if self.done.is_empty() { self.measure.first } else { self.measure.rest }
    }

    /// Width of a space after what the line has.
    fn space(&self) -> f32 {
        let style = self.line.runs.last().map_or(Style::Regular, |run| run.style);
        Face::of(style).width(" ") * self.size
    }

    fn end_line(&mut self) {
        self.done.push(std::mem::take(&mut self.line));
    }

    fn end(&mut self) {
        self.line.is_last = true;
        self.end_line();
    }
}

impl Line {
    fn push(&mut self, style: Style, text: &str) {
        match self.runs.last_mut() {
            Some(run) if run.style == style => run.text.push_str(text),
            _ => self.runs.push(Run { style, text: text.to_owned() }),
        }
    }

    fn push_space(&mut self, width: f32) {
        if let Some(run) = self.runs.last_mut() {
            run.text.push(' ');
            self.width += width;
            self.gaps += 1;
        }
    }
}
