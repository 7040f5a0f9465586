//! What fields hold and show: whether one was filled in when somebody signed, what it shows that was filled in since, and
//! what lies below it.
//!
//! A field that is filled in shows its value in a place of its own. One that lies over what was signed may hide it, and one
//! that shows something else than it holds says one thing to people and another to programs: both are told. How it looks is
//! found near enough (`painted`); what a font draws for a code nobody knows.

use std::rc::Rc;

use super::super::change::What;
use super::super::document::View;
use super::super::form::{Kind, corners, is_hidden};
use super::super::object::{Dict, Object, Stream};
use super::super::painted::{self, Area, Mark};
use super::super::string::{is_space, text_of};
use super::page::referred_to;
use super::{FORM_FILL, PAIRS_MAX, VALUES_PER_PAIR, Walk, same};

/// Bits of `/Ff` (ISO 32000-2 tables 229 and 233): a button that keeps no value, and a choice that shows its value alone.
const PUSH_BUTTON: i64 = 1 << 16;
const COMBO: i64 = 1 << 17;
/// A text on several lines, and one that is not to be read.
const MULTILINE: i64 = 1 << 12;
const PASSWORD: i64 = 1 << 13;
/// How much of a glyph or shape is hidden at least where something lies over it, and how much of a field lies over a picture.
const COVERED_MIN: f64 = 0.3;
/// Shapes that are thinner are lines, on which people write.
const LINE_MAX: f64 = 2.0;
/// Marks on which people write: what fills the room for a number.
const LEADERS: [char; 5] = ['.', '…', '_', '·', '\u{a0}'];
/// Marks that are kept of all pages on which fields were filled in: 32 MB. A page of text has some 3,000.
const MARKS_MAX: usize = 1_000_000;
/// Levels of fields below one another.
const LEVELS_MAX: usize = 32;

/// What a page paints that fields may lie over.
#[derive(Debug, Default)]
pub(super) struct Paper {
    written: Vec<Area>,
    pictures: Vec<Area>,
}

impl Paper {
    fn marks(&self) -> usize {
        self.written.len() + self.pictures.len()
    }
}

/// How a widget looks.
enum Look {
    /// Readers draw it as they like, or not at all.
    None,
    /// Another reader may find it.
    Unread,
    Form(Rc<Object>),
}

/// Operators of a content that paints a background and a frame, and sets how text would look (ISO 32000-2 annex A).
const FRAMES: [&[u8]; 39] = [
    b"q", b"Q", b"cm", b"ri", b"i", b"w", b"J", b"j", b"M", b"g", b"G", b"rg", b"RG", b"k", b"K", b"re", b"f", b"F",
    b"f*", b"B", b"B*", b"S", b"s", b"n", b"W", b"W*", b"BMC", b"EMC", b"BT", b"ET", b"Tf", b"Td", b"Tm", b"Tc", b"Tw",
    b"Tz", b"TL", b"Ts", b"Tr",
];
/// Those of a round frame.
const CIRCLES: [&[u8]; 3] = [b"m", b"c", b"h"];
/// Rectangles and circles that a background and a frame are made of.
const OUTLINES_MAX: usize = 4;
/// Curves of the circles: four of each.
const CURVES_MAX: usize = 16;

/// Whether a content paints more than a background and a frame, which may be round or not: a text, a picture, a path.
fn paints_more(content: &[u8], may_be_round: bool) -> bool {
    let (mut outlines, mut curves) = (0, 0);
    let mut is_name = false;
    let mut words = content.split_inclusive(|byte| is_space(*byte) || b"()<>[]{}/%".contains(byte));
    words.any(|piece| {
        let (word, end) = match piece.split_last() {
            Some((last, word)) if is_space(*last) || b"()<>[]{}/%".contains(last) => (word, *last),
            _ => (piece, b' '),
        };
        let was_name = std::mem::replace(&mut is_name, end == b'/');
        let is_number = word.iter().all(|byte| byte.is_ascii_digit() || b"+-.".contains(byte));
        outlines += usize::from(word == b"re" || word == b"m");
        curves += usize::from(word == b"c");
        let is_of_frame = was_name || is_number || FRAMES.contains(&word) || may_be_round && CIRCLES.contains(&word);
        !is_of_frame || b"(<{%".contains(&end) || outlines > OUTLINES_MAX || curves > CURVES_MAX
    })
}

impl<'d, 'a> Walk<'_, 'd, 'a> {
    /// Whether fields that are no signatures have values, or show without one what they are: readers may draw these by what
    /// the form says.
    pub(super) fn has_filled(&mut self) -> bool {
        self.others().into_iter().any(|(number, has_value)| has_value || self.shows_by_itself(number))
    }

    /// Whether one of these has no appearance.
    pub(super) fn lacks_look(&mut self) -> bool {
        let others = self.others();
        others.into_iter().any(|(number, has_value)| {
            let field = self.old.get(number);
            let widget = field.as_deref().and_then(Object::dict).filter(|field| field.get(b"Rect").is_some());
            widget.is_some_and(|widget| matches!(look(self.old, widget), Look::None))
                && (has_value || self.shows_by_itself(number))
        })
    }

    /// The fields and widgets that are no signatures, and whether they have a value.
    fn others(&self) -> Vec<(u32, bool)> {
        let nodes = self.was.form.nodes.iter().filter(|(_, node)| node.kind == Kind::Other);
        nodes.map(|(&number, node)| (number, node.has_value)).collect()
    }

    /// Whether a field shows something without a value: a list what may be chosen, a push button what it does.
    fn shows_by_itself(&mut self, number: u32) -> bool {
        let field = self.old.get(number);
        field.as_deref().and_then(Object::dict).is_some_and(|field| {
            let (kind, flags) = self.kind_of(self.old, field);
            kind.is_some() && !may_be_empty(kind.as_ref(), flags)
        })
    }

    /// `/FT` and `/Ff` of a field, its own or inherited.
    fn kind_of(&mut self, view: View<'d, 'a>, field: &Dict) -> (Option<Object>, i64) {
        let [kind, flags] = [&b"FT"[..], b"Ff"].map(|key| self.inherited(view, field, key));
        let kind = kind.map(|kind| match &*view.resolve(Some(&kind)) {
            Object::Name(name) => Object::Name(name.clone()),
            _ => Object::Null,
        });
        (kind, view.resolve(flags.as_ref()).integer().unwrap_or(0))
    }

    /// Whether a field has a value, its own or an inherited one, that is more than none, or shows something.
    pub(super) fn is_filled(&mut self, view: View<'d, 'a>, field: &Dict) -> bool {
        let (kind, flags) = self.kind_of(view, field);
        let value = self.inherited(view, field, b"V");
        let value = view.resolve(value.as_ref());
        let is_off = value.name() == Some(b"Off");
        let is_empty = value.string().is_some_and(|text| text.is_empty());
        !may_be_empty(kind.as_ref(), flags) || !(is_off || is_empty || *value == Object::Null) || shows(view, field)
    }

    /// Whether a field below one was filled in when somebody signed: what the one above says it may be drawn by.
    pub(super) fn holds_filled(&mut self, field: &Dict) -> bool {
        let mut open = vec![(field.clone(), 0)];
        while let Some((field, level)) = open.pop() {
            let kids = self.old.resolve(field.get(b"Kids"));
            for kid in kids.array().unwrap_or_default().iter().filter_map(Object::reference) {
                let Some(object) = self.old.get(kid) else { continue };
                let Object::Dict(kid) = &*object else { continue };
                self.looked_at += 1 + kid.entries.len() / VALUES_PER_PAIR;
                if level == LEVELS_MAX || self.is_filled(self.old, kid) {
                    return true;
                }
                open.push((kid.clone(), level + 1));
            }
        }
        false
    }

    /// Tells of a widget that was empty, and is filled in now or looks otherwise: over what it lies, and whether it shows what it
    /// holds.
    pub(super) fn filled_in(&mut self, number: u32, on: u32, page: &Dict, node: usize) {
        let (Some(before), Some(now)) = (self.old.get(number), self.new.get(number)) else { return };
        let (Some(was), Some(is)) = (before.dict(), now.dict()) else { return };
        if self.is_filled(self.old, was) || self.looks_as_before(was, is) {
            return;
        }
        let is_filled = self.is_filled(self.new, is);
        let node = self.child(node, b"Annots", None, Some(number));
        let field = self.is.form.nodes.get(&number).map(|node| node.name.clone());
        let field = std::mem::replace(&mut self.field, field);
        if (is_filled || self.hides(is)) && !is_hidden(self.new, is) && self.lies_over(on, page, is) {
            self.report(FORM_FILL, What::FilledOver, node);
        }
        if is_filled && self.says_otherwise(page, is) {
            self.report(FORM_FILL, What::FilledUnlike, node);
        }
        self.field = field;
    }

    /// Whether nothing that a widget is drawn by is another.
    fn looks_as_before(&mut self, was: &Dict, is: &Dict) -> bool {
        let drawn_by = [&b"V"[..], b"AP", b"AS", b"F", b"MK", b"DA", b"Q", b"Parent"];
        let is_same = |key: &&[u8]| match (was.get(key), is.get(key)) {
            (Some(was), Some(is)) => same(was, is),
            (was, is) => was.is_none() && is.is_none(),
        };
        let parts = |key: &[u8]| is.get(key).map(referred_to).unwrap_or_default();
        drawn_by.iter().all(is_same)
            && !parts(b"AP").into_iter().any(|part| self.is_drawn_anew(part))
            && !parts(b"Parent").into_iter().any(|part| self.moved(part))
    }

    /// Whether a widget lies over what the page says, or hides a part of a picture on it.
    fn lies_over(&mut self, on: u32, page: &Dict, widget: &Dict) -> bool {
        let Some(area) = corners(self.new, widget.get(b"Rect")) else { return true };
        let Some(paper) = self.paper(on, page) else { return true };
        self.looked_at += paper.marks() / VALUES_PER_PAIR;
        if self.looked_at > PAIRS_MAX {
            return true;
        }
        paper.written.iter().any(|&written| painted::part_covered(written, area) >= COVERED_MIN)
            || paper.pictures.iter().any(|&picture| painted::part_covered(area, picture) >= COVERED_MIN)
                && self.hides(widget)
    }

    /// What a page paints; `None` where that can't be told. It is gone through once.
    fn paper(&mut self, on: u32, page: &Dict) -> Option<Rc<Paper>> {
        if let Some(known) = self.papers.get(&on) {
            return known.clone();
        }
        let resources = self.inherited(self.new, page, b"Resources");
        let mut paper = Paper::default();
        let room = MARKS_MAX.saturating_sub(self.papers.values().flatten().map(|paper| paper.marks()).sum());
        let mut take = |mark: Mark<'_>| match mark {
            _ if paper.marks() > room => {}
            Mark::Glyph(area, text) if !text.is_some_and(is_leader) => paper.written.push(area),
            Mark::Shape(area) if area[2] - area[0] > LINE_MAX && area[3] - area[1] > LINE_MAX => {
                paper.written.push(area);
            }
            Mark::Picture(area) => paper.pictures.push(area),
            Mark::Glyph(..) | Mark::Shape(_) | Mark::Rectangle(_) => {}
        };
        let painted = painted::page(self.new, page, resources.as_ref(), &mut self.together.content, &mut take);
        let paper = painted.filter(|()| paper.marks() <= room).map(|()| Rc::new(paper));
        self.papers.insert(on, paper.clone());
        paper
    }

    /// Whether a widget paints more than text: what is below is not seen then.
    fn hides(&mut self, widget: &Dict) -> bool {
        match look(self.new, widget) {
            Look::None => {
                let drawn = self.new.resolve(widget.get(b"MK"));
                drawn.dict().is_some_and(|drawn| drawn.get(b"BG").is_some())
            }
            Look::Unread => true,
            Look::Form(form) => {
                let Object::Stream(form) = &*form else { return true };
                let mut hides = false;
                let painted = painted::form(
                    self.new,
                    form,
                    self.default_resources().as_ref(),
                    &mut self.together.content,
                    &mut |mark| {
                        hides |= !matches!(mark, Mark::Glyph(..));
                    },
                );
                hides || painted.is_none()
            }
        }
    }

    /// Whether a widget shows something else than its field holds, or nothing.
    fn says_otherwise(&mut self, page: &Dict, widget: &Dict) -> bool {
        let (kind, flags) = self.kind_of(self.new, widget);
        let value = self.inherited(self.new, widget, b"V");
        let value = self.new.resolve(value.as_ref());
        match kind.as_ref().and_then(Object::name) {
            Some(b"Btn") => self.is_switched_otherwise(widget, value.name()),
            Some(b"Tx" | b"Ch") if flags & PASSWORD == 0 => {
                let Some(text) = self.text_shown_for(widget, &value) else { return true };
                if !letters(&text).is_empty() && self.is_out_of_sight(page, widget) {
                    return true;
                }
                match look(self.new, widget) {
                    Look::None => !letters(&text).is_empty() && !self.needs_appearances(),
                    Look::Unread => true,
                    Look::Form(form) => {
                        self.text_of_look(&form).is_some_and(|shown| !is_said(&text, &shown, flags & MULTILINE != 0))
                    }
                }
            }
            _ => false,
        }
    }

    /// Whether the state of a button is another than the value of its field: the one readers show, the other they hand on.
    fn is_switched_otherwise(&self, widget: &Dict, value: Option<&[u8]>) -> bool {
        let state = self.new.resolve(widget.get(b"AS"));
        let (state, value) = (state.name().unwrap_or(b"Off"), value.unwrap_or(b"Off"));
        state != value && (state != b"Off" || widget.get(b"Parent").is_none())
    }

    /// The text that a value stands for: its own, or that of the choice it is; `None` where it is said in two ways.
    fn text_shown_for(&self, widget: &Dict, value: &Object) -> Option<String> {
        let text = |value: &Object| value.string().map(|bytes| text_of(&bytes));
        let own = text(value).unwrap_or_default();
        let choices = self.new.resolve(widget.get(b"Opt"));
        let choices = choices.array().unwrap_or_default();
        let choice = |choice: &Object| {
            let choice = self.new.resolve(Some(choice));
            let pair = choice.array().unwrap_or_default();
            let part = |at: usize| pair.get(at).map(|part| self.new.resolve(Some(part))).and_then(|part| text(&part));
            part(0).zip(part(1)).or_else(|| text(&choice).map(|both| (both.clone(), both)))
        };
        let index = self.new.resolve(widget.get(b"I"));
        if let [one] = index.array().unwrap_or_default()
            && let Some(at) = one.integer().and_then(|at| usize::try_from(at).ok())
            && choices.get(at).and_then(choice).is_none_or(|(hands_on, shows)| own != hands_on && own != shows)
        {
            return None;
        }
        let rich = self.new.resolve(widget.get(b"RV")).string().map(|bytes| without_tags(&text_of(&bytes)));
        if rich.is_some_and(|rich| letters(&rich) != letters(&own)) {
            return None;
        }
        Some(choices.iter().filter_map(choice).find(|(hands_on, _)| *hands_on == own).map_or(own, |(_, shows)| shows))
    }

    /// Whether a widget is hidden, or beside its page.
    fn is_out_of_sight(&mut self, page: &Dict, widget: &Dict) -> bool {
        if is_hidden(self.new, widget) {
            return true;
        }
        let boxes = [&b"MediaBox"[..], b"CropBox"].map(|key| self.page_box(page, key));
        let area = corners(self.new, widget.get(b"Rect"));
        area.is_some_and(|area| {
            boxes.into_iter().flatten().any(|sheet| painted::part_covered(area, sheet) < COVERED_MIN)
        })
    }

    fn needs_appearances(&self) -> bool {
        let catalog = self.new.catalog();
        let form = self.new.resolve(catalog.as_deref().and_then(Object::dict).and_then(|it| it.get(b"AcroForm")));
        let needs = self.new.resolve(form.dict().and_then(|form| form.get(b"NeedAppearances")));
        *needs == Object::Boolean(true)
    }

    fn default_resources(&self) -> Option<Object> {
        let catalog = self.new.catalog();
        let form = self.new.resolve(catalog.as_deref().and_then(Object::dict).and_then(|it| it.get(b"AcroForm")));
        form.dict().and_then(|form| form.get(b"DR")).cloned()
    }

    /// What an appearance says; `None` where that is not known.
    fn text_of_look(&mut self, form: &Object) -> Option<String> {
        let Object::Stream(form) = form else { return None };
        let mut said = Some(String::new());
        painted::form(self.new, form, self.default_resources().as_ref(), &mut self.together.content, &mut |mark| {
            if let Mark::Glyph(_, text) = mark {
                said = said.take().zip(text).map(|(said, text)| said + text);
            }
        })?;
        said
    }
}

/// Whether a field of a kind may hold and show nothing: a list shows what may be chosen, and a push button what it does.
fn may_be_empty(kind: Option<&Object>, flags: i64) -> bool {
    match kind.and_then(Object::name) {
        Some(b"Tx") => true,
        Some(b"Ch") => flags & COMBO != 0,
        Some(b"Btn") => flags & PUSH_BUTTON == 0,
        _ => false,
    }
}

/// Whether the appearance of a field has more in it than a background and a frame, or is of a state other than off.
fn shows(view: View<'_, '_>, field: &Dict) -> bool {
    let appearance = view.resolve(field.get(b"AP"));
    let normal = view.resolve(appearance.dict().and_then(|states| states.get(b"N")));
    // What can't be read may show anything.
    let paints_more = |form: &Stream, may_be_round: bool| {
        view.document.decode(form).map_or(true, |content| paints_more(&content, may_be_round))
    };
    match &*normal {
        Object::Stream(form) => paints_more(form, false),
        Object::Dict(states) => {
            let state = view.resolve(field.get(b"AS"));
            state.name().is_some_and(|state| state != b"Off")
                || matches!(&*view.resolve(states.get(b"Off")), Object::Stream(off) if paints_more(off, true))
        }
        _ => false,
    }
}

/// The normal appearance of a widget, in the state that it is in.
fn look(view: View<'_, '_>, widget: &Dict) -> Look {
    let held = |value: Option<&Object>| match value.and_then(Object::reference) {
        Some(number) => view.get(number).ok_or(view.is_elsewhere(value)),
        None => value.map(|direct| Rc::new(direct.clone())).ok_or(false),
    };
    let look = |found: Result<Rc<Object>, bool>| match found {
        Ok(form) if *form != Object::Null => Look::Form(form),
        Ok(_) | Err(false) => Look::None,
        Err(true) => Look::Unread,
    };
    let Ok(states) = held(widget.get(b"AP")) else { return look(held(widget.get(b"AP"))) };
    let normal = held(states.dict().and_then(|states| states.get(b"N")));
    match normal.as_deref() {
        Ok(Object::Dict(states)) => {
            let state = view.resolve(widget.get(b"AS"));
            look(held(states.get(state.name().unwrap_or(b"Off"))))
        }
        _ => look(normal),
    }
}

/// Whether a text is nothing but what people write on.
fn is_leader(text: &str) -> bool {
    text.chars().all(|letter| letter.is_whitespace() || LEADERS.contains(&letter))
}

/// Letters and digits alone, in lower case: forms set points and spaces into what was typed.
fn letters(text: &str) -> String {
    crate::text::nfc(text).chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether what is shown is the value: with other marks between, with words around a number, or the beginning of a text that
/// has more lines than room.
fn is_said(value: &str, shown: &str, may_be_cut: bool) -> bool {
    let (value, shown) = (letters(value), letters(shown));
    let is_number = !value.is_empty() && value.chars().all(|letter| letter.is_numeric());
    value == shown
        || is_number && shown.chars().filter(|letter| letter.is_numeric()).eq(value.chars())
        || may_be_cut && !shown.is_empty() && value.starts_with(&shown)
}

fn without_tags(text: &str) -> String {
    let after_tags = text.split('<').enumerate().map(|(at, part)| match part.split_once('>') {
        Some((_, text)) if at > 0 => text,
        _ => part,
    });
    after_tags.collect()
}

#[cfg(test)]
mod tests;
