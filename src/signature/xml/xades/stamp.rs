//! Time-stamps of XAdES: the tokens, and the bytes that their imprints must be of.
//!
//! The input of each kind is a concatenation of canonical forms that the standards list in order (TS 101 903 §7,
//! EN 319 132-1 §5). It is made here, where the document is; whether a token is good and its imprint that of these
//! bytes is judged where tokens are read.

use super::super::c14n::{self, Method};
use super::super::fact::Reason;
use super::super::reference::Referencing;
use super::super::selection::{Comments, Selection};
use super::super::transform::canonicalisation;
use super::super::tree::{Document, NodeId};
use super::super::{Budget, DSIG, Supplied, base64};
use super::{PROPERTIES_MAX, Values, Version, local, property};

/// A time-stamp property.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamp {
    /// What it stamps.
    pub kind: StampKind,
    /// The tokens (DER of CMS), usually one.
    pub tokens: Vec<Vec<u8>>,
    /// The bytes whose digest the imprint of each token must be.
    pub input: Result<Vec<u8>, Reason>,
    /// How much of the evidence in unsigned properties stands before it: an archive time-stamp covers no more of it.
    pub behind: Behind,
}

/// Evidence that stands before a time-stamp: so many of the first of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Behind {
    /// Of [`Values::certificates`].
    pub certificates: usize,
    /// Of [`Values::revocation_lists`].
    pub revocation_lists: usize,
    /// Of [`Values::ocsp_responses`].
    pub ocsp_responses: usize,
}

impl Behind {
    /// All that was read by now.
    fn all(values: &Values) -> Self {
        Self {
            certificates: values.certificates.len(),
            revocation_lists: values.revocation_lists.len(),
            ocsp_responses: values.ocsp_responses.len(),
        }
    }
}

/// Kinds of time-stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StampKind {
    /// Over the signature value.
    Signature,
    /// Over the signature value and the references to validation data.
    SignatureAndReferences,
    /// Over the references to validation data.
    References,
    /// Over everything, in the order of 1.3.2.
    Archive132,
    /// Over everything, in the order of 1.4.1.
    Archive141,
    /// Over all data, before signing.
    AllData,
    /// Over some data, before signing.
    IndividualData,
}

impl StampKind {
    /// The kind of an unsigned property.
    pub(super) fn unsigned(name: &str, version: Option<Version>) -> Option<Self> {
        Some(match name {
            "SignatureTimeStamp" => Self::Signature,
            "SigAndRefsTimeStamp" | "SigAndRefsTimeStampV2" => Self::SignatureAndReferences,
            "RefsOnlyTimeStamp" | "RefsOnlyTimeStampV2" => Self::References,
            "ArchiveTimeStamp" | "ArchiveTimeStampV2" if version == Some(Version::V141) => Self::Archive141,
            "ArchiveTimeStamp" => Self::Archive132,
            _ => return None,
        })
    }
}

/// Reads the time-stamps of one signature.
pub(super) struct Stamping<'d, 'a, 's> {
    pub document: &'d Document<'a>,
    pub signature: NodeId,
    pub supplied: &'d Supplied<'s>,
    pub budget: &'d mut Budget,
}

impl Stamping<'_, '_, '_> {
    /// Reads a time-stamp property; `None` if it holds no token.
    pub fn read(&mut self, stamp: NodeId, kind: StampKind, values: &Values) -> Option<Stamp> {
        let encapsulated = property(self.document, stamp, "EncapsulatedTimeStamp").take(PROPERTIES_MAX);
        let tokens: Vec<_> = encapsulated.filter_map(|one| base64(&self.document.text_of(one)).ok()).collect();
        let stamp = Stamp { kind, tokens, input: self.input(stamp, kind), behind: Behind::all(values) };
        Some(stamp).filter(|stamp| !stamp.tokens.is_empty())
    }

    fn input(&mut self, stamp: NodeId, kind: StampKind) -> Result<Vec<u8>, Reason> {
        let document = self.document;
        let method = match document.child(stamp, DSIG, "CanonicalizationMethod") {
            Some(element) => {
                let uri = document.attribute(element, "Algorithm").unwrap_or_default();
                canonicalisation(document, element, uri)?
            }
            None => Method::DEFAULT,
        };
        let signature = self.signature;
        let own = |name| document.child(signature, DSIG, name).ok_or(Reason::Structure("SignatureValue"));
        let mut parts: Vec<NodeId> = Vec::new();
        let mut input = Vec::new();
        match kind {
            StampKind::Signature => parts.push(own("SignatureValue")?),
            StampKind::SignatureAndReferences => {
                parts.push(own("SignatureValue")?);
                parts.extend(self.before(stamp, |name| name == "SignatureTimeStamp" || is_references(name)));
            }
            StampKind::References => parts.extend(self.before(stamp, is_references)),
            StampKind::AllData => {
                // Stamped before signing: the properties that hold the stamp are not among the data.
                let properties = |one: NodeId| document.attribute(one, "Type").unwrap_or_default();
                input = self.data(&method, |one| !properties(one).ends_with("#SignedProperties"))?;
            }
            StampKind::IndividualData => input = self.included(stamp, &method)?,
            StampKind::Archive132 | StampKind::Archive141 => {
                input = self.data(&method, |_| true)?;
                parts.push(own("SignedInfo")?);
                parts.push(own("SignatureValue")?);
                parts.extend(own("KeyInfo").ok());
                parts.extend(self.before(stamp, |_| true));
                let objects = document.children_named(self.signature, DSIG, "Object");
                parts.extend(objects.filter(|&object| property(document, object, "QualifyingProperties").count() == 0));
            }
        }
        for part in parts {
            let selection = Selection::subtree(part, Comments::With);
            let bytes = c14n::canonical(document, &selection, &method, self.budget);
            input.extend(bytes.map_err(|_| Reason::Limit("canonical bytes"))?);
        }
        Ok(input)
    }

    /// The unsigned properties before a time-stamp whose names are asked for.
    fn before(&self, stamp: NodeId, wanted: impl Fn(&str) -> bool) -> Vec<NodeId> {
        let siblings = self.document.children(self.document.node(stamp).parent).take_while(|&other| other < stamp);
        siblings.filter(|&other| local(self.document, other).is_some_and(&wanted)).collect()
    }

    /// What the references that are asked for cover, one after the other.
    fn data(&mut self, method: &Method, wanted: impl Fn(NodeId) -> bool) -> Result<Vec<u8>, Reason> {
        let document = self.document;
        let info = document.child(self.signature, DSIG, "SignedInfo").ok_or(Reason::Structure("SignedInfo"))?;
        let mut data = Vec::new();
        for reference in document.children_named(info, DSIG, "Reference").filter(|&reference| wanted(reference)) {
            let (signature, supplied) = (self.signature, self.supplied);
            let mut referencing = Referencing { document, signature, supplied, budget: self.budget };
            data.extend(referencing.octets(reference, method)?);
        }
        Ok(data)
    }

    /// What the Include elements of a time-stamp name: references by their identifier.
    fn included(&mut self, stamp: NodeId, method: &Method) -> Result<Vec<u8>, Reason> {
        let mut data = Vec::new();
        let document = self.document;
        for include in property(document, stamp, "Include").take(PROPERTIES_MAX) {
            let uri = document.attribute(include, "URI").unwrap_or_default();
            let id = uri.strip_prefix('#').ok_or_else(|| Reason::Uri(uri.to_owned()))?;
            let target = document.by_id(id).map_err(|error| Reason::Id { id: id.to_owned(), error })?;
            data.extend(self.data(method, |reference| reference == target)?);
        }
        Ok(data)
    }
}

fn is_references(name: &str) -> bool {
    matches!(
        name,
        "CompleteCertificateRefs"
            | "CompleteCertificateRefsV2"
            | "CompleteRevocationRefs"
            | "AttributeCertificateRefs"
            | "AttributeCertificateRefsV2"
            | "AttributeRevocationRefs"
    )
}
