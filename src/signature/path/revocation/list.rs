//! Status by revocation lists (RFC 5280 §6.3.3), indirect and delta ones too.

use super::{Question, Revocations, Source, SourceKind, Status, Why, is_fresh, is_lasting, nearer};
use crate::digest::Sha256;
use crate::signature::algorithm::{Scheme, verify};
use crate::signature::crl::{Crl, IssuingDistributionPoint, Reason, Revocation, Scope};
use crate::signature::x509::{
    Certificate, DistributionPoint, DistributionPointName, GeneralName, KeyUsage, Name, PublicKey, Reasons,
};

/// Certificates tried as the signer of one list.
const SIGNERS_MAX: usize = 16;
/// Pairs of names compared when a list is matched with a distribution point; more do not match.
const NAMES_MAX: usize = 1_000;
/// Distribution points of one certificate that are looked at; real ones have one or two.
const POINTS_MAX: usize = 64;

/// A list that speaks about the certificate, believed.
struct Believed<'a> {
    list: &'a Crl,
    delta: Option<&'a Crl>,
    signer: Option<Certificate>,
}

impl Revocations<'_> {
    pub(super) fn by_lists(&self, question: &Question<'_>) -> Status {
        let mut why = Why::NoData;
        let mut covered = Reasons::NONE;
        // The newest that covers every reason; of those that cover some only, the oldest, as of which all are right.
        let (mut whole, mut parts): (Option<Source>, Option<Source>) = (None, None);
        for list in self.evidence.lists.iter().filter(|list| !list.is_delta()) {
            let Some(reasons) = covers(list, question) else { continue };
            let status = match self.believed(question, list) {
                Ok(believed) => status_by(question, &believed),
                Err(other) => Status::Unknown(other),
            };
            match status {
                Status::Revoked(..) => return status,
                Status::Unknown(other) => why = nearer(why, other),
                Status::Good(source) if covers_all(reasons) => {
                    whole = whole.filter(|known| known.this_update >= source.this_update).or(Some(source));
                }
                Status::Good(source) => {
                    covered = Reasons(covered.0 | reasons.0);
                    parts = parts.filter(|known| known.this_update <= source.this_update).or(Some(source));
                }
            }
        }
        match (whole, parts) {
            (Some(source), _) => Status::Good(source),
            (None, Some(source)) if covers_all(covered) => Status::Good(source),
            (None, Some(source)) => Status::Unknown(nearer(why, Why::ReasonsNotCovered(source))),
            (None, None) => Status::Unknown(why),
        }
    }

    /// See [`Revocations::listed`].
    pub(super) fn listed_by(&self, question: &Question<'_>, list: &Crl) -> Result<Status, Why> {
        let certificate = question.certificate();
        let entry = list.find(certificate.serial_value(), certificate.issuer()).filter(|_| {
            // One that speaks for others may not speak for this issuer.
            list.issuer() == question.path.issuer_of(question.index).0
        });
        let revocation = entry.filter(|entry| entry.reason != Reason::RemoveFromCrl).ok_or(Why::NoData)?;
        let (signer, _) = self.signer(question, list)?;
        Ok(Status::Revoked(revocation, source_of(list, signer)))
    }

    /// The list with its signer and the newest delta list that adds to it; `Err` when it may not be believed.
    fn believed<'l>(&'l self, question: &Question<'_>, list: &'l Crl) -> Result<Believed<'l>, Why> {
        understood(list)?;
        let (signer, key) = self.signer(question, list)?;
        let adding = self.evidence.lists.iter().filter(|delta| adds_to(delta, list) && understood(delta).is_ok());
        let fresh = |delta: &&Crl| is_fresh(question.freshness, delta.this_update(), delta.next_update());
        let adding = adding.filter(|delta| self.list_signed(delta, &key) == Ok(true));
        // A stale delta list may still tell of a revocation, a fresh one tells more.
        let delta = adding.max_by_key(|delta| (fresh(delta), delta.this_update()));
        Ok(Believed { list, delta, signer })
    }

    /// Who signed the list, and with which key: the issuer of the certificate itself (`None`), or another holder of
    /// the list issuer's name below the same anchor.
    fn signer(&self, question: &Question<'_>, list: &Crl) -> Result<(Option<Certificate>, PublicKey), Why> {
        let (path, index) = (question.path, question.index);
        let mut why = Why::SignerNotFound(list.sha256());
        if path.issuer_of(index).0 == list.issuer() && path.issuer_certificate(index).is_none_or(may_sign_lists) {
            let key = path.working_key(index);
            match self.list_signed(list, &key) {
                Ok(true) => return Ok((None, key)),
                Ok(false) => {}
                Err(other) => why = nearer(why, other),
            }
        }
        for signer in self.pool.with_subject(list.issuer()).iter().take(SIGNERS_MAX) {
            // With DSA parameters inherited the key is known only with its path.
            if !may_sign_lists(signer) || self.list_signed(list, signer.key()) == Ok(false) {
                continue;
            }
            for path in self.paths_to(signer, &question.path.anchor) {
                let key = path.working_key(path.certificates.len());
                match self.list_signed(list, &key) {
                    Ok(true) if self.signer_is_good(&path, question) => return Ok((Some(signer.clone()), key)),
                    Ok(true) => why = nearer(why, Why::SignerStatus(list.sha256())),
                    Ok(false) => {}
                    Err(other) => why = nearer(why, other),
                }
            }
        }
        Err(why)
    }

    fn list_signed(&self, list: &Crl, key: &PublicKey) -> Result<bool, Why> {
        if list.inner_algorithm() != list.outer_algorithm() {
            return Ok(false);
        }
        let content: (Sha256, Sha256) = (key.sha256(), list.sha256());
        let check = || {
            let scheme = Scheme::read_complete(list.outer_algorithm())?;
            verify(scheme, key, list.tbs(), list.signature(), self.budget)
        };
        let answer = if key.has_inherited_parameters() { check() } else { self.cache.remembered(content, check) };
        answer.map_err(|unsupported| Why::NotChecked(list.sha256(), unsupported))
    }
}

fn covers_all(reasons: Reasons) -> bool {
    reasons.0 & Reasons::ALL.0 == Reasons::ALL.0
}

fn source_of(list: &Crl, signer: Option<Certificate>) -> Source {
    Source {
        kind: SourceKind::List,
        sha256: list.sha256(),
        delta: None,
        this_update: list.this_update(),
        next_update: list.next_update(),
        produced_at: list.this_update(),
        signer,
    }
}

/// What a believed list says.
fn status_by(question: &Question<'_>, believed: &Believed<'_>) -> Status {
    let Believed { list, delta, signer } = believed;
    let certificate = question.certificate();
    let fresh = |list: &Crl| is_fresh(question.freshness, list.this_update(), list.next_update());
    // A list with a fresh addition is as new as that.
    let newest = delta.filter(|delta| fresh(delta));
    let dated = newest.unwrap_or(list);
    let this_update = dated.this_update();
    let source = Source {
        delta: delta.map(Crl::sha256),
        this_update,
        next_update: dated.next_update(),
        produced_at: this_update,
        ..source_of(list, signer.clone())
    };
    let is_fresh = newest.is_some() || fresh(list);
    let find = |list: &Crl| list.find(certificate.serial_value(), certificate.issuer());
    let entry: Option<Revocation> = match delta.and_then(find) {
        Some(removed) if removed.reason == Reason::RemoveFromCrl => None,
        Some(added) => Some(added),
        None => find(list).filter(|entry| entry.reason != Reason::RemoveFromCrl),
    };
    let kept = list.extensions().expired_kept_since;
    let tracked = this_update <= certificate.not_after() || kept.is_some_and(|since| since <= certificate.not_after());
    match entry {
        Some(revocation) if is_fresh || is_lasting(revocation) => Status::Revoked(revocation, source),
        _ if !is_fresh => Status::Unknown(Why::NotFresh(source)),
        None if !tracked => Status::Unknown(Why::IssuedAfterExpiry(source)),
        _ => Status::Good(source),
    }
}

/// For which reasons the list speaks about the certificate; `None` for none (§6.3.3 (b) and (d)).
fn covers(list: &Crl, question: &Question<'_>) -> Option<Reasons> {
    let certificate = question.certificate();
    let extensions = certificate.extensions();
    let point = list.extensions().distribution_point.as_ref();
    let is_authority = extensions.basic_constraints.is_some_and(|constraints| constraints.is_ca);
    let in_scope = match point.map_or(Scope::All, |point| point.scope) {
        Scope::All => true,
        Scope::Users => !is_authority,
        Scope::Authorities => is_authority,
        Scope::Attributes => false,
    };
    if !in_scope {
        return None;
    }
    let of_list = point.and_then(|point| point.only_reasons).unwrap_or(Reasons::ALL);
    let implied = DistributionPoint {
        name: Some(DistributionPointName::Full(vec![GeneralName::Directory(certificate.issuer().clone())])),
        reasons: None,
        crl_issuer: Vec::new(),
    };
    let named = &extensions.crl_distribution_points;
    let mut reasons = Reasons::NONE;
    for place in named.iter().take(POINTS_MAX).chain([&implied]) {
        if speaks_for(list, point, place, certificate.issuer()) {
            let of_place = place.reasons.unwrap_or(Reasons::ALL);
            reasons = Reasons(reasons.0 | (of_place.0 & of_list.0));
        }
    }
    (reasons.0 & Reasons::ALL.0 != 0).then_some(reasons)
}

fn speaks_for(list: &Crl, point: Option<&IssuingDistributionPoint>, place: &DistributionPoint, issuer: &Name) -> bool {
    let by_issuer = if place.crl_issuer.is_empty() {
        list.issuer() == issuer
    } else {
        let named = place.crl_issuer.iter().filter_map(GeneralName::directory).any(|name| name == list.issuer());
        // A list of the issuer's own needs no indirection to speak about its certificates.
        named && (point.is_some_and(|point| point.indirect) || list.issuer() == issuer)
    };
    let Some(own) = point.and_then(|point| point.name.as_ref()) else { return by_issuer };
    let own = full_names(own, list.issuer());
    let theirs = match &place.name {
        // A relative name stands below the issuer of the list.
        Some(name @ DistributionPointName::Relative(_)) if !place.crl_issuer.is_empty() => {
            let issuers = place.crl_issuer.iter().filter_map(GeneralName::directory);
            issuers.flat_map(|issuer| full_names(name, issuer)).collect()
        }
        Some(name) => full_names(name, issuer),
        None => place.crl_issuer.clone(),
    };
    by_issuer && own.len().saturating_mul(theirs.len()) <= NAMES_MAX && own.iter().any(|name| theirs.contains(name))
}

fn full_names(name: &DistributionPointName, issuer: &Name) -> Vec<GeneralName> {
    match name {
        DistributionPointName::Full(names) => names.clone(),
        DistributionPointName::Relative(relative) => {
            issuer.extended(relative).ok().map(GeneralName::Directory).into_iter().collect()
        }
    }
}

/// Whether `delta` adds to `list` (RFC 5280 §5.2.4, §6.3.3 (c)).
fn adds_to(delta: &Crl, list: &Crl) -> bool {
    let (of_delta, of_list) = (delta.extensions(), list.extensions());
    let (Some(base), Some(number), Some(complete)) = (&of_delta.base_number, &of_delta.number, &of_list.number) else {
        return false;
    };
    let key = |number: &[u8]| (number.len(), number.to_vec());
    delta.issuer() == list.issuer()
        && of_delta.distribution_point == of_list.distribution_point
        && of_delta.authority_key_identifier == of_list.authority_key_identifier
        && key(base) <= key(complete)
        && key(complete) <= key(number)
}

fn understood(list: &Crl) -> Result<(), Why> {
    let extensions = list.extensions();
    match extensions.unknown_critical.is_empty() && extensions.defects.is_empty() {
        true => Ok(()),
        false => Err(Why::NotUnderstood(list.sha256())),
    }
}

fn may_sign_lists(certificate: &Certificate) -> bool {
    certificate.extensions().key_usage.is_none_or(|usage| usage.allows_any(KeyUsage::CRL_SIGN))
}
