//! Finds chains from a certificate to trust anchors.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{PATHS_MAX, Path, SignatureCache, TrustAnchor};
use crate::digest::Sha256;
use crate::signature::algorithm::{Budget, Unsupported};
use crate::signature::ocsp;
use crate::signature::x509::{Certificate, PublicKey};

/// Certificates tried in all for one target: hostile sets of certificates have more chains than atoms in the world.
const STEPS_MAX: usize = 2_000;
/// Holders of one name tried as the issuer of one certificate; a change of keys leaves two or three.
const ISSUERS_MAX: usize = 64;
/// Certificates in a pool; a document with a long history carries some 50.
const POOL_MAX: usize = 10_000;

/// Certificates that may be links of a chain, found by subject.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    by_subject: HashMap<Box<[u8]>, Vec<Certificate>>,
    known: HashSet<Sha256>,
}

impl Pool {
    /// Adds a certificate, unless it is there or the pool is full.
    pub fn add(&mut self, certificate: Certificate) {
        if self.known.len() < POOL_MAX && self.known.insert(certificate.sha256()) {
            self.by_subject.entry(certificate.subject().canonical().into()).or_default().push(certificate);
        }
    }

    /// The certificates below this issuer that a responder's key hash names (RFC 6960 §4.2.1).
    pub fn responders<'p>(
        &'p self,
        issuer: &'p crate::signature::x509::Name,
        responder: &'p ocsp::Responder,
    ) -> impl Iterator<Item = &'p Certificate> {
        let below = self.by_subject.values().flatten().filter(move |one| one.issuer() == issuer);
        below.filter(move |one| responder.is(one.subject(), one.key()))
    }

    /// The certificates of this subject, in the order added.
    pub fn with_subject(&self, name: &crate::signature::x509::Name) -> &[Certificate] {
        self.by_subject.get(name.canonical()).map_or(&[], Vec::as_slice)
    }
}

impl Extend<Certificate> for Pool {
    fn extend<I: IntoIterator<Item = Certificate>>(&mut self, certificates: I) {
        certificates.into_iter().for_each(|certificate| self.add(certificate));
    }
}

impl FromIterator<Certificate> for Pool {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        let mut pool = Self::default();
        pool.extend(certificates);
        pool
    }
}

/// The next link above: an anchor ends the chain.
enum Link {
    Anchor(Arc<TrustAnchor>),
    Certificate(Certificate),
}

/// Chains of at most `certificates_max` certificates (those an authority issued to itself apart) from `target` to one of `anchors`, at most [`PATHS_MAX`], the
/// likeliest first. Every link's signature verifies or could not be checked; nothing else is checked. No certificate,
/// and no name with the same key, stands twice in a chain. Each certificate looked at takes from `budget`.
pub fn candidates(
    target: &Certificate,
    pool: &Pool,
    anchors: &[Arc<TrustAnchor>],
    certificates_max: usize,
    cache: &SignatureCache,
    budget: &Budget,
) -> Vec<Path> {
    let mut paths = Vec::new();
    for anchor in anchors.iter().filter(|anchor| anchor.certificate.as_ref() == Some(target)) {
        paths.push(Path { anchor: Arc::clone(anchor), certificates: Vec::new() });
    }
    let search = Search { pool, anchors, cache, budget };
    // chain[0] is the target; open[i] holds the links above chain[i] not tried yet, the best last.
    let mut chain = vec![target.clone()];
    let mut open = vec![search.links_above(&chain)];
    for _ in 0..STEPS_MAX {
        let Some(links) = open.last_mut() else { break };
        match links.pop() {
            None => {
                open.pop();
                chain.pop();
            }
            Some(Link::Anchor(anchor)) => {
                let certificates = chain.iter().rev().cloned().collect();
                paths.push(Path { anchor, certificates });
                if paths.len() >= PATHS_MAX {
                    break;
                }
            }
            Some(Link::Certificate(issuer)) if has_room(&chain, &issuer, certificates_max) => {
                chain.push(issuer);
                open.push(search.links_above(&chain));
            }
            Some(Link::Certificate(_)) => {}
        }
    }
    paths
}

struct Search<'a> {
    pool: &'a Pool,
    anchors: &'a [Arc<TrustAnchor>],
    cache: &'a SignatureCache,
    budget: &'a Budget,
}

impl Search<'_> {
    fn links_above(&self, chain: &[Certificate]) -> Vec<Link> {
        let Some(last) = chain.last().filter(|_| self.budget.take_one()) else { return Vec::new() };
        let stands = |issuer: &Certificate| {
            chain.iter().any(|one| one == issuer || (one.key() == issuer.key() && one.subject() == issuer.subject()))
        };
        let issuers = self.pool.with_subject(last.issuer()).iter();
        let mut issuers: Vec<&Certificate> =
            issuers.filter(|issuer| !stands(issuer) && !self.is_anchor(issuer)).collect();
        // The best last: the key that the certificate names, then the one valid longest.
        issuers.sort_by_cached_key(|issuer| (names_key(last, issuer), issuer.not_after()));
        issuers.drain(..issuers.len().saturating_sub(ISSUERS_MAX));
        issuers.retain(|issuer| self.may_have_signed(issuer.key(), last));
        let anchors = self.anchors.iter().filter(|anchor| anchor.name == *last.issuer());
        let anchors = anchors.filter(|anchor| self.may_have_signed(&anchor.key, last));
        let anchors: Vec<Link> = anchors.map(|anchor| Link::Anchor(Arc::clone(anchor))).collect();
        issuers.into_iter().cloned().map(Link::Certificate).chain(anchors.into_iter().rev()).collect()
    }

    /// A certificate of a trusted name and key adds nothing but length.
    fn is_anchor(&self, certificate: &Certificate) -> bool {
        self.anchors.iter().any(|anchor| anchor.key == *certificate.key() && anchor.name == *certificate.subject())
    }

    /// Whether the signature verifies, or cannot be checked here: that is for the check of the whole path to say.
    fn may_have_signed(&self, key: &PublicKey, certificate: &Certificate) -> bool {
        match self.cache.verifies(certificate, key, self.budget) {
            Err(Unsupported::BudgetSpent) => false,
            other => other.unwrap_or(true),
        }
    }
}

/// Whether the chain may grow by `issuer`: certificates that an authority issued to itself, as when it changes its key,
/// count apart, as in path lengths (RFC 5280 §6.1.4 (l)).
fn has_room(chain: &[Certificate], issuer: &Certificate, certificates_max: usize) -> bool {
    let apart = issuer.is_self_issued();
    let alike = chain.iter().skip(1).filter(|one| one.is_self_issued() == apart).count();
    alike + usize::from(!apart) < certificates_max
}

fn names_key(certificate: &Certificate, issuer: &Certificate) -> bool {
    let named = certificate.extensions().authority_key_identifier.as_ref().and_then(|named| named.key.as_deref());
    named.is_some() && named == issuer.key_identifier()
}
