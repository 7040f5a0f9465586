//! Facts out of XML signatures: e-invoices, edXML, XAdES, alone or in a container.

use std::collections::HashSet;

use super::collect::{Collector, used};
use super::facts::{
    Appearance, Changes, Claim, Claimed, Coverage, Data, Format, Identification, Made, Object, Origin, Outcome,
    Revision, Scope, Signature, SignatureId, TokenId, TokenKind,
};
use super::from_cms;
use crate::digest::Sha256;
use crate::signature::cms::Metered;
use crate::signature::policy::Algorithm;
use crate::signature::timestamp::TimeStampToken;
use crate::signature::x509::Certificate;
use crate::signature::xml::xades::{Binding, CertificateCheck, Policy, StampKind};
use crate::signature::xml::{
    self, Defect, DigestCheck, Extent, Reason, Reference, Role, Target, ValueCheck, XmlSignature,
};

/// Names of what is covered or not, kept of one signature.
const NAMES_MAX: usize = 64;

/// Takes every signature of an XML document. `place` comes before the path of each. Gives every object inside: values,
/// certificates, lists, answers, tokens.
pub(super) fn take(collector: &mut Collector<'_>, signatures: &[XmlSignature], place: &str) -> Vec<Object> {
    let first = collector.facts.signatures.len();
    let mut objects = Vec::new();
    for signature in signatures {
        let inside = signature.inside.map(|outer| SignatureId(first + outer - 1));
        let made = made(collector, signature);
        let value = made.object;
        let own = format!("{place}{}", signature.path);
        objects.push(value);
        let after = time_stamps(collector, signature, &own, value, &mut objects);
        let outer = signature.inside.and_then(|outer| signatures.get(outer - 1));
        let countersigns = inside.filter(|_| outer.is_some_and(|outer| is_counter_signature(signature, outer)));
        collector.facts.signatures.push(Signature {
            place: own,
            part: 0,
            format: if signature.xades.is_some() { Format::Xades } else { Format::XmlDsig },
            made,
            claimed: claimed(signature),
            policy: signature.xades.as_ref().and_then(|xades| match &xades.policy {
                Some(Policy::Named { identifier, .. }) => Some(identifier.clone()),
                _ => None,
            }),
            countersigns,
            after,
            coverage: match countersigns {
                // All that it is to cover is the value.
                Some(_) if signature.unsigned_parts.is_empty() => Coverage::default(),
                _ => coverage(signature),
            },
            changes: Changes::default(),
            appearance: Appearance::NotApplicable,
        });
    }
    objects
}

fn made(collector: &mut Collector<'_>, signature: &XmlSignature) -> Made {
    let certificates = brought(collector, &signature.certificates);
    let lists = signature.revocation_lists.iter().map(|der| collector.list_bytes(der, Origin::Signature));
    if certificates.iter().copied().chain(lists).any(|one| one.is_none()) {
        from_cms::stray(collector, "certificates or lists that can't be read");
    }
    let certificate = signature.signer_certificate.as_deref().and_then(|der| Certificate::read(der).ok());
    let mut algorithms = method(signature, certificate.as_ref());
    for reference in references(signature) {
        let digest = match xml::digest_algorithm(&reference.digest_method) {
            Ok(digest) => Algorithm::digest(digest.name()),
            Err(_) => Algorithm::digest(reference.digest_method.clone()),
        };
        if !algorithms.contains(&digest) {
            algorithms.push(digest);
        }
    }
    let identification = match &certificate {
        None => Identification::Absent,
        Some(certificate) => {
            let id = collector.signer(certificate, Origin::Signature);
            match signature.xades.as_ref().map(|xades| (xades.binding, &xades.signing_certificate)) {
                Some((Binding::Signed, CertificateCheck::Matches)) => Identification::Named(id),
                Some((Binding::Signed, CertificateCheck::Differs)) => Identification::Other(id),
                Some((Binding::Signed, CertificateCheck::Unreadable(why))) => {
                    Identification::Unchecked(id, why.to_string())
                }
                _ => Identification::Unnamed(id),
            }
        }
    };
    let mut data: Vec<Data> = references(signature).map(one_reference).collect();
    if signature.defects.iter().any(|defect| matches!(defect, Defect::DuplicateId(_))) {
        // Which of the elements was signed cannot be told, so neither that it was changed.
        for one in data.iter_mut().filter(|one| one.outcome == Outcome::Differs) {
            one.outcome = Outcome::NotFound("it differs, and several elements bear the identifier".into());
        }
    }
    data.extend(signature.defects.iter().map(|defect| Data { what: "signature".into(), outcome: dubious(defect) }));
    if let Some(xades) = &signature.xades
        && matches!(xades.binding, Binding::NotSigned | Binding::OtherTarget | Binding::Several)
    {
        let outcome = Outcome::NotFound(format!("the signed properties are not this signature's: {:?}", xades.binding));
        data.push(Data { what: "SignedProperties".into(), outcome });
    }
    Made {
        object: Sha256::of(&signature.value_bytes),
        defects: Vec::new(),
        notes: notes(signature),
        signer: identification,
        data,
        value: match &signature.value {
            ValueCheck::Verifies => Outcome::Matches,
            ValueCheck::Fails => Outcome::Differs,
            ValueCheck::NotChecked(reason) => cannot(reason),
        },
        algorithms,
    }
}

/// Takes certificates that stand in a signature where nobody signs them; none for what is no certificate.
fn brought(collector: &mut Collector<'_>, certificates: &[Vec<u8>]) -> Vec<Option<Object>> {
    let read = certificates.iter().map(|der| {
        let certificate = Certificate::read(der).ok()?;
        collector.brought(&certificate);
        Some(certificate.sha256())
    });
    read.collect()
}

/// What is not as it should be, and changes nothing.
fn notes(signature: &XmlSignature) -> Vec<String> {
    let target = signature.xades.as_ref().and_then(|xades| xades.stray_target.as_deref());
    let target = target.map(|target| format!("the Target of the properties leads to no signature: {target}"));
    let comments = signature.has_comments_beside.then(|| "comments that nobody signed".to_owned());
    target.into_iter().chain(comments).collect()
}

/// Every reference: the signature's own, then those of manifests that it signs.
fn references(signature: &XmlSignature) -> impl Iterator<Item = &Reference> {
    signature.references.iter().chain(signature.references.iter().flat_map(|reference| &reference.manifest))
}

fn one_reference(reference: &Reference) -> Data {
    let what = reference.uri.clone().unwrap_or_else(|| "reference without URI".into());
    let outcome = match &reference.digest {
        DigestCheck::Matches => Outcome::Matches,
        DigestCheck::Differs => Outcome::Differs,
        DigestCheck::Unreadable(reason) => cannot(reason),
    };
    Data { what: if what.is_empty() { "the document".into() } else { what }, outcome }
}

fn cannot(reason: &Reason) -> Outcome {
    let words = reason.to_string();
    match reason {
        Reason::Algorithm(_) | Reason::Transform(_) | Reason::Unsupported(_) | Reason::Truncated(_) => {
            Outcome::Unsupported(words)
        }
        Reason::Id { .. } | Reason::NotHandedIn(_) | Reason::Uri(_) | Reason::ForeignPart | Reason::NotEnveloped => {
            Outcome::NotFound(words)
        }
        _ => Outcome::NotChecked(words),
    }
}

/// What is wrong beside digests makes it uncertain what was signed.
fn dubious(defect: &Defect) -> Outcome {
    Outcome::NotFound(match defect {
        Defect::ForeignPart { reference } => format!("reference {reference} leads to a part of another signature"),
        Defect::DuplicateId(id) => format!("several elements bear the identifier {id}"),
        Defect::CoversNoData => "nothing but its own parts is signed".into(),
        Defect::Structure(part) => format!("{part} stands where or as often as it must not"),
    })
}

/// The algorithms of a SignatureMethod; one that is not offered by its identifier.
fn method(signature: &XmlSignature, certificate: Option<&Certificate>) -> Vec<Algorithm> {
    match (signature.scheme, certificate) {
        (Some(scheme), Some(certificate)) => used(scheme, certificate.key()),
        _ => vec![Algorithm::digest(signature.method.clone())],
    }
}

fn claimed(signature: &XmlSignature) -> Option<Claimed> {
    let xades = signature.xades.as_ref();
    let by_xades = xades.and_then(|xades| {
        let by = if xades.binding == Binding::Signed { Claim::Signed } else { Claim::Unsigned };
        Some(Claimed { at: xades.signing_time?, by })
    });
    by_xades.or_else(|| {
        let claims = signature.claimed_times.iter().filter_map(|claimed| {
            let at = chrono::DateTime::parse_from_rfc3339(&claimed.text).ok()?.to_utc();
            Some(Claimed { at, by: if claimed.covered { Claim::Signed } else { Claim::Unsigned } })
        });
        let claims: Vec<Claimed> = claims.collect();
        claims.iter().find(|claim| claim.by == Claim::Signed).or(claims.first()).copied()
    })
}

/// Whether a signature is over the value of the one that it stands in (EN 319 132-1 §5.2.7.2).
fn is_counter_signature(signature: &XmlSignature, outer: &XmlSignature) -> bool {
    let is_called_so =
        |one: &Reference| one.kind.as_deref().is_some_and(|kind| kind.ends_with("#CountersignedSignature"));
    let is_of_value = |path: &str| {
        let inside = path.strip_prefix(outer.path.as_str()).and_then(|rest| rest.strip_prefix('/'));
        inside.is_some_and(|name| name.rsplit(':').next() == Some("SignatureValue"))
    };
    signature.references.iter().any(|one| {
        let of_value = matches!(&one.covered.target, Target::Element { path, .. } if is_of_value(path));
        is_called_so(one) && of_value && one.covered.extent == Extent::Whole && one.digest == DigestCheck::Matches
    })
}

fn coverage(signature: &XmlSignature) -> Coverage {
    let matching = || signature.references.iter().filter(|reference| reference.digest == DigestCheck::Matches);
    let is_data = |reference: &&Reference| match &reference.covered.target {
        Target::Document => true,
        Target::Element { role, .. } => matches!(role, Role::Data | Role::Object | Role::Manifest),
        Target::Outside(_) => true,
        Target::Nothing => false,
    };
    // Other files, and those of them that no reference covers whole.
    let files =
        || matching().filter_map(|reference| Some((reference.covered.target.outside()?, &reference.covered.extent)));
    let whole: HashSet<&str> = files().filter(|(_, extent)| **extent == Extent::Whole).map(|(name, _)| name).collect();
    let cut = || files().map(|(name, _)| name).filter(|name| !whole.contains(name));
    let outside = !whole.is_empty() && cut().next().is_none();
    // An Object is the document only where the signature is the root; elsewhere it holds properties of the signer's.
    let is_root = signature.path.matches('/').count() == 1;
    let enveloped = is_root
        && matching().any(|reference| {
            matches!(reference.covered.target, Target::Element { role: Role::Object | Role::Manifest, .. })
        });
    // What stands in the signature and is not signed would be shown as well as what is.
    let unsigned = &signature.unsigned_parts[..];
    let scope = if unsigned.is_empty() && (signature.covers_whole_document() || outside || enveloped) {
        Scope::Whole
    } else if matching().any(|reference| is_data(&reference)) {
        Scope::Partial
    } else if signature.references.iter().any(|reference| matches!(reference.digest, DigestCheck::Unreadable(_))) {
        Scope::Unknown
    } else {
        Scope::Nothing
    };
    let covered = matching().filter(is_data).map(|reference| match &reference.covered.target {
        Target::Document => "/".to_owned(),
        Target::Element { path, .. } => path.clone(),
        Target::Outside(name) => name.clone(),
        Target::Nothing => String::new(),
    });
    let excluded = matching().filter_map(|reference| match &reference.covered.extent {
        Extent::Except(parts) => Some(parts.iter().filter(|part| !part.signature).map(|part| part.path.clone())),
        _ => None,
    });
    let uncovered = unsigned.iter().cloned().chain(excluded.flatten()).chain(cut().map(str::to_owned));
    Coverage {
        scope,
        covered: covered.take(NAMES_MAX).collect(),
        uncovered: uncovered.take(NAMES_MAX).collect(),
        signed_bytes: None,
        revision: Revision::NotApplicable,
    }
}

/// The time-stamps of XAdES; those over the data, before it was signed, are given back. Everything that an archive
/// time-stamp would cover is added to `objects`.
fn time_stamps(
    collector: &mut Collector<'_>,
    signature: &XmlSignature,
    place: &str,
    value: Object,
    objects: &mut Vec<Object>,
) -> Vec<TokenId> {
    let Some(xades) = &signature.xades else {
        let certificates = signature.certificates.iter();
        objects.extend(certificates.filter_map(|der| collector.certificate_bytes(der, Origin::Signature)));
        return Vec::new();
    };
    let values = &xades.values;
    let lists: Vec<Option<Object>> =
        values.revocation_lists.iter().map(|der| collector.list_bytes(der, Origin::Signature)).collect();
    let answers: Vec<Option<Object>> =
        values.ocsp_responses.iter().map(|der| collector.response_bytes(der, Origin::Signature)).collect();
    let certificates = brought(collector, &values.certificates);
    if lists.iter().chain(&answers).chain(&certificates).any(Option::is_none) {
        from_cms::stray(collector, "validation data that can't be read");
    }
    let key_info: Vec<Object> =
        signature.certificates.iter().filter_map(|der| collector.certificate_bytes(der, Origin::Signature)).collect();
    let mut after = Vec::new();
    let mut earlier: Vec<Object> = Vec::new();
    for stamp in &xades.stamps {
        let kind = match stamp.kind {
            StampKind::Signature => TokenKind::Signature,
            StampKind::SignatureAndReferences | StampKind::References => TokenKind::References,
            StampKind::Archive132 | StampKind::Archive141 => TokenKind::Archive,
            StampKind::AllData | StampKind::IndividualData => TokenKind::Content,
        };
        let behind = lists[..stamp.behind.revocation_lists]
            .iter()
            .chain(&answers[..stamp.behind.ocsp_responses])
            .chain(&certificates[..stamp.behind.certificates]);
        let behind: Vec<Object> = behind.flatten().chain(&key_info).chain(&earlier).copied().chain([value]).collect();
        for der in &stamp.tokens {
            let Ok(token) = TimeStampToken::read(der) else {
                from_cms::stray(collector, "time-stamps that can't be read");
                continue;
            };
            let imprint = match &stamp.input {
                Ok(input) => {
                    let input = Metered { parts: &[input], budget: collector.budget };
                    from_cms::digest_outcome(&token.info.stamps(&input))
                }
                Err(reason) => cannot(reason),
            };
            let covers = match kind {
                TokenKind::Signature => vec![value],
                TokenKind::References if stamp.kind == StampKind::SignatureAndReferences => vec![value],
                TokenKind::Archive => behind.clone(),
                _ => Vec::new(),
            };
            let place = format!("{place}/{kind:?} time-stamp");
            let (id, objects) = from_cms::token_facts(collector, &token, &place, kind, imprint, covers, 0);
            earlier.extend(objects);
            if kind == TokenKind::Content {
                after.push(id);
            }
        }
    }
    objects.extend(lists.into_iter().chain(answers).chain(certificates).flatten().chain(key_info));
    objects.extend(earlier);
    after
}
