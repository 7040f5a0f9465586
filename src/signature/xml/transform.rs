//! Transforms: from what a URI leads to, to the bytes that are digested (XML Signature §4.4.3.2, §6.6).
//!
//! Applied in the order written, parsing and canonicalising where one needs nodes and has bytes or the reverse. XSLT
//! is refused for good: it is a programming language that the signer hands us. What was selected of the signature's
//! own document when it became bytes is kept, because it is what the signature covers.

use std::borrow::Cow;

use super::c14n::{self, Form, Method};
use super::fact::Reason;
use super::parse::{self, Dtd};
use super::selection::{Comments, NodeSet, Point, Selection};
use super::tree::{Document, Kind, NodeId, ROOT};
use super::xpath::{Evaluator, Expression, Failure, Value};
use super::{Budget, base64};

mod filter;
mod relationship;

/// Transforms of one reference; real ones have one to three.
pub const TRANSFORMS_MAX: usize = 16;
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
const FILTER: &str = "http://www.w3.org/2002/06/xmldsig-filter2";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// The transform that decodes base64.
pub(super) const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
const XPOINTER: &str = "http://www.w3.org/2001/04/xmldsig-more/xptr";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A transform, read.
#[derive(Debug)]
pub(super) enum Transform {
    Enveloped,
    Base64,
    Canonical(Method),
    /// The expression, and the element that bears it.
    XPath(Expression, NodeId),
    /// Operations of XPath Filter 2.0.
    Filter(Vec<filter::Operation>),
    /// Relationships of an Office file, by identifier and type.
    Relationships(relationship::Wanted),
}

/// What goes from transform to transform.
pub(super) enum Data<'d> {
    Octets(Cow<'d, [u8]>),
    /// Nodes of the document that bears the signature.
    Own(Selection),
    /// Nodes of another.
    Other(&'d Document<'d>, Selection),
}

/// What transforms are applied with.
pub(super) struct Applying<'d, 'a> {
    pub document: &'d Document<'a>,
    /// The signature whose reference this is.
    pub signature: NodeId,
    pub dtd: Dtd,
    pub budget: &'d mut Budget,
    /// What was selected of `document` when it became bytes.
    pub selected: Option<Selection>,
    /// Whether a part was selected of what had been bytes.
    pub is_cut: bool,
}

impl Transform {
    /// Reads a Transform, CanonicalizationMethod or anything else with an Algorithm.
    pub fn read(document: &Document<'_>, element: NodeId) -> Result<Self, Reason> {
        let uri = document.attribute(element, "Algorithm").ok_or(Reason::Structure("Algorithm"))?;
        match uri {
            ENVELOPED => return Ok(Self::Enveloped),
            BASE64 => return Ok(Self::Base64),
            XPATH => {
                let holder = document.child(element, super::DSIG, "XPath").ok_or(Reason::Structure("XPath"))?;
                return Ok(Self::XPath(expression(document, holder)?, holder));
            }
            FILTER => return filter::read(document, element).map(Self::Filter),
            relationship::TRANSFORM => return relationship::read(document, element).map(Self::Relationships),
            XPOINTER => {
                // The one form in use, xpointer(id("x")), is XPath Filter's intersection with id("x").
                let holder = document.child(element, XPOINTER, "XPointer").ok_or(Reason::Structure("XPointer"))?;
                return filter::pointer(document, holder).map(Self::Filter);
            }
            _ => {}
        }
        canonicalisation(document, element, uri).map(Self::Canonical)
    }

    fn needs_nodes(&self) -> bool {
        !matches!(self, Self::Base64)
    }
}

/// The canonicalisation named by an element, with its InclusiveNamespaces.
pub(super) fn canonicalisation(document: &Document<'_>, element: NodeId, uri: &str) -> Result<Method, Reason> {
    let mut method = Method::from_uri(uri).ok_or_else(|| Reason::Transform(uri.to_owned()))?;
    let list = document.child(element, EXCLUSIVE, "InclusiveNamespaces").filter(|_| method.form == Form::Exclusive);
    if let Some(prefixes) = list.and_then(|list| document.attribute(list, "PrefixList")) {
        let prefixes = prefixes.split_ascii_whitespace().take(256);
        method.inclusive_prefixes =
            prefixes.map(|prefix| if prefix == "#default" { String::new() } else { prefix.to_owned() }).collect();
        method.inclusive_prefixes.sort_unstable();
    }
    Ok(method)
}

/// The expression that an element holds.
fn expression(document: &Document<'_>, holder: NodeId) -> Result<Expression, Reason> {
    Ok(Expression::parse(&document.text_of(holder), |prefix| document.lookup(holder, prefix))?)
}

impl Applying<'_, '_> {
    /// The bytes to be digested; nodes that no transform made bytes of are canonicalised by `last`.
    pub fn apply<'b>(
        &mut self,
        data: Data<'b>,
        transforms: &[Transform],
        last: &Method,
    ) -> Result<Cow<'b, [u8]>, Reason> {
        let mut data = data;
        for (at, transform) in transforms.iter().enumerate() {
            if let Data::Octets(bytes) = &data
                && transform.needs_nodes()
            {
                let text = parse::decode(bytes)?;
                let parsed = parse::parse(&text, self.dtd)?;
                if !self.budget.steps(u64::from(parsed.node_count()) + text.len() as u64 / 16) {
                    return Err(Reason::Limit("documents parsed"));
                }
                // One level of recursion for each transform that made bytes: at most TRANSFORMS_MAX.
                let whole = Selection::subtree(ROOT, Comments::With);
                let bytes = self.apply(Data::Other(&parsed, whole), &transforms[at..], last)?;
                return Ok(Cow::Owned(bytes.into_owned()));
            }
            data = self.step(data, transform)?;
        }
        match data {
            Data::Octets(bytes) => Ok(bytes),
            nodes => self.canonical(nodes, last).map(Cow::Owned),
        }
    }

    fn step<'d>(&mut self, data: Data<'d>, transform: &Transform) -> Result<Data<'d>, Reason> {
        self.is_cut |= matches!(data, Data::Other(..)) && !matches!(transform, Transform::Canonical(_));
        Ok(match (transform, data) {
            (Transform::Base64, Data::Octets(bytes)) => {
                let text = std::str::from_utf8(&bytes).map_err(|_| Reason::Base64)?;
                Data::Octets(base64(text)?.into())
            }
            (Transform::Base64, nodes) => {
                let text = self.text_of(&nodes)?;
                self.must_be_text(&nodes)?;
                self.keep(nodes);
                Data::Octets(base64(&text)?.into())
            }
            (Transform::Relationships(wanted), Data::Own(selection)) => {
                let bytes = relationship::apply(self.document, &selection, wanted, self.budget)?;
                self.keep(Data::Own(selection));
                Data::Octets(bytes.into())
            }
            (Transform::Relationships(wanted), Data::Other(document, selection)) => {
                Data::Octets(relationship::apply(document, &selection, wanted, self.budget)?.into())
            }
            (Transform::Canonical(method), nodes) => Data::Octets(self.canonical(nodes, method)?.into()),
            (Transform::Enveloped, Data::Own(mut selection)) => {
                // Vietnamese invoices name it over a sibling of the signature, where there is nothing to take out.
                if selection.has(self.document, self.signature) {
                    selection.remove(self.document, self.signature);
                }
                Data::Own(selection)
            }
            (Transform::Enveloped, _) => return Err(Reason::NotEnveloped),
            (Transform::XPath(expression, here), Data::Own(selection)) => {
                Data::Own(filtered(self.document, &selection, expression, Some(*here), self.budget)?)
            }
            (Transform::XPath(expression, _), Data::Other(document, selection)) => {
                Data::Other(document, filtered(document, &selection, expression, None, self.budget)?)
            }
            (Transform::Filter(operations), Data::Own(selection)) => {
                let document = self.document;
                Data::Own(filter::apply(document, &selection, operations, filter::Place::Own, self.budget)?)
            }
            (Transform::Filter(operations), Data::Other(document, selection)) => {
                let place = filter::Place::Other;
                Data::Other(document, filter::apply(document, &selection, operations, place, self.budget)?)
            }
            // Parsed before they get here.
            (Transform::XPath(..) | Transform::Filter(_) | Transform::Relationships(_), octets) => octets,
        })
    }

    fn canonical(&mut self, data: Data<'_>, method: &Method) -> Result<Vec<u8>, Reason> {
        let too_long = |_| Reason::Limit("canonical bytes");
        match data {
            Data::Octets(bytes) => Ok(bytes.into_owned()),
            Data::Other(document, selection) => {
                c14n::canonical(document, &selection, method, self.budget).map_err(too_long)
            }
            Data::Own(selection) => {
                let bytes = c14n::canonical(self.document, &selection, method, self.budget).map_err(too_long);
                self.keep(Data::Own(selection));
                bytes
            }
        }
    }

    fn keep(&mut self, data: Data<'_>) {
        if let Data::Own(selection) = data {
            self.selected = Some(selection);
        }
    }

    /// The base64 transform takes characters alone (XML Signature §6.6.2): elements and attributes among them would be part
    /// of what is covered, and signed by nothing.
    fn must_be_text(&mut self, data: &Data<'_>) -> Result<(), Reason> {
        let Data::Own(selection) = data else { return Ok(()) };
        let mut elements = 0;
        for id in points_of_nodes(self.document, selection) {
            if self.document.element(id).is_some() {
                elements += 1;
                let attributes = self.document.attributes(id).iter();
                let is_own = |name: &str| matches!(name, "Id" | "ID" | "id" | "MimeType" | "Encoding");
                if elements > 1 || !attributes.map(|attribute| attribute.local()).all(is_own) {
                    return Err(Reason::Base64);
                }
            }
        }
        Ok(())
    }

    /// The characters selected, as the base64 transform takes them.
    fn text_of(&mut self, data: &Data<'_>) -> Result<String, Reason> {
        let (document, selection) = match data {
            Data::Own(selection) => (self.document, selection),
            Data::Other(document, selection) => (*document, selection),
            Data::Octets(_) => return Ok(String::new()),
        };
        let mut text = String::new();
        for id in points_of_nodes(document, selection) {
            if let Kind::Text(characters) = &document.node(id).kind {
                text.push_str(characters);
            }
        }
        if self.budget.canonical(text.len()) { Ok(text) } else { Err(Reason::Limit("canonical bytes")) }
    }
}

/// The selected documents, elements, texts, comments and instructions.
fn points_of_nodes<'s>(document: &'s Document<'_>, selection: &'s Selection) -> Box<dyn Iterator<Item = NodeId> + 's> {
    match selection {
        Selection::Subtree { apex, .. } => {
            Box::new(document.subtree(*apex).filter(move |&id| selection.has(document, id)))
        }
        Selection::Nodes(set) => {
            let plain = |point: &&Point| **point == Point::node(point.owner());
            Box::new(set.points().iter().filter(plain).map(|point| point.owner()))
        }
    }
}

/// The points for which an expression is true (XML Signature §6.6.3).
fn filtered(
    document: &Document<'_>,
    selection: &Selection,
    expression: &Expression,
    here: Option<NodeId>,
    budget: &mut Budget,
) -> Result<Selection, Reason> {
    let points = points(document, selection, budget)?;
    let mut evaluator = Evaluator { document, here, budget };
    let mut kept = Vec::new();
    for &point in points.points() {
        let value = evaluator.value(expression, point)?;
        if evaluator.boolean(&value) {
            kept.push(point);
        }
    }
    Ok(Selection::Nodes(NodeSet::new(kept)))
}

/// A selection as single points.
fn points(document: &Document<'_>, selection: &Selection, budget: &mut Budget) -> Result<NodeSet, Reason> {
    if let Selection::Nodes(set) = selection {
        return Ok(set.clone());
    }
    let mut points = Vec::new();
    for id in points_of_nodes(document, selection) {
        let from = points.len();
        points.push(Point::node(id));
        if let Some(element) = document.element(id) {
            points.extend(document.in_scope(id).into_iter().map(|one| Point::namespace(id, one)));
            points.extend(element.attributes.clone().map(|one| Point::attribute(id, one)));
        }
        if !budget.steps((points.len() - from) as u64) {
            return Err(Failure::OutOfBudget.into());
        }
    }
    Ok(NodeSet::new(points))
}

/// The nodes that an expression yields for a whole document.
fn nodes(
    document: &Document<'_>,
    expression: &Expression,
    here: Option<NodeId>,
    budget: &mut Budget,
) -> Result<NodeSet, Reason> {
    let mut evaluator = Evaluator { document, here, budget };
    match evaluator.value(expression, Point::node(ROOT))? {
        Value::Nodes(nodes) => Ok(nodes),
        _ => Err(Failure::Kind.into()),
    }
}
