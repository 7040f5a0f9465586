//! What is said about XML signatures: facts, each with its reason when it could not be established.
//!
//! Complete enough for a judge that knows no XML: which bytes or element each reference covers and whether all of the
//! document is, whether its digest holds, whether the value verifies and under which key, and the raw certificates,
//! revocation lists and tokens carried inside. Nothing here says "valid".

use std::ops::Range;

use super::super::algorithm::{self, Scheme};
use super::tree::IdError;
use super::xades::Xades;
use super::{parse, xpath};

/// One `ds:Signature` of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct XmlSignature {
    /// Number in the document, from 1, in document order.
    pub index: usize,
    /// Where its element stands, such as `/HDon/DSCKS/NBan/Signature`.
    pub path: String,
    /// Its bytes in the decoded text.
    pub span: Range<usize>,
    /// Its `Id`.
    pub id: Option<String>,
    /// Number of the signature that this one stands inside, as counter-signatures do.
    pub inside: Option<usize>,
    /// Identifier of the canonicalisation of SignedInfo.
    pub canonicalisation: String,
    /// Identifier of the signature algorithm.
    pub method: String,
    /// The scheme that it names with its parameters, if that is one with a public key and is offered.
    pub scheme: Option<Scheme>,
    /// The references of SignedInfo, in order.
    pub references: Vec<Reference>,
    /// Whether the value verifies over SignedInfo.
    pub value: ValueCheck,
    /// The value, decoded; empty if it could not be.
    pub value_bytes: Vec<u8>,
    /// Which key the value was checked under.
    pub key: Option<KeySource>,
    /// That key, such as `RSA 2048`.
    pub key_text: Option<String>,
    /// DER of the certificate of that key, if it came with one.
    pub signer_certificate: Option<Vec<u8>>,
    /// DER of the certificates in KeyInfo, in order; [`KeySource::Certificate`] counts in them.
    pub certificates: Vec<Vec<u8>>,
    /// DER of the revocation lists in KeyInfo.
    pub revocation_lists: Vec<Vec<u8>>,
    /// Times claimed in SignatureProperties outside XAdES, as Vietnamese invoices carry them.
    pub claimed_times: Vec<ClaimedTime>,
    /// The XAdES properties.
    pub xades: Option<Xades>,
    /// Paths of its Objects that hold data and that no matching reference covers, and of elements of other vocabularies in
    /// KeyInfo and unsigned properties: what could be shown beside what is signed.
    pub unsigned_parts: Vec<String>,
    /// Whether comments stand in the document that it covers, outside signatures, and not signed: no canonical form that it names
    /// has them, and a reader who looks at the XML itself sees them.
    pub has_comments_beside: bool,
    /// What is wrong with it apart from digests and value.
    pub defects: Vec<Defect>,
}

/// One reference of SignedInfo or of a Manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The URI as written; `None` where the attribute is absent.
    pub uri: Option<String>,
    /// The type as written.
    pub kind: Option<String>,
    /// Identifiers of the transforms, in order.
    pub transforms: Vec<String>,
    /// Identifier of the digest algorithm.
    pub digest_method: String,
    /// Whether the digest holds.
    pub digest: DigestCheck,
    /// The bytes that were digested, in number.
    pub digested_bytes: usize,
    /// What it covers.
    pub covered: Covered,
    /// The references of the Manifest that it covers. Each has a check of its own; core validation asks for none.
    pub manifest: Vec<Reference>,
}

/// What a reference covers.
#[derive(Debug, Clone, PartialEq)]
pub struct Covered {
    /// What its URI leads to.
    pub target: Target,
    /// How much of that the transforms left.
    pub extent: Extent,
    /// Whether it is the document with nothing taken out but signatures.
    pub whole_document: bool,
}

/// What a URI leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// The whole document.
    Document,
    /// One element of it.
    Element {
        /// Path from the root.
        path: String,
        /// Its bytes in the decoded text.
        span: Range<usize>,
        /// What it is to this signature.
        role: Role,
    },
    /// Bytes outside, by this name; the empty name where the URI is absent.
    Outside(String),
    /// Nothing.
    Nothing,
}

impl Target {
    /// The name of bytes outside; the empty one where the URI is absent.
    pub fn outside(&self) -> Option<&str> {
        match self {
            Self::Outside(name) => Some(name),
            _ => None,
        }
    }
}

/// What a covered element is to the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Data outside the signature.
    Data,
    /// An Object of this signature, or something in it: enveloped data.
    Object,
    /// A Manifest of this signature.
    Manifest,
    /// SignatureProperties of this signature.
    Properties,
    /// The XAdES SignedProperties of this signature.
    SignedProperties,
    /// The KeyInfo of this signature.
    KeyInfo,
    /// Something else inside this signature.
    Inside,
    /// Part of another signature.
    OtherSignature,
}

/// How much of its target a reference covers.
#[derive(Debug, Clone, PartialEq)]
pub enum Extent {
    /// All of it, comments aside.
    Whole,
    /// All of it but these elements, comments aside.
    Except(Vec<Excluded>),
    /// A selection that does not follow elements.
    Selected,
    /// It was not established.
    Unknown,
}

/// An element taken out of what is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// Path from the root.
    pub path: String,
    /// Its bytes in the decoded text.
    pub span: Range<usize>,
    /// Whether it is a `ds:Signature`.
    pub signature: bool,
}

/// Comparison of what a reference covers with the digest inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DigestCheck {
    /// It is what was signed.
    Matches,
    /// It was changed.
    Differs,
    /// It cannot be told.
    Unreadable(Reason),
}

/// Check of the value over SignedInfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueCheck {
    /// Made with the key named in [`XmlSignature::key`].
    Verifies,
    /// Made with none of the keys that the signature names.
    Fails,
    /// It cannot be told.
    NotChecked(Reason),
}

/// Where a key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The certificate with this number in [`XmlSignature::certificates`].
    Certificate(usize),
    /// The bare key in KeyInfo: nobody is named.
    KeyValue,
    /// A certificate among the unsigned properties of XAdES (CertificateValues).
    Properties,
    /// A certificate that the caller handed in.
    HandedIn,
    /// A secret that the caller handed in.
    Secret,
}

/// A time claimed by the signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedTime {
    /// As written.
    pub text: String,
    /// Whether a reference of this signature covers it.
    pub covered: bool,
}

/// What is wrong with a signature beside digests and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Defect {
    /// A reference leads to an Object, Manifest or properties that are not this signature's own.
    ForeignPart {
        /// Number of the reference, from 1.
        reference: usize,
    },
    /// A reference leads to an identifier that several elements bear.
    DuplicateId(String),
    /// There are references, and none of them covers anything but the signature's own parts.
    CoversNoData,
    /// A part of the signature stands where or as often as it must not.
    Structure(&'static str),
}

/// Why something could not be established.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A part that must be there once is not.
    #[error("the signature has no usable {0}")]
    Structure(&'static str),
    /// An algorithm that is not computed here, by its identifier.
    #[error("the algorithm {0} is not supported")]
    Algorithm(String),
    /// A transform that is not applied here, by its identifier. XSLT is never applied.
    #[error("the transform {0} is not supported")]
    Transform(String),
    /// A key or algorithm that is not offered.
    #[error(transparent)]
    Unsupported(#[from] algorithm::Unsupported),
    /// No key is inside, and none that fits was handed in.
    #[error("no key to check the value with")]
    NoKey,
    /// A certificate or key inside is not readable.
    #[error("a key or certificate in the signature is not readable")]
    Key,
    /// The value is a message authentication code shorter than is safe (XML Signature 1.1 §6.3.1).
    #[error("the message authentication code is cut to {0} bits")]
    Truncated(usize),
    /// The URI leads to no element, or to several.
    #[error("the identifier {id} leads to {}", match .error { IdError::Absent => "nothing", IdError::Duplicate => "several elements" })]
    Id {
        /// The identifier.
        id: String,
        /// How it fails.
        error: IdError,
    },
    /// Data outside the document, which the caller did not hand in.
    #[error("{0} was not handed in")]
    NotHandedIn(String),
    /// A URI of a form that is not followed.
    #[error("references like {0} are not followed")]
    Uri(String),
    /// A part that must be the signature's own is not.
    #[error("the reference leads to a part that is not this signature's own")]
    ForeignPart,
    /// The enveloped-signature transform over another document than the signature's.
    #[error("the signature is not in the document that it is to be taken out of")]
    NotEnveloped,
    /// Not Base64.
    #[error("not Base64")]
    Base64,
    /// What a transform needs as XML is none.
    #[error("what is referenced is not XML: {0}")]
    Xml(#[from] parse::Error),
    /// An XPath expression that is not evaluated.
    #[error(transparent)]
    Expression(#[from] xpath::Error),
    /// An XPath expression without a value.
    #[error(transparent)]
    Evaluation(#[from] xpath::Failure),
    /// More than is read.
    #[error("too many or too long: {0}")]
    Limit(&'static str),
}

/// One word for all checks of a signature: **integrity only, not yet a verdict**.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Integrity {
    /// The value verifies and every reference of SignedInfo matches.
    Intact,
    /// Every reference matches; the value could not be checked.
    Unchecked,
    /// It cannot be told what was signed.
    Unreadable,
    /// A digest differs or the value fails.
    Altered,
}

impl XmlSignature {
    /// The checks in one word. Integrity only, not yet a verdict; Manifests are not asked.
    pub fn integrity(&self) -> Integrity {
        let digests = || self.references.iter().map(|reference| &reference.digest);
        if self.value == ValueCheck::Fails || digests().any(|digest| *digest == DigestCheck::Differs) {
            return Integrity::Altered;
        }
        if self.references.is_empty() || digests().any(|digest| *digest != DigestCheck::Matches) {
            return Integrity::Unreadable;
        }
        if self.value == ValueCheck::Verifies { Integrity::Intact } else { Integrity::Unchecked }
    }

    /// Whether one matching reference covers the whole document but signatures.
    pub fn covers_whole_document(&self) -> bool {
        let mut references = self.references.iter();
        references.any(|reference| reference.digest == DigestCheck::Matches && reference.covered.whole_document)
    }
}
