//! An XML document as XPath 1.0 and Canonical XML see it: nodes in document order, each with its bytes in the source.
//!
//! Built by [`super::parse`] alone and never changed. A node's number is its place in document order, and a subtree
//! is the numbers from a node up to its `end`: walking needs neither links nor recursion. Attributes and namespace
//! declarations lie in lists of their own. Prefixes are kept as written, because canonical forms repeat them.
//!
//! Identifiers: the attributes `Id`, `ID`, `id`, `AssertionID` in no namespace, `Id` of WS-Security, `xml:id`, and
//! whatever a DTD declares as ID. An identifier borne by two elements identifies none: wrapping attacks live on it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Number of a node, in document order; the document itself is [`ROOT`].
pub type NodeId = u32;
/// The document node.
pub const ROOT: NodeId = 0;
/// Namespace of the prefix `xml`.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// Namespace of the identifiers of WS-Security.
pub(super) const WS_SECURITY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// Number of the declaration that stands for "in no namespace".
pub(super) const NO_NAMESPACE: u32 = 0;
/// Number of the declaration of `xml`, which every document has.
pub(super) const XML_NAMESPACE: u32 = 1;

/// A parsed document.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) text: &'a str,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) declarations: Vec<Declaration<'a>>,
    pub(super) ids: HashMap<String, Vec<NodeId>>,
}

/// One node other than attributes and namespaces.
#[derive(Debug)]
pub struct Node<'a> {
    /// Its parent; the document's is itself.
    pub parent: NodeId,
    /// The number after its last descendant.
    pub end: NodeId,
    /// Where it stands in the text, bytes.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind<'a>,
}

/// Kinds of node.
#[derive(Debug)]
pub enum Kind<'a> {
    /// The document.
    Root,
    /// An element.
    Element(Element<'a>),
    /// Characters, CDATA sections and references merged; never empty.
    Text(Cow<'a, str>),
    /// A comment.
    Comment(Cow<'a, str>),
    /// A processing instruction.
    Instruction {
        /// Target.
        target: &'a str,
        /// The rest, possibly empty.
        data: Cow<'a, str>,
    },
}

/// An element's name, attributes and declarations.
#[derive(Debug)]
pub struct Element<'a> {
    /// Name as written, with its prefix.
    pub name: &'a str,
    pub(super) namespace: u32,
    pub(super) attributes: Range<u32>,
    pub(super) declarations: Range<u32>,
}

/// An attribute that is no namespace declaration.
#[derive(Debug)]
pub struct Attribute<'a> {
    /// Name as written, with its prefix.
    pub name: &'a str,
    pub(super) namespace: u32,
    /// Normalised value.
    pub value: Cow<'a, str>,
}

/// A namespace declaration.
#[derive(Debug)]
pub struct Declaration<'a> {
    /// Prefix; empty for the default namespace.
    pub prefix: &'a str,
    /// Namespace name; empty where `xmlns=""` takes the default away.
    pub uri: Cow<'a, str>,
}

/// Why an identifier leads to no element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdError {
    /// No element has it.
    Absent,
    /// Several have it.
    Duplicate,
}

impl<'a> Document<'a> {
    /// The text parsed, line ends as written.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id as usize]
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// The element at `id`, if it is one.
    pub fn element(&self, id: NodeId) -> Option<&Element<'a>> {
        match &self.node(id).kind {
            Kind::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The document element. Every document has one.
    pub fn document_element(&self) -> NodeId {
        self.children(ROOT).find(|&child| self.element(child).is_some()).unwrap_or(ROOT)
    }

    /// A node and its descendants.
    pub fn subtree(&self, id: NodeId) -> Range<NodeId> {
        id..self.node(id).end
    }

    /// Whether `id` is `ancestor` or below it.
    pub fn within(&self, id: NodeId, ancestor: NodeId) -> bool {
        self.subtree(ancestor).contains(&id)
    }

    /// The children of a node, in order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(id).end;
        let mut next = id + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.node(child).end;
            Some(child)
        })
    }

    /// The ancestors of a node, nearest first, down to the document.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut at = id;
        std::iter::from_fn(move || {
            if at == ROOT {
                return None;
            }
            at = self.node(at).parent;
            Some(at)
        })
    }

    /// The child elements with this namespace and local name.
    pub fn children_named<'d>(
        &'d self,
        id: NodeId,
        namespace: &'d str,
        local: &'d str,
    ) -> impl Iterator<Item = NodeId> + 'd {
        self.children(id).filter(move |&child| self.is(child, namespace, local))
    }

    /// The first child element with this namespace and local name.
    pub fn child(&self, id: NodeId, namespace: &str, local: &str) -> Option<NodeId> {
        self.children(id).find(|&child| self.is(child, namespace, local))
    }

    /// Whether `id` is an element with this namespace and local name.
    pub fn is(&self, id: NodeId, namespace: &str, local: &str) -> bool {
        self.element(id).is_some_and(|element| element.local() == local && self.uri(element.namespace) == namespace)
    }

    /// Namespace name of an element; empty for none, and for what is no element.
    pub fn namespace(&self, id: NodeId) -> &str {
        self.element(id).map_or("", |element| self.uri(element.namespace))
    }

    /// The attributes of an element, as written.
    pub fn attributes(&self, id: NodeId) -> &[Attribute<'a>] {
        let range = self.element(id).map_or(0..0, |element| element.attributes.clone());
        &self.attributes[range.start as usize..range.end as usize]
    }

    /// Value of the attribute with this name in no namespace.
    pub fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        let mut attributes = self.attributes(id).iter();
        attributes
            .find(|attribute| attribute.namespace == NO_NAMESPACE && attribute.name == name)
            .map(|found| found.value.as_ref())
    }

    /// Namespace name of a declaration.
    pub(super) fn uri(&self, declaration: u32) -> &str {
        &self.declarations[declaration as usize].uri
    }

    /// The declarations in scope at an element, `xml` and undeclarations left out, in no particular order.
    pub(super) fn in_scope(&self, id: NodeId) -> Vec<u32> {
        let mut found: Vec<u32> = Vec::new();
        let mut prefixes = HashSet::new();
        for at in std::iter::once(id).chain(self.ancestors(id)) {
            let Some(element) = self.element(at) else { continue };
            for one in element.declarations.clone() {
                let prefix = self.declarations[one as usize].prefix;
                if prefixes.insert(prefix) {
                    found.push(one);
                }
            }
        }
        found.retain(|&one| !self.uri(one).is_empty());
        found
    }

    /// The namespace bound to `prefix` at an element.
    pub fn lookup(&self, id: NodeId, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        for at in std::iter::once(id).chain(self.ancestors(id)) {
            let Some(element) = self.element(at) else { continue };
            let mut own = element.declarations.clone();
            if let Some(one) = own.find(|&one| self.declarations[one as usize].prefix == prefix) {
                return Some(self.uri(one)).filter(|uri| !uri.is_empty());
            }
        }
        None
    }

    /// The one element with this identifier.
    pub fn by_id(&self, id: &str) -> Result<NodeId, IdError> {
        match self.ids.get(id).map(Vec::as_slice) {
            Some([one]) => Ok(*one),
            Some([_, _, ..]) => Err(IdError::Duplicate),
            _ => Err(IdError::Absent),
        }
    }

    /// The characters below a node, in order.
    pub fn text_of(&self, id: NodeId) -> Cow<'_, str> {
        let mut found = Cow::Borrowed("");
        for at in self.subtree(id) {
            if let Kind::Text(text) = &self.node(at).kind {
                if found.is_empty() {
                    found = Cow::Borrowed(text.as_ref());
                } else {
                    found.to_mut().push_str(text);
                }
            }
        }
        found
    }

    /// Where an element stands, as a path from the root: `/HDon/DLHDon`, `/a/b[2]`. The document is `/`.
    pub fn path(&self, id: NodeId) -> String {
        let mut steps = Vec::new();
        for at in std::iter::once(id).chain(self.ancestors(id)) {
            let Some(element) = self.element(at) else { continue };
            let siblings = self.children(self.node(at).parent);
            let same = siblings.filter(|&other| self.element(other).is_some_and(|other| other.name == element.name));
            let (mut position, mut count) = (0, 0);
            for other in same {
                count += 1;
                if other == at {
                    position = count;
                }
            }
            let name = element.name;
            steps.push(if count > 1 { format!("/{name}[{position}]") } else { format!("/{name}") });
        }
        if steps.is_empty() { "/".into() } else { steps.into_iter().rev().collect() }
    }

    /// Notes the identifiers of an element.
    pub(super) fn index_ids(&mut self, id: NodeId, declared: impl Fn(&str) -> bool) {
        let Kind::Element(element) = &self.nodes[id as usize].kind else { return };
        let range = element.attributes.clone();
        let mut own: Vec<String> = Vec::new();
        for attribute in &self.attributes[range.start as usize..range.end as usize] {
            let uri = &self.declarations[attribute.namespace as usize].uri;
            let known = match uri.as_ref() {
                "" => matches!(attribute.name, "Id" | "ID" | "id" | "AssertionID"),
                XML => attribute.local() == "id",
                WS_SECURITY => attribute.local() == "Id",
                _ => false,
            };
            if known || declared(attribute.name) {
                own.push(attribute.value.trim_matches(' ').to_owned());
            }
        }
        own.sort_unstable();
        own.dedup();
        for value in own {
            self.ids.entry(value).or_default().push(id);
        }
    }
}

impl<'a> Element<'a> {
    /// The prefix; empty for none.
    pub fn prefix(&self) -> &'a str {
        self.name.split_once(':').map_or("", |(prefix, _)| prefix)
    }

    /// The name without its prefix.
    pub fn local(&self) -> &'a str {
        self.name.split_once(':').map_or(self.name, |(_, local)| local)
    }
}

impl<'a> Attribute<'a> {
    /// The prefix; empty for none.
    pub fn prefix(&self) -> &'a str {
        self.name.split_once(':').map_or("", |(prefix, _)| prefix)
    }

    /// The name without its prefix.
    pub fn local(&self) -> &'a str {
        self.name.split_once(':').map_or(self.name, |(_, local)| local)
    }
}
