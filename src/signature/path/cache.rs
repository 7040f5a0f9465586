//! Signatures of certificates and lists that were checked before: the same few authorities issued thousands of signers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::digest::Sha256;
use crate::signature::algorithm::{Budget, Scheme, Unsupported, verify};
use crate::signature::x509::{Certificate, PublicKey};

/// Results kept, in each of two generations: some 5 MB together.
const RESULTS_MAX: usize = 32_768;

/// Results of checking signatures of certificates and lists, by content: (SHA-256 of the key, SHA-256 of the signed).
/// Bounded: when the young generation is full, the old one is forgotten. May be shared between threads.
#[derive(Debug, Default)]
pub struct SignatureCache {
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<(Sha256, Sha256), bool>,
    old: HashMap<(Sha256, Sha256), bool>,
}

impl SignatureCache {
    /// Whether `key` signed `certificate`. Only answers are kept, never that something could not be checked.
    pub fn verifies(&self, certificate: &Certificate, key: &PublicKey, budget: &Budget) -> Result<bool, Unsupported> {
        let check = || {
            let scheme = Scheme::read_complete(certificate.outer_algorithm())?;
            verify(scheme, key, certificate.tbs(), certificate.signature(), budget)
        };
        if key.has_inherited_parameters() {
            return check(); // its encoding does not say which key it is
        }
        self.remembered((key.sha256(), certificate.sha256()), check)
    }

    /// The answer kept for (SHA-256 of a key, SHA-256 of what it signed), or else that of `check`, which is kept.
    pub(super) fn remembered(
        &self,
        content: (Sha256, Sha256),
        check: impl FnOnce() -> Result<bool, Unsupported>,
    ) -> Result<bool, Unsupported> {
        if let Some(known) = self.get(&content) {
            return Ok(known);
        }
        let answer = check()?;
        self.put(content, answer);
        Ok(answer)
    }

    fn get(&self, content: &(Sha256, Sha256)) -> Option<bool> {
        let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.get(content).or_else(|| generations.old.get(content)).copied()
    }

    fn put(&self, content: (Sha256, Sha256), answer: bool) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= RESULTS_MAX {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(content, answer);
    }
}
