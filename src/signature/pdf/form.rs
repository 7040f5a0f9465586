//! The interactive form as of a revision: fields, their widgets, and which of them are signatures (ISO 32000-2 §12.7).

use std::collections::HashMap;
use std::rc::Rc;

use super::document::View;
use super::object::{Dict, Object};
use super::string::text_of;

/// Fields and widgets of a form; tax forms have a few thousand.
const NODES_MAX: usize = 20_000;
/// Levels of the field tree.
const LEVELS_MAX: usize = 32;
/// Bytes of a full field name.
const NAME_BYTES_MAX: usize = 1024;
/// Bits of an annotation's `/F` (ISO 32000-2 table 167). Bit 1, invisible, is for annotations of no known kind.
const HIDDEN: i64 = 1 << 1;
const PRINT: i64 = 1 << 2;
const NO_VIEW: i64 = 1 << 5;

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `/FT /Sig`.
    Signature,
    /// Text, button, choice, or unknown.
    Other,
}

/// Whether something of a field can be seen on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// It has a widget with an area, not hidden, and an appearance.
    Visible,
    /// It has none: signed, but nothing on the page shows it.
    Invisible,
}

/// A node of the field tree: a field, a widget, or both in one.
#[derive(Debug, Clone)]
pub struct Node {
    /// The full name of the field it is or belongs to; empty in an encrypted file.
    pub name: Rc<str>,
    /// Its kind, inherited or its own.
    pub kind: Kind,
    /// `/V`, inherited or its own: the number of the signature dictionary, if a reference.
    pub value: Option<u32>,
    /// Whether there is any `/V`, inherited or its own.
    pub has_value: bool,
    /// Whether the node itself has an area on the page.
    pub has_area: bool,
    /// Whether the node itself would be seen.
    pub visibility: Visibility,
    /// The node that holds the name (not a mere widget).
    pub field: u32,
}

/// A form.
#[derive(Debug, Default)]
pub struct Form {
    /// Nodes by object number.
    pub nodes: HashMap<u32, Node>,
    /// What can be seen of each field: whether anything has an area, and whether anything shows.
    seen: HashMap<u32, (bool, bool)>,
    /// Whether it has more nodes or levels than are read.
    pub is_cut: bool,
}

impl Form {
    /// The form as of `view`; empty where there is none.
    pub fn of(view: View<'_, '_>) -> Self {
        let mut form = Self::default();
        let Some(catalog) = view.catalog() else { return form };
        let acro = view.resolve(catalog.dict().and_then(|catalog| catalog.get(b"AcroForm")));
        let fields = view.resolve(acro.dict().and_then(|acro| acro.get(b"Fields")));
        let roots = fields.array().unwrap_or_default().iter().filter_map(Object::reference);
        let mut stack: Vec<(u32, Option<u32>, usize)> = roots.map(|number| (number, None, 0)).collect();
        while let Some((number, parent, level)) = stack.pop() {
            if form.nodes.contains_key(&number) {
                continue;
            }
            if form.nodes.len() == NODES_MAX || level == LEVELS_MAX {
                form.is_cut = true;
                break;
            }
            let Some(object) = view.get(number) else { continue };
            let Object::Dict(dict) = &*object else { continue };
            let node = Node::read(view, number, dict, parent.and_then(|parent| form.nodes.get(&parent)));
            let seen = form.seen.entry(node.field).or_default();
            seen.0 |= node.has_area;
            seen.1 |= node.visibility == Visibility::Visible;
            form.nodes.insert(number, node);
            let kids = view.resolve(dict.get(b"Kids"));
            let kids = kids.array().unwrap_or_default().iter().filter_map(Object::reference);
            stack.extend(kids.map(|kid| (kid, Some(number), level + 1)));
        }
        form
    }

    /// The signature fields whose value is the object `number`.
    pub fn holders(&self, number: u32) -> Vec<(u32, &Node)> {
        let all = self
            .nodes
            .iter()
            .filter(|&(&at, node)| node.kind == Kind::Signature && node.value == Some(number) && node.field == at);
        let mut holders: Vec<_> = all.map(|(&at, node)| (at, node)).collect();
        holders.sort_unstable_by_key(|&(at, _)| at);
        holders
    }

    /// Whether anything of the field is seen.
    pub fn visibility(&self, field: u32) -> Visibility {
        let is_visible = self.seen.get(&field).is_some_and(|&(_, shows)| shows);
        if is_visible { Visibility::Visible } else { Visibility::Invisible }
    }

    /// Whether anything of the field has an area, with or without an appearance.
    pub fn has_area(&self, field: u32) -> bool {
        self.seen.get(&field).is_some_and(|&(has_area, _)| has_area)
    }
}

impl Node {
    fn read(view: View<'_, '_>, number: u32, dict: &Dict, parent: Option<&Self>) -> Self {
        let own_name = view.resolve(dict.get(b"T")).string().map(|bytes| text_of(&bytes));
        // Encrypted names would be noise.
        let own_name = own_name.map(|name| if view.document.is_encrypted { String::new() } else { name });
        let is_field = own_name.is_some() || parent.is_none();
        let name = match (parent, own_name) {
            (None, own) => own.unwrap_or_default().into(),
            (Some(parent), None) => parent.name.clone(),
            (Some(parent), Some(own)) if parent.name.len() + own.len() < NAME_BYTES_MAX => {
                format!("{}.{own}", parent.name).into()
            }
            (Some(_), Some(own)) => own.into(),
        };
        let kind = match view.resolve(dict.get(b"FT")).name() {
            Some(b"Sig") => Kind::Signature,
            Some(_) => Kind::Other,
            None => parent.map_or(Kind::Other, |parent| parent.kind),
        };
        let value = dict.get(b"V").filter(|value| **value != Object::Null);
        let inherited = parent.filter(|_| value.is_none());
        let has_area = has_area(view, dict);
        // Without an appearance readers paint what the widget says of its background and border.
        let has_appearance = [&b"AP"[..], b"MK"].iter().any(|key| *view.resolve(dict.get(key)) != Object::Null);
        Self {
            name,
            kind,
            value: value.and_then(Object::reference).or(inherited.and_then(|parent| parent.value)),
            has_value: value.is_some() || inherited.is_some_and(|parent| parent.has_value),
            has_area,
            visibility: if has_area && !is_hidden(view, dict) && has_appearance {
                Visibility::Visible
            } else {
                Visibility::Invisible
            },
            field: if is_field { number } else { parent.map_or(number, |parent| parent.field) },
        }
    }
}

/// Whether the flags of a widget keep it from screen and paper.
pub fn is_hidden(view: View<'_, '_>, widget: &Dict) -> bool {
    let flags = view.resolve(widget.get(b"F")).integer().unwrap_or(0);
    flags & HIDDEN != 0 || flags & (NO_VIEW | PRINT) == NO_VIEW
}

fn has_area(view: View<'_, '_>, dict: &Dict) -> bool {
    area(view, dict.get(b"Rect")).is_some_and(|area| area > 0.0)
}

/// Area of a rectangle, in squares of user space; `None` where there is none. One that can't be read may be of any size:
/// other readers may understand it.
pub fn area(view: View<'_, '_>, rectangle: Option<&Object>) -> Option<f64> {
    if *view.resolve(rectangle) == Object::Null {
        return view.is_elsewhere(rectangle).then_some(f64::INFINITY);
    }
    Some(corners(view, rectangle).map_or(f64::INFINITY, |[x1, y1, x2, y2]| (x2 - x1) * (y2 - y1)))
}

/// The lower left and the upper right corner of a rectangle, which may be given by any two that are opposite.
pub fn corners(view: View<'_, '_>, rectangle: Option<&Object>) -> Option<[f64; 4]> {
    let given = view.resolve(rectangle);
    let number = |corner: &Object| view.resolve(Some(corner)).number();
    let given: Option<Vec<f64>> = given.array().and_then(|corners| corners.iter().map(number).collect());
    let &[x1, y1, x2, y2] = given.as_deref().filter(|given| given.iter().all(|at| at.is_finite()))? else {
        return None;
    };
    Some([x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)])
}
