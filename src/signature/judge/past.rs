//! Past signature validation (PSV, §5.6.2.4): what proofs of existence can still show once a certificate has expired,
//! was revoked, or an algorithm has become weak.
//!
//! Past certificate validation slides a control time down the chain (VTS, §5.6.2.2), from the anchor to the signer.
//! It starts now; whatever can no longer be relied upon now pushes it back to when it could be, and every certificate
//! and statement below must be proven to have existed by then. What is left is the last time at which the chain was
//! known to be good: a value proven to have existed by that time is good, whatever happened since.
//!
//! Departure, for data issued at long intervals: a statement about an authority that was in force at best-signature-
//! time, or issued later, does not push the control time back (§5.6.2.2 would, once it is no longer in force now).
//! Otherwise no signature could be validated from evidence captured in its own days, unless its authorities still
//! issue data about themselves. An authority that was revoked since is still found, if any data at hand says so.

use chrono::TimeDelta;

use super::Judge;
use super::chain::{Judged, Purpose, Rank};
use super::check::{Block, BlockKind, CheckCode, CheckResult};
use super::existence::Existence;
use super::facts::{Certificate, CertificateId, Chain, Instant, Made};
use super::indication::{Conclusion, SubIndication};
use super::verdict::Status;
use crate::signature::policy::{Algorithm, Level, Reliability};

/// The least time that is before another.
const BEFORE: TimeDelta = TimeDelta::milliseconds(1);

/// Why a chain cannot be shown to have been good at any time.
struct Stuck(String);

impl Judge<'_> {
    /// Whether proofs of existence show that `made` was good when it was made, although its chain, or its algorithms,
    /// are not good now. The blocks tell how.
    pub(super) fn past(
        &self,
        made: &Made,
        certificate: CertificateId,
        judged: &Judged,
        purpose: Purpose,
        existence: &Existence,
    ) -> (bool, Vec<Block>) {
        let mut certificate_block = Block::new(BlockKind::PastCertificate);
        let mut block = Block::new(BlockKind::PastSignature);
        let no_proof = Conclusion::of(SubIndication::NoPoe);
        let Some(signer) = self.facts.certificates.get(certificate.0) else { return (false, Vec::new()) };
        let Some(chain) = judged.number.and_then(|number| signer.chains.get(number)) else {
            return (false, Vec::new());
        };
        let best = existence.since(made.object);
        let control = self.slide(chain, purpose, best, existence);
        match &control {
            Ok(control) => certificate_block.decide(CheckCode::ControlTime, Ok(()), control.to_string()),
            Err(Stuck(why)) => certificate_block.decide(CheckCode::ControlTime, Err(no_proof), why),
        }
        let Ok(control) = control else { return (false, vec![certificate_block]) };
        let existed = if best <= control { Ok(()) } else { Err(no_proof) };
        block.decide(CheckCode::PastExistence, existed, format!("existed at {best}, control time {control}"));
        let in_time = if best <= signer.not_after { Ok(()) } else { Err(no_proof) };
        block.decide(CheckCode::BeforeExpiry, in_time, format!("existed at {best}, valid to {}", signer.not_after));
        for algorithm in &made.algorithms {
            let was = matches!(self.policy.reliability(algorithm, best), Reliability::Reliable(_));
            let result = if was { Ok(()) } else { Err(no_proof) };
            block.decide(CheckCode::WhileReliable, result, self.quoted(algorithm, best));
        }
        (block.conclusion.passed(), vec![certificate_block, block])
    }

    /// VTS: the last time at which the chain is known to have been good.
    fn slide(&self, chain: &Chain, purpose: Purpose, best: Instant, existence: &Existence) -> Result<Instant, Stuck> {
        let mut control = self.at;
        let anchor = self.facts.anchors.get(chain.anchor.0).ok_or_else(|| Stuck("no anchor".into()))?;
        control = anchor.trusted_until.map_or(control, |until| control.min(until));
        if anchor.trusted_from.is_some_and(|from| best < from) {
            return Err(Stuck(format!("{} was not trusted yet", anchor.name)));
        }
        for (depth, &id) in chain.certificates.iter().enumerate().rev() {
            let Some(certificate) = self.facts.certificates.get(id.0) else { continue };
            let rank = if depth == 0 { Rank::Signer } else { Rank::Authority };
            control = self.slide_one(id, certificate, rank, purpose, best, control, existence)?;
        }
        Ok(control)
    }

    #[expect(clippy::too_many_arguments, reason = "the inputs of the clause")]
    fn slide_one(
        &self,
        id: CertificateId,
        certificate: &Certificate,
        rank: Rank,
        purpose: Purpose,
        best: Instant,
        control: Instant,
        existence: &Existence,
    ) -> Result<Instant, Stuck> {
        let subject = &certificate.subject;
        let existed = existence.since(certificate.object);
        if existed > control {
            return Err(Stuck(format!("{subject} is not proven to have existed at {control}")));
        }
        let proven = Some(best).filter(|&best| best < self.at);
        let mut slid = control.min(certificate.not_after);
        match self.status(id, self.rule(rank, purpose), proven, control, existence) {
            Status::Exempt => {}
            Status::Good(by) => {
                let statement = &self.facts.revocations[by.0];
                slid = self.while_reliable(&statement.algorithms, existence.since(statement.object), slid)?;
            }
            Status::Stale(by) | Status::Weak(by, _) => {
                let statement = &self.facts.revocations[by.0];
                slid = slid.min(statement.this_update);
                slid = self.while_reliable(&statement.algorithms, existence.since(statement.object), slid)?;
            }
            Status::Revoked { since, .. } => slid = slid.min(since - BEFORE),
            Status::OnHold(_) | Status::SignerExpired(_) | Status::Unknown => {
                return Err(Stuck(format!("nothing that counts says whether {subject} was revoked by {control}")));
            }
        }
        self.while_reliable(&certificate.algorithms, existed, slid)
    }

    /// Pushes the control time back to when the algorithms of something that is proven since `existed` were reliable.
    fn while_reliable(&self, algorithms: &[Algorithm], existed: Instant, control: Instant) -> Result<Instant, Stuck> {
        let mut slid = control;
        for algorithm in algorithms {
            slid = match self.policy.reliability(algorithm, control) {
                Reliability::Expired(until) if existed >= until => slid.min(until - BEFORE),
                Reliability::Reliable(_) | Reliability::Expired(_) => slid,
                Reliability::Never => return Err(Stuck(self.quoted(algorithm, control))),
            };
        }
        Ok(slid)
    }

    /// Notes on a block that the claimed time is after the proven one.
    pub(super) fn claimed(&self, claimed: Option<Instant>, best: Instant, block: &mut Block) {
        let level = self.policy.constraints.claimed_time_before_best;
        if let Some(claimed) = claimed
            && level > Level::Ignore
        {
            let detail = format!("claimed {claimed}, proven {best}");
            block.note(CheckCode::ClaimedTime, level.min(Level::Warn), CheckResult::of(claimed <= best), detail);
        }
    }
}
