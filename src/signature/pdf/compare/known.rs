//! What is known of one revision before it is compared with another.

use std::collections::HashSet;

use super::VALUES_PER_PAIR;
use crate::signature::pdf::document::View;
use crate::signature::pdf::form::Form;
use crate::signature::pdf::object::{Object, Reference};
use crate::signature::pdf::xref::is_structural;

/// What is known of a revision for comparing it with its neighbours.
#[derive(Debug)]
pub struct Known {
    /// The objects that the trailer leads to.
    pub reachable: HashSet<u32>,
    /// The numbers that its objects refer to.
    pub referred: HashSet<u32>,
    /// The numbers that they refer to though there is no such object, or none of that generation.
    pub nowhere: HashSet<u32>,
    /// The leaves of its page tree.
    pub pages: HashSet<u32>,
    /// Its form.
    pub form: Form,
}

impl Known {
    /// Walks through all objects of a revision; `None` when a limit was reached.
    pub fn of(view: View<'_, '_>, pairs: &mut usize) -> Option<Self> {
        let (mut referred, mut nowhere) = (HashSet::new(), HashSet::new());
        let reachable = walk(view, pairs, &mut |to| {
            referred.insert(to.number);
            if view.generation(to.number) != Some(to.generation) {
                nowhere.insert(to.number);
            }
        })?;
        let form = Form::of(view);
        (!form.is_cut).then(|| Self { reachable, referred, nowhere, pages: pages(view), form })
    }

    /// How many times the objects of a revision refer to one of them; `None` when a limit was reached.
    pub fn count(view: View<'_, '_>, number: u32, pairs: &mut usize) -> Option<usize> {
        let mut count = 0;
        walk(view, pairs, &mut |to| count += usize::from(to.number == number))?;
        Some(count)
    }
}

/// Walks through the objects that the trailer leads to, and gives them; `found` is called for every reference in them. `None`
/// when a limit was reached.
fn walk(view: View<'_, '_>, pairs: &mut usize, found: &mut dyn FnMut(Reference)) -> Option<HashSet<u32>> {
    let mut reachable = HashSet::new();
    let mut stack = Vec::new();
    let trailer = view.trailer();
    for (_, value) in trailer.entries.iter().filter(|(key, _)| !is_structural(key)) {
        value.references(b"", &mut |to, _| stack.push(to.number));
    }
    while let Some(number) = stack.pop() {
        if !reachable.insert(number) {
            continue;
        }
        *pairs = pairs.checked_sub(1)?;
        if let Some((object, weight)) = view.weighed(number) {
            *pairs = pairs.checked_sub(weight / VALUES_PER_PAIR)?;
            object.references(b"", &mut |to, _| {
                found(to);
                if !reachable.contains(&to.number) {
                    stack.push(to.number);
                }
            });
        }
    }
    Some(reachable)
}

/// The leaves of the page tree.
fn pages(view: View<'_, '_>) -> HashSet<u32> {
    let (mut found, mut seen) = (HashSet::new(), HashSet::new());
    let root = view.catalog().and_then(|catalog| catalog.dict()?.get(b"Pages")?.reference());
    let mut stack: Vec<u32> = root.into_iter().collect();
    while let Some(number) = stack.pop() {
        let Some(object) = view.get(number).filter(|_| seen.insert(number)) else { continue };
        let Object::Dict(dict) = &*object else { continue };
        let kids = view.resolve(dict.get(b"Kids"));
        match kids.array() {
            Some(kids) => stack.extend(kids.iter().filter_map(Object::reference)),
            None if dict.name(b"Type") == Some(b"Page") => {
                found.insert(number);
            }
            None => {}
        }
    }
    found
}
