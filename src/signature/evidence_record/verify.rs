//! Verifying a record against data (RFC 4998 §4.3, §5.3): everything but the tokens' own signatures.
//!
//! Each archive time-stamp must contain what it has to cover, come to the root that its token stamps, and be younger
//! than the one before. What could not be computed (an algorithm not offered) is told apart from what is wrong.

use chrono::{DateTime, Utc};

use crate::signature::algorithm::{DigestAlgorithm, DigestValue, Unsupported};
use crate::signature::cms::Content;
use crate::signature::{DigestCheck, Reason, asn1};

use super::{ArchiveTimeStamp, EvidenceRecord, Syntax};

/// Which archive time-stamp: chain, and number in the chain, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Chain.
    pub chain: usize,
    /// Time-stamp in the chain.
    pub number: usize,
}

/// Something that is wrong, or could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Another version than 1.
    #[error("the evidence record has version {0}")]
    Version(u8),
    /// No archive time-stamp, or a chain without any.
    #[error("the evidence record has a chain without time-stamps, or none")]
    NoTimeStamp,
    /// No data was given.
    #[error("no data was given to verify the record against")]
    NoObject,
    /// The token cannot be read.
    #[error("the time-stamp token cannot be read")]
    TokenUnreadable(Place),
    /// An algorithm that is not offered: it cannot be told.
    #[error("{1}")]
    Unsupported(Place, Unsupported),
    /// The digest of an object was not given: it cannot be told.
    #[error("the digest of object {1} is not at hand: {2}")]
    ObjectNotGiven(Place, usize, Reason),
    /// The object's digest is not among those covered: another object, or a changed one.
    #[error("object {1} is not covered by the time-stamp")]
    ObjectNotCovered(Place, usize),
    /// The token before is not covered.
    #[error("the renewal does not cover the time-stamp before it")]
    EarlierNotCovered(Place),
    /// The hash tree does not come to what the token stamps.
    #[error("the hash tree does not lead to what was time-stamped")]
    RootDiffers(Place),
    /// Tree and imprint use different digest algorithms.
    #[error("hash tree and time-stamp use different digest algorithms")]
    ImprintAlgorithm(Place),
    /// Another digest algorithm than that of the chain's first time-stamp (§5.2).
    #[error("the digest algorithm changes within a chain")]
    AlgorithmInChain(Place),
    /// Not younger than the time-stamp before it.
    #[error("the time-stamp is not younger than the one before it")]
    NotInOrder(Place),
    /// `digestAlgorithms` does not name the algorithm (§3.1).
    #[error("the record does not name a digest algorithm that it uses")]
    AlgorithmNotNamed(Place),
    /// The record speaks of encrypted objects (§6): verified over the digests given, encrypted or not.
    #[error("the record is about encrypted data")]
    Encrypted,
}

/// What a token of a record proves, once it is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proves {
    /// The objects; in a chain after the first, also every time-stamp of the chains before.
    Objects,
    /// The token before it in the chain.
    TokenBefore,
}

/// A token that a judge must validate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequiredToken {
    /// Which.
    pub place: Place,
    /// By when it was made, at the latest: what it proves existed then.
    pub time: DateTime<Utc>,
    /// What it proves.
    pub proves: Proves,
    /// The instant as of which it must be valid: the time of the next token. `None`: at the time of validation.
    pub valid_at: Option<DateTime<Utc>>,
    /// Digest algorithm of tree and imprint, which must be strong at the same instant.
    pub algorithm: DigestAlgorithm,
}

/// The outcome of verifying a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Everything wrong or unchecked; empty for a sound record.
    pub findings: Vec<Finding>,
    /// The tokens that must be valid for the record to prove anything, oldest first.
    pub tokens: Vec<RequiredToken>,
}

impl Finding {
    /// Which time-stamp it is about; `None` for the record as a whole.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Version(_) | Self::NoTimeStamp | Self::NoObject | Self::Encrypted => None,
            Self::TokenUnreadable(place)
            | Self::Unsupported(place, _)
            | Self::ObjectNotGiven(place, _, _)
            | Self::ObjectNotCovered(place, _)
            | Self::EarlierNotCovered(place)
            | Self::RootDiffers(place)
            | Self::ImprintAlgorithm(place)
            | Self::AlgorithmInChain(place)
            | Self::NotInOrder(place)
            | Self::AlgorithmNotNamed(place) => Some(*place),
        }
    }

    /// Whether it could not be told, as against being wrong.
    pub fn is_unchecked(&self) -> bool {
        matches!(self, Self::Unsupported(..) | Self::ObjectNotGiven(..) | Self::NoObject)
    }

    /// Whether it is no reason to doubt the proof.
    pub fn is_note(&self) -> bool {
        matches!(self, Self::Encrypted | Self::AlgorithmNotNamed(_))
    }
}

impl Verification {
    /// The findings in one value. `Matches` says that structure and digests hold; the tokens are still to be judged.
    pub fn outcome(&self) -> DigestCheck {
        let serious = || self.findings.iter().filter(|finding| !finding.is_note());
        if serious().any(|finding| !finding.is_unchecked()) {
            return DigestCheck::Differs;
        }
        serious().next().map_or(DigestCheck::Matches, |finding| {
            DigestCheck::Unreadable(Reason::EvidenceRecord(Box::new(finding.clone())))
        })
    }

    /// The time since when the objects are proven to exist, provided that every token proves valid.
    pub fn proven_since(&self) -> Option<DateTime<Utc>> {
        (self.outcome() == DigestCheck::Matches).then(|| self.tokens.first().map(|token| token.time))?
    }
}

impl EvidenceRecord {
    /// Verifies the record against the objects of one group; each is asked for its digest under the algorithm of each
    /// chain. A record that covers more objects beside them is sound.
    pub fn verify(&self, objects: &[&dyn Content]) -> Verification {
        let single: Vec<[&dyn Content; 1]> = objects.iter().map(|&object| [object]).collect();
        let forms: Vec<&[&dyn Content]> = single.iter().map(|forms| &forms[..]).collect();
        self.verify_forms(&forms)
    }

    /// [`EvidenceRecord::verify`] over objects each of which may have been digested in one of several forms, the
    /// object as it is first.
    pub fn verify_forms(&self, objects: &[&[&dyn Content]]) -> Verification {
        let mut found = Verification { findings: Vec::new(), tokens: Vec::new() };
        if self.version != 1 {
            found.findings.push(Finding::Version(self.version));
        }
        if self.encryption.is_some() {
            found.findings.push(Finding::Encrypted);
        }
        if objects.is_empty() {
            found.findings.push(Finding::NoObject);
        }
        if self.chains.is_empty() || self.chains.iter().any(|chain| chain.time_stamps.is_empty()) {
            found.findings.push(Finding::NoTimeStamp);
        }
        for (chain, stamps) in self.chains.iter().enumerate() {
            for (number, stamp) in stamps.time_stamps.iter().enumerate() {
                self.verify_one(Place { chain, number }, stamp, objects, &mut found);
            }
        }
        for at in 1..found.tokens.len() {
            let (time, place) = (found.tokens[at].time, found.tokens[at].place);
            if time <= found.tokens[at - 1].time {
                found.findings.push(Finding::NotInOrder(place));
            }
            found.tokens[at - 1].valid_at = Some(time);
        }
        found
    }

    fn verify_one(
        &self,
        place: Place,
        stamp: &ArchiveTimeStamp,
        objects: &[&[&dyn Content]],
        found: &mut Verification,
    ) {
        let Ok(token) = &stamp.token else {
            found.findings.push(Finding::TokenUnreadable(place));
            return;
        };
        let algorithm = match stamp.algorithm() {
            Ok(algorithm) => algorithm,
            Err(unsupported) => {
                found.findings.push(Finding::Unsupported(place, unsupported));
                return;
            }
        };
        let findings = &mut found.findings;
        if *token.info.imprint_algorithm != *algorithm.oid() && token.info.digest() != Ok(algorithm) {
            findings.push(Finding::ImprintAlgorithm(place));
        }
        let first_of_chain = self.chains[place.chain].time_stamps.first().map(ArchiveTimeStamp::algorithm);
        if first_of_chain.is_some_and(|first| first != Ok(algorithm)) {
            findings.push(Finding::AlgorithmInChain(place));
        }
        if !self.digest_algorithms.iter().any(|named| DigestAlgorithm::from_oid(named) == Ok(algorithm)) {
            findings.push(Finding::AlgorithmNotNamed(place));
        }
        let proves = match place.number.checked_sub(1) {
            Some(before) => {
                let before = &self.chains[place.chain].time_stamps[before].time_stamp;
                if !stamp.covers(algorithm.of_parts(&[before]).as_ref()) {
                    findings.push(Finding::EarlierNotCovered(place));
                }
                Proves::TokenBefore
            }
            None => {
                self.verify_objects(place, stamp, algorithm, objects, findings);
                Proves::Objects
            }
        };
        if stamp.root(algorithm).is_some_and(|root| root != *token.info.imprint) {
            findings.push(Finding::RootDiffers(place));
        }
        let (time, valid_at) = (token.info.latest(), None);
        found.tokens.push(RequiredToken { place, time, proves, valid_at, algorithm });
    }

    fn verify_objects(
        &self,
        place: Place,
        stamp: &ArchiveTimeStamp,
        algorithm: DigestAlgorithm,
        objects: &[&[&dyn Content]],
        findings: &mut Vec<Finding>,
    ) {
        let older = self.older(place.chain, algorithm);
        if self.syntax == Syntax::Xml && place.chain > 0 && !older.iter().any(|older| stamp.covers(older)) {
            findings.push(Finding::EarlierNotCovered(place));
        }
        for (at, forms) in objects.iter().enumerate() {
            let digests: Result<Vec<_>, Reason> = forms.iter().map(|form| form.digest(algorithm)).collect();
            let digests = match digests {
                Ok(digests) => digests,
                Err(reason) => {
                    findings.push(Finding::ObjectNotGiven(place, at, reason));
                    continue;
                }
            };
            let covers = |digest: &DigestValue| match (self.syntax, &older[..]) {
                (Syntax::Xml, _) | (_, []) => stamp.covers(digest.as_ref()),
                // §5.2 step 4 concatenates in this order; figure 4 of the RFC sorts, and some software followed it.
                (Syntax::Der, older) => older.iter().any(|older| {
                    let pairs = [[digest.as_ref(), &older[..]], [&older[..], digest.as_ref()]];
                    pairs.iter().any(|pair| stamp.covers(algorithm.of_parts(pair).as_ref()))
                }),
            };
            if !digests.iter().any(covers) {
                findings.push(Finding::ObjectNotCovered(place, at));
            }
        }
    }

    /// What a renewal of the hash tree covers of the chains before `chain`: its digest, in each form that is accepted.
    fn older(&self, chain: usize, algorithm: DigestAlgorithm) -> Vec<Vec<u8>> {
        match (chain, self.syntax) {
            (0, _) => Vec::new(),
            (_, Syntax::Der) => vec![self.chains_digest(algorithm, chain)],
            (_, Syntax::Xml) => {
                let forms = self.chains.get(chain).map_or(&[][..], |chain| &chain.earlier);
                forms.iter().map(|form| algorithm.of_parts(&[form]).as_ref().to_vec()).collect()
            }
        }
    }

    /// Digest of the first `chains` chains as an ArchiveTimeStampSequence of their own (§5.2 step 3).
    pub(super) fn chains_digest(&self, algorithm: DigestAlgorithm, chains: usize) -> Vec<u8> {
        let older: Vec<&[u8]> = self.chains.iter().take(chains).map(|chain| &*chain.raw).collect();
        algorithm.of_parts(&[&asn1::sequence(&older)]).as_ref().to_vec()
    }
}

impl ArchiveTimeStamp {
    /// The digest algorithm of the hash tree.
    pub fn algorithm(&self) -> Result<DigestAlgorithm, Unsupported> {
        match (&self.digest_algorithm, &self.token) {
            (Some(named), _) => DigestAlgorithm::from_oid(named),
            (None, Ok(token)) => token.info.digest(),
            (None, Err(_)) => Err(Unsupported::Digest("none".into())),
        }
    }

    /// Whether `digest` is among what is covered: in the first list of the tree, or, without one, the imprint itself.
    fn covers(&self, digest: &[u8]) -> bool {
        match (&self.tree, &self.token) {
            (Some(tree), _) if !tree.0.is_empty() => tree.first().iter().any(|listed| listed == digest),
            (_, Ok(token)) => *token.info.imprint == *digest,
            (_, Err(_)) => false,
        }
    }

    /// The root of the tree; `None` without one.
    fn root(&self, algorithm: DigestAlgorithm) -> Option<Vec<u8>> {
        self.tree.as_ref().filter(|tree| !tree.0.is_empty()).map(|tree| tree.root(algorithm).unwrap_or_default())
    }
}
