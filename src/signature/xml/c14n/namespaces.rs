//! Which namespace declarations an element is written with (Canonical XML §2.3, Exclusive §3).

use super::{Bindings, Form, Open, OutOfBudget, Walk};
use crate::signature::xml::selection::Selection;
use crate::signature::xml::tree::{Element, NO_NAMESPACE, NodeId, XML_NAMESPACE};

/// What finding and comparing one namespace in scope costs, in steps.
const SCOPE_STEPS: u64 = 4;

impl<'a> Walk<'_, 'a> {
    /// Whether the namespaces of an element are surely those of the selected element around it.
    pub(super) fn nothing_new(&self, element: &Element<'a>, selected: bool) -> bool {
        if self.method.form == Form::Exclusive && self.method.inclusive_prefixes.is_empty() {
            return true;
        }
        let plain = matches!(self.selection, Selection::Subtree { .. });
        plain && selected && element.declarations.is_empty() && self.open.last().is_some_and(|open| open.selected)
    }

    /// Declarations by the rule of inclusive canonicalisation: those that the nearest selected ancestor has not.
    pub(super) fn inclusive_namespaces(
        &mut self,
        id: NodeId,
        selected: bool,
        declared: &mut Bindings<'a>,
    ) -> Result<(), OutOfBudget> {
        let mut own = Bindings::new();
        let in_scope = self.document.in_scope(id);
        if !self.budget.steps(SCOPE_STEPS * in_scope.len() as u64 + self.open.len() as u64) {
            return Err(OutOfBudget);
        }
        for declaration in in_scope {
            let prefix = self.document.declarations[declaration as usize].prefix;
            if self.is_inclusive(prefix) && self.selection.has_namespace(id, declaration, selected) {
                own.insert(prefix, declaration);
            }
        }
        let above = self.lists.last();
        for (&prefix, &declaration) in &own {
            let same = above.and_then(|above| above.get(prefix));
            if same.is_none_or(|&same| self.document.uri(same) != self.document.uri(declaration)) {
                declared.insert(prefix, declaration);
            }
        }
        let default_gone = !own.contains_key("") && above.is_some_and(|above| above.contains_key(""));
        if selected {
            if default_gone {
                declared.insert("", NO_NAMESPACE);
            }
            self.lists.push(own);
        }
        Ok(())
    }

    fn is_inclusive(&self, prefix: &str) -> bool {
        self.method.form != Form::Exclusive
            || self.method.inclusive_prefixes.binary_search_by(|one| one.as_str().cmp(prefix)).is_ok()
    }

    /// Declarations by the rule of exclusive canonicalisation: those that the element uses visibly.
    pub(super) fn used_namespaces(
        &mut self,
        id: NodeId,
        element: &Element<'a>,
        open: &mut Open,
        declared: &mut Bindings<'a>,
    ) -> Result<(), OutOfBudget> {
        let mut used: Bindings<'a> = Bindings::from([(element.prefix(), element.namespace)]);
        for number in element.attributes.clone() {
            let attribute = &self.document.attributes[number as usize];
            if attribute.namespace != NO_NAMESPACE && self.selection.has_attribute(id, number, true) {
                used.insert(attribute.prefix(), attribute.namespace);
            }
        }
        if !self.budget.steps(used.len() as u64) {
            return Err(OutOfBudget);
        }
        for (prefix, declaration) in used {
            if declaration == XML_NAMESPACE || self.is_inclusive(prefix) {
                continue;
            }
            let uri = self.document.uri(declaration);
            let none = uri.is_empty();
            let above = self.rendered.get(prefix).and_then(|stack| stack.last());
            let written = match above {
                Some(&(above, selected)) => selected && self.document.uri(above) == uri,
                None => none,
            };
            let selected = none || self.selection.has_namespace(id, declaration, true);
            if selected && !written {
                declared.insert(prefix, declaration);
            }
            self.rendered.entry(prefix.to_owned()).or_default().push((declaration, selected));
            open.pushed.push(prefix.to_owned());
        }
        Ok(())
    }
}
