//! The relationships transform of Open Packaging Conventions (ECMA-376 part 2 §12.2.4.26), as Office signs `.rels`.
//!
//! Keeps the relationships that are named, sorts them by identifier, gives each a TargetMode, and drops characters and
//! what the document declares ignorable; what remains is canonicalised as Canonical XML 1.0. Other foreign elements are
//! an error to whoever does not know them (ECMA-376 part 3 §7.2), so no digest is made of such a part: dropped or
//! renamed, they would let two different parts have one digest.

use std::collections::BTreeMap;

use super::super::Budget;
use super::super::c14n::{self, Method};
use super::super::fact::Reason;
use super::super::parse::{self, Dtd};
use super::super::selection::{Comments, Selection};
use super::super::tree::{Document, NodeId, ROOT};

pub(super) const TRANSFORM: &str = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform";
const SIGNATURE: &str = "http://schemas.openxmlformats.org/package/2006/digital-signature";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const COMPATIBILITY: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";
/// Relationships named by one transform.
const WANTED_MAX: usize = 1_000;

/// Which relationships are signed.
#[derive(Debug, Default)]
pub(in super::super) struct Wanted {
    identifiers: Vec<String>,
    types: Vec<String>,
}

/// Reads the transform's children.
pub(super) fn read(document: &Document<'_>, transform: NodeId) -> Result<Wanted, Reason> {
    let mut wanted = Wanted::default();
    for child in document.children(transform) {
        if wanted.identifiers.len() + wanted.types.len() >= WANTED_MAX {
            return Err(Reason::Limit("relationships"));
        }
        if document.is(child, SIGNATURE, "RelationshipReference") {
            wanted.identifiers.extend(document.attribute(child, "SourceId").map(str::to_owned));
        } else if document.is(child, SIGNATURE, "RelationshipsGroupReference") {
            wanted.types.extend(document.attribute(child, "SourceType").map(str::to_owned));
        }
    }
    Ok(wanted)
}

/// The canonical form of what is wanted.
pub(super) fn apply(
    document: &Document<'_>,
    selection: &Selection,
    wanted: &Wanted,
    budget: &mut Budget,
) -> Result<Vec<u8>, Reason> {
    let root = document.document_element();
    if !document.is(root, RELATIONSHIPS, "Relationships") || !selection.has(document, root) {
        return Err(Reason::Structure("Relationships"));
    }
    let ignorable = ignorable(document, root);
    let foreign = |child: NodeId| document.element(child).is_some() && document.namespace(child) != RELATIONSHIPS;
    if document.children(root).any(|child| foreign(child) && !ignorable.contains(&document.namespace(child))) {
        return Err(Reason::Structure("Relationships: it has elements of another namespace that are not ignorable"));
    }
    let mut kept: BTreeMap<&str, String> = BTreeMap::new();
    for child in document.children_named(root, RELATIONSHIPS, "Relationship") {
        let value = |name| document.attribute(child, name);
        let id = value("Id").unwrap_or_default();
        let by_type = value("Type").is_some_and(|kind| wanted.types.iter().any(|one| one == kind));
        if !budget.steps((wanted.identifiers.len() + wanted.types.len()) as u64 + 1) {
            return Err(Reason::Limit("relationships"));
        }
        if by_type || wanted.identifiers.iter().any(|one| one == id) {
            kept.insert(id, written(document, child));
        }
    }
    let mut text = format!("<Relationships xmlns=\"{RELATIONSHIPS}\">");
    text.extend(kept.into_values());
    text.push_str("</Relationships>");
    let parsed = parse::parse(&text, Dtd::Refused)?;
    let whole = Selection::subtree(ROOT, Comments::Without);
    c14n::canonical(&parsed, &whole, &Method::DEFAULT, budget).map_err(|_| Reason::Limit("canonical bytes"))
}

/// Namespaces that the root declares ignorable, but for that of the declaration itself.
fn ignorable<'d>(document: &'d Document<'_>, root: NodeId) -> Vec<&'d str> {
    let of_compatibility = |name: &str| {
        name.strip_suffix(":Ignorable").is_some_and(|prefix| document.lookup(root, prefix) == Some(COMPATIBILITY))
    };
    let declared = document.attributes(root).iter().find(|attribute| of_compatibility(attribute.name));
    let prefixes = declared.map(|attribute| attribute.value.split_ascii_whitespace());
    let namespaces = prefixes.into_iter().flatten().filter_map(|prefix| document.lookup(root, prefix));
    namespaces.filter(|namespace| *namespace != COMPATIBILITY).collect()
}

fn written(document: &Document<'_>, relationship: NodeId) -> String {
    let mut text = String::from("<Relationship");
    let mut mode = false;
    for attribute in document.attributes(relationship).iter().filter(|one| one.prefix().is_empty()) {
        mode |= attribute.name == "TargetMode";
        text.push_str(&format!(" {}=\"{}\"", attribute.name, escaped(&attribute.value)));
    }
    text.push_str(if mode { "/>" } else { " TargetMode=\"Internal\"/>" });
    text
}

fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
