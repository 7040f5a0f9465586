//! Evidence records (RFC 4998): made from the archive for one record, checked without it.
//!
//! The data objects are the record's files; beside them stands its *opening*, salt and manifest, so that nobody can
//! guess files from the hashes in their neighbours' evidence. Any program that knows RFC 4998 checks a file against it.
//! Renewals (§5.2) are added as far as they prolong the proof.

use super::check_signature::{Checker, PolicyChoice};
use super::reading::Archive;
use super::stamp::{self, EvidenceFile, Planned, Standing, TokenFacts, TokenName, Tree};
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::signature::algorithm::{DigestAlgorithm, DigestValue, Hasher};
use crate::signature::cms::Content;
use crate::signature::evidence_record::{self, CreateError, EvidenceRecord, initial};
use crate::signature::judge::{Conclusion, Indication};
use crate::signature::timestamp::TimeStampToken;
use crate::signature::{DigestCheck, Reason};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::io::Read;
use uuid::Uuid;

/// Longest evidence record read, bytes: one token and its path take some 10 KB, each renewal as much again.
pub const EVIDENCE_BYTES_MAX: u64 = 16 << 20;

/// An evidence record.
#[derive(Debug, Clone)]
pub struct EvidenceMade {
    /// The EvidenceRecord, DER.
    pub bytes: Vec<u8>,
    /// Its tokens, oldest first.
    pub tokens: Vec<TokenName>,
    /// Since when the files are proven to exist.
    pub since: DateTime<Utc>,
    /// Until when, unless it is renewed.
    pub holds_until: DateTime<Utc>,
}

impl Archive {
    /// The evidence record of a record's files. It is made of what fits together only: each token is over the root that
    /// the digests lead to, by an authority that the archive trusts where one is. `None`: no time-stamp covers the record yet.
    pub fn evidence_record(&self, record: Uuid) -> Result<Option<EvidenceMade>> {
        let (entry, row) = self.accession(record)?;
        let plan = self.renewal_plan()?;
        let trusted = self.trusted_tokens(&plan)?;
        let Some((tree, place, first)) = self.first_token(entry, &plan, &trusted)? else { return Ok(None) };
        let members = self.evidence_group(&row)?;
        let hash_tree = tree.with_group(place, &members)?;
        let mut bytes = initial(&hash_tree, place, &self.token(&first.name)?).map_err(damaged)?;
        let (mut tokens, mut last) = (vec![first.name.clone()], first);
        while let Some(next) = successor(last, &plan, &trusted) {
            let tree = stamp::read_tree(self.disks.archive.as_ref(), next.name.checkpoint)?.ok_or_else(lost)?;
            let place = tree.place_of_token(&last.name).ok_or_else(lost)?;
            let so_far = EvidenceRecord::read(&bytes).map_err(|error| Error::corrupt("evidence").because(error))?;
            let token = self.token(&next.name)?;
            bytes = so_far.with_time_stamp(&tree.hash_tree()?, place, &token).map_err(damaged)?;
            tokens.push(next.name.clone());
            last = next;
        }
        Ok(Some(EvidenceMade { bytes, tokens, since: first.facts.time, holds_until: last.facts.not_after }))
    }

    /// The tokens whose authority is certified by an anchor of the archive: until when another's holds is its own word.
    fn trusted_tokens(&self, plan: &[Planned]) -> Result<BTreeSet<TokenName>> {
        let mut checker = Checker::new(PolicyChoice::Vietnam)?;
        checker.trust_anchors(&self.anchors()?);
        let mut trusted = BTreeSet::new();
        for planned in plan.iter().filter(|planned| planned.facts.is_within_certificate()) {
            let Ok(token) = TimeStampToken::read(&self.token(&planned.name)?) else { continue };
            let facts = checker.judge_tokens(&[token], planned.facts.time).facts;
            let certificate = facts.tokens.first().and_then(|token| token.made.certificate());
            let certificate = certificate.and_then(|id| facts.certificates.get(id.0));
            if certificate.is_some_and(|one| one.chains.iter().any(|chain| chain.broken.is_empty())) {
                trusted.insert(planned.name.clone());
            }
        }
        Ok(trusted)
    }

    /// The tree that covers a record, its place there, and of the tokens over it a trusted one, and the one that holds longest.
    fn first_token<'p>(
        &self,
        entry: u64,
        plan: &'p [Planned],
        trusted: &BTreeSet<TokenName>,
    ) -> Result<Option<(Tree, usize, &'p Planned)>> {
        let mut before = None;
        for planned in plan.iter().filter(|planned| planned.name.checkpoint > entry) {
            let checkpoint = planned.name.checkpoint;
            if before.replace(checkpoint) == Some(checkpoint) {
                continue;
            }
            let Some(tree) = stamp::read_tree(self.disks.archive.as_ref(), checkpoint)? else { continue };
            if let Some(place) = tree.place_of_record(entry) {
                let over = plan.iter().filter(|planned| planned.name.checkpoint == checkpoint);
                let longest = over.max_by_key(|planned| (trusted.contains(&planned.name), planned.holds_until));
                return Ok(longest.map(|longest| (tree, place, longest)));
            }
        }
        Ok(None)
    }

    fn token(&self, name: &TokenName) -> Result<Vec<u8>> {
        let token = stamp::read(self.disks.archive.as_ref(), &EvidenceFile::Token(name.clone()))?;
        token.ok_or_else(lost)
    }
}

/// The renewal of a token that prolongs it most, if any does; of a trusted one only one that is trusted too.
fn successor<'p>(token: &Planned, plan: &'p [Planned], trusted: &BTreeSet<TokenName>) -> Option<&'p Planned> {
    let is_trusted = |one: &Planned| trusted.contains(&one.name);
    let renewals = plan.iter().filter(|later| token.renewed_by.contains(&later.name));
    let prolongs = |later: &&Planned| later.holds_until > token.facts.not_after && later.facts.time > token.facts.time;
    let fitting = renewals.filter(prolongs).filter(|later| is_trusted(later) >= is_trusted(token));
    fitting.max_by_key(|later| (is_trusted(later), later.holds_until))
}

/// What an evidence record proves of a file, but for the trust in its authorities.
#[derive(Debug, Clone)]
pub struct EvidenceChecked {
    /// Whether the file is covered, as far as it can be told.
    pub outcome: Outcome,
    /// What is wrong or could not be checked.
    pub findings: Vec<String>,
    /// Its tokens, oldest first; none if what is wrong comes before.
    pub tokens: Vec<TokenFacts>,
    /// SHA-256 of the file.
    pub file: Sha256,
    /// What is said of each token by what is trusted; `None` where nobody said what that is.
    pub verdicts: Option<Vec<Conclusion>>,
}

/// By what the authorities of an evidence record are judged.
#[derive(Clone, Copy)]
pub struct Judging<'a> {
    /// What is trusted, and the evidence at hand.
    pub checker: &'a Checker,
    /// As of when.
    pub at: DateTime<Utc>,
}

/// Whether an evidence record covers a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It does, and every token is signed.
    Covered,
    /// It does not, or is not whole.
    NotCovered,
    /// It can't be told.
    Unknown,
}

impl Outcome {
    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::NotCovered => "not-covered",
            Self::Unknown => "unknown",
        }
    }
}

/// Checks a file against an evidence record, in DER or XML; needs no archive. With `judging`, the file is covered only
/// if every time-stamp of the record is found good, each as of the next.
pub fn verify(evidence: &[u8], file: &mut dyn Read, judging: Option<Judging<'_>>) -> Result<EvidenceChecked> {
    const NONE: &str = "this is no evidence record (RFC 4998, RFC 6283)";
    let record = if evidence_record::is_xml(evidence) {
        EvidenceRecord::read_xml(evidence).map_err(|error| Error::invalid(NONE).because(error))?
    } else {
        EvidenceRecord::read(evidence).map_err(|error| Error::invalid(NONE).because(error))?
    };
    let stamps = || record.chains.iter().flat_map(|chain| &chain.time_stamps);
    let mut wanted = vec![DigestAlgorithm::Sha256];
    for algorithm in stamps().filter_map(|stamp| stamp.algorithm().ok()) {
        if !wanted.contains(&algorithm) {
            wanted.push(algorithm);
        }
    }
    let known = Known::of(file, &wanted)?;
    let verification = record.verify(&[&known]);
    let mut findings: Vec<String> = verification.findings.iter().map(ToString::to_string).collect();
    let mut outcome = match verification.outcome() {
        DigestCheck::Matches => Outcome::Covered,
        DigestCheck::Differs => Outcome::NotCovered,
        DigestCheck::Unreadable(_) => Outcome::Unknown,
    };
    let mut tokens = Vec::new();
    for token in stamps().filter_map(|stamp| stamp.token.as_ref().ok()) {
        match stamp::signed(token) {
            Standing::Sound(facts) => tokens.push(facts),
            Standing::Wrong(why) => {
                findings.push(why);
                outcome = Outcome::NotCovered;
            }
            Standing::Unchecked(why) => {
                findings.push(why);
                outcome = if outcome == Outcome::Covered { Outcome::Unknown } else { outcome };
            }
        }
    }
    let verdicts = judging.map(|judging| {
        let whole: Vec<TimeStampToken> = stamps().filter_map(|stamp| stamp.token.clone().ok()).collect();
        let judged = judging.checker.judge_tokens(&whole, judging.at);
        judged.validation.tokens.iter().map(|token| token.conclusion).collect::<Vec<_>>()
    });
    for (number, conclusion) in verdicts.iter().flatten().enumerate().filter(|(_, one)| !one.passed()) {
        findings.push(format!("time-stamp {}: {conclusion}", number + 1));
        if outcome == Outcome::Covered || conclusion.indication == Indication::Failed {
            outcome = if conclusion.indication == Indication::Failed { Outcome::NotCovered } else { Outcome::Unknown };
        }
    }
    let file = known.sha256()?;
    Ok(EvidenceChecked { outcome, findings, tokens, file, verdicts })
}

/// Digests of a file.
struct Known(Vec<(DigestAlgorithm, DigestValue)>);

impl Known {
    fn of(file: &mut dyn Read, algorithms: &[DigestAlgorithm]) -> Result<Self> {
        let mut hashers: Vec<Hasher> = algorithms.iter().map(|algorithm| Hasher::new(*algorithm)).collect();
        let mut piece = vec![0; 256 * 1024];
        loop {
            match file.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => hashers.iter_mut().for_each(|hasher| hasher.update(&piece[..length])),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::unavailable("the file can't be read").because(error)),
            }
        }
        Ok(Self(algorithms.iter().copied().zip(hashers.into_iter().map(Hasher::finish)).collect()))
    }

    fn sha256(&self) -> Result<Sha256> {
        let sha256 = self.0.iter().find(|(algorithm, _)| *algorithm == DigestAlgorithm::Sha256);
        let bytes = sha256.and_then(|(_, digest)| digest.as_ref().try_into().ok());
        bytes.map(Sha256).ok_or_else(|| Error::invalid("the file has no digest"))
    }
}

impl Content for Known {
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<DigestValue, Reason> {
        let known = self.0.iter().find(|(known, _)| *known == algorithm);
        known.map(|(_, digest)| *digest).ok_or(Reason::NoContent)
    }
}

fn lost() -> Error {
    Error::corrupt("a file of the evidence is lost").remedy("`chauban verify` tells which")
}

fn damaged(error: CreateError) -> Error {
    Error::corrupt("the evidence does not fit together").remedy("`chauban verify` tells what is wrong").because(error)
}
