//! The two questions beside "is it good": is what is shown what was signed, and will it stay provable.

use super::Judge;
use super::check::{Block, BlockKind};
use super::existence::{Existence, Source};
use super::facts::{
    CertificateId, ChangeLevel, Identification, Instant, Object, Origin, Permission, Says, Scope, Signature, Token,
};
use super::indication::{Conclusion, SubIndication};
use super::verdict::{Provable, Reached, Shown, Status, TokenVerdict, Verdict};
use crate::signature::judge::chain::{Purpose, Rank};
use crate::signature::policy::{Algorithm, Reliability};

impl Judge<'_> {
    /// A verdict with everything but its conclusion and summaries.
    pub(super) fn verdict(
        &self,
        signature: &Signature,
        tokens: &[TokenVerdict],
        existence: &Existence,
        blocks: Vec<Block>,
    ) -> Verdict {
        let proofs = existence.of(signature.made.object).to_vec();
        Verdict {
            conclusion: Conclusion::of(SubIndication::PolicyProcessingError),
            blocks,
            best_signature_time: existence.since(signature.made.object),
            proven_by: proofs.first().map(|proof| proof.source),
            proofs,
            made_after: self.made_after(signature, tokens),
            certificate: signature.made.certificate(),
            chain: None,
            retry_at: None,
            shown: Shown::Unknown,
            provable: Provable {
                level: Reached::None,
                secure_until: None,
                renew_before: None,
                weakest: None,
                reliable_now: false,
                reliable_then: false,
                evidence: Vec::new(),
            },
            findings: Vec::new(),
        }
    }

    pub(super) fn summarise(
        &self,
        signature: &Signature,
        tokens: &[TokenVerdict],
        existence: &Existence,
        verdict: &mut Verdict,
    ) {
        verdict.shown = shown(signature, verdict);
        verdict.provable = self.provable(signature, tokens, existence, verdict);
    }

    fn provable(
        &self,
        signature: &Signature,
        tokens: &[TokenVerdict],
        existence: &Existence,
        verdict: &Verdict,
    ) -> Provable {
        let made = &signature.made;
        let reliable = |at| {
            let is_reliable =
                |algorithm: &Algorithm| matches!(self.policy.reliability(algorithm, at), Reliability::Reliable(_));
            !made.algorithms.is_empty() && made.algorithms.iter().all(is_reliable)
        };
        let own = self.ends(made.algorithms.iter().chain(verdict.certificate.and_then(|id| self.key(id))));
        let signer = verdict.certificate.and_then(|id| self.facts.certificates.get(id.0));
        // The time-stamp that holds longest protects what it covers.
        let good = |token: &Token| token.covers.contains(&made.object);
        let covering =
            self.facts.tokens.iter().zip(tokens).filter(|(token, one)| one.conclusion.passed() && good(token));
        let stamps = covering.map(|(token, one)| {
            let ends = self.ends(token.made.algorithms.iter().chain(one.certificate.and_then(|id| self.key(id))));
            let expiry = one.certificate.and_then(|id| self.facts.certificates.get(id.0)).map(|unit| unit.not_after);
            (ends, expiry)
        });
        let (mut ends, mut expiry) = (own, signer.map(|signer| signer.not_after));
        for (stamp, unit) in stamps {
            let longer = |one: Option<Instant>, other: Option<Instant>| Some(one?.max(other?));
            if longer(stamp.0, ends.0) != ends.0 {
                ends = stamp;
            }
            expiry = longer(expiry, unit);
        }
        let earliest = |one: Option<Instant>, other: Option<Instant>| one.into_iter().chain(other).min();
        Provable {
            level: self.reached(signature, tokens, existence, verdict),
            secure_until: ends.0,
            renew_before: earliest(ends.0, expiry),
            weakest: ends.1,
            reliable_now: reliable(self.at),
            reliable_then: reliable(verdict.best_signature_time),
            evidence: self.evidence(tokens, made.object, verdict),
        }
    }

    fn key(&self, id: CertificateId) -> Option<&Algorithm> {
        self.facts.certificates.get(id.0)?.algorithms.first()
    }

    /// When the first of these algorithms gives out, and which; no end: none of them does.
    fn ends<'b>(&self, algorithms: impl Iterator<Item = &'b Algorithm>) -> (Option<Instant>, Option<Algorithm>) {
        let ends = algorithms.filter_map(|algorithm| match self.policy.reliability(algorithm, self.at) {
            Reliability::Never => Some((Instant::MIN_UTC, algorithm)),
            other => Some((other.until()?, algorithm)),
        });
        let first = ends.min_by_key(|(until, _)| *until);
        (first.map(|(until, _)| until), first.map(|(_, algorithm)| algorithm.clone()))
    }

    /// The level of AdES by content that was verified (EN 319 142-1 §6, EN 319 122-1 §6, EN 319 132-1 §6).
    fn reached(
        &self,
        signature: &Signature,
        tokens: &[TokenVerdict],
        existence: &Existence,
        verdict: &Verdict,
    ) -> Reached {
        let made = &signature.made;
        let sound = |kind| verdict.blocks.iter().any(|block| block.kind == kind && block.conclusion.passed());
        let is_named = matches!(made.signer, Identification::Named(_));
        if !is_named || !sound(BlockKind::Format) || !sound(BlockKind::Cryptography) {
            return Reached::None;
        }
        let by_token = |object: Object| {
            existence
                .of(object)
                .iter()
                .any(|proof| matches!(proof.source, Source::Token(id) if tokens.get(id.0).is_some()))
        };
        if !by_token(made.object) {
            return Reached::B;
        }
        let Some(chain) = &verdict.chain else { return Reached::T };
        let best = Some(verdict.best_signature_time);
        let mut evidence = Vec::new();
        for (depth, member) in chain.members.iter().enumerate() {
            let rank = if depth == 0 { Rank::Signer } else { Rank::Authority };
            let inside = self.statements(member.certificate).iter().map(|by| &self.facts.revocations[by.0]);
            let mut inside = inside.filter(|statement| {
                let fresh = self.is_fresh(self.rule(rank, Purpose::Signing), statement, best, self.at);
                statement.origin != Origin::HandedIn && !matches!(statement.says, Says::Nothing(_)) && fresh
            });
            match inside.next() {
                Some(statement) => evidence.push(statement.object),
                None if matches!(member.status, Status::Exempt) => {}
                None => return Reached::T,
            }
        }
        // Where nobody need be asked, no time-stamp covers an answer.
        let is_covered = !evidence.is_empty() && evidence.iter().all(|&object| by_token(object));
        if is_covered { Reached::Lta } else { Reached::Lt }
    }

    /// What the verdict rests on beside the document.
    fn evidence(&self, tokens: &[TokenVerdict], value: Object, verdict: &Verdict) -> Vec<Object> {
        let mut evidence = Vec::new();
        let covering = self.facts.tokens.iter().zip(tokens).filter(|(token, _)| token.covers.contains(&value));
        evidence.extend(covering.clone().map(|(token, _)| token.made.object));
        let stamped = covering.filter_map(|(_, one)| one.chain.as_ref());
        for chain in verdict.chain.iter().chain(stamped) {
            evidence.extend(self.facts.anchors.get(chain.anchor.0).and_then(|anchor| anchor.object));
            for member in &chain.members {
                evidence.extend(self.facts.certificates.get(member.certificate.0).map(|one| one.object));
                let (Status::Good(by) | Status::Revoked { by, .. } | Status::Stale(by)) = &member.status else {
                    continue;
                };
                let statement = &self.facts.revocations[by.0];
                evidence.push(statement.object);
                evidence.extend(statement.signer.and_then(|id| Some(self.facts.certificates.get(id.0)?.object)));
            }
        }
        evidence.sort_unstable();
        evidence.dedup();
        evidence
    }
}

/// Is what is shown what was signed?
fn shown(signature: &Signature, verdict: &Verdict) -> Shown {
    let decided = |kind| verdict.blocks.iter().find(|block| block.kind == kind).map(|block| block.conclusion);
    let is_broken = |kind| decided(kind).is_some_and(|conclusion| !conclusion.passed());
    if is_broken(BlockKind::Format)
        || decided(BlockKind::Cryptography).is_some_and(|one| one.is(SubIndication::HashFailure))
    {
        return Shown::NotSigned;
    }
    let changes = &signature.changes;
    let by_changes = match (&changes.permission, changes.level) {
        (Permission::Forbidden(_), _) | (_, ChangeLevel::Undefined | ChangeLevel::Unparsable) => Shown::ChangedLater,
        (Permission::Allowed, ChangeLevel::Annotations) | (_, ChangeLevel::FormFillSign) => Shown::FilledAndSigned,
        (_, ChangeLevel::Annotations) => Shown::ChangedLater,
        (_, ChangeLevel::NotCompared) => Shown::Unknown,
        (_, ChangeLevel::LtaOnly) => Shown::EvidenceAdded,
        (_, ChangeLevel::None) => Shown::AsSigned,
    };
    let by_scope = match signature.coverage.scope {
        Scope::Whole => Shown::AsSigned,
        Scope::Partial => Shown::Partly,
        Scope::Unknown => Shown::Unknown,
        Scope::Nothing => Shown::NotSigned,
    };
    let unsure = if is_broken(BlockKind::Cryptography) { Shown::Unknown } else { Shown::AsSigned };
    by_changes.max(by_scope).max(unsure)
}
