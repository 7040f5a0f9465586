//! Status by OCSP responses (RFC 6960 §3.2, §4.2.2.2).

use super::{Freshness, Question, Revocations, Source, SourceKind, Status, Why, is_fresh, is_lasting, nearer};
use crate::signature::algorithm::{Scheme, verify};
use crate::signature::ocsp::{self, OcspResponse};
use crate::signature::oid;
use crate::signature::path::Path;
use crate::signature::x509::{Certificate, PublicKey};
use chrono::{DateTime, Utc};

/// Certificates tried as the signer of one response.
const SIGNERS_MAX: usize = 32;

impl Revocations<'_> {
    pub(super) fn by_responses(&self, question: &Question<'_>) -> Status {
        let mut best = Status::Unknown(Why::NoData);
        for response in &self.evidence.responses {
            best = match (best, self.by_response(question, response)) {
                (_, Some(revoked @ Status::Revoked(..))) => return revoked,
                (Status::Unknown(one), Some(Status::Unknown(other))) => Status::Unknown(nearer(one, other)),
                (Status::Unknown(_), Some(good)) => good,
                (Status::Good(one), Some(Status::Good(other))) if other.this_update > one.this_update => {
                    Status::Good(other)
                }
                (best, _) => best,
            };
        }
        best
    }

    /// `None` when the response does not speak about the certificate.
    fn by_response(&self, question: &Question<'_>, response: &OcspResponse) -> Option<Status> {
        let certificate = question.certificate();
        let (issuer, issuer_key) = question.path.issuer_of(question.index);
        let answer = response.answer_about(certificate.serial_value(), issuer, issuer_key)?;
        let unknown = |why| Some(Status::Unknown(why));
        let is_understood = response.unknown_critical().is_empty() && answer.unknown_critical.is_empty();
        if !is_understood && !matches!(answer.status, ocsp::Status::Revoked(_)) {
            return unknown(Why::NotUnderstood(response.sha256()));
        }
        if !answer.hash_agrees(certificate) {
            return unknown(Why::OtherCertificate);
        }
        let signer = match self.responder(question, response) {
            Ok(signer) => signer,
            Err(why) => return unknown(why),
        };
        let source = Source {
            kind: SourceKind::Response,
            sha256: response.sha256(),
            delta: None,
            this_update: answer.this_update,
            next_update: answer.next_update,
            produced_at: response.produced_at(),
            signer,
        };
        let fresh = is_fresh(question.freshness, answer.this_update, answer.next_update);
        let tracked = answer.this_update <= certificate.not_after()
            || answer.archive_cutoff.is_some_and(|cutoff| cutoff <= certificate.not_after());
        Some(match answer.status {
            ocsp::Status::Revoked(revocation) if fresh || is_lasting(revocation) => Status::Revoked(revocation, source),
            ocsp::Status::Unknown => Status::Unknown(Why::NotKnown(source)),
            _ if !fresh => Status::Unknown(Why::NotFresh(source)),
            ocsp::Status::Good if !tracked => Status::Unknown(Why::IssuedAfterExpiry(source)),
            ocsp::Status::Good | ocsp::Status::Revoked(_) => Status::Good(source),
        })
    }

    /// The delegated responder's certificate, or `None` when the issuer itself signed.
    fn responder(&self, question: &Question<'_>, response: &OcspResponse) -> Result<Option<Certificate>, Why> {
        let (issuer, issuer_key) = question.path.issuer_of(question.index);
        let mut why = Why::SignerNotFound(response.sha256());
        if response.responder().is(issuer, issuer_key) {
            match self.response_signed(response, issuer_key) {
                Ok(true) => return Ok(None),
                Ok(false) => {}
                Err(other) => why = nearer(why, other),
            }
        }
        let own = response.certificates().iter();
        let (named, by_key) = match response.responder() {
            ocsp::Responder::Name(name) => (self.pool.with_subject(name), None),
            by_key @ ocsp::Responder::KeyHash(_) => (&[][..], Some(self.pool.responders(issuer, by_key))),
        };
        for signer in own.chain(named).chain(by_key.into_iter().flatten()).take(SIGNERS_MAX) {
            let delegated = signer.issuer() == issuer
                && response.responder().is(signer.subject(), signer.key())
                && is_responder(signer)
                && signer.not_before() <= response.produced_at()
                && response.produced_at() <= signer.not_after()
                && self.cache.verifies(signer, issuer_key, self.budget) == Ok(true);
            if !delegated {
                continue;
            }
            match self.response_signed(response, signer.key()) {
                Ok(true) if self.responder_is_good(question, signer, response.produced_at()) => {
                    return Ok(Some(signer.clone()));
                }
                Ok(true) => why = nearer(why, Why::SignerStatus(response.sha256())),
                Ok(false) => {}
                Err(other) => why = nearer(why, other),
            }
        }
        Err(why)
    }

    /// A responder that says so is not checked (RFC 6960 §4.2.2.2.1); another must be known to have been good when it answered.
    fn responder_is_good(&self, question: &Question<'_>, signer: &Certificate, answered: DateTime<Utc>) -> bool {
        if signer.extensions().ocsp_no_check || question.depth >= super::DEPTH_MAX {
            return signer.extensions().ocsp_no_check;
        }
        let mut certificates = question.path.certificates[..question.index].to_vec();
        certificates.push(signer.clone());
        let path = Path { anchor: question.path.anchor.clone(), certificates };
        let depth = question.depth + 1;
        let pending = question.pending.iter().copied().chain([signer.sha256()]).collect();
        let pending: Vec<_> = pending;
        // What was current when it answered, or was issued since.
        [Freshness::CurrentAt(answered), Freshness::IssuedSince(answered)].into_iter().any(|freshness| {
            let pending = pending.clone();
            let asked = Question { path: &path, index: question.index, freshness, depth, pending };
            matches!(self.of_signers().answer(&asked), Status::Good(_))
        })
    }

    fn response_signed(&self, response: &OcspResponse, key: &PublicKey) -> Result<bool, Why> {
        let scheme = Scheme::read_complete(response.algorithm());
        let verified = scheme.and_then(|scheme| verify(scheme, key, response.tbs(), response.signature(), self.budget));
        verified.map_err(|unsupported| Why::NotChecked(response.sha256(), unsupported))
    }
}

/// Whether the extended key usage says that it may answer for its issuer; `anyExtendedKeyUsage` does not.
fn is_responder(certificate: &Certificate) -> bool {
    let purposes = certificate.extensions().extended_key_usage.iter().flatten();
    purposes.into_iter().any(|purpose| **purpose == *oid::PURPOSE_OCSP_SIGNING)
}
