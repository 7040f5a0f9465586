//! References: what a URI leads to, whether its digest holds, and exactly what it covers.
//!
//! A reference that claims to cover an Object, a Manifest or properties must lead to those of its own signature;
//! otherwise nothing is said to be signed, whatever the digest: that is how forged properties are slipped in, and
//! another Object into the place of the one that was signed. Inside a Manifest of its own a signature lists data, which
//! may be an Object that belongs to no signature.

use std::borrow::Cow;

use super::c14n::Method;
use super::fact::{Covered, DigestCheck, Excluded, Extent, Reason, Reference, Role, Target};
use super::selection::{Comments, Point, Selection};
use super::transform::{Applying, Data, TRANSFORMS_MAX, Transform};
use super::tree::{Document, Kind, NodeId, ROOT};
use super::{Budget, DSIG, Digests, REFERENCES_MAX, Supplied, algorithm, base64, parse};
use crate::signature::algorithm::{DigestAlgorithm, DigestValue};

/// Excluded elements listed for one reference.
const EXCLUDED_MAX: usize = 64;
/// Characters of a URI kept where there are too many references to read them.
const URI_CHARACTERS_MAX: usize = 256;
/// Siblings counted in the time of one step.
const PATH_NODES_PER_STEP: u64 = 4;
/// What Type says of a reference to properties of XAdES, of any version.
const SIGNED_PROPERTIES: &str = "#SignedProperties";

/// Reads the references of one signature.
pub(super) struct Referencing<'d, 'a, 's> {
    pub document: &'d Document<'a>,
    pub signature: NodeId,
    pub supplied: &'d Supplied<'s>,
    pub budget: &'d mut Budget,
}

/// Where a URI leads.
enum Place<'s> {
    /// The whole document.
    Whole(Comments),
    Element(NodeId, Comments),
    Outside(&'s [u8]),
}

/// Whether the Manifests that references cover are read too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manifests {
    Read,
    /// Inside a Manifest: one in another is not.
    Leave,
}

impl<'s> Referencing<'_, '_, 's> {
    /// The references that an element holds, each checked.
    pub fn all(&mut self, holder: NodeId) -> Vec<Reference> {
        self.some(holder, Manifests::Read)
    }

    /// What a reference covers, as bytes; nodes that no transform made bytes of are canonicalised by `last`.
    pub fn octets(&mut self, element: NodeId, last: &Method) -> Result<Vec<u8>, Reason> {
        let document = self.document;
        let mut followed = self.empty(element);
        let place = self.follow(&mut followed, Manifests::Read)?;
        if let Place::Outside(bytes) = &place
            && !self.budget.outside(bytes.len())
        {
            return Err(Reason::Limit("bytes of other files"));
        }
        let holder = document.child(element, DSIG, "Transforms");
        let written = holder.into_iter().flat_map(|holder| document.children_named(holder, DSIG, "Transform"));
        let transforms =
            written.take(TRANSFORMS_MAX).map(|one| Transform::read(document, one)).collect::<Result<Vec<_>, _>>()?;
        let (data, _) = start(place);
        let signature = self.signature;
        let mut applying = Applying {
            document,
            signature,
            dtd: self.supplied.dtd,
            budget: self.budget,
            selected: None,
            is_cut: false,
        };
        applying.apply(data, &transforms, last).map(Cow::into_owned)
    }

    fn some(&mut self, holder: NodeId, manifests: Manifests) -> Vec<Reference> {
        let document = self.document;
        let found = document.children_named(holder, DSIG, "Reference").take(REFERENCES_MAX + 1);
        let found: Vec<_> = found.collect();
        // What is walked through to find them, and what is kept of them: both again each time a Manifest is referred to.
        let node = document.node(holder);
        let affordable = self.budget.references(found.len())
            && self.budget.steps(u64::from(node.end - holder))
            && self.budget.canonical(node.span.len());
        if let Some(&first) = found.first()
            && (found.len() > REFERENCES_MAX || !affordable)
        {
            let mut reference = Self::blank();
            reference.uri = document.attribute(first, "URI").map(|uri| uri.chars().take(URI_CHARACTERS_MAX).collect());
            reference.digest = DigestCheck::Unreadable(Reason::Limit("references"));
            return vec![reference];
        }
        found.into_iter().map(|element| self.one(element, manifests)).collect()
    }

    fn empty(&self, element: NodeId) -> Reference {
        let attribute = |name| self.document.attribute(element, name).map(str::to_owned);
        Reference { uri: attribute("URI"), kind: attribute("Type"), ..Self::blank() }
    }

    fn blank() -> Reference {
        Reference {
            uri: None,
            kind: None,
            transforms: Vec::new(),
            digest_method: String::new(),
            digest: DigestCheck::Unreadable(Reason::Structure("Reference")),
            digested_bytes: 0,
            covered: Covered { target: Target::Nothing, extent: Extent::Unknown, whole_document: false },
            manifest: Vec::new(),
        }
    }

    fn one(&mut self, element: NodeId, manifests: Manifests) -> Reference {
        let mut reference = self.empty(element);
        match self.check(element, &mut reference, manifests) {
            Ok(true) => reference.digest = DigestCheck::Matches,
            Ok(false) => reference.digest = DigestCheck::Differs,
            Err(reason) => reference.digest = DigestCheck::Unreadable(reason),
        }
        reference
    }

    /// Fills in what is found; `Ok` says whether the digest matches.
    fn check(&mut self, element: NodeId, into: &mut Reference, manifests: Manifests) -> Result<bool, Reason> {
        let document = self.document;
        let method = document.child(element, DSIG, "DigestMethod").ok_or(Reason::Structure("DigestMethod"))?;
        into.digest_method = document.attribute(method, "Algorithm").unwrap_or_default().to_owned();
        let holder = document.child(element, DSIG, "Transforms");
        let written: Vec<_> =
            holder.into_iter().flat_map(|holder| document.children_named(holder, DSIG, "Transform")).collect();
        let named = written.iter().map(|&one| document.attribute(one, "Algorithm").unwrap_or_default().to_owned());
        into.transforms = named.take(TRANSFORMS_MAX).collect();
        let place = self.follow(into, manifests)?;
        if written.len() > TRANSFORMS_MAX {
            return Err(Reason::Limit("transforms"));
        }
        let transforms =
            written.iter().map(|&one| Transform::read(document, one)).collect::<Result<Vec<_>, Reason>>()?;
        let digest = algorithm::digest(&into.digest_method)?;
        let value = document.child(element, DSIG, "DigestValue").ok_or(Reason::Structure("DigestValue"))?;
        let value = base64(&document.text_of(value))?;
        if let (Place::Outside(bytes), []) = (&place, &transforms[..]) {
            let found = self.digest_of_file(into.uri.as_deref().unwrap_or_default(), bytes, digest)?;
            (into.digested_bytes, into.covered.extent) = (bytes.len(), Extent::Whole);
            return Ok(found.as_ref() == value);
        }
        if let Place::Outside(bytes) = &place
            && !self.budget.outside(bytes.len())
        {
            return Err(Reason::Limit("bytes of other files"));
        }
        let outside = if let Place::Outside(bytes) = &place { *bytes } else { b"" };
        let (data, apex) = start(place);
        let mut applying = Applying {
            document,
            signature: self.signature,
            dtd: self.supplied.dtd,
            budget: self.budget,
            selected: None,
            is_cut: false,
        };
        let bytes = applying.apply(data, &transforms, &Method::DEFAULT)?;
        into.digested_bytes = bytes.len();
        let (selected, is_cut) = (applying.selected, applying.is_cut);
        if is_cut {
            into.covered.extent = Extent::Selected;
        } else if let (Some(apex), Some(selected)) = (apex, selected) {
            into.covered.extent = extent(document, apex, &selected, self.budget);
            into.covered.whole_document =
                (apex == ROOT || apex == document.document_element()) && only_signatures_missing(&into.covered.extent);
        } else if apex.is_none() {
            let is_whole = outside == &*bytes || leaves_out_nothing(outside, &transforms);
            into.covered.extent = if is_whole { Extent::Whole } else { Extent::Selected };
        }
        let matches = self.budget.digest(digest, &bytes)?.as_ref() == value;
        if let Some(apex) = apex.filter(|&apex| document.is(apex, DSIG, "Manifest") && manifests == Manifests::Read) {
            into.manifest = self.some(apex, Manifests::Leave);
        }
        Ok(matches)
    }

    /// The digest of a whole file, made once for all references to it where those are kept.
    fn digest_of_file(&mut self, uri: &str, bytes: &[u8], digest: DigestAlgorithm) -> Result<DigestValue, Reason> {
        match self.supplied.digests {
            Some(digests) => digests.of(uri, bytes, digest, self.budget),
            None => Digests::default().of(uri, bytes, digest, self.budget),
        }
    }

    /// Follows the URI, and notes where it leads.
    fn follow(&mut self, into: &mut Reference, manifests: Manifests) -> Result<Place<'s>, Reason> {
        let document = self.document;
        let uri = into.uri.clone();
        let place = match uri.as_deref() {
            Some("") => Place::Whole(Comments::Without),
            Some("#xpointer(/)") => Place::Whole(Comments::With),
            Some(uri) if uri.starts_with('#') => {
                let pointer = uri.strip_prefix("#xpointer(id(").and_then(|rest| rest.strip_suffix("))"));
                let quoted = |text: &str| {
                    let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
                    inner.or(text.strip_prefix('"').and_then(|text| text.strip_suffix('"'))).map(str::to_owned)
                };
                let (id, comments) = match pointer.and_then(quoted) {
                    Some(id) => (id, Comments::With),
                    None => (uri[1..].to_owned(), Comments::Without),
                };
                if id.contains(['(', '\'', '"', '/']) {
                    return Err(Reason::Uri(uri.to_owned()));
                }
                let found = document.by_id(&id).map_err(|error| Reason::Id { id, error })?;
                Place::Element(found, comments)
            }
            outside => {
                let name = outside.unwrap_or_default();
                into.covered.target = Target::Outside(name.to_owned());
                let bytes = (self.supplied.outside)(name).ok_or_else(|| Reason::NotHandedIn(name.to_owned()))?;
                Place::Outside(bytes)
            }
        };
        match place {
            Place::Whole(_) => into.covered.target = Target::Document,
            Place::Element(id, _) => {
                let role = role(document, self.signature, id);
                let path = path(document, id, self.budget).ok_or(Reason::Limit("paths"))?;
                let span = document.node(id).span.clone();
                into.covered.target = Target::Element { path, span, role };
                let listed = manifests == Manifests::Leave && role == Role::Data && document.is(id, DSIG, "Object");
                if !listed && !is_own(document, self.signature, id, into.kind.as_deref(), role) {
                    return Err(Reason::ForeignPart);
                }
            }
            Place::Outside(_) => {}
        }
        Ok(place)
    }
}

/// What the transforms begin with, and the node it is the subtree of.
fn start(place: Place<'_>) -> (Data<'_>, Option<NodeId>) {
    match place {
        Place::Whole(comments) => (Data::Own(Selection::subtree(ROOT, comments)), Some(ROOT)),
        Place::Element(id, comments) => (Data::Own(Selection::subtree(id, comments)), Some(id)),
        Place::Outside(bytes) => (Data::Octets(bytes.into()), None),
    }
}

/// Whether transforms of another file leave out nothing that a reader of it could show: canonicalization leaves out comments
/// and the marks of CDATA sections, any other transform what it is told to.
fn leaves_out_nothing(outside: &[u8], transforms: &[Transform]) -> bool {
    let is_canonical = transforms.iter().all(|transform| matches!(transform, Transform::Canonical(_)));
    is_canonical && parse::decode(outside).is_ok_and(|text| !text.contains("<!"))
}

/// Whether a target that is, or is said to be, a part of a signature is this signature's own.
fn is_own(document: &Document<'_>, signature: NodeId, id: NodeId, kind: Option<&str>, role: Role) -> bool {
    let local = document.element(id).map_or("", |element| element.local());
    let claimed = kind.unwrap_or_default();
    if claimed.ends_with(SIGNED_PROPERTIES) || (local == "SignedProperties" && is_xades(document.namespace(id))) {
        return role == Role::SignedProperties;
    }
    if document.namespace(id) == DSIG {
        match local {
            "Manifest" => return matches!(role, Role::Manifest | Role::Object),
            "SignatureProperties" | "SignatureProperty" => return matches!(role, Role::Properties | Role::Object),
            // Deeper inside, it is one that somebody wrapped.
            "Object" => return role == Role::Object && document.ancestors(id).next() == Some(signature),
            _ => {}
        }
    }
    let own_part = matches!(
        claimed.strip_prefix(DSIG),
        Some("Object" | "Manifest" | "SignatureProperties") // and nothing else of that name
    );
    // Some signers call their KeyInfo an Object.
    !own_part || matches!(role, Role::Object | Role::Manifest | Role::Properties | Role::KeyInfo)
}

/// Whether a namespace is one of XAdES.
pub(super) fn is_xades(namespace: &str) -> bool {
    super::xades::Version::of(namespace).is_some()
}

/// What an element is to a signature.
pub(super) fn role(document: &Document<'_>, signature: NodeId, id: NodeId) -> Role {
    if !document.within(id, signature) || id == signature {
        let other = std::iter::once(id).chain(document.ancestors(id)).any(|at| document.is(at, DSIG, "Signature"));
        return if other { Role::OtherSignature } else { Role::Data };
    }
    // The chain from the signature's child down to the element.
    let mut chain: Vec<NodeId> = vec![id];
    chain.extend(document.ancestors(id).take_while(|&at| at != signature));
    chain.reverse();
    if chain.iter().any(|&at| document.is(at, DSIG, "Signature")) {
        return Role::OtherSignature;
    }
    let dsig = |at: usize, name: &str| chain.get(at).is_some_and(|&at| document.is(at, DSIG, name));
    let named = |at: usize, name: &str| {
        let element = chain.get(at).and_then(|&at| Some((at, document.element(at)?)));
        element.is_some_and(|(at, element)| element.local() == name && is_xades(document.namespace(at)))
    };
    if dsig(0, "KeyInfo") {
        return Role::KeyInfo;
    }
    if !dsig(0, "Object") {
        return Role::Inside;
    }
    match chain.len() {
        2 if dsig(1, "Manifest") => Role::Manifest,
        2 | 3 if dsig(1, "SignatureProperties") => Role::Properties,
        3 if named(1, "QualifyingProperties") && named(2, "SignedProperties") => Role::SignedProperties,
        _ if named(1, "QualifyingProperties") => Role::Inside,
        _ => Role::Object,
    }
}

/// How much of the subtree at `apex` a selection holds.
fn extent(document: &Document<'_>, apex: NodeId, selection: &Selection, budget: &mut Budget) -> Extent {
    let mut excluded = Vec::new();
    let mut exclude = |id: NodeId| {
        let signature = document.is(id, DSIG, "Signature");
        let Some(path) = path(document, id, budget) else { return false };
        excluded.push(Excluded { path, span: document.node(id).span.clone(), signature });
        excluded.len() <= EXCLUDED_MAX
    };
    match selection {
        Selection::Subtree { without, .. } => {
            if !without.iter().all(|&id| exclude(id)) {
                return Extent::Selected;
            }
        }
        Selection::Nodes(set) => {
            let points = set.points();
            let mut at = apex;
            while at < document.node(apex).end {
                let node = document.node(at);
                let attributes = document.element(at).map_or(0..0, |element| element.attributes.clone());
                let whole = set.contains(Point::node(at))
                    && attributes.into_iter().all(|number| set.contains(Point::attribute(at, number)));
                let from = points.partition_point(|point| point.owner() < at);
                let some = points.get(from).is_some_and(|point| point.owner() < node.end);
                match node.kind {
                    _ if whole => at += 1,
                    Kind::Comment(_) => at += 1,
                    Kind::Root if some => at += 1,
                    Kind::Element(_) if !some => {
                        if !exclude(at) {
                            return Extent::Selected;
                        }
                        at = node.end;
                    }
                    _ => return Extent::Selected,
                }
            }
        }
    }
    if excluded.is_empty() { Extent::Whole } else { Extent::Except(excluded) }
}

/// The path of an element, if it can be afforded: it is found by counting siblings, and kept.
fn path(document: &Document<'_>, id: NodeId, budget: &mut Budget) -> Option<String> {
    if !budget.steps(u64::from(document.node_count()) / PATH_NODES_PER_STEP) {
        return None;
    }
    let path = document.path(id);
    budget.canonical(path.len()).then_some(path)
}

fn only_signatures_missing(extent: &Extent) -> bool {
    match extent {
        Extent::Whole => true,
        Extent::Except(excluded) => excluded.iter().all(|one| one.signature),
        Extent::Selected | Extent::Unknown => false,
    }
}
