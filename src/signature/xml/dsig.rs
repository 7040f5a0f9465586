//! One `ds:Signature`: its structure, its references, its value (XML Signature 1.1 §3.2).

use aws_lc_rs::constant_time;

use super::super::algorithm::{Unsupported, verify_in_context};
use super::algorithm::{self, Method};
use super::fact::{
    ClaimedTime, Defect, DigestCheck, Extent, KeySource, Reason, Role, Target, ValueCheck, XmlSignature,
};
use super::key::{KEYS_MAX, Key, KeyInfo};
use super::reference::{Referencing, role};
use super::selection::{Comments, Selection};
use super::transform::canonicalisation;
use super::tree::{Document, IdError, NodeId};
use super::unsigned::{has_comments_beside, unsigned_parts};
use super::{Budget, DSIG, Supplied, base64, c14n, xades};

/// Times claimed by one signature that are kept; one is usual.
const CLAIMS_MAX: usize = 8;
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
        has_comments_beside: false,
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
    let repeated = facts.xades.iter().flat_map(|xades| &xades.repeated);
    facts.defects.extend(repeated.map(|&name| Defect::Structure(name)));
    facts.unsigned_parts = unsigned_parts(document, signature, &facts, budget);
    facts.has_comments_beside = has_comments_beside(document, &facts, budget);
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
