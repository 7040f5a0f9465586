//! The one entry: a document and what is known beside it in, facts and verdicts out.
//!
//! The kind of document is told by its bytes, never by its name; where a name promises another, that is said. Pure: the time, the anchors, the policy and all evidence
//! that is not in the document are passed in; nothing is fetched.

use super::collect::{Collector, Trusted};
use super::facts::{Data, DocumentFact, Format, Instant, Origin, Outcome, Proof, Scope, TokenKind};
use super::from_cms::{self, Setting};
use super::promise::Shape;
use super::{Facts, Validation, from_container, from_pdf, from_xml, judge, polyglot};
use crate::digest::Sha256;
use crate::signature::algorithm::Budget;
use crate::signature::cms::file::{self, Kind};
use crate::signature::cms::{Bound, Metered, SignedData};
use crate::signature::container::{asic, zip};
use crate::signature::crl::Crl;
use crate::signature::der::tag;
use crate::signature::ocsp::OcspResponse;
use crate::signature::path::SignatureCache;
use crate::signature::policy::Policy;
use crate::signature::timestamp::TimeStampToken;
use crate::signature::x509::Certificate;
use crate::signature::xml::shape::Attachment;
use crate::signature::xml::{self, Supplied, XmlSignature};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};

/// Bytes at the beginning of a file of no kind in which traces of a signature are looked for: a file of this size is
/// searched in some milliseconds.
const TRACES_WITHIN_BYTES: usize = 64 << 20;
/// What tells that a file of no known kind bears a signature, and what it is.
const TRACES: &[(&[u8], &str)] = &[
    (b"application/pkcs7-signature", "a signed mail (S/MIME)"),
    (b"application/x-pkcs7-signature", "a signed mail (S/MIME)"),
    (b"application/pkcs7-mime", "a signed or encrypted mail (S/MIME)"),
    (b"application/x-pkcs7-mime", "a signed or encrypted mail (S/MIME)"),
    // Storages of OLE documents are named in UTF-16.
    (b"_\0x\0m\0l\0s\0i\0g\0n\0a\0t\0u\0r\0e\0s\0", "a signed document of Office 97 to 2003"),
    (b"_\0s\0i\0g\0n\0a\0t\0u\0r\0e\0s\0", "a signed document of Office 97 to 2003"),
    (b"-----BEGIN PKCS7-----", "a damaged CMS structure in armour"),
    (b"-----BEGIN CMS-----", "a damaged CMS structure in armour"),
    (b"\"signatures\":", "a JSON signature"),
    (b"/ByteRange", "a damaged PDF file with a signature"),
    (xml::DSIG.as_bytes(), "a damaged XML file with a signature"),
    (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "a CMS structure inside another or damaged"),
];

/// Longest CMS or XML that is read, bytes: what is read out of it is copied up to twice, and 512 MiB are what a check may
/// take.
const STRUCTURE_BYTES_MAX: usize = 128 << 20;

/// Where `%PDF-` may begin (ISO 32000-1 annex H, note 13).
pub(super) const PDF_HEADER_WITHIN_BYTES: usize = 1024;

/// A document.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its bytes, or those of the detached signature.
    pub bytes: &'a [u8],
    /// What a detached signature is about.
    pub detached: Option<&'a [u8]>,
    /// Its name; empty: it has none.
    pub name: &'a str,
    /// Its media type, as somebody says; empty: nobody does.
    pub media_type: &'a str,
}

impl<'a> Document<'a> {
    /// One of which nothing is promised.
    pub const fn unnamed(bytes: &'a [u8], detached: Option<&'a [u8]>) -> Self {
        Self { bytes, detached, name: "", media_type: "" }
    }
}

/// Everything beside the document. Made once and used for many.
#[derive(Debug)]
pub struct Context<'a> {
    /// What is trusted.
    pub trusted: &'a [Trusted],
    /// Certificates at hand.
    pub certificates: &'a [Certificate],
    /// Lists at hand; reading them once is the caller's economy.
    pub lists: &'a [Crl],
    /// Answers at hand.
    pub responses: &'a [OcspResponse],
    /// The archive's own proofs about this document.
    pub proofs: &'a [Proof],
    /// By which policy.
    pub policy: &'a Policy,
    /// The time of validation.
    pub at: Instant,
    /// Results that are the same for the next document; may be shared between threads.
    pub cache: &'a SignatureCache,
    /// What checking signature values may cost.
    pub units_max: u32,
}

/// Facts and verdicts.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// SHA-256 of the document: of its bytes, or of those of the detached signature.
    pub sha256: Sha256,
    /// What was found.
    pub facts: Facts,
    /// What was concluded.
    pub validation: Validation,
    /// The certificates of the facts, in their order.
    pub certificates: Vec<Certificate>,
}

/// Reads a document, and judges its signatures.
pub fn validate(document: Document<'_>, context: &Context<'_>) -> Judged {
    let Read { facts, certificates, sha256 } = guarded(document.bytes, || read(document, context));
    let validation = judge(&facts, context.policy, context.at);
    Judged { sha256, facts, validation, certificates }
}

/// Judges the time-stamps of an evidence record, oldest first, that were found whole and over what they have to cover:
/// each proves that those before it existed.
pub fn validate_tokens(tokens: &[TimeStampToken], context: &Context<'_>) -> Judged {
    let budget = Budget::new(context.units_max);
    let mut collector = Collector::new(context.trusted, context.cache, &budget);
    for certificate in context.certificates {
        collector.certificate(certificate, Origin::HandedIn);
    }
    let mut earlier = Vec::new();
    for (number, token) in tokens.iter().enumerate() {
        let place = format!("time-stamp {}", number + 1);
        let (kind, covers) = (TokenKind::Record, earlier.clone());
        let (_, objects) = from_cms::token_facts(&mut collector, token, &place, kind, Outcome::Matches, covers, 0);
        earlier.extend(objects);
    }
    let sha256 = Sha256::of_parts(&tokens.iter().map(|token| &*token.data.raw).collect::<Vec<_>>());
    let Read { facts, certificates, sha256 } = finished(collector, context, sha256);
    let validation = judge(&facts, context.policy, context.at);
    Judged { sha256, facts, validation, certificates }
}

/// What was read of a document.
struct Read {
    facts: Facts,
    /// Those of the facts, in their order.
    certificates: Vec<Certificate>,
    /// Of the document, from the pass that its signatures need.
    sha256: Sha256,
}

/// What was read, also where the program fails on a document that somebody made for that: then nothing was, which is said.
fn guarded(bytes: &[u8], read: impl FnOnce() -> Read) -> Read {
    let why = "this program failed while it read the file";
    let nothing = |_| Read {
        facts: Facts { document: vec![DocumentFact::SignatureNotRead(why.to_owned())], ..Facts::default() },
        certificates: Vec::new(),
        sha256: Sha256::of(bytes),
    };
    // Nothing outlives the reading but the cache, whose answers are each put in whole.
    panic::catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(nothing)
}

fn read(document: Document<'_>, context: &Context<'_>) -> Read {
    let budget = Budget::new(context.units_max);
    let mut collector = Collector::new(context.trusted, context.cache, &budget);
    for certificate in context.certificates {
        collector.certificate(certificate, Origin::HandedIn);
    }
    collector.around(held_bytes(&document, context), |collector| take(collector, document));
    let sha256 = collector.whole.unwrap_or_else(|| Sha256::of(document.bytes));
    finished(collector, context, sha256)
}

/// What is held while a document is judged: it, what it would be a detached signature of, and the evidence at hand.
fn held_bytes(document: &Document<'_>, context: &Context<'_>) -> usize {
    let lists = context.lists.iter().map(|list| list.raw().len());
    let responses = context.responses.iter().map(|response| response.raw().len());
    document.bytes.len() + document.detached.map_or(0, <[u8]>::len) + lists.chain(responses).sum::<usize>()
}

fn finished(mut collector: Collector<'_>, context: &Context<'_>, sha256: Sha256) -> Read {
    // After the document: what it carries itself counts as its own.
    context.lists.iter().for_each(|list| collector.list(list.clone(), Origin::HandedIn));
    context.responses.iter().for_each(|response| collector.response(response.clone(), Origin::HandedIn));
    collector.facts.proofs = context.proofs.to_vec();
    let (facts, certificates) = collector.finish();
    Read { facts, certificates, sha256 }
}

/// Takes a file, and what it would be a detached signature of: a file that is none says nothing about the other.
fn take(collector: &mut Collector<'_>, document: Document<'_>) {
    let before = (collector.facts.signatures.len(), collector.facts.tokens.len());
    let (shape, is_of_document) = taken_with_document(collector, document);
    if !is_of_document && document.detached.is_some() {
        let why = "this file is no detached signature of the document beside it";
        collector.facts.document.push(DocumentFact::SignatureNotRead(why.to_owned()));
    }
    if before != (collector.facts.signatures.len(), collector.facts.tokens.len()) {
        hold_to_promises(collector, document, shape);
    }
}

/// Says where a name or media type promises another kind than was judged: programs go by those.
fn hold_to_promises(collector: &mut Collector<'_>, document: Document<'_>, shape: Shape) {
    let promises = [
        (document.name, Shape::of_name(document.name)),
        (document.media_type, Shape::of_media_type(document.media_type)),
    ];
    let broken = promises
        .into_iter()
        .find_map(|(by, promised)| Some((by, promised.filter(|&one| !shape.keeps(one, document.bytes))?)));
    if let Some((by, promised)) = broken {
        let why = format!("{}, which {by} names as {}", shape.words(), promised.words());
        collector.facts.document.push(DocumentFact::OtherKind(why));
    }
}

/// What kind a file is, as it was taken. What it begins with counts first: a PDF file inside a container or a CMS may stand near its beginning too. And
/// whether what was handed in beside it is what it signs.
fn taken_with_document(collector: &mut Collector<'_>, document: Document<'_>) -> (Shape, bool) {
    let bytes = document.bytes;
    let head = &bytes[..bytes.len().min(PDF_HEADER_WITHIN_BYTES)];
    let pdf_header = memchr::memmem::find(head, b"%PDF-");
    if pdf_header == Some(0) {
        from_pdf::take(collector, bytes);
        return (Shape::Pdf, false);
    } else if zip::is_zip(bytes) {
        archive(collector, bytes);
        return (Shape::Zip, false);
    } else if bytes.len() > STRUCTURE_BYTES_MAX && pdf_header.is_none() {
        too_long(collector, bytes);
    } else {
        let structure = file::dearmoured(bytes);
        match file::kind(&structure) {
            kind if kind.is_signed_data() => {
                if matches!(structure, Cow::Owned(_)) && file::stands_beside_armour(bytes) {
                    let why = "something that nobody signed stands before or behind the armour of the signature";
                    collector.facts.document.push(DocumentFact::Damaged(why.to_owned()));
                }
                cms(collector, &structure, kind, document.detached);
                return (Shape::Cms, true);
            }
            Kind::Unknown if pdf_header.is_some() => {
                from_pdf::take(collector, bytes);
                return (Shape::Pdf, false);
            }
            Kind::Unknown => {
                let shape = if xml::parse::is_markup(bytes) { Shape::Xml } else { Shape::Zip };
                return (shape, text(collector, bytes, document.detached));
            }
            other => not_examined(collector, format!("{other:?} holds no signature of a document")),
        }
    }
    (Shape::Other, false)
}

/// A long file that is neither a PDF file nor a container: of a film nobody expects a signature, of a structure or text
/// nobody knows.
fn too_long(collector: &mut Collector<'_>, bytes: &[u8]) {
    let start = bytes.trim_ascii_start();
    if start.first() == Some(&tag::SEQUENCE) || start.starts_with(b"-----BEGIN ") || xml::parse::is_markup(bytes) {
        let what = format!("a structure or text of more than {} MiB", STRUCTURE_BYTES_MAX >> 20);
        return collector.facts.document.push(DocumentFact::SignatureNotRead(what));
    }
    let _ = text(collector, bytes, None);
}

fn archive(collector: &mut Collector<'_>, bytes: &[u8]) {
    match zip::Archive::read(bytes) {
        Ok(archive) if !asic::is_asic(&archive) => no_container(collector, &archive),
        Ok(archive) => {
            let files = archive.entries.iter().filter(|entry| !entry.name.starts_with("META-INF/"));
            let stored = files.filter(|entry| entry.method == zip::Method::Stored);
            let mut stored: Vec<_> = stored.map(|entry| entry.packed.clone()).collect();
            stored.sort_unstable_by_key(|place| place.start);
            if polyglot::shows_as_pdf(bytes, &stored) {
                collector.facts.document.push(DocumentFact::Damaged(SHOWN_AS_PDF.to_owned()));
            }
            from_container::take(collector, bytes);
        }
        Err(_) => from_container::take(collector, bytes),
    }
}

/// What is said of a file that programs for PDF show, and not what is signed in it.
const SHOWN_AS_PDF: &str = "a PDF file stands in parts that nobody signed";
/// The same of one that programs unpack.
const SHOWN_AS_ARCHIVE: &str = "a ZIP file stands in parts that nobody signed";

/// A ZIP file that is no container of signatures: an Office document, mostly unsigned, or anything packed.
fn no_container(collector: &mut Collector<'_>, archive: &zip::Archive<'_>) {
    let has = |name: &str| archive.entries.iter().any(|entry| entry.name == name);
    let sign = archive.entries.iter().find_map(|entry| zip_signature(&entry.name).map(|what| (what, &entry.name)));
    if let Some((what, name)) = sign {
        collector.facts.document.push(DocumentFact::SignatureNotRead(format!("{what}: {name}")));
    } else if !has("[Content_Types].xml") && !has("META-INF/manifest.xml") {
        not_examined(collector, "a ZIP file that is no ASiC container".to_owned());
    }
}

/// What an entry of a ZIP file is, if it holds a signature that is not read.
fn zip_signature(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let inside = lower.strip_prefix("meta-inf/");
    if lower.starts_with("_xmlsignatures/") {
        Some("a signed Office document (ECMA-376)")
    } else if inside.is_some_and(|rest| [".rsa", ".dsa", ".ec"].iter().any(|end| rest.ends_with(end))) {
        Some("a signed JAR file")
    } else if inside.is_some_and(|rest| rest.contains("signature")) {
        Some("a container with signatures in a folder of their own")
    } else {
        None
    }
}

fn not_examined(collector: &mut Collector<'_>, why: String) {
    collector.facts.document.push(DocumentFact::NotExamined(why));
}

fn cms(collector: &mut Collector<'_>, structure: &[u8], kind: Kind, detached: Option<&[u8]>) {
    let data = match SignedData::read(structure) {
        Ok(data) => data,
        Err(error) => return collector.facts.document.push(DocumentFact::Damaged(error.to_string())),
    };
    let signed = polyglot::places_of_content(structure);
    if polyglot::shows_as_pdf(structure, &signed) {
        collector.facts.document.push(DocumentFact::Damaged(SHOWN_AS_PDF.to_owned()));
    }
    if polyglot::shows_as_archive(structure, &signed) {
        collector.facts.document.push(DocumentFact::Damaged(SHOWN_AS_ARCHIVE.to_owned()));
    }
    from_cms::beside(collector, &data);
    // Who signed a document inside did so before whoever signs around it.
    let signed_inside = data.content.as_deref().filter(|content| asic::is_signed_pdf(content));
    if let Some(content) = signed_inside {
        from_pdf::take_inside(collector, content, "content");
    }
    let bound = if kind == Kind::Enveloping && detached.is_none() { Bound::Inside } else { Bound::Detached };
    let content = Metered { parts: &[detached.unwrap_or_default()], budget: collector.budget };
    let setting = Setting { place: "signature", bound, content: &content, format: Format::Cms };
    let taken = from_cms::signed_data(collector, &data, &setting);
    let is_taken = detached.is_none() && signed_inside.is_some();
    if bound == Bound::Inside && !is_taken && data.content.as_deref().is_some_and(asic::bears_signatures) {
        not_examined(collector, "signatures inside what is signed".to_owned());
    }
    if let Some(content) = detached.or(data.content.as_deref()).filter(|_| !is_taken) {
        from_pdf::take_signed_content(collector, content);
    }
    if bound == Bound::Detached && detached.is_none() {
        for id in taken.signatures {
            let outcome = Outcome::NotFound("the document of the detached signature was not handed in".into());
            collector.facts.signatures[id.0].made.data = vec![Data { what: "document".into(), outcome }];
        }
    }
}

/// The signatures of an XML document; what was handed in beside it is the one file that it names, by whatever name. Of
/// several nobody could say which it is. Whether each of them names it comes with them.
fn markup(
    bytes: &[u8],
    detached: Option<&[u8]>,
    budget: &mut xml::Budget,
) -> Result<(Vec<XmlSignature>, bool), xml::parse::Error> {
    let Some(detached) = detached else {
        return Ok((xml::examine_within(bytes, &Supplied::default(), budget)?, false));
    };
    let alone = xml::examine(bytes, &Supplied::default())?;
    let outside = |signature: &XmlSignature| -> Vec<String> {
        let references = signature.references.iter().flat_map(|one| std::iter::once(one).chain(&one.manifest));
        references.filter_map(|one| one.covered.target.outside()).map(str::to_owned).collect()
    };
    let named: Vec<Vec<String>> = alone.iter().map(outside).collect();
    let names: BTreeSet<&String> = named.iter().flatten().collect();
    let is_of_all = !named.iter().any(Vec::is_empty);
    match names.first().filter(|_| names.len() == 1) {
        Some(name) => {
            let outside = |uri: &str| (uri == name.as_str()).then_some(detached);
            Ok((xml::examine_within(bytes, &Supplied { outside: &outside, ..Supplied::default() }, budget)?, is_of_all))
        }
        None => Ok((alone, false)),
    }
}

/// The documents that an edXML message carries: their own signatures are what counts. Those of a message inside it are not
/// looked at.
fn attachments(collector: &mut Collector<'_>, bytes: &[u8]) {
    let Ok(attachments) = xml::attachments(bytes) else { return };
    if attachments.is_empty() {
        return;
    }
    if collector.is_inside || attachments.len() > xml::shape::ATTACHMENTS_MAX {
        let unread = format!("{} attachments of a message", attachments.len());
        return collector.facts.document.push(DocumentFact::SignatureNotRead(unread));
    }
    let (before, whole) = (collector.facts.signatures.len(), collector.whole.take());
    if before == 0 {
        let around = "what a message says around its attachments, which nobody signed";
        collector.facts.document.push(DocumentFact::NotExamined(around.to_owned()));
    }
    collector.is_inside = true;
    let held = attachments.iter().filter_map(|one| one.content.as_ref().ok()).map(Vec::len).sum();
    let mut unsigned = Vec::new();
    collector.around(held, |collector| {
        for (number, attachment) in (1..).zip(&attachments) {
            if !is_attachment_signed(collector, number, attachment) {
                unsigned.push(named(number));
            }
        }
    });
    collector.is_inside = false;
    collector.whole = whole;
    // What the message's own signatures cover whole, is signed with it.
    let is_message_signed = collector.facts.signatures[..before].iter().any(|one| one.coverage.scope == Scope::Whole);
    if collector.facts.signatures.len() > before && !unsigned.is_empty() && !is_message_signed {
        collector.facts.document.push(DocumentFact::UncoveredFiles(unsigned));
    }
}

/// Takes an attachment of a message as a part of it; whether it bears signatures of its own.
fn is_attachment_signed(collector: &mut Collector<'_>, number: usize, attachment: &Attachment) -> bool {
    let name = named(number);
    let (signatures, tokens) = (collector.facts.signatures.len(), collector.facts.tokens.len());
    match &attachment.content {
        Ok(bytes) => {
            let (name, media_type) = (attachment.name.as_str(), attachment.media_type.as_str());
            take(collector, Document { bytes, detached: None, name, media_type });
        }
        Err(why) => collector.facts.document.push(DocumentFact::Damaged(format!("{name}: {why}"))),
    }
    collector.facts.signatures[signatures..]
        .iter_mut()
        .for_each(|one| (one.part, one.place) = (number, format!("{name}: {}", one.place)));
    collector.facts.tokens[tokens..].iter_mut().for_each(|one| one.place = format!("{name}: {}", one.place));
    collector.facts.signatures.len() > signatures
}

/// What an attachment is called where it is spoken of.
fn named(number: usize) -> String {
    format!("attachment {number}")
}

/// XML, or a file of no kind whose signatures are read; the latter is said where there are traces of a signature. Whether what
/// was handed in beside it is what it signs.
fn text(collector: &mut Collector<'_>, bytes: &[u8], detached: Option<&[u8]>) -> bool {
    if xml::parse::is_markup(bytes) {
        return match markup(bytes, detached, &mut collector.xml) {
            Ok((signatures, is_of_document)) => {
                // In UTF-16 the bytes of an end record are letters.
                if !signatures.is_empty() && polyglot::ends_as_archive(bytes) {
                    collector.facts.document.push(DocumentFact::Damaged(SHOWN_AS_ARCHIVE.to_owned()));
                }
                from_xml::take(collector, &signatures, "");
                attachments(collector, bytes);
                is_of_document
            }
            Err(error) => {
                markup_not_read(collector, bytes, &error);
                false
            }
        };
    }
    let traces = &bytes[..bytes.len().min(TRACES_WITHIN_BYTES)];
    let found = TRACES.iter().find(|(trace, _)| memchr::memmem::find(traces, trace).is_some());
    if let Some((_, what)) = found {
        collector.facts.document.push(DocumentFact::SignatureNotRead((*what).to_owned()));
    } else if polyglot::ends_as_archive(bytes) {
        from_container::take(collector, bytes);
    }
    false
}

/// XML that is not read: beyond a limit nobody knows whether it is signed; a web page that is no XML is not.
fn markup_not_read(collector: &mut Collector<'_>, bytes: &[u8], error: &xml::parse::Error) {
    if polyglot::ends_as_archive(bytes) {
        return from_container::take(collector, bytes);
    }
    let traces = &bytes[..bytes.len().min(TRACES_WITHIN_BYTES)];
    let is_signed = || memchr::memmem::find(traces, xml::DSIG.as_bytes()).is_some();
    if matches!(error, xml::parse::Error::Limit(_)) || is_signed() {
        collector.facts.document.push(DocumentFact::SignatureNotRead(error.to_string()));
    } else {
        not_examined(collector, error.to_string());
    }
}

#[cfg(test)]
mod tests;
