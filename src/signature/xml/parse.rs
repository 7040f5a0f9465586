//! From bytes to a [`Document`]: a non-validating XML 1.0 processor with namespaces, exact enough for canonical forms.
//!
//! An own reader, because the tree libraries at hand lose what canonicalisation needs (prefixes, default and
//! identifier attributes of a DTD) or take quadratic time on hostile elements. It keeps the rules of XML 1.0 (fifth
//! edition) and Namespaces in XML 1.0 that decide what a document *is*: characters, names, nesting, duplicate
//! attributes, line ends, normalisation of attribute values. Everything outside the document is out of bounds: no
//! external entity, no external subset. A document type is refused unless the caller asks for it ([`Dtd`]).
//!
//! Bounded in every direction (constants below), iterative but for entities in entities, whose depth is bounded too;
//! what the entities of one document expand to is bounded in sum, so "billion laughs" ends at once.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::{memchr2, memmem};

use super::tree::{
    Attribute, Declaration, Document, Element, Kind, NO_NAMESPACE, Node, NodeId, ROOT, XML, XML_NAMESPACE,
};

mod character;
mod cursor;
mod dtd;
mod encoding;

use character::{Place, character, has_character_reference_to_markup, line_ends, predefined, push_normalised};
use cursor::Cursor;
use dtd::{Entity, Subset, Type};
pub use encoding::{decode, is_markup};

/// Longest document read: node numbers and spans stay small, and nothing signed as XML comes near.
pub const BYTES_MAX: usize = 128 << 20;
/// Nodes and attributes together: a million of them take some 150 MB.
pub const NODES_MAX: usize = 1 << 20;
/// Elements inside each other, as libxml2: walks along ancestors stay cheap.
pub const DEPTH_MAX: usize = 256;
/// Bytes of the names of elements inside each other: they are the path that is said of an element.
const PATH_BYTES_MAX: usize = 8 << 10;
/// Attributes and declarations of one element: their names are compared with each other.
const ATTRIBUTES_MAX: usize = 256;
/// Namespace declarations in scope at once: each name is looked up among them.
const SCOPE_MAX: usize = 256;
/// Bytes that all entity references of a document may stand for together.
const ENTITY_BYTES_MAX: usize = 1 << 20;
/// Entities inside entities.
const ENTITY_DEPTH_MAX: usize = 8;
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// What to do with a document type declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dtd {
    /// Refuse the document.
    #[default]
    Refused,
    /// Read its internal subset; never anything outside the document.
    Internal,
}

/// Why bytes are not a document that is read here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A rule of XML or of its namespaces is broken at this byte.
    #[error("not well-formed XML at byte {at}: {what}")]
    NotWellFormed {
        /// Bytes from the start of the decoded text.
        at: usize,
        /// What stands there.
        what: &'static str,
    },
    /// An encoding other than UTF-8, UTF-16, ISO-8859-1, Windows-1252 or ASCII, or bytes that are not in the one named.
    #[error("the encoding {0} is not read, or the bytes are not in it")]
    Encoding(String),
    /// A document type declaration, which the caller did not ask for.
    #[error("the document has a document type declaration")]
    Dtd,
    /// An entity that is external, holds markup, or stands for itself.
    #[error("the entity {0} is not expanded")]
    Entity(String),
    /// More than is read.
    #[error("too many or too long: {0}")]
    Limit(&'static str),
}

/// Parses a document.
pub fn parse(text: &str, dtd: Dtd) -> Result<Document<'_>, Error> {
    if text.len() > BYTES_MAX {
        return Err(Error::Limit("bytes"));
    }
    let cursor = Cursor { text, at: 0 };
    if let Some(at) = forbidden_character(text.as_bytes()) {
        return Err(Error::NotWellFormed { at, what: "a character that XML does not allow" });
    }
    let declarations = vec![
        Declaration { prefix: "", uri: Cow::Borrowed("") },
        Declaration { prefix: "xml", uri: Cow::Borrowed(XML) },
    ];
    let root = Node { parent: ROOT, end: 1, span: 0..text.len(), kind: Kind::Root };
    let document = Document { text, nodes: vec![root], attributes: Vec::new(), declarations, ids: HashMap::new() };
    let mut parser = Parser {
        cursor,
        document,
        scope: Vec::new(),
        open: Vec::new(),
        pending: None,
        subset: Subset::default(),
        entity_bytes: 0,
    };
    parser.document(dtd)?;
    Ok(parser.document)
}

/// An element whose end tag is awaited.
struct Open {
    id: NodeId,
    scope: usize,
    /// Bytes of its name and of those around it.
    path_bytes: usize,
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    document: Document<'a>,
    /// Declarations in scope, innermost last.
    scope: Vec<u32>,
    open: Vec<Open>,
    /// Characters not yet made a node, and where they begin.
    pending: Option<(usize, Cow<'a, str>)>,
    subset: Subset<'a>,
    entity_bytes: usize,
}

/// An attribute as written, before namespaces.
struct Written<'a> {
    name: &'a str,
    value: Cow<'a, str>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn document(&mut self, dtd: Dtd) -> Result<(), Error> {
        self.declaration()?;
        let (mut typed, mut element) = (false, false);
        loop {
            self.cursor.skip_space();
            let at = self.cursor.at;
            if self.cursor.at_end() {
                break;
            } else if self.cursor.take("<!--") {
                self.comment(at)?;
            } else if self.cursor.take("<?") {
                self.instruction(at)?;
            } else if self.cursor.take("<!DOCTYPE") {
                if typed || element {
                    return Err(self.cursor.error("a second or late document type"));
                }
                if dtd == Dtd::Refused {
                    return Err(Error::Dtd);
                }
                typed = true;
                self.subset = Subset::read(&mut self.cursor)?;
            } else if self.cursor.peek() == Some(b'<') && !element {
                element = true;
                self.content()?;
            } else {
                return Err(self.cursor.error("something outside the document element"));
            }
        }
        if !element {
            return Err(self.cursor.error("no document element"));
        }
        self.document.nodes[0].end = self.document.node_count();
        Ok(())
    }

    /// `<?xml …?>`, if there is one.
    fn declaration(&mut self) -> Result<(), Error> {
        let rest = self.cursor.rest();
        let declared = rest.strip_prefix("<?xml").is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n']));
        if !declared {
            return Ok(());
        }
        self.cursor.advance(5);
        let inside = self.cursor.until("?>")?;
        if inside.contains(['<', '&']) || !(inside.contains("version=") || inside.contains("version ")) {
            return Err(self.cursor.error("not an XML declaration"));
        }
        if inside.contains("1.1") && !inside.contains("1.0") {
            return Err(self.cursor.error("XML 1.1"));
        }
        Ok(())
    }

    /// The document element with all it holds.
    fn content(&mut self) -> Result<(), Error> {
        loop {
            let at = self.cursor.at;
            match self.cursor.peek() {
                None => return Err(self.cursor.error("the end, inside an element")),
                Some(b'<') => {
                    if self.cursor.take("</") {
                        self.flush(at)?;
                        self.end_tag()?;
                    } else if self.cursor.take("<!--") {
                        self.flush(at)?;
                        self.comment(at)?;
                    } else if self.cursor.take("<![CDATA[") {
                        let inside = self.cursor.until("]]>")?;
                        self.characters(at, line_ends(inside));
                    } else if self.cursor.take("<?") {
                        self.flush(at)?;
                        self.instruction(at)?;
                    } else {
                        self.flush(at)?;
                        self.cursor.advance(1);
                        self.start_tag(at)?;
                    }
                    if self.open.is_empty() {
                        return Ok(());
                    }
                }
                Some(b'&') => {
                    let mut replaced = String::new();
                    self.reference(&mut replaced, Place::Content)?;
                    self.characters(at, Cow::Owned(replaced));
                }
                Some(_) => {
                    let rest = self.cursor.rest();
                    let length = memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len());
                    if memmem::find(&rest.as_bytes()[..length], b"]]>").is_some() {
                        return Err(self.cursor.error("']]>' in characters"));
                    }
                    self.cursor.advance(length);
                    self.characters(at, line_ends(&rest[..length]));
                }
            }
        }
    }

    fn start_tag(&mut self, at: usize) -> Result<(), Error> {
        if self.open.len() >= DEPTH_MAX {
            return Err(Error::Limit("elements inside each other"));
        }
        let name = self.cursor.qualified_name()?;
        if self.open.last().map_or(0, |open| open.path_bytes) + name.len() > PATH_BYTES_MAX {
            return Err(Error::Limit("bytes of names inside each other"));
        }
        let mut written: Vec<Written<'a>> = Vec::new();
        let empty = loop {
            let spaced = self.cursor.skip_space();
            if self.cursor.take("/>") {
                break true;
            }
            if self.cursor.take(">") {
                break false;
            }
            if !spaced {
                return Err(self.cursor.error("no space before an attribute"));
            }
            let at = self.cursor.at;
            let attribute = self.cursor.qualified_name()?;
            self.cursor.skip_space();
            self.cursor.require("=")?;
            self.cursor.skip_space();
            let literal = self.cursor.literal()?;
            if literal.contains('<') {
                return Err(Error::NotWellFormed { at, what: "'<' in an attribute" });
            }
            let value = self.attribute_value(literal, self.kind_of(name, attribute))?;
            written.push(Written { name: attribute, value, at });
            if written.len() > ATTRIBUTES_MAX {
                return Err(Error::Limit("attributes of one element"));
            }
        };
        self.defaults(name, &mut written)?;
        let id = self.element(name, at, written)?;
        if empty {
            self.close(id);
        }
        Ok(())
    }

    fn kind_of(&self, element: &str, attribute: &str) -> Type {
        let declared = self.subset.attributes.get(element).into_iter().flatten();
        declared.into_iter().find(|one| one.name == attribute).map_or(Type::Text, |one| one.kind)
    }

    /// Adds the attributes that the document type gives to every such element.
    fn defaults(&mut self, element: &str, written: &mut Vec<Written<'a>>) -> Result<(), Error> {
        let declared = self.subset.attributes.get(element).into_iter().flatten();
        let missing = declared.filter(|one| written.iter().all(|other| other.name != one.name));
        let missing: Vec<_> = missing.filter_map(|one| Some((one.name, one.default?, one.kind))).collect();
        for (name, literal, kind) in missing {
            let at = self.cursor.at;
            let value = self.attribute_value(literal, kind)?;
            written.push(Written { name, value, at });
        }
        if written.len() > ATTRIBUTES_MAX { Err(Error::Limit("attributes of one element")) } else { Ok(()) }
    }

    /// Makes the element's node: declarations first, because they hold for the element itself.
    fn element(&mut self, name: &'a str, at: usize, written: Vec<Written<'a>>) -> Result<NodeId, Error> {
        let scope = self.scope.len();
        let declarations_from = self.document.declarations.len() as u32;
        let mut plain = Vec::with_capacity(written.len());
        for attribute in written {
            match declared_prefix(attribute.name) {
                Some(prefix) => self.declare(prefix, attribute, declarations_from)?,
                None => plain.push(attribute),
            }
        }
        let declarations = declarations_from..self.document.declarations.len() as u32;
        let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
        let namespace = self.resolve(prefix, at)?;
        let attributes_from = self.document.attributes.len() as u32;
        for attribute in plain {
            let namespace = match attribute.name.split_once(':') {
                Some((prefix, _)) => self.resolve(prefix, attribute.at)?,
                None => NO_NAMESPACE,
            };
            let new = Attribute { name: attribute.name, namespace, value: attribute.value };
            let uri = self.document.uri(namespace);
            let mut before = self.document.attributes[attributes_from as usize..].iter();
            if before.any(|other| other.local() == new.local() && self.document.uri(other.namespace) == uri) {
                return Err(Error::NotWellFormed { at: attribute.at, what: "the same attribute twice" });
            }
            self.document.attributes.push(new);
        }
        let attributes = attributes_from..self.document.attributes.len() as u32;
        let id = self.push(at, Kind::Element(Element { name, namespace, attributes, declarations }))?;
        let subset = &self.subset;
        self.document.index_ids(id, |attribute| subset.is_id(name, attribute));
        let path_bytes = self.open.last().map_or(0, |open| open.path_bytes) + name.len();
        self.open.push(Open { id, scope, path_bytes });
        Ok(id)
    }

    /// Takes a namespace declaration (Namespaces in XML §3, §5).
    fn declare(&mut self, prefix: &'a str, attribute: Written<'a>, own_from: u32) -> Result<(), Error> {
        let wrong = |what| Err(Error::NotWellFormed { at: attribute.at, what });
        let uri = attribute.value;
        let own = &self.document.declarations[own_from as usize..];
        if own.iter().any(|other| other.prefix == prefix) {
            return wrong("the same namespace prefix twice");
        }
        match (prefix, uri.as_ref()) {
            ("xml", XML) => return Ok(()), // allowed, and says nothing
            ("xml", _) | (_, XML) => return wrong("the prefix xml bound otherwise"),
            ("xmlns", _) | (_, XMLNS) => return wrong("the prefix xmlns bound"),
            (prefix, "") if !prefix.is_empty() => return wrong("a prefix bound to nothing"),
            _ => {}
        }
        if self.scope.len() >= SCOPE_MAX {
            return Err(Error::Limit("namespace declarations in scope"));
        }
        self.scope.push(self.document.declarations.len() as u32);
        self.document.declarations.push(Declaration { prefix, uri });
        Ok(())
    }

    fn resolve(&self, prefix: &str, at: usize) -> Result<u32, Error> {
        if prefix == "xml" {
            return Ok(XML_NAMESPACE);
        }
        let mut innermost = self.scope.iter().rev();
        match innermost.find(|&&one| self.document.declarations[one as usize].prefix == prefix) {
            Some(&found) => Ok(found),
            None if prefix.is_empty() => Ok(NO_NAMESPACE),
            None => Err(Error::NotWellFormed { at, what: "a prefix bound to no namespace" }),
        }
    }

    fn end_tag(&mut self) -> Result<(), Error> {
        let name = self.cursor.qualified_name()?;
        self.cursor.skip_space();
        self.cursor.require(">")?;
        let Some(&Open { id, .. }) = self.open.last() else { return Err(self.cursor.error("an end tag alone")) };
        if self.document.element(id).is_none_or(|element| element.name != name) {
            return Err(self.cursor.error("the end tag of another element"));
        }
        self.close(id);
        Ok(())
    }

    fn close(&mut self, id: NodeId) {
        if let Some(open) = self.open.pop() {
            self.scope.truncate(open.scope);
        }
        let end = self.document.node_count();
        let node = &mut self.document.nodes[id as usize];
        node.end = end;
        node.span.end = self.cursor.at;
    }

    fn comment(&mut self, at: usize) -> Result<(), Error> {
        let inside = self.cursor.until("--")?;
        self.cursor.require(">")?;
        self.push(at, Kind::Comment(line_ends(inside))).map(drop)
    }

    fn instruction(&mut self, at: usize) -> Result<(), Error> {
        let target = self.cursor.name()?;
        if target.eq_ignore_ascii_case("xml") || target.contains(':') {
            return Err(self.cursor.error("a reserved processing instruction"));
        }
        let spaced = self.cursor.skip_space();
        let data = self.cursor.until("?>")?;
        if !spaced && !data.is_empty() {
            return Err(self.cursor.error("no space after a processing instruction's target"));
        }
        self.push(at, Kind::Instruction { target, data: line_ends(data) }).map(drop)
    }

    fn characters(&mut self, at: usize, more: Cow<'a, str>) {
        match &mut self.pending {
            Some((_, text)) if text.is_empty() => *text = more,
            Some((_, text)) => text.to_mut().push_str(&more),
            None => self.pending = Some((at, more)),
        }
    }

    /// Makes a node of the characters before `end`.
    fn flush(&mut self, end: usize) -> Result<(), Error> {
        if let Some((at, text)) = self.pending.take().filter(|(_, text)| !text.is_empty()) {
            let id = self.push(at, Kind::Text(text))?;
            self.document.nodes[id as usize].span.end = end;
        }
        Ok(())
    }

    fn push(&mut self, at: usize, kind: Kind<'a>) -> Result<NodeId, Error> {
        if self.document.nodes.len() + self.document.attributes.len() + self.document.declarations.len() >= NODES_MAX {
            return Err(Error::Limit("nodes"));
        }
        let id = self.document.node_count();
        let parent = self.open.last().map_or(ROOT, |open| open.id);
        self.document.nodes.push(Node { parent, end: id + 1, span: at..self.cursor.at, kind });
        Ok(id)
    }

    /// A literal normalised as an attribute value (XML §3.3.3).
    fn attribute_value(&mut self, literal: &'a str, kind: Type) -> Result<Cow<'a, str>, Error> {
        let mut value = Cow::Borrowed(literal);
        if literal.contains(['&', '\t', '\n', '\r']) {
            let mut built = String::with_capacity(literal.len());
            self.expand(literal, &mut built, Place::Attribute, 0)?;
            value = Cow::Owned(built);
        }
        if kind != Type::Text {
            let words: Vec<&str> = value.split(' ').filter(|word| !word.is_empty()).collect();
            value = Cow::Owned(words.join(" "));
        }
        Ok(value)
    }

    /// The reference at the cursor, replaced.
    fn reference(&mut self, into: &mut String, place: Place) -> Result<(), Error> {
        let rest = self.cursor.rest();
        let Some(end) = rest.as_bytes().iter().take(200).position(|&byte| byte == b';') else {
            return Err(self.cursor.error("'&' that begins no reference"));
        };
        self.expand(&rest[..=end], into, place, 0)?;
        self.cursor.advance(end + 1);
        Ok(())
    }

    /// Appends `literal` with its references replaced. Of entities, only such as hold characters alone.
    fn expand(&mut self, literal: &'a str, into: &mut String, place: Place, depth: usize) -> Result<(), Error> {
        let malformed = |what| Error::NotWellFormed { at: 0, what };
        let mut rest = literal;
        while let Some(ampersand) = rest.find('&') {
            push_normalised(&rest[..ampersand], into, place);
            rest = &rest[ampersand + 1..];
            let (name, after) = rest.split_once(';').ok_or(malformed("'&' that begins no reference"))?;
            rest = after;
            if let Some(number) = name.strip_prefix('#') {
                let c = character(number).ok_or(malformed("a reference to no character"))?;
                // Inside an entity it was replaced when the entity was declared, and is white space like any other.
                let space = depth > 0 && place == Place::Attribute && matches!(c, '\t' | '\n' | '\r');
                into.push(if space { ' ' } else { c });
                continue;
            }
            if let Some(predefined) = predefined(name) {
                into.push(predefined);
                continue;
            }
            let refused = || Error::Entity(name.chars().take(80).collect());
            let Some(&Entity::Internal(replacement)) = self.subset.entities.get(name) else { return Err(refused()) };
            // Markup would make elements; `&#60;` becomes markup when the replacement text is parsed.
            let markup = replacement.contains('<') || has_character_reference_to_markup(replacement);
            if depth >= ENTITY_DEPTH_MAX || markup {
                return Err(refused());
            }
            self.entity_bytes += replacement.len() + 1;
            if self.entity_bytes > ENTITY_BYTES_MAX {
                return Err(Error::Limit("what entities stand for"));
            }
            self.expand(replacement, into, place, depth + 1)?;
        }
        push_normalised(rest, into, place);
        Ok(())
    }
}

/// The prefix that an attribute of this name declares; empty for the default namespace.
fn declared_prefix(name: &str) -> Option<&str> {
    if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") }
}

fn forbidden_character(bytes: &[u8]) -> Option<usize> {
    let control = bytes.iter().position(|&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'));
    let mut noncharacters = memmem::find_iter(bytes, b"\xef\xbf").filter(|&at| bytes.get(at + 2) >= Some(&0xbe));
    control.or_else(|| noncharacters.next())
}

#[cfg(test)]
mod tests;
