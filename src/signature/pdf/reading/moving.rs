//! What makes a document act, or show something else than its pages, though nobody changes it (ISO 32000-2 §12.8.7 lists the
//! same for a legal attestation).
//!
//! Asked of the catalog, the form and the actions that run when the document is opened; what a single page or annotation does
//! is not searched for.

use std::collections::HashSet;

use super::fact::Moving;
use crate::signature::pdf::document::View;
use crate::signature::pdf::object::{Dict, Object};

/// Actions that only turn to a page (ISO 32000-2 table 201).
const TURNING: [&[u8]; 3] = [b"GoTo", b"Named", b"Thread"];

/// What there is of it, each kind once.
pub(super) fn moving(view: View<'_, '_>) -> Vec<Moving> {
    let catalog = view.catalog();
    let Some(catalog) = catalog.as_deref().and_then(Object::dict) else { return Vec::new() };
    let held = |holder: &Dict, key: &[u8]| *view.resolve(holder.get(key)) != Object::Null;
    let names = view.resolve(catalog.get(b"Names"));
    let form = view.resolve(catalog.get(b"AcroForm"));
    let opening = view.resolve(catalog.get(b"OpenAction"));
    let acts = opening.dict().is_some_and(|action| {
        let kind = view.resolve(action.get(b"S"));
        held(action, b"Next") || !kind.name().is_some_and(|kind| TURNING.contains(&kind))
    });
    let found = [
        (Moving::Action, acts || held(catalog, b"AA")),
        (Moving::Script, names.dict().is_some_and(|names| held(names, b"JavaScript"))),
        (Moving::Layers, has_hidden_layers(view, catalog)),
        (Moving::OtherForm, form.dict().is_some_and(|form| held(form, b"XFA"))),
        (Moving::Portfolio, held(catalog, b"Collection")),
    ];
    found.into_iter().filter(|(_, is_there)| *is_there).map(|(what, _)| what).collect()
}

/// Layers that are looked at.
const LAYERS_MAX: usize = 4096;
/// Objects that are looked at for layers of their own.
const OBJECTS_MAX: usize = 100_000;
/// What a layer may say of the uses in which it is on (ISO 32000-2 table 100).
const USES: [(&[u8], &[u8]); 3] = [(b"View", b"ViewState"), (b"Print", b"PrintState"), (b"Export", b"ExportState")];

/// Whether optional content is off, or is switched by whether it is printed (ISO 32000-2 §8.11.4). Some readers go by what
/// layers say of their use though nothing tells them to.
fn has_hidden_layers(view: View<'_, '_>, catalog: &Dict) -> bool {
    let properties = view.resolve(catalog.get(b"OCProperties"));
    let default = view.resolve(properties.dict().and_then(|properties| properties.get(b"D")));
    let layers = view.resolve(properties.dict().and_then(|properties| properties.get(b"OCGs")));
    let layers = layers.array().unwrap_or_default();
    if uses_other_layers(view, properties.dict().is_some(), layers) {
        return true;
    }
    let Some(default) = default.dict() else { return false };
    let is_on = |state: &Object| matches!(state.name(), None | Some(b"ON"));
    let lists = |key: &[u8]| view.resolve(default.get(key)).array().is_some_and(|list| !list.is_empty());
    let is_off_in_use = |layer: &Object| {
        let layer = view.resolve(Some(layer));
        let usage = view.resolve(layer.dict().and_then(|layer| layer.get(b"Usage")));
        USES.iter().any(|(use_, state)| {
            let states = view.resolve(usage.dict().and_then(|usage| usage.get(use_)));
            states.dict().is_some_and(|states| !is_on(&view.resolve(states.get(state))))
        })
    };
    !is_on(&view.resolve(default.get(b"BaseState")))
        || lists(b"OFF")
        || lists(b"AS")
        || layers.len() > LAYERS_MAX
        || layers.iter().any(is_off_in_use)
}

/// Whether something (a page's content, a form, an annotation) is of a layer that the document does not list, or is seen where
/// layers are off (ISO 32000-2 §8.11.2.2): readers differ on the one, and all hide the other though no layer is off.
fn uses_other_layers(view: View<'_, '_>, has_layers: bool, layers: &[Object]) -> bool {
    if !has_layers && memchr::memmem::find(view.document.file, b"/OCMD").is_none() {
        return false;
    }
    let listed: HashSet<u32> = layers.iter().filter_map(Object::reference).collect();
    let is_other = |number: Option<u32>, dict: &Dict| match view.resolve(dict.get(b"Type")).name() {
        Some(b"OCG") => number.is_none_or(|number| !listed.contains(&number)),
        Some(b"OCMD") => {
            let seen_when = view.resolve(dict.get(b"P"));
            dict.get(b"VE").is_some() || !matches!(seen_when.name(), None | Some(b"AnyOn" | b"AllOn"))
        }
        _ => false,
    };
    let mut seen = HashSet::new();
    let mut open: Vec<u32> = view.catalog_number().into_iter().collect();
    while let Some(number) = open.pop() {
        if !seen.insert(number) {
            continue;
        }
        if seen.len() > OBJECTS_MAX {
            return true;
        }
        let Some(object) = view.get(number) else { continue };
        if dicts(&object).iter().enumerate().any(|(at, dict)| is_other((at == 0).then_some(number), dict)) {
            return true;
        }
        object.references(b"", &mut |to, _| open.push(to.number));
    }
    false
}

/// The dictionaries in an object, the outermost first.
fn dicts(object: &Object) -> Vec<&Dict> {
    let mut found: Vec<&Dict> = Vec::new();
    let mut open = vec![object];
    while let Some(value) = open.pop() {
        open.extend(value.array().unwrap_or_default());
        if let Some(dict) = value.dict() {
            found.push(dict);
            open.extend(dict.entries.iter().map(|(_, value)| value));
        }
    }
    found
}
