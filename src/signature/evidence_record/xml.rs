//! Evidence records in XML (RFC 6283), read into the same shape as those of RFC 4998.
//!
//! The two differ in what a renewal hashes. A renewed time-stamp covers the canonical form of the `TimeStamp` element
//! before it; a renewed hash tree lists, beside the digests of the objects, that of the canonical
//! `ArchiveTimeStampSequence` as it was, where RFC 4998 joins the two. Objects that are XML may have been digested in
//! canonical form ([`EvidenceRecord::canonicalisations`]). So canonical forms are made here, once, when reading.
//!
//! Software differs in whether white space after the chains and comments belonged to the sequence: each way is kept.
//! All of them are over the very bytes that are there, so a record that matches one of them was not altered.

use crate::signature::cms;
use crate::signature::der::Slice;
use crate::signature::timestamp::{TimeStampToken, TokenError};
use crate::signature::xml::c14n::{self, Method};
use crate::signature::xml::parse::{self, Dtd};
use crate::signature::xml::selection::{Comments, Selection};
use crate::signature::xml::tree::{Document, NodeId};
use crate::signature::xml::{self, DSIG, Reason};

use super::{
    ArchiveTimeStamp, CHAINS_MAX, Chain, EvidenceRecord, LIST_DIGESTS_MAX, LISTS_MAX, ReducedTree, Syntax,
    TIME_STAMPS_MAX,
};

const ERS: &str = "urn:ietf:params:xml:ns:ers";

/// Why bytes could not be read as an evidence record in XML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Not XML, or not read.
    #[error(transparent)]
    Xml(#[from] parse::Error),
    /// Another document.
    #[error("not an evidence record: no {0}")]
    Absent(&'static str),
    /// An element that stands more often than is read, or out of its order.
    #[error("the evidence record has more, or in another order, than is read: {0}")]
    Order(&'static str),
    /// An algorithm or a value that is not read.
    #[error(transparent)]
    Value(#[from] Reason),
    /// Canonical forms beyond the budget.
    #[error("the canonical forms of the evidence record are too long")]
    TooLong,
}

/// Whether bytes look like a record of this kind: for telling it from one in DER.
pub fn is_xml(bytes: &[u8]) -> bool {
    parse::is_markup(bytes)
}

/// Reads a record.
pub(super) fn read(bytes: &[u8]) -> Result<EvidenceRecord, XmlError> {
    let text = parse::decode(bytes)?;
    let document = parse::parse(&text, Dtd::Refused)?;
    let root = document.document_element();
    if !document.is(root, ERS, "EvidenceRecord") {
        return Err(XmlError::Absent("EvidenceRecord"));
    }
    let sequence = document.child(root, ERS, "ArchiveTimeStampSequence");
    let sequence = sequence.ok_or(XmlError::Absent("ArchiveTimeStampSequence"))?;
    let mut reading = Reading { document: &document, sequence, budget: xml::Budget::default(), algorithms: Vec::new() };
    let nodes = reading.ordered(sequence, "ArchiveTimeStampChain", CHAINS_MAX)?;
    let chains = nodes.iter().enumerate().map(|(number, &chain)| reading.chain(chain, number));
    let chains = chains.collect::<Result<_, _>>()?;
    let encryption = document.child(root, ERS, "EncryptionInformation");
    let version = document.attribute(root, "Version").is_some_and(|version| version.trim() == "1.0");
    Ok(EvidenceRecord {
        version: u8::from(version),
        digest_algorithms: reading.algorithms,
        crypto_infos: None,
        encryption: encryption.map(|_| Slice::from(&b""[..])),
        chains,
        syntax: Syntax::Xml,
    })
}

struct Reading<'d, 'a> {
    document: &'d Document<'a>,
    sequence: NodeId,
    budget: xml::Budget,
    /// Object identifiers of the digest algorithms of the chains.
    algorithms: Vec<Slice>,
}

impl Reading<'_, '_> {
    /// The children of one name, which must stand in the order that their numbers say (§2.1: from 1, ascending).
    fn ordered(&self, parent: NodeId, local: &'static str, max: usize) -> Result<Vec<NodeId>, XmlError> {
        let nodes: Vec<NodeId> = self.document.children_named(parent, ERS, local).take(max + 1).collect();
        let number =
            |&node: &NodeId| self.document.attribute(node, "Order").and_then(|order| order.trim().parse().ok());
        let numbers: Option<Vec<u32>> = nodes.iter().map(number).collect();
        let ascends = numbers.is_some_and(|numbers| numbers.is_sorted_by(|one, next| one < next));
        if ascends && nodes.len() <= max { Ok(nodes) } else { Err(XmlError::Order(local)) }
    }

    fn chain(&mut self, chain: NodeId, number: usize) -> Result<Chain, XmlError> {
        let child = |name, namespace| self.document.child(chain, namespace, name);
        let digest = child("DigestMethod", ERS).or_else(|| child("DigestMethod", DSIG));
        let digest = digest.and_then(|node| self.document.attribute(node, "Algorithm"));
        let digest = xml::digest_algorithm(digest.ok_or(XmlError::Absent("DigestMethod"))?)?;
        let method = self.method(chain)?;
        let oid = Slice::from(digest.oid());
        if !self.algorithms.contains(&oid) {
            self.algorithms.push(oid.clone());
        }
        let earlier = if number == 0 { Vec::new() } else { self.earlier(chain, &method)? };
        let nodes = self.ordered(chain, "ArchiveTimeStamp", TIME_STAMPS_MAX)?;
        let stamps = nodes.iter().map(|&stamp| self.archive_time_stamp(stamp, &oid, &method));
        let time_stamps = stamps.collect::<Result<_, _>>()?;
        Ok(Chain { time_stamps, raw: Slice::from(&b""[..]), earlier, canonicalisation: Some(method) })
    }

    fn method(&self, chain: NodeId) -> Result<Method, XmlError> {
        let child = |namespace| self.document.child(chain, namespace, "CanonicalizationMethod");
        let node = child(ERS).or_else(|| child(DSIG)).ok_or(XmlError::Absent("CanonicalizationMethod"))?;
        let uri = self.document.attribute(node, "Algorithm").unwrap_or_default();
        Method::from_uri(uri).ok_or_else(|| Reason::Transform(uri.to_owned()).into())
    }

    /// The forms of the sequence as it was before this chain.
    fn earlier(&mut self, chain: NodeId, method: &Method) -> Result<Vec<Slice>, XmlError> {
        let children: Vec<NodeId> = self.document.children(self.sequence).collect();
        let later = |&&node: &&NodeId| node >= chain;
        let chains = |&&node: &&NodeId| self.document.element(node).is_some();
        let cut: Vec<NodeId> = children.iter().filter(later).copied().collect();
        let taken_out: Vec<NodeId> = children.iter().filter(later).filter(chains).copied().collect();
        let with_comments = Method { comments: Comments::With, ..method.clone() };
        let mut forms: Vec<Slice> = Vec::new();
        for method in [method, &with_comments] {
            for without in [&cut, &taken_out] {
                let form = self.canonical(self.sequence, without, method)?;
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
        }
        Ok(forms)
    }

    fn archive_time_stamp(&mut self, node: NodeId, oid: &Slice, method: &Method) -> Result<ArchiveTimeStamp, XmlError> {
        let tree = self.document.child(node, ERS, "HashTree");
        let tree = tree.map(|tree| self.tree(tree)).transpose()?;
        let stamp = self.document.child(node, ERS, "TimeStamp").ok_or(XmlError::Absent("TimeStamp"))?;
        let written = self.document.child(stamp, ERS, "TimeStampToken").ok_or(XmlError::Absent("TimeStampToken"))?;
        let token = match self.document.attribute(written, "Type") {
            Some("RFC3161") => TimeStampToken::read(&xml::base64(&self.document.text_of(written))?),
            other => Err(TokenError::Cms(cms::Error::NotSignedData(other.unwrap_or_default().to_owned()))),
        };
        let time_stamp = self.canonical(stamp, &[], method)?;
        Ok(ArchiveTimeStamp {
            digest_algorithm: Some(oid.clone()),
            attributes: None,
            tree,
            token,
            time_stamp,
            raw: Slice::from(&b""[..]),
        })
    }

    fn tree(&self, tree: NodeId) -> Result<ReducedTree, XmlError> {
        let lists = self.ordered(tree, "Sequence", LISTS_MAX)?;
        let digests = lists.iter().map(|&list| {
            let own = self.document.children_named(list, ERS, "DigestValue");
            let values = own.chain(self.document.children_named(list, DSIG, "DigestValue"));
            let values: Vec<NodeId> = values.take(LIST_DIGESTS_MAX + 1).collect();
            if values.len() > LIST_DIGESTS_MAX {
                return Err(XmlError::Order("DigestValue"));
            }
            values.iter().map(|&value| Ok(xml::base64(&self.document.text_of(value))?)).collect()
        });
        Ok(ReducedTree(digests.collect::<Result<_, XmlError>>()?))
    }

    fn canonical(&mut self, apex: NodeId, without: &[NodeId], method: &Method) -> Result<Slice, XmlError> {
        let mut selection = Selection::subtree(apex, method.comments);
        without.iter().for_each(|&node| selection.remove(self.document, node));
        let form = c14n::canonical(self.document, &selection, method, &mut self.budget);
        form.map(|form| Slice::from(&form[..])).map_err(|_| XmlError::TooLong)
    }
}

impl EvidenceRecord {
    /// The canonical forms in which an object that is XML may have been digested; none where it is digested as it is.
    pub fn canonicalisations(&self) -> Vec<Method> {
        let mut found: Vec<Method> = Vec::new();
        for method in self.chains.iter().filter_map(|chain| chain.canonicalisation.as_ref()) {
            for comments in [method.comments, Comments::With] {
                let one = Method { comments, ..method.clone() };
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        found
    }
}

/// The canonical form of a document, as far as it is one that is read.
pub fn canonical_document(bytes: &[u8], method: &Method) -> Option<Vec<u8>> {
    let text = parse::decode(bytes).ok()?;
    let document = parse::parse(&text, Dtd::Refused).ok()?;
    let selection = Selection::subtree(xml::tree::ROOT, method.comments);
    c14n::canonical(&document, &selection, method, &mut xml::Budget::default()).ok()
}

#[cfg(test)]
mod tests;
