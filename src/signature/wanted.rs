//! What is not at hand and would help a verdict: where it may be, what to ask there, and whether what came is that.
//!
//! [`of`] looks at verdicts that are neither good nor failed. For each certificate whose status is unknown or known as
//! of a time that is too early it names lists and responders; for a chain that ends before an anchor, the certificates
//! of its last issuer. The places are the certificates' own words, so they are as little trusted as the document:
//! whether any of them may be asked is for whoever has an allow-list, and who signed what comes is for the judge.
//!
//! Pure: nothing is fetched here. What is wanted is bounded, however many certificates a document carries.

mod found;

use super::judge::facts::CertificateId;
use super::judge::verdict::{ChainVerdict, Status};
use super::judge::{Indication, Judged, Trusted};
use super::ocsp::request::Request;
use super::path::CERTIFICATES_MAX;
use super::x509::{Certificate, Extensions, PublicKey};

pub use found::{Found, Unfit};

/// Certificates of one document about which something is wanted; a document with two signatures and three time-stamps
/// has some ten.
pub const WANTS_MAX: usize = 32;
/// Places for one certificate; real ones name one to four.
pub const PLACES_MAX: usize = 8;

/// Something that would help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// The certificate that it is about.
    pub about: Certificate,
    /// What is missing.
    pub missing: Missing,
    /// Where it may be, the likeliest first: any one of them may suffice.
    pub places: Vec<Place>,
}

/// What is missing about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Whether it is revoked.
    Status,
    /// The certificate of its issuer.
    Issuer,
}

/// Where something may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The address as the certificate has it, of whatever scheme.
    pub url: String,
    /// What is to be had there.
    pub gives: Gives,
}

/// What is to be had at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gives {
    /// A revocation list.
    List,
    /// The answer to this question.
    Answer(Box<Request>),
    /// Certificates, one of which may be the issuer's.
    Certificates,
}

/// What would help the verdicts on a document; nothing for one whose signatures and time-stamps are all decided.
/// `trusted` is what the document was judged by.
pub fn of(judged: &Judged, trusted: &[Trusted]) -> Vec<Want> {
    let mut wants = Wants { judged, trusted, list: Vec::new() };
    let validation = &judged.validation;
    let signatures = validation.signatures.iter().map(|one| (one.conclusion, one.certificate, &one.chain));
    let tokens = validation.tokens.iter().map(|one| (one.conclusion, one.certificate, &one.chain));
    for (conclusion, certificate, chain) in signatures.chain(tokens) {
        match (certificate, chain) {
            _ if conclusion.indication != Indication::Indeterminate => {}
            (_, Some(chain)) => wants.statuses(chain),
            (Some(certificate), None) => wants.issuer(certificate),
            (None, None) => {}
        }
    }
    wants.list
}

struct Wants<'a> {
    judged: &'a Judged,
    trusted: &'a [Trusted],
    list: Vec<Want>,
}

impl Wants<'_> {
    fn statuses(&mut self, chain: &ChainVerdict) {
        let certificate = |id: CertificateId| self.judged.certificates.get(id.0);
        let members: Vec<_> = chain.members.iter().map(|member| (certificate(member.certificate), member)).collect();
        for (depth, (about, member)) in members.iter().enumerate() {
            let Some(about) = about.filter(|_| is_open(&member.status)) else { continue };
            let issuer_key = match members.get(depth + 1) {
                Some((issuer, _)) => issuer.map(Certificate::key),
                None => self.trusted.get(chain.anchor.0).map(|one| &one.anchor.key),
            };
            let is_stale = !matches!(member.status, Status::Unknown);
            let places = status_places(about, issuer_key, is_stale);
            self.add(about.clone(), Missing::Status, places);
        }
    }

    /// The issuer of the last certificate of a chain that leads to no anchor.
    fn issuer(&mut self, id: CertificateId) {
        let is_found = self.judged.facts.certificates.get(id.0).is_some_and(|one| !one.chains.is_empty());
        let Some(mut last) = self.judged.certificates.get(id.0).filter(|_| !is_found) else { return };
        for _ in 0..CERTIFICATES_MAX {
            if last.is_self_issued() {
                return; // a root that is not trusted: nothing that could be fetched changes that
            }
            let issuers = self.judged.certificates.iter().filter(|one| one.subject() == last.issuer());
            // Of several holders of the name, the one whose key the certificate names.
            match issuers.max_by_key(|one| names_key(last.extensions(), one)) {
                Some(issuer) => last = issuer,
                None => {
                    let urls = last.extensions().ca_issuers_urls();
                    let places = urls.map(|url| Place { url: url.to_owned(), gives: Gives::Certificates }).collect();
                    return self.add(last.clone(), Missing::Issuer, places);
                }
            }
        }
    }

    fn add(&mut self, about: Certificate, missing: Missing, mut places: Vec<Place>) {
        let is_known = self.list.iter().any(|want| want.about == about && want.missing == missing);
        let mut seen = Vec::new();
        places.retain(|place| {
            let is_new = !seen.contains(&place.url);
            seen.push(place.url.clone());
            is_new
        });
        places.truncate(PLACES_MAX);
        if !is_known && !places.is_empty() && self.list.len() < WANTS_MAX {
            self.list.push(Want { about, missing, places });
        }
    }
}

/// Whether newer or other data may tell more.
fn is_open(status: &Status) -> bool {
    match status {
        Status::Exempt | Status::Good(_) | Status::Revoked { .. } => false,
        Status::OnHold(_) | Status::Stale(_) | Status::SignerExpired(_) | Status::Weak(..) | Status::Unknown => true,
    }
}

/// Lists first: one serves every certificate of its issuer. Where one at hand is too old, responders first: they answer
/// as of now.
fn status_places(about: &Certificate, issuer_key: Option<&PublicKey>, is_stale: bool) -> Vec<Place> {
    let extensions = about.extensions();
    let list = |url: &str| Place { url: url.to_owned(), gives: Gives::List };
    let lists = extensions.crl_urls().chain(extensions.delta_urls()).take(PLACES_MAX).map(list);
    let answer = |url: &str| {
        let issuer_key = issuer_key?.clone();
        let request = Request { about: about.clone(), issuer_key, nonce: None };
        Some(Place { url: url.to_owned(), gives: Gives::Answer(Box::new(request)) })
    };
    let answers = extensions.ocsp_urls().take(PLACES_MAX).filter_map(answer);
    if is_stale { answers.chain(lists).collect() } else { lists.chain(answers).collect() }
}

fn names_key(extensions: &Extensions, issuer: &Certificate) -> bool {
    let named = extensions.authority_key_identifier.as_ref().and_then(|named| named.key.as_deref());
    named.is_some() && named == issuer.key_identifier()
}

#[cfg(test)]
mod tests;
