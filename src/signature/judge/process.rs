//! The processes: for time-stamps (§5.4) and basic signatures (§5.3); `long_term` has those with proofs of time.

use super::Judge;
use super::blocks;
use super::chain::{Judged, Problem, Purpose};
use super::check::{Block, BlockKind, CheckCode};
use super::existence::{Existence, Proof, Source};
use super::facts::{Instant, Made, Signature, Token, TokenId};
use super::indication::{Conclusion, SubIndication};
use super::verdict::{TokenVerdict, Validation, Verdict};
use crate::signature::policy::ArchiveProofs;

/// Rounds over the time-stamps. One suffices where every token is newer than what it covers; more are for documents
/// that lie about their order.
const ROUNDS_MAX: usize = 8;

/// A value with a certificate that was found, judged without regard to what is proven.
struct Basic {
    blocks: Vec<Block>,
    /// What stands against it: against the chain, then against the value itself.
    problems: Vec<Problem>,
    judged: Option<Judged>,
    /// Set when nothing can change it.
    settled: Option<Conclusion>,
}

impl Judge<'_> {
    pub(super) fn validation(&self) -> Validation {
        let mut existence = Existence::new(self.at);
        if self.policy.constraints.archive_proofs == ArchiveProofs::Accept {
            existence.add_archive(self.facts);
        }
        let tokens = self.tokens(&mut existence);
        let signatures = self.facts.signatures.iter();
        let signatures: Vec<Verdict> =
            signatures.map(|signature| self.signature(signature, &tokens, &existence)).collect();
        let mut validation =
            Validation { at: self.at, policy: self.policy.identity.clone(), signatures, tokens, findings: Vec::new() };
        validation.findings = self.document_remarks(&validation);
        validation
    }

    /// Judges the time-stamps, the newest first, and takes what the good ones prove.
    fn tokens(&self, existence: &mut Existence) -> Vec<TokenVerdict> {
        let mut order: Vec<usize> = (0..self.facts.tokens.len()).collect();
        order.sort_by_key(|&number| std::cmp::Reverse(self.facts.tokens[number].time));
        let mut verdicts: Vec<Option<TokenVerdict>> = vec![None; order.len()];
        for _ in 0..ROUNDS_MAX {
            let mut is_news = false;
            for &number in &order {
                if verdicts[number].as_ref().is_some_and(|verdict| verdict.conclusion.passed()) {
                    continue;
                }
                let token = &self.facts.tokens[number];
                let verdict = self.token(token, existence);
                if verdict.conclusion.passed() {
                    is_news = true;
                    let proof = Proof { at: token.within.1, source: Source::Token(TokenId(number)) };
                    token.covers.iter().for_each(|&object| existence.add(object, proof));
                }
                verdicts[number] = Some(verdict);
            }
            if !is_news {
                break;
            }
        }
        verdicts.into_iter().flatten().collect()
    }

    /// §5.4, and §5.6.2.4 for what §5.4 cannot decide.
    fn token(&self, token: &Token, existence: &Existence) -> TokenVerdict {
        let best = Some(existence.since(token.made.object)).filter(|&best| best < self.at);
        let basic = self.basic(&token.made, Purpose::Stamping, best, existence);
        let Basic { mut blocks, problems, judged, settled } = basic;
        let certificate = token.made.certificate();
        let mut block = Block::new(BlockKind::Basic);
        let signer = certificate.and_then(|id| self.facts.certificates.get(id.0));
        if let Some(settled) = settled {
            block.conclusion = settled;
        } else if let Some(signer) = signer {
            // A token says itself when it was made: outside the dates of its own certificate it is nobody's.
            let dates = format!("made at {}, valid {} to {}", token.time, signer.not_before, signer.not_after);
            let early = Err(Conclusion::of(SubIndication::NotYetValid));
            let late = Err(Conclusion::of(SubIndication::Expired));
            block.decide(
                CheckCode::NotBeforeValidity,
                if token.time < signer.not_before { early } else { Ok(()) },
                &dates,
            );
            block.decide(CheckCode::BeforeExpiry, if token.time > signer.not_after { late } else { Ok(()) }, dates);
            let ahead = Err(Conclusion::of(SubIndication::NotYetValid));
            let is_ahead = token.within.0 > self.latest(self.at);
            let detail = format!("made at {}, judged at {}", token.time, self.at);
            block.decide(CheckCode::TimeStampOrder, if is_ahead { ahead } else { Ok(()) }, detail);
            let anchor = judged.as_ref().and_then(|judged| self.facts.anchors.get(judged.verdict.as_ref()?.anchor.0));
            if let Some(from) = anchor.and_then(|anchor| anchor.trusted_from).filter(|&from| token.time < from) {
                let untrusted = Err(Conclusion::of(SubIndication::NoCertificateChainFoundNoPoe));
                block.decide(
                    CheckCode::AnchorTrusted,
                    untrusted,
                    format!("made at {}, trusted from {from}", token.time),
                );
            }
            if let (true, Some(problem)) = (block.conclusion.passed(), problems.first()) {
                block.conclusion = problem.conclusion();
                if let (Some(judged), Some(id)) = (&judged, certificate)
                    && problems.iter().all(Problem::may_be_answered)
                {
                    let (proven, past) = self.past(&token.made, id, judged, Purpose::Stamping, existence);
                    blocks.extend(past);
                    if proven {
                        block.conclusion = Conclusion::PASSED;
                    }
                }
            }
        }
        let conclusion = block.conclusion;
        blocks.push(block);
        TokenVerdict { conclusion, blocks, certificate, chain: judged.and_then(|judged| judged.verdict) }
    }

    /// The building blocks of one value (§5.3 steps 1 to 6).
    fn basic(&self, made: &Made, purpose: Purpose, best: Option<Instant>, existence: &Existence) -> Basic {
        let mut blocks = vec![blocks::format(made)];
        let settled = |block: &Block| Some(block.conclusion).filter(|conclusion| !conclusion.passed());
        if let Some(conclusion) = settled(&blocks[0]) {
            return Basic { blocks, problems: Vec::new(), judged: None, settled: Some(conclusion) };
        }
        let identification = self.identification(made);
        // The data is compared also where nobody can be named: that it was changed is worth more to a reader.
        let cryptography = blocks::cryptography(made);
        let changed = cryptography.conclusion.is(SubIndication::HashFailure);
        let unknown = settled(&identification);
        let broken = settled(&cryptography);
        blocks.extend([identification, cryptography]);
        let first = if changed { broken } else { unknown.or(broken) };
        let Some(id) = made.certificate().filter(|_| first.is_none()) else {
            let missing = Conclusion::of(SubIndication::NoSigningCertificateFound);
            return Basic { blocks, problems: Vec::new(), judged: None, settled: first.or(Some(missing)) };
        };
        let judged = self.chains(id, purpose, best, existence);
        blocks.push(judged.block.clone());
        let (acceptance, weak) = self.acceptance(made, self.at);
        blocks.push(acceptance);
        let mut problems = judged.problems.clone();
        problems.extend(weak.into_iter().map(Problem::Weak));
        Basic { blocks, problems, judged: Some(judged), settled: None }
    }

    fn signature(&self, signature: &Signature, tokens: &[TokenVerdict], existence: &Existence) -> Verdict {
        let made = &signature.made;
        let best = existence.since(made.object);
        let proven = Some(best).filter(|&best| best < self.at);
        // §5.3, freshness as of now: what a reader without any proof of time would have to say.
        let Basic { mut blocks, problems, judged, settled } = self.basic(made, Purpose::Signing, None, existence);
        let mut context = self.context(signature);
        self.requirements(made, best, &mut context);
        let refused = Some(context.conclusion).filter(|conclusion| !conclusion.passed());
        blocks.insert(1, context);
        let mut basic = Block::new(BlockKind::Basic);
        let first = settled.or(refused).or_else(|| problems.first().map(Problem::conclusion));
        basic.conclusion = first.unwrap_or(Conclusion::PASSED);
        blocks.push(basic);
        let mut verdict = self.verdict(signature, tokens, existence, blocks);
        let certificate = made.certificate();
        if let (None, Some(id)) = (settled.or(refused), certificate) {
            // §5.5 with freshness as of the proven time.
            let again = proven.map(|_| self.chains(id, Purpose::Signing, proven, existence)).or(judged);
            if let Some(judged) = again {
                self.long_term(signature, id, &judged, tokens, existence, &mut verdict);
                verdict.chain = judged.verdict;
            }
        } else {
            verdict.conclusion = settled.or(refused).unwrap_or(Conclusion::PASSED);
        }
        self.summarise(signature, tokens, existence, &mut verdict);
        self.signature_remarks(signature, tokens, &mut verdict);
        verdict
    }
}
