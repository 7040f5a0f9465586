//! What stands in and around a signature and is signed by nothing.
//!
//! A signature has room for evidence: KeyInfo, unsigned properties, objects that no reference covers. What signatures are made
//! of may stand there; words may not, because a style sheet, or a program that looks for a name anywhere, may take them for the
//! document. So elements, attributes and texts are held against what the vocabularies have, and whatever else is there is told.

use std::collections::HashSet;

use super::fact::{Covered, DigestCheck, Extent, Reference, Role, Target, XmlSignature};
use super::reference::is_xades;
use super::transform::BASE64;
use super::tree::{Document, Kind, NodeId, ROOT, WS_SECURITY};
use super::xades::Binding;
use super::{Budget, DSIG, base64, xades};

/// What stands before or behind the root, in words.
const BESIDE_ROOT: &str = "beside the root";
/// Objects told that no reference covers.
const UNSIGNED_PARTS_MAX: usize = 16;
/// Vocabularies of what signatures hold besides XML Signature and XAdES.
const KNOWN_NAMESPACES: [&str; 8] = [
    "http://www.w3.org/2009/xmldsig11#",
    "http://www.w3.org/2001/04/xmldsig-more#",
    "http://www.w3.org/2007/05/xmldsig-more#",
    "http://www.w3.org/2001/04/xmlenc#",
    "http://www.w3.org/2009/xmlenc11#",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd",
];
/// Every element of XML Signature (§4 to §8 of XML Signature 1.1) that may stand in KeyInfo and in nested signatures.
const DSIG_NAMES: [&str; 45] = [
    "Signature",
    "SignatureValue",
    "SignedInfo",
    "CanonicalizationMethod",
    "SignatureMethod",
    "HMACOutputLength",
    "Reference",
    "Transforms",
    "Transform",
    "XPath",
    "DigestMethod",
    "DigestValue",
    "KeyInfo",
    "KeyName",
    "KeyValue",
    "RetrievalMethod",
    "MgmtData",
    "X509Data",
    "X509IssuerSerial",
    "X509IssuerName",
    "X509SerialNumber",
    "X509SKI",
    "X509SubjectName",
    "X509Certificate",
    "X509CRL",
    "PGPData",
    "PGPKeyID",
    "PGPKeyPacket",
    "SPKIData",
    "SPKISexp",
    "DSAKeyValue",
    "P",
    "Q",
    "G",
    "Y",
    "J",
    "Seed",
    "PgenCounter",
    "RSAKeyValue",
    "Modulus",
    "Exponent",
    "Object",
    "Manifest",
    "SignatureProperties",
    "SignatureProperty",
];
/// Names in those vocabularies that stand in KeyInfo.
const KNOWN_NAMES: [&str; 38] = [
    "ECKeyValue",
    "ECParameters",
    "NamedCurve",
    "PublicKey",
    "FieldID",
    "Prime",
    "P",
    "TnB",
    "K",
    "PnB",
    "K1",
    "K2",
    "K3",
    "M",
    "GnB",
    "Curve",
    "A",
    "B",
    "Base",
    "Order",
    "CoFactor",
    "ValidationData",
    "DEREncodedKeyValue",
    "KeyInfoReference",
    "X509Digest",
    "OCSPResponse",
    "EncryptedKey",
    "EncryptionMethod",
    "CipherData",
    "CipherValue",
    "ReferenceList",
    "DataReference",
    "AgreementMethod",
    "SecurityTokenReference",
    "Reference",
    "KeyIdentifier",
    "BinarySecurityToken",
    "EncryptedData",
];
/// Elements that hold base64 of DER: of a SEQUENCE, the first character is M.
const OF_DER: [&str; 11] = [
    "X509Certificate",
    "X509CRL",
    "EncapsulatedX509Certificate",
    "EncapsulatedCRLValue",
    "EncapsulatedOCSPValue",
    "EncapsulatedTimeStamp",
    "EncapsulatedPKIData",
    "X509AttributeCertificate",
    "OCSPResponse",
    "DEREncodedKeyValue",
    "EncapsulatedEvidenceRecord",
];
/// Elements that hold base64 of other bytes.
const OF_BASE64: [&str; 27] = [
    "IssuerSerialV2",
    "SignatureValue",
    "DigestValue",
    "X509SKI",
    "X509Digest",
    "Modulus",
    "Exponent",
    "P",
    "Q",
    "G",
    "Y",
    "J",
    "Seed",
    "PgenCounter",
    "PGPKeyID",
    "PGPKeyPacket",
    "SPKISexp",
    "ByKey",
    "OtherCertificate",
    "PublicKey",
    "CipherValue",
    "KeyIdentifier",
    "BinarySecurityToken",
    "SignaturePolicyDocument",
    "RecomputedDigestValue",
    "Prime",
    "Base",
];
/// Attributes of elements of signatures, besides those whose values say what they are.
const ATTRIBUTES: [&str; 10] = [
    "Id",
    "URI",
    "Type",
    "Target",
    "ValueType",
    "EncodingType",
    "ObjectReference",
    "referencedData",
    "Qualifier",
    "TokenType",
];
/// What media types begin with.
const MEDIA: [&str; 8] = ["text/", "image/", "application/", "audio/", "video/", "multipart/", "message/", "font/"];
/// What identifiers of algorithms and encodings begin with.
const SCHEMES: [&str; 3] = ["http://", "https://", "urn:"];
/// Types of a name of X.500 as software writes them, in capitals; others by their identifiers.
const NAME_TYPES: [&str; 31] = [
    "C",
    "CN",
    "COMMONNAME",
    "COUNTRY",
    "DC",
    "DESCRIPTION",
    "DNQ",
    "DNQUALIFIER",
    "E",
    "EMAIL",
    "EMAILADDRESS",
    "G",
    "GENERATION",
    "GIVENNAME",
    "GN",
    "I",
    "INITIALS",
    "L",
    "O",
    "ORGANIZATIONIDENTIFIER",
    "OU",
    "PHONE",
    "POSTALCODE",
    "S",
    "SERIALNUMBER",
    "SN",
    "ST",
    "STREET",
    "SURNAME",
    "T",
    "UID",
];
/// Longest value of one, bytes: a URI.
const ATTRIBUTE_BYTES_MAX: usize = 2048;
/// Longest name of a key, characters.
const KEY_NAME_CHARS_MAX: usize = 256;

/// The Objects that hold data, neither properties nor a Manifest, and that no matching reference covers whole, nor all
/// that is in them; texts into which a comment was put; what stands in a signature and is none of it.
pub(super) fn unsigned_parts(
    document: &Document<'_>,
    signature: NodeId,
    facts: &XmlSignature,
    budget: &mut Budget,
) -> Vec<String> {
    let matches = |one: &&Reference| one.digest == DigestCheck::Matches;
    let direct = facts.references.iter().filter(matches);
    let matching: Vec<_> = direct
        .flat_map(|one| std::iter::once(one).chain(one.manifest.iter().filter(matches)))
        .map(|one| &one.covered)
        .collect();
    let is_covered = |id: NodeId| {
        let span = &document.node(id).span;
        matching.iter().any(|covered| match &covered.target {
            Target::Element { span: target, .. } => {
                covered.extent == Extent::Whole && target.start <= span.start && span.end <= target.end
            }
            _ => false,
        })
    };
    let is_time_signed = facts.claimed_times.iter().any(|one| one.covered);
    let is_data = |id: NodeId| match document.element(id) {
        Some(_) if document.is(id, DSIG, "Manifest") || document.is(id, DSIG, "SignatureProperties") => {
            // Beside a time that is signed, another that is not says something.
            !is_covered(id) && (is_time_signed || !says_nothing(document, id))
        }
        Some(element) => element.local() != "QualifyingProperties" || !is_xades(document.namespace(id)),
        None => {
            let is_instruction = matches!(document.node(id).kind, Kind::Instruction { .. });
            is_instruction || !document.text_of(id).trim().is_empty()
        }
    };
    let mut found = foreign_elements(document, signature, budget);
    found.extend(split_texts(document, budget));
    found.extend(instructions_beside_root(document, &matching));
    found.extend(words_beside_files(document, facts, budget));
    found.extend(kinds_beside_base64(document, signature, facts));
    for object in document.children_named(signature, DSIG, "Object").filter(|&object| !is_covered(object)) {
        let work = u64::from(document.node(object).end - object).saturating_mul(matching.len() as u64 + 1);
        let open = !budget.steps(work)
            || !has_usual_attributes(document, object)
            || document.children(object).any(|child| is_data(child) && !is_covered(child));
        if open && found.len() < UNSIGNED_PARTS_MAX {
            found.push(document.path(object));
        }
    }
    found
}

/// Whether comments with words in them stand outside signatures in a document that a signature covers, and it covers them not.
pub(super) fn has_comments_beside(document: &Document<'_>, facts: &XmlSignature, budget: &mut Budget) -> bool {
    let is_inside = |one: &Covered| match &one.target {
        Target::Document => true,
        Target::Element { role, .. } => matches!(role, Role::Data | Role::Object),
        Target::Outside(_) | Target::Nothing => false,
    };
    let is_commented = |one: &Reference| {
        let is_pointer = one.uri.as_deref().is_some_and(|uri| uri.starts_with("#xpointer("));
        is_pointer && one.transforms.iter().any(|name| name.ends_with("WithComments"))
    };
    if !facts.references.iter().any(|one| is_inside(&one.covered)) || facts.references.iter().any(is_commented) {
        return false;
    }
    if !budget.steps(u64::from(document.node_count())) {
        return false; // then the signature was not read whole either
    }
    let mut id = ROOT;
    while id < document.node_count() {
        match &document.node(id).kind {
            Kind::Comment(text) if text.contains(char::is_alphanumeric) => return true,
            Kind::Element(_) if document.is(id, DSIG, "Signature") => id = document.node(id).end,
            _ => id += 1,
        }
    }
    false
}

/// The processing instructions before and behind the root: a style sheet that one names shows other words. A reference to the
/// whole document covers them, one to its root does not.
fn instructions_beside_root(document: &Document<'_>, matching: &[&Covered]) -> Option<String> {
    let is_instruction = |id: NodeId| matches!(document.node(id).kind, Kind::Instruction { .. });
    let is_covered = || matching.iter().any(|one| one.target == Target::Document && one.whole_document);
    (document.children(ROOT).any(is_instruction) && !is_covered()).then(|| BESIDE_ROOT.to_owned())
}

/// Where a signature is over other files alone, what stands in its document beside signatures and the elements around them: the
/// document is shown as well as those files, and nothing of it is signed.
fn words_beside_files(document: &Document<'_>, facts: &XmlSignature, budget: &mut Budget) -> Option<String> {
    let mut data = facts.references.iter().filter(|one| match &one.covered.target {
        Target::Element { role, .. } => {
            matches!(role, Role::Data | Role::Object | Role::Manifest | Role::OtherSignature)
        }
        Target::Document | Target::Outside(_) => true,
        Target::Nothing => false,
    });
    let is_beside_files = data.clone().next().is_some() && data.all(|one| one.covered.target.outside().is_some());
    if !is_beside_files {
        return None;
    }
    if !budget.steps(u64::from(document.node_count())) {
        return Some("/".to_owned());
    }
    let signatures = document.subtree(ROOT).filter(|&id| document.is(id, DSIG, "Signature"));
    let around: HashSet<NodeId> = signatures.flat_map(|id| document.ancestors(id)).collect();
    let mut id = ROOT + 1;
    while id < document.node_count() {
        let node = document.node(id);
        if document.is(id, DSIG, "Signature") {
            id = node.end;
            continue;
        }
        let is_innocent = match &node.kind {
            Kind::Element(_) => around.contains(&id) && has_usual_attributes(document, id),
            Kind::Text(text) => text.trim().is_empty(),
            Kind::Comment(_) | Kind::Root => true,
            Kind::Instruction { .. } => node.parent == ROOT, // told as one beside the root
        };
        if !is_innocent {
            return Some(document.path(if document.element(id).is_some() { id } else { node.parent }));
        }
        id += 1;
    }
    None
}

/// Attributes that say what kind of data an Object holds, where its base64 is signed and they are not: unless a signed property
/// says the same (EN 319 132-1 §5.2.4), another kind might be shown.
fn kinds_beside_base64(document: &Document<'_>, signature: NodeId, facts: &XmlSignature) -> Vec<String> {
    let formats = facts.xades.iter().filter(|xades| xades.binding == Binding::Signed).flat_map(|xades| &xades.formats);
    let is_said = |reference: NodeId, kind: &str| {
        let id = document.attribute(reference, "Id");
        let named = |written: &str| written.strip_prefix('#').is_some() && written.strip_prefix('#') == id;
        formats.clone().any(|one| named(&one.reference) && one.media_type.as_deref() == Some(kind))
    };
    let info = document.child(signature, DSIG, "SignedInfo");
    let written = info.into_iter().flat_map(|info| document.children_named(info, DSIG, "Reference"));
    let decoded = written.zip(&facts.references).filter(|(_, one)| one.transforms.iter().any(|name| name == BASE64));
    let found = decoded.filter_map(|(reference, one)| {
        let Target::Element { path, .. } = &one.covered.target else { return None };
        let id = one.uri.as_deref()?.strip_prefix('#')?;
        let kind = document.attribute(document.by_id(id).ok()?, "MimeType")?;
        (!is_said(reference, kind)).then(|| format!("{path}/@MimeType"))
    });
    found.take(UNSIGNED_PARTS_MAX).collect()
}

/// Whether HTML ends a comment before XML does: what follows there is a page (HTML, 13.2.5.43 to 13.2.5.51).
fn ends_early_in_html(comment: &str) -> bool {
    comment.starts_with('>') || comment.starts_with("->") || comment.contains("--!>") || comment.contains("<!--")
}

/// Whether a text, as it is written, is characters and CDATA sections in turn: canonicalization writes characters of both.
fn is_cut_by_sections(written: &str) -> bool {
    let (open, close) = ("<![CDATA[", "]]>");
    match written.trim().strip_prefix(open) {
        None => written.contains(open),
        Some(inside) => inside.find(close).is_none_or(|at| at + close.len() < inside.len()),
    }
}

/// Where a comment is one in XML alone, and the elements whose text a comment or a CDATA section cuts in two: canonicalization leaves comments and the marks of sections
/// out, so anybody may put one there, and a program that takes the first text alone reads another value than was signed.
fn split_texts(document: &Document<'_>, budget: &mut Budget) -> Vec<String> {
    if !budget.steps(u64::from(document.node_count())) {
        return vec![document.path(document.document_element())];
    }
    let mut found = Vec::new();
    // Element of the last text, and whether a comment came right after it.
    let mut last: Option<(NodeId, bool)> = None;
    for id in 0..document.node_count() {
        let node = document.node(id);
        match &node.kind {
            Kind::Text(text) if text.trim().is_empty() => {}
            Kind::Text(_) => {
                let is_cut =
                    last == Some((node.parent, true)) || is_cut_by_sections(&document.text()[node.span.clone()]);
                if is_cut && found.len() < UNSIGNED_PARTS_MAX {
                    found.push(document.path(node.parent));
                }
                last = Some((node.parent, false));
            }
            Kind::Comment(text) => {
                if ends_early_in_html(text) && found.len() < UNSIGNED_PARTS_MAX {
                    found.push(if node.parent == ROOT { BESIDE_ROOT.to_owned() } else { document.path(node.parent) });
                }
                last = last.filter(|(parent, _)| *parent == node.parent).map(|(parent, _)| (parent, true))
            }
            _ => last = None,
        }
    }
    found
}

/// What no signature has in its own place, in KeyInfo and in unsigned properties, the outermost of it: nothing signs that, and a
/// style sheet, or a program that looks for a name anywhere, may take it for the document.
fn foreign_elements(document: &Document<'_>, signature: NodeId, budget: &mut Budget) -> Vec<String> {
    const OWN: [&str; 4] = ["SignedInfo", "SignatureValue", "KeyInfo", "Object"];
    let is_text = |id: NodeId| document.element(id).is_none() && !document.text_of(id).trim().is_empty();
    let is_own = |id: NodeId| OWN.iter().any(|name| document.is(id, DSIG, name));
    let is_instruction = |id: NodeId| matches!(document.node(id).kind, Kind::Instruction { .. });
    let is_beside = |&id: &NodeId| is_text(id) || is_instruction(id) || document.element(id).is_some() && !is_own(id);
    let beside = document.children(signature).filter(is_beside);
    let mut found: Vec<String> = beside.take(UNSIGNED_PARTS_MAX).map(|_| document.path(signature)).collect();
    let value = document.child(signature, DSIG, "SignatureValue");
    let info = document.children_named(signature, DSIG, "KeyInfo");
    let objects = document.children_named(signature, DSIG, "Object");
    let properties: Vec<NodeId> =
        objects.flat_map(|object| document.children(object)).filter(|&id| is_xades(document.namespace(id))).collect();
    let around = std::iter::once(signature).chain(value).chain(properties.iter().copied());
    let bare = around.filter(|&id| !has_usual_attributes(document, id)).take(UNSIGNED_PARTS_MAX);
    found.extend(bare.map(|id| document.path(id)));
    let unsigned = properties
        .iter()
        .flat_map(|&id| document.children(id))
        .filter(|&id| is_text(id) || document.element(id).is_some_and(|element| element.local() != "SignedProperties"));
    for part in info.chain(unsigned).collect::<Vec<_>>() {
        if !budget.steps(u64::from(document.node(part).end - part)) {
            found.push(document.path(part));
            continue;
        }
        let mut id = part;
        while id < document.node(part).end && found.len() < UNSIGNED_PARTS_MAX {
            // A counter-signature is a signature, looked at like any other.
            let is_other = document.is(id, DSIG, "Signature");
            let is_foreign = !is_other && !is_innocent(document, id);
            if is_foreign {
                found.push(document.path(id));
            }
            id = if is_foreign || is_other { document.node(id).end } else { id + 1 };
        }
    }
    found
}

/// Whether a part of a signature that nothing signs has nothing but what signatures are made of.
fn says_nothing(document: &Document<'_>, part: NodeId) -> bool {
    (part..document.node(part).end).all(|id| is_innocent(document, id))
}

/// Whether a node that nothing signs is one that signatures are made of, and holds no words: an element of its vocabularies
/// with their attributes, digits and base64 where those belong, a name of a key, white space. Whole counter-signatures are
/// looked at by themselves.
fn is_innocent(document: &Document<'_>, id: NodeId) -> bool {
    let parent = document.node(id).parent;
    match &document.node(id).kind {
        Kind::Element(element) => {
            let is_time = element.local() == "SigningTime" && document.is(parent, DSIG, "SignatureProperty");
            (is_time || is_known(document.namespace(id), element.local())) && has_usual_attributes(document, id)
        }
        Kind::Text(text) => text.trim().is_empty() || is_usual(document, parent, text.trim()),
        Kind::Comment(_) => true, // no canonical form shows it
        _ => false,
    }
}

/// Attributes that elements of signatures have, and no words in them. In a namespace they are those of another vocabulary: only
/// WS-Security has its identifiers in one.
fn has_usual_attributes(document: &Document<'_>, id: NodeId) -> bool {
    document.attributes(id).iter().all(|attribute| {
        let is_usual = match attribute.local() {
            _ if !matches!(document.uri(attribute.namespace), "" | WS_SECURITY) => false,
            "Id" | "Target" => attribute.value.is_ascii(),
            "MimeType" => MEDIA.iter().any(|kind| attribute.value.starts_with(kind)),
            "Encoding" | "Algorithm" => SCHEMES.iter().any(|scheme| attribute.value.starts_with(scheme)),
            "Order" => attribute.value.bytes().all(|byte| byte.is_ascii_digit()),
            // Bytes in the place of where they are.
            "URI" => !attribute.value.trim_start().to_ascii_lowercase().starts_with("data:"),
            name => ATTRIBUTES.contains(&name),
        };
        is_usual && attribute.value.len() <= ATTRIBUTE_BYTES_MAX && !attribute.value.contains(char::is_whitespace)
    })
}

/// Whether a text is what an element of signatures has: base64, a number, a time, a name of X.500, a URI, the name of a key.
fn is_usual(document: &Document<'_>, holder: NodeId, text: &str) -> bool {
    let Some(element) = document.element(holder) else { return false };
    let only =
        |more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c) || c.is_ascii_whitespace());
    // Lines break anywhere; words have spaces between them.
    let is_base64 = || {
        let are_whole = text.lines().all(|line| !line.trim().contains(char::is_whitespace));
        only("+/=") && are_whole && base64(text).is_ok()
    };
    let is_word = || text.len() <= ATTRIBUTE_BYTES_MAX && !text.contains(char::is_whitespace);
    match element.local() {
        "X509SubjectName" | "X509IssuerName" | "IssuerName" | "Issuer" | "ByName" => is_name(text),
        "KeyName" => text.chars().count() <= KEY_NAME_CHARS_MAX,
        "SigningTime" | "IssueTime" | "ProducedAt" => is_word() && only("-:.+"),
        "X509SerialNumber" | "Number" | "int" | "HMACOutputLength" => is_word() && only("-"),
        "Identifier" | "SPURI" | "SigPolDocLocalURI" | "Transform" | "XPath" | "XPointer" => is_word(),
        name if OF_DER.contains(&name) => is_base64() && text.starts_with('M'),
        name => OF_BASE64.contains(&name) && is_base64(),
    }
}

/// Whether a text begins as a name of X.500 does, in any of its notations (RFC 4514, OpenSSL's with slashes): by a type.
fn is_name(text: &str) -> bool {
    let first = text.trim_start_matches('/').split_once('=').map_or("", |(first, _)| first.trim());
    let dotted = first.strip_prefix("OID.").unwrap_or(first);
    let is_identifier = dotted.contains('.') && dotted.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.len() <= ATTRIBUTE_BYTES_MAX && (is_identifier || NAME_TYPES.contains(&first.to_ascii_uppercase().as_str()))
}

/// Whether an element is of a vocabulary of signatures, by its name, too: of XAdES those that stand among what is unsigned.
fn is_known(namespace: &str, name: &str) -> bool {
    match namespace {
        DSIG => DSIG_NAMES.contains(&name),
        _ if is_xades(namespace) => xades::stands_unsigned(name),
        _ => KNOWN_NAMESPACES.contains(&namespace) && KNOWN_NAMES.contains(&name),
    }
}
