//! Checks a path from its anchor down (RFC 5280 §6.1.3 to §6.1.5), without revocation and without the time.
//!
//! Every check is reported, also after one failed: the judge tells the reader all that is wrong.

use chrono::{DateTime, Timelike as _, Utc};

use super::names::Constraints;
use super::{Check, Code, Outcome, Path, Place, Policies, Report, Settings, SignatureCache};
use crate::signature::algorithm::Budget;
use crate::signature::x509::{Certificate, Critical, DefectKind, KeyUsage, PublicKey, Version};

/// Everything about a path that does not depend on when one asks.
pub fn check_constraints(path: &Path, settings: &Settings, cache: &SignatureCache, budget: &Budget) -> Report {
    let mut report = Report::default();
    let length = path.certificates.len();
    let mut descent = Descent {
        policies: Policies::new(settings, length),
        names: Constraints::default(),
        path_length: u32::MAX,
        key: path.anchor.key.clone(),
    };
    if let Some(certificate) = &path.anchor.certificate {
        descent.begin(certificate, length, &mut report);
    }
    for (at, certificate) in path.certificates.iter().enumerate() {
        let place = Place::Certificate(at);
        let is_last = at + 1 == length;
        report.checks.push(Check {
            code: Code::Signature,
            place,
            outcome: signed(certificate, &descent.key, cache, budget),
        });
        let chained = path.issuer_of(at).0 == certificate.issuer();
        report.add(Code::NameChaining, place, chained.then_some(()).ok_or("issued by another name"));
        let names = if certificate.is_self_issued() && !is_last { Ok(()) } else { descent.names.check(certificate) };
        report.add(Code::NameConstraints, place, names);
        readable(certificate, place, &mut report);
        let policies = descent.policies.descend(certificate, is_last);
        if is_last {
            report.add(Code::Purpose, place, purpose(certificate, settings));
            report.add(Code::Policies, place, policies);
        } else {
            descent.prepare(certificate, place, policies, &mut report);
        }
    }
    if let Some(last) = path.certificates.last() {
        match descent.policies.finish(last) {
            Ok(policies) => report.policies = policies,
            Err(why) => report.add(Code::Policies, Place::Certificate(length - 1), Err(why)),
        }
    }
    report
}

/// Whether every certificate of a path is within its dates at `at`, and its anchor trusted.
pub fn check_validity(path: &Path, at: DateTime<Utc>) -> Report {
    // Dates have whole seconds; the last one is valid to its end.
    let at = at.with_nanosecond(0).unwrap_or(at);
    let mut report = Report::default();
    let trusted = path.anchor.is_trusted_at(at);
    report.add(Code::AnchorDates, Place::Anchor, trusted.then_some(()).ok_or("not trusted at this time"));
    let anchor = path.anchor.certificate.iter().map(|certificate| (Place::Anchor, certificate));
    let below = path.certificates.iter().enumerate().map(|(at, certificate)| (Place::Certificate(at), certificate));
    for (place, certificate) in anchor.chain(below) {
        let valid = match () {
            () if at < certificate.not_before() => Err("not yet valid"),
            () if at > certificate.not_after() => Err("expired"),
            () => Ok(()),
        };
        report.add(Code::Validity, place, valid);
    }
    report
}

/// What is carried from certificate to certificate.
struct Descent<'a> {
    policies: Policies,
    names: Constraints<'a>,
    path_length: u32,
    key: PublicKey,
}

impl<'a> Descent<'a> {
    /// The constraints that an anchor's certificate sets (RFC 5937); its signature proves nothing.
    fn begin(&mut self, certificate: &'a Certificate, length: usize, report: &mut Report) {
        readable(certificate, Place::Anchor, report);
        if length == 0 {
            return;
        }
        if certificate.version() == Version::V3 && certificate.extensions().basic_constraints.is_some() {
            report.add(Code::BasicConstraints, Place::Anchor, is_authority(certificate));
        }
        report.add(Code::KeyUsage, Place::Anchor, may_sign_certificates(certificate));
        self.constrain(certificate, Place::Anchor, report);
    }

    /// §6.1.4, for a certificate that is not the last.
    fn prepare(
        &mut self,
        certificate: &'a Certificate,
        place: Place,
        policies: Result<(), &'static str>,
        report: &mut Report,
    ) {
        report.add(Code::Policies, place, policies.and(self.policies.prepare(certificate)));
        report.add(Code::BasicConstraints, place, is_authority(certificate));
        report.add(Code::KeyUsage, place, may_sign_certificates(certificate));
        if !certificate.is_self_issued() {
            report.add(
                Code::PathLength,
                place,
                self.path_length.checked_sub(1).map(|_| ()).ok_or("the path is too long"),
            );
            self.path_length = self.path_length.saturating_sub(1);
        }
        self.constrain(certificate, place, report);
        self.key = certificate.key().inheriting(&self.key);
    }

    fn constrain(&mut self, certificate: &'a Certificate, place: Place, report: &mut Report) {
        let extensions = certificate.extensions();
        let limit = extensions.basic_constraints.and_then(|constraints| constraints.path_length);
        self.path_length = self.path_length.min(limit.unwrap_or(u32::MAX));
        if let Some(Err(why)) = extensions.name_constraints.as_ref().map(|constraints| self.names.add(constraints)) {
            report.add(Code::NameConstraints, place, Err(why));
        }
    }
}

fn signed(certificate: &Certificate, key: &PublicKey, cache: &SignatureCache, budget: &Budget) -> Outcome {
    match cache.verifies(certificate, key, budget) {
        Ok(true) => Outcome::Passed,
        Ok(false) => Outcome::Failed("the signature does not verify"),
        Err(why) => Outcome::NotChecked(why),
    }
}

fn readable(certificate: &Certificate, place: Place, report: &mut Report) {
    let same = certificate.inner_algorithm() == certificate.outer_algorithm();
    report.add(Code::AlgorithmIdentifiers, place, same.then_some(()).ok_or("two different algorithm identifiers"));
    let extensions = certificate.extensions();
    let known = extensions.unknown_critical.is_empty();
    report.add(Code::CriticalExtensions, place, known.then_some(()).ok_or("a critical extension is not understood"));
    let constraining = |kind: &[u8]| crate::signature::oid::CONSTRAINING_EXTENSIONS.contains(&kind);
    let unusable =
        extensions.defects.iter().find(|defect| defect.critical == Critical::Yes || constraining(&defect.kind));
    let result = match unusable.map(|defect| defect.defect) {
        None => Ok(()),
        Some(DefectKind::Twice) => Err("an extension stands twice"),
        Some(DefectKind::Malformed(_)) => Err("an extension cannot be read"),
    };
    report.add(Code::Extensions, place, result);
}

fn is_authority(certificate: &Certificate) -> Result<(), &'static str> {
    match certificate.extensions().basic_constraints {
        Some(constraints) if constraints.is_ca => Ok(()),
        Some(_) => Err("not an authority"),
        None => Err("not said to be an authority"),
    }
}

fn may_sign_certificates(certificate: &Certificate) -> Result<(), &'static str> {
    let usage = certificate.extensions().key_usage;
    let allowed = usage.is_none_or(|usage| usage.allows_any(KeyUsage::CERT_SIGN));
    allowed.then_some(()).ok_or("its key may not sign certificates")
}

fn purpose(certificate: &Certificate, settings: &Settings) -> Result<(), &'static str> {
    let allowed = settings.purposes.iter().any(|purpose| certificate.extensions().allows_purpose(purpose));
    (settings.purposes.is_empty() || allowed).then_some(()).ok_or("not good for this purpose")
}
