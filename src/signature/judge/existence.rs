//! Proofs of existence: which object is proven to have existed since when, and by what (EN 319 102-1 §5.6.2.3).
//!
//! Everything at hand exists now; that is the floor. A time-stamp adds what it covers, once it is good itself. The
//! archive's own word adds to that, labelled. A claimed time never does.

use std::collections::HashMap;

use super::facts::{Existing, Facts, Instant, Object, Origin, TokenId};

/// Proofs kept for one object; a value renewed every two years for a century has some fifty.
const PROOFS_MAX: usize = 64;

/// Where a proof comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A good time-stamp.
    Token(TokenId),
    /// The archive's own word, by its number in [`Facts::proofs`].
    Archive(usize),
}

/// That an object existed at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// The instant.
    pub at: Instant,
    /// By what.
    pub source: Source,
}

/// What is proven so far.
#[derive(Debug, Clone)]
pub(super) struct Existence {
    now: Instant,
    proofs: HashMap<Object, Vec<Proof>>,
}

impl Existence {
    /// Nothing is proven but that everything exists now.
    pub fn new(now: Instant) -> Self {
        Self { now, proofs: HashMap::new() }
    }

    /// Adds the archive's own proofs.
    pub fn add_archive(&mut self, facts: &Facts) {
        for (number, proof) in facts.proofs.iter().enumerate() {
            let proven = Proof { at: proof.at, source: Source::Archive(number) };
            match &proof.objects {
                Existing::These(objects) => objects.iter().for_each(|&object| self.add(object, proven)),
                everything => {
                    let with_handed_in = *everything == Existing::Everything;
                    objects(facts, with_handed_in).for_each(|object| self.add(object, proven));
                }
            }
        }
    }

    /// Adds a proof.
    pub fn add(&mut self, object: Object, proof: Proof) {
        let known = self.proofs.entry(object).or_default();
        if proof.at < self.now && known.len() < PROOFS_MAX && !known.contains(&proof) {
            known.push(proof);
            known.sort_by_key(|proof| proof.at);
        }
    }

    /// The earliest instant at which `object` is proven to have existed; now, if nothing proves more.
    pub fn since(&self, object: Object) -> Instant {
        self.of(object).first().map_or(self.now, |proof| proof.at)
    }

    /// All proofs about `object`, the earliest first.
    pub fn of(&self, object: Object) -> &[Proof] {
        self.proofs.get(&object).map_or(&[], Vec::as_slice)
    }
}

/// Every object of the facts.
fn objects(facts: &Facts, with_handed_in: bool) -> impl Iterator<Item = Object> {
    let counts = move |origin: Origin| with_handed_in || origin != Origin::HandedIn;
    let values = facts.signatures.iter().map(|signature| signature.made.object);
    let tokens = facts.tokens.iter().map(|token| token.made.object);
    let certificates = facts.certificates.iter().filter(move |one| counts(one.origin)).map(|one| one.object);
    let revocations = facts.revocations.iter().filter(move |one| counts(one.origin)).map(|one| one.object);
    values.chain(tokens).chain(certificates).chain(revocations)
}
