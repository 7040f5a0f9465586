//! The building blocks that look at one value and no time: format (FC), identification of the certificate (ISC),
//! context (VCI), cryptographic verification (CV); and acceptance (SAV), which looks at the catalogue.

use super::Judge;
use super::check::{Block, BlockKind, CheckCode, CheckResult};
use super::facts::{Identification, Instant, Made, Object, Outcome, Signature};
use super::indication::{Conclusion, SubIndication};
use crate::signature::policy::{Algorithm, Level, Reliability};

/// An algorithm that is no longer, or was never, reliable.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weak {
    /// Which.
    pub algorithm: Algorithm,
    /// Until when it was; `None`: never.
    pub until: Option<Instant>,
    /// The object made with it: proof that it existed before `until` helps.
    pub object: Object,
}

/// FC (§5.2.2).
pub(super) fn format(made: &Made) -> Block {
    let mut block = Block::new(BlockKind::Format);
    if made.defects.is_empty() {
        block.decide(CheckCode::Format, Ok(()), "");
    }
    for defect in &made.defects {
        block.decide(CheckCode::Format, Err(Conclusion::of(SubIndication::FormatFailure)), defect);
    }
    block
}

impl Judge<'_> {
    /// ISC (§5.2.3).
    pub(super) fn identification(&self, made: &Made) -> Block {
        let mut block = Block::new(BlockKind::Identification);
        let missing = Conclusion::of(SubIndication::NoSigningCertificateFound);
        let found = if made.signer == Identification::Absent { Err(missing) } else { Ok(()) };
        block.decide(CheckCode::SigningCertificate, found, "");
        let named = self.policy.constraints.signing_certificate_named;
        let constraint = Conclusion::of(SubIndication::SigConstraintsFailure);
        match &made.signer {
            Identification::Named(_) => {
                block.ask(CheckCode::SigningCertificateNamed, named, true, constraint, "");
                block.decide(CheckCode::SigningCertificateIsNamed, Ok(()), "");
            }
            Identification::Unnamed(_) => block.ask(CheckCode::SigningCertificateNamed, named, false, constraint, ""),
            Identification::Unchecked(_, why) => {
                block.note(CheckCode::SigningCertificateIsNamed, named.max(Level::Warn), CheckResult::NotChecked, why);
            }
            Identification::Other(other) => {
                let subject = self.facts.certificates.get(other.0).map_or("", |certificate| &certificate.subject);
                block.decide(CheckCode::SigningCertificateIsNamed, Err(missing), subject);
            }
            Identification::Absent => {}
        }
        block
    }

    /// VCI (§5.2.4): explicit signature policies are named, and their own rules are not processed.
    pub(super) fn context(&self, signature: &Signature) -> Block {
        let mut block = Block::new(BlockKind::Context);
        if let Some(named) = &signature.policy {
            let level = self.policy.constraints.signature_policy_processed;
            let conclusion = Conclusion::of(SubIndication::SignaturePolicyNotAvailable);
            block.ask(CheckCode::SignaturePolicy, level, false, conclusion, named);
        }
        block
    }

    /// SAV (§5.2.8): every algorithm of a value, at `at`; what falls short is returned too.
    pub(super) fn acceptance(&self, made: &Made, at: Instant) -> (Block, Vec<Weak>) {
        let mut block = Block::new(BlockKind::Acceptance);
        let mut weak = Vec::new();
        for algorithm in &made.algorithms {
            let quoted = self.quoted(algorithm, at);
            match self.policy.reliability(algorithm, at) {
                Reliability::Reliable(_) => block.decide(CheckCode::Algorithms, Ok(()), quoted),
                Reliability::Expired(until) => {
                    let conclusion = Conclusion::of(SubIndication::CryptoConstraintsFailureNoPoe);
                    block.decide(CheckCode::Algorithms, Err(conclusion), quoted);
                    weak.push(Weak { algorithm: algorithm.clone(), until: Some(until), object: made.object });
                }
                Reliability::Never => {
                    let conclusion = Conclusion::of(SubIndication::CryptoConstraintsFailure);
                    block.decide(CheckCode::Algorithms, Err(conclusion), quoted);
                    weak.push(Weak { algorithm: algorithm.clone(), until: None, object: made.object });
                }
            }
        }
        (block, weak)
    }

    /// What the profile asks of algorithms used since a day, beyond strength.
    pub(super) fn requirements(&self, made: &Made, used_at: Instant, block: &mut Block) {
        for requirement in self.policy.requirements.iter().filter(|requirement| used_at >= requirement.from) {
            let short =
                made.algorithms.iter().find(|used| requirement.algorithms.iter().any(|name| *name == used.name));
            if let Some(algorithm) = short {
                let conclusion = Conclusion::of(SubIndication::SigConstraintsFailure);
                let detail = format!("{algorithm}: {} ({})", requirement.code, requirement.authority);
                block.ask(CheckCode::Requirement, requirement.level, false, conclusion, detail);
            }
        }
    }

    /// An algorithm with the line of the catalogue that counts for it.
    pub(super) fn quoted(&self, algorithm: &Algorithm, at: Instant) -> String {
        let exponent = self.policy.catalogue.rsa_exponent_above;
        if algorithm.exponent.is_some_and(|own| own <= exponent) {
            return format!("{algorithm}, public exponent not above {exponent}");
        }
        let Some(entry) = self.policy.catalogue.entry(algorithm) else {
            return format!("{algorithm}: not listed by {}", self.policy.identity.id);
        };
        let until = entry.until.map_or_else(|| "no end".into(), |until| format!("until {}", until.date_naive()));
        format!("{algorithm} at {}: {until} ({}, {})", at.date_naive(), entry.policy, entry.authority)
    }
}

/// CV (§5.2.7).
pub(super) fn cryptography(made: &Made) -> Block {
    let mut block = Block::new(BlockKind::Cryptography);
    if made.data.is_empty() {
        let missing = Conclusion::of(SubIndication::SignedDataNotFound);
        block.decide(CheckCode::DataFound, Err(missing), "nothing is referred to");
    }
    // A difference that was found outweighs what could not be found.
    let differs = |data: &&super::facts::Data| data.outcome == Outcome::Differs;
    let in_order = made.data.iter().filter(differs).chain(made.data.iter().filter(|data| !differs(data)));
    for data in in_order {
        let (code, result, why) = compared(&data.outcome, CheckCode::DataIntact, SubIndication::HashFailure);
        let detail = if why.is_empty() { data.what.clone() } else { format!("{}: {why}", data.what) };
        block.decide(code, result, detail);
    }
    let (code, result, why) = compared(&made.value, CheckCode::Value, SubIndication::SigCryptoFailure);
    block.decide(code, result, why);
    block
}

fn compared(outcome: &Outcome, code: CheckCode, wrong: SubIndication) -> (CheckCode, Result<(), Conclusion>, &str) {
    let not_found = Conclusion::of(SubIndication::SignedDataNotFound);
    match outcome {
        Outcome::Matches => (code, Ok(()), ""),
        Outcome::Differs => (code, Err(Conclusion::of(wrong)), ""),
        Outcome::NotFound(why) => (CheckCode::DataFound, Err(not_found), why),
        // Nothing is known against it: an algorithm that is not offered is one that is not accepted.
        Outcome::Unsupported(why) => (code, Err(Conclusion::of(SubIndication::CryptoConstraintsFailureNoPoe)), why),
        Outcome::NotChecked(why) => (code, Err(not_found), why),
    }
}
