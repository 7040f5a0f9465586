//! What pages and fields have from the nodes above them (ISO 32000-2 tables 31 and 226).

use std::rc::Rc;

use super::{VALUES_PER_PAIR, Walk};
use crate::signature::pdf::document::View;
use crate::signature::pdf::object::{Dict, Object};

/// Keys that are asked for.
const INHERITED: [&[u8]; 7] = [b"Parent", b"FT", b"Ff", b"V", b"MediaBox", b"CropBox", b"Resources"];
/// Nodes above each other.
const PARENTS_MAX: usize = 64;

impl<'d, 'a> Walk<'_, 'd, 'a> {
    /// The value of a key of a page or field, its own or that of the nearest node above.
    pub(super) fn inherited(&mut self, view: View<'d, 'a>, own: &Dict, key: &[u8]) -> Option<Object> {
        let value = |dict: &Dict| dict.get(key).filter(|value| *view.resolve(Some(value)) != Object::Null).cloned();
        let mut found = value(own);
        let mut parent = parent_of(own);
        for _ in 0..PARENTS_MAX {
            let Some(number) = parent.filter(|_| found.is_none()) else { break };
            let above = self.above(view, number);
            (found, parent) = (value(&above), parent_of(&above));
        }
        found
    }

    /// The nodes above an object, the nearest first.
    pub(super) fn parents(&mut self, view: View<'d, 'a>, number: u32) -> Vec<u32> {
        let mut parents = Vec::new();
        let mut at = parent_of(&self.above(view, number));
        while let Some(parent) = at.filter(|_| parents.len() < PARENTS_MAX) {
            parents.push(parent);
            at = parent_of(&self.above(view, parent));
        }
        parents
    }

    /// Those keys of an object. It is looked through once: hostile ones have a hundred thousand.
    fn above(&mut self, view: View<'d, 'a>, number: u32) -> Rc<Dict> {
        self.looked_at += 1;
        if let Some(known) = self.above.get(&(view.revision, number)) {
            return known.clone();
        }
        let object = view.get(number);
        let entries = object.as_deref().and_then(Object::dict).map_or(&[][..], |dict| &dict.entries);
        self.looked_at += entries.len() / VALUES_PER_PAIR;
        let entries = entries.iter().filter(|(key, _)| INHERITED.contains(&key.as_ref())).cloned().collect();
        let dict = Rc::new(Dict { entries });
        self.above.insert((view.revision, number), dict.clone());
        dict
    }
}

fn parent_of(dict: &Dict) -> Option<u32> {
    dict.get(b"Parent").and_then(Object::reference)
}
