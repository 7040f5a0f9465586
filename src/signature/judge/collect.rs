//! Collects the facts of a document: certificates with their chains, what lists and answers say about them, and the
//! signatures and time-stamps that the adapters found.
//!
//! Adapters hand in what they read, with where it was found; nothing is taken twice. [`Collector::finish`] then builds
//! the chains of every certificate that signed something and asks each list and answer about each certificate of them.
//! Budgets bound the signature values checked; caches keep what is the same for the next document.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::facts::{
    Anchor, AnchorId, Asking, Broken, Certificate, CertificateId, Chain, DocumentFact, Facts, How, Meant, Object,
    Origin, Revocation, RevocationKind, Says, Stamping, Token, TokenId, Usage,
};
use crate::digest::Sha256;
use crate::signature::algorithm::{Budget, Scheme, Unsupported};
use crate::signature::container::zip;
use crate::signature::crl::{self, Crl};
use crate::signature::der;
use crate::signature::ocsp::OcspResponse;
use crate::signature::oid;
use crate::signature::path::{
    self, Evidence, Freshness, Outcome as Checked, Path, Place, Pool, Revocations, Settings, SignatureCache,
    SourceKind, Status, TrustAnchor, Why, candidates, check_constraints,
};
use crate::signature::policy::Algorithm;
use crate::signature::x509::{self, Critical, GostCurve, KeyKind, KeyUsage, PublicKey};
use crate::signature::xml;

/// Chains kept for one certificate: real ones have one, some three.
const CHAINS_MAX: usize = 8;
/// Lists and answers that a document brings, and as many that are handed in.
const EVIDENCE_MAX: usize = 4096;
/// Lists, and answers, by which those who signed lists and answers are judged: a chain has one each.
const OF_SIGNERS_MAX: usize = 256;
/// Questions put to lists and answers for one document.
const QUESTIONS_MAX: usize = 20_000;
/// Longest life of a certificate whose revocation nobody need ask about.
const SHORT_TERM_MAX: chrono::TimeDelta = chrono::TimeDelta::days(7);

/// A trust anchor with the tree that it is the root of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The anchor.
    pub anchor: Arc<TrustAnchor>,
    /// Its tree.
    pub tree: super::facts::Tree,
}

/// Facts in the making.
pub(super) struct Collector<'a> {
    pub facts: Facts,
    pub cache: &'a SignatureCache,
    pub budget: &'a Budget,
    /// The same for XML, of all that the document holds.
    pub xml: xml::Budget,
    /// SHA-256 of the whole document, where the pass over it gave that too.
    pub whole: Option<Sha256>,
    /// Whether what is taken stands inside a message.
    pub is_inside: bool,
    /// Bytes held in memory beside what is taken out of them.
    held_bytes: usize,
    anchors: Vec<Arc<TrustAnchor>>,
    certificates: Vec<x509::Certificate>,
    numbers: HashMap<Object, CertificateId>,
    lists: Vec<(Crl, Origin)>,
    responses: Vec<(OcspResponse, Origin)>,
    seen: HashSet<Object>,
    /// Lists and answers that are handed in, and that the document brings.
    handed_in: usize,
    brought: usize,
    /// Whether there were more.
    is_cut: bool,
    /// What each list or answer says about each certificate, by its number in the facts.
    said: HashMap<(Object, CertificateId), Vec<usize>>,
    /// Certificates that signed something, whose chains are asked for.
    signers: Vec<CertificateId>,
    /// Certificates that a structure brings around what is signed.
    brought_beside: Vec<CertificateId>,
}

/// What is asked about certificates.
#[derive(Clone, Copy)]
struct Asked<'e> {
    /// Each list, with those that add to it, and each answer.
    evidence: &'e [(Evidence, Origin)],
    /// All together, by which those who signed them are judged.
    of_signers: &'e Evidence,
    /// Each list by itself.
    lists: &'e [(Crl, Origin)],
    pool: &'e Pool,
}

impl<'a> Collector<'a> {
    pub fn new(trusted: &[Trusted], cache: &'a SignatureCache, budget: &'a Budget) -> Self {
        let anchors = trusted.iter().map(|one| Anchor {
            name: one.anchor.name.to_string(),
            object: one.anchor.certificate.as_ref().map(x509::Certificate::sha256),
            tree: one.tree,
            trusted_from: one.anchor.trusted_from,
            trusted_until: one.anchor.trusted_until,
        });
        Self {
            facts: Facts { anchors: anchors.collect(), ..Facts::default() },
            cache,
            budget,
            xml: xml::Budget::sharing(budget),
            whole: None,
            is_inside: false,
            held_bytes: 0,
            anchors: trusted.iter().map(|one| Arc::clone(&one.anchor)).collect(),
            certificates: Vec::new(),
            numbers: HashMap::new(),
            lists: Vec::new(),
            responses: Vec::new(),
            seen: HashSet::new(),
            handed_in: 0,
            brought: 0,
            is_cut: false,
            said: HashMap::new(),
            signers: Vec::new(),
            brought_beside: Vec::new(),
        }
    }

    /// Takes something while so many more bytes are held.
    pub fn around(&mut self, bytes: usize, take: impl FnOnce(&mut Self)) {
        self.held_bytes += bytes;
        take(self);
        self.held_bytes -= bytes;
    }

    /// What may be unpacked beside what is held.
    pub fn unpacking(&self) -> zip::Budget {
        zip::Budget::beside(self.held_bytes)
    }

    /// Takes a certificate; what a document carries counts as its own wherever else it is found.
    pub fn certificate(&mut self, certificate: &x509::Certificate, origin: Origin) -> CertificateId {
        if let Some(&known) = self.numbers.get(&certificate.sha256()) {
            let fact = &mut self.facts.certificates[known.0];
            if fact.origin == Origin::HandedIn {
                fact.origin = origin;
            }
            return known;
        }
        let id = CertificateId(self.certificates.len());
        self.numbers.insert(certificate.sha256(), id);
        self.certificates.push(certificate.clone());
        self.facts.certificates.push(fact(certificate, origin));
        id
    }

    /// Takes a certificate that signed something.
    pub fn signer(&mut self, certificate: &x509::Certificate, origin: Origin) -> CertificateId {
        let id = self.certificate(certificate, origin);
        if !self.signers.contains(&id) {
            self.signers.push(id);
        }
        id
    }

    /// Notes a certificate that stands beside signed content, where nobody signs it.
    pub fn brought(&mut self, certificate: &x509::Certificate) {
        let id = self.certificate(certificate, Origin::Signature);
        self.brought_beside.push(id);
    }

    /// Tells of a certificate beside signed content that signs nothing there and issues nothing: it may hold anything.
    fn tell_of_strays(&mut self, signers: &[CertificateId]) {
        let chains = self.facts.certificates.iter().flat_map(|one| &one.chains);
        let said_by = self.facts.revocations.iter().filter_map(|one| one.signer);
        let known =
            chains.flat_map(|chain| chain.certificates.iter().copied()).chain(said_by).chain(signers.iter().copied());
        let known: HashSet<usize> = known.map(|id| id.0).collect();
        let stray = self.brought_beside.iter().find(|id| {
            let certificate = &self.certificates[id.0];
            let issues = certificate.extensions().basic_constraints.as_ref().is_some_and(|one| one.is_ca);
            let is_evidence = self.facts.certificates[id.0].meant == Meant::ForOthers;
            !known.contains(&id.0) && !issues && !is_evidence && certificate.subject() != certificate.issuer()
        });
        if let Some(stray) = stray {
            let subject = &self.facts.certificates[stray.0].subject;
            let why = format!("a certificate that signed nothing here, nor issued one that did: {subject}");
            self.facts.document.push(DocumentFact::NotExamined(why));
        }
    }

    /// Every certificate taken so far.
    pub fn pool(&self) -> &[x509::Certificate] {
        &self.certificates
    }

    /// Takes a certificate as bytes; what is none is passed over.
    pub fn certificate_bytes(&mut self, bytes: &[u8], origin: Origin) -> Option<Object> {
        let certificate = x509::Certificate::read(bytes).ok()?;
        self.certificate(&certificate, origin);
        Some(certificate.sha256())
    }

    /// Takes a list.
    pub fn list(&mut self, list: Crl, origin: Origin) {
        if self.is_new(list.sha256(), origin) {
            self.lists.push((list, origin));
        }
    }

    /// Takes an answer, with the certificates in it.
    pub fn response(&mut self, response: OcspResponse, origin: Origin) {
        for certificate in response.certificates() {
            self.certificate(certificate, origin);
        }
        if self.is_new(response.sha256(), origin) {
            self.responses.push((response, origin));
        }
    }

    /// Takes a list as bytes; gives what names it.
    pub fn list_bytes(&mut self, bytes: &[u8], origin: Origin) -> Option<Object> {
        let list = Crl::read(bytes).ok()?;
        let object = list.sha256();
        self.list(list, origin);
        Some(object)
    }

    /// Takes an answer as bytes; gives what names it.
    pub fn response_bytes(&mut self, bytes: &[u8], origin: Origin) -> Option<Object> {
        let response = OcspResponse::read(bytes).ok()?;
        let object = response.sha256();
        self.response(response, origin);
        Some(object)
    }

    /// Takes a token; one that stands in several places is several, because each place covers something else.
    pub fn token(&mut self, token: Token) -> TokenId {
        self.facts.tokens.push(token);
        TokenId(self.facts.tokens.len() - 1)
    }

    /// What a document brings in numbers takes no room from what is handed in.
    fn is_new(&mut self, object: Object, origin: Origin) -> bool {
        let taken = if origin == Origin::HandedIn { &mut self.handed_in } else { &mut self.brought };
        if self.seen.contains(&object) {
            return false;
        }
        if *taken == EVIDENCE_MAX {
            self.is_cut = true;
            return false;
        }
        *taken += 1;
        self.seen.insert(object)
    }

    /// Builds chains, asks about revocation, and gives the facts and their certificates.
    pub fn finish(mut self) -> (Facts, Vec<x509::Certificate>) {
        let pool: Pool = self.certificates.iter().cloned().collect();
        // First what others handed in: no document spends the budget of what is said against it.
        self.lists.sort_by_key(|(_, origin)| *origin != Origin::HandedIn);
        self.responses.sort_by_key(|(_, origin)| *origin != Origin::HandedIn);
        let evidence = self.evidence();
        let of_signers = self.of_signers();
        let lists = std::mem::take(&mut self.lists);
        let asked = Asked { evidence: &evidence, of_signers: &of_signers, lists: &lists, pool: &pool };
        // A list with ten that add to it is eleven questions.
        let each: usize = evidence.iter().map(|(one, _)| one.lists.len() + one.responses.len()).sum();
        let mut questions = 0;
        let signers = std::mem::take(&mut self.signers);
        for &signer in &signers {
            let target = self.certificates[signer.0].clone();
            let found = candidates(&target, &pool, &self.anchors, path::CERTIFICATES_MAX, self.cache, self.budget);
            for path in found.into_iter().take(CHAINS_MAX) {
                let chain = self.chain(&path);
                for (index, &about) in chain.certificates.iter().rev().enumerate() {
                    questions += each;
                    if questions <= QUESTIONS_MAX {
                        self.ask(&path, index, about, asked);
                    }
                    if questions > QUESTIONS_MAX || self.is_cut {
                        self.facts.unasked.insert(about);
                    }
                }
                self.facts.certificates[signer.0].chains.push(chain);
            }
        }
        self.tell_of_strays(&signers);
        (self.facts, self.certificates)
    }

    /// What tells of those who signed lists and answers.
    fn of_signers(&self) -> Evidence {
        Evidence {
            lists: self.lists.iter().take(OF_SIGNERS_MAX).map(|(list, _)| list.clone()).collect(),
            responses: self.responses.iter().take(OF_SIGNERS_MAX).map(|(response, _)| response.clone()).collect(),
        }
    }

    /// Each list (with the lists that add to it) and each answer by itself; lists for some reasons only together, too.
    fn evidence(&self) -> Vec<(Evidence, Origin)> {
        let deltas: Vec<Crl> =
            self.lists.iter().map(|(list, _)| list).filter(|list| list.is_delta()).cloned().collect();
        let complete = self.lists.iter().filter(|(list, _)| !list.is_delta());
        let lists = complete.map(|(list, origin)| {
            let own = deltas.iter().filter(|delta| delta.issuer() == list.issuer()).cloned();
            (Evidence { lists: std::iter::once(list.clone()).chain(own).collect(), ..Evidence::default() }, *origin)
        });
        let responses = self
            .responses
            .iter()
            .map(|(response, origin)| (Evidence { responses: vec![response.clone()], ..Evidence::default() }, *origin));
        let mut all: Vec<(Evidence, Origin)> = lists.chain(responses).chain(self.divided()).collect();
        all.sort_by_key(|(_, origin)| *origin != Origin::HandedIn);
        all
    }

    /// The lists of one issuer that speak about some reasons each.
    fn divided(&self) -> Vec<(Evidence, Origin)> {
        let mut groups: Vec<(Evidence, Origin)> = Vec::new();
        let is_part = |list: &Crl| {
            list.extensions().distribution_point.as_ref().is_some_and(|point| point.only_reasons.is_some())
        };
        for (list, origin) in
            self.lists.iter().filter(|(list, _)| !list.is_delta() && is_part(list)).take(OF_SIGNERS_MAX)
        {
            match groups.iter_mut().find(|(group, _)| group.lists[0].issuer() == list.issuer()) {
                Some((group, _)) => group.lists.push(list.clone()),
                None => groups.push((Evidence { lists: vec![list.clone()], ..Evidence::default() }, *origin)),
            }
        }
        groups.retain(|(group, _)| group.lists.len() > 1);
        groups
    }

    fn chain(&mut self, path: &Path) -> Chain {
        let anchor = self.anchors.iter().position(|anchor| Arc::ptr_eq(anchor, &path.anchor)).unwrap_or(usize::MAX);
        let in_order: Vec<CertificateId> =
            path.certificates.iter().map(|certificate| self.certificate(certificate, Origin::HandedIn)).collect();
        for (index, (certificate, id)) in path.certificates.iter().zip(&in_order).enumerate() {
            self.facts.certificates[id.0].algorithms = complete(certificate.outer_algorithm(), path.issuer_of(index).1);
        }
        let report = check_constraints(path, &Settings::default(), self.cache, self.budget);
        let broken = report.broken().filter_map(|check| {
            let certificate = match check.place {
                Place::Anchor => None,
                Place::Certificate(index) => in_order.get(index).copied(),
            };
            let (how, detail) = match &check.outcome {
                Checked::Passed => return None,
                Checked::Failed(why) => (How::Wrong, (*why).to_owned()),
                Checked::NotChecked(why) => (How::NotChecked, why.to_string()),
            };
            Some(Broken { code: check.code.as_str().to_owned(), certificate, how, detail })
        });
        let broken = broken.collect();
        Chain { anchor: AnchorId(anchor), certificates: in_order.into_iter().rev().collect(), broken }
    }

    /// Asks every list and answer about one certificate of a path.
    fn ask(&mut self, path: &Path, index: usize, about: CertificateId, asked: Asked<'_>) {
        let Asked { of_signers, pool, .. } = asked;
        for (one, origin) in asked.evidence {
            let revocations = Revocations { evidence: one, of_signers, pool, cache: self.cache, budget: self.budget };
            let status = revocations.status_of(path, index, Freshness::Any);
            let encoded = match (one.lists.first(), one.responses.first()) {
                (Some(list), _) => list.outer_algorithm(),
                (None, response) => response.map(OcspResponse::algorithm).unwrap_or_default(),
            };
            self.state(path, index, about, status, encoded, *origin);
        }
        let none = Evidence::default();
        let revocations = Revocations { evidence: &none, of_signers, pool, cache: self.cache, budget: self.budget };
        for (list, origin) in asked.lists {
            let is_said = |number: &usize| matches!(self.facts.revocations[*number].says, Says::Revoked { .. });
            if !self.said.get(&(list.sha256(), about)).is_some_and(|known| known.iter().any(is_said)) {
                let status = revocations.listed(path, index, list);
                self.state(path, index, about, status, list.outer_algorithm(), *origin);
            }
        }
    }

    /// Notes what a list or answer with this algorithm says about one certificate of a path.
    fn state(
        &mut self,
        path: &Path,
        index: usize,
        about: CertificateId,
        status: Status,
        encoded: &[u8],
        origin: Origin,
    ) {
        let (says, source) = match status {
            Status::Good(source) => (Says::Good, source),
            Status::Revoked(revocation, source) => (said(revocation), source),
            Status::Unknown(why) => match why {
                Why::NotKnown(source) => (Says::NotKnown, source),
                Why::ReasonsNotCovered(source) => (Says::Nothing("it covers some reasons only".into()), source),
                Why::IssuedAfterExpiry(source) => {
                    (Says::Nothing("issued when the certificate was no longer tracked".into()), source)
                }
                Why::NotChecked(_, Unsupported::BudgetSpent) => {
                    self.facts.unasked.insert(about);
                    return;
                }
                _ => return,
            },
        };
        let key = source.signer.as_ref().map_or_else(|| path.issuer_of(index).1, x509::Certificate::key);
        let statement = Revocation {
            object: source.sha256,
            kind: match source.kind {
                SourceKind::List => RevocationKind::Crl,
                SourceKind::Response => RevocationKind::Ocsp,
            },
            about,
            says,
            this_update: source.this_update,
            next_update: source.next_update,
            produced_at: source.produced_at,
            algorithms: complete(encoded, key),
            signer: source.signer.as_ref().map(|signer| self.certificate(signer, origin)),
            origin,
        };
        let known = self.said.entry((statement.object, about)).or_default();
        if known.iter().all(|&number| self.facts.revocations[number] != statement) {
            known.push(self.facts.revocations.len());
            self.facts.revocations.push(statement);
        }
    }
}

fn said(revocation: crl::Revocation) -> Says {
    use crl::Reason;
    let reason = match revocation.reason {
        Reason::CertificateHold => return Says::OnHold(revocation.at),
        Reason::Unspecified => "unspecified",
        Reason::KeyCompromise => "keyCompromise",
        Reason::CaCompromise => "cACompromise",
        Reason::AffiliationChanged => "affiliationChanged",
        Reason::Superseded => "superseded",
        Reason::CessationOfOperation => "cessationOfOperation",
        Reason::RemoveFromCrl => "removeFromCRL",
        Reason::PrivilegeWithdrawn => "privilegeWithdrawn",
        Reason::AaCompromise => "aACompromise",
    };
    Says::Revoked { at: revocation.at, reason: reason.to_owned(), invalid_since: revocation.invalid_since }
}

fn fact(certificate: &x509::Certificate, origin: Origin) -> Certificate {
    let extensions = certificate.extensions();
    let attributes = certificate.subject().attributes.iter().map(|(kind, value)| {
        let name = oid::name_attribute(kind).map_or_else(|| der::oid_text(kind), str::to_owned);
        (name, value.clone())
    });
    let usage = match extensions.key_usage {
        None => Usage::Commits,
        Some(usage) if usage.allows_any(KeyUsage::NON_REPUDIATION) => Usage::Commits,
        Some(usage) if usage.allows_any(KeyUsage::DIGITAL_SIGNATURE) => Usage::Signs,
        Some(_) => Usage::Other,
    };
    let critical = extensions.get(oid::EXTENDED_KEY_USAGE).is_some_and(|one| one.critical == Critical::Yes);
    let is_stamping = |purpose: &crate::signature::der::Slice| **purpose == *oid::PURPOSE_TIME_STAMPING;
    let stamping = match extensions.extended_key_usage.as_deref() {
        Some([only]) if is_stamping(only) && critical => Stamping::Sole,
        Some(purposes) if purposes.iter().any(is_stamping) => Stamping::Lax,
        _ => Stamping::No,
    };
    // Purposes are exclusive (RFC 5280 §4.2.1.12): what is for servers, programs, time or answers signs no document, unless a
    // purpose of people stands beside it. Clients sign in by the certificates with which they sign documents.
    let among = |named: &[&[u8]]| {
        let purposes = extensions.extended_key_usage.iter().flatten();
        purposes.into_iter().any(|purpose| named.iter().any(|one| **purpose == **one))
    };
    let for_machines: [&[u8]; 4] =
        [oid::PURPOSE_TIME_STAMPING, oid::PURPOSE_OCSP_SIGNING, oid::PURPOSE_SERVER, oid::PURPOSE_CODE];
    let for_people: [&[u8]; 3] = [oid::PURPOSE_EMAIL, oid::PURPOSE_DOCUMENTS, oid::PURPOSE_ANY];
    let is_for_others = among(&for_machines) && !among(&for_people);
    Certificate {
        object: certificate.sha256(),
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial_hex: certificate.serial_hex(),
        attributes: attributes.collect(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        usage,
        stamping,
        meant: if is_for_others { Meant::ForOthers } else { Meant::ForSigning },
        // That a responder is not asked about holds for its answers alone (RFC 6960 §4.2.2.2.1).
        asking: if extensions.short_term && is_short(certificate) { Asking::Exempt } else { Asking::Asked },
        key: key(certificate.key(), None),
        // With the issuer's key once that is known: when a chain is built.
        algorithms: digest_of(certificate.outer_algorithm()),
        chains: Vec::new(),
        origin,
    }
}

/// Whether a certificate ends before a revocation would be known: what its authority says of it (EN 319 412-1 §5.2) is not
/// believed of one that lives for years.
fn is_short(certificate: &x509::Certificate) -> bool {
    certificate.not_after() - certificate.not_before() <= SHORT_TERM_MAX
}

fn digest_of(encoded: &[u8]) -> Vec<Algorithm> {
    let scheme = Scheme::read_complete(encoded);
    match scheme {
        Ok(scheme) => scheme.digest().map(|digest| Algorithm::digest(digest.name())).into_iter().collect(),
        Err(unsupported) => vec![Algorithm::digest(unsupported.to_string())],
    }
}

/// The algorithms of a value by its encoded AlgorithmIdentifier and the key that made it.
pub(super) fn complete(encoded: &[u8], key: &PublicKey) -> Vec<Algorithm> {
    match Scheme::read_complete(encoded) {
        Ok(scheme) => used(scheme, key),
        Err(unsupported) => vec![Algorithm::digest(unsupported.to_string())],
    }
}

/// The algorithms of a value by its scheme and the key that made it.
pub(super) fn used(scheme: Scheme, with: &PublicKey) -> Vec<Algorithm> {
    let digest = scheme.digest().map(|digest| Algorithm::digest(digest.name()));
    digest.into_iter().chain([key(with, Some(scheme))]).collect()
}

/// A key as the catalogue names it; without a scheme an RSA key counts as one for PKCS #1.
fn key(key: &PublicKey, scheme: Option<Scheme>) -> Algorithm {
    let curve = |bits| Algorithm::scheme("ECDSA", bits);
    match &key.kind {
        KeyKind::Rsa { exponent, .. } => {
            let name = if matches!(scheme, Some(Scheme::RsaPss { .. })) { "RSA-PSS" } else { "RSA-PKCS1" };
            let bits = key.rsa_bits().and_then(|bits| u32::try_from(bits).ok()).unwrap_or(0);
            let small = (exponent.len() <= 8).then(|| exponent.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
            Algorithm { exponent: small, ..Algorithm::scheme(name, bits) }
        }
        KeyKind::Dsa { parameters, .. } => {
            let bytes = parameters.as_ref().map_or(0, |parameters| parameters.p.len());
            Algorithm::scheme("DSA", u32::try_from(8 * bytes).unwrap_or(0))
        }
        KeyKind::P192 => curve(192),
        KeyKind::P224 => curve(224),
        KeyKind::P256 | KeyKind::BrainpoolP256 => curve(256),
        KeyKind::BrainpoolP320 => curve(320),
        KeyKind::P384 | KeyKind::BrainpoolP384 => curve(384),
        KeyKind::BrainpoolP512 => curve(512),
        KeyKind::P521 => curve(521),
        KeyKind::Ed25519 => Algorithm::scheme("Ed25519", 255),
        KeyKind::Ed448 => Algorithm::scheme("Ed448", 448),
        KeyKind::Gost(GostCurve::CryptoProA) => Algorithm::scheme("GOST R 34.10", 256),
        KeyKind::Gost(GostCurve::Tc26_512A) => Algorithm::scheme("GOST R 34.10", 512),
        KeyKind::PostQuantum(set) => Algorithm::scheme(set.name(), 0),
        KeyKind::Other(kind) => Algorithm::scheme(der::oid_text(kind), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = include_bytes!("../../../tests/fixtures/ocsp/good.ocsp");

    /// Answers about certificates are all that a responder's certificate is for, and all that it is not asked about for.
    #[test]
    fn a_responder_that_signs_a_document_is_for_others_and_asked_about() {
        let answer = OcspResponse::read(ANSWER).expect("an answer");
        let certificate = answer.certificates().first().expect("carries its responder's certificate");
        assert!(certificate.extensions().ocsp_no_check);
        let responder = fact(certificate, Origin::HandedIn);
        assert_eq!((responder.meant, responder.asking), (Meant::ForOthers, Asking::Asked));
    }
}
