//! Pages and their annotations: the list may grow by the widgets of new signatures, other annotations have a level.

use std::collections::{HashMap, HashSet};

use super::super::change::{ChangeLevel, What};
use super::super::form::{Kind, area, corners};
use super::super::object::{Dict, Object};
use super::{FORM_FILL, LONG_TERM, Role, UNDEFINED, Walk};

const ANNOTATIONS: ChangeLevel = ChangeLevel::Annotations;
/// Part of a page that new fields may take: the seal and name of a signer take a tenth of a page of A4.
const COVERED_MAX: f64 = 1.0 / 6.0;
/// Part that those of all later revisions, and what is filled in, may take together: eight signers.
const COVERED_IN_ALL_MAX: f64 = 1.0 / 3.0;
/// A page without a box: A4, in points.
const A4: f64 = 595.0 * 842.0;

impl Walk<'_, '_, '_> {
    /// A page: all but its annotations stays.
    pub(super) fn page(&mut self, number: u32, old: &Dict, new: &Dict, node: usize) {
        self.keys(old, new, node, |walk, key, before, now, node| match key {
            b"Annots" => walk.annotations(before, now, node),
            _ => walk.strict(before, now, key, node),
        });
        if self.is_covered_anew(number, old, new, node) {
            self.report(UNDEFINED, What::PageCovered, node);
        }
    }

    /// Whether the fields that are new on a page, or show something else, take more room than signatures and seals do: what
    /// a signer shows in them may hide what others signed.
    fn is_covered_anew(&mut self, number: u32, old: &Dict, new: &Dict, node: usize) -> bool {
        let (before, now) = (self.old.resolve(old.get(b"Annots")), self.new.resolve(new.get(b"Annots")));
        let numbers = |list: &Object| -> HashSet<u32> {
            list.array().unwrap_or_default().iter().filter_map(Object::reference).collect()
        };
        let were = numbers(&before);
        let mut page = None;
        let (mut covered, mut filled) = (0.0, 0.0);
        let now = numbers(&now);
        self.looked_at += now.len();
        for shown in now {
            if were.contains(&shown) && !self.is_redrawn(shown) {
                continue;
            }
            let widget = self.new.get(shown);
            let Some(area) = widget.as_deref().and_then(Object::dict).and_then(|it| area(self.new, it.get(b"Rect")))
            else {
                continue;
            };
            // A form may be filled in field by field; no field alone is a page, nor are they all together.
            let is_filled =
                were.contains(&shown) && self.is.form.nodes.get(&shown).is_some_and(|node| node.kind == Kind::Other);
            if is_filled {
                self.filled_in(shown, number, new, node);
            }
            match is_filled {
                true if area > COVERED_MAX * *page.get_or_insert_with(|| self.page_area(new)) => return true,
                true => filled += area,
                false => covered += area,
            }
        }
        if covered + filled == 0.0 {
            return false;
        }
        let page = page.unwrap_or_else(|| self.page_area(new));
        let in_all = self.together.covered.entry(number).or_default();
        *in_all += covered + filled;
        covered > COVERED_MAX * page || *in_all > COVERED_IN_ALL_MAX * page
    }

    /// Whether a widget that was there shows something else now: it, or anything that its appearance is made of, was written
    /// anew.
    pub(super) fn is_redrawn(&mut self, number: u32) -> bool {
        if self.moved(number) || self.is_field_above_moved(number) {
            return true;
        }
        let widget = self.new.get(number);
        let Some(appearance) = widget.as_deref().and_then(Object::dict).and_then(|widget| widget.get(b"AP")) else {
            return false;
        };
        referred_to(appearance).into_iter().any(|part| self.is_drawn_anew(part))
    }

    /// Whether a field that a widget is part of was written anew: its value may be what the widget shows.
    fn is_field_above_moved(&mut self, widget: u32) -> bool {
        self.parents(self.new, widget).into_iter().any(|field| self.moved(field))
    }

    /// Whether an object, or one that it leads to, was written anew. Each is looked at once.
    pub(super) fn is_drawn_anew(&mut self, root: u32) -> bool {
        if let Some(&known) = self.redrawn.get(&root) {
            return known;
        }
        let (mut seen, mut stack) = (HashSet::from([root]), vec![root]);
        // Who refers to what, and what was written anew.
        let (mut from, mut anew) = (HashMap::<u32, Vec<u32>>::new(), Vec::new());
        while let Some(part) = stack.pop() {
            self.looked_at += 1;
            if self.moved(part) || self.redrawn.get(&part) == Some(&true) {
                anew.push(part);
                continue;
            }
            // A page is what the widget is on; a form's parts are fields of their own.
            if self.redrawn.contains_key(&part) || self.is.pages.contains(&part) {
                continue;
            }
            let object = self.new.get(part);
            let parts = object.as_deref().map(referred_to).unwrap_or_default();
            self.looked_at += parts.len();
            for to in parts {
                from.entry(to).or_default().push(part);
                if seen.insert(to) {
                    stack.push(to);
                }
            }
        }
        let mut leads_there = HashSet::new();
        while let Some(part) = anew.pop() {
            if leads_there.insert(part) {
                anew.extend(from.remove(&part).unwrap_or_default());
            }
        }
        self.redrawn.extend(seen.into_iter().map(|part| (part, leads_there.contains(&part))));
        leads_there.contains(&root)
    }

    /// Area of what is shown of a page: what its boxes have in common, its own or those that it inherits (ISO 32000-2 §14.11.2).
    fn page_area(&mut self, page: &Dict) -> f64 {
        let area = |[x1, y1, x2, y2]: [f64; 4]| (x2 - x1).max(0.0) * (y2 - y1).max(0.0);
        let boxes = [&b"MediaBox"[..], b"CropBox"].map(|key| self.page_box(page, key));
        let common = boxes.into_iter().flatten().reduce(|a, b| {
            let common = [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])];
            if area(common) > 0.0 {
                common
            } else {
                [a, b].into_iter().min_by(|a, b| area(*a).total_cmp(&area(*b))).unwrap_or(a)
            }
        });
        common.map_or(A4, area)
    }

    pub(super) fn page_box(&mut self, page: &Dict, key: &[u8]) -> Option<[f64; 4]> {
        let given = self.inherited(self.new, page, key)?;
        // One that can't be read hides all of the page but what it may show to others.
        Some(corners(self.new, Some(&given)).unwrap_or_default())
    }

    fn annotations(&mut self, old: Option<&Object>, new: Option<&Object>, node: usize) {
        // The array may move into an object of its own, which must be new.
        if let Some(number) = new.and_then(Object::reference)
            && old.and_then(Object::reference) != Some(number)
            && self.old.get(number).is_some()
        {
            return self.report(UNDEFINED, What::Redirected, node);
        }
        self.passed(new);
        let (before, now) = (self.old.resolve(old), self.new.resolve(new));
        let (Some(before), Some(now)) = (list(&before), list(&now)) else {
            return self.report(UNDEFINED, What::Changed, node);
        };
        let numbers = |list: &[Object]| list.iter().filter_map(Object::reference).collect::<Vec<u32>>();
        let direct = |list: &[Object]| list.iter().filter(|one| one.reference().is_none()).cloned().collect();
        self.strict(Some(&Object::Array(direct(before))), Some(&Object::Array(direct(now))), b"Annots", node);
        let (before, now) = (numbers(before), numbers(now));
        let (were, are): (HashSet<u32>, HashSet<u32>) =
            (before.iter().copied().collect(), now.iter().copied().collect());
        let mut order = now.iter();
        if !before.iter().filter(|number| are.contains(number)).all(|number| order.any(|other| other == number)) {
            self.report(ANNOTATIONS, What::Annotation, node);
        }
        for &number in before.iter().filter(|number| !are.contains(number)) {
            let level = if self.was.form.nodes.contains_key(&number) { UNDEFINED } else { ANNOTATIONS };
            let child = self.child(node, b"", None, Some(number));
            self.report(level, What::Removed, child);
        }
        for (index, &number) in now.iter().enumerate() {
            let child = self.child(node, b"", Some(index), None);
            if were.contains(&number) {
                self.visit(number, self.role_of(number, b"Annots", Role::Annotation), child);
            } else {
                self.added(number, child);
            }
        }
    }

    /// A new entry in the list of annotations of a page.
    fn added(&mut self, number: u32, node: usize) {
        if self.old.get(number).is_some() {
            // A field without a widget on the page gets one; anything else was prepared in advance.
            let is_known = self.was.form.nodes.contains_key(&number);
            if is_known {
                self.report(FORM_FILL, What::Added, node);
                self.visit(number, Role::Field, node);
            } else {
                self.report(UNDEFINED, What::ShadowShown, node);
            }
            return;
        }
        if self.is.form.nodes.contains_key(&number) {
            // Its field says what is allowed.
            self.report(LONG_TERM, What::Added, node);
            self.visit(number, Role::Field, node);
            return;
        }
        let object = self.new.get(number);
        let dict = object.as_deref().and_then(Object::dict);
        let is_plain = dict.is_some_and(|dict| dict.name(b"Subtype") != Some(b"Widget") && !acts(dict));
        let level = if is_plain && self.is_fresh(number) { ANNOTATIONS } else { UNDEFINED };
        self.report(level, What::Annotation, node);
        self.visit(number, Role::Free(ANNOTATIONS), node);
    }

    /// An annotation that was there: may change but for what it is and does.
    pub(super) fn annotation(&mut self, old: &Dict, new: &Dict, node: usize) {
        self.keys(old, new, node, |walk, key, before, now, node| match key {
            b"A" | b"AA" | b"PA" | b"Subtype" | b"Type" | b"FS" | b"Dest" | b"Parent" => {
                walk.strict(before, now, key, node);
            }
            _ => walk.free(before, now, ANNOTATIONS, key, node),
        });
    }
}

/// Whether an annotation does something when opened or clicked.
fn acts(dict: &Dict) -> bool {
    [&b"A"[..], b"AA", b"PA"].iter().any(|key| dict.get(key).is_some())
}

pub(super) fn referred_to(value: &Object) -> Vec<u32> {
    let mut found = Vec::new();
    value.references(b"", &mut |to, _| found.push(to.number));
    found
}

fn list(value: &Object) -> Option<&[Object]> {
    match value {
        Object::Null => Some(&[]),
        other => other.array(),
    }
}
