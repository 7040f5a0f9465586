//! What a reading of a PDF gives: facts, none of them judged.

use std::ops::Range;

use crate::digest::hex;
use crate::signature::pdf::PdfSignature;
use crate::signature::pdf::change::{ChangesAfter, DocMdp, FieldLock};
use crate::signature::pdf::document::Damage;
use crate::signature::pdf::form::Visibility;
use crate::signature::pdf::store::SecurityStore;

/// A PDF as far as its signatures are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Whether there are signatures.
    pub presence: Presence,
    /// In the order of what they cover.
    pub signatures: Vec<Signature>,
    /// Names of signature fields without a signature, in the newest revision.
    pub empty_fields: Vec<String>,
    /// Names of fields that show something on pages since somebody signed, and in which nobody signs.
    pub shown_by_nobody: Vec<String>,
    /// States of the document, oldest first.
    pub revisions: Vec<RevisionFact>,
    /// Evidence that came with the file.
    pub store: SecurityStore,
    /// Index of the certification signature (DocMDP) and what it allows after it.
    pub certification: Option<(usize, DocMdp)>,
    /// What is wrong with the structure; such a file cannot be explained.
    pub damage: Vec<Damage>,
    /// Whether strings and streams are encrypted. Signature values never are.
    pub encryption: Encryption,
    /// What the pages of the newest revision are.
    pub pages: Pages,
    /// What acts, or is shown beside the pages, by itself.
    pub moving: Vec<Moving>,
}

/// What may show something else tomorrow, or to somebody else, without a change to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moving {
    /// An action that runs when the document is opened, closed, saved or printed.
    Action,
    /// Scripts of the document.
    Script,
    /// Optional content that is hidden, or shown only on paper or only on screen.
    Layers,
    /// A form of another kind (XFA), which some readers show in place of the pages.
    OtherForm,
    /// A portfolio: readers open one of the files in it in place of the pages.
    Portfolio,
}

impl Moving {
    /// In a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Action => "an action that runs by itself",
            Self::Script => "scripts",
            Self::Layers => "hidden or printed-only layers",
            Self::OtherForm => "an XFA form",
            Self::Portfolio => "a portfolio",
        }
    }

    /// Whether some readers show something else than the pages.
    pub const fn is_in_place_of_pages(self) -> bool {
        matches!(self, Self::OtherForm | Self::Portfolio)
    }
}

/// What pages are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// Each is one picture over nearly all of it, with no text but hidden: as scanners write them.
    Pictures,
    /// Others, or it cannot be told.
    Other,
}

/// Whether a file has signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// No signature and no place for one.
    None,
    /// Signature fields that nobody signed.
    EmptyFields,
    /// Signatures, all with a range and a value that can be read.
    Signatures,
    /// Signatures, at least one of which is broken: not the same as none.
    Broken,
}

/// Whether a file is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// It is not.
    None,
    /// With a password, possibly an empty one: names, reasons and evidence are not decoded.
    Password,
    /// For certain recipients, by their certificates (ISO 32000-1 §7.6.4): nobody else can ever read it.
    Recipients,
    /// In a way that is not known here.
    Other,
}

/// One state of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionFact {
    /// After its `%%EOF`, bytes from the start of the file.
    pub end: usize,
    /// Where its cross-reference sections begin, newest first.
    pub sections: Vec<usize>,
    /// How many objects it defines or frees.
    pub objects: usize,
}

/// What a signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureKind {
    /// A signature of a person or an agency.
    Approval,
    /// The author's, with a rule for what may follow.
    Certification(DocMdp),
    /// Usage rights (UR, UR3): enables functions of a viewer, approves nothing.
    UsageRights,
    /// A document time-stamp.
    DocumentTimeStamp,
}

/// How far the signed bytes reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// To the end of the file.
    WholeFile,
    /// To the end of the file but for white space: a line end that the range left out.
    WholeFileButSpace(usize),
    /// To the end of a revision; this many bytes follow.
    Revision(usize),
    /// To somewhere inside a revision; this many bytes follow.
    PartOfRevision(usize),
    /// The range is unusable.
    Unknown,
}

/// Whether the document leads to the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From a field of the form, when signed and in the newest revision.
    Throughout,
    /// When signed, but a later revision hides it: the first that does, or the newest.
    HiddenBy(usize),
    /// Only in later revisions than the signed one.
    OnlyLater,
    /// Never: it stands in the bytes, and no form leads to it.
    Never,
    /// The forms have more fields than are read.
    Unknown,
}

/// A field that holds a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Full name.
    pub name: String,
    /// Object number.
    pub object: u32,
    /// Whether a page shows it.
    pub visibility: Visibility,
}

/// What the dictionary claims beside the value. Anybody can write anything here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/ContactInfo`.
    pub contact: Option<String>,
    /// `/Prop_Build /App /Name`: the software.
    pub software: Option<String>,
    /// `/Cert`: certificates outside the value (adbe.x509.rsa_sha1).
    pub certificates: Vec<Vec<u8>>,
}

/// A signature in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The dictionary: range, value, sub-filter, defects.
    pub dictionary: PdfSignature,
    /// Object number, if it is an object of its own.
    pub object: Option<u32>,
    /// What it is.
    pub kind: SignatureKind,
    /// The revision it signs, counted from 0; `None` if its range ends at none.
    pub revision: Option<usize>,
    /// How far it reaches.
    pub extent: Extent,
    /// The fields that hold it, as of the signed revision, or of the newest if there is none.
    pub holders: Vec<Holder>,
    /// Whether the document leads to it.
    pub reach: Reach,
    /// Claims.
    pub claims: Claims,
    /// What it lays down for later revisions: `/P` of DocMDP or of the field's lock.
    pub doc_mdp: Option<DocMdp>,
    /// Which fields it locks.
    pub field_lock: Option<FieldLock>,
    /// Indices of other signatures with the same value: a value stands for one signature only.
    pub same_value_as: Vec<usize>,
    /// What came after it.
    pub changes_after: ChangesAfter,
}

impl Signature {
    /// The bytes of the file that were the whole file when it was signed: what to show as signed.
    pub fn signed_revision(&self) -> Option<Range<usize>> {
        self.dictionary.byte_range.as_ref().ok().map(|range| 0..range.end)
    }

    /// Whether a page shows it.
    pub fn visibility(&self) -> Visibility {
        let is_visible = self.holders.iter().any(|holder| holder.visibility == Visibility::Visible);
        if is_visible { Visibility::Visible } else { Visibility::Invisible }
    }

    /// The key of its entry among [`super::store::Vri`]: upper-case hexadecimal SHA-1 of `/Contents`, padding included.
    pub fn vri_key(&self) -> Option<String> {
        let contents = self.dictionary.contents.as_ref().ok()?;
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, contents);
        Some(hex(digest.as_ref()).to_uppercase())
    }
}
