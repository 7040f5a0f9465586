//! Canonical XML 1.0 and 1.1, and Exclusive XML Canonicalization 1.0, over any selection of nodes.
//!
//! Written from the three recommendations' text; the difficult parts are those about selections that hold an element
//! without its parent, its namespaces or its attributes: which declarations are superfluous is decided against the
//! nearest selected ancestor and what *it* has selected (C14N 1.0 §2.3, exclusive §3), attributes of the namespace
//! `xml` come down from ancestors that are not selected (1.0 §2.4), `xml:base` is joined and `xml:id` does not come
//! down (1.1 §2.4). Walks in document order without recursion; what it writes and compares is charged to a [`Budget`].

use std::collections::{BTreeMap, HashMap};

use super::Budget;
use super::selection::{Comments, Selection};
use super::tree::{Document, Element, Kind, NodeId, ROOT, XML_NAMESPACE};

mod base;
mod escape;
mod namespaces;

use escape::{escape_attribute, escape_returns, escape_text};

/// A canonicalisation method with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Which recommendation.
    pub form: Form,
    /// Whether comments are written.
    pub comments: Comments,
    /// Prefixes that exclusive canonicalisation treats inclusively; empty for the default namespace.
    pub inclusive_prefixes: Vec<String>,
}

/// The recommendations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Canonical XML 1.0 (2001).
    Inclusive10,
    /// Canonical XML 1.1 (2008).
    Inclusive11,
    /// Exclusive XML Canonicalization 1.0 (2002).
    Exclusive,
}

/// More than the budget allows was to be written or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfBudget;

impl Method {
    /// Canonical XML 1.0 without comments: what a selection is made bytes with where nothing else is said.
    pub const DEFAULT: Self =
        Self { form: Form::Inclusive10, comments: Comments::Without, inclusive_prefixes: Vec::new() };

    /// The method with this identifier, without parameters.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let (plain, comments) = match uri.strip_suffix("#WithComments") {
            Some(plain) => (plain, Comments::With),
            None => match uri.strip_suffix("WithComments") {
                Some(plain) if plain.ends_with('#') => (plain, Comments::With),
                _ => (uri, Comments::Without),
            },
        };
        let form = match plain.trim_end_matches('#') {
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => Form::Inclusive10,
            "http://www.w3.org/2006/12/xml-c14n11" => Form::Inclusive11,
            "http://www.w3.org/2001/10/xml-exc-c14n" => Form::Exclusive,
            _ => return None,
        };
        Some(Self { form, comments, inclusive_prefixes: Vec::new() })
    }
}

/// The canonical form of what is selected.
pub fn canonical(
    document: &Document<'_>,
    selection: &Selection,
    method: &Method,
    budget: &mut Budget,
) -> Result<Vec<u8>, OutOfBudget> {
    let walk = Walk {
        document,
        selection,
        method,
        budget,
        out: Vec::new(),
        charged: 0,
        open: Vec::new(),
        lists: Vec::new(),
        rendered: HashMap::new(),
    };
    walk.run()
}

/// An element that was entered and not yet left.
struct Open {
    id: NodeId,
    end: NodeId,
    selected: bool,
    /// Length of `lists` before it.
    lists: usize,
    /// Prefixes it pushed on `rendered`.
    pushed: Vec<String>,
}

/// A namespace binding: prefix → declaration.
type Bindings<'a> = BTreeMap<&'a str, u32>;

struct Walk<'d, 'a> {
    document: &'d Document<'a>,
    selection: &'d Selection,
    method: &'d Method,
    budget: &'d mut Budget,
    out: Vec<u8>,
    charged: usize,
    open: Vec<Open>,
    /// Selected namespaces of the selected elements that are open.
    lists: Vec<Bindings<'a>>,
    /// Exclusive: by prefix, the declarations that open elements use visibly, and whether each is selected.
    rendered: HashMap<String, Vec<(u32, bool)>>,
}

impl<'d, 'a> Walk<'d, 'a> {
    fn run(mut self) -> Result<Vec<u8>, OutOfBudget> {
        let (mut at, end, without) = match self.selection {
            Selection::Subtree { apex, without, .. } => (*apex, self.document.node(*apex).end, without.as_slice()),
            Selection::Nodes(_) => (ROOT, self.document.node_count(), &[][..]),
        };
        while at < end {
            self.leave(at);
            self.charge()?;
            if without.binary_search(&at).is_ok() {
                at = self.document.node(at).end;
                continue;
            }
            self.enter(at)?;
            at += 1;
        }
        self.leave(end.max(self.document.node_count()));
        self.charge()?;
        Ok(self.out)
    }

    /// Charges what was written since the last call, and one step.
    fn charge(&mut self) -> Result<(), OutOfBudget> {
        let written = self.out.len() - self.charged;
        self.charged = self.out.len();
        if self.budget.canonical(written) && self.budget.steps(1) { Ok(()) } else { Err(OutOfBudget) }
    }

    /// Closes the elements that end at or before `at`.
    fn leave(&mut self, at: NodeId) {
        while let Some(open) = self.open.pop_if(|open| open.end <= at) {
            self.lists.truncate(open.lists);
            for prefix in open.pushed {
                if let Some(stack) = self.rendered.get_mut(&prefix) {
                    stack.pop();
                }
            }
            if let Some(element) = self.document.element(open.id).filter(|_| open.selected) {
                self.out.extend_from_slice(b"</");
                self.out.extend_from_slice(element.name.as_bytes());
                self.out.push(b'>');
            }
        }
    }

    fn enter(&mut self, id: NodeId) -> Result<(), OutOfBudget> {
        let selected = self.selection.has(self.document, id);
        match &self.document.node(id).kind {
            Kind::Root => {}
            Kind::Element(element) => self.start(id, element, selected)?,
            Kind::Text(text) if selected => escape_text(text, &mut self.out),
            Kind::Comment(text) if selected && self.method.comments == Comments::With => {
                self.outside_element(id, |out| {
                    out.extend_from_slice(b"<!--");
                    escape_returns(text, out);
                    out.extend_from_slice(b"-->");
                });
            }
            Kind::Instruction { target, data } if selected => self.outside_element(id, |out| {
                out.extend_from_slice(b"<?");
                out.extend_from_slice(target.as_bytes());
                if !data.is_empty() {
                    out.push(b' ');
                    escape_returns(data, out);
                }
                out.extend_from_slice(b"?>");
            }),
            Kind::Text(_) | Kind::Comment(_) | Kind::Instruction { .. } => {}
        }
        Ok(())
    }

    /// Writes a comment or instruction, with a line feed towards the document element if it stands outside of it.
    fn outside_element(&mut self, id: NodeId, write: impl FnOnce(&mut Vec<u8>)) {
        let outside = self.document.node(id).parent == ROOT;
        let before = outside && id < self.document.document_element();
        if outside && !before {
            self.out.push(b'\n');
        }
        write(&mut self.out);
        if before {
            self.out.push(b'\n');
        }
    }

    fn start(&mut self, id: NodeId, element: &Element<'a>, selected: bool) -> Result<(), OutOfBudget> {
        let end = self.document.node(id).end;
        let mut open = Open { id, end, selected, lists: self.lists.len(), pushed: Vec::new() };
        if selected {
            self.out.push(b'<');
            self.out.extend_from_slice(element.name.as_bytes());
        }
        let mut declared = Bindings::new();
        if !self.nothing_new(element, selected) {
            self.inclusive_namespaces(id, selected, &mut declared)?;
        }
        if self.method.form == Form::Exclusive && selected {
            self.used_namespaces(id, element, &mut open, &mut declared)?;
        }
        for (prefix, declaration) in declared {
            self.out.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape_attribute(self.document.uri(declaration), &mut self.out);
            self.out.push(b'"');
        }
        self.attributes(id, element, selected)?;
        if selected {
            self.out.push(b'>');
        }
        self.open.push(open);
        Ok(())
    }

    fn attributes(&mut self, id: NodeId, element: &Element<'a>, selected: bool) -> Result<(), OutOfBudget> {
        let document = self.document;
        let mut written: Vec<(&str, &str, &str, std::borrow::Cow<'_, str>)> = Vec::new();
        for number in element.attributes.clone() {
            if self.selection.has_attribute(id, number, selected) {
                let one = &document.attributes[number as usize];
                let uri = document.uri(one.namespace);
                written.push((uri, one.local(), one.name, std::borrow::Cow::Borrowed(one.value.as_ref())));
            }
        }
        let parent = document.node(id).parent;
        let orphan = selected && parent != ROOT && self.open.last().is_none_or(|open| !open.selected);
        if orphan && self.method.form != Form::Exclusive {
            if !self.budget.steps(self.document.ancestors(id).count() as u64) {
                return Err(OutOfBudget);
            }
            self.inherit(id, element, &mut written);
        }
        written.sort_unstable_by(|one, other| (one.0, one.1).cmp(&(other.0, other.1)));
        for (_, _, name, value) in written {
            self.out.push(b' ');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape_attribute(&value, &mut self.out);
            self.out.push(b'"');
        }
        Ok(())
    }

    /// Attributes of the namespace `xml` that come down from ancestors to an element without its parent.
    fn inherit<'w>(
        &self,
        id: NodeId,
        element: &Element<'a>,
        written: &mut Vec<(&'w str, &'w str, &'w str, std::borrow::Cow<'w, str>)>,
    ) where
        'd: 'w,
    {
        let document = self.document;
        let xml_of = |range: std::ops::Range<u32>| {
            let all = &document.attributes[range.start as usize..range.end as usize];
            all.iter().filter(|one| one.namespace == XML_NAMESPACE)
        };
        let mut seen: Vec<&str> = xml_of(element.attributes.clone()).map(|one| one.local()).collect();
        for ancestor in document.ancestors(id) {
            let Some(ancestor) = document.element(ancestor) else { continue };
            for one in xml_of(ancestor.attributes.clone()) {
                let local = one.local();
                let comes_down = match self.method.form {
                    Form::Inclusive10 => true,
                    Form::Inclusive11 => matches!(local, "lang" | "space"),
                    Form::Exclusive => false,
                };
                if comes_down && !seen.contains(&local) {
                    seen.push(local);
                    written.push((super::tree::XML, local, one.name, std::borrow::Cow::Borrowed(one.value.as_ref())));
                }
            }
        }
        if self.method.form == Form::Inclusive11 {
            let omitted = document.ancestors(id).take_while(|&ancestor| {
                document.element(ancestor).is_some() && !self.selection.has(document, ancestor)
            });
            let base = |id: NodeId| {
                let own = document.element(id).map_or(0..0, |element| element.attributes.clone());
                xml_of(own).find(|one| one.local() == "base").map(|one| one.value.as_ref())
            };
            let above: Vec<&str> = omitted.filter_map(base).collect();
            if !above.is_empty() {
                let mut joined = String::new();
                for one in above.into_iter().rev().chain(base(id)) {
                    joined = base::join(&joined, one);
                }
                written.retain(|one| one.2 != "xml:base");
                if !joined.is_empty() {
                    written.push((super::tree::XML, "base", "xml:base", std::borrow::Cow::Owned(joined)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
