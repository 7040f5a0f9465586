//! The process for signatures with time and long-term data (§5.5.4), and for archival data (§5.6).
//!
//! What stands against a chain or an algorithm now is compared with what is proven about the past. A proof that the
//! value existed early enough answers a problem; a proof that it was made too late turns it into a failure.

use super::Judge;
use super::blocks::Weak;
use super::chain::{Judged, NeverRevoked, Problem, Purpose, Rank};
use super::check::{Block, BlockKind, CheckCode, CheckResult};
use super::existence::{Existence, Source};
use super::facts::{Certificate, CertificateId, Instant, Made, Object, Signature, TokenId};
use super::indication::{Conclusion, SubIndication};
use super::verdict::{TokenVerdict, Verdict};
use crate::signature::policy::Level;

/// What is compared with.
struct Times<'a> {
    signer: &'a Certificate,
    made: &'a Made,
    /// When the value is proven to have existed; now, if it is not.
    best: Instant,
    /// Before this it cannot have been made.
    made_after: Option<Instant>,
    existence: &'a Existence,
}

impl Judge<'_> {
    pub(super) fn long_term(
        &self,
        signature: &Signature,
        id: CertificateId,
        judged: &Judged,
        tokens: &[TokenVerdict],
        existence: &Existence,
        verdict: &mut Verdict,
    ) {
        let made = &signature.made;
        let Some(signer) = self.facts.certificates.get(id.0) else {
            verdict.conclusion = Problem::NoChain.conclusion();
            return;
        };
        let made_after = verdict.made_after.map(|(at, _)| at);
        let times = Times { signer, made, best: verdict.best_signature_time, made_after, existence };
        let (_, weak) = self.acceptance(made, self.at);
        let problems = judged.problems.iter().cloned().chain(weak.into_iter().map(Problem::Weak));

        let mut block = Block::new(BlockKind::LongTerm);
        self.time_stamp(verdict, &mut block);
        self.order(made.object, tokens, &times, &mut block);
        self.claimed(signature.claimed.map(|claimed| claimed.at), times.best, &mut block);
        self.not_before(&times, &mut block);
        let left: Vec<Problem> = problems.filter(|problem| !self.answered(problem, &times, &mut block)).collect();
        let is_open = block.conclusion.passed();
        if let (true, Some(problem)) = (is_open, left.first()) {
            block.conclusion = problem.conclusion();
        }
        verdict.conclusion = block.conclusion;
        verdict.blocks.push(block);
        if is_open && !left.is_empty() && left.iter().all(Problem::may_be_answered) {
            let (proven, past) = self.past(made, id, judged, Purpose::Signing, existence);
            verdict.blocks.extend(past);
            let mut archival = Block::new(BlockKind::Archival);
            archival.conclusion = if proven { Conclusion::PASSED } else { verdict.conclusion };
            verdict.conclusion = archival.conclusion;
            verdict.blocks.push(archival);
        }
        if verdict.conclusion.is(SubIndication::TryLater) {
            verdict.retry_at = left.iter().find_map(|problem| match problem {
                Problem::NoStatus(retry) => *retry,
                _ => None,
            });
        }
    }

    /// Whether there is a good time-stamp over the value; the archive's own word is none.
    fn time_stamp(&self, verdict: &Verdict, block: &mut Block) {
        let stamped = verdict.proofs.iter().any(|proof| matches!(proof.source, Source::Token(_)));
        let level = self.policy.constraints.signature_time_stamp;
        let conclusion = Conclusion::of(SubIndication::SigConstraintsFailure);
        block.ask(CheckCode::TimeStamp, level, stamped, conclusion, verdict.best_signature_time.to_string());
    }

    /// What was made before the value must not be younger than what was made after it; and so for any two
    /// time-stamps of which one covers the other.
    fn order(&self, value: Object, tokens: &[TokenVerdict], times: &Times<'_>, block: &mut Block) {
        let Some(after) = times.made_after else { return self.order_of_tokens(value, tokens, block) };
        let holds = after <= times.best;
        let conclusion = Conclusion::of(SubIndication::TimestampOrderFailure);
        let detail = format!("made after {after}, existed at {}", times.best);
        block.ask(CheckCode::TimeStampOrder, self.policy.constraints.time_stamp_order, holds, conclusion, detail);
        self.order_of_tokens(value, tokens, block);
    }

    fn order_of_tokens(&self, value: Object, tokens: &[TokenVerdict], block: &mut Block) {
        let good = |&number: &usize| tokens[number].conclusion.passed();
        let numbers: Vec<usize> = (0..tokens.len().min(self.facts.tokens.len())).filter(good).collect();
        for &number in &numbers {
            let token = &self.facts.tokens[number];
            if !token.covers.contains(&value) {
                continue;
            }
            let inside = numbers.iter().map(|&other| &self.facts.tokens[other]);
            let younger = inside.filter(|other| token.covers.contains(&other.made.object) && other.time > token.time);
            for other in younger {
                let conclusion = Conclusion::of(SubIndication::TimestampOrderFailure);
                let detail = format!("{} at {} covers {} at {}", token.place, token.time, other.place, other.time);
                block.ask(
                    CheckCode::TimeStampOrder,
                    self.policy.constraints.time_stamp_order,
                    false,
                    conclusion,
                    detail,
                );
            }
        }
    }

    fn not_before(&self, times: &Times<'_>, block: &mut Block) {
        if times.best < self.at {
            let early = Conclusion::of(SubIndication::NotYetValid);
            let result = if times.best < times.signer.not_before { Err(early) } else { Ok(()) };
            let detail = format!("existed at {}, valid from {}", times.best, times.signer.not_before);
            block.decide(CheckCode::NotBeforeValidity, result, detail);
        }
    }

    /// Whether what is proven about the past answers a problem of today. Makes it a failure where it was too late.
    fn answered(&self, problem: &Problem, times: &Times<'_>, block: &mut Block) -> bool {
        let best = times.best;
        let too_late = |end: Instant| times.made_after.filter(|&after| after >= end);
        let fail = |block: &mut Block, sub, after: Instant| {
            block.decide(CheckCode::MadeAfter, Err(Conclusion::of(sub)), format!("not made before {after}"));
        };
        match problem {
            // Whoever stole its key may have issued the certificate since, and says the time as he likes: only what is proven
            // of the chain's past answers that (§5.6.2.2).
            Problem::Revoked { rank: Rank::Authority, .. } => false,
            Problem::Revoked { rank: Rank::Signer, since, at } => {
                if let Some(after) = too_late(*at) {
                    fail(block, SubIndication::Revoked, after);
                }
                let holds = best < *since;
                let detail = format!("existed at {best}, revoked since {since}");
                block.note(CheckCode::BeforeRevocation, Level::Fail, CheckResult::of(holds), detail);
                holds
            }
            Problem::Expired(Rank::Signer, known) => {
                let end = times.signer.not_after;
                if let Some(after) = too_late(end) {
                    fail(block, SubIndication::Expired, after);
                }
                let holds = *known == NeverRevoked::Known && best <= end;
                let detail = format!("existed at {best}, valid to {end}");
                block.note(CheckCode::BeforeExpiry, Level::Fail, CheckResult::of(best <= end), detail);
                holds
            }
            Problem::Weak(Weak { algorithm, until: Some(until), object }) => {
                if let (true, Some(after)) = (*object == times.made.object, too_late(*until)) {
                    fail(block, SubIndication::CryptoConstraintsFailure, after);
                }
                let holds = times.existence.since(*object) < *until;
                let quoted = self.quoted(algorithm, times.existence.since(*object));
                block.note(CheckCode::WhileReliable, Level::Fail, CheckResult::of(holds), quoted);
                holds
            }
            _ => false,
        }
    }

    /// The newest of the good time-stamps that stand in what a signature covers.
    pub(super) fn made_after(&self, signature: &Signature, tokens: &[TokenVerdict]) -> Option<(Instant, TokenId)> {
        let inside = signature.after.iter().filter(|id| tokens.get(id.0).is_some_and(|one| one.conclusion.passed()));
        inside.filter_map(|&id| Some((self.facts.tokens.get(id.0)?.within.0, id))).max()
    }
}
