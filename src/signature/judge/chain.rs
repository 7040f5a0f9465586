//! X.509 certificate validation at the time of validation (XCV, §5.2.6), with freshness (RFC), selection (CRS) and
//! acceptance (RAC) of revocation data.
//!
//! All that stands against a chain is collected as [`Problem`]s, because proofs of existence may later answer some of
//! them and not others. The problem that ranks first gives the conclusion. Of several chains the one with the fewest
//! and mildest problems is judged.

use chrono::TimeDelta;

use super::Judge;
use super::blocks::Weak;
use super::check::{Block, BlockKind, CheckCode, CheckResult};
use super::existence::Existence;
use super::facts::{
    Anchor, Asking, Certificate, CertificateId, Chain, How, Instant, Meant, Revocation, RevocationId, Says, Stamping,
    Tree, Usage,
};
use super::indication::{Conclusion, SubIndication};
use super::verdict::{ChainVerdict, Member, Status};
use crate::signature::policy::{ArchiveProofs, Freshness, Level, Reliability};

/// How far a responder's clock may be ahead of the time of validation, with the time that asking it takes (RFC 5019 §4).
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

/// For whom a chain is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Signing documents.
    Signing,
    /// Time-stamping.
    Stamping,
}

/// Which certificate of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// The one that signed.
    Signer,
    /// An authority above it.
    Authority,
}

/// What stands against a chain.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Problem {
    /// There is none.
    NoChain,
    /// The anchor is not trusted at this time.
    Anchor,
    /// It does not hold; or that could not be told.
    Constraint(How),
    /// The certificate is for something else.
    WrongPurpose,
    /// Revoked.
    Revoked {
        /// Which certificate.
        rank: Rank,
        /// Since when that counts.
        since: Instant,
        /// When it was revoked.
        at: Instant,
    },
    /// Suspended.
    OnHold,
    /// Not valid yet.
    TooEarly(Rank),
    /// Expired; whether evidence says that it never was revoked.
    Expired(Rank, NeverRevoked),
    /// Nobody says anything that counts and is new enough; when somebody will.
    NoStatus(Option<Instant>),
    /// The signer of revocation data has expired.
    RevocationSigner,
    /// Made with an algorithm that is not reliable now.
    Weak(Weak),
}

/// Whether an expired certificate is known never to have been revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NeverRevoked {
    /// It is.
    Known,
    /// It is not.
    Unknown,
}

/// A chain judged.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    /// Which of the certificate's chains; `None` if there is none.
    pub number: Option<usize>,
    /// What is known of its members.
    pub verdict: Option<ChainVerdict>,
    /// What stands against it, the first deciding.
    pub problems: Vec<Problem>,
    /// The block.
    pub block: Block,
}

impl Problem {
    /// What it means if nothing answers it.
    pub fn conclusion(&self) -> Conclusion {
        Conclusion::of(match self {
            Self::NoChain => SubIndication::NoCertificateChainFound,
            Self::Anchor => SubIndication::NoCertificateChainFoundNoPoe,
            Self::Constraint(How::Wrong) | Self::WrongPurpose => SubIndication::ChainConstraintsFailure,
            Self::Constraint(How::NotChecked) => SubIndication::CertificateChainGeneralFailure,
            Self::Revoked { rank: Rank::Signer, .. } => SubIndication::RevokedNoPoe,
            Self::Revoked { rank: Rank::Authority, .. } => SubIndication::RevokedCaNoPoe,
            Self::OnHold | Self::NoStatus(_) => SubIndication::TryLater,
            Self::Expired(Rank::Signer, NeverRevoked::Known) => SubIndication::OutOfBoundsNotRevoked,
            Self::TooEarly(_) | Self::Expired(..) => SubIndication::OutOfBoundsNoPoe,
            Self::RevocationSigner => SubIndication::RevocationOutOfBoundsNoPoe,
            Self::Weak(Weak { until: Some(_), .. }) => SubIndication::CryptoConstraintsFailureNoPoe,
            Self::Weak(Weak { until: None, .. }) => SubIndication::CryptoConstraintsFailure,
        })
    }

    /// Whether proofs of existence may answer it (§5.6.2.4).
    pub fn may_be_answered(&self) -> bool {
        match self {
            Self::NoChain | Self::Constraint(_) | Self::WrongPurpose | Self::OnHold => false,
            Self::Weak(weak) => weak.until.is_some(),
            _ => true,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::NoChain => 0,
            Self::Constraint(How::Wrong) => 1,
            Self::WrongPurpose => 2,
            Self::Constraint(How::NotChecked) => 3,
            Self::Anchor => 4,
            Self::Revoked { rank: Rank::Authority, .. } => 5,
            Self::Revoked { rank: Rank::Signer, .. } => 6,
            Self::TooEarly(_) => 7,
            Self::Expired(Rank::Authority, _) => 8,
            Self::Expired(Rank::Signer, _) => 9,
            Self::OnHold => 10,
            Self::RevocationSigner => 11,
            Self::NoStatus(_) => 12,
            Self::Weak(_) => 13,
        }
    }
}

impl Judge<'_> {
    /// Judges the chains of a certificate as of now; `best` is the time at which the value is proven to have existed.
    pub(super) fn chains(
        &self,
        id: CertificateId,
        purpose: Purpose,
        best: Option<Instant>,
        existence: &Existence,
    ) -> Judged {
        let Some(certificate) = self.facts.certificates.get(id.0) else { return Judged::none() };
        let judged = certificate.chains.iter().enumerate().map(|(number, chain)| {
            let mut judged = self.chain(certificate, chain, purpose, best, existence);
            judged.number = Some(number);
            judged
        });
        let mildest = judged.min_by_key(|judged| {
            let first = judged.problems.first().map_or(u8::MAX, Problem::rank);
            (u8::MAX - first, judged.problems.len())
        });
        mildest.unwrap_or_else(Judged::none)
    }

    fn chain(
        &self,
        certificate: &Certificate,
        chain: &Chain,
        purpose: Purpose,
        best: Option<Instant>,
        existence: &Existence,
    ) -> Judged {
        let mut block = Block::new(BlockKind::Certificate);
        let mut problems = Vec::new();
        let anchor = self.facts.anchors.get(chain.anchor.0);
        block.decide(CheckCode::ChainFound, Ok(()), anchor.map_or("", |anchor| &anchor.name));
        self.purpose(certificate, purpose, &mut block, &mut problems);
        for broken in &chain.broken {
            problems.push(Problem::Constraint(broken.how));
            block.note(
                CheckCode::ChainHolds,
                Level::Fail,
                broken.how.into(),
                format!("{}: {}", broken.code, broken.detail),
            );
        }
        // Of what is proven to be older than the trust, the trust says nothing.
        let is_older = |anchor: &Anchor| best.zip(anchor.trusted_from).is_some_and(|(best, from)| best < from);
        let trusted = anchor.is_some_and(|anchor| anchor.is_trusted_at(self.at) && !is_older(anchor));
        block.note(CheckCode::AnchorTrusted, Level::Fail, CheckResult::of(trusted), "");
        if !trusted {
            problems.push(Problem::Anchor);
        }
        // Whom people trust for the time they don't thereby trust for signatures.
        let is_for_time = anchor.is_some_and(|anchor| anchor.tree == Tree::TimeStamping);
        if is_for_time && matches!(purpose, Purpose::Signing) {
            block.note(CheckCode::AnchorTrusted, Level::Fail, CheckResult::Fails, "trusted for time-stamps only");
            problems.push(Problem::WrongPurpose);
        }
        let mut members = Vec::new();
        for (depth, &member) in chain.certificates.iter().enumerate() {
            let rank = if depth == 0 { Rank::Signer } else { Rank::Authority };
            if let Some(found) = self.member(member, rank, purpose, best, existence, &mut block, &mut problems) {
                members.push(found);
            }
        }
        problems.sort_by_key(Problem::rank);
        block.conclusion = problems.first().map_or(Conclusion::PASSED, Problem::conclusion);
        Judged { number: None, verdict: Some(ChainVerdict { anchor: chain.anchor, members }), problems, block }
    }

    fn purpose(&self, certificate: &Certificate, purpose: Purpose, block: &mut Block, problems: &mut Vec<Problem>) {
        let constraints = &self.policy.constraints;
        let conclusion = Conclusion::of(SubIndication::ChainConstraintsFailure);
        let mut ask = |code, level, holds| {
            block.ask(code, level, holds, conclusion, "");
            if !holds && level == Level::Fail {
                problems.push(Problem::WrongPurpose);
            }
        };
        match purpose {
            Purpose::Signing => {
                let may_sign = certificate.usage != Usage::Other && certificate.meant == Meant::ForSigning;
                ask(CheckCode::KeyMaySign, constraints.key_may_sign, may_sign);
                ask(CheckCode::KeyCommits, constraints.key_commits_content, certificate.usage == Usage::Commits);
            }
            Purpose::Stamping => {
                ask(CheckCode::KeyMaySign, constraints.key_may_sign, certificate.usage != Usage::Other);
                ask(CheckCode::StampingPurpose, constraints.stamping_purpose, certificate.stamping == Stamping::Sole);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the inputs of the clause, and where its results go")]
    fn member(
        &self,
        id: CertificateId,
        rank: Rank,
        purpose: Purpose,
        best: Option<Instant>,
        existence: &Existence,
        block: &mut Block,
        problems: &mut Vec<Problem>,
    ) -> Option<Member> {
        let certificate = self.facts.certificates.get(id.0)?;
        let status = self.status(id, self.rule(rank, purpose), best, self.at, existence);
        let result = match &status {
            Status::Exempt | Status::Good(_) => CheckResult::Holds,
            Status::Revoked { .. } | Status::OnHold(_) => CheckResult::Fails,
            _ => CheckResult::NotChecked,
        };
        let (code, detail) = self.said(&status, certificate);
        block.note(code, Level::Fail, result, detail);
        match &status {
            Status::Exempt | Status::Good(_) => {}
            Status::Revoked { by, since, .. } => {
                let at = match self.facts.revocations[by.0].says {
                    Says::Revoked { at, .. } => at,
                    _ => *since,
                };
                problems.push(Problem::Revoked { rank, since: *since, at });
            }
            Status::OnHold(_) => problems.push(Problem::OnHold),
            Status::SignerExpired(_) => problems.push(Problem::RevocationSigner),
            Status::Weak(by, algorithm) => {
                let until = self.policy.reliability(algorithm, self.at).until();
                let object = self.facts.revocations[by.0].object;
                problems.push(Problem::Weak(Weak { algorithm: algorithm.clone(), until, object }));
            }
            Status::Stale(by) => problems.push(Problem::NoStatus(self.facts.revocations[by.0].next_update)),
            Status::Unknown => problems.push(Problem::NoStatus(None)),
        }
        let dates = format!("{}: {} to {}", certificate.subject, certificate.not_before, certificate.not_after);
        let within = certificate.not_before <= self.at && self.at <= certificate.not_after;
        block.note(CheckCode::WithinDates, Level::Fail, CheckResult::of(within), dates);
        if self.at < certificate.not_before {
            problems.push(Problem::TooEarly(rank));
        } else if !within {
            let known = match status {
                Status::Good(by) if self.facts.revocations[by.0].this_update >= certificate.not_after => {
                    NeverRevoked::Known
                }
                _ => NeverRevoked::Unknown,
            };
            problems.push(Problem::Expired(rank, known));
        }
        for algorithm in &certificate.algorithms {
            let reliability = self.policy.reliability(algorithm, self.at);
            let proven = reliability.until().is_some_and(|until| existence.since(certificate.object) < until);
            let holds = matches!(reliability, Reliability::Reliable(_)) || proven;
            let quoted = format!("{}: {}", certificate.subject, self.quoted(algorithm, self.at));
            block.note(CheckCode::Algorithms, Level::Fail, CheckResult::of(holds), quoted);
            if !holds {
                let (algorithm, until) = (algorithm.clone(), reliability.until());
                problems.push(Problem::Weak(Weak { algorithm, until, object: certificate.object }));
            }
        }
        Some(Member { certificate: id, status })
    }

    /// Which rule of freshness goes for a certificate.
    pub(super) fn rule(&self, rank: Rank, purpose: Purpose) -> Freshness {
        match (rank, purpose) {
            (Rank::Signer, Purpose::Signing) => self.policy.constraints.signer_revocation,
            _ => self.policy.constraints.authority_revocation,
        }
    }

    /// What is known of the revocation of a certificate at `at`: CRS, RAC and RFC in one.
    pub(super) fn status(
        &self,
        id: CertificateId,
        rule: Freshness,
        best: Option<Instant>,
        at: Instant,
        existence: &Existence,
    ) -> Status {
        let Some(certificate) = self.facts.certificates.get(id.0) else { return Status::Exempt };
        let mut nearest = Status::Unknown;
        let mut newest: Option<RevocationId> = None;
        let mut revoked: Option<(Instant, RevocationId, &str)> = None;
        for &by in self.statements(id) {
            let statement = &self.facts.revocations[by.0];
            // That it is revoked counts whenever it is said; that it is good only as of the time asked for.
            let is_revoked = matches!(statement.says, Says::Revoked { .. });
            let at = if is_revoked { self.at } else { at };
            if statement.this_update > self.latest(at) || existence.since(statement.object) > at {
                continue;
            }
            // Whom a responder called revoked is, also when its own certificate has ended, or its algorithm is weak by now.
            let is_against = is_revoked || matches!(statement.says, Says::OnHold(_));
            if let Some(unusable) = self.unusable(by, statement, at, existence).filter(|_| !is_against) {
                nearest = unusable;
                continue;
            }
            match &statement.says {
                Says::Nothing(_) => {}
                // Of what has ended nobody need know.
                Says::NotKnown if statement.this_update > certificate.not_after => {}
                Says::Revoked { at, reason, invalid_since } => {
                    let compromised = self.policy.constraints.compromise_reasons.contains(reason);
                    let since = invalid_since.filter(|&since| compromised && since < *at).unwrap_or(*at);
                    if revoked.is_none_or(|(known, ..)| since < known) {
                        revoked = Some((since, by, reason));
                    }
                }
                Says::Good | Says::OnHold(_) | Says::NotKnown => {
                    let is_newer = |known: RevocationId| self.facts.revocations[known.0].this_update;
                    if newest.is_none_or(|known| is_newer(known) < statement.this_update) {
                        newest = Some(by);
                    }
                }
            }
        }
        if let Some((since, by, reason)) = revoked {
            return Status::Revoked { by, since, reason: reason.to_owned() };
        }
        // Nobody need ask; what was said all the same counts.
        if certificate.asking == Asking::Exempt {
            let on_hold = |by: &RevocationId| matches!(self.facts.revocations[by.0].says, Says::OnHold(_));
            return newest.filter(on_hold).map_or(Status::Exempt, Status::OnHold);
        }
        let Some(by) = newest else { return nearest };
        let statement = &self.facts.revocations[by.0];
        match statement.says {
            Says::OnHold(_) => Status::OnHold(by),
            Says::NotKnown => Status::Unknown,
            _ if self.facts.unasked.contains(&id) => Status::Unknown,
            _ if self.is_fresh(rule, statement, best, at) => Status::Good(by),
            _ => Status::Stale(by),
        }
    }

    /// RAC: why a statement cannot be relied upon at `at`.
    fn unusable(&self, by: RevocationId, statement: &Revocation, at: Instant, existence: &Existence) -> Option<Status> {
        let existed = existence.since(statement.object);
        let signer = statement.signer.and_then(|signer| self.facts.certificates.get(signer.0));
        if signer.is_some_and(|signer| at > signer.not_after && existed > signer.not_after) {
            return Some(Status::SignerExpired(by));
        }
        let weak = statement.algorithms.iter().find(|algorithm| match self.policy.reliability(algorithm, at) {
            Reliability::Reliable(_) => false,
            Reliability::Expired(until) => existed >= until,
            Reliability::Never => true,
        });
        weak.map(|algorithm| Status::Weak(by, algorithm.clone()))
    }

    /// RFC (§5.2.5). Where only the archive's word proves the time, data counts that was in force then: as it did when
    /// the archive validated, for which no other time was proven. So a run can be repeated from its own evidence.
    pub(super) fn is_fresh(&self, rule: Freshness, statement: &Revocation, best: Option<Instant>, at: Instant) -> bool {
        let end = statement.next_update.unwrap_or(statement.this_update + self.policy.constraints.without_next_update);
        let in_force = |at: Instant| statement.this_update <= self.latest(at) && at <= end;
        match (rule, best) {
            (Freshness::SinceBestSignatureTime, Some(best)) => {
                statement.this_update >= best || self.is_archive_word(best) && in_force(best)
            }
            (Freshness::InForceThenOrLater, Some(best)) => statement.this_update >= best || in_force(best),
            _ => in_force(at),
        }
    }

    /// Whether an instant is one that the archive gives its word for.
    fn is_archive_word(&self, instant: Instant) -> bool {
        let accepted = self.policy.constraints.archive_proofs == ArchiveProofs::Accept;
        accepted && self.facts.proofs.iter().any(|proof| proof.at == instant)
    }

    /// The latest date of what still counts as said by `at`: at the time of validation clocks may differ, and a responder
    /// may have been asked meanwhile.
    pub(super) fn latest(&self, at: Instant) -> Instant {
        if at == self.at { at + CLOCKS_APART } else { at }
    }

    fn said(&self, status: &Status, certificate: &Certificate) -> (CheckCode, String) {
        let subject = &certificate.subject;
        let issued = |by: &RevocationId| {
            let statement = &self.facts.revocations[by.0];
            format!("{:?} of {}", statement.kind, statement.this_update)
        };
        match status {
            Status::Exempt => (CheckCode::NotRevoked, format!("{subject}: need not be asked for")),
            Status::Good(by) => (CheckCode::NotRevoked, format!("{subject}: {}", issued(by))),
            Status::Revoked { by, since, reason } => {
                (CheckCode::NotRevoked, format!("{subject}: since {since}, {reason}, {}", issued(by)))
            }
            Status::OnHold(by) => (CheckCode::NotRevoked, format!("{subject}: on hold, {}", issued(by))),
            Status::Stale(by) => (CheckCode::RevocationAtHand, format!("{subject}: too old, {}", issued(by))),
            Status::SignerExpired(by) => (CheckCode::RevocationSigner, format!("{subject}: {}", issued(by))),
            Status::Weak(by, algorithm) => {
                (CheckCode::Algorithms, format!("{subject}: {}, {}", issued(by), self.quoted(algorithm, self.at)))
            }
            Status::Unknown => (CheckCode::RevocationAtHand, format!("{subject}: none")),
        }
    }
}

impl Judged {
    fn none() -> Self {
        let mut block = Block::new(BlockKind::Certificate);
        block.decide(CheckCode::ChainFound, Err(Problem::NoChain.conclusion()), "");
        Self { number: None, verdict: None, problems: vec![Problem::NoChain], block }
    }
}

impl CheckResult {
    /// From whether it held.
    pub(super) fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

impl From<How> for CheckResult {
    fn from(how: How) -> Self {
        match how {
            How::Wrong => Self::Fails,
            How::NotChecked => Self::NotChecked,
        }
    }
}

impl super::facts::Anchor {
    /// Whether it is trusted for what happened at `at`.
    pub fn is_trusted_at(&self, at: Instant) -> bool {
        self.trusted_from.is_none_or(|from| from <= at) && self.trusted_until.is_none_or(|until| at <= until)
    }
}
