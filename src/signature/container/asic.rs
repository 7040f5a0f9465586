//! ASiC containers (EN 319 162-1 and -2): which files each signature covers, and which it does not.
//!
//! ASiC-S holds one file and signatures over it; ASiC-E any number, signed by XAdES whose references name them, or by
//! CAdES or time-stamps over a manifest that names them with their digests. XML signatures and manifests are checked
//! here as far as names and digests go; `.p7s`, `.tst` and `.ers` are handed out with the name of what they are over.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use memchr::memmem;

use super::super::algorithm::{DigestAlgorithm, DigestValue};
use super::super::cms::file;
use super::super::xml::parse::{self, Dtd};
use super::super::xml::tree::{Document, Kind as NodeKind, NodeId};
use super::super::xml::{self, DSIG, DigestCheck, Extent, Reason, Supplied, Target, XmlSignature};
use super::zip::{self, Archive, Budget, Method};

/// Signatures, manifests and evidence files read from one container; one renewed monthly for forty years has so many.
pub const SIGNATURE_FILES_MAX: usize = 512;
/// Data files named by all manifests of a container.
const REFERENCES_MAX: usize = 10_000;
/// The listing of files, as OpenDocument has it (EN 319 162-1 §A.1 allows it).
const LISTING: &str = "META-INF/manifest.xml";
const OPEN_DOCUMENT: &str = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0";
/// Folders looked at: for each, every file is.
const FOLDERS_MAX: usize = 1_000;
/// Differences between listing and files that are told.
const DIFFERENCES_MAX: usize = 16;
const ASIC: &str = "http://uri.etsi.org/02918/v1.2.1#";
/// Longest mimetype, characters; one more is kept of a longer one.
const MIMETYPE_CHARS_MAX: usize = 100;
/// The mimetype of a container for one file (EN 319 162-1 §A.1).
pub const ASIC_S: &str = "application/vnd.etsi.asic-s+zip";
/// The mimetype of a container for any number of files.
pub const ASIC_E: &str = "application/vnd.etsi.asic-e+zip";

/// A container.
#[derive(Debug)]
pub struct Container {
    /// Which of the two, as its mimetype or its shape says.
    pub kind: Kind,
    /// State of the mimetype entry.
    pub mimetype: Mimetype,
    /// The files outside META-INF, folders and mimetype left out.
    pub data: Vec<String>,
    /// The signatures, time-stamps and evidence records, in order of their names.
    pub signatures: Vec<SignatureFile>,
    /// Files of META-INF that are none of these, and no manifest that one of these is over.
    pub unread: Vec<String>,
    /// Data files that bear signatures of their own, which are not looked at.
    pub signed_inside: Vec<String>,
    /// Where the listing of files in an ASiC container, which nobody signs, differs from what is there, and folders with nothing in
    /// them; words.
    pub listing: Vec<String>,
    /// What is dubious about the ZIP file.
    pub defects: Vec<zip::Defect>,
    /// The files whose content could not be had, with the reason.
    pub unreadable: BTreeMap<String, zip::Error>,
}

/// Kinds of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file.
    Simple,
    /// Any number.
    Extended,
}

/// State of the mimetype entry (EN 319 162-1 §A.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mimetype {
    /// First, stored, without extra field.
    Good(String),
    /// There, but not as prescribed.
    Misplaced(String),
    /// Not there, or not readable.
    Absent,
}

/// A file with a signature, a time-stamp or an evidence record.
#[derive(Debug)]
pub struct SignatureFile {
    /// Its name.
    pub name: String,
    /// What it is.
    pub content: SignatureContent,
    /// The files that it covers, each with the check of its digest.
    pub covers: Vec<Covering>,
    /// The data files that it does not cover with a matching digest.
    pub uncovered: Vec<String>,
}

/// What a signature file is.
#[derive(Debug)]
pub enum SignatureContent {
    /// XML signatures.
    Xml(Result<Vec<XmlSignature>, parse::Error>),
    /// CMS over the bytes of `over`, a data file or a manifest.
    Cms {
        /// What it is over.
        over: Option<String>,
    },
    /// A time-stamp token over the bytes of `over`.
    TimeStamp {
        /// What it is over.
        over: Option<String>,
    },
    /// An evidence record over the files covered.
    EvidenceRecord {
        /// What it is over: a manifest or the one data file.
        over: Option<String>,
    },
}

/// A file that a signature names.
#[derive(Debug, Clone, PartialEq)]
pub struct Covering {
    /// Its name.
    pub name: String,
    /// Whether its digest holds. A file that CMS is directly over has no digest here: see [`Covering::by`].
    pub digest: DigestCheck,
    /// What says so.
    pub by: By,
    /// The digest algorithm of a manifest, which must be reliable as the signature's own.
    pub algorithm: Option<DigestAlgorithm>,
}

/// What says that a file is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A reference of the XML signature with this number.
    Reference(usize),
    /// The manifest of this name.
    Manifest(String),
    /// The signature itself, whose CMS, token or record is over the file: the digest is checked with it.
    Itself,
}

/// A manifest, read.
#[derive(Debug)]
struct Manifest {
    name: String,
    /// The signature that it belongs to.
    signature: Option<String>,
    covers: Vec<Covering>,
}

/// What was spent on a container, and the digests that were made: every file is digested once for each algorithm.
struct Spent<'b> {
    references: usize,
    digests: HashMap<(String, DigestAlgorithm), DigestValue>,
    /// Of files that XML signatures name, by URI.
    named: xml::Digests,
    xml: &'b mut xml::Budget,
}

impl<'b> Spent<'b> {
    fn new(xml: &'b mut xml::Budget) -> Self {
        Self { references: 0, digests: HashMap::new(), named: xml::Digests::default(), xml }
    }

    fn digest(&mut self, name: &str, bytes: &[u8], algorithm: DigestAlgorithm) -> Result<DigestValue, Reason> {
        let key = (name.to_owned(), algorithm);
        if let Some(&known) = self.digests.get(&key) {
            return Ok(known);
        }
        let value = self.xml.digest(algorithm, bytes)?;
        self.digests.insert(key, value);
        Ok(value)
    }
}

impl SignatureFile {
    /// The file that it is over, where it is over one as a whole.
    pub fn over(&self) -> Option<&str> {
        match &self.content {
            SignatureContent::Xml(_) => None,
            SignatureContent::Cms { over }
            | SignatureContent::TimeStamp { over }
            | SignatureContent::EvidenceRecord { over } => over.as_deref(),
        }
    }
}

impl Mimetype {
    /// Whether it is of ASiC, or absent as ASiC allows; not of an OpenDocument file or another.
    fn is_asic(&self) -> bool {
        match self {
            Self::Good(kind) | Self::Misplaced(kind) => !kind.starts_with("application/vnd.oasis.opendocument"),
            Self::Absent => true,
        }
    }
}

/// Reads a container; `supplied` gives certificates for XML signatures.
pub fn examine(bytes: &[u8], supplied: &Supplied<'_>) -> Result<Container, zip::Error> {
    examine_within(bytes, supplied, &mut xml::Budget::default(), Budget::beside(bytes.len()))
}

/// The same for one of several containers and documents that share a budget, and with what may be unpacked of it.
pub fn examine_within(
    bytes: &[u8],
    supplied: &Supplied<'_>,
    budget: &mut xml::Budget,
    unpacking: Budget,
) -> Result<Container, zip::Error> {
    let archive = Archive::read(bytes)?;
    let mut contents = Contents::unpack(&archive, unpacking);
    let mimetype = mimetype(&archive, &contents);
    let data: Vec<String> = archive
        .entries
        .iter()
        .filter(|entry| is_data(&entry.name) && !is_folder(entry))
        .map(|entry| entry.name.clone())
        .collect();
    let kind = match &mimetype {
        Mimetype::Good(kind) | Mimetype::Misplaced(kind) if kind == ASIC_S => Kind::Simple,
        Mimetype::Absent if data.len() == 1 => Kind::Simple,
        _ => Kind::Extended,
    };
    let inside = archive.entries.iter().filter_map(|entry| Some((entry.name.as_str(), Role::of(&entry.name)?)));
    let mut inside: Vec<(&str, Role)> = inside.take(SIGNATURE_FILES_MAX + 1).collect();
    if inside.len() > SIGNATURE_FILES_MAX {
        return Err(zip::Error::Limit("signature files"));
    }
    inside.sort_unstable_by_key(|(name, _)| *name);
    let mut spent = Spent::new(budget);
    let manifests = inside.iter().filter(|(_, role)| *role == Role::Manifest);
    let manifests: Vec<Manifest> =
        manifests.filter_map(|(name, _)| read_manifest(name, &contents, &mut spent)).collect();
    let files = inside.iter().filter(|(_, role)| *role != Role::Manifest);
    let signatures =
        files.map(|(name, role)| signature_file(name, *role, &contents, &manifests, &data, supplied, &mut spent));
    let signatures: Vec<SignatureFile> = signatures.collect();
    let over: BTreeSet<&str> = signatures.iter().filter_map(SignatureFile::over).collect();
    let known = inside.iter().filter(|(name, role)| *role != Role::Manifest || over.contains(name));
    let known: BTreeSet<&str> = known.map(|(name, _)| *name).collect();
    let other = archive.entries.iter().filter(|entry| !is_folder(entry)).map(|entry| entry.name.as_str());
    let unread = other.filter(|name| name.starts_with("META-INF/") && !known.contains(name));
    // OpenDocument signs its listing like any other file.
    let listed = mimetype.is_asic();
    let unread = unread.filter(|name| !(listed && *name == LISTING)).map(str::to_owned).collect();
    let mut listing = if listed { differences(&contents, &data) } else { Vec::new() };
    listing.extend(empty_folders(&archive));
    if let Mimetype::Good(kind) | Mimetype::Misplaced(kind) = &mimetype
        && (!is_media_type(kind) || kind.chars().count() > MIMETYPE_CHARS_MAX)
    {
        listing.push(format!("the file mimetype names no media type: {kind}"));
    }
    let signed_inside = data.iter().filter(|name| contents.get(name).is_some_and(bears_signatures)).cloned().collect();
    let unreadable = std::mem::take(&mut contents.unreadable);
    let defects = archive.defects;
    Ok(Container { kind, mimetype, data, signatures, unread, signed_inside, listing, defects, unreadable })
}

/// Whether what is signed looks like a file with signatures of its own: a container, a PDF, a CMS, signed XML or a message.
pub fn bears_signatures(bytes: &[u8]) -> bool {
    let is_container = || zip::is_zip(bytes) && Archive::read(bytes).is_ok_and(|archive| is_asic(&archive));
    let is_xml = || {
        let marks = [DSIG, xml::shape::EDXML];
        parse::is_markup(bytes) && marks.iter().any(|mark| memmem::find(bytes, mark.as_bytes()).is_some())
    };
    is_container() || is_signed_pdf(bytes) || is_xml() || file::may_be_signed_data(bytes)
}

/// Whether a file looks like a PDF with signatures.
pub fn is_signed_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-") && memmem::find(bytes, b"/ByteRange").is_some()
}

/// Whether text is a type and a subtype (RFC 6838 §4.2).
fn is_media_type(text: &str) -> bool {
    let is_name = |part: &str| {
        (1..=127).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    text.trim_end().split_once('/').is_some_and(|(kind, of_it)| is_name(kind) && is_name(of_it))
}

/// Whether a ZIP file looks like an ASiC container: by its mimetype, or by a signature in META-INF.
pub fn is_asic(archive: &Archive<'_>) -> bool {
    let is_kind = |kind: &str| {
        // One of another length is not unpacked.
        let entry = archive.entry_named("mimetype").filter(|entry| entry.size == kind.len() as u64);
        let content = entry.and_then(|entry| archive.content(entry, &mut Budget::default()).ok());
        content.is_some_and(|content| *content == *kind.as_bytes())
    };
    is_kind(ASIC_S) || is_kind(ASIC_E) || archive.entries.iter().any(|entry| Role::of(&entry.name).is_some())
}

/// The contents of all entries whose name is borne once.
struct Contents<'a> {
    files: BTreeMap<String, std::borrow::Cow<'a, [u8]>>,
    unreadable: BTreeMap<String, zip::Error>,
}

impl<'a> Contents<'a> {
    fn unpack(archive: &Archive<'a>, mut budget: Budget) -> Self {
        let mut contents = Self { files: BTreeMap::new(), unreadable: BTreeMap::new() };
        for entry in archive.entries.iter().filter(|entry| !entry.name.ends_with('/')) {
            let Some(single) = archive.entry_named(&entry.name) else {
                let twice = zip::Error::Content { name: entry.name.clone(), why: "two entries of one name" };
                contents.unreadable.insert(entry.name.clone(), twice);
                continue;
            };
            match archive.content(single, &mut budget) {
                Ok(content) => drop(contents.files.insert(entry.name.clone(), content)),
                Err(error) => drop(contents.unreadable.insert(entry.name.clone(), error)),
            }
        }
        contents
    }

    fn get(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(AsRef::as_ref)
    }

    /// The file that a URI names: as written, or with its percent signs decoded.
    fn named(&self, uri: &str) -> Option<(String, &[u8])> {
        let plain = uri.strip_prefix("./").unwrap_or(uri);
        let found = self.get(plain).map(|bytes| (plain.to_owned(), bytes));
        found.or_else(|| {
            let decoded = decoded(plain)?;
            self.get(&decoded).map(|bytes| (decoded.clone(), bytes))
        })
    }
}

/// What a file in META-INF is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Xml,
    Cms,
    TimeStamp,
    EvidenceRecord,
    Manifest,
}

impl Role {
    fn of(name: &str) -> Option<Self> {
        let file = name.strip_prefix("META-INF/")?;
        let lower = file.to_ascii_lowercase();
        if lower.contains('/') {
            return None;
        }
        let manifest = lower.contains("asic") && lower.contains("manifest");
        Some(match lower.rsplit_once('.')?.1 {
            "xml" if manifest => Self::Manifest,
            "xml" if lower.contains("signatures") => Self::Xml,
            "p7s" => Self::Cms,
            "tst" => Self::TimeStamp,
            "ers" => Self::EvidenceRecord,
            "xml" if lower.contains("evidencerecord") => Self::EvidenceRecord,
            _ => return None,
        })
    }
}

/// A folder has no content; what has some is a file, whatever its name ends with.
fn is_folder(entry: &super::zip::Entry) -> bool {
    entry.name.ends_with('/') && entry.size == 0 && entry.packed.is_empty()
}

fn is_data(name: &str) -> bool {
    name != "mimetype" && !name.starts_with("META-INF/")
}

fn mimetype(archive: &Archive<'_>, contents: &Contents<'_>) -> Mimetype {
    let Some(value) = contents.get("mimetype").and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
        return Mimetype::Absent;
    };
    let good = archive
        .entries
        .iter()
        .find(|entry| entry.name == "mimetype")
        .is_some_and(|entry| entry.at == 0 && entry.method == Method::Stored && entry.extra_bytes == 0);
    let value = value.chars().take(MIMETYPE_CHARS_MAX + 1).collect();
    if good { Mimetype::Good(value) } else { Mimetype::Misplaced(value) }
}

fn signature_file(
    name: &str,
    role: Role,
    contents: &Contents<'_>,
    manifests: &[Manifest],
    data: &[String],
    supplied: &Supplied<'_>,
    spent: &mut Spent<'_>,
) -> SignatureFile {
    let manifest = manifests.iter().find(|manifest| manifest.signature.as_deref() == Some(name));
    let (content, covers) = match role {
        Role::Xml => {
            let read = xml_signatures(name, contents, supplied, spent);
            let covers = read.as_ref().map_or_else(|_| Vec::new(), |signatures| covered_by(signatures, contents));
            (SignatureContent::Xml(read), covers)
        }
        _ => {
            // With a manifest it is over that; without one, over the one data file.
            let over = match (manifest, data) {
                (Some(manifest), _) => Some(manifest.name.clone()),
                (None, [single]) => Some(single.clone()),
                _ => None,
            };
            let covers = match (manifest, data) {
                (Some(manifest), _) => manifest.covers.clone(),
                (None, [single]) => {
                    let (name, digest) = (single.clone(), DigestCheck::Matches);
                    vec![Covering { name, digest, by: By::Itself, algorithm: None }]
                }
                _ => Vec::new(),
            };
            let content = match role {
                Role::TimeStamp => SignatureContent::TimeStamp { over },
                Role::EvidenceRecord => SignatureContent::EvidenceRecord { over },
                _ => SignatureContent::Cms { over },
            };
            (content, covers)
        }
    };
    let matching = covers.iter().filter(|covering| covering.digest == DigestCheck::Matches);
    let matching: HashSet<&str> = matching.map(|covering| covering.name.as_str()).collect();
    let uncovered = data.iter().filter(|file| !matching.contains(file.as_str())).cloned().collect();
    SignatureFile { name: name.to_owned(), content, covers, uncovered }
}

fn xml_signatures(
    name: &str,
    contents: &Contents<'_>,
    supplied: &Supplied<'_>,
    spent: &mut Spent<'_>,
) -> Result<Vec<XmlSignature>, parse::Error> {
    let bytes = contents.get(name).unwrap_or_default();
    let outside = |uri: &str| contents.named(uri).map(|(_, bytes)| bytes);
    let supplied = Supplied {
        outside: &outside,
        certificates: supplied.certificates,
        secrets: &[],
        code_bits_min: supplied.code_bits_min,
        dtd: Dtd::Refused,
        digests: Some(&spent.named),
    };
    xml::examine_within(bytes, &supplied, spent.xml)
}

/// The files that references of XML signatures cover whole.
fn covered_by(signatures: &[XmlSignature], contents: &Contents<'_>) -> Vec<Covering> {
    let references = signatures
        .iter()
        .flat_map(|signature| signature.references.iter().map(move |reference| (signature.index, reference)));
    let covering = |(index, reference): (usize, &xml::Reference)| {
        let Target::Outside(uri) = &reference.covered.target else { return None };
        let is_part = reference.digest == DigestCheck::Matches && reference.covered.extent != Extent::Whole;
        if is_part {
            return None;
        }
        let name = contents.named(uri).map_or_else(|| uri.clone(), |(name, _)| name);
        Some(Covering { name, digest: reference.digest.clone(), by: By::Reference(index), algorithm: None })
    };
    references.filter_map(covering).collect()
}

/// Reads a manifest and checks the digests in it (EN 319 162-1 §A.4).
fn read_manifest(name: &str, contents: &Contents<'_>, spent: &mut Spent<'_>) -> Option<Manifest> {
    let text = parse::decode(contents.get(name)?).ok()?;
    let document = parse::parse(&text, Dtd::Refused).ok()?;
    let root = document.document_element();
    let signature = document.child(root, ASIC, "SigReference");
    let signature = signature.and_then(|reference| document.attribute(reference, "URI"));
    let signature = signature.map(|uri| contents.named(uri).map_or_else(|| uri.to_owned(), |(name, _)| name));
    // What is beyond the limit counts as not covered.
    let left = REFERENCES_MAX - spent.references;
    let references = document.children_named(root, ASIC, "DataObjectReference").take(left);
    let covers: Vec<_> = references.map(|reference| covering(&document, reference, name, contents, spent)).collect();
    spent.references += covers.len();
    Some(Manifest { name: name.to_owned(), signature, covers })
}

fn covering(
    document: &Document<'_>,
    reference: NodeId,
    manifest: &str,
    contents: &Contents<'_>,
    spent: &mut Spent<'_>,
) -> Covering {
    let uri = document.attribute(reference, "URI").unwrap_or_default();
    let found = contents.named(uri);
    let name = found.as_ref().map_or_else(|| uri.to_owned(), |(name, _)| name.clone());
    let method = || {
        let method = document.child(reference, DSIG, "DigestMethod").ok_or(Reason::Structure("DigestMethod"))?;
        xml::digest_algorithm(document.attribute(method, "Algorithm").unwrap_or_default())
    };
    let method = method();
    let mut check = || {
        let method = method.clone()?;
        let value = document.child(reference, DSIG, "DigestValue").ok_or(Reason::Structure("DigestValue"))?;
        let value = xml::base64(&document.text_of(value))?;
        let (name, bytes) = found.as_ref().ok_or_else(|| Reason::NotHandedIn(uri.to_owned()))?;
        Ok(spent.digest(name, bytes, method)?.as_ref() == value)
    };
    let digest = match check() {
        Ok(true) => DigestCheck::Matches,
        Ok(false) => DigestCheck::Differs,
        Err(reason) => DigestCheck::Unreadable(reason),
    };
    Covering { name, digest, by: By::Manifest(manifest.to_owned()), algorithm: method.ok() }
}

/// Folders without files: nobody signs their names.
fn empty_folders(archive: &Archive<'_>) -> Vec<String> {
    let folders = archive.entries.iter().filter(|entry| is_folder(entry));
    let is_empty =
        |folder: &str| !archive.entries.iter().any(|entry| !is_folder(entry) && entry.name.starts_with(folder));
    let empty = folders.map(|entry| entry.name.as_str()).take(FOLDERS_MAX).filter(|name| is_empty(name));
    empty.take(DIFFERENCES_MAX).map(|name| format!("nothing is in the folder {name}")).collect()
}

/// Where the unsigned listing of an ASiC container and its files differ. It may be absent.
fn differences(contents: &Contents<'_>, data: &[String]) -> Vec<String> {
    let Some(bytes) = contents.get(LISTING) else { return Vec::new() };
    let text = parse::decode(bytes);
    let Some(document) = text.as_ref().ok().and_then(|text| parse::parse(text, Dtd::Refused).ok()) else {
        return vec![format!("{LISTING} cannot be read")];
    };
    let root = document.document_element();
    let is_word = |id: NodeId| match &document.node(id).kind {
        NodeKind::Text(text) => !text.trim().is_empty(),
        NodeKind::Element(_) => document.namespace(id) != OPEN_DOCUMENT,
        _ => false,
    };
    let words = document.subtree(root).any(is_word).then(|| format!("{LISTING} holds more than a listing"));
    let entries = document.children_named(root, OPEN_DOCUMENT, "file-entry");
    let path_of = |entry| {
        let mut attributes = document.attributes(entry).iter();
        attributes.find(|one| one.name.ends_with("full-path")).map(|one| one.value.as_ref())
    };
    let paths = entries.take(REFERENCES_MAX).filter_map(path_of);
    let files = paths.filter(|path| !path.ends_with('/') && is_data(path));
    let missing = files.filter(|path| contents.named(path).is_none() && !data.iter().any(|name| name == path));
    let missing = missing.take(DIFFERENCES_MAX).map(|path| format!("{LISTING} names {path}, which is not there"));
    words.into_iter().chain(missing).collect()
}

/// A URI with its percent escapes decoded; `None` if that is no UTF-8.
fn decoded(uri: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                digit(high).zip(digit(low)).map(|(high, low)| (high * 16 + low) as u8)
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
