//! Whether pages are pictures of paper: each one an image over nearly all of it, and nothing written but hidden text.
//!
//! So scanners write pages, with or without the text that recognition found (text rendering mode 3: invisible). A page
//! that writes or draws anything itself is none; what cannot be read is none either. What readers fill in, stamps and
//! the looks of signatures, are annotations and do not count. Everything is bounded; nothing here calls itself.

use std::collections::HashSet;

use super::content::{self, IDENTITY, Matrix, Stopped};
use super::document::View;
use super::object::{Dict, Object};
use super::string::is_space;

/// Pages looked at; of a longer document the first count.
const PAGES_MAX: usize = 256;
/// Nodes of the page tree looked at.
const NODES_MAX: usize = 1_024;
/// Bytes of content of all pages: a page of hidden text has some 50 KB.
const CONTENT_BYTES_MAX: usize = 32 << 20;
/// Bytes of a page's content that are looked at first.
const BEGINNING_BYTES: usize = 2 << 10;
/// States saved at one time.
const STATES_MAX: usize = 64;
/// How much of a page a picture of it covers: scanners leave margins.
const COVERED_MIN: f64 = 0.85;
/// Rendering of text that shows nothing (ISO 32000-1 §9.3.6).
const INVISIBLE: i64 = 3;

/// Whether there are pages and every one is a picture.
pub(super) fn are_pictures(view: View<'_, '_>) -> bool {
    if view.document.is_encrypted {
        return false;
    }
    let Some(catalog) = view.catalog() else { return false };
    let mut open: Vec<(u32, Inherited)> = Vec::new();
    open.extend(catalog.dict().and_then(|dict| dict.get(b"Pages")?.reference()).map(|root| (root, Default::default())));
    let (mut seen, mut pages, mut left) = (HashSet::new(), 0, CONTENT_BYTES_MAX);
    while let Some((number, above)) = open.pop() {
        let Some(node) = view.get(number).filter(|_| seen.len() < NODES_MAX && seen.insert(number)) else {
            return false;
        };
        let Some(dict) = node.dict() else { return false };
        let here = above.and(dict);
        let kids = view.resolve(dict.get(b"Kids"));
        if let Some(kids) = kids.array() {
            open.extend(kids.iter().rev().take(NODES_MAX).filter_map(Object::reference).map(|kid| (kid, here.clone())));
        } else if !is_picture(view, dict, &here, &mut left) {
            return false;
        } else {
            pages += 1;
            if pages == PAGES_MAX {
                return true;
            }
        }
    }
    pages > 0
}

/// What pages inherit from the nodes above.
#[derive(Debug, Clone, Default)]
struct Inherited {
    resources: Option<Object>,
    media_box: Option<Object>,
}

impl Inherited {
    fn and(&self, dict: &Dict) -> Self {
        let own = |key: &[u8], above: &Option<Object>| dict.get(key).or(above.as_ref()).cloned();
        Self { resources: own(b"Resources", &self.resources), media_box: own(b"MediaBox", &self.media_box) }
    }
}

fn is_picture(view: View<'_, '_>, page: &Dict, inherited: &Inherited, left: &mut usize) -> bool {
    let media_box = view.resolve(inherited.media_box.as_ref());
    let sides: Option<Vec<f64>> = media_box.array().and_then(|sides| sides.iter().map(Object::number).collect());
    let Some(&[x1, y1, x2, y2]) = sides.as_deref() else { return false };
    let resources = view.resolve(inherited.resources.as_ref());
    let images = view.resolve(resources.dict().and_then(|dict| dict.get(b"XObject")));
    let is_image = |name: &[u8]| {
        let object = view.resolve(images.dict().and_then(|dict| dict.get(name)));
        object.dict().is_some_and(|dict| dict.name(b"Subtype") == Some(b"Image"))
    };
    if !images.dict().is_some_and(|dict| dict.entries.iter().any(|(name, _)| is_image(name))) {
        return false;
    }
    let sheet = [x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)];
    let draw = |content: &[u8]| {
        let mut drawn = Drawn { state: State::default(), saved: Vec::new(), sheet, covered: false };
        content::operators(content, &mut |word, operands| drawn.operator(word, operands, &is_image))
            .map(|()| drawn.covered)
    };
    // Pages that show something else mostly do so at once; then the rest need not be decoded.
    if beginning(view, page).is_some_and(|content| draw(&content) == Err(Stopped::Here)) {
        return false;
    }
    content::of_page(view, page, left).is_some_and(|content| draw(&content) == Ok(true))
}

/// The beginning of the content of a page, where it is to be had without the rest. It ends between words.
fn beginning(view: View<'_, '_>, page: &Dict) -> Option<Vec<u8>> {
    let held = view.resolve(page.get(b"Contents"));
    let first = view.resolve(held.array().and_then(<[Object]>::first));
    let ((Object::Stream(stream), _) | (Object::Null, Object::Stream(stream))) = (&*first, &*held) else {
        return None;
    };
    let mut content = view.document.beginning(stream, BEGINNING_BYTES)?;
    content.truncate(content.iter().rposition(|&byte| is_space(byte))?);
    Some(content)
}

/// What drawing depends on.
#[derive(Debug, Clone, Copy)]
struct State {
    matrix: Matrix,
    rendering: i64,
}

impl Default for State {
    fn default() -> Self {
        Self { matrix: IDENTITY, rendering: 0 }
    }
}

/// A page as far as it is drawn.
struct Drawn {
    state: State,
    saved: Vec<State>,
    /// The page: left, lower, right, upper.
    sheet: [f64; 4],
    covered: bool,
}

impl Drawn {
    /// Draws by one operator; `None` where it shows something else than a picture.
    fn operator(&mut self, word: &[u8], operands: &[Object], is_image: &dyn Fn(&[u8]) -> bool) -> Option<()> {
        match word {
            b"q" => {
                self.saved.push(self.state);
                (self.saved.len() <= STATES_MAX).then_some(())
            }
            b"Q" => {
                self.state = self.saved.pop().unwrap_or_default();
                Some(())
            }
            b"cm" => {
                self.state.matrix = content::product(content::matrix(operands)?, self.state.matrix);
                Some(())
            }
            b"Tr" => {
                self.state.rendering = operands.first()?.integer()?;
                Some(())
            }
            b"Tj" | b"TJ" | b"'" | b"\"" => (self.state.rendering == INVISIBLE).then_some(()),
            b"Do" => {
                is_image(operands.first()?.name()?).then_some(())?;
                self.covered |= self.is_sheet();
                Some(())
            }
            // Paths that are painted, shadings, and pictures within the content.
            b"f" | b"F" | b"f*" | b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*" | b"sh" | b"BI" | b"d0" | b"d1" => None,
            _ => Some(()),
        }
    }

    /// Whether the unit square, as transformed, is nearly the whole sheet.
    fn is_sheet(&self) -> bool {
        let [a, b, c, d, e, f] = self.state.matrix;
        let is_upright = (b == 0.0 && c == 0.0) || (a == 0.0 && d == 0.0);
        let (xs, ys) = ([e, e + a + c], [f, f + b + d]);
        let [left, lower, right, upper] = self.sheet;
        let overlap =
            |[one, other]: [f64; 2], from: f64, to: f64| (one.max(other).min(to) - one.min(other).max(from)).max(0.0);
        let area = (right - left) * (upper - lower);
        is_upright && area > 0.0 && overlap(xs, left, right) * overlap(ys, lower, upper) >= COVERED_MIN * area
    }
}

#[cfg(test)]
mod tests;
