//! The XML documents of Vietnamese practice: electronic invoices, and documents exchanged between agencies (edXML).
//!
//! Says what a reader of the signatures must know about the document around them: which party each signature of an
//! invoice stands for and which parts of the invoice none covers; and which attachments an edXML message carries,
//! whose own signatures are what counts. Facts about shape, nothing about validity.

use std::collections::HashSet;

use super::fact::{DigestCheck, Extent, Target, XmlSignature};
use super::tree::{Document, NodeId};
use super::{Reason, base64};

/// Namespace of edXML (QCVN 102:2016/BTTTT).
pub const EDXML: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
/// The element that holds the content of an attachment.
const CONTENT: &str = "ContentTransferEncoded";
/// Longest text that describes an attachment, bytes.
const DESCRIPTION_BYTES_MAX: usize = 4096;
/// Attachments looked at in one message; where there are more, one more is given.
pub const ATTACHMENTS_MAX: usize = 256;

/// What a document is.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// An electronic invoice (root `HDon`).
    Invoice(Invoice),
    /// A message with documents (edXML).
    EdXml(Vec<Attachment>),
    /// Anything else.
    Other,
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// For each signature, in document order, whom it stands for.
    pub parties: Vec<Party>,
    /// Paths of the elements below the root that no signature covers with a matching digest, the signatures' own place
    /// (`DSCKS`) left out. Usually `MCCQT` (the tax authority's code) and `DLQRCode` are among them.
    pub uncovered: Vec<String>,
    /// Whether the seller's signature covers the whole of `DLHDon`, the invoice's data.
    pub data_covered: bool,
}

/// Whom a signature of an invoice stands for, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// `DSCKS/NBan`.
    Seller,
    /// `DSCKS/NMua`.
    Buyer,
    /// `DSCKS/CQT`.
    TaxAuthority,
    /// Another place: no signature of the invoice.
    Elsewhere,
}

/// A file inside an edXML message.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// Its name as written; empty: it has none.
    pub name: String,
    /// Media type as written.
    pub media_type: String,
    /// Its bytes.
    pub content: Result<Vec<u8>, Reason>,
}

/// The shape of a document, given its signatures.
pub fn shape(document: &Document<'_>, signatures: &[XmlSignature]) -> Shape {
    let root = document.document_element();
    if document.is(root, "", "HDon") {
        Shape::Invoice(invoice(document, root, signatures))
    } else if document.namespace(root) == EDXML {
        Shape::EdXml(attachments(document, root))
    } else {
        Shape::Other
    }
}

fn invoice(document: &Document<'_>, root: NodeId, signatures: &[XmlSignature]) -> Invoice {
    let party = |signature: &XmlSignature| match signature.path.strip_prefix("/HDon/DSCKS/") {
        Some(place) if place.starts_with("NBan/") => Party::Seller,
        Some(place) if place.starts_with("NMua/") => Party::Buyer,
        Some(place) if place.starts_with("CQT/") => Party::TaxAuthority,
        _ => Party::Elsewhere,
    };
    let parties: Vec<Party> = signatures.iter().map(party).collect();
    let parts = document.children(root).filter(|&id| document.element(id).is_some());
    let parts = parts.filter(|&id| !document.is(id, "", "DSCKS"));
    let open = parts.filter(|&id| !signatures.iter().any(|signature| covers(document, signature, id)));
    let uncovered = open.map(|id| document.path(id)).collect();
    let mut data = document.children_named(root, "", "DLHDon");
    let data_covered = match (data.next(), data.next()) {
        (Some(data), None) => {
            let mut sellers = signatures.iter().zip(&parties).filter(|(_, party)| **party == Party::Seller);
            sellers.any(|(signature, _)| covers(document, signature, data))
        }
        _ => false,
    };
    Invoice { parties, uncovered, data_covered }
}

/// Whether a matching reference of a signature covers all of an element.
fn covers(document: &Document<'_>, signature: &XmlSignature, id: NodeId) -> bool {
    let span = &document.node(id).span;
    signature.references.iter().any(|reference| {
        let within = match &reference.covered.target {
            Target::Document => true,
            Target::Element { span: target, .. } => target.start <= span.start && span.end <= target.end,
            Target::Outside(_) | Target::Nothing => false,
        };
        let left = match &reference.covered.extent {
            Extent::Whole => true,
            Extent::Except(excluded) => {
                excluded.iter().all(|one| one.span.end <= span.start || span.end <= one.span.start)
            }
            Extent::Selected | Extent::Unknown => false,
        };
        reference.digest == DigestCheck::Matches && within && left
    })
}

/// The files in an edXML message below `root`, one more than [`ATTACHMENTS_MAX`] at most.
pub fn attachments(document: &Document<'_>, root: NodeId) -> Vec<Attachment> {
    let holders = document.subtree(root).filter(|&id| document.is(id, EDXML, "AttachmentEncoded"));
    let found = holders.flat_map(|holder| document.children_named(holder, EDXML, "Attachment"));
    let mut known = HashSet::new();
    let read = found.take(ATTACHMENTS_MAX + 1).map(|attachment| {
        let written = |what| document.child(attachment, EDXML, what).map(|id| document.text_of(id).trim().to_owned());
        let name = written("AttachmentName").unwrap_or_default();
        let media_type = written("ContentType").unwrap_or_default();
        let encoded: Vec<NodeId> = document.children_named(attachment, EDXML, CONTENT).take(2).collect();
        known.insert(attachment);
        known.extend(&encoded);
        let content = match encoded[..] {
            [one] if !holds_more(document, attachment, one) => base64(&document.text_of(one)),
            _ => Err(Reason::Structure("Attachment")),
        };
        Attachment { name, media_type, content }
    });
    let mut read: Vec<Attachment> = read.collect();
    // What stands elsewhere, or is called so in another namespace, a program that goes by names takes for one.
    let is_called =
        |id: NodeId| document.element(id).is_some_and(|element| matches!(element.local(), "Attachment" | CONTENT));
    let others = document.subtree(root).filter(|id| is_called(*id) && !known.contains(id));
    let other =
        Attachment { name: String::new(), media_type: String::new(), content: Err(Reason::Structure("Attachment")) };
    read.extend(others.take((ATTACHMENTS_MAX + 1).saturating_sub(read.len())).map(|_| other.clone()));
    read
}

/// Whether an attachment holds more text beside its content than describes one.
fn holds_more(document: &Document<'_>, attachment: NodeId, content: NodeId) -> bool {
    let beside = document.children(attachment).filter(|&id| id != content);
    beside.map(|id| document.text_of(id).len()).any(|bytes| bytes > DESCRIPTION_BYTES_MAX)
}
