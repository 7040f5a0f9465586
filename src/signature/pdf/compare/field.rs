//! The form: fields may be filled in and signed, signature fields may be added, signed fields stay as they are.

use std::collections::HashSet;

use super::super::change::{ChangeLevel, What};
use super::super::form::{Kind, Node as FieldNode, area};
use super::super::object::{Dict, Object, Stream};
use super::{FORM_FILL, LONG_TERM, Role, UNDEFINED, Walk};

/// Area from which on a widget is painted within its rectangle, in squares of user space.
const PAINTED_FROM: f64 = 1.0;
/// Bytes of an appearance that is looked at for painting nothing.
const BLANK_BYTES_MAX: usize = 256;
/// Keys of a field that filling it in changes.
const FILLED: [&[u8]; 11] = [b"V", b"AP", b"AS", b"F", b"DA", b"Q", b"I", b"TI", b"RV", b"M", b"Ff"];

/// Keys of a new signature field and its widget (ISO 32000-2 tables 166, 191, 226 and 235); those that act are looked at.
const OF_FIELDS: [&[u8]; 32] = [
    b"Type",
    b"Subtype",
    b"Rect",
    b"P",
    b"NM",
    b"M",
    b"F",
    b"AP",
    b"AS",
    b"Border",
    b"C",
    b"StructParent",
    b"Contents",
    b"MK",
    b"BS",
    b"H",
    b"Parent",
    b"FT",
    b"Kids",
    b"T",
    b"TU",
    b"TM",
    b"Ff",
    b"V",
    b"DV",
    b"DA",
    b"DR",
    b"Q",
    b"Lock",
    b"SV",
    b"A",
    b"AA",
];

/// Whether flags of a field differ by those alone that lock it (ReadOnly, Required, NoExport; ISO 32000-2 table 227): others
/// change what a text field shows, as a password does.
fn only_locks(old: Option<&Object>, new: Option<&Object>) -> bool {
    let flags = |value: Option<&Object>| value.map_or(Some(0), Object::integer);
    flags(old).zip(flags(new)).is_some_and(|(old, new)| (old ^ new) & !0b111 == 0)
}

impl Walk<'_, '_, '_> {
    /// `/AcroForm` of the catalog.
    pub(super) fn form(&mut self, old: Option<&Object>, new: Option<&Object>, node: usize) {
        if let Some(number) = new.and_then(Object::reference)
            && old.and_then(Object::reference) != Some(number)
            && self.old.get(number).is_some()
        {
            return self.report(UNDEFINED, What::Redirected, node);
        }
        if let Some(number) = new.and_then(Object::reference) {
            // Compared here; another way to the same object is strict.
            if self.moved(number) && !self.is_fresh(number) {
                return self.report(UNDEFINED, What::Prepared, node);
            }
        }
        self.passed(new);
        let (before, now) = (self.old.resolve(old), self.new.resolve(new));
        let none = Dict::default();
        match (&*before, &*now) {
            (Object::Dict(before), Object::Dict(now)) => self.form_keys(before, now, node),
            (Object::Null, Object::Dict(now)) => self.form_keys(&none, now, node),
            (Object::Null, Object::Null) => {}
            _ => self.report(UNDEFINED, What::Changed, node),
        }
    }

    fn form_keys(&mut self, old: &Dict, new: &Dict, node: usize) {
        self.keys(old, new, node, |walk, key, before, now, node| match key {
            b"Fields" => walk.fields(before, now, node),
            b"SigFlags" => walk.free(before, now, LONG_TERM, key, node),
            // Nothing is drawn by what the form says where all fields are signatures.
            b"DA" | b"Q" if !walk.has_others() => walk.free(before, now, LONG_TERM, key, node),
            b"DR" if !walk.has_others() => walk.resources(before, now, LONG_TERM, node),
            b"DR" if walk.has_filled() => walk.resources(before, now, FORM_FILL, node),
            b"DA" | b"Q" if walk.has_filled() && (before.is_some() || walk.lacks_look()) => {
                walk.strict(before, now, key, node);
            }
            b"NeedAppearances" if walk.has_filled() && now != Some(&Object::Boolean(false)) => {
                walk.strict(before, now, key, node);
            }
            // As it is where nothing is said.
            b"NeedAppearances" if before.is_none() && now == Some(&Object::Boolean(false)) => {
                walk.free(before, now, LONG_TERM, key, node);
            }
            b"DR" | b"DA" | b"Q" | b"NeedAppearances" => walk.free(before, now, FORM_FILL, key, node),
            _ => walk.strict(before, now, key, node),
        });
    }

    /// Whether there are fields that are no signatures.
    fn has_others(&self) -> bool {
        let forms = [&self.was.form, &self.is.form];
        forms.into_iter().any(|form| form.nodes.values().any(|node| node.kind == Kind::Other))
    }

    /// What fields are drawn with: there may be more of it, at `level`, and nothing else under a name that was there.
    fn resources(&mut self, old: Option<&Object>, new: Option<&Object>, level: ChangeLevel, node: usize) {
        let (before, now) = (self.old.resolve(old), self.new.resolve(new));
        let (Object::Dict(before), Object::Dict(now)) = (&*before, &*now) else {
            let level = if *before == Object::Null { level } else { FORM_FILL };
            return self.free(old, new, level, b"DR", node);
        };
        self.passed(new);
        self.keys(before, now, node, |walk, key, before, now, node| {
            let (were, are) = (walk.old.resolve(before), walk.new.resolve(now));
            match (&*were, &*are) {
                (Object::Dict(were), Object::Dict(are)) => {
                    walk.passed(now);
                    walk.keys(were, are, node, |walk, key, before, now, node| match before {
                        Some(_) => walk.strict(before, now, key, node),
                        None => walk.free(before, now, level, key, node),
                    });
                }
                (Object::Null, _) => walk.free(before, now, level, key, node),
                _ => walk.strict(before, now, key, node),
            }
        });
    }

    fn fields(&mut self, old: Option<&Object>, new: Option<&Object>, node: usize) {
        if let Some(number) = new.and_then(Object::reference)
            && (self.old.get(number).is_some() && old.and_then(Object::reference) != Some(number)
                || self.moved(number) && !self.is_fresh(number))
        {
            return self.report(UNDEFINED, What::Redirected, node);
        }
        self.passed(new);
        let (before, now) = (self.old.resolve(old), self.new.resolve(new));
        let numbers = |value: &Object| -> Vec<u32> {
            value.array().unwrap_or_default().iter().filter_map(Object::reference).collect()
        };
        let (before, now) = (numbers(&before), numbers(&now));
        let (were, are): (HashSet<u32>, HashSet<u32>) =
            (before.iter().copied().collect(), now.iter().copied().collect());
        for &number in before.iter().filter(|number| !are.contains(number)) {
            let child = self.child(node, b"", None, Some(number));
            self.field = self.was.form.nodes.get(&number).map(|node| node.name.clone());
            self.report(UNDEFINED, What::FieldRemoved, child);
        }
        for (index, &number) in now.iter().enumerate() {
            let child = self.child(node, b"", Some(index), None);
            let is_new_in_form = !were.contains(&number);
            if is_new_in_form && self.old.get(number).is_some() {
                self.report(UNDEFINED, What::ShadowShown, child);
            } else {
                self.visit(number, Role::Field, child);
            }
        }
    }

    /// A field or widget that was there before.
    pub(super) fn old_field(&mut self, number: u32, old: &Dict, new: &Dict, node: usize) {
        let (was, is) = (self.was.form.nodes.get(&number), self.is.form.nodes.get(&number));
        let (Some(was), Some(is)) = (was, is) else {
            // It left the form, or was drawn into it.
            if was.is_some() || is.is_some() {
                self.report(UNDEFINED, What::FieldRemoved, node);
            }
            return self.strict(Some(&Object::Dict(old.clone())), Some(&Object::Dict(new.clone())), b"", node);
        };
        if was.kind == Kind::Signature && was.has_value {
            return self.signed_field(old, new, node);
        }
        let is_signed_now = was.kind == Kind::Signature && is.has_value;
        let level = if is_signed_now { self.level_of_signing(is) } else { FORM_FILL };
        // What a field showed when it was signed is what was signed; an empty one may be filled in.
        let may_fill =
            is_signed_now || was.kind == Kind::Other && !self.is_filled(self.old, old) && !self.holds_filled(old);
        if self.paints_beside(new) && self.is_redrawn(number) {
            self.report(UNDEFINED, What::PageCovered, node);
        }
        self.keys(old, new, node, |walk, key, before, now, node| match key {
            b"V" if is_signed_now => walk.signature(before, now, level, node),
            b"Ff" if !only_locks(before, now) => walk.report(UNDEFINED, What::Changed, node),
            b"Ff" => walk.free(before, now, LONG_TERM, key, node),
            b"Type" => walk.annotation_type(before, now, node),
            _ if may_fill && FILLED.contains(&key) => walk.filled(before, now, level, key, node),
            _ => walk.strict(before, now, key, node),
        });
    }

    fn filled(&mut self, old: Option<&Object>, new: Option<&Object>, level: ChangeLevel, key: &[u8], node: usize) {
        let is_same = match (old, new) {
            (Some(old), Some(new)) => super::same(old, new),
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            self.report(level, What::FieldFilled, node);
        }
        if let Some(new) = new {
            self.lead_on(new, level, key, node);
        }
    }

    /// A field signed before: nothing of it may change but the flags that some software rewrites.
    fn signed_field(&mut self, old: &Dict, new: &Dict, node: usize) {
        self.keys(old, new, node, |walk, key, before, now, node| match key {
            b"Ff" if !only_locks(before, now) => walk.report(UNDEFINED, What::Changed, node),
            b"Ff" => walk.free(before, now, LONG_TERM, key, node),
            b"Type" => walk.annotation_type(before, now, node),
            b"V" | b"AP" => {
                let is_same = before.zip(now).is_some_and(|(before, now)| super::same(before, now));
                if !is_same {
                    walk.report(UNDEFINED, What::SignedFieldChanged, node);
                }
                walk.strict(before, before.and(now), key, node);
            }
            _ => walk.strict(before, now, key, node),
        });
    }

    /// `/Type` may be written where it was understood.
    fn annotation_type(&mut self, old: Option<&Object>, new: Option<&Object>, node: usize) {
        let is_annotation = new.and_then(Object::name) == Some(b"Annot");
        if !(old.is_none() && is_annotation) {
            self.strict(old, new, b"Type", node);
        }
    }

    /// Whether a widget that takes no room on the page has an appearance with content: readers differ in where they paint it.
    fn paints_beside(&self, widget: &Dict) -> bool {
        let takes_room = area(self.new, widget.get(b"Rect")).is_some_and(|area| area >= PAINTED_FROM);
        let Some(appearance) = widget.get(b"AP").filter(|_| !takes_room) else { return false };
        let held = self.new.resolve(Some(appearance));
        let Object::Dict(states) = &*held else { return self.is_there(appearance) };
        states.entries.iter().any(|(_, state)| match &*self.new.resolve(Some(state)) {
            Object::Dict(states) => states.entries.iter().any(|(_, state)| self.is_there(state)),
            _ => self.is_there(state),
        })
    }

    /// Whether an appearance has content, or another reader may find some.
    fn is_there(&self, appearance: &Object) -> bool {
        match &*self.new.resolve(Some(appearance)) {
            Object::Null => self.new.is_elsewhere(Some(appearance)),
            Object::Stream(stream) => !self.is_blank(stream),
            _ => true,
        }
    }

    /// Whether the content of a form paints nothing: it has none but white space and comments.
    fn is_blank(&self, form: &Stream) -> bool {
        let body = &self.new.document.file[form.body.clone()];
        let beginning = match form.dict.get(b"Filter") {
            _ if body.trim_ascii().is_empty() => return true,
            None => Some(body[..body.len().min(BLANK_BYTES_MAX)].to_vec()),
            Some(_) => self.new.document.beginning(form, BLANK_BYTES_MAX),
        };
        let Some(beginning) = beginning else { return false };
        let lines = beginning.split(|byte| matches!(byte, b'\r' | b'\n'));
        let is_blank = |line: &[u8]| line.trim_ascii_start().first().is_none_or(|&byte| byte == b'%');
        beginning.len() < BLANK_BYTES_MAX && lines.into_iter().all(is_blank)
    }

    /// A document time-stamp that nobody sees is evidence; any other signature is a signature.
    fn level_of_signing(&self, field: &FieldNode) -> ChangeLevel {
        let value = field.value.and_then(|number| self.new.get(number));
        let kind = value.as_deref().and_then(Object::dict).and_then(|value| value.name(b"Type").map(<[u8]>::to_vec));
        let is_stamp = kind.as_deref() == Some(b"DocTimeStamp") && !self.is.form.has_area(field.field);
        if is_stamp { LONG_TERM } else { FORM_FILL }
    }

    /// The value of a field that is signed now: a new object, in the new bytes.
    fn signature(&mut self, old: Option<&Object>, new: Option<&Object>, level: ChangeLevel, node: usize) {
        let number = new.and_then(Object::reference);
        let value = number.and_then(|number| self.new.get(number));
        let is_new = number.is_some_and(|number| self.old.get(number).is_none() && self.is_fresh(number));
        let is_signature = value.as_deref().and_then(Object::dict).is_some_and(|value| {
            matches!(value.name(b"Type"), None | Some(b"Sig" | b"DocTimeStamp")) && value.get(b"Contents").is_some()
        });
        if old.is_some_and(|old| *old != Object::Null) || !is_new || !is_signature {
            return self.report(UNDEFINED, What::SignedFieldChanged, node);
        }
        self.report(level, What::Signed, node);
        if let Some(new) = new {
            self.lead_on(new, level, b"V", node);
        }
    }

    /// A field or widget that was not there before.
    pub(super) fn new_field(&mut self, number: u32, new: &Dict, node: usize) {
        let Some(field) = self.is.form.nodes.get(&number).cloned() else {
            return self.report(UNDEFINED, What::Added, node);
        };
        if !self.is_fresh(number) || self.is_awaited(number) {
            return self.report(UNDEFINED, What::Prepared, node);
        }
        // A widget of its own belongs to a field that must be new too.
        let is_part = field.field != number;
        if field.kind != Kind::Signature || (is_part && self.old.get(field.field).is_some()) {
            return self.report(UNDEFINED, What::FieldAdded, node);
        }
        if !is_part && new.get(b"Parent").is_some() {
            return self.report(UNDEFINED, What::FieldAdded, node);
        }
        // Its annotation is a widget (ISO 32000-2 §12.7.4.5): any other kind is drawn by its own keys, whatever its rectangle.
        let is_widget = new.get(b"Subtype").is_none() || new.name(b"Subtype") == Some(b"Widget");
        let is_annotation = new.get(b"Type").is_none() || new.name(b"Type") == Some(b"Annot");
        if !is_widget || !is_annotation || !new.entries.iter().all(|(key, _)| OF_FIELDS.contains(&key.as_ref())) {
            return self.report(UNDEFINED, What::FieldAdded, node);
        }
        if self.paints_beside(new) {
            return self.report(UNDEFINED, What::PageCovered, node);
        }
        let level = match (field.has_value, self.is.form.has_area(field.field)) {
            (true, _) => self.level_of_signing(&field),
            (false, false) => LONG_TERM,
            (false, true) => FORM_FILL,
        };
        self.report(level, What::SignatureFieldAdded, node);
        let none = Dict::default();
        self.keys(&none, new, node, |walk, key, before, now, node| match key {
            b"V" => walk.signature(before, now, level, node),
            b"A" | b"AA" => walk.report(UNDEFINED, What::Added, node),
            b"Kids" => {
                let kids = walk.new.resolve(now);
                let numbers: Vec<u32> = kids.array().unwrap_or_default().iter().filter_map(Object::reference).collect();
                for number in numbers {
                    if walk.old.get(number).is_some() {
                        walk.report(UNDEFINED, What::ShadowShown, node);
                    } else {
                        walk.visit(number, Role::Field, node);
                    }
                }
            }
            _ => {
                if let Some(now) = now {
                    walk.lead_on(now, level, key, node);
                }
            }
        });
    }
}
