//! What content paints, and where: glyphs, pictures and filled shapes, in user space.
//!
//! Near enough to tell whether one thing lies over another: a glyph is a box as wide as its font says; clips, patterns and
//! lines are passed over. Forms within forms are followed to [`FORMS_DEEP_MAX`]; the bytes of all content that is gone
//! through, however often, are bounded.

use std::collections::HashMap;
use std::rc::Rc;

use super::content::{self, IDENTITY, Matrix};
use super::document::View;
use super::font::Font;
use super::object::{Dict, Object, Stream};

/// Forms inside one another.
const FORMS_DEEP_MAX: usize = 8;
/// States saved at one time.
const STATES_MAX: usize = 512;
/// Bytes of content that are gone through for one page or appearance: a page of text has some 50 KB.
const CONTENT_BYTES_MAX: usize = 4 << 20;
/// The same for all of a file: a second of work.
pub const CONTENT_IN_ALL_BYTES_MAX: usize = 32 << 20;
/// Bytes that a form or font costs each time, and each code of a font.
const CALL_BYTES: usize = 64;
const CODE_BYTES: usize = 16;
/// Below and above the line on which text stands, in parts of its size: digits have no descenders.
const GLYPH_FROM: f64 = -0.05;
const GLYPH_TO: f64 = 0.7;
/// Rendering of text that shows nothing (ISO 32000-2 table 104).
const INVISIBLE: [i64; 2] = [3, 7];

/// Lower left and upper right corner.
pub type Area = [f64; 4];

/// Something that is painted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark<'m> {
    /// A glyph, and what it says if that is known.
    Glyph(Area, Option<&'m str>),
    /// A picture or a shading.
    Picture(Area),
    /// A filled rectangle.
    Rectangle(Area),
    /// Another filled path.
    Shape(Area),
}

/// Gives what a page paints itself; `None` where that can't be told. The bytes that are gone through are taken from `left`.
pub fn page(
    view: View<'_, '_>,
    page: &Dict,
    resources: Option<&Object>,
    left: &mut usize,
    found: &mut dyn FnMut(Mark<'_>),
) -> Option<()> {
    if *view.resolve(page.get(b"Contents")) == Object::Null {
        return (!view.is_elsewhere(page.get(b"Contents"))).then_some(());
    }
    let mut painter = Painter::new(view, *left, found);
    let painted = content::of_page(view, page, &mut painter.left)
        .and_then(|content| painter.run(&content, &held(view, resources), IDENTITY, 0));
    *left -= painter.spent(*left);
    painted
}

/// Gives what a form paints in its own space; `None` where that can't be told.
pub fn form(
    view: View<'_, '_>,
    form: &Stream,
    resources: Option<&Object>,
    left: &mut usize,
    found: &mut dyn FnMut(Mark<'_>),
) -> Option<()> {
    let mut painter = Painter::new(view, *left, found);
    let painted = painter.read_form(form).and_then(|form| {
        let resources = form.resources.clone().unwrap_or_else(|| held(view, resources));
        painter.pay(form.content.len())?;
        painter.run(&form.content, &resources, IDENTITY, 0)
    });
    *left -= painter.spent(*left);
    painted
}

struct Painter<'p, 'd, 'a> {
    view: View<'d, 'a>,
    left: usize,
    found: &'p mut dyn FnMut(Mark<'_>),
    fonts: HashMap<u32, Rc<Font>>,
    /// By number; `None`: it is no form.
    forms: HashMap<u32, Option<Rc<Form>>>,
}

struct Form {
    content: Vec<u8>,
    matrix: Matrix,
    resources: Option<Rc<Object>>,
}

/// What painting depends on.
#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    between_glyphs: f64,
    between_words: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
    rendering: i64,
}

/// Where the next glyph and the next line stand, and the path so far.
struct Pen {
    glyph: Matrix,
    line: Matrix,
    path: Option<Area>,
    is_rectangle: bool,
}

impl<'p, 'd, 'a> Painter<'p, 'd, 'a> {
    fn new(view: View<'d, 'a>, left: usize, found: &'p mut dyn FnMut(Mark<'_>)) -> Self {
        Self { view, left: left.min(CONTENT_BYTES_MAX), found, fonts: HashMap::new(), forms: HashMap::new() }
    }

    fn pay(&mut self, bytes: usize) -> Option<()> {
        self.left = self.left.checked_sub(bytes + CALL_BYTES)?;
        Some(())
    }

    /// What was taken of what it had.
    fn spent(&self, had: usize) -> usize {
        had.min(CONTENT_BYTES_MAX) - self.left
    }

    fn run(&mut self, content: &[u8], resources: &Object, matrix: Matrix, depth: usize) -> Option<()> {
        let mut state = State {
            matrix,
            font: None,
            size: 0.0,
            between_glyphs: 0.0,
            between_words: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            rendering: 0,
        };
        let mut saved = Vec::new();
        let mut pen = Pen { glyph: IDENTITY, line: IDENTITY, path: None, is_rectangle: true };
        content::operators(content, &mut |word, operands| {
            match word {
                b"q" if saved.len() == STATES_MAX => return None,
                b"q" => saved.push(state.clone()),
                b"Q" => state = saved.pop().unwrap_or_else(|| state.clone()),
                b"cm" => state.matrix = content::product(content::matrix(operands)?, state.matrix),
                b"Tf" => {
                    state.font = Some(self.font(resources, operands.first()?.name()?)?);
                    state.size = operands.get(1)?.number()?;
                }
                b"Do" => self.paint_object(resources, operands.first()?.name()?, state.matrix, depth)?,
                b"EI" | b"sh" => (self.found)(Mark::Picture(placed([0.0, 0.0, 1.0, 1.0], state.matrix))),
                b"Tj" | b"TJ" | b"'" | b"\"" => self.write(&mut state, &mut pen, word, operands)?,
                _ => {
                    set(&mut state, &mut pen, word, operands)?;
                    self.draw(&state, &mut pen, word, operands)?;
                }
            }
            Some(())
        })
        .ok()
    }

    /// Text, on this line or the next.
    fn write(&mut self, state: &mut State, pen: &mut Pen, word: &[u8], operands: &[Object]) -> Option<()> {
        if word == b"\"" {
            let [words, glyphs, _] = operands else { return None };
            (state.between_words, state.between_glyphs) = (words.number()?, glyphs.number()?);
        }
        if word != b"Tj" && word != b"TJ" {
            pen.set_line(0.0, -state.leading);
        }
        let text = operands.last()?;
        for part in text.array().unwrap_or(std::slice::from_ref(text)) {
            match part.number() {
                Some(back) => pen.advance(-back / 1000.0 * state.size * state.stretch),
                None => self.glyphs(state, pen, &part.string()?),
            }
        }
        Some(())
    }

    fn glyphs(&mut self, state: &State, pen: &mut Pen, string: &[u8]) {
        let Some(font) = &state.font else { return };
        for (width, text) in font.glyphs(string) {
            let between = if text == Some(" ") { state.between_words } else { 0.0 };
            let wide = width * state.size * state.stretch;
            if !INVISIBLE.contains(&state.rendering) {
                let (from, to) = (state.rise + GLYPH_FROM * state.size, state.rise + GLYPH_TO * state.size);
                let area = placed([0.0, from, wide, to], content::product(pen.glyph, state.matrix));
                (self.found)(Mark::Glyph(area, text));
            }
            pen.advance(wide + (state.between_glyphs + between) * state.stretch);
        }
    }

    /// A path, and what fills it.
    fn draw(&mut self, state: &State, pen: &mut Pen, word: &[u8], operands: &[Object]) -> Option<()> {
        match word {
            b"m" | b"l" | b"c" | b"v" | b"y" | b"re" => {
                let numbers: Option<Vec<f64>> = operands.iter().map(Object::number).collect();
                let numbers = numbers?;
                let corners = match (&numbers[..], word) {
                    (&[x, y, wide, high], b"re") => vec![[x, y, x, y], [x + wide, y + high, x + wide, y + high]],
                    (points, _) => points.chunks_exact(2).map(|at| [at[0], at[1], at[0], at[1]]).collect(),
                };
                for corner in corners {
                    let corner = placed(corner, state.matrix);
                    pen.path = Some(pen.path.map_or(corner, |path| around(path, corner)));
                }
                pen.is_rectangle &= word == b"re";
            }
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => {
                if let Some(path) = pen.path.take() {
                    (self.found)(if pen.is_rectangle { Mark::Rectangle(path) } else { Mark::Shape(path) });
                }
                pen.is_rectangle = true;
            }
            b"S" | b"s" | b"n" => (pen.path, pen.is_rectangle) = (None, true),
            _ => {}
        }
        Some(())
    }

    fn paint_object(&mut self, resources: &Object, name: &[u8], matrix: Matrix, depth: usize) -> Option<()> {
        let view = self.view;
        let all = view.resolve(resources.dict().and_then(|resources| resources.get(b"XObject")));
        let Some(reference) = all.dict().and_then(|all| all.get(name)) else { return Some(()) };
        let number = reference.reference()?;
        let known = match self.forms.get(&number) {
            Some(known) => known.clone(),
            None => {
                let object = view.get(number)?;
                let Object::Stream(stream) = &*object else { return None };
                let is_form = view.resolve(stream.dict.get(b"Subtype")).name() == Some(b"Form");
                let form = if is_form { Some(Rc::new(self.read_form(stream)?)) } else { None };
                self.forms.insert(number, form.clone());
                form
            }
        };
        let Some(form) = known else {
            (self.found)(Mark::Picture(placed([0.0, 0.0, 1.0, 1.0], matrix)));
            return Some(());
        };
        if depth == FORMS_DEEP_MAX {
            return None;
        }
        self.pay(form.content.len())?;
        let resources = form.resources.as_deref().unwrap_or(resources);
        self.run(&form.content, resources, content::product(form.matrix, matrix), depth + 1)
    }

    fn read_form(&self, stream: &Stream) -> Option<Form> {
        let view = self.view;
        let matrix = view.resolve(stream.dict.get(b"Matrix"));
        Some(Form {
            content: view.document.decode(stream).ok()?,
            matrix: matrix.array().map_or(Some(IDENTITY), content::matrix)?,
            resources: stream.dict.get(b"Resources").map(|own| held(view, Some(own))),
        })
    }

    fn font(&mut self, resources: &Object, name: &[u8]) -> Option<Rc<Font>> {
        let view = self.view;
        let fonts = view.resolve(resources.dict().and_then(|resources| resources.get(b"Font")));
        let font = fonts.dict().and_then(|fonts| fonts.get(name));
        let number = font.and_then(Object::reference);
        if let Some(known) = number.and_then(|number| self.fonts.get(&number)) {
            return Some(known.clone());
        }
        let read = Rc::new(Font::of(view, &view.resolve(font)));
        self.pay(read.codes() * CODE_BYTES)?;
        if let Some(number) = number {
            self.fonts.insert(number, read.clone());
        }
        Some(read)
    }
}

/// Text state and position.
fn set(state: &mut State, pen: &mut Pen, word: &[u8], operands: &[Object]) -> Option<()> {
    let number = |at: usize| operands.get(at).and_then(Object::number);
    match word {
        b"Tc" => state.between_glyphs = number(0)?,
        b"Tw" => state.between_words = number(0)?,
        b"Tz" => state.stretch = number(0)? / 100.0,
        b"TL" => state.leading = number(0)?,
        b"Ts" => state.rise = number(0)?,
        b"Tr" => state.rendering = operands.first()?.integer()?,
        b"BT" => (pen.glyph, pen.line) = (IDENTITY, IDENTITY),
        b"Tm" => (pen.glyph, pen.line) = (content::matrix(operands)?, content::matrix(operands)?),
        b"Td" => pen.set_line(number(0)?, number(1)?),
        b"TD" => {
            state.leading = -number(1)?;
            pen.set_line(number(0)?, number(1)?);
        }
        b"T*" => pen.set_line(0.0, -state.leading),
        _ => {}
    }
    Some(())
}

impl Pen {
    fn set_line(&mut self, x: f64, y: f64) {
        self.line = content::product([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.glyph = self.line;
    }

    fn advance(&mut self, x: f64) {
        self.glyph = content::product([1.0, 0.0, 0.0, 1.0, x, 0.0], self.glyph);
    }
}

fn held(view: View<'_, '_>, value: Option<&Object>) -> Rc<Object> {
    match value {
        Some(Object::Reference(reference)) => view.get(reference.number).unwrap_or_else(|| Rc::new(Object::Null)),
        Some(direct) => Rc::new(direct.clone()),
        None => Rc::new(Object::Null),
    }
}

/// What surrounds an area as it is transformed.
pub fn placed([x1, y1, x2, y2]: Area, [a, b, c, d, e, f]: Matrix) -> Area {
    let at = |x: f64, y: f64| [a * x + c * y + e, b * x + d * y + f];
    let corners = [at(x1, y1), at(x2, y1), at(x1, y2), at(x2, y2)];
    let first = [corners[0][0], corners[0][1], corners[0][0], corners[0][1]];
    corners.iter().fold(first, |area, &[x, y]| around(area, [x, y, x, y]))
}

fn around(one: Area, other: Area) -> Area {
    [one[0].min(other[0]), one[1].min(other[1]), one[2].max(other[2]), one[3].max(other[3])]
}

/// How much of the first area the second covers: 0 to 1.
pub fn part_covered(one: Area, by: Area) -> f64 {
    let side = |from: usize| {
        let (length, common) = (one[from + 2] - one[from], one[from + 2].min(by[from + 2]) - one[from].max(by[from]));
        if length > 0.0 { (common / length).clamp(0.0, 1.0) } else { f64::from(u8::from(common >= 0.0)) }
    };
    side(0) * side(1)
}

#[cfg(test)]
mod tests;
