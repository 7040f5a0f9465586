//! What a document says of itself: the information dictionary and XMP metadata (ISO 32000-2 §14.3).
//!
//! Software writes into both, with each save, when and with what it saved. Every other word of them (title, author, subject)
//! viewers show beside the document: one that changes is told, though no page shows it.

use super::{Keys, LONG_TERM, Walk, same_value};
use crate::signature::pdf::change::What;
use crate::signature::pdf::object::{Dict, Object};
use crate::signature::pdf::string::text_of;
use crate::signature::xml::parse::{Dtd, decode, parse};
use crate::signature::xml::tree::{Document, Kind, NodeId};

/// Bytes of XMP that are read: more of it is compared byte by byte.
const XMP_BYTES_MAX: usize = 256 << 10;
/// Bytes of XMP that cost as much as one more object.
const XMP_BYTES_PER_PAIR: usize = 64;
/// Elements around another in XMP: properties of properties are five deep.
const LEVELS_MAX: usize = 16;
/// Keys of the information dictionary that software writes by itself.
const BY_SOFTWARE: [&[u8]; 5] = [b"CreationDate", b"Creator", b"ModDate", b"Producer", b"Trapped"];
/// Namespaces of what holds the properties of XMP together.
const FRAME: [&str; 3] =
    ["adobe:ns:meta/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/XML/1998/namespace"];
/// The namespace of histories, which software writes by itself.
const HISTORY: &str = "http://ns.adobe.com/xap/1.0/mm/";
/// Properties of other namespaces that it writes.
const PROPERTIES_BY_SOFTWARE: [&str; 6] =
    ["CreateDate", "CreatorTool", "MetadataDate", "ModifyDate", "Producer", "format"];

impl Walk<'_, '_, '_> {
    /// Tells words of `/Info` that are others now.
    pub(super) fn described_by_info(&mut self, old: Option<&Object>, new: Option<&Object>, node: usize) {
        let (old, new) = (self.old.resolve(old), self.new.resolve(new));
        let none = Dict::default();
        let (old, new) = (old.dict().unwrap_or(&none), new.dict().unwrap_or(&none));
        let (were, are) = (Keys::of(old), Keys::of(new));
        let gone = old.entries.iter().filter(|(key, _)| are.get(key).is_none()).map(|(key, _)| key);
        let keys: Vec<_> = new.entries.iter().map(|(key, _)| key).chain(gone).collect();
        for key in keys {
            let (before, now) = (self.old.resolve(were.get(key)), self.new.resolve(are.get(key)));
            if !BY_SOFTWARE.contains(&key.as_ref()) && !says_the_same(&before, &now) {
                let child = self.child(node, key, None, None);
                self.report(LONG_TERM, What::Described, child);
            }
        }
    }

    /// Tells that the XMP metadata of the document say something else now.
    pub(super) fn described_by_xmp(&mut self, old: Option<&Object>, new: Option<&Object>, node: usize) {
        let (old, new) = (self.old.resolve(old), self.new.resolve(new));
        let is_same = match (&*old, &*new) {
            (Object::Stream(before), Object::Stream(now)) if self.same_body(before, now) => true,
            (before, now) => self.words(before).is_some_and(|words| self.words(now) == Some(words)),
        };
        if !is_same {
            self.report(LONG_TERM, What::Described, node);
        }
    }

    /// The words of XMP that people write; `None` where it can't be read.
    fn words(&mut self, metadata: &Object) -> Option<Vec<(String, String)>> {
        let stream = match metadata {
            Object::Null => return Some(Vec::new()),
            Object::Stream(stream) => stream,
            _ => return None,
        };
        let bytes = self.new.document.decode(stream).ok()?;
        self.looked_at += bytes.len() / XMP_BYTES_PER_PAIR;
        if bytes.len() > XMP_BYTES_MAX {
            return None;
        }
        let text = decode(&bytes).ok()?;
        properties(&parse(text.trim_end(), Dtd::Refused).ok()?)
    }
}

/// Equal, or strings of the same text, however encoded. An empty string says as much as none.
fn says_the_same(old: &Object, new: &Object) -> bool {
    let text = |value: &Object| match value {
        Object::Null => Some(String::new()),
        value => value.string().map(|bytes| text_of(&bytes)),
    };
    same_value(old, new) || text(old).is_some_and(|before| text(new) == Some(before))
}

/// The properties of XMP that people write, with their values, in any order; `None` for more than software writes.
fn properties(document: &Document<'_>) -> Option<Vec<(String, String)>> {
    if (0..document.node_count()).any(|id| document.ancestors(id).nth(LEVELS_MAX).is_some()) {
        return None;
    }
    let mut found = Vec::new();
    for id in 0..document.node_count() {
        let property = property(document, id);
        match &document.node(id).kind {
            Kind::Text(text) => found.extend(property.map(|name| (name, text.trim().to_owned()))),
            Kind::Element(_) => {
                for one in document.attributes(id) {
                    let namespace = document.lookup(id, one.prefix()).unwrap_or_default();
                    if !FRAME.contains(&namespace) {
                        let name = property.clone().unwrap_or_else(|| (namespace.to_owned(), one.local().to_owned()));
                        found.push((name, one.value.trim().to_owned()));
                    }
                }
            }
            _ => {}
        }
    }
    let is_by_people = |(namespace, local): &(String, String)| {
        namespace != HISTORY && !PROPERTIES_BY_SOFTWARE.contains(&local.as_str())
    };
    found.retain(|(name, value)| !value.is_empty() && is_by_people(name));
    let mut found: Vec<_> = found.into_iter().map(|((namespace, local), value)| (namespace + &local, value)).collect();
    found.sort();
    Some(found)
}

/// The property that a node belongs to: the outermost element around it, or itself, that is no frame.
fn property(document: &Document<'_>, id: NodeId) -> Option<(String, String)> {
    let around = std::iter::once(id).chain(document.ancestors(id));
    let elements = around.filter_map(|at| Some((document.namespace(at), document.element(at)?.local())));
    let outermost = elements.filter(|(namespace, _)| !FRAME.contains(namespace)).last();
    outermost.map(|(namespace, local)| (namespace.to_owned(), local.to_owned()))
}
