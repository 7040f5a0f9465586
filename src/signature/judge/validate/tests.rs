use super::*;
use crate::signature::algorithm::UNITS_MAX;
use crate::signature::judge::{Indication, SubIndication};
use crate::signature::practice::{Outcome as PracticeOutcome, Practice, Scan};

const CONTAINER: &[u8] = include_bytes!("../../../../tests/fixtures/verdicts/19a_simple.asics");
const ENVELOPING: &[u8] = include_bytes!("../../../../tests/fixtures/verdicts/20o_letter.p7m");
const UNSIGNED_PDF: &[u8] = include_bytes!("../../../../tests/fixtures/signatures/unsigned.pdf");

fn judged(bytes: &[u8]) -> Judged {
    let policy = Policy::vietnam().expect("shipped");
    let context = Context {
        trusted: &[],
        certificates: &[],
        lists: &[],
        responses: &[],
        proofs: &[],
        policy: &policy,
        at: chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000),
        cache: &SignatureCache::default(),
        units_max: UNITS_MAX,
    };
    validate(Document::unnamed(bytes, None), &context)
}

/// The enveloping signature with a letter that begins like a PDF file, as signed PDF files in CMS do.
fn around_a_pdf() -> Vec<u8> {
    let letter = include_bytes!("../../../../tests/fixtures/verdicts/20_letter.txt");
    let at = memchr::memmem::find(ENVELOPING, &letter[..16]).expect("the letter stands inside");
    assert!(at < PDF_HEADER_WITHIN_BYTES, "{at}");
    let mut bytes = ENVELOPING.to_vec();
    bytes[at..at + 5].copy_from_slice(b"%PDF-");
    bytes
}

#[test]
fn a_signature_around_a_pdf_is_not_taken_for_a_pdf() {
    let judged = judged(&around_a_pdf());
    assert_eq!(judged.facts.signatures.len(), 1);
    assert_eq!(judged.facts.signatures[0].format, Format::Cms);
    assert!(judged.validation.signatures[0].conclusion.is(SubIndication::HashFailure), "the letter was changed");
}

#[test]
fn a_pdf_behind_a_signature_of_something_else_is_told() {
    let judged = judged(&[ENVELOPING, UNSIGNED_PDF].concat());
    assert!(judged.facts.document.iter().any(|fact| matches!(fact, DocumentFact::Damaged(_))));
}

#[test]
fn a_comment_of_a_zip_file_is_a_note() {
    let mut bytes = CONTAINER.to_vec();
    let length = bytes.len() - 2;
    bytes[length..].copy_from_slice(&4_u16.to_le_bytes());
    bytes.extend_from_slice(b"test");
    let judged = judged(&bytes);
    let [signature] = judged.facts.signatures.as_slice() else { panic!("one signature") };
    assert!(signature.made.defects.is_empty(), "{:?}", signature.made.defects);
    assert!(signature.made.notes.iter().any(|note| note.contains("comment")));
    assert_eq!(judged.facts.document, []);
}

#[test]
fn the_listing_of_a_container_is_not_a_file_that_somebody_should_have_signed() {
    let listed = |path: &str| {
        format!(
            "<m:manifest xmlns:m=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"><m:file-entry \
             m:full-path=\"/\"/><m:file-entry m:full-path=\"{path}\"/></m:manifest>"
        )
    };
    let name = zip::Archive::read(CONTAINER).expect("a ZIP file").entries[1].name.clone();
    assert_eq!(judged(&with_entry("META-INF/manifest.xml", listed(&name).as_bytes())).facts.document, []);
    let missing = judged(&with_entry("META-INF/manifest.xml", listed("another.pdf").as_bytes()));
    assert!(matches!(missing.facts.document.as_slice(), [DocumentFact::Container(why)] if why.contains("another.pdf")));
    let extra = judged(&with_entry("META-INF/extra.xml", b"<a/>"));
    assert!(matches!(extra.facts.document.as_slice(), [DocumentFact::UncoveredFiles(_)]));
}

#[test]
fn traces_of_a_signature_in_a_file_of_no_kind_are_told() {
    for bytes in [
        &b"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"\n"[..],
        b"#G broken <</ByteRange [0 1 2 3]>>",
        b"\0<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/>",
    ] {
        let judged = judged(bytes);
        assert!(
            matches!(judged.facts.document.as_slice(), [DocumentFact::SignatureNotRead(_)]),
            "{:?}",
            judged.facts.document
        );
    }
    assert_eq!(judged(b"a plain letter").facts.document, []);
    let mut shifted = b"\0".to_vec();
    shifted.extend_from_slice(CONTAINER);
    assert!(!judged(&shifted).facts.document.is_empty(), "a container with a byte before it");
}

#[test]
fn a_signed_zip_file_that_is_no_container_is_not_taken_for_unsigned() {
    let mut plain = CONTAINER.to_vec();
    for (from, to) in [(&b"META-INF/"[..], &b"customXml"[..]), (b"mimetype", b"settings")] {
        while let Some(at) = memchr::memmem::find(&plain, from) {
            plain[at..at + from.len()].copy_from_slice(to);
        }
    }
    assert!(matches!(judged(&plain).facts.document.as_slice(), [DocumentFact::NotExamined(_)]));
    let office = with_entry_in(&plain, "[Content_Types].xml", b"<Types/>");
    assert_eq!(judged(&office).facts.document, [], "an Office document without a signature");
    for name in ["_xmlsignatures/sig1.xml", "META-INF/CERT.RSA", "META-INF/signatures/signatures0.xml"] {
        let signed = judged(&with_entry_in(&office, name, b"<a/>"));
        assert!(matches!(signed.facts.document.as_slice(), [DocumentFact::SignatureNotRead(_)]), "{name}");
        let decision =
            Practice::vietnam().expect("shipped").decide(&signed.facts, &signed.validation, None, Scan::Unknown);
        assert_eq!(decision.outcome, PracticeOutcome::Review, "{name}");
    }
}

/// The container with one further stored entry, at its end.
fn with_entry(name: &str, content: &[u8]) -> Vec<u8> {
    with_entry_in(CONTAINER, name, content)
}

fn with_entry_in(archive: &[u8], name: &str, content: &[u8]) -> Vec<u8> {
    let end = memchr::memmem::rfind(archive, b"PK\x05\x06").expect("an end record");
    let number = |at: usize| u32::from_le_bytes(archive[at..at + 4].try_into().expect("four bytes"));
    let (directory_bytes, directory) = (number(end + 12), number(end + 16));
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    common.extend_from_slice(&crc.sum().to_le_bytes());
    let size = u32::try_from(content.len()).expect("small");
    common.extend_from_slice(&size.to_le_bytes());
    common.extend_from_slice(&size.to_le_bytes());
    common.extend_from_slice(&u16::try_from(name.len()).expect("short").to_le_bytes());
    common.extend_from_slice(&[0, 0]);
    let local = [b"PK\x03\x04", common.as_slice(), name.as_bytes(), content].concat();
    let central =
        [b"PK\x01\x02\x14\0", common.as_slice(), &[0; 10], &directory.to_le_bytes(), name.as_bytes()].concat();
    let moved = directory + u32::try_from(local.len()).expect("small");
    let mut tail = archive[end..].to_vec();
    let entries = u16::from_le_bytes([tail[8], tail[9]]) + 1;
    tail[8..10].copy_from_slice(&entries.to_le_bytes());
    tail[10..12].copy_from_slice(&entries.to_le_bytes());
    tail[12..16].copy_from_slice(&(directory_bytes + u32::try_from(central.len()).expect("small")).to_le_bytes());
    tail[16..20].copy_from_slice(&moved.to_le_bytes());
    let directory = directory as usize;
    [&archive[..directory], &local, &archive[directory..end], &central, &tail].concat()
}

#[test]
fn a_long_structure_is_said_not_to_be_read() {
    let mut bytes = vec![b' '; STRUCTURE_BYTES_MAX + 1];
    for head in [&b"<?xml version='1.0'?><a>"[..], b"-----BEGIN PKCS7-----", b"\x30\x80\x06\x09"] {
        bytes[..head.len()].copy_from_slice(head);
        let judged = judged(&bytes);
        let found = &judged.facts.document[..];
        assert!(matches!(found, [DocumentFact::SignatureNotRead(_)]), "{found:?}");
    }
}

#[test]
fn markup_that_is_not_read_is_unsigned_only_where_it_says_nothing_of_a_signature() {
    let nested = "<a>".repeat(2000) + &"</a>".repeat(2000);
    let broken = "<a><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'></a>";
    for text in [nested.as_str(), broken] {
        let judged = judged(text.as_bytes());
        assert!(matches!(judged.facts.document.as_slice(), [DocumentFact::SignatureNotRead(_)]), "{}", &text[..20]);
        let decision =
            Practice::vietnam().expect("shipped").decide(&judged.facts, &judged.validation, None, Scan::Unknown);
        assert_eq!(decision.outcome, PracticeOutcome::Review);
    }
    assert!(matches!(judged(b"<html><br></html>").facts.document.as_slice(), [DocumentFact::NotExamined(_)]));
}

#[test]
fn text_that_is_no_structure_is_not_copied() {
    use std::borrow::Cow;
    for text in [&b"<a>TUlJ</a>"[..], b"MIME-Version: 1.0", b"", b" \n", b"M"] {
        assert!(matches!(file::dearmoured(text), Cow::Borrowed(_)), "{text:?}");
    }
}

/// What stands in a signature and nothing signs could be shown as well as what is signed.
#[test]
fn content_in_a_signature_that_nothing_signs_leaves_the_letter_partly_covered() {
    let letter = include_str!("../../../../tests/fixtures/verdicts/17a_letter.xml");
    let scope = |text: &str| judged(text.as_bytes()).facts.signatures[0].coverage.scope;
    assert_eq!(scope(letter), Scope::Whole);
    let evil = "<Body xmlns=\"\">2450000000</Body>";
    let prefix = if letter.contains("<ds:KeyInfo") { "ds:" } else { "" };
    for (before, added) in [
        (format!("</{prefix}KeyInfo>"), evil.to_owned()),
        (format!("</{prefix}Signature>"), format!("<{prefix}Object>{evil}</{prefix}Object>")),
    ] {
        let at = letter.rfind(&before).expect("it is there");
        let forged = format!("{}{added}{}", &letter[..at], &letter[at..]);
        let judged = judged(forged.as_bytes());
        let signature = &judged.facts.signatures[0];
        assert_eq!(signature.coverage.scope, Scope::Partial, "{before}");
        assert!(!signature.coverage.uncovered.is_empty());
    }
}

/// The documents of an edXML message: their own signatures are what counts.
#[test]
fn what_a_message_carries_is_judged() {
    use base64::Engine;
    let message = |files: &[&[u8]]| {
        let attachments: String = files
            .iter()
            .map(|file| {
                let packed = base64::engine::general_purpose::STANDARD.encode(file);
                let content = format!("<ContentTransferEncoded>{packed}</ContentTransferEncoded>");
                format!("<Attachment><ContentType>application/pdf</ContentType>{content}</Attachment>")
            })
            .collect();
        let space = crate::signature::xml::shape::EDXML;
        format!("<edXML xmlns=\"{space}\"><AttachmentEncoded>{attachments}</AttachmentEncoded></edXML>")
    };
    let signed = include_bytes!("../../../../tests/fixtures/verdicts/06a_leader_then_agency.pdf");
    let found = judged(message(&[signed]).as_bytes());
    let places: Vec<&str> = found.facts.signatures.iter().map(|one| one.place.as_str()).collect();
    assert!(places.len() == 2 && places.iter().all(|place| place.starts_with("attachment 1: ")), "{places:?}");
    assert_eq!(found.sha256, Sha256::of(message(&[signed]).as_bytes()));
    let mut altered = signed.to_vec();
    let at = memchr::memmem::find(&altered, b"/Type").expect("it is there");
    altered[at + 1] = b'Z';
    let found = judged(message(&[&altered]).as_bytes());
    assert!(found.validation.signatures.iter().all(|one| one.conclusion.indication == Indication::Failed));
    let mixed = judged(message(&[signed, b"%PDF-1.7 nobody signed"]).as_bytes());
    let unsigned = DocumentFact::UncoveredFiles(vec!["attachment 2".into()]);
    assert!(mixed.facts.document.contains(&unsigned), "{:?}", mixed.facts.document);
}

/// DER of a tag and what it holds.
fn encoded(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("short").to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}

/// A CMS structure with one more entry among its certificates.
fn with_certificate(structure: &[u8], entry: &[u8]) -> Vec<u8> {
    use crate::signature::der;
    fn parts<'a>(element: &der::Element<'a>) -> Vec<der::Element<'a>> {
        element.children().collect::<Result<_, _>>().expect("BER")
    }
    let info = parts(&der::read(structure).expect("BER").0);
    let data = parts(&parts(&info[1])[0]);
    let is_set = |one: &der::Element<'_>| one.tag == tag::context_constructed(0);
    let inside = data.iter().map(|one| match is_set(one) {
        true => encoded(one.tag, &[one.content, entry].concat()),
        false => one.raw.to_vec(),
    });
    let data = encoded(tag::SEQUENCE, &inside.collect::<Vec<_>>().concat());
    let explicit = encoded(tag::context_constructed(0), &data);
    encoded(tag::SEQUENCE, &[info[0].raw, &explicit].concat())
}

#[test]
fn what_stands_among_the_certificates_is_told() {
    let facts = |structure: &[u8], entry: &[u8]| judged(&with_certificate(structure, entry)).facts.document;
    let says = |found: &[DocumentFact], words: &str| {
        found.iter().any(
            |fact| matches!(fact, DocumentFact::Damaged(why) | DocumentFact::NotExamined(why) if why.contains(words)),
        )
    };
    assert_eq!(facts(ENVELOPING, &[]), []);
    let attribute = tag::context_constructed(2);
    let page = facts(ENVELOPING, &encoded(attribute, b"<html>9.999.999.999 VND</html>"));
    assert!(says(&page, "attribute certificates") && !says(&page, "stands in parts"), "{page:?}");
    let objects = encoded(attribute, b"3 0 obj<</Length 9>>endobj trailer<</Root 1 0 R>>");
    assert!(says(&facts(&around_a_pdf(), &objects), SHOWN_AS_PDF));
    assert!(!says(&facts(ENVELOPING, &objects), SHOWN_AS_PDF), "no program takes it for a PDF file");
    let packed = encoded(attribute, &[b"PK\x05\x06", &[0; 18][..]].concat());
    assert!(says(&facts(ENVELOPING, &packed), SHOWN_AS_ARCHIVE));
    let token = SignedData::read(include_bytes!("../../../../tests/fixtures/sources/letter.txt.p7s")).expect("CMS");
    let leaf = token.x509().find(|one| one.extensions().basic_constraints.as_ref().is_none_or(|one| !one.is_ca));
    assert!(says(&facts(ENVELOPING, leaf.expect("a signer").raw()), "signed nothing here"));
}

#[test]
fn what_is_judged_as_another_kind_than_its_name_promises_is_reviewed() {
    let policy = Policy::vietnam().expect("shipped");
    let outcome = |bytes: &[u8], name: &str, media_type: &str| {
        let (cache, at) = (SignatureCache::default(), chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000));
        let context = Context {
            trusted: &[],
            certificates: &[],
            lists: &[],
            responses: &[],
            proofs: &[],
            policy: &policy,
            at,
            cache: &cache,
            units_max: UNITS_MAX,
        };
        let judged = validate(Document { bytes, detached: None, name, media_type }, &context);
        let decision =
            Practice::vietnam().expect("shipped").decide(&judged.facts, &judged.validation, None, Scan::Unknown);
        let is_told = decision.reasons.iter().any(|reason| reason.code == "other-kind");
        assert!(!is_told || decision.outcome >= PracticeOutcome::Review);
        is_told
    };
    let letter = include_bytes!("../../../../tests/fixtures/verdicts/17a_letter.xml");
    let signed = include_bytes!("../../../../tests/fixtures/verdicts/06a_leader_then_agency.pdf");
    for name in ["letter.pdf", "letter.docx", "letter.html", "letter.png", "letter.xml"] {
        assert!(outcome(ENVELOPING, name, ""), "{name}");
    }
    assert!(
        outcome(letter, "letter.html", "") && outcome(CONTAINER, "letter.pdf", "") && outcome(signed, "a.docx", "")
    );
    assert!(outcome(ENVELOPING, "letter.p7m", "application/pdf") && outcome(ENVELOPING, "letter.txt", ""));
    for (bytes, name, media_type) in [
        (ENVELOPING, "letter.p7m", "application/pkcs7-mime"),
        (ENVELOPING, "letter.bin", "application/octet-stream"),
        (ENVELOPING, "letter", ""),
        (CONTAINER, "a.asics", ""),
        (CONTAINER, "a.docx", ""),
        (&letter[..], "letter.xml", "text/xml"),
        (&letter[..], "letter.txt", "text/plain"),
        (&signed[..], "letter.PDF", "application/pdf"),
        (UNSIGNED_PDF, "letter.docx", ""),
    ] {
        assert!(!outcome(bytes, name, media_type), "{name} {media_type}");
    }
}

/// What hashing and canonicalising may cost is one sum for a message with all that it carries.
#[test]
fn what_a_message_carries_shares_one_budget() {
    use base64::Engine;
    let one = format!("<a>{}</a>", format!("<Signature xmlns=\"{}\"/>", xml::DSIG).repeat(200));
    let packed = base64::engine::general_purpose::STANDARD.encode(one);
    let attachment = format!("<Attachment><ContentTransferEncoded>{packed}</ContentTransferEncoded></Attachment>");
    let space = xml::shape::EDXML;
    let message =
        format!("<edXML xmlns=\"{space}\"><AttachmentEncoded>{}</AttachmentEncoded></edXML>", attachment.repeat(3));
    let found = judged(message.as_bytes());
    assert_eq!(found.facts.signatures.len(), 200);
    let unread = found.facts.document.iter().filter(|fact| matches!(fact, DocumentFact::SignatureNotRead(_)));
    assert_eq!(unread.count(), 2, "{:?}", found.facts.document);
}

#[test]
fn a_document_that_the_program_fails_on_is_reviewed() {
    let failing = guarded(b"hostile", || panic!("a parser went astray"));
    assert_eq!(failing.sha256, Sha256::of(b"hostile"));
    let policy = Policy::vietnam().expect("shipped");
    let validation = judge(&failing.facts, &policy, chrono::DateTime::UNIX_EPOCH);
    let decision = Practice::vietnam().expect("shipped").decide(&failing.facts, &validation, None, Scan::Unknown);
    assert_eq!(decision.outcome, PracticeOutcome::Review);
}

/// A page around a signature of another file is no more signed than one around none.
#[test]
fn a_page_around_a_signature_of_another_file_is_partly_signed() {
    let alone = include_str!("../../../../tests/fixtures/verdicts/17o_detached.xml");
    let letter = include_bytes!("../../../../tests/fixtures/verdicts/17_letter.txt");
    let policy = Policy::vietnam().expect("shipped");
    let scope = |text: &str| {
        let (cache, at) = (SignatureCache::default(), chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000));
        let context = Context {
            trusted: &[],
            certificates: &[],
            lists: &[],
            responses: &[],
            proofs: &[],
            policy: &policy,
            at,
            cache: &cache,
            units_max: UNITS_MAX,
        };
        validate(Document::unnamed(text.as_bytes(), Some(letter)), &context).facts.signatures[0].coverage.scope
    };
    let start = alone.find("<Signature").expect("it is there");
    let around = |open: &str, close: &str| format!("{}{open}{}{close}", &alone[..start], &alone[start..]);
    assert_eq!(scope(alone), Scope::Whole);
    assert_eq!(scope(&around("<all Id=\"a\">", "</all>")), Scope::Whole);
    for (open, close) in
        [("<page><p>9.999.999.999</p>", "</page>"), ("<page title=\"9\">", "</page>"), ("<page>", "9</page>")]
    {
        assert_eq!(scope(&around(open, close)), Scope::Partial, "{open}");
    }
}

#[test]
fn what_stands_in_the_cms_of_a_container_is_told() {
    let archive = zip::Archive::read(CONTAINER).expect("a ZIP file");
    let names: Vec<String> = archive.entries.iter().map(|entry| entry.name.clone()).collect();
    let content = |name: &str| archive.content(archive.entry_named(name)?, &mut zip::Budget::default()).ok();
    let told = |edit: &dyn Fn(&[u8]) -> Vec<u8>| {
        let files = names.iter().map(|name| (name, content(name).expect("it is there").into_owned()));
        let packed = files.fold(zip::tests::Builder::default(), |builder, (name, bytes)| {
            builder.add(name, &if name.ends_with(".p7s") { edit(&bytes) } else { bytes }, 0)
        });
        judged(&packed.finish()).facts.document
    };
    assert_eq!(told(&<[u8]>::to_vec), []);
    let attribute = encoded(tag::context_constructed(2), b"9.999.999.999 VND");
    assert!(matches!(told(&|p7s| with_certificate(p7s, &attribute)).as_slice(), [DocumentFact::NotExamined(_)]));
    assert!(matches!(told(&|p7s| [p7s, b"9.999.999.999 VND"].concat()).as_slice(), [DocumentFact::Damaged(_)]));
}

/// Signed XML in a signature is told: its own signatures are not read.
#[test]
fn what_is_signed_from_around_is_looked_at_too() {
    let inner = SignedData::read(ENVELOPING).expect("CMS").content.expect("inside");
    let told = |begins: &[u8]| {
        let mut structure = ENVELOPING.to_vec();
        let at = memchr::memmem::find(&structure, &inner).expect("it is there");
        structure[at..at + begins.len()].copy_from_slice(begins);
        judged(&structure).facts.document
    };
    let is_inside =
        |fact: &DocumentFact| matches!(fact, DocumentFact::NotExamined(why) if why.contains("signatures inside"));
    assert!(!told(b"%PDF-").iter().any(is_inside));
    let xml = format!("<a b=\"{}\"/>", xml::DSIG);
    assert!(told(xml.as_bytes()).iter().any(is_inside), "{:?}", told(xml.as_bytes()));
}
