//! One `ds:Signature`: its structure, its references, its value (XML Signature 1.1 §3.2).

use aws_lc_rs::constant_time;

use super::super::algorithm::{Unsupported, verify_in_context};
use super::algorithm::{self, Method};
use super::fact::{
    ClaimedTime, Defect, DigestCheck, Extent, KeySource, Reason, Reference, Role, Target, ValueCheck, XmlSignature,
};
use super::key::{KEYS_MAX, Key, KeyInfo};
use super::reference::{Referencing, is_xades, role};
use super::selection::{Comments, Selection};
use super::transform::canonicalisation;
use super::tree::{Document, IdError, Kind, NodeId};
use super::{Budget, DSIG, Supplied, base64, c14n, xades};

/// Times claimed by one signature that are kept; one is usual.
const CLAIMS_MAX: usize = 8;
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
const ATTRIBUTES: [&str; 12] = [
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
    "Order",
    "schemaLocation",
];
/// Longest value of one, bytes: a URI.
const ATTRIBUTE_BYTES_MAX: usize = 2048;
/// Longest name of a key, characters.
const KEY_NAME_CHARS_MAX: usize = 256;
/// Elements looked at for them: where each stands is a walk along its ancestors.
const CLAIMS_TRIED_MAX: usize = 64;

/// Reads and checks a signature.
pub(super) fn read(
    document: &Document<'_>,
    signature: NodeId,
    index: usize,
    inside: Option<usize>,
    supplied: &Supplied<'_>,
    budget: &mut Budget,
) -> XmlSignature {
    // A signature inside another is walked through once for each around it.
    let size = u64::from(document.node(signature).end - signature);
    let affordable = budget.steps(size);
    let info = document.child(signature, DSIG, "KeyInfo").filter(|_| affordable);
    let info = KeyInfo::read(document, signature, info, supplied, budget);
    let mut facts = XmlSignature {
        index,
        path: document.path(signature),
        span: document.node(signature).span.clone(),
        id: document.attribute(signature, "Id").map(str::to_owned),
        inside,
        canonicalisation: String::new(),
        method: String::new(),
        scheme: None,
        references: Vec::new(),
        value: ValueCheck::NotChecked(Reason::Structure("SignedInfo")),
        value_bytes: Vec::new(),
        key: None,
        key_text: None,
        signer_certificate: None,
        certificates: info.certificates.clone(),
        revocation_lists: info.revocation_lists.clone(),
        claimed_times: Vec::new(),
        xades: None,
        unsigned_parts: Vec::new(),
        defects: structure(document, signature),
    };
    if !affordable {
        facts.value = ValueCheck::NotChecked(Reason::Limit("steps"));
        return facts;
    }
    if let Some(signed_info) = document.child(signature, DSIG, "SignedInfo") {
        let mut referencing = Referencing { document, signature, supplied, budget };
        facts.references = referencing.all(signed_info);
        facts.value = match value(document, signature, signed_info, &info, supplied, budget, &mut facts) {
            Ok(true) => ValueCheck::Verifies,
            Ok(false) => ValueCheck::Fails,
            Err(reason) => ValueCheck::NotChecked(reason),
        };
    }
    defects_of_references(&mut facts);
    facts.claimed_times = claimed_times(document, signature, &facts);
    facts.xades = xades::read(document, signature, &facts, supplied, budget);
    facts.unsigned_parts = unsigned_parts(document, signature, &facts, budget);
    facts
}

/// What is wrong with the order and number of parts.
fn structure(document: &Document<'_>, signature: NodeId) -> Vec<Defect> {
    let mut defects = Vec::new();
    for name in ["SignedInfo", "SignatureValue"] {
        if document.children_named(signature, DSIG, name).count() != 1 {
            defects.push(Defect::Structure(name));
        }
    }
    if document.children_named(signature, DSIG, "KeyInfo").count() > 1 {
        defects.push(Defect::Structure("KeyInfo"));
    }
    defects
}

fn defects_of_references(facts: &mut XmlSignature) {
    use DigestCheck::Unreadable;
    for (at, reference) in facts.references.iter().enumerate() {
        match &reference.digest {
            Unreadable(Reason::ForeignPart) => facts.defects.push(Defect::ForeignPart { reference: at + 1 }),
            Unreadable(Reason::Id { id, error: IdError::Duplicate }) => {
                facts.defects.push(Defect::DuplicateId(id.clone()));
            }
            _ => {}
        }
    }
    let data = |target: &Target| match target {
        Target::Document | Target::Outside(_) => true,
        // Another signature is data to a counter-signature.
        Target::Element { role, .. } => {
            matches!(role, Role::Data | Role::Object | Role::Manifest | Role::OtherSignature)
        }
        Target::Nothing => false,
    };
    if !facts.references.iter().any(|reference| data(&reference.covered.target)) {
        facts.defects.push(Defect::CoversNoData);
    }
}

/// Whether the value verifies; `Err` when it cannot be told.
fn value(
    document: &Document<'_>,
    signature: NodeId,
    signed_info: NodeId,
    info: &KeyInfo,
    supplied: &Supplied<'_>,
    budget: &mut Budget,
    facts: &mut XmlSignature,
) -> Result<bool, Reason> {
    let part = |name: &'static str| document.child(signed_info, DSIG, name).ok_or(Reason::Structure(name));
    let (canonicaliser, method) = (part("CanonicalizationMethod")?, part("SignatureMethod")?);
    facts.canonicalisation = document.attribute(canonicaliser, "Algorithm").unwrap_or_default().to_owned();
    facts.method = document.attribute(method, "Algorithm").unwrap_or_default().to_owned();
    let value = document.child(signature, DSIG, "SignatureValue").ok_or(Reason::Structure("SignatureValue"))?;
    facts.value_bytes = base64(&document.text_of(value))?;
    if facts.defects.iter().any(|defect| matches!(defect, Defect::Structure("SignedInfo" | "SignatureValue"))) {
        return Err(Reason::Structure("single SignedInfo and SignatureValue"));
    }
    let form = canonicalisation(document, canonicaliser, &facts.canonicalisation)?;
    let algorithm = algorithm::method(document, method, &facts.method)?;
    let selection = Selection::subtree(signed_info, Comments::With);
    let message = c14n::canonical(document, &selection, &form, budget).map_err(|_| Reason::Limit("canonical bytes"))?;
    match algorithm {
        Method::Code(algorithm) => {
            let bits = document.child(method, DSIG, "HMACOutputLength").map(|length| document.text_of(length));
            let bits = bits.map(|bits| bits.trim().parse().map_err(|_| Reason::Structure("HMACOutputLength")));
            let code = Code { algorithm, bits: bits.transpose()?, message: &message };
            let holds = code.holds(&facts.value_bytes, info, supplied)?;
            facts.key = holds.then_some(KeySource::Secret);
            Ok(holds)
        }
        Method::Signature(scheme) => {
            facts.scheme = Some(scheme);
            let context = context(document, method)?;
            let mut first_reason = None;
            for key in info.keys.iter().take(KEYS_MAX + supplied.certificates.len()) {
                let encoded = algorithm::value(scheme, &key.public.kind, &facts.value_bytes);
                match verify_in_context(scheme, &key.public, &message, &context, &encoded, &budget.values) {
                    Ok(holds) => {
                        // The first key that fits stands for the signer until one verifies.
                        if holds || facts.key.is_none() {
                            note(facts, key);
                        }
                        if holds {
                            return Ok(true);
                        }
                    }
                    // A key that was not tried may be the right one.
                    Err(spent @ Unsupported::BudgetSpent) => return Err(spent.into()),
                    Err(reason) => drop(first_reason.get_or_insert(reason.into())),
                }
            }
            match (facts.key.is_some(), first_reason) {
                (true, _) if info.unreadable => Err(Reason::Key),
                (true, _) => Ok(false),
                (false, Some(reason)) => Err(reason),
                (false, None) => Err(Key::absent(info)),
            }
        }
    }
}

/// The Objects that hold data, neither properties nor a Manifest, and that no matching reference covers whole, nor all
/// that is in them; texts into which a comment was put; what stands in a signature and is none of it.
fn unsigned_parts(
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
    let is_data = |id: NodeId| match document.element(id) {
        Some(_) if document.is(id, DSIG, "Manifest") || document.is(id, DSIG, "SignatureProperties") => {
            !is_covered(id) && !says_nothing(document, id)
        }
        Some(element) => element.local() != "QualifyingProperties" || !is_xades(document.namespace(id)),
        None => {
            let is_instruction = matches!(document.node(id).kind, Kind::Instruction { .. });
            is_instruction || !document.text_of(id).trim().is_empty()
        }
    };
    let mut found = foreign_elements(document, signature, budget);
    found.extend(split_texts(document, budget));
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

/// Whether a text, as it is written, is characters and CDATA sections in turn: canonicalization writes characters of both.
fn is_cut_by_sections(written: &str) -> bool {
    let (open, close) = ("<![CDATA[", "]]>");
    match written.trim().strip_prefix(open) {
        None => written.contains(open),
        Some(inside) => inside.find(close).is_none_or(|at| at + close.len() < inside.len()),
    }
}

/// The elements whose text a comment or a CDATA section cuts in two: canonicalization leaves comments and the marks of sections
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
            Kind::Comment(_) => {
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
    let bare = std::iter::once(signature).chain(value).find(|&id| !has_usual_attributes(document, id));
    found.extend(bare.map(|id| document.path(id)));
    let info = document.children_named(signature, DSIG, "KeyInfo");
    let objects = document.children_named(signature, DSIG, "Object");
    let properties: Vec<NodeId> =
        objects.flat_map(|object| document.children(object)).filter(|&id| is_xades(document.namespace(id))).collect();
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

/// Attributes that elements of signatures have, and no words in them.
fn has_usual_attributes(document: &Document<'_>, id: NodeId) -> bool {
    document.attributes(id).iter().all(|attribute| {
        let is_usual = match attribute.local() {
            "MimeType" => attribute.value.contains('/'),
            "Encoding" | "Algorithm" => attribute.value.contains(':'),
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
    let is_word = || text.len() <= ATTRIBUTE_BYTES_MAX && !text.contains(char::is_whitespace);
    match element.local() {
        "X509SubjectName" | "X509IssuerName" | "IssuerName" | "Issuer" | "ByName" => text.contains('='),
        "KeyName" => text.chars().count() <= KEY_NAME_CHARS_MAX,
        "SigningTime" | "IssueTime" | "ProducedAt" => is_word() && only("-:.+"),
        "X509SerialNumber" | "Number" | "int" | "HMACOutputLength" => is_word() && only("-"),
        "Identifier" | "SPURI" | "SigPolDocLocalURI" | "Transform" | "XPath" | "XPointer" => is_word(),
        name if OF_DER.contains(&name) => only("+/=") && text.starts_with('M'),
        name => OF_BASE64.contains(&name) && only("+/="),
    }
}

/// Whether an element is of a vocabulary of signatures, by its name, too: of XAdES those that stand among what is unsigned.
fn is_known(namespace: &str, name: &str) -> bool {
    match namespace {
        DSIG => DSIG_NAMES.contains(&name),
        _ if is_xades(namespace) => xades::has(name) && !xades::is_signed(name),
        _ => KNOWN_NAMESPACES.contains(&namespace) && KNOWN_NAMES.contains(&name),
    }
}

/// The context string beside the method, empty when there is none.
fn context(document: &Document<'_>, method: NodeId) -> Result<Vec<u8>, Reason> {
    let named = ["EdDSAContextString", "MLDSAContextString", "SLHDSAContextString"].into_iter();
    let mut found = named.filter_map(|name| document.child(method, algorithm::XMLSEC, name));
    found.next().map_or(Ok(Vec::new()), |child| base64(&document.text_of(child)))
}

fn note(facts: &mut XmlSignature, key: &Key) {
    facts.key = Some(key.source.clone());
    facts.key_text = Some(key.public.to_string());
    facts.signer_certificate = key.certificate.clone();
}

/// A message authentication code to be checked.
struct Code<'m> {
    algorithm: algorithm::Code,
    /// Length it is cut to.
    bits: Option<usize>,
    message: &'m [u8],
}

impl Code<'_> {
    fn holds(&self, value: &[u8], info: &KeyInfo, supplied: &Supplied<'_>) -> Result<bool, Reason> {
        let whole = self.algorithm.bits();
        let bits = self.bits.unwrap_or(whole);
        // Half of the code, and no less than what the caller accepts (CVE-2009-0217).
        let least = if supplied.code_bits_min < super::CODE_BITS_MIN {
            supplied.code_bits_min
        } else {
            supplied.code_bits_min.max(whole / 2)
        };
        if !bits.is_multiple_of(8) || bits > whole || bits < least {
            return Err(Reason::Truncated(bits));
        }
        let named = supplied.secrets.iter().filter(|(name, _)| info.names.iter().any(|other| other == name));
        let mut secrets: Vec<&[u8]> = named.map(|(_, secret)| *secret).collect();
        if info.names.is_empty() || secrets.is_empty() {
            secrets = supplied.secrets.iter().map(|(_, secret)| *secret).collect();
        }
        if secrets.is_empty() {
            return Err(Reason::NoKey);
        }
        Ok(secrets.into_iter().any(|secret| {
            let code = self.algorithm.of(secret, self.message);
            code.is_some_and(|code| constant_time::verify_slices_are_equal(&code[..bits / 8], value).is_ok())
        }))
    }
}

/// Times in SignatureProperties, as Vietnamese invoices claim them.
fn claimed_times(document: &Document<'_>, signature: NodeId, facts: &XmlSignature) -> Vec<ClaimedTime> {
    let named = |&id: &NodeId| document.element(id).is_some_and(|element| element.local() == "SigningTime");
    let properties = document.subtree(signature).filter(named).take(CLAIMS_TRIED_MAX);
    let properties = properties.filter(|&id| role(document, signature, id) == Role::Object);
    let time = |id: NodeId| {
        let span = &document.node(id).span;
        let covered = facts.references.iter().any(|reference| match &reference.covered.target {
            Target::Element { span: target, .. } => {
                reference.digest == DigestCheck::Matches
                    && reference.covered.extent == Extent::Whole
                    && target.start <= span.start
                    && span.end <= target.end
            }
            _ => false,
        });
        ClaimedTime { text: document.text_of(id).trim().chars().take(64).collect(), covered }
    };
    properties.take(CLAIMS_MAX).map(time).collect()
}
