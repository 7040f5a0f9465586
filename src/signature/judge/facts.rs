//! What the judge is given: facts about one document, free of any format.
//!
//! Adapters (`from_…`) make these from what the readers of each format found. Everything here is either a value or a
//! comparison that was carried out; nothing is a conclusion. Objects whose existence a time-stamp may prove (values,
//! certificates, lists, answers, tokens) are known by the SHA-256 of their bytes. Where something could not be
//! established there is a variant for that, with words: it never looks like a good or a bad outcome.

use std::collections::HashSet;
use std::ops::Range;

use chrono::{DateTime, Utc};

use crate::digest::Sha256;
use crate::signature::policy::Algorithm;

pub use crate::signature::tree::Tree;

/// An instant.
pub type Instant = DateTime<Utc>;
/// What names an object: SHA-256 of its bytes.
pub type Object = Sha256;

macro_rules! index {
    ($name:ident, $what:literal) => {
        #[doc = $what]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub usize);
    };
}

index!(SignatureId, "Number of a signature in [`Facts::signatures`].");
index!(TokenId, "Number of a time-stamp token in [`Facts::tokens`].");
index!(CertificateId, "Number of a certificate in [`Facts::certificates`].");
index!(RevocationId, "Number of a statement in [`Facts::revocations`].");
index!(AnchorId, "Number of a trust anchor in [`Facts::anchors`].");

/// Everything known about one document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Signatures, in the order in which they were made as far as the document tells.
    pub signatures: Vec<Signature>,
    /// Time-stamp tokens: attached, of the document, in evidence records.
    pub tokens: Vec<Token>,
    /// Certificates of signers, authorities and responders.
    pub certificates: Vec<Certificate>,
    /// What lists and answers say about certificates, one statement for each pair of them.
    pub revocations: Vec<Revocation>,
    /// Certificates about which lists or answers were not asked, because there were too many: none of these is good.
    pub unasked: HashSet<CertificateId>,
    /// What is trusted.
    pub anchors: Vec<Anchor>,
    /// The archive's own word on what it had, and when.
    pub proofs: Vec<Proof>,
    /// What is wrong with the document as a whole.
    pub document: Vec<DocumentFact>,
}

/// Something about the document as a whole that no signature has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentFact {
    /// The file could not be read as what it says it is; words.
    Damaged(String),
    /// A container of another shape than its form allows (two entries of one name, two directories); words.
    Container(String),
    /// Fields for signatures that nobody signed; their names.
    EmptyFields(Vec<String>),
    /// Fields that show something since somebody signed, and in which nobody signs; their names.
    ShownByNobody(Vec<String>),
    /// A picture that looks like a signature or seal, and nothing signed.
    PictureOnly,
    /// Every page is a picture, as scanners write them.
    Scanned,
    /// Actions, scripts, layers: what is shown may differ without a change; words.
    Moving(Vec<String>),
    /// Some readers show something else in place of the pages; words.
    InPlaceOfPages(Vec<String>),
    /// Files in a container that no signature covers.
    UncoveredFiles(Vec<String>),
    /// A signature is there, of a form or in a place that is not read; words.
    SignatureNotRead(String),
    /// By its name or media type it is of another kind than it was judged as; words.
    OtherKind(String),
    /// Its content is encrypted; for whom, in words.
    Encrypted(String),
    /// Something could not be looked at; words.
    NotExamined(String),
}

/// Formats of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// PDF, plain CMS (`adbe.…`).
    PdfCms,
    /// PDF, PAdES (`ETSI.CAdES.detached`).
    Pades,
    /// CMS or CAdES: the signed attributes tell which.
    Cms,
    /// XML Signature without XAdES properties.
    XmlDsig,
    /// XAdES.
    Xades,
}

/// A signature.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// Where it is: a form field, an element, a file of a container.
    pub place: String,
    /// Its format.
    pub format: Format,
    /// Number of the attachment of a message that it is in; 0: it is in the document itself.
    pub part: usize,
    /// What it shares with tokens.
    pub made: Made,
    /// When, as claimed.
    pub claimed: Option<Claimed>,
    /// Identifier of an explicit signature policy that it names.
    pub policy: Option<String>,
    /// The signature whose value it countersigns.
    pub countersigns: Option<SignatureId>,
    /// Time-stamps that were made before it: they stand in what it covers.
    pub after: Vec<TokenId>,
    /// What it covers.
    pub coverage: Coverage,
    /// What came after it.
    pub changes: Changes,
    /// Whether a page shows it; `NotApplicable` for formats without pages.
    pub appearance: Appearance,
}

/// A time as somebody claims it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The instant.
    pub at: Instant,
    /// Where it is claimed.
    pub by: Claim,
}

/// Where a time is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// In what is signed.
    Signed,
    /// Beside it.
    Unsigned,
}

/// Whether a page shows a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appearance {
    /// One does.
    Visible,
    /// None does.
    Invisible,
    /// There are no pages.
    NotApplicable,
}

/// What signatures and time-stamp tokens have in common: one value by one certificate over some data.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The value, or for a token the token: what later time-stamps prove the existence of.
    pub object: Object,
    /// What makes it no signature of its format (EN 319 102-1 §5.2.2); words.
    pub defects: Vec<String>,
    /// What is unusual and no reason to doubt; words.
    pub notes: Vec<String>,
    /// Whose certificate.
    pub signer: Identification,
    /// The data that it was made over.
    pub data: Vec<Data>,
    /// Whether the value was made with the certificate's key.
    pub value: Outcome,
    /// The algorithms used in it.
    pub algorithms: Vec<Algorithm>,
}

/// Which certificate signed (EN 319 102-1 §5.2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identification {
    /// A signed attribute names it by digest, and it is at hand.
    Named(CertificateId),
    /// It is at hand; nothing signed names it.
    Unnamed(CertificateId),
    /// It is at hand; whether the signed attribute names it cannot be told; words.
    Unchecked(CertificateId, String),
    /// What is at hand is another than the signed attribute names.
    Other(CertificateId),
    /// None is at hand.
    Absent,
}

/// A piece of signed data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// Which, such as a URI, a file or `byte range`.
    pub what: String,
    /// How the comparison came out.
    pub outcome: Outcome,
}

/// How a comparison came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Matches,
    /// Not so.
    Differs,
    /// The data is not there, or it cannot be told which it is; words.
    NotFound(String),
    /// An algorithm, key or parameter is not supported; words.
    Unsupported(String),
    /// It could not be carried out for another reason; words.
    NotChecked(String),
}

/// How much a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// How much.
    pub scope: Scope,
    /// What is covered, if it is not all: elements, files.
    pub covered: Vec<String>,
    /// What is not.
    pub uncovered: Vec<String>,
    /// The bytes of the file that were the whole file when it was signed: what to show as signed.
    pub signed_bytes: Option<Range<u64>>,
    /// Whether those bytes are a whole revision of the file.
    pub revision: Revision,
}

/// How much of the document is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// All that was there when it was signed.
    Whole,
    /// A part.
    Partial,
    /// It is not known.
    Unknown,
    /// Nothing of the document.
    Nothing,
}

/// Which state of the document was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// This one, from 0, of so many.
    Of(usize, usize),
    /// No whole state.
    None,
    /// The format has none.
    NotApplicable,
}

/// What came after a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// How far it went.
    pub level: ChangeLevel,
    /// Whether the signer allowed it.
    pub permission: Permission,
    /// What, in words.
    pub items: Vec<String>,
    /// Whether only form fields with number and date were filled in and signatures added, as Decree 30 has it.
    pub fields_filled: Vec<String>,
    /// Those of them that lie over what was signed.
    pub filled_over: Vec<String>,
    /// Those that show something else than they hold.
    pub filled_unlike: Vec<String>,
    /// What the document says of itself beside the pages and says otherwise now: the way to each.
    pub described: Vec<String>,
}

/// How far later changes went, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeLevel {
    /// Nothing.
    None,
    /// Evidence and time-stamps only.
    LtaOnly,
    /// Form fields and signatures.
    FormFillSign,
    /// Annotations.
    Annotations,
    /// It could not be compared.
    NotCompared,
    /// The document may look or act otherwise than what was signed.
    Undefined,
    /// Bytes that nothing explains.
    Unparsable,
}

/// Whether the signer allowed what followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// Nothing was laid down, or nothing changed.
    NoRule,
    /// It was allowed.
    Allowed,
    /// It was not; words.
    Forbidden(String),
    /// It cannot be told.
    Unknown,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            level: ChangeLevel::None,
            permission: Permission::NoRule,
            items: Vec::new(),
            fields_filled: Vec::new(),
            filled_over: Vec::new(),
            filled_unlike: Vec::new(),
            described: Vec::new(),
        }
    }
}

impl Default for Coverage {
    fn default() -> Self {
        Self {
            scope: Scope::Whole,
            covered: Vec::new(),
            uncovered: Vec::new(),
            signed_bytes: None,
            revision: Revision::NotApplicable,
        }
    }
}

/// A time-stamp token.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Where it is.
    pub place: String,
    /// What it is for.
    pub kind: TokenKind,
    /// What it shares with signatures; [`Made::data`] is the imprint.
    pub made: Made,
    /// When, by the authority's clock.
    pub time: Instant,
    /// From when to when that may have been, by the accuracy that it states (RFC 3161 §2.4.2).
    pub within: (Instant, Instant),
    /// The objects whose existence it proves once it is good itself.
    pub covers: Vec<Object>,
}

/// What a time-stamp is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Over the data, before it was signed.
    Content,
    /// Over a value.
    Signature,
    /// Over references to evidence.
    References,
    /// Over everything that was in a signature.
    Archive,
    /// A document time-stamp.
    Document,
    /// In an evidence record.
    Record,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// SHA-256 of it.
    pub object: Object,
    /// Subject, as RFC 4514 writes it.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// Serial number, lower-case hexadecimal.
    pub serial_hex: String,
    /// Attributes of the subject: short name (`CN`, `O`, `OU`, `T`, `UID`…; else the identifier in dots) and value.
    pub attributes: Vec<(String, String)>,
    /// First instant of validity.
    pub not_before: Instant,
    /// Last instant of validity.
    pub not_after: Instant,
    /// What the key may be used for.
    pub usage: Usage,
    /// Whether it is for time-stamping.
    pub stamping: Stamping,
    /// Whether its purposes (extKeyUsage) let it sign content.
    pub meant: Meant,
    /// Whether its revocation is to be asked for.
    pub asking: Asking,
    /// The key, such as `RSA 2048`.
    pub key: Algorithm,
    /// The algorithms with which it was signed.
    pub algorithms: Vec<Algorithm>,
    /// Chains to anchors, the likeliest first.
    pub chains: Vec<Chain>,
    /// Where it was found.
    pub origin: Origin,
}

/// What a key may be used for (keyUsage), as far as signing content goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// Nothing is said, or nonRepudiation.
    Commits,
    /// digitalSignature only.
    Signs,
    /// Other uses only.
    Other,
}

/// Whether the purposes of a certificate (extKeyUsage) let it sign content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// None is named, or one that does not speak against it.
    ForSigning,
    /// Servers, programs, time-stamps or answers about certificates, and nothing that people do.
    ForOthers,
}

/// Whether a certificate is for time-stamping (RFC 3161 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamping {
    /// For that alone, critical.
    Sole,
    /// For that, but not critical, or not alone.
    Lax,
    /// Not for that.
    No,
}

/// Whether revocation is to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// It is.
    Asked,
    /// The certificate says that it need not be (ocsp-nocheck, short-term).
    Exempt,
}

/// A chain from a certificate to an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Where it ends.
    pub anchor: AnchorId,
    /// The certificate itself, then its issuers up to the one below the anchor; empty if it is the anchor.
    pub certificates: Vec<CertificateId>,
    /// Checks of RFC 5280 §6.1 that do not hold, whenever one looks.
    pub broken: Vec<Broken>,
}

/// A check of a chain that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Stable code, such as `path-length`.
    pub code: String,
    /// Of which certificate; `None` for the anchor's.
    pub certificate: Option<CertificateId>,
    /// Whether it is wrong or could not be told.
    pub how: How,
    /// In words.
    pub detail: String,
}

/// Whether something is wrong or could not be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is wrong.
    Wrong,
    /// It could not be told.
    NotChecked,
}

/// What one list or answer says about one certificate, believed to be from who may say it.
#[derive(Debug, Clone, PartialEq)]
pub struct Revocation {
    /// SHA-256 of the list or answer.
    pub object: Object,
    /// Which kind.
    pub kind: RevocationKind,
    /// About which certificate.
    pub about: CertificateId,
    /// What it says.
    pub says: Says,
    /// As of when.
    pub this_update: Instant,
    /// When newer data comes at the latest.
    pub next_update: Option<Instant>,
    /// When it was signed.
    pub produced_at: Instant,
    /// The certificate of its signer, if that is not the issuer of the certificate it speaks about.
    pub signer: Option<CertificateId>,
    /// The algorithms with which it was signed.
    pub algorithms: Vec<Algorithm>,
    /// Where it was found.
    pub origin: Origin,
}

/// Kinds of revocation data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationKind {
    /// A list.
    Crl,
    /// An OCSP response.
    Ocsp,
}

/// What revocation data says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Not revoked as of its date.
    Good,
    /// Revoked.
    Revoked {
        /// Since when.
        at: Instant,
        /// Why, as RFC 5280 §5.3.1 writes it.
        reason: String,
        /// Since when the key may have been abused.
        invalid_since: Option<Instant>,
    },
    /// Suspended: it may be good again.
    OnHold(Instant),
    /// The responder does not know the certificate.
    NotKnown,
    /// It says nothing that counts: other reasons, issued when no longer tracked; words.
    Nothing(String),
}

/// Where evidence was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In the signature or in an attribute of it.
    Signature,
    /// In the document's security store, as of a revision.
    Store(usize),
    /// In a time-stamp token.
    Token,
    /// Handed in by the caller: fetched, or from the archive.
    HandedIn,
}

/// A trust anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its name.
    pub name: String,
    /// SHA-256 of its certificate, if it is known by one.
    pub object: Option<Object>,
    /// The tree that it is the root of.
    pub tree: Tree,
    /// First instant for which it is trusted.
    pub trusted_from: Option<Instant>,
    /// Last instant for which it is trusted.
    pub trusted_until: Option<Instant>,
}

/// The archive's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Since when it had them.
    pub at: Instant,
    /// Which objects.
    pub objects: Existing,
    /// How it knows, in words: `ingest`, `batch time-stamp of …`.
    pub by: String,
}

/// Which objects a proof of the archive is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existing {
    /// Everything in the document and handed in with it.
    Everything,
    /// The document with all that is in it, and not what was handed in beside it.
    Document,
    /// These.
    These(Vec<Object>),
}

impl Made {
    /// The certificate to validate, if there is one.
    pub fn certificate(&self) -> Option<CertificateId> {
        match self.signer {
            Identification::Named(id) | Identification::Unnamed(id) | Identification::Unchecked(id, _) => Some(id),
            Identification::Other(_) | Identification::Absent => None,
        }
    }
}
