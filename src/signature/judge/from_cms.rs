//! Facts out of CMS: signers with their attributes and time-stamps, and time-stamp tokens.
//!
//! The same for `.p7s` and `.p7m`, for PDF and for containers: only what binds the covered bytes to the signed data,
//! and where a signature stands, are the caller's.

use std::collections::HashSet;

use super::collect::{Collector, used};
use super::facts::{
    Appearance, Changes, Claim, Claimed, Coverage, Data, DocumentFact, Format, Identification, Made, Object, Origin,
    Outcome, Scope, Signature, SignatureId, Token, TokenId, TokenKind,
};
use crate::digest::Sha256;
use crate::signature::cades::{self, Covered, SigningCertificate, SigningCertificateCheck, TimeStampKind};
use crate::signature::cms::{
    Bound, CertificateChoice, Content, Note, Once, RevocationInfo, SignedData, SignerCheck, SignerInfo, Slices,
};
use crate::signature::der::{self, Slice, tag};
use crate::signature::policy::Algorithm;
use crate::signature::timestamp::{self, TimeStampToken};
use crate::signature::x509::Certificate;
use crate::signature::{DigestCheck, Reason, ValueCheck, oid};

/// How deep tokens inside tokens are followed.
const DEPTH_MAX: usize = timestamp::DEPTH_MAX;
/// Longest document that is looked at for being the attributes of a signature, bytes.
const ATTRIBUTES_BYTES_MAX: usize = 1 << 16;

/// Kinds of unsigned attributes that are told of one signer.
const OTHERS_MAX: usize = 16;

/// Where a CMS stands and what it covers.
pub(super) struct Setting<'s> {
    /// Its place.
    pub place: &'s str,
    /// What binds the covered bytes to it.
    pub bound: Bound,
    /// The covered bytes.
    pub content: &'s dyn Content,
    /// Whether the format asks for a signed attribute that names the certificate.
    pub format: Format,
}

/// What one CMS gave.
#[derive(Default)]
pub(super) struct Taken {
    /// Numbers of its signatures, counter-signatures not among them.
    pub signatures: Vec<SignatureId>,
    /// Every object inside it: values, certificates, lists, answers, tokens.
    pub objects: Vec<Object>,
}

/// Takes every signer of a CMS.
pub(super) fn signed_data(collector: &mut Collector<'_>, data: &SignedData, setting: &Setting<'_>) -> Taken {
    let mut taken = Taken { objects: evidence(collector, data, Origin::Signature), ..Taken::default() };
    // The order in a SET says nothing; what the signers claim at least orders what readers are shown.
    let mut signers: Vec<(usize, &SignerInfo)> = data.signers.iter().enumerate().collect();
    if signers.len() > 1 {
        signers.sort_by_key(|(_, signer)| claimed_order(signer));
    }
    for (number, signer) in signers {
        let place = match data.signers.len() {
            1 => setting.place.to_owned(),
            _ => format!("{}[{}]", setting.place, number + 1),
        };
        let id = take_signer(collector, data, signer, &place, setting, &mut taken);
        taken.signatures.push(id);
    }
    taken
}

/// When a signer claims to have signed, or the first time-stamp on its value claims that it was there. Proves nothing.
fn claimed_order(signer: &SignerInfo) -> Option<super::facts::Instant> {
    if let Once::One(at) = cades::SignedProperties::of(signer).signing_time {
        return Some(at);
    }
    let token = signer.unsigned.values(oid::SIGNATURE_TIME_STAMP).next();
    token.and_then(|token| Some(TimeStampToken::from_slice(token).ok()?.info.time))
}

/// Certificates, lists and answers of a CMS; the objects that they are.
fn evidence(collector: &mut Collector<'_>, data: &SignedData, origin: Origin) -> Vec<Object> {
    let mut objects: Vec<Object> = data
        .x509()
        .map(|certificate| {
            collector.certificate(certificate, origin);
            certificate.sha256()
        })
        .collect();
    let lists: Vec<Object> = data.revocation.iter().filter_map(|info| revocation(collector, info, origin)).collect();
    let other = data.certificates.iter().any(|one| matches!(one, CertificateChoice::Other(_)));
    if lists.len() < data.revocation.len() || other {
        stray(collector, "certificates or lists of a kind that is not known");
    }
    objects.extend(lists);
    objects
}

/// Tells of what stands in a structure beside signatures and their evidence: another program may take it for the document, such
/// as a PDF file behind a signature of something else.
pub(super) fn beside(collector: &mut Collector<'_>, data: &SignedData) {
    certificates_beside(collector, data);
    if data.notes.contains(&Note::BytesAfter) {
        let why = format!("{} bytes stand after the signed structure", data.bytes_after);
        collector.facts.document.push(DocumentFact::Damaged(why));
    }
}

/// Tells of entries among certificates that are none, and notes those that are: who signed nothing may stand there.
fn certificates_beside(collector: &mut Collector<'_>, data: &SignedData) {
    let is_none =
        |one: &CertificateChoice| matches!(one, CertificateChoice::Attribute(_) | CertificateChoice::Unread(_));
    if data.certificates.iter().any(is_none) {
        stray(collector, "attribute certificates, or certificates that can't be read");
    }
    data.x509().for_each(|certificate| collector.brought(certificate));
}

/// Tells of something that stands in a value and that nobody signed, though it is no evidence that can be read.
pub(super) fn stray(collector: &mut Collector<'_>, what: &str) {
    let fact = DocumentFact::NotExamined(format!("{what}: nobody signed it"));
    if !collector.facts.document.contains(&fact) {
        collector.facts.document.push(fact);
    }
}

fn revocation(collector: &mut Collector<'_>, info: &RevocationInfo, origin: Origin) -> Option<Object> {
    match info {
        RevocationInfo::Crl(list) => collector.list_bytes(list, origin),
        RevocationInfo::OcspResponse { response, .. } | RevocationInfo::BasicOcspResponse { response, .. } => {
            collector.response_bytes(response, origin)
        }
        RevocationInfo::Other { .. } => None,
    }
}

/// Whether a document is what a signer with signed attributes really signs: their DER. Taken away from his signature and
/// shown as a document, it would verify without attributes, and nobody signed it as such.
fn are_attributes(data: &SignedData, setting: &Setting<'_>) -> bool {
    let slices = match setting.bound {
        Bound::Inside => data.content.as_deref().map(|content| vec![content]),
        _ => setting.content.slices(),
    };
    let bytes: Vec<u8> = match slices {
        Some(slices) if slices.iter().map(|slice| slice.len()).sum::<usize>() <= ATTRIBUTES_BYTES_MAX => {
            slices.concat()
        }
        _ => return false,
    };
    let Ok((set, rest)) = der::read(&bytes) else { return false };
    let is_digest = |attribute: der::Element<'_>| {
        attribute.children().expect(tag::OID).is_ok_and(|kind| *kind.content == *oid::MESSAGE_DIGEST)
    };
    let mut attributes = set.children();
    let mut next = move || attributes.next_element().ok().flatten();
    set.tag == tag::SET && rest.is_empty() && std::iter::from_fn(&mut next).any(is_digest)
}

fn take_signer(
    collector: &mut Collector<'_>,
    data: &SignedData,
    signer: &SignerInfo,
    place: &str,
    setting: &Setting<'_>,
    taken: &mut Taken,
) -> SignatureId {
    let certificate = certificate_of(collector, data, signer);
    let check = data.check(signer, certificate.as_ref(), setting.bound, setting.content, collector.budget);
    let signed = cades::SignedProperties::of(signer);
    let mut made = made(collector, signer, certificate.as_ref(), &check, Origin::Signature);
    made.notes.extend(data.notes.iter().map(|note| format!("{note:?}")));
    let what = if setting.bound == Bound::Inside { "content inside" } else { "covered bytes" };
    made.data = vec![Data { what: what.into(), outcome: digest_outcome(&check.digest) }];
    let is_by_sha1 = (setting.bound == Bound::Sha1Inside && !check.notes.contains(&Note::BoundDirectly))
        || check.notes.contains(&Note::BoundBySha1);
    if is_by_sha1 {
        made.algorithms.push(Algorithm::digest("SHA-1"));
    }
    match signer.content_type() {
        Once::One(kind) if kind == data.content_type => {}
        // What was signed as one thing is shown as another (RFC 5652 §11.1).
        Once::One(_) => made.defects.push("the signed content type is another".into()),
        _ if signer.signed.is_some() => made.notes.push("the signed content type is absent or stands twice".into()),
        _ => {}
    }
    if signer.signed.is_none() && are_attributes(data, setting) {
        let why = format!("{place}: what is covered are the signed attributes of another signature (RFC 5652 §5.4)");
        collector.facts.document.push(DocumentFact::Damaged(why));
    }
    taken.objects.push(made.object);
    if let Once::One(values) = &signed.adobe_revocation {
        taken.objects.extend(revocation_values(collector, values));
    }
    let (after, objects) = time_stamps(collector, data, signer, setting.content, place);
    taken.objects.extend(objects);
    let policy = match &signed.policy {
        Once::One(cades::SignaturePolicy::Explicit { identifier, .. }) => {
            Some(crate::signature::der::oid_text(identifier))
        }
        _ => None,
    };
    let claimed = match signed.signing_time {
        Once::One(at) => Some(Claimed { at, by: Claim::Signed }),
        _ => None,
    };
    let id = SignatureId(collector.facts.signatures.len());
    collector.facts.signatures.push(Signature {
        place: place.to_owned(),
        part: 0,
        format: setting.format,
        made,
        claimed,
        policy,
        countersigns: None,
        after,
        coverage: Coverage { scope: Scope::Whole, ..Coverage::default() },
        changes: Changes::default(),
        appearance: Appearance::NotApplicable,
    });
    unsigned(collector, data, signer, place, id, taken);
    id
}

/// Evidence in unsigned attributes, and counter-signatures.
fn unsigned(
    collector: &mut Collector<'_>,
    data: &SignedData,
    signer: &SignerInfo,
    place: &str,
    id: SignatureId,
    taken: &mut Taken,
) {
    let unsigned = cades::UnsignedProperties::of(signer);
    for kind in unsigned.others.iter().take(OTHERS_MAX) {
        stray(collector, &format!("unsigned attribute {}", der::oid_text(kind)));
    }
    if unsigned.is_unreadable() {
        stray(collector, "unsigned attributes that can't be read");
    }
    if unsigned.counter_signatures.iter().any(Result::is_err) {
        let why = format!("{place}: a counter-signature that can't be read");
        collector.facts.document.push(DocumentFact::SignatureNotRead(why));
    }
    for countersigner in unsigned.counter_signatures.iter().flatten() {
        let certificate = certificate_of(collector, data, countersigner);
        let value: &[&[u8]] = &[&signer.value];
        let check = countersigner.check(certificate.as_ref(), &Slices(value), collector.budget);
        let mut made = made(collector, countersigner, certificate.as_ref(), &check, Origin::Signature);
        made.data = vec![Data { what: "the value countersigned".into(), outcome: digest_outcome(&check.digest) }];
        taken.objects.push(made.object);
        let signed = cades::SignedProperties::of(countersigner);
        let claimed = match signed.signing_time {
            Once::One(at) => Some(Claimed { at, by: Claim::Signed }),
            _ => None,
        };
        collector.facts.signatures.push(Signature {
            place: format!("{place}/counter-signature"),
            part: 0,
            format: Format::Cms,
            made,
            claimed,
            policy: None,
            countersigns: Some(id),
            after: Vec::new(),
            coverage: Coverage::default(),
            changes: Changes::default(),
            appearance: Appearance::NotApplicable,
        });
    }
}

/// Facts that every signer gives, the data aside.
fn made(
    collector: &mut Collector<'_>,
    signer: &SignerInfo,
    certificate: Option<&Certificate>,
    check: &SignerCheck,
    origin: Origin,
) -> Made {
    let mut algorithms: Vec<Algorithm> = Vec::new();
    match signer.digest() {
        Ok(digest) => algorithms.push(Algorithm::digest(digest.name())),
        Err(unsupported) => algorithms.push(Algorithm::digest(unsupported.to_string())),
    }
    if let (Ok(scheme), Some(certificate)) = (signer.scheme(), certificate) {
        algorithms.extend(
            used(scheme, certificate.key()).into_iter().filter(|one| !algorithms.contains(one)).collect::<Vec<_>>(),
        );
    }
    let identification = match certificate {
        None => Identification::Absent,
        Some(certificate) => {
            let id = collector.signer(certificate, origin);
            match SigningCertificate::of(signer).check(certificate) {
                SigningCertificateCheck::Matches => Identification::Named(id),
                SigningCertificateCheck::Absent => Identification::Unnamed(id),
                SigningCertificateCheck::IssuerSerialDiffers | SigningCertificateCheck::Differs => {
                    Identification::Other(id)
                }
                SigningCertificateCheck::Unreadable(why) => Identification::Unchecked(id, why.to_string()),
            }
        }
    };
    // RFC 5652 §11.3 allows one. Software differs on which of several it shows, and OpenSSL refuses them.
    let signed = cades::SignedProperties::of(signer);
    let is_twice = matches!(signed.signing_time, Once::Multiple(_));
    let time = is_twice.then(|| "the signed signing time stands more than once".to_owned());
    // EN 319 122-1 §5.2.2: whom of several it names is anybody's choice.
    let names = [&signed.signing_certificate.v1, &signed.signing_certificate.v2];
    let are_twice = names.into_iter().any(|named| matches!(named, Once::Multiple(_)));
    let certificate_named = are_twice.then(|| "the signed name of the certificate stands more than once".to_owned());
    let defects = time.into_iter().chain(certificate_named);
    Made {
        object: Sha256::of(&signer.value),
        defects: defects.collect(),
        notes: check.notes.iter().map(|note| format!("{note:?}")).collect(),
        signer: identification,
        data: Vec::new(),
        value: value_outcome(&check.value),
        algorithms,
    }
}

/// The signer's certificate: among those carried, else among all that are at hand.
fn certificate_of(collector: &Collector<'_>, data: &SignedData, signer: &SignerInfo) -> Option<Certificate> {
    let carried = data.candidates(signer);
    let best = carried.first().filter(|best| signer.names_by_digest(best)).copied();
    let others = if best.is_some() { Vec::new() } else { signer.id.among(collector.pool()) };
    let best = best.or_else(|| signer.named_by_digest(others.iter().copied()));
    best.or_else(|| carried.first().copied()).or_else(|| others.first().copied()).cloned()
}

/// The time-stamps of a signer: those made before it, and every object in any of them.
fn time_stamps(
    collector: &mut Collector<'_>,
    data: &SignedData,
    signer: &SignerInfo,
    content: &dyn Content,
    place: &str,
) -> (Vec<TokenId>, Vec<Object>) {
    let (mut after, mut objects) = (Vec::new(), Vec::new());
    let inside = attribute_objects(collector, signer);
    objects.extend(inside.iter().flatten().copied());
    for stamp in cades::time_stamps(data, signer, content, collector.budget) {
        let Ok(token) = &stamp.token else {
            stray(collector, "time-stamps that can't be read");
            continue;
        };
        let kind = match stamp.kind {
            TimeStampKind::Content => TokenKind::Content,
            TimeStampKind::Signature => TokenKind::Signature,
            TimeStampKind::CadesC | TimeStampKind::References => TokenKind::References,
            _ => TokenKind::Archive,
        };
        let mut covers: Vec<Object> = Vec::new();
        for covered in &stamp.covers {
            match *covered {
                Covered::Content => {}
                Covered::Signer | Covered::Value => covers.push(Sha256::of(&signer.value)),
                Covered::Certificate(at) => covers.extend(data.certificates.get(at).map(|one| Sha256::of(one.raw()))),
                Covered::Revocation(at) => {
                    let info = data.revocation.get(at);
                    covers.extend(info.and_then(|info| revocation(collector, info, Origin::Signature)));
                }
                Covered::Attribute(attribute) | Covered::AttributeValue { attribute, .. } => {
                    covers.extend(inside.get(attribute).into_iter().flatten());
                }
            }
        }
        let mut imprint = digest_outcome(&stamp.imprint);
        if let (Some(defect), Outcome::Matches) = (stamp.defects.first(), &imprint) {
            imprint = Outcome::NotFound(defect.to_string());
        }
        let taken = token_facts(collector, token, &format!("{place}/{kind:?} time-stamp"), kind, imprint, covers, 0);
        objects.extend(taken.1);
        if kind == TokenKind::Content {
            after.push(taken.0);
        }
    }
    (after, objects)
}

/// For each unsigned attribute the objects in it.
fn attribute_objects(collector: &mut Collector<'_>, signer: &SignerInfo) -> Vec<Vec<Object>> {
    let list = signer.unsigned.list.iter();
    list.map(|attribute| {
        let kind: &[u8] = &attribute.kind;
        attribute
            .values
            .iter()
            .flat_map(|value| match kind {
                oid::CERTIFICATE_VALUES => certificates_in(collector, value),
                oid::REVOCATION_VALUES | oid::ADOBE_REVOCATION => revocation_in(collector, value),
                // Tokens and counter-signatures by themselves.
                _ => vec![Sha256::of(value)],
            })
            .collect()
    })
    .collect()
}

fn certificates_in(collector: &mut Collector<'_>, value: &Slice) -> Vec<Object> {
    let Ok((list, _)) = crate::signature::der::read(value) else { return Vec::new() };
    let raw: Vec<&[u8]> = list.children().filter_map(Result::ok).map(|one| one.raw).take(cades::ENTRIES_MAX).collect();
    let given = raw.len();
    let certificates: Vec<Certificate> = raw.into_iter().filter_map(|raw| Certificate::read(raw).ok()).collect();
    certificates.iter().for_each(|certificate| collector.brought(certificate));
    let found: Vec<Object> = certificates.iter().map(Certificate::sha256).collect();
    if found.len() < given {
        stray(collector, "certificate-values that are no certificates");
    }
    found
}

fn revocation_in(collector: &mut Collector<'_>, value: &Slice) -> Vec<Object> {
    cades::RevocationValues::read(value).map_or_else(|_| Vec::new(), |values| revocation_values(collector, &values))
}

fn revocation_values(collector: &mut Collector<'_>, values: &cades::RevocationValues) -> Vec<Object> {
    let lists: Vec<Object> =
        values.crls.iter().filter_map(|one| collector.list_bytes(one, Origin::Signature)).collect();
    let answers = values.ocsps.iter().filter_map(|one| collector.response_bytes(one, Origin::Signature));
    let found: Vec<Object> = lists.into_iter().chain(answers).collect();
    if found.len() < values.crls.len() + values.ocsps.len() || !values.others.is_empty() {
        stray(collector, "revocation-values that are neither lists nor answers");
    }
    found
}

/// Takes a token: its number, and every object in it.
pub(super) fn token_facts(
    collector: &mut Collector<'_>,
    token: &TimeStampToken,
    place: &str,
    kind: TokenKind,
    imprint: Outcome,
    covers: Vec<Object>,
    depth: usize,
) -> (TokenId, Vec<Object>) {
    let mut objects = evidence(collector, &token.data, Origin::Token);
    certificates_beside(collector, &token.data);
    let certificate = token.signer().and_then(|signer| certificate_of(collector, &token.data, signer));
    let check = token.check(certificate.as_ref(), collector.budget);
    let mut made = match token.signer() {
        Some(signer) => made(collector, signer, certificate.as_ref(), &check, Origin::Token),
        None => Made {
            object: Sha256::of(&token.data.raw),
            defects: Vec::new(),
            notes: Vec::new(),
            signer: Identification::Absent,
            data: Vec::new(),
            value: value_outcome(&check.value),
            algorithms: Vec::new(),
        },
    };
    made.object = Sha256::of(&token.data.raw);
    made.defects = token.defects.iter().map(ToString::to_string).collect();
    made.data = vec![
        Data { what: "imprint".into(), outcome: imprint },
        Data { what: "content of the token".into(), outcome: digest_outcome(&check.digest) },
    ];
    let digest = token.info.digest().map_or_else(|error| error.to_string(), |digest| digest.name().to_owned());
    let digest = Algorithm::digest(digest);
    if !made.algorithms.contains(&digest) {
        made.algorithms.push(digest);
    }
    objects.push(made.object);
    let within = (token.info.earliest(), token.info.latest());
    let fact = Token { place: place.to_owned(), kind, made, time: token.info.time, within, covers };
    let id = collector.token(fact);
    if let (Some(signer), true) = (token.signer(), depth < DEPTH_MAX) {
        let inside = attribute_objects(collector, signer);
        objects.extend(inside.into_iter().flatten());
        let content: &[&[u8]] = &[token.data.content.as_deref().unwrap_or_default()];
        for stamp in cades::time_stamps(&token.data, signer, &Slices(content), collector.budget) {
            let Ok(inner) = &stamp.token else { continue };
            let outcome = digest_outcome(&stamp.imprint);
            let own = collector.facts.tokens[id.0].made.object;
            let place = format!("{place}/time-stamp");
            let (_, more) = token_facts(collector, inner, &place, TokenKind::Archive, outcome, vec![own], depth + 1);
            objects.extend(more);
        }
    }
    let unique: HashSet<Object> = objects.into_iter().collect();
    (id, unique.into_iter().collect())
}

/// A comparison of data.
pub(super) fn digest_outcome(check: &DigestCheck) -> Outcome {
    match check {
        DigestCheck::Matches => Outcome::Matches,
        DigestCheck::Differs => Outcome::Differs,
        DigestCheck::Unreadable(reason) => cannot(reason),
    }
}

/// A check of a value.
pub(super) fn value_outcome(check: &ValueCheck) -> Outcome {
    match check {
        ValueCheck::Verifies => Outcome::Matches,
        ValueCheck::Fails => Outcome::Differs,
        ValueCheck::NotChecked(reason) => cannot(reason),
    }
}

fn cannot(reason: &Reason) -> Outcome {
    match reason {
        Reason::Unsupported(crate::signature::algorithm::Unsupported::BudgetSpent) => {
            Outcome::NotChecked(reason.to_string())
        }
        Reason::Unsupported(_) | Reason::OldArchiveTimeStamp => Outcome::Unsupported(reason.to_string()),
        Reason::NoContent | Reason::ContentNotGiven => Outcome::NotFound(reason.to_string()),
        _ => Outcome::NotChecked(reason.to_string()),
    }
}
